// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * RC4, one stream.
 *
 * A processor that works out of order loads the entries of many steps to come
 * before it knows where the steps at hand will store theirs. When one of these
 * turns out to be the same place, it starts again from there, which happens so
 * often with RC4 that it takes as much time as the work. So a load is made to wait
 * until the index of a few steps before is known.
 */
#include "rc4.h"
#include "rc4_step.h"

#define RC4_WAIT	3	/* steps: as far back as the fastest keys and octets need it */

/* The last RC4_WAIT of a stream's second index, the newest first. */
struct rc4_past {
	unsigned long j[RC4_WAIT];
	unsigned long none;
};

/* @none is 0 but the compiler is not told, or it would see through rc4_load(). */
static __always_inline void rc4_past_init(struct rc4_past *past)
{
	unsigned int i;

	for (i = 0; i < RC4_WAIT; i++)
		past->j[i] = 0;
	past->none = 0;
	__asm__("" : "+r"(past->none));
}

/* The entry at @i, not before the oldest index of @past is known. */
static __always_inline unsigned long rc4_load(const u8 *s, unsigned long i,
					      const struct rc4_past *past)
{
	return s[i + (past->j[RC4_WAIT - 1] & past->none)];
}

static __always_inline void rc4_past_add(struct rc4_past *past, unsigned long j)
{
	unsigned int i;

#pragma GCC unroll 4
	for (i = RC4_WAIT - 1; i > 0; i--)
		past->j[i] = past->j[i - 1];
	past->j[0] = j;
}

/* One step of key set-up with octet @key. */
static __always_inline unsigned long rc4_mix(u8 *s, unsigned long i, unsigned long j,
					     u8 key, struct rc4_past *past)
{
	unsigned long a = rc4_load(s, i, past);
	unsigned long b;

	j = kpptp_rc4_add(kpptp_rc4_add(j, a), key);
	b = s[j];
	s[i] = (u8)b;
	s[j] = (u8)a;
	rc4_past_add(past, j);
	return j;
}

void kpptp_rc4_set_key(struct kpptp_rc4 *rc4, const u8 *key, size_t key_len)
{
	struct rc4_past past;
	unsigned long i, j = 0;
	size_t k = 0;

	rc4_past_init(&past);
	kpptp_rc4_identity(rc4->s);
#pragma GCC unroll 4
	for (i = 0; i < 256; i++) {
		j = rc4_mix(rc4->s, i, j, key[k], &past);
		if (++k == key_len)
			k = 0;
	}
	rc4->i = 0;
	rc4->j = 0;
}

/* The next octet of key stream of the table @s. */
static __always_inline u8 rc4_next(u8 *s, struct kpptp_rc4_at *at, struct rc4_past *past)
{
	unsigned long a, b;

	at->i = kpptp_rc4_add(at->i, 1);
	a = rc4_load(s, at->i, past);
	at->j = kpptp_rc4_add(at->j, a);
	b = s[at->j];
	s[at->i] = (u8)b;
	s[at->j] = (u8)a;
	rc4_past_add(past, at->j);
	return s[kpptp_rc4_add(kpptp_rc4_add(a, b), at->back)];
}

void kpptp_rc4_octets(u8 *s, struct kpptp_rc4_at *at, u8 *dst, const u8 *src, size_t len)
{
	struct kpptp_rc4_at here = *at;
	struct rc4_past past;
	unsigned int n;
	u64 key;

	rc4_past_init(&past);
	for (; len >= sizeof(key); len -= sizeof(key)) {
		key = 0;
#pragma GCC unroll 8
		for (n = 0; n < sizeof(key); n++)
			key |= kpptp_rc4_place(rc4_next(s, &here, &past), n);
		kpptp_rc4_xor(dst, src, key);
		dst += sizeof(key);
		src += sizeof(key);
	}
	while (len--)
		*dst++ = *src++ ^ rc4_next(s, &here, &past);
	*at = here;
}

void kpptp_rc4_crypt(struct kpptp_rc4 *rc4, u8 *dst, const u8 *src, size_t len)
{
	struct kpptp_rc4_at at = { .i = rc4->i, .j = rc4->j };

	kpptp_rc4_octets(rc4->s, &at, dst, src, len);
	rc4->i = (u8)at.i;
	rc4->j = (u8)at.j;
}

void kpptp_rc4_wipe(struct kpptp_rc4 *rc4)
{
	memzero_explicit(rc4, sizeof(*rc4));
}
