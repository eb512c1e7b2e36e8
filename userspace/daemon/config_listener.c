// SPDX-License-Identifier: GPL-2.0-or-later
/* The sections [listener NAME] of a configuration: what holds there instead. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config_reader.h"
#include "lib/array.h"

/* What a section [listener] may say instead, by its name there. */
static const struct {
	const char *name;
	const char *section;
	const char *setting;
} config_overrides[] = {
	{ "listen", "server", "listen" },
	{ "bind-device", "server", "bind-device" },
	{ "port", "server", "port" },
	{ "name", "server", "name" },
	{ "clients", "server", "clients" },
	{ "auth", "ppp", "auth" },
	{ "weak-auth", "ppp", "weak-auth" },
	{ "session-timeout", "ppp", "session-timeout" },
	{ "idle-timeout", "ppp", "idle-timeout" },
	{ "callback", "ppp", "callback" },
	{ "mppe", "mppe", "policy" },
	{ "mppe-strength", "mppe", "strength" },
	{ "mppe-stateful", "mppe", "stateful" },
	{ "mppe-compression", "mppe", "compression" },
	{ "device", "network", "device" },
	{ "mtu", "network", "mtu" },
	{ "local-address", "network", "local-address" },
	{ "dns", "network", "dns" },
	{ "wins", "network", "wins" },
	{ "client-route", "network", "client-route" },
	{ "domain", "network", "domain" },
	{ "dhcp-inform", "network", "dhcp-inform" },
	{ "peer-address-choice", "network", "peer-address-choice" },
	{ "clamp-mss", "network", "clamp-mss" },
	{ "proxy-arp", "network", "proxy-arp" },
	{ "sessions", "users", "sessions" },
	{ "when-exceeded", "users", "when-exceeded" },
	{ "pool", "", "pool" },
};

/* A copy of the file's configuration, made by the first line of a section. */
static struct config *config_listener_new(struct config_reader *r, const char *name)
{
	struct config *base = r->base;
	struct config *cfg;

	if (!policy_name_valid(name)) {
		ini_refuse(&r->ini, "the name of a listener has 1 to %d letters, digits, - and _",
			   POLICY_NAME_MAX - 1);
		return NULL;
	}
	if (base->listeners_n == CONFIG_LISTENERS_MAX) {
		ini_refuse(&r->ini, "more than %d listeners", CONFIG_LISTENERS_MAX);
		return NULL;
	}
	cfg = malloc(sizeof(*cfg));
	if (!cfg) {
		ini_refuse(&r->ini, "no memory");
		return NULL;
	}
	*cfg = *base;
	cfg->refs = 1;
	cfg->listeners_n = 0;
	cfg->listen_n = 0;
	snprintf(cfg->listener, sizeof(cfg->listener), "%s", name);
	base->listeners[base->listeners_n++] = cfg;
	return cfg;
}

bool config_listener_setting(struct config_reader *r, const char *listener,
			     const char *name, const char *value)
{
	struct config *base = r->base;
	unsigned int at = 0;
	size_t i;

	while (at < base->listeners_n && strcmp(base->listeners[at]->listener, listener))
		at++;
	r->cfg = at < base->listeners_n ? base->listeners[at] : config_listener_new(r, listener);
	if (!r->cfg)
		return false;
	for (i = 0; i < ARRAY_SIZE(config_overrides); i++) {
		bool known;
		int n;

		if (strcmp(config_overrides[i].name, name) != 0)
			continue;
		n = config_setting_find(config_overrides[i].section, config_overrides[i].setting,
					&known);
		return config_take(r, at + 1, n, name, value);
	}
	return ini_refuse(&r->ini, "[listener] has no setting \"%s\"", name);
}
