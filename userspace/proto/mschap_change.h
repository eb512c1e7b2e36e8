/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A new password in place of an expired one: the Change-Password packet of
 * MS-CHAP version 2 (RFC 2759 section 7). No state.
 *
 * The packets of version 1 (RFC 2433 sections 9 and 10, codes 5 and 6) are not
 * taken: code 5 sends the new hash under a key that everybody knows, code 6
 * cannot do without the LM hash of both passwords.
 */
#ifndef PROTO_MSCHAP_CHANGE_H
#define PROTO_MSCHAP_CHANGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mschap.h"
#include "ppp_rand.h"

#define MSCHAP_CHANGE_BLOCK_LEN	516
#define MSCHAP_CHANGE_LEN	582	/* what follows the packet's header */

/**
 * struct mschap_change - what a peer sends, and what it answers. Secret.
 * @response: made with the new password; its challenge is the Failure's
 * @block: Encrypted-Password: the new password under the old hash
 * @hash: Encrypted-Hash: the old hash under the new one
 */
struct mschap_change {
	struct mschap_response response;
	uint8_t block[MSCHAP_CHANGE_BLOCK_LEN];
	uint8_t hash[MSCHAP_HASH_LEN];
};

/* Reads the data of a packet; false when @len is not 582. */
bool mschap_change_parse(const uint8_t *data, size_t len,
			 struct mschap_change *change);

/* The data of a packet; @change is complete. */
void mschap_change_data(const struct mschap_change *change,
			uint8_t data[MSCHAP_CHANGE_LEN]);

/*
 * As the peer: fills block and hash (section 8.9 to 8.13). False when
 * @new_password is not UTF-8, empty, or longer than 256 units. @new_hash is its
 * NT hash then.
 */
bool mschap_change_make(struct mschap_change *change, struct ppp_rand *rand,
			const uint8_t old_hash[MSCHAP_HASH_LEN],
			const char *new_password,
			uint8_t new_hash[MSCHAP_HASH_LEN]);

/*
 * As the authenticator: is it from somebody who knows both passwords? @name is
 * the one that the earlier Response gave. @new_hash is the hash of the new
 * password then. An empty password, or the old one again, is not taken.
 */
bool mschap_change_verify(const struct mschap_change *change, const char *name,
			  const uint8_t old_hash[MSCHAP_HASH_LEN],
			  uint8_t new_hash[MSCHAP_HASH_LEN]);

#endif /* PROTO_MSCHAP_CHANGE_H */
