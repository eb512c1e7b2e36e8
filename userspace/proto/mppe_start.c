// SPDX-License-Identifier: GPL-2.0-or-later
/* MPPE start keys: RFC 3079 section 2 for MS-CHAP, section 3 for MS-CHAPv2. */
#include <string.h>

#include "crypto/crypto.h"
#include "mppe_start.h"

#define PAD_LEN 40

/* Section 3.4, without a closing NUL each. */
static const char magic_1[27] = "This is the MPPE Master Key";
static const char magic_2[84] = "On the client side, this is the send key; "
				"on the server side, it is the receive key.";
static const char magic_3[84] = "On the client side, this is the receive key; "
				"on the server side, it is the send key.";

static void master_key(const uint8_t nt_hash[16], const uint8_t nt_response[24],
		       uint8_t master[MPPE_START_LEN])
{
	const struct crypto_part hash_part = { nt_hash, 16 };
	uint8_t digest[CRYPTO_SHA1_LEN];
	uint8_t hash_hash[CRYPTO_MD4_LEN];
	const struct crypto_part parts[] = {
		{ hash_hash, sizeof(hash_hash) },
		{ nt_response, 24 },
		{ magic_1, sizeof(magic_1) },
	};

	crypto_md4(&hash_part, 1, hash_hash);
	crypto_sha1(parts, 3, digest);
	memcpy(master, digest, MPPE_START_LEN);
	explicit_bzero(hash_hash, sizeof(hash_hash));
	explicit_bzero(digest, sizeof(digest));
}

/* GetAsymmetricStartKey; @magic says the direction. */
static void start_key(const uint8_t master[MPPE_START_LEN],
		      const char magic[84], uint8_t key[MPPE_START_LEN])
{
	uint8_t digest[CRYPTO_SHA1_LEN];
	uint8_t pad_1[PAD_LEN], pad_2[PAD_LEN];
	const struct crypto_part parts[] = {
		{ master, MPPE_START_LEN },
		{ pad_1, sizeof(pad_1) },
		{ magic, 84 },
		{ pad_2, sizeof(pad_2) },
	};

	memset(pad_1, 0x00, sizeof(pad_1));
	memset(pad_2, 0xf2, sizeof(pad_2));
	crypto_sha1(parts, 4, digest);
	memcpy(key, digest, MPPE_START_LEN);
	explicit_bzero(digest, sizeof(digest));
}

void mppe_start_server(const uint8_t nt_hash[16], const uint8_t nt_response[24],
		       uint8_t tx[MPPE_START_LEN], uint8_t rx[MPPE_START_LEN])
{
	uint8_t master[MPPE_START_LEN];

	master_key(nt_hash, nt_response, master);
	start_key(master, magic_3, tx);
	start_key(master, magic_2, rx);
	explicit_bzero(master, sizeof(master));
}

void mppe_start_client(const uint8_t nt_hash[16], const uint8_t nt_response[24],
		       uint8_t tx[MPPE_START_LEN], uint8_t rx[MPPE_START_LEN])
{
	mppe_start_server(nt_hash, nt_response, rx, tx);
}

void mppe_start_mschap1(const uint8_t nt_hash[16], const uint8_t challenge[8],
			uint8_t start[MPPE_START_LEN])
{
	const struct crypto_part hash_part = { nt_hash, 16 };
	uint8_t digest[CRYPTO_SHA1_LEN];
	uint8_t hash_hash[CRYPTO_MD4_LEN];
	const struct crypto_part parts[] = {
		{ hash_hash, sizeof(hash_hash) },
		{ hash_hash, sizeof(hash_hash) },
		{ challenge, 8 },
	};

	crypto_md4(&hash_part, 1, hash_hash);
	crypto_sha1(parts, 3, digest);
	memcpy(start, digest, MPPE_START_LEN);
	explicit_bzero(hash_hash, sizeof(hash_hash));
	explicit_bzero(digest, sizeof(digest));
}

void mppe_start_msk(const uint8_t msk[64], uint8_t tx[MPPE_START_LEN],
		    uint8_t rx[MPPE_START_LEN])
{
	memcpy(rx, msk, MPPE_START_LEN);
	memcpy(tx, msk + 32, MPPE_START_LEN);
}
