// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * RC4, one stream.
 */
#include "rc4.h"

void kpptp_rc4_set_key(struct kpptp_rc4 *rc4, const u8 *key, size_t key_len)
{
	size_t k = 0;
	u8 j = 0;
	int i;

	for (i = 0; i < 256; i++)
		rc4->s[i] = (u8)i;
	for (i = 0; i < 256; i++) {
		u8 a = rc4->s[i];

		j += a + key[k];
		rc4->s[i] = rc4->s[j];
		rc4->s[j] = a;
		if (++k == key_len)
			k = 0;
	}
	rc4->i = 0;
	rc4->j = 0;
}

void kpptp_rc4_crypt(struct kpptp_rc4 *rc4, u8 *dst, const u8 *src, size_t len)
{
	u8 *s = rc4->s;
	u8 i = rc4->i;
	u8 j = rc4->j;

	while (len--) {
		u8 a = s[++i];
		u8 b;

		j += a;
		b = s[j];
		s[i] = b;
		s[j] = a;
		*dst++ = *src++ ^ s[(u8)(a + b)];
	}
	rc4->i = i;
	rc4->j = j;
}

void kpptp_rc4_wipe(struct kpptp_rc4 *rc4)
{
	memzero_explicit(rc4, sizeof(*rc4));
}
