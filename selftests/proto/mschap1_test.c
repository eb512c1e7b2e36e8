// SPDX-License-Identifier: GPL-2.0-or-later
#include "kselftest_harness.h"

#include "proto/mppe_start.h"
#include "proto/mschap1.h"
#include "vectors/mschap1.h"

static struct mschap1_response response_of(const struct mschap1_vector *v)
{
	uint8_t value[MSCHAP_VALUE_LEN];
	struct mschap1_response r;

	mschap1_response_value(v->nt, value);
	mschap1_response_parse(value, sizeof(value), &r);
	memcpy(r.challenge, v->challenge, sizeof(r.challenge));
	return r;
}

TEST(vectors)
{
	uint8_t nt[24], start[16];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(mschap1_vectors); i++) {
		const struct mschap1_vector *v = &mschap1_vectors[i];
		struct mschap1_response r = response_of(v);

		mschap_nt_response(v->challenge, v->nt_hash, nt);
		EXPECT_EQ(0, memcmp(nt, v->nt, 24)) TH_LOG("vector %zu", i);
		EXPECT_TRUE(mschap1_verify(&r, v->nt_hash)) TH_LOG("vector %zu", i);
		mppe_start_mschap1(v->nt_hash, v->challenge, start);
		EXPECT_EQ(0, memcmp(start, v->start, 16)) TH_LOG("vector %zu", i);
	}
}

TEST(every_bit_counts)
{
	const struct mschap1_vector *v = &mschap1_vectors[0];
	unsigned int bit;

	for (bit = 0; bit < 8 * 8; bit++) {
		struct mschap1_response r = response_of(v);

		r.challenge[bit / 8] ^= 1 << bit % 8;
		EXPECT_FALSE(mschap1_verify(&r, v->nt_hash));
	}
	for (bit = 0; bit < 24 * 8; bit++) {
		struct mschap1_response r = response_of(v);

		r.nt[bit / 8] ^= 1 << bit % 8;
		EXPECT_FALSE(mschap1_verify(&r, v->nt_hash));
	}
}

/* XP sends the LM part as zeros; one that sends nothing else is refused. */
TEST(value)
{
	static const uint8_t zero[24];
	struct mschap1_response r;
	uint8_t value[64];
	size_t len;

	mschap1_response_value(mschap1_vectors[0].nt, value);
	EXPECT_EQ(0, memcmp(value, zero, 24));
	EXPECT_EQ(0, memcmp(value + 24, mschap1_vectors[0].nt, 24));
	EXPECT_EQ(1, value[48]);
	for (len = 0; len <= sizeof(value); len++)
		EXPECT_EQ(len == 49, mschap1_response_parse(value, len, &r));
	for (value[48] = 255; value[48]; value[48]--)
		EXPECT_EQ(value[48] == 1, mschap1_response_parse(value, 49, &r));
	EXPECT_FALSE(mschap1_response_parse(value, 49, &r));
}

TEST(failure_text)
{
	static const uint8_t challenge[8] = { 0xbc, 0x01 };
	char text[MSCHAP_TEXT_MAX];

	EXPECT_EQ(strlen("E=691 R=1 C=BC01000000000000 V=2"),
		  mschap1_failure_text(691, true, challenge, text));
	EXPECT_STREQ("E=691 R=1 C=BC01000000000000 V=2", text);
	mschap1_failure_text(648, false, challenge, text);
	EXPECT_STREQ("E=648 R=0 C=BC01000000000000 V=2", text);
}

TEST_HARNESS_MAIN
