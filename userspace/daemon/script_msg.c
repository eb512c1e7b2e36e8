// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <string.h>

#include "script_msg.h"

void script_msg_init(struct script_msg *msg, unsigned int kind)
{
	msg->len = SCRIPT_MSG_HEADER;
	msg->full = false;
	msg->data[0] = (uint8_t)kind;
	msg->data[1] = 0;
}

static void script_msg_add(struct script_msg *msg, const char *text, size_t len)
{
	if (len >= sizeof(msg->data) - msg->len) {
		msg->full = true;
		return;
	}
	memcpy(msg->data + msg->len, text, len);
	msg->data[msg->len + len] = 0;
	msg->len += len + 1;
}

void script_msg_arg(struct script_msg *msg, const char *text)
{
	script_msg_add(msg, text, strlen(text));
	msg->data[1]++;
}

void script_msg_env(struct script_msg *msg, const char *name, const char *value)
{
	char text[SCRIPT_MSG_MAX];
	int len;

	if (!value || !value[0])
		return;
	len = snprintf(text, sizeof(text), "%s=%s", name, value);
	if (len < 0 || (size_t)len >= sizeof(text))
		msg->full = true;
	else
		script_msg_add(msg, text, (size_t)len);
}

void script_msg_env_number(struct script_msg *msg, const char *name, uint64_t value)
{
	char text[24];

	snprintf(text, sizeof(text), "%llu", (unsigned long long)value);
	script_msg_env(msg, name, text);
}

bool script_msg_parse(char *data, size_t len, struct script_call *call)
{
	unsigned int args, n = 0;
	char *text = data + SCRIPT_MSG_HEADER;
	char *end = data + len;

	memset(call, 0, sizeof(*call));
	if (len <= SCRIPT_MSG_HEADER || end[-1])
		return false;
	call->kind = (uint8_t)data[0];
	args = (uint8_t)data[1];
	if (args == 0 || args > SCRIPT_MSG_ARGS_MAX)
		return false;
	for (; text < end; text += strlen(text) + 1, n++) {
		if (n < args)
			call->args[n] = text;
		else if (n - args < SCRIPT_MSG_ENV_MAX)
			call->env[n - args] = text;
		else
			return false;
	}
	return n >= args;
}
