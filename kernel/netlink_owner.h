/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Sessions whose owner's socket closes: orphaned, or deleted with it.
 */
#ifndef KPPTP_NETLINK_OWNER_H
#define KPPTP_NETLINK_OWNER_H

struct kpptp_net;

int kpptp_nl_owner_init(void);
void kpptp_nl_owner_exit(void);

/* The work that deletes; leaving waits for it, with neither rtnl nor kn->lock. */
void kpptp_nl_owner_net_init(struct kpptp_net *kn);
void kpptp_nl_owner_net_exit(struct kpptp_net *kn);

#endif /* KPPTP_NETLINK_OWNER_H */
