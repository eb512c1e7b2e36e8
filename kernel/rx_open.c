// SPDX-License-Identifier: GPL-2.0-only
/*
 * Receiving: a packet whose turn has come, and what it deserves.
 *
 * The window, the coherency count and the key move together under rx.lock, and
 * only for a packet that deserves it:
 *
 * - With a receive key, a packet deserves it when it decrypts to an IP packet
 *   (core/mppe.h). Control frames are in clear and prove nothing: they are
 *   delivered, but take the window no further than the number that is due.
 * - Without a key the number is all there is: inside the window it is taken at
 *   its word, beyond it only when a second packet confirms it.
 */
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <net/inet_ecn.h>
#include <net/ip_tunnels.h>

#include "lookup.h"
#include "route.h"
#include "rx_cb.h"
#include "rx_mppe.h"
#include "rx_open.h"
#include "rx_run.h"
#include "session.h"

/* The packet's number and all before it are done with; it is owed an ack. */
static void rx_accept(struct kpptp_rx_run *run, struct sk_buff *skb)
{
	struct kpptp_session *s = run->s;
	u32 seq = KPPTP_RX_CB(skb)->gre.seq;
	s32 gap = (s32)(seq - s->rx.win.next);

	if (s->rx.win.started && gap > 0)
		kpptp_rx_count(s, &s->rx.stats.missing, gap);
	kpptp_seq_accept(&s->rx.win, seq);
	if (kpptp_ack_received(&s->rx.ack, seq))
		run->ack = true;
	WRITE_ONCE(s->rx.last_any, jiffies);
}

/* Makes @skb linear and ours, and finds its protocol. False: it was dropped. */
bool kpptp_rx_parse(struct kpptp_rx_run *run, struct sk_buff *skb)
{
	if (skb_linearize_cow(skb)) {
		kpptp_rx_drop(run, skb, KPPTP_A_DROPS_RX_NO_MEMORY);
		return false;
	}
	if (!kpptp_ppp_parse(skb->data, skb->len, &KPPTP_RX_CB(skb)->ppp)) {
		kpptp_rx_drop(run, skb, KPPTP_A_DROPS_PPP_FRAME);
		return false;
	}
	return true;
}

/* The device that takes the session's data now, NULL if none. Under RCU. */
static struct net_device *rx_dev(const struct kpptp_session *s)
{
	struct net_device *dev = rcu_dereference(s->dev);

	if (!kpptp_session_flag(s, KPPTP_SESSION_FLAGS_UP))
		return NULL;
	return dev && netif_running(dev) ? dev : NULL;
}

/*
 * @skb, whose IP header is at its data, becomes a packet of @dev. False: RFC
 * 6040 section 4.2 wants it dropped (congestion was marked on a packet whose
 * sender does not understand marks).
 */
static bool rx_decapsulate(struct kpptp_session *s, struct sk_buff *skb,
			   struct net_device *dev, __be16 proto)
{
	struct iphdr outer = { .tos = KPPTP_RX_CB(skb)->tos };

	skb->protocol = proto;
	skb->ip_summed = CHECKSUM_NONE;
	skb->encapsulation = 0;
	skb_reset_mac_header(skb);
	skb_reset_network_header(skb);
	skb_reset_transport_header(skb);
	skb->mac_len = 0;
	skb_clear_hash(skb);
	__skb_tunnel_rx(skb, dev, s->kn->net);
	return IP_ECN_decapsulate(&outer, skb) <= 1;
}

/* An accepted packet with a network protocol, @len octets of it. */
static void rx_count_data(struct kpptp_rx_run *run, unsigned int len)
{
	struct kpptp_session *s = run->s;

	kpptp_rx_count(s, &s->rx.stats.packets, 1);
	kpptp_rx_count(s, &s->rx.stats.bytes, len);
	WRITE_ONCE(s->rx.last_data, jiffies);
	/* Written once: the line is shared with whoever sends. */
	if (!test_bit(ilog2(KPPTP_SESSION_STATUS_DATA_SEEN), &s->status) &&
	    !test_and_set_bit(ilog2(KPPTP_SESSION_STATUS_DATA_SEEN), &s->status))
		run->first_data = true;
}

/*
 * An accepted network-protocol packet; @skb->data is at the protocol field and
 * the IP header behind it is whole (kpptp_mppe_plausible()).
 */
static void rx_data(struct kpptp_rx_run *run, struct sk_buff *skb)
{
	struct kpptp_session *s = run->s;
	struct net_device *dev = rx_dev(s);
	u16 proto;

	if (!dev) {
		kpptp_rx_drop(run, skb, KPPTP_A_DROPS_NOT_UP);
		return;
	}
	skb_pull(skb, kpptp_ppp_proto(skb->data, skb->len, &proto));
	if (!rx_decapsulate(s, skb, dev, proto == KPPTP_PPP_IP ?
			    htons(ETH_P_IP) : htons(ETH_P_IPV6))) {
		kpptp_rx_drop(run, skb, KPPTP_A_DROPS_INNER_PROTO);
		return;
	}
	if (!kpptp_lookup_source(dev, s, skb)) {
		kpptp_rx_drop(run, skb, KPPTP_A_DROPS_INNER_SOURCE);
		return;
	}
	if (kpptp_session_flag(s, KPPTP_SESSION_FLAGS_CLAMP_MSS))
		kpptp_route_clamp_mss(s, skb);
	KPPTP_RX_CB(skb)->ppp.proto = proto;
	rx_count_data(run, skb->len);
	__skb_queue_tail(&run->out, skb);
}

/* A network protocol in clear, its turn has come. */
void kpptp_rx_open_clear(struct kpptp_rx_run *run, struct sk_buff *skb)
{
	struct kpptp_session *s = run->s;

	if (s->rx.has_key ||
	    kpptp_session_flag(s, KPPTP_SESSION_FLAGS_REQUIRE_MPPE)) {
		kpptp_rx_drop(run, skb, KPPTP_A_DROPS_RX_CLEARTEXT);
		return;
	}
	rx_accept(run, skb);
	if (KPPTP_RX_CB(skb)->ppp.hdr_len > 2)
		skb_pull(skb, 2);	/* address and control */
	if (kpptp_mppe_plausible(skb->data, skb->len))
		rx_data(run, skb);
	else
		kpptp_rx_drop(run, skb, KPPTP_A_DROPS_INNER_PROTO);
}

/*
 * A control frame. With a key it proves nothing: it is accepted when that takes
 * the window no further than the number that is due, and does not say where the
 * numbers begin.
 */
void kpptp_rx_open_control(struct kpptp_rx_run *run, struct sk_buff *skb,
			   enum kpptp_seq_verdict verdict)
{
	struct kpptp_session *s = run->s;

	if (skb->len - KPPTP_RX_CB(skb)->ppp.hdr_len > KPPTP_FRAME_MAX - 2) {
		kpptp_rx_drop(run, skb, KPPTP_A_DROPS_PPP_FRAME);
		return;
	}
	if (!s->rx.has_key || verdict == KPPTP_SEQ_LATE ||
	    (verdict == KPPTP_SEQ_NEXT && s->rx.win.started))
		rx_accept(run, skb);
	kpptp_rx_count(s, &s->rx.stats.control, 1);
	__skb_queue_tail(&run->out, skb);
}

/* An encrypted packet, its turn has come. */
static void rx_open_sealed(struct kpptp_rx_run *run, struct sk_buff *skb)
{
	unsigned int reason;

	if (!run->s->rx.has_key) {
		rx_accept(run, skb);
		kpptp_rx_drop(run, skb, KPPTP_A_DROPS_MPPE_NO_KEY);
		return;
	}
	reason = kpptp_rx_decrypt(run, skb);
	if (unlikely(reason)) {
		kpptp_rx_drop(run, skb, reason);
		return;
	}
	rx_accept(run, skb);
	rx_data(run, skb);
}

/*
 * A frame of a relayed or raw session, to be taken on. There is no key here that
 * could prove it, so the number is taken at its word; what the frame means is for
 * the far ends to say. Late control frames go on, as everywhere; late data would
 * be out of order for good, since the far end does not see our numbers.
 */
static void rx_open_passing(struct kpptp_rx_run *run, struct sk_buff *skb,
			    enum kpptp_seq_verdict verdict)
{
	const struct kpptp_ppp ppp = KPPTP_RX_CB(skb)->ppp;
	bool data = kpptp_ppp_is_data(ppp.proto);
	struct kpptp_session *s = run->s;

	if (data && verdict == KPPTP_SEQ_LATE) {
		kpptp_rx_drop(run, skb, KPPTP_A_DROPS_SEQ_LATE);
		return;
	}
	if (data && ppp.proto != KPPTP_PPP_COMP &&
	    kpptp_session_flag(s, KPPTP_SESSION_FLAGS_REQUIRE_MPPE)) {
		kpptp_rx_drop(run, skb, KPPTP_A_DROPS_RX_CLEARTEXT);
		return;
	}
	if (run->raw && skb->len > KPPTP_FRAME_MAX) {
		kpptp_rx_drop(run, skb, KPPTP_A_DROPS_PPP_FRAME);
		return;
	}
	rx_accept(run, skb);
	if (data)
		rx_count_data(run, skb->len - ppp.hdr_len);
	else
		kpptp_rx_count(s, &s->rx.stats.control, 1);
	__skb_queue_tail(&run->out, skb);
}

/* A parsed packet whose turn has come; consumes it. */
static void rx_open_parsed(struct kpptp_rx_run *run, struct sk_buff *skb,
			   enum kpptp_seq_verdict verdict)
{
	u16 proto = KPPTP_RX_CB(skb)->ppp.proto;

	if (run->relay || run->raw)
		rx_open_passing(run, skb, verdict);
	else if (!kpptp_ppp_is_data(proto))
		kpptp_rx_open_control(run, skb, verdict);
	else if (verdict == KPPTP_SEQ_LATE)
		kpptp_rx_drop(run, skb, KPPTP_A_DROPS_SEQ_LATE);
	else if (proto == KPPTP_PPP_COMP)
		rx_open_sealed(run, skb);
	else
		kpptp_rx_open_clear(run, skb);
}

void kpptp_rx_open(struct kpptp_rx_run *run, struct sk_buff *skb,
		   enum kpptp_seq_verdict verdict)
{
	if (kpptp_rx_parse(run, skb))
		rx_open_parsed(run, skb, verdict);
}
