// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * RC4, four streams abreast, with the key stream gathered in vector registers.
 *
 * The tables are the same as without: no instruction looks up many of them at once
 * as fast as four streams do one by one. But a vector register takes an octet from
 * memory to any place in one instruction, where a word needs three, and it leaves
 * the other registers to the indices.
 *
 * Vector registers belong to user space; the caller sees to it that they may be used.
 */
#include "rc4_lanes.h"

#ifdef __x86_64__

#define RC4_SSE	__attribute__((__target__("sse4.1")))

typedef u64 rc4_vector __attribute__((__vector_size__(16)));

/* Without an input, so that no lane waits for its block before. */
static __always_inline RC4_SSE void rc4_clear(rc4_vector *vector)
{
	__asm__("pxor %0, %0" : "=x"(*vector));
}

/*
 * The next octet of @lane goes to place @at of @key. All but @ab, @i, @to and @key are
 * constants.
 */
static __always_inline RC4_SSE void rc4_octet(struct kpptp_rc4_abreast *ab,
					      const unsigned int lane, unsigned long i,
					      struct kpptp_rc4_at *to, rc4_vector *key,
					      const bool turned, const unsigned int at)
{
	u8 *s = ab->s[0];
	unsigned long t = kpptp_rc4_exchange(s, 256 * lane, i, &to->j);

	if (turned)
		t = kpptp_rc4_add(t, to->back);
	__asm__("pinsrb %2, %1, %0" : "+x"(*key) : "m"(s[256 * lane + t]), "i"(at));
}

/* Octet @at of the block, in all lanes. */
static __always_inline RC4_SSE void rc4_step(struct kpptp_rc4_abreast *ab,
					     const unsigned int width, unsigned long *i,
					     struct kpptp_rc4_at *to, rc4_vector *key,
					     const bool turned, const unsigned int at)
{
	*i = kpptp_rc4_add(*i, 1);
	rc4_octet(ab, 0, *i, &to[0], &key[0], turned, at);
	rc4_octet(ab, 1, *i, &to[1], &key[1], turned, at);
	if (width > 2)
		rc4_octet(ab, 2, *i, &to[2], &key[2], turned, at);
	if (width > 3)
		rc4_octet(ab, 3, *i, &to[3], &key[3], turned, at);
}

/* The block @key over what is @n octets on in @lane. */
static __always_inline RC4_SSE void rc4_xor(const struct kpptp_rc4_abreast *ab, unsigned int lane,
					    size_t n, rc4_vector key)
{
	typedef u8 block[KPPTP_RC4_BLOCK];
	rc4_vector data;

	__asm__("movdqu %1, %0" : "=x"(data) : "m"(*(const block *)(ab->src[lane] + n)));
	data ^= key;
	__asm__("movdqu %1, %0" : "=m"(*(block *)(ab->dst[lane] + n)) : "x"(data));
}

static __always_inline RC4_SSE void rc4_advance(struct kpptp_rc4_abreast *ab,
						const unsigned int width, const bool turned,
						size_t len)
{
	struct kpptp_rc4_at to[KPPTP_RC4_ABREAST];
	rc4_vector key[KPPTP_RC4_ABREAST];
	unsigned long i = ab->i;
	size_t n;

	kpptp_rc4_take(ab, width, to);
	for (n = 0; n < len; n += KPPTP_RC4_BLOCK) {
		rc4_clear(&key[0]);
		rc4_clear(&key[1]);
		rc4_clear(&key[2]);
		rc4_clear(&key[3]);
		rc4_step(ab, width, &i, to, key, turned, 0);
		rc4_step(ab, width, &i, to, key, turned, 1);
		rc4_step(ab, width, &i, to, key, turned, 2);
		rc4_step(ab, width, &i, to, key, turned, 3);
		rc4_step(ab, width, &i, to, key, turned, 4);
		rc4_step(ab, width, &i, to, key, turned, 5);
		rc4_step(ab, width, &i, to, key, turned, 6);
		rc4_step(ab, width, &i, to, key, turned, 7);
		rc4_step(ab, width, &i, to, key, turned, 8);
		rc4_step(ab, width, &i, to, key, turned, 9);
		rc4_step(ab, width, &i, to, key, turned, 10);
		rc4_step(ab, width, &i, to, key, turned, 11);
		rc4_step(ab, width, &i, to, key, turned, 12);
		rc4_step(ab, width, &i, to, key, turned, 13);
		rc4_step(ab, width, &i, to, key, turned, 14);
		rc4_step(ab, width, &i, to, key, turned, 15);
		rc4_xor(ab, 0, n, key[0]);
		rc4_xor(ab, 1, n, key[1]);
		if (width > 2)
			rc4_xor(ab, 2, n, key[2]);
		if (width > 3)
			rc4_xor(ab, 3, n, key[3]);
	}
	kpptp_rc4_give(ab, width, to, i, len);
}

static RC4_SSE void rc4_advance_straight(struct kpptp_rc4_abreast *ab, unsigned int width,
					 size_t len)
{
	if (width == 4)
		rc4_advance(ab, 4, false, len);
	else if (width == 3)
		rc4_advance(ab, 3, false, len);
	else
		rc4_advance(ab, 2, false, len);
}

static RC4_SSE void rc4_advance_turned(struct kpptp_rc4_abreast *ab, unsigned int width,
				       size_t len)
{
	if (width == 4)
		rc4_advance(ab, 4, true, len);
	else if (width == 3)
		rc4_advance(ab, 3, true, len);
	else
		rc4_advance(ab, 2, true, len);
}

RC4_SSE void kpptp_rc4_sse(struct kpptp_rc4_abreast *ab, unsigned int width, size_t len)
{
	if (kpptp_rc4_turned(ab, width))
		rc4_advance_turned(ab, width, len);
	else
		rc4_advance_straight(ab, width, len);
}

#endif
