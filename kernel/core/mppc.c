// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * MPPC (RFC 2118): tokens to octets and back.
 */
#include "mppc.h"

#define MPPC_MATCH_MIN	3	/* octets that a copy has at least */
#define MPPC_NEAR	64	/* offsets below have 6 bits */
#define MPPC_MIDDLE	320	/* offsets below have 8 bits, all others 13 */
#define MPPC_OFFSET_MAX	8191
#define MPPC_LEN_BITS	12	/* a length has so many bits at most */

/* Tokens on their way out: the last @bits of @acc are not yet in @p. */
struct mppc_writer {
	u8 *p;
	size_t len;
	size_t room;
	u32 acc;
	unsigned int bits;
};

/* Appends the @n lowest bits of @value, 24 at most. */
static void mppc_put(struct mppc_writer *w, u32 value, unsigned int n)
{
	w->acc = w->acc << n | value;
	w->bits += n;
	while (w->bits >= 8) {
		w->bits -= 8;
		if (w->len < w->room)
			w->p[w->len] = (u8)(w->acc >> w->bits);
		w->len++;
	}
}

/* Section 4.1. */
static void mppc_put_literal(struct mppc_writer *w, u8 octet)
{
	if (octet < 0x80)
		mppc_put(w, octet, 8);
	else
		mppc_put(w, 0x100 | (octet & 0x7f), 9);
}

/* Section 4.2.1. */
static void mppc_put_offset(struct mppc_writer *w, u32 offset)
{
	if (offset < MPPC_NEAR)
		mppc_put(w, 0xf << 6 | offset, 10);
	else if (offset < MPPC_MIDDLE)
		mppc_put(w, 0xe << 8 | (offset - MPPC_NEAR), 12);
	else
		mppc_put(w, 0x6 << 13 | (offset - MPPC_MIDDLE), 16);
}

/*
 * Section 4.2.2: a length from 2^k on has k - 1 ones, a zero and its k lowest
 * bits; 3, the shortest, is a zero alone.
 */
static void mppc_put_length(struct mppc_writer *w, u32 length)
{
	unsigned int k = 2;

	if (length == MPPC_MATCH_MIN) {
		mppc_put(w, 0, 1);
		return;
	}
	while (length >> (k + 1))
		k++;
	mppc_put(w, (1u << k) - 2, k);
	mppc_put(w, length - (1u << k), k);
}

static void mppc_put_end(struct mppc_writer *w)
{
	if (w->bits)
		mppc_put(w, 0, 8 - w->bits);
}

void kpptp_mppc_tx_init(struct kpptp_mppc_tx *tx)
{
	memset(tx, 0, sizeof(*tx));
	tx->flush = true;
}

void kpptp_mppc_tx_flush(struct kpptp_mppc_tx *tx)
{
	tx->pos = 0;
	tx->flush = false;
}

static u32 mppc_hash(const u8 *p)
{
	u32 three = (u32)p[0] << 16 | (u32)p[1] << 8 | p[2];

	return three * 0x9e3779b1u >> 20;
}

/* Octets that agree at @from and at @at, before @end. */
static u32 mppc_agree(const u8 *history, u32 from, u32 at, u32 end)
{
	u32 n = 0;

	while (at + n < end && history[from + n] == history[at + n])
		n++;
	return n;
}

/*
 * Remembers the three octets at @at; the length of what agrees with them since
 * @from, where they were before. 0: nothing does, or there are no three.
 */
static u32 mppc_match(struct kpptp_mppc_tx *tx, u32 at, u32 end, u32 *from)
{
	u32 n, hash;

	if (end - at < MPPC_MATCH_MIN)
		return 0;
	hash = mppc_hash(tx->history + at);
	*from = tx->place[hash];
	tx->place[hash] = at;
	if (*from >= at)
		return 0;
	n = mppc_agree(tx->history, *from, at, end);
	return n < MPPC_MATCH_MIN ? 0 : n;
}

/* The octets of the history from @at to @end, as tokens. */
static void mppc_tokens(struct kpptp_mppc_tx *tx, struct mppc_writer *w,
			u32 at, u32 end)
{
	u32 n, from, inside;

	while (at < end && w->len <= w->room) {
		n = mppc_match(tx, at, end, &from);
		if (!n) {
			mppc_put_literal(w, tx->history[at++]);
			continue;
		}
		mppc_put_offset(w, at - from);
		mppc_put_length(w, n);
		/* What was copied can be copied again. */
		for (inside = at + 1; inside + MPPC_MATCH_MIN <= at + n; inside++)
			tx->place[mppc_hash(tx->history + inside)] = inside;
		at += n;
	}
	mppc_put_end(w);
}

size_t kpptp_mppc_compress(struct kpptp_mppc_tx *tx, const u8 *src, size_t len,
			   bool *front)
{
	struct mppc_writer w = { .p = tx->out, .room = len - 1 };

	if (!len || len > KPPTP_MPPC_HISTORY) {
		tx->flush = true;
		return 0;
	}
	if (tx->pos + len > KPPTP_MPPC_HISTORY)
		tx->pos = 0;
	*front = !tx->pos;
	memcpy(tx->history + tx->pos, src, len);
	mppc_tokens(tx, &w, tx->pos, tx->pos + len);
	tx->pos += len;
	if (w.len > w.room) {
		tx->flush = true;
		return 0;
	}
	return w.len;
}

/* Tokens on their way in. */
struct mppc_reader {
	const u8 *p;
	size_t bits;	/* in all */
	size_t at;	/* the next bit */
};

static size_t mppc_left(const struct mppc_reader *r)
{
	return r->bits - r->at;
}

/* The next bit; zero behind the end, which mppc_past() finds out. */
static u32 mppc_bit(struct mppc_reader *r)
{
	size_t at = r->at++;

	return at < r->bits ? r->p[at / 8] >> (7 - at % 8) & 1 : 0;
}

static u32 mppc_get(struct mppc_reader *r, unsigned int n)
{
	u32 value = 0;

	while (n--)
		value = value << 1 | mppc_bit(r);
	return value;
}

static bool mppc_past(const struct mppc_reader *r)
{
	return r->at > r->bits;
}

/* Behind the two ones that begin a copy. */
static u32 mppc_get_offset(struct mppc_reader *r)
{
	if (!mppc_bit(r))
		return mppc_get(r, 13) + MPPC_MIDDLE;
	if (!mppc_bit(r))
		return mppc_get(r, 8) + MPPC_NEAR;
	return mppc_get(r, 6);
}

/* 0 when there are more ones than the longest length has. */
static u32 mppc_get_length(struct mppc_reader *r)
{
	unsigned int k = 1;

	if (!mppc_bit(r))
		return MPPC_MATCH_MIN;
	do {
		if (++k > MPPC_LEN_BITS)
			return 0;
	} while (mppc_bit(r));
	return (1u << k) + mppc_get(r, k);
}

/*
 * The octet that stands at @at in the history: the packet's own from its start
 * on, else one of an earlier packet. Offsets reach back over the front of the
 * history, to what has stood there before; no sender that was read does that,
 * but the RFC only forbids to refer to what was never sent.
 */
static u8 mppc_back(const struct kpptp_mppc_rx *rx, u32 at, u32 offset)
{
	u32 in_packet = at - rx->start;

	if (offset <= in_packet)
		return rx->out[in_packet - offset];
	if (rx->flushed)
		return 0;
	return rx->history[(at - offset) % KPPTP_MPPC_HISTORY];
}

/* A copy behind the @rx->len octets that are there. False: it is none. */
static bool mppc_copy(struct kpptp_mppc_rx *rx, struct mppc_reader *r)
{
	u32 offset = mppc_get_offset(r);
	u32 length = mppc_get_length(r);
	u32 at = rx->start + rx->len;

	if (mppc_past(r) || !offset || offset > MPPC_OFFSET_MAX || !length ||
	    length > KPPTP_MPPC_HISTORY - at)
		return false;
	for (; length; length--, at++)
		rx->out[rx->len++] = mppc_back(rx, at, offset);
	return true;
}

/* A token; section 4.1 and 4.2.1 have the first bits. */
static bool mppc_token(struct kpptp_mppc_rx *rx, struct mppc_reader *r)
{
	u8 octet;

	if (!mppc_bit(r))
		octet = mppc_get(r, 7);
	else if (!mppc_bit(r))
		octet = 0x80 | mppc_get(r, 7);
	else
		return mppc_copy(rx, r);
	if (mppc_past(r) || rx->start + rx->len == KPPTP_MPPC_HISTORY)
		return false;
	rx->out[rx->len++] = octet;
	return true;
}

void kpptp_mppc_rx_flush(struct kpptp_mppc_rx *rx)
{
	memset(rx->history, 0, sizeof(rx->history));
	rx->pos = 0;
}

bool kpptp_mppc_expand(struct kpptp_mppc_rx *rx, const u8 *src, size_t len,
		       bool flushed, bool front)
{
	struct mppc_reader r = { .p = src, .bits = 8 * len };

	rx->flushed = flushed;
	rx->start = flushed || front ? 0 : rx->pos;
	rx->len = 0;
	while (mppc_left(&r) >= 8) {
		if (!mppc_token(rx, &r))
			return false;
	}
	return rx->len;
}

void kpptp_mppc_commit(struct kpptp_mppc_rx *rx)
{
	if (rx->flushed)
		kpptp_mppc_rx_flush(rx);
	memcpy(rx->history + rx->start, rx->out, rx->len);
	rx->pos = rx->start + rx->len;
}
