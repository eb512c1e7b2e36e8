/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Struct to attributes.
 */
#ifndef KPPTP_NETLINK_PUT_H
#define KPPTP_NETLINK_PUT_H

#include <linux/types.h>

struct kpptp_session;
struct sk_buff;

/*
 * One message about @s. -EMSGSIZE leaves @skb as it was; NLMSG_GOODSIZE is enough.
 * Caller holds kn->lock.
 */
int kpptp_nl_put_session(struct sk_buff *skb, const struct kpptp_session *s,
			 u8 cmd, u32 portid, u32 seq, int flags);

/* Caller holds kn->lock, so that "created" comes before "deleted". */
void kpptp_nl_tell_created(const struct kpptp_session *s);

#endif /* KPPTP_NETLINK_PUT_H */
