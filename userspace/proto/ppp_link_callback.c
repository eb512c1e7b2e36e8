// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Callback: after authentication the link may end, so that the answerer can call the
 * caller. CBCP settles it where LCP has agreed to that; a user who has to be called
 * back is, agreed or not. The answerer is the end that gives addresses.
 */
#include <stdio.h>
#include <string.h>

#include "ppp_link_priv.h"

void ppp_link_callback_init(struct ppp_link *link)
{
	const struct ppp_link_config *cfg = &link->cfg;
	const struct cbcp_config answerer = {
		.restart = cfg->restart,
		.max_transmit = cfg->max_configure,
	};

	cbcp_answerer_init(&link->answerer, &answerer);
	cbcp_caller_init(&link->caller, cfg->callback_number);
}

void ppp_link_set_callback(struct ppp_link *link, unsigned int types, const char *number)
{
	link->callback_types = types;
	snprintf(link->callback.number, sizeof(link->callback.number), "%s", number);
}

/* The link goes on without, or ends so that the callback can be made. */
static void agreed(struct ppp_link *link, const struct cbcp_choice *choice)
{
	link->callback_pending = false;
	if (choice->type == CBCP_NONE)
		return;
	link->callback.type = choice->type;
	link->callback.delay = choice->delay;
	if (choice->type == CBCP_USER || choice->type == CBCP_LIST)
		memcpy(link->callback.number, choice->number, sizeof(choice->number));
	ppp_link_fail(link, PPP_END_CALLBACK);
}

static void moved(struct ppp_link *link, enum cbcp_outcome outcome,
		  const struct cbcp_choice *choice)
{
	switch (outcome) {
	case CBCP_IGNORED:
	case CBCP_WAITING:
		break;
	case CBCP_AGREED:
		agreed(link, choice);
		break;
	case CBCP_IMPOSSIBLE:
		ppp_link_fail(link, PPP_END_CALLBACK_FAILED);
		break;
	}
}

void ppp_link_callback_start(struct ppp_link *link, uint64_t now, struct ppp_actions *acts)
{
	const struct cbcp_choice unasked = { .type = CBCP_ADMIN };
	unsigned int types = link->callback_types;

	link->callback_pending = link->lcp.peer.callback || link->lcp.callback_agreed;
	if (link->callback_pending)
		link->stage_deadline = now + link->cfg.ncp_timeout;
	if (link->lcp.peer.callback)
		cbcp_answerer_start(&link->answerer, types ? types : CBCP_BIT(CBCP_NONE), now,
				    acts);
	else if (types)
		agreed(link, &unasked);
}

void ppp_link_callback_stop(struct ppp_link *link)
{
	cbcp_answerer_stop(&link->answerer);
	cbcp_caller_stop(&link->caller);
	link->callback_pending = false;
}

bool ppp_link_callback_input(struct ppp_link *link, const struct ppp_packet *pkt, uint64_t now,
			     struct ppp_actions *acts)
{
	if (link->cfg.ip_give && !link->lcp.peer.callback)
		return false;
	if (link->cfg.ip_give)
		moved(link, cbcp_answerer_input(&link->answerer, pkt, now, acts),
		      &link->answerer.choice);
	else
		moved(link, cbcp_caller_input(&link->caller, pkt, acts), &link->caller.choice);
	return true;
}

void ppp_link_callback_timer(struct ppp_link *link, uint64_t now, struct ppp_actions *acts)
{
	if (!cbcp_answerer_timer(&link->answerer, now, acts))
		ppp_link_fail(link, PPP_END_CALLBACK_FAILED);
}

bool ppp_link_callback_chosen(const struct ppp_link *link)
{
	return link->caller.responded && link->caller.choice.type != CBCP_NONE;
}

const struct cbcp_choice *ppp_link_callback(const struct ppp_link *link)
{
	bool due = link->reason == PPP_END_CALLBACK ||
		   (link->phase == PPP_PHASE_CALLBACK && ppp_link_callback_chosen(link));

	return due ? &link->callback : NULL;
}
