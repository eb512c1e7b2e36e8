/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the daemon does on request, and the version of all three parts. */
#ifndef CTL_CONTROL_H
#define CTL_CONTROL_H

#include "ctl.h"

int control_disconnect(const struct ctl *ctl, int argc, char **argv);
int control_reload(const struct ctl *ctl, int argc, char **argv);
int control_version(const struct ctl *ctl, int argc, char **argv);

#endif /* CTL_CONTROL_H */
