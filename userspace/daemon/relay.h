/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A caller that is taken on to a PNS (compulsory tunnelling, RFC 2637 section 1.1):
 * a kernel session to the caller and one to the PNS, which the kernel relays to each
 * other. PPP passes untouched; nothing of it is seen here. A caller whose user name
 * had to be known first has a session already, and begins PPP anew with the PNS.
 * A caller on a line of ours has none: its frames are told and taken.
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
	/*
	 * A frame of the PNS, with the header that it has, for a caller without a
	 * session; for others NULL. May end the relay.
	 */
	void (*frame)(void *arg, const uint8_t *frame, size_t len);
	/* The PNS's Set-Link-Info for such a caller's line; otherwise NULL. */
	void (*link_info)(void *arg, const struct pptp_link_info *info);
	/*
	 * Tells the PNS of errors on the caller's line, since the call began. False: it
	 * may not be told yet. NULL for RELAY_CALLER.
	 */
	bool (*wan_error)(void *arg, struct relay *relay, const struct pptp_wan_error *counts);
};

/**
 * struct relay_caller - what the PNS is told of a caller
 * @called, @calling: numbers, copied
 * @bearer: PPTP_BEARER_*, one
 * @speed: of the caller's line in bit/s, 0: unknown
 */
struct relay_caller {
	const char *called;
	const char *calling;
	uint32_t bearer;
	uint32_t speed;
};

/* Without sessions and owners. NULL: no memory. */
struct relay *relay_new(struct daemon *daemon, const struct relay_caller *caller);

/*
 * Makes the session of a side. If the network's is the first one, the caller has none,
 * and its owner is told of frames. False with @err.
 */
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

/* Of a caller without a session: its frame goes to the PNS, if it can. */
void relay_send(struct relay *relay, const uint8_t *frame, size_t len);

/* The PNS's Set-Link-Info, for the owner of the caller's side. */
void relay_link_info(struct relay *relay, const struct pptp_link_info *info);

/* As relay_owner.wan_error, of the network's side. */
bool relay_wan_error(struct relay *relay, const struct pptp_wan_error *counts);

/* The call ID that the kernel chose for @side, which is open. */
uint16_t relay_call_id(const struct relay *relay, enum relay_side side);

const struct relay_caller *relay_caller(const struct relay *relay);

#endif /* DAEMON_RELAY_H */
