// SPDX-License-Identifier: GPL-2.0-or-later
/* What can be said of a configuration only when all of its lines have been read. */
#include <arpa/inet.h>
#include <string.h>

#include "config_reader.h"

/* May @method be offered, with all else that is configured? */
static bool config_check_method(struct config_reader *r, const struct config *cfg,
				enum ppp_auth_method method)
{
	const char *name = ppp_auth_method_text(method);

	if (ppp_auth_method_weak(method) && !cfg->weak_auth)
		return ini_refuse(&r->ini, "%s in auth is weak, and takes weak-auth = yes", name);
	if (!ppp_auth_method_keys(method) && cfg->ppp.mppe == PPP_MPPE_REQUIRE)
		return ini_refuse(&r->ini, "%s in auth gives no keys for MPPE, which is required",
				  name);
	if (method == PPP_AUTH_EAP_TLS &&
	    (!cfg->tls_certificate[0] || !cfg->tls_key[0] || !cfg->tls_ca[0]))
		return ini_refuse(&r->ini, "%s in auth takes certificate, key and ca in [tls]",
				  name);
	return true;
}

/* What is said nowhere for listener @number is said in the file's own sections. */
static bool config_check_auth(struct config_reader *r, const struct config *cfg,
			      unsigned int number)
{
	bool good = true;
	unsigned int i;

	r->ini.line = r->blame[number] ? r->blame[number] : r->blame[0];
	for (i = PPP_AUTH_NONE + 1; i < PPP_AUTH_METHODS && good; i++) {
		if (cfg->ppp.auth_peer & PPP_AUTH_BIT(i))
			good = config_check_method(r, cfg, (enum ppp_auth_method)i);
	}
	r->ini.line = 0;
	return good;
}

unsigned int config_auth_methods(const struct config *cfg)
{
	unsigned int methods = cfg->listen_n ? cfg->ppp.auth_peer : 0;
	unsigned int i;

	for (i = 0; i < cfg->listeners_n; i++)
		methods |= cfg->listeners[i]->ppp.auth_peer;
	return methods;
}

/* What no line can be blamed for; of the file's own or of a listener's. */
static bool config_check_one(struct config_reader *r, struct config *cfg)
{
	if (cfg->listener[0] && !cfg->listen_n)
		return ini_refuse(&r->ini, "[listener %s] does not say where to listen",
				  cfg->listener);
	if (!cfg->ppp.mppe_bits)
		return ini_refuse(&r->ini, "[mppe] strength names no key length");
	if (cfg->retry_max < cfg->retry_min)
		return ini_refuse(&r->ini, "[tunnels] retry-max is less than retry-min");
	if (cfg->wrong_delay_max < cfg->wrong_delay)
		return ini_refuse(&r->ini,
				  "[users] wrong-password-delay-max is less than wrong-password-delay");
	if (cfg->max_connections_per_address > cfg->max_connections)
		cfg->max_connections_per_address = cfg->max_connections;
	return true;
}

/* Connections that come by one device, or VRF, do not come by another. */
static bool config_share_device(const struct config *a, const struct config *b)
{
	return !a->bind_device[0] || !b->bind_device[0] ||
	       !strcmp(a->bind_device, b->bind_device);
}

static bool config_listens(const struct config *cfg, struct in_addr address, uint16_t port)
{
	unsigned int i;

	for (i = 0; cfg->port == port && i < cfg->listen_n; i++) {
		if (cfg->listen[i].s_addr == address.s_addr || !cfg->listen[i].s_addr ||
		    !address.s_addr)
			return true;
	}
	return false;
}

/* None of the addresses of @cfg is @other's as well. */
static bool config_check_pair(struct config_reader *r, const struct config *cfg,
			      const struct config *other)
{
	char text[INET_ADDRSTRLEN];
	unsigned int i;

	for (i = 0; i < cfg->listen_n && config_share_device(cfg, other); i++) {
		if (!config_listens(other, cfg->listen[i], cfg->port))
			continue;
		inet_ntop(AF_INET, &cfg->listen[i], text, sizeof(text));
		return ini_refuse(&r->ini, "[listener %s] listens on %s, where %s%s does already",
				  cfg->listener, text, other->listener[0] ? "" : "[server]",
				  other->listener);
	}
	return true;
}

/* A server needs an address of its own, a client does not. */
static bool config_check_listen(struct config_reader *r, struct config *base)
{
	bool somewhere = base->listen_n || base->listeners_n;

	if (base->listen_none)
		return !somewhere || ini_refuse(&r->ini, "listen is none and an address as well");
	if (!base->local_address.s_addr)
		return ini_refuse(&r->ini, "[network] needs a local-address");
	if (!somewhere) {
		base->listen[0].s_addr = htonl(INADDR_ANY);
		base->listen_n = 1;
	}
	return true;
}

static struct rtroute_prefix config_prefix_of(const struct config *cfg)
{
	struct rtroute_prefix prefix = { .address.family = AF_INET6,
					 .bits = (uint8_t)cfg->ipv6_bits };

	memcpy(prefix.address.octets, &cfg->ipv6_prefix, sizeof(cfg->ipv6_prefix));
	return prefix;
}

/* Sessions' own networks cannot be delegated. */
static bool config_check_ipv6(struct config_reader *r, const struct config *cfg)
{
	struct rtroute_prefix prefix = config_prefix_of(cfg);

	if (cfg->dhcp6_server.sin6_family && !cfg->ipv6_bits)
		return ini_refuse(&r->ini, "[ipv6] dhcpv6-server needs a prefix");
	if (!cfg->dhcp6_server.sin6_family &&
	    (cfg->dhcp6_delegate.address.family || !IN6_IS_ADDR_UNSPECIFIED(&cfg->dhcp6_source)))
		return ini_refuse(&r->ini, "[ipv6] does not say which dhcpv6-server there is");
	if (rtroute_prefix_covers(&cfg->dhcp6_delegate, &prefix) ||
	    rtroute_prefix_covers(&prefix, &cfg->dhcp6_delegate))
		return ini_refuse(&r->ini, "[ipv6] delegate and prefix overlap");
	return true;
}

bool config_check(struct config_reader *r)
{
	struct config *base = r->base;
	unsigned int i, k;

	if (!config_check_listen(r, base) || !config_check_auth(r, base, 0) ||
	    !config_check_one(r, base) || !config_check_ipv6(r, base))
		return false;
	for (i = 0; i < base->listeners_n; i++) {
		if (!config_check_auth(r, base->listeners[i], i + 1) ||
		    !config_check_one(r, base->listeners[i]) ||
		    !config_check_pair(r, base->listeners[i], base))
			return false;
		for (k = 0; k < i; k++) {
			if (!config_check_pair(r, base->listeners[i], base->listeners[k]))
				return false;
		}
	}
	return true;
}
