// SPDX-License-Identifier: GPL-2.0-or-later
/* pptpctl: a table of verbs. */
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "control.h"
#include "ctl.h"
#include "dial.h"
#include "doctor.h"
#include "monitor.h"
#include "record.h"
#include "show.h"
#include "tunnel.h"
#include "user.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define DEFAULT_SOCKET	"/run/kpptp/kpptpd.sock"
#define DEFAULT_USERS	KPPTP_SYSCONFDIR "/kpptp/users"

struct verb {
	const char *name;
	ctl_verb_fn fn;
	const char *help;
};

static const struct verb verbs[] = {
	{ "add-tunnel", tunnel_add,
	  "NAME local ADDR peer ADDR peer-id N [...]	make a static tunnel" },
	{ "add-tunnel", tunnel_add,
	  "NAME --server HOST --user NAME [...]	make a tunnel that kpptpd dials" },
	{ "set-tunnel", dial_set, "NAME --OPTION ...	change a tunnel that kpptpd dials" },
	{ "del-tunnel", tunnel_del,
	  "NAME [session ID]	remove a tunnel and its device, or one session of many" },
	{ "connect", dial_connect, "NAME	dial a tunnel now" },
	{ "show", show_run,
	  "sessions|tunnels|lines|stats|drops|users|weak|failures [NAME]	what there is" },
	{ "monitor", monitor_run, "	events as they happen" },
	{ "record", record_run,
	  "FILE [user NAME|address ADDR|DEVICE] [--OPTION ...]	capture what a peer says" },
	{ "add-user", user_add,
	  "NAME [address ADDR] [server NAME] [cleartext] [POLICY...]	add or change a user" },
	{ "set-user", user_set,
	  "NAME [server NAME] [address ADDR] [POLICY...]	change all but the password" },
	{ "del-user", user_del, "NAME [server NAME]	remove a user" },
	{ "disconnect", control_disconnect,
	  "NAME|session ID|user NAME|peer ADDR|device NAME	hang up a tunnel, close sessions" },
	{ "reload", control_reload, "	let kpptpd read its files again" },
	{ "doctor", doctor_run,
	  "[--server HOST]	look for what is wrong, and say what to do" },
	{ "version", control_version, "	of tool, module and daemon" },
};

static void help(FILE *to)
{
	size_t i;

	fputs("usage: pptpctl [-j] [-s SOCKET] [-u FILE] VERB ...\n", to);
	for (i = 0; i < COUNT(verbs); i++) {
		const char *tab = strchr(verbs[i].help, '\t');

		fprintf(to, "  %s %.*s\n        %s\n", verbs[i].name,
			(int)(tab - verbs[i].help), verbs[i].help, tab + 1);
	}
}

static int run_verb(const struct ctl *ctl, int argc, char **argv)
{
	size_t i;

	if (!argc) {
		help(stderr);
		return CTL_USAGE;
	}
	for (i = 0; i < COUNT(verbs); i++) {
		if (!strcmp(argv[0], verbs[i].name))
			return verbs[i].fn(ctl, argc - 1, argv + 1);
	}
	return ctl_usage("there is no verb \"%s\", see pptpctl -h", argv[0]);
}

int main(int argc, char **argv)
{
	struct ctl ctl = { .socket = DEFAULT_SOCKET, .users = DEFAULT_USERS };
	int ret, option;

	/* The + ends the options at the verb: "add-user -x" is about a user -x. */
	while ((option = getopt(argc, argv, "+jhs:u:")) >= 0) {
		switch (option) {
		case 'j':
			ctl.json = true;
			break;
		case 's':
			ctl.socket = optarg;
			break;
		case 'u':
			ctl.users = optarg;
			break;
		case 'h':
			help(stdout);
			return CTL_OK;
		default:
			return CTL_USAGE;
		}
	}
	ret = run_verb(&ctl, argc - optind, argv + optind);
	if (fflush(stdout) || ferror(stdout))
		return ctl_fail("cannot write the output");
	return ret;
}
