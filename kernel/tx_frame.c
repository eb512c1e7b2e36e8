// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sending: frames that are complete, and acks.
 */
#include <linux/if_ether.h>
#include <linux/netdevice.h>
#include <linux/pkt_sched.h>
#include <net/inet_ecn.h>
#include <net/ip.h>
#include <net/route.h>

#include "core/gre.h"
#include "tx.h"
#include "tx_out.h"

/*
 * Room before a relayed frame, that of Ethernet included: the stack would have to make it,
 * and if there is no memory nobody counts what it drops.
 */
#define TX_RELAY_HEADROOM	(HH_DATA_ALIGN(ETH_HLEN) + KPPTP_ROUTE_OVERHEAD + \
				 KPPTP_PPP_HDR_MAX)

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
	if (skb_cow_head(skb, TX_RELAY_HEADROOM))
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
	KPPTP_TX_CB(skb)->proto = kpptp_get_be16(skb->data);
	KPPTP_TX_CB(skb)->tos = READ_ONCE(s->tos) & ~INET_ECN_MASK;
	KPPTP_TX_CB(skb)->df = false;
	skb_pull(skb, 2);
	__skb_queue_tail(wire, skb);
}

void kpptp_tx_relay(struct kpptp_session *s, struct sk_buff_head *frames)
{
	struct sk_buff_head wire;
	struct sk_buff *skb;
	struct rtable *rt;

	__skb_queue_head_init(&wire);
	while ((skb = __skb_dequeue(frames)))
		tx_prepare_relay(s, skb, &wire);
	if (skb_queue_empty(&wire))
		return;
	rt = kpptp_tx_begin(s);
	if (IS_ERR(rt)) {
		kpptp_tx_drop_all(s, &wire, kpptp_tx_reason(rt));
		return;
	}
	while ((skb = __skb_dequeue(&wire))) {
		if (kpptp_ppp_is_data(KPPTP_TX_CB(skb)->proto))
			kpptp_tx_count_data(s, skb->len);
		else
			kpptp_tx_count(s, &s->tx.stats.control);
		kpptp_tx_put_ppp(s, skb, KPPTP_TX_CB(skb)->proto);
		kpptp_tx_put(s, skb);
	}
	kpptp_tx_end(s, rt);
}

/* A packet of our own making, with room for all headers. */
static struct sk_buff *tx_alloc(size_t len)
{
	struct sk_buff *skb = alloc_skb(KPPTP_TX_HEADROOM + len, GFP_ATOMIC);

	if (!skb)
		return NULL;
	skb_reserve(skb, KPPTP_TX_HEADROOM);
	skb->priority = TC_PRIO_CONTROL;
	return skb;
}

/*
 * @skb is a whole frame of KPPTP_TX_CB's protocol, with @len octets of information.
 * From any context; consumes @skb.
 */
static int tx_single(struct kpptp_session *s, struct sk_buff *skb, unsigned int len)
{
	struct rtable *rt;

	local_bh_disable();
	rt = kpptp_tx_begin(s);
	if (IS_ERR(rt)) {
		local_bh_enable();
		kfree_skb(skb);
		return PTR_ERR(rt);
	}
	if (kpptp_ppp_is_data(KPPTP_TX_CB(skb)->proto))
		kpptp_tx_count_data(s, len);
	else
		kpptp_tx_count(s, &s->tx.stats.control);
	KPPTP_TX_CB(skb)->tos = READ_ONCE(s->tos) & ~INET_ECN_MASK;
	kpptp_tx_put(s, skb);
	kpptp_tx_end(s, rt);
	local_bh_enable();
	return 0;
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
	kpptp_tx_put_ppp(s, skb, proto);
	KPPTP_TX_CB(skb)->proto = proto;
	KPPTP_TX_CB(skb)->df = !kpptp_session_flag(s, KPPTP_SESSION_FLAGS_NO_DF);
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
	KPPTP_TX_CB(skb)->proto = ppp.proto;
	KPPTP_TX_CB(skb)->df = false;
	if (kpptp_ppp_is_data(ppp.proto))
		skb->priority = 0;
	return tx_single(s, skb, len - ppp.hdr_len);
}

/* What we owe, into @gre. False when it is nothing. */
static bool tx_owed(struct kpptp_session *s, struct kpptp_gre *gre)
{
	spin_lock(&s->rx.lock);
	gre->has_ack = kpptp_ack_take(&s->rx.ack, &gre->ack);
	spin_unlock(&s->rx.lock);
	return gre->has_ack;
}

/* Failing costs nothing: the ack stays owed and goes with the next chance. */
void kpptp_tx_ack(struct kpptp_session *s)
{
	struct kpptp_gre gre = {
		.call_id = READ_ONCE(s->peer_call_id),
	};
	struct sk_buff *skb = tx_alloc(0);
	struct rtable *rt;

	if (!skb)
		return;
	rt = kpptp_tx_begin(s);
	if (IS_ERR(rt)) {
		kfree_skb(skb);
		return;
	}
	if (tx_owed(s, &gre))
		kpptp_tx_put_ack(s, skb, &gre);
	else
		kfree_skb(skb);
	kpptp_tx_end(s, rt);
}
