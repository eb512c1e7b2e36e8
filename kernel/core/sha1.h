/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * SHA-1 of the MPPE key schedule: exactly what RFC 3079 needs, nothing more.
 */
#ifndef KPPTP_CORE_SHA1_H
#define KPPTP_CORE_SHA1_H

#include "port.h"

#define KPPTP_SHA1_LEN 20
#define KPPTP_SHA1_BLOCK 64

/**
 * typedef kpptp_sha1_getkey_fn - the digest of GetNewKeyFromSHA (RFC 3079 section 3)
 * @start: start key
 * @cur: current key
 * @len: octets of both, 8 or 16
 * @digest: result
 *
 * SHA-1 over start | 40 octets 00 | cur | 40 octets F2: always two blocks. The
 * intermediate state is wiped.
 */
typedef void kpptp_sha1_getkey_fn(const u8 *start, const u8 *cur, size_t len,
				  u8 digest[KPPTP_SHA1_LEN]);

/* On every machine. */
kpptp_sha1_getkey_fn kpptp_sha1_getkey_generic;

/* Needs x86's SHA extensions and SSSE3, and that vector registers may be used. */
kpptp_sha1_getkey_fn kpptp_sha1_getkey_ni;

/*
 * The one that is used: the generic one, until whoever knows the machine puts another
 * here, once, before any key is changed.
 */
extern kpptp_sha1_getkey_fn *kpptp_sha1_getkey;

/* The two blocks of the message, with SHA-1's own padding. For those above. */
void kpptp_sha1_message(u8 p[2 * KPPTP_SHA1_BLOCK], const u8 *start, const u8 *cur, size_t len);

#endif /* KPPTP_CORE_SHA1_H */
