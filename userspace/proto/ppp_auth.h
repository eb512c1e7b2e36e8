/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a link asks of whoever knows the users, and the answer. The daemon looks
 * a user up; everything else about MS-CHAPv2 is done here.
 */
#ifndef PROTO_PPP_AUTH_H
#define PROTO_PPP_AUTH_H

#include <stdbool.h>
#include <stdint.h>

#include "mppe_start.h"
#include "mschap.h"

#define PPP_USER_MAX	256	/* octets of a user name as sent */

/**
 * struct ppp_auth_request - a peer's claim
 * @serial: which request this is; an answer to an older one is ignored
 * @user: as sent, no NUL inside, maybe DOMAIN\user
 * @mschap: challenges and response of MS-CHAPv2
 */
struct ppp_auth_request {
	unsigned int serial;
	char user[PPP_USER_MAX + 1];
	struct mschap_response mschap;
};

/**
 * struct ppp_auth_result - the daemon's answer. Secret.
 * @serial: that of the request
 * @ok: the response was right and the user may enter
 * @error: MS-CHAP error code when not @ok: 691 and so on (RFC 2759 section 6)
 * @message: for the peer (M=), may be empty
 * @authenticator: "S=" value: the 20 octets of the authenticator response
 * @tx_start, @rx_start: MPPE start keys, ours to send and receive
 */
struct ppp_auth_result {
	unsigned int serial;
	bool ok;
	unsigned int error;
	char message[64];
	uint8_t authenticator[MSCHAP_AUTH_LEN];
	uint8_t tx_start[MPPE_START_LEN];
	uint8_t rx_start[MPPE_START_LEN];
};

/*
 * Fills @result: is the response right for a user with this NT hash? An unknown
 * user is checked against a hash that nobody has, so that it takes as long and
 * says the same as a wrong password. Returns result->ok.
 */
bool ppp_auth_check(const struct ppp_auth_request *request,
		    const uint8_t nt_hash[MSCHAP_HASH_LEN],
		    struct ppp_auth_result *result);

/* Fills @result with a refusal; @error is an MSCHAP_ERROR_*. */
void ppp_auth_refuse(const struct ppp_auth_request *request, unsigned int error,
		     const char *message, struct ppp_auth_result *result);

#endif /* PROTO_PPP_AUTH_H */
