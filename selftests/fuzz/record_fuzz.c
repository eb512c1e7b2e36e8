// SPDX-License-Identifier: GPL-2.0-or-later
/* The masker of pptpctl record: what it writes tells nothing of what it masks. */
#include <stdlib.h>
#include <string.h>

#include "ctl/record_mask.h"
#include "fuzz.h"

static void must(bool truth)
{
	if (!truth)
		abort();
}

static uint8_t *copy_of(const uint8_t *data, size_t size)
{
	uint8_t *copy = malloc(size ? size : 1);

	must(copy);
	if (size)
		memcpy(copy, data, size);
	return copy;
}

/* Octets that were masked are other ones now: the result is the same. */
static void check_blind(const uint8_t *data, size_t size, const uint8_t *masked,
			const struct record_packet *found)
{
	uint8_t *other = copy_of(data, size);
	struct record_packet again;
	size_t i;

	for (i = 0; i < found->keep; i++) {
		if (masked[i] != data[i])
			other[i] = 'U';
	}
	again = record_mask(other, size, false);
	must(again.kind == found->kind && again.keep == found->keep);
	must(!memcmp(other, masked, found->keep));
	free(other);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *masked = copy_of(data, size), *whole = copy_of(data, size);
	struct record_packet found = record_mask(masked, size, false);
	struct record_packet open = record_mask(whole, size, true);

	must(found.keep <= found.whole && found.whole <= size);
	must((found.kind == RECORD_OTHER) == !found.keep);
	must(open.kind == found.kind && open.keep == found.keep && open.whole == found.whole);
	must(!size || !memcmp(whole, data, size));
	check_blind(data, size, masked, &found);
	free(masked);
	free(whole);
	return 0;
}
