/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tunnels that kpptpd dials: the verbs that ask it to. */
#ifndef CTL_DIAL_H
#define CTL_DIAL_H

#include <stdbool.h>

#include "ctl.h"

/* Whether the words after the name are options of a dialled tunnel. */
bool dial_wanted(int argc, char **argv);

/* As verbs: add-tunnel NAME --server …, set-tunnel, connect. */
int dial_add(const struct ctl *ctl, int argc, char **argv);
int dial_set(const struct ctl *ctl, int argc, char **argv);
int dial_connect(const struct ctl *ctl, int argc, char **argv);

int dial_disconnect(const struct ctl *ctl, const char *name);

/*
 * Asks kpptpd to remove the tunnel @name. CTL_OK; CTL_FAILED with a message; or
 * -1, and nothing is said: kpptpd does not run or knows no such tunnel.
 */
int dial_del(const struct ctl *ctl, const char *name);

#endif /* CTL_DIAL_H */
