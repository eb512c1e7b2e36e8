// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utlist.h>

#include "connection_priv.h"
#include "lib/array.h"
#include "lib/log.h"

/* Octets that one event reads. */
#define CONNECTION_READ_MAX	4096

/* TCP gives up on a peer that acknowledges nothing for so long. */
#define CONNECTION_TCP_TIMEOUT_MS 60000

/* Keepalive: seconds of silence, between probes, and probes. */
#define CONNECTION_KEEP_IDLE	60
#define CONNECTION_KEEP_INTERVAL 15
#define CONNECTION_KEEP_PROBES	4

/* Patience at the end with PPP (@ppp.restart is the peer's) and with TCP. */
#define CONNECTION_CLOSE_MS	3000

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

static void connection_destroy(struct connection *conn)
{
	if (!conn->ops)
		admission_leave(&conn->daemon->admission, conn->peer.sin_addr,
				conn->half_open);
	loop_source_free(conn->io);
	loop_source_free(conn->timer);
	loop_source_free(conn->later);
	connection_forget(conn);
	close(conn->fd);
	config_put(conn->cfg);
	free(conn);
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
	if ((daemon->stopping || daemon->leaving) && !connections_detain(daemon))
		loop_exit(daemon->loop, daemon->leaving ? DAEMON_LEFT : 0);
}

bool connection_is_own(const struct connection *conn)
{
	return conn->ops;
}

bool connections_detain(const struct daemon *daemon)
{
	const struct connection *conn;

	DL_FOREACH(daemon->connections, conn) {
		if (conn->ops || !daemon->leaving)
			return true;
	}
	return false;
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
const char *connection_words(struct connection *conn, enum pptp_reason reason,
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

void connection_arm(struct connection *conn)
{
	uint64_t when = pptp_conn_deadline(&conn->pptp);

	if (conn->dead)
		return;
	if (conn->closing || (conn->stopping && conn->close_by < when))
		when = conn->close_by;
	loop_timer_set(conn->timer, when);
	connection_save(conn);
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

/* When no call is left on the way out, the connection ends as well. */
bool connection_stop_if_idle(struct connection *conn)
{
	struct pptp_actions acts;

	if (!conn->stopping || connection_links(conn))
		return true;
	pptp_conn_stop(&conn->pptp, PPTP_STOP_SHUTDOWN, loop_now(), &acts);
	return connection_perform(conn, &acts);
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
		admission_established(&conn->daemon->admission, conn->peer.sin_addr);
	log_info("%s: control connection established, host \"%s\", vendor \"%s\"", conn->text,
		 conn->pptp.peer_host, conn->pptp.peer_vendor);
	events_tell(&conn->daemon->events, "tunnel-up", "{s:s, s:s, s:s}", "peer", conn->text,
		    "host", conn->pptp.peer_host, "vendor", conn->pptp.peer_vendor);
}

bool connection_perform(struct connection *conn, const struct pptp_actions *acts)
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

/* False: the connection is over. */
static bool connection_take(struct connection *conn, const uint8_t *data, size_t len)
{
	struct pptp_actions acts;
	size_t done = 0;

	conn->taken += len;
	while (done < len) {
		done += pptp_conn_input(&conn->pptp, data + done, len - done, loop_now(), &acts);
		if (!connection_perform(conn, &acts))
			return false;
	}
	return true;
}

/*
 * What is read leaves the socket when it is dealt with and saved. Who is killed in
 * between makes the next kpptpd answer twice, or go on behind it; an Echo-Request
 * without an answer would cost the connection.
 */
static void connection_read(struct connection *conn)
{
	uint8_t data[CONNECTION_READ_MAX];
	ssize_t n;

	/* A server that refuses us says so in PPP and hangs up at once (poptop). */
	if (conn->ops)
		ksessions_receive(conn->daemon->kernel);
	if (conn->dead)
		return;
	n = recv(conn->fd, data, sizeof(data), MSG_PEEK);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		connection_eof(conn);
		return;
	}
	if (connection_take(conn, data, (size_t)n))
		connection_arm(conn);
	recv(conn->fd, NULL, (size_t)n, MSG_TRUNC);
}

static void connection_on_io(void *arg, unsigned int events)
{
	struct connection *conn = arg;

	if (events & LOOP_WRITE) {
		if (!connection_flush(conn))
			return;
		connection_save(conn);
	}
	if (events & (LOOP_READ | LOOP_HANGUP))
		connection_read(conn);
}

static void connection_on_timer(void *arg)
{
	struct connection *conn = arg;
	struct pptp_actions acts;

	if ((conn->closing || conn->stopping) && loop_now() >= conn->close_by) {
		connection_end(conn, connection_why(conn));
		return;
	}
	/* Who was stopped for a while has the answer in the socket, and the deadline over. */
	connection_read(conn);
	if (conn->dead)
		return;
	pptp_conn_timer(&conn->pptp, loop_now(), &acts);
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

/*
 * GRE has to go as TCP does. An accepted socket has the device of the one that listens,
 * or, with net.ipv4.tcp_l3mdev_accept, the VRF that the client is in.
 */
static bool connection_find_way(struct connection *conn)
{
	socklen_t len = sizeof(conn->local), int_len = sizeof(int);
	int device = 0;

	if (getsockname(conn->fd, (struct sockaddr *)&conn->local, &len) < 0 ||
	    getsockopt(conn->fd, SOL_SOCKET, SO_BINDTOIFINDEX, &device, &int_len) < 0)
		return false;
	conn->outer_ifindex = (uint32_t)device;
	return true;
}

static bool connection_watch(struct connection *conn)
{
	if (!connection_find_way(conn))
		return false;
	conn->io = loop_io(conn->daemon->loop, conn->fd, LOOP_READ, connection_on_io, conn);
	conn->timer = loop_timer(conn->daemon->loop, connection_on_timer, conn);
	conn->later = loop_later(conn->daemon->loop, connection_on_later, conn);
	return conn->io && conn->timer && conn->later;
}

struct connection *connection_make(struct daemon *daemon, struct config *cfg, int fd,
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
	if (cfg->max_rate)
		allowance_init(&conn->calls,
			       cfg->max_rate * CONFIG_RATE_BURST + cfg->control.calls.max_calls,
			       1000 / cfg->max_rate, conn->since);
	inet_ntop(AF_INET, &peer->sin_addr, address, sizeof(address));
	snprintf(conn->text, sizeof(conn->text), "%s:%u", address, ntohs(peer->sin_port));
	if (!connection_watch(conn)) {
		connection_destroy(conn);
		return NULL;
	}
	connection_set_tcp(fd);
	DL_APPEND(daemon->connections, conn);
	return conn;
}

bool connection_new(struct daemon *daemon, struct config *cfg, int fd,
		    const struct sockaddr_in *peer)
{
	struct connection *conn = connection_make(daemon, cfg, fd, peer, NULL, NULL);

	if (!conn)
		return false;
	log_limited(LOG_LEVEL_INFO, "%s: connected", conn->text);
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
	log_limited(LOG_LEVEL_INFO, "%s: connected", conn->text);
	conn->dialled = conn->cfg->control;
	conn->dialled.calls.take_outgoing = false;
	conn->dialled.calls.take_incoming = false;
	pptp_conn_originate(&conn->pptp, &conn->dialled, conn->since, &acts);
	if (connection_perform(conn, &acts))
		connection_arm(conn);
	return conn;
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
