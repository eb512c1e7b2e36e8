// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * MPPE: every verdict, losses of all lengths, forged packets, both modes.
 *
 * The sender is kpptp_mppe_tx, itself held against the vectors first. A packet
 * counts as received when its plaintext was plausible and the trial committed.
 */
#include "core/mppe.h"

#include <stdlib.h>

#include "kselftest_harness.h"
#include "vectors/mppe_frames.h"

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

#define TEXT	sizeof(mppe_frame_plain)
#define PACKET	(KPPTP_MPPE_HDR_LEN + TEXT)

static const u8 start[16] = {
	0x8b, 0x7c, 0xdc, 0x14, 0x9b, 0x99, 0x3a, 0x1b,
	0xa1, 0x18, 0xcb, 0x15, 0x3f, 0x56, 0xdc, 0xcb,
};

/* Nothing was made ahead; ahead_test.c has what changes when there was. */
static const struct kpptp_mppe_ahead none;

struct packet {
	u8 octets[PACKET];
	u32 seq;
};

/* Who sends: RFC 3078 as we read it, or as these peers do. */
enum sender { RFC, LINUX, FREEBSD };

static void run(struct kpptp_rc4_job *job, const u8 *src, u8 *dst, size_t len)
{
	static struct kpptp_rc4_scratch scratch;

	job->src = src;
	job->dst = dst;
	job->len = len;
	kpptp_rc4_run(job, 1, &scratch);
}

static void send_as(enum sender who, struct kpptp_mppe_tx *tx, u32 seq,
		    struct packet *p)
{
	bool flag = (tx->count & 0xff) == 0xff;
	struct kpptp_rc4_job job;
	u8 key[KPPTP_MPPE_KEY_MAX];

	if (who == LINUX && tx->flush && !flag)
		kpptp_mppe_key_change(&tx->key);
	kpptp_mppe_tx_next(tx, p->octets, key, &job);
	run(&job, mppe_frame_plain, p->octets + KPPTP_MPPE_HDR_LEN, TEXT);
	if (who == FREEBSD && flag && !tx->stateless)
		p->octets[0] &= 0x7f;
	p->seq = seq;
}

static void send(struct kpptp_mppe_tx *tx, u32 seq, struct packet *p)
{
	send_as(RFC, tx, seq, p);
}

/* What became of one packet. */
struct result {
	enum kpptp_mppe_verdict verdict;
	bool received;
	u32 readings;	/* behind the first */
	u32 changes;
};

static struct result receive(struct kpptp_mppe_rx *rx, const struct packet *p)
{
	static struct kpptp_mppe_trial trial;
	struct kpptp_rc4_job job;
	struct result r = { 0 };
	u8 text[TEXT];

	r.verdict = kpptp_mppe_rx_begin(rx, &none, p->octets, PACKET, p->seq, &trial, &job);
	r.changes = trial.changes;
	if (r.verdict != KPPTP_MPPE_TRIAL)
		return r;
	run(&job, p->octets + KPPTP_MPPE_HDR_LEN, text, TEXT);
	r.received = kpptp_mppe_plausible(text, TEXT);
	while (!r.received && trial.readings) {
		kpptp_mppe_rx_alternative(&trial, &job);
		run(&job, p->octets + KPPTP_MPPE_HDR_LEN, text, TEXT);
		r.received = kpptp_mppe_plausible(text, TEXT);
		r.readings++;
	}
	if (r.received)
		kpptp_mppe_rx_commit(rx, &trial);
	return r;
}

/* A packet with right bits, @count and @seq, and nonsense inside. */
static struct packet forged(u16 count, u32 seq, bool flushed)
{
	struct packet p = { .seq = seq };

	memset(p.octets, 0x5a, sizeof(p.octets));
	kpptp_put_be16(p.octets, KPPTP_MPPE_ENCRYPTED | (flushed ? KPPTP_MPPE_FLUSHED : 0) |
		       (count & KPPTP_MPPE_COUNT_MASK));
	return p;
}

/* Both ends of one direction, the packet that was sent last, the next number. */
struct link {
	struct kpptp_mppe_tx tx;
	struct kpptp_mppe_rx rx;
	struct packet p;
	u32 seq;
};

static void setup(struct link *m, unsigned int bits, bool stateless)
{
	kpptp_mppe_tx_init(&m->tx, start, bits, stateless);
	kpptp_mppe_rx_init(&m->rx, start, bits, stateless);
	m->seq = 0;
}

FIXTURE(mppe)
{
	struct link link;
};

FIXTURE_VARIANT(mppe)
{
	unsigned int bits;
	bool stateless;
};

FIXTURE_VARIANT_ADD(mppe, stateless_40) { .bits = 40, .stateless = true };
FIXTURE_VARIANT_ADD(mppe, stateless_56) { .bits = 56, .stateless = true };
FIXTURE_VARIANT_ADD(mppe, stateless_128) { .bits = 128, .stateless = true };
FIXTURE_VARIANT_ADD(mppe, stateful_40) { .bits = 40 };
FIXTURE_VARIANT_ADD(mppe, stateful_56) { .bits = 56 };
FIXTURE_VARIANT_ADD(mppe, stateful_128) { .bits = 128 };

FIXTURE_SETUP(mppe)
{
	setup(&self->link, variant->bits, variant->stateless);
}

FIXTURE_TEARDOWN(mppe)
{
}

/* Sends @n packets and counts those received at once. */
static u32 deliver_as(enum sender who, struct link *m, u32 n)
{
	u32 received = 0;

	while (n--) {
		send_as(who, &m->tx, m->seq++, &m->p);
		received += receive(&m->rx, &m->p).received;
	}
	return received;
}

static u32 deliver(struct link *m, u32 n)
{
	return deliver_as(RFC, m, n);
}

static void lose(struct link *m, u32 n)
{
	while (n--)
		send(&m->tx, m->seq++, &m->p);
}

/* -- the vectors -- */

static int vector_rows_wrong(size_t v, bool receiving)
{
	struct kpptp_mppe_tx tx;
	struct kpptp_mppe_rx rx;
	struct packet p;
	size_t row = 0;
	int wrong = 0;
	u32 i;

	kpptp_mppe_tx_init(&tx, mppe_frame_vectors[v].start, mppe_frame_vectors[v].bits,
			   mppe_frame_vectors[v].stateless);
	kpptp_mppe_rx_init(&rx, mppe_frame_vectors[v].start, mppe_frame_vectors[v].bits,
			   mppe_frame_vectors[v].stateless);
	for (i = 0; i <= 4097; i++) {
		if (i && i == mppe_frame_vectors[v].reset)
			kpptp_mppe_tx_reset(&tx);
		send(&tx, i, &p);
		if (row < 11 && i == mppe_frame_vectors[v].out[row].number) {
			if (receiving)
				memcpy(p.octets, mppe_frame_vectors[v].out[row].octets, PACKET);
			else
				wrong += !!memcmp(p.octets, mppe_frame_vectors[v].out[row].octets,
						  PACKET);
			row++;
		}
		if (receiving)
			wrong += !receive(&rx, &p).received;
	}
	return row < 5 ? -1 : wrong;
}

TEST(vectors_sent)
{
	size_t v;

	for (v = 0; v < ARRAY_LEN(mppe_frame_vectors); v++)
		EXPECT_EQ(0, vector_rows_wrong(v, false)) {
			TH_LOG("vector %zu", v);
		}
}

TEST(vectors_received)
{
	size_t v;

	for (v = 0; v < ARRAY_LEN(mppe_frame_vectors); v++)
		EXPECT_EQ(0, vector_rows_wrong(v, true)) {
			TH_LOG("vector %zu", v);
		}
}

/* -- both modes -- */

TEST_F(mppe, header_bits_exhaustive)
{
	struct kpptp_mppe_rx before;
	bool valid;
	u16 bits;

	memcpy(&before, &self->link.rx, sizeof(before));
	for (bits = 0; bits < 16; bits++) {
		self->link.p = forged(0, 0, false);
		self->link.p.octets[0] = (u8)(bits << 4);
		/* D alone, or with A; stateless only with A. */
		valid = bits == 9 || (bits == 1 && !variant->stateless);
		EXPECT_EQ(valid ? KPPTP_MPPE_TRIAL : KPPTP_MPPE_BAD_BITS,
			  receive(&self->link.rx, &self->link.p).verdict) {
			TH_LOG("bits %x", bits);
		}
		EXPECT_EQ(0, memcmp(&before, &self->link.rx, sizeof(before)));
	}
}

TEST_F(mppe, short_packets)
{
	static struct kpptp_mppe_trial trial;
	struct kpptp_rc4_job job;
	size_t len;
	u8 *p;

	for (len = 0; len <= KPPTP_MPPE_HDR_LEN + 1; len++) {
		p = malloc(len ?: 1);
		memcpy(p, (u8[]){ 0x90, 0x00, 0x00 }, len);
		EXPECT_EQ(len < 3 ? KPPTP_MPPE_SHORT : KPPTP_MPPE_TRIAL,
			  kpptp_mppe_rx_begin(&self->link.rx, &none, p, len, 0, &trial, &job));
		free(p);
	}
}

/* Over the wrap of the count and, with it, of the sequence number. */
TEST_F(mppe, in_order_over_both_wraps)
{
	self->link.seq = 0xfffff400;
	EXPECT_EQ(9000, deliver(&self->link, 9000));
	EXPECT_LT(self->link.seq, 9000);
	EXPECT_EQ(9000 % 4096 - 1, self->link.rx.pos.count);
}

/* Frames in clear take sequence numbers and no counts. */
TEST_F(mppe, control_frames_between)
{
	u32 gap;

	for (gap = 0; gap < 4096; gap += 455) {
		EXPECT_EQ(1, deliver(&self->link, 1));
		self->link.seq += gap;
	}
	EXPECT_EQ(1, deliver(&self->link, 1));
}

TEST_F(mppe, each_replay_is_refused)
{
	static struct packet sent[600];
	struct kpptp_mppe_rx before;
	size_t i;

	for (i = 0; i < ARRAY_LEN(sent); i++) {
		send(&self->link.tx, self->link.seq++, &sent[i]);
		ASSERT_TRUE(receive(&self->link.rx, &sent[i]).received);
	}
	memcpy(&before, &self->link.rx, sizeof(before));
	for (i = 0; i < ARRAY_LEN(sent); i++)
		EXPECT_EQ(KPPTP_MPPE_REPLAY, receive(&self->link.rx, &sent[i]).verdict);
	/* An old packet under a new number: too early for its count. */
	for (i = 0; i < ARRAY_LEN(sent); i++) {
		sent[i].seq = self->link.seq + 100;
		EXPECT_EQ(KPPTP_MPPE_REPLAY, receive(&self->link.rx, &sent[i]).verdict);
	}
	EXPECT_EQ(0, memcmp(&before, &self->link.rx, offsetof(struct kpptp_mppe_rx, claim)));
	EXPECT_EQ(300, deliver(&self->link, 300));
}

/* One forged packet of each kind before each real one. */
TEST_F(mppe, forged_in_between)
{
	static const struct {
		u32 count, seq;	/* on top of what is due */
	} kind[] = {
		{ 0, 0 }, { 0, 1 }, { 1, 1 }, { 5, 7 }, { 127, 127 }, { 128, 128 },
		{ 255, 400 }, { 3000, 3000 }, { 4095, 4095 }, { 0, 4096 }, { 17, 90000 },
		{ 4000, 0 }, { 0, 0x7ffffff0 }, { 0, 0x80000000 },
	};
	struct kpptp_mppe_pos before;
	struct packet bad;
	struct result r;
	u32 i;

	for (i = 0; i < 1200; i++) {
		memcpy(&before, &self->link.rx.pos, sizeof(before));
		bad = forged((u16)(self->link.tx.count + kind[i % ARRAY_LEN(kind)].count),
			     self->link.seq + kind[i % ARRAY_LEN(kind)].seq, i & 1);
		r = receive(&self->link.rx, &bad);
		ASSERT_FALSE(r.received);
		ASSERT_LE(r.changes, KPPTP_MPPE_CATCHUP);
		ASSERT_EQ(0, memcmp(&before, &self->link.rx.pos, sizeof(before)));
		ASSERT_EQ(1, deliver(&self->link, 1)) {
			TH_LOG("packet %u", i);
		}
	}
}

TEST_F(mppe, commit_wipes)
{
	static const struct kpptp_mppe_trial no_trial;
	static const struct kpptp_mppe_key no_key;
	static struct kpptp_mppe_trial trial;
	struct kpptp_rc4_job job;

	self->link.p = forged(3000, 3000, true);
	if (variant->stateless)
		ASSERT_EQ(KPPTP_MPPE_FAR, receive(&self->link.rx, &self->link.p).verdict);
	send(&self->link.tx, 0, &self->link.p);
	ASSERT_EQ(KPPTP_MPPE_TRIAL,
		  kpptp_mppe_rx_begin(&self->link.rx, &none, self->link.p.octets, PACKET, 0,
				      &trial, &job));
	kpptp_mppe_rx_commit(&self->link.rx, &trial);
	EXPECT_EQ(0, memcmp(&no_trial, &trial, sizeof(trial)));
	EXPECT_EQ(0, memcmp(&no_key, &self->link.rx.probe, sizeof(no_key)));
	EXPECT_FALSE(self->link.rx.probe_armed);
}

/* -- stateless -- */

/* Packets that go by after a loss of @lost until one is received, by the bound. */
static u32 packets_until_received(u32 lost)
{
	u32 claim = lost + 1;
	u32 done = 0;
	u32 packets = 1;

	while (claim - done > KPPTP_MPPE_CATCHUP) {
		done += KPPTP_MPPE_CATCHUP;
		claim++;
		packets++;
	}
	return packets;
}

/* Receives from @at on until one passes: how many went by, 0 when too many. */
static u32 catch_up(struct kpptp_mppe_rx *rx, const struct packet *at, u32 most)
{
	struct result r;
	u32 n;

	for (n = 1; n <= most; n++) {
		r = receive(rx, at++);
		if (r.changes > KPPTP_MPPE_CATCHUP)
			return 0;
		if (r.received)
			return n;
		if (r.verdict != KPPTP_MPPE_FAR)
			return 0;
	}
	return 0;
}

#define LOST_MAX 5000

TEST(losses_1_to_5000)
{
	struct packet *sent = calloc(LOST_MAX + 100, sizeof(*sent));
	struct kpptp_mppe_rx rx0, rx;
	struct kpptp_mppe_tx tx;
	u32 i, lost;

	kpptp_mppe_tx_init(&tx, start, 128, true);
	kpptp_mppe_rx_init(&rx0, start, 128, true);
	for (i = 0; i < LOST_MAX + 100; i++)
		send(&tx, 0xfffff000 + i, &sent[i]);
	ASSERT_TRUE(receive(&rx0, &sent[0]).received);
	for (lost = 1; lost <= LOST_MAX; lost += lost < 400 || lost > 4970 ? 1 : 43) {
		memcpy(&rx, &rx0, sizeof(rx));
		ASSERT_EQ(packets_until_received(lost), catch_up(&rx, &sent[1 + lost], 60)) {
			TH_LOG("lost %u", lost);
		}
		/* And in step from there on. */
		i = 1 + lost + packets_until_received(lost);
		ASSERT_TRUE(receive(&rx, &sent[i]).received);
		ASSERT_EQ(KPPTP_MPPE_REPLAY, receive(&rx, &sent[i]).verdict);
	}
	free(sent);
}

TEST(loss_of_100000)
{
	struct link m;
	struct result r;
	u32 n = 0;

	setup(&m, 128, true);
	ASSERT_EQ(10, deliver(&m, 10));
	lose(&m, 100000);
	do {
		send(&m.tx, m.seq++, &m.p);
		r = receive(&m.rx, &m.p);
		ASSERT_LE(r.changes, KPPTP_MPPE_CATCHUP);
		ASSERT_LT(n++, 1000);
	} while (!r.received);
	EXPECT_EQ(packets_until_received(100000), n);
	EXPECT_EQ(500, deliver(&m, 500));
}

/* Verdicts alone: what is believed, to the packet. */
TEST(loss_bound)
{
	struct link m;

	setup(&m, 128, true);
	ASSERT_EQ(1, deliver(&m, 1));
	m.p = forged(KPPTP_MPPE_LOSS_MAX & 0xfff, KPPTP_MPPE_LOSS_MAX, true);
	EXPECT_EQ(KPPTP_MPPE_FAR, receive(&m.rx, &m.p).verdict);
	m.p = forged((KPPTP_MPPE_LOSS_MAX + 1) & 0xfff, KPPTP_MPPE_LOSS_MAX + 1, true);
	EXPECT_EQ(KPPTP_MPPE_REPLAY, receive(&m.rx, &m.p).verdict);
	m.p = forged(1, 0x7fffffff, true);
	EXPECT_EQ(KPPTP_MPPE_REPLAY, receive(&m.rx, &m.p).verdict);
	EXPECT_EQ(10, deliver(&m, 10));
}

/* Distance of @count and @seq after a packet of count 0 and number 0, in words. */
static enum kpptp_mppe_verdict expected(u32 count, u32 seq)
{
	u32 n;

	for (n = seq; n > 0; n--)
		if (n % 4096 == count)
			return n <= KPPTP_MPPE_CATCHUP ? KPPTP_MPPE_TRIAL : KPPTP_MPPE_FAR;
	return KPPTP_MPPE_REPLAY;
}

TEST(count_against_sequence_number)
{
	static const struct {
		u32 seq, step;
	} row[] = {
		{ 1, 1 }, { 2, 1 }, { 3, 1 }, { 100, 1 }, { 128, 1 }, { 129, 1 }, { 300, 1 },
		{ 4095, 97 }, { 4096, 97 }, { 4097, 97 }, { 8191, 97 }, { 9000, 97 },
	};
	struct kpptp_mppe_rx rx;
	struct link m;
	u32 count;
	size_t i;

	setup(&m, 128, true);
	ASSERT_EQ(1, deliver(&m, 1));
	for (i = 0; i < ARRAY_LEN(row); i++) {
		for (count = 0; count < KPPTP_MPPE_COUNTS; count += row[i].step) {
			/* Without the probe of the claim before. */
			memcpy(&rx, &m.rx, sizeof(rx));
			m.p = forged((u16)count, row[i].seq, true);
			ASSERT_EQ(expected(count, row[i].seq), receive(&rx, &m.p).verdict) {
				TH_LOG("count %u number %u", count, row[i].seq);
			}
		}
	}
	EXPECT_EQ(200, deliver(&m, 200));
}

/* Lost before anything was received; keys may come at any number of the call. */
TEST(losses_at_the_start)
{
	static const u32 lost[] = { 0, 1, 126, 127, 128, 129, 1000, 4000, 4064 };
	struct link m;
	u32 packets;
	size_t i;

	for (i = 0; i < ARRAY_LEN(lost); i++) {
		setup(&m, 128, true);
		m.seq = 77777777;
		lose(&m, lost[i]);
		packets = packets_until_received(lost[i]);
		EXPECT_EQ(0, deliver(&m, packets - 1));
		EXPECT_EQ(300, deliver(&m, 300)) {
			TH_LOG("lost %u", lost[i]);
		}
	}
}

/* In an outage one forged far claim for each 50 real packets only delays. */
TEST(forged_claims_during_an_outage)
{
	struct link m;
	struct packet bad;
	u32 i, waited = 0;

	setup(&m, 128, true);
	ASSERT_EQ(5, deliver(&m, 5));
	lose(&m, 3000);
	for (i = 0; i < 500 && !deliver(&m, 1); i++) {
		waited++;
		if (i % 50)
			continue;
		bad = forged((u16)(i + 200), m.rx.pos.seq + 200 + 4096 * (i % 7) + i, true);
		ASSERT_LE(receive(&m.rx, &bad).changes, KPPTP_MPPE_CATCHUP);
	}
	EXPECT_GE(waited, packets_until_received(3000) - 1);
	EXPECT_LT(waited, 60);
	EXPECT_EQ(100, deliver(&m, 100));
}

/* Forged claims drive the probe past the real place: the next real one restarts it. */
TEST(forged_claims_overtake_the_real_one)
{
	struct link m;
	struct packet bad;
	u32 i, waited;

	setup(&m, 128, true);
	ASSERT_EQ(5, deliver(&m, 5));
	lose(&m, 2000);
	for (i = 0; i < 20; i++) {
		bad = forged((u16)(m.rx.pos.count + 100000), m.rx.pos.seq + 100000, true);
		ASSERT_EQ(KPPTP_MPPE_FAR, receive(&m.rx, &bad).verdict);
	}
	ASSERT_GT(m.rx.probe_done, 2100);
	for (waited = 1; waited < 100 && !deliver(&m, 1); waited++)
		;
	EXPECT_EQ(packets_until_received(2000), waited);
	EXPECT_EQ(100, deliver(&m, 100));
}

/* A far claim arms the probe; a packet in order takes it away with the commit. */
TEST(probe_ends_with_the_next_commit)
{
	struct link m;
	u32 i;

	setup(&m, 128, true);
	for (i = 0; i < 20; i++) {
		ASSERT_EQ(1, deliver(&m, 1));
		ASSERT_FALSE(m.rx.probe_armed);
		m.p = forged((u16)(m.tx.count + 1000), m.seq + 1000 + i, true);
		ASSERT_EQ(KPPTP_MPPE_FAR, receive(&m.rx, &m.p).verdict);
		ASSERT_TRUE(m.rx.probe_armed);
		ASSERT_EQ(KPPTP_MPPE_CATCHUP, m.rx.probe_done);
	}
}

/* -- stateful -- */

static const enum sender senders[] = { RFC, LINUX, FREEBSD };

TEST(stateful_flag_packets_of_each_sender)
{
	struct link m;
	size_t i;

	for (i = 0; i < ARRAY_LEN(senders); i++) {
		setup(&m, 128, false);
		EXPECT_EQ(5000, deliver_as(senders[i], &m, 5000)) {
			TH_LOG("sender %zu", i);
		}
	}
}

/* Losses that pass no, one and several flag packets, then a reset. */
TEST(stateful_gap_and_reset_of_each_sender)
{
	static const u32 lost[] = { 1, 2, 100, 255, 256, 257, 1000, 4095, 4096, 4097, 20000 };
	struct link m;
	struct result r;
	size_t i, s;

	for (s = 0; s < ARRAY_LEN(senders); s++) {
		for (i = 0; i < ARRAY_LEN(lost); i++) {
			setup(&m, 128, false);
			ASSERT_EQ(300, deliver_as(senders[s], &m, 300));
			lose(&m, lost[i]);
			/* Away from a flag packet, which would end it by itself. */
			while ((m.tx.count & 0xff) > 0xf0)
				lose(&m, 1);
			send(&m.tx, m.seq++, &m.p);
			ASSERT_EQ(KPPTP_MPPE_DESYNC, receive(&m.rx, &m.p).verdict);
			ASSERT_TRUE(m.rx.discard);
			ASSERT_EQ(0, deliver_as(senders[s], &m, 3));
			kpptp_mppe_tx_reset(&m.tx);
			send_as(senders[s], &m.tx, m.seq++, &m.p);
			r = receive(&m.rx, &m.p);
			ASSERT_TRUE(r.received) {
				TH_LOG("sender %zu lost %u", s, lost[i]);
			}
			EXPECT_LE(r.readings, 1 + (senders[s] == LINUX));
			EXPECT_LE(r.changes, KPPTP_MPPE_CATCHUP);
			EXPECT_FALSE(m.rx.discard);
			EXPECT_EQ(600, deliver_as(senders[s], &m, 600));
		}
	}
}

/* A flag packet that carries A ends a gap by itself. */
TEST(stateful_flag_packet_after_a_gap)
{
	struct link m;

	setup(&m, 128, false);
	ASSERT_EQ(250, deliver(&m, 250));
	lose(&m, 2);
	EXPECT_EQ(0, deliver(&m, 3));
	EXPECT_EQ(600, deliver(&m, 600));
}

/* The reset falls on a flag packet: one change, in every reading. */
TEST(stateful_reset_on_a_flag_packet)
{
	struct link m;
	struct result r;
	size_t s;

	for (s = 0; s < 2; s++) {
		setup(&m, 128, false);
		ASSERT_EQ(250, deliver_as(senders[s], &m, 250));
		lose(&m, 5);
		/* A forged one costs what it may. */
		m.p = forged(m.tx.count, m.seq, true);
		r = receive(&m.rx, &m.p);
		EXPECT_FALSE(r.received);
		EXPECT_EQ(KPPTP_MPPE_READINGS - 1, r.readings);
		EXPECT_EQ(1, r.changes);
		kpptp_mppe_tx_reset(&m.tx);
		send_as(senders[s], &m.tx, m.seq++, &m.p);
		ASSERT_EQ(0x90ff, kpptp_get_be16(m.p.octets));
		r = receive(&m.rx, &m.p);
		EXPECT_TRUE(r.received);
		EXPECT_EQ(0, r.readings);
		EXPECT_EQ(600, deliver_as(senders[s], &m, 600));
	}
}

/*
 * Answers to resets are lost: Linux has changed its key for each, and no number tells.
 */
TEST(stateful_answers_that_are_lost)
{
	struct link m;
	size_t s;
	u32 n, i;

	for (s = 0; s < ARRAY_LEN(senders); s++) {
		for (n = 0; n < KPPTP_MPPE_READINGS - 1; n++) {
			setup(&m, 128, false);
			ASSERT_EQ(10, deliver_as(senders[s], &m, 10));
			for (i = 0; i < n; i++) {
				kpptp_mppe_tx_reset(&m.tx);
				send_as(senders[s], &m.tx, m.seq++, &m.p);
			}
			lose(&m, 1);
			EXPECT_EQ(0, deliver_as(senders[s], &m, 3));
			kpptp_mppe_tx_reset(&m.tx);
			EXPECT_EQ(600, deliver_as(senders[s], &m, 600)) {
				TH_LOG("sender %zu, %u lost", s, n);
			}
		}
	}
}

/*
 * Delivers packets, with a reset for who asks, until one is received or @n were not.
 * False: none was.
 */
static bool recovers(enum sender sender, struct link *m, u32 n)
{
	struct result r = { 0 };

	while (n-- && !r.received) {
		if (r.verdict == KPPTP_MPPE_DESYNC)
			kpptp_mppe_tx_reset(&m->tx);
		send_as(sender, &m->tx, m->seq++, &m->p);
		r = receive(&m->rx, &m->p);
	}
	return r.received;
}

/*
 * Each bit of the count is flipped in the answer to a reset, at places before and behind
 * flag packets and between them, and nothing else: what follows contradicts it, if it was
 * believed. In the meantime the peer may have sent packets without a count, or others were
 * lost.
 */
static void spoil_an_answer(struct __test_metadata *_metadata, enum sender sender,
			    u32 at, unsigned int bit, u32 unencrypted, u32 lost)
{
	struct link m;

	setup(&m, 128, false);
	ASSERT_EQ(100, deliver_as(sender, &m, 100));
	lose(&m, 300 + at);
	kpptp_mppe_tx_reset(&m.tx);
	send_as(sender, &m.tx, m.seq++, &m.p);
	kpptp_put_be16(m.p.octets, kpptp_get_be16(m.p.octets) ^ (u16)(1u << bit));
	receive(&m.rx, &m.p);
	m.seq += unencrypted;
	lose(&m, lost);
	EXPECT_TRUE(recovers(sender, &m, KPPTP_MPPE_CLAIMS + 4)) {
		TH_LOG("sender %d, bit %u, place %u, %u not encrypted, %u lost", sender, bit, at,
		       unencrypted, lost);
	}
	EXPECT_EQ(20, deliver_as(sender, &m, 20));
}

TEST(stateful_count_that_was_spoiled)
{
	u32 at, unencrypted;
	unsigned int bit;
	size_t s;

	for (s = 0; s < ARRAY_LEN(senders); s++)
		for (bit = 0; bit < 12; bit++)
			for (at = 0; at < 256; at += at % 64 ? 63 : 1)
				for (unencrypted = 0; unencrypted < 3; unencrypted++)
					spoil_an_answer(_metadata, senders[s], at, bit,
							unencrypted, unencrypted ? 0 : at * 20);
}

/* Forged packets that agree with each other shut nothing out. */
TEST(stateful_forged_claims_stop_nothing)
{
	struct packet bad;
	struct link m;
	u32 i, n;

	setup(&m, 128, false);
	ASSERT_EQ(10, deliver(&m, 10));
	for (i = 0; i < 600; i++) {
		for (n = 1; n < 2 * KPPTP_MPPE_CLAIMS; n++) {
			bad = forged((u16)(m.tx.count + n + 77), m.seq + n, n & 1);
			ASSERT_FALSE(receive(&m.rx, &bad).received);
		}
		ASSERT_EQ(1, deliver(&m, 1));
	}
}

/* A reset that nothing was lost before. */
TEST(stateful_reset_in_order)
{
	struct link m;
	size_t s;

	for (s = 0; s < ARRAY_LEN(senders); s++) {
		setup(&m, 128, false);
		ASSERT_EQ(10, deliver_as(senders[s], &m, 10));
		kpptp_mppe_tx_reset(&m.tx);
		EXPECT_EQ(600, deliver_as(senders[s], &m, 600));
	}
}

/* More than 128 flag packets lost: several flushed packets are needed. */
TEST(stateful_loss_beyond_the_bound)
{
	struct link m;
	struct result r;

	setup(&m, 128, false);
	ASSERT_EQ(10, deliver(&m, 10));
	lose(&m, 50000);
	kpptp_mppe_tx_reset(&m.tx);
	send(&m.tx, m.seq++, &m.p);
	r = receive(&m.rx, &m.p);
	EXPECT_EQ(KPPTP_MPPE_FAR, r.verdict);
	EXPECT_EQ(KPPTP_MPPE_CATCHUP, r.changes);
	kpptp_mppe_tx_reset(&m.tx);
	EXPECT_EQ(600, deliver(&m, 600));
}

/* The packets before the answer to the reset have brought it into reach. */
TEST(stateful_loss_beyond_the_bound_takes_one_reset)
{
	struct link m;

	setup(&m, 128, false);
	ASSERT_EQ(10, deliver(&m, 10));
	lose(&m, 100000);
	while ((m.tx.count & 0xff) > 0xf0)
		lose(&m, 1);
	ASSERT_EQ(0, deliver(&m, 4));
	kpptp_mppe_tx_reset(&m.tx);
	EXPECT_EQ(600, deliver(&m, 600));
}

/* A forged gap asks for a reset and shuts nothing out. */
TEST(stateful_forged_gap_stops_nothing)
{
	struct link m;
	struct packet bad;
	u32 i;

	setup(&m, 128, false);
	for (i = 0; i < 600; i++) {
		bad = forged((u16)(m.tx.count + 1 + i % 100), m.seq + 1 + i % 100, false);
		ASSERT_EQ(KPPTP_MPPE_DESYNC, receive(&m.rx, &bad).verdict);
		ASSERT_TRUE(m.rx.discard);
		ASSERT_EQ(1, deliver(&m, 1));
		ASSERT_FALSE(m.rx.discard);
	}
}

/* B and C are legal where MPPC was agreed on, in any company; D stays due. */
TEST(header_bits_with_mppc)
{
	struct kpptp_mppe_rx rx;
	struct kpptp_mppe_trial trial;
	struct kpptp_rc4_job job;
	u8 p[PACKET] = { 0 };
	int stateless;
	bool valid;
	u16 bits;

	for (stateless = 0; stateless <= 1; stateless++) {
		for (bits = 0; bits < 16; bits++) {
			kpptp_mppe_rx_init(&rx, start, 128, stateless);
			rx.compress = true;
			p[0] = (u8)(bits << 4);
			valid = (bits & 1) && ((bits & 8) || !stateless);
			EXPECT_EQ(valid ? KPPTP_MPPE_TRIAL : KPPTP_MPPE_BAD_BITS,
				  kpptp_mppe_rx_begin(&rx, &none, p, PACKET, 1, &trial, &job))
				TH_LOG("stateless %d, bits %x", stateless, bits);
		}
	}
	/* A new key does without, unless it is told again. */
	kpptp_mppe_rx_init(&rx, start, 128, true);
	EXPECT_FALSE(rx.compress);
}

/* What is said of A beforehand is what the packet has. */
TEST(flushes_is_the_bit_of_the_next_packet)
{
	struct kpptp_mppe_tx tx;
	unsigned int i, flushed;
	struct packet p;
	int stateless;
	bool said;

	for (stateless = 0; stateless <= 1; stateless++) {
		kpptp_mppe_tx_init(&tx, start, 128, stateless);
		for (i = 0, flushed = 0; i < 1024; i++) {
			if (i % 100 == 50)
				kpptp_mppe_tx_reset(&tx);
			said = kpptp_mppe_tx_flushes(&tx);
			send(&tx, i, &p);
			ASSERT_EQ(said, p.octets[0] >> 7) TH_LOG("packet %u", i);
			flushed += said;
		}
		EXPECT_EQ(stateless ? 1024 : 4 + 10, flushed);
	}
}

TEST(stateless_reset_has_no_effect)
{
	struct link m;

	setup(&m, 128, true);
	ASSERT_EQ(5, deliver(&m, 5));
	kpptp_mppe_tx_reset(&m.tx);
	EXPECT_FALSE(m.tx.flush);
	EXPECT_EQ(600, deliver(&m, 600));
}

/* -- plausibility -- */

static const u8 ipv6[] = {
	0x57, 0x60, 0x00, 0x00, 0x00, 0x00, 0x04, 0x3a, 0x40,
	0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x01,
	0xff, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x01,
	0x80, 0x00, 0x00, 0x00,
};

static bool plausible_exact(const u8 *p, size_t len)
{
	u8 *copy = malloc(len ?: 1);
	bool plausible;

	memcpy(copy, p, len);
	plausible = kpptp_mppe_plausible(copy, len);
	free(copy);
	return plausible;
}

TEST(plausible_ipv4)
{
	u8 p[TEXT + 1];
	size_t bit, len;

	memcpy(p, mppe_frame_plain, TEXT);
	EXPECT_TRUE(plausible_exact(p, TEXT));
	/* The protocol in one octet, and octets behind the packet. */
	EXPECT_TRUE(plausible_exact(p + 1, TEXT - 1));
	p[TEXT] = 0;
	EXPECT_TRUE(plausible_exact(p, TEXT + 1));
	for (len = 0; len < TEXT; len++)
		EXPECT_FALSE(plausible_exact(p, len));
	/* Each bit of the protocol and of the IP header matters. */
	for (bit = 0; bit < 22 * 8; bit++) {
		p[bit / 8] ^= 1 << bit % 8;
		EXPECT_FALSE(plausible_exact(p, TEXT));
		p[bit / 8] ^= 1 << bit % 8;
	}
}

/* Makes the header checksum right over the words that the header length spans. */
static void ipv4_sum(u8 *ip)
{
	size_t len = 4 * (ip[0] & 0x0f);
	u32 sum = 0;
	size_t i;

	ip[10] = 0;
	ip[11] = 0;
	for (i = 0; i < len; i += 2)
		sum += kpptp_get_be16(ip + i);
	while (sum >> 16)
		sum = (sum >> 16) + (sum & 0xffff);
	kpptp_put_be16(ip + 10, (u16)~sum);
}

static const struct {
	u8 at, value;	/* in the IP header */
	bool plausible;
} ipv4_edits[] = {
	/*  0 */ { 0, 0x45, true },
	/*  1: options */ { 0, 0x46, true },
	/*  2: all 28 octets are header */ { 0, 0x47, true },
	/*  3: header behind the packet */ { 0, 0x48, false },
	/*  4: header too small */ { 0, 0x44, false },
	/*  5: version */ { 0, 0x55, false },
	/*  6: version */ { 0, 0x65, false },
	/*  7: shorter than the header */ { 3, 19, false },
	/*  8: the header alone */ { 3, 20, true },
	/*  9: one octet too long */ { 3, 29, false },
	/* 10 */ { 2, 1, false },
	/* 11: any protocol */ { 9, 0xfe, true },
};

TEST(plausible_ipv4_fields)
{
	u8 p[TEXT + 8] = { 0 };
	size_t i;

	for (i = 0; i < ARRAY_LEN(ipv4_edits); i++) {
		memcpy(p, mppe_frame_plain, TEXT);
		p[2 + ipv4_edits[i].at] = ipv4_edits[i].value;
		ipv4_sum(p + 2);
		EXPECT_EQ(ipv4_edits[i].plausible, plausible_exact(p, TEXT)) {
			TH_LOG("row %zu", i);
		}
	}
}

static const struct {
	u8 at, value;
	bool plausible;
} ipv6_edits[] = {
	/*  0 */ { 0, 0x57, true },
	/*  1: version */ { 1, 0x40, false },
	/*  2: length */ { 6, 0x05, false },
	/*  3 */ { 6, 0x03, false },
	/*  4 */ { 5, 0x01, false },
	/*  5: source multicast */ { 9, 0xff, false },
	/*  6: source unassigned */ { 9, 0x40, false },
	/*  7: source unique local */ { 9, 0xfd, true },
	/*  8: source 3xxx */ { 9, 0x3f, true },
	/*  9: destination unassigned */ { 25, 0x80, false },
	/* 10: destination global */ { 25, 0x20, true },
	/* 11: fe02, neither link nor site local */ { 25, 0xfe, false },
	/* 12: destination 0002 */ { 25, 0x00, false },
	/* 13: another next header */ { 7, 0x59, true },
};

TEST(plausible_ipv6)
{
	u8 p[sizeof(ipv6) + 1] = { 0 };
	size_t i, len;

	for (i = 0; i < ARRAY_LEN(ipv6_edits); i++) {
		memcpy(p, ipv6, sizeof(ipv6));
		p[ipv6_edits[i].at] = ipv6_edits[i].value;
		EXPECT_EQ(ipv6_edits[i].plausible, plausible_exact(p, sizeof(ipv6))) {
			TH_LOG("row %zu", i);
		}
	}
	memcpy(p, ipv6, sizeof(ipv6));
	for (len = 0; len <= sizeof(p); len++)
		EXPECT_EQ(len == sizeof(ipv6), plausible_exact(p, len));
	/* From 64:ff9b::/96, as a translator of addresses sends. */
	memcpy(p + 9, (u8[]){ 0x00, 0x64, 0xff, 0x9b }, 4);
	EXPECT_TRUE(plausible_exact(p, sizeof(ipv6)));
	/* From ::, as duplicate address detection sends. */
	memset(p + 9, 0, 16);
	EXPECT_TRUE(plausible_exact(p, sizeof(ipv6)));
}

TEST(other_protocols_are_not_plausible)
{
	u8 p[TEXT];
	u32 proto;

	memcpy(p, mppe_frame_plain, TEXT);
	for (proto = 0; proto <= 0xffff; proto++) {
		kpptp_put_be16(p, (u16)proto);
		ASSERT_EQ(proto == 0x21, kpptp_mppe_plausible(p, TEXT));
	}
}

/*
 * Octets at random that already begin like IP: what is left of the chance is
 * 2^-16 and a length that fits, so none of these may pass (fixed seed).
 */
TEST(random_octets_are_not_plausible)
{
	static const u8 version[] = { 0x45, 0x60 };
	static const u8 proto[] = { 0x21, 0x57 };
	u64 random = 2637;
	u8 p[256] = { 0 };
	u32 i, k;

	for (i = 0; i < 40000; i++) {
		for (k = 0; k < 64; k++) {
			random = random * 6364136223846793005ull + 1442695040888963407ull;
			p[k] = (u8)(random >> 56);
		}
		p[0] = proto[i & 1];
		p[1] = version[i & 1];
		ASSERT_FALSE(kpptp_mppe_plausible(p, 64 + i % 192)) {
			TH_LOG("round %u", i);
		}
	}
}

TEST_HARNESS_MAIN
