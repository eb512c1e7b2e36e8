/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The session: one PPP call between a local and a peer address.
 *
 * Who owns what. Identity never changes after publication. The config fields
 * are written under kpptp_net.lock and read anywhere with READ_ONCE. tx{} is
 * owned by tx.lock, rx{} by rx.lock; the sequence window, the coherency count
 * and the key of a direction always move together under that one lock. Neither
 * lock is held around a delivery: receive fills a list and delivers when it is
 * done, transmit has a queue that one CPU at a time sends from.
 *
 * Life: kpptp_session_new() gives one reference, which publication keeps.
 * Packets in a receive queue hold one each, those in a transmit queue one
 * together; timers hold one while armed; a device holds one, and so does the
 * other session of a relay pair. The last put frees after an RCU grace period.
 */
#ifndef KPPTP_SESSION_H
#define KPPTP_SESSION_H

#include <linux/netdevice.h>
#include <linux/refcount.h>
#include <linux/rhashtable-types.h>
#include <linux/skbuff.h>
#include <linux/spinlock.h>
#include <linux/timer.h>
#include <net/dst_cache.h>

#include "core/mppc.h"
#include "core/mppe.h"
#include "core/seq.h"
#include "inner.h"
#include "kpptp.h"
#include "notify.h"
#include "stats.h"

/**
 * struct kpptp_key_config - one direction's MPPE as userspace gives it. Secret.
 * @present: the rest is valid
 * @bits: 40, 56 or 128
 * @stateless: key change on every packet
 * @compress: MPPC before encryption
 * @key: start key, kpptp_mppe_key_len(@bits) octets
 */
struct kpptp_key_config {
	bool present;
	bool stateless;
	bool compress;
	u8 bits;
	u8 key[KPPTP_MPPE_KEY_MAX];
};

/**
 * struct kpptp_session_config - a session-new or session-set request
 * @given: BIT(KPPTP_A_SESSION_x) for each attribute that is there
 * @flags, @flags_mask: value and selector
 * @dev: device to carry the data; the caller holds rtnl
 * @former: has flag demand, and gives @dev up to a session that is up
 * @relay: session to relay to, when that is given: NULL for none
 * @inner: what changes of the inner addresses, NULL for nothing
 * @tx_mppc, @rx_mppc: what a direction needs to be compressed, else NULL
 * The rest has the names and units of the attributes.
 */
struct kpptp_session_config {
	u64 given;
	__be32 local;
	__be32 peer;
	u16 local_call_id;
	u16 peer_call_id;
	u32 flags;
	u32 flags_mask;
	u32 owner;
	u16 peer_mru;
	u16 reorder_window;
	u16 reorder_timeout;
	u8 ttl;
	u8 tos;
	u32 outer_ifindex;
	struct net_device *dev;
	struct kpptp_session *former;
	struct kpptp_session *relay;
	struct kpptp_inner_changes *inner;
	struct kpptp_key_config tx;
	struct kpptp_key_config rx;
	struct kpptp_mppc_tx *tx_mppc;
	struct kpptp_mppc_rx *rx_mppc;
};

/*
 * Makes what the keys of @cfg need to compress. Process context. -ENOMEM;
 * kpptp_session_config_wipe() is due either way.
 */
int kpptp_session_config_alloc(struct kpptp_session_config *cfg);

/* Frees what @cfg holds and wipes it. Process context. */
void kpptp_session_config_wipe(struct kpptp_session_config *cfg);

/**
 * struct kpptp_demand - what a session with flag demand has
 * @waiting: packets, KPPTP_DEMAND_PACKETS at most; its lock covers @told as well, and
 *	a packet is put there only after having seen under it that the session has
 *	the device
 * @told: jiffies, when userspace was told last
 */
struct kpptp_demand {
	struct sk_buff_head waiting;
	unsigned long told;
};

/* Key of kpptp_net.calls: as compact as the hash wants it. */
struct kpptp_call_key {
	__be32 local;
	__be32 peer;
	u32 call_id;
};

struct kpptp_rx_run;

struct kpptp_session {
	/* Identity: constant after publication. */
	struct kpptp_net *kn;
	u32 id;
	struct kpptp_call_key key;
	u32 outer_ifindex;		/* its own packets' device or VRF, 0: any */
	struct rhash_head call_node;
	refcount_t refs;
	struct rcu_head rcu;
	unsigned long born;		/* jiffies */
	int home;			/* CPU that receives for it */
	struct kpptp_demand *demand;	/* NULL: without that flag */

	/* Config: written under kn->lock, read with READ_ONCE. */
	u16 peer_call_id;
	u16 peer_mru;
	u16 reorder_window;		/* packets in rx.held at most; see session.c */
	u16 reorder_timeout;		/* ms */
	u8 ttl;				/* 0: the namespace's default */
	u8 tos;
	u32 flags;			/* KPPTP_SESSION_FLAGS_* */
	unsigned long status;		/* bit numbers of KPPTP_SESSION_STATUS_*, atomic bitops */
	u32 owner;			/* netlink port, 0: none */
	bool dead;			/* unpublished, under kn->lock; read with READ_ONCE */
	struct net_device __rcu *dev;	/* changed under rtnl and kn->lock */
	struct list_head dev_node;	/* on a multipoint device, under kn->lock */
	struct kpptp_inner_set inner;	/* likewise */
	struct kpptp_session __rcu *relay; /* gets our frames; holds a reference */

	struct {
		spinlock_t lock;	/* taken with BH off */
		int cpu;		/* that sends from @out, -1: none; read with READ_ONCE */
		struct sk_buff_head out; /* numbered, in order; no lock of its own; see tx_out.h */
		u32 seq;		/* number of the next packet, from KPPTP_FIRST_SEQ */
		bool has_key;
		struct kpptp_mppe_tx mppe;
		struct kpptp_mppc_tx *mppc; /* NULL: not compressed */
		struct dst_cache dst;
		u16 path_mtu;		/* last seen outer path MTU, 0: none yet */
		unsigned long last_data; /* jiffies */
		struct kpptp_tx_stats stats;
	} tx;

	struct {
		spinlock_t lock;	/* taken with BH off */
		struct kpptp_seq_rx win;
		struct kpptp_ack ack;
		struct sk_buff_head held; /* ahead of a gap, sorted by number; no lock of its own */
		bool has_key;
		struct kpptp_mppe_rx mppe;
		struct kpptp_mppc_rx *mppc; /* there when mppe.compress is set */
		unsigned long last_data; /* jiffies */
		unsigned long last_any;
		unsigned long last_reset; /* Reset-Request sent */
		unsigned long last_desync; /* event sent */
		u8 reset_id;		/* CCP identifier of the last request */
		struct kpptp_rx_stats stats;
	} rx;

	struct timer_list gap;		/* a held packet has waited long enough */
	struct timer_list ack;		/* an ack has waited long enough */
	struct list_head rxq_node;	/* in rxq's list of sessions to look at; rxq owns it */
	unsigned long rxq_flags;	/* rxq's, atomic bitops */
	struct kpptp_rx_run *rx_run;	/* rx's, in the batch of its home NAPI's poll */
	struct kpptp_drops drops;
};

/* Before the first session, and after the last one was freed. -ENOMEM. */
int kpptp_session_init(void);
void kpptp_session_exit(void);

/*
 * Makes a session from @cfg (checked values; addresses are given). Not
 * published: the caller holds the only reference. Process context.
 * ERR_PTR(-ENOMEM).
 */
struct kpptp_session *kpptp_session_new(struct kpptp_net *kn,
					const struct kpptp_session_config *cfg);

/*
 * Applies what @cfg gives, all of it. Cannot fail: netlink.c has checked it and
 * lookup.c has attached the device. Caller holds kn->lock. Keys are installed
 * under the direction's lock, in one step with the flags. @cfg gets the old
 * directions' MPPC for the new ones, to be freed without a lock.
 */
void kpptp_session_set(struct kpptp_session *s,
		       struct kpptp_session_config *cfg);

/* The session that @s is relayed to, or NULL. Caller holds kn->lock. */
struct kpptp_session *kpptp_session_partner(const struct kpptp_session *s);

/*
 * Relays what @s and @other receive to each other; neither is relayed yet, both
 * are published. Caller holds kn->lock.
 */
void kpptp_session_join(struct kpptp_session *s, struct kpptp_session *other);

/*
 * Takes the pair of @s apart, if it is in one: nothing of what is received from
 * now on is relayed. The other one's id, or 0. Caller holds kn->lock and a
 * reference to @s that is not the pair's.
 */
u32 kpptp_session_part(struct kpptp_session *s);

/* False when the last reference is gone already. Any context, under RCU. */
static inline bool kpptp_session_hold(struct kpptp_session *s)
{
	return refcount_inc_not_zero(&s->refs);
}

/* Puts @n references. Any context. The last one wipes the keys and frees. */
void kpptp_session_put_many(struct kpptp_session *s, unsigned int n);

static inline void kpptp_session_put(struct kpptp_session *s)
{
	kpptp_session_put_many(s, 1);
}

/*
 * Stops timers and empties the hold queue after the session was unpublished
 * (@dead is set); packets that are still in receive queues find it dead.
 * Process context. Relies on: who arms a timer or holds a packet does so under
 * rx.lock and after having seen @dead clear there.
 */
void kpptp_session_stop(struct kpptp_session *s);

void kpptp_session_ident(const struct kpptp_session *s, struct kpptp_ident *id);
void kpptp_session_counters(const struct kpptp_session *s,
			    struct kpptp_counters *c);

static inline bool kpptp_session_flag(const struct kpptp_session *s, u32 flag)
{
	return READ_ONCE(s->flags) & flag;
}

/*
 * Counts @reason once, for the session (unless NULL) and its namespace, for the
 * device's dropped statistics where there is one, fires the tracepoint and
 * frees @skb (may be NULL). Any context.
 */
void kpptp_session_drop(struct kpptp_net *kn, struct kpptp_session *s,
			struct sk_buff *skb, unsigned int reason);

#endif /* KPPTP_SESSION_H */
