// SPDX-License-Identifier: GPL-2.0-or-later
#include "user.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "args.h"
#include "crypto/crypto.h"
#include "dsock.h"
#include "password.h"
#include "userfile.h"

#define WORD_ROOM	(2 * USERS_NAME_MAX + 3)	/* a quoted word and its 0 */

/* What the command line says about a user. */
struct wanted {
	const char *name;
	const char *server;
	struct in_addr address;	/* 0.0.0.0: not given */
	bool cleartext;
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

static bool parse_add(struct wanted *wanted, struct args *args)
{
	const char *word;

	if (!parse_name(wanted, args))
		return false;
	while ((word = args_take(args))) {
		if (!strcmp(word, "cleartext")) {
			wanted->cleartext = true;
		} else if (!strcmp(word, "server")) {
			if (!parse_server(wanted, args))
				return false;
		} else if (!strcmp(word, "address")) {
			if (!parse_address(wanted, args))
				return false;
		} else {
			ctl_usage("add-user takes address, server and cleartext, not \"%s\"", word);
			return false;
		}
	}
	return true;
}

/* The entry for exactly this name and server. */
static const struct user *find(const struct userfile *file, const struct wanted *wanted)
{
	const struct user *user;

	for (user = file->users; user; user = user->next) {
		if (!strcmp(user->name, wanted->name) &&
		    !strcmp(user->server, wanted->server))
			return user;
	}
	return NULL;
}

/* The password as the file holds it. False with a message. */
static bool make_secret(const struct wanted *wanted, const char *password,
			char *secret, size_t room)
{
	uint8_t hash[CRYPTO_MD4_LEN];
	size_t i;

	if (wanted->cleartext) {
		if (users_quote(password, secret, room))
			return true;
		ctl_fail("the password has more than %d octets", USERS_SECRET_MAX);
		return false;
	}
	if (!crypto_nt_hash(password, strlen(password), hash)) {
		ctl_fail("the password is not UTF-8 text of at most 256 characters");
		return false;
	}
	snprintf(secret, room, "nt:");
	for (i = 0; i < sizeof(hash); i++)
		snprintf(secret + 3 + 2 * i, room - 3 - 2 * i, "%02x", hash[i]);
	explicit_bzero(hash, sizeof(hash));
	return true;
}

/* name server secret address; an address that was there stays when none is given. */
static void make_line(const struct wanted *wanted, const struct user *old,
		      const char *secret, char *line, size_t room)
{
	char name[WORD_ROOM], server[WORD_ROOM];
	struct in_addr address = wanted->address;
	char text[INET_ADDRSTRLEN] = "*";

	if (!address.s_addr && old)
		address = old->address;
	if (address.s_addr)
		inet_ntop(AF_INET, &address, text, sizeof(text));
	users_quote(wanted->name, name, sizeof(name));
	users_quote(wanted->server, server, sizeof(server));
	snprintf(line, room, "%s %s %s %s", name, server, secret, text);
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

static int store(const struct ctl *ctl, const struct wanted *wanted, const char *secret)
{
	const struct user *old;
	struct userfile file;
	char line[USERFILE_LINE_MAX + 1];
	bool good;

	good = userfile_open(&file, ctl->users, true);
	if (good) {
		old = find(&file, wanted);
		make_line(wanted, old, secret, line, sizeof(line));
		good = userfile_put(&file, old, line) && userfile_write(&file);
		explicit_bzero(line, sizeof(line));
	}
	userfile_close(&file);
	return good ? reload(ctl) : CTL_FAILED;
}

int user_add(const struct ctl *ctl, int argc, char **argv)
{
	struct args args = { .left = argc, .next = argv };
	char password[USERS_SECRET_MAX + 1] = "";
	char secret[WORD_ROOM] = "";
	struct wanted wanted = { 0 };
	int ret = CTL_FAILED;

	if (!parse_add(&wanted, &args))
		return CTL_USAGE;
	if (password_read(password, sizeof(password)) &&
	    make_secret(&wanted, password, secret, sizeof(secret)))
		ret = store(ctl, &wanted, secret);
	explicit_bzero(password, sizeof(password));
	explicit_bzero(secret, sizeof(secret));
	return ret;
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

int user_del(const struct ctl *ctl, int argc, char **argv)
{
	struct args args = { .left = argc, .next = argv };
	struct wanted wanted = { 0 };
	const struct user *user;
	struct userfile file;
	bool good;

	if (!parse_del(&wanted, &args))
		return CTL_USAGE;
	good = userfile_open(&file, ctl->users, true);
	if (good) {
		user = find(&file, &wanted);
		if (user)
			userfile_remove(&file, user);
		else
			ctl_fail("there is no user \"%s\" with server \"%s\" in %s",
				 wanted.name, wanted.server, ctl->users);
		good = user && userfile_write(&file);
	}
	userfile_close(&file);
	return good ? reload(ctl) : CTL_FAILED;
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
	json_array_append_new(items, item);
}

int user_list(const struct ctl *ctl, const char *name, json_t *items)
{
	const struct user *user;
	struct userfile file;
	int ret = CTL_FAILED;

	if (userfile_open(&file, ctl->users, false)) {
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
