/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The links of those who call us: the profile of the configuration, users of the
 * users file, addresses of the pool.
 */
#ifndef DAEMON_SERVED_H
#define DAEMON_SERVED_H

#include "link.h"

/* link_new() with the profile of @cfg, which is the listener's. */
struct link *served_new(struct daemon *daemon, struct config *cfg,
			const struct link_call *call, link_over_fn over, void *arg,
			struct nl_error *err);

/* Moves the addresses that are in use to new pools and prefixes of @daemon. */
void served_claim_addresses(struct daemon *daemon);

#endif /* DAEMON_SERVED_H */
