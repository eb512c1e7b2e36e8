// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sending: numbers, encryption, order.
 */
#include <linux/ip.h>
#include <linux/percpu.h>
#include <linux/sched/clock.h>
#include <net/inet_ecn.h>
#include <net/route.h>

#include "core/gre.h"
#include "crypt.h"
#include "tx_out.h"

#define TX_DEPTH_MAX	4			/* tunnels inside tunnels */
#define TX_OUT_MAX	1024u			/* packets of a session that wait */
#define TX_WAIT_NS	(5 * NSEC_PER_MSEC)	/* for them to become fewer, at most */

static DEFINE_PER_CPU(unsigned int, tx_depth);

void kpptp_tx_drop_all(struct kpptp_session *s, struct sk_buff_head *wire,
		       unsigned int reason)
{
	struct sk_buff *skb;

	while ((skb = __skb_dequeue(wire)))
		kpptp_session_drop(s->kn, s, skb, reason);
}

void kpptp_tx_count_data(struct kpptp_session *s, unsigned int len)
{
	u64_stats_update_begin(&s->tx.stats.sync);
	u64_stats_inc(&s->tx.stats.packets);
	u64_stats_add(&s->tx.stats.bytes, len);
	u64_stats_update_end(&s->tx.stats.sync);
	WRITE_ONCE(s->tx.last_data, jiffies);
}

void kpptp_tx_count(struct kpptp_session *s, u64_stats_t *what)
{
	u64_stats_update_begin(&s->tx.stats.sync);
	u64_stats_inc(what);
	u64_stats_update_end(&s->tx.stats.sync);
}

void kpptp_tx_put_ppp(const struct kpptp_session *s, struct sk_buff *skb, u16 proto)
{
	u8 hdr[KPPTP_PPP_HDR_MAX];
	u8 len;

	len = kpptp_ppp_build(hdr, proto,
			      kpptp_session_flag(s, KPPTP_SESSION_FLAGS_ACFC),
			      kpptp_session_flag(s, KPPTP_SESSION_FLAGS_PFC));
	memcpy(skb_push(skb, len), hdr, len);
}

/*
 * The ack that rides on a data packet. Not worth a wait: when receive is busy
 * with its lock it will send the ack itself.
 */
static bool tx_take_ack(struct kpptp_session *s, u32 *seq)
{
	bool owed;

	if (!READ_ONCE(s->rx.ack.pending) || !spin_trylock(&s->rx.lock))
		return false;
	owed = kpptp_ack_take(&s->rx.ack, seq);
	spin_unlock(&s->rx.lock);
	return owed;
}

static void tx_put_gre(struct sk_buff *skb, const struct kpptp_gre *gre)
{
	kpptp_gre_build(skb_push(skb, kpptp_gre_len(gre)), gre);
}

static void tx_put_data_gre(struct kpptp_session *s, struct sk_buff *skb)
{
	struct kpptp_gre gre = {
		.call_id = READ_ONCE(s->peer_call_id),
		.payload_len = skb->len,
		.has_seq = true,
		.seq = KPPTP_TX_CB(skb)->seq,
	};

	gre.has_ack = tx_take_ack(s, &gre.ack);
	tx_put_gre(skb, &gre);
}

/* A framed packet leaves; true when it does so in fragments. */
static bool tx_send(struct kpptp_session *s, struct rtable *rt,
		    struct sk_buff *skb)
{
	bool fragmented;

	if (KPPTP_TX_CB(skb)->proto)
		tx_put_data_gre(s, skb);
	fragmented = skb->len + sizeof(struct iphdr) > dst_mtu(&rt->dst);
	kpptp_route_send(s, rt, skb, KPPTP_TX_CB(skb)->tos, KPPTP_TX_CB(skb)->df);
	return fragmented;
}

/* What is ready at the front of tx.out, to @leave. Caller holds tx.lock. */
static bool tx_take_ready(struct kpptp_session *s, struct sk_buff_head *leave)
{
	struct sk_buff *skb;

	while ((skb = skb_peek(&s->tx.out))) {
		/* Pairs with tx_seal(): the octets are there. */
		if (!smp_load_acquire(&KPPTP_TX_CB(skb)->ready))
			break;
		__skb_unlink(skb, &s->tx.out);
		__skb_queue_tail(leave, skb);
	}
	return !skb_queue_empty(leave);
}

/* All of @leave leaves; how many do so in fragments. */
static unsigned int tx_send_all(struct kpptp_session *s, struct rtable *rt,
				struct sk_buff_head *leave)
{
	unsigned int fragmented = 0;
	struct sk_buff *skb;

	while ((skb = __skb_dequeue(leave)))
		fragmented += tx_send(s, rt, skb);
	return fragmented;
}

static void tx_count_fragmented(struct kpptp_session *s, unsigned int n)
{
	u64_stats_update_begin(&s->tx.stats.sync);
	u64_stats_add(&s->tx.stats.fragmented, n);
	u64_stats_update_end(&s->tx.stats.sync);
}

/*
 * Sends what is ready, unless another CPU does: it sees what is ready now, because
 * it looks again under the lock before it stops. Caller holds tx.lock.
 */
static void tx_drain(struct kpptp_session *s, struct rtable *rt)
{
	struct sk_buff_head leave;
	unsigned int fragmented;

	lockdep_assert_held(&s->tx.lock);
	if (s->tx.cpu >= 0)
		return;
	__skb_queue_head_init(&leave);
	WRITE_ONCE(s->tx.cpu, smp_processor_id());
	this_cpu_inc(tx_depth);
	while (tx_take_ready(s, &leave)) {
		spin_unlock(&s->tx.lock);
		fragmented = tx_send_all(s, rt, &leave);
		spin_lock(&s->tx.lock);
		if (unlikely(fragmented))
			tx_count_fragmented(s, fragmented);
	}
	this_cpu_dec(tx_depth);
	WRITE_ONCE(s->tx.cpu, -1);
}

/*
 * Does this CPU send for @s just now, or is it too deep? Equal only when this CPU
 * wrote it: with BH off nobody else runs here.
 */
static bool tx_loops(const struct kpptp_session *s)
{
	return READ_ONCE(s->tx.cpu) == smp_processor_id() ||
	       this_cpu_read(tx_depth) >= TX_DEPTH_MAX;
}

bool kpptp_tx_nested(void)
{
	return this_cpu_read(tx_depth);
}

struct rtable *kpptp_tx_begin(struct kpptp_session *s)
{
	struct rtable *rt;

	if (unlikely(tx_loops(s)))
		return ERR_PTR(-ELOOP);
	spin_lock(&s->tx.lock);
	rt = kpptp_route_get(s);
	if (IS_ERR(rt))
		spin_unlock(&s->tx.lock);
	else
		__release(&s->tx.lock);
	return rt;
}

/* Gives @skb its number and its place. Caller holds tx.lock. */
static void tx_put(struct kpptp_session *s, struct sk_buff *skb, bool ready)
{
	KPPTP_TX_CB(skb)->seq = s->tx.seq++;
	KPPTP_TX_CB(skb)->ready = ready;
	__skb_queue_tail(&s->tx.out, skb);
}

void kpptp_tx_put(struct kpptp_session *s, struct sk_buff *skb)
{
	tx_put(s, skb, true);
}

void kpptp_tx_put_ack(struct kpptp_session *s, struct sk_buff *skb,
		      const struct kpptp_gre *gre)
{
	tx_put_gre(skb, gre);
	KPPTP_TX_CB(skb)->proto = 0;
	KPPTP_TX_CB(skb)->tos = READ_ONCE(s->tos) & ~INET_ECN_MASK;
	KPPTP_TX_CB(skb)->df = true;
	KPPTP_TX_CB(skb)->ready = true;
	kpptp_tx_count(s, &s->tx.stats.acks);
	__skb_queue_tail(&s->tx.out, skb);
}

void kpptp_tx_end(struct kpptp_session *s, struct rtable *rt)
{
	__acquire(&s->tx.lock);
	tx_drain(s, rt);
	spin_unlock(&s->tx.lock);
	ip_rt_put(rt);
}

/*
 * Compresses @skb, protocol field and all, if the session does that and it
 * helps. The bits that the MPPE header gets for it. Whatever brings A empties the
 * history too (RFC 2118 section 3.1), and what MPPC wants flushed brings A.
 */
static u16 tx_compress(struct kpptp_session *s, struct sk_buff *skb)
{
	struct kpptp_mppc_tx *mppc = s->tx.mppc;
	bool front;
	size_t len;

	if (!mppc)
		return 0;
	if (mppc->flush)
		kpptp_mppe_tx_reset(&s->tx.mppe);
	if (kpptp_mppe_tx_flushes(&s->tx.mppe))
		kpptp_mppc_tx_flush(mppc);
	len = kpptp_mppc_compress(mppc, skb->data, skb->len, &front);
	if (!len)
		return 0;
	memcpy(skb->data, mppc->out, len);
	skb_trim(skb, len);
	kpptp_tx_count(s, &s->tx.stats.compressed);
	return KPPTP_MPPE_COMPRESSED | (front ? KPPTP_MPPE_B : 0);
}

/*
 * Puts the MPPE header before @skb and prepares @job. The inner protocol always has
 * two octets, PFC or not: it is what Linux sends and hence what every peer has met.
 */
static void tx_put_mppe(struct kpptp_session *s, struct sk_buff *skb, u8 *key,
			struct kpptp_rc4_job *job)
{
	u16 bits;
	u8 *hdr;

	kpptp_put_be16(skb_push(skb, 2), KPPTP_TX_CB(skb)->proto);
	bits = tx_compress(s, skb);
	hdr = skb_push(skb, KPPTP_MPPE_HDR_LEN);
	kpptp_mppe_tx_next(&s->tx.mppe, hdr, key, job);
	kpptp_put_be16(hdr, kpptp_get_be16(hdr) | bits);
	job->src = hdr + KPPTP_MPPE_HDR_LEN;
	job->dst = hdr + KPPTP_MPPE_HDR_LEN;
	job->len = skb->len - KPPTP_MPPE_HDR_LEN;
}

/*
 * Stateful, a session has one stream, and the octets of a packet follow those of the
 * packet before: that is done here and now.
 */
static void tx_crypt_stateful(struct kpptp_crypt_batch *batch,
			      struct kpptp_rc4_job *job)
{
	kpptp_rc4_run(job, 1, &batch->scratch);
}

/* Numbers and frames a packet. Caller holds tx.lock. */
static void tx_frame(struct kpptp_session *s, struct sk_buff *skb,
		     struct kpptp_crypt_batch *batch)
{
	struct kpptp_rc4_job *job = &batch->job[batch->n];
	struct net_device *dev = rcu_dereference(s->dev);
	u16 proto = KPPTP_TX_CB(skb)->proto;
	bool ready = true;

	kpptp_tx_count_data(s, skb->len);
	if (dev)
		dev_sw_netstats_tx_add(dev, 1, skb->len);
	if (s->tx.has_key) {
		tx_put_mppe(s, skb, batch->key[batch->n], job);
		proto = KPPTP_PPP_COMP;
		ready = !s->tx.mppe.stateless;
		if (ready)
			tx_crypt_stateful(batch, job);
		else
			batch->skb[batch->n++] = skb;
	}
	kpptp_tx_put_ppp(s, skb, proto);
	tx_put(s, skb, ready);
}

/*
 * Another CPU sends for @s, and we are faster: it is waited for, as for a lock. Not
 * for ever: it could wait for us, through a tunnel inside this tunnel.
 */
static bool tx_has_room(const struct kpptp_session *s)
{
	u64 deadline;

	if (likely(skb_queue_len_lockless(&s->tx.out) < TX_OUT_MAX))
		return true;
	deadline = local_clock() + TX_WAIT_NS;
	while (skb_queue_len_lockless(&s->tx.out) >= TX_OUT_MAX) {
		if (local_clock() > deadline)
			return false;
		cpu_relax();
	}
	return true;
}

/*
 * Numbers packets of @burst as long as there is room in @batch: what is left over is
 * in @burst->wire.
 */
static void tx_number(struct kpptp_tx_burst *burst, struct kpptp_crypt_batch *batch)
{
	struct kpptp_session *s = burst->s;
	struct sk_buff *skb;

	if (unlikely(!tx_has_room(s)))
		kpptp_tx_drop_all(s, &burst->wire, KPPTP_A_DROPS_TX_NO_MEMORY);
	burst->rt = kpptp_tx_begin(s);
	if (IS_ERR(burst->rt)) {
		kpptp_tx_drop_all(s, &burst->wire, kpptp_tx_reason(burst->rt));
		return;
	}
	__acquire(&s->tx.lock);
	if (!s->tx.has_key &&
	    kpptp_session_flag(s, KPPTP_SESSION_FLAGS_REQUIRE_MPPE))
		kpptp_tx_drop_all(s, &burst->wire, KPPTP_A_DROPS_TX_CLEARTEXT);
	while (batch->n < KPPTP_CRYPT_BATCH && (skb = __skb_dequeue(&burst->wire)))
		tx_frame(s, skb, batch);
	/* Not while jobs wait: what is sent may come back, and needs the batch. */
	if (!batch->n)
		tx_drain(s, burst->rt);
	spin_unlock(&s->tx.lock);
}

/* Prepares the job for the next key of @s; false: none is wanted. */
static bool tx_key_step(struct kpptp_session *s, struct kpptp_mppe_tx_ahead *ahead,
			struct kpptp_rc4_job *job)
{
	bool step;

	spin_lock(&s->tx.lock);
	step = s->tx.has_key && kpptp_mppe_tx_step(&s->tx.mppe, ahead, job);
	spin_unlock(&s->tx.lock);
	return step;
}

void kpptp_tx_keys(struct kpptp_tx_burst *burst, unsigned int n,
		   struct kpptp_mppe_tx_ahead *ahead)
{
	struct kpptp_crypt_batch *batch = kpptp_crypt_batch();
	struct kpptp_session *stepped[KPPTP_CRYPT_BATCH];
	unsigned int keys = 0;
	unsigned int i;

	for (i = 0; i < n; i++)
		if (tx_key_step(burst[i].s, &ahead[keys], &batch->job[keys]))
			stepped[keys++] = burst[i].s;
	if (!keys)
		return;
	batch->n = keys;
	kpptp_crypt_run(batch);
	for (i = 0; i < keys; i++) {
		spin_lock(&stepped[i]->tx.lock);
		kpptp_mppe_tx_stepped(&stepped[i]->tx.mppe, &ahead[i]);
		spin_unlock(&stepped[i]->tx.lock);
	}
	memzero_explicit(ahead, keys * sizeof(*ahead));
}

/* Encrypts what waits in @batch: it is ready. False: nothing does. */
static bool tx_seal(struct kpptp_crypt_batch *batch)
{
	unsigned int n = batch->n;
	unsigned int i;

	if (!n)
		return false;
	kpptp_crypt_run(batch);
	for (i = 0; i < n; i++)
		/* Pairs with tx_take_ready(), perhaps on another CPU. */
		smp_store_release(&KPPTP_TX_CB(batch->skb[i])->ready, true);
	return true;
}

/* What of @burst is ready leaves; when nothing was @sealed it has left already. */
static void tx_leave(struct kpptp_tx_burst *burst, bool sealed)
{
	if (IS_ERR(burst->rt))
		return;
	if (!sealed) {
		ip_rt_put(burst->rt);
		return;
	}
	spin_lock(&burst->s->tx.lock);
	__release(&burst->s->tx.lock);
	kpptp_tx_end(burst->s, burst->rt);
}

/*
 * As many of the @n bursts as RC4 takes at once; how many of them are through. The
 * first of the others may be begun.
 */
static unsigned int tx_some(struct kpptp_tx_burst *burst, unsigned int n)
{
	struct kpptp_crypt_batch *batch = kpptp_crypt_batch();
	unsigned int begun = 0, i;
	bool sealed;

	do {
		tx_number(&burst[begun++], batch);
	} while (begun < n && batch->n < KPPTP_CRYPT_BATCH);
	sealed = tx_seal(batch);
	for (i = 0; i < begun; i++)
		tx_leave(&burst[i], sealed);
	return skb_queue_empty(&burst[begun - 1].wire) ? begun : begun - 1;
}

void kpptp_tx_bursts(struct kpptp_tx_burst *burst, unsigned int n)
{
	unsigned int done = 0;

	while (done < n)
		done += tx_some(&burst[done], n - done);
}
