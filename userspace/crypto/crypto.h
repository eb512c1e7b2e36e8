/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The primitives that PPP authentication needs, over nettle. Only files in
 * crypto/ include nettle.
 */
#ifndef CRYPTO_CRYPTO_H
#define CRYPTO_CRYPTO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CRYPTO_MD4_LEN	16
#define CRYPTO_MD5_LEN	16
#define CRYPTO_SHA1_LEN	20

/* One piece of the input of a digest. */
struct crypto_part {
	const void *data;
	size_t len;
};

/* Digests over the @n pieces in their order. Contexts are wiped. */
void crypto_md4(const struct crypto_part *part, size_t n,
		uint8_t out[CRYPTO_MD4_LEN]);
void crypto_md5(const struct crypto_part *part, size_t n,
		uint8_t out[CRYPTO_MD5_LEN]);
void crypto_sha1(const struct crypto_part *part, size_t n,
		 uint8_t out[CRYPTO_SHA1_LEN]);

/* DES with a key of 56 bits without parity (RFC 2759 section 8.6). */
void crypto_des(const uint8_t key[7], const uint8_t in[8], uint8_t out[8]);

/*
 * RC4 from the start of the key stream of @key, which has 1 to 256 octets. @in
 * and @out may be the same.
 */
void crypto_rc4(const void *key, size_t key_len, const uint8_t *in, uint8_t *out,
		size_t len);

#define CRYPTO_UNICODE_MAX	512	/* RFC 2759 section 8.1: 256 units of two octets */

/*
 * The UTF-16LE form of @len octets of UTF-8. Returns its length in octets, or -1
 * when the password is not UTF-8 or longer than 256 units; @out is wiped then.
 */
int crypto_unicode(const char *password, size_t len,
		   uint8_t out[CRYPTO_UNICODE_MAX]);

/*
 * NtPasswordHash (RFC 2759 section 8.3) of a UTF-8 password: MD4 of its UTF-16LE
 * form. False when it is not UTF-8 or longer than 256 units.
 */
bool crypto_nt_hash(const char *password, size_t len,
		    uint8_t out[CRYPTO_MD4_LEN]);

/* Compares in a time that does not depend on the contents. */
bool crypto_equal(const void *a, const void *b, size_t len);

#endif /* CRYPTO_CRYPTO_H */
