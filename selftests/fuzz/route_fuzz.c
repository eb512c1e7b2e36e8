// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A report of a route, as it comes out of a netlink socket: what is read can be
 * asked for, and is the same again. The input is also the text of a prefix.
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <linux/netlink.h>

#include "fuzz.h"
#include "nl/rtroute.h"

static void must(bool truth)
{
	if (!truth)
		abort();
}

/* What a request does not carry, or not in this form. */
static void normalize(struct rtroute *route)
{
	route->usable = true;
	if (!route->table)
		route->table = 254;
	if (!route->dst.bits)
		memset(route->dst.address.octets, 0, sizeof(route->dst.address.octets));
}

static void check_again(struct rtroute *route)
{
	uint8_t buf[RTROUTE_ROOM] __attribute__((aligned(8)));
	uint8_t other[RTROUTE_ROOM] __attribute__((aligned(8)));
	struct nlmsghdr *msg = rtroute_new(buf, sizeof(buf), route, true);
	struct rtroute again;

	must(msg && !rtroute_parse(msg, msg->nlmsg_len, &again));
	must(rtroute_del(other, sizeof(other), route));
	must(rtroute_dump(other, sizeof(other), route->dst.address.family, route->protocol));
	normalize(route);
	normalize(&again);
	must(!memcmp(route, &again, sizeof(again)));
}

/* What can be read is written as it was meant. */
static void check_prefix(const uint8_t *data, size_t size)
{
	struct rtroute_prefix prefix, again;
	char text[64], written[64];

	if (size >= sizeof(text))
		return;
	memcpy(text, data, size);
	text[size] = 0;
	if (!rtroute_prefix_parse(text, &prefix))
		return;
	must(rtroute_prefix_parse(rtroute_prefix_text(&prefix, written), &again));
	must(!memcmp(&prefix, &again, sizeof(again)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rtroute route;
	struct nlmsghdr *msg;
	char text[64];

	check_prefix(data, size);
	if (size < sizeof(*msg))
		return 0;
	msg = malloc(size);
	must(msg);
	memcpy(msg, data, size);
	msg->nlmsg_len = (uint32_t)size;
	if (!rtroute_parse(msg, size, &route)) {
		must(route.dst.bits <= 128 && rtroute_prefix_covers(&route.dst, &route.dst));
		must(strchr(rtroute_prefix_text(&route.dst, text), '/'));
		check_again(&route);
	}
	free(msg);
	return 0;
}
