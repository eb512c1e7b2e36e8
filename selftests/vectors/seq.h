/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Verdicts of the receive window, by hand from core/seq.h and RFC 2637 section
 * 4.3. The includer has core/seq.h.
 */
#ifndef KPPTP_VECTORS_SEQ_H
#define KPPTP_VECTORS_SEQ_H

/* Starts near the points where 32-bit and signed arithmetic turn over. */
static const u32 seq_starts[] = {
	0, 1, 63, 64, 0x7fffffc0, 0x7fffffff, 0x80000000, 0x80000040,
	0xffffff80, 0xffffffff,
};

/* With a window of 8, after one packet. */
static const struct {
	s32 off;	/* from the number that is due */
	enum kpptp_seq_verdict verdict;
} seq_verdict_vectors[] = {
	/*  0 */ { 0, KPPTP_SEQ_NEXT },
	/*  1 */ { 1, KPPTP_SEQ_AHEAD },
	/*  2 */ { 7, KPPTP_SEQ_AHEAD },
	/*  3 */ { 8, KPPTP_SEQ_JUMP },
	/*  4 */ { 9, KPPTP_SEQ_JUMP },
	/*  5 */ { 0x7fffffff, KPPTP_SEQ_JUMP },
	/*  6: the first packet of the session */
	{ -1, KPPTP_SEQ_DUPLICATE },
	/*  7: before the first one, never seen */
	{ -2, KPPTP_SEQ_LATE },
	/*  8 */ { -64, KPPTP_SEQ_LATE },
	/*  9 */ { -65, KPPTP_SEQ_OLD },
	/* 10 */ { -0x7fffffff, KPPTP_SEQ_OLD },
	/* 11 */ { -0x7fffffff - 1, KPPTP_SEQ_OLD },
};

/* Two packets beyond a window of 16, one after the other. */
static const struct {
	u32 first;
	u32 second;
	bool proven;
} seq_jump_vectors[] = {
	/* 0 */ { 1000, 1001, true },
	/* 1 */ { 1000, 1016, true },
	/* 2 */ { 1000, 1017, false },
	/* 3: the same packet twice */
	{ 1000, 1000, false },
	/* 4 */ { 1000, 999, false },
	/* 5 */ { 0xffffffff, 0, true },
	/* 6 */ { 0xfffffff8, 8, true },
	/* 7 */ { 0xfffffff8, 9, false },
	/* 8 */ { 0, 0xffffffff, false },
};

#endif /* KPPTP_VECTORS_SEQ_H */
