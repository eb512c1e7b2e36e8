// SPDX-License-Identifier: GPL-2.0-or-later
/* The digests against their published suites, in every split of the input. */
#include "kselftest_harness.h"

#include "crypto/crypto.h"
#include "vectors/digests.h"

typedef void (*digest)(const struct crypto_part *part, size_t n, uint8_t *out);

/* 0 when every split of @v in two gives its digest, else where it does not. */
static size_t first_bad_split(digest fn, size_t len, const struct digest_vector *v)
{
	size_t all = strlen(v->text), cut;
	uint8_t out[20];

	for (cut = 0; cut <= all; cut++) {
		const struct crypto_part part[] = {
			{ v->text, cut }, { v->text + cut, all - cut },
		};

		memset(out, 0, sizeof(out));
		fn(part, 2, out);
		if (memcmp(out, v->digest, len))
			return cut + 1;
	}
	return 0;
}

TEST(md4)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(md4_vectors); i++)
		EXPECT_EQ(0, first_bad_split(crypto_md4, CRYPTO_MD4_LEN,
					     &md4_vectors[i]))
			TH_LOG("vector %zu", i);
}

TEST(md5)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(md5_vectors); i++)
		EXPECT_EQ(0, first_bad_split(crypto_md5, CRYPTO_MD5_LEN,
					     &md5_vectors[i]))
			TH_LOG("vector %zu", i);
}

TEST(sha1)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(sha1_suite); i++)
		EXPECT_EQ(0, first_bad_split(crypto_sha1, CRYPTO_SHA1_LEN,
					     &sha1_suite[i]))
			TH_LOG("vector %zu", i);
}

TEST(no_part_is_the_empty_input)
{
	uint8_t out[CRYPTO_MD4_LEN];

	crypto_md4(NULL, 0, out);
	EXPECT_EQ(0, memcmp(out, md4_vectors[0].digest, sizeof(out)));
}

TEST(equal)
{
	uint8_t a[32] = { 0 }, b[32] = { 0 };
	unsigned int bit;

	EXPECT_TRUE(crypto_equal(a, b, sizeof(a)));
	EXPECT_TRUE(crypto_equal(a, b, 0));
	for (bit = 0; bit < 8 * sizeof(b); bit++) {
		b[bit / 8] ^= 1 << bit % 8;
		EXPECT_FALSE(crypto_equal(a, b, sizeof(a))) TH_LOG("bit %u", bit);
		b[bit / 8] ^= 1 << bit % 8;
	}
}

TEST_HARNESS_MAIN
