// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * kpptpd: start, reload, stop.
 */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "connection.h"
#include "crypto/tls.h"
#include "ctlsock.h"
#include "daemon.h"
#include "disk.h"
#include "disk_server.h"
#include "helper.h"
#include "lib/log.h"
#include "line.h"
#include "keeper.h"
#include "listener.h"
#include "privilege.h"
#include "syscalls.h"
#include "trunk.h"
#include "tunnels.h"
#include "served.h"

#define MAIN_CONFIG	KPPTP_SYSCONFDIR "/kpptp/kpptpd.conf"

/* Patience with the peers at the end of the program. */
#define MAIN_STOP_MS	10000

/* Certificates between a client's and a root. */
#define MAIN_TLS_DEPTH	5

#define MAIN_FAILED	1
#define MAIN_USAGE	2

struct program {
	struct daemon daemon;
	const char *file;
	bool test;
	bool keep;
	struct listeners *listeners;
	struct ctlsock *ctl;
	struct loop_source *hup;
	struct loop_source *term;
	struct loop_source *intr;
	struct loop_source *usr2;
	struct loop_source *patience;
};

/* What a configuration needs beside itself; made in whole before it counts. */
struct program_parts {
	struct config *cfg;
	struct auth *auth;
	struct pool *pool;
	struct prefixes *prefixes;
	struct tls_config *tls;
};

static void program_parts_free(struct program_parts *parts)
{
	config_put(parts->cfg);
	auth_free(parts->auth);
	pool_free(parts->pool);
	prefixes_free(parts->prefixes);
	tls_config_put(parts->tls);
}

/* Our own addresses may lie in a range, and are nobody else's. */
static void program_claim_own(struct program_parts *parts)
{
	const struct config *cfg = parts->cfg;
	unsigned int i;

	pool_claim(parts->pool, cfg->local_address);
	for (i = 0; i < cfg->listeners_n; i++)
		pool_claim(parts->pool, cfg->listeners[i]->local_address);
}

/* The pools that users are to get their addresses from are there. */
static bool program_check_users(const struct program_parts *parts,
				char err[CTLSOCK_ERROR_MAX])
{
	const struct user *user;

	for (user = auth_list(parts->auth); user; user = user->next) {
		if (!policy_has(&user->policy, POLICY_POOL) ||
		    config_pool_find(parts->cfg, user->policy.pool) >= 0)
			continue;
		snprintf(err, CTLSOCK_ERROR_MAX, "%s:%u: there is no pool \"%s\"",
			 parts->cfg->users_file, user->line, user->policy.pool);
		return false;
	}
	return true;
}

/* Our certificate, where EAP-TLS is offered. */
static bool program_load_tls(struct program_parts *parts, char err[CTLSOCK_ERROR_MAX])
{
	const struct config *cfg = parts->cfg;
	const struct tls_files files = {
		.open = disk_open,
		.certificate = cfg->tls_certificate,
		.key = cfg->tls_key,
		.ca = cfg->tls_ca,
		.crl = cfg->tls_crl[0] ? cfg->tls_crl : NULL,
		.min_version = TLS_VERSION_1_2,
		.max_version = TLS_VERSION_1_3,
		.depth = MAIN_TLS_DEPTH,
	};

	if (!(config_auth_methods(cfg) & PPP_AUTH_BIT(PPP_AUTH_EAP_TLS)))
		return true;
	parts->tls = tls_config_load(&files, err, CTLSOCK_ERROR_MAX);
	return parts->tls;
}

static bool program_make_prefixes(struct program_parts *parts, char err[CTLSOCK_ERROR_MAX])
{
	const struct config *cfg = parts->cfg;

	if (!cfg->ipv6_bits)
		return true;
	parts->prefixes = prefixes_new(&cfg->ipv6_prefix, cfg->ipv6_bits);
	snprintf(err, CTLSOCK_ERROR_MAX, "no memory");
	return parts->prefixes;
}

/* False: nothing was made, and @err says why. */
static bool program_parts_make(struct program *p, struct program_parts *parts,
			       char err[CTLSOCK_ERROR_MAX])
{
	memset(parts, 0, sizeof(*parts));
	parts->cfg = config_load(p->file, err);
	if (!parts->cfg)
		return false;
	snprintf(err, CTLSOCK_ERROR_MAX, "no memory");
	parts->pool = pool_new(parts->cfg);
	parts->auth = auth_new(p->daemon.loop);
	if (parts->pool && parts->auth &&
	    auth_load(parts->auth, parts->cfg->users_file, config_auth_methods(parts->cfg),
		      err) &&
	    program_check_users(parts, err) && program_load_tls(parts, err) &&
	    program_make_prefixes(parts, err)) {
		program_claim_own(parts);
		return true;
	}
	program_parts_free(parts);
	return false;
}

static void program_set_relay(struct daemon *daemon)
{
	const struct config *cfg = daemon->cfg;
	const struct dhcp6_relay_config relay = {
		.server = cfg->dhcp6_server,
		.source = cfg->dhcp6_source,
		.delegate = cfg->dhcp6_delegate,
	};

	if (daemon->dhcp6)
		dhcp6_relay_set(daemon->dhcp6, &relay);
}

/* From now on the new parts count; links keep their addresses. */
static void program_parts_use(struct program *p, struct program_parts *parts)
{
	struct daemon *daemon = &p->daemon;
	struct program_parts old = { daemon->cfg, daemon->auth, daemon->pool,
				     daemon->prefixes, daemon->tls };

	daemon->cfg = parts->cfg;
	daemon->auth = parts->auth;
	daemon->pool = parts->pool;
	daemon->prefixes = parts->prefixes;
	daemon->tls = parts->tls;
	program_set_relay(daemon);
	served_claim_addresses(daemon);
	program_parts_free(&old);
	log_set_level(daemon->cfg->log_level);
}

/* What a reload cannot change. */
static void program_warn(const struct config *old, const struct config *new)
{
	if (strcmp(old->control_socket, new->control_socket) != 0 ||
	    strcmp(old->user, new->user) != 0)
		log_warning("control-socket and user take effect when kpptpd is started again");
	if (strcmp(old->script_up, new->script_up) != 0 ||
	    strcmp(old->script_down, new->script_down) != 0 ||
	    strcmp(old->script_change, new->script_change) != 0 ||
	    strcmp(old->dns_hook, new->dns_hook) != 0 ||
	    old->script_timeout != new->script_timeout)
		log_warning("[scripts] and dns-hook take effect when kpptpd is started again");
}

static bool program_read_again(struct program *p, char err[CTLSOCK_ERROR_MAX])
{
	struct listeners *listeners;
	struct program_parts parts;

	if (!program_parts_make(p, &parts, err))
		return false;
	if (parts.prefixes && !p->daemon.advertiser) {
		snprintf(err, CTLSOCK_ERROR_MAX, "[ipv6] takes a new start of kpptpd");
		program_parts_free(&parts);
		return false;
	}
	listeners = listeners_open(&p->daemon, parts.cfg, p->listeners, err);
	if (!listeners) {
		program_parts_free(&parts);
		return false;
	}
	p->listeners = listeners;
	program_warn(p->daemon.cfg, parts.cfg);
	program_parts_use(p, &parts);
	lines_set(&p->daemon, p->daemon.cfg);
	log_notice("reloaded: %u users, %zu addresses", auth_users(p->daemon.auth),
		   pool_size(p->daemon.pool));
	events_tell(&p->daemon.events, "reloaded", "{}");
	return true;
}

/* ctlsock_reload_fn */
static bool program_reload(void *arg, char err[CTLSOCK_ERROR_MAX])
{
	const struct in_addr nobody = { 0 };
	struct program *p = arg;

	if (p->daemon.stopping) {
		snprintf(err, CTLSOCK_ERROR_MAX, "kpptpd is stopping");
		return false;
	}
	failures_kind_over(&p->daemon.failures, FAILURES_CONFIGURATION);
	if (program_read_again(p, err))
		return true;
	failures_note(&p->daemon.failures, FAILURES_CONFIGURATION, nobody, "", err, time(NULL));
	return false;
}

static void program_on_hup(void *arg)
{
	char err[CTLSOCK_ERROR_MAX];

	if (!program_reload(arg, err))
		log_error("not reloaded: %s", err);
}

/* Those that detain us. */
static void program_end_all(struct program *p)
{
	struct connection *conn = p->daemon.connections;

	for (; conn; conn = connection_next(conn)) {
		if (!p->daemon.leaving || connection_is_own(conn))
			connection_end(conn, "kpptpd stops");
	}
}

static void program_on_patience(void *arg)
{
	log_warning("some peers do not answer, their connections end now");
	program_end_all(arg);
}

/* The first signal ends all calls in order, the second at once. */
static void program_on_term(void *arg)
{
	struct program *p = arg;
	struct connection *conn;

	if (p->daemon.stopping) {
		program_end_all(p);
		return;
	}
	log_notice("stopping");
	loop_notify("STOPPING=1");
	p->daemon.stopping = true;
	p->daemon.leaving = false;
	listeners_close(p->listeners);
	p->listeners = NULL;
	tunnels_stop(p->daemon.tunnels);
	lines_close(&p->daemon);
	if (!p->daemon.connections) {
		loop_exit(p->daemon.loop, 0);
		return;
	}
	loop_timer_set(p->patience, loop_now() + MAIN_STOP_MS);
	for (conn = p->daemon.connections; conn; conn = connection_next(conn))
		connection_stop(conn);
}

/*
 * Clients notice nothing: their sessions, sockets and records wait for the next kpptpd.
 * What we have dialled or forward ends in order, because the next one begins that anew.
 */
static void program_on_leave(void *arg)
{
	struct program *p = arg;
	struct connection *conn;

	if (!p->daemon.records) {
		log_warning("SIGUSR2 is ignored: neither systemd nor kpptpd -k would keep our sessions");
		return;
	}
	if (p->daemon.stopping || p->daemon.leaving)
		return;
	log_notice("leaving, for the next kpptpd to go on");
	p->daemon.leaving = true;
	tunnels_stop(p->daemon.tunnels);
	lines_close(&p->daemon);
	if (!connections_detain(&p->daemon)) {
		loop_exit(p->daemon.loop, DAEMON_LEFT);
		return;
	}
	loop_timer_set(p->patience, loop_now() + MAIN_STOP_MS);
	for (conn = p->daemon.connections; conn; conn = connection_next(conn)) {
		if (connection_is_own(conn))
			connection_stop(conn);
	}
}

static bool program_open_kernel(struct program *p)
{
	struct nl_error err;

	if (!privilege_sufficient()) {
		log_error("kpptpd needs the capability CAP_NET_ADMIN: start it as root");
		return false;
	}
	p->daemon.kernel = ksessions_open(p->daemon.loop, &err);
	if (!p->daemon.kernel) {
		log_error("cannot reach the kernel module kpptp: %s", err.text);
		return false;
	}
	return true;
}

/* Who keeps what for the next kpptpd, and what there is of a former one. */
static bool program_open_store(struct program *p)
{
	char err[RECORDS_ERROR_MAX];

	p->daemon.store = fdstore_open();
	if (!p->daemon.store) {
		log_error("no memory");
		return false;
	}
	if (!fdstore_keeps(p->daemon.store))
		return true;
	p->daemon.records = records_open(p->daemon.store, err);
	if (err[0])
		log_warning("%s: sessions end with their kpptpd", err);
	return true;
}

/* Goes on with what a former kpptpd has left as far as it fits together, removes the rest. */
static bool program_adopt(struct program *p)
{
	struct daemon *daemon = &p->daemon;
	unsigned int adopted = 0;
	struct nl_error err;
	int n;

	if (daemon->records) {
		adopted = connections_adopt(daemon);
		records_forget(daemon->records);
	}
	fdstore_forget(daemon->store);
	if (adopted)
		log_notice("going on with %u sessions of a former kpptpd", adopted);
	n = ksessions_sweep(daemon->kernel, &err);
	if (n < 0) {
		log_error("cannot look for sessions of a former kpptpd: %s", err.text);
		return false;
	}
	if (n > 0)
		log_notice("removed %d sessions of a former kpptpd", n);
	return true;
}

/* Its socket takes a capability that is given up later. */
static bool program_open_advertiser(struct program *p)
{
	if (!p->daemon.prefixes)
		return true;
	p->daemon.advertiser = advertiser_open(p->daemon.loop);
	if (!p->daemon.advertiser)
		log_error("cannot open a socket for router advertisements: %s", strerror(errno));
	return p->daemon.advertiser;
}

/* Who may not open its socket serves without it; who needs it is told by a session. */
static void program_open_dhcp4(struct program *p)
{
	p->daemon.dhcp4 = dhcp4_server_open(p->daemon.loop);
	if (!p->daemon.dhcp4)
		log_info("no DHCPINFORM will be answered: %s", strerror(errno));
}

static bool program_open_relay(struct program *p)
{
	struct daemon *daemon = &p->daemon;

	daemon->dhcp6 = dhcp6_relay_open(daemon->loop, ksessions_route(daemon->kernel));
	if (!daemon->dhcp6) {
		log_error("no memory");
		return false;
	}
	program_set_relay(daemon);
	return true;
}

static bool program_open_signals(struct program *p)
{
	struct loop *loop = p->daemon.loop;

	p->hup = loop_signal(loop, SIGHUP, program_on_hup, p);
	p->term = loop_signal(loop, SIGTERM, program_on_term, p);
	p->intr = loop_signal(loop, SIGINT, program_on_term, p);
	p->usr2 = loop_signal(loop, SIGUSR2, program_on_leave, p);
	p->patience = loop_timer(loop, program_on_patience, p);
	return p->hup && p->term && p->intr && p->usr2 && p->patience;
}

static bool program_open_sockets(struct program *p)
{
	struct config *cfg = p->daemon.cfg;
	char err[CTLSOCK_ERROR_MAX];

	p->ctl = ctlsock_open(&p->daemon, cfg->control_socket, program_reload, p, err);
	if (p->ctl)
		p->listeners = listeners_open(&p->daemon, cfg, NULL, err);
	if (!p->listeners)
		log_error("%s", err);
	return p->listeners;
}

/* After the drop, so that the threads that it makes have no more than we have. */
static bool program_open_tunnels(struct program *p)
{
	char err[TUNNEL_ERROR_MAX];

	p->daemon.tunnels = tunnels_open(&p->daemon, err);
	if (!p->daemon.tunnels)
		log_error("%s", err);
	return p->daemon.tunnels;
}

static bool program_open_scripts(struct program *p, char err[CONFIG_ERROR_MAX])
{
	struct config *cfg = config_load(p->file, err);

	if (!cfg)
		return false;
	p->daemon.scripts = scripts_open(cfg, err);
	config_put(cfg);
	return p->daemon.scripts || !err[0];
}

/*
 * First of all, while there is no secret yet that they could have a copy of. For that
 * the configuration is read once more than it is used.
 */
static bool program_open_helpers(struct program *p)
{
	char err[CONFIG_ERROR_MAX];
	int fd;

	if (!program_open_scripts(p, err)) {
		log_error("%s", err);
		return false;
	}
	if (helper_start("kpptpd-files", disk_server_main, p->file, &fd) < 0) {
		log_error("cannot start the process for files: %s", strerror(errno));
		return false;
	}
	disk_use(fd);
	return true;
}

static bool program_open(struct program *p)
{
	if (!program_open_store(p))
		return false;
	if (!program_open_kernel(p) || !program_open_advertiser(p) || !program_open_relay(p))
		return false;
	program_open_dhcp4(p);
	if (!program_open_signals(p)) {
		log_error("cannot watch for signals: %s", strerror(errno));
		return false;
	}
	if (!program_open_sockets(p))
		return false;
	if (!lines_set(&p->daemon, p->daemon.cfg) || !program_adopt(p))
		return false;
	if (!privilege_drop(p->daemon.cfg->user)) {
		log_error("cannot give up privileges: %s", strerror(errno));
		return false;
	}
	syscalls_limit();
	return program_open_tunnels(p);
}

/* What the next kpptpd does not go on with. */
static void program_leave(struct program *p)
{
	tunnels_close(p->daemon.tunnels);
	trunks_close(&p->daemon);
	ctlsock_close(p->ctl);
}

static void program_close(struct program *p)
{
	listeners_close(p->listeners);
	tunnels_close(p->daemon.tunnels);
	lines_close(&p->daemon);
	trunks_close(&p->daemon);
	ctlsock_close(p->ctl);
	loop_source_free(p->hup);
	loop_source_free(p->term);
	loop_source_free(p->intr);
	loop_source_free(p->usr2);
	loop_source_free(p->patience);
	dhcp4_server_close(p->daemon.dhcp4);
	dhcp6_relay_close(p->daemon.dhcp6);
	ksessions_close(p->daemon.kernel);
	advertiser_close(p->daemon.advertiser);
	records_close(p->daemon.records);
	fdstore_close(p->daemon.store);
}

static int program_run(struct program *p)
{
	int r;

	if (!program_open(p)) {
		program_close(p);
		return MAIN_FAILED;
	}
	log_notice("kpptpd " KPPTP_VERSION " is ready: %u users, %zu addresses",
		   auth_users(p->daemon.auth), pool_size(p->daemon.pool));
	loop_notify("READY=1");
	r = loop_run(p->daemon.loop);
	if (r == DAEMON_LEFT) {
		program_leave(p);
		return r;
	}
	if (r < 0)
		log_error("the event loop failed: %s", strerror(-r));
	program_close(p);
	return r ? MAIN_FAILED : 0;
}

/* False: no randomness, or no memory; errno says which. */
static bool program_draw_secrets(struct program *p)
{
	uint32_t secret;

	if (getrandom(&secret, sizeof(secret), 0) != sizeof(secret))
		return false;
	admission_init(&p->daemon.admission, secret);
	p->daemon.throttle = throttle_new();
	return p->daemon.throttle;
}

static int program_start(struct program *p)
{
	struct program_parts parts;
	char err[CTLSOCK_ERROR_MAX];
	int status = 0;

	p->daemon.forward = trunk_forward;
	if (!p->test && !program_open_helpers(p)) {
		scripts_close(p->daemon.scripts);
		return MAIN_FAILED;
	}
	p->daemon.loop = loop_new();
	if (!p->daemon.loop) {
		log_error("cannot make an event loop: %s", strerror(errno));
		return MAIN_FAILED;
	}
	if (!program_draw_secrets(p)) {
		log_error("cannot draw secrets: %s", strerror(errno));
		return MAIN_FAILED;
	}
	if (program_parts_make(p, &parts, err)) {
		program_parts_use(p, &parts);
		if (!p->test)
			status = program_run(p);
		parts.cfg = p->daemon.cfg;
		parts.auth = p->daemon.auth;
		parts.pool = p->daemon.pool;
		parts.prefixes = p->daemon.prefixes;
		parts.tls = p->daemon.tls;
		program_parts_free(&parts);
	} else {
		log_error("%s", err);
		status = MAIN_FAILED;
	}
	failures_free(&p->daemon.failures);
	free(p->daemon.throttle);
	loop_free(p->daemon.loop);
	scripts_close(p->daemon.scripts);
	disk_use(-1);
	return status;
}

static void print_usage(FILE *to)
{
	fprintf(to,
		"usage: kpptpd [-c FILE] [-k] [-t] [-h] [-V]\n"
		"  -c FILE  configuration (" MAIN_CONFIG ")\n"
		"  -k       start kpptpd and start it again when it dies, without harm to sessions\n"
		"  -t       test the configuration and the users file, and exit\n"
		"  -h       this help\n"
		"  -V       version\n");
}

/* -1: go on; otherwise the exit status. */
static int parse_options(struct program *p, int argc, char **argv)
{
	int option;

	while ((option = getopt(argc, argv, "c:kthV")) != -1) {
		switch (option) {
		case 'c':
			p->file = optarg;
			break;
		case 'k':
			p->keep = true;
			break;
		case 't':
			p->test = true;
			break;
		case 'h':
			print_usage(stdout);
			return 0;
		case 'V':
			puts("kpptpd " KPPTP_VERSION);
			return 0;
		default:
			print_usage(stderr);
			return MAIN_USAGE;
		}
	}
	if (optind == argc)
		return -1;
	print_usage(stderr);
	return MAIN_USAGE;
}

int main(int argc, char **argv)
{
	struct program p = { .file = MAIN_CONFIG };
	int status;

	log_setup(LOG_LEVEL_INFO, getenv("JOURNAL_STREAM"));
	status = parse_options(&p, argc, argv);
	if (status >= 0)
		return status;
	signal(SIGPIPE, SIG_IGN);
	return p.keep ? keeper_run(p.file) : program_start(&p);
}
