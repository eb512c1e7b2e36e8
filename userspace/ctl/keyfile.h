/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The file with the start keys of a static session:
 *
 *	tx 0123456789abcdef0123456789abcdef
 *	rx fedcba9876543210fedcba9876543210
 *
 * 16 octets for 128 bit, 8 for 40 and 56 (RFC 3079). # begins a comment.
 */
#ifndef CTL_KEYFILE_H
#define CTL_KEYFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define KEYFILE_KEY_MAX	16

/* Secret. */
struct keyfile {
	uint8_t tx[KEYFILE_KEY_MAX];
	uint8_t rx[KEYFILE_KEY_MAX];
};

/*
 * Reads the keys for @bits (40, 56, 128) from the file @path, "-" for standard
 * input. A file that others may read is refused. False, with a message. The
 * caller wipes @keys.
 */
bool keyfile_read(const char *path, unsigned int bits, struct keyfile *keys);

#endif /* CTL_KEYFILE_H */
