// SPDX-License-Identifier: GPL-2.0-only
/*
 * Publish and find sessions: by id, by call, by device and inner address.
 */
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/random.h>
#include <linux/rhashtable.h>
#include <linux/rtnetlink.h>
#include <net/rtnetlink.h>

#include "lookup.h"
#include "session.h"

#define LOOKUP_RANDOM_TRIES	16
#define LOOKUP_ID_MAX		INT_MAX
#define LOOKUP_IDS		XA_LIMIT(1, LOOKUP_ID_MAX)

static const struct rhashtable_params lookup_call_params = {
	.key_len = sizeof(struct kpptp_call_key),
	.key_offset = offsetof(struct kpptp_session, key),
	.head_offset = offsetof(struct kpptp_session, call_node),
	.automatic_shrinking = true,
};

/* The hash covers the key's bytes, so there must be none that nobody sets. */
static_assert(sizeof(struct kpptp_call_key) == 12);

int kpptp_lookup_net_init(struct kpptp_net *kn)
{
	xa_init_flags(&kn->ids, XA_FLAGS_ALLOC1);
	return rhashtable_init(&kn->calls, &lookup_call_params);
}

void kpptp_lookup_net_exit(struct kpptp_net *kn)
{
	WARN_ON_ONCE(!xa_empty(&kn->ids));
	xa_destroy(&kn->ids);
	rhashtable_destroy(&kn->calls);
}

struct kpptp_session *kpptp_lookup_call(struct kpptp_net *kn, __be32 local,
					__be32 peer, u16 call_id)
{
	struct kpptp_call_key key = {
		.local = local,
		.peer = peer,
		.call_id = call_id,
	};

	return rhashtable_lookup(&kn->calls, &key, lookup_call_params);
}

static bool lookup_call_free(struct kpptp_session *s, u16 call_id)
{
	bool taken;

	rcu_read_lock();
	taken = kpptp_lookup_call(s->kn, s->key.local, s->key.peer, call_id);
	rcu_read_unlock();
	return !taken;
}

/*
 * A call ID that an outsider cannot guess: random tries first, and when the
 * table is that full, whatever is free after a random place. 0 when all 65 535
 * are taken.
 */
static u16 lookup_pick_call(struct kpptp_session *s)
{
	unsigned int i;
	u16 id;

	for (i = 0; i < LOOKUP_RANDOM_TRIES; i++) {
		id = get_random_u16();
		if (id && lookup_call_free(s, id))
			return id;
	}
	id = get_random_u16();
	for (i = 0; i <= U16_MAX; i++, id++)
		if (id && lookup_call_free(s, id))
			return id;
	return 0;
}

/* Under kn->lock nobody else inserts, so a free call ID stays free. */
static int lookup_insert_call(struct kpptp_session *s, u16 call_id,
			      struct netlink_ext_ack *extack)
{
	int err;

	if (!call_id)
		call_id = lookup_pick_call(s);
	if (!call_id) {
		NL_SET_ERR_MSG(extack, "All 65535 call IDs of this pair of addresses are taken");
		return -ENOSPC;
	}
	s->key.call_id = call_id;
	err = rhashtable_lookup_insert_fast(&s->kn->calls, &s->call_node,
					    lookup_call_params);
	if (err == -EEXIST)
		NL_SET_ERR_MSG(extack, "The local call ID is taken for this pair of addresses");
	return err;
}

/*
 * The id is reserved first and filled in last, so that whoever finds the
 * session finds it whole. Filling in a reserved place needs no memory.
 */
int kpptp_lookup_publish(struct kpptp_session *s, u16 call_id,
			 struct netlink_ext_ack *extack)
{
	struct kpptp_net *kn = s->kn;
	int err;

	lockdep_assert_held(&kn->lock);
	if (kn->dying) {
		NL_SET_ERR_MSG(extack, "The network namespace or the module is going away");
		return -ESHUTDOWN;
	}
	err = xa_alloc_cyclic(&kn->ids, &s->id, NULL, LOOKUP_IDS, &kn->next_id,
			      GFP_KERNEL);
	if (err < 0)
		return err;
	err = lookup_insert_call(s, call_id, extack);
	if (err) {
		xa_release(&kn->ids, s->id);
		return err;
	}
	kpptp_session_hold(s);
	xa_store(&kn->ids, s->id, s, GFP_KERNEL);
	kn->count++;
	return 0;
}

void kpptp_lookup_unpublish(struct kpptp_session *s)
{
	struct kpptp_net *kn = s->kn;

	lockdep_assert_held(&kn->lock);
	WRITE_ONCE(s->dead, true);
	xa_erase(&kn->ids, s->id);
	rhashtable_remove_fast(&kn->calls, &s->call_node, lookup_call_params);
	kn->count--;
	kpptp_session_put(s);
}

struct kpptp_session *kpptp_lookup_id(struct kpptp_net *kn, u32 id)
{
	return xa_load(&kn->ids, id);
}

struct kpptp_session *kpptp_lookup_next(struct kpptp_net *kn, u32 *id)
{
	unsigned long next = *id;
	struct kpptp_session *s;

	s = xa_find(&kn->ids, &next, LOOKUP_ID_MAX, XA_PRESENT);
	*id = next;
	return s;
}

/* Whose the address of @skb is, its source or its destination. */
static struct kpptp_session *lookup_inner(const struct kpptp_dev *kd,
					  const struct sk_buff *skb, bool source)
{
	bool ipv6 = skb->protocol == htons(ETH_P_IPV6);
	struct kpptp_inner_set *set;
	u8 buf[KPPTP_LPM_IPV6];
	const u8 *addr;
	int at;

	if (ipv6)
		at = source ? offsetof(struct ipv6hdr, saddr) :
			      offsetof(struct ipv6hdr, daddr);
	else if (skb->protocol == htons(ETH_P_IP))
		at = source ? offsetof(struct iphdr, saddr) :
			      offsetof(struct iphdr, daddr);
	else
		return NULL;
	addr = skb_header_pointer(skb, at, ipv6 ? KPPTP_LPM_IPV6 : KPPTP_LPM_IP,
				  buf);
	set = addr ? kpptp_inner_lookup(&kd->inner, addr, ipv6) : NULL;
	return set ? container_of(set, struct kpptp_session, inner) : NULL;
}

struct kpptp_session *kpptp_lookup_tx(struct net_device *dev,
				      const struct sk_buff *skb)
{
	const struct kpptp_dev *kd = netdev_priv(dev);

	return kd->mp ? lookup_inner(kd, skb, false) : rcu_dereference(kd->session);
}

bool kpptp_lookup_source(struct net_device *dev, const struct kpptp_session *s,
			 const struct sk_buff *skb)
{
	const struct kpptp_dev *kd = netdev_priv(dev);

	return !kd->mp || lookup_inner(kd, skb, true) == s;
}

static bool lookup_is_kpptp(const struct net_device *dev)
{
	return dev->rtnl_link_ops &&
	       (!strcmp(dev->rtnl_link_ops->kind, KPPTP_KIND) ||
		!strcmp(dev->rtnl_link_ops->kind, KPPTP_KIND_MP));
}

struct kpptp_session *kpptp_lookup_carried(const struct net_device *dev)
{
	const struct kpptp_dev *kd = netdev_priv(dev);

	return lookup_is_kpptp(dev) ? rtnl_dereference(kd->session) : NULL;
}

/* Who has found @s by the device just now still sends, or queues, by it. */
static void lookup_give_up(struct kpptp_session *s)
{
	RCU_INIT_POINTER(s->dev, NULL);
	WRITE_ONCE(s->flags, s->flags & ~KPPTP_SESSION_FLAGS_UP);
	kpptp_session_put(s);
}

static int lookup_tie_p2p(struct kpptp_session *s, struct net_device *dev,
			  struct netlink_ext_ack *extack)
{
	struct kpptp_session *other = kpptp_lookup_carried(dev);
	struct kpptp_dev *kd = netdev_priv(dev);

	if (other && !other->demand && !s->demand) {
		NL_SET_ERR_MSG(extack, "The device carries another session");
		return -EBUSY;
	}
	kpptp_lookup_detach(s);
	rcu_assign_pointer(s->dev, dev);
	rcu_assign_pointer(kd->session, s);
	if (other)
		lookup_give_up(other);
	return 0;
}

static int lookup_tie_mp(struct kpptp_session *s, struct net_device *dev,
			 struct netlink_ext_ack *extack)
{
	struct kpptp_dev *kd = netdev_priv(dev);

	if (s->demand) {
		NL_SET_ERR_MSG(extack,
			       "A session that waits for demand has a device of its own");
		return -EINVAL;
	}
	kpptp_lookup_detach(s);
	list_add_tail(&s->dev_node, &kd->sessions);
	rcu_assign_pointer(s->dev, dev);
	return 0;
}

int kpptp_lookup_attach(struct kpptp_session *s, struct net_device *dev,
			struct netlink_ext_ack *extack)
{
	const struct kpptp_dev *kd;
	int err;

	ASSERT_RTNL();
	lockdep_assert_held(&s->kn->lock);
	if (!lookup_is_kpptp(dev) || !net_eq(dev_net(dev), s->kn->net)) {
		NL_SET_ERR_MSG(extack, "The device is not of kind kpptp");
		return -EINVAL;
	}
	if (dev->reg_state != NETREG_REGISTERED) {
		NL_SET_ERR_MSG(extack, "The device is going away");
		return -ENODEV;
	}
	if (rcu_access_pointer(s->dev) == dev)
		return 0;
	kd = netdev_priv(dev);
	err = kd->mp ? lookup_tie_mp(s, dev, extack) : lookup_tie_p2p(s, dev, extack);
	if (err)
		return err;
	kpptp_session_hold(s);
	return 0;
}

void kpptp_lookup_detach(struct kpptp_session *s)
{
	struct net_device *dev = rtnl_dereference(s->dev);
	struct kpptp_dev *kd;

	lockdep_assert_held(&s->kn->lock);
	if (!dev)
		return;
	kd = netdev_priv(dev);
	if (kd->mp) {
		kpptp_inner_clear(&kd->inner, &s->inner);
		list_del(&s->dev_node);
	} else {
		RCU_INIT_POINTER(kd->session, NULL);
		netif_carrier_off(dev);
	}
	RCU_INIT_POINTER(s->dev, NULL);
	kpptp_session_put(s);
}

static struct net_device *lookup_dev(const struct kpptp_session *s)
{
	return rcu_dereference_protected(s->dev,
					 lockdep_is_held(&s->kn->lock));
}

int kpptp_lookup_check_inner(struct kpptp_session *s,
			     const struct kpptp_session_config *cfg,
			     struct netlink_ext_ack *extack)
{
	struct net_device *now = lookup_dev(s), *dev = cfg->dev ?: now;
	struct kpptp_dev *kd = NULL;

	if (!cfg->inner)
		return 0;
	if (dev && lookup_is_kpptp(dev))
		kd = netdev_priv(dev);
	if (!kd || !kd->mp) {
		NL_SET_ERR_MSG_ATTR(extack, cfg->inner->change[0].attr,
				    "Only on a multipoint device a session has inner addresses");
		return -EINVAL;
	}
	return kpptp_inner_check(&kd->inner, &s->inner, dev != now, cfg->inner,
				 extack);
}

void kpptp_lookup_set_inner(struct kpptp_session *s,
			    const struct kpptp_session_config *cfg)
{
	struct kpptp_dev *kd;

	if (!cfg->inner)
		return;
	kd = netdev_priv(lookup_dev(s));
	kpptp_inner_apply(&kd->inner, &s->inner, cfg->inner);
}

struct net_device *kpptp_lookup_own_dev(const struct kpptp_session *s)
{
	struct net_device *dev = lookup_dev(s);
	const struct kpptp_dev *kd;

	if (!dev)
		return NULL;
	kd = netdev_priv(dev);
	return kd->mp ? NULL : dev;
}

void kpptp_lookup_carrier(struct kpptp_session *s)
{
	struct net_device *dev = kpptp_lookup_own_dev(s);

	/* One that others share has carrier as long as it is there. */
	if (!dev)
		return;
	if (kpptp_session_flag(s, KPPTP_SESSION_FLAGS_UP |
				  KPPTP_SESSION_FLAGS_DEMAND))
		netif_carrier_on(dev);
	else
		netif_carrier_off(dev);
}

/*
 * The counters are those at the time of the removal. A packet that another CPU
 * works on just then may count later, for the namespace only.
 */
static void lookup_tell_removed(const struct kpptp_session *s,
				const struct kpptp_ident *ident, u32 reason)
{
	struct kpptp_counters c;

	kpptp_session_counters(s, &c);
	kpptp_notify_deleted(s->kn->net, ident, reason, &c);
}

void kpptp_lookup_remove(struct kpptp_session *s, u32 reason)
{
	struct kpptp_ident ident;
	u32 left;

	ASSERT_RTNL();
	kpptp_session_ident(s, &ident);
	if (!kpptp_session_hold(s))
		return;
	kpptp_lookup_unpublish(s);
	left = kpptp_session_part(s);
	kpptp_lookup_detach(s);
	kpptp_session_stop(s);
	lookup_tell_removed(s, &ident, reason);
	if (left)
		kpptp_notify_relay_ended(s->kn->net, left, s->id);
	kpptp_session_put(s);
}

void kpptp_lookup_remove_dev(struct net_device *dev)
{
	struct kpptp_dev *kd = netdev_priv(dev);
	struct kpptp_session *s, *next;

	s = rtnl_dereference(kd->session);
	if (s)
		kpptp_lookup_remove(s, KPPTP_DELETE_REASON_DEVICE_GONE);
	list_for_each_entry_safe(s, next, &kd->sessions, dev_node)
		kpptp_lookup_remove(s, KPPTP_DELETE_REASON_DEVICE_GONE);
}

void kpptp_lookup_close(struct kpptp_net *kn, u32 reason)
{
	struct kpptp_session *s;
	u32 id = 0;

	ASSERT_RTNL();
	mutex_lock(&kn->lock);
	kn->dying = true;
	while ((s = kpptp_lookup_next(kn, &id)))
		kpptp_lookup_remove(s, reason);
	mutex_unlock(&kn->lock);
}
