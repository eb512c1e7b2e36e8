// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The configuration file. What is read can be used as it is: numbers that index
 * something do, lists have an end, no rule that the daemon lives by is broken. What
 * is refused, is refused with a sentence.
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/config.h"
#include "fuzz.h"

#define CALLERS	3

static void must(bool truth)
{
	if (!truth)
		abort();
}

static void check_pools(const struct config *cfg)
{
	unsigned int i, n;
	int next;

	must(cfg->pool_n >= 1 && cfg->pool_n <= CONFIG_POOLS_MAX);
	must(cfg->range_n <= CONFIG_RANGES_MAX && cfg->pool_first < cfg->pool_n);
	for (i = 0; i < cfg->pool_n; i++) {
		must(config_pool_find(cfg, cfg->pool[i].name) == (int)i);
		for (next = (int)i, n = 0; next >= 0; next = cfg->pool[next].next)
			must(next < (int)cfg->pool_n && n++ < CONFIG_POOLS_MAX);
	}
	for (i = 0; i < cfg->range_n; i++) {
		must(cfg->range[i].first <= cfg->range[i].last);
		must(cfg->range[i].last - cfg->range[i].first < CONFIG_POOL_SIZE_MAX);
		must(cfg->range[i].pool < cfg->pool_n);
	}
}

/* Who says that nobody is taken on must not take on the same caller by name. */
static void check_forwards(const struct config *cfg)
{
	static const struct config_caller callers[CALLERS] = {
		{ .called = "" },
		{ .called = "100", .source.s_addr = 0x010200c0 },
		{ .called = "100", .source.s_addr = 0x010200c0, .name = "user@realm" },
	};
	const struct config_forward *found;
	unsigned int i;

	must(cfg->forward_n <= CONFIG_FORWARDS_MAX && cfg->line_n <= CONFIG_LINES_MAX);
	for (i = 0; i < cfg->forward_n; i++)
		must(cfg->forward[i].name[0] && cfg->forward[i].to.s_addr);
	for (i = 0; i < CALLERS; i++) {
		found = config_forward_find(cfg, &callers[i]);
		must(!found || (found >= cfg->forward && found < cfg->forward + cfg->forward_n));
	}
	must(config_forward_find(cfg, &callers[1]) || !config_forward_find(cfg, &callers[2]));
	for (i = 0; i < cfg->line_n; i++)
		must(cfg->line[i].device[0] == '/' && cfg->line[i].to.s_addr &&
		     tty_has_speed(cfg->line[i].tty.speed));
}

/* Of the file's own or of one listener's. */
static void check_one(const struct config *cfg)
{
	static const struct in_addr client = { .s_addr = 0x010200c0 };
	unsigned int i;

	must(cfg->clients.n <= POLICY_ROUTES_MAX);
	must(config_admits(cfg, client) || cfg->clients.n);
	must(cfg->port && cfg->listen_n <= CONFIG_LISTEN_MAX);
	must(cfg->ppp.mppe_bits && cfg->ppp.mru >= 576 && cfg->ppp.mru <= 1500);
	must(cfg->control.calls.max_calls >= 1 &&
	     cfg->control.calls.max_calls <= PPTP_CONN_CALLS_MAX);
	must(cfg->retry_min <= cfg->retry_max);
	must(cfg->max_connections_per_address <= cfg->max_connections);
	must(memchr(cfg->device, '\0', sizeof(cfg->device)));
	must(cfg->client_routes.n <= POLICY_ROUTES_MAX && cfg->ipv6_dns_n <= RA_DNS_MAX);
	for (i = PPP_AUTH_NONE + 1; i < PPP_AUTH_METHODS; i++) {
		if (!(cfg->ppp.auth_peer & PPP_AUTH_BIT(i)))
			continue;
		must(cfg->weak_auth || !ppp_auth_method_weak((enum ppp_auth_method)i));
		must(cfg->ppp.mppe != PPP_MPPE_REQUIRE ||
		     ppp_auth_method_keys((enum ppp_auth_method)i));
	}
	check_pools(cfg);
	check_forwards(cfg);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char err[CONFIG_ERROR_MAX];
	struct config *cfg;
	unsigned int i;

	cfg = config_parse("f", (const char *)data, size, err);
	if (!cfg) {
		must(!strncmp(err, "f:", 2) && err[2]);
		return 0;
	}
	must(!err[0] && cfg->refs == 1 && cfg->listeners_n <= CONFIG_LISTENERS_MAX);
	check_one(config_get(cfg));
	config_put(cfg);
	for (i = 0; i < cfg->listeners_n; i++) {
		must(cfg->listeners[i]->listener[0] && !cfg->listeners[i]->listeners_n);
		must(cfg->listeners[i]->listen_n);
		check_one(cfg->listeners[i]);
	}
	config_put(cfg);
	return 0;
}
