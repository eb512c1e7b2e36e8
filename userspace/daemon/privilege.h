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
 * Becomes @user where the process is root, keeps CAP_NET_ADMIN (sessions and devices)
 * and CAP_NET_BIND_SERVICE (a port below 1024 after a reload), gives up the rest for
 * good, and leaves no core image, which would have secrets in it. Where there is no
 * such user, or it may not become another, it stays root, with a warning; "root" is no
 * reason for one. False with errno.
 */
bool privilege_drop(const char *user);

/* Gives up every capability and every way to win one back. False with errno. */
bool privilege_give_up(void);

#endif /* DAEMON_PRIVILEGE_H */
