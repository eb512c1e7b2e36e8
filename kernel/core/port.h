/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What kernel/core needs from its surroundings: types, byte order, memory.
 *
 * This is the only file of core that knows whether it is built into kpptp.ko
 * or into a userspace program (unit tests, fuzzers, the bench).
 */
#ifndef KPPTP_CORE_PORT_H
#define KPPTP_CORE_PORT_H

#ifdef __KERNEL__

#include <asm/barrier.h>
#include <linux/bitops.h>
#include <linux/build_bug.h>
#include <linux/compiler.h>
#include <linux/minmax.h>
#include <linux/string.h>
#include <linux/types.h>

#else

#include <assert.h>
#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

typedef __u8 u8;
typedef __u16 u16;
typedef __u32 u32;
typedef __u64 u64;
typedef __s32 s32;
typedef __s64 s64;

/* Wipes @len octets at @p in a way that the compiler may not drop. */
static inline void memzero_explicit(void *p, size_t len)
{
	memset(p, 0, len);
	__asm__ __volatile__("" : : "r"(p) : "memory");
}

#define min(a, b) ({			\
	__typeof__(a) _min_a = (a);	\
	__typeof__(b) _min_b = (b);	\
					\
	_min_a < _min_b ? _min_a : _min_b; })

/* Place of the most significant bit that is set, from 1; 0: none is. */
static inline int fls64(u64 x)
{
	return x ? 64 - __builtin_clzll(x) : 0;
}

#define unlikely(x)		__builtin_expect(!!(x), 0)

/* As the kernel's, of which acquire and release are the stronger half. */
#define READ_ONCE(x)		__atomic_load_n(&(x), __ATOMIC_ACQUIRE)
/* Pairs with it. */
#define smp_store_release(p, v)	__atomic_store_n(p, v, __ATOMIC_RELEASE)

#endif /* __KERNEL__ */

/* Unaligned big-endian access, one octet at a time: right on every machine. */
static inline u16 kpptp_get_be16(const u8 *p)
{
	return (u16)(p[0] << 8 | p[1]);
}

static inline u32 kpptp_get_be32(const u8 *p)
{
	return (u32)p[0] << 24 | (u32)p[1] << 16 | (u32)p[2] << 8 | p[3];
}

static inline void kpptp_put_be16(u8 *p, u16 v)
{
	p[0] = v >> 8;
	p[1] = v & 0xff;
}

static inline void kpptp_put_be32(u8 *p, u32 v)
{
	p[0] = v >> 24;
	p[1] = v >> 16 & 0xff;
	p[2] = v >> 8 & 0xff;
	p[3] = v & 0xff;
}

#endif /* KPPTP_CORE_PORT_H */
