/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The generic netlink family "kpptp", see Documentation/netlink/specs/kpptp.yaml.
 */
#ifndef KPPTP_NETLINK_H
#define KPPTP_NETLINK_H

struct kpptp_net;

int kpptp_netlink_init(void);

/* No request and no event any more when this returns. */
void kpptp_netlink_exit(void);

/* Prepares the work that deletes sessions whose owner is gone. */
void kpptp_netlink_net_init(struct kpptp_net *kn);

/* Waits for that work; the caller holds neither rtnl nor kn->lock. */
void kpptp_netlink_net_exit(struct kpptp_net *kn);

#endif /* KPPTP_NETLINK_H */
