/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * MS-CHAP version 1 (RFC 2433): the computations and the texts. No state.
 *
 * Only the NT response counts. The LM response is the older hash of a password
 * in upper case and falls to a search at once; it is sent as zeros and a peer
 * that offers nothing else is refused.
 */
#ifndef PROTO_MSCHAP1_H
#define PROTO_MSCHAP1_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mschap.h"

#define MSCHAP1_CHALLENGE_LEN	8

/**
 * struct mschap1_response - one answer of a peer, and what it answers
 * @challenge: ours
 * @nt: NT-Response
 */
struct mschap1_response {
	uint8_t challenge[MSCHAP1_CHALLENGE_LEN];
	uint8_t nt[MSCHAP_NT_LEN];
};

/*
 * Reads the Value field of a Response; false when @len is not 49, or when the
 * peer gives an LM response only.
 */
bool mschap1_response_parse(const uint8_t *value, size_t len,
			    struct mschap1_response *response);

/* The Value field that carries @nt (RFC 2433 section 6). */
void mschap1_response_value(const uint8_t nt[MSCHAP_NT_LEN],
			    uint8_t value[MSCHAP_VALUE_LEN]);

/* Is @response right for this hash? Takes the same time either way. */
bool mschap1_verify(const struct mschap1_response *response,
		    const uint8_t nt_hash[MSCHAP_HASH_LEN]);

/*
 * "E=<error> R=<retry> C=<16 hex> V=2" (section 8). @challenge is the new one
 * that a retry answers. Returns the length of the text.
 */
size_t mschap1_failure_text(unsigned int error, bool retry,
			    const uint8_t challenge[MSCHAP1_CHALLENGE_LEN],
			    char text[MSCHAP_TEXT_MAX]);

#endif /* PROTO_MSCHAP1_H */
