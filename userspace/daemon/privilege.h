/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the daemon may do once its files and sockets are open.
 */
#ifndef DAEMON_PRIVILEGE_H
#define DAEMON_PRIVILEGE_H

#include <stdbool.h>

/* The process may administer networks. */
bool privilege_sufficient(void);

/*
 * Keeps CAP_NET_ADMIN (sessions and devices) and CAP_NET_BIND_SERVICE (a port
 * below 1024 after a reload), gives up the rest for good, and every way to win
 * it back through programs that are started. False with errno.
 */
bool privilege_drop(void);

#endif /* DAEMON_PRIVILEGE_H */
