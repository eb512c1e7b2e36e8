/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * MPPE session keys and their change (RFC 3078 section 7, RFC 3079).
 */
#ifndef KPPTP_CORE_MPPE_KEY_H
#define KPPTP_CORE_MPPE_KEY_H

#include "port.h"

#define KPPTP_MPPE_KEY_MAX 16

enum kpptp_mppe_bits {
	KPPTP_MPPE_40 = 40,
	KPPTP_MPPE_56 = 56,
	KPPTP_MPPE_128 = 128,
};

/* Octets of the key (8 for 40 and 56 bit, 16 for 128), 0 for another @bits. */
static inline u8 kpptp_mppe_key_len(unsigned int bits)
{
	switch (bits) {
	case KPPTP_MPPE_40:
	case KPPTP_MPPE_56:
		return 8;
	case KPPTP_MPPE_128:
		return 16;
	}
	return 0;
}

/**
 * struct kpptp_mppe_key - one direction's key chain. Secret.
 * @start: start key as negotiated, never reduced
 * @cur: current session key, reduced to @bits
 * @len: octets used of both
 * @bits: 40, 56 or 128
 */
struct kpptp_mppe_key {
	u8 start[KPPTP_MPPE_KEY_MAX];
	u8 cur[KPPTP_MPPE_KEY_MAX];
	u8 len;
	u8 bits;
};

/*
 * Derives the initial session key from @start (kpptp_mppe_key_len(@bits)
 * octets). @bits must be one of enum kpptp_mppe_bits.
 */
void kpptp_mppe_key_init(struct kpptp_mppe_key *key, const u8 *start,
			 unsigned int bits);

/* Changes the key once (RFC 3078 section 7.3): SHA-1, then RC4 of itself. */
void kpptp_mppe_key_change(struct kpptp_mppe_key *key);

struct kpptp_rc4_job;

/*
 * The same in two steps, so that the RC4 of many chains runs side by side. The first
 * prepares @job, whose output, @key->len octets, is @to; the second takes these when
 * the job has run, and reduces them. @key is in between for nothing else.
 */
void kpptp_mppe_key_change_job(struct kpptp_mppe_key *key, u8 *to,
			       struct kpptp_rc4_job *job);
void kpptp_mppe_key_changed(struct kpptp_mppe_key *key, u8 *to);

#endif /* KPPTP_CORE_MPPE_KEY_H */
