// SPDX-License-Identifier: GPL-2.0-or-later
/* What the daemon remembers of failures, and for how long. */
#include "kselftest_harness.h"

#include "daemon/failures.h"

static struct in_addr host(unsigned int n)
{
	return (struct in_addr){ .s_addr = htonl(0xc0000200 + n) };
}

static unsigned int count(const struct failures *failures)
{
	const struct failure *failure = NULL;
	unsigned int n = 0;

	while ((failure = failures_next(failures, failure)))
		n++;
	return n;
}

TEST(the_same_is_counted)
{
	struct failures failures = { 0 };
	const struct failure *failure;

	failures_note(&failures, FAILURES_PASSWORD, host(1), "ann", "wrong password", 100);
	failures_note(&failures, FAILURES_PASSWORD, host(1), "ann", "wrong password", 130);
	failures_note(&failures, FAILURES_PASSWORD, host(1), "bob", "wrong password", 110);
	failures_note(&failures, FAILURES_PASSWORD, host(2), "ann", "wrong password", 120);
	failures_note(&failures, FAILURES_PASSWORD, host(1), "ann", "no such user", 140);
	failures_note(&failures, FAILURES_ACCOUNT, host(1), "ann", "wrong password", 150);
	EXPECT_EQ(5, count(&failures));
	failure = failures_next(&failures, NULL);
	EXPECT_STREQ("ann", failure->user);
	EXPECT_EQ(2, failure->times);
	EXPECT_EQ(100, failure->first);
	EXPECT_EQ(130, failure->last);
	failures_free(&failures);
	EXPECT_EQ(0, count(&failures));
}

/* The flood of one kind leaves the others, and its own latest. */
TEST(each_kind_is_bounded)
{
	struct failures failures = { 0 };
	const struct failure *failure;
	char user[16];
	unsigned int i;

	failures_note(&failures, FAILURES_GRE, host(1), "", "blocked", 1);
	for (i = 0; i < 3 * FAILURES_OF_A_KIND; i++) {
		snprintf(user, sizeof(user), "user%u", i);
		failures_note(&failures, FAILURES_PASSWORD, host(1), user, "wrong", 10 + i);
		failures_note(&failures, FAILURES_PASSWORD, host(1), "user0", "wrong", 10 + i);
	}
	EXPECT_EQ(1 + FAILURES_OF_A_KIND, count(&failures));
	failure = failures_next(&failures, NULL);
	EXPECT_EQ(FAILURES_GRE, failure->kind);
	failure = failures_next(&failures, failure);
	EXPECT_STREQ("user65", failure->user);
	while (failure->next)
		failure = failure->next;
	EXPECT_STREQ("user0", failure->user);
	EXPECT_EQ(3 * FAILURES_OF_A_KIND + 1, failure->times);
	failures_free(&failures);
}

/* By user and from everywhere; what is of nobody, by address. */
TEST(success_ends_it)
{
	static const struct {
		unsigned int host;
		const char *user;
		bool over;
	} rows[] = {
		{ 1, "ann", true },
		{ 2, "ann", true },
		{ 1, "bob", false },
		{ 1, "", true },
		{ 2, "", false },
	};
	struct failures failures = { 0 };
	const struct failure *failure = NULL;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++)
		failures_note(&failures, FAILURES_GRE, host(rows[i].host), rows[i].user, "r", i);
	failures_over(&failures, host(1), "ann");
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		failure = failures_next(&failures, failure);
		ASSERT_NE(NULL, failure);
		EXPECT_EQ(rows[i].over, failure->over) TH_LOG("row %zu", i);
	}
	failures_note(&failures, FAILURES_GRE, host(1), "ann", "r", 9);
	failures_kind_over(&failures, FAILURES_KEYS);
	EXPECT_EQ(2, failures.list[FAILURES_GRE]->prev->times);
	EXPECT_FALSE(failures.list[FAILURES_GRE]->prev->over);
	failures_kind_over(&failures, FAILURES_GRE);
	EXPECT_TRUE(failures.list[FAILURES_GRE]->prev->over);
	failures_free(&failures);
}

TEST(all_kinds_have_words)
{
	unsigned int kind;

	for (kind = 0; kind < FAILURES_KINDS; kind++) {
		EXPECT_NE(NULL, failures_kind_text(kind));
		EXPECT_NE(NULL, failures_help(kind));
	}
}

/* JSON takes it, whatever the peer has said. */
TEST(text_is_utf8)
{
	struct failures failures = { 0 };
	char reason[2 * FAILURES_REASON_MAX];

	memset(reason, 'x', sizeof(reason));
	reason[sizeof(reason) - 1] = 0;
	failures_note(&failures, FAILURES_CALL, host(1), "\xff", reason, 1);
	EXPECT_STREQ("?", failures.list[FAILURES_CALL]->user);
	EXPECT_EQ(FAILURES_REASON_MAX - 1, strlen(failures.list[FAILURES_CALL]->reason));
	failures_note(&failures, FAILURES_CALL, host(1), "\xff", reason, 2);
	EXPECT_EQ(2, failures.list[FAILURES_CALL]->times);
	failures_free(&failures);
}

TEST_HARNESS_MAIN
