/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Files that only root may read or write, for a daemon that is not root any more. What
 * it may not do itself it asks a process of its own for (disk_server.h), which knows
 * from the configuration which files these are. Where there is no such process, as in
 * tests and in kpptpd -t, there is nobody to ask.
 *
 * A request is answered before the call returns: these are files for which the daemon
 * would wait itself.
 */
#ifndef DAEMON_DISK_H
#define DAEMON_DISK_H

#include <stdbool.h>
#include <stddef.h>

#include "passwords.h"

#define DISK_TEXT_MAX	32768	/* octets of a file that is stored */

/* From now on the process at the other end of @fd is asked; -1: it ends, and nobody is. */
void disk_use(int fd);

/* As open(2), for files that exist. -1 with errno. */
int disk_open(const char *path, int flags);

/*
 * Puts @len octets in the place of the file, readable to its owner only: the old file
 * or the new one is there, never less. Its directory is made if there is none. False
 * with errno.
 */
bool disk_store(const char *path, const char *text, size_t len);

/* As unlink(2). False with errno. */
bool disk_remove(const char *path);

/* As passwords_change(). */
bool disk_change_password(const struct passwords_change *change,
			  char err[USERFILE_ERROR_MAX]);

#endif /* DAEMON_DISK_H */
