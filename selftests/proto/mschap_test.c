// SPDX-License-Identifier: GPL-2.0-or-later
#include "kselftest_harness.h"

#include "proto/mschap.h"
#include "vectors/mschap.h"

/* A vector as a peer would have answered. */
static struct mschap_response response_of(const struct mschap_vector *v)
{
	struct mschap_response r = { .id = 7 };
	uint8_t value[MSCHAP_VALUE_LEN] = { 0 };

	memcpy(value, v->peer_challenge, 16);
	memcpy(value + 24, v->nt, 24);
	mschap_response_parse(value, sizeof(value), &r);
	memcpy(r.challenge, v->challenge, 16);
	return r;
}

TEST(vectors)
{
	uint8_t hash[8], nt[24], authenticator[20];
	char text[MSCHAP_TEXT_MAX];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(mschap_vectors); i++) {
		const struct mschap_vector *v = &mschap_vectors[i];
		struct mschap_response r = response_of(v);

		mschap_challenge_hash(&r, v->name, hash);
		EXPECT_EQ(0, memcmp(hash, v->challenge_hash, 8))
			TH_LOG("vector %zu", i);
		mschap_nt_response(hash, v->nt_hash, nt);
		EXPECT_EQ(0, memcmp(nt, v->nt, 24))
			TH_LOG("vector %zu", i);
		EXPECT_TRUE(mschap_verify(&r, v->name, v->nt_hash))
			TH_LOG("vector %zu", i);
		mschap_authenticator(&r, v->name, v->nt_hash, authenticator);
		EXPECT_EQ(42, mschap_success_text(authenticator, "", text));
		EXPECT_STREQ(v->success, text)
			TH_LOG("vector %zu", i);
	}
}

/* Whatever single bit is changed, the response is not believed. */
TEST(every_bit_counts)
{
	const struct mschap_vector *v = &mschap_vectors[0];
	unsigned int bit;

	for (bit = 0; bit < 16 * 8; bit++) {
		struct mschap_response r = response_of(v);

		r.challenge[bit / 8] ^= 1 << bit % 8;
		EXPECT_FALSE(mschap_verify(&r, v->name, v->nt_hash));
		r = response_of(v);
		r.peer_challenge[bit / 8] ^= 1 << bit % 8;
		EXPECT_FALSE(mschap_verify(&r, v->name, v->nt_hash));
	}
	for (bit = 0; bit < 24 * 8; bit++) {
		struct mschap_response r = response_of(v);

		r.nt[bit / 8] ^= 1 << bit % 8;
		EXPECT_FALSE(mschap_verify(&r, v->name, v->nt_hash));
	}
}

TEST(names)
{
	const struct mschap_vector *v = &mschap_vectors[0];
	struct mschap_response r = response_of(v);

	EXPECT_TRUE(mschap_verify(&r, "User", v->nt_hash));
	EXPECT_TRUE(mschap_verify(&r, "ANY\\User", v->nt_hash));
	EXPECT_TRUE(mschap_verify(&r, "a\\b\\User", v->nt_hash));
	EXPECT_FALSE(mschap_verify(&r, "user", v->nt_hash));
	EXPECT_FALSE(mschap_verify(&r, "User\\", v->nt_hash));
	EXPECT_FALSE(mschap_verify(&r, "", v->nt_hash));
	EXPECT_FALSE(mschap_verify(&r, "User@realm", v->nt_hash));
}

TEST(value_length)
{
	uint8_t value[64] = { [0] = 0xaa, [24] = 0xbb, [48] = 4 };
	struct mschap_response r;
	size_t len;

	for (len = 0; len <= sizeof(value); len++)
		EXPECT_EQ(len == 49, mschap_response_parse(value, len, &r));
	EXPECT_TRUE(mschap_response_parse(value, 49, &r));
	EXPECT_EQ(0xaa, r.peer_challenge[0]);
	EXPECT_EQ(0xbb, r.nt[0]);
	EXPECT_EQ(4, r.flags);
}

TEST(texts)
{
	uint8_t authenticator[20] = { 0x0a, 0xff }, challenge[16] = { 0xbc };
	char text[MSCHAP_TEXT_MAX], longest[200];
	size_t len;

	len = mschap_success_text(authenticator, "Access granted", text);
	EXPECT_STREQ("S=0AFF000000000000000000000000000000000000 M=Access granted",
		     text);
	EXPECT_EQ(strlen(text), len);
	len = mschap_failure_text(691, true, challenge, "No", text);
	EXPECT_STREQ("E=691 R=1 C=BC000000000000000000000000000000 V=3 M=No",
		     text);
	EXPECT_EQ(strlen(text), len);
	mschap_failure_text(647, false, challenge, "", text);
	EXPECT_STREQ("E=647 R=0 C=BC000000000000000000000000000000 V=3 M=",
		     text);
	memset(longest, 'x', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	EXPECT_EQ(MSCHAP_TEXT_MAX - 1,
		  mschap_failure_text(691, false, challenge, longest, text));
}

/* Texts of real servers, and what is read out of them. */
static const struct {
	const char *text;
	bool right;
} successes[] = {
	{ "S=407A5589115FD0D6209F510FE9C04566932CDA56", true },
	{ "S=407A5589115FD0D6209F510FE9C04566932CDA56 M=Access granted", true },
	{ "S=407A5589115FD0D6209F510FE9C04566932CDA56M=", true },
	{ "S=407a5589115fd0d6209f510fe9c04566932cda56", true },
	{ "S=407A5589115FD0D6209F510FE9C04566932CDA5", false },
	{ "S=407A5589115FD0D6209F510FE9C04566932CDAxx", false },
	{ "S=", false }, { "S", false }, { "", false },
	{ "s=407A5589115FD0D6209F510FE9C04566932CDA56", false },
	{ " S=407A5589115FD0D6209F510FE9C04566932CDA56", false },
	{ "M=Access granted", false },
};

TEST(success_texts)
{
	static const uint8_t want[20] = {
		0x40, 0x7a, 0x55, 0x89, 0x11, 0x5f, 0xd0, 0xd6, 0x20, 0x9f,
		0x51, 0x0f, 0xe9, 0xc0, 0x45, 0x66, 0x93, 0x2c, 0xda, 0x56,
	};
	uint8_t out[20];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(successes); i++) {
		const uint8_t *text = (const uint8_t *)successes[i].text;

		memset(out, 0, sizeof(out));
		EXPECT_EQ(successes[i].right,
			  mschap_success_parse(text, strlen(successes[i].text), out))
			TH_LOG("text %zu", i);
		if (successes[i].right)
			EXPECT_EQ(0, memcmp(out, want, 20)) TH_LOG("text %zu", i);
	}
}

#define C16 "00112233445566778899AABBCCDDEEFF"

static const struct {
	const char *text;
	unsigned int error, retry, challenge_len, version;
	const char *message;
} failures[] = {
	{ "E=691 R=1 C=" C16 " V=3 M=No", 691, 1, 16, 3, "No" },
	{ "E=691 R=1 C=" C16 " V=0 M=Access denied", 691, 1, 16, 0, "Access denied" },
	{ "E=648 R=0 V=3", 648, 0, 0, 3, "" },
	{ "E=691 R=0 C=0011223344556677 V=2", 691, 0, 8, 2, "" },
	{ "E=691", 691, 0, 0, 0, "" },
	{ "E=0000000649 R=0", 649, 0, 0, 0, "" },
	{ "E=99999999999999999999 R=1", 0, 1, 0, 0, "" },
	{ "E=999 R=2 C=0 V=", 999, 0, 0, 0, "0 V=" },
	{ "R=1 E=691 M=E=7", 691, 1, 0, 0, "E=7" },
	{ "C=" C16 "00", 0, 0, 16, 0, "00" },
	{ "M=", 0, 0, 0, 0, "" },
	{ "Login incorrect", 0, 0, 0, 0, "Login incorrect" },
	{ "", 0, 0, 0, 0, "" },
};

TEST(failure_texts)
{
	struct mschap_failure why;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(failures); i++) {
		const char *text = failures[i].text;

		mschap_failure_parse((const uint8_t *)text, strlen(text), &why);
		EXPECT_EQ(failures[i].error, why.error) TH_LOG("text %zu", i);
		EXPECT_EQ(failures[i].retry, why.retry) TH_LOG("text %zu", i);
		EXPECT_EQ(failures[i].challenge_len, why.challenge_len)
			TH_LOG("text %zu", i);
		EXPECT_EQ(failures[i].version, why.version) TH_LOG("text %zu", i);
		EXPECT_EQ(strlen(failures[i].message), why.message_len)
			TH_LOG("text %zu", i);
		EXPECT_EQ(0, strncmp(failures[i].message, (const char *)why.message,
				     why.message_len))
			TH_LOG("text %zu", i);
	}
}

TEST_HARNESS_MAIN
