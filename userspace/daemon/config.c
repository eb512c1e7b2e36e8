// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * inih cuts the file into sections, names and values; what they mean stands in
 * config_settings[]. inih does not tell its handler line numbers, so the lines
 * are counted where they are handed out.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <ini.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <linux/kpptp.h>

#include "config_reader.h"
#include "lib/array.h"
#include "prefixes.h"

enum config_type {
	CONFIG_U16,
	CONFIG_UINT,
	CONFIG_SECONDS,		/* kept as ms */
	CONFIG_BOOL,
	CONFIG_NOT,		/* bool, kept the other way round */
	CONFIG_PATH,
	CONFIG_NAME,
	CONFIG_DEVICE,
	CONFIG_INTERFACE,
	CONFIG_LOG_LEVEL,
	CONFIG_ADDRESS,
	CONFIG_LISTEN,
	CONFIG_SERVERS,		/* two addresses */
	CONFIG_POOL,		/* ranges of the default one */
	CONFIG_POOL_NAME,
	CONFIG_PREFIX6,
	CONFIG_SERVERS6,
	CONFIG_AUTH,
	CONFIG_FILE,
	CONFIG_EXCEEDED,
	CONFIG_MPPE_POLICY,
	CONFIG_MPPE_STRENGTH,
};

/*
 * @section: empty: for sections [listener] only
 * @min, @max: of the number as it is written in the file
 */
struct config_setting {
	const char *section;
	const char *name;
	enum config_type type;
	size_t offset;
	unsigned int min;
	unsigned int max;
};

#define AT(member) offsetof(struct config, member)

/* Seconds that are below 2^32 ms. */
#define CONFIG_TIMEOUT_MAX	4000000

static const struct config_setting config_settings[] = {
	{ "server", "listen", CONFIG_LISTEN, 0, 0, 0 },
	{ "server", "port", CONFIG_U16, AT(port), 1, 65535 },
	{ "server", "name", CONFIG_NAME, 0, 0, 0 },
	{ "server", "max-connections", CONFIG_UINT, AT(max_connections), 1, 65535 },
	{ "server", "max-connections-per-address", CONFIG_UINT,
	  AT(max_connections_per_address), 1, 65535 },
	{ "server", "max-half-open", CONFIG_UINT, AT(max_half_open), 1, 65535 },
	{ "server", "max-calls", CONFIG_UINT, AT(control.calls.max_calls), 1, PPTP_CONN_CALLS_MAX },
	{ "server", "incoming-calls", CONFIG_BOOL, AT(control.calls.take_incoming), 0, 0 },
	{ "server", "control-socket", CONFIG_PATH, AT(control_socket), 0, 0 },
	{ "server", "log-level", CONFIG_LOG_LEVEL, 0, 0, 0 },
	{ "control", "start-timeout", CONFIG_SECONDS, AT(control.start_timeout), 1, 3600 },
	{ "control", "idle-timeout", CONFIG_SECONDS, AT(control.idle_timeout), 0, 86400 },
	{ "control", "echo-interval", CONFIG_SECONDS, AT(control.echo_interval), 0, 3600 },
	{ "control", "echo-timeout", CONFIG_SECONDS, AT(control.echo_timeout), 1, 3600 },
	{ "control", "stop-timeout", CONFIG_SECONDS, AT(control.stop_timeout), 1, 60 },
	{ "ppp", "mru", CONFIG_U16, AT(ppp.mru), 576, 1500 },
	{ "ppp", "restart-interval", CONFIG_SECONDS, AT(ppp.restart), 1, 60 },
	{ "ppp", "max-configure", CONFIG_UINT, AT(ppp.max_configure), 1, 100 },
	{ "ppp", "max-terminate", CONFIG_UINT, AT(ppp.max_terminate), 1, 20 },
	{ "ppp", "max-failure", CONFIG_UINT, AT(ppp.max_failure), 1, 100 },
	{ "ppp", "echo-interval", CONFIG_SECONDS, AT(ppp.echo_interval), 0, 3600 },
	{ "ppp", "echo-failures", CONFIG_UINT, AT(ppp.echo_failures), 1, 100 },
	{ "ppp", "authentication-timeout", CONFIG_SECONDS, AT(ppp.auth_timeout), 5, 600 },
	{ "ppp", "authentication-tries", CONFIG_UINT, AT(ppp.auth_tries), 1, 20 },
	{ "ppp", "network-timeout", CONFIG_SECONDS, AT(ppp.ncp_timeout), 5, 600 },
	{ "ppp", "auth", CONFIG_AUTH, 0, 0, 0 },
	{ "ppp", "weak-auth", CONFIG_BOOL, AT(weak_auth), 0, 0 },
	{ "ppp", "session-timeout", CONFIG_SECONDS, AT(session_timeout), 0, CONFIG_TIMEOUT_MAX },
	{ "ppp", "idle-timeout", CONFIG_SECONDS, AT(idle_timeout), 0, CONFIG_TIMEOUT_MAX },
	{ "ppp", "pfc", CONFIG_NOT, AT(ppp.refuse_pfc), 0, 0 },
	{ "ppp", "acfc", CONFIG_NOT, AT(ppp.refuse_acfc), 0, 0 },
	{ "mppe", "policy", CONFIG_MPPE_POLICY, 0, 0, 0 },
	{ "mppe", "strength", CONFIG_MPPE_STRENGTH, 0, 0, 0 },
	{ "mppe", "stateful", CONFIG_BOOL, AT(ppp.mppe_stateful), 0, 0 },
	{ "mppe", "compression", CONFIG_BOOL, AT(ppp.mppe_compression), 0, 0 },
	{ "network", "device", CONFIG_DEVICE, 0, 0, 0 },
	{ "network", "mtu", CONFIG_UINT, AT(mtu), 576, 1500 },
	{ "network", "local-address", CONFIG_ADDRESS, AT(local_address), 0, 0 },
	{ "network", "pool", CONFIG_POOL, 0, 0, 0 },
	{ "network", "dns", CONFIG_SERVERS, AT(dns), 0, 0 },
	{ "network", "wins", CONFIG_SERVERS, AT(wins), 0, 0 },
	{ "network", "proxy-arp", CONFIG_INTERFACE, AT(proxy_arp), 0, 0 },
	{ "network", "peer-address-choice", CONFIG_BOOL, AT(peer_address_choice), 0, 0 },
	{ "network", "clamp-mss", CONFIG_BOOL, AT(clamp_mss), 0, 0 },
	{ "network", "copy-tos", CONFIG_BOOL, AT(copy_tos), 0, 0 },
	{ "network", "dont-fragment", CONFIG_NOT, AT(no_df), 0, 0 },
	{ "network", "ttl", CONFIG_UINT, AT(ttl), 1, 255 },
	{ "network", "reorder-packets", CONFIG_UINT, AT(reorder_packets), 0,
	  KPPTP_REORDER_WINDOW_MAX },
	{ "network", "reorder-milliseconds", CONFIG_UINT, AT(reorder_ms), 0,
	  KPPTP_REORDER_TIMEOUT_MAX },
	{ "tunnels", "directory", CONFIG_PATH, AT(tunnels_directory), 0, 0 },
	{ "tunnels", "connect-timeout", CONFIG_SECONDS, AT(connect_timeout), 1, 300 },
	{ "tunnels", "retry-min", CONFIG_SECONDS, AT(retry_min), 1, 3600 },
	{ "tunnels", "retry-max", CONFIG_SECONDS, AT(retry_max), 1, 86400 },
	{ "tunnels", "dns-hook", CONFIG_PATH, AT(dns_hook), 0, 0 },
	{ "tunnels", "resolv-conf", CONFIG_PATH, AT(resolv_conf), 0, 0 },
	{ "ipv6", "prefix", CONFIG_PREFIX6, 0, 0, 0 },
	{ "ipv6", "dns", CONFIG_SERVERS6, 0, 0, 0 },
	{ "scripts", "up", CONFIG_FILE, AT(script_up), 0, 0 },
	{ "scripts", "down", CONFIG_FILE, AT(script_down), 0, 0 },
	{ "scripts", "change", CONFIG_FILE, AT(script_change), 0, 0 },
	{ "scripts", "timeout", CONFIG_SECONDS, AT(script_timeout), 1, 600 },
	{ "tls", "certificate", CONFIG_FILE, AT(tls_certificate), 0, 0 },
	{ "tls", "key", CONFIG_FILE, AT(tls_key), 0, 0 },
	{ "tls", "ca", CONFIG_FILE, AT(tls_ca), 0, 0 },
	{ "tls", "crl", CONFIG_FILE, AT(tls_crl), 0, 0 },
	{ "users", "file", CONFIG_PATH, AT(users_file), 0, 0 },
	{ "users", "sessions", CONFIG_UINT, AT(sessions), 0, POLICY_SESSIONS_MAX },
	{ "users", "when-exceeded", CONFIG_EXCEEDED, 0, 0, 0 },
	{ "", "pool", CONFIG_POOL_NAME, 0, 0, 0 },
};

/* What a section [listener] may say instead, by its name there. */
static const struct {
	const char *name;
	const char *section;
	const char *setting;
} config_overrides[] = {
	{ "listen", "server", "listen" },
	{ "port", "server", "port" },
	{ "name", "server", "name" },
	{ "auth", "ppp", "auth" },
	{ "weak-auth", "ppp", "weak-auth" },
	{ "session-timeout", "ppp", "session-timeout" },
	{ "idle-timeout", "ppp", "idle-timeout" },
	{ "mppe", "mppe", "policy" },
	{ "mppe-strength", "mppe", "strength" },
	{ "mppe-stateful", "mppe", "stateful" },
	{ "mppe-compression", "mppe", "compression" },
	{ "device", "network", "device" },
	{ "mtu", "network", "mtu" },
	{ "local-address", "network", "local-address" },
	{ "dns", "network", "dns" },
	{ "wins", "network", "wins" },
	{ "peer-address-choice", "network", "peer-address-choice" },
	{ "clamp-mss", "network", "clamp-mss" },
	{ "proxy-arp", "network", "proxy-arp" },
	{ "sessions", "users", "sessions" },
	{ "when-exceeded", "users", "when-exceeded" },
	{ "pool", "", "pool" },
};

#define CONFIG_SETTINGS ARRAY_SIZE(config_settings)

_Static_assert(CONFIG_SETTINGS <= CONFIG_SETTINGS_MAX, "config_reader.seen has one for each");
_Static_assert(CONFIG_LINE_MAX + 2 < INI_MAX_LINE, "a whole line fits inih's buffer");

/* Every default fits. */
static void config_copy(char *to, size_t room, const char *text)
{
	snprintf(to, room, "%s", text);
}

static void config_defaults(struct config *cfg)
{
	cfg->port = 1723;
	cfg->max_connections = 1024;
	cfg->max_connections_per_address = 32;
	cfg->max_half_open = 128;
	cfg->log_level = LOG_LEVEL_INFO;
	config_copy(cfg->control_socket, sizeof(cfg->control_socket), "/run/kpptp/kpptpd.sock");
	config_copy(cfg->users_file, sizeof(cfg->users_file), KPPTP_SYSCONFDIR "/kpptp/users");
	config_copy(cfg->device, sizeof(cfg->device), "pptp%d");
	config_copy(cfg->tunnels_directory, sizeof(cfg->tunnels_directory),
		    KPPTP_SYSCONFDIR "/kpptp/tunnels.d");
	config_copy(cfg->resolv_conf, sizeof(cfg->resolv_conf), KPPTP_SYSCONFDIR "/resolv.conf");
	cfg->connect_timeout = 10000;
	cfg->retry_min = 2000;
	cfg->retry_max = 300000;
	config_copy(cfg->control.host, sizeof(cfg->control.host), "kpptp");
	config_copy(cfg->control.vendor, sizeof(cfg->control.vendor), "kpptp");
	config_copy(cfg->ppp.name, sizeof(cfg->ppp.name), "kpptp");
	cfg->control.calls.max_calls = 1;
	cfg->control.calls.take_outgoing = true;
	cfg->control.calls.reply_timeout = 60000;
	cfg->control.calls.clear_timeout = 5000;
	cfg->control.start_timeout = 30000;
	cfg->control.idle_timeout = 60000;
	cfg->control.echo_interval = 60000;
	cfg->control.echo_timeout = 60000;
	cfg->control.stop_timeout = 3000;
	cfg->control.calls.window = 64;
	cfg->ppp.mru = 1456;
	cfg->ppp.auth_peer = PPP_AUTH_BIT(PPP_AUTH_MSCHAP_V2);
	cfg->ppp.ipv4 = true;
	cfg->ppp.ip_give = true;
	cfg->ppp.mppe = PPP_MPPE_REQUIRE;
	cfg->ppp.mppe_bits = CCP_MPPE_128;
	cfg->ppp.restart = 3000;
	cfg->ppp.max_configure = 10;
	cfg->ppp.max_terminate = 2;
	cfg->ppp.max_failure = 5;
	cfg->ppp.echo_interval = 20000;
	cfg->ppp.echo_failures = 4;
	cfg->ppp.auth_timeout = 60000;
	cfg->ppp.auth_tries = 3;
	cfg->ppp.ncp_timeout = 60000;
	cfg->mtu = 1500;
	cfg->clamp_mss = true;
	cfg->script_timeout = 10000;
	config_copy(cfg->pool[0].name, sizeof(cfg->pool[0].name), CONFIG_POOL_DEFAULT);
	cfg->pool[0].next = -1;
	cfg->pool_n = 1;
	cfg->reorder_packets = 32;
	cfg->reorder_ms = 20;
}

bool config_refuse(struct config_reader *r, const char *fmt, ...)
{
	va_list ap;
	int head;

	if (r->err[0])
		return false;
	if (r->line)
		head = snprintf(r->err, CONFIG_ERROR_MAX, "%s:%u: ", r->file, r->line);
	else
		head = snprintf(r->err, CONFIG_ERROR_MAX, "%s: ", r->file);
	if (head < 0 || head >= CONFIG_ERROR_MAX)
		return false;
	va_start(ap, fmt);
	vsnprintf(r->err + head, CONFIG_ERROR_MAX - (size_t)head, fmt, ap);
	va_end(ap);
	return false;
}

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

static bool config_set(struct config_reader *r, const struct config_setting *s,
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

/* Lists grow with each line that names them. */
static bool config_is_list(enum config_type type)
{
	return type == CONFIG_LISTEN || type == CONFIG_SERVERS || type == CONFIG_SERVERS6 ||
	       type == CONFIG_POOL;
}

/* 0: the section at hand is the file's own; otherwise that of a listener. */
static unsigned int config_number_of(const struct config_reader *r)
{
	unsigned int i = 0;

	while (i < r->base->listeners_n && r->base->listeners[i] != r->cfg)
		i++;
	return i < r->base->listeners_n ? i + 1 : 0;
}

/* @s, by its name in the section at hand. */
static bool config_take(struct config_reader *r, const struct config_setting *s,
			const char *name, const char *value, bool *seen)
{
	if (!value[0])
		return config_refuse(r, "%s has no value", name);
	if (*seen && !config_is_list(s->type))
		return config_refuse(r, "%s is given twice", name);
	/* A listener's servers are instead of the file's, not beside them. */
	if (!*seen && s->type == CONFIG_SERVERS)
		memset((char *)r->cfg + s->offset, 0, 2 * sizeof(struct in_addr));
	*seen = true;
	if (s->type == CONFIG_AUTH || s->type == CONFIG_MPPE_POLICY)
		r->blame[config_number_of(r)] = r->line;
	return config_set(r, s, value);
}

/* The index of a setting, -1: there is none. @known: there is such a section. */
static int config_find(const char *section, const char *name, bool *known)
{
	size_t i;

	*known = false;
	for (i = 0; i < CONFIG_SETTINGS; i++) {
		if (strcmp(config_settings[i].section, section) != 0)
			continue;
		*known = true;
		if (strcmp(config_settings[i].name, name) == 0)
			return (int)i;
	}
	return -1;
}

static bool config_base_setting(struct config_reader *r, const char *section,
				const char *name, const char *value)
{
	bool known;
	int i;

	r->cfg = r->base;
	i = config_find(section, name, &known);
	if (i >= 0)
		return config_take(r, &config_settings[i], name, value, &r->seen[0][i]);
	if (known)
		return config_refuse(r, "[%s] has no setting \"%s\"", section, name);
	return config_refuse(r, "there is no section [%s]", section);
}

/* A copy of the file's configuration, made by the first line of a section. */
static struct config *config_listener_new(struct config_reader *r, const char *name)
{
	struct config *base = r->base;
	struct config *cfg;

	if (!policy_name_valid(name)) {
		config_refuse(r, "the name of a listener has 1 to %d letters, digits, - and _",
			      POLICY_NAME_MAX - 1);
		return NULL;
	}
	if (base->listeners_n == CONFIG_LISTENERS_MAX) {
		config_refuse(r, "more than %d listeners", CONFIG_LISTENERS_MAX);
		return NULL;
	}
	cfg = malloc(sizeof(*cfg));
	if (!cfg) {
		config_refuse(r, "no memory");
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

static bool config_listener_setting(struct config_reader *r, const char *listener,
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
		n = config_find(config_overrides[i].section, config_overrides[i].setting, &known);
		return config_take(r, &config_settings[n], name, value, &r->seen[at + 1][n]);
	}
	return config_refuse(r, "[listener] has no setting \"%s\"", name);
}

const char *config_section_name(const char *section, const char *kind)
{
	size_t len = strlen(kind);

	return strncmp(section, kind, len) == 0 && section[len] == ' ' ? section + len + 1 :
									   NULL;
}

/* inih: non-zero is success. */
static int config_on_setting(void *arg, const char *section, const char *name,
			     const char *value)
{
	const char *listener = config_section_name(section, "listener");
	const char *forward = config_section_name(section, "forward");
	const char *pool = config_section_name(section, "pool");
	struct config_reader *r = arg;

	if (!section[0])
		return config_refuse(r, "\"%s\" stands before the first [section]", name);
	if (!listener != !r->listeners)
		return true;
	if (listener)
		return config_listener_setting(r, listener, name, value);
	if (pool)
		return config_pool_setting(r, pool, name, value);
	if (forward)
		return config_forward_setting(r, forward, name, value);
	return config_base_setting(r, section, name, value);
}

/* fgets() from memory, for inih; one line a call. */
static char *config_line(char *to, int room, void *arg)
{
	struct config_reader *r = arg;
	const char *end = memchr(r->text, '\n', r->left);
	size_t len = end ? (size_t)(end - r->text) + 1 : r->left;

	if (r->left == 0 || r->err[0])
		return NULL;
	r->line++;
	if (len > CONFIG_LINE_MAX || len >= (size_t)room) {
		config_refuse(r, "the line has more than %d characters", CONFIG_LINE_MAX);
		return NULL;
	}
	memcpy(to, r->text, len);
	to[len] = 0;
	r->text += len;
	r->left -= len;
	if (strlen(to) != len) {
		config_refuse(r, "the line has a NUL character");
		return NULL;
	}
	return to;
}

/* May @method be offered, with all else that is configured? */
static bool config_check_method(struct config_reader *r, const struct config *cfg,
				enum ppp_auth_method method)
{
	const char *name = ppp_auth_method_text(method);

	if (ppp_auth_method_weak(method) && !cfg->weak_auth)
		return config_refuse(r, "%s in auth is weak, and takes weak-auth = yes", name);
	if (!ppp_auth_method_keys(method) && cfg->ppp.mppe == PPP_MPPE_REQUIRE)
		return config_refuse(r, "%s in auth gives no keys for MPPE, which is required",
				     name);
	if (method == PPP_AUTH_EAP_TLS &&
	    (!cfg->tls_certificate[0] || !cfg->tls_key[0] || !cfg->tls_ca[0]))
		return config_refuse(r, "%s in auth takes certificate, key and ca in [tls]",
				     name);
	return true;
}

/* What is said nowhere for listener @number is said in the file's own sections. */
static bool config_check_auth(struct config_reader *r, const struct config *cfg,
			      unsigned int number)
{
	bool good = true;
	unsigned int i;

	r->line = r->blame[number] ? r->blame[number] : r->blame[0];
	for (i = PPP_AUTH_NONE + 1; i < PPP_AUTH_METHODS && good; i++) {
		if (cfg->ppp.auth_peer & PPP_AUTH_BIT(i))
			good = config_check_method(r, cfg, (enum ppp_auth_method)i);
	}
	r->line = 0;
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
		return config_refuse(r, "[listener %s] does not say where to listen",
				     cfg->listener);
	if (!cfg->ppp.mppe_bits)
		return config_refuse(r, "[mppe] strength names no key length");
	if (cfg->retry_max < cfg->retry_min)
		return config_refuse(r, "[tunnels] retry-max is less than retry-min");
	if (cfg->max_connections_per_address > cfg->max_connections)
		cfg->max_connections_per_address = cfg->max_connections;
	return true;
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

	for (i = 0; i < cfg->listen_n; i++) {
		if (!config_listens(other, cfg->listen[i], cfg->port))
			continue;
		inet_ntop(AF_INET, &cfg->listen[i], text, sizeof(text));
		return config_refuse(r, "[listener %s] listens on %s, where %s%s does already",
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
		return !somewhere || config_refuse(r, "listen is none and an address as well");
	if (!base->local_address.s_addr)
		return config_refuse(r, "[network] needs a local-address");
	if (!somewhere) {
		base->listen[0].s_addr = htonl(INADDR_ANY);
		base->listen_n = 1;
	}
	return true;
}

static bool config_check(struct config_reader *r)
{
	struct config *base = r->base;
	unsigned int i, k;

	r->line = 0;
	if (!config_check_listen(r, base) || !config_check_auth(r, base, 0) ||
	    !config_check_one(r, base))
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

static bool config_read(struct config_reader *r, const char *text, size_t len)
{
	int line;

	r->text = text;
	r->left = len;
	r->line = 0;
	line = ini_parse_stream(config_line, r, config_on_setting, r);
	if (line && !r->err[0]) {
		r->line = line > 0 ? (unsigned int)line : 0;
		config_refuse(r, "neither \"[section]\" nor \"name = value\"");
	}
	return !r->err[0];
}

/* Listeners are read last: they build on all the rest, wherever it stands. */
static bool config_read_all(struct config_reader *r, const char *text, size_t len)
{
	if (!config_read(r, text, len) || !config_pool_check(r) ||
	    !config_forward_check(r))
		return false;
	r->listeners = true;
	return config_read(r, text, len) && config_check(r);
}

struct config *config_parse(const char *file, const char *text, size_t len,
			    char err[CONFIG_ERROR_MAX])
{
	struct config_reader *r = calloc(1, sizeof(*r));
	struct config *cfg = calloc(1, sizeof(*cfg));

	err[0] = 0;
	if (!r || !cfg) {
		snprintf(err, CONFIG_ERROR_MAX, "no memory");
		free(r);
		free(cfg);
		return NULL;
	}
	cfg->refs = 1;
	config_defaults(cfg);
	r->file = file;
	r->err = err;
	r->base = cfg;
	if (!config_read_all(r, text, len)) {
		config_put(cfg);
		cfg = NULL;
	}
	free(r);
	return cfg;
}

/* Reads up to @room octets of @fd; the number, or a negative errno. */
static ssize_t config_slurp(int fd, char *text, size_t room)
{
	size_t len = 0;
	ssize_t n;

	do {
		n = read(fd, text + len, room - len);
		if (n < 0)
			return -errno;
		len += (size_t)n;
	} while (n > 0 && len < room);
	return (ssize_t)len;
}

struct config *config_load(const char *file, char err[CONFIG_ERROR_MAX])
{
	struct config *cfg = NULL;
	char *text;
	ssize_t n;
	int fd;

	fd = open(file, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		snprintf(err, CONFIG_ERROR_MAX, "cannot open %s: %s", file, strerror(errno));
		return NULL;
	}
	text = malloc(CONFIG_FILE_MAX + 1);
	n = text ? config_slurp(fd, text, CONFIG_FILE_MAX + 1) : -ENOMEM;
	close(fd);
	if (n < 0)
		snprintf(err, CONFIG_ERROR_MAX, "cannot read %s: %s", file, strerror((int)-n));
	else if (n > CONFIG_FILE_MAX)
		snprintf(err, CONFIG_ERROR_MAX, "%s is larger than %d octets", file,
			 CONFIG_FILE_MAX);
	else
		cfg = config_parse(file, text, (size_t)n, err);
	free(text);
	return cfg;
}

struct config *config_get(struct config *cfg)
{
	cfg->refs++;
	return cfg;
}

void config_put(struct config *cfg)
{
	unsigned int i;

	if (!cfg || --cfg->refs)
		return;
	for (i = 0; i < cfg->listeners_n; i++)
		config_put(cfg->listeners[i]);
	free(cfg);
}
