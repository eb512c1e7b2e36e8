// SPDX-License-Identifier: GPL-2.0-or-later
/* RFC 6298 section 2: SRTT, worked out by hand. */
#include "kselftest_harness.h"

#include "proto/rtt.h"

TEST(smoothed)
{
	static const struct {
		uint64_t us;
		uint32_t smoothed;
	} steps[] = {
		/* 0: the first one is taken as it is */
			{ 8000, 8000 },
		/* 1: 7/8 * 8000 + 1/8 * 16000 */
			{ 16000, 9000 },
		/* 2: 7/8 * 9000 + 1/8 * 1000 */
			{ 1000, 8000 },
		/* 3: what is not a whole number is kept: 8000.125, then 8000.1 */
			{ 8001, 8000 },
			{ 8001, 8000 },
	};
	struct rtt rtt = { 0 };
	size_t i;

	EXPECT_EQ(0, rtt_us(&rtt));
	for (i = 0; i < ARRAY_SIZE(steps); i++) {
		rtt_take(&rtt, steps[i].us);
		EXPECT_EQ(steps[i].smoothed, rtt_us(&rtt)) TH_LOG("%zu", i);
	}
}

/* One that lasts is reached, from above and from below. */
TEST(reached)
{
	struct rtt rtt = { 0 };
	unsigned int i;

	rtt_take(&rtt, 1000000);
	for (i = 0; i < 200; i++)
		rtt_take(&rtt, 500);
	EXPECT_LE(500, rtt_us(&rtt));
	EXPECT_GE(501, rtt_us(&rtt));
	for (i = 0; i < 200; i++)
		rtt_take(&rtt, 70000);
	EXPECT_LE(69999, rtt_us(&rtt));
	EXPECT_GE(70000, rtt_us(&rtt));
}

TEST(bounds)
{
	struct rtt rtt = { 0 };

	rtt_take(&rtt, 0);
	EXPECT_EQ(1, rtt_us(&rtt));
	rtt_take(&rtt, 0);
	EXPECT_EQ(1, rtt_us(&rtt));
	rtt = (struct rtt){ 0 };
	rtt_take(&rtt, UINT64_MAX);
	EXPECT_EQ(RTT_MAX, rtt_us(&rtt));
	rtt_take(&rtt, UINT64_MAX);
	EXPECT_EQ(RTT_MAX, rtt_us(&rtt));
}

TEST_HARNESS_MAIN
