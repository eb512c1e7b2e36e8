// SPDX-License-Identifier: GPL-2.0-only
/*
 * Decrypting ahead.
 */
#include "rx_ahead.h"
#include "rx_cb.h"
#include "rx_mppe.h"
#include "session.h"

/* The number of the key that @skb will want, which is parsed here; 0: none. */
static u32 rx_ahead_want(struct kpptp_rx_run *run, struct sk_buff *skb)
{
	struct kpptp_rx_cb *cb = KPPTP_RX_CB(skb);

	/* What fails here fails again, and is dropped, when its turn comes. */
	if (skb_linearize_cow(skb) ||
	    !kpptp_ppp_parse(skb->data, skb->len, &cb->ppp) ||
	    cb->ppp.proto != KPPTP_PPP_COMP)
		return 0;
	return kpptp_mppe_ahead_want(&run->ahead, &run->s->rx.mppe,
				     skb->data + cb->ppp.hdr_len,
				     skb->len - cb->ppp.hdr_len, cb->gre.seq);
}

static void rx_ahead_choose(struct kpptp_rx_batch *batch,
			    struct kpptp_rx_run *run, struct sk_buff *skb)
{
	u32 number = rx_ahead_want(run, skb);

	if (!number)
		return;
	KPPTP_RX_CB(skb)->ahead = number;
	batch->guess[batch->guesses].run = run;
	batch->guess[batch->guesses].skb = skb;
	batch->guesses++;
	run->guessed = true;
}

/* Of what is held and of @run->in: what there is in a row from the due number on. */
static void rx_ahead_due(const struct kpptp_rx_run *run, struct kpptp_seq_due *due)
{
	const struct kpptp_session *s = run->s;
	struct sk_buff *skb = skb_peek(&run->in);

	kpptp_seq_due_init(due, &s->rx.win, KPPTP_RX_CB(skb)->gre.seq);
	skb_queue_walk(&run->in, skb)
		kpptp_seq_due_add(due, KPPTP_RX_CB(skb)->gre.seq);
	skb_queue_walk(&s->rx.held, skb)
		kpptp_seq_due_add(due, KPPTP_RX_CB(skb)->gre.seq);
}

/*
 * What is held already is not decrypted ahead: without the lock it is not ours. It
 * may be in between, though.
 */
void kpptp_rx_ahead_plan(struct kpptp_rx_batch *batch, struct kpptp_rx_run *run)
{
	struct kpptp_session *s = run->s;
	struct kpptp_seq_due due;
	struct sk_buff *skb;
	u32 count;

	lockdep_assert_held(&s->rx.lock);
	if (!s->rx.has_key || run->relay || run->raw)
		return;
	rx_ahead_due(run, &due);
	count = kpptp_seq_due_count(&due);
	kpptp_mppe_ahead_init(&run->ahead, &s->rx.mppe, batch->key[batch->keys],
			      KPPTP_RX_KEYS - batch->keys);
	skb_queue_walk(&run->in, skb)
		if (KPPTP_RX_CB(skb)->gre.seq - due.next < count)
			rx_ahead_choose(batch, run, skb);
	batch->keys += run->ahead.wanted;
}

/* One more key for each session that wants one; how many did. */
static unsigned int rx_ahead_step(struct kpptp_rx_batch *batch,
				  struct kpptp_crypt_batch *crypt)
{
	struct kpptp_mppe_ahead *stepped[KPPTP_RX_BATCH];
	unsigned int n = 0;
	unsigned int i;

	for (i = 0; i < batch->runs; i++) {
		struct kpptp_mppe_ahead *ahead = &batch->run[i].ahead;

		if (kpptp_mppe_ahead_step(ahead, &crypt->job[n]))
			stepped[n++] = ahead;
	}
	if (!n)
		return 0;
	crypt->n = n;
	kpptp_crypt_run(crypt);
	for (i = 0; i < n; i++)
		kpptp_mppe_ahead_stepped(stepped[i]);
	return n;
}

/* A chain is serial; those of several sessions are not. */
static void rx_ahead_keys(struct kpptp_rx_batch *batch,
			  struct kpptp_crypt_batch *crypt)
{
	unsigned int i;

	while (rx_ahead_step(batch, crypt) > 1)
		;
	for (i = 0; i < batch->runs; i++)
		kpptp_mppe_ahead_make(&batch->run[i].ahead);
}

void kpptp_rx_ahead_crypt(struct kpptp_rx_batch *batch)
{
	struct kpptp_crypt_batch *crypt = kpptp_crypt_batch();
	struct kpptp_rc4_job *job;
	unsigned int i;

	rx_ahead_keys(batch, crypt);
	for (i = 0; i < batch->guesses; i++) {
		struct kpptp_rx_run *run = batch->guess[i].run;
		struct sk_buff *skb = batch->guess[i].skb;

		job = &crypt->job[crypt->n++];
		kpptp_mppe_ahead_job(&run->ahead, KPPTP_RX_CB(skb)->ahead, job);
		kpptp_rx_job(skb, job);
	}
	kpptp_crypt_run(crypt);
}

void kpptp_rx_ahead_end(struct kpptp_rx_run *run)
{
	struct sk_buff *skb;

	if (!run->guessed)
		return;
	skb_queue_walk(&run->s->rx.held, skb)
		kpptp_rx_restore(run, skb);
}
