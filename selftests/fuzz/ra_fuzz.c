// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a host sends as a Router Solicitation, and an advertisement of the input's
 * octets: its options fill it to the end, as a host counts them.
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "proto/ra.h"

#define RA_HEADER	16
#define ALL_HOPS	255	/* nobody has forwarded it */

static void must(bool truth)
{
	if (!truth)
		abort();
}

/* What is wrong from afar, or for an unspecified source, is not right otherwise. */
static void check_solicitation(const uint8_t *data, size_t size)
{
	uint8_t *copy = malloc(size ? size : 1);
	bool named, unspecified;

	must(copy);
	memcpy(copy, data, size);
	named = ra_is_solicitation(copy, size, ALL_HOPS, false);
	unspecified = ra_is_solicitation(copy, size, ALL_HOPS, true);
	must(named || !unspecified);
	must(!named || (size >= 8 && size % 8 == 0 && data[0] == 133));
	must(!ra_is_solicitation(copy, size, ALL_HOPS - 1, false));
	free(copy);
}

static void check_advertisement(const uint8_t *data, size_t size)
{
	uint8_t out[RA_MAX];
	size_t len, at;
	struct ra ra;

	if (size < sizeof(ra))
		return;
	memset(&ra, 0, sizeof(ra));
	memcpy(&ra.prefix, data, sizeof(ra.prefix));
	ra.lifetime = data[16];
	ra.other = data[17] & 1;
	ra.mtu = data[18];
	ra.dns_n = data[19] % (RA_DNS_MAX + 1);
	memcpy(ra.dns, data + 20, sizeof(ra.dns));
	len = ra_build(&ra, out);
	must(len <= sizeof(out) && len >= RA_HEADER);
	for (at = RA_HEADER; at < len; at += out[at + 1] * 8u)
		must(at + 2 <= len && out[at + 1]);
	must(at == len);
	must(!ra_is_solicitation(out, len, ALL_HOPS, false));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	check_solicitation(data, size);
	check_advertisement(data, size);
	return 0;
}
