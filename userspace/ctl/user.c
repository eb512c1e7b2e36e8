// SPDX-License-Identifier: GPL-2.0-or-later
#include "user.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "args.h"
#include "crypto/crypto.h"
#include "dsock.h"
#include "lib/userfile.h"
#include "password.h"

#define WORD_ROOM	(2 * USERS_NAME_MAX + 3)	/* a quoted word and its 0 */

/* What the command line says about a user. */
struct wanted {
	const char *name;
	const char *server;
	struct in_addr address;	/* 0.0.0.0: not given */
	bool cleartext;
	unsigned int words_n;
	const char *words[POLICY_WORDS_MAX];	/* NAME=VALUE, good ones */
};

static bool parse_name(struct wanted *wanted, struct args *args)
{
	char quoted[WORD_ROOM];

	wanted->server = "*";
	wanted->name = args_word(args, "the name of the user");
	if (!wanted->name)
		return false;
	if (*wanted->name && strcmp(wanted->name, "*") &&
	    users_quote(wanted->name, quoted, sizeof(quoted)))
		return true;
	ctl_usage("the name of a user has 1 to %d octets, no line feed, and is not \"*\"",
		  USERS_NAME_MAX);
	return false;
}

static bool parse_server(struct wanted *wanted, struct args *args)
{
	char quoted[WORD_ROOM];

	wanted->server = args_word(args, "the name of the server");
	if (!wanted->server)
		return false;
	if (*wanted->server && users_quote(wanted->server, quoted, sizeof(quoted)))
		return true;
	ctl_usage("the name of a server has 1 to %d octets and no line feed", USERS_NAME_MAX);
	return false;
}

static bool parse_address(struct wanted *wanted, struct args *args)
{
	uint32_t address;

	if (!args_address(args, "address", &wanted->address))
		return false;
	address = ntohl(wanted->address.s_addr);
	if (address && address != INADDR_BROADCAST && !IN_MULTICAST(address))
		return true;
	ctl_usage("the address is none that a client can have");
	return false;
}

/* One NAME=VALUE of the policy, kept for the user's own one. */
static bool parse_policy(struct wanted *wanted, const char *word)
{
	struct policy policy = { 0 };
	char err[POLICY_ERROR_MAX];

	if (wanted->words_n == POLICY_WORDS_MAX) {
		ctl_usage("more than %d words of a policy", POLICY_WORDS_MAX);
		return false;
	}
	if (!policy_set(&policy, word, err)) {
		ctl_usage("%s", err);
		return false;
	}
	wanted->words[wanted->words_n++] = word;
	return true;
}

/* Everything after the name; @verb is add-user, which takes a password, or set-user. */
static bool parse_rest(struct wanted *wanted, const char *verb, bool password,
		       struct args *args)
{
	const char *word;

	while ((word = args_take(args))) {
		bool good = true;

		if (password && !strcmp(word, "cleartext")) {
			wanted->cleartext = true;
		} else if (!strcmp(word, "server")) {
			good = parse_server(wanted, args);
		} else if (!strcmp(word, "address")) {
			good = parse_address(wanted, args);
		} else if (strchr(word, '=')) {
			good = parse_policy(wanted, word);
		} else {
			ctl_usage("%s takes address, server%s and NAME=VALUE, not \"%s\"", verb,
				  password ? ", cleartext" : "", word);
			good = false;
		}
		if (!good)
			return false;
	}
	return true;
}

/* Of the file that is worked on. */
static const struct user *find(const struct userfile *file, const struct wanted *wanted)
{
	return userfile_find(file, wanted->name, wanted->server);
}

/* The password as the file holds it, into @user. False with a message. */
static bool make_secret(const struct wanted *wanted, char *password, struct user *user)
{
	char quoted[WORD_ROOM];
	bool good;

	if (wanted->cleartext) {
		user->password = password;
		good = users_quote(password, quoted, sizeof(quoted));
		explicit_bzero(quoted, sizeof(quoted));
		if (!good)
			ctl_fail("the password has more than %d octets", USERS_SECRET_MAX);
		return good;
	}
	user->has_hash = crypto_nt_hash(password, strlen(password), user->nt_hash);
	if (!user->has_hash)
		ctl_fail("the password is not UTF-8 text of at most 256 characters");
	return user->has_hash;
}

/*
 * What @user, whose secret is known, has to be: an address that was there stays
 * when none is given, so does what is not changed of the policy. False with a
 * message.
 */
static bool make_user(const struct wanted *wanted, const struct user *old, struct user *user)
{
	char err[POLICY_ERROR_MAX];
	unsigned int i;

	user->name = (char *)wanted->name;
	user->server = (char *)wanted->server;
	user->address = wanted->address;
	if (!user->address.s_addr && old)
		user->address = old->address;
	if (old)
		user->policy = old->policy;
	for (i = 0; i < wanted->words_n; i++) {
		if (!policy_set(&user->policy, wanted->words[i], err)) {
			ctl_fail("%s", err);
			return false;
		}
	}
	return true;
}

/* A daemon that runs must hear of the change; one that does not will read it. */
static int reload(const struct ctl *ctl)
{
	struct dsock *sock = dsock_open(ctl->socket);
	json_t *reply;

	if (!sock) {
		if (errno == ENOENT || errno == ECONNREFUSED)
			return CTL_OK;
		dsock_fail(ctl->socket);
		return ctl_fail("the users file is changed, but kpptpd was not told");
	}
	reply = dsock_ask(sock, json_pack("{s:s}", "command", "reload"), NULL);
	dsock_close(sock);
	if (!reply)
		return ctl_fail("the users file is changed, but kpptpd did not take it");
	json_decref(reply);
	return CTL_OK;
}

static bool no_user(const struct ctl *ctl, const struct wanted *wanted)
{
	ctl_fail("there is no user \"%s\" with server \"%s\" in %s", wanted->name,
		 wanted->server, ctl->users);
	return false;
}

/* Writes the line of @user, whose secret is known. False with a message. */
static bool put(struct userfile *file, const struct wanted *wanted, const struct user *old,
		struct user *user)
{
	char line[USERS_LINE_MAX + 1], err[USERFILE_ERROR_MAX];
	bool good;

	if (!make_user(wanted, old, user))
		return false;
	if (!users_line(user, line, sizeof(line))) {
		ctl_fail("the password of %s has a line feed, which cannot be written", user->name);
		return false;
	}
	good = userfile_put(file, old, line, err) && userfile_write(file, err);
	if (!good)
		ctl_fail("%s", err);
	explicit_bzero(line, sizeof(line));
	return good;
}

/* userfile_open() with a message. */
static bool open_file(const struct ctl *ctl, struct userfile *file, bool change)
{
	char err[USERFILE_ERROR_MAX];
	bool good = userfile_open(file, ctl->users, change, err);

	if (!good)
		ctl_fail("%s", err);
	return good;
}

static int store(const struct ctl *ctl, const struct wanted *wanted, struct user *user)
{
	struct userfile file;
	bool good;

	good = open_file(ctl, &file, true) && put(&file, wanted, find(&file, wanted), user);
	userfile_close(&file);
	return good ? reload(ctl) : CTL_FAILED;
}

int user_add(const struct ctl *ctl, int argc, char **argv)
{
	struct args args = { .left = argc, .next = argv };
	char password[USERS_SECRET_MAX + 1] = "";
	struct wanted wanted = { 0 };
	struct user user = { 0 };
	int ret = CTL_FAILED;

	if (!parse_name(&wanted, &args) || !parse_rest(&wanted, "add-user", true, &args))
		return CTL_USAGE;
	if (password_read(password, sizeof(password)) &&
	    make_secret(&wanted, password, &user))
		ret = store(ctl, &wanted, &user);
	explicit_bzero(password, sizeof(password));
	explicit_bzero(&user, sizeof(user));
	return ret;
}

/* Everything but the name may change, the secret is what it was. */
static bool set(const struct ctl *ctl, struct userfile *file, const struct wanted *wanted)
{
	const struct user *old = find(file, wanted);
	struct user user;
	bool good;

	if (!old)
		return no_user(ctl, wanted);
	user = *old;
	good = put(file, wanted, old, &user);
	explicit_bzero(&user, sizeof(user));
	return good;
}

int user_set(const struct ctl *ctl, int argc, char **argv)
{
	struct args args = { .left = argc, .next = argv };
	struct wanted wanted = { 0 };
	struct userfile file;
	bool good;

	if (!parse_name(&wanted, &args) || !parse_rest(&wanted, "set-user", false, &args))
		return CTL_USAGE;
	good = open_file(ctl, &file, true) && set(ctl, &file, &wanted);
	userfile_close(&file);
	return good ? reload(ctl) : CTL_FAILED;
}

static bool parse_del(struct wanted *wanted, struct args *args)
{
	const char *word;

	if (!parse_name(wanted, args))
		return false;
	word = args_take(args);
	if (word && strcmp(word, "server")) {
		ctl_usage("del-user takes server, not \"%s\"", word);
		return false;
	}
	return (!word || parse_server(wanted, args)) && args_end(args);
}

static bool del(const struct ctl *ctl, struct userfile *file, const struct wanted *wanted)
{
	const struct user *user = find(file, wanted);
	char err[USERFILE_ERROR_MAX];
	bool good;

	if (!user)
		return no_user(ctl, wanted);
	userfile_remove(file, user);
	good = userfile_write(file, err);
	if (!good)
		ctl_fail("%s", err);
	return good;
}

int user_del(const struct ctl *ctl, int argc, char **argv)
{
	struct args args = { .left = argc, .next = argv };
	struct wanted wanted = { 0 };
	struct userfile file;
	bool good;

	if (!parse_del(&wanted, &args))
		return CTL_USAGE;
	good = open_file(ctl, &file, true) && del(ctl, &file, &wanted);
	userfile_close(&file);
	return good ? reload(ctl) : CTL_FAILED;
}

/* ["sessions=1", …], as set-user takes them. */
static json_t *policy_words(const struct policy *policy)
{
	char word[POLICY_WORD_MAX];
	json_t *words = json_array();
	unsigned int i;

	for (i = 0; policy_word(policy, i, word); i++)
		json_array_append_new(words, json_string(word));
	return words;
}

static void append(json_t *items, const struct user *user)
{
	char address[INET_ADDRSTRLEN];
	json_t *item;

	inet_ntop(AF_INET, &user->address, address, sizeof(address));
	item = json_pack("{s:s, s:s, s:s}", "name", user->name, "server", user->server,
			 "secret", user->has_hash ? "nt-hash" : "cleartext");
	/* A name that is not UTF-8 has no place in JSON. */
	if (!item)
		item = json_pack("{s:n, s:i}", "name", "line", user->line);
	if (user->address.s_addr)
		json_object_set_new(item, "address", json_string(address));
	if (user->policy.given)
		json_object_set_new(item, "policy", policy_words(&user->policy));
	json_array_append_new(items, item);
}

int user_list(const struct ctl *ctl, const char *name, json_t *items)
{
	const struct user *user;
	struct userfile file;
	int ret = CTL_FAILED;

	if (open_file(ctl, &file, false)) {
		for (user = file.users; user; user = user->next) {
			if (!name || !strcmp(user->name, name))
				append(items, user);
		}
		ret = CTL_OK;
		if (name && !json_array_size(items))
			ret = ctl_fail("there is no user \"%s\" in %s", name, ctl->users);
	}
	userfile_close(&file);
	return ret;
}
