/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The calls of one control connection, in all four places that a call can be
 * seen from (RFC 2637 section 3.2):
 *
 *		PAC			PNS
 *	outgoing  we are asked (3.2.4.1)  we dial (3.2.4.2)
 *	incoming  we ring (3.2.3.1)	  we are asked (3.2.3.2)
 *
 * A VPN client dials and a VPN server is asked for the outgoing call; incoming
 * calls are those of compulsory tunnelling. Used by pptp_conn, which has the
 * connection and calls in here while it is established.
 */
#ifndef PROTO_PPTP_CALL_H
#define PROTO_PPTP_CALL_H

#include <stdbool.h>
#include <stdint.h>

#include "pptp_action.h"
#include "pptp_msg.h"

/* Section 2.14: a PAC counts for so many ms before it tells again. */
#define PPTP_CALL_WAN_ERROR_MS 60000

enum pptp_call_kind {
	PPTP_CALL_OUTGOING_PAC,
	PPTP_CALL_OUTGOING_PNS,
	PPTP_CALL_INCOMING_PAC,
	PPTP_CALL_INCOMING_PNS,
};

enum pptp_call_state {
	PPTP_CALL_FREE,
	PPTP_CALL_WAIT_ACCEPT,	/* the peer asks, the daemon has not answered */
	PPTP_CALL_WAIT_REPLY,	/* we asked */
	PPTP_CALL_WAIT_CONNECT,	/* PNS: incoming, we said yes; the PAC answers its caller */
	PPTP_CALL_ESTABLISHED,
	PPTP_CALL_WAIT_DISCONNECT, /* PNS: our Call-Clear-Request is out */
};

/**
 * struct pptp_call_config - the same for all calls of a connection
 * @max_calls: calls that the peer may have at a time, 1 to PPTP_CONN_CALLS_MAX
 * @take_outgoing: Outgoing-Call-Request becomes OPEN_CALL, else it is refused
 * @take_incoming: the same for Incoming-Call-Request
 * @reply_timeout: ms that a call may take to be accepted or connected
 * @clear_timeout: ms that the answer to a Call-Clear-Request may take, before the
 *		   whole connection is stopped
 * @window: packets, announced when we accept a call
 */
struct pptp_call_config {
	unsigned int max_calls;
	bool take_outgoing;
	bool take_incoming;
	unsigned int reply_timeout;
	unsigned int clear_timeout;
	uint16_t window;
};

/**
 * struct pptp_call - one call of the connection
 * @state: where it is; all but @told_by and the codes is void when FREE
 * @kind: which role is ours
 * @local_id: our call ID, 0: not chosen yet
 * @peer_id: the peer's call ID; 0 is legal, Windows XP uses it
 * @peer_known: @peer_id was told
 * @serial: call serial number, for the log
 * @speed: bit/s that the PAC claims
 * @since: @state was entered
 * @reason: WAIT_DISCONNECT: why
 * @told_by: PPTP_OUTGOING_CALL_REPLY or PPTP_INCOMING_CALL_REPLY that refused
 *	     the call, or PPTP_CALL_DISCONNECT_NOTIFY: what @result, @error and
 *	     @cause are from. Kept until the place is used again. 0: none
 * @result, @error: of the peer, pptp_msg_result_text() and _error_text()
 * @cause: Q.931, 0: none
 * @wan_told: our last WAN-Error-Notify, 0: there was none
 * @wan_error: the PAC's last numbers
 * @link_info: the PNS's last ACCMs
 */
struct pptp_call {
	enum pptp_call_state state;
	enum pptp_call_kind kind;
	uint16_t local_id;
	uint16_t peer_id;
	bool peer_known;
	uint16_t serial;
	uint32_t speed;
	uint64_t since;
	enum pptp_reason reason;
	unsigned int told_by;
	uint8_t result;
	uint8_t error;
	uint16_t cause;
	uint64_t wan_told;
	struct pptp_wan_error wan_error;
	struct pptp_link_info link_info;
};

/* The numbers of a call that is asked for. Printable ASCII, others shown as '?'. */
struct pptp_call_numbers {
	char called[PPTP_NAME_LEN + 1];
	char calling[PPTP_NAME_LEN + 1];	/* incoming calls */
	char subaddress[PPTP_NAME_LEN + 1];
};

/**
 * struct pptp_calls - all calls of a connection
 * @cfg: borrowed
 * @idle_since: the last call ended, or there was none yet
 * @serial: of our last request
 * @numbers: of the OPEN_CALL that is being performed, until the next input
 * @statistics: of the last Call-Disconnect-Notify; printable as above
 * @call: by index
 */
struct pptp_calls {
	const struct pptp_call_config *cfg;
	uint64_t idle_since;
	uint16_t serial;
	struct pptp_call_numbers numbers;
	char statistics[PPTP_STATISTICS_LEN + 1];
	struct pptp_call call[PPTP_CONN_CALLS_MAX];
};

/*
 * An outgoing call to ask for. Texts are copied, NULL is none; longer ones than
 * PPTP_NAME_LEN are cut. @local_id is not 0. Speeds in bit/s, window in packets.
 */
struct pptp_dial {
	uint16_t local_id;
	const char *number;
	const char *subaddress;
	uint32_t min_speed;
	uint32_t max_speed;
	uint16_t window;
};

/* An incoming call to announce; the same rules. @bearer: PPTP_BEARER_*, one. @speed 0: any. */
struct pptp_ring {
	uint16_t local_id;
	const char *dialed;
	const char *dialing;
	const char *subaddress;
	uint32_t bearer;
	uint32_t speed;
};

/* What our Call-Disconnect-Notify says; a PNS's Call-Clear-Request says nothing. */
struct pptp_call_end {
	uint8_t result;			/* PPTP_END_* */
	uint8_t error;			/* PPTP_ERROR_* with PPTP_END_GENERAL */
	uint16_t cause;			/* Q.931, 0: none */
	const char *statistics;		/* for the peer's log, NULL: none */
};

void pptp_call_init(struct pptp_calls *calls,
		    const struct pptp_call_config *cfg, uint64_t now);

/* Calls that are not FREE. */
unsigned int pptp_call_count(const struct pptp_calls *calls);

/*
 * One of the messages PPTP_OUTGOING_CALL_REQUEST to PPTP_SET_LINK_INFO, on an
 * established connection. Returns what is worth a log line, NULL: nothing.
 */
const char *pptp_call_input(struct pptp_calls *calls, const struct pptp_msg *msg,
			    uint64_t now, struct pptp_actions *acts);

/* As pptp_conn.h says of pptp_conn_dial() and so on; they append to @acts. */
int pptp_call_dial(struct pptp_calls *calls, const struct pptp_dial *dial,
		   uint64_t now, struct pptp_actions *acts);
int pptp_call_ring(struct pptp_calls *calls, const struct pptp_ring *ring,
		   uint64_t now, struct pptp_actions *acts);
void pptp_call_accept(struct pptp_calls *calls, unsigned int call,
		      uint16_t local_id, uint64_t now,
		      struct pptp_actions *acts);
void pptp_call_refuse(struct pptp_calls *calls, unsigned int call,
		      uint8_t result, uint8_t error, uint64_t now,
		      struct pptp_actions *acts);
void pptp_call_clear(struct pptp_calls *calls, unsigned int call,
		     const struct pptp_call_end *end, uint64_t now,
		     struct pptp_actions *acts);
bool pptp_call_set_link_info(struct pptp_calls *calls, unsigned int call,
			     uint32_t send_accm, uint32_t receive_accm,
			     struct pptp_actions *acts);
bool pptp_call_wan_error(struct pptp_calls *calls, unsigned int call,
			 const struct pptp_wan_error *counts, uint64_t now,
			 struct pptp_actions *acts);

/* Says goodbye to the peer for each call; pptp_call_close_all() follows. */
void pptp_call_end_all(const struct pptp_calls *calls, struct pptp_actions *acts);

/* Frees all calls, each with a CLOSE_CALL for @reason or for its own. */
void pptp_call_close_all(struct pptp_calls *calls, enum pptp_reason reason,
			 struct pptp_actions *acts);

/* When pptp_call_timer() has to be called; UINT64_MAX: never. */
uint64_t pptp_call_deadline(const struct pptp_calls *calls);

/*
 * Ends the calls that waited too long. True: the peer owes an answer to a
 * Call-Clear-Request, and the connection is not to be trusted any more.
 */
bool pptp_call_timer(struct pptp_calls *calls, uint64_t now,
		     struct pptp_actions *acts);

#endif /* PROTO_PPTP_CALL_H */
