/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Received packets whose turn has come. Callers hold rx.lock, and are under RCU.
 */
#ifndef KPPTP_RX_OPEN_H
#define KPPTP_RX_OPEN_H

#include "core/seq.h"

struct kpptp_rx_run;
struct sk_buff;

/*
 * Opens @skb, whose number got @verdict: it is dropped, or accepted and put to
 * @run->out. Consumes @skb.
 */
void kpptp_rx_open(struct kpptp_rx_run *run, struct sk_buff *skb,
		   enum kpptp_seq_verdict verdict);

/* Makes @skb linear and ours, and finds its protocol. False: it was dropped. */
bool kpptp_rx_parse(struct kpptp_rx_run *run, struct sk_buff *skb);

/* kpptp_rx_open() for a parsed network protocol in clear. */
void kpptp_rx_open_clear(struct kpptp_rx_run *run, struct sk_buff *skb);

/* kpptp_rx_open() for a parsed control frame. */
void kpptp_rx_open_control(struct kpptp_rx_run *run, struct sk_buff *skb,
			   enum kpptp_seq_verdict verdict);

#endif /* KPPTP_RX_OPEN_H */
