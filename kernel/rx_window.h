/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A session's receive window and the packets that wait in it. Callers hold
 * rx.lock, and are under RCU.
 */
#ifndef KPPTP_RX_WINDOW_H
#define KPPTP_RX_WINDOW_H

struct kpptp_rx_run;
struct sk_buff;

/* Takes one packet through the window, with what it sets free. Consumes @skb. */
void kpptp_rx_take(struct kpptp_rx_run *run, struct sk_buff *skb);

/*
 * Gives up the missing numbers before the first held packets, until @keep are
 * held at most, and opens what is due then.
 */
void kpptp_rx_give_up(struct kpptp_rx_run *run, unsigned int keep);

#endif /* KPPTP_RX_WINDOW_H */
