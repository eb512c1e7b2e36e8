// SPDX-License-Identifier: GPL-2.0-or-later
#include "route.h"

#include <errno.h>

#include <libmnl/libmnl.h>
#include <linux/rtnetlink.h>

#include "nlsock.h"

static int talk(struct nlsock *sock, struct nlmsghdr *msg, struct nl_error *err)
{
	if (!msg)
		return nlsock_refuse(err, EINVAL, "this is no route");
	return nlsock_talk(sock, msg, NULL, NULL, err);
}

int route_add(struct nlsock *sock, const struct rtroute *route, struct nl_error *err)
{
	uint8_t buf[RTROUTE_ROOM] __attribute__((aligned(8)));

	return talk(sock, rtroute_new(buf, sizeof(buf), route, false), err);
}

int route_replace(struct nlsock *sock, const struct rtroute *route, struct nl_error *err)
{
	uint8_t buf[RTROUTE_ROOM] __attribute__((aligned(8)));

	return talk(sock, rtroute_new(buf, sizeof(buf), route, true), err);
}

int route_del(struct nlsock *sock, const struct rtroute *route, struct nl_error *err)
{
	uint8_t buf[RTROUTE_ROOM] __attribute__((aligned(8)));

	return talk(sock, rtroute_del(buf, sizeof(buf), route), err);
}

struct each {
	uint8_t protocol;
	route_fn fn;
	void *arg;
};

/* A kernel without strict checking gives more than was asked for. */
static int parse_each(const struct nlmsghdr *msg, size_t len, void *arg)
{
	const struct each *each = arg;
	struct rtroute route;
	int ret;

	ret = rtroute_parse(msg, len, &route);
	if (!ret && route.table == RT_TABLE_MAIN &&
	    (!each->protocol || route.protocol == each->protocol))
		each->fn(&route, each->arg);
	return ret;
}

int route_each(struct nlsock *sock, uint8_t family, uint8_t protocol, route_fn fn,
	       void *arg, struct nl_error *err)
{
	struct each each = { .protocol = protocol, .fn = fn, .arg = arg };
	uint8_t buf[RTROUTE_ROOM] __attribute__((aligned(8)));
	struct nlmsghdr *msg = rtroute_dump(buf, sizeof(buf), family, protocol);

	return nlsock_talk(sock, msg, parse_each, &each, err);
}
