// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A control connection from one kpptpd to the next. The socket, and what TCP has to
 * deliver, outlives the process; a record says how much of that was dealt with.
 */
#include <errno.h>
#include <linux/sockios.h>
#include <linux/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "connection_priv.h"
#include "lib/log.h"

/* The first octet of its key: no link has the same. */
#define CONNECTION_RECORD	'C'

/* By the kernel's number of the socket, which no other one ever has. */
static bool connection_key(int fd, struct record_key *key)
{
	uint64_t cookie;
	socklen_t len = sizeof(cookie);

	memset(key, 0, sizeof(*key));
	if (getsockopt(fd, SOL_SOCKET, SO_COOKIE, &cookie, &len) < 0)
		return false;
	key->octets[0] = CONNECTION_RECORD;
	memcpy(key->octets + 1, &cookie, sizeof(cookie));
	return true;
}

/*
 * Only when all that was said is with TCP: half a message cannot be taken up again. An
 * end that has begun goes on by itself.
 */
static bool connection_write(const struct connection *conn, struct writer *w)
{
	if (conn->dead || conn->stopping || conn->closing || conn->out_len)
		return false;
	writer_text(w, conn->cfg->listener);
	writer_u64(w, conn->since);
	writer_u64(w, conn->taken);
	return pptp_conn_save(&conn->pptp, w);
}

void connection_save(struct connection *conn)
{
	uint8_t data[RECORDS_ROOM];
	struct writer w = writer_of(data, sizeof(data));
	struct record_key key;
	uint32_t slot = 0;

	if (!conn->lasts)
		return;
	if (connection_write(conn, &w) && connection_key(conn->fd, &key)) {
		slot = records_put(conn->daemon->records, conn->record, &key, data, w.len);
		if (!slot)
			log_limited(LOG_LEVEL_WARNING,
				    "%s: the control connection would not outlive kpptpd: %s",
				    conn->text, strerror(errno));
	}
	if (!slot)
		records_remove(conn->daemon->records, conn->record);
	conn->record = slot;
}

void connection_last(struct connection *conn)
{
	if (conn->lasts || !conn->daemon->records)
		return;
	conn->lasts = fdstore_keep(conn->daemon->store, FDSTORE_CONNECTION, conn->fd);
	if (!conn->lasts)
		log_limited(LOG_LEVEL_WARNING,
			    "%s: the control connection would not outlive kpptpd: %s",
			    conn->text, strerror(errno));
	connection_save(conn);
}

/* The manager keeps a socket as long as it is not shut down. */
void connection_forget(struct connection *conn)
{
	if (!conn->lasts)
		return;
	records_remove(conn->daemon->records, conn->record);
	conn->record = 0;
	conn->lasts = false;
	shutdown(conn->fd, SHUT_RDWR);
}

/* Reads past what the former kpptpd has dealt with, and had not read any more. */
static bool connection_skip(struct connection *conn)
{
	struct tcp_info info = { .tcpi_bytes_received = 0 };
	socklen_t len = sizeof(info);
	uint64_t left, had;
	int unread = 0;

	if (getsockopt(conn->fd, IPPROTO_TCP, TCP_INFO, &info, &len) < 0 ||
	    ioctl(conn->fd, SIOCINQ, &unread) < 0)
		return false;
	had = info.tcpi_bytes_received - (uint64_t)unread;
	left = conn->taken - had;
	if (left > (uint64_t)unread)
		return false;
	return !left || recv(conn->fd, NULL, left, MSG_TRUNC) == (ssize_t)left;
}

/* The configuration of the listener of that name; NULL: there is none any more. */
static struct config *connection_listener(struct daemon *daemon, const char *name)
{
	struct config *cfg = daemon->cfg;
	unsigned int i;

	if (!strcmp(cfg->listener, name))
		return cfg;
	for (i = 0; i < cfg->listeners_n; i++) {
		if (!strcmp(cfg->listeners[i]->listener, name))
			return cfg->listeners[i];
	}
	return NULL;
}

static bool connection_restore(struct connection *conn, struct reader *r)
{
	conn->since = reader_u64(r);
	conn->taken = reader_u64(r);
	conn->half_open = false;
	admission_established(&conn->daemon->admission, conn->peer.sin_addr);
	return pptp_conn_restore(&conn->pptp, &conn->cfg->control, r, loop_now()) &&
	       connection_skip(conn);
}

static void connection_drop(int fd)
{
	shutdown(fd, SHUT_RDWR);
	close(fd);
}

/* Takes @fd. NULL: @why, a clause. */
static struct connection *connection_begin(struct daemon *daemon, int fd, struct reader *r,
					   const char **why)
{
	char name[sizeof(daemon->cfg->listener)];
	struct sockaddr_in peer;
	socklen_t len = sizeof(peer);
	struct config *cfg;

	reader_text(r, name, sizeof(name));
	cfg = connection_listener(daemon, name);
	*why = "its listener is gone";
	if (cfg && getpeername(fd, (struct sockaddr *)&peer, &len) < 0) {
		*why = "its peer is gone";
		cfg = NULL;
	}
	if (cfg) {
		*why = admission_return(&daemon->admission, daemon->cfg, peer.sin_addr);
		cfg = *why ? NULL : cfg;
	}
	if (!cfg) {
		connection_drop(fd);
		return NULL;
	}
	*why = "no memory";
	return connection_make(daemon, cfg, fd, &peer, NULL, NULL);
}

/* Goes on by the record that was read. How many links there are. */
static unsigned int connection_go_on(struct connection *conn, struct reader *r, uint32_t slot)
{
	unsigned int n;

	conn->lasts = true;
	conn->record = slot;
	if (!connection_restore(conn, r)) {
		connection_end(conn, "what the former kpptpd has left of it does not fit");
		return 0;
	}
	n = connection_adopt_calls(conn);
	connection_arm(conn);
	return n;
}

/* Takes @fd. How many links it has. */
static unsigned int connection_adopt(struct daemon *daemon, int fd)
{
	uint8_t data[RECORDS_ROOM];
	struct connection *conn;
	struct record_key key;
	uint32_t slot = 0;
	const char *why;
	struct reader r;
	ssize_t n = -1;

	if (connection_key(fd, &key))
		n = records_take(daemon->records, &key, &slot, data);
	if (n < 0) {
		records_remove(daemon->records, slot);
		connection_drop(fd);
		return 0;
	}
	r = reader_of(data, (size_t)n);
	conn = connection_begin(daemon, fd, &r, &why);
	if (conn)
		return connection_go_on(conn, &r, slot);
	log_notice("a control connection ends with the former kpptpd: %s", why);
	records_remove(daemon->records, slot);
	return 0;
}

unsigned int connections_adopt(struct daemon *daemon)
{
	unsigned int n = 0;
	int fd;

	while ((fd = fdstore_take(daemon->store, FDSTORE_CONNECTION, NULL, NULL)) >= 0)
		n += connection_adopt(daemon, fd);
	return n;
}
