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

enum config_type {
	CONFIG_U16,
	CONFIG_UINT,
	CONFIG_SECONDS,		/* kept as ms */
	CONFIG_BOOL,
	CONFIG_NOT,		/* bool, kept the other way round */
	CONFIG_PATH,
	CONFIG_NAME,
	CONFIG_DEVICE,
	CONFIG_INTERFACE,
	CONFIG_LOG_LEVEL,
	CONFIG_ADDRESS,
	CONFIG_LISTEN,
	CONFIG_SERVERS,		/* two addresses */
	CONFIG_POOL,		/* ranges of the default one */
	CONFIG_POOL_NAME,
	CONFIG_PREFIX6,
	CONFIG_SERVERS6,
	CONFIG_AUTH,
	CONFIG_FILE,
	CONFIG_EXCEEDED,
	CONFIG_MPPE_POLICY,
	CONFIG_MPPE_STRENGTH,
};

/**
 * struct config_setting - a row of the table of settings
 * @section: empty: for sections [listener] only
 * @offset: in struct config, for types that say nothing else
 * @min, @max: of the number as it is written in the file
 */
struct config_setting {
	const char *section;
	const char *name;
	enum config_type type;
	size_t offset;
	unsigned int min;
	unsigned int max;
};

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

/* Gives r->cfg the value of setting @s, as text that is not empty. */
bool config_set(struct config_reader *r, const struct config_setting *s,
		const char *value);

/* Lists grow with each line that names them. */
bool config_is_list(enum config_type type);

/* The index of a setting, -1: there is none. @known: there is such a section. */
int config_setting_find(const char *section, const char *name, bool *known);

/*
 * A line that sets @setting, an index, for r->cfg; @name: what it is called there.
 * @number: 0: the section is the file's own; otherwise the listener's, from 1.
 */
bool config_take(struct config_reader *r, unsigned int number, int setting,
		 const char *name, const char *value);

/* A line of the section [listener NAME]. */
bool config_listener_setting(struct config_reader *r, const char *listener,
			     const char *name, const char *value);

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

/* When all lines have been read: what no line, or more than one, can be blamed for. */
bool config_check(struct config_reader *r);

#endif /* DAEMON_CONFIG_READER_H */
