/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Enhanced GRE, version 1 (RFC 2637 section 4.1): bytes to struct and back.
 *
 *      0                   1                   2                   3
 *      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *     +-+-+-+-+-+-----+-+-------+-----+-------------------------------+
 *     |C|R|K|S|s|Recur|A| Flags | Ver |     Protocol type 0x880B      |
 *     +-+-+-+-+-+-----+-+-------+-----+-------------------------------+
 *     |    Payload length (key high)  | Receiver's call ID (key low)  |
 *     +-------------------------------+-------------------------------+
 *     |                 Sequence number (only if S)                   |
 *     +---------------------------------------------------------------+
 *     |              Acknowledgment number (only if A)                |
 *     +---------------------------------------------------------------+
 *
 * Legal first two octets: 30 01 data, 30 81 data and ack, 20 81 ack alone.
 */
#ifndef KPPTP_CORE_GRE_H
#define KPPTP_CORE_GRE_H

#include "port.h"

#define KPPTP_GRE_PROTO		0x880b	/* PPP in enhanced GRE */
#define KPPTP_GRE_MIN_LEN	12	/* ack alone, or data without ack */
#define KPPTP_GRE_MAX_LEN	16	/* data and ack */

/**
 * struct kpptp_gre - a GRE header in host order
 * @call_id: the receiver's call ID
 * @payload_len: octets of PPP frame behind the header, 0 for an ack alone
 * @has_seq: @seq is there (and so is a payload, perhaps an empty one)
 * @has_ack: @ack is there
 * @seq: number of this packet
 * @ack: highest number that the sender has received
 */
struct kpptp_gre {
	u16 call_id;
	u16 payload_len;
	bool has_seq;
	bool has_ack;
	u32 seq;
	u32 ack;
};

enum kpptp_gre_verdict {
	KPPTP_GRE_OK,
	KPPTP_GRE_SHORT,	/* fewer octets than the header says */
	KPPTP_GRE_BAD_FLAGS,	/* C, R, s, Recur, Flags, K, version or type */
	KPPTP_GRE_BAD_LEN,	/* payload length past the end, or without S */
	KPPTP_GRE_EMPTY,	/* neither S nor A: carries nothing */
};

/**
 * kpptp_gre_parse() - read the header at the front of a packet
 * @p: first octet of the GRE header
 * @avail: octets readable at @p (at least min(@total, KPPTP_GRE_MAX_LEN))
 * @total: octets of the whole GRE packet by the IP header's word
 * @gre: filled on KPPTP_GRE_OK only
 *
 * Octets behind the payload (link padding) are legal and are the caller's to
 * trim: the frame is @gre->payload_len octets at kpptp_gre_len(@gre).
 */
enum kpptp_gre_verdict kpptp_gre_parse(const u8 *p, size_t avail, size_t total,
				       struct kpptp_gre *gre);

/* Length in octets of the header that @gre describes. */
static inline size_t kpptp_gre_len(const struct kpptp_gre *gre)
{
	return 8 + (gre->has_seq ? 4 : 0) + (gre->has_ack ? 4 : 0);
}

/* Writes kpptp_gre_len(@gre) octets to @p; returns that length. */
size_t kpptp_gre_build(u8 *p, const struct kpptp_gre *gre);

#endif /* KPPTP_CORE_GRE_H */
