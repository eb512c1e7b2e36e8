/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * IPCP (RFC 1332), and name servers after RFC 1877: of an end that gives
 * addresses, and of one that takes them.
 */
#ifndef PROTO_IPCP_H
#define PROTO_IPCP_H

#include <netinet/in.h>
#include <stdbool.h>

#include "ppp_cp.h"

#define IPCP_PROTOCOL	0x8021

/*
 * Giving: addresses for this user; asked for once, after authentication.
 * Without @local our end is unnumbered.
 */
struct ppp_addresses {
	struct in_addr local;
	struct in_addr remote;
	struct in_addr dns[2];	/* 0.0.0.0: none */
	struct in_addr wins[2];
	bool accept_peer_choice;	/* the peer may insist on its own address */
};

/* Taking: what is asked of the peer. It decides. */
struct ppp_wish {
	struct in_addr local;	/* 0.0.0.0: any */
	struct in_addr remote;	/* for a peer that has none, 0.0.0.0: it may not */
	bool dns;
	bool wins;
};

/**
 * struct ipcp - one IPCP
 * @give: what the peer is given is in @addr; else that collects what we are given
 * @wish: when not @give
 * @no_local: the peer rejected our address option
 * @wanted: servers that we ask for, one bit for each of enum ipcp_server
 * @named: the request at hand has an address option
 * @seen: the address in it
 * @remote: @seen as acknowledged
 */
struct ipcp {
	struct ppp_cp cp;
	bool give;
	struct ppp_wish wish;
	struct ppp_addresses addr;
	bool no_local;
	unsigned int wanted;
	bool named;
	struct in_addr seen;
	struct in_addr remote;
};

/* @wish: what we would take; NULL: we give, after ipcp_set_addresses(). */
void ipcp_init(struct ipcp *ipcp, const struct ppp_cp_config *cfg,
	       const struct ppp_wish *wish);

/* Must be called before the lower layer is up. */
void ipcp_set_addresses(struct ipcp *ipcp, const struct ppp_addresses *addr);

/* The lower layer went away: everything is negotiated anew. */
void ipcp_reset(struct ipcp *ipcp);

#endif /* PROTO_IPCP_H */
