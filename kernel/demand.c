// SPDX-License-Identifier: GPL-2.0-only
/*
 * Packets that wait for a call.
 */
#include <linux/jiffies.h>
#include <linux/skbuff.h>
#include <net/dst.h>

#include "demand.h"
#include "session.h"
#include "tx.h"

/*
 * A packet may wait for as long as nobody can tell: it must hold up neither its
 * socket nor its connection, and keeps its route beyond this RCU section.
 */
static void demand_settle(struct sk_buff *skb)
{
	skb_orphan(skb);
	nf_reset_ct(skb);
	skb_dst_force(skb);
}

/* Caller holds the queue's lock. */
static bool demand_is_due(struct kpptp_demand *d)
{
	if (time_before(jiffies, d->told + HZ))
		return false;
	d->told = jiffies;
	return true;
}

/* The oldest one goes: who sent the latest is still there to wait. */
void kpptp_demand_wait(struct kpptp_session *s, struct sk_buff *skb)
{
	unsigned int reason = KPPTP_A_DROPS_TX_DEMAND;
	struct kpptp_demand *d = s->demand;
	struct sk_buff *drop = NULL;
	bool tell = false;

	demand_settle(skb);
	spin_lock(&d->waiting.lock);
	if (rcu_access_pointer(s->dev)) {
		__skb_queue_tail(&d->waiting, skb);
		if (skb_queue_len(&d->waiting) > KPPTP_DEMAND_PACKETS)
			drop = __skb_dequeue(&d->waiting);
		tell = demand_is_due(d);
	} else {
		/* The device was taken just now; what waited has gone. */
		drop = skb;
		reason = KPPTP_A_DROPS_TX_NO_SESSION;
	}
	spin_unlock(&d->waiting.lock);
	if (drop)
		kpptp_session_drop(s->kn, s, drop, reason);
	if (tell)
		kpptp_notify_demand(s->kn->net, s->id);
}

void kpptp_demand_release(struct kpptp_session *from, struct kpptp_session *to)
{
	struct sk_buff_head waiting;
	struct sk_buff *skb;

	__skb_queue_head_init(&waiting);
	spin_lock_bh(&from->demand->waiting.lock);
	skb_queue_splice_init(&from->demand->waiting, &waiting);
	spin_unlock_bh(&from->demand->waiting.lock);
	local_bh_disable();
	rcu_read_lock();
	while ((skb = __skb_dequeue(&waiting)))
		kpptp_tx_data(to, skb);
	rcu_read_unlock();
	local_bh_enable();
}
