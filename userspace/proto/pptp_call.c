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
#include "pptp_call_priv.h"

void pptp_call_init(struct pptp_calls *calls,
		    const struct pptp_call_config *cfg, uint64_t now)
{
	memset(calls, 0, sizeof(*calls));
	calls->cfg = cfg;
	calls->idle_since = now;
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
	pptp_call_send_end(call, end, acts);
	if (call->state == PPTP_CALL_WAIT_ACCEPT ||
	    CALL_KIND(call->kind) & CALL_KINDS_PAC)
		return true;
	pptp_call_enter(call, PPTP_CALL_WAIT_DISCONNECT, now);
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
		pptp_call_free(calls, c, now);
}

/* A PAC answers; to a PNS it is not a message at all, but plain. */
static const char *on_clear(const struct pptp_call_step *s)
{
	static const struct pptp_call_end end = { .result = PPTP_END_REQUEST };
	struct pptp_call *c = pptp_call_to_clear(s->calls, s->msg->clear.call_id);

	/* Crossed with our own Call-Disconnect-Notify: both know already. */
	if (!c)
		return NULL;
	if (CALL_KIND(c->kind) & CALL_KINDS_PAC)
		pptp_call_send_disconnect(s->acts, c->local_id, &end);
	pptp_call_close(s->calls, c, PPTP_REASON_PEER_CLEARED, s->now, s->acts);
	return NULL;
}

/* Its codes change nothing: a Windows PAC sends result 0. */
static const char *on_disconnect(const struct pptp_call_step *s)
{
	const struct pptp_disconnect *told = &s->msg->disconnect;
	struct pptp_call *c = pptp_call_to_end(s->calls, told->call_id);

	if (!c)
		return NULL;
	pptp_msg_printable(s->calls->statistics, told->statistics);
	pptp_call_verdict(c, s->msg->type, told->result, told->error, told->cause);
	pptp_call_close(s->calls, c, PPTP_REASON_PEER_CLEARED, s->now, s->acts);
	return NULL;
}

void pptp_call_end_all(const struct pptp_calls *calls, struct pptp_actions *acts)
{
	static const struct pptp_call_end end = { .result = PPTP_END_ADMIN };
	unsigned int i;

	for (i = 0; i < PPTP_CONN_CALLS_MAX; i++)
		pptp_call_send_end(&calls->call[i], &end, acts);
}

void pptp_call_close_all(struct pptp_calls *calls, enum pptp_reason reason,
			 struct pptp_actions *acts)
{
	unsigned int i;

	for (i = 0; i < PPTP_CONN_CALLS_MAX; i++)
		if (calls->call[i].state != PPTP_CALL_FREE)
			pptp_call_close(calls, &calls->call[i], reason,
					calls->idle_since, acts);
}

/* ------------------------------------------------- while a call is connected */

static const char *on_wan_error(const struct pptp_call_step *s)
{
	struct pptp_call *c = pptp_call_meant(s->calls, CALL_KINDS_PNS,
					      s->msg->wan_error.peer_call_id);

	if (!c || c->state != PPTP_CALL_ESTABLISHED)
		return NULL;
	c->wan_error = s->msg->wan_error;
	pptp_action_add(s->acts, PPTP_ACTION_WAN_ERROR, pptp_call_index(s->calls, c),
			PPTP_REASON_NONE);
	return NULL;
}

/* Windows sends it in any number. */
static const char *on_link_info(const struct pptp_call_step *s)
{
	struct pptp_call *c = pptp_call_meant(s->calls, CALL_KINDS_PAC,
					      s->msg->link_info.peer_call_id);

	if (!c || c->state != PPTP_CALL_ESTABLISHED)
		return NULL;
	c->link_info = s->msg->link_info;
	pptp_action_add(s->acts, PPTP_ACTION_LINK_INFO, pptp_call_index(s->calls, c),
			PPTP_REASON_NONE);
	return NULL;
}

bool pptp_call_set_link_info(struct pptp_calls *calls, unsigned int call,
			     uint32_t send_accm, uint32_t receive_accm,
			     struct pptp_actions *acts)
{
	const struct pptp_call *c = &calls->call[call];

	if (!pptp_call_is(c, CALL_KINDS_PNS, CALL_STATE(PPTP_CALL_ESTABLISHED)))
		return false;
	pptp_call_send_link_info(acts, c->peer_id, send_accm, receive_accm);
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

	if (!pptp_call_is(c, CALL_KINDS_PAC, CALL_STATE(PPTP_CALL_ESTABLISHED)) ||
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
	static const char *(*const handlers[PPTP_MSG_TYPES])(const struct pptp_call_step *) = {
		[PPTP_OUTGOING_CALL_REQUEST] = pptp_call_on_outgoing_request,
		[PPTP_OUTGOING_CALL_REPLY] = pptp_call_on_outgoing_reply,
		[PPTP_INCOMING_CALL_REQUEST] = pptp_call_on_incoming_request,
		[PPTP_INCOMING_CALL_REPLY] = pptp_call_on_incoming_reply,
		[PPTP_INCOMING_CALL_CONNECTED] = pptp_call_on_incoming_connected,
		[PPTP_CALL_CLEAR_REQUEST] = on_clear,
		[PPTP_CALL_DISCONNECT_NOTIFY] = on_disconnect,
		[PPTP_WAN_ERROR_NOTIFY] = on_wan_error,
		[PPTP_SET_LINK_INFO] = on_link_info,
	};
	const struct pptp_call_step s = {
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
			pptp_call_close(calls, c, PPTP_REASON_CALL_TIMEOUT, now, acts);
	}
	return stuck;
}
