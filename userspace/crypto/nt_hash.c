// SPDX-License-Identifier: GPL-2.0-or-later
#include "crypto.h"

#include <string.h>

#include "lib/bytes.h"

/* Continuation octets after @lead, with its own bits in *@code; -1: no lead. */
static int utf8_lead(uint8_t lead, uint32_t *code)
{
	if (lead < 0x80) {
		*code = lead;
		return 0;
	}
	if ((lead & 0xe0) == 0xc0) {
		*code = lead & 0x1f;
		return 1;
	}
	if ((lead & 0xf0) == 0xe0) {
		*code = lead & 0x0f;
		return 2;
	}
	*code = lead & 0x07;
	return (lead & 0xf8) == 0xf0 ? 3 : -1;
}

/*
 * RFC 3629 section 3: the shortest form only, no surrogates, nothing beyond
 * U+10FFFF. @r is bad when the next character is not that.
 */
static uint32_t utf8_next(struct reader *r)
{
	static const uint32_t least[] = { 0, 0x80, 0x800, 0x10000 };
	uint32_t code;
	int more, i;

	more = utf8_lead(reader_u8(r), &code);
	for (i = 0; i < more; i++) {
		uint8_t octet = reader_u8(r);

		if ((octet & 0xc0) != 0x80)
			r->bad = true;
		code = code << 6 | (octet & 0x3f);
	}
	if (more < 0 || code < least[more] || code > 0x10ffff ||
	    (code >= 0xd800 && code < 0xe000))
		r->bad = true;
	return code;
}

static void utf16le_put(struct writer *w, uint16_t unit)
{
	writer_u8(w, (uint8_t)unit);
	writer_u8(w, (uint8_t)(unit >> 8));
}

static void utf16le_code(struct writer *w, uint32_t code)
{
	if (code < 0x10000) {
		utf16le_put(w, (uint16_t)code);
		return;
	}
	code -= 0x10000;
	utf16le_put(w, (uint16_t)(0xd800 | code >> 10));
	utf16le_put(w, (uint16_t)(0xdc00 | (code & 0x3ff)));
}

int crypto_unicode(const char *password, size_t len,
		   uint8_t out[CRYPTO_UNICODE_MAX])
{
	struct reader r = reader_of((const uint8_t *)password, len);
	struct writer w = writer_of(out, CRYPTO_UNICODE_MAX);

	while (r.left && !r.bad && !w.bad)
		utf16le_code(&w, utf8_next(&r));
	if (!r.bad && !w.bad)
		return (int)w.len;
	explicit_bzero(out, CRYPTO_UNICODE_MAX);
	return -1;
}

bool crypto_nt_hash(const char *password, size_t len,
		    uint8_t out[CRYPTO_MD4_LEN])
{
	uint8_t unicode[CRYPTO_UNICODE_MAX];
	int octets = crypto_unicode(password, len, unicode);

	if (octets < 0)
		return false;
	crypto_md4(&(struct crypto_part){ unicode, (size_t)octets }, 1, out);
	explicit_bzero(unicode, (size_t)octets);
	return true;
}
