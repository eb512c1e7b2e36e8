// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A sender and a receiver of MPPE in any mode, and a line between them that loses,
 * swaps, repeats and spoils. The first octet says how they are (MODE_*); then come
 * steps, an octet of what and one of how much. They are also looked at as a frame.
 *
 * What is accepted was sent, as it was, and is accepted once; and when the line is good
 * again, so is the conversation, whatever was lost and without new keys.
 */
#include <stdlib.h>
#include <string.h>

#include "core/mppe.h"
#include "core/seq.h"
#include "fuzz.h"

#define LINE_MAX	32		/* packets on their way */
#define WINDOW		32
#define PLAIN_LEN	22
#define LOST_MAX	6000		/* packets in a run; a key change for each */
#define AHEAD_MAX	8		/* keys that the receiver makes before it looks */
#define EXTRA_LOST_MAX	(KPPTP_MPPE_READINGS - 4)	/* answers to resets, see mppe.c */
#define LOST_FIRST_MAX	3500		/* before the first was accepted, see mppe.c */

#define MODE_BITS	3		/* 40, 56 or 128 */
#define MODE_STATEFUL	4
#define MODE_LINUX	8		/* changes the key of every packet that is flushed */
#define MODE_AHEAD	16		/* makes keys before they are wanted */

enum step {
	STEP_SEND,
	STEP_DELIVER,
	STEP_LOSE,
	STEP_SWAP,
	STEP_TWICE,
	STEP_SPOIL,
	STEP_SKIP,		/* so many packets are sent and lost */
	STEP_RESET,		/* the receiver's wish arrives */
	STEPS,
};

struct packet {
	u32 seq;
	u32 extra;
	bool spoiled;
	u8 plain[PLAIN_LEN];
	u8 octets[KPPTP_MPPE_HDR_LEN + PLAIN_LEN];
};

static const u8 start[KPPTP_MPPE_KEY_MAX] = { 1, 2, 3, 4, 5, 6, 7, 8, 9 };

static struct kpptp_mppe_tx tx;
static struct kpptp_mppe_rx rx;
static struct kpptp_seq_rx win;
static struct kpptp_ack ack;
static struct kpptp_rc4_scratch scratch;
static struct packet line[LINE_MAX];
static unsigned int on_line, mode;
static u32 seq, accepted, lost;
static bool asks;			/* the receiver, of the last packet, for a reset */
static u32 extra, extra_seen;	/* changes of the key by MODE_LINUX; up to what is accepted */

static void must(bool truth)
{
	if (!truth)
		abort();
}

static unsigned int key_bits(void)
{
	static const unsigned int bits[] = { 128, 56, 40, 128 };

	return bits[mode & MODE_BITS];
}

/* An IPv4 packet of nothing but its number, with a checksum that is right. */
static void write_plain(u8 p[PLAIN_LEN], u32 number)
{
	u32 sum = 0;
	size_t i;

	memset(p, 0, PLAIN_LEN);
	p[1] = 0x21;
	p[2] = 0x45;
	p[5] = PLAIN_LEN - 2;
	p[10] = 64;
	p[11] = 17;
	kpptp_put_be32(p + 14, 0x0a000001);
	kpptp_put_be32(p + 18, number);
	for (i = 2; i < 22; i += 2)
		sum += kpptp_get_be16(p + i);
	sum = (sum & 0xffff) + (sum >> 16);
	kpptp_put_be16(p + 12, (u16)~(sum + (sum >> 16)));
}

static void run_job(struct kpptp_rc4_job *job, u8 *dst, const u8 *src, size_t len)
{
	job->dst = dst;
	job->src = src;
	job->len = len;
	kpptp_rc4_run(job, 1, &scratch);
}

static void make_ahead(void)
{
	struct kpptp_mppe_tx_ahead ahead;
	struct kpptp_rc4_job job;

	if (!kpptp_mppe_tx_step(&tx, &ahead, &job))
		return;
	kpptp_rc4_run(&job, 1, &scratch);
	kpptp_mppe_tx_stepped(&tx, &ahead);
	must(tx.has_next);
}

static void seal(struct packet *p)
{
	bool flag = (tx.count & 0xff) == 0xff, flush = tx.flush;
	struct kpptp_rc4_job job;
	u8 key[KPPTP_MPPE_KEY_MAX];

	p->seq = seq++;
	p->spoiled = false;
	write_plain(p->plain, p->seq);
	if (mode & MODE_AHEAD)
		make_ahead();
	if (mode & MODE_LINUX && flush && !flag) {
		kpptp_mppe_key_change(&tx.key);
		extra++;
	}
	p->extra = extra;
	must(kpptp_mppe_tx_flushes(&tx) == (tx.stateless || flush || flag));
	kpptp_mppe_tx_next(&tx, p->octets, key, &job);
	run_job(&job, p->octets + KPPTP_MPPE_HDR_LEN, p->plain, PLAIN_LEN);
}

/* Decrypts as a trial, in all the ways that there are. */
static bool decrypts(const struct packet *p, u8 out[PLAIN_LEN],
		     struct kpptp_mppe_trial *trial, struct kpptp_rc4_job *job)
{
	u8 again[PLAIN_LEN];

	run_job(job, out, p->octets + KPPTP_MPPE_HDR_LEN, PLAIN_LEN);
	while (!kpptp_mppe_plausible(out, PLAIN_LEN)) {
		if (!trial->readings)
			return false;
		kpptp_mppe_rx_undo(trial, job);
		run_job(job, again, out, PLAIN_LEN);
		must(!memcmp(again, p->octets + KPPTP_MPPE_HDR_LEN, PLAIN_LEN));
		kpptp_mppe_rx_alternative(trial, job);
		run_job(job, out, again, PLAIN_LEN);
	}
	return true;
}

static void accept(const struct packet *p, const u8 out[PLAIN_LEN],
		   struct kpptp_mppe_trial *trial)
{
	u32 number;

	/* Who changes two bits can keep a checksum: MPPE has nothing against it. */
	must(p->spoiled || !memcmp(out, p->plain, PLAIN_LEN));
	kpptp_mppe_rx_commit(&rx, trial);
	must(!rx.discard && !rx.first);
	extra_seen = p->extra;
	kpptp_seq_accept(&win, p->seq);
	must(kpptp_seq_check(&win, p->seq) == KPPTP_SEQ_DUPLICATE);
	accepted++;
	if (kpptp_ack_received(&ack, p->seq))
		must(kpptp_ack_take(&ack, &number) && !kpptp_ack_take(&ack, &number));
}

/* The key of @p, and those before it, a step at a time; in @keys. */
static void make_keys(const struct packet *p, struct kpptp_mppe_ahead *ahead, u8 *keys)
{
	struct kpptp_rc4_job job;
	u32 number;

	memset(ahead, 0, sizeof(*ahead));
	if (!(mode & MODE_AHEAD))
		return;
	kpptp_mppe_ahead_init(ahead, &rx, keys, AHEAD_MAX);
	number = kpptp_mppe_ahead_want(ahead, &rx, p->octets, sizeof(p->octets), p->seq);
	must(number <= AHEAD_MAX);
	while (kpptp_mppe_ahead_step(ahead, &job)) {
		kpptp_rc4_run(&job, 1, &scratch);
		kpptp_mppe_ahead_stepped(ahead);
	}
	must(ahead->made == ahead->wanted && ahead->made >= number);
}

static void try_packet(const struct packet *p)
{
	u8 keys[AHEAD_MAX * KPPTP_MPPE_KEY_MAX], out[PLAIN_LEN];
	struct kpptp_mppe_ahead ahead;
	struct kpptp_mppe_trial trial;
	enum kpptp_mppe_verdict verdict;
	struct kpptp_rc4_job job;

	make_keys(p, &ahead, keys);
	verdict = kpptp_mppe_rx_begin(&rx, &ahead, p->octets, sizeof(p->octets), p->seq,
				      &trial, &job);
	must(trial.changes <= KPPTP_MPPE_CATCHUP || verdict != KPPTP_MPPE_TRIAL);
	must(verdict != KPPTP_MPPE_SHORT);
	must((verdict == KPPTP_MPPE_DESYNC) <= !rx.stateless);
	asks = verdict == KPPTP_MPPE_DESYNC;
	if (verdict == KPPTP_MPPE_TRIAL && decrypts(p, out, &trial, &job))
		accept(p, out, &trial);
}

static void receive(const struct packet *p)
{
	switch (kpptp_seq_check(&win, p->seq)) {
	case KPPTP_SEQ_JUMP:
		kpptp_seq_confirm(&win, p->seq);
		try_packet(p);
		break;
	case KPPTP_SEQ_NEXT:
	case KPPTP_SEQ_AHEAD:
		try_packet(p);
		break;
	case KPPTP_SEQ_LATE:
	case KPPTP_SEQ_DUPLICATE:
	case KPPTP_SEQ_OLD:
		break;
	}
}

static void take_first(struct packet *p)
{
	*p = line[0];
	memmove(&line[0], &line[1], --on_line * sizeof(line[0]));
}

static void send_some(unsigned int n)
{
	while (n-- && on_line < LINE_MAX)
		seal(&line[on_line++]);
}

static void deliver(unsigned int n)
{
	struct packet p;

	while (n-- && on_line) {
		take_first(&p);
		receive(&p);
	}
}

static void lose(void)
{
	struct packet p;

	if (on_line && lost < (rx.first ? LOST_FIRST_MAX : LOST_MAX)) {
		take_first(&p);
		lost++;
	}
}

static void swap_first(void)
{
	struct packet p;

	if (on_line < 2)
		return;
	take_first(&p);
	line[on_line++] = p;
}

static void skip(unsigned int n)
{
	struct packet p;

	while (n-- && lost < (rx.first ? LOST_FIRST_MAX : LOST_MAX)) {
		seal(&p);
		lost++;
	}
}

/* @how: which bit of which octet. */
static void spoil(uint8_t how)
{
	if (!on_line)
		return;
	line[0].spoiled = true;
	line[0].octets[(how & 31) % sizeof(line[0].octets)] ^= (u8)(1u << (how >> 5));
}

static void step(uint8_t what, uint8_t much)
{
	switch ((enum step)(what % STEPS)) {
	case STEP_SEND:
		send_some(much % 16 + 1u);
		break;
	case STEP_DELIVER:
		deliver(much % 16 + 1u);
		break;
	case STEP_LOSE:
		lose();
		break;
	case STEP_SWAP:
		swap_first();
		break;
	case STEP_TWICE:
		if (on_line)
			receive(&line[0]);
		break;
	case STEP_SPOIL:
		spoil(much);
		break;
	case STEP_SKIP:
		skip(much * 16u);
		break;
	case STEP_RESET:
		if (rx.discard || much & 1)
			kpptp_mppe_tx_reset(&tx);
		break;
	case STEPS:
		break;
	}
}

/*
 * The line is good again: a step of the key chain each, and what comes is accepted. Not
 * so where Linux' own answer to a reset was lost: nobody knows how often it has changed
 * its key since then.
 */
static void must_recover(void)
{
	u32 tries = 32 + lost / 32, before;
	struct packet p;

	deliver(on_line);
	if (extra - extra_seen > EXTRA_LOST_MAX)
		return;
	for (before = accepted; tries && accepted == before; tries--) {
		if (asks)
			kpptp_mppe_tx_reset(&tx);
		seal(&p);
		receive(&p);
	}
	must(accepted > before);
	seal(&p);
	receive(&p);
	must(accepted == before + 2);
}

/* The rest of the input as a frame, in a block of its own size. */
static void check_frame(const uint8_t *data, size_t size)
{
	u8 *frame = malloc(size ? size : 1);

	must(frame);
	memcpy(frame, data, size);
	if (kpptp_mppe_plausible(frame, size))
		must(size > 20);
	free(frame);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (!size)
		return 0;
	check_frame(data + 1, size - 1);
	mode = data[0];
	kpptp_mppe_tx_init(&tx, start, key_bits(), !(mode & MODE_STATEFUL));
	kpptp_mppe_rx_init(&rx, start, key_bits(), !(mode & MODE_STATEFUL));
	kpptp_seq_rx_init(&win, WINDOW);
	memset(&ack, 0, sizeof(ack));
	on_line = 0;
	seq = 1;
	accepted = 0;
	lost = 0;
	extra = 0;
	extra_seen = 0;
	asks = false;
	for (data++, size--; size >= 2; data += 2, size -= 2)
		step(data[0], data[1]);
	must_recover();
	return 0;
}
