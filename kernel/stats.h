/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Counters. One enum of drop reasons feeds the counters, the tracepoint and the
 * netlink attributes: the value of a reason is its attribute number in the
 * "drops" set of Documentation/netlink/specs/kpptp.yaml.
 */
#ifndef KPPTP_STATS_H
#define KPPTP_STATS_H

#include <linux/atomic.h>
#include <linux/types.h>
#include <linux/u64_stats_sync.h>
#include <uapi/linux/kpptp.h>

#define KPPTP_DROP_COUNT	(KPPTP_A_DROPS_MAX + 1)

/* Drops are the exception, so plain atomics: any context, any CPU. */
struct kpptp_drops {
	atomic64_t count[KPPTP_DROP_COUNT];
};

/* Written by the owner of the direction (tx lock or rx lock), read anywhere. */
struct kpptp_tx_stats {
	struct u64_stats_sync sync;
	u64_stats_t packets;
	u64_stats_t bytes;
	u64_stats_t control;
	u64_stats_t acks;
	u64_stats_t fragmented;
	u64_stats_t compressed;
};

struct kpptp_rx_stats {
	struct u64_stats_sync sync;
	u64_stats_t packets;
	u64_stats_t bytes;
	u64_stats_t control;
	u64_stats_t acks;
	u64_stats_t reordered;
	u64_stats_t missing;
	u64_stats_t rekeys;
	u64_stats_t resets;
	u64_stats_t compressed;
};

/**
 * struct kpptp_counters - what netlink reports, in plain numbers
 * @stats: by KPPTP_A_STATS_*
 * @drops: by KPPTP_A_DROPS_*
 */
struct kpptp_counters {
	u64 stats[KPPTP_A_STATS_MAX + 1];
	u64 drops[KPPTP_DROP_COUNT];
};

/* Copies @drops to @to, which has KPPTP_DROP_COUNT places. Any context. */
static inline void kpptp_drops_read(const struct kpptp_drops *drops, u64 *to)
{
	unsigned int i;

	for (i = 0; i < KPPTP_DROP_COUNT; i++)
		to[i] = atomic64_read(&drops->count[i]);
}

#endif /* KPPTP_STATS_H */
