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
#include <string.h>

#include "chap.h"

enum {
	CODE_CHALLENGE = 1,
	CODE_RESPONSE = 2,
	CODE_SUCCESS = 3,
	CODE_FAILURE = 4,
};

/* A Response as it came. */
struct response {
	const uint8_t *value;
	size_t value_len;
	const uint8_t *name;
	size_t name_len;
};

void chap_init(struct chap *chap, const struct chap_config *cfg,
	       struct ppp_rand *rand)
{
	memset(chap, 0, sizeof(*chap));
	chap->cfg = *cfg;
	chap->rand = rand;
	chap->deadline = UINT64_MAX;
}

/*
 * Copies are the same packet, as pppd sends them: RFC 1994 section 4.1 would
 * have a new value each time, which turns the answer of a slow peer into a
 * wrong one.
 */
static void send_challenge(struct chap *chap, uint64_t now,
			   struct ppp_actions *acts)
{
	uint8_t data[1 + MSCHAP_CHALLENGE_LEN + 64];
	struct writer w = writer_of(data, sizeof(data));

	writer_u8(&w, MSCHAP_CHALLENGE_LEN);
	writer_put(&w, chap->challenge, MSCHAP_CHALLENGE_LEN);
	writer_put(&w, chap->cfg.name, strlen(chap->cfg.name));
	ppp_action_packet(acts, CHAP_PROTOCOL, CODE_CHALLENGE, chap->id, data,
			  w.len);
	chap->sent++;
	chap->deadline = now + chap->cfg.restart;
}

void chap_start(struct chap *chap, uint64_t now, struct ppp_actions *acts)
{
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

static bool parse_response(const struct ppp_packet *pkt, struct response *resp)
{
	struct reader r = reader_of(pkt->data, pkt->len);

	resp->value_len = reader_u8(&r);
	resp->value = reader_take(&r, resp->value_len);
	resp->name_len = r.left;
	resp->name = reader_take(&r, resp->name_len);
	return !r.bad;
}

/* A user that can be asked about, and a value of MS-CHAPv2? */
static bool fill_request(struct chap *chap, uint8_t id,
			 const struct response *resp)
{
	struct ppp_auth_request *req = &chap->request;

	if (!resp->name_len || resp->name_len > PPP_USER_MAX ||
	    memchr(resp->name, '\0', resp->name_len))
		return false;
	memcpy(req->user, resp->name, resp->name_len);
	req->user[resp->name_len] = '\0';
	req->method = PPP_AUTH_MSCHAP_V2;
	req->mschap.id = id;
	memcpy(req->mschap.challenge, chap->challenge,
	       sizeof(req->mschap.challenge));
	return mschap_response_parse(resp->value, resp->value_len, &req->mschap);
}

static void send_reply(struct chap *chap, struct ppp_actions *acts)
{
	ppp_action_packet(acts, CHAP_PROTOCOL, chap->reply_code,
			  chap->request.mschap.id, chap->reply, chap->reply_len);
}

static enum chap_outcome grant(struct chap *chap,
			       const struct ppp_auth_result *result,
			       struct ppp_actions *acts)
{
	/* pppd: Windows 98 sets flag 4 and takes no message. */
	const char *message = chap->request.mschap.flags ? "" : result->message;

	chap->state = CHAP_DONE;
	chap->wrong = 0;
	chap->reply_code = CODE_SUCCESS;
	chap->reply_len = mschap_success_text(result->authenticator, message,
					      chap->reply);
	send_reply(chap, acts);
	return CHAP_ACCEPTED;
}

/*
 * Only wrong credentials may be tried again. The next Response answers the
 * challenge in the Failure and carries the next identifier (RFC 2759 section 6).
 */
static enum chap_outcome refuse(struct chap *chap, unsigned int error,
				const char *message, struct ppp_actions *acts)
{
	bool retry = ++chap->wrong < chap->cfg.tries &&
		     error == MSCHAP_ERROR_FAILED;

	chap->state = retry ? CHAP_RETRY : CHAP_DONE;
	chap->id = chap->request.mschap.id + 1;
	chap->next_id = chap->id + 1;
	ppp_rand_fill(chap->rand, chap->challenge, sizeof(chap->challenge));
	chap->reply_code = CODE_FAILURE;
	chap->reply_len = mschap_failure_text(error, retry, chap->challenge,
					      message, chap->reply);
	send_reply(chap, acts);
	return retry ? CHAP_AGAIN : CHAP_REFUSED;
}

static enum chap_outcome take_response(struct chap *chap,
				       const struct ppp_packet *pkt,
				       struct ppp_actions *acts)
{
	struct response resp;

	if (!parse_response(pkt, &resp))
		return CHAP_IGNORED;
	chap->deadline = UINT64_MAX;
	chap->request.serial++;
	if (!fill_request(chap, pkt->id, &resp)) {
		chap->request.mschap.id = pkt->id;
		return refuse(chap, MSCHAP_ERROR_FAILED,
			      "Authentication failed", acts);
	}
	chap->state = CHAP_PENDING;
	ppp_action_add(acts, PPP_ACTION_AUTHENTICATE)->auth = chap->request;
	return CHAP_IGNORED;
}

enum chap_outcome chap_input(struct chap *chap, const struct ppp_packet *pkt,
			     struct ppp_actions *acts)
{
	bool repeated = pkt->id == chap->request.mschap.id;

	if (pkt->code != CODE_RESPONSE)
		return CHAP_IGNORED;
	switch (chap->state) {
	case CHAP_IDLE:
	case CHAP_PENDING:
		break;
	case CHAP_CHALLENGED:
		if (pkt->id == chap->id)
			return take_response(chap, pkt, acts);
		break;
	case CHAP_RETRY:
		if (pkt->id == chap->id)
			return take_response(chap, pkt, acts);
		if (repeated)
			send_reply(chap, acts);
		break;
	case CHAP_DONE:
		/* Our reply was lost; a used challenge is not verified again. */
		if (repeated)
			send_reply(chap, acts);
		break;
	}
	return CHAP_IGNORED;
}

enum chap_outcome chap_result(struct chap *chap,
			      const struct ppp_auth_result *result,
			      struct ppp_actions *acts)
{
	if (chap->state != CHAP_PENDING ||
	    result->serial != chap->request.serial)
		return CHAP_IGNORED;
	if (result->ok)
		return grant(chap, result, acts);
	return refuse(chap, result->error, result->message, acts);
}
