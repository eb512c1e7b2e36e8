// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Enhanced GRE, version 1 (RFC 2637 section 4.1).
 */
#include "gre.h"

#define GRE_K		0x2000
#define GRE_S		0x1000
#define GRE_A		0x0080
#define GRE_VERSION_1	0x0001

#define GRE_BASE_LEN	8	/* up to and with the call ID */

enum kpptp_gre_verdict kpptp_gre_parse(const u8 *p, size_t avail, size_t total,
				       struct kpptp_gre *gre)
{
	struct kpptp_gre hdr = {};
	size_t len;
	u16 flags;

	if (min(avail, total) < GRE_BASE_LEN)
		return KPPTP_GRE_SHORT;
	flags = kpptp_get_be16(p);
	if ((flags & ~(GRE_S | GRE_A)) != (GRE_K | GRE_VERSION_1) ||
	    kpptp_get_be16(p + 2) != KPPTP_GRE_PROTO)
		return KPPTP_GRE_BAD_FLAGS;

	hdr.has_seq = flags & GRE_S;
	hdr.has_ack = flags & GRE_A;
	if (!hdr.has_seq && !hdr.has_ack)
		return KPPTP_GRE_EMPTY;
	len = kpptp_gre_len(&hdr);
	if (min(avail, total) < len)
		return KPPTP_GRE_SHORT;

	hdr.payload_len = kpptp_get_be16(p + 4);
	if (hdr.payload_len > (hdr.has_seq ? total - len : 0))
		return KPPTP_GRE_BAD_LEN;
	hdr.call_id = kpptp_get_be16(p + 6);
	if (hdr.has_seq)
		hdr.seq = kpptp_get_be32(p + GRE_BASE_LEN);
	if (hdr.has_ack)
		hdr.ack = kpptp_get_be32(p + len - 4);
	*gre = hdr;
	return KPPTP_GRE_OK;
}

size_t kpptp_gre_build(u8 *p, const struct kpptp_gre *gre)
{
	size_t len = GRE_BASE_LEN;
	u16 flags = GRE_K | GRE_VERSION_1;

	if (gre->has_seq) {
		flags |= GRE_S;
		kpptp_put_be32(p + len, gre->seq);
		len += 4;
	}
	if (gre->has_ack) {
		flags |= GRE_A;
		kpptp_put_be32(p + len, gre->ack);
		len += 4;
	}
	kpptp_put_be16(p, flags);
	kpptp_put_be16(p + 2, KPPTP_GRE_PROTO);
	kpptp_put_be16(p + 4, gre->payload_len);
	kpptp_put_be16(p + 6, gre->call_id);
	return len;
}
