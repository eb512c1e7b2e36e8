/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The inside of a control connection, for the files that it consists of:
 *
 *	connection_adopt.c	from one kpptpd to the next
 *	connection_relay.c	calls that go on to another connection
 *	connection_call.c	calls, their links and callbacks
 *	connection.c		TCP, the protocol's actions, time; the way in to all
 *
 * A connection that ends is marked dead and freed, with its links, in the next
 * round of the loop: the end can come from deep inside a link's or the
 * connection's own work. Functions that can cause it return whether it lives.
 */
#ifndef DAEMON_CONNECTION_PRIV_H
#define DAEMON_CONNECTION_PRIV_H

#include <arpa/inet.h>

#include "callback.h"
#include "connection.h"
#include "proto/pptp_conn.h"

/*
 * Octets that wait for a peer who does not read: all calls disconnected and some
 * answers. A peer that lets more wait is cut off.
 */
#define CONNECTION_WRITE_MAX	(2 * PPTP_OUT_MAX)

/* Octets of a reason in which the peer's code has a part. */
#define CONNECTION_WORDS_MAX	160

struct connection {
	struct connection *prev, *next;
	struct daemon *daemon;
	struct config *cfg;
	int fd;
	struct sockaddr_in local;
	struct sockaddr_in peer;
	uint32_t outer_ifindex;			/* that TCP is bound to, 0: none */
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
	struct allowance calls;	/* that the peer may ask for */
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
	uint64_t taken;		/* octets of the peer's that were dealt with */
	bool lasts;		/* beyond us: its socket is kept, and it has a record */
	uint32_t record;	/* 0: none */
	size_t out_len;
	uint8_t out[CONNECTION_WRITE_MAX];
};

/* connection.c */

/* Does what the protocol says. */
bool connection_perform(struct connection *conn, const struct pptp_actions *acts);

/* Sets the timer for the next deadline; due after connection_perform(). */
void connection_arm(struct connection *conn);

/* When no call is left on the way out, the connection ends as well. */
bool connection_stop_if_idle(struct connection *conn);

/*
 * @reason as the protocol has it, and what the peer's code says, if there is one.
 * @call: whose code, NULL: the connection's.
 */
const char *connection_words(struct connection *conn, enum pptp_reason reason,
			     const struct pptp_call *call);

/*
 * The parts that are the same for both ends. Takes @fd; with @ops it is ours, else what
 * admission_enter() counted is taken as well.
 */
struct connection *connection_make(struct daemon *daemon, struct config *cfg, int fd,
				   const struct sockaddr_in *peer,
				   const struct connection_ops *ops, void *arg);

/* connection_adopt.c */

/* A link of it is up, so that it is worth to outlive us. */
void connection_last(struct connection *conn);

/* Writes what a later kpptpd needs, where it outlives us. */
void connection_save(struct connection *conn);

/* Nobody is to go on with it. */
void connection_forget(struct connection *conn);

/* connection_call.c */

/*
 * Goes on with the links of calls that a former kpptpd has left; other calls end. Returns
 * how many there are.
 */
unsigned int connection_adopt_calls(struct connection *conn);

/* Calls that have a link. */
unsigned int connection_links(const struct connection *conn);

/* The peer asks for @call. */
bool connection_open_call(struct connection *conn, unsigned int call);

bool connection_refuse_call(struct connection *conn, unsigned int call);

/* Ours was answered, or the caller of an incoming call is connected. */
bool connection_call_up(struct connection *conn, unsigned int call);

/* @call is over, and goes with its link or relay. */
void connection_close_call(struct connection *conn, unsigned int call, enum pptp_reason reason);

/*
 * The one call that we place is over: so is the connection that was opened for it, unless
 * the peer calls back.
 */
bool connection_stop_dialled(struct connection *conn);

/* connection_relay.c */

/* @call goes on by @forward, and waits for the answer (RFC 2637 section 3.2.3.1). */
bool connection_forward(struct connection *conn, unsigned int call,
			const struct config_forward *forward);

/* The same for a caller that was answered, whose name is known by @link, which is freed. */
void connection_hand_on(struct connection *conn, unsigned int call, struct link *link);

/* The PNS has taken the caller. */
bool connection_relay_up(struct connection *conn, unsigned int call);

/* The call is over already, and with it its relay, if it had one. */
void connection_drop_relay(struct connection *conn, unsigned int call);

/* ACCMs mean nothing over GRE, but to a caller who has a line. */
void connection_link_info(const struct connection *conn, unsigned int call);

#endif /* DAEMON_CONNECTION_PRIV_H */
