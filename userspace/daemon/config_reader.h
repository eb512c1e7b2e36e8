/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What config.c and its parts share while a file is read. No other file
 * includes this.
 */
#ifndef DAEMON_CONFIG_READER_H
#define DAEMON_CONFIG_READER_H

#include "config.h"

#define CONFIG_WORD_MAX		64	/* octets of one element of a list */
#define CONFIG_SETTINGS_MAX	128

/**
 * struct config_reader - one reading of a file
 * @file: its name
 * @text, @left: what has not been read
 * @line: that was handed out last; 0: no line is to blame
 * @base: the file's own configuration
 * @cfg: what the section at hand is about, @base or one of its listeners
 * @listeners: the second reading, which is for the sections [listener]
 * @seen: settings of @base, and of each listener
 * @blame: the last line that chose methods or MPPE policy, by the same numbers
 * @pool_next_line: where the "next" of each pool stands
 * @pool_next: and what it says
 * @err: the first message
 */
struct config_reader {
	const char *file;
	const char *text;
	size_t left;
	unsigned int line;
	struct config *base;
	struct config *cfg;
	bool listeners;
	bool seen[1 + CONFIG_LISTENERS_MAX][CONFIG_SETTINGS_MAX];
	unsigned int blame[1 + CONFIG_LISTENERS_MAX];
	unsigned int pool_next_line[CONFIG_POOLS_MAX];
	char pool_next[CONFIG_POOLS_MAX][POLICY_NAME_MAX];
	char *err;
};

/* The first message stays. Returns false, for the reader's convenience. */
bool config_refuse(struct config_reader *r, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/*
 * Takes the next element of a list with commas or blanks between them off
 * @list. False at its end, or when the element is too long for any use.
 */
bool config_word(const char **list, char word[CONFIG_WORD_MAX]);

/* An address that an interface or a server can have. */
bool config_host_address(struct config_reader *r, const char *word,
			 struct in_addr *address);

/* The part after "pool ", "listener " or "forward " of a section's name; NULL: it is another. */
const char *config_section_name(const char *section, const char *kind);

/* Address ranges, a list, for the pool number @pool. */
bool config_pool_ranges(struct config_reader *r, unsigned int pool, const char *value);

/* A line of the section [pool NAME]. */
bool config_pool_setting(struct config_reader *r, const char *pool, const char *name,
			 const char *value);

/* When all lines have been read: names of other pools become numbers. */
bool config_pool_check(struct config_reader *r);

/* A line of the section [forward NAME]. */
bool config_forward_setting(struct config_reader *r, const char *section, const char *name,
			    const char *value);

/* When all lines have been read: none is incomplete. */
bool config_forward_check(struct config_reader *r);

#endif /* DAEMON_CONFIG_READER_H */
