// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <systemd/sd-daemon.h>
#include <systemd/sd-event.h>
#include <time.h>

#include "loop.h"

/* Timers need not be punctual to the millisecond: RFC 1661 counts in seconds. */
#define LOOP_ACCURACY_USEC 10000

struct loop {
	sd_event *event;
};

struct loop_source {
	sd_event_source *source;
	loop_io_fn io;
	loop_fn fn;
	void *arg;
};

struct loop *loop_new(void)
{
	struct loop *loop = calloc(1, sizeof(*loop));

	if (!loop)
		return NULL;
	if (sd_event_new(&loop->event) < 0) {
		free(loop);
		return NULL;
	}
	sd_event_set_watchdog(loop->event, 1);
	return loop;
}

void loop_free(struct loop *loop)
{
	if (!loop)
		return;
	sd_event_unref(loop->event);
	free(loop);
}

int loop_run(struct loop *loop)
{
	return sd_event_loop(loop->event);
}

void loop_exit(struct loop *loop, int code)
{
	sd_event_exit(loop->event, code);
}

/*
 * The clock itself and not sd_event_now(): that one stands still for a round,
 * and deadlines counted from it would be early under load.
 */
uint64_t loop_now(void)
{
	return loop_now_us() / 1000;
}

uint64_t loop_now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000 + (uint64_t)ts.tv_nsec / 1000;
}

static struct loop_source *loop_source_new(loop_io_fn io, loop_fn fn, void *arg)
{
	struct loop_source *s = calloc(1, sizeof(*s));

	if (s) {
		s->io = io;
		s->fn = fn;
		s->arg = arg;
	}
	return s;
}

/* The callback comes last: it may free @s. */
static int loop_on_io(sd_event_source *source, int fd, uint32_t revents,
		      void *userdata)
{
	struct loop_source *s = userdata;
	unsigned int events = 0;

	(void)source;
	(void)fd;
	if (revents & EPOLLIN)
		events |= LOOP_READ;
	if (revents & EPOLLOUT)
		events |= LOOP_WRITE;
	if (revents & (EPOLLHUP | EPOLLERR))
		events |= LOOP_HANGUP;
	s->io(s->arg, events);
	return 0;
}

static int loop_on_time(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct loop_source *s = userdata;

	(void)source;
	(void)usec;
	s->fn(s->arg);
	return 0;
}

static int loop_on_later(sd_event_source *source, void *userdata)
{
	struct loop_source *s = userdata;

	(void)source;
	s->fn(s->arg);
	return 0;
}

static int loop_on_signal(sd_event_source *source,
			  const struct signalfd_siginfo *info, void *userdata)
{
	struct loop_source *s = userdata;

	(void)source;
	(void)info;
	s->fn(s->arg);
	return 0;
}

/* Keeps @s when sd-event took it, frees it otherwise. */
static struct loop_source *loop_source_added(struct loop_source *s, int r)
{
	if (r >= 0)
		return s;
	free(s);
	return NULL;
}

static uint32_t loop_epoll(unsigned int events)
{
	return (events & LOOP_READ ? EPOLLIN : 0u) |
	       (events & LOOP_WRITE ? EPOLLOUT : 0u);
}

struct loop_source *loop_io(struct loop *loop, int fd, unsigned int events,
			    loop_io_fn fn, void *arg)
{
	struct loop_source *s = loop_source_new(fn, NULL, arg);

	if (!s)
		return NULL;
	return loop_source_added(s, sd_event_add_io(loop->event, &s->source, fd,
						    loop_epoll(events), loop_on_io, s));
}

bool loop_io_set(struct loop_source *source, unsigned int events)
{
	return sd_event_source_set_io_events(source->source, loop_epoll(events)) >= 0;
}

struct loop_source *loop_timer(struct loop *loop, loop_fn fn, void *arg)
{
	struct loop_source *s = loop_source_new(NULL, fn, arg);
	int r;

	if (!s)
		return NULL;
	r = sd_event_add_time(loop->event, &s->source, CLOCK_MONOTONIC, 0,
			      LOOP_ACCURACY_USEC, loop_on_time, s);
	if (r >= 0)
		sd_event_source_set_enabled(s->source, SD_EVENT_OFF);
	return loop_source_added(s, r);
}

bool loop_timer_set(struct loop_source *source, uint64_t when)
{
	if (when == LOOP_NEVER)
		return sd_event_source_set_enabled(source->source, SD_EVENT_OFF) >= 0;
	return sd_event_source_set_time(source->source, when * 1000) >= 0 &&
	       sd_event_source_set_enabled(source->source, SD_EVENT_ONESHOT) >= 0;
}

struct loop_source *loop_later(struct loop *loop, loop_fn fn, void *arg)
{
	struct loop_source *s = loop_source_new(NULL, fn, arg);
	int r;

	if (!s)
		return NULL;
	r = sd_event_add_defer(loop->event, &s->source, loop_on_later, s);
	if (r >= 0)
		sd_event_source_set_enabled(s->source, SD_EVENT_OFF);
	return loop_source_added(s, r);
}

bool loop_later_set(struct loop_source *source)
{
	return sd_event_source_set_enabled(source->source, SD_EVENT_ONESHOT) >= 0;
}

struct loop_source *loop_signal(struct loop *loop, int signo, loop_fn fn,
				void *arg)
{
	struct loop_source *s = loop_source_new(NULL, fn, arg);
	sigset_t set;

	if (!s)
		return NULL;
	sigemptyset(&set);
	sigaddset(&set, signo);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return loop_source_added(s, sd_event_add_signal(loop->event, &s->source, signo,
							loop_on_signal, s));
}

void loop_source_free(struct loop_source *source)
{
	if (!source)
		return;
	sd_event_source_disable_unref(source->source);
	free(source);
}

void loop_notify(const char *state)
{
	sd_notify(0, state);
}
