/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * skbs and RC4 jobs. A batch collects jobs of packets and of sessions, and runs
 * them together; RC4 is synchronous for the caller.
 */
#ifndef KPPTP_CRYPT_H
#define KPPTP_CRYPT_H

#include "core/mppe.h"
#include "core/rc4.h"

#define KPPTP_CRYPT_BATCH 64

struct sk_buff;

/**
 * struct kpptp_crypt_batch - jobs waiting. Per CPU, used with BH off. Secret.
 * @n: jobs
 * @job: the jobs
 * @key: key storage for kpptp_mppe_tx_next()
 * @skb: for whoever wants to know which packets these were, until the next batch
 * @scratch: lanes
 */
struct kpptp_crypt_batch {
	unsigned int n;
	struct kpptp_rc4_job job[KPPTP_CRYPT_BATCH];
	u8 key[KPPTP_CRYPT_BATCH][KPPTP_MPPE_KEY_MAX];
	struct sk_buff *skb[KPPTP_CRYPT_BATCH];
	struct kpptp_rc4_scratch scratch;
};

int kpptp_crypt_init(void);
void kpptp_crypt_exit(void);

/*
 * This CPU's batch, empty; BH off until kpptp_crypt_run(), and nothing may send
 * or deliver a packet between the two.
 */
struct kpptp_crypt_batch *kpptp_crypt_batch(void);

/* Runs all jobs of @batch, wipes keys and lanes, empties it. */
void kpptp_crypt_run(struct kpptp_crypt_batch *batch);

#endif /* KPPTP_CRYPT_H */
