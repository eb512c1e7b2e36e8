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

/* In the order in which Windows asks for them. */
enum ipcp_server {
	SERVER_DNS_1,
	SERVER_WINS_1,
	SERVER_DNS_2,
	SERVER_WINS_2,
	SERVERS,
};

#define BIT(server) (1u << (server))

static struct ipcp *ipcp_of(struct ppp_cp *cp)
{
	return (struct ipcp *)((char *)cp - offsetof(struct ipcp, cp));
}

static struct in_addr *server_address(struct ppp_addresses *addr,
				      enum ipcp_server server)
{
	switch (server) {
	case SERVER_DNS_1:
		return &addr->dns[0];
	case SERVER_WINS_1:
		return &addr->wins[0];
	case SERVER_DNS_2:
		return &addr->dns[1];
	case SERVER_WINS_2:
		return &addr->wins[1];
	case SERVERS:
		break;
	}
	return NULL;
}

static void put_address(struct writer *w, uint8_t type, struct in_addr addr)
{
	ppp_opt_put_u32(w, type, ntohl(addr.s_addr));
}

/* Whoever gives asks for no servers; @wanted is 0 there. */
static void ipcp_request(struct ppp_cp *cp, struct writer *w)
{
	struct ipcp *ipcp = ipcp_of(cp);
	unsigned int server;

	if (!ipcp->no_local && (!ipcp->give || ipcp->addr.local.s_addr))
		put_address(w, OPT_ADDRESS, ipcp->addr.local);
	for (server = 0; server < SERVERS; server++) {
		if (ipcp->wanted & BIT(server))
			put_address(w, (uint8_t)(OPT_DNS_1 + server),
				    *server_address(&ipcp->addr, server));
	}
}

static void ipcp_begin(struct ppp_cp *cp, const struct ppp_packet *pkt)
{
	struct ipcp *ipcp = ipcp_of(cp);

	(void)pkt;
	ipcp->named = false;
	ipcp->seen.s_addr = 0;
}

/* An address that a host may have. */
static bool is_host(uint32_t addr)
{
	uint8_t top = addr >> 24;

	return top && top != 127 && top < 224;
}

static bool is_ours(const struct ipcp *ipcp, uint32_t addr)
{
	return addr == ntohl(ipcp->addr.local.s_addr);
}

static enum ppp_cp_verdict give_address(struct ipcp *ipcp, uint32_t addr,
					struct writer *nak)
{
	if (addr && addr == ntohl(ipcp->addr.remote.s_addr))
		return PPP_CP_ACK;
	if (ipcp->addr.accept_peer_choice && is_host(addr) && !is_ours(ipcp, addr))
		return PPP_CP_ACK;
	put_address(nak, OPT_ADDRESS, ipcp->addr.remote);
	return PPP_CP_INSIST;
}

/* A server may have any address; one that has none and asks us is told. */
static enum ppp_cp_verdict take_address(struct ipcp *ipcp, uint32_t addr,
					struct writer *nak)
{
	if (is_host(addr) && !is_ours(ipcp, addr))
		return PPP_CP_ACK;
	ipcp->named = false;
	if (!ipcp->wish.remote.s_addr)
		return PPP_CP_REJECT;
	put_address(nak, OPT_ADDRESS, ipcp->wish.remote);
	return PPP_CP_NAK;
}

static enum ppp_cp_verdict judge_address(struct ipcp *ipcp,
					 const struct ppp_opt *opt,
					 struct writer *nak)
{
	uint32_t addr = ppp_opt_u32(opt);

	ipcp->named = true;
	ipcp->seen.s_addr = htonl(addr);
	if (ipcp->give)
		return give_address(ipcp, addr, nak);
	return take_address(ipcp, addr, nak);
}

/* Without such a server the option is rejected; Windows then asks without it. */
static enum ppp_cp_verdict judge_server(struct ipcp *ipcp,
					const struct ppp_opt *opt,
					struct writer *nak)
{
	struct in_addr server;

	server = *server_address(&ipcp->addr, opt->type - OPT_DNS_1);
	if (!ipcp->give || !server.s_addr)
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

	if (opt->type == OPT_ADDRESS)
		return judge_address(ipcp, opt, nak);
	if (opt->type >= OPT_DNS_1 && opt->type <= OPT_WINS_2)
		return judge_server(ipcp, opt, nak);
	return PPP_CP_REJECT;
}

/*
 * A peer without an address is of no use to whoever gives one, however often it
 * was told. A server may be unnumbered.
 */
static void ipcp_missing(struct ppp_cp *cp, bool exhausted, struct writer *nak)
{
	struct ipcp *ipcp = ipcp_of(cp);

	(void)exhausted;
	if (ipcp->give && !ipcp->named)
		put_address(nak, OPT_ADDRESS, ipcp->addr.remote);
}

static void ipcp_acked(struct ppp_cp *cp)
{
	struct ipcp *ipcp = ipcp_of(cp);

	ipcp->remote = ipcp->seen;
}

/* A peer that lets us have 0.0.0.0 gives us nothing. */
static void ipcp_agreed(struct ppp_cp *cp)
{
	struct ipcp *ipcp = ipcp_of(cp);

	if (!ipcp->give && !ipcp->addr.local.s_addr)
		cp->fail = PPP_END_NO_ADDRESS;
}

/* The address of whoever gives is not the peer's to choose: it is asked again. */
static void ipcp_naked(struct ppp_cp *cp, const struct ppp_opt *opt)
{
	struct ipcp *ipcp = ipcp_of(cp);
	uint32_t addr = ppp_opt_u32(opt);

	if (ipcp->give)
		return;
	if (opt->type == OPT_ADDRESS && is_host(addr))
		ipcp->addr.local.s_addr = htonl(addr);
	else if (opt->type >= OPT_DNS_1 && opt->type <= OPT_WINS_2)
		server_address(&ipcp->addr, opt->type - OPT_DNS_1)->s_addr =
			is_host(addr) ? htonl(addr) : 0;
}

static void ipcp_rejected(struct ppp_cp *cp, const struct ppp_opt *opt)
{
	struct ipcp *ipcp = ipcp_of(cp);

	if (opt->type == OPT_ADDRESS) {
		ipcp->no_local = true;
		if (!ipcp->give)
			cp->fail = PPP_END_NO_ADDRESS;
	} else if (opt->type >= OPT_DNS_1 && opt->type <= OPT_WINS_2) {
		ipcp->wanted &= ~BIT(opt->type - OPT_DNS_1);
		if (!ipcp->give)
			server_address(&ipcp->addr, opt->type - OPT_DNS_1)->s_addr = 0;
	}
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

void ipcp_set_addresses(struct ipcp *ipcp, const struct ppp_addresses *addr)
{
	ipcp->addr = *addr;
}

/* What was given before is asked for again: a peer that has it still agrees. */
void ipcp_reset(struct ipcp *ipcp)
{
	ipcp->no_local = false;
	ipcp->seen.s_addr = 0;
	ipcp->remote.s_addr = 0;
	ipcp->wanted = 0;
	if (!ipcp->give && ipcp->wish.dns)
		ipcp->wanted |= BIT(SERVER_DNS_1) | BIT(SERVER_DNS_2);
	if (!ipcp->give && ipcp->wish.wins)
		ipcp->wanted |= BIT(SERVER_WINS_1) | BIT(SERVER_WINS_2);
	ppp_cp_forget(&ipcp->cp);
}

void ipcp_init(struct ipcp *ipcp, const struct ppp_cp_config *cfg,
	       const struct ppp_wish *wish)
{
	memset(ipcp, 0, sizeof(*ipcp));
	ppp_cp_init(&ipcp->cp, &ipcp_ops, cfg);
	ipcp->give = !wish;
	if (wish) {
		ipcp->wish = *wish;
		ipcp->addr.local = wish->local;
	}
	ipcp_reset(ipcp);
}
