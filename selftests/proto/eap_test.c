// SPDX-License-Identifier: GPL-2.0-or-later
/* EAP, both ends against each other and against what a stranger would say. */
#include "kselftest_harness.h"

#include "eap_rig.h"
#include "ppp_peer.h"

#define MD5	PPP_AUTH_BIT(PPP_AUTH_EAP_MD5)
#define MSCHAP	PPP_AUTH_BIT(PPP_AUTH_EAP_MSCHAP_V2)

FIXTURE(eap) {
	struct rig *rig;
};

FIXTURE_SETUP(eap)
{
	self->rig = malloc(sizeof(*self->rig));
	ASSERT_NE(NULL, self->rig);
	rig_init(self->rig);
}

FIXTURE_TEARDOWN(eap)
{
	rig_free(self->rig);
	free(self->rig);
}

TEST_F(eap, mschap)
{
	rig_run(self->rig);
	EXPECT_TRUE(rig_both(self->rig, PPP_AUTH_DONE_OK));
	EXPECT_EQ(PPP_AUTH_EAP_MSCHAP_V2, self->rig->server.method);
	EXPECT_EQ(PPP_AUTH_EAP_MSCHAP_V2, self->rig->peer.method);
	EXPECT_TRUE(rig_keys_match(self->rig));
	EXPECT_STREQ("alice", self->rig->server.request.user);
	EXPECT_EQ(1, self->rig->asked[PPP_AUTH_IDENTITY]);
	EXPECT_EQ(1, self->rig->asked[PPP_AUTH_LOGIN]);
	/* Identity, Challenge, Success of the method, Success. */
	EXPECT_EQ(4, self->rig->line[RIG_PEER].count);
}

TEST_F(eap, md5)
{
	self->rig->user_methods = MD5;
	rig_run(self->rig);
	EXPECT_TRUE(rig_both(self->rig, PPP_AUTH_DONE_OK));
	EXPECT_EQ(PPP_AUTH_EAP_MD5, self->rig->server.method);
	EXPECT_FALSE(self->rig->server.keys);
	EXPECT_FALSE(self->rig->peer.keys);
}

/* Who offers what, and what comes of it. */
TEST_F(eap, choice)
{
	static const struct {
		unsigned int server, user, peer;
		enum ppp_auth_method method;
	} table[] = {
		{ MD5 | MSCHAP, MD5 | MSCHAP, MD5 | MSCHAP, PPP_AUTH_EAP_MSCHAP_V2 },
		{ MD5 | MSCHAP, MD5 | MSCHAP, MD5, PPP_AUTH_EAP_MD5 },
		{ MD5 | MSCHAP, MD5 | MSCHAP, MSCHAP, PPP_AUTH_EAP_MSCHAP_V2 },
		{ MD5 | MSCHAP, MD5, MD5 | MSCHAP, PPP_AUTH_EAP_MD5 },
		{ MD5, MD5 | MSCHAP, MD5 | MSCHAP, PPP_AUTH_EAP_MD5 },
		{ MSCHAP, MD5 | MSCHAP, MD5, PPP_AUTH_NONE },
		{ MD5 | MSCHAP, MSCHAP, MD5, PPP_AUTH_NONE },
		{ MD5, MSCHAP, MD5 | MSCHAP, PPP_AUTH_NONE },
		{ MD5 | MSCHAP, MD5 | MSCHAP, 0, PPP_AUTH_NONE },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(table); i++) {
		rig_server_config.methods = table[i].server;
		rig_credentials.methods = table[i].peer;
		rig_init(self->rig);
		self->rig->user_methods = table[i].user;
		rig_run(self->rig);
		EXPECT_EQ(table[i].method, self->rig->server.method) TH_LOG("row %u", i);
		EXPECT_TRUE(rig_both(self->rig, table[i].method ? PPP_AUTH_DONE_OK :
						PPP_AUTH_DONE_FAILED)) TH_LOG("row %u", i);
	}
}

/* Whatever happens to one packet, it ends well. */
TEST_F(eap, line)
{
	static const unsigned int methods[] = { MD5, MSCHAP };
	unsigned int m, mangle, end, victim;

	for (m = 0; m < ARRAY_SIZE(methods); m++)
		for (mangle = RIG_LOSE; mangle <= RIG_LATE; mangle++)
			for (end = RIG_SERVER; end <= RIG_PEER; end++)
				for (victim = 0; victim < 4; victim++) {
					rig_init(self->rig);
					self->rig->user_methods = methods[m];
					self->rig->mangle = mangle;
					self->rig->mangled = end;
					self->rig->victim = victim;
					rig_run(self->rig);
					EXPECT_TRUE(rig_both(self->rig, PPP_AUTH_DONE_OK))
						TH_LOG("%u %u %u %u", m, mangle, end, victim);
					EXPECT_EQ(m == 1, rig_keys_match(self->rig));
				}
}

TEST_F(eap, wrong_password)
{
	self->rig->secret.password = "other";
	self->rig->secret.nt_hash[0] ^= 1;
	rig_run(self->rig);
	EXPECT_TRUE(rig_both(self->rig, PPP_AUTH_DONE_FAILED));
	EXPECT_TRUE(self->rig->server.refused);
	EXPECT_EQ(MSCHAP_ERROR_FAILED, self->rig->peer.failure.error);
	EXPECT_STREQ("Authentication failed", self->rig->peer.failure.message);
	EXPECT_FALSE(self->rig->peer.failure.identity);
	EXPECT_FALSE(self->rig->server.keys);
	/* There is no other password to try. */
	EXPECT_EQ(1, self->rig->asked[PPP_AUTH_LOGIN]);
	rig_init(self->rig);
	self->rig->secret.password = "other";
	self->rig->user_methods = MD5;
	rig_run(self->rig);
	EXPECT_TRUE(rig_both(self->rig, PPP_AUTH_DONE_FAILED));
}

/* An account that is closed: XP would not answer a Failure with R=0. */
TEST_F(eap, no_retry)
{
	self->rig->error = MSCHAP_ERROR_DISABLED;
	rig_run(self->rig);
	EXPECT_TRUE(rig_both(self->rig, PPP_AUTH_DONE_FAILED));
	EXPECT_EQ(0, self->rig->peer.failure.error);
	/* Identity, Challenge, Failure. */
	EXPECT_EQ(3, self->rig->line[RIG_PEER].count);
}

TEST_F(eap, password_change)
{
	struct ppp_credentials saved = rig_credentials;
	struct eap_peer_config cfg = self->rig->peer.cfg;

	rig_credentials.new_password = "newPass";
	self->rig->expired = true;
	rig_run(self->rig);
	EXPECT_TRUE(rig_both(self->rig, PPP_AUTH_DONE_OK));
	EXPECT_EQ(1, self->rig->asked[PPP_AUTH_CHANGE]);
	EXPECT_TRUE(eap_peer_changed(&self->rig->peer));
	EXPECT_TRUE(rig_keys_match(self->rig));
	/* The next login is by the new one, and a client that forgot tries both. */
	rig_run(self->rig);
	EXPECT_TRUE(rig_both(self->rig, PPP_AUTH_DONE_OK));
	EXPECT_EQ(2, self->rig->asked[PPP_AUTH_LOGIN]);
	eap_peer_init(&self->rig->peer, &cfg, &self->rig->rand[1]);
	rig_run(self->rig);
	EXPECT_TRUE(rig_both(self->rig, PPP_AUTH_DONE_OK));
	EXPECT_EQ(4, self->rig->asked[PPP_AUTH_LOGIN]);
	EXPECT_EQ(1, self->rig->asked[PPP_AUTH_CHANGE]);
	rig_credentials = saved;
}

TEST_F(eap, expired_and_nothing_new)
{
	self->rig->expired = true;
	rig_run(self->rig);
	EXPECT_TRUE(rig_both(self->rig, PPP_AUTH_DONE_FAILED));
	EXPECT_EQ(MSCHAP_ERROR_EXPIRED, self->rig->peer.failure.error);
	EXPECT_STREQ("Expired", self->rig->peer.failure.message);
}

TEST_F(eap, remote_name)
{
	rig_credentials.remote_name = "gw";
	rig_run(self->rig);
	EXPECT_TRUE(rig_both(self->rig, PPP_AUTH_DONE_OK));
	rig_credentials.remote_name = "other";
	rig_init(self->rig);
	rig_run(self->rig);
	EXPECT_EQ(PPP_AUTH_DONE_FAILED, self->rig->outcome[RIG_PEER]);
	EXPECT_TRUE(self->rig->peer.failure.identity);
	EXPECT_TRUE(self->rig->over[RIG_SERVER]);
	rig_credentials.remote_name = NULL;
}

/* Everything that a stranger can say without the password is not enough. */
static enum ppp_auth_outcome tell_peer(struct rig *rig, uint8_t code, uint8_t id,
				       const char *hex)
{
	rig->acts.n = 0;
	return eap_peer_input(&rig->peer, peer_packet_hex(code, id, hex, NULL),
			      0, &rig->acts);
}

static enum ppp_auth_outcome tell_server(struct rig *rig, uint8_t code,
					 uint8_t id, const char *hex)
{
	rig->acts.n = 0;
	return eap_server_input(&rig->server, peer_packet_hex(code, id, hex, NULL),
				0, &rig->acts);
}

#define CHALLENGE_HEX	"1a0109001a10000102030405060708090a0b0c0d0e0f6777"

/* S= and forty zeros. */
#define FALSE_SUCCESS_HEX	"1a0309002f533d" ZEROS_HEX ZEROS_HEX ZEROS_HEX ZEROS_HEX
#define ZEROS_HEX	"30303030303030303030"

TEST_F(eap, peer_takes_no_early_success)
{
	struct rig *rig = self->rig;

	eap_peer_start(&rig->peer);
	EXPECT_EQ(PPP_AUTH_IGNORED, tell_peer(rig, 3, 0, ""));
	EXPECT_EQ(PPP_AUTH_IGNORED, tell_peer(rig, 4, 0, ""));
	EXPECT_EQ(PPP_AUTH_WAITING, tell_peer(rig, 1, 8, "01"));
	EXPECT_EQ(PPP_AUTH_IGNORED, tell_peer(rig, 3, 8, ""));
	EXPECT_EQ(PPP_AUTH_WAITING, tell_peer(rig, 1, 9, CHALLENGE_HEX));
	EXPECT_EQ(PPP_AUTH_IGNORED, tell_peer(rig, 3, 9, ""));
	EXPECT_EQ(PPP_AUTH_IGNORED, tell_peer(rig, 3, 10, ""));
	/* A Failure with the right identifier is believed. */
	EXPECT_EQ(PPP_AUTH_IGNORED, tell_peer(rig, 4, 8, ""));
	EXPECT_EQ(PPP_AUTH_DONE_FAILED, tell_peer(rig, 4, 9, ""));
}

/* "S=" of somebody who does not know the password. */
TEST_F(eap, peer_sees_through_a_false_server)
{
	struct rig *rig = self->rig;

	eap_peer_start(&rig->peer);
	tell_peer(rig, 1, 8, "01");
	tell_peer(rig, 1, 9, CHALLENGE_HEX);
	EXPECT_EQ(PPP_AUTH_DONE_FAILED, tell_peer(rig, 1, 10, FALSE_SUCCESS_HEX));
	EXPECT_TRUE(rig->peer.failure.identity);
	EXPECT_STREQ("the peer does not know the password",
		     rig->peer.failure.message);
	EXPECT_EQ(0, rig->acts.n);
	EXPECT_EQ(PPP_AUTH_IGNORED, tell_peer(rig, 3, 10, ""));
}

TEST_F(eap, peer_answers)
{
	static const struct {
		const char *request, *response;
	} table[] = {
		{ "01", "01616c696365" },		/* Identity: alice */
		{ "0148692100", "01616c696365" },	/* with a text */
		{ "0248656c6c6f", "02" },		/* Notification */
		{ "0d20", "031a04" },			/* TLS, without a certificate */
		{ "05", "031a04" },			/* one-time password */
		{ "ff00", "031a04" },
		{ "fe00000000000000", "031a04" },	/* expanded */
		{ "03", "" }, { "031a", "" }, { "00", "" },
	};
	struct rig *rig = self->rig;
	unsigned int i;

	eap_peer_start(&rig->peer);
	for (i = 0; i < ARRAY_SIZE(table); i++) {
		tell_peer(rig, 1, 20 + i, table[i].request);
		if (!table[i].response[0]) {
			EXPECT_EQ(0, rig->acts.n);
			continue;
		}
		EXPECT_TRUE(peer_gets_hex(&rig->acts, 0, EAP_PROTOCOL, 2, 20 + i,
					  table[i].response, NULL)) TH_LOG("row %u", i);
		/* A copy gets the same. */
		tell_peer(rig, 1, 20 + i, table[i].request);
		EXPECT_TRUE(peer_gets_hex(&rig->acts, 0, EAP_PROTOCOL, 2, 20 + i,
					  table[i].response, NULL));
	}
}

/* One method a conversation. */
TEST_F(eap, peer_keeps_to_its_method)
{
	struct rig *rig = self->rig;

	eap_peer_start(&rig->peer);
	tell_peer(rig, 1, 9, CHALLENGE_HEX);
	EXPECT_EQ(1, rig->acts.n);
	EXPECT_EQ(PPP_AUTH_IGNORED, tell_peer(rig, 1, 10, "040401020304"));
	EXPECT_EQ(0, rig->acts.n);
	/* Until it is asked who it is. */
	tell_peer(rig, 1, 11, "01");
	EXPECT_EQ(PPP_AUTH_WAITING, tell_peer(rig, 1, 12, "040401020304"));
	EXPECT_EQ(1, rig->acts.n);
}

TEST_F(eap, notification_is_the_reason)
{
	struct rig *rig = self->rig;

	eap_peer_start(&rig->peer);
	tell_peer(rig, 1, 1, "01");
	tell_peer(rig, 1, 2, "02476f0a617761790001");
	EXPECT_EQ(PPP_AUTH_DONE_FAILED, tell_peer(rig, 4, 2, ""));
	EXPECT_STREQ("Go?away??", rig->peer.failure.message);
}

/* A Success that was lost is asked for by the Response again. */
TEST_F(eap, lost_success)
{
	rig_credentials.methods = MSCHAP;
	rig_init(self->rig);
	self->rig->mangle = RIG_LOSE;
	self->rig->mangled = RIG_PEER;
	self->rig->victim = 3;
	rig_run(self->rig);
	EXPECT_TRUE(rig_both(self->rig, PPP_AUTH_DONE_OK));
	EXPECT_EQ(5, self->rig->line[RIG_PEER].count);
	EXPECT_EQ(4, self->rig->line[RIG_SERVER].count);
	EXPECT_EQ(3000, self->rig->now);
	rig_credentials.methods = PPP_AUTH_EAP_MASK;
}

/* The network phase stands for a Success, where one could come. */
TEST_F(eap, let_in)
{
	struct rig *rig = self->rig;

	eap_peer_start(&rig->peer);
	EXPECT_EQ(PPP_AUTH_IGNORED, eap_peer_let_in(&rig->peer));
	EXPECT_EQ(PPP_AUTH_WAITING, tell_peer(rig, 1, 8, "01"));
	EXPECT_EQ(PPP_AUTH_IGNORED, eap_peer_let_in(&rig->peer));
	EXPECT_EQ(PPP_AUTH_WAITING, tell_peer(rig, 1, 9, CHALLENGE_HEX));
	EXPECT_EQ(PPP_AUTH_IGNORED, eap_peer_let_in(&rig->peer));
	EXPECT_EQ(PPP_AUTH_DONE_FAILED, tell_peer(rig, 4, 9, ""));
	EXPECT_EQ(PPP_AUTH_IGNORED, eap_peer_let_in(&rig->peer));
}

TEST_F(eap, server_repeats_and_gives_up)
{
	struct rig *rig = self->rig;

	eap_server_start(&rig->server, 0, &rig->acts);
	EXPECT_TRUE(peer_gets_hex(&rig->acts, 0, EAP_PROTOCOL, 1, 1, "01", NULL));
	rig->acts.n = 0;
	EXPECT_TRUE(eap_server_timer(&rig->server, 2999, &rig->acts));
	EXPECT_EQ(0, rig->acts.n);
	EXPECT_TRUE(eap_server_timer(&rig->server, 3000, &rig->acts));
	EXPECT_TRUE(eap_server_timer(&rig->server, 6000, &rig->acts));
	EXPECT_TRUE(eap_server_timer(&rig->server, 9000, &rig->acts));
	EXPECT_TRUE(eap_server_timer(&rig->server, 12000, &rig->acts));
	EXPECT_EQ(4, rig->acts.n);
	EXPECT_TRUE(peer_gets_hex(&rig->acts, 3, EAP_PROTOCOL, 1, 1, "01", NULL));
	EXPECT_FALSE(eap_server_timer(&rig->server, 15000, &rig->acts));
	EXPECT_EQ(UINT64_MAX, rig->server.deadline);
}

/* What an Identity may not be. */
TEST_F(eap, identities)
{
	struct rig *rig = self->rig;
	char hex[2 * (1 + PPP_USER_MAX + 1) + 1] = "01";
	unsigned int i;

	eap_server_start(&rig->server, 0, &rig->acts);
	EXPECT_EQ(PPP_AUTH_IGNORED, tell_server(rig, 2, 1, ""));
	EXPECT_EQ(PPP_AUTH_IGNORED, tell_server(rig, 2, 0, "01616c"));
	EXPECT_EQ(PPP_AUTH_IGNORED, tell_server(rig, 2, 1, "031a"));
	EXPECT_EQ(PPP_AUTH_IGNORED, tell_server(rig, 1, 1, "01616c"));
	EXPECT_EQ(PPP_AUTH_DONE_FAILED, tell_server(rig, 2, 1, "01"));
	eap_server_start(&rig->server, 0, &rig->acts);
	EXPECT_EQ(PPP_AUTH_DONE_FAILED, tell_server(rig, 2, 2, "01610062"));
	for (i = 0; i < PPP_USER_MAX; i++)
		strcat(hex, "61");
	eap_server_start(&rig->server, 0, &rig->acts);
	EXPECT_EQ(PPP_AUTH_WAITING, tell_server(rig, 2, 3, hex));
	EXPECT_EQ(PPP_ACTION_AUTHENTICATE, rig->acts.act[0].type);
	strcat(hex, "61");
	eap_server_start(&rig->server, 0, &rig->acts);
	EXPECT_EQ(PPP_AUTH_DONE_FAILED, tell_server(rig, 2, 4, hex));
}

/* Up to the Challenge of MS-CHAP-V2, which is Request 2 then. */
static void to_challenge(struct rig *rig, const char *identity)
{
	struct ppp_auth_result result = {
		.serial = 1, .ok = true, .methods = MSCHAP,
	};

	eap_server_start(&rig->server, 0, &rig->acts);
	tell_server(rig, 2, 1, identity);
	rig->acts.n = 0;
	eap_server_result(&rig->server, &result, 0, &rig->acts);
}

/* A Response of RFC 2759's example, by that name. */
static enum ppp_auth_outcome respond_as(struct rig *rig, const char *name)
{
	uint8_t data[100] = { EAP_TYPE_MSCHAP_V2, 2, 2, 0, 0, 49 };

	memcpy(data + 6 + 49, name, strlen(name));
	rig->acts.n = 0;
	return eap_server_input(&rig->server,
				peer_packet(2, 2, data, 55 + strlen(name)), 0,
				&rig->acts);
}

/* The policy was asked for the Identity: nobody else may use its answer. */
TEST_F(eap, names_that_differ)
{
	static const struct {
		const char *identity, *name;
		bool asks;
	} table[] = {
		{ "01616c696365", "alice", true },
		{ "01616c696365", "CORP\\alice", true },
		{ "01414c5c616c696365", "alice", true },
		{ "01616c696365", "alic", false },
		{ "01616c696365", "alicex", false },
		{ "01616c696365", "", false },
		{ "01616c696365", "bob", false },
		{ "01616c696365", "alice\\bob", false },
		{ "01414c5c616c696365", "AL", false },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(table); i++) {
		rig_init(self->rig);
		to_challenge(self->rig, table[i].identity);
		EXPECT_EQ(PPP_AUTH_WAITING, respond_as(self->rig, table[i].name));
		EXPECT_EQ(1, self->rig->acts.n);
		EXPECT_EQ(table[i].asks ? PPP_ACTION_AUTHENTICATE : PPP_ACTION_SEND,
			  self->rig->acts.act[0].type) TH_LOG("row %u", i);
		if (table[i].asks)
			continue;
		EXPECT_EQ(0, memcmp(self->rig->acts.act[0].send.data + 6,
				    "\x1a\x04\x03\x00", 4));
		EXPECT_EQ(0, memcmp(self->rig->acts.act[0].send.data + 11,
				    "E=691 R=1 C=", 12));
	}
}

/* Every length of every operation, in every state, and nothing happens. */
TEST_F(eap, mschap_lengths)
{
	uint8_t data[700] = { EAP_TYPE_MSCHAP_V2 };
	unsigned int op;
	size_t len;

	for (op = 0; op < 10; op++) {
		for (len = 0; len < sizeof(data) - 1; len++) {
			struct rig *rig = self->rig;

			rig_init(rig);
			to_challenge(rig, "01616c696365");
			data[1] = (uint8_t)op;
			data[5] = 49;
			rig->acts.n = 0;
			eap_server_input(&rig->server,
					 peer_packet(2, 2, data, 1 + len), 0,
					 &rig->acts);
			/* Its name is none, so a Response is refused and no more. */
			EXPECT_EQ(op == 2 && len >= 54, rig->acts.n == 1);
		}
	}
}

/* A password that is typed again gets time, and a new challenge. */
TEST_F(eap, retry)
{
	struct ppp_auth_result result = {
		.serial = 2, .error = MSCHAP_ERROR_FAILED, .message = "Again",
	};
	struct rig *rig = self->rig;
	uint8_t first[MSCHAP_CHALLENGE_LEN];

	to_challenge(rig, "01616c696365");
	EXPECT_EQ(3000, rig->server.deadline);
	memcpy(first, rig->server.mschap.challenge, sizeof(first));
	respond_as(rig, "alice");
	rig->acts.n = 0;
	EXPECT_EQ(PPP_AUTH_WAITING,
		  eap_server_result(&rig->server, &result, 100, &rig->acts));
	EXPECT_NE(0, memcmp(first, rig->server.mschap.challenge, sizeof(first)));
	EXPECT_EQ(100 + 4 * 3000, rig->server.deadline);
	/* Another answer to the first question is not looked at. */
	EXPECT_EQ(PPP_AUTH_IGNORED, respond_as(rig, "alice"));
	EXPECT_EQ(PPP_AUTH_IGNORED,
		  eap_server_result(&rig->server, &result, 100, &rig->acts));
}

TEST_F(eap, stop_forgets)
{
	struct ppp_auth_result result = { .serial = 1, .ok = true };
	struct rig *rig = self->rig;

	eap_server_start(&rig->server, 0, &rig->acts);
	tell_server(rig, 2, 1, "01616c696365");
	eap_server_stop(&rig->server);
	EXPECT_EQ(PPP_AUTH_IGNORED,
		  eap_server_result(&rig->server, &result, 0, &rig->acts));
	EXPECT_EQ(PPP_AUTH_IGNORED, tell_server(rig, 2, 1, "01616c696365"));
	EXPECT_EQ(UINT64_MAX, rig->server.deadline);
}

TEST_F(eap, unknown_user)
{
	self->rig->secret.known = false;
	rig_run(self->rig);
	EXPECT_TRUE(rig_both(self->rig, PPP_AUTH_DONE_FAILED));
}

/* RFC 3748 section 4.2: the Success again, for whoever repeats its Response. */
TEST_F(eap, success_again)
{
	struct rig *rig = self->rig;

	rig_run(rig);
	EXPECT_EQ(PPP_AUTH_IGNORED, tell_server(rig, 2, rig->server.id, "1a03"));
	EXPECT_TRUE(peer_gets_hex(&rig->acts, 0, EAP_PROTOCOL, 3, rig->server.id,
				  "", NULL));
}

TEST_HARNESS_MAIN
