// SPDX-License-Identifier: GPL-2.0-or-later
#include <arpa/inet.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "pool.h"

#define POOL_WORD_BITS	64u

/* An address outside of all ranges. */
struct pool_other {
	in_addr_t address;
	UT_hash_handle hh;
};

/* @start: the range's first bit. */
struct pool_range {
	struct config_range range;
	size_t start;
};

/*
 * @bit: one for each address of the ranges, in their order; those past @size are
 * set for ever. @next: where the search goes on.
 */
struct pool {
	struct pool_range range[CONFIG_POOLS_MAX];
	unsigned int range_n;
	size_t size;
	size_t words;
	size_t taken;
	size_t next;
	uint64_t *bit;
	struct pool_other *others;
};

struct pool *pool_new(const struct config_range *range, unsigned int n)
{
	struct pool *pool = calloc(1, sizeof(*pool));
	unsigned int i;

	if (!pool)
		return NULL;
	pool->range_n = n;
	for (i = 0; i < n; i++) {
		pool->range[i].range = range[i];
		pool->range[i].start = pool->size;
		pool->size += (size_t)(range[i].last - range[i].first) + 1;
	}
	pool->words = pool->size / POOL_WORD_BITS + 1;
	pool->bit = calloc(pool->words, sizeof(*pool->bit));
	if (!pool->bit) {
		free(pool);
		return NULL;
	}
	pool->bit[pool->words - 1] = ~0ull << pool->size % POOL_WORD_BITS;
	return pool;
}

void pool_free(struct pool *pool)
{
	struct pool_other *other, *next;

	if (!pool)
		return;
	HASH_ITER(hh, pool->others, other, next) {
		HASH_DEL(pool->others, other);
		free(other);
	}
	free(pool->bit);
	free(pool);
}

static in_addr_t pool_address(const struct pool *pool, size_t bit)
{
	unsigned int i = pool->range_n - 1;

	while (pool->range[i].start > bit)
		i--;
	return htonl(pool->range[i].range.first + (uint32_t)(bit - pool->range[i].start));
}

/* The bit of an address; false: it is in no range. */
static bool pool_bit(const struct pool *pool, struct in_addr address, size_t *bit)
{
	uint32_t host = ntohl(address.s_addr);
	unsigned int i;

	for (i = 0; i < pool->range_n; i++) {
		const struct pool_range *r = &pool->range[i];

		if (host < r->range.first || host > r->range.last)
			continue;
		*bit = r->start + (host - r->range.first);
		return true;
	}
	return false;
}

static bool pool_test_and_set(struct pool *pool, size_t bit)
{
	uint64_t mask = 1ull << bit % POOL_WORD_BITS;
	uint64_t *word = &pool->bit[bit / POOL_WORD_BITS];

	if (*word & mask)
		return true;
	*word |= mask;
	pool->taken++;
	return false;
}

/* The first word is looked at from @next on, and once more at the end in whole. */
bool pool_take(struct pool *pool, struct in_addr *address)
{
	uint64_t below = (1ull << pool->next % POOL_WORD_BITS) - 1;
	size_t at = pool->next / POOL_WORD_BITS;
	size_t i;

	if (pool->taken == pool->size)
		return false;
	for (i = 0; i <= pool->words; i++, at = (at + 1) % pool->words) {
		uint64_t unfit = pool->bit[at] | below;
		size_t bit;

		below = 0;
		if (unfit == ~0ull)
			continue;
		bit = at * POOL_WORD_BITS + (size_t)__builtin_ctzll(~unfit);
		pool_test_and_set(pool, bit);
		pool->next = (bit + 1) % pool->size;
		address->s_addr = pool_address(pool, bit);
		return true;
	}
	return false;
}

static bool pool_claim_other(struct pool *pool, struct in_addr address)
{
	struct pool_other *other;

	HASH_FIND(hh, pool->others, &address.s_addr, sizeof(address.s_addr), other);
	if (other)
		return false;
	other = calloc(1, sizeof(*other));
	if (!other)
		return false;
	other->address = address.s_addr;
	HASH_ADD(hh, pool->others, address, sizeof(other->address), other);
	return true;
}

bool pool_claim(struct pool *pool, struct in_addr address)
{
	size_t bit;

	if (!pool_bit(pool, address, &bit))
		return pool_claim_other(pool, address);
	return !pool_test_and_set(pool, bit);
}

void pool_release(struct pool *pool, struct in_addr address)
{
	struct pool_other *other;
	size_t bit;

	if (pool_bit(pool, address, &bit)) {
		uint64_t mask = 1ull << bit % POOL_WORD_BITS;

		if (pool->bit[bit / POOL_WORD_BITS] & mask)
			pool->taken--;
		pool->bit[bit / POOL_WORD_BITS] &= ~mask;
		return;
	}
	HASH_FIND(hh, pool->others, &address.s_addr, sizeof(address.s_addr), other);
	if (other) {
		HASH_DEL(pool->others, other);
		free(other);
	}
}

size_t pool_size(const struct pool *pool)
{
	return pool->size;
}

size_t pool_taken(const struct pool *pool)
{
	return pool->taken;
}
