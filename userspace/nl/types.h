/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Plain structs between the netlink codec and its users, pptpctl and kpptpd.
 * Names, units and meanings are those of Documentation/netlink/specs/kpptp.yaml.
 */
#ifndef NL_TYPES_H
#define NL_TYPES_H

#include <net/if.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <linux/kpptp.h>

#include "rtroute.h"

/* One direction's MPPE. Secret. */
struct nl_mppe {
	unsigned int bits;	/* 40, 56, 128; 0: not given */
	bool stateless;
	bool compress;		/* MPPC before encryption */
	uint8_t key[16];	/* not in what the kernel reports */
};

/* An inner address or prefix; in a request what is to become of it. */
struct nl_inner {
	struct rtroute_prefix prefix;
	uint32_t flags;		/* KPPTP_INNER_FLAGS_*, not in what the kernel reports */
};

#define NL_GIVEN(attr) (1ull << (attr))

/* A session: what session-new and session-set take and session-get tells. */
struct nl_session {
	uint64_t given;		/* NL_GIVEN(KPPTP_A_SESSION_x) of the members that count */
	uint32_t id;
	struct in_addr local;
	struct in_addr peer;
	uint16_t local_call_id;
	uint16_t peer_call_id;
	uint32_t ifindex;
	uint32_t flags;
	uint32_t flags_mask;
	uint32_t status;
	uint16_t peer_mru;
	uint16_t mtu;
	uint16_t reorder_window;
	uint16_t reorder_timeout;
	uint8_t ttl;
	uint8_t tos;
	bool take_over;
	bool orphaned;
	uint32_t owner;
	uint32_t age;
	uint32_t idle;
	uint32_t silent;
	uint32_t outer_ifindex;
	uint32_t relay;		/* session-set: 0 takes the pair apart */
	struct nl_mppe tx;
	struct nl_mppe rx;
	unsigned int inner_count;
	struct nl_inner inner[KPPTP_INNER_MAX];
	uint64_t stats[KPPTP_A_STATS_MAX + 1];
	uint64_t drops[KPPTP_A_DROPS_MAX + 1];
};

struct nl_totals {
	uint32_t sessions;
	uint64_t drops[KPPTP_A_DROPS_MAX + 1];
};

/* Something that the kernel said by itself. */
struct nl_event {
	int cmd;			/* KPPTP_CMD_* of the event */
	struct nl_session session;	/* what the event carries */
	uint32_t reason;		/* SESSION_DELETED */
	uint32_t desync;		/* DESYNC */
	uint16_t mtu;			/* MTU_CHANGED */
	const uint8_t *frame;		/* FRAME_RECEIVED: points into the buffer */
	size_t frame_len;
};

/* A refusal: what the kernel said, ready to print. */
struct nl_error {
	int err;			/* positive errno, 0: none */
	char text[256];			/* the extack sentence, or strerror() */
	char attr[32];			/* name of the attribute at fault, may be empty */
};

#endif /* NL_TYPES_H */
