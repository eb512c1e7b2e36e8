/* SPDX-License-Identifier: GPL-2.0-only */
/* The longest binary attribute, a policy with a name since Linux 6.10. */
#ifndef KPPTP_COMPAT_NET_NETLINK_H
#define KPPTP_COMPAT_NET_NETLINK_H

#include_next <net/netlink.h>

#ifndef NLA_POLICY_MAX_LEN
#define NLA_POLICY_MAX_LEN(len)	NLA_POLICY_MAX(NLA_BINARY, len)
#endif

#endif /* KPPTP_COMPAT_NET_NETLINK_H */
