// SPDX-License-Identifier: GPL-2.0-or-later
/* A call that we ask for: PNS of an outgoing one, PAC of an incoming one. */
#include "pptp_call_priv.h"

#define ACCM_ALL	0xffffffffu	/* what holds before LCP has agreed on one */

/* A place for our own call with @local_id, in WAIT_REPLY, or NULL. */
static struct pptp_call *call_place(struct pptp_calls *calls,
				    enum pptp_call_kind kind, uint16_t local_id,
				    uint64_t now)
{
	struct pptp_call *c;

	if (pptp_call_by_local_id(calls, CALL_KINDS_ALL, local_id))
		return NULL;
	c = pptp_call_new(calls, kind, PPTP_CALL_WAIT_REPLY, now);
	if (!c)
		return NULL;
	c->local_id = local_id;
	c->serial = ++calls->serial;
	c->speed = CALL_SPEED_MAX;
	return c;
}

/* Section 3.2.4.2, idle. */
int pptp_call_dial(struct pptp_calls *calls, const struct pptp_dial *dial,
		   uint64_t now, struct pptp_actions *acts)
{
	struct pptp_msg request = {
		.type = PPTP_OUTGOING_CALL_REQUEST,
		.outgoing_request = {
			.call_id = dial->local_id,
			.min_speed = dial->min_speed,
			.max_speed = dial->max_speed,
			.bearer = PPTP_BEARER_ANALOG | PPTP_BEARER_DIGITAL,
			.framing = PPTP_FRAMING_ASYNC | PPTP_FRAMING_SYNC,
			.window = dial->window,
		},
	};
	struct pptp_outgoing_request *r = &request.outgoing_request;
	struct pptp_call *c;

	c = call_place(calls, PPTP_CALL_OUTGOING_PNS, dial->local_id, now);
	if (!c)
		return -1;
	r->serial = c->serial;
	pptp_call_text(r->phone, PPTP_NAME_LEN, dial->number);
	r->phone_len = (uint16_t)strlen(r->phone);
	pptp_call_text(r->subaddress, PPTP_NAME_LEN, dial->subaddress);
	pptp_action_send(acts, &request);
	return (int)pptp_call_index(calls, c);
}

/* Section 3.2.3.1, idle. */
int pptp_call_ring(struct pptp_calls *calls, const struct pptp_ring *ring,
		   uint64_t now, struct pptp_actions *acts)
{
	struct pptp_msg request = {
		.type = PPTP_INCOMING_CALL_REQUEST,
		.incoming_request = {
			.call_id = ring->local_id,
			.bearer = ring->bearer,
		},
	};
	struct pptp_incoming_request *r = &request.incoming_request;
	struct pptp_call *c;

	c = call_place(calls, PPTP_CALL_INCOMING_PAC, ring->local_id, now);
	if (!c)
		return -1;
	if (ring->speed)
		c->speed = ring->speed;
	r->serial = c->serial;
	pptp_call_text(r->dialed, PPTP_NAME_LEN, ring->dialed);
	r->dialed_len = (uint16_t)strlen(r->dialed);
	pptp_call_text(r->dialing, PPTP_NAME_LEN, ring->dialing);
	r->dialing_len = (uint16_t)strlen(r->dialing);
	pptp_call_text(r->subaddress, PPTP_NAME_LEN, ring->subaddress);
	pptp_action_send(acts, &request);
	return (int)pptp_call_index(calls, c);
}

/* Some ADSL modems send result 0 and mean yes. */
static bool result_is_good(uint8_t result)
{
	return result <= PPTP_RESULT_OK;
}

/*
 * The dialled call that a reply with @id is about. In a refusal some peers do not
 * fill it in; as ours lasts until it is answered, it can only be that one.
 */
static struct pptp_call *call_replied(struct pptp_calls *calls, uint16_t id,
				      uint8_t result)
{
	struct pptp_call *c = pptp_call_by_local_id(calls,
						    CALL_KIND(PPTP_CALL_OUTGOING_PNS), id);

	return c || result_is_good(result) ? c : pptp_call_unanswered(calls);
}

/*
 * A reply with @result has come for @call. True: it is connected now. A refusal that crosses
 * with our Call-Clear-Request ends the call as well: no answer to that one may
 * follow.
 */
static bool reply_take(const struct pptp_call_step *s, struct pptp_call *call,
		       uint16_t peer_id, uint8_t result)
{
	if (!result_is_good(result)) {
		pptp_call_close(s->calls, call, PPTP_REASON_CALL_REFUSED, s->now,
				s->acts);
		return false;
	}
	call->peer_id = peer_id;
	call->peer_known = true;
	if (call->state != PPTP_CALL_WAIT_REPLY)
		return false;
	pptp_call_up(s->calls, call, s->now, s->acts);
	return true;
}

static const char *reply_note(bool up, uint8_t result)
{
	return up && result != PPTP_RESULT_OK ?
	       "call reply with result 0 taken as success" : NULL;
}

/* Section 3.2.4.2, wait reply. What holds before LCP is told at once (2.15). */
const char *pptp_call_on_outgoing_reply(const struct pptp_call_step *s)
{
	const struct pptp_outgoing_reply *reply = &s->msg->outgoing_reply;
	struct pptp_call *c;
	bool up;

	c = call_replied(s->calls, reply->peer_call_id, reply->result);
	if (!c || c->state == PPTP_CALL_ESTABLISHED)
		return "Outgoing-Call-Reply for no call that waits for one";
	if (!result_is_good(reply->result))
		pptp_call_verdict(c, s->msg->type, reply->result, reply->error,
				  reply->cause);
	up = reply_take(s, c, reply->call_id, reply->result);
	if (up) {
		c->speed = reply->speed;
		pptp_call_send_link_info(s->acts, c->peer_id, ACCM_ALL, ACCM_ALL);
	}
	return reply_note(up, reply->result);
}

/* Section 3.2.3.1, wait reply. */
const char *pptp_call_on_incoming_reply(const struct pptp_call_step *s)
{
	const struct pptp_incoming_reply *reply = &s->msg->incoming_reply;
	struct pptp_call *c;
	bool up;

	c = pptp_call_by_local_id(s->calls, CALL_KIND(PPTP_CALL_INCOMING_PAC),
				  reply->peer_call_id);
	if (!c || c->state == PPTP_CALL_ESTABLISHED)
		return "Incoming-Call-Reply for no call that waits for one";
	if (!result_is_good(reply->result))
		pptp_call_verdict(c, s->msg->type, reply->result, reply->error, 0);
	up = reply_take(s, c, reply->call_id, reply->result);
	if (up)
		pptp_call_send_connected(s->calls, c, s->acts);
	return reply_note(up, reply->result);
}
