/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Router Advertisements to the hosts at the other ends of sessions: a few at the
 * beginning, then now and then, and when one asks (RFC 4861 section 6.2).
 *
 * The kernel is a member of the group of all routers on devices that forward, so
 * that solicitations come without our joining it on each.
 */
#ifndef DAEMON_ADVERTISER_H
#define DAEMON_ADVERTISER_H

#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>

#include "loop.h"
#include "proto/ra.h"

struct advertiser;
struct advert;

/* Opens the socket, which takes CAP_NET_RAW. NULL with errno. */
struct advertiser *advertiser_open(struct loop *loop);

/* No adverts may be left. NULL is fine. */
void advertiser_close(struct advertiser *advertiser);

/*
 * Advertises @ra on the device @ifindex from @source, a link-local address of
 * ours there, from now on. NULL: no memory.
 */
struct advert *advert_new(struct advertiser *advertiser, uint32_t ifindex,
			  const struct in6_addr *source, const struct ra *ra);

/* NULL is fine. */
void advert_free(struct advert *advert);

#endif /* DAEMON_ADVERTISER_H */
