// SPDX-License-Identifier: GPL-2.0-or-later
#include "program.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

void die(const char *fmt, ...)
{
	int err = errno;
	va_list args;

	fprintf(stderr, "%s: ", program_invocation_short_name);
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	if (err)
		fprintf(stderr, ": %s", strerror(err));
	fputc('\n', stderr);
	exit(1);
}

int need(int value, const char *what)
{
	if (value < 0)
		die("%s", what);
	return value;
}

void enter(const char *name)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/run/netns/%s", name);
	fd = need(open(path, O_RDONLY | O_CLOEXEC), path);
	need(setns(fd, CLONE_NEWNET), path);
	close(fd);
}

uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

uint64_t parse_number(const char *text, uint64_t least, const char *what)
{
	char *end;
	uint64_t value;

	errno = 0;
	value = strtoull(text, &end, 10);
	if (end == text || (*end && *end != '\n') || value < least)
		die("%s: \"%s\" is no number from %llu on", what, text,
		    (unsigned long long)least);
	return value;
}

bool next_command(uint64_t *value)
{
	char line[64];

	if (!fgets(line, sizeof(line), stdin))
		return false;
	*value = parse_number(line, 1, "command");
	return true;
}

void answer(uint64_t nanoseconds)
{
	printf("%llu\n", (unsigned long long)nanoseconds);
	fflush(stdout);
}

void allow_files(void)
{
	struct rlimit limit;

	need(getrlimit(RLIMIT_NOFILE, &limit), "getrlimit");
	if (limit.rlim_max < 65536)
		limit.rlim_max = 65536;
	limit.rlim_cur = limit.rlim_max;
	need(setrlimit(RLIMIT_NOFILE, &limit), "setrlimit");
}
