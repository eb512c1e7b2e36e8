/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Octets that a test writes as lower-case hexadecimal. */
#ifndef SELFTESTS_HEX_H
#define SELFTESTS_HEX_H

#include <stddef.h>
#include <stdint.h>

static inline unsigned int hex_digit(char c)
{
	return (unsigned int)(c <= '9' ? c - '0' : c - 'a' + 10);
}

static inline uint8_t hex_octet(const char *hex)
{
	return (uint8_t)(hex_digit(hex[0]) << 4 | hex_digit(hex[1]));
}

/* As many octets of @hex as there are and @room is for; NULL: none. Returns how many. */
static inline size_t hex_octets(const char *hex, uint8_t *out, size_t room)
{
	size_t n;

	for (n = 0; hex && n < room && hex[2 * n] && hex[2 * n + 1]; n++)
		out[n] = hex_octet(hex + 2 * n);
	return n;
}

#endif /* SELFTESTS_HEX_H */
