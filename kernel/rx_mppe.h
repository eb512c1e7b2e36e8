/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Decryption of received packets, on trial. Callers hold rx.lock.
 */
#ifndef KPPTP_RX_MPPE_H
#define KPPTP_RX_MPPE_H

struct kpptp_rc4_job;
struct kpptp_rx_run;
struct sk_buff;

/*
 * Decrypts @skb, parsed and ours, whose session has a receive key. 0 when it was
 * plausible: the key moved on, and @skb begins with the inner protocol field.
 * Else the reason to drop it for, which nothing else can be done with it, and
 * nothing that lasts has changed.
 */
unsigned int kpptp_rx_decrypt(struct kpptp_rx_run *run, struct sk_buff *skb);

/*
 * Would kpptp_rx_decrypt() find @skb plausible? 0, or why not. @skb is as it came
 * afterwards, and nothing that lasts has changed.
 */
unsigned int kpptp_rx_proof(struct kpptp_rx_run *run, struct sk_buff *skb);

/* Brings back the octets of a packet that was decrypted ahead; nothing to others. */
void kpptp_rx_restore(struct kpptp_rx_run *run, struct sk_buff *skb);

/*
 * Completes @job: it is for the encrypted octets of @skb, parsed and ours, in place.
 * Needs no lock.
 */
void kpptp_rx_job(struct sk_buff *skb, struct kpptp_rc4_job *job);

#endif /* KPPTP_RX_MPPE_H */
