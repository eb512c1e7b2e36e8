// SPDX-License-Identifier: GPL-2.0-or-later
/* The types of settings that only kpptpd.conf(5) has. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config_reader.h"
#include "prefixes.h"
#include "proto/dhcp6.h"

/* One name for everything that asks for it. Printable ASCII: it goes to peers. */
bool config_name(struct ini *ini, const struct ini_setting *s, const char *value, void *to)
{
	const struct config_reader *r = ini->arg;
	const char *c;

	for (c = value; *c; c++) {
		if (*c <= ' ' || *c > '~')
			return ini_refuse(ini, "%s must be ASCII without blanks", s->name);
	}
	snprintf(r->cfg->control.host, sizeof(r->cfg->control.host), "%s", value);
	return ini_set_text(ini, s, value, to);
}

/* "mp NAME", without the first word */
static bool config_device_mp(struct ini *ini, const struct ini_setting *s, const char *value,
			     void *to)
{
	const struct config_reader *r = ini->arg;

	value += strspn(value, " \t");
	if (strpbrk(value, "%/: \t"))
		return ini_refuse(ini,
				  "%s = mp takes one name without blanks, \"%%\", \"/\" or \":\"",
				  s->name);
	r->cfg->device_shared = true;
	return ini_set_text(ini, s, value, to);
}

/* What the kernel takes as a template: one %d at most and no other %. */
bool config_device(struct ini *ini, const struct ini_setting *s, const char *value, void *to)
{
	const struct config_reader *r = ini->arg;
	const char *percent = strchr(value, '%');

	if (!strncmp(value, "mp ", 3) || !strncmp(value, "mp\t", 3))
		return config_device_mp(ini, s, value + 3, to);
	r->cfg->device_shared = false;
	if (!percent || percent[1] != 'd' || strchr(percent + 1, '%'))
		return ini_refuse(ini, "%s must be a name with one %%d in it, like pptp%%d",
				  s->name);
	if (strpbrk(value, "/: \t"))
		return ini_refuse(ini, "%s may not contain blanks, \"/\" or \":\"", s->name);
	return ini_set_text(ini, s, value, to);
}

bool config_listen(struct ini *ini, const struct ini_setting *s, const char *value, void *to)
{
	struct config *cfg = to;
	char word[INI_WORD_MAX];
	struct in_addr address;
	unsigned int i;

	(void)s;
	if (strcmp(value, "none") == 0) {
		cfg->listen_none = true;
		return true;
	}
	while (ini_word(&value, word)) {
		if (cfg->listen_n == CONFIG_LISTEN_MAX)
			return ini_refuse(ini, "more than %d addresses to listen on",
					  CONFIG_LISTEN_MAX);
		if (!ini_address(ini, word, &address))
			return false;
		for (i = 0; i < cfg->listen_n; i++) {
			if (cfg->listen[i].s_addr == address.s_addr)
				return ini_refuse(ini, "%s is given twice", word);
			if (!cfg->listen[i].s_addr || !address.s_addr)
				return ini_refuse(ini,
						  "0.0.0.0 is all addresses, and stands alone");
		}
		cfg->listen[cfg->listen_n++] = address;
	}
	return true;
}

bool config_servers(struct ini *ini, const struct ini_setting *s, const char *value, void *to)
{
	struct in_addr *server = to;
	char word[INI_WORD_MAX];

	while (ini_word(&value, word)) {
		unsigned int n = server[0].s_addr ? 1 : 0;

		if (server[1].s_addr)
			return ini_refuse(ini, "%s takes two addresses at most", s->name);
		if (!ini_host_address(ini, word, &server[n]))
			return false;
	}
	return true;
}

/*
 * A default route is the client's own choice, and who says nothing of clients means all
 * of them.
 */
bool config_networks(struct ini *ini, const struct ini_setting *s, const char *value, void *to)
{
	struct policy_routes *routes = to;
	struct rtroute_prefix prefix;
	char word[INI_WORD_MAX];

	while (ini_word(&value, word)) {
		struct policy_route *route = &routes->route[routes->n];

		if (routes->n == POLICY_ROUTES_MAX)
			return ini_refuse(ini, "%s takes %d networks at most", s->name,
					  POLICY_ROUTES_MAX);
		if (!rtroute_prefix_parse(word, &prefix) || prefix.address.family != AF_INET ||
		    !prefix.bits)
			return ini_refuse(ini, "\"%s\" is no network like 192.0.2.0/24", word);
		memcpy(&route->network, prefix.address.octets, sizeof(route->network));
		route->prefix = prefix.bits;
		routes->n++;
	}
	return true;
}

bool config_domain(struct ini *ini, const struct ini_setting *s, const char *value, void *to)
{
	if (!policy_domain_valid(value))
		return ini_refuse(ini, "%s must be a name like example.org, not \"%s\"", s->name,
				  value);
	return ini_set_text(ini, s, value, to);
}

bool config_inform(struct ini *ini, const struct ini_setting *s, const char *value, void *to)
{
	bool yes = false;

	if (!ini_set_bool(ini, s, value, &yes))
		return false;
	*(enum config_inform *)to = yes ? CONFIG_INFORM_YES : CONFIG_INFORM_NO;
	return true;
}

/* Pools are known by now: listeners come in the second reading. */
bool config_pool_name(struct ini *ini, const struct ini_setting *s, const char *value, void *to)
{
	const struct config_reader *r = ini->arg;
	int pool = config_pool_find(r->base, value);

	(void)s;
	if (pool < 0)
		return ini_refuse(ini, "there is no pool \"%s\"", value);
	*(unsigned int *)to = (unsigned int)pool;
	return true;
}

/* No bits are set after the first @bits, and it is for hosts. */
static bool config_is_prefix6(const struct in6_addr *prefix, unsigned int bits)
{
	unsigned int i;

	for (i = bits; i < 128; i++) {
		if (prefix->s6_addr[i / 8] & 0x80 >> i % 8)
			return false;
	}
	return !IN6_IS_ADDR_UNSPECIFIED(prefix) && !IN6_IS_ADDR_MULTICAST(prefix) &&
	       !IN6_IS_ADDR_LINKLOCAL(prefix);
}

/* Listeners are read later, and so offer IPV6CP as well. */
bool config_prefix6(struct ini *ini, const struct ini_setting *s, const char *value, void *to)
{
	struct config *cfg = to;
	char text[INI_WORD_MAX];
	char *slash, *end;
	unsigned long bits;

	snprintf(text, sizeof(text), "%s", value);
	slash = strchr(text, '/');
	if (!slash)
		return ini_refuse(ini, "%s must be like 2001:db8::/56, not \"%s\"",
				  s->name, value);
	*slash++ = 0;
	bits = strtoul(slash, &end, 10);
	if (slash[0] < '0' || slash[0] > '9' || *end || bits < PREFIXES_BITS_MIN ||
	    bits > PREFIXES_BITS_MAX)
		return ini_refuse(ini, "\"%s\": the prefix must be from %d to %d", value,
				  PREFIXES_BITS_MIN, PREFIXES_BITS_MAX);
	if (inet_pton(AF_INET6, text, &cfg->ipv6_prefix) != 1 ||
	    !config_is_prefix6(&cfg->ipv6_prefix, (unsigned int)bits))
		return ini_refuse(ini, "\"%s\" is not a prefix of IPv6 hosts", value);
	cfg->ipv6_bits = (unsigned int)bits;
	cfg->ppp.ipv6 = true;
	return true;
}

bool config_servers6(struct ini *ini, const struct ini_setting *s, const char *value, void *to)
{
	struct config *cfg = to;
	char word[INI_WORD_MAX];

	while (ini_word(&value, word)) {
		if (cfg->ipv6_dns_n == RA_DNS_MAX)
			return ini_refuse(ini, "%s takes %d addresses at most", s->name,
					  RA_DNS_MAX);
		if (inet_pton(AF_INET6, word, &cfg->ipv6_dns[cfg->ipv6_dns_n]) != 1)
			return ini_refuse(ini, "\"%s\" is not an IPv6 address", word);
		cfg->ipv6_dns_n++;
	}
	return true;
}

/* One that is the same wherever it is said: no link-local one. */
bool config_address6(struct ini *ini, const struct ini_setting *s, const char *value, void *to)
{
	struct in6_addr address;

	if (inet_pton(AF_INET6, value, &address) != 1 || !config_is_prefix6(&address, 128))
		return ini_refuse(ini, "%s must be an IPv6 address of a host, not \"%s\"", s->name,
				  value);
	memcpy(to, &address, sizeof(address));
	return true;
}

/* "ADDRESS" or "ADDRESS PORT" */
bool config_server6(struct ini *ini, const struct ini_setting *s, const char *value, void *to)
{
	struct sockaddr_in6 *server = to;
	char word[INI_WORD_MAX];
	uint16_t port = DHCP6_SERVER_PORT;

	if (!ini_word(&value, word) || !config_address6(ini, s, word, &server->sin6_addr))
		return ini_refuse(ini, "%s names no address", s->name);
	if (ini_word(&value, word) && !ini_set_u16(ini, s, word, &port))
		return false;
	if (ini_word(&value, word))
		return ini_refuse(ini, "%s takes an address and a port", s->name);
	server->sin6_family = AF_INET6;
	server->sin6_port = htons(port);
	return true;
}

bool config_delegate(struct ini *ini, const struct ini_setting *s, const char *value, void *to)
{
	struct rtroute_prefix *prefix = to;
	struct in6_addr address;

	if (rtroute_prefix_parse(value, prefix) && prefix->address.family == AF_INET6) {
		memcpy(&address, prefix->address.octets, sizeof(address));
		if (prefix->bits <= PREFIXES_BITS_MAX && config_is_prefix6(&address, prefix->bits))
			return true;
	}
	return ini_refuse(ini, "%s must be an IPv6 prefix of at most %d bits, not \"%s\"", s->name,
			  PREFIXES_BITS_MAX, value);
}

bool config_exceeded(struct ini *ini, const struct ini_setting *s, const char *value, void *to)
{
	bool replace = strcmp(value, "replace") == 0;

	if (!replace && strcmp(value, "deny") != 0)
		return ini_refuse(ini, "%s must be deny or replace, not \"%s\"", s->name, value);
	*(bool *)to = replace;
	return true;
}

bool config_log_level(struct ini *ini, const struct ini_setting *s, const char *value, void *to)
{
	if (!log_level_parse(value, to))
		return ini_refuse(ini, "%s must be error, warning, notice, info or debug",
				  s->name);
	return true;
}
