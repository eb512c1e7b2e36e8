/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Multipoint devices, which many sessions share, and what is routed to them. One is
 * made for the first session that wants it, and stays: firewalls and routes that
 * name it may count on that. Whether we or somebody else made it makes no difference.
 */
#ifndef DAEMON_MPDEV_H
#define DAEMON_MPDEV_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

#include "nl/rtmsg.h"
#include "nl/rtroute.h"
#include "nl/types.h"

struct nlsock;

/*
 * The device @name, up, with @local among its addresses; one that is made has @mtu at
 * most. 0, or a negative errno with @err: -ENOTUNIQ when @name is a device of another kind.
 */
int mpdev_open(struct nlsock *route, const char *name, struct in_addr local,
	       unsigned int mtu, struct rtmsg_link *link, struct nl_error *err);

/* Is @ifindex a multipoint device? */
bool mpdev_is(struct nlsock *route, uint32_t ifindex);

/* Packets to @dst go to the device, those of our own from @source. */
int mpdev_route(struct nlsock *route, uint32_t ifindex, const struct rtroute_prefix *dst,
		struct in_addr source, struct nl_error *err);

/* No more; harmless where nothing was. */
void mpdev_unroute(struct nlsock *route, uint32_t ifindex, const struct rtroute_prefix *dst);

#endif /* DAEMON_MPDEV_H */
