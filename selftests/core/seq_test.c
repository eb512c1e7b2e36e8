// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Receive window and acknowledgments.
 *
 * The window is held against a model that keeps the set of all numbers
 * accepted and computes in 64 bits, where nothing wraps.
 */
#include "core/seq.h"

#include "kselftest_harness.h"
#include "vectors/seq.h"

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

TEST(verdicts_after_one_packet)
{
	struct kpptp_seq_rx rx;
	size_t i, s;

	for (s = 0; s < ARRAY_LEN(seq_starts); s++) {
		kpptp_seq_rx_init(&rx, 8);
		EXPECT_EQ(KPPTP_SEQ_NEXT, kpptp_seq_check(&rx, seq_starts[s]));
		kpptp_seq_accept(&rx, seq_starts[s]);
		for (i = 0; i < ARRAY_LEN(seq_verdict_vectors); i++)
			EXPECT_EQ(seq_verdict_vectors[i].verdict,
				  kpptp_seq_check(&rx, seq_starts[s] + 1 +
						  (u32)seq_verdict_vectors[i].off)) {
				TH_LOG("start %u row %zu", seq_starts[s], i);
			}
	}
}

TEST(first_packet_is_next_whatever_its_number)
{
	struct kpptp_seq_rx rx;
	size_t s;

	kpptp_seq_rx_init(&rx, 64);
	for (s = 0; s < ARRAY_LEN(seq_starts); s++)
		EXPECT_EQ(KPPTP_SEQ_NEXT, kpptp_seq_check(&rx, seq_starts[s]));
}

TEST(window_is_bounded)
{
	struct kpptp_seq_rx rx;

	kpptp_seq_rx_init(&rx, 0);
	EXPECT_EQ(1, rx.window);
	kpptp_seq_accept(&rx, 0);
	EXPECT_EQ(KPPTP_SEQ_JUMP, kpptp_seq_check(&rx, 2));
	kpptp_seq_rx_init(&rx, 0xffffffff);
	EXPECT_EQ(KPPTP_SEQ_WINDOW_MAX, rx.window);
	kpptp_seq_accept(&rx, 0);
	EXPECT_EQ(KPPTP_SEQ_AHEAD, kpptp_seq_check(&rx, KPPTP_SEQ_WINDOW_MAX));
	EXPECT_EQ(KPPTP_SEQ_JUMP, kpptp_seq_check(&rx, KPPTP_SEQ_WINDOW_MAX + 1));
}

/* What the window should say: numbers in 64 bits, all of them remembered. */
struct model {
	s64 next;
	u32 window;
	bool started;
	bool seen[4096];
};

#define MODEL_BASE 2048

static enum kpptp_seq_verdict model_check(const struct model *m, s64 at)
{
	if (!m->started || at == m->next)
		return KPPTP_SEQ_NEXT;
	if (at > m->next)
		return at - m->next < m->window ? KPPTP_SEQ_AHEAD : KPPTP_SEQ_JUMP;
	if (m->next - at > KPPTP_SEQ_MEMORY)
		return KPPTP_SEQ_OLD;
	return m->seen[at] ? KPPTP_SEQ_DUPLICATE : KPPTP_SEQ_LATE;
}

static void model_accept(struct model *m, s64 at)
{
	m->seen[at] = true;
	m->started = true;
	if (at >= m->next)
		m->next = at + 1;
}

/* All verdicts for the numbers around the window. */
static int disagreements(const struct kpptp_seq_rx *rx, const struct model *m,
			 u32 offset)
{
	int wrong = 0;
	s64 at;

	for (at = m->next - 80; at < m->next + 80; at++)
		wrong += kpptp_seq_check(rx, (u32)at + offset) != model_check(m, at);
	return wrong;
}

/* Every sequence of four packets out of eleven places, at every turning point. */
TEST(exhaustive_small_window)
{
	struct kpptp_seq_rx rx;
	unsigned int code, i;
	struct model m;
	size_t s;
	u32 rest;

	for (s = 0; s < ARRAY_LEN(seq_starts); s++) {
		for (code = 0; code < 11 * 11 * 11 * 11; code++) {
			u32 offset = seq_starts[s] - MODEL_BASE;

			kpptp_seq_rx_init(&rx, 4);
			memset(&m, 0, sizeof(m));
			m.window = 4;
			m.next = MODEL_BASE;
			for (i = 0, rest = code; i < 4; i++, rest /= 11) {
				s64 at = MODEL_BASE - 5 + (s64)(rest % 11);

				if (!m.started)
					m.next = at;
				if (model_check(&m, at) == KPPTP_SEQ_DUPLICATE)
					continue;
				kpptp_seq_accept(&rx, (u32)at + offset);
				model_accept(&m, at);
			}
			ASSERT_EQ(0, disagreements(&rx, &m, offset)) {
				TH_LOG("start %u sequence %u", seq_starts[s], code);
			}
		}
	}
}

/* A long walk of seq_jump_vectors, repeats and late packets, over the wrap of 2^32. */
TEST(walk_over_the_wrap)
{
	static struct model m;
	struct kpptp_seq_rx rx;
	u32 offset = 0xfffffc00u - MODEL_BASE / 2;
	u32 random = 2637;
	s64 at;

	kpptp_seq_rx_init(&rx, 32);
	m.window = 32;
	m.next = 256;
	while (m.next < 3900) {
		random = random * 1664525 + 1013904223;
		at = m.next - 70 + (random >> 16) % 76;
		if (!m.started)
			m.next = at;
		ASSERT_EQ(model_check(&m, at), kpptp_seq_check(&rx, (u32)at + offset));
		if (m.started && m.next - at > KPPTP_SEQ_MEMORY)
			continue;
		kpptp_seq_accept(&rx, (u32)at + offset);
		model_accept(&m, at);
		ASSERT_EQ(0, disagreements(&rx, &m, offset));
	}
	/* It did cross. */
	EXPECT_LT((u32)m.next + offset, 0x1000);
}

TEST(memory_bits)
{
	struct kpptp_seq_rx rx;
	u32 i;

	kpptp_seq_rx_init(&rx, 8);
	kpptp_seq_accept(&rx, 0);
	/* Even numbers only, the odd ones are given up. */
	for (i = 2; i <= 200; i += 2)
		kpptp_seq_accept(&rx, i);
	for (i = 137; i <= 200; i++)
		EXPECT_EQ(i % 2 ? KPPTP_SEQ_LATE : KPPTP_SEQ_DUPLICATE,
			  kpptp_seq_check(&rx, i));
	EXPECT_EQ(KPPTP_SEQ_OLD, kpptp_seq_check(&rx, 136));
	/* A late one is taken once and does not move the window. */
	kpptp_seq_accept(&rx, 137);
	EXPECT_EQ(KPPTP_SEQ_DUPLICATE, kpptp_seq_check(&rx, 137));
	EXPECT_EQ(201, rx.next);
	/* Accepting what is too old to remember changes nothing. */
	kpptp_seq_accept(&rx, 100);
	EXPECT_EQ(201, rx.next);
	EXPECT_EQ(KPPTP_SEQ_LATE, kpptp_seq_check(&rx, 139));
	/* 63 numbers on one is left, 64 on none. */
	kpptp_seq_accept(&rx, 263);
	EXPECT_EQ(KPPTP_SEQ_DUPLICATE, kpptp_seq_check(&rx, 200));
	kpptp_seq_accept(&rx, 264);
	EXPECT_EQ(KPPTP_SEQ_OLD, kpptp_seq_check(&rx, 200));
	EXPECT_EQ(KPPTP_SEQ_DUPLICATE, kpptp_seq_check(&rx, 263));
	kpptp_seq_accept(&rx, 264 + 64);
	EXPECT_EQ(KPPTP_SEQ_OLD, kpptp_seq_check(&rx, 264));
	EXPECT_EQ(KPPTP_SEQ_LATE, kpptp_seq_check(&rx, 265));
}

TEST(check_changes_nothing)
{
	struct kpptp_seq_rx rx, before;
	u32 seq;

	kpptp_seq_rx_init(&rx, 16);
	kpptp_seq_accept(&rx, 0xfffffff0);
	memcpy(&before, &rx, sizeof(rx));
	for (seq = 0xffffff00; seq != 0x100; seq++)
		kpptp_seq_check(&rx, seq);
	EXPECT_EQ(0, memcmp(&before, &rx, sizeof(rx)));
}

TEST(confirm_pairs)
{
	struct kpptp_seq_rx rx;
	size_t i;

	for (i = 0; i < ARRAY_LEN(seq_jump_vectors); i++) {
		kpptp_seq_rx_init(&rx, 16);
		EXPECT_FALSE(kpptp_seq_confirm(&rx, seq_jump_vectors[i].first));
		EXPECT_EQ(seq_jump_vectors[i].proven,
			  kpptp_seq_confirm(&rx, seq_jump_vectors[i].second)) {
			TH_LOG("row %zu", i);
		}
		EXPECT_EQ(!seq_jump_vectors[i].proven, rx.jump_armed);
	}
}

TEST(confirm_over_several_packets)
{
	struct kpptp_seq_rx rx;

	kpptp_seq_rx_init(&rx, 16);
	/* The candidate is the last one: forged ones in between break the pair... */
	EXPECT_FALSE(kpptp_seq_confirm(&rx, 1000));
	EXPECT_FALSE(kpptp_seq_confirm(&rx, 500000));
	EXPECT_FALSE(kpptp_seq_confirm(&rx, 1001));
	/* ...but not for ever. */
	EXPECT_TRUE(kpptp_seq_confirm(&rx, 1002));
	/* Proven once, a new jump seq_starts over. */
	EXPECT_FALSE(kpptp_seq_confirm(&rx, 1003));
}

/* A packet that fits in the window takes the proof away from the jump. */
TEST(confirm_disarmed_by_order)
{
	struct kpptp_seq_rx rx;

	kpptp_seq_rx_init(&rx, 16);
	kpptp_seq_accept(&rx, 0);
	EXPECT_FALSE(kpptp_seq_confirm(&rx, 1000));
	kpptp_seq_accept(&rx, 1);
	EXPECT_FALSE(kpptp_seq_confirm(&rx, 1001));
	/* A late one says nothing about where the window belongs. */
	kpptp_seq_accept(&rx, 0xffffffff);
	EXPECT_TRUE(kpptp_seq_confirm(&rx, 1002));
}

TEST(confirmed_jump_moves_the_window)
{
	struct kpptp_seq_rx rx;

	kpptp_seq_rx_init(&rx, 16);
	kpptp_seq_accept(&rx, 0);
	ASSERT_EQ(KPPTP_SEQ_JUMP, kpptp_seq_check(&rx, 100000));
	ASSERT_FALSE(kpptp_seq_confirm(&rx, 100000));
	ASSERT_EQ(KPPTP_SEQ_JUMP, kpptp_seq_check(&rx, 100001));
	ASSERT_TRUE(kpptp_seq_confirm(&rx, 100001));
	kpptp_seq_accept(&rx, 100001);
	EXPECT_EQ(KPPTP_SEQ_NEXT, kpptp_seq_check(&rx, 100002));
	EXPECT_EQ(KPPTP_SEQ_LATE, kpptp_seq_check(&rx, 100000));
	EXPECT_EQ(KPPTP_SEQ_OLD, kpptp_seq_check(&rx, 1));
}

TEST(ack_every_32)
{
	struct kpptp_ack ack = { 0 };
	u32 i, seq;

	for (i = 0; i < KPPTP_ACK_EVERY - 1; i++)
		EXPECT_FALSE(kpptp_ack_received(&ack, i));
	EXPECT_TRUE(kpptp_ack_received(&ack, i));
	/* It stays due until it leaves. */
	EXPECT_TRUE(kpptp_ack_received(&ack, i + 1));
	ASSERT_TRUE(kpptp_ack_take(&ack, &seq));
	EXPECT_EQ(i + 1, seq);
	EXPECT_FALSE(kpptp_ack_take(&ack, &seq));
	EXPECT_FALSE(kpptp_ack_received(&ack, i + 2));
}

TEST(ack_counts_without_end)
{
	struct kpptp_ack ack = { 0 };
	u32 i, seq;

	for (i = 0; i < 0x20000; i++)
		EXPECT_EQ(i >= KPPTP_ACK_EVERY - 1, kpptp_ack_received(&ack, i));
	ASSERT_TRUE(kpptp_ack_take(&ack, &seq));
	EXPECT_EQ(0x1ffff, seq);
}

TEST(ack_is_the_highest)
{
	struct kpptp_ack ack;
	u32 seq;
	size_t s;

	for (s = 0; s < ARRAY_LEN(seq_starts); s++) {
		memset(&ack, 0, sizeof(ack));
		kpptp_ack_received(&ack, seq_starts[s]);
		kpptp_ack_received(&ack, seq_starts[s] + 3);
		/* Late: acknowledged by the higher number. */
		kpptp_ack_received(&ack, seq_starts[s] + 1);
		ASSERT_TRUE(kpptp_ack_take(&ack, &seq));
		EXPECT_EQ(seq_starts[s] + 3, seq);
		kpptp_ack_received(&ack, seq_starts[s] + 2);
		ASSERT_TRUE(kpptp_ack_take(&ack, &seq));
		EXPECT_EQ(seq_starts[s] + 3, seq);
	}
}

TEST_HARNESS_MAIN
