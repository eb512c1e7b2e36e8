/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The users file on the disk: read, changed in memory, replaced as a whole. A
 * reader sees the old file or the new one, and of two writers one waits.
 */
#ifndef LIB_USERFILE_H
#define LIB_USERFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "users.h"

#define USERFILE_ERROR_MAX	512

/* Secret. */
struct userfile {
	char *path;		/* to be written: without symbolic links */
	int directory;		/* locked while it is open; -1: only read */
	uid_t uid;
	gid_t gid;
	mode_t mode;
	char *text;
	size_t len;
	struct user *users;	/* parsed from @text */
};

/*
 * Reads and parses @path; @change: to write it later, then a file that does not
 * exist is an empty one. False, with a sentence in @err, when that fails, or the
 * file is open to others. Close it in either case.
 */
bool userfile_open(struct userfile *file, const char *path, bool change,
		   char err[USERFILE_ERROR_MAX]);

/*
 * The same for a file that is open as @fd, or -1 with errno where it could not be
 * opened; to be read only. @fd is closed. @path: its name in messages.
 */
bool userfile_read(struct userfile *file, int fd, const char *path,
		   char err[USERFILE_ERROR_MAX]);
void userfile_close(struct userfile *file);

/* The entry for exactly this name and server, NULL: none. */
const struct user *userfile_find(const struct userfile *file, const char *name,
				 const char *server);

/*
 * Puts @line, at most USERS_LINE_MAX octets without a line feed, in the place of
 * @user, or at the end of the text when that is NULL. What else is on the user's
 * line, a comment, stays.
 * After a change @file->users is empty. False, with a sentence.
 */
bool userfile_put(struct userfile *file, const struct user *user, const char *line,
		  char err[USERFILE_ERROR_MAX]);

/* Takes out the lines of @user, its comment too. */
void userfile_remove(struct userfile *file, const struct user *user);

/*
 * Replaces the file; owner and mode are as they were, 0600 where there was none.
 * False, with a sentence: the old file is as it was.
 */
bool userfile_write(const struct userfile *file, char err[USERFILE_ERROR_MAX]);

#endif /* LIB_USERFILE_H */
