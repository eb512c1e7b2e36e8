// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>

#include "timeouts.h"

/* Where the kernel could not be asked: ms to the next try. */
#define TIMEOUTS_RETRY	1000

/**
 * struct timeouts - of one session
 * @end: when the session is over, LOOP_NEVER: not by time
 * @check: when it can have been idle for long enough at the earliest
 */
struct timeouts {
	struct loop_source *timer;
	uint64_t end;
	uint64_t idle;
	uint64_t check;
	timeouts_idle_fn idle_fn;
	timeouts_end_fn end_fn;
	void *arg;
};

static void timeouts_arm(struct timeouts *t)
{
	loop_timer_set(t->timer, t->check < t->end ? t->check : t->end);
}

static void timeouts_on_timer(void *arg)
{
	struct timeouts *t = arg;
	uint64_t now = loop_now();
	uint64_t idle;

	if (now >= t->end) {
		t->end_fn(t->arg, TIMEOUTS_SESSION);
		return;
	}
	idle = t->idle_fn(t->arg);
	if (idle != UINT64_MAX && idle >= t->idle) {
		t->end_fn(t->arg, TIMEOUTS_IDLE);
		return;
	}
	t->check = now + (idle == UINT64_MAX ? TIMEOUTS_RETRY : t->idle - idle);
	timeouts_arm(t);
}

struct timeouts *timeouts_new(struct loop *loop, timeouts_idle_fn idle_fn,
			      timeouts_end_fn end_fn, void *arg)
{
	struct timeouts *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	t->idle_fn = idle_fn;
	t->end_fn = end_fn;
	t->arg = arg;
	t->timer = loop_timer(loop, timeouts_on_timer, t);
	if (t->timer)
		return t;
	free(t);
	return NULL;
}

void timeouts_start(struct timeouts *t, uint64_t session, uint64_t idle)
{
	timeouts_resume(t, session ? loop_now() + session : LOOP_NEVER, idle);
}

uint64_t timeouts_end(const struct timeouts *t)
{
	return t->end;
}

/* The kernel has measured idleness all the while: it is asked no later than at the start. */
void timeouts_resume(struct timeouts *t, uint64_t end, uint64_t idle)
{
	t->end = end;
	t->idle = idle;
	t->check = idle ? loop_now() + idle : LOOP_NEVER;
	timeouts_arm(t);
}

void timeouts_free(struct timeouts *t)
{
	if (!t)
		return;
	loop_source_free(t->timer);
	free(t);
}
