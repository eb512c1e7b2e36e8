// SPDX-License-Identifier: GPL-2.0-only
/*
 * A queue of packets to be sent per CPU.
 *
 * RC4 of one packet leaves most of a processor idle. A forwarding softirq, or TCP that
 * answers acknowledgments, sends packet after packet, mostly of many sessions, and
 * each in a call of its own. So they are collected, and sent by a NAPI that runs when
 * the polls before it are done, in the same softirq. Nothing waits for a timer, nor
 * for a packet that may not come: who sends a packet of his own is not held up.
 */
#include <linux/netdevice.h>
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/slab.h>

#include "crypt.h"
#include "tx_out.h"
#include "txq.h"

#define TXQ_BURSTS	((unsigned int)KPPTP_CRYPT_BATCH)	/* sessions */
#define TXQ_PACKETS	64u	/* when so many wait, they go */
#define TXQ_SLOTS	128u

/**
 * struct kpptp_txq - one CPU's; its own, with BH off
 * @n: sessions that have packets waiting; each holds a reference
 * @packets: packets
 * @burst: the sessions and their packets
 * @ahead: for the keys of these
 * @slot: place in @burst of the session whose id has these low bits, if it is there
 * @napi: sends all
 */
struct kpptp_txq {
	unsigned int n;
	unsigned int packets;
	struct kpptp_tx_burst burst[TXQ_BURSTS];
	struct kpptp_mppe_tx_ahead ahead[TXQ_BURSTS];
	u8 slot[TXQ_SLOTS];
	struct napi_struct napi;
};

static struct kpptp_txq * __percpu *txqs;
static struct net_device *txq_dev;	/* NAPIs need one; never registered */

static void txq_flush(struct kpptp_txq *q)
{
	unsigned int i;

	/* One chain alone would gain nothing. */
	if (q->n > 1)
		kpptp_tx_keys(q->burst, q->n, q->ahead);
	kpptp_tx_bursts(q->burst, q->n);
	for (i = 0; i < q->n; i++)
		kpptp_session_put(q->burst[i].s);
	q->n = 0;
	q->packets = 0;
}

static int txq_poll(struct napi_struct *napi, int budget)
{
	struct kpptp_txq *q = container_of(napi, struct kpptp_txq, napi);

	rcu_read_lock();
	txq_flush(q);
	rcu_read_unlock();
	napi_complete_done(napi, 0);
	return 0;
}

/* The packets of @s that wait; NULL: none do. */
static struct kpptp_tx_burst *txq_find(struct kpptp_txq *q,
				       const struct kpptp_session *s)
{
	unsigned int i = q->slot[s->id % TXQ_SLOTS];

	if (i < q->n && q->burst[i].s == s)
		return &q->burst[i];
	for (i = 0; i < q->n; i++)
		if (q->burst[i].s == s)
			return &q->burst[i];
	return NULL;
}

/* A place for packets of @s, which has none; NULL: it is going away. */
static struct kpptp_tx_burst *txq_add(struct kpptp_txq *q, struct kpptp_session *s)
{
	struct kpptp_tx_burst *burst = &q->burst[q->n];

	if (!kpptp_session_hold(s))
		return NULL;
	burst->s = s;
	__skb_queue_head_init(&burst->wire);
	q->slot[s->id % TXQ_SLOTS] = q->n++;
	return burst;
}

static void txq_put(struct kpptp_txq *q, struct kpptp_tx_burst *burst)
{
	struct kpptp_session *s = burst->s;
	struct kpptp_tx_burst *place = txq_find(q, s) ?: txq_add(q, s);

	if (!place) {
		kpptp_tx_drop_all(s, &burst->wire, KPPTP_A_DROPS_TX_NO_SESSION);
		return;
	}
	q->packets += skb_queue_len(&burst->wire);
	skb_queue_splice_tail_init(&burst->wire, &place->wire);
	if (q->n == TXQ_BURSTS || q->packets >= TXQ_PACKETS)
		txq_flush(q);
	else
		napi_schedule(&q->napi);
}

/*
 * Is it worth a wait? Only keys that are taken packet by packet leave RC4 a choice,
 * and more packets come where bottom halves are off for longer than this send, for
 * which the stack disables them once. A packet that comes from within a tunnel's send
 * must not wait, so that a route that leads round and round is seen.
 */
static bool txq_waits(const struct kpptp_session *s)
{
	return softirq_count() > SOFTIRQ_DISABLE_OFFSET &&
	       READ_ONCE(s->tx.has_key) && READ_ONCE(s->tx.mppe.stateless) &&
	       !kpptp_tx_nested();
}

void kpptp_txq_send(struct kpptp_tx_burst *burst)
{
	struct kpptp_txq *q = *this_cpu_ptr(txqs);

	if (txq_waits(burst->s)) {
		txq_put(q, burst);
		return;
	}
	if (q->n && !kpptp_tx_nested())
		txq_flush(q);
	kpptp_tx_bursts(burst, 1);
}

static void txq_free(void)
{
	int cpu;

	for_each_possible_cpu(cpu)
		kfree_sensitive(*per_cpu_ptr(txqs, cpu));
	free_percpu(txqs);
}

static int txq_alloc(void)
{
	struct kpptp_txq *q;
	int cpu;

	txqs = alloc_percpu(struct kpptp_txq *);
	if (!txqs)
		return -ENOMEM;
	for_each_possible_cpu(cpu) {
		q = kzalloc_node(sizeof(*q), GFP_KERNEL, cpu_to_node(cpu));
		if (!q) {
			txq_free();
			return -ENOMEM;
		}
		*per_cpu_ptr(txqs, cpu) = q;
	}
	return 0;
}

static void txq_setup(struct kpptp_txq *q)
{
	/* Nobody polls for a packet by its NAPI's id. */
	set_bit(NAPI_STATE_NO_BUSY_POLL, &q->napi.state);
	netif_napi_add(txq_dev, &q->napi, txq_poll);
	napi_enable(&q->napi);
}

int kpptp_txq_init(void)
{
	int err, cpu;

	err = txq_alloc();
	if (err)
		return err;
	txq_dev = alloc_netdev_dummy(0);
	if (!txq_dev) {
		txq_free();
		return -ENOMEM;
	}
	for_each_possible_cpu(cpu)
		txq_setup(*per_cpu_ptr(txqs, cpu));
	return 0;
}

/* napi_disable() waits for the last poll, which leaves nothing. */
void kpptp_txq_exit(void)
{
	struct kpptp_txq *q;
	int cpu;

	for_each_possible_cpu(cpu) {
		q = *per_cpu_ptr(txqs, cpu);
		napi_disable(&q->napi);
		netif_napi_del(&q->napi);
	}
	free_netdev(txq_dev);
	txq_free();
}
