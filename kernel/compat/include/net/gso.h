/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Segmentation had its declarations in linux/netdevice.h up to Linux 6.4.
 */
#ifndef KPPTP_COMPAT_NET_GSO_H
#define KPPTP_COMPAT_NET_GSO_H

#ifdef KPPTP_HAVE_NET_GSO_H
#include_next <net/gso.h>
#else
#include <linux/netdevice.h>
#endif

#endif /* KPPTP_COMPAT_NET_GSO_H */
