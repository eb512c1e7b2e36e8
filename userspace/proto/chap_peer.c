// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <string.h>

#include "chap.h"
#include "chap_peer.h"

void chap_peer_init(struct chap_peer *peer,
		    const struct ppp_credentials *credentials,
		    struct ppp_rand *rand)
{
	memset(peer, 0, sizeof(*peer));
	mschap_peer_init(&peer->mschap, credentials, rand);
}

void chap_peer_start(struct chap_peer *peer, enum ppp_auth_method method)
{
	peer->method = method;
	peer->state = CHAP_PEER_WAITING;
	peer->told = false;
	peer->challenge_len = 0;
	peer->failure = (struct ppp_auth_failure){ 0 };
	mschap_peer_start(&peer->mschap);
}

void chap_peer_stop(struct chap_peer *peer)
{
	peer->state = CHAP_PEER_IDLE;
}

static enum ppp_auth_outcome fail(struct chap_peer *peer)
{
	peer->state = CHAP_PEER_FAILED;
	return PPP_AUTH_DONE_FAILED;
}

static enum ppp_auth_outcome not_he(struct chap_peer *peer, const char *message)
{
	peer->failure.identity = true;
	snprintf(peer->failure.message, sizeof(peer->failure.message), "%s",
		 message);
	return fail(peer);
}

/* The Value field that answers the challenge; false: it has a wrong length. */
static bool make_value(struct chap_peer *peer)
{
	uint8_t nt[MSCHAP_NT_LEN];

	if (peer->method == PPP_AUTH_CHAP_MD5) {
		chap_md5_digest(peer->answer_id, peer->mschap.credentials->password,
				peer->challenge, peer->challenge_len,
				peer->value);
		peer->value_len = CHAP_MD5_LEN;
		return true;
	}
	peer->value_len = MSCHAP_VALUE_LEN;
	if (peer->method == PPP_AUTH_MSCHAP) {
		mschap_nt_response(peer->challenge, peer->mschap.nt_hash, nt);
		mschap1_response_value(nt, peer->value);
		return peer->challenge_len == MSCHAP1_CHALLENGE_LEN;
	}
	mschap_peer_answer(&peer->mschap, peer->challenge);
	mschap_response_value(&peer->mschap.response, peer->value);
	return peer->challenge_len == MSCHAP_CHALLENGE_LEN;
}

static void send_value(struct chap_peer *peer, struct ppp_actions *acts)
{
	peer->state = CHAP_PEER_ANSWERED;
	chap_value_send(CHAP_CODE_RESPONSE, peer->answer_id, peer->value,
			peer->value_len, peer->mschap.credentials->user, acts);
}

/* Does the peer go by the name that it should? */
static bool is_expected(const struct chap_peer *peer, const struct chap_value *in)
{
	const char *name = peer->mschap.credentials->remote_name;

	return !name || (in->name_len == strlen(name) &&
			 !memcmp(in->name, name, in->name_len));
}

/*
 * A copy gets the same answer: with another one an authenticator that repeats
 * its Challenge, as pppd does, would prove itself by the first, and look false.
 */
static enum ppp_auth_outcome take_challenge(struct chap_peer *peer,
					    const struct ppp_packet *pkt,
					    struct ppp_actions *acts)
{
	struct chap_value in;

	if (!chap_value_parse(pkt, &in) || !in.value_len)
		return PPP_AUTH_IGNORED;
	if (!is_expected(peer, &in))
		return not_he(peer, "the peer goes by another name");
	if (pkt->id != peer->challenge_id ||
	    in.value_len != peer->challenge_len ||
	    memcmp(in.value, peer->challenge, in.value_len)) {
		memset(peer->challenge, 0, sizeof(peer->challenge));
		memcpy(peer->challenge, in.value, in.value_len);
		peer->challenge_len = in.value_len;
		peer->challenge_id = pkt->id;
		peer->answer_id = pkt->id;
		if (!make_value(peer)) {
			peer->challenge_len = 0;
			return PPP_AUTH_IGNORED;
		}
	}
	send_value(peer, acts);
	return PPP_AUTH_WAITING;
}

static enum ppp_auth_outcome take_success(struct chap_peer *peer,
					  const struct ppp_packet *pkt)
{
	/* RFC 2759 section 5: without the right "S=" the link must not go on. */
	if (peer->method == PPP_AUTH_MSCHAP_V2 &&
	    !mschap_peer_proven(&peer->mschap, pkt->data, pkt->len))
		return not_he(peer, "the peer does not know the password");
	peer->state = CHAP_PEER_WAITING;
	if (peer->told)
		return PPP_AUTH_IGNORED;
	peer->told = true;
	return PPP_AUTH_DONE_OK;
}

static void send_change(struct chap_peer *peer, const struct mschap_change *change,
			struct ppp_actions *acts)
{
	uint8_t data[MSCHAP_CHANGE_LEN];

	mschap_change_data(change, data);
	ppp_action_packet(acts, CHAP_PROTOCOL, CHAP_CODE_CHANGE, peer->answer_id,
			  data, sizeof(data));
	explicit_bzero(data, sizeof(data));
}

/* Does another password help? False: there is none. */
static bool try_again(struct chap_peer *peer, const struct mschap_failure *why,
		      struct ppp_actions *acts)
{
	enum mschap_peer_next next = MSCHAP_PEER_GIVE_UP;
	struct mschap_change change;

	if (peer->method == PPP_AUTH_MSCHAP_V2)
		next = mschap_peer_failure(&peer->mschap, why, &change);
	switch (next) {
	case MSCHAP_PEER_GIVE_UP:
		return false;
	case MSCHAP_PEER_RESPOND:
		mschap_response_value(&peer->mschap.response, peer->value);
		send_value(peer, acts);
		break;
	case MSCHAP_PEER_CHANGE:
		send_change(peer, &change, acts);
		break;
	}
	explicit_bzero(&change, sizeof(change));
	return true;
}

static enum ppp_auth_outcome take_failure(struct chap_peer *peer,
					  const struct ppp_packet *pkt,
					  struct ppp_actions *acts)
{
	struct mschap_failure why = {
		.message = pkt->data,
		.message_len = pkt->len,
	};

	if (peer->method != PPP_AUTH_CHAP_MD5)
		mschap_failure_parse(pkt->data, pkt->len, &why);
	peer->answer_id = pkt->id + 1;
	if (try_again(peer, &why, acts))
		return PPP_AUTH_WAITING;
	peer->failure.error = why.error;
	ppp_auth_message(why.message, why.message_len, peer->failure.message);
	return fail(peer);
}

enum ppp_auth_outcome chap_peer_input(struct chap_peer *peer,
				      const struct ppp_packet *pkt,
				      struct ppp_actions *acts)
{
	bool open = peer->state == CHAP_PEER_WAITING ||
		    peer->state == CHAP_PEER_ANSWERED;

	if (open && pkt->code == CHAP_CODE_CHALLENGE)
		return take_challenge(peer, pkt, acts);
	if (peer->state != CHAP_PEER_ANSWERED || pkt->id != peer->answer_id)
		return PPP_AUTH_IGNORED;
	if (pkt->code == CHAP_CODE_SUCCESS)
		return take_success(peer, pkt);
	if (pkt->code == CHAP_CODE_FAILURE)
		return take_failure(peer, pkt, acts);
	return PPP_AUTH_IGNORED;
}

bool chap_peer_keys(const struct chap_peer *peer, uint8_t tx[MPPE_START_LEN],
		    uint8_t rx[MPPE_START_LEN])
{
	if (peer->method == PPP_AUTH_MSCHAP_V2) {
		mppe_start_client(peer->mschap.nt_hash, peer->mschap.response.nt, tx, rx);
		return true;
	}
	if (peer->method != PPP_AUTH_MSCHAP)
		return false;
	mppe_start_mschap1(peer->mschap.nt_hash, peer->challenge, tx);
	memcpy(rx, tx, MPPE_START_LEN);
	return true;
}
