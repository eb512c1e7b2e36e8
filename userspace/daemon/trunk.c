// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A trunk begins with TCP, like a dialler, but has one address and one try: its
 * callers would not wait for a second one. Once there is a connection, that has the
 * relays whose PNS was asked, and the trunk ends with it.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utlist.h>

#include "connection.h"
#include "lib/log.h"
#include "trunk.h"

/**
 * struct trunk - the way to one PNS
 * @fd, @io, @timer: until TCP is up
 * @conn: from then on
 * @started: calls can be placed
 * @waiting: for that, as owner of their network side
 */
struct trunk {
	struct trunk *prev, *next;
	struct daemon *daemon;
	struct in_addr to;
	char text[INET_ADDRSTRLEN];
	int fd;
	struct loop_source *io;
	struct loop_source *timer;
	struct connection *conn;
	bool started;
	struct relay *waiting[PPTP_CONN_CALLS_MAX];
};

/* Whatever TCP needed until it was up, but the socket. */
static void trunk_release(struct trunk *trunk)
{
	loop_source_free(trunk->io);
	trunk->io = NULL;
	loop_source_free(trunk->timer);
	trunk->timer = NULL;
}

static void trunk_destroy(struct trunk *trunk)
{
	unsigned int i;

	for (i = 0; i < PPTP_CONN_CALLS_MAX; i++) {
		if (trunk->waiting[i])
			relay_leave(trunk->waiting[i], RELAY_NETWORK);
	}
	trunk_release(trunk);
	if (trunk->fd >= 0)
		close(trunk->fd);
	DL_DELETE(trunk->daemon->trunks, trunk);
	free(trunk);
}

static void trunk_fail(struct trunk *trunk, const char *why)
{
	log_notice("cannot forward callers to %s: %s", trunk->text, why);
	trunk_destroy(trunk);
}

/* relay_owner: the caller did not wait */
static void trunk_on_over(void *arg, struct relay *relay)
{
	struct trunk *trunk = arg;
	unsigned int i;

	for (i = 0; i < PPTP_CONN_CALLS_MAX; i++) {
		if (trunk->waiting[i] == relay)
			trunk->waiting[i] = NULL;
	}
}

static const struct relay_owner trunk_owner = {
	.over = trunk_on_over,
};

static bool trunk_ring(struct trunk *trunk, struct relay *relay)
{
	struct nl_error err;

	if (connection_ring(trunk->conn, relay, &err))
		return true;
	log_error("cannot forward the caller %s to %s: %s", relay_caller(relay)->calling,
		  trunk->text, err.text);
	return false;
}

/* connection_ops: those that waited are announced */
static void trunk_on_started(void *arg)
{
	struct trunk *trunk = arg;
	struct relay *relay;
	unsigned int i;

	trunk->started = true;
	for (i = 0; i < PPTP_CONN_CALLS_MAX; i++) {
		relay = trunk->waiting[i];
		trunk->waiting[i] = NULL;
		if (relay && !trunk_ring(trunk, relay))
			relay_leave(relay, RELAY_NETWORK);
	}
}

/* connection_ops */
static void trunk_on_ended(void *arg, const char *why)
{
	struct trunk *trunk = arg;

	if (trunk->started)
		trunk_destroy(trunk);
	else
		trunk_fail(trunk, why);
}

static const struct connection_ops trunk_ops = {
	.keep = true,
	.started = trunk_on_started,
	.ended = trunk_on_ended,
};

static bool trunk_is_wanted(const struct trunk *trunk)
{
	unsigned int i = 0;

	while (i < PPTP_CONN_CALLS_MAX && !trunk->waiting[i])
		i++;
	return i < PPTP_CONN_CALLS_MAX;
}

/* TCP is up, or will never be. */
static void trunk_on_connected(void *arg, unsigned int events)
{
	struct sockaddr_in peer = { .sin_family = AF_INET, .sin_port = htons(PPTP_PORT) };
	struct trunk *trunk = arg;
	socklen_t len = sizeof(int);
	int error = 0, fd = trunk->fd;

	(void)events;
	getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len);
	if (error) {
		trunk_fail(trunk, strerror(error));
		return;
	}
	if (!trunk_is_wanted(trunk)) {
		trunk_destroy(trunk);
		return;
	}
	trunk_release(trunk);
	trunk->fd = -1;
	peer.sin_addr = trunk->to;
	trunk->conn = connection_originate(trunk->daemon, fd, &peer, &trunk_ops, trunk);
	if (!trunk->conn)
		trunk_fail(trunk, "no memory");
}

static void trunk_on_timer(void *arg)
{
	trunk_fail(arg, "it does not answer");
}

/* A TCP connection that is begun. False with errno. */
static bool trunk_connect(struct trunk *trunk)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(PPTP_PORT),
				  .sin_addr = trunk->to };
	struct loop *loop = trunk->daemon->loop;

	trunk->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (trunk->fd < 0)
		return false;
	if (connect(trunk->fd, (const struct sockaddr *)&to, sizeof(to)) < 0 &&
	    errno != EINPROGRESS)
		return false;
	trunk->io = loop_io(loop, trunk->fd, LOOP_WRITE, trunk_on_connected, trunk);
	trunk->timer = loop_timer(loop, trunk_on_timer, trunk);
	errno = ENOMEM;
	if (!trunk->io || !trunk->timer)
		return false;
	loop_timer_set(trunk->timer, loop_now() + trunk->daemon->cfg->connect_timeout);
	return true;
}

/* The one to @to, begun if there is none. NULL: it cannot be. */
static struct trunk *trunk_get(struct daemon *daemon, struct in_addr to)
{
	struct trunk *trunk;

	DL_FOREACH(daemon->trunks, trunk) {
		if (trunk->to.s_addr == to.s_addr)
			return trunk;
	}
	trunk = calloc(1, sizeof(*trunk));
	if (!trunk)
		return NULL;
	trunk->daemon = daemon;
	trunk->to = to;
	trunk->fd = -1;
	inet_ntop(AF_INET, &to, trunk->text, sizeof(trunk->text));
	DL_APPEND(daemon->trunks, trunk);
	if (trunk_connect(trunk))
		return trunk;
	trunk_fail(trunk, strerror(errno));
	return NULL;
}

bool trunk_forward(struct daemon *daemon, struct in_addr to, struct relay *relay)
{
	struct trunk *trunk = trunk_get(daemon, to);
	unsigned int i = 0;

	if (!trunk)
		return false;
	if (trunk->started)
		return trunk_ring(trunk, relay);
	while (i < PPTP_CONN_CALLS_MAX && trunk->waiting[i])
		i++;
	if (i == PPTP_CONN_CALLS_MAX)
		return false;
	trunk->waiting[i] = relay;
	relay_own(relay, RELAY_NETWORK, &trunk_owner, trunk);
	return true;
}

void trunks_close(struct daemon *daemon)
{
	struct trunk *trunk, *next;

	DL_FOREACH_SAFE(daemon->trunks, trunk, next)
		trunk_destroy(trunk);
}
