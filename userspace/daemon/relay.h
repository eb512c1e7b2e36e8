/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A caller that is taken on to a PNS (compulsory tunnelling, RFC 2637 section 1.1):
 * a kernel session to the caller and one to the PNS, which the kernel relays to each
 * other. PPP passes untouched; nothing of it is seen here. A caller whose user name
 * had to be known first has a session already, and begins PPP anew with the PNS.
 *
 *	relay_new, relay_open(CALLER)	the caller asks, or relay_adopt()
 *	relay_open(NETWORK)		the PNS is asked
 *	relay_join			it said yes: the caller is answered
 *	relay_leave			either call is over, and so is the other
 */
#ifndef DAEMON_RELAY_H
#define DAEMON_RELAY_H

#include <stdbool.h>
#include <stdint.h>

#include "daemon.h"

struct relay;

enum relay_side {
	RELAY_CALLER,
	RELAY_NETWORK,
};

/* What has the call of a side, told with its own argument. */
struct relay_owner {
	/* The pair is joined: the caller may be answered. NULL for RELAY_NETWORK. */
	void (*joined)(void *arg, struct relay *relay);
	/* The relay ends: forget it, and end the call. Not for who called relay_leave(). */
	void (*over)(void *arg, struct relay *relay);
};

/* Without sessions and owners. The texts are copied. NULL: no memory. */
struct relay *relay_new(struct daemon *daemon, const char *called, const char *calling);

/* Makes the session of a side. False with @err. */
bool relay_open(struct relay *relay, enum relay_side side, const struct ksession_setup *setup,
		struct nl_error *err);

/*
 * Takes the session that the caller has, from a link that was never up. False with
 * @err; it is taken nevertheless.
 */
bool relay_adopt(struct relay *relay, struct ksession *session, struct nl_error *err);

/* Who has the call of @side from now on. @owner outlives the relay. */
void relay_own(struct relay *relay, enum relay_side side, const struct relay_owner *owner,
	       void *arg);

/*
 * The PNS's call has the ID @peer_call_id: frames pass, and the owner of the caller's
 * side is told. False with @err.
 */
bool relay_join(struct relay *relay, uint16_t peer_call_id, struct nl_error *err);

/* The owner of @side lets go: the other one is told, both sessions are removed. */
void relay_leave(struct relay *relay, enum relay_side side);

/* The call ID that the kernel chose for @side, which is open. */
uint16_t relay_call_id(const struct relay *relay, enum relay_side side);

/* The number that the caller asked for, and the caller's own. */
const char *relay_called(const struct relay *relay);
const char *relay_calling(const struct relay *relay);

#endif /* DAEMON_RELAY_H */
