// SPDX-License-Identifier: GPL-2.0-only
/*
 * RC4, in the kernel: RFC 6229, and batches in each way that jobs can be run.
 */
#include <kunit/test.h>

#include "../core/rc4.h"
#include "../simd.h"
#include "vectors/rc4.h"

#define STREAM_LEN	(4096 + 16)
#define BATCH_MAX	17

/* Compares @stream, the first octets under key @i, with what is printed. */
static void rc4_expect(struct kunit *test, const u8 *stream, size_t i)
{
	size_t at;

	for (at = 0; at < ARRAY_SIZE(rc4_vectors[i].at); at++)
		KUNIT_EXPECT_EQ_MSG(test, 0,
				    memcmp(stream + rc4_vectors[i].at[at].offset,
					   rc4_vectors[i].at[at].octets, 16),
				    "key %zu offset %u", i, rc4_vectors[i].at[at].offset);
}

static void rc4_rfc6229(struct kunit *test)
{
	u8 *stream = kunit_kzalloc(test, STREAM_LEN, GFP_KERNEL);
	struct kpptp_rc4 rc4;
	size_t i;

	KUNIT_ASSERT_NOT_NULL(test, stream);
	for (i = 0; i < ARRAY_SIZE(rc4_vectors); i++) {
		memset(stream, 0, STREAM_LEN);
		kpptp_rc4_set_key(&rc4, rc4_vectors[i].key, rc4_vectors[i].key_len);
		kpptp_rc4_crypt(&rc4, stream, stream, STREAM_LEN);
		rc4_expect(test, stream, i);
	}
}

/* Everything that a batch of up to BATCH_MAX jobs needs. */
struct rc4_batch {
	struct kpptp_rc4_scratch scratch;
	struct kpptp_rc4_job job[BATCH_MAX];
	u8 stream[BATCH_MAX][STREAM_LEN];
};

/* The next way to run jobs, for a case that is about each of them. */
static const void *rc4_gen(struct kunit *test, const void *before, char *desc)
{
	const struct kpptp_rc4_lanes *lanes = before;

	lanes = lanes ? lanes + 1 : kpptp_rc4_lanes;
	if (!lanes->name)
		return NULL;
	strscpy(desc, lanes->name, KUNIT_PARAM_DESC_SIZE);
	return lanes;
}

static void rc4_run(const struct kpptp_rc4_lanes *lanes, struct rc4_batch *batch, size_t n)
{
	if (lanes->need != KPPTP_RC4_NEED_NOTHING)
		kpptp_simd_begin();
	lanes->run(batch->job, n, &batch->scratch);
	if (lanes->need != KPPTP_RC4_NEED_NOTHING)
		kpptp_simd_end();
}

static void rc4_batches(struct kunit *test)
{
	struct rc4_batch *batch = kunit_kzalloc(test, sizeof(*batch), GFP_KERNEL);
	const struct kpptp_rc4_lanes *lanes = test->param_value;
	size_t i, n, key;

	KUNIT_ASSERT_NOT_NULL(test, batch);
	if (!kpptp_simd_has(lanes))
		kunit_skip(test, "this processor cannot run %s", lanes->name);
	for (n = 1; n <= BATCH_MAX; n++) {
		memset(batch, 0, sizeof(*batch));
		for (i = 0; i < n; i++) {
			key = i % ARRAY_SIZE(rc4_vectors);
			batch->job[i].key = rc4_vectors[key].key;
			batch->job[i].key_len = rc4_vectors[key].key_len;
			batch->job[i].src = batch->stream[i];
			batch->job[i].dst = batch->stream[i];
			batch->job[i].len = STREAM_LEN;
		}
		rc4_run(lanes, batch, n);
		for (i = 0; i < n; i++)
			rc4_expect(test, batch->stream[i], i % ARRAY_SIZE(rc4_vectors));
		KUNIT_EXPECT_NULL(test, memchr_inv(&batch->scratch, 0,
						   sizeof(batch->scratch)));
	}
}

static struct kunit_case rc4_cases[] = {
	KUNIT_CASE(rc4_rfc6229),
	KUNIT_CASE_PARAM(rc4_batches, rc4_gen),
	{}
};

static struct kunit_suite rc4_suite = {
	.name = "kpptp_rc4",
	.test_cases = rc4_cases,
};

kunit_test_suite(rc4_suite);
