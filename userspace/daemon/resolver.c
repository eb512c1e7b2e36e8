// SPDX-License-Identifier: GPL-2.0-or-later
#include <arpa/inet.h>
#include <netdb.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include <utlist.h>

#include "resolver.h"

/* Name service modules are frugal, and a stack costs address space only. */
#define RESOLVER_STACK	(256 * 1024)

#define RESOLVER_HOST_MAX 254

/*
 * A query belongs to the queue @asked, then to a thread, then to the queue
 * @answered; whoever takes it off a queue owns it. @fn, @arg are the loop's.
 */
struct resolver_query {
	struct resolver_query *prev, *next;
	resolver_fn fn;		/* NULL: cancelled */
	void *arg;
	char host[RESOLVER_HOST_MAX];
	struct in_addr address[RESOLVER_ADDRESSES_MAX];
	unsigned int n;
	char error[128];
};

/* @lock covers everything but @io. */
struct resolver {
	pthread_mutex_t lock;
	pthread_cond_t work;
	struct resolver_query *asked;
	struct resolver_query *answered;
	unsigned int threads;
	unsigned int idle;
	unsigned int waiting;	/* in @asked */
	bool closed;		/* the last thread that ends frees it */
	int fd;
	struct loop_source *io;
};

static void resolver_destroy(struct resolver *r)
{
	struct resolver_query *query, *next;

	DL_CONCAT(r->asked, r->answered);
	DL_FOREACH_SAFE(r->asked, query, next)
		free(query);
	pthread_cond_destroy(&r->work);
	pthread_mutex_destroy(&r->lock);
	close(r->fd);
	free(r);
}

static void resolver_take(struct resolver_query *query, const struct addrinfo *list)
{
	for (; list && query->n < RESOLVER_ADDRESSES_MAX; list = list->ai_next) {
		const struct sockaddr_in *sin = (const struct sockaddr_in *)list->ai_addr;

		if (list->ai_family == AF_INET)
			query->address[query->n++] = sin->sin_addr;
	}
}

/* Sleeps. */
static void resolver_look_up(struct resolver_query *query)
{
	const struct addrinfo hints = { .ai_family = AF_INET, .ai_socktype = SOCK_STREAM };
	struct addrinfo *list = NULL;
	int ret;

	ret = getaddrinfo(query->host, NULL, &hints, &list);
	if (!ret)
		resolver_take(query, list);
	if (list)
		freeaddrinfo(list);
	if (!query->n)
		snprintf(query->error, sizeof(query->error), "cannot find the address: %s",
			 gai_strerror(ret ? ret : EAI_NONAME));
}

/* Caller holds the lock. */
static void resolver_answer(struct resolver *r, struct resolver_query *query)
{
	DL_APPEND(r->answered, query);
	eventfd_write(r->fd, 1);
}

static void *resolver_thread(void *arg)
{
	struct resolver *r = arg;
	struct resolver_query *query;
	bool last;

	pthread_mutex_lock(&r->lock);
	while (!r->closed) {
		query = r->asked;
		if (!query) {
			r->idle++;
			pthread_cond_wait(&r->work, &r->lock);
			r->idle--;
			continue;
		}
		DL_DELETE(r->asked, query);
		r->waiting--;
		pthread_mutex_unlock(&r->lock);
		resolver_look_up(query);
		pthread_mutex_lock(&r->lock);
		resolver_answer(r, query);
	}
	last = --r->threads == 0;
	pthread_mutex_unlock(&r->lock);
	if (last)
		resolver_destroy(r);
	return NULL;
}

/*
 * Signals are the loop's: a thread has them all blocked, but the one of a system call
 * that is refused (syscalls.h), which would end the process. Caller holds the lock.
 */
static bool resolver_add_thread(struct resolver *r)
{
	pthread_attr_t attr;
	sigset_t all, old;
	pthread_t thread;
	int ret;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, RESOLVER_STACK);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	sigfillset(&all);
	sigdelset(&all, SIGSYS);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	ret = pthread_create(&thread, &attr, resolver_thread, r);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	pthread_attr_destroy(&attr);
	if (!ret)
		r->threads++;
	return !ret;
}

/* A callback may ask again: that answer belongs to the next round. */
static void resolver_on_io(void *arg, unsigned int events)
{
	struct resolver *r = arg;
	struct resolver_query *list, *query, *next;
	eventfd_t count;

	(void)events;
	pthread_mutex_lock(&r->lock);
	eventfd_read(r->fd, &count);
	list = r->answered;
	r->answered = NULL;
	pthread_mutex_unlock(&r->lock);
	DL_FOREACH_SAFE(list, query, next) {
		if (query->fn)
			query->fn(query->arg, query->address, query->n, query->error);
		free(query);
	}
}

struct resolver *resolver_new(struct loop *loop)
{
	struct resolver *r = calloc(1, sizeof(*r));

	if (!r)
		return NULL;
	pthread_mutex_init(&r->lock, NULL);
	pthread_cond_init(&r->work, NULL);
	r->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (r->fd >= 0)
		r->io = loop_io(loop, r->fd, LOOP_READ, resolver_on_io, r);
	if (r->io)
		return r;
	resolver_destroy(r);
	return NULL;
}

void resolver_free(struct resolver *resolver)
{
	bool busy;

	if (!resolver)
		return;
	loop_source_free(resolver->io);
	pthread_mutex_lock(&resolver->lock);
	resolver->closed = true;
	busy = resolver->threads;
	pthread_cond_broadcast(&resolver->work);
	pthread_mutex_unlock(&resolver->lock);
	if (!busy)
		resolver_destroy(resolver);
}

/* Hands @query to a thread that is idle or new. False: there is none at all. */
static bool resolver_queue(struct resolver *r, struct resolver_query *query)
{
	bool good = true;

	pthread_mutex_lock(&r->lock);
	if (r->idle <= r->waiting && r->threads < RESOLVER_THREADS)
		good = resolver_add_thread(r) || r->threads;
	if (good) {
		DL_APPEND(r->asked, query);
		r->waiting++;
		pthread_cond_signal(&r->work);
	}
	pthread_mutex_unlock(&r->lock);
	return good;
}

struct resolver_query *resolver_ask(struct resolver *resolver, const char *host,
				    resolver_fn fn, void *arg)
{
	struct resolver_query *query = calloc(1, sizeof(*query));

	if (!query)
		return NULL;
	query->fn = fn;
	query->arg = arg;
	snprintf(query->host, sizeof(query->host), "%s", host);
	if (inet_pton(AF_INET, host, &query->address[0]) == 1) {
		query->n = 1;
		pthread_mutex_lock(&resolver->lock);
		resolver_answer(resolver, query);
		pthread_mutex_unlock(&resolver->lock);
		return query;
	}
	if (resolver_queue(resolver, query))
		return query;
	free(query);
	return NULL;
}

void resolver_cancel(struct resolver_query *query)
{
	if (query)
		query->fn = NULL;
}
