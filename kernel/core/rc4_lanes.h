/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * RC4, many streams at once: what the ways to run them share.
 */
#ifndef KPPTP_CORE_RC4_LANES_H
#define KPPTP_CORE_RC4_LANES_H

#include "rc4.h"
#include "rc4_step.h"

#define KPPTP_RC4_BLOCK	16	/* octets of a stream between two looks at its data */

/*
 * Advances the first @width lanes (2 to KPPTP_RC4_ABREAST) by @len octets, a multiple
 * of KPPTP_RC4_BLOCK that all of them have left.
 */
typedef void (*kpptp_rc4_blocks)(struct kpptp_rc4_abreast *ab, unsigned int width,
				 size_t len);

/* One by one: what the others are compared with, and do with a job alone. */
void kpptp_rc4_run_single(const struct kpptp_rc4_job *jobs, unsigned int n,
			  struct kpptp_rc4_scratch *scratch);

/* Runs jobs with @advance: what the ways to run several streams have in common. */
void kpptp_rc4_run_abreast(const struct kpptp_rc4_job *jobs, unsigned int n,
			   struct kpptp_rc4_scratch *scratch, kpptp_rc4_blocks advance);

/* Needs SSE4.1. */
void kpptp_rc4_sse(struct kpptp_rc4_abreast *ab, unsigned int width, size_t len);

/*
 * Is one of the first @width lanes turned? Mostly none is: a packet's own stream begins
 * where all others of its batch do.
 */
static inline bool kpptp_rc4_turned(const struct kpptp_rc4_abreast *ab, unsigned int width)
{
	unsigned int lane;
	u8 turned = 0;

	for (lane = 0; lane < width; lane++)
		turned |= ab->turn[lane];
	return turned;
}

/*
 * Where the first @width lanes are; their common index is @ab->i. All loops over lanes
 * are unrolled, or @at would not be kept in registers.
 */
static __always_inline void kpptp_rc4_take(const struct kpptp_rc4_abreast *ab,
					   unsigned int width, struct kpptp_rc4_at *at)
{
	unsigned int lane;

#pragma GCC unroll 4
	for (lane = 0; lane < width; lane++) {
		at[lane].j = ab->j[lane];
		at[lane].back = (u8)-ab->turn[lane];
	}
}

/* The lanes have come to @at and to index @i, @len octets on. */
static __always_inline void kpptp_rc4_give(struct kpptp_rc4_abreast *ab, unsigned int width,
					   const struct kpptp_rc4_at *at, unsigned long i,
					   size_t len)
{
	unsigned int lane;

	ab->i = (u8)i;
#pragma GCC unroll 4
	for (lane = 0; lane < width; lane++) {
		ab->j[lane] = (u8)at[lane].j;
		ab->src[lane] += len;
		ab->dst[lane] += len;
		ab->left[lane] -= len;
	}
}

#endif /* KPPTP_CORE_RC4_LANES_H */
