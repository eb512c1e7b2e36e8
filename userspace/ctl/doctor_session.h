/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Checks of pptpctl doctor: the kernel's sessions by their counters. */
#ifndef CTL_DOCTOR_SESSION_H
#define CTL_DOCTOR_SESSION_H

#include "doctor_facts.h"
#include "findings.h"

void doctor_session_silent(const struct doctor_facts *facts, struct findings *found);
void doctor_session_refusing(const struct doctor_facts *facts, struct findings *found);
void doctor_session_path(const struct doctor_facts *facts, struct findings *found);
void doctor_session_mtu(const struct doctor_facts *facts, struct findings *found);
void doctor_session_rp_filter(const struct doctor_facts *facts, struct findings *found);

#endif /* CTL_DOCTOR_SESSION_H */
