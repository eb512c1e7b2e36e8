// SPDX-License-Identifier: GPL-2.0-only
/*
 * Publish and find sessions: by id, by call, by device.
 */
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

struct kpptp_session *kpptp_lookup_tx(struct net_device *dev,
				      const struct sk_buff *skb)
{
	const struct kpptp_dev *kd = netdev_priv(dev);

	return rcu_dereference(kd->session);
}

static bool lookup_is_kpptp(const struct net_device *dev)
{
	return dev->rtnl_link_ops && !strcmp(dev->rtnl_link_ops->kind, KPPTP_KIND);
}

int kpptp_lookup_attach(struct kpptp_session *s, struct net_device *dev,
			struct netlink_ext_ack *extack)
{
	struct kpptp_session *other;
	struct kpptp_dev *kd;

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
	kd = netdev_priv(dev);
	other = rtnl_dereference(kd->session);
	if (other == s)
		return 0;
	if (other) {
		NL_SET_ERR_MSG(extack, "The device carries another session");
		return -EBUSY;
	}
	kpptp_lookup_detach(s);
	kpptp_session_hold(s);
	rcu_assign_pointer(s->dev, dev);
	rcu_assign_pointer(kd->session, s);
	kpptp_lookup_carrier(s);
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
	RCU_INIT_POINTER(kd->session, NULL);
	RCU_INIT_POINTER(s->dev, NULL);
	netif_carrier_off(dev);
	kpptp_session_put(s);
}

void kpptp_lookup_carrier(struct kpptp_session *s)
{
	struct net_device *dev;

	dev = rcu_dereference_protected(s->dev,
					lockdep_is_held(&s->kn->lock));
	if (!dev)
		return;
	if (kpptp_session_flag(s, KPPTP_SESSION_FLAGS_UP))
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
	struct kpptp_counters *c = kmalloc(sizeof(*c), GFP_KERNEL);

	if (!c)
		return;
	kpptp_session_counters(s, c);
	kpptp_notify_deleted(s->kn->net, ident, reason, c);
	kfree(c);
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
