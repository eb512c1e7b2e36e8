// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A control connection that goes on in another process. What its counters and
 * deadlines are made of goes along; what the peer says again by itself does not.
 */
#include "pptp_conn.h"

static void save_call(const struct pptp_calls *calls, unsigned int index, struct writer *w)
{
	const struct pptp_call *call = &calls->call[index];

	if (call->state == PPTP_CALL_FREE)
		return;
	writer_u8(w, (uint8_t)index);
	writer_u8(w, (uint8_t)call->state);
	writer_u8(w, (uint8_t)call->kind);
	writer_u8(w, call->peer_known);
	writer_u16(w, call->local_id);
	writer_u16(w, call->peer_id);
	writer_u16(w, call->serial);
	writer_u32(w, call->speed);
}

bool pptp_conn_save(const struct pptp_conn *conn, struct writer *w)
{
	unsigned int i;

	if (conn->state != PPTP_CONN_ESTABLISHED)
		return false;
	writer_text(w, conn->peer_host);
	writer_text(w, conn->peer_vendor);
	writer_u16(w, conn->peer_firmware);
	writer_u8(w, (uint8_t)conn->notes);
	writer_u32(w, conn->echo_id);
	writer_u8(w, conn->echo_sent != 0);
	writer_u64(w, conn->last_control);
	writer_block(w, conn->reader.buf, conn->reader.have);
	writer_u64(w, conn->calls.idle_since);
	writer_u16(w, conn->calls.serial);
	writer_u8(w, (uint8_t)pptp_conn_calls(conn));
	for (i = 0; i < PPTP_CONN_CALLS_MAX; i++)
		save_call(&conn->calls, i, w);
	return !w->bad;
}

/* A clock that went back would be a peer's silence for ever. */
static uint64_t restore_time(struct reader *r, uint64_t now)
{
	uint64_t when = reader_u64(r);

	return when < now ? when : now;
}

/* Has it what its state is made of? */
static bool call_is_whole(const struct pptp_call *call)
{
	switch (call->state) {
	case PPTP_CALL_FREE:
		return false;
	case PPTP_CALL_WAIT_ACCEPT:
		return call->peer_known;
	case PPTP_CALL_WAIT_REPLY:
	case PPTP_CALL_WAIT_DISCONNECT:
		return call->local_id;
	case PPTP_CALL_WAIT_CONNECT:
	case PPTP_CALL_ESTABLISHED:
		break;
	}
	return call->local_id && call->peer_known;
}

static void restore_call(struct pptp_calls *calls, struct reader *r, uint64_t now)
{
	struct pptp_call *call = &calls->call[reader_below(r, PPTP_CONN_CALLS_MAX)];

	if (call->state != PPTP_CALL_FREE)
		r->bad = true;
	call->state = reader_below(r, PPTP_CALL_WAIT_DISCONNECT + 1);
	call->kind = reader_below(r, PPTP_CALL_INCOMING_PNS + 1);
	call->peer_known = reader_bool(r);
	call->local_id = reader_u16(r);
	call->peer_id = reader_u16(r);
	call->serial = reader_u16(r);
	call->speed = reader_u32(r);
	call->since = now;
	if (call->state == PPTP_CALL_WAIT_DISCONNECT)
		call->reason = PPTP_REASON_LOCAL;
	if (!call_is_whole(call))
		r->bad = true;
}

static void restore_calls(struct pptp_calls *calls, struct reader *r, uint64_t now)
{
	unsigned int n;

	calls->idle_since = restore_time(r, now);
	calls->serial = reader_u16(r);
	n = reader_below(r, PPTP_CONN_CALLS_MAX + 1);
	while (n-- && !r->bad)
		restore_call(calls, r, now);
}

/* The beginning of a message is read again, and can be nothing else. */
static void restore_partial(struct pptp_conn *conn, struct reader *r, uint64_t now)
{
	uint8_t data[PPTP_MSG_CAP];
	size_t len = reader_block(r, data, sizeof(data)), used;

	if (pptp_msg_reader_feed(&conn->reader, data, len, &used) || used != len)
		r->bad = true;
	conn->partial_since = len ? now : 0;
}

/* Nobody was there to hear the answer to an Echo-Request: it has all its time again. */
bool pptp_conn_restore(struct pptp_conn *conn, const struct pptp_conn_config *cfg,
		       struct reader *r, uint64_t now)
{
	pptp_conn_init(conn, cfg, now);
	conn->state = PPTP_CONN_ESTABLISHED;
	reader_text(r, conn->peer_host, sizeof(conn->peer_host));
	reader_text(r, conn->peer_vendor, sizeof(conn->peer_vendor));
	conn->peer_firmware = reader_u16(r);
	conn->notes = reader_u8(r);
	conn->echo_id = reader_u32(r);
	conn->echo_sent = reader_bool(r) ? now : 0;
	conn->last_control = restore_time(r, now);
	restore_partial(conn, r, now);
	restore_calls(&conn->calls, r, now);
	return !r->bad;
}
