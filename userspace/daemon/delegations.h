/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * IPv6 prefixes that are delegated to sessions, and until when. One has one holder.
 * Pure: a table, no route and no clock; times are milliseconds.
 */
#ifndef DAEMON_DELEGATIONS_H
#define DAEMON_DELEGATIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "nl/rtroute.h"

#define DELEGATIONS_MAX		8	/* of one holder */
#define DELEGATIONS_NEVER	UINT64_MAX

struct delegation;

/* All zeros to begin with. */
struct delegations {
	struct delegation *by_prefix;
};

/**
 * struct delegations_holder - one session
 * @user: whose it is; the caller's, as all but the next two
 * @list, @n: what it holds, zeros to begin with
 */
struct delegations_holder {
	const char *user;
	uint32_t ifindex;
	struct delegation *list;
	unsigned int n;
};

enum delegations_result {
	DELEGATIONS_NEW,
	DELEGATIONS_MOVED,	/* from another session of the user, which had lost it */
	DELEGATIONS_KEPT,	/* it was held already, and is for longer */
	DELEGATIONS_FOREIGN,	/* another user holds it */
	DELEGATIONS_FULL,	/* DELEGATIONS_MAX are held, or there is no memory */
};

/*
 * @prefix for @holder until @expires. @former: who had it, with DELEGATIONS_MOVED.
 * Who identifies himself to a server as somebody else is so not given what that
 * one has (RFC 8415 section 22: a DUID is no secret).
 */
enum delegations_result delegations_take(struct delegations *all,
					 struct delegations_holder *holder,
					 const struct rtroute_prefix *prefix, uint64_t expires,
					 struct delegations_holder **former);

/* False: @holder did not have it. */
bool delegations_drop(struct delegations *all, struct delegations_holder *holder,
		      const struct rtroute_prefix *prefix);

/* Drops one whose time is over at @now and tells which; false: there is none. */
bool delegations_expire(struct delegations *all, struct delegations_holder *holder, uint64_t now,
			struct rtroute_prefix *prefix);

/* When the next one expires, DELEGATIONS_NEVER: none does. */
uint64_t delegations_deadline(const struct delegations_holder *holder);

/* Those that are held, in the order in which they came; how many. */
unsigned int delegations_list(const struct delegations_holder *holder,
			      struct rtroute_prefix prefix[DELEGATIONS_MAX]);

#endif /* DAEMON_DELEGATIONS_H */
