// SPDX-License-Identifier: GPL-2.0-or-later
/* MS-CHAP version 1 (RFC 2433), by the section numbers of that document. */
#include <stdio.h>
#include <string.h>

#include "crypto/crypto.h"
#include "lib/bytes.h"
#include "mschap1.h"

#define LM_LEN 24

bool mschap1_response_parse(const uint8_t *value, size_t len,
			    struct mschap1_response *response)
{
	struct reader r = reader_of(value, len);
	const uint8_t *nt;
	uint8_t use_nt;

	if (len != MSCHAP_VALUE_LEN)
		return false;
	reader_take(&r, LM_LEN);
	nt = reader_take(&r, MSCHAP_NT_LEN);
	use_nt = reader_u8(&r);
	if (r.bad || use_nt != 1)
		return false;
	memcpy(response->nt, nt, MSCHAP_NT_LEN);
	return true;
}

void mschap1_response_value(const uint8_t nt[MSCHAP_NT_LEN],
			    uint8_t value[MSCHAP_VALUE_LEN])
{
	struct writer w = writer_of(value, MSCHAP_VALUE_LEN);

	writer_zero(&w, LM_LEN);
	writer_put(&w, nt, MSCHAP_NT_LEN);
	writer_u8(&w, 1);
}

bool mschap1_verify(const struct mschap1_response *response,
		    const uint8_t nt_hash[MSCHAP_HASH_LEN])
{
	uint8_t expected[MSCHAP_NT_LEN];
	bool ok;

	mschap_nt_response(response->challenge, nt_hash, expected);
	ok = crypto_equal(expected, response->nt, MSCHAP_NT_LEN);
	explicit_bzero(expected, sizeof(expected));
	return ok;
}

size_t mschap1_failure_text(unsigned int error, bool retry,
			    const uint8_t challenge[MSCHAP1_CHALLENGE_LEN],
			    char text[MSCHAP_TEXT_MAX])
{
	char hex[2 * MSCHAP1_CHALLENGE_LEN + 1];
	size_t i;

	for (i = 0; i < MSCHAP1_CHALLENGE_LEN; i++)
		snprintf(hex + 2 * i, 3, "%02X", challenge[i]);
	snprintf(text, MSCHAP_TEXT_MAX, "E=%u R=%u C=%s V=2", error,
		 retry ? 1 : 0, hex);
	return strlen(text);
}
