/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the server puts around a session that is up: routes to the networks behind
 * its user, proxy ARP, by which a network of ours finds the user's address, answers to
 * the user's DHCPINFORM, and an IPv6 network, which is advertised.
 */
#ifndef DAEMON_SERVED_NET_H
#define DAEMON_SERVED_NET_H

#include "link.h"

/**
 * struct served_net - of one session
 * @proxy: the device that answers for @address, 0: none
 * @dhcp4: answers the host, NULL: nobody does
 * @has_network: @network is taken
 * @advert: of @network, NULL: IPv6 is not up
 * @dhcp6: relays for the host, NULL: IPv6 is not up
 */
struct served_net {
	uint32_t proxy;
	struct in_addr address;
	struct dhcp4_host *dhcp4;
	bool has_network;
	struct in6_addr network;
	struct advert *advert;
	struct dhcp6_client *dhcp6;
};

/* All zeros to begin with. What fails is told to the log, and the rest is done. */
void served_net_up(struct served_net *net, struct daemon *daemon, struct link *link,
		   const struct config *cfg, const struct policy *policy);

/* The link is up, for the first time or again: addresses may have changed. */
void served_net_change(struct served_net *net, struct daemon *daemon,
		       const struct link *link, const struct config *cfg,
		       const struct policy *policy, const struct ppp_up *up);

/* What a later kpptpd needs. */
void served_net_save(const struct served_net *net, struct writer *w);

/*
 * In place of served_net_up(): routes and proxy ARP are there since a former kpptpd.
 * served_net_change() follows. The network goes back when it is in no prefix any more.
 */
void served_net_restore(struct served_net *net, struct daemon *daemon, struct reader *r);

/* The two DNS servers of the user, or of the listener. */
const struct in_addr *served_net_dns(const struct config *cfg, const struct policy *policy);

/* Takes the network again, from new prefixes of @daemon. */
void served_net_claim(struct served_net *net, struct daemon *daemon);

/* The networks that it has. */
void served_net_describe(const struct served_net *net, struct link_info *info);

void served_net_down(struct served_net *net, struct daemon *daemon);

#endif /* DAEMON_SERVED_NET_H */
