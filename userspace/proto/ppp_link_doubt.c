// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Doubt. Control frames are never encrypted, so that anybody who knows both addresses, the
 * call ID and a sequence number can speak for the peer. On a link that is up and encrypts,
 * a frame that would take down what the link needs is kept for half of the restart timer
 * (RFC 1661 section 4.6), and acted on unless the peer goes on as it did before:
 *
 * - Having sent such a frame of LCP it has left Opened, and answers no Echo-Request
 *   (section 5.8). It is asked three times.
 * - Having sent one of CCP or the network protocol it sends no data that decrypt. What
 *   was under way with the frame arrives in the first third of the time, and does not
 *   count.
 *
 * A peer that meant it gets its answer before it says the same again.
 */
#include <string.h>

#include "lib/array.h"
#include "ppp_link_priv.h"

#define STEPS 3

/* Of which protocol each of ppp_link.doubt is. */
enum { DOUBT_LCP, DOUBT_CCP, DOUBT_NETWORK };

static const char *const names[PPP_LINK_DOUBTS] = {
	[DOUBT_LCP] = "LCP",
	[DOUBT_CCP] = "CCP",
	[DOUBT_NETWORK] = "IPCP or IPV6CP",
};

/* NULL: not what the link needs. */
static struct ppp_link_doubt *doubt_of(struct ppp_link *link, uint16_t protocol,
				       struct ppp_cp **cp)
{
	struct ppp_cp *network = ppp_link_network_essential(link);
	struct ppp_cp *const cps[PPP_LINK_DOUBTS] = {
		[DOUBT_LCP] = &link->lcp.cp,
		[DOUBT_CCP] = &link->ccp.cp,
		[DOUBT_NETWORK] = network,
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cps); i++) {
		*cp = cps[i];
		if (cps[i]->ops->protocol == protocol)
			return &link->doubt[i];
	}
	return NULL;
}

/* Where @pkt of @protocol would be kept, NULL: it takes nothing down. */
static struct ppp_link_doubt *place_of(struct ppp_link *link, uint16_t protocol,
				       const struct ppp_packet *pkt)
{
	bool reject = protocol == LCP_PROTOCOL && pkt->code == PPP_CODE_PROTO_REJ;
	struct reader r = reader_of(pkt->data, pkt->len);
	struct ppp_link_doubt *doubt;
	struct ppp_cp *cp;

	doubt = doubt_of(link, reject ? reader_u16(&r) : protocol, &cp);
	if (!doubt || !ppp_cp_open(cp))
		return NULL;
	return reject || ppp_cp_disturbs(cp, pkt) ? doubt : NULL;
}

static uint64_t step_end(const struct ppp_link *link, uint64_t now)
{
	return now + link->cfg.restart / (2 * STEPS);
}

/* Later frames of a protocol take the place of the first one, and gain no time. */
bool ppp_link_doubt_keep(struct ppp_link *link, const uint8_t *frame, size_t len,
			 const struct ppp_packet *pkt, uint64_t now,
			 struct ppp_actions *acts)
{
	struct reader r = reader_of(frame, len);
	struct ppp_link_doubt *doubt;

	if (!link->up || !link->encrypted)
		return false;
	doubt = place_of(link, reader_u16(&r), pkt);
	if (!doubt)
		return false;
	if (len > sizeof(doubt->frame))
		return true;
	if (!doubt->len) {
		doubt->step = 0;
		doubt->deadline = step_end(link, now);
		if (doubt == &link->doubt[DOUBT_LCP] && !link->lcp.echo_refused)
			lcp_send_echo(&link->lcp, acts);
	}
	doubt->len = len;
	memcpy(doubt->frame, frame, len);
	return true;
}

static void refute(struct ppp_link *link, unsigned int i, struct ppp_actions *acts)
{
	link->doubt[i].len = 0;
	ppp_action_add(acts, PPP_ACTION_FORGED)->text = names[i];
}

void ppp_link_doubt_echoed(struct ppp_link *link, struct ppp_actions *acts)
{
	if (link->doubt[DOUBT_LCP].len)
		refute(link, DOUBT_LCP, acts);
}

/* One step of number @i is over. Its time is, with the last. */
static bool step(struct ppp_link *link, unsigned int i, uint64_t now,
		 struct ppp_actions *acts)
{
	struct ppp_link_doubt *doubt = &link->doubt[i];

	doubt->step++;
	doubt->deadline = step_end(link, now);
	if (doubt->step == 1)
		doubt->received = link->received;
	if (doubt->received != link->received) {
		refute(link, i, acts);
		return false;
	}
	if (doubt->step == STEPS)
		return true;
	if (i == DOUBT_LCP && link->lcp.echo_awaited)
		lcp_repeat_echo(&link->lcp, acts);
	return false;
}

size_t ppp_link_doubt_timer(struct ppp_link *link, uint64_t now, struct ppp_actions *acts,
			    uint8_t frame[PPP_LINK_DOUBT_MAX])
{
	unsigned int i;
	size_t len;

	for (i = 0; i < PPP_LINK_DOUBTS; i++) {
		struct ppp_link_doubt *doubt = &link->doubt[i];

		if (!doubt->len || now < doubt->deadline || !step(link, i, now, acts))
			continue;
		len = doubt->len;
		memcpy(frame, doubt->frame, len);
		doubt->len = 0;
		return len;
	}
	return 0;
}

uint64_t ppp_link_doubt_deadline(const struct ppp_link *link)
{
	uint64_t when = PPP_LINK_NEVER;
	unsigned int i;

	for (i = 0; i < PPP_LINK_DOUBTS; i++) {
		const struct ppp_link_doubt *doubt = &link->doubt[i];

		if (doubt->len && doubt->deadline < when)
			when = doubt->deadline;
	}
	return when;
}

void ppp_link_doubt_stop(struct ppp_link *link)
{
	unsigned int i;

	for (i = 0; i < PPP_LINK_DOUBTS; i++)
		link->doubt[i].len = 0;
}
