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
#include <linux/smp.h>

#include "rx.h"
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
 * @napi: polls both; its SCHED bit also guards @csd
 * @csd: schedules @napi on its CPU from another one
 */
struct kpptp_rxq {
	struct sk_buff_head input;
	struct list_head due;
	spinlock_t due_lock;	/* @due, and rxq_node of what is in it */
	struct napi_struct napi;
	call_single_data_t csd;
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

bool kpptp_rxq_enqueue(struct kpptp_session *s, struct sk_buff *skb)
{
	struct kpptp_rxq *q = per_cpu_ptr(rxqs, s->home);

	/* Read without its lock: the bound may be passed by one packet a CPU. */
	if (skb_queue_len_lockless(&q->input) >= KPPTP_RXQ_MAX)
		return false;
	skb_queue_tail(&q->input, skb);
	rxq_kick(q, s->home);
	return true;
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

static int rxq_poll(struct napi_struct *napi, int budget)
{
	struct kpptp_rxq *q = container_of(napi, struct kpptp_rxq, napi);
	struct kpptp_session *s;
	struct sk_buff *skb;
	int done = 0;

	while (done < budget && (s = rxq_next_due(q))) {
		rxq_look_at(q, s);
		kpptp_session_put(s);
		done++;
	}
	while (done < budget && (skb = skb_dequeue(&q->input))) {
		s = KPPTP_RX_CB(skb)->session;
		kpptp_rx_packet(s, skb, napi);
		kpptp_session_put(s);
		done++;
	}
	if (done < budget)
		napi_complete_done(napi, done);
	return done;
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

int kpptp_rxq_init(void)
{
	int cpu;

	rxqs = alloc_percpu(struct kpptp_rxq);
	if (!rxqs)
		return -ENOMEM;
	rxq_dev = alloc_netdev_dummy(0);
	if (!rxq_dev) {
		free_percpu(rxqs);
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
	free_percpu(rxqs);
}
