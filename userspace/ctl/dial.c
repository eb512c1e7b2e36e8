// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a value must look like is the daemon's to say: here an option is only
 * brought under the name that it has in the tunnel's file.
 */
#include "dial.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "args.h"
#include "dsock.h"
#include "password.h"

#define COUNT(table)	(sizeof(table) / sizeof((table)[0]))
#define PASSWORD_ROOM	256

/* @value: NULL: the next word; otherwise the option has none. */
struct option {
	const char *name;
	const char *key;
	const char *value;
};

static const struct option options[] = {
	{ "--server", "server", NULL },
	{ "--user", "user", NULL },
	{ "--domain", "domain", NULL },
	{ "--remote-name", "remote-name", NULL },
	{ "--auth", "auth", NULL },
	{ "--mppe", "mppe", NULL },
	{ "--mppe-strength", "mppe-strength", NULL },
	{ "--mppe-stateful", "mppe-stateful", NULL },
	{ "--mppe-compression", "mppe-compression", "yes" },
	{ "--no-mppe-compression", "mppe-compression", "no" },
	{ "--route", "route", NULL },
	{ "--default-route", "default-route", "yes" },
	{ "--no-default-route", "default-route", "no" },
	{ "--dhcp-routes", "dhcp-routes", "yes" },
	{ "--no-dhcp-routes", "dhcp-routes", "no" },
	{ "--ipv6", "ipv6", "yes" },
	{ "--no-ipv6", "ipv6", "no" },
	{ "--metric", "metric", NULL },
	{ "--mtu", "mtu", NULL },
	{ "--device", "device", NULL },
	{ "--bind-dev", "bind-device", NULL },
	{ "--persist", "persist", "yes" },
	{ "--no-persist", "persist", "no" },
	{ "--demand", "demand", "yes" },
	{ "--no-demand", "demand", "no" },
	{ "--idle-timeout", "idle-timeout", NULL },
	{ "--local-address", "local-address", NULL },
	{ "--dns", "dns", "yes" },
	{ "--no-dns", "dns", "no" },
	{ "--kill-switch", "kill-switch", "yes" },
	{ "--no-kill-switch", "kill-switch", "no" },
	{ "--callback", "callback", NULL },
	{ "--ca", "ca", NULL },
	{ "--crl", "crl", NULL },
	{ "--cert", "certificate", NULL },
	{ "--key", "key", NULL },
};

bool dial_wanted(int argc, char **argv)
{
	return argc > 1 && !strncmp(argv[1], "--", 2);
}

/* What comes by a pipe, as of a shell's <(...), is nobody else's. */
static bool is_private(int fd, const char *file)
{
	struct stat st;

	if (fstat(fd, &st) || !S_ISREG(st.st_mode) || !(st.st_mode & 0007))
		return true;
	ctl_fail("the password file %s is open to others, run chmod 600 %s and change the password",
		 file, file);
	return false;
}

/* The first line of @file, "-" for standard input, into @text. False with a message. */
static bool read_password(const char *file, char *text, size_t room)
{
	int old, fd;
	bool good;

	if (!strcmp(file, "-"))
		return password_read(text, room);
	fd = open(file, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		ctl_fail("cannot open the password file %s: %s", file, strerror(errno));
		return false;
	}
	if (!is_private(fd, file)) {
		close(fd);
		return false;
	}
	old = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
	good = dup2(fd, STDIN_FILENO) == STDIN_FILENO && password_read(text, room);
	if (old >= 0) {
		dup2(old, STDIN_FILENO);
		close(old);
	}
	close(fd);
	return good;
}

static bool add_password(json_t *settings, const char *key, struct args *args)
{
	const char *file = args_word(args, "the file of a password");
	char password[PASSWORD_ROOM] = "";
	json_t *value;

	if (!file || !read_password(file, password, sizeof(password)))
		return false;
	value = json_string(password);
	explicit_bzero(password, sizeof(password));
	if (!value) {
		ctl_fail("the password is not UTF-8 text");
		return false;
	}
	return !json_object_set_new(settings, key, value);
}

static const struct option *find_option(const char *word)
{
	size_t i;

	for (i = 0; i < COUNT(options); i++) {
		if (!strcmp(options[i].name, word))
			return &options[i];
	}
	return NULL;
}

/* One option into @settings. False with a message. */
static bool add_setting(json_t *settings, struct args *args)
{
	const char *word = args_take(args);
	const struct option *option = find_option(word);
	const char *value;
	json_t *string;

	if (!strcmp(word, "--password-file"))
		return add_password(settings, "password", args);
	if (!strcmp(word, "--new-password-file"))
		return add_password(settings, "new-password", args);
	if (!option) {
		ctl_usage("a tunnel has no option \"%s\", see pptpctl(8)", word);
		return false;
	}
	if (json_object_get(settings, option->key)) {
		ctl_usage("%s is there twice", option->key);
		return false;
	}
	value = option->value ? option->value : args_word(args, option->name);
	string = value ? json_string(value) : NULL;
	if (value && !string)
		ctl_usage("the value of %s is not UTF-8 text", option->name);
	return string && !json_object_set_new(settings, option->key, string);
}

/* NULL with a message. */
static json_t *read_settings(struct args *args)
{
	json_t *settings = json_object();

	while (args->left) {
		if (!add_setting(settings, args)) {
			json_decref(settings);
			return NULL;
		}
	}
	return settings;
}

/* Takes the reference, NULL is fine; jansson frees strings as they are. */
static void wipe(json_t *string)
{
	if (string)
		explicit_bzero((char *)json_string_value(string), json_string_length(string));
	json_decref(string);
}

/* add-tunnel and set-tunnel */
static int change(const struct ctl *ctl, const char *command, int argc, char **argv)
{
	struct args args = { .left = argc, .next = argv };
	const char *name = args_device(&args);
	json_t *settings, *password, *renewed, *reply;
	bool clear;

	settings = name ? read_settings(&args) : NULL;
	if (!settings)
		return CTL_USAGE;
	password = json_incref(json_object_get(settings, "password"));
	renewed = json_incref(json_object_get(settings, "new-password"));
	reply = dsock_ask_once(ctl->socket, json_pack("{s:s, s:s, s:o}", "command", command,
						      "name", name, "settings", settings));
	wipe(password);
	wipe(renewed);
	if (!reply)
		return CTL_FAILED;
	clear = json_is_true(json_object_get(reply, "cleartext"));
	json_decref(reply);
	if (ctl->json)
		printf("{\"name\":\"%s\",\"cleartext\":%s}\n", name, clear ? "true" : "false");
	else if (clear)
		printf("The password is stored as it is, because a method of --auth needs it.\n");
	return CTL_OK;
}

int dial_add(const struct ctl *ctl, int argc, char **argv)
{
	return change(ctl, "add-tunnel", argc, argv);
}

int dial_set(const struct ctl *ctl, int argc, char **argv)
{
	if (!dial_wanted(argc, argv))
		return ctl_usage("set-tunnel needs a name and options, see pptpctl(8)");
	return change(ctl, "set-tunnel", argc, argv);
}

/* A request about one tunnel, which is all that there is to say. */
static int simple(const struct ctl *ctl, json_t *request)
{
	json_t *reply = dsock_ask_once(ctl->socket, request);

	if (!reply)
		return CTL_FAILED;
	json_decref(reply);
	return CTL_OK;
}

int dial_connect(const struct ctl *ctl, int argc, char **argv)
{
	struct args args = { .left = argc, .next = argv };
	const char *name = args_device(&args);

	if (!name || !args_end(&args))
		return CTL_USAGE;
	return simple(ctl, json_pack("{s:s, s:s}", "command", "connect", "name", name));
}

int dial_disconnect(const struct ctl *ctl, const char *name)
{
	return simple(ctl, json_pack("{s:s, s:s}", "command", "disconnect", "tunnel", name));
}

/* Whether @items has a dialled tunnel of that name. */
static bool knows(const json_t *items, const char *name)
{
	const char *known;
	json_t *item;
	size_t i;

	json_array_foreach(items, i, item) {
		known = json_string_value(json_object_get(item, "name"));
		if (known && !strcmp(known, name))
			return true;
	}
	return false;
}

int dial_del(const struct ctl *ctl, const char *name)
{
	struct dsock *sock = dsock_open(ctl->socket);
	json_t *items, *reply;
	bool known;

	if (!sock)
		return -1;
	items = json_array();
	reply = dsock_ask(sock, json_pack("{s:s}", "command", "tunnels"), items);
	known = knows(items, name);
	json_decref(items);
	if (reply && known) {
		json_decref(reply);
		reply = dsock_ask(sock, json_pack("{s:s, s:s}", "command", "del-tunnel",
						  "name", name), NULL);
	}
	dsock_close(sock);
	if (!reply)
		return CTL_FAILED;
	json_decref(reply);
	return known ? CTL_OK : -1;
}
