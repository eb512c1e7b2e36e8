// SPDX-License-Identifier: GPL-2.0-or-later
/* Router advertisements octet by octet, and which solicitations count. */
#include "kselftest_harness.h"

#include <arpa/inet.h>
#include <string.h>

#include "proto/ra.h"

/* RFC 4861 section 4.2 with two servers; laid out by hand. */
static const uint8_t full[] = {
	134, 0, 0, 0, 64, 0, 0x07, 0x08, 0, 0, 0, 0, 0, 0, 0, 0,
	3, 4, 64, 0x40, 0, 0, 0x07, 0x08, 0, 0, 0x07, 0x08, 0, 0, 0, 0,
	0x20, 0x01, 0x0d, 0xb8, 0, 1, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0,
	5, 1, 0, 0, 0, 0, 0x05, 0x78,
	25, 5, 0, 0, 0, 0, 0x07, 0x08,
	0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x53,
	0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x54,
};

TEST(advertisement)
{
	struct ra ra = { .lifetime = 1800, .mtu = 1400, .dns_n = 2 };
	uint8_t out[RA_MAX];

	inet_pton(AF_INET6, "2001:db8:1:2:ffff::1", &ra.prefix);
	inet_pton(AF_INET6, "2001:db8::53", &ra.dns[0]);
	inet_pton(AF_INET6, "2001:db8::54", &ra.dns[1]);
	ASSERT_EQ(RA_MAX, sizeof(full));
	ASSERT_EQ(sizeof(full), ra_build(&ra, out));
	EXPECT_EQ(0, memcmp(full, out, sizeof(full)));
	ra.other = true;
	ra_build(&ra, out);
	EXPECT_EQ(0x40, out[5]);
	out[5] = 0;
	EXPECT_EQ(0, memcmp(full, out, sizeof(full)));
}

/* The last one of a session: nothing is good any more; no servers. */
TEST(last_advertisement)
{
	struct ra ra = { .mtu = 1280 };
	uint8_t out[RA_MAX];

	ASSERT_EQ(56, ra_build(&ra, out));
	EXPECT_EQ(0, out[6] | out[7]);
	EXPECT_EQ(0, out[20] | out[21] | out[22] | out[23]);
	EXPECT_EQ(5, out[48]);
	EXPECT_EQ(0x05, out[54]);
	EXPECT_EQ(0x00, out[55]);
}

static const struct {
	uint8_t data[24];
	size_t len;
	int hops;
	bool unspecified;
	bool counts;
} solicitations[] = {
	/* 0 */ { { 133 }, 8, 255, false, true },
	/* 1 */ { { 133 }, 8, 255, true, true },
	/* 2 */ { { 133 }, 7, 255, false, false },
	/* 3 */ { { 133 }, 8, 254, false, false },
	/* 4 */ { { 134 }, 8, 255, false, false },
	/* 5 */ { { 133, 1 }, 8, 255, false, false },
	/* 6 */ { { 133, 0, 0, 0, 0, 0, 0, 0, 1, 1 }, 16, 255, false, true },
	/* 7 */ { { 133, 0, 0, 0, 0, 0, 0, 0, 1, 1 }, 16, 255, true, false },
	/* 8 */ { { 133, 0, 0, 0, 0, 0, 0, 0, 9, 1 }, 16, 255, true, true },
	/* 9 */ { { 133, 0, 0, 0, 0, 0, 0, 0, 9, 0 }, 16, 255, false, false },
	/* 10 */ { { 133, 0, 0, 0, 0, 0, 0, 0, 9, 2 }, 16, 255, false, false },
	/* 11 */ { { 133, 0, 0, 0, 0, 0, 0, 0, 9, 2 }, 24, 255, false, true },
	/* 12 */ { { 133, 0, 0, 0, 0, 0, 0, 0, 9, 1, 0, 0, 0, 0, 0, 0, 1 }, 17, 255, false, false },
	/* 13 */ { { 133, 0, 0, 0, 0, 0, 0, 0, 9, 1, 0, 0, 0, 0, 0, 0, 1, 1 }, 24, 255, true,
		   false },
};

/* Each in a block of its own, so that ASan sees a step past its end. */
TEST(solicitation)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(solicitations); i++) {
		uint8_t *data = malloc(solicitations[i].len);

		memcpy(data, solicitations[i].data, solicitations[i].len);
		EXPECT_EQ(solicitations[i].counts,
			  ra_is_solicitation(data, solicitations[i].len, solicitations[i].hops,
					     solicitations[i].unspecified)) TH_LOG("case %zu", i);
		free(data);
	}
}

TEST_HARNESS_MAIN
