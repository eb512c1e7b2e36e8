/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the parts of the daemon share. Each part includes those above it only:
 *
 *	loop config events
 *	pool auth admission ksession
 *	daemon.h
 *	link
 *	connection
 *	listener
 *	ctlsock
 *	main
 */
#ifndef DAEMON_DAEMON_H
#define DAEMON_DAEMON_H

#include <stdbool.h>

#include "admission.h"
#include "auth.h"
#include "config.h"
#include "events.h"
#include "ksession.h"
#include "loop.h"
#include "pool.h"

struct connection;
struct link;

/**
 * struct daemon - one running kpptpd
 * @cfg: for what is new; older parts hold their own reference
 * @links, @connections: lists of utlist.h
 * @stopping: no new connections; the last one that goes ends the loop
 */
struct daemon {
	struct loop *loop;
	struct config *cfg;
	struct pool *pool;
	struct auth *auth;
	struct ksessions *kernel;
	struct admission admission;
	struct events events;
	struct link *links;
	struct connection *connections;
	bool stopping;
};

#endif /* DAEMON_DAEMON_H */
