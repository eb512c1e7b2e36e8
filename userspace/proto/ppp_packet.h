/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The packet that LCP, CHAP and every NCP share (RFC 1661 section 5, RFC 1994
 * section 4):
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |     Code      |  Identifier   |            Length             |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |    Data ...
 *   +-+-+-+-+
 */
#ifndef PROTO_PPP_PACKET_H
#define PROTO_PPP_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PPP_PACKET_HEADER 4

/* Codes of LCP; the first seven belong to every control protocol. */
enum ppp_packet_code {
	PPP_CODE_CONF_REQ = 1,
	PPP_CODE_CONF_ACK = 2,
	PPP_CODE_CONF_NAK = 3,
	PPP_CODE_CONF_REJ = 4,
	PPP_CODE_TERM_REQ = 5,
	PPP_CODE_TERM_ACK = 6,
	PPP_CODE_CODE_REJ = 7,
	PPP_CODE_PROTO_REJ = 8,
	PPP_CODE_ECHO_REQ = 9,
	PPP_CODE_ECHO_REP = 10,
	PPP_CODE_DISCARD = 11,
	PPP_CODE_IDENT = 12,		/* RFC 1570 section 1.1 */
	PPP_CODE_TIME = 13,		/* RFC 1570 section 1.2 */
	PPP_CODE_RESET_REQ = 14,	/* CCP, RFC 1962 section 3.1 */
	PPP_CODE_RESET_ACK = 15,
};

/* A packet as received. Pointers go into the receive buffer. */
struct ppp_packet {
	uint8_t code;
	uint8_t id;
	const uint8_t *data;
	size_t len;		/* of @data, the Length field less four */
	const uint8_t *raw;	/* from the Code on; PPP_PACKET_HEADER + @len */
};

/*
 * Reads one packet. False when the length field is less than four or more than
 * there is; octets after it are padding (RFC 1661 section 5).
 */
bool ppp_packet_parse(const uint8_t *p, size_t len, struct ppp_packet *pkt);

#endif /* PROTO_PPP_PACKET_H */
