/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Checks of pptpctl doctor: what the daemon remembers, and the files that it reads. */
#ifndef CTL_DOCTOR_DAEMON_H
#define CTL_DOCTOR_DAEMON_H

#include "doctor_facts.h"
#include "findings.h"

void doctor_daemon_failures(const struct doctor_facts *facts, struct findings *found);
void doctor_daemon_pools(const struct doctor_facts *facts, struct findings *found);
void doctor_daemon_users(const struct doctor_facts *facts, struct findings *found);
void doctor_daemon_certificates(const struct doctor_facts *facts, struct findings *found);

#endif /* CTL_DOCTOR_DAEMON_H */
