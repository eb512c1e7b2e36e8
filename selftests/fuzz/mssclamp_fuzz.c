// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A packet and the MTU that it is made to fit (the first two octets). What was
 * changed is four octets at most, and their sum, the checksum's included, is what
 * it was.
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "core/mssclamp.h"
#include "fuzz.h"

static void must(bool truth)
{
	if (!truth)
		abort();
}

static size_t differences(const u8 *a, const u8 *b, size_t len)
{
	size_t i, n = 0;

	for (i = 0; i < len; i++)
		n += a[i] != b[i];
	return n;
}

/* Ones' complement sum; 0 and all ones are the same number there. */
static u16 sum(const u8 *p, size_t len)
{
	u64 s = 0;
	size_t i;

	for (i = 0; i < len; i++)
		s += i & 1 ? p[i] : p[i] << 8;
	return s % 0xffff;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t len = size - 2;
	u8 *p;

	if (size < 2)
		return 0;
	p = malloc(len ? len : 1);
	must(p);
	memcpy(p, data + 2, len);
	if (kpptp_mssclamp_packet(p, len, kpptp_get_be16(data))) {
		must(differences(p, data + 2, len) <= 4);
		must(sum(p, len) == sum(data + 2, len));
		/* What was done need not be done again. */
		must(!kpptp_mssclamp_packet(p, len, kpptp_get_be16(data)));
	} else {
		must(!memcmp(p, data + 2, len));
	}
	free(p);
	return 0;
}
