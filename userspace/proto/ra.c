// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "lib/bytes.h"
#include "ra.h"

#define RA_TYPE			134
#define RA_TYPE_SOLICIT		133
#define RA_HOP_LIMIT		64	/* that hosts put into what they send */
#define RA_OTHER		0x40

#define RA_OPT_SOURCE_LINK	1
#define RA_OPT_PREFIX		3
#define RA_OPT_MTU		5
#define RA_OPT_RDNSS		25
#define RA_PREFIX_AUTONOMOUS	0x40

#define RA_SOLICIT_HEADER	8
#define RA_HOPS			255	/* nobody has forwarded it (RFC 4861 section 6.1.1) */

/* Type, and length in units of 8 octets (section 4.6). */
static void ra_option(struct writer *w, uint8_t type, uint8_t units)
{
	writer_u8(w, type);
	writer_u8(w, units);
}

/*
 * The flag L stays off: on a link to one peer nothing else is on-link, and what
 * the host does not know goes to us anyway (RFC 5072 section 5).
 */
static void ra_prefix(const struct ra *ra, struct writer *w)
{
	ra_option(w, RA_OPT_PREFIX, 4);
	writer_u8(w, RA_PREFIX_LEN);
	writer_u8(w, RA_PREFIX_AUTONOMOUS);
	writer_u32(w, ra->lifetime);
	writer_u32(w, ra->lifetime);
	writer_u32(w, 0);
	writer_put(w, &ra->prefix, RA_PREFIX_LEN / 8);
	writer_zero(w, sizeof(ra->prefix) - RA_PREFIX_LEN / 8);
}

static void ra_rdnss(const struct ra *ra, struct writer *w)
{
	if (!ra->dns_n)
		return;
	ra_option(w, RA_OPT_RDNSS, (uint8_t)(1 + 2 * ra->dns_n));
	writer_u16(w, 0);
	writer_u32(w, ra->lifetime);
	writer_put(w, ra->dns, ra->dns_n * sizeof(ra->dns[0]));
}

size_t ra_build(const struct ra *ra, uint8_t out[RA_MAX])
{
	struct writer w = writer_of(out, RA_MAX);

	writer_u8(&w, RA_TYPE);
	writer_zero(&w, 3);
	writer_u8(&w, RA_HOP_LIMIT);
	writer_u8(&w, ra->other ? RA_OTHER : 0);
	writer_u16(&w, ra->lifetime);
	writer_zero(&w, 8);
	ra_prefix(ra, &w);
	ra_option(&w, RA_OPT_MTU, 1);
	writer_u16(&w, 0);
	writer_u32(&w, ra->mtu);
	ra_rdnss(ra, &w);
	return w.len;
}

bool ra_is_solicitation(const uint8_t *data, size_t len, int hops, bool unspecified)
{
	size_t at = RA_SOLICIT_HEADER;

	if (len < RA_SOLICIT_HEADER || hops != RA_HOPS || data[0] != RA_TYPE_SOLICIT || data[1])
		return false;
	while (at < len) {
		size_t option;

		if (len - at < 2)
			return false;
		option = (size_t)data[at + 1] * 8;
		if (option == 0 || option > len - at)
			return false;
		if (data[at] == RA_OPT_SOURCE_LINK && unspecified)
			return false;
		at += option;
	}
	return true;
}
