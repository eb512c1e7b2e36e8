/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * GRE sequence numbers (RFC 2637 sections 4.2 to 4.4): the receive window and
 * the acknowledgments that we owe.
 *
 * The window answers and is told; it holds no packets. A packet is first
 * looked at (kpptp_seq_check), and moves the window only when the caller has
 * found its contents plausible (kpptp_seq_accept): a forged packet therefore
 * costs at most itself. All numbers wrap at 2^32 and are compared as signed
 * 32-bit differences.
 *
 * Locking: none; every struct has one owner.
 */
#ifndef KPPTP_CORE_SEQ_H
#define KPPTP_CORE_SEQ_H

#include "port.h"

#define KPPTP_SEQ_WINDOW_MAX	1024u	/* packets held at most */
#define KPPTP_SEQ_MEMORY	64	/* numbers behind that are remembered */

enum kpptp_seq_verdict {
	KPPTP_SEQ_NEXT,		/* the number that is due: process now */
	KPPTP_SEQ_AHEAD,	/* inside the window, something is missing */
	KPPTP_SEQ_JUMP,		/* beyond the window: believe it only with proof */
	KPPTP_SEQ_LATE,		/* behind the window, but not seen before */
	KPPTP_SEQ_DUPLICATE,	/* behind the window and accepted before */
	KPPTP_SEQ_OLD,		/* behind by more than KPPTP_SEQ_MEMORY */
};

/**
 * struct kpptp_seq_rx - receive window
 * @next: the number that is due
 * @window: numbers from @next on that count as AHEAD rather than as JUMP
 * @started: a first packet has set @next
 * @seen: bit i: number @next - 1 - i was accepted
 * @jump: number of the last unproven JUMP, for kpptp_seq_confirm()
 * @jump_armed: @jump holds a candidate
 */
struct kpptp_seq_rx {
	u32 next;
	u32 window;
	bool started;
	bool jump_armed;
	u32 jump;
	u64 seen;
};

/* @window is brought into 1 (nothing is held) to KPPTP_SEQ_WINDOW_MAX. */
void kpptp_seq_rx_init(struct kpptp_seq_rx *rx, u32 window);

/*
 * What is @seq to the window? Changes nothing. The first packet ever is NEXT
 * whatever its number: Windows starts at 0, Linux and FreeBSD at 1.
 */
enum kpptp_seq_verdict kpptp_seq_check(const struct kpptp_seq_rx *rx, u32 seq);

/*
 * The packet @seq was plausible. In order or ahead (gap given up, or a proven
 * jump) moves the window behind it; LATE only remembers it.
 */
void kpptp_seq_accept(struct kpptp_seq_rx *rx, u32 seq);

/*
 * A JUMP that nothing but a second packet can prove (no MPPE). Returns true
 * when the candidate before @seq lies at most a window behind it, which one
 * forged packet cannot bring about; else remembers @seq as the candidate.
 */
bool kpptp_seq_confirm(struct kpptp_seq_rx *rx, u32 seq);

#define KPPTP_SEQ_DUE_MAX	64u	/* numbers in a row that are seen together */

/**
 * struct kpptp_seq_due - packets at hand that nobody has looked at
 * @next: the number that is due
 * @have: bit i: a packet with the number @next + i is there
 */
struct kpptp_seq_due {
	u32 next;
	u64 have;
};

/* Nothing is at hand; @first is the number of the first packet that will be. */
void kpptp_seq_due_init(struct kpptp_seq_due *due, const struct kpptp_seq_rx *rx,
			u32 first);

/* A packet @seq is at hand, in whatever order. */
void kpptp_seq_due_add(struct kpptp_seq_due *due, u32 seq);

/*
 * Numbers in a row, from @due->next on, whose packets are at hand: their turn comes
 * without a wait, if all of them are what they look like.
 */
u32 kpptp_seq_due_count(const struct kpptp_seq_due *due);

#define KPPTP_ACK_EVERY		32	/* packets before an ack goes alone */

/**
 * struct kpptp_ack - the acknowledgment that we owe
 * @seq: highest number received in order of arrival (RFC 2637 section 4.3)
 * @pending: data packets received since an ack left
 */
struct kpptp_ack {
	u32 seq;
	u16 pending;
};

/* A data packet @seq was accepted. True when an ack is due without waiting. */
bool kpptp_ack_received(struct kpptp_ack *ack, u32 seq);

/* An ack is leaving: true and its number in @seq if one is owed. */
bool kpptp_ack_take(struct kpptp_ack *ack, u32 *seq);

#endif /* KPPTP_CORE_SEQ_H */
