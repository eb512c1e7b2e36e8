// SPDX-License-Identifier: GPL-2.0-or-later
#include "kselftest_harness.h"

typedef uint8_t u8;
typedef uint16_t u16;

#include "crypto/crypto.h"
#include "vectors/rc4.h"

#define STREAM 4112	/* where the last octets of a row end */

TEST(key_streams)
{
	static const uint8_t zero[STREAM];
	static uint8_t out[STREAM];
	size_t i, k;

	for (i = 0; i < ARRAY_SIZE(rc4_vectors); i++) {
		crypto_rc4(rc4_vectors[i].key, rc4_vectors[i].key_len, zero, out,
			   sizeof(out));
		for (k = 0; k < ARRAY_SIZE(rc4_vectors[i].at); k++)
			EXPECT_EQ(0, memcmp(out + rc4_vectors[i].at[k].offset,
					    rc4_vectors[i].at[k].octets, 16))
				TH_LOG("key %zu row %zu", i, k);
	}
}

TEST(in_place)
{
	uint8_t text[] = "the same buffer", copy[sizeof(text)];

	crypto_rc4("k", 1, text, copy, sizeof(text));
	crypto_rc4("k", 1, text, text, sizeof(text));
	EXPECT_EQ(0, memcmp(text, copy, sizeof(text)));
	crypto_rc4("k", 1, text, text, sizeof(text));
	EXPECT_STREQ("the same buffer", (char *)text);
}

TEST_HARNESS_MAIN
