/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * IPV6CP (RFC 5072 section 4): each end has an interface identifier, from which
 * its link-local address is made. Nothing else is negotiated; prefixes are for
 * router advertisements.
 */
#ifndef PROTO_IPV6CP_H
#define PROTO_IPV6CP_H

#include <stdbool.h>
#include <stdint.h>

#include "ppp_cp.h"
#include "ppp_rand.h"

#define IPV6CP_PROTOCOL	0x8057

/**
 * struct ipv6cp - one IPV6CP
 * @rand: for identifiers; outlives this
 * @fixed: @local is configured, and not the peer's to choose
 * @local: what our requests name
 * @wanted: for the peer, all zero: any
 * @seen: in the request at hand, all zero: none; @remote: as acknowledged
 */
struct ipv6cp {
	struct ppp_cp cp;
	struct ppp_rand *rand;
	bool fixed;
	uint8_t local[PPP_IFID_LEN];
	uint8_t wanted[PPP_IFID_LEN];
	uint8_t seen[PPP_IFID_LEN];
	uint8_t remote[PPP_IFID_LEN];
};

/* @local, @wanted: all zero: drawn at random, and any. */
void ipv6cp_init(struct ipv6cp *ipv6cp, const struct ppp_cp_config *cfg,
		 const uint8_t local[PPP_IFID_LEN],
		 const uint8_t wanted[PPP_IFID_LEN], struct ppp_rand *rand);

/* The lower layer went away: everything is negotiated anew. */
void ipv6cp_reset(struct ipv6cp *ipv6cp);

#endif /* PROTO_IPV6CP_H */
