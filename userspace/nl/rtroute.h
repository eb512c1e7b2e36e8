/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Codec of rtnetlink's route messages, IPv4 and IPv6. Pure, as nl/rtmsg.h is.
 */
#ifndef NL_RTROUTE_H
#define NL_RTROUTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RTROUTE_ROOM	256	/* enough for every request */

/* The number by which kpptp's routes are known: "proto 112" of ip-route(8). */
#define RTROUTE_PROTOCOL 112

/* IPv6 takes another metric for 0, so the worst one is the same for both. */
#define RTROUTE_METRIC_WORST 0xfffffffe

struct nlmsghdr;

/* An address of either family, in network order; family 0: none. */
struct rtroute_address {
	uint8_t family;		/* AF_INET, AF_INET6 */
	uint8_t octets[16];	/* the first 4 for IPv4 */
};

/* A destination; no bits are set after the first @bits. */
struct rtroute_prefix {
	struct rtroute_address address;
	uint8_t bits;
};

/*
 * struct rtroute - one route with one next hop
 * @gateway: of either family (RFC 8950), family 0: none, the device reaches it
 * @source: preferred source address of the same family, family 0: none
 * @ifindex: 0: none, for unreachable and blackhole
 * @table: RT_TABLE_*, 0: main
 * @metric: 0: none given
 * @protocol: who has made it, RTPROT_*; 0 in rtroute_del(): anybody
 * @type: RTN_UNICAST, RTN_UNREACHABLE, …
 * @onlink: the gateway need not be in a network of the device
 * @usable: the next hop is not dead; of a report only
 */
struct rtroute {
	struct rtroute_prefix dst;
	struct rtroute_address gateway;
	struct rtroute_address source;
	uint32_t ifindex;
	uint32_t table;
	uint32_t metric;
	uint8_t protocol;
	uint8_t type;
	bool onlink;
	bool usable;
};

/* @replace: takes the place of one with the same destination, table and metric. */
struct nlmsghdr *rtroute_new(void *buf, size_t room, const struct rtroute *route,
			     bool replace);
struct nlmsghdr *rtroute_del(void *buf, size_t room, const struct rtroute *route);

/* All routes of a family in the table main; @protocol 0: of everybody. */
struct nlmsghdr *rtroute_dump(void *buf, size_t room, uint8_t family, uint8_t protocol);

/* RTM_NEWROUTE of @len octets -> @route, of several next hops the first usable. */
int rtroute_parse(const struct nlmsghdr *msg, size_t len, struct rtroute *route);

/* "10.0.0.0/8", "2001:db8::/32", or an address for all of its bits. */
bool rtroute_prefix_parse(const char *text, struct rtroute_prefix *prefix);

/* The same text again, into 64 octets. */
const char *rtroute_prefix_text(const struct rtroute_prefix *prefix, char text[64]);

/* @outer holds every address of @inner. */
bool rtroute_prefix_covers(const struct rtroute_prefix *outer,
			   const struct rtroute_prefix *inner);

#endif /* NL_RTROUTE_H */
