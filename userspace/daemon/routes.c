// SPDX-License-Identifier: GPL-2.0-or-later
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <uthash.h>

#include <linux/rtnetlink.h>

#include "lib/array.h"
#include "lib/log.h"
#include "nl/nlsock.h"
#include "nl/route.h"
#include "routes.h"

/* Changes of routes come in crowds; the pins follow them at most this often. */
#define ROUTES_SETTLE_MS	300

#define ROUTES_DRAIN		1024	/* messages that one event reads */

/* "Everything": of IPv6 the addresses that lead out of the site (RFC 4291). */
static const char * const routes_all[] = { "0.0.0.0/1", "128.0.0.0/1", "2000::/3" };

/*
 * @best: the route to @server without the tunnels, as found last; usable: there
 * is one. @is: what has been given to the kernel, type 0: nothing.
 */
struct routes_pinned {
	struct in_addr server;
	unsigned int users;
	struct rtroute best;
	struct rtroute is;
	UT_hash_handle hh;
};

/* A tunnel's device, whose routes are no way to its own server. */
struct routes_device {
	uint32_t ifindex;
	struct in_addr server;
	UT_hash_handle hh;
};

struct routes_blocked {
	struct rtroute_prefix prefix;
	unsigned int users;
	UT_hash_handle hh;
};

/* @ask: for requests. @watch: tells of changes. */
struct routes {
	struct nlsock *ask;
	struct nlsock *watch;
	struct loop_source *io;
	struct loop_source *timer;
	bool waiting;		/* @timer is armed */
	struct routes_pinned *pins;
	struct routes_device *devices;
	struct routes_blocked *blocks;
};

static struct rtroute_prefix routes_host(struct in_addr address)
{
	struct rtroute_prefix prefix = { .address.family = AF_INET, .bits = 32 };

	memcpy(prefix.address.octets, &address, sizeof(address));
	return prefix;
}

/* Whether @route can be the way to @pin's server: none of ours is. */
static bool routes_counts(const struct routes *routes, const struct routes_pinned *pin,
			  const struct rtroute *route)
{
	const struct routes_device *device;
	bool host = route->dst.bits == 32;

	if (route->protocol == RTROUTE_PROTOCOL && (host || route->type != RTN_UNICAST))
		return false;
	HASH_FIND(hh, routes->devices, &route->ifindex, sizeof(route->ifindex), device);
	return !device || device->server.s_addr != pin->server.s_addr;
}

/* The longest prefix, then the best metric, as the kernel chooses. */
static bool routes_better(const struct rtroute *a, const struct rtroute *b)
{
	if (!b->type || a->dst.bits != b->dst.bits)
		return !b->type || a->dst.bits > b->dst.bits;
	return a->metric < b->metric;
}

static void routes_consider(const struct rtroute *route, void *arg)
{
	struct routes *routes = arg;
	struct routes_pinned *pin, *next;

	if (!route->usable)
		return;
	HASH_ITER(hh, routes->pins, pin, next) {
		struct rtroute_prefix host = routes_host(pin->server);

		if (rtroute_prefix_covers(&route->dst, &host) &&
		    routes_counts(routes, pin, route) && routes_better(route, &pin->best))
			pin->best = *route;
	}
}

/*
 * What the pin has to be. Type 0: none is needed, because somebody has a host
 * route of his own. Without any way to the server it leads nowhere, so that the
 * tunnel's packets do not go through the tunnel.
 */
static struct rtroute routes_pin_route(const struct routes_pinned *pin)
{
	struct rtroute route = pin->best;

	if (route.type == RTN_UNICAST && route.dst.bits == 32)
		return (struct rtroute){ 0 };
	if (route.type != RTN_UNICAST)
		route = (struct rtroute){ .type = RTN_UNREACHABLE };
	route.dst = routes_host(pin->server);
	route.metric = 0;
	route.protocol = RTROUTE_PROTOCOL;
	route.usable = true;
	return route;
}

static void routes_remove_pin(struct routes *routes, struct routes_pinned *pin)
{
	struct nl_error err;

	if (pin->is.type)
		route_del(routes->ask, &pin->is, &err);
	memset(&pin->is, 0, sizeof(pin->is));
}

static void routes_set_pin(struct routes *routes, struct routes_pinned *pin)
{
	struct rtroute want = routes_pin_route(pin);
	char text[INET_ADDRSTRLEN];
	struct nl_error err;

	if (memcmp(&want, &pin->is, sizeof(want)) == 0)
		return;
	if (!want.type) {
		routes_remove_pin(routes, pin);
		return;
	}
	if (route_replace(routes->ask, &want, &err) == 0) {
		pin->is = want;
		return;
	}
	inet_ntop(AF_INET, &pin->server, text, sizeof(text));
	log_warning("cannot keep the route to the server %s: %s", text, err.text);
}

/* All pins from one list of the routes. */
static void routes_settle(struct routes *routes)
{
	struct routes_pinned *pin, *next;
	struct nl_error err;

	HASH_ITER(hh, routes->pins, pin, next)
		memset(&pin->best, 0, sizeof(pin->best));
	if (routes->pins && route_each(routes->ask, AF_INET, 0, routes_consider, routes, &err)) {
		log_warning("cannot read the routes: %s", err.text);
		return;
	}
	HASH_ITER(hh, routes->pins, pin, next)
		routes_set_pin(routes, pin);
}

static void routes_on_timer(void *arg)
{
	struct routes *routes = arg;

	routes->waiting = false;
	routes_settle(routes);
}

static int routes_ignore(const struct nlmsghdr *msg, size_t len, void *arg)
{
	(void)msg;
	(void)len;
	(void)arg;
	return 0;
}

/* What has changed is found by routes_settle(); that something has is enough. */
static void routes_on_change(void *arg, unsigned int events)
{
	struct routes *routes = arg;

	(void)events;
	nlsock_receive(routes->watch, ROUTES_DRAIN, routes_ignore, NULL);
	if (routes->waiting || !routes->pins)
		return;
	routes->waiting = true;
	loop_timer_set(routes->timer, loop_now() + ROUTES_SETTLE_MS);
}

struct routes *routes_open(struct loop *loop, struct nl_error *err)
{
	struct routes *routes = calloc(1, sizeof(*routes));

	if (!routes) {
		nlsock_refuse(err, ENOMEM, "no memory");
		return NULL;
	}
	routes->ask = nlsock_open(NETLINK_ROUTE, 0, err);
	routes->watch = routes->ask ? nlsock_open(NETLINK_ROUTE, 0, err) : NULL;
	if (!routes->watch || nlsock_join_bus(routes->watch, RTNLGRP_IPV4_ROUTE, err) ||
	    nlsock_join_bus(routes->watch, RTNLGRP_LINK, err)) {
		routes_close(routes);
		return NULL;
	}
	nlsock_refuse(err, ENOMEM, "no memory");
	routes->io = loop_io(loop, nlsock_fd(routes->watch), LOOP_READ, routes_on_change,
			     routes);
	routes->timer = loop_timer(loop, routes_on_timer, routes);
	if (routes->io && routes->timer)
		return routes;
	routes_close(routes);
	return NULL;
}

static void routes_free_device(struct routes *routes, struct routes_device *device)
{
	HASH_DEL(routes->devices, device);
	free(device);
}

void routes_close(struct routes *routes)
{
	struct routes_blocked *blocked, *next_blocked;
	struct routes_device *device, *next_device;
	struct routes_pinned *pin, *next_pin;

	if (!routes)
		return;
	HASH_ITER(hh, routes->pins, pin, next_pin) {
		routes_remove_pin(routes, pin);
		HASH_DEL(routes->pins, pin);
		free(pin);
	}
	HASH_ITER(hh, routes->devices, device, next_device)
		routes_free_device(routes, device);
	HASH_ITER(hh, routes->blocks, blocked, next_blocked) {
		HASH_DEL(routes->blocks, blocked);
		free(blocked);
	}
	loop_source_free(routes->io);
	loop_source_free(routes->timer);
	nlsock_close(routes->watch);
	nlsock_close(routes->ask);
	free(routes);
}

/* Routes that a former daemon left, collected because a dump allows no requests. */
struct routes_old {
	struct routes *routes;
	const struct ksessions *kernel;
	struct rtroute *route;
	unsigned int n;
	unsigned int room;
};

static void routes_collect(const struct rtroute *route, void *arg)
{
	struct routes_old *old = arg;
	struct routes_blocked *blocked;
	struct routes_device *device;
	struct rtroute *more;

	HASH_FIND(hh, old->routes->blocks, &route->dst, sizeof(route->dst), blocked);
	HASH_FIND(hh, old->routes->devices, &route->ifindex, sizeof(route->ifindex), device);
	if (device || (blocked && route->type == RTN_UNREACHABLE))
		return;
	if (route->ifindex && ksessions_use(old->kernel, route->ifindex))
		return;
	if (old->n == old->room) {
		more = realloc(old->route, (2 * old->room + 16) * sizeof(*more));
		if (!more)
			return;
		old->route = more;
		old->room = 2 * old->room + 16;
	}
	old->route[old->n++] = *route;
}

void routes_sweep(struct routes *routes, const struct ksessions *kernel)
{
	static const uint8_t families[] = { AF_INET, AF_INET6 };
	struct routes_old old = { .routes = routes, .kernel = kernel };
	struct nl_error err;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(families); i++) {
		if (route_each(routes->ask, families[i], RTROUTE_PROTOCOL, routes_collect, &old,
			       &err))
			log_warning("cannot look for routes of a former kpptpd: %s", err.text);
	}
	for (i = 0; i < old.n; i++)
		route_del(routes->ask, &old.route[i], &err);
	if (old.n)
		log_notice("removed %u routes of a former kpptpd", old.n);
	free(old.route);
}

bool routes_pin(struct routes *routes, struct in_addr server)
{
	struct routes_pinned *pin;

	HASH_FIND(hh, routes->pins, &server, sizeof(server), pin);
	if (!pin) {
		pin = calloc(1, sizeof(*pin));
		if (!pin)
			return false;
		pin->server = server;
		HASH_ADD(hh, routes->pins, server, sizeof(server), pin);
	}
	pin->users++;
	routes_settle(routes);
	return true;
}

void routes_unpin(struct routes *routes, struct in_addr server)
{
	struct routes_pinned *pin;

	HASH_FIND(hh, routes->pins, &server, sizeof(server), pin);
	if (!pin || --pin->users)
		return;
	routes_remove_pin(routes, pin);
	HASH_DEL(routes->pins, pin);
	free(pin);
}

typedef bool (*routes_fn)(struct routes *routes, const struct rtroute_prefix *dst, void *arg);

/*
 * Calls @fn for each destination of @family, AF_UNSPEC: of both. Stops after @max
 * calls or at the first false, and tells how many were true.
 */
static unsigned int routes_for(struct routes *routes, const struct routes_wanted *wanted,
			       uint8_t family, unsigned int max, routes_fn fn, void *arg)
{
	unsigned int all = wanted->n + (wanted->everything ? ARRAY_SIZE(routes_all) : 0);
	struct rtroute_prefix dst;
	unsigned int i, n = 0;

	for (i = 0; i < all && n < max; i++) {
		if (i < wanted->n)
			dst = wanted->prefix[i];
		else
			rtroute_prefix_parse(routes_all[i - wanted->n], &dst);
		if (family != AF_UNSPEC && family != dst.address.family)
			continue;
		if (!fn(routes, &dst, arg))
			return n;
		n++;
	}
	return n;
}

static bool routes_nothing(struct routes *routes, const struct rtroute_prefix *dst, void *arg)
{
	(void)routes;
	(void)dst;
	(void)arg;
	return true;
}

/* All or none: where @fn fails, @undo is called for those before. */
static bool routes_for_all(struct routes *routes, const struct routes_wanted *wanted,
			   uint8_t family, routes_fn fn, routes_fn undo, void *arg)
{
	unsigned int n = routes_for(routes, wanted, family, UINT32_MAX, fn, arg);

	if (n == routes_for(routes, wanted, family, UINT32_MAX, routes_nothing, NULL))
		return true;
	routes_for(routes, wanted, family, n, undo, arg);
	return false;
}

struct routes_way {
	uint32_t ifindex;
	uint32_t metric;
	struct nl_error *err;
};

static struct rtroute routes_way_route(const struct routes_way *way,
				       const struct rtroute_prefix *dst)
{
	return (struct rtroute){
		.dst = *dst,
		.ifindex = way->ifindex,
		.metric = way->metric,
		.protocol = RTROUTE_PROTOCOL,
		.type = RTN_UNICAST,
	};
}

static bool routes_add_way(struct routes *routes, const struct rtroute_prefix *dst, void *arg)
{
	const struct routes_way *way = arg;
	struct rtroute route = routes_way_route(way, dst);
	struct nl_error err;
	char text[64];

	if (!route_add(routes->ask, &route, &err))
		return true;
	rtroute_prefix_text(dst, text);
	if (err.err == EEXIST)
		nlsock_refuse(way->err, EEXIST, "there is another route to %s with this metric",
			      text);
	else
		nlsock_refuse(way->err, err.err, "cannot make the route to %s: %s", text,
			      err.text);
	return false;
}

static bool routes_del_way(struct routes *routes, const struct rtroute_prefix *dst, void *arg)
{
	struct rtroute route = routes_way_route(arg, dst);
	struct nl_error err;

	route_del(routes->ask, &route, &err);
	return true;
}

/* The entry of a tunnel's device, made when there is none. NULL: no memory. */
static struct routes_device *routes_note_device(struct routes *routes, struct in_addr server,
						uint32_t ifindex)
{
	struct routes_device *device;

	HASH_FIND(hh, routes->devices, &ifindex, sizeof(ifindex), device);
	if (device)
		return device;
	device = calloc(1, sizeof(*device));
	if (!device)
		return NULL;
	device->ifindex = ifindex;
	device->server = server;
	HASH_ADD(hh, routes->devices, ifindex, sizeof(ifindex), device);
	return device;
}

bool routes_open_ways(struct routes *routes, struct in_addr server, uint32_t ifindex,
		      uint8_t family, const struct routes_wanted *wanted, struct nl_error *err)
{
	struct routes_way way = { .ifindex = ifindex, .metric = wanted->metric, .err = err };

	if (!routes_note_device(routes, server, ifindex)) {
		nlsock_refuse(err, ENOMEM, "no memory");
		return false;
	}
	return routes_for_all(routes, wanted, family, routes_add_way, routes_del_way, &way);
}

void routes_move_ways(struct routes *routes, uint32_t ifindex, struct in_addr server)
{
	struct routes_device *device;

	HASH_FIND(hh, routes->devices, &ifindex, sizeof(ifindex), device);
	if (device)
		device->server = server;
}

void routes_remove_ways(struct routes *routes, uint32_t ifindex, uint8_t family,
			const struct routes_wanted *wanted)
{
	struct routes_way way = { .ifindex = ifindex, .metric = wanted->metric };

	routes_for(routes, wanted, family, UINT32_MAX, routes_del_way, &way);
}

void routes_close_ways(struct routes *routes, uint32_t ifindex)
{
	struct routes_device *device;

	HASH_FIND(hh, routes->devices, &ifindex, sizeof(ifindex), device);
	if (device)
		routes_free_device(routes, device);
}

static struct rtroute routes_block_route(const struct rtroute_prefix *dst)
{
	return (struct rtroute){
		.dst = *dst,
		.metric = RTROUTE_METRIC_WORST,
		.protocol = RTROUTE_PROTOCOL,
		.type = RTN_UNREACHABLE,
	};
}

/* A machine without IPv6 has nothing to block. */
static bool routes_needs_no_block(const struct rtroute_prefix *dst, const struct nl_error *err)
{
	return dst->address.family == AF_INET6 &&
	       (err->err == EAFNOSUPPORT || err->err == EOPNOTSUPP);
}

/* One of a former kpptpd is as good as ours. */
static bool routes_add_block(struct routes *routes, const struct rtroute_prefix *dst, void *arg)
{
	struct rtroute route = routes_block_route(dst);
	struct routes_blocked *blocked;
	struct nl_error *err = arg;
	int ret;

	HASH_FIND(hh, routes->blocks, dst, sizeof(*dst), blocked);
	if (blocked) {
		blocked->users++;
		return true;
	}
	ret = route_add(routes->ask, &route, err);
	if (ret && ret != -EEXIST)
		return routes_needs_no_block(dst, err);
	blocked = calloc(1, sizeof(*blocked));
	if (!blocked) {
		nlsock_refuse(err, ENOMEM, "no memory");
		return false;
	}
	blocked->prefix = *dst;
	blocked->users = 1;
	HASH_ADD(hh, routes->blocks, prefix, sizeof(blocked->prefix), blocked);
	return true;
}

static bool routes_del_block(struct routes *routes, const struct rtroute_prefix *dst, void *arg)
{
	struct rtroute route = routes_block_route(dst);
	struct routes_blocked *blocked;
	struct nl_error err;

	(void)arg;
	HASH_FIND(hh, routes->blocks, dst, sizeof(*dst), blocked);
	if (!blocked || --blocked->users)
		return true;
	route_del(routes->ask, &route, &err);
	HASH_DEL(routes->blocks, blocked);
	free(blocked);
	return true;
}

bool routes_block(struct routes *routes, const struct routes_wanted *wanted,
		  struct nl_error *err)
{
	return routes_for_all(routes, wanted, AF_UNSPEC, routes_add_block, routes_del_block, err);
}

void routes_unblock(struct routes *routes, const struct routes_wanted *wanted)
{
	routes_for(routes, wanted, AF_UNSPEC, UINT32_MAX, routes_del_block, NULL);
}
