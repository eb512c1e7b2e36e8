// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <string.h>

#include "crypto/crypto.h"
#include "passwords.h"

void passwords_renew(struct user *user, const uint8_t hash[USERS_HASH_LEN])
{
	char err[POLICY_ERROR_MAX];

	user->has_hash = true;
	memcpy(user->nt_hash, hash, USERS_HASH_LEN);
	policy_set(&user->policy, "expired=", err);
}

/* Has @user the password with this hash? */
static bool passwords_is(const struct user *user, const uint8_t known[USERS_HASH_LEN])
{
	uint8_t hash[USERS_HASH_LEN];
	bool same;

	if (user->has_hash)
		memcpy(hash, user->nt_hash, USERS_HASH_LEN);
	else if (!crypto_nt_hash(user->password, strlen(user->password), hash))
		return false;
	same = crypto_equal(hash, known, USERS_HASH_LEN);
	explicit_bzero(hash, sizeof(hash));
	return same;
}

/* Puts @user with another password into the file's place of it. */
static bool passwords_replace(struct userfile *file, const struct user *user,
			      const uint8_t hash[USERS_HASH_LEN], char err[USERFILE_ERROR_MAX])
{
	char line[USERS_LINE_MAX + 1];
	struct user new = *user;
	bool good;

	new.password = NULL;
	passwords_renew(&new, hash);
	snprintf(err, USERFILE_ERROR_MAX, "its name has a line feed");
	good = users_line(&new, line, sizeof(line)) && userfile_put(file, user, line, err) &&
	       userfile_write(file, err);
	explicit_bzero(line, sizeof(line));
	explicit_bzero(&new, sizeof(new));
	return good;
}

bool passwords_change(const struct passwords_change *change, char err[USERFILE_ERROR_MAX])
{
	const struct user *user;
	struct userfile file;
	bool good = false;

	if (userfile_open(&file, change->path, true, err)) {
		user = userfile_find(&file, change->name, change->server);
		if (user && passwords_is(user, change->old_hash))
			good = passwords_replace(&file, user, change->new_hash, err);
		else
			snprintf(err, USERFILE_ERROR_MAX, "its entry has been changed");
	}
	userfile_close(&file);
	return good;
}
