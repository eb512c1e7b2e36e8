// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A connection that was begun ends with dialer_on_ended() and never before: until
 * then everything else only remembers why, and what is to come after it.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#include "backoff.h"
#include "connection.h"
#include "crypto/tls.h"
#include "dialer.h"
#include "lib/log.h"
#include "link.h"

/* A tunnel that was up for so long was a success: the next wait is a short one. */
#define DIALER_SETTLED_MS	30000

/* A server that is to call back does, or is not believed any more. */
#define DIALER_CALLBACK_MS	60000

/* Certificates of a server's chain (RFC 5216 gives no number; OpenSSL allows 100). */
#define DIALER_TLS_DEPTH	8

/*
 * @next: a configuration for after the end of the connection
 * @password, @new_password: what the link points to, whatever becomes of @cfg
 * @tls: for EAP-TLS, while a connection is in use
 * @user: as it is sent, with the domain
 * @wanted: dial; blocked: the kill switch is on
 * @doomed: free it when the connection has ended
 * @server: index of the name in use; @address, @address_n: what it means; @at: the
 *	    one in use
 * @known: the address by which each server was reached last
 * @pinned: of which routes_pin() was called, 0.0.0.0: none
 * @refused: the password or certificate was: the next try will end the same
 * @blamed: @error is of this try
 * @ipv6: it is up, and its ways are open
 * @broken: what cannot be, found where the link cannot be closed; see @later
 */
struct dialer {
	struct dialer_services services;
	struct tunnel_config cfg;
	struct tunnel_config next;
	bool has_next;
	char password[TUNNEL_TEXT_MAX + 1];
	char new_password[TUNNEL_TEXT_MAX + 1];
	struct tls_config *tls;
	char user[2 * TUNNEL_TEXT_MAX + 2];
	enum dialer_state state;
	uint64_t since;
	bool wanted;
	bool blocked;
	bool doomed;
	unsigned int tries;
	uint64_t next_try;
	unsigned int server;
	struct in_addr address[RESOLVER_ADDRESSES_MAX];
	unsigned int address_n;
	unsigned int at;
	struct in_addr known[TUNNEL_SERVERS_MAX];
	struct in_addr pinned;
	struct resolver_query *query;
	int fd;
	struct loop_source *io;
	struct loop_source *timer;
	struct loop_source *later;
	struct connection *conn;
	struct link *link;
	uint32_t ifindex;
	bool ipv6;
	char device[IF_NAMESIZE];
	struct in_addr local;
	struct in_addr remote;
	struct in_addr dns[DNS_SERVERS_MAX];
	uint64_t up_since;
	bool refused;
	bool broken;
	bool blamed;
	char error[DIALER_ERROR_MAX];
};

static void dialer_next_address(struct dialer *d);

static const char *dialer_state_text(enum dialer_state state)
{
	switch (state) {
	case DIALER_IDLE:
		return "idle";
	case DIALER_RESOLVING:
		return "resolving";
	case DIALER_CONNECTING:
		return "connecting";
	case DIALER_CONTROL:
		return "control";
	case DIALER_DIALLING:
		return "dialling";
	case DIALER_PPP:
		return "ppp";
	case DIALER_CALLBACK:
		return "callback";
	case DIALER_UP:
		return "up";
	case DIALER_WAITING:
		return "waiting";
	case DIALER_CLOSING:
		return "closing";
	}
	return "unknown";
}

static void dialer_enter(struct dialer *d, enum dialer_state state)
{
	d->state = state;
	d->since = loop_now();
	log_debug("tunnel %s: %s", d->cfg.name, dialer_state_text(state));
	events_tell(&d->services.daemon->events, "dial", "{s:s, s:s}", "tunnel", d->cfg.name,
		    "state", dialer_state_text(state));
}

/* What fails while there is a connection is noted by that, or by its link. */
static void dialer_note(struct dialer *d)
{
	struct in_addr peer = { 0 };

	if (d->at < d->address_n)
		peer = d->address[d->at];
	if (!d->conn)
		failures_note(&d->services.daemon->failures, FAILURES_CONNECTION, peer, "",
			      d->error, time(NULL));
}

/* Remembers why this try fails, and tells the log; the first reason counts. */
static void __attribute__((format(printf, 2, 3)))
dialer_blame(struct dialer *d, const char *fmt, ...)
{
	char address[INET_ADDRSTRLEN] = "";
	const char *server = d->cfg.server[d->server];
	va_list ap;

	if (d->blamed)
		return;
	d->blamed = true;
	va_start(ap, fmt);
	vsnprintf(d->error, sizeof(d->error), fmt, ap);
	va_end(ap);
	events_text(d->error);
	dialer_note(d);
	if (d->at < d->address_n)
		inet_ntop(AF_INET, &d->address[d->at], address, sizeof(address));
	log_notice("tunnel %s: %s%s%s: %s", d->cfg.name, server,
		   address[0] && strcmp(address, server) != 0 ? " " : "",
		   strcmp(address, server) != 0 ? address : "", d->error);
	events_tell(&d->services.daemon->events, "dial-failed", "{s:s, s:s, s:s}",
		    "tunnel", d->cfg.name, "server", server, "reason", d->error);
}

static struct routes_wanted dialer_routes(const struct tunnel_config *cfg)
{
	return (struct routes_wanted){
		.prefix = cfg->route,
		.n = cfg->route_n,
		.everything = cfg->default_route,
		.metric = cfg->metric,
	};
}

/* The kill switch, on or off, as the configuration wants it. */
static void dialer_block(struct dialer *d, bool on)
{
	struct routes_wanted wanted = dialer_routes(&d->cfg);
	struct nl_error err;

	if (on == d->blocked || (on && !d->cfg.kill_switch))
		return;
	if (!on)
		routes_unblock(d->services.routes, &wanted);
	else if (!routes_block(d->services.routes, &wanted, &err))
		log_error("tunnel %s: the kill switch is NOT on: %s", d->cfg.name, err.text);
	else
		d->blocked = true;
	if (!on)
		d->blocked = false;
}

static uint32_t dialer_random(void)
{
	uint32_t random = 0;

	if (getrandom(&random, sizeof(random), 0) < 0)
		random = (uint32_t)loop_now();
	return random;
}

static void dialer_wait(struct dialer *d)
{
	const struct config *cfg = d->services.daemon->cfg;
	unsigned int tries = ++d->tries;
	uint64_t delay;

	/* Accounts are locked after some wrong passwords: no haste. */
	if (d->refused)
		tries = UINT32_MAX;
	delay = backoff_delay(tries, cfg->retry_min, cfg->retry_max, dialer_random());
	d->refused = false;
	d->next_try = loop_now() + delay;
	loop_timer_set(d->timer, d->next_try);
	dialer_enter(d, DIALER_WAITING);
	log_info("tunnel %s: next try in %u s", d->cfg.name, (unsigned int)(delay + 999) / 1000);
}

static void dialer_destroy(struct dialer *d)
{
	dialer_block(d, false);
	loop_source_free(d->timer);
	loop_source_free(d->later);
	explicit_bzero(d, sizeof(*d));
	free(d);
}

/* Whatever an attempt holds, but a connection. */
static void dialer_release(struct dialer *d)
{
	resolver_cancel(d->query);
	d->query = NULL;
	loop_source_free(d->io);
	d->io = NULL;
	if (d->fd >= 0)
		close(d->fd);
	d->fd = -1;
	loop_timer_set(d->timer, LOOP_NEVER);
	d->next_try = 0;
	if (d->pinned.s_addr)
		routes_unpin(d->services.routes, d->pinned);
	d->pinned.s_addr = 0;
	tls_config_put(d->tls);
	d->tls = NULL;
}

/* The names are looked up anew at each attempt. */
static void dialer_on_resolved(void *arg, const struct in_addr *address, unsigned int n,
			       const char *error)
{
	struct dialer *d = arg;

	d->query = NULL;
	d->at = 0;
	d->address_n = n;
	memcpy(d->address, address, n * sizeof(*address));
	if (!n) {
		dialer_blame(d, "%s", error);
		/* With the kill switch on there may be no way to the DNS servers. */
		d->address[0] = d->known[d->server];
		d->address_n = d->address[0].s_addr ? 1 : 0;
	}
	d->at = UINT32_MAX;
	dialer_next_address(d);
}

static void dialer_resolve(struct dialer *d)
{
	dialer_enter(d, DIALER_RESOLVING);
	d->address_n = 0;
	d->at = 0;
	d->blamed = false;
	d->query = resolver_ask(d->services.resolver, d->cfg.server[d->server],
				dialer_on_resolved, d);
	if (d->query)
		return;
	dialer_blame(d, "no memory");
	dialer_wait(d);
}

/* A round over all servers, from the first. */
static void dialer_begin(struct dialer *d)
{
	d->server = 0;
	dialer_block(d, true);
	dialer_resolve(d);
}

/* This server is of no use now. */
static void dialer_next_server(struct dialer *d)
{
	if (d->server + 1 < d->cfg.server_n) {
		d->server++;
		dialer_resolve(d);
	} else if (d->cfg.persist) {
		dialer_wait(d);
	} else {
		dialer_enter(d, DIALER_IDLE);
	}
}

static void dialer_on_connected(void *arg, unsigned int events);

/* A TCP connection that is begun to the address at hand. False with errno. */
static bool dialer_open(struct dialer *d)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(PPTP_PORT),
				  .sin_addr = d->address[d->at] };

	d->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (d->fd < 0)
		return false;
	if (connect(d->fd, (const struct sockaddr *)&to, sizeof(to)) < 0 &&
	    errno != EINPROGRESS)
		return false;
	errno = ENOMEM;
	d->io = loop_io(d->services.daemon->loop, d->fd, LOOP_WRITE, dialer_on_connected, d);
	return d->io;
}

/* Goes on with the next address of the server at hand. */
static void dialer_next_address(struct dialer *d)
{
	while (++d->at < d->address_n) {
		struct in_addr to = d->address[d->at];

		d->blamed = false;
		if (routes_pin(d->services.routes, to))
			d->pinned = to;
		if (dialer_open(d)) {
			dialer_enter(d, DIALER_CONNECTING);
			loop_timer_set(d->timer, loop_now() +
				       d->services.daemon->cfg->connect_timeout);
			return;
		}
		dialer_blame(d, "cannot connect: %s", strerror(errno));
		dialer_release(d);
	}
	dialer_next_server(d);
}

static void dialer_on_started(void *arg);
static void dialer_on_call(void *arg);
static void dialer_on_awaits(void *arg);
static void dialer_on_called(void *arg, struct link_profile *profile);
static void dialer_on_over(void *arg, const struct link *link);
static void dialer_on_ended(void *arg, const char *why);

static const struct connection_ops dialer_ops = {
	.awaits = dialer_on_awaits,
	.called = dialer_on_called,
	.started = dialer_on_started,
	.connected = dialer_on_call,
	.over = dialer_on_over,
	.ended = dialer_on_ended,
};

/* TCP is up, or will never be. */
static void dialer_on_connected(void *arg, unsigned int events)
{
	struct dialer *d = arg;
	struct sockaddr_in peer = { .sin_family = AF_INET, .sin_port = htons(PPTP_PORT),
				    .sin_addr = d->address[d->at] };
	socklen_t len = sizeof(int);
	int error = 0, fd = d->fd;

	(void)events;
	getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len);
	if (error) {
		dialer_blame(d, "cannot connect: %s", strerror(error));
		dialer_release(d);
		dialer_next_address(d);
		return;
	}
	loop_source_free(d->io);
	d->io = NULL;
	d->fd = -1;
	loop_timer_set(d->timer, LOOP_NEVER);
	d->conn = connection_originate(d->services.daemon, fd, &peer, &dialer_ops, d);
	if (d->conn) {
		dialer_enter(d, DIALER_CONTROL);
		return;
	}
	dialer_blame(d, "no memory");
	dialer_release(d);
	dialer_wait(d);
}

static void dialer_on_timer(void *arg)
{
	struct dialer *d = arg;

	if (d->state == DIALER_CONNECTING) {
		dialer_blame(d, "cannot connect: it does not answer");
		dialer_release(d);
		dialer_next_address(d);
	} else if (d->state == DIALER_WAITING) {
		d->next_try = 0;
		dialer_begin(d);
	} else if (d->state == DIALER_CALLBACK) {
		dialer_blame(d, "the server does not call back");
		connection_stop(d->conn);
	}
}

/* The link's ways of one family: all of them, or the tunnel is of no use. */
static void dialer_open_ways(struct dialer *d, uint8_t family)
{
	struct routes_wanted wanted = dialer_routes(&d->cfg);
	struct nl_error err;

	if (routes_open_ways(d->services.routes, d->pinned, d->ifindex, family, &wanted, &err))
		return;
	dialer_blame(d, "%s", err.text);
	d->broken = true;
	loop_later_set(d->later);
}

/* IPv6 comes and goes while the link stays. */
static void dialer_set_ipv6(struct dialer *d, bool ipv6)
{
	struct routes_wanted wanted = dialer_routes(&d->cfg);

	if (d->ipv6 == ipv6)
		return;
	d->ipv6 = ipv6;
	if (ipv6)
		dialer_open_ways(d, AF_INET6);
	else
		routes_remove_ways(d->services.routes, d->ifindex, AF_INET6, &wanted);
}

/* Where a hook could not end the link. */
static void dialer_on_later(void *arg)
{
	struct dialer *d = arg;

	if (d->broken && d->conn)
		connection_stop(d->conn);
}

static void dialer_set_dns(struct dialer *d, const struct in_addr server[DNS_SERVERS_MAX])
{
	if (!d->cfg.dns || memcmp(d->dns, server, sizeof(d->dns)) == 0)
		return;
	memcpy(d->dns, server, sizeof(d->dns));
	dns_handover_take(d->services.dns, d->device, d->dns);
}

/* A server that has moved is told of once, when it was reached at its new address. */
static void dialer_note_address(struct dialer *d)
{
	struct in_addr *known = &d->known[d->server];
	char now[INET_ADDRSTRLEN], before[INET_ADDRSTRLEN];

	inet_ntop(AF_INET, &d->pinned, now, sizeof(now));
	inet_ntop(AF_INET, known, before, sizeof(before));
	if (known->s_addr && known->s_addr != d->pinned.s_addr)
		log_notice("tunnel %s: the server %s has moved from %s to %s", d->cfg.name,
			   d->cfg.server[d->server], before, now);
	*known = d->pinned;
}

/* link_hooks: also after each renegotiation */
static void dialer_on_up(void *arg, struct link *link, const struct ppp_up *up)
{
	struct dialer *d = arg;
	bool first = !d->ifindex;
	struct link_info info;

	link_describe(link, &info);
	snprintf(d->device, sizeof(d->device), "%s", info.device);
	d->ifindex = link_ifindex(link);
	d->local = up->local;
	d->remote = up->remote;
	if (first)
		dialer_open_ways(d, AF_INET);
	dialer_set_ipv6(d, up->has_ipv6);
	if (d->broken)
		return;
	dialer_set_dns(d, up->dns);
	if (d->state == DIALER_UP)
		return;
	d->error[0] = 0;
	d->refused = false;
	dialer_note_address(d);
	d->up_since = loop_now();
	dialer_enter(d, DIALER_UP);
	log_notice("tunnel %s: up on %s through %s", d->cfg.name, d->device,
		   d->cfg.server[d->server]);
}

/* link_hooks: the device goes after this, and its ways with it */
static void dialer_on_release(void *arg, struct link *link)
{
	struct dialer *d = arg;

	(void)link;
	if (d->ifindex)
		routes_close_ways(d->services.routes, d->ifindex);
	if (d->dns[0].s_addr || d->dns[1].s_addr)
		dns_handover_give(d->services.dns, d->device);
	memset(d->dns, 0, sizeof(d->dns));
	d->ifindex = 0;
	d->ipv6 = false;
	d->device[0] = 0;
	d->local.s_addr = 0;
	d->remote.s_addr = 0;
}

/* link_hooks: @link goes on with d->password and d->new_password */
static void dialer_on_password(void *arg, struct link *link)
{
	struct dialer *d = arg;

	(void)link;
	tunnel_config_renew(&d->cfg);
	if (d->has_next)
		tunnel_config_renew(&d->next);
	d->services.store(d->services.arg, dialer_config(d));
}

static const struct link_hooks dialer_hooks = {
	.up = dialer_on_up,
	.password = dialer_on_password,
	.release = dialer_on_release,
};

static void dialer_credentials(struct dialer *d, struct ppp_credentials *credentials)
{
	const struct tunnel_config *cfg = &d->cfg;

	snprintf(d->user, sizeof(d->user), "%s%s%s", cfg->domain, cfg->domain[0] ? "\\" : "",
		 cfg->user);
	credentials->user = d->user;
	memcpy(d->password, cfg->password, sizeof(d->password));
	memcpy(d->new_password, cfg->new_password, sizeof(d->new_password));
	credentials->password = d->password[0] ? d->password : NULL;
	credentials->new_password = d->new_password[0] ? d->new_password : NULL;
	credentials->has_hash = cfg->has_hash;
	memcpy(credentials->nt_hash, cfg->nt_hash, sizeof(credentials->nt_hash));
	credentials->methods = cfg->methods;
	credentials->remote_name = cfg->remote_name[0] ? cfg->remote_name : NULL;
	credentials->tls = d->tls;
}

/* As in struct ppp_link_config. */
static const char *dialer_callback(const struct tunnel_config *cfg)
{
	if (!cfg->callback[0])
		return NULL;
	return strcmp(cfg->callback, POLICY_CALLBACK_YES) ? cfg->callback : "";
}

static void dialer_profile(struct dialer *d, struct link_profile *profile)
{
	const struct config *global = d->services.daemon->cfg;
	const struct tunnel_config *cfg = &d->cfg;
	struct ppp_link_config *ppp = &profile->ppp;

	*profile = (struct link_profile){
		.ppp = global->ppp,
		.account = d->user,
		.mtu = cfg->mtu,
		.hear_routers = tunnel_config_ipv6(cfg),
		.copy_tos = global->copy_tos,
		.no_df = global->no_df,
		.ttl = global->ttl,
		.reorder_packets = global->reorder_packets,
		.reorder_ms = global->reorder_ms,
		.hooks = &dialer_hooks,
		.arg = d,
	};
	snprintf(profile->device, sizeof(profile->device), "%s",
		 cfg->device[0] ? cfg->device : cfg->name);
	dialer_credentials(d, &ppp->credentials);
	ppp->auth_peer = 0;
	ppp->mppe = cfg->mppe;
	ppp->mppe_bits = cfg->mppe_bits;
	ppp->mppe_stateful = cfg->mppe_stateful;
	ppp->mppe_compression = cfg->mppe_compression;
	ppp->ipv4 = true;
	ppp->ip_give = false;
	ppp->ipv6 = tunnel_config_ipv6(cfg);
	ppp->wish = (struct ppp_wish){ .dns = cfg->dns };
	ppp->callback = false;
	ppp->callback_number = dialer_callback(cfg);
}

/* The certificates are read at each attempt, so that new ones count. */
static bool dialer_load_tls(struct dialer *d)
{
	const struct tls_files files = {
		.certificate = d->cfg.certificate,
		.key = d->cfg.key,
		.ca = d->cfg.ca,
		.crl = d->cfg.crl[0] ? d->cfg.crl : NULL,
		.min_version = TLS_VERSION_1_2,
		.max_version = TLS_VERSION_1_3,
		.depth = DIALER_TLS_DEPTH,
	};
	char err[DIALER_ERROR_MAX];

	if (!(d->cfg.methods & PPP_AUTH_BIT(PPP_AUTH_EAP_TLS)))
		return true;
	d->tls = tls_config_load(&files, err, sizeof(err));
	if (!d->tls) {
		dialer_blame(d, "%s", err);
		failures_note(&d->services.daemon->failures, FAILURES_CERTIFICATE, d->pinned,
			      d->cfg.user, d->error, time(NULL));
	}
	return d->tls;
}

/* connection_ops: the call is placed */
static void dialer_on_started(void *arg)
{
	struct link_profile profile;
	struct dialer *d = arg;
	struct nl_error err;
	bool good;

	if (!dialer_load_tls(d)) {
		connection_stop(d->conn);
		return;
	}
	dialer_profile(d, &profile);
	good = connection_dial(d->conn, &profile, &err);
	explicit_bzero(&profile, sizeof(profile));
	if (good) {
		dialer_enter(d, DIALER_DIALLING);
		return;
	}
	dialer_blame(d, "cannot make a session: %s", err.text);
	connection_stop(d->conn);
}

/* connection_ops */
static void dialer_on_call(void *arg)
{
	dialer_enter(arg, DIALER_PPP);
}

/* The server's words where it refused us, with what they mean. */
static void dialer_blame_link(struct dialer *d, const struct link *link)
{
	const struct ppp_auth_failure *failure = link_auth_failure(link);
	enum ppp_end_reason reason = link_reason(link);

	d->refused = reason == PPP_END_PEER_REFUSED_US || reason == PPP_END_SERVER_IDENTITY ||
		     reason == PPP_END_AUTH_DEMANDED;
	if (d->refused && failure && failure->error)
		dialer_blame(d, "%s (error %u: %s)", ppp_link_reason_text(reason),
			     failure->error, failure->message);
	else if (d->refused && failure && failure->message[0])
		dialer_blame(d, "%s: %s", ppp_link_reason_text(reason), failure->message);
	else
		dialer_blame(d, "%s", ppp_link_reason_text(reason));
}

/* connection_ops */
static void dialer_on_awaits(void *arg)
{
	struct dialer *d = arg;

	log_info("tunnel %s: the server is to call back", d->cfg.name);
	dialer_enter(d, DIALER_CALLBACK);
	loop_timer_set(d->timer, loop_now() + DIALER_CALLBACK_MS);
}

/* connection_ops: PPP is the same but for the callback, which this is */
static void dialer_on_called(void *arg, struct link_profile *profile)
{
	struct dialer *d = arg;

	loop_timer_set(d->timer, LOOP_NEVER);
	dialer_profile(d, profile);
	profile->ppp.callback_number = NULL;
}

/* connection_ops: the connection ends next */
static void dialer_on_over(void *arg, const struct link *link)
{
	struct dialer *d = arg;

	if (d->wanted && !d->has_next)
		dialer_blame_link(d, link);
	dialer_enter(d, DIALER_CLOSING);
}

/*
 * What has waited for the end of the connection; the new block is there before
 * the old one goes. True: the tunnel is to be dialled.
 */
static bool dialer_take_next(struct dialer *d)
{
	struct routes_wanted old;
	struct tunnel_config former;
	bool blocked = d->blocked;

	if (!d->has_next)
		return false;
	former = d->cfg;
	old = dialer_routes(&former);
	d->cfg = d->next;
	d->has_next = false;
	d->blocked = false;
	dialer_block(d, d->wanted);
	if (blocked)
		routes_unblock(d->services.routes, &old);
	memset(d->known, 0, sizeof(d->known));
	explicit_bzero(&former, sizeof(former));
	explicit_bzero(&d->next, sizeof(d->next));
	return d->wanted;
}

/* After a link that was up, the round begins anew; otherwise it goes on. */
static void dialer_go_on(struct dialer *d)
{
	uint64_t up_since = d->up_since;
	bool broken = d->broken;

	d->up_since = 0;
	d->broken = false;
	if (up_since && loop_now() - up_since >= DIALER_SETTLED_MS)
		d->tries = 0;
	if (dialer_take_next(d)) {
		d->tries = 0;
		dialer_begin(d);
	} else if (!d->wanted) {
		dialer_enter(d, DIALER_IDLE);
	} else if (up_since || broken) {
		if (d->cfg.persist)
			dialer_wait(d);
		else
			dialer_enter(d, DIALER_IDLE);
	} else if (d->refused) {
		dialer_next_server(d);
	} else {
		dialer_next_address(d);
	}
}

/* connection_ops */
static void dialer_on_ended(void *arg, const char *why)
{
	struct dialer *d = arg;

	if (d->wanted && !d->has_next)
		dialer_blame(d, "%s", why);
	d->conn = NULL;
	dialer_release(d);
	if (d->doomed)
		dialer_destroy(d);
	else
		dialer_go_on(d);
}

struct dialer *dialer_new(const struct dialer_services *services,
			  const struct tunnel_config *cfg)
{
	struct dialer *d = calloc(1, sizeof(*d));

	if (!d)
		return NULL;
	d->services = *services;
	d->cfg = *cfg;
	d->fd = -1;
	d->since = loop_now();
	d->timer = loop_timer(services->daemon->loop, dialer_on_timer, d);
	d->later = loop_later(services->daemon->loop, dialer_on_later, d);
	if (d->timer && d->later)
		return d;
	dialer_destroy(d);
	return NULL;
}

/* Gives up what is under way; a connection ends in order. True: nothing is left. */
static bool dialer_stop(struct dialer *d)
{
	if (d->conn) {
		dialer_enter(d, DIALER_CLOSING);
		connection_stop(d->conn);
		return false;
	}
	dialer_release(d);
	return true;
}

void dialer_free(struct dialer *dialer)
{
	dialer->wanted = false;
	dialer->doomed = true;
	dialer_block(dialer, false);
	if (dialer_stop(dialer))
		dialer_destroy(dialer);
}

void dialer_connect(struct dialer *dialer)
{
	dialer->wanted = true;
	dialer->tries = 0;
	if (dialer->state != DIALER_IDLE && dialer->state != DIALER_WAITING)
		return;
	dialer_release(dialer);
	dialer->error[0] = 0;
	dialer_begin(dialer);
}

void dialer_disconnect(struct dialer *dialer)
{
	dialer->wanted = false;
	dialer_block(dialer, false);
	if (dialer_stop(dialer) && dialer->state != DIALER_IDLE)
		dialer_enter(dialer, DIALER_IDLE);
}

void dialer_configure(struct dialer *dialer, const struct tunnel_config *cfg)
{
	dialer->next = *cfg;
	dialer->has_next = true;
	if (!dialer_stop(dialer))
		return;
	if (dialer_take_next(dialer))
		dialer_begin(dialer);
}

const struct tunnel_config *dialer_config(const struct dialer *dialer)
{
	return dialer->has_next ? &dialer->next : &dialer->cfg;
}

void dialer_describe(const struct dialer *dialer, struct dialer_info *info)
{
	bool begun = dialer->state != DIALER_IDLE || dialer->error[0];

	*info = (struct dialer_info){
		.state = dialer_state_text(dialer->state),
		.server = begun ? dialer->cfg.server[dialer->server] : "",
		.device = dialer->device,
		.local = dialer->local,
		.remote = dialer->remote,
		.since = dialer->since,
		.next_try = dialer->next_try,
		.tries = dialer->tries,
		.error = dialer->error,
	};
	if (dialer->at < dialer->address_n)
		info->address = dialer->address[dialer->at];
}
