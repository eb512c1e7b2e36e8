// SPDX-License-Identifier: GPL-2.0-or-later
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <string.h>

#include "lib/log.h"
#include "nl/device.h"
#include "nl/route.h"
#include "served_net.h"

/* Seconds that an advertisement is good for: three of the longest intervals. */
#define SERVED_NET_LIFETIME	1800

_Static_assert(POLICY_ROUTES_MAX <= DHCP4_GIVEN_MAX && POLICY_DOMAIN_MAX <= DHCP4_DOMAIN_MAX,
	       "what is configured can be given");

static void served_net_route(const struct link_info *info, const struct policy_route *to,
			     struct link *link)
{
	struct rtroute_prefix dst = { .address.family = AF_INET, .bits = to->prefix };
	struct nl_error err;
	char text[64];

	memcpy(dst.address.octets, &to->network, sizeof(to->network));
	if (link_route(link, &dst, &err) == 0)
		return;
	log_warning("%s: no route to %s behind %s: %s", link_peer(link),
		    rtroute_prefix_text(&dst, text), info->user, err.text);
}

static void served_net_proxy(struct served_net *net, struct daemon *daemon,
			     const struct link_info *info, const char *device)
{
	struct nlsock *sock = ksessions_route(daemon->kernel);
	struct rtmsg_link link;
	struct nl_error err;

	if (device_get(sock, device, &link, &err) < 0 ||
	    device_proxy_add(sock, link.ifindex, info->address, &err) < 0) {
		log_warning("no proxy ARP for %s on %s: %s", info->user, device, err.text);
		return;
	}
	net->proxy = link.ifindex;
	net->address = info->address;
}

static void served_net_end_proxy(struct served_net *net, struct daemon *daemon)
{
	struct nl_error err;

	if (net->proxy && device_proxy_del(ksessions_route(daemon->kernel), net->proxy,
					   net->address, &err) < 0)
		log_info("cannot end proxy ARP: %s", err.text);
	net->proxy = 0;
}

void served_net_up(struct served_net *net, struct daemon *daemon, struct link *link,
		   const struct config *cfg, const struct policy *policy)
{
	struct link_info info;
	unsigned int i;

	link_describe(link, &info);
	for (i = 0; policy_has(policy, POLICY_ROUTE) && i < policy->routes.n; i++)
		served_net_route(&info, &policy->routes.route[i], link);
	if (cfg->proxy_arp[0])
		served_net_proxy(net, daemon, &info, cfg->proxy_arp);
}

void served_net_save(const struct served_net *net, struct writer *w)
{
	writer_u32(w, net->proxy);
	writer_put(w, &net->address, sizeof(net->address));
	writer_u8(w, net->has_network);
	writer_put(w, &net->network, sizeof(net->network));
}

static void served_net_octets(struct reader *r, void *to, size_t len)
{
	const uint8_t *p = reader_take(r, len);

	if (p)
		memcpy(to, p, len);
}

void served_net_restore(struct served_net *net, struct daemon *daemon, struct reader *r)
{
	net->proxy = reader_u32(r);
	served_net_octets(r, &net->address, sizeof(net->address));
	net->has_network = reader_bool(r);
	served_net_octets(r, &net->network, sizeof(net->network));
	if (net->has_network)
		net->has_network = daemon->prefixes &&
				   prefixes_claim(daemon->prefixes, &net->network);
}

const struct in_addr *served_net_dns(const struct config *cfg, const struct policy *policy)
{
	return policy_has(policy, POLICY_DNS) ? policy->dns : cfg->dns;
}

static void served_net_give_routes(const struct policy_routes *routes, struct dhcp4_given *given)
{
	unsigned int i;

	for (i = 0; i < routes->n; i++) {
		given->route[i].network = routes->route[i].network;
		given->route[i].bits = routes->route[i].prefix;
	}
	given->route_n = routes->n;
}

/* What the host is given when it asks; what the user has goes before the listener's. */
static struct dhcp4_given served_net_given(const struct config *cfg, const struct policy *policy,
					   struct in_addr local)
{
	const struct in_addr *dns = served_net_dns(cfg, policy);
	struct dhcp4_given given = {
		.server = local,
		.dns = { dns[0], dns[1] },
		.wins = { cfg->wins[0], cfg->wins[1] },
	};
	const char *domain = policy_has(policy, POLICY_DOMAIN) ? policy->domain : cfg->domain;

	served_net_give_routes(policy_has(policy, POLICY_CLIENT_ROUTE) ? &policy->client_routes :
			       &cfg->client_routes, &given);
	snprintf(given.domain, sizeof(given.domain), "%s", domain);
	return given;
}

static bool served_net_informs(const struct config *cfg, const struct dhcp4_given *given)
{
	switch (cfg->inform) {
	case CONFIG_INFORM_AUTO:
		return given->route_n || given->domain[0];
	case CONFIG_INFORM_NO:
		return false;
	case CONFIG_INFORM_YES:
		return true;
	}
	return false;
}

/* Anew where the address by which the host is known is another one. */
static void served_net_inform(struct served_net *net, struct daemon *daemon, uint32_t ifindex,
			      const struct config *cfg, const struct policy *policy,
			      const struct link_info *info, const struct ppp_up *up)
{
	struct dhcp4_host_config host = {
		.ifindex = ifindex,
		.address = up->remote,
		.user = info->user,
		.given = served_net_given(cfg, policy, up->local),
	};

	if (net->dhcp4 && dhcp4_host_address(net->dhcp4).s_addr == up->remote.s_addr)
		return;
	dhcp4_host_free(net->dhcp4);
	net->dhcp4 = NULL;
	if (!served_net_informs(cfg, &host.given))
		return;
	if (daemon->dhcp4)
		net->dhcp4 = dhcp4_host_new(daemon->dhcp4, &host);
	else
		log_limited(LOG_LEVEL_WARNING,
			    "the DHCPINFORM of %s is not answered: kpptpd had no CAP_NET_RAW",
			    info->user);
}

static void served_net_move_proxy(struct served_net *net, struct daemon *daemon,
				  const struct link_info *info, const struct config *cfg)
{
	if (!net->proxy || net->address.s_addr == info->address.s_addr)
		return;
	served_net_end_proxy(net, daemon);
	served_net_proxy(net, daemon, info, cfg->proxy_arp);
}

/* Our end: the interface identifier that was agreed (RFC 5072 section 5). */
static struct in6_addr served_net_link_local(const struct ppp_up *up)
{
	struct in6_addr address = { .s6_addr = { 0xfe, 0x80 } };

	memcpy(&address.s6_addr[8], up->local_id, sizeof(up->local_id));
	return address;
}

/* The device has that address already; the network is routed to it. */
static int served_net_route6(struct served_net *net, struct daemon *daemon, uint32_t ifindex,
			     struct nl_error *err)
{
	struct rtroute route = {
		.dst = { .address.family = AF_INET6, .bits = RA_PREFIX_LEN },
		.ifindex = ifindex,
		.protocol = RTROUTE_PROTOCOL,
		.type = RTN_UNICAST,
	};

	memcpy(route.dst.address.octets, &net->network, sizeof(net->network));
	return route_replace(ksessions_route(daemon->kernel), &route, err);
}

static void served_net_up6(struct served_net *net, struct daemon *daemon,
			   const struct link_info *info, uint32_t ifindex,
			   const struct config *cfg, const struct ppp_up *up)
{
	struct in6_addr source = served_net_link_local(up);
	struct ra ra = { .lifetime = SERVED_NET_LIFETIME, .mtu = info->mtu,
			 .dns_n = cfg->ipv6_dns_n };
	struct dhcp6_host host = { .ifindex = ifindex, .user = info->user };
	struct nl_error err;

	if (!daemon->prefixes)
		return;
	if (!net->has_network)
		net->has_network = prefixes_take(daemon->prefixes, &net->network);
	if (!net->has_network) {
		log_warning("no IPv6 for %s: all networks of the prefix are in use", info->user);
		return;
	}
	if (served_net_route6(net, daemon, ifindex, &err) < 0) {
		log_warning("no IPv6 for %s on %s: %s", info->user, info->device, err.text);
		return;
	}
	ra.prefix = net->network;
	ra.other = daemon->cfg->dhcp6_server.sin6_family;
	memcpy(ra.dns, cfg->ipv6_dns, sizeof(ra.dns));
	net->advert = advert_new(daemon->advertiser, ifindex, &source, &ra);
	host.network = net->network;
	if (net->advert)
		net->dhcp6 = dhcp6_client_new(daemon->dhcp6, &host);
}

static void served_net_down6(struct served_net *net)
{
	dhcp6_client_free(net->dhcp6);
	net->dhcp6 = NULL;
	advert_free(net->advert);
	net->advert = NULL;
}

void served_net_change(struct served_net *net, struct daemon *daemon,
		       const struct link *link, const struct config *cfg,
		       const struct policy *policy, const struct ppp_up *up)
{
	struct link_info info;

	link_describe(link, &info);
	served_net_move_proxy(net, daemon, &info, cfg);
	served_net_inform(net, daemon, link_ifindex(link), cfg, policy, &info, up);
	if (up->has_ipv6 == !!net->advert)
		return;
	if (up->has_ipv6)
		served_net_up6(net, daemon, &info, link_ifindex(link), cfg, up);
	else
		served_net_down6(net);
}

void served_net_claim(struct served_net *net, struct daemon *daemon)
{
	if (net->has_network && daemon->prefixes)
		prefixes_claim(daemon->prefixes, &net->network);
}

void served_net_describe(const struct served_net *net, struct link_info *info)
{
	if (net->advert)
		info->network6 = net->network;
	info->informed = dhcp4_host_answers(net->dhcp4);
	info->delegated_n = dhcp6_client_prefixes(net->dhcp6, info->delegated);
}

void served_net_down(struct served_net *net, struct daemon *daemon)
{
	served_net_end_proxy(net, daemon);
	dhcp4_host_free(net->dhcp4);
	net->dhcp4 = NULL;
	served_net_down6(net);
	if (net->has_network && daemon->prefixes)
		prefixes_release(daemon->prefixes, &net->network);
	net->has_network = false;
}
