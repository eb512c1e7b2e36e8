/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * MS-CHAP version 2 (RFC 2759): the computations and the texts. No state.
 *
 * Names are octets as sent; a domain before the last backslash is not part of
 * any computation (RFC 2759 section 8.2, and what every Windows does).
 */
#ifndef PROTO_MSCHAP_H
#define PROTO_MSCHAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MSCHAP_CHALLENGE_LEN	16
#define MSCHAP_HASH_LEN		16
#define MSCHAP_NT_LEN		24
#define MSCHAP_AUTH_LEN		20	/* authenticator response, before "S=" */
#define MSCHAP_VALUE_LEN	49	/* Value field of a Response */
#define MSCHAP_TEXT_MAX		160	/* Success or Failure text with its NUL */

/* Error codes of a Failure (RFC 2759 section 6). */
#define MSCHAP_ERROR_HOURS	646
#define MSCHAP_ERROR_DISABLED	647
#define MSCHAP_ERROR_EXPIRED	648
#define MSCHAP_ERROR_NO_DIALIN	649
#define MSCHAP_ERROR_FAILED	691
#define MSCHAP_ERROR_CHANGE	709

/**
 * struct mschap_response - one answer of a peer, and what it answers
 * @id: CHAP identifier of the Response
 * @flags: RFC 2759 says 0, Windows 98 sends 4
 * @challenge: ours
 * @peer_challenge: the peer's
 * @nt: NT-Response
 */
struct mschap_response {
	uint8_t id;
	uint8_t flags;
	uint8_t challenge[MSCHAP_CHALLENGE_LEN];
	uint8_t peer_challenge[MSCHAP_CHALLENGE_LEN];
	uint8_t nt[MSCHAP_NT_LEN];
};

/* Reads the Value field of a Response; false when @len is not 49. */
bool mschap_response_parse(const uint8_t *value, size_t len,
			   struct mschap_response *response);

/* The Value field that carries @response. */
void mschap_response_value(const struct mschap_response *response,
			   uint8_t value[MSCHAP_VALUE_LEN]);

/* ChallengeHash of RFC 2759 section 8.2: eight octets for DES. */
void mschap_challenge_hash(const struct mschap_response *response,
			   const char *name, uint8_t hash[8]);

/* ChallengeResponse of section 8.5. */
void mschap_nt_response(const uint8_t challenge_hash[8],
			const uint8_t nt_hash[MSCHAP_HASH_LEN],
			uint8_t nt[MSCHAP_NT_LEN]);

/* Is @response right for this user? Takes the same time either way. */
bool mschap_verify(const struct mschap_response *response, const char *name,
		   const uint8_t nt_hash[MSCHAP_HASH_LEN]);

/* GenerateAuthenticatorResponse of section 8.7, not yet in hexadecimal. */
void mschap_authenticator(const struct mschap_response *response,
			  const char *name,
			  const uint8_t nt_hash[MSCHAP_HASH_LEN],
			  uint8_t out[MSCHAP_AUTH_LEN]);

/*
 * "S=<40 hex> M=<message>" (section 5); without " M=" when @message is empty.
 * Returns the length of the text.
 */
size_t mschap_success_text(const uint8_t authenticator[MSCHAP_AUTH_LEN],
			   const char *message, char text[MSCHAP_TEXT_MAX]);

/*
 * "E=<error> R=<retry> C=<32 hex> V=3 M=<message>" (section 6). @challenge is
 * the new one that a retry answers. Returns the length of the text.
 */
size_t mschap_failure_text(unsigned int error, bool retry,
			   const uint8_t challenge[MSCHAP_CHALLENGE_LEN],
			   const char *message, char text[MSCHAP_TEXT_MAX]);

/*
 * Reads "S=<40 hex>" at the start of a Success; what follows is a message and
 * not looked at: Windows Server 2019 leaves its blank out, others all of it.
 */
bool mschap_success_parse(const uint8_t *text, size_t len,
			  uint8_t authenticator[MSCHAP_AUTH_LEN]);

/**
 * struct mschap_failure - what the text of a Failure says
 * @error: 0: none that can be read
 * @retry: another Response is welcome
 * @challenge_len: octets of @challenge; 0: there is none
 * @version: of the change-password protocol, 0: not said
 * @message, @message_len: in the text that was read, not printable yet
 */
struct mschap_failure {
	unsigned int error;
	bool retry;
	size_t challenge_len;
	uint8_t challenge[MSCHAP_CHALLENGE_LEN];
	unsigned int version;
	const uint8_t *message;
	size_t message_len;
};

/*
 * Reads a Failure of either version of MS-CHAP. Fields may be missing and codes
 * unknown; a text that is none of this is the message.
 */
void mschap_failure_parse(const uint8_t *text, size_t len,
			  struct mschap_failure *failure);

#endif /* PROTO_MSCHAP_H */
