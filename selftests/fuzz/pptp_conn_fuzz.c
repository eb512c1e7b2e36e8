// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The server's control connection. The input is a list of steps, each an octet
 * of what and an octet of how much: octets of the stream, or an event.
 */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "proto/pptp_conn.h"

#define CALLS	3

static const struct pptp_conn_config cfg = {
	.host = "server.example",
	.vendor = "kpptp",
	.max_calls = CALLS,
	.start_timeout = 60000,
	.idle_timeout = 30000,
	.echo_interval = 20000,
	.echo_timeout = 10000,
	.stop_timeout = 3000,
	.window = 64,
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

/* Our book of calls and the connection's are one. */
static void check(void)
{
	unsigned int i, calls = 0;

	check_output();
	must(acts.n <= PPTP_ACTIONS_MAX);
	for (i = 0; i < acts.n; i++) {
		const struct pptp_action *a = &acts.act[i];

		if (a->type == PPTP_ACTION_CLOSE)
			must(i == acts.n - 1 && conn.state == PPTP_CONN_CLOSED);
		if (a->type == PPTP_ACTION_OPEN_CALL ||
		    a->type == PPTP_ACTION_CLOSE_CALL) {
			must(open_call[a->call] !=
			     (a->type == PPTP_ACTION_OPEN_CALL));
			open_call[a->call] = !open_call[a->call];
		}
	}
	for (i = 0; i < PPTP_CONN_CALLS_MAX; i++) {
		must(open_call[i] == (conn.call[i].state != PPTP_CALL_FREE));
		calls += open_call[i];
	}
	must(calls <= CALLS);
	must(conn.state != PPTP_CONN_CLOSED ||
	     (!calls && pptp_conn_deadline(&conn) == UINT64_MAX));
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

static void event(uint8_t what, uint8_t much)
{
	unsigned int call = much % CALLS;

	switch (what % 6) {
	case 0:
		pptp_conn_accept(&conn, call, (uint16_t)(much + 1), &acts);
		break;
	case 1:
		if (conn.call[call].state == PPTP_CALL_WAIT_ACCEPT)
			open_call[call] = false;
		pptp_conn_refuse(&conn, call, PPTP_OUT_BUSY, 0, now, &acts);
		break;
	case 2:
		open_call[call] = false;
		pptp_conn_disconnect(&conn, call, PPTP_END_ADMIN, now, &acts);
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
