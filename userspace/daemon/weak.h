/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Logins by methods that are broken: how many, and who came last. They are
 * allowed by weak-auth, and this tells who still needs them.
 */
#ifndef DAEMON_WEAK_H
#define DAEMON_WEAK_H

#include <netinet/in.h>
#include <stdint.h>
#include <time.h>

#include "proto/ppp_auth.h"

/* By one method; the last three count when @logins is not 0. */
struct weak_use {
	uint64_t logins;
	char user[PPP_USER_MAX + 1];
	struct in_addr peer;
	time_t when;
};

/* All zeros to begin with. */
struct weak {
	struct weak_use use[PPP_AUTH_METHODS];
};

/* A login of @user at @when; nothing happens where @method is not weak. */
void weak_note(struct weak *weak, enum ppp_auth_method method, const char *user,
	       struct in_addr peer, time_t when);

#endif /* DAEMON_WEAK_H */
