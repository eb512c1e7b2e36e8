// SPDX-License-Identifier: GPL-2.0-or-later
/* The digests of PPP authentication and RADIUS. */
#include "crypto.h"

#include <nettle/md4.h>
#include <nettle/md5.h>
#include <nettle/memops.h>
#include <nettle/sha1.h>
#include <string.h>

void crypto_md4(const struct crypto_part *part, size_t n,
		uint8_t out[CRYPTO_MD4_LEN])
{
	struct md4_ctx ctx;
	size_t i;

	md4_init(&ctx);
	for (i = 0; i < n; i++)
		md4_update(&ctx, part[i].len, part[i].data);
	md4_digest(&ctx, CRYPTO_MD4_LEN, out);
	explicit_bzero(&ctx, sizeof(ctx));
}

void crypto_md5(const struct crypto_part *part, size_t n,
		uint8_t out[CRYPTO_MD5_LEN])
{
	struct md5_ctx ctx;
	size_t i;

	md5_init(&ctx);
	for (i = 0; i < n; i++)
		md5_update(&ctx, part[i].len, part[i].data);
	md5_digest(&ctx, CRYPTO_MD5_LEN, out);
	explicit_bzero(&ctx, sizeof(ctx));
}

void crypto_sha1(const struct crypto_part *part, size_t n,
		 uint8_t out[CRYPTO_SHA1_LEN])
{
	struct sha1_ctx ctx;
	size_t i;

	sha1_init(&ctx);
	for (i = 0; i < n; i++)
		sha1_update(&ctx, part[i].len, part[i].data);
	sha1_digest(&ctx, CRYPTO_SHA1_LEN, out);
	explicit_bzero(&ctx, sizeof(ctx));
}

bool crypto_equal(const void *a, const void *b, size_t len)
{
	return memeql_sec(a, b, len);
}
