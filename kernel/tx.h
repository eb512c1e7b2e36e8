/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Sending: frame, seal, GRE, route; data, control and raw frames, lone acks.
 */
#ifndef KPPTP_TX_H
#define KPPTP_TX_H

#include <linux/types.h>

struct kpptp_session;
struct sk_buff;
struct sk_buff_head;

/*
 * Sends an inner IPv4 or IPv6 packet, GSO or not, @skb->data at its IP header.
 * Consumes @skb. BH off, under RCU. Drops are counted here.
 */
void kpptp_tx_data(struct kpptp_session *s, struct sk_buff *skb);

/*
 * Sends what another session has received: each of @frames, linear, writable and
 * nobody else's, begins with the two octets of its protocol number and goes on
 * as it is, numbered and framed as this session does it. Consumes @frames. BH
 * off, under RCU, without any session's lock. Drops are counted here.
 */
void kpptp_tx_relay(struct kpptp_session *s, struct sk_buff_head *frames);

/*
 * Sends one control frame, never encrypted (RFC 3078 section 3). @info is
 * copied. 0 or -ENOMEM, -ENETUNREACH, -EMSGSIZE. Any context.
 */
int kpptp_tx_control(struct kpptp_session *s, u16 proto, const u8 *info,
		     size_t len);

/*
 * Sends one frame of a raw session as it is, header and all. @frame is copied. As
 * above, -EINVAL when it has no legal protocol field, -EPERM when it is in clear and
 * MPPE is required. Any context.
 */
int kpptp_tx_raw(struct kpptp_session *s, const u8 *frame, size_t len);

/* Sends an ack of its own if one is owed (RFC 2637 section 4.4). Softirq. */
void kpptp_tx_ack(struct kpptp_session *s);

#endif /* KPPTP_TX_H */
