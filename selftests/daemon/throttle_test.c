// SPDX-License-Identifier: GPL-2.0-or-later
#include <arpa/inet.h>
#include <stdio.h>

#include "daemon/throttle.h"
#include "kselftest_harness.h"

#define MIN	1000
#define MAX	8000

static const struct in_addr here = { 0x010200c0 }, there = { 0x020200c0 };

FIXTURE(throttle) {
	struct throttle *t;
	uint64_t now;
};

FIXTURE_SETUP(throttle)
{
	self->t = calloc(1, sizeof(*self->t));
	ASSERT_NE(NULL, self->t);
	self->now = 100000;
}

FIXTURE_TEARDOWN(throttle)
{
	free(self->t);
}

typedef struct _test_data_throttle self_type;

/* How long the answer waits. */
static uint64_t said(self_type *self, struct in_addr source, const char *name, bool right)
{
	const struct throttle_claim claim = {
		.source = source, .name = name, .right = right, .min = MIN, .max = MAX };

	return throttle_answer(self->t, &claim, self->now) - self->now;
}

/* One after the other, each when the last was answered. */
TEST_F(throttle, grows)
{
	static const unsigned int waits[] = { 0, 0, 0, 1000, 2000, 4000, 8000, 8000, 8000 };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(waits); i++) {
		EXPECT_EQ(waits[i], said(self, here, "alice", false));
		self->now += waits[i];
	}
	/* Right or wrong is not to be told by the wait; both come when the last is over. */
	EXPECT_EQ(0, said(self, here, "alice", true));
}

/* All at once do not get their answers sooner. */
TEST_F(throttle, queue_of_a_source)
{
	uint64_t wait = 0;
	char name[16];
	unsigned int i;

	for (i = 0; i < 8; i++) {
		snprintf(name, sizeof(name), "user%u", i);
		wait = said(self, here, name, false);
	}
	EXPECT_EQ(1000 + 2000 + 4000 + 8000 + 8000, wait);
	EXPECT_EQ(wait, said(self, here, "bob", true));
	EXPECT_EQ(0, said(self, there, "carol", true));
	for (i = 0; i < 100; i++)
		said(self, here, "user", false);
	EXPECT_EQ(THROTTLE_QUEUE_MS, said(self, here, "bob", true));
}

/* From many addresses: the owner of the name waits, but not for all of them. */
TEST_F(throttle, one_name)
{
	unsigned int i;

	for (i = 0; i < 100; i++)
		said(self, (struct in_addr){ htonl(0x0a000000 + i) }, "alice", false);
	EXPECT_EQ(MAX, said(self, there, "alice", true));
	self->now += MAX;
	EXPECT_EQ(0, said(self, there, "alice", false));
}

TEST_F(throttle, right_makes_a_name_begin_anew)
{
	unsigned int i;

	for (i = 0; i < THROTTLE_FREE; i++)
		EXPECT_EQ(0, said(self, (struct in_addr){ i }, "alice", false));
	EXPECT_EQ(0, said(self, there, "alice", true));
	EXPECT_EQ(0, said(self, there, "alice", false));
	/* Whose own account is right does not make the guesses at others forgotten. */
	for (i = 0; i < THROTTLE_FREE; i++) {
		said(self, here, "bob", false);
		said(self, here, "mallory", true);
	}
	EXPECT_EQ(MIN, said(self, here, "carol", false));
}

TEST_F(throttle, forgets)
{
	unsigned int i;

	for (i = 0; i < 8; i++)
		said(self, here, "alice", false);
	self->now += THROTTLE_QUEUE_MS;
	/* Half of the eight are left, and one more. */
	EXPECT_EQ(2000, said(self, here, "alice", false));
	self->now += 10 * THROTTLE_FORGET_MS;
	EXPECT_EQ(0, said(self, here, "alice", false));
	self->now += UINT64_MAX / 2;
	EXPECT_EQ(0, said(self, here, "alice", false));
}

TEST_F(throttle, switched_off)
{
	struct throttle_claim claim = { .source = here, .name = "alice" };
	unsigned int i;

	for (i = 0; i < 20; i++)
		EXPECT_EQ(self->now, throttle_answer(self->t, &claim, self->now));
}

TEST_HARNESS_MAIN
