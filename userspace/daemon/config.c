// SPDX-License-Identifier: GPL-2.0-or-later
/* The reading of the file: what its settings mean stands in config_settings[]. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <linux/kpptp.h>

#include "config_reader.h"
#include "disk.h"
#include "lib/array.h"
#include "lib/slurp.h"
#include "ppp_setting.h"

#define AT(member) INI_PLACE(struct config, member)
#define WHOLE { 0, sizeof(struct config) }

/* Seconds that are below 2^32 ms. */
#define CONFIG_TIMEOUT_MAX	4000000

static const struct ini_setting config_settings[] = {
	{ "server", "listen", config_listen, WHOLE, 0, 0 },
	{ "server", "bind-device", ini_set_text, AT(bind_device), 0, 0 },
	{ "server", "port", ini_set_u16, AT(port), 1, 65535 },
	{ "server", "name", config_name, AT(ppp.name), 0, 0 },
	{ "server", "max-connections", ini_set_uint, AT(max_connections), 1, 65535 },
	{ "server", "max-connections-per-address", ini_set_uint,
	  AT(max_connections_per_address), 1, 65535 },
	{ "server", "clients", config_networks, AT(clients), 0, 0 },
	{ "server", "max-half-open", ini_set_uint, AT(max_half_open), 1, 65535 },
	{ "server", "max-rate", ini_set_uint, AT(max_rate), 0, 1000 },
	{ "server", "max-calls", ini_set_uint,
	  AT(control.calls.max_calls), 1, PPTP_CONN_CALLS_MAX },
	{ "server", "incoming-calls", ini_set_bool, AT(control.calls.take_incoming), 0, 0 },
	{ "server", "control-socket", ini_set_path, AT(control_socket), 0, 0 },
	{ "server", "user", ini_set_text, AT(user), 0, 0 },
	{ "server", "log-level", config_log_level, AT(log_level), 0, 0 },
	{ "control", "start-timeout", ini_set_seconds, AT(control.start_timeout), 1, 3600 },
	{ "control", "idle-timeout", ini_set_seconds, AT(control.idle_timeout), 0, 86400 },
	{ "control", "echo-interval", ini_set_seconds, AT(control.echo_interval), 0, 3600 },
	{ "control", "echo-timeout", ini_set_seconds, AT(control.echo_timeout), 1, 3600 },
	{ "control", "stop-timeout", ini_set_seconds, AT(control.stop_timeout), 1, 60 },
	{ "ppp", "mru", ini_set_u16, AT(ppp.mru), 576, 1500 },
	{ "ppp", "restart-interval", ini_set_seconds, AT(ppp.restart), 1, 60 },
	{ "ppp", "max-configure", ini_set_uint, AT(ppp.max_configure), 1, 100 },
	{ "ppp", "max-terminate", ini_set_uint, AT(ppp.max_terminate), 1, 20 },
	{ "ppp", "max-failure", ini_set_uint, AT(ppp.max_failure), 1, 100 },
	{ "ppp", "echo-interval", ini_set_seconds, AT(ppp.echo_interval), 0, 3600 },
	{ "ppp", "echo-failures", ini_set_uint, AT(ppp.echo_failures), 1, 100 },
	{ "ppp", "authentication-timeout", ini_set_seconds, AT(ppp.auth_timeout), 5, 600 },
	{ "ppp", "authentication-tries", ini_set_uint, AT(ppp.auth_tries), 1, 20 },
	{ "ppp", "network-timeout", ini_set_seconds, AT(ppp.ncp_timeout), 5, 600 },
	{ "ppp", "auth", ppp_setting_auth, AT(ppp.auth_peer), 0, 0 },
	{ "ppp", "weak-auth", ini_set_bool, AT(weak_auth), 0, 0 },
	{ "ppp", "session-timeout", ini_set_seconds, AT(session_timeout), 0, CONFIG_TIMEOUT_MAX },
	{ "ppp", "idle-timeout", ini_set_seconds, AT(idle_timeout), 0, CONFIG_TIMEOUT_MAX },
	{ "ppp", "pfc", ini_set_not, AT(ppp.refuse_pfc), 0, 0 },
	{ "ppp", "acfc", ini_set_not, AT(ppp.refuse_acfc), 0, 0 },
	{ "ppp", "callback", ini_set_bool, AT(ppp.callback), 0, 0 },
	{ "mppe", "policy", ppp_setting_mppe, AT(ppp.mppe), 0, 0 },
	{ "mppe", "strength", ppp_setting_strength, AT(ppp.mppe_bits), 0, 0 },
	{ "mppe", "stateful", ppp_setting_stateful, AT(ppp.mppe_stateful), 0, 0 },
	{ "mppe", "compression", ini_set_bool, AT(ppp.mppe_compression), 0, 0 },
	{ "network", "device", config_device, AT(device), 0, 0 },
	{ "network", "mtu", ini_set_uint, AT(mtu), 576, 1500 },
	{ "network", "local-address", ini_set_host_address, AT(local_address), 0, 0 },
	{ "network", "pool", config_pool, WHOLE, 0, 0 },
	{ "network", "dns", config_servers, AT(dns), 0, 0 },
	{ "network", "wins", config_servers, AT(wins), 0, 0 },
	{ "network", "client-route", config_networks, AT(client_routes), 0, 0 },
	{ "network", "domain", config_domain, AT(domain), 0, 0 },
	{ "network", "dhcp-inform", config_inform, AT(inform), 0, 0 },
	{ "network", "proxy-arp", ini_set_text, AT(proxy_arp), 0, 0 },
	{ "network", "peer-address-choice", ini_set_bool, AT(peer_address_choice), 0, 0 },
	{ "network", "clamp-mss", ini_set_bool, AT(clamp_mss), 0, 0 },
	{ "network", "copy-tos", ini_set_bool, AT(copy_tos), 0, 0 },
	{ "network", "dont-fragment", ini_set_not, AT(no_df), 0, 0 },
	{ "network", "ttl", ini_set_uint, AT(ttl), 1, 255 },
	{ "network", "reorder-packets", ini_set_uint, AT(reorder_packets), 0,
	  KPPTP_REORDER_WINDOW_MAX },
	{ "network", "reorder-milliseconds", ini_set_uint, AT(reorder_ms), 0,
	  KPPTP_REORDER_TIMEOUT_MAX },
	{ "tunnels", "directory", ini_set_path, AT(tunnels_directory), 0, 0 },
	{ "tunnels", "connect-timeout", ini_set_seconds, AT(connect_timeout), 1, 300 },
	{ "tunnels", "retry-min", ini_set_seconds, AT(retry_min), 1, 3600 },
	{ "tunnels", "retry-max", ini_set_seconds, AT(retry_max), 1, 86400 },
	{ "tunnels", "dns-hook", ini_set_path, AT(dns_hook), 0, 0 },
	{ "tunnels", "resolv-conf", ini_set_path, AT(resolv_conf), 0, 0 },
	{ "ipv6", "prefix", config_prefix6, WHOLE, 0, 0 },
	{ "ipv6", "dns", config_servers6, WHOLE, 0, 0 },
	{ "ipv6", "dhcpv6-server", config_server6, AT(dhcp6_server), 1, 65535 },
	{ "ipv6", "dhcpv6-source", config_address6, AT(dhcp6_source), 0, 0 },
	{ "ipv6", "delegate", config_delegate, AT(dhcp6_delegate), 0, 0 },
	{ "scripts", "up", ini_set_path, AT(script_up), 0, 0 },
	{ "scripts", "down", ini_set_path, AT(script_down), 0, 0 },
	{ "scripts", "change", ini_set_path, AT(script_change), 0, 0 },
	{ "scripts", "timeout", ini_set_seconds, AT(script_timeout), 1, 600 },
	{ "tls", "certificate", ini_set_path, AT(tls_certificate), 0, 0 },
	{ "tls", "key", ini_set_path, AT(tls_key), 0, 0 },
	{ "tls", "ca", ini_set_path, AT(tls_ca), 0, 0 },
	{ "tls", "crl", ini_set_path, AT(tls_crl), 0, 0 },
	{ "users", "file", ini_set_path, AT(users_file), 0, 0 },
	{ "users", "sessions", ini_set_uint, AT(sessions), 0, POLICY_SESSIONS_MAX },
	{ "users", "when-exceeded", config_exceeded, AT(replace), 0, 0 },
	{ "users", "wrong-password-delay", ini_set_seconds, AT(wrong_delay), 0, 30 },
	{ "users", "wrong-password-delay-max", ini_set_seconds, AT(wrong_delay_max), 1, 30 },
	{ "", "pool", config_pool_name, AT(pool_first), 0, 0 },
};

#define CONFIG_SETTINGS ARRAY_SIZE(config_settings)

_Static_assert(CONFIG_SETTINGS <= CONFIG_SETTINGS_MAX, "config_reader.seen has one for each");

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
	cfg->max_rate = 10;
	cfg->log_level = LOG_LEVEL_INFO;
	config_copy(cfg->control_socket, sizeof(cfg->control_socket), "/run/kpptp/kpptpd.sock");
	config_copy(cfg->user, sizeof(cfg->user), "kpptp");
	config_copy(cfg->users_file, sizeof(cfg->users_file), KPPTP_SYSCONFDIR "/kpptp/users");
	config_copy(cfg->device, sizeof(cfg->device), "pptp%d");
	config_copy(cfg->tunnels_directory, sizeof(cfg->tunnels_directory),
		    KPPTP_SYSCONFDIR "/kpptp/tunnels.d");
	config_copy(cfg->resolv_conf, sizeof(cfg->resolv_conf), KPPTP_SYSCONFDIR "/resolv.conf");
	cfg->wrong_delay = 1000;
	cfg->wrong_delay_max = 8000;
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

/* Lists grow with each line that names them. */
static bool config_is_list(const struct ini_setting *s)
{
	return s->set == config_listen || s->set == config_servers || s->set == config_servers6 ||
	       s->set == config_pool || s->set == config_networks;
}

bool config_take(struct config_reader *r, unsigned int number, int setting,
		 const char *name, const char *value)
{
	const struct ini_setting *s = &config_settings[setting];
	bool *seen = &r->seen[number][setting];

	/* A listener's list is instead of the file's, not beside it. */
	if (!*seen && (s->set == config_servers || s->set == config_networks))
		memset((char *)r->cfg + s->at.offset, 0, s->at.size);
	if (s->set == ppp_setting_auth || s->set == ppp_setting_mppe)
		r->blame[number] = r->ini.line;
	return ini_take(&r->ini, s, name, value, config_is_list(s), seen, r->cfg);
}

int config_setting_find(const char *section, const char *name, bool *known)
{
	return ini_find(config_settings, CONFIG_SETTINGS, section, name, known);
}

static bool config_base_setting(struct config_reader *r, const char *section,
				const char *name, const char *value)
{
	bool known;
	int i;

	r->cfg = r->base;
	i = config_setting_find(section, name, &known);
	if (i >= 0)
		return config_take(r, 0, i, name, value);
	if (known)
		return ini_refuse(&r->ini, "[%s] has no setting \"%s\"", section, name);
	return ini_refuse(&r->ini, "there is no section [%s]", section);
}

const char *config_section_name(const char *section, const char *kind)
{
	size_t len = strlen(kind);

	return strncmp(section, kind, len) == 0 && section[len] == ' ' ? section + len + 1 :
									   NULL;
}

static bool config_on_setting(struct ini *ini, const char *section, const char *name,
			      const char *value)
{
	const char *listener = config_section_name(section, "listener");
	const char *forward = config_section_name(section, "forward");
	const char *pool = config_section_name(section, "pool");
	const char *line = config_section_name(section, "line");
	struct config_reader *r = ini->arg;

	if (!listener != !r->listeners)
		return true;
	if (listener)
		return config_listener_setting(r, listener, name, value);
	if (pool)
		return config_pool_setting(r, pool, name, value);
	if (forward)
		return config_forward_setting(r, forward, name, value);
	if (line)
		return config_line_setting(r, line, name, value);
	return config_base_setting(r, section, name, value);
}

/* Listeners are read last: they build on all the rest, wherever it stands. */
static bool config_read_all(struct config_reader *r, const char *text, size_t len)
{
	if (!ini_read(&r->ini, text, len, config_on_setting) || !config_pool_check(r) ||
	    !config_forward_check(r) || !config_line_check(r))
		return false;
	r->listeners = true;
	return ini_read(&r->ini, text, len, config_on_setting) && config_check(r);
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
	r->ini = (struct ini){ .file = file, .err = err, .arg = r };
	r->base = cfg;
	if (!config_read_all(r, text, len)) {
		config_put(cfg);
		cfg = NULL;
	}
	free(r);
	return cfg;
}

struct config *config_load(const char *file, char err[CONFIG_ERROR_MAX])
{
	struct config *cfg = NULL;
	char *text;
	ssize_t n;
	int fd;

	fd = disk_open(file, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		snprintf(err, CONFIG_ERROR_MAX, "cannot open %s: %s", file, strerror(errno));
		return NULL;
	}
	text = malloc(CONFIG_FILE_MAX + 1);
	n = text ? slurp(fd, text, CONFIG_FILE_MAX + 1) : -ENOMEM;
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

bool config_admits(const struct config *cfg, struct in_addr client)
{
	const struct policy_routes *clients = &cfg->clients;
	unsigned int i;

	for (i = 0; i < clients->n; i++) {
		const struct policy_route *net = &clients->route[i];
		uint32_t differs = ntohl(client.s_addr ^ net->network.s_addr);

		if (!(differs >> (32 - net->prefix)))
			return true;
	}
	return !clients->n;
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
