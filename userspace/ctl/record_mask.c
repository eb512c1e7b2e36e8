// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Authentication is masked by what is known to be harmless, and not by what is known
 * to be secret: a message that is unknown or malformed keeps its first octets only.
 * No octet that is masked decides on what else is.
 */
#include "record_mask.h"

#include <string.h>

#define MASK		'*'

/* RFC 791 section 3.1 */
#define IP_HEADER	20
#define IP_PROTOCOL	9
#define IP_TCP		6
#define IP_GRE		47
#define IP_LATER_FRAGMENT 0x1fff

/* RFC 9293 section 3.1 */
#define TCP_HEADER	20
#define TCP_FLAGS	13
#define TCP_SYN_ACK	0x12
#define TCP_SYN		0x02
#define PPTP_PORT	1723

/* RFC 2637 section 4.1: of flags and version all but two bits are fixed. */
#define GRE_HEADER	8
#define GRE_FIXED	0xef7f
#define GRE_PPTP	0x2001
#define GRE_PROTOCOL	0x880b
#define GRE_SEQUENCE	0x1000
#define GRE_ACK		0x0080

/* RFC 1661, 1334, 1994, 3748, and the assigned numbers of PPP */
#define PPP_CONTROL	0x8000	/* and above: what is negotiated, not what is carried */
#define PPP_LINK	0xc000	/* and above: of the link, authentication among it */
#define PPP_LCP		0xc021
#define PPP_PAP		0xc023
#define PPP_CBCP	0xc029
#define PPP_CHAP	0xc223
#define PPP_EAP		0xc227
#define PPP_HEADER	4	/* code, identifier, length */
#define LCP_CODE_REJECT	7
#define LCP_PROTOCOL_REJECT 8
#define PAP_REQUEST	1
#define PAP_ACK		2
#define PAP_NAK		3
#define EAP_REQUEST	1
#define EAP_RESPONSE	2
#define EAP_IDENTITY	1
#define EAP_NAK		3
#define EAP_MD5		4
#define EAP_TLS		13
#define EAP_MSCHAP_V2	26

/* RFC 1994 section 4, RFC 2759 */
#define CHAP_CHALLENGE	1
#define CHAP_RESPONSE	2
#define CHAP_SUCCESS	3
#define CHAP_FAILURE	4
#define CHAP_MD5_VALUE	16
#define MSCHAP_VALUE	49	/* the last octet is the flags */

static uint16_t get16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static void mask(uint8_t *p, size_t len)
{
	memset(p, MASK, len);
}

/*
 * The value of a challenge or a response, after which a name comes. A response of an
 * unknown size is no response that we know where it ends.
 */
static void mask_value(uint8_t *body, size_t len, bool response)
{
	size_t size;

	if (!len)
		return;
	size = body[0];
	if (size >= len || (response && size != CHAP_MD5_VALUE && size != MSCHAP_VALUE))
		mask(body + 1, len - 1);
	else if (response && size == MSCHAP_VALUE)
		mask(body + 1, MSCHAP_VALUE - 1);
	else
		mask(body + 1, size);
}

/* What comes after @key in a message of RFC 2759 section 5 or 6, up to a blank. */
static void mask_field(uint8_t *text, size_t len, const char key[2])
{
	size_t i = 0;

	while (i + 2 <= len && memcmp(text + i, key, 2) != 0)
		i++;
	for (i += 2; i < len && text[i] != ' '; i++)
		text[i] = MASK;
}

/* @code is one of CHAP's, or the OpCode of EAP-MSCHAPv2, which has the same numbers. */
static void mask_chap(unsigned int code, uint8_t *body, size_t len)
{
	switch (code) {
	case CHAP_CHALLENGE:
	case CHAP_RESPONSE:
		mask_value(body, len, code == CHAP_RESPONSE);
		break;
	case CHAP_SUCCESS:
		mask_field(body, len, "S=");
		break;
	case CHAP_FAILURE:
		mask_field(body, len, "C=");
		break;
	default:
		mask(body, len);
	}
}

static void mask_pap(unsigned int code, uint8_t *body, size_t len)
{
	size_t name;

	if (!len || code == PAP_ACK || code == PAP_NAK)
		return;
	name = body[0];
	if (code != PAP_REQUEST || 1 + name + 1 > len)
		mask(body + 1, len - 1);
	else
		mask(body + 1 + name + 1, len - 1 - name - 1);
}

/* OpCode, MS-CHAPv2-ID, MS-Length, and what CHAP has; a response may be the code alone. */
static void mask_eap_mschap(uint8_t *data, size_t len)
{
	if (len > PPP_HEADER)
		mask_chap(data[0], data + PPP_HEADER, len - PPP_HEADER);
}

static void mask_eap(unsigned int code, uint8_t *body, size_t len)
{
	if ((code != EAP_REQUEST && code != EAP_RESPONSE) || !len)
		return;
	if ((body[0] >= EAP_IDENTITY && body[0] <= EAP_NAK) || body[0] == EAP_TLS)
		return;
	if (body[0] == EAP_MD5)
		mask_value(body + 1, len - 1, code == EAP_RESPONSE);
	else if (body[0] == EAP_MSCHAP_V2)
		mask_eap_mschap(body + 1, len - 1);
	else
		mask(body + 1, len - 1);
}

static void mask_authentication(unsigned int protocol, unsigned int code, uint8_t *body,
				size_t len)
{
	if (protocol == PPP_PAP)
		mask_pap(code, body, len);
	else if (protocol == PPP_CHAP)
		mask_chap(code, body, len);
	else if (protocol == PPP_EAP)
		mask_eap(code, body, len);
	else
		mask(body, len);
}

/* A control packet and what pads it. */
static void mask_link_packet(unsigned int protocol, uint8_t *info, size_t len)
{
	size_t length;

	if (len < PPP_HEADER)
		return;
	length = get16(info + 2);
	if (length < PPP_HEADER || length > len) {
		mask(info + PPP_HEADER, len - PPP_HEADER);
		return;
	}
	mask_authentication(protocol, info[0], info + PPP_HEADER, length - PPP_HEADER);
	mask(info + length, len - length);
}

static bool harmless(unsigned int protocol)
{
	return protocol == PPP_LCP || protocol == PPP_CBCP ||
	       (protocol >= PPP_CONTROL && protocol < PPP_LINK);
}

/*
 * A Protocol-Reject gives back what was rejected (RFC 1661 section 5.7): a user's
 * packet, or a password in PAP.
 */
static void mask_reject(uint8_t *data, size_t len)
{
	unsigned int protocol;

	if (len < 2)
		return;
	protocol = get16(data);
	if (protocol < PPP_CONTROL || protocol == PPP_LCP)
		mask(data + 2, len - 2);
	else if (!harmless(protocol))
		mask_link_packet(protocol, data + 2, len - 2);
}

/* A Code-Reject may give a Protocol-Reject back. */
static void mask_lcp(uint8_t *info, size_t len)
{
	if (len <= PPP_HEADER)
		return;
	if (info[0] == LCP_PROTOCOL_REJECT)
		mask_reject(info + PPP_HEADER, len - PPP_HEADER);
	else if (info[0] == LCP_CODE_REJECT && info[PPP_HEADER] == LCP_PROTOCOL_REJECT)
		mask(info + PPP_HEADER + 1, len - PPP_HEADER - 1);
}

static void mask_frame(unsigned int protocol, uint8_t *info, size_t len)
{
	if (protocol == PPP_LCP)
		mask_lcp(info, len);
	else if (!harmless(protocol))
		mask_link_packet(protocol, info, len);
}

/*
 * Octets of address, control and protocol fields, and the protocol; 0: there are not
 * as many. The compressed forms are RFC 1661 section 6.5 and 6.6.
 */
static size_t ppp_header(const uint8_t *frame, size_t len, unsigned int *protocol)
{
	size_t at = len >= 2 && frame[0] == 0xff && frame[1] == 0x03 ? 2 : 0;

	if (at < len && frame[at] & 1) {
		*protocol = frame[at];
		return at + 1;
	}
	if (at + 2 > len)
		return 0;
	*protocol = get16(frame + at);
	return at + 2;
}

/* @at: of the GRE header */
static struct record_packet look_at_gre(uint8_t *packet, size_t len, size_t at, bool secrets)
{
	struct record_packet found = { .kind = RECORD_HEADER, .whole = len };
	unsigned int flags, protocol;
	size_t header;

	if (at + GRE_HEADER > len)
		return (struct record_packet){ .kind = RECORD_OTHER };
	flags = get16(packet + at);
	if ((flags & GRE_FIXED) != GRE_PPTP ||
	    get16(packet + at + 2) != GRE_PROTOCOL)
		return (struct record_packet){ .kind = RECORD_OTHER };
	at += GRE_HEADER + (flags & GRE_SEQUENCE ? 4 : 0) + (flags & GRE_ACK ? 4 : 0);
	if (at > len)
		return (struct record_packet){ .kind = RECORD_OTHER };
	header = flags & GRE_SEQUENCE ? ppp_header(packet + at, len - at, &protocol) : 0;
	found.keep = at + header;
	if (!header || protocol < PPP_CONTROL)
		return found;
	found.kind = RECORD_FRAME;
	found.keep = len;
	if (!secrets)
		mask_frame(protocol, packet + at + header, len - at - header);
	return found;
}

static struct record_packet look_at_tcp(const uint8_t *packet, size_t len, size_t at)
{
	struct record_packet found = { .kind = RECORD_CONTROL, .keep = len, .whole = len };

	if (at + TCP_HEADER > len ||
	    (get16(packet + at) != PPTP_PORT && get16(packet + at + 2) != PPTP_PORT))
		return (struct record_packet){ .kind = RECORD_OTHER };
	if ((packet[at + TCP_FLAGS] & TCP_SYN_ACK) == TCP_SYN)
		found.kind = RECORD_OPENING;
	return found;
}

struct record_packet record_mask(uint8_t *packet, size_t len, bool secrets)
{
	struct record_packet other = { .kind = RECORD_OTHER };
	size_t header;

	if (len < IP_HEADER || packet[0] >> 4 != 4)
		return other;
	header = 4 * (size_t)(packet[0] & 0x0f);
	if (get16(packet + 2) < len)
		len = get16(packet + 2);
	if (header < IP_HEADER || len < header || get16(packet + 6) & IP_LATER_FRAGMENT)
		return other;
	if (packet[IP_PROTOCOL] == IP_TCP)
		return look_at_tcp(packet, len, header);
	if (packet[IP_PROTOCOL] == IP_GRE)
		return look_at_gre(packet, len, header, secrets);
	return other;
}
