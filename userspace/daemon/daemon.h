/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the parts of the daemon share. Each part includes those above it only:
 *
 *	helper passwords disk privilege syscalls
 *	loop tty config events online conf6 fdstore records
 *	allowance throttle
 *	pool prefixes auth admission ksession timeouts weak failures scripts advertiser
 *	resolver routes statedir dns_handover dhcp4_client learned
 *	delegations dhcp6_relay dhcp4_server
 *	daemon.h
 *	callback relay
 *	link
 *	served_net
 *	served
 *	connection
 *	listener, dialer, trunk, line
 *	tunnels
 *	ctlsock
 *	main
 */
#ifndef DAEMON_DAEMON_H
#define DAEMON_DAEMON_H

#include <stdbool.h>

#include "admission.h"
#include "advertiser.h"
#include "auth.h"
#include "config.h"
#include "dhcp4_server.h"
#include "dhcp6_relay.h"
#include "events.h"
#include "failures.h"
#include "fdstore.h"
#include "ksession.h"
#include "loop.h"
#include "online.h"
#include "pool.h"
#include "prefixes.h"
#include "records.h"
#include "scripts.h"
#include "throttle.h"
#include "weak.h"

/* Exit status: a kpptpd that starts now goes on with what there is. */
#define DAEMON_LEFT	75

struct callback;
struct connection;
struct line;
struct link;
struct relay;
struct served;
struct trunk;
struct tunnels;

/**
 * struct daemon - one running kpptpd
 * @cfg: for what is new; older parts hold their own reference
 * @links, @served, @connections: lists of utlist.h; each of @served is of one link
 * @online: which of @served a user has
 * @tunnels: those that we dial
 * @callbacks: list of utlist.h, users who are to be called back
 * @trunks: list of utlist.h, the ways to PNSs that take our callers
 * @lines: list of utlist.h, ports that callers come in by
 * @line_kernel: their sessions, on a socket of its own, which their frames can fill
 *	without harm to others; NULL: there are no lines
 * @forward: trunk_forward(), for connections and lines, which do not include it
 * @tls: our certificate for EAP-TLS, NULL: none is configured
 * @prefixes, @advertiser: NULL: there is no IPv6
 * @dhcp4: answers DHCPINFORM, NULL: kpptpd was not allowed to
 * @dhcp6: for the hosts of sessions with IPv6
 * @scripts: NULL: none are configured
 * @throttle: who has said wrong passwords
 * @weak: logins by methods that should not be used
 * @failures: what failed lately
 * @store: keeps sockets for the next kpptpd
 * @records: for the next kpptpd, NULL: there is nobody who would keep them
 * @stopping: no new connections; the last one that goes ends the loop
 * @leaving: served sessions are left to the next kpptpd; the last connection of our own
 *	that goes ends the loop
 */
struct daemon {
	struct loop *loop;
	struct config *cfg;
	struct pool *pool;
	struct prefixes *prefixes;
	struct advertiser *advertiser;
	struct dhcp4_server *dhcp4;
	struct dhcp6_relay *dhcp6;
	struct auth *auth;
	struct ksessions *kernel;
	struct admission admission;
	struct events events;
	struct scripts *scripts;
	struct tls_config *tls;
	struct throttle *throttle;
	struct weak weak;
	struct failures failures;
	struct fdstore *store;
	struct records *records;
	struct link *links;
	struct served *served;
	struct online_users online;
	struct connection *connections;
	struct tunnels *tunnels;
	struct callback *callbacks;
	struct trunk *trunks;
	struct line *lines;
	struct ksessions *line_kernel;
	bool (*forward)(struct daemon *daemon, struct in_addr to, struct relay *relay);
	bool stopping;
	bool leaving;
};

#endif /* DAEMON_DAEMON_H */
