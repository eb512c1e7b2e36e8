/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Inner addresses: which of a multipoint device's sessions an address belongs to.
 * Knows no session, but what a session has of them. Everything that changes is
 * under kpptp_net.lock.
 */
#ifndef KPPTP_INNER_H
#define KPPTP_INNER_H

#include <linux/list.h>
#include <linux/rcupdate.h>

#include "core/lpm.h"

struct netlink_ext_ack;
struct nlattr;

/* The addresses of a device. All zeros is an empty one. */
struct kpptp_inner_table {
	struct kpptp_lpm ip;
	struct kpptp_lpm ipv6;
};

/* The addresses of one session, in its device's table. All zeros: none. */
struct kpptp_inner_set {
	struct hlist_head entries;
	unsigned int count;
};

/**
 * struct kpptp_inner_entry - one prefix, or a fork in the tree
 * @node: in the tree; its value is the set that has it
 * @link: in the set; unhashed: a fork
 * @rcu: to be freed by
 * @ipv6: in which tree
 */
struct kpptp_inner_entry {
	struct kpptp_lpm_node node;
	struct hlist_node link;
	struct rcu_head rcu;
	bool ipv6;
};

/**
 * struct kpptp_inner_change - one change of a request
 * @attr: its attribute, to blame
 * @prefix: what changes
 * @ipv6: its family
 * @flags: KPPTP_INNER_FLAGS_*
 * @spare: memory for the tree, made ahead
 */
struct kpptp_inner_change {
	const struct nlattr *attr;
	struct kpptp_lpm_prefix prefix;
	bool ipv6;
	u32 flags;
	struct kpptp_lpm_node *spare[2];
};

/* All changes of a request, in order. */
struct kpptp_inner_changes {
	unsigned int count;
	struct kpptp_inner_change change[];
};

/*
 * Room for @count changes, with the memory that they can need. Process context.
 * NULL: there is none. Free with kpptp_inner_changes_free().
 */
struct kpptp_inner_changes *kpptp_inner_changes_new(unsigned int count);
void kpptp_inner_changes_free(struct kpptp_inner_changes *changes);

/*
 * May @changes be made to @set, which is in @table, or is in another one and will
 * come here with nothing (@fresh)? -ENOENT, -EADDRINUSE or -ENOSPC with a sentence
 * and the attribute to blame in @extack. Caller holds kn->lock.
 */
int kpptp_inner_check(struct kpptp_inner_table *table,
		      const struct kpptp_inner_set *set, bool fresh,
		      const struct kpptp_inner_changes *changes,
		      struct netlink_ext_ack *extack);

/* Makes @changes, as checked. Caller holds kn->lock. */
void kpptp_inner_apply(struct kpptp_inner_table *table,
		       struct kpptp_inner_set *set,
		       struct kpptp_inner_changes *changes);

/* Takes all of @set out of @table. Caller holds kn->lock. */
void kpptp_inner_clear(struct kpptp_inner_table *table,
		       struct kpptp_inner_set *set);

/*
 * Whose @addr is, the longest prefix deciding, or NULL. Under RCU. @addr is an
 * address in network order.
 */
static inline struct kpptp_inner_set *
kpptp_inner_lookup(const struct kpptp_inner_table *table, const u8 *addr,
		   bool ipv6)
{
	if (ipv6)
		return kpptp_lpm_lookup(&table->ipv6, addr, KPPTP_LPM_IPV6);
	return kpptp_lpm_lookup(&table->ip, addr, KPPTP_LPM_IP);
}

#endif /* KPPTP_INNER_H */
