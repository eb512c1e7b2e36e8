// SPDX-License-Identifier: GPL-2.0-or-later
#include "kselftest_harness.h"

#include "ppp_peer.h"
#include "proto/ccp.h"

#define H	0x01
#define M	0x80
#define S	0x40
#define L	0x20
#define D	0x10
#define C	0x01

FIXTURE(ccp) {
	struct ccp ccp;
	struct ppp_actions *acts;
};

static void start(struct _test_data_ccp *self, uint32_t allowed, bool stateful,
		  bool required)
{
	const struct ccp_config cfg = {
		.allowed = allowed,
		.stateful = stateful ? CCP_STATEFUL_ALLOW : CCP_STATEFUL_DENY,
		.required = required,
	};

	self->acts->n = 0;
	ccp_init(&self->ccp, &peer_cp_config, &cfg);
	ccp_reset(&self->ccp, CCP_MPPE_STRENGTHS);
	ppp_cp_event(&self->ccp.cp, PPP_FSM_UP, 0, self->acts);
	ppp_cp_event(&self->ccp.cp, PPP_FSM_OPEN, 0, self->acts);
}

FIXTURE_SETUP(ccp)
{
	self->acts = calloc(1, sizeof(*self->acts));
	ASSERT_NE(NULL, self->acts);
}

FIXTURE_TEARDOWN(ccp)
{
	free(self->acts);
}

static unsigned int say(struct _test_data_ccp *self, uint8_t code, uint8_t id,
			const char *hex)
{
	self->acts->n = 0;
	return ppp_cp_input(&self->ccp.cp, peer_packet_hex(code, id, hex, NULL),
			    0, self->acts);
}

static void start_mppc(struct _test_data_ccp *self, uint32_t allowed)
{
	const struct ccp_config cfg = {
		.allowed = allowed,
		.required = true,
		.mppc = true,
	};

	self->acts->n = 0;
	ccp_init(&self->ccp, &peer_cp_config, &cfg);
	ccp_reset(&self->ccp, CCP_MPPE_STRENGTHS);
	ppp_cp_event(&self->ccp.cp, PPP_FSM_UP, 0, self->acts);
	ppp_cp_event(&self->ccp.cp, PPP_FSM_OPEN, 0, self->acts);
}

static bool sent(struct _test_data_ccp *self, uint8_t code, int id,
		 const char *hex)
{
	return peer_gets_hex(self->acts, 0, CCP_PROTOCOL, code, id, hex, NULL);
}

/* First requests that were seen, and what a server of some policy says. */
static const struct {
	const char *what;
	uint32_t allowed;
	bool stateful;
	uint8_t h, bits;		/* asked for */
	uint8_t code;
	uint8_t answer_h, answer_bits;
} requests[] = {
	{ "exact", CCP_MPPE_128, false, H, S, 2, H, S },
	{ "Windows XP", CCP_MPPE_128, false, H, M | S | L | C, 3, H, S },
	{ "Windows 7", CCP_MPPE_128, false, H, M | S | L, 3, H, S },
	{ "Windows 10", CCP_MPPE_128, false, H, 0, 3, H, S },
	{ "Windows 7, no MPPE wanted", CCP_MPPE_128, false, 0, C, 3, H, S },
	{ "all zero, as a router asks", CCP_MPPE_128, false, 0, 0, 3, H, S },
	{ "macOS", CCP_MPPE_128 | CCP_MPPE_40, false, H, S | L, 3, H, S },
	{ "stateful", CCP_MPPE_128, false, 0, S, 3, H, S },
	{ "stateful, allowed", CCP_MPPE_128, true, 0, S, 2, 0, S },
	{ "stateless where both may be", CCP_MPPE_128, true, H, S, 2, H, S },
	{ "stateful and several", CCP_MPPE_128, true, 0, S | L, 3, 0, S },
	{ "40 bit, not allowed", CCP_MPPE_128, false, H, L, 3, H, S },
	{ "40 bit, allowed", CCP_MPPE_128 | CCP_MPPE_40, false, H, L, 2, H, L },
	{ "56 over 40", CCP_MPPE_56 | CCP_MPPE_40, false, H, M | L | S, 3, H, M },
	{ "compression with it", CCP_MPPE_128, false, H, S | C, 3, H, S },
	{ "obsolete bit", CCP_MPPE_128, false, H, S | D, 3, H, S },
	{ "bits that do not exist", CCP_MPPE_128, false, H | 2, S, 3, H, S },
};

TEST_F(ccp, requests)
{
	char ask[16], answer[16];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(requests); i++) {
		start(self, requests[i].allowed, requests[i].stateful, true);
		snprintf(ask, sizeof(ask), "1206%02x0000%02x", requests[i].h,
			 requests[i].bits);
		snprintf(answer, sizeof(answer), "1206%02x0000%02x",
			 requests[i].answer_h, requests[i].answer_bits);
		say(self, 1, 5, ask);
		EXPECT_TRUE(sent(self, requests[i].code, 5, answer))
			TH_LOG("%s", requests[i].what);
		EXPECT_EQ(PPP_END_NONE, self->ccp.cp.fail);
	}
}

/* The same with MPPC: it is taken with one strength, never by itself. */
static const struct {
	const char *what;
	uint8_t h, bits;		/* asked for */
	uint8_t code;
	uint8_t answer_h, answer_bits;
} mppc_requests[] = {
	{ "exact", H, S | C, 2, H, S | C },
	{ "without", H, S, 2, H, S },
	{ "Windows XP", H, M | S | L | C, 3, H, S | C },
	{ "Windows 7", H, M | S | L, 3, H, S },
	{ "Windows XP, no MPPE wanted", 0, C, 3, H, S | C },
	{ "Windows 10", H, 0, 3, H, S },
	{ "a strength that is not allowed", H, L | C, 3, H, S | C },
	{ "stateful", 0, S | C, 3, H, S | C },
	{ "obsolete bit", H, S | D | C, 3, H, S | C },
};

TEST_F(ccp, mppc_requests)
{
	char ask[16], answer[16];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(mppc_requests); i++) {
		start_mppc(self, CCP_MPPE_128);
		EXPECT_TRUE(sent(self, 1, 0, "120601000041"));
		snprintf(ask, sizeof(ask), "1206%02x0000%02x", mppc_requests[i].h,
			 mppc_requests[i].bits);
		snprintf(answer, sizeof(answer), "1206%02x0000%02x",
			 mppc_requests[i].answer_h, mppc_requests[i].answer_bits);
		say(self, 1, 5, ask);
		EXPECT_TRUE(sent(self, mppc_requests[i].code, 5, answer))
			TH_LOG("%s", mppc_requests[i].what);
		EXPECT_EQ(PPP_END_NONE, self->ccp.cp.fail);
	}
}

static bool opened(struct _test_data_ccp *self, bool tx, bool rx)
{
	return ccp_common(&self->ccp) == (CCP_MPPE_STATELESS | CCP_MPPE_128) &&
	       ccp_compress_tx(&self->ccp) == tx && ccp_compress_rx(&self->ccp) == rx;
}

/* Each direction has it or not; in another mode than that nothing differs. */
TEST_F(ccp, mppc_by_direction)
{
	start_mppc(self, CCP_MPPE_128);
	say(self, 2, 0, "120601000041");
	EXPECT_TRUE(say(self, 1, 1, "120601000041") & PPP_FSM_TLU);
	EXPECT_TRUE(opened(self, true, true));

	start_mppc(self, CCP_MPPE_128);
	say(self, 2, 0, "120601000041");
	EXPECT_TRUE(say(self, 1, 1, "120601000040") & PPP_FSM_TLU);
	EXPECT_TRUE(opened(self, false, true));
	EXPECT_FALSE(ccp_settle(&self->ccp));

	start_mppc(self, CCP_MPPE_128);
	say(self, 3, 0, "120601000040");
	EXPECT_TRUE(sent(self, 1, 1, "120601000040"));
	say(self, 2, 1, "120601000040");
	EXPECT_TRUE(say(self, 1, 1, "120601000041") & PPP_FSM_TLU);
	EXPECT_TRUE(opened(self, true, false));
	EXPECT_FALSE(ccp_settle(&self->ccp));
}

/* What the peer's request is without is nothing to ours. */
TEST_F(ccp, mppc_request_after_the_peers)
{
	start_mppc(self, CCP_MPPE_128 | CCP_MPPE_40);
	EXPECT_TRUE(sent(self, 1, 0, "120601000061"));
	say(self, 1, 1, "120601000020");
	EXPECT_TRUE(sent(self, 2, 1, "120601000020"));
	say(self, 3, 0, "120601000021");
	EXPECT_TRUE(sent(self, 1, 1, "120601000021"));
}

/* A Nak takes it away for good; it adds none, nor does one of no strength. */
TEST_F(ccp, mppc_and_naks)
{
	start_mppc(self, CCP_MPPE_128);
	say(self, 3, 0, "120600000001");
	EXPECT_TRUE(sent(self, 1, 1, "120601000041"));
	say(self, 3, 1, "120601000000");
	EXPECT_TRUE(sent(self, 1, 2, "120601000040"));
	say(self, 3, 2, "120601000041");
	EXPECT_TRUE(sent(self, 1, 3, "120601000040"));
	say(self, 1, 1, "");
	EXPECT_TRUE(sent(self, 3, 1, "120601000040"));

	start(self, CCP_MPPE_128, false, true);
	say(self, 3, 0, "120601000041");
	EXPECT_TRUE(sent(self, 1, 1, "120601000040"));
}

/* The prompt of a peer that asks for nothing is without. */
TEST_F(ccp, mppc_is_not_suggested)
{
	start_mppc(self, CCP_MPPE_128);
	say(self, 1, 1, "");
	EXPECT_TRUE(sent(self, 3, 1, "120601000040"));
}

/* Rejected with MPPC, MPPE is asked for once more without. */
TEST_F(ccp, mppc_rejected)
{
	start_mppc(self, CCP_MPPE_128);
	say(self, 4, 0, "120601000041");
	EXPECT_TRUE(sent(self, 1, 1, "120601000040"));
	EXPECT_EQ(PPP_END_NONE, self->ccp.cp.fail);
	say(self, 4, 1, "120601000040");
	EXPECT_EQ(PPP_END_MPPE_REFUSED, self->ccp.cp.fail);
}

/* Of what was agreed only compression may change while the link is open. */
TEST_F(ccp, mppc_renegotiation)
{
	start_mppc(self, CCP_MPPE_128 | CCP_MPPE_40);
	say(self, 3, 0, "120601000041");
	say(self, 2, 1, "120601000041");
	say(self, 1, 1, "120601000041");
	EXPECT_TRUE(opened(self, true, true));
	say(self, 1, 2, "120601000021");
	EXPECT_TRUE(peer_gets_hex(self->acts, 0, CCP_PROTOCOL, 1, 2, "120601000041", NULL));
	EXPECT_TRUE(peer_gets_hex(self->acts, 1, CCP_PROTOCOL, 3, 2, "120601000041", NULL));
	say(self, 1, 3, "120601000040");
	EXPECT_TRUE(sent(self, 2, 3, "120601000040"));
	EXPECT_TRUE(say(self, 2, 2, "120601000041") & PPP_FSM_TLU);
	EXPECT_TRUE(opened(self, false, true));
	say(self, 1, 4, "120601000041");
	say(self, 3, 3, "120601000040");
	EXPECT_TRUE(say(self, 2, 4, "120601000040") & PPP_FSM_TLU);
	EXPECT_TRUE(opened(self, true, false));
}

/* The modes are settled, compression is kept. */
TEST_F(ccp, mppc_settles)
{
	start_mppc(self, CCP_MPPE_128);
	say(self, 2, 0, "120601000041");
	self->ccp.tx = CCP_MPPE_128;
	EXPECT_EQ(0, ccp_common(&self->ccp));
	EXPECT_TRUE(ccp_settle(&self->ccp));
	self->acts->n = 0;
	ppp_cp_event(&self->ccp.cp, PPP_FSM_DOWN, 0, self->acts);
	ppp_cp_event(&self->ccp.cp, PPP_FSM_UP, 0, self->acts);
	EXPECT_TRUE(sent(self, 1, 1, "120601000041"));
}

/* RFC 3078 section 2.1; pppd that has but one of them rejects a request of another. */
TEST_F(ccp, our_request_names_all_strengths)
{
	start(self, CCP_MPPE_40 | CCP_MPPE_128 | CCP_MPPE_56, true, true);
	EXPECT_TRUE(sent(self, 1, 0, "1206010000e0"));
	start(self, CCP_MPPE_40 | CCP_MPPE_56, false, true);
	EXPECT_TRUE(sent(self, 1, 0, "1206010000a0"));
	start(self, CCP_MPPE_40, false, true);
	EXPECT_TRUE(sent(self, 1, 0, "120601000020"));
}

TEST_F(ccp, opens)
{
	start(self, CCP_MPPE_128, false, true);
	say(self, 2, 0, "120601000040");
	EXPECT_EQ(0, ccp_common(&self->ccp));
	EXPECT_EQ(PPP_FSM_SCA | PPP_FSM_TLU, say(self, 1, 1, "120601000040"));
	EXPECT_EQ(CCP_MPPE_STATELESS | CCP_MPPE_128, ccp_common(&self->ccp));
	EXPECT_EQ(128, ccp_strength(ccp_common(&self->ccp)));
}

/* A peer with 40 bits only, met by both ends. */
TEST_F(ccp, weaker_peer)
{
	start(self, CCP_MPPE_128 | CCP_MPPE_40, false, true);
	say(self, 3, 0, "120601000020");
	EXPECT_TRUE(sent(self, 1, 1, "120601000020"));
	say(self, 1, 9, "120601000020");
	EXPECT_TRUE(sent(self, 2, 9, "120601000020"));
	EXPECT_EQ(PPP_FSM_IRC | PPP_FSM_TLU, say(self, 2, 1, "120601000020"));
	EXPECT_EQ(40, ccp_strength(ccp_common(&self->ccp)));
}

/* A Nak to what is not allowed changes nothing. */
TEST_F(ccp, downgrade_by_nak)
{
	uint8_t id;

	start(self, CCP_MPPE_128, false, true);
	for (id = 0; id < 5; id++) {
		say(self, 3, id, "120600000020");
		EXPECT_TRUE(sent(self, 1, id + 1, "120601000040"));
	}
	EXPECT_EQ(PPP_END_NONE, self->ccp.cp.fail);
	say(self, 3, id, "120600000020");
	EXPECT_EQ(PPP_END_MPPE_REFUSED, self->ccp.cp.fail);
}

TEST_F(ccp, stubborn_peer)
{
	uint8_t id;

	start(self, CCP_MPPE_128, false, true);
	for (id = 0; id < 5; id++) {
		say(self, 1, id, "120600000020");
		EXPECT_TRUE(sent(self, 3, id, "120601000040"));
		EXPECT_EQ(PPP_END_NONE, self->ccp.cp.fail);
	}
	say(self, 1, id, "120600000020");
	EXPECT_EQ(PPP_END_MPPE_REFUSED, self->ccp.cp.fail);
}

/* Deflate, BSD, Stac: rejected, all at once, MPPE itself not. */
TEST_F(ccp, other_algorithms)
{
	start(self, CCP_MPPE_128, false, true);
	say(self, 1, 1, "1a0478001804780015032f");
	EXPECT_TRUE(sent(self, 4, 1, "1a0478001804780015032f"));
	say(self, 1, 2, "1105000104120601000040");
	EXPECT_TRUE(sent(self, 4, 2, "1105000104"));
	say(self, 1, 3, "");
	EXPECT_TRUE(sent(self, 3, 3, "120601000040"));
}

TEST_F(ccp, not_required)
{
	start(self, CCP_MPPE_128, false, false);
	say(self, 4, 0, "120601000040");
	EXPECT_TRUE(sent(self, 1, 1, ""));
	EXPECT_EQ(PPP_END_NONE, self->ccp.cp.fail);
	/* Both directions or none. */
	say(self, 1, 1, "120601000040");
	EXPECT_TRUE(sent(self, 4, 1, "120601000040"));
	say(self, 1, 2, "");
	EXPECT_TRUE(sent(self, 2, 2, ""));
	EXPECT_EQ(PPP_FSM_IRC | PPP_FSM_TLU, say(self, 2, 1, ""));
	EXPECT_EQ(0, ccp_common(&self->ccp));
}

TEST_F(ccp, required_and_rejected)
{
	start(self, CCP_MPPE_128, false, true);
	say(self, 4, 0, "120601000040");
	EXPECT_EQ(PPP_END_MPPE_REFUSED, self->ccp.cp.fail);
}

TEST_F(ccp, option_of_another_length)
{
	start(self, CCP_MPPE_128, false, true);
	say(self, 1, 1, "1202");
	EXPECT_TRUE(sent(self, 3, 1, "120601000040"));
	say(self, 1, 2, "12070100004000");
	EXPECT_TRUE(sent(self, 3, 2, "120601000040"));
}

/* In Opened only what was agreed is agreed again. */
TEST_F(ccp, renegotiation_keeps_what_was_agreed)
{
	start(self, CCP_MPPE_128 | CCP_MPPE_40, false, true);
	say(self, 3, 0, "120601000040");
	say(self, 2, 1, "120601000040");
	say(self, 1, 1, "120601000040");
	EXPECT_EQ(PPP_FSM_TLD | PPP_FSM_SCR | PPP_FSM_SCN,
		  say(self, 1, 2, "120601000020"));
	EXPECT_TRUE(peer_gets_hex(self->acts, 1, CCP_PROTOCOL, 3, 2, "120601000040",
				  NULL));
}

TEST_F(ccp, strengths)
{
	EXPECT_EQ(128, ccp_strength(CCP_MPPE_128 | CCP_MPPE_STATELESS));
	EXPECT_EQ(56, ccp_strength(CCP_MPPE_56));
	EXPECT_EQ(40, ccp_strength(CCP_MPPE_40));
	EXPECT_EQ(0, ccp_strength(CCP_MPPE_40 | CCP_MPPE_128));
	EXPECT_EQ(0, ccp_strength(0));
}

/* A Nak that names none of ours leaves them all; one that does leaves that. */
TEST_F(ccp, naks_of_strengths)
{
	start(self, CCP_MPPE_128 | CCP_MPPE_40, false, true);
	say(self, 3, 0, "120601000001");
	EXPECT_TRUE(sent(self, 1, 1, "120601000060"));
	say(self, 3, 1, "120601000080");
	EXPECT_TRUE(sent(self, 1, 2, "120601000060"));
	say(self, 3, 2, "1206010000e0");
	EXPECT_TRUE(sent(self, 1, 3, "120601000040"));
	say(self, 3, 3, "120601000020");
	EXPECT_TRUE(sent(self, 1, 4, "120601000020"));
}

/* What we would have is one strength, however many we ask for. */
TEST_F(ccp, suggests_one_strength)
{
	start(self, CCP_MPPE_STRENGTHS, false, true);
	say(self, 1, 1, "120601000000");
	EXPECT_TRUE(sent(self, 3, 1, "120601000040"));
	say(self, 1, 2, "");
	EXPECT_TRUE(sent(self, 3, 2, "120601000040"));
}

/* All that we named is acknowledged, which leaves open what it will be. */
TEST_F(ccp, several_strengths_are_acknowledged)
{
	start(self, CCP_MPPE_128 | CCP_MPPE_40, false, true);
	say(self, 2, 0, "120601000060");
	say(self, 1, 1, "120601000020");
	EXPECT_TRUE(sent(self, 2, 1, "120601000020"));
	EXPECT_EQ(PPP_FSM_OPENED, self->ccp.cp.fsm.state);
	EXPECT_EQ(0, ccp_common(&self->ccp));
	EXPECT_TRUE(ccp_settle(&self->ccp));
	self->acts->n = 0;
	ppp_cp_event(&self->ccp.cp, PPP_FSM_DOWN, 0, self->acts);
	ppp_cp_event(&self->ccp.cp, PPP_FSM_UP, 0, self->acts);
	EXPECT_TRUE(sent(self, 1, 1, "120601000020"));
	say(self, 2, 1, "120601000020");
	say(self, 1, 2, "120601000020");
	EXPECT_EQ(CCP_MPPE_STATELESS | CCP_MPPE_40, ccp_common(&self->ccp));
}

static void start_stateful(struct _test_data_ccp *self, enum ccp_stateful policy)
{
	const struct ccp_config cfg = {
		.allowed = CCP_MPPE_128,
		.stateful = policy,
		.required = true,
	};

	self->acts->n = 0;
	ccp_init(&self->ccp, &peer_cp_config, &cfg);
	ccp_reset(&self->ccp, CCP_MPPE_STRENGTHS);
	ppp_cp_event(&self->ccp.cp, PPP_FSM_UP, 0, self->acts);
	ppp_cp_event(&self->ccp.cp, PPP_FSM_OPEN, 0, self->acts);
}

/* An RRAS that insists on stateful mode, met from both sides. */
TEST_F(ccp, stateful_peer)
{
	start_stateful(self, CCP_STATEFUL_ALLOW);
	EXPECT_TRUE(sent(self, 1, 0, "120601000040"));
	say(self, 3, 0, "120600000040");
	EXPECT_TRUE(sent(self, 1, 1, "120600000040"));
	say(self, 1, 9, "120600000060");
	EXPECT_TRUE(sent(self, 3, 9, "120600000040"));
	say(self, 1, 10, "120600000040");
	EXPECT_TRUE(sent(self, 2, 10, "120600000040"));
	EXPECT_TRUE(say(self, 2, 1, "120600000040") & PPP_FSM_TLU);
	EXPECT_EQ(CCP_MPPE_128, ccp_common(&self->ccp));
	EXPECT_FALSE(ccp_settle(&self->ccp));
}

/*
 * pppd that may be stateful and would rather not: it asks before it answers, and is
 * told only when it has answered.
 */
TEST_F(ccp, prefers_stateful)
{
	start_stateful(self, CCP_STATEFUL_PREFER);
	EXPECT_TRUE(sent(self, 1, 0, "120600000040"));
	EXPECT_EQ(0, say(self, 1, 1, "120601000040"));
	EXPECT_EQ(0, self->acts->n);
	say(self, 2, 0, "120600000040");
	say(self, 1, 1, "120601000040");
	EXPECT_TRUE(sent(self, 3, 1, "120600000040"));
	EXPECT_TRUE(say(self, 1, 2, "120600000040") & PPP_FSM_TLU);
	EXPECT_EQ(CCP_MPPE_128, ccp_common(&self->ccp));
}

/* pppd that may not rejects the option, others say what they would have. */
TEST_F(ccp, stateful_is_refused)
{
	start_stateful(self, CCP_STATEFUL_PREFER);
	say(self, 4, 0, "120600000040");
	EXPECT_TRUE(sent(self, 1, 1, "120601000040"));
	EXPECT_EQ(PPP_END_NONE, self->ccp.cp.fail);
	say(self, 1, 1, "120601000040");
	EXPECT_TRUE(sent(self, 2, 1, "120601000040"));
	EXPECT_TRUE(say(self, 2, 1, "120601000040") & PPP_FSM_TLU);
	EXPECT_EQ(CCP_MPPE_128 | CCP_MPPE_STATELESS, ccp_common(&self->ccp));

	start_stateful(self, CCP_STATEFUL_PREFER);
	say(self, 3, 0, "120601000040");
	EXPECT_TRUE(sent(self, 1, 1, "120601000040"));
	say(self, 1, 1, "120601000040");
	EXPECT_TRUE(sent(self, 2, 1, "120601000040"));

	start_stateful(self, CCP_STATEFUL_PREFER);
	say(self, 4, 0, "120600000040");
	say(self, 4, 1, "120601000040");
	EXPECT_EQ(PPP_END_MPPE_REFUSED, self->ccp.cp.fail);
}

/* Both wishes are acknowledged at the same time, and differ. */
TEST_F(ccp, settles_for_stateless_once)
{
	start_stateful(self, CCP_STATEFUL_ALLOW);
	EXPECT_TRUE(sent(self, 1, 0, "120601000040"));
	say(self, 1, 1, "120600000040");
	EXPECT_TRUE(sent(self, 2, 1, "120600000040"));
	EXPECT_TRUE(say(self, 2, 0, "120601000040") & PPP_FSM_TLU);
	EXPECT_EQ(0, ccp_common(&self->ccp));
	EXPECT_TRUE(ccp_settle(&self->ccp));
	self->acts->n = 0;
	ppp_cp_event(&self->ccp.cp, PPP_FSM_DOWN, 0, self->acts);
	ppp_cp_event(&self->ccp.cp, PPP_FSM_UP, 0, self->acts);
	EXPECT_TRUE(sent(self, 1, 1, "120601000040"));
	self->ccp.tx = CCP_MPPE_128;
	self->ccp.rx = CCP_MPPE_128 | CCP_MPPE_STATELESS;
	EXPECT_FALSE(ccp_settle(&self->ccp));
}

/* Without keys, or by policy, MPPE is rejected and nothing is asked for. */
TEST_F(ccp, nothing_to_offer)
{
	const struct ccp_config cfg = { .allowed = CCP_MPPE_128 };

	self->acts->n = 0;
	ccp_init(&self->ccp, &peer_cp_config, &cfg);
	ppp_cp_event(&self->ccp.cp, PPP_FSM_UP, 0, self->acts);
	ppp_cp_event(&self->ccp.cp, PPP_FSM_OPEN, 0, self->acts);
	EXPECT_TRUE(sent(self, 1, 0, ""));
	say(self, 1, 1, "1206010000e1");
	EXPECT_TRUE(sent(self, 4, 1, "1206010000e1"));
	say(self, 1, 2, "");
	EXPECT_TRUE(sent(self, 2, 2, ""));
	say(self, 3, 0, "120601000040");
	EXPECT_TRUE(sent(self, 1, 1, ""));
}

/* A TP-Link router asks for no strength without end. */
TEST_F(ccp, loses_patience)
{
	uint8_t id;

	start(self, CCP_MPPE_128, false, false);
	for (id = 0; id < 5; id++) {
		say(self, 1, id, "120600000000");
		EXPECT_TRUE(sent(self, 3, id, "120601000040"));
		EXPECT_FALSE(self->ccp.cp.hopeless);
	}
	say(self, 1, id, "120600000000");
	EXPECT_TRUE(self->ccp.cp.hopeless);
	EXPECT_EQ(PPP_END_NONE, self->ccp.cp.fail);
	ccp_reset(&self->ccp, CCP_MPPE_STRENGTHS);
	EXPECT_FALSE(self->ccp.cp.hopeless);
}

TEST_HARNESS_MAIN
