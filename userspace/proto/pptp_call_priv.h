/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The inside of the calls, for the files that they consist of:
 *
 *	pptp_call_place.c	the places: whose one is, and how it comes and goes
 *	pptp_call_send.c	messages out
 *	pptp_call_answer.c	the peer asks for a call
 *	pptp_call_ask.c		we ask for a call
 *	pptp_call.c		the end of a call, the line, time; the way in to all
 */
#ifndef PROTO_PPTP_CALL_PRIV_H
#define PROTO_PPTP_CALL_PRIV_H

#include "pptp_call.h"

#define CALL_SPEED_MAX	100000000u	/* bit/s, what clients ask for; cosmetic */

/* Sets of kinds and of states. */
#define CALL_KIND(kind)		(1u << (kind))
#define CALL_STATE(state)	(1u << (state))
#define CALL_KINDS_PAC	(CALL_KIND(PPTP_CALL_OUTGOING_PAC) | CALL_KIND(PPTP_CALL_INCOMING_PAC))
#define CALL_KINDS_PNS	(CALL_KIND(PPTP_CALL_OUTGOING_PNS) | CALL_KIND(PPTP_CALL_INCOMING_PNS))
#define CALL_KINDS_ALL	(CALL_KINDS_PAC | CALL_KINDS_PNS)
#define CALL_STATES_ANY	(~CALL_STATE(PPTP_CALL_FREE))

/* One message on its way through the tables. */
struct pptp_call_step {
	struct pptp_calls *calls;
	const struct pptp_msg *msg;
	uint64_t now;
	struct pptp_actions *acts;
};

unsigned int pptp_call_index(const struct pptp_calls *calls,
			     const struct pptp_call *call);

bool pptp_call_is(const struct pptp_call *call, unsigned int kinds,
		  unsigned int states);

/* The call to which the peer, or to which we, gave this ID, or NULL. */
struct pptp_call *pptp_call_by_peer_id(struct pptp_calls *calls,
				       unsigned int kinds, uint16_t id);
struct pptp_call *pptp_call_by_local_id(struct pptp_calls *calls,
					unsigned int kinds, uint16_t id);

/* The call of these kinds and states, if there is just one. */
struct pptp_call *pptp_call_only(struct pptp_calls *calls, unsigned int kinds,
				 unsigned int states);

/* Our dialled call that the PAC has not answered yet, if there is just one. */
struct pptp_call *pptp_call_unanswered(struct pptp_calls *calls);

/* The call that the ID in a Call-Clear-Request, a Call-Disconnect-Notify is of. */
struct pptp_call *pptp_call_to_clear(struct pptp_calls *calls, uint16_t id);
struct pptp_call *pptp_call_to_end(struct pptp_calls *calls, uint16_t id);

/* A message that names our ID and is harmless where it is wrong behind a NAT. */
struct pptp_call *pptp_call_meant(struct pptp_calls *calls, unsigned int kinds,
				  uint16_t id);

void pptp_call_enter(struct pptp_call *call, enum pptp_call_state state,
		     uint64_t now);

/* The next free place, cleared and in @state, or NULL. */
struct pptp_call *pptp_call_new(struct pptp_calls *calls,
				enum pptp_call_kind kind,
				enum pptp_call_state state, uint64_t now);

/* Frees the place; if it was the last, the connection is idle from @now on. */
void pptp_call_free(struct pptp_calls *calls, struct pptp_call *call,
		    uint64_t now);

/* The call is over, and the caller learns why. */
void pptp_call_close(struct pptp_calls *calls, struct pptp_call *call,
		     enum pptp_reason reason, uint64_t now,
		     struct pptp_actions *acts);

void pptp_call_up(struct pptp_calls *calls, struct pptp_call *call,
		  uint64_t now, struct pptp_actions *acts);

/* Why the peer does not want the call (any more), for our log. */
void pptp_call_verdict(struct pptp_call *call, enum pptp_msg_type told_by,
		       uint8_t result, uint8_t error, uint16_t cause);

/* Text of ours, which need not fit, NULL: none; @to has its terminator already. */
void pptp_call_text(char *to, size_t room, const char *text);

/* Refusals. */
void pptp_call_send_outgoing_reply(struct pptp_actions *acts, uint16_t peer_id,
				   uint8_t result, uint8_t error);
void pptp_call_send_incoming_reply(struct pptp_actions *acts, uint16_t peer_id,
				   uint8_t result, uint8_t error);

void pptp_call_send_disconnect(struct pptp_actions *acts, uint16_t local_id,
			       const struct pptp_call_end *end);
void pptp_call_send_link_info(struct pptp_actions *acts, uint16_t peer_id,
			      uint32_t send_accm, uint32_t receive_accm);
void pptp_call_send_connected(const struct pptp_calls *calls,
			      const struct pptp_call *call,
			      struct pptp_actions *acts);

/* Tells the peer that we do not want the call any more, in our role's words. */
void pptp_call_send_end(const struct pptp_call *call,
			const struct pptp_call_end *end, struct pptp_actions *acts);

/* As pptp_call_input(), a message each. */
const char *pptp_call_on_outgoing_request(const struct pptp_call_step *s);
const char *pptp_call_on_incoming_request(const struct pptp_call_step *s);
const char *pptp_call_on_incoming_connected(const struct pptp_call_step *s);
const char *pptp_call_on_outgoing_reply(const struct pptp_call_step *s);
const char *pptp_call_on_incoming_reply(const struct pptp_call_step *s);

#endif /* PROTO_PPTP_CALL_PRIV_H */
