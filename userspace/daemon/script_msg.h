/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the daemon tells the process that runs scripts: one datagram a script.
 *
 *	 0                   1
 *	 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5
 *	+---------------+---------------+
 *	|     kind      |   arguments   |
 *	+---------------+---------------+
 *	|  strings, each with its 0:    |
 *	|  arguments, then environment  |
 *	+-------------------------------+
 *
 * The first argument is the device. Pure.
 */
#ifndef DAEMON_SCRIPT_MSG_H
#define DAEMON_SCRIPT_MSG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SCRIPT_MSG_MAX		4096
#define SCRIPT_MSG_HEADER	2
#define SCRIPT_MSG_ARGS_MAX	8
#define SCRIPT_MSG_ENV_MAX	32

/* Being written. @full: something did not fit. */
struct script_msg {
	size_t len;
	bool full;
	uint8_t data[SCRIPT_MSG_MAX];
};

/* Read; the strings point into the datagram. Both lists end with NULL. */
struct script_call {
	unsigned int kind;
	char *args[SCRIPT_MSG_ARGS_MAX + 1];
	char *env[SCRIPT_MSG_ENV_MAX + 1];
};

void script_msg_init(struct script_msg *msg, unsigned int kind);

/* Arguments come before the environment. */
void script_msg_arg(struct script_msg *msg, const char *text);

/* NAME=VALUE. Nothing is written for a @value that is empty or NULL. */
void script_msg_env(struct script_msg *msg, const char *name, const char *value);
void script_msg_env_number(struct script_msg *msg, const char *name, uint64_t value);

/* False: it is none of ours. @data stays in use. */
bool script_msg_parse(char *data, size_t len, struct script_call *call);

#endif /* DAEMON_SCRIPT_MSG_H */
