/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * CHAP (RFC 1994) of the peer: we prove who we are by MD5, MS-CHAP or MS-CHAP
 * version 2, whose authenticator has to prove itself too.
 */
#ifndef PROTO_CHAP_PEER_H
#define PROTO_CHAP_PEER_H

#include <stdbool.h>
#include <stdint.h>

#include "mschap_peer.h"
#include "ppp_action.h"
#include "ppp_packet.h"
#include "ppp_rand.h"

enum chap_peer_state {
	CHAP_PEER_IDLE,
	CHAP_PEER_WAITING,	/* for a Challenge */
	CHAP_PEER_ANSWERED,	/* a Response or Change-Password is out */
	CHAP_PEER_FAILED,
};

/**
 * struct chap_peer - the peer's side. Secret.
 * @mschap: the credentials, which of the passwords counts, and the last answer
 *	of MS-CHAP-V2
 * @told: DONE_OK was said; a later Challenge is answered without saying it again
 * @challenge_id, @challenge, @challenge_len: last Challenge
 * @answer_id: identifier of the last answer
 * @value, @value_len: Value field of the answer to @challenge, for a copy of it
 */
struct chap_peer {
	struct mschap_peer mschap;
	enum ppp_auth_method method;
	enum chap_peer_state state;
	bool told;
	uint8_t challenge_id;
	size_t challenge_len;
	uint8_t challenge[UINT8_MAX];
	uint8_t answer_id;
	size_t value_len;
	uint8_t value[MSCHAP_VALUE_LEN];
	struct ppp_auth_failure failure;
};

void chap_peer_init(struct chap_peer *peer,
		    const struct ppp_credentials *credentials,
		    struct ppp_rand *rand);

/* Waits for a Challenge of CHAP-MD5, MS-CHAP or MS-CHAP-V2. */
void chap_peer_start(struct chap_peer *peer, enum ppp_auth_method method);
void chap_peer_stop(struct chap_peer *peer);

enum ppp_auth_outcome chap_peer_input(struct chap_peer *peer,
				      const struct ppp_packet *pkt,
				      struct ppp_actions *acts);

/* MPPE start keys after DONE_OK; false: the method has none. */
bool chap_peer_keys(const struct chap_peer *peer, uint8_t tx[MPPE_START_LEN],
		    uint8_t rx[MPPE_START_LEN]);

#endif /* PROTO_CHAP_PEER_H */
