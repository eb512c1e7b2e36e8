/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How much a peer may ask of us: so many times at once, and once more in each
 * interval. Pure: numbers.
 */
#ifndef DAEMON_ALLOWANCE_H
#define DAEMON_ALLOWANCE_H

#include <stdbool.h>
#include <stdint.h>

/**
 * struct allowance - of one peer
 * @burst: at once
 * @interval: ms
 * @left: times that it may ask now; @refilled: ms, as of then
 */
struct allowance {
	unsigned int burst;
	unsigned int interval;
	unsigned int left;
	uint64_t refilled;
};

void allowance_init(struct allowance *allowance, unsigned int burst, unsigned int interval,
		    uint64_t now);

/* It asks at @now, ms, which never goes back. May it? */
bool allowance_take(struct allowance *allowance, uint64_t now);

#endif /* DAEMON_ALLOWANCE_H */
