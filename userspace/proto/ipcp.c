// SPDX-License-Identifier: GPL-2.0-or-later
/* IPCP: RFC 1332 section 3, name servers of RFC 1877 section 1. */
#include <string.h>

#include "ipcp.h"

enum {
	OPT_ADDRESS = 3,
	OPT_DNS_1 = 129,
	OPT_WINS_1 = 130,
	OPT_DNS_2 = 131,
	OPT_WINS_2 = 132,
};

static struct ipcp *ipcp_of(struct ppp_cp *cp)
{
	return (struct ipcp *)((char *)cp - offsetof(struct ipcp, cp));
}

static void put_address(struct writer *w, uint8_t type, struct in_addr addr)
{
	ppp_opt_put_u32(w, type, ntohl(addr.s_addr));
}

static void ipcp_request(struct ppp_cp *cp, struct writer *w)
{
	struct ipcp *ipcp = ipcp_of(cp);

	if (!ipcp->no_local)
		put_address(w, OPT_ADDRESS, ipcp->addr.local);
}

static void ipcp_begin(struct ppp_cp *cp, const struct ppp_packet *pkt)
{
	struct ipcp *ipcp = ipcp_of(cp);

	(void)pkt;
	ipcp->named = false;
	ipcp->seen.s_addr = 0;
}

/* An address that a host may have for itself, and that is not ours. */
static bool is_host(const struct ipcp *ipcp, uint32_t addr)
{
	uint8_t top = addr >> 24;

	return top && top != 127 && top < 224 &&
	       addr != ntohl(ipcp->addr.local.s_addr);
}

static enum ppp_cp_verdict judge_address(struct ipcp *ipcp,
					 const struct ppp_opt *opt,
					 struct writer *nak)
{
	uint32_t addr = ppp_opt_u32(opt);

	ipcp->named = true;
	ipcp->seen.s_addr = htonl(addr);
	if (addr && addr == ntohl(ipcp->addr.remote.s_addr))
		return PPP_CP_ACK;
	if (ipcp->addr.accept_peer_choice && is_host(ipcp, addr))
		return PPP_CP_ACK;
	put_address(nak, OPT_ADDRESS, ipcp->addr.remote);
	return PPP_CP_INSIST;
}

/* Without such a server the option is rejected; Windows then asks without it. */
static enum ppp_cp_verdict judge_server(const struct ppp_opt *opt,
					struct in_addr server,
					struct writer *nak)
{
	if (!server.s_addr)
		return PPP_CP_REJECT;
	if (ppp_opt_u32(opt) == ntohl(server.s_addr))
		return PPP_CP_ACK;
	put_address(nak, opt->type, server);
	return PPP_CP_NAK;
}

/*
 * Rejected is everything else: header compression, which is negotiated by
 * pppd and Apple by default, and the deprecated IP-Addresses.
 */
static enum ppp_cp_verdict ipcp_option(struct ppp_cp *cp,
				       const struct ppp_opt *opt,
				       struct writer *nak)
{
	struct ipcp *ipcp = ipcp_of(cp);

	switch (opt->type) {
	case OPT_ADDRESS:
		return judge_address(ipcp, opt, nak);
	case OPT_DNS_1:
		return judge_server(opt, ipcp->addr.dns[0], nak);
	case OPT_DNS_2:
		return judge_server(opt, ipcp->addr.dns[1], nak);
	case OPT_WINS_1:
		return judge_server(opt, ipcp->addr.wins[0], nak);
	case OPT_WINS_2:
		return judge_server(opt, ipcp->addr.wins[1], nak);
	}
	return PPP_CP_REJECT;
}

/* A peer without an address is of no use, however often it was told. */
static void ipcp_missing(struct ppp_cp *cp, bool exhausted, struct writer *nak)
{
	struct ipcp *ipcp = ipcp_of(cp);

	(void)exhausted;
	if (!ipcp->named)
		put_address(nak, OPT_ADDRESS, ipcp->addr.remote);
}

static void ipcp_acked(struct ppp_cp *cp)
{
	struct ipcp *ipcp = ipcp_of(cp);

	ipcp->remote = ipcp->seen;
}

/* The peer's Ack carries nothing that has to be remembered. */
static void ipcp_agreed(struct ppp_cp *cp)
{
	(void)cp;
}

/* Our own address is not the peer's to choose; it is asked for again. */
static void ipcp_naked(struct ppp_cp *cp, const struct ppp_opt *opt)
{
	(void)cp;
	(void)opt;
}

static void ipcp_rejected(struct ppp_cp *cp, const struct ppp_opt *opt)
{
	struct ipcp *ipcp = ipcp_of(cp);

	if (opt->type == OPT_ADDRESS)
		ipcp->no_local = true;
}

static const struct ppp_cp_ops ipcp_ops = {
	.protocol = IPCP_PROTOCOL,
	.request = ipcp_request,
	.begin = ipcp_begin,
	.option = ipcp_option,
	.missing = ipcp_missing,
	.acked = ipcp_acked,
	.agreed = ipcp_agreed,
	.naked = ipcp_naked,
	.rejected = ipcp_rejected,
};

void ipcp_init(struct ipcp *ipcp, const struct ppp_cp_config *cfg)
{
	memset(ipcp, 0, sizeof(*ipcp));
	ppp_cp_init(&ipcp->cp, &ipcp_ops, cfg);
}

void ipcp_set_addresses(struct ipcp *ipcp, const struct ppp_addresses *addr)
{
	ipcp->addr = *addr;
}

void ipcp_reset(struct ipcp *ipcp)
{
	ipcp->no_local = false;
	ipcp->seen.s_addr = 0;
	ipcp->remote.s_addr = 0;
	ipcp->cp.naks_sent = 0;
	ipcp->cp.naks_received = 0;
	ipcp->cp.waiting = false;
}
