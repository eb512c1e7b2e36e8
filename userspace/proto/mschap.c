// SPDX-License-Identifier: GPL-2.0-or-later
/* MS-CHAP version 2 (RFC 2759), by the section numbers of that document. */
#include <stdio.h>
#include <string.h>

#include "crypto/crypto.h"
#include "lib/bytes.h"
#include "mschap.h"

#define RESERVED_LEN	8
#define HASH8_LEN	8
#define DES_KEY_LEN	7

/* RFC 2759 section 8.7, without a closing NUL each. */
static const char magic_1[39] = "Magic server to client signing constant";
static const char magic_2[41] = "Pad to make it do more than one iteration";

bool mschap_response_parse(const uint8_t *value, size_t len,
			   struct mschap_response *response)
{
	struct reader r = reader_of(value, len);
	const uint8_t *nt, *peer;

	if (len != MSCHAP_VALUE_LEN)
		return false;
	peer = reader_take(&r, MSCHAP_CHALLENGE_LEN);
	/* Section 4 wants these zero; nobody checks, and no meaning depends on it. */
	reader_take(&r, RESERVED_LEN);
	nt = reader_take(&r, MSCHAP_NT_LEN);
	response->flags = reader_u8(&r);
	if (r.bad)
		return false;
	memcpy(response->peer_challenge, peer, MSCHAP_CHALLENGE_LEN);
	memcpy(response->nt, nt, MSCHAP_NT_LEN);
	return true;
}

void mschap_response_value(const struct mschap_response *response,
			   uint8_t value[MSCHAP_VALUE_LEN])
{
	struct writer w = writer_of(value, MSCHAP_VALUE_LEN);

	writer_put(&w, response->peer_challenge, MSCHAP_CHALLENGE_LEN);
	writer_zero(&w, RESERVED_LEN);
	writer_put(&w, response->nt, MSCHAP_NT_LEN);
	writer_u8(&w, response->flags);
}

static const char *without_domain(const char *name)
{
	const char *slash = strrchr(name, '\\');

	return slash ? slash + 1 : name;
}

void mschap_challenge_hash(const struct mschap_response *response,
			   const char *name, uint8_t hash[HASH8_LEN])
{
	const char *user = without_domain(name);
	const struct crypto_part parts[] = {
		{ response->peer_challenge, MSCHAP_CHALLENGE_LEN },
		{ response->challenge, MSCHAP_CHALLENGE_LEN },
		{ user, strlen(user) },
	};
	uint8_t digest[CRYPTO_SHA1_LEN];

	crypto_sha1(parts, 3, digest);
	memcpy(hash, digest, HASH8_LEN);
}

void mschap_nt_response(const uint8_t challenge_hash[HASH8_LEN],
			const uint8_t nt_hash[MSCHAP_HASH_LEN],
			uint8_t nt[MSCHAP_NT_LEN])
{
	uint8_t keys[3 * DES_KEY_LEN] = { 0 };
	unsigned int i;

	memcpy(keys, nt_hash, MSCHAP_HASH_LEN);
	for (i = 0; i < 3; i++)
		crypto_des(keys + i * DES_KEY_LEN, challenge_hash,
			   nt + i * HASH8_LEN);
	explicit_bzero(keys, sizeof(keys));
}

bool mschap_verify(const struct mschap_response *response, const char *name,
		   const uint8_t nt_hash[MSCHAP_HASH_LEN])
{
	uint8_t hash[HASH8_LEN], expected[MSCHAP_NT_LEN];
	bool ok;

	mschap_challenge_hash(response, name, hash);
	mschap_nt_response(hash, nt_hash, expected);
	ok = crypto_equal(expected, response->nt, MSCHAP_NT_LEN);
	explicit_bzero(expected, sizeof(expected));
	return ok;
}

void mschap_authenticator(const struct mschap_response *response,
			  const char *name,
			  const uint8_t nt_hash[MSCHAP_HASH_LEN],
			  uint8_t out[MSCHAP_AUTH_LEN])
{
	uint8_t challenge[HASH8_LEN], hash_hash[CRYPTO_MD4_LEN];
	const struct crypto_part nt_part = { nt_hash, MSCHAP_HASH_LEN };
	uint8_t digest[CRYPTO_SHA1_LEN];
	const struct crypto_part inner[] = {
		{ hash_hash, sizeof(hash_hash) },
		{ response->nt, MSCHAP_NT_LEN },
		{ magic_1, sizeof(magic_1) },
	};
	const struct crypto_part outer[] = {
		{ digest, sizeof(digest) },
		{ challenge, sizeof(challenge) },
		{ magic_2, sizeof(magic_2) },
	};

	crypto_md4(&nt_part, 1, hash_hash);
	mschap_challenge_hash(response, name, challenge);
	crypto_sha1(inner, 3, digest);
	crypto_sha1(outer, 3, out);
	explicit_bzero(hash_hash, sizeof(hash_hash));
	explicit_bzero(digest, sizeof(digest));
}

/* Upper case: RFC 2759 section 5 says so and Windows compares it so. */
static void to_hex(const uint8_t *p, size_t len, char *text)
{
	size_t i;

	for (i = 0; i < len; i++)
		snprintf(text + 2 * i, 3, "%02X", p[i]);
}

size_t mschap_success_text(const uint8_t authenticator[MSCHAP_AUTH_LEN],
			   const char *message, char text[MSCHAP_TEXT_MAX])
{
	char hex[2 * MSCHAP_AUTH_LEN + 1];

	to_hex(authenticator, MSCHAP_AUTH_LEN, hex);
	snprintf(text, MSCHAP_TEXT_MAX, "S=%s%s%s", hex,
		 message[0] ? " M=" : "", message);
	return strlen(text);
}

size_t mschap_failure_text(unsigned int error, bool retry,
			   const uint8_t challenge[MSCHAP_CHALLENGE_LEN],
			   const char *message, char text[MSCHAP_TEXT_MAX])
{
	char hex[2 * MSCHAP_CHALLENGE_LEN + 1];

	to_hex(challenge, MSCHAP_CHALLENGE_LEN, hex);
	snprintf(text, MSCHAP_TEXT_MAX, "E=%u R=%u C=%s V=3 M=%s", error,
		 retry ? 1 : 0, hex, message);
	return strlen(text);
}

static int nibble_of(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

/* Pairs of hexadecimal digits at the reader, @room at most; how many octets. */
static size_t take_hex(struct reader *r, uint8_t *out, size_t room)
{
	size_t n = 0;

	while (n < room && r->left >= 2 && nibble_of(r->p[0]) >= 0 &&
	       nibble_of(r->p[1]) >= 0) {
		out[n++] = (uint8_t)(nibble_of(r->p[0]) << 4 | nibble_of(r->p[1]));
		reader_take(r, 2);
	}
	return n;
}

bool mschap_success_parse(const uint8_t *text, size_t len,
			  uint8_t authenticator[MSCHAP_AUTH_LEN])
{
	struct reader r = reader_of(text, len);

	return reader_u8(&r) == 'S' && reader_u8(&r) == '=' &&
	       take_hex(&r, authenticator, MSCHAP_AUTH_LEN) == MSCHAP_AUTH_LEN;
}

/* A decimal number; one that is larger than any meaning is 0. */
static unsigned int take_number(struct reader *r)
{
	const unsigned int most = 99999999;
	unsigned int v = 0;

	while (r->left && r->p[0] >= '0' && r->p[0] <= '9') {
		unsigned int digit = reader_u8(r) - '0';

		v = v > most ? v : v * 10 + digit;
	}
	return v > most ? 0 : v;
}

/* The field that begins here; false: none does. */
static bool take_field(struct reader *r, struct mschap_failure *failure)
{
	char letter;

	if (r->left < 2 || r->p[1] != '=' || !strchr("ERCV", r->p[0]) || !r->p[0])
		return false;
	letter = (char)reader_u8(r);
	reader_take(r, 1);
	if (letter == 'E')
		failure->error = take_number(r);
	else if (letter == 'R')
		failure->retry = take_number(r) == 1;
	else if (letter == 'V')
		failure->version = take_number(r);
	else
		failure->challenge_len = take_hex(r, failure->challenge,
						  MSCHAP_CHALLENGE_LEN);
	while (r->left && r->p[0] == ' ')
		reader_take(r, 1);
	return true;
}

void mschap_failure_parse(const uint8_t *text, size_t len,
			  struct mschap_failure *failure)
{
	struct reader r = reader_of(text, len);

	memset(failure, 0, sizeof(*failure));
	while (take_field(&r, failure))
		;
	if (r.left >= 2 && r.p[0] == 'M' && r.p[1] == '=')
		reader_take(&r, 2);
	failure->message = r.p;
	failure->message_len = r.left;
}
