/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * IPCP (RFC 1332) of a server: addresses, and name servers after RFC 1877.
 */
#ifndef PROTO_IPCP_H
#define PROTO_IPCP_H

#include <netinet/in.h>
#include <stdbool.h>

#include "ppp_cp.h"

#define IPCP_PROTOCOL	0x8021

/* Addresses for this user; asked for once, after authentication. */
struct ppp_addresses {
	struct in_addr local;
	struct in_addr remote;
	struct in_addr dns[2];	/* 0.0.0.0: none */
	struct in_addr wins[2];
	bool accept_peer_choice;	/* the peer may insist on its own address */
};

/**
 * struct ipcp - one IPCP
 * @addr: what the peer is given
 * @no_local: the peer rejected our address option
 * @named: the request at hand has an address option
 * @seen: the address in it
 * @remote: @seen as acknowledged
 */
struct ipcp {
	struct ppp_cp cp;
	struct ppp_addresses addr;
	bool no_local;
	bool named;
	struct in_addr seen;
	struct in_addr remote;
};

void ipcp_init(struct ipcp *ipcp, const struct ppp_cp_config *cfg);

/* Must be called before the lower layer is up. */
void ipcp_set_addresses(struct ipcp *ipcp, const struct ppp_addresses *addr);

/* The lower layer went away: everything is negotiated anew. */
void ipcp_reset(struct ipcp *ipcp);

#endif /* PROTO_IPCP_H */
