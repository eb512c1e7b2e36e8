// SPDX-License-Identifier: GPL-2.0-or-later
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "dialer_priv.h"
#include "disk.h"
#include "lib/log.h"

/* Certificates of a server's chain (RFC 5216 gives no number; OpenSSL allows 100). */
#define DIALER_TLS_DEPTH	8

bool dialer_open_ways(struct dialer *d, uint8_t family)
{
	struct routes_wanted wanted = dialer_routes(&d->cfg);
	struct nl_error err;

	if (routes_open_ways(d->services.routes, d->pinned, d->ifindex, family, &wanted, &err))
		return true;
	dialer_blame(d, "%s", err.text);
	return false;
}

/* Without all of its ways the tunnel is of no use. */
static void dialer_need_ways(struct dialer *d, uint8_t family)
{
	if (dialer_open_ways(d, family))
		return;
	d->broken = true;
	loop_later_set(d->later);
}

void dialer_set_ipv6(struct dialer *d, bool ipv6)
{
	struct routes_wanted wanted = dialer_routes(&d->cfg);

	if (d->ipv6 == ipv6)
		return;
	d->ipv6 = ipv6;
	if (ipv6)
		dialer_need_ways(d, AF_INET6);
	else
		routes_remove_ways(d->services.routes, d->ifindex, AF_INET6, &wanted);
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
	struct in_addr server = d->address[d->at];
	char now[INET_ADDRSTRLEN], before[INET_ADDRSTRLEN];

	inet_ntop(AF_INET, &server, now, sizeof(now));
	inet_ntop(AF_INET, known, before, sizeof(before));
	if (known->s_addr && known->s_addr != server.s_addr)
		log_notice("tunnel %s: the server %s has moved from %s to %s", d->cfg.name,
			   d->cfg.server[d->server], before, now);
	*known = server;
}

/* What the server has given was for the address that we had then. */
static void dialer_learn(struct dialer *d, struct in_addr local)
{
	const struct learned_config cfg = {
		.tunnel = d->cfg.name,
		.server = d->pinned,
		.ifindex = d->ifindex,
		.local = local,
		.wanted = dialer_routes(&d->cfg),
	};

	if (!d->cfg.dhcp_routes || (d->learned && d->local.s_addr == local.s_addr))
		return;
	learned_free(d->learned);
	d->learned = learned_new(d->services.daemon->loop, d->services.routes, &cfg);
	if (!d->learned)
		log_warning("tunnel %s: cannot ask for routes by DHCP: %s", d->cfg.name,
			    strerror(errno));
}

uint64_t dialer_idle(void *arg)
{
	struct dialer *d = arg;
	struct link_use use;

	return link_measure(d->link, &use) ? use.idle : UINT64_MAX;
}

void dialer_on_idle(void *arg, enum timeouts_end end)
{
	struct dialer *d = arg;

	(void)end;
	log_notice("tunnel %s: hangs up, idle for %u s", d->cfg.name, d->cfg.idle_timeout / 1000);
	d->hung_up = true;
	link_close(d->link, PPP_END_IDLE);
}

/* link_hooks */
static bool dialer_on_agree(void *arg, struct link *link, const struct ppp_up *up)
{
	(void)link;
	dialer_demand_readdress(arg, up->local);
	return true;
}

/* link_hooks */
static struct ksession *dialer_on_device(void *arg)
{
	struct dialer *d = arg;

	return d->waiting;
}

/*
 * The ways are there once; a new address towards the same peer takes them along
 * (ksession.c).
 */
static void dialer_set_addresses(struct dialer *d, const struct ppp_up *up)
{
	bool lost = d->local.s_addr != up->local.s_addr && d->remote.s_addr == up->remote.s_addr;
	struct routes_wanted wanted = dialer_routes(&d->cfg);
	bool first = !d->ifindex;

	d->ifindex = link_ifindex(d->link);
	if (!first && lost)
		routes_remove_ways(d->services.routes, d->ifindex, AF_INET, &wanted);
	if (first || lost)
		dialer_need_ways(d, AF_INET);
	dialer_learn(d, up->local);
	d->local = up->local;
	d->remote = up->remote;
	d->last = up->local;
}

/* link_hooks: also after each renegotiation */
static void dialer_on_up(void *arg, struct link *link, const struct ppp_up *up)
{
	struct dialer *d = arg;
	struct link_info info;

	link_describe(link, &info);
	snprintf(d->device, sizeof(d->device), "%s", info.device);
	d->link = link;
	dialer_set_addresses(d, up);
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
	timeouts_start(d->timeouts, 0, d->cfg.idle_timeout);
	dialer_enter(d, DIALER_UP);
	log_notice("tunnel %s: up on %s through %s", d->cfg.name, d->device,
		   d->cfg.server[d->server]);
}

void dialer_forget_device(struct dialer *d)
{
	d->ifindex = 0;
	d->ipv6 = false;
	d->device[0] = 0;
	d->local.s_addr = 0;
	d->remote.s_addr = 0;
}

/* link_hooks: if the device is not to stay, it goes after this, and its ways with it */
static void dialer_on_release(void *arg, struct link *link)
{
	struct dialer *d = arg;

	timeouts_start(d->timeouts, 0, 0);
	d->link = NULL;
	learned_free(d->learned);
	d->learned = NULL;
	if (d->dns[0].s_addr || d->dns[1].s_addr)
		dns_handover_give(d->services.dns, d->device);
	memset(d->dns, 0, sizeof(d->dns));
	if (!link_ifindex(link) || dialer_demand_keep(d, link))
		return;
	routes_close_ways(d->services.routes, d->ifindex);
	dialer_forget_device(d);
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
	.agree = dialer_on_agree,
	.device = dialer_on_device,
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

void dialer_profile(struct dialer *d, struct link_profile *profile)
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
	ppp->wish = (struct ppp_wish){ .dns = cfg->dns, .local = cfg->local_address };
	if (cfg->demand && d->last.s_addr)
		ppp->wish.local = d->last;
	ppp->callback = false;
	ppp->callback_number = dialer_callback(cfg);
}

/* The certificates are read at each attempt, so that new ones count. */
bool dialer_load_tls(struct dialer *d)
{
	const struct tls_files files = {
		.open = disk_open,
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

/* The server's words where it refused us, with what they mean. */
void dialer_blame_link(struct dialer *d, const struct link *link)
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
