// SPDX-License-Identifier: GPL-2.0-or-later
#include "doctor_facts.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dsock.h"
#include "nl/kernel.h"

bool doctor_facts_line(const char *path, char *text, size_t room)
{
	FILE *file = fopen(path, "re");
	bool good;

	if (!file)
		return false;
	good = fgets(text, (int)room, file);
	fclose(file);
	if (good)
		text[strcspn(text, "\n")] = '\0';
	return good;
}

/* Sessions for which there is no memory are not looked at. */
static void add_session(const struct nl_session *session, void *arg)
{
	struct doctor_facts *facts = arg;
	struct nl_session *sessions;
	size_t room;

	if (facts->sessions_n == facts->sessions_room) {
		room = facts->sessions_room ? 2 * facts->sessions_room : 64;
		sessions = reallocarray(facts->sessions, room, sizeof(*sessions));
		if (!sessions)
			return;
		facts->sessions = sessions;
		facts->sessions_room = room;
	}
	facts->sessions[facts->sessions_n++] = *session;
}

/* Asking for the family would load the module: only when it is there already. */
static void read_kernel(struct doctor_facts *facts)
{
	struct kernel kernel = { 0 };

	facts->module = !access("/sys/module/kpptp", F_OK);
	if (!facts->module)
		return;
	if (!kernel_open(&kernel, 0, &facts->kernel) &&
	    !kernel_session_each(&kernel, NULL, add_session, facts, &facts->kernel))
		facts->kernel.err = 0;
	kernel_close(&kernel);
}

/* False: it does not answer as it should. */
static bool ask(struct dsock *sock, const char *command, json_t *items)
{
	json_t *reply = dsock_ask(sock, json_pack("{s:s}", "command", command), items);

	json_decref(reply);
	return reply;
}

static void read_daemon(struct doctor_facts *facts)
{
	struct dsock *sock = dsock_open(facts->ctl->socket);

	facts->tunnels = json_array();
	facts->failures = json_array();
	facts->pools = json_array();
	facts->files = json_array();
	if (!sock) {
		facts->daemon = errno;
		return;
	}
	if (!ask(sock, "tunnels", facts->tunnels) || !ask(sock, "failures", facts->failures) ||
	    !ask(sock, "pools", facts->pools) || !ask(sock, "files", facts->files))
		facts->daemon = EPROTO;
	dsock_close(sock);
}

static void read_port(struct doctor_facts *facts)
{
	size_t i;

	facts->owners_n = portowner_find(DOCTOR_FACTS_PORT, facts->owners,
					 DOCTOR_FACTS_OWNERS);
	for (i = 0; i < facts->owners_n; i++)
		facts->serves |= !strcmp(facts->owners[i].name, "kpptpd");
}

static void read_ruleset(struct doctor_facts *facts)
{
	FILE *nft = popen("nft -j list ruleset 2>/dev/null", "re");

	if (!nft)
		return;
	facts->ruleset = json_loadf(nft, 0, NULL);
	pclose(nft);
}

void doctor_facts_read(struct doctor_facts *facts, const struct ctl *ctl)
{
	*facts = (struct doctor_facts){ .ctl = ctl };
	read_kernel(facts);
	read_daemon(facts);
	read_port(facts);
	read_ruleset(facts);
}

void doctor_facts_free(struct doctor_facts *facts)
{
	free(facts->sessions);
	json_decref(facts->tunnels);
	json_decref(facts->failures);
	json_decref(facts->pools);
	json_decref(facts->files);
	json_decref(facts->ruleset);
}
