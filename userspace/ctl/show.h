/* SPDX-License-Identifier: GPL-2.0-or-later */
/* show sessions, tunnels, stats, drops, users. */
#ifndef CTL_SHOW_H
#define CTL_SHOW_H

#include "ctl.h"

int show_run(const struct ctl *ctl, int argc, char **argv);

#endif /* CTL_SHOW_H */
