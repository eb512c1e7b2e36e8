// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "prefixes.h"

#define PREFIXES_OCTETS	8	/* of a /64 */

/**
 * struct prefixes - the networks
 * @base: the first 64 bits of the first one, host order
 * @n: how many
 * @next: where the search goes on
 * @taken: one for each
 */
struct prefixes {
	uint64_t base;
	size_t n;
	size_t next;
	bool taken[];
};

static uint64_t prefixes_number(const struct in6_addr *network)
{
	uint64_t number = 0;
	unsigned int i;

	for (i = 0; i < PREFIXES_OCTETS; i++)
		number = number << 8 | network->s6_addr[i];
	return number;
}

struct prefixes *prefixes_new(const struct in6_addr *base, unsigned int bits)
{
	size_t n = (size_t)1 << (PREFIXES_BITS_MAX - bits);
	struct prefixes *prefixes = calloc(1, sizeof(*prefixes) + n * sizeof(bool));

	if (!prefixes)
		return NULL;
	prefixes->base = prefixes_number(base);
	prefixes->n = n;
	return prefixes;
}

void prefixes_free(struct prefixes *prefixes)
{
	free(prefixes);
}

bool prefixes_take(struct prefixes *prefixes, struct in6_addr *network)
{
	size_t i, at = prefixes->next;
	uint64_t number;

	for (i = 0; i < prefixes->n && prefixes->taken[at]; i++)
		at = (at + 1) % prefixes->n;
	if (i == prefixes->n)
		return false;
	prefixes->taken[at] = true;
	prefixes->next = (at + 1) % prefixes->n;
	memset(network, 0, sizeof(*network));
	number = prefixes->base + at;
	for (i = PREFIXES_OCTETS; i-- > 0; number >>= 8)
		network->s6_addr[i] = (uint8_t)number;
	return true;
}

/* Its place, or @n when it is none of them. */
static size_t prefixes_find(const struct prefixes *prefixes, const struct in6_addr *network)
{
	uint64_t number = prefixes_number(network);

	if (number < prefixes->base || number - prefixes->base >= prefixes->n)
		return prefixes->n;
	return (size_t)(number - prefixes->base);
}

bool prefixes_claim(struct prefixes *prefixes, const struct in6_addr *network)
{
	size_t at = prefixes_find(prefixes, network);

	if (at == prefixes->n || prefixes->taken[at])
		return false;
	prefixes->taken[at] = true;
	return true;
}

void prefixes_release(struct prefixes *prefixes, const struct in6_addr *network)
{
	size_t at = prefixes_find(prefixes, network);

	if (at < prefixes->n)
		prefixes->taken[at] = false;
}
