// SPDX-License-Identifier: GPL-2.0-only
/*
 * The session object: made, configured, counted, freed.
 */
#include <linux/jiffies.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/wait_bit.h>

#include "session.h"
#include "trace.h"

/* A session is just larger than a size that kmalloc() has: half would be wasted. */
static struct kmem_cache *session_cache;

/* What the stack's drop monitor is told; 0: nothing that fits. */
static const u8 session_skb_reason[KPPTP_DROP_COUNT] = {
	[KPPTP_A_DROPS_GRE_SHORT]	= SKB_DROP_REASON_PKT_TOO_SMALL,
	[KPPTP_A_DROPS_RX_QUEUE_FULL]	= SKB_DROP_REASON_CPU_BACKLOG,
	[KPPTP_A_DROPS_RX_NO_MEMORY]	= SKB_DROP_REASON_NOMEM,
	[KPPTP_A_DROPS_OWNER_OVERRUN]	= SKB_DROP_REASON_SOCKET_RCVBUFF,
	[KPPTP_A_DROPS_TX_TOO_BIG]	= SKB_DROP_REASON_PKT_TOO_BIG,
	[KPPTP_A_DROPS_TX_NO_MEMORY]	= SKB_DROP_REASON_NOMEM,
	[KPPTP_A_DROPS_TX_NO_ROUTE]	= SKB_DROP_REASON_IP_OUTNOROUTES,
};

/* A history is plaintext, and so as secret as the keys. */
static void session_free_mppc(struct kpptp_mppc_tx *tx, struct kpptp_mppc_rx *rx)
{
	kvfree_sensitive(tx, sizeof(*tx));
	kvfree_sensitive(rx, sizeof(*rx));
}

static int session_alloc_tx(struct kpptp_session_config *cfg)
{
	struct kpptp_mppc_tx *mppc = kvzalloc(sizeof(*mppc), GFP_KERNEL);

	if (!mppc)
		return -ENOMEM;
	kpptp_mppc_tx_init(mppc);
	cfg->tx_mppc = mppc;
	return 0;
}

/* All zeros is an empty history. */
static int session_alloc_rx(struct kpptp_session_config *cfg)
{
	struct kpptp_mppc_rx *mppc = kvzalloc(sizeof(*mppc), GFP_KERNEL);

	if (!mppc)
		return -ENOMEM;
	cfg->rx_mppc = mppc;
	return 0;
}

int kpptp_session_config_alloc(struct kpptp_session_config *cfg)
{
	int err = 0;

	if (cfg->tx.compress)
		err = session_alloc_tx(cfg);
	if (!err && cfg->rx.compress)
		err = session_alloc_rx(cfg);
	return err;
}

void kpptp_session_config_wipe(struct kpptp_session_config *cfg)
{
	session_free_mppc(cfg->tx_mppc, cfg->rx_mppc);
	kpptp_inner_changes_free(cfg->inner);
	memzero_explicit(cfg, sizeof(*cfg));
}

static int session_alloc_demand(struct kpptp_session *s)
{
	struct kpptp_demand *d = kzalloc(sizeof(*d), GFP_KERNEL);

	if (!d)
		return -ENOMEM;
	skb_queue_head_init(&d->waiting);
	d->told = jiffies - HZ;
	s->demand = d;
	return 0;
}

static void session_init_tx(struct kpptp_session *s)
{
	spin_lock_init(&s->tx.lock);
	s->tx.cpu = -1;
	__skb_queue_head_init(&s->tx.out);
	s->tx.seq = KPPTP_FIRST_SEQ;
	s->tx.last_data = s->born;
	u64_stats_init(&s->tx.stats.sync);
}

/*
 * How far ahead a number is believed without proof. Who wants no packet held
 * (@held 0) still loses packets: a gap of a few is no jump.
 */
static u32 session_window(u16 held)
{
	return max_t(u32, held, KPPTP_SEQ_MEMORY);
}

static void session_init_rx(struct kpptp_session *s)
{
	spin_lock_init(&s->rx.lock);
	kpptp_seq_rx_init(&s->rx.win, session_window(KPPTP_DEFAULT_WINDOW));
	__skb_queue_head_init(&s->rx.held);
	s->rx.last_data = s->born;
	s->rx.last_any = s->born;
	s->rx.last_reset = s->born - HZ;
	s->rx.last_desync = s->born - HZ;
	u64_stats_init(&s->rx.stats.sync);
}

int kpptp_session_init(void)
{
	session_cache = KMEM_CACHE(kpptp_session, 0);
	return session_cache ? 0 : -ENOMEM;
}

void kpptp_session_exit(void)
{
	kmem_cache_destroy(session_cache);
}

struct kpptp_session *kpptp_session_new(struct kpptp_net *kn,
					const struct kpptp_session_config *cfg)
{
	struct kpptp_session *s = kmem_cache_zalloc(session_cache, GFP_KERNEL);

	if (!s)
		return ERR_PTR(-ENOMEM);
	if ((cfg->flags & KPPTP_SESSION_FLAGS_DEMAND) && session_alloc_demand(s))
		goto free;
	if (dst_cache_init(&s->tx.dst, GFP_KERNEL))
		goto free_demand;
	s->kn = kn;
	s->outer_ifindex = cfg->outer_ifindex;
	s->key.local = cfg->local;
	s->key.peer = cfg->peer;
	s->peer_mru = KPPTP_DEFAULT_PEER_MRU;
	s->reorder_window = KPPTP_DEFAULT_WINDOW;
	s->reorder_timeout = KPPTP_DEFAULT_REORDER_MS;
	s->born = jiffies;
	refcount_set(&s->refs, 1);
	session_init_tx(s);
	session_init_rx(s);
	atomic_inc(&kn->objects);
	return s;

free_demand:
	kfree(s->demand);
free:
	kmem_cache_free(session_cache, s);
	return ERR_PTR(-ENOMEM);
}

static void session_set_tx_key(struct kpptp_session *s,
			       struct kpptp_session_config *cfg)
{
	const struct kpptp_key_config *key = &cfg->tx;

	spin_lock_bh(&s->tx.lock);
	kpptp_mppe_tx_init(&s->tx.mppe, key->key, key->bits, key->stateless);
	swap(s->tx.mppc, cfg->tx_mppc);
	s->tx.has_key = true;
	spin_unlock_bh(&s->tx.lock);
}

/*
 * How many packets may wait is the user's to say. What counts as ahead and not
 * as a jump is not: with a window of 0 each lost packet would cost another one,
 * which would have to confirm it.
 */
static void session_set_window(struct kpptp_session *s, u16 window)
{
	WRITE_ONCE(s->reorder_window, window);
	s->rx.win.window = max_t(u16, window, KPPTP_SEQ_MEMORY);
}

static void session_set_rx(struct kpptp_session *s,
			   struct kpptp_session_config *cfg)
{
	const struct kpptp_key_config *key = &cfg->rx;

	spin_lock_bh(&s->rx.lock);
	if (cfg->given & BIT_ULL(KPPTP_A_SESSION_REORDER_WINDOW))
		session_set_window(s, cfg->reorder_window);
	if (key->present) {
		kpptp_mppe_rx_init(&s->rx.mppe, key->key, key->bits,
				   key->stateless);
		s->rx.mppe.compress = key->compress;
		swap(s->rx.mppc, cfg->rx_mppc);
		s->rx.has_key = true;
		clear_bit(ilog2(KPPTP_SESSION_STATUS_DISCARDING), &s->status);
	}
	spin_unlock_bh(&s->rx.lock);
}

static void session_set_plain(struct kpptp_session *s,
			      const struct kpptp_session_config *cfg)
{
	if (cfg->given & BIT_ULL(KPPTP_A_SESSION_PEER_CALL_ID))
		WRITE_ONCE(s->peer_call_id, cfg->peer_call_id);
	if (cfg->given & BIT_ULL(KPPTP_A_SESSION_PEER_MRU))
		WRITE_ONCE(s->peer_mru, cfg->peer_mru);
	if (cfg->given & BIT_ULL(KPPTP_A_SESSION_REORDER_TIMEOUT))
		WRITE_ONCE(s->reorder_timeout, cfg->reorder_timeout);
	if (cfg->given & BIT_ULL(KPPTP_A_SESSION_TTL))
		WRITE_ONCE(s->ttl, cfg->ttl);
	if (cfg->given & BIT_ULL(KPPTP_A_SESSION_TOS))
		WRITE_ONCE(s->tos, cfg->tos);
}

static void session_set_owner(struct kpptp_session *s, u32 owner)
{
	WRITE_ONCE(s->owner, owner);
	clear_bit(ilog2(KPPTP_SESSION_STATUS_ORPHANED), &s->status);
}

/*
 * Keys come before flags: a direction that has a key passes nothing in clear,
 * so that no packet can slip between the two, whichever flag turns the session
 * up. All flags change in one store.
 */
void kpptp_session_set(struct kpptp_session *s,
		       struct kpptp_session_config *cfg)
{
	u32 flags = (s->flags & ~cfg->flags_mask) |
		    (cfg->flags & cfg->flags_mask);

	lockdep_assert_held(&s->kn->lock);
	session_set_plain(s, cfg);
	if (cfg->tx.present)
		session_set_tx_key(s, cfg);
	session_set_rx(s, cfg);
	if (cfg->owner)
		session_set_owner(s, cfg->owner);
	else if (!(flags & (KPPTP_SESSION_FLAGS_CONTROL |
			    KPPTP_SESSION_FLAGS_DIE_WITH_OWNER)))
		session_set_owner(s, 0);
	WRITE_ONCE(s->flags, flags);
}

struct kpptp_session *kpptp_session_partner(const struct kpptp_session *s)
{
	return rcu_dereference_protected(s->relay,
					 lockdep_is_held(&s->kn->lock));
}

void kpptp_session_join(struct kpptp_session *s, struct kpptp_session *other)
{
	lockdep_assert_held(&s->kn->lock);
	refcount_inc(&s->refs);
	refcount_inc(&other->refs);
	rcu_assign_pointer(s->relay, other);
	rcu_assign_pointer(other->relay, s);
}

u32 kpptp_session_part(struct kpptp_session *s)
{
	struct kpptp_session *other = kpptp_session_partner(s);
	u32 id;

	if (!other)
		return 0;
	id = other->id;
	RCU_INIT_POINTER(s->relay, NULL);
	RCU_INIT_POINTER(other->relay, NULL);
	kpptp_session_put(s);
	kpptp_session_put(other);
	return id;
}

static void session_free(struct rcu_head *rcu)
{
	struct kpptp_session *s = container_of(rcu, struct kpptp_session, rcu);
	struct kpptp_net *kn = s->kn;

	WARN_ON_ONCE(!skb_queue_empty(&s->rx.held));
	WARN_ON_ONCE(!skb_queue_empty(&s->tx.out));
	dst_cache_destroy(&s->tx.dst);
	session_free_mppc(s->tx.mppc, s->rx.mppc);
	kfree(s->demand);
	memzero_explicit(s, sizeof(*s));
	kmem_cache_free(session_cache, s);
	if (atomic_dec_and_test(&kn->objects))
		wake_up_var(&kn->objects);
}

/*
 * Who can still hold a session when its last reference goes:
 *  1. the tables: no, publication had a reference, unpublishing dropped it;
 *  2. its device: no, it had one, detaching dropped it;
 *  3. a receive queue: no, every packet there has one; nor a transmit queue;
 *  4. a timer: no, it has one from arming until it has run or was stopped;
 *  5. the other session of a relay pair: no, it had one, parting dropped it;
 *  6. somebody who looked it up under RCU and is sending right now, with the
 *     keys: yes, and therefore keys are wiped after the grace period only.
 */
void kpptp_session_put_many(struct kpptp_session *s, unsigned int n)
{
	if (refcount_sub_and_test(n, &s->refs))
		call_rcu(&s->rcu, session_free);
}

static void session_stop_timer(struct kpptp_session *s, struct timer_list *timer)
{
	if (timer_delete_sync(timer))
		kpptp_session_put(s);
}

/* Without its device nothing is put there any more. */
static void session_drop_waiting(struct kpptp_session *s)
{
	struct sk_buff *skb;

	while (s->demand && (skb = skb_dequeue(&s->demand->waiting)))
		kpptp_session_drop(s->kn, s, skb, KPPTP_A_DROPS_TX_DEMAND);
}

/* The lock makes everybody who did not see @dead finish arming before us. */
void kpptp_session_stop(struct kpptp_session *s)
{
	struct sk_buff_head held;
	struct sk_buff *skb;

	__skb_queue_head_init(&held);
	spin_lock_bh(&s->rx.lock);
	skb_queue_splice_init(&s->rx.held, &held);
	spin_unlock_bh(&s->rx.lock);
	while ((skb = __skb_dequeue(&held)))
		kpptp_session_drop(s->kn, s, skb, KPPTP_A_DROPS_NO_SESSION);
	session_drop_waiting(s);
	session_stop_timer(s, &s->gap);
	session_stop_timer(s, &s->ack);
}

void kpptp_session_ident(const struct kpptp_session *s, struct kpptp_ident *id)
{
	const struct net_device *dev;

	rcu_read_lock();
	dev = rcu_dereference(s->dev);
	*id = (struct kpptp_ident) {
		.id = s->id,
		.local = s->key.local,
		.peer = s->key.peer,
		.local_call_id = s->key.call_id,
		.peer_call_id = READ_ONCE(s->peer_call_id),
		.ifindex = dev ? dev->ifindex : 0,
	};
	rcu_read_unlock();
}

static void session_read_tx(const struct kpptp_tx_stats *t, u64 *to)
{
	unsigned int start;

	do {
		start = u64_stats_fetch_begin(&t->sync);
		to[KPPTP_A_STATS_TX_PACKETS] = u64_stats_read(&t->packets);
		to[KPPTP_A_STATS_TX_BYTES] = u64_stats_read(&t->bytes);
		to[KPPTP_A_STATS_TX_CONTROL] = u64_stats_read(&t->control);
		to[KPPTP_A_STATS_TX_ACKS] = u64_stats_read(&t->acks);
		to[KPPTP_A_STATS_TX_FRAGMENTED] =
			u64_stats_read(&t->fragmented);
		to[KPPTP_A_STATS_TX_COMPRESSED] =
			u64_stats_read(&t->compressed);
	} while (u64_stats_fetch_retry(&t->sync, start));
}

static void session_read_rx(const struct kpptp_rx_stats *r, u64 *to)
{
	unsigned int start;

	do {
		start = u64_stats_fetch_begin(&r->sync);
		to[KPPTP_A_STATS_RX_PACKETS] = u64_stats_read(&r->packets);
		to[KPPTP_A_STATS_RX_BYTES] = u64_stats_read(&r->bytes);
		to[KPPTP_A_STATS_RX_CONTROL] = u64_stats_read(&r->control);
		to[KPPTP_A_STATS_RX_ACKS] = u64_stats_read(&r->acks);
		to[KPPTP_A_STATS_REORDERED] = u64_stats_read(&r->reordered);
		to[KPPTP_A_STATS_MISSING] = u64_stats_read(&r->missing);
		to[KPPTP_A_STATS_RX_REKEYS] = u64_stats_read(&r->rekeys);
		to[KPPTP_A_STATS_RESETS] = u64_stats_read(&r->resets);
		to[KPPTP_A_STATS_RX_COMPRESSED] =
			u64_stats_read(&r->compressed);
	} while (u64_stats_fetch_retry(&r->sync, start));
}

void kpptp_session_counters(const struct kpptp_session *s,
			    struct kpptp_counters *c)
{
	memset(c->stats, 0, sizeof(c->stats));
	session_read_tx(&s->tx.stats, c->stats);
	session_read_rx(&s->rx.stats, c->stats);
	kpptp_drops_read(&s->drops, c->drops);
}

/* The device's own statistics: reasons of sending stand last in the enum. */
static void session_drop_dev(struct kpptp_session *s, unsigned int reason)
{
	struct net_device *dev;

	rcu_read_lock();
	dev = rcu_dereference(s->dev);
	if (dev && reason >= KPPTP_A_DROPS_TX_NO_SESSION)
		dev_core_stats_tx_dropped_inc(dev);
	else if (dev)
		dev_core_stats_rx_dropped_inc(dev);
	rcu_read_unlock();
}

void kpptp_session_drop(struct kpptp_net *kn, struct kpptp_session *s,
			struct sk_buff *skb, unsigned int reason)
{
	u8 skb_reason = session_skb_reason[reason];

	trace_kpptp_drop(s ? s->id : 0, reason, skb ? skb->len : 0);
	atomic64_inc(&kn->drops.count[reason]);
	if (s) {
		atomic64_inc(&s->drops.count[reason]);
		session_drop_dev(s, reason);
	}
	if (!skb)
		return;
	if (!skb_reason)
		skb_reason = SKB_DROP_REASON_NOT_SPECIFIED;
	kfree_skb_reason(skb, skb_reason);
}
