/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Codec of the few rtnetlink messages that kpptp needs. Pure: bytes and plain
 * structs. Builders write into the caller's buffer, aligned for a struct
 * nlmsghdr, and return the message, or NULL when @room is too small or an
 * argument cannot be expressed.
 */
#ifndef NL_RTMSG_H
#define NL_RTMSG_H

#include <net/if.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RTMSG_KIND_MAX	16
#define RTMSG_ROOM	512	/* enough for every request */

struct nlmsghdr;

/* A device as the kernel tells of it. */
struct rtmsg_link {
	uint32_t ifindex;
	char name[IF_NAMESIZE];
	char kind[RTMSG_KIND_MAX];	/* empty: none, as for real hardware */
	uint32_t mtu;
	bool up;
	bool running;
};

/* What to change of a device. */
struct rtmsg_change {
	const char *name;	/* NULL: keep; may be a template with "%d" */
	uint32_t mtu;		/* 0: keep */
	bool set_up;
	bool up;		/* counts when set_up */
};

struct rtmsg_address {
	uint32_t ifindex;
	struct in_addr local;
	struct in_addr peer;	/* 0.0.0.0: none, a plain address */
	uint8_t prefix;		/* of the peer where there is one, 0 to 32 */
};

/* An IPv6 address for which no duplicate is looked for: the peer was asked. */
struct rtmsg_address6 {
	uint32_t ifindex;
	struct in6_addr local;
	uint8_t prefix;		/* 0 to 128 */
};

struct nlmsghdr *rtmsg_link_new(void *buf, size_t room, const char *name,
				const char *kind);
struct nlmsghdr *rtmsg_link_get(void *buf, size_t room, const char *name);
struct nlmsghdr *rtmsg_link_get_index(void *buf, size_t room, uint32_t ifindex);
struct nlmsghdr *rtmsg_link_set(void *buf, size_t room, uint32_t ifindex,
				const struct rtmsg_change *change);
struct nlmsghdr *rtmsg_link_del(void *buf, size_t room, uint32_t ifindex);
struct nlmsghdr *rtmsg_address_new(void *buf, size_t room,
				   const struct rtmsg_address *address);
struct nlmsghdr *rtmsg_address_del(void *buf, size_t room,
				   const struct rtmsg_address *address);
struct nlmsghdr *rtmsg_address6_new(void *buf, size_t room,
				    const struct rtmsg_address6 *address);
struct nlmsghdr *rtmsg_address6_del(void *buf, size_t room,
				    const struct rtmsg_address6 *address);

/* Proxy ARP: the device @ifindex answers for @address (ip-neighbour(8), proxy). */
struct nlmsghdr *rtmsg_proxy_new(void *buf, size_t room, uint32_t ifindex,
				 struct in_addr address);
struct nlmsghdr *rtmsg_proxy_del(void *buf, size_t room, uint32_t ifindex,
				 struct in_addr address);

/* RTM_NEWLINK of @len octets -> @link. 0 or -EBADMSG. */
int rtmsg_link_parse(const struct nlmsghdr *msg, size_t len,
		     struct rtmsg_link *link);

#endif /* NL_RTMSG_H */
