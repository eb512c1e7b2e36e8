// SPDX-License-Identifier: GPL-2.0-only
/*
 * The handlers of GRE version 1. Packets of no session are dropped without an
 * answer: a client's GRE may come before its call is set up, and an ICMP error
 * would make it give up.
 */
#include <linux/icmp.h>
#include <linux/ip.h>
#include <net/gre.h>
#include <net/icmp.h>

#include "core/gre.h"
#include "gre_in.h"
#include "lookup.h"
#include "route.h"
#include "rx.h"
#include "rx_cb.h"
#include "rxq.h"
#include "session.h"

/* Octets of the quoted packet behind its IP header that icmp.c vouches for. */
#define GRE_IN_QUOTED_LEN	8

/* Why a header is not one of ours, 0 if it is. */
static unsigned int gre_in_reason(enum kpptp_gre_verdict verdict)
{
	switch (verdict) {
	case KPPTP_GRE_OK:
		return 0;
	case KPPTP_GRE_SHORT:
		return KPPTP_A_DROPS_GRE_SHORT;
	case KPPTP_GRE_BAD_FLAGS:
	case KPPTP_GRE_EMPTY:
		return KPPTP_A_DROPS_GRE_FLAGS;
	case KPPTP_GRE_BAD_LEN:
		return KPPTP_A_DROPS_GRE_LENGTH;
	}
	return KPPTP_A_DROPS_GRE_FLAGS;
}

static unsigned int gre_in_parse(struct sk_buff *skb, struct kpptp_gre *gre)
{
	unsigned int len = min_t(unsigned int, skb->len, KPPTP_GRE_MAX_LEN);

	if (!pskb_may_pull(skb, len))
		return KPPTP_A_DROPS_RX_NO_MEMORY;
	return gre_in_reason(kpptp_gre_parse(skb->data, len, skb->len, gre));
}

/* Trims @skb to the PPP frame and queues it, or says why not. */
static unsigned int gre_in_enqueue(struct kpptp_session *s, struct sk_buff *skb,
				   const struct kpptp_gre *gre)
{
	u8 tos = ip_hdr(skb)->tos;

	BUILD_BUG_ON(sizeof(struct kpptp_rx_cb) > sizeof(skb->cb));

	skb_pull(skb, kpptp_gre_len(gre));
	if (pskb_trim(skb, gre->payload_len))
		return KPPTP_A_DROPS_RX_NO_MEMORY;
	if (!kpptp_session_hold(s))
		return KPPTP_A_DROPS_NO_SESSION;

	/* Neither outlives this RCU section for certain; the packet may. */
	skb_dst_drop(skb);
	skb->dev = NULL;
	KPPTP_RX_CB(skb)->session = s;
	KPPTP_RX_CB(skb)->arrived = jiffies;
	KPPTP_RX_CB(skb)->gre = *gre;
	KPPTP_RX_CB(skb)->ahead = 0;
	KPPTP_RX_CB(skb)->tos = tos;
	if (kpptp_rxq_enqueue(s, skb))
		return 0;
	kpptp_session_put(s);
	return KPPTP_A_DROPS_RX_QUEUE_FULL;
}

/*
 * Has the packet come by the device that the session is bound to? For a VRF that is
 * the one that it is given to, for an interface, of a VRF or none, the one that had it
 * from the wire.
 */
static bool gre_in_way(const struct kpptp_session *s, const struct sk_buff *skb)
{
	return !s->outer_ifindex || skb->dev->ifindex == s->outer_ifindex ||
	       IPCB(skb)->iif == s->outer_ifindex;
}

/* Under RCU, in softirq; consumes @skb. */
static int gre_in_rcv(struct sk_buff *skb)
{
	struct kpptp_net *kn = kpptp_net(dev_net(skb->dev));
	struct kpptp_session *s = NULL;
	struct kpptp_gre gre;
	unsigned int reason;

	reason = gre_in_parse(skb, &gre);
	if (reason)
		goto drop;
	s = kpptp_lookup_call(kn, ip_hdr(skb)->daddr, ip_hdr(skb)->saddr,
			      gre.call_id);
	if (s && !gre_in_way(s, skb))
		s = NULL;
	if (!s) {
		reason = KPPTP_A_DROPS_NO_SESSION;
		goto drop;
	}
	if (!gre.has_seq) {
		kpptp_rx_ack(s, &gre);
		consume_skb(skb);
		return NET_RX_SUCCESS;
	}
	reason = gre_in_enqueue(s, skb, &gre);
	if (reason)
		goto drop;
	return NET_RX_SUCCESS;

drop:
	kpptp_session_drop(kn, s, skb, reason);
	return NET_RX_DROP;
}

/* Is it ours that is quoted? The whole of what is there to be checked. */
static bool gre_in_quotes_us(const struct sk_buff *skb)
{
	const struct iphdr *iph = (const struct iphdr *)skb->data;
	const u8 *gre = skb->data + iph->ihl * 4;

	if (skb_headlen(skb) < iph->ihl * 4 + GRE_IN_QUOTED_LEN)
		return false;
	return (gre[0] == 0x30 || gre[0] == 0x20) && (gre[1] & 0x7f) == 1 &&
	       kpptp_get_be16(gre + 2) == KPPTP_GRE_PROTO;
}

/*
 * An ICMP error; @skb starts with the quoted IPv4 header, @info is the next-hop
 * MTU. All but "fragmentation needed" are ignored: anybody can send them, and a
 * dead path is for the control connection to notice.
 */
static void gre_in_err(struct sk_buff *skb, u32 info)
{
	if (icmp_hdr(skb)->type != ICMP_DEST_UNREACH ||
	    icmp_hdr(skb)->code != ICMP_FRAG_NEEDED)
		return;
	if (gre_in_quotes_us(skb))
		kpptp_route_too_big(dev_net(skb->dev), skb, info);
}

static const struct gre_protocol gre_in_protocol = {
	.handler = gre_in_rcv,
	.err_handler = gre_in_err,
};

int kpptp_gre_in_init(void)
{
	int err = gre_add_protocol(&gre_in_protocol, GREPROTO_PPTP);

	if (err)
		pr_err("kpptp: another module, most likely pptp, handles PPTP's GRE; unload it first: modprobe -r pptp\n");
	return err;
}

void kpptp_gre_in_exit(void)
{
	gre_del_protocol(&gre_in_protocol, GREPROTO_PPTP);
}
