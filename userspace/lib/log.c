// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "array.h"
#include "log.h"

#define LOG_LINE_MAX 1024

static enum log_level log_most = LOG_LEVEL_INFO;
static bool log_prefixed;

void log_setup(enum log_level most, bool prefixed)
{
	log_most = most;
	log_prefixed = prefixed;
}

void log_set_level(enum log_level most)
{
	log_most = most;
}

bool log_level_parse(const char *word, enum log_level *level)
{
	static const struct {
		const char *word;
		enum log_level level;
	} words[] = {
		{ "error", LOG_LEVEL_ERROR },
		{ "warning", LOG_LEVEL_WARNING },
		{ "notice", LOG_LEVEL_NOTICE },
		{ "info", LOG_LEVEL_INFO },
		{ "debug", LOG_LEVEL_DEBUG },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(words); i++) {
		if (strcmp(word, words[i].word) == 0) {
			*level = words[i].level;
			return true;
		}
	}
	return false;
}

/* Octets from 0x80 on stay: they are UTF-8 of user names. */
static void log_clean(char *text)
{
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if (c < 0x20 || c == 0x7f)
			*text = '?';
	}
}

void log_line(enum log_level level, const char *fmt, ...)
{
	char line[LOG_LINE_MAX];
	int head = 0;
	va_list ap;
	size_t len;

	if (level > log_most)
		return;
	if (log_prefixed)
		head = snprintf(line, sizeof(line), "<%d>", (int)level);
	va_start(ap, fmt);
	vsnprintf(line + head, sizeof(line) - 1 - (size_t)head, fmt, ap);
	va_end(ap);
	log_clean(line);
	len = strlen(line);
	line[len++] = '\n';
	/* Nobody is left to be told when standard error is gone. */
	if (write(STDERR_FILENO, line, len) < 0)
		return;
}

static uint64_t log_clock(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000 + (uint64_t)ts.tv_nsec / 1000000;
}

bool log_allowed(struct log_limit *limit)
{
	uint64_t now = log_clock();

	if (limit->since == 0 || now - limit->since >= LOG_LIMIT_MS) {
		if (limit->held)
			log_notice("%u messages like the next were left out", limit->held);
		limit->since = now;
		limit->passed = 0;
		limit->held = 0;
	}
	if (limit->passed >= LOG_LIMIT_BURST) {
		limit->held++;
		return false;
	}
	limit->passed++;
	return true;
}
