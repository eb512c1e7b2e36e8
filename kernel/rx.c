// SPDX-License-Identifier: GPL-2.0-only
/*
 * Receiving: the window, decryption, delivery.
 *
 * The window, the coherency count and the key move together under rx.lock, and
 * only for a packet that deserves it:
 *
 * - With a receive key, a packet deserves it when it decrypts to an IP packet
 *   (core/mppe.h). Control frames are in clear and prove nothing: they are
 *   delivered, but take the window no further than the number that is due.
 * - Without a key the number is all there is: inside the window it is taken at
 *   its word, beyond it only when a second packet confirms it.
 * - What comes ahead of a missing number is held as it came, and opened when
 *   its turn has come, so that MPPE never sees reordering.
 *
 * Packets that are through are collected and delivered when the lock is gone.
 *
 * A relayed or raw session is only a stretch of the way: its frames go through
 * the window, and from there to the other session or to the owner as they are.
 */
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <net/inet_ecn.h>
#include <net/ip_tunnels.h>

#include "ccp.h"
#include "crypt.h"
#include "notify.h"
#include "route.h"
#include "rx.h"
#include "session.h"
#include "trace.h"
#include "tx.h"

#define RX_DESYNC_EVERY		HZ	/* events */
#define RX_ACK_BEHIND		4096	/* an ack further behind is not believed */

/**
 * struct rx_run - what one pass over a session brings about after its lock
 * @s: the session
 * @relay: where all of @out goes, NULL: here
 * @raw: all of @out goes to the owner
 * @out: packets to deliver, in order
 * @ack: an ack is due now
 * @reset: stateful MPPE lost step
 * @first_data: the session's first data packet is in @out
 * @far: stateless MPPE is catching up, and userspace is to know
 */
struct rx_run {
	struct kpptp_session *s;
	struct kpptp_session *relay;
	bool raw;
	struct sk_buff_head out;
	bool ack;
	bool reset;
	bool first_data;
	bool far;
};

static void rx_drop(struct rx_run *run, struct sk_buff *skb,
		    unsigned int reason)
{
	kpptp_session_drop(run->s->kn, run->s, skb, reason);
}

/* Counts @n in one of the session's statistics. Caller holds rx.lock. */
static void rx_count(struct kpptp_session *s, u64_stats_t *what, u64 n)
{
	u64_stats_update_begin(&s->rx.stats.sync);
	u64_stats_add(what, n);
	u64_stats_update_end(&s->rx.stats.sync);
}

/* The packet's number and all before it are done with; it is owed an ack. */
static void rx_accept(struct rx_run *run, struct sk_buff *skb)
{
	struct kpptp_session *s = run->s;
	u32 seq = KPPTP_RX_CB(skb)->gre.seq;
	s32 gap = (s32)(seq - s->rx.win.next);

	if (s->rx.win.started && gap > 0)
		rx_count(s, &s->rx.stats.missing, gap);
	kpptp_seq_accept(&s->rx.win, seq);
	if (kpptp_ack_received(&s->rx.ack, seq))
		run->ack = true;
	WRITE_ONCE(s->rx.last_any, jiffies);
}

/* Makes @skb linear and ours, and finds its protocol. False: it was dropped. */
static bool rx_parse(struct rx_run *run, struct sk_buff *skb)
{
	if (skb_linearize_cow(skb)) {
		rx_drop(run, skb, KPPTP_A_DROPS_RX_NO_MEMORY);
		return false;
	}
	if (!kpptp_ppp_parse(skb->data, skb->len, &KPPTP_RX_CB(skb)->ppp)) {
		rx_drop(run, skb, KPPTP_A_DROPS_PPP_FRAME);
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
static void rx_count_data(struct rx_run *run, unsigned int len)
{
	struct kpptp_session *s = run->s;

	rx_count(s, &s->rx.stats.packets, 1);
	rx_count(s, &s->rx.stats.bytes, len);
	WRITE_ONCE(s->rx.last_data, jiffies);
	if (!test_and_set_bit(ilog2(KPPTP_SESSION_STATUS_DATA_SEEN),
			      &s->status))
		run->first_data = true;
}

/*
 * An accepted network-protocol packet; @skb->data is at the protocol field and
 * the IP header behind it is whole (kpptp_mppe_plausible()).
 */
static void rx_data(struct rx_run *run, struct sk_buff *skb)
{
	struct kpptp_session *s = run->s;
	struct net_device *dev = rx_dev(s);
	u16 proto;

	if (!dev) {
		rx_drop(run, skb, KPPTP_A_DROPS_NOT_UP);
		return;
	}
	skb_pull(skb, kpptp_ppp_proto(skb->data, skb->len, &proto));
	if (!rx_decapsulate(s, skb, dev, proto == KPPTP_PPP_IP ?
			    htons(ETH_P_IP) : htons(ETH_P_IPV6))) {
		rx_drop(run, skb, KPPTP_A_DROPS_INNER_PROTO);
		return;
	}
	if (kpptp_session_flag(s, KPPTP_SESSION_FLAGS_CLAMP_MSS))
		kpptp_route_clamp_mss(s, skb);
	KPPTP_RX_CB(skb)->ppp.proto = proto;
	rx_count_data(run, skb->len);
	__skb_queue_tail(&run->out, skb);
}

/* A network protocol in clear, its turn has come. */
static void rx_open_clear(struct rx_run *run, struct sk_buff *skb)
{
	struct kpptp_session *s = run->s;

	if (s->rx.has_key ||
	    kpptp_session_flag(s, KPPTP_SESSION_FLAGS_REQUIRE_MPPE)) {
		rx_drop(run, skb, KPPTP_A_DROPS_RX_CLEARTEXT);
		return;
	}
	rx_accept(run, skb);
	if (KPPTP_RX_CB(skb)->ppp.hdr_len > 2)
		skb_pull(skb, 2);	/* address and control */
	if (kpptp_mppe_plausible(skb->data, skb->len))
		rx_data(run, skb);
	else
		rx_drop(run, skb, KPPTP_A_DROPS_INNER_PROTO);
}

/*
 * A control frame. With a key it proves nothing: it is accepted when that takes
 * the window no further than the number that is due.
 */
static void rx_open_control(struct rx_run *run, struct sk_buff *skb,
			    enum kpptp_seq_verdict verdict)
{
	struct kpptp_session *s = run->s;

	if (skb->len - KPPTP_RX_CB(skb)->ppp.hdr_len > KPPTP_FRAME_MAX - 2) {
		rx_drop(run, skb, KPPTP_A_DROPS_PPP_FRAME);
		return;
	}
	if (!s->rx.has_key || verdict == KPPTP_SEQ_NEXT ||
	    verdict == KPPTP_SEQ_LATE)
		rx_accept(run, skb);
	rx_count(s, &s->rx.stats.control, 1);
	__skb_queue_tail(&run->out, skb);
}

/* Runs @job over the encrypted octets of @skb, in place. RC4 undoes itself. */
static void rx_crypt(struct sk_buff *skb, struct kpptp_rc4_job *job)
{
	unsigned int off = KPPTP_RX_CB(skb)->ppp.hdr_len + KPPTP_MPPE_HDR_LEN;
	struct kpptp_crypt_batch *batch = kpptp_crypt_batch();

	job->src = skb->data + off;
	job->dst = skb->data + off;
	job->len = skb->len - off;
	batch->job[batch->n++] = *job;
	kpptp_crypt_run(batch);
}

static u16 rx_mppe_bits(const struct sk_buff *skb)
{
	return kpptp_get_be16(skb->data + KPPTP_RX_CB(skb)->ppp.hdr_len);
}

/* Decrypted, and expanded if it is compressed, does it look like a packet? */
static bool rx_plausible(struct kpptp_session *s, const struct sk_buff *skb)
{
	unsigned int off = KPPTP_RX_CB(skb)->ppp.hdr_len + KPPTP_MPPE_HDR_LEN;
	struct kpptp_mppc_rx *mppc = s->rx.mppc;
	u16 bits = rx_mppe_bits(skb);

	if (!(bits & KPPTP_MPPE_COMPRESSED))
		return kpptp_mppe_plausible(skb->data + off, skb->len - off);
	return kpptp_mppc_expand(mppc, skb->data + off, skb->len - off,
				 bits & KPPTP_MPPE_FLUSHED,
				 bits & KPPTP_MPPE_B) &&
	       kpptp_mppe_plausible(mppc->out, mppc->len);
}

static enum kpptp_mppe_verdict rx_begin(struct kpptp_session *s,
					const struct sk_buff *skb,
					struct kpptp_mppe_trial *trial,
					struct kpptp_rc4_job *job)
{
	const struct kpptp_rx_cb *cb = KPPTP_RX_CB(skb);

	return kpptp_mppe_rx_begin(&s->rx.mppe, skb->data + cb->ppp.hdr_len,
				   skb->len - cb->ppp.hdr_len, cb->gre.seq,
				   trial, job);
}

/* Puts the ciphertext back after a first trial, for the second one. */
static void rx_undo(struct kpptp_session *s, struct sk_buff *skb,
		    struct kpptp_mppe_trial *trial)
{
	struct kpptp_rc4_job job;

	if (rx_begin(s, skb, trial, &job) == KPPTP_MPPE_TRIAL)
		rx_crypt(skb, &job);
}

/* Out of step. Userspace hears of it once a second at most. */
static unsigned int rx_far(struct rx_run *run, u32 seq)
{
	struct kpptp_session *s = run->s;

	trace_kpptp_desync(s->id, seq, KPPTP_DESYNC_KIND_CATCHING_UP);
	if (time_after_eq(jiffies, s->rx.last_desync + RX_DESYNC_EVERY)) {
		s->rx.last_desync = jiffies;
		run->far = true;
	}
	return KPPTP_A_DROPS_MPPE_FAR;
}

static unsigned int rx_desync(struct rx_run *run)
{
	set_bit(ilog2(KPPTP_SESSION_STATUS_DISCARDING), &run->s->status);
	run->reset = true;
	return KPPTP_A_DROPS_MPPE_DISCARD;
}

/* What @verdict makes of a packet: 0 when @job is to be tried. */
static unsigned int rx_mppe_reason(struct rx_run *run, u32 seq,
				   enum kpptp_mppe_verdict verdict)
{
	switch (verdict) {
	case KPPTP_MPPE_TRIAL:
		return 0;
	case KPPTP_MPPE_SHORT:
		return KPPTP_A_DROPS_MPPE_SHORT;
	case KPPTP_MPPE_BAD_BITS:
		return KPPTP_A_DROPS_MPPE_BITS;
	case KPPTP_MPPE_REPLAY:
		return KPPTP_A_DROPS_MPPE_REPLAY;
	case KPPTP_MPPE_FAR:
		return rx_far(run, seq);
	case KPPTP_MPPE_DESYNC:
		return rx_desync(run);
	}
	return KPPTP_A_DROPS_MPPE_BITS;
}

/*
 * Decrypts @skb in place, as a trial. 0 when it is plausible; else why not, and
 * @skb is good for nothing but to be dropped.
 */
static unsigned int rx_try(struct rx_run *run, struct sk_buff *skb,
			   struct kpptp_mppe_trial *trial)
{
	struct kpptp_session *s = run->s;
	struct kpptp_rc4_job job;
	unsigned int reason;

	trial->changes = 0;
	reason = rx_mppe_reason(run, KPPTP_RX_CB(skb)->gre.seq,
				rx_begin(s, skb, trial, &job));
	rx_count(s, &s->rx.stats.rekeys, trial->changes);
	if (reason)
		return reason;
	rx_crypt(skb, &job);
	if (likely(rx_plausible(s, skb)))
		return 0;
	if (!trial->alt)
		return KPPTP_A_DROPS_MPPE_IMPLAUSIBLE;

	rx_undo(s, skb, trial);
	kpptp_mppe_rx_alternative(trial, &job);
	rx_crypt(skb, &job);
	return rx_plausible(s, skb) ? 0 : KPPTP_A_DROPS_MPPE_IMPLAUSIBLE;
}

/*
 * What rx_try() has found plausible becomes @skb's contents, from the protocol
 * field on. False: no memory, and nothing has changed.
 */
static bool rx_uncover(struct kpptp_session *s, struct sk_buff *skb)
{
	unsigned int off = KPPTP_RX_CB(skb)->ppp.hdr_len + KPPTP_MPPE_HDR_LEN;
	const struct kpptp_mppc_rx *mppc = s->rx.mppc;
	int more;

	if (!(rx_mppe_bits(skb) & KPPTP_MPPE_COMPRESSED)) {
		skb_pull(skb, off);
		return true;
	}
	more = mppc->len - (int)(skb->len - off) - skb_tailroom(skb);
	if (more > 0 && pskb_expand_head(skb, 0, more, GFP_ATOMIC))
		return false;
	skb_pull(skb, off);
	skb_trim(skb, 0);
	skb_put_data(skb, mppc->out, mppc->len);
	rx_count(s, &s->rx.stats.compressed, 1);
	return true;
}

/* The packet with the MPPE header @bits was believed: the history follows. */
static void rx_commit_mppc(struct kpptp_session *s, u16 bits)
{
	if (!s->rx.mppc)
		return;
	if (bits & KPPTP_MPPE_COMPRESSED)
		kpptp_mppc_commit(s->rx.mppc);
	else if (bits & KPPTP_MPPE_FLUSHED)
		kpptp_mppc_rx_flush(s->rx.mppc);
}

/* An encrypted packet, its turn has come. */
static void rx_open_sealed(struct rx_run *run, struct sk_buff *skb)
{
	struct kpptp_session *s = run->s;
	struct kpptp_mppe_trial trial;
	unsigned int reason;
	u16 bits;

	if (!s->rx.has_key) {
		rx_accept(run, skb);
		rx_drop(run, skb, KPPTP_A_DROPS_MPPE_NO_KEY);
		return;
	}
	reason = rx_try(run, skb, &trial);
	if (likely(!reason)) {
		bits = rx_mppe_bits(skb);
		if (!rx_uncover(s, skb))
			reason = KPPTP_A_DROPS_RX_NO_MEMORY;
	}
	if (unlikely(reason)) {
		memzero_explicit(&trial, sizeof(trial));
		rx_drop(run, skb, reason);
		return;
	}
	kpptp_mppe_rx_commit(&s->rx.mppe, &trial);
	rx_commit_mppc(s, bits);
	clear_bit(ilog2(KPPTP_SESSION_STATUS_DISCARDING), &s->status);
	rx_accept(run, skb);
	rx_data(run, skb);
}

/*
 * A frame of a relayed or raw session, to be taken on. There is no key here that
 * could prove it, so the number is taken at its word; what the frame means is for
 * the far ends to say. Late control frames go on, as everywhere; late data would
 * be out of order for good, since the far end does not see our numbers.
 */
static void rx_open_passing(struct rx_run *run, struct sk_buff *skb,
			    enum kpptp_seq_verdict verdict)
{
	const struct kpptp_ppp ppp = KPPTP_RX_CB(skb)->ppp;
	bool data = kpptp_ppp_is_data(ppp.proto);
	struct kpptp_session *s = run->s;

	if (data && verdict == KPPTP_SEQ_LATE) {
		rx_drop(run, skb, KPPTP_A_DROPS_SEQ_LATE);
		return;
	}
	if (data && ppp.proto != KPPTP_PPP_COMP &&
	    kpptp_session_flag(s, KPPTP_SESSION_FLAGS_REQUIRE_MPPE)) {
		rx_drop(run, skb, KPPTP_A_DROPS_RX_CLEARTEXT);
		return;
	}
	if (run->raw && skb->len > KPPTP_FRAME_MAX) {
		rx_drop(run, skb, KPPTP_A_DROPS_PPP_FRAME);
		return;
	}
	rx_accept(run, skb);
	if (data)
		rx_count_data(run, skb->len - ppp.hdr_len);
	else
		rx_count(s, &s->rx.stats.control, 1);
	__skb_queue_tail(&run->out, skb);
}

/* A parsed packet whose turn has come; consumes it. */
static void rx_open_parsed(struct rx_run *run, struct sk_buff *skb,
			   enum kpptp_seq_verdict verdict)
{
	u16 proto = KPPTP_RX_CB(skb)->ppp.proto;

	if (run->relay || run->raw)
		rx_open_passing(run, skb, verdict);
	else if (!kpptp_ppp_is_data(proto))
		rx_open_control(run, skb, verdict);
	else if (verdict == KPPTP_SEQ_LATE)
		rx_drop(run, skb, KPPTP_A_DROPS_SEQ_LATE);
	else if (proto == KPPTP_PPP_COMP)
		rx_open_sealed(run, skb);
	else
		rx_open_clear(run, skb);
}

static void rx_open(struct rx_run *run, struct sk_buff *skb,
		    enum kpptp_seq_verdict verdict)
{
	if (rx_parse(run, skb))
		rx_open_parsed(run, skb, verdict);
}

/*
 * Opens the first of the held packets. What is no longer ahead was held twice:
 * see rx_hold().
 */
static void rx_open_held(struct rx_run *run)
{
	struct kpptp_session *s = run->s;
	struct sk_buff *skb = __skb_dequeue(&s->rx.held);
	enum kpptp_seq_verdict verdict;

	verdict = kpptp_seq_check(&s->rx.win, KPPTP_RX_CB(skb)->gre.seq);
	if (verdict == KPPTP_SEQ_DUPLICATE || verdict == KPPTP_SEQ_OLD)
		rx_drop(run, skb, KPPTP_A_DROPS_SEQ_DUPLICATE);
	else
		rx_open(run, skb, verdict);
}

/* Distance of the first held packet from the number that is due; 0: its turn. */
static s32 rx_held_ahead(const struct kpptp_session *s)
{
	struct sk_buff *skb = skb_peek(&s->rx.held);

	return (s32)(KPPTP_RX_CB(skb)->gre.seq - s->rx.win.next);
}

/* Opens what is held and is due now. */
static void rx_drain(struct rx_run *run)
{
	struct kpptp_session *s = run->s;

	while (!skb_queue_empty(&s->rx.held) && rx_held_ahead(s) <= 0)
		rx_open_held(run);
}

/*
 * Gives up the missing numbers before the first held packets, until @keep are
 * held at most, and opens what is due then.
 */
static void rx_give_up(struct rx_run *run, unsigned int keep)
{
	while (skb_queue_len(&run->s->rx.held) > keep) {
		rx_open_held(run);
		rx_drain(run);
	}
}

/*
 * Sorts @skb into the held packets; true when its number is there already. With
 * a key both stay, because the first may be forged: which of them is real shows
 * when their turn has come, and the forgery costs nobody anything.
 */
static bool rx_insert_held(struct kpptp_session *s, struct sk_buff *skb)
{
	u32 seq = KPPTP_RX_CB(skb)->gre.seq;
	struct sk_buff *pos;
	s32 diff;

	skb_queue_reverse_walk(&s->rx.held, pos) {
		diff = (s32)(seq - KPPTP_RX_CB(pos)->gre.seq);
		if (!diff && !s->rx.has_key)
			return true;
		if (diff >= 0) {
			__skb_queue_after(&s->rx.held, pos, skb);
			return false;
		}
	}
	__skb_queue_head(&s->rx.held, skb);
	return false;
}

static void rx_hold(struct rx_run *run, struct sk_buff *skb)
{
	struct kpptp_session *s = run->s;
	u16 window = READ_ONCE(s->reorder_timeout) ?
		     READ_ONCE(s->reorder_window) : 0;

	if (rx_insert_held(s, skb)) {
		rx_drop(run, skb, KPPTP_A_DROPS_SEQ_DUPLICATE);
		return;
	}
	rx_count(s, &s->rx.stats.reordered, 1);
	rx_give_up(run, window);
}

/*
 * Does an encrypted packet from beyond the window prove itself? That is tried on
 * a copy, because what is held comes first and moves the key. False: @skb was
 * dropped.
 */
static bool rx_proves(struct rx_run *run, struct sk_buff *skb)
{
	struct sk_buff *copy = skb_copy(skb, GFP_ATOMIC);
	struct kpptp_mppe_trial trial;
	unsigned int reason;

	if (!copy) {
		rx_drop(run, skb, KPPTP_A_DROPS_RX_NO_MEMORY);
		return false;
	}
	reason = rx_try(run, copy, &trial);
	memzero_explicit(&trial, sizeof(trial));
	consume_skb(copy);
	if (reason)
		rx_drop(run, skb, reason);
	return !reason;
}

/*
 * Is a packet from beyond the window to be believed? False: it was dropped, or
 * delivered as a control frame that takes the window nowhere.
 */
static bool rx_believe(struct rx_run *run, struct sk_buff *skb)
{
	struct kpptp_session *s = run->s;
	u16 proto = KPPTP_RX_CB(skb)->ppp.proto;

	if (s->rx.has_key && proto == KPPTP_PPP_COMP)
		return rx_proves(run, skb);
	if (s->rx.has_key && kpptp_ppp_is_data(proto)) {
		rx_open_clear(run, skb);
		return false;
	}
	if (!kpptp_seq_confirm(&s->rx.win, KPPTP_RX_CB(skb)->gre.seq)) {
		rx_drop(run, skb, KPPTP_A_DROPS_SEQ_JUMP);
		return false;
	}
	if (s->rx.has_key) {
		rx_open_control(run, skb, KPPTP_SEQ_JUMP);
		return false;
	}
	return true;
}

/* A packet from beyond the window: if it is real, all missing ones are lost. */
static void rx_jump(struct rx_run *run, struct sk_buff *skb)
{
	struct kpptp_session *s = run->s;

	if (!rx_parse(run, skb) || !rx_believe(run, skb))
		return;
	__skb_queue_tail(&s->rx.held, skb);
	rx_give_up(run, 0);
}

/*
 * Seen from the number that is due, a packet may be beyond the window; seen from
 * the last one that is held, it is not. After a gap as long as the window its
 * turn comes with that one's.
 */
static bool rx_follows_held(const struct kpptp_session *s, u32 seq)
{
	struct sk_buff *last = skb_peek_tail(&s->rx.held);

	return last &&
	       seq - KPPTP_RX_CB(last)->gre.seq < s->rx.win.window;
}

/* Takes one packet through the window. */
static void rx_take(struct rx_run *run, struct sk_buff *skb)
{
	struct kpptp_session *s = run->s;
	u32 seq = KPPTP_RX_CB(skb)->gre.seq;
	enum kpptp_seq_verdict verdict = kpptp_seq_check(&s->rx.win, seq);

	if (verdict == KPPTP_SEQ_JUMP && rx_follows_held(s, seq))
		verdict = KPPTP_SEQ_AHEAD;
	trace_kpptp_seq(s->id, seq, s->rx.win.next, verdict);
	switch (verdict) {
	case KPPTP_SEQ_NEXT:
		rx_open(run, skb, verdict);
		rx_drain(run);
		break;
	case KPPTP_SEQ_AHEAD:
		rx_hold(run, skb);
		break;
	case KPPTP_SEQ_JUMP:
		rx_jump(run, skb);
		break;
	case KPPTP_SEQ_LATE:
		rx_open(run, skb, verdict);
		break;
	case KPPTP_SEQ_DUPLICATE:
		rx_drop(run, skb, KPPTP_A_DROPS_SEQ_DUPLICATE);
		break;
	case KPPTP_SEQ_OLD:
		rx_drop(run, skb, KPPTP_A_DROPS_SEQ_LATE);
		break;
	}
}

/* An armed timer holds a reference. Caller holds rx.lock and saw @s alive. */
static void rx_arm(struct kpptp_session *s, struct timer_list *timer,
		   unsigned long expires)
{
	if (timer_pending(timer) || !kpptp_session_hold(s))
		return;
	if (mod_timer(timer, expires))
		kpptp_session_put(s);
}

static unsigned long rx_deadline(const struct kpptp_session *s,
				 const struct sk_buff *skb)
{
	return KPPTP_RX_CB(skb)->arrived +
	       msecs_to_jiffies(READ_ONCE(s->reorder_timeout));
}

/*
 * Arms the gap timer for the held packet that has waited longest. While it is
 * armed nothing needs to be done: it may fire early, never late.
 */
static void rx_arm_gap(struct kpptp_session *s)
{
	struct sk_buff *skb = skb_peek(&s->rx.held);
	unsigned long first;

	if (!skb || timer_pending(&s->gap))
		return;
	first = rx_deadline(s, skb);
	skb_queue_walk(&s->rx.held, skb) {
		if (time_before(rx_deadline(s, skb), first))
			first = rx_deadline(s, skb);
	}
	rx_arm(s, &s->gap, first);
}

static void rx_arm_timers(struct rx_run *run)
{
	struct kpptp_session *s = run->s;

	rx_arm_gap(s);
	if (!run->ack && s->rx.ack.pending)
		rx_arm(s, &s->ack, jiffies + msecs_to_jiffies(KPPTP_ACK_DELAY_MS));
}

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
	else if (err == -ENOMEM)
		kpptp_session_drop(s->kn, s, skb, KPPTP_A_DROPS_RX_NO_MEMORY);
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
static void rx_deliver_relay(struct rx_run *run)
{
	struct sk_buff *skb;

	skb_queue_walk(&run->out, skb) {
		rx_unify(skb);
		skb->ip_summed = CHECKSUM_NONE;
		skb->encapsulation = 0;
	}
	kpptp_tx_relay(run->relay, &run->out);
}

static void rx_deliver_raw(struct rx_run *run)
{
	struct sk_buff *skb;

	while ((skb = __skb_dequeue(&run->out)))
		rx_deliver_owner(run->s, skb);
}

static void rx_deliver_here(struct rx_run *run, struct napi_struct *napi)
{
	struct sk_buff *skb;

	while ((skb = __skb_dequeue(&run->out))) {
		if (kpptp_ppp_is_data(KPPTP_RX_CB(skb)->ppp.proto)) {
			dev_sw_netstats_rx_add(skb->dev, skb->len);
			napi_gro_receive(napi, skb);
		} else {
			rx_deliver_control(run->s, skb);
		}
	}
}

static void rx_deliver(struct rx_run *run, struct napi_struct *napi)
{
	if (run->relay)
		rx_deliver_relay(run);
	else if (run->raw)
		rx_deliver_raw(run);
	else
		rx_deliver_here(run, napi);
}

/* Whatever is to be done without the lock. */
static void rx_finish(struct rx_run *run, struct napi_struct *napi)
{
	struct kpptp_session *s = run->s;

	rx_deliver(run, napi);
	if (run->first_data)
		kpptp_notify_first_data(s->kn->net, s->id);
	if (run->far)
		kpptp_notify_desync(s->kn->net, s->id,
				    KPPTP_DESYNC_KIND_CATCHING_UP);
	if (run->reset)
		kpptp_ccp_request_reset(s);
	if (run->ack)
		kpptp_tx_ack(s);
}

/* Where its packets go is the same for all of a run. Under RCU. */
static void rx_begin_run(struct rx_run *run, struct kpptp_session *s)
{
	*run = (struct rx_run) {
		.s = s,
		.relay = rcu_dereference(s->relay),
		.raw = kpptp_session_flag(s, KPPTP_SESSION_FLAGS_RAW),
	};
	__skb_queue_head_init(&run->out);
}

void kpptp_rx_packet(struct kpptp_session *s, struct sk_buff *skb,
		     struct napi_struct *napi)
{
	struct rx_run run;

	rcu_read_lock();
	rx_begin_run(&run, s);
	spin_lock(&s->rx.lock);
	if (READ_ONCE(s->dead)) {
		rx_drop(&run, skb, KPPTP_A_DROPS_NO_SESSION);
	} else {
		rx_take(&run, skb);
		rx_arm_timers(&run);
	}
	spin_unlock(&s->rx.lock);
	rx_finish(&run, napi);
	rcu_read_unlock();
}

/* How many held packets, from the first, are up to the last overdue one. */
static unsigned int rx_overdue(const struct kpptp_session *s)
{
	unsigned int overdue = 0, n = 0;
	struct sk_buff *skb;

	skb_queue_walk(&s->rx.held, skb) {
		n++;
		if (time_after_eq(jiffies, rx_deadline(s, skb)))
			overdue = n;
	}
	return overdue;
}

void kpptp_rx_gap(struct kpptp_session *s, struct napi_struct *napi)
{
	struct rx_run run;

	rcu_read_lock();
	rx_begin_run(&run, s);
	spin_lock(&s->rx.lock);
	if (!READ_ONCE(s->dead)) {
		rx_give_up(&run, skb_queue_len(&s->rx.held) - rx_overdue(s));
		rx_arm_timers(&run);
	}
	spin_unlock(&s->rx.lock);
	rx_finish(&run, napi);
	rcu_read_unlock();
}

void kpptp_rx_ack(struct kpptp_session *s, const struct kpptp_gre *gre)
{
	u32 last = READ_ONCE(s->tx.seq) - 1;

	spin_lock(&s->rx.lock);
	rx_count(s, &s->rx.stats.acks, 1);
	if (last - gre->ack < RX_ACK_BEHIND)
		WRITE_ONCE(s->rx.last_any, jiffies);
	spin_unlock(&s->rx.lock);
}
