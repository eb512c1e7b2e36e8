// SPDX-License-Identifier: GPL-2.0-or-later
#include "kselftest_harness.h"

#include "crypto/crypto.h"
#include "proto/mschap_change.h"
#include "vectors/mschap.h"
#include "vectors/mschap_change.h"

#define OLD_HASH (mschap_vectors[0].nt_hash)

/* The vector as the authenticator sees it. */
static struct mschap_change vector(void)
{
	struct mschap_change change;

	memset(&change, 0, sizeof(change));
	mschap_change_parse(mschap_change_data_vector,
			    sizeof(mschap_change_data_vector), &change);
	memcpy(change.response.challenge, mschap_vectors[0].challenge, 16);
	return change;
}

TEST(computed_packet)
{
	struct mschap_change change = vector();
	uint8_t data[MSCHAP_CHANGE_LEN], hash[16];

	ASSERT_TRUE(mschap_change_verify(&change, "User", OLD_HASH, hash));
	EXPECT_EQ(0, memcmp(hash, mschap_change_new_hash, 16));
	EXPECT_TRUE(mschap_change_verify(&change, "DOMAIN\\User", OLD_HASH, hash));
	mschap_change_data(&change, data);
	EXPECT_EQ(0, memcmp(data, mschap_change_data_vector, sizeof(data)));
}

TEST(proof_of_the_authenticator)
{
	struct mschap_change change = vector();
	char text[MSCHAP_TEXT_MAX];
	uint8_t out[20];

	mschap_authenticator(&change.response, "User", mschap_change_new_hash, out);
	mschap_success_text(out, "", text);
	EXPECT_STREQ(MSCHAP_CHANGE_SUCCESS, text);
}

TEST(length)
{
	uint8_t data[MSCHAP_CHANGE_LEN + 8] = { 0 };
	struct mschap_change change;
	size_t len;

	for (len = 0; len <= sizeof(data); len++)
		EXPECT_EQ(len == 582, mschap_change_parse(data, len, &change));
}

/*
 * Whatever octet of the packet is changed that means something, it is refused.
 * What stands before the password in the block is random and means nothing.
 */
TEST(every_octet_counts)
{
	size_t password = 2 * 8, at;

	for (at = 0; at < MSCHAP_CHANGE_LEN; at++) {
		bool filler = at < 512 - password;
		bool reserved = at >= 548 && at < 556;
		bool flags = at >= 580;
		uint8_t data[MSCHAP_CHANGE_LEN], hash[16];
		struct mschap_change change = vector();

		memcpy(data, mschap_change_data_vector, sizeof(data));
		data[at] ^= 0x10;
		mschap_change_parse(data, sizeof(data), &change);
		EXPECT_EQ(filler || reserved || flags,
			  mschap_change_verify(&change, "User", OLD_HASH, hash))
			TH_LOG("octet %zu", at);
	}
}

/* Lengths in the block that no password has. */
TEST(lengths_in_the_block)
{
	static const uint8_t lengths[][4] = {
		{ 0, 0, 0, 0 }, { 3, 0, 0, 0 }, { 2, 2, 0, 0 }, { 0, 4, 0, 0 },
		{ 16, 0, 1, 0 }, { 16, 0, 0, 0x80 }, { 0xff, 0xff, 0xff, 0xff },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(lengths); i++) {
		struct mschap_change change = vector();
		uint8_t clear[516], hash[16];

		crypto_rc4(OLD_HASH, 16, change.block, clear, sizeof(clear));
		EXPECT_EQ(16, clear[512]);
		memcpy(clear + 512, lengths[i], 4);
		crypto_rc4(OLD_HASH, 16, clear, change.block, sizeof(clear));
		EXPECT_FALSE(mschap_change_verify(&change, "User", OLD_HASH, hash))
			TH_LOG("row %zu", i);
	}
}

/* Fills @change as the peer does, all of it. */
static bool make(struct mschap_change *change, const char *password)
{
	static const uint8_t seed[PPP_RAND_SEED_LEN] = { 5 };
	struct ppp_rand rand;
	uint8_t hash[16], c8[8];

	*change = vector();
	ppp_rand_init(&rand, seed);
	if (!mschap_change_make(change, &rand, OLD_HASH, password, hash))
		return false;
	mschap_challenge_hash(&change->response, "User", c8);
	mschap_nt_response(c8, hash, change->response.nt);
	return true;
}

TEST(both_ends)
{
	static const char * const passwords[] = { "x", MSCHAP_CHANGE_NEW };
	char longest[258] = { 0 };
	struct mschap_change change;
	uint8_t hash[16], want[16];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(passwords); i++) {
		ASSERT_TRUE(make(&change, passwords[i]));
		EXPECT_TRUE(mschap_change_verify(&change, "User", OLD_HASH, hash));
		crypto_nt_hash(passwords[i], strlen(passwords[i]), want);
		EXPECT_EQ(0, memcmp(hash, want, 16));
	}
	memset(longest, 'p', 257);
	EXPECT_FALSE(make(&change, longest));
	longest[256] = '\0';
	ASSERT_TRUE(make(&change, longest));
	EXPECT_TRUE(mschap_change_verify(&change, "User", OLD_HASH, hash));
	EXPECT_FALSE(make(&change, ""));
	EXPECT_FALSE(make(&change, "\xff"));
	/* What was to be changed is not the new one. */
	ASSERT_TRUE(make(&change, "clientPass"));
	EXPECT_FALSE(mschap_change_verify(&change, "User", OLD_HASH, hash));
}

TEST_HARNESS_MAIN
