// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A control connection that was saved and restored against the one that it was: both
 * are told the same, in every place, and must do the same.
 */
#include "pptp_place.h"

#define LATER	(T0 + 7000)
#define SAVED_MAX 1800	/* a record has room for that, and for what the daemon adds */

struct saved {
	uint8_t data[SAVED_MAX];
	size_t len;
};

static bool is_established(enum place place)
{
	return place_state[place] == PPTP_CONN_ESTABLISHED;
}

static bool save(const bench *b, struct saved *saved)
{
	struct writer w = writer_of(saved->data, sizeof(saved->data));
	bool good = pptp_conn_save(&b->conn, &w);

	saved->len = w.len;
	return good;
}

/* From a copy that ends where its heap block does; all of it is read. */
static bool restore(bench *b, const struct saved *saved, size_t len)
{
	uint8_t *copy = malloc(len ? len : 1);
	struct reader r = reader_of(copy, len);
	bool good;

	memcpy(copy, saved->data, len);
	good = pptp_conn_restore(&b->conn, &b->cfg, &r, b->now) && !r.left;
	free(copy);
	return good;
}

static bool same_acts(const struct pptp_actions *a, const struct pptp_actions *b)
{
	unsigned int i;

	if (a->out_len != b->out_len || memcmp(a->out, b->out, a->out_len) || a->n != b->n)
		return false;
	for (i = 0; i < a->n; i++) {
		if (a->act[i].type != b->act[i].type || a->act[i].call != b->act[i].call ||
		    a->act[i].reason != b->act[i].reason)
			return false;
	}
	return true;
}

static bool same_calls(const struct pptp_conn *a, const struct pptp_conn *b)
{
	unsigned int i;

	for (i = 0; i < PPTP_CONN_CALLS_MAX; i++) {
		const struct pptp_call *x = &a->calls.call[i], *y = &b->calls.call[i];

		if (x->state != y->state)
			return false;
		if (x->state != PPTP_CALL_FREE &&
		    (x->kind != y->kind || x->local_id != y->local_id ||
		     x->peer_id != y->peer_id || x->peer_known != y->peer_known ||
		     x->speed != y->speed || x->serial != y->serial))
			return false;
	}
	return a->calls.serial == b->calls.serial;
}

static bool same(const bench *a, const bench *b)
{
	return a->conn.state == b->conn.state && a->conn.reason == b->conn.reason &&
	       same_calls(&a->conn, &b->conn) && same_acts(&a->acts, &b->acts);
}

/* @b becomes what @a is, in another process; pointers stay their own. */
static bool reborn(const bench *a, bench *b)
{
	struct saved saved;

	*b = *a;
	memset(&b->conn, 0xa5, sizeof(b->conn));
	return save(a, &saved) && restore(b, &saved, saved.len);
}

TEST_F(conn, only_an_established_one_is_saved)
{
	struct saved saved;
	enum place place;

	for (place = 0; place < N_PLACES; place++) {
		go(self, place);
		EXPECT_EQ(is_established(place), save(self, &saved)) {
			TH_LOG("%s", place_names[place]);
		}
	}
}

TEST_F(conn, hears_and_answers_as_before)
{
	bench *other = calloc(1, sizeof(*other));
	enum place place;
	size_t i;

	ASSERT_NE(NULL, other);
	for (place = 0; place < N_PLACES; place++) {
		for (i = 0; is_established(place) && i < ARRAY_SIZE(sayings); i++) {
			go(self, place);
			ASSERT_TRUE(reborn(self, other)) {
				TH_LOG("%s", place_names[place]);
			}
			say(self, sayings[i].name);
			say(other, sayings[i].name);
			EXPECT_TRUE(same(self, other)) {
				TH_LOG("%s: %s", place_names[place], sayings[i].name);
			}
		}
	}
	free(other);
}

TEST_F(conn, is_cleared_and_stopped_as_before)
{
	bench *other = calloc(1, sizeof(*other));
	enum place place;

	ASSERT_NE(NULL, other);
	for (place = 0; place < N_PLACES; place++) {
		if (!is_established(place))
			continue;
		go(self, place);
		ASSERT_TRUE(reborn(self, other));
		pptp_conn_clear(&self->conn, 0, &end_admin, T0, &self->acts);
		pptp_conn_clear(&other->conn, 0, &end_admin, T0, &other->acts);
		EXPECT_TRUE(same(self, other)) {
			TH_LOG("%s", place_names[place]);
		}
		pptp_conn_stop(&self->conn, PPTP_STOP_SHUTDOWN, T0, &self->acts);
		pptp_conn_stop(&other->conn, PPTP_STOP_SHUTDOWN, T0, &other->acts);
		EXPECT_TRUE(same(self, other)) {
			TH_LOG("%s", place_names[place]);
		}
	}
	free(other);
}

TEST_F(conn, silence_is_asked_about)
{
	bench *other = calloc(1, sizeof(*other));

	ASSERT_NE(NULL, other);
	go(self, SERVED);
	ASSERT_TRUE(reborn(self, other));
	EXPECT_EQ(pptp_conn_deadline(&self->conn), pptp_conn_deadline(&other->conn));
	other->now = pptp_conn_deadline(&other->conn);
	pptp_conn_timer(&other->conn, other->now, &other->acts);
	EXPECT_EQ(PPTP_ECHO_REQUEST, out(other, 0).type);
	*self = *other;

	/* The answer may have come while nobody was there: it has its time again. */
	self->now = LATER + ECHO_MS;
	ASSERT_TRUE(reborn(self, other));
	EXPECT_EQ(other->now + ECHO_WAIT_MS, pptp_conn_deadline(&other->conn));
	EXPECT_EQ(self->conn.echo_id, other->conn.echo_id);
	say(other, "ECHORP");
	EXPECT_EQ(other->now + ECHO_MS, pptp_conn_deadline(&other->conn));
	free(other);
}

/* Read in pieces, with a new process after each. */
TEST_F(conn, a_message_in_pieces)
{
	bench *other = calloc(1, sizeof(*other));
	struct pptp_msg msg = sample(PPTP_CALL_CLEAR_REQUEST, PEER_ID);
	uint8_t buf[PPTP_MSG_MAX];
	struct writer w = writer_of(buf, sizeof(buf));
	size_t i;

	ASSERT_NE(NULL, other);
	pptp_msg_encode(&msg, &w);
	go(self, SERVED);
	for (i = 0; i < w.len; i++) {
		ASSERT_TRUE(reborn(self, other));
		*self = *other;
		ASSERT_EQ(1, input(self, buf + i, 1));
	}
	EXPECT_EQ(PPTP_CALL_DISCONNECT_NOTIFY, out(self, 0).type);
	EXPECT_EQ(1, count(self, PPTP_ACTION_CLOSE_CALL));
	free(other);
}

TEST_F(conn, as_many_calls_as_there_can_be)
{
	bench *other = calloc(1, sizeof(*other));
	unsigned int i;

	ASSERT_NE(NULL, other);
	go(self, IDLE);
	self->cfg.calls.max_calls = PPTP_CONN_CALLS_MAX;
	for (i = 0; i < PPTP_CONN_CALLS_MAX; i++) {
		feed_sample(self, PPTP_OUTGOING_CALL_REQUEST, (uint16_t)(100 + i));
		pptp_conn_accept(&self->conn, i, (uint16_t)(1 + i), T0, &self->acts);
	}
	ASSERT_TRUE(reborn(self, other));
	EXPECT_EQ(PPTP_CONN_CALLS_MAX, pptp_conn_calls(&other->conn));
	EXPECT_TRUE(same_calls(&self->conn, &other->conn));
	free(other);
}

TEST_F(conn, what_is_cut_off_is_refused)
{
	struct saved saved;
	size_t len;

	go(self, SERVED);
	ASSERT_TRUE(save(self, &saved));
	for (len = 0; len < saved.len; len++)
		EXPECT_FALSE(restore(self, &saved, len));
	EXPECT_TRUE(restore(self, &saved, saved.len));
}

/* Whatever octet is wrong: it is refused, or a connection that can be worked with. */
TEST_F(conn, what_is_wrong_does_no_harm)
{
	struct saved saved;
	size_t i;
	unsigned int bit;

	for (bit = 0; bit < 8; bit++) {
		go(self, SERVED);
		ASSERT_TRUE(save(self, &saved));
		for (i = 0; i < saved.len; i++) {
			saved.data[i] ^= (uint8_t)(1u << bit);
			if (restore(self, &saved, saved.len))
				say(self, "STOPRQ");
			saved.data[i] ^= (uint8_t)(1u << bit);
		}
	}
}

/* A clock that was ahead must not make the peer's silence unheard. */
TEST_F(conn, times_to_come_are_now)
{
	bench *other = calloc(1, sizeof(*other));

	ASSERT_NE(NULL, other);
	self->now = LATER;
	go(self, SERVED);
	self->conn.last_control = LATER + HUGE_STEP;
	ASSERT_TRUE(reborn(self, other));
	EXPECT_EQ(T0 + ECHO_MS, pptp_conn_deadline(&other->conn));
	free(other);
}

TEST_HARNESS_MAIN
