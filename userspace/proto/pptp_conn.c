// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The tables of RFC 2637 sections 3.1.1 (originator) and 3.1.2 (receiver of a
 * control connection), and all timers. What calls do is in pptp_call.c.
 */
#include "pptp_conn.h"

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

static void note(struct pptp_conn *conn, struct pptp_actions *acts,
		 const char *text)
{
	if (conn->notes >= NOTES_MAX)
		return;
	conn->notes++;
	pptp_action_note(acts, text);
}

static void enter(struct pptp_conn *conn, enum pptp_conn_state state,
		  uint64_t now)
{
	conn->state = state;
	conn->state_since = now;
}

unsigned int pptp_conn_calls(const struct pptp_conn *conn)
{
	return pptp_call_count(&conn->calls);
}

/* Why we began to stop outlives how the peer then went. */
static void conn_close(struct pptp_conn *conn, enum pptp_reason reason,
		       struct pptp_actions *acts)
{
	if (conn->reason == PPTP_REASON_NONE)
		conn->reason = reason;
	pptp_call_close_all(&conn->calls, conn->reason, acts);
	conn->state = PPTP_CONN_CLOSED;
	pptp_msg_reader_next(&conn->reader);
	pptp_action_add(acts, PPTP_ACTION_CLOSE, 0, conn->reason);
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

	pptp_call_end_all(&conn->calls, acts);
	pptp_call_close_all(&conn->calls, reason, acts);
	pptp_action_send(acts, &request);
	conn->reason = reason;
	enter(conn, PPTP_CONN_WAIT_STOP, now);
}

/* What both messages of the start have; the Reply has @result as well. */
static void send_start(const struct pptp_conn_config *cfg,
		       enum pptp_msg_type type, uint8_t result,
		       struct pptp_actions *acts)
{
	struct pptp_msg msg = {
		.type = type,
		.start = {
			.version = PPTP_VERSION,
			.result = result,
			.framing = PPTP_FRAMING_ASYNC | PPTP_FRAMING_SYNC,
			.bearer = PPTP_BEARER_ANALOG | PPTP_BEARER_DIGITAL,
			.channels = (uint16_t)cfg->calls.max_calls,
			.firmware = FIRMWARE,
		},
	};

	memcpy(msg.start.host, cfg->host, sizeof(msg.start.host));
	memcpy(msg.start.vendor, cfg->vendor, sizeof(msg.start.vendor));
	pptp_action_send(acts, &msg);
}

static void send_start_reply(const struct step *s, uint8_t result)
{
	send_start(s->conn->cfg, PPTP_START_REPLY, result, s->acts);
}

static bool version_is_good(uint16_t version)
{
	return version >> 8 == PPTP_VERSION >> 8;
}

/* Both have told who they are. */
static void establish(const struct step *s)
{
	const struct pptp_start *start = &s->msg->start;
	struct pptp_conn *conn = s->conn;

	pptp_msg_printable(conn->peer_host, start->host);
	pptp_msg_printable(conn->peer_vendor, start->vendor);
	conn->peer_firmware = start->firmware;
	conn->calls.idle_since = s->now;
	enter(conn, PPTP_CONN_ESTABLISHED, s->now);
}

/* Sections 1.4 and 3.1: we answer with our own version; any 1.x is understood. */
static void on_start(const struct step *s)
{
	if (!version_is_good(s->msg->start.version)) {
		send_start_reply(s, PPTP_START_VERSION);
		conn_close(s->conn, PPTP_REASON_BAD_VERSION, s->acts);
		return;
	}
	establish(s);
	send_start_reply(s, PPTP_START_OK);
}

/* Section 3.1.1, wait control reply. Some ADSL modems send result 0 for yes. */
static void on_start_reply(const struct step *s)
{
	const struct pptp_start *start = &s->msg->start;
	struct pptp_conn *conn = s->conn;

	conn->start_result = start->result;
	conn->start_error = start->error;
	if (start->result > PPTP_START_OK) {
		conn_close(conn, PPTP_REASON_START_REFUSED, s->acts);
		return;
	}
	if (!version_is_good(start->version)) {
		stop_begin(conn, PPTP_STOP_VERSION, PPTP_REASON_BAD_VERSION,
			   s->now, s->acts);
		return;
	}
	establish(s);
	pptp_action_add(s->acts, PPTP_ACTION_STARTED, 0, PPTP_REASON_NONE);
	if (start->result != PPTP_START_OK)
		note(conn, s->acts,
		     "Start-Control-Connection-Reply with result 0 taken as success");
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

	s->conn->stop_reason = s->msg->stop.reason;
	pptp_action_send(s->acts, &reply);
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

	pptp_action_send(s->acts, &reply);
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
 * Answers that come late or unasked, and what crossed with our Stop-Request:
 * having received anything is all that counts.
 */
static void on_harmless(const struct step *s)
{
	(void)s;
}

static void on_misplaced(const struct step *s)
{
	note(s->conn, s->acts, "control message ignored in this state");
}

/* Section 3.1: nothing of a connection that was not started is believed. */
static void on_too_early(const struct step *s)
{
	conn_close(s->conn, PPTP_REASON_OUT_OF_STATE, s->acts);
}

/* The call was asked for before the connection is started, or while it stops. */
static void on_unconnected_call(const struct step *s)
{
	struct pptp_msg reply = {
		.type = PPTP_OUTGOING_CALL_REPLY,
		.outgoing_reply = {
			.peer_call_id = s->msg->outgoing_request.call_id,
			.result = PPTP_OUT_GENERAL,
			.error = PPTP_ERROR_UNCONNECTED,
		},
	};

	pptp_action_send(s->acts, &reply);
}

static void on_call(const struct step *s)
{
	const char *text = pptp_call_input(&s->conn->calls, s->msg, s->now,
					   s->acts);

	if (text)
		note(s->conn, s->acts, text);
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
	[PPTP_CONN_WAIT_START_REPLY] = {
		[PPTP_START_REQUEST] = on_too_early,
		[PPTP_START_REPLY] = on_start_reply,
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
		[PPTP_OUTGOING_CALL_REPLY] = on_call,
		[PPTP_INCOMING_CALL_REQUEST] = on_call,
		[PPTP_INCOMING_CALL_REPLY] = on_call,
		[PPTP_INCOMING_CALL_CONNECTED] = on_call,
		[PPTP_CALL_CLEAR_REQUEST] = on_call,
		[PPTP_CALL_DISCONNECT_NOTIFY] = on_call,
		[PPTP_WAN_ERROR_NOTIFY] = on_call,
		[PPTP_SET_LINK_INFO] = on_call,
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
	pptp_call_init(&conn->calls, &cfg->calls, now);
	enter(conn, PPTP_CONN_WAIT_START, now);
}

void pptp_conn_originate(struct pptp_conn *conn,
			 const struct pptp_conn_config *cfg, uint64_t now,
			 struct pptp_actions *acts)
{
	pptp_action_clear(acts);
	pptp_conn_init(conn, cfg, now);
	enter(conn, PPTP_CONN_WAIT_START_REPLY, now);
	send_start(cfg, PPTP_START_REQUEST, 0, acts);
}

size_t pptp_conn_input(struct pptp_conn *conn, const uint8_t *data, size_t len,
		       uint64_t now, struct pptp_actions *acts)
{
	size_t done = 0, used;
	bool whole = false;
	int ret;

	pptp_action_clear(acts);
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
	pptp_action_clear(acts);
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
	return conn->calls.idle_since + conn->cfg->idle_timeout;
}

/* When @state has lasted too long for itself. */
static uint64_t state_deadline(const struct pptp_conn *conn)
{
	switch (conn->state) {
	case PPTP_CONN_WAIT_START:
	case PPTP_CONN_WAIT_START_REPLY:
		return conn->state_since + conn->cfg->start_timeout;
	case PPTP_CONN_ESTABLISHED:
		return min_u64(pptp_call_deadline(&conn->calls),
			       min_u64(echo_deadline(conn), idle_deadline(conn)));
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
	pptp_action_send(acts, &request);
}

/* Called when one of the deadlines of an established connection is over. */
static void established_timer(struct pptp_conn *conn, uint64_t now,
			      struct pptp_actions *acts)
{
	if (now >= pptp_call_deadline(&conn->calls)) {
		if (pptp_call_timer(&conn->calls, now, acts))
			stop_begin(conn, PPTP_STOP_NONE, PPTP_REASON_CALL_STUCK,
				   now, acts);
		return;
	}
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
	pptp_action_clear(acts);
	if (now < pptp_conn_deadline(conn))
		return;
	if (now >= partial_deadline(conn)) {
		conn_close(conn, PPTP_REASON_SLOW_MESSAGE, acts);
		return;
	}
	switch (conn->state) {
	case PPTP_CONN_WAIT_START:
	case PPTP_CONN_WAIT_START_REPLY:
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

int pptp_conn_dial(struct pptp_conn *conn, const struct pptp_dial *dial,
		   uint64_t now, struct pptp_actions *acts)
{
	pptp_action_clear(acts);
	if (conn->state != PPTP_CONN_ESTABLISHED)
		return -1;
	return pptp_call_dial(&conn->calls, dial, now, acts);
}

int pptp_conn_ring(struct pptp_conn *conn, const struct pptp_ring *ring,
		   uint64_t now, struct pptp_actions *acts)
{
	pptp_action_clear(acts);
	if (conn->state != PPTP_CONN_ESTABLISHED)
		return -1;
	return pptp_call_ring(&conn->calls, ring, now, acts);
}

/* A connection that is not established has no calls, and so these do nothing. */

void pptp_conn_accept(struct pptp_conn *conn, unsigned int call,
		      uint16_t local_id, uint64_t now, struct pptp_actions *acts)
{
	pptp_action_clear(acts);
	pptp_call_accept(&conn->calls, call, local_id, now, acts);
}

void pptp_conn_refuse(struct pptp_conn *conn, unsigned int call, uint8_t result,
		      uint8_t error, uint64_t now, struct pptp_actions *acts)
{
	pptp_action_clear(acts);
	pptp_call_refuse(&conn->calls, call, result, error, now, acts);
}

void pptp_conn_clear(struct pptp_conn *conn, unsigned int call,
		     const struct pptp_call_end *end, uint64_t now,
		     struct pptp_actions *acts)
{
	pptp_action_clear(acts);
	pptp_call_clear(&conn->calls, call, end, now, acts);
}

bool pptp_conn_set_link_info(struct pptp_conn *conn, unsigned int call,
			     uint32_t send_accm, uint32_t receive_accm,
			     struct pptp_actions *acts)
{
	pptp_action_clear(acts);
	return pptp_call_set_link_info(&conn->calls, call, send_accm,
				       receive_accm, acts);
}

bool pptp_conn_wan_error(struct pptp_conn *conn, unsigned int call,
			 const struct pptp_wan_error *counts, uint64_t now,
			 struct pptp_actions *acts)
{
	pptp_action_clear(acts);
	return pptp_call_wan_error(&conn->calls, call, counts, now, acts);
}

void pptp_conn_stop(struct pptp_conn *conn, uint8_t stop_reason, uint64_t now,
		    struct pptp_actions *acts)
{
	pptp_action_clear(acts);
	switch (conn->state) {
	case PPTP_CONN_WAIT_START:
	case PPTP_CONN_WAIT_START_REPLY:
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
		[PPTP_REASON_START_TIMEOUT] = "the peer did not start the connection in time",
		[PPTP_REASON_START_REFUSED] = "the peer refused the connection",
		[PPTP_REASON_SLOW_MESSAGE] = "control message took too long to arrive",
		[PPTP_REASON_ECHO_TIMEOUT] = "Echo-Request was not answered",
		[PPTP_REASON_IDLE] = "no call on the connection",
		[PPTP_REASON_CALL_REFUSED] = "the peer refused the call",
		[PPTP_REASON_CALL_TIMEOUT] = "the call was not connected in time",
		[PPTP_REASON_CALL_STUCK] = "Call-Clear-Request was not answered",
		[PPTP_REASON_PEER_STOPPED] = "stopped by the peer",
		[PPTP_REASON_PEER_CLEARED] = "cleared by the peer",
		[PPTP_REASON_PEER_CLOSED] = "connection closed by the peer",
		[PPTP_REASON_LOCAL] = "ended by us",
	};

	return text[reason];
}
