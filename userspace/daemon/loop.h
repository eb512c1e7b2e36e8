/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The event loop: descriptors, timers, signals and work for the next round.
 * loop.c is the only file that knows sd-event. One thread; callbacks run one
 * after the other and may free any source, their own as well.
 */
#ifndef DAEMON_LOOP_H
#define DAEMON_LOOP_H

#include <stdbool.h>
#include <stdint.h>

#define LOOP_READ	1u
#define LOOP_WRITE	2u
#define LOOP_HANGUP	4u	/* the peer is gone, or an error waits */

#define LOOP_NEVER	UINT64_MAX

struct loop;
struct loop_source;

typedef void (*loop_io_fn)(void *arg, unsigned int events);
typedef void (*loop_fn)(void *arg);

/* NULL: no memory or no descriptors. */
struct loop *loop_new(void);
void loop_free(struct loop *loop);

/* Until loop_exit(); its @code, or a negative errno. */
int loop_run(struct loop *loop);
void loop_exit(struct loop *loop, int code);

/* Milliseconds of the monotonic clock, and its microseconds. */
uint64_t loop_now(void);
uint64_t loop_now_us(void);

/* The functions below give NULL without memory. @arg is the caller's. */

/* Calls @fn while @fd has one of @events; LOOP_HANGUP comes unasked. */
struct loop_source *loop_io(struct loop *loop, int fd, unsigned int events,
			    loop_io_fn fn, void *arg);
bool loop_io_set(struct loop_source *source, unsigned int events);

/* A timer, disarmed; loop_timer_set() arms it for one call at @when. */
struct loop_source *loop_timer(struct loop *loop, loop_fn fn, void *arg);
bool loop_timer_set(struct loop_source *source, uint64_t when);

/* Work for the next round, idle; each loop_later_set() asks for one call. */
struct loop_source *loop_later(struct loop *loop, loop_fn fn, void *arg);
bool loop_later_set(struct loop_source *source);

/* @signo must not have a handler; it is blocked for the process. */
struct loop_source *loop_signal(struct loop *loop, int signo, loop_fn fn,
				void *arg);

/* NULL is fine. The descriptor stays open: it is the caller's. */
void loop_source_free(struct loop_source *source);

/* Tells the service manager, see sd_notify(3). No effect without one. */
void loop_notify(const char *state);

#endif /* DAEMON_LOOP_H */
