// SPDX-License-Identifier: GPL-2.0-or-later
#include "kselftest_harness.h"

#include "ppp_peer.h"
#include "proto/ipcp.h"

#define LOCAL	10, 9, 0, 1
#define REMOTE	10, 9, 0, 7
#define ZERO	0, 0, 0, 0

FIXTURE(ipcp) {
	struct ipcp ipcp;
	struct ppp_addresses addr;
	struct ppp_actions *acts;
};

static void start(struct _test_data_ipcp *self)
{
	self->acts->n = 0;
	ipcp_init(&self->ipcp, &peer_cp_config);
	ipcp_set_addresses(&self->ipcp, &self->addr);
	ppp_cp_event(&self->ipcp.cp, PPP_FSM_OPEN, 0, self->acts);
	ppp_cp_event(&self->ipcp.cp, PPP_FSM_UP, 0, self->acts);
}

FIXTURE_SETUP(ipcp)
{
	self->acts = calloc(1, sizeof(*self->acts));
	ASSERT_NE(NULL, self->acts);
	self->addr = (struct ppp_addresses){
		.local.s_addr = htonl(0x0a090001),
		.remote.s_addr = htonl(0x0a090007),
		.dns[0].s_addr = htonl(0x0a090035),
		.dns[1].s_addr = htonl(0x0a090036),
		.wins[0].s_addr = htonl(0x0a090050),
		.wins[1].s_addr = htonl(0x0a090051),
	};
	start(self);
}

FIXTURE_TEARDOWN(ipcp)
{
	free(self->acts);
}

static unsigned int say(struct _test_data_ipcp *self, uint8_t code, uint8_t id,
			const uint8_t *data, size_t len)
{
	self->acts->n = 0;
	return ppp_cp_input(&self->ipcp.cp, peer_packet(code, id, data, len), 0,
			    self->acts);
}

static bool sent(struct _test_data_ipcp *self, uint8_t code, int id,
		 const uint8_t *data, size_t len)
{
	return peer_gets(self->acts, 0, IPCP_PROTOCOL, code, id, data, len);
}

#define ALL_ZERO \
	3, 6, ZERO, 129, 6, ZERO, 130, 6, ZERO, 131, 6, ZERO, 132, 6, ZERO
#define ALL_RIGHT \
	3, 6, REMOTE, 129, 6, 10, 9, 0, 0x35, 130, 6, 10, 9, 0, 0x50, \
	131, 6, 10, 9, 0, 0x36, 132, 6, 10, 9, 0, 0x51

TEST_F(ipcp, everything_in_one_nak)
{
	EXPECT_TRUE(sent(self, 1, 0, BYTES(3, 6, LOCAL)));
	say(self, 1, 1, BYTES(ALL_ZERO));
	EXPECT_TRUE(sent(self, 3, 1, BYTES(ALL_RIGHT)));
	say(self, 1, 2, BYTES(ALL_RIGHT));
	EXPECT_TRUE(sent(self, 2, 2, BYTES(ALL_RIGHT)));
	EXPECT_EQ(PPP_FSM_IRC | PPP_FSM_TLU, say(self, 2, 0, BYTES(3, 6, LOCAL)));
	EXPECT_EQ(htonl(0x0a090007), self->ipcp.remote.s_addr);
}

TEST_F(ipcp, servers_that_we_have_not)
{
	memset(self->addr.wins, 0, sizeof(self->addr.wins));
	self->addr.dns[1].s_addr = 0;
	start(self);
	say(self, 1, 1, BYTES(ALL_ZERO));
	EXPECT_TRUE(sent(self, 4, 1, BYTES(130, 6, ZERO, 131, 6, ZERO,
					   132, 6, ZERO)));
	say(self, 1, 2, BYTES(3, 6, ZERO, 129, 6, ZERO));
	EXPECT_TRUE(sent(self, 3, 2, BYTES(3, 6, REMOTE, 129, 6, 10, 9, 0, 0x35)));
}

TEST_F(ipcp, rejected_options)
{
	say(self, 1, 1, BYTES(3, 6, REMOTE, 2, 6, 0, 0x2d, 15, 1));
	EXPECT_TRUE(sent(self, 4, 1, BYTES(2, 6, 0, 0x2d, 15, 1)));
	say(self, 1, 2, BYTES(1, 10, REMOTE, LOCAL));
	EXPECT_TRUE(sent(self, 4, 2, BYTES(1, 10, REMOTE, LOCAL)));
	say(self, 1, 3, BYTES(3, 6, REMOTE, 4, 6, ZERO, 144, 6, ZERO));
	EXPECT_TRUE(sent(self, 4, 3, BYTES(4, 6, ZERO, 144, 6, ZERO)));
}

/* Zero is never acknowledged, nor is another's address, however often asked. */
TEST_F(ipcp, wrong_addresses)
{
	uint8_t id;

	for (id = 0; id < 20; id++) {
		say(self, 1, id, BYTES(3, 6, 10, 9, 0, id & 1 ? 8 : 1));
		EXPECT_TRUE(sent(self, 3, id, BYTES(3, 6, REMOTE)));
		say(self, 1, id, BYTES(3, 6, ZERO));
		EXPECT_TRUE(sent(self, 3, id, BYTES(3, 6, REMOTE)));
		say(self, 1, id, NOTHING);
		EXPECT_TRUE(sent(self, 3, id, BYTES(3, 6, REMOTE)));
		say(self, 1, id, BYTES(3, 2));
		EXPECT_TRUE(sent(self, 3, id, BYTES(3, 6, REMOTE)));
	}
}

TEST_F(ipcp, address_that_was_left_out)
{
	say(self, 1, 1, BYTES(129, 6, ZERO));
	EXPECT_TRUE(sent(self, 3, 1, BYTES(129, 6, 10, 9, 0, 0x35, 3, 6, REMOTE)));
}

static const struct {
	uint8_t addr[4];
	bool ok;
} chosen[] = {
	{ { 10, 9, 0, 99 }, true }, { { 192, 168, 1, 1 }, true },
	{ { 223, 255, 255, 1 }, true },
	{ { 0, 0, 0, 0 }, false }, { { 0, 1, 2, 3 }, false },
	{ { 127, 0, 0, 1 }, false }, { { 224, 0, 0, 1 }, false },
	{ { 255, 255, 255, 255 }, false }, { { LOCAL }, false },
};

TEST_F(ipcp, peer_may_choose)
{
	uint8_t option[6] = { 3, 6 };
	size_t i;

	self->addr.accept_peer_choice = true;
	for (i = 0; i < ARRAY_SIZE(chosen); i++) {
		start(self);
		memcpy(option + 2, chosen[i].addr, 4);
		say(self, 1, i, option, sizeof(option));
		if (chosen[i].ok) {
			EXPECT_TRUE(sent(self, 2, i, option, 6))
				TH_LOG("address %zu", i);
		} else {
			EXPECT_TRUE(sent(self, 3, i, BYTES(3, 6, REMOTE)))
				TH_LOG("address %zu", i);
		}
		EXPECT_EQ(chosen[i].ok, self->ipcp.remote.s_addr &&
			  !memcmp(&self->ipcp.remote, chosen[i].addr, 4));
	}
}

/* A server that the peer insists on against ours is rejected in the end. */
TEST_F(ipcp, stubborn_about_dns)
{
	uint8_t id;

	for (id = 0; id < 5; id++) {
		say(self, 1, id, BYTES(3, 6, REMOTE, 129, 6, 8, 8, 8, 8));
		EXPECT_TRUE(sent(self, 3, id, BYTES(129, 6, 10, 9, 0, 0x35)));
	}
	say(self, 1, id, BYTES(3, 6, REMOTE, 129, 6, 8, 8, 8, 8));
	EXPECT_TRUE(sent(self, 4, id, BYTES(129, 6, 8, 8, 8, 8)));
}

TEST_F(ipcp, our_own_address)
{
	say(self, 3, 0, BYTES(3, 6, 1, 2, 3, 4));
	EXPECT_TRUE(sent(self, 1, 1, BYTES(3, 6, LOCAL)));
	say(self, 4, 1, BYTES(3, 6, LOCAL));
	EXPECT_TRUE(sent(self, 1, 2, NOTHING));
	say(self, 1, 1, BYTES(3, 6, REMOTE));
	EXPECT_EQ(PPP_FSM_IRC | PPP_FSM_TLU, say(self, 2, 2, NOTHING));
}

TEST_F(ipcp, lcp_codes_are_unknown_here)
{
	say(self, PPP_CODE_ECHO_REQ, 3, BYTES(0, 0, 0, 0));
	EXPECT_TRUE(sent(self, 7, ANY_ID, BYTES(9, 3, 0, 8, 0, 0, 0, 0)));
}

TEST_HARNESS_MAIN
