// SPDX-License-Identifier: GPL-2.0-or-later
#include "kselftest_harness.h"

#include "ppp_peer.h"
#include "proto/ipcp.h"

#define LOCAL	"0a090001"
#define REMOTE	"0a090007"
#define ZERO	"00000000"

FIXTURE(ipcp) {
	struct ipcp ipcp;
	struct ppp_addresses addr;
	struct ppp_actions *acts;
};

static void start(struct _test_data_ipcp *self)
{
	self->acts->n = 0;
	ipcp_init(&self->ipcp, &peer_cp_config, NULL);
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
			const char *hex)
{
	self->acts->n = 0;
	return ppp_cp_input(&self->ipcp.cp, peer_packet_hex(code, id, hex, NULL),
			    0, self->acts);
}

static bool sent(struct _test_data_ipcp *self, uint8_t code, int id,
		 const char *hex)
{
	return peer_gets_hex(self->acts, 0, IPCP_PROTOCOL, code, id, hex, NULL);
}

#define ALL_ZERO \
	"0306" ZERO "8106" ZERO "8206" ZERO "8306" ZERO "8406" ZERO
#define ALL_RIGHT \
	"0306" REMOTE "81060a09003582060a09005083060a09003684060a090051"

TEST_F(ipcp, everything_in_one_nak)
{
	EXPECT_TRUE(sent(self, 1, 0, "0306" LOCAL));
	say(self, 1, 1, ALL_ZERO);
	EXPECT_TRUE(sent(self, 3, 1, ALL_RIGHT));
	say(self, 1, 2, ALL_RIGHT);
	EXPECT_TRUE(sent(self, 2, 2, ALL_RIGHT));
	EXPECT_EQ(PPP_FSM_IRC | PPP_FSM_TLU, say(self, 2, 0, "0306" LOCAL));
	EXPECT_EQ(htonl(0x0a090007), self->ipcp.remote.s_addr);
}

TEST_F(ipcp, servers_that_we_have_not)
{
	memset(self->addr.wins, 0, sizeof(self->addr.wins));
	self->addr.dns[1].s_addr = 0;
	start(self);
	say(self, 1, 1, ALL_ZERO);
	EXPECT_TRUE(sent(self, 4, 1, "8206" ZERO "8306" ZERO "8406" ZERO));
	say(self, 1, 2, "0306" ZERO "8106" ZERO);
	EXPECT_TRUE(sent(self, 3, 2, "0306" REMOTE "81060a090035"));
}

TEST_F(ipcp, rejected_options)
{
	say(self, 1, 1, "0306" REMOTE "0206002d0f01");
	EXPECT_TRUE(sent(self, 4, 1, "0206002d0f01"));
	say(self, 1, 2, "010a" REMOTE LOCAL);
	EXPECT_TRUE(sent(self, 4, 2, "010a" REMOTE LOCAL));
	say(self, 1, 3, "0306" REMOTE "0406" ZERO "9006" ZERO);
	EXPECT_TRUE(sent(self, 4, 3, "0406" ZERO "9006" ZERO));
}

/* Zero is never acknowledged, nor is another's address, however often asked. */
TEST_F(ipcp, wrong_addresses)
{
	uint8_t id;

	for (id = 0; id < 20; id++) {
		say(self, 1, id, id & 1 ? "03060a090008" : "0306" LOCAL);
		EXPECT_TRUE(sent(self, 3, id, "0306" REMOTE));
		say(self, 1, id, "0306" ZERO);
		EXPECT_TRUE(sent(self, 3, id, "0306" REMOTE));
		say(self, 1, id, "");
		EXPECT_TRUE(sent(self, 3, id, "0306" REMOTE));
		say(self, 1, id, "0302");
		EXPECT_TRUE(sent(self, 3, id, "0306" REMOTE));
	}
}

/* Not even when whoever gives addresses has given that one. */
TEST_F(ipcp, no_address_is_no_address)
{
	self->addr.remote.s_addr = 0;
	start(self);
	say(self, 1, 1, "0306" ZERO);
	EXPECT_TRUE(sent(self, 3, 1, "0306" ZERO));
}

TEST_F(ipcp, address_that_was_left_out)
{
	say(self, 1, 1, "8106" ZERO);
	EXPECT_TRUE(sent(self, 3, 1, "81060a0900350306" REMOTE));
}

static const struct {
	uint8_t addr[4];
	bool ok;
} chosen[] = {
	{ { 10, 9, 0, 99 }, true }, { { 192, 168, 1, 1 }, true },
	{ { 223, 255, 255, 1 }, true },
	{ { 0, 0, 0, 0 }, false }, { { 0, 1, 2, 3 }, false },
	{ { 127, 0, 0, 1 }, false }, { { 224, 0, 0, 1 }, false },
	{ { 255, 255, 255, 255 }, false }, { { 10, 9, 0, 1 }, false },
};

TEST_F(ipcp, peer_may_choose)
{
	char option[13];
	const uint8_t *p;
	size_t i;

	self->addr.accept_peer_choice = true;
	for (i = 0; i < ARRAY_SIZE(chosen); i++) {
		start(self);
		p = chosen[i].addr;
		snprintf(option, sizeof(option), "0306%02x%02x%02x%02x", p[0],
			 p[1], p[2], p[3]);
		say(self, 1, i, option);
		if (chosen[i].ok) {
			EXPECT_TRUE(sent(self, 2, i, option))
				TH_LOG("address %zu", i);
		} else {
			EXPECT_TRUE(sent(self, 3, i, "0306" REMOTE))
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
		say(self, 1, id, "0306" REMOTE "810608080808");
		EXPECT_TRUE(sent(self, 3, id, "81060a090035"));
	}
	say(self, 1, id, "0306" REMOTE "810608080808");
	EXPECT_TRUE(sent(self, 4, id, "810608080808"));
}

TEST_F(ipcp, our_own_address)
{
	say(self, 3, 0, "030601020304");
	EXPECT_TRUE(sent(self, 1, 1, "0306" LOCAL));
	say(self, 4, 1, "0306" LOCAL);
	EXPECT_TRUE(sent(self, 1, 2, ""));
	say(self, 1, 1, "0306" REMOTE);
	EXPECT_EQ(PPP_FSM_IRC | PPP_FSM_TLU, say(self, 2, 2, ""));
}

TEST_F(ipcp, lcp_codes_are_unknown_here)
{
	say(self, PPP_CODE_ECHO_REQ, 3, "00000000");
	EXPECT_TRUE(sent(self, 7, ANY_ID, "0903000800000000"));
}

static void take(struct _test_data_ipcp *self, const struct ppp_wish *wish)
{
	self->acts->n = 0;
	ipcp_init(&self->ipcp, &peer_cp_config, wish);
	ppp_cp_event(&self->ipcp.cp, PPP_FSM_OPEN, 0, self->acts);
	ppp_cp_event(&self->ipcp.cp, PPP_FSM_UP, 0, self->acts);
}

static const struct ppp_wish all = { .dns = true, .wins = true };

/* A client that has nothing and asks for everything. */
TEST_F(ipcp, takes_everything)
{
	take(self, &all);
	EXPECT_TRUE(sent(self, 1, 0, ALL_ZERO));
	say(self, 3, 0, ALL_RIGHT);
	EXPECT_TRUE(sent(self, 1, 1, ALL_RIGHT));
	say(self, 1, 9, "0306" LOCAL);
	EXPECT_TRUE(sent(self, 2, 9, "0306" LOCAL));
	EXPECT_EQ(PPP_FSM_IRC | PPP_FSM_TLU, say(self, 2, 1, ALL_RIGHT));
	EXPECT_EQ(htonl(0x0a090007), self->ipcp.addr.local.s_addr);
	EXPECT_EQ(htonl(0x0a090001), self->ipcp.remote.s_addr);
	EXPECT_EQ(htonl(0x0a090035), self->ipcp.addr.dns[0].s_addr);
	EXPECT_EQ(htonl(0x0a090036), self->ipcp.addr.dns[1].s_addr);
	EXPECT_EQ(htonl(0x0a090050), self->ipcp.addr.wins[0].s_addr);
	EXPECT_EQ(htonl(0x0a090051), self->ipcp.addr.wins[1].s_addr);
	EXPECT_EQ(PPP_END_NONE, self->ipcp.cp.fail);
}

/* MikroTik has no WINS; some have no DNS either. The address is enough. */
TEST_F(ipcp, takes_what_there_is)
{
	take(self, &all);
	say(self, 4, 0, "8206" ZERO "8406" ZERO);
	EXPECT_TRUE(sent(self, 1, 1, "0306" ZERO "8106" ZERO "8306" ZERO));
	say(self, 3, 1, "0306" REMOTE "81060a090035");
	EXPECT_TRUE(sent(self, 1, 2, "0306" REMOTE "81060a0900358306" ZERO));
	say(self, 4, 2, "81060a0900358306" ZERO);
	EXPECT_TRUE(sent(self, 1, 3, "0306" REMOTE));
	say(self, 2, 3, "0306" REMOTE);
	EXPECT_EQ(0, self->ipcp.addr.dns[0].s_addr);
	EXPECT_EQ(PPP_END_NONE, self->ipcp.cp.fail);
}

TEST_F(ipcp, asks_for_no_more_than_it_wants)
{
	const struct ppp_wish wish = { .local.s_addr = htonl(0x0a090007) };

	take(self, &wish);
	EXPECT_TRUE(sent(self, 1, 0, "0306" REMOTE));
	say(self, 3, 0, "03060a090008");
	EXPECT_TRUE(sent(self, 1, 1, "03060a090008"));
	/* What no host may have is not taken. */
	say(self, 3, 1, "03067f000001");
	EXPECT_TRUE(sent(self, 1, 2, "03060a090008"));
}

TEST_F(ipcp, is_given_no_address)
{
	take(self, &all);
	say(self, 4, 0, "0306" ZERO);
	EXPECT_EQ(PPP_END_NO_ADDRESS, self->ipcp.cp.fail);
	take(self, &all);
	say(self, 2, 0, ALL_ZERO);
	EXPECT_EQ(PPP_END_NO_ADDRESS, self->ipcp.cp.fail);
}

/* The server's end may be unnumbered, or want to be told its address. */
TEST_F(ipcp, addresses_of_a_server)
{
	struct ppp_wish wish = all;

	take(self, &wish);
	say(self, 1, 1, "");
	EXPECT_TRUE(sent(self, 2, 1, ""));
	EXPECT_EQ(0, self->ipcp.remote.s_addr);
	say(self, 1, 2, "0306" ZERO);
	EXPECT_TRUE(sent(self, 4, 2, "0306" ZERO));
	say(self, 1, 3, "8106" ZERO "0206002d0f01");
	EXPECT_TRUE(sent(self, 4, 3, "8106" ZERO "0206002d0f01"));
	say(self, 3, 0, "0306" REMOTE);
	say(self, 1, 4, "0306" REMOTE);
	EXPECT_TRUE(sent(self, 4, 4, "0306" REMOTE));
	wish.remote.s_addr = htonl(0x0a090001);
	take(self, &wish);
	say(self, 1, 1, "0306" ZERO);
	EXPECT_TRUE(sent(self, 3, 1, "0306" LOCAL));
	say(self, 1, 2, "0306" LOCAL);
	EXPECT_TRUE(sent(self, 2, 2, "0306" LOCAL));
}

/* Renumbered while open, and again after the layer below began anew. */
TEST_F(ipcp, is_given_another_address)
{
	const struct ppp_wish wish = { .dns = false };

	take(self, &wish);
	say(self, 3, 0, "0306" REMOTE);
	say(self, 1, 1, "0306" LOCAL);
	EXPECT_TRUE(say(self, 2, 1, "0306" REMOTE) & PPP_FSM_TLU);
	EXPECT_TRUE(say(self, 1, 2, "0306" LOCAL) & PPP_FSM_TLD);
	EXPECT_TRUE(sent(self, 1, 2, "0306" REMOTE));
	say(self, 3, 2, "03060a090063");
	EXPECT_TRUE(sent(self, 1, 3, "03060a090063"));
	EXPECT_TRUE(say(self, 2, 3, "03060a090063") & PPP_FSM_TLU);
	EXPECT_EQ(htonl(0x0a090063), self->ipcp.addr.local.s_addr);
	ppp_cp_event(&self->ipcp.cp, PPP_FSM_DOWN, 0, self->acts);
	ipcp_reset(&self->ipcp);
	self->acts->n = 0;
	ppp_cp_event(&self->ipcp.cp, PPP_FSM_UP, 0, self->acts);
	EXPECT_TRUE(sent(self, 1, 4, "03060a090063"));
}

TEST_F(ipcp, unnumbered)
{
	self->addr.local.s_addr = 0;
	start(self);
	EXPECT_TRUE(sent(self, 1, 0, ""));
}

TEST_HARNESS_MAIN
