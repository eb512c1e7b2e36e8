/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Publish and find sessions. One of the two files that know device modes.
 */
#ifndef KPPTP_LOOKUP_H
#define KPPTP_LOOKUP_H

#include <linux/types.h>

struct kpptp_net;
struct kpptp_session;
struct net_device;
struct netlink_ext_ack;
struct sk_buff;

/**
 * struct kpptp_dev - private part of a kpptp device
 * @session: the one that it carries (p2p); holds a reference. Changed under
 *	     rtnl and kpptp_net.lock
 */
struct kpptp_dev {
	struct kpptp_session __rcu *session;
};

int kpptp_lookup_net_init(struct kpptp_net *kn);
void kpptp_lookup_net_exit(struct kpptp_net *kn);

/*
 * Gives @s its id and, when @call_id is 0, a random call ID that is free for
 * its addresses, and makes it findable. Takes a reference of its own. Caller
 * holds kn->lock. -EEXIST (call ID taken), -ENOSPC (none free), -ENOMEM,
 * -ESHUTDOWN; the sentence is in @extack.
 */
int kpptp_lookup_publish(struct kpptp_session *s, u16 call_id,
			 struct netlink_ext_ack *extack);

/* Nobody finds @s any more; drops the reference. Caller holds kn->lock. */
void kpptp_lookup_unpublish(struct kpptp_session *s);

/* Receive: by the outer packet. Under RCU; takes no reference. */
struct kpptp_session *kpptp_lookup_call(struct kpptp_net *kn, __be32 local,
					__be32 peer, u16 call_id);

/* By id. Under RCU or kn->lock; takes no reference. */
struct kpptp_session *kpptp_lookup_id(struct kpptp_net *kn, u32 id);

/*
 * Next session with id >= *@id, for dumps and walks; *@id becomes its id.
 * Under RCU or kn->lock. NULL at the end.
 */
struct kpptp_session *kpptp_lookup_next(struct kpptp_net *kn, u32 *id);

/* Transmit: the session that @skb, leaving through @dev, goes to. Under RCU. */
struct kpptp_session *kpptp_lookup_tx(struct net_device *dev,
				      const struct sk_buff *skb);

/*
 * Ties @s to @dev and back. -EBUSY when a p2p device has a session, -EINVAL
 * when @dev is not a kpptp device of this namespace. Caller holds rtnl and
 * kn->lock.
 */
int kpptp_lookup_attach(struct kpptp_session *s, struct net_device *dev,
			struct netlink_ext_ack *extack);

/* Unties @s from its device, if any. Caller holds rtnl and kn->lock. */
void kpptp_lookup_detach(struct kpptp_session *s);

/* Carrier of the session's device, if any, after a change. Under kn->lock. */
void kpptp_lookup_carrier(struct kpptp_session *s);

/*
 * Unpublishes, detaches and stops @s, tells userspace with @reason
 * (KPPTP_DELETE_REASON_*). @s may be freed when this returns. Caller holds rtnl
 * and kn->lock.
 */
void kpptp_lookup_remove(struct kpptp_session *s, u32 reason);

/*
 * Removes all sessions with @reason; no new one from now on. Caller holds rtnl.
 */
void kpptp_lookup_close(struct kpptp_net *kn, u32 reason);

#endif /* KPPTP_LOOKUP_H */
