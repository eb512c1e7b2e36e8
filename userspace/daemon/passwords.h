/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * New passwords in the users file.
 */
#ifndef DAEMON_PASSWORDS_H
#define DAEMON_PASSWORDS_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#include "lib/userfile.h"

/**
 * struct passwords_change - one change. Secret
 * @path: of the users file
 * @name, @server: of the entry, exactly
 * @old_hash, @new_hash: NT hashes
 */
struct passwords_change {
	char path[PATH_MAX];
	char name[USERS_NAME_MAX + 1];
	char server[USERS_NAME_MAX + 1];
	uint8_t old_hash[USERS_HASH_LEN];
	uint8_t new_hash[USERS_HASH_LEN];
};

/*
 * Replaces the password of an entry by the hash of the new one, which has not expired.
 * Refused when the entry's password is not the old one any more: whoever changed that
 * knows better than the peer what it is to be. Waits for the disk. False with a
 * sentence, and the file is as it was.
 */
bool passwords_change(const struct passwords_change *change, char err[USERFILE_ERROR_MAX]);

/* The same for an entry in memory, whose @password, if any, is the caller's. */
void passwords_renew(struct user *user, const uint8_t hash[USERS_HASH_LEN]);

#endif /* DAEMON_PASSWORDS_H */
