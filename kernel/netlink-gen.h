/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/* Do not edit directly, auto-generated from: */
/*	Documentation/netlink/specs/kpptp.yaml */
/* YNL-GEN kernel header */
/* To regenerate run: tools/net/ynl/ynl-regen.sh */

#ifndef _LINUX_KPPTP_GEN_H
#define _LINUX_KPPTP_GEN_H

#include <net/netlink.h>
#include <net/genetlink.h>

#include <uapi/linux/kpptp.h>

/* Common nested types */
extern const struct nla_policy kpptp_inner_nl_policy[KPPTP_A_INNER_FLAGS + 1];
extern const struct nla_policy kpptp_mppe_nl_policy[KPPTP_A_MPPE_COMPRESS + 1];

int kpptp_nl_session_new_doit(struct sk_buff *skb, struct genl_info *info);
int kpptp_nl_session_get_doit(struct sk_buff *skb, struct genl_info *info);
int kpptp_nl_session_get_dumpit(struct sk_buff *skb,
				struct netlink_callback *cb);
int kpptp_nl_session_set_doit(struct sk_buff *skb, struct genl_info *info);
int kpptp_nl_session_del_doit(struct sk_buff *skb, struct genl_info *info);
int kpptp_nl_frame_send_doit(struct sk_buff *skb, struct genl_info *info);
int kpptp_nl_totals_get_doit(struct sk_buff *skb, struct genl_info *info);

enum {
	KPPTP_NLGRP_EVENTS,
};

extern struct genl_family kpptp_nl_family;

#endif /* _LINUX_KPPTP_GEN_H */
