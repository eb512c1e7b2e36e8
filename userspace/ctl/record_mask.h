/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What pptpctl record keeps of an IPv4 packet: all of a control connection and of
 * PPP's control frames, and of what a user sends no more than where it begins.
 * What proves a password is overwritten.
 */
#ifndef CTL_RECORD_MASK_H
#define CTL_RECORD_MASK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum record_kind {
	RECORD_OTHER,	/* not PPTP, or a later fragment */
	RECORD_OPENING,	/* of a control connection: its first segment */
	RECORD_CONTROL,	/* another segment */
	RECORD_FRAME,	/* a PPP control frame */
	RECORD_HEADER,	/* data or an acknowledgment, of which the headers may be kept */
};

/* @keep: octets that may be written, @whole: of the packet; both 0 for RECORD_OTHER. */
struct record_packet {
	enum record_kind kind;
	size_t keep;
	size_t whole;
};

/*
 * Looks at @len octets of @packet, IPv4 header first, which may have padding behind.
 * Unless @secrets is set, what must not be written is overwritten with '*'.
 */
struct record_packet record_mask(uint8_t *packet, size_t len, bool secrets);

#endif /* CTL_RECORD_MASK_H */
