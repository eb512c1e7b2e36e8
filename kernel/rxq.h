/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A receive queue and NAPI per CPU. Every session has a home CPU; everything
 * that moves its window runs there.
 */
#ifndef KPPTP_RXQ_H
#define KPPTP_RXQ_H

struct kpptp_session;
struct sk_buff;

int kpptp_rxq_init(void);

/* After the GRE handler is gone: waits until every queue is empty. */
void kpptp_rxq_exit(void);

/*
 * Queues @skb for its session's home CPU. Consumes @skb and, in the end, the
 * reference in its cb. False (skb still the caller's) when the queue is full, or
 * when most of what waits there is its session's.
 */
bool kpptp_rxq_enqueue(struct kpptp_session *s, struct sk_buff *skb);

/*
 * Gives a new session its home CPU and sets up its two timers; before it is
 * published. An armed timer holds a reference to the session.
 */
void kpptp_rxq_session_init(struct kpptp_session *s);

#endif /* KPPTP_RXQ_H */
