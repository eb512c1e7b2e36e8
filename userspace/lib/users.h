/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The users file, in the syntax of pppd's chap-secrets:
 *
 *	client  server  secret  [address | *] ...  [-- set NAME=VALUE ...]
 *
 * Words are separated by blanks; "…" and '…' quote blanks and #; a backslash
 * takes the next character as it is; # begins a comment. Our own addition: the
 * secret may be "nt:" and 32 hexadecimal digits, the NT hash of the password.
 * What stands after "--" are options to pppd, whose "set" gives a variable to its
 * scripts; to us the variables are the user's policy (policy.h).
 * Pure: text in, list out.
 */
#ifndef LIB_USERS_H
#define LIB_USERS_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "policy.h"

#define USERS_NAME_MAX		255	/* octets of a name, pppd's MAXNAMELEN - 1 */
#define USERS_SECRET_MAX	255	/* octets of a secret, MAXSECRETLEN - 1 */
#define USERS_HASH_LEN		16
#define USERS_FILE_MAX		(16u << 20)	/* octets of a whole file */

/* Octets of a line: three quoted words, an address, and a policy. */
#define USERS_LINE_MAX		(3 * (2 * USERS_NAME_MAX + 3) + 32 + \
				 POLICY_WORDS_MAX * (POLICY_WORD_MAX + 5))

/* One line of the file. Secret. */
struct user {
	struct user *next;
	char *name;
	char *server;		/* "*": any server */
	bool has_hash;
	uint8_t nt_hash[USERS_HASH_LEN];	/* counts when has_hash */
	char *password;		/* NULL when has_hash */
	struct in_addr address;	/* 0.0.0.0: from a pool */
	struct policy policy;
	unsigned int line;	/* in the file, from 1 */
	size_t begin;		/* offset of its first word in the text */
	size_t end;		/* offset after its last one, before any comment */
};

/* Where and why a file was refused. */
struct users_error {
	unsigned int line;
	char text[POLICY_ERROR_MAX];
};

/*
 * Parses @len octets of @text. Returns 0 with the list in @list, in the file's
 * order, to be freed by users_free(); or a negative errno (-EINVAL, -ENOMEM)
 * with @err filled and no list.
 */
int users_parse(const char *text, size_t len, struct user **list,
		struct users_error *err);

/* Wipes and frees a list, which may be NULL. */
void users_free(struct user *list);

/*
 * The entry for @name when @server is our own name: an entry that names the
 * server goes before one with "*", the first of equals wins. The name "*" in the
 * file fits no one: a password for everybody is not supported. NULL: none.
 */
const struct user *users_find(const struct user *list, const char *name,
			      const char *server);

/*
 * @word as one word of the file's syntax, quoted where it must be, into @out
 * with a final 0. False when it does not fit or has a line break or a 0 in it.
 */
bool users_quote(const char *word, char *out, size_t room);

/*
 * The line that is parsed as name, server, secret, address and policy of @user,
 * without a line feed; @room is USERS_LINE_MAX + 1 or more. Secret. False when a
 * word does not fit.
 */
bool users_line(const struct user *user, char *line, size_t room);

#endif /* LIB_USERS_H */
