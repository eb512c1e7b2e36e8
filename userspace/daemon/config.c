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

#include "config.h"
#include "lib/array.h"

#define CONFIG_WORD_MAX	64	/* octets of one element of a list */

struct config_reader {
	struct config *cfg;
	const char *file;
	const char *text;
	size_t left;
	unsigned int line;
	uint64_t seen;		/* bit: index in config_settings[] */
	bool long_line;
	char *err;
};

enum config_type {
	CONFIG_U16,
	CONFIG_UINT,
	CONFIG_SECONDS,		/* kept as ms */
	CONFIG_BOOL,
	CONFIG_NOT,		/* bool, kept the other way round */
	CONFIG_PATH,
	CONFIG_NAME,
	CONFIG_DEVICE,
	CONFIG_LOG_LEVEL,
	CONFIG_ADDRESS,
	CONFIG_LISTEN,
	CONFIG_SERVERS,		/* two addresses */
	CONFIG_POOL,
	CONFIG_MPPE_POLICY,
	CONFIG_MPPE_STRENGTH,
};

/* @min, @max: of the number as it is written in the file. */
struct config_setting {
	const char *section;
	const char *name;
	enum config_type type;
	size_t offset;
	unsigned int min;
	unsigned int max;
};

#define AT(member) offsetof(struct config, member)

static const struct config_setting config_settings[] = {
	{ "server", "listen", CONFIG_LISTEN, 0, 0, 0 },
	{ "server", "port", CONFIG_U16, AT(port), 1, 65535 },
	{ "server", "name", CONFIG_NAME, 0, 0, 0 },
	{ "server", "max-connections", CONFIG_UINT, AT(max_connections), 1, 65535 },
	{ "server", "max-connections-per-address", CONFIG_UINT,
	  AT(max_connections_per_address), 1, 65535 },
	{ "server", "max-half-open", CONFIG_UINT, AT(max_half_open), 1, 65535 },
	{ "server", "max-calls", CONFIG_UINT, AT(control.calls.max_calls), 1, PPTP_CONN_CALLS_MAX },
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
	{ "ppp", "pfc", CONFIG_NOT, AT(ppp.refuse_pfc), 0, 0 },
	{ "ppp", "acfc", CONFIG_NOT, AT(ppp.refuse_acfc), 0, 0 },
	{ "mppe", "policy", CONFIG_MPPE_POLICY, 0, 0, 0 },
	{ "mppe", "strength", CONFIG_MPPE_STRENGTH, 0, 0, 0 },
	{ "mppe", "stateful", CONFIG_BOOL, AT(ppp.mppe_stateful), 0, 0 },
	{ "network", "device", CONFIG_DEVICE, 0, 0, 0 },
	{ "network", "mtu", CONFIG_UINT, AT(mtu), 576, 1500 },
	{ "network", "local-address", CONFIG_ADDRESS, AT(local_address), 0, 0 },
	{ "network", "pool", CONFIG_POOL, 0, 0, 0 },
	{ "network", "dns", CONFIG_SERVERS, AT(dns), 0, 0 },
	{ "network", "wins", CONFIG_SERVERS, AT(wins), 0, 0 },
	{ "network", "peer-address-choice", CONFIG_BOOL, AT(peer_address_choice), 0, 0 },
	{ "network", "copy-tos", CONFIG_BOOL, AT(copy_tos), 0, 0 },
	{ "network", "dont-fragment", CONFIG_NOT, AT(no_df), 0, 0 },
	{ "network", "ttl", CONFIG_UINT, AT(ttl), 1, 255 },
	{ "network", "reorder-packets", CONFIG_UINT, AT(reorder_packets), 0,
	  KPPTP_REORDER_WINDOW_MAX },
	{ "network", "reorder-milliseconds", CONFIG_UINT, AT(reorder_ms), 0,
	  KPPTP_REORDER_TIMEOUT_MAX },
	{ "users", "file", CONFIG_PATH, AT(users_file), 0, 0 },
};

#define CONFIG_SETTINGS ARRAY_SIZE(config_settings)

_Static_assert(CONFIG_SETTINGS <= 64, "struct config_reader.seen has a bit for each");
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
	cfg->reorder_packets = 32;
	cfg->reorder_ms = 20;
}

/* The first message stays. Returns false, for the reader's convenience. */
static bool __attribute__((format(printf, 2, 3)))
config_refuse(struct config_reader *r, const char *fmt, ...)
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
			const char *value, char *to)
{
	if (value[0] != '/')
		return config_refuse(r, "%s must be a path from / on, not \"%s\"", s->name,
				     value);
	return config_text(r, s, value, to, CONFIG_PATH_MAX);
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

/*
 * Takes the next element of a list with commas or blanks between them off
 * @list. False at its end, or when the element is too long for any use.
 */
static bool config_word(const char **list, char word[CONFIG_WORD_MAX])
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

/* An address that an interface or a server can have. */
static bool config_host_address(struct config_reader *r, const char *word,
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

/* "A/N": every address of the network but its first and last ones. */
static bool config_network(struct config_reader *r, const char *word, uint32_t base,
			   const char *prefix, struct config_range *range)
{
	unsigned long bits;
	uint32_t mask;
	char *end;

	bits = strtoul(prefix, &end, 10);
	if (prefix[0] < '0' || prefix[0] > '9' || *end || bits < 8 || bits > 30)
		return config_refuse(r, "\"%s\": the prefix must be from 8 to 30", word);
	mask = ~0u << (32 - bits);
	if (base & ~mask)
		return config_refuse(r, "\"%s\" has address bits outside of its prefix", word);
	range->first = base + 1;
	range->last = (base | ~mask) - 1;
	return true;
}

static bool config_range(struct config_reader *r, char *word,
			 struct config_range *range)
{
	char *mark = strpbrk(word, "-/");
	char kind = mark ? *mark : 0;
	struct in_addr address;
	bool ok;

	if (mark)
		*mark = 0;
	ok = config_host_address(r, word, &address);
	if (mark)
		*mark = kind;
	if (!ok)
		return false;
	range->first = ntohl(address.s_addr);
	range->last = range->first;
	if (kind == '/')
		return config_network(r, word, range->first, mark + 1, range);
	if (kind == '-') {
		if (!config_host_address(r, mark + 1, &address))
			return false;
		range->last = ntohl(address.s_addr);
	}
	if (range->last < range->first)
		return config_refuse(r, "\"%s\" ends before it begins", word);
	return true;
}

static bool config_pool(struct config_reader *r, const char *value)
{
	struct config *cfg = r->cfg;
	char word[CONFIG_WORD_MAX];
	struct config_range range;
	unsigned int i;

	while (config_word(&value, word)) {
		if (cfg->pool_n == CONFIG_POOLS_MAX)
			return config_refuse(r, "more than %d address ranges", CONFIG_POOLS_MAX);
		if (!config_range(r, word, &range))
			return false;
		for (i = 0; i < cfg->pool_n; i++) {
			if (range.first <= cfg->pool[i].last && range.last >= cfg->pool[i].first)
				return config_refuse(r, "\"%s\" overlaps an earlier range", word);
		}
		if (range.last - range.first >= CONFIG_POOL_SIZE_MAX)
			return config_refuse(r, "\"%s\" has more than %d addresses", word,
					     CONFIG_POOL_SIZE_MAX);
		cfg->pool[cfg->pool_n++] = range;
	}
	return true;
}

static bool config_mppe_policy(struct config_reader *r, const char *value)
{
	if (strcmp(value, "require") == 0)
		r->cfg->ppp.mppe = PPP_MPPE_REQUIRE;
	else if (strcmp(value, "allow") == 0)
		r->cfg->ppp.mppe = PPP_MPPE_ALLOW;
	else if (strcmp(value, "deny") == 0)
		r->cfg->ppp.mppe = PPP_MPPE_DENY;
	else
		return config_refuse(r, "policy must be require, allow or deny, not \"%s\"",
				     value);
	return true;
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
		return config_path(r, s, value, to);
	case CONFIG_NAME:
		return config_name(r, s, value);
	case CONFIG_DEVICE:
		return config_device(r, s, value);
	case CONFIG_LOG_LEVEL:
		return config_log_level(r, value);
	case CONFIG_ADDRESS:
		return config_host_address(r, value, to);
	case CONFIG_LISTEN:
		return config_listen(r, value);
	case CONFIG_SERVERS:
		return config_servers(r, s, value, to);
	case CONFIG_POOL:
		return config_pool(r, value);
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
	return type == CONFIG_LISTEN || type == CONFIG_SERVERS || type == CONFIG_POOL;
}

/* inih: non-zero is success. */
static int config_on_setting(void *arg, const char *section, const char *name,
			     const char *value)
{
	struct config_reader *r = arg;
	bool known = false;
	size_t i;

	if (!section[0])
		return config_refuse(r, "\"%s\" stands before the first [section]", name);
	for (i = 0; i < CONFIG_SETTINGS; i++) {
		const struct config_setting *s = &config_settings[i];

		if (strcmp(s->section, section) != 0)
			continue;
		known = true;
		if (strcmp(s->name, name) != 0)
			continue;
		if (!value[0])
			return config_refuse(r, "%s has no value", name);
		if (r->seen & 1ull << i && !config_is_list(s->type))
			return config_refuse(r, "%s is given twice", name);
		r->seen |= 1ull << i;
		return config_set(r, s, value);
	}
	if (known)
		return config_refuse(r, "[%s] has no setting \"%s\"", section, name);
	return config_refuse(r, "there is no section [%s]", section);
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

/* What no line can be blamed for. */
static bool config_check(struct config_reader *r)
{
	struct config *cfg = r->cfg;

	r->line = 0;
	if (!cfg->local_address.s_addr)
		return config_refuse(r, "[network] needs a local-address");
	if (!cfg->listen_n) {
		cfg->listen[0].s_addr = htonl(INADDR_ANY);
		cfg->listen_n = 1;
	}
	if (!cfg->ppp.mppe_bits)
		return config_refuse(r, "[mppe] strength names no key length");
	if (cfg->max_connections_per_address > cfg->max_connections)
		cfg->max_connections_per_address = cfg->max_connections;
	return true;
}

struct config *config_parse(const char *file, const char *text, size_t len,
			    char err[CONFIG_ERROR_MAX])
{
	struct config_reader r = { .file = file, .text = text, .left = len, .err = err };
	int line;

	err[0] = 0;
	r.cfg = calloc(1, sizeof(*r.cfg));
	if (!r.cfg) {
		config_refuse(&r, "no memory");
		return NULL;
	}
	r.cfg->refs = 1;
	config_defaults(r.cfg);
	line = ini_parse_stream(config_line, &r, config_on_setting, &r);
	if (line && !err[0]) {
		r.line = line > 0 ? (unsigned int)line : 0;
		config_refuse(&r, "neither \"[section]\" nor \"name = value\"");
	}
	if (!err[0])
		config_check(&r);
	if (err[0]) {
		config_put(r.cfg);
		return NULL;
	}
	return r.cfg;
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
	if (cfg && --cfg->refs == 0)
		free(cfg);
}
