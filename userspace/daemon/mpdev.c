// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <string.h>

#include "lib/log.h"
#include "mpdev.h"
#include "nl/device.h"
#include "nl/nlsock.h"
#include "nl/route.h"

/* Another one may make it at the same moment; then that is the one. */
static int mpdev_make(struct nlsock *route, const char *name, unsigned int mtu,
		      struct rtmsg_link *link, struct nl_error *err)
{
	struct rtmsg_change change = { .mtu = mtu };
	int r;

	r = device_add(route, DEVICE_MP, name, link, err);
	if (r == -EEXIST)
		return device_get(route, name, link, err);
	return r < 0 || mtu >= link->mtu ? r : device_set(route, link->ifindex, &change, err);
}

static int mpdev_prepare(struct nlsock *route, const struct rtmsg_link *link,
			 struct in_addr local, struct nl_error *err)
{
	struct rtmsg_change change = { .set_up = true, .up = true };
	struct rtmsg_address address = { .ifindex = link->ifindex, .local = local,
					 .prefix = 32 };
	int r;

	r = device_address_add(route, &address, err);
	if (r < 0 && r != -EEXIST)
		return r;
	return link->up ? 0 : device_set(route, link->ifindex, &change, err);
}

int mpdev_open(struct nlsock *route, const char *name, struct in_addr local,
	       unsigned int mtu, struct rtmsg_link *link, struct nl_error *err)
{
	int r;

	r = device_get(route, name, link, err);
	if (r == -ENODEV)
		r = mpdev_make(route, name, mtu, link, err);
	if (r < 0)
		return r;
	if (strcmp(link->kind, DEVICE_MP))
		return nlsock_refuse(err, ENOTUNIQ, "%s is no device of kind " DEVICE_MP, name);
	return mpdev_prepare(route, link, local, err);
}

bool mpdev_is(struct nlsock *route, uint32_t ifindex)
{
	struct rtmsg_link link;
	char name[IF_NAMESIZE];
	struct nl_error err;

	return if_indextoname(ifindex, name) && device_get(route, name, &link, &err) == 0 &&
	       strcmp(link.kind, DEVICE_MP) == 0;
}

static void mpdev_describe(struct rtroute *to, uint32_t ifindex,
			   const struct rtroute_prefix *dst)
{
	*to = (struct rtroute){
		.dst = *dst,
		.ifindex = ifindex,
		.protocol = RTROUTE_PROTOCOL,
		.type = RTN_UNICAST,
	};
}

int mpdev_route(struct nlsock *route, uint32_t ifindex, const struct rtroute_prefix *dst,
		struct in_addr source, struct nl_error *err)
{
	struct rtroute to;

	mpdev_describe(&to, ifindex, dst);
	to.source.family = AF_INET;
	memcpy(to.source.octets, &source, sizeof(source));
	return route_add(route, &to, err);
}

void mpdev_unroute(struct nlsock *route, uint32_t ifindex, const struct rtroute_prefix *dst)
{
	struct rtroute to;
	struct nl_error err;
	char text[64];
	int r;

	mpdev_describe(&to, ifindex, dst);
	r = route_del(route, &to, &err);
	if (r < 0 && r != -ESRCH && r != -ENODEV)
		log_limited(LOG_LEVEL_WARNING, "cannot remove the route to %s: %s",
			    rtroute_prefix_text(dst, text), err.text);
}
