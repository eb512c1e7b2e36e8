// SPDX-License-Identifier: GPL-2.0-or-later
#include "table.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define CELL_ROOM	256
#define COLUMNS_MAX	16
#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static void bytes_text(json_int_t bytes, char *text, size_t room)
{
	static const char * const units[] = { "B", "KiB", "MiB", "GiB", "TiB", "PiB" };
	double value = (double)bytes;
	size_t unit = 0;

	while (value >= 1024 && unit + 1 < COUNT(units)) {
		value /= 1024;
		unit++;
	}
	snprintf(text, room, unit ? "%.1f%s" : "%.0f%s", value, units[unit]);
}

static void seconds_text(json_int_t seconds, char *text, size_t room)
{
	long long days = seconds / 86400;
	int rest = (int)(seconds % 86400);

	if (days)
		snprintf(text, room, "%lldd%02dh%02dm", days, rest / 3600, rest / 60 % 60);
	else if (rest >= 3600)
		snprintf(text, room, "%dh%02dm%02ds", rest / 3600, rest / 60 % 60, rest % 60);
	else if (rest >= 60)
		snprintf(text, room, "%dm%02ds", rest / 60, rest % 60);
	else
		snprintf(text, room, "%ds", rest);
}

static void rtt_text(json_int_t us, char *text, size_t room)
{
	if (us)
		snprintf(text, room, us < 10000 ? "%.2fms" : "%.1fms", (double)us / 1000);
	else
		snprintf(text, room, "-");
}

static void make_harmless(char *text)
{
	for (; *text; text++) {
		if ((unsigned char)*text < ' ' || *text == 0x7f ||
		    ((unsigned char)*text == 0xc2 && (unsigned char)text[1] < 0xa0))
			*text = '?';
	}
}

/* ["up","acfc"] -> up,acfc */
static void list_text(const json_t *list, char *text, size_t room)
{
	const json_t *value;
	size_t len = 0;
	size_t i;

	*text = '\0';
	json_array_foreach(list, i, value) {
		len += snprintf(text + len, room - len, "%s%s", i ? "," : "",
				json_is_string(value) ? json_string_value(value) : "?");
		if (len >= room)
			return;
	}
}

void table_text(const json_t *value, enum table_form form, char *text, size_t room)
{
	json_int_t number = json_integer_value(value);

	if (json_is_string(value)) {
		snprintf(text, room, "%s", json_string_length(value) ?
			 json_string_value(value) : "-");
	} else if (json_is_array(value) && json_array_size(value)) {
		list_text(value, text, room);
	} else if (json_is_real(value)) {
		snprintf(text, room, "%.3f", json_real_value(value));
	} else if (!json_is_integer(value)) {
		snprintf(text, room, json_is_true(value) ? "yes" : "-");
	} else {
		switch (form) {
		case TABLE_TEXT:
			snprintf(text, room, "%" JSON_INTEGER_FORMAT, number);
			break;
		case TABLE_BYTES:
			bytes_text(number, text, room);
			break;
		case TABLE_SECONDS:
			seconds_text(number, text, room);
			break;
		case TABLE_RTT:
			rtt_text(number, text, room);
			break;
		}
	}
	make_harmless(text);
}

static void measure(const json_t *items, const struct table_column *columns,
		    size_t count, int *widths)
{
	char text[CELL_ROOM];
	const json_t *item;
	size_t i, column;

	for (column = 0; column < count; column++) {
		widths[column] = (int)strlen(columns[column].title);
		json_array_foreach(items, i, item) {
			table_text(json_object_get(item, columns[column].key),
				   columns[column].form, text, sizeof(text));
			if ((int)strlen(text) > widths[column])
				widths[column] = (int)strlen(text);
		}
	}
}

/* The last column is not padded. */
static void print_cell(const char *text, int width, bool last)
{
	if (last)
		printf("%s\n", text);
	else
		printf("%-*s  ", width, text);
}

void table_print(const json_t *items, const struct table_column *columns,
		 size_t count)
{
	int widths[COLUMNS_MAX];
	char text[CELL_ROOM];
	const json_t *item;
	size_t i, column;

	if (!json_array_size(items))
		return;
	measure(items, columns, count, widths);
	for (column = 0; column < count; column++)
		print_cell(columns[column].title, widths[column], column + 1 == count);
	json_array_foreach(items, i, item) {
		for (column = 0; column < count; column++) {
			table_text(json_object_get(item, columns[column].key),
				   columns[column].form, text, sizeof(text));
			print_cell(text, widths[column], column + 1 == count);
		}
	}
}

void table_counters(json_t *object)
{
	json_t *value;
	const char *key;

	json_object_foreach(object, key, value) {
		if (json_integer_value(value))
			printf("    %-18s %" JSON_INTEGER_FORMAT "\n", key,
			       json_integer_value(value));
	}
}
