/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Log lines to standard error, one a message. Control characters that came
 * from a peer are shown as '?', so that nobody forges a line. Secrets are never
 * handed to these functions.
 */
#ifndef LIB_LOG_H
#define LIB_LOG_H

#include <stdbool.h>
#include <stdint.h>

/* The numbers are those of syslog and of sd-daemon(3) prefixes. */
enum log_level {
	LOG_LEVEL_ERROR = 3,
	LOG_LEVEL_WARNING = 4,
	LOG_LEVEL_NOTICE = 5,
	LOG_LEVEL_INFO = 6,
	LOG_LEVEL_DEBUG = 7,
};

/* Lines of one message site that pass in LOG_LIMIT_MS; the rest is counted. */
#define LOG_LIMIT_BURST	20
#define LOG_LIMIT_MS	5000

/* One message site's allowance; all zeros to begin with. */
struct log_limit {
	uint64_t since;		/* ms, monotonic */
	unsigned int passed;
	unsigned int held;
};

/* @prefixed: begin each line with "<N>", which the journal takes as its level. */
void log_setup(enum log_level most, bool prefixed);

/* Messages above @most are not written. */
void log_set_level(enum log_level most);

/* "error", "warning", "notice", "info" or "debug"; false for other words. */
bool log_level_parse(const char *word, enum log_level *level);

void log_line(enum log_level level, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* False when @limit is used up; tells how many were held when it is not. */
bool log_allowed(struct log_limit *limit);

#define log_error(...)	log_line(LOG_LEVEL_ERROR, __VA_ARGS__)
#define log_warning(...) log_line(LOG_LEVEL_WARNING, __VA_ARGS__)
#define log_notice(...)	log_line(LOG_LEVEL_NOTICE, __VA_ARGS__)
#define log_info(...)	log_line(LOG_LEVEL_INFO, __VA_ARGS__)
#define log_debug(...)	log_line(LOG_LEVEL_DEBUG, __VA_ARGS__)

/* For what an unauthenticated peer can cause at will. */
#define log_limited(level, ...)					\
	do {							\
		static struct log_limit site;			\
								\
		if (log_allowed(&site))				\
			log_line(level, __VA_ARGS__);		\
	} while (0)

#endif /* LIB_LOG_H */
