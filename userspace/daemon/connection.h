/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One control connection: a TCP socket, joined to proto/pptp_conn and to the links
 * of its calls. Either a client's, which the listener accepted, or one that we
 * opened, whose owner places a call on it.
 */
#ifndef DAEMON_CONNECTION_H
#define DAEMON_CONNECTION_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

#include "daemon.h"
#include "link.h"
#include "relay.h"

struct connection;

/*
 * What the owner of a connection that we opened is told, with its own @arg, which
 * must live until @ended. None comes out of connection_originate().
 */
struct connection_ops {
	/*
	 * More calls may come: the connection does not end with the last one. Its
	 * calls are relays, and @connected and @over are not used.
	 */
	bool keep;
	/*
	 * PPP is over, or goes with the call, because the peer calls back, on this
	 * connection: it stays until its owner stops it. @over does not follow. NULL
	 * where PPP does not ask for that.
	 */
	void (*awaits)(void *arg);
	/* The peer calls: its PPP is to be of @profile, which is empty. */
	void (*called)(void *arg, struct link_profile *profile);
	/* It is established: connection_dial() may be called, here or later. */
	void (*started)(void *arg);
	/* The call, ours or the peer's, is connected, and PPP begins. */
	void (*connected)(void *arg);
	/* PPP is over; @link is freed afterwards. */
	void (*over)(void *arg, const struct link *link);
	/* The last of all: the connection is freed afterwards. */
	void (*ended)(void *arg, const char *why);
};

/* Have we opened it? */
bool connection_is_own(const struct connection *conn);

/* Are there connections that have to end before kpptpd may? */
bool connections_detain(const struct daemon *daemon);

/*
 * Takes @fd (non-blocking, accepted from @peer) and what admission_enter()
 * counted. @cfg: the listener's. False: no memory; both are given back.
 */
bool connection_new(struct daemon *daemon, struct config *cfg, int fd,
		    const struct sockaddr_in *peer);

/*
 * Goes on with the connections of clients that a former kpptpd has left, before anything
 * else is served. Returns how many links they have.
 */
unsigned int connections_adopt(struct daemon *daemon);

/*
 * Takes @fd (non-blocking, connected to @peer) and begins to speak. NULL: no
 * memory; @fd is closed.
 */
struct connection *connection_originate(struct daemon *daemon, int fd,
					const struct sockaddr_in *peer,
					const struct connection_ops *ops, void *arg);

/*
 * Places the one call of a connection that we opened, with a link of @profile.
 * False with @err.
 */
bool connection_dial(struct connection *conn, const struct link_profile *profile,
		     struct nl_error *err);

/*
 * As PAC, announces the caller of @relay on a connection that we opened, and owns the
 * network side from now on. False with @err.
 */
bool connection_ring(struct connection *conn, struct relay *relay, struct nl_error *err);

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
	bool dialled;		/* we opened it, for a tunnel */
	unsigned int calls;
	uint64_t since;		/* ms of the loop's clock */
	uint64_t last_message;	/* the same */
	uint64_t wan_errors;	/* on the lines of incoming calls, as their PAC counts */
};

void connection_describe(const struct connection *conn, struct connection_info *info);

#endif /* DAEMON_CONNECTION_H */
