// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owners that go away: sockets that close.
 */
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/genetlink.h>

#include "lookup.h"
#include "netlink_owner.h"
#include "session.h"

static bool nl_must_die(const struct kpptp_session *s)
{
	return test_bit(ilog2(KPPTP_SESSION_STATUS_ORPHANED), &s->status) &&
	       kpptp_session_flag(s, KPPTP_SESSION_FLAGS_DIE_WITH_OWNER);
}

/* All of a dead owner's sessions, and their devices in one go. */
static void nl_reap(struct work_struct *work)
{
	struct kpptp_net *kn = container_of(work, struct kpptp_net, reap);
	struct kpptp_session *s;
	struct net_device *dev;
	LIST_HEAD(gone);
	u32 id = 0;

	rtnl_lock();
	mutex_lock(&kn->lock);
	for (; (s = kpptp_lookup_next(kn, &id)); id++) {
		if (!nl_must_die(s))
			continue;
		dev = kpptp_lookup_own_dev(s);
		kpptp_lookup_remove(s, KPPTP_DELETE_REASON_OWNER_GONE);
		if (dev)
			unregister_netdevice_queue(dev, &gone);
	}
	/* Unregistering takes kn->lock; rtnl keeps the devices ours. */
	mutex_unlock(&kn->lock);
	unregister_netdevice_many(&gone);
	rtnl_unlock();
}

/*
 * Every generic netlink socket of the system that closes comes by here, so look
 * first without a lock and without holding anybody up.
 */
static bool nl_owns_any(struct kpptp_net *kn, u32 portid)
{
	struct kpptp_session *s;
	bool owned = false;
	u32 id = 0;

	do {
		rcu_read_lock();
		s = kpptp_lookup_next(kn, &id);
		if (s)
			owned = READ_ONCE(s->owner) == portid;
		rcu_read_unlock();
		id++;
		cond_resched();
	} while (s && !owned);
	return owned;
}

static void nl_orphan(struct kpptp_net *kn, u32 portid)
{
	struct kpptp_session *s;
	bool reap = false;
	u32 id = 0;

	mutex_lock(&kn->lock);
	for (; (s = kpptp_lookup_next(kn, &id)); id++) {
		if (s->owner != portid)
			continue;
		WRITE_ONCE(s->owner, 0);
		set_bit(ilog2(KPPTP_SESSION_STATUS_ORPHANED), &s->status);
		reap |= nl_must_die(s);
	}
	mutex_unlock(&kn->lock);
	if (reap)
		schedule_work(&kn->reap);
}

static int nl_socket_closed(struct notifier_block *nb, unsigned long event,
			    void *data)
{
	const struct netlink_notify *n = data;
	struct kpptp_net *kn;

	if (event != NETLINK_URELEASE || n->protocol != NETLINK_GENERIC)
		return NOTIFY_DONE;
	kn = kpptp_net(n->net);
	if (nl_owns_any(kn, n->portid))
		nl_orphan(kn, n->portid);
	return NOTIFY_DONE;
}

static struct notifier_block nl_notifier = {
	.notifier_call = nl_socket_closed,
};

void kpptp_nl_owner_net_init(struct kpptp_net *kn)
{
	INIT_WORK(&kn->reap, nl_reap);
}

void kpptp_nl_owner_net_exit(struct kpptp_net *kn)
{
	cancel_work_sync(&kn->reap);
}

int kpptp_nl_owner_init(void)
{
	return netlink_register_notifier(&nl_notifier);
}

void kpptp_nl_owner_exit(void)
{
	netlink_unregister_notifier(&nl_notifier);
}
