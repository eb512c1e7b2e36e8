// SPDX-License-Identifier: GPL-2.0-or-later
#include "control.h"

#include <arpa/inet.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "args.h"
#include "dial.h"
#include "dsock.h"

#define MODULE_VERSION_FILE "/sys/module/kpptp/version"

/* Puts what to disconnect into @request. False with a message. */
static bool add_target(json_t *request, struct args *args)
{
	const char *kind = args_word(args, "what to disconnect: session, user, peer or device");
	char text[INET_ADDRSTRLEN];
	struct in_addr peer;
	unsigned long id;
	const char *word;

	if (!kind)
		return false;
	if (!strcmp(kind, "session"))
		return args_number(args, "session", 1, UINT32_MAX, &id) &&
		       !json_object_set_new(request, "session", json_integer((json_int_t)id));
	if (!strcmp(kind, "peer")) {
		if (!args_address(args, "peer", &peer))
			return false;
		inet_ntop(AF_INET, &peer, text, sizeof(text));
		return !json_object_set_new(request, "peer", json_string(text));
	}
	if (!strcmp(kind, "device")) {
		word = args_device(args);
		return word && !json_object_set_new(request, "ifname", json_string(word));
	}
	if (!strcmp(kind, "user")) {
		word = args_word(args, "the name of the user");
		if (word && !json_object_set_new(request, "user", json_string(word)))
			return true;
		if (word)
			ctl_usage("the name of the user is not UTF-8");
		return false;
	}
	ctl_usage("disconnect takes session, user, peer or device, not \"%s\"", kind);
	return false;
}

/* A word that wants another one behind it; any other one alone names a tunnel. */
static bool is_kind(const char *word)
{
	return !strcmp(word, "session") || !strcmp(word, "peer") ||
	       !strcmp(word, "device") || !strcmp(word, "user");
}

int control_disconnect(const struct ctl *ctl, int argc, char **argv)
{
	json_t *request = json_pack("{s:s}", "command", "disconnect");
	struct args args = { .left = argc, .next = argv };
	json_int_t count;
	json_t *reply;

	if (argc == 1 && !is_kind(argv[0])) {
		json_decref(request);
		return dial_disconnect(ctl, argv[0]);
	}
	if (!add_target(request, &args) || !args_end(&args)) {
		json_decref(request);
		return CTL_USAGE;
	}
	reply = dsock_ask_once(ctl->socket, request);
	if (!reply)
		return CTL_FAILED;
	count = json_integer_value(json_object_get(reply, "count"));
	json_decref(reply);
	if (!count)
		return ctl_fail("no session of kpptpd fits, see pptpctl show sessions");
	printf(ctl->json ? "{\"count\":%lld}\n" : "disconnected: %lld\n", (long long)count);
	return CTL_OK;
}

int control_reload(const struct ctl *ctl, int argc, char **argv)
{
	struct args args = { .left = argc, .next = argv };
	json_t *reply;

	if (!args_end(&args))
		return CTL_USAGE;
	reply = dsock_ask_once(ctl->socket, json_pack("{s:s}", "command", "reload"));
	if (!reply)
		return CTL_FAILED;
	json_decref(reply);
	return CTL_OK;
}

/* The loaded module's version into @version; false: none is loaded. */
static bool module_version(char *version, size_t room)
{
	FILE *file = fopen(MODULE_VERSION_FILE, "re");
	bool good;

	if (!file)
		return false;
	good = fgets(version, (int)room, file);
	fclose(file);
	if (good)
		version[strcspn(version, "\n")] = '\0';
	return good;
}

/* The daemon's version, or NULL when none runs. */
static json_t *daemon_version(const struct ctl *ctl)
{
	struct dsock *sock = dsock_open(ctl->socket);
	json_t *reply, *version;

	if (!sock)
		return NULL;
	reply = dsock_ask(sock, json_pack("{s:s}", "command", "version"), NULL);
	dsock_close(sock);
	version = json_incref(json_object_get(reply, "version"));
	json_decref(reply);
	return version;
}

int control_version(const struct ctl *ctl, int argc, char **argv)
{
	struct args args = { .left = argc, .next = argv };
	char module[64] = "";
	json_t *versions, *value;
	const char *part;

	if (!args_end(&args))
		return CTL_USAGE;
	versions = json_pack("{s:s}", "pptpctl", KPPTP_VERSION);
	json_object_set_new(versions, "kpptp", module_version(module, sizeof(module)) ?
			    json_string(module) : json_null());
	value = daemon_version(ctl);
	json_object_set_new(versions, "kpptpd", value ? value : json_null());
	if (ctl->json) {
		json_dumpf(versions, stdout, JSON_COMPACT);
		putchar('\n');
	} else {
		json_object_foreach(versions, part, value)
			printf("%-8s %s\n", part, json_is_string(value) ?
			       json_string_value(value) : "not there");
	}
	json_decref(versions);
	return CTL_OK;
}
