// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sending: packets of the stack.
 *
 * What can be done without order (segmentation, copying, checksums) is done here,
 * before the packets get their numbers.
 */
#include <linux/icmpv6.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <net/gso.h>
#include <net/icmp.h>
#include <net/inet_ecn.h>
#include <net/ip.h>
#include <net/ipv6.h>

#include "tx.h"
#include "tx_out.h"
#include "txq.h"

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
	    skb_headroom(skb) < KPPTP_TX_HEADROOM) {
		own = skb_copy_expand(skb, KPPTP_TX_HEADROOM, 0, GFP_ATOMIC);
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
	KPPTP_TX_CB(own)->proto = own->protocol == htons(ETH_P_IP) ?
			    KPPTP_PPP_IP : KPPTP_PPP_IPV6;
	KPPTP_TX_CB(own)->tos = tx_outer_tos(s, own);
	KPPTP_TX_CB(own)->df = !kpptp_session_flag(s, KPPTP_SESSION_FLAGS_NO_DF) &&
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

void kpptp_tx_data(struct kpptp_session *s, struct sk_buff *skb)
{
	struct kpptp_tx_burst burst;
	unsigned int reason;

	skb_reset_network_header(skb);
	reason = tx_refusal(s, skb);
	if (unlikely(reason)) {
		kpptp_session_drop(s->kn, s, skb, reason);
		return;
	}
	burst.s = s;
	__skb_queue_head_init(&burst.wire);
	tx_prepare(s, skb, &burst.wire);
	if (!skb_queue_empty(&burst.wire))
		kpptp_txq_send(&burst);
}
