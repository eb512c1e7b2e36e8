/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * core/lpm held against a list that is searched from end to end: what octets say
 * is done to both, and after each step both say the same, and the tree is no larger
 * than it must be. Nodes are allocated one by one, so that ASan sees who keeps one.
 */
#ifndef LPM_MODEL_H
#define LPM_MODEL_H

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/lpm.h"

#define LPM_MODEL_MAX	48	/* prefixes */
#define LPM_MODEL_STEP	5	/* octets that one step takes */

struct lpm_entry {
	uint8_t addr[KPPTP_LPM_IPV6];
	unsigned int len;
	void *value;
};

struct lpm_model {
	struct kpptp_lpm tree;
	size_t size;		/* octets of an address */
	unsigned int count;
	struct lpm_entry entry[LPM_MODEL_MAX];
};

static inline void lpm_must(bool truth)
{
	if (!truth)
		abort();
}

static inline bool lpm_begins(const struct lpm_entry *entry, const uint8_t *addr)
{
	unsigned int i;

	for (i = 0; i < entry->len; i++)
		if ((entry->addr[i / 8] ^ addr[i / 8]) >> (7 - i % 8) & 1)
			return false;
	return true;
}

static inline void *lpm_model_lookup(const struct lpm_model *m, const uint8_t *addr)
{
	const struct lpm_entry *best = NULL;
	unsigned int i;

	for (i = 0; i < m->count; i++)
		if (lpm_begins(&m->entry[i], addr) && (!best || m->entry[i].len >= best->len))
			best = &m->entry[i];
	return best ? best->value : NULL;
}

static inline struct lpm_entry *lpm_model_find(struct lpm_model *m, const uint8_t *addr,
					       unsigned int len)
{
	unsigned int i;

	for (i = 0; i < m->count; i++)
		if (m->entry[i].len == len && !memcmp(m->entry[i].addr, addr, m->size))
			return &m->entry[i];
	return NULL;
}

/* Nodes under @node, which is in order with all of them. */
static inline unsigned int lpm_nodes(const struct kpptp_lpm_node *node, unsigned int least)
{
	unsigned int i, n = 1;

	if (!node)
		return 0;
	lpm_must(node->prefix.len >= least);
	lpm_must(node->value || (node->child[0] && node->child[1]));
	for (i = 0; i < 2; i++)
		n += lpm_nodes(node->child[i], node->prefix.len + 1u);
	return n;
}

static inline void lpm_model_check(const struct lpm_model *m, const uint8_t *addr)
{
	unsigned int i, nodes = lpm_nodes(m->tree.root, 0);
	uint8_t last[KPPTP_LPM_IPV6];
	size_t k;

	lpm_must(nodes >= m->count && nodes <= 2 * m->count);
	lpm_must(kpptp_lpm_lookup(&m->tree, addr, m->size) == lpm_model_lookup(m, addr));
	for (i = 0; i < m->count; i++) {
		const struct lpm_entry *entry = &m->entry[i];

		lpm_must(kpptp_lpm_lookup(&m->tree, entry->addr, m->size) ==
			 lpm_model_lookup(m, entry->addr));
		/* The first address behind the prefix, and the last one inside. */
		memcpy(last, entry->addr, sizeof(last));
		for (k = entry->len; k < m->size * 8; k++)
			last[k / 8] |= (uint8_t)(0x80 >> k % 8);
		lpm_must(kpptp_lpm_lookup(&m->tree, last, m->size) ==
			 lpm_model_lookup(m, last));
		for (k = m->size; k && !++last[k - 1]; k--)
			;
		lpm_must(kpptp_lpm_lookup(&m->tree, last, m->size) ==
			 lpm_model_lookup(m, last));
	}
}

static inline void lpm_model_add(struct lpm_model *m, const uint8_t *addr,
				 unsigned int len, void *value)
{
	struct kpptp_lpm_node *spare[2] = { malloc(sizeof(**spare)), malloc(sizeof(**spare)) };
	struct lpm_entry *entry = &m->entry[m->count];
	struct kpptp_lpm_prefix prefix;
	uint8_t back[KPPTP_LPM_IPV6];

	lpm_must(spare[0] && spare[1]);
	lpm_must(kpptp_lpm_prefix(addr, m->size, len, &prefix));
	lpm_must(kpptp_lpm_insert(&m->tree, &prefix, value, spare) ==
		 kpptp_lpm_find(&m->tree, &prefix));
	free(spare[0]);
	free(spare[1]);
	kpptp_lpm_address(&prefix, back, m->size);
	lpm_must(!memcmp(back, addr, m->size));
	memset(entry, 0, sizeof(*entry));
	memcpy(entry->addr, addr, m->size);
	entry->len = len;
	entry->value = value;
	m->count++;
}

static inline void lpm_model_remove(struct lpm_model *m, struct lpm_entry *entry)
{
	struct kpptp_lpm_node *gone[2], *node;
	struct kpptp_lpm_prefix prefix;
	unsigned int i, n;

	lpm_must(kpptp_lpm_prefix(entry->addr, m->size, entry->len, &prefix));
	node = kpptp_lpm_find(&m->tree, &prefix);
	lpm_must(node && node->value == entry->value);
	n = kpptp_lpm_remove(&m->tree, node, gone);
	for (i = 0; i < n; i++)
		free(gone[i]);
	*entry = m->entry[--m->count];
}

static inline void lpm_model_change(struct lpm_model *m, struct lpm_entry *entry, void *value)
{
	struct kpptp_lpm_prefix prefix;

	lpm_must(kpptp_lpm_prefix(entry->addr, m->size, entry->len, &prefix));
	kpptp_lpm_change(kpptp_lpm_find(&m->tree, &prefix), value);
	entry->value = value;
}

/* Few values an octet and few octets that differ, so that prefixes meet. */
static inline void lpm_model_address(struct lpm_model *m, const uint8_t *step,
				     unsigned int len, uint8_t *addr)
{
	size_t i;

	memset(addr, 0, KPPTP_LPM_IPV6);
	addr[0] = step[0];
	addr[m->size / 2] = step[1];
	addr[m->size - 1] = step[2];
	for (i = len; i < m->size * 8; i++)
		addr[i / 8] &= (uint8_t)~(0x80 >> i % 8);
}

static inline void lpm_model_step(struct lpm_model *m, const uint8_t *step)
{
	unsigned int len = step[3] % (m->size * 8 + 1);
	void *value = (void *)(uintptr_t)(step[4] | 0x100);
	uint8_t addr[KPPTP_LPM_IPV6];
	struct kpptp_lpm_prefix prefix;
	struct lpm_entry *entry;

	lpm_model_address(m, step, len, addr);
	entry = lpm_model_find(m, addr, len);
	lpm_must(kpptp_lpm_prefix(addr, m->size, len, &prefix));
	lpm_must(!entry == !kpptp_lpm_find(&m->tree, &prefix));
	if (entry && step[4] & 1)
		lpm_model_remove(m, entry);
	else if (entry)
		lpm_model_change(m, entry, value);
	else if (m->count < LPM_MODEL_MAX)
		lpm_model_add(m, addr, len, value);
	lpm_model_address(m, step, (unsigned int)m->size * 8, addr);
	lpm_model_check(m, addr);
}

/* The first octet says which family. */
static inline void lpm_model_play(const uint8_t *data, size_t size)
{
	struct lpm_model m = { .size = KPPTP_LPM_IP };
	size_t at;

	if (size && data[0] & 1)
		m.size = KPPTP_LPM_IPV6;
	for (at = 1; at + LPM_MODEL_STEP <= size; at += LPM_MODEL_STEP)
		lpm_model_step(&m, data + at);
	while (m.count)
		lpm_model_remove(&m, &m.entry[m.count / 2]);
	lpm_must(!m.tree.root);
}

#endif /* LPM_MODEL_H */
