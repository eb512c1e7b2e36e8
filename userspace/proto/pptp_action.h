/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a control connection wants done: the octets and the list that every call
 * of pptp_conn.h fills, and that its layers write to.
 */
#ifndef PROTO_PPTP_ACTION_H
#define PROTO_PPTP_ACTION_H

#include <stddef.h>
#include <stdint.h>

#include "pptp_msg.h"

#define PPTP_CONN_CALLS_MAX 64

/* Why a connection or call ended; pptp_conn_reason_text() has the words. */
enum pptp_reason {
	PPTP_REASON_NONE,
	PPTP_REASON_BAD_MESSAGE,	/* cookie, length or type: out of step (section 1.4) */
	PPTP_REASON_BAD_VERSION,
	PPTP_REASON_OUT_OF_STATE,
	PPTP_REASON_START_TIMEOUT,	/* no Start-Control-Connection-Request or -Reply */
	PPTP_REASON_START_REFUSED,	/* by the peer's Start-Control-Connection-Reply */
	PPTP_REASON_SLOW_MESSAGE,	/* a message was begun and not finished */
	PPTP_REASON_ECHO_TIMEOUT,
	PPTP_REASON_IDLE,		/* no call for idle_timeout */
	PPTP_REASON_CALL_REFUSED,	/* Outgoing- or Incoming-Call-Reply */
	PPTP_REASON_CALL_TIMEOUT,	/* the call was not connected in time */
	PPTP_REASON_CALL_STUCK,		/* Call-Clear-Request was not answered (section 3.2.1) */
	PPTP_REASON_PEER_STOPPED,	/* Stop-Control-Connection */
	PPTP_REASON_PEER_CLEARED,	/* Call-Clear-Request, or Call-Disconnect-Notify */
	PPTP_REASON_PEER_CLOSED,	/* TCP closed by the peer */
	PPTP_REASON_LOCAL,		/* we ended it */
};

enum pptp_action_type {
	PPTP_ACTION_STARTED,	/* the connection that we opened is established */
	PPTP_ACTION_OPEN_CALL,	/* make the session of @call, then _accept() or _refuse() it */
	PPTP_ACTION_CALL_UP,	/* @call is connected, its peer_id known: PPP may begin */
	PPTP_ACTION_CLOSE_CALL,	/* @call is over: end its link and session */
	PPTP_ACTION_LINK_INFO,	/* @call: the PNS told link_info */
	PPTP_ACTION_WAN_ERROR,	/* @call: the PAC told wan_error */
	PPTP_ACTION_CLOSE,	/* close TCP once all is written; always the last action */
	PPTP_ACTION_NOTE,	/* worth a log line: @text, constant */
};

struct pptp_action {
	enum pptp_action_type type;
	unsigned int call;		/* where it says @call: index in pptp_conn.calls.call */
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
 * Every function of pptp_conn.h that takes one fills it from the start.
 */
struct pptp_actions {
	size_t out_len;
	uint8_t out[PPTP_OUT_MAX];
	unsigned int n;
	struct pptp_action act[PPTP_ACTIONS_MAX];
};

void pptp_action_clear(struct pptp_actions *acts);

/* Appends @msg to the output. */
void pptp_action_send(struct pptp_actions *acts, const struct pptp_msg *msg);

/* Appends an action about @call, for @reason where the type has one. */
void pptp_action_add(struct pptp_actions *acts, enum pptp_action_type type,
		     unsigned int call, enum pptp_reason reason);

/* @text is constant. */
void pptp_action_note(struct pptp_actions *acts, const char *text);

#endif /* PROTO_PPTP_ACTION_H */
