/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Longest-prefix match: to whom an address belongs.
 *
 * A binary tree of prefixes, in which every step that decides nothing is left out.
 * A node is a prefix that somebody has, or the fork of two that differ behind it:
 *
 *	            10.0.0.0/14 (fork)
 *	           /                  \
 *	   10.1.0.0/16: s             10.2.0.0/15 (fork)
 *	        \                      /           \
 *	   10.1.128.5/32: t     10.2.0.0/16: u   10.3.7.0/24: v
 *
 * So there are fewer forks than prefixes, and a look-up takes no more steps than
 * an address has bits; among the hosts of a pool, about the logarithm of their
 * number.
 *
 * One writer at a time; readers need no lock, as long as what was unlinked is not
 * freed before they are through (RCU in the kernel). A reader sees the tree before
 * a change or after it.
 */
#ifndef KPPTP_CORE_LPM_H
#define KPPTP_CORE_LPM_H

#include "port.h"

#define KPPTP_LPM_IP	4	/* octets of an address */
#define KPPTP_LPM_IPV6	16

/**
 * struct kpptp_lpm_prefix - the first bits of an address, IPv4 or IPv6
 * @bits: the address, its first octet uppermost; 0 beyond @len
 * @len: how many count
 */
struct kpptp_lpm_prefix {
	u64 bits[2];
	u8 len;
};

/**
 * struct kpptp_lpm_node - one node, in the caller's memory
 * @child: what begins with @prefix and goes on with 0, with 1
 * @value: whose @prefix is, NULL: only a fork
 */
struct kpptp_lpm_node {
	struct kpptp_lpm_node *child[2];
	void *value;
	struct kpptp_lpm_prefix prefix;
};

/* A tree has addresses of one family. All zeros is an empty one. */
struct kpptp_lpm {
	struct kpptp_lpm_node *root;
};

/*
 * The first @len bits of @addr, which has @size octets (KPPTP_LPM_*). False: it has
 * no so many, or others are set behind them.
 */
bool kpptp_lpm_prefix(const u8 *addr, size_t size, unsigned int len,
		      struct kpptp_lpm_prefix *prefix);

/* The other way round: writes @size octets. */
void kpptp_lpm_address(const struct kpptp_lpm_prefix *prefix, u8 *addr, size_t size);

/*
 * The value of the longest prefix that @addr, of @size octets, begins with; NULL:
 * there is none. Beside a writer too.
 */
void *kpptp_lpm_lookup(const struct kpptp_lpm *tree, const u8 *addr, size_t size);

/* The node of just this prefix that has a value, or NULL. As a writer. */
struct kpptp_lpm_node *kpptp_lpm_find(struct kpptp_lpm *tree,
				      const struct kpptp_lpm_prefix *prefix);

/*
 * Gives @prefix, which has no value yet, @value; its node is returned. Takes what
 * it needs of the two nodes of @spare and sets their place to NULL. As a writer.
 */
struct kpptp_lpm_node *kpptp_lpm_insert(struct kpptp_lpm *tree,
					const struct kpptp_lpm_prefix *prefix,
					void *value,
					struct kpptp_lpm_node *spare[2]);

/* Another value for a node that has one. As a writer. */
void kpptp_lpm_change(struct kpptp_lpm_node *node, void *value);

/*
 * Takes the value from @node, which is in @tree. How many nodes that has unlinked:
 * they are in @gone, and may be freed when no reader is on them. As a writer.
 */
unsigned int kpptp_lpm_remove(struct kpptp_lpm *tree, struct kpptp_lpm_node *node,
			      struct kpptp_lpm_node *gone[2]);

#endif /* KPPTP_CORE_LPM_H */
