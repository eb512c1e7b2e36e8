/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Changes to the users file, and what is in it. */
#ifndef CTL_USER_H
#define CTL_USER_H

#include <jansson.h>

#include "ctl.h"

int user_add(const struct ctl *ctl, int argc, char **argv);
int user_set(const struct ctl *ctl, int argc, char **argv);
int user_del(const struct ctl *ctl, int argc, char **argv);

/*
 * Appends an object for each user to @items, an array; nothing of the secrets but
 * their kind. @name: only that one, NULL: all. Returns an exit code.
 */
int user_list(const struct ctl *ctl, const char *name, json_t *items);

#endif /* CTL_USER_H */
