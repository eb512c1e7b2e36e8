/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One control connection: the TCP socket of a client, joined to proto/pptp_conn
 * and to the links of its calls.
 */
#ifndef DAEMON_CONNECTION_H
#define DAEMON_CONNECTION_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

#include "daemon.h"

struct connection;

/*
 * Takes @fd (non-blocking, accepted from @peer) and what admission_enter()
 * counted. False: no memory; both are given back.
 */
bool connection_new(struct daemon *daemon, int fd, const struct sockaddr_in *peer);

/* Ends calls and connection in order, within bounded time. */
void connection_stop(struct connection *conn);

/* Ends it without a word to the peer. @why is constant. */
void connection_end(struct connection *conn, const char *why);

struct connection *connection_next(const struct connection *conn);

/* What `show tunnels` tells. Strings are the connection's. */
struct connection_info {
	struct sockaddr_in peer;
	const char *host;
	const char *vendor;
	const char *state;
	unsigned int calls;
	uint64_t since;		/* ms of the loop's clock */
	uint64_t last_message;	/* the same */
};

void connection_describe(const struct connection *conn, struct connection_info *info);

#endif /* DAEMON_CONNECTION_H */
