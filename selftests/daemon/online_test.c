// SPDX-License-Identifier: GPL-2.0-or-later
#include "daemon/online.h"
#include "kselftest_harness.h"

TEST(counts_by_name)
{
	struct online_users users = { 0 };
	struct online a = { 0 }, b = { 0 }, c = { 0 };
	int owner;

	EXPECT_EQ(0, online_count(&users, "alice"));
	EXPECT_EQ(NULL, online_oldest(&users, "alice"));
	ASSERT_TRUE(online_add(&users, "alice", &a, &owner));
	ASSERT_TRUE(online_add(&users, "bob", &b, NULL));
	ASSERT_TRUE(online_add(&users, "alice", &c, NULL));
	EXPECT_EQ(2, online_count(&users, "alice"));
	EXPECT_EQ(1, online_count(&users, "bob"));
	EXPECT_EQ(0, online_count(&users, "ALICE"));
	EXPECT_EQ(&a, online_oldest(&users, "alice"));
	EXPECT_EQ(&owner, online_oldest(&users, "alice")->owner);
	EXPECT_EQ(&c, a.next);
	EXPECT_EQ(NULL, c.next);
	online_del(&users, &a);
	EXPECT_EQ(1, online_count(&users, "alice"));
	EXPECT_EQ(&c, online_oldest(&users, "alice"));
	online_del(&users, &b);
	online_del(&users, &c);
	EXPECT_EQ(NULL, users.by_name);
}

/* One that is in no list is left alone; one that was can come again. */
TEST(leaves_twice)
{
	struct online_users users = { 0 };
	struct online a = { 0 };

	online_del(&users, &a);
	ASSERT_TRUE(online_add(&users, "alice", &a, NULL));
	online_del(&users, &a);
	online_del(&users, &a);
	EXPECT_EQ(0, online_count(&users, "alice"));
	ASSERT_TRUE(online_add(&users, "bob", &a, NULL));
	EXPECT_EQ(1, online_count(&users, "bob"));
	online_del(&users, &a);
}

TEST_HARNESS_MAIN
