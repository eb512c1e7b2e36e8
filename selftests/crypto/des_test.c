// SPDX-License-Identifier: GPL-2.0-or-later
#include "kselftest_harness.h"

#include "crypto/crypto.h"
#include "vectors/des.h"

TEST(encrypts)
{
	uint8_t out[8];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(des_vectors); i++) {
		crypto_des(des_vectors[i].key, des_vectors[i].plain, out);
		EXPECT_EQ(0, memcmp(out, des_vectors[i].cipher, 8))
			TH_LOG("vector %zu", i);
	}
}

/* All 56 bits are key bits: none is taken for parity, none is lost. */
TEST(every_key_bit_counts)
{
	uint8_t key[7] = { 0 }, out[57][8] = { { 0 } };
	static const uint8_t plain[8] = { 1 };
	unsigned int i, j;

	crypto_des(key, plain, out[56]);
	for (i = 0; i < 56; i++) {
		key[i / 8] = (uint8_t)(1 << i % 8);
		crypto_des(key, plain, out[i]);
		key[i / 8] = 0;
	}
	for (i = 0; i < 57; i++)
		for (j = 0; j < i; j++)
			EXPECT_NE(0, memcmp(out[i], out[j], 8))
				TH_LOG("bits %u and %u", i, j);
}

TEST(in_place)
{
	uint8_t block[8];

	memcpy(block, des_vectors[0].plain, 8);
	crypto_des(des_vectors[0].key, block, block);
	EXPECT_EQ(0, memcmp(block, des_vectors[0].cipher, 8));
}

TEST_HARNESS_MAIN
