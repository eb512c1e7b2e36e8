/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the end of a link says about what is wrong. Pure. */
#ifndef DAEMON_LINK_FAILURE_H
#define DAEMON_LINK_FAILURE_H

#include <stdbool.h>

#include "failures.h"
#include "proto/ppp_action.h"

/**
 * struct link_end - a link that is over
 * @reason: PPP_END_NONE: not PPP's, the call or the connection ended
 * @detail: what PPP noted last or what the peer said of its refusal, NULL: nothing
 * @was_up: the network was up
 * @received: a network packet was
 * @garbled: packets came that could not be decrypted
 */
struct link_end {
	enum ppp_end_reason reason;
	const char *detail;
	bool was_up;
	bool received;
	bool garbled;
};

/* False: nothing has failed, or what did is told of by whoever decided it. */
bool link_failure(const struct link_end *end, enum failures_kind *kind);

#endif /* DAEMON_LINK_FAILURE_H */
