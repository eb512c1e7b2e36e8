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

#include "connection.h"
#include "lib/array.h"
#include "lib/log.h"
#include "link.h"
#include "proto/pptp_conn.h"

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
	bool half_open;
	bool stopping;		/* Stop-Request goes out when the last link is over */
	bool closing;		/* we end TCP when @out is empty */
	bool shut;		/* we have, and wait for the peer to do so */
	uint64_t close_by;	/* then it ends anyway */
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
	case PPTP_CONN_MUTE:
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
	admission_leave(&conn->daemon->admission, conn->peer.sin_addr, conn->half_open);
	loop_source_free(conn->io);
	loop_source_free(conn->timer);
	loop_source_free(conn->later);
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
		if (conn->link[i])
			link_free(conn->link[i], conn->dead);
	}
	log_limited(LOG_LEVEL_INFO, "%s: control connection ended: %s", conn->text,
		    conn->dead);
	events_tell(&daemon->events, "tunnel-down", "{s:s, s:s}", "peer", conn->text,
		    "reason", conn->dead);
	DL_DELETE(daemon->connections, conn);
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

/* Why it ends, in the protocol's words where it has some. */
static const char *connection_why(const struct connection *conn)
{
	if (conn->pptp.reason == PPTP_REASON_NONE)
		return "it had to be ended";
	return pptp_conn_reason_text(conn->pptp.reason);
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
static uint8_t connection_end_code(const struct link *link)
{
	return link_reason(link) == PPP_END_ADMIN ? PPTP_END_ADMIN : PPTP_END_CARRIER;
}

/* When no call is left on the way out, the connection ends as well. */
static bool connection_stop_if_idle(struct connection *conn)
{
	struct pptp_actions acts;

	if (!conn->stopping || connection_links(conn))
		return true;
	pptp_conn_stop(&conn->pptp, PPTP_STOP_SHUTDOWN, loop_now(), &acts);
	return connection_perform(conn, &acts);
}

/* PPP is over: the call goes with it. */
static void connection_on_link_over(void *arg, struct link *link)
{
	struct connection *conn = arg;
	struct pptp_call_end end = { .result = connection_end_code(link) };
	struct pptp_actions acts;
	unsigned int call = 0;

	while (call < PPTP_CONN_CALLS_MAX && conn->link[call] != link)
		call++;
	conn->link[call] = NULL;
	link_free(link, "the link is over");
	pptp_conn_clear(&conn->pptp, call, &end, loop_now(), &acts);
	if (connection_perform(conn, &acts) && connection_stop_if_idle(conn))
		connection_arm(conn);
}

/*
 * The session is there before the answer is written: the client's first LCP
 * frame leaves the moment it reads it.
 */
static bool connection_open_call(struct connection *conn, unsigned int call)
{
	const struct link_call origin = {
		.local = conn->local.sin_addr,
		.peer = conn->peer.sin_addr,
		.peer_call_id = conn->pptp.calls.call[call].peer_id,
		.host = conn->pptp.peer_host,
		.vendor = conn->pptp.peer_vendor,
	};
	struct pptp_actions acts;
	struct nl_error err;
	struct link *link;

	link = conn->stopping ? NULL :
	       link_new(conn->daemon, &origin, connection_on_link_over, conn, &err);
	if (!link) {
		if (!conn->stopping)
			log_error("%s: cannot make a session: %s", conn->text, err.text);
		pptp_conn_refuse(&conn->pptp, call, PPTP_OUT_GENERAL, PPTP_ERROR_RESOURCE,
				 loop_now(), &acts);
		return connection_perform(conn, &acts);
	}
	conn->link[call] = link;
	pptp_conn_accept(&conn->pptp, call, link_call_id(link), loop_now(), &acts);
	if (!connection_perform(conn, &acts))
		return false;
	log_info("%s: call with ID %u, ours is %u", conn->text, origin.peer_call_id,
		 link_call_id(link));
	link_start(link);
	return !conn->dead;
}

static void connection_close_call(struct connection *conn, unsigned int call,
				  enum pptp_reason reason)
{
	struct link *link = conn->link[call];

	conn->link[call] = NULL;
	if (link)
		link_free(link, pptp_conn_reason_text(reason));
}

static bool connection_act(struct connection *conn, const struct pptp_action *act)
{
	switch (act->type) {
	case PPTP_ACTION_OPEN_CALL:
		return connection_open_call(conn, act->call);
	case PPTP_ACTION_CLOSE_CALL:
		connection_close_call(conn, act->call, act->reason);
		break;
	case PPTP_ACTION_CLOSE:
		conn->closing = true;
		conn->close_by = loop_now() + CONNECTION_CLOSE_MS;
		return connection_flush(conn);
	case PPTP_ACTION_NOTE:
		log_limited(LOG_LEVEL_INFO, "%s: %s", conn->text, act->text);
		break;
	/* Of calls that nobody here places; ACCMs mean nothing over GRE. */
	case PPTP_ACTION_STARTED:
	case PPTP_ACTION_CALL_UP:
	case PPTP_ACTION_LINK_INFO:
	case PPTP_ACTION_WAN_ERROR:
		break;
	}
	return true;
}

static void connection_note_state(struct connection *conn)
{
	if (!conn->half_open || conn->pptp.state != PPTP_CONN_ESTABLISHED)
		return;
	conn->half_open = false;
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

bool connection_new(struct daemon *daemon, int fd, const struct sockaddr_in *peer)
{
	struct connection *conn = calloc(1, sizeof(*conn));
	char address[INET_ADDRSTRLEN];

	if (!conn) {
		admission_leave(&daemon->admission, peer->sin_addr, true);
		close(fd);
		return false;
	}
	conn->daemon = daemon;
	conn->cfg = config_get(daemon->cfg);
	conn->fd = fd;
	conn->peer = *peer;
	conn->half_open = true;
	conn->since = loop_now();
	inet_ntop(AF_INET, &peer->sin_addr, address, sizeof(address));
	snprintf(conn->text, sizeof(conn->text), "%s:%u", address, ntohs(peer->sin_port));
	if (!connection_watch(conn)) {
		connection_destroy(conn);
		return false;
	}
	connection_set_tcp(fd);
	pptp_conn_init(&conn->pptp, &conn->cfg->control, conn->since);
	DL_APPEND(daemon->connections, conn);
	log_limited(LOG_LEVEL_INFO, "%s: connected", conn->text);
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

void connection_describe(const struct connection *conn, struct connection_info *info)
{
	info->peer = conn->peer;
	info->host = conn->pptp.peer_host;
	info->vendor = conn->pptp.peer_vendor;
	info->state = connection_state_text(conn->pptp.state);
	info->calls = pptp_conn_calls(&conn->pptp);
	info->since = conn->since;
	info->last_message = conn->pptp.last_control;
}
