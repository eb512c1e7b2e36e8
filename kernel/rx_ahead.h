/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Decrypting ahead: packets of one poll, of many sessions, side by side, before the
 * first of them was looked at.
 *
 * It is a guess and decides nothing (core/mppe.h). A packet whose key turns out to
 * be another one when its turn comes has its octets brought back. That is RC4 once
 * more, over a packet that would have been decrypted one by one anyway; a second
 * buffer a packet would be paid for by all those that arrive in order, which are
 * nearly all.
 */
#ifndef KPPTP_RX_AHEAD_H
#define KPPTP_RX_AHEAD_H

#include "crypt.h"
#include "rx_run.h"

#define KPPTP_RX_BATCH	KPPTP_CRYPT_BATCH	/* packets of one poll at most */
#define KPPTP_RX_KEYS	(2 * KPPTP_RX_BATCH)	/* keys made ahead in one poll */

/**
 * struct kpptp_rx_batch - what one poll has. Secret. The home NAPI's.
 * @runs: sessions
 * @keys: places of @key that are in use
 * @guesses: packets that are decrypted ahead
 * @run: the sessions
 * @guess: the packets and their runs; in @in of these
 * @key: for @ahead of the runs
 */
struct kpptp_rx_batch {
	unsigned int runs;
	unsigned int keys;
	unsigned int guesses;
	struct kpptp_rx_run run[KPPTP_RX_BATCH];
	struct {
		struct kpptp_rx_run *run;
		struct sk_buff *skb;
	} guess[KPPTP_RX_BATCH];
	u8 key[KPPTP_RX_KEYS][KPPTP_MPPE_KEY_MAX];
};

/*
 * Chooses what to decrypt ahead of the packets in @run->in: those whose turn comes
 * without a wait. Caller holds rx.lock.
 */
void kpptp_rx_ahead_plan(struct kpptp_rx_batch *batch, struct kpptp_rx_run *run);

/* Decrypts what was chosen, in place. Without any session's lock; BH off. */
void kpptp_rx_ahead_crypt(struct kpptp_rx_batch *batch);

/*
 * After all of @run->in was taken: what is held is as it came. Caller holds rx.lock.
 */
void kpptp_rx_ahead_end(struct kpptp_rx_run *run);

#endif /* KPPTP_RX_AHEAD_H */
