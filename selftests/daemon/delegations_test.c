// SPDX-License-Identifier: GPL-2.0-or-later
/* Delegated prefixes: whose they are, how many, and until when. */
#include "kselftest_harness.h"

#include <sys/socket.h>

#include "daemon/delegations.h"

/* The network number @i. */
static struct rtroute_prefix network(uint8_t i)
{
	return (struct rtroute_prefix){
		.address = { .family = AF_INET6, .octets = { 0x20, 1, 0xd, 0xb8, 0, i } },
		.bits = 56,
	};
}

FIXTURE(delegations)
{
	struct delegations all;
	struct delegations_holder alice, alice2, bob;
	struct delegations_holder *former;
};

FIXTURE_SETUP(delegations)
{
	self->alice.user = "alice";
	self->alice2.user = "alice";
	self->bob.user = "bob";
}

static void drop_all(struct delegations *all, struct delegations_holder *holder)
{
	struct rtroute_prefix prefix;

	while (delegations_expire(all, holder, DELEGATIONS_NEVER, &prefix))
		;
}

FIXTURE_TEARDOWN(delegations)
{
	drop_all(&self->all, &self->alice);
	drop_all(&self->all, &self->alice2);
	drop_all(&self->all, &self->bob);
}

TEST_F(delegations, one_holder)
{
	struct rtroute_prefix list[DELEGATIONS_MAX], one = network(1), two = network(2);

	EXPECT_EQ(DELEGATIONS_NEW,
		  delegations_take(&self->all, &self->alice, &one, 10, &self->former));
	EXPECT_EQ(DELEGATIONS_KEPT,
		  delegations_take(&self->all, &self->alice, &one, 20, &self->former));
	EXPECT_EQ(DELEGATIONS_NEW,
		  delegations_take(&self->all, &self->alice, &two, 15, &self->former));
	ASSERT_EQ(2, delegations_list(&self->alice, list));
	EXPECT_EQ(0, memcmp(&one, &list[0], sizeof(one)));
	EXPECT_EQ(0, memcmp(&two, &list[1], sizeof(two)));
	EXPECT_TRUE(delegations_drop(&self->all, &self->alice, &one));
	EXPECT_FALSE(delegations_drop(&self->all, &self->alice, &one));
	EXPECT_EQ(1, delegations_list(&self->alice, list));
}

/* What one user has, no other is given, nor can give up. */
TEST_F(delegations, foreign)
{
	struct rtroute_prefix one = network(1);

	delegations_take(&self->all, &self->alice, &one, 10, &self->former);
	EXPECT_EQ(DELEGATIONS_FOREIGN,
		  delegations_take(&self->all, &self->bob, &one, 20, &self->former));
	EXPECT_FALSE(delegations_drop(&self->all, &self->bob, &one));
	EXPECT_EQ(10, delegations_deadline(&self->alice));
	EXPECT_TRUE(delegations_drop(&self->all, &self->alice, &one));
	EXPECT_EQ(DELEGATIONS_NEW,
		  delegations_take(&self->all, &self->bob, &one, 20, &self->former));
}

/* A user who has come again takes along what the lost session had. */
TEST_F(delegations, moved)
{
	struct rtroute_prefix one = network(1), list[DELEGATIONS_MAX];

	delegations_take(&self->all, &self->alice, &one, 10, &self->former);
	EXPECT_EQ(DELEGATIONS_MOVED,
		  delegations_take(&self->all, &self->alice2, &one, 20, &self->former));
	EXPECT_EQ(&self->alice, self->former);
	EXPECT_EQ(0, delegations_list(&self->alice, list));
	EXPECT_EQ(1, delegations_list(&self->alice2, list));
	EXPECT_EQ(20, delegations_deadline(&self->alice2));
	EXPECT_EQ(DELEGATIONS_NEVER, delegations_deadline(&self->alice));
}

TEST_F(delegations, full)
{
	struct rtroute_prefix one;
	uint8_t i;

	for (i = 0; i < DELEGATIONS_MAX; i++) {
		one = network(i);
		EXPECT_EQ(DELEGATIONS_NEW,
			  delegations_take(&self->all, &self->alice, &one, 10, &self->former));
	}
	one = network(i);
	EXPECT_EQ(DELEGATIONS_FULL,
		  delegations_take(&self->all, &self->alice, &one, 10, &self->former));
	/* Neither is it there by moving. */
	delegations_take(&self->all, &self->alice2, &one, 10, &self->former);
	EXPECT_EQ(DELEGATIONS_FULL,
		  delegations_take(&self->all, &self->alice, &one, 10, &self->former));
	one = network(0);
	EXPECT_EQ(DELEGATIONS_KEPT,
		  delegations_take(&self->all, &self->alice, &one, 11, &self->former));
}

TEST_F(delegations, expiry)
{
	struct rtroute_prefix one = network(1), two = network(2), three = network(3), gone;

	delegations_take(&self->all, &self->alice, &one, 20, &self->former);
	delegations_take(&self->all, &self->alice, &two, 10, &self->former);
	delegations_take(&self->all, &self->alice, &three, DELEGATIONS_NEVER, &self->former);
	EXPECT_EQ(10, delegations_deadline(&self->alice));
	EXPECT_FALSE(delegations_expire(&self->all, &self->alice, 9, &gone));
	ASSERT_TRUE(delegations_expire(&self->all, &self->alice, 10, &gone));
	EXPECT_EQ(0, memcmp(&two, &gone, sizeof(two)));
	EXPECT_FALSE(delegations_expire(&self->all, &self->alice, 10, &gone));
	EXPECT_EQ(20, delegations_deadline(&self->alice));
	ASSERT_TRUE(delegations_expire(&self->all, &self->alice, 1000, &gone));
	EXPECT_EQ(DELEGATIONS_NEVER, delegations_deadline(&self->alice));
}

TEST_HARNESS_MAIN
