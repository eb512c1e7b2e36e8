// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is told of a session: struct to attributes.
 */
#include <linux/netlink.h>
#include <net/genetlink.h>

#include "netlink-gen.h"
#include "netlink_put.h"
#include "notify.h"
#include "route.h"
#include "session.h"

static int nl_put_key(struct sk_buff *skb, int attr, u8 bits, bool stateless,
		      bool compress)
{
	struct nlattr *nest = nla_nest_start(skb, attr);

	if (!nest || nla_put_u32(skb, KPPTP_A_MPPE_BITS, bits) ||
	    nla_put_u8(skb, KPPTP_A_MPPE_STATELESS, stateless))
		return -EMSGSIZE;
	if (compress && nla_put_flag(skb, KPPTP_A_MPPE_COMPRESS))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

/*
 * What is negotiated, never the key itself. A key that is being replaced just
 * now may show as the old one or the new one.
 */
static int nl_put_keys(struct sk_buff *skb, const struct kpptp_session *s)
{
	if (READ_ONCE(s->tx.has_key) &&
	    nl_put_key(skb, KPPTP_A_SESSION_MPPE_TX, s->tx.mppe.key.bits,
		       s->tx.mppe.stateless, READ_ONCE(s->tx.mppc)))
		return -EMSGSIZE;
	if (READ_ONCE(s->rx.has_key) &&
	    nl_put_key(skb, KPPTP_A_SESSION_MPPE_RX, s->rx.mppe.pos.key.bits,
		       s->rx.mppe.stateless, s->rx.mppe.compress))
		return -EMSGSIZE;
	return 0;
}

static int nl_put_ident(struct sk_buff *skb, const struct kpptp_session *s)
{
	struct kpptp_ident id;

	kpptp_session_ident(s, &id);
	return kpptp_notify_put_ident(skb, &id);
}

static int nl_put_outer(struct sk_buff *skb, const struct kpptp_session *s)
{
	u8 ttl = READ_ONCE(s->ttl);

	if (ttl && nla_put_u8(skb, KPPTP_A_SESSION_TTL, ttl))
		return -EMSGSIZE;
	if (s->outer_ifindex &&
	    nla_put_u32(skb, KPPTP_A_SESSION_OUTER_IFINDEX, s->outer_ifindex))
		return -EMSGSIZE;
	return nla_put_u8(skb, KPPTP_A_SESSION_TOS, READ_ONCE(s->tos));
}

static int nl_put_relay(struct sk_buff *skb, const struct kpptp_session *s)
{
	const struct kpptp_session *other;
	u32 id;

	rcu_read_lock();
	other = rcu_dereference(s->relay);
	id = other ? other->id : 0;
	rcu_read_unlock();
	return id ? nla_put_u32(skb, KPPTP_A_SESSION_RELAY, id) : 0;
}

static int nl_put_prefix(struct sk_buff *skb, const struct kpptp_inner_entry *entry)
{
	struct nlattr *nest = nla_nest_start(skb, KPPTP_A_SESSION_INNER);
	size_t size = entry->ipv6 ? KPPTP_LPM_IPV6 : KPPTP_LPM_IP;
	u8 addr[KPPTP_LPM_IPV6];

	kpptp_lpm_address(&entry->node.prefix, addr, size);
	if (!nest || nla_put(skb, KPPTP_A_INNER_ADDRESS, size, addr) ||
	    nla_put_u8(skb, KPPTP_A_INNER_PREFIX_LENGTH, entry->node.prefix.len))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int nl_put_inner(struct sk_buff *skb, const struct kpptp_session *s)
{
	const struct kpptp_inner_entry *entry;
	int err;

	lockdep_assert_held(&s->kn->lock);
	hlist_for_each_entry(entry, &s->inner.entries, link) {
		err = nl_put_prefix(skb, entry);
		if (err)
			return err;
	}
	return 0;
}

static int nl_put_config(struct sk_buff *skb, const struct kpptp_session *s)
{
	u32 owner = READ_ONCE(s->owner);

	if (nla_put_u32(skb, KPPTP_A_SESSION_FLAGS, READ_ONCE(s->flags)) ||
	    nla_put_u32(skb, KPPTP_A_SESSION_STATUS, READ_ONCE(s->status)) ||
	    nla_put_u16(skb, KPPTP_A_SESSION_PEER_MRU, READ_ONCE(s->peer_mru)) ||
	    nla_put_u16(skb, KPPTP_A_SESSION_MTU, kpptp_route_mtu(s)) ||
	    nla_put_u16(skb, KPPTP_A_SESSION_REORDER_WINDOW,
			READ_ONCE(s->reorder_window)) ||
	    nla_put_u16(skb, KPPTP_A_SESSION_REORDER_TIMEOUT,
			READ_ONCE(s->reorder_timeout)))
		return -EMSGSIZE;
	if (owner && nla_put_u32(skb, KPPTP_A_SESSION_OWNER, owner))
		return -EMSGSIZE;
	if (nl_put_relay(skb, s) || nl_put_inner(skb, s))
		return -EMSGSIZE;
	return nl_put_outer(skb, s);
}

/* Seconds since @then, which was read before and cannot lie in the future. */
static u32 nl_seconds(unsigned long then)
{
	return (jiffies - then) / HZ;
}

static int nl_put_times(struct sk_buff *skb, const struct kpptp_session *s)
{
	unsigned long sent = READ_ONCE(s->tx.last_data);
	unsigned long received = READ_ONCE(s->rx.last_data);
	unsigned long heard = READ_ONCE(s->rx.last_any);

	if (time_after(sent, received))
		received = sent;
	if (nla_put_u32(skb, KPPTP_A_SESSION_AGE, nl_seconds(s->born)) ||
	    nla_put_u32(skb, KPPTP_A_SESSION_IDLE, nl_seconds(received)) ||
	    nla_put_u32(skb, KPPTP_A_SESSION_SILENT, nl_seconds(heard)))
		return -EMSGSIZE;
	return 0;
}

static int nl_put_counters(struct sk_buff *skb, const struct kpptp_session *s)
{
	struct kpptp_counters c;

	kpptp_session_counters(s, &c);
	return kpptp_notify_put_counters(skb, KPPTP_A_SESSION_STATS,
					 KPPTP_A_SESSION_DROPS, &c);
}

int kpptp_nl_put_session(struct sk_buff *skb, const struct kpptp_session *s,
			 u8 cmd, u32 portid, u32 seq, int flags)
{
	void *hdr = genlmsg_put(skb, portid, seq, &kpptp_nl_family, flags, cmd);

	if (!hdr)
		return -EMSGSIZE;
	if (nl_put_ident(skb, s) || nl_put_config(skb, s) ||
	    nl_put_keys(skb, s) || nl_put_times(skb, s) ||
	    nl_put_counters(skb, s)) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return 0;
}

void kpptp_nl_tell_created(const struct kpptp_session *s)
{
	struct net *net = s->kn->net;
	struct sk_buff *msg;

	if (!genl_has_listeners(&kpptp_nl_family, net, KPPTP_NLGRP_EVENTS))
		return;
	msg = genlmsg_new(NLMSG_GOODSIZE, GFP_KERNEL);
	if (!msg) {
		kpptp_notify_lost(net);
		return;
	}
	if (kpptp_nl_put_session(msg, s, KPPTP_CMD_SESSION_CREATED, 0, 0, 0)) {
		nlmsg_free(msg);
		return;
	}
	genlmsg_multicast_netns(&kpptp_nl_family, net, msg, 0,
				KPPTP_NLGRP_EVENTS, GFP_KERNEL);
}
