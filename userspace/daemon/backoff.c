// SPDX-License-Identifier: GPL-2.0-or-later
#include "backoff.h"

uint64_t backoff_delay(unsigned int tries, unsigned int min, unsigned int max,
		       uint32_t random)
{
	uint64_t delay = min;

	for (; tries > 1 && delay < max; tries--)
		delay *= 2;
	if (delay > max)
		delay = max;
	return delay - (delay / 4 * (random >> 16) >> 16);
}
