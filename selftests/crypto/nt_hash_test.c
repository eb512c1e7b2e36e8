// SPDX-License-Identifier: GPL-2.0-or-later
#include "kselftest_harness.h"

#include "crypto/crypto.h"

/* The UTF-16LE form that each UTF-8 one must hash as. */
static const struct {
	const char *utf8;
	const char *utf16;
	size_t utf16_len;
} passwords[] = {
	{ "", "", 0 },
	{ "MyPw", "M\0y\0P\0w", 8 },
	{ "\x7f\xc2\x80", "\x7f\0\x80\0", 4 },
	{ "\xdf\xbf\xe0\xa0\x80", "\xff\x07\0\x08", 4 },
	{ "\xed\x9f\xbf\xee\x80\x80", "\xff\xd7\0\xe0", 4 },
	{ "\xef\xbf\xbf\xf0\x90\x80\x80", "\xff\xff\0\xd8\0\xdc", 6 },
	{ "\xf0\x9f\x94\x91", "\x3d\xd8\x11\xdd", 4 },
	{ "\xf4\x8f\xbf\xbf", "\xff\xdb\xff\xdf", 4 },
};

static const char * const malformed[] = {
	"\x80",				/* continuation alone */
	"\xbf!",
	"\xc3",				/* cut short */
	"\xe2\x82",
	"\xf0\x9f\x94",
	"\xc3(",			/* no continuation */
	"\xe2(\xac",
	"\xe2\x82(",
	"\xc0\x80",			/* longer than needed */
	"\xc1\xbf",
	"\xe0\x9f\xbf",
	"\xf0\x8f\xbf\xbf",
	"\xed\xa0\x80",			/* surrogates */
	"\xed\xbf\xbf",
	"\xf4\x90\x80\x80",		/* beyond U+10FFFF */
	"\xf7\xbf\xbf\xbf",
	"\xf8\x88\x80\x80\x80",		/* five octets */
	"\xfe",
	"\xff",
	"ok until\xff",
};

TEST(hashes_the_utf16_form)
{
	uint8_t out[CRYPTO_MD4_LEN], want[CRYPTO_MD4_LEN];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(passwords); i++) {
		const struct crypto_part utf16 = {
			passwords[i].utf16, passwords[i].utf16_len,
		};

		crypto_md4(&utf16, 1, want);
		ASSERT_TRUE(crypto_nt_hash(passwords[i].utf8,
					   strlen(passwords[i].utf8), out))
			TH_LOG("password %zu", i);
		EXPECT_EQ(0, memcmp(out, want, sizeof(out)))
			TH_LOG("password %zu", i);
	}
}

/* RFC 2759 section 9.2, RFC 2433 B.2, and one with umlauts. */
TEST(published)
{
	static const struct {
		const char *password;
		uint8_t hash[16];
	} published[] = {
		{ "clientPass",
		  { 0x44, 0xeb, 0xba, 0x8d, 0x53, 0x12, 0xb8, 0xd6,
		    0x11, 0x47, 0x44, 0x11, 0xf5, 0x69, 0x89, 0xae } },
		{ "MyPw",
		  { 0xfc, 0x15, 0x6a, 0xf7, 0xed, 0xcd, 0x6c, 0x0e,
		    0xdd, 0xe3, 0x33, 0x7d, 0x42, 0x7f, 0x4e, 0xac } },
		{ "p\xc3\xa4ssw\xc3\xb6rd",
		  { 0x05, 0x53, 0x15, 0x22, 0x50, 0xac, 0x01, 0xad,
		    0xb4, 0x21, 0x3c, 0xb9, 0x93, 0x86, 0x63, 0xe4 } },
	};
	uint8_t out[CRYPTO_MD4_LEN];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(published); i++) {
		ASSERT_TRUE(crypto_nt_hash(published[i].password,
					   strlen(published[i].password), out));
		EXPECT_EQ(0, memcmp(out, published[i].hash, sizeof(out)))
			TH_LOG("password %zu", i);
	}
}

TEST(refuses_what_is_not_utf8)
{
	uint8_t out[CRYPTO_MD4_LEN];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(malformed); i++)
		EXPECT_FALSE(crypto_nt_hash(malformed[i], strlen(malformed[i]),
					    out))
			TH_LOG("password %zu", i);
}

TEST(at_most_256_units)
{
	uint8_t out[CRYPTO_MD4_LEN];
	char password[260];

	memset(password, 'a', sizeof(password));
	EXPECT_TRUE(crypto_nt_hash(password, 256, out));
	EXPECT_FALSE(crypto_nt_hash(password, 257, out));
	memcpy(password + 254, "\xf0\x9f\x94\x91", 4);
	EXPECT_TRUE(crypto_nt_hash(password, 258, out));
	memcpy(password + 255, "\xf0\x9f\x94\x91", 4);
	EXPECT_FALSE(crypto_nt_hash(password, 259, out));
}

TEST_HARNESS_MAIN
