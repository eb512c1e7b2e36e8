// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <string.h>

#include "connection_priv.h"
#include "lib/log.h"
#include "proto/lcp.h"
#include "served.h"

/* Section 2.7: what our Outgoing-Call-Request asks for; nobody looks at it. */
#define CONNECTION_MIN_SPEED	300
#define CONNECTION_MAX_SPEED	100000000

static bool connection_ring_back(void *arg, struct callback *callback);
static bool connection_dial_back(void *arg, struct callback *callback);

unsigned int connection_links(const struct connection *conn)
{
	unsigned int i, n = 0;

	for (i = 0; i < PPTP_CONN_CALLS_MAX; i++) {
		if (conn->link[i])
			n++;
	}
	return n;
}

/* What our Call-Disconnect-Notify says about the end of PPP (RFC 2637 section 2.13). */
static struct pptp_call_end connection_end_of(const struct link *link)
{
	enum ppp_end_reason reason = link_reason(link);
	bool ours = reason == PPP_END_ADMIN || reason == PPP_END_REPLACED ||
		    reason == PPP_END_IDLE || reason == PPP_END_SESSION_TIME ||
		    reason == PPP_END_CALLBACK;

	return (struct pptp_call_end){ .result = ours ? PPTP_END_ADMIN : PPTP_END_CARRIER };
}

static unsigned int connection_link_call(const struct connection *conn, const struct link *link)
{
	unsigned int call = 0;

	while (conn->link[call] != link)
		call++;
	return call;
}

static bool connection_is_incoming(const struct connection *conn, unsigned int call)
{
	return conn->pptp.calls.call[call].kind == PPTP_CALL_INCOMING_PNS;
}

/*
 * The link of @call ends, as has been agreed, for a callback: by us, or by the peer on
 * this connection. False: it ends for another reason.
 */
static bool connection_call_back(struct connection *conn, unsigned int call,
				 const struct link *link)
{
	const struct cbcp_choice *choice = link_callback(link);

	if (!choice || conn->stopping)
		return false;
	if (conn->ops) {
		conn->dialled.calls.take_incoming = true;
		conn->ops->awaits(conn->arg);
	} else if (!connection_is_incoming(conn, call)) {
		callback_plan(conn->daemon, link_user(link), choice, connection_ring_back, conn);
	} else if (choice->number[0]) {
		callback_plan(conn->daemon, link_user(link), choice, connection_dial_back, conn);
	} else {
		log_notice("%s: %s is not called back: there is no number for its access concentrator",
			   conn->text, link_user(link));
	}
	return true;
}

/* The call of a callback is over before it was connected. */
static void connection_fail_callback(struct connection *conn, unsigned int call, const char *why)
{
	struct callback *callback = conn->callback[call];

	conn->callback[call] = NULL;
	if (callback)
		callback_failed(callback, why);
}

/* PPP is over: the call goes with it, unless the link only made room for a relay. */
static void connection_on_link_over(void *arg, struct link *link)
{
	struct connection *conn = arg;
	unsigned int call = connection_link_call(conn, link);
	struct pptp_call_end end = connection_end_of(link);
	struct pptp_actions acts;

	conn->link[call] = NULL;
	if (link_reason(link) == PPP_END_FORWARDED) {
		connection_hand_on(conn, call, link);
		return;
	}
	connection_fail_callback(conn, call, "the call was ended");
	if (!connection_call_back(conn, call, link) && conn->ops)
		conn->ops->over(conn->arg, link);
	link_free(link, "the link is over");
	pptp_conn_clear(&conn->pptp, call, &end, loop_now(), &acts);
	if (connection_perform(conn, &acts) && connection_stop_if_idle(conn))
		connection_arm(conn);
}

bool connection_refuse_call(struct connection *conn, unsigned int call)
{
	struct pptp_actions acts;

	pptp_conn_refuse(&conn->pptp, call,
			 connection_is_incoming(conn, call) ? PPTP_IN_GENERAL : PPTP_OUT_GENERAL,
			 PPTP_ERROR_RESOURCE, loop_now(), &acts);
	return connection_perform(conn, &acts);
}

static void connection_log_call(const struct connection *conn, unsigned int call)
{
	const struct pptp_call_numbers *numbers = &conn->pptp.calls.numbers;
	const struct pptp_call *c = &conn->pptp.calls.call[call];

	if (c->kind == PPTP_CALL_INCOMING_PNS)
		log_info("%s: incoming call from \"%s\" to \"%s\" with ID %u, ours is %u",
			 conn->text, numbers->calling, numbers->called, c->peer_id, c->local_id);
	else
		log_info("%s: call with ID %u, ours is %u", conn->text, c->peer_id, c->local_id);
}

/* PPP of an incoming call begins when its caller is connected: connection_call_up(). */
static bool connection_begin_call(struct connection *conn, unsigned int call)
{
	connection_log_call(conn, call);
	if (!connection_is_incoming(conn, call))
		link_start(conn->link[call]);
	return !conn->dead;
}

static const struct config_forward *connection_find_forward(const struct connection *conn,
							    const char *called, const char *name)
{
	return config_forward_find(conn->cfg, &(struct config_caller){
		.called = called, .source = conn->peer.sin_addr, .name = name });
}

/* served_owner: asked of every call, and some [forward] depends on the name of few */
static bool connection_on_forwards(void *arg, struct link *link, const char *name)
{
	struct connection *conn = arg;
	unsigned int call = connection_link_call(conn, link);
	const struct config_forward *forward;

	if (!conn->forward[call] || conn->stopping)
		return false;
	forward = connection_find_forward(conn, link_called(link), name);
	if (forward)
		conn->forward[call] = forward;
	return forward;
}

/*
 * served_owner: a PAC with a line has to know its map (RFC 2637 section 2.15). We ask
 * for no map of our own, so that the caller escapes everything.
 */
static void connection_on_link_up(void *arg, struct link *link, const struct ppp_up *up)
{
	struct connection *conn = arg;
	unsigned int call = connection_link_call(conn, link);
	struct pptp_actions acts;

	connection_last(conn);
	if (connection_is_incoming(conn, call) &&
	    pptp_conn_set_link_info(&conn->pptp, call, up->peer_accm, LCP_ACCM_DEFAULT, &acts))
		connection_perform(conn, &acts);
}

static const struct served_owner connection_served_owner = {
	.over = connection_on_link_over,
	.forwards = connection_on_forwards,
	.up = connection_on_link_up,
};

/*
 * The one call that we place is over: so is the connection that was opened for it, unless
 * the peer calls back.
 */
bool connection_stop_dialled(struct connection *conn)
{
	if (conn->ops && !conn->ops->keep && !connection_links(conn) &&
	    !conn->dialled.calls.take_incoming)
		connection_stop(conn);
	return !conn->dead;
}

/* The peer calls back, as it was to, once. */
static bool connection_take_callback(struct connection *conn, unsigned int call)
{
	const struct link_call origin = {
		.local = conn->local.sin_addr,
		.peer = conn->peer.sin_addr,
		.outer_ifindex = conn->outer_ifindex,
		.peer_call_id = conn->pptp.calls.call[call].peer_id,
		.host = conn->pptp.peer_host,
		.vendor = conn->pptp.peer_vendor,
	};
	struct link_profile profile;
	struct pptp_actions acts;
	struct nl_error err;
	struct link *link;

	conn->dialled.calls.take_incoming = false;
	conn->ops->called(conn->arg, &profile);
	link = link_new(conn->daemon, &origin, &profile, connection_on_link_over, conn, &err);
	explicit_bzero(&profile, sizeof(profile));
	if (!link) {
		log_error("%s: cannot make a session: %s", conn->text, err.text);
		return connection_refuse_call(conn, call) && connection_stop_dialled(conn);
	}
	conn->link[call] = link;
	pptp_conn_accept(&conn->pptp, call, link_call_id(link), loop_now(), &acts);
	if (!connection_perform(conn, &acts))
		return false;
	connection_log_call(conn, call);
	return true;
}

/* Asks the peer for the call of a callback, with our ID for it; as pptp_conn_ring(). */
typedef int (*connection_place_fn)(struct connection *conn, struct callback *callback,
				   uint16_t local_id, struct pptp_actions *acts);

/* The user proves again who it is. */
static bool connection_place_back(struct connection *conn, struct callback *callback,
				  connection_place_fn place)
{
	const struct link_call origin = {
		.local = conn->local.sin_addr,
		.peer = conn->peer.sin_addr,
		.outer_ifindex = conn->outer_ifindex,
		.host = conn->pptp.peer_host,
		.vendor = conn->pptp.peer_vendor,
	};
	struct pptp_actions acts;
	struct nl_error err;
	struct link *link;
	int call = -1;

	link = served_new(conn->daemon, conn->cfg, &origin, callback_user(callback),
			  &connection_served_owner, conn, &err);
	if (!link) {
		log_error("%s: cannot make a session: %s", conn->text, err.text);
		return false;
	}
	if (!conn->stopping)
		call = place(conn, callback, link_call_id(link), &acts);
	if (call < 0) {
		link_free(link, "no call could be placed");
		log_notice("%s: %s cannot be called back on this connection", conn->text,
			   callback_user(callback));
		return false;
	}
	conn->forward[call] = NULL;
	conn->link[call] = link;
	conn->callback[call] = callback;
	if (connection_perform(conn, &acts))
		connection_arm(conn);
	return true;
}

static int connection_ring_client(struct connection *conn, struct callback *callback,
				  uint16_t local_id, struct pptp_actions *acts)
{
	const struct pptp_ring ring = {
		.local_id = local_id,
		.dialed = callback_number(callback),
		.bearer = PPTP_BEARER_DIGITAL,
	};

	return pptp_conn_ring(&conn->pptp, &ring, loop_now(), acts);
}

/* callback_ring_fn: as PAC, to the PNS that the client is (RFC 2637 section 2.9) */
static bool connection_ring_back(void *arg, struct callback *callback)
{
	return connection_place_back(arg, callback, connection_ring_client);
}

static int connection_dial_caller(struct connection *conn, struct callback *callback,
				  uint16_t local_id, struct pptp_actions *acts)
{
	const struct pptp_dial dial = {
		.local_id = local_id,
		.number = callback_number(callback),
		.min_speed = CONNECTION_MIN_SPEED,
		.max_speed = CONNECTION_MAX_SPEED,
		.window = conn->cfg->control.calls.window,
	};

	return pptp_conn_dial(&conn->pptp, &dial, loop_now(), acts);
}

/*
 * callback_ring_fn: as PNS, by the PAC that has brought the caller, which is to dial its
 * number (RFC 2637 section 2.7)
 */
static bool connection_dial_back(void *arg, struct callback *callback)
{
	return connection_place_back(arg, callback, connection_dial_caller);
}

/* A call costs more than the message that asks for it. */
static bool connection_too_fast(struct connection *conn)
{
	if (conn->ops || !conn->calls.interval || allowance_take(&conn->calls, loop_now()))
		return false;
	log_limited(LOG_LEVEL_NOTICE, "%s: a call is refused: max-rate is reached", conn->text);
	failures_note(&conn->daemon->failures, FAILURES_CALL, conn->peer.sin_addr, "",
		      "max-rate is reached", time(NULL));
	return true;
}

/*
 * The session is there before the answer is written: the client's first LCP
 * frame leaves the moment it reads it.
 */
bool connection_open_call(struct connection *conn, unsigned int call)
{
	struct link_call origin = {
		.local = conn->local.sin_addr,
		.peer = conn->peer.sin_addr,
		.outer_ifindex = conn->outer_ifindex,
		.peer_call_id = conn->pptp.calls.call[call].peer_id,
		.host = conn->pptp.peer_host,
		.vendor = conn->pptp.peer_vendor,
	};
	const char *called = conn->pptp.calls.numbers.called;
	const struct config_forward *forward = NULL;
	struct pptp_actions acts;
	struct nl_error err;
	struct link *link;

	if (conn->stopping || connection_too_fast(conn))
		return connection_refuse_call(conn, call);
	if (conn->ops)
		return connection_take_callback(conn, call);
	if (!connection_is_incoming(conn, call))
		forward = connection_find_forward(conn, called, NULL);
	if (forward && !config_forward_needs_name(forward))
		return connection_forward(conn, call, forward);
	conn->forward[call] = forward;
	snprintf(origin.called, sizeof(origin.called), "%s", called);
	link = served_new(conn->daemon, conn->cfg, &origin, NULL, &connection_served_owner, conn,
			  &err);
	if (!link) {
		log_error("%s: cannot make a session: %s", conn->text, err.text);
		failures_note(&conn->daemon->failures, FAILURES_CALL, conn->peer.sin_addr, "",
			      err.text, time(NULL));
		return connection_refuse_call(conn, call);
	}
	conn->link[call] = link;
	pptp_conn_accept(&conn->pptp, call, link_call_id(link), loop_now(), &acts);
	return connection_perform(conn, &acts) && connection_begin_call(conn, call);
}

/* What the PAC said when it ended the call, for those who look for a reason. */
static void connection_log_end(const struct connection *conn, unsigned int call)
{
	const struct pptp_calls *calls = &conn->pptp.calls;
	const struct pptp_call *c = &calls->call[call];

	if (c->told_by == PPTP_CALL_DISCONNECT_NOTIFY)
		log_limited(LOG_LEVEL_INFO, "%s: the peer ended call %u: %s, %s, cause %u, \"%s\"",
			    conn->text, c->peer_id, pptp_msg_result_text(c->told_by, c->result),
			    pptp_msg_error_text(c->error), c->cause, calls->statistics);
}

void connection_close_call(struct connection *conn, unsigned int call,
			   enum pptp_reason reason)
{
	struct link *link = conn->link[call];
	const char *why = connection_words(conn, reason, &conn->pptp.calls.call[call]);
	bool back = link && connection_call_back(conn, call, link);

	conn->link[call] = NULL;
	if (link || conn->relay[call])
		connection_log_end(conn, call);
	connection_drop_relay(conn, call);
	if (link)
		link_free(link, why);
	connection_fail_callback(conn, call, why);
	if (!conn->ops || back)
		conn->words[0] = '\0';
	else if (why != conn->words)
		snprintf(conn->words, sizeof(conn->words), "%s", why);
}

/* We placed the call; the peer's ID is known now, without which no frame can go to it. */
static bool connection_set_peer(struct connection *conn, unsigned int call)
{
	uint16_t peer_id = conn->pptp.calls.call[call].peer_id;
	struct link *link = conn->link[call];
	struct nl_error err;

	if (!link_set_peer(link, peer_id, &err)) {
		log_error("%s: cannot give the session its peer: %s", conn->text, err.text);
		connection_end(conn, "the session could not be completed");
		return false;
	}
	log_info("%s: call with ID %u, ours is %u", conn->text, peer_id, link_call_id(link));
	return true;
}

/* Ours was answered, or the caller of an incoming call is connected. */
bool connection_call_up(struct connection *conn, unsigned int call)
{
	struct link *link = conn->link[call];

	if (conn->relay[call])
		return connection_relay_up(conn, call);
	if (!link)
		return true;
	if (!connection_is_incoming(conn, call) && !connection_set_peer(conn, call))
		return false;
	if (conn->ops)
		conn->ops->connected(conn->arg);
	if (conn->callback[call])
		callback_answered(conn->callback[call]);
	conn->callback[call] = NULL;
	link_start(link);
	return !conn->dead;
}

/* The session is there before the call: the server's first frame may be early. */
bool connection_dial(struct connection *conn, const struct link_profile *profile,
		     struct nl_error *err)
{
	const struct link_call origin = {
		.local = conn->local.sin_addr,
		.peer = conn->peer.sin_addr,
		.outer_ifindex = conn->outer_ifindex,
		.host = conn->pptp.peer_host,
		.vendor = conn->pptp.peer_vendor,
	};
	struct pptp_dial dial = {
		.min_speed = CONNECTION_MIN_SPEED,
		.max_speed = CONNECTION_MAX_SPEED,
		.window = conn->dialled.calls.window,
	};
	struct pptp_actions acts;
	struct link *link;
	int call;

	link = link_new(conn->daemon, &origin, profile, connection_on_link_over, conn, err);
	if (!link)
		return false;
	dial.local_id = link_call_id(link);
	call = pptp_conn_dial(&conn->pptp, &dial, loop_now(), &acts);
	if (call < 0) {
		link_free(link, "no call could be placed");
		snprintf(err->text, sizeof(err->text), "no call could be placed");
		return false;
	}
	conn->link[call] = link;
	if (connection_perform(conn, &acts))
		connection_arm(conn);
	return true;
}

static struct link *connection_adopt_link(struct connection *conn, unsigned int call)
{
	const struct pptp_call *c = &conn->pptp.calls.call[call];
	const struct link_call origin = {
		.local = conn->local.sin_addr,
		.peer = conn->peer.sin_addr,
		.outer_ifindex = conn->outer_ifindex,
		.peer_call_id = c->peer_id,
		.host = conn->pptp.peer_host,
		.vendor = conn->pptp.peer_vendor,
	};
	struct nl_error err = { .text = "it was not up" };
	struct link_former former;
	struct link *link = NULL;

	if (c->state == PPTP_CALL_ESTABLISHED &&
	    link_former_take(conn->daemon, origin.local, origin.peer, c->local_id, &former)) {
		link = served_adopt(conn->daemon, conn->cfg, &origin, &connection_served_owner,
				    conn, &former, &err);
		explicit_bzero(former.data, sizeof(former.data));
		if (!link)
			records_remove(conn->daemon->records, former.record);
	}
	if (!link)
		log_notice("%s: call %u ends with the former kpptpd: %s", conn->text, c->peer_id,
			   err.text);
	return link;
}

unsigned int connection_adopt_calls(struct connection *conn)
{
	const struct pptp_call_end end = { .result = PPTP_END_CARRIER };
	struct pptp_actions acts;
	unsigned int i, n = 0;

	for (i = 0; i < PPTP_CONN_CALLS_MAX && !conn->dead; i++) {
		if (conn->pptp.calls.call[i].state == PPTP_CALL_FREE)
			continue;
		conn->link[i] = connection_adopt_link(conn, i);
		if (conn->link[i]) {
			n++;
			continue;
		}
		pptp_conn_clear(&conn->pptp, i, &end, loop_now(), &acts);
		connection_perform(conn, &acts);
	}
	return n;
}
