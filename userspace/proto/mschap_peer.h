/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Proving ourselves by MS-CHAP version 2, whether CHAP or EAP carries it: which
 * password is in use, and what was answered last.
 */
#ifndef PROTO_MSCHAP_PEER_H
#define PROTO_MSCHAP_PEER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mschap.h"
#include "mschap_change.h"
#include "ppp_auth.h"
#include "ppp_rand.h"

/* What a Failure of the authenticator asks for. */
enum mschap_peer_next {
	MSCHAP_PEER_GIVE_UP,
	MSCHAP_PEER_RESPOND,	/* response is a new one, to the new challenge */
	MSCHAP_PEER_CHANGE,	/* the change is filled */
};

/**
 * struct mschap_peer - Secret
 * @credentials: outlive this
 * @renewed: the new password is used
 * @nt_hash: of the password that is used
 * @response: the last answer and what it answers
 */
struct mschap_peer {
	const struct ppp_credentials *credentials;
	struct ppp_rand *rand;
	bool renewed;
	uint8_t nt_hash[MSCHAP_HASH_LEN];
	struct mschap_response response;
};

void mschap_peer_init(struct mschap_peer *peer,
		      const struct ppp_credentials *credentials,
		      struct ppp_rand *rand);

/* A new round; a password that was renewed stays so. */
void mschap_peer_start(struct mschap_peer *peer);

/* Fills the response to @challenge. */
void mschap_peer_answer(struct mschap_peer *peer,
			const uint8_t challenge[MSCHAP_CHALLENGE_LEN]);

/* Is this the text of a Success by somebody who knows the password? */
bool mschap_peer_proven(const struct mschap_peer *peer, const uint8_t *text,
			size_t len);

/*
 * Once, and with a new password at hand: one that has expired is changed
 * (RFC 2759 section 7). When it was changed before and only our record of it is
 * old, the Failure says 691, and the new one is tried as it is.
 */
enum mschap_peer_next mschap_peer_failure(struct mschap_peer *peer,
					  const struct mschap_failure *why,
					  struct mschap_change *change);

#endif /* PROTO_MSCHAP_PEER_H */
