/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reading of a file of sections and settings from memory, on top of inih: where a
 * message is about, the table of settings, and the types that all files share.
 * Every function that returns bool has refused when it returns false. Pure: text
 * in, a struct out.
 */
#ifndef LIB_INI_H
#define LIB_INI_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>

#define INI_LINE_MAX	190	/* octets of a line, below inih's buffer */
#define INI_WORD_MAX	256	/* octets of one element of a list, with its 0 */
#define INI_ERROR_MAX	512

/**
 * struct ini - one reading
 * @file: its name in messages; NULL: the text is not a file's
 * @line: that was handed out last; 0: no line is to blame
 * @err: the first message, INI_ERROR_MAX octets, empty to begin with
 * @arg: the caller's own
 * @text, @left, @take: of ini_read() while it runs
 */
struct ini {
	const char *file;
	unsigned int line;
	char *err;
	void *arg;
	const char *text;
	size_t left;
	bool (*take)(struct ini *ini, const char *section, const char *name,
		     const char *value);
};

/* A member of the struct that is filled. */
struct ini_place {
	size_t offset;
	size_t size;
};

#define INI_SIZEOF(type, ...) sizeof(((type *)0)->__VA_ARGS__)

/* The place of a member: its struct's type, its name. */
#define INI_PLACE(...) { offsetof(__VA_ARGS__), INI_SIZEOF(__VA_ARGS__) }

/**
 * struct ini_setting - a row of a table of settings
 * @set: gives the member at @to the value of @value, which is not empty
 * @at: that member
 * @min, @max: of a number, as it is written in the file
 */
struct ini_setting {
	const char *section;
	const char *name;
	bool (*set)(struct ini *ini, const struct ini_setting *s, const char *value, void *to);
	struct ini_place at;
	unsigned int min;
	unsigned int max;
};

/*
 * Hands every setting of @text to @take, in order, with its section. Afterwards
 * no line is to blame.
 */
bool ini_read(struct ini *ini, const char *text, size_t len,
	      bool (*take)(struct ini *ini, const char *section, const char *name,
			   const char *value));

/* "FILE:LINE: sentence"; the first one stays. Returns false, for convenience. */
bool ini_refuse(struct ini *ini, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/*
 * The index of a setting among the @n of @table, -1: there is none. @known: there
 * is such a section.
 */
int ini_find(const struct ini_setting *table, size_t n, const char *section,
	     const char *name, bool *known);

/*
 * Sets @s in the struct at @base; @name: what it is called in the section at hand.
 * @seen: whether it has been there before; only a @list may.
 */
bool ini_take(struct ini *ini, const struct ini_setting *s, const char *name,
	      const char *value, bool list, bool *seen, void *base);

/*
 * Takes the next element of a list with commas or blanks between them off @list.
 * False at its end, and nothing is refused.
 */
bool ini_word(const char **list, char word[INI_WORD_MAX]);

bool ini_address(struct ini *ini, const char *word, struct in_addr *address);

/* An address that an interface or a server can have. */
bool ini_host_address(struct ini *ini, const char *word, struct in_addr *address);

/* Types, for struct ini_setting.set: uint16_t, unsigned int, and bool. */
bool ini_set_u16(struct ini *ini, const struct ini_setting *s, const char *value, void *to);
bool ini_set_uint(struct ini *ini, const struct ini_setting *s, const char *value, void *to);
bool ini_set_bool(struct ini *ini, const struct ini_setting *s, const char *value, void *to);

/* Seconds, kept as ms. */
bool ini_set_seconds(struct ini *ini, const struct ini_setting *s, const char *value, void *to);

/* A bool that is kept the other way round. */
bool ini_set_not(struct ini *ini, const struct ini_setting *s, const char *value, void *to);

/* Text that fits the member, an array of char, and a path from the root on. */
bool ini_set_text(struct ini *ini, const struct ini_setting *s, const char *value, void *to);
bool ini_set_path(struct ini *ini, const struct ini_setting *s, const char *value, void *to);

/* The struct in_addr of a host. */
bool ini_set_host_address(struct ini *ini, const struct ini_setting *s, const char *value,
			  void *to);

#endif /* LIB_INI_H */
