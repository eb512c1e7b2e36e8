// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * RC4: the streams of RFC 6229, and every way to run many streams against one.
 */
#include "core/rc4.h"

#include "kselftest_harness.h"
#include "vectors/rc4.h"

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

#define LEN_MAX		1600
#define ROOM		(LEN_MAX + 32)	/* an offset before, and octets behind */
#define CUT_LEN		300
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
	u8 whole[CUT_LEN], parts[CUT_LEN];
	struct kpptp_rc4 rc4;
	size_t cut;

	fill(whole, sizeof(whole), 7);
	kpptp_rc4_set_key(&rc4, rc4_vectors[0].key, rc4_vectors[0].key_len);
	kpptp_rc4_crypt(&rc4, whole, whole, sizeof(whole));
	for (cut = 0; cut <= CUT_LEN; cut++) {
		fill(parts, sizeof(parts), 7);
		kpptp_rc4_set_key(&rc4, rc4_vectors[0].key, rc4_vectors[0].key_len);
		kpptp_rc4_crypt(&rc4, parts, parts, cut);
		kpptp_rc4_crypt(&rc4, parts + cut, parts + cut, CUT_LEN - cut);
		ASSERT_EQ(0, memcmp(whole, parts, CUT_LEN));
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

/**
 * struct shape - a batch
 * @n: jobs
 * @base: octets of each, or what mixed lengths are made of
 * @mixed_len: lengths differ
 * @streams: whose
 * @in_place: output over input
 * @offset: of the octets in memory, 0 to 15; the output's is another when not in place
 */
struct shape {
	unsigned int n;
	size_t base;
	bool mixed_len;
	enum streams streams;
	bool in_place;
	unsigned int offset;
};

struct batch {
	struct kpptp_rc4_scratch scratch;
	struct kpptp_rc4_job job[JOBS_MAX];
	struct kpptp_rc4 stream[JOBS_MAX];
	struct kpptp_rc4 ref_stream[JOBS_MAX];
	u8 key[JOBS_MAX][KPPTP_RC4_KEY_MAX];
	u8 src[JOBS_MAX][ROOM];
	u8 dst[JOBS_MAX][ROOM];
	u8 want[JOBS_MAX][ROOM];
};

/* Lengths of keys: MPPE's two, and one that 16 is no multiple of. */
static u8 key_length(unsigned int i, enum streams streams)
{
	if (streams != MIXED)
		return 16;
	return i % 5 == 0 ? 8 : i % 7 == 3 ? 5 : 16;
}

/* Where the output of a job begins. */
static unsigned int dst_offset(const struct shape *shape)
{
	return shape->in_place ? shape->offset : shape->offset * 7 % 16;
}

/* Prepares job @i of @len octets and what is to come out of it. */
static void prepare(struct batch *b, unsigned int i, size_t len, const struct shape *shape)
{
	bool own = shape->streams == OWN || (shape->streams == MIXED && i % 3 != 1);
	u8 key_len = key_length(i, shape->streams);
	struct kpptp_rc4_job *job = &b->job[i];
	struct kpptp_rc4 ref;

	fill(b->key[i], sizeof(b->key[i]), 100 + i);
	fill(b->src[i], ROOM, i);
	memset(b->dst[i], 0xee, ROOM);
	memcpy(b->want[i], shape->in_place ? b->src[i] : b->dst[i], ROOM);
	kpptp_rc4_set_key(&ref, b->key[i], key_len);
	if (!own) {
		/* A stream that has run before, each one for another while. */
		kpptp_rc4_crypt(&ref, b->dst[i], b->dst[i], i * 13);
		memset(b->dst[i], 0xee, ROOM);
		b->stream[i] = ref;
	}
	kpptp_rc4_crypt(&ref, b->want[i] + dst_offset(shape), b->src[i] + shape->offset, len);
	b->ref_stream[i] = ref;

	job->stream = own ? NULL : &b->stream[i];
	job->key = own ? b->key[i] : NULL;
	job->key_len = own ? key_len : 0;
	job->src = b->src[i] + shape->offset;
	job->dst = (shape->in_place ? b->src[i] : b->dst[i]) + dst_offset(shape);
	job->len = len;
}

/* The octets, those around them, and the state that the streams are left in. */
static bool right(struct batch *b, unsigned int i, bool in_place)
{
	if (memcmp(b->want[i], in_place ? b->src[i] : b->dst[i], ROOM))
		return false;
	return !b->job[i].stream ||
	       !memcmp(&b->stream[i], &b->ref_stream[i], sizeof(b->stream[i]));
}

static size_t length(const struct shape *shape, unsigned int i)
{
	if (!shape->mixed_len)
		return shape->base;
	return (shape->base * (i + 1) + 37 * i * shape->n) % (LEN_MAX + 1);
}

static struct batch all;

static int wrong_jobs(const struct kpptp_rc4_lanes *lanes, const struct shape *shape)
{
	static const struct kpptp_rc4_scratch clean;
	unsigned int i;
	int wrong = 0;

	for (i = 0; i < shape->n; i++)
		prepare(&all, i, length(shape, i), shape);
	lanes->run(all.job, shape->n, &all.scratch);
	for (i = 0; i < shape->n; i++)
		wrong += !right(&all, i, shape->in_place);
	/* Nothing secret stays behind. */
	return wrong + !!memcmp(&all.scratch, &clean, sizeof(clean));
}

FIXTURE(lanes)
{
	const struct kpptp_rc4_lanes *lanes;
};

FIXTURE_VARIANT(lanes)
{
	const char *name;
};

FIXTURE_VARIANT_ADD(lanes, scalar1)
{
	.name = "scalar1",
};

FIXTURE_VARIANT_ADD(lanes, scalar4)
{
	.name = "scalar4",
};

#ifdef __x86_64__
FIXTURE_VARIANT_ADD(lanes, sse4)
{
	.name = "sse4",
};
#endif

static bool usable(const struct kpptp_rc4_lanes *lanes)
{
#ifdef __x86_64__
	return lanes->need == KPPTP_RC4_NEED_NOTHING || __builtin_cpu_supports("sse4.1");
#else
	return lanes->need == KPPTP_RC4_NEED_NOTHING;
#endif
}

FIXTURE_SETUP(lanes)
{
	const struct kpptp_rc4_lanes *lanes;

	for (lanes = kpptp_rc4_lanes; lanes->name; lanes++)
		if (!strcmp(lanes->name, variant->name))
			self->lanes = lanes;
	ASSERT_NE(NULL, self->lanes);
	if (!usable(self->lanes))
		SKIP(return, "this processor cannot run %s", variant->name);
}

FIXTURE_TEARDOWN(lanes)
{
}

TEST_F(lanes, each_length)
{
	struct shape shape = { .streams = OWN };

	for (shape.base = 0; shape.base <= LEN_MAX; shape.base++) {
		shape.n = 2 + shape.base % 4;
		shape.in_place = shape.base & 4;
		shape.streams = shape.base & 8 ? SHARED : OWN;
		shape.offset = shape.base * 5 / 16 % 16;
		ASSERT_EQ(0, wrong_jobs(self->lanes, &shape)) {
			TH_LOG("%u jobs of %zu octets", shape.n, shape.base);
		}
	}
}

/* Short ones in every number of jobs: what ends within a block. */
TEST_F(lanes, each_short_length)
{
	struct shape shape = { .streams = OWN };

	for (shape.base = 0; shape.base <= 70; shape.base++) {
		for (shape.n = 1; shape.n <= 9; shape.n++) {
			for (shape.streams = OWN; shape.streams <= MIXED; shape.streams++) {
				ASSERT_EQ(0, wrong_jobs(self->lanes, &shape));
				shape.in_place = !shape.in_place;
			}
		}
	}
}

TEST_F(lanes, each_alignment)
{
	struct shape shape = { .n = 5, .base = 99, .streams = OWN };

	for (shape.offset = 0; shape.offset < 16; shape.offset++) {
		shape.in_place = false;
		ASSERT_EQ(0, wrong_jobs(self->lanes, &shape));
		shape.in_place = true;
		ASSERT_EQ(0, wrong_jobs(self->lanes, &shape));
	}
}

TEST_F(lanes, each_size_with_mixed_lengths)
{
	struct shape shape = { .mixed_len = true };

	for (shape.n = 0; shape.n <= JOBS_MAX; shape.n++) {
		for (shape.streams = OWN; shape.streams <= MIXED; shape.streams++) {
			for (shape.base = 0; shape.base < 23; shape.base += 4) {
				shape.offset = (shape.base + shape.n) % 16;
				shape.in_place = shape.n & 1;
				ASSERT_EQ(0, wrong_jobs(self->lanes, &shape));
			}
		}
	}
}

/* All keys of the vectors in one batch: lengths of key that differ. */
TEST_F(lanes, rfc6229_side_by_side)
{
	static u8 zero[4096 + 16], out[10][4096 + 16];
	size_t i, at;

	ASSERT_EQ(10, ARRAY_LEN(rc4_vectors));
	for (i = 0; i < 10; i++) {
		all.job[i].stream = NULL;
		all.job[i].key = rc4_vectors[i].key;
		all.job[i].key_len = rc4_vectors[i].key_len;
		all.job[i].src = zero;
		all.job[i].dst = out[i];
		all.job[i].len = sizeof(zero);
	}
	self->lanes->run(all.job, 10, &all.scratch);
	for (i = 0; i < 10; i++)
		for (at = 0; at < ARRAY_LEN(rc4_vectors[i].at); at++)
			EXPECT_EQ(0, memcmp(out[i] + rc4_vectors[i].at[at].offset,
					    rc4_vectors[i].at[at].octets, 16));
}

/* Each way that there is has its variant above. */
TEST(every_way_is_tested)
{
	const struct kpptp_rc4_lanes *lanes = kpptp_rc4_lanes;

	EXPECT_STREQ("scalar1", (lanes++)->name);
	EXPECT_STREQ("scalar4", (lanes++)->name);
#ifdef __x86_64__
	EXPECT_STREQ("sse4", (lanes++)->name);
#endif
	EXPECT_EQ(NULL, lanes->name);
}

TEST_HARNESS_MAIN
