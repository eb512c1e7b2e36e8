// SPDX-License-Identifier: GPL-2.0-or-later
/* A user's policy: each word, what is refused, and back to text. */
#include "kselftest_harness.h"

#include <arpa/inet.h>

#include "lib/policy.h"

#define LABEL_63 "abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

/* @back: what policy_word() makes of it; NULL: the same. */
static const struct {
	const char *word;
	enum policy_member member;
	const char *back;
} good[] = {
	/* 0 */ { "auth=ms-chap-v2", POLICY_AUTH, NULL },
	/* 1 */ { "auth=pap,eap-tls ms-chap-v2", POLICY_AUTH, "auth=eap-tls,ms-chap-v2,pap" },
	/* 2 */ { "auth=chap-md5,ms-chap,eap-md5,eap-mschap-v2", POLICY_AUTH,
		  "auth=eap-mschap-v2,eap-md5,ms-chap,chap-md5" },
	/* 3 */ { "mppe=require", POLICY_MPPE, NULL },
	/* 4 */ { "mppe=prefer", POLICY_MPPE, NULL },
	/* 5 */ { "mppe=allow", POLICY_MPPE, NULL },
	/* 6 */ { "mppe=deny", POLICY_MPPE, NULL },
	/* 7 */ { "sessions=0", POLICY_SESSIONS, NULL },
	/* 8 */ { "sessions=65535", POLICY_SESSIONS, NULL },
	/* 9 */ { "session-timeout=3600", POLICY_SESSION_TIMEOUT, NULL },
	/* 10 */ { "idle-timeout=31536000", POLICY_IDLE_TIMEOUT, NULL },
	/* 11 */ { "pool=lan-2_b", POLICY_POOL, NULL },
	/* 12 */ { "pool=abcdefghijklmnopqrstuvwxyz01234", POLICY_POOL, NULL },
	/* 13 */ { "route=192.0.2.0/24", POLICY_ROUTE, NULL },
	/* 14 */ { "route=10.0.0.1/32", POLICY_ROUTE, NULL },
	/* 15 */ { "dns=10.0.0.1", POLICY_DNS, NULL },
	/* 16 */ { "dns=10.0.0.1,10.0.0.2", POLICY_DNS, NULL },
	/* 17 */ { "expired=yes", POLICY_EXPIRED, NULL },
	/* 18 */ { "disabled=no", POLICY_DISABLED, NULL },
	/* 19 */ { "mppe-stateful=deny", POLICY_MPPE_STATEFUL, NULL },
	/* 20 */ { "mppe-stateful=prefer", POLICY_MPPE_STATEFUL, NULL },
	/* 21 */ { "callback=yes", POLICY_CALLBACK, NULL },
	/* 22 */ { "callback=no", POLICY_CALLBACK, NULL },
	/* 23 */ { "callback=+49-30*1234567.,8", POLICY_CALLBACK, NULL },
	/* 24 */ { "callback=1234567890123456789012345678901234567890123456789012345678901234",
		   POLICY_CALLBACK, NULL },
	/* 25 */ { "client-route=10.20.0.0/16", POLICY_CLIENT_ROUTE, NULL },
	/* 26 */ { "domain=corp.example", POLICY_DOMAIN, NULL },
	/* 27 */ { "domain=a", POLICY_DOMAIN, NULL },
	/* 28 */ { "domain=a_b.c-d", POLICY_DOMAIN, NULL },
	/* 29 */ { "domain=" LABEL_63 "." LABEL_63, POLICY_DOMAIN, NULL },
};

TEST(good_words)
{
	char err[POLICY_ERROR_MAX], word[POLICY_WORD_MAX];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(good); i++) {
		struct policy policy = { 0 };

		ASSERT_TRUE(policy_set(&policy, good[i].word, err)) TH_LOG("case %zu: %s", i, err);
		EXPECT_EQ(POLICY_GIVEN(good[i].member), policy.given) TH_LOG("case %zu", i);
		EXPECT_TRUE(policy_has(&policy, good[i].member));
		ASSERT_TRUE(policy_word(&policy, 0, word)) TH_LOG("case %zu", i);
		EXPECT_STREQ(good[i].back ? good[i].back : good[i].word, word);
		EXPECT_FALSE(policy_word(&policy, 1, word)) TH_LOG("case %zu", i);
	}
}

static const struct {
	const char *word;
	const char *says;
} bad[] = {
	/* 0 */ { "sessions", "is none of" },
	/* 1 */ { "", "is none of" },
	/* 2 */ { "=1", "is none of" },
	/* 3 */ { "session=1", "is none of" },
	/* 4 */ { "Sessions=1", "is none of" },
	/* 5 */ { "sessions=65536", "number from 0 to 65535" },
	/* 6 */ { "sessions=-1", "number from 0 to 65535" },
	/* 7 */ { "sessions= 1", "number from 0 to 65535" },
	/* 8 */ { "idle-timeout=31536001", "number from 0 to 31536000" },
	/* 9 */ { "session-timeout=99999999999999999999", "number from 0" },
	/* 10 */ { "auth=ms-chap-v3", "auth must be of" },
	/* 11 */ { "auth=,", "auth must be of" },
	/* 12 */ { "auth=pap;eap-tls", "auth must be of" },
	/* 13 */ { "mppe=yes", "mppe must be" },
	/* 14 */ { "pool=a b", "letters" },
	/* 15 */ { "pool=abcdefghijklmnopqrstuvwxyz012345", "letters" },
	/* 16 */ { "route=10.0.0.1/24", "network like" },
	/* 17 */ { "route=10.0.0.0", "network like" },
	/* 18 */ { "route=0.0.0.0/0", "network like" },
	/* 19 */ { "route=10.0.0.0/33", "network like" },
	/* 20 */ { "route=10.0.0.0/", "network like" },
	/* 21 */ { "route=10.0.0.0/8x", "network like" },
	/* 22 */ { "route=1111111111111111111.0.0.0/8", "network like" },
	/* 23 */ { "dns=10.0.0", "one IPv4 address" },
	/* 24 */ { "dns=10.0.0.1,", "one IPv4 address" },
	/* 25 */ { "dns=10.0.0.1,10.0.0.2,10.0.0.3", "one IPv4 address" },
	/* 26 */ { "expired=1", "yes or no" },
	/* 27 */ { "disabled=maybe", "yes or no" },
	/* 28 */ { "mppe-stateful=require", "mppe-stateful must be" },
	/* 29 */ { "callback=maybe", "callback must be yes, no or" },
	/* 30 */ { "callback=+-", "callback must be yes, no or" },
	/* 31 */ { "callback=1#", "callback must be yes, no or" },
	/* 32 */ { "callback=555 1212", "callback must be yes, no or" },
	/* 33 */ { "callback=12345678901234567890123456789012345678901234567890123456789012345",
		   "callback must be yes, no or" },
	/* 34 */ { "client-route=10.0.0.1/24", "client-route must be a network like" },
	/* 35 */ { "client-route=0.0.0.0/0", "client-route must be a network like" },
	/* 36 */ { "domain=.example", "domain must be" },
	/* 37 */ { "domain=corp.", "domain must be" },
	/* 38 */ { "domain=corp..example", "domain must be" },
	/* 39 */ { "domain=corp example", "domain must be" },
	/* 40 */ { "domain=a" LABEL_63, "domain must be" },
	/* 41 */ { "domain=" LABEL_63 "." LABEL_63 ".a", "domain must be" },
};

TEST(bad_words)
{
	char err[POLICY_ERROR_MAX];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		struct policy policy = { 0 };

		EXPECT_FALSE(policy_set(&policy, bad[i].word, err)) TH_LOG("case %zu", i);
		EXPECT_EQ(0, policy.given) TH_LOG("case %zu", i);
		EXPECT_NE(NULL, strstr(err, bad[i].says)) TH_LOG("case %zu: %s", i, err);
	}
}

/* Values are those of the enums that the daemon holds against them. */
TEST(values)
{
	char err[POLICY_ERROR_MAX];
	struct policy policy = { 0 };

	EXPECT_TRUE(policy_set(&policy, "auth=pap,eap-tls", err));
	EXPECT_EQ(1u << 1 | 1u << 7, policy.auth);
	EXPECT_TRUE(policy_set(&policy, "mppe=require", err));
	EXPECT_EQ(3, policy.mppe);
	EXPECT_TRUE(policy_set(&policy, "mppe=deny", err));
	EXPECT_EQ(0, policy.mppe);
	EXPECT_TRUE(policy_set(&policy, "mppe-stateful=prefer", err));
	EXPECT_EQ(2, policy.mppe_stateful);
	EXPECT_TRUE(policy_set(&policy, "route=10.1.0.0/16", err));
	EXPECT_TRUE(policy_set(&policy, "route=10.2.0.0/15", err));
	ASSERT_EQ(2, policy.routes.n);
	EXPECT_EQ(inet_addr("10.2.0.0"), policy.routes.route[1].network.s_addr);
	EXPECT_EQ(15, policy.routes.route[1].prefix);
}

/* The last value counts, an empty one takes it away, and the flag with it. */
TEST(changes)
{
	char err[POLICY_ERROR_MAX], word[POLICY_WORD_MAX];
	struct policy policy = { 0 };

	EXPECT_TRUE(policy_set(&policy, "sessions=1", err));
	EXPECT_TRUE(policy_set(&policy, "sessions=5", err));
	EXPECT_EQ(5, policy.sessions);
	EXPECT_TRUE(policy_set(&policy, "disabled=yes", err));
	EXPECT_TRUE(policy_set(&policy, "expired=yes", err));
	EXPECT_TRUE(policy_set(&policy, "route=10.1.0.0/16", err));
	EXPECT_TRUE(policy_set(&policy, "route=10.2.0.0/16", err));
	ASSERT_TRUE(policy_word(&policy, 2, word));
	EXPECT_STREQ("route=10.2.0.0/16", word);
	ASSERT_TRUE(policy_word(&policy, 4, word));
	EXPECT_STREQ("disabled=yes", word);
	EXPECT_FALSE(policy_word(&policy, 5, word));
	EXPECT_TRUE(policy_set(&policy, "disabled=", err));
	EXPECT_TRUE(policy_set(&policy, "expired=", err));
	EXPECT_FALSE(policy.disabled);
	EXPECT_FALSE(policy.expired);
	EXPECT_TRUE(policy_set(&policy, "route=", err));
	EXPECT_EQ(0, policy.routes.n);
	EXPECT_TRUE(policy_set(&policy, "sessions=", err));
	EXPECT_EQ(0, policy.given);
	EXPECT_FALSE(policy_word(&policy, 0, word));
}

/* Of either kind, and each has its own. */
TEST(too_many_routes)
{
	char err[POLICY_ERROR_MAX], word[POLICY_WORD_MAX];
	struct policy policy = { 0 };
	unsigned int i;

	for (i = 0; i < POLICY_ROUTES_MAX; i++) {
		snprintf(word, sizeof(word), "route=10.%u.0.0/16", i);
		ASSERT_TRUE(policy_set(&policy, word, err));
		snprintf(word, sizeof(word), "client-route=172.16.%u.0/24", i);
		ASSERT_TRUE(policy_set(&policy, word, err));
	}
	EXPECT_FALSE(policy_set(&policy, "route=10.99.0.0/16", err));
	EXPECT_STREQ("more than 16 routes", err);
	EXPECT_FALSE(policy_set(&policy, "client-route=10.99.0.0/16", err));
	EXPECT_STREQ("more than 16 routes", err);
	EXPECT_EQ(POLICY_ROUTES_MAX, policy.routes.n);
	EXPECT_EQ(POLICY_ROUTES_MAX, policy.client_routes.n);
	ASSERT_TRUE(policy_word(&policy, 2 * POLICY_ROUTES_MAX - 1, word));
	EXPECT_STREQ("client-route=172.16.15.0/24", word);
	EXPECT_FALSE(policy_word(&policy, 2 * POLICY_ROUTES_MAX, word));
	EXPECT_TRUE(policy_set(&policy, "client-route=", err));
	EXPECT_EQ(0, policy.client_routes.n);
	EXPECT_EQ(POLICY_ROUTES_MAX, policy.routes.n);
}

TEST_HARNESS_MAIN
