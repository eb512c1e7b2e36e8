// SPDX-License-Identifier: GPL-2.0-or-later
/* What is read, what is refused, and which line is to blame. */
#include <arpa/inet.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kselftest_harness.h"
#include "lib/ini.h"

struct values {
	uint16_t u16;
	unsigned int uint;
	unsigned int ms;
	bool flag;
	bool refuse;
	char text[5];
	char path[8];
	struct in_addr address;
	char words[64];
};

#define AT(member) INI_PLACE(struct values, member)

/* A list: the words of all its lines, with a "|" behind each. */
static bool set_words(struct ini *ini, const struct ini_setting *s, const char *value, void *to)
{
	char word[INI_WORD_MAX], *words = to;

	(void)ini;
	while (ini_word(&value, word)) {
		strncat(words, word, s->at.size - strlen(words) - 1);
		strncat(words, "|", s->at.size - strlen(words) - 1);
	}
	return true;
}

static const struct ini_setting settings[] = {
	{ "a", "u16", ini_set_u16, AT(u16), 1, 65535 },
	{ "a", "uint", ini_set_uint, AT(uint), 0, 4294967295u },
	{ "a", "seconds", ini_set_seconds, AT(ms), 5, 60 },
	{ "a", "flag", ini_set_bool, AT(flag), 0, 0 },
	{ "a", "accept", ini_set_not, AT(refuse), 0, 0 },
	{ "b", "text", ini_set_text, AT(text), 0, 0 },
	{ "b", "path", ini_set_path, AT(path), 0, 0 },
	{ "b", "address", ini_set_host_address, AT(address), 0, 0 },
	{ "b", "words", set_words, AT(words), 0, 0 },
};

struct reading {
	struct values values;
	bool seen[ARRAY_SIZE(settings)];
};

static char err[INI_ERROR_MAX];

static bool take(struct ini *ini, const char *section, const char *name, const char *value)
{
	struct reading *reading = ini->arg;
	bool known;
	int i = ini_find(settings, ARRAY_SIZE(settings), section, name, &known);

	if (i < 0)
		return ini_refuse(ini, known ? "no setting %s" : "no section for %s", name);
	return ini_take(ini, &settings[i], name, value, settings[i].set == set_words,
			&reading->seen[i], &reading->values);
}

/* Reads a copy that ends where the heap block does, so that ASan sees all. */
static bool read_octets(struct reading *reading, const char *file, const char *text, size_t len)
{
	struct ini ini = { .file = file, .err = err, .arg = reading };
	char *copy = malloc(len ? len : 1);
	bool good;

	memset(reading, 0, sizeof(*reading));
	memcpy(copy, text, len);
	err[0] = 0;
	good = ini_read(&ini, copy, len, take);
	free(copy);
	return good && !ini.line;
}

static bool read_text(struct reading *reading, const char *text)
{
	return read_octets(reading, "f", text, strlen(text));
}

TEST(values)
{
	static const char text[] = "# words = no\n\n[a]\nu16 = 65535\nuint=4294967295\n"
		"seconds = 60\nflag = yes\naccept = no\n[b]\ntext = four\npath = /a ; b\n"
		"address = 192.0.2.1\nwords = a, b\nwords =\tc,,\n[a]\n";
	struct reading reading;
	const struct values *v = &reading.values;

	ASSERT_TRUE(read_text(&reading, text)) TH_LOG("%s", err);
	EXPECT_STREQ("", err);
	EXPECT_EQ(65535, v->u16);
	EXPECT_EQ(4294967295u, v->uint);
	EXPECT_EQ(60000, v->ms);
	EXPECT_TRUE(v->flag);
	EXPECT_TRUE(v->refuse);
	EXPECT_STREQ("four", v->text);
	EXPECT_STREQ("/a", v->path);
	EXPECT_EQ(htonl(0xc0000201), v->address.s_addr);
	EXPECT_STREQ("a|b|c|", v->words);
	ASSERT_TRUE(read_text(&reading, "[a]\naccept = yes\nflag = no"));
	EXPECT_FALSE(v->refuse);
	EXPECT_FALSE(v->flag);
}

static const struct {
	const char *text;
	const char *message;
} refused[] = {
	/* 0 */ { "u16 = 1\n", "f:1: \"u16\" stands before the first [section]" },
	/* 1 */ { "[a]\n\nu16\n", "f:3: neither \"[section]\" nor \"name = value\"" },
	/* 2 */ { "[a]\n[b\n", "f:2: neither \"[section]\" nor \"name = value\"" },
	/* 3 */ { "[c]\nu16 = 1\n", "f:2: no section for u16" },
	/* 4 */ { "[b]\nu16 = 1\n", "f:2: no setting u16" },
	/* 5 */ { "[a]\nu16 =\n", "f:2: u16 has no value" },
	/* 6 */ { "[a]\nu16 = 1\nuint = 1\nu16 = 1\n", "f:4: u16 is given twice" },
	/* 7 */ { "[a]\nu16 = 0\n", "f:2: u16 must be a number from 1 to 65535, not \"0\"" },
	/* 8 */ { "[a]\nu16 = 65536\n",
		  "f:2: u16 must be a number from 1 to 65535, not \"65536\"" },
	/* 9 */ { "[a]\nu16 = -1\n", "f:2: u16 must be a number from 1 to 65535, not \"-1\"" },
	/* 10 */ { "[a]\nu16 = 1x\n", "f:2: u16 must be a number from 1 to 65535, not \"1x\"" },
	/* 11 */ { "[a]\nuint = 4294967296\n",
		   "f:2: uint must be a number from 0 to 4294967295, not \"4294967296\"" },
	/* 12 */ { "[a]\nseconds = 61\n",
		   "f:2: seconds must be a number from 5 to 60, not \"61\"" },
	/* 13 */ { "[a]\nflag = Yes\n", "f:2: flag must be \"yes\" or \"no\", not \"Yes\"" },
	/* 14 */ { "[a]\naccept = 1\n", "f:2: accept must be \"yes\" or \"no\", not \"1\"" },
	/* 15 */ { "[b]\ntext = fiver\n", "f:2: text must have 1 to 4 characters" },
	/* 16 */ { "[b]\npath = a/b\n", "f:2: path must be a path from / on, not \"a/b\"" },
	/* 17 */ { "[b]\npath = /7654321\n", "f:2: path must have 1 to 7 characters" },
	/* 18 */ { "[b]\naddress = 192.0.2\n", "f:2: \"192.0.2\" is not an IPv4 address" },
	/* 19 */ { "[b]\naddress = 224.0.0.1\n",
		   "f:2: 224.0.0.1 cannot be the address of a host" },
	/* 20 */ { "[b]\naddress = 0.0.0.1\n", "f:2: 0.0.0.1 cannot be the address of a host" },
	/* 21 */ { "[a]\nu16 = 0\nu16 = x\n",
		   "f:2: u16 must be a number from 1 to 65535, not \"0\"" },
};

TEST(messages)
{
	struct reading reading;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(refused); i++) {
		EXPECT_FALSE(read_text(&reading, refused[i].text)) TH_LOG("%zu", i);
		EXPECT_STREQ(refused[i].message, err) TH_LOG("%zu", i);
	}
}

/* A request has no file and no lines. */
TEST(no_file)
{
	struct ini ini = { .err = err };

	err[0] = 0;
	EXPECT_FALSE(ini_refuse(&ini, "no %s", "name"));
	EXPECT_STREQ("no name", err);
	EXPECT_FALSE(ini_refuse(&ini, "another"));
	EXPECT_STREQ("no name", err);
}

TEST(lines)
{
	static const char nul[] = "[a]\nu16\0 = 1\n";
	char text[INI_LINE_MAX + 16];
	struct reading reading;

	snprintf(text, sizeof(text), "[b]\nwords = %*s\n", INI_LINE_MAX - 9, "x");
	EXPECT_TRUE(read_text(&reading, text)) TH_LOG("%s", err);
	EXPECT_STREQ("x|", reading.values.words);
	snprintf(text, sizeof(text), "[b]\nwords = %*s\n", INI_LINE_MAX - 8, "x");
	EXPECT_FALSE(read_text(&reading, text));
	EXPECT_STREQ("f:2: the line has more than 190 characters", err);
	EXPECT_FALSE(read_octets(&reading, "f", nul, sizeof(nul) - 1));
	EXPECT_STREQ("f:2: the line has a NUL character", err);
}

/* An element that is too long is cut, and the rest of the list is not lost. */
TEST(long_word)
{
	char list[2 * INI_WORD_MAX], word[INI_WORD_MAX];
	const char *at = list;

	memset(list, 'a', sizeof(list));
	snprintf(list + INI_WORD_MAX + 4, INI_WORD_MAX - 4, ", b");
	EXPECT_TRUE(ini_word(&at, word));
	EXPECT_EQ(INI_WORD_MAX - 1, strlen(word));
	EXPECT_TRUE(ini_word(&at, word));
	EXPECT_STREQ("b", word);
	EXPECT_FALSE(ini_word(&at, word));
}

TEST_HARNESS_MAIN
