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

static struct in_addr from(uint8_t host)
{
	return (struct in_addr){ .s_addr = htonl(0xc0000200u + host) };
}

FIXTURE(admission) {
	struct admission a;
};

FIXTURE_SETUP(admission)
{
	memset(&self->a, 0, sizeof(self->a));
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
	EXPECT_EQ(NULL, admission_enter(&self->a, &limits, from(1)));
	EXPECT_EQ(NULL, admission_enter(&self->a, &limits, from(1)));
	EXPECT_STREQ("max-connections-per-address is reached",
		     admission_enter(&self->a, &limits, from(1)));
	EXPECT_EQ(NULL, admission_enter(&self->a, &limits, from(2)));
	EXPECT_EQ(3, self->a.total);
	admission_leave(&self->a, from(1), true);
	EXPECT_EQ(NULL, admission_enter(&self->a, &limits, from(1)));
	admission_leave(&self->a, from(1), true);
	admission_leave(&self->a, from(1), true);
	admission_leave(&self->a, from(2), true);
}

TEST_F(admission, half_open)
{
	uint8_t i;

	for (i = 0; i < 3; i++)
		EXPECT_EQ(NULL, admission_enter(&self->a, &limits, from(i)));
	EXPECT_STREQ("max-half-open is reached",
		     admission_enter(&self->a, &limits, from(9)));
	admission_established(&self->a);
	EXPECT_EQ(NULL, admission_enter(&self->a, &limits, from(9)));
	admission_leave(&self->a, from(0), false);
	admission_leave(&self->a, from(1), true);
	admission_leave(&self->a, from(2), true);
	admission_leave(&self->a, from(9), true);
}

TEST_F(admission, total)
{
	uint8_t i;

	for (i = 0; i < 5; i++) {
		EXPECT_EQ(NULL, admission_enter(&self->a, &limits, from(i)));
		admission_established(&self->a);
	}
	EXPECT_STREQ("max-connections is reached",
		     admission_enter(&self->a, &limits, from(9)));
	for (i = 0; i < 5; i++)
		admission_leave(&self->a, from(i), false);
}

TEST_HARNESS_MAIN
