/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who may enter: the users file. Answers come through the loop, never from
 * inside the question, as those of a server on the network would.
 */
#ifndef DAEMON_AUTH_H
#define DAEMON_AUTH_H

#include <netinet/in.h>
#include <stdbool.h>

#include "loop.h"
#include "lib/users.h"
#include "proto/ppp_auth.h"

#define AUTH_ERROR_MAX	512

struct auth;
struct auth_job;

/**
 * struct auth_answer - Secret
 * @result: for the link
 * @user: the name of the account
 * @known: there is such an account
 * @address: fixed for this user, 0.0.0.0: from the pool
 */
struct auth_answer {
	struct ppp_auth_result result;
	char user[PPP_USER_MAX + 1];
	bool known;
	struct in_addr address;
};

/* @answer is wiped after the call. The job is over. */
typedef void (*auth_fn)(void *arg, const struct auth_answer *answer);

/* NULL: no memory or no randomness. */
struct auth *auth_new(struct loop *loop);

/* No jobs may be left. NULL is fine. */
void auth_free(struct auth *auth);

/*
 * Reads the users from @file in place of those that are known. False: they stay,
 * and @err says why. A file that others than its owner's group can read, or that
 * others can write, is refused.
 */
bool auth_load(struct auth *auth, const char *file, char err[AUTH_ERROR_MAX]);

/* Users that are known. */
unsigned int auth_users(const struct auth *auth);

/*
 * Checks @request for the server named @server; @fn gets the answer later.
 * NULL: no memory.
 */
struct auth_job *auth_check(struct auth *auth, const struct ppp_auth_request *request,
			    const char *server, auth_fn fn, void *arg);

/* @fn will not be called. NULL is fine. */
void auth_cancel(struct auth_job *job);

#endif /* DAEMON_AUTH_H */
