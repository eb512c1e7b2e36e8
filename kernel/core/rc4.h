/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * RC4: one stream, and many streams at once.
 *
 * MPPE needs no other cipher (RFC 3078 section 7). RC4 is bound by latency, so
 * independent streams run side by side: callers describe their work as jobs and
 * hand over as many as they have. There is more than one way to run jobs (struct
 * kpptp_rc4_lanes), all with the same results; which is the fastest depends on
 * the processor, and which may be used on where we are: that is the caller's to
 * know.
 */
#ifndef KPPTP_CORE_RC4_H
#define KPPTP_CORE_RC4_H

#include "port.h"

#define KPPTP_RC4_KEY_MAX	16
#define KPPTP_RC4_JOBS_KEYED	16u	/* jobs that get their keys at once */
#define KPPTP_RC4_ABREAST	4	/* streams that advance together at most */

/* One stream. Secret: wipe with kpptp_rc4_wipe(). */
struct kpptp_rc4 {
	u8 s[256];
	u8 i;
	u8 j;
};

/* Loads a key of 1 to KPPTP_RC4_KEY_MAX octets. */
void kpptp_rc4_set_key(struct kpptp_rc4 *rc4, const u8 *key, size_t key_len);

/* @dst and @src may be equal but not overlap otherwise. */
void kpptp_rc4_crypt(struct kpptp_rc4 *rc4, u8 *dst, const u8 *src, size_t len);

void kpptp_rc4_wipe(struct kpptp_rc4 *rc4);

/**
 * struct kpptp_rc4_job - one piece of one stream
 * @stream: continue this stream; NULL: a stream of its own, keyed with @key,
 *	    that ends with the job (stateless MPPE)
 * @key: key octets, used when @stream is NULL
 * @key_len: octets of @key
 * @src: input
 * @dst: output, equal to @src or not overlapping it
 * @len: octets
 *
 * Two jobs of one batch never share a stream.
 */
struct kpptp_rc4_job {
	struct kpptp_rc4 *stream;
	const u8 *key;
	u8 key_len;
	const u8 *src;
	u8 *dst;
	size_t len;
};

/**
 * struct kpptp_rc4_abreast - streams that advance together. Secret.
 * @s: their tables, turned so that all are at the same index: entry x here is
 *     entry x + @turn[lane] of the stream's own table
 * @i: that index
 * @j: each lane's second index, into its turned table
 * @turn: how far each table is turned
 * @rc4: where a lane's stream goes on afterwards; NULL: nowhere
 * @src: input
 * @dst: output
 * @left: octets to do
 *
 * One index for all lanes saves an instruction and a register a lane; that is
 * a fifth of the time.
 */
struct kpptp_rc4_abreast {
	u8 s[KPPTP_RC4_ABREAST][256];
	u8 i;
	u8 j[KPPTP_RC4_ABREAST];
	u8 turn[KPPTP_RC4_ABREAST];
	struct kpptp_rc4 *rc4[KPPTP_RC4_ABREAST];
	const u8 *src[KPPTP_RC4_ABREAST];
	u8 *dst[KPPTP_RC4_ABREAST];
	size_t left[KPPTP_RC4_ABREAST];
};

/*
 * Working memory for running jobs, 5 KiB, one per CPU; each run wipes what it
 * has used.
 */
struct kpptp_rc4_scratch {
	struct kpptp_rc4_abreast abreast;
	struct kpptp_rc4 keyed[KPPTP_RC4_JOBS_KEYED];
	u8 key[KPPTP_RC4_JOBS_KEYED][KPPTP_RC4_KEY_MAX];
};

/* What a way to run jobs asks of its surroundings. */
enum kpptp_rc4_need {
	KPPTP_RC4_NEED_NOTHING,
	KPPTP_RC4_NEED_SSE4_1,	/* x86's, and that vector registers may be used */
};

/**
 * struct kpptp_rc4_lanes - a way to run jobs
 * @name: for people; what the module parameter takes
 * @need: the processor must have it, and the caller of @run must be where it
 *	  may be used
 * @run: does all @n jobs; done when it returns. Never sleeps.
 */
struct kpptp_rc4_lanes {
	const char *name;
	enum kpptp_rc4_need need;
	void (*run)(const struct kpptp_rc4_job *jobs, unsigned int n,
		    struct kpptp_rc4_scratch *scratch);
};

/* All ways that there are on this architecture; behind the last a @name of NULL. */
extern const struct kpptp_rc4_lanes kpptp_rc4_lanes[];

/* Does all @n jobs in the fastest way that needs nothing. */
void kpptp_rc4_run(const struct kpptp_rc4_job *jobs, unsigned int n,
		   struct kpptp_rc4_scratch *scratch);

#endif /* KPPTP_CORE_RC4_H */
