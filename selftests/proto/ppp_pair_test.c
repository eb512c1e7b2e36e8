// SPDX-License-Identifier: GPL-2.0-or-later
/* Our two ends against each other, in every combination that there is. */
#include "kselftest_harness.h"

#include "ppp_pair.h"

#define SERVER	0
#define CLIENT	1

FIXTURE(pair) {
	struct pair *pair;
	struct ppp_link_config server;
	struct ppp_link_config client;
};

FIXTURE_SETUP(pair)
{
	self->pair = calloc(1, sizeof(*self->pair));
	ASSERT_NE(NULL, self->pair);
	self->server = pair_server;
	self->client = pair_client;
}

FIXTURE_TEARDOWN(pair)
{
	pair_free(self->pair);
	free(self->pair);
}

typedef struct _test_data_pair self_type;

static struct pair_side *server_of(self_type *self)
{
	return &self->pair->side[SERVER];
}

static struct pair_side *client_of(self_type *self)
{
	return &self->pair->side[CLIENT];
}

static void begin(self_type *self)
{
	pair_free(self->pair);
	pair_open(self->pair, &self->server, &self->client);
}

/* To where nothing moves any more; time passes as needed. */
static void go_on(self_type *self)
{
	uint64_t end = self->pair->now + 200000;

	do {
		pair_settle(self->pair);
		if (server_of(self)->up && client_of(self)->up)
			break;
	} while (pair_expire(self->pair) && self->pair->now < end);
}

/* From the first frame on. */
static void play(self_type *self)
{
	begin(self);
	go_on(self);
}

static bool both_up(self_type *self)
{
	return server_of(self)->up && client_of(self)->up &&
	       !pair_broken(self->pair);
}

static bool both_over(self_type *self)
{
	return server_of(self)->finished && client_of(self)->finished &&
	       !pair_broken(self->pair);
}

TEST_F(pair, comes_up)
{
	const struct ppp_up *server, *client;

	play(self);
	ASSERT_EQ(0, pair_broken(self->pair));
	ASSERT_TRUE(both_up(self));
	server = &server_of(self)->state;
	client = &client_of(self)->state;
	EXPECT_EQ(htonl(0x0a090001), server->local.s_addr);
	EXPECT_EQ(htonl(0x0a090007), server->remote.s_addr);
	EXPECT_EQ(htonl(0x0a090007), client->local.s_addr);
	EXPECT_EQ(htonl(0x0a090001), client->remote.s_addr);
	EXPECT_EQ(htonl(0x0a090035), client->dns[0].s_addr);
	EXPECT_EQ(htonl(0x0a090036), client->dns[1].s_addr);
	EXPECT_EQ(0, client->wins[0].s_addr);
	EXPECT_EQ(0, server->dns[0].s_addr);
	EXPECT_EQ(PPP_AUTH_MSCHAP_V2, server->auth_peer);
	EXPECT_EQ(PPP_AUTH_NONE, server->auth_us);
	EXPECT_STREQ(PAIR_USER, server->user);
	EXPECT_EQ(PPP_AUTH_NONE, client->auth_peer);
	EXPECT_EQ(PPP_AUTH_MSCHAP_V2, client->auth_us);
	EXPECT_STREQ("", client->user);
	EXPECT_EQ(128, server->mppe_bits);
	EXPECT_TRUE(server->mppe_stateless);
	EXPECT_EQ(1400, client->peer_mru);
	EXPECT_TRUE(pair_keys_match(self->pair));
	EXPECT_EQ(1, server_of(self)->ups);
	EXPECT_EQ(1, client_of(self)->ups);
}

static const enum ppp_mppe_policy policies[] = {
	PPP_MPPE_DENY, PPP_MPPE_ALLOW, PPP_MPPE_PREFER, PPP_MPPE_REQUIRE,
};

static bool asks(enum ppp_mppe_policy policy)
{
	return policy == PPP_MPPE_PREFER || policy == PPP_MPPE_REQUIRE;
}

/* Encrypted when there are keys, one end asks and the other may. */
static bool encrypts(self_type *self, enum ppp_auth_method method)
{
	return ppp_auth_method_keys(method) &&
	       self->server.mppe != PPP_MPPE_DENY &&
	       self->client.mppe != PPP_MPPE_DENY &&
	       (asks(self->server.mppe) || asks(self->client.mppe));
}

static bool policy_is_kept(self_type *self, enum ppp_auth_method method)
{
	bool encrypted = encrypts(self, method);

	play(self);
	if (!encrypted && (self->server.mppe == PPP_MPPE_REQUIRE ||
			   self->client.mppe == PPP_MPPE_REQUIRE))
		return both_over(self) &&
		       (server_of(self)->reason == PPP_END_MPPE_REFUSED ||
			client_of(self)->reason == PPP_END_MPPE_REFUSED);
	if (!both_up(self) || server_of(self)->state.auth_peer != method)
		return false;
	if (!encrypted)
		return !server_of(self)->keyed && !client_of(self)->keyed;
	return server_of(self)->state.mppe_bits == 128 &&
	       client_of(self)->state.mppe_bits == 128 &&
	       pair_keys_match(self->pair);
}

TEST_F(pair, every_method_with_every_policy)
{
	static const enum ppp_auth_method methods[] = {
		PPP_AUTH_PAP, PPP_AUTH_CHAP_MD5, PPP_AUTH_MSCHAP,
		PPP_AUTH_MSCHAP_V2, PPP_AUTH_EAP_MD5, PPP_AUTH_EAP_MSCHAP_V2,
	};
	size_t m, s, c;

	for (m = 0; m < ARRAY_SIZE(methods); m++) {
		for (s = 0; s < ARRAY_SIZE(policies); s++) {
			for (c = 0; c < ARRAY_SIZE(policies); c++) {
				self->server.auth_peer = PPP_AUTH_BIT(methods[m]);
				self->client.credentials.methods =
					self->server.auth_peer;
				self->server.mppe = policies[s];
				self->client.mppe = policies[c];
				EXPECT_TRUE(policy_is_kept(self, methods[m]))
					TH_LOG("%s, server %zu, client %zu, line %u: %u %u",
					       ppp_auth_method_text(methods[m]),
					       s, c, pair_broken(self->pair),
					       server_of(self)->reason,
					       client_of(self)->reason);
			}
		}
	}
}

/* Stateful where one end asks for it and the other may. */
TEST_F(pair, every_mode_of_mppe)
{
	static const enum ccp_stateful modes[] = {
		CCP_STATEFUL_DENY, CCP_STATEFUL_ALLOW, CCP_STATEFUL_PREFER,
	};
	size_t s, c;

	for (s = 0; s < ARRAY_SIZE(modes); s++) {
		for (c = 0; c < ARRAY_SIZE(modes); c++) {
			bool denied = !modes[s] || !modes[c];
			bool asked = modes[s] == CCP_STATEFUL_PREFER ||
				     modes[c] == CCP_STATEFUL_PREFER;

			self->server.mppe_stateful = modes[s];
			self->client.mppe_stateful = modes[c];
			play(self);
			EXPECT_TRUE(both_up(self) && pair_keys_match(self->pair))
				TH_LOG("server %zu, client %zu, line %u", s, c,
				       pair_broken(self->pair));
			EXPECT_EQ(denied || !asked, client_of(self)->keys.stateless)
				TH_LOG("server %zu, client %zu", s, c);
		}
	}
}

/* MPPC where both ends have it, and never in the way of encryption. */
TEST_F(pair, compression)
{
	unsigned int i;

	for (i = 0; i < 4; i++) {
		bool both = i == 3;

		self->server.mppe_compression = i & 1;
		self->client.mppe_compression = i & 2;
		play(self);
		EXPECT_TRUE(both_up(self) && pair_keys_match(self->pair))
			TH_LOG("%u, line %u", i, pair_broken(self->pair));
		EXPECT_EQ(128, client_of(self)->state.mppe_bits);
		EXPECT_EQ(both, client_of(self)->state.mppe_compress_tx);
		EXPECT_EQ(both, client_of(self)->state.mppe_compress_rx);
	}
}

/* The strongest that both allow, or none. */
TEST_F(pair, every_strength)
{
	static const unsigned int sets[] = {
		CCP_MPPE_40, CCP_MPPE_56, CCP_MPPE_128,
		CCP_MPPE_40 | CCP_MPPE_56, CCP_MPPE_40 | CCP_MPPE_128,
		CCP_MPPE_56 | CCP_MPPE_128, CCP_MPPE_STRENGTHS,
	};
	size_t s, c;

	for (s = 0; s < ARRAY_SIZE(sets); s++) {
		for (c = 0; c < ARRAY_SIZE(sets); c++) {
			unsigned int both = sets[s] & sets[c], bits = 0;

			if (both)
				bits = both & CCP_MPPE_128 ? 128 :
				       both & CCP_MPPE_56 ? 56 : 40;
			self->server.mppe_bits = sets[s];
			self->client.mppe_bits = sets[c];
			play(self);
			EXPECT_EQ(0, pair_broken(self->pair));
			EXPECT_EQ(!!bits, both_up(self));
			EXPECT_EQ(bits, server_of(self)->keys.bits);
			EXPECT_EQ(bits, client_of(self)->keys.bits);
		}
	}
}

/* MS-CHAP leaves keys of 128 bits only: the LM hash is never used. */
TEST_F(pair, short_keys_are_not_of_mschap)
{
	self->server.auth_peer = PPP_AUTH_BIT(PPP_AUTH_MSCHAP);
	self->client.credentials.methods = self->server.auth_peer;
	self->server.mppe_bits = CCP_MPPE_40 | CCP_MPPE_56;
	self->client.mppe_bits = CCP_MPPE_STRENGTHS;
	play(self);
	EXPECT_TRUE(both_over(self));
	EXPECT_EQ(PPP_END_MPPE_REFUSED, server_of(self)->reason);
}

/* Either end must prove itself; the keys are those of the caller's proof. */
TEST_F(pair, both_prove_themselves)
{
	uint8_t tx[16], rx[16];

	self->client.auth_peer = PPP_AUTH_BIT(PPP_AUTH_MSCHAP_V2);
	self->server.credentials = self->client.credentials;
	play(self);
	ASSERT_TRUE(both_up(self));
	EXPECT_TRUE(server_of(self)->proven);
	EXPECT_TRUE(client_of(self)->proven);
	EXPECT_EQ(PPP_AUTH_MSCHAP_V2, server_of(self)->state.auth_us);
	EXPECT_TRUE(pair_keys_match(self->pair));
	mppe_start_server((uint8_t *)"0123456789abcdef",
			  server_of(self)->claim.mschap.nt, tx, rx);
	EXPECT_NE(0, memcmp(tx, server_of(self)->keys.tx, 16));
	ASSERT_TRUE(crypto_nt_hash(PAIR_PASSWORD, strlen(PAIR_PASSWORD), tx));
	mppe_start_server(tx, server_of(self)->claim.mschap.nt, tx, rx);
	EXPECT_EQ(0, memcmp(tx, server_of(self)->keys.tx, 16));
	EXPECT_EQ(0, memcmp(rx, server_of(self)->keys.rx, 16));
}

TEST_F(pair, one_proves_itself_by_a_weaker_method)
{
	self->client.auth_peer = PPP_AUTH_BIT(PPP_AUTH_CHAP_MD5);
	self->server.credentials = self->client.credentials;
	self->server.credentials.methods = self->client.auth_peer;
	play(self);
	ASSERT_TRUE(both_up(self));
	EXPECT_EQ(PPP_AUTH_CHAP_MD5, client_of(self)->state.auth_peer);
	EXPECT_EQ(PPP_AUTH_MSCHAP_V2, client_of(self)->state.auth_us);
	EXPECT_TRUE(pair_keys_match(self->pair));
}

/* The strongest is offered first, and the peer's proposal is taken. */
TEST_F(pair, methods_are_agreed_on)
{
	self->server.auth_peer = PPP_AUTH_BIT(PPP_AUTH_PAP) |
				 PPP_AUTH_BIT(PPP_AUTH_CHAP_MD5) |
				 PPP_AUTH_BIT(PPP_AUTH_MSCHAP_V2);
	self->server.mppe = PPP_MPPE_ALLOW;
	self->client.mppe = PPP_MPPE_ALLOW;
	play(self);
	ASSERT_TRUE(both_up(self));
	EXPECT_EQ(PPP_AUTH_MSCHAP_V2, server_of(self)->state.auth_peer);
	self->client.credentials.methods = PPP_AUTH_BIT(PPP_AUTH_PAP) |
					   PPP_AUTH_BIT(PPP_AUTH_CHAP_MD5);
	play(self);
	ASSERT_TRUE(both_up(self));
	EXPECT_EQ(PPP_AUTH_CHAP_MD5, server_of(self)->state.auth_peer);
	self->client.credentials.methods = PPP_AUTH_BIT(PPP_AUTH_PAP);
	play(self);
	ASSERT_TRUE(both_up(self));
	EXPECT_EQ(PPP_AUTH_PAP, server_of(self)->state.auth_peer);
}

TEST_F(pair, no_method_in_common)
{
	self->client.credentials.methods = PPP_AUTH_BIT(PPP_AUTH_PAP);
	play(self);
	EXPECT_TRUE(both_over(self));
	EXPECT_EQ(PPP_END_AUTH_REFUSED, server_of(self)->reason);
	EXPECT_EQ(PPP_END_AUTH_DEMANDED, client_of(self)->reason);
	self->client.credentials.methods = 0;
	play(self);
	EXPECT_TRUE(both_over(self));
	EXPECT_EQ(PPP_END_AUTH_REFUSED, server_of(self)->reason);
	EXPECT_EQ(PPP_END_AUTH_DEMANDED, client_of(self)->reason);
}

TEST_F(pair, wrong_password)
{
	self->client.credentials.password = "guess";
	play(self);
	EXPECT_TRUE(both_over(self));
	EXPECT_EQ(PPP_END_AUTH_FAILED, server_of(self)->reason);
	EXPECT_EQ(PPP_END_PEER_REFUSED_US, client_of(self)->reason);
	EXPECT_EQ(MSCHAP_ERROR_FAILED,
		  ppp_link_auth_failure(client_of(self)->link)->error);
	EXPECT_FALSE(ppp_link_auth_failure(client_of(self)->link)->identity);
}

/* Nobody has to prove anything; there are no keys either. */
TEST_F(pair, nobody_is_asked)
{
	self->server.auth_peer = 0;
	self->server.mppe = PPP_MPPE_PREFER;
	self->client.mppe = PPP_MPPE_PREFER;
	play(self);
	ASSERT_TRUE(both_up(self));
	EXPECT_EQ(PPP_AUTH_NONE, server_of(self)->state.auth_peer);
	EXPECT_EQ(0, server_of(self)->state.mppe_bits);
	self->client.mppe = PPP_MPPE_REQUIRE;
	play(self);
	EXPECT_TRUE(both_over(self));
	EXPECT_EQ(PPP_END_MPPE_REFUSED, client_of(self)->reason);
}

TEST_F(pair, ipv6_beside_ipv4)
{
	const struct ppp_up *server, *client;

	self->server.ipv6 = true;
	self->client.ipv6 = true;
	self->client.ipv6_local[7] = 9;
	play(self);
	pair_settle(self->pair);
	ASSERT_TRUE(both_up(self));
	server = &server_of(self)->state;
	client = &client_of(self)->state;
	ASSERT_TRUE(server->has_ipv4 && client->has_ipv4);
	ASSERT_TRUE(server->has_ipv6 && client->has_ipv6);
	EXPECT_EQ(9, client->local_id[7]);
	EXPECT_EQ(0, memcmp(server->local_id, client->remote_id, PPP_IFID_LEN));
	EXPECT_EQ(0, memcmp(client->local_id, server->remote_id, PPP_IFID_LEN));
	EXPECT_EQ(0, server->local_id[0] & 2);
}

TEST_F(pair, ipv6_refused)
{
	self->client.ipv6 = true;
	play(self);
	pair_settle(self->pair);
	ASSERT_TRUE(both_up(self));
	EXPECT_FALSE(client_of(self)->state.has_ipv6);
	EXPECT_EQ(1, client_of(self)->ups);
}

TEST_F(pair, ipv6_alone)
{
	self->server.ipv4 = false;
	self->client.ipv4 = false;
	self->server.ipv6 = true;
	self->client.ipv6 = true;
	play(self);
	ASSERT_TRUE(both_up(self));
	EXPECT_TRUE(client_of(self)->state.has_ipv6);
	EXPECT_FALSE(client_of(self)->state.has_ipv4);
	EXPECT_TRUE(pair_keys_match(self->pair));
}

TEST_F(pair, no_family_in_common)
{
	self->server.ipv4 = false;
	self->server.ipv6 = true;
	play(self);
	EXPECT_TRUE(both_over(self));
	EXPECT_EQ(PPP_END_NCP_TIMEOUT, client_of(self)->reason);
}

/* Both have the same configured identifier: one of them has to give way. */
TEST_F(pair, ipv6_collision)
{
	self->server.ipv6 = true;
	self->client.ipv6 = true;
	self->server.ipv6_local[7] = 1;
	self->client.ipv6_local[7] = 1;
	play(self);
	pair_settle(self->pair);
	ASSERT_TRUE(both_up(self));
	EXPECT_FALSE(client_of(self)->state.has_ipv6);
	EXPECT_FALSE(server_of(self)->state.has_ipv6);
}

/* The server says which identifier the client gets. */
TEST_F(pair, ipv6_given)
{
	self->server.ipv6 = true;
	self->client.ipv6 = true;
	self->server.ipv6_remote[7] = 5;
	play(self);
	pair_settle(self->pair);
	ASSERT_TRUE(both_up(self));
	ASSERT_TRUE(client_of(self)->state.has_ipv6);
	EXPECT_EQ(5, client_of(self)->state.local_id[7]);
}

TEST_F(pair, passive_client)
{
	self->client.passive = true;
	pair_open(self->pair, &self->server, &self->client);
	EXPECT_EQ(0, server_of(self)->line.n);
	pair_free(self->pair);
	play(self);
	EXPECT_TRUE(both_up(self));
}

TEST_F(pair, passive_ends)
{
	self->client.passive = true;
	self->server.passive = true;
	play(self);
	EXPECT_TRUE(both_over(self));
	EXPECT_EQ(PPP_END_NO_ANSWER, server_of(self)->reason);
}

TEST_F(pair, no_address_for_the_client)
{
	struct pair_frame frame;
	unsigned int i, rounds;

	pair_open(self->pair, &self->server, &self->client);
	for (rounds = 0; rounds < 200; rounds++) {
		for (i = 0; i < 2; i++) {
			pair_answer(self->pair, i, true);
			pair_address(self->pair, i, false);
			if (pair_take(&self->pair->side[i].line, &frame))
				pair_input(self->pair, i, &frame);
		}
	}
	while (pair_expire(self->pair))
		pair_settle(self->pair);
	EXPECT_TRUE(both_over(self));
	EXPECT_EQ(PPP_END_NO_ADDRESS, server_of(self)->reason);
	EXPECT_EQ(PPP_END_PEER, client_of(self)->reason);
}

/* Either end may close; the other one knows that it was the peer. */
TEST_F(pair, closed_by_either)
{
	unsigned int i;

	for (i = 0; i < 2; i++) {
		struct pair_side *s = &self->pair->side[i];

		play(self);
		ASSERT_TRUE(both_up(self));
		ppp_link_close(s->link, PPP_END_IDLE, self->pair->now, &s->acts);
		pair_perform(self->pair, i);
		while (pair_settle(self->pair), pair_expire(self->pair))
			;
		EXPECT_TRUE(both_over(self));
		EXPECT_EQ(PPP_END_IDLE, s->reason);
		EXPECT_EQ(PPP_END_PEER, self->pair->side[!i].reason);
	}
}

static uint32_t next_random(uint32_t *state)
{
	*state = *state * 1664525u + 1013904223u;
	return *state >> 8;
}

/* One frame of a line that loses, doubles and overtakes. */
static void deliver_badly(struct pair *pair, unsigned int i, uint32_t *seed)
{
	struct pair_line *line = &pair->side[i].line;
	struct pair_frame frame, next;
	uint32_t fate = next_random(seed) % 16;

	if (!pair_take(line, &frame) || fate < 2)
		return;
	if (fate == 2 && pair_take(line, &next))
		pair_input(pair, i, &next);
	pair_input(pair, i, &frame);
	if (fate == 3)
		pair_input(pair, i, &frame);
}

static void play_badly(self_type *self, uint32_t seed)
{
	struct pair *pair = self->pair;
	unsigned int i, rounds;

	pair_open(pair, &self->server, &self->client);
	for (rounds = 0; rounds < 20000; rounds++) {
		if (both_up(self) && !pair->side[0].line.n &&
		    !pair->side[1].line.n)
			return;
		if (!pair->side[0].line.n && !pair->side[1].line.n &&
		    !pair_expire(pair))
			return;
		for (i = 0; i < 2; i++) {
			pair_answer(pair, i, true);
			pair_address(pair, i, true);
			deliver_badly(pair, i, &seed);
		}
	}
}

/* Every eighth frame is lost, some come twice or too early: it still comes up. */
TEST_F_TIMEOUT(pair, bad_line, 120)
{
	unsigned int seed, up = 0;

	self->server.ipv6 = true;
	self->client.ipv6 = true;
	self->server.mppe_stateful = CCP_STATEFUL_PREFER;
	self->client.mppe_stateful = CCP_STATEFUL_ALLOW;
	for (seed = 1; seed <= 300; seed++) {
		play_badly(self, seed);
		ASSERT_EQ(0, pair_broken(self->pair))
			TH_LOG("seed %u", seed);
		if (both_up(self)) {
			EXPECT_TRUE(pair_keys_match(self->pair));
			up++;
		} else {
			EXPECT_TRUE(both_over(self))
				TH_LOG("seed %u", seed);
		}
		pair_free(self->pair);
	}
	EXPECT_LE(290, up);
}

/* What the client wants, what its user is offered, and what comes of it. */
static const struct {
	bool honoured;
	const char *wish;	/* NULL: none */
	unsigned int types;	/* 0: no callback */
	bool called_back;
	const char *number;
} callbacks[] = {
	{ true, NULL, 0, false, NULL },
	{ true, "77", 0, false, NULL },
	{ true, "", 0, false, NULL },
	{ true, "77", CBCP_BIT(CBCP_USER), true, "77" },
	{ true, "", CBCP_BIT(CBCP_USER), true, "" },
	{ true, "77", CBCP_BIT(CBCP_ADMIN), true, "5551212" },
	{ true, "", CBCP_BIT(CBCP_ADMIN), true, "5551212" },
	{ true, NULL, CBCP_BIT(CBCP_ADMIN), true, "5551212" },
	{ false, "77", 0, false, NULL },
	{ false, "77", CBCP_BIT(CBCP_USER), true, "5551212" },
};

static bool callback_is_right(self_type *self, size_t row)
{
	const struct cbcp_choice *choice = ppp_link_callback(server_of(self)->link);
	/* A client that has not asked, or in vain, sees no more than an end. */
	bool told = callbacks[row].honoured && callbacks[row].wish;

	if (!callbacks[row].called_back)
		return both_up(self) && !choice;
	return both_over(self) && server_of(self)->reason == PPP_END_CALLBACK &&
	       client_of(self)->reason == (told ? PPP_END_CALLBACK : PPP_END_PEER) &&
	       !strcmp(choice->number, callbacks[row].number) &&
	       told == !!ppp_link_callback(client_of(self)->link);
}

TEST_F(pair, callback)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(callbacks); i++) {
		self->server.callback = callbacks[i].honoured;
		self->client.callback_number = callbacks[i].wish;
		begin(self);
		ppp_link_set_callback(server_of(self)->link, callbacks[i].types, "5551212");
		go_on(self);
		EXPECT_TRUE(callback_is_right(self, i)) {
			TH_LOG("row %zu", i);
		}
	}
}

TEST_HARNESS_MAIN
