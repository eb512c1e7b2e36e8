/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The TCP sockets that clients connect to.
 */
#ifndef DAEMON_LISTENER_H
#define DAEMON_LISTENER_H

#include "daemon.h"

#define LISTENER_ERROR_MAX 256

struct listeners;

/*
 * Listens where @cfg and its listeners say. Sockets of @old for the same address and port are
 * taken over; the rest of @old closes. NULL: @err says why, @old is as it was.
 */
struct listeners *listeners_open(struct daemon *daemon, struct config *cfg,
				 struct listeners *old, char err[LISTENER_ERROR_MAX]);

/* NULL is fine. */
void listeners_close(struct listeners *listeners);

#endif /* DAEMON_LISTENER_H */
