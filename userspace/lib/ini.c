// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * inih cuts the text into sections, names and values. It does not tell its
 * handler line numbers, so the lines are counted where they are handed out.
 */
#include "ini.h"

#include <arpa/inet.h>
#include <errno.h>
#include <ini.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

_Static_assert(INI_LINE_MAX + 2 < INI_MAX_LINE, "a whole line fits inih's buffer");

bool ini_refuse(struct ini *ini, const char *fmt, ...)
{
	va_list ap;
	int head = 0;

	if (ini->err[0])
		return false;
	if (ini->file && ini->line)
		head = snprintf(ini->err, INI_ERROR_MAX, "%s:%u: ", ini->file, ini->line);
	else if (ini->file)
		head = snprintf(ini->err, INI_ERROR_MAX, "%s: ", ini->file);
	if (head < 0 || head >= INI_ERROR_MAX)
		return false;
	va_start(ap, fmt);
	vsnprintf(ini->err + head, INI_ERROR_MAX - (size_t)head, fmt, ap);
	va_end(ap);
	return false;
}

/* fgets() from memory, for inih; one line a call. */
static char *next_line(char *to, int room, void *arg)
{
	struct ini *ini = arg;
	const char *end = memchr(ini->text, '\n', ini->left);
	size_t len = end ? (size_t)(end - ini->text) + 1 : ini->left;

	if (ini->left == 0 || ini->err[0])
		return NULL;
	ini->line++;
	if (len > INI_LINE_MAX || len >= (size_t)room) {
		ini_refuse(ini, "the line has more than %d characters", INI_LINE_MAX);
		return NULL;
	}
	memcpy(to, ini->text, len);
	to[len] = 0;
	ini->text += len;
	ini->left -= len;
	if (strlen(to) != len) {
		ini_refuse(ini, "the line has a NUL character");
		return NULL;
	}
	return to;
}

/* inih: non-zero is success. */
static int on_setting(void *arg, const char *section, const char *name, const char *value)
{
	struct ini *ini = arg;

	if (!section[0])
		return ini_refuse(ini, "\"%s\" stands before the first [section]", name);
	return ini->take(ini, section, name, value);
}

bool ini_read(struct ini *ini, const char *text, size_t len,
	      bool (*take)(struct ini *ini, const char *section, const char *name,
			   const char *value))
{
	int line;

	ini->text = text;
	ini->left = len;
	ini->take = take;
	ini->line = 0;
	line = ini_parse_stream(next_line, ini, on_setting, ini);
	ini->line = line > 0 ? (unsigned int)line : 0;
	if (line)
		ini_refuse(ini, "neither \"[section]\" nor \"name = value\"");
	ini->line = 0;
	return !ini->err[0];
}

int ini_find(const struct ini_setting *table, size_t n, const char *section,
	     const char *name, bool *known)
{
	size_t i;

	*known = false;
	for (i = 0; i < n; i++) {
		if (strcmp(table[i].section, section) != 0)
			continue;
		*known = true;
		if (strcmp(table[i].name, name) == 0)
			return (int)i;
	}
	return -1;
}

bool ini_take(struct ini *ini, const struct ini_setting *s, const char *name,
	      const char *value, bool list, bool *seen, void *base)
{
	if (!value[0])
		return ini_refuse(ini, "%s has no value", name);
	if (*seen && !list)
		return ini_refuse(ini, "%s is given twice", name);
	*seen = true;
	return s->set(ini, s, value, (char *)base + s->at.offset);
}

bool ini_word(const char **list, char word[INI_WORD_MAX])
{
	size_t len;

	*list += strspn(*list, ", \t");
	len = strcspn(*list, ", \t");
	if (len == 0)
		return false;
	snprintf(word, INI_WORD_MAX, "%.*s", (int)len, *list);
	*list += len;
	return true;
}

bool ini_address(struct ini *ini, const char *word, struct in_addr *address)
{
	if (inet_pton(AF_INET, word, address) != 1)
		return ini_refuse(ini, "\"%s\" is not an IPv4 address", word);
	return true;
}

bool ini_host_address(struct ini *ini, const char *word, struct in_addr *address)
{
	uint32_t host;

	if (!ini_address(ini, word, address))
		return false;
	host = ntohl(address->s_addr);
	if (host >> 24 == 0 || host >> 28 >= 0xe)
		return ini_refuse(ini, "%s cannot be the address of a host", word);
	return true;
}

static bool take_number(struct ini *ini, const struct ini_setting *s, const char *value,
			unsigned int *to)
{
	unsigned long n;
	char *end;

	errno = 0;
	n = strtoul(value, &end, 10);
	if (value[0] < '0' || value[0] > '9' || *end || errno || n < s->min || n > s->max)
		return ini_refuse(ini, "%s must be a number from %u to %u, not \"%s\"",
				  s->name, s->min, s->max, value);
	*to = (unsigned int)n;
	return true;
}

bool ini_set_u16(struct ini *ini, const struct ini_setting *s, const char *value, void *to)
{
	unsigned int n;

	if (!take_number(ini, s, value, &n))
		return false;
	*(uint16_t *)to = (uint16_t)n;
	return true;
}

bool ini_set_uint(struct ini *ini, const struct ini_setting *s, const char *value, void *to)
{
	return take_number(ini, s, value, to);
}

bool ini_set_seconds(struct ini *ini, const struct ini_setting *s, const char *value, void *to)
{
	unsigned int n;

	if (!take_number(ini, s, value, &n))
		return false;
	*(unsigned int *)to = n * 1000;
	return true;
}

bool ini_set_bool(struct ini *ini, const struct ini_setting *s, const char *value, void *to)
{
	bool yes = strcmp(value, "yes") == 0;

	if (!yes && strcmp(value, "no") != 0)
		return ini_refuse(ini, "%s must be \"yes\" or \"no\", not \"%s\"", s->name, value);
	*(bool *)to = yes;
	return true;
}

bool ini_set_not(struct ini *ini, const struct ini_setting *s, const char *value, void *to)
{
	bool yes = false;

	if (!ini_set_bool(ini, s, value, &yes))
		return false;
	*(bool *)to = !yes;
	return true;
}

bool ini_set_text(struct ini *ini, const struct ini_setting *s, const char *value, void *to)
{
	size_t len = strlen(value);

	if (len >= s->at.size)
		return ini_refuse(ini, "%s must have 1 to %zu characters", s->name,
				  s->at.size - 1);
	memcpy(to, value, len + 1);
	return true;
}

bool ini_set_path(struct ini *ini, const struct ini_setting *s, const char *value, void *to)
{
	if (value[0] != '/')
		return ini_refuse(ini, "%s must be a path from / on, not \"%s\"", s->name, value);
	return ini_set_text(ini, s, value, to);
}

bool ini_set_host_address(struct ini *ini, const struct ini_setting *s, const char *value,
			  void *to)
{
	(void)s;
	return ini_host_address(ini, value, to);
}
