/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The response of CHAP with MD5 (RFC 1994 section 4.1), and of EAP's MD5. */
#ifndef PROTO_CHAP_MD5_H
#define PROTO_CHAP_MD5_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CHAP_MD5_CHALLENGE_LEN	16	/* of ours; a peer's has any length */
#define CHAP_MD5_LEN		16

/**
 * struct chap_md5_response - one answer of a peer, and what it answers
 * @id: identifier of the Response, CHAP's or EAP's
 * @challenge: ours
 * @digest: the Value field
 */
struct chap_md5_response {
	uint8_t id;
	uint8_t challenge[CHAP_MD5_CHALLENGE_LEN];
	uint8_t digest[CHAP_MD5_LEN];
};

/* What answers @len octets of @challenge. */
void chap_md5_digest(uint8_t id, const char *password, const uint8_t *challenge,
		     size_t len, uint8_t digest[CHAP_MD5_LEN]);

/* Is @response right for this password? Takes the same time either way. */
bool chap_md5_verify(const struct chap_md5_response *response,
		     const char *password);

#endif /* PROTO_CHAP_MD5_H */
