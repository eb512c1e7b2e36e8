// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The authenticator and the peer against each other, by every method, with what
 * may go wrong between them.
 */
#include "kselftest_harness.h"

#include "crypto/crypto.h"
#include "ppp_peer.h"
#include "proto/ppp_authenticator.h"
#include "proto/ppp_authpeer.h"

#define NEVER UINT64_MAX

/* What the daemon knows of "alice". */
struct account {
	const char *password;
	bool hash_only;
	bool expired;
	unsigned int asked;
};

FIXTURE(pair) {
	struct ppp_rand rand[2];
	struct ppp_authenticator server;
	struct ppp_authpeer peer;
	struct ppp_credentials own;
	struct ppp_authenticator_config cfg;
	struct ppp_authpeer_config peer_cfg;
	struct account account;
	struct ppp_actions *from_server;
	struct ppp_actions *from_peer;
	enum ppp_auth_outcome server_says;
	enum ppp_auth_outcome peer_says;
	unsigned int packets;
	unsigned int lose;	/* this packet is, counted from 1 */
	uint64_t now;
};

typedef struct _test_data_pair self_type;

FIXTURE_SETUP(pair)
{
	static const uint8_t seeds[2][32] = { { 1 }, { 2 } };

	memset(self, 0, sizeof(*self));
	self->from_server = calloc(1, sizeof(*self->from_server));
	self->from_peer = calloc(1, sizeof(*self->from_peer));
	ASSERT_NE(NULL, self->from_server);
	ASSERT_NE(NULL, self->from_peer);
	ppp_rand_init(&self->rand[0], seeds[0]);
	ppp_rand_init(&self->rand[1], seeds[1]);
	self->account.password = "clientPass";
	self->own = (struct ppp_credentials){
		.user = "LAB\\alice", .password = "clientPass", .methods = 0xff,
	};
	self->cfg = (struct ppp_authenticator_config){
		.name = "gate", .methods = 0xff, .restart = 3000, .max_transmit = 4,
		.tries = 3, .mtu = 1020,
	};
	self->peer_cfg = (struct ppp_authpeer_config){
		.credentials = &self->own, .restart = 3000, .max_transmit = 4,
		.mtu = 1020,
	};
}

FIXTURE_TEARDOWN(pair)
{
	ppp_authenticator_stop(&self->server);
	ppp_authpeer_stop(&self->peer);
	free(self->from_server);
	free(self->from_peer);
}

static void note_outcome(enum ppp_auth_outcome *last, enum ppp_auth_outcome now)
{
	if (now == PPP_AUTH_DONE_OK || now == PPP_AUTH_DONE_FAILED)
		*last = now;
}

/* The daemon: right or wrong, then expired or not, as daemon/auth.c has it. */
static void answer(self_type *self, const struct ppp_auth_request *request)
{
	struct account *account = &self->account;
	struct ppp_auth_secret secret = { .known = true };
	struct ppp_auth_result result;

	account->asked++;
	crypto_nt_hash(account->password, strlen(account->password), secret.nt_hash);
	if (!account->hash_only)
		secret.password = account->password;
	ppp_auth_check(request, &secret, &result);
	if (result.ok && request->kind == PPP_AUTH_CHANGE) {
		account->password = self->own.new_password;
		account->expired = false;
	}
	if (result.ok && account->expired)
		ppp_auth_refuse(request, MSCHAP_ERROR_EXPIRED, "Expired", &result);
	note_outcome(&self->server_says,
		     ppp_authenticator_result(&self->server, &result, self->now,
					      self->from_server));
}

/* The packet of an action, to the other end, unless it is to be lost. */
static void carry(self_type *self, const struct ppp_action *act, bool to_server)
{
	uint16_t protocol = (uint16_t)(act->send.data[0] << 8 | act->send.data[1]);
	struct ppp_action copy = *act;
	struct ppp_packet pkt;

	if (++self->packets == self->lose ||
	    !ppp_packet_parse(copy.send.data + 2, copy.send.len - 2, &pkt))
		return;
	if (to_server)
		note_outcome(&self->server_says,
			     ppp_authenticator_input(&self->server, protocol, &pkt,
						     self->now, self->from_server));
	else
		note_outcome(&self->peer_says,
			     ppp_authpeer_input(&self->peer, protocol, &pkt,
						self->now, self->from_peer));
}

/* All that is due at once, until both fall silent. */
static void deliver(self_type *self)
{
	struct ppp_actions acts;
	unsigned int i, rounds = 0;

	while ((self->from_server->n || self->from_peer->n) && rounds++ < 50) {
		acts = *self->from_server;
		self->from_server->n = 0;
		for (i = 0; i < acts.n; i++) {
			if (acts.act[i].type == PPP_ACTION_SEND)
				carry(self, &acts.act[i], false);
			else if (acts.act[i].type == PPP_ACTION_AUTHENTICATE)
				answer(self, &acts.act[i].auth);
		}
		acts = *self->from_peer;
		self->from_peer->n = 0;
		for (i = 0; i < acts.n; i++)
			carry(self, &acts.act[i], true);
	}
}

static void begin(self_type *self, enum ppp_auth_method method)
{
	self->server_says = PPP_AUTH_WAITING;
	self->peer_says = PPP_AUTH_WAITING;
	ppp_authenticator_start(&self->server, method, self->now, self->from_server);
	ppp_authpeer_start(&self->peer, method, self->now, self->from_peer);
	deliver(self);
}

/* Timers of both ends until they have nothing to say any more. */
static void let_time_pass(self_type *self)
{
	unsigned int i;

	for (i = 0; i < 20; i++) {
		self->now += 1000;
		ppp_authenticator_timer(&self->server, self->now, self->from_server);
		ppp_authpeer_timer(&self->peer, self->now, self->from_peer);
		deliver(self);
	}
}

static void init(self_type *self)
{
	ppp_authenticator_init(&self->server, &self->cfg, &self->rand[0]);
	ppp_authpeer_init(&self->peer, &self->peer_cfg, &self->rand[1]);
}

static const enum ppp_auth_method by_password[] = {
	PPP_AUTH_PAP, PPP_AUTH_CHAP_MD5, PPP_AUTH_MSCHAP, PPP_AUTH_MSCHAP_V2,
};

static const uint8_t no_key[MPPE_START_LEN];

TEST_F(pair, every_method)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(by_password); i++) {
		const struct ppp_auth_done *server, *peer;
		bool keys = ppp_auth_method_keys(by_password[i]);

		init(self);
		begin(self, by_password[i]);
		server = ppp_authenticator_done(&self->server);
		peer = ppp_authpeer_done(&self->peer);
		EXPECT_EQ(PPP_AUTH_DONE_OK, self->server_says) TH_LOG("%zu", i);
		EXPECT_EQ(PPP_AUTH_DONE_OK, self->peer_says) TH_LOG("%zu", i);
		EXPECT_STREQ("LAB\\alice", server->user);
		EXPECT_STREQ("LAB\\alice", peer->user);
		EXPECT_EQ(by_password[i], server->method);
		EXPECT_EQ(by_password[i], peer->method);
		EXPECT_EQ(keys, server->has_keys);
		EXPECT_EQ(keys, peer->has_keys);
		EXPECT_FALSE(peer->changed);
		EXPECT_EQ(keys, !!memcmp(server->tx_start, no_key, MPPE_START_LEN));
		EXPECT_EQ(0, memcmp(server->tx_start, peer->rx_start, MPPE_START_LEN));
		EXPECT_EQ(0, memcmp(server->rx_start, peer->tx_start, MPPE_START_LEN));
		EXPECT_FALSE(ppp_authenticator_refused(&self->server));
		EXPECT_EQ(NEVER, ppp_authenticator_deadline(&self->server));
		EXPECT_EQ(NEVER, ppp_authpeer_deadline(&self->peer));
	}
}

TEST_F(pair, wrong_password)
{
	size_t i;

	self->own.password = "clientpass";
	for (i = 0; i < ARRAY_SIZE(by_password); i++) {
		init(self);
		begin(self, by_password[i]);
		EXPECT_EQ(PPP_AUTH_DONE_FAILED, self->peer_says) TH_LOG("%zu", i);
		EXPECT_FALSE(ppp_authpeer_failure(&self->peer)->identity);
		EXPECT_FALSE(ppp_authenticator_done(&self->server)->has_keys);
		EXPECT_TRUE(ppp_authenticator_refused(&self->server)) TH_LOG("%zu", i);
	}
}

TEST_F(pair, reason_of_a_refusal)
{
	self->own.password = "clientpass";
	init(self);
	begin(self, PPP_AUTH_MSCHAP_V2);
	EXPECT_EQ(691, ppp_authpeer_failure(&self->peer)->error);
	EXPECT_STREQ("Authentication failed", ppp_authpeer_failure(&self->peer)->message);
	begin(self, PPP_AUTH_PAP);
	EXPECT_EQ(0, ppp_authpeer_failure(&self->peer)->error);
	EXPECT_STREQ("Authentication failed", ppp_authpeer_failure(&self->peer)->message);
	begin(self, PPP_AUTH_MSCHAP);
	EXPECT_EQ(691, ppp_authpeer_failure(&self->peer)->error);
}

/* A hash at either end is enough for what is made of it. */
TEST_F(pair, hash_is_enough)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(by_password); i++) {
		bool needs = ppp_auth_method_password(by_password[i]);

		self->account.hash_only = true;
		init(self);
		begin(self, by_password[i]);
		EXPECT_EQ(needs ? PPP_AUTH_DONE_FAILED : PPP_AUTH_DONE_OK,
			  self->server_says)
			TH_LOG("%zu", i);
	}
	self->own.has_hash = crypto_nt_hash("clientPass", 10, self->own.nt_hash);
	self->own.password = NULL;
	init(self);
	begin(self, PPP_AUTH_MSCHAP);
	EXPECT_EQ(PPP_AUTH_DONE_OK, self->peer_says);
	begin(self, PPP_AUTH_MSCHAP_V2);
	EXPECT_EQ(PPP_AUTH_DONE_OK, self->peer_says);
}

/* Each packet in turn is lost: both ends agree all the same. */
TEST_F(pair, losses)
{
	unsigned int lose;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(by_password); i++) {
		for (lose = 1; lose <= 4; lose++) {
			init(self);
			self->packets = 0;
			self->lose = lose;
			begin(self, by_password[i]);
			let_time_pass(self);
			EXPECT_EQ(PPP_AUTH_DONE_OK, self->server_says)
				TH_LOG("%zu, packet %u", i, lose);
			/* CHAP's Success is not repeated by itself: RFC 1994 4.2. */
			if (by_password[i] == PPP_AUTH_PAP || lose != 3)
				EXPECT_EQ(PPP_AUTH_DONE_OK, self->peer_says)
					TH_LOG("%zu, packet %u", i, lose);
		}
	}
}

/* pppd repeats its Challenge while a slow peer's answer is on the way. */
TEST_F(pair, copies_of_a_challenge)
{
	struct ppp_action first, copy;

	init(self);
	ppp_authenticator_start(&self->server, PPP_AUTH_MSCHAP_V2, 0, self->from_server);
	ppp_authpeer_start(&self->peer, PPP_AUTH_MSCHAP_V2, 0, self->from_peer);
	first = self->from_server->act[0];
	self->from_server->n = 0;
	carry(self, &first, false);
	copy = self->from_peer->act[0];
	carry(self, &first, false);
	ASSERT_EQ(2, self->from_peer->n);
	EXPECT_EQ(0, memcmp(&copy.send, &self->from_peer->act[1].send,
			    copy.send.len + sizeof(size_t)));
	deliver(self);
	EXPECT_EQ(PPP_AUTH_DONE_OK, self->peer_says);
	EXPECT_EQ(1, self->account.asked);
}

/* RFC 1994 section 4: again at any time; DONE_OK is said once. */
TEST_F(pair, challenged_again)
{
	init(self);
	begin(self, PPP_AUTH_MSCHAP_V2);
	self->peer_says = PPP_AUTH_WAITING;
	ppp_authenticator_start(&self->server, PPP_AUTH_MSCHAP_V2, 0, self->from_server);
	deliver(self);
	EXPECT_EQ(PPP_AUTH_DONE_OK, self->server_says);
	EXPECT_EQ(PPP_AUTH_WAITING, self->peer_says);
	EXPECT_EQ(2, self->account.asked);
}

TEST_F(pair, new_password)
{
	self->account.expired = true;
	self->own.new_password = "n\303\244chstes";
	init(self);
	begin(self, PPP_AUTH_MSCHAP_V2);
	EXPECT_EQ(PPP_AUTH_DONE_OK, self->server_says);
	EXPECT_EQ(PPP_AUTH_DONE_OK, self->peer_says);
	EXPECT_STREQ("n\303\244chstes", self->account.password);
	EXPECT_TRUE(ppp_authpeer_done(&self->peer)->changed);
	EXPECT_EQ(0, memcmp(ppp_authenticator_done(&self->server)->tx_start,
			    ppp_authpeer_done(&self->peer)->rx_start, MPPE_START_LEN));
	/* The peer knows it by now, and so after a renegotiation. */
	begin(self, PPP_AUTH_MSCHAP_V2);
	EXPECT_EQ(PPP_AUTH_DONE_OK, self->peer_says);
	EXPECT_EQ(3, self->account.asked);
}

/* It was changed before, and only our record of it is old. */
TEST_F(pair, new_password_counts_already)
{
	self->account.password = "next";
	self->own.new_password = "next";
	init(self);
	begin(self, PPP_AUTH_MSCHAP_V2);
	EXPECT_EQ(PPP_AUTH_DONE_OK, self->server_says);
	EXPECT_EQ(PPP_AUTH_DONE_OK, self->peer_says);
	EXPECT_TRUE(ppp_authpeer_done(&self->peer)->changed);
	EXPECT_EQ(2, self->account.asked);
}

TEST_F(pair, expired_without_a_new_password)
{
	size_t i;

	self->account.expired = true;
	for (i = 0; i < ARRAY_SIZE(by_password); i++) {
		init(self);
		begin(self, by_password[i]);
		EXPECT_EQ(PPP_AUTH_DONE_FAILED, self->peer_says) TH_LOG("%zu", i);
		EXPECT_EQ(by_password[i] == PPP_AUTH_MSCHAP_V2 ? PPP_AUTH_WAITING :
								 PPP_AUTH_DONE_FAILED,
			  self->server_says)
			TH_LOG("%zu", i);
	}
	EXPECT_EQ(648, ppp_authpeer_failure(&self->peer)->error);
}

/* The old password again is none; that Failure is the last. */
TEST_F(pair, new_password_is_the_old_one)
{
	self->account.expired = true;
	self->own.new_password = "clientPass";
	init(self);
	begin(self, PPP_AUTH_MSCHAP_V2);
	EXPECT_EQ(PPP_AUTH_DONE_FAILED, self->server_says);
	EXPECT_EQ(PPP_AUTH_DONE_FAILED, self->peer_says);
	EXPECT_EQ(709, ppp_authpeer_failure(&self->peer)->error);
}

/* Somebody without the password can only guess what S= should be. */
TEST_F(pair, false_server)
{
	uint8_t data[] = "S=407A5589115FD0D6209F510FE9C04566932CDA56 M=Welcome";
	enum ppp_auth_outcome outcome;
	uint8_t id;

	init(self);
	ppp_authenticator_start(&self->server, PPP_AUTH_MSCHAP_V2, 0, self->from_server);
	ppp_authpeer_start(&self->peer, PPP_AUTH_MSCHAP_V2, 0, self->from_peer);
	carry(self, &self->from_server->act[0], false);
	id = peer_sees_id(self->from_peer, 0);
	outcome = ppp_authpeer_input(&self->peer, CHAP_PROTOCOL,
				     peer_packet(3, id, data, sizeof(data) - 1), 0,
				     self->from_peer);
	EXPECT_EQ(PPP_AUTH_DONE_FAILED, outcome);
	EXPECT_TRUE(ppp_authpeer_failure(&self->peer)->identity);
	EXPECT_STREQ("the peer does not know the password",
		     ppp_authpeer_failure(&self->peer)->message);
	EXPECT_FALSE(ppp_authpeer_done(&self->peer)->has_keys);
}

TEST_F(pair, name_of_the_server)
{
	static const struct {
		const char *want;
		bool right;
	} rows[] = {
		{ "gate", true }, { "gat", false }, { "gates", false }, { "", false },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		self->own.remote_name = rows[i].want;
		self->account.asked = 0;
		init(self);
		begin(self, PPP_AUTH_MSCHAP_V2);
		EXPECT_EQ(rows[i].right ? PPP_AUTH_DONE_OK : PPP_AUTH_DONE_FAILED,
			  self->peer_says)
			TH_LOG("row %zu", i);
		EXPECT_EQ(!rows[i].right, ppp_authpeer_failure(&self->peer)->identity);
		/* Nothing was said to the wrong one. */
		EXPECT_EQ(rows[i].right, self->account.asked == 1);
	}
}

/* A link belongs to one user, however often LCP begins again. */
TEST_F(pair, other_user)
{
	init(self);
	begin(self, PPP_AUTH_MSCHAP_V2);
	EXPECT_EQ(PPP_AUTH_DONE_OK, self->server_says);
	self->own.user = "bob";
	begin(self, PPP_AUTH_MSCHAP_V2);
	EXPECT_EQ(PPP_AUTH_DONE_FAILED, self->server_says);
	EXPECT_EQ(647, ppp_authpeer_failure(&self->peer)->error);
	EXPECT_FALSE(ppp_authenticator_done(&self->server)->has_keys);
}

/* Only what was agreed on is heard, and nothing before or after. */
TEST_F(pair, other_protocols)
{
	static const uint16_t protocols[] = { 0xc021, 0xc023, 0xc223, 0xc227, 0x80fd };
	static const uint8_t request[] = "\005alice\012clientPass";
	const struct ppp_packet *pkt = peer_packet(1, 1, request, sizeof(request) - 1);
	size_t i, k;

	for (k = 0; k < ARRAY_SIZE(by_password); k++) {
		init(self);
		ppp_authenticator_start(&self->server, by_password[k], 0, self->from_server);
		ppp_authpeer_start(&self->peer, by_password[k], 0, self->from_peer);
		for (i = 0; i < ARRAY_SIZE(protocols); i++) {
			bool agreed = ppp_auth_protocol(by_password[k]) == protocols[i];

			if (!agreed) {
				EXPECT_EQ(PPP_AUTH_IGNORED,
					  ppp_authenticator_input(&self->server, protocols[i],
								  pkt, 0, self->from_server));
				EXPECT_EQ(PPP_AUTH_IGNORED,
					  ppp_authpeer_input(&self->peer, protocols[i], pkt,
							     0, self->from_peer));
			}
		}
		ppp_authenticator_stop(&self->server);
		ppp_authpeer_stop(&self->peer);
		for (i = 0; i < ARRAY_SIZE(protocols); i++) {
			EXPECT_EQ(PPP_AUTH_IGNORED,
				  ppp_authenticator_input(&self->server, protocols[i], pkt,
							  0, self->from_server));
			EXPECT_EQ(PPP_AUTH_IGNORED,
				  ppp_authpeer_input(&self->peer, protocols[i], pkt, 0,
						     self->from_peer));
		}
		self->from_server->n = 0;
		self->from_peer->n = 0;
	}
}

TEST_HARNESS_MAIN
