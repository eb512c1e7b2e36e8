// SPDX-License-Identifier: GPL-2.0-or-later
/* Calls of all four kinds: RFC 2637 sections 3.2.3 and 3.2.4, and their timers. */
#include "pptp_place.h"

static const struct pptp_ring caller = {
	.local_id = OUR_ID,
	.dialed = "5551212",
	.dialing = "5553434",
	.subaddress = "x",
	.bearer = PPTP_BEARER_ANALOG,
};

/* The only thing that came out is one action, for this reason. */
static bool only(const bench *b, enum pptp_action_type type,
		 enum pptp_reason reason)
{
	return !b->acts.out_len && b->acts.n == 1 &&
	       b->acts.act[0].type == type && b->acts.act[0].reason == reason;
}

static bool fires_at(bench *b, uint64_t when)
{
	if (pptp_conn_deadline(&b->conn) != when)
		return false;
	tick(b, when - 1);
	if (!quiet(b))
		return false;
	tick(b, when);
	return !quiet(b);
}

/* ------------------------------------------------ the fields that are sent */

TEST_F(conn, ring)
{
	struct pptp_msg m;

	go(self, IDLE);
	EXPECT_EQ(0, pptp_conn_ring(&self->conn, &caller, T0, &self->acts));
	m = out(self, 0);
	EXPECT_EQ(220, self->acts.out_len);
	EXPECT_EQ(0, self->acts.n);
	EXPECT_EQ(PPTP_INCOMING_CALL_REQUEST, m.type);
	EXPECT_EQ(OUR_ID, m.incoming_request.call_id);
	EXPECT_EQ(1, m.incoming_request.serial);
	EXPECT_EQ(PPTP_BEARER_ANALOG, m.incoming_request.bearer);
	EXPECT_EQ(7, m.incoming_request.dialed_len);
	EXPECT_EQ(7, m.incoming_request.dialing_len);
	EXPECT_STREQ("5551212", m.incoming_request.dialed);
	EXPECT_STREQ("5553434", m.incoming_request.dialing);
	EXPECT_STREQ("x", m.incoming_request.subaddress);
	EXPECT_FALSE(self->conn.calls.call[0].peer_known);

	say(self, "ICRP/1");
	m = out(self, 0);
	EXPECT_EQ(28, self->acts.out_len);
	EXPECT_EQ(PPTP_INCOMING_CALL_CONNECTED, m.type);
	EXPECT_EQ(PEER_ID, m.incoming_connected.peer_call_id);
	EXPECT_EQ(100000000, m.incoming_connected.speed);
	EXPECT_EQ(64, m.incoming_connected.window);
	EXPECT_EQ(PPTP_FRAMING_ASYNC, m.incoming_connected.framing);
	EXPECT_EQ(1, self->acts.n);
	EXPECT_EQ(PPTP_ACTION_CALL_UP, self->acts.act[0].type);
	EXPECT_EQ(0, self->acts.act[0].call);
	EXPECT_EQ(PEER_ID, self->conn.calls.call[0].peer_id);
	EXPECT_TRUE(self->conn.calls.call[0].peer_known);
}

TEST_F(conn, incoming_call)
{
	const struct pptp_call *call = &self->conn.calls.call[0];
	struct pptp_msg m = pptp_vectors[PPTP_INCOMING_CALL_REQUEST - 1].msg;

	go(self, IDLE);
	m.incoming_request.call_id = PEER_ID;
	memset(m.incoming_request.dialed, '1', PPTP_NAME_LEN);
	memset(m.incoming_request.dialing, '2', PPTP_NAME_LEN);
	memset(m.incoming_request.subaddress, '\033', PPTP_NAME_LEN);
	feed(self, &m);
	EXPECT_TRUE(only(self, PPTP_ACTION_OPEN_CALL, PPTP_REASON_NONE));
	EXPECT_EQ(PPTP_CALL_INCOMING_PNS, call->kind);
	EXPECT_EQ(m.incoming_request.serial, call->serial);
	EXPECT_STREQ(m.incoming_request.dialed, self->conn.calls.numbers.called);
	EXPECT_STREQ(m.incoming_request.dialing, self->conn.calls.numbers.calling);
	memset(m.incoming_request.subaddress, '?', PPTP_NAME_LEN);
	EXPECT_STREQ(m.incoming_request.subaddress,
		     self->conn.calls.numbers.subaddress);

	accepted(self);
	m = out(self, 0);
	EXPECT_EQ(24, self->acts.out_len);
	EXPECT_EQ(0, self->acts.n);
	EXPECT_EQ(PPTP_INCOMING_CALL_REPLY, m.type);
	EXPECT_EQ(OUR_ID, m.incoming_reply.call_id);
	EXPECT_EQ(PEER_ID, m.incoming_reply.peer_call_id);
	EXPECT_EQ(PPTP_IN_CONNECT, m.incoming_reply.result);
	EXPECT_EQ(0, m.incoming_reply.error);
	EXPECT_EQ(64, m.incoming_reply.window);

	m = pptp_vectors[PPTP_INCOMING_CALL_CONNECTED - 1].msg;
	m.incoming_connected.peer_call_id = OUR_ID;
	m.incoming_connected.speed = 33600;
	feed(self, &m);
	EXPECT_TRUE(only(self, PPTP_ACTION_CALL_UP, PPTP_REASON_NONE));
	EXPECT_EQ(33600, call->speed);
}

/* Of an outgoing call there is no caller: nothing is left of an older one. */
TEST_F(conn, numbers_of_an_outgoing_call)
{
	struct pptp_msg m = pptp_vectors[PPTP_OUTGOING_CALL_REQUEST - 1].msg;

	go(self, OFFERED);
	memcpy(self->conn.calls.numbers.calling, "555", 4);
	memcpy(m.outgoing_request.phone, "0800", 5);
	memcpy(m.outgoing_request.subaddress, "sub", 4);
	m.outgoing_request.call_id = OTHER_ID;
	feed(self, &m);
	EXPECT_STREQ("0800", self->conn.calls.numbers.called);
	EXPECT_STREQ("", self->conn.calls.numbers.calling);
	EXPECT_STREQ("sub", self->conn.calls.numbers.subaddress);
}

TEST_F(conn, incoming_call_is_refused)
{
	struct pptp_msg m;

	go(self, OFFERED);
	pptp_conn_refuse(&self->conn, 0, PPTP_IN_GENERAL, PPTP_ERROR_RESOURCE,
			 T0, &self->acts);
	m = out(self, 0);
	EXPECT_EQ(24, self->acts.out_len);
	EXPECT_EQ(0, self->acts.n);
	EXPECT_EQ(PPTP_INCOMING_CALL_REPLY, m.type);
	EXPECT_EQ(0, m.incoming_reply.call_id);
	EXPECT_EQ(PEER_ID, m.incoming_reply.peer_call_id);
	EXPECT_EQ(PPTP_IN_GENERAL, m.incoming_reply.result);
	EXPECT_EQ(PPTP_ERROR_RESOURCE, m.incoming_reply.error);
	EXPECT_EQ(0, pptp_conn_calls(&self->conn));
}

/* A side that does not take calls of a kind says so in that kind's words. */
TEST_F(conn, kinds_that_are_not_taken)
{
	struct pptp_msg m;

	go(self, IDLE);
	self->cfg.calls.take_incoming = false;
	say(self, "ICRQ");
	m = out(self, 0);
	EXPECT_EQ(24, self->acts.out_len);
	EXPECT_EQ(PPTP_IN_REFUSED, m.incoming_reply.result);
	EXPECT_EQ(0, m.incoming_reply.error);
	EXPECT_EQ(OTHER_ID, m.incoming_reply.peer_call_id);
	EXPECT_EQ(1, count(self, PPTP_ACTION_NOTE));
	EXPECT_EQ(1, self->acts.n);

	self->cfg.calls.take_outgoing = false;
	say(self, "OCRQ");
	m = out(self, 0);
	EXPECT_EQ(32, self->acts.out_len);
	EXPECT_EQ(PPTP_OUT_REFUSED, m.outgoing_reply.result);
	EXPECT_EQ(0, m.outgoing_reply.error);
	EXPECT_EQ(OTHER_ID, m.outgoing_reply.peer_call_id);
	EXPECT_EQ(1, count(self, PPTP_ACTION_NOTE));
	EXPECT_EQ(1, self->acts.n);
	EXPECT_EQ(0, pptp_conn_calls(&self->conn));
}

/* As fast as the caller's line, where that is known. */
TEST_F(conn, ring_with_a_speed)
{
	struct pptp_ring ring = caller;

	ring.speed = 33600;
	go(self, IDLE);
	EXPECT_EQ(0, pptp_conn_ring(&self->conn, &ring, T0, &self->acts));
	say(self, "ICRP/1");
	EXPECT_EQ(33600, out(self, 0).incoming_connected.speed);
}

/* Texts that are too long are cut, and need no terminator on the wire. */
TEST_F(conn, long_texts)
{
	char text[PPTP_STATISTICS_LEN + 40];
	struct pptp_call_end end = { .result = 1, .statistics = text };
	struct pptp_ring ring = caller;
	struct pptp_dial dial = { .local_id = 7, .number = text, .subaddress = text };
	struct pptp_msg m;

	memset(text, 'a', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	ring.dialed = text;
	ring.dialing = text;
	ring.subaddress = text;
	go(self, IDLE);
	EXPECT_EQ(0, pptp_conn_dial(&self->conn, &dial, T0, &self->acts));
	m = out(self, 0);
	EXPECT_EQ(PPTP_NAME_LEN, m.outgoing_request.phone_len);
	EXPECT_EQ(PPTP_NAME_LEN, strlen(m.outgoing_request.phone));
	EXPECT_EQ(PPTP_NAME_LEN, strlen(m.outgoing_request.subaddress));
	EXPECT_EQ(1, pptp_conn_ring(&self->conn, &ring, T0, &self->acts));
	m = out(self, 0);
	EXPECT_EQ(2, m.incoming_request.serial);
	EXPECT_EQ(PPTP_NAME_LEN, m.incoming_request.dialed_len);
	EXPECT_EQ(PPTP_NAME_LEN, m.incoming_request.dialing_len);
	EXPECT_EQ(PPTP_NAME_LEN, strlen(m.incoming_request.dialed));
	EXPECT_EQ(PPTP_NAME_LEN, strlen(m.incoming_request.dialing));
	EXPECT_EQ(PPTP_NAME_LEN, strlen(m.incoming_request.subaddress));
	pptp_conn_clear(&self->conn, 1, &end, T0, &self->acts);
	EXPECT_EQ(PPTP_STATISTICS_LEN, strlen(out(self, 0).disconnect.statistics));
}

TEST_F(conn, texts_that_are_not_there)
{
	static const struct pptp_dial dial = { .local_id = 7 };
	struct pptp_msg m;

	go(self, IDLE);
	EXPECT_EQ(0, pptp_conn_dial(&self->conn, &dial, T0, &self->acts));
	m = out(self, 0);
	EXPECT_EQ(0, m.outgoing_request.phone_len);
	EXPECT_STREQ("", m.outgoing_request.phone);
	EXPECT_STREQ("", m.outgoing_request.subaddress);
}

/* ------------------------------------------------------------- many calls */

TEST_F(conn, as_many_as_there_are_places)
{
	struct pptp_dial dial = { 0 };
	struct pptp_ring ring = { .bearer = PPTP_BEARER_DIGITAL };
	unsigned int i;

	go(self, IDLE);
	for (i = 0; i < PPTP_CONN_CALLS_MAX; i++) {
		dial.local_id = (uint16_t)(i + 1);
		ring.local_id = (uint16_t)(i + 1);
		EXPECT_EQ((int)i, i % 2 ?
			  pptp_conn_dial(&self->conn, &dial, T0, &self->acts) :
			  pptp_conn_ring(&self->conn, &ring, T0, &self->acts));
		EXPECT_EQ(i + 1, i % 2 ? out(self, 0).outgoing_request.serial :
					 out(self, 0).incoming_request.serial);
	}
	dial.local_id = 1000;
	ring.local_id = 1000;
	EXPECT_EQ(-1, pptp_conn_dial(&self->conn, &dial, T0, &self->acts));
	EXPECT_TRUE(quiet(self));
	EXPECT_EQ(-1, pptp_conn_ring(&self->conn, &ring, T0, &self->acts));
	EXPECT_TRUE(quiet(self));
	/* max_calls is about the peer's; this is about the places. */
	say(self, "OCRQ");
	EXPECT_EQ(PPTP_ERROR_RESOURCE, out(self, 0).outgoing_reply.error);
	say(self, "ICRQ");
	EXPECT_EQ(PPTP_IN_GENERAL, out(self, 0).incoming_reply.result);
	EXPECT_EQ(PPTP_ERROR_RESOURCE, out(self, 0).incoming_reply.error);
	EXPECT_EQ(PPTP_CONN_CALLS_MAX, pptp_conn_calls(&self->conn));
}

/* Ours do not use up what the peer may have, and the other way round. */
TEST_F(conn, the_peer_has_its_own_number_of_calls)
{
	static const struct pptp_dial dial = { .local_id = 9 };

	go(self, DIALLED);
	self->cfg.calls.max_calls = 1;
	say(self, "OCRQ");
	EXPECT_EQ(1, count(self, PPTP_ACTION_OPEN_CALL));
	say(self, "ICRQ/same");
	EXPECT_EQ(PPTP_ERROR_RESOURCE, out(self, 0).incoming_reply.error);
	EXPECT_EQ(2, pptp_conn_dial(&self->conn, &dial, T0, &self->acts));
}

TEST_F(conn, an_id_of_ours_is_one_call)
{
	static const struct pptp_dial dial = { .local_id = OUR_ID };
	enum place place;

	for (place = SERVED; place <= TALKING; place++) {
		go(self, place);
		EXPECT_EQ(place == OFFERED ? 1 : -1,
			  pptp_conn_dial(&self->conn, &dial, T0, &self->acts))
			TH_LOG("%s", place_names[place]);
		EXPECT_EQ(place == OFFERED, !quiet(self));
	}
}

TEST_F(conn, no_call_but_on_an_established_connection)
{
	static const struct pptp_dial dial = { .local_id = 9 };
	enum place place;

	for (place = EARLY; place < N_PLACES; place++) {
		int want = place_state[place] == PPTP_CONN_ESTABLISHED ? 0 : -1;

		go(self, place);
		want += pptp_conn_calls(&self->conn);
		EXPECT_EQ(want, pptp_conn_dial(&self->conn, &dial, T0, &self->acts))
			TH_LOG("%s", place_names[place]);
		EXPECT_EQ(want < 0, quiet(self));
		go(self, place);
		self->acts.n = 1;
		EXPECT_EQ(want, pptp_conn_ring(&self->conn, &(struct pptp_ring){
			.local_id = 9 }, T0, &self->acts));
		EXPECT_EQ(want < 0, quiet(self));
	}
}

/* A refusal that names nobody, while two wait: neither is believed to be meant. */
TEST_F(conn, refusal_of_no_call)
{
	static const struct pptp_dial dial = { .local_id = 9 };

	go(self, DIALLED);
	EXPECT_EQ(1, pptp_conn_dial(&self->conn, &dial, T0, &self->acts));
	say(self, "OCRP/4/wild");
	EXPECT_EQ(0, count(self, PPTP_ACTION_CLOSE_CALL));
	EXPECT_EQ(2, pptp_conn_calls(&self->conn));
	say(self, "CDN/0");
	EXPECT_TRUE(quiet(self));
	say(self, "OCRP/4");
	EXPECT_TRUE(only(self, PPTP_ACTION_CLOSE_CALL, PPTP_REASON_CALL_REFUSED));
	EXPECT_EQ(0, self->acts.act[0].call);
	say(self, "OCRP/4/wild");
	EXPECT_TRUE(only(self, PPTP_ACTION_CLOSE_CALL, PPTP_REASON_CALL_REFUSED));
	EXPECT_EQ(1, self->acts.act[0].call);
}

/*
 * One ID, two calls with the roles turned round: the PNS's message means the
 * call in which the sender is PNS, and so on.
 */
TEST_F(conn, the_role_of_the_sender_decides)
{
	struct pptp_msg reply = pptp_vectors[PPTP_OUTGOING_CALL_REPLY - 1].msg;

	go(self, SERVED);
	EXPECT_EQ(1, pptp_conn_dial(&self->conn, &(struct pptp_dial){
		.local_id = 9 }, T0, &self->acts));
	reply.outgoing_reply.call_id = PEER_ID;
	reply.outgoing_reply.peer_call_id = 9;
	feed(self, &reply);
	EXPECT_EQ(1, count(self, PPTP_ACTION_CALL_UP));
	say(self, "CDN");
	EXPECT_TRUE(only(self, PPTP_ACTION_CLOSE_CALL, PPTP_REASON_PEER_CLEARED));
	EXPECT_EQ(1, self->acts.act[0].call);
	say(self, "CCRQ");
	EXPECT_EQ(0, self->acts.act[0].call);
	EXPECT_EQ(OUR_ID, out(self, 0).disconnect.call_id);
}

/* ------------------------------------------------------------- we clear it */

/* What says goodbye in each place, by which ID, and whether an answer is due. */
static const struct {
	enum place place;
	enum pptp_msg_type type;
	bool waits;
} goodbyes[] = {
	{ ASKED, PPTP_OUTGOING_CALL_REPLY, false },
	{ SERVED, PPTP_CALL_DISCONNECT_NOTIFY, false },
	{ OFFERED, PPTP_INCOMING_CALL_REPLY, false },
	{ ANSWERED, PPTP_CALL_CLEAR_REQUEST, true },
	{ TAKEN, PPTP_CALL_CLEAR_REQUEST, true },
	{ DIALLED, PPTP_CALL_CLEAR_REQUEST, true },
	{ CONNECTED, PPTP_CALL_CLEAR_REQUEST, true },
	{ RINGING, PPTP_CALL_DISCONNECT_NOTIFY, false },
	{ TALKING, PPTP_CALL_DISCONNECT_NOTIFY, false },
};

/* Our ID, or the refusal that has the peer's. */
static bool goodbye_is(const struct pptp_msg *m, enum pptp_msg_type type,
		       uint8_t result)
{
	if (m->type != type)
		return false;
	if (type == PPTP_OUTGOING_CALL_REPLY)
		return m->outgoing_reply.result == PPTP_OUT_REFUSED &&
		       m->outgoing_reply.peer_call_id == PEER_ID;
	if (type == PPTP_INCOMING_CALL_REPLY)
		return m->incoming_reply.result == PPTP_IN_REFUSED &&
		       m->incoming_reply.peer_call_id == PEER_ID;
	if (type == PPTP_CALL_CLEAR_REQUEST)
		return m->clear.call_id == OUR_ID;
	return m->disconnect.call_id == OUR_ID && m->disconnect.result == result;
}

TEST_F(conn, clear)
{
	static const struct pptp_call_end end = {
		.result = PPTP_END_GENERAL, .error = 6, .cause = 16,
		.statistics = "octets 1/2",
	};
	struct pptp_msg m;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(goodbyes); i++) {
		go(self, goodbyes[i].place);
		pptp_conn_clear(&self->conn, 0, &end, T0 + 1, &self->acts);
		m = out(self, 0);
		EXPECT_TRUE(goodbye_is(&m, goodbyes[i].type, PPTP_END_GENERAL))
			TH_LOG("%s", place_names[goodbyes[i].place]);
		EXPECT_EQ(pptp_msg_size(m.type), self->acts.out_len);
		EXPECT_EQ(0, self->acts.n);
		EXPECT_EQ(goodbyes[i].waits, pptp_conn_calls(&self->conn));
		if (m.type == PPTP_CALL_DISCONNECT_NOTIFY) {
			EXPECT_EQ(6, m.disconnect.error);
			EXPECT_EQ(16, m.disconnect.cause);
			EXPECT_STREQ("octets 1/2", m.disconnect.statistics);
		}
		pptp_conn_clear(&self->conn, 0, &end, T0 + 2, &self->acts);
		EXPECT_TRUE(quiet(self));
		say(self, "CDN/your");
		EXPECT_EQ(goodbyes[i].waits,
			  only(self, PPTP_ACTION_CLOSE_CALL, PPTP_REASON_LOCAL));
		EXPECT_EQ(0, pptp_conn_calls(&self->conn));
	}
}

/* A success that crosses with our Call-Clear-Request tells the ID to wait for. */
TEST_F(conn, abort_crosses_with_the_reply)
{
	go(self, ABORTED);
	say(self, "OCRP/1");
	EXPECT_TRUE(quiet(self));
	say(self, "CDN/0");
	EXPECT_TRUE(quiet(self));
	say(self, "CDN");
	EXPECT_TRUE(only(self, PPTP_ACTION_CLOSE_CALL, PPTP_REASON_LOCAL));
}

/* Our end of a call crossed with its refusal, and another call waits already. */
TEST_F(conn, a_refusal_that_crosses)
{
	go(self, RINGING);
	pptp_conn_clear(&self->conn, 0, &end_admin, T0, &self->acts);
	EXPECT_EQ(0, pptp_conn_ring(&self->conn, &(struct pptp_ring){
		.local_id = 9 }, T0, &self->acts));
	say(self, "ICRP/3");
	EXPECT_EQ(1, pptp_conn_calls(&self->conn));
	EXPECT_EQ(0, count(self, PPTP_ACTION_CLOSE_CALL));
}

/* A PAC that never gave them an ID lets them go in the order of our asking. */
TEST_F(conn, two_aborted_calls)
{
	static const struct pptp_dial dial = { .local_id = 9 };

	go(self, DIALLED);
	EXPECT_EQ(1, pptp_conn_dial(&self->conn, &dial, T0, &self->acts));
	pptp_conn_clear(&self->conn, 1, &end_admin, T0 + 1, &self->acts);
	pptp_conn_clear(&self->conn, 0, &end_admin, T0 + 2, &self->acts);
	say(self, "CDN/0");
	EXPECT_TRUE(only(self, PPTP_ACTION_CLOSE_CALL, PPTP_REASON_LOCAL));
	EXPECT_EQ(1, self->acts.act[0].call);
	say(self, "CDN/0");
	EXPECT_TRUE(only(self, PPTP_ACTION_CLOSE_CALL, PPTP_REASON_LOCAL));
	EXPECT_EQ(0, self->acts.act[0].call);
}

TEST_F(conn, stop_says_goodbye_in_each_place)
{
	struct pptp_msg m;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(goodbyes); i++) {
		go(self, goodbyes[i].place);
		pptp_conn_stop(&self->conn, PPTP_STOP_SHUTDOWN, T0, &self->acts);
		m = out(self, 0);
		EXPECT_TRUE(goodbye_is(&m, goodbyes[i].type, PPTP_END_ADMIN))
			TH_LOG("%s", place_names[goodbyes[i].place]);
		EXPECT_EQ(PPTP_STOP_REQUEST, out(self, 1).type);
		EXPECT_EQ(0, out(self, 2).type);
		EXPECT_EQ(1, self->acts.n);
		EXPECT_EQ(PPTP_ACTION_CLOSE_CALL, self->acts.act[0].type);
		EXPECT_EQ(PPTP_REASON_LOCAL, self->acts.act[0].reason);
	}
	/* It has been said already. */
	go(self, CLEARED);
	pptp_conn_stop(&self->conn, PPTP_STOP_SHUTDOWN, T0, &self->acts);
	EXPECT_EQ(PPTP_STOP_REQUEST, out(self, 0).type);
	EXPECT_EQ(0, out(self, 1).type);
	EXPECT_EQ(1, count(self, PPTP_ACTION_CLOSE_CALL));
}

/* ------------------------------------------------------------------ timers */

TEST_F(conn, call_timeouts)
{
	struct pptp_msg m;
	size_t i;

	self->cfg.echo_interval = 0;
	for (i = 0; i < ARRAY_SIZE(goodbyes); i++) {
		enum place place = goodbyes[i].place;
		bool up = place_call[place] == PPTP_CALL_ESTABLISHED;

		go(self, place);
		if (up) {
			EXPECT_EQ(UINT64_MAX, pptp_conn_deadline(&self->conn));
			continue;
		}
		EXPECT_TRUE(fires_at(self, T0 + REPLY_MS))
			TH_LOG("%s", place_names[place]);
		m = out(self, 0);
		EXPECT_TRUE(goodbye_is(&m, goodbyes[i].type, PPTP_END_CARRIER));
		EXPECT_EQ(0, out(self, 1).type);
		EXPECT_EQ(!goodbyes[i].waits, self->acts.n);
		if (goodbyes[i].waits)
			say(self, "CDN/your");
		EXPECT_EQ(PPTP_ACTION_CLOSE_CALL, self->acts.act[0].type);
		EXPECT_EQ(PPTP_REASON_CALL_TIMEOUT, self->acts.act[0].reason);
		EXPECT_EQ(0, pptp_conn_calls(&self->conn));
		EXPECT_EQ(PPTP_CONN_ESTABLISHED, self->conn.state);
	}
}

/* Section 3.2.1: a peer that does not let go is not to be trusted. */
TEST_F(conn, a_call_is_stuck)
{
	go(self, DIALLED);
	self->cfg.echo_interval = 0;
	say(self, "OCRQ");
	pptp_conn_accept(&self->conn, 1, 9, T0, &self->acts);
	EXPECT_TRUE(fires_at(self, T0 + REPLY_MS));
	EXPECT_EQ(PPTP_CALL_CLEAR_REQUEST, out(self, 0).type);
	EXPECT_TRUE(fires_at(self, T0 + REPLY_MS + CLEAR_MS));
	EXPECT_EQ(PPTP_CALL_DISCONNECT_NOTIFY, out(self, 0).type);
	EXPECT_EQ(9, out(self, 0).disconnect.call_id);
	EXPECT_EQ(PPTP_STOP_REQUEST, out(self, 1).type);
	EXPECT_EQ(PPTP_STOP_NONE, out(self, 1).stop.reason);
	EXPECT_EQ(2, self->acts.n);
	EXPECT_EQ(PPTP_REASON_CALL_TIMEOUT, self->acts.act[0].reason);
	EXPECT_EQ(PPTP_REASON_CALL_STUCK, self->acts.act[1].reason);
	EXPECT_EQ(PPTP_CONN_WAIT_STOP, self->conn.state);
	EXPECT_TRUE(fires_at(self, T0 + REPLY_MS + CLEAR_MS + STOP_MS));
	EXPECT_TRUE(closed(self, PPTP_REASON_CALL_STUCK));
}

/* The connection is not idle while a call waits for anything. */
TEST_F(conn, idle_begins_when_the_call_is_let_go)
{
	self->cfg.idle_timeout = 1;
	self->cfg.echo_interval = 0;
	go(self, CLEARED);
	EXPECT_EQ(T0 + CLEAR_MS, pptp_conn_deadline(&self->conn));
	self->now = T0 + 100;
	say(self, "CDN");
	EXPECT_TRUE(fires_at(self, T0 + 101));
	EXPECT_EQ(PPTP_STOP_REQUEST, out(self, 0).type);
}

TEST_F(conn, originator_s_timers)
{
	go(self, ASKING);
	EXPECT_TRUE(fires_at(self, T0 + START_MS));
	EXPECT_TRUE(closed(self, PPTP_REASON_START_TIMEOUT));
	go(self, DIALLED);
	say(self, "OCRP/1");
	EXPECT_TRUE(fires_at(self, T0 + ECHO_MS));
	EXPECT_EQ(PPTP_ECHO_REQUEST, out(self, 0).type);
	EXPECT_TRUE(fires_at(self, T0 + ECHO_MS + ECHO_WAIT_MS));
	EXPECT_TRUE(closed(self, PPTP_REASON_ECHO_TIMEOUT));
}

/* ------------------------------------------- Set-Link-Info, WAN-Error-Notify */

TEST_F(conn, link_info)
{
	struct pptp_msg m = pptp_vectors[PPTP_SET_LINK_INFO - 1].msg;
	const struct pptp_call *call = &self->conn.calls.call[0];
	enum place place;

	go(self, TALKING);
	m.link_info = (struct pptp_link_info){ OUR_ID, 0x000a0000, 0xffffffff };
	feed(self, &m);
	EXPECT_TRUE(only(self, PPTP_ACTION_LINK_INFO, PPTP_REASON_NONE));
	EXPECT_EQ(0x000a0000, call->link_info.send_accm);
	EXPECT_EQ(0xffffffff, call->link_info.receive_accm);

	for (place = EARLY; place < N_PLACES; place++) {
		bool good = place == TAKEN || place == CONNECTED;

		go(self, place);
		EXPECT_EQ(good, pptp_conn_set_link_info(&self->conn, 0, 1, 2,
							&self->acts))
			TH_LOG("%s", place_names[place]);
		EXPECT_EQ(good, !quiet(self));
		if (!good)
			continue;
		m = out(self, 0);
		EXPECT_EQ(24, self->acts.out_len);
		EXPECT_EQ(PPTP_SET_LINK_INFO, m.type);
		EXPECT_EQ(PEER_ID, m.link_info.peer_call_id);
		EXPECT_EQ(1, m.link_info.send_accm);
		EXPECT_EQ(2, m.link_info.receive_accm);
	}
}

TEST_F(conn, wan_error)
{
	static const struct pptp_wan_error counts = { 99, 1, 2, 3, 4, 5, 6 };
	const struct pptp_call *call = &self->conn.calls.call[0];
	struct pptp_msg m = { .type = PPTP_WAN_ERROR_NOTIFY, .wan_error = counts };
	enum place place;

	go(self, CONNECTED);
	m.wan_error.peer_call_id = OUR_ID;
	feed(self, &m);
	EXPECT_TRUE(only(self, PPTP_ACTION_WAN_ERROR, PPTP_REASON_NONE));
	EXPECT_EQ(0, memcmp(&m.wan_error, &call->wan_error, sizeof(counts)));

	for (place = EARLY; place < N_PLACES; place++) {
		bool good = place == SERVED || place == TALKING;

		go(self, place);
		EXPECT_EQ(good, pptp_conn_wan_error(&self->conn, 0, &counts, T0,
						    &self->acts))
			TH_LOG("%s", place_names[place]);
		EXPECT_EQ(good, !quiet(self));
		if (!good)
			continue;
		m = out(self, 0);
		EXPECT_EQ(40, self->acts.out_len);
		EXPECT_EQ(PPTP_WAN_ERROR_NOTIFY, m.type);
		EXPECT_EQ(PEER_ID, m.wan_error.peer_call_id);
		EXPECT_EQ(1, m.wan_error.crc);
		EXPECT_EQ(6, m.wan_error.alignment);
		/* Section 2.14: once a minute at most. */
		EXPECT_FALSE(pptp_conn_wan_error(&self->conn, 0, &counts,
						 T0 + 59999, &self->acts));
		EXPECT_TRUE(quiet(self));
		EXPECT_TRUE(pptp_conn_wan_error(&self->conn, 0, &counts,
						T0 + 60000, &self->acts));
	}
}

/* ----------------------------------------------------- what the peer's log says */

TEST_F(conn, codes_of_the_end)
{
	struct pptp_msg m = pptp_vectors[PPTP_CALL_DISCONNECT_NOTIFY - 1].msg;
	const struct pptp_call *call = &self->conn.calls.call[0];

	go(self, CONNECTED);
	EXPECT_EQ(0, call->told_by);
	m.disconnect = (struct pptp_disconnect){
		.call_id = PEER_ID, .result = 3, .error = 2, .cause = 31,
		.statistics = "up 7\nlines",
	};
	feed(self, &m);
	EXPECT_EQ(PPTP_CALL_DISCONNECT_NOTIFY, call->told_by);
	EXPECT_EQ(3, call->result);
	EXPECT_EQ(2, call->error);
	EXPECT_EQ(31, call->cause);
	EXPECT_STREQ("up 7?lines", self->conn.calls.statistics);
	/* And the next call knows nothing of it. */
	say(self, "OCRQ");
	EXPECT_EQ(PPTP_CALL_WAIT_ACCEPT, call->state);
	EXPECT_EQ(0, call->told_by);
	EXPECT_EQ(0, call->cause);
}

TEST_F(conn, codes_of_a_refused_start)
{
	struct pptp_msg m = pptp_vectors[PPTP_START_REPLY - 1].msg;

	go(self, ASKING);
	m.start.result = PPTP_START_GENERAL;
	m.start.error = PPTP_ERROR_RESOURCE;
	feed(self, &m);
	EXPECT_TRUE(closed(self, PPTP_REASON_START_REFUSED));
	EXPECT_EQ(PPTP_START_GENERAL, self->conn.start_result);
	EXPECT_EQ(PPTP_ERROR_RESOURCE, self->conn.start_error);

	go(self, ASKING);
	say(self, "SCCRP/2.0");
	EXPECT_EQ(PPTP_STOP_VERSION, out(self, 0).stop.reason);
	say(self, "STOPRP");
	EXPECT_TRUE(closed(self, PPTP_REASON_BAD_VERSION));
}

TEST_F(conn, reason_of_the_peer_s_stop)
{
	struct pptp_msg m = pptp_vectors[PPTP_STOP_REQUEST - 1].msg;

	go(self, CONNECTED);
	EXPECT_EQ(0, self->conn.stop_reason);
	m.stop.reason = PPTP_STOP_SHUTDOWN;
	feed(self, &m);
	EXPECT_EQ(PPTP_STOP_SHUTDOWN, self->conn.stop_reason);
}

TEST_HARNESS_MAIN
