// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * RC4: the streams of RFC 6229, and many streams against one.
 */
#include "core/rc4.h"

#include "kselftest_harness.h"
#include "vectors/rc4.h"

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

#define LEN_MAX		300
#define JOBS_MAX	40

/* Octets that differ from each other but are the same in each run. */
static u8 pattern(unsigned int seed, size_t i)
{
	return (u8)((seed * 2654435761u + (u32)i * 40503u) >> 13);
}

static void fill(u8 *p, size_t len, unsigned int seed)
{
	size_t i;

	for (i = 0; i < len; i++)
		p[i] = pattern(seed, i);
}

TEST(rfc6229)
{
	static u8 stream[4096 + 16];
	struct kpptp_rc4 rc4;
	size_t i, at;

	for (i = 0; i < ARRAY_LEN(rc4_vectors); i++) {
		memset(stream, 0, sizeof(stream));
		kpptp_rc4_set_key(&rc4, rc4_vectors[i].key, rc4_vectors[i].key_len);
		kpptp_rc4_crypt(&rc4, stream, stream, sizeof(stream));
		for (at = 0; at < ARRAY_LEN(rc4_vectors[i].at); at++)
			EXPECT_EQ(0, memcmp(stream + rc4_vectors[i].at[at].offset,
					    rc4_vectors[i].at[at].octets, 16)) {
				TH_LOG("key %zu offset %d", i,
				       rc4_vectors[i].at[at].offset);
			}
	}
}

/* A stream cut anywhere is the same stream. */
TEST(any_cut)
{
	u8 whole[LEN_MAX], parts[LEN_MAX];
	struct kpptp_rc4 rc4;
	size_t cut;

	fill(whole, sizeof(whole), 7);
	kpptp_rc4_set_key(&rc4, rc4_vectors[0].key, rc4_vectors[0].key_len);
	kpptp_rc4_crypt(&rc4, whole, whole, sizeof(whole));
	for (cut = 0; cut <= LEN_MAX; cut++) {
		fill(parts, sizeof(parts), 7);
		kpptp_rc4_set_key(&rc4, rc4_vectors[0].key, rc4_vectors[0].key_len);
		kpptp_rc4_crypt(&rc4, parts, parts, cut);
		kpptp_rc4_crypt(&rc4, parts + cut, parts + cut, LEN_MAX - cut);
		ASSERT_EQ(0, memcmp(whole, parts, LEN_MAX));
	}
}

TEST(wipe)
{
	static const struct kpptp_rc4 none;
	struct kpptp_rc4 rc4;

	kpptp_rc4_set_key(&rc4, rc4_vectors[0].key, rc4_vectors[0].key_len);
	ASSERT_NE(0, memcmp(&rc4, &none, sizeof(rc4)));
	kpptp_rc4_wipe(&rc4);
	EXPECT_EQ(0, memcmp(&rc4, &none, sizeof(rc4)));
}

/* How the jobs of a batch are made up. */
enum streams { OWN, SHARED, MIXED };

struct batch {
	struct kpptp_rc4_scratch scratch;
	struct kpptp_rc4_job job[JOBS_MAX];
	struct kpptp_rc4 stream[JOBS_MAX];
	struct kpptp_rc4 ref_stream[JOBS_MAX];
	u8 key[JOBS_MAX][KPPTP_RC4_KEY_MAX];
	u8 src[JOBS_MAX][LEN_MAX];
	u8 dst[JOBS_MAX][LEN_MAX];
	u8 want[JOBS_MAX][LEN_MAX];
};

/* Prepares job @i of @len octets and what is to come out of it. */
static void prepare(struct batch *b, unsigned int i, size_t len,
		    enum streams streams, bool in_place)
{
	bool own = streams == OWN || (streams == MIXED && i % 3 != 1);
	u8 key_len = (streams == MIXED && i % 5 == 0) ? 8 : 16;
	struct kpptp_rc4_job *job = &b->job[i];
	struct kpptp_rc4 ref;

	fill(b->key[i], sizeof(b->key[i]), 100 + i);
	fill(b->src[i], LEN_MAX, i);
	memset(b->dst[i], 0xee, LEN_MAX);
	memset(b->want[i], 0xee, LEN_MAX);
	if (in_place)
		memcpy(b->want[i], b->src[i], LEN_MAX);
	kpptp_rc4_set_key(&ref, b->key[i], key_len);
	if (!own) {
		/* A stream that has run before. */
		kpptp_rc4_crypt(&ref, b->dst[i], b->dst[i], i);
		memset(b->dst[i], 0xee, LEN_MAX);
		b->stream[i] = ref;
	}
	kpptp_rc4_crypt(&ref, b->want[i], b->src[i], len);
	b->ref_stream[i] = ref;

	job->stream = own ? NULL : &b->stream[i];
	job->key = own ? b->key[i] : NULL;
	job->key_len = own ? key_len : 0;
	job->src = b->src[i];
	job->dst = in_place ? b->src[i] : b->dst[i];
	job->len = len;
}

/* The octets, those behind them, and the state that the streams are left in. */
static bool right(struct batch *b, unsigned int i, bool in_place)
{
	if (memcmp(b->want[i], in_place ? b->src[i] : b->dst[i], LEN_MAX))
		return false;
	return !b->job[i].stream ||
	       !memcmp(&b->stream[i], &b->ref_stream[i], sizeof(b->stream[i]));
}

static size_t length(unsigned int i, size_t base, unsigned int n)
{
	return (base * (i + 1) + 37 * i * n) % (LEN_MAX + 1);
}

static int wrong_jobs(struct batch *b, unsigned int n, size_t base,
		      bool mixed_len, enum streams streams, bool in_place)
{
	static const struct kpptp_rc4_scratch clean;
	unsigned int i;
	int wrong = 0;

	for (i = 0; i < n; i++)
		prepare(b, i, mixed_len ? length(i, base, n) : base, streams, in_place);
	kpptp_rc4_run(b->job, n, &b->scratch);
	for (i = 0; i < n; i++)
		wrong += !right(b, i, in_place);
	/* Nothing secret stays behind. */
	return wrong + !!memcmp(&b->scratch, &clean, sizeof(clean));
}

static struct batch all;

TEST(batch_of_each_length)
{
	size_t len;

	for (len = 0; len <= LEN_MAX; len++) {
		ASSERT_EQ(0, wrong_jobs(&all, 4, len, false, OWN, false));
		ASSERT_EQ(0, wrong_jobs(&all, 5, len, false, OWN, true));
		ASSERT_EQ(0, wrong_jobs(&all, 4, len, false, SHARED, true));
	}
}

TEST(batch_of_each_size_with_mixed_lengths)
{
	unsigned int n, base;
	int streams;

	for (n = 0; n <= JOBS_MAX; n++) {
		for (streams = OWN; streams <= MIXED; streams++) {
			for (base = 0; base < 23; base += 2) {
				ASSERT_EQ(0, wrong_jobs(&all, n, base, true, streams, false));
				ASSERT_EQ(0, wrong_jobs(&all, n, base, true, streams, true));
			}
		}
	}
}

/* All keys of the vectors in one batch: lengths of key that differ. */
TEST(batch_rfc6229_side_by_side)
{
	static u8 zero[4096 + 16], out[10][4096 + 16];
	size_t i, at;

	ASSERT_EQ(10, ARRAY_LEN(rc4_vectors));
	for (i = 0; i < 10; i++) {
		all.job[i].key = rc4_vectors[i].key;
		all.job[i].key_len = rc4_vectors[i].key_len;
		all.job[i].src = zero;
		all.job[i].dst = out[i];
		all.job[i].len = sizeof(zero);
	}
	kpptp_rc4_run(all.job, 10, &all.scratch);
	for (i = 0; i < 10; i++)
		for (at = 0; at < ARRAY_LEN(rc4_vectors[i].at); at++)
			EXPECT_EQ(0, memcmp(out[i] + rc4_vectors[i].at[at].offset,
					    rc4_vectors[i].at[at].octets, 16));
}

TEST_HARNESS_MAIN
