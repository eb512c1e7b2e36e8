// SPDX-License-Identifier: GPL-2.0-or-later
#include "kselftest_harness.h"

#include "ppp_peer.h"
#include "proto/chap.h"
#include "vectors/mschap.h"

#define NEVER UINT64_MAX

FIXTURE(chap) {
	struct ppp_rand rand;
	struct chap chap;
	struct ppp_actions *acts;
	uint8_t response[1 + 49 + 4];
};

/* The challenge is RFC 2759's, so that its worked example answers it. */
FIXTURE_SETUP(chap)
{
	static const struct chap_config cfg = {
		.name = "gw", .restart = 3000, .max_transmit = 3, .tries = 2,
	};
	static const uint8_t seed[32] = { 7 };

	self->acts = calloc(1, sizeof(*self->acts));
	ASSERT_NE(NULL, self->acts);
	ppp_rand_init(&self->rand, seed);
	chap_init(&self->chap, &cfg, &self->rand);
	chap_start(&self->chap, 0, self->acts);
	memcpy(self->chap.challenge, mschap_vectors[0].challenge, 16);
	memset(self->response, 0, sizeof(self->response));
	self->response[0] = 49;
	memcpy(self->response + 1, mschap_vectors[0].peer_challenge, 16);
	memcpy(self->response + 25, mschap_vectors[0].nt, 24);
	memcpy(self->response + 50, "User", 4);
}

FIXTURE_TEARDOWN(chap)
{
	free(self->acts);
}

static enum chap_outcome say(struct _test_data_chap *self, uint8_t code,
			     uint8_t id, const uint8_t *data, size_t len)
{
	self->acts->n = 0;
	return chap_input(&self->chap, peer_packet(code, id, data, len),
			  self->acts);
}

static bool asks(struct _test_data_chap *self)
{
	return self->acts->n == 1 &&
	       self->acts->act[0].type == PPP_ACTION_AUTHENTICATE;
}

static enum chap_outcome answer(struct _test_data_chap *self,
				const uint8_t nt_hash[16])
{
	struct ppp_auth_secret secret = { .known = true };
	struct ppp_auth_result result;

	memcpy(secret.nt_hash, nt_hash, sizeof(secret.nt_hash));
	ppp_auth_check(&self->chap.request, &secret, &result);
	self->acts->n = 0;
	return chap_result(&self->chap, &result, self->acts);
}

TEST_F(chap, challenge)
{
	const uint8_t *p = self->acts->act[0].send.data;

	ASSERT_EQ(1, self->acts->n);
	EXPECT_EQ(2 + 4 + 1 + 16 + 2, self->acts->act[0].send.len);
	EXPECT_EQ(0, memcmp(p, "\xc2\x23\x01\x00\x00\x17\x10", 7));
	EXPECT_EQ(0, memcmp(p + 23, "gw", 2));
}

TEST_F(chap, worked_example)
{
	say(self, 2, 0, self->response, sizeof(self->response));
	ASSERT_TRUE(asks(self));
	EXPECT_STREQ("User", self->acts->act[0].auth.user);
	EXPECT_EQ(NEVER, self->chap.deadline);
	EXPECT_EQ(CHAP_ACCEPTED, answer(self, mschap_vectors[0].nt_hash));
	EXPECT_TRUE(peer_gets(self->acts, 0, CHAP_PROTOCOL, 3, 0, (const uint8_t *)
		"S=407A5589115FD0D6209F510FE9C04566932CDA56 M=Access granted", 59));
}

/* Windows 98 sets a flag and takes no message. */
TEST_F(chap, flags)
{
	self->response[49] = 4;
	say(self, 2, 0, self->response, sizeof(self->response));
	EXPECT_EQ(CHAP_ACCEPTED, answer(self, mschap_vectors[0].nt_hash));
	EXPECT_TRUE(peer_gets(self->acts, 0, CHAP_PROTOCOL, 3, 0, (const uint8_t *)
		"S=407A5589115FD0D6209F510FE9C04566932CDA56", 42));
}

TEST_F(chap, stale_identifier)
{
	say(self, 2, 1, self->response, sizeof(self->response));
	EXPECT_EQ(0, self->acts->n);
	say(self, 2, 255, self->response, sizeof(self->response));
	EXPECT_EQ(0, self->acts->n);
	EXPECT_EQ(CHAP_CHALLENGED, self->chap.state);
}

TEST_F(chap, other_codes)
{
	uint8_t code;

	for (code = 0; code < 20; code++) {
		if (code == 2)
			continue;
		say(self, code, 0, self->response, sizeof(self->response));
		EXPECT_EQ(0, self->acts->n);
	}
	EXPECT_EQ(CHAP_CHALLENGED, self->chap.state);
}

/* Every value size against every length of the data. */
TEST_F(chap, value_sizes)
{
	unsigned int size, len;

	self->chap.cfg.tries = 100000;
	for (size = 0; size < 256; size += 7) {
		for (len = 0; len <= sizeof(self->response); len++) {
			uint8_t id = self->chap.id;

			self->response[0] = size;
			say(self, 2, id, self->response, len);
			EXPECT_EQ(len > size, self->acts->n == 1);
			EXPECT_EQ(size == 49 && len > 50, asks(self));
			if (asks(self))
				answer(self, mschap_vectors[1].peer_challenge);
		}
	}
}

TEST_F(chap, tries)
{
	static const uint8_t wrong[16] = { 0 };

	say(self, 2, 0, self->response, sizeof(self->response));
	EXPECT_EQ(CHAP_AGAIN, answer(self, wrong));
	EXPECT_EQ(0, memcmp(self->acts->act[0].send.data + 6, "E=691 R=1 C=", 12));
	EXPECT_NE(0, memcmp(self->chap.challenge, mschap_vectors[0].challenge, 16));
	/* The used challenge is not answered again, even with the right secret. */
	memcpy(self->response + 50, "User", 4);
	say(self, 2, 1, self->response, sizeof(self->response));
	ASSERT_TRUE(asks(self));
	EXPECT_EQ(CHAP_REFUSED, answer(self, mschap_vectors[0].nt_hash));
	EXPECT_EQ(0, memcmp(self->acts->act[0].send.data + 6, "E=691 R=0 C=", 12));
	say(self, 2, 2, self->response, sizeof(self->response));
	EXPECT_EQ(0, self->acts->n);
}

/* An account that is closed does not open by trying again. */
TEST_F(chap, other_errors_are_final)
{
	struct ppp_auth_result result;

	say(self, 2, 0, self->response, sizeof(self->response));
	ppp_auth_refuse(&self->chap.request, MSCHAP_ERROR_DISABLED, "Closed",
			&result);
	self->acts->n = 0;
	EXPECT_EQ(CHAP_REFUSED, chap_result(&self->chap, &result, self->acts));
	EXPECT_EQ(0, memcmp(self->acts->act[0].send.data + 6, "E=647 R=0 C=", 12));
}

TEST_F(chap, answers_that_nobody_waits_for)
{
	struct ppp_auth_result result = { .ok = true, .serial = 1 };

	EXPECT_EQ(CHAP_IGNORED, chap_result(&self->chap, &result, self->acts));
	say(self, 2, 0, self->response, sizeof(self->response));
	result.serial = self->chap.request.serial + 1;
	EXPECT_EQ(CHAP_IGNORED, chap_result(&self->chap, &result, self->acts));
	chap_stop(&self->chap);
	result.serial = self->chap.request.serial;
	EXPECT_EQ(CHAP_IGNORED, chap_result(&self->chap, &result, self->acts));
}

TEST_F(chap, copies)
{
	self->acts->n = 0;
	EXPECT_TRUE(chap_timer(&self->chap, 2999, self->acts));
	EXPECT_EQ(0, self->acts->n);
	EXPECT_TRUE(chap_timer(&self->chap, 3000, self->acts));
	EXPECT_TRUE(chap_timer(&self->chap, 6000, self->acts));
	EXPECT_EQ(2, self->acts->n);
	EXPECT_FALSE(chap_timer(&self->chap, 9000, self->acts));
	EXPECT_EQ(2, self->acts->n);
	EXPECT_EQ(NEVER, self->chap.deadline);
}

TEST_F(chap, new_round_new_challenge)
{
	uint8_t first[16], id = self->chap.id;

	memcpy(first, self->chap.challenge, 16);
	chap_start(&self->chap, 0, self->acts);
	EXPECT_NE(0, memcmp(first, self->chap.challenge, 16));
	EXPECT_NE(id, self->chap.id);
}

TEST_HARNESS_MAIN
