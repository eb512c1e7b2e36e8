/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * SHA-1 of the MPPE key schedule: exactly what RFC 3079 needs, nothing more.
 */
#ifndef KPPTP_CORE_SHA1_H
#define KPPTP_CORE_SHA1_H

#include "port.h"

#define KPPTP_SHA1_LEN 20

/*
 * The digest of GetNewKeyFromSHA (RFC 3079 section 3): SHA-1 over
 * start | 40 octets 00 | cur | 40 octets F2, where both keys have @len (8 or
 * 16) octets; always two blocks. The intermediate state is wiped.
 */
void kpptp_sha1_getkey(const u8 *start, const u8 *cur, size_t len,
		       u8 digest[KPPTP_SHA1_LEN]);

#endif /* KPPTP_CORE_SHA1_H */
