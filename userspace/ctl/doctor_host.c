// SPDX-License-Identifier: GPL-2.0-or-later
#include "doctor_host.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

void doctor_host_privilege(const struct doctor_facts *facts, struct findings *found)
{
	(void)facts;
	if (geteuid())
		findings_problem(found, "not all can be looked at: run pptpctl doctor as root");
}

/* depmod's list of this kernel has the module; true where there is no list. */
static bool installed(const char *release)
{
	char path[sizeof("/lib/modules//modules.dep") + sizeof(((struct utsname *)0)->release)];
	char line[4096];
	bool found = false;
	FILE *file;

	snprintf(path, sizeof(path), "/lib/modules/%s/modules.dep", release);
	file = fopen(path, "re");
	if (!file)
		return true;
	while (!found && fgets(line, sizeof(line), file))
		found = strstr(line, "/kpptp.ko");
	fclose(file);
	return found;
}

void doctor_host_module(const struct doctor_facts *facts, struct findings *found)
{
	struct utsname name = { .release = "" };

	if (facts->module && facts->kernel.err)
		findings_problem(found, "the kpptp module does not answer: %s",
				 facts->kernel.text);
	if (facts->module)
		return;
	uname(&name);
	if (!access("/sys/module/pptp", F_OK))
		findings_problem(found,
				 "the kernel's own pptp.ko is loaded and keeps kpptp out: run rmmod pptp, then modprobe kpptp");
	else if (!installed(name.release))
		findings_problem(found,
				 "the kpptp module is not installed for the running kernel %s: build it for that one, then run depmod and modprobe kpptp",
				 name.release);
	else
		findings_problem(found,
				 "the kpptp module is not loaded: run modprobe kpptp, and where that fails see dmesg");
}

/* Static tunnels need no daemon, so that it is missed only where there is none. */
void doctor_host_daemon(const struct doctor_facts *facts, struct findings *found)
{
	const char *path = facts->ctl->socket;

	if (!facts->daemon)
		return;
	if (facts->daemon == EACCES)
		findings_problem(found, "kpptpd cannot be asked at %s without root", path);
	else if (facts->daemon == EPROTO)
		findings_problem(found, "kpptpd at %s does not answer as it should: restart it",
				 path);
	else if (facts->daemon != ENOENT && facts->daemon != ECONNREFUSED)
		findings_problem(found, "kpptpd cannot be reached at %s: %s", path,
				 strerror(facts->daemon));
	else if (facts->sessions_n)
		findings_note(found,
			      "kpptpd does not run (no daemon at %s): only static tunnels work without it",
			      path);
	else
		findings_problem(found,
				 "kpptpd does not run (no daemon at %s): run systemctl start kpptpd, and where that fails see its log",
				 path);
}

static bool dials(const struct doctor_facts *facts)
{
	const char *role;
	json_t *item;
	size_t i;

	json_array_foreach(facts->tunnels, i, item) {
		role = json_string_value(json_object_get(item, "role"));
		if (role && !strcmp(role, "client"))
			return true;
	}
	return false;
}

/* Another program beside kpptpd may have an address of its own. */
static void foreign(const struct doctor_facts *facts, const struct portowner *owner,
		    struct findings *found)
{
	if (!facts->serves)
		findings_problem(found,
				 "TCP port %u is taken by %s (process %u), kpptpd cannot listen there: stop that program",
				 DOCTOR_FACTS_PORT, owner->name, owner->pid);
	else
		findings_note(found,
			      "%s (process %u) listens at TCP port %u beside kpptpd: calls to its address do not come to kpptpd",
			      owner->name, owner->pid, DOCTOR_FACTS_PORT);
}

void doctor_host_port(const struct doctor_facts *facts, struct findings *found)
{
	size_t i;

	for (i = 0; i < facts->owners_n; i++) {
		if (facts->owners[i].pid && strcmp(facts->owners[i].name, "kpptpd"))
			foreign(facts, &facts->owners[i], found);
	}
	if (!facts->owners_n && !facts->daemon && !dials(facts))
		findings_problem(found,
				 "kpptpd runs, but nobody listens at TCP port %u: set listen in kpptpd.conf and restart it",
				 DOCTOR_FACTS_PORT);
}

static const char *member(const json_t *item, const char *key)
{
	const char *text = json_string_value(json_object_get(item, key));

	return text ? text : "";
}

void doctor_host_tunnels(const struct doctor_facts *facts, struct findings *found)
{
	json_t *item;
	size_t i;

	json_array_foreach(facts->tunnels, i, item) {
		if (!strcmp(member(item, "role"), "client") && *member(item, "error") &&
		    strcmp(member(item, "state"), "up"))
			findings_problem(found, "the tunnel %s does not come up: %s",
					 member(item, "name"), member(item, "error"));
	}
}

void doctor_host_forwarding(const struct doctor_facts *facts, struct findings *found)
{
	char value[16];

	if (!facts->serves ||
	    !doctor_facts_line("/proc/sys/net/ipv4/ip_forward", value, sizeof(value)))
		return;
	if (!strcmp(value, "0"))
		findings_note(found,
			      "IPv4 forwarding is off, clients reach this machine and nothing behind it: run sysctl -w net.ipv4.ip_forward=1");
}
