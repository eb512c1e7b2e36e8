// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <string.h>

#include "eap_peer.h"

void eap_peer_init(struct eap_peer *p, const struct eap_peer_config *cfg,
		   struct ppp_rand *rand)
{
	memset(p, 0, sizeof(*p));
	p->cfg = *cfg;
	p->rand = rand;
	p->deadline = UINT64_MAX;
	p->usable = ppp_auth_usable(cfg->credentials) & PPP_AUTH_EAP_MASK;
	eap_mschap_peer_init(&p->mschap, cfg->credentials, rand);
}

/* A new conversation: what the one before left is void. */
static void forget(struct eap_peer *p)
{
	p->method = PPP_AUTH_NONE;
	p->deadline = UINT64_MAX;
	p->notification[0] = '\0';
	p->failure = (struct ppp_auth_failure){ 0 };
	p->keys = false;
	explicit_bzero(p->tx_start, sizeof(p->tx_start));
	explicit_bzero(p->rx_start, sizeof(p->rx_start));
	eap_tls_stop(&p->tls);
}

void eap_peer_start(struct eap_peer *p)
{
	forget(p);
	p->state = EAP_PEER_WAITING;
	p->told = false;
	p->answered = 0;
}

void eap_peer_stop(struct eap_peer *p)
{
	forget(p);
	p->state = EAP_PEER_IDLE;
}

bool eap_peer_changed(const struct eap_peer *p)
{
	return p->mschap.proof.renewed;
}

static enum ppp_auth_outcome fail(struct eap_peer *p)
{
	p->state = EAP_PEER_FAILED;
	p->deadline = UINT64_MAX;
	eap_tls_stop(&p->tls);
	return PPP_AUTH_DONE_FAILED;
}

static void give_reason(struct eap_peer *p, const char *text)
{
	snprintf(p->failure.message, sizeof(p->failure.message), "%s", text);
}

static enum ppp_auth_outcome respond(struct eap_peer *p, uint8_t id,
				     struct ppp_actions *acts)
{
	p->answered += p->answered < 2;
	p->before_id = p->id;
	p->id = id;
	p->sent = 1;
	eap_message_send(&p->out, EAP_CODE_RESPONSE, id, acts);
	return PPP_AUTH_WAITING;
}

/* An authenticator that asks who we are begins a new conversation. */
static enum ppp_auth_outcome take_identity(struct eap_peer *p, uint8_t id,
					   struct ppp_actions *acts)
{
	struct writer w = eap_message_begin(&p->out, EAP_TYPE_IDENTITY);
	const char *user = p->cfg.credentials->user;

	forget(p);
	p->state = EAP_PEER_WAITING;
	writer_put(&w, user, strnlen(user, PPP_USER_MAX));
	eap_message_end(&p->out, &w);
	return respond(p, id, acts);
}

/* RFC 3748 section 5.2: an answer is due, and nothing follows from it. */
static enum ppp_auth_outcome take_notification(struct eap_peer *p, uint8_t id,
					       const uint8_t *text, size_t len,
					       struct ppp_actions *acts)
{
	struct writer w = eap_message_begin(&p->out, EAP_TYPE_NOTIFICATION);

	ppp_auth_message(text, len, p->notification);
	eap_message_end(&p->out, &w);
	return respond(p, id, acts);
}

/* Section 5.3.1: every method that we would use, strongest first. */
static enum ppp_auth_outcome send_nak(struct eap_peer *p, uint8_t id,
				      struct ppp_actions *acts)
{
	struct writer w = eap_message_begin(&p->out, EAP_TYPE_NAK);
	unsigned int left = p->usable;

	do {
		enum ppp_auth_method method = eap_strongest(left);

		writer_u8(&w, eap_type_of(method));
		left &= ~PPP_AUTH_BIT(method);
	} while (left);
	eap_message_end(&p->out, &w);
	if (!p->usable)
		ppp_action_note(acts, "we have nothing to log in with by EAP");
	return respond(p, id, acts);
}

/* The method that is asked for, if it is one that we use. */
static enum ppp_auth_method wanted(const struct eap_peer *p, uint8_t type)
{
	return eap_strongest(eap_type_methods(&type, 1) & p->usable);
}

static enum eap_step input_md5(struct eap_peer *p, uint8_t id,
			       const uint8_t *data, size_t len)
{
	enum eap_step step = eap_md5_answer(p->cfg.credentials, id, data, len,
					    &p->out);

	if (step == EAP_STEP_SEND)
		p->state = EAP_PEER_SATISFIED;
	if (step == EAP_STEP_FAILURE) {
		p->failure.identity = true;
		give_reason(p, "the peer goes by another name");
	}
	return step;
}

static enum eap_step input_mschap(struct eap_peer *p, uint8_t id,
				  const uint8_t *data, size_t len)
{
	enum eap_step step = eap_mschap_peer_input(&p->mschap, id, data, len,
						   &p->failure, &p->out);

	if (p->mschap.state == EAP_MSCHAP_PEER_PROVEN)
		p->state = EAP_PEER_SATISFIED;
	return step;
}

static enum eap_step input_tls(struct eap_peer *p, const uint8_t *data,
			       size_t len)
{
	const struct ppp_credentials *own = p->cfg.credentials;
	enum eap_step step = eap_tls_peer_input(&p->tls, own->tls,
						own->remote_name, p->cfg.mtu,
						data, len, &p->out);

	if (eap_tls_open(&p->tls))
		p->state = EAP_PEER_SATISFIED;
	if (step == EAP_STEP_FAILURE) {
		p->failure.identity = eap_tls_refused(&p->tls);
		give_reason(p, eap_tls_why(&p->tls));
	}
	return step;
}

static enum eap_step method_input(struct eap_peer *p, uint8_t id,
				  const uint8_t *data, size_t len)
{
	p->out.len = 0;
	if (p->method == PPP_AUTH_EAP_TLS)
		return input_tls(p, data, len);
	if (p->method == PPP_AUTH_EAP_MSCHAP_V2)
		return input_mschap(p, id, data, len);
	return input_md5(p, id, data, len);
}

/* A Request of the method that runs. */
static enum ppp_auth_outcome take_method(struct eap_peer *p, uint8_t id,
					 const uint8_t *data, size_t len,
					 uint64_t now, struct ppp_actions *acts)
{
	enum eap_step step = method_input(p, id, data, len);

	if (step != EAP_STEP_SEND && step != EAP_STEP_FAILURE)
		return PPP_AUTH_IGNORED;
	if (p->out.len)
		respond(p, id, acts);
	if (step == EAP_STEP_FAILURE)
		return fail(p);
	p->deadline = p->state == EAP_PEER_SATISFIED ? now + p->cfg.restart :
						      UINT64_MAX;
	return PPP_AUTH_WAITING;
}

/*
 * One method a conversation (section 2.1): another one than that which runs is
 * not answered, nor any before the Identity was asked for after a Success.
 */
static enum ppp_auth_outcome take_type(struct eap_peer *p, uint8_t id,
				       uint8_t type, const uint8_t *data,
				       size_t len, uint64_t now,
				       struct ppp_actions *acts)
{
	if (p->state == EAP_PEER_WAITING) {
		p->method = wanted(p, type);
		if (p->method == PPP_AUTH_NONE)
			return send_nak(p, id, acts);
		p->state = EAP_PEER_METHOD;
		eap_mschap_peer_start(&p->mschap);
	}
	if (p->state == EAP_PEER_DONE || type != eap_type_of(p->method))
		return PPP_AUTH_IGNORED;
	return take_method(p, id, data, len, now, acts);
}

static enum ppp_auth_outcome take_request(struct eap_peer *p,
					  const struct ppp_packet *pkt,
					  uint64_t now, struct ppp_actions *acts)
{
	const uint8_t *data = pkt->data + 1;
	size_t len = pkt->len - 1;

	/* GRE may turn a copy and what follows it round. */
	if (p->answered == 2 && pkt->id == p->before_id)
		return PPP_AUTH_IGNORED;
	/* A copy: the answer was lost (section 4.1). */
	if (p->answered && pkt->id == p->id) {
		eap_message_send(&p->out, EAP_CODE_RESPONSE, p->id, acts);
		return PPP_AUTH_WAITING;
	}
	switch (pkt->data[0]) {
	case EAP_TYPE_IDENTITY:
		return take_identity(p, pkt->id, acts);
	case EAP_TYPE_NOTIFICATION:
		return take_notification(p, pkt->id, data, len, acts);
	case EAP_TYPE_NONE:
	case EAP_TYPE_NAK:
		return PPP_AUTH_IGNORED;
	}
	return take_type(p, pkt->id, pkt->data[0], data, len, now, acts);
}

static bool take_keys(struct eap_peer *p)
{
	const struct mschap_peer *proof = &p->mschap.proof;

	if (p->method == PPP_AUTH_EAP_MD5)
		return true;
	p->keys = true;
	if (p->method == PPP_AUTH_EAP_TLS)
		return eap_tls_keys(&p->tls, p->rx_start, p->tx_start);
	mppe_start_client(proof->nt_hash, proof->response.nt, p->tx_start,
			  p->rx_start);
	return true;
}

/*
 * Section 4.2: no Success before its time, which would be an authenticator that
 * proves nothing. Some authenticators give it the identifier after that of the
 * Response.
 */
static enum ppp_auth_outcome take_success(struct eap_peer *p, uint8_t id)
{
	if (p->state != EAP_PEER_SATISFIED ||
	    (id != p->id && id != (uint8_t)(p->id + 1)))
		return PPP_AUTH_IGNORED;
	p->deadline = UINT64_MAX;
	if (!take_keys(p))
		return fail(p);
	p->state = EAP_PEER_DONE;
	p->answered = 0;
	eap_tls_stop(&p->tls);
	if (p->told)
		return PPP_AUTH_IGNORED;
	p->told = true;
	return PPP_AUTH_DONE_OK;
}

enum ppp_auth_outcome eap_peer_let_in(struct eap_peer *p)
{
	return take_success(p, p->id);
}

/*
 * Once both ends have said that they are satisfied, a Failure is a lie (section
 * 4.2); MD5 says no such thing.
 */
static enum ppp_auth_outcome take_failure(struct eap_peer *p, uint8_t id)
{
	bool waits = p->state == EAP_PEER_WAITING || p->state == EAP_PEER_METHOD ||
		     (p->state == EAP_PEER_SATISFIED &&
		      p->method == PPP_AUTH_EAP_MD5);

	if (!waits || !p->answered ||
	    (id != p->id && id != (uint8_t)(p->id + 1)))
		return PPP_AUTH_IGNORED;
	if (p->notification[0])
		give_reason(p, p->notification);
	return fail(p);
}

enum ppp_auth_outcome eap_peer_input(struct eap_peer *p,
				     const struct ppp_packet *pkt, uint64_t now,
				     struct ppp_actions *acts)
{
	if (p->state == EAP_PEER_IDLE || p->state == EAP_PEER_FAILED)
		return PPP_AUTH_IGNORED;
	if (pkt->code == EAP_CODE_REQUEST && pkt->len)
		return take_request(p, pkt, now, acts);
	if (pkt->code == EAP_CODE_SUCCESS)
		return take_success(p, pkt->id);
	if (pkt->code == EAP_CODE_FAILURE)
		return take_failure(p, pkt->id);
	return PPP_AUTH_IGNORED;
}

bool eap_peer_timer(struct eap_peer *p, uint64_t now, struct ppp_actions *acts)
{
	if (now < p->deadline)
		return true;
	if (p->sent >= p->cfg.max_transmit) {
		p->deadline = UINT64_MAX;
		return false;
	}
	p->sent++;
	p->deadline = now + p->cfg.restart;
	eap_message_send(&p->out, EAP_CODE_RESPONSE, p->id, acts);
	return true;
}
