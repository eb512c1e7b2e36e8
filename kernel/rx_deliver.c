// SPDX-License-Identifier: GPL-2.0-only
/*
 * Receiving: where packets go that are through, with no lock held.
 *
 * A relayed or raw session is only a stretch of the way: its frames go to the
 * other session or to the owner as they are.
 */
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/netdevice.h>

#include "ccp.h"
#include "notify.h"
#include "rx_cb.h"
#include "rx_deliver.h"
#include "rx_run.h"
#include "session.h"
#include "tx.h"

/* Puts two octets of protocol number in the place of the header. */
static void rx_unify(struct sk_buff *skb)
{
	const struct kpptp_ppp ppp = KPPTP_RX_CB(skb)->ppp;

	skb_pull(skb, ppp.hdr_len);
	kpptp_put_be16(skb_push(skb, 2), ppp.proto);
}

/* The frame is the owner's, if there is one who wants it. Consumes @skb. */
static void rx_deliver_owner(struct kpptp_session *s, struct sk_buff *skb)
{
	u32 owner = READ_ONCE(s->owner);
	int err = -ECONNREFUSED;

	if (owner && kpptp_session_flag(s, KPPTP_SESSION_FLAGS_CONTROL))
		err = kpptp_notify_frame(s->kn->net, owner, s->id, skb->data,
					 skb->len);
	if (!err)
		consume_skb(skb);
	else if (err == -ENOBUFS || err == -EAGAIN)
		kpptp_session_drop(s->kn, s, skb, KPPTP_A_DROPS_OWNER_OVERRUN);
	else
		kpptp_session_drop(s->kn, s, skb, KPPTP_A_DROPS_NO_OWNER);
}

/* CCP's resets are ours, the rest belongs to the owner. Consumes @skb. */
static void rx_deliver_control(struct kpptp_session *s, struct sk_buff *skb)
{
	const struct kpptp_ppp *ppp = &KPPTP_RX_CB(skb)->ppp;

	if (ppp->proto == KPPTP_PPP_CCP &&
	    kpptp_ccp_input(s, skb->data + ppp->hdr_len,
			    skb->len - ppp->hdr_len)) {
		consume_skb(skb);
		return;
	}
	rx_unify(skb);
	rx_deliver_owner(s, skb);
}

/* All of @run->out goes on to the other session of the pair. */
static void rx_deliver_relay(struct kpptp_rx_run *run)
{
	struct sk_buff *skb;

	skb_queue_walk(&run->out, skb) {
		rx_unify(skb);
		skb->ip_summed = CHECKSUM_NONE;
		skb->encapsulation = 0;
	}
	kpptp_tx_relay(run->relay, &run->out);
}

static void rx_deliver_raw(struct kpptp_rx_run *run)
{
	struct sk_buff *skb;

	while ((skb = __skb_dequeue(&run->out)))
		rx_deliver_owner(run->s, skb);
}

/*
 * Can GRO join @skb with others? For what it only passes on, as it does with UDP
 * unless that was asked for, it would compute a checksum that nobody needs.
 */
static bool rx_joins(const struct sk_buff *skb)
{
	u8 proto = skb->protocol == htons(ETH_P_IP) ? ip_hdr(skb)->protocol :
						      ipv6_hdr(skb)->nexthdr;

	if (proto == IPPROTO_UDP)
		return skb->dev->features & (NETIF_F_GRO_FRAGLIST | NETIF_F_GRO_UDP_FWD);
	return proto == IPPROTO_TCP;
}

static void rx_deliver_here(struct kpptp_rx_run *run, struct napi_struct *napi)
{
	struct sk_buff *skb;
	LIST_HEAD(others);

	while ((skb = __skb_dequeue(&run->out))) {
		if (!kpptp_ppp_is_data(KPPTP_RX_CB(skb)->ppp.proto)) {
			rx_deliver_control(run->s, skb);
			continue;
		}
		dev_sw_netstats_rx_add(skb->dev, skb->len);
		if (rx_joins(skb))
			napi_gro_receive(napi, skb);
		else
			list_add_tail(&skb->list, &others);
	}
	if (!list_empty(&others))
		netif_receive_skb_list(&others);
}

void kpptp_rx_deliver(struct kpptp_rx_run *run, struct napi_struct *napi)
{
	if (run->relay)
		rx_deliver_relay(run);
	else if (run->raw)
		rx_deliver_raw(run);
	else
		rx_deliver_here(run, napi);
}
