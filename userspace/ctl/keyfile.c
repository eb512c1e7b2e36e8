// SPDX-License-Identifier: GPL-2.0-or-later
#include "keyfile.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "ctl.h"

#define LINE_MAX_LEN	256

static int nibble(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

static bool parse_hex(const char *hex, uint8_t *key, size_t len)
{
	size_t i;

	if (strlen(hex) != 2 * len)
		return false;
	for (i = 0; i < len; i++) {
		int high = nibble(hex[2 * i]);
		int low = nibble(hex[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		key[i] = (uint8_t)(high << 4 | low);
	}
	return true;
}

/* One line; sets the bit of what it gave in @seen. */
static bool parse_line(char *line, unsigned int number, size_t len,
		       struct keyfile *keys, unsigned int *seen)
{
	static const char blanks[] = " \t\r\n";
	char *direction, *hex, *rest;
	unsigned int bit;

	line[strcspn(line, "#")] = '\0';
	direction = strtok_r(line, blanks, &rest);
	if (!direction)
		return true;
	hex = strtok_r(NULL, blanks, &rest);
	bit = !strcmp(direction, "tx") ? 1 : !strcmp(direction, "rx") ? 2 : 0;
	if (!bit || *seen & bit || !hex || strtok_r(NULL, blanks, &rest) ||
	    !parse_hex(hex, bit == 1 ? keys->tx : keys->rx, len)) {
		ctl_fail("line %u of the key file is not tx or rx, once, and %zu hex digits",
			 number, 2 * len);
		return false;
	}
	*seen |= bit;
	return true;
}

static bool parse_file(FILE *file, unsigned int bits, struct keyfile *keys)
{
	size_t len = bits == 128 ? 16 : 8;
	char line[LINE_MAX_LEN];
	unsigned int number = 0;
	unsigned int seen = 0;
	bool good = true;

	while (good && fgets(line, sizeof(line), file))
		good = parse_line(line, ++number, len, keys, &seen);
	explicit_bzero(line, sizeof(line));
	if (good && seen != 3) {
		ctl_fail("the key file has no %s line", seen & 1 ? "rx" : "tx");
		return false;
	}
	return good;
}

static bool may_be_read(FILE *file, const char *path)
{
	struct stat st;

	if (fstat(fileno(file), &st) || !(st.st_mode & 0007))
		return true;
	ctl_fail("%s is open to others, run chmod 600 %s and change the keys", path, path);
	return false;
}

bool keyfile_read(const char *path, unsigned int bits, struct keyfile *keys)
{
	static char buffer[BUFSIZ];
	FILE *file = stdin;
	bool good;

	memset(keys, 0, sizeof(*keys));
	if (strcmp(path, "-"))
		file = fopen(path, "re");
	if (!file) {
		ctl_fail("cannot read %s: %s", path, strerror(errno));
		return false;
	}
	/* A buffer of our own, because stdio does not wipe its. */
	setvbuf(file, buffer, _IOFBF, sizeof(buffer));
	good = (file == stdin || may_be_read(file, path)) && parse_file(file, bits, keys);
	if (file != stdin)
		fclose(file);
	explicit_bzero(buffer, sizeof(buffer));
	return good;
}
