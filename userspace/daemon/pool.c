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

/* @start: the range's first bit in its part. */
struct pool_range {
	struct config_range range;
	size_t start;
};

/**
 * struct pool_part - one pool of the configuration
 * @size: its addresses
 * @taken: how many of them are taken
 * @search: the bit where the search goes on
 * @bit: one for each address, in the order of the ranges; those past @size are
 *	set for ever
 * @next: the part that is used when this one is full, -1: none
 */
struct pool_part {
	size_t size;
	size_t words;
	size_t taken;
	size_t search;
	uint64_t *bit;
	int next;
};

struct pool {
	struct pool_range range[CONFIG_RANGES_MAX];
	unsigned int range_n;
	struct pool_part part[CONFIG_POOLS_MAX];
	unsigned int part_n;
	struct pool_other *others;
};

static bool pool_part_init(struct pool_part *part)
{
	part->words = part->size / POOL_WORD_BITS + 1;
	part->bit = calloc(part->words, sizeof(*part->bit));
	if (!part->bit)
		return false;
	part->bit[part->words - 1] = ~0ull << part->size % POOL_WORD_BITS;
	return true;
}

struct pool *pool_new(const struct config *cfg)
{
	struct pool *pool = calloc(1, sizeof(*pool));
	unsigned int i;

	if (!pool)
		return NULL;
	pool->range_n = cfg->range_n;
	for (i = 0; i < cfg->range_n; i++) {
		const struct config_range *range = &cfg->range[i];
		struct pool_part *part = &pool->part[range->pool];

		pool->range[i].range = *range;
		pool->range[i].start = part->size;
		part->size += (size_t)(range->last - range->first) + 1;
	}
	pool->part_n = cfg->pool_n;
	for (i = 0; i < cfg->pool_n; i++) {
		pool->part[i].next = cfg->pool[i].next;
		if (!pool_part_init(&pool->part[i])) {
			pool_free(pool);
			return NULL;
		}
	}
	return pool;
}

void pool_free(struct pool *pool)
{
	struct pool_other *other, *next;
	unsigned int i;

	if (!pool)
		return;
	HASH_ITER(hh, pool->others, other, next) {
		HASH_DEL(pool->others, other);
		free(other);
	}
	for (i = 0; i < pool->part_n; i++)
		free(pool->part[i].bit);
	free(pool);
}

static in_addr_t pool_address(const struct pool *pool, unsigned int which, size_t bit)
{
	unsigned int i;

	for (i = 0; i < pool->range_n; i++) {
		const struct pool_range *r = &pool->range[i];

		if (r->range.pool == which && bit >= r->start &&
		    bit - r->start <= r->range.last - r->range.first)
			return htonl(r->range.first + (uint32_t)(bit - r->start));
	}
	return INADDR_ANY;
}

/* The part of an address and its bit there; NULL: it is in no range. */
static struct pool_part *pool_find(struct pool *pool, struct in_addr address, size_t *bit)
{
	uint32_t host = ntohl(address.s_addr);
	unsigned int i;

	for (i = 0; i < pool->range_n; i++) {
		const struct pool_range *r = &pool->range[i];

		if (host < r->range.first || host > r->range.last)
			continue;
		*bit = r->start + (host - r->range.first);
		return &pool->part[r->range.pool];
	}
	return NULL;
}

static bool pool_test_and_set(struct pool_part *part, size_t bit)
{
	uint64_t mask = 1ull << bit % POOL_WORD_BITS;
	uint64_t *word = &part->bit[bit / POOL_WORD_BITS];

	if (*word & mask)
		return true;
	*word |= mask;
	part->taken++;
	return false;
}

/*
 * A free bit, which is taken then. The first word is looked at from @search on,
 * and once more at the end in whole.
 */
static bool pool_part_take(struct pool_part *part, size_t *bit)
{
	uint64_t below = (1ull << part->search % POOL_WORD_BITS) - 1;
	size_t at = part->search / POOL_WORD_BITS;
	size_t i;

	if (part->taken == part->size)
		return false;
	for (i = 0; i <= part->words; i++, at = (at + 1) % part->words) {
		uint64_t unfit = part->bit[at] | below;

		below = 0;
		if (unfit == ~0ull)
			continue;
		*bit = at * POOL_WORD_BITS + (size_t)__builtin_ctzll(~unfit);
		pool_test_and_set(part, *bit);
		part->search = (*bit + 1) % part->size;
		return true;
	}
	return false;
}

bool pool_take(struct pool *pool, unsigned int which, struct in_addr *address)
{
	size_t bit;
	int at;

	for (at = (int)which; at >= 0; at = pool->part[at].next) {
		if (pool_part_take(&pool->part[at], &bit)) {
			address->s_addr = pool_address(pool, (unsigned int)at, bit);
			return true;
		}
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
	struct pool_part *part;
	size_t bit;

	part = pool_find(pool, address, &bit);
	return part ? !pool_test_and_set(part, bit) : pool_claim_other(pool, address);
}

static void pool_release_bit(struct pool_part *part, size_t bit)
{
	uint64_t mask = 1ull << bit % POOL_WORD_BITS;
	uint64_t *word = &part->bit[bit / POOL_WORD_BITS];

	if (*word & mask)
		part->taken--;
	*word &= ~mask;
}

void pool_release(struct pool *pool, struct in_addr address)
{
	struct pool_other *other;
	struct pool_part *part;
	size_t bit;

	part = pool_find(pool, address, &bit);
	if (part) {
		pool_release_bit(part, bit);
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
	size_t size = 0;
	unsigned int i;

	for (i = 0; i < pool->part_n; i++)
		size += pool->part[i].size;
	return size;
}

size_t pool_part_size(const struct pool *pool, unsigned int which)
{
	return pool->part[which].size;
}

size_t pool_part_taken(const struct pool *pool, unsigned int which)
{
	return pool->part[which].taken;
}
