// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The network phase (RFC 1661 section 3.6): CCP settles how packets travel, then
 * IPCP and IPV6CP may open, and together they make "up".
 */
#include <string.h>

#include "ppp_link_priv.h"

#define NEVER PPP_LINK_NEVER

/* Is MPPE to be had at all: by policy, and by what authentication left? */
static bool may_encrypt(const struct ppp_link *link)
{
	return link->cfg.mppe != PPP_MPPE_DENY && link->has_keys;
}

/* May no packet pass in the clear, by policy or because some were encrypted? */
static bool needs_mppe(const struct ppp_link *link)
{
	return link->cfg.mppe == PPP_MPPE_REQUIRE || link->encrypted;
}

/* CCP has ended for good. */
static bool ccp_over(const struct ppp_link *link)
{
	switch (link->ccp.cp.fsm.state) {
	case PPP_FSM_CLOSED:
	case PPP_FSM_STOPPED:
	case PPP_FSM_CLOSING:
	case PPP_FSM_STOPPING:
		return true;
	case PPP_FSM_INITIAL:
	case PPP_FSM_STARTING:
	case PPP_FSM_REQ_SENT:
	case PPP_FSM_ACK_RCVD:
	case PPP_FSM_ACK_SENT:
	case PPP_FSM_OPENED:
		break;
	}
	return false;
}

struct ppp_cp *ppp_link_network_essential(struct ppp_link *link)
{
	return link->cfg.ipv4 ? &link->ipcp.cp : &link->ipv6cp.cp;
}

/* Is it known how packets will travel, so that addresses may be agreed? */
static bool ccp_decided(const struct ppp_link *link)
{
	if (needs_mppe(link))
		return ppp_cp_open(&link->ccp.cp) && ccp_common(&link->ccp);
	if (!may_encrypt(link) || ppp_cp_open(&link->ccp.cp) || ccp_over(link))
		return true;
	if (link->ccp.cp.fsm.state == PPP_FSM_STARTING)
		return true;
	return link->ccp_silent && !link->ccp.cp.heard;
}

/* IPv4 is what a link is for where it is wanted at all. */
static bool is_usable(const struct ppp_link *link)
{
	return ppp_cp_open(link->cfg.ipv4 ? &link->ipcp.cp : &link->ipv6cp.cp);
}

static void say_down(struct ppp_link *link, unsigned int at, uint64_t now,
		     struct ppp_actions *acts)
{
	if (!link->up)
		return;
	link->up = false;
	ppp_link_doubt_stop(link);
	link->stage_deadline = now + link->cfg.ncp_timeout;
	ppp_action_insert(acts, at, PPP_ACTION_DOWN);
}

static void say_keys(struct ppp_link *link, struct ppp_actions *acts)
{
	uint32_t bits = ccp_common(&link->ccp);
	struct ppp_action *act = ppp_action_add(acts, PPP_ACTION_KEYS);

	act->keys.bits = ccp_strength(bits);
	act->keys.stateless = bits & CCP_MPPE_STATELESS;
	act->keys.compress_tx = ccp_compress_tx(&link->ccp);
	act->keys.compress_rx = ccp_compress_rx(&link->ccp);
	memcpy(act->keys.tx, link->tx_start, MPPE_START_LEN);
	memcpy(act->keys.rx, link->rx_start, MPPE_START_LEN);
	link->encrypted = true;
}

static void fill_ipv4(const struct ppp_link *link, struct ppp_up *up)
{
	const struct ipcp *ipcp = &link->ipcp;

	up->has_ipv4 = ppp_cp_open(&ipcp->cp);
	if (!up->has_ipv4)
		return;
	up->local = ipcp->addr.local;
	up->remote = ipcp->remote;
	if (ipcp->give)
		return;
	memcpy(up->dns, ipcp->addr.dns, sizeof(up->dns));
	memcpy(up->wins, ipcp->addr.wins, sizeof(up->wins));
}

static void fill_ipv6(const struct ppp_link *link, struct ppp_up *up)
{
	up->has_ipv6 = ppp_cp_open(&link->ipv6cp.cp);
	if (!up->has_ipv6)
		return;
	memcpy(up->local_id, link->ipv6cp.local, PPP_IFID_LEN);
	memcpy(up->remote_id, link->ipv6cp.remote, PPP_IFID_LEN);
}

void ppp_link_agreed(const struct ppp_link *link, struct ppp_up *up)
{
	const struct ppp_auth_done *peer, *us;
	uint32_t bits = 0;

	peer = ppp_authenticator_done(&link->authenticator);
	us = ppp_authpeer_done(&link->authpeer);
	if (ppp_cp_open(&link->ccp.cp))
		bits = ccp_common(&link->ccp);
	memset(up, 0, sizeof(*up));
	fill_ipv4(link, up);
	fill_ipv6(link, up);
	up->peer_mru = link->lcp.peer.mru;
	up->peer_accm = link->lcp.peer.accm;
	up->acfc = link->lcp.peer.acfc;
	up->pfc = link->lcp.peer.pfc;
	up->mppe_bits = ccp_strength(bits);
	up->mppe_stateless = bits & CCP_MPPE_STATELESS;
	up->mppe_compress_tx = bits && ccp_compress_tx(&link->ccp);
	up->mppe_compress_rx = bits && ccp_compress_rx(&link->ccp);
	up->auth_peer = peer->method;
	up->auth_us = us->method;
	memcpy(up->user, peer->user, sizeof(up->user));
}

/* Says UP once there is something to pass and it is settled how it travels. */
static void say_up(struct ppp_link *link, struct ppp_actions *acts)
{
	bool ipv6 = ppp_cp_open(&link->ipv6cp.cp);

	if (link->fail || link->phase != PPP_PHASE_NETWORK ||
	    !is_usable(link) || !ccp_decided(link) ||
	    (link->up && link->up_ipv6 == ipv6))
		return;
	ppp_link_agreed(link, &ppp_action_add(acts, PPP_ACTION_UP)->up);
	link->up = true;
	link->up_ipv6 = ipv6;
	link->stage_deadline = NEVER;
	link->ccp_deadline = NEVER;
}

/* The layer below is gone; the protocol waits in Starting for it to return. */
static void lower_cp(struct ppp_cp *cp, uint64_t now, struct ppp_actions *acts)
{
	ppp_cp_event(cp, PPP_FSM_DOWN, now, acts);
	if (cp->fsm.state == PPP_FSM_INITIAL)
		ppp_cp_event(cp, PPP_FSM_OPEN, now, acts);
}

void ppp_link_network_stop(struct ppp_link *link, unsigned int at, uint64_t now,
			   struct ppp_actions *acts)
{
	say_down(link, at, now, acts);
	lower_cp(&link->ccp.cp, now, acts);
	ccp_reset(&link->ccp, 0);
	lower_cp(&link->ipcp.cp, now, acts);
	ipcp_reset(&link->ipcp);
	lower_cp(&link->ipv6cp.cp, now, acts);
	ipv6cp_reset(&link->ipv6cp);
	link->ccp_deadline = NEVER;
	link->ccp_silent = false;
	link->ipcp_parked.len = 0;
	link->ipv6cp_parked.len = 0;
}

void ppp_link_network_init(struct ppp_link *link, const struct ppp_cp_config *cp)
{
	const struct ppp_link_config *cfg = &link->cfg;
	const struct ccp_config ccp = {
		.allowed = cfg->mppe_bits,
		.stateful = cfg->mppe_stateful,
		.required = cfg->mppe == PPP_MPPE_REQUIRE,
		.mppc = cfg->mppe_compression,
	};

	ccp_init(&link->ccp, cp, &ccp);
	ipcp_init(&link->ipcp, cp, cfg->ip_give ? NULL : &cfg->wish);
	ipv6cp_init(&link->ipv6cp, cp, cfg->ipv6_local, cfg->ipv6_remote,
		    &link->rand);
	link->ccp_deadline = NEVER;
	link->has_address = !cfg->ip_give;
}

void ppp_link_set_mppe(struct ppp_link *link, enum ppp_mppe_policy policy,
		       enum ccp_stateful stateful)
{
	link->cfg.mppe = policy;
	link->ccp.cfg.stateful = stateful;
	link->ccp.cfg.required = policy == PPP_MPPE_REQUIRE;
}

/* An early Configure-Request is kept: silence would cost its repeat time. */
static void park(struct ppp_link_parked *parked, const struct ppp_packet *pkt)
{
	if (pkt->code != PPP_CODE_CONF_REQ)
		return;
	parked->len = PPP_PACKET_HEADER + pkt->len;
	memcpy(parked->data, pkt->raw, parked->len);
}

static void begin_ncp(struct ppp_cp *cp, struct ppp_link_parked *parked,
		      uint64_t now, struct ppp_actions *acts)
{
	struct ppp_packet pkt;

	if (cp->fsm.state != PPP_FSM_STARTING)
		return;
	ppp_cp_event(cp, PPP_FSM_UP, now, acts);
	if (parked->len && ppp_packet_parse(parked->data, parked->len, &pkt))
		ppp_cp_input(cp, &pkt, now, acts);
	parked->len = 0;
}

void ppp_link_network_resume(struct ppp_link *link, uint64_t now,
			     struct ppp_actions *acts)
{
	if (link->fail || link->phase != PPP_PHASE_NETWORK || !ccp_decided(link))
		return;
	if (link->cfg.ipv4 && link->has_address)
		begin_ncp(&link->ipcp.cp, &link->ipcp_parked, now, acts);
	if (link->cfg.ipv6)
		begin_ncp(&link->ipv6cp.cp, &link->ipv6cp_parked, now, acts);
}

/* Where nobody wants MPPE, a peer that speaks of CCP is answered, no more. */
static void start_ccp(struct ppp_link *link, uint64_t now,
		      struct ppp_actions *acts)
{
	uint32_t strengths = ppp_link_auth_strengths(link);

	ccp_reset(&link->ccp, link->cfg.mppe == PPP_MPPE_DENY ? 0 : strengths);
	link->ccp.cp.heard = false;
	if (needs_mppe(link) && !link->ccp.allowed) {
		ppp_link_fail(link, PPP_END_MPPE_REFUSED);
		return;
	}
	if (!link->ccp.allowed || link->cfg.mppe == PPP_MPPE_ALLOW)
		return;
	if (!needs_mppe(link))
		link->ccp_deadline = now + link->cfg.restart;
	ppp_cp_event(&link->ccp.cp, PPP_FSM_UP, now, acts);
}

void ppp_link_network_start(struct ppp_link *link, uint64_t now,
			    struct ppp_actions *acts)
{
	link->stage_deadline = now + link->cfg.ncp_timeout;
	if (link->cfg.ipv4 && link->cfg.ip_give && !link->asked_address) {
		link->asked_address = true;
		ppp_action_add(acts, PPP_ACTION_GET_ADDRESS);
	}
	start_ccp(link, now, acts);
	ppp_link_network_resume(link, now, acts);
}

/*
 * CCP opened, with another mode in each direction: it is begun anew, so that both
 * get the same. The kernel could have two, but peers have one.
 */
static bool settle_ccp(struct ppp_link *link, uint64_t now,
		       struct ppp_actions *acts)
{
	if (!ccp_settle(&link->ccp))
		return false;
	ppp_cp_event(&link->ccp.cp, PPP_FSM_DOWN, now, acts);
	ppp_cp_event(&link->ccp.cp, PPP_FSM_UP, now, acts);
	return true;
}

/* CCP opened: with keys, or without where that is allowed. */
static void ccp_opened(struct ppp_link *link, uint64_t now,
		       struct ppp_actions *acts)
{
	if (ccp_common(&link->ccp)) {
		say_down(link, acts->n, now, acts);
		say_keys(link, acts);
	} else if (settle_ccp(link, now, acts)) {
		return;
	} else if (needs_mppe(link)) {
		ppp_link_fail(link, PPP_END_MPPE_REFUSED);
	} else if (link->ccp.tx || link->ccp.rx) {
		/* Half encrypted is nothing that the peer would understand. */
		ppp_cp_event(&link->ccp.cp, PPP_FSM_CLOSE, now, acts);
	}
}

/* What the automaton of CCP reported; @at is where its frames began. */
static void ccp_moved(struct ppp_link *link, unsigned int due, unsigned int at,
		      uint64_t now, struct ppp_actions *acts)
{
	if (due & PPP_FSM_TLD) {
		ppp_link_count_renegotiation(link, now);
		say_down(link, at, now, acts);
	}
	if (link->ccp.cp.fail)
		ppp_link_fail(link, link->ccp.cp.fail);
	else if (due & PPP_FSM_TLU)
		ccp_opened(link, now, acts);
	else if (link->ccp.cp.hopeless && !ccp_over(link))
		ppp_cp_event(&link->ccp.cp, PPP_FSM_CLOSE, now, acts);
	if (needs_mppe(link) && ccp_over(link))
		ppp_link_fail(link, PPP_END_MPPE_REFUSED);
	ppp_link_network_resume(link, now, acts);
	say_up(link, acts);
}

static void input_ccp(struct ppp_link *link, const struct ppp_packet *pkt,
		      uint64_t now, struct ppp_actions *acts)
{
	unsigned int due, at = acts->n;

	if (pkt->code == PPP_CODE_RESET_REQ || pkt->code == PPP_CODE_RESET_ACK)
		return;
	if (link->ccp.cp.fsm.state == PPP_FSM_STARTING)
		ppp_cp_event(&link->ccp.cp, PPP_FSM_UP, now, acts);
	due = ppp_cp_input(&link->ccp.cp, pkt, now, acts);
	ccp_moved(link, due, at, now, acts);
	if (pkt->code != PPP_CODE_TERM_REQ)
		return;
	/* Windows says 732 so, while we are still asking (protocol-wise legal). */
	if (needs_mppe(link))
		ppp_link_fail(link, PPP_END_MPPE_REFUSED);
	else
		ppp_cp_event(&link->ccp.cp, PPP_FSM_CLOSE, now, acts);
	ppp_link_network_resume(link, now, acts);
	say_up(link, acts);
}

/* What the automaton of IPCP or IPV6CP reported. */
static void ncp_moved(struct ppp_link *link, struct ppp_cp *cp,
		      unsigned int due, unsigned int at, uint64_t now,
		      struct ppp_actions *acts)
{
	bool essential = cp == ppp_link_network_essential(link);

	if (due & PPP_FSM_TLD) {
		ppp_link_count_renegotiation(link, now);
		if (essential)
			say_down(link, at, now, acts);
	}
	if (cp->fail)
		ppp_link_fail(link, cp->fail);
	if (cp->hopeless && cp->fsm.state >= PPP_FSM_REQ_SENT)
		due |= ppp_cp_event(cp, PPP_FSM_CLOSE, now, acts);
	if (essential && (due & PPP_FSM_TLF || cp->hopeless))
		ppp_link_fail(link, PPP_END_NCP_TIMEOUT);
	say_up(link, acts);
}

static void input_ncp(struct ppp_link *link, struct ppp_cp *cp,
		      struct ppp_link_parked *parked,
		      const struct ppp_packet *pkt, uint64_t now,
		      struct ppp_actions *acts)
{
	enum ppp_end_reason reason = PPP_END_PEER;
	unsigned int due, at = acts->n;

	if (cp->fsm.state == PPP_FSM_STARTING) {
		park(parked, pkt);
		return;
	}
	due = ppp_cp_input(cp, pkt, now, acts);
	ncp_moved(link, cp, due, at, now, acts);
	if (pkt->code != PPP_CODE_TERM_REQ || cp != ppp_link_network_essential(link))
		return;
	if (lcp_windows_error(pkt) == 738)
		reason = PPP_END_NO_ADDRESS;
	ppp_link_fail(link, reason);
}

bool ppp_link_network_input(struct ppp_link *link, uint16_t protocol,
			    const uint8_t *packet, size_t len, uint64_t now,
			    struct ppp_actions *acts)
{
	struct ppp_packet pkt;

	if (protocol != CCP_PROTOCOL &&
	    !(protocol == IPCP_PROTOCOL && link->cfg.ipv4) &&
	    !(protocol == IPV6CP_PROTOCOL && link->cfg.ipv6))
		return false;
	if (!ppp_packet_parse(packet, len, &pkt))
		return true;
	if (protocol == CCP_PROTOCOL)
		input_ccp(link, &pkt, now, acts);
	else if (protocol == IPCP_PROTOCOL)
		input_ncp(link, &link->ipcp.cp, &link->ipcp_parked, &pkt, now,
			  acts);
	else
		input_ncp(link, &link->ipv6cp.cp, &link->ipv6cp_parked, &pkt,
			  now, acts);
	return true;
}

void ppp_link_network_rejected(struct ppp_link *link, uint16_t protocol,
			       uint64_t now, struct ppp_actions *acts)
{
	unsigned int due, at = acts->n;
	struct ppp_cp *cp;

	if (protocol == CCP_PROTOCOL) {
		due = ppp_cp_event(&link->ccp.cp, PPP_FSM_RXJ_BAD, now, acts);
		ccp_moved(link, due, at, now, acts);
		return;
	}
	if (protocol != IPCP_PROTOCOL && protocol != IPV6CP_PROTOCOL)
		return;
	cp = protocol == IPCP_PROTOCOL ? &link->ipcp.cp : &link->ipv6cp.cp;
	due = ppp_cp_event(cp, PPP_FSM_RXJ_BAD, now, acts);
	ncp_moved(link, cp, due, at, now, acts);
}

void ppp_link_network_timer(struct ppp_link *link, uint64_t now,
			    struct ppp_actions *acts)
{
	unsigned int due;

	due = ppp_cp_timer(&link->ccp.cp, now, acts);
	ccp_moved(link, due, acts->n, now, acts);
	due = ppp_cp_timer(&link->ipcp.cp, now, acts);
	ncp_moved(link, &link->ipcp.cp, due, acts->n, now, acts);
	due = ppp_cp_timer(&link->ipv6cp.cp, now, acts);
	ncp_moved(link, &link->ipv6cp.cp, due, acts->n, now, acts);
	if (now < link->ccp_deadline)
		return;
	link->ccp_deadline = NEVER;
	link->ccp_silent = true;
	ppp_link_network_resume(link, now, acts);
}

static uint64_t earlier(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

uint64_t ppp_link_network_deadline(const struct ppp_link *link)
{
	uint64_t when = link->ccp_deadline;

	when = earlier(when, link->ccp.cp.fsm.deadline);
	when = earlier(when, link->ipcp.cp.fsm.deadline);
	return earlier(when, link->ipv6cp.cp.fsm.deadline);
}

enum ppp_end_reason ppp_link_network_lacks(const struct ppp_link *link)
{
	if (link->cfg.ipv4 && !link->has_address)
		return PPP_END_NO_ADDRESS;
	return ccp_decided(link) ? PPP_END_NCP_TIMEOUT : PPP_END_MPPE_REFUSED;
}

void ppp_link_addresses(struct ppp_link *link, const struct ppp_addresses *addr,
			uint64_t now, struct ppp_actions *acts)
{
	acts->n = 0;
	if (link->finished || link->has_address)
		return;
	link->has_address = true;
	ipcp_set_addresses(&link->ipcp, addr);
	ppp_link_network_resume(link, now, acts);
}
