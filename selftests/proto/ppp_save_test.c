// SPDX-License-Identifier: GPL-2.0-or-later
/* A link that goes on in another process, against a peer that knows nothing of it. */
#include "kselftest_harness.h"

#include "ppp_pair.h"

#define SERVER	0
#define CLIENT	1
#define LCP	0xc021
#define CCP	0x80fd
#define IPCP	0x8021
#define IPV6CP	0x8057
#define SAVED_MAX 1000	/* a record has room for that, and for what the daemon adds */

struct saved {
	uint8_t data[SAVED_MAX];
	size_t len;
};

FIXTURE(save) {
	struct pair *pair;
	struct ppp_link_config server;
	struct ppp_link_config client;
	struct saved saved;
	uint16_t lost;	/* protocol whose frames do not arrive, 0: all do */
};

FIXTURE_SETUP(save)
{
	self->pair = calloc(1, sizeof(*self->pair));
	ASSERT_NE(NULL, self->pair);
	self->server = pair_server;
	self->client = pair_client;
	self->lost = 0;
}

FIXTURE_TEARDOWN(save)
{
	pair_free(self->pair);
	free(self->pair);
}

typedef struct _test_data_save self_type;

static struct pair_side *server_of(self_type *self)
{
	return &self->pair->side[SERVER];
}

static struct pair_side *client_of(self_type *self)
{
	return &self->pair->side[CLIENT];
}

static bool both_up(self_type *self)
{
	return server_of(self)->up && client_of(self)->up && !pair_broken(self->pair);
}

static void lose(self_type *self)
{
	unsigned int i, n, kept;

	for (i = 0; self->lost && i < 2; i++) {
		struct pair_line *line = &self->pair->side[i].line;

		for (n = 0, kept = 0; n < line->n; n++) {
			if ((line->frame[n].data[0] << 8 | line->frame[n].data[1]) != self->lost)
				line->frame[kept++] = line->frame[n];
		}
		line->n = kept;
	}
}

/* As pair_settle(), with a line that loses. */
static void settle(self_type *self)
{
	struct pair_frame frame;
	unsigned int i, rounds;

	for (rounds = 0; rounds < 2000; rounds++) {
		lose(self);
		for (i = 0; i < 2; i++) {
			pair_answer(self->pair, i, true);
			pair_address(self->pair, i, true);
			if (pair_take(&self->pair->side[i].line, &frame))
				pair_input(self->pair, i, &frame);
		}
	}
}

static void go_on(self_type *self)
{
	uint64_t end = self->pair->now + 200000;

	do {
		settle(self);
		if (both_up(self))
			break;
	} while (pair_expire(self->pair) && self->pair->now < end);
}

static void play(self_type *self)
{
	pair_free(self->pair);
	pair_open(self->pair, &self->server, &self->client);
	go_on(self);
}

static bool save(self_type *self, unsigned int side)
{
	struct writer w = writer_of(self->saved.data, sizeof(self->saved.data));
	bool good = ppp_link_save(self->pair->side[side].link, &w);

	self->saved.len = w.len;
	return good;
}

/* From a copy that ends where its heap block does; all of it is read. */
static struct ppp_link *restore(self_type *self, unsigned int side, size_t len)
{
	const uint8_t random[32] = { 0x77 };
	uint8_t *copy = malloc(len ? len : 1);
	struct reader r = reader_of(copy, len);
	struct ppp_link *link;

	memcpy(copy, self->saved.data, len);
	link = ppp_link_restore(&self->pair->side[side].cfg, random, &r, self->pair->now);
	free(copy);
	if (!link || !r.left)
		return link;
	ppp_link_free(link);
	return NULL;
}

/* The server's process is another one. */
static bool reborn(self_type *self)
{
	struct pair_side *s = server_of(self);

	if (!save(self, SERVER))
		return false;
	ppp_link_free(s->link);
	s->link = restore(self, SERVER, self->saved.len);
	s->echo = false;
	return s->link;
}

static bool begin(self_type *self)
{
	play(self);
	return both_up(self) && reborn(self);
}

/* A packet of the client, with nothing or options in it. */
static void client_says(self_type *self, uint16_t protocol, uint8_t code, const char *data,
			size_t len)
{
	struct pair_frame frame = { .len = len + 6 };
	struct writer w = writer_of(frame.data, sizeof(frame.data));

	writer_u16(&w, protocol);
	writer_u8(&w, code);
	writer_u8(&w, 200);
	writer_u16(&w, (uint16_t)(len + 4));
	writer_put(&w, data, len);
	pair_input(self->pair, SERVER, &frame);
}

/* What was said takes the server's link down, when nothing speaks against it. */
static bool goes_down(self_type *self)
{
	struct pair_side *s = server_of(self);

	while (s->up && self->pair->now < 1000000) {
		s->line.n = 0;
		client_of(self)->line.n = 0;
		if (!pair_expire(self->pair))
			return false;
	}
	return !s->up && !s->finished;
}

TEST_F(save, is_what_it_was)
{
	struct ppp_up before, after;

	self->server.ipv6 = true;
	self->client.ipv6 = true;
	play(self);
	settle(self);
	ASSERT_TRUE(both_up(self));
	before = server_of(self)->state;
	ASSERT_TRUE(reborn(self));
	EXPECT_EQ(PPP_PHASE_NETWORK, ppp_link_phase(server_of(self)->link));
	ppp_link_agreed(server_of(self)->link, &after);
	EXPECT_TRUE(before.has_ipv4 && before.has_ipv6 && after.has_ipv4 && after.has_ipv6);
	EXPECT_EQ(before.local.s_addr, after.local.s_addr);
	EXPECT_EQ(before.remote.s_addr, after.remote.s_addr);
	EXPECT_EQ(0, memcmp(before.local_id, after.local_id, PPP_IFID_LEN));
	EXPECT_EQ(0, memcmp(before.remote_id, after.remote_id, PPP_IFID_LEN));
	EXPECT_EQ(before.peer_mru, after.peer_mru);
	EXPECT_EQ(before.peer_accm, after.peer_accm);
	EXPECT_EQ(before.acfc, after.acfc);
	EXPECT_EQ(before.pfc, after.pfc);
	EXPECT_EQ(128, after.mppe_bits);
	EXPECT_EQ(before.mppe_stateless, after.mppe_stateless);
	EXPECT_EQ(before.auth_peer, after.auth_peer);
	EXPECT_EQ(PPP_AUTH_NONE, after.auth_us);
	EXPECT_STREQ(PAIR_USER, after.user);
}

static unsigned int echoes(self_type *self, unsigned int rounds)
{
	unsigned int n = 0;

	while (rounds-- && pair_expire(self->pair)) {
		n += server_of(self)->echo;
		pair_settle(self->pair);
		n -= server_of(self)->echo;
	}
	return n;
}

TEST_F(save, echoes_in_both_directions)
{
	ASSERT_TRUE(begin(self));
	EXPECT_LT(2, echoes(self, 20));
	EXPECT_TRUE(both_up(self));
	EXPECT_EQ(1, server_of(self)->ups);
	EXPECT_EQ(1, client_of(self)->ups);
}

TEST_F(save, a_peer_that_is_gone_is_noticed)
{
	ASSERT_TRUE(begin(self));
	while (!server_of(self)->finished && self->pair->now < 1000000) {
		server_of(self)->line.n = 0;
		client_of(self)->line.n = 0;
		ASSERT_TRUE(pair_expire(self->pair));
	}
	EXPECT_EQ(PPP_END_ECHO_TIMEOUT, server_of(self)->reason);
}

TEST_F(save, either_end_terminates)
{
	unsigned int side;

	for (side = 0; side < 2; side++) {
		struct pair_side *s = &self->pair->side[side];

		ASSERT_TRUE(begin(self));
		ppp_link_close(s->link, PPP_END_ADMIN, self->pair->now, &s->acts);
		pair_perform(self->pair, side);
		while (!(server_of(self)->finished && client_of(self)->finished)) {
			pair_settle(self->pair);
			ASSERT_TRUE(pair_expire(self->pair) || server_of(self)->finished);
		}
		EXPECT_EQ(0, pair_broken(self->pair));
		EXPECT_EQ(side ? PPP_END_PEER : PPP_END_ADMIN, server_of(self)->reason);
	}
}

/* The peer negotiates LCP anew, and proves again who it is. */
TEST_F(save, lcp_again)
{
	ASSERT_TRUE(begin(self));
	client_says(self, LCP, 1, "\x05\x06\x11\x22\x33\x44", 6);
	ASSERT_TRUE(goes_down(self));
	go_on(self);
	EXPECT_TRUE(both_up(self));
	EXPECT_EQ(2, server_of(self)->ups);
	EXPECT_TRUE(pair_keys_match(self->pair));
	EXPECT_TRUE(server_of(self)->proven);
}

/* With the same start keys, which only who has saved them knows. */
TEST_F(save, ccp_again)
{
	struct ppp_keys before;

	ASSERT_TRUE(begin(self));
	before = server_of(self)->keys;
	memset(&server_of(self)->keys, 0, sizeof(before));
	server_of(self)->keyed = false;
	client_says(self, CCP, 1, "\x12\x06\x01\x00\x00\x40", 6);
	ASSERT_TRUE(goes_down(self));
	go_on(self);
	EXPECT_TRUE(both_up(self));
	EXPECT_EQ(2, server_of(self)->ups);
	EXPECT_EQ(0, memcmp(before.tx, server_of(self)->keys.tx, sizeof(before.tx)));
	EXPECT_EQ(0, memcmp(before.rx, server_of(self)->keys.rx, sizeof(before.rx)));
	EXPECT_TRUE(pair_keys_match(self->pair));
}

TEST_F(save, ipcp_again)
{
	ASSERT_TRUE(begin(self));
	client_says(self, IPCP, 1, "\x03\x06\x0a\x09\x00\x09", 6);
	ASSERT_TRUE(goes_down(self));
	go_on(self);
	EXPECT_TRUE(both_up(self));
	EXPECT_EQ(htonl(0x0a090007), server_of(self)->state.remote.s_addr);
	EXPECT_EQ(htonl(0x0a090007), client_of(self)->state.local.s_addr);
	EXPECT_EQ(htonl(0x0a090035), client_of(self)->state.dns[0].s_addr);
}

/* Our Ack was lost: the same request, with the same identifier, changes nothing. */
TEST_F(save, a_repeated_request)
{
	struct pair_frame request = { .len = 0 }, frame;
	unsigned int i, rounds;

	pair_open(self->pair, &self->server, &self->client);
	for (rounds = 0; rounds < 2000; rounds++) {
		for (i = 0; i < 2; i++) {
			struct pair_side *s = &self->pair->side[i];

			pair_answer(self->pair, i, true);
			pair_address(self->pair, i, true);
			if (!pair_take(&s->line, &frame))
				continue;
			if (i == SERVER && frame.data[0] == 0x80 && frame.data[1] == 0xfd &&
			    frame.data[2] == 1)
				request = frame;
			pair_input(self->pair, i, &frame);
		}
	}
	ASSERT_TRUE(both_up(self));
	ASSERT_NE(0, request.len);
	ASSERT_TRUE(reborn(self));
	pair_input(self->pair, SERVER, &request);
	EXPECT_TRUE(server_of(self)->up);
	ASSERT_EQ(1, client_of(self)->line.n);
	EXPECT_EQ(2, client_of(self)->line.frame[0].data[2]);
}

/* IPv6 was being negotiated beside an IPv4 that was up. */
TEST_F(save, what_was_under_way_begins_anew)
{
	self->server.ipv6 = true;
	self->client.ipv6 = true;
	self->lost = IPV6CP;
	ASSERT_TRUE(begin(self));
	EXPECT_FALSE(server_of(self)->state.has_ipv6);
	self->lost = 0;
	while (!server_of(self)->state.has_ipv6 && self->pair->now < 100000) {
		ASSERT_TRUE(pair_expire(self->pair));
		settle(self);
	}
	EXPECT_TRUE(both_up(self));
	EXPECT_TRUE(server_of(self)->state.has_ipv6);
	EXPECT_TRUE(client_of(self)->state.has_ipv6);
}

TEST_F(save, without_encryption)
{
	self->server.mppe = PPP_MPPE_PREFER;
	self->client.mppe = PPP_MPPE_DENY;
	play(self);
	settle(self);
	ASSERT_TRUE(both_up(self));
	ASSERT_TRUE(save(self, SERVER));
	ASSERT_TRUE(reborn(self));
	EXPECT_LT(0, echoes(self, 10));
	EXPECT_TRUE(both_up(self));
	EXPECT_EQ(0, server_of(self)->state.mppe_bits);
	/* The policy has changed meanwhile. */
	server_of(self)->cfg.mppe = PPP_MPPE_REQUIRE;
	EXPECT_EQ(NULL, restore(self, SERVER, self->saved.len));
}

TEST_F(save, a_configuration_that_does_not_fit)
{
	struct ppp_link_config *cfg = &server_of(self)->cfg;

	self->server.ipv6 = true;
	self->client.ipv6 = true;
	play(self);
	settle(self);
	ASSERT_TRUE(save(self, SERVER));
	cfg->ipv6 = false;
	EXPECT_EQ(NULL, restore(self, SERVER, self->saved.len));
	cfg->ipv6 = true;
	cfg->ipv4 = false;
	EXPECT_EQ(NULL, restore(self, SERVER, self->saved.len));
}

TEST_F(save, nothing_but_a_link_that_is_up)
{
	pair_open(self->pair, &self->server, &self->client);
	EXPECT_FALSE(save(self, SERVER));
	play(self);
	EXPECT_TRUE(save(self, SERVER));
	EXPECT_FALSE(save(self, CLIENT));
	client_says(self, CCP, 1, "\x12\x06\x01\x00\x00\x40", 6);
	ASSERT_TRUE(goes_down(self));
	EXPECT_FALSE(save(self, SERVER));
	ppp_link_close(server_of(self)->link, PPP_END_ADMIN, self->pair->now,
		       &server_of(self)->acts);
	pair_perform(self->pair, SERVER);
	EXPECT_FALSE(save(self, SERVER));
}

/* An end that takes its address, and proves nothing. */
TEST_F(save, the_other_end)
{
	struct pair_side *s = client_of(self);

	self->server.auth_peer = 0;
	self->server.mppe = PPP_MPPE_DENY;
	self->client.mppe = PPP_MPPE_DENY;
	memset(&self->client.credentials, 0, sizeof(self->client.credentials));
	play(self);
	settle(self);
	ASSERT_TRUE(both_up(self));
	ASSERT_TRUE(save(self, CLIENT));
	ppp_link_free(s->link);
	s->link = restore(self, CLIENT, self->saved.len);
	ASSERT_NE(NULL, s->link);
	client_says(self, IPCP, 1, "\x03\x06\x0a\x09\x00\x07", 6);
	go_on(self);
	EXPECT_TRUE(both_up(self));
	EXPECT_EQ(htonl(0x0a090007), s->state.local.s_addr);
	EXPECT_EQ(htonl(0x0a090035), s->state.dns[0].s_addr);
}

TEST_F(save, what_is_cut_off_is_refused)
{
	size_t len;

	play(self);
	ASSERT_TRUE(save(self, SERVER));
	for (len = 0; len < self->saved.len; len++)
		EXPECT_EQ(NULL, restore(self, SERVER, len));
}

/* Whatever octet is wrong: it is refused, or a link that can be worked with. */
TEST_F(save, what_is_wrong_does_no_harm)
{
	unsigned int i, bit, let = 0;

	for (bit = 0; bit < 8; bit++) {
		play(self);
		ASSERT_TRUE(save(self, SERVER));
		for (i = 0; i < self->saved.len; i++) {
			struct ppp_link *link;
			struct ppp_actions acts = { .n = 0 };

			self->saved.data[i] ^= (uint8_t)(1u << bit);
			link = restore(self, SERVER, self->saved.len);
			self->saved.data[i] ^= (uint8_t)(1u << bit);
			if (!link)
				continue;
			let++;
			ppp_link_close(link, PPP_END_ADMIN, self->pair->now, &acts);
			EXPECT_EQ(PPP_PHASE_TERMINATE, ppp_link_phase(link));
			ppp_action_wipe(&acts);
			ppp_link_free(link);
		}
	}
	EXPECT_LT(0, let);
}

TEST_HARNESS_MAIN
