// SPDX-License-Identifier: GPL-2.0-or-later
#include "allowance.h"

void allowance_init(struct allowance *allowance, unsigned int burst, unsigned int interval,
		    uint64_t now)
{
	*allowance = (struct allowance){
		.burst = burst,
		.interval = interval,
		.left = burst,
		.refilled = now,
	};
}

bool allowance_take(struct allowance *allowance, uint64_t now)
{
	uint64_t more = (now - allowance->refilled) / allowance->interval;

	allowance->refilled += more * allowance->interval;
	if (more > allowance->burst - allowance->left)
		more = allowance->burst - allowance->left;
	allowance->left += (unsigned int)more;
	if (!allowance->left)
		return false;
	allowance->left--;
	return true;
}
