/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * EAP's MD5-Challenge (RFC 3748 section 5.4): CHAP with MD5, in the same fields.
 *
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |  Value-Size   |  Value ...
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |  Name ...
 *   +-+-+-+-+
 */
#ifndef PROTO_EAP_MD5_H
#define PROTO_EAP_MD5_H

#include "eap.h"
#include "ppp_rand.h"

/* struct eap_md5 - the authenticator's side: what a Response answers */
struct eap_md5 {
	uint8_t challenge[CHAP_MD5_CHALLENGE_LEN];
};

/* The Request, with our @name. */
void eap_md5_challenge(struct eap_md5 *m, const char *name,
		       struct ppp_rand *rand, struct eap_message *out);

/* A Response with identifier @id: fills @request, or discards it. */
enum eap_step eap_md5_input(struct eap_md5 *m, uint8_t id, const uint8_t *data,
			    size_t len, struct ppp_auth_request *request);

/*
 * The peer's side: answers the Request @id. A Request by another name than the
 * one that is wanted is EAP_STEP_FAILURE.
 */
enum eap_step eap_md5_answer(const struct ppp_credentials *credentials,
			     uint8_t id, const uint8_t *data, size_t len,
			     struct eap_message *out);

#endif /* PROTO_EAP_MD5_H */
