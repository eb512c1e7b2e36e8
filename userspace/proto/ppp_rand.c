// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "crypto/crypto.h"
#include "ppp_rand.h"

void ppp_rand_init(struct ppp_rand *rand, const uint8_t seed[PPP_RAND_SEED_LEN])
{
	memcpy(rand->seed, seed, PPP_RAND_SEED_LEN);
	rand->count = 0;
}

static void next_block(struct ppp_rand *rand, uint8_t block[CRYPTO_SHA1_LEN])
{
	const struct crypto_part parts[] = {
		{ rand->seed, sizeof(rand->seed) },
		{ &rand->count, sizeof(rand->count) },
	};

	rand->count++;
	crypto_sha1(parts, 2, block);
}

void ppp_rand_fill(struct ppp_rand *rand, void *buf, size_t len)
{
	uint8_t block[CRYPTO_SHA1_LEN];
	uint8_t *p = buf;
	size_t n;

	for (; len; p += n, len -= n) {
		next_block(rand, block);
		n = len < sizeof(block) ? len : sizeof(block);
		memcpy(p, block, n);
	}
	explicit_bzero(block, sizeof(block));
}

uint32_t ppp_rand_magic(struct ppp_rand *rand)
{
	uint32_t magic;

	do {
		ppp_rand_fill(rand, &magic, sizeof(magic));
	} while (!magic);
	return magic;
}
