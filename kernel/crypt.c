// SPDX-License-Identifier: GPL-2.0-only
/*
 * A batch of RC4 jobs per CPU.
 */
#include <linux/percpu.h>
#include <linux/string.h>

#include "crypt.h"

static struct kpptp_crypt_batch __percpu *crypt_batches;

int kpptp_crypt_init(void)
{
	crypt_batches = alloc_percpu(struct kpptp_crypt_batch);
	return crypt_batches ? 0 : -ENOMEM;
}

void kpptp_crypt_exit(void)
{
	free_percpu(crypt_batches);
}

struct kpptp_crypt_batch *kpptp_crypt_batch(void)
{
	return this_cpu_ptr(crypt_batches);
}

void kpptp_crypt_run(struct kpptp_crypt_batch *batch)
{
	kpptp_rc4_run(batch->job, batch->n, &batch->scratch);
	memzero_explicit(batch->key, batch->n * sizeof(batch->key[0]));
	batch->n = 0;
}
