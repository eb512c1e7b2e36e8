// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Two control connections of ours that talk to each other, the first of them the
 * originator. The input is a list of steps, each an octet of what and an octet of
 * how much: an event at one of them, or octets that get through to one of them,
 * as they are or mangled. As long as nothing was mangled, both must agree.
 */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "proto/pptp_conn.h"

#define CALLS		8	/* that one end asks for at a time */
#define PIPE_MAX	65536

struct end {
	struct pptp_conn conn;
	size_t out_len;		/* on the way to the other end */
	uint8_t out[PIPE_MAX];
	uint16_t next_id;	/* ours are even or odd, never both ends' */
};

static const struct pptp_conn_config cfg = {
	.host = "server.example",
	.vendor = "kpptp",
	.calls = {
		.max_calls = PPTP_CONN_CALLS_MAX,
		.take_outgoing = true,
		.take_incoming = true,
		.reply_timeout = 60000,
		.clear_timeout = 5000,
		.window = 64,
	},
	.start_timeout = 60000,
	.echo_interval = 20000,
	.echo_timeout = 10000,
	.stop_timeout = 3000,
};

static struct end ends[2];
static struct pptp_actions acts;
static uint64_t now;
static bool mangled;

static void must(bool truth)
{
	if (!truth)
		abort();
}

/* What came out of @end goes on its way; what does not fit breaks the line. */
static void performed(struct end *end)
{
	if (acts.out_len > sizeof(end->out) - end->out_len) {
		mangled = true;
		return;
	}
	memcpy(end->out + end->out_len, acts.out, acts.out_len);
	end->out_len += acts.out_len;
}

static uint16_t new_id(struct end *end)
{
	end->next_id += 2;
	return end->next_id;
}

/* The first @len octets of @from's line reach @to. */
static void deliver(struct end *from, struct end *to, size_t len)
{
	uint8_t data[256];
	size_t done = 0;

	if (len > from->out_len)
		len = from->out_len;
	if (len > sizeof(data))
		len = sizeof(data);
	memcpy(data, from->out, len);
	from->out_len -= len;
	memmove(from->out, from->out + len, from->out_len);
	while (done < len) {
		done += pptp_conn_input(&to->conn, data + done, len - done, now,
					&acts);
		performed(to);
	}
	if (from->out_len || from->conn.state != PPTP_CONN_CLOSED)
		return;
	pptp_conn_eof(&to->conn, &acts);
	performed(to);
}

/* One octet of the line is changed, lost or doubled. */
static void mangle(struct end *from, uint8_t how, uint8_t where)
{
	size_t at = from->out_len ? where % from->out_len : 0;
	size_t rest = from->out_len - at;

	if (!from->out_len)
		return;
	mangled = true;
	switch (how & 3) {
	case 0:
		from->out[at] ^= (uint8_t)(1u << (how >> 2 & 7));
		break;
	case 1:
		from->out[at] = (uint8_t)how;
		break;
	case 2:
		memmove(from->out + at, from->out + at + 1, rest - 1);
		from->out_len--;
		break;
	case 3:
		if (from->out_len == sizeof(from->out))
			break;
		memmove(from->out + at + 1, from->out + at, rest);
		from->out_len++;
		break;
	}
}

static void event(struct end *end, uint8_t what, uint8_t much)
{
	static const struct pptp_call_end over = { .result = PPTP_END_CARRIER };
	bool full = pptp_conn_calls(&end->conn) >= 2 * CALLS;
	unsigned int call = much % (2 * CALLS);

	acts.out_len = 0;
	switch (what & 7) {
	case 0:
		if (full)
			break;
		pptp_conn_dial(&end->conn, &(struct pptp_dial){
			.local_id = new_id(end) }, now, &acts);
		break;
	case 1:
		if (full)
			break;
		pptp_conn_ring(&end->conn, &(struct pptp_ring){
			.local_id = new_id(end) }, now, &acts);
		break;
	case 2:
		pptp_conn_accept(&end->conn, call, new_id(end), now, &acts);
		break;
	case 3:
		pptp_conn_refuse(&end->conn, call, PPTP_IN_REFUSED, 0, now, &acts);
		break;
	case 4:
		pptp_conn_clear(&end->conn, call, &over, now, &acts);
		break;
	case 5:
		if (much < 4)
			pptp_conn_stop(&end->conn, PPTP_STOP_NONE, now, &acts);
		break;
	case 6:
		pptp_conn_set_link_info(&end->conn, call, much, ~0u, &acts);
		break;
	case 7:
		now += 1 + much * 64u;
		pptp_conn_timer(&end->conn, now, &acts);
		break;
	}
	performed(end);
}

static enum pptp_call_kind other_side(enum pptp_call_kind kind)
{
	switch (kind) {
	case PPTP_CALL_OUTGOING_PAC:
		return PPTP_CALL_OUTGOING_PNS;
	case PPTP_CALL_OUTGOING_PNS:
		return PPTP_CALL_OUTGOING_PAC;
	case PPTP_CALL_INCOMING_PAC:
		return PPTP_CALL_INCOMING_PNS;
	case PPTP_CALL_INCOMING_PNS:
		return PPTP_CALL_INCOMING_PAC;
	}
	return kind;
}

/* Is there the other half of call @c of @end? */
static bool has_other_half(const struct end *other, const struct pptp_call *c)
{
	const struct pptp_call *o = other->conn.calls.call;
	unsigned int i;

	for (i = 0; i < PPTP_CONN_CALLS_MAX; i++, o++)
		if (o->state == PPTP_CALL_ESTABLISHED &&
		    o->kind == other_side(c->kind) &&
		    o->local_id == c->peer_id && o->peer_id == c->local_id)
			return true;
	return false;
}

/* When all is said, what one end calls a connected call is one for the other. */
static void check_agreement(const struct end *end, const struct end *other)
{
	unsigned int i;

	must(end->conn.reason != PPTP_REASON_BAD_MESSAGE &&
	     end->conn.reason != PPTP_REASON_BAD_VERSION &&
	     end->conn.reason != PPTP_REASON_OUT_OF_STATE &&
	     end->conn.reason != PPTP_REASON_START_REFUSED);
	if (end->out_len || other->out_len ||
	    other->conn.state != PPTP_CONN_ESTABLISHED)
		return;
	for (i = 0; i < PPTP_CONN_CALLS_MAX; i++)
		if (end->conn.calls.call[i].state == PPTP_CALL_ESTABLISHED)
			must(has_other_half(other, &end->conn.calls.call[i]));
}

/*
 * @what: 0x80: an event, else octets on the line; 0x40: at or to the second end;
 * octets: 0x20: mangled first.
 */
static void step(uint8_t what, uint8_t much)
{
	struct end *end = &ends[what >> 6 & 1], *other = &ends[!(what >> 6 & 1)];

	if (what & 0x80) {
		event(end, what, much);
	} else {
		if (what & 0x20)
			mangle(other, what, much);
		deliver(other, end, what & 0x10 ? sizeof(other->out) : much);
	}
	if (mangled)
		return;
	check_agreement(&ends[0], &ends[1]);
	check_agreement(&ends[1], &ends[0]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	now = 1;
	mangled = false;
	memset(ends, 0, sizeof(ends));
	ends[1].next_id = 1;
	pptp_conn_originate(&ends[0].conn, &cfg, now, &acts);
	performed(&ends[0]);
	pptp_conn_init(&ends[1].conn, &cfg, now);
	for (; size >= 2; data += 2, size -= 2)
		step(data[0], data[1]);
	return 0;
}
