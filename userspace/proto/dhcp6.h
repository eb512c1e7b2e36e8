/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * DHCPv6 as a relay agent sees it (RFC 8415 sections 9 and 19): messages of clients
 * go to a server inside a Relay-forward, the server's come back inside a
 * Relay-reply, and the prefixes in them are read (section 21.22). Pure: bytes and
 * structs.
 *
 *	 0                   1                   2                   3
 *	 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *	+---------------+-----------------------------------------------+
 *	|   msg-type    |   transaction-id, between client and server   |
 *	+---------------+-----------------------------------------------+
 *
 *	+---------------+---------------+-------------------------------+
 *	|   12 or 13    |   hop-count   |   link-address, 16 octets ...
 *	+---------------+---------------+-------------------------------+
 *	|   peer-address, 16 octets ...
 *
 * and after either, options:
 *
 *	+-------------------------------+-------------------------------+
 *	|          option-code          |   option-len, of what follows |
 *	+-------------------------------+-------------------------------+
 */
#ifndef PROTO_DHCP6_H
#define PROTO_DHCP6_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DHCP6_CLIENT_PORT	546
#define DHCP6_SERVER_PORT	547

#define DHCP6_MESSAGE_MAX	1452	/* octets: one packet of 1500 (RFC 8200) */
#define DHCP6_INTERFACE_MAX	272	/* octets of an Interface-Id: any user name and a number */
#define DHCP6_RELAY_MAX		(34 + 4 + DHCP6_INTERFACE_MAX + 4 + DHCP6_MESSAGE_MAX)

#define DHCP6_PREFIXES_MAX	8	/* that are read of a message */
#define DHCP6_INFINITE		0xffffffffu

enum dhcp6_type {
	DHCP6_SOLICIT = 1,
	DHCP6_ADVERTISE = 2,
	DHCP6_REQUEST = 3,
	DHCP6_CONFIRM = 4,
	DHCP6_RENEW = 5,
	DHCP6_REBIND = 6,
	DHCP6_REPLY = 7,
	DHCP6_RELEASE = 8,
	DHCP6_DECLINE = 9,
	DHCP6_RECONFIGURE = 10,
	DHCP6_INFORMATION_REQUEST = 11,
	DHCP6_RELAY_FORWARD = 12,
	DHCP6_RELAY_REPLY = 13,
};

/**
 * struct dhcp6_relayed - a Relay-forward or Relay-reply
 * @link: address in the network of the client's link
 * @peer: the client's address on it
 * @interface: Interface-Id, @interface_len octets
 * @message: between client and server, @message_len octets
 */
struct dhcp6_relayed {
	struct in6_addr link;
	struct in6_addr peer;
	const uint8_t *interface;
	size_t interface_len;
	const uint8_t *message;
	size_t message_len;
};

/**
 * struct dhcp6_prefix - one that is delegated
 * @bits: its length; none is set after them
 * @valid: lifetime in seconds; 0: not any more, DHCP6_INFINITE: for ever
 */
struct dhcp6_prefix {
	struct in6_addr prefix;
	uint8_t bits;
	uint32_t valid;
};

/**
 * struct dhcp6_message - what a relay agent reads of a message
 * @xid: transaction-id, 24 bits
 * @prefix: of all its IA_PD that are no refusals, @prefix_n of them
 */
struct dhcp6_message {
	enum dhcp6_type type;
	uint32_t xid;
	unsigned int prefix_n;
	struct dhcp6_prefix prefix[DHCP6_PREFIXES_MAX];
};

/*
 * A message of a client: false when it is no such message, is malformed or too
 * long. A client is no relay agent: what it wraps is not taken on, or it could
 * speak for other links.
 */
bool dhcp6_from_client(const uint8_t *data, size_t len, struct dhcp6_message *msg);

/* The same of a server, for a client. */
bool dhcp6_from_server(const uint8_t *data, size_t len, struct dhcp6_message *msg);

/*
 * Does a Reply to such a message of a client say what it has from now on? That
 * with which prefixes are released does not.
 */
bool dhcp6_assigns(enum dhcp6_type type);

/*
 * The Relay-forward of the first relay agent, whose hop-count is 0 (section 19.1.1),
 * into @out; returns its octets. @message has passed dhcp6_from_client(), and
 * @interface_len is at most DHCP6_INTERFACE_MAX.
 */
size_t dhcp6_relay_forward(const struct dhcp6_relayed *relay, uint8_t out[DHCP6_RELAY_MAX]);

/* What a server sends to us; pointers are into @data. False: malformed. */
bool dhcp6_relay_reply(const uint8_t *data, size_t len, struct dhcp6_relayed *relay);

#endif /* PROTO_DHCP6_H */
