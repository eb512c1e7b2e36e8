/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Processes that keep what the daemon gives up (privilege.h). Each is started before
 * that, has one socket to the daemon, and ends by itself when the daemon is gone.
 */
#ifndef DAEMON_HELPER_H
#define DAEMON_HELPER_H

#include <sys/types.h>

/* The work of a process, until the other end of @fd is closed; its exit status. */
typedef int (*helper_fn)(const void *arg, int fd);

/*
 * Starts a process called @name, of 15 characters at most, that has nothing of ours but
 * standard error, memory, and one end of a SOCK_SEQPACKET socket. Its ID, with the other
 * end in @fd, which the caller owns; -1 with errno.
 */
pid_t helper_start(const char *name, helper_fn fn, const void *arg, int *fd);

#endif /* DAEMON_HELPER_H */
