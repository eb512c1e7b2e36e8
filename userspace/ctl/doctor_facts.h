/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the checks of pptpctl doctor look at, read once. Nothing is changed by
 * the reading: no module is loaded, no packet is sent.
 */
#ifndef CTL_DOCTOR_FACTS_H
#define CTL_DOCTOR_FACTS_H

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

#include "ctl.h"
#include "nl/types.h"
#include "portowner.h"

#define DOCTOR_FACTS_PORT	1723	/* RFC 2637 section 1.3 */
#define DOCTOR_FACTS_OWNERS	16

/**
 * struct doctor_facts - this machine as it is
 * @module: kpptp is there
 * @kernel: what it answered; @kernel.err 0: the sessions are known
 * @sessions: @sessions_n of the kernel
 * @daemon: 0: kpptpd has answered; else an errno, EPROTO: no answer
 * @tunnels, @failures, @pools, @files: what kpptpd says of them, arrays
 * @owners: @owners_n who listen at the port
 * @serves: one of them is kpptpd
 * @ruleset: of nft -j list ruleset, NULL: nft is not there or not allowed to
 */
struct doctor_facts {
	const struct ctl *ctl;
	bool module;
	struct nl_error kernel;
	struct nl_session *sessions;
	size_t sessions_n;
	size_t sessions_room;
	int daemon;
	json_t *tunnels;
	json_t *failures;
	json_t *pools;
	json_t *files;
	struct portowner owners[DOCTOR_FACTS_OWNERS];
	size_t owners_n;
	bool serves;
	json_t *ruleset;
};

void doctor_facts_read(struct doctor_facts *facts, const struct ctl *ctl);
void doctor_facts_free(struct doctor_facts *facts);

/* The first line of a small file into @text, without line feed. */
bool doctor_facts_line(const char *path, char *text, size_t room);

#endif /* CTL_DOCTOR_FACTS_H */
