// SPDX-License-Identifier: GPL-2.0-or-later
#include "pptp_action.h"

void pptp_action_clear(struct pptp_actions *acts)
{
	acts->out_len = 0;
	acts->n = 0;
}

void pptp_action_send(struct pptp_actions *acts, const struct pptp_msg *msg)
{
	struct writer w = writer_of(acts->out + acts->out_len,
				    sizeof(acts->out) - acts->out_len);

	pptp_msg_encode(msg, &w);
	acts->out_len += w.len;
}

void pptp_action_add(struct pptp_actions *acts, enum pptp_action_type type,
		     unsigned int call, enum pptp_reason reason)
{
	acts->act[acts->n++] = (struct pptp_action){
		.type = type,
		.call = call,
		.reason = reason,
	};
}

void pptp_action_note(struct pptp_actions *acts, const char *text)
{
	acts->act[acts->n++] = (struct pptp_action){
		.type = PPTP_ACTION_NOTE,
		.text = text,
	};
}
