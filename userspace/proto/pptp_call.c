// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The tables of RFC 2637 sections 3.2.3 and 3.2.4. Each peer numbers the calls
 * for itself (3.2.2); what a message's call ID means depends on who sends it:
 *
 *	Outgoing-Call-Request	PNS's		Call-Clear-Request	PNS's
 *	Outgoing-Call-Reply	both		Call-Disconnect-Notify	PAC's
 *	Incoming-Call-Request	PAC's		WAN-Error-Notify	PNS's
 *	Incoming-Call-Reply	both		Set-Link-Info		PAC's
 *	Incoming-Call-Connected	PNS's
 */
#include "pptp_call.h"

#define SPEED_MAX	100000000u	/* bit/s, what clients ask for; cosmetic */
#define ACCM_ALL	0xffffffffu	/* what holds before LCP has agreed on one */

#define KIND(kind)	(1u << (kind))
#define STATE(state)	(1u << (state))
#define KINDS_PAC	(KIND(PPTP_CALL_OUTGOING_PAC) | KIND(PPTP_CALL_INCOMING_PAC))
#define KINDS_PNS	(KIND(PPTP_CALL_OUTGOING_PNS) | KIND(PPTP_CALL_INCOMING_PNS))
#define KINDS_ALL	(KINDS_PAC | KINDS_PNS)
#define STATES_ANY	(~STATE(PPTP_CALL_FREE))

/* One message on its way through the tables. */
struct step {
	struct pptp_calls *calls;
	const struct pptp_msg *msg;
	uint64_t now;
	struct pptp_actions *acts;
};

static unsigned int index_of(const struct pptp_calls *calls,
			     const struct pptp_call *call)
{
	return (unsigned int)(call - calls->call);
}

static bool call_is(const struct pptp_call *call, unsigned int kinds,
		    unsigned int states)
{
	return kinds & KIND(call->kind) && states & STATE(call->state);
}

/* The call to which the peer gave this ID, or NULL. */
static struct pptp_call *call_by_peer_id(struct pptp_calls *calls,
					 unsigned int kinds, uint16_t id)
{
	struct pptp_call *c = calls->call;
	unsigned int i;

	for (i = 0; i < PPTP_CONN_CALLS_MAX; i++, c++)
		if (call_is(c, kinds, STATES_ANY) && c->peer_known &&
		    c->peer_id == id)
			return c;
	return NULL;
}

/* The call to which we gave this ID, or NULL. */
static struct pptp_call *call_by_local_id(struct pptp_calls *calls,
					  unsigned int kinds, uint16_t id)
{
	struct pptp_call *c = calls->call;
	unsigned int i;

	for (i = 0; i < PPTP_CONN_CALLS_MAX; i++, c++)
		if (call_is(c, kinds, STATES_ANY) && c->local_id &&
		    c->local_id == id)
			return c;
	return NULL;
}

/* The call of these kinds and states, if there is just one. */
static struct pptp_call *call_only(struct pptp_calls *calls, unsigned int kinds,
				   unsigned int states)
{
	struct pptp_call *c = calls->call, *found = NULL;
	unsigned int i;

	for (i = 0; i < PPTP_CONN_CALLS_MAX; i++, c++) {
		if (!call_is(c, kinds, states))
			continue;
		if (found)
			return NULL;
		found = c;
	}
	return found;
}

/* Call-Clear-Request: the PNS's own ID is right, mtpd and NAT helpers differ. */
static struct pptp_call *call_to_clear(struct pptp_calls *calls, uint16_t id)
{
	struct pptp_call *c = call_by_peer_id(calls, KINDS_PAC, id);

	if (!c)
		c = call_by_local_id(calls, KINDS_PAC, id);
	if (!c)
		c = call_by_peer_id(calls, KINDS_ALL, id);
	return c ? c : call_by_local_id(calls, KINDS_ALL, id);
}

/* Our dialled call that the PAC has not answered yet, if there is just one. */
static struct pptp_call *call_unanswered(struct pptp_calls *calls)
{
	struct pptp_call *c = calls->call, *found = NULL;
	unsigned int i;

	for (i = 0; i < PPTP_CONN_CALLS_MAX; i++, c++) {
		if (!call_is(c, KIND(PPTP_CALL_OUTGOING_PNS), STATES_ANY) ||
		    c->peer_known)
			continue;
		if (found)
			return NULL;
		found = c;
	}
	return found;
}

/* The call that we cleared first of those that the PAC never gave an ID. */
static struct pptp_call *call_aborted(struct pptp_calls *calls)
{
	struct pptp_call *c = calls->call, *found = NULL;
	unsigned int i;

	for (i = 0; i < PPTP_CONN_CALLS_MAX; i++, c++)
		if (c->state == PPTP_CALL_WAIT_DISCONNECT && !c->peer_known &&
		    (!found || c->since < found->since))
			found = c;
	return found;
}

/*
 * Call-Disconnect-Notify: the PAC's own ID is right; accel-ppp puts the PNS's
 * there. Of a call that the PAC never answered we do not know it, so that an ID
 * of no call answers a Call-Clear-Request; 0 ends even a call that waits. Others
 * are of calls that we refused, and the two messages crossed.
 */
static struct pptp_call *call_to_end(struct pptp_calls *calls, uint16_t id)
{
	struct pptp_call *c = call_by_peer_id(calls, KINDS_PNS, id);

	if (!c)
		c = call_by_local_id(calls, KINDS_PNS, id);
	if (!c)
		c = call_by_peer_id(calls, KINDS_ALL, id);
	if (!c)
		c = call_by_local_id(calls, KINDS_ALL, id);
	if (!c)
		c = call_aborted(calls);
	return c || id ? c : call_unanswered(calls);
}

/* A message that names our ID and is harmless where it is wrong behind a NAT. */
static struct pptp_call *call_meant(struct pptp_calls *calls, unsigned int kinds,
				    uint16_t id)
{
	struct pptp_call *c = call_by_local_id(calls, kinds, id);

	return c ? c : call_only(calls, kinds, STATE(PPTP_CALL_ESTABLISHED));
}

static void enter(struct pptp_call *call, enum pptp_call_state state,
		  uint64_t now)
{
	call->state = state;
	call->since = now;
}

/* The next free place, cleared and in @state, or NULL. */
static struct pptp_call *call_new(struct pptp_calls *calls,
				  enum pptp_call_kind kind,
				  enum pptp_call_state state, uint64_t now)
{
	struct pptp_call *c = calls->call;
	unsigned int i;

	for (i = 0; i < PPTP_CONN_CALLS_MAX; i++, c++) {
		if (c->state != PPTP_CALL_FREE)
			continue;
		memset(c, 0, sizeof(*c));
		c->kind = kind;
		enter(c, state, now);
		return c;
	}
	return NULL;
}

/* Frees the place; if it was the last, the connection is idle from @now on. */
static void call_free(struct pptp_calls *calls, struct pptp_call *call,
		      uint64_t now)
{
	call->state = PPTP_CALL_FREE;
	calls->idle_since = now;
}

/* The call is over, and the caller learns why. */
static void call_close(struct pptp_calls *calls, struct pptp_call *call,
		       enum pptp_reason reason, uint64_t now,
		       struct pptp_actions *acts)
{
	if (call->state == PPTP_CALL_WAIT_DISCONNECT)
		reason = call->reason;
	call_free(calls, call, now);
	pptp_action_add(acts, PPTP_ACTION_CLOSE_CALL, index_of(calls, call),
			reason);
}

static void call_up(struct pptp_calls *calls, struct pptp_call *call,
		    uint64_t now, struct pptp_actions *acts)
{
	enter(call, PPTP_CALL_ESTABLISHED, now);
	pptp_action_add(acts, PPTP_ACTION_CALL_UP, index_of(calls, call),
			PPTP_REASON_NONE);
}

unsigned int pptp_call_count(const struct pptp_calls *calls)
{
	unsigned int i, n = 0;

	for (i = 0; i < PPTP_CONN_CALLS_MAX; i++)
		n += calls->call[i].state != PPTP_CALL_FREE;
	return n;
}

/* Those that the peer asked for. */
static unsigned int calls_of_peer(const struct pptp_calls *calls)
{
	unsigned int i, n = 0;

	for (i = 0; i < PPTP_CONN_CALLS_MAX; i++)
		n += call_is(&calls->call[i], KIND(PPTP_CALL_OUTGOING_PAC) |
			     KIND(PPTP_CALL_INCOMING_PNS), STATES_ANY);
	return n;
}

void pptp_call_init(struct pptp_calls *calls,
		    const struct pptp_call_config *cfg, uint64_t now)
{
	memset(calls, 0, sizeof(*calls));
	calls->cfg = cfg;
	calls->idle_since = now;
}

/* ------------------------------------------------------------ messages out */

static void send_outgoing_reply(struct pptp_actions *acts, uint16_t peer_id,
				uint8_t result, uint8_t error)
{
	struct pptp_msg reply = {
		.type = PPTP_OUTGOING_CALL_REPLY,
		.outgoing_reply = {
			.peer_call_id = peer_id,
			.result = result,
			.error = error,
		},
	};

	pptp_action_send(acts, &reply);
}

static void send_incoming_reply(struct pptp_actions *acts, uint16_t peer_id,
				uint8_t result, uint8_t error)
{
	struct pptp_msg reply = {
		.type = PPTP_INCOMING_CALL_REPLY,
		.incoming_reply = {
			.peer_call_id = peer_id,
			.result = result,
			.error = error,
		},
	};

	pptp_action_send(acts, &reply);
}

/* Text of ours, which need not fit; @to has its terminator already. */
static void text_put(char *to, size_t room, const char *text)
{
	if (text)
		memcpy(to, text, strnlen(text, room));
}

/* Section 2.13: the call ID is ours; 0 when the call never had one. */
static void send_disconnect(struct pptp_actions *acts, uint16_t local_id,
			    const struct pptp_call_end *end)
{
	struct pptp_msg notify = {
		.type = PPTP_CALL_DISCONNECT_NOTIFY,
		.disconnect = {
			.call_id = local_id,
			.result = end->result,
			.error = end->error,
			.cause = end->cause,
		},
	};

	text_put(notify.disconnect.statistics, PPTP_STATISTICS_LEN,
		 end->statistics);
	pptp_action_send(acts, &notify);
}

/* Section 2.12: our own ID, because the PAC's may not be known yet. */
static void send_clear(struct pptp_actions *acts, uint16_t local_id)
{
	struct pptp_msg request = {
		.type = PPTP_CALL_CLEAR_REQUEST,
		.clear = { .call_id = local_id },
	};

	pptp_action_send(acts, &request);
}

static void send_link_info(struct pptp_actions *acts, uint16_t peer_id,
			   uint32_t send_accm, uint32_t receive_accm)
{
	struct pptp_msg info = {
		.type = PPTP_SET_LINK_INFO,
		.link_info = {
			.peer_call_id = peer_id,
			.send_accm = send_accm,
			.receive_accm = receive_accm,
		},
	};

	pptp_action_send(acts, &info);
}

/* Section 2.11: the caller is through. */
static void send_connected(const struct pptp_calls *calls,
			   const struct pptp_call *call,
			   struct pptp_actions *acts)
{
	struct pptp_msg connected = {
		.type = PPTP_INCOMING_CALL_CONNECTED,
		.incoming_connected = {
			.peer_call_id = call->peer_id,
			.speed = call->speed,
			.window = calls->cfg->window,
			.framing = PPTP_FRAMING_ASYNC,
		},
	};

	pptp_action_send(acts, &connected);
}

/* Tells the peer that we do not want a call which it asked for. */
static void send_refusal(const struct pptp_call *call, struct pptp_actions *acts)
{
	if (call->kind == PPTP_CALL_INCOMING_PNS)
		send_incoming_reply(acts, call->peer_id, PPTP_IN_REFUSED,
				    PPTP_ERROR_NONE);
	else
		send_outgoing_reply(acts, call->peer_id, PPTP_OUT_REFUSED,
				    PPTP_ERROR_NONE);
}

/* Tells the peer that we do not want the call any more, in our role's words. */
static void send_end(const struct pptp_call *call,
		     const struct pptp_call_end *end, struct pptp_actions *acts)
{
	switch (call->state) {
	case PPTP_CALL_FREE:
	case PPTP_CALL_WAIT_DISCONNECT:
		break;
	case PPTP_CALL_WAIT_ACCEPT:
		send_refusal(call, acts);
		break;
	case PPTP_CALL_WAIT_REPLY:
	case PPTP_CALL_WAIT_CONNECT:
	case PPTP_CALL_ESTABLISHED:
		if (KIND(call->kind) & KINDS_PNS)
			send_clear(acts, call->local_id);
		else
			send_disconnect(acts, call->local_id, end);
		break;
	}
}

/* ------------------------------------------------- the peer asks for a call */

/* @max is cosmetic, and 0 would look like a dead line. */
static uint32_t connect_speed(uint32_t max)
{
	return max && max < SPEED_MAX ? max : SPEED_MAX;
}

/* Why the peer cannot have one more call with @id: PPTP_ERROR_*. */
static uint8_t call_objection(struct pptp_calls *calls, uint16_t id,
			      const char **note)
{
	if (call_by_peer_id(calls, KINDS_ALL, id)) {
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

static void call_ask(const struct step *s, struct pptp_call *call, uint16_t id,
		     uint16_t serial, uint32_t speed)
{
	call->peer_id = id;
	call->peer_known = true;
	call->serial = serial;
	call->speed = speed;
	pptp_action_add(s->acts, PPTP_ACTION_OPEN_CALL,
			index_of(s->calls, call), PPTP_REASON_NONE);
}

/* Section 3.2.4.1, idle. Window 0 is no reason to refuse: Windows ignores it. */
static const char *on_outgoing_request(const struct step *s)
{
	const struct pptp_outgoing_request *request = &s->msg->outgoing_request;
	struct pptp_call_numbers *numbers = &s->calls->numbers;
	const char *note = NULL;
	uint8_t error;

	if (!s->calls->cfg->take_outgoing) {
		send_outgoing_reply(s->acts, request->call_id, PPTP_OUT_REFUSED,
				    PPTP_ERROR_NONE);
		return "outgoing call refused: we do not answer them";
	}
	error = call_objection(s->calls, request->call_id, &note);
	if (error) {
		send_outgoing_reply(s->acts, request->call_id, PPTP_OUT_GENERAL,
				    error);
		return note;
	}
	pptp_msg_printable(numbers->called, request->phone);
	numbers->calling[0] = '\0';
	pptp_msg_printable(numbers->subaddress, request->subaddress);
	call_ask(s, call_new(s->calls, PPTP_CALL_OUTGOING_PAC,
			     PPTP_CALL_WAIT_ACCEPT, s->now),
		 request->call_id, request->serial,
		 connect_speed(request->max_speed));
	return NULL;
}

/* Section 3.2.3.2, idle. */
static const char *on_incoming_request(const struct step *s)
{
	const struct pptp_incoming_request *request = &s->msg->incoming_request;
	struct pptp_call_numbers *numbers = &s->calls->numbers;
	const char *note = NULL;
	uint8_t error;

	if (!s->calls->cfg->take_incoming) {
		send_incoming_reply(s->acts, request->call_id, PPTP_IN_REFUSED,
				    PPTP_ERROR_NONE);
		return "incoming call refused: we do not answer them";
	}
	error = call_objection(s->calls, request->call_id, &note);
	if (error) {
		send_incoming_reply(s->acts, request->call_id, PPTP_IN_GENERAL,
				    error);
		return note;
	}
	pptp_msg_printable(numbers->called, request->dialed);
	pptp_msg_printable(numbers->calling, request->dialing);
	pptp_msg_printable(numbers->subaddress, request->subaddress);
	call_ask(s, call_new(s->calls, PPTP_CALL_INCOMING_PNS,
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

	enter(call, PPTP_CALL_ESTABLISHED, now);
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

	enter(call, PPTP_CALL_WAIT_CONNECT, now);
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
		send_incoming_reply(acts, c->peer_id, result, error);
	else
		send_outgoing_reply(acts, c->peer_id, result, error);
	call_free(calls, c, now);
}

/* Section 3.2.3.2, wait connect. */
static const char *on_incoming_connected(const struct step *s)
{
	const struct pptp_incoming_connected *told = &s->msg->incoming_connected;
	struct pptp_call *c;

	c = call_by_local_id(s->calls, KIND(PPTP_CALL_INCOMING_PNS),
			     told->peer_call_id);
	if (!c)
		c = call_only(s->calls, KIND(PPTP_CALL_INCOMING_PNS),
			      STATE(PPTP_CALL_WAIT_CONNECT));
	if (!c)
		return "Incoming-Call-Connected for no call of ours";
	/* It crossed with our Call-Clear-Request, or says what we know. */
	if (c->state != PPTP_CALL_WAIT_CONNECT)
		return NULL;
	c->speed = told->speed;
	call_up(s->calls, c, s->now, s->acts);
	return NULL;
}

/* ------------------------------------------------------- we ask for a call */

/* A place for our own call with @local_id, in WAIT_REPLY, or NULL. */
static struct pptp_call *call_place(struct pptp_calls *calls,
				    enum pptp_call_kind kind, uint16_t local_id,
				    uint64_t now)
{
	struct pptp_call *c;

	if (call_by_local_id(calls, KINDS_ALL, local_id))
		return NULL;
	c = call_new(calls, kind, PPTP_CALL_WAIT_REPLY, now);
	if (!c)
		return NULL;
	c->local_id = local_id;
	c->serial = ++calls->serial;
	c->speed = SPEED_MAX;
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
	text_put(r->phone, PPTP_NAME_LEN, dial->number);
	r->phone_len = (uint16_t)strlen(r->phone);
	text_put(r->subaddress, PPTP_NAME_LEN, dial->subaddress);
	pptp_action_send(acts, &request);
	return (int)index_of(calls, c);
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
	r->serial = c->serial;
	text_put(r->dialed, PPTP_NAME_LEN, ring->dialed);
	r->dialed_len = (uint16_t)strlen(r->dialed);
	text_put(r->dialing, PPTP_NAME_LEN, ring->dialing);
	r->dialing_len = (uint16_t)strlen(r->dialing);
	text_put(r->subaddress, PPTP_NAME_LEN, ring->subaddress);
	pptp_action_send(acts, &request);
	return (int)index_of(calls, c);
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
	struct pptp_call *c = call_by_local_id(calls,
					       KIND(PPTP_CALL_OUTGOING_PNS), id);

	return c || result_is_good(result) ? c : call_unanswered(calls);
}

/* Why the peer does not want the call (any more), for our log. */
static void verdict_keep(struct pptp_call *call, enum pptp_msg_type told_by,
			 uint8_t result, uint8_t error, uint16_t cause)
{
	call->told_by = told_by;
	call->result = result;
	call->error = error;
	call->cause = cause;
}

/*
 * A reply with @result has come for @call. True: it is connected now. A refusal that crosses
 * with our Call-Clear-Request ends the call as well: no answer to that one may
 * follow.
 */
static bool reply_take(const struct step *s, struct pptp_call *call,
		       uint16_t peer_id, uint8_t result)
{
	if (!result_is_good(result)) {
		call_close(s->calls, call, PPTP_REASON_CALL_REFUSED, s->now,
			   s->acts);
		return false;
	}
	call->peer_id = peer_id;
	call->peer_known = true;
	if (call->state != PPTP_CALL_WAIT_REPLY)
		return false;
	call_up(s->calls, call, s->now, s->acts);
	return true;
}

static const char *reply_note(bool up, uint8_t result)
{
	return up && result != PPTP_RESULT_OK ?
	       "call reply with result 0 taken as success" : NULL;
}

/* Section 3.2.4.2, wait reply. What holds before LCP is told at once (2.15). */
static const char *on_outgoing_reply(const struct step *s)
{
	const struct pptp_outgoing_reply *reply = &s->msg->outgoing_reply;
	struct pptp_call *c;
	bool up;

	c = call_replied(s->calls, reply->peer_call_id, reply->result);
	if (!c || c->state == PPTP_CALL_ESTABLISHED)
		return "Outgoing-Call-Reply for no call that waits for one";
	if (!result_is_good(reply->result))
		verdict_keep(c, s->msg->type, reply->result, reply->error,
			     reply->cause);
	up = reply_take(s, c, reply->call_id, reply->result);
	if (up) {
		c->speed = reply->speed;
		send_link_info(s->acts, c->peer_id, ACCM_ALL, ACCM_ALL);
	}
	return reply_note(up, reply->result);
}

/* Section 3.2.3.1, wait reply. */
static const char *on_incoming_reply(const struct step *s)
{
	const struct pptp_incoming_reply *reply = &s->msg->incoming_reply;
	struct pptp_call *c;
	bool up;

	c = call_by_local_id(s->calls, KIND(PPTP_CALL_INCOMING_PAC),
			     reply->peer_call_id);
	if (!c || c->state == PPTP_CALL_ESTABLISHED)
		return "Incoming-Call-Reply for no call that waits for one";
	if (!result_is_good(reply->result))
		verdict_keep(c, s->msg->type, reply->result, reply->error, 0);
	up = reply_take(s, c, reply->call_id, reply->result);
	if (up)
		send_connected(s->calls, c, s->acts);
	return reply_note(up, reply->result);
}

/* ---------------------------------------------------------- the end of one */

/*
 * A PNS waits for the Call-Disconnect-Notify, however the call ends: the ID
 * must not be used again before. Returns true when nothing is to be waited for.
 */
static bool call_let_go(struct pptp_call *call, const struct pptp_call_end *end,
			enum pptp_reason reason, uint64_t now,
			struct pptp_actions *acts)
{
	send_end(call, end, acts);
	if (call->state == PPTP_CALL_WAIT_ACCEPT ||
	    KIND(call->kind) & KINDS_PAC)
		return true;
	enter(call, PPTP_CALL_WAIT_DISCONNECT, now);
	call->reason = reason;
	return false;
}

void pptp_call_clear(struct pptp_calls *calls, unsigned int call,
		     const struct pptp_call_end *end, uint64_t now,
		     struct pptp_actions *acts)
{
	struct pptp_call *c = &calls->call[call];

	if (c->state == PPTP_CALL_FREE || c->state == PPTP_CALL_WAIT_DISCONNECT)
		return;
	if (call_let_go(c, end, PPTP_REASON_LOCAL, now, acts))
		call_free(calls, c, now);
}

/* A PAC answers; to a PNS it is not a message at all, but plain. */
static const char *on_clear(const struct step *s)
{
	static const struct pptp_call_end end = { .result = PPTP_END_REQUEST };
	struct pptp_call *c = call_to_clear(s->calls, s->msg->clear.call_id);

	/* Crossed with our own Call-Disconnect-Notify: both know already. */
	if (!c)
		return NULL;
	if (KIND(c->kind) & KINDS_PAC)
		send_disconnect(s->acts, c->local_id, &end);
	call_close(s->calls, c, PPTP_REASON_PEER_CLEARED, s->now, s->acts);
	return NULL;
}

/* Its codes change nothing: a Windows PAC sends result 0. */
static const char *on_disconnect(const struct step *s)
{
	const struct pptp_disconnect *told = &s->msg->disconnect;
	struct pptp_call *c = call_to_end(s->calls, told->call_id);

	if (!c)
		return NULL;
	pptp_msg_printable(s->calls->statistics, told->statistics);
	verdict_keep(c, s->msg->type, told->result, told->error, told->cause);
	call_close(s->calls, c, PPTP_REASON_PEER_CLEARED, s->now, s->acts);
	return NULL;
}

void pptp_call_end_all(const struct pptp_calls *calls, struct pptp_actions *acts)
{
	static const struct pptp_call_end end = { .result = PPTP_END_ADMIN };
	unsigned int i;

	for (i = 0; i < PPTP_CONN_CALLS_MAX; i++)
		send_end(&calls->call[i], &end, acts);
}

void pptp_call_close_all(struct pptp_calls *calls, enum pptp_reason reason,
			 struct pptp_actions *acts)
{
	unsigned int i;

	for (i = 0; i < PPTP_CONN_CALLS_MAX; i++)
		if (calls->call[i].state != PPTP_CALL_FREE)
			call_close(calls, &calls->call[i], reason,
				   calls->idle_since, acts);
}

/* ------------------------------------------------- while a call is connected */

static const char *on_wan_error(const struct step *s)
{
	struct pptp_call *c = call_meant(s->calls, KINDS_PNS,
					 s->msg->wan_error.peer_call_id);

	if (!c || c->state != PPTP_CALL_ESTABLISHED)
		return NULL;
	c->wan_error = s->msg->wan_error;
	pptp_action_add(s->acts, PPTP_ACTION_WAN_ERROR, index_of(s->calls, c),
			PPTP_REASON_NONE);
	return NULL;
}

/* Windows sends it in any number. */
static const char *on_link_info(const struct step *s)
{
	struct pptp_call *c = call_meant(s->calls, KINDS_PAC,
					 s->msg->link_info.peer_call_id);

	if (!c || c->state != PPTP_CALL_ESTABLISHED)
		return NULL;
	c->link_info = s->msg->link_info;
	pptp_action_add(s->acts, PPTP_ACTION_LINK_INFO, index_of(s->calls, c),
			PPTP_REASON_NONE);
	return NULL;
}

bool pptp_call_set_link_info(struct pptp_calls *calls, unsigned int call,
			     uint32_t send_accm, uint32_t receive_accm,
			     struct pptp_actions *acts)
{
	const struct pptp_call *c = &calls->call[call];

	if (!call_is(c, KINDS_PNS, STATE(PPTP_CALL_ESTABLISHED)))
		return false;
	send_link_info(acts, c->peer_id, send_accm, receive_accm);
	return true;
}

bool pptp_call_wan_error(struct pptp_calls *calls, unsigned int call,
			 const struct pptp_wan_error *counts, uint64_t now,
			 struct pptp_actions *acts)
{
	struct pptp_call *c = &calls->call[call];
	struct pptp_msg notify = {
		.type = PPTP_WAN_ERROR_NOTIFY,
		.wan_error = *counts,
	};

	if (!call_is(c, KINDS_PAC, STATE(PPTP_CALL_ESTABLISHED)) ||
	    (c->wan_told && now < c->wan_told + PPTP_CALL_WAN_ERROR_MS))
		return false;
	c->wan_told = now;
	notify.wan_error.peer_call_id = c->peer_id;
	pptp_action_send(acts, &notify);
	return true;
}

const char *pptp_call_input(struct pptp_calls *calls, const struct pptp_msg *msg,
			    uint64_t now, struct pptp_actions *acts)
{
	static const char *(*const handlers[PPTP_MSG_TYPES])(const struct step *) = {
		[PPTP_OUTGOING_CALL_REQUEST] = on_outgoing_request,
		[PPTP_OUTGOING_CALL_REPLY] = on_outgoing_reply,
		[PPTP_INCOMING_CALL_REQUEST] = on_incoming_request,
		[PPTP_INCOMING_CALL_REPLY] = on_incoming_reply,
		[PPTP_INCOMING_CALL_CONNECTED] = on_incoming_connected,
		[PPTP_CALL_CLEAR_REQUEST] = on_clear,
		[PPTP_CALL_DISCONNECT_NOTIFY] = on_disconnect,
		[PPTP_WAN_ERROR_NOTIFY] = on_wan_error,
		[PPTP_SET_LINK_INFO] = on_link_info,
	};
	const struct step s = {
		.calls = calls, .msg = msg, .now = now, .acts = acts,
	};

	return handlers[msg->type](&s);
}

/* ------------------------------------------------------------------- timers */

static uint64_t call_deadline(const struct pptp_calls *calls,
			      const struct pptp_call *call)
{
	switch (call->state) {
	case PPTP_CALL_FREE:
	case PPTP_CALL_ESTABLISHED:
		break;
	case PPTP_CALL_WAIT_ACCEPT:
	case PPTP_CALL_WAIT_REPLY:
	case PPTP_CALL_WAIT_CONNECT:
		return call->since + calls->cfg->reply_timeout;
	case PPTP_CALL_WAIT_DISCONNECT:
		return call->since + calls->cfg->clear_timeout;
	}
	return UINT64_MAX;
}

uint64_t pptp_call_deadline(const struct pptp_calls *calls)
{
	uint64_t first = UINT64_MAX, when;
	unsigned int i;

	for (i = 0; i < PPTP_CONN_CALLS_MAX; i++) {
		when = call_deadline(calls, &calls->call[i]);
		if (when < first)
			first = when;
	}
	return first;
}

/*
 * Section 3.2.1 would end the whole connection when any call hangs for a minute.
 * A peer that ignores one request still carries its other calls, so that is kept
 * for one that does not even let go of a call.
 */
bool pptp_call_timer(struct pptp_calls *calls, uint64_t now,
		     struct pptp_actions *acts)
{
	static const struct pptp_call_end end = { .result = PPTP_END_CARRIER };
	struct pptp_call *c = calls->call;
	bool stuck = false;
	unsigned int i;

	for (i = 0; i < PPTP_CONN_CALLS_MAX; i++, c++) {
		if (now < call_deadline(calls, c))
			continue;
		if (c->state == PPTP_CALL_WAIT_DISCONNECT)
			stuck = true;
		else if (call_let_go(c, &end, PPTP_REASON_CALL_TIMEOUT, now, acts))
			call_close(calls, c, PPTP_REASON_CALL_TIMEOUT, now, acts);
	}
	return stuck;
}
