// SPDX-License-Identifier: GPL-2.0-or-later
#include "kselftest_harness.h"

#include "ppp_peer.h"
#include "proto/pap.h"

#define NEVER UINT64_MAX
#define REQUEST "05616c69636506736563726574"	/* alice, secret */

FIXTURE(pap) {
	struct pap pap;
	struct pap_peer peer;
	struct ppp_credentials own;
	struct ppp_actions *acts;
};

FIXTURE_SETUP(pap)
{
	self->acts = calloc(1, sizeof(*self->acts));
	ASSERT_NE(NULL, self->acts);
	memset(&self->pap, 0, sizeof(self->pap));
	self->own = (struct ppp_credentials){ .user = "alice", .password = "secret" };
	pap_start(&self->pap);
	pap_peer_init(&self->peer, &self->own, 3000, 3);
}

FIXTURE_TEARDOWN(pap)
{
	free(self->acts);
}

static enum ppp_auth_outcome say(struct _test_data_pap *self, uint8_t code,
				 uint8_t id, const char *hex)
{
	self->acts->n = 0;
	return pap_input(&self->pap, peer_packet_hex(code, id, hex, NULL), self->acts);
}

static enum ppp_auth_outcome answer(struct _test_data_pap *self, bool ok)
{
	struct ppp_auth_result result = {
		.serial = self->pap.request.serial, .ok = ok, .message = "said",
	};

	self->acts->n = 0;
	return pap_result(&self->pap, &result, self->acts);
}

TEST_F(pap, request)
{
	const struct ppp_auth_request *request = &self->acts->act[0].auth;

	EXPECT_EQ(PPP_AUTH_WAITING, say(self, 1, 9, REQUEST));
	ASSERT_EQ(1, self->acts->n);
	EXPECT_EQ(PPP_ACTION_AUTHENTICATE, self->acts->act[0].type);
	EXPECT_EQ(PPP_AUTH_LOGIN, request->kind);
	EXPECT_EQ(PPP_AUTH_PAP, request->method);
	EXPECT_STREQ("alice", request->user);
	EXPECT_STREQ("secret", request->pap.password);
	EXPECT_STREQ("", self->pap.request.pap.password);
	EXPECT_EQ(PPP_AUTH_DONE_OK, answer(self, true));
	EXPECT_TRUE(peer_gets_hex(self->acts, 0, PAP_PROTOCOL, 2, 9, "0473616964", NULL));
}

/* The same reply again, whatever is asked (RFC 1334 section 2.2.1). */
TEST_F(pap, lost_reply)
{
	say(self, 1, 9, REQUEST);
	EXPECT_EQ(PPP_AUTH_DONE_FAILED, answer(self, false));
	EXPECT_TRUE(peer_gets_hex(self->acts, 0, PAP_PROTOCOL, 3, 9, "0473616964", NULL));
	EXPECT_EQ(PPP_AUTH_IGNORED, say(self, 1, 10, "0162017a"));
	EXPECT_TRUE(peer_gets_hex(self->acts, 0, PAP_PROTOCOL, 3, 10, "0473616964", NULL));
}

static const char * const malformed[] = {
	"", "05", "05616c6963", "05616c696365", "05616c69636507736563726574",
	"0006736563726574",			/* nobody */
	"05616c00636506736563726574",	/* a 0 inside */
	"05616c69636506730063726574",
	"ff616c69636506736563726574",
};

TEST_F(pap, malformed)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(malformed); i++) {
		EXPECT_EQ(PPP_AUTH_IGNORED, say(self, 1, 9, malformed[i]));
		EXPECT_EQ(0, self->acts->n) TH_LOG("row %zu", i);
		EXPECT_STREQ("", self->pap.request.pap.password);
	}
	EXPECT_EQ(PAP_OPEN, self->pap.state);
}

TEST_F(pap, out_of_turn)
{
	uint8_t code;

	EXPECT_EQ(PPP_AUTH_IGNORED, answer(self, true));
	for (code = 0; code < 20; code++) {
		if (code != 1)
			EXPECT_EQ(PPP_AUTH_IGNORED, say(self, code, 9, REQUEST));
		EXPECT_EQ(0, self->acts->n);
	}
	say(self, 1, 9, REQUEST);
	EXPECT_EQ(PPP_AUTH_IGNORED, say(self, 1, 10, REQUEST));
	EXPECT_EQ(0, self->acts->n);
	self->pap.request.serial++;
	answer(self, true);
	self->pap.request.serial--;
	pap_stop(&self->pap);
	EXPECT_EQ(PPP_AUTH_IGNORED, answer(self, true));
}

static void start_peer(struct _test_data_pap *self)
{
	self->acts->n = 0;
	pap_peer_start(&self->peer, 0, self->acts);
}

static enum ppp_auth_outcome tell_peer(struct _test_data_pap *self, uint8_t code,
				       uint8_t id, const char *hex)
{
	return pap_peer_input(&self->peer, peer_packet_hex(code, id, hex, NULL));
}

TEST_F(pap, peer_asks)
{
	uint8_t id;

	start_peer(self);
	id = peer_sees_id(self->acts, 0);
	EXPECT_TRUE(peer_gets_hex(self->acts, 0, PAP_PROTOCOL, 1, id, REQUEST, NULL));
	EXPECT_EQ(PPP_AUTH_IGNORED, tell_peer(self, 2, id + 1, "00"));
	EXPECT_EQ(PPP_AUTH_IGNORED, tell_peer(self, 1, id, REQUEST));
	EXPECT_EQ(PPP_AUTH_DONE_OK, tell_peer(self, 2, id, "00"));
	EXPECT_EQ(NEVER, self->peer.deadline);
	EXPECT_EQ(PPP_AUTH_IGNORED, tell_peer(self, 3, id, "00"));
}

TEST_F(pap, peer_is_refused)
{
	static const struct {
		const char *hex, *message;
	} rows[] = {
		{ "0473616964", "said" }, { "", "" }, { "ff7a", "z" },
		{ "027a0a", "z?" }, { "00414141", "" },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		start_peer(self);
		EXPECT_EQ(PPP_AUTH_DONE_FAILED,
			  tell_peer(self, 3, peer_sees_id(self->acts, 0), rows[i].hex));
		EXPECT_STREQ(rows[i].message, self->peer.failure.message);
	}
}

TEST_F(pap, peer_repeats)
{
	start_peer(self);
	self->acts->n = 0;
	EXPECT_TRUE(pap_peer_timer(&self->peer, 2999, self->acts));
	EXPECT_EQ(0, self->acts->n);
	EXPECT_TRUE(pap_peer_timer(&self->peer, 3000, self->acts));
	EXPECT_TRUE(pap_peer_timer(&self->peer, 6000, self->acts));
	EXPECT_EQ(2, self->acts->n);
	EXPECT_FALSE(pap_peer_timer(&self->peer, 9000, self->acts));
	EXPECT_EQ(2, self->acts->n);
	EXPECT_EQ(NEVER, self->peer.deadline);
}

TEST_HARNESS_MAIN
