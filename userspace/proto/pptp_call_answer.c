// SPDX-License-Identifier: GPL-2.0-or-later
/* A call that the peer asks for: PAC of an outgoing one, PNS of an incoming one. */
#include "pptp_call_priv.h"

/* Those that the peer asked for. */
static unsigned int calls_of_peer(const struct pptp_calls *calls)
{
	unsigned int i, n = 0;

	for (i = 0; i < PPTP_CONN_CALLS_MAX; i++)
		n += pptp_call_is(&calls->call[i], CALL_KIND(PPTP_CALL_OUTGOING_PAC) |
				  CALL_KIND(PPTP_CALL_INCOMING_PNS), CALL_STATES_ANY);
	return n;
}

/* @max is cosmetic, and 0 would look like a dead line. */
static uint32_t connect_speed(uint32_t max)
{
	return max && max < CALL_SPEED_MAX ? max : CALL_SPEED_MAX;
}

/* Why the peer cannot have one more call with @id: PPTP_ERROR_*. */
static uint8_t call_objection(struct pptp_calls *calls, uint16_t id,
			      const char **note)
{
	if (pptp_call_by_peer_id(calls, CALL_KINDS_ALL, id)) {
		*note = "call refused: its call ID is in use";
		return PPTP_ERROR_CALL_ID;
	}
	if (calls_of_peer(calls) >= calls->cfg->max_calls ||
	    pptp_call_count(calls) == PPTP_CONN_CALLS_MAX) {
		*note = "call refused: the connection has all its calls";
		return PPTP_ERROR_RESOURCE;
	}
	return PPTP_ERROR_NONE;
}

static void call_ask(const struct pptp_call_step *s, struct pptp_call *call, uint16_t id,
		     uint16_t serial, uint32_t speed)
{
	call->peer_id = id;
	call->peer_known = true;
	call->serial = serial;
	call->speed = speed;
	pptp_action_add(s->acts, PPTP_ACTION_OPEN_CALL,
			pptp_call_index(s->calls, call), PPTP_REASON_NONE);
}

/* Section 3.2.4.1, idle. Window 0 is no reason to refuse: Windows ignores it. */
const char *pptp_call_on_outgoing_request(const struct pptp_call_step *s)
{
	const struct pptp_outgoing_request *request = &s->msg->outgoing_request;
	struct pptp_call_numbers *numbers = &s->calls->numbers;
	const char *note = NULL;
	uint8_t error;

	if (!s->calls->cfg->take_outgoing) {
		pptp_call_send_outgoing_reply(s->acts, request->call_id, PPTP_OUT_REFUSED,
					      PPTP_ERROR_NONE);
		return "outgoing call refused: we do not answer them";
	}
	error = call_objection(s->calls, request->call_id, &note);
	if (error) {
		pptp_call_send_outgoing_reply(s->acts, request->call_id, PPTP_OUT_GENERAL,
					      error);
		return note;
	}
	pptp_msg_printable(numbers->called, request->phone);
	numbers->calling[0] = '\0';
	pptp_msg_printable(numbers->subaddress, request->subaddress);
	call_ask(s, pptp_call_new(s->calls, PPTP_CALL_OUTGOING_PAC,
				  PPTP_CALL_WAIT_ACCEPT, s->now),
		 request->call_id, request->serial,
		 connect_speed(request->max_speed));
	return NULL;
}

/* Section 3.2.3.2, idle. */
const char *pptp_call_on_incoming_request(const struct pptp_call_step *s)
{
	const struct pptp_incoming_request *request = &s->msg->incoming_request;
	struct pptp_call_numbers *numbers = &s->calls->numbers;
	const char *note = NULL;
	uint8_t error;

	if (!s->calls->cfg->take_incoming) {
		pptp_call_send_incoming_reply(s->acts, request->call_id, PPTP_IN_REFUSED,
					      PPTP_ERROR_NONE);
		return "incoming call refused: we do not answer them";
	}
	error = call_objection(s->calls, request->call_id, &note);
	if (error) {
		pptp_call_send_incoming_reply(s->acts, request->call_id, PPTP_IN_GENERAL,
					      error);
		return note;
	}
	pptp_msg_printable(numbers->called, request->dialed);
	pptp_msg_printable(numbers->calling, request->dialing);
	pptp_msg_printable(numbers->subaddress, request->subaddress);
	call_ask(s, pptp_call_new(s->calls, PPTP_CALL_INCOMING_PNS,
				  PPTP_CALL_WAIT_ACCEPT, s->now),
		 request->call_id, request->serial, 0);
	return NULL;
}

static void accept_outgoing(struct pptp_calls *calls, struct pptp_call *call,
			    uint64_t now, struct pptp_actions *acts)
{
	struct pptp_msg reply = {
		.type = PPTP_OUTGOING_CALL_REPLY,
		.outgoing_reply = {
			.call_id = call->local_id,
			.peer_call_id = call->peer_id,
			.result = PPTP_OUT_CONNECTED,
			.speed = call->speed,
			.window = calls->cfg->window,
		},
	};

	pptp_call_enter(call, PPTP_CALL_ESTABLISHED, now);
	pptp_action_send(acts, &reply);
}

static void accept_incoming(struct pptp_calls *calls, struct pptp_call *call,
			    uint64_t now, struct pptp_actions *acts)
{
	struct pptp_msg reply = {
		.type = PPTP_INCOMING_CALL_REPLY,
		.incoming_reply = {
			.call_id = call->local_id,
			.peer_call_id = call->peer_id,
			.result = PPTP_IN_CONNECT,
			.window = calls->cfg->window,
		},
	};

	pptp_call_enter(call, PPTP_CALL_WAIT_CONNECT, now);
	pptp_action_send(acts, &reply);
}

void pptp_call_accept(struct pptp_calls *calls, unsigned int call,
		      uint16_t local_id, uint64_t now, struct pptp_actions *acts)
{
	struct pptp_call *c = &calls->call[call];

	if (c->state != PPTP_CALL_WAIT_ACCEPT)
		return;
	c->local_id = local_id;
	if (c->kind == PPTP_CALL_INCOMING_PNS)
		accept_incoming(calls, c, now, acts);
	else
		accept_outgoing(calls, c, now, acts);
}

void pptp_call_refuse(struct pptp_calls *calls, unsigned int call,
		      uint8_t result, uint8_t error, uint64_t now,
		      struct pptp_actions *acts)
{
	struct pptp_call *c = &calls->call[call];

	if (c->state != PPTP_CALL_WAIT_ACCEPT)
		return;
	if (c->kind == PPTP_CALL_INCOMING_PNS)
		pptp_call_send_incoming_reply(acts, c->peer_id, result, error);
	else
		pptp_call_send_outgoing_reply(acts, c->peer_id, result, error);
	pptp_call_free(calls, c, now);
}

/* Section 3.2.3.2, wait connect. */
const char *pptp_call_on_incoming_connected(const struct pptp_call_step *s)
{
	const struct pptp_incoming_connected *told = &s->msg->incoming_connected;
	struct pptp_call *c;

	c = pptp_call_by_local_id(s->calls, CALL_KIND(PPTP_CALL_INCOMING_PNS),
				  told->peer_call_id);
	if (!c)
		c = pptp_call_only(s->calls, CALL_KIND(PPTP_CALL_INCOMING_PNS),
				   CALL_STATE(PPTP_CALL_WAIT_CONNECT));
	if (!c)
		return "Incoming-Call-Connected for no call of ours";
	/* It crossed with our Call-Clear-Request, or says what we know. */
	if (c->state != PPTP_CALL_WAIT_CONNECT)
		return NULL;
	c->speed = told->speed;
	pptp_call_up(s->calls, c, s->now, s->acts);
	return NULL;
}
