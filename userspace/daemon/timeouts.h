/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How long a session may be up, and how long without a packet. One timer a
 * session; the kernel measures idleness, and is asked when it could be too long.
 */
#ifndef DAEMON_TIMEOUTS_H
#define DAEMON_TIMEOUTS_H

#include <stdint.h>

#include "loop.h"

enum timeouts_end {
	TIMEOUTS_SESSION,
	TIMEOUTS_IDLE,
};

struct timeouts;

/* Milliseconds that no packet has passed; UINT64_MAX: that is not known. */
typedef uint64_t (*timeouts_idle_fn)(void *arg);

/* The time is over. The timeouts may be freed in the call. */
typedef void (*timeouts_end_fn)(void *arg, enum timeouts_end end);

/* Nothing is limited yet. NULL: no memory. */
struct timeouts *timeouts_new(struct loop *loop, timeouts_idle_fn idle_fn,
			      timeouts_end_fn end_fn, void *arg);

/* Begins now. @session, @idle: ms, 0: without end. */
void timeouts_start(struct timeouts *t, uint64_t session, uint64_t idle);

/* When the session is over by time; LOOP_NEVER: it is not. */
uint64_t timeouts_end(const struct timeouts *t);

/* Goes on: @end is from timeouts_end(), of an earlier kpptpd. */
void timeouts_resume(struct timeouts *t, uint64_t end, uint64_t idle);

/* NULL is fine. */
void timeouts_free(struct timeouts *t);

#endif /* DAEMON_TIMEOUTS_H */
