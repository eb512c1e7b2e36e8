/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a received packet carries with it, from the GRE handler to delivery.
 */
#ifndef KPPTP_RX_CB_H
#define KPPTP_RX_CB_H

#include "core/gre.h"
#include "core/pppframe.h"

struct kpptp_session;

/**
 * struct kpptp_rx_cb - in skb->cb from gre_in to rx
 * @session: the packet holds a reference while it is in a receive queue
 * @arrived: jiffies
 * @gre: parsed header; skb->data is at the PPP frame, trimmed to its length
 * @ahead: rx's: number of the key with which it was decrypted ahead, 0: it is as it
 *	   came
 * @ppp: rx's: the frame's parts
 * @tos: outer octet, for RFC 6040
 */
struct kpptp_rx_cb {
	struct kpptp_session *session;
	unsigned long arrived;
	struct kpptp_gre gre;
	u32 ahead;
	struct kpptp_ppp ppp;
	u8 tos;
};

#define KPPTP_RX_CB(skb) ((struct kpptp_rx_cb *)(skb)->cb)

#endif /* KPPTP_RX_CB_H */
