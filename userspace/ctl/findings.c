// SPDX-License-Identifier: GPL-2.0-or-later
#include "findings.h"

#include <stdarg.h>
#include <stdio.h>

#include "table.h"

/* Ten sentences of one kind say it; a server may have thousands of sessions. */
#define FINDINGS_LISTED	10

#define FINDINGS_TEXT	512

static void add(struct findings *found, const char *level, const char *text)
{
	json_t *item = json_pack("{s:s, s:s, s:s}", "check", found->check, "level", level,
				 "text", text);

	/* A name that is no UTF-8 came from outside; that there is something stays. */
	if (!item)
		item = json_pack("{s:s, s:s, s:s}", "check", found->check, "level", level,
				 "text", "what is wrong has a name that is not UTF-8");
	json_array_append_new(found->list, item);
}

static void say(struct findings *found, const char *level, const char *fmt, va_list args)
	__attribute__((format(printf, 3, 0)));

static void say(struct findings *found, const char *level, const char *fmt, va_list args)
{
	char text[FINDINGS_TEXT];

	if (found->said++ >= FINDINGS_LISTED)
		return;
	vsnprintf(text, sizeof(text), fmt, args);
	add(found, level, text);
}

void findings_begin(struct findings *found, const char *name)
{
	found->check = name;
	found->said = 0;
}

void findings_end(struct findings *found)
{
	char text[FINDINGS_TEXT];

	if (found->said <= FINDINGS_LISTED)
		return;
	snprintf(text, sizeof(text), "%u more of the kind were found",
		 found->said - FINDINGS_LISTED);
	add(found, "note", text);
}

void findings_problem(struct findings *found, const char *fmt, ...)
{
	va_list args;

	found->problem = true;
	va_start(args, fmt);
	say(found, "problem", fmt, args);
	va_end(args);
}

void findings_note(struct findings *found, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	say(found, "note", fmt, args);
	va_end(args);
}

void findings_print(const struct findings *found)
{
	char level[16], text[FINDINGS_TEXT];
	json_t *item;
	size_t i;

	json_array_foreach(found->list, i, item) {
		table_text(json_object_get(item, "level"), TABLE_TEXT, level, sizeof(level));
		table_text(json_object_get(item, "text"), TABLE_TEXT, text, sizeof(text));
		printf("%s: %s\n", level, text);
	}
	if (!json_array_size(found->list))
		puts("nothing was found");
}
