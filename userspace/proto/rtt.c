// SPDX-License-Identifier: GPL-2.0-or-later
#include "rtt.h"

/* 1 / alpha (RFC 6298 section 2.3) */
#define RTT_ALPHA	8

/* Nothing takes no time at all, and 0 is for what was not measured. */
static uint64_t rtt_bounded(uint64_t us)
{
	if (us > RTT_MAX)
		return RTT_MAX;
	return us ? us : 1;
}

void rtt_take(struct rtt *rtt, uint64_t us)
{
	us = rtt_bounded(us);
	if (rtt->scaled)
		rtt->scaled += us - rtt->scaled / RTT_ALPHA;
	else
		rtt->scaled = us * RTT_ALPHA;
}

uint32_t rtt_us(const struct rtt *rtt)
{
	return (uint32_t)(rtt->scaled / RTT_ALPHA);
}
