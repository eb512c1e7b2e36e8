// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * One table for the file and for requests. In the file, text may hold "%XX" for
 * an octet, because inih takes " ;" for the begin of a comment and cuts blanks
 * off; requests carry text as it is.
 */
#include <ctype.h>
#include <errno.h>
#include <ini.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/crypto.h"
#include "lib/array.h"
#include "tunnel_config.h"

#define TUNNEL_WORD_MAX	256	/* octets of one element of a list */

/* What is proven with the password itself. */
#define TUNNEL_CLEAR_METHODS						\
	(PPP_AUTH_BIT(PPP_AUTH_PAP) | PPP_AUTH_BIT(PPP_AUTH_CHAP_MD5) |	\
	 PPP_AUTH_BIT(PPP_AUTH_EAP_MD5))

struct tunnel_reader {
	struct tunnel_config *cfg;
	const char *file;	/* NULL: a request */
	const char *text;
	size_t left;
	unsigned int line;
	unsigned int seen;	/* bit: index in tunnel_settings[] */
	bool section;
	char *err;
};

enum tunnel_type {
	TUNNEL_SERVER,
	TUNNEL_TEXT,
	TUNNEL_PASSWORD,
	TUNNEL_AUTH,
	TUNNEL_MPPE,
	TUNNEL_STRENGTH,
	TUNNEL_ROUTE,
	TUNNEL_BOOL,
	TUNNEL_NUMBER,
	TUNNEL_DEVICE,
	TUNNEL_PATH,
};

/* @min, @max: of a number; @room: of a text. */
struct tunnel_setting {
	const char *name;
	enum tunnel_type type;
	size_t offset;
	size_t room;
	unsigned int min;
	unsigned int max;
};

#define AT(member)	offsetof(struct tunnel_config, member)

static const struct tunnel_setting tunnel_settings[] = {
	{ "server", TUNNEL_SERVER, 0, 0, 0, 0 },
	{ "user", TUNNEL_TEXT, AT(user), TUNNEL_TEXT_MAX + 1, 0, 0 },
	{ "domain", TUNNEL_TEXT, AT(domain), TUNNEL_TEXT_MAX + 1, 0, 0 },
	{ "password", TUNNEL_PASSWORD, 0, 0, 0, 0 },
	{ "remote-name", TUNNEL_TEXT, AT(remote_name), TUNNEL_TEXT_MAX + 1, 0, 0 },
	{ "auth", TUNNEL_AUTH, 0, 0, 0, 0 },
	{ "mppe", TUNNEL_MPPE, 0, 0, 0, 0 },
	{ "mppe-strength", TUNNEL_STRENGTH, 0, 0, 0, 0 },
	{ "mppe-stateful", TUNNEL_BOOL, AT(mppe_stateful), 0, 0, 0 },
	{ "mppe-compression", TUNNEL_BOOL, AT(mppe_compression), 0, 0, 0 },
	{ "route", TUNNEL_ROUTE, 0, 0, 0, 0 },
	{ "default-route", TUNNEL_BOOL, AT(default_route), 0, 0, 0 },
	{ "metric", TUNNEL_NUMBER, AT(metric), 0, 0, 4294967293u },
	{ "mtu", TUNNEL_NUMBER, AT(mtu), 0, 576, 1500 },
	{ "device", TUNNEL_DEVICE, 0, 0, 0, 0 },
	{ "persist", TUNNEL_BOOL, AT(persist), 0, 0, 0 },
	{ "dns", TUNNEL_BOOL, AT(dns), 0, 0, 0 },
	{ "kill-switch", TUNNEL_BOOL, AT(kill_switch), 0, 0, 0 },
	{ "ca", TUNNEL_PATH, AT(ca), TUNNEL_PATH_MAX, 0, 0 },
	{ "crl", TUNNEL_PATH, AT(crl), TUNNEL_PATH_MAX, 0, 0 },
	{ "certificate", TUNNEL_PATH, AT(certificate), TUNNEL_PATH_MAX, 0, 0 },
	{ "key", TUNNEL_PATH, AT(key), TUNNEL_PATH_MAX, 0, 0 },
};

#define TUNNEL_SETTINGS ARRAY_SIZE(tunnel_settings)

_Static_assert(TUNNEL_SETTINGS <= 32, "struct tunnel_reader.seen has a bit for each");
_Static_assert(TUNNEL_LINE_MAX + 2 < INI_MAX_LINE, "a whole line fits inih's buffer");

/* The first message stays. Returns false, for the caller's convenience. */
static bool __attribute__((format(printf, 2, 3)))
tunnel_refuse(struct tunnel_reader *r, const char *fmt, ...)
{
	va_list ap;
	int head = 0;

	if (r->err[0])
		return false;
	if (r->file && r->line)
		head = snprintf(r->err, TUNNEL_ERROR_MAX, "%s:%u: ", r->file, r->line);
	else if (r->file)
		head = snprintf(r->err, TUNNEL_ERROR_MAX, "%s: ", r->file);
	if (head < 0 || head >= TUNNEL_ERROR_MAX)
		return false;
	va_start(ap, fmt);
	vsnprintf(r->err + head, TUNNEL_ERROR_MAX - (size_t)head, fmt, ap);
	va_end(ap);
	return false;
}

bool tunnel_config_name(const char *name)
{
	const char *c;

	if (!isalnum((unsigned char)name[0]) || strlen(name) > TUNNEL_NAME_MAX)
		return false;
	for (c = name; *c; c++) {
		if (!isalnum((unsigned char)*c) && !strchr("._-", *c))
			return false;
	}
	return true;
}

/*
 * Takes the next element of a list with commas or blanks between them off
 * @list. False at its end.
 */
static bool tunnel_word(const char **list, char word[TUNNEL_WORD_MAX])
{
	size_t len;

	*list += strspn(*list, ", \t");
	len = strcspn(*list, ", \t");
	if (!len)
		return false;
	snprintf(word, TUNNEL_WORD_MAX, "%.*s", (int)len, *list);
	*list += len;
	return true;
}

/* A DNS name or an address: what could be neither is a slip of the keyboard. */
static bool tunnel_host(const char *word)
{
	const char *c;

	for (c = word; *c; c++) {
		if (!isalnum((unsigned char)*c) && !strchr(".-_", *c))
			return false;
	}
	return strlen(word) <= TUNNEL_HOST_MAX;
}

static bool tunnel_set_server(struct tunnel_reader *r, const char *value)
{
	struct tunnel_config *cfg = r->cfg;
	char word[TUNNEL_WORD_MAX];

	while (tunnel_word(&value, word)) {
		if (cfg->server_n == TUNNEL_SERVERS_MAX)
			return tunnel_refuse(r, "more than %d servers", TUNNEL_SERVERS_MAX);
		if (!tunnel_host(word))
			return tunnel_refuse(r, "\"%s\" is neither a host name nor an IPv4 address",
					     word);
		snprintf(cfg->server[cfg->server_n], sizeof(cfg->server[0]), "%.*s",
			 TUNNEL_HOST_MAX, word);
		cfg->server_n++;
	}
	return true;
}

static bool tunnel_set_text(struct tunnel_reader *r, const char *name, const char *value,
			    char *to, size_t room)
{
	size_t len = strlen(value);

	if (len >= room)
		return tunnel_refuse(r, "%s has at most %zu octets", name, room - 1);
	memcpy(to, value, len + 1);
	return true;
}

/* The value of a hexadecimal digit, or -1. */
static int tunnel_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static int tunnel_octet(const char *digits)
{
	int high = tunnel_digit(digits[0]);
	int low = high < 0 ? -1 : tunnel_digit(digits[1]);

	return low < 0 ? -1 : 16 * high + low;
}

/* "%XX" of the file -> the octet, into @room octets with a final 0. */
static bool tunnel_decode(struct tunnel_reader *r, const char *value, char *to, size_t room)
{
	size_t n = 0;
	int octet;

	for (; *value && n + 1 < room; value++) {
		octet = (unsigned char)*value;
		if (*value == '%') {
			octet = tunnel_octet(value + 1);
			if (octet <= 0)
				return tunnel_refuse(r, "\"%%\" needs two digits from 01 to FF");
			value += 2;
		}
		to[n++] = (char)octet;
	}
	to[n] = 0;
	if (*value)
		return tunnel_refuse(r, "the text has more than %zu octets", room - 1);
	return true;
}

/* "nt:" and 32 digits. */
static bool tunnel_set_hash(struct tunnel_config *cfg, const char *value)
{
	size_t i;
	int octet;

	if (strncmp(value, "nt:", 3) != 0 || strlen(value) != 3 + 2 * sizeof(cfg->nt_hash))
		return false;
	for (i = 0; i < sizeof(cfg->nt_hash); i++) {
		octet = tunnel_octet(value + 3 + 2 * i);
		if (octet < 0)
			return false;
		cfg->nt_hash[i] = (uint8_t)octet;
	}
	return true;
}

static bool tunnel_set_password(struct tunnel_reader *r, const char *value)
{
	struct tunnel_config *cfg = r->cfg;

	cfg->has_hash = r->file && tunnel_set_hash(cfg, value);
	if (cfg->has_hash)
		return true;
	if (r->file)
		return tunnel_decode(r, value, cfg->password, sizeof(cfg->password));
	return tunnel_set_text(r, "password", value, cfg->password, sizeof(cfg->password));
}

static bool tunnel_set_auth(struct tunnel_reader *r, const char *value)
{
	enum ppp_auth_method method;
	char word[TUNNEL_WORD_MAX];

	r->cfg->methods = 0;
	while (tunnel_word(&value, word)) {
		method = ppp_auth_method_parse(word);
		if (method == PPP_AUTH_NONE)
			return tunnel_refuse(r, "\"%s\" is no authentication method", word);
		r->cfg->methods |= PPP_AUTH_BIT(method);
	}
	return true;
}

static bool tunnel_set_mppe(struct tunnel_reader *r, const char *value)
{
	static const struct {
		const char *word;
		enum ppp_mppe_policy policy;
	} policies[] = {
		{ "require", PPP_MPPE_REQUIRE }, { "prefer", PPP_MPPE_PREFER },
		{ "allow", PPP_MPPE_ALLOW }, { "deny", PPP_MPPE_DENY },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(policies); i++) {
		if (strcmp(policies[i].word, value) == 0) {
			r->cfg->mppe = policies[i].policy;
			return true;
		}
	}
	return tunnel_refuse(r, "mppe must be require, prefer, allow or deny, not \"%s\"", value);
}

static bool tunnel_set_strength(struct tunnel_reader *r, const char *value)
{
	unsigned int *bits = &r->cfg->mppe_bits;
	char word[TUNNEL_WORD_MAX];

	*bits = 0;
	while (tunnel_word(&value, word)) {
		if (strcmp(word, "128") == 0)
			*bits |= CCP_MPPE_128;
		else if (strcmp(word, "56") == 0)
			*bits |= CCP_MPPE_56;
		else if (strcmp(word, "40") == 0)
			*bits |= CCP_MPPE_40;
		else
			return tunnel_refuse(r, "mppe-strength is of 128, 56 and 40, not \"%s\"",
					     word);
	}
	return true;
}

static bool tunnel_set_route(struct tunnel_reader *r, const char *value)
{
	struct tunnel_config *cfg = r->cfg;
	char word[TUNNEL_WORD_MAX];

	while (tunnel_word(&value, word)) {
		struct rtroute_prefix *prefix = &cfg->route[cfg->route_n];

		if (cfg->route_n == TUNNEL_ROUTES_MAX)
			return tunnel_refuse(r, "more than %d routes", TUNNEL_ROUTES_MAX);
		if (!rtroute_prefix_parse(word, prefix) || prefix->address.family != AF_INET)
			return tunnel_refuse(r, "\"%s\" is no IPv4 prefix like 10.0.0.0/8", word);
		if (!prefix->bits)
			return tunnel_refuse(r, "for everything there is default-route, not \"%s\"",
					     word);
		cfg->route_n++;
	}
	return true;
}

static bool tunnel_set_bool(struct tunnel_reader *r, const char *name, const char *value,
			    bool *to)
{
	*to = strcmp(value, "yes") == 0;
	if (!*to && strcmp(value, "no") != 0)
		return tunnel_refuse(r, "%s must be \"yes\" or \"no\", not \"%s\"", name, value);
	return true;
}

static bool tunnel_set_number(struct tunnel_reader *r, const struct tunnel_setting *s,
			      const char *value, unsigned int *to)
{
	unsigned long n;
	char *end;

	errno = 0;
	n = strtoul(value, &end, 10);
	if (value[0] < '0' || value[0] > '9' || *end || errno || n < s->min || n > s->max)
		return tunnel_refuse(r, "%s must be a number from %u to %u, not \"%s\"",
				     s->name, s->min, s->max, value);
	*to = (unsigned int)n;
	return true;
}

/* A name, or what the kernel takes as a template: one %d at most and no other %. */
static bool tunnel_set_device(struct tunnel_reader *r, const char *value)
{
	const char *percent = strchr(value, '%');

	if (strpbrk(value, "/: \t") || strcmp(value, ".") == 0 || strcmp(value, "..") == 0 ||
	    (percent && (percent[1] != 'd' || strchr(percent + 1, '%'))))
		return tunnel_refuse(r, "\"%s\" is no name for a device", value);
	return tunnel_set_text(r, "device", value, r->cfg->device, sizeof(r->cfg->device));
}

static bool tunnel_set_path(struct tunnel_reader *r, const struct tunnel_setting *s,
			    const char *value, char *to)
{
	if (value[0] != '/')
		return tunnel_refuse(r, "%s must be a path from / on, not \"%s\"", s->name, value);
	return tunnel_set_text(r, s->name, value, to, s->room);
}

static bool tunnel_apply(struct tunnel_reader *r, const struct tunnel_setting *s,
			 const char *value)
{
	void *to = (char *)r->cfg + s->offset;

	switch (s->type) {
	case TUNNEL_SERVER:
		return tunnel_set_server(r, value);
	case TUNNEL_TEXT:
		return r->file ? tunnel_decode(r, value, to, s->room) :
				 tunnel_set_text(r, s->name, value, to, s->room);
	case TUNNEL_PASSWORD:
		return tunnel_set_password(r, value);
	case TUNNEL_AUTH:
		return tunnel_set_auth(r, value);
	case TUNNEL_MPPE:
		return tunnel_set_mppe(r, value);
	case TUNNEL_STRENGTH:
		return tunnel_set_strength(r, value);
	case TUNNEL_ROUTE:
		return tunnel_set_route(r, value);
	case TUNNEL_BOOL:
		return tunnel_set_bool(r, s->name, value, to);
	case TUNNEL_NUMBER:
		return tunnel_set_number(r, s, value, to);
	case TUNNEL_DEVICE:
		return tunnel_set_device(r, value);
	case TUNNEL_PATH:
		return tunnel_set_path(r, s, value, to);
	}
	return false;
}

void tunnel_config_init(struct tunnel_config *cfg, const char *name)
{
	memset(cfg, 0, sizeof(*cfg));
	snprintf(cfg->name, sizeof(cfg->name), "%s", name);
	cfg->methods = PPP_AUTH_BIT(PPP_AUTH_MSCHAP_V2) | PPP_AUTH_BIT(PPP_AUTH_EAP_MSCHAP_V2);
	cfg->mppe = PPP_MPPE_REQUIRE;
	cfg->mppe_bits = CCP_MPPE_128;
	cfg->mtu = 1500;
	cfg->persist = true;
}

/* Gives @cfg the default of one setting. */
static void tunnel_reset(struct tunnel_config *cfg, const struct tunnel_setting *s)
{
	struct tunnel_config fresh;

	tunnel_config_init(&fresh, cfg->name);
	switch (s->type) {
	case TUNNEL_SERVER:
		cfg->server_n = 0;
		break;
	case TUNNEL_ROUTE:
		cfg->route_n = 0;
		break;
	case TUNNEL_PASSWORD:
		tunnel_config_wipe(cfg);
		break;
	case TUNNEL_AUTH:
		cfg->methods = fresh.methods;
		break;
	case TUNNEL_MPPE:
		cfg->mppe = fresh.mppe;
		break;
	case TUNNEL_STRENGTH:
		cfg->mppe_bits = fresh.mppe_bits;
		break;
	case TUNNEL_DEVICE:
		cfg->device[0] = 0;
		break;
	case TUNNEL_BOOL:
		memcpy((char *)cfg + s->offset, (char *)&fresh + s->offset, sizeof(bool));
		break;
	case TUNNEL_NUMBER:
		memcpy((char *)cfg + s->offset, (char *)&fresh + s->offset,
		       sizeof(unsigned int));
		break;
	case TUNNEL_TEXT:
	case TUNNEL_PATH:
		((char *)cfg)[s->offset] = 0;
		break;
	}
}

bool tunnel_config_set(struct tunnel_config *cfg, const char *key, const char *value,
		       char err[TUNNEL_ERROR_MAX])
{
	struct tunnel_reader r = { .cfg = cfg, .err = err };
	size_t i;

	err[0] = 0;
	for (i = 0; i < TUNNEL_SETTINGS; i++) {
		if (strcmp(tunnel_settings[i].name, key) == 0) {
			tunnel_reset(cfg, &tunnel_settings[i]);
			return !value[0] || tunnel_apply(&r, &tunnel_settings[i], value);
		}
	}
	return tunnel_refuse(&r, "a tunnel has no setting \"%s\"", key);
}

/* Whether one method of @methods leaves keys for MPPE. */
static bool tunnel_has_keys(unsigned int methods)
{
	unsigned int method;

	for (method = PPP_AUTH_NONE; method < PPP_AUTH_METHODS; method++) {
		if (methods & PPP_AUTH_BIT(method) && ppp_auth_method_keys(method))
			return true;
	}
	return false;
}

/* Cleartext is kept only as long as a method needs it. */
static bool tunnel_seal(struct tunnel_reader *r)
{
	struct tunnel_config *cfg = r->cfg;

	if (cfg->has_hash && cfg->methods & TUNNEL_CLEAR_METHODS)
		return tunnel_refuse(r, "auth needs the password itself, only its hash is kept");
	if (cfg->has_hash || !cfg->password[0] || cfg->methods & TUNNEL_CLEAR_METHODS)
		return true;
	if (!crypto_nt_hash(cfg->password, strlen(cfg->password), cfg->nt_hash))
		return tunnel_refuse(r, "the password is not UTF-8 text");
	explicit_bzero(cfg->password, sizeof(cfg->password));
	cfg->has_hash = true;
	return true;
}

static bool tunnel_check(struct tunnel_reader *r)
{
	const unsigned int tls = PPP_AUTH_BIT(PPP_AUTH_EAP_TLS);
	struct tunnel_config *cfg = r->cfg;

	if (!cfg->server_n)
		return tunnel_refuse(r, "the tunnel needs a server");
	if (!cfg->user[0])
		return tunnel_refuse(r, "the tunnel needs a user");
	if (!cfg->methods)
		return tunnel_refuse(r, "auth names no method");
	if (!cfg->mppe_bits)
		return tunnel_refuse(r, "mppe-strength names no key length");
	if (cfg->mppe == PPP_MPPE_REQUIRE && !tunnel_has_keys(cfg->methods))
		return tunnel_refuse(r, "mppe = require needs MS-CHAP-V2 or EAP with keys");
	if (cfg->methods & tls && (!cfg->ca[0] || !cfg->certificate[0] || !cfg->key[0]))
		return tunnel_refuse(r, "EAP-TLS needs ca, certificate and key");
	if (cfg->methods & ~tls && !cfg->has_hash && !cfg->password[0])
		return tunnel_refuse(r, "the tunnel needs a password");
	if (cfg->kill_switch && !cfg->default_route && !cfg->route_n)
		return tunnel_refuse(r, "kill-switch needs a route or default-route");
	return tunnel_seal(r);
}

bool tunnel_config_finish(struct tunnel_config *cfg, char err[TUNNEL_ERROR_MAX])
{
	struct tunnel_reader r = { .cfg = cfg, .err = err };

	err[0] = 0;
	return tunnel_check(&r);
}

/* "tunnel NAME" */
static bool tunnel_section(struct tunnel_reader *r, const char *section)
{
	const char *name = section + strlen("tunnel ");

	if (strncmp(section, "tunnel ", strlen("tunnel ")) != 0)
		return tunnel_refuse(r, "the section must be [tunnel %s], not [%s]", r->cfg->name,
				     section);
	if (strcmp(name, r->cfg->name) != 0)
		return tunnel_refuse(r, "the file of the tunnel \"%s\" must have its name", name);
	r->section = true;
	return true;
}

/* inih: non-zero is success. */
static int tunnel_on_setting(void *arg, const char *section, const char *name,
			     const char *value)
{
	struct tunnel_reader *r = arg;
	size_t i;

	if (!section[0])
		return tunnel_refuse(r, "\"%s\" stands before the first [section]", name);
	if (!tunnel_section(r, section))
		return false;
	for (i = 0; i < TUNNEL_SETTINGS; i++) {
		const struct tunnel_setting *s = &tunnel_settings[i];

		if (strcmp(s->name, name) != 0)
			continue;
		if (!value[0])
			return tunnel_refuse(r, "%s has no value", name);
		if (r->seen & 1u << i && s->type != TUNNEL_SERVER && s->type != TUNNEL_ROUTE)
			return tunnel_refuse(r, "%s is given twice", name);
		r->seen |= 1u << i;
		return tunnel_apply(r, s, value);
	}
	return tunnel_refuse(r, "a tunnel has no setting \"%s\"", name);
}

/* fgets() from memory, for inih; one line a call. */
static char *tunnel_line(char *to, int room, void *arg)
{
	struct tunnel_reader *r = arg;
	const char *end = memchr(r->text, '\n', r->left);
	size_t len = end ? (size_t)(end - r->text) + 1 : r->left;

	if (r->left == 0 || r->err[0])
		return NULL;
	r->line++;
	if (len > TUNNEL_LINE_MAX || len >= (size_t)room) {
		tunnel_refuse(r, "the line has more than %d characters", TUNNEL_LINE_MAX);
		return NULL;
	}
	memcpy(to, r->text, len);
	to[len] = 0;
	r->text += len;
	r->left -= len;
	if (strlen(to) != len) {
		tunnel_refuse(r, "the line has a NUL character");
		return NULL;
	}
	return to;
}

bool tunnel_config_parse(struct tunnel_config *cfg, const char *file, const char *name,
			 const char *text, size_t len, char err[TUNNEL_ERROR_MAX])
{
	struct tunnel_reader r = {
		.cfg = cfg, .file = file, .text = text, .left = len, .err = err,
	};
	int line;

	err[0] = 0;
	tunnel_config_init(cfg, name);
	line = ini_parse_stream(tunnel_line, &r, tunnel_on_setting, &r);
	if (line && !err[0]) {
		r.line = line > 0 ? (unsigned int)line : 0;
		tunnel_refuse(&r, "neither \"[section]\" nor \"name = value\"");
	}
	r.line = 0;
	if (!err[0] && !r.section)
		tunnel_refuse(&r, "there is no section [tunnel %s]", name);
	if (!err[0])
		tunnel_check(&r);
	if (err[0])
		tunnel_config_wipe(cfg);
	return !err[0];
}

/* What tunnel_config_format() has written so far. */
struct tunnel_writer {
	char *text;
	size_t len;
	size_t room;
};

static void __attribute__((format(printf, 2, 3)))
tunnel_put(struct tunnel_writer *w, const char *fmt, ...)
{
	va_list ap;
	int n;

	if (w->len >= w->room)
		return;
	va_start(ap, fmt);
	n = vsnprintf(w->text + w->len, w->room - w->len, fmt, ap);
	va_end(ap);
	w->len += n < 0 ? w->room : (size_t)n;
}

/*
 * What inih or tunnel_decode() would take for something else, is written as
 * "%XX"; so is the first letter of a password that looks like a hash.
 */
static void tunnel_put_text(struct tunnel_writer *w, const char *name, const char *text)
{
	bool first = true;

	if (!text[0])
		return;
	tunnel_put(w, "%s = ", name);
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;
		bool looks = first && strncmp(text, "nt:", 3) == 0;

		if (c <= ' ' || c == '%' || c == ';' || c == '#' || c == '"' || c == 0x7f || looks)
			tunnel_put(w, "%%%02X", c);
		else
			tunnel_put(w, "%c", c);
		first = false;
	}
	tunnel_put(w, "\n");
}

static void tunnel_put_secret(struct tunnel_writer *w, const struct tunnel_config *cfg)
{
	size_t i;

	if (!cfg->has_hash) {
		tunnel_put_text(w, "password", cfg->password);
		return;
	}
	tunnel_put(w, "password = nt:");
	for (i = 0; i < sizeof(cfg->nt_hash); i++)
		tunnel_put(w, "%02x", cfg->nt_hash[i]);
	tunnel_put(w, "\n");
}

static void tunnel_put_auth(struct tunnel_writer *w, unsigned int methods)
{
	const char *mark = "auth = ";
	unsigned int method;

	for (method = PPP_AUTH_METHODS - 1; method > PPP_AUTH_NONE; method--) {
		if (!(methods & PPP_AUTH_BIT(method)))
			continue;
		tunnel_put(w, "%s%s", mark, ppp_auth_method_text(method));
		mark = ", ";
	}
	tunnel_put(w, "\n");
}

static const char *tunnel_mppe_text(enum ppp_mppe_policy policy)
{
	switch (policy) {
	case PPP_MPPE_DENY:
		return "deny";
	case PPP_MPPE_ALLOW:
		return "allow";
	case PPP_MPPE_PREFER:
		return "prefer";
	case PPP_MPPE_REQUIRE:
		return "require";
	}
	return "require";
}

static void tunnel_put_bool(struct tunnel_writer *w, const char *name, bool flag)
{
	tunnel_put(w, "%s = %s\n", name, flag ? "yes" : "no");
}

static void tunnel_put_ppp(struct tunnel_writer *w, const struct tunnel_config *cfg)
{
	tunnel_put_text(w, "user", cfg->user);
	tunnel_put_text(w, "domain", cfg->domain);
	tunnel_put_secret(w, cfg);
	tunnel_put_text(w, "remote-name", cfg->remote_name);
	tunnel_put_auth(w, cfg->methods);
	tunnel_put(w, "mppe = %s\n", tunnel_mppe_text(cfg->mppe));
	tunnel_put(w, "mppe-strength = %s%s%s\n", cfg->mppe_bits & CCP_MPPE_128 ? "128 " : "",
		   cfg->mppe_bits & CCP_MPPE_56 ? "56 " : "",
		   cfg->mppe_bits & CCP_MPPE_40 ? "40" : "");
	tunnel_put_bool(w, "mppe-stateful", cfg->mppe_stateful);
	tunnel_put_bool(w, "mppe-compression", cfg->mppe_compression);
	if (cfg->ca[0])
		tunnel_put(w, "ca = %s\n", cfg->ca);
	if (cfg->crl[0])
		tunnel_put(w, "crl = %s\n", cfg->crl);
	if (cfg->certificate[0])
		tunnel_put(w, "certificate = %s\n", cfg->certificate);
	if (cfg->key[0])
		tunnel_put(w, "key = %s\n", cfg->key);
}

static void tunnel_put_network(struct tunnel_writer *w, const struct tunnel_config *cfg)
{
	char text[64];
	unsigned int i;

	for (i = 0; i < cfg->route_n; i++)
		tunnel_put(w, "route = %s\n", rtroute_prefix_text(&cfg->route[i], text));
	tunnel_put_bool(w, "default-route", cfg->default_route);
	tunnel_put(w, "metric = %u\nmtu = %u\n", cfg->metric, cfg->mtu);
	if (cfg->device[0])
		tunnel_put(w, "device = %s\n", cfg->device);
	tunnel_put_bool(w, "persist", cfg->persist);
	tunnel_put_bool(w, "dns", cfg->dns);
	tunnel_put_bool(w, "kill-switch", cfg->kill_switch);
}

size_t tunnel_config_format(const struct tunnel_config *cfg, char *text, size_t room)
{
	struct tunnel_writer w = { .text = text, .room = room };
	unsigned int i;

	tunnel_put(&w, "# Written by kpptpd, see kpptp-tunnel(5).\n[tunnel %s]\n", cfg->name);
	for (i = 0; i < cfg->server_n; i++)
		tunnel_put(&w, "server = %s\n", cfg->server[i]);
	tunnel_put_ppp(&w, cfg);
	tunnel_put_network(&w, cfg);
	return w.len < room ? w.len : 0;
}

void tunnel_config_wipe(struct tunnel_config *cfg)
{
	explicit_bzero(cfg->password, sizeof(cfg->password));
	explicit_bzero(cfg->nt_hash, sizeof(cfg->nt_hash));
	cfg->has_hash = false;
}
