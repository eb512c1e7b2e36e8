/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One PPP link of a call: joins proto/ppp_link, which decides, to the kernel
 * session, which carries. Knows no control connection.
 */
#ifndef DAEMON_LINK_H
#define DAEMON_LINK_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

#include "daemon.h"

/*
 * PPP is over; @arg is from link_new(). The owner frees the link in the call or
 * later. Does not come out of link_new() and link_free().
 */
typedef void (*link_over_fn)(void *arg, struct link *link);

/* Where a link comes from. */
struct link_call {
	struct in_addr local;
	struct in_addr peer;
	uint16_t peer_call_id;
	const char *host;	/* the peer's words about itself, outlive the link */
	const char *vendor;
};

struct link *link_new(struct daemon *daemon, const struct link_call *call,
		      link_over_fn over, void *arg, struct nl_error *err);

/* The call is connected, LCP begins. May call the owner back. */
void link_start(struct link *link);

/* Ends PPP in order, then calls the owner; at once where there is no order. */
void link_close(struct link *link, enum ppp_end_reason reason);

/* Removes session and device at once, tells the log. @why: when PPP did not end. */
void link_free(struct link *link, const char *why);

/* The call ID that the kernel chose. */
uint16_t link_call_id(const struct link *link);

/* Why PPP ended; PPP_END_NONE: it has not. */
enum ppp_end_reason link_reason(const struct link *link);

/* Moves the addresses that are in use to a new pool of @daemon. */
void link_claim_addresses(struct daemon *daemon);

struct link *link_next(const struct link *link);

#define LINK_MPPE_TEXT	32

/* What `show sessions` tells. Strings are the link's. */
struct link_info {
	uint32_t session;
	uint16_t call_id;
	const char *user;	/* empty: not authenticated */
	const char *device;
	const char *phase;
	const char *host;
	const char *vendor;
	struct in_addr local;
	struct in_addr peer;
	struct in_addr address;	/* 0.0.0.0: none yet */
	unsigned int mtu;
	char mppe[LINK_MPPE_TEXT];	/* "128-bit stateless", "none" */
	uint64_t up_since;	/* ms of the loop's clock, 0: not up */
};

void link_describe(const struct link *link, struct link_info *info);

#endif /* DAEMON_LINK_H */
