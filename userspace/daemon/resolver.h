/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Names to IPv4 addresses without holding up the loop.
 *
 * getaddrinfo(3) sleeps, so it runs in threads: a few of them, made when they
 * are needed, and a queue. glibc's getaddrinfo_a(3) would do the same, but its
 * requests cannot be given up while they run, and it tells of their end by a
 * signal or in one more thread. Nothing else of the daemon runs in these threads.
 */
#ifndef DAEMON_RESOLVER_H
#define DAEMON_RESOLVER_H

#include <netinet/in.h>

#include "loop.h"

#define RESOLVER_THREADS	8	/* names that are looked up at the same time */
#define RESOLVER_ADDRESSES_MAX	8	/* of one name */

struct resolver;
struct resolver_query;

/* @n addresses, at least one; or none, and @error says why. @query is gone. */
typedef void (*resolver_fn)(void *arg, const struct in_addr *address, unsigned int n,
			    const char *error);

/* NULL: no memory or descriptors. */
struct resolver *resolver_new(struct loop *loop);

/* Queries that are left get no answer. NULL is fine. */
void resolver_free(struct resolver *resolver);

/*
 * Looks @host up; @fn is called in a later round of the loop. An address in
 * figures is answered without a thread. NULL: no memory or no thread.
 */
struct resolver_query *resolver_ask(struct resolver *resolver, const char *host,
				    resolver_fn fn, void *arg);

/* No answer is wanted any more. NULL is fine. */
void resolver_cancel(struct resolver_query *query);

#endif /* DAEMON_RESOLVER_H */
