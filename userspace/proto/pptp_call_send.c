// SPDX-License-Identifier: GPL-2.0-or-later
/* The messages about calls, as we send them. */
#include "pptp_call_priv.h"

void pptp_call_send_outgoing_reply(struct pptp_actions *acts, uint16_t peer_id,
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

	pptp_action_send(acts, &reply);
}

void pptp_call_send_incoming_reply(struct pptp_actions *acts, uint16_t peer_id,
				   uint8_t result, uint8_t error)
{
	struct pptp_msg reply = {
		.type = PPTP_INCOMING_CALL_REPLY,
		.incoming_reply = {
			.peer_call_id = peer_id,
			.result = result,
			.error = error,
		},
	};

	pptp_action_send(acts, &reply);
}

void pptp_call_text(char *to, size_t room, const char *text)
{
	if (text)
		memcpy(to, text, strnlen(text, room));
}

/* Section 2.13: the call ID is ours; 0 when the call never had one. */
void pptp_call_send_disconnect(struct pptp_actions *acts, uint16_t local_id,
			       const struct pptp_call_end *end)
{
	struct pptp_msg notify = {
		.type = PPTP_CALL_DISCONNECT_NOTIFY,
		.disconnect = {
			.call_id = local_id,
			.result = end->result,
			.error = end->error,
			.cause = end->cause,
		},
	};

	pptp_call_text(notify.disconnect.statistics, PPTP_STATISTICS_LEN,
		       end->statistics);
	pptp_action_send(acts, &notify);
}

/* Section 2.12: our own ID, because the PAC's may not be known yet. */
static void send_clear(struct pptp_actions *acts, uint16_t local_id)
{
	struct pptp_msg request = {
		.type = PPTP_CALL_CLEAR_REQUEST,
		.clear = { .call_id = local_id },
	};

	pptp_action_send(acts, &request);
}

void pptp_call_send_link_info(struct pptp_actions *acts, uint16_t peer_id,
			      uint32_t send_accm, uint32_t receive_accm)
{
	struct pptp_msg info = {
		.type = PPTP_SET_LINK_INFO,
		.link_info = {
			.peer_call_id = peer_id,
			.send_accm = send_accm,
			.receive_accm = receive_accm,
		},
	};

	pptp_action_send(acts, &info);
}

/* Section 2.11: the caller is through. */
void pptp_call_send_connected(const struct pptp_calls *calls,
			      const struct pptp_call *call,
			      struct pptp_actions *acts)
{
	struct pptp_msg connected = {
		.type = PPTP_INCOMING_CALL_CONNECTED,
		.incoming_connected = {
			.peer_call_id = call->peer_id,
			.speed = call->speed,
			.window = calls->cfg->window,
			.framing = PPTP_FRAMING_ASYNC,
		},
	};

	pptp_action_send(acts, &connected);
}

/* Tells the peer that we do not want a call which it asked for. */
static void send_refusal(const struct pptp_call *call, struct pptp_actions *acts)
{
	if (call->kind == PPTP_CALL_INCOMING_PNS)
		pptp_call_send_incoming_reply(acts, call->peer_id, PPTP_IN_REFUSED,
					      PPTP_ERROR_NONE);
	else
		pptp_call_send_outgoing_reply(acts, call->peer_id, PPTP_OUT_REFUSED,
					      PPTP_ERROR_NONE);
}

void pptp_call_send_end(const struct pptp_call *call,
			const struct pptp_call_end *end, struct pptp_actions *acts)
{
	switch (call->state) {
	case PPTP_CALL_FREE:
	case PPTP_CALL_WAIT_DISCONNECT:
		break;
	case PPTP_CALL_WAIT_ACCEPT:
		send_refusal(call, acts);
		break;
	case PPTP_CALL_WAIT_REPLY:
	case PPTP_CALL_WAIT_CONNECT:
	case PPTP_CALL_ESTABLISHED:
		if (CALL_KIND(call->kind) & CALL_KINDS_PNS)
			send_clear(acts, call->local_id);
		else
			pptp_call_send_disconnect(acts, call->local_id, end);
		break;
	}
}
