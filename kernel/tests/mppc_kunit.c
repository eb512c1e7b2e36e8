// SPDX-License-Identifier: GPL-2.0-only
/*
 * MPPC, in the kernel: the sentence of the RFC, and what comes back.
 */
#include <kunit/test.h>

#include "../core/mppc.h"
#include "vectors/mppc.h"

/* Both ends of one direction. */
struct mppc_link {
	struct kpptp_mppc_tx tx;
	struct kpptp_mppc_rx rx;
};

static struct mppc_link *mppc_link_new(struct kunit *test)
{
	struct mppc_link *link = kunit_kzalloc(test, sizeof(*link), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, link);
	kpptp_mppc_tx_init(&link->tx);
	kpptp_mppc_tx_flush(&link->tx);
	kpptp_mppc_rx_flush(&link->rx);
	return link;
}

static void mppc_rfc(struct kunit *test)
{
	struct mppc_link *link = mppc_link_new(test);
	size_t len = strlen(mppc_sentence);
	bool front;

	KUNIT_ASSERT_EQ(test, sizeof(mppc_sentence_packed),
			kpptp_mppc_compress(&link->tx, mppc_sentence, len, &front));
	KUNIT_EXPECT_EQ(test, 0, memcmp(mppc_sentence_packed, link->tx.out,
					sizeof(mppc_sentence_packed)));
	KUNIT_ASSERT_TRUE(test, kpptp_mppc_expand(&link->rx, mppc_sentence_packed,
						  sizeof(mppc_sentence_packed), true,
						  front));
	KUNIT_ASSERT_EQ(test, len, link->rx.len);
	KUNIT_EXPECT_EQ(test, 0, memcmp(mppc_sentence, link->rx.out, len));
}

/* Packets of every length, against the history and over its end. */
static void mppc_lengths(struct kunit *test)
{
	struct mppc_link *link = mppc_link_new(test);
	size_t len, packed, i, turns = 0;
	bool front;
	u8 *text;

	text = kunit_kzalloc(test, 1500, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, text);
	for (len = 8; len <= 1500; len += 4) {
		for (i = 0; i < len; i++)
			text[i] = i % 7 ? mppc_sentence[i % 49] : len + i;
		if (link->tx.flush)
			kpptp_mppc_tx_flush(&link->tx);
		packed = kpptp_mppc_compress(&link->tx, text, len, &front);
		if (!packed)
			continue;
		turns += front;
		KUNIT_ASSERT_TRUE(test, kpptp_mppc_expand(&link->rx, link->tx.out, packed,
							  false, front));
		KUNIT_ASSERT_EQ(test, len, link->rx.len);
		KUNIT_ASSERT_EQ_MSG(test, 0, memcmp(text, link->rx.out, len), "%zu", len);
		kpptp_mppc_commit(&link->rx);
	}
	KUNIT_EXPECT_GE(test, turns, 10);
}

static struct kunit_case mppc_cases[] = {
	KUNIT_CASE(mppc_rfc),
	KUNIT_CASE(mppc_lengths),
	{}
};

static struct kunit_suite mppc_suite = {
	.name = "kpptp_mppc",
	.test_cases = mppc_cases,
};

kunit_test_suite(mppc_suite);
