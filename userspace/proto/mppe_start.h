/* SPDX-License-Identifier: GPL-2.0-or-later */
/* MPPE start keys from what authentication leaves behind (RFC 3079). */
#ifndef PROTO_MPPE_START_H
#define PROTO_MPPE_START_H

#include <stdint.h>

#define MPPE_START_LEN 16

/*
 * Start keys of the authenticator after MS-CHAPv2 (RFC 3079 section 3): @tx for
 * what we send, @rx for what we receive. All 16 octets are given; a session
 * key of 40 or 56 bits uses the first eight (section 3.3), unreduced.
 */
void mppe_start_server(const uint8_t nt_hash[16], const uint8_t nt_response[24],
		       uint8_t tx[MPPE_START_LEN], uint8_t rx[MPPE_START_LEN]);

/* Start keys of the peer after MS-CHAPv2: the same two the other way round. */
void mppe_start_client(const uint8_t nt_hash[16], const uint8_t nt_response[24],
		       uint8_t tx[MPPE_START_LEN], uint8_t rx[MPPE_START_LEN]);

/*
 * Start key of both directions after MS-CHAP version 1, for session keys of 128
 * bits (RFC 3079 section 2.4, GetStartKey); @challenge has eight octets.
 */
void mppe_start_mschap1(const uint8_t nt_hash[16], const uint8_t challenge[8],
			uint8_t start[MPPE_START_LEN]);

/*
 * Start keys of the authenticator from the 64 octets of EAP's MSK (RFC 5216
 * section 2.3: Enc-RECV-Key and Enc-SEND-Key); the peer's are the other way
 * round.
 */
void mppe_start_msk(const uint8_t msk[64], uint8_t tx[MPPE_START_LEN],
		    uint8_t rx[MPPE_START_LEN]);

#endif /* PROTO_MPPE_START_H */
