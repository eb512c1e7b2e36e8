/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Static tunnels, straight over netlink. */
#ifndef CTL_TUNNEL_H
#define CTL_TUNNEL_H

#include "ctl.h"

int tunnel_add(const struct ctl *ctl, int argc, char **argv);
int tunnel_del(const struct ctl *ctl, int argc, char **argv);

#endif /* CTL_TUNNEL_H */
