// SPDX-License-Identifier: GPL-2.0-or-later
/* The users file: what is read can be written and is read back the same. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "lib/users.h"

static void must(bool truth)
{
	if (!truth)
		abort();
}

/* A password, written as a word, is the same password. */
static void check_password(const char *password)
{
	char quoted[2 * USERS_SECRET_MAX + 3];
	char text[sizeof(quoted) + 8];
	struct users_error err;
	struct user *again;

	if (!users_quote(password, quoted, sizeof(quoted))) {
		must(strchr(password, '\n'));
		return;
	}
	snprintf(text, sizeof(text), "a * %s", quoted);
	must(!users_parse(text, strlen(text), &again, &err));
	must(again && again->password && !strcmp(again->password, password));
	users_free(again);
}

/* The line that is written of an entry is read as the same entry. */
static void check_line(const struct user *user)
{
	static char line[USERS_LINE_MAX + 1], again_line[USERS_LINE_MAX + 1];
	struct users_error err;
	struct user *again;

	if (!users_line(user, line, sizeof(line))) {
		must(strchr(user->name, '\n') || strchr(user->server, '\n') ||
		     (user->password && strchr(user->password, '\n')));
		return;
	}
	must(!users_parse(line, strlen(line), &again, &err));
	must(again && !again->next && !strcmp(again->name, user->name));
	must(again->has_hash == user->has_hash);
	must(again->policy.given == user->policy.given);
	must(users_line(again, again_line, sizeof(again_line)));
	must(!strcmp(line, again_line));
	users_free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct users_error err;
	const struct user *user;
	struct user *list;

	if (users_parse((const char *)data, size, &list, &err)) {
		must(!list && err.line && err.text[0]);
		return 0;
	}
	for (user = list; user; user = user->next) {
		must(user->begin < user->end && user->end <= size && user->line);
		must(*user->name && *user->server && user->has_hash == !user->password);
		must(!strcmp(user->name, "*") || strcmp(user->server, "*") ||
		     users_find(list, user->name, "x y"));
		check_line(user);
		if (user->password)
			check_password(user->password);
	}
	users_free(list);
	return 0;
}
