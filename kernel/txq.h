/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Packets to be sent that wait, for the rest of a softirq round at most, for others
 * to be encrypted with.
 */
#ifndef KPPTP_TXQ_H
#define KPPTP_TXQ_H

struct kpptp_tx_burst;

int kpptp_txq_init(void);

/* After the devices are gone: nothing is sent any more. */
void kpptp_txq_exit(void);

/*
 * Sends @burst (kpptp_tx_bursts()), in order behind what this CPU sends for its
 * session already: now, or when the softirq that this comes from has gone through
 * what it has. Consumes its packets. BH off, under RCU.
 */
void kpptp_txq_send(struct kpptp_tx_burst *burst);

#endif /* KPPTP_TXQ_H */
