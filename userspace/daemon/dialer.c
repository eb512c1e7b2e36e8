// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A connection that was begun ends with dialer_on_ended() and never before: until
 * then everything else only remembers why, and what is to come after it.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#include "backoff.h"
#include "connection.h"
#include "dialer_priv.h"
#include "lib/log.h"

/* A tunnel that was up for so long was a success: the next wait is a short one. */
#define DIALER_SETTLED_MS	30000

/* A server that is to call back does, or is not believed any more. */
#define DIALER_CALLBACK_MS	60000

static void dialer_next_address(struct dialer *d);

static const char *dialer_state_text(enum dialer_state state)
{
	switch (state) {
	case DIALER_IDLE:
		return "idle";
	case DIALER_DEMAND:
		return "demand";
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

void dialer_enter(struct dialer *d, enum dialer_state state)
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
void dialer_blame(struct dialer *d, const char *fmt, ...)
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

struct routes_wanted dialer_routes(const struct tunnel_config *cfg)
{
	return (struct routes_wanted){
		.prefix = cfg->route,
		.n = cfg->route_n,
		.everything = cfg->default_route,
		.metric = cfg->metric,
	};
}

void dialer_block(struct dialer *d, bool on)
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

void dialer_wait(struct dialer *d)
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
	log_info("tunnel %s: %s in %u s", d->cfg.name, d->waiting ? "waits for packets again" :
		 "next try", (unsigned int)(delay + 999) / 1000);
}

static void dialer_destroy(struct dialer *d)
{
	dialer_block(d, false);
	dialer_demand_close(d);
	timeouts_free(d->timeouts);
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

void dialer_begin(struct dialer *d)
{
	d->server = 0;
	d->asked = false;
	d->hung_up = false;
	dialer_block(d, true);
	dialer_resolve(d);
}

/* Whatever has ended, there is something to come. */
static bool dialer_goes_on(const struct dialer *d)
{
	return d->cfg.persist || d->cfg.demand;
}

/* This server is of no use now. */
static void dialer_next_server(struct dialer *d)
{
	if (d->server + 1 < d->cfg.server_n) {
		d->server++;
		dialer_resolve(d);
	} else if (dialer_goes_on(d)) {
		dialer_wait(d);
	} else {
		dialer_enter(d, DIALER_IDLE);
	}
}

static void dialer_on_connected(void *arg, unsigned int events);

/* The way that the tunnel's own packets are to go, TCP's and GRE's. False with errno. */
static bool dialer_bind(const struct dialer *d)
{
	const char *device = d->cfg.bind_device;

	return !device[0] || setsockopt(d->fd, SOL_SOCKET, SO_BINDTODEVICE, device,
					(socklen_t)strlen(device)) == 0;
}

/* A TCP connection that is begun to the address at hand. False with errno. */
static bool dialer_open(struct dialer *d)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(PPTP_PORT),
				  .sin_addr = d->address[d->at] };

	d->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (d->fd < 0 || !dialer_bind(d))
		return false;
	if (connect(d->fd, (const struct sockaddr *)&to, sizeof(to)) < 0 &&
	    errno != EINPROGRESS)
		return false;
	errno = ENOMEM;
	d->io = loop_io(d->services.daemon->loop, d->fd, LOOP_WRITE, dialer_on_connected, d);
	return d->io;
}

/* Bound to a device it needs no pin: ways through the tunnel are none of that device. */
static void dialer_pin(struct dialer *d, struct in_addr server)
{
	if (!d->cfg.bind_device[0] && routes_pin(d->services.routes, server))
		d->pinned = server;
}

/* Goes on with the next address of the server at hand. */
static void dialer_next_address(struct dialer *d)
{
	while (++d->at < d->address_n) {
		struct in_addr to = d->address[d->at];

		d->blamed = false;
		routes_move_ways(d->services.routes, d->ifindex, to);
		dialer_pin(d, to);
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
		dialer_again(d, true);
	} else if (d->state == DIALER_CALLBACK) {
		dialer_blame(d, "the server does not call back");
		connection_stop(d->conn);
	}
}

/* Where a hook could not end the link. */
static void dialer_on_later(void *arg)
{
	struct dialer *d = arg;

	if (d->broken && d->conn)
		connection_stop(d->conn);
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

	if (d->wanted && !d->has_next && !d->hung_up)
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
	d->last.s_addr = 0;
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
		dialer_start(d);
	} else if (!d->wanted) {
		dialer_enter(d, DIALER_IDLE);
	} else if (d->hung_up && d->waiting) {
		d->tries = 0;
		dialer_again(d, false);
	} else if (up_since || broken) {
		if (dialer_goes_on(d))
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

	if (d->wanted && !d->has_next && !d->hung_up)
		dialer_blame(d, "%s", why);
	d->conn = NULL;
	if (!d->wanted || d->has_next)
		dialer_demand_close(d);
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
	d->timeouts = timeouts_new(services->daemon->loop, dialer_idle, dialer_on_idle, d);
	if (d->timer && d->later && d->timeouts)
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
	dialer_demand_close(d);
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
	if (dialer->state != DIALER_IDLE && dialer->state != DIALER_WAITING &&
	    dialer->state != DIALER_DEMAND)
		return;
	dialer_release(dialer);
	dialer->error[0] = 0;
	if (dialer->state == DIALER_IDLE)
		dialer_start(dialer);
	else
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
		dialer_start(dialer);
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
	info->learned_n = learned_list(dialer->learned, info->learned);
	if (dialer->at < dialer->address_n)
		info->address = dialer->address[dialer->at];
}
