/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Routes, through a NETLINK_ROUTE socket. None of the functions sleeps (see
 * nlsock.h). All return 0 or a negative errno with a sentence in @err.
 */
#ifndef NL_ROUTE_H
#define NL_ROUTE_H

#include "rtroute.h"
#include "types.h"

struct nlsock;

typedef void (*route_fn)(const struct rtroute *route, void *arg);

/* -EEXIST: there is one to this destination with this metric. */
int route_add(struct nlsock *sock, const struct rtroute *route, struct nl_error *err);

/* The same, but takes the place of such a route. */
int route_replace(struct nlsock *sock, const struct rtroute *route, struct nl_error *err);

/* -ESRCH: there is none. */
int route_del(struct nlsock *sock, const struct rtroute *route, struct nl_error *err);

/*
 * Calls @fn for each route of @family in the table main; @protocol 0: of
 * everybody. @fn may not use @sock.
 */
int route_each(struct nlsock *sock, uint8_t family, uint8_t protocol, route_fn fn,
	       void *arg, struct nl_error *err);

#endif /* NL_ROUTE_H */
