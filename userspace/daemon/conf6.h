/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel's settings of IPv6 for one device, those of ip-sysctl under
 * net.ipv6.conf, which rtnetlink can read but not write.
 */
#ifndef DAEMON_CONF6_H
#define DAEMON_CONF6_H

#include <stdbool.h>

/* False with errno; ENOENT: the device has no IPv6, because of its MTU or at all. */
bool conf6_get(const char *device, const char *name, int *value);
bool conf6_set(const char *device, const char *name, int value);

#endif /* DAEMON_CONF6_H */
