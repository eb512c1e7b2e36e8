/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The directory of the files that the daemon writes itself: root's, mode 0700, made by
 * the first write. What the daemon may not do there is done for it (disk.h).
 */
#ifndef DAEMON_STATEDIR_H
#define DAEMON_STATEDIR_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define STATEDIR_ERROR_MAX	512
#define STATEDIR_PATH_MAX	108

struct statedir {
	char path[STATEDIR_PATH_MAX];
};

/* @name is valid during the call. */
typedef void (*statedir_fn)(void *arg, const char *name);

/*
 * Calls @fn for each file whose name ends in @ending, in no order. A directory
 * that is not there has none. False with a sentence in @err.
 */
bool statedir_each(const struct statedir *dir, const char *ending, statedir_fn fn, void *arg,
		   char err[STATEDIR_ERROR_MAX]);

/*
 * Reads a file whole into @room octets, with a final 0. Octets, or a negative
 * errno with @err: -ENOENT there is none, -EFBIG it does not fit, -EPERM others
 * may read or write it.
 */
ssize_t statedir_read(const struct statedir *dir, const char *name, char *text, size_t room,
		      char err[STATEDIR_ERROR_MAX]);

/* Puts @len octets in its place: the old file or the new one is there, never less. */
bool statedir_write(const struct statedir *dir, const char *name, const char *text, size_t len,
		    char err[STATEDIR_ERROR_MAX]);

/* A file that is not there is fine. */
bool statedir_remove(const struct statedir *dir, const char *name,
		     char err[STATEDIR_ERROR_MAX]);

#endif /* DAEMON_STATEDIR_H */
