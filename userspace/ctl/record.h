/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTL_RECORD_H
#define CTL_RECORD_H

#include "ctl.h"

/* record: a capture of what a peer says, until it is enough or interrupted. */
int record_run(const struct ctl *ctl, int argc, char **argv);

#endif /* CTL_RECORD_H */
