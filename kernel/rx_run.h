/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One pass of receiving over a session: what it brings about after its lock.
 */
#ifndef KPPTP_RX_RUN_H
#define KPPTP_RX_RUN_H

#include "session.h"

/**
 * struct kpptp_rx_run - what one pass over a session brings about after its lock
 * @s: the session
 * @in: packets to take, in the order of their arrival
 * @refs: references to @s that these have brought along
 * @ahead: keys for some of them
 * @guessed: some of them are decrypted ahead
 * @relay: where all of @out goes, NULL: here
 * @raw: all of @out goes to the owner
 * @out: packets to deliver, in order
 * @ack: an ack is due now
 * @reset: stateful MPPE lost step
 * @first_data: the session's first data packet is in @out
 * @far: stateless MPPE is catching up, and userspace is to know
 */
struct kpptp_rx_run {
	struct kpptp_session *s;
	struct sk_buff_head in;
	unsigned int refs;
	struct kpptp_mppe_ahead ahead;
	bool guessed;
	struct kpptp_session *relay;
	bool raw;
	struct sk_buff_head out;
	bool ack;
	bool reset;
	bool first_data;
	bool far;
};

static inline void kpptp_rx_drop(struct kpptp_rx_run *run, struct sk_buff *skb,
				 unsigned int reason)
{
	kpptp_session_drop(run->s->kn, run->s, skb, reason);
}

/* Counts @n in one of the session's statistics. Caller holds rx.lock. */
static inline void kpptp_rx_count(struct kpptp_session *s, u64_stats_t *what, u64 n)
{
	u64_stats_update_begin(&s->rx.stats.sync);
	u64_stats_add(what, n);
	u64_stats_update_end(&s->rx.stats.sync);
}

#endif /* KPPTP_RX_RUN_H */
