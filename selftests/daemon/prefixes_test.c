// SPDX-License-Identifier: GPL-2.0-or-later
#include <arpa/inet.h>
#include <string.h>

#include "daemon/prefixes.h"
#include "kselftest_harness.h"

static struct in6_addr at(const char *text)
{
	struct in6_addr address;

	inet_pton(AF_INET6, text, &address);
	return address;
}

static bool takes(struct prefixes *prefixes, const char *want)
{
	struct in6_addr network, expected = at(want);

	return prefixes_take(prefixes, &network) &&
	       !memcmp(&network, &expected, sizeof(network));
}

TEST(each_once)
{
	struct in6_addr base = at("2001:db8:0:fffc::"), network;
	struct prefixes *prefixes = prefixes_new(&base, 62);

	ASSERT_NE(NULL, prefixes);
	EXPECT_TRUE(takes(prefixes, "2001:db8:0:fffc::"));
	EXPECT_TRUE(takes(prefixes, "2001:db8:0:fffd::"));
	network = at("2001:db8:0:fffc::");
	prefixes_release(prefixes, &network);
	EXPECT_TRUE(takes(prefixes, "2001:db8:0:fffe::"));
	EXPECT_TRUE(takes(prefixes, "2001:db8:0:ffff::"));
	EXPECT_TRUE(takes(prefixes, "2001:db8:0:fffc::"));
	EXPECT_FALSE(prefixes_take(prefixes, &network));
	prefixes_free(prefixes);
}

/* What a new set of them does for sessions of the old one. */
TEST(claims)
{
	struct in6_addr base = at("2001:db8:1::"), network;
	struct prefixes *prefixes = prefixes_new(&base, 63);

	ASSERT_NE(NULL, prefixes);
	network = at("2001:db8:1:1::");
	EXPECT_TRUE(prefixes_claim(prefixes, &network));
	EXPECT_FALSE(prefixes_claim(prefixes, &network));
	network = at("2001:db8:1:2::");
	EXPECT_FALSE(prefixes_claim(prefixes, &network));
	network = at("2001:db8:0:ffff::");
	EXPECT_FALSE(prefixes_claim(prefixes, &network));
	prefixes_release(prefixes, &network);
	EXPECT_TRUE(takes(prefixes, "2001:db8:1::"));
	EXPECT_FALSE(prefixes_take(prefixes, &network));
	prefixes_free(prefixes);
}

TEST(one_and_all)
{
	struct in6_addr base = at("2001:db8:2:3::"), network;
	struct prefixes *prefixes = prefixes_new(&base, 64);
	unsigned int i;

	ASSERT_NE(NULL, prefixes);
	EXPECT_TRUE(takes(prefixes, "2001:db8:2:3::"));
	EXPECT_FALSE(prefixes_take(prefixes, &network));
	prefixes_free(prefixes);
	base = at("2001:db8:3::");
	prefixes = prefixes_new(&base, 48);
	ASSERT_NE(NULL, prefixes);
	for (i = 0; i < 65536; i++)
		ASSERT_TRUE(prefixes_take(prefixes, &network));
	base = at("2001:db8:3:ffff::");
	EXPECT_EQ(0, memcmp(&base, &network, sizeof(base)));
	EXPECT_FALSE(prefixes_take(prefixes, &network));
	prefixes_free(prefixes);
}

TEST_HARNESS_MAIN
