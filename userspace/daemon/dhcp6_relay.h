/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A DHCPv6 relay agent (RFC 8415 section 19) between the hosts at the other ends of
 * sessions and one server: what the server delegates is routed to the session
 * before the host learns of it (RFC 8987 section 4.2).
 *
 * A host is heard on a socket of its session's device, so that nothing that it
 * sends decides whose message it is. The server is heard on a socket that is
 * connected to it, and never through a session.
 */
#ifndef DAEMON_DHCP6_RELAY_H
#define DAEMON_DHCP6_RELAY_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

#include "delegations.h"
#include "loop.h"

struct dhcp6_client;
struct dhcp6_relay;
struct nlsock;

/**
 * struct dhcp6_relay_config - where messages go
 * @server: with its port; family 0: none, and nothing is relayed
 * @source: our address towards it, "::": the system chooses
 * @delegate: prefixes that the server may delegate lie in it; family 0: none do
 */
struct dhcp6_relay_config {
	struct sockaddr_in6 server;
	struct in6_addr source;
	struct rtroute_prefix delegate;
};

/**
 * struct dhcp6_host - the other end of a session
 * @ifindex: of its device
 * @network: whose first address is the link's to the server
 * @user: whose it is; stands in the Interface-Id. Copied
 */
struct dhcp6_host {
	uint32_t ifindex;
	struct in6_addr network;
	const char *user;
};

/* @route: a NETLINK_ROUTE socket, outlives this. NULL: no memory. */
struct dhcp6_relay *dhcp6_relay_open(struct loop *loop, struct nlsock *route);

/* No clients may be left. NULL is fine. */
void dhcp6_relay_close(struct dhcp6_relay *relay);

/* From now on; who came while there was no server stays without. */
void dhcp6_relay_set(struct dhcp6_relay *relay, const struct dhcp6_relay_config *cfg);

/*
 * Relays for @host from now on. When that cannot be, the log is told, and what
 * comes back serves for nothing but to keep the server's messages from being
 * forged through this session. NULL: no memory.
 */
struct dhcp6_client *dhcp6_client_new(struct dhcp6_relay *relay, const struct dhcp6_host *host);

/* Its prefixes are routed no more. NULL is fine. */
void dhcp6_client_free(struct dhcp6_client *client);

/* The prefixes that are delegated to it; how many. NULL: none. */
unsigned int dhcp6_client_prefixes(const struct dhcp6_client *client,
				   struct rtroute_prefix prefix[DELEGATIONS_MAX]);

#endif /* DAEMON_DHCP6_RELAY_H */
