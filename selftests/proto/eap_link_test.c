// SPDX-License-Identifier: GPL-2.0-or-later
/* Links that agree on EAP in LCP, up to the keys that the kernel gets. */
#include "kselftest_harness.h"

#include "crypto/tls.h"
#include "crypto/tls_pki.h"
#include "ppp_pair.h"
#include "proto/eap.h"

FIXTURE(eap_link) {
	struct pair *pair;
	struct tls_pki pki;
	struct tls_config *server_tls;
	struct tls_config *client_tls;
};

static struct tls_config *load(struct tls_pki *pki, const char *name)
{
	struct tls_files files = {
		.certificate = tls_pki_file(pki, name),
		.key = tls_pki_file(pki, "key"),
		.ca = tls_pki_file(pki, "ca"),
		.max_version = TLS_VERSION_1_3,
		.depth = 4,
	};
	char err[200];

	return tls_config_load(&files, err, sizeof(err));
}

FIXTURE_SETUP(eap_link)
{
	ASSERT_TRUE(tls_pki_make(&self->pki));
	self->server_tls = load(&self->pki, "gw");
	self->client_tls = load(&self->pki, PAIR_USER);
	ASSERT_NE(NULL, self->server_tls);
	ASSERT_NE(NULL, self->client_tls);
	self->pair = calloc(1, sizeof(*self->pair));
	ASSERT_NE(NULL, self->pair);
}

FIXTURE_TEARDOWN(eap_link)
{
	pair_free(self->pair);
	free(self->pair);
	tls_config_put(self->server_tls);
	tls_config_put(self->client_tls);
	tls_pki_remove(&self->pki);
}

static void converse(struct _test_data_eap_link *self, unsigned int server,
		     unsigned int client, enum ppp_mppe_policy mppe)
{
	struct ppp_link_config a = pair_server, b = pair_client;

	a.auth_peer = server;
	a.tls = self->server_tls;
	a.mppe = mppe;
	b.credentials.methods = client;
	b.credentials.tls = self->client_tls;
	b.mppe = mppe;
	pair_free(self->pair);
	pair_open(self->pair, &a, &b);
	pair_settle(self->pair);
}

#define TLS	PPP_AUTH_BIT(PPP_AUTH_EAP_TLS)
#define MSCHAP	PPP_AUTH_BIT(PPP_AUTH_EAP_MSCHAP_V2)
#define MD5	PPP_AUTH_BIT(PPP_AUTH_EAP_MD5)
#define CHAP	PPP_AUTH_BIT(PPP_AUTH_MSCHAP_V2)

TEST_F(eap_link, methods)
{
	static const struct {
		unsigned int server, client;
		enum ppp_auth_method method;
		enum ppp_mppe_policy mppe;
	} table[] = {
		{ TLS, TLS, PPP_AUTH_EAP_TLS, PPP_MPPE_REQUIRE },
		{ MSCHAP, MSCHAP, PPP_AUTH_EAP_MSCHAP_V2, PPP_MPPE_REQUIRE },
		{ TLS | MSCHAP, MSCHAP, PPP_AUTH_EAP_MSCHAP_V2, PPP_MPPE_REQUIRE },
		{ TLS | MSCHAP | MD5, MD5 | TLS, PPP_AUTH_EAP_TLS, PPP_MPPE_REQUIRE },
		{ MD5, MD5, PPP_AUTH_EAP_MD5, PPP_MPPE_DENY },
		{ TLS | CHAP, CHAP, PPP_AUTH_MSCHAP_V2, PPP_MPPE_REQUIRE },
		{ CHAP, TLS | CHAP, PPP_AUTH_MSCHAP_V2, PPP_MPPE_REQUIRE },
	};
	struct pair_side *side = self->pair->side;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(table); i++) {
		converse(self, table[i].server, table[i].client, table[i].mppe);
		EXPECT_TRUE(side[0].up) TH_LOG("row %u", i);
		EXPECT_TRUE(side[1].up) TH_LOG("row %u", i);
		EXPECT_EQ(table[i].method, side[0].state.auth_peer);
		EXPECT_STREQ(PAIR_USER, side[0].state.user);
		EXPECT_EQ(table[i].mppe == PPP_MPPE_REQUIRE, side[0].keyed);
		EXPECT_TRUE(pair_keys_match(self->pair)) TH_LOG("row %u", i);
		EXPECT_EQ(0, pair_broken(self->pair)) TH_LOG("row %u", i);
	}
}

/* LCP agrees on EAP, and then there is no method for both. */
TEST_F(eap_link, nothing_common)
{
	struct pair_side *side = self->pair->side;

	converse(self, TLS, MSCHAP, PPP_MPPE_REQUIRE);
	EXPECT_FALSE(side[0].up);
	EXPECT_TRUE(side[0].finished);
	EXPECT_EQ(PPP_END_AUTH_FAILED, side[0].reason);
	EXPECT_EQ(PPP_END_PEER_REFUSED_US, side[1].reason);
}

static bool is_eap_success(const struct pair_frame *frame)
{
	return frame->len > 2 && frame->data[0] == 0xc2 && frame->data[1] == 0x27 &&
	       frame->data[2] == EAP_CODE_SUCCESS;
}

/* Whatever the server says arrives, but that. */
static void lose_success(struct pair *pair)
{
	struct pair_side *server = &pair->side[0], *client = &pair->side[1];
	struct pair_frame frame;

	while (server->line.n || client->line.n || server->asked || server->want_address) {
		pair_answer(pair, 0, true);
		pair_address(pair, 0, true);
		if (pair_take(&server->line, &frame))
			pair_input(pair, 0, &frame);
		if (pair_take(&client->line, &frame) && !is_eap_success(&frame))
			pair_input(pair, 1, &frame);
	}
}

/* pppd 2.4.9 goes on to the network after MSCHAPv2's own Success. */
TEST_F(eap_link, success_is_never_said)
{
	static const unsigned int methods[] = { TLS, MSCHAP };
	struct ppp_link_config a = pair_server, b = pair_client;
	struct pair_side *side = self->pair->side;
	unsigned int i, tries;

	a.tls = self->server_tls;
	b.credentials.tls = self->client_tls;
	for (i = 0; i < ARRAY_SIZE(methods); i++) {
		a.auth_peer = methods[i];
		b.credentials.methods = methods[i];
		pair_free(self->pair);
		pair_open(self->pair, &a, &b);
		lose_success(self->pair);
		for (tries = 0; tries < 10 && !(side[0].up && side[1].up); tries++) {
			pair_expire(self->pair);
			lose_success(self->pair);
		}
		EXPECT_TRUE(side[0].up && side[1].up) TH_LOG("method %u", i);
		EXPECT_TRUE(pair_keys_match(self->pair)) TH_LOG("method %u", i);
		EXPECT_EQ(0, pair_broken(self->pair)) TH_LOG("method %u", i);
	}
}

/* A link may be freed wherever it stands; the leak checker looks. */
TEST_F(eap_link, freed_on_the_way)
{
	struct ppp_link_config a = pair_server, b = pair_client;
	struct pair_frame frame;
	unsigned int steps, i;

	a.auth_peer = TLS;
	a.tls = self->server_tls;
	b.credentials.methods = TLS;
	b.credentials.tls = self->client_tls;
	for (steps = 0; steps < 30; steps++) {
		pair_open(self->pair, &a, &b);
		for (i = 0; i < steps; i++) {
			pair_answer(self->pair, i & 1, true);
			if (pair_take(&self->pair->side[i & 1].line, &frame))
				pair_input(self->pair, i & 1, &frame);
		}
		pair_free(self->pair);
	}
}

TEST_HARNESS_MAIN
