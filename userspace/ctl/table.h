/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Aligned columns for people, made from an array of JSON objects. */
#ifndef CTL_TABLE_H
#define CTL_TABLE_H

#include <stddef.h>

#include <jansson.h>

enum table_form {
	TABLE_TEXT,	/* as it is, "-" when it is not there or empty */
	TABLE_BYTES,	/* 1536 -> 1.5KiB */
	TABLE_SECONDS,	/* 3725 -> 1h02m05s */
	TABLE_RTT,	/* microseconds, 12345 -> 12.3ms; 0 is "-" */
};

struct table_column {
	const char *title;
	const char *key;
	enum table_form form;
};

/* A title line, then a line for each object of @items. Nothing for no items. */
void table_print(const json_t *items, const struct table_column *columns,
		 size_t count);

/* "name value" lines for the members of @object that are not 0, indented. */
void table_counters(json_t *object);

/*
 * A value as text with a final 0, cut to @room. Control characters become "?":
 * some of the text comes from the peers.
 */
void table_text(const json_t *value, enum table_form form, char *text, size_t room);

#endif /* CTL_TABLE_H */
