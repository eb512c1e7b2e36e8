// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * MPPE session keys: RFC 3079's examples and long chains of changes.
 */
#include "core/mppe_key.h"

#include "core/rc4.h"
#include "kselftest_harness.h"
#include "vectors/mppe_keys.h"
#include "vectors/mppe_rekey.h"

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

TEST(session_keys)
{
	struct kpptp_mppe_key key;
	size_t i;

	for (i = 0; i < ARRAY_LEN(mppe_key_vectors); i++) {
		kpptp_mppe_key_init(&key, mppe_key_vectors[i].start,
				    mppe_key_vectors[i].bits);
		EXPECT_EQ(mppe_key_vectors[i].bits, key.bits);
		EXPECT_EQ(key.bits == 128 ? 16 : 8, key.len);
		EXPECT_EQ(0, memcmp(mppe_key_vectors[i].session, key.cur, 16)) {
			TH_LOG("%s, %d bits", mppe_key_vectors[i].name, key.bits);
		}
		/* The start key stays as it came, strength and all. */
		EXPECT_EQ(0, memcmp(mppe_key_vectors[i].start, key.start, 16));
	}
}

TEST(changes)
{
	struct kpptp_mppe_key key;
	unsigned int done;
	size_t i, at;

	for (i = 0; i < ARRAY_LEN(mppe_rekey_vectors); i++) {
		kpptp_mppe_key_init(&key, mppe_rekey_vectors[i].start,
				    mppe_rekey_vectors[i].bits);
		done = 0;
		for (at = 0; at < ARRAY_LEN(mppe_rekey_vectors[i].after); at++) {
			for (; done < mppe_rekey_vectors[i].after[at].changes; done++)
				kpptp_mppe_key_change(&key);
			EXPECT_EQ(0, memcmp(mppe_rekey_vectors[i].after[at].key, key.cur,
					    sizeof(key.cur))) {
				TH_LOG("%d bits after %u changes", key.bits, done);
			}
		}
		EXPECT_EQ(4097, done);
	}
}

TEST(sample_cipher)
{
	struct kpptp_rc4 rc4;
	u8 text[12];
	size_t i;

	for (i = 0; i < ARRAY_LEN(mppe_sample_vectors); i++) {
		memcpy(text, "test message", sizeof(text));
		kpptp_rc4_set_key(&rc4, mppe_sample_vectors[i].session,
				  kpptp_mppe_key_len(mppe_sample_vectors[i].bits));
		kpptp_rc4_crypt(&rc4, text, text, sizeof(text));
		EXPECT_EQ(0, memcmp(mppe_sample_vectors[i].cipher, text, sizeof(text)));
	}
}

TEST(key_len)
{
	unsigned int bits;

	for (bits = 0; bits < 300; bits++)
		EXPECT_EQ(bits == 128 ? 16 : bits == 40 || bits == 56 ? 8 : 0,
			  kpptp_mppe_key_len(bits));
}

TEST_HARNESS_MAIN
