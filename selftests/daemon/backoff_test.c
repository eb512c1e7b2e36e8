// SPDX-License-Identifier: GPL-2.0-or-later
/* How long a tunnel waits for its next try. */
#include "kselftest_harness.h"

#include "daemon/backoff.h"

static const struct {
	unsigned int tries;
	unsigned int min;
	unsigned int max;
	uint32_t random;
	uint64_t delay;
} delays[] = {
	/* 0 */	{ 0, 2000, 300000, 0, 2000 },
	/* 1 */	{ 1, 2000, 300000, 0, 2000 },
	/* 2 */	{ 2, 2000, 300000, 0, 4000 },
	/* 3 */	{ 5, 2000, 300000, 0, 32000 },
	/* 4 */	{ 8, 2000, 300000, 0, 256000 },
	/* 5 */	{ 9, 2000, 300000, 0, 300000 },
	/* 6 */	{ UINT32_MAX, 2000, 300000, 0, 300000 },
	/* 7 */	{ UINT32_MAX, 1, 86400000, 0, 86400000 },
	/* 8 */	{ 1, 1000, 1000, 0, 1000 },
	/* 9 */	{ 3, 1000, 1000, 0, 1000 },
	/* 10: half of the quarter */ { 1, 4096, 300000, 0x80000000, 3584 },
	/* 11: all of it but an octet */ { 1, 4096, 300000, UINT32_MAX, 3073 },
	/* 12: nothing overflows */ { UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT32_MAX, 3221241856 },
};

TEST(table)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(delays); i++)
		EXPECT_EQ(delays[i].delay, backoff_delay(delays[i].tries, delays[i].min,
							 delays[i].max, delays[i].random))
			TH_LOG("%zu", i);
}

TEST_HARNESS_MAIN
