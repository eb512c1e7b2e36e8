/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pptpctl doctor --server: can this machine reach a PPTP server? */
#ifndef CTL_DOCTOR_SERVER_H
#define CTL_DOCTOR_SERVER_H

#include "doctor_facts.h"
#include "findings.h"

/* Calls @server, a name or an address; of @facts the sessions are looked at. */
void doctor_server(const struct doctor_facts *facts, const char *server,
		   struct findings *found);

#endif /* CTL_DOCTOR_SERVER_H */
