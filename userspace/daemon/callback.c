// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utlist.h>

#include "callback.h"
#include "lib/log.h"

/*
 * Seconds that a caller may have us wait: a modem hangs up in less, and a control
 * connection without a call does not stay for ever.
 */
#define CALLBACK_DELAY_MAX	30

/* Calls that may fail, and the time between them. */
#define CALLBACK_TRIES		3
#define CALLBACK_RETRY_MS	3000

/* @tries: calls that were placed */
struct callback {
	struct callback *prev, *next;
	struct daemon *daemon;
	struct loop_source *timer;
	callback_ring_fn ring;
	void *arg;
	unsigned int tries;
	char user[PPP_USER_MAX + 1];
	char number[CBCP_NUMBER_MAX + 1];
};

static void callback_free(struct callback *callback)
{
	DL_DELETE(callback->daemon->callbacks, callback);
	loop_source_free(callback->timer);
	free(callback);
}

static void callback_on_timer(void *arg)
{
	struct callback *callback = arg;

	callback->tries++;
	if (callback->ring(callback->arg, callback))
		log_info("%s is called back at \"%s\"", callback->user, callback->number);
	else
		callback_free(callback);
}

static bool callback_is_planned(const struct daemon *daemon, const char *user)
{
	const struct callback *callback;

	DL_FOREACH(daemon->callbacks, callback) {
		if (!strcmp(callback->user, user))
			return true;
	}
	return false;
}

/* NULL: no memory. */
static struct callback *callback_new(struct daemon *daemon)
{
	struct callback *callback = calloc(1, sizeof(*callback));

	if (!callback)
		return NULL;
	callback->timer = loop_timer(daemon->loop, callback_on_timer, callback);
	if (callback->timer)
		return callback;
	free(callback);
	return NULL;
}

void callback_plan(struct daemon *daemon, const char *user, const struct cbcp_choice *choice,
		   callback_ring_fn ring, void *arg)
{
	unsigned int delay = choice->delay;
	struct callback *callback;

	if (callback_is_planned(daemon, user)) {
		log_notice("%s is not called back: it will be already", user);
		return;
	}
	callback = callback_new(daemon);
	if (!callback) {
		log_error("%s is not called back: no memory", user);
		return;
	}
	if (delay > CALLBACK_DELAY_MAX)
		delay = CALLBACK_DELAY_MAX;
	callback->daemon = daemon;
	callback->ring = ring;
	callback->arg = arg;
	snprintf(callback->user, sizeof(callback->user), "%s", user);
	snprintf(callback->number, sizeof(callback->number), "%s", choice->number);
	DL_APPEND(daemon->callbacks, callback);
	loop_timer_set(callback->timer, loop_now() + delay * 1000ull);
}

void callback_answered(struct callback *callback)
{
	log_info("%s answers the callback", callback->user);
	callback_free(callback);
}

void callback_failed(struct callback *callback, const char *why)
{
	if (callback->tries < CALLBACK_TRIES) {
		log_info("%s does not answer the callback: %s", callback->user, why);
		loop_timer_set(callback->timer, loop_now() + CALLBACK_RETRY_MS);
		return;
	}
	log_notice("%s does not answer the callback and is given up: %s", callback->user, why);
	callback_free(callback);
}

void callbacks_cancel(struct daemon *daemon, const void *arg)
{
	struct callback *callback, *next;

	DL_FOREACH_SAFE(daemon->callbacks, callback, next) {
		if (callback->arg != arg)
			continue;
		log_notice("%s is not called back: its control connection is gone",
			   callback->user);
		callback_free(callback);
	}
}

const char *callback_user(const struct callback *callback)
{
	return callback->user;
}

const char *callback_number(const struct callback *callback)
{
	return callback->number;
}
