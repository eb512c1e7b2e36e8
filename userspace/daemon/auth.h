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
#include "lib/userfile.h"
#include "proto/ppp_auth.h"

#define AUTH_ERROR_MAX	USERFILE_ERROR_MAX

struct auth;
struct auth_job;

/**
 * struct auth_answer - Secret
 * @result: for the link
 * @user: the name of the account, as sent when there is none
 * @why: a clause for the log when it was refused, constant; else NULL
 * @known: the user has proved who it is, though it may have been refused
 * @address: fixed for this user, 0.0.0.0: from the pool
 * @policy: of this user
 */
struct auth_answer {
	struct ppp_auth_result result;
	char user[PPP_USER_MAX + 1];
	const char *why;
	bool known;
	struct in_addr address;
	struct policy policy;
};

/* @answer is wiped after the call. The job is over. */
typedef void (*auth_fn)(void *arg, const struct auth_answer *answer);

/* NULL: no memory or no randomness. */
struct auth *auth_new(struct loop *loop);

/* No jobs may be left. NULL is fine. */
void auth_free(struct auth *auth);

/*
 * Reads the users from @file in place of those that are known; a new password is
 * written there later. False: they stay, and @err says why. A file that is open
 * to others than its owner and group is refused.
 * @methods: PPP_AUTH_BIT() of those that are offered anywhere. Unless one of them
 * needs the passwords themselves, only their hashes are kept.
 */
bool auth_load(struct auth *auth, const char *file, unsigned int methods,
	       char err[AUTH_ERROR_MAX]);

/* The users that are known, in the file's order. */
const struct user *auth_list(const struct auth *auth);

/* How many they are. */
unsigned int auth_users(const struct auth *auth);

/* The account @name, as auth_answer.user has it, for the server named @server. NULL: none. */
const struct user *auth_account(const struct auth *auth, const char *name, const char *server);

/*
 * Checks @request for the server named @server; @fn gets the answer later. A new
 * password that is right is in the file before.
 * NULL: no memory.
 */
struct auth_job *auth_check(struct auth *auth, const struct ppp_auth_request *request,
			    const char *server, auth_fn fn, void *arg);

/* @fn will not be called. NULL is fine. */
void auth_cancel(struct auth_job *job);

#endif /* DAEMON_AUTH_H */
