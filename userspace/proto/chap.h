/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * CHAP (RFC 1994) of the authenticator, with MS-CHAPv2 (RFC 2759) as the
 * algorithm.
 */
#ifndef PROTO_CHAP_H
#define PROTO_CHAP_H

#include <stdbool.h>
#include <stdint.h>

#include "ppp_action.h"
#include "ppp_packet.h"
#include "ppp_rand.h"

#define CHAP_PROTOCOL	0xc223

enum chap_state {
	CHAP_IDLE,
	CHAP_CHALLENGED,	/* a Challenge is out */
	CHAP_PENDING,		/* a Response is being checked */
	CHAP_RETRY,		/* a Failure that invites another Response is out */
	CHAP_DONE,		/* Success or the last Failure is out */
};

/* What an answer of the daemon led to. */
enum chap_outcome {
	CHAP_IGNORED,		/* nobody waits for it */
	CHAP_ACCEPTED,
	CHAP_AGAIN,
	CHAP_REFUSED,
};

/**
 * struct chap_config
 * @name: ours, in Challenges; outlives this
 * @restart: ms between copies of a Challenge
 * @max_transmit: copies in all
 * @tries: Responses that may be wrong
 */
struct chap_config {
	const char *name;
	unsigned int restart;
	unsigned int max_transmit;
	unsigned int tries;
};

/**
 * struct chap - one authenticator
 * @id: that a Response must carry
 * @challenge: that it must answer
 * @sent: copies of the Challenge so far
 * @wrong: Responses that were wrong since the last that was right
 * @request: what is being checked, or was last
 * @reply_code, @reply_len, @reply: our Success or Failure, for a repeated
 *	Response
 */
struct chap {
	struct chap_config cfg;
	struct ppp_rand *rand;
	enum chap_state state;
	uint8_t next_id;
	uint8_t id;
	uint8_t challenge[MSCHAP_CHALLENGE_LEN];
	unsigned int sent;
	unsigned int wrong;
	uint64_t deadline;	/* UINT64_MAX: none */
	struct ppp_auth_request request;
	uint8_t reply_code;
	size_t reply_len;
	char reply[MSCHAP_TEXT_MAX];
};

void chap_init(struct chap *chap, const struct chap_config *cfg,
	       struct ppp_rand *rand);

/* Sends the first Challenge of a new round. */
void chap_start(struct chap *chap, uint64_t now, struct ppp_actions *acts);

/* Forgets the round; an answer that is still to come will be ignored. */
void chap_stop(struct chap *chap);

/* A Response leads to PPP_ACTION_AUTHENTICATE, or to a repeated reply. */
enum chap_outcome chap_input(struct chap *chap, const struct ppp_packet *pkt,
			     struct ppp_actions *acts);

enum chap_outcome chap_result(struct chap *chap,
			      const struct ppp_auth_result *result,
			      struct ppp_actions *acts);

/* Repeats the Challenge when it is time. False: it was repeated enough. */
bool chap_timer(struct chap *chap, uint64_t now, struct ppp_actions *acts);

#endif /* PROTO_CHAP_H */
