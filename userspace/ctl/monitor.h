/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Events of kernel and daemon, until interrupted. */
#ifndef CTL_MONITOR_H
#define CTL_MONITOR_H

#include "ctl.h"

int monitor_run(const struct ctl *ctl, int argc, char **argv);

#endif /* CTL_MONITOR_H */
