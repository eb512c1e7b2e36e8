/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Receiving: a session's packets in, what they carry out.
 */
#ifndef KPPTP_RX_H
#define KPPTP_RX_H

struct kpptp_gre;
struct kpptp_session;
struct napi_struct;
struct sk_buff;

/*
 * Takes @skb (cb filled; consumes it, not its session reference) through the
 * window, decryption and delivery, together with what it sets free. Only on the
 * session's home NAPI.
 */
void kpptp_rx_packet(struct kpptp_session *s, struct sk_buff *skb,
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
