/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The administrator's scripts, run when a session comes, goes or changes, with the
 * arguments and environment of pppd's ip-up and ip-down.
 *
 * The daemon cannot run them itself: it has given up the privileges that they
 * need, and may start no program at all. A process of its own is started before that
 * (script_runner.h); it knows the paths from its start and is told only of which
 * session. It runs the program that hands over DNS servers as well.
 */
#ifndef DAEMON_SCRIPTS_H
#define DAEMON_SCRIPTS_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

#include "config.h"

struct scripts;

enum scripts_kind {
	SCRIPTS_UP,
	SCRIPTS_DOWN,
	SCRIPTS_CHANGE,
	SCRIPTS_HOOK,
	SCRIPTS_KINDS,
};

/*
 * A session for scripts. @user is the account's name, as given by the users file;
 * @use_known: @seconds and the octets count.
 */
struct scripts_session {
	const char *device;
	const char *user;
	const char *listener;
	const char *mppe;
	const char *reason;	/* why it ended, NULL: it has not */
	struct in_addr local;
	struct in_addr remote;
	struct in_addr peer;	/* outer addresses: the client's, and ours */
	struct in_addr called;
	struct in_addr dns[2];
	unsigned int mtu;
	bool use_known;
	uint64_t seconds;
	uint64_t sent;
	uint64_t received;
};

/*
 * Starts the process where @cfg names a script. NULL: it names none, or, with a
 * sentence in @err, the process could not be started. To be called while we may still
 * do everything, and have no secrets.
 */
struct scripts *scripts_open(const struct config *cfg, char err[CONFIG_ERROR_MAX]);

/*
 * Lets those scripts end that were asked for, within their time limit, and the
 * process with them. NULL is fine.
 */
void scripts_close(struct scripts *scripts);

/* Asks for a script other than the hook; nothing waits for it. NULL is fine. */
void scripts_run(struct scripts *scripts, enum scripts_kind kind,
		 const struct scripts_session *session);

/*
 * Asks for the hook, with the arguments of resolvconf(8), "-a" or "-d" and the device,
 * and @input to read. What goes wrong is logged. NULL is fine.
 */
void scripts_run_hook(struct scripts *scripts, const char *verb, const char *device,
		      const char *input);

#endif /* DAEMON_SCRIPTS_H */
