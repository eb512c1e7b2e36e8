// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <string.h>

#include "ppp_authenticator.h"

void ppp_authenticator_init(struct ppp_authenticator *a,
			    const struct ppp_authenticator_config *cfg,
			    struct ppp_rand *rand)
{
	const struct chap_config chap = {
		.name = cfg->name,
		.restart = cfg->restart,
		.max_transmit = cfg->max_transmit,
		.tries = cfg->tries,
	};
	const struct eap_server_config eap = {
		.name = cfg->name,
		.methods = cfg->methods,
		.restart = cfg->restart,
		.max_transmit = cfg->max_transmit,
		.tries = cfg->tries,
		.mtu = cfg->mtu,
		.tls = cfg->tls,
	};

	memset(a, 0, sizeof(*a));
	chap_init(&a->chap, &chap, rand);
	eap_server_init(&a->eap, &eap, rand);
}

static void forget_keys(struct ppp_authenticator *a)
{
	a->done.has_keys = false;
	explicit_bzero(a->done.tx_start, sizeof(a->done.tx_start));
	explicit_bzero(a->done.rx_start, sizeof(a->done.rx_start));
}

void ppp_authenticator_start(struct ppp_authenticator *a,
			     enum ppp_auth_method method, uint64_t now,
			     struct ppp_actions *acts)
{
	ppp_authenticator_stop(a);
	a->method = method;
	switch (ppp_auth_protocol(method)) {
	case PPP_AUTH_PROTOCOL_PAP:
		pap_start(&a->pap);
		break;
	case PPP_AUTH_PROTOCOL_CHAP:
		chap_start(&a->chap, method, now, acts);
		break;
	case PPP_AUTH_PROTOCOL_EAP:
		eap_server_start(&a->eap, now, acts);
		break;
	}
}

void ppp_authenticator_stop(struct ppp_authenticator *a)
{
	a->method = PPP_AUTH_NONE;
	pap_stop(&a->pap);
	chap_stop(&a->chap);
	eap_server_stop(&a->eap);
	forget_keys(a);
}

/* What EAP leaves behind, whichever of its methods it was. */
static enum ppp_auth_outcome eap_moved(struct ppp_authenticator *a,
				       enum ppp_auth_outcome outcome)
{
	const struct eap_server *eap = &a->eap;

	if (outcome != PPP_AUTH_DONE_OK)
		return outcome;
	a->done.method = eap->method;
	a->done.has_keys = eap->keys;
	memcpy(a->done.user, eap->request.user, sizeof(a->done.user));
	memcpy(a->done.tx_start, eap->tx_start, MPPE_START_LEN);
	memcpy(a->done.rx_start, eap->rx_start, MPPE_START_LEN);
	return outcome;
}

enum ppp_auth_outcome ppp_authenticator_input(struct ppp_authenticator *a,
					      uint16_t protocol,
					      const struct ppp_packet *pkt,
					      uint64_t now,
					      struct ppp_actions *acts)
{
	if (protocol != ppp_auth_protocol(a->method))
		return PPP_AUTH_IGNORED;
	switch (protocol) {
	case PPP_AUTH_PROTOCOL_PAP:
		return pap_input(&a->pap, pkt, acts);
	case PPP_AUTH_PROTOCOL_CHAP:
		return chap_input(&a->chap, pkt, acts);
	case PPP_AUTH_PROTOCOL_EAP:
		return eap_moved(a, eap_server_input(&a->eap, pkt, now, acts));
	}
	return PPP_AUTH_IGNORED;
}

/* What is being asked about; NULL: nothing can be. */
static const struct ppp_auth_request *asked(const struct ppp_authenticator *a)
{
	switch (ppp_auth_protocol(a->method)) {
	case PPP_AUTH_PROTOCOL_PAP:
		return &a->pap.request;
	case PPP_AUTH_PROTOCOL_CHAP:
		return &a->chap.request;
	case PPP_AUTH_PROTOCOL_EAP:
		return &a->eap.request;
	}
	return NULL;
}

/* What PAP and CHAP leave behind. */
static enum ppp_auth_outcome moved(struct ppp_authenticator *a,
				   const struct ppp_auth_result *result,
				   enum ppp_auth_outcome outcome)
{
	if (outcome != PPP_AUTH_DONE_OK)
		return outcome;
	a->done.method = a->method;
	a->done.has_keys = result->has_keys;
	memcpy(a->done.user, asked(a)->user, sizeof(a->done.user));
	memcpy(a->done.tx_start, result->tx_start, MPPE_START_LEN);
	memcpy(a->done.rx_start, result->rx_start, MPPE_START_LEN);
	return outcome;
}

static enum ppp_auth_outcome tell(struct ppp_authenticator *a,
				  const struct ppp_auth_result *result,
				  uint64_t now, struct ppp_actions *acts)
{
	switch (ppp_auth_protocol(a->method)) {
	case PPP_AUTH_PROTOCOL_PAP:
		return moved(a, result, pap_result(&a->pap, result, acts));
	case PPP_AUTH_PROTOCOL_CHAP:
		return moved(a, result, chap_result(&a->chap, result, acts));
	case PPP_AUTH_PROTOCOL_EAP:
		return eap_moved(a, eap_server_result(&a->eap, result, now,
						      acts));
	}
	return PPP_AUTH_IGNORED;
}

/* A link belongs to one user: its address and its accounting do. */
static bool is_other_user(const struct ppp_authenticator *a, const char *user)
{
	return a->done.user[0] && strcmp(a->done.user, user);
}

enum ppp_auth_outcome ppp_authenticator_result(struct ppp_authenticator *a,
					       const struct ppp_auth_result *result,
					       uint64_t now,
					       struct ppp_actions *acts)
{
	const struct ppp_auth_request *request = asked(a);
	struct ppp_auth_result copy = *result;
	enum ppp_auth_outcome outcome;

	if (!request)
		return PPP_AUTH_IGNORED;
	if (copy.ok && is_other_user(a, request->user)) {
		copy.ok = false;
		copy.error = MSCHAP_ERROR_DISABLED;
		copy.has_keys = false;
	}
	outcome = tell(a, &copy, now, acts);
	if (outcome != PPP_AUTH_IGNORED)
		a->refused = !copy.ok;
	explicit_bzero(&copy, sizeof(copy));
	return outcome;
}

bool ppp_authenticator_timer(struct ppp_authenticator *a, uint64_t now,
			     struct ppp_actions *acts)
{
	return chap_timer(&a->chap, now, acts) &&
	       eap_server_timer(&a->eap, now, acts);
}

/* At most one of the two runs. */
uint64_t ppp_authenticator_deadline(const struct ppp_authenticator *a)
{
	if (a->eap.deadline < a->chap.deadline)
		return a->eap.deadline;
	return a->chap.deadline;
}

bool ppp_authenticator_refused(const struct ppp_authenticator *a)
{
	return a->refused || a->eap.refused;
}

const struct ppp_auth_done *
ppp_authenticator_done(const struct ppp_authenticator *a)
{
	return &a->done;
}

void ppp_authenticator_assume(struct ppp_authenticator *a, enum ppp_auth_method method,
			      const char *user)
{
	a->done.method = method;
	snprintf(a->done.user, sizeof(a->done.user), "%s", user);
}
