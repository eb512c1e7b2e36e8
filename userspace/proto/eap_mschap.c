// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <string.h>

#include "eap_mschap.h"

#define HEADER_LEN	4

enum opcode {
	OP_CHALLENGE = 1,
	OP_RESPONSE = 2,
	OP_SUCCESS = 3,
	OP_FAILURE = 4,
	OP_CHANGE = 7,
};

/* A Challenge or Response; pointers go into the receive buffer. */
struct value {
	const uint8_t *value;
	size_t value_len;
	const uint8_t *name;
	size_t name_len;
};

/*
 * The OpCode, and the reader behind the header; 0: too short. Peers are free
 * with the MS-CHAPv2-ID, and the MS-Length says nothing that EAP's Length does
 * not say.
 */
static uint8_t take_header(struct reader *r)
{
	uint8_t op = reader_u8(r);

	if (r->left || op == OP_CHALLENGE || op == OP_RESPONSE)
		reader_take(r, HEADER_LEN - 1);
	return r->bad ? 0 : op;
}

static bool take_value(struct reader *r, struct value *v)
{
	v->value_len = reader_u8(r);
	v->value = reader_take(r, v->value_len);
	v->name_len = r->left;
	v->name = reader_take(r, v->name_len);
	return !r->bad;
}

/* A message of @op with @len octets behind the header, still to be written. */
static struct writer begin(struct eap_message *out, uint8_t op, uint8_t id,
			   size_t len)
{
	struct writer w = eap_message_begin(out, EAP_TYPE_MSCHAP_V2);

	writer_u8(&w, op);
	writer_u8(&w, id);
	writer_u16(&w, (uint16_t)(HEADER_LEN + len));
	return w;
}

static void put_value(struct eap_message *out, uint8_t op, uint8_t id,
		      const uint8_t *value, size_t value_len, const char *name)
{
	size_t name_len = strnlen(name, PPP_USER_MAX);
	struct writer w = begin(out, op, id, 1 + value_len + name_len);

	writer_u8(&w, (uint8_t)value_len);
	writer_put(&w, value, value_len);
	writer_put(&w, name, name_len);
	eap_message_end(out, &w);
}

static void put_text(struct eap_message *out, uint8_t op, uint8_t id,
		     const void *text, size_t len)
{
	struct writer w = begin(out, op, id, len);

	writer_put(&w, text, len);
	eap_message_end(out, &w);
}

/* The answer to a Success or Failure. */
static void put_op(struct eap_message *out, uint8_t op)
{
	struct writer w = eap_message_begin(out, EAP_TYPE_MSCHAP_V2);

	writer_u8(&w, op);
	eap_message_end(out, &w);
}

void eap_mschap_challenge(struct eap_mschap *m, const char *name, uint8_t id,
			  unsigned int tries, struct ppp_rand *rand,
			  struct eap_message *out)
{
	m->rand = rand;
	m->state = EAP_MSCHAP_CHALLENGED;
	m->wrong = 0;
	m->tries = tries;
	ppp_rand_fill(rand, m->challenge, sizeof(m->challenge));
	put_value(out, OP_CHALLENGE, id, m->challenge, sizeof(m->challenge),
		  name);
}

bool eap_mschap_typing(const struct eap_mschap *m)
{
	return m->state == EAP_MSCHAP_RETRY || m->state == EAP_MSCHAP_EXPIRED;
}

/* Which answer may still come after a refusal. */
static bool next_state(struct eap_mschap *m,
		       const struct ppp_auth_request *request,
		       unsigned int error)
{
	m->wrong++;
	if (request->kind != PPP_AUTH_LOGIN)
		return false;
	if (error == MSCHAP_ERROR_EXPIRED)
		m->state = EAP_MSCHAP_EXPIRED;
	else if (error == MSCHAP_ERROR_FAILED && m->wrong < m->tries)
		m->state = EAP_MSCHAP_RETRY;
	else
		return false;
	return true;
}

/*
 * A last Failure is EAP's own: Windows XP SP1 never answers one of this method
 * that says R=0 (sections 2.8 and 2.9). For the same reason an expired password
 * says R=1, unlike in CHAP.
 */
static enum eap_step refuse(struct eap_mschap *m,
			    const struct ppp_auth_request *request,
			    unsigned int error, const char *message, uint8_t id,
			    struct eap_message *out)
{
	char text[MSCHAP_TEXT_MAX];

	if (!next_state(m, request, error))
		return EAP_STEP_FAILURE;
	ppp_rand_fill(m->rand, m->challenge, sizeof(m->challenge));
	put_text(out, OP_FAILURE, id, text,
		 mschap_failure_text(error, true, m->challenge, message, text));
	return EAP_STEP_SEND;
}

/* The user without what stands before the last backslash. */
static bool same_user(const char *user, const struct value *v)
{
	const char *slash = strrchr(user, '\\');
	const uint8_t *theirs = memrchr(v->name, '\\', v->name_len);
	size_t skip = theirs ? (size_t)(theirs - v->name) + 1 : 0;

	user = slash ? slash + 1 : user;
	return strlen(user) == v->name_len - skip &&
	       !memcmp(user, v->name + skip, v->name_len - skip);
}

static enum eap_step take_response(struct eap_mschap *m, uint8_t id,
				   struct reader *r,
				   struct ppp_auth_request *request,
				   struct eap_message *out)
{
	struct value v;

	if (!take_value(r, &v) ||
	    !mschap_response_parse(v.value, v.value_len, &request->mschap))
		return EAP_STEP_DISCARD;
	request->kind = PPP_AUTH_LOGIN;
	request->method = PPP_AUTH_EAP_MSCHAP_V2;
	request->mschap.id = id;
	memcpy(request->mschap.challenge, m->challenge, MSCHAP_CHALLENGE_LEN);
	if (same_user(request->user, &v))
		return EAP_STEP_ASK;
	return refuse(m, request, MSCHAP_ERROR_FAILED, "Authentication failed",
		      (uint8_t)(id + 1), out);
}

/* Section 2.7: the account is that of the Response before. */
static enum eap_step take_change(struct eap_mschap *m, uint8_t id,
				 const struct reader *r,
				 struct ppp_auth_request *request)
{
	if (!mschap_change_parse(r->p, r->left, &request->change))
		return EAP_STEP_DISCARD;
	request->kind = PPP_AUTH_CHANGE;
	request->method = PPP_AUTH_EAP_MSCHAP_V2;
	request->change.response.id = id;
	memcpy(request->change.response.challenge, m->challenge,
	       MSCHAP_CHALLENGE_LEN);
	return EAP_STEP_ASK;
}

enum eap_step eap_mschap_input(struct eap_mschap *m, uint8_t id,
			       const uint8_t *data, size_t len,
			       struct ppp_auth_request *request,
			       struct eap_message *out)
{
	struct reader r = reader_of(data, len);
	uint8_t op = take_header(&r);

	switch (m->state) {
	case EAP_MSCHAP_CHALLENGED:
		if (op == OP_RESPONSE)
			return take_response(m, id, &r, request, out);
		break;
	case EAP_MSCHAP_RETRY:
		if (op == OP_RESPONSE)
			return take_response(m, id, &r, request, out);
		if (op == OP_FAILURE)
			return EAP_STEP_FAILURE;
		break;
	case EAP_MSCHAP_EXPIRED:
		if (op == OP_CHANGE)
			return take_change(m, id, &r, request);
		if (op == OP_FAILURE)
			return EAP_STEP_FAILURE;
		break;
	case EAP_MSCHAP_GRANTED:
		if (op == OP_SUCCESS)
			return EAP_STEP_SUCCESS;
		if (op == OP_FAILURE)
			return EAP_STEP_FAILURE;
		break;
	}
	return EAP_STEP_DISCARD;
}

/*
 * A Success bears the MS-CHAPv2-ID of what it answers, as in CHAP: pppd finds
 * by it what the server has to prove.
 */
static uint8_t answered_id(const struct ppp_auth_request *request)
{
	return request->kind == PPP_AUTH_CHANGE ? request->change.response.id :
						  request->mschap.id;
}

enum eap_step eap_mschap_result(struct eap_mschap *m,
				const struct ppp_auth_request *request,
				const struct ppp_auth_result *result, uint8_t id,
				struct eap_message *out)
{
	char text[MSCHAP_TEXT_MAX];

	if (!result->ok)
		return refuse(m, request, result->error, result->message, id,
			      out);
	m->state = EAP_MSCHAP_GRANTED;
	m->wrong = 0;
	put_text(out, OP_SUCCESS, answered_id(request), text,
		 mschap_success_text(result->authenticator, result->message,
				     text));
	return EAP_STEP_SEND;
}

void eap_mschap_peer_init(struct eap_mschap_peer *m,
			  const struct ppp_credentials *credentials,
			  struct ppp_rand *rand)
{
	mschap_peer_init(&m->proof, credentials, rand);
	m->state = EAP_MSCHAP_PEER_WAITING;
}

void eap_mschap_peer_start(struct eap_mschap_peer *m)
{
	m->state = EAP_MSCHAP_PEER_WAITING;
	mschap_peer_start(&m->proof);
}

static enum eap_step not_he(struct ppp_auth_failure *failure, const char *message)
{
	failure->identity = true;
	snprintf(failure->message, sizeof(failure->message), "%s", message);
	return EAP_STEP_FAILURE;
}

static void put_response(const struct eap_mschap_peer *m, uint8_t id,
			 struct eap_message *out)
{
	uint8_t value[MSCHAP_VALUE_LEN];

	mschap_response_value(&m->proof.response, value);
	put_value(out, OP_RESPONSE, id, value, sizeof(value),
		  m->proof.credentials->user);
}

static enum eap_step take_challenge(struct eap_mschap_peer *m, uint8_t id,
				    struct reader *r,
				    struct ppp_auth_failure *failure,
				    struct eap_message *out)
{
	const char *wanted = m->proof.credentials->remote_name;
	struct value v;

	if (!take_value(r, &v) || v.value_len != MSCHAP_CHALLENGE_LEN)
		return EAP_STEP_DISCARD;
	if (wanted && (v.name_len != strlen(wanted) ||
		       memcmp(v.name, wanted, v.name_len)))
		return not_he(failure, "the peer goes by another name");
	mschap_peer_answer(&m->proof, v.value);
	put_response(m, id, out);
	m->state = EAP_MSCHAP_PEER_ANSWERED;
	return EAP_STEP_SEND;
}

/* RFC 2759 section 5 and section 2.3: no answer to a false one. */
static enum eap_step take_success(struct eap_mschap_peer *m,
				  const struct reader *r,
				  struct ppp_auth_failure *failure,
				  struct eap_message *out)
{
	if (!mschap_peer_proven(&m->proof, r->p, r->left))
		return not_he(failure, "the peer does not know the password");
	m->state = EAP_MSCHAP_PEER_PROVEN;
	put_op(out, OP_SUCCESS);
	return EAP_STEP_SEND;
}

static void put_change(const struct mschap_change *change, uint8_t id,
		       struct eap_message *out)
{
	uint8_t data[MSCHAP_CHANGE_LEN];

	mschap_change_data(change, data);
	put_text(out, OP_CHANGE, id, data, sizeof(data));
	explicit_bzero(data, sizeof(data));
}

static enum eap_step take_failure(struct eap_mschap_peer *m, uint8_t id,
				  const struct reader *r,
				  struct ppp_auth_failure *failure,
				  struct eap_message *out)
{
	enum eap_step step = EAP_STEP_SEND;
	struct mschap_change change;
	struct mschap_failure why;

	mschap_failure_parse(r->p, r->left, &why);
	switch (mschap_peer_failure(&m->proof, &why, &change)) {
	case MSCHAP_PEER_RESPOND:
		put_response(m, id, out);
		break;
	case MSCHAP_PEER_CHANGE:
		put_change(&change, id, out);
		break;
	case MSCHAP_PEER_GIVE_UP:
		failure->error = why.error;
		ppp_auth_message(why.message, why.message_len, failure->message);
		put_op(out, OP_FAILURE);
		step = EAP_STEP_FAILURE;
		break;
	}
	explicit_bzero(&change, sizeof(change));
	return step;
}

enum eap_step eap_mschap_peer_input(struct eap_mschap_peer *m, uint8_t id,
				    const uint8_t *data, size_t len,
				    struct ppp_auth_failure *failure,
				    struct eap_message *out)
{
	struct reader r = reader_of(data, len);
	uint8_t op = take_header(&r);

	switch (m->state) {
	case EAP_MSCHAP_PEER_WAITING:
		if (op == OP_CHALLENGE)
			return take_challenge(m, id, &r, failure, out);
		break;
	case EAP_MSCHAP_PEER_ANSWERED:
		if (op == OP_CHALLENGE)
			return take_challenge(m, id, &r, failure, out);
		if (op == OP_SUCCESS)
			return take_success(m, &r, failure, out);
		if (op == OP_FAILURE)
			return take_failure(m, id, &r, failure, out);
		break;
	case EAP_MSCHAP_PEER_PROVEN:
		break;
	}
	return EAP_STEP_DISCARD;
}
