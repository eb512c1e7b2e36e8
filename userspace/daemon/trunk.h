/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The control connections that we open as PAC, one to each PNS (RFC 2637 section
 * 3.1), which carry the calls of all its callers. The first caller opens it; it
 * ends when it had no call for [control] idle-timeout.
 */
#ifndef DAEMON_TRUNK_H
#define DAEMON_TRUNK_H

#include <netinet/in.h>
#include <stdbool.h>

#include "daemon.h"
#include "relay.h"

/*
 * daemon.forward: takes the network side of @relay to the PNS at @to, now or when
 * that is connected. False: it cannot, and nothing has been done.
 */
bool trunk_forward(struct daemon *daemon, struct in_addr to, struct relay *relay);

/* Gives up those that have no connection yet; the others have ended. */
void trunks_close(struct daemon *daemon);

#endif /* DAEMON_TRUNK_H */
