// SPDX-License-Identifier: GPL-2.0-or-later
/* Names that need no network: figures, and those of /etc/hosts. */
#include "kselftest_harness.h"

#include <arpa/inet.h>

#include "daemon/resolver.h"

#define QUERIES	64

/* Ends the loop when as many answers have come as are wanted. */
struct got {
	struct loop *loop;
	unsigned int wanted;
	unsigned int answers;
	unsigned int good;
	uint32_t address;
	char error[128];
};

static void answer(void *arg, const struct in_addr *address, unsigned int n,
		   const char *error)
{
	struct got *got = arg;

	got->answers++;
	got->good += n ? 1 : 0;
	got->address = n ? ntohl(address[0].s_addr) : 0;
	snprintf(got->error, sizeof(got->error), "%s", n ? "" : error);
	if (got->answers == got->wanted)
		loop_exit(got->loop, 0);
}

FIXTURE(resolver) {
	struct loop *loop;
	struct resolver *resolver;
	struct got got;
};

FIXTURE_SETUP(resolver)
{
	self->loop = loop_new();
	self->resolver = resolver_new(self->loop);
	ASSERT_NE(NULL, self->resolver);
	self->got.loop = self->loop;
}

FIXTURE_TEARDOWN(resolver)
{
	resolver_free(self->resolver);
	loop_free(self->loop);
}

TEST_F(resolver, figures)
{
	self->got.wanted = 1;
	ASSERT_NE(NULL, resolver_ask(self->resolver, "192.0.2.7", answer, &self->got));
	EXPECT_EQ(0, self->got.answers);
	loop_run(self->loop);
	EXPECT_EQ(1, self->got.good);
	EXPECT_EQ(0xc0000207, self->got.address);
}

TEST_F(resolver, localhost)
{
	self->got.wanted = 1;
	ASSERT_NE(NULL, resolver_ask(self->resolver, "localhost", answer, &self->got));
	loop_run(self->loop);
	EXPECT_EQ(1, self->got.good);
	EXPECT_EQ(127, self->got.address >> 24);
}

/* No resolver takes a label of more than 63 octets. */
TEST_F(resolver, no_name)
{
	char name[80];

	memset(name, 'a', sizeof(name));
	name[70] = 0;
	self->got.wanted = 1;
	ASSERT_NE(NULL, resolver_ask(self->resolver, name, answer, &self->got));
	loop_run(self->loop);
	EXPECT_EQ(0, self->got.good);
	EXPECT_EQ(0, strncmp(self->got.error, "cannot find the address: ", 25));
}

/* More than there are threads, some of them not wanted any more. */
TEST_F(resolver, many)
{
	struct resolver_query *query;
	unsigned int i;

	self->got.wanted = QUERIES / 2;
	for (i = 0; i < QUERIES; i++) {
		query = resolver_ask(self->resolver, i % 4 < 2 ? "localhost" : "127.0.0.1",
				     answer, &self->got);
		ASSERT_NE(NULL, query);
		if (i % 2)
			resolver_cancel(query);
	}
	loop_run(self->loop);
	EXPECT_EQ(QUERIES / 2, self->got.good);
}

/* Freed with everything under way: the threads clean up. */
TEST_F(resolver, freed_early)
{
	unsigned int i;

	for (i = 0; i < QUERIES; i++)
		ASSERT_NE(NULL, resolver_ask(self->resolver, "localhost", answer, &self->got));
	resolver_free(self->resolver);
	self->resolver = NULL;
	EXPECT_EQ(0, self->got.answers);
}

TEST_HARNESS_MAIN
