// SPDX-License-Identifier: GPL-2.0-only
/*
 * Receive window, in the kernel.
 */
#include <kunit/test.h>

#include "../core/seq.h"
#include "vectors/seq.h"

static void seq_verdicts(struct kunit *test)
{
	struct kpptp_seq_rx rx;
	size_t i, s;
	u32 seq;

	for (s = 0; s < ARRAY_SIZE(seq_starts); s++) {
		kpptp_seq_rx_init(&rx, 8);
		kpptp_seq_accept(&rx, seq_starts[s]);
		for (i = 0; i < ARRAY_SIZE(seq_verdict_vectors); i++) {
			seq = seq_starts[s] + 1 + (u32)seq_verdict_vectors[i].off;
			KUNIT_EXPECT_EQ_MSG(test, seq_verdict_vectors[i].verdict,
					    kpptp_seq_check(&rx, seq),
					    "start %u row %zu", seq_starts[s], i);
		}
	}
}

static void seq_jumps(struct kunit *test)
{
	struct kpptp_seq_rx rx;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(seq_jump_vectors); i++) {
		kpptp_seq_rx_init(&rx, 16);
		KUNIT_EXPECT_FALSE(test, kpptp_seq_confirm(&rx, seq_jump_vectors[i].first));
		KUNIT_EXPECT_EQ_MSG(test, seq_jump_vectors[i].proven,
				    kpptp_seq_confirm(&rx, seq_jump_vectors[i].second),
				    "row %zu", i);
	}
}

static struct kunit_case seq_cases[] = {
	KUNIT_CASE(seq_verdicts),
	KUNIT_CASE(seq_jumps),
	{}
};

static struct kunit_suite seq_suite = {
	.name = "kpptp_seq",
	.test_cases = seq_cases,
};

kunit_test_suite(seq_suite);
