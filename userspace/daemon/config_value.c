// SPDX-License-Identifier: GPL-2.0-or-later
/* What the value of a setting may be, by its type. */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config_reader.h"
#include "prefixes.h"

static bool config_number(struct config_reader *r, const struct config_setting *s,
			  const char *value, unsigned int *number)
{
	unsigned long n;
	char *end;

	errno = 0;
	n = strtoul(value, &end, 10);
	if (value[0] < '0' || value[0] > '9' || *end || errno || n < s->min || n > s->max)
		return config_refuse(r, "%s must be a number from %u to %u, not \"%s\"",
				     s->name, s->min, s->max, value);
	*number = (unsigned int)n;
	return true;
}

static bool config_bool(struct config_reader *r, const struct config_setting *s,
			const char *value, bool *flag)
{
	*flag = strcmp(value, "yes") == 0;
	if (!*flag && strcmp(value, "no") != 0)
		return config_refuse(r, "%s must be \"yes\" or \"no\", not \"%s\"", s->name,
				     value);
	return true;
}

static bool config_text(struct config_reader *r, const struct config_setting *s,
			const char *value, char *to, size_t room)
{
	size_t len = strlen(value);

	if (len == 0 || len >= room)
		return config_refuse(r, "%s must have 1 to %zu characters", s->name, room - 1);
	memcpy(to, value, len + 1);
	return true;
}

static bool config_path(struct config_reader *r, const struct config_setting *s,
			const char *value, char *to, size_t room)
{
	if (value[0] != '/')
		return config_refuse(r, "%s must be a path from / on, not \"%s\"", s->name,
				     value);
	return config_text(r, s, value, to, room);
}

/* One name for everything that asks for it. Printable ASCII: it goes to peers. */
static bool config_name(struct config_reader *r, const struct config_setting *s,
			const char *value)
{
	struct config *cfg = r->cfg;
	const char *c;

	for (c = value; *c; c++) {
		if (*c <= ' ' || *c > '~')
			return config_refuse(r, "%s must be ASCII without blanks", s->name);
	}
	return config_text(r, s, value, cfg->ppp.name, sizeof(cfg->ppp.name)) &&
	       config_text(r, s, value, cfg->control.host, sizeof(cfg->control.host));
}

/* What the kernel takes as a template: one %d at most and no other %. */
static bool config_device(struct config_reader *r, const struct config_setting *s,
			  const char *value)
{
	const char *percent = strchr(value, '%');

	if (!percent || percent[1] != 'd' || strchr(percent + 1, '%'))
		return config_refuse(r, "%s must be a name with one %%d in it, like pptp%%d",
				     s->name);
	if (strpbrk(value, "/: \t"))
		return config_refuse(r, "%s may not contain blanks, \"/\" or \":\"", s->name);
	return config_text(r, s, value, r->cfg->device, sizeof(r->cfg->device));
}

bool config_word(const char **list, char word[CONFIG_WORD_MAX])
{
	size_t len;

	*list += strspn(*list, ", \t");
	len = strcspn(*list, ", \t");
	if (len == 0)
		return false;
	snprintf(word, CONFIG_WORD_MAX, "%.*s", (int)len, *list);
	*list += len;
	return true;
}

static bool config_address(struct config_reader *r, const char *word,
			   struct in_addr *address)
{
	if (inet_pton(AF_INET, word, address) != 1)
		return config_refuse(r, "\"%s\" is not an IPv4 address", word);
	return true;
}

bool config_host_address(struct config_reader *r, const char *word,
			 struct in_addr *address)
{
	uint32_t host;

	if (!config_address(r, word, address))
		return false;
	host = ntohl(address->s_addr);
	if (host >> 24 == 0 || host >> 28 >= 0xe)
		return config_refuse(r, "%s cannot be the address of a host", word);
	return true;
}

static bool config_listen(struct config_reader *r, const char *value)
{
	struct config *cfg = r->cfg;
	char word[CONFIG_WORD_MAX];
	struct in_addr address;
	unsigned int i;

	if (strcmp(value, "none") == 0) {
		cfg->listen_none = true;
		return true;
	}
	while (config_word(&value, word)) {
		if (cfg->listen_n == CONFIG_LISTEN_MAX)
			return config_refuse(r, "more than %d addresses to listen on",
					     CONFIG_LISTEN_MAX);
		if (!config_address(r, word, &address))
			return false;
		for (i = 0; i < cfg->listen_n; i++) {
			if (cfg->listen[i].s_addr == address.s_addr)
				return config_refuse(r, "%s is given twice", word);
		}
		cfg->listen[cfg->listen_n++] = address;
	}
	return true;
}

static bool config_servers(struct config_reader *r, const struct config_setting *s,
			   const char *value, struct in_addr server[2])
{
	char word[CONFIG_WORD_MAX];

	while (config_word(&value, word)) {
		unsigned int n = server[0].s_addr ? 1 : 0;

		if (server[1].s_addr)
			return config_refuse(r, "%s takes two addresses at most", s->name);
		if (!config_host_address(r, word, &server[n]))
			return false;
	}
	return true;
}

static bool config_mppe_policy(struct config_reader *r, const char *value)
{
	unsigned int policy;

	_Static_assert(PPP_MPPE_DENY == 0 && PPP_MPPE_REQUIRE == 3, "lib/policy.c has them so");
	if (!policy_mppe_parse(value, &policy))
		return config_refuse(r, "policy must be require, prefer, allow or deny, not \"%s\"",
				     value);
	r->cfg->ppp.mppe = (enum ppp_mppe_policy)policy;
	return true;
}

static bool config_auth(struct config_reader *r, const char *value)
{
	if (policy_auth_parse(value, &r->cfg->ppp.auth_peer))
		return true;
	return config_refuse(r, "auth must be of " POLICY_AUTH_WORDS ", not \"%s\"", value);
}

static bool config_mppe_strength(struct config_reader *r, const char *value)
{
	unsigned int *bits = &r->cfg->ppp.mppe_bits;
	char word[CONFIG_WORD_MAX];

	*bits = 0;
	while (config_word(&value, word)) {
		if (strcmp(word, "128") == 0)
			*bits |= CCP_MPPE_128;
		else if (strcmp(word, "56") == 0)
			*bits |= CCP_MPPE_56;
		else if (strcmp(word, "40") == 0)
			*bits |= CCP_MPPE_40;
		else
			return config_refuse(r, "strength must be of 128, 56 and 40, not \"%s\"",
					     word);
	}
	return true;
}

/* Pools are known by now: listeners come in the second reading. */
static bool config_pool_name(struct config_reader *r, const char *value)
{
	int pool = config_pool_find(r->base, value);

	if (pool < 0)
		return config_refuse(r, "there is no pool \"%s\"", value);
	r->cfg->pool_first = (unsigned int)pool;
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
static bool config_prefix6(struct config_reader *r, const char *value)
{
	struct config *cfg = r->cfg;
	char text[CONFIG_WORD_MAX];
	char *slash, *end;
	unsigned long bits;

	snprintf(text, sizeof(text), "%s", value);
	slash = strchr(text, '/');
	if (!slash)
		return config_refuse(r, "prefix must be like 2001:db8::/56, not \"%s\"", value);
	*slash++ = 0;
	bits = strtoul(slash, &end, 10);
	if (slash[0] < '0' || slash[0] > '9' || *end || bits < PREFIXES_BITS_MIN ||
	    bits > PREFIXES_BITS_MAX)
		return config_refuse(r, "\"%s\": the prefix must be from %d to %d", value,
				     PREFIXES_BITS_MIN, PREFIXES_BITS_MAX);
	if (inet_pton(AF_INET6, text, &cfg->ipv6_prefix) != 1 ||
	    !config_is_prefix6(&cfg->ipv6_prefix, (unsigned int)bits))
		return config_refuse(r, "\"%s\" is not a prefix of IPv6 hosts", value);
	cfg->ipv6_bits = (unsigned int)bits;
	cfg->ppp.ipv6 = true;
	return true;
}

static bool config_servers6(struct config_reader *r, const char *value)
{
	struct config *cfg = r->cfg;
	char word[CONFIG_WORD_MAX];

	while (config_word(&value, word)) {
		if (cfg->ipv6_dns_n == RA_DNS_MAX)
			return config_refuse(r, "dns takes %d addresses at most", RA_DNS_MAX);
		if (inet_pton(AF_INET6, word, &cfg->ipv6_dns[cfg->ipv6_dns_n]) != 1)
			return config_refuse(r, "\"%s\" is not an IPv6 address", word);
		cfg->ipv6_dns_n++;
	}
	return true;
}

static bool config_exceeded(struct config_reader *r, const char *value)
{
	r->cfg->replace = strcmp(value, "replace") == 0;
	if (!r->cfg->replace && strcmp(value, "deny") != 0)
		return config_refuse(r, "when-exceeded must be deny or replace, not \"%s\"",
				     value);
	return true;
}

static bool config_log_level(struct config_reader *r, const char *value)
{
	if (!log_level_parse(value, &r->cfg->log_level))
		return config_refuse(r, "log-level must be error, warning, notice, info or debug");
	return true;
}

static bool config_set_number(struct config_reader *r, const struct config_setting *s,
			      const char *value, void *to)
{
	unsigned int number = 0;

	if (!config_number(r, s, value, &number))
		return false;
	if (s->type == CONFIG_U16)
		*(uint16_t *)to = (uint16_t)number;
	else
		*(unsigned int *)to = s->type == CONFIG_SECONDS ? number * 1000 : number;
	return true;
}

static bool config_set_bool(struct config_reader *r, const struct config_setting *s,
			    const char *value, bool *to)
{
	bool flag;

	if (!config_bool(r, s, value, &flag))
		return false;
	*to = s->type == CONFIG_NOT ? !flag : flag;
	return true;
}

bool config_set(struct config_reader *r, const struct config_setting *s,
		const char *value)
{
	void *to = (char *)r->cfg + s->offset;

	switch (s->type) {
	case CONFIG_U16:
	case CONFIG_UINT:
	case CONFIG_SECONDS:
		return config_set_number(r, s, value, to);
	case CONFIG_BOOL:
	case CONFIG_NOT:
		return config_set_bool(r, s, value, to);
	case CONFIG_PATH:
		return config_path(r, s, value, to, CONFIG_PATH_MAX);
	case CONFIG_FILE:
		return config_path(r, s, value, to, CONFIG_FILE_NAME_MAX);
	case CONFIG_NAME:
		return config_name(r, s, value);
	case CONFIG_DEVICE:
		return config_device(r, s, value);
	case CONFIG_INTERFACE:
		return config_text(r, s, value, to, CONFIG_DEVICE_MAX);
	case CONFIG_LOG_LEVEL:
		return config_log_level(r, value);
	case CONFIG_ADDRESS:
		return config_host_address(r, value, to);
	case CONFIG_LISTEN:
		return config_listen(r, value);
	case CONFIG_SERVERS:
		return config_servers(r, s, value, to);
	case CONFIG_POOL:
		return config_pool_ranges(r, 0, value);
	case CONFIG_POOL_NAME:
		return config_pool_name(r, value);
	case CONFIG_PREFIX6:
		return config_prefix6(r, value);
	case CONFIG_SERVERS6:
		return config_servers6(r, value);
	case CONFIG_AUTH:
		return config_auth(r, value);
	case CONFIG_EXCEEDED:
		return config_exceeded(r, value);
	case CONFIG_MPPE_POLICY:
		return config_mppe_policy(r, value);
	case CONFIG_MPPE_STRENGTH:
		return config_mppe_strength(r, value);
	}
	return false;
}

bool config_is_list(enum config_type type)
{
	return type == CONFIG_LISTEN || type == CONFIG_SERVERS || type == CONFIG_SERVERS6 ||
	       type == CONFIG_POOL;
}
