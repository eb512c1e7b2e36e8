// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>
#include <uthash.h>
#include <utlist.h>

#include "delegations.h"

struct delegation {
	struct delegation *prev, *next;
	struct rtroute_prefix prefix;
	struct delegations_holder *holder;
	uint64_t expires;
	UT_hash_handle hh;
};

static struct delegation *delegations_find(const struct delegations *all,
					   const struct rtroute_prefix *prefix)
{
	struct delegation *entry;

	HASH_FIND(hh, all->by_prefix, prefix, sizeof(*prefix), entry);
	return entry;
}

static void delegations_attach(struct delegation *entry, struct delegations_holder *holder)
{
	entry->holder = holder;
	DL_APPEND(holder->list, entry);
	holder->n++;
}

static void delegations_detach(struct delegation *entry)
{
	DL_DELETE(entry->holder->list, entry);
	entry->holder->n--;
}

static void delegations_remove(struct delegations *all, struct delegation *entry)
{
	delegations_detach(entry);
	HASH_DEL(all->by_prefix, entry);
	free(entry);
}

/* One that nobody has. */
static enum delegations_result delegations_add(struct delegations *all,
					       struct delegations_holder *holder,
					       const struct rtroute_prefix *prefix,
					       uint64_t expires)
{
	struct delegation *entry = calloc(1, sizeof(*entry));

	if (!entry)
		return DELEGATIONS_FULL;
	entry->prefix = *prefix;
	entry->expires = expires;
	HASH_ADD(hh, all->by_prefix, prefix, sizeof(entry->prefix), entry);
	delegations_attach(entry, holder);
	return DELEGATIONS_NEW;
}

enum delegations_result delegations_take(struct delegations *all,
					 struct delegations_holder *holder,
					 const struct rtroute_prefix *prefix, uint64_t expires,
					 struct delegations_holder **former)
{
	struct delegation *entry = delegations_find(all, prefix);

	if (entry && entry->holder == holder) {
		entry->expires = expires;
		return DELEGATIONS_KEPT;
	}
	if (entry && strcmp(entry->holder->user, holder->user) != 0)
		return DELEGATIONS_FOREIGN;
	if (holder->n == DELEGATIONS_MAX)
		return DELEGATIONS_FULL;
	if (!entry)
		return delegations_add(all, holder, prefix, expires);
	*former = entry->holder;
	delegations_detach(entry);
	delegations_attach(entry, holder);
	entry->expires = expires;
	return DELEGATIONS_MOVED;
}

bool delegations_drop(struct delegations *all, struct delegations_holder *holder,
		      const struct rtroute_prefix *prefix)
{
	struct delegation *entry = delegations_find(all, prefix);

	if (!entry || entry->holder != holder)
		return false;
	delegations_remove(all, entry);
	return true;
}

bool delegations_expire(struct delegations *all, struct delegations_holder *holder, uint64_t now,
			struct rtroute_prefix *prefix)
{
	struct delegation *entry;

	DL_FOREACH(holder->list, entry) {
		if (entry->expires > now)
			continue;
		*prefix = entry->prefix;
		delegations_remove(all, entry);
		return true;
	}
	return false;
}

uint64_t delegations_deadline(const struct delegations_holder *holder)
{
	uint64_t deadline = DELEGATIONS_NEVER;
	const struct delegation *entry;

	DL_FOREACH(holder->list, entry) {
		if (entry->expires < deadline)
			deadline = entry->expires;
	}
	return deadline;
}

unsigned int delegations_list(const struct delegations_holder *holder,
			      struct rtroute_prefix prefix[DELEGATIONS_MAX])
{
	const struct delegation *entry;
	unsigned int n = 0;

	DL_FOREACH(holder->list, entry)
		prefix[n++] = entry->prefix;
	return n;
}
