// SPDX-License-Identifier: GPL-2.0-or-later
/* The users file: what is taken, what is refused and with which line. */
#include "kselftest_harness.h"

#include <arpa/inet.h>
#include <errno.h>

#include "lib/users.h"

static const uint8_t some_hash[USERS_HASH_LEN] = {
	0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77,
	0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff,
};

static const uint8_t no_hash[USERS_HASH_LEN];

/* Parses a copy that ends where the heap block does, so that ASan sees all. */
static int parse(const char *text, size_t len, struct user **list,
		 struct users_error *err)
{
	char *copy = malloc(len ? len : 1);
	int ret;

	memcpy(copy, text, len);
	ret = users_parse(copy, len, list, err);
	free(copy);
	return ret;
}

/* One entry a text: what it must become. A NULL password means the hash. */
static const struct {
	const char *text;
	const char *name;
	const char *server;
	const char *password;
	const char *address;
	unsigned int line;
} good[] = {
	/* 0 */	{ "bob * secret *\n", "bob", "*", "secret", "0.0.0.0", 1 },
	/* 1 */	{ "bob * secret", "bob", "*", "secret", "0.0.0.0", 1 },
	/* 2 */	{ "bob\t*\tsecret\t10.0.0.7\r\n", "bob", "*", "secret", "10.0.0.7", 1 },
	/* 3 */	{ "# a\n\n  # b\nbob * s # c\n", "bob", "*", "s", "0.0.0.0", 4 },
	/* 4 */	{ "\"bob smith\" vpn 's e c'", "bob smith", "vpn", "s e c", "0.0.0.0", 1 },
	/* 5 */	{ "bob\\ smith * \"a\\\"b\"", "bob smith", "*", "a\"b", "0.0.0.0", 1 },
	/* 6 */	{ "D\\\\bob * a\\#b", "D\\bob", "*", "a#b", "0.0.0.0", 1 },
	/* 7 */	{ "bob * nt:00112233445566778899aabbccddeeff *", "bob", "*", NULL,
		  "0.0.0.0", 1 },
	/* 8 */	{ "bob * nt:00112233445566778899AABBCCDDEEFF 10.0.0.1", "bob", "*", NULL,
		  "10.0.0.1", 1 },
	/* 9 */	{ "bob * \"nt:x\"", "bob", "*", "nt:x", "0.0.0.0", 1 },
	/* 10 */ { "bob * \"@/etc/x\"", "bob", "*", "@/etc/x", "0.0.0.0", 1 },
	/* 11 */ { "bob * s * 10.0.0.2 10.0.0.3", "bob", "*", "s", "10.0.0.2", 1 },
	/* 12 */ { "bob * \\\n  s\n", "bob", "*", "s", "0.0.0.0", 1 },
	/* 13 */ { "bob * \"\"", "bob", "*", "", "0.0.0.0", 1 },
	/* 14 */ { "bob * a\\x41\\101\\tb\\sc", "bob", "*", "aAA\tb c", "0.0.0.0", 1 },
	/* 15 */ { "bob * a'b c'd", "bob", "*", "ab cd", "0.0.0.0", 1 },
	/* 16 */ { "bob#x\nann * s", NULL, NULL, NULL, NULL, 1 },
	/* 17 */ { "\xc3\xb6 * \xff\xfe", "\xc3\xb6", "*", "\xff\xfe", "0.0.0.0", 1 },
};

TEST(good_entries)
{
	struct users_error err;
	struct user *list;
	struct in_addr want;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(good); i++) {
		int ret = parse(good[i].text, strlen(good[i].text), &list, &err);

		if (!good[i].name) {
			EXPECT_EQ(-EINVAL, ret) TH_LOG("case %zu", i);
			EXPECT_EQ(good[i].line, err.line) TH_LOG("case %zu", i);
			continue;
		}
		ASSERT_EQ(0, ret) TH_LOG("case %zu: %s", i, err.text);
		ASSERT_NE(NULL, list) TH_LOG("case %zu", i);
		EXPECT_EQ(NULL, list->next) TH_LOG("case %zu", i);
		EXPECT_STREQ(good[i].name, list->name) TH_LOG("case %zu", i);
		EXPECT_STREQ(good[i].server, list->server) TH_LOG("case %zu", i);
		EXPECT_EQ(good[i].line, list->line) TH_LOG("case %zu", i);
		EXPECT_EQ(!good[i].password, list->has_hash) TH_LOG("case %zu", i);
		EXPECT_STREQ(good[i].password ? good[i].password : "",
			     list->has_hash ? "" : list->password) TH_LOG("case %zu", i);
		EXPECT_EQ(0, memcmp(good[i].password ? no_hash : some_hash,
				    list->nt_hash, USERS_HASH_LEN)) TH_LOG("case %zu", i);
		inet_pton(AF_INET, good[i].address, &want);
		EXPECT_EQ(want.s_addr, list->address.s_addr) TH_LOG("case %zu", i);
		users_free(list);
	}
}

/* The line that is named, and a word of the sentence. */
static const struct {
	const char *text;
	unsigned int line;
	const char *says;
} bad[] = {
	/* 0 */	{ "bob\n", 1, "no server" },
	/* 1 */	{ "a * s\nbob *\n", 2, "no secret" },
	/* 2 */	{ "bob * \"s\n", 1, "quote" },
	/* 3 */	{ "\n\nbob * 's", 3, "quote" },
	/* 4 */	{ "bob * nt:0011", 1, "32 hexadecimal" },
	/* 5 */	{ "bob * nt:00112233445566778899aabbccddeefg", 1, "no hexadecimal" },
	/* 6 */	{ "bob * nt:00112233445566778899aabbccddeeff00", 1, "32 hexadecimal" },
	/* 7 */	{ "bob * s 10.0.0.256", 1, "IPv4" },
	/* 8 */	{ "bob * s 10.0.0.1/24", 1, "IPv4" },
	/* 9 */	{ "bob * s 0.0.0.0", 1, "client" },
	/* 10 */ { "bob * s 224.0.0.1", 1, "client" },
	/* 11 */ { "bob * s 255.255.255.255", 1, "client" },
	/* 12 */ { "bob * s -", 1, "IPv4" },
	/* 13 */ { "bob * s 10.0.0.1 !10.0.0.2", 1, "IPv4" },
	/* 14 */ { "bob * @/etc/secret", 1, "another file" },
	/* 15 */ { "\"\" * s", 1, "empty" },
	/* 16 */ { "bob \"\" s", 1, "empty" },
	/* 17 */ { "bob * s\\", 1, "backslash" },
	/* 18 */ { "bob * a\\000b", 1, "character 0" },
	/* 19 */ { "a \\\n * \\\n s x\n", 3, "IPv4" },
	/* 20 */ { "bob * s -- sessions=1", 1, "set NAME=VALUE" },
	/* 21 */ { "bob * s * -- set", 1, "after set" },
	/* 22 */ { "a * s\nbob * s * -- set sessions", 2, "is none of" },
	/* 23 */ { "bob * s * -- set sessions=x", 1, "sessions must be a number" },
	/* 24 */ { "bob * s * -- set sessions=1 idle 5", 1, "set NAME=VALUE" },
};

TEST(bad_entries)
{
	struct users_error err;
	struct user *list;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		list = (struct user *)1;
		EXPECT_EQ(-EINVAL, parse(bad[i].text, strlen(bad[i].text), &list, &err))
			TH_LOG("case %zu", i);
		EXPECT_EQ(NULL, list) TH_LOG("case %zu", i);
		EXPECT_EQ(bad[i].line, err.line) TH_LOG("case %zu", i);
		EXPECT_NE(NULL, strstr(err.text, bad[i].says))
			TH_LOG("case %zu: %s", i, err.text);
	}
}

TEST(zero_octet)
{
	struct users_error err;
	struct user *list;

	EXPECT_EQ(-EINVAL, parse("b\0b * s", 7, &list, &err));
	EXPECT_NE(NULL, strstr(err.text, "character 0"));
}

TEST(empty_text)
{
	struct users_error err;
	struct user *list;

	EXPECT_EQ(0, parse("", 0, &list, &err));
	EXPECT_EQ(NULL, list);
	EXPECT_EQ(0, parse("\n\n# x\n", 6, &list, &err));
	EXPECT_EQ(NULL, list);
}

/* A word of 255 octets passes, one of 256 does not. */
TEST(word_limit)
{
	struct users_error err;
	char text[300];
	struct user *list;

	memset(text, 'a', sizeof(text));
	memcpy(text + USERS_NAME_MAX, " * s", 4);
	ASSERT_EQ(0, parse(text, USERS_NAME_MAX + 4, &list, &err));
	EXPECT_EQ(USERS_NAME_MAX, strlen(list->name));
	users_free(list);
	memset(text, 'a', sizeof(text));
	memcpy(text + USERS_NAME_MAX + 1, " * s", 4);
	EXPECT_EQ(-EINVAL, parse(text, USERS_NAME_MAX + 5, &list, &err));
	EXPECT_NE(NULL, strstr(err.text, "longer"));
}

TEST(file_limit)
{
	size_t len = USERS_FILE_MAX + 1;
	struct users_error err;
	struct user *list;
	char *text = malloc(len);

	ASSERT_NE(NULL, text);
	memset(text, '\n', len);
	EXPECT_EQ(-EINVAL, users_parse(text, len, &list, &err));
	EXPECT_NE(NULL, strstr(err.text, "larger"));
	EXPECT_EQ(0, users_parse(text, len - 1, &list, &err));
	EXPECT_EQ(NULL, list);
	free(text);
}

/* begin and end name the entry's own octets, and nothing of its surroundings. */
TEST(places)
{
	static const char text[] = "# x\n  bob * \"s\" * # y\nann * t";
	struct users_error err;
	struct user *list;

	ASSERT_EQ(0, parse(text, strlen(text), &list, &err));
	EXPECT_EQ(6, list->begin);
	EXPECT_EQ(strlen("# x\n  bob * \"s\" *"), list->end);
	ASSERT_NE(NULL, list->next);
	EXPECT_EQ(strlen("# x\n  bob * \"s\" * # y\n"), list->next->begin);
	EXPECT_EQ(strlen(text), list->next->end);
	users_free(list);
}

TEST(find)
{
	static const char text[] =
		"bob * any\nbob vpn mine\nbob vpn second\nann other x\n* * all\n";
	struct users_error err;
	struct user *list;

	ASSERT_EQ(0, parse(text, strlen(text), &list, &err));
	ASSERT_NE(NULL, users_find(list, "bob", "vpn"));
	EXPECT_STREQ("mine", users_find(list, "bob", "vpn")->password);
	EXPECT_STREQ("any", users_find(list, "bob", "else")->password);
	EXPECT_EQ(NULL, users_find(list, "ann", "vpn"));
	EXPECT_EQ(NULL, users_find(list, "BOB", "vpn"));
	EXPECT_EQ(NULL, users_find(list, "*", "vpn"));
	EXPECT_EQ(NULL, users_find(list, "eve", "vpn"));
	users_free(list);
}

/* Options to pppd's "set" are the policy; the next line has one of its own. */
TEST(policy)
{
	static const char text[] =
		"bob * s 10.0.0.1 -- set sessions=2 set \"pool=lan\" # c\n"
		"ann * s -- \\\n set disabled=yes\neve * s * --\ncid * s";
	struct users_error err;
	struct user *list, *user;

	ASSERT_EQ(0, parse(text, strlen(text), &list, &err)) TH_LOG("%s", err.text);
	EXPECT_EQ(inet_addr("10.0.0.1"), list->address.s_addr);
	EXPECT_EQ(POLICY_GIVEN(POLICY_SESSIONS) | POLICY_GIVEN(POLICY_POOL), list->policy.given);
	EXPECT_EQ(2, list->policy.sessions);
	EXPECT_STREQ("lan", list->policy.pool);
	EXPECT_EQ(strchr(text, '#') - 1 - text, list->end);
	user = list->next;
	EXPECT_EQ(POLICY_GIVEN(POLICY_DISABLED), user->policy.given);
	EXPECT_TRUE(user->policy.disabled);
	EXPECT_EQ(0, user->next->policy.given);
	EXPECT_EQ(0, user->next->next->policy.given);
	users_free(list);
}

/* What users_quote() writes is read back as it was, secrets included. */
TEST(quote_and_back)
{
	static const char * const words[] = {
		"plain", "with blank", "a#b", "a\"b", "a'b", "a\\b", "\t", "", "nt:x",
		"@/x", "user@example.org", "DOM\\user", "\\", "\"", "\xc3\xb6", "\r", "a\\nb",
	};
	struct users_error err;
	char text[1200], quoted[600];
	struct user *list;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(words); i++) {
		ASSERT_TRUE(users_quote(words[i], quoted, sizeof(quoted)));
		snprintf(text, sizeof(text), "bob * %s *\n", quoted);
		ASSERT_EQ(0, parse(text, strlen(text), &list, &err))
			TH_LOG("case %zu: %s", i, err.text);
		ASSERT_NE(NULL, list->password) TH_LOG("case %zu", i);
		EXPECT_STREQ(words[i], list->password) TH_LOG("case %zu", i);
		users_free(list);
	}
	EXPECT_FALSE(users_quote("a\nb", quoted, sizeof(quoted)));
	EXPECT_FALSE(users_quote("abc", quoted, 8));
	EXPECT_TRUE(users_quote("abc", quoted, 9));
}

/* Each prefix and each changed octet is read or refused, never more. */
TEST(mutations)
{
	static const char text[] =
		"# c\n\"b b\" * nt:00112233445566778899aabbccddeeff 10.0.0.1 \\\n *\n"
		"ann 'v p' \"s\\x41\\101\\\\\" * -- set dns=1.1.1.1,2.2.2.2 set auth=pap # e\n";
	static const char others[] = "\"'\\#\n *x\0\xff";
	size_t len = sizeof(text) - 1;
	struct users_error err;
	char copy[sizeof(text)];
	struct user *list;
	size_t i, j;
	int ret;

	for (i = 0; i <= len; i++) {
		ret = parse(text, i, &list, &err);
		EXPECT_TRUE(!ret || (ret == -EINVAL && err.text[0] && err.line));
		users_free(list);
	}
	for (i = 0; i < len; i++) {
		for (j = 0; j < sizeof(others) - 1; j++) {
			memcpy(copy, text, len);
			copy[i] = others[j];
			ret = parse(copy, len, &list, &err);
			EXPECT_TRUE(!ret || (ret == -EINVAL && err.text[0] && err.line));
			users_free(list);
		}
	}
}

/* What is written of an entry is read as the same entry. */
static const struct {
	const char *text;
	const char *line;	/* NULL: it cannot be written */
} written[] = {
	{ "bob  *\tsecret", "bob * secret *" },
	{ "bob vpn 's e c' 10.0.0.7 # a friend", "bob vpn \"s e c\" 10.0.0.7" },
	{ "D\\\\bob * \"\"", "\"D\\\\bob\" * \"\" *" },
	{ "bob * nt:00112233445566778899AABBCCDDEEFF * 10.0.0.2",
	  "bob * nt:00112233445566778899aabbccddeeff 10.0.0.2" },
	{ "bob * \"nt:x\"", "bob * \"nt:x\" *" },
	{ "bob * s * -- set expired=yes set sessions=2",
	  "bob * s * -- set sessions=2 set expired=yes" },
	{ "bob * a\\nb", NULL },
};

TEST(lines)
{
	char line[USERS_LINE_MAX + 1];
	struct users_error err;
	struct user *list;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(written); i++) {
		ASSERT_EQ(0, parse(written[i].text, strlen(written[i].text), &list, &err))
			TH_LOG("case %zu: %s", i, err.text);
		EXPECT_EQ(!!written[i].line, users_line(list, line, sizeof(line)))
			TH_LOG("case %zu", i);
		if (written[i].line)
			EXPECT_STREQ(written[i].line, line) TH_LOG("case %zu", i);
		users_free(list);
	}
}

TEST_HARNESS_MAIN
