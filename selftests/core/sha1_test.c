// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The SHA-1 of the MPPE key schedule.
 */
#include "core/sha1.h"

#include "kselftest_harness.h"
#include "vectors/sha1.h"

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

TEST(vectors)
{
	u8 digest[KPPTP_SHA1_LEN];
	size_t i;

	for (i = 0; i < ARRAY_LEN(sha1_vectors); i++) {
		kpptp_sha1_getkey(sha1_vectors[i].start, sha1_vectors[i].cur,
				  sha1_vectors[i].len, digest);
		EXPECT_EQ(0, memcmp(sha1_vectors[i].digest, digest, sizeof(digest))) {
			TH_LOG("vector %zu", i);
		}
	}
}

/* Every octet of both keys counts, and none behind the length. */
TEST(every_octet_counts)
{
	u8 start[16] = { 0 }, cur[16] = { 0 };
	u8 base[KPPTP_SHA1_LEN], digest[KPPTP_SHA1_LEN];
	size_t len, i;

	for (len = 8; len <= 16; len += 8) {
		kpptp_sha1_getkey(start, cur, len, base);
		for (i = 0; i < 16; i++) {
			start[i] = 1;
			kpptp_sha1_getkey(start, cur, len, digest);
			EXPECT_EQ(i >= len, !memcmp(base, digest, sizeof(base)));
			start[i] = 0;
			cur[i] = 1;
			kpptp_sha1_getkey(start, cur, len, digest);
			EXPECT_EQ(i >= len, !memcmp(base, digest, sizeof(base)));
			cur[i] = 0;
		}
	}
}

TEST_HARNESS_MAIN
