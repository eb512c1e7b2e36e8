/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the daemon and the process that has its files (disk_server.h) say to each other:
 * one datagram a request, one a reply. Both are the same program, so that these are
 * structs as they lie in memory.
 */
#ifndef DAEMON_DISK_MSG_H
#define DAEMON_DISK_MSG_H

#include <limits.h>
#include <stddef.h>

#include "disk.h"

enum disk_op {
	DISK_OPEN,
	DISK_STORE,
	DISK_REMOVE,
	DISK_PASSWORD,
};

/**
 * struct disk_request - one request; what its @op does not need is not sent. Secret
 * @flags: of open(2)
 * @path: not of @password, which has its own
 * @text: all that comes after it
 */
struct disk_request {
	enum disk_op op;
	int flags;
	char path[PATH_MAX];
	union {
		struct passwords_change password;
		char text[DISK_TEXT_MAX];
	};
};

#define DISK_REQUEST_HEAD offsetof(struct disk_request, text)

/* @error: an errno; 0: it was done, and what was opened comes with this. */
struct disk_reply {
	int error;
	char text[USERFILE_ERROR_MAX];	/* why a password was not changed */
};

#endif /* DAEMON_DISK_MSG_H */
