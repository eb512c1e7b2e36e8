// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Reader of the users file. The escapes are those of pppd's options.c, so that
 * a chap-secrets file means the same to both.
 */
#include "users.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WORD_MAX	255
#define WORD_ROOM	(2 * WORD_MAX + 3)	/* a quoted word and its 0 */

/* Where the scanner stands. */
struct scan {
	const char *text;
	const char *p;
	const char *end;
	const char *word;	/* where the last word began */
	const char *word_end;
	unsigned int line;
	struct users_error *err;
};

/* A word without its quotes. Secret. */
struct word {
	char text[WORD_MAX + 1];
	size_t len;
	bool quoted;	/* some of it was, so nt: stands for itself */
};

static int refuse(struct scan *scan, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static int refuse(struct scan *scan, const char *fmt, ...)
{
	va_list args;

	scan->err->line = scan->line;
	va_start(args, fmt);
	vsnprintf(scan->err->text, sizeof(scan->err->text), fmt, args);
	va_end(args);
	return -EINVAL;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v';
}

static int digit_of(char c, unsigned int base)
{
	unsigned int v;

	if (c >= '0' && c <= '9')
		v = c - '0';
	else if (c >= 'a' && c <= 'f')
		v = c - 'a' + 10;
	else if (c >= 'A' && c <= 'F')
		v = c - 'A' + 10;
	else
		return -1;
	return v < base ? (int)v : -1;
}

/* At most @most digits of an octal or hexadecimal escape. */
static char scan_number(struct scan *scan, unsigned int base, unsigned int most)
{
	unsigned int v = 0;
	int digit;

	while (most-- && scan->p < scan->end) {
		digit = digit_of(*scan->p, base);
		if (digit < 0)
			break;
		v = v * base + digit;
		scan->p++;
	}
	return (char)v;
}

static int word_add(struct scan *scan, struct word *word, char c)
{
	if (!c)
		return refuse(scan, "a word has a character 0 in it");
	if (word->len == WORD_MAX)
		return refuse(scan, "a word is longer than %d octets", WORD_MAX);
	word->text[word->len++] = c;
	return 0;
}

/* The character that stands after a backslash. */
static int scan_escape(struct scan *scan, struct word *word)
{
	static const char letters[] = "abfnrst";
	static const char meanings[] = "\a\b\f\n\r \t";
	const char *found;
	char c;

	if (scan->p == scan->end)
		return refuse(scan, "the file ends after a backslash");
	c = *scan->p++;
	if (c == '\n') {
		scan->line++;
		return 0;
	}
	if (digit_of(c, 8) >= 0) {
		scan->p--;
		return word_add(scan, word, scan_number(scan, 8, 3));
	}
	if (c == 'x')
		return word_add(scan, word, scan_number(scan, 16, 2));
	found = c ? strchr(letters, c) : NULL;
	return word_add(scan, word, found ? meanings[found - letters] : c);
}

/* Up to the closing quote, which is eaten. */
static int scan_quoted(struct scan *scan, struct word *word, char quote)
{
	int ret = 0;
	char c;

	word->quoted = true;
	while (!ret && scan->p < scan->end) {
		c = *scan->p++;
		if (c == quote)
			return 0;
		if (c == '\n')
			return refuse(scan, "a quote is not closed on its line");
		ret = c == '\\' ? scan_escape(scan, word) : word_add(scan, word, c);
	}
	return ret ? ret : refuse(scan, "the file ends inside a quote");
}

/* Blanks, continued lines and a comment, up to a word or the line's end. */
static void scan_blanks(struct scan *scan)
{
	while (scan->p < scan->end) {
		if (is_blank(*scan->p)) {
			scan->p++;
		} else if (*scan->p == '\\' && scan->end - scan->p > 1 &&
			   scan->p[1] == '\n') {
			scan->p += 2;
			scan->line++;
		} else if (*scan->p == '#') {
			while (scan->p < scan->end && *scan->p != '\n')
				scan->p++;
		} else {
			return;
		}
	}
}

/* The next word of this line: 1, or 0 when there is none, or -EINVAL. */
static int scan_word(struct scan *scan, struct word *word)
{
	int ret = 0;
	char c;

	word->len = 0;
	word->quoted = false;
	scan_blanks(scan);
	if (scan->p == scan->end || *scan->p == '\n')
		return 0;
	scan->word = scan->p;
	while (!ret && scan->p < scan->end) {
		c = *scan->p;
		if (is_blank(c) || c == '\n' || c == '#')
			break;
		scan->p++;
		if (c == '"' || c == '\'')
			ret = scan_quoted(scan, word, c);
		else if (c == '\\')
			ret = scan_escape(scan, word);
		else
			ret = word_add(scan, word, c);
	}
	word->text[word->len] = '\0';
	scan->word_end = scan->p;
	return ret ? ret : 1;
}

static int parse_hash(struct scan *scan, struct user *user, const struct word *word)
{
	const char *digits = word->text + 3;
	unsigned int i;

	if (word->len != 3 + 2 * USERS_HASH_LEN)
		return refuse(scan, "after nt: there must be %d hexadecimal digits",
			      2 * USERS_HASH_LEN);
	for (i = 0; i < USERS_HASH_LEN; i++) {
		int high = digit_of(digits[2 * i], 16);
		int low = digit_of(digits[2 * i + 1], 16);

		if (high < 0 || low < 0)
			return refuse(scan, "after nt: something is no hexadecimal digit");
		user->nt_hash[i] = (uint8_t)(high << 4 | low);
	}
	user->has_hash = true;
	return 0;
}

static int parse_secret(struct scan *scan, struct user *user, const struct word *word)
{
	if (!word->quoted && !strncmp(word->text, "nt:", 3))
		return parse_hash(scan, user, word);
	if (!word->quoted && !strncmp(word->text, "@/", 2))
		return refuse(scan, "a secret kept in another file (@/...) is not supported");
	user->password = strdup(word->text);
	return user->password ? 0 : -ENOMEM;
}

/* One of the addresses; the first that is not a "*" is the user's. */
static int parse_address(struct scan *scan, struct user *user, const struct word *word)
{
	struct in_addr address;

	if (!strcmp(word->text, "*"))
		return 0;
	if (inet_pton(AF_INET, word->text, &address) != 1)
		return refuse(scan, "the address is neither an IPv4 address nor *");
	if (address.s_addr == htonl(INADDR_ANY) ||
	    address.s_addr == htonl(INADDR_BROADCAST) ||
	    IN_MULTICAST(ntohl(address.s_addr)))
		return refuse(scan, "the address is none that a client can have");
	if (user->address.s_addr == htonl(INADDR_ANY))
		user->address = address;
	return 0;
}

static int parse_name(struct scan *scan, char **name, const struct word *word,
		      const char *what)
{
	if (!word->len)
		return refuse(scan, "the %s name is empty", what);
	*name = strdup(word->text);
	return *name ? 0 : -ENOMEM;
}

/* What follows "--", to the end of the line. */
static int parse_policy(struct scan *scan, struct user *user, struct word *word)
{
	int ret;

	while ((ret = scan_word(scan, word)) > 0) {
		if (strcmp(word->text, "set"))
			return refuse(scan, "after -- there may only be: set NAME=VALUE ...");
		ret = scan_word(scan, word);
		if (ret < 0)
			return ret;
		if (!ret)
			return refuse(scan, "there is no NAME=VALUE after set");
		if (!policy_set(&user->policy, word->text, scan->err->text)) {
			scan->err->line = scan->line;
			return -EINVAL;
		}
	}
	return ret;
}

/* Words after the client's name. */
static int parse_rest(struct scan *scan, struct user *user, struct word *word)
{
	int ret = scan_word(scan, word);

	if (ret <= 0)
		return ret ? ret : refuse(scan, "there is no server name after the client name");
	ret = parse_name(scan, &user->server, word, "server");
	if (ret)
		return ret;
	ret = scan_word(scan, word);
	if (ret <= 0)
		return ret ? ret : refuse(scan, "there is no secret after the server name");
	ret = parse_secret(scan, user, word);
	while (!ret) {
		ret = scan_word(scan, word);
		if (ret <= 0)
			return ret;
		if (!strcmp(word->text, "--"))
			return parse_policy(scan, user, word);
		ret = parse_address(scan, user, word);
	}
	return ret;
}

static void user_free(struct user *user)
{
	if (user->password)
		explicit_bzero(user->password, strlen(user->password));
	explicit_bzero(user->nt_hash, sizeof(user->nt_hash));
	free(user->password);
	free(user->server);
	free(user->name);
	free(user);
}

/* One line: 1 with an entry in @made, 0 for an empty one, or a negative errno. */
static int parse_line(struct scan *scan, struct word *word, struct user **made)
{
	struct user *user;
	int ret;

	*made = NULL;
	ret = scan_word(scan, word);
	if (ret <= 0)
		return ret;
	user = calloc(1, sizeof(*user));
	if (!user)
		return -ENOMEM;
	user->line = scan->line;
	user->begin = scan->word - scan->text;
	ret = parse_name(scan, &user->name, word, "client");
	if (!ret)
		ret = parse_rest(scan, user, word);
	user->end = scan->word_end - scan->text;
	if (ret) {
		user_free(user);
		return ret;
	}
	*made = user;
	return 1;
}

int users_parse(const char *text, size_t len, struct user **list,
		struct users_error *err)
{
	struct scan scan = { .text = text, .p = text, .end = text + len,
			     .line = 1, .err = err };
	struct user **tail = list;
	struct word word;
	int ret = 0;

	*list = NULL;
	*err = (struct users_error){ 0 };
	if (len > USERS_FILE_MAX)
		ret = refuse(&scan, "the file is larger than %u octets", USERS_FILE_MAX);
	while (ret >= 0 && scan.p < scan.end) {
		ret = parse_line(&scan, &word, tail);
		if (ret > 0)
			tail = &(*tail)->next;
		if (ret >= 0 && scan.p < scan.end) {
			scan.p++;
			scan.line++;
		}
	}
	explicit_bzero(&word, sizeof(word));
	if (ret >= 0)
		return 0;
	if (ret == -ENOMEM)
		snprintf(err->text, sizeof(err->text), "out of memory");
	users_free(*list);
	*list = NULL;
	return ret;
}

void users_free(struct user *list)
{
	struct user *next;

	for (; list; list = next) {
		next = list->next;
		user_free(list);
	}
}

const struct user *users_find(const struct user *list, const char *name,
			      const char *server)
{
	const struct user *any = NULL;

	if (!strcmp(name, "*"))
		return NULL;
	for (; list; list = list->next) {
		if (strcmp(list->name, name))
			continue;
		if (!strcmp(list->server, server))
			return list;
		if (!any && !strcmp(list->server, "*"))
			any = list;
	}
	return any;
}

/* Would the reader take @word as it is, and for what it is? */
static bool is_plain(const char *word)
{
	return *word && !strpbrk(word, " \t\r\f\v#\"'\\") &&
	       strncmp(word, "nt:", 3) && strncmp(word, "@/", 2);
}

bool users_quote(const char *word, char *out, size_t room)
{
	size_t len = strlen(word);
	char *p = out;

	if (len > WORD_MAX || room < 2 * len + 3 || strchr(word, '\n'))
		return false;
	if (is_plain(word)) {
		memcpy(out, word, len + 1);
		return true;
	}
	*p++ = '"';
	for (; *word; word++) {
		if (*word == '"' || *word == '\\')
			*p++ = '\\';
		*p++ = *word;
	}
	*p++ = '"';
	*p = '\0';
	return true;
}

static bool secret_word(const struct user *user, char *word, size_t room)
{
	size_t i, len = 3;

	if (!user->has_hash)
		return users_quote(user->password, word, room);
	snprintf(word, room, "nt:");
	for (i = 0; i < USERS_HASH_LEN; i++, len += 2)
		snprintf(word + len, room - len, "%02x", user->nt_hash[i]);
	return true;
}

bool users_line(const struct user *user, char *line, size_t room)
{
	char name[WORD_ROOM], server[WORD_ROOM], secret[WORD_ROOM];
	char address[INET_ADDRSTRLEN] = "*";
	char word[POLICY_WORD_MAX];
	unsigned int i;
	size_t len;

	if (!users_quote(user->name, name, sizeof(name)) ||
	    !users_quote(user->server, server, sizeof(server)) ||
	    !secret_word(user, secret, sizeof(secret)))
		return false;
	if (user->address.s_addr)
		inet_ntop(AF_INET, &user->address, address, sizeof(address));
	len = (size_t)snprintf(line, room, "%s %s %s %s", name, server, secret, address);
	explicit_bzero(secret, sizeof(secret));
	for (i = 0; len < room && policy_word(&user->policy, i, word); i++)
		len += (size_t)snprintf(line + len, room - len, "%s set %s", i ? "" : " --", word);
	return len < room;
}
