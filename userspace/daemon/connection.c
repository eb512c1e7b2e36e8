// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A connection that ends is marked dead and freed, with its links, in the next
 * round of the loop: the end can come from deep inside a link's or the
 * connection's own work. Functions that can cause it return whether it lives.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utlist.h>

#include "callback.h"
#include "connection.h"
#include "lib/array.h"
#include "lib/log.h"
#include "proto/lcp.h"
#include "proto/pptp_conn.h"
#include "served.h"

/* Octets that one event reads. */
#define CONNECTION_READ_MAX	4096

/*
 * Octets that wait for a peer who does not read: all calls disconnected and some
 * answers. A peer that lets more wait is cut off.
 */
#define CONNECTION_WRITE_MAX	(2 * PPTP_OUT_MAX)

/* TCP gives up on a peer that acknowledges nothing for so long. */
#define CONNECTION_TCP_TIMEOUT_MS 60000

/* Keepalive: seconds of silence, between probes, and probes. */
#define CONNECTION_KEEP_IDLE	60
#define CONNECTION_KEEP_INTERVAL 15
#define CONNECTION_KEEP_PROBES	4

/* Patience at the end with PPP (@ppp.restart is the peer's) and with TCP. */
#define CONNECTION_CLOSE_MS	3000

/* Octets of a reason in which the peer's code has a part. */
#define CONNECTION_WORDS_MAX	160

/* Section 2.7: what our Outgoing-Call-Request asks for; nobody looks at it. */
#define CONNECTION_MIN_SPEED	300
#define CONNECTION_MAX_SPEED	100000000

struct connection {
	struct connection *prev, *next;
	struct daemon *daemon;
	struct config *cfg;
	int fd;
	struct sockaddr_in local;
	struct sockaddr_in peer;
	char text[INET_ADDRSTRLEN + 8];		/* "192.0.2.1:4711" */
	struct loop_source *io;
	struct loop_source *timer;
	struct loop_source *later;
	struct pptp_conn pptp;
	struct link *link[PPTP_CONN_CALLS_MAX];
	struct relay *relay[PPTP_CONN_CALLS_MAX];	/* in place of a link */
	/* Of @cfg: by which a call may go on once its caller's name is known, or does. */
	const struct config_forward *forward[PPTP_CONN_CALLS_MAX];
	struct callback *callback[PPTP_CONN_CALLS_MAX];	/* which the call is */
	bool half_open;
	bool stopping;		/* Stop-Request goes out when the last link is over */
	bool closing;		/* we end TCP when @out is empty */
	bool shut;		/* we have, and wait for the peer to do so */
	uint64_t close_by;	/* then it ends anyway */
	const struct connection_ops *ops;	/* of one that we opened */
	void *arg;
	struct pptp_conn_config dialled;	/* the same; takes a call that is awaited */
	char words[CONNECTION_WORDS_MAX];	/* the peer's reason, as a sentence */
	const char *dead;	/* why, NULL: it lives */
	uint64_t since;
	size_t out_len;
	uint8_t out[CONNECTION_WRITE_MAX];
};

static const char *connection_state_text(enum pptp_conn_state state)
{
	switch (state) {
	case PPTP_CONN_WAIT_START:
	case PPTP_CONN_WAIT_START_REPLY:
		return "half-open";
	case PPTP_CONN_ESTABLISHED:
		return "established";
	case PPTP_CONN_WAIT_STOP:
		return "stopping";
	case PPTP_CONN_CLOSED:
		return "closed";
	}
	return "unknown";
}

static unsigned int connection_links(const struct connection *conn)
{
	unsigned int i, n = 0;

	for (i = 0; i < PPTP_CONN_CALLS_MAX; i++) {
		if (conn->link[i])
			n++;
	}
	return n;
}

static void connection_destroy(struct connection *conn)
{
	if (!conn->ops)
		admission_leave(&conn->daemon->admission, conn->peer.sin_addr,
				conn->half_open);
	loop_source_free(conn->io);
	loop_source_free(conn->timer);
	loop_source_free(conn->later);
	close(conn->fd);
	config_put(conn->cfg);
	free(conn);
}

/* Which half of a relay our call is. */
static enum relay_side connection_side(const struct connection *conn)
{
	return conn->ops ? RELAY_NETWORK : RELAY_CALLER;
}

/* The call is over already, and with it its relay, if it had one. */
static void connection_drop_relay(struct connection *conn, unsigned int call)
{
	struct relay *relay = conn->relay[call];

	conn->relay[call] = NULL;
	if (relay)
		relay_leave(relay, connection_side(conn));
}

/* It has been dead since the last round. */
static void connection_on_later(void *arg)
{
	struct connection *conn = arg;
	struct daemon *daemon = conn->daemon;
	unsigned int i;

	for (i = 0; i < PPTP_CONN_CALLS_MAX; i++) {
		connection_drop_relay(conn, i);
		if (conn->link[i])
			link_free(conn->link[i], conn->dead);
	}
	callbacks_cancel(daemon, conn);
	log_limited(LOG_LEVEL_INFO, "%s: control connection ended: %s", conn->text,
		    conn->dead);
	events_tell(&daemon->events, "tunnel-down", "{s:s, s:s}", "peer", conn->text,
		    "reason", conn->dead);
	if (conn->half_open && !daemon->stopping)
		failures_note(&daemon->failures, FAILURES_CONNECTION, conn->peer.sin_addr, "",
			      conn->dead, time(NULL));
	DL_DELETE(daemon->connections, conn);
	if (conn->ops)
		conn->ops->ended(conn->arg, conn->dead);
	connection_destroy(conn);
	if (daemon->stopping && !daemon->connections)
		loop_exit(daemon->loop, 0);
}

void connection_end(struct connection *conn, const char *why)
{
	if (conn->dead)
		return;
	conn->dead = why;
	loop_io_set(conn->io, 0);
	loop_timer_set(conn->timer, LOOP_NEVER);
	loop_later_set(conn->later);
}

/*
 * @reason as the protocol has it, and what the peer's code says, if there is one.
 * @call: whose code, NULL: the connection's.
 */
static const char *connection_words(struct connection *conn, enum pptp_reason reason,
				    const struct pptp_call *call)
{
	const char *text = pptp_conn_reason_text(reason), *more = NULL;

	if (reason != PPTP_REASON_CALL_REFUSED && reason != PPTP_REASON_PEER_CLEARED)
		call = NULL;
	if (call && call->told_by && call->error)
		more = pptp_msg_error_text(call->error);
	else if (call && call->told_by)
		more = pptp_msg_result_text(call->told_by, call->result);
	else if (reason == PPTP_REASON_START_REFUSED)
		more = pptp_msg_result_text(PPTP_START_REPLY, conn->pptp.start_result);
	if (!more)
		return text;
	snprintf(conn->words, sizeof(conn->words), "%s: %s", text, more);
	return conn->words;
}

/* Why it ends, in the protocol's words where it has some. */
static const char *connection_why(struct connection *conn)
{
	if (conn->words[0])
		return conn->words;
	if (conn->pptp.reason == PPTP_REASON_NONE)
		return "it had to be ended";
	return connection_words(conn, conn->pptp.reason, NULL);
}

static void connection_arm(struct connection *conn)
{
	uint64_t when = pptp_conn_deadline(&conn->pptp);

	if (conn->dead)
		return;
	if (conn->closing || (conn->stopping && conn->close_by < when))
		when = conn->close_by;
	loop_timer_set(conn->timer, when);
}

/*
 * The peer's own end is waited for, because closing with octets unread would
 * reset the connection and could take our last message away from the peer.
 */
static void connection_shut(struct connection *conn)
{
	if (conn->shut || conn->out_len)
		return;
	conn->shut = true;
	shutdown(conn->fd, SHUT_WR);
}

/* Writes what TCP takes now. */
static bool connection_flush(struct connection *conn)
{
	ssize_t n = 0;

	if (conn->out_len)
		n = send(conn->fd, conn->out, conn->out_len, MSG_NOSIGNAL);
	if (n < 0 && errno != EAGAIN && errno != EINTR) {
		connection_end(conn, "TCP has broken");
		return false;
	}
	if (n > 0) {
		conn->out_len -= (size_t)n;
		memmove(conn->out, conn->out + n, conn->out_len);
	}
	if (conn->closing)
		connection_shut(conn);
	loop_io_set(conn->io, conn->out_len ? LOOP_READ | LOOP_WRITE : LOOP_READ);
	return true;
}

static bool connection_queue(struct connection *conn, const uint8_t *data, size_t len)
{
	if (len > sizeof(conn->out) - conn->out_len) {
		connection_end(conn, "the peer does not read our messages");
		return false;
	}
	memcpy(conn->out + conn->out_len, data, len);
	conn->out_len += len;
	return connection_flush(conn);
}

static bool connection_perform(struct connection *conn, const struct pptp_actions *acts);

/* What our Call-Disconnect-Notify says about the end of PPP (RFC 2637 section 2.13). */
static struct pptp_call_end connection_end_of(const struct link *link)
{
	enum ppp_end_reason reason = link_reason(link);
	bool ours = reason == PPP_END_ADMIN || reason == PPP_END_REPLACED ||
		    reason == PPP_END_IDLE || reason == PPP_END_SESSION_TIME ||
		    reason == PPP_END_CALLBACK;

	return (struct pptp_call_end){ .result = ours ? PPTP_END_ADMIN : PPTP_END_CARRIER };
}

static void connection_hand_on(struct connection *conn, unsigned int call, struct link *link);

/* When no call is left on the way out, the connection ends as well. */
static bool connection_stop_if_idle(struct connection *conn)
{
	struct pptp_actions acts;

	if (!conn->stopping || connection_links(conn))
		return true;
	pptp_conn_stop(&conn->pptp, PPTP_STOP_SHUTDOWN, loop_now(), &acts);
	return connection_perform(conn, &acts);
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

static bool connection_ring_back(void *arg, struct callback *callback);

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
	} else if (connection_is_incoming(conn, call)) {
		log_notice("%s: %s is not called back: it came by an access concentrator",
			   conn->text, link_user(link));
	} else {
		callback_plan(conn->daemon, link_user(link), choice, connection_ring_back, conn);
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

static bool connection_refuse_call(struct connection *conn, unsigned int call)
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

static unsigned int connection_call_of(const struct connection *conn, const struct relay *relay)
{
	unsigned int call = 0;

	while (conn->relay[call] != relay)
		call++;
	return call;
}

/* relay_owner: the other side is over, or could not be made */
static void connection_on_relay_over(void *arg, struct relay *relay)
{
	const struct pptp_call_end end = { .result = PPTP_END_CARRIER };
	struct connection *conn = arg;
	unsigned int call = connection_call_of(conn, relay);
	uint64_t now = loop_now();
	struct pptp_actions acts;

	conn->relay[call] = NULL;
	if (conn->pptp.calls.call[call].state == PPTP_CALL_WAIT_ACCEPT)
		pptp_conn_refuse(&conn->pptp, call, PPTP_OUT_NO_CARRIER, PPTP_ERROR_NONE, now,
				 &acts);
	else
		pptp_conn_clear(&conn->pptp, call, &end, now, &acts);
	if (connection_perform(conn, &acts))
		connection_arm(conn);
}

/* relay_owner: the PNS has taken the caller, who is answered only now */
static void connection_on_relay_joined(void *arg, struct relay *relay)
{
	struct connection *conn = arg;
	struct pptp_actions acts;

	pptp_conn_accept(&conn->pptp, connection_call_of(conn, relay),
			 relay_call_id(relay, RELAY_CALLER), loop_now(), &acts);
	if (connection_perform(conn, &acts))
		connection_arm(conn);
}

/* relay_owner: the caller's line is noisy */
static bool connection_on_relay_wan_error(void *arg, struct relay *relay,
					  const struct pptp_wan_error *counts)
{
	struct connection *conn = arg;
	struct pptp_actions acts;
	bool told;

	told = pptp_conn_wan_error(&conn->pptp, connection_call_of(conn, relay), counts,
				   loop_now(), &acts);
	if (connection_perform(conn, &acts))
		connection_arm(conn);
	return told;
}

static const struct relay_owner connection_relay_owner = {
	.joined = connection_on_relay_joined,
	.over = connection_on_relay_over,
	.wan_error = connection_on_relay_wan_error,
};

/* A session of a relay on this connection. The PNS and the caller clamp, we do not. */
static struct ksession_setup connection_setup(const struct connection *conn, uint16_t peer_id)
{
	return (struct ksession_setup){
		.local = conn->local.sin_addr,
		.peer = conn->peer.sin_addr,
		.peer_call_id = peer_id,
		.copy_tos = conn->cfg->copy_tos,
		.no_df = conn->cfg->no_df,
		.ttl = conn->cfg->ttl,
		.reorder_packets = conn->cfg->reorder_packets,
		.reorder_ms = conn->cfg->reorder_ms,
	};
}

/*
 * The caller's half of a relay, which calls from the caller's address; with the
 * session of @link, NULL: with a new one.
 */
static struct relay *connection_relay_new(struct connection *conn, unsigned int call,
					  const char *called, struct link *link)
{
	const struct ksession_setup setup =
		connection_setup(conn, conn->pptp.calls.call[call].peer_id);
	char calling[INET_ADDRSTRLEN];
	const struct relay_caller caller = { .called = called, .calling = calling,
					     .bearer = PPTP_BEARER_DIGITAL };
	struct nl_error err;
	struct relay *relay;

	inet_ntop(AF_INET, &conn->peer.sin_addr, calling, sizeof(calling));
	relay = relay_new(conn->daemon, &caller);
	if (!relay) {
		log_error("%s: no memory", conn->text);
		return NULL;
	}
	if (link ? relay_adopt(relay, link_take_session(link), &err) :
		   relay_open(relay, RELAY_CALLER, &setup, &err))
		return relay;
	log_error("%s: cannot make a session: %s", conn->text, err.text);
	relay_leave(relay, RELAY_CALLER);
	return NULL;
}

/* The caller goes on to a PNS, and waits for its answer (RFC 2637 section 3.2.3.1). */
static bool connection_send_on(struct connection *conn, unsigned int call, struct relay *relay,
			       const struct config_forward *forward)
{
	log_info("%s: call with ID %u goes on by [forward %s]", conn->text,
		 conn->pptp.calls.call[call].peer_id, forward->name);
	conn->relay[call] = relay;
	relay_own(relay, RELAY_CALLER, &connection_relay_owner, conn);
	if (!conn->daemon->forward(conn->daemon, forward->to, relay)) {
		connection_on_relay_over(conn, relay);
		relay_leave(relay, RELAY_CALLER);
	}
	return !conn->dead;
}

static bool connection_forward(struct connection *conn, unsigned int call,
			       const struct config_forward *forward)
{
	struct relay *relay;

	relay = connection_relay_new(conn, call, conn->pptp.calls.numbers.called, NULL);
	if (!relay)
		return connection_refuse_call(conn, call);
	return connection_send_on(conn, call, relay, forward);
}

/*
 * The caller's name is known, and goes on to a PNS. The caller was answered long
 * ago: its PPP waits, and begins anew with the PNS's first Configure-Request (RFC
 * 1661 section 4.1).
 */
static void connection_hand_on(struct connection *conn, unsigned int call, struct link *link)
{
	const struct pptp_call_end end = { .result = PPTP_END_GENERAL,
					   .error = PPTP_ERROR_RESOURCE };
	struct relay *relay = connection_relay_new(conn, call, link_called(link), link);
	struct pptp_actions acts;

	link_free(link, ppp_link_reason_text(PPP_END_FORWARDED));
	if (relay) {
		connection_send_on(conn, call, relay, conn->forward[call]);
		return;
	}
	pptp_conn_clear(&conn->pptp, call, &end, loop_now(), &acts);
	if (connection_perform(conn, &acts))
		connection_arm(conn);
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

	if (connection_is_incoming(conn, call) &&
	    pptp_conn_set_link_info(&conn->pptp, call, up->peer_accm, LCP_ACCM_DEFAULT, &acts))
		connection_perform(conn, &acts);
}

static const struct served_owner connection_served_owner = {
	.over = connection_on_link_over,
	.forwards = connection_on_forwards,
	.up = connection_on_link_up,
};

/* The PNS has taken the caller. */
static bool connection_relay_up(struct connection *conn, unsigned int call)
{
	struct relay *relay = conn->relay[call];
	struct nl_error err;

	if (!relay_join(relay, conn->pptp.calls.call[call].peer_id, &err)) {
		log_error("%s: cannot join the sessions: %s", conn->text, err.text);
		connection_on_relay_over(conn, relay);
		relay_leave(relay, RELAY_NETWORK);
	}
	return !conn->dead;
}

/*
 * The one call that we place is over: so is the connection that was opened for it, unless
 * the peer calls back.
 */
static bool connection_stop_dialled(struct connection *conn)
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

/*
 * callback_ring_fn: as PAC, to the PNS that the client is (RFC 2637 section 2.9), which
 * proves again who it is.
 */
static bool connection_ring_back(void *arg, struct callback *callback)
{
	struct connection *conn = arg;
	const struct link_call origin = {
		.local = conn->local.sin_addr,
		.peer = conn->peer.sin_addr,
		.host = conn->pptp.peer_host,
		.vendor = conn->pptp.peer_vendor,
	};
	struct pptp_ring ring = {
		.dialed = callback_number(callback),
		.bearer = PPTP_BEARER_DIGITAL,
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
	ring.local_id = link_call_id(link);
	if (!conn->stopping)
		call = pptp_conn_ring(&conn->pptp, &ring, loop_now(), &acts);
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

/*
 * The session is there before the answer is written: the client's first LCP
 * frame leaves the moment it reads it.
 */
static bool connection_open_call(struct connection *conn, unsigned int call)
{
	struct link_call origin = {
		.local = conn->local.sin_addr,
		.peer = conn->peer.sin_addr,
		.peer_call_id = conn->pptp.calls.call[call].peer_id,
		.host = conn->pptp.peer_host,
		.vendor = conn->pptp.peer_vendor,
	};
	const char *called = conn->pptp.calls.numbers.called;
	const struct config_forward *forward = NULL;
	struct pptp_actions acts;
	struct nl_error err;
	struct link *link;

	if (conn->stopping)
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

static void connection_close_call(struct connection *conn, unsigned int call,
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
static bool connection_call_up(struct connection *conn, unsigned int call)
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

/* A PAC has a line, and tells how bad it is; the sum is in `show tunnels`. */
static void connection_log_wan(const struct connection *conn, unsigned int call)
{
	const struct pptp_wan_error *e = &conn->pptp.calls.call[call].wan_error;

	log_limited(LOG_LEVEL_INFO,
		    "%s: errors on the line of call %u: CRC %u, framing %u, overruns %u and %u, time-outs %u, alignment %u",
		    conn->text, conn->pptp.calls.call[call].peer_id, e->crc, e->framing,
		    e->hardware_overruns, e->buffer_overruns, e->timeouts, e->alignment);
}

/* ACCMs mean nothing over GRE, but to a caller who has a line. */
static void connection_link_info(const struct connection *conn, unsigned int call)
{
	if (conn->relay[call] && connection_side(conn) == RELAY_NETWORK)
		relay_link_info(conn->relay[call], &conn->pptp.calls.call[call].link_info);
}

static bool connection_act(struct connection *conn, const struct pptp_action *act)
{
	switch (act->type) {
	case PPTP_ACTION_OPEN_CALL:
		return connection_open_call(conn, act->call);
	case PPTP_ACTION_STARTED:
		conn->ops->started(conn->arg);
		return !conn->dead;
	case PPTP_ACTION_CALL_UP:
		return connection_call_up(conn, act->call);
	case PPTP_ACTION_WAN_ERROR:
		connection_log_wan(conn, act->call);
		break;
	case PPTP_ACTION_LINK_INFO:
		connection_link_info(conn, act->call);
		break;
	case PPTP_ACTION_CLOSE_CALL:
		connection_close_call(conn, act->call, act->reason);
		return connection_stop_dialled(conn);
	case PPTP_ACTION_CLOSE:
		conn->closing = true;
		conn->close_by = loop_now() + CONNECTION_CLOSE_MS;
		return connection_flush(conn);
	case PPTP_ACTION_NOTE:
		log_limited(LOG_LEVEL_INFO, "%s: %s", conn->text, act->text);
		break;
	}
	return true;
}

static void connection_note_state(struct connection *conn)
{
	if (!conn->half_open || conn->pptp.state != PPTP_CONN_ESTABLISHED)
		return;
	conn->half_open = false;
	if (!conn->ops)
		admission_established(&conn->daemon->admission);
	log_info("%s: control connection established, host \"%s\", vendor \"%s\"", conn->text,
		 conn->pptp.peer_host, conn->pptp.peer_vendor);
	events_tell(&conn->daemon->events, "tunnel-up", "{s:s, s:s, s:s}", "peer", conn->text,
		    "host", conn->pptp.peer_host, "vendor", conn->pptp.peer_vendor);
}

static bool connection_perform(struct connection *conn, const struct pptp_actions *acts)
{
	unsigned int i;

	if (conn->dead)
		return false;
	connection_note_state(conn);
	if (acts->out_len && !connection_queue(conn, acts->out, acts->out_len))
		return false;
	for (i = 0; i < acts->n; i++) {
		if (!connection_act(conn, &acts->act[i]))
			return false;
	}
	return true;
}

/* The peer has closed, or TCP has given up. */
static void connection_eof(struct connection *conn)
{
	struct pptp_actions acts;

	pptp_conn_eof(&conn->pptp, &acts);
	connection_perform(conn, &acts);
	connection_end(conn, connection_why(conn));
}

static void connection_read(struct connection *conn)
{
	uint8_t data[CONNECTION_READ_MAX];
	struct pptp_actions acts;
	size_t done = 0;
	ssize_t n;

	/* A server that refuses us says so in PPP and hangs up at once (poptop). */
	if (conn->ops)
		ksessions_receive(conn->daemon->kernel);
	if (conn->dead)
		return;
	n = recv(conn->fd, data, sizeof(data), 0);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		connection_eof(conn);
		return;
	}
	while (done < (size_t)n) {
		done += pptp_conn_input(&conn->pptp, data + done, (size_t)n - done,
					loop_now(), &acts);
		if (!connection_perform(conn, &acts))
			return;
	}
	connection_arm(conn);
}

static void connection_on_io(void *arg, unsigned int events)
{
	struct connection *conn = arg;

	if (events & LOOP_WRITE && !connection_flush(conn))
		return;
	if (events & (LOOP_READ | LOOP_HANGUP))
		connection_read(conn);
}

static void connection_on_timer(void *arg)
{
	struct connection *conn = arg;
	uint64_t now = loop_now();
	struct pptp_actions acts;

	if ((conn->closing || conn->stopping) && now >= conn->close_by) {
		connection_end(conn, connection_why(conn));
		return;
	}
	pptp_conn_timer(&conn->pptp, now, &acts);
	if (connection_perform(conn, &acts))
		connection_arm(conn);
}

/* Without them TCP would notice a dead peer after hours; failure costs only that. */
static void connection_set_tcp(int fd)
{
	static const struct {
		int level;
		int name;
		int value;
	} options[] = {
		{ SOL_SOCKET, SO_KEEPALIVE, 1 },
		{ IPPROTO_TCP, TCP_NODELAY, 1 },
		{ IPPROTO_TCP, TCP_USER_TIMEOUT, CONNECTION_TCP_TIMEOUT_MS },
		{ IPPROTO_TCP, TCP_KEEPIDLE, CONNECTION_KEEP_IDLE },
		{ IPPROTO_TCP, TCP_KEEPINTVL, CONNECTION_KEEP_INTERVAL },
		{ IPPROTO_TCP, TCP_KEEPCNT, CONNECTION_KEEP_PROBES },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(options); i++)
		setsockopt(fd, options[i].level, options[i].name, &options[i].value,
			   sizeof(options[i].value));
}

static bool connection_watch(struct connection *conn)
{
	socklen_t len = sizeof(conn->local);

	if (getsockname(conn->fd, (struct sockaddr *)&conn->local, &len) < 0)
		return false;
	conn->io = loop_io(conn->daemon->loop, conn->fd, LOOP_READ, connection_on_io, conn);
	conn->timer = loop_timer(conn->daemon->loop, connection_on_timer, conn);
	conn->later = loop_later(conn->daemon->loop, connection_on_later, conn);
	return conn->io && conn->timer && conn->later;
}

/* The parts that are the same for both ends. Takes @fd. */
static struct connection *connection_make(struct daemon *daemon, struct config *cfg, int fd,
					  const struct sockaddr_in *peer,
					  const struct connection_ops *ops, void *arg)
{
	struct connection *conn = calloc(1, sizeof(*conn));
	char address[INET_ADDRSTRLEN];

	if (!conn) {
		if (!ops)
			admission_leave(&daemon->admission, peer->sin_addr, true);
		close(fd);
		return NULL;
	}
	conn->daemon = daemon;
	conn->cfg = config_get(cfg);
	conn->fd = fd;
	conn->peer = *peer;
	conn->ops = ops;
	conn->arg = arg;
	conn->half_open = true;
	conn->since = loop_now();
	inet_ntop(AF_INET, &peer->sin_addr, address, sizeof(address));
	snprintf(conn->text, sizeof(conn->text), "%s:%u", address, ntohs(peer->sin_port));
	if (!connection_watch(conn)) {
		connection_destroy(conn);
		return NULL;
	}
	connection_set_tcp(fd);
	DL_APPEND(daemon->connections, conn);
	log_limited(LOG_LEVEL_INFO, "%s: connected", conn->text);
	return conn;
}

bool connection_new(struct daemon *daemon, struct config *cfg, int fd,
		    const struct sockaddr_in *peer)
{
	struct connection *conn = connection_make(daemon, cfg, fd, peer, NULL, NULL);

	if (!conn)
		return false;
	pptp_conn_init(&conn->pptp, &conn->cfg->control, conn->since);
	connection_arm(conn);
	return true;
}

/* The server may not call us on a connection that we opened, unless we ask for that. */
struct connection *connection_originate(struct daemon *daemon, int fd,
					const struct sockaddr_in *peer,
					const struct connection_ops *ops, void *arg)
{
	struct connection *conn = connection_make(daemon, daemon->cfg, fd, peer, ops, arg);
	struct pptp_actions acts;

	if (!conn)
		return NULL;
	conn->dialled = conn->cfg->control;
	conn->dialled.calls.take_outgoing = false;
	conn->dialled.calls.take_incoming = false;
	pptp_conn_originate(&conn->pptp, &conn->dialled, conn->since, &acts);
	if (connection_perform(conn, &acts))
		connection_arm(conn);
	return conn;
}

/* The session is there before the call: the server's first frame may be early. */
bool connection_dial(struct connection *conn, const struct link_profile *profile,
		     struct nl_error *err)
{
	const struct link_call origin = {
		.local = conn->local.sin_addr,
		.peer = conn->peer.sin_addr,
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

bool connection_ring(struct connection *conn, struct relay *relay, struct nl_error *err)
{
	const struct ksession_setup setup = connection_setup(conn, 0);
	const struct relay_caller *caller = relay_caller(relay);
	struct pptp_ring ring = {
		.dialed = caller->called,
		.dialing = caller->calling,
		.bearer = caller->bearer,
		.speed = caller->speed,
	};
	struct pptp_actions acts;
	int call;

	if (!relay_open(relay, RELAY_NETWORK, &setup, err))
		return false;
	ring.local_id = relay_call_id(relay, RELAY_NETWORK);
	call = pptp_conn_ring(&conn->pptp, &ring, loop_now(), &acts);
	if (call < 0) {
		snprintf(err->text, sizeof(err->text), "no call could be placed");
		return false;
	}
	conn->relay[call] = relay;
	relay_own(relay, RELAY_NETWORK, &connection_relay_owner, conn);
	if (connection_perform(conn, &acts))
		connection_arm(conn);
	return true;
}

/*
 * Links first, so that the peer's PPP learns of the end; each reports back to
 * connection_on_link_over(). The last one goes on with the connection.
 */
void connection_stop(struct connection *conn)
{
	unsigned int i;

	if (conn->stopping)
		return;
	conn->stopping = true;
	conn->close_by = loop_now() + CONNECTION_CLOSE_MS + conn->cfg->control.stop_timeout;
	connection_arm(conn);
	connection_stop_if_idle(conn);
	for (i = 0; i < PPTP_CONN_CALLS_MAX; i++) {
		if (conn->link[i])
			link_close(conn->link[i], PPP_END_ADMIN);
	}
}

struct connection *connection_next(const struct connection *conn)
{
	return conn->next;
}

/* Errors that the PACs of the calls have told of. */
static uint64_t connection_wan_errors(const struct connection *conn)
{
	uint64_t sum = 0;
	unsigned int i;

	for (i = 0; i < PPTP_CONN_CALLS_MAX; i++) {
		if (conn->link[i])
			sum += pptp_msg_wan_errors(&conn->pptp.calls.call[i].wan_error);
	}
	return sum;
}

void connection_describe(const struct connection *conn, struct connection_info *info)
{
	info->peer = conn->peer;
	info->host = conn->pptp.peer_host;
	info->vendor = conn->pptp.peer_vendor;
	info->state = connection_state_text(conn->pptp.state);
	info->dialled = conn->ops && !conn->ops->keep;
	info->calls = pptp_conn_calls(&conn->pptp);
	info->since = conn->since;
	info->last_message = conn->pptp.last_control;
	info->wan_errors = connection_wan_errors(conn);
}
