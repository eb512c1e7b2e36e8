/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * RC4: one stream, and many streams at once.
 *
 * MPPE needs no other cipher (RFC 3078 section 7). RC4 is bound by latency, so
 * independent streams run side by side: callers describe their work as jobs and
 * hand over as many as they have.
 */
#ifndef KPPTP_CORE_RC4_H
#define KPPTP_CORE_RC4_H

#include "port.h"

#define KPPTP_RC4_KEY_MAX	16
#define KPPTP_RC4_LANES_MAX	16u	/* jobs that run at once at most */

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

/* Working memory of kpptp_rc4_run(), one per CPU; wiped by each run. */
struct kpptp_rc4_scratch {
	struct kpptp_rc4 lane[KPPTP_RC4_LANES_MAX];
};

/* Does all @n jobs; done when it returns. Callers in softirq: never sleeps. */
void kpptp_rc4_run(struct kpptp_rc4_job *jobs, unsigned int n,
		   struct kpptp_rc4_scratch *scratch);

#endif /* KPPTP_CORE_RC4_H */
