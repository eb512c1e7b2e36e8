// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "eap_server.h"

void eap_server_init(struct eap_server *s, const struct eap_server_config *cfg,
		     struct ppp_rand *rand)
{
	memset(s, 0, sizeof(*s));
	s->cfg = *cfg;
	s->cfg.methods &= PPP_AUTH_EAP_MASK;
	if (!cfg->tls)
		s->cfg.methods &= ~PPP_AUTH_BIT(PPP_AUTH_EAP_TLS);
	s->rand = rand;
	s->deadline = UINT64_MAX;
}

static void send_copy(struct eap_server *s, uint64_t now,
		      struct ppp_actions *acts)
{
	bool typing = s->method == PPP_AUTH_EAP_MSCHAP_V2 &&
		      eap_mschap_typing(&s->mschap);

	eap_message_send(&s->out, EAP_CODE_REQUEST, s->id, acts);
	s->sent++;
	s->deadline = now + (uint64_t)s->cfg.restart *
		      (typing ? EAP_SERVER_TYPING : 1);
}

/* The identifier that the next Request will have (RFC 3748 section 4.1). */
static uint8_t next_id(const struct eap_server *s)
{
	return (uint8_t)(s->id + 1);
}

static enum ppp_auth_outcome finish(struct eap_server *s, enum eap_code reply,
				    struct ppp_actions *acts)
{
	s->state = EAP_SERVER_DONE;
	s->deadline = UINT64_MAX;
	s->reply = reply;
	eap_tls_stop(&s->tls);
	ppp_action_packet(acts, EAP_PROTOCOL, reply, s->id, NULL, 0);
	return reply == EAP_CODE_SUCCESS ? PPP_AUTH_DONE_OK : PPP_AUTH_DONE_FAILED;
}

/* A new Request, of which @out is the content. */
static enum ppp_auth_outcome send_request(struct eap_server *s,
					  enum eap_server_state state,
					  uint64_t now, struct ppp_actions *acts)
{
	if (++s->requests > EAP_SERVER_REQUESTS_MAX) {
		ppp_action_note(acts, "the peer makes EAP go on for ever");
		return finish(s, EAP_CODE_FAILURE, acts);
	}
	s->state = state;
	s->id = next_id(s);
	s->sent = 0;
	send_copy(s, now, acts);
	return PPP_AUTH_WAITING;
}

void eap_server_start(struct eap_server *s, uint64_t now,
		      struct ppp_actions *acts)
{
	struct writer w = eap_message_begin(&s->out, EAP_TYPE_IDENTITY);

	eap_server_stop(s);
	eap_message_end(&s->out, &w);
	s->requests = 0;
	s->refused = false;
	send_request(s, EAP_SERVER_IDENTITY, now, acts);
}

void eap_server_stop(struct eap_server *s)
{
	s->state = EAP_SERVER_IDLE;
	s->method = PPP_AUTH_NONE;
	s->deadline = UINT64_MAX;
	s->keys = false;
	explicit_bzero(s->tx_start, sizeof(s->tx_start));
	explicit_bzero(s->rx_start, sizeof(s->rx_start));
	eap_tls_stop(&s->tls);
}

bool eap_server_timer(struct eap_server *s, uint64_t now,
		      struct ppp_actions *acts)
{
	if (now < s->deadline)
		return true;
	if (s->sent >= s->cfg.max_transmit) {
		s->deadline = UINT64_MAX;
		return false;
	}
	send_copy(s, now, acts);
	return true;
}

static enum ppp_auth_outcome ask(struct eap_server *s,
				 enum eap_server_state state,
				 struct ppp_actions *acts)
{
	s->state = state;
	s->deadline = UINT64_MAX;
	s->request.serial++;
	ppp_action_add(acts, PPP_ACTION_AUTHENTICATE)->auth = s->request;
	return PPP_AUTH_WAITING;
}

/*
 * RFC 3748 section 5.1. A name that nobody can have is told so at once: no
 * method can make it right.
 */
static enum ppp_auth_outcome take_identity(struct eap_server *s,
					   const uint8_t *name, size_t len,
					   struct ppp_actions *acts)
{
	struct ppp_auth_request *req = &s->request;

	if (!len || len > PPP_USER_MAX || memchr(name, '\0', len)) {
		ppp_action_note(acts, "the peer's EAP identity is no user's name");
		return finish(s, EAP_CODE_FAILURE, acts);
	}
	memcpy(req->user, name, len);
	req->user[len] = '\0';
	req->kind = PPP_AUTH_IDENTITY;
	req->method = PPP_AUTH_NONE;
	return ask(s, EAP_SERVER_LOOKUP, acts);
}

/* The first Request of the method; false without memory. */
static bool begin_method(struct eap_server *s)
{
	if (s->method == PPP_AUTH_EAP_TLS)
		return eap_tls_start(&s->tls, s->cfg.tls, s->request.user,
				     s->cfg.mtu, &s->out);
	if (s->method == PPP_AUTH_EAP_MSCHAP_V2)
		eap_mschap_challenge(&s->mschap, s->cfg.name, next_id(s),
				     s->cfg.tries, s->rand, &s->out);
	else
		eap_md5_challenge(&s->md5, s->cfg.name, s->rand, &s->out);
	return true;
}

/* Offers the strongest of @methods that are left, if there is one. */
static enum ppp_auth_outcome offer(struct eap_server *s, unsigned int methods,
				   uint64_t now, struct ppp_actions *acts)
{
	eap_tls_stop(&s->tls);
	s->method = eap_strongest(methods & s->left);
	s->left &= ~PPP_AUTH_BIT(s->method);
	if (s->method == PPP_AUTH_NONE) {
		ppp_action_note(acts, "no EAP method is left that both ends allow");
		return finish(s, EAP_CODE_FAILURE, acts);
	}
	if (begin_method(s))
		return send_request(s, EAP_SERVER_OFFERED, now, acts);
	ppp_action_note(acts, "no memory for TLS");
	return finish(s, EAP_CODE_FAILURE, acts);
}

static enum ppp_auth_outcome succeed(struct eap_server *s,
				     struct ppp_actions *acts)
{
	if (s->method == PPP_AUTH_EAP_TLS) {
		s->keys = eap_tls_keys(&s->tls, s->tx_start, s->rx_start);
		if (!s->keys)
			return finish(s, EAP_CODE_FAILURE, acts);
	}
	return finish(s, EAP_CODE_SUCCESS, acts);
}

static enum ppp_auth_outcome fail(struct eap_server *s, struct ppp_actions *acts)
{
	s->refused = true;
	/* Whatever the daemon refused has its reason there. */
	if (s->method == PPP_AUTH_EAP_TLS && !eap_tls_open(&s->tls))
		ppp_action_note(acts, eap_tls_why(&s->tls));
	return finish(s, EAP_CODE_FAILURE, acts);
}

static enum ppp_auth_outcome perform(struct eap_server *s, enum eap_step step,
				     uint64_t now, struct ppp_actions *acts)
{
	switch (step) {
	case EAP_STEP_DISCARD:
		break;
	case EAP_STEP_SEND:
		return send_request(s, EAP_SERVER_METHOD, now, acts);
	case EAP_STEP_ASK:
		return ask(s, EAP_SERVER_PENDING, acts);
	case EAP_STEP_SUCCESS:
		return succeed(s, acts);
	case EAP_STEP_FAILURE:
		return fail(s, acts);
	}
	return PPP_AUTH_IGNORED;
}

static enum eap_step method_input(struct eap_server *s, const uint8_t *data,
				  size_t len)
{
	struct ppp_auth_request *req = &s->request;
	enum eap_step step;

	if (s->method == PPP_AUTH_EAP_MSCHAP_V2)
		return eap_mschap_input(&s->mschap, s->id, data, len, req,
					&s->out);
	if (s->method == PPP_AUTH_EAP_MD5)
		return eap_md5_input(&s->md5, s->id, data, len, req);
	step = eap_tls_input(&s->tls, data, len, &s->out);
	if (step == EAP_STEP_ASK) {
		req->kind = PPP_AUTH_LOGIN;
		req->method = PPP_AUTH_EAP_TLS;
	}
	return step;
}

static enum eap_step method_result(struct eap_server *s,
				   const struct ppp_auth_result *result)
{
	s->refused = !result->ok;
	if (s->method == PPP_AUTH_EAP_TLS)
		return eap_tls_result(&s->tls, result->ok, &s->out);
	if (result->has_keys) {
		s->keys = true;
		memcpy(s->tx_start, result->tx_start, MPPE_START_LEN);
		memcpy(s->rx_start, result->rx_start, MPPE_START_LEN);
	}
	if (s->method == PPP_AUTH_EAP_MSCHAP_V2)
		return eap_mschap_result(&s->mschap, &s->request, result,
					 next_id(s), &s->out);
	return result->ok ? EAP_STEP_SUCCESS : EAP_STEP_FAILURE;
}

/*
 * A Nak is an answer to the first Request of a method only (RFC 3748 section
 * 2.1 and 5.3.1).
 */
static enum ppp_auth_outcome take_response(struct eap_server *s, uint8_t type,
					   const uint8_t *data, size_t len,
					   uint64_t now,
					   struct ppp_actions *acts)
{
	if (s->state == EAP_SERVER_IDENTITY)
		return type == EAP_TYPE_IDENTITY ?
		       take_identity(s, data, len, acts) : PPP_AUTH_IGNORED;
	if (s->state == EAP_SERVER_OFFERED && type == EAP_TYPE_NAK)
		return offer(s, eap_type_methods(data, len), now, acts);
	if (type == eap_type_of(s->method))
		return perform(s, method_input(s, data, len), now, acts);
	return PPP_AUTH_IGNORED;
}

enum ppp_auth_outcome eap_server_input(struct eap_server *s,
				       const struct ppp_packet *pkt,
				       uint64_t now, struct ppp_actions *acts)
{
	if (pkt->code != EAP_CODE_RESPONSE || pkt->id != s->id || !pkt->len)
		return PPP_AUTH_IGNORED;
	switch (s->state) {
	case EAP_SERVER_IDLE:
	case EAP_SERVER_LOOKUP:
	case EAP_SERVER_PENDING:
		break;
	case EAP_SERVER_IDENTITY:
	case EAP_SERVER_OFFERED:
	case EAP_SERVER_METHOD:
		return take_response(s, pkt->data[0], pkt->data + 1,
				     pkt->len - 1, now, acts);
	case EAP_SERVER_DONE:
		/* Ours was lost: nobody acknowledges it (section 4.2). */
		ppp_action_packet(acts, EAP_PROTOCOL, s->reply, s->id, NULL, 0);
		break;
	}
	return PPP_AUTH_IGNORED;
}

enum ppp_auth_outcome eap_server_result(struct eap_server *s,
					const struct ppp_auth_result *result,
					uint64_t now, struct ppp_actions *acts)
{
	if (result->serial != s->request.serial)
		return PPP_AUTH_IGNORED;
	if (s->state == EAP_SERVER_PENDING)
		return perform(s, method_result(s, result), now, acts);
	if (s->state != EAP_SERVER_LOOKUP)
		return PPP_AUTH_IGNORED;
	if (!result->ok)
		return fail(s, acts);
	s->left = s->cfg.methods & result->methods;
	return offer(s, s->left, now, acts);
}
