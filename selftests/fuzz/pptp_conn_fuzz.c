// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A control connection of either end. The input is a list of steps, each an octet
 * of what and an octet of how much: octets of the stream, or an event.
 */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "proto/pptp_conn.h"

#define CALLS	3	/* of the peer, and that many of ours */

static const struct pptp_conn_config cfg = {
	.host = "server.example",
	.vendor = "kpptp",
	.calls = {
		.max_calls = CALLS,
		.take_outgoing = true,
		.take_incoming = true,
		.reply_timeout = 60000,
		.clear_timeout = 5000,
		.window = 64,
	},
	.start_timeout = 60000,
	.idle_timeout = 30000,
	.echo_interval = 20000,
	.echo_timeout = 10000,
	.stop_timeout = 3000,
};

static struct pptp_conn conn;
static struct pptp_actions acts;
static uint64_t now;
static bool open_call[PPTP_CONN_CALLS_MAX];

static void must(bool truth)
{
	if (!truth)
		abort();
}

/* The output is whole messages of ours. */
static void check_output(void)
{
	const uint8_t *p = acts.out;
	size_t left = acts.out_len;
	struct pptp_msg msg;

	must(left <= sizeof(acts.out));
	while (left) {
		must(!pptp_msg_decode(p, left, &msg));
		p += pptp_msg_size(msg.type);
		left -= pptp_msg_size(msg.type);
	}
}

/* Whatever the peer said, there are words for it. */
static void check_words(const struct pptp_action *a)
{
	const struct pptp_call *c = &conn.calls.call[a->call];

	must(pptp_conn_reason_text(a->reason)[0]);
	must(pptp_msg_result_text(PPTP_START_REPLY, conn.start_result)[0] &&
	     pptp_msg_error_text(conn.start_error)[0]);
	must(pptp_msg_stop_text(conn.stop_reason)[0]);
	must(pptp_msg_result_text(c->told_by, c->result)[0] && pptp_msg_error_text(c->error)[0]);
}

static void check_action(const struct pptp_action *a, bool last)
{
	check_words(a);
	switch (a->type) {
	case PPTP_ACTION_CLOSE:
		must(last && conn.state == PPTP_CONN_CLOSED);
		break;
	case PPTP_ACTION_OPEN_CALL:
		must(!open_call[a->call]);
		open_call[a->call] = true;
		break;
	case PPTP_ACTION_CLOSE_CALL:
		must(open_call[a->call]);
		open_call[a->call] = false;
		break;
	case PPTP_ACTION_CALL_UP:
		must(conn.calls.call[a->call].peer_known &&
		     conn.calls.call[a->call].state == PPTP_CALL_ESTABLISHED);
		break;
	case PPTP_ACTION_LINK_INFO:
	case PPTP_ACTION_WAN_ERROR:
		must(conn.calls.call[a->call].state == PPTP_CALL_ESTABLISHED);
		break;
	case PPTP_ACTION_STARTED:
		must(conn.state == PPTP_CONN_ESTABLISHED);
		break;
	case PPTP_ACTION_NOTE:
		must(a->text);
		break;
	}
}

/* Our book of calls and the connection's are one. */
static void check(void)
{
	unsigned int i, calls = 0;

	check_output();
	must(acts.n <= PPTP_ACTIONS_MAX);
	for (i = 0; i < acts.n; i++)
		check_action(&acts.act[i], i == acts.n - 1);
	for (i = 0; i < PPTP_CONN_CALLS_MAX; i++) {
		must(open_call[i] == (conn.calls.call[i].state != PPTP_CALL_FREE));
		calls += open_call[i];
	}
	must(calls <= 2 * CALLS);
	must(!calls || conn.state == PPTP_CONN_ESTABLISHED);
	must(conn.state != PPTP_CONN_CLOSED ||
	     pptp_conn_deadline(&conn) == UINT64_MAX);
}

static void input(const uint8_t *data, size_t len)
{
	size_t taken;

	while (len) {
		taken = pptp_conn_input(&conn, data, len, now, &acts);
		must(taken && taken <= len);
		check();
		data += taken;
		len -= taken;
	}
}

/* The peer and we have as many calls each as the book has room for. */
static void ask(bool ring, uint8_t much)
{
	uint16_t id = (uint16_t)(1 + much % CALLS);
	struct pptp_dial d = { .local_id = id, .number = "5551212" };
	struct pptp_ring r = { .local_id = id, .dialing = "5551212" };
	int call;

	call = ring ? pptp_conn_ring(&conn, &r, now, &acts) :
		      pptp_conn_dial(&conn, &d, now, &acts);
	if (call >= 0)
		open_call[call] = true;
}

static void clear(unsigned int call)
{
	static const struct pptp_call_end end = {
		.result = PPTP_END_ADMIN, .statistics = "none",
	};

	pptp_conn_clear(&conn, call, &end, now, &acts);
	if (conn.calls.call[call].state == PPTP_CALL_FREE)
		open_call[call] = false;
}

static void event(uint8_t what, uint8_t much)
{
	static const struct pptp_wan_error errors = { .crc = 1 };
	unsigned int call = much % (2 * CALLS);

	switch (what & 0x0f) {
	case 0:
		pptp_conn_accept(&conn, call, (uint16_t)(CALLS + 1 + much), now,
				 &acts);
		break;
	case 1:
		if (conn.calls.call[call].state == PPTP_CALL_WAIT_ACCEPT)
			open_call[call] = false;
		pptp_conn_refuse(&conn, call, PPTP_OUT_BUSY, 0, now, &acts);
		break;
	case 2:
		clear(call);
		break;
	case 3:
		pptp_conn_stop(&conn, much, now, &acts);
		break;
	case 4:
		pptp_conn_eof(&conn, &acts);
		break;
	case 5:
		now += 1 + much * 256u;
		pptp_conn_timer(&conn, now, &acts);
		break;
	case 6:
	case 7:
		ask(what & 1, much);
		break;
	case 8:
		pptp_conn_set_link_info(&conn, call, much, ~0u, &acts);
		break;
	case 9:
		pptp_conn_wan_error(&conn, call, &errors, now, &acts);
		break;
	default:
		memset(open_call, 0, sizeof(open_call));
		pptp_conn_originate(&conn, &cfg, now, &acts);
		break;
	}
	check();
}

/* A step with its high bit clear is octets of the stream, set: an event. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	now = 1;
	memset(open_call, 0, sizeof(open_call));
	pptp_conn_init(&conn, &cfg, now);
	while (size >= 2) {
		uint8_t what = data[0], much = data[1];

		data += 2;
		size -= 2;
		if (what & 0x80) {
			event(what, much);
			continue;
		}
		if (much > size)
			much = (uint8_t)size;
		input(data, much);
		data += much;
		size -= much;
	}
	return 0;
}
