// SPDX-License-Identifier: GPL-2.0-only
#include <linux/netlink.h>
#include <linux/slab.h>
#include <uapi/linux/kpptp.h>

#include "inner.h"

static struct kpptp_inner_entry *inner_entry(struct kpptp_lpm_node *node)
{
	return container_of(node, struct kpptp_inner_entry, node);
}

static struct kpptp_lpm_node *inner_node_new(void)
{
	struct kpptp_inner_entry *entry = kzalloc(sizeof(*entry), GFP_KERNEL);

	return entry ? &entry->node : NULL;
}

static void inner_node_free(struct kpptp_lpm_node *node)
{
	if (node)
		kfree(inner_entry(node));
}

struct kpptp_inner_changes *kpptp_inner_changes_new(unsigned int count)
{
	struct kpptp_inner_changes *changes;
	unsigned int i;

	changes = kzalloc(struct_size(changes, change, count), GFP_KERNEL);
	if (!changes)
		return NULL;
	changes->count = count;
	for (i = 0; i < 2 * count; i++) {
		struct kpptp_lpm_node *node = inner_node_new();

		if (!node) {
			kpptp_inner_changes_free(changes);
			return NULL;
		}
		changes->change[i / 2].spare[i % 2] = node;
	}
	return changes;
}

void kpptp_inner_changes_free(struct kpptp_inner_changes *changes)
{
	unsigned int i;

	for (i = 0; changes && i < changes->count; i++) {
		inner_node_free(changes->change[i].spare[0]);
		inner_node_free(changes->change[i].spare[1]);
	}
	kfree(changes);
}

static struct kpptp_lpm *inner_tree(struct kpptp_inner_table *table, bool ipv6)
{
	return ipv6 ? &table->ipv6 : &table->ip;
}

/* Who has just the prefix of @change now, or NULL. */
static struct kpptp_inner_entry *
inner_find(struct kpptp_inner_table *table, const struct kpptp_inner_change *change)
{
	struct kpptp_lpm_node *node;

	node = kpptp_lpm_find(inner_tree(table, change->ipv6), &change->prefix);
	return node ? inner_entry(node) : NULL;
}

static int inner_check_one(struct kpptp_inner_table *table,
			   const struct kpptp_inner_set *set,
			   const struct kpptp_inner_change *change,
			   struct netlink_ext_ack *extack)
{
	const struct kpptp_inner_entry *entry = inner_find(table, change);
	bool own = entry && entry->node.value == set;

	if ((change->flags & KPPTP_INNER_FLAGS_REMOVE) && !own) {
		NL_SET_ERR_MSG_ATTR(extack, change->attr,
				    "The session does not have this inner address");
		return -ENOENT;
	}
	if (entry && !own && !(change->flags & KPPTP_INNER_FLAGS_MOVE)) {
		NL_SET_ERR_MSG_ATTR(extack, change->attr,
				    "Another session of the device has this inner address");
		return -EADDRINUSE;
	}
	return 0;
}

/* The sentence below says so. */
static_assert(KPPTP_INNER_MAX == 64);

/*
 * Prefixes that are there already count once more, which bounds the request and
 * not only its outcome.
 */
int kpptp_inner_check(struct kpptp_inner_table *table,
		      const struct kpptp_inner_set *set, bool fresh,
		      const struct kpptp_inner_changes *changes,
		      struct netlink_ext_ack *extack)
{
	unsigned int i, count = fresh ? 0 : set->count;
	int err;

	for (i = 0; i < changes->count; i++) {
		err = inner_check_one(table, set, &changes->change[i], extack);
		if (err)
			return err;
		if (changes->change[i].flags & KPPTP_INNER_FLAGS_REMOVE)
			count -= count > 0;
		else
			count++;
		if (count > KPPTP_INNER_MAX) {
			NL_SET_ERR_MSG_ATTR(extack, changes->change[i].attr,
					    "A session has 64 inner addresses at most");
			return -ENOSPC;
		}
	}
	return 0;
}

static struct kpptp_inner_set *inner_holder(const struct kpptp_inner_entry *entry)
{
	return entry->node.value;
}

static void inner_remove(struct kpptp_inner_table *table,
			 struct kpptp_inner_entry *entry)
{
	struct kpptp_lpm_node *gone[2];
	unsigned int n;

	hlist_del_init(&entry->link);
	inner_holder(entry)->count--;
	n = kpptp_lpm_remove(inner_tree(table, entry->ipv6), &entry->node, gone);
	while (n--) {
		entry = inner_entry(gone[n]);
		kfree_rcu(entry, rcu);
	}
}

static void inner_move(struct kpptp_inner_set *set, struct kpptp_inner_entry *entry)
{
	hlist_del_init(&entry->link);
	inner_holder(entry)->count--;
	hlist_add_head(&entry->link, &set->entries);
	set->count++;
	kpptp_lpm_change(&entry->node, set);
}

static void inner_add(struct kpptp_inner_table *table, struct kpptp_inner_set *set,
		      struct kpptp_inner_change *change)
{
	struct kpptp_inner_entry *entry;

	entry = inner_entry(kpptp_lpm_insert(inner_tree(table, change->ipv6),
					     &change->prefix, set, change->spare));
	entry->ipv6 = change->ipv6;
	hlist_add_head(&entry->link, &set->entries);
	set->count++;
}

/* What an earlier change of the request has done may be what this one wants. */
static void inner_apply_one(struct kpptp_inner_table *table,
			    struct kpptp_inner_set *set,
			    struct kpptp_inner_change *change)
{
	struct kpptp_inner_entry *entry = inner_find(table, change);

	if (!(change->flags & KPPTP_INNER_FLAGS_REMOVE)) {
		if (!entry)
			inner_add(table, set, change);
		else if (inner_holder(entry) != set)
			inner_move(set, entry);
	} else if (entry) {
		inner_remove(table, entry);
	}
}

void kpptp_inner_apply(struct kpptp_inner_table *table,
		       struct kpptp_inner_set *set,
		       struct kpptp_inner_changes *changes)
{
	unsigned int i;

	for (i = 0; i < changes->count; i++)
		inner_apply_one(table, set, &changes->change[i]);
}

void kpptp_inner_clear(struct kpptp_inner_table *table,
		       struct kpptp_inner_set *set)
{
	struct kpptp_inner_entry *entry;
	struct hlist_node *next;

	hlist_for_each_entry_safe(entry, next, &set->entries, link)
		inner_remove(table, entry);
}
