// SPDX-License-Identifier: GPL-2.0-only
/*
 * A receive queue and NAPI per CPU.
 *
 * The network card's hash knows only the outer addresses, so all sessions of
 * one peer arrive on one CPU; the home CPU spreads them again. A NAPI runs on
 * one CPU at a time, whichever that is: when a home CPU goes offline, whoever
 * enqueues polls its queue (and what was scheduled there, the stack moves), and
 * nothing has to be handed over.
 */
#include <linux/cpumask.h>
#include <linux/netdevice.h>
#include <linux/percpu.h>
#include <linux/slab.h>
#include <linux/smp.h>

#include "rx.h"
#include "rx_ahead.h"
#include "rx_cb.h"
#include "rxq.h"
#include "session.h"
#include "tx.h"

/* Bits of kpptp_session.rxq_flags: what the session is to be looked at for. */
enum {
	RXQ_GAP,
	RXQ_ACK,
};

/**
 * struct kpptp_rxq - one CPU's
 * @input: packets; its own lock
 * @due: sessions whose timers fired, by rxq_node; each holds a reference
 * @due_lock: softirq, the innermost lock
 * @sessions: that the last poll had packets of; the poll's, read with READ_ONCE
 * @napi: polls both; its SCHED bit also guards @csd
 * @csd: schedules @napi on its CPU from another one
 * @batch: of the poll
 */
struct kpptp_rxq {
	struct sk_buff_head input;
	struct list_head due;
	spinlock_t due_lock;	/* @due, and rxq_node of what is in it */
	unsigned int sessions;
	struct napi_struct napi;
	call_single_data_t csd;
	struct kpptp_rx_batch *batch;
};

static struct kpptp_rxq __percpu *rxqs;
static struct net_device *rxq_dev;	/* NAPIs need one; never registered */

/* BH off. */
static void rxq_kick(struct kpptp_rxq *q, int home)
{
	if (!napi_schedule_prep(&q->napi))
		return;
	if (home != smp_processor_id() && cpu_online(home) &&
	    !smp_call_function_single_async(home, &q->csd))
		return;
	__napi_schedule(&q->napi);
}

static void rxq_kick_remote(void *data)
{
	struct kpptp_rxq *q = data;

	__napi_schedule_irqoff(&q->napi);
}

/*
 * May one more packet of @s wait? Half of the queue is for whoever comes first. Of the
 * rest no session takes more than what each would have if there were one more than
 * there are: who floods fills what is his, and leaves room for the others. Each packet
 * that waits holds a reference, and few others do.
 */
static bool rxq_has_room(const struct kpptp_rxq *q, const struct kpptp_session *s,
			 unsigned int waiting)
{
	unsigned int sessions = max(READ_ONCE(q->sessions), 1u);

	if (waiting < KPPTP_RXQ_MAX / 2)
		return true;
	return waiting < KPPTP_RXQ_MAX &&
	       refcount_read(&s->refs) < KPPTP_RXQ_MAX / (sessions + 1);
}

/*
 * Who finds packets in the queue need not kick: a poll is due for these, or it is
 * running, and looks again when it is done.
 */
bool kpptp_rxq_enqueue(struct kpptp_session *s, struct sk_buff *skb)
{
	struct kpptp_rxq *q = per_cpu_ptr(rxqs, s->home);
	unsigned int waiting;
	bool room;

	spin_lock(&q->input.lock);
	waiting = skb_queue_len(&q->input);
	room = rxq_has_room(q, s, waiting);
	if (room)
		__skb_queue_tail(&q->input, skb);
	spin_unlock(&q->input.lock);
	if (!waiting)
		rxq_kick(q, s->home);
	return room;
}

/* A timer fired; its reference goes to the list, or is put. Softirq. */
static void rxq_due(struct kpptp_session *s, unsigned int what)
{
	struct kpptp_rxq *q = per_cpu_ptr(rxqs, s->home);
	bool listed;

	set_bit(what, &s->rxq_flags);
	spin_lock(&q->due_lock);
	listed = !list_empty(&s->rxq_node);
	if (!listed)
		list_add_tail(&s->rxq_node, &q->due);
	spin_unlock(&q->due_lock);
	if (listed)
		kpptp_session_put(s);
	rxq_kick(q, s->home);
}

static void rxq_gap_fired(struct timer_list *timer)
{
	rxq_due(container_of(timer, struct kpptp_session, gap), RXQ_GAP);
}

static void rxq_ack_fired(struct timer_list *timer)
{
	rxq_due(container_of(timer, struct kpptp_session, ack), RXQ_ACK);
}

/* The next session to be looked at; the caller gets the list's reference. */
static struct kpptp_session *rxq_next_due(struct kpptp_rxq *q)
{
	struct kpptp_session *s;

	spin_lock_bh(&q->due_lock);
	s = list_first_entry_or_null(&q->due, struct kpptp_session, rxq_node);
	if (s)
		list_del_init(&s->rxq_node);
	spin_unlock_bh(&q->due_lock);
	return s;
}

static void rxq_look_at(struct kpptp_rxq *q, struct kpptp_session *s)
{
	if (test_and_clear_bit(RXQ_GAP, &s->rxq_flags))
		kpptp_rx_gap(s, &q->napi);
	if (test_and_clear_bit(RXQ_ACK, &s->rxq_flags))
		kpptp_tx_ack(s);
}

/* Takes @most packets from the queue, or fewer, through receiving; how many. */
static unsigned int rxq_take(struct kpptp_rxq *q, unsigned int most)
{
	struct sk_buff_head packets;
	unsigned int taken;
	struct sk_buff *skb;

	if (skb_queue_empty_lockless(&q->input))
		return 0;
	most = min_t(unsigned int, most, KPPTP_RX_BATCH);
	__skb_queue_head_init(&packets);
	spin_lock(&q->input.lock);
	if (skb_queue_len(&q->input) <= most)
		skb_queue_splice_init(&q->input, &packets);
	else
		while (skb_queue_len(&packets) < most &&
		       (skb = __skb_dequeue(&q->input)))
			__skb_queue_tail(&packets, skb);
	spin_unlock(&q->input.lock);
	taken = skb_queue_len(&packets);
	kpptp_rx_packets(q->batch, &packets, &q->napi);
	WRITE_ONCE(q->sessions, q->batch->runs);
	return taken;
}

static bool rxq_idle(struct kpptp_rxq *q)
{
	return skb_queue_empty_lockless(&q->input) &&
	       list_empty_careful(&q->due);
}

/*
 * A poll is a batch, and each ends with what GRO has put together delivered: no
 * packet of a device waits here for a poll that comes when the device is gone.
 */
static int rxq_poll(struct napi_struct *napi, int budget)
{
	struct kpptp_rxq *q = container_of(napi, struct kpptp_rxq, napi);
	struct kpptp_session *s;
	int done = 0;

	while (done < budget && (s = rxq_next_due(q))) {
		rxq_look_at(q, s);
		kpptp_session_put(s);
		done++;
	}
	if (done < budget)
		done += rxq_take(q, budget - done);
	if (napi_complete_done(napi, done) && !rxq_idle(q))
		napi_schedule(napi);
	return min(done, budget - 1);
}

/* Online CPUs in turn. */
static int rxq_home(void)
{
	static atomic_t turn = ATOMIC_INIT(0);
	unsigned int nth = (unsigned int)atomic_inc_return(&turn);
	int cpu;

	nth %= num_online_cpus();
	for_each_online_cpu(cpu) {
		if (!nth--)
			return cpu;
	}
	return raw_smp_processor_id();
}

void kpptp_rxq_session_init(struct kpptp_session *s)
{
	s->home = rxq_home();
	INIT_LIST_HEAD(&s->rxq_node);
	timer_setup(&s->gap, rxq_gap_fired, 0);
	timer_setup(&s->ack, rxq_ack_fired, 0);
}

static void rxq_setup(struct kpptp_rxq *q)
{
	skb_queue_head_init(&q->input);
	INIT_LIST_HEAD(&q->due);
	spin_lock_init(&q->due_lock);
	INIT_CSD(&q->csd, rxq_kick_remote, q);
	/* Nobody polls for a session by its NAPI's id. */
	set_bit(NAPI_STATE_NO_BUSY_POLL, &q->napi.state);
	netif_napi_add(rxq_dev, &q->napi, rxq_poll);
	napi_enable(&q->napi);
}

static void rxq_free(void)
{
	int cpu;

	for_each_possible_cpu(cpu)
		kfree_sensitive(per_cpu_ptr(rxqs, cpu)->batch);
	free_percpu(rxqs);
}

static int rxq_alloc(void)
{
	struct kpptp_rxq *q;
	int cpu;

	rxqs = alloc_percpu(struct kpptp_rxq);
	if (!rxqs)
		return -ENOMEM;
	for_each_possible_cpu(cpu) {
		q = per_cpu_ptr(rxqs, cpu);
		q->batch = kzalloc_node(sizeof(*q->batch), GFP_KERNEL,
					cpu_to_node(cpu));
		if (!q->batch) {
			rxq_free();
			return -ENOMEM;
		}
	}
	return 0;
}

int kpptp_rxq_init(void)
{
	int err, cpu;

	err = rxq_alloc();
	if (err)
		return err;
	rxq_dev = alloc_netdev_dummy(0);
	if (!rxq_dev) {
		rxq_free();
		return -ENOMEM;
	}
	for_each_possible_cpu(cpu)
		rxq_setup(per_cpu_ptr(rxqs, cpu));
	return 0;
}

/*
 * Nothing comes in any more (the GRE handler is gone) and no timer is armed (the
 * sessions are stopped): napi_disable() waits for the last poll, and for the
 * call to another CPU that comes before it. What no poll has taken goes here.
 */
static void rxq_drain(struct kpptp_rxq *q)
{
	struct kpptp_session *s;
	struct sk_buff *skb;

	napi_disable(&q->napi);
	netif_napi_del(&q->napi);
	while ((s = rxq_next_due(q)))
		kpptp_session_put(s);
	while ((skb = skb_dequeue(&q->input))) {
		s = KPPTP_RX_CB(skb)->session;
		kfree_skb(skb);
		kpptp_session_put(s);
	}
}

void kpptp_rxq_exit(void)
{
	int cpu;

	for_each_possible_cpu(cpu)
		rxq_drain(per_cpu_ptr(rxqs, cpu));
	free_netdev(rxq_dev);
	rxq_free();
}
