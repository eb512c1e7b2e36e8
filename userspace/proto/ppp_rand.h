/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Random octets for magic numbers and challenges: SHA-1 over a secret seed of
 * 32 octets and a counter. The seed comes from outside, so that a link stays a
 * function of its input and a test can repeat it. What is drawn tells nothing
 * of what will be drawn as long as the seed is secret.
 */
#ifndef PROTO_PPP_RAND_H
#define PROTO_PPP_RAND_H

#include <stddef.h>
#include <stdint.h>

#define PPP_RAND_SEED_LEN 32

/* Secret; wiped by whoever holds it. */
struct ppp_rand {
	uint8_t seed[PPP_RAND_SEED_LEN];
	uint64_t count;
};

void ppp_rand_init(struct ppp_rand *rand, const uint8_t seed[PPP_RAND_SEED_LEN]);
void ppp_rand_fill(struct ppp_rand *rand, void *buf, size_t len);

/* Never 0, which no magic number may be (RFC 1661 section 6.4). */
uint32_t ppp_rand_magic(struct ppp_rand *rand);

#endif /* PROTO_PPP_RAND_H */
