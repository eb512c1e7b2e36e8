/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Router Advertisements for the IPv6 network of one session, and Router
 * Solicitations (RFC 4861 section 4, RDNSS of RFC 8106). Pure: bytes and structs;
 * the ICMPv6 checksum is the socket's (RFC 3542 section 3.1).
 *
 *	 0                   1                   2                   3
 *	 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *	+---------------+---------------+-------------------------------+
 *	|      134      |       0       |           checksum            |
 *	+---------------+---------------+-------------------------------+
 *	| cur hop limit |M|O|     0     |        router lifetime        |
 *	+---------------+---------------+-------------------------------+
 *	|                        reachable time                         |
 *	+---------------------------------------------------------------+
 *	|                         retrans timer                         |
 *	+---------------------------------------------------------------+
 *	|   options: prefix information, MTU, recursive DNS servers     |
 *	+---------------------------------------------------------------+
 */
#ifndef PROTO_RA_H
#define PROTO_RA_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RA_MAX		96	/* octets of the longest advertisement */
#define RA_PREFIX_LEN	64	/* bits: what a host makes its address in (RFC 4862) */
#define RA_DNS_MAX	2

/**
 * struct ra - what is advertised
 * @prefix: of the session, the first RA_PREFIX_LEN bits count
 * @lifetime: seconds that we are a router, and the prefix and servers are good for;
 *	0: not any more
 * @other: a DHCPv6 server tells more than stands here (flag O)
 * @mtu: octets
 * @dns: servers, @dns_n of them
 */
struct ra {
	struct in6_addr prefix;
	uint16_t lifetime;
	bool other;
	uint32_t mtu;
	unsigned int dns_n;
	struct in6_addr dns[RA_DNS_MAX];
};

/* The message without a checksum into @out; returns its octets. */
size_t ra_build(const struct ra *ra, uint8_t out[RA_MAX]);

/*
 * Is this a solicitation that must be answered? @hops: the hop limit that it came
 * with; @unspecified: its source is "::" (RFC 4861 section 6.1.1).
 */
bool ra_is_solicitation(const uint8_t *data, size_t len, int hops, bool unspecified);

#endif /* PROTO_RA_H */
