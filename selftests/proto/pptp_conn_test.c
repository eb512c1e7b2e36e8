// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A server's control connection, RFC 2637 sections 3.1.2 and 3.2.4.1, and the
 * start of a client's.
 */
#include "pptp_bench.h"

/* ------------------------------------------------------------- start */

TEST_F(conn, start)
{
	struct pptp_msg reply;

	feed_sample(self, PPTP_START_REQUEST, 0);
	reply = out(self, 0);
	EXPECT_EQ(156, self->acts.out_len);
	EXPECT_EQ(0, self->acts.n);
	EXPECT_EQ(PPTP_START_REPLY, reply.type);
	EXPECT_EQ(0x0100, reply.start.version);
	EXPECT_EQ(PPTP_START_OK, reply.start.result);
	EXPECT_EQ(0, reply.start.error);
	EXPECT_EQ(3, reply.start.framing);
	EXPECT_EQ(3, reply.start.bearer);
	EXPECT_EQ(2, reply.start.channels);
	EXPECT_STREQ("server.example", reply.start.host);
	EXPECT_STREQ("kpptp", reply.start.vendor);
	EXPECT_EQ(PPTP_CONN_ESTABLISHED, self->conn.state);
	EXPECT_STREQ("Microsoft Windows NT", self->conn.peer_vendor);
	EXPECT_STREQ("", self->conn.peer_host);
	EXPECT_EQ(2600, self->conn.peer_firmware);
}

/* Any 1.x is understood, nothing else is. */
TEST_F(conn, versions)
{
	struct pptp_msg msg = sample(PPTP_START_REQUEST, 0);
	unsigned int version;

	for (version = 0; version <= 0xffff; version++) {
		bool good = version >= 0x0100 && version <= 0x01ff;

		pptp_conn_init(&self->conn, &self->cfg, T0);
		msg.start.version = (uint16_t)version;
		feed(self, &msg);
		ASSERT_EQ(PPTP_START_REPLY, out(self, 0).type);
		ASSERT_EQ(0x0100, out(self, 0).start.version);
		ASSERT_EQ(good ? PPTP_START_OK : PPTP_START_VERSION,
			  out(self, 0).start.result);
		ASSERT_EQ(!good, closed(self, PPTP_REASON_BAD_VERSION));
	}
}

TEST_F(conn, peer_names_are_printable)
{
	struct pptp_msg msg = sample(PPTP_START_REQUEST, 0);
	size_t i;

	for (i = 0; i < PPTP_NAME_LEN; i++) {
		msg.start.host[i] = (char)(i + 1);
		msg.start.vendor[i] = (char)(i + 0x60);
	}
	feed(self, &msg);
	for (i = 0; i < PPTP_NAME_LEN; i++) {
		EXPECT_EQ(i + 1 < 0x20 ? '?' : (char)(i + 1),
			  self->conn.peer_host[i]);
		EXPECT_EQ(i + 0x60 > 0x7e ? '?' : (char)(i + 0x60),
			  self->conn.peer_vendor[i]);
	}
	EXPECT_EQ('\0', self->conn.peer_host[PPTP_NAME_LEN]);
	EXPECT_EQ('\0', self->conn.peer_vendor[PPTP_NAME_LEN]);
}

/* ------------------------------------------------------------ places */

enum place { EARLY, IDLE, BUSY, ASKED, STOPPING, GONE, PLACES };

/* Brings a fresh connection into a state. */
static void go(bench *b, enum place place)
{
	pptp_conn_init(&b->conn, &b->cfg, T0);
	b->now = T0;
	if (place == EARLY)
		return;
	start(b);
	if (place == BUSY)
		call_up(b, PEER_ID, OUR_ID);
	if (place == ASKED)
		feed_sample(b, PPTP_OUTGOING_CALL_REQUEST, PEER_ID);
	if (place == STOPPING)
		pptp_conn_stop(&b->conn, PPTP_STOP_SHUTDOWN, T0, &b->acts);
	if (place == GONE)
		pptp_conn_eof(&b->conn, &b->acts);
}

/* The reason that a state keeps when the peer goes. */
TEST_F(conn, reasons)
{
	go(self, EARLY);
	feed_sample(self, PPTP_SET_LINK_INFO, 0);
	EXPECT_TRUE(closed(self, PPTP_REASON_OUT_OF_STATE));
	go(self, BUSY);
	feed_sample(self, PPTP_STOP_REQUEST, 0);
	EXPECT_TRUE(closed(self, PPTP_REASON_PEER_STOPPED));
	EXPECT_EQ(PPTP_REASON_PEER_STOPPED, self->acts.act[0].reason);
	go(self, STOPPING);
	feed_sample(self, PPTP_STOP_REQUEST, 0);
	EXPECT_TRUE(closed(self, PPTP_REASON_LOCAL));
	go(self, STOPPING);
	feed_sample(self, PPTP_STOP_REPLY, 0);
	EXPECT_TRUE(closed(self, PPTP_REASON_LOCAL));
	go(self, STOPPING);
	pptp_conn_eof(&self->conn, &self->acts);
	EXPECT_TRUE(closed(self, PPTP_REASON_LOCAL));
}

/* ------------------------------------------------------------- calls */

TEST_F(conn, call_is_accepted)
{
	struct pptp_msg reply;
	unsigned int call;

	start(self);
	call = call_up(self, PEER_ID, OUR_ID);
	reply = out(self, 0);
	EXPECT_EQ(32, self->acts.out_len);
	EXPECT_EQ(0, self->acts.n);
	EXPECT_EQ(PPTP_OUTGOING_CALL_REPLY, reply.type);
	EXPECT_EQ(OUR_ID, reply.outgoing_reply.call_id);
	EXPECT_EQ(PEER_ID, reply.outgoing_reply.peer_call_id);
	EXPECT_EQ(PPTP_OUT_CONNECTED, reply.outgoing_reply.result);
	EXPECT_EQ(0, reply.outgoing_reply.error);
	EXPECT_EQ(0, reply.outgoing_reply.cause);
	EXPECT_EQ(100000000, reply.outgoing_reply.speed);
	EXPECT_EQ(64, reply.outgoing_reply.window);
	EXPECT_EQ(0, reply.outgoing_reply.delay);
	EXPECT_EQ(PPTP_CALL_ESTABLISHED, self->conn.calls.call[call].state);
	EXPECT_EQ(OUR_ID, self->conn.calls.call[call].local_id);
	EXPECT_EQ(PEER_ID, self->conn.calls.call[call].peer_id);
	EXPECT_EQ(2, self->conn.calls.call[call].serial);
	EXPECT_EQ(1, pptp_conn_calls(&self->conn));
	/* Twice changes nothing. */
	pptp_conn_accept(&self->conn, call, OUR_ID + 1, self->now, &self->acts);
	EXPECT_TRUE(quiet(self));
	EXPECT_EQ(OUR_ID, self->conn.calls.call[call].local_id);
}

TEST_F(conn, connect_speed)
{
	static const uint32_t speeds[][2] = {
		{ 0, 100000000 }, { 1, 1 }, { 99999999, 99999999 },
		{ 100000000, 100000000 }, { 100000001, 100000000 },
		{ 0xffffffff, 100000000 },
	};
	struct pptp_msg msg = sample(PPTP_OUTGOING_CALL_REQUEST, PEER_ID);
	size_t i;

	for (i = 0; i < ARRAY_SIZE(speeds); i++) {
		go(self, IDLE);
		msg.outgoing_request.max_speed = speeds[i][0];
		feed(self, &msg);
		pptp_conn_accept(&self->conn, 0, OUR_ID, self->now, &self->acts);
		EXPECT_EQ(speeds[i][1], out(self, 0).outgoing_reply.speed);
	}
}

TEST_F(conn, call_is_refused)
{
	struct pptp_msg reply;

	go(self, ASKED);
	pptp_conn_refuse(&self->conn, 0, PPTP_OUT_GENERAL, PPTP_ERROR_RESOURCE,
			 self->now, &self->acts);
	reply = out(self, 0);
	EXPECT_EQ(32, self->acts.out_len);
	EXPECT_EQ(0, self->acts.n);
	EXPECT_EQ(PPTP_OUTGOING_CALL_REPLY, reply.type);
	EXPECT_EQ(0, reply.outgoing_reply.call_id);
	EXPECT_EQ(PEER_ID, reply.outgoing_reply.peer_call_id);
	EXPECT_EQ(PPTP_OUT_GENERAL, reply.outgoing_reply.result);
	EXPECT_EQ(PPTP_ERROR_RESOURCE, reply.outgoing_reply.error);
	EXPECT_EQ(0, pptp_conn_calls(&self->conn));
	pptp_conn_refuse(&self->conn, 0, PPTP_OUT_GENERAL, PPTP_ERROR_RESOURCE,
			 self->now, &self->acts);
	EXPECT_TRUE(quiet(self));
	pptp_conn_accept(&self->conn, 0, OUR_ID, self->now, &self->acts);
	EXPECT_TRUE(quiet(self));
}

static bool refused_with(const bench *b, uint8_t error)
{
	struct pptp_msg m = out(b, 0);

	return m.type == PPTP_OUTGOING_CALL_REPLY &&
	       m.outgoing_reply.result == PPTP_OUT_GENERAL &&
	       m.outgoing_reply.error == error &&
	       !count(b, PPTP_ACTION_OPEN_CALL);
}

TEST_F(conn, no_more_calls_than_allowed)
{
	unsigned int max, i;

	for (max = 1; max <= PPTP_CONN_CALLS_MAX; max++) {
		self->cfg.calls.max_calls = max;
		go(self, IDLE);
		for (i = 0; i < max; i++)
			call_up(self, (uint16_t)i, (uint16_t)(i + 1));
		EXPECT_EQ(max, pptp_conn_calls(&self->conn));
		feed_sample(self, PPTP_OUTGOING_CALL_REQUEST, 0xffff);
		EXPECT_TRUE(refused_with(self, PPTP_ERROR_RESOURCE));
		EXPECT_EQ(0xffff, out(self, 0).outgoing_reply.peer_call_id);
		EXPECT_EQ(max, pptp_conn_calls(&self->conn));
		/* And one that waits for us counts as well as one that is up. */
		pptp_conn_clear(&self->conn, 0, &end_carrier, self->now,
				&self->acts);
		feed_sample(self, PPTP_OUTGOING_CALL_REQUEST, 0xfffe);
		EXPECT_EQ(1, count(self, PPTP_ACTION_OPEN_CALL));
		feed_sample(self, PPTP_OUTGOING_CALL_REQUEST, 0xffff);
		EXPECT_TRUE(refused_with(self, PPTP_ERROR_RESOURCE));
	}
}

TEST_F(conn, call_id_of_the_peer_is_unique)
{
	go(self, BUSY);
	feed_sample(self, PPTP_OUTGOING_CALL_REQUEST, PEER_ID);
	EXPECT_TRUE(refused_with(self, PPTP_ERROR_CALL_ID));
	go(self, ASKED);
	feed_sample(self, PPTP_OUTGOING_CALL_REQUEST, PEER_ID);
	EXPECT_TRUE(refused_with(self, PPTP_ERROR_CALL_ID));
	EXPECT_EQ(PPTP_CALL_WAIT_ACCEPT, self->conn.calls.call[0].state);
}

/* Windows XP's ID is 0. */
TEST_F(conn, call_id_zero)
{
	unsigned int call;

	go(self, IDLE);
	call = call_up(self, 0, OUR_ID);
	EXPECT_EQ(0, out(self, 0).outgoing_reply.peer_call_id);
	feed_sample(self, PPTP_CALL_CLEAR_REQUEST, 0);
	EXPECT_EQ(OUR_ID, out(self, 0).disconnect.call_id);
	EXPECT_EQ(PPTP_ACTION_CLOSE_CALL, self->acts.act[0].type);
	EXPECT_EQ(call, self->acts.act[0].call);
	/* No call: 0 is not the ID of an unused slot. */
	feed_sample(self, PPTP_CALL_CLEAR_REQUEST, 0);
	EXPECT_TRUE(quiet(self));
	feed_sample(self, PPTP_CALL_DISCONNECT_NOTIFY, 0);
	EXPECT_TRUE(quiet(self));
}

/* Nor is it the ID that we will give to a call that is only asked for. */
TEST_F(conn, no_local_id_before_accept)
{
	go(self, ASKED);
	feed_sample(self, PPTP_CALL_CLEAR_REQUEST, 0);
	EXPECT_TRUE(quiet(self));
	EXPECT_EQ(1, pptp_conn_calls(&self->conn));
}

TEST_F(conn, clear_by_either_id)
{
	static const struct {
		uint16_t id;
		bool ends;
	} tries[] = {
		{ PEER_ID, true }, { OUR_ID, true }, { PEER_ID + 1, false },
		{ OUR_ID + 1, false }, { 0, false }, { 0xffff, false },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(tries); i++) {
		go(self, BUSY);
		feed_sample(self, PPTP_CALL_CLEAR_REQUEST, tries[i].id);
		EXPECT_EQ(tries[i].ends, !quiet(self));
		EXPECT_EQ(!tries[i].ends, pptp_conn_calls(&self->conn));
		if (!tries[i].ends)
			continue;
		EXPECT_EQ(148, self->acts.out_len);
		EXPECT_EQ(PPTP_CALL_DISCONNECT_NOTIFY, out(self, 0).type);
		EXPECT_EQ(OUR_ID, out(self, 0).disconnect.call_id);
		EXPECT_EQ(PPTP_END_REQUEST, out(self, 0).disconnect.result);
		EXPECT_EQ(1, self->acts.n);
		EXPECT_EQ(PPTP_REASON_PEER_CLEARED, self->acts.act[0].reason);

		go(self, BUSY);
		feed_sample(self, PPTP_CALL_DISCONNECT_NOTIFY, tries[i].id);
		EXPECT_EQ(0, self->acts.out_len);
		EXPECT_EQ(1, self->acts.n);
		EXPECT_EQ(PPTP_ACTION_CLOSE_CALL, self->acts.act[0].type);
	}
}

/* The RFC's reading goes first when an ID means two calls. */
TEST_F(conn, clear_prefers_the_sender_s_id)
{
	unsigned int first, second;

	go(self, IDLE);
	first = call_up(self, 7, 9);
	second = call_up(self, 9, 7);
	EXPECT_NE(first, second);
	feed_sample(self, PPTP_CALL_CLEAR_REQUEST, 7);
	EXPECT_EQ(first, self->acts.act[0].call);
	EXPECT_EQ(9, out(self, 0).disconnect.call_id);
	/* Now 7 can mean the other one only. */
	feed_sample(self, PPTP_CALL_CLEAR_REQUEST, 7);
	EXPECT_EQ(second, self->acts.act[0].call);
	EXPECT_EQ(7, out(self, 0).disconnect.call_id);
}

/* The session comes too late for a call that is gone. */
TEST_F(conn, accept_after_clear)
{
	go(self, ASKED);
	feed_sample(self, PPTP_CALL_CLEAR_REQUEST, PEER_ID);
	EXPECT_EQ(0, out(self, 0).disconnect.call_id);
	EXPECT_EQ(1, count(self, PPTP_ACTION_CLOSE_CALL));
	pptp_conn_accept(&self->conn, 0, OUR_ID, self->now, &self->acts);
	EXPECT_TRUE(quiet(self));
	EXPECT_EQ(0, pptp_conn_calls(&self->conn));
}

TEST_F(conn, disconnect)
{
	unsigned int call;

	go(self, IDLE);
	call = call_up(self, PEER_ID, OUR_ID);
	pptp_conn_clear(&self->conn, call, &end_carrier, self->now,
			&self->acts);
	EXPECT_EQ(148, self->acts.out_len);
	EXPECT_EQ(0, self->acts.n);
	EXPECT_EQ(OUR_ID, out(self, 0).disconnect.call_id);
	EXPECT_EQ(PPTP_END_CARRIER, out(self, 0).disconnect.result);
	EXPECT_EQ(0, pptp_conn_calls(&self->conn));
	/* The peer's request crossed with it. */
	feed_sample(self, PPTP_CALL_CLEAR_REQUEST, PEER_ID);
	EXPECT_TRUE(quiet(self));
	pptp_conn_clear(&self->conn, call, &end_carrier, self->now,
			&self->acts);
	EXPECT_TRUE(quiet(self));
	/* And the place is free for the next. */
	EXPECT_EQ(call, call_up(self, PEER_ID, OUR_ID + 1));
}

TEST_F(conn, disconnect_of_a_call_that_waits)
{
	go(self, ASKED);
	pptp_conn_clear(&self->conn, 0, &end_admin, self->now,
			&self->acts);
	EXPECT_EQ(32, self->acts.out_len);
	EXPECT_EQ(PPTP_OUT_REFUSED, out(self, 0).outgoing_reply.result);
	EXPECT_EQ(PEER_ID, out(self, 0).outgoing_reply.peer_call_id);
	EXPECT_EQ(0, pptp_conn_calls(&self->conn));
}

/* ---------------------------------------------------- we open and dial */

static const struct pptp_dial dial = {
	.local_id = OUR_ID,
	.number = "555",
	.min_speed = 300,
	.max_speed = 100000000,
	.window = 64,
};

/* Opens a connection and dials; the call waits for its reply. */
static void dialled(bench *b)
{
	pptp_conn_originate(&b->conn, &b->cfg, T0, &b->acts);
	b->now = T0;
	feed_sample(b, PPTP_START_REPLY, 0);
	if (pptp_conn_dial(&b->conn, &dial, T0, &b->acts) != 0)
		abort();
}

static void replied(bench *b, uint8_t result)
{
	struct pptp_msg reply = {
		.type = PPTP_OUTGOING_CALL_REPLY,
		.outgoing_reply = {
			.call_id = PEER_ID, .peer_call_id = OUR_ID,
			.result = result, .error = 4, .cause = 17,
			.speed = 64000, .window = 3,
		},
	};

	feed(b, &reply);
}

TEST_F(conn, originate_and_dial)
{
	struct pptp_msg m;

	pptp_conn_originate(&self->conn, &self->cfg, T0, &self->acts);
	m = out(self, 0);
	EXPECT_EQ(156, self->acts.out_len);
	EXPECT_EQ(PPTP_START_REQUEST, m.type);
	EXPECT_EQ(0x0100, m.start.version);
	EXPECT_EQ(3, m.start.framing);
	EXPECT_EQ(3, m.start.bearer);
	EXPECT_STREQ("server.example", m.start.host);
	EXPECT_STREQ("kpptp", m.start.vendor);
	EXPECT_EQ(PPTP_CONN_WAIT_START_REPLY, self->conn.state);
	EXPECT_EQ(-1, pptp_conn_dial(&self->conn, &dial, T0, &self->acts));
	EXPECT_TRUE(quiet(self));

	feed_sample(self, PPTP_START_REPLY, 0);
	EXPECT_EQ(0, self->acts.out_len);
	EXPECT_EQ(1, self->acts.n);
	EXPECT_EQ(PPTP_ACTION_STARTED, self->acts.act[0].type);
	EXPECT_STREQ("server.example", self->conn.peer_host);

	EXPECT_EQ(0, pptp_conn_dial(&self->conn, &dial, T0, &self->acts));
	m = out(self, 0);
	EXPECT_EQ(168, self->acts.out_len);
	EXPECT_EQ(0, self->acts.n);
	EXPECT_EQ(PPTP_OUTGOING_CALL_REQUEST, m.type);
	EXPECT_EQ(OUR_ID, m.outgoing_request.call_id);
	EXPECT_EQ(1, m.outgoing_request.serial);
	EXPECT_EQ(300, m.outgoing_request.min_speed);
	EXPECT_EQ(100000000, m.outgoing_request.max_speed);
	EXPECT_EQ(3, m.outgoing_request.bearer);
	EXPECT_EQ(3, m.outgoing_request.framing);
	EXPECT_EQ(64, m.outgoing_request.window);
	EXPECT_EQ(3, m.outgoing_request.phone_len);
	EXPECT_STREQ("555", m.outgoing_request.phone);
	EXPECT_STREQ("", m.outgoing_request.subaddress);
	/* The same ID twice would be one call. */
	EXPECT_EQ(-1, pptp_conn_dial(&self->conn, &dial, T0, &self->acts));
	EXPECT_TRUE(quiet(self));

	replied(self, PPTP_OUT_CONNECTED);
	m = out(self, 0);
	EXPECT_EQ(24, self->acts.out_len);
	EXPECT_EQ(PPTP_SET_LINK_INFO, m.type);
	EXPECT_EQ(PEER_ID, m.link_info.peer_call_id);
	EXPECT_EQ(0xffffffff, m.link_info.send_accm);
	EXPECT_EQ(0xffffffff, m.link_info.receive_accm);
	EXPECT_EQ(1, self->acts.n);
	EXPECT_EQ(PPTP_ACTION_CALL_UP, self->acts.act[0].type);
	EXPECT_EQ(0, self->acts.act[0].call);
	EXPECT_EQ(PEER_ID, self->conn.calls.call[0].peer_id);
	EXPECT_EQ(64000, self->conn.calls.call[0].speed);
}

TEST_F(conn, dial_is_refused)
{
	const struct pptp_call *call = &self->conn.calls.call[0];

	dialled(self);
	replied(self, PPTP_OUT_BUSY);
	EXPECT_EQ(0, self->acts.out_len);
	EXPECT_EQ(1, self->acts.n);
	EXPECT_EQ(PPTP_ACTION_CLOSE_CALL, self->acts.act[0].type);
	EXPECT_EQ(PPTP_REASON_CALL_REFUSED, self->acts.act[0].reason);
	EXPECT_EQ(0, pptp_conn_calls(&self->conn));
	EXPECT_EQ(PPTP_OUTGOING_CALL_REPLY, call->told_by);
	EXPECT_EQ(PPTP_OUT_BUSY, call->result);
	EXPECT_EQ(4, call->error);
	EXPECT_EQ(17, call->cause);
}

/* -------------------------------------------------------------- ends */

TEST_F(conn, stop)
{
	struct pptp_msg m;

	go(self, BUSY);
	feed_sample(self, PPTP_OUTGOING_CALL_REQUEST, 5);
	pptp_conn_stop(&self->conn, PPTP_STOP_SHUTDOWN, self->now, &self->acts);
	m = out(self, 0);
	EXPECT_EQ(PPTP_CALL_DISCONNECT_NOTIFY, m.type);
	EXPECT_EQ(OUR_ID, m.disconnect.call_id);
	EXPECT_EQ(PPTP_END_ADMIN, m.disconnect.result);
	m = out(self, 1);
	EXPECT_EQ(PPTP_OUTGOING_CALL_REPLY, m.type);
	EXPECT_EQ(5, m.outgoing_reply.peer_call_id);
	EXPECT_EQ(PPTP_OUT_REFUSED, m.outgoing_reply.result);
	m = out(self, 2);
	EXPECT_EQ(PPTP_STOP_REQUEST, m.type);
	EXPECT_EQ(PPTP_STOP_SHUTDOWN, m.stop.reason);
	EXPECT_EQ(0, out(self, 3).type);
	EXPECT_EQ(2, self->acts.n);
	EXPECT_EQ(2, count(self, PPTP_ACTION_CLOSE_CALL));
	EXPECT_EQ(PPTP_REASON_LOCAL, self->acts.act[1].reason);
	EXPECT_EQ(PPTP_CONN_WAIT_STOP, self->conn.state);
	pptp_conn_stop(&self->conn, PPTP_STOP_SHUTDOWN, self->now, &self->acts);
	EXPECT_TRUE(quiet(self));
	feed_sample(self, PPTP_STOP_REPLY, 0);
	EXPECT_TRUE(closed(self, PPTP_REASON_LOCAL));
	pptp_conn_stop(&self->conn, PPTP_STOP_SHUTDOWN, self->now, &self->acts);
	EXPECT_TRUE(quiet(self));
}

/* The most that can come out fits, to the octet. */
TEST_F(conn, stop_with_all_calls)
{
	unsigned int i;

	self->cfg.calls.max_calls = PPTP_CONN_CALLS_MAX;
	go(self, IDLE);
	for (i = 0; i < PPTP_CONN_CALLS_MAX; i++)
		call_up(self, (uint16_t)i, (uint16_t)(i + 1));
	pptp_conn_stop(&self->conn, PPTP_STOP_NONE, self->now, &self->acts);
	EXPECT_EQ(PPTP_OUT_MAX, self->acts.out_len);
	EXPECT_EQ(PPTP_CONN_CALLS_MAX, count(self, PPTP_ACTION_CLOSE_CALL));
	EXPECT_EQ(PPTP_STOP_REQUEST, out(self, PPTP_CONN_CALLS_MAX).type);
}

TEST_F(conn, stop_before_start)
{
	pptp_conn_stop(&self->conn, PPTP_STOP_SHUTDOWN, self->now, &self->acts);
	EXPECT_EQ(0, self->acts.out_len);
	EXPECT_TRUE(closed(self, PPTP_REASON_LOCAL));
}

TEST_F(conn, eof)
{
	enum place place;

	for (place = EARLY; place < PLACES; place++) {
		go(self, place);
		pptp_conn_eof(&self->conn, &self->acts);
		EXPECT_EQ(0, self->acts.out_len);
		EXPECT_EQ(place == BUSY || place == ASKED,
			  count(self, PPTP_ACTION_CLOSE_CALL));
		EXPECT_EQ(place != GONE, count(self, PPTP_ACTION_CLOSE));
		EXPECT_EQ(PPTP_CONN_CLOSED, self->conn.state);
	}
}

/* Nothing of the stream after a wrong header is looked at. */
TEST_F(conn, malformed)
{
	uint8_t bad[256] = "GET / HTTP/1.1\r\nHost: gateway\r\n\r\n";
	enum place place;

	for (place = EARLY; place < GONE; place++) {
		go(self, place);
		memcpy(bad + 34, pptp_vectors[2].wire, 16);
		input(self, bad, sizeof(bad));
		EXPECT_EQ(0, self->acts.out_len);
		EXPECT_EQ(place == BUSY || place == ASKED,
			  count(self, PPTP_ACTION_CLOSE_CALL));
		EXPECT_TRUE(closed(self, place == STOPPING ?
				   PPTP_REASON_LOCAL : PPTP_REASON_BAD_MESSAGE));
		EXPECT_EQ(sizeof(bad), input(self, bad, sizeof(bad)));
		EXPECT_TRUE(quiet(self));
	}
}

/* Skipped by their Length, in step with what follows, and noted in moderation. */
TEST_F(conn, unknown_messages)
{
	uint8_t odd[33 + 16] = { 0 };
	unsigned int i, notes = 0;

	go(self, BUSY);
	memcpy(odd, pptp_vectors[4].wire, 12);
	odd[1] = 33;
	odd[9] = 16;
	memcpy(odd + 33, pptp_vectors[4].wire, 16);
	for (i = 0; i < 100; i++) {
		size_t taken = input(self, odd, sizeof(odd));

		if (self->acts.n) {
			EXPECT_EQ(33, taken);
			notes += count(self, PPTP_ACTION_NOTE);
			EXPECT_EQ(16, input(self, odd + taken, 16));
		} else {
			EXPECT_EQ(sizeof(odd), taken);
		}
		EXPECT_EQ(PPTP_ECHO_REPLY, out(self, 0).type);
	}
	EXPECT_EQ(8, notes);
}

/* ------------------------------------------------------------ timers */

/* Nothing happens a millisecond before the deadline, and something at it. */
static bool fires_at(bench *b, uint64_t when)
{
	if (pptp_conn_deadline(&b->conn) != when)
		return false;
	tick(b, when - 1);
	if (!quiet(b) || pptp_conn_deadline(&b->conn) != when)
		return false;
	tick(b, when);
	return !quiet(b);
}

TEST_F(conn, start_timeout)
{
	EXPECT_TRUE(fires_at(self, T0 + START_MS));
	EXPECT_TRUE(closed(self, PPTP_REASON_START_TIMEOUT));
	tick(self, T0 + HUGE_STEP);
	EXPECT_TRUE(quiet(self));
}

/* What is not a start does not buy time. */
TEST_F(conn, start_timeout_is_not_extended)
{
	unsigned int i;

	for (i = 1; i < 60; i++) {
		self->now = T0 + i * 1000;
		feed_sample(self, i % 2 ? PPTP_ECHO_REQUEST :
					  PPTP_OUTGOING_CALL_REQUEST, PEER_ID);
		EXPECT_EQ(T0 + START_MS, pptp_conn_deadline(&self->conn));
	}
}

TEST_F(conn, slow_message)
{
	enum place place;
	unsigned int i;

	self->cfg.stop_timeout = HUGE_STEP;
	self->cfg.echo_interval = HUGE_STEP;
	self->cfg.calls.reply_timeout = HUGE_STEP;
	for (place = EARLY; place < GONE; place++) {
		go(self, place);
		/* Before the start, the start itself is due first. */
		self->now = T0 + (place == EARLY ? 0 : 500);
		for (i = 0; i < 15; i++) {
			input(self, pptp_vectors[4].wire + i, 1);
			EXPECT_TRUE(quiet(self));
			self->now += 3000;
		}
		EXPECT_TRUE(fires_at(self, T0 + START_MS +
				     (place == EARLY ? 0 : 500)));
		EXPECT_EQ(PPTP_CONN_CLOSED, self->conn.state);
		EXPECT_EQ(place == STOPPING ? PPTP_REASON_LOCAL :
			  PPTP_REASON_SLOW_MESSAGE, self->conn.reason);
	}
}

/* The clock of the next message starts with its own first octet. */
TEST_F(conn, slow_messages_that_are_quick_enough)
{
	unsigned int i;

	self->cfg.echo_interval = HUGE_STEP;
	go(self, IDLE);
	for (i = 0; i < 160; i++) {
		self->now += START_MS / 16;
		input(self, pptp_vectors[4].wire + i % 16, 1);
		EXPECT_EQ(i % 16 == 15, self->acts.out_len > 0);
		EXPECT_EQ(i % 16 == 15, self->conn.partial_since == 0);
	}
	/* The tail of one and the head of the next in one piece. */
	input(self, pptp_vectors[4].wire, 15);
	self->now += START_MS - 1;
	{
		uint8_t both[2] = { pptp_vectors[4].wire[15],
				    pptp_vectors[4].wire[0] };

		EXPECT_EQ(1, input(self, both, 2));
		EXPECT_EQ(0, self->conn.partial_since);
		EXPECT_EQ(1, input(self, both + 1, 1));
		EXPECT_EQ(self->now, self->conn.partial_since);
	}
}

/* The same where the first message has no answer and both are taken at once. */
TEST_F(conn, head_of_the_next_message)
{
	uint8_t data[25];

	go(self, IDLE);
	memcpy(data, pptp_vectors[14].wire, 24);
	data[24] = 0;
	input(self, data, 10);
	EXPECT_EQ(T0, self->conn.partial_since);
	self->now += 5000;
	EXPECT_EQ(15, input(self, data + 10, 15));
	EXPECT_TRUE(quiet(self));
	EXPECT_EQ(T0 + 5000, self->conn.partial_since);
}

TEST_F(conn, echo)
{
	struct pptp_msg reply = sample(PPTP_ECHO_REPLY, 0);
	struct pptp_msg first;

	go(self, BUSY);
	EXPECT_TRUE(fires_at(self, T0 + ECHO_MS));
	first = out(self, 0);
	EXPECT_EQ(16, self->acts.out_len);
	EXPECT_EQ(PPTP_ECHO_REQUEST, first.type);
	EXPECT_EQ(0, self->acts.n);
	EXPECT_EQ(T0 + ECHO_MS + ECHO_WAIT_MS, pptp_conn_deadline(&self->conn));
	self->now += ECHO_WAIT_MS - 1;
	reply.echo.id = first.echo.id;
	feed(self, &reply);
	EXPECT_TRUE(quiet(self));
	EXPECT_TRUE(fires_at(self, self->now + ECHO_MS));
	EXPECT_EQ(PPTP_ECHO_REQUEST, out(self, 0).type);
	EXPECT_NE(first.echo.id, out(self, 0).echo.id);
	EXPECT_TRUE(fires_at(self, self->now + ECHO_WAIT_MS));
	EXPECT_EQ(1, count(self, PPTP_ACTION_CLOSE_CALL));
	EXPECT_TRUE(closed(self, PPTP_REASON_ECHO_TIMEOUT));
}

/* Any message proves life: section 3.1.4. */
TEST_F(conn, echo_is_answered_by_anything)
{
	enum pptp_msg_type type;

	for (type = PPTP_START_REQUEST; type < PPTP_MSG_TYPES; type++) {
		go(self, BUSY);
		tick(self, T0 + ECHO_MS);
		EXPECT_EQ(PPTP_ECHO_REQUEST, out(self, 0).type);
		self->now += 1000;
		feed_sample(self, type, 0x7777);
		if (type == PPTP_STOP_REQUEST)
			continue;
		EXPECT_EQ(PPTP_CONN_ESTABLISHED, self->conn.state);
		EXPECT_EQ(self->now + ECHO_MS, pptp_conn_deadline(&self->conn));
	}
}

/* Half a message proves nothing. */
TEST_F(conn, echo_is_not_answered_by_a_piece)
{
	go(self, BUSY);
	tick(self, T0 + ECHO_MS);
	self->now += 1000;
	input(self, pptp_vectors[5].wire, 19);
	EXPECT_EQ(T0 + ECHO_MS + ECHO_WAIT_MS, pptp_conn_deadline(&self->conn));
}

TEST_F(conn, no_echo)
{
	self->cfg.echo_interval = 0;
	go(self, BUSY);
	EXPECT_EQ(UINT64_MAX, pptp_conn_deadline(&self->conn));
	tick(self, T0 + HUGE_STEP);
	EXPECT_TRUE(quiet(self));
}

TEST_F(conn, idle)
{
	self->cfg.idle_timeout = IDLE_MS;
	go(self, IDLE);
	EXPECT_TRUE(fires_at(self, T0 + IDLE_MS));
	EXPECT_EQ(16, self->acts.out_len);
	EXPECT_EQ(PPTP_STOP_REQUEST, out(self, 0).type);
	EXPECT_EQ(PPTP_STOP_NONE, out(self, 0).stop.reason);
	EXPECT_EQ(PPTP_CONN_WAIT_STOP, self->conn.state);
	EXPECT_TRUE(fires_at(self, T0 + IDLE_MS + STOP_MS));
	EXPECT_TRUE(closed(self, PPTP_REASON_IDLE));
}

/* Counted from the end of the last call; refused ones and echoes buy no time. */
TEST_F(conn, idle_after_calls)
{
	unsigned int a, b;

	self->cfg.idle_timeout = IDLE_MS;
	self->cfg.echo_interval = 0;
	go(self, IDLE);
	a = call_up(self, 1, 1);
	b = call_up(self, 2, 2);
	EXPECT_EQ(UINT64_MAX, pptp_conn_deadline(&self->conn));
	self->now += 1000;
	pptp_conn_clear(&self->conn, a, &end_carrier, self->now,
			&self->acts);
	EXPECT_EQ(UINT64_MAX, pptp_conn_deadline(&self->conn));
	self->now += 1000;
	feed_sample(self, PPTP_CALL_CLEAR_REQUEST, 2);
	EXPECT_EQ(1, count(self, PPTP_ACTION_CLOSE_CALL));
	EXPECT_EQ(b, self->acts.act[0].call);
	EXPECT_EQ(self->now + IDLE_MS, pptp_conn_deadline(&self->conn));
	self->now += 1000;
	feed_sample(self, PPTP_ECHO_REQUEST, 0);
	EXPECT_EQ(self->now - 1000 + IDLE_MS, pptp_conn_deadline(&self->conn));
}

TEST_F(conn, stop_timeout)
{
	unsigned int i;

	go(self, STOPPING);
	for (i = 1; i < 10; i++) {
		self->now = T0 + i * 100;
		feed_sample(self, PPTP_ECHO_REQUEST, 0);
	}
	EXPECT_TRUE(fires_at(self, T0 + STOP_MS));
	EXPECT_TRUE(closed(self, PPTP_REASON_LOCAL));
}

/* ------------------------------------------------------------ stream */

/* What a whole dialogue makes us say and do, as one string of octets. */
struct record {
	size_t len;
	uint8_t data[4096];
};

static void record(struct record *rec, const bench *b)
{
	unsigned int i;

	memcpy(rec->data + rec->len, b->acts.out, b->acts.out_len);
	rec->len += b->acts.out_len;
	for (i = 0; i < b->acts.n; i++) {
		rec->data[rec->len++] = (uint8_t)b->acts.act[i].type;
		rec->data[rec->len++] = (uint8_t)b->acts.act[i].call;
		rec->data[rec->len++] = (uint8_t)b->acts.act[i].reason;
	}
}

static void dialogue(bench *b, struct record *rec, const uint8_t *data,
		     size_t len, size_t piece)
{
	size_t done = 0, end;

	go(b, EARLY);
	rec->len = 0;
	while (done < len) {
		end = done + piece < len ? done + piece : len;
		while (done < end) {
			size_t taken = input(b, data + done, end - done);

			if (!taken)
				abort();
			done += taken;
			record(rec, b);
			if (!count(b, PPTP_ACTION_OPEN_CALL))
				continue;
			pptp_conn_accept(&b->conn, b->acts.act[0].call, OUR_ID,
					 b->now, &b->acts);
			record(rec, b);
		}
	}
}

TEST_F(conn, pieces_of_every_size)
{
	static const enum pptp_msg_type said[] = {
		PPTP_START_REQUEST, PPTP_OUTGOING_CALL_REQUEST,
		PPTP_SET_LINK_INFO, PPTP_WAN_ERROR_NOTIFY, PPTP_ECHO_REQUEST,
		PPTP_SET_LINK_INFO, PPTP_CALL_CLEAR_REQUEST,
		PPTP_STOP_REQUEST, PPTP_ECHO_REQUEST,
	};
	struct record whole, cut;
	uint8_t data[2048];
	size_t i, len = 0;

	for (i = 0; i < ARRAY_SIZE(said); i++) {
		const struct pptp_vector *v = &pptp_vectors[said[i] - 1];

		memcpy(data + len, v->wire, v->len);
		len += v->len;
	}
	dialogue(self, &whole, data, len, len);
	EXPECT_EQ(156 + 3 + 32 + 3 + 20 + 3 + 148 + 3 + 16 + 3, whole.len);
	for (i = 1; i < len; i++) {
		dialogue(self, &cut, data, len, i);
		ASSERT_EQ(whole.len, cut.len) TH_LOG("pieces of %zu", i);
		ASSERT_EQ(0, memcmp(whole.data, cut.data, cut.len))
			TH_LOG("pieces of %zu", i);
	}
}

TEST_F(conn, no_octets)
{
	EXPECT_EQ(0, pptp_conn_input(&self->conn, NULL, 0, T0, &self->acts));
	EXPECT_TRUE(quiet(self));
	EXPECT_EQ(0, self->conn.partial_since);
}

/* Every one-octet change of every message, in every state: nothing breaks. */
TEST_F(conn, every_octet_changed)
{
	static const uint8_t change[] = { 0x01, 0x80, 0xff };
	uint8_t data[PPTP_MSG_MAX];
	enum place place;
	size_t i, k, c;

	for (i = 0; i < ARRAY_SIZE(pptp_vectors); i++) {
		const struct pptp_vector *v = &pptp_vectors[i];

		for (k = 0; k < v->len; k++) {
			for (c = 0; c < 3 * GONE; c++) {
				place = (enum place)(c / 3);
				go(self, place);
				memcpy(data, v->wire, v->len);
				data[k] ^= change[c % 3];
				ASSERT_LT(0, input(self, data, v->len));
				ASSERT_GE(1, count(self, PPTP_ACTION_CLOSE));
				ASSERT_TRUE(k < 2 || k > 7 ||
					    self->conn.state == PPTP_CONN_CLOSED);
			}
		}
	}
}

/* ------------------------------------------------------------ random */

static uint32_t seed = 0x1a2b3c4d;

static uint32_t rnd(uint32_t below)
{
	seed ^= seed << 13;
	seed ^= seed >> 17;
	seed ^= seed << 5;
	return seed % below;
}

/* A message with a good header, and anything else in it. */
static size_t random_message(uint8_t *data)
{
	const struct pptp_vector *v = &pptp_vectors[rnd(PPTP_MSG_TYPES - 1)];
	size_t i;

	memcpy(data, v->wire, v->len);
	for (i = rnd(4); i; i--)
		data[12 + rnd((uint32_t)v->len - 12)] = (uint8_t)rnd(4);
	if (!rnd(50))
		data[rnd(12)] ^= 1 << rnd(8);
	return v->len;
}

/* What must be so after each call, whatever it was. */
static bool sane(const bench *b, const bool *open)
{
	unsigned int i, n = 0;

	for (i = 0; i < b->acts.n; i++)
		if (b->acts.act[i].type == PPTP_ACTION_CLOSE && i != b->acts.n - 1)
			return false;
	for (i = 0; i < PPTP_CONN_CALLS_MAX; i++) {
		bool used = b->conn.calls.call[i].state != PPTP_CALL_FREE;

		if (open[i] != used)
			return false;
		n += open[i];
	}
	while (out(b, 0).type && out(b, n).type)
		n++;
	return n <= PPTP_CONN_CALLS_MAX + 1 &&
	       (b->conn.state == PPTP_CONN_CLOSED) ==
	       (b->conn.reason != PPTP_REASON_NONE &&
		pptp_conn_deadline(&b->conn) == UINT64_MAX) &&
	       pptp_conn_calls(&b->conn) <= b->cfg.calls.max_calls;
}

/* Keeps the caller's own book of calls, as the daemon does. */
static bool book(bench *b, bool *open)
{
	unsigned int i;

	for (i = 0; i < b->acts.n; i++) {
		const struct pptp_action *a = &b->acts.act[i];
		bool opens = a->type == PPTP_ACTION_OPEN_CALL;

		if (!opens && a->type != PPTP_ACTION_CLOSE_CALL)
			continue;
		if (open[a->call] == opens)
			return false;
		open[a->call] = opens;
	}
	return sane(b, open);
}

static bool random_input(bench *b, bool *open)
{
	uint8_t data[PPTP_MSG_CAP];
	size_t len, done, taken;

	if (rnd(100)) {
		len = random_message(data);
	} else {
		len = rnd(sizeof(data));
		for (done = 0; done < len; done++)
			data[done] = (uint8_t)rnd(256);
	}
	if (!rnd(100))
		len = rnd((uint32_t)len + 1);
	for (done = 0; done < len; done += taken) {
		taken = input(b, data + done, len - done);
		if (!taken || b->acts.out_len > 156 || !book(b, open))
			return false;
	}
	return true;
}

static bool random_event(bench *b, bool *open)
{
	unsigned int call = rnd(b->cfg.calls.max_calls);

	switch (rnd(6)) {
	case 0:
		pptp_conn_accept(&b->conn, call, (uint16_t)(1 + rnd(4)),
				 b->now, &b->acts);
		break;
	case 1:
		open[call] &= b->conn.calls.call[call].state == PPTP_CALL_ESTABLISHED;
		pptp_conn_refuse(&b->conn, call, PPTP_OUT_BUSY, 0, b->now,
				 &b->acts);
		break;
	case 2:
		open[call] = false;
		pptp_conn_clear(&b->conn, call, &end_admin, b->now,
				&b->acts);
		break;
	case 3:
		if (rnd(8))
			return true;
		pptp_conn_stop(&b->conn, PPTP_STOP_NONE, b->now, &b->acts);
		break;
	default:
		tick(b, b->now + rnd(20000));
		break;
	}
	return book(b, open);
}

TEST_F(conn, random_input_and_events)
{
	unsigned int i, starts = 0, calls = 0;
	bool open[PPTP_CONN_CALLS_MAX] = { false };

	self->cfg.calls.max_calls = 5;
	self->cfg.idle_timeout = IDLE_MS;
	for (i = 0; i < 100000; i++) {
		if (self->conn.state == PPTP_CONN_CLOSED) {
			pptp_conn_init(&self->conn, &self->cfg, self->now);
			if (rnd(4))
				start(self);
		}
		ASSERT_TRUE(rnd(3) ? random_input(self, open) :
				     random_event(self, open))
			TH_LOG("round %u", i);
		starts += self->conn.state == PPTP_CONN_ESTABLISHED;
		calls += pptp_conn_calls(&self->conn);
	}
	/* The luck of the draw must not have kept us out of the machine. */
	EXPECT_LT(20000, starts);
	EXPECT_LT(20000, calls);
}

TEST_F(conn, reasons_have_words)
{
	enum pptp_reason reason, other;

	for (reason = PPTP_REASON_NONE; reason <= PPTP_REASON_LOCAL; reason++) {
		ASSERT_NE(NULL, pptp_conn_reason_text(reason));
		for (other = PPTP_REASON_NONE; other < reason; other++)
			EXPECT_STRNE(pptp_conn_reason_text(reason),
				     pptp_conn_reason_text(other));
	}
}

TEST_HARNESS_MAIN
