// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The TCP maximum segment size, made to fit.
 */
#include "mssclamp.h"

#define IPV4_HDR_MIN		20
#define IPV4_FRAG_OFFSET	0x1fff
#define IPV6_HDR_LEN		40
#define IPV6_EXT_UNIT		8	/* extension headers are multiples of it */
#define IPV6_EXT_MAX		8	/* extension headers before TCP */
#define IPV6_FRAG_OFFSET	0xfff8

#define NEXT_HOP_BY_HOP		0
#define NEXT_TCP		6
#define NEXT_ROUTING		43
#define NEXT_FRAGMENT		44
#define NEXT_DESTINATION	60

#define TCP_HDR_MIN		20
#define TCP_FLAGS		13
#define TCP_SYN			0x02
#define TCP_SUM			16

#define OPT_END			0
#define OPT_NOP			1
#define OPT_MSS			2
#define OPT_MSS_LEN		4

/* Offset of the TCP header; 0: there is none. */
static size_t mssclamp_ipv4(const u8 *p, size_t len)
{
	size_t hdr_len;

	if (len < IPV4_HDR_MIN)
		return 0;
	hdr_len = 4 * (p[0] & 0x0f);
	if (hdr_len < IPV4_HDR_MIN || hdr_len > len || p[9] != NEXT_TCP ||
	    (kpptp_get_be16(p + 6) & IPV4_FRAG_OFFSET))
		return 0;
	return hdr_len;
}

/* Octets of the extension header @kind at @p; 0: that is none, or no start. */
static size_t mssclamp_ext_len(u8 kind, const u8 *p)
{
	switch (kind) {
	case NEXT_HOP_BY_HOP:
	case NEXT_ROUTING:
	case NEXT_DESTINATION:
		return IPV6_EXT_UNIT * (1u + p[1]);
	case NEXT_FRAGMENT:
		return kpptp_get_be16(p + 2) & IPV6_FRAG_OFFSET ? 0 :
		       IPV6_EXT_UNIT;
	}
	return 0;
}

/* Offset of the TCP header behind a few extension headers; 0: there is none. */
static size_t mssclamp_ipv6(const u8 *p, size_t len)
{
	size_t at = IPV6_HDR_LEN, ext_len;
	unsigned int i;
	u8 kind;

	if (len < IPV6_HDR_LEN)
		return 0;
	kind = p[6];
	for (i = 0; kind != NEXT_TCP; i++) {
		if (i == IPV6_EXT_MAX || len - at < IPV6_EXT_UNIT)
			return 0;
		ext_len = mssclamp_ext_len(kind, p + at);
		if (!ext_len || ext_len > len - at)
			return 0;
		kind = p[at];
		at += ext_len;
	}
	return at;
}

/* Octets of a SYN's header with its options; 0: it is no SYN, or not whole. */
static size_t mssclamp_syn(const u8 *tcp, size_t len)
{
	size_t hdr_len;

	if (len < TCP_HDR_MIN || !(tcp[TCP_FLAGS] & TCP_SYN))
		return 0;
	hdr_len = 4 * (tcp[12] >> 4);
	return hdr_len < TCP_HDR_MIN || hdr_len > len ? 0 : hdr_len;
}

/* Offset of the option's value in a header of @hdr_len octets; 0: none. */
static size_t mssclamp_option(const u8 *tcp, size_t hdr_len)
{
	size_t at = TCP_HDR_MIN;

	while (hdr_len - at >= OPT_MSS_LEN && tcp[at] != OPT_END) {
		if (tcp[at] == OPT_NOP) {
			at++;
			continue;
		}
		if (tcp[at] == OPT_MSS && tcp[at + 1] == OPT_MSS_LEN)
			return at + 2;
		if (tcp[at + 1] < 2 || tcp[at + 1] > hdr_len - at)
			return 0;
		at += tcp[at + 1];
	}
	return 0;
}

/*
 * The checksum after 16 bits have become others (RFC 1624, equation 3). At an odd
 * offset they count with their octets the other way round (RFC 1071 section 2).
 */
static void mssclamp_sum(u8 *sum, u16 old, u16 new, bool odd)
{
	u32 s;

	if (odd) {
		old = (u16)(old << 8 | old >> 8);
		new = (u16)(new << 8 | new >> 8);
	}
	s = (u16)~kpptp_get_be16(sum) + (u16)~old + (u32)new;
	s = (s & 0xffff) + (s >> 16);
	s += s >> 16;
	kpptp_put_be16(sum, (u16)~s);
}

static bool mssclamp_tcp(u8 *tcp, size_t len, u16 mss)
{
	size_t hdr_len = mssclamp_syn(tcp, len);
	size_t at = hdr_len ? mssclamp_option(tcp, hdr_len) : 0;
	u16 old;

	if (!at)
		return false;
	old = kpptp_get_be16(tcp + at);
	if (old <= mss)
		return false;
	kpptp_put_be16(tcp + at, mss);
	mssclamp_sum(tcp + TCP_SUM, old, mss, at & 1);
	return true;
}

bool kpptp_mssclamp_packet(u8 *p, size_t len, u16 mtu)
{
	size_t at, overhead;

	if (!len)
		return false;
	if (p[0] >> 4 == 4) {
		at = mssclamp_ipv4(p, len);
		overhead = IPV4_HDR_MIN + TCP_HDR_MIN;
	} else {
		at = p[0] >> 4 == 6 ? mssclamp_ipv6(p, len) : 0;
		overhead = IPV6_HDR_LEN + TCP_HDR_MIN;
	}
	if (!at || mtu <= overhead)
		return false;
	return mssclamp_tcp(p + at, len - at, mtu - overhead);
}
