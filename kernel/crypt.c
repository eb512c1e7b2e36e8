// SPDX-License-Identifier: GPL-2.0-only
/*
 * A batch of RC4 jobs per CPU, and how it is run on this machine.
 */
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/percpu.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "crypt.h"
#include "simd.h"

#define CRYPT_SAMPLE	256	/* octets of each job that is timed */
#define CRYPT_ROUNDS	5

static struct kpptp_crypt_batch __percpu *crypt_batches;

static const struct kpptp_rc4_lanes *crypt_lanes __ro_after_init;

static kpptp_sha1_getkey_fn *crypt_sha1_simd __ro_after_init;

static char *crypt_lanes_name;
module_param_named(rc4_lanes, crypt_lanes_name, charp, 0444);
MODULE_PARM_DESC(rc4_lanes, "how RC4 runs: scalar1, scalar4 or sse4; the fastest by default");

/* What the jobs that are timed work on. */
struct crypt_sample {
	struct kpptp_rc4_scratch scratch;
	struct kpptp_rc4_job job[KPPTP_RC4_JOBS_KEYED];
	u8 key[KPPTP_RC4_KEY_MAX];
	u8 data[KPPTP_RC4_JOBS_KEYED][CRYPT_SAMPLE];
};

static void crypt_run(const struct kpptp_rc4_lanes *lanes, const struct kpptp_rc4_job *job,
		      unsigned int n, struct kpptp_rc4_scratch *scratch)
{
	if (lanes->need == KPPTP_RC4_NEED_NOTHING) {
		lanes->run(job, n, scratch);
	} else if (n > 1 && kpptp_simd_usable()) {
		kpptp_simd_begin();
		lanes->run(job, n, scratch);
		kpptp_simd_end();
	} else {
		/* One job has no use for them, and its stream is the same either way. */
		kpptp_rc4_run(job, n, scratch);
	}
}

/* The shortest of some runs, in ns: what was interrupted is none. */
static u64 crypt_time(const struct kpptp_rc4_lanes *lanes, struct crypt_sample *sample)
{
	u64 shortest = U64_MAX;
	unsigned int round;

	for (round = 0; round < CRYPT_ROUNDS; round++) {
		u64 start = ktime_get_ns();

		crypt_run(lanes, sample->job, ARRAY_SIZE(sample->job), &sample->scratch);
		shortest = min(shortest, ktime_get_ns() - start);
	}
	return shortest;
}

static const struct kpptp_rc4_lanes *crypt_fastest(struct crypt_sample *sample)
{
	const struct kpptp_rc4_lanes *fastest = NULL;
	const struct kpptp_rc4_lanes *lanes;
	u64 shortest = U64_MAX;

	for (lanes = kpptp_rc4_lanes; lanes->name; lanes++) {
		u64 time;

		if (!kpptp_simd_has(lanes))
			continue;
		time = crypt_time(lanes, sample);
		if (!fastest || time < shortest) {
			fastest = lanes;
			shortest = time;
		}
	}
	return fastest;
}

/* Those that the module's parameter names; NULL: there are none that can be used. */
static const struct kpptp_rc4_lanes *crypt_named(const char *name)
{
	const struct kpptp_rc4_lanes *lanes;

	for (lanes = kpptp_rc4_lanes; lanes->name; lanes++)
		if (!strcmp(lanes->name, name) && kpptp_simd_has(lanes))
			return lanes;
	pr_err("kpptp: rc4_lanes=%s is not a way to run RC4 on this machine\n", name);
	return NULL;
}

/* Measures; 0, or -ENOMEM. */
static int crypt_choose(void)
{
	struct crypt_sample *sample = kvzalloc(sizeof(*sample), GFP_KERNEL);
	unsigned int i;

	if (!sample)
		return -ENOMEM;
	for (i = 0; i < ARRAY_SIZE(sample->job); i++) {
		sample->job[i].key = sample->key;
		sample->job[i].key_len = sizeof(sample->key);
		sample->job[i].src = sample->data[i];
		sample->job[i].dst = sample->data[i];
		sample->job[i].len = CRYPT_SAMPLE;
	}
	crypt_lanes = crypt_fastest(sample);
	kvfree(sample);
	return 0;
}

static int crypt_set_lanes(void)
{
	if (!crypt_lanes_name)
		return crypt_choose();
	crypt_lanes = crypt_named(crypt_lanes_name);
	return crypt_lanes ? 0 : -EINVAL;
}

/* kpptp_sha1_getkey of a processor that has crypt_sha1_simd. Any context. */
static void crypt_sha1(const u8 *start, const u8 *cur, size_t len, u8 digest[KPPTP_SHA1_LEN])
{
	if (!kpptp_simd_usable()) {
		kpptp_sha1_getkey_generic(start, cur, len, digest);
		return;
	}
	kpptp_simd_begin();
	crypt_sha1_simd(start, cur, len, digest);
	kpptp_simd_end();
}

/* Who has forced lanes that need nothing wants vector registers left alone. */
static void crypt_set_sha1(void)
{
	if (crypt_lanes->need == KPPTP_RC4_NEED_NOTHING)
		return;
	crypt_sha1_simd = kpptp_simd_sha1();
	if (crypt_sha1_simd)
		kpptp_sha1_getkey = crypt_sha1;
}

int kpptp_crypt_init(void)
{
	int err = crypt_set_lanes();

	if (err)
		return err;
	crypt_set_sha1();
	crypt_batches = alloc_percpu(struct kpptp_crypt_batch);
	if (!crypt_batches)
		return -ENOMEM;
	/* Whoever reads the parameter is told, too. What was given is the parameter's own. */
	if (!crypt_lanes_name)
		crypt_lanes_name = (char *)crypt_lanes->name;
	pr_info("kpptp: RC4 runs as %s, SHA-1 %s\n", crypt_lanes->name,
		crypt_sha1_simd ? "by instructions for it" : "without vector registers");
	return 0;
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
	crypt_run(crypt_lanes, batch->job, batch->n, &batch->scratch);
	memzero_explicit(batch->key, batch->n * sizeof(batch->key[0]));
	batch->n = 0;
}
