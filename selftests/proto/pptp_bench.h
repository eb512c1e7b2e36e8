/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A control connection on the bench: what the tests of pptp_conn feed it with
 * and how they look at what comes out.
 */
#ifndef SELFTESTS_PROTO_PPTP_BENCH_H
#define SELFTESTS_PROTO_PPTP_BENCH_H

#include "kselftest_harness.h"

#include "proto/pptp_conn.h"
#include "vectors/pptp_messages.h"

#define T0		1000	/* when the connection was accepted */
#define START_MS	60000
#define IDLE_MS		30000
#define ECHO_MS		50000
#define ECHO_WAIT_MS	20000
#define STOP_MS		3000
#define REPLY_MS	58000
#define CLEAR_MS	5000
#define PEER_ID		0x2961
#define OUR_ID		0x0002
#define HUGE_STEP	(10 * START_MS)

static const struct pptp_call_end end_carrier = { .result = PPTP_END_CARRIER };
static const struct pptp_call_end end_admin = { .result = PPTP_END_ADMIN };

FIXTURE(conn)
{
	struct pptp_conn_config cfg;
	struct pptp_actions acts;
	struct pptp_conn conn;
	uint64_t now;
};

FIXTURE_SETUP(conn)
{
	self->cfg = (struct pptp_conn_config){
		.host = "server.example",
		.vendor = "kpptp",
		.calls = {
			.max_calls = 2,
			.take_outgoing = true,
			.reply_timeout = REPLY_MS,
			.clear_timeout = CLEAR_MS,
			.window = 64,
		},
		.start_timeout = START_MS,
		.echo_interval = ECHO_MS,
		.echo_timeout = ECHO_WAIT_MS,
		.stop_timeout = STOP_MS,
	};
	self->now = T0;
	pptp_conn_init(&self->conn, &self->cfg, self->now);
}

FIXTURE_TEARDOWN(conn)
{
}

typedef FIXTURE_DATA(conn) bench;

/* Feeds a copy that ends where its heap block does; how many were taken. */
static inline size_t input(bench *b, const uint8_t *data, size_t len)
{
	uint8_t *copy = malloc(len ? len : 1);
	size_t taken;

	memcpy(copy, data, len);
	taken = pptp_conn_input(&b->conn, copy, len, b->now, &b->acts);
	free(copy);
	return taken;
}

static inline void feed(bench *b, const struct pptp_msg *msg)
{
	uint8_t buf[PPTP_MSG_MAX];
	struct writer w = writer_of(buf, sizeof(buf));

	pptp_msg_encode(msg, &w);
	if (input(b, buf, w.len) != w.len)
		abort();
}

/* A message of this kind with @id in its first call ID field. */
static inline struct pptp_msg sample(enum pptp_msg_type type, uint16_t id)
{
	struct pptp_msg msg = pptp_vectors[type - 1].msg;

	switch (type) {
	case PPTP_OUTGOING_CALL_REQUEST:
		msg.outgoing_request.call_id = id;
		break;
	case PPTP_CALL_CLEAR_REQUEST:
		msg.clear.call_id = id;
		break;
	case PPTP_CALL_DISCONNECT_NOTIFY:
		msg.disconnect.call_id = id;
		break;
	default:
		break;
	}
	return msg;
}

static inline void feed_sample(bench *b, enum pptp_msg_type type, uint16_t id)
{
	struct pptp_msg msg = sample(type, id);

	feed(b, &msg);
}

/* The @n-th message of the output, or type 0 when there is none. */
static inline struct pptp_msg out(const bench *b, unsigned int n)
{
	const uint8_t *p = b->acts.out, *end = p + b->acts.out_len;
	struct pptp_msg none = { .type = 0 }, msg;

	for (; p < end; p += pptp_msg_size(msg.type)) {
		if (pptp_msg_decode(p, (size_t)(end - p), &msg))
			abort();
		if (!n--)
			return msg;
	}
	return none;
}

static inline unsigned int count(const bench *b, enum pptp_action_type type)
{
	unsigned int i, n = 0;

	for (i = 0; i < b->acts.n; i++)
		n += b->acts.act[i].type == type;
	return n;
}

static inline bool quiet(const bench *b)
{
	return !b->acts.out_len && !b->acts.n;
}

/* The connection is closed, and the last action says why. */
static inline bool closed(const bench *b, enum pptp_reason reason)
{
	const struct pptp_action *last = b->acts.act + b->acts.n - !!b->acts.n;

	return b->acts.n && last->type == PPTP_ACTION_CLOSE &&
	       last->reason == reason && b->conn.state == PPTP_CONN_CLOSED &&
	       b->conn.reason == reason && !pptp_conn_calls(&b->conn) &&
	       pptp_conn_deadline(&b->conn) == UINT64_MAX;
}

static inline void start(bench *b)
{
	feed_sample(b, PPTP_START_REQUEST, 0);
	if (b->conn.state != PPTP_CONN_ESTABLISHED)
		abort();
}

/* Asks for a call and accepts it; its index. */
static inline unsigned int call_up(bench *b, uint16_t peer_id, uint16_t local_id)
{
	unsigned int call;

	feed_sample(b, PPTP_OUTGOING_CALL_REQUEST, peer_id);
	if (b->acts.n != 1 || b->acts.act[0].type != PPTP_ACTION_OPEN_CALL)
		abort();
	call = b->acts.act[0].call;
	pptp_conn_accept(&b->conn, call, local_id, b->now, &b->acts);
	return call;
}

static inline void tick(bench *b, uint64_t now)
{
	b->now = now;
	pptp_conn_timer(&b->conn, now, &b->acts);
}

#endif /* SELFTESTS_PROTO_PPTP_BENCH_H */
