// SPDX-License-Identifier: GPL-2.0-or-later
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/pool.h"
#include "kselftest_harness.h"

static struct in_addr at(uint32_t host)
{
	return (struct in_addr){ .s_addr = htonl(host) };
}

/* Two ranges over a word border, and one address. */
static const struct config_range ranges[] = {
	{ 0x0a000001, 0x0a000046, 0 },	/* 70 */
	{ 0x0a010000, 0x0a010002, 0 },	/* 3 */
	{ 0xc0000201, 0xc0000201, 0 },
};

/* @pools pools without a follower. */
static struct pool *make(const struct config_range *range, unsigned int n, unsigned int pools)
{
	struct config *cfg = calloc(1, sizeof(*cfg));
	struct pool *pool;
	unsigned int i;

	for (i = 0; i < n; i++)
		cfg->range[i] = range[i];
	cfg->range_n = n;
	for (i = 0; i < pools; i++)
		cfg->pool[i].next = -1;
	cfg->pool_n = pools;
	pool = pool_new(cfg);
	free(cfg);
	return pool;
}

FIXTURE(pool) {
	struct pool *pool;
};

FIXTURE_SETUP(pool)
{
	self->pool = make(ranges, 3, 1);
	ASSERT_NE(NULL, self->pool);
}

FIXTURE_TEARDOWN(pool)
{
	pool_free(self->pool);
}

static int in_ranges(uint32_t host)
{
	unsigned int i;

	for (i = 0; i < 3; i++) {
		if (host >= ranges[i].first && host <= ranges[i].last)
			return 1;
	}
	return 0;
}

static int compare(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

TEST_F(pool, gives_each_address_once)
{
	uint32_t got[74];
	struct in_addr a;
	unsigned int i;

	ASSERT_EQ(74, pool_size(self->pool));
	for (i = 0; i < 74; i++) {
		ASSERT_TRUE(pool_take(self->pool, 0, &a));
		got[i] = ntohl(a.s_addr);
		EXPECT_TRUE(in_ranges(got[i]));
		EXPECT_EQ(i + 1, pool_part_taken(self->pool, 0));
	}
	EXPECT_FALSE(pool_take(self->pool, 0, &a));
	qsort(got, 74, sizeof(got[0]), compare);
	for (i = 1; i < 74; i++)
		EXPECT_NE(got[i - 1], got[i]);
}

TEST_F(pool, gives_the_only_free_one)
{
	struct in_addr a;
	unsigned int i;

	for (i = 0; i < 74; i++)
		ASSERT_TRUE(pool_take(self->pool, 0, &a));
	for (i = 1; i <= 70; i++) {
		pool_release(self->pool, at(0x0a000000 + i));
		ASSERT_TRUE(pool_take(self->pool, 0, &a));
		EXPECT_EQ(0x0a000000 + i, ntohl(a.s_addr));
	}
	pool_release(self->pool, at(0xc0000201));
	ASSERT_TRUE(pool_take(self->pool, 0, &a));
	EXPECT_EQ(0xc0000201, ntohl(a.s_addr));
	EXPECT_FALSE(pool_take(self->pool, 0, &a));
}

TEST_F(pool, does_not_give_a_fresh_one_back_at_once)
{
	struct in_addr first, second;

	ASSERT_TRUE(pool_take(self->pool, 0, &first));
	pool_release(self->pool, first);
	ASSERT_TRUE(pool_take(self->pool, 0, &second));
	EXPECT_NE(first.s_addr, second.s_addr);
}

TEST_F(pool, claims_inside_and_outside)
{
	struct in_addr inside = at(0x0a000005), outside = at(0x0b000005);

	EXPECT_TRUE(pool_claim(self->pool, inside));
	EXPECT_FALSE(pool_claim(self->pool, inside));
	EXPECT_TRUE(pool_claim(self->pool, outside));
	EXPECT_FALSE(pool_claim(self->pool, outside));
	EXPECT_EQ(1, pool_part_taken(self->pool, 0));
	pool_release(self->pool, inside);
	pool_release(self->pool, outside);
	EXPECT_EQ(0, pool_part_taken(self->pool, 0));
	EXPECT_TRUE(pool_claim(self->pool, inside));
	EXPECT_TRUE(pool_claim(self->pool, outside));
}

TEST_F(pool, never_gives_a_claimed_one)
{
	struct in_addr a;
	unsigned int i;

	ASSERT_TRUE(pool_claim(self->pool, at(0x0a010001)));
	for (i = 0; i < 73; i++) {
		ASSERT_TRUE(pool_take(self->pool, 0, &a));
		EXPECT_NE(0x0a010001, ntohl(a.s_addr));
	}
	EXPECT_FALSE(pool_take(self->pool, 0, &a));
}

TEST_F(pool, ignores_what_was_not_taken)
{
	pool_release(self->pool, at(0x0a000001));
	pool_release(self->pool, at(0x0b000001));
	EXPECT_EQ(0, pool_part_taken(self->pool, 0));
}

TEST(empty_pool_has_fixed_addresses_only)
{
	struct pool *pool = make(NULL, 0, 1);
	struct in_addr a;

	ASSERT_NE(NULL, pool);
	EXPECT_EQ(0, pool_size(pool));
	EXPECT_FALSE(pool_take(pool, 0, &a));
	EXPECT_TRUE(pool_claim(pool, at(0x0a000001)));
	pool_free(pool);
}

/* 64 addresses: the last word has no bit that counts. */
TEST(whole_words)
{
	const struct config_range range = { 0x0a000000, 0x0a00003f, 0 };
	struct pool *pool = make(&range, 1, 1);
	struct in_addr a;
	unsigned int i;

	ASSERT_NE(NULL, pool);
	for (i = 0; i < 64; i++)
		ASSERT_TRUE(pool_take(pool, 0, &a));
	EXPECT_FALSE(pool_take(pool, 0, &a));
	pool_release(pool, at(0x0a00003f));
	ASSERT_TRUE(pool_take(pool, 0, &a));
	EXPECT_EQ(0x0a00003f, ntohl(a.s_addr));
	pool_free(pool);
}

/* Ranges of two pools in turns, and a third that is empty; 2 -> 1 -> 0. */
TEST(chained_pools)
{
	static const uint32_t want[] = { 0x0a010000, 0x0a010001, 0x0a020000,
					 0x0a000000, 0x0a000001, 0x0a030000 };
	static struct config cfg = {
		.range = { { 0x0a000000, 0x0a000001, 0 }, { 0x0a010000, 0x0a010001, 1 },
			   { 0x0a030000, 0x0a030000, 0 }, { 0x0a020000, 0x0a020000, 1 } },
		.range_n = 4,
		.pool = { { .next = -1 }, { .next = 0 }, { .next = 1 } },
		.pool_n = 3,
	};
	struct pool *pool = pool_new(&cfg);
	struct in_addr a;
	unsigned int i;

	ASSERT_NE(NULL, pool);
	EXPECT_EQ(6, pool_size(pool));
	EXPECT_EQ(3, pool_part_size(pool, 0));
	EXPECT_EQ(0, pool_part_size(pool, 2));
	for (i = 0; i < ARRAY_SIZE(want); i++) {
		ASSERT_TRUE(pool_take(pool, 2, &a));
		EXPECT_EQ(want[i], ntohl(a.s_addr));
	}
	EXPECT_FALSE(pool_take(pool, 2, &a));
	EXPECT_EQ(3, pool_part_taken(pool, 0));
	EXPECT_EQ(3, pool_part_taken(pool, 1));
	pool_release(pool, at(0x0a020000));
	EXPECT_FALSE(pool_take(pool, 0, &a));
	ASSERT_TRUE(pool_take(pool, 1, &a));
	EXPECT_EQ(0x0a020000, ntohl(a.s_addr));
	pool_free(pool);
}

TEST_HARNESS_MAIN
