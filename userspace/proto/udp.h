/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * UDP datagrams over IPv4 (RFC 768, RFC 791), for raw sockets, which have no
 * ports. Pure: bytes and structs.
 *
 *	 0                   1                   2                   3
 *	 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *	+-------------------------------+-------------------------------+
 *	|          Source Port          |       Destination Port        |
 *	+-------------------------------+-------------------------------+
 *	|     Length, header included   |           Checksum            |
 *	+-------------------------------+-------------------------------+
 */
#ifndef PROTO_UDP_H
#define PROTO_UDP_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define UDP_HEADER_LEN	8

/* Ports in host order; @data is not the datagram's own. */
struct udp_datagram {
	struct in_addr from;
	struct in_addr to;
	uint16_t from_port;
	uint16_t to_port;
	const uint8_t *data;
	size_t len;
};

/*
 * A whole IPv4 packet, as raw sockets give it: after reassembly. @udp->data points
 * into @packet. False: it is no UDP, is cut short, or its checksum is wrong; a
 * checksum of 0 is none.
 */
bool udp_read(const uint8_t *packet, size_t len, struct udp_datagram *udp);

/* The header that goes before @udp->data, of at most 65507 octets. */
void udp_header(const struct udp_datagram *udp, uint8_t header[UDP_HEADER_LEN]);

#endif /* PROTO_UDP_H */
