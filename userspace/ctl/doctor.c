// SPDX-License-Identifier: GPL-2.0-or-later
/* A table of checks: each asks one question of the facts. */
#include "doctor.h"

#include <stdio.h>

#include "args.h"
#include "doctor_facts.h"
#include "doctor_firewall.h"
#include "doctor_host.h"
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
	{ "gre", doctor_session_silent },
	{ "firewall", doctor_firewall_gre },
	{ "nat", doctor_firewall_nat },
	{ "encryption", doctor_session_refusing },
	{ "mtu", doctor_session_mtu },
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

int doctor_run(const struct ctl *ctl, int argc, char **argv)
{
	struct findings found = { .list = json_array() };
	struct args args = { .left = argc, .next = argv };
	struct doctor_facts facts;
	size_t i;

	if (!args_end(&args)) {
		json_decref(found.list);
		return CTL_USAGE;
	}
	doctor_facts_read(&facts, ctl);
	for (i = 0; i < COUNT(checks); i++) {
		findings_begin(&found, checks[i].name);
		checks[i].fn(&facts, &found);
		findings_end(&found);
	}
	if (ctl->json)
		print_json(&found);
	else
		findings_print(&found);
	doctor_facts_free(&facts);
	json_decref(found.list);
	return found.problem ? CTL_FAILED : CTL_OK;
}
