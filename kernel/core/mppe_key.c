// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * MPPE session keys and their change (RFC 3078 section 7, RFC 3079).
 */
#include "mppe_key.h"
#include "rc4.h"
#include "sha1.h"

/* Takes the strength out of a 64-bit key (RFC 3079 sections 2.1 and 2.2). */
static void mppe_key_reduce(struct kpptp_mppe_key *key)
{
	if (key->bits == KPPTP_MPPE_128)
		return;
	key->cur[0] = 0xd1;
	if (key->bits == KPPTP_MPPE_56)
		return;
	key->cur[1] = 0x26;
	key->cur[2] = 0x9e;
}

/* GetNewKeyFromSHA (RFC 3079 section 3.4): not yet reduced. */
static void mppe_key_derive(struct kpptp_mppe_key *key)
{
	u8 digest[KPPTP_SHA1_LEN];

	kpptp_sha1_getkey(key->start, key->cur, key->len, digest);
	memcpy(key->cur, digest, key->len);
	memzero_explicit(digest, sizeof(digest));
}

void kpptp_mppe_key_init(struct kpptp_mppe_key *key, const u8 *start,
			 unsigned int bits)
{
	memset(key, 0, sizeof(*key));
	key->bits = (u8)bits;
	key->len = kpptp_mppe_key_len(bits);
	memcpy(key->start, start, key->len);
	memcpy(key->cur, start, key->len);
	mppe_key_derive(key);
	mppe_key_reduce(key);
}

void kpptp_mppe_key_change(struct kpptp_mppe_key *key)
{
	struct kpptp_rc4 rc4;

	mppe_key_derive(key);
	kpptp_rc4_set_key(&rc4, key->cur, key->len);
	kpptp_rc4_crypt(&rc4, key->cur, key->cur, key->len);
	kpptp_rc4_wipe(&rc4);
	mppe_key_reduce(key);
}

void kpptp_mppe_key_change_job(struct kpptp_mppe_key *key, u8 *to,
			       struct kpptp_rc4_job *job)
{
	mppe_key_derive(key);
	job->stream = NULL;
	job->key = key->cur;
	job->key_len = key->len;
	job->src = key->cur;
	job->dst = to;
	job->len = key->len;
}

void kpptp_mppe_key_changed(struct kpptp_mppe_key *key, u8 *to)
{
	memcpy(key->cur, to, key->len);
	mppe_key_reduce(key);
	memcpy(to, key->cur, key->len);
}
