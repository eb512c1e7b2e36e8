/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The control socket for pptpctl: one JSON object a line each way, described in
 * kpptpd(8).
 */
#ifndef DAEMON_CTLSOCK_H
#define DAEMON_CTLSOCK_H

#include <stdbool.h>
#include <stddef.h>

#include "daemon.h"

#define CTLSOCK_ERROR_MAX 512

struct ctlsock;

/* Reads the configuration again. False: all is as it was, and @err says why. */
typedef bool (*ctlsock_reload_fn)(void *arg, char err[CTLSOCK_ERROR_MAX]);

/* Listens at @path, mode 0660. NULL: @err says why. */
struct ctlsock *ctlsock_open(struct daemon *daemon, const char *path,
			     ctlsock_reload_fn reload, void *arg,
			     char err[CTLSOCK_ERROR_MAX]);

/* Removes the socket. NULL is fine. */
void ctlsock_close(struct ctlsock *ctl);

#endif /* DAEMON_CTLSOCK_H */
