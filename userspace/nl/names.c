// SPDX-License-Identifier: GPL-2.0-or-later
#include "names.h"

#include <stddef.h>

#include <linux/kpptp.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static const char * const session_names[KPPTP_A_SESSION_MAX + 1] = {
	[KPPTP_A_SESSION_ID] = "id",
	[KPPTP_A_SESSION_LOCAL_ADDRESS] = "local-address",
	[KPPTP_A_SESSION_PEER_ADDRESS] = "peer-address",
	[KPPTP_A_SESSION_LOCAL_CALL_ID] = "local-call-id",
	[KPPTP_A_SESSION_PEER_CALL_ID] = "peer-call-id",
	[KPPTP_A_SESSION_IFINDEX] = "ifindex",
	[KPPTP_A_SESSION_FLAGS] = "flags",
	[KPPTP_A_SESSION_FLAGS_MASK] = "flags-mask",
	[KPPTP_A_SESSION_STATUS] = "status",
	[KPPTP_A_SESSION_PEER_MRU] = "peer-mru",
	[KPPTP_A_SESSION_MTU] = "mtu",
	[KPPTP_A_SESSION_REORDER_WINDOW] = "reorder-window",
	[KPPTP_A_SESSION_REORDER_TIMEOUT] = "reorder-timeout",
	[KPPTP_A_SESSION_TTL] = "ttl",
	[KPPTP_A_SESSION_TOS] = "tos",
	[KPPTP_A_SESSION_MPPE_TX] = "mppe-tx",
	[KPPTP_A_SESSION_MPPE_RX] = "mppe-rx",
	[KPPTP_A_SESSION_FRAME] = "frame",
	[KPPTP_A_SESSION_OWNER] = "owner",
	[KPPTP_A_SESSION_TAKE_OVER] = "take-over",
	[KPPTP_A_SESSION_ORPHANED] = "orphaned",
	[KPPTP_A_SESSION_REASON] = "reason",
	[KPPTP_A_SESSION_DESYNC] = "desync",
	[KPPTP_A_SESSION_STATS] = "stats",
	[KPPTP_A_SESSION_DROPS] = "drops",
	[KPPTP_A_SESSION_AGE] = "age",
	[KPPTP_A_SESSION_IDLE] = "idle",
	[KPPTP_A_SESSION_SILENT] = "silent",
	[KPPTP_A_SESSION_RELAY] = "relay",
	[KPPTP_A_SESSION_INNER] = "inner",
	[KPPTP_A_SESSION_OUTER_IFINDEX] = "outer-ifindex",
};

static const char * const mppe_names[KPPTP_A_MPPE_MAX + 1] = {
	[KPPTP_A_MPPE_BITS] = "bits",
	[KPPTP_A_MPPE_STATELESS] = "stateless",
	[KPPTP_A_MPPE_KEY] = "key",
	[KPPTP_A_MPPE_COMPRESS] = "compress",
};

static const char * const stats_names[KPPTP_A_STATS_MAX + 1] = {
	[KPPTP_A_STATS_RX_PACKETS] = "rx-packets",
	[KPPTP_A_STATS_RX_BYTES] = "rx-bytes",
	[KPPTP_A_STATS_TX_PACKETS] = "tx-packets",
	[KPPTP_A_STATS_TX_BYTES] = "tx-bytes",
	[KPPTP_A_STATS_RX_CONTROL] = "rx-control",
	[KPPTP_A_STATS_TX_CONTROL] = "tx-control",
	[KPPTP_A_STATS_RX_ACKS] = "rx-acks",
	[KPPTP_A_STATS_TX_ACKS] = "tx-acks",
	[KPPTP_A_STATS_REORDERED] = "reordered",
	[KPPTP_A_STATS_MISSING] = "missing",
	[KPPTP_A_STATS_RX_REKEYS] = "rx-rekeys",
	[KPPTP_A_STATS_RESETS] = "resets",
	[KPPTP_A_STATS_TX_FRAGMENTED] = "tx-fragmented",
	[KPPTP_A_STATS_TX_COMPRESSED] = "tx-compressed",
	[KPPTP_A_STATS_RX_COMPRESSED] = "rx-compressed",
};

static const char * const drops_names[KPPTP_A_DROPS_MAX + 1] = {
	[KPPTP_A_DROPS_GRE_SHORT] = "gre-short",
	[KPPTP_A_DROPS_GRE_FLAGS] = "gre-flags",
	[KPPTP_A_DROPS_GRE_LENGTH] = "gre-length",
	[KPPTP_A_DROPS_NO_SESSION] = "no-session",
	[KPPTP_A_DROPS_SEQ_LATE] = "seq-late",
	[KPPTP_A_DROPS_SEQ_DUPLICATE] = "seq-duplicate",
	[KPPTP_A_DROPS_SEQ_JUMP] = "seq-jump",
	[KPPTP_A_DROPS_RX_QUEUE_FULL] = "rx-queue-full",
	[KPPTP_A_DROPS_RX_NO_MEMORY] = "rx-no-memory",
	[KPPTP_A_DROPS_PPP_FRAME] = "ppp-frame",
	[KPPTP_A_DROPS_RX_CLEARTEXT] = "rx-cleartext",
	[KPPTP_A_DROPS_MPPE_NO_KEY] = "mppe-no-key",
	[KPPTP_A_DROPS_MPPE_SHORT] = "mppe-short",
	[KPPTP_A_DROPS_MPPE_BITS] = "mppe-bits",
	[KPPTP_A_DROPS_MPPE_REPLAY] = "mppe-replay",
	[KPPTP_A_DROPS_MPPE_FAR] = "mppe-far",
	[KPPTP_A_DROPS_MPPE_DISCARD] = "mppe-discard",
	[KPPTP_A_DROPS_MPPE_IMPLAUSIBLE] = "mppe-implausible",
	[KPPTP_A_DROPS_INNER_PROTO] = "inner-proto",
	[KPPTP_A_DROPS_NOT_UP] = "not-up",
	[KPPTP_A_DROPS_NO_OWNER] = "no-owner",
	[KPPTP_A_DROPS_OWNER_OVERRUN] = "owner-overrun",
	[KPPTP_A_DROPS_INNER_SOURCE] = "inner-source",
	[KPPTP_A_DROPS_TX_NO_SESSION] = "tx-no-session",
	[KPPTP_A_DROPS_TX_CLEARTEXT] = "tx-cleartext",
	[KPPTP_A_DROPS_TX_TOO_BIG] = "tx-too-big",
	[KPPTP_A_DROPS_TX_PROTO] = "tx-proto",
	[KPPTP_A_DROPS_TX_NO_MEMORY] = "tx-no-memory",
	[KPPTP_A_DROPS_TX_NO_ROUTE] = "tx-no-route",
	[KPPTP_A_DROPS_TX_LOOP] = "tx-loop",
	[KPPTP_A_DROPS_TX_DEMAND] = "tx-demand",
};

static const char * const flag_names[] = {
	"control", "die-with-owner", "require-mppe", "up",
	"acfc", "pfc", "copy-tos", "no-df", "clamp-mss", "raw", "demand",
};

static const char * const status_names[] = {
	"orphaned", "data-seen", "discarding",
};

static const char * const reason_names[] = {
	[KPPTP_DELETE_REASON_REQUESTED] = "requested",
	[KPPTP_DELETE_REASON_OWNER_GONE] = "owner-gone",
	[KPPTP_DELETE_REASON_DEVICE_GONE] = "device-gone",
	[KPPTP_DELETE_REASON_NETNS_GONE] = "netns-gone",
	[KPPTP_DELETE_REASON_MODULE_REMOVED] = "module-removed",
};

static const char * const desync_names[] = {
	[KPPTP_DESYNC_KIND_RESET_SENT] = "reset-sent",
	[KPPTP_DESYNC_KIND_CATCHING_UP] = "catching-up",
};

static const char *pick(const char * const *table, size_t count, unsigned int number)
{
	return number < count ? table[number] : NULL;
}

static const char *pick_value(const char * const *table, size_t count,
			      unsigned int number)
{
	const char *name = pick(table, count, number);

	return name ? name : "unknown";
}

const char *names_session(int attr)
{
	return pick(session_names, COUNT(session_names), attr);
}

const char *names_mppe(int attr)
{
	return pick(mppe_names, COUNT(mppe_names), attr);
}

const char *names_stats(int attr)
{
	return pick(stats_names, COUNT(stats_names), attr);
}

const char *names_drops(int attr)
{
	return pick(drops_names, COUNT(drops_names), attr);
}

const char *names_flag(unsigned int bit)
{
	return pick(flag_names, COUNT(flag_names), bit);
}

const char *names_status(unsigned int bit)
{
	return pick(status_names, COUNT(status_names), bit);
}

const char *names_reason(unsigned int reason)
{
	return pick_value(reason_names, COUNT(reason_names), reason);
}

const char *names_desync(unsigned int kind)
{
	return pick_value(desync_names, COUNT(desync_names), kind);
}
