/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * PPP framing as GRE carries it (RFC 2637 section 4, RFC 1661 section 2 and 6):
 * no flags, no stuffing, no checksum.
 *
 *     [FF 03] protocol (1 or 2 octets) information
 *
 * On receive both compressions are always accepted, negotiated or not: pppd
 * sends LCP Echo-Requests without FF 03 once ACFC is agreed, others sooner.
 */
#ifndef KPPTP_CORE_PPPFRAME_H
#define KPPTP_CORE_PPPFRAME_H

#include "port.h"

#define KPPTP_PPP_IP		0x0021
#define KPPTP_PPP_IPV6		0x0057
#define KPPTP_PPP_COMP		0x00fd	/* MPPE and MPPC */
#define KPPTP_PPP_CCP		0x80fd
#define KPPTP_PPP_LCP		0xc021

#define KPPTP_PPP_HDR_MAX	4	/* FF 03 and two octets of protocol */

/**
 * struct kpptp_ppp - where a frame's parts are
 * @proto: protocol number
 * @hdr_len: octets before the information field
 */
struct kpptp_ppp {
	u16 proto;
	u8 hdr_len;
};

/*
 * Reads the protocol field at @p (no address and control): 1 or 2 octets used,
 * 0 when @len is too short or the second octet is even (RFC 1661 section 2).
 */
static inline u8 kpptp_ppp_proto(const u8 *p, size_t len, u16 *proto)
{
	if (len >= 1 && (p[0] & 1)) {
		*proto = p[0];
		return 1;
	}
	if (len < 2 || !(p[1] & 1))
		return 0;
	*proto = kpptp_get_be16(p);
	return 2;
}

/* Splits a frame of @len octets. False when it holds no legal protocol. */
static inline bool kpptp_ppp_parse(const u8 *p, size_t len, struct kpptp_ppp *ppp)
{
	u8 skip = len >= 2 && p[0] == 0xff && p[1] == 0x03 ? 2 : 0;
	u8 used = kpptp_ppp_proto(p + skip, len - skip, &ppp->proto);

	ppp->hdr_len = skip + used;
	return used != 0;
}

/*
 * A network-layer protocol (RFC 1661 section 2: 0xxx to 3xxx); everything
 * above is negotiation and goes to userspace in clear (RFC 3078 section 3).
 */
static inline bool kpptp_ppp_is_data(u16 proto)
{
	return proto < 0x4000;
}

/*
 * Writes the header for @proto at @p (room for KPPTP_PPP_HDR_MAX): returns its
 * length. LCP always goes out uncompressed (RFC 1661 section 6.5 and 6.6).
 */
static inline u8 kpptp_ppp_build(u8 *p, u16 proto, bool acfc, bool pfc)
{
	u8 n = 0;

	if (!acfc || proto == KPPTP_PPP_LCP) {
		p[n++] = 0xff;
		p[n++] = 0x03;
	}
	if (!pfc || proto > 0xff || proto == KPPTP_PPP_LCP)
		p[n++] = (u8)(proto >> 8);
	p[n++] = (u8)proto;
	return n;
}

#endif /* KPPTP_CORE_PPPFRAME_H */
