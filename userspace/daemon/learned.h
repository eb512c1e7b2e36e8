/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The routes of one tunnel that its server gives by DHCP: asked for when the tunnel is
 * up, made as its other ways are, gone with its device.
 *
 * The server chooses them, and could so draw to itself what is none of its business:
 * what is nearly everything, and what no network can be behind it, is refused.
 */
#ifndef DAEMON_LEARNED_H
#define DAEMON_LEARNED_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

#include "loop.h"
#include "nl/rtroute.h"
#include "proto/dhcp4.h"
#include "routes.h"

/* Shorter ones are refused, unless everything goes through the tunnel anyway. */
#define LEARNED_BITS_MIN	8

struct learned;

/**
 * struct learned_config - a tunnel that is up
 * @tunnel: its name, for messages
 * @server: which is pinned
 * @ifindex, @local: its device, and our address there
 * @wanted: its own routes, which are there already; their metric is that of all
 */
struct learned_config {
	const char *tunnel;
	struct in_addr server;
	uint32_t ifindex;
	struct in_addr local;
	struct routes_wanted wanted;
};

/* @cfg is copied, but what it points to outlives this. NULL with errno. */
struct learned *learned_new(struct loop *loop, struct routes *routes,
			    const struct learned_config *cfg);

/* The routes go too, at once. NULL is fine. */
void learned_free(struct learned *learned);

/* The routes that were made, and how many. NULL: none. */
unsigned int learned_list(const struct learned *learned,
			  struct rtroute_prefix prefix[DHCP4_ROUTES_MAX]);

/* Is this a destination that a server may give? @everything: short prefixes as well. */
bool learned_allows(const struct rtroute_prefix *prefix, bool everything);

#endif /* DAEMON_LEARNED_H */
