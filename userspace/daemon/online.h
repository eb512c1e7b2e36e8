/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which sessions a user has: a list a user, found by the account's name.
 */
#ifndef DAEMON_ONLINE_H
#define DAEMON_ONLINE_H

#include <stdbool.h>

struct online_user;

/* One session, part of its owner. @next: the user's next younger one. */
struct online {
	struct online *prev, *next;
	struct online_user *user;
	void *owner;
};

/* All users; NULL to begin with. */
struct online_users {
	struct online_user *by_name;
};

/* @entry, which is in no list, is the youngest of @name. False: no memory. */
bool online_add(struct online_users *users, const char *name, struct online *entry,
		void *owner);

/* Nothing happens when it is in no list. */
void online_del(struct online_users *users, struct online *entry);

/* How many sessions @name has, and the oldest of them; NULL: none. */
unsigned int online_count(const struct online_users *users, const char *name);
struct online *online_oldest(const struct online_users *users, const char *name);

#endif /* DAEMON_ONLINE_H */
