// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Longest-prefix match: by hand where each rule shows, then against a plain list.
 */
#include "core/lpm.h"

#include <arpa/inet.h>

#include "kselftest_harness.h"
#include "lpm_model.h"

#define ROUNDS	400
#define STEPS	120

static const char * const a = "a", * const b = "b", * const c = "c";

FIXTURE(lpm)
{
	struct lpm_model m;
};

FIXTURE_SETUP(lpm)
{
	memset(&self->m, 0, sizeof(self->m));
	self->m.size = KPPTP_LPM_IP;
}

FIXTURE_TEARDOWN(lpm)
{
	while (self->m.count)
		lpm_model_remove(&self->m, &self->m.entry[0]);
	EXPECT_EQ(NULL, self->m.tree.root);
}

static void have(struct lpm_model *m, const char *addr, unsigned int len, const char *value)
{
	uint8_t octets[KPPTP_LPM_IPV6];

	inet_pton(m->size == KPPTP_LPM_IP ? AF_INET : AF_INET6, addr, octets);
	lpm_model_add(m, octets, len, (void *)value);
}

static const char *whose(const struct lpm_model *m, const char *addr)
{
	uint8_t octets[KPPTP_LPM_IPV6];

	inet_pton(m->size == KPPTP_LPM_IP ? AF_INET : AF_INET6, addr, octets);
	return kpptp_lpm_lookup(&m->tree, octets, m->size);
}

static void drop(struct lpm_model *m, const char *addr, unsigned int len)
{
	uint8_t octets[KPPTP_LPM_IPV6];

	inet_pton(m->size == KPPTP_LPM_IP ? AF_INET : AF_INET6, addr, octets);
	lpm_model_remove(m, lpm_model_find(m, octets, len));
}

TEST_F(lpm, the_longest_wins)
{
	EXPECT_EQ(NULL, whose(&self->m, "10.0.0.1"));
	have(&self->m, "10.0.0.0", 8, a);
	have(&self->m, "10.1.0.0", 16, b);
	have(&self->m, "10.1.2.3", 32, c);
	EXPECT_EQ(a, whose(&self->m, "10.0.0.1"));
	EXPECT_EQ(a, whose(&self->m, "10.255.255.255"));
	EXPECT_EQ(b, whose(&self->m, "10.1.2.2"));
	EXPECT_EQ(c, whose(&self->m, "10.1.2.3"));
	EXPECT_EQ(NULL, whose(&self->m, "11.0.0.0"));
	EXPECT_EQ(NULL, whose(&self->m, "9.255.255.255"));
	drop(&self->m, "10.1.0.0", 16);
	EXPECT_EQ(a, whose(&self->m, "10.1.2.2"));
	EXPECT_EQ(c, whose(&self->m, "10.1.2.3"));
}

TEST_F(lpm, everything_is_a_prefix)
{
	have(&self->m, "0.0.0.0", 0, a);
	have(&self->m, "255.255.255.255", 32, b);
	have(&self->m, "0.0.0.0", 32, c);
	EXPECT_EQ(a, whose(&self->m, "128.0.0.0"));
	EXPECT_EQ(b, whose(&self->m, "255.255.255.255"));
	EXPECT_EQ(a, whose(&self->m, "255.255.255.254"));
	EXPECT_EQ(c, whose(&self->m, "0.0.0.0"));
	EXPECT_EQ(a, whose(&self->m, "0.0.0.1"));
}

TEST_F(lpm, a_fork_may_get_a_value_and_lose_it)
{
	have(&self->m, "10.0.0.0", 32, a);
	have(&self->m, "10.0.0.1", 32, b);
	EXPECT_EQ(NULL, whose(&self->m, "10.0.0.2"));
	/* Where the two part, a fork is already. */
	have(&self->m, "10.0.0.0", 31, c);
	EXPECT_EQ(3u, lpm_nodes(self->m.tree.root, 0));
	drop(&self->m, "10.0.0.1", 32);
	EXPECT_EQ(c, whose(&self->m, "10.0.0.1"));
	have(&self->m, "10.0.0.1", 32, b);
	drop(&self->m, "10.0.0.0", 31);
	EXPECT_EQ(a, whose(&self->m, "10.0.0.0"));
	EXPECT_EQ(b, whose(&self->m, "10.0.0.1"));
	EXPECT_EQ(3u, lpm_nodes(self->m.tree.root, 0));
	drop(&self->m, "10.0.0.1", 32);
	EXPECT_EQ(1u, lpm_nodes(self->m.tree.root, 0));
}

TEST_F(lpm, all_bits_of_ipv6_count)
{
	self->m.size = KPPTP_LPM_IPV6;
	have(&self->m, "2001:db8::", 32, a);
	have(&self->m, "2001:db8:1:2::", 64, b);
	have(&self->m, "2001:db8:1:2::8000:0", 97, c);
	EXPECT_EQ(a, whose(&self->m, "2001:db8:1:3::1"));
	EXPECT_EQ(b, whose(&self->m, "2001:db8:1:2::1"));
	EXPECT_EQ(c, whose(&self->m, "2001:db8:1:2::ffff:ffff"));
	have(&self->m, "2001:db8:1:2::1", 128, a);
	EXPECT_EQ(a, whose(&self->m, "2001:db8:1:2::1"));
	EXPECT_EQ(b, whose(&self->m, "2001:db8:1:2::"));
}

static bool good(const char *addr, size_t size, unsigned int len)
{
	struct kpptp_lpm_prefix prefix;
	uint8_t octets[KPPTP_LPM_IPV6];

	inet_pton(size == KPPTP_LPM_IP ? AF_INET : AF_INET6, addr, octets);
	return kpptp_lpm_prefix(octets, size, len, &prefix);
}

TEST(a_prefix_has_no_bits_behind_its_length)
{
	EXPECT_TRUE(good("10.0.0.0", KPPTP_LPM_IP, 7));
	EXPECT_FALSE(good("10.0.0.0", KPPTP_LPM_IP, 6));
	EXPECT_TRUE(good("10.0.0.1", KPPTP_LPM_IP, 32));
	EXPECT_FALSE(good("10.0.0.1", KPPTP_LPM_IP, 31));
	EXPECT_FALSE(good("10.0.0.0", KPPTP_LPM_IP, 33));
	EXPECT_TRUE(good("0.0.0.0", KPPTP_LPM_IP, 0));
	EXPECT_TRUE(good("::1", KPPTP_LPM_IPV6, 128));
	EXPECT_FALSE(good("::1", KPPTP_LPM_IPV6, 127));
	EXPECT_TRUE(good("2001:db8::", KPPTP_LPM_IPV6, 64));
	EXPECT_FALSE(good("2001:db8:0:0:8000::", KPPTP_LPM_IPV6, 64));
	EXPECT_TRUE(good("2001:db8:0:0:8000::", KPPTP_LPM_IPV6, 65));
	EXPECT_FALSE(good("::", KPPTP_LPM_IPV6, 129));
}

static uint32_t draw(uint32_t *state)
{
	*state = *state * 1664525 + 1013904223;
	return *state >> 16;
}

TEST(says_what_a_list_says)
{
	uint8_t data[1 + STEPS * LPM_MODEL_STEP];
	uint32_t state = 1;
	unsigned int round;
	size_t i;

	for (round = 0; round < ROUNDS; round++) {
		for (i = 0; i < sizeof(data); i++)
			data[i] = (uint8_t)(draw(&state) & (round & 2 ? 0xff : 0x83));
		data[0] = (uint8_t)round;
		lpm_model_play(data, sizeof(data));
	}
}

TEST_HARNESS_MAIN
