// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Keys made ahead: which packet gets which, and that they change nothing.
 */
#include "core/mppe.h"
#include "core/seq.h"

#include "receiver.h"
#include "kselftest_harness.h"

#define KEYS	32

static const u8 start[16] = { 1, 2, 3, 4, 5, 6, 7, 8 };
static const struct kpptp_mppe_ahead none;

/* A receiver that has taken no packet, and the keys behind its place. */
FIXTURE(ahead)
{
	struct kpptp_mppe_rx rx;
	struct kpptp_mppe_ahead ahead;
	u8 key[KEYS + 1][KPPTP_MPPE_KEY_MAX];
	struct kpptp_mppe_trial trial;
};

FIXTURE_SETUP(ahead)
{
	kpptp_mppe_rx_init(&self->rx, start, 128, true);
	kpptp_mppe_ahead_init(&self->ahead, &self->rx, self->key[0], KEYS);
	memset(self->key[KEYS], 0xee, sizeof(self->key[KEYS]));
}

FIXTURE_TEARDOWN(ahead)
{
}

#define BITS	(KPPTP_MPPE_FLUSHED | KPPTP_MPPE_ENCRYPTED)
#define LEN	(KPPTP_MPPE_HDR_LEN + 1)

static const u8 *header(u16 bits, u16 count)
{
	static u8 p[LEN];

	kpptp_put_be16(p, bits | count);
	return p;
}

/* Asks for the key of packet @n, whose number in the call that is too. */
static u32 want(struct kpptp_mppe_ahead *ahead, const struct kpptp_mppe_rx *rx, u16 n)
{
	return kpptp_mppe_ahead_want(ahead, rx, header(BITS, n), LEN, n);
}

static enum kpptp_mppe_verdict begin(struct kpptp_mppe_rx *rx,
				     const struct kpptp_mppe_ahead *ahead, u16 n,
				     struct kpptp_mppe_trial *trial)
{
	struct kpptp_rc4_job job;

	return kpptp_mppe_rx_begin(rx, ahead, header(BITS, n), LEN, n, trial, &job);
}

TEST_F(ahead, numbers_and_room)
{
	u32 n;

	for (n = 0; n < 2 * KEYS; n++)
		EXPECT_EQ(n < KEYS ? n + 1 : 0,
			  want(&self->ahead, &self->rx, n));
	kpptp_mppe_ahead_make(&self->ahead);
	EXPECT_EQ(KEYS, self->ahead.made);
	EXPECT_EQ(0xee, self->key[KEYS][0]);
}

TEST_F(ahead, no_more_than_the_bound_for_one_packet)
{
	static u8 key[2 * KPPTP_MPPE_CATCHUP * KPPTP_MPPE_KEY_MAX];
	const u32 last = KPPTP_MPPE_CATCHUP - 1;

	kpptp_mppe_ahead_init(&self->ahead, &self->rx, key, 2 * KPPTP_MPPE_CATCHUP);
	EXPECT_EQ(last + 1, want(&self->ahead, &self->rx, last));
	EXPECT_EQ(0, want(&self->ahead, &self->rx, last + 1));
}

TEST_F(ahead, nothing_for_what_would_not_be_tried)
{
	struct kpptp_mppe_rx stateful;

	EXPECT_EQ(0, kpptp_mppe_ahead_want(&self->ahead, &self->rx,
					   header(KPPTP_MPPE_ENCRYPTED, 0), 3, 0));
	EXPECT_EQ(0, kpptp_mppe_ahead_want(&self->ahead, &self->rx,
					   header(KPPTP_MPPE_FLUSHED, 0), 3, 0));
	EXPECT_EQ(0, kpptp_mppe_ahead_want(&self->ahead, &self->rx,
					   header(0x9000, 0), KPPTP_MPPE_HDR_LEN, 0));
	kpptp_mppe_rx_init(&stateful, start, 128, false);
	kpptp_mppe_ahead_init(&self->ahead, &stateful, self->key[0], KEYS);
	EXPECT_EQ(0, want(&self->ahead, &stateful, 0));
	EXPECT_EQ(0, self->ahead.wanted);
}

/* Each key is the one that is computed without; and it is said that it is there. */
TEST_F(ahead, the_same_keys)
{
	static struct kpptp_mppe_trial trial;
	u32 n;

	want(&self->ahead, &self->rx, KEYS / 2 - 1);
	kpptp_mppe_ahead_make(&self->ahead);
	for (n = 0; n < KEYS; n++) {
		ASSERT_EQ(KPPTP_MPPE_TRIAL,
			  begin(&self->rx, &none, n, &trial));
		ASSERT_EQ(KPPTP_MPPE_TRIAL,
			  begin(&self->rx, &self->ahead, n, &self->trial));
		EXPECT_EQ(0, trial.ahead);
		EXPECT_EQ(n < KEYS / 2 ? n + 1 : 0, self->trial.ahead);
		EXPECT_EQ(trial.changes, self->trial.changes);
		EXPECT_EQ(0, memcmp(&trial.pos, &self->trial.pos, sizeof(trial.pos)));
	}
}

/* Chains that advance side by side are those that advance alone; of all strengths. */
TEST(the_same_keys_in_steps)
{
	static const u8 bits[] = { 40, 56, 128 };
	static struct kpptp_rc4_scratch scratch;
	static u8 alone[3][KEYS * KPPTP_MPPE_KEY_MAX], abreast[3][KEYS * KPPTP_MPPE_KEY_MAX];
	struct kpptp_mppe_ahead one, many[3];
	struct kpptp_rc4_job job[3];
	struct kpptp_mppe_rx rx;
	u32 i, n;

	for (i = 0; i < 3; i++) {
		kpptp_mppe_rx_init(&rx, start, bits[i], true);
		kpptp_mppe_ahead_init(&one, &rx, alone[i], KEYS);
		want(&one, &rx, KEYS - 1);
		kpptp_mppe_ahead_make(&one);
		kpptp_mppe_ahead_init(&many[i], &rx, abreast[i], KEYS);
		want(&many[i], &rx, KEYS - 1);
	}
	for (n = 0; n < KEYS; n++) {
		for (i = 0; i < 3; i++)
			ASSERT_TRUE(kpptp_mppe_ahead_step(&many[i], &job[i]));
		kpptp_rc4_run(job, 3, &scratch);
		for (i = 0; i < 3; i++)
			kpptp_mppe_ahead_stepped(&many[i]);
	}
	EXPECT_FALSE(kpptp_mppe_ahead_step(&many[0], &job[0]));
	EXPECT_EQ(0, memcmp(alone, abreast, sizeof(alone)));
}

/* The place moves on behind the first packets of a batch. */
TEST_F(ahead, numbers_stay_when_the_place_moves)
{
	u32 n;

	want(&self->ahead, &self->rx, KEYS - 1);
	kpptp_mppe_ahead_make(&self->ahead);
	for (n = 0; n < KEYS; n += 3) {
		ASSERT_EQ(KPPTP_MPPE_TRIAL,
			  begin(&self->rx, &self->ahead, n, &self->trial));
		EXPECT_EQ(n + 1, self->trial.ahead);
		kpptp_mppe_rx_commit(&self->rx, &self->trial);
	}
}

/* A key that is installed between the guess and the packet's turn. */
TEST_F(ahead, of_another_chain)
{
	static const u8 other[16] = { 2 };

	want(&self->ahead, &self->rx, 9);
	kpptp_mppe_ahead_make(&self->ahead);
	kpptp_mppe_rx_init(&self->rx, other, 128, true);
	ASSERT_EQ(KPPTP_MPPE_TRIAL, begin(&self->rx, &self->ahead, 4, &self->trial));
	EXPECT_EQ(0, self->trial.ahead);
	kpptp_mppe_rx_init(&self->rx, start, 40, true);
	ASSERT_EQ(KPPTP_MPPE_TRIAL, begin(&self->rx, &self->ahead, 4, &self->trial));
	EXPECT_EQ(0, self->trial.ahead);
}

/* -- the sender -- */

/* The next packet of both is the same. */
static bool same_packet(struct kpptp_mppe_tx *one, struct kpptp_mppe_tx *other)
{
	u8 hdr[2][KPPTP_MPPE_HDR_LEN], key[2][KPPTP_MPPE_KEY_MAX];
	struct kpptp_rc4_job job;

	kpptp_mppe_tx_next(one, hdr[0], key[0], &job);
	kpptp_mppe_tx_next(other, hdr[1], key[1], &job);
	return !memcmp(hdr[0], hdr[1], sizeof(hdr[0])) &&
	       !memcmp(key[0], key[1], one->key.len);
}

TEST(sender_with_keys_made_ahead)
{
	static const u8 bits[] = { 40, 56, 128 };
	static struct kpptp_rc4_scratch scratch;
	struct kpptp_mppe_tx_ahead ahead;
	struct kpptp_mppe_tx one, other;
	struct kpptp_rc4_job job;
	u32 i, n;

	for (i = 0; i < 3; i++) {
		kpptp_mppe_tx_init(&one, start, bits[i], true);
		kpptp_mppe_tx_init(&other, start, bits[i], true);
		for (n = 0; n < 300; n++) {
			ASSERT_TRUE(kpptp_mppe_tx_step(&one, &ahead, &job));
			kpptp_rc4_run(&job, 1, &scratch);
			/* Every third time a packet overtakes the key. */
			if (n % 3 == 2)
				ASSERT_TRUE(same_packet(&one, &other));
			kpptp_mppe_tx_stepped(&one, &ahead);
			EXPECT_EQ(n % 3 != 2, one.has_next);
			EXPECT_EQ(n % 3 == 2, kpptp_mppe_tx_step(&one, &ahead, &job));
			ASSERT_TRUE(same_packet(&one, &other));
			EXPECT_FALSE(one.has_next);
		}
	}
}

TEST(sender_with_another_key)
{
	static const u8 new_start[16] = { 7 };
	static struct kpptp_rc4_scratch scratch;
	struct kpptp_mppe_tx_ahead ahead;
	struct kpptp_mppe_tx one, other;
	struct kpptp_rc4_job job;

	kpptp_mppe_tx_init(&one, start, 128, true);
	ASSERT_TRUE(kpptp_mppe_tx_step(&one, &ahead, &job));
	kpptp_rc4_run(&job, 1, &scratch);
	kpptp_mppe_tx_init(&one, new_start, 128, true);
	kpptp_mppe_tx_init(&other, new_start, 128, true);
	kpptp_mppe_tx_stepped(&one, &ahead);
	EXPECT_FALSE(one.has_next);
	EXPECT_TRUE(same_packet(&one, &other));
	kpptp_mppe_tx_init(&one, start, 128, false);
	EXPECT_FALSE(kpptp_mppe_tx_step(&one, &ahead, &job));
}

/* -- one by one against batches -- */

#define SCRIPT	2048

static u8 random_octet(u64 *state)
{
	*state = *state * 6364136223846793005ull + 1442695040888963407ull;
	return (u8)(*state >> 56);
}

/* Of 16 acts only @often are what the octets say; the others send a good packet. */
static void write_script(u8 *script, u64 seed, u8 often)
{
	size_t i;

	for (i = 0; i < SCRIPT; i++)
		script[i] = random_octet(&seed);
	for (i = 0; i < SCRIPT; i += 2)
		if (random_octet(&seed) % 16 >= often)
			script[i] = 15;
}

TEST(batches_change_nothing)
{
	struct receiver_outcome sum = { 0 };
	struct receiver_outcome one;
	static u8 script[SCRIPT];
	u32 seed;

	for (seed = 0; seed < 12; seed++) {
		write_script(script, seed, 1 + seed % 12);
		one = receiver_play(script, sizeof(script));
		ASSERT_TRUE(one.same) {
			TH_LOG("seed %u", seed);
		}
		sum.accepted += one.accepted;
		sum.refused += one.refused;
		sum.ahead += one.ahead;
		sum.restored += one.restored;
	}
	/* Of each kind enough that the comparison means something. */
	EXPECT_LT(4000, sum.accepted);
	EXPECT_LT(1000, sum.refused);
	EXPECT_LT(sum.accepted / 4, sum.ahead);
	EXPECT_LT(30, sum.restored);
}

/* In order, all of a batch is decrypted ahead, and none of it in vain. */
TEST(in_order_all_is_ahead)
{
	struct receiver_outcome one;
	static u8 script[2 * 1000];

	memset(script, 15, sizeof(script));
	one = receiver_play(script, sizeof(script));
	EXPECT_TRUE(one.same);
	EXPECT_EQ(1000, one.accepted);
	EXPECT_LT(600, one.ahead);
	EXPECT_EQ(0, one.restored);
}

/* -- numbers in a row -- */

TEST(due_numbers)
{
	struct kpptp_seq_due due;
	struct kpptp_seq_rx rx;
	u32 i;

	kpptp_seq_rx_init(&rx, 128);
	kpptp_seq_due_init(&due, &rx, 0xfffffff0);
	EXPECT_EQ(0, kpptp_seq_due_count(&due));
	kpptp_seq_due_add(&due, 0xfffffff1);
	kpptp_seq_due_add(&due, 0xffffffef);
	EXPECT_EQ(0, kpptp_seq_due_count(&due));
	kpptp_seq_due_add(&due, 0xfffffff0);
	EXPECT_EQ(2, kpptp_seq_due_count(&due));
	kpptp_seq_accept(&rx, 5);
	kpptp_seq_due_init(&due, &rx, 77);
	for (i = 300; i >= 6; i--)
		kpptp_seq_due_add(&due, i);
	EXPECT_EQ(KPPTP_SEQ_DUE_MAX, kpptp_seq_due_count(&due));
}

TEST_HARNESS_MAIN
