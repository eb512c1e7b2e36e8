/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * CHAP (RFC 1994) of the authenticator, with its three algorithms: MD5, MS-CHAP
 * (RFC 2433) and MS-CHAP version 2 (RFC 2759).
 */
#ifndef PROTO_CHAP_H
#define PROTO_CHAP_H

#include <stdbool.h>
#include <stdint.h>

#include "ppp_action.h"
#include "ppp_packet.h"
#include "ppp_rand.h"

#define CHAP_PROTOCOL	PPP_AUTH_PROTOCOL_CHAP

enum chap_code {
	CHAP_CODE_CHALLENGE = 1,
	CHAP_CODE_RESPONSE = 2,
	CHAP_CODE_SUCCESS = 3,
	CHAP_CODE_FAILURE = 4,
	CHAP_CODE_CHANGE_V1 = 5,	/* RFC 2433 section 9 */
	CHAP_CODE_CHANGE_V2 = 6,	/* RFC 2433 section 10 */
	CHAP_CODE_CHANGE = 7,		/* RFC 2759 section 7 */
};

/**
 * struct chap_value - a Challenge or Response as it came (RFC 1994 section 4.1)
 * @value, @name: in the receive buffer
 */
struct chap_value {
	const uint8_t *value;
	size_t value_len;
	const uint8_t *name;
	size_t name_len;
};

/* False when the value is longer than the packet. */
bool chap_value_parse(const struct ppp_packet *pkt, struct chap_value *value);

/* A packet of @code with a value and a name. */
void chap_value_send(uint8_t code, uint8_t id, const uint8_t *value,
		     size_t value_len, const char *name,
		     struct ppp_actions *acts);

enum chap_state {
	CHAP_IDLE,
	CHAP_CHALLENGED,	/* a Challenge is out */
	CHAP_PENDING,		/* a Response is being checked */
	CHAP_RETRY,		/* a Failure that invites another Response is out */
	CHAP_EXPIRED,		/* one that invites a Change-Password is out */
	CHAP_DONE,		/* Success or the last Failure is out */
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
 * @method: the algorithm
 * @id: that a Response must carry
 * @challenge: that it must answer; MS-CHAP uses the first half
 * @sent: copies of the Challenge so far
 * @wrong: Responses that were wrong since the last that was right
 * @request: what is being checked, or was last
 * @reply_code, @reply_id, @reply_len, @reply: our Success or Failure, for a
 *	repeated Response
 */
struct chap {
	struct chap_config cfg;
	struct ppp_rand *rand;
	enum ppp_auth_method method;
	enum chap_state state;
	uint8_t next_id;
	uint8_t id;
	uint8_t challenge[MSCHAP_CHALLENGE_LEN];
	unsigned int sent;
	unsigned int wrong;
	uint64_t deadline;	/* UINT64_MAX: none */
	struct ppp_auth_request request;
	uint8_t reply_code;
	uint8_t reply_id;
	size_t reply_len;
	char reply[MSCHAP_TEXT_MAX];
};

void chap_init(struct chap *chap, const struct chap_config *cfg,
	       struct ppp_rand *rand);

/*
 * Sends the first Challenge of a new round by CHAP-MD5, MS-CHAP or MS-CHAP-V2.
 */
void chap_start(struct chap *chap, enum ppp_auth_method method, uint64_t now,
		struct ppp_actions *acts);

/* Forgets the round; an answer that is still to come will be ignored. */
void chap_stop(struct chap *chap);

/* A Response leads to PPP_ACTION_AUTHENTICATE, or to a repeated reply. */
enum ppp_auth_outcome chap_input(struct chap *chap, const struct ppp_packet *pkt,
				 struct ppp_actions *acts);

enum ppp_auth_outcome chap_result(struct chap *chap,
				  const struct ppp_auth_result *result,
				  struct ppp_actions *acts);

/* Repeats the Challenge when it is time. False: it was repeated enough. */
bool chap_timer(struct chap *chap, uint64_t now, struct ppp_actions *acts);

#endif /* PROTO_CHAP_H */
