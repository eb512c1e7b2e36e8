// SPDX-License-Identifier: GPL-2.0-or-later
#include <arpa/inet.h>
#include <string.h>

#include "daemon/admission.h"
#include "kselftest_harness.h"

static const struct config limits = {
	.max_connections = 5,
	.max_connections_per_address = 2,
	.max_half_open = 3,
};

/* When nothing else is said. */
#define NOW 5000
#define SECRET 2654435761u
#define ANOTHER 0x85ebca6b

static struct in_addr from(uint8_t host)
{
	return (struct in_addr){ .s_addr = htonl(0xc0000200u + host) };
}

FIXTURE(admission) {
	struct admission a;
};

FIXTURE_SETUP(admission)
{
	admission_init(&self->a, SECRET);
}

/* Nothing is counted, and nothing allocated, when all have gone. */
FIXTURE_TEARDOWN(admission)
{
	EXPECT_EQ(0, self->a.total);
	EXPECT_EQ(0, self->a.half_open);
	EXPECT_EQ(NULL, self->a.sources);
}

TEST_F(admission, one_address)
{
	EXPECT_EQ(NULL, admission_enter(&self->a, &limits, from(1), NOW));
	admission_established(&self->a, from(1));
	EXPECT_EQ(NULL, admission_enter(&self->a, &limits, from(1), NOW));
	EXPECT_STREQ("max-connections-per-address is reached",
		     admission_enter(&self->a, &limits, from(1), NOW));
	EXPECT_EQ(NULL, admission_enter(&self->a, &limits, from(2), NOW));
	EXPECT_EQ(3, self->a.total);
	admission_leave(&self->a, from(1), false);
	admission_established(&self->a, from(1));
	EXPECT_EQ(NULL, admission_enter(&self->a, &limits, from(1), NOW));
	admission_leave(&self->a, from(1), true);
	admission_leave(&self->a, from(1), false);
	admission_leave(&self->a, from(2), true);
}

TEST_F(admission, half_open)
{
	uint8_t i;

	for (i = 0; i < 3; i++)
		EXPECT_EQ(NULL, admission_enter(&self->a, &limits, from(i), NOW));
	EXPECT_STREQ("max-half-open is reached",
		     admission_enter(&self->a, &limits, from(9), NOW));
	admission_established(&self->a, from(0));
	EXPECT_EQ(NULL, admission_enter(&self->a, &limits, from(9), NOW));
	admission_leave(&self->a, from(0), false);
	admission_leave(&self->a, from(1), true);
	admission_leave(&self->a, from(2), true);
	admission_leave(&self->a, from(9), true);
}

/* Nobody takes all of them. */
TEST_F(admission, half_open_of_one_address)
{
	struct config many = {
		.max_connections = 100,
		.max_connections_per_address = 10,
		.max_half_open = 16,
	};
	unsigned int i;

	for (i = 0; i < 2; i++)
		EXPECT_EQ(NULL, admission_enter(&self->a, &many, from(1), NOW));
	EXPECT_STREQ("the address has its part of max-half-open",
		     admission_enter(&self->a, &many, from(1), NOW));
	EXPECT_EQ(NULL, admission_enter(&self->a, &many, from(2), NOW));
	admission_established(&self->a, from(1));
	EXPECT_EQ(NULL, admission_enter(&self->a, &many, from(1), NOW));
	/* A quarter of all connections, and so of these. */
	many.max_connections_per_address = 25;
	for (i = 2; i < 4; i++)
		EXPECT_EQ(NULL, admission_enter(&self->a, &many, from(1), NOW));
	EXPECT_STREQ("the address has its part of max-half-open",
		     admission_enter(&self->a, &many, from(1), NOW));
	admission_leave(&self->a, from(1), false);
	for (i = 0; i < 4; i++)
		admission_leave(&self->a, from(1), true);
	admission_leave(&self->a, from(2), true);
}

/* How many of @n that come and go at @now may enter. */
static unsigned int entered(struct admission *a, const struct config *cfg, uint8_t host,
			    unsigned int n, uint64_t now)
{
	unsigned int count = 0;

	while (n--) {
		if (admission_enter(a, cfg, from(host), now))
			continue;
		admission_leave(a, from(host), true);
		count++;
	}
	return count;
}

TEST_F(admission, rate)
{
	struct config cfg = limits;

	cfg.max_rate = 2;
	EXPECT_EQ(2 * CONFIG_RATE_BURST, entered(&self->a, &cfg, 1, 50, NOW));
	EXPECT_STREQ("max-rate is reached", admission_enter(&self->a, &cfg, from(1), NOW));
	EXPECT_EQ(2 * CONFIG_RATE_BURST, entered(&self->a, &cfg, 2, 50, NOW));
	EXPECT_EQ(2, entered(&self->a, &cfg, 1, 50, NOW + 1000));
	cfg.max_rate = 0;
	EXPECT_EQ(50, entered(&self->a, &cfg, 1, 50, NOW + 1000));
	/* All that may be there at once may come at once. */
	cfg.max_rate = 1;
	cfg.max_connections_per_address = 40;
	EXPECT_EQ(40, entered(&self->a, &cfg, 1, 50, NOW + 1000));
}

/* The first host after @host that cannot enter when @host has used its rate up; 0: none. */
static unsigned int shares(uint32_t secret, unsigned int host)
{
	struct config cfg = { .max_connections = 1, .max_connections_per_address = 1,
			      .max_half_open = 1, .max_rate = 1 };
	struct in_addr other;
	struct admission a;
	unsigned int i;

	admission_init(&a, secret);
	entered(&a, &cfg, (uint8_t)host, CONFIG_RATE_BURST, NOW);
	for (i = 1; i < 1 << 20; i++) {
		other.s_addr = htonl(ntohl(from((uint8_t)host).s_addr) + i);
		if (admission_enter(&a, &cfg, other, NOW))
			return i;
		admission_leave(&a, other, true);
	}
	return 0;
}

/*
 * Some address shares a rate with a client, but no neighbour, and which one is not the same
 * with every secret.
 */
TEST(who_shares_a_rate)
{
	unsigned int first = shares(SECRET, 1);

	EXPECT_LT(64, first);
	EXPECT_NE(first, shares(ANOTHER, 1));
}

TEST_F(admission, total)
{
	uint8_t i;

	for (i = 0; i < 5; i++) {
		EXPECT_EQ(NULL, admission_enter(&self->a, &limits, from(i), NOW));
		admission_established(&self->a, from(i));
	}
	EXPECT_STREQ("max-connections is reached",
		     admission_enter(&self->a, &limits, from(9), NOW));
	for (i = 0; i < 5; i++)
		admission_leave(&self->a, from(i), false);
}

TEST_HARNESS_MAIN
