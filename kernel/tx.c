// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sending.
 *
 * A session's packets are numbered, sealed and handed to the IP stack under one
 * lock, so that the order of the numbers is the order on the wire: Linux's
 * pptp.ko, still the most common peer, drops whatever is late. What can be done
 * without order (segmentation, copying, checksums) is done before the lock.
 *
 * The lock is held while the stack works, and the stack may come back: through
 * a tunnel inside this tunnel (another session, legal) or through a route that
 * leads into this one (a loop, dropped). tx.cpu and tx_depth tell them apart.
 */
#include <linux/icmpv6.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/percpu.h>
#include <linux/pkt_sched.h>
#include <linux/sched/clock.h>
#include <net/gso.h>
#include <net/icmp.h>
#include <net/inet_ecn.h>
#include <net/ip.h>
#include <net/ipv6.h>

#include "core/gre.h"
#include "core/pppframe.h"
#include "crypt.h"
#include "route.h"
#include "session.h"
#include "tx.h"

#define TX_DEPTH_MAX	4			/* tunnels inside tunnels */
#define TX_NESTED_NS	(5 * NSEC_PER_MSEC)	/* wait for an inner lock at most */

/* The outer header, GRE and PPP, all before the inner packet. */
#define TX_HEADROOM	(LL_MAX_HEADER + KPPTP_ROUTE_OVERHEAD + \
			 KPPTP_PPP_HDR_MAX + KPPTP_MPPE_HDR_LEN + 2)

/**
 * struct tx_cb - in skb->cb from preparation to sending
 * @seq: GRE number
 * @proto: PPP protocol of the inner packet
 * @tos: outer octet
 * @df: outer don't-fragment bit
 */
struct tx_cb {
	u32 seq;
	u16 proto;
	u8 tos;
	bool df;
};

#define TX_CB(skb) ((struct tx_cb *)(skb)->cb)

static DEFINE_PER_CPU(unsigned int, tx_depth);

/*
 * Inside another session's lock a plain wait could be for ever: two tunnels
 * that are routed into each other, each held by a CPU that wants the other.
 */
static bool tx_lock_nested(struct kpptp_session *s)
{
	u64 deadline = local_clock() + TX_NESTED_NS;

	while (!spin_trylock(&s->tx.lock)) {
		if (local_clock() > deadline)
			return false;
		cpu_relax();
	}
	__release(&s->tx.lock);
	return true;
}

/* Takes tx.lock. False: this CPU holds it already, or is too deep. BH off. */
static bool tx_enter(struct kpptp_session *s)
{
	unsigned int depth = this_cpu_read(tx_depth);

	/* Equal only when this CPU wrote it: with BH off nobody else runs here. */
	if (READ_ONCE(s->tx.cpu) == smp_processor_id())
		return false;
	if (depth >= TX_DEPTH_MAX)
		return false;
	if (depth) {
		if (!tx_lock_nested(s))
			return false;
	} else {
		spin_lock(&s->tx.lock);
		__release(&s->tx.lock);
	}
	this_cpu_inc(tx_depth);
	WRITE_ONCE(s->tx.cpu, smp_processor_id());
	return true;
}

static void tx_leave(struct kpptp_session *s)
{
	WRITE_ONCE(s->tx.cpu, -1);
	this_cpu_dec(tx_depth);
	__acquire(&s->tx.lock);
	spin_unlock(&s->tx.lock);
}

static void tx_drop_all(struct kpptp_session *s, struct sk_buff_head *wire,
			unsigned int reason)
{
	struct sk_buff *skb;

	while ((skb = __skb_dequeue(wire)))
		kpptp_session_drop(s->kn, s, skb, reason);
}

/* PPP protocol of an inner packet with a whole IP header, 0 for anything else. */
static u16 tx_proto(struct sk_buff *skb)
{
	if (skb->protocol == htons(ETH_P_IP) &&
	    pskb_network_may_pull(skb, sizeof(struct iphdr)) &&
	    ip_hdr(skb)->version == 4)
		return KPPTP_PPP_IP;
	if (skb->protocol == htons(ETH_P_IPV6) &&
	    pskb_network_may_pull(skb, sizeof(struct ipv6hdr)) &&
	    ipv6_hdr(skb)->version == 6)
		return KPPTP_PPP_IPV6;
	return 0;
}

static bool tx_fits(const struct sk_buff *skb, unsigned int len)
{
	return skb->len <= len ||
	       (skb_is_gso(skb) && skb_gso_validate_network_len(skb, len));
}

/*
 * Is @skb too big for the session? The sender is told so by ICMP when that
 * helps. What may not be refused goes out in fragments of the outer packet, as
 * long as the peer takes the whole: IPv4 without DF, and IPv6 up to its
 * smallest MTU (RFC 2473 section 7.1 sees the same problem).
 */
static bool tx_too_big(struct kpptp_session *s, struct sk_buff *skb)
{
	u16 mtu = kpptp_route_mtu(s);
	u16 mru = kpptp_route_mru(s);

	if (likely(tx_fits(skb, mtu)))
		return false;
	if (skb->protocol == htons(ETH_P_IPV6)) {
		mtu = min_t(u16, max_t(u16, mtu, IPV6_MIN_MTU), mru);
		if (tx_fits(skb, mtu))
			return false;
		icmpv6_ndo_send(skb, ICMPV6_PKT_TOOBIG, 0, mtu);
		return true;
	}
	if (!(ip_hdr(skb)->frag_off & htons(IP_DF)) && tx_fits(skb, mru))
		return false;
	icmp_ndo_send(skb, ICMP_DEST_UNREACH, ICMP_FRAG_NEEDED, htonl(mtu));
	return true;
}

/* Why @skb cannot be sent, 0 if it can. */
static unsigned int tx_refusal(struct kpptp_session *s, struct sk_buff *skb)
{
	if (!kpptp_session_flag(s, KPPTP_SESSION_FLAGS_UP) ||
	    READ_ONCE(s->dead))
		return KPPTP_A_DROPS_TX_NO_SESSION;
	if (!tx_proto(skb))
		return KPPTP_A_DROPS_TX_PROTO;
	if (tx_too_big(s, skb))
		return KPPTP_A_DROPS_TX_TOO_BIG;
	return 0;
}

/*
 * Outer octet. ECN is RFC 6040's compatibility mode, Not-ECT: nothing in PPTP
 * tells whether the peer copies a congestion mark back to the inner packet, and
 * pptp.ko and FreeBSD do not; a mark would be lost with the outer header.
 */
static u8 tx_outer_tos(const struct kpptp_session *s, const struct sk_buff *skb)
{
	u8 tos = READ_ONCE(s->tos);

	if (kpptp_session_flag(s, KPPTP_SESSION_FLAGS_COPY_TOS))
		tos = skb->protocol == htons(ETH_P_IP) ?
		      ip_hdr(skb)->tos : ipv6_get_dsfield(ipv6_hdr(skb));
	return tos & ~INET_ECN_MASK;
}

/*
 * @skb becomes ours alone, linear, checksummed and with room for all headers: it
 * is encrypted in place, and a page that TCP still holds must not be.
 */
static struct sk_buff *tx_own(struct sk_buff *skb)
{
	struct sk_buff *own = skb;

	if (skb_cloned(skb) || skb_is_nonlinear(skb) ||
	    skb_headroom(skb) < TX_HEADROOM) {
		own = skb_copy_expand(skb, TX_HEADROOM, 0, GFP_ATOMIC);
		if (!own)
			return NULL;
		consume_skb(skb);
	}
	if (own->ip_summed == CHECKSUM_PARTIAL)
		skb_csum_hwoffload_help(own, 0);
	return own;
}

/* One inner packet, not GSO, to the end of @wire; consumes it. */
static void tx_prepare_one(struct kpptp_session *s, struct sk_buff *skb,
			   struct sk_buff_head *wire)
{
	struct sk_buff *own = tx_own(skb);

	if (!own) {
		kpptp_session_drop(s->kn, s, skb, KPPTP_A_DROPS_TX_NO_MEMORY);
		return;
	}
	if (kpptp_session_flag(s, KPPTP_SESSION_FLAGS_CLAMP_MSS))
		kpptp_route_clamp_mss(s, own);
	TX_CB(own)->proto = own->protocol == htons(ETH_P_IP) ?
			    KPPTP_PPP_IP : KPPTP_PPP_IPV6;
	TX_CB(own)->tos = tx_outer_tos(s, own);
	TX_CB(own)->df = !kpptp_session_flag(s, KPPTP_SESSION_FLAGS_NO_DF) &&
			 own->len <= kpptp_route_mtu(s);
	__skb_queue_tail(wire, own);
}

/* An inner packet, segmented if need be, to the end of @wire; consumes it. */
static void tx_prepare(struct kpptp_session *s, struct sk_buff *skb,
		       struct sk_buff_head *wire)
{
	struct sk_buff *segs, *seg, *next;

	if (!skb_is_gso(skb)) {
		tx_prepare_one(s, skb, wire);
		return;
	}
	segs = skb_gso_segment(skb, 0);
	if (IS_ERR_OR_NULL(segs)) {
		kpptp_session_drop(s->kn, s, skb, KPPTP_A_DROPS_TX_NO_MEMORY);
		return;
	}
	consume_skb(skb);
	skb_list_walk_safe(segs, seg, next) {
		skb_mark_not_on_list(seg);
		tx_prepare_one(s, seg, wire);
	}
}

/* A packet with a network protocol, @len octets of it. Caller holds tx.lock. */
static void tx_count_data(struct kpptp_session *s, unsigned int len)
{
	u64_stats_update_begin(&s->tx.stats.sync);
	u64_stats_inc(&s->tx.stats.packets);
	u64_stats_add(&s->tx.stats.bytes, len);
	u64_stats_update_end(&s->tx.stats.sync);
	WRITE_ONCE(s->tx.last_data, jiffies);
}

/* Counts one in one of the session's statistics. Caller holds tx.lock. */
static void tx_count(struct kpptp_session *s, u64_stats_t *what)
{
	u64_stats_update_begin(&s->tx.stats.sync);
	u64_stats_inc(what);
	u64_stats_update_end(&s->tx.stats.sync);
}

static void tx_put_ppp(const struct kpptp_session *s, struct sk_buff *skb,
		       u16 proto)
{
	u8 hdr[KPPTP_PPP_HDR_MAX];
	u8 len;

	len = kpptp_ppp_build(hdr, proto,
			      kpptp_session_flag(s, KPPTP_SESSION_FLAGS_ACFC),
			      kpptp_session_flag(s, KPPTP_SESSION_FLAGS_PFC));
	memcpy(skb_push(skb, len), hdr, len);
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
	tx_count(s, &s->tx.stats.compressed);
	return KPPTP_MPPE_COMPRESSED | (front ? KPPTP_MPPE_B : 0);
}

/*
 * Puts the MPPE header before @skb and its job into @batch. The inner protocol
 * always has two octets, PFC or not: it is what Linux sends and hence what every
 * peer has met.
 */
static void tx_put_mppe(struct kpptp_session *s, struct sk_buff *skb,
			struct kpptp_crypt_batch *batch)
{
	struct kpptp_rc4_job *job = &batch->job[batch->n];
	u16 bits;
	u8 *hdr;

	kpptp_put_be16(skb_push(skb, 2), TX_CB(skb)->proto);
	bits = tx_compress(s, skb);
	hdr = skb_push(skb, KPPTP_MPPE_HDR_LEN);
	kpptp_mppe_tx_next(&s->tx.mppe, hdr, batch->key[batch->n], job);
	kpptp_put_be16(hdr, kpptp_get_be16(hdr) | bits);
	job->src = hdr + KPPTP_MPPE_HDR_LEN;
	job->dst = hdr + KPPTP_MPPE_HDR_LEN;
	job->len = skb->len - KPPTP_MPPE_HDR_LEN;
	batch->n++;
}

/* Numbers a packet and frames it. */
static void tx_frame(struct kpptp_session *s, struct sk_buff *skb,
		     struct kpptp_crypt_batch *batch)
{
	u16 proto = TX_CB(skb)->proto;

	TX_CB(skb)->seq = s->tx.seq++;
	tx_count_data(s, skb->len);
	dev_sw_netstats_tx_add(skb->dev, 1, skb->len);

	if (s->tx.has_key) {
		tx_put_mppe(s, skb, batch);
		proto = KPPTP_PPP_COMP;
	}
	tx_put_ppp(s, skb, proto);
}

/* A batch of packets from @wire, framed and encrypted, to @ready. */
static void tx_seal(struct kpptp_session *s, struct sk_buff_head *wire,
		    struct sk_buff_head *ready)
{
	struct kpptp_crypt_batch *batch = kpptp_crypt_batch();
	unsigned int limit = KPPTP_CRYPT_BATCH;
	struct sk_buff *skb;

	/* Jobs of one batch never share a stream, and stateful has only one. */
	if (s->tx.has_key && !s->tx.mppe.stateless)
		limit = 1;
	while (skb_queue_len(ready) < limit && (skb = __skb_dequeue(wire))) {
		tx_frame(s, skb, batch);
		__skb_queue_tail(ready, skb);
	}
	if (batch->n)
		kpptp_crypt_run(batch);
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

/* A framed packet leaves. */
static void tx_send(struct kpptp_session *s, struct rtable *rt,
		    struct sk_buff *skb)
{
	struct kpptp_gre gre = {
		.call_id = READ_ONCE(s->peer_call_id),
		.payload_len = skb->len,
		.has_seq = true,
		.seq = TX_CB(skb)->seq,
	};

	gre.has_ack = tx_take_ack(s, &gre.ack);
	tx_put_gre(skb, &gre);
	if (unlikely(skb->len + sizeof(struct iphdr) > dst_mtu(&rt->dst)))
		tx_count(s, &s->tx.stats.fragmented);
	kpptp_route_send(s, rt, skb, TX_CB(skb)->tos, TX_CB(skb)->df);
}

/* The route to the peer; NULL when @wire was dropped for the lack of one. */
static struct rtable *tx_route(struct kpptp_session *s, struct sk_buff_head *wire)
{
	struct rtable *rt = kpptp_route_get(s);

	if (!IS_ERR(rt))
		return rt;
	tx_drop_all(s, wire, PTR_ERR(rt) == -ELOOP ?
		    KPPTP_A_DROPS_TX_LOOP : KPPTP_A_DROPS_TX_NO_ROUTE);
	return NULL;
}

/* All of @wire leaves or is dropped. Caller holds tx.lock. */
static void tx_data_locked(struct kpptp_session *s, struct sk_buff_head *wire)
{
	struct sk_buff_head ready;
	struct sk_buff *skb;
	struct rtable *rt;

	if (!s->tx.has_key &&
	    kpptp_session_flag(s, KPPTP_SESSION_FLAGS_REQUIRE_MPPE)) {
		tx_drop_all(s, wire, KPPTP_A_DROPS_TX_CLEARTEXT);
		return;
	}
	rt = tx_route(s, wire);
	if (!rt)
		return;
	__skb_queue_head_init(&ready);
	while (!skb_queue_empty(wire)) {
		tx_seal(s, wire, &ready);
		while ((skb = __skb_dequeue(&ready)))
			tx_send(s, rt, skb);
	}
	ip_rt_put(rt);
}

void kpptp_tx_data(struct kpptp_session *s, struct sk_buff *skb)
{
	struct sk_buff_head wire;
	unsigned int reason;

	skb_reset_network_header(skb);
	reason = tx_refusal(s, skb);
	if (unlikely(reason)) {
		kpptp_session_drop(s->kn, s, skb, reason);
		return;
	}
	__skb_queue_head_init(&wire);
	tx_prepare(s, skb, &wire);
	if (unlikely(!tx_enter(s))) {
		tx_drop_all(s, &wire, KPPTP_A_DROPS_TX_LOOP);
		return;
	}
	tx_data_locked(s, &wire);
	tx_leave(s);
}

/*
 * Why a relayed frame cannot be sent, 0 if it can. How much the far end takes was
 * negotiated over our heads; only what no IP packet holds is refused.
 */
static unsigned int tx_relay_refusal(struct kpptp_session *s, struct sk_buff *skb)
{
	u16 proto = kpptp_get_be16(skb->data);

	if (READ_ONCE(s->dead))
		return KPPTP_A_DROPS_TX_NO_SESSION;
	if (kpptp_ppp_is_data(proto) && proto != KPPTP_PPP_COMP &&
	    kpptp_session_flag(s, KPPTP_SESSION_FLAGS_REQUIRE_MPPE))
		return KPPTP_A_DROPS_TX_CLEARTEXT;
	if (skb->len > IP_MAX_MTU - KPPTP_ROUTE_OVERHEAD - KPPTP_PPP_HDR_MAX)
		return KPPTP_A_DROPS_TX_TOO_BIG;
	if (skb_cow_head(skb, KPPTP_ROUTE_OVERHEAD + KPPTP_PPP_HDR_MAX))
		return KPPTP_A_DROPS_TX_NO_MEMORY;
	return 0;
}

/*
 * A frame whose protocol number stands before it, to the end of @wire; consumes
 * it. No DF: its sender cannot be told by ICMP what fits.
 */
static void tx_prepare_relay(struct kpptp_session *s, struct sk_buff *skb,
			     struct sk_buff_head *wire)
{
	unsigned int reason = tx_relay_refusal(s, skb);

	if (unlikely(reason)) {
		kpptp_session_drop(s->kn, s, skb, reason);
		return;
	}
	TX_CB(skb)->proto = kpptp_get_be16(skb->data);
	TX_CB(skb)->tos = READ_ONCE(s->tos) & ~INET_ECN_MASK;
	TX_CB(skb)->df = false;
	skb_pull(skb, 2);
	__skb_queue_tail(wire, skb);
}

/* All of @wire leaves or is dropped. Caller holds tx.lock. */
static void tx_relay_locked(struct kpptp_session *s, struct sk_buff_head *wire)
{
	struct rtable *rt = tx_route(s, wire);
	struct sk_buff *skb;

	if (!rt)
		return;
	while ((skb = __skb_dequeue(wire))) {
		TX_CB(skb)->seq = s->tx.seq++;
		if (kpptp_ppp_is_data(TX_CB(skb)->proto))
			tx_count_data(s, skb->len);
		else
			tx_count(s, &s->tx.stats.control);
		tx_put_ppp(s, skb, TX_CB(skb)->proto);
		tx_send(s, rt, skb);
	}
	ip_rt_put(rt);
}

void kpptp_tx_relay(struct kpptp_session *s, struct sk_buff_head *frames)
{
	struct sk_buff_head wire;
	struct sk_buff *skb;

	__skb_queue_head_init(&wire);
	while ((skb = __skb_dequeue(frames)))
		tx_prepare_relay(s, skb, &wire);
	if (skb_queue_empty(&wire))
		return;
	if (unlikely(!tx_enter(s))) {
		tx_drop_all(s, &wire, KPPTP_A_DROPS_TX_LOOP);
		return;
	}
	tx_relay_locked(s, &wire);
	tx_leave(s);
}

/* A packet of our own making, with room for all headers. */
static struct sk_buff *tx_alloc(size_t len)
{
	struct sk_buff *skb = alloc_skb(TX_HEADROOM + len, GFP_ATOMIC);

	if (!skb)
		return NULL;
	skb_reserve(skb, TX_HEADROOM);
	skb->priority = TC_PRIO_CONTROL;
	return skb;
}

/*
 * @skb, whole frame of TX_CB's protocol, with @len octets of information. Consumes it
 * unless it fails. Caller holds tx.lock.
 */
static int tx_frame_locked(struct kpptp_session *s, struct sk_buff *skb,
			   unsigned int len)
{
	struct rtable *rt = kpptp_route_get(s);

	if (IS_ERR(rt))
		return PTR_ERR(rt);
	if (kpptp_ppp_is_data(TX_CB(skb)->proto))
		tx_count_data(s, len);
	else
		tx_count(s, &s->tx.stats.control);
	TX_CB(skb)->seq = s->tx.seq++;
	TX_CB(skb)->tos = READ_ONCE(s->tos) & ~INET_ECN_MASK;
	tx_send(s, rt, skb);
	ip_rt_put(rt);
	return 0;
}

/* The same from any context; consumes @skb. */
static int tx_single(struct kpptp_session *s, struct sk_buff *skb, unsigned int len)
{
	int err = -ELOOP;

	local_bh_disable();
	if (tx_enter(s)) {
		err = tx_frame_locked(s, skb, len);
		tx_leave(s);
	}
	local_bh_enable();
	if (err)
		kfree_skb(skb);
	return err;
}

int kpptp_tx_control(struct kpptp_session *s, u16 proto, const u8 *info,
		     size_t len)
{
	struct sk_buff *skb;

	/* Every peer takes 1500 octets, whatever its MRU (RFC 1661 section 6.1). */
	if (len > max_t(u16, READ_ONCE(s->peer_mru), KPPTP_DEFAULT_PEER_MRU))
		return -EMSGSIZE;
	skb = tx_alloc(len);
	if (!skb)
		return -ENOMEM;
	skb_put_data(skb, info, len);
	tx_put_ppp(s, skb, proto);
	TX_CB(skb)->proto = proto;
	TX_CB(skb)->df = !kpptp_session_flag(s, KPPTP_SESSION_FLAGS_NO_DF);
	return tx_single(s, skb, len);
}

/* No DF, as in tx_prepare_relay(). */
int kpptp_tx_raw(struct kpptp_session *s, const u8 *frame, size_t len)
{
	struct kpptp_ppp ppp;
	struct sk_buff *skb;

	if (!kpptp_ppp_parse(frame, len, &ppp))
		return -EINVAL;
	if (kpptp_ppp_is_data(ppp.proto) && ppp.proto != KPPTP_PPP_COMP &&
	    kpptp_session_flag(s, KPPTP_SESSION_FLAGS_REQUIRE_MPPE))
		return -EPERM;
	skb = tx_alloc(len);
	if (!skb)
		return -ENOMEM;
	skb_put_data(skb, frame, len);
	TX_CB(skb)->proto = ppp.proto;
	TX_CB(skb)->df = false;
	if (kpptp_ppp_is_data(ppp.proto))
		skb->priority = 0;
	return tx_single(s, skb, len - ppp.hdr_len);
}

/* Consumes @skb when it returns true. Caller holds tx.lock. */
static bool tx_ack_locked(struct kpptp_session *s, struct sk_buff *skb)
{
	struct kpptp_gre gre = {
		.call_id = READ_ONCE(s->peer_call_id),
	};
	struct rtable *rt = kpptp_route_get(s);

	if (IS_ERR(rt))
		return false;
	spin_lock(&s->rx.lock);
	gre.has_ack = kpptp_ack_take(&s->rx.ack, &gre.ack);
	spin_unlock(&s->rx.lock);
	if (!gre.has_ack) {
		ip_rt_put(rt);
		return false;
	}
	tx_count(s, &s->tx.stats.acks);
	tx_put_gre(skb, &gre);
	kpptp_route_send(s, rt, skb, READ_ONCE(s->tos) & ~INET_ECN_MASK, true);
	ip_rt_put(rt);
	return true;
}

/* Failing costs nothing: the ack stays owed and goes with the next chance. */
void kpptp_tx_ack(struct kpptp_session *s)
{
	struct sk_buff *skb = tx_alloc(0);
	bool sent = false;

	if (!skb)
		return;
	if (tx_enter(s)) {
		sent = tx_ack_locked(s, skb);
		tx_leave(s);
	}
	if (!sent)
		kfree_skb(skb);
}
