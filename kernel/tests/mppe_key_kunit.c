// SPDX-License-Identifier: GPL-2.0-only
/*
 * MPPE session keys, in the kernel.
 */
#include <kunit/test.h>

#include "../core/mppe_key.h"
#include "../core/rc4.h"
#include "../core/sha1.h"
#include "../simd.h"
#include "vectors/mppe_keys.h"
#include "vectors/mppe_rekey.h"
#include "vectors/sha1.h"

static void mppe_key_sha1(struct kunit *test)
{
	u8 digest[KPPTP_SHA1_LEN];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(sha1_vectors); i++) {
		kpptp_sha1_getkey_generic(sha1_vectors[i].start, sha1_vectors[i].cur,
					  sha1_vectors[i].len, digest);
		KUNIT_EXPECT_EQ_MSG(test, 0,
				    memcmp(sha1_vectors[i].digest, digest, sizeof(digest)),
				    "vector %zu", i);
	}
}

static void mppe_key_sha1_simd(struct kunit *test)
{
	kpptp_sha1_getkey_fn *getkey = kpptp_simd_sha1();
	u8 digest[KPPTP_SHA1_LEN];
	size_t i;

	if (!getkey)
		kunit_skip(test, "this processor has no instructions for SHA-1");
	for (i = 0; i < ARRAY_SIZE(sha1_vectors); i++) {
		kpptp_simd_begin();
		getkey(sha1_vectors[i].start, sha1_vectors[i].cur, sha1_vectors[i].len,
		       digest);
		kpptp_simd_end();
		KUNIT_EXPECT_EQ_MSG(test, 0,
				    memcmp(sha1_vectors[i].digest, digest, sizeof(digest)),
				    "vector %zu", i);
	}
}

static void mppe_key_session(struct kunit *test)
{
	struct kpptp_mppe_key key;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(mppe_key_vectors); i++) {
		kpptp_mppe_key_init(&key, mppe_key_vectors[i].start,
				    mppe_key_vectors[i].bits);
		KUNIT_EXPECT_EQ_MSG(test, 0,
				    memcmp(mppe_key_vectors[i].session, key.cur, key.len),
				    "%s, %u bits", mppe_key_vectors[i].name, key.bits);
	}
}

static void mppe_key_changes(struct kunit *test)
{
	struct kpptp_mppe_key key;
	unsigned int done;
	size_t i, at;

	for (i = 0; i < ARRAY_SIZE(mppe_rekey_vectors); i++) {
		kpptp_mppe_key_init(&key, mppe_rekey_vectors[i].start,
				    mppe_rekey_vectors[i].bits);
		done = 0;
		for (at = 0; at < ARRAY_SIZE(mppe_rekey_vectors[i].after); at++) {
			for (; done < mppe_rekey_vectors[i].after[at].changes; done++)
				kpptp_mppe_key_change(&key);
			KUNIT_EXPECT_EQ_MSG(test, 0,
					    memcmp(mppe_rekey_vectors[i].after[at].key,
						   key.cur, key.len),
					    "%u bits after %u changes", key.bits, done);
		}
	}
}

static void mppe_key_sample(struct kunit *test)
{
	struct kpptp_rc4 rc4;
	u8 text[12];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(mppe_sample_vectors); i++) {
		memcpy(text, "test message", sizeof(text));
		kpptp_rc4_set_key(&rc4, mppe_sample_vectors[i].session,
				  kpptp_mppe_key_len(mppe_sample_vectors[i].bits));
		kpptp_rc4_crypt(&rc4, text, text, sizeof(text));
		KUNIT_EXPECT_EQ(test, 0,
				memcmp(mppe_sample_vectors[i].cipher, text, sizeof(text)));
	}
}

static struct kunit_case mppe_key_cases[] = {
	KUNIT_CASE(mppe_key_sha1),
	KUNIT_CASE(mppe_key_sha1_simd),
	KUNIT_CASE(mppe_key_session),
	KUNIT_CASE(mppe_key_changes),
	KUNIT_CASE(mppe_key_sample),
	{}
};

static struct kunit_suite mppe_key_suite = {
	.name = "kpptp_mppe_key",
	.test_cases = mppe_key_cases,
};

kunit_test_suite(mppe_key_suite);
