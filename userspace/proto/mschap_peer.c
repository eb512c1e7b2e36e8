// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "crypto/crypto.h"
#include "mschap_peer.h"

void mschap_peer_init(struct mschap_peer *peer,
		      const struct ppp_credentials *credentials,
		      struct ppp_rand *rand)
{
	memset(peer, 0, sizeof(*peer));
	peer->credentials = credentials;
	peer->rand = rand;
}

void mschap_peer_start(struct mschap_peer *peer)
{
	if (!peer->renewed)
		ppp_auth_hash(peer->credentials, peer->nt_hash);
}

void mschap_peer_answer(struct mschap_peer *peer,
			const uint8_t challenge[MSCHAP_CHALLENGE_LEN])
{
	struct mschap_response *response = &peer->response;
	uint8_t hash[8];

	response->flags = 0;
	memcpy(response->challenge, challenge, MSCHAP_CHALLENGE_LEN);
	ppp_rand_fill(peer->rand, response->peer_challenge, MSCHAP_CHALLENGE_LEN);
	mschap_challenge_hash(response, peer->credentials->user, hash);
	mschap_nt_response(hash, peer->nt_hash, response->nt);
}

bool mschap_peer_proven(const struct mschap_peer *peer, const uint8_t *text,
			size_t len)
{
	uint8_t said[MSCHAP_AUTH_LEN], right[MSCHAP_AUTH_LEN];

	mschap_authenticator(&peer->response, peer->credentials->user,
			     peer->nt_hash, right);
	return mschap_success_parse(text, len, said) &&
	       crypto_equal(said, right, MSCHAP_AUTH_LEN);
}

static bool may_renew(const struct mschap_peer *peer,
		      const struct mschap_failure *why)
{
	return !peer->renewed && peer->credentials->new_password &&
	       why->challenge_len == MSCHAP_CHALLENGE_LEN &&
	       (why->error == MSCHAP_ERROR_EXPIRED ||
		(why->retry && why->error == MSCHAP_ERROR_FAILED));
}

/* From now on the new password is the one that counts. */
static bool renew(struct mschap_peer *peer, struct mschap_change *change)
{
	const char *password = peer->credentials->new_password;
	uint8_t old_hash[MSCHAP_HASH_LEN];

	memcpy(old_hash, peer->nt_hash, sizeof(old_hash));
	peer->renewed = mschap_change_make(change, peer->rand, old_hash,
					   password, peer->nt_hash);
	explicit_bzero(old_hash, sizeof(old_hash));
	return peer->renewed;
}

enum mschap_peer_next mschap_peer_failure(struct mschap_peer *peer,
					  const struct mschap_failure *why,
					  struct mschap_change *change)
{
	if (!may_renew(peer, why) || !renew(peer, change))
		return MSCHAP_PEER_GIVE_UP;
	mschap_peer_answer(peer, why->challenge);
	change->response = peer->response;
	return why->error == MSCHAP_ERROR_EXPIRED ? MSCHAP_PEER_CHANGE :
						    MSCHAP_PEER_RESPOND;
}
