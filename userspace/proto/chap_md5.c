// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "chap_md5.h"
#include "crypto/crypto.h"

void chap_md5_digest(uint8_t id, const char *password, const uint8_t *challenge,
		     size_t len, uint8_t digest[CHAP_MD5_LEN])
{
	const struct crypto_part parts[] = {
		{ &id, 1 },
		{ password, strlen(password) },
		{ challenge, len },
	};

	crypto_md5(parts, 3, digest);
}

bool chap_md5_verify(const struct chap_md5_response *response,
		     const char *password)
{
	uint8_t expected[CHAP_MD5_LEN];
	bool ok;

	chap_md5_digest(response->id, password, response->challenge,
			sizeof(response->challenge), expected);
	ok = crypto_equal(expected, response->digest, CHAP_MD5_LEN);
	explicit_bzero(expected, sizeof(expected));
	return ok;
}
