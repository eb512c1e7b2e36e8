// SPDX-License-Identifier: GPL-2.0-or-later
/* Routes: prefixes as text, the octets of requests, reports with all their faults. */
#include "kselftest_harness.h"

#include <arpa/inet.h>
#include <errno.h>

#include <libmnl/libmnl.h>
#include <linux/rtnetlink.h>

#include "exact.h"
#include "nl/rtroute.h"

static uint8_t buf[1024] __attribute__((aligned(8)));

static const struct nlattr *find(const struct nlmsghdr *msg, int type)
{
	const struct nlattr *attr;

	mnl_attr_for_each(attr, msg, sizeof(struct rtmsg)) {
		if (mnl_attr_get_type(attr) == type)
			return attr;
	}
	return NULL;
}

/* What is read, and how it is written again; NULL: refused. */
static const struct {
	const char *text;
	const char *again;
} prefixes[] = {
	/* 0 */	{ "10.0.0.0/8", "10.0.0.0/8" },
	/* 1 */	{ "10.0.0.1", "10.0.0.1/32" },
	/* 2 */	{ "0.0.0.0/0", "0.0.0.0/0" },
	/* 3 */	{ "128.0.0.0/1", "128.0.0.0/1" },
	/* 4 */	{ "2001:db8::/32", "2001:db8::/32" },
	/* 5 */	{ "::/0", "::/0" },
	/* 6 */	{ "fe80::1", "fe80::1/128" },
	/* 7 */	{ "10.0.0.1/8", NULL },
	/* 8 */	{ "10.0.0.0/33", NULL },
	/* 9 */	{ "10.0.0.0/", NULL },
	/* 10 */ { "10.0.0.0/8x", NULL },
	/* 11 */ { "10.0.0.0/-1", NULL },
	/* 12 */ { "10.0.0/8", NULL },
	/* 13 */ { "", NULL },
	/* 14 */ { "/8", NULL },
	/* 15 */ { "2001:db8::/129", NULL },
	/* 16 */ { "2001:db8::1/64", NULL },
	/* 17 */ { "0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0/8", NULL },
	/* 18 */ { "128.0.0.0/0", NULL },
};

TEST(prefix_text)
{
	struct rtroute_prefix prefix;
	char text[64];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(prefixes); i++) {
		ASSERT_EQ(!!prefixes[i].again, rtroute_prefix_parse(prefixes[i].text, &prefix))
			TH_LOG("%zu", i);
		if (prefixes[i].again)
			EXPECT_STREQ(prefixes[i].again, rtroute_prefix_text(&prefix, text));
	}
}

TEST(covers)
{
	static const struct {
		const char *outer;
		const char *inner;
		bool covers;
	} cases[] = {
		/* 0 */	{ "0.0.0.0/0", "10.0.0.1", true },
		/* 1 */	{ "0.0.0.0/1", "127.255.255.255", true },
		/* 2 */	{ "0.0.0.0/1", "128.0.0.0", false },
		/* 3 */	{ "10.0.0.0/8", "10.0.0.0/8", true },
		/* 4 */	{ "10.0.0.0/8", "10.0.0.0/7", false },
		/* 5 */	{ "10.1.0.0/17", "10.1.127.0/24", true },
		/* 6 */	{ "10.1.0.0/17", "10.1.128.0/24", false },
		/* 7 */	{ "::/0", "10.0.0.1", false },
		/* 8 */	{ "2001:db8::/33", "2001:db8:7fff::1", true },
		/* 9 */	{ "2001:db8::/33", "2001:db8:8000::1", false },
		/* 10 */ { "10.0.0.1", "10.0.0.1", true },
		/* 11 */ { "10.0.0.1", "10.0.0.0", false },
	};
	struct rtroute_prefix outer, inner;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		ASSERT_TRUE(rtroute_prefix_parse(cases[i].outer, &outer));
		ASSERT_TRUE(rtroute_prefix_parse(cases[i].inner, &inner));
		EXPECT_EQ(cases[i].covers, rtroute_prefix_covers(&outer, &inner))
			TH_LOG("%zu", i);
	}
}

static struct rtroute full(const char *dst, const char *gateway)
{
	struct rtroute route = { .ifindex = 7, .metric = 9, .protocol = RTROUTE_PROTOCOL,
				 .type = RTN_UNICAST };
	struct rtroute_prefix prefix;

	if (rtroute_prefix_parse(gateway, &prefix))
		route.gateway = prefix.address;
	if (rtroute_prefix_parse("192.0.2.1", &prefix))
		route.source = prefix.address;
	if (!rtroute_prefix_parse(dst, &route.dst))
		abort();
	return route;
}

/* A request read back as a report is the route again. */
TEST(there_and_back)
{
	static const char * const gateways[] = { "", "192.0.2.254", "fe80::1" };
	static const char * const targets[] = { "198.51.100.0/24", "0.0.0.0/0", "10.0.0.1" };
	struct rtroute route, again;
	struct nlmsghdr *msg;
	size_t i, k;

	for (i = 0; i < ARRAY_SIZE(gateways); i++) {
		for (k = 0; k < ARRAY_SIZE(targets); k++) {
			route = full(targets[k], gateways[i]);
			route.onlink = k & 1;
			msg = rtroute_new(buf, RTROUTE_ROOM, &route, k & 1);
			ASSERT_NE(NULL, msg);
			EXPECT_EQ(NLM_F_REQUEST | NLM_F_CREATE |
				  (k & 1 ? NLM_F_REPLACE : NLM_F_EXCL), msg->nlmsg_flags);
			ASSERT_EQ(0, rtroute_parse(msg, msg->nlmsg_len, &again));
			route.table = RT_TABLE_MAIN;
			route.usable = true;
			EXPECT_EQ(0, memcmp(&route, &again, sizeof(route)))
				TH_LOG("%zu %zu", i, k);
		}
	}
}

TEST(scopes)
{
	struct rtroute route = full("10.0.0.0/8", "");
	const struct rtmsg *header;
	struct nlmsghdr *msg;

	msg = rtroute_new(buf, RTROUTE_ROOM, &route, false);
	header = mnl_nlmsg_get_payload(msg);
	EXPECT_EQ(RT_SCOPE_LINK, header->rtm_scope);
	route = full("10.0.0.0/8", "192.0.2.254");
	header = mnl_nlmsg_get_payload(rtroute_new(buf, RTROUTE_ROOM, &route, false));
	EXPECT_EQ(RT_SCOPE_UNIVERSE, header->rtm_scope);
	route = full("10.0.0.0/8", "");
	route.type = RTN_UNREACHABLE;
	route.ifindex = 0;
	msg = rtroute_new(buf, RTROUTE_ROOM, &route, false);
	header = mnl_nlmsg_get_payload(msg);
	EXPECT_EQ(RT_SCOPE_UNIVERSE, header->rtm_scope);
	EXPECT_EQ(RTN_UNREACHABLE, header->rtm_type);
	EXPECT_EQ(NULL, find(msg, RTA_OIF));
}

TEST(del_and_dump)
{
	struct rtroute route = full("10.0.0.0/8", "192.0.2.254");
	struct nlmsghdr *msg = rtroute_del(buf, RTROUTE_ROOM, &route);
	const struct rtmsg *header;

	ASSERT_NE(NULL, msg);
	header = mnl_nlmsg_get_payload(msg);
	EXPECT_EQ(RTM_DELROUTE, msg->nlmsg_type);
	EXPECT_EQ(RTROUTE_PROTOCOL, header->rtm_protocol);
	EXPECT_EQ(8, header->rtm_dst_len);
	EXPECT_EQ(9, mnl_attr_get_u32(find(msg, RTA_PRIORITY)));
	EXPECT_EQ(7, mnl_attr_get_u32(find(msg, RTA_OIF)));
	msg = rtroute_dump(buf, RTROUTE_ROOM, AF_INET6, 3);
	header = mnl_nlmsg_get_payload(msg);
	EXPECT_EQ(NLM_F_REQUEST | NLM_F_DUMP, msg->nlmsg_flags);
	EXPECT_EQ(AF_INET6, header->rtm_family);
	EXPECT_EQ(RT_TABLE_MAIN, header->rtm_table);
	EXPECT_EQ(3, header->rtm_protocol);
	route.dst.bits = 33;
	EXPECT_EQ(NULL, rtroute_new(buf, RTROUTE_ROOM, &route, false));
	EXPECT_EQ(NULL, rtroute_del(buf, RTROUTE_ROOM, &route));
	route.dst.address.family = AF_UNIX;
	EXPECT_EQ(NULL, rtroute_new(buf, RTROUTE_ROOM, &route, false));
}

TEST(room)
{
	struct rtroute route = full("10.0.0.0/8", "fe80::1");
	size_t room, need[3] = { 0 };
	unsigned int which;
	bool good;
	void *p;

	for (room = 0; room <= RTROUTE_ROOM; room++) {
		for (which = 0; which < 3; which++) {
			p = malloc(room ? room : 1);
			good = which == 0 ? !!rtroute_new(p, room, &route, true) :
			       which == 1 ? !!rtroute_del(p, room, &route) :
					    !!rtroute_dump(p, room, AF_INET, 0);
			if (good && !need[which])
				need[which] = room;
			EXPECT_EQ(need[which] != 0, good) TH_LOG("%u in %zu", which, room);
			free(p);
		}
	}
	for (which = 0; which < 3; which++)
		EXPECT_LT(0, need[which]) TH_LOG("%u", which);
}

/* A default route over two devices; @flags are those of the first. */
static struct nlmsghdr *multipath(unsigned int flags)
{
	static const uint8_t gateway[2][4] = { { 192, 0, 2, 1 }, { 192, 0, 2, 2 } };
	struct nlmsghdr *msg = mnl_nlmsg_put_header(buf);
	uint8_t hops[2 * (sizeof(struct rtnexthop) + 8)];
	struct rtmsg *header;
	unsigned int i;

	msg->nlmsg_type = RTM_NEWROUTE;
	header = mnl_nlmsg_put_extra_header(msg, sizeof(*header));
	header->rtm_family = AF_INET;
	header->rtm_type = RTN_UNICAST;
	for (i = 0; i < 2; i++) {
		uint8_t *p = hops + i * sizeof(hops) / 2;
		struct rtnexthop hop = { .rtnh_len = sizeof(hop) + 8,
					 .rtnh_flags = i ? 0 : flags,
					 .rtnh_ifindex = 20 + (int)i };
		struct nlattr attr = { .nla_len = 8, .nla_type = RTA_GATEWAY };

		memcpy(p, &hop, sizeof(hop));
		memcpy(p + sizeof(hop), &attr, sizeof(attr));
		memcpy(p + sizeof(hop) + sizeof(attr), gateway[i], 4);
	}
	mnl_attr_put(msg, RTA_MULTIPATH, sizeof(hops), hops);
	return msg;
}

TEST(several_hops)
{
	struct rtroute route;
	struct nlmsghdr *msg;

	msg = multipath(0);
	ASSERT_EQ(0, rtroute_parse(msg, msg->nlmsg_len, &route));
	EXPECT_EQ(20, route.ifindex);
	EXPECT_EQ(1, route.gateway.octets[3]);
	EXPECT_TRUE(route.usable);
	msg = multipath(RTNH_F_LINKDOWN);
	ASSERT_EQ(0, rtroute_parse(msg, msg->nlmsg_len, &route));
	EXPECT_EQ(21, route.ifindex);
	EXPECT_EQ(2, route.gateway.octets[3]);
	EXPECT_TRUE(route.usable);
}

static void truncate_and_mutate(struct __test_metadata *_metadata, struct nlmsghdr *msg)
{
	size_t len, whole = msg->nlmsg_len;
	struct rtroute route;
	struct nlmsghdr *copy;

	for (len = 0; len < whole; len++) {
		copy = exact_copy(msg, len);
		EXPECT_EQ(-EBADMSG, rtroute_parse(copy, len, &route)) TH_LOG("%zu", len);
		if (len >= sizeof(*copy)) {
			copy->nlmsg_len = len;
			rtroute_parse(copy, len, &route);
		}
		free(copy);
	}
	for (len = 0; len < 8 * whole; len++) {
		copy = exact_copy(msg, whole);
		((uint8_t *)copy)[len / 8] ^= 1 << len % 8;
		rtroute_parse(copy, whole, &route);
		free(copy);
	}
	EXPECT_EQ(0, rtroute_parse(msg, whole, &route));
}

TEST(truncated_and_mutated)
{
	struct rtroute route = full("10.0.0.0/8", "fe80::1");

	truncate_and_mutate(_metadata, rtroute_new(buf, RTROUTE_ROOM, &route, false));
	truncate_and_mutate(_metadata, multipath(RTNH_F_DEAD));
}

TEST_HARNESS_MAIN
