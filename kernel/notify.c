// SPDX-License-Identifier: GPL-2.0-only
/*
 * Events and PPP frames to userspace.
 */
#include <linux/skbuff.h>
#include <net/genetlink.h>

#include "notify.h"
#include "stats.h"

#define NOTIFY_EVENTS	0	/* the family's only multicast group */

/* The module's own and so never freed, but unregistered when this is NULL. */
static struct genl_family *notify_family __read_mostly;

/* A message under construction. */
struct notify_msg {
	struct sk_buff *skb;
	void *hdr;
};

void kpptp_notify_init(struct genl_family *family)
{
	WRITE_ONCE(notify_family, family);
}

/* False when there is no memory or no family; nothing to undo then. */
static bool notify_begin(struct notify_msg *m, u8 cmd, size_t size, gfp_t gfp)
{
	struct genl_family *family = READ_ONCE(notify_family);

	if (!family)
		return false;
	m->skb = genlmsg_new(size, gfp);
	if (!m->skb)
		return false;
	m->hdr = genlmsg_put(m->skb, 0, 0, family, 0, cmd);
	if (m->hdr)
		return true;
	nlmsg_free(m->skb);
	return false;
}

/* Multicasts, or throws away what did not fit (@err). */
static void notify_end(struct net *net, struct notify_msg *m, int err, gfp_t gfp)
{
	struct genl_family *family = READ_ONCE(notify_family);

	if (err || !family) {
		nlmsg_free(m->skb);
		return;
	}
	genlmsg_end(m->skb, m->hdr);
	genlmsg_multicast_netns(family, net, m->skb, 0, NOTIFY_EVENTS, gfp);
}

static bool notify_heard(struct net *net)
{
	struct genl_family *family = READ_ONCE(notify_family);

	return family && genl_has_listeners(family, net, NOTIFY_EVENTS);
}

void kpptp_notify_lost(struct net *net)
{
	struct genl_family *family = READ_ONCE(notify_family);

	if (family)
		genl_set_err(family, net, 0, NOTIFY_EVENTS, -ENOBUFS);
}

/* False when nobody listens, or when there is no memory, and who listens knows. */
static bool notify_begin_event(struct net *net, struct notify_msg *m, u8 cmd,
			       size_t size, gfp_t gfp)
{
	if (!notify_heard(net))
		return false;
	if (notify_begin(m, cmd, size, gfp))
		return true;
	kpptp_notify_lost(net);
	return false;
}

int kpptp_notify_frame(struct net *net, u32 owner, u32 id, const u8 *frame,
		       size_t len)
{
	struct notify_msg m;
	int err;

	if (!notify_begin(&m, KPPTP_CMD_FRAME_RECEIVED,
			  nla_total_size(sizeof(u32)) + nla_total_size(len),
			  GFP_ATOMIC))
		return -ENOBUFS;
	if (nla_put_u32(m.skb, KPPTP_A_SESSION_ID, id) ||
	    nla_put(m.skb, KPPTP_A_SESSION_FRAME, len, frame)) {
		nlmsg_free(m.skb);
		return -ENOBUFS;
	}
	genlmsg_end(m.skb, m.hdr);
	err = genlmsg_unicast(net, m.skb, owner);
	/* A full receive buffer is -EAGAIN here: unicast never waits. */
	return err == -EAGAIN ? -ENOBUFS : err;
}

int kpptp_notify_put_ident(struct sk_buff *skb, const struct kpptp_ident *id)
{
	if (nla_put_u32(skb, KPPTP_A_SESSION_ID, id->id) ||
	    nla_put_in_addr(skb, KPPTP_A_SESSION_LOCAL_ADDRESS, id->local) ||
	    nla_put_in_addr(skb, KPPTP_A_SESSION_PEER_ADDRESS, id->peer) ||
	    nla_put_u16(skb, KPPTP_A_SESSION_LOCAL_CALL_ID, id->local_call_id) ||
	    nla_put_u16(skb, KPPTP_A_SESSION_PEER_CALL_ID, id->peer_call_id))
		return -EMSGSIZE;
	if (id->ifindex && nla_put_u32(skb, KPPTP_A_SESSION_IFINDEX, id->ifindex))
		return -EMSGSIZE;
	return 0;
}

void kpptp_notify_deleted(struct net *net, const struct kpptp_ident *ident,
			  u32 reason, const struct kpptp_counters *counters)
{
	struct notify_msg m;
	int err;

	if (!notify_begin_event(net, &m, KPPTP_CMD_SESSION_DELETED, NLMSG_GOODSIZE,
				GFP_KERNEL))
		return;
	err = kpptp_notify_put_ident(m.skb, ident);
	if (!err)
		err = nla_put_u32(m.skb, KPPTP_A_SESSION_REASON, reason);
	if (!err)
		err = kpptp_notify_put_counters(m.skb, KPPTP_A_SESSION_STATS,
						KPPTP_A_SESSION_DROPS, counters);
	notify_end(net, &m, err, GFP_KERNEL);
}

void kpptp_notify_mtu(struct net *net, u32 id, u16 mtu)
{
	struct notify_msg m;
	int err;

	if (!notify_begin_event(net, &m, KPPTP_CMD_MTU_CHANGED,
				2 * nla_total_size(sizeof(u32)), GFP_ATOMIC))
		return;
	err = nla_put_u32(m.skb, KPPTP_A_SESSION_ID, id);
	if (!err)
		err = nla_put_u16(m.skb, KPPTP_A_SESSION_MTU, mtu);
	notify_end(net, &m, err, GFP_ATOMIC);
}

/* An event that says which session, and no more. */
static void notify_bare(struct net *net, u8 cmd, u32 id)
{
	struct notify_msg m;

	if (!notify_begin_event(net, &m, cmd, nla_total_size(sizeof(u32)),
				GFP_ATOMIC))
		return;
	notify_end(net, &m, nla_put_u32(m.skb, KPPTP_A_SESSION_ID, id),
		   GFP_ATOMIC);
}

void kpptp_notify_first_data(struct net *net, u32 id)
{
	notify_bare(net, KPPTP_CMD_FIRST_DATA, id);
}

void kpptp_notify_demand(struct net *net, u32 id)
{
	notify_bare(net, KPPTP_CMD_DEMAND, id);
}

void kpptp_notify_desync(struct net *net, u32 id, u32 kind)
{
	struct notify_msg m;
	int err;

	if (!notify_begin_event(net, &m, KPPTP_CMD_DESYNC,
				2 * nla_total_size(sizeof(u32)), GFP_ATOMIC))
		return;
	err = nla_put_u32(m.skb, KPPTP_A_SESSION_ID, id);
	if (!err)
		err = nla_put_u32(m.skb, KPPTP_A_SESSION_DESYNC, kind);
	notify_end(net, &m, err, GFP_ATOMIC);
}

void kpptp_notify_relay_ended(struct net *net, u32 id, u32 relay)
{
	struct notify_msg m;
	int err;

	if (!notify_begin_event(net, &m, KPPTP_CMD_RELAY_ENDED,
				2 * nla_total_size(sizeof(u32)), GFP_KERNEL))
		return;
	err = nla_put_u32(m.skb, KPPTP_A_SESSION_ID, id);
	if (!err)
		err = nla_put_u32(m.skb, KPPTP_A_SESSION_RELAY, relay);
	notify_end(net, &m, err, GFP_KERNEL);
}

/* One nest of 64-bit counters, numbered from behind @pad to @max. */
static int notify_put_nest(struct sk_buff *msg, int attr, const u64 *value,
			   int pad, int max)
{
	struct nlattr *nest = nla_nest_start(msg, attr);
	int i;

	if (!nest)
		return -EMSGSIZE;
	for (i = pad + 1; i <= max; i++)
		if (nla_put_u64_64bit(msg, i, value[i], pad))
			return -EMSGSIZE;
	nla_nest_end(msg, nest);
	return 0;
}

int kpptp_notify_put_drops(struct sk_buff *msg, int attr, const u64 *drops)
{
	return notify_put_nest(msg, attr, drops, KPPTP_A_DROPS_PAD,
			       KPPTP_A_DROPS_MAX);
}

int kpptp_notify_put_counters(struct sk_buff *msg, int stats_attr,
			      int drops_attr,
			      const struct kpptp_counters *counters)
{
	int err;

	err = notify_put_nest(msg, stats_attr, counters->stats,
			      KPPTP_A_STATS_PAD, KPPTP_A_STATS_MAX);
	if (err)
		return err;
	return kpptp_notify_put_drops(msg, drops_attr, counters->drops);
}
