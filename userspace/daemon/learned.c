// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "dhcp4_client.h"
#include "learned.h"
#include "lib/array.h"
#include "lib/log.h"

/* Hosts are never there: this one, networks without a router, groups, and what is left. */
static const char * const learned_never[] = { "0.0.0.0/8", "127.0.0.0/8", "224.0.0.0/3" };

struct learned {
	struct routes *routes;
	struct learned_config cfg;
	struct dhcp4_query *query;
	struct rtroute_prefix prefix[DHCP4_ROUTES_MAX];
	unsigned int n;
};

static struct routes_wanted learned_one(const struct learned *learned,
					const struct rtroute_prefix *prefix)
{
	return (struct routes_wanted){
		.prefix = prefix,
		.n = 1,
		.metric = learned->cfg.wanted.metric,
	};
}

bool learned_allows(const struct rtroute_prefix *prefix, bool everything)
{
	struct rtroute_prefix never;
	size_t i;

	if (prefix->bits < LEARNED_BITS_MIN)
		return everything;
	for (i = 0; i < ARRAY_SIZE(learned_never); i++) {
		if (rtroute_prefix_parse(learned_never[i], &never) &&
		    rtroute_prefix_covers(&never, prefix))
			return false;
	}
	return true;
}

static bool learned_same(const struct rtroute_prefix *a, const struct rtroute_prefix *b)
{
	return rtroute_prefix_covers(a, b) && rtroute_prefix_covers(b, a);
}

/* It is among the tunnel's own routes, or is all of them, or was given twice. */
static bool learned_has(const struct learned *learned, const struct rtroute_prefix *prefix)
{
	const struct routes_wanted *wanted = &learned->cfg.wanted;
	unsigned int i;

	if (wanted->everything && !prefix->bits)
		return true;
	for (i = 0; i < wanted->n; i++) {
		if (learned_same(&wanted->prefix[i], prefix))
			return true;
	}
	for (i = 0; i < learned->n; i++) {
		if (learned_same(&learned->prefix[i], prefix))
			return true;
	}
	return false;
}

/* One that cannot be is no reason to go without the others. */
static void learned_add(struct learned *learned, const struct rtroute_prefix *prefix)
{
	const struct learned_config *cfg = &learned->cfg;
	struct routes_wanted one = learned_one(learned, prefix);
	struct nl_error err;
	char text[64];

	if (learned_has(learned, prefix))
		return;
	rtroute_prefix_text(prefix, text);
	if (!learned_allows(prefix, cfg->wanted.everything)) {
		log_warning("tunnel %s: the route to %s that the server gives by DHCP is refused",
			    cfg->tunnel, text);
		return;
	}
	if (!routes_open_ways(learned->routes, cfg->server, cfg->ifindex, AF_INET, &one, &err)) {
		log_warning("tunnel %s: the server gives a route by DHCP: %s", cfg->tunnel,
			    err.text);
		return;
	}
	learned->prefix[learned->n++] = *prefix;
	log_info("tunnel %s: the server gives the route to %s", cfg->tunnel, text);
}

/* dhcp4_query_fn */
static void learned_on_answer(void *arg, const struct dhcp4_got *got)
{
	struct learned *learned = arg;
	unsigned int i;

	dhcp4_query_free(learned->query);
	learned->query = NULL;
	if (!got) {
		log_notice("tunnel %s: the server does not answer DHCPINFORM, and gives no routes",
			   learned->cfg.tunnel);
		return;
	}
	for (i = 0; i < got->route_n; i++) {
		struct rtroute_prefix prefix = { .address.family = AF_INET,
						 .bits = got->route[i].bits };

		memcpy(prefix.address.octets, &got->route[i].network,
		       sizeof(got->route[i].network));
		learned_add(learned, &prefix);
	}
	log_notice("tunnel %s: %u routes by DHCP", learned->cfg.tunnel, learned->n);
}

struct learned *learned_new(struct loop *loop, struct routes *routes,
			    const struct learned_config *cfg)
{
	struct learned *learned = calloc(1, sizeof(*learned));

	if (!learned)
		return NULL;
	learned->routes = routes;
	learned->cfg = *cfg;
	learned->query = dhcp4_query_new(loop, cfg->ifindex, cfg->local, learned_on_answer,
					 learned);
	if (learned->query)
		return learned;
	free(learned);
	return NULL;
}

void learned_free(struct learned *learned)
{
	unsigned int i;

	if (!learned)
		return;
	dhcp4_query_free(learned->query);
	for (i = 0; i < learned->n; i++) {
		struct routes_wanted one = learned_one(learned, &learned->prefix[i]);

		routes_remove_ways(learned->routes, learned->cfg.ifindex, AF_INET, &one);
	}
	free(learned);
}

unsigned int learned_list(const struct learned *learned,
			  struct rtroute_prefix prefix[DHCP4_ROUTES_MAX])
{
	if (!learned)
		return 0;
	memcpy(prefix, learned->prefix, learned->n * sizeof(*prefix));
	return learned->n;
}
