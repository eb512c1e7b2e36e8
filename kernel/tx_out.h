/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a session has numbered, until it has left.
 *
 * A packet gets its number, and stateless its key, under tx.lock, and is put at the
 * end of tx.out. It is encrypted wherever that suits, with others. Then it is ready,
 * and leaves when all before it are: one CPU at a time sends for a session, without
 * its lock, and whoever comes meanwhile leaves his packets to that one. So the order
 * of the numbers is the order on the wire: Linux's pptp.ko, still the most common
 * peer, drops whatever is late.
 *
 * The stack may come back from the send: through a tunnel inside this tunnel
 * (another session, legal) or through a route that leads into this one, which
 * tx.cpu shows (a loop, dropped).
 */
#ifndef KPPTP_TX_OUT_H
#define KPPTP_TX_OUT_H

#include <linux/err.h>
#include <linux/netdevice.h>
#include <linux/skbuff.h>

#include "core/pppframe.h"
#include "core/mppe.h"
#include "route.h"
#include "session.h"

/* The outer header, GRE and PPP, all before the inner packet. */
#define KPPTP_TX_HEADROOM	(LL_MAX_HEADER + KPPTP_ROUTE_OVERHEAD + \
				 KPPTP_PPP_HDR_MAX + KPPTP_MPPE_HDR_LEN + 2)

struct kpptp_gre;
struct rtable;

/**
 * struct kpptp_tx_cb - in skb->cb from preparation to sending
 * @seq: GRE number
 * @proto: PPP protocol of the inner packet, 0: the GRE header is there already
 * @tos: outer octet
 * @df: outer don't-fragment bit
 * @ready: may leave; acquire and release
 */
struct kpptp_tx_cb {
	u32 seq;
	u16 proto;
	u8 tos;
	bool df;
	bool ready;
};

#define KPPTP_TX_CB(skb) ((struct kpptp_tx_cb *)(skb)->cb)

/**
 * struct kpptp_tx_burst - packets of one session that leave together
 * @s: the session
 * @rt: the way, while they do
 * @wire: the packets, prepared (ours alone, linear, with room for all headers)
 */
struct kpptp_tx_burst {
	struct kpptp_session *s;
	struct rtable *rt;
	struct sk_buff_head wire;
};

/*
 * All of the @n bursts, of as many sessions, leave or are dropped, which is counted
 * here; their packets are encrypted together. BH off, under RCU, no session's lock
 * held.
 */
void kpptp_tx_bursts(struct kpptp_tx_burst *burst, unsigned int n);

/*
 * Makes the next keys of those sessions of the @n bursts, KPPTP_CRYPT_BATCH at most,
 * that change them for every packet, side by side. @ahead has room for as many, and is
 * wiped. BH off, no session's lock held.
 */
void kpptp_tx_keys(struct kpptp_tx_burst *burst, unsigned int n,
		   struct kpptp_mppe_tx_ahead *ahead);

/* Does this CPU send for a session just now? BH off. */
bool kpptp_tx_nested(void);

/*
 * Takes tx.lock and finds the way to the peer. ERR_PTR when there is none, or this
 * CPU is sending for @s already (-ELOOP): then the lock is not held. BH off.
 */
struct rtable *kpptp_tx_begin(struct kpptp_session *s);

/* Why packets are dropped when kpptp_tx_begin() has said @rt, an ERR_PTR. */
static inline unsigned int kpptp_tx_reason(const struct rtable *rt)
{
	switch (PTR_ERR(rt)) {
	case -ELOOP:
		return KPPTP_A_DROPS_TX_LOOP;
	case -ENOBUFS:
	case -ENOMEM:
		return KPPTP_A_DROPS_TX_NO_MEMORY;
	default:
		return KPPTP_A_DROPS_TX_NO_ROUTE;
	}
}

/* Numbers @skb, framed and complete; between kpptp_tx_begin() and _end(). */
void kpptp_tx_put(struct kpptp_session *s, struct sk_buff *skb);

/* The same for @skb, which is empty, as an ack alone; it takes no number. */
void kpptp_tx_put_ack(struct kpptp_session *s, struct sk_buff *skb,
		      const struct kpptp_gre *gre);

/* Releases tx.lock and sends what is ready; puts @rt. */
void kpptp_tx_end(struct kpptp_session *s, struct rtable *rt);

/* Puts the PPP header for @proto before @skb. */
void kpptp_tx_put_ppp(const struct kpptp_session *s, struct sk_buff *skb, u16 proto);

/* A packet with a network protocol, @len octets of it. Caller holds tx.lock. */
void kpptp_tx_count_data(struct kpptp_session *s, unsigned int len);

/* Counts one in one of the session's statistics. Caller holds tx.lock. */
void kpptp_tx_count(struct kpptp_session *s, u64_stats_t *what);

/* Drops all of @wire. */
void kpptp_tx_drop_all(struct kpptp_session *s, struct sk_buff_head *wire,
		       unsigned int reason);

#endif /* KPPTP_TX_OUT_H */
