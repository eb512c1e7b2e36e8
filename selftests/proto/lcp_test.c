// SPDX-License-Identifier: GPL-2.0-or-later
#include "kselftest_harness.h"

#include "ppp_peer.h"
#include "proto/lcp.h"

#define NEVER UINT64_MAX

FIXTURE(lcp) {
	struct ppp_rand rand;
	struct lcp lcp;
	struct ppp_actions *acts;
	uint8_t magic[4];
};

static void start(struct lcp *lcp, const struct lcp_config *cfg,
		  struct ppp_rand *rand, struct ppp_actions *acts)
{
	acts->n = 0;
	lcp_init(lcp, cfg, &peer_cp_config, rand);
	ppp_cp_event(&lcp->cp, PPP_FSM_UP, 0, acts);
	ppp_cp_event(&lcp->cp, PPP_FSM_OPEN, 0, acts);
}

FIXTURE_SETUP(lcp)
{
	static const struct lcp_config cfg = {
		.mru = 1400,
		.auth_peer = PPP_AUTH_BIT(PPP_AUTH_MSCHAP_V2),
	};
	static const uint8_t seed[32] = { 5 };

	self->acts = calloc(1, sizeof(*self->acts));
	ASSERT_NE(NULL, self->acts);
	ppp_rand_init(&self->rand, seed);
	start(&self->lcp, &cfg, &self->rand, self->acts);
	memcpy(self->magic, self->acts->act[0].send.data + 12, 4);
}

FIXTURE_TEARDOWN(lcp)
{
	free(self->acts);
}

static unsigned int say_octets(struct _test_data_lcp *self, uint8_t code,
			       uint8_t id, const uint8_t *data, size_t len)
{
	self->acts->n = 0;
	return lcp_input(&self->lcp, peer_packet(code, id, data, len), 0,
			 self->acts);
}

static unsigned int say(struct _test_data_lcp *self, uint8_t code, uint8_t id,
			const char *hex)
{
	uint8_t data[PPP_FRAME_MAX];
	size_t len = peer_octets(hex, self->magic, data);

	return say_octets(self, code, id, data, len);
}

static bool sent(struct _test_data_lcp *self, uint8_t code, int id,
		 const char *hex)
{
	return peer_gets_hex(self->acts, 0, LCP_PROTOCOL, code, id, hex,
			     self->magic);
}

/* Our request after its MRU; MM stands for our magic number. */
#define REST "0506MMMMMMMM070208020305c22381"

/* One option asked for by itself, and what is said of it. */
static const struct {
	const char *what;
	uint8_t len;
	uint8_t option[24];
	uint8_t code;
	uint8_t answer_len;
	uint8_t answer[24];
} options[] = {
	{ "MRU of Windows", 4, { 1, 4, 5, 120 }, 2, 4, { 1, 4, 5, 120 } },
	{ "smallest MRU", 4, { 1, 4, 0, 128 }, 2, 4, { 1, 4, 0, 128 } },
	{ "MRU too small", 4, { 1, 4, 0, 127 }, 3, 4, { 1, 4, 5, 120 } },
	{ "MRU 0", 4, { 1, 4, 0, 0 }, 3, 4, { 1, 4, 5, 120 } },
	{ "large MRU", 4, { 1, 4, 255, 255 }, 2, 4, { 1, 4, 255, 255 } },
	{ "MRU of another length", 3, { 1, 3, 5 }, 3, 4, { 1, 4, 5, 120 } },
	{ "map", 6, { 2, 6, 1, 2, 3, 4 }, 2, 6, { 2, 6, 1, 2, 3, 4 } },
	{ "map of another length", 2, { 2, 2 }, 3, 6, { 2, 6, 0, 0, 0, 0 } },
	{ "PAP", 4, { 3, 4, 0xc0, 0x23 }, 4, 4, { 3, 4, 0xc0, 0x23 } },
	{ "MS-CHAPv2 of us", 5, { 3, 5, 0xc2, 0x23, 0x81 }, 4,
	  5, { 3, 5, 0xc2, 0x23, 0x81 } },
	{ "quality", 8, { 4, 8, 0xc0, 0x25, 0, 0, 0, 0 }, 4,
	  8, { 4, 8, 0xc0, 0x25, 0, 0, 0, 0 } },
	{ "magic", 6, { 5, 6, 1, 2, 3, 4 }, 2, 6, { 5, 6, 1, 2, 3, 4 } },
	{ "PFC", 2, { 7, 2 }, 2, 2, { 7, 2 } },
	{ "PFC with a value", 3, { 7, 3, 9 }, 3, 2, { 7, 2 } },
	{ "ACFC", 2, { 8, 2 }, 2, 2, { 8, 2 } },
	{ "FCS", 3, { 9, 3, 1 }, 4, 3, { 9, 3, 1 } },
	{ "callback of Windows", 3, { 13, 3, 6 }, 4, 3, { 13, 3, 6 } },
	{ "MRRU", 4, { 17, 4, 6, 78 }, 4, 4, { 17, 4, 6, 78 } },
	{ "SSNHF", 2, { 18, 2 }, 4, 2, { 18, 2 } },
	{ "endpoint", 9, { 19, 9, 3, 1, 2, 3, 4, 5, 6 }, 4,
	  9, { 19, 9, 3, 1, 2, 3, 4, 5, 6 } },
	{ "type 0", 2, { 0, 2 }, 4, 2, { 0, 2 } },
	{ "type 255", 2, { 255, 2 }, 4, 2, { 255, 2 } },
	{ "nothing", 0, { 0 }, 2, 0, { 0 } },
};

TEST_F(lcp, options)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(options); i++) {
		self->lcp.cp.naks_sent = 0;
		say_octets(self, PPP_CODE_CONF_REQ, i, options[i].option,
			   options[i].len);
		EXPECT_EQ(1, self->acts->n);
		EXPECT_TRUE(peer_gets(self->acts, 0, LCP_PROTOCOL,
				      options[i].code, i, options[i].answer,
				      options[i].answer_len))
			TH_LOG("%s", options[i].what);
	}
}

TEST_F(lcp, first_request)
{
	EXPECT_EQ(1, self->acts->n);
	EXPECT_TRUE(sent(self, 1, 0, "01040578" REST));
}

TEST_F(lcp, magic_zero_is_naked)
{
	say(self, PPP_CODE_CONF_REQ, 4, "050600000000");
	ASSERT_EQ(1, self->acts->n);
	EXPECT_EQ(12, self->acts->act[0].send.len);
	EXPECT_EQ(PPP_CODE_CONF_NAK, self->acts->act[0].send.data[2]);
	EXPECT_NE(0, memcmp(self->acts->act[0].send.data + 8, "\0\0\0\0", 4));
}

/* RFC 1661 section 5.4: what is rejected goes first, in the order it came. */
TEST_F(lcp, rejects_before_naks)
{
	say(self, PPP_CODE_CONF_REQ, 4,
	    "1303000104000107021104064e");
	EXPECT_TRUE(sent(self, 4, 4, "1303001104064e"));
}

TEST_F(lcp, naks_become_rejects)
{
	unsigned int i;

	for (i = 0; i < 5; i++) {
		say(self, PPP_CODE_CONF_REQ, i, "01040001");
		EXPECT_TRUE(sent(self, 3, i, "01040578"));
	}
	say(self, PPP_CODE_CONF_REQ, 9, "01040001");
	EXPECT_TRUE(sent(self, 4, 9, "01040001"));
	say(self, PPP_CODE_CONF_REQ, 10, "");
	EXPECT_TRUE(sent(self, 2, 10, ""));
	say(self, PPP_CODE_CONF_REQ, 11, "01040001");
	EXPECT_TRUE(sent(self, 3, 11, "01040578"));
}

TEST_F(lcp, refused_compression)
{
	static const struct lcp_config cfg = {
		.auth_peer = PPP_AUTH_BIT(PPP_AUTH_MSCHAP_V2),
		.mru = 1500, .refuse_pfc = true, .refuse_acfc = true,
	};

	start(&self->lcp, &cfg, &self->rand, self->acts);
	memcpy(self->magic, self->acts->act[0].send.data + 8, 4);
	EXPECT_TRUE(sent(self, 1, 0, REST));
	say(self, PPP_CODE_CONF_REQ, 1, "07020802");
	EXPECT_TRUE(sent(self, 4, 1, "07020802"));
}

TEST_F(lcp, what_the_peer_said)
{
	EXPECT_EQ(0xffffffff, self->lcp.peer.accm);
	say(self, PPP_CODE_CONF_REQ, 1, "010405dc0206000a00000506000000090802");
	EXPECT_EQ(1500, self->lcp.peer.mru);
	EXPECT_EQ(0x000a0000, self->lcp.peer.accm);
	EXPECT_EQ(9, self->lcp.peer.magic);
	EXPECT_TRUE(self->lcp.peer.acfc);
	EXPECT_FALSE(self->lcp.peer.pfc);
	/* What is not acknowledged does not count. */
	say(self, PPP_CODE_CONF_REQ, 2, "010404001104064e");
	EXPECT_EQ(1500, self->lcp.peer.mru);
	say(self, PPP_CODE_CONF_REQ, 3, "01040400");
	EXPECT_EQ(1024, self->lcp.peer.mru);
	EXPECT_EQ(0xffffffff, self->lcp.peer.accm);
	EXPECT_FALSE(self->lcp.peer.acfc);
	EXPECT_EQ(0, self->lcp.peer.magic);
}

TEST_F(lcp, naks_of_ours)
{
	uint8_t old[4];

	say(self, PPP_CODE_CONF_NAK, 0, "01040500");
	EXPECT_TRUE(sent(self, 1, 1, "01040500" REST));
	/* More than we take is not taken. */
	say(self, PPP_CODE_CONF_NAK, 1, "010405dc");
	EXPECT_TRUE(sent(self, 1, 2, "01040500" REST));
	memcpy(old, self->magic, 4);
	say(self, PPP_CODE_CONF_NAK, 2, "050600000001");
	memcpy(self->magic, self->acts->act[0].send.data + 12, 4);
	EXPECT_NE(0, memcmp(old, self->magic, 4));
	EXPECT_TRUE(sent(self, 1, 3, "01040500" REST));
	EXPECT_EQ(PPP_END_NONE, self->lcp.cp.fail);
	say(self, PPP_CODE_CONF_NAK, 3, "0305c22381");
	EXPECT_EQ(PPP_END_NONE, self->lcp.cp.fail);
	say(self, PPP_CODE_CONF_NAK, 4, "0305c22305");
	EXPECT_EQ(PPP_END_AUTH_REFUSED, self->lcp.cp.fail);
}

TEST_F(lcp, rejects_of_ours)
{
	say(self, PPP_CODE_CONF_REJ, 0, "01040578");
	EXPECT_TRUE(sent(self, 1, 1, REST));
	say(self, PPP_CODE_CONF_REJ, 1, "07020802");
	EXPECT_EQ(6 + 6 + 5, self->acts->act[0].send.len);
	say(self, PPP_CODE_CONF_REJ, 2, REST);
	EXPECT_EQ(PPP_END_AUTH_REFUSED, self->lcp.cp.fail);
}

/* A peer that only ever says Nak is taken to reject. */
TEST_F(lcp, endless_naks)
{
	uint8_t id;

	for (id = 0; id < 5; id++) {
		say(self, PPP_CODE_CONF_NAK, id, "010405dc");
		EXPECT_TRUE(sent(self, 1, id + 1,
				 "01040578" REST));
	}
	say(self, PPP_CODE_CONF_NAK, 5, "010405dc");
	EXPECT_TRUE(sent(self, 1, 6, REST));
}

TEST_F(lcp, only_the_answer_to_the_last_request_counts)
{
	EXPECT_EQ(0, say(self, PPP_CODE_CONF_ACK, 1,
			 "01040578" REST));
	EXPECT_EQ(0, say(self, PPP_CODE_CONF_ACK, 0, REST));
	EXPECT_EQ(0, say(self, PPP_CODE_CONF_NAK, 1, "01040500"));
	EXPECT_EQ(0, say(self, PPP_CODE_CONF_NAK, 0, "01010500"));
	EXPECT_EQ(PPP_FSM_REQ_SENT, self->lcp.cp.fsm.state);
	EXPECT_EQ(PPP_FSM_IRC, say(self, PPP_CODE_CONF_ACK, 0,
				   "01040578" REST));
	EXPECT_EQ(PPP_FSM_ACK_RCVD, self->lcp.cp.fsm.state);
	/* The Ack of a second copy of the request. */
	EXPECT_EQ(0, say(self, PPP_CODE_CONF_ACK, 0,
			 "01040578" REST));
	EXPECT_EQ(PPP_FSM_ACK_RCVD, self->lcp.cp.fsm.state);
}

TEST_F(lcp, repetition_keeps_its_identifier)
{
	self->acts->n = 0;
	ppp_cp_timer(&self->lcp.cp, 1000, self->acts);
	EXPECT_TRUE(sent(self, 1, 0, "01040578" REST));
}

TEST_F(lcp, malformed_requests_meet_silence)
{
	say(self, PPP_CODE_CONF_REQ, 1, "01000578");
	EXPECT_EQ(0, self->acts->n);
	say(self, PPP_CODE_CONF_REQ, 1, "010405780701");
	EXPECT_EQ(0, self->acts->n);
	say(self, PPP_CODE_CONF_REQ, 1, "0104057807");
	EXPECT_EQ(0, self->acts->n);
	say(self, PPP_CODE_CONF_REQ, 1, "01050578");
	EXPECT_EQ(0, self->acts->n);
	EXPECT_EQ(PPP_FSM_REQ_SENT, self->lcp.cp.fsm.state);
}

TEST_F(lcp, unknown_code)
{
	say(self, 99, 8, "010203");
	EXPECT_TRUE(sent(self, 7, ANY_ID, "63080007010203"));
	say(self, 0, 8, "");
	EXPECT_TRUE(sent(self, 7, ANY_ID, "00080004"));
}

TEST_F(lcp, code_reject)
{
	EXPECT_EQ(0, say(self, PPP_CODE_CODE_REJ, 1, "09010008"));
	EXPECT_TRUE(self->lcp.echo_refused);
	EXPECT_EQ(0, say(self, PPP_CODE_CODE_REJ, 1, ""));
	EXPECT_EQ(PPP_FSM_REQ_SENT, self->lcp.cp.fsm.state);
	EXPECT_EQ(PPP_FSM_TLF, say(self, PPP_CODE_CODE_REJ, 1, "07010004"));
	EXPECT_EQ(PPP_FSM_STOPPED, self->lcp.cp.fsm.state);
}

TEST_F(lcp, protocol_reject_fits_the_mru)
{
	uint8_t frame[1000] = { 0x80, 0x57 };

	say(self, PPP_CODE_CONF_REQ, 1, "010400c8");
	self->acts->n = 0;
	lcp_reject_protocol(&self->lcp, frame, sizeof(frame), self->acts);
	EXPECT_TRUE(peer_gets(self->acts, 0, LCP_PROTOCOL, 8, ANY_ID, frame,
			      200 - 4));
}

TEST_F(lcp, echo_reply_fits_the_mru)
{
	uint8_t data[300] = { 9 };

	say(self, PPP_CODE_CONF_REQ, 1, "010400c8");
	say(self, PPP_CODE_CONF_ACK, 0, "01040578" REST);
	ASSERT_TRUE(ppp_cp_open(&self->lcp.cp));
	say_octets(self, PPP_CODE_ECHO_REQ, 1, data, sizeof(data));
	ASSERT_EQ(1, self->acts->n);
	EXPECT_EQ(202, self->acts->act[0].send.len);
	EXPECT_EQ(0, memcmp(self->acts->act[0].send.data + 6, self->magic, 4));
}

TEST_F(lcp, windows_errors)
{
	const struct ppp_packet *pkt;

	pkt = peer_packet_hex(5, 1, "01020304003ccd740000030a", NULL);
	EXPECT_EQ(778, lcp_windows_error(pkt));
	EXPECT_NE(NULL, lcp_windows_text(778));
	EXPECT_EQ(NULL, lcp_windows_text(0));
	pkt = peer_packet_hex(5, 1, "01020304003ccd750000030a", NULL);
	EXPECT_EQ(0, lcp_windows_error(pkt));
	pkt = peer_packet_hex(5, 1, "01020304003ccd74000003", NULL);
	EXPECT_EQ(0, lcp_windows_error(pkt));
	pkt = peer_packet_hex(5, 1, "", NULL);
	EXPECT_EQ(0, lcp_windows_error(pkt));
}

#define BIT(method) PPP_AUTH_BIT(PPP_AUTH_##method)

static void start_with(struct _test_data_lcp *self, unsigned int peer,
		       unsigned int us)
{
	const struct lcp_config cfg = {
		.mru = 1500,
		.auth_peer = peer,
		.auth_us = us,
	};

	start(&self->lcp, &cfg, &self->rand, self->acts);
	memcpy(self->magic, self->acts->act[0].send.data + 8, 4);
}

/* Our requests without the MRU, by the authentication in them. */
#define ASK(auth) "0506MMMMMMMM07020802" auth

TEST_F(lcp, offers_from_the_strongest_on)
{
	start_with(self, BIT(PAP) | BIT(CHAP_MD5) | BIT(MSCHAP) |
		   BIT(MSCHAP_V2) | BIT(EAP_TLS), 0);
	EXPECT_TRUE(sent(self, 1, 0, ASK("0304c227")));
	/* What may not be, and what nobody knows, leads to the next. */
	say(self, 3, 0, "0305c22382");
	EXPECT_TRUE(sent(self, 1, 1, ASK("0305c22381")));
	say(self, 3, 1, "0304c027");
	EXPECT_TRUE(sent(self, 1, 2, ASK("0305c22380")));
	say(self, 3, 2, "0304c023");
	EXPECT_TRUE(sent(self, 1, 3, ASK("0304c023")));
	EXPECT_EQ(PPP_AUTH_PAP, self->lcp.auth);
	EXPECT_EQ(PPP_END_NONE, self->lcp.cp.fail);
}

/* EAP with MD5 is no better than CHAP with MD5. */
TEST_F(lcp, weak_eap_comes_late)
{
	start_with(self, BIT(EAP_MD5) | BIT(MSCHAP_V2) | BIT(CHAP_MD5), 0);
	EXPECT_TRUE(sent(self, 1, 0, ASK("0305c22381")));
	say(self, 3, 0, "0304c227");
	EXPECT_TRUE(sent(self, 1, 1, ASK("0304c227")));
	EXPECT_EQ(PPP_AUTH_EAP_MD5, self->lcp.auth);
}

TEST_F(lcp, offers_run_out)
{
	start_with(self, BIT(MSCHAP_V2) | BIT(CHAP_MD5), 0);
	say(self, 3, 0, "0304c023");
	EXPECT_TRUE(sent(self, 1, 1, ASK("0305c22305")));
	say(self, 3, 1, "0304c023");
	EXPECT_EQ(PPP_END_AUTH_REFUSED, self->lcp.cp.fail);
	/* No request without it goes out, which the peer could agree to. */
	EXPECT_EQ(0, self->acts->n);
}

TEST_F(lcp, asks_for_no_proof)
{
	start_with(self, 0, 0);
	EXPECT_TRUE(sent(self, 1, 0, ASK("")));
}

/* What the peer asks of us: ours is acknowledged, else proposed, five times. */
TEST_F(lcp, proves_itself)
{
	uint8_t id;

	start_with(self, 0, BIT(MSCHAP_V2) | BIT(CHAP_MD5));
	say(self, 1, 1, "0305c22381");
	EXPECT_TRUE(sent(self, 2, 1, "0305c22381"));
	EXPECT_EQ(PPP_AUTH_MSCHAP_V2, self->lcp.peer.auth);
	EXPECT_FALSE(self->lcp.auth_demanded);
	say(self, 1, 2, "0305c22305");
	EXPECT_EQ(PPP_AUTH_CHAP_MD5, self->lcp.peer.auth);
	for (id = 3; id < 8; id++) {
		say(self, 1, id, "0304c227");
		EXPECT_TRUE(sent(self, 3, id, "0305c22381"));
		EXPECT_TRUE(self->lcp.auth_demanded);
	}
	say(self, 1, id, "0304c227");
	EXPECT_TRUE(sent(self, 4, id, "0304c227"));
	say(self, 1, id, "");
	EXPECT_FALSE(self->lcp.auth_demanded);
	EXPECT_EQ(PPP_AUTH_NONE, self->lcp.peer.auth);
}

/* The first of Windows RRAS as a server: EAP, and more that we do not speak. */
TEST_F(lcp, windows_server)
{
	start_with(self, 0, BIT(MSCHAP_V2));
	say(self, 1, 0, "010405780304c227050601020304070208020d0306110406521305010203");
	EXPECT_TRUE(sent(self, 4, 0, "0d0306110406521305010203"));
	say(self, 1, 1, "010405780304c22705060102030407020802");
	EXPECT_TRUE(sent(self, 3, 1, "0305c22381"));
	say(self, 1, 2, "010405780305c2238105060102030407020802");
	EXPECT_TRUE(sent(self, 2, 2, "010405780305c2238105060102030407020802"));
	EXPECT_EQ(PPP_AUTH_MSCHAP_V2, self->lcp.peer.auth);
}

TEST_F(lcp, identification_and_time)
{
	say(self, PPP_CODE_IDENT, 1, "112233444d535241535635");
	ASSERT_EQ(1, self->acts->n);
	ASSERT_EQ(PPP_ACTION_IDENT, self->acts->act[0].type);
	EXPECT_STREQ("MSRASV5", self->acts->act[0].ident);
	say(self, PPP_CODE_IDENT, 2, "11223344");
	EXPECT_EQ(0, self->acts->n);
	say(self, PPP_CODE_IDENT, 2, "112233");
	EXPECT_EQ(0, self->acts->n);
	say(self, PPP_CODE_IDENT, 3, "11223344410a42");
	EXPECT_EQ(0, self->acts->n);
	say(self, PPP_CODE_TIME, 4, "112233440000003c");
	ASSERT_EQ(1, self->acts->n);
	EXPECT_EQ(PPP_ACTION_NOTE, self->acts->act[0].type);
}

TEST_F(lcp, long_identification)
{
	uint8_t data[4 + 200];

	memset(data, 'x', sizeof(data));
	say_octets(self, PPP_CODE_IDENT, 1, data, sizeof(data));
	ASSERT_EQ(1, self->acts->n);
	EXPECT_EQ(PPP_IDENT_MAX, strlen(self->acts->act[0].ident));
}

/* Honoured where it is allowed, and then with CBCP only. */
TEST_F(lcp, callback_asked_of_us)
{
	static const struct lcp_config cfg = { .mru = 1400, .take_callback = true };

	start(&self->lcp, &cfg, &self->rand, self->acts);
	say(self, 1, 0, "0d0306");
	EXPECT_TRUE(sent(self, 2, 0, "0d0306"));
	EXPECT_TRUE(self->lcp.peer.callback);
	say(self, 1, 1, "0d0406ff");
	EXPECT_TRUE(sent(self, 2, 1, "0d0406ff"));
	say(self, 1, 2, "0d0300");
	EXPECT_TRUE(sent(self, 3, 2, "0d0306"));
	say(self, 1, 3, "0d05013535");
	EXPECT_TRUE(sent(self, 3, 3, "0d0306"));
	say(self, 1, 4, "0d02");
	EXPECT_TRUE(sent(self, 3, 4, "0d0306"));
	say(self, 1, 5, "");
	EXPECT_TRUE(sent(self, 2, 5, ""));
	EXPECT_FALSE(self->lcp.peer.callback);
}

/* A wish, that the peer may leave unfulfilled. */
TEST_F(lcp, callback_asked_by_us)
{
	static const struct lcp_config cfg = { .mru = 1500, .ask_callback = true };
	unsigned int i;

	for (i = 0; i < 3; i++) {
		start(&self->lcp, &cfg, &self->rand, self->acts);
		memcpy(self->magic, self->acts->act[0].send.data + 8, 4);
		EXPECT_TRUE(sent(self, 1, 0, "0506MMMMMMMM070208020d0306"));
		if (i) {
			say(self, i == 1 ? 4 : 3, 0, i == 1 ? "0d0306" : "0d0300");
			EXPECT_TRUE(sent(self, 1, 1, "0506MMMMMMMM07020802"));
		}
		say(self, 2, !!i, i ? "0506MMMMMMMM07020802" : "0506MMMMMMMM070208020d0306");
		EXPECT_EQ(!i, self->lcp.callback_agreed);
	}
}

TEST_HARNESS_MAIN
