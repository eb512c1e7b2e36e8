// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conf6.h"

#define CONF6_PATH_MAX	128
#define CONF6_TEXT_MAX	16	/* octets of a number, its line feed and a final 0 */

static int conf6_open(const char *device, const char *name, int flags)
{
	char path[CONF6_PATH_MAX];
	int n;

	/* The kernel has a directory of this name, which is not the device's. */
	if (strcmp(device, "all") == 0 || strcmp(device, "default") == 0) {
		errno = ENOENT;
		return -1;
	}
	n = snprintf(path, sizeof(path), "/proc/sys/net/ipv6/conf/%s/%s", device, name);
	if (n < 0 || (size_t)n >= sizeof(path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	return open(path, flags | O_CLOEXEC);
}

/* Closes @fd without a change of errno. */
static void conf6_close(int fd)
{
	int saved = errno;

	close(fd);
	errno = saved;
}

bool conf6_get(const char *device, const char *name, int *value)
{
	char text[CONF6_TEXT_MAX];
	ssize_t n;
	int fd;

	fd = conf6_open(device, name, O_RDONLY);
	if (fd < 0)
		return false;
	n = read(fd, text, sizeof(text) - 1);
	conf6_close(fd);
	if (n < 0)
		return false;
	text[n] = 0;
	*value = (int)strtol(text, NULL, 10);
	return true;
}

bool conf6_set(const char *device, const char *name, int value)
{
	char text[CONF6_TEXT_MAX];
	int n = snprintf(text, sizeof(text), "%d\n", value);
	bool good;
	int fd;

	fd = conf6_open(device, name, O_WRONLY);
	if (fd < 0)
		return false;
	good = write(fd, text, (size_t)n) == n;
	conf6_close(fd);
	return good;
}
