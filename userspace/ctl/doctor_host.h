/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Checks of pptpctl doctor: module, daemon and the machine's own settings. */
#ifndef CTL_DOCTOR_HOST_H
#define CTL_DOCTOR_HOST_H

#include "doctor_facts.h"
#include "findings.h"

void doctor_host_privilege(const struct doctor_facts *facts, struct findings *found);
void doctor_host_module(const struct doctor_facts *facts, struct findings *found);
void doctor_host_daemon(const struct doctor_facts *facts, struct findings *found);
void doctor_host_port(const struct doctor_facts *facts, struct findings *found);
void doctor_host_tunnels(const struct doctor_facts *facts, struct findings *found);
void doctor_host_forwarding(const struct doctor_facts *facts, struct findings *found);

#endif /* CTL_DOCTOR_HOST_H */
