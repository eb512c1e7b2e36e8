/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The users file on the disk: read, changed in memory, replaced as a whole. A
 * reader sees the old file or the new one, and of two writers one waits.
 */
#ifndef CTL_USERFILE_H
#define CTL_USERFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "lib/users.h"

/* Octets of the line of one user: three quoted words and an address. */
#define USERFILE_LINE_MAX	(3 * (2 * USERS_NAME_MAX + 3) + 32)

/* Secret. */
struct userfile {
	char *path;		/* without symbolic links */
	int directory;		/* locked while it is open; -1: only read */
	uid_t uid;
	gid_t gid;
	char *text;
	size_t len;
	struct user *users;	/* parsed from @text */
};

/*
 * Reads and parses @path; @change: to write it later, then a file that does not
 * exist is an empty one. False, with a message, when that fails, or the file is
 * open to others. Close it in either case.
 */
bool userfile_open(struct userfile *file, const char *path, bool change);
void userfile_close(struct userfile *file);

/*
 * Puts @line, at most USERFILE_LINE_MAX octets without a line feed, in the place
 * of @user, or at the end of the text when that is NULL. What else is on the
 * user's line, a comment, stays.
 * After a change @file->users is empty. False, with a message.
 */
bool userfile_put(struct userfile *file, const struct user *user, const char *line);

/* Takes out the lines of @user, its comment too. */
void userfile_remove(struct userfile *file, const struct user *user);

/* Replaces the file, mode 0600, the owner as it was. False, with a message. */
bool userfile_write(const struct userfile *file);

#endif /* CTL_USERFILE_H */
