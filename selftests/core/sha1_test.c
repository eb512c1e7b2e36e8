// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The SHA-1 of the MPPE key schedule.
 */
#ifdef __x86_64__
#include <cpuid.h>
#endif

#include "core/sha1.h"

#include "kselftest_harness.h"
#include "vectors/sha1.h"

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

FIXTURE(way)
{
	kpptp_sha1_getkey_fn *getkey;
};

FIXTURE_VARIANT(way)
{
	bool ni;
};

FIXTURE_VARIANT_ADD(way, generic)
{
	.ni = false,
};

FIXTURE_VARIANT_ADD(way, ni)
{
	.ni = true,
};

static kpptp_sha1_getkey_fn *find_ni(void)
{
#ifdef __x86_64__
	unsigned int a, b, c, d;

	if (__builtin_cpu_supports("ssse3") && __get_cpuid_count(7, 0, &a, &b, &c, &d) &&
	    b & bit_SHA)
		return kpptp_sha1_getkey_ni;
#endif
	return NULL;
}

FIXTURE_SETUP(way)
{
	self->getkey = variant->ni ? find_ni() : kpptp_sha1_getkey_generic;
	if (!self->getkey)
		SKIP(return, "this processor has no instructions for SHA-1");
}

FIXTURE_TEARDOWN(way)
{
}

TEST(generic_unless_told)
{
	EXPECT_TRUE(kpptp_sha1_getkey == kpptp_sha1_getkey_generic);
}

TEST_F(way, vectors)
{
	u8 digest[KPPTP_SHA1_LEN];
	size_t i;

	for (i = 0; i < ARRAY_LEN(sha1_vectors); i++) {
		self->getkey(sha1_vectors[i].start, sha1_vectors[i].cur,
			     sha1_vectors[i].len, digest);
		EXPECT_EQ(0, memcmp(sha1_vectors[i].digest, digest, sizeof(digest))) {
			TH_LOG("vector %zu", i);
		}
	}
}

/* Every octet of both keys counts, and none behind the length. */
TEST_F(way, every_octet_counts)
{
	u8 start[16] = { 0 }, cur[16] = { 0 };
	u8 base[KPPTP_SHA1_LEN], digest[KPPTP_SHA1_LEN];
	size_t len, i;

	for (len = 8; len <= 16; len += 8) {
		self->getkey(start, cur, len, base);
		for (i = 0; i < 16; i++) {
			start[i] = 1;
			self->getkey(start, cur, len, digest);
			EXPECT_EQ(i >= len, !memcmp(base, digest, sizeof(base)));
			start[i] = 0;
			cur[i] = 1;
			self->getkey(start, cur, len, digest);
			EXPECT_EQ(i >= len, !memcmp(base, digest, sizeof(base)));
			cur[i] = 0;
		}
	}
}

TEST_HARNESS_MAIN
