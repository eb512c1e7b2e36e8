// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A datagram for the process that runs scripts: what is read of it lies inside, and
 * is read the same when it is written again.
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/script_msg.h"
#include "fuzz.h"

static void must(bool truth)
{
	if (!truth)
		abort();
}

static size_t count_within(char *const *list, const char *data, size_t len)
{
	size_t n;

	for (n = 0; list[n]; n++)
		must(list[n] >= data + SCRIPT_MSG_HEADER && list[n] < data + len &&
		     list[n] + strlen(list[n]) < data + len);
	return n;
}

/* Only a variable with a value is ever written. */
static bool add_variable(struct script_msg *msg, const char *text)
{
	char name[SCRIPT_MSG_MAX];
	const char *value = strchr(text, '=');

	if (!value || !value[1])
		return false;
	memcpy(name, text, (size_t)(value - text));
	name[value - text] = 0;
	script_msg_env(msg, name, value + 1);
	return true;
}

static bool same(char *const *a, char *const *b)
{
	for (; *a && *b && !strcmp(*a, *b); a++)
		b++;
	return !*a && !*b;
}

static void check_again(const struct script_call *call)
{
	struct script_msg msg;
	struct script_call again;
	size_t i;

	script_msg_init(&msg, call->kind);
	for (i = 0; call->args[i]; i++)
		script_msg_arg(&msg, call->args[i]);
	for (i = 0; call->env[i]; i++) {
		if (!add_variable(&msg, call->env[i]))
			return;
	}
	must(!msg.full && script_msg_parse((char *)msg.data, msg.len, &again));
	must(again.kind == call->kind);
	must(same(again.args, call->args) && same(again.env, call->env));
}

/* A number as long as numbers are, and what does not fit is said not to. */
static void check_writing(const uint8_t *data, size_t size)
{
	char text[SCRIPT_MSG_MAX + 1];
	struct script_msg msg;
	size_t len = size < sizeof(text) - 1 ? size : sizeof(text) - 1;

	memset(text, 'x', len);
	text[len] = 0;
	script_msg_init(&msg, data[0]);
	script_msg_env_number(&msg, "N", UINT64_MAX);
	script_msg_env(&msg, "EMPTY", "");
	while (!msg.full && len)
		script_msg_env(&msg, "TEXT", text);
	must(msg.len <= sizeof(msg.data));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct script_call call;
	char *copy;

	if (!size || size > SCRIPT_MSG_MAX)
		return 0;
	check_writing(data, size);
	copy = malloc(size);
	must(copy);
	memcpy(copy, data, size);
	if (script_msg_parse(copy, size, &call)) {
		must(count_within(call.args, copy, size) >= 1);
		must(count_within(call.env, copy, size) <= SCRIPT_MSG_ENV_MAX);
		check_again(&call);
	}
	free(copy);
	return 0;
}
