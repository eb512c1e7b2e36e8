// SPDX-License-Identifier: GPL-2.0-or-later
#include "lpm.h"

/* Who finds @p finds it whole: pairs with READ_ONCE() in a look-up. */
#define lpm_publish(place, p)	smp_store_release(place, p)

/* Bits of both that are the same, from the first on: 128 when all are. */
static unsigned int lpm_common(const u64 *a, const u64 *b)
{
	if (a[0] != b[0])
		return 64 - fls64(a[0] ^ b[0]);
	return 128 - fls64(a[1] ^ b[1]);
}

/* Bit @n of an address, from 0; behind the last one 0. */
static unsigned int lpm_bit(const u64 *bits, unsigned int n)
{
	return n < 128 ? bits[n / 64] >> (63 - n % 64) & 1 : 0;
}

static void lpm_load(const u8 *addr, size_t size, u64 *bits)
{
	bits[0] = (u64)kpptp_get_be32(addr) << 32;
	bits[1] = 0;
	if (size == KPPTP_LPM_IP)
		return;
	bits[0] |= kpptp_get_be32(addr + 4);
	bits[1] = (u64)kpptp_get_be32(addr + 8) << 32 | kpptp_get_be32(addr + 12);
}

/* The bits of @word that its first @n leave over, @n from 0 to 64. */
static u64 lpm_rest(u64 word, unsigned int n)
{
	return n < 64 ? word & (~0ull >> n) : 0;
}

bool kpptp_lpm_prefix(const u8 *addr, size_t size, unsigned int len,
		      struct kpptp_lpm_prefix *prefix)
{
	if (len > size * 8)
		return false;
	lpm_load(addr, size, prefix->bits);
	prefix->len = len;
	return !lpm_rest(prefix->bits[0], min(len, 64u)) &&
	       !lpm_rest(prefix->bits[1], len > 64 ? len - 64 : 0);
}

void kpptp_lpm_address(const struct kpptp_lpm_prefix *prefix, u8 *addr, size_t size)
{
	size_t i;

	for (i = 0; i < size; i += 4)
		kpptp_put_be32(addr + i, prefix->bits[i / 8] >> (i % 8 ? 0 : 32));
}

void *kpptp_lpm_lookup(const struct kpptp_lpm *tree, const u8 *addr, size_t size)
{
	const struct kpptp_lpm_node *node;
	void *value, *found = NULL;
	u64 bits[2];

	lpm_load(addr, size, bits);
	node = READ_ONCE(tree->root);
	while (node && lpm_common(node->prefix.bits, bits) >= node->prefix.len) {
		value = READ_ONCE(node->value);
		if (value)
			found = value;
		node = READ_ONCE(node->child[lpm_bit(bits, node->prefix.len)]);
	}
	return found;
}

/* Bits that both prefixes have in common. */
static unsigned int lpm_shared(const struct kpptp_lpm_prefix *a,
			       const struct kpptp_lpm_prefix *b)
{
	unsigned int len = min(a->len, b->len);

	return min(len, lpm_common(a->bits, b->bits));
}

/*
 * The place in the tree where @prefix is or belongs: all above it are shorter and
 * begin it, what is there does not.
 */
static struct kpptp_lpm_node **lpm_place(struct kpptp_lpm *tree,
					 const struct kpptp_lpm_prefix *prefix)
{
	struct kpptp_lpm_node **at = &tree->root;

	while (*at && (*at)->prefix.len < prefix->len &&
	       lpm_shared(&(*at)->prefix, prefix) == (*at)->prefix.len)
		at = &(*at)->child[lpm_bit(prefix->bits, (*at)->prefix.len)];
	return at;
}

/* Is @node just @prefix? */
static bool lpm_same(const struct kpptp_lpm_node *node,
		     const struct kpptp_lpm_prefix *prefix)
{
	return node && node->prefix.len == prefix->len &&
	       lpm_shared(&node->prefix, prefix) == prefix->len;
}

struct kpptp_lpm_node *kpptp_lpm_find(struct kpptp_lpm *tree,
				      const struct kpptp_lpm_prefix *prefix)
{
	struct kpptp_lpm_node *node = *lpm_place(tree, prefix);

	return lpm_same(node, prefix) && node->value ? node : NULL;
}

static struct kpptp_lpm_node *lpm_take(struct kpptp_lpm_node **spare)
{
	struct kpptp_lpm_node *node = *spare;

	*spare = NULL;
	memset(node, 0, sizeof(*node));
	return node;
}

/* Puts @below under @node, by the bit in which it goes on. */
static void lpm_hang(struct kpptp_lpm_node *node, struct kpptp_lpm_node *below)
{
	node->child[lpm_bit(below->prefix.bits, node->prefix.len)] = below;
}

/* A node that has what both prefixes begin with, above both. */
static struct kpptp_lpm_node *lpm_fork(struct kpptp_lpm_node *fork,
				       struct kpptp_lpm_node *a,
				       struct kpptp_lpm_node *b)
{
	unsigned int len = lpm_shared(&a->prefix, &b->prefix);

	fork->prefix = a->prefix;
	fork->prefix.len = len;
	fork->prefix.bits[0] &= ~lpm_rest(~0ull, min(len, 64u));
	fork->prefix.bits[1] &= ~lpm_rest(~0ull, len > 64 ? len - 64 : 0);
	lpm_hang(fork, a);
	lpm_hang(fork, b);
	return fork;
}

struct kpptp_lpm_node *kpptp_lpm_insert(struct kpptp_lpm *tree,
					const struct kpptp_lpm_prefix *prefix,
					void *value,
					struct kpptp_lpm_node *spare[2])
{
	struct kpptp_lpm_node **at = lpm_place(tree, prefix), *below = *at, *node;

	if (lpm_same(below, prefix)) {
		lpm_publish(&below->value, value);
		return below;
	}
	node = lpm_take(&spare[0]);
	node->prefix = *prefix;
	node->value = value;
	if (!below) {
		lpm_publish(at, node);
	} else if (lpm_shared(prefix, &below->prefix) == prefix->len) {
		lpm_hang(node, below);
		lpm_publish(at, node);
	} else {
		lpm_publish(at, lpm_fork(lpm_take(&spare[1]), node, below));
	}
	return node;
}

void kpptp_lpm_change(struct kpptp_lpm_node *node, void *value)
{
	lpm_publish(&node->value, value);
}

static bool lpm_forks(const struct kpptp_lpm_node *node)
{
	return node->child[0] && node->child[1];
}

/* @at points past a node that decides nothing, to its only child if it has one. */
static struct kpptp_lpm_node *lpm_unlink(struct kpptp_lpm_node **at)
{
	struct kpptp_lpm_node *node = *at;

	lpm_publish(at, node->child[0] ? node->child[0] : node->child[1]);
	return node;
}

unsigned int kpptp_lpm_remove(struct kpptp_lpm *tree, struct kpptp_lpm_node *node,
			      struct kpptp_lpm_node *gone[2])
{
	struct kpptp_lpm_node **above = NULL, **at = &tree->root;
	unsigned int n = 0;

	while (*at != node) {
		above = at;
		at = &(*at)->child[lpm_bit(node->prefix.bits, (*at)->prefix.len)];
	}
	lpm_publish(&node->value, NULL);
	if (lpm_forks(node))
		return 0;
	gone[n++] = lpm_unlink(at);
	if (above && !(*above)->value && !lpm_forks(*above))
		gone[n++] = lpm_unlink(above);
	return n;
}
