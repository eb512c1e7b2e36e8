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
	PPP_END_REPLACED,	/* its user has come again on another link */
	PPP_END_SERVER_IDENTITY, /* the peer does not know our password, or is another */
	PPP_END_PEER_REFUSED_US, /* ppp_link_auth_failure() says why */
	PPP_END_AUTH_DEMANDED,	/* the peer asks for a proof that we have not */
	PPP_END_IDLE,		/* no packet for as long as was allowed */
	PPP_END_SESSION_TIME,	/* the time that was allowed is over */
	PPP_END_LIMIT,		/* the peer renegotiates without end */
	PPP_END_CALLBACK,	/* the answerer calls back now: ppp_link_callback() */
	PPP_END_CALLBACK_FAILED, /* it was not agreed whether and where */
	PPP_END_FORWARDED,	/* another server goes on with the peer; not said here */
};

#define PPP_IFID_LEN	8	/* interface identifier (RFC 5072 section 4.1) */
#define PPP_IDENT_MAX	64	/* octets that are kept of an Identification */

/**
 * struct ppp_up - what the kernel has to know, and the user to be told
 * @has_ipv4: IPCP is open: the next four count
 * @local, @remote: inner addresses; 0.0.0.0: that end named none
 * @dns, @wins: that the peer told us of, 0.0.0.0: none
 * @has_ipv6: IPV6CP is open: the next two count
 * @local_id, @remote_id: interface identifiers
 * @peer_mru: octets of information field that the peer takes
 * @peer_accm: control characters that must be escaped to it, where it has an
 *	asynchronous line
 * @acfc, @pfc: the peer accepts compressed headers from us
 * @mppe_bits: 40, 56, 128, or 0 for none
 * @auth_peer: how the peer proved who it is
 * @auth_us: how we did
 * @user: who the peer is, as it said; "" when it proved nothing
 */
struct ppp_up {
	bool has_ipv4;
	struct in_addr local;
	struct in_addr remote;
	struct in_addr dns[2];
	struct in_addr wins[2];
	bool has_ipv6;
	uint8_t local_id[PPP_IFID_LEN];
	uint8_t remote_id[PPP_IFID_LEN];
	uint16_t peer_mru;
	uint32_t peer_accm;
	bool acfc;
	bool pfc;
	unsigned int mppe_bits;
	bool mppe_stateless;
	bool mppe_compress_tx;	/* MPPC, by direction */
	bool mppe_compress_rx;
	enum ppp_auth_method auth_peer;
	enum ppp_auth_method auth_us;
	char user[PPP_USER_MAX + 1];
};

/* Start keys for the kernel, by direction. Secret. */
struct ppp_keys {
	unsigned int bits;	/* 40, 56, 128 */
	bool stateless;
	bool compress_tx;	/* MPPC, which the peer expands */
	bool compress_rx;
	uint8_t tx[MPPE_START_LEN];
	uint8_t rx[MPPE_START_LEN];
};

enum ppp_action_type {
	PPP_ACTION_SEND,	/* a frame to the peer */
	PPP_ACTION_AUTHENTICATE, /* check @auth; later ppp_link_auth_result() */
	PPP_ACTION_PASSWORD,	/* the peer has taken our new password: it counts now */
	PPP_ACTION_GET_ADDRESS,	/* later ppp_link_addresses() or _no_address() */
	PPP_ACTION_KEYS,	/* CCP opened: install @keys, both directions, at count 0 */
	/*
	 * Network may pass: @up. Said again without DOWN when nothing of it but
	 * the IPv6 part has changed: that may come and go while IPv4 stays.
	 */
	PPP_ACTION_UP,
	PPP_ACTION_DOWN,	/* network may not pass any more (renegotiation, end) */
	PPP_ACTION_FINISHED,	/* the link is over: @reason; the last action */
	PPP_ACTION_NOTE,	/* worth a log line: @text, constant */
	/*
	 * The frame of the last SEND asks for an echo, and: it has come. Whoever has a
	 * clock that is finer than ours may measure between the two.
	 */
	PPP_ACTION_ECHO,
	PPP_ACTION_ECHOED,
	PPP_ACTION_IDENT,	/* what the peer says of itself: @ident, printable */
	PPP_ACTION_FORGED,	/* a frame was not the peer's: @text, of which protocol */
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
		char ident[PPP_IDENT_MAX + 1];
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
