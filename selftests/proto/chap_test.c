// SPDX-License-Identifier: GPL-2.0-or-later
#include "kselftest_harness.h"

#include "ppp_peer.h"
#include "proto/chap.h"
#include "vectors/mschap.h"
#include "vectors/mschap1.h"
#include "vectors/mschap_change.h"

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
	chap_start(&self->chap, PPP_AUTH_MSCHAP_V2, 0, self->acts);
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

static enum ppp_auth_outcome say(struct _test_data_chap *self, uint8_t code,
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

static enum ppp_auth_outcome answer(struct _test_data_chap *self,
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
	EXPECT_EQ(PPP_AUTH_DONE_OK, answer(self, mschap_vectors[0].nt_hash));
	EXPECT_TRUE(peer_gets(self->acts, 0, CHAP_PROTOCOL, 3, 0, (const uint8_t *)
		"S=407A5589115FD0D6209F510FE9C04566932CDA56 M=Access granted", 59));
}

/* Windows 98 sets a flag and takes no message. */
TEST_F(chap, flags)
{
	self->response[49] = 4;
	say(self, 2, 0, self->response, sizeof(self->response));
	EXPECT_EQ(PPP_AUTH_DONE_OK, answer(self, mschap_vectors[0].nt_hash));
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
	EXPECT_EQ(PPP_AUTH_WAITING, answer(self, wrong));
	EXPECT_EQ(0, memcmp(self->acts->act[0].send.data + 6, "E=691 R=1 C=", 12));
	EXPECT_NE(0, memcmp(self->chap.challenge, mschap_vectors[0].challenge, 16));
	/* The used challenge is not answered again, even with the right secret. */
	memcpy(self->response + 50, "User", 4);
	say(self, 2, 1, self->response, sizeof(self->response));
	ASSERT_TRUE(asks(self));
	EXPECT_EQ(PPP_AUTH_DONE_FAILED, answer(self, mschap_vectors[0].nt_hash));
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
	EXPECT_EQ(PPP_AUTH_DONE_FAILED, chap_result(&self->chap, &result, self->acts));
	EXPECT_EQ(0, memcmp(self->acts->act[0].send.data + 6, "E=647 R=0 C=", 12));
}

TEST_F(chap, answers_that_nobody_waits_for)
{
	struct ppp_auth_result result = { .ok = true, .serial = 1 };

	EXPECT_EQ(PPP_AUTH_IGNORED, chap_result(&self->chap, &result, self->acts));
	say(self, 2, 0, self->response, sizeof(self->response));
	result.serial = self->chap.request.serial + 1;
	EXPECT_EQ(PPP_AUTH_IGNORED, chap_result(&self->chap, &result, self->acts));
	chap_stop(&self->chap);
	result.serial = self->chap.request.serial;
	EXPECT_EQ(PPP_AUTH_IGNORED, chap_result(&self->chap, &result, self->acts));
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
	chap_start(&self->chap, PPP_AUTH_MSCHAP_V2, 0, self->acts);
	EXPECT_NE(0, memcmp(first, self->chap.challenge, 16));
	EXPECT_NE(id, self->chap.id);
}

static void start(struct _test_data_chap *self, enum ppp_auth_method method)
{
	self->acts->n = 0;
	chap_start(&self->chap, method, 0, self->acts);
	memcpy(self->chap.challenge, mschap1_vectors[0].challenge, 8);
}

/* A refusal of the daemon. */
static enum ppp_auth_outcome refuse(struct _test_data_chap *self, unsigned int error)
{
	struct ppp_auth_result result;

	ppp_auth_refuse(&self->chap.request, error, "No", &result);
	self->acts->n = 0;
	return chap_result(&self->chap, &result, self->acts);
}

static bool reply_begins(struct _test_data_chap *self, const char *text)
{
	return !memcmp(self->acts->act[0].send.data + 6, text, strlen(text));
}

TEST_F(chap, md5)
{
	uint8_t response[17 + 4] = { 16 }, id;
	struct ppp_auth_secret secret = { .known = true, .password = "clientPass" };
	struct ppp_auth_result result;

	start(self, PPP_AUTH_CHAP_MD5);
	id = self->chap.id;
	EXPECT_EQ(16, self->acts->act[0].send.data[6]);
	chap_md5_digest(id, "clientPass", self->chap.challenge, 16, response + 1);
	memcpy(response + 17, "User", 4);
	EXPECT_EQ(PPP_AUTH_WAITING, say(self, 2, id, response, sizeof(response)));
	ASSERT_TRUE(asks(self));
	EXPECT_EQ(PPP_AUTH_CHAP_MD5, self->acts->act[0].auth.method);
	EXPECT_TRUE(ppp_auth_check(&self->acts->act[0].auth, &secret, &result));
	self->acts->n = 0;
	EXPECT_EQ(PPP_AUTH_DONE_OK, chap_result(&self->chap, &result, self->acts));
	EXPECT_TRUE(peer_gets(self->acts, 0, CHAP_PROTOCOL, 3, id,
			      (const uint8_t *)"Access granted", 14));
}

/* MD5 has no second try, and its Failure no fields. */
TEST_F(chap, md5_failure)
{
	uint8_t response[17 + 4] = { 16, [17] = 'U' };

	start(self, PPP_AUTH_CHAP_MD5);
	say(self, 2, self->chap.id, response, 18);
	EXPECT_EQ(PPP_AUTH_DONE_FAILED, refuse(self, MSCHAP_ERROR_FAILED));
	EXPECT_TRUE(peer_gets(self->acts, 0, CHAP_PROTOCOL, 4, ANY_ID,
			      (const uint8_t *)"No", 2));
	/* The value has sixteen octets, not fewer and not more. */
	start(self, PPP_AUTH_CHAP_MD5);
	response[0] = 15;
	EXPECT_EQ(PPP_AUTH_DONE_FAILED, say(self, 2, self->chap.id, response, 18));
	start(self, PPP_AUTH_CHAP_MD5);
	response[0] = 17;
	EXPECT_EQ(PPP_AUTH_DONE_FAILED, say(self, 2, self->chap.id, response, 21));
}

TEST_F(chap, version_1)
{
	start(self, PPP_AUTH_MSCHAP);
	EXPECT_EQ(8, self->acts->act[0].send.data[6]);
	self->response[0] = 49;
	mschap1_response_value(mschap1_vectors[0].nt, self->response + 1);
	say(self, 2, self->chap.id, self->response, sizeof(self->response));
	ASSERT_TRUE(asks(self));
	EXPECT_EQ(PPP_AUTH_DONE_OK, answer(self, mschap1_vectors[0].nt_hash));
	EXPECT_TRUE(peer_gets(self->acts, 0, CHAP_PROTOCOL, 3, ANY_ID,
			      (const uint8_t *)"Access granted", 14));
}

/* LM alone is a wrong password. */
TEST_F(chap, version_1_without_nt)
{
	start(self, PPP_AUTH_MSCHAP);
	self->response[49] = 0;
	EXPECT_EQ(PPP_AUTH_WAITING,
		  say(self, 2, self->chap.id, self->response, sizeof(self->response)));
	EXPECT_TRUE(reply_begins(self, "E=691 R=1 C="));
	EXPECT_EQ(CHAP_RETRY, self->chap.state);
}

/* Its password is not changed; the old packets for that get one line in the log. */
TEST_F(chap, version_1_expired)
{
	uint8_t code;

	start(self, PPP_AUTH_MSCHAP);
	self->response[0] = 49;
	mschap1_response_value(mschap1_vectors[0].nt, self->response + 1);
	say(self, 2, self->chap.id, self->response, sizeof(self->response));
	EXPECT_EQ(PPP_AUTH_DONE_FAILED, refuse(self, MSCHAP_ERROR_EXPIRED));
	EXPECT_TRUE(reply_begins(self, "E=648 R=0 C="));
	for (code = 5; code <= 6; code++) {
		EXPECT_EQ(PPP_AUTH_IGNORED,
			  say(self, code, self->chap.id, self->response, 50));
		ASSERT_EQ(1, self->acts->n);
		EXPECT_EQ(PPP_ACTION_NOTE, self->acts->act[0].type);
	}
	EXPECT_EQ(PPP_AUTH_IGNORED, say(self, 7, self->chap.id, mschap_change_data_vector,
					sizeof(mschap_change_data_vector)));
	EXPECT_EQ(0, self->acts->n);
}

static void expire(struct _test_data_chap *self)
{
	say(self, 2, 0, self->response, sizeof(self->response));
	refuse(self, MSCHAP_ERROR_EXPIRED);
	memcpy(self->chap.challenge, mschap_vectors[0].challenge, 16);
}

static enum ppp_auth_outcome change(struct _test_data_chap *self, uint8_t id, size_t len)
{
	return say(self, 7, id, mschap_change_data_vector, len);
}

TEST_F(chap, change)
{
	expire(self);
	EXPECT_TRUE(reply_begins(self, "E=648 R=0 C="));
	EXPECT_EQ(CHAP_EXPIRED, self->chap.state);
	EXPECT_EQ(PPP_AUTH_WAITING, change(self, 1, 582));
	ASSERT_TRUE(asks(self));
	EXPECT_EQ(PPP_AUTH_CHANGE, self->acts->act[0].auth.kind);
	EXPECT_STREQ("User", self->acts->act[0].auth.user);
	EXPECT_EQ(PPP_AUTH_DONE_OK, answer(self, mschap_vectors[0].nt_hash));
	EXPECT_TRUE(peer_gets(self->acts, 0, CHAP_PROTOCOL, 3, 1,
			      (const uint8_t *)MSCHAP_CHANGE_SUCCESS " M=Access granted", 59));
	/* The Success was lost. */
	change(self, 1, 582);
	EXPECT_TRUE(peer_gets(self->acts, 0, CHAP_PROTOCOL, 3, 1,
			      (const uint8_t *)MSCHAP_CHANGE_SUCCESS " M=Access granted", 59));
}

TEST_F(chap, change_that_nobody_asked_for)
{
	EXPECT_EQ(PPP_AUTH_IGNORED, change(self, 0, 582));
	expire(self);
	EXPECT_EQ(PPP_AUTH_IGNORED, change(self, 2, 582));
	EXPECT_EQ(0, self->acts->n);
	EXPECT_EQ(PPP_AUTH_IGNORED, change(self, 1, 581));
	EXPECT_EQ(PPP_AUTH_IGNORED, say(self, 2, 1, self->response, sizeof(self->response)));
	EXPECT_EQ(0, self->acts->n);
	EXPECT_EQ(CHAP_EXPIRED, self->chap.state);
	/* To the Response its Failure is repeated. */
	say(self, 2, 0, self->response, sizeof(self->response));
	EXPECT_TRUE(reply_begins(self, "E=648 R=0 C="));
}

/* A change that fails is the last word (RFC 2433 appendix C). */
TEST_F(chap, change_is_tried_once)
{
	static const uint8_t wrong[16] = { 0 };

	expire(self);
	change(self, 1, 582);
	EXPECT_EQ(PPP_AUTH_DONE_FAILED, answer(self, wrong));
	EXPECT_TRUE(reply_begins(self, "E=709 R=0 C="));
	EXPECT_EQ(CHAP_DONE, self->chap.state);
}

TEST_HARNESS_MAIN
