// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Authentication of a link (RFC 1661 section 3.5): the peer's, ours, or both at
 * the same time. Which packet is for whom is known by its code, so that both
 * sides are asked.
 */
#include <string.h>

#include "ppp_link_priv.h"

/*
 * Octets of an EAP packet. RFC 3748 section 3.1 counts on 1020; a peer's MRU may
 * be larger, but is not known to reach it through every NAT.
 */
#define EAP_PACKET_MAX 1020

void ppp_link_auth_init(struct ppp_link *link)
{
	const struct ppp_link_config *cfg = &link->cfg;
	const struct ppp_authenticator_config peer = {
		.name = cfg->name,
		.methods = cfg->auth_peer,
		.restart = cfg->restart,
		.max_transmit = cfg->max_configure,
		.tries = cfg->auth_tries,
		.mtu = EAP_PACKET_MAX,
		.tls = cfg->tls,
	};
	const struct ppp_authpeer_config us = {
		.credentials = &cfg->credentials,
		.restart = cfg->restart,
		.max_transmit = cfg->max_configure,
		.mtu = EAP_PACKET_MAX,
	};

	ppp_authenticator_init(&link->authenticator, &peer, &link->rand);
	ppp_authpeer_init(&link->authpeer, &us, &link->rand);
}

/* A peer that must prove itself and has agreed to nothing does not get here. */
void ppp_link_auth_start(struct ppp_link *link, uint64_t now,
			 struct ppp_actions *acts)
{
	enum ppp_auth_method peer = link->lcp.auth;
	enum ppp_auth_method us = link->lcp.peer.auth;

	if (link->cfg.auth_peer && peer == PPP_AUTH_NONE) {
		ppp_link_fail(link, PPP_END_AUTH_REFUSED);
		return;
	}
	link->peer_pending = peer != PPP_AUTH_NONE;
	link->us_pending = us != PPP_AUTH_NONE;
	if (link->peer_pending)
		ppp_authenticator_start(&link->authenticator, peer, now, acts);
	if (link->us_pending)
		ppp_authpeer_start(&link->authpeer, us, now, acts);
}

static void forget_keys(struct ppp_link *link)
{
	link->has_keys = false;
	explicit_bzero(link->tx_start, sizeof(link->tx_start));
	explicit_bzero(link->rx_start, sizeof(link->rx_start));
}

void ppp_link_auth_stop(struct ppp_link *link)
{
	ppp_authenticator_stop(&link->authenticator);
	ppp_authpeer_stop(&link->authpeer);
	link->peer_pending = false;
	link->us_pending = false;
	link->answer.len = 0;
	forget_keys(link);
}

/*
 * Keys come from one direction. When both left some, it is that in which the
 * caller proved itself (RFC 3079 sections 2 and 3), who is not the one that gives
 * addresses. pppd refuses MPPE then.
 */
static void take_keys(struct ppp_link *link, const struct ppp_auth_done *done,
		      bool callers)
{
	if (!done->has_keys || (link->has_keys && !callers))
		return;
	link->has_keys = true;
	link->short_keys = ppp_auth_method_short_keys(done->method);
	memcpy(link->tx_start, done->tx_start, MPPE_START_LEN);
	memcpy(link->rx_start, done->rx_start, MPPE_START_LEN);
}

/* A wrong identity is told like a wrong password (RFC 2759 section 6). */
static void peer_moved(struct ppp_link *link, enum ppp_auth_outcome outcome)
{
	switch (outcome) {
	case PPP_AUTH_IGNORED:
	case PPP_AUTH_WAITING:
		break;
	case PPP_AUTH_DONE_OK:
		if (!link->peer_pending)
			break;
		link->peer_pending = false;
		take_keys(link, ppp_authenticator_done(&link->authenticator),
			  link->cfg.ip_give);
		break;
	case PPP_AUTH_DONE_FAILED:
		ppp_link_fail(link, PPP_END_AUTH_FAILED);
		break;
	}
}

static void we_are_known(struct ppp_link *link, struct ppp_actions *acts)
{
	const struct ppp_auth_done *done = ppp_authpeer_done(&link->authpeer);

	if (!link->us_pending)
		return;
	link->us_pending = false;
	take_keys(link, done, !link->cfg.ip_give);
	if (done->changed)
		ppp_action_add(acts, PPP_ACTION_PASSWORD);
}

static void us_moved(struct ppp_link *link, enum ppp_auth_outcome outcome,
		     struct ppp_actions *acts)
{
	switch (outcome) {
	case PPP_AUTH_IGNORED:
	case PPP_AUTH_WAITING:
		break;
	case PPP_AUTH_DONE_OK:
		we_are_known(link, acts);
		break;
	case PPP_AUTH_DONE_FAILED:
		/*
		 * Anybody can say so once the link is open, and a peer that means it ends
		 * the link (RFC 1994 section 4.2).
		 */
		if (!link->us_pending)
			break;
		link->auth_failure = *ppp_authpeer_failure(&link->authpeer);
		ppp_link_fail(link, link->auth_failure.identity ?
				    PPP_END_SERVER_IDENTITY :
				    PPP_END_PEER_REFUSED_US);
		break;
	}
}

static void keep_answer(struct ppp_link *link, const struct ppp_actions *acts)
{
	const struct ppp_action *act;

	if (!acts->n)
		return;
	act = &acts->act[acts->n - 1];
	if (act->type != PPP_ACTION_SEND)
		return;
	link->answer.len = act->send.len;
	memcpy(link->answer.data, act->send.data, act->send.len);
}

void ppp_link_auth_input(struct ppp_link *link, uint16_t protocol,
			 const struct ppp_packet *pkt, uint64_t now,
			 struct ppp_actions *acts)
{
	enum ppp_auth_outcome outcome;

	outcome = ppp_authenticator_input(&link->authenticator, protocol, pkt,
					  now, acts);
	peer_moved(link, outcome);
	if (outcome != PPP_AUTH_IGNORED)
		return;
	outcome = ppp_authpeer_input(&link->authpeer, protocol, pkt, now, acts);
	if (protocol == PPP_AUTH_PROTOCOL_CHAP && outcome == PPP_AUTH_WAITING)
		keep_answer(link, acts);
	us_moved(link, outcome, acts);
}

/*
 * An authenticator repeats the Success of CHAP for a copy of our answer (RFC 1994
 * section 4.2); that of EAP is taken as said.
 */
void ppp_link_auth_let_in(struct ppp_link *link, struct ppp_actions *acts)
{
	struct ppp_action *act;

	us_moved(link, ppp_authpeer_let_in(&link->authpeer), acts);
	if (!link->us_pending || !link->answer.len)
		return;
	act = ppp_action_add(acts, PPP_ACTION_SEND);
	act->send.len = link->answer.len;
	memcpy(act->send.data, link->answer.data, link->answer.len);
}

void ppp_link_auth_timer(struct ppp_link *link, uint64_t now,
			 struct ppp_actions *acts)
{
	if (!ppp_authenticator_timer(&link->authenticator, now, acts))
		ppp_link_fail(link, PPP_END_AUTH_TIMEOUT);
	if (!ppp_authpeer_timer(&link->authpeer, now, acts))
		ppp_link_fail(link, PPP_END_AUTH_TIMEOUT);
}

uint64_t ppp_link_auth_deadline(const struct ppp_link *link)
{
	uint64_t peer = ppp_authenticator_deadline(&link->authenticator);
	uint64_t us = ppp_authpeer_deadline(&link->authpeer);

	return peer < us ? peer : us;
}

bool ppp_link_auth_refused(const struct ppp_link *link)
{
	return ppp_authenticator_refused(&link->authenticator);
}

void ppp_link_auth_answered(struct ppp_link *link,
			    const struct ppp_auth_result *result, uint64_t now,
			    struct ppp_actions *acts)
{
	enum ppp_auth_outcome outcome;

	outcome = ppp_authenticator_result(&link->authenticator, result, now,
					   acts);
	peer_moved(link, outcome);
}

uint32_t ppp_link_auth_strengths(const struct ppp_link *link)
{
	if (!link->has_keys)
		return 0;
	return link->short_keys ? CCP_MPPE_STRENGTHS : CCP_MPPE_128;
}
