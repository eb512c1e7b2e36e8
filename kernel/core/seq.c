// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * GRE sequence numbers (RFC 2637 sections 4.2 to 4.4).
 */
#include "seq.h"

/* How far @a is ahead of @b, negative when behind, on a circle of 2^32. */
static s32 seq_diff(u32 a, u32 b)
{
	return (s32)(a - b);
}

void kpptp_seq_rx_init(struct kpptp_seq_rx *rx, u32 window)
{
	memset(rx, 0, sizeof(*rx));
	rx->window = window ? min(window, KPPTP_SEQ_WINDOW_MAX) : 1;
}

enum kpptp_seq_verdict kpptp_seq_check(const struct kpptp_seq_rx *rx, u32 seq)
{
	s32 ahead = seq_diff(seq, rx->next);
	u32 back = rx->next - 1 - seq;

	if (!rx->started || ahead == 0)
		return KPPTP_SEQ_NEXT;
	if (ahead > 0)
		return (u32)ahead < rx->window ? KPPTP_SEQ_AHEAD : KPPTP_SEQ_JUMP;
	if (back >= KPPTP_SEQ_MEMORY)
		return KPPTP_SEQ_OLD;
	return rx->seen >> back & 1 ? KPPTP_SEQ_DUPLICATE : KPPTP_SEQ_LATE;
}

/* Moves the window behind @seq, @steps numbers further than now. */
static void seq_advance(struct kpptp_seq_rx *rx, u32 seq, u32 steps)
{
	rx->seen = steps < KPPTP_SEQ_MEMORY ? rx->seen << steps : 0;
	rx->seen |= 1;
	rx->next = seq + 1;
	rx->started = true;
	/* A packet that fits disproves the jump that one outside claimed. */
	rx->jump_armed = false;
}

void kpptp_seq_accept(struct kpptp_seq_rx *rx, u32 seq)
{
	s32 ahead = seq_diff(seq, rx->next);
	u32 back = rx->next - 1 - seq;

	if (!rx->started)
		seq_advance(rx, seq, 1);
	else if (ahead >= 0)
		seq_advance(rx, seq, (u32)ahead + 1);
	else if (back < KPPTP_SEQ_MEMORY)
		rx->seen |= (u64)1 << back;
}

bool kpptp_seq_confirm(struct kpptp_seq_rx *rx, u32 seq)
{
	s32 ahead = seq_diff(seq, rx->jump);

	/* Equal numbers confirm nothing: one forged packet, sent twice. */
	if (rx->jump_armed && ahead > 0 && (u32)ahead <= rx->window) {
		rx->jump_armed = false;
		return true;
	}
	rx->jump = seq;
	rx->jump_armed = true;
	return false;
}

void kpptp_seq_due_init(struct kpptp_seq_due *due, const struct kpptp_seq_rx *rx,
			u32 first)
{
	due->next = rx->started ? rx->next : first;
	due->have = 0;
}

void kpptp_seq_due_add(struct kpptp_seq_due *due, u32 seq)
{
	u32 ahead = seq - due->next;

	if (ahead < KPPTP_SEQ_DUE_MAX)
		due->have |= (u64)1 << ahead;
}

u32 kpptp_seq_due_count(const struct kpptp_seq_due *due)
{
	u32 n = 0;

	while (n < KPPTP_SEQ_DUE_MAX && due->have >> n & 1)
		n++;
	return n;
}

bool kpptp_ack_received(struct kpptp_ack *ack, u32 seq)
{
	s32 ahead = seq_diff(seq, ack->seq);

	/*
	 * A late packet does not take the number back. The window lets nothing
	 * through that is further behind than its memory, so a number further
	 * back is the first one of the session.
	 */
	if (ahead > 0 || ahead < -KPPTP_SEQ_MEMORY)
		ack->seq = seq;
	if (ack->pending < KPPTP_ACK_EVERY)
		ack->pending++;
	return ack->pending == KPPTP_ACK_EVERY;
}

bool kpptp_ack_take(struct kpptp_ack *ack, u32 *seq)
{
	if (!ack->pending)
		return false;
	ack->pending = 0;
	*seq = ack->seq;
	return true;
}
