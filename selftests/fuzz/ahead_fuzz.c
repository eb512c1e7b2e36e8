// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Receiving one by one and in batches: the input is a script of what a sender, and
 * whoever is between, do (selftests/core/receiver.h).
 */
#include <stdlib.h>

#include "core/receiver.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (!receiver_play(data, size).same)
		abort();
	return 0;
}
