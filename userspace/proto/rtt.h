/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A round-trip time, smoothed over its measurements as TCP smooths its own (RFC 6298
 * section 2): each new one counts an eighth. Pure: numbers.
 */
#ifndef PROTO_RTT_H
#define PROTO_RTT_H

#include <stdint.h>

/* What is longer than this is taken for this: 4000 s, in microseconds. */
#define RTT_MAX	4000000000u

/* @scaled: eight times the microseconds, 0: nothing was measured. All zeros to begin with. */
struct rtt {
	uint64_t scaled;
};

/* Another measurement, in microseconds. */
void rtt_take(struct rtt *rtt, uint64_t us);

/* Microseconds, at least 1; 0: nothing was measured. */
uint32_t rtt_us(const struct rtt *rtt);

#endif /* PROTO_RTT_H */
