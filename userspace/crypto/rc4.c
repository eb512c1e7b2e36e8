// SPDX-License-Identifier: GPL-2.0-or-later
#include "crypto.h"

#include <nettle/arcfour.h>
#include <string.h>

void crypto_rc4(const void *key, size_t key_len, const uint8_t *in, uint8_t *out,
		size_t len)
{
	struct arcfour_ctx ctx;

	arcfour_set_key(&ctx, key_len, key);
	arcfour_crypt(&ctx, len, out, in);
	explicit_bzero(&ctx, sizeof(ctx));
}
