/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Users who are to be called back: after the delay that was agreed, with a few tries,
 * and one call for each user at a time. How a call is placed is for the control
 * connection that the user came by, without which there is no way to a client.
 */
#ifndef DAEMON_CALLBACK_H
#define DAEMON_CALLBACK_H

#include <stdbool.h>

#include "daemon.h"
#include "proto/cbcp.h"

struct callback;

/*
 * Places the call, and says callback_answered() or callback_failed() later, not from
 * inside. False: it cannot be placed, which was logged; nothing is to be said.
 */
typedef bool (*callback_ring_fn)(void *arg, struct callback *callback);

/*
 * Plans a callback to @user, which is copied, by @ring with @arg. If there is to be none,
 * the log says why.
 */
void callback_plan(struct daemon *daemon, const char *user, const struct cbcp_choice *choice,
		   callback_ring_fn ring, void *arg);

/* The call is connected: that is all, and frees it. */
void callback_answered(struct callback *callback);

/* It is not, @why: another try after a while, or it is given up and freed. */
void callback_failed(struct callback *callback, const char *why);

/* There is no way to those of @arg any more: gives them up. */
void callbacks_cancel(struct daemon *daemon, const void *arg);

const char *callback_user(const struct callback *callback);

/* The number to ask for, may be empty. */
const char *callback_number(const struct callback *callback);

#endif /* DAEMON_CALLBACK_H */
