// SPDX-License-Identifier: GPL-2.0-or-later
#include "kselftest_harness.h"

#include "daemon/allowance.h"

/* How many of @n at the same time are allowed. */
static unsigned int taken(struct allowance *allowance, uint64_t now, unsigned int n)
{
	unsigned int count = 0;

	while (n--)
		count += allowance_take(allowance, now);
	return count;
}

TEST(burst_and_interval)
{
	struct allowance allowance;

	allowance_init(&allowance, 3, 100, 1000);
	EXPECT_EQ(3, taken(&allowance, 1000, 10));
	EXPECT_EQ(0, taken(&allowance, 1099, 10));
	EXPECT_EQ(1, taken(&allowance, 1100, 10));
	EXPECT_EQ(2, taken(&allowance, 1300, 10));
	/* Half an interval is not lost. */
	EXPECT_EQ(0, taken(&allowance, 1350, 1));
	EXPECT_EQ(1, taken(&allowance, 1400, 10));
}

/* However long it was silent, there is no more than a burst. */
TEST(silence)
{
	struct allowance allowance;

	allowance_init(&allowance, 3, 100, 0);
	EXPECT_EQ(3, taken(&allowance, UINT64_MAX / 2, 10));
	EXPECT_EQ(3, taken(&allowance, UINT64_MAX - 1, 10));
}

TEST_HARNESS_MAIN
