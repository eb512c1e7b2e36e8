/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Receiving: a session's packets in, what they carry out.
 */
#ifndef KPPTP_RX_H
#define KPPTP_RX_H

struct kpptp_gre;
struct kpptp_rx_batch;
struct kpptp_session;
struct napi_struct;
struct sk_buff_head;

/*
 * Takes @packets, KPPTP_RX_BATCH at most (cb filled; consumes them and their session
 * references), through the window, decryption and delivery, together with what they
 * set free: each session's in order. Only on the sessions' home NAPI, with its own
 * @batch.
 */
void kpptp_rx_packets(struct kpptp_rx_batch *batch, struct sk_buff_head *packets,
		      struct napi_struct *napi);

/*
 * A packet with an ack and no data. Counts it; nothing waits for acks, because
 * a sender that does stalls against peers that never send one (pptp.ko, Android).
 * Any softirq.
 */
void kpptp_rx_ack(struct kpptp_session *s, const struct kpptp_gre *gre);

/* The gap timer fired: gives up the oldest missing numbers. Home NAPI only. */
void kpptp_rx_gap(struct kpptp_session *s, struct napi_struct *napi);

#endif /* KPPTP_RX_H */
