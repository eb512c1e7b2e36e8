// SPDX-License-Identifier: GPL-2.0-or-later
#include <assert.h>
#include <string.h>

#include "ppp_action.h"

#define PACKET_HEADER	4
#define DATA_MAX	(PPP_FRAME_MAX - 2 - PACKET_HEADER)

struct ppp_action *ppp_action_add(struct ppp_actions *acts,
				  enum ppp_action_type type)
{
	struct ppp_action *act;

	assert(acts->n < PPP_ACTIONS_MAX);
	act = &acts->act[acts->n++];
	act->type = type;
	return act;
}

struct ppp_action *ppp_action_insert(struct ppp_actions *acts, unsigned int at,
				     enum ppp_action_type type)
{
	assert(at <= acts->n && acts->n < PPP_ACTIONS_MAX);
	memmove(&acts->act[at + 1], &acts->act[at],
		(acts->n - at) * sizeof(acts->act[0]));
	acts->n++;
	acts->act[at].type = type;
	return &acts->act[at];
}

void ppp_action_note(struct ppp_actions *acts, const char *text)
{
	ppp_action_add(acts, PPP_ACTION_NOTE)->text = text;
}

void ppp_action_packet(struct ppp_actions *acts, uint16_t protocol, uint8_t code,
		       uint8_t id, const void *data, size_t len)
{
	struct ppp_action *act = ppp_action_add(acts, PPP_ACTION_SEND);
	struct writer w = writer_of(act->send.data, sizeof(act->send.data));

	if (len > DATA_MAX)
		len = DATA_MAX;
	writer_u16(&w, protocol);
	writer_u8(&w, code);
	writer_u8(&w, id);
	writer_u16(&w, (uint16_t)(PACKET_HEADER + len));
	writer_put(&w, data, len);
	act->send.len = w.len;
}

void ppp_action_wipe(struct ppp_actions *acts)
{
	explicit_bzero(acts->act, acts->n * sizeof(acts->act[0]));
	acts->n = 0;
}
