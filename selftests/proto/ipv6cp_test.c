// SPDX-License-Identifier: GPL-2.0-or-later
#include "kselftest_harness.h"

#include "ppp_peer.h"
#include "proto/ipv6cp.h"

#define OURS	"010a0200000000000001"
#define THEIRS	"010a0200000000000002"
#define ZERO	"010a0000000000000000"

static const uint8_t none[PPP_IFID_LEN];
static const uint8_t ours[PPP_IFID_LEN] = { 2, 0, 0, 0, 0, 0, 0, 1 };

FIXTURE(ipv6cp) {
	struct ppp_rand rand;
	struct ipv6cp ipv6cp;
	struct ppp_actions *acts;
};

static void start(struct _test_data_ipv6cp *self, const uint8_t *local,
		  const uint8_t *wanted)
{
	static const uint8_t seed[32] = { 7 };

	self->acts->n = 0;
	ppp_rand_init(&self->rand, seed);
	ipv6cp_init(&self->ipv6cp, &peer_cp_config, local, wanted, &self->rand);
	ppp_cp_event(&self->ipv6cp.cp, PPP_FSM_OPEN, 0, self->acts);
	ppp_cp_event(&self->ipv6cp.cp, PPP_FSM_UP, 0, self->acts);
}

FIXTURE_SETUP(ipv6cp)
{
	self->acts = calloc(1, sizeof(*self->acts));
	ASSERT_NE(NULL, self->acts);
	start(self, ours, none);
}

FIXTURE_TEARDOWN(ipv6cp)
{
	free(self->acts);
}

static unsigned int say(struct _test_data_ipv6cp *self, uint8_t code,
			uint8_t id, const char *hex)
{
	self->acts->n = 0;
	return ppp_cp_input(&self->ipv6cp.cp, peer_packet_hex(code, id, hex, NULL),
			    0, self->acts);
}

static bool sent(struct _test_data_ipv6cp *self, uint8_t code, int id,
		 const char *hex)
{
	return peer_gets_hex(self->acts, 0, IPV6CP_PROTOCOL, code, id, hex, NULL);
}

/* A Nak with an identifier that is neither zero nor one of the two? */
static bool suggested(struct _test_data_ipv6cp *self, const uint8_t *not_this)
{
	const uint8_t *p = self->acts->act[0].send.data;

	return self->acts->n && self->acts->act[0].send.len == 6 + 10 &&
	       p[2] == 3 && p[6] == 1 && p[7] == 10 && !(p[8] & 2) &&
	       memcmp(p + 8, none, PPP_IFID_LEN) &&
	       memcmp(p + 8, not_this, PPP_IFID_LEN);
}

TEST_F(ipv6cp, both_have_one)
{
	EXPECT_TRUE(sent(self, 1, 0, OURS));
	say(self, 1, 1, THEIRS);
	EXPECT_TRUE(sent(self, 2, 1, THEIRS));
	EXPECT_EQ(PPP_FSM_IRC | PPP_FSM_TLU, say(self, 2, 0, OURS));
	EXPECT_EQ(2, self->ipv6cp.remote[7]);
	EXPECT_EQ(1, self->ipv6cp.local[7]);
}

TEST_F(ipv6cp, drawn_at_random)
{
	uint8_t first[PPP_IFID_LEN];

	start(self, none, none);
	memcpy(first, self->ipv6cp.local, PPP_IFID_LEN);
	EXPECT_NE(0, memcmp(first, none, PPP_IFID_LEN));
	EXPECT_EQ(0, first[0] & 2);
	EXPECT_EQ(0, memcmp(first, self->acts->act[0].send.data + 8,
			    PPP_IFID_LEN));
}

/* RFC 5072 section 4.1: zero, and the same as ours, are answered by another. */
TEST_F(ipv6cp, zero_equal_and_missing)
{
	say(self, 1, 1, ZERO);
	EXPECT_TRUE(suggested(self, ours));
	say(self, 1, 2, OURS);
	EXPECT_TRUE(suggested(self, ours));
	say(self, 1, 3, "");
	EXPECT_TRUE(suggested(self, ours));
	say(self, 1, 4, "010602000000");
	EXPECT_TRUE(suggested(self, ours));
	EXPECT_FALSE(self->ipv6cp.cp.hopeless);
}

TEST_F(ipv6cp, given)
{
	static const uint8_t theirs[PPP_IFID_LEN] = { 2, 0, 0, 0, 0, 0, 0, 2 };

	start(self, ours, theirs);
	say(self, 1, 1, "010a0200000000000003");
	EXPECT_TRUE(sent(self, 3, 1, THEIRS));
	say(self, 1, 2, ZERO);
	EXPECT_TRUE(sent(self, 3, 2, THEIRS));
	say(self, 1, 3, THEIRS);
	EXPECT_TRUE(sent(self, 2, 3, THEIRS));
}

/* Compression of headers and everything unknown goes before Naks. */
TEST_F(ipv6cp, other_options)
{
	say(self, 1, 1, ZERO "0204004f6302");
	EXPECT_TRUE(sent(self, 4, 1, "0204004f6302"));
	say(self, 1, 2, THEIRS);
	EXPECT_TRUE(sent(self, 2, 2, THEIRS));
}

/* What is configured stays, what was drawn may be replaced. */
TEST_F(ipv6cp, naks_of_ours)
{
	uint8_t first[PPP_IFID_LEN];

	say(self, 3, 0, "010a0000000000000009");
	EXPECT_TRUE(sent(self, 1, 1, OURS));
	start(self, none, none);
	say(self, 3, 0, "010a0000000000000009");
	EXPECT_TRUE(sent(self, 1, 1, "010a0000000000000009"));
	/* The same again, zero, and what the peer has itself: drawn anew. */
	say(self, 3, 1, "010a0000000000000009");
	EXPECT_NE(9, self->ipv6cp.local[7]);
	memcpy(first, self->ipv6cp.local, PPP_IFID_LEN);
	say(self, 3, 2, ZERO);
	EXPECT_NE(0, memcmp(first, self->ipv6cp.local, PPP_IFID_LEN));
	EXPECT_NE(0, memcmp(none, self->ipv6cp.local, PPP_IFID_LEN));
	say(self, 1, 7, THEIRS);
	say(self, 3, 3, THEIRS);
	EXPECT_NE(0, memcmp(self->ipv6cp.remote, self->ipv6cp.local,
			    PPP_IFID_LEN));
}

TEST_F(ipv6cp, rejected)
{
	say(self, 4, 0, OURS);
	EXPECT_TRUE(self->ipv6cp.cp.hopeless);
}

/* A peer that never has one is told so five times. */
TEST_F(ipv6cp, stubborn_peer)
{
	uint8_t id;

	for (id = 0; id < 5; id++) {
		say(self, 1, id, ZERO);
		EXPECT_FALSE(self->ipv6cp.cp.hopeless);
	}
	say(self, 1, id, ZERO);
	EXPECT_TRUE(self->ipv6cp.cp.hopeless);
	start(self, ours, none);
	for (id = 0; id < 6; id++)
		say(self, 1, id, "");
	EXPECT_TRUE(self->ipv6cp.cp.hopeless);
	ipv6cp_reset(&self->ipv6cp);
	EXPECT_FALSE(self->ipv6cp.cp.hopeless);
}

TEST_HARNESS_MAIN
