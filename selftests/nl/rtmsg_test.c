// SPDX-License-Identifier: GPL-2.0-or-later
/* rtnetlink: the octets of each request, and reports read with all their faults. */
#include "kselftest_harness.h"

#include <arpa/inet.h>
#include <errno.h>

#include <libmnl/libmnl.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>

#include "exact.h"
#include "nl/rtmsg.h"

static uint8_t buf[2048] __attribute__((aligned(8)));

/* The attribute @type of @msg, whose header has @header octets. */
static const struct nlattr *find(const struct nlmsghdr *msg, size_t header, int type)
{
	const struct nlattr *attr;

	mnl_attr_for_each(attr, msg, header) {
		if (mnl_attr_get_type(attr) == type)
			return attr;
	}
	return NULL;
}

static const struct nlattr *find_link(const struct nlmsghdr *msg, int type)
{
	return find(msg, sizeof(struct ifinfomsg), type);
}

TEST(link_new)
{
	const struct nlattr *info, *kind;
	struct nlmsghdr *msg;

	msg = rtmsg_link_new(buf, RTMSG_ROOM, "pptp0", "kpptp");
	ASSERT_NE(NULL, msg);
	EXPECT_EQ(RTM_NEWLINK, msg->nlmsg_type);
	EXPECT_EQ(NLM_F_REQUEST | NLM_F_CREATE | NLM_F_EXCL, msg->nlmsg_flags);
	ASSERT_NE(NULL, find_link(msg, IFLA_IFNAME));
	EXPECT_STREQ("pptp0", mnl_attr_get_str(find_link(msg, IFLA_IFNAME)));
	info = find_link(msg, IFLA_LINKINFO);
	ASSERT_NE(NULL, info);
	kind = mnl_attr_get_payload(info);
	EXPECT_EQ(IFLA_INFO_KIND, mnl_attr_get_type(kind));
	EXPECT_EQ(5, mnl_attr_get_payload_len(kind));
	EXPECT_EQ(0, memcmp("kpptp", mnl_attr_get_payload(kind), 5));
}

TEST(link_names)
{
	EXPECT_EQ(NULL, rtmsg_link_new(buf, RTMSG_ROOM, "", "kpptp"));
	EXPECT_EQ(NULL, rtmsg_link_new(buf, RTMSG_ROOM, "a234567890123456", "kpptp"));
	EXPECT_NE(NULL, rtmsg_link_new(buf, RTMSG_ROOM, "a23456789012345", "kpptp"));
	EXPECT_EQ(NULL, rtmsg_link_get(buf, RTMSG_ROOM, ""));
	EXPECT_EQ(NULL, rtmsg_link_del(buf, RTMSG_ROOM, 0x80000000));
}

TEST(link_set)
{
	static const struct {
		struct rtmsg_change change;
		unsigned int flags, mask;
	} cases[] = {
		{ { .mtu = 1400 }, 0, 0 },
		{ { .name = "ppp%d" }, 0, 0 },
		{ { .set_up = true, .up = true }, IFF_UP, IFF_UP },
		{ { .set_up = true, .mtu = 1 }, 0, IFF_UP },
		{ { .up = true }, 0, 0 },
	};
	const struct rtmsg_change *change;
	const struct ifinfomsg *header;
	struct nlmsghdr *msg;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		change = &cases[i].change;
		msg = rtmsg_link_set(buf, RTMSG_ROOM, 42, change);
		ASSERT_NE(NULL, msg);
		header = mnl_nlmsg_get_payload(msg);
		EXPECT_EQ(42, header->ifi_index);
		EXPECT_EQ(cases[i].flags, header->ifi_flags) TH_LOG("case %zu", i);
		EXPECT_EQ(cases[i].mask, header->ifi_change) TH_LOG("case %zu", i);
		EXPECT_EQ(!change->name, !find_link(msg, IFLA_IFNAME)) TH_LOG("case %zu", i);
		EXPECT_EQ(!change->mtu, !find_link(msg, IFLA_MTU)) TH_LOG("case %zu", i);
	}
}

TEST(address)
{
	struct rtmsg_address address = { .ifindex = 3, .prefix = 32 };
	size_t header = sizeof(struct ifaddrmsg);
	const struct ifaddrmsg *ifa;
	struct nlmsghdr *msg;

	address.local.s_addr = htonl(0x0a000001);
	address.peer.s_addr = htonl(0x0a000002);
	msg = rtmsg_address_new(buf, RTMSG_ROOM, &address);
	ASSERT_NE(NULL, msg);
	ifa = mnl_nlmsg_get_payload(msg);
	EXPECT_EQ(AF_INET, ifa->ifa_family);
	EXPECT_EQ(32, ifa->ifa_prefixlen);
	EXPECT_EQ(3, ifa->ifa_index);
	EXPECT_EQ(address.local.s_addr, mnl_attr_get_u32(find(msg, header, IFA_LOCAL)));
	EXPECT_EQ(address.peer.s_addr, mnl_attr_get_u32(find(msg, header, IFA_ADDRESS)));
	address.peer.s_addr = 0;
	msg = rtmsg_address_new(buf, RTMSG_ROOM, &address);
	EXPECT_EQ(address.local.s_addr, mnl_attr_get_u32(find(msg, header, IFA_ADDRESS)));
	EXPECT_EQ(RTM_NEWADDR, msg->nlmsg_type);
	EXPECT_EQ(NLM_F_REQUEST | NLM_F_CREATE | NLM_F_EXCL, msg->nlmsg_flags);
	msg = rtmsg_address_del(buf, RTMSG_ROOM, &address);
	EXPECT_EQ(RTM_DELADDR, msg->nlmsg_type);
	EXPECT_EQ(NLM_F_REQUEST, msg->nlmsg_flags);
	EXPECT_EQ(address.local.s_addr, mnl_attr_get_u32(find(msg, header, IFA_LOCAL)));
	address.prefix = 33;
	EXPECT_EQ(NULL, rtmsg_address_new(buf, RTMSG_ROOM, &address));
	EXPECT_EQ(NULL, rtmsg_address_del(buf, RTMSG_ROOM, &address));
}

TEST(address6)
{
	struct rtmsg_address6 address = {
		.ifindex = 3, .prefix = 64,
		.local = { .s6_addr = { 0xfe, 0x80, [15] = 9 } },
	};
	size_t header = sizeof(struct ifaddrmsg);
	const struct ifaddrmsg *ifa;
	struct nlmsghdr *msg;

	msg = rtmsg_address6_new(buf, RTMSG_ROOM, &address);
	ASSERT_NE(NULL, msg);
	EXPECT_EQ(RTM_NEWADDR, msg->nlmsg_type);
	EXPECT_EQ(NLM_F_REQUEST | NLM_F_CREATE | NLM_F_EXCL, msg->nlmsg_flags);
	ifa = mnl_nlmsg_get_payload(msg);
	EXPECT_EQ(AF_INET6, ifa->ifa_family);
	EXPECT_EQ(64, ifa->ifa_prefixlen);
	EXPECT_EQ(IFA_F_NODAD, ifa->ifa_flags);
	EXPECT_EQ(3, ifa->ifa_index);
	EXPECT_EQ(0, memcmp(mnl_attr_get_payload(find(msg, header, IFA_LOCAL)),
			    &address.local, sizeof(address.local)));
	msg = rtmsg_address6_del(buf, RTMSG_ROOM, &address);
	EXPECT_EQ(RTM_DELADDR, msg->nlmsg_type);
	EXPECT_EQ(NLM_F_REQUEST, msg->nlmsg_flags);
	address.prefix = 129;
	EXPECT_EQ(NULL, rtmsg_address6_new(buf, RTMSG_ROOM, &address));
}

/* Every request in every smaller room: nothing, and nothing past its end. */
TEST(proxy)
{
	struct in_addr address = { inet_addr("10.0.0.9") };
	const size_t header = sizeof(struct ndmsg);
	const struct ndmsg *ndm;
	uint8_t room[RTMSG_ROOM] __attribute__((aligned(8)));
	struct nlmsghdr *msg;

	msg = rtmsg_proxy_new(room, sizeof(room), 7, address);
	ASSERT_NE(NULL, msg);
	EXPECT_EQ(RTM_NEWNEIGH, msg->nlmsg_type);
	EXPECT_EQ(NLM_F_REQUEST | NLM_F_CREATE | NLM_F_REPLACE, msg->nlmsg_flags);
	ndm = mnl_nlmsg_get_payload(msg);
	EXPECT_EQ(AF_INET, ndm->ndm_family);
	EXPECT_EQ(7, ndm->ndm_ifindex);
	EXPECT_EQ(NTF_PROXY, ndm->ndm_flags);
	EXPECT_EQ(address.s_addr, mnl_attr_get_u32(find(msg, header, NDA_DST)));
	msg = rtmsg_proxy_del(room, sizeof(room), 7, address);
	ASSERT_NE(NULL, msg);
	EXPECT_EQ(RTM_DELNEIGH, msg->nlmsg_type);
	EXPECT_EQ(NLM_F_REQUEST, msg->nlmsg_flags);
	ndm = mnl_nlmsg_get_payload(msg);
	EXPECT_EQ(NTF_PROXY, ndm->ndm_flags);
	EXPECT_EQ(NULL, rtmsg_proxy_new(room, msg->nlmsg_len - 1, 7, address));
	EXPECT_EQ(NULL, rtmsg_proxy_del(room, sizeof(room), 1u << 31, address));
}

TEST(room)
{
	struct rtmsg_change change = { .name = "a", .mtu = 1, .set_up = true };
	struct rtmsg_address address = { .prefix = 1 };
	struct rtmsg_address6 address6 = { .prefix = 1 };
	size_t room, need[6] = { 0 };
	unsigned int which;
	bool good;
	void *p;

	for (room = 0; room <= RTMSG_ROOM; room++) {
		for (which = 0; which < 6; which++) {
			p = malloc(room ? room : 1);
			good = which == 0 ? !!rtmsg_link_new(p, room, "abc", "kpptp") :
			       which == 1 ? !!rtmsg_link_get(p, room, "abc") :
			       which == 2 ? !!rtmsg_link_set(p, room, 1, &change) :
			       which == 3 ? !!rtmsg_link_del(p, room, 1) :
			       which == 4 ? !!rtmsg_address6_new(p, room, &address6) :
					    !!rtmsg_address_new(p, room, &address);
			if (good && !need[which])
				need[which] = room;
			EXPECT_EQ(need[which] != 0, good) TH_LOG("%u in %zu", which, room);
			if (good)
				EXPECT_LE(((struct nlmsghdr *)p)->nlmsg_len, room);
			free(p);
		}
	}
	for (which = 0; which < 6; which++)
		EXPECT_LT(0, need[which]) TH_LOG("%u", which);
}

static struct nlmsghdr *report(const char *name, const char *kind)
{
	struct nlmsghdr *msg = mnl_nlmsg_put_header(buf);
	struct ifinfomsg *header;
	struct nlattr *nest;

	msg->nlmsg_type = RTM_NEWLINK;
	header = mnl_nlmsg_put_extra_header(msg, sizeof(*header));
	header->ifi_index = 11;
	header->ifi_flags = IFF_UP | IFF_RUNNING;
	if (name)
		mnl_attr_put_strz(msg, IFLA_IFNAME, name);
	mnl_attr_put_u32(msg, IFLA_MTU, 1400);
	nest = mnl_attr_nest_start(msg, IFLA_LINKINFO);
	if (kind)
		mnl_attr_put_strz(msg, IFLA_INFO_KIND, kind);
	mnl_attr_nest_end(msg, nest);
	return msg;
}

TEST(parse)
{
	struct rtmsg_link link;
	struct nlmsghdr *msg;

	msg = report("pptp0", "kpptp");
	ASSERT_EQ(0, rtmsg_link_parse(msg, msg->nlmsg_len, &link));
	EXPECT_EQ(11, link.ifindex);
	EXPECT_STREQ("pptp0", link.name);
	EXPECT_STREQ("kpptp", link.kind);
	EXPECT_EQ(1400, link.mtu);
	EXPECT_TRUE(link.up);
	EXPECT_TRUE(link.running);
	msg = report("eth0", NULL);
	ASSERT_EQ(0, rtmsg_link_parse(msg, msg->nlmsg_len, &link));
	EXPECT_STREQ("", link.kind);
	msg = report("eth0", "a-kind-with-a-long-name");
	ASSERT_EQ(0, rtmsg_link_parse(msg, msg->nlmsg_len, &link));
	EXPECT_STREQ("", link.kind);
}

TEST(parse_refuses)
{
	struct rtmsg_link link;
	struct nlmsghdr *msg;

	msg = report(NULL, "kpptp");
	EXPECT_EQ(-EBADMSG, rtmsg_link_parse(msg, msg->nlmsg_len, &link));
	msg = report("a234567890123456", "kpptp");
	EXPECT_EQ(-EBADMSG, rtmsg_link_parse(msg, msg->nlmsg_len, &link));
	msg = report("pptp0", "kpptp");
	msg->nlmsg_type = RTM_NEWADDR;
	EXPECT_EQ(-EBADMSG, rtmsg_link_parse(msg, msg->nlmsg_len, &link));
}

TEST(truncated_and_mutated)
{
	struct nlmsghdr *msg = report("pptp0", "kpptp");
	size_t len, whole = msg->nlmsg_len;
	struct rtmsg_link link;
	struct nlmsghdr *copy;

	for (len = 0; len < whole; len++) {
		copy = exact_copy(msg, len);
		EXPECT_EQ(-EBADMSG, rtmsg_link_parse(copy, len, &link)) TH_LOG("%zu", len);
		if (len >= sizeof(*copy)) {
			copy->nlmsg_len = len;
			rtmsg_link_parse(copy, len, &link);
		}
		free(copy);
	}
	for (len = 0; len < 8 * whole; len++) {
		copy = exact_copy(msg, whole);
		((uint8_t *)copy)[len / 8] ^= 1 << len % 8;
		rtmsg_link_parse(copy, whole, &link);
		free(copy);
	}
	EXPECT_EQ(0, rtmsg_link_parse(msg, whole, &link));
}

TEST_HARNESS_MAIN
