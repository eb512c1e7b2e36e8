// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Whole links, as scripts: what a peer sends, and each action that follows. The
 * peers are those that were seen in the field.
 */
#include "kselftest_harness.h"

#include "crypto/crypto.h"
#include "ppp_peer.h"
#include "proto/ppp_link.h"

#define NEVER UINT64_MAX

#define LCP	0xc021
#define CHAP	0xc223
#define CCP	0x80fd
#define IPCP	0x8021
#define IPV6CP	0x8057

#define MPPE_HS		"120601000040"
#define MPPE_H		"120601000000"
#define LOCAL		"0a090001"
#define REMOTE		"0a090007"
#define DNS		"0a090035"

/* Requests: ours, where MM stands for our magic number, and that of Windows. */
#define OUR_LCP		"010405780506MMMMMMMM070208020305c22381"
#define WINDOWS_LCP	"0104057805061122334407020802"

static const struct ppp_link_config defaults = {
	.name = "kpptp",
	.mru = 1400,
	.auth_peer = PPP_AUTH_BIT(PPP_AUTH_MSCHAP_V2),
	.ipv4 = true,
	.ip_give = true,
	.mppe = PPP_MPPE_REQUIRE,
	.mppe_bits = CCP_MPPE_128,
	.restart = 3000,
	.max_configure = 10,
	.max_terminate = 2,
	.max_failure = 5,
	.echo_interval = 20000,
	.echo_failures = 3,
	.auth_timeout = 60000,
	.auth_tries = 3,
	.ncp_timeout = 40000,
};

FIXTURE(link) {
	struct ppp_link_config cfg;
	struct ppp_link *link;
	struct ppp_actions *acts;
	uint64_t now;
	uint8_t nt_hash[16];
	uint8_t magic[4];	/* ours */
	uint8_t id;		/* of our last packet of interest */
	uint8_t peer_id;
	struct ppp_auth_request auth;
};

FIXTURE_SETUP(link)
{
	self->cfg = defaults;
	self->link = NULL;
	self->now = 1000;
	self->acts = calloc(1, sizeof(*self->acts));
	ASSERT_NE(NULL, self->acts);
	ASSERT_TRUE(crypto_nt_hash("secret", 6, self->nt_hash));
}

FIXTURE_TEARDOWN(link)
{
	ppp_link_free(self->link);
	free(self->acts);
}

typedef struct _test_data_link self_type;

static bool sent(self_type *self, unsigned int i, uint16_t protocol,
		 uint8_t code, int id, const char *hex)
{
	return peer_gets_hex(self->acts, i, protocol, code, id, hex, self->magic);
}

/* A Terminate-Request of LCP with this text? */
static bool sent_end(self_type *self, unsigned int i, const char *text)
{
	return peer_gets(self->acts, i, LCP, 5, ANY_ID, (const uint8_t *)text,
			 strlen(text));
}

static void say_octets(self_type *self, uint16_t protocol, uint8_t code,
		       uint8_t id, const uint8_t *data, size_t len)
{
	uint8_t frame[PPP_FRAME_MAX];
	struct writer w = writer_of(frame, sizeof(frame));

	writer_u16(&w, protocol);
	writer_u8(&w, code);
	writer_u8(&w, id);
	writer_u16(&w, (uint16_t)(len + 4));
	writer_put(&w, data, len);
	ppp_link_input(self->link, frame, w.len, self->now, self->acts);
}

static void say(self_type *self, uint16_t protocol, uint8_t code, uint8_t id,
		const char *hex)
{
	uint8_t data[PPP_FRAME_MAX];
	size_t len = peer_octets(hex, self->magic, data);

	say_octets(self, protocol, code, id, data, len);
}

static bool is(self_type *self, unsigned int i, enum ppp_action_type type)
{
	return i < self->acts->n && self->acts->act[i].type == type;
}

static bool ended(self_type *self, enum ppp_end_reason reason)
{
	const struct ppp_actions *acts = self->acts;

	return acts->n && is(self, acts->n - 1, PPP_ACTION_FINISHED) &&
	       acts->act[acts->n - 1].reason == reason &&
	       ppp_link_deadline(self->link) == NEVER &&
	       ppp_link_phase(self->link) == PPP_PHASE_DEAD;
}

/* The clock goes on to the next deadline. */
static void expire(self_type *self)
{
	self->now = ppp_link_deadline(self->link);
	ppp_link_timer(self->link, self->now, self->acts);
}

/* What would take an open link down is acted on when its time is over (doubt). */
static void insist(self_type *self, uint16_t protocol, uint8_t code, uint8_t id,
		   const char *hex)
{
	unsigned int i;

	say(self, protocol, code, id, hex);
	for (i = 0; i < 3; i++)
		expire(self);
}

static void begin(self_type *self)
{
	uint8_t random[32] = { 1, 2, 3 };

	self->link = ppp_link_new(&self->cfg, random);
	ppp_link_open(self->link, self->now, self->acts);
	if (!self->acts->n)
		return;
	memcpy(self->magic, self->acts->act[0].send.data + 12, 4);
	self->id = peer_sees_id(self->acts, 0);
}

/* LCP opens; the challenge is action 0 then. */
static void open_lcp(self_type *self)
{
	say(self, LCP, 1, self->peer_id++, WINDOWS_LCP);
	say(self, LCP, 2, self->id, OUR_LCP);
}

/* Answers the challenge in @challenge with identifier @id. */
static void respond(self_type *self, uint8_t id, const uint8_t *challenge,
		    const char *user, const uint8_t nt_hash[16])
{
	struct mschap_response r = { .id = id };
	uint8_t hash[8], data[1 + 49 + 64] = { 49 };

	memcpy(r.challenge, challenge, 16);
	memset(r.peer_challenge, 0x5a, 16);
	mschap_challenge_hash(&r, user, hash);
	memcpy(data + 1, r.peer_challenge, 16);
	mschap_nt_response(hash, nt_hash, data + 25);
	memcpy(data + 50, user, strlen(user));
	say_octets(self, CHAP, 2, id, data, 50 + strlen(user));
	if (is(self, 0, PPP_ACTION_AUTHENTICATE))
		self->auth = self->acts->act[0].auth;
}

/* The daemon's answer, from its users. */
static void check(self_type *self)
{
	struct ppp_auth_secret secret = { .known = true };
	struct ppp_auth_result result;

	memcpy(secret.nt_hash, self->nt_hash, sizeof(secret.nt_hash));
	ppp_auth_check(&self->auth, &secret, &result);
	ppp_link_auth_result(self->link, &result, self->now, self->acts);
}

static void authenticate(self_type *self)
{
	uint8_t challenge[16], id = peer_sees_id(self->acts, 0);

	memcpy(challenge, self->acts->act[0].send.data + 7, 16);
	respond(self, id, challenge, "DOMAIN\\alice", self->nt_hash);
	check(self);
}

static void give_addresses(self_type *self)
{
	const struct ppp_addresses addr = {
		.local.s_addr = htonl(0x0a090001),
		.remote.s_addr = htonl(0x0a090007),
		.dns[0].s_addr = htonl(0x0a090035),
	};

	ppp_link_addresses(self->link, &addr, self->now, self->acts);
}

/* CCP opens with H+S after our request @id; returns with KEYS as action 1 or 0. */
static void open_ccp(self_type *self, uint8_t id)
{
	say(self, CCP, 1, self->peer_id++, MPPE_HS);
	say(self, CCP, 2, id, MPPE_HS);
}

static void open_ipcp(self_type *self, uint8_t id)
{
	say(self, IPCP, 2, id, "0306" LOCAL);
	say(self, IPCP, 1, self->peer_id++, "0306" REMOTE);
}

/* All the way up; the last actions hold UP. */
static void bring_up(self_type *self)
{
	uint8_t ccp_id, ipcp_id;

	begin(self);
	open_lcp(self);
	authenticate(self);
	ccp_id = peer_sees_id(self->acts, 2);
	give_addresses(self);
	open_ccp(self, ccp_id);
	ipcp_id = peer_sees_id(self->acts, 1);
	open_ipcp(self, ipcp_id);
}

static bool up_is_right(const struct ppp_up *up, unsigned int bits)
{
	return up->local.s_addr == htonl(0x0a090001) &&
	       up->remote.s_addr == htonl(0x0a090007) &&
	       up->peer_mru == 1400 && up->acfc && up->pfc &&
	       up->mppe_bits == bits && up->mppe_stateless == !!bits;
}

static bool keys_are_right(self_type *self, const struct ppp_keys *keys)
{
	uint8_t tx[16], rx[16];

	mppe_start_server(self->nt_hash, self->auth.mschap.nt, tx, rx);
	return keys->bits == 128 && keys->stateless &&
	       !memcmp(keys->tx, tx, 16) && !memcmp(keys->rx, rx, 16);
}

/* Windows 10, encryption required by us and optional for it. */
TEST_F(link, windows_10)
{
	uint8_t challenge[16], id, ccp_id, success[6 + 42 + 17];

	begin(self);
	EXPECT_EQ(1, self->acts->n);
	EXPECT_TRUE(sent(self, 0, LCP, 1, 0, OUR_LCP));
	EXPECT_EQ(self->now + 1000, ppp_link_deadline(self->link));

	say(self, LCP, 1, 0, WINDOWS_LCP "0d0306");
	EXPECT_EQ(1, self->acts->n);
	EXPECT_TRUE(sent(self, 0, LCP, 4, 0, "0d0306"));
	say(self, LCP, 2, 0, OUR_LCP);
	EXPECT_EQ(0, self->acts->n);
	say(self, LCP, 1, 1, WINDOWS_LCP);
	ASSERT_EQ(2, self->acts->n);
	EXPECT_TRUE(sent(self, 0, LCP, 2, 1, WINDOWS_LCP));
	EXPECT_EQ(PPP_PHASE_AUTHENTICATE, ppp_link_phase(self->link));
	EXPECT_EQ(6 + 1 + 16 + 5, self->acts->act[1].send.len);
	id = peer_sees_id(self->acts, 1);
	memcpy(challenge, self->acts->act[1].send.data + 7, 16);

	say(self, LCP, 12, 2, "112233444d535241535635");
	ASSERT_EQ(1, self->acts->n);
	ASSERT_TRUE(is(self, 0, PPP_ACTION_IDENT));
	EXPECT_STREQ("MSRASV5", self->acts->act[0].ident);
	say(self, LCP, 12, 3, "1122334400b1c2");
	EXPECT_EQ(0, self->acts->n);
	respond(self, id, challenge, "DOMAIN\\alice", self->nt_hash);
	ASSERT_EQ(1, self->acts->n);
	ASSERT_EQ(PPP_ACTION_AUTHENTICATE, self->acts->act[0].type);
	EXPECT_STREQ("DOMAIN\\alice", self->auth.user);
	EXPECT_EQ(0, memcmp(self->auth.mschap.challenge, challenge, 16));

	check(self);
	ASSERT_EQ(3, self->acts->n);
	memcpy(success, self->acts->act[0].send.data, sizeof(success));
	EXPECT_EQ(3, success[2]);
	EXPECT_EQ(id, success[3]);
	EXPECT_EQ(0, memcmp(success + 48, " M=Access granted", 17));
	EXPECT_EQ(PPP_ACTION_GET_ADDRESS, self->acts->act[1].type);
	EXPECT_TRUE(sent(self, 2, CCP, 1, ANY_ID, MPPE_HS));
	ccp_id = peer_sees_id(self->acts, 2);
	give_addresses(self);
	EXPECT_EQ(0, self->acts->n);

	say(self, IPV6CP, 1, 5, "010a0102030405060708");
	ASSERT_EQ(1, self->acts->n);
	EXPECT_TRUE(sent(self, 0, LCP, 8, ANY_ID,
			 "80570105000e010a0102030405060708"));
	say(self, CCP, 1, 6, MPPE_H);
	ASSERT_EQ(1, self->acts->n);
	EXPECT_TRUE(sent(self, 0, CCP, 3, 6, MPPE_HS));
	say(self, IPCP, 1, 7, "030600000000810600000000820600000000830600000000840600000000");
	EXPECT_EQ(0, self->acts->n);
	say(self, CCP, 1, 8, MPPE_HS);
	ASSERT_EQ(1, self->acts->n);
	EXPECT_TRUE(sent(self, 0, CCP, 2, 8, MPPE_HS));
	say(self, CCP, 2, ccp_id, MPPE_HS);
	ASSERT_EQ(3, self->acts->n);
	ASSERT_TRUE(is(self, 0, PPP_ACTION_KEYS));
	EXPECT_TRUE(keys_are_right(self, &self->acts->act[0].keys));
	EXPECT_TRUE(sent(self, 1, IPCP, 1, ANY_ID, "0306" LOCAL));
	id = peer_sees_id(self->acts, 1);
	EXPECT_TRUE(sent(self, 2, IPCP, 4, 7,
			 "820600000000830600000000840600000000"));
	say(self, IPCP, 2, id, "0306" LOCAL);
	EXPECT_EQ(0, self->acts->n);
	say(self, IPCP, 1, 9, "030600000000810600000000");
	ASSERT_EQ(1, self->acts->n);
	EXPECT_TRUE(sent(self, 0, IPCP, 3, 9, "0306" REMOTE "8106" DNS));
	say(self, IPCP, 1, 10, "0306" REMOTE "8106" DNS);
	ASSERT_EQ(2, self->acts->n);
	EXPECT_TRUE(sent(self, 0, IPCP, 2, 10, "0306" REMOTE "8106" DNS));
	ASSERT_TRUE(is(self, 1, PPP_ACTION_UP));
	EXPECT_TRUE(up_is_right(&self->acts->act[1].up, 128));
	EXPECT_EQ(self->now + 20000, ppp_link_deadline(self->link));

	insist(self, LCP, 5, 11, "11223344003ccd7400000000");
	ASSERT_EQ(2, self->acts->n);
	EXPECT_TRUE(is(self, 0, PPP_ACTION_DOWN));
	EXPECT_TRUE(sent(self, 1, LCP, 6, 11, ""));
	expire(self);
	EXPECT_TRUE(ended(self, PPP_END_PEER));
}

/* pppd: a map, no MRU; CCP with Deflate and BSD first; VJ in IPCP. */
TEST_F(link, pppd)
{
	uint8_t ccp_id;

	begin(self);
	say(self, LCP, 1, 1, "02060000000005060909090907020802");
	EXPECT_TRUE(sent(self, 0, LCP, 2, 1,
			 "02060000000005060909090907020802"));
	say(self, LCP, 2, self->id, OUR_LCP);
	authenticate(self);
	ccp_id = peer_sees_id(self->acts, 2);
	give_addresses(self);
	say(self, CCP, 1, 1, MPPE_HS "1a0478001804780015032f");
	EXPECT_TRUE(sent(self, 0, CCP, 4, 1,
			 "1a0478001804780015032f"));
	say(self, CCP, 2, ccp_id, MPPE_HS);
	EXPECT_EQ(0, self->acts->n);
	say(self, CCP, 1, 2, MPPE_HS);
	ASSERT_EQ(3, self->acts->n);
	EXPECT_TRUE(sent(self, 0, CCP, 2, 2, MPPE_HS));
	EXPECT_TRUE(is(self, 1, PPP_ACTION_KEYS));
	EXPECT_TRUE(sent(self, 2, IPCP, 1, ANY_ID, "0306" LOCAL));
	say(self, IPCP, 2, peer_sees_id(self->acts, 2), "0306" LOCAL);
	say(self, IPCP, 1, 1, "0306000000000206002d0f01");
	EXPECT_TRUE(sent(self, 0, IPCP, 4, 1, "0206002d0f01"));
	say(self, IPCP, 1, 2, "030600000000");
	EXPECT_TRUE(sent(self, 0, IPCP, 3, 2, "0306" REMOTE));
	say(self, IPCP, 1, 3, "0306" REMOTE);
	ASSERT_EQ(2, self->acts->n);
	ASSERT_TRUE(is(self, 1, PPP_ACTION_UP));
	EXPECT_EQ(1500, self->acts->act[1].up.peer_mru);
	EXPECT_EQ(0, self->acts->act[1].up.peer_accm);
	EXPECT_EQ(128, self->acts->act[1].up.mppe_bits);
}

/* Three tries: two Failures that invite another, one that does not. */
TEST_F(link, wrong_password)
{
	uint8_t wrong[16] = { 1 }, challenge[16], id, first;
	unsigned int try, i;
	char hex[3] = { 0 };

	begin(self);
	open_lcp(self);
	id = peer_sees_id(self->acts, 0);
	memcpy(challenge, self->acts->act[0].send.data + 7, 16);
	for (try = 1; try <= 3; try++) {
		const uint8_t *p;

		respond(self, id, challenge, "alice", wrong);
		ASSERT_TRUE(is(self, 0, PPP_ACTION_AUTHENTICATE));
		EXPECT_EQ(0, memcmp(self->auth.mschap.challenge, challenge, 16));
		check(self);
		p = self->acts->act[0].send.data;
		EXPECT_EQ(4, p[2]);
		EXPECT_EQ(id, p[3]);
		EXPECT_EQ(0, memcmp(p + 6, try < 3 ? "E=691 R=1 C=" :
						     "E=691 R=0 C=", 12));
		first = challenge[0];
		for (i = 0; i < 16; i++) {
			memcpy(hex, p + 18 + 2 * i, 2);
			challenge[i] = strtoul(hex, NULL, 16);
		}
		EXPECT_NE(first, challenge[0]);
		EXPECT_EQ(try < 3 ? 1 : 2, self->acts->n);
		/* The lost Failure is said again. */
		respond(self, id, challenge, "alice", wrong);
		EXPECT_EQ(try < 3 ? 1 : 0, self->acts->n);
		id++;
	}
	EXPECT_EQ(PPP_PHASE_TERMINATE, ppp_link_phase(self->link));
	say(self, LCP, 6, 9, "");
	EXPECT_TRUE(ended(self, PPP_END_AUTH_FAILED));
}

TEST_F(link, right_password_at_second_try)
{
	uint8_t wrong[16] = { 1 }, challenge[16], id;
	unsigned int i;
	char hex[3] = { 0 };

	begin(self);
	open_lcp(self);
	id = peer_sees_id(self->acts, 0);
	memcpy(challenge, self->acts->act[0].send.data + 7, 16);
	respond(self, id, challenge, "alice", wrong);
	check(self);
	for (i = 0; i < 16; i++) {
		memcpy(hex, self->acts->act[0].send.data + 18 + 2 * i, 2);
		challenge[i] = strtoul(hex, NULL, 16);
	}
	respond(self, id + 1, challenge, "alice", self->nt_hash);
	check(self);
	ASSERT_EQ(3, self->acts->n);
	EXPECT_EQ(3, self->acts->act[0].send.data[2]);
	EXPECT_TRUE(is(self, 1, PPP_ACTION_GET_ADDRESS));
	EXPECT_EQ(PPP_PHASE_NETWORK, ppp_link_phase(self->link));
}

/* pppd ends the link at the first Failure, with the reason that we know. */
TEST_F(link, peer_ends_after_failure)
{
	uint8_t wrong[16] = { 1 }, challenge[16], id;

	begin(self);
	open_lcp(self);
	id = peer_sees_id(self->acts, 0);
	memcpy(challenge, self->acts->act[0].send.data + 7, 16);
	respond(self, id, challenge, "alice", wrong);
	check(self);
	say(self, LCP, 5, 2, "41757468");
	EXPECT_TRUE(sent(self, 0, LCP, 6, 2, ""));
	expire(self);
	EXPECT_TRUE(ended(self, PPP_END_AUTH_FAILED));
}

TEST_F(link, bad_names_are_refused_without_asking)
{
	uint8_t data[1 + 49 + 300] = { 49 }, id;

	self->cfg.auth_tries = 9;
	begin(self);
	open_lcp(self);
	id = peer_sees_id(self->acts, 0);
	say_octets(self, CHAP, 2, id, data, 50);
	ASSERT_EQ(1, self->acts->n);
	EXPECT_EQ(4, self->acts->act[0].send.data[2]);
	memset(data + 50, 'u', 300);
	say_octets(self, CHAP, 2, id + 1, data, 50 + 257);
	ASSERT_EQ(1, self->acts->n);
	EXPECT_EQ(4, self->acts->act[0].send.data[2]);
	data[52] = 0;
	say_octets(self, CHAP, 2, id + 2, data, 50 + 5);
	ASSERT_EQ(1, self->acts->n);
	EXPECT_EQ(4, self->acts->act[0].send.data[2]);
	data[52] = 'u';
	say_octets(self, CHAP, 2, id + 3, data, 50 + 256);
	ASSERT_EQ(1, self->acts->n);
	EXPECT_TRUE(is(self, 0, PPP_ACTION_AUTHENTICATE));
	data[0] = 255;
	say_octets(self, CHAP, 2, id + 3, data, 50);
	EXPECT_EQ(0, self->acts->n);
}

/* Our Success was lost: it is said again, and nobody is asked again. */
TEST_F(link, repeated_response)
{
	uint8_t challenge[16], id, success[80];
	size_t len;

	begin(self);
	open_lcp(self);
	id = peer_sees_id(self->acts, 0);
	memcpy(challenge, self->acts->act[0].send.data + 7, 16);
	respond(self, id, challenge, "alice", self->nt_hash);
	respond(self, id, challenge, "alice", self->nt_hash);
	EXPECT_EQ(0, self->acts->n);
	check(self);
	len = self->acts->act[0].send.len;
	ASSERT_LE(len, sizeof(success));
	memcpy(success, self->acts->act[0].send.data, len);
	respond(self, id, challenge, "alice", self->nt_hash);
	ASSERT_EQ(1, self->acts->n);
	EXPECT_EQ(len, self->acts->act[0].send.len);
	EXPECT_EQ(0, memcmp(success, self->acts->act[0].send.data, len));
}

TEST_F(link, no_answer)
{
	unsigned int requests = 1;
	uint64_t start = self->now;

	begin(self);
	for (expire(self); !is(self, 0, PPP_ACTION_FINISHED); expire(self)) {
		ASSERT_EQ(1, self->acts->n);
		EXPECT_TRUE(sent(self, 0, LCP, 1, self->id,
				 OUR_LCP));
		requests++;
	}
	EXPECT_TRUE(ended(self, PPP_END_NO_ANSWER));
	EXPECT_EQ(10, requests);
	EXPECT_EQ(start + 1000 + 9 * 3000, self->now);
}

TEST_F(link, challenge_is_repeated_unchanged)
{
	uint8_t challenge[64];
	unsigned int copies = 1;
	size_t len;

	self->cfg.echo_interval = 0;
	begin(self);
	open_lcp(self);
	len = self->acts->act[0].send.len;
	memcpy(challenge, self->acts->act[0].send.data, len);
	for (expire(self); self->acts->n == 1; expire(self)) {
		const struct ppp_action *act = &self->acts->act[0];

		if (memcmp(act->send.data, challenge, len))
			break;
		copies++;
	}
	EXPECT_EQ(10, copies);
	EXPECT_TRUE(sent_end(self, 0, "authentication took too long"));
	say(self, LCP, 6, 0, "");
	EXPECT_TRUE(ended(self, PPP_END_AUTH_TIMEOUT));
}

TEST_F(link, no_mschap)
{
	begin(self);
	say(self, LCP, 3, self->id, "0304c023");
	EXPECT_EQ(PPP_PHASE_TERMINATE, ppp_link_phase(self->link));
	expire(self);
	expire(self);
	EXPECT_TRUE(ended(self, PPP_END_AUTH_REFUSED));
}

TEST_F(link, auth_rejected)
{
	begin(self);
	say(self, LCP, 4, self->id, "0305c22381");
	say(self, LCP, 6, 1, "");
	EXPECT_TRUE(ended(self, PPP_END_AUTH_REFUSED));
}

/* Windows with encryption off: Protocol-Reject of CCP. */
TEST_F(link, mppe_protocol_rejected)
{
	begin(self);
	open_lcp(self);
	authenticate(self);
	give_addresses(self);
	say(self, LCP, 8, 9, "80fd0100000a" MPPE_HS);
	ASSERT_EQ(1, self->acts->n);
	EXPECT_TRUE(sent_end(self, 0, "encryption was not agreed"));
	say(self, LCP, 6, 9, "");
	EXPECT_TRUE(ended(self, PPP_END_MPPE_REFUSED));
}

TEST_F(link, mppe_option_rejected)
{
	begin(self);
	open_lcp(self);
	authenticate(self);
	self->id = peer_sees_id(self->acts, 2);
	give_addresses(self);
	say(self, CCP, 4, self->id, MPPE_HS);
	EXPECT_EQ(PPP_PHASE_TERMINATE, ppp_link_phase(self->link));
	say(self, LCP, 6, 9, "");
	EXPECT_TRUE(ended(self, PPP_END_MPPE_REFUSED));
}

TEST_F(link, mppe_terminated)
{
	begin(self);
	open_lcp(self);
	authenticate(self);
	give_addresses(self);
	say(self, CCP, 5, 9, "01020304003ccd74000002dc");
	EXPECT_TRUE(sent(self, 0, CCP, 6, 9, ""));
	say(self, LCP, 6, 9, "");
	EXPECT_TRUE(ended(self, PPP_END_MPPE_REFUSED));
}

/* CCP is never spoken of: IPCP waits, and the deadline says why it ends. */
TEST_F(link, mppe_ignored)
{
	begin(self);
	open_lcp(self);
	authenticate(self);
	give_addresses(self);
	say(self, IPCP, 1, 1, "0306" REMOTE);
	EXPECT_EQ(0, self->acts->n);
	while (ppp_link_phase(self->link) == PPP_PHASE_NETWORK) {
		expire(self);
		EXPECT_FALSE(is(self, 0, PPP_ACTION_UP));
	}
	say(self, LCP, 6, 9, "");
	EXPECT_TRUE(ended(self, PPP_END_MPPE_REFUSED));
}

TEST_F(link, preferred_and_not_wanted)
{
	self->cfg.mppe = PPP_MPPE_PREFER;
	begin(self);
	open_lcp(self);
	authenticate(self);
	give_addresses(self);
	say(self, IPCP, 1, 1, "0306" REMOTE);
	EXPECT_EQ(0, self->acts->n);
	say(self, LCP, 8, 9, "80fd0100000a" MPPE_HS);
	ASSERT_EQ(2, self->acts->n);
	EXPECT_TRUE(sent(self, 0, IPCP, 1, ANY_ID, "0306" LOCAL));
	EXPECT_TRUE(sent(self, 1, IPCP, 2, 1, "0306" REMOTE));
	say(self, IPCP, 2, peer_sees_id(self->acts, 0), "0306" LOCAL);
	ASSERT_EQ(1, self->acts->n);
	ASSERT_TRUE(is(self, 0, PPP_ACTION_UP));
	EXPECT_TRUE(up_is_right(&self->acts->act[0].up, 0));
}

TEST_F(link, preferred_and_never_spoken_of)
{
	self->cfg.mppe = PPP_MPPE_PREFER;
	begin(self);
	open_lcp(self);
	authenticate(self);
	give_addresses(self);
	say(self, IPCP, 1, 1, "0306" REMOTE);
	EXPECT_EQ(0, self->acts->n);
	expire(self);
	ASSERT_EQ(3, self->acts->n);
	EXPECT_TRUE(sent(self, 0, CCP, 1, ANY_ID, MPPE_HS));
	say(self, IPCP, 2, peer_sees_id(self->acts, 1), "0306" LOCAL);
	EXPECT_TRUE(is(self, 0, PPP_ACTION_UP));
}

/* A peer that speaks of CCP late: traffic stops until the keys are in. */
TEST_F(link, preferred_and_late)
{
	uint8_t ccp_id;

	self->cfg.mppe = PPP_MPPE_PREFER;
	begin(self);
	open_lcp(self);
	authenticate(self);
	ccp_id = peer_sees_id(self->acts, 2);
	give_addresses(self);
	say(self, IPCP, 1, 1, "0306" REMOTE);
	expire(self);
	say(self, IPCP, 2, peer_sees_id(self->acts, 1), "0306" LOCAL);
	ASSERT_TRUE(is(self, 0, PPP_ACTION_UP));
	EXPECT_EQ(0, self->acts->act[0].up.mppe_bits);
	say(self, CCP, 1, 2, MPPE_HS);
	EXPECT_EQ(1, self->acts->n);
	say(self, CCP, 2, ccp_id, MPPE_HS);
	ASSERT_EQ(3, self->acts->n);
	EXPECT_TRUE(is(self, 0, PPP_ACTION_DOWN));
	EXPECT_TRUE(is(self, 1, PPP_ACTION_KEYS));
	ASSERT_TRUE(is(self, 2, PPP_ACTION_UP));
	EXPECT_EQ(128, self->acts->act[2].up.mppe_bits);
}

/* Once encrypted there is no way back, even where cleartext was allowed. */
TEST_F(link, preferred_and_taken_away)
{
	self->cfg.mppe = PPP_MPPE_PREFER;
	bring_up(self);
	ASSERT_TRUE(is(self, 1, PPP_ACTION_UP));
	EXPECT_EQ(128, self->acts->act[1].up.mppe_bits);
	insist(self, CCP, 5, 77, "");
	EXPECT_TRUE(is(self, 0, PPP_ACTION_DOWN));
	EXPECT_EQ(PPP_PHASE_TERMINATE, ppp_link_phase(self->link));
	say(self, LCP, 6, 9, "");
	EXPECT_TRUE(ended(self, PPP_END_MPPE_REFUSED));
}

TEST_F(link, denied)
{
	self->cfg.mppe = PPP_MPPE_DENY;
	begin(self);
	open_lcp(self);
	authenticate(self);
	ASSERT_EQ(2, self->acts->n);
	EXPECT_TRUE(is(self, 1, PPP_ACTION_GET_ADDRESS));
	give_addresses(self);
	EXPECT_TRUE(sent(self, 0, IPCP, 1, ANY_ID, "0306" LOCAL));
	self->id = peer_sees_id(self->acts, 0);
	say(self, CCP, 1, 3, MPPE_HS);
	ASSERT_EQ(2, self->acts->n);
	EXPECT_TRUE(sent(self, 0, CCP, 1, ANY_ID, ""));
	EXPECT_TRUE(sent(self, 1, CCP, 4, 3, MPPE_HS));
	open_ipcp(self, self->id);
	ASSERT_TRUE(is(self, 1, PPP_ACTION_UP));
	EXPECT_EQ(0, self->acts->act[1].up.mppe_bits);
}

/* A second identical request after opening: new keys, no cleartext, same link. */
TEST_F(link, ccp_request_again)
{
	bring_up(self);
	insist(self, CCP, 1, 9, MPPE_HS);
	ASSERT_EQ(3, self->acts->n);
	EXPECT_TRUE(is(self, 0, PPP_ACTION_DOWN));
	EXPECT_TRUE(sent(self, 1, CCP, 1, ANY_ID, MPPE_HS));
	EXPECT_TRUE(sent(self, 2, CCP, 2, 9, MPPE_HS));
	EXPECT_EQ(PPP_PHASE_NETWORK, ppp_link_phase(self->link));
	say(self, CCP, 2, peer_sees_id(self->acts, 1), MPPE_HS);
	ASSERT_EQ(2, self->acts->n);
	EXPECT_TRUE(is(self, 0, PPP_ACTION_KEYS));
	ASSERT_TRUE(is(self, 1, PPP_ACTION_UP));
	EXPECT_TRUE(up_is_right(&self->acts->act[1].up, 128));
}

/* A request for something else stops traffic, and never encryption. */
TEST_F(link, ccp_request_without_mppe)
{
	unsigned int i, round;

	bring_up(self);
	insist(self, CCP, 1, 9, "");
	EXPECT_TRUE(is(self, 0, PPP_ACTION_DOWN));
	for (round = 0; round < 8; round++) {
		say(self, CCP, 1, round, "");
		for (i = 0; i < self->acts->n; i++)
			EXPECT_FALSE(is(self, i, PPP_ACTION_UP));
	}
	EXPECT_EQ(PPP_PHASE_TERMINATE, ppp_link_phase(self->link));
	say(self, LCP, 6, 9, "");
	EXPECT_TRUE(ended(self, PPP_END_MPPE_REFUSED));
}

TEST_F(link, ipcp_renegotiates)
{
	bring_up(self);
	insist(self, IPCP, 1, 50, "030600000000");
	ASSERT_EQ(3, self->acts->n);
	EXPECT_TRUE(is(self, 0, PPP_ACTION_DOWN));
	EXPECT_TRUE(sent(self, 1, IPCP, 1, ANY_ID, "0306" LOCAL));
	EXPECT_TRUE(sent(self, 2, IPCP, 3, 50, "0306" REMOTE));
	open_ipcp(self, peer_sees_id(self->acts, 1));
	ASSERT_EQ(2, self->acts->n);
	EXPECT_TRUE(is(self, 1, PPP_ACTION_UP));
}

/* LCP again: everything is done anew, and the address stays. */
TEST_F(link, lcp_renegotiates)
{
	uint8_t ccp_id;

	bring_up(self);
	insist(self, LCP, 1, 60, WINDOWS_LCP);
	ASSERT_EQ(3, self->acts->n);
	self->id = peer_sees_id(self->acts, 1);
	EXPECT_TRUE(is(self, 0, PPP_ACTION_DOWN));
	EXPECT_TRUE(sent(self, 1, LCP, 1, ANY_ID, OUR_LCP));
	EXPECT_TRUE(sent(self, 2, LCP, 2, 60, WINDOWS_LCP));
	EXPECT_EQ(PPP_PHASE_ESTABLISH, ppp_link_phase(self->link));
	say(self, CCP, 1, 9, MPPE_HS);
	EXPECT_EQ(0, self->acts->n);
	say(self, LCP, 1, 61, WINDOWS_LCP);
	say(self, LCP, 2, self->id, OUR_LCP);
	ASSERT_EQ(1, self->acts->n);
	authenticate(self);
	ASSERT_EQ(2, self->acts->n);
	EXPECT_TRUE(sent(self, 1, CCP, 1, ANY_ID, MPPE_HS));
	ccp_id = peer_sees_id(self->acts, 1);
	open_ccp(self, ccp_id);
	ASSERT_EQ(2, self->acts->n);
	EXPECT_TRUE(is(self, 0, PPP_ACTION_KEYS));
	EXPECT_TRUE(keys_are_right(self, &self->acts->act[0].keys));
	open_ipcp(self, peer_sees_id(self->acts, 1));
	EXPECT_TRUE(is(self, 1, PPP_ACTION_UP));
}

TEST_F(link, another_user_may_not_take_over)
{
	uint8_t challenge[16], id;

	bring_up(self);
	insist(self, LCP, 1, 60, WINDOWS_LCP);
	ASSERT_EQ(3, self->acts->n);
	self->id = peer_sees_id(self->acts, 1);
	say(self, LCP, 1, 61, WINDOWS_LCP);
	say(self, LCP, 2, self->id, OUR_LCP);
	ASSERT_EQ(1, self->acts->n);
	id = peer_sees_id(self->acts, 0);
	memcpy(challenge, self->acts->act[0].send.data + 7, 16);
	respond(self, id, challenge, "bob", self->nt_hash);
	check(self);
	EXPECT_EQ(4, self->acts->act[0].send.data[2]);
	EXPECT_EQ(PPP_PHASE_TERMINATE, ppp_link_phase(self->link));
	say(self, LCP, 6, 1, "");
	EXPECT_TRUE(ended(self, PPP_END_AUTH_FAILED));
}

/* An answer that was asked for before LCP began anew counts for nothing. */
TEST_F(link, late_answer)
{
	struct ppp_auth_request old;
	uint8_t challenge[16], wrong[16] = { 1 }, id;

	begin(self);
	open_lcp(self);
	id = peer_sees_id(self->acts, 0);
	memcpy(challenge, self->acts->act[0].send.data + 7, 16);
	respond(self, id, challenge, "alice", self->nt_hash);
	old = self->auth;
	say(self, LCP, 1, 60, WINDOWS_LCP);
	say(self, LCP, 2, 1, OUR_LCP);
	ASSERT_EQ(1, self->acts->n);
	id = peer_sees_id(self->acts, 0);
	memcpy(challenge, self->acts->act[0].send.data + 7, 16);
	respond(self, id, challenge, "alice", wrong);
	ASSERT_TRUE(is(self, 0, PPP_ACTION_AUTHENTICATE));
	self->auth = old;
	check(self);
	EXPECT_EQ(0, self->acts->n);
	EXPECT_EQ(PPP_PHASE_AUTHENTICATE, ppp_link_phase(self->link));
}

/* Going through LCP again and again without a password gains no time. */
TEST_F(link, renegotiation_does_not_move_the_deadline)
{
	uint64_t end = self->now + 60000;
	uint8_t id = 0;

	self->cfg.echo_interval = 0;
	begin(self);
	open_lcp(self);
	while (self->now + 7000 < end) {
		self->now += 7000;
		say(self, LCP, 1, 60, WINDOWS_LCP);
		say(self, LCP, 2, ++id, OUR_LCP);
		ASSERT_EQ(PPP_PHASE_AUTHENTICATE, ppp_link_phase(self->link));
	}
	EXPECT_GE(end, ppp_link_deadline(self->link));
	self->now = end;
	ppp_link_timer(self->link, self->now, self->acts);
	EXPECT_EQ(PPP_PHASE_TERMINATE, ppp_link_phase(self->link));
}

/* Frames that would take a link down, and what they are told as when they are forged. */
static const struct {
	uint16_t protocol;
	uint8_t code;
	const char *hex;
	const char *name;
} fatal[] = {
	{ LCP, 1, WINDOWS_LCP, "LCP" },
	{ LCP, 5, "", "LCP" },
	{ LCP, 6, "", "LCP" },
	{ LCP, 7, "01010004", "LCP" },
	{ LCP, 8, "c02101010004", "LCP" },
	{ LCP, 8, "80fd01010004", "CCP" },
	{ LCP, 8, "802101010004", "IPCP or IPV6CP" },
	{ CCP, 1, MPPE_HS, "CCP" },
	{ CCP, 1, "", "CCP" },
	{ CCP, 1, "fe02", "CCP" },
	{ CCP, 5, "", "CCP" },
	{ CCP, 6, "", "CCP" },
	{ CCP, 7, "01010004", "CCP" },
	{ IPCP, 1, "030600000000", "IPCP or IPV6CP" },
	{ IPCP, 5, "", "IPCP or IPV6CP" },
	{ IPCP, 6, "", "IPCP or IPV6CP" },
	{ IPCP, 7, "01010004", "IPCP or IPV6CP" },
};

static bool told_forged(self_type *self, unsigned int i, const char *name)
{
	return is(self, i, PPP_ACTION_FORGED) && !strcmp(self->acts->act[i].text, name);
}

/* Data go on, so the peer has said none of this; more of it than may be renegotiated. */
TEST_F(link, forged)
{
	unsigned int i, quiet, packets = 0;

	bring_up(self);
	for (i = 0; i < ARRAY_SIZE(fatal); i++) {
		bool lcp = !strcmp(fatal[i].name, "LCP");

		ppp_link_received(self->link, ++packets);
		say(self, fatal[i].protocol, fatal[i].code, 90 + i, fatal[i].hex);
		quiet = lcp ? 2 : 0;
		ASSERT_EQ(quiet, self->acts->n);
		/* What was under way does not count. */
		ppp_link_received(self->link, ++packets);
		expire(self);
		quiet = lcp ? 1 : 0;
		ASSERT_EQ(quiet, self->acts->n);
		ppp_link_received(self->link, ++packets);
		expire(self);
		ASSERT_EQ(1, self->acts->n);
		EXPECT_TRUE(told_forged(self, 0, fatal[i].name));
	}
	EXPECT_EQ(PPP_PHASE_NETWORK, ppp_link_phase(self->link));
	EXPECT_LE(self->now + 18000, ppp_link_deadline(self->link));
}

/* The same of a peer that is silent from then on: all are acted on, in time. */
TEST_F(link, not_forged)
{
	uint64_t begun;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(fatal); i++) {
		ppp_link_free(self->link);
		self->peer_id = 0;
		bring_up(self);
		begun = self->now;
		insist(self, fatal[i].protocol, fatal[i].code, 90 + i, fatal[i].hex);
		EXPECT_EQ(begun + self->cfg.restart / 2, self->now);
		EXPECT_TRUE(is(self, 0, PPP_ACTION_DOWN));
	}
}

/* The peer is asked three times, and any answer is enough. */
TEST_F(link, forged_and_asked)
{
	unsigned int i;
	uint8_t id;

	bring_up(self);
	say(self, LCP, 5, 9, "");
	ASSERT_EQ(2, self->acts->n);
	EXPECT_TRUE(sent(self, 0, LCP, 9, ANY_ID, "MMMMMMMM"));
	EXPECT_TRUE(is(self, 1, PPP_ACTION_ECHO));
	id = peer_sees_id(self->acts, 0);
	for (i = 0; i < 2; i++) {
		expire(self);
		ASSERT_EQ(1, self->acts->n);
		EXPECT_TRUE(sent(self, 0, LCP, 9, id, "MMMMMMMM"));
	}
	say(self, LCP, 10, id - 1, "00000000");
	EXPECT_EQ(0, self->acts->n);
	say(self, LCP, 10, id, "00000000");
	ASSERT_EQ(2, self->acts->n);
	EXPECT_TRUE(is(self, 0, PPP_ACTION_ECHOED));
	EXPECT_TRUE(told_forged(self, 1, "LCP"));
	EXPECT_LE(self->now + 18000, ppp_link_deadline(self->link));
	/* An open LCP says nothing of CCP. */
	say(self, CCP, 5, 9, "");
	expire(self);
	expire(self);
	say(self, LCP, 10, id, "00000000");
	EXPECT_EQ(0, self->acts->n);
	expire(self);
	EXPECT_TRUE(is(self, 0, PPP_ACTION_DOWN));
}

/* Who says it again and again does not put off what the peer has said. */
TEST_F(link, forged_without_end)
{
	uint64_t end;

	bring_up(self);
	end = self->now + self->cfg.restart / 2;
	while (self->now < end) {
		say(self, LCP, 5, 9, "");
		EXPECT_EQ(PPP_PHASE_NETWORK, ppp_link_phase(self->link));
		self->now += 100;
		ppp_link_timer(self->link, self->now, self->acts);
	}
	EXPECT_TRUE(is(self, 0, PPP_ACTION_DOWN));
	EXPECT_EQ(PPP_PHASE_TERMINATE, ppp_link_phase(self->link));
}

/* No request of a peer that is up has so many options. */
TEST_F(link, forged_and_long)
{
	uint8_t data[400] = { 0 };

	bring_up(self);
	say_octets(self, LCP, 5, 1, data, sizeof(data));
	EXPECT_EQ(0, self->acts->n);
	EXPECT_LE(self->now + 18000, ppp_link_deadline(self->link));
}

/* Cleartext can be forged as well: there is nothing to save. */
TEST_F(link, not_doubted_in_clear)
{
	self->cfg.mppe = PPP_MPPE_DENY;
	begin(self);
	open_lcp(self);
	authenticate(self);
	give_addresses(self);
	open_ipcp(self, peer_sees_id(self->acts, 0));
	ASSERT_TRUE(is(self, 1, PPP_ACTION_UP));
	say(self, LCP, 5, 9, "");
	EXPECT_TRUE(is(self, 0, PPP_ACTION_DOWN));
	EXPECT_TRUE(sent(self, 1, LCP, 6, 9, ""));
}

/* What says that the peer has no echo, or no authentication, comes too late. */
TEST_F(link, forged_rejects)
{
	bring_up(self);
	expire(self);
	say(self, LCP, 10, peer_sees_id(self->acts, 0), "00000000");
	say(self, LCP, 7, 5, "09010008MMMMMMMM");
	expire(self);
	ASSERT_EQ(2, self->acts->n);
	EXPECT_TRUE(sent(self, 0, LCP, 9, ANY_ID, "MMMMMMMM"));
	say(self, LCP, 8, 6, "c22301010004");
	EXPECT_EQ(0, self->acts->n);
	EXPECT_EQ(PPP_PHASE_NETWORK, ppp_link_phase(self->link));
}

/* A peer that takes an open link down again and again. */
TEST_F(link, renegotiates_without_end)
{
	unsigned int i;
	uint8_t id = 0;

	begin(self);
	open_lcp(self);
	for (i = 0; i < PPP_LINK_RENEGOTIATIONS_MAX; i++) {
		say(self, LCP, 1, 60 + i, WINDOWS_LCP);
		say(self, LCP, 2, ++id, OUR_LCP);
		ASSERT_EQ(PPP_PHASE_AUTHENTICATE, ppp_link_phase(self->link));
	}
	say(self, LCP, 1, 60 + i, WINDOWS_LCP);
	EXPECT_EQ(PPP_PHASE_TERMINATE, ppp_link_phase(self->link));
	say(self, LCP, 6, 9, "");
	EXPECT_TRUE(ended(self, PPP_END_LIMIT));
}

/* An Ack was late: pppd would end the link if CCP or IPCP began anew. */
TEST_F(link, repeats_a_request_that_is_acknowledged)
{
	unsigned int i;

	bring_up(self);
	insist(self, IPCP, 1, 9, "0306" REMOTE);
	ASSERT_EQ(3, self->acts->n);
	say(self, IPCP, 2, peer_sees_id(self->acts, 1), "0306" LOCAL);
	ASSERT_TRUE(is(self, 0, PPP_ACTION_UP));
	for (i = 0; i < 2 * PPP_LINK_RENEGOTIATIONS_MAX; i++) {
		say(self, IPCP, 1, 9, "0306" REMOTE);
		ASSERT_EQ(1, self->acts->n);
		ASSERT_TRUE(is(self, 0, PPP_ACTION_SEND));
		EXPECT_EQ(PPP_CODE_CONF_ACK, self->acts->act[0].send.data[2]);
	}
	insist(self, IPCP, 1, 9, "0306" LOCAL);
	EXPECT_TRUE(is(self, 0, PPP_ACTION_DOWN));
}

/* The same often, but in more than a minute. */
TEST_F(link, renegotiates_now_and_then)
{
	unsigned int i;

	self->cfg.echo_interval = 0;
	bring_up(self);
	for (i = 0; i < 4 * PPP_LINK_RENEGOTIATIONS_MAX; i++) {
		self->now += 7000;
		insist(self, IPCP, 1, 9 + i, "0306" REMOTE);
		ASSERT_EQ(3, self->acts->n);
		say(self, IPCP, 2, peer_sees_id(self->acts, 1), "0306" LOCAL);
		ASSERT_TRUE(is(self, 0, PPP_ACTION_UP));
	}
}

TEST_F(link, echo)
{
	unsigned int i;

	bring_up(self);
	for (i = 0; i < 3; i++) {
		expire(self);
		ASSERT_EQ(2, self->acts->n);
		EXPECT_TRUE(sent(self, 0, LCP, 9, ANY_ID,
				 "MMMMMMMM"));
		EXPECT_TRUE(is(self, 1, PPP_ACTION_ECHO));
	}
	expire(self);
	EXPECT_EQ(1000 + 4 * 20000, self->now);
	EXPECT_TRUE(is(self, 0, PPP_ACTION_DOWN));
	EXPECT_TRUE(sent_end(self, 1, "the peer answers no more"));
	expire(self);
	expire(self);
	EXPECT_TRUE(ended(self, PPP_END_ECHO_TIMEOUT));
}

/* We were stopped when the last answer was due, for an interval and more: it may be lost. */
TEST_F(link, echo_after_a_stall)
{
	unsigned int i;

	bring_up(self);
	for (i = 0; i < 3; i++)
		expire(self);
	self->now += 60000;
	ppp_link_timer(self->link, self->now, self->acts);
	ASSERT_EQ(2, self->acts->n);
	EXPECT_TRUE(sent(self, 0, LCP, 9, ANY_ID, "MMMMMMMM"));
	say(self, LCP, 10, peer_sees_id(self->acts, 0), "00000000");
	EXPECT_EQ(self->now + 20000, ppp_link_deadline(self->link));
	/* However long it was, it is one that the peer has missed. */
	self->now += 3600000;
	for (i = 0; i < 3; i++) {
		ppp_link_timer(self->link, self->now, self->acts);
		EXPECT_EQ(2, self->acts->n);
		self->now = ppp_link_deadline(self->link);
	}
	ppp_link_timer(self->link, self->now, self->acts);
	EXPECT_TRUE(is(self, 0, PPP_ACTION_DOWN));
	EXPECT_TRUE(sent_end(self, 1, "the peer answers no more"));
}

/* Data is as good as an answer: no request goes out while it flows. */
TEST_F(link, adaptive_echo)
{
	unsigned int i;

	bring_up(self);
	for (i = 0; i < 10; i++) {
		self->now += 15000;
		ppp_link_heard(self->link, self->now);
		EXPECT_EQ(self->now + 20000, ppp_link_deadline(self->link));
		ppp_link_timer(self->link, self->now, self->acts);
		EXPECT_EQ(0, self->acts->n);
	}
	expire(self);
	expire(self);
	EXPECT_EQ(2, self->acts->n);
	say(self, LCP, 10, peer_sees_id(self->acts, 0), "00000000");
	for (i = 0; i < 3; i++) {
		expire(self);
		EXPECT_TRUE(is(self, 0, PPP_ACTION_SEND));
	}
	EXPECT_EQ(PPP_PHASE_NETWORK, ppp_link_phase(self->link));
}

/* A peer that is heard all the time is measured all the same: once in ten intervals. */
TEST_F(link, echo_among_data)
{
	unsigned int i, echoes = 0;

	bring_up(self);
	for (i = 0; i < 600; i++) {
		self->now += 1000;
		ppp_link_heard(self->link, self->now);
		ppp_link_timer(self->link, self->now, self->acts);
		if (!self->acts->n)
			continue;
		ASSERT_TRUE(is(self, 1, PPP_ACTION_ECHO));
		EXPECT_EQ(0, (self->now - 1000) % 200000);
		echoes++;
	}
	EXPECT_EQ(3, echoes);
	EXPECT_EQ(PPP_PHASE_NETWORK, ppp_link_phase(self->link));
}

/* Of the last request only, and once. */
TEST_F(link, measured_echo)
{
	uint8_t first, second;

	bring_up(self);
	expire(self);
	ASSERT_TRUE(is(self, 1, PPP_ACTION_ECHO));
	first = peer_sees_id(self->acts, 0);
	expire(self);
	ASSERT_TRUE(is(self, 1, PPP_ACTION_ECHO));
	second = peer_sees_id(self->acts, 0);
	say(self, LCP, 10, first, "00000000");
	EXPECT_EQ(0, self->acts->n);
	say(self, LCP, 10, second, "00000000");
	ASSERT_EQ(1, self->acts->n);
	EXPECT_TRUE(is(self, 0, PPP_ACTION_ECHOED));
	say(self, LCP, 10, second, "00000000");
	EXPECT_EQ(0, self->acts->n);
}

TEST_F(link, answers_echo)
{
	bring_up(self);
	say(self, LCP, 9, 33, "112233446869");
	ASSERT_EQ(1, self->acts->n);
	EXPECT_TRUE(sent(self, 0, LCP, 10, 33,
			 "MMMMMMMM6869"));
	say(self, LCP, 9, 34, "010203");
	EXPECT_EQ(0, self->acts->n);
	say(self, LCP, 11, 35, "01020304");
	EXPECT_EQ(0, self->acts->n);
}

/* Every frame of ours comes back to us. */
TEST_F(link, looped_back)
{
	uint8_t frame[PPP_FRAME_MAX];
	unsigned int rounds = 0;
	size_t len;

	begin(self);
	while (ppp_link_phase(self->link) == PPP_PHASE_ESTABLISH && rounds++ < 50) {
		ASSERT_LE(1, self->acts->n);
		len = self->acts->act[0].send.len;
		memcpy(frame, self->acts->act[0].send.data, len);
		ppp_link_input(self->link, frame, len, self->now, self->acts);
	}
	EXPECT_GE(10, rounds);
	expire(self);
	expire(self);
	EXPECT_TRUE(ended(self, PPP_END_LOOPBACK));
}

TEST_F(link, looped_back_later)
{
	bring_up(self);
	say(self, LCP, 9, 0, "MMMMMMMM");
	EXPECT_EQ(PPP_PHASE_TERMINATE, ppp_link_phase(self->link));
	say(self, LCP, 6, 0, "");
	EXPECT_TRUE(ended(self, PPP_END_LOOPBACK));
}

TEST_F(link, closed_by_us)
{
	bring_up(self);
	ppp_link_close(self->link, PPP_END_ADMIN, self->now, self->acts);
	ASSERT_EQ(2, self->acts->n);
	EXPECT_TRUE(is(self, 0, PPP_ACTION_DOWN));
	EXPECT_TRUE(sent_end(self, 1, "ended by the administrator"));
	ppp_link_close(self->link, PPP_END_NO_ADDRESS, self->now, self->acts);
	EXPECT_EQ(0, self->acts->n);
	say(self, LCP, 6, 0, "");
	EXPECT_TRUE(ended(self, PPP_END_ADMIN));
	say(self, LCP, 1, 0, WINDOWS_LCP);
	EXPECT_EQ(0, self->acts->n);
	ppp_link_timer(self->link, NEVER - 1, self->acts);
	EXPECT_EQ(0, self->acts->n);
}

TEST_F(link, closed_before_it_opened)
{
	uint8_t random[32] = { 0 };

	self->link = ppp_link_new(&self->cfg, random);
	ppp_link_close(self->link, PPP_END_ADMIN, self->now, self->acts);
	EXPECT_TRUE(ended(self, PPP_END_ADMIN));
}

TEST_F(link, no_address)
{
	begin(self);
	open_lcp(self);
	authenticate(self);
	ppp_link_no_address(self->link, self->now, self->acts);
	say(self, LCP, 6, 0, "");
	EXPECT_TRUE(ended(self, PPP_END_NO_ADDRESS));
}

/* Windows: IPCP without an address is its error 738. */
TEST_F(link, peer_got_no_address)
{
	bring_up(self);
	insist(self, IPCP, 5, 70, "01020304003ccd74000002e2");
	EXPECT_TRUE(is(self, 0, PPP_ACTION_DOWN));
	say(self, LCP, 6, 0, "");
	EXPECT_TRUE(ended(self, PPP_END_NO_ADDRESS));
}

TEST_F(link, early_protocols_meet_silence)
{
	begin(self);
	say(self, IPCP, 1, 1, "0306" REMOTE);
	EXPECT_EQ(0, self->acts->n);
	say(self, IPV6CP, 1, 1, "");
	EXPECT_EQ(0, self->acts->n);
	say(self, CHAP, 2, 0, "");
	EXPECT_EQ(0, self->acts->n);
	open_lcp(self);
	say(self, CCP, 1, 1, MPPE_HS);
	EXPECT_EQ(0, self->acts->n);
	say(self, 0x0021, 0x45, 0, "");
	EXPECT_EQ(0, self->acts->n);
}

/* The kernel's resets are none of ours, and data that strays here is dropped. */
TEST_F(link, not_ours)
{
	bring_up(self);
	say(self, CCP, 14, 1, "");
	EXPECT_EQ(0, self->acts->n);
	say(self, CCP, 15, 1, "");
	EXPECT_EQ(0, self->acts->n);
	say(self, 0x0021, 0x45, 0, "");
	EXPECT_EQ(0, self->acts->n);
	say(self, 0x00fd, 0x90, 0, "");
	EXPECT_EQ(0, self->acts->n);
	say(self, 0x8020, 1, 0, "");
	EXPECT_EQ(0, self->acts->n);
	say(self, 0x8121, 1, 0, "");
	EXPECT_EQ(0, self->acts->n);
}

/* Up to where the link talks of CCP; returns the identifier of our request. */
static uint8_t reach_network(self_type *self)
{
	unsigned int i;
	uint8_t id = 0;

	begin(self);
	open_lcp(self);
	authenticate(self);
	for (i = 0; i < self->acts->n; i++) {
		if (is(self, i, PPP_ACTION_SEND) &&
		    self->acts->act[i].send.data[0] == CCP >> 8 &&
		    self->acts->act[i].send.data[1] == (CCP & 0xff))
			id = peer_sees_id(self->acts, i);
	}
	return id;
}

/* A TP-Link router asks for MPPE of no strength, and never for anything else. */
TEST_F(link, tp_link_and_required)
{
	uint8_t id;

	reach_network(self);
	give_addresses(self);
	for (id = 1; id <= 5; id++) {
		say(self, CCP, 1, id, "120600000000");
		EXPECT_TRUE(sent(self, 0, CCP, 3, id, MPPE_HS));
	}
	say(self, CCP, 1, id, "120600000000");
	EXPECT_EQ(PPP_PHASE_TERMINATE, ppp_link_phase(self->link));
	say(self, LCP, 6, 9, "");
	EXPECT_TRUE(ended(self, PPP_END_MPPE_REFUSED));
}

/* The same where cleartext is allowed: CCP is closed, IPCP goes on. */
TEST_F(link, tp_link_and_preferred)
{
	uint8_t id;

	self->cfg.mppe = PPP_MPPE_PREFER;
	reach_network(self);
	give_addresses(self);
	say(self, IPCP, 1, 1, "0306" REMOTE);
	EXPECT_EQ(0, self->acts->n);
	for (id = 1; id <= 5; id++)
		say(self, CCP, 1, id, "120600000000");
	say(self, CCP, 1, id, "120600000000");
	ASSERT_EQ(4, self->acts->n);
	EXPECT_TRUE(sent(self, 0, CCP, 4, id, "120600000000"));
	EXPECT_TRUE(sent(self, 1, CCP, 5, ANY_ID, ""));
	EXPECT_TRUE(sent(self, 2, IPCP, 1, ANY_ID, "0306" LOCAL));
	EXPECT_TRUE(sent(self, 3, IPCP, 2, 1, "0306" REMOTE));
	say(self, IPCP, 2, peer_sees_id(self->acts, 2), "0306" LOCAL);
	ASSERT_TRUE(is(self, 0, PPP_ACTION_UP));
	EXPECT_EQ(0, self->acts->act[0].up.mppe_bits);
}

/* Windows XP: every bit that there is, compression among them. */
TEST_F(link, windows_xp)
{
	uint8_t ccp_id = reach_network(self);

	give_addresses(self);
	say(self, CCP, 1, 4, "1206010000e1");
	EXPECT_TRUE(sent(self, 0, CCP, 3, 4, MPPE_HS));
	say(self, CCP, 1, 5, MPPE_HS);
	EXPECT_TRUE(sent(self, 0, CCP, 2, 5, MPPE_HS));
	say(self, CCP, 2, ccp_id, MPPE_HS);
	ASSERT_TRUE(is(self, 0, PPP_ACTION_KEYS));
	EXPECT_TRUE(keys_are_right(self, &self->acts->act[0].keys));
}

/* The same where MPPC may be; we ask for it too, and XP leaves it away for itself. */
TEST_F(link, windows_xp_with_mppc)
{
	uint8_t ccp_id;

	self->cfg.mppe_compression = true;
	ccp_id = reach_network(self);
	give_addresses(self);
	say(self, CCP, 1, 4, "1206010000e1");
	EXPECT_TRUE(sent(self, 0, CCP, 3, 4, "120601000041"));
	say(self, CCP, 1, 5, "120601000041");
	EXPECT_TRUE(sent(self, 0, CCP, 2, 5, "120601000041"));
	say(self, CCP, 3, ccp_id, MPPE_HS);
	EXPECT_TRUE(sent(self, 0, CCP, 1, ANY_ID, MPPE_HS));
	say(self, CCP, 2, peer_sees_id(self->acts, 0), MPPE_HS);
	ASSERT_TRUE(is(self, 0, PPP_ACTION_KEYS));
	EXPECT_TRUE(keys_are_right(self, &self->acts->act[0].keys));
	EXPECT_TRUE(self->acts->act[0].keys.compress_tx);
	EXPECT_FALSE(self->acts->act[0].keys.compress_rx);
}

/* It Naks what it acknowledges a moment later; the mode is the one it wants. */
TEST_F(link, stateful_rras)
{
	uint8_t ccp_id;

	self->cfg.mppe_stateful = CCP_STATEFUL_ALLOW;
	ccp_id = reach_network(self);
	give_addresses(self);
	say(self, CCP, 1, 4, "120600000060");
	EXPECT_TRUE(sent(self, 0, CCP, 3, 4, "120600000040"));
	say(self, CCP, 1, 5, "120600000040");
	EXPECT_TRUE(sent(self, 0, CCP, 2, 5, "120600000040"));
	say(self, CCP, 3, ccp_id, "120600000040");
	EXPECT_TRUE(sent(self, 0, CCP, 1, ANY_ID, "120600000040"));
	say(self, CCP, 2, peer_sees_id(self->acts, 0), "120600000040");
	ASSERT_TRUE(is(self, 0, PPP_ACTION_KEYS));
	EXPECT_EQ(128, self->acts->act[0].keys.bits);
	EXPECT_FALSE(self->acts->act[0].keys.stateless);
}

/* One direction only: an end where MPPE is required, nothing where it is not. */
TEST_F(link, half_encrypted)
{
	uint8_t ccp_id;

	self->cfg.mppe = PPP_MPPE_PREFER;
	ccp_id = reach_network(self);
	give_addresses(self);
	say(self, CCP, 1, 4, MPPE_HS);
	EXPECT_TRUE(sent(self, 0, CCP, 2, 4, MPPE_HS));
	say(self, CCP, 4, ccp_id, MPPE_HS);
	EXPECT_TRUE(sent(self, 0, CCP, 1, ANY_ID, ""));
	say(self, CCP, 2, peer_sees_id(self->acts, 0), "");
	ASSERT_EQ(2, self->acts->n);
	EXPECT_TRUE(sent(self, 0, CCP, 5, ANY_ID, ""));
	EXPECT_TRUE(sent(self, 1, IPCP, 1, ANY_ID, "0306" LOCAL));
}

/* Who is allowed to encrypt and not told to waits for the peer to speak of it. */
TEST_F(link, allowed_and_never_asked_for)
{
	self->cfg.mppe = PPP_MPPE_ALLOW;
	reach_network(self);
	EXPECT_TRUE(is(self, self->acts->n - 1, PPP_ACTION_GET_ADDRESS));
	give_addresses(self);
	ASSERT_EQ(1, self->acts->n);
	EXPECT_TRUE(sent(self, 0, IPCP, 1, ANY_ID, "0306" LOCAL));
	open_ipcp(self, peer_sees_id(self->acts, 0));
	ASSERT_TRUE(is(self, 1, PPP_ACTION_UP));
	EXPECT_EQ(0, self->acts->act[1].up.mppe_bits);
}

TEST_F(link, allowed_and_asked_for)
{
	uint8_t ipcp_id;

	self->cfg.mppe = PPP_MPPE_ALLOW;
	reach_network(self);
	give_addresses(self);
	ipcp_id = peer_sees_id(self->acts, 0);
	say(self, CCP, 1, 1, MPPE_HS);
	ASSERT_EQ(2, self->acts->n);
	EXPECT_TRUE(sent(self, 0, CCP, 1, ANY_ID, MPPE_HS));
	EXPECT_TRUE(sent(self, 1, CCP, 2, 1, MPPE_HS));
	self->id = peer_sees_id(self->acts, 0);
	/* Nothing passes while that is open. */
	open_ipcp(self, ipcp_id);
	EXPECT_EQ(1, self->acts->n);
	say(self, CCP, 2, self->id, MPPE_HS);
	ASSERT_EQ(2, self->acts->n);
	EXPECT_TRUE(is(self, 0, PPP_ACTION_KEYS));
	ASSERT_TRUE(is(self, 1, PPP_ACTION_UP));
	EXPECT_EQ(128, self->acts->act[1].up.mppe_bits);
}

/* PAP leaves no keys: nothing to go on with where MPPE is required. */
TEST_F(link, no_keys_and_required)
{
	self->cfg.auth_peer = PPP_AUTH_BIT(PPP_AUTH_PAP);
	begin(self);
	say(self, LCP, 1, 1, WINDOWS_LCP);
	say(self, LCP, 2, self->id, "010405780506MMMMMMMM070208020304c023");
	EXPECT_EQ(0, self->acts->n);
	say(self, 0xc023, 1, 1, "05616c69636506736563726574");
	ASSERT_TRUE(is(self, 0, PPP_ACTION_AUTHENTICATE));
	EXPECT_EQ(PPP_AUTH_PAP, self->acts->act[0].auth.method);
	EXPECT_STREQ("alice", self->acts->act[0].auth.user);
	self->auth = self->acts->act[0].auth;
	check(self);
	EXPECT_EQ(2, self->acts->act[0].send.data[2]);
	EXPECT_EQ(PPP_PHASE_TERMINATE, ppp_link_phase(self->link));
	say(self, LCP, 6, 9, "");
	EXPECT_TRUE(ended(self, PPP_END_MPPE_REFUSED));
}

/* The peer asks for a proof that we have not, and goes when it gets none. */
TEST_F(link, peer_demands_a_proof)
{
	begin(self);
	say(self, LCP, 1, 1, "0305c22381");
	EXPECT_TRUE(sent(self, 0, LCP, 4, 1, "0305c22381"));
	say(self, LCP, 5, 2, "");
	EXPECT_TRUE(ended(self, PPP_END_AUTH_DEMANDED));
}

/* Vista and later send IPV6CP first of all; it waits like IPCP does. */
TEST_F(link, ipv6cp_comes_first)
{
	uint8_t ccp_id, ipcp_id, ids[PPP_IFID_LEN];

	self->cfg.ipv6 = true;
	ccp_id = reach_network(self);
	give_addresses(self);
	say(self, IPV6CP, 1, 1, "010a0102030405060708");
	EXPECT_EQ(0, self->acts->n);
	open_ccp(self, ccp_id);
	ASSERT_EQ(4, self->acts->n);
	EXPECT_TRUE(is(self, 0, PPP_ACTION_KEYS));
	EXPECT_TRUE(sent(self, 1, IPCP, 1, ANY_ID, "0306" LOCAL));
	ipcp_id = peer_sees_id(self->acts, 1);
	EXPECT_EQ(1, self->acts->act[2].send.data[2]);
	memcpy(ids, self->acts->act[2].send.data + 8, PPP_IFID_LEN);
	self->id = peer_sees_id(self->acts, 2);
	EXPECT_TRUE(sent(self, 3, IPV6CP, 2, 1, "010a0102030405060708"));
	say_octets(self, IPV6CP, 2, self->id,
		   self->acts->act[2].send.data + 6, 10);
	EXPECT_EQ(0, self->acts->n);
	open_ipcp(self, ipcp_id);
	ASSERT_TRUE(is(self, 1, PPP_ACTION_UP));
	ASSERT_TRUE(self->acts->act[1].up.has_ipv6);
	EXPECT_EQ(0, memcmp(ids, self->acts->act[1].up.local_id, 8));
	EXPECT_EQ(8, self->acts->act[1].up.remote_id[7]);
	/* It comes and goes, and IPv4 stays. */
	say(self, IPV6CP, 5, 9, "");
	ASSERT_EQ(2, self->acts->n);
	EXPECT_TRUE(sent(self, 0, IPV6CP, 6, 9, ""));
	ASSERT_TRUE(is(self, 1, PPP_ACTION_UP));
	EXPECT_FALSE(self->acts->act[1].up.has_ipv6);
	EXPECT_TRUE(self->acts->act[1].up.has_ipv4);
	EXPECT_EQ(PPP_PHASE_NETWORK, ppp_link_phase(self->link));
}

/* Apple's and NetBIOS's protocols, and IPv6 where it is off, are rejected. */
TEST_F(link, unknown_protocols)
{
	static const uint16_t protocols[] = { 0x8235, 0x803f, 0x802b, IPV6CP };
	size_t i;

	bring_up(self);
	for (i = 0; i < ARRAY_SIZE(protocols); i++) {
		say(self, protocols[i], 1, 1, "");
		ASSERT_EQ(1, self->acts->n);
		EXPECT_EQ(LCP & 0xff, self->acts->act[0].send.data[1]);
		EXPECT_EQ(8, self->acts->act[0].send.data[2]);
		EXPECT_EQ(protocols[i] >> 8, self->acts->act[0].send.data[6]);
	}
}

/* What must hold whatever a peer sends. */
struct invariants {
	bool authenticated;
	bool keyed;
	bool up;
	bool finished;
};

static bool holds(self_type *self, struct invariants *inv)
{
	const struct ppp_actions *acts = self->acts;
	bool encrypt = self->cfg.mppe == PPP_MPPE_REQUIRE;
	unsigned int i;

	for (i = 0; i < acts->n; i++) {
		if (inv->finished)
			return false;
		switch (acts->act[i].type) {
		case PPP_ACTION_SEND:
			if (acts->act[i].send.len > PPP_FRAME_MAX ||
			    acts->act[i].send.len < 6)
				return false;
			break;
		case PPP_ACTION_AUTHENTICATE:
		case PPP_ACTION_GET_ADDRESS:
		case PPP_ACTION_NOTE:
		case PPP_ACTION_PASSWORD:
		case PPP_ACTION_ECHO:
		case PPP_ACTION_ECHOED:
		case PPP_ACTION_IDENT:
		case PPP_ACTION_FORGED:
			break;
		case PPP_ACTION_KEYS:
			if (!inv->authenticated || inv->up)
				return false;
			inv->keyed = true;
			break;
		case PPP_ACTION_UP:
			if (!inv->authenticated || inv->up ||
			    (encrypt && !(inv->keyed &&
					  acts->act[i].up.mppe_bits == 128)))
				return false;
			inv->up = true;
			break;
		case PPP_ACTION_DOWN:
			if (!inv->up)
				return false;
			inv->up = false;
			break;
		case PPP_ACTION_FINISHED:
			if (inv->up || ppp_link_deadline(self->link) != NEVER)
				return false;
			inv->finished = true;
			break;
		}
	}
	/* Other keys come of the next authentication; until then they are good. */
	if (ppp_link_phase(self->link) == PPP_PHASE_ESTABLISH)
		inv->keyed = false;
	return true;
}

static uint32_t next_random(uint32_t *state)
{
	*state = *state * 1664525u + 1013904223u;
	return *state >> 8;
}

/* Frames that get far, to be broken. */
static const struct {
	uint8_t len;
	uint8_t bytes[40];
} seeds[] = {
	{ 20, { 0xc0, 0x21, 1, 1, 0, 18, 1, 4, 5, 120, 5, 6, 17, 34, 51, 68,
		7, 2, 8, 2 } },
	{ 9, { 0xc0, 0x21, 1, 1, 0, 7, 13, 3, 6 } },
	{ 6, { 0xc0, 0x21, 5, 1, 0, 4 } },
	{ 10, { 0xc0, 0x21, 9, 1, 0, 8, 1, 2, 3, 4 } },
	{ 14, { 0xc0, 0x21, 8, 1, 0, 12, 0x80, 0xfd, 1, 1, 0, 4 } },
	{ 12, { 0x80, 0xfd, 1, 1, 0, 10, 18, 6, 1, 0, 0, 64 } },
	{ 12, { 0x80, 0xfd, 2, 0, 0, 10, 18, 6, 1, 0, 0, 64 } },
	{ 12, { 0x80, 0xfd, 4, 0, 0, 10, 18, 6, 1, 0, 0, 64 } },
	{ 6, { 0x80, 0xfd, 5, 1, 0, 4 } },
	{ 12, { 0x80, 0x21, 1, 1, 0, 10, 3, 6, 10, 9, 0, 7 } },
	{ 12, { 0x80, 0x21, 2, 0, 0, 10, 3, 6, 10, 9, 0, 1 } },
	{ 18, { 0x80, 0x21, 1, 1, 0, 16, 3, 6, 0, 0, 0, 0, 129, 6, 0, 0, 0, 0 } },
	{ 8, { 0xc2, 0x23, 2, 0, 0, 6, 0, 'x' } },
	{ 6, { 0x80, 0x57, 1, 1, 0, 4 } },
};

/* One frame: random octets, or a seed with up to three octets changed. */
static size_t garbage(uint32_t *state, uint8_t *frame)
{
	size_t len, i, n;

	if (!(next_random(state) % 4)) {
		len = next_random(state) % 60;
		for (i = 0; i < len; i++)
			frame[i] = next_random(state);
		return len;
	}
	i = next_random(state) % ARRAY_SIZE(seeds);
	len = seeds[i].len;
	memcpy(frame, seeds[i].bytes, len);
	if (next_random(state) % 2)
		frame[3] = next_random(state) % 8;
	for (n = next_random(state) % 4; n; n--)
		frame[next_random(state) % len] = next_random(state);
	if (!(next_random(state) % 8))
		len = next_random(state) % (len + 1);
	return len;
}

/* A new link; every third one comes up first, so that more can be broken. */
static struct invariants fresh(self_type *self, unsigned int number)
{
	struct invariants inv = { 0 };

	ppp_link_free(self->link);
	self->peer_id = 1;
	if (number % 3 == 0) {
		bring_up(self);
		inv.authenticated = true;
		inv.keyed = true;
		inv.up = true;
		self->acts->n = 0;
	} else {
		begin(self);
		if (number % 3 == 1)
			open_lcp(self);
	}
	return inv;
}

static bool survive(self_type *self, unsigned int frames, uint32_t seed)
{
	struct invariants inv = fresh(self, 0);
	unsigned int i, links = 0;
	uint8_t frame[64], *copy;
	size_t len;

	for (i = 0; i < frames; i++) {
		len = garbage(&seed, frame);
		copy = malloc(len ? len : 1);
		memcpy(copy, frame, len);
		ppp_link_input(self->link, copy, len, self->now, self->acts);
		free(copy);
		if (!holds(self, &inv))
			return false;
		self->now += next_random(&seed) % 500;
		ppp_link_timer(self->link, self->now, self->acts);
		if (!holds(self, &inv))
			return false;
		if (inv.finished || i % 200 == 199)
			inv = fresh(self, ++links);
	}
	return links > frames / 250;
}

TEST_F_TIMEOUT(link, garbage, 120)
{
	EXPECT_TRUE(survive(self, 60000, 1));
	self->cfg.mppe = PPP_MPPE_PREFER;
	EXPECT_TRUE(survive(self, 40000, 2));
}

TEST_F(link, every_length_of_a_frame)
{
	uint8_t frame[PPP_FRAME_MAX + 8] = { 0xc0, 0x21, 1, 1 }, *copy;
	size_t len;

	begin(self);
	for (len = 0; len <= sizeof(frame); len++) {
		copy = malloc(len ? len : 1);
		ASSERT_NE(NULL, copy);
		frame[4] = (uint8_t)(len >> 8);
		frame[5] = (uint8_t)len;
		memcpy(copy, frame, len);
		ppp_link_input(self->link, copy, len, self->now, self->acts);
		EXPECT_EQ(0, self->acts->n)
			TH_LOG("length %zu", len);
		free(copy);
	}
}

/* The largest request that can come, all of it to be rejected or Naked. */
TEST_F(link, largest_request)
{
	uint8_t data[1496];
	size_t i;

	begin(self);
	for (i = 0; i < sizeof(data); i += 2) {
		data[i] = 99;
		data[i + 1] = 2;
	}
	say_octets(self, LCP, 1, 3, data, sizeof(data));
	ASSERT_EQ(1, self->acts->n);
	EXPECT_TRUE(peer_gets(self->acts, 0, LCP, 4, 3, data, sizeof(data)));
	/* Options that are each Naked by a longer one: no room, no answer. */
	for (i = 0; i < sizeof(data); i += 2)
		data[i] = 5;
	say_octets(self, LCP, 1, 4, data, sizeof(data));
	EXPECT_EQ(0, self->acts->n);
}

#define CBCP	0xc029

/* LCP with Windows' wish for a callback; authenticated, and CBCP has begun with action 1. */
static void open_callback(self_type *self, unsigned int types, const char *number)
{
	uint8_t challenge[16], id;

	self->cfg.callback = true;
	begin(self);
	say(self, LCP, 1, self->peer_id++, WINDOWS_LCP "0d0306");
	say(self, LCP, 2, self->id, OUR_LCP);
	id = peer_sees_id(self->acts, 0);
	memcpy(challenge, self->acts->act[0].send.data + 7, 16);
	respond(self, id, challenge, "DOMAIN\\alice", self->nt_hash);
	if (types)
		ppp_link_set_callback(self->link, types, number);
	check(self);
}

/* Offered nothing, Windows goes on; what it says of the network before is discarded. */
TEST_F(link, callback_not_for_this_user)
{
	open_callback(self, 0, NULL);
	ASSERT_EQ(2, self->acts->n);
	EXPECT_TRUE(sent(self, 1, CBCP, 1, 1, "0102"));
	EXPECT_EQ(PPP_PHASE_CALLBACK, ppp_link_phase(self->link));
	say(self, IPCP, 1, 7, "030600000000");
	EXPECT_EQ(0, self->acts->n);
	say(self, CBCP, 2, 1, "0102");
	ASSERT_EQ(3, self->acts->n);
	EXPECT_TRUE(sent(self, 0, CBCP, 3, 1, "0102"));
	EXPECT_TRUE(is(self, 1, PPP_ACTION_GET_ADDRESS));
	EXPECT_TRUE(sent(self, 2, CCP, 1, ANY_ID, MPPE_HS));
	EXPECT_EQ(PPP_PHASE_NETWORK, ppp_link_phase(self->link));
	EXPECT_EQ(NULL, ppp_link_callback(self->link));
	/* Its Ack was lost. */
	say(self, CBCP, 2, 1, "0102");
	ASSERT_EQ(1, self->acts->n);
	EXPECT_TRUE(sent(self, 0, CBCP, 3, 1, "0102"));
	EXPECT_EQ(PPP_PHASE_NETWORK, ppp_link_phase(self->link));
}

static bool called_back(self_type *self, enum cbcp_type type, unsigned int delay,
			const char *number)
{
	const struct cbcp_choice *choice = ppp_link_callback(self->link);

	return choice && choice->type == type && choice->delay == delay &&
	       !strcmp(choice->number, number);
}

TEST_F(link, callback_where_the_user_says)
{
	open_callback(self, CBCP_BIT(CBCP_USER), "");
	EXPECT_TRUE(sent(self, 1, CBCP, 1, 1, "0205000100"));
	/* There is no way around it. */
	say(self, CBCP, 2, 1, "0102");
	ASSERT_EQ(1, self->acts->n);
	EXPECT_TRUE(sent(self, 0, CBCP, 1, 2, "0205000100"));
	say(self, CBCP, 2, 2, "0208050131323300");
	ASSERT_EQ(2, self->acts->n);
	EXPECT_TRUE(sent(self, 0, CBCP, 3, 2, "0208050131323300"));
	EXPECT_TRUE(sent_end(self, 1, "it ends for a callback"));
	EXPECT_TRUE(called_back(self, CBCP_USER, 5, "123"));
	say(self, LCP, 6, self->acts->act[1].send.data[3], "");
	EXPECT_TRUE(ended(self, PPP_END_CALLBACK));
	EXPECT_TRUE(called_back(self, CBCP_USER, 5, "123"));
}

TEST_F(link, callback_where_the_administrator_says)
{
	open_callback(self, CBCP_BIT(CBCP_ADMIN), "5551212");
	EXPECT_TRUE(sent(self, 1, CBCP, 1, 1, "030300"));
	say(self, CBCP, 2, 1, "030302");
	EXPECT_TRUE(sent(self, 0, CBCP, 3, 1, "030302"));
	EXPECT_TRUE(called_back(self, CBCP_ADMIN, 2, "5551212"));
}

/* A user who has to be is, also by a peer that does not know of it. */
TEST_F(link, callback_unasked)
{
	uint8_t challenge[16], id;

	begin(self);
	open_lcp(self);
	id = peer_sees_id(self->acts, 0);
	memcpy(challenge, self->acts->act[0].send.data + 7, 16);
	respond(self, id, challenge, "DOMAIN\\alice", self->nt_hash);
	ppp_link_set_callback(self->link, CBCP_BIT(CBCP_ADMIN), "5551212");
	check(self);
	ASSERT_EQ(2, self->acts->n);
	EXPECT_EQ(3, self->acts->act[0].send.data[2]);
	EXPECT_TRUE(sent_end(self, 1, "it ends for a callback"));
	EXPECT_TRUE(called_back(self, CBCP_ADMIN, 0, "5551212"));
}

TEST_F(link, callback_without_an_answer)
{
	unsigned int requests = 1;

	open_callback(self, CBCP_BIT(CBCP_USER), "");
	while (ppp_link_phase(self->link) == PPP_PHASE_CALLBACK) {
		expire(self);
		requests += sent(self, 0, CBCP, 1, ANY_ID, "0205000100");
	}
	EXPECT_EQ(10, requests);
	EXPECT_TRUE(sent_end(self, 0, "a callback was not agreed"));
	EXPECT_EQ(NULL, ppp_link_callback(self->link));
}

TEST_F(link, callback_protocol_rejected)
{
	open_callback(self, CBCP_BIT(CBCP_USER), "");
	say(self, LCP, 8, 9, "c0290101000905000100");
	ASSERT_EQ(1, self->acts->n);
	EXPECT_TRUE(sent_end(self, 0, "a callback was not agreed"));
}

/* LCP begins again in the middle, and so does CBCP after it, from its first Request. */
TEST_F(link, callback_renegotiated)
{
	open_callback(self, CBCP_BIT(CBCP_USER), "");
	say(self, LCP, 1, self->peer_id++, WINDOWS_LCP);
	EXPECT_EQ(PPP_PHASE_ESTABLISH, ppp_link_phase(self->link));
	say(self, CBCP, 2, 1, "0208050131323300");
	EXPECT_EQ(0, self->acts->n);
	EXPECT_EQ(NULL, ppp_link_callback(self->link));
}

/* Where it is refused, CBCP is a protocol like any that is not known. */
TEST_F(link, cbcp_not_spoken)
{
	bring_up(self);
	say(self, CBCP, 1, 1, "0102");
	ASSERT_EQ(1, self->acts->n);
	EXPECT_TRUE(sent(self, 0, LCP, 8, ANY_ID, "c029010100060102"));
}

TEST_HARNESS_MAIN
