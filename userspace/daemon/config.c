// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The reading of the file. inih cuts it into sections, names and values; what
 * they mean stands in config_settings[]. inih does not tell its handler line
 * numbers, so the lines are counted where they are handed out.
 */
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

bool config_take(struct config_reader *r, unsigned int number, int setting,
		 const char *name, const char *value)
{
	const struct config_setting *s = &config_settings[setting];
	bool *seen = &r->seen[number][setting];

	if (!value[0])
		return config_refuse(r, "%s has no value", name);
	if (*seen && !config_is_list(s->type))
		return config_refuse(r, "%s is given twice", name);
	/* A listener's servers are instead of the file's, not beside them. */
	if (!*seen && s->type == CONFIG_SERVERS)
		memset((char *)r->cfg + s->offset, 0, 2 * sizeof(struct in_addr));
	*seen = true;
	if (s->type == CONFIG_AUTH || s->type == CONFIG_MPPE_POLICY)
		r->blame[number] = r->line;
	return config_set(r, s, value);
}

int config_setting_find(const char *section, const char *name, bool *known)
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
	i = config_setting_find(section, name, &known);
	if (i >= 0)
		return config_take(r, 0, i, name, value);
	if (known)
		return config_refuse(r, "[%s] has no setting \"%s\"", section, name);
	return config_refuse(r, "there is no section [%s]", section);
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
