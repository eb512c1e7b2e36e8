// SPDX-License-Identifier: GPL-2.0-only
/*
 * Receiving: a session's packets through the window, decryption and delivery.
 *
 * Packets that are through are collected and delivered when the lock is gone.
 */
#include "ccp.h"
#include "notify.h"
#include "rx.h"
#include "rx_ahead.h"
#include "rx_cb.h"
#include "rx_deliver.h"
#include "rx_run.h"
#include "rx_window.h"
#include "session.h"
#include "tx.h"

#define RX_ACK_BEHIND		4096	/* an ack further behind is not believed */

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

static void rx_arm_timers(struct kpptp_rx_run *run)
{
	struct kpptp_session *s = run->s;

	rx_arm_gap(s);
	if (!run->ack && s->rx.ack.pending)
		rx_arm(s, &s->ack, jiffies + msecs_to_jiffies(KPPTP_ACK_DELAY_MS));
}

/* Whatever is to be done without the lock. */
static void rx_finish(struct kpptp_rx_run *run, struct napi_struct *napi)
{
	struct kpptp_session *s = run->s;

	kpptp_rx_deliver(run, napi);
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
static void rx_begin_run(struct kpptp_rx_run *run, struct kpptp_session *s)
{
	*run = (struct kpptp_rx_run) {
		.s = s,
		.relay = rcu_dereference(s->relay),
		.raw = kpptp_session_flag(s, KPPTP_SESSION_FLAGS_RAW),
	};
	__skb_queue_head_init(&run->in);
	__skb_queue_head_init(&run->out);
}

/* Sorts @packets by session, each session's in order. Under RCU. */
static void rx_sort(struct kpptp_rx_batch *batch, struct sk_buff_head *packets)
{
	struct kpptp_session *s;
	struct sk_buff *skb;

	while ((skb = __skb_dequeue(packets))) {
		s = KPPTP_RX_CB(skb)->session;
		if (!s->rx_run) {
			s->rx_run = &batch->run[batch->runs++];
			rx_begin_run(s->rx_run, s);
		}
		__skb_queue_tail(&s->rx_run->in, skb);
		s->rx_run->refs++;
	}
}

static void rx_decrypt_ahead(struct kpptp_rx_batch *batch)
{
	unsigned int i;

	for (i = 0; i < batch->runs; i++) {
		struct kpptp_rx_run *run = &batch->run[i];

		spin_lock(&run->s->rx.lock);
		kpptp_rx_ahead_plan(batch, run);
		spin_unlock(&run->s->rx.lock);
	}
	if (batch->guesses)
		kpptp_rx_ahead_crypt(batch);
}

/* Takes the packets of a run, one after the other, and delivers. */
static void rx_take_run(struct kpptp_rx_run *run, struct napi_struct *napi)
{
	struct kpptp_session *s = run->s;
	struct sk_buff *skb;

	spin_lock(&s->rx.lock);
	if (READ_ONCE(s->dead)) {
		while ((skb = __skb_dequeue(&run->in)))
			kpptp_rx_drop(run, skb, KPPTP_A_DROPS_NO_SESSION);
	} else {
		while ((skb = __skb_dequeue(&run->in)))
			kpptp_rx_take(run, skb);
		kpptp_rx_ahead_end(run);
		rx_arm_timers(run);
	}
	spin_unlock(&s->rx.lock);
	rx_finish(run, napi);
}

/* A packet alone is not worth a guess. */
void kpptp_rx_packets(struct kpptp_rx_batch *batch, struct sk_buff_head *packets,
		      struct napi_struct *napi)
{
	bool many = skb_queue_len(packets) > 1;
	unsigned int i;

	rcu_read_lock();
	batch->runs = 0;
	batch->keys = 0;
	batch->guesses = 0;
	rx_sort(batch, packets);
	if (many)
		rx_decrypt_ahead(batch);
	for (i = 0; i < batch->runs; i++)
		rx_take_run(&batch->run[i], napi);
	for (i = 0; i < batch->runs; i++) {
		batch->run[i].s->rx_run = NULL;
		kpptp_session_put_many(batch->run[i].s, batch->run[i].refs);
		memzero_explicit(&batch->run[i].ahead, sizeof(batch->run[i].ahead));
	}
	memzero_explicit(batch->key, batch->keys * sizeof(batch->key[0]));
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
	struct kpptp_rx_run run;

	rcu_read_lock();
	rx_begin_run(&run, s);
	spin_lock(&s->rx.lock);
	if (!READ_ONCE(s->dead)) {
		kpptp_rx_give_up(&run, skb_queue_len(&s->rx.held) - rx_overdue(s));
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
	kpptp_rx_count(s, &s->rx.stats.acks, 1);
	if (last - gre->ack < RX_ACK_BEHIND)
		WRITE_ONCE(s->rx.last_any, jiffies);
	spin_unlock(&s->rx.lock);
}
