// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * MPPE data (RFC 3078): which key belongs to which packet.
 */
#include "mppe.h"
#include "pppframe.h"

#define MPPE_FLAG_MASK	0x00ff	/* stateful: all ones: the key changes first */

/* Stateful: does the key change before packet @count (RFC 3078 section 7.2)? */
static bool mppe_is_flag(u16 count)
{
	return (count & MPPE_FLAG_MASK) == MPPE_FLAG_MASK;
}

static void mppe_load(struct kpptp_rc4 *stream, const struct kpptp_mppe_key *key)
{
	kpptp_rc4_set_key(stream, key->cur, key->len);
}

static void mppe_job_stream(struct kpptp_rc4_job *job, struct kpptp_rc4 *stream)
{
	job->stream = stream;
	job->key = NULL;
	job->key_len = 0;
}

static void mppe_job_key(struct kpptp_rc4_job *job, const u8 *key, u8 len)
{
	job->stream = NULL;
	job->key = key;
	job->key_len = len;
}

void kpptp_mppe_tx_init(struct kpptp_mppe_tx *tx, const u8 *start,
			unsigned int bits, bool stateless)
{
	memset(tx, 0, sizeof(*tx));
	kpptp_mppe_key_init(&tx->key, start, bits);
	tx->stateless = stateless;
	if (!stateless)
		mppe_load(&tx->stream, &tx->key);
}

bool kpptp_mppe_tx_flushes(const struct kpptp_mppe_tx *tx)
{
	return tx->stateless || tx->flush || mppe_is_flag(tx->count);
}

/*
 * Stateful: returns the A bit for the next packet. Linux demands A on flag
 * packets and ends the session over those without; FreeBSD takes either.
 */
static u16 mppe_tx_stateful(struct kpptp_mppe_tx *tx)
{
	bool flushed = kpptp_mppe_tx_flushes(tx);

	if (mppe_is_flag(tx->count))
		kpptp_mppe_key_change(&tx->key);
	if (flushed)
		mppe_load(&tx->stream, &tx->key);
	tx->flush = false;
	return flushed ? KPPTP_MPPE_FLUSHED : 0;
}

static bool mppe_same_chain(const struct kpptp_mppe_key *a, const struct kpptp_mppe_key *b)
{
	return a->bits == b->bits && !memcmp(a->start, b->start, sizeof(a->start));
}

bool kpptp_mppe_tx_step(const struct kpptp_mppe_tx *tx,
			struct kpptp_mppe_tx_ahead *ahead, struct kpptp_rc4_job *job)
{
	if (!tx->stateless || tx->has_next)
		return false;
	ahead->chain = tx->key;
	ahead->index = tx->index;
	kpptp_mppe_key_change_job(&ahead->chain, ahead->next, job);
	return true;
}

void kpptp_mppe_tx_stepped(struct kpptp_mppe_tx *tx, struct kpptp_mppe_tx_ahead *ahead)
{
	kpptp_mppe_key_changed(&ahead->chain, ahead->next);
	if (tx->index != ahead->index || !mppe_same_chain(&tx->key, &ahead->chain))
		return;
	memcpy(tx->next, ahead->chain.cur, sizeof(tx->next));
	tx->has_next = true;
}

static void mppe_tx_change(struct kpptp_mppe_tx *tx)
{
	if (tx->has_next)
		memcpy(tx->key.cur, tx->next, sizeof(tx->key.cur));
	else
		kpptp_mppe_key_change(&tx->key);
	tx->has_next = false;
	tx->index++;
}

void kpptp_mppe_tx_next(struct kpptp_mppe_tx *tx, u8 hdr[KPPTP_MPPE_HDR_LEN],
			u8 *key, struct kpptp_rc4_job *job)
{
	u16 bits = KPPTP_MPPE_ENCRYPTED;

	if (tx->stateless) {
		bits |= KPPTP_MPPE_FLUSHED;
		mppe_tx_change(tx);
		memcpy(key, tx->key.cur, tx->key.len);
		mppe_job_key(job, key, tx->key.len);
	} else {
		bits |= mppe_tx_stateful(tx);
		mppe_job_stream(job, &tx->stream);
	}
	kpptp_put_be16(hdr, bits | tx->count);
	tx->count = (tx->count + 1) & KPPTP_MPPE_COUNT_MASK;
}

void kpptp_mppe_tx_reset(struct kpptp_mppe_tx *tx)
{
	tx->flush = !tx->stateless;
}

void kpptp_mppe_rx_init(struct kpptp_mppe_rx *rx, const u8 *start,
			unsigned int bits, bool stateless)
{
	memset(rx, 0, sizeof(*rx));
	kpptp_mppe_key_init(&rx->pos.key, start, bits);
	/* As if the packet before count 0 had been received. */
	rx->pos.count = KPPTP_MPPE_COUNT_MASK;
	rx->first = true;
	rx->stateless = stateless;
	if (!stateless)
		mppe_load(&rx->stream, &rx->pos.key);
}

/*
 * Packets from the committed place to this one, 0 when it cannot come after
 * it. The count tells the distance modulo 4096; the sequence number, which
 * every encrypted packet takes too, tells how many times 4096 fit in between.
 * That is right while fewer than 4096 unencrypted packets fell into the gap.
 *
 * Before the first commit there is no sequence number to measure from (keys
 * may be installed at any time of a call), so the count is taken as it is. That
 * catches up with 4064 packets lost at the start: the 32 that it takes have to
 * pass before the count wraps.
 */
static u32 mppe_distance(const struct kpptp_mppe_rx *rx, u16 count, u32 seq)
{
	u32 dcount = (count - rx->pos.count) & KPPTP_MPPE_COUNT_MASK;
	u32 dseq = seq - rx->pos.seq;

	if (rx->first)
		return dcount ?: KPPTP_MPPE_COUNTS;
	/* What lies behind is far ahead here, beyond what is believed. */
	if (dseq < dcount)
		return 0;
	return dcount + ((dseq - dcount) & ~(u32)KPPTP_MPPE_COUNT_MASK);
}

/*
 * Stateful: a place may be wrong in its count. One key is right for 256 of them, so that
 * a flushed packet is believed whose count was spoiled on its way; whatever follows then
 * contradicts the place, or makes sense only with as many unencrypted packets in the gap
 * as a key lasts.
 */
static bool mppe_doubtful(const struct kpptp_mppe_rx *rx, u32 n, u32 seq)
{
	if (rx->stateless || rx->first || seq - rx->pos.seq - 1 >= KPPTP_MPPE_LOSS_MAX)
		return false;
	return !n || seq - rx->pos.seq - n > MPPE_FLAG_MASK;
}

/*
 * Do several packets, this one the last of them, agree with each other on how count and
 * sequence number go together? Then that is believed of those who say so too, and of no
 * others: forged ones shut nobody out.
 */
static bool mppe_claimed(struct kpptp_mppe_rx *rx, u16 count, u32 seq)
{
	u16 claim = (count - seq) & KPPTP_MPPE_COUNT_MASK;

	if (claim != rx->claim) {
		rx->claim = claim;
		rx->claims = 0;
	} else if (rx->claims && (s32)(seq - rx->claim_seq) <= 0) {
		return rx->claims == KPPTP_MPPE_CLAIMS;
	}
	rx->claim_seq = seq;
	if (rx->claims < KPPTP_MPPE_CLAIMS)
		rx->claims++;
	return rx->claims == KPPTP_MPPE_CLAIMS;
}

static void mppe_probe_drop(struct kpptp_mppe_rx *rx)
{
	memzero_explicit(&rx->probe, sizeof(rx->probe));
	rx->probe_done = 0;
	rx->probe_armed = false;
}

static void mppe_change(struct kpptp_mppe_key *key, u32 times)
{
	while (times--)
		kpptp_mppe_key_change(key);
}

static u8 *mppe_ahead_key(const struct kpptp_mppe_ahead *ahead, u32 number)
{
	return ahead->key + (number - 1) * KPPTP_MPPE_KEY_MAX;
}

/* Number of the key @changes behind the committed place in @ahead, 0: not there. */
static u32 mppe_ahead_number(const struct kpptp_mppe_ahead *ahead,
			     const struct kpptp_mppe_pos *pos, u32 changes)
{
	u32 number = pos->index + changes - ahead->index;

	if (number - 1 >= ahead->made)
		return 0;
	/* A new key may have been installed since; its chain is another one. */
	return mppe_same_chain(&ahead->chain, &pos->key) ? number : 0;
}

/* The trial's key is @changes behind the committed place. */
static void mppe_trial_key(const struct kpptp_mppe_rx *rx,
			   const struct kpptp_mppe_ahead *ahead, u32 changes,
			   struct kpptp_mppe_trial *trial)
{
	trial->pos.key = rx->pos.key;
	trial->changes = changes;
	trial->ahead = mppe_ahead_number(ahead, &rx->pos, changes);
	if (trial->ahead)
		memcpy(trial->pos.key.cur, mppe_ahead_key(ahead, trial->ahead),
		       sizeof(trial->pos.key.cur));
	else
		mppe_change(&trial->pos.key, changes);
}

/*
 * Brings the probe one bounded step nearer to the key @changes behind the committed
 * place, if it is further away than one; false: it is not. A claim that the probe has
 * overtaken starts the probe again: of two claims that contradict each other one is
 * forged, and the real peer's keep coming.
 */
static bool mppe_probe_step(struct kpptp_mppe_rx *rx, u32 changes)
{
	if (!rx->probe_armed || changes < rx->probe_done) {
		rx->probe = rx->pos.key;
		rx->probe_done = 0;
		rx->probe_armed = true;
	}
	if (changes - rx->probe_done <= KPPTP_MPPE_CATCHUP)
		return false;
	mppe_change(&rx->probe, KPPTP_MPPE_CATCHUP);
	rx->probe_done += KPPTP_MPPE_CATCHUP;
	return true;
}

/* Brings the trial's key @changes changes behind the committed place, or the probe nearer. */
static enum kpptp_mppe_verdict mppe_reach(struct kpptp_mppe_rx *rx,
					  const struct kpptp_mppe_ahead *ahead,
					  u32 changes,
					  struct kpptp_mppe_trial *trial)
{
	trial->pos.index = rx->pos.index + changes;
	if (changes <= KPPTP_MPPE_CATCHUP) {
		mppe_trial_key(rx, ahead, changes, trial);
		return KPPTP_MPPE_TRIAL;
	}
	if (mppe_probe_step(rx, changes)) {
		trial->changes = KPPTP_MPPE_CATCHUP;
		return KPPTP_MPPE_FAR;
	}
	trial->pos.key = rx->probe;
	trial->changes = changes - rx->probe_done;
	mppe_change(&trial->pos.key, trial->changes);
	return KPPTP_MPPE_TRIAL;
}

static enum kpptp_mppe_verdict mppe_rx_stateless(struct kpptp_mppe_rx *rx,
						 const struct kpptp_mppe_ahead *ahead,
						 u32 n,
						 struct kpptp_mppe_trial *trial,
						 struct kpptp_rc4_job *job)
{
	enum kpptp_mppe_verdict verdict = mppe_reach(rx, ahead, n, trial);

	if (verdict == KPPTP_MPPE_TRIAL)
		mppe_job_key(job, trial->pos.key.cur, trial->pos.key.len);
	return verdict;
}

/* Flag packets among the @n packets of which the last has @count. */
static u32 mppe_flags_passed(u16 count, u32 n)
{
	u32 due = (count - n + 1) & MPPE_FLAG_MASK;

	return (due + n) / (MPPE_FLAG_MASK + 1);
}

/*
 * A flushed packet may come after a gap: the key changes of the missing flag
 * packets are made up for, then the tables are loaded with the current key
 * (RFC 3078 section 8.2). A packet without A continues the stream and so must
 * be the very next one, except that FreeBSD sends its flag packets without A. One
 * that is not brings the probe nearer, so that after whatever outage the first flushed
 * packet is the last.
 *
 * Linux changes its key for every flushed packet, also for those that were lost: so
 * several readings follow. And one goes before, when something is missing: a packet of
 * Linux whose count was spoiled can have been read as one from before a flag packet.
 */
static enum kpptp_mppe_verdict mppe_rx_stateful(struct kpptp_mppe_rx *rx,
						const struct kpptp_mppe_ahead *ahead,
						u32 n, bool flushed,
						struct kpptp_mppe_trial *trial,
						struct kpptp_rc4_job *job)
{
	u32 changes = mppe_flags_passed(trial->pos.count, n);
	enum kpptp_mppe_verdict verdict;

	if (!flushed && n != 1) {
		rx->discard = true;
		if (changes > KPPTP_MPPE_CATCHUP && mppe_probe_step(rx, changes))
			trial->changes = KPPTP_MPPE_CATCHUP;
		return KPPTP_MPPE_DESYNC;
	}
	if (flushed)
		trial->readings = KPPTP_MPPE_READINGS - 1;
	if (flushed && rx->discard && changes) {
		changes--;
		trial->readings++;
	}
	verdict = mppe_reach(rx, ahead, changes, trial);
	if (verdict != KPPTP_MPPE_TRIAL)
		return verdict;
	if (flushed || mppe_is_flag(trial->pos.count))
		mppe_load(&trial->stream, &trial->pos.key);
	else
		trial->stream = rx->stream;
	mppe_job_stream(job, &trial->stream);
	return verdict;
}

/* The header's bits alone: may a packet look like this? */
static bool mppe_bits_valid(const struct kpptp_mppe_rx *rx, u16 hdr)
{
	if (!(hdr & KPPTP_MPPE_ENCRYPTED))
		return false;
	if (!rx->compress && (hdr & (KPPTP_MPPE_B | KPPTP_MPPE_COMPRESSED)))
		return false;
	return !rx->stateless || (hdr & KPPTP_MPPE_FLUSHED);
}

enum kpptp_mppe_verdict kpptp_mppe_rx_begin(struct kpptp_mppe_rx *rx,
					    const struct kpptp_mppe_ahead *ahead,
					    const u8 *p, size_t len, u32 seq,
					    struct kpptp_mppe_trial *trial,
					    struct kpptp_rc4_job *job)
{
	u16 hdr;
	u32 n;

	trial->changes = 0;
	trial->ahead = 0;
	if (len <= KPPTP_MPPE_HDR_LEN)
		return KPPTP_MPPE_SHORT;
	hdr = kpptp_get_be16(p);
	if (!mppe_bits_valid(rx, hdr))
		return KPPTP_MPPE_BAD_BITS;
	trial->pos.count = hdr & KPPTP_MPPE_COUNT_MASK;
	trial->pos.seq = seq;
	trial->readings = 0;
	n = mppe_distance(rx, trial->pos.count, seq);
	if (mppe_doubtful(rx, n, seq) && mppe_claimed(rx, trial->pos.count, seq))
		n = seq - rx->pos.seq;
	if (!n || n > KPPTP_MPPE_LOSS_MAX)
		return KPPTP_MPPE_REPLAY;
	if (rx->stateless)
		return mppe_rx_stateless(rx, ahead, n, trial, job);
	return mppe_rx_stateful(rx, ahead, n, hdr & KPPTP_MPPE_FLUSHED, trial, job);
}

void kpptp_mppe_rx_undo(struct kpptp_mppe_trial *trial, struct kpptp_rc4_job *job)
{
	mppe_load(&trial->stream, &trial->pos.key);
	mppe_job_stream(job, &trial->stream);
}

void kpptp_mppe_rx_alternative(struct kpptp_mppe_trial *trial,
			       struct kpptp_rc4_job *job)
{
	kpptp_mppe_key_change(&trial->pos.key);
	trial->pos.index++;
	trial->changes++;
	trial->readings--;
	mppe_load(&trial->stream, &trial->pos.key);
	mppe_job_stream(job, &trial->stream);
}

void kpptp_mppe_rx_commit(struct kpptp_mppe_rx *rx,
			  struct kpptp_mppe_trial *trial)
{
	rx->pos = trial->pos;
	if (!rx->stateless)
		rx->stream = trial->stream;
	rx->first = false;
	rx->discard = false;
	rx->claims = 0;
	mppe_probe_drop(rx);
	memzero_explicit(trial, sizeof(*trial));
}

void kpptp_mppe_ahead_init(struct kpptp_mppe_ahead *ahead,
			   const struct kpptp_mppe_rx *rx, u8 *key, u32 room)
{
	ahead->chain = rx->pos.key;
	ahead->index = rx->pos.index;
	ahead->wanted = 0;
	ahead->made = 0;
	ahead->room = room < KPPTP_MPPE_CATCHUP ? room : KPPTP_MPPE_CATCHUP;
	ahead->key = key;
}

u32 kpptp_mppe_ahead_want(struct kpptp_mppe_ahead *ahead,
			  const struct kpptp_mppe_rx *rx, const u8 *p, size_t len,
			  u32 seq)
{
	u16 hdr;
	u32 n;

	if (!rx->stateless || len <= KPPTP_MPPE_HDR_LEN)
		return 0;
	hdr = kpptp_get_be16(p);
	if (!mppe_bits_valid(rx, hdr))
		return 0;
	n = mppe_distance(rx, hdr & KPPTP_MPPE_COUNT_MASK, seq);
	if (!n || n > ahead->room)
		return 0;
	if (n > ahead->wanted)
		ahead->wanted = n;
	return n;
}

void kpptp_mppe_ahead_make(struct kpptp_mppe_ahead *ahead)
{
	while (ahead->made < ahead->wanted) {
		kpptp_mppe_key_change(&ahead->chain);
		memcpy(mppe_ahead_key(ahead, ++ahead->made), ahead->chain.cur,
		       sizeof(ahead->chain.cur));
	}
}

bool kpptp_mppe_ahead_step(struct kpptp_mppe_ahead *ahead, struct kpptp_rc4_job *job)
{
	if (ahead->made == ahead->wanted)
		return false;
	kpptp_mppe_key_change_job(&ahead->chain, mppe_ahead_key(ahead, ahead->made + 1),
				  job);
	return true;
}

void kpptp_mppe_ahead_stepped(struct kpptp_mppe_ahead *ahead)
{
	ahead->made++;
	kpptp_mppe_key_changed(&ahead->chain, mppe_ahead_key(ahead, ahead->made));
}

void kpptp_mppe_ahead_job(const struct kpptp_mppe_ahead *ahead, u32 number,
			  struct kpptp_rc4_job *job)
{
	mppe_job_key(job, mppe_ahead_key(ahead, number), ahead->chain.len);
}

#define IPV4_HDR_MIN	20
#define IPV6_HDR_LEN	40
#define IPV6_SRC	8
#define IPV6_DST	24

/* The ones' complement sum of a right IPv4 header, folded, is all ones. */
static bool mppe_ipv4_sum_right(const u8 *p, size_t hdr_len)
{
	u32 sum = 0;
	size_t i;

	for (i = 0; i < hdr_len; i += 2)
		sum += kpptp_get_be16(p + i);
	sum = (sum >> 16) + (sum & 0xffff);
	sum += sum >> 16;
	return (sum & 0xffff) == 0xffff;
}

static bool mppe_ipv4_plausible(const u8 *p, size_t len)
{
	size_t hdr_len, total;

	if (len < IPV4_HDR_MIN || p[0] >> 4 != 4)
		return false;
	hdr_len = 4 * (p[0] & 0x0f);
	total = kpptp_get_be16(p + 2);
	if (hdr_len < IPV4_HDR_MIN || total < hdr_len || total > len)
		return false;
	return mppe_ipv4_sum_right(p, hdr_len);
}

/* 0000::/16 (unspecified, mapped), 0064::/16, 2000::/3, fc00::/7, fe80::/10. */
static bool mppe_ipv6_unicast(const u8 *addr)
{
	u16 head = kpptp_get_be16(addr);

	return !head || head == 0x0064 || (head & 0xe000) == 0x2000 ||
	       (head & 0xfe00) == 0xfc00 || (head & 0xffc0) == 0xfe80;
}

/* IPv6 has no header checksum: an exact length and the addresses stand in. */
static bool mppe_ipv6_plausible(const u8 *p, size_t len)
{
	if (len < IPV6_HDR_LEN || p[0] >> 4 != 6 ||
	    len - IPV6_HDR_LEN != kpptp_get_be16(p + 4))
		return false;
	return mppe_ipv6_unicast(p + IPV6_SRC) &&
	       (p[IPV6_DST] == 0xff || mppe_ipv6_unicast(p + IPV6_DST));
}

bool kpptp_mppe_plausible(const u8 *p, size_t len)
{
	u16 proto;
	u8 used = kpptp_ppp_proto(p, len, &proto);

	if (!used)
		return false;
	if (proto == KPPTP_PPP_IP)
		return mppe_ipv4_plausible(p + used, len - used);
	if (proto == KPPTP_PPP_IPV6)
		return mppe_ipv6_plausible(p + used, len - used);
	return false;
}
