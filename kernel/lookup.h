/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Publish and find sessions. One of the two files that know device modes.
 */
#ifndef KPPTP_LOOKUP_H
#define KPPTP_LOOKUP_H

#include <linux/list.h>
#include <linux/types.h>

#include "inner.h"

struct kpptp_net;
struct kpptp_session;
struct kpptp_session_config;
struct net_device;
struct netlink_ext_ack;
struct sk_buff;

/**
 * struct kpptp_dev - private part of a kpptp device
 * @mp: mode; constant
 * @session: p2p: the one that it carries; holds a reference. Changed under
 *	     rtnl and kpptp_net.lock
 * @sessions: mp: those that it carries, by dev_node; likewise
 * @inner: mp: the addresses of these; under kpptp_net.lock
 */
struct kpptp_dev {
	bool mp;
	struct kpptp_session __rcu *session;
	struct list_head sessions;
	struct kpptp_inner_table inner;
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

/*
 * Transmit: the session that @skb, leaving through @dev, goes to; NULL: there is
 * none. @skb has its IP header, if it is an IP packet, at its data. Under RCU.
 */
struct kpptp_session *kpptp_lookup_tx(struct net_device *dev,
				      const struct sk_buff *skb);

/* The session that has @dev, NULL: none, or no kpptp device. Caller holds rtnl. */
struct kpptp_session *kpptp_lookup_carried(const struct net_device *dev);

/*
 * Receive: may @skb, with its IP header at its data, come from @s into @dev, the
 * device of @s? Under RCU.
 */
bool kpptp_lookup_source(struct net_device *dev, const struct kpptp_session *s,
			 const struct sk_buff *skb);

/*
 * Ties @s to @dev and back. A session that has a p2p device already gives it up if it
 * or @s has flag demand, and is not up any more. Otherwise -EBUSY; -EINVAL when @dev
 * is not a kpptp device of this namespace, or one for many and @s has flag demand.
 * Caller holds rtnl and kn->lock, and looks after the carrier.
 */
int kpptp_lookup_attach(struct kpptp_session *s, struct net_device *dev,
			struct netlink_ext_ack *extack);

/*
 * Unties @s from its device, if any, and from its inner addresses there. Caller
 * holds rtnl and kn->lock.
 */
void kpptp_lookup_detach(struct kpptp_session *s);

/*
 * May @s have what @cfg changes of its inner addresses, on the device that @cfg
 * names, or its own when it names none? -EINVAL when that is no multipoint device;
 * see kpptp_inner_check() for more. Caller holds kn->lock.
 */
int kpptp_lookup_check_inner(struct kpptp_session *s,
			     const struct kpptp_session_config *cfg,
			     struct netlink_ext_ack *extack);

/* Makes these changes; @s is on that device now. Caller holds kn->lock. */
void kpptp_lookup_set_inner(struct kpptp_session *s,
			    const struct kpptp_session_config *cfg);

/*
 * The device that is of no use without @s, NULL if there is none. Caller holds
 * rtnl and kn->lock.
 */
struct net_device *kpptp_lookup_own_dev(const struct kpptp_session *s);

/* Carrier of the session's device, if any, after a change. Under kn->lock. */
void kpptp_lookup_carrier(struct kpptp_session *s);

/*
 * Unpublishes, detaches and stops @s, tells userspace with @reason
 * (KPPTP_DELETE_REASON_*). @s may be freed when this returns. Caller holds rtnl
 * and kn->lock.
 */
void kpptp_lookup_remove(struct kpptp_session *s, u32 reason);

/* Removes all sessions of @dev, which is going. Caller holds rtnl and kn->lock. */
void kpptp_lookup_remove_dev(struct net_device *dev);

/*
 * Removes all sessions with @reason; no new one from now on. Caller holds rtnl.
 */
void kpptp_lookup_close(struct kpptp_net *kn, u32 reason);

#endif /* KPPTP_LOOKUP_H */
