/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * EAP-MSCHAP-V2 (draft-kamath-pppext-eap-mschapv2-00): MS-CHAP version 2 in
 * packets of EAP. Type-Data:
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |    OpCode     | MS-CHAPv2-ID  |           MS-Length           |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |  Value-Size   |  Value ...           Challenge and Response
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |  Name, Message or the fields of Change-Password ...
 *   +-+-+-+-+-+-+-+-+
 *
 * The Success and Failure of a Response are the OpCode alone.
 */
#ifndef PROTO_EAP_MSCHAP_H
#define PROTO_EAP_MSCHAP_H

#include "eap.h"
#include "mschap_peer.h"
#include "ppp_rand.h"

enum eap_mschap_state {
	EAP_MSCHAP_CHALLENGED,
	EAP_MSCHAP_RETRY,	/* a Failure that invites another Response is out */
	EAP_MSCHAP_EXPIRED,	/* one that invites a Change-Password is out */
	EAP_MSCHAP_GRANTED,	/* Success is out */
};

/**
 * struct eap_mschap - the authenticator's side
 * @challenge: what the next Response answers
 * @wrong: Responses that were wrong
 * @tries: that may be
 */
struct eap_mschap {
	struct ppp_rand *rand;
	enum eap_mschap_state state;
	uint8_t challenge[MSCHAP_CHALLENGE_LEN];
	unsigned int wrong;
	unsigned int tries;
};

/* The first Request, which will have identifier @id. */
void eap_mschap_challenge(struct eap_mschap *m, const char *name, uint8_t id,
			  unsigned int tries, struct ppp_rand *rand,
			  struct eap_message *out);

/*
 * A Response with identifier @id: fills the rest of @request, whose user is the
 * Identity. A Response by another name is refused.
 */
enum eap_step eap_mschap_input(struct eap_mschap *m, uint8_t id,
			       const uint8_t *data, size_t len,
			       struct ppp_auth_request *request,
			       struct eap_message *out);

/*
 * The daemon's answer to @request; @id: the identifier of what is sent. A Success
 * keeps the one that it answers in its MS-CHAPv2-ID.
 */
enum eap_step eap_mschap_result(struct eap_mschap *m,
				const struct ppp_auth_request *request,
				const struct ppp_auth_result *result, uint8_t id,
				struct eap_message *out);

/* Does the peer's user sit and type? Then it is not to be pressed. */
bool eap_mschap_typing(const struct eap_mschap *m);

enum eap_mschap_peer_state {
	EAP_MSCHAP_PEER_WAITING,
	EAP_MSCHAP_PEER_ANSWERED,
	EAP_MSCHAP_PEER_PROVEN,	/* both know the password */
};

/* struct eap_mschap_peer - the peer's side. Secret. */
struct eap_mschap_peer {
	struct mschap_peer proof;
	enum eap_mschap_peer_state state;
};

void eap_mschap_peer_init(struct eap_mschap_peer *m,
			  const struct ppp_credentials *credentials,
			  struct ppp_rand *rand);
void eap_mschap_peer_start(struct eap_mschap_peer *m);

/*
 * A Request with identifier @id. EAP_STEP_FAILURE fills @failure; @out is to be
 * sent then too unless it is empty.
 */
enum eap_step eap_mschap_peer_input(struct eap_mschap_peer *m, uint8_t id,
				    const uint8_t *data, size_t len,
				    struct ppp_auth_failure *failure,
				    struct eap_message *out);

#endif /* PROTO_EAP_MSCHAP_H */
