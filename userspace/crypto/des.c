// SPDX-License-Identifier: GPL-2.0-or-later
#include "crypto.h"

#include <nettle/des.h>
#include <string.h>

/*
 * Spreads 56 bits over eight octets, seven in each from the top (RFC 2759
 * section 8.6); the lowest bit is the parity that DES wants odd.
 */
static void key_expand(const uint8_t key[7], uint8_t out[DES_KEY_SIZE])
{
	uint64_t bits = 0;
	unsigned int i;

	for (i = 0; i < 7; i++)
		bits = bits << 8 | key[i];
	for (i = 0; i < DES_KEY_SIZE; i++)
		out[i] = (uint8_t)(bits >> (49 - 7 * i) << 1);
	des_fix_parity(DES_KEY_SIZE, out, out);
	explicit_bzero(&bits, sizeof(bits));
}

void crypto_des(const uint8_t key[7], const uint8_t in[8], uint8_t out[8])
{
	uint8_t expanded[DES_KEY_SIZE];
	struct des_ctx ctx;

	key_expand(key, expanded);
	/* It reports weak keys, which a password hash is free to contain. */
	des_set_key(&ctx, expanded);
	des_encrypt(&ctx, DES_BLOCK_SIZE, out, in);
	explicit_bzero(&ctx, sizeof(ctx));
	explicit_bzero(expanded, sizeof(expanded));
}
