// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A link that is up and goes on in another process. What was agreed goes along, and
 * the identifiers, so that no new packet looks like an old one. What a protocol has
 * learned on its way there does not: it would be learned again.
 */
#include <string.h>

#include "ppp_link_priv.h"

/*
 * A negotiation that is under way is begun anew; whoever was asked to end is taken
 * to have done so.
 */
static enum ppp_fsm_state settled(enum ppp_fsm_state state)
{
	switch (state) {
	case PPP_FSM_INITIAL:
	case PPP_FSM_STARTING:
	case PPP_FSM_CLOSED:
	case PPP_FSM_STOPPED:
	case PPP_FSM_OPENED:
		break;
	case PPP_FSM_CLOSING:
		return PPP_FSM_CLOSED;
	case PPP_FSM_STOPPING:
		return PPP_FSM_STOPPED;
	case PPP_FSM_REQ_SENT:
	case PPP_FSM_ACK_RCVD:
	case PPP_FSM_ACK_SENT:
		return PPP_FSM_REQ_SENT;
	}
	return state;
}

static void save_cp(const struct ppp_cp *cp, struct writer *w)
{
	writer_u8(w, (uint8_t)settled(cp->fsm.state));
	writer_u8(w, cp->next_id);
	writer_u8(w, cp->acked_id);
	writer_block(w, cp->acked, cp->acked_len);
	writer_u8(w, cp->heard);
}

/* The next timer sends the Configure-Request that is due in Req-Sent. */
static void restore_cp(struct ppp_cp *cp, struct reader *r, uint64_t now)
{
	struct ppp_fsm *fsm = &cp->fsm;

	fsm->state = reader_below(r, PPP_FSM_STATES);
	if (fsm->state != settled(fsm->state))
		r->bad = true;
	if (fsm->state == PPP_FSM_REQ_SENT) {
		fsm->count = fsm->cfg.max_configure;
		fsm->period = fsm->cfg.restart;
		fsm->deadline = now;
	}
	cp->next_id = reader_u8(r);
	cp->acked_id = reader_u8(r);
	cp->acked_len = reader_block(r, cp->acked, sizeof(cp->acked));
	cp->heard = reader_bool(r);
}

static void save_lcp(const struct lcp *lcp, struct writer *w)
{
	save_cp(&lcp->cp, w);
	writer_u32(w, lcp->magic_agreed);
	writer_u16(w, lcp->peer.mru);
	writer_u32(w, lcp->peer.accm);
	writer_u32(w, lcp->peer.magic);
	writer_u8(w, lcp->peer.pfc);
	writer_u8(w, lcp->peer.acfc);
	writer_u8(w, lcp->echo_refused);
}

static void restore_lcp(struct lcp *lcp, struct reader *r, uint64_t now)
{
	restore_cp(&lcp->cp, r, now);
	lcp->magic_agreed = reader_u32(r);
	if (lcp->magic_agreed)
		lcp->magic = lcp->magic_agreed;
	lcp->peer.mru = reader_u16(r);
	lcp->peer.accm = reader_u32(r);
	lcp->peer.magic = reader_u32(r);
	lcp->peer.pfc = reader_bool(r);
	lcp->peer.acfc = reader_bool(r);
	lcp->echo_refused = reader_bool(r);
}

static void save_ccp(const struct ccp *ccp, struct writer *w)
{
	save_cp(&ccp->cp, w);
	writer_u32(w, ccp->want);
	writer_u32(w, ccp->rx);
	writer_u32(w, ccp->tx);
	writer_u8(w, ccp->settled);
}

static void restore_ccp(struct ccp *ccp, struct reader *r, uint64_t now)
{
	restore_cp(&ccp->cp, r, now);
	ccp->want = reader_u32(r);
	ccp->rx = reader_u32(r);
	ccp->tx = reader_u32(r);
	ccp->settled = reader_bool(r);
}

static void save_address(struct writer *w, struct in_addr address)
{
	writer_u32(w, ntohl(address.s_addr));
}

static struct in_addr restore_address(struct reader *r)
{
	return (struct in_addr){ .s_addr = htonl(reader_u32(r)) };
}

static void save_ipcp(const struct ipcp *ipcp, struct writer *w)
{
	unsigned int i;

	save_cp(&ipcp->cp, w);
	save_address(w, ipcp->addr.local);
	save_address(w, ipcp->addr.remote);
	for (i = 0; i < 2; i++) {
		save_address(w, ipcp->addr.dns[i]);
		save_address(w, ipcp->addr.wins[i]);
	}
	writer_u8(w, ipcp->addr.accept_peer_choice);
	writer_u8(w, ipcp->no_local);
	writer_u8(w, (uint8_t)ipcp->wanted);
	save_address(w, ipcp->remote);
}

static void restore_ipcp(struct ipcp *ipcp, struct reader *r, uint64_t now)
{
	unsigned int i;

	restore_cp(&ipcp->cp, r, now);
	ipcp->addr.local = restore_address(r);
	ipcp->addr.remote = restore_address(r);
	for (i = 0; i < 2; i++) {
		ipcp->addr.dns[i] = restore_address(r);
		ipcp->addr.wins[i] = restore_address(r);
	}
	ipcp->addr.accept_peer_choice = reader_bool(r);
	ipcp->no_local = reader_bool(r);
	ipcp->wanted = reader_u8(r);
	ipcp->remote = restore_address(r);
}

static void save_ipv6cp(const struct ipv6cp *ipv6cp, struct writer *w)
{
	save_cp(&ipv6cp->cp, w);
	writer_put(w, ipv6cp->local, PPP_IFID_LEN);
	writer_put(w, ipv6cp->remote, PPP_IFID_LEN);
}

static void restore_id(struct reader *r, uint8_t id[PPP_IFID_LEN])
{
	const uint8_t *p = reader_take(r, PPP_IFID_LEN);

	if (p)
		memcpy(id, p, PPP_IFID_LEN);
}

static void restore_ipv6cp(struct ipv6cp *ipv6cp, struct reader *r, uint64_t now)
{
	restore_cp(&ipv6cp->cp, r, now);
	restore_id(r, ipv6cp->local);
	restore_id(r, ipv6cp->remote);
}

static void save_auth(const struct ppp_link *link, struct writer *w)
{
	const struct ppp_auth_done *peer = ppp_authenticator_done(&link->authenticator);

	writer_u8(w, (uint8_t)peer->method);
	writer_text(w, peer->user);
	writer_u8(w, link->encrypted);
	writer_u8(w, link->short_keys);
	writer_block(w, link->tx_start, link->has_keys ? MPPE_START_LEN : 0);
	writer_block(w, link->rx_start, link->has_keys ? MPPE_START_LEN : 0);
}

static void restore_auth(struct ppp_link *link, struct reader *r)
{
	char user[PPP_USER_MAX + 1];
	size_t tx, rx;

	link->lcp.auth = reader_below(r, PPP_AUTH_METHODS);
	reader_text(r, user, sizeof(user));
	ppp_authenticator_assume(&link->authenticator, link->lcp.auth, user);
	link->encrypted = reader_bool(r);
	link->short_keys = reader_bool(r);
	tx = reader_block(r, link->tx_start, MPPE_START_LEN);
	rx = reader_block(r, link->rx_start, MPPE_START_LEN);
	link->has_keys = tx == MPPE_START_LEN;
	if (tx != rx || (tx && !link->has_keys))
		r->bad = true;
}

bool ppp_link_save(const struct ppp_link *link, struct writer *w)
{
	if (!link->up || link->fail ||
	    ppp_authpeer_done(&link->authpeer)->method != PPP_AUTH_NONE)
		return false;
	save_lcp(&link->lcp, w);
	save_auth(link, w);
	save_ccp(&link->ccp, w);
	save_ipcp(&link->ipcp, w);
	save_ipv6cp(&link->ipv6cp, w);
	writer_u8(w, link->up_ipv6);
	writer_u8(w, link->ccp_silent);
	writer_u8(w, (uint8_t)link->renegotiations);
	return !w->bad;
}

/* Is it encrypted as it has to be, by what it has the keys for? */
static bool is_encrypted(const struct ppp_link *link)
{
	if (!link->encrypted)
		return link->cfg.mppe != PPP_MPPE_REQUIRE && !ccp_common(&link->ccp);
	return ppp_cp_open(&link->ccp.cp) && link->has_keys &&
	       ccp_strength(ccp_common(&link->ccp));
}

/* Are the network protocols those that the configuration has? */
static bool is_up(const struct ppp_link *link)
{
	bool ipv4 = ppp_cp_open(&link->ipcp.cp), ipv6 = ppp_cp_open(&link->ipv6cp.cp);

	return ipv4 == link->cfg.ipv4 && (ipv4 || ipv6) && (link->cfg.ipv6 || !ipv6) &&
	       ipv6 == link->up_ipv6;
}

static bool is_sound(const struct ppp_link *link)
{
	if (!ppp_cp_open(&link->lcp.cp) || link->lcp.peer.mru < LCP_MRU_MIN)
		return false;
	if (link->cfg.auth_peer && link->lcp.auth == PPP_AUTH_NONE)
		return false;
	return is_encrypted(link) && is_up(link);
}

/* Silence is counted from now on: nobody was there to hear the peer. */
static void begin_again(struct ppp_link *link, uint64_t now)
{
	link->phase = PPP_PHASE_NETWORK;
	link->started = true;
	link->up = true;
	link->asked_address = true;
	link->has_address = true;
	if (link->cfg.mppe != PPP_MPPE_DENY)
		link->ccp.allowed = link->ccp.cfg.allowed & ppp_link_auth_strengths(link);
	link->heard = now;
	link->echo_sent = now;
	link->minute = now;
}

struct ppp_link *ppp_link_restore(const struct ppp_link_config *cfg, const uint8_t random[32],
				  struct reader *r, uint64_t now)
{
	struct ppp_link *link = ppp_link_new(cfg, random);

	if (!link)
		return NULL;
	restore_lcp(&link->lcp, r, now);
	restore_auth(link, r);
	restore_ccp(&link->ccp, r, now);
	restore_ipcp(&link->ipcp, r, now);
	restore_ipv6cp(&link->ipv6cp, r, now);
	link->up_ipv6 = reader_bool(r);
	link->ccp_silent = reader_bool(r);
	link->renegotiations = reader_u8(r);
	begin_again(link, now);
	if (!r->bad && is_sound(link))
		return link;
	ppp_link_free(link);
	return NULL;
}
