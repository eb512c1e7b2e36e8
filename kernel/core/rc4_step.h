/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The pieces of RC4 that one stream and many have in common.
 */
#ifndef KPPTP_CORE_RC4_STEP_H
#define KPPTP_CORE_RC4_STEP_H

#include "port.h"

/**
 * struct kpptp_rc4_at - where a stream is in its table
 * @i: the index that counts
 * @j: the index that wanders
 * @back: 0, or 256 - how far the table is turned
 *
 * All are below 256; they are as wide as a register because a narrow one would be
 * widened again for each access.
 */
struct kpptp_rc4_at {
	unsigned long i;
	unsigned long j;
	unsigned long back;
};

/* @x + @y modulo 256. Compilers do not see that x86 has this in one instruction. */
static __always_inline unsigned long kpptp_rc4_add(unsigned long x, unsigned long y)
{
#ifdef __x86_64__
	__asm__("addb %b1, %b0" : "+q"(x) : "qn"(y) : "cc");
	return x;
#else
	return (u8)(x + y);
#endif
}

/* Entry @i of the table at @s + @off, now: no store moves across. @off must be a constant. */
static __always_inline unsigned long kpptp_rc4_entry(const u8 *s, const unsigned int off,
						     unsigned long i)
{
#ifdef __x86_64__
	unsigned long a;

	__asm__ __volatile__("movzbl	%c[off](%[s],%[i]), %k[a]"
			     : [a] "=q"(a)
			     : [s] "r"(s), [i] "r"(i), [off] "i"(off)
			     : "memory");
	return a;
#else
	return s[off + i];
#endif
}

/*
 * The exchange of a step in the table at @s + @off, of which @i and @j are the indices and
 * @a the entry at @i: returns the index of the octet of key stream, for a table that is
 * not turned. @off must be a constant. What compilers make of many of these at once has
 * half as many instructions again, to have addresses in registers that x86 adds up by
 * itself.
 */
static __always_inline unsigned long kpptp_rc4_swap(u8 *s, const unsigned int off,
						    unsigned long i, unsigned long a,
						    unsigned long *j)
{
	unsigned long b;

#ifdef __x86_64__
	__asm__ __volatile__("addb	%b[a], %b[j]\n\t"
			     "movzbl	%c[off](%[s],%[j]), %k[b]\n\t"
			     "movb	%b[a], %c[off](%[s],%[j])\n\t"
			     "movb	%b[b], %c[off](%[s],%[i])\n\t"
			     "addb	%b[a], %b[b]"
			     : [j] "+&q"(*j), [b] "=&q"(b)
			     : [a] "q"(a), [s] "r"(s), [i] "r"(i), [off] "i"(off)
			     : "cc", "memory");
	return b;
#else
	s += off;
	*j = (u8)(*j + a);
	b = s[*j];
	s[*j] = (u8)a;
	s[i] = (u8)b;
	return (u8)(a + b);
#endif
}

/* A step: the entry at @i, and its exchange. */
static __always_inline unsigned long kpptp_rc4_exchange(u8 *s, const unsigned int off,
							unsigned long i, unsigned long *j)
{
	return kpptp_rc4_swap(s, off, i, kpptp_rc4_entry(s, off, i), j);
}

/* The table before the key: each entry its own index. */
static inline void kpptp_rc4_identity(u8 *s)
{
	static const u8 first[8] = { 0, 1, 2, 3, 4, 5, 6, 7 };
	unsigned int i;
	u64 some;

	/* Eight at once: no sum of two octets carries, so their order is no matter. */
	__builtin_memcpy(&some, first, sizeof(some));
	for (i = 0; i < 256; i += 8) {
		__builtin_memcpy(s + i, &some, sizeof(some));
		some += 0x0808080808080808;
	}
}

/* Puts octet number @at of eight to its place in a word. */
static __always_inline u64 kpptp_rc4_place(u8 octet, unsigned int at)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	return (u64)octet << 8 * at;
#else
	return (u64)octet << (56 - 8 * at);
#endif
}

/* Eight octets of key stream over eight octets. */
static __always_inline void kpptp_rc4_xor(u8 *dst, const u8 *src, u64 key)
{
	u64 data;

	__builtin_memcpy(&data, src, sizeof(data));
	data ^= key;
	__builtin_memcpy(dst, &data, sizeof(data));
}

/*
 * @len octets of a stream of which @s is the table; one by one, and as fast as one
 * stream alone can be. @dst and @src as in kpptp_rc4_crypt().
 */
void kpptp_rc4_octets(u8 *s, struct kpptp_rc4_at *at, u8 *dst, const u8 *src, size_t len);

#endif /* KPPTP_CORE_RC4_STEP_H */
