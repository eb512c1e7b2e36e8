/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTL_DOCTOR_H
#define CTL_DOCTOR_H

#include "ctl.h"

/* doctor: looks for the usual failures. CTL_FAILED when there is a problem. */
int doctor_run(const struct ctl *ctl, int argc, char **argv);

#endif /* CTL_DOCTOR_H */
