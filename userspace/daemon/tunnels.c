// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "lib/log.h"
#include "tunnels.h"

#define TUNNELS_ENDING	".conf"

struct tunnel {
	char name[TUNNEL_NAME_MAX + 1];
	struct dialer *dialer;
	UT_hash_handle hh;
};

/* @text: of a file; secret while it is used. */
struct tunnels {
	struct dialer_services services;
	struct statedir dir;
	struct tunnel *list;
	char text[TUNNEL_FILE_MAX + 1];
};

static struct tunnel *tunnels_find(const struct tunnels *tunnels, const char *name)
{
	struct tunnel *tunnel;

	HASH_FIND_STR(tunnels->list, name, tunnel);
	return tunnel;
}

/* The same, with a sentence in @err when there is none. */
static struct tunnel *tunnels_get(const struct tunnels *tunnels, const char *name,
				  char err[TUNNEL_ERROR_MAX])
{
	struct tunnel *tunnel = tunnels_find(tunnels, name);

	if (!tunnel)
		snprintf(err, TUNNEL_ERROR_MAX, "there is no tunnel \"%s\"", name);
	return tunnel;
}

static int tunnels_order(const struct tunnel *a, const struct tunnel *b)
{
	return strcmp(a->name, b->name);
}

/* False with @err. */
static bool tunnels_insert(struct tunnels *tunnels, const struct tunnel_config *cfg,
			   char err[TUNNEL_ERROR_MAX])
{
	struct tunnel *tunnel = calloc(1, sizeof(*tunnel));

	if (tunnel)
		tunnel->dialer = dialer_new(&tunnels->services, cfg);
	if (!tunnel || !tunnel->dialer) {
		free(tunnel);
		snprintf(err, TUNNEL_ERROR_MAX, "no memory");
		return false;
	}
	snprintf(tunnel->name, sizeof(tunnel->name), "%s", cfg->name);
	HASH_ADD_INORDER(hh, tunnels->list, name, strlen(tunnel->name), tunnel,
			 tunnels_order);
	return true;
}

static void tunnels_remove(struct tunnels *tunnels, struct tunnel *tunnel)
{
	HASH_DEL(tunnels->list, tunnel);
	dialer_free(tunnel->dialer);
	free(tunnel);
}

/* "NAME.conf" -> NAME, into @name. False: that is no name of a tunnel. */
static bool tunnels_name_of(const char *file, char name[TUNNEL_NAME_MAX + 1])
{
	size_t len = strlen(file) - strlen(TUNNELS_ENDING);

	if (len > TUNNEL_NAME_MAX)
		return false;
	memcpy(name, file, len);
	name[len] = 0;
	return tunnel_config_name(name);
}

/* statedir_fn */
static void tunnels_load(void *arg, const char *file)
{
	struct tunnels *tunnels = arg;
	char name[TUNNEL_NAME_MAX + 1], err[TUNNEL_ERROR_MAX];
	char path[sizeof(tunnels->dir.path) + 256];
	struct tunnel_config cfg;
	ssize_t n;
	bool good;

	snprintf(path, sizeof(path), "%s/%s", tunnels->dir.path, file);
	if (!tunnels_name_of(file, name)) {
		log_error("%s: that is no name for a tunnel, see kpptp-tunnel(5)", path);
		return;
	}
	n = statedir_read(&tunnels->dir, file, tunnels->text, sizeof(tunnels->text), err);
	good = n >= 0 && tunnel_config_parse(&cfg, path, name, tunnels->text, (size_t)n, err) &&
	       tunnels_insert(tunnels, &cfg, err);
	if (!good)
		log_error("%s", err);
	explicit_bzero(tunnels->text, sizeof(tunnels->text));
	tunnel_config_wipe(&cfg);
}

/* The file, as it will be read again: what it cannot hold is found now. */
static bool tunnels_store(struct tunnels *tunnels, const struct tunnel_config *cfg,
			  char err[TUNNEL_ERROR_MAX])
{
	char file[TUNNEL_NAME_MAX + sizeof(TUNNELS_ENDING)];
	struct tunnel_config again;
	size_t len;
	bool good;

	snprintf(file, sizeof(file), "%s%s", cfg->name, TUNNELS_ENDING);
	len = tunnel_config_format(cfg, tunnels->text, sizeof(tunnels->text));
	good = tunnel_config_parse(&again, file, cfg->name, tunnels->text, len, err) &&
	       statedir_write(&tunnels->dir, file, tunnels->text, len, err);
	explicit_bzero(tunnels->text, sizeof(tunnels->text));
	tunnel_config_wipe(&again);
	return good;
}

/* dialer_services: the server has a new password */
static void tunnels_on_renewed(void *arg, const struct tunnel_config *cfg)
{
	char err[TUNNEL_ERROR_MAX];

	if (tunnels_store(arg, cfg, err))
		log_notice("tunnel %s: the server has taken the new password", cfg->name);
	else
		log_error("tunnel %s: the new password, which counts, cannot be kept: %s",
			  cfg->name, err);
}

static void tunnels_configure(struct tunnels *tunnels)
{
	const struct config *cfg = tunnels->services.daemon->cfg;

	snprintf(tunnels->dir.path, sizeof(tunnels->dir.path), "%s", cfg->tunnels_directory);
}

static bool tunnels_open_services(struct tunnels *tunnels, char err[TUNNEL_ERROR_MAX])
{
	struct dialer_services *services = &tunnels->services;
	const struct config *cfg = services->daemon->cfg;
	struct loop *loop = services->daemon->loop;
	struct dns_config dns = { .hook = cfg->dns_hook[0], .dir = tunnels->dir };
	struct nl_error nl;

	snprintf(dns.file, sizeof(dns.file), "%s", cfg->resolv_conf);
	services->routes = routes_open(loop, &nl);
	if (!services->routes) {
		snprintf(err, TUNNEL_ERROR_MAX, "cannot reach the routes: %s", nl.text);
		return false;
	}
	services->resolver = resolver_new(loop);
	services->dns = dns_handover_new(services->daemon->scripts, &dns);
	snprintf(err, TUNNEL_ERROR_MAX, "no memory");
	return services->resolver && services->dns;
}

/* Those that persist; their kill switches are on before anything else happens. */
static void tunnels_start(struct tunnels *tunnels)
{
	struct tunnel *tunnel, *next;

	HASH_ITER(hh, tunnels->list, tunnel, next) {
		if (dialer_config(tunnel->dialer)->persist)
			dialer_connect(tunnel->dialer);
	}
}

struct tunnels *tunnels_open(struct daemon *daemon, char err[TUNNEL_ERROR_MAX])
{
	struct tunnels *tunnels = calloc(1, sizeof(*tunnels));

	snprintf(err, TUNNEL_ERROR_MAX, "no memory");
	if (!tunnels)
		return NULL;
	tunnels->services.daemon = daemon;
	tunnels->services.store = tunnels_on_renewed;
	tunnels->services.arg = tunnels;
	tunnels_configure(tunnels);
	if (!tunnels_open_services(tunnels, err)) {
		tunnels_close(tunnels);
		return NULL;
	}
	if (!statedir_each(&tunnels->dir, TUNNELS_ENDING, tunnels_load, tunnels, err))
		log_error("the tunnels cannot be read: %s", err);
	tunnels_start(tunnels);
	routes_sweep(tunnels->services.routes, daemon->kernel);
	return tunnels;
}

void tunnels_stop(struct tunnels *tunnels)
{
	struct tunnel *tunnel, *next;

	HASH_ITER(hh, tunnels->list, tunnel, next)
		tunnels_remove(tunnels, tunnel);
}

void tunnels_close(struct tunnels *tunnels)
{
	if (!tunnels)
		return;
	tunnels_stop(tunnels);
	dns_handover_free(tunnels->services.dns);
	resolver_free(tunnels->services.resolver);
	routes_close(tunnels->services.routes);
	explicit_bzero(tunnels, sizeof(*tunnels));
	free(tunnels);
}

/* @settings onto @cfg, which is wiped when it is of no use. */
static bool tunnels_apply(struct tunnels *tunnels, struct tunnel_config *cfg,
			  const json_t *settings, bool *clear, char err[TUNNEL_ERROR_MAX])
{
	const char *key;
	bool good = true;
	json_t *value;

	json_object_foreach((json_t *)settings, key, value) {
		good = json_is_string(value);
		if (!good)
			snprintf(err, TUNNEL_ERROR_MAX, "\"%s\" must be a string", key);
		else
			good = tunnel_config_set(cfg, key, json_string_value(value), err);
		if (!good)
			break;
	}
	good = good && tunnel_config_finish(cfg, err) && tunnels_store(tunnels, cfg, err);
	*clear = cfg->password[0];
	return good;
}

bool tunnels_add(struct tunnels *tunnels, const char *name, const json_t *settings,
		 bool *clear, char err[TUNNEL_ERROR_MAX])
{
	struct tunnel_config cfg;
	bool good;

	if (!tunnel_config_name(name)) {
		snprintf(err, TUNNEL_ERROR_MAX,
			 "the name of a tunnel has 1 to %d letters, digits, \".\", \"_\" or \"-\"",
			 TUNNEL_NAME_MAX);
		return false;
	}
	if (tunnels_find(tunnels, name)) {
		snprintf(err, TUNNEL_ERROR_MAX, "there is a tunnel \"%s\" already", name);
		return false;
	}
	if (HASH_COUNT(tunnels->list) >= TUNNELS_MAX) {
		snprintf(err, TUNNEL_ERROR_MAX, "there are %d tunnels already", TUNNELS_MAX);
		return false;
	}
	tunnel_config_init(&cfg, name);
	good = tunnels_apply(tunnels, &cfg, settings, clear, err) &&
	       tunnels_insert(tunnels, &cfg, err);
	if (good && cfg.persist)
		dialer_connect(tunnels_find(tunnels, name)->dialer);
	tunnel_config_wipe(&cfg);
	return good;
}

bool tunnels_set(struct tunnels *tunnels, const char *name, const json_t *settings,
		 bool *clear, char err[TUNNEL_ERROR_MAX])
{
	struct tunnel *tunnel = tunnels_get(tunnels, name, err);
	struct tunnel_config cfg;
	bool good;

	if (!tunnel)
		return false;
	cfg = *dialer_config(tunnel->dialer);
	good = tunnels_apply(tunnels, &cfg, settings, clear, err);
	if (good)
		dialer_configure(tunnel->dialer, &cfg);
	tunnel_config_wipe(&cfg);
	return good;
}

bool tunnels_del(struct tunnels *tunnels, const char *name, char err[TUNNEL_ERROR_MAX])
{
	struct tunnel *tunnel = tunnels_get(tunnels, name, err);
	char file[TUNNEL_NAME_MAX + sizeof(TUNNELS_ENDING)];

	if (!tunnel)
		return false;
	snprintf(file, sizeof(file), "%s%s", name, TUNNELS_ENDING);
	if (!statedir_remove(&tunnels->dir, file, err))
		return false;
	tunnels_remove(tunnels, tunnel);
	return true;
}

bool tunnels_connect(struct tunnels *tunnels, const char *name, char err[TUNNEL_ERROR_MAX])
{
	struct tunnel *tunnel = tunnels_get(tunnels, name, err);

	if (tunnel)
		dialer_connect(tunnel->dialer);
	return tunnel;
}

bool tunnels_disconnect(struct tunnels *tunnels, const char *name, char err[TUNNEL_ERROR_MAX])
{
	struct tunnel *tunnel = tunnels_get(tunnels, name, err);

	if (tunnel)
		dialer_disconnect(tunnel->dialer);
	return tunnel;
}

void tunnels_each(const struct tunnels *tunnels,
		  void (*fn)(void *arg, const struct dialer *dialer), void *arg)
{
	struct tunnel *tunnel, *next;

	HASH_ITER(hh, tunnels->list, tunnel, next)
		fn(arg, tunnel->dialer);
}
