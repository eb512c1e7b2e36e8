// SPDX-License-Identifier: GPL-2.0-only
/*
 * Receiving: what the window makes of a packet.
 *
 * What comes ahead of a missing number is held as it came, and opened when its
 * turn has come, so that MPPE never sees reordering. A packet moves the window
 * only when it deserves it, see rx_open.c.
 */
#include "ccp.h"
#include "rx_cb.h"
#include "rx_mppe.h"
#include "rx_open.h"
#include "rx_run.h"
#include "rx_window.h"
#include "session.h"
#include "trace.h"

/*
 * Opens the first of the held packets. What is no longer ahead was held twice:
 * see rx_hold().
 */
static void rx_open_held(struct kpptp_rx_run *run)
{
	struct kpptp_session *s = run->s;
	struct sk_buff *skb = __skb_dequeue(&s->rx.held);
	enum kpptp_seq_verdict verdict;

	verdict = kpptp_seq_check(&s->rx.win, KPPTP_RX_CB(skb)->gre.seq);
	if (verdict == KPPTP_SEQ_DUPLICATE || verdict == KPPTP_SEQ_OLD)
		kpptp_rx_drop(run, skb, KPPTP_A_DROPS_SEQ_DUPLICATE);
	else
		kpptp_rx_open(run, skb, verdict);
}

/* Distance of the first held packet from the number that is due; 0: its turn. */
static s32 rx_held_ahead(const struct kpptp_session *s)
{
	struct sk_buff *skb = skb_peek(&s->rx.held);

	return (s32)(KPPTP_RX_CB(skb)->gre.seq - s->rx.win.next);
}

/* Opens what is held and is due now. */
static void rx_drain(struct kpptp_rx_run *run)
{
	struct kpptp_session *s = run->s;

	while (!skb_queue_empty(&s->rx.held) && rx_held_ahead(s) <= 0)
		rx_open_held(run);
}

/*
 * Gives up the missing numbers before the first held packets, until @keep are
 * held at most, and opens what is due then.
 */
void kpptp_rx_give_up(struct kpptp_rx_run *run, unsigned int keep)
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

static void rx_hold(struct kpptp_rx_run *run, struct sk_buff *skb)
{
	struct kpptp_session *s = run->s;
	u16 window = READ_ONCE(s->reorder_timeout) ?
		     READ_ONCE(s->reorder_window) : 0;

	if (rx_insert_held(s, skb)) {
		kpptp_rx_drop(run, skb, KPPTP_A_DROPS_SEQ_DUPLICATE);
		return;
	}
	kpptp_rx_count(s, &s->rx.stats.reordered, 1);
	kpptp_rx_give_up(run, window);
}

/*
 * Does an encrypted packet from beyond the window prove itself? It stays as it is,
 * because what is held comes first and moves the key. False: @skb was dropped.
 */
static bool rx_proves(struct kpptp_rx_run *run, struct sk_buff *skb)
{
	unsigned int reason = kpptp_rx_proof(run, skb);

	if (reason)
		kpptp_rx_drop(run, skb, reason);
	return !reason;
}

/*
 * After an outage of both directions each end has to hear the other's Reset-Request
 * before anything of the other's can prove itself. A forged one costs next to nothing,
 * see ccp.c.
 */
static bool rx_asks_reset(const struct sk_buff *skb)
{
	const struct kpptp_ppp *ppp = &KPPTP_RX_CB(skb)->ppp;

	return ppp->proto == KPPTP_PPP_CCP &&
	       kpptp_ccp_asks_reset(skb->data + ppp->hdr_len, skb->len - ppp->hdr_len);
}

/*
 * Is a packet from beyond the window to be believed? False: it was dropped, or
 * delivered as a control frame that takes the window nowhere.
 */
static bool rx_believe(struct kpptp_rx_run *run, struct sk_buff *skb)
{
	struct kpptp_session *s = run->s;
	u16 proto = KPPTP_RX_CB(skb)->ppp.proto;

	if (s->rx.has_key && proto == KPPTP_PPP_COMP)
		return rx_proves(run, skb);
	if (s->rx.has_key && kpptp_ppp_is_data(proto)) {
		kpptp_rx_open_clear(run, skb);
		return false;
	}
	if (s->rx.has_key && rx_asks_reset(skb)) {
		kpptp_rx_open_control(run, skb, KPPTP_SEQ_JUMP);
		return false;
	}
	if (!kpptp_seq_confirm(&s->rx.win, KPPTP_RX_CB(skb)->gre.seq)) {
		kpptp_rx_drop(run, skb, KPPTP_A_DROPS_SEQ_JUMP);
		return false;
	}
	if (s->rx.has_key) {
		kpptp_rx_open_control(run, skb, KPPTP_SEQ_JUMP);
		return false;
	}
	return true;
}

/* A packet from beyond the window: if it is real, all missing ones are lost. */
static void rx_jump(struct kpptp_rx_run *run, struct sk_buff *skb)
{
	struct kpptp_session *s = run->s;

	if (!kpptp_rx_parse(run, skb) || !rx_believe(run, skb))
		return;
	__skb_queue_tail(&s->rx.held, skb);
	kpptp_rx_give_up(run, 0);
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
void kpptp_rx_take(struct kpptp_rx_run *run, struct sk_buff *skb)
{
	struct kpptp_session *s = run->s;
	u32 seq = KPPTP_RX_CB(skb)->gre.seq;
	enum kpptp_seq_verdict verdict = kpptp_seq_check(&s->rx.win, seq);

	if (verdict == KPPTP_SEQ_JUMP && rx_follows_held(s, seq))
		verdict = KPPTP_SEQ_AHEAD;
	trace_kpptp_seq(s->id, seq, s->rx.win.next, verdict);
	switch (verdict) {
	case KPPTP_SEQ_NEXT:
		kpptp_rx_open(run, skb, verdict);
		rx_drain(run);
		break;
	case KPPTP_SEQ_AHEAD:
		rx_hold(run, skb);
		break;
	case KPPTP_SEQ_JUMP:
		rx_jump(run, skb);
		break;
	case KPPTP_SEQ_LATE:
		kpptp_rx_open(run, skb, verdict);
		break;
	case KPPTP_SEQ_DUPLICATE:
		kpptp_rx_drop(run, skb, KPPTP_A_DROPS_SEQ_DUPLICATE);
		break;
	case KPPTP_SEQ_OLD:
		kpptp_rx_drop(run, skb, KPPTP_A_DROPS_SEQ_LATE);
		break;
	}
}
