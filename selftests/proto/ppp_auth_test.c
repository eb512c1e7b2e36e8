// SPDX-License-Identifier: GPL-2.0-or-later
/* The table of methods, and what is right for which secret. */
#include "kselftest_harness.h"

#include "crypto/crypto.h"
#include "proto/ppp_auth.h"
#include "vectors/chap_md5.h"
#include "vectors/mschap.h"

static const struct {
	const char *text;
	const char *option;
	bool keys, short_keys, weak, password;
} rows[PPP_AUTH_METHODS] = {
	{ "none", "", false, false, false, false },
	{ "PAP", "\xc0\x23", false, false, true, false },
	{ "CHAP-MD5", "\xc2\x23\x05", false, false, true, true },
	{ "MS-CHAP", "\xc2\x23\x80", true, false, true, false },
	{ "MS-CHAP-V2", "\xc2\x23\x81", true, true, false, false },
	{ "EAP-MD5", "\xc2\x27", false, false, true, true },
	{ "EAP-MSCHAP-V2", "\xc2\x27", true, true, false, false },
	{ "EAP-TLS", "\xc2\x27", true, true, false, false },
};

TEST(methods)
{
	uint8_t option[3];
	unsigned int i;

	for (i = 0; i < PPP_AUTH_METHODS; i++) {
		enum ppp_auth_method m = (enum ppp_auth_method)i;
		size_t len = strlen(rows[i].option);

		EXPECT_STREQ(rows[i].text, ppp_auth_method_text(m));
		EXPECT_EQ(rows[i].keys, ppp_auth_method_keys(m)) TH_LOG("%u", i);
		EXPECT_EQ(rows[i].short_keys, ppp_auth_method_short_keys(m)) TH_LOG("%u", i);
		EXPECT_EQ(rows[i].weak, ppp_auth_method_weak(m)) TH_LOG("%u", i);
		EXPECT_EQ(rows[i].password, ppp_auth_method_password(m)) TH_LOG("%u", i);
		ASSERT_EQ(len, ppp_auth_lcp_option(m, option));
		EXPECT_EQ(0, memcmp(option, rows[i].option, len));
		if (len)
			EXPECT_EQ((uint8_t)option[0] << 8 | option[1], ppp_auth_protocol(m));
	}
	EXPECT_EQ(0, ppp_auth_protocol(PPP_AUTH_NONE));
}

TEST(options)
{
	static const struct {
		const char *octets;
		size_t len;
		unsigned int mask;
	} options[] = {
		{ "\xc0\x23", 2, 0x02 }, { "\xc2\x23\x05", 3, 0x04 },
		{ "\xc2\x23\x80", 3, 0x08 }, { "\xc2\x23\x81", 3, 0x10 },
		{ "\xc2\x27", 2, 0xe0 },
		{ "\xc2\x23", 2, 0 }, { "\xc2\x23\x06", 3, 0 }, { "\xc0\x23\x00", 3, 0 },
		{ "\xc2\x27\x00", 3, 0 }, { "\xc2\x23\x81\x00", 4, 0 }, { "\xc2", 1, 0 },
		{ "", 0, 0 },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(options); i++)
		EXPECT_EQ(options[i].mask,
			  ppp_auth_lcp_methods((const uint8_t *)options[i].octets,
					       options[i].len))
			TH_LOG("row %zu", i);
}

TEST(md5_vectors)
{
	uint8_t digest[16];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(chap_md5_vectors); i++) {
		const struct chap_md5_vector *v = &chap_md5_vectors[i];

		chap_md5_digest(v->id, v->password, v->challenge, v->challenge_len, digest);
		EXPECT_EQ(0, memcmp(digest, v->digest, 16)) TH_LOG("vector %zu", i);
	}
}

/* What "clientPass" answers, or what it would if it were @password. */
static void claim(struct ppp_auth_request *req, enum ppp_auth_method method,
		  const char *password)
{
	uint8_t nt_hash[16], hash[8];

	memset(req, 0, sizeof(*req));
	req->serial = 7;
	req->method = method;
	snprintf(req->user, sizeof(req->user), "User");
	crypto_nt_hash(password, strlen(password), nt_hash);
	switch (method) {
	case PPP_AUTH_PAP:
		snprintf(req->pap.password, sizeof(req->pap.password), "%s", password);
		break;
	case PPP_AUTH_CHAP_MD5:
	case PPP_AUTH_EAP_MD5:
		chap_md5_digest(0, password, req->md5.challenge, 16, req->md5.digest);
		break;
	case PPP_AUTH_MSCHAP:
		mschap_nt_response(req->mschap1.challenge, nt_hash, req->mschap1.nt);
		break;
	case PPP_AUTH_MSCHAP_V2:
	case PPP_AUTH_EAP_MSCHAP_V2:
		mschap_challenge_hash(&req->mschap, "User", hash);
		mschap_nt_response(hash, nt_hash, req->mschap.nt);
		break;
	case PPP_AUTH_EAP_TLS:
	case PPP_AUTH_NONE:
	case PPP_AUTH_METHODS:
		break;
	}
}

static struct ppp_auth_secret secret_of(bool known, const char *password)
{
	struct ppp_auth_secret secret = { .known = known, .password = password };

	memcpy(secret.nt_hash, mschap_vectors[0].nt_hash, 16);
	return secret;
}

TEST(right)
{
	struct ppp_auth_secret with = secret_of(true, "clientPass");
	struct ppp_auth_secret without = secret_of(true, NULL);
	struct ppp_auth_result result;
	struct ppp_auth_request req;
	unsigned int i;

	for (i = PPP_AUTH_PAP; i < PPP_AUTH_METHODS; i++) {
		enum ppp_auth_method m = (enum ppp_auth_method)i;

		claim(&req, m, "clientPass");
		EXPECT_TRUE(ppp_auth_check(&req, &with, &result)) TH_LOG("%u", i);
		EXPECT_TRUE(result.ok);
		EXPECT_EQ(7, result.serial);
		EXPECT_EQ(rows[i].keys && m != PPP_AUTH_EAP_TLS, result.has_keys)
			TH_LOG("%u", i);
		EXPECT_EQ(!rows[i].password, ppp_auth_check(&req, &without, &result))
			TH_LOG("%u", i);
	}
}

/* Nobody gets in whom the daemon does not know, with a hash that happens to fit. */
TEST(wrong)
{
	static const char * const passwords[] = {
		"", "clientpass", "clientPas", "clientPass1", "\xff",
	};
	struct ppp_auth_secret known = secret_of(true, "clientPass");
	struct ppp_auth_secret unknown = secret_of(false, NULL);
	struct ppp_auth_result result;
	struct ppp_auth_request req;
	unsigned int i, k;

	for (i = PPP_AUTH_NONE; i < PPP_AUTH_METHODS; i++) {
		claim(&req, (enum ppp_auth_method)i, "clientPass");
		EXPECT_FALSE(ppp_auth_check(&req, &unknown, &result)) TH_LOG("%u", i);
		EXPECT_EQ(MSCHAP_ERROR_FAILED, result.error);
		EXPECT_EQ(7, result.serial);
		EXPECT_FALSE(result.has_keys);
		for (k = 0; k < ARRAY_SIZE(passwords) && i != PPP_AUTH_EAP_TLS; k++) {
			claim(&req, (enum ppp_auth_method)i, passwords[k]);
			EXPECT_FALSE(ppp_auth_check(&req, &known, &result))
				TH_LOG("%u %u", i, k);
		}
	}
}

/* The daemon says which methods a name may use; a claim it is not. */
TEST(identity_is_no_claim)
{
	struct ppp_auth_secret secret = secret_of(true, "clientPass");
	struct ppp_auth_result result;
	struct ppp_auth_request req;

	claim(&req, PPP_AUTH_EAP_TLS, "clientPass");
	req.kind = PPP_AUTH_IDENTITY;
	EXPECT_FALSE(ppp_auth_check(&req, &secret, &result));
}

TEST(what_we_can_prove)
{
	struct ppp_credentials own = { .user = "User", .methods = 0xff };
	uint8_t hash[16];

	EXPECT_EQ(0, ppp_auth_usable(&own));
	EXPECT_FALSE(ppp_auth_hash(&own, hash));
	own.tls = (struct tls_config *)&own;
	EXPECT_EQ(0x80, ppp_auth_usable(&own));
	own.has_hash = true;
	own.nt_hash[3] = 5;
	EXPECT_EQ(0xd8, ppp_auth_usable(&own));
	EXPECT_TRUE(ppp_auth_hash(&own, hash));
	EXPECT_EQ(5, hash[3]);
	own.has_hash = false;
	own.password = "clientPass";
	EXPECT_EQ(0xfe, ppp_auth_usable(&own));
	EXPECT_TRUE(ppp_auth_hash(&own, hash));
	EXPECT_EQ(0, memcmp(hash, mschap_vectors[0].nt_hash, 16));
	own.methods = 0x12;
	EXPECT_EQ(0x12, ppp_auth_usable(&own));
	/* Such a password has no NT hash. */
	own.password = "\xff";
	EXPECT_EQ(0x02, ppp_auth_usable(&own));
}

TEST(message)
{
	char text[PPP_AUTH_MESSAGE_MAX], want[PPP_AUTH_MESSAGE_MAX];
	uint8_t octets[100];

	memset(octets, 'x', sizeof(octets));
	memset(want, 'x', sizeof(want));
	want[sizeof(want) - 1] = '\0';
	ppp_auth_message(octets, sizeof(octets), text);
	EXPECT_STREQ(want, text);
	ppp_auth_message((const uint8_t *)"a\x1b[m\x7f\x80 ~\0", 9, text);
	EXPECT_STREQ("a?[m?? ~?", text);
	ppp_auth_message(NULL, 0, text);
	EXPECT_STREQ("", text);
}

TEST_HARNESS_MAIN
