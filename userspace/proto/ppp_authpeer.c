// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <string.h>

#include "ppp_authpeer.h"

void ppp_authpeer_init(struct ppp_authpeer *p,
		       const struct ppp_authpeer_config *cfg,
		       struct ppp_rand *rand)
{
	const struct eap_peer_config eap = {
		.credentials = cfg->credentials,
		.restart = cfg->restart,
		.max_transmit = cfg->max_transmit,
		.mtu = cfg->mtu,
	};

	memset(p, 0, sizeof(*p));
	p->cfg = *cfg;
	pap_peer_init(&p->pap, cfg->credentials, cfg->restart, cfg->max_transmit);
	chap_peer_init(&p->chap, cfg->credentials, rand);
	eap_peer_init(&p->eap, &eap, rand);
}

void ppp_authpeer_start(struct ppp_authpeer *p, enum ppp_auth_method method,
			uint64_t now, struct ppp_actions *acts)
{
	ppp_authpeer_stop(p);
	p->method = method;
	switch (ppp_auth_protocol(method)) {
	case PPP_AUTH_PROTOCOL_PAP:
		pap_peer_start(&p->pap, now, acts);
		break;
	case PPP_AUTH_PROTOCOL_CHAP:
		chap_peer_start(&p->chap, method);
		break;
	case PPP_AUTH_PROTOCOL_EAP:
		eap_peer_start(&p->eap);
		break;
	}
}

void ppp_authpeer_stop(struct ppp_authpeer *p)
{
	p->method = PPP_AUTH_NONE;
	pap_peer_stop(&p->pap);
	chap_peer_stop(&p->chap);
	eap_peer_stop(&p->eap);
	explicit_bzero(&p->done, sizeof(p->done));
}

static enum ppp_auth_outcome input(struct ppp_authpeer *p, uint16_t protocol,
				   const struct ppp_packet *pkt, uint64_t now,
				   struct ppp_actions *acts)
{
	switch (protocol) {
	case PPP_AUTH_PROTOCOL_PAP:
		return pap_peer_input(&p->pap, pkt);
	case PPP_AUTH_PROTOCOL_CHAP:
		return chap_peer_input(&p->chap, pkt, acts);
	case PPP_AUTH_PROTOCOL_EAP:
		return eap_peer_input(&p->eap, pkt, now, acts);
	}
	return PPP_AUTH_IGNORED;
}

/* What CHAP or EAP leaves behind besides the name. */
static void take_rest(struct ppp_authpeer *p, uint16_t protocol)
{
	struct ppp_auth_done *done = &p->done;

	done->method = p->method;
	if (protocol == PPP_AUTH_PROTOCOL_CHAP) {
		done->changed = p->chap.mschap.renewed;
		done->has_keys = chap_peer_keys(&p->chap, done->tx_start,
						done->rx_start);
	}
	if (protocol == PPP_AUTH_PROTOCOL_EAP) {
		done->method = p->eap.method;
		done->changed = eap_peer_changed(&p->eap);
		done->has_keys = p->eap.keys;
		memcpy(done->tx_start, p->eap.tx_start, MPPE_START_LEN);
		memcpy(done->rx_start, p->eap.rx_start, MPPE_START_LEN);
	}
}

/* Passes @outcome on, with what is left behind when it is DONE_OK. */
static enum ppp_auth_outcome finish(struct ppp_authpeer *p, uint16_t protocol,
				    enum ppp_auth_outcome outcome)
{
	if (outcome != PPP_AUTH_DONE_OK)
		return outcome;
	snprintf(p->done.user, sizeof(p->done.user), "%s",
		 p->cfg.credentials->user);
	take_rest(p, protocol);
	return outcome;
}

enum ppp_auth_outcome ppp_authpeer_input(struct ppp_authpeer *p,
					 uint16_t protocol,
					 const struct ppp_packet *pkt,
					 uint64_t now,
					 struct ppp_actions *acts)
{
	if (protocol != ppp_auth_protocol(p->method))
		return PPP_AUTH_IGNORED;
	return finish(p, protocol, input(p, protocol, pkt, now, acts));
}

enum ppp_auth_outcome ppp_authpeer_let_in(struct ppp_authpeer *p)
{
	if (ppp_auth_protocol(p->method) != PPP_AUTH_PROTOCOL_EAP)
		return PPP_AUTH_IGNORED;
	return finish(p, PPP_AUTH_PROTOCOL_EAP, eap_peer_let_in(&p->eap));
}

bool ppp_authpeer_timer(struct ppp_authpeer *p, uint64_t now,
			struct ppp_actions *acts)
{
	return pap_peer_timer(&p->pap, now, acts) &&
	       eap_peer_timer(&p->eap, now, acts);
}

uint64_t ppp_authpeer_deadline(const struct ppp_authpeer *p)
{
	return p->eap.deadline < p->pap.deadline ? p->eap.deadline :
						   p->pap.deadline;
}

const struct ppp_auth_done *ppp_authpeer_done(const struct ppp_authpeer *p)
{
	return &p->done;
}

const struct ppp_auth_failure *
ppp_authpeer_failure(const struct ppp_authpeer *p)
{
	if (ppp_auth_protocol(p->method) == PPP_AUTH_PROTOCOL_PAP)
		return &p->pap.failure;
	if (ppp_auth_protocol(p->method) == PPP_AUTH_PROTOCOL_EAP)
		return &p->eap.failure;
	return &p->chap.failure;
}
