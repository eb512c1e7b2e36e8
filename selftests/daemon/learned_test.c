// SPDX-License-Identifier: GPL-2.0-or-later
/* Routes that a server gives: which are made, which are refused, and that all go again. */
#include "kselftest_harness.h"

#include <arpa/inet.h>
#include <errno.h>

#include "daemon/dhcp4_client.h"
#include "daemon/learned.h"
#include "lib/log.h"

#define IFINDEX	7
#define METRIC	50

/* The question that is under way, and the routes that are there. */
static struct scene {
	dhcp4_query_fn fn;
	void *arg;
	bool asked;
	bool refuse;		/* it cannot be asked */
	const char *taken;	/* somebody's own route, NULL: none */
	unsigned int n;
	struct rtroute_prefix way[2 * DHCP4_ROUTES_MAX];
} scene;

struct dhcp4_query *dhcp4_query_new(struct loop *loop, uint32_t ifindex, struct in_addr local,
				    dhcp4_query_fn fn, void *arg)
{
	(void)loop;
	if (scene.refuse || ifindex != IFINDEX || local.s_addr != inet_addr("10.77.0.100")) {
		errno = EADDRINUSE;
		return NULL;
	}
	scene.fn = fn;
	scene.arg = arg;
	scene.asked = true;
	return (struct dhcp4_query *)&scene;
}

void dhcp4_query_free(struct dhcp4_query *query)
{
	if (query)
		scene.asked = false;
}

bool routes_open_ways(struct routes *routes, struct in_addr server, uint32_t ifindex,
		      uint8_t family, const struct routes_wanted *wanted, struct nl_error *err)
{
	char text[64];

	(void)routes;
	if (server.s_addr != inet_addr("192.0.2.1") || ifindex != IFINDEX || family != AF_INET ||
	    wanted->n != 1 || wanted->everything || wanted->metric != METRIC)
		abort();
	rtroute_prefix_text(wanted->prefix, text);
	snprintf(err->text, sizeof(err->text), "there is another route to %s", text);
	if (scene.taken && !strcmp(text, scene.taken))
		return false;
	scene.way[scene.n++] = *wanted->prefix;
	return true;
}

void routes_remove_ways(struct routes *routes, uint32_t ifindex, uint8_t family,
			const struct routes_wanted *wanted)
{
	unsigned int i = 0;

	(void)routes;
	if (ifindex != IFINDEX || family != AF_INET || wanted->metric != METRIC)
		abort();
	while (i < scene.n && memcmp(&scene.way[i], wanted->prefix, sizeof(scene.way[i])))
		i++;
	if (i == scene.n)
		abort();
	scene.way[i] = scene.way[--scene.n];
}

static struct rtroute_prefix own[1];

static struct learned *begin(bool everything)
{
	struct learned_config cfg = {
		.tunnel = "vpn",
		.ifindex = IFINDEX,
		.wanted = { .prefix = own, .n = 1, .everything = everything, .metric = METRIC },
	};

	log_set_level(LOG_LEVEL_ERROR);
	memset(&scene, 0, sizeof(scene));
	rtroute_prefix_parse("10.1.0.0/16", &own[0]);
	inet_pton(AF_INET, "192.0.2.1", &cfg.server);
	inet_pton(AF_INET, "10.77.0.100", &cfg.local);
	return learned_new(NULL, NULL, &cfg);
}

static void give(struct dhcp4_got *got, const char *text)
{
	struct rtroute_prefix prefix;

	rtroute_prefix_parse(text, &prefix);
	got->route[got->route_n].bits = prefix.bits;
	memcpy(&got->route[got->route_n].network, prefix.address.octets, 4);
	got->route_n++;
}

/* The number of routes that are made of one that is given. */
static unsigned int made_of(const char *text, bool everything)
{
	struct learned *learned = begin(everything);
	struct dhcp4_got got = { 0 };
	unsigned int n;

	give(&got, text);
	scene.fn(scene.arg, &got);
	n = scene.n;
	learned_free(learned);
	return n;
}

/* Whether a route is made, without default-route and with it. */
static const struct {
	const char *prefix;
	bool plain;
	bool everything;
} routes[] = {
	/* 0 */	{ "10.20.0.0/16", true, true },
	/* 1 */	{ "10.0.0.0/8", true, true },
	/* 2 */	{ "198.51.100.7", true, true },
	/* 3: nearly everything */
		{ "10.0.0.0/7", false, true },
		{ "0.0.0.0/1", false, true },
		{ "128.0.0.0/1", false, true },
	/* 6: default-route has it already */
		{ "0.0.0.0/0", false, false },
	/* 7: the tunnel's own */
		{ "10.1.0.0/16", false, false },
	/* 8: where nobody can be */
		{ "127.0.0.0/8", false, false },
		{ "127.0.0.1", false, false },
		{ "0.0.0.0/8", false, false },
		{ "224.0.0.0/8", false, false },
		{ "239.255.255.250", false, false },
		{ "255.255.255.255", false, false },
};

TEST(which)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(routes); i++) {
		EXPECT_EQ(routes[i].plain, made_of(routes[i].prefix, false)) TH_LOG("%zu", i);
		EXPECT_EQ(routes[i].everything, made_of(routes[i].prefix, true))
			TH_LOG("%zu", i);
	}
}

/* One that cannot be made, one that is refused and one that is there twice. */
TEST(the_others)
{
	struct rtroute_prefix list[DHCP4_ROUTES_MAX];
	struct learned *learned = begin(false);
	struct dhcp4_got got = { 0 };
	char text[64];

	ASSERT_NE(NULL, learned);
	EXPECT_EQ(0, learned_list(learned, list));
	scene.taken = "10.21.0.0/16";
	give(&got, "10.20.0.0/16");
	give(&got, "10.21.0.0/16");
	give(&got, "0.0.0.0/0");
	give(&got, "10.20.0.0/16");
	give(&got, "10.22.0.0/16");
	scene.fn(scene.arg, &got);
	EXPECT_FALSE(scene.asked);
	EXPECT_EQ(2, scene.n);
	ASSERT_EQ(2, learned_list(learned, list));
	EXPECT_STREQ("10.20.0.0/16", rtroute_prefix_text(&list[0], text));
	EXPECT_STREQ("10.22.0.0/16", rtroute_prefix_text(&list[1], text));
	learned_free(learned);
	EXPECT_EQ(0, scene.n);
}

/* As many as an answer can have. */
TEST(many)
{
	struct rtroute_prefix list[DHCP4_ROUTES_MAX];
	struct learned *learned = begin(false);
	struct dhcp4_got got = { 0 };
	unsigned int i;
	char text[64];

	for (i = 0; i < DHCP4_ROUTES_MAX; i++) {
		snprintf(text, sizeof(text), "172.16.%u.0/24", i);
		give(&got, text);
	}
	scene.fn(scene.arg, &got);
	EXPECT_EQ(DHCP4_ROUTES_MAX, learned_list(learned, list));
	learned_free(learned);
	EXPECT_EQ(0, scene.n);
}

TEST(nobody_answers)
{
	struct rtroute_prefix list[DHCP4_ROUTES_MAX];
	struct learned *learned = begin(false);

	scene.fn(scene.arg, NULL);
	EXPECT_FALSE(scene.asked);
	EXPECT_EQ(0, learned_list(learned, list));
	learned_free(learned);
	EXPECT_EQ(0, learned_list(NULL, list));
}

TEST(ends_before_the_answer)
{
	struct learned *learned = begin(false);

	EXPECT_TRUE(scene.asked);
	learned_free(learned);
	EXPECT_FALSE(scene.asked);
}

TEST_HARNESS_MAIN
