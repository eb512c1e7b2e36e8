// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * RC4, one stream.
 *
 * A step needs the entry at its first index, which the step before may have exchanged.
 * That is seldom, but a processor that waits for it each time does nothing else, and
 * one that does not begins anew whenever it happens. So entries are taken a step or two
 * ahead, and taken again after a step that has exchanged one of them: a branch, which
 * processors foresee.
 */
#include "rc4.h"
#include "rc4_step.h"

/* Steps: more branches fail, fewer hide less. */
#define RC4_AHEAD_KEY	1	/* while a key is set up */
#define RC4_AHEAD	2	/* otherwise */

/**
 * struct rc4_ahead - what the next steps begin with
 * @a: their entries
 * @i: index of the last of these
 */
struct rc4_ahead {
	unsigned long a[RC4_AHEAD];
	unsigned long i;
};

/* Takes the entries of @steps after @i. */
static __always_inline void rc4_ahead_take(const u8 *s, unsigned long i,
					   struct rc4_ahead *ahead, const unsigned int steps)
{
	unsigned int k;

#pragma GCC unroll 2
	for (k = 0; k < steps; k++) {
		i = kpptp_rc4_add(i, 1);
		ahead->a[k] = kpptp_rc4_entry(s, 0, i);
	}
	ahead->i = i;
}

/* The entry of the step at hand; one more is taken, so that there are @steps. */
static __always_inline unsigned long rc4_ahead_next(const u8 *s, struct rc4_ahead *ahead,
						    const unsigned int steps)
{
	unsigned long a = ahead->a[0];
	unsigned int k;

#pragma GCC unroll 2
	for (k = 1; k < steps; k++)
		ahead->a[k - 1] = ahead->a[k];
	ahead->i = kpptp_rc4_add(ahead->i, 1);
	ahead->a[steps - 1] = kpptp_rc4_entry(s, 0, ahead->i);
	return a;
}

/*
 * The step at @i, which begins with @a: an exchange, and what has been taken ahead stays
 * true. Returns what kpptp_rc4_swap() does.
 */
static __always_inline unsigned long rc4_step(u8 *s, unsigned long i, unsigned long a,
					      unsigned long *j, struct rc4_ahead *ahead,
					      const unsigned int steps)
{
	unsigned long t = kpptp_rc4_swap(s, 0, i, a, j);

	if (unlikely((u8)(ahead->i - *j) < steps))
		rc4_ahead_take(s, i, ahead, steps);
	return t;
}

/* The step of key set-up at @i, with octet @key. */
static __always_inline void rc4_mix(u8 *s, unsigned long i, unsigned long *j, u8 key,
				    struct rc4_ahead *ahead)
{
	unsigned long a = rc4_ahead_next(s, ahead, RC4_AHEAD_KEY);

	*j = kpptp_rc4_add(*j, key);
	rc4_step(s, i, a, j, ahead, RC4_AHEAD_KEY);
}

/* A key of 16 octets: where each of them goes is known. */
static void rc4_mix_whole(u8 *s, const u8 *key, struct rc4_ahead *ahead)
{
	unsigned long i = 0, j = 0;
	unsigned int at;

	do {
#pragma GCC unroll 16
		for (at = 0; at < KPPTP_RC4_KEY_MAX; at++) {
			rc4_mix(s, i, &j, key[at], ahead);
			i = kpptp_rc4_add(i, 1);
		}
	} while (i);
}

void kpptp_rc4_set_key(struct kpptp_rc4 *rc4, const u8 *key, size_t key_len)
{
	struct rc4_ahead ahead;
	unsigned long i, j = 0;

	kpptp_rc4_identity(rc4->s);
	rc4_ahead_take(rc4->s, 255, &ahead, RC4_AHEAD_KEY);
	if (key_len == KPPTP_RC4_KEY_MAX)
		rc4_mix_whole(rc4->s, key, &ahead);
	else
		for (i = 0; i < 256; i++)
			rc4_mix(rc4->s, i, &j, key[i % key_len], &ahead);
	rc4->i = 0;
	rc4->j = 0;
}

/* The next octet of key stream of the table @s, which may be @turned. */
static __always_inline u8 rc4_next(u8 *s, struct kpptp_rc4_at *at, struct rc4_ahead *ahead,
				   const bool turned)
{
	unsigned long a = rc4_ahead_next(s, ahead, RC4_AHEAD);
	unsigned long t;

	at->i = kpptp_rc4_add(at->i, 1);
	t = rc4_step(s, at->i, a, &at->j, ahead, RC4_AHEAD);
	return s[turned ? kpptp_rc4_add(t, at->back) : t];
}

static __always_inline void rc4_octets(u8 *s, struct kpptp_rc4_at *at, u8 *dst, const u8 *src,
				       size_t len, const bool turned)
{
	struct kpptp_rc4_at here = *at;
	struct rc4_ahead ahead;
	unsigned int n;
	u64 key;

	rc4_ahead_take(s, here.i, &ahead, RC4_AHEAD);
	for (; len >= sizeof(key); len -= sizeof(key)) {
		key = 0;
#pragma GCC unroll 8
		for (n = 0; n < sizeof(key); n++) {
			key |= kpptp_rc4_place(rc4_next(s, &here, &ahead, turned), n);
			__asm__("" : "+r"(key));
		}
		kpptp_rc4_xor(dst, src, key);
		dst += sizeof(key);
		src += sizeof(key);
	}
	while (len--)
		*dst++ = *src++ ^ rc4_next(s, &here, &ahead, turned);
	*at = here;
}

void kpptp_rc4_octets(u8 *s, struct kpptp_rc4_at *at, u8 *dst, const u8 *src, size_t len)
{
	if (at->back)
		rc4_octets(s, at, dst, src, len, true);
	else
		rc4_octets(s, at, dst, src, len, false);
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
