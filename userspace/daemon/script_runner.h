/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The process that runs scripts (scripts.h). It keeps the privileges of its start
 * and therefore does as little as possible: it runs one of a few paths that it
 * knew when it started, with variables of a fixed list of names, so that whoever
 * takes over the daemon gains no more than to have these scripts run.
 *
 * Scripts of one device run one after the other, in the order in which they were
 * asked for; of several devices at the same time, up to a limit. The hook, the program
 * that hands over DNS servers, runs once at a time; it gets no privilege but the user.
 */
#ifndef DAEMON_SCRIPT_RUNNER_H
#define DAEMON_SCRIPT_RUNNER_H

#include "config.h"

#define SCRIPT_RUNNER_KINDS	4
#define SCRIPT_RUNNER_HOOK	3	/* of the kinds */
#define SCRIPT_RUNNER_MAX	16	/* scripts at the same time */
#define SCRIPT_RUNNER_WAITING	1024	/* that wait for their turn */

/*
 * @path: by kind, empty: there is none
 * @timeout: ms, after which a script is killed
 */
struct script_runner_config {
	char path[SCRIPT_RUNNER_KINDS][CONFIG_FILE_NAME_MAX];
	unsigned int timeout;
};

/*
 * Takes calls from @fd (script_msg.h) until its other end is closed, then lets
 * what was asked for end within one more @timeout. The exit status of the process.
 */
int script_runner_main(const struct script_runner_config *cfg, int fd);

#endif /* DAEMON_SCRIPT_RUNNER_H */
