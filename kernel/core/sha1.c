// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * SHA-1 (FIPS 180-4 section 6.1) over the two blocks of the MPPE key schedule.
 */
#include "sha1.h"

#define SHA1_WORDS	16
#define SHA1_PAD	40	/* octets of each pad (RFC 3079 section 3) */

/* Working memory of one digest. Secret. */
struct sha1_work {
	u8 block[2 * KPPTP_SHA1_BLOCK];
	u32 w[SHA1_WORDS];
	u32 h[5];
};

static inline u32 sha1_rol(u32 x, unsigned int n)
{
	return x << n | x >> (32 - n);
}

static inline u32 sha1_choose(u32 b, u32 c, u32 d)
{
	return d ^ (b & (c ^ d));
}

static inline u32 sha1_parity(u32 b, u32 c, u32 d)
{
	return b ^ c ^ d;
}

static inline u32 sha1_majority(u32 b, u32 c, u32 d)
{
	return (b & c) | (d & (b | c));
}

typedef u32 (*sha1_fn)(u32 b, u32 c, u32 d);

/*
 * Word @t of the schedule. Each is needed last when the one sixteen behind it is made,
 * which takes its place.
 */
static __always_inline u32 sha1_word(u32 w[SHA1_WORDS], const int t)
{
	u32 *word = &w[t % SHA1_WORDS];

	if (t >= SHA1_WORDS)
		*word = sha1_rol(*word ^ w[(t - 3) % SHA1_WORDS] ^ w[(t - 8) % SHA1_WORDS] ^
				 w[(t - 14) % SHA1_WORDS], 1);
	return *word;
}

/* A step whose rotation of the five variables is left to the caller. */
static __always_inline void sha1_step(u32 a, u32 *b, u32 *e, u32 f, u32 kw)
{
	/* What is known first is added first. */
	*e += kw;
	*e += f;
	*e += sha1_rol(a, 5);
	*b = sha1_rol(*b, 30);
}

/*
 * The twenty steps from @first on, which share @fn and @k. Five by five no variable
 * moves, and unrolled all places of words are known.
 */
static __always_inline void sha1_twenty(u32 v[5], u32 *w, const int first, u32 k, sha1_fn fn)
{
	u32 a = v[0], b = v[1], c = v[2], d = v[3], e = v[4];
	int t;

#pragma GCC unroll 4
	for (t = first; t < first + 20; t += 5) {
		sha1_step(a, &b, &e, fn(b, c, d), k + sha1_word(w, t));
		sha1_step(e, &a, &d, fn(a, b, c), k + sha1_word(w, t + 1));
		sha1_step(d, &e, &c, fn(e, a, b), k + sha1_word(w, t + 2));
		sha1_step(c, &d, &b, fn(d, e, a), k + sha1_word(w, t + 3));
		sha1_step(b, &c, &a, fn(c, d, e), k + sha1_word(w, t + 4));
	}
	v[0] = a;
	v[1] = b;
	v[2] = c;
	v[3] = d;
	v[4] = e;
}

static void sha1_block(u32 h[5], u32 w[SHA1_WORDS], const u8 *block)
{
	u32 v[5] = { h[0], h[1], h[2], h[3], h[4] };
	int t;

	for (t = 0; t < SHA1_WORDS; t++)
		w[t] = kpptp_get_be32(block + 4 * t);

	sha1_twenty(v, w, 0, 0x5a827999, sha1_choose);
	sha1_twenty(v, w, 20, 0x6ed9eba1, sha1_parity);
	sha1_twenty(v, w, 40, 0x8f1bbcdc, sha1_majority);
	sha1_twenty(v, w, 60, 0xca62c1d6, sha1_parity);

	for (t = 0; t < 5; t++)
		h[t] += v[t];
}

void kpptp_sha1_message(u8 p[2 * KPPTP_SHA1_BLOCK], const u8 *start, const u8 *cur, size_t len)
{
	size_t total = 2 * (len + SHA1_PAD);

	memset(p, 0, 2 * KPPTP_SHA1_BLOCK);
	memcpy(p, start, len);
	memcpy(p + len + SHA1_PAD, cur, len);
	memset(p + 2 * len + SHA1_PAD, 0xf2, SHA1_PAD);
	p[total] = 0x80;
	kpptp_put_be16(p + 2 * KPPTP_SHA1_BLOCK - 2, (u16)(8 * total));
}

void kpptp_sha1_getkey_generic(const u8 *start, const u8 *cur, size_t len,
			       u8 digest[KPPTP_SHA1_LEN])
{
	struct sha1_work work;
	int i;

	kpptp_sha1_message(work.block, start, cur, len);
	work.h[0] = 0x67452301;
	work.h[1] = 0xefcdab89;
	work.h[2] = 0x98badcfe;
	work.h[3] = 0x10325476;
	work.h[4] = 0xc3d2e1f0;
	sha1_block(work.h, work.w, work.block);
	sha1_block(work.h, work.w, work.block + KPPTP_SHA1_BLOCK);
	for (i = 0; i < 5; i++)
		kpptp_put_be32(digest + 4 * i, work.h[i]);
	memzero_explicit(&work, sizeof(work));
}

void (*kpptp_sha1_getkey)(const u8 *start, const u8 *cur, size_t len,
			  u8 digest[KPPTP_SHA1_LEN]) = kpptp_sha1_getkey_generic;
