// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * SHA-1 over the two blocks of the MPPE key schedule, with x86's instructions for it.
 *
 * They take four steps at once. A vector has four words, the first in its highest
 * place: a, b, c, d, or four of the schedule; the fifth variable is alone in the highest
 * place of another.
 */
#include "sha1.h"

#ifdef __x86_64__

#define SHA1_SSE	__attribute__((__target__("sse2")))

typedef u32 sha1_vector __attribute__((__vector_size__(16)));

static __always_inline SHA1_SSE sha1_vector sha1_load(const void *p)
{
	sha1_vector vector;

	__asm__("movdqu %1, %0" : "=x"(vector) : "m"(*(const u8 (*)[16])p));
	return vector;
}

static __always_inline SHA1_SSE void sha1_store(void *p, sha1_vector vector)
{
	__asm__("movdqu %1, %0" : "=m"(*(u8 (*)[16])p) : "x"(vector));
}

/* Sixteen octets as they lie in a message to a vector, and back. */
static __always_inline SHA1_SSE sha1_vector sha1_reverse(sha1_vector vector)
{
	static const u8 order[16] = { 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0 };

	__asm__("pshufb %1, %0" : "+x"(vector) : "x"(sha1_load(order)));
	return vector;
}

/* The steps from 4 * @at on, which is a constant. */
static __always_inline SHA1_SSE void sha1_four(sha1_vector w[4], sha1_vector *abcd, sha1_vector *e,
					       const unsigned int at)
{
	sha1_vector *word = &w[at % 4];
	sha1_vector next = *abcd;

	if (at > 3) {
		__asm__("sha1msg1 %1, %0" : "+x"(*word) : "x"(w[(at + 1) % 4]));
		*word ^= w[(at + 2) % 4];
		__asm__("sha1msg2 %1, %0" : "+x"(*word) : "x"(w[(at + 3) % 4]));
	}
	if (at)
		__asm__("sha1nexte %1, %0" : "+x"(*e) : "x"(*word));
	else
		*e += *word;
	__asm__("sha1rnds4 %2, %1, %0" : "+x"(*abcd) : "x"(*e), "i"(at / 5));
	*e = next;
}

static SHA1_SSE void sha1_block(u32 h[8], const u8 *block)
{
	sha1_vector abcd = sha1_load(h), e = sha1_load(h + 4);
	sha1_vector w[4] = {
		sha1_reverse(sha1_load(block)),
		sha1_reverse(sha1_load(block + 16)),
		sha1_reverse(sha1_load(block + 32)),
		sha1_reverse(sha1_load(block + 48)),
	};

	sha1_four(w, &abcd, &e, 0);
	sha1_four(w, &abcd, &e, 1);
	sha1_four(w, &abcd, &e, 2);
	sha1_four(w, &abcd, &e, 3);
	sha1_four(w, &abcd, &e, 4);
	sha1_four(w, &abcd, &e, 5);
	sha1_four(w, &abcd, &e, 6);
	sha1_four(w, &abcd, &e, 7);
	sha1_four(w, &abcd, &e, 8);
	sha1_four(w, &abcd, &e, 9);
	sha1_four(w, &abcd, &e, 10);
	sha1_four(w, &abcd, &e, 11);
	sha1_four(w, &abcd, &e, 12);
	sha1_four(w, &abcd, &e, 13);
	sha1_four(w, &abcd, &e, 14);
	sha1_four(w, &abcd, &e, 15);
	sha1_four(w, &abcd, &e, 16);
	sha1_four(w, &abcd, &e, 17);
	sha1_four(w, &abcd, &e, 18);
	sha1_four(w, &abcd, &e, 19);

	__asm__("sha1nexte %1, %0" : "+x"(e) : "x"(sha1_load(h + 4)));
	sha1_store(h, abcd + sha1_load(h));
	sha1_store(h + 4, e);
}

SHA1_SSE void kpptp_sha1_getkey_ni(const u8 *start, const u8 *cur, size_t len,
				   u8 digest[KPPTP_SHA1_LEN])
{
	u8 block[2 * KPPTP_SHA1_BLOCK];
	u32 h[8] = { 0x10325476, 0x98badcfe, 0xefcdab89, 0x67452301, [7] = 0xc3d2e1f0 };

	kpptp_sha1_message(block, start, cur, len);
	sha1_block(h, block);
	sha1_block(h, block + KPPTP_SHA1_BLOCK);
	sha1_store(digest, sha1_reverse(sha1_load(h)));
	kpptp_put_be32(digest + 16, h[7]);
	memzero_explicit(block, sizeof(block));
	memzero_explicit(h, sizeof(h));
}

#endif
