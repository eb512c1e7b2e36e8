/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the tests of the PPP side share: packets of a peer, and a look at ours. */
#ifndef SELFTESTS_PROTO_PPP_PEER_H
#define SELFTESTS_PROTO_PPP_PEER_H

#include <string.h>

#include "hex.h"
#include "proto/ppp_action.h"
#include "proto/ppp_cp.h"

#define ANY_ID (-1)

static const struct ppp_cp_config peer_cp_config = {
	.fsm = {
		.first = 1000,
		.restart = 3000,
		.max_configure = 10,
		.max_terminate = 2,
	},
	.max_failure = 5,
};

/*
 * Octets from lower-case hexadecimal; "MM" is the next octet of our @magic, which
 * no script can know. Returns how many.
 */
static inline size_t peer_octets(const char *hex, const uint8_t *magic,
				 uint8_t out[PPP_FRAME_MAX])
{
	size_t n = 0;

	for (; hex[0]; hex += 2) {
		if (hex[0] == 'M')
			out[n++] = *magic++;
		else
			out[n++] = hex_octet(hex);
	}
	return n;
}

/* A packet as if it had been received; good until the next call. */
static inline const struct ppp_packet *
peer_packet(uint8_t code, uint8_t id, const uint8_t *data, size_t len)
{
	static uint8_t raw[PPP_FRAME_MAX];
	static struct ppp_packet pkt;

	raw[0] = code;
	raw[1] = id;
	raw[2] = (uint8_t)((len + 4) >> 8);
	raw[3] = (uint8_t)(len + 4);
	memcpy(raw + 4, data, len);
	return ppp_packet_parse(raw, len + 4, &pkt) ? &pkt : NULL;
}

/* Is action number @i our packet of that protocol, code, identifier and data? */
static inline bool peer_gets(const struct ppp_actions *acts, unsigned int i,
			     uint16_t protocol, uint8_t code, int id,
			     const uint8_t *data, size_t len)
{
	const uint8_t *p = acts->act[i].send.data;

	return i < acts->n && acts->act[i].type == PPP_ACTION_SEND &&
	       acts->act[i].send.len == len + 6 &&
	       p[0] == protocol >> 8 && p[1] == (protocol & 0xff) &&
	       p[2] == code && (id == ANY_ID || p[3] == id) &&
	       p[4] == (len + 4) >> 8 && p[5] == ((len + 4) & 0xff) &&
	       (!len || !memcmp(p + 6, data, len));
}

/* The same, of what peer_octets() reads. */
static inline bool peer_gets_hex(const struct ppp_actions *acts, unsigned int i,
				 uint16_t protocol, uint8_t code, int id,
				 const char *hex, const uint8_t *magic)
{
	uint8_t data[PPP_FRAME_MAX];
	size_t len = peer_octets(hex, magic, data);

	return peer_gets(acts, i, protocol, code, id, data, len);
}

/* A packet of what peer_octets() reads. */
static inline const struct ppp_packet *
peer_packet_hex(uint8_t code, uint8_t id, const char *hex, const uint8_t *magic)
{
	uint8_t data[PPP_FRAME_MAX];
	size_t len = peer_octets(hex, magic, data);

	return peer_packet(code, id, data, len);
}

/* The identifier of our packet in action number @i. */
static inline uint8_t peer_sees_id(const struct ppp_actions *acts, unsigned int i)
{
	return acts->act[i].send.data[3];
}

#endif /* SELFTESTS_PROTO_PPP_PEER_H */
