/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a link wants done: the list that every call of ppp_link.h fills, and
 * that its layers write to.
 */
#ifndef PROTO_PPP_ACTION_H
#define PROTO_PPP_ACTION_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/bytes.h"
#include "ppp_auth.h"

#define PPP_FRAME_MAX	1504	/* protocol number and 1500 of information, and room */

enum ppp_end_reason {
	PPP_END_NONE,
	PPP_END_NO_ANSWER,	/* LCP never heard: usually GRE is blocked */
	PPP_END_LCP_FAILED,
	PPP_END_AUTH_REFUSED,	/* the peer will not authenticate as we ask */
	PPP_END_AUTH_FAILED,
	PPP_END_AUTH_TIMEOUT,
	PPP_END_MPPE_REFUSED,	/* encryption is required and was not agreed */
	PPP_END_NO_ADDRESS,
	PPP_END_NCP_TIMEOUT,
	PPP_END_ECHO_TIMEOUT,
	PPP_END_LOOPBACK,
	PPP_END_PEER,		/* the peer terminated */
	PPP_END_ADMIN,		/* ppp_link_close() */
};

#define PPP_IFID_LEN	8	/* interface identifier (RFC 5072 section 4.1) */
#define PPP_IDENT_MAX	64	/* octets that are kept of an Identification */

/**
 * struct ppp_up - what the kernel has to know
 * @local, @remote: inner addresses
 * @peer_mru: octets of information field that the peer takes
 * @acfc, @pfc: the peer accepts compressed headers from us
 * @mppe_bits: 40, 56, 128, or 0 for none
 */
struct ppp_up {
	struct in_addr local;
	struct in_addr remote;
	uint16_t peer_mru;
	bool acfc;
	bool pfc;
	unsigned int mppe_bits;
	bool mppe_stateless;
};

/* Start keys for the kernel, by direction. Secret. */
struct ppp_keys {
	unsigned int bits;	/* 40, 56, 128 */
	bool stateless;
	uint8_t tx[MPPE_START_LEN];
	uint8_t rx[MPPE_START_LEN];
};

enum ppp_action_type {
	PPP_ACTION_SEND,	/* a frame to the peer */
	PPP_ACTION_AUTHENTICATE, /* check @auth; later ppp_link_auth_result() */
	PPP_ACTION_GET_ADDRESS,	/* later ppp_link_addresses() or _no_address() */
	PPP_ACTION_KEYS,	/* CCP opened: install @keys, both directions, at count 0 */
	PPP_ACTION_UP,		/* network may pass: @up */
	PPP_ACTION_DOWN,	/* network may not pass any more (renegotiation, end) */
	PPP_ACTION_FINISHED,	/* the link is over: @reason; the last action */
	PPP_ACTION_NOTE,	/* worth a log line: @text, constant */
};

struct ppp_action {
	enum ppp_action_type type;
	union {
		struct {
			size_t len;
			uint8_t data[PPP_FRAME_MAX];
		} send;
		struct ppp_auth_request auth;
		struct ppp_keys keys;
		struct ppp_up up;
		enum ppp_end_reason reason;
		const char *text;
	};
};

/* More than one input can ever cause; a full list is a bug. */
#define PPP_ACTIONS_MAX 24

struct ppp_actions {
	unsigned int n;
	struct ppp_action act[PPP_ACTIONS_MAX];
};

/* The next action of @type, to be filled in. Its payload is not cleared. */
struct ppp_action *ppp_action_add(struct ppp_actions *acts,
				  enum ppp_action_type type);

/* The same, but before the action number @at. */
struct ppp_action *ppp_action_insert(struct ppp_actions *acts, unsigned int at,
				     enum ppp_action_type type);

void ppp_action_note(struct ppp_actions *acts, const char *text);

/*
 * A control packet of @protocol: protocol, code, identifier, length, then
 * @data, cut to what one frame holds.
 */
void ppp_action_packet(struct ppp_actions *acts, uint16_t protocol, uint8_t code,
		       uint8_t id, const void *data, size_t len);

/* Wipes what was used of the list; call it when the actions are done. */
void ppp_action_wipe(struct ppp_actions *acts);

#endif /* PROTO_PPP_ACTION_H */
