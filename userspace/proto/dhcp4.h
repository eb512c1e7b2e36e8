/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * DHCPINFORM and the DHCPACK to it (RFC 2131 sections 3.4 and 4.3.5), both ends: how
 * a host that has its address already, by IPCP, learns what IPCP cannot say. Pure:
 * bytes and structs.
 *
 *	 0                   1                   2                   3
 *	 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *	+---------------+---------------+---------------+---------------+
 *	|      op       |     htype     |     hlen      |     hops      |
 *	+---------------+---------------+---------------+---------------+
 *	|                              xid                              |
 *	+-------------------------------+-------------------------------+
 *	|             secs              |             flags             |
 *	+-------------------------------+-------------------------------+
 *	|   ciaddr, yiaddr, siaddr, giaddr: 4 octets each ...
 *	|   chaddr: 16 octets; sname: 64; file: 128 ...
 *	+---------------------------------------------------------------+
 *	|                  magic cookie, 63 82 53 63                    |
 *	+---------------+---------------+-------------------------------+
 *	|  option code  |    length     |   of what follows ...
 *	+---------------+---------------+-------------------------------+
 */
#ifndef PROTO_DHCP4_H
#define PROTO_DHCP4_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DHCP4_SERVER_PORT	67
#define DHCP4_CLIENT_PORT	68

/*
 * Octets of the message that every client takes: a packet of 576 (RFC 2131 section
 * 2). What a server may have to say here fits, whatever of it is asked for.
 */
#define DHCP4_MESSAGE_MAX	548

#define DHCP4_SERVERS_MAX	2	/* of DNS, and of WINS, that are given */
#define DHCP4_DOMAIN_MAX	128	/* characters of a name that is given */
#define DHCP4_GIVEN_MAX		16	/* routes that are given */
#define DHCP4_ROUTES_MAX	64	/* that are read of an answer */
#define DHCP4_CHADDR_LEN	16

/* What a client may ask for, as bits. */
enum dhcp4_parameter {
	DHCP4_DNS = 1,
	DHCP4_DOMAIN = 2,
	DHCP4_WINS = 4,
	DHCP4_ROUTES = 8,	/* classless static routes (RFC 3442) */
	DHCP4_MS_ROUTES = 16,	/* the same under Microsoft's number, MS-DHCPE 2.2.8 */
};

#define DHCP4_EVERYTHING \
	(DHCP4_DNS | DHCP4_DOMAIN | DHCP4_WINS | DHCP4_ROUTES)

/**
 * struct dhcp4_inform - a DHCPINFORM
 * @wanted: bits of enum dhcp4_parameter
 * @address: the client's
 * @flags, @htype, @hlen, @chaddr: go back to it as they are
 */
struct dhcp4_inform {
	uint32_t xid;
	unsigned int wanted;
	struct in_addr address;
	uint16_t flags;
	uint8_t htype;
	uint8_t hlen;
	uint8_t chaddr[DHCP4_CHADDR_LEN];
};

/* No bits of @network are set after the first @bits. */
struct dhcp4_route {
	struct in_addr network;
	uint8_t bits;
};

/**
 * struct dhcp4_given - what a client is given; what is 0 or empty is not
 * @server: who gives it, and the router of all routes
 */
struct dhcp4_given {
	struct in_addr server;
	struct in_addr dns[DHCP4_SERVERS_MAX];
	struct in_addr wins[DHCP4_SERVERS_MAX];
	char domain[DHCP4_DOMAIN_MAX + 1];
	struct dhcp4_route route[DHCP4_GIVEN_MAX];
	unsigned int route_n;
};

/* What was got of an answer: its server, and its routes, without their routers. */
struct dhcp4_got {
	struct in_addr server;
	struct dhcp4_route route[DHCP4_ROUTES_MAX];
	unsigned int route_n;
};

/*
 * False: @data is malformed, another message than a DHCPINFORM, or has come by a relay
 * agent. Without a list of parameters everything is wanted.
 */
bool dhcp4_inform_read(const uint8_t *data, size_t len, struct dhcp4_inform *inform);

/* The DHCPINFORM into @out; returns its octets. */
size_t dhcp4_inform_write(const struct dhcp4_inform *inform, uint8_t out[DHCP4_MESSAGE_MAX]);

/* The DHCPACK to @inform: of @given what is wanted. Returns its octets. */
size_t dhcp4_ack_write(const struct dhcp4_inform *inform, const struct dhcp4_given *given,
		       uint8_t out[DHCP4_MESSAGE_MAX]);

/*
 * False: @data is malformed, or no DHCPACK to @inform. Routes after the first
 * DHCP4_ROUTES_MAX are left out.
 */
bool dhcp4_ack_read(const uint8_t *data, size_t len, const struct dhcp4_inform *inform,
		    struct dhcp4_got *got);

#endif /* PROTO_DHCP4_H */
