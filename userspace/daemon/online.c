// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>
#include <uthash.h>
#include <utlist.h>

#include "online.h"

struct online_user {
	char *name;
	unsigned int n;
	struct online *entries;
	UT_hash_handle hh;
};

static struct online_user *online_find(const struct online_users *users, const char *name)
{
	struct online_user *user;

	HASH_FIND_STR(users->by_name, name, user);
	return user;
}

static struct online_user *online_make(struct online_users *users, const char *name)
{
	struct online_user *user = calloc(1, sizeof(*user));

	if (user)
		user->name = strdup(name);
	if (!user || !user->name) {
		free(user);
		return NULL;
	}
	HASH_ADD_KEYPTR(hh, users->by_name, user->name, strlen(user->name), user);
	return user;
}

bool online_add(struct online_users *users, const char *name, struct online *entry,
		void *owner)
{
	struct online_user *user = online_find(users, name);

	if (!user)
		user = online_make(users, name);
	if (!user)
		return false;
	entry->user = user;
	entry->owner = owner;
	DL_APPEND(user->entries, entry);
	user->n++;
	return true;
}

void online_del(struct online_users *users, struct online *entry)
{
	struct online_user *user = entry->user;

	if (!user)
		return;
	entry->user = NULL;
	DL_DELETE(user->entries, entry);
	if (--user->n)
		return;
	HASH_DEL(users->by_name, user);
	free(user->name);
	free(user);
}

unsigned int online_count(const struct online_users *users, const char *name)
{
	const struct online_user *user = online_find(users, name);

	return user ? user->n : 0;
}

struct online *online_oldest(const struct online_users *users, const char *name)
{
	const struct online_user *user = online_find(users, name);

	return user ? user->entries : NULL;
}
