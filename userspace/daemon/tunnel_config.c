// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * One table for the file and for requests. In the file, text may hold "%XX" for
 * an octet, because inih takes " ;" for the begin of a comment and cuts blanks
 * off; requests carry text as it is.
 */
#include <arpa/inet.h>
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "crypto/crypto.h"
#include "lib/array.h"
#include "lib/policy.h"
#include "ppp_setting.h"
#include "tunnel_config.h"

#define TUNNEL_SETTINGS_MAX	64

/* Seconds that are below 2^32 ms. */
#define TUNNEL_IDLE_MAX		4000000

/* What is proven with the password itself. */
#define TUNNEL_CLEAR_METHODS						\
	(PPP_AUTH_BIT(PPP_AUTH_PAP) | PPP_AUTH_BIT(PPP_AUTH_CHAP_MD5) |	\
	 PPP_AUTH_BIT(PPP_AUTH_EAP_MD5))

/**
 * struct tunnel_reader - one reading of a file, or one request
 * @ini: with its @arg back to this
 * @seen: settings, by their index
 * @section: there was the tunnel's
 */
/* Those by which a password can be changed. */
#define TUNNEL_CHANGE_METHODS \
	(PPP_AUTH_BIT(PPP_AUTH_MSCHAP_V2) | PPP_AUTH_BIT(PPP_AUTH_EAP_MSCHAP_V2))

struct tunnel_reader {
	struct ini ini;
	struct tunnel_config *cfg;
	bool seen[TUNNEL_SETTINGS_MAX];
	bool section;
};

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

static bool tunnel_set_server(struct ini *ini, const struct ini_setting *s, const char *value,
			      void *to)
{
	struct tunnel_config *cfg = to;
	char word[INI_WORD_MAX];

	(void)s;
	while (ini_word(&value, word)) {
		if (cfg->server_n == TUNNEL_SERVERS_MAX)
			return ini_refuse(ini, "more than %d servers", TUNNEL_SERVERS_MAX);
		if (!tunnel_host(word))
			return ini_refuse(ini, "\"%s\" is neither a host name nor an IPv4 address",
					  word);
		snprintf(cfg->server[cfg->server_n], sizeof(cfg->server[0]), "%.*s",
			 TUNNEL_HOST_MAX, word);
		cfg->server_n++;
	}
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
static bool tunnel_decode(struct ini *ini, const char *value, char *to, size_t room)
{
	size_t n = 0;
	int octet;

	for (; *value && n + 1 < room; value++) {
		octet = (unsigned char)*value;
		if (*value == '%') {
			octet = tunnel_octet(value + 1);
			if (octet <= 0)
				return ini_refuse(ini, "\"%%\" needs two digits from 01 to FF");
			value += 2;
		}
		to[n++] = (char)octet;
	}
	to[n] = 0;
	if (*value)
		return ini_refuse(ini, "the text has more than %zu octets", room - 1);
	return true;
}

static bool tunnel_set_text(struct ini *ini, const struct ini_setting *s, const char *value,
			    void *to)
{
	return ini->file ? tunnel_decode(ini, value, to, s->at.size) :
			   ini_set_text(ini, s, value, to);
}

/* "nt:" and 32 digits; anything else is a password, and changes nothing here. */
static bool tunnel_set_hash(struct tunnel_config *cfg, const char *value)
{
	uint8_t hash[sizeof(cfg->nt_hash)];
	bool good = strncmp(value, "nt:", 3) == 0 && strlen(value) == 3 + 2 * sizeof(hash);
	size_t i;

	for (i = 0; good && i < sizeof(hash); i++) {
		int octet = tunnel_octet(value + 3 + 2 * i);

		good = octet >= 0;
		hash[i] = (uint8_t)octet;
	}
	if (good)
		memcpy(cfg->nt_hash, hash, sizeof(hash));
	explicit_bzero(hash, sizeof(hash));
	return good;
}

static bool tunnel_set_password(struct ini *ini, const struct ini_setting *s, const char *value,
				void *to)
{
	struct tunnel_reader *r = ini->arg;

	r->cfg->has_hash = ini->file && tunnel_set_hash(r->cfg, value);
	return r->cfg->has_hash || tunnel_set_text(ini, s, value, to);
}

static bool tunnel_set_route(struct ini *ini, const struct ini_setting *s, const char *value,
			     void *to)
{
	struct tunnel_config *cfg = to;
	char word[INI_WORD_MAX];

	(void)s;
	while (ini_word(&value, word)) {
		struct rtroute_prefix *prefix = &cfg->route[cfg->route_n];

		if (cfg->route_n == TUNNEL_ROUTES_MAX)
			return ini_refuse(ini, "more than %d routes", TUNNEL_ROUTES_MAX);
		if (!rtroute_prefix_parse(word, prefix))
			return ini_refuse(ini, "\"%s\" is no prefix like 10.0.0.0/8 or fd00::/8",
					  word);
		if (!prefix->bits)
			return ini_refuse(ini, "for everything there is default-route, not \"%s\"",
					  word);
		cfg->route_n++;
	}
	return true;
}

/* A name, or what the kernel takes as a template: one %d at most and no other %. */
static bool tunnel_set_device(struct ini *ini, const struct ini_setting *s, const char *value,
			      void *to)
{
	const char *percent = strchr(value, '%');

	if (strpbrk(value, "/: \t") || strcmp(value, ".") == 0 || strcmp(value, "..") == 0 ||
	    (percent && (percent[1] != 'd' || strchr(percent + 1, '%'))))
		return ini_refuse(ini, "\"%s\" is no name for a device", value);
	return ini_set_text(ini, s, value, to);
}

#define AT(member) INI_PLACE(struct tunnel_config, member)
#define WHOLE { 0, sizeof(struct tunnel_config) }

static bool tunnel_set_callback(struct ini *ini, const struct ini_setting *s, const char *value,
				void *to)
{
	if (strcmp(value, POLICY_CALLBACK_YES) != 0 && !policy_number_valid(value))
		return ini_refuse(ini, "callback must be \"yes\" or a telephone number, not \"%s\"",
				  value);
	return ini_set_text(ini, s, value, to);
}

static const struct ini_setting tunnel_settings[] = {
	{ "", "server", tunnel_set_server, WHOLE, 0, 0 },
	{ "", "user", tunnel_set_text, AT(user), 0, 0 },
	{ "", "domain", tunnel_set_text, AT(domain), 0, 0 },
	{ "", "password", tunnel_set_password, AT(password), 0, 0 },
	{ "", "new-password", tunnel_set_text, AT(new_password), 0, 0 },
	{ "", "remote-name", tunnel_set_text, AT(remote_name), 0, 0 },
	{ "", "auth", ppp_setting_auth, AT(methods), 0, 0 },
	{ "", "mppe", ppp_setting_mppe, AT(mppe), 0, 0 },
	{ "", "mppe-strength", ppp_setting_strength, AT(mppe_bits), 0, 0 },
	{ "", "mppe-stateful", ppp_setting_stateful, AT(mppe_stateful), 0, 0 },
	{ "", "mppe-compression", ini_set_bool, AT(mppe_compression), 0, 0 },
	{ "", "route", tunnel_set_route, WHOLE, 0, 0 },
	{ "", "default-route", ini_set_bool, AT(default_route), 0, 0 },
	{ "", "dhcp-routes", ini_set_bool, AT(dhcp_routes), 0, 0 },
	{ "", "ipv6", ini_set_bool, AT(ipv6), 0, 0 },
	{ "", "metric", ini_set_uint, AT(metric), 0, 4294967293u },
	{ "", "mtu", ini_set_uint, AT(mtu), 576, 1500 },
	{ "", "device", tunnel_set_device, AT(device), 0, 0 },
	{ "", "bind-device", ini_set_text, AT(bind_device), 0, 0 },
	{ "", "persist", ini_set_bool, AT(persist), 0, 0 },
	{ "", "demand", ini_set_bool, AT(demand), 0, 0 },
	{ "", "idle-timeout", ini_set_seconds, AT(idle_timeout), 0, TUNNEL_IDLE_MAX },
	{ "", "local-address", ini_set_host_address, AT(local_address), 0, 0 },
	{ "", "dns", ini_set_bool, AT(dns), 0, 0 },
	{ "", "kill-switch", ini_set_bool, AT(kill_switch), 0, 0 },
	{ "", "callback", tunnel_set_callback, AT(callback), 0, 0 },
	{ "", "ca", ini_set_path, AT(ca), 0, 0 },
	{ "", "crl", ini_set_path, AT(crl), 0, 0 },
	{ "", "certificate", ini_set_path, AT(certificate), 0, 0 },
	{ "", "key", ini_set_path, AT(key), 0, 0 },
};

#define TUNNEL_SETTINGS ARRAY_SIZE(tunnel_settings)

_Static_assert(TUNNEL_SETTINGS <= TUNNEL_SETTINGS_MAX, "tunnel_reader.seen has one for each");

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

/* Lists grow with each line that names them. */
static bool tunnel_is_list(const struct ini_setting *s)
{
	return s->set == tunnel_set_server || s->set == tunnel_set_route;
}

static void tunnel_forget_password(struct tunnel_config *cfg)
{
	explicit_bzero(cfg->password, sizeof(cfg->password));
	explicit_bzero(cfg->nt_hash, sizeof(cfg->nt_hash));
	cfg->has_hash = false;
}

/* Gives @cfg the default of one setting. */
static void tunnel_reset(struct tunnel_config *cfg, const struct ini_setting *s)
{
	struct tunnel_config fresh;

	tunnel_config_init(&fresh, cfg->name);
	if (s->set == tunnel_set_server)
		cfg->server_n = 0;
	else if (s->set == tunnel_set_route)
		cfg->route_n = 0;
	else if (s->set == tunnel_set_password)
		tunnel_forget_password(cfg);
	else
		memcpy((char *)cfg + s->at.offset, (char *)&fresh + s->at.offset, s->at.size);
}

static struct tunnel_reader tunnel_reader_of(struct tunnel_config *cfg, const char *file,
					     char err[TUNNEL_ERROR_MAX])
{
	err[0] = 0;
	return (struct tunnel_reader){ .cfg = cfg, .ini = { .file = file, .err = err } };
}

bool tunnel_config_set(struct tunnel_config *cfg, const char *key, const char *value,
		       char err[TUNNEL_ERROR_MAX])
{
	struct tunnel_reader r = tunnel_reader_of(cfg, NULL, err);
	const struct ini_setting *s;
	bool known, seen = false;
	int i;

	r.ini.arg = &r;
	i = ini_find(tunnel_settings, TUNNEL_SETTINGS, "", key, &known);
	if (i < 0)
		return ini_refuse(&r.ini, "a tunnel has no setting \"%s\"", key);
	s = &tunnel_settings[i];
	tunnel_reset(cfg, s);
	return !value[0] || ini_take(&r.ini, s, key, value, true, &seen, cfg);
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

/* Cleartext is kept only as long as a method needs it. False: it is not UTF-8. */
static bool tunnel_keep_hash(struct tunnel_config *cfg)
{
	if (cfg->has_hash || !cfg->password[0] || cfg->methods & TUNNEL_CLEAR_METHODS)
		return true;
	if (!crypto_nt_hash(cfg->password, strlen(cfg->password), cfg->nt_hash))
		return false;
	explicit_bzero(cfg->password, sizeof(cfg->password));
	cfg->has_hash = true;
	return true;
}

static bool tunnel_seal(struct tunnel_reader *r)
{
	if (r->cfg->has_hash && r->cfg->methods & TUNNEL_CLEAR_METHODS)
		return ini_refuse(&r->ini, "auth needs the password itself, only its hash is kept");
	if (!tunnel_keep_hash(r->cfg))
		return ini_refuse(&r->ini, "the password is not UTF-8 text");
	return true;
}

static bool tunnel_check(struct tunnel_reader *r)
{
	const unsigned int tls = PPP_AUTH_BIT(PPP_AUTH_EAP_TLS);
	struct tunnel_config *cfg = r->cfg;

	if (!cfg->server_n)
		return ini_refuse(&r->ini, "the tunnel needs a server");
	if (!cfg->user[0])
		return ini_refuse(&r->ini, "the tunnel needs a user");
	if (!cfg->mppe_bits)
		return ini_refuse(&r->ini, "mppe-strength names no key length");
	if (cfg->mppe == PPP_MPPE_REQUIRE && !tunnel_has_keys(cfg->methods))
		return ini_refuse(&r->ini, "mppe = require needs MS-CHAP-V2 or EAP with keys");
	if (cfg->methods & tls && (!cfg->ca[0] || !cfg->certificate[0] || !cfg->key[0]))
		return ini_refuse(&r->ini, "EAP-TLS needs ca, certificate and key");
	if (cfg->methods & ~tls && !cfg->has_hash && !cfg->password[0])
		return ini_refuse(&r->ini, "the tunnel needs a password");
	if (cfg->new_password[0] && !(cfg->methods & TUNNEL_CHANGE_METHODS))
		return ini_refuse(&r->ini, "new-password needs MS-CHAP-V2 or EAP-MSCHAP-V2");
	if (cfg->idle_timeout && cfg->persist && !cfg->demand)
		return ini_refuse(&r->ini,
				  "idle-timeout needs demand = yes or persist = no");
	if (cfg->kill_switch && !cfg->default_route && !cfg->route_n)
		return ini_refuse(&r->ini, "kill-switch needs a route or default-route");
	return tunnel_seal(r);
}

bool tunnel_config_finish(struct tunnel_config *cfg, char err[TUNNEL_ERROR_MAX])
{
	struct tunnel_reader r = tunnel_reader_of(cfg, NULL, err);

	return tunnel_check(&r);
}

/* "tunnel NAME" */
static bool tunnel_section(struct tunnel_reader *r, const char *section)
{
	const char *name = section + strlen("tunnel ");

	if (strncmp(section, "tunnel ", strlen("tunnel ")) != 0)
		return ini_refuse(&r->ini, "the section must be [tunnel %s], not [%s]",
				  r->cfg->name, section);
	if (strcmp(name, r->cfg->name) != 0)
		return ini_refuse(&r->ini, "the file of the tunnel \"%s\" must have its name",
				  name);
	r->section = true;
	return true;
}

static bool tunnel_on_setting(struct ini *ini, const char *section, const char *name,
			      const char *value)
{
	struct tunnel_reader *r = ini->arg;
	const struct ini_setting *s;
	bool known;
	int i;

	if (!tunnel_section(r, section))
		return false;
	i = ini_find(tunnel_settings, TUNNEL_SETTINGS, "", name, &known);
	if (i < 0)
		return ini_refuse(ini, "a tunnel has no setting \"%s\"", name);
	s = &tunnel_settings[i];
	return ini_take(ini, s, name, value, tunnel_is_list(s), &r->seen[i], r->cfg);
}

bool tunnel_config_parse(struct tunnel_config *cfg, const char *file, const char *name,
			 const char *text, size_t len, char err[TUNNEL_ERROR_MAX])
{
	struct tunnel_reader r = tunnel_reader_of(cfg, file, err);

	r.ini.arg = &r;
	tunnel_config_init(cfg, name);
	if (ini_read(&r.ini, text, len, tunnel_on_setting) && !r.section)
		ini_refuse(&r.ini, "there is no section [tunnel %s]", name);
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

static void tunnel_put_bool(struct tunnel_writer *w, const char *name, bool flag)
{
	tunnel_put(w, "%s = %s\n", name, flag ? "yes" : "no");
}

static void tunnel_put_ppp(struct tunnel_writer *w, const struct tunnel_config *cfg)
{
	char auth[POLICY_WORD_MAX];

	tunnel_put_text(w, "user", cfg->user);
	tunnel_put_text(w, "domain", cfg->domain);
	tunnel_put_secret(w, cfg);
	tunnel_put_text(w, "new-password", cfg->new_password);
	tunnel_put_text(w, "remote-name", cfg->remote_name);
	policy_auth_text(cfg->methods, auth, sizeof(auth));
	tunnel_put(w, "auth = %s\n", auth);
	tunnel_put(w, "mppe = %s\n", policy_mppe_text(cfg->mppe));
	tunnel_put(w, "mppe-strength = %s%s%s\n", cfg->mppe_bits & CCP_MPPE_128 ? "128 " : "",
		   cfg->mppe_bits & CCP_MPPE_56 ? "56 " : "",
		   cfg->mppe_bits & CCP_MPPE_40 ? "40" : "");
	tunnel_put(w, "mppe-stateful = %s\n", policy_stateful_text(cfg->mppe_stateful));
	tunnel_put_bool(w, "mppe-compression", cfg->mppe_compression);
	if (cfg->callback[0])
		tunnel_put(w, "callback = %s\n", cfg->callback);
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
	tunnel_put_bool(w, "dhcp-routes", cfg->dhcp_routes);
	tunnel_put_bool(w, "ipv6", cfg->ipv6);
	tunnel_put(w, "metric = %u\nmtu = %u\n", cfg->metric, cfg->mtu);
	if (cfg->device[0])
		tunnel_put(w, "device = %s\n", cfg->device);
	if (cfg->bind_device[0])
		tunnel_put(w, "bind-device = %s\n", cfg->bind_device);
	tunnel_put_bool(w, "persist", cfg->persist);
	tunnel_put_bool(w, "demand", cfg->demand);
	tunnel_put(w, "idle-timeout = %u\n", cfg->idle_timeout / 1000);
	if (cfg->local_address.s_addr)
		tunnel_put(w, "local-address = %s\n",
			   inet_ntop(AF_INET, &cfg->local_address, text, sizeof(text)));
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

bool tunnel_config_ipv6(const struct tunnel_config *cfg)
{
	unsigned int i;

	for (i = 0; i < cfg->route_n; i++) {
		if (cfg->route[i].address.family == AF_INET6)
			return true;
	}
	return cfg->ipv6;
}

void tunnel_config_renew(struct tunnel_config *cfg)
{
	if (!cfg->new_password[0])
		return;
	tunnel_forget_password(cfg);
	memcpy(cfg->password, cfg->new_password, sizeof(cfg->password));
	explicit_bzero(cfg->new_password, sizeof(cfg->new_password));
	tunnel_keep_hash(cfg);
}

void tunnel_config_wipe(struct tunnel_config *cfg)
{
	tunnel_forget_password(cfg);
	explicit_bzero(cfg->new_password, sizeof(cfg->new_password));
}
