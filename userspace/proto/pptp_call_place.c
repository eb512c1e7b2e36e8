// SPDX-License-Identifier: GPL-2.0-or-later
/* The places of a connection's calls: whose one is, and how it comes and goes. */
#include "pptp_call_priv.h"

unsigned int pptp_call_index(const struct pptp_calls *calls,
			     const struct pptp_call *call)
{
	return (unsigned int)(call - calls->call);
}

bool pptp_call_is(const struct pptp_call *call, unsigned int kinds,
		  unsigned int states)
{
	return kinds & CALL_KIND(call->kind) && states & CALL_STATE(call->state);
}

struct pptp_call *pptp_call_by_peer_id(struct pptp_calls *calls,
				       unsigned int kinds, uint16_t id)
{
	struct pptp_call *c = calls->call;
	unsigned int i;

	for (i = 0; i < PPTP_CONN_CALLS_MAX; i++, c++)
		if (pptp_call_is(c, kinds, CALL_STATES_ANY) && c->peer_known &&
		    c->peer_id == id)
			return c;
	return NULL;
}

struct pptp_call *pptp_call_by_local_id(struct pptp_calls *calls,
					unsigned int kinds, uint16_t id)
{
	struct pptp_call *c = calls->call;
	unsigned int i;

	for (i = 0; i < PPTP_CONN_CALLS_MAX; i++, c++)
		if (pptp_call_is(c, kinds, CALL_STATES_ANY) && c->local_id &&
		    c->local_id == id)
			return c;
	return NULL;
}

struct pptp_call *pptp_call_only(struct pptp_calls *calls, unsigned int kinds,
				 unsigned int states)
{
	struct pptp_call *c = calls->call, *found = NULL;
	unsigned int i;

	for (i = 0; i < PPTP_CONN_CALLS_MAX; i++, c++) {
		if (!pptp_call_is(c, kinds, states))
			continue;
		if (found)
			return NULL;
		found = c;
	}
	return found;
}

/* Call-Clear-Request: the PNS's own ID is right, mtpd and NAT helpers differ. */
struct pptp_call *pptp_call_to_clear(struct pptp_calls *calls, uint16_t id)
{
	struct pptp_call *c = pptp_call_by_peer_id(calls, CALL_KINDS_PAC, id);

	if (!c)
		c = pptp_call_by_local_id(calls, CALL_KINDS_PAC, id);
	if (!c)
		c = pptp_call_by_peer_id(calls, CALL_KINDS_ALL, id);
	return c ? c : pptp_call_by_local_id(calls, CALL_KINDS_ALL, id);
}

struct pptp_call *pptp_call_unanswered(struct pptp_calls *calls)
{
	struct pptp_call *c = calls->call, *found = NULL;
	unsigned int i;

	for (i = 0; i < PPTP_CONN_CALLS_MAX; i++, c++) {
		if (!pptp_call_is(c, CALL_KIND(PPTP_CALL_OUTGOING_PNS), CALL_STATES_ANY) ||
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
struct pptp_call *pptp_call_to_end(struct pptp_calls *calls, uint16_t id)
{
	struct pptp_call *c = pptp_call_by_peer_id(calls, CALL_KINDS_PNS, id);

	if (!c)
		c = pptp_call_by_local_id(calls, CALL_KINDS_PNS, id);
	if (!c)
		c = pptp_call_by_peer_id(calls, CALL_KINDS_ALL, id);
	if (!c)
		c = pptp_call_by_local_id(calls, CALL_KINDS_ALL, id);
	if (!c)
		c = call_aborted(calls);
	return c || id ? c : pptp_call_unanswered(calls);
}

struct pptp_call *pptp_call_meant(struct pptp_calls *calls, unsigned int kinds,
				  uint16_t id)
{
	struct pptp_call *c = pptp_call_by_local_id(calls, kinds, id);

	return c ? c : pptp_call_only(calls, kinds, CALL_STATE(PPTP_CALL_ESTABLISHED));
}

void pptp_call_enter(struct pptp_call *call, enum pptp_call_state state,
		     uint64_t now)
{
	call->state = state;
	call->since = now;
}

struct pptp_call *pptp_call_new(struct pptp_calls *calls,
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
		pptp_call_enter(c, state, now);
		return c;
	}
	return NULL;
}

void pptp_call_free(struct pptp_calls *calls, struct pptp_call *call,
		    uint64_t now)
{
	call->state = PPTP_CALL_FREE;
	calls->idle_since = now;
}

void pptp_call_close(struct pptp_calls *calls, struct pptp_call *call,
		     enum pptp_reason reason, uint64_t now,
		     struct pptp_actions *acts)
{
	if (call->state == PPTP_CALL_WAIT_DISCONNECT)
		reason = call->reason;
	pptp_call_free(calls, call, now);
	pptp_action_add(acts, PPTP_ACTION_CLOSE_CALL, pptp_call_index(calls, call),
			reason);
}

void pptp_call_up(struct pptp_calls *calls, struct pptp_call *call,
		  uint64_t now, struct pptp_actions *acts)
{
	pptp_call_enter(call, PPTP_CALL_ESTABLISHED, now);
	pptp_action_add(acts, PPTP_ACTION_CALL_UP, pptp_call_index(calls, call),
			PPTP_REASON_NONE);
}

void pptp_call_verdict(struct pptp_call *call, enum pptp_msg_type told_by,
		       uint8_t result, uint8_t error, uint16_t cause)
{
	call->told_by = told_by;
	call->result = result;
	call->error = error;
	call->cause = cause;
}

unsigned int pptp_call_count(const struct pptp_calls *calls)
{
	unsigned int i, n = 0;

	for (i = 0; i < PPTP_CONN_CALLS_MAX; i++)
		n += calls->call[i].state != PPTP_CALL_FREE;
	return n;
}
