/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The routes of the tunnels that we dial. Three kinds, all of protocol
 * RTROUTE_PROTOCOL, so that ip-route(8) and a later kpptpd know them:
 *
 *	pin	a host route to a server, over what reaches it without the tunnels,
 *		made anew when that changes: the tunnel's own packets never enter it
 *	way	a destination through the tunnel's device; goes with the device
 *	block	an unreachable route with the worst metric to the same destination:
 *		counts when there is no way, so nothing leaves in clear
 *
 * "Default" is 0.0.0.0/1 and 128.0.0.0/1, and 2000::/3 where the tunnel has IPv6:
 * more specific than the system's own default routes, which so stay untouched and
 * need not be restored.
 */
#ifndef DAEMON_ROUTES_H
#define DAEMON_ROUTES_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

#include "ksession.h"
#include "loop.h"
#include "nl/rtroute.h"
#include "nl/types.h"

struct routes;

/**
 * struct routes_wanted - the destinations of one tunnel
 * @prefix, @n: borrowed
 * @everything: the whole address spaces as well
 * @metric: of the ways, 0: the kernel's default
 */
struct routes_wanted {
	const struct rtroute_prefix *prefix;
	unsigned int n;
	bool everything;
	uint32_t metric;
};

/* Opens the sockets; NULL with @err. */
struct routes *routes_open(struct loop *loop, struct nl_error *err);

/* Pins that are left go, blocks stay. NULL is fine. */
void routes_close(struct routes *routes);

/*
 * Removes pins and blocks of a former kpptpd, except blocks and ways that were made since.
 * What is routed to devices of sessions that go on, in @kernel, goes on, too.
 */
void routes_sweep(struct routes *routes, const struct ksessions *kernel);

/* Pins @server, from now on until as many calls of routes_unpin(). False: no memory. */
bool routes_pin(struct routes *routes, struct in_addr server);
void routes_unpin(struct routes *routes, struct in_addr server);

/*
 * The ways of one family, AF_INET or AF_INET6, over the tunnel's device @ifindex to
 * @server, which is pinned; 0.0.0.0: that is not known yet. All or none: false with
 * @err.
 */
bool routes_open_ways(struct routes *routes, struct in_addr server, uint32_t ifindex,
		      uint8_t family, const struct routes_wanted *wanted, struct nl_error *err);

/* The ways over @ifindex, if there are any, lead to another server now. */
void routes_move_ways(struct routes *routes, uint32_t ifindex, struct in_addr server);

/* Takes back what routes_open_ways() made, while the device stays. */
void routes_remove_ways(struct routes *routes, uint32_t ifindex, uint8_t family,
			const struct routes_wanted *wanted);

/* The device is gone, or going, and the kernel removes its ways. */
void routes_close_ways(struct routes *routes, uint32_t ifindex);

/*
 * Blocks, counted for tunnels that share a destination; of both families, whatever
 * the tunnel carries. False with @err, and none is there.
 */
bool routes_block(struct routes *routes, const struct routes_wanted *wanted,
		  struct nl_error *err);
void routes_unblock(struct routes *routes, const struct routes_wanted *wanted);

#endif /* DAEMON_ROUTES_H */
