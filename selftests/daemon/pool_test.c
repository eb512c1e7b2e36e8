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
	{ 0x0a000001, 0x0a000046 },	/* 70 */
	{ 0x0a010000, 0x0a010002 },	/* 3 */
	{ 0xc0000201, 0xc0000201 },
};

FIXTURE(pool) {
	struct pool *pool;
};

FIXTURE_SETUP(pool)
{
	self->pool = pool_new(ranges, 3);
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
		ASSERT_TRUE(pool_take(self->pool, &a));
		got[i] = ntohl(a.s_addr);
		EXPECT_TRUE(in_ranges(got[i]));
		EXPECT_EQ(i + 1, pool_taken(self->pool));
	}
	EXPECT_FALSE(pool_take(self->pool, &a));
	qsort(got, 74, sizeof(got[0]), compare);
	for (i = 1; i < 74; i++)
		EXPECT_NE(got[i - 1], got[i]);
}

TEST_F(pool, gives_the_only_free_one)
{
	struct in_addr a;
	unsigned int i;

	for (i = 0; i < 74; i++)
		ASSERT_TRUE(pool_take(self->pool, &a));
	for (i = 1; i <= 70; i++) {
		pool_release(self->pool, at(0x0a000000 + i));
		ASSERT_TRUE(pool_take(self->pool, &a));
		EXPECT_EQ(0x0a000000 + i, ntohl(a.s_addr));
	}
	pool_release(self->pool, at(0xc0000201));
	ASSERT_TRUE(pool_take(self->pool, &a));
	EXPECT_EQ(0xc0000201, ntohl(a.s_addr));
	EXPECT_FALSE(pool_take(self->pool, &a));
}

TEST_F(pool, does_not_give_a_fresh_one_back_at_once)
{
	struct in_addr first, second;

	ASSERT_TRUE(pool_take(self->pool, &first));
	pool_release(self->pool, first);
	ASSERT_TRUE(pool_take(self->pool, &second));
	EXPECT_NE(first.s_addr, second.s_addr);
}

TEST_F(pool, claims_inside_and_outside)
{
	struct in_addr inside = at(0x0a000005), outside = at(0x0b000005);

	EXPECT_TRUE(pool_claim(self->pool, inside));
	EXPECT_FALSE(pool_claim(self->pool, inside));
	EXPECT_TRUE(pool_claim(self->pool, outside));
	EXPECT_FALSE(pool_claim(self->pool, outside));
	EXPECT_EQ(1, pool_taken(self->pool));
	pool_release(self->pool, inside);
	pool_release(self->pool, outside);
	EXPECT_EQ(0, pool_taken(self->pool));
	EXPECT_TRUE(pool_claim(self->pool, inside));
	EXPECT_TRUE(pool_claim(self->pool, outside));
}

TEST_F(pool, never_gives_a_claimed_one)
{
	struct in_addr a;
	unsigned int i;

	ASSERT_TRUE(pool_claim(self->pool, at(0x0a010001)));
	for (i = 0; i < 73; i++) {
		ASSERT_TRUE(pool_take(self->pool, &a));
		EXPECT_NE(0x0a010001, ntohl(a.s_addr));
	}
	EXPECT_FALSE(pool_take(self->pool, &a));
}

TEST_F(pool, ignores_what_was_not_taken)
{
	pool_release(self->pool, at(0x0a000001));
	pool_release(self->pool, at(0x0b000001));
	EXPECT_EQ(0, pool_taken(self->pool));
}

TEST(empty_pool_has_fixed_addresses_only)
{
	struct pool *pool = pool_new(NULL, 0);
	struct in_addr a;

	ASSERT_NE(NULL, pool);
	EXPECT_EQ(0, pool_size(pool));
	EXPECT_FALSE(pool_take(pool, &a));
	EXPECT_TRUE(pool_claim(pool, at(0x0a000001)));
	pool_free(pool);
}

/* 64 addresses: the last word has no bit that counts. */
TEST(whole_words)
{
	const struct config_range range = { 0x0a000000, 0x0a00003f };
	struct pool *pool = pool_new(&range, 1);
	struct in_addr a;
	unsigned int i;

	ASSERT_NE(NULL, pool);
	for (i = 0; i < 64; i++)
		ASSERT_TRUE(pool_take(pool, &a));
	EXPECT_FALSE(pool_take(pool, &a));
	pool_release(pool, at(0x0a00003f));
	ASSERT_TRUE(pool_take(pool, &a));
	EXPECT_EQ(0x0a00003f, ntohl(a.s_addr));
	pool_free(pool);
}

TEST_HARNESS_MAIN
