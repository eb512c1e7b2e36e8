// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The tables of RFC 2637 sections 3.1.2 (receiver of a control connection) and
 * 3.2.4.1 (PAC, outgoing call). A VPN client is the PNS and asks the server, the
 * PAC, for an "outgoing" call; nothing else is seen in practice.
 */
#include "pptp_conn.h"

#define SPEED_MAX	100000000u	/* bit/s, what clients ask for; cosmetic */
#define FIRMWARE	1
#define NOTES_MAX	8	/* log lines that one peer can cause */

/* One message on its way through the machine. */
struct step {
	struct pptp_conn *conn;
	const struct pptp_msg *msg;
	uint64_t now;
	struct pptp_actions *acts;
};

typedef void (*handler)(const struct step *s);

static void actions_clear(struct pptp_actions *acts)
{
	acts->out_len = 0;
	acts->n = 0;
}

static void act(struct pptp_actions *acts, enum pptp_action_type type,
		unsigned int call, enum pptp_reason reason, const char *text)
{
	struct pptp_action *a = &acts->act[acts->n++];

	a->type = type;
	a->call = call;
	a->reason = reason;
	a->text = text;
}

static void note(struct pptp_conn *conn, struct pptp_actions *acts,
		 const char *text)
{
	if (conn->notes >= NOTES_MAX)
		return;
	conn->notes++;
	act(acts, PPTP_ACTION_NOTE, 0, PPTP_REASON_NONE, text);
}

static void send_msg(struct pptp_actions *acts, const struct pptp_msg *msg)
{
	struct writer w = writer_of(acts->out + acts->out_len,
				    sizeof(acts->out) - acts->out_len);

	pptp_msg_encode(msg, &w);
	acts->out_len += w.len;
}

static void enter(struct pptp_conn *conn, enum pptp_conn_state state,
		  uint64_t now)
{
	conn->state = state;
	conn->state_since = now;
}

unsigned int pptp_conn_calls(const struct pptp_conn *conn)
{
	unsigned int i, n = 0;

	for (i = 0; i < PPTP_CONN_CALLS_MAX; i++)
		n += conn->call[i].state != PPTP_CALL_FREE;
	return n;
}

/* Frees the slot; if it was the last, the connection is idle from @now on. */
static void call_free(struct pptp_conn *conn, unsigned int call, uint64_t now)
{
	memset(&conn->call[call], 0, sizeof(conn->call[call]));
	conn->idle_since = now;
}

/* The caller gets a CLOSE_CALL for each call. */
static void calls_close(struct pptp_conn *conn, enum pptp_reason reason,
			struct pptp_actions *acts)
{
	unsigned int i;

	for (i = 0; i < PPTP_CONN_CALLS_MAX; i++) {
		if (conn->call[i].state == PPTP_CALL_FREE)
			continue;
		memset(&conn->call[i], 0, sizeof(conn->call[i]));
		act(acts, PPTP_ACTION_CLOSE_CALL, i, reason, NULL);
	}
}

/* Why we began to stop outlives how the peer then went. */
static void conn_close(struct pptp_conn *conn, enum pptp_reason reason,
		       struct pptp_actions *acts)
{
	if (conn->reason == PPTP_REASON_NONE)
		conn->reason = reason;
	calls_close(conn, conn->reason, acts);
	conn->state = PPTP_CONN_CLOSED;
	pptp_msg_reader_next(&conn->reader);
	act(acts, PPTP_ACTION_CLOSE, 0, conn->reason, NULL);
}

static void send_outgoing_reply(struct pptp_actions *acts, uint16_t peer_id,
				uint8_t result, uint8_t error)
{
	struct pptp_msg reply = {
		.type = PPTP_OUTGOING_CALL_REPLY,
		.outgoing_reply = {
			.peer_call_id = peer_id,
			.result = result,
			.error = error,
		},
	};

	send_msg(acts, &reply);
}

/* Section 2.13: the call ID is ours; 0 when the call never had one. */
static void send_disconnect(struct pptp_actions *acts, uint16_t local_id,
			    uint8_t result)
{
	struct pptp_msg notify = {
		.type = PPTP_CALL_DISCONNECT_NOTIFY,
		.disconnect = { .call_id = local_id, .result = result },
	};

	send_msg(acts, &notify);
}

/* Tells the peer that we do not want the call (any more). */
static void send_call_end(const struct pptp_call *call, uint8_t result,
			  struct pptp_actions *acts)
{
	switch (call->state) {
	case PPTP_CALL_FREE:
		break;
	case PPTP_CALL_WAIT_ACCEPT:
		send_outgoing_reply(acts, call->peer_id, PPTP_OUT_REFUSED,
				    PPTP_ERROR_NONE);
		break;
	case PPTP_CALL_ESTABLISHED:
		send_disconnect(acts, call->local_id, result);
		break;
	}
}

static void send_start_reply(const struct step *s, uint8_t result)
{
	const struct pptp_conn_config *cfg = s->conn->cfg;
	struct pptp_msg reply = {
		.type = PPTP_START_REPLY,
		.start = {
			.version = PPTP_VERSION,
			.result = result,
			.framing = PPTP_FRAMING_ASYNC | PPTP_FRAMING_SYNC,
			.bearer = PPTP_BEARER_ANALOG | PPTP_BEARER_DIGITAL,
			.channels = (uint16_t)cfg->max_calls,
			.firmware = FIRMWARE,
		},
	};

	memcpy(reply.start.host, cfg->host, sizeof(reply.start.host));
	memcpy(reply.start.vendor, cfg->vendor, sizeof(reply.start.vendor));
	send_msg(s->acts, &reply);
}

/* The peer's words go to logs and terminals. */
static void text_printable(char *out, const char *in)
{
	for (; *in; in++)
		*out++ = *in >= 0x20 && *in < 0x7f ? *in : '?';
	*out = '\0';
}

/* Sections 1.4 and 3.1: we answer with our own version; any 1.x is understood. */
static void on_start(const struct step *s)
{
	const struct pptp_start *start = &s->msg->start;

	if (start->version >> 8 != PPTP_VERSION >> 8) {
		send_start_reply(s, PPTP_START_VERSION);
		conn_close(s->conn, PPTP_REASON_BAD_VERSION, s->acts);
		return;
	}
	text_printable(s->conn->peer_host, start->host);
	text_printable(s->conn->peer_vendor, start->vendor);
	s->conn->peer_firmware = start->firmware;
	enter(s->conn, PPTP_CONN_ESTABLISHED, s->now);
	s->conn->idle_since = s->now;
	send_start_reply(s, PPTP_START_OK);
}

static void on_second_start(const struct step *s)
{
	send_start_reply(s, PPTP_START_EXISTS);
	note(s->conn, s->acts,
	     "second Start-Control-Connection-Request on one connection");
}

/* In every state: the peer wants to go, and so the calls do. */
static void on_stop(const struct step *s)
{
	static const struct pptp_msg reply = {
		.type = PPTP_STOP_REPLY,
		.stop = { .result = PPTP_RESULT_OK },
	};

	send_msg(s->acts, &reply);
	conn_close(s->conn, PPTP_REASON_PEER_STOPPED, s->acts);
}

static void on_stop_reply(const struct step *s)
{
	conn_close(s->conn, s->conn->reason, s->acts);
}

static void send_echo_reply(const struct step *s, uint8_t result, uint8_t error)
{
	struct pptp_msg reply = {
		.type = PPTP_ECHO_REPLY,
		.echo = {
			.id = s->msg->echo.id,
			.result = result,
			.error = error,
		},
	};

	send_msg(s->acts, &reply);
}

static void on_echo(const struct step *s)
{
	send_echo_reply(s, PPTP_RESULT_OK, PPTP_ERROR_NONE);
}

static void on_early_echo(const struct step *s)
{
	send_echo_reply(s, PPTP_RESULT_GENERAL, PPTP_ERROR_UNCONNECTED);
}

/*
 * Set-Link-Info: Windows sends it in any number, and its call ID may be wrong
 * behind a NAT; ACCMs mean nothing over GRE. WAN-Error-Notify and a late or
 * unasked Echo-Reply: having received anything is all that counts.
 */
static void on_harmless(const struct step *s)
{
	(void)s;
}

static void on_misplaced(const struct step *s)
{
	note(s->conn, s->acts, "control message ignored in this state");
}

/* Section 3.1.2: nothing of a connection that was not started is believed. */
static void on_too_early(const struct step *s)
{
	conn_close(s->conn, PPTP_REASON_OUT_OF_STATE, s->acts);
}

/* The call was asked for before the connection is started, or while it stops. */
static void on_unconnected_call(const struct step *s)
{
	send_outgoing_reply(s->acts, s->msg->outgoing_request.call_id,
			    PPTP_OUT_GENERAL, PPTP_ERROR_UNCONNECTED);
}

/* Index of the call with this ID of the peer or of ours, else CALLS_MAX. */
static unsigned int call_by_peer_id(const struct pptp_conn *conn, uint16_t id)
{
	unsigned int i;

	for (i = 0; i < PPTP_CONN_CALLS_MAX; i++)
		if (conn->call[i].state != PPTP_CALL_FREE &&
		    conn->call[i].peer_id == id)
			break;
	return i;
}

static unsigned int call_by_local_id(const struct pptp_conn *conn, uint16_t id)
{
	unsigned int i;

	for (i = 0; i < PPTP_CONN_CALLS_MAX; i++)
		if (conn->call[i].state == PPTP_CALL_ESTABLISHED &&
		    conn->call[i].local_id == id)
			break;
	return i;
}

/*
 * The sender's own ID is right in both messages (sections 2.12 and 2.13), but
 * accel-ppp, mtpd and NAT helpers put the receiver's there.
 */
static unsigned int call_by_either_id(const struct pptp_conn *conn, uint16_t id)
{
	unsigned int call = call_by_peer_id(conn, id);

	return call < PPTP_CONN_CALLS_MAX ? call : call_by_local_id(conn, id);
}

static unsigned int call_unused(const struct pptp_conn *conn)
{
	unsigned int i;

	for (i = 0; i < PPTP_CONN_CALLS_MAX; i++)
		if (conn->call[i].state == PPTP_CALL_FREE)
			break;
	return i;
}

/* @max is cosmetic, and 0 would look like a dead line. */
static uint32_t connect_speed(uint32_t max)
{
	return max && max < SPEED_MAX ? max : SPEED_MAX;
}

/* Section 3.2.4.1, idle. Window 0 is no reason to refuse: Windows ignores it. */
static void on_call(const struct step *s)
{
	const struct pptp_outgoing_request *request = &s->msg->outgoing_request;
	struct pptp_conn *conn = s->conn;
	unsigned int i = call_unused(conn);

	if (i == PPTP_CONN_CALLS_MAX ||
	    pptp_conn_calls(conn) >= conn->cfg->max_calls) {
		send_outgoing_reply(s->acts, request->call_id, PPTP_OUT_GENERAL,
				    PPTP_ERROR_RESOURCE);
		note(conn, s->acts, "call refused: the connection has all its calls");
		return;
	}
	if (call_by_peer_id(conn, request->call_id) < PPTP_CONN_CALLS_MAX) {
		send_outgoing_reply(s->acts, request->call_id, PPTP_OUT_GENERAL,
				    PPTP_ERROR_CALL_ID);
		note(conn, s->acts, "call refused: its call ID is in use");
		return;
	}
	conn->call[i].state = PPTP_CALL_WAIT_ACCEPT;
	conn->call[i].peer_id = request->call_id;
	conn->call[i].serial = request->serial;
	conn->call[i].speed = connect_speed(request->max_speed);
	act(s->acts, PPTP_ACTION_OPEN_CALL, i, PPTP_REASON_NONE, NULL);
}

/* Only a PNS takes incoming calls (section 3.2.3.2), and we are none. */
static void on_incoming_call(const struct step *s)
{
	struct pptp_msg reply = {
		.type = PPTP_INCOMING_CALL_REPLY,
		.incoming_reply = {
			.peer_call_id = s->msg->incoming_request.call_id,
			.result = PPTP_IN_REFUSED,
		},
	};

	send_msg(s->acts, &reply);
	note(s->conn, s->acts, "incoming call refused: we answer outgoing calls");
}

static void call_cleared(const struct step *s, unsigned int call)
{
	call_free(s->conn, call, s->now);
	act(s->acts, PPTP_ACTION_CLOSE_CALL, call, PPTP_REASON_PEER_CLEARED,
	    NULL);
}

static void on_clear(const struct step *s)
{
	unsigned int call = call_by_either_id(s->conn, s->msg->clear.call_id);

	/* Crossed with our own Call-Disconnect-Notify: both know already. */
	if (call == PPTP_CONN_CALLS_MAX)
		return;
	send_disconnect(s->acts, s->conn->call[call].local_id, PPTP_END_REQUEST);
	call_cleared(s, call);
}

/* Not a PNS's message (section 2.13), but plain; its code changes nothing. */
static void on_disconnect(const struct step *s)
{
	unsigned int call = call_by_either_id(s->conn,
					      s->msg->disconnect.call_id);

	if (call < PPTP_CONN_CALLS_MAX)
		call_cleared(s, call);
}

/* What each message does in each state that still listens. */
static const handler handlers[PPTP_CONN_CLOSED][PPTP_MSG_TYPES] = {
	[PPTP_CONN_WAIT_START] = {
		[PPTP_START_REQUEST] = on_start,
		[PPTP_START_REPLY] = on_too_early,
		[PPTP_STOP_REQUEST] = on_stop,
		[PPTP_STOP_REPLY] = on_too_early,
		[PPTP_ECHO_REQUEST] = on_early_echo,
		[PPTP_ECHO_REPLY] = on_too_early,
		[PPTP_OUTGOING_CALL_REQUEST] = on_unconnected_call,
		[PPTP_OUTGOING_CALL_REPLY] = on_too_early,
		[PPTP_INCOMING_CALL_REQUEST] = on_too_early,
		[PPTP_INCOMING_CALL_REPLY] = on_too_early,
		[PPTP_INCOMING_CALL_CONNECTED] = on_too_early,
		[PPTP_CALL_CLEAR_REQUEST] = on_too_early,
		[PPTP_CALL_DISCONNECT_NOTIFY] = on_too_early,
		[PPTP_WAN_ERROR_NOTIFY] = on_too_early,
		[PPTP_SET_LINK_INFO] = on_too_early,
	},
	[PPTP_CONN_ESTABLISHED] = {
		[PPTP_START_REQUEST] = on_second_start,
		[PPTP_START_REPLY] = on_misplaced,
		[PPTP_STOP_REQUEST] = on_stop,
		[PPTP_STOP_REPLY] = on_misplaced,
		[PPTP_ECHO_REQUEST] = on_echo,
		[PPTP_ECHO_REPLY] = on_harmless,
		[PPTP_OUTGOING_CALL_REQUEST] = on_call,
		[PPTP_OUTGOING_CALL_REPLY] = on_misplaced,
		[PPTP_INCOMING_CALL_REQUEST] = on_incoming_call,
		[PPTP_INCOMING_CALL_REPLY] = on_misplaced,
		[PPTP_INCOMING_CALL_CONNECTED] = on_misplaced,
		[PPTP_CALL_CLEAR_REQUEST] = on_clear,
		[PPTP_CALL_DISCONNECT_NOTIFY] = on_disconnect,
		[PPTP_WAN_ERROR_NOTIFY] = on_harmless,
		[PPTP_SET_LINK_INFO] = on_harmless,
	},
	/* The calls are gone; what crossed with our Stop-Request is no surprise. */
	[PPTP_CONN_WAIT_STOP] = {
		[PPTP_START_REQUEST] = on_harmless,
		[PPTP_START_REPLY] = on_harmless,
		[PPTP_STOP_REQUEST] = on_stop,
		[PPTP_STOP_REPLY] = on_stop_reply,
		[PPTP_ECHO_REQUEST] = on_echo,
		[PPTP_ECHO_REPLY] = on_harmless,
		[PPTP_OUTGOING_CALL_REQUEST] = on_unconnected_call,
		[PPTP_OUTGOING_CALL_REPLY] = on_harmless,
		[PPTP_INCOMING_CALL_REQUEST] = on_harmless,
		[PPTP_INCOMING_CALL_REPLY] = on_harmless,
		[PPTP_INCOMING_CALL_CONNECTED] = on_harmless,
		[PPTP_CALL_CLEAR_REQUEST] = on_harmless,
		[PPTP_CALL_DISCONNECT_NOTIFY] = on_harmless,
		[PPTP_WAN_ERROR_NOTIFY] = on_harmless,
		[PPTP_SET_LINK_INFO] = on_harmless,
	},
};

/* The reader holds a whole message. */
static void handle_message(struct pptp_conn *conn, uint64_t now,
			   struct pptp_actions *acts)
{
	struct step s = { .conn = conn, .now = now, .acts = acts };
	struct pptp_msg msg;
	int err;

	/* The reader has refused malformed ones: this is about the type alone. */
	err = pptp_msg_decode(conn->reader.buf, conn->reader.have, &msg);
	pptp_msg_reader_next(&conn->reader);
	/* Any message proves that the peer lives (section 3.1.4). */
	conn->last_control = now;
	conn->echo_sent = 0;
	if (err) {
		note(conn, acts, "unknown control message skipped");
		return;
	}
	s.msg = &msg;
	handlers[conn->state][msg.type](&s);
}

/* From when on the message that is begun may take start_timeout. */
static void partial_update(struct pptp_conn *conn, bool whole, uint64_t now)
{
	if (!pptp_msg_reader_partial(&conn->reader))
		conn->partial_since = 0;
	else if (whole || !conn->partial_since)
		conn->partial_since = now;
}

void pptp_conn_init(struct pptp_conn *conn, const struct pptp_conn_config *cfg,
		    uint64_t now)
{
	memset(conn, 0, sizeof(*conn));
	conn->cfg = cfg;
	conn->last_control = now;
	enter(conn, PPTP_CONN_WAIT_START, now);
}

size_t pptp_conn_input(struct pptp_conn *conn, const uint8_t *data, size_t len,
		       uint64_t now, struct pptp_actions *acts)
{
	size_t done = 0, used;
	bool whole = false;
	int ret;

	actions_clear(acts);
	while (done < len && !acts->out_len && !acts->n) {
		if (conn->state == PPTP_CONN_CLOSED)
			return len;
		ret = pptp_msg_reader_feed(&conn->reader, data + done,
					   len - done, &used);
		done += used;
		if (ret < 0) {
			conn_close(conn, PPTP_REASON_BAD_MESSAGE, acts);
		} else if (ret > 0) {
			handle_message(conn, now, acts);
			whole = true;
		}
	}
	partial_update(conn, whole, now);
	return done;
}

void pptp_conn_eof(struct pptp_conn *conn, struct pptp_actions *acts)
{
	actions_clear(acts);
	if (conn->state != PPTP_CONN_CLOSED)
		conn_close(conn, PPTP_REASON_PEER_CLOSED, acts);
}

static uint64_t min_u64(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* When a begun message is too slow. */
static uint64_t partial_deadline(const struct pptp_conn *conn)
{
	return conn->partial_since ?
	       conn->partial_since + conn->cfg->start_timeout : UINT64_MAX;
}

/* When an Echo-Request has to go, or its reply to be here (section 3.1.4). */
static uint64_t echo_deadline(const struct pptp_conn *conn)
{
	if (!conn->cfg->echo_interval)
		return UINT64_MAX;
	if (conn->echo_sent)
		return conn->echo_sent + conn->cfg->echo_timeout;
	return conn->last_control + conn->cfg->echo_interval;
}

static uint64_t idle_deadline(const struct pptp_conn *conn)
{
	if (!conn->cfg->idle_timeout || pptp_conn_calls(conn))
		return UINT64_MAX;
	return conn->idle_since + conn->cfg->idle_timeout;
}

/* When @state has lasted too long for itself. */
static uint64_t state_deadline(const struct pptp_conn *conn)
{
	switch (conn->state) {
	case PPTP_CONN_WAIT_START:
		return conn->state_since + conn->cfg->start_timeout;
	case PPTP_CONN_ESTABLISHED:
		return min_u64(echo_deadline(conn), idle_deadline(conn));
	case PPTP_CONN_WAIT_STOP:
		return conn->state_since + conn->cfg->stop_timeout;
	case PPTP_CONN_CLOSED:
		break;
	}
	return UINT64_MAX;
}

uint64_t pptp_conn_deadline(const struct pptp_conn *conn)
{
	if (conn->state == PPTP_CONN_CLOSED)
		return UINT64_MAX;
	return min_u64(state_deadline(conn), partial_deadline(conn));
}

static void send_echo_request(struct pptp_conn *conn, uint64_t now,
			      struct pptp_actions *acts)
{
	struct pptp_msg request = {
		.type = PPTP_ECHO_REQUEST,
		.echo = { .id = ++conn->echo_id },
	};

	conn->echo_sent = now;
	send_msg(acts, &request);
}

/* All calls end, and the peer is asked to confirm. */
static void stop_begin(struct pptp_conn *conn, uint8_t stop_reason,
		       enum pptp_reason reason, uint64_t now,
		       struct pptp_actions *acts)
{
	struct pptp_msg request = {
		.type = PPTP_STOP_REQUEST,
		.stop = { .reason = stop_reason },
	};
	unsigned int i;

	for (i = 0; i < PPTP_CONN_CALLS_MAX; i++)
		send_call_end(&conn->call[i], PPTP_END_ADMIN, acts);
	calls_close(conn, reason, acts);
	send_msg(acts, &request);
	conn->reason = reason;
	enter(conn, PPTP_CONN_WAIT_STOP, now);
}

/* Called when one of the two deadlines of an established connection is over. */
static void established_timer(struct pptp_conn *conn, uint64_t now,
			      struct pptp_actions *acts)
{
	if (now >= idle_deadline(conn))
		stop_begin(conn, PPTP_STOP_NONE, PPTP_REASON_IDLE, now, acts);
	else if (conn->echo_sent)
		conn_close(conn, PPTP_REASON_ECHO_TIMEOUT, acts);
	else
		send_echo_request(conn, now, acts);
}

void pptp_conn_timer(struct pptp_conn *conn, uint64_t now,
		     struct pptp_actions *acts)
{
	actions_clear(acts);
	if (now < pptp_conn_deadline(conn))
		return;
	if (now >= partial_deadline(conn)) {
		conn_close(conn, PPTP_REASON_SLOW_MESSAGE, acts);
		return;
	}
	switch (conn->state) {
	case PPTP_CONN_WAIT_START:
		conn_close(conn, PPTP_REASON_START_TIMEOUT, acts);
		break;
	case PPTP_CONN_ESTABLISHED:
		established_timer(conn, now, acts);
		break;
	case PPTP_CONN_WAIT_STOP:
		conn_close(conn, conn->reason, acts);
		break;
	case PPTP_CONN_CLOSED:
		break;
	}
}

void pptp_conn_accept(struct pptp_conn *conn, unsigned int call,
		      uint16_t local_id, struct pptp_actions *acts)
{
	struct pptp_call *c = &conn->call[call];
	struct pptp_msg reply = {
		.type = PPTP_OUTGOING_CALL_REPLY,
		.outgoing_reply = {
			.call_id = local_id,
			.peer_call_id = c->peer_id,
			.result = PPTP_OUT_CONNECTED,
			.speed = c->speed,
			.window = conn->cfg->window,
		},
	};

	actions_clear(acts);
	if (c->state != PPTP_CALL_WAIT_ACCEPT)
		return;
	c->state = PPTP_CALL_ESTABLISHED;
	c->local_id = local_id;
	send_msg(acts, &reply);
}

void pptp_conn_refuse(struct pptp_conn *conn, unsigned int call, uint8_t result,
		      uint8_t error, uint64_t now, struct pptp_actions *acts)
{
	actions_clear(acts);
	if (conn->call[call].state != PPTP_CALL_WAIT_ACCEPT)
		return;
	send_outgoing_reply(acts, conn->call[call].peer_id, result, error);
	call_free(conn, call, now);
}

void pptp_conn_disconnect(struct pptp_conn *conn, unsigned int call,
			  uint8_t result, uint64_t now,
			  struct pptp_actions *acts)
{
	actions_clear(acts);
	if (conn->call[call].state == PPTP_CALL_FREE)
		return;
	send_call_end(&conn->call[call], result, acts);
	call_free(conn, call, now);
}

void pptp_conn_stop(struct pptp_conn *conn, uint8_t stop_reason, uint64_t now,
		    struct pptp_actions *acts)
{
	actions_clear(acts);
	switch (conn->state) {
	case PPTP_CONN_WAIT_START:
		conn_close(conn, PPTP_REASON_LOCAL, acts);
		break;
	case PPTP_CONN_ESTABLISHED:
		stop_begin(conn, stop_reason, PPTP_REASON_LOCAL, now, acts);
		break;
	case PPTP_CONN_WAIT_STOP:
	case PPTP_CONN_CLOSED:
		break;
	}
}

const char *pptp_conn_reason_text(enum pptp_reason reason)
{
	static const char *const text[] = {
		[PPTP_REASON_NONE] = "still open",
		[PPTP_REASON_BAD_MESSAGE] = "malformed control message",
		[PPTP_REASON_BAD_VERSION] = "protocol version not supported",
		[PPTP_REASON_OUT_OF_STATE] = "control message before the connection was started",
		[PPTP_REASON_START_TIMEOUT] = "no Start-Control-Connection-Request in time",
		[PPTP_REASON_SLOW_MESSAGE] = "control message took too long to arrive",
		[PPTP_REASON_ECHO_TIMEOUT] = "Echo-Request was not answered",
		[PPTP_REASON_IDLE] = "no call on the connection",
		[PPTP_REASON_PEER_STOPPED] = "stopped by the peer",
		[PPTP_REASON_PEER_CLEARED] = "cleared by the peer",
		[PPTP_REASON_PEER_CLOSED] = "connection closed by the peer",
		[PPTP_REASON_LOCAL] = "ended by us",
	};

	return text[reason];
}
