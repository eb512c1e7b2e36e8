/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One control connection and its calls, either end (RFC 2637 sections 2 and 3):
 * bytes and events in, actions out. No descriptor, no clock, no log. Who opened
 * the connection and who is PAC or PNS are two questions: see pptp_call.h.
 *
 * The caller feeds what the TCP connection gives, writes what comes out, performs
 * the actions in their order, and calls pptp_conn_timer() when
 * pptp_conn_deadline() has passed. All times are milliseconds of one monotonic
 * clock, and never 0. A caller whose peer does not read what is written to it
 * must stop feeding: every input may have an answer.
 *
 * A call begins with OPEN_CALL, pptp_conn_dial() or pptp_conn_ring(), and ends
 * with one CLOSE_CALL, or with pptp_conn_refuse() or _clear() where those say so.
 */
#ifndef PROTO_PPTP_CONN_H
#define PROTO_PPTP_CONN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pptp_action.h"
#include "pptp_call.h"
#include "pptp_msg.h"

/**
 * struct pptp_conn_config - the same for all connections of a listener or tunnel
 * @host, @vendor: our names in Start-Control-Connection-Request and -Reply
 * @calls: about the calls
 * @start_timeout: ms for the peer's Start-Control-Connection-Request or -Reply,
 *		   and for any message to arrive whole
 * @idle_timeout: ms without a call before we stop the connection, 0: never
 * @echo_interval: ms of silence before we send an Echo-Request, 0: none is sent
 * @echo_timeout: ms that its reply may take
 * @stop_timeout: ms that we wait for the Stop-Control-Connection-Reply
 */
struct pptp_conn_config {
	char host[PPTP_NAME_LEN + 1];
	char vendor[PPTP_NAME_LEN + 1];
	struct pptp_call_config calls;
	unsigned int start_timeout;
	unsigned int idle_timeout;
	unsigned int echo_interval;
	unsigned int echo_timeout;
	unsigned int stop_timeout;
};

enum pptp_conn_state {
	PPTP_CONN_WAIT_START,	/* accepted, no Start-Control-Connection-Request yet */
	PPTP_CONN_WAIT_START_REPLY, /* we opened it, our request is out */
	PPTP_CONN_ESTABLISHED,
	PPTP_CONN_WAIT_STOP,	/* our Stop-Request is out */
	PPTP_CONN_CLOSED,
};

/**
 * struct pptp_conn - one control connection; the caller reads, only we write
 * @cfg: borrowed
 * @state: of the connection
 * @reason: why CLOSED, or why stopping
 * @start_result, @start_error: of the peer's Start-Control-Connection-Reply;
 *				pptp_msg_result_text() and _error_text()
 * @stop_reason: of the peer's Stop-Control-Connection-Request, 0: it sent none;
 *		 pptp_msg_stop_text()
 * @reader: what has come of the next message
 * @partial_since: the next message is incomplete since, 0: nothing of it is here
 * @last_control: a whole message was received
 * @echo_sent: 0: no request is outstanding
 * @state_since: @state was entered
 * @echo_id: of our last Echo-Request
 * @notes: log lines that this peer has caused
 * @peer_host, @peer_vendor: printable ASCII only, others shown as '?'
 * @peer_firmware: as sent
 * @calls: the calls, calls.call[] by index
 */
struct pptp_conn {
	const struct pptp_conn_config *cfg;
	enum pptp_conn_state state;
	enum pptp_reason reason;
	uint8_t start_result;
	uint8_t start_error;
	uint8_t stop_reason;
	struct pptp_msg_reader reader;
	uint64_t partial_since;
	uint64_t last_control;
	uint64_t echo_sent;
	uint64_t state_since;
	uint32_t echo_id;
	unsigned int notes;
	char peer_host[PPTP_NAME_LEN + 1];
	char peer_vendor[PPTP_NAME_LEN + 1];
	uint16_t peer_firmware;
	struct pptp_calls calls;
};

/* @cfg must outlive @conn. For a TCP connection that we accepted: WAIT_START. */
void pptp_conn_init(struct pptp_conn *conn, const struct pptp_conn_config *cfg,
		    uint64_t now);

/*
 * The same for a TCP connection that we opened and that is up: sends
 * Start-Control-Connection-Request. STARTED or CLOSE follows.
 */
void pptp_conn_originate(struct pptp_conn *conn,
			 const struct pptp_conn_config *cfg, uint64_t now,
			 struct pptp_actions *acts);

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
 * As PNS: places an outgoing call. Its session is ready to receive, because PPP
 * of the peer may begin before its reply. Returns the index of the call, -1: the
 * connection is not established, all places are taken, or the ID is in use.
 * CALL_UP or CLOSE_CALL follows. Set-Link-Info for "escape everything" is sent
 * with CALL_UP.
 */
int pptp_conn_dial(struct pptp_conn *conn, const struct pptp_dial *dial,
		   uint64_t now, struct pptp_actions *acts);

/* As PAC: announces a caller, in the same manner. */
int pptp_conn_ring(struct pptp_conn *conn, const struct pptp_ring *ring,
		   uint64_t now, struct pptp_actions *acts);

/*
 * Answers to OPEN_CALL. The GRE receive path must be up before _accept(),
 * because the client's first LCP frame leaves the moment the answer arrives. An
 * outgoing call is established then, an incoming one with CALL_UP. @local_id is
 * not 0. After _refuse() the place is free and no CLOSE_CALL follows; @result
 * and @error: PPTP_OUT_* or PPTP_IN_* by the kind of the call, PPTP_ERROR_*.
 * Nothing happens when @call does not wait for an answer any more.
 */
void pptp_conn_accept(struct pptp_conn *conn, unsigned int call,
		      uint16_t local_id, uint64_t now,
		      struct pptp_actions *acts);
void pptp_conn_refuse(struct pptp_conn *conn, unsigned int call, uint8_t result,
		      uint8_t error, uint64_t now, struct pptp_actions *acts);

/*
 * Our side ended the call. As PAC: Call-Disconnect-Notify with @end; the place is
 * free at once and no CLOSE_CALL follows. As PNS: Call-Clear-Request, and one
 * CLOSE_CALL when the peer has confirmed; if it does not, the connection is
 * stopped.
 */
void pptp_conn_clear(struct pptp_conn *conn, unsigned int call,
		     const struct pptp_call_end *end, uint64_t now,
		     struct pptp_actions *acts);

/* As PNS, what LCP agreed on. False: not such a call, nothing is sent. */
bool pptp_conn_set_link_info(struct pptp_conn *conn, unsigned int call,
			     uint32_t send_accm, uint32_t receive_accm,
			     struct pptp_actions *acts);

/*
 * As PAC: @counts since the call began, peer_call_id of it is filled in here.
 * False: not such a call, or told less than a minute ago; nothing is sent.
 */
bool pptp_conn_wan_error(struct pptp_conn *conn, unsigned int call,
			 const struct pptp_wan_error *counts, uint64_t now,
			 struct pptp_actions *acts);

/*
 * Ends everything: says goodbye for all calls, each with a CLOSE_CALL, and sends
 * Stop-Request with @stop_reason, PPTP_STOP_*. CLOSE follows at once when the
 * connection was never started, else after the peer's answer or stop_timeout.
 */
void pptp_conn_stop(struct pptp_conn *conn, uint8_t stop_reason, uint64_t now,
		    struct pptp_actions *acts);

/*
 * Writes what another process, which goes on with the TCP connection, has to know of
 * @conn. False: it is not ESTABLISHED, or does not fit @w.
 */
bool pptp_conn_save(const struct pptp_conn *conn, struct writer *w);

/*
 * The other process; @now is of the same clock, and @cfg as in pptp_conn_init(). Calls
 * have the state that they had: those that the caller cannot go on with are for
 * pptp_conn_clear(). False: @r holds nothing of this kind, and @conn is void.
 */
bool pptp_conn_restore(struct pptp_conn *conn, const struct pptp_conn_config *cfg,
		       struct reader *r, uint64_t now);

/* Calls in any state, those that wait for the peer to let go included. */
unsigned int pptp_conn_calls(const struct pptp_conn *conn);

const char *pptp_conn_reason_text(enum pptp_reason reason);

#endif /* PROTO_PPTP_CONN_H */
