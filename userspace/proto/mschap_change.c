// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Data of a Change-Password packet (RFC 2759 section 7):
 *
 *   +-----------------------------------------------+
 *   |  Encrypted-Password                       516 |
 *   |  Encrypted-Hash                            16 |
 *   |  Peer-Challenge                            16 |
 *   |  Reserved                                   8 |
 *   |  NT-Response                               24 |
 *   |  Flags                                      2 |
 *   +-----------------------------------------------+
 *
 * Encrypted-Password is RC4, keyed with the old hash, over:
 *
 *   +-----------------------------------------------+
 *   |  random octets, then the password in UTF-16  512 |
 *   |  length of the password in octets, little-endian  4 |
 *   +-----------------------------------------------+
 */
#include <string.h>

#include "crypto/crypto.h"
#include "lib/bytes.h"
#include "mschap_change.h"

#define RESERVED_LEN	8
#define ROOM		CRYPTO_UNICODE_MAX

_Static_assert(ROOM + 4 == MSCHAP_CHANGE_BLOCK_LEN, "section 8.9");

bool mschap_change_parse(const uint8_t *data, size_t len,
			 struct mschap_change *change)
{
	struct reader r = reader_of(data, len);
	struct mschap_response *response = &change->response;

	if (len != MSCHAP_CHANGE_LEN)
		return false;
	memcpy(change->block, reader_take(&r, sizeof(change->block)),
	       sizeof(change->block));
	memcpy(change->hash, reader_take(&r, sizeof(change->hash)),
	       sizeof(change->hash));
	memcpy(response->peer_challenge, reader_take(&r, MSCHAP_CHALLENGE_LEN),
	       MSCHAP_CHALLENGE_LEN);
	reader_take(&r, RESERVED_LEN);
	memcpy(response->nt, reader_take(&r, MSCHAP_NT_LEN), MSCHAP_NT_LEN);
	response->flags = (uint8_t)reader_u16(&r);
	return true;
}

void mschap_change_data(const struct mschap_change *change,
			uint8_t data[MSCHAP_CHANGE_LEN])
{
	struct writer w = writer_of(data, MSCHAP_CHANGE_LEN);

	writer_put(&w, change->block, sizeof(change->block));
	writer_put(&w, change->hash, sizeof(change->hash));
	writer_put(&w, change->response.peer_challenge, MSCHAP_CHALLENGE_LEN);
	writer_zero(&w, RESERVED_LEN);
	writer_put(&w, change->response.nt, MSCHAP_NT_LEN);
	writer_u16(&w, 0);
}

/* NtPasswordHashEncryptedWithBlock of section 8.13. */
static void hash_under_hash(const uint8_t hash[MSCHAP_HASH_LEN],
			    const uint8_t key[MSCHAP_HASH_LEN],
			    uint8_t out[MSCHAP_HASH_LEN])
{
	crypto_des(key, hash, out);
	crypto_des(key + 7, hash + 8, out + 8);
}

bool mschap_change_make(struct mschap_change *change, struct ppp_rand *rand,
			const uint8_t old_hash[MSCHAP_HASH_LEN],
			const char *new_password,
			uint8_t new_hash[MSCHAP_HASH_LEN])
{
	uint8_t clear[MSCHAP_CHANGE_BLOCK_LEN], unicode[ROOM];
	int len = crypto_unicode(new_password, strlen(new_password), unicode);
	const struct crypto_part part = { unicode, len > 0 ? (size_t)len : 0 };

	if (len <= 0)
		return false;
	crypto_md4(&part, 1, new_hash);
	ppp_rand_fill(rand, clear, ROOM);
	memcpy(clear + ROOM - len, unicode, (size_t)len);
	clear[ROOM] = (uint8_t)len;
	clear[ROOM + 1] = (uint8_t)(len >> 8);
	clear[ROOM + 2] = 0;
	clear[ROOM + 3] = 0;
	crypto_rc4(old_hash, MSCHAP_HASH_LEN, clear, change->block, sizeof(clear));
	hash_under_hash(old_hash, new_hash, change->hash);
	explicit_bzero(clear, sizeof(clear));
	explicit_bzero(unicode, sizeof(unicode));
	return true;
}

/* The hash of the password in the block; false when there can be none. */
static bool open_block(const struct mschap_change *change,
		       const uint8_t old_hash[MSCHAP_HASH_LEN],
		       uint8_t new_hash[MSCHAP_HASH_LEN])
{
	uint8_t clear[MSCHAP_CHANGE_BLOCK_LEN];
	uint32_t len;
	bool fits;

	crypto_rc4(old_hash, MSCHAP_HASH_LEN, change->block, clear, sizeof(clear));
	len = clear[ROOM] | (uint32_t)clear[ROOM + 1] << 8 |
	      (uint32_t)clear[ROOM + 2] << 16 | (uint32_t)clear[ROOM + 3] << 24;
	fits = len && len <= ROOM && len % 2 == 0;
	if (fits)
		crypto_md4(&(struct crypto_part){ clear + ROOM - len, len }, 1,
			   new_hash);
	explicit_bzero(clear, sizeof(clear));
	return fits;
}

bool mschap_change_verify(const struct mschap_change *change, const char *name,
			  const uint8_t old_hash[MSCHAP_HASH_LEN],
			  uint8_t new_hash[MSCHAP_HASH_LEN])
{
	uint8_t expected[MSCHAP_HASH_LEN];
	bool ok;

	if (!open_block(change, old_hash, new_hash))
		return false;
	hash_under_hash(old_hash, new_hash, expected);
	ok = crypto_equal(expected, change->hash, sizeof(expected)) &&
	     !crypto_equal(old_hash, new_hash, MSCHAP_HASH_LEN) &&
	     mschap_verify(&change->response, name, new_hash);
	explicit_bzero(expected, sizeof(expected));
	return ok;
}
