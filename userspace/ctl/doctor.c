// SPDX-License-Identifier: GPL-2.0-or-later
/* A table of checks: each asks one question of the facts. */
#include "doctor.h"

#include <stdio.h>
#include <string.h>

#include "args.h"
#include "doctor_daemon.h"
#include "doctor_facts.h"
#include "doctor_firewall.h"
#include "doctor_host.h"
#include "doctor_server.h"
#include "doctor_session.h"
#include "findings.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

struct check {
	const char *name;
	void (*fn)(const struct doctor_facts *facts, struct findings *found);
};

static const struct check checks[] = {
	{ "privilege", doctor_host_privilege },
	{ "module", doctor_host_module },
	{ "daemon", doctor_host_daemon },
	{ "port", doctor_host_port },
	{ "tunnels", doctor_host_tunnels },
	{ "failures", doctor_daemon_failures },
	{ "pools", doctor_daemon_pools },
	{ "users", doctor_daemon_users },
	{ "certificates", doctor_daemon_certificates },
	{ "gre", doctor_session_silent },
	{ "firewall", doctor_firewall_gre },
	{ "nat", doctor_firewall_nat },
	{ "encryption", doctor_session_refusing },
	{ "mtu", doctor_session_mtu },
	{ "path", doctor_session_path },
	{ "forwarding", doctor_host_forwarding },
	{ "rp-filter", doctor_session_rp_filter },
};

static void print_json(const struct findings *found)
{
	json_t *object = json_pack("{s:b, s:O}", "problem", found->problem,
				   "findings", found->list);

	json_dumpf(object, stdout, JSON_COMPACT);
	putchar('\n');
	json_decref(object);
}

static void check_all(const struct doctor_facts *facts, struct findings *found)
{
	size_t i;

	for (i = 0; i < COUNT(checks); i++) {
		findings_begin(found, checks[i].name);
		checks[i].fn(facts, found);
		findings_end(found);
	}
}

static void check_server(const struct doctor_facts *facts, const char *server,
			 struct findings *found)
{
	findings_begin(found, "server");
	doctor_server(facts, server, found);
	findings_end(found);
}

/* @server: NULL when none is named. False with a message. */
static bool parse(struct args *args, const char **server)
{
	const char *word = args_take(args);

	*server = NULL;
	if (!word)
		return true;
	if (strcmp(word, "--server") != 0) {
		ctl_usage("\"%s\" was not expected", word);
		return false;
	}
	*server = args_word(args, "the name or address of the server");
	return *server && args_end(args);
}

int doctor_run(const struct ctl *ctl, int argc, char **argv)
{
	struct args args = { .left = argc, .next = argv };
	struct doctor_facts facts;
	struct findings found = { 0 };
	const char *server;

	if (!parse(&args, &server))
		return CTL_USAGE;
	found.list = json_array();
	doctor_facts_read(&facts, ctl);
	if (server)
		check_server(&facts, server, &found);
	else
		check_all(&facts, &found);
	if (ctl->json)
		print_json(&found);
	else
		findings_print(&found);
	doctor_facts_free(&facts);
	json_decref(found.list);
	return found.problem ? CTL_FAILED : CTL_OK;
}
