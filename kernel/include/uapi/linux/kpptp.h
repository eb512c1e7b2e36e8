/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/* Do not edit directly, auto-generated from: */
/*	Documentation/netlink/specs/kpptp.yaml */
/* YNL-GEN uapi header */
/* To regenerate run: tools/net/ynl/ynl-regen.sh */

#ifndef _UAPI_LINUX_KPPTP_H
#define _UAPI_LINUX_KPPTP_H

#define KPPTP_FAMILY_NAME	"kpptp"
#define KPPTP_FAMILY_VERSION	1

/**
 * enum kpptp_session_flags - What a session may be told.
 * @KPPTP_SESSION_FLAGS_CONTROL: PPP control frames go to the owner, the socket
 *   that made or took over the session. Without it they are dropped and
 *   counted.
 * @KPPTP_SESSION_FLAGS_DIE_WITH_OWNER: Delete the session, and the device if
 *   it is for one session, when the owner's socket closes. Without it the
 *   session lives on and is marked orphaned.
 * @KPPTP_SESSION_FLAGS_REQUIRE_MPPE: Drop network-protocol packets that are
 *   not encrypted, in both directions, whatever CCP says.
 * @KPPTP_SESSION_FLAGS_UP: Network-protocol packets may pass, and a device for
 *   one session has carrier. Set when the network-control protocols are open.
 * @KPPTP_SESSION_FLAGS_ACFC: Leave out address and control on transmit (the
 *   peer agreed).
 * @KPPTP_SESSION_FLAGS_PFC: Send one-octet protocol numbers (the peer agreed).
 * @KPPTP_SESSION_FLAGS_COPY_TOS: Copy the inner DSCP to the outer header; ECN
 *   follows RFC 6040 always.
 * @KPPTP_SESSION_FLAGS_NO_DF: Leave the outer don't-fragment bit clear.
 * @KPPTP_SESSION_FLAGS_CLAMP_MSS: Lower the segment size that TCP SYNs offer,
 *   in both directions, to what fits through the device (its MTU less 40, IPv6
 *   60).
 * @KPPTP_SESSION_FLAGS_RAW: Every PPP frame goes to the owner and comes from
 *   it, whole and as it is, for who takes it on over a line of its own. Needs
 *   control, and excludes a device, keys and relay.
 * @KPPTP_SESSION_FLAGS_DEMAND: The session has no peer: it keeps a device
 *   ready until there is a call. Packets that leave wait, each is told of by
 *   the event demand at most once a second, and another session that takes the
 *   device over and is up sends them. Said in session-new only, without
 *   addresses; excludes up, raw, keys and relay.
 */
enum kpptp_session_flags {
	KPPTP_SESSION_FLAGS_CONTROL = 1,
	KPPTP_SESSION_FLAGS_DIE_WITH_OWNER = 2,
	KPPTP_SESSION_FLAGS_REQUIRE_MPPE = 4,
	KPPTP_SESSION_FLAGS_UP = 8,
	KPPTP_SESSION_FLAGS_ACFC = 16,
	KPPTP_SESSION_FLAGS_PFC = 32,
	KPPTP_SESSION_FLAGS_COPY_TOS = 64,
	KPPTP_SESSION_FLAGS_NO_DF = 128,
	KPPTP_SESSION_FLAGS_CLAMP_MSS = 256,
	KPPTP_SESSION_FLAGS_RAW = 512,
	KPPTP_SESSION_FLAGS_DEMAND = 1024,
};

/**
 * enum kpptp_session_status - What a session reports and nobody sets.
 * @KPPTP_SESSION_STATUS_ORPHANED: It had an owner, whose socket has closed.
 * @KPPTP_SESSION_STATUS_DATA_SEEN: A network-protocol packet has been received
 *   and accepted.
 * @KPPTP_SESSION_STATUS_DISCARDING: Stateful MPPE has lost step and waits for
 *   a flushed packet.
 */
enum kpptp_session_status {
	KPPTP_SESSION_STATUS_ORPHANED = 1,
	KPPTP_SESSION_STATUS_DATA_SEEN = 2,
	KPPTP_SESSION_STATUS_DISCARDING = 4,
};

/**
 * enum kpptp_inner_flags - What to do with an inner address, but for adding
 *   it.
 * @KPPTP_INNER_FLAGS_REMOVE: The session has it no longer.
 * @KPPTP_INNER_FLAGS_MOVE: Take it from the other session of the device that
 *   has it, if one has; at no moment it belongs to nobody. Without this that
 *   is refused.
 */
enum kpptp_inner_flags {
	KPPTP_INNER_FLAGS_REMOVE = 1,
	KPPTP_INNER_FLAGS_MOVE = 2,
};

/*
 * Bits of an MPPE session key.
 */
enum kpptp_mppe_strength {
	KPPTP_MPPE_STRENGTH_BITS_40 = 40,
	KPPTP_MPPE_STRENGTH_BITS_56 = 56,
	KPPTP_MPPE_STRENGTH_BITS_128 = 128,
};

/**
 * enum kpptp_delete_reason
 * @KPPTP_DELETE_REASON_REQUESTED: A session-del said so.
 * @KPPTP_DELETE_REASON_OWNER_GONE: The owner's socket closed and the session
 *   was made to die with it.
 * @KPPTP_DELETE_REASON_DEVICE_GONE: Its device was removed.
 * @KPPTP_DELETE_REASON_NETNS_GONE: Its network namespace was removed.
 * @KPPTP_DELETE_REASON_MODULE_REMOVED: The module was unloaded.
 */
enum kpptp_delete_reason {
	KPPTP_DELETE_REASON_REQUESTED,
	KPPTP_DELETE_REASON_OWNER_GONE,
	KPPTP_DELETE_REASON_DEVICE_GONE,
	KPPTP_DELETE_REASON_NETNS_GONE,
	KPPTP_DELETE_REASON_MODULE_REMOVED,
};

/**
 * enum kpptp_desync_kind
 * @KPPTP_DESYNC_KIND_RESET_SENT: Stateful MPPE lost step; a CCP Reset-Request
 *   was sent.
 * @KPPTP_DESYNC_KIND_CATCHING_UP: Stateless MPPE lost more packets than one
 *   packet may make up for; the key chain is being advanced.
 */
enum kpptp_desync_kind {
	KPPTP_DESYNC_KIND_RESET_SENT,
	KPPTP_DESYNC_KIND_CATCHING_UP,
};

#define KPPTP_FRAME_MAX			4096
#define KPPTP_REORDER_WINDOW_MAX	1024
#define KPPTP_REORDER_TIMEOUT_MAX	1000
#define KPPTP_INNER_MAX			64
#define KPPTP_DEMAND_PACKETS		16

enum {
	KPPTP_A_SESSION_ID = 1,
	KPPTP_A_SESSION_LOCAL_ADDRESS,
	KPPTP_A_SESSION_PEER_ADDRESS,
	KPPTP_A_SESSION_LOCAL_CALL_ID,
	KPPTP_A_SESSION_PEER_CALL_ID,
	KPPTP_A_SESSION_IFINDEX,
	KPPTP_A_SESSION_FLAGS,
	KPPTP_A_SESSION_FLAGS_MASK,
	KPPTP_A_SESSION_STATUS,
	KPPTP_A_SESSION_PEER_MRU,
	KPPTP_A_SESSION_MTU,
	KPPTP_A_SESSION_REORDER_WINDOW,
	KPPTP_A_SESSION_REORDER_TIMEOUT,
	KPPTP_A_SESSION_TTL,
	KPPTP_A_SESSION_TOS,
	KPPTP_A_SESSION_MPPE_TX,
	KPPTP_A_SESSION_MPPE_RX,
	KPPTP_A_SESSION_FRAME,
	KPPTP_A_SESSION_OWNER,
	KPPTP_A_SESSION_TAKE_OVER,
	KPPTP_A_SESSION_ORPHANED,
	KPPTP_A_SESSION_REASON,
	KPPTP_A_SESSION_DESYNC,
	KPPTP_A_SESSION_STATS,
	KPPTP_A_SESSION_DROPS,
	KPPTP_A_SESSION_AGE,
	KPPTP_A_SESSION_IDLE,
	KPPTP_A_SESSION_SILENT,
	KPPTP_A_SESSION_RELAY,
	KPPTP_A_SESSION_INNER,
	KPPTP_A_SESSION_OUTER_IFINDEX,

	__KPPTP_A_SESSION_MAX,
	KPPTP_A_SESSION_MAX = (__KPPTP_A_SESSION_MAX - 1)
};

enum {
	KPPTP_A_INNER_ADDRESS = 1,
	KPPTP_A_INNER_PREFIX_LENGTH,
	KPPTP_A_INNER_FLAGS,

	__KPPTP_A_INNER_MAX,
	KPPTP_A_INNER_MAX = (__KPPTP_A_INNER_MAX - 1)
};

enum {
	KPPTP_A_MPPE_BITS = 1,
	KPPTP_A_MPPE_STATELESS,
	KPPTP_A_MPPE_KEY,
	KPPTP_A_MPPE_COMPRESS,

	__KPPTP_A_MPPE_MAX,
	KPPTP_A_MPPE_MAX = (__KPPTP_A_MPPE_MAX - 1)
};

enum {
	KPPTP_A_STATS_PAD = 1,
	KPPTP_A_STATS_RX_PACKETS,
	KPPTP_A_STATS_RX_BYTES,
	KPPTP_A_STATS_TX_PACKETS,
	KPPTP_A_STATS_TX_BYTES,
	KPPTP_A_STATS_RX_CONTROL,
	KPPTP_A_STATS_TX_CONTROL,
	KPPTP_A_STATS_RX_ACKS,
	KPPTP_A_STATS_TX_ACKS,
	KPPTP_A_STATS_REORDERED,
	KPPTP_A_STATS_MISSING,
	KPPTP_A_STATS_RX_REKEYS,
	KPPTP_A_STATS_RESETS,
	KPPTP_A_STATS_TX_FRAGMENTED,
	KPPTP_A_STATS_TX_COMPRESSED,
	KPPTP_A_STATS_RX_COMPRESSED,

	__KPPTP_A_STATS_MAX,
	KPPTP_A_STATS_MAX = (__KPPTP_A_STATS_MAX - 1)
};

enum {
	KPPTP_A_DROPS_PAD = 1,
	KPPTP_A_DROPS_GRE_SHORT,
	KPPTP_A_DROPS_GRE_FLAGS,
	KPPTP_A_DROPS_GRE_LENGTH,
	KPPTP_A_DROPS_NO_SESSION,
	KPPTP_A_DROPS_SEQ_LATE,
	KPPTP_A_DROPS_SEQ_DUPLICATE,
	KPPTP_A_DROPS_SEQ_JUMP,
	KPPTP_A_DROPS_RX_QUEUE_FULL,
	KPPTP_A_DROPS_RX_NO_MEMORY,
	KPPTP_A_DROPS_PPP_FRAME,
	KPPTP_A_DROPS_RX_CLEARTEXT,
	KPPTP_A_DROPS_MPPE_NO_KEY,
	KPPTP_A_DROPS_MPPE_SHORT,
	KPPTP_A_DROPS_MPPE_BITS,
	KPPTP_A_DROPS_MPPE_REPLAY,
	KPPTP_A_DROPS_MPPE_FAR,
	KPPTP_A_DROPS_MPPE_DISCARD,
	KPPTP_A_DROPS_MPPE_IMPLAUSIBLE,
	KPPTP_A_DROPS_INNER_PROTO,
	KPPTP_A_DROPS_NOT_UP,
	KPPTP_A_DROPS_NO_OWNER,
	KPPTP_A_DROPS_OWNER_OVERRUN,
	KPPTP_A_DROPS_INNER_SOURCE,
	KPPTP_A_DROPS_TX_NO_SESSION,
	KPPTP_A_DROPS_TX_CLEARTEXT,
	KPPTP_A_DROPS_TX_TOO_BIG,
	KPPTP_A_DROPS_TX_PROTO,
	KPPTP_A_DROPS_TX_NO_MEMORY,
	KPPTP_A_DROPS_TX_NO_ROUTE,
	KPPTP_A_DROPS_TX_LOOP,
	KPPTP_A_DROPS_TX_DEMAND,

	__KPPTP_A_DROPS_MAX,
	KPPTP_A_DROPS_MAX = (__KPPTP_A_DROPS_MAX - 1)
};

enum {
	KPPTP_A_TOTALS_SESSIONS = 1,
	KPPTP_A_TOTALS_DROPS,

	__KPPTP_A_TOTALS_MAX,
	KPPTP_A_TOTALS_MAX = (__KPPTP_A_TOTALS_MAX - 1)
};

enum {
	KPPTP_CMD_SESSION_NEW = 1,
	KPPTP_CMD_SESSION_GET,
	KPPTP_CMD_SESSION_SET,
	KPPTP_CMD_SESSION_DEL,
	KPPTP_CMD_FRAME_SEND,
	KPPTP_CMD_TOTALS_GET,
	KPPTP_CMD_FRAME_RECEIVED,
	KPPTP_CMD_SESSION_CREATED,
	KPPTP_CMD_SESSION_DELETED,
	KPPTP_CMD_MTU_CHANGED,
	KPPTP_CMD_FIRST_DATA,
	KPPTP_CMD_DESYNC,
	KPPTP_CMD_RELAY_ENDED,
	KPPTP_CMD_DEMAND,

	__KPPTP_CMD_MAX,
	KPPTP_CMD_MAX = (__KPPTP_CMD_MAX - 1)
};

#define KPPTP_MCGRP_EVENTS	"events"

#endif /* _UAPI_LINUX_KPPTP_H */
