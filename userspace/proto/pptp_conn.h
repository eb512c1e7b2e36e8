/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One control connection and its calls, PAC side (RFC 2637 sections 2 and 3):
 * bytes and events in, actions out. No descriptor, no clock, no log.
 *
 * The caller feeds what the TCP connection gives, writes what comes out, performs
 * the actions in their order, and calls pptp_conn_timer() when
 * pptp_conn_deadline() has passed. All times are milliseconds of one monotonic
 * clock, and never 0. A caller whose peer does not read what is written to it
 * must stop feeding: every input may have an answer.
 */
#ifndef PROTO_PPTP_CONN_H
#define PROTO_PPTP_CONN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pptp_msg.h"

#define PPTP_CONN_CALLS_MAX 64

/**
 * struct pptp_conn_config - the same for all connections of a listener
 * @host, @vendor: names in our Start-Control-Connection-Reply
 * @max_calls: calls that one connection may have, 1 to PPTP_CONN_CALLS_MAX
 * @start_timeout: ms for the peer's Start-Control-Connection-Request, and for
 *		   any message to arrive whole
 * @idle_timeout: ms without a call before we stop the connection, 0: never
 * @echo_interval: ms of silence before we send an Echo-Request, 0: none is sent
 * @echo_timeout: ms that its reply may take
 * @stop_timeout: ms that we wait for the Stop-Control-Connection-Reply
 * @window: packets, announced in Outgoing-Call-Reply
 */
struct pptp_conn_config {
	char host[PPTP_NAME_LEN + 1];
	char vendor[PPTP_NAME_LEN + 1];
	unsigned int max_calls;
	unsigned int start_timeout;
	unsigned int idle_timeout;
	unsigned int echo_interval;
	unsigned int echo_timeout;
	unsigned int stop_timeout;
	uint16_t window;
};

enum pptp_conn_state {
	PPTP_CONN_WAIT_START,	/* accepted, no Start-Control-Connection-Request yet */
	PPTP_CONN_ESTABLISHED,
	PPTP_CONN_WAIT_STOP,	/* our Stop-Request is out */
	PPTP_CONN_CLOSED,
};

enum pptp_call_state {
	PPTP_CALL_FREE,
	PPTP_CALL_WAIT_ACCEPT,	/* asked for, the daemon has not answered */
	PPTP_CALL_ESTABLISHED,
};

/**
 * struct pptp_call - one call of the connection
 * @state: where it is
 * @local_id: our (PAC) call ID, valid when established
 * @peer_id: the peer's (PNS) call ID; 0 is legal, Windows XP uses it
 * @serial: call serial number, for the log
 * @speed: bit/s that our Outgoing-Call-Reply claims
 */
struct pptp_call {
	enum pptp_call_state state;
	uint16_t local_id;
	uint16_t peer_id;
	uint16_t serial;
	uint32_t speed;
};

/* Why a connection or call ended; pptp_conn_reason_text() has the words. */
enum pptp_reason {
	PPTP_REASON_NONE,
	PPTP_REASON_BAD_MESSAGE,	/* cookie, length or type: out of step (section 1.4) */
	PPTP_REASON_BAD_VERSION,
	PPTP_REASON_OUT_OF_STATE,
	PPTP_REASON_START_TIMEOUT,
	PPTP_REASON_SLOW_MESSAGE,	/* a message was begun and not finished */
	PPTP_REASON_ECHO_TIMEOUT,
	PPTP_REASON_IDLE,		/* no call for idle_timeout */
	PPTP_REASON_PEER_STOPPED,	/* Stop-Control-Connection */
	PPTP_REASON_PEER_CLEARED,	/* Call-Clear-Request, or Call-Disconnect-Notify */
	PPTP_REASON_PEER_CLOSED,	/* TCP closed by the peer */
	PPTP_REASON_LOCAL,		/* we ended it */
};

enum pptp_action_type {
	PPTP_ACTION_OPEN_CALL,	/* make the session of @call, then _accept() or _refuse() it */
	PPTP_ACTION_CLOSE_CALL,	/* @call is over: end its link and session */
	PPTP_ACTION_CLOSE,	/* close TCP once all is written; always the last action */
	PPTP_ACTION_NOTE,	/* worth a log line: @text, constant */
};

struct pptp_action {
	enum pptp_action_type type;
	unsigned int call;		/* OPEN_CALL, CLOSE_CALL: index in pptp_conn.call */
	enum pptp_reason reason;	/* CLOSE_CALL, CLOSE */
	const char *text;		/* NOTE */
};

/* The most that one function can cause: all calls, a note, the close. */
#define PPTP_ACTIONS_MAX	(PPTP_CONN_CALLS_MAX + 2)
/* All calls disconnected (148 octets each), and the Stop-Request (16). */
#define PPTP_OUT_MAX		(PPTP_CONN_CALLS_MAX * 148 + 16)

/**
 * struct pptp_actions - what the caller has to do
 * @out_len: octets of @out to write to TCP, before the actions
 * @out: whole messages
 * @n: actions in @act
 * @act: in their order
 *
 * Every function that takes one fills it from the start.
 */
struct pptp_actions {
	size_t out_len;
	uint8_t out[PPTP_OUT_MAX];
	unsigned int n;
	struct pptp_action act[PPTP_ACTIONS_MAX];
};

/**
 * struct pptp_conn - one control connection; the caller reads, only we write
 * @cfg: borrowed
 * @state: of the connection
 * @reason: why CLOSED, or why stopping
 * @reader: what has come of the next message
 * @partial_since: the next message is incomplete since, 0: nothing of it is here
 * @last_control: a whole message was received
 * @echo_sent: 0: no request is outstanding
 * @state_since: @state was entered
 * @idle_since: the last call ended, or there was none yet
 * @echo_id: of our last Echo-Request
 * @notes: log lines that this peer has caused
 * @peer_host, @peer_vendor: printable ASCII only, others shown as '?'
 * @peer_firmware: as sent
 * @call: by index
 */
struct pptp_conn {
	const struct pptp_conn_config *cfg;
	enum pptp_conn_state state;
	enum pptp_reason reason;
	struct pptp_msg_reader reader;
	uint64_t partial_since;
	uint64_t last_control;
	uint64_t echo_sent;
	uint64_t state_since;
	uint64_t idle_since;
	uint32_t echo_id;
	unsigned int notes;
	char peer_host[PPTP_NAME_LEN + 1];
	char peer_vendor[PPTP_NAME_LEN + 1];
	uint16_t peer_firmware;
	struct pptp_call call[PPTP_CONN_CALLS_MAX];
};

/* @cfg must outlive @conn. Starts in WAIT_START at @now. */
void pptp_conn_init(struct pptp_conn *conn, const struct pptp_conn_config *cfg,
		    uint64_t now);

/*
 * @len octets were read. Returns how many were taken: fewer than @len when there
 * is something to write or do first, then call again with the rest. At least one
 * is taken if there is one; a CLOSED connection takes and ignores everything.
 *
 *	while (len) {
 *		size_t n = pptp_conn_input(conn, data, len, now, &acts);
 *
 *		perform(&acts);
 *		data += n;
 *		len -= n;
 *	}
 */
size_t pptp_conn_input(struct pptp_conn *conn, const uint8_t *data, size_t len,
		       uint64_t now, struct pptp_actions *acts);

/* The peer closed TCP, or the connection broke. */
void pptp_conn_eof(struct pptp_conn *conn, struct pptp_actions *acts);

void pptp_conn_timer(struct pptp_conn *conn, uint64_t now,
		     struct pptp_actions *acts);

/* When pptp_conn_timer() wants to be called; UINT64_MAX: never. */
uint64_t pptp_conn_deadline(const struct pptp_conn *conn);

/*
 * Answers to OPEN_CALL. The GRE receive path must be up before _accept(),
 * because the client's first LCP frame leaves the moment the answer arrives.
 * @local_id is not 0. @result and @error: PPTP_OUT_*, PPTP_ERROR_*. Nothing
 * happens when @call does not wait for an answer any more.
 */
void pptp_conn_accept(struct pptp_conn *conn, unsigned int call,
		      uint16_t local_id, struct pptp_actions *acts);
void pptp_conn_refuse(struct pptp_conn *conn, unsigned int call, uint8_t result,
		      uint8_t error, uint64_t now, struct pptp_actions *acts);

/*
 * Our side ended the call: Call-Disconnect-Notify with @result, PPTP_END_*. The
 * slot is free at once and no CLOSE_CALL follows.
 */
void pptp_conn_disconnect(struct pptp_conn *conn, unsigned int call,
			  uint8_t result, uint64_t now,
			  struct pptp_actions *acts);

/*
 * Ends everything: disconnects all calls, each with a CLOSE_CALL, and sends
 * Stop-Request with @stop_reason, PPTP_STOP_*. CLOSE follows at once when the
 * connection was never started, else after the peer's answer or stop_timeout.
 */
void pptp_conn_stop(struct pptp_conn *conn, uint8_t stop_reason, uint64_t now,
		    struct pptp_actions *acts);

/* Calls that are asked for or established. */
unsigned int pptp_conn_calls(const struct pptp_conn *conn);

const char *pptp_conn_reason_text(enum pptp_reason reason);

#endif /* PROTO_PPTP_CONN_H */
