// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Data of Challenge and Response (RFC 1994 section 4.1):
 *
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |  Value-Size   |  Value ...
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |  Name ...
 *   +-+-+-+-+
 */
#include <stdio.h>
#include <string.h>

#include "chap.h"

bool chap_value_parse(const struct ppp_packet *pkt, struct chap_value *value)
{
	struct reader r = reader_of(pkt->data, pkt->len);

	value->value_len = reader_u8(&r);
	value->value = reader_take(&r, value->value_len);
	value->name_len = r.left;
	value->name = reader_take(&r, value->name_len);
	return !r.bad;
}

void chap_value_send(uint8_t code, uint8_t id, const uint8_t *value,
		     size_t value_len, const char *name,
		     struct ppp_actions *acts)
{
	uint8_t data[1 + UINT8_MAX + PPP_USER_MAX];
	struct writer w = writer_of(data, sizeof(data));

	writer_u8(&w, (uint8_t)value_len);
	writer_put(&w, value, value_len);
	writer_put(&w, name, strnlen(name, PPP_USER_MAX));
	ppp_action_packet(acts, CHAP_PROTOCOL, code, id, data, w.len);
}

void chap_init(struct chap *chap, const struct chap_config *cfg,
	       struct ppp_rand *rand)
{
	memset(chap, 0, sizeof(*chap));
	chap->cfg = *cfg;
	chap->rand = rand;
	chap->deadline = UINT64_MAX;
}

static size_t challenge_len(const struct chap *chap)
{
	return chap->method == PPP_AUTH_MSCHAP ? MSCHAP1_CHALLENGE_LEN :
						 MSCHAP_CHALLENGE_LEN;
}

/*
 * Copies are the same packet, as pppd sends them: RFC 1994 section 4.1 would
 * have a new value each time, which turns the answer of a slow peer into a
 * wrong one.
 */
static void send_challenge(struct chap *chap, uint64_t now,
			   struct ppp_actions *acts)
{
	chap_value_send(CHAP_CODE_CHALLENGE, chap->id, chap->challenge,
			challenge_len(chap), chap->cfg.name, acts);
	chap->sent++;
	chap->deadline = now + chap->cfg.restart;
}

void chap_start(struct chap *chap, enum ppp_auth_method method, uint64_t now,
		struct ppp_actions *acts)
{
	chap->method = method;
	chap->state = CHAP_CHALLENGED;
	chap->id = chap->next_id++;
	chap->sent = 0;
	ppp_rand_fill(chap->rand, chap->challenge, sizeof(chap->challenge));
	send_challenge(chap, now, acts);
}

void chap_stop(struct chap *chap)
{
	chap->state = CHAP_IDLE;
	chap->deadline = UINT64_MAX;
}

bool chap_timer(struct chap *chap, uint64_t now, struct ppp_actions *acts)
{
	if (now < chap->deadline)
		return true;
	if (chap->sent >= chap->cfg.max_transmit) {
		chap->deadline = UINT64_MAX;
		return false;
	}
	send_challenge(chap, now, acts);
	return true;
}

static bool fill_md5(const struct chap *chap, uint8_t id,
		     const struct chap_value *resp, struct chap_md5_response *md5)
{
	if (resp->value_len != CHAP_MD5_LEN)
		return false;
	md5->id = id;
	memcpy(md5->challenge, chap->challenge, CHAP_MD5_CHALLENGE_LEN);
	memcpy(md5->digest, resp->value, CHAP_MD5_LEN);
	return true;
}

/* What @resp says, by the rules of the algorithm. */
static bool fill_response(struct chap *chap, uint8_t id,
			  const struct chap_value *resp)
{
	struct ppp_auth_request *req = &chap->request;

	if (chap->method == PPP_AUTH_CHAP_MD5)
		return fill_md5(chap, id, resp, &req->md5);
	if (chap->method == PPP_AUTH_MSCHAP) {
		memcpy(req->mschap1.challenge, chap->challenge,
		       MSCHAP1_CHALLENGE_LEN);
		return mschap1_response_parse(resp->value, resp->value_len,
					      &req->mschap1);
	}
	req->mschap.id = id;
	memcpy(req->mschap.challenge, chap->challenge, MSCHAP_CHALLENGE_LEN);
	return mschap_response_parse(resp->value, resp->value_len, &req->mschap);
}

/* A user that can be asked about, and a value of the algorithm? */
static bool fill_request(struct chap *chap, uint8_t id,
			 const struct chap_value *resp)
{
	struct ppp_auth_request *req = &chap->request;

	if (!resp->name_len || resp->name_len > PPP_USER_MAX ||
	    memchr(resp->name, '\0', resp->name_len))
		return false;
	memcpy(req->user, resp->name, resp->name_len);
	req->user[resp->name_len] = '\0';
	req->kind = PPP_AUTH_LOGIN;
	req->method = chap->method;
	return fill_response(chap, id, resp);
}

static void send_reply(struct chap *chap, struct ppp_actions *acts)
{
	ppp_action_packet(acts, CHAP_PROTOCOL, chap->reply_code, chap->reply_id,
			  chap->reply, chap->reply_len);
}

static enum ppp_auth_outcome grant(struct chap *chap,
				   const struct ppp_auth_result *result,
				   struct ppp_actions *acts)
{
	const struct ppp_auth_request *req = &chap->request;
	const char *message = result->message;

	chap->state = CHAP_DONE;
	chap->wrong = 0;
	chap->reply_code = CHAP_CODE_SUCCESS;
	/* pppd: Windows 98 sets flag 4 and takes no message. */
	if (chap->method == PPP_AUTH_MSCHAP_V2 &&
	    req->kind == PPP_AUTH_LOGIN && req->mschap.flags)
		message = "";
	if (chap->method == PPP_AUTH_MSCHAP_V2)
		chap->reply_len = mschap_success_text(result->authenticator,
						      message, chap->reply);
	else
		chap->reply_len = (size_t)snprintf(chap->reply,
						   sizeof(chap->reply), "%s",
						   message);
	send_reply(chap, acts);
	return PPP_AUTH_DONE_OK;
}

/*
 * What a refusal leads to. MD5 has no second try; a wrong password may be tried
 * again; one that has expired may be changed, by version 2 and once. Response
 * retry is never allowed after that (RFC 2433 appendix C).
 */
static enum chap_state state_after(const struct chap *chap, unsigned int error)
{
	if (chap->method == PPP_AUTH_CHAP_MD5 ||
	    chap->request.kind != PPP_AUTH_LOGIN)
		return CHAP_DONE;
	if (error == MSCHAP_ERROR_EXPIRED && chap->method == PPP_AUTH_MSCHAP_V2)
		return CHAP_EXPIRED;
	if (error == MSCHAP_ERROR_FAILED && chap->wrong < chap->cfg.tries)
		return CHAP_RETRY;
	return CHAP_DONE;
}

static size_t failure_text(struct chap *chap, unsigned int error,
			   const char *message)
{
	bool retry = chap->state == CHAP_RETRY;

	if (chap->method == PPP_AUTH_MSCHAP_V2)
		return mschap_failure_text(error, retry, chap->challenge,
					   message, chap->reply);
	if (chap->method == PPP_AUTH_MSCHAP)
		return mschap1_failure_text(error, retry, chap->challenge,
					    chap->reply);
	return (size_t)snprintf(chap->reply, sizeof(chap->reply), "%s", message);
}

/*
 * The next Response answers the challenge in the Failure and carries the next
 * identifier (RFC 2759 section 6).
 */
static enum ppp_auth_outcome refuse(struct chap *chap, unsigned int error,
				    const char *message, struct ppp_actions *acts)
{
	chap->wrong++;
	chap->state = state_after(chap, error);
	chap->id = chap->reply_id + 1;
	chap->next_id = chap->id + 1;
	ppp_rand_fill(chap->rand, chap->challenge, sizeof(chap->challenge));
	chap->reply_code = CHAP_CODE_FAILURE;
	chap->reply_len = failure_text(chap, error, message);
	send_reply(chap, acts);
	return chap->state == CHAP_DONE ? PPP_AUTH_DONE_FAILED :
					  PPP_AUTH_WAITING;
}

static enum ppp_auth_outcome ask(struct chap *chap, struct ppp_actions *acts)
{
	chap->state = CHAP_PENDING;
	ppp_action_add(acts, PPP_ACTION_AUTHENTICATE)->auth = chap->request;
	return PPP_AUTH_WAITING;
}

static enum ppp_auth_outcome take_response(struct chap *chap,
					   const struct ppp_packet *pkt,
					   struct ppp_actions *acts)
{
	struct chap_value resp;

	if (!chap_value_parse(pkt, &resp))
		return PPP_AUTH_IGNORED;
	chap->deadline = UINT64_MAX;
	chap->request.serial++;
	chap->reply_id = pkt->id;
	if (fill_request(chap, pkt->id, &resp))
		return ask(chap, acts);
	chap->request.kind = PPP_AUTH_LOGIN;
	return refuse(chap, MSCHAP_ERROR_FAILED, "Authentication failed", acts);
}

/* The account is the one that the Response named (RFC 2759 section 7). */
static enum ppp_auth_outcome take_change(struct chap *chap,
					 const struct ppp_packet *pkt,
					 struct ppp_actions *acts)
{
	struct mschap_change *change = &chap->request.change;

	if (!mschap_change_parse(pkt->data, pkt->len, change))
		return PPP_AUTH_IGNORED;
	chap->request.serial++;
	chap->request.kind = PPP_AUTH_CHANGE;
	chap->reply_id = pkt->id;
	change->response.id = pkt->id;
	memcpy(change->response.challenge, chap->challenge, MSCHAP_CHALLENGE_LEN);
	return ask(chap, acts);
}

/* A packet that carries the identifier that we wait for. */
static enum ppp_auth_outcome take(struct chap *chap, const struct ppp_packet *pkt,
				  struct ppp_actions *acts)
{
	if (pkt->code == CHAP_CODE_RESPONSE && chap->state != CHAP_EXPIRED)
		return take_response(chap, pkt, acts);
	if (pkt->code == CHAP_CODE_CHANGE && chap->state == CHAP_EXPIRED)
		return take_change(chap, pkt, acts);
	return PPP_AUTH_IGNORED;
}

enum ppp_auth_outcome chap_input(struct chap *chap, const struct ppp_packet *pkt,
				 struct ppp_actions *acts)
{
	if (chap->method == PPP_AUTH_MSCHAP &&
	    (pkt->code == CHAP_CODE_CHANGE_V1 || pkt->code == CHAP_CODE_CHANGE_V2))
		ppp_action_note(acts, "a password is not changed by way of MS-CHAP version 1");
	if (pkt->code != CHAP_CODE_RESPONSE && pkt->code != CHAP_CODE_CHANGE)
		return PPP_AUTH_IGNORED;
	switch (chap->state) {
	case CHAP_IDLE:
	case CHAP_PENDING:
		return PPP_AUTH_IGNORED;
	case CHAP_CHALLENGED:
		return pkt->id == chap->id ? take(chap, pkt, acts) :
					     PPP_AUTH_IGNORED;
	case CHAP_RETRY:
	case CHAP_EXPIRED:
		if (pkt->id == chap->id)
			return take(chap, pkt, acts);
		break;
	case CHAP_DONE:
		break;
	}
	/* Our reply was lost; a used challenge is not verified again. */
	if (pkt->id == chap->reply_id)
		send_reply(chap, acts);
	return PPP_AUTH_IGNORED;
}

enum ppp_auth_outcome chap_result(struct chap *chap,
				  const struct ppp_auth_result *result,
				  struct ppp_actions *acts)
{
	if (chap->state != CHAP_PENDING ||
	    result->serial != chap->request.serial)
		return PPP_AUTH_IGNORED;
	if (result->ok)
		return grant(chap, result, acts);
	return refuse(chap, result->error, result->message, acts);
}
