// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Prefixes added, given to others and removed, in core/lpm and in a plain list.
 */
#include "fuzz.h"
#include "lpm_model.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	lpm_model_play(data, size);
	return 0;
}
