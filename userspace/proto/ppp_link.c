// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The phases of RFC 1661 section 3 around LCP, CHAP, CCP and IPCP. Each input
 * goes to one of them; what their automatons report is turned into phases,
 * keys and "up" here, and nowhere else.
 */
#include <stdlib.h>
#include <string.h>

#include "chap.h"
#include "lcp.h"
#include "ppp_link.h"
#include "ppp_rand.h"

#define NEVER UINT64_MAX

/* Network-layer packets; the kernel's, and only seen here when it has no use. */
#define PROTOCOL_IP		0x0021
#define PROTOCOL_COMPRESSED	0x00fd
#define PROTOCOL_COMPRESSED_1	0x00fb

/**
 * struct ppp_link - one link
 * @reason: why it ends, once it does
 * @finished: FINISHED was said
 * @up: UP was said and DOWN was not
 * @encrypted: keys were installed; there is no way back to cleartext
 * @asked_address, @has_address: GET_ADDRESS was said, and answered
 * @ccp_silent: a peer that need not encrypt has said nothing of CCP in time
 * @user: who has been authenticated, "" before
 * @stage_deadline: for authentication, then for the network protocols
 * @ccp_deadline: when @ccp_silent is decided
 * @heard: ms, when something came last
 * @echo_sent: ms, when the last Echo-Request went out
 * @echo_missed: Echo-Requests since @heard
 * @parked, @parked_len: the last IPCP Configure-Request that came too early
 */
struct ppp_link {
	struct ppp_link_config cfg;
	enum ppp_phase phase;
	enum ppp_end_reason reason;
	struct ppp_rand rand;
	struct lcp lcp;
	struct chap chap;
	struct ccp ccp;
	struct ipcp ipcp;
	bool finished;
	bool up;
	bool encrypted;
	bool asked_address;
	bool has_address;
	bool ccp_silent;
	char user[PPP_USER_MAX + 1];
	uint8_t tx_start[MPPE_START_LEN];
	uint8_t rx_start[MPPE_START_LEN];
	uint64_t stage_deadline;
	uint64_t ccp_deadline;
	uint64_t heard;
	uint64_t echo_sent;
	unsigned int echo_missed;
	uint8_t parked[PPP_FRAME_MAX];
	size_t parked_len;
};

static bool uses_ccp(const struct ppp_link *link)
{
	return link->cfg.mppe != PPP_MPPE_DENY;
}

/* May no packet pass in the clear, by policy or because some were encrypted? */
static bool needs_mppe(const struct ppp_link *link)
{
	return link->cfg.mppe == PPP_MPPE_REQUIRE || link->encrypted;
}

/* CCP has ended for good, or never began. */
static bool ccp_over(const struct ppp_link *link)
{
	switch (link->ccp.cp.fsm.state) {
	case PPP_FSM_CLOSED:
	case PPP_FSM_STOPPED:
	case PPP_FSM_CLOSING:
	case PPP_FSM_STOPPING:
		return true;
	case PPP_FSM_INITIAL:
	case PPP_FSM_STARTING:
	case PPP_FSM_REQ_SENT:
	case PPP_FSM_ACK_RCVD:
	case PPP_FSM_ACK_SENT:
	case PPP_FSM_OPENED:
		break;
	}
	return false;
}

/* Is it known how packets will travel, so that IPCP may open? */
static bool ccp_decided(const struct ppp_link *link)
{
	if (!uses_ccp(link))
		return true;
	if (ppp_cp_open(&link->ccp.cp))
		return !needs_mppe(link) || ccp_common(&link->ccp);
	if (needs_mppe(link))
		return false;
	return ccp_over(link) || (link->ccp_silent && !link->ccp.cp.heard);
}

/* DOWN goes before action number @at: traffic stops before the peer is told. */
static void say_down(struct ppp_link *link, unsigned int at, uint64_t now,
		     struct ppp_actions *acts)
{
	if (!link->up)
		return;
	link->up = false;
	link->stage_deadline = now + link->cfg.ncp_timeout;
	ppp_action_insert(acts, at, PPP_ACTION_DOWN);
}

static void say_keys(struct ppp_link *link, struct ppp_actions *acts)
{
	uint32_t bits = ccp_common(&link->ccp);
	struct ppp_action *act = ppp_action_add(acts, PPP_ACTION_KEYS);

	act->keys.bits = ccp_strength(bits);
	act->keys.stateless = bits & CCP_MPPE_STATELESS;
	memcpy(act->keys.tx, link->tx_start, MPPE_START_LEN);
	memcpy(act->keys.rx, link->rx_start, MPPE_START_LEN);
	link->encrypted = true;
}

/* Says UP once IPCP is open and it is settled how packets travel. */
static void say_up(struct ppp_link *link, struct ppp_actions *acts)
{
	uint32_t bits = 0;
	struct ppp_up *up;

	if (link->up || link->phase != PPP_PHASE_NETWORK ||
	    !ppp_cp_open(&link->ipcp.cp) || !ccp_decided(link))
		return;
	if (ppp_cp_open(&link->ccp.cp))
		bits = ccp_common(&link->ccp);
	up = &ppp_action_add(acts, PPP_ACTION_UP)->up;
	up->local = link->ipcp.addr.local;
	up->remote = link->ipcp.remote;
	up->peer_mru = link->lcp.peer.mru;
	up->acfc = link->lcp.peer.acfc;
	up->pfc = link->lcp.peer.pfc;
	up->mppe_bits = ccp_strength(bits);
	up->mppe_stateless = bits & CCP_MPPE_STATELESS;
	link->up = true;
	link->stage_deadline = NEVER;
	link->ccp_deadline = NEVER;
}

/* The layer below is gone; the protocol waits in Starting for it to return. */
static void lower_cp(struct ppp_cp *cp, uint64_t now, struct ppp_actions *acts)
{
	ppp_cp_event(cp, PPP_FSM_DOWN, now, acts);
	if (cp->fsm.state == PPP_FSM_INITIAL)
		ppp_cp_event(cp, PPP_FSM_OPEN, now, acts);
}

static void lower_all(struct ppp_link *link, unsigned int at, uint64_t now,
		      struct ppp_actions *acts)
{
	say_down(link, at, now, acts);
	chap_stop(&link->chap);
	lower_cp(&link->ccp.cp, now, acts);
	ccp_reset(&link->ccp, link->cfg.mppe_bits);
	lower_cp(&link->ipcp.cp, now, acts);
	ipcp_reset(&link->ipcp);
	link->ccp_deadline = NEVER;
	link->ccp_silent = false;
	link->parked_len = 0;
}

static void wipe_keys(struct ppp_link *link)
{
	explicit_bzero(link->tx_start, sizeof(link->tx_start));
	explicit_bzero(link->rx_start, sizeof(link->rx_start));
}

static void finish(struct ppp_link *link, enum ppp_end_reason reason,
		   uint64_t now, struct ppp_actions *acts)
{
	if (link->finished)
		return;
	if (link->reason == PPP_END_NONE)
		link->reason = reason;
	lower_all(link, acts->n, now, acts);
	wipe_keys(link);
	link->finished = true;
	link->phase = PPP_PHASE_DEAD;
	link->stage_deadline = NEVER;
	ppp_action_add(acts, PPP_ACTION_FINISHED)->reason = link->reason;
}

/* The first reason is the true one; what follows from it does not replace it. */
static void terminate(struct ppp_link *link, enum ppp_end_reason reason,
		      unsigned int at, uint64_t now, struct ppp_actions *acts)
{
	if (link->finished || link->phase == PPP_PHASE_TERMINATE)
		return;
	link->reason = reason;
	lower_all(link, at, now, acts);
	link->phase = PPP_PHASE_TERMINATE;
	link->stage_deadline = NEVER;
}

/* Ends the link from our side. */
static void give_up(struct ppp_link *link, enum ppp_end_reason reason,
		    uint64_t now, struct ppp_actions *acts)
{
	struct ppp_cp *cp = &link->lcp.cp;
	unsigned int due;

	if (link->finished || link->phase == PPP_PHASE_TERMINATE)
		return;
	terminate(link, reason, acts->n, now, acts);
	cp->farewell = ppp_link_reason_text(reason);
	due = ppp_cp_event(cp, PPP_FSM_CLOSE, now, acts);
	if (due & PPP_FSM_TLF || cp->fsm.deadline == NEVER)
		finish(link, reason, now, acts);
}

static void feed_parked(struct ppp_link *link, uint64_t now,
			struct ppp_actions *acts)
{
	struct ppp_packet pkt;

	if (!link->parked_len)
		return;
	if (ppp_packet_parse(link->parked, link->parked_len, &pkt))
		ppp_cp_input(&link->ipcp.cp, &pkt, now, acts);
	link->parked_len = 0;
}

/* Opens IPCP as soon as there is an address and CCP is decided. */
static void try_ipcp(struct ppp_link *link, uint64_t now,
		     struct ppp_actions *acts)
{
	if (link->phase != PPP_PHASE_NETWORK || !link->has_address ||
	    !ccp_decided(link) ||
	    link->ipcp.cp.fsm.state != PPP_FSM_STARTING)
		return;
	ppp_cp_event(&link->ipcp.cp, PPP_FSM_UP, now, acts);
	feed_parked(link, now, acts);
}

/* CCP opened: with keys, or without where that is allowed. */
static void ccp_opened(struct ppp_link *link, uint64_t now,
		       struct ppp_actions *acts)
{
	if (ccp_common(&link->ccp)) {
		say_down(link, acts->n, now, acts);
		say_keys(link, acts);
	} else if (needs_mppe(link)) {
		give_up(link, PPP_END_MPPE_REFUSED, now, acts);
	} else if (link->ccp.tx || link->ccp.rx) {
		/* Half encrypted is nothing that the peer would understand. */
		ppp_cp_event(&link->ccp.cp, PPP_FSM_CLOSE, now, acts);
	}
}

/* What the automaton of CCP reported; @at is where its frames began. */
static void ccp_moved(struct ppp_link *link, unsigned int due, unsigned int at,
		      uint64_t now, struct ppp_actions *acts)
{
	if (due & PPP_FSM_TLD)
		say_down(link, at, now, acts);
	if (due & PPP_FSM_TLU)
		ccp_opened(link, now, acts);
	if (needs_mppe(link) && ccp_over(link))
		give_up(link, PPP_END_MPPE_REFUSED, now, acts);
	try_ipcp(link, now, acts);
	say_up(link, acts);
}

static void ipcp_moved(struct ppp_link *link, unsigned int due,
		       unsigned int at, uint64_t now, struct ppp_actions *acts)
{
	if (due & PPP_FSM_TLD)
		say_down(link, at, now, acts);
	if (due & PPP_FSM_TLF)
		give_up(link, PPP_END_NCP_TIMEOUT, now, acts);
	say_up(link, acts);
}

/* LCP left Opened: the peer wants to negotiate anew, or to end. */
static void lcp_closed(struct ppp_link *link, unsigned int at, uint64_t now,
		       struct ppp_actions *acts)
{
	enum ppp_end_reason reason = PPP_END_PEER;

	if (link->lcp.cp.fsm.state != PPP_FSM_STOPPING) {
		lower_all(link, at, now, acts);
		link->phase = PPP_PHASE_ESTABLISH;
		return;
	}
	/* pppd does not try again after a Failure, whatever it is offered. */
	if (link->phase == PPP_PHASE_AUTHENTICATE && link->chap.wrong)
		reason = PPP_END_AUTH_FAILED;
	terminate(link, reason, at, now, acts);
}

static void lcp_opened(struct ppp_link *link, uint64_t now,
		       struct ppp_actions *acts)
{
	link->phase = PPP_PHASE_AUTHENTICATE;
	link->heard = now;
	link->echo_missed = 0;
	chap_start(&link->chap, PPP_AUTH_MSCHAP_V2, now, acts);
}

static void lcp_moved(struct ppp_link *link, unsigned int due, unsigned int at,
		      uint64_t now, struct ppp_actions *acts)
{
	enum ppp_end_reason reason = PPP_END_LCP_FAILED;
	bool was_network = link->phase == PPP_PHASE_NETWORK;

	if (due & PPP_FSM_TLD && link->phase != PPP_PHASE_TERMINATE)
		lcp_closed(link, at, now, acts);
	/* Before authentication the old deadline stays: it is for all attempts. */
	if (was_network && link->phase == PPP_PHASE_ESTABLISH)
		link->stage_deadline = now + link->cfg.auth_timeout;
	if (due & PPP_FSM_TLU)
		lcp_opened(link, now, acts);
	if (!(due & PPP_FSM_TLF))
		return;
	if (!link->lcp.cp.heard)
		reason = PPP_END_NO_ANSWER;
	finish(link, reason, now, acts);
}

/* Has a protocol found out that the link cannot go on? */
static void check_failures(struct ppp_link *link, uint64_t now,
			   struct ppp_actions *acts)
{
	if (link->lcp.cp.fail)
		give_up(link, link->lcp.cp.fail, now, acts);
	if (link->ccp.cp.fail)
		give_up(link, link->ccp.cp.fail, now, acts);
}

static void start_network(struct ppp_link *link, uint64_t now,
			  struct ppp_actions *acts)
{
	link->phase = PPP_PHASE_NETWORK;
	link->stage_deadline = now + link->cfg.ncp_timeout;
	if (!link->asked_address) {
		link->asked_address = true;
		ppp_action_add(acts, PPP_ACTION_GET_ADDRESS);
	}
	if (uses_ccp(link)) {
		link->ccp.cp.heard = false;
		if (!needs_mppe(link))
			link->ccp_deadline = now + link->cfg.restart;
		ppp_cp_event(&link->ccp.cp, PPP_FSM_UP, now, acts);
	}
	try_ipcp(link, now, acts);
}

/* A wrong identity is told like a wrong password (RFC 2759 section 6). */
static void authenticated(struct ppp_link *link, enum ppp_auth_outcome outcome,
			  const struct ppp_auth_result *result, uint64_t now,
			  struct ppp_actions *acts)
{
	switch (outcome) {
	case PPP_AUTH_IGNORED:
	case PPP_AUTH_WAITING:
		break;
	case PPP_AUTH_DONE_FAILED:
		give_up(link, PPP_END_AUTH_FAILED, now, acts);
		break;
	case PPP_AUTH_DONE_OK:
		memcpy(link->user, link->chap.request.user, sizeof(link->user));
		memcpy(link->tx_start, result->tx_start, MPPE_START_LEN);
		memcpy(link->rx_start, result->rx_start, MPPE_START_LEN);
		start_network(link, now, acts);
		break;
	}
}

static void input_chap(struct ppp_link *link, const struct ppp_packet *pkt,
		       uint64_t now, struct ppp_actions *acts)
{
	enum ppp_auth_outcome outcome = chap_input(&link->chap, pkt, acts);

	authenticated(link, outcome, NULL, now, acts);
}

static void input_ccp(struct ppp_link *link, const struct ppp_packet *pkt,
		      uint64_t now, struct ppp_actions *acts)
{
	unsigned int due, at = acts->n;

	if (pkt->code == PPP_CODE_RESET_REQ || pkt->code == PPP_CODE_RESET_ACK)
		return;
	due = ppp_cp_input(&link->ccp.cp, pkt, now, acts);
	ccp_moved(link, due, at, now, acts);
	if (pkt->code != PPP_CODE_TERM_REQ)
		return;
	/* Windows says 732 so, while we are still asking (protocol-wise legal). */
	if (needs_mppe(link))
		give_up(link, PPP_END_MPPE_REFUSED, now, acts);
	else
		ppp_cp_event(&link->ccp.cp, PPP_FSM_CLOSE, now, acts);
	try_ipcp(link, now, acts);
}

/* An early Configure-Request is kept: silence would cost its repeat time. */
static void park(struct ppp_link *link, const struct ppp_packet *pkt)
{
	if (pkt->code != PPP_CODE_CONF_REQ)
		return;
	link->parked_len = PPP_PACKET_HEADER + pkt->len;
	memcpy(link->parked, pkt->raw, link->parked_len);
}

static void input_ipcp(struct ppp_link *link, const struct ppp_packet *pkt,
		       uint64_t now, struct ppp_actions *acts)
{
	enum ppp_end_reason reason = PPP_END_PEER;
	unsigned int due, at = acts->n;

	if (link->ipcp.cp.fsm.state == PPP_FSM_STARTING) {
		park(link, pkt);
		return;
	}
	due = ppp_cp_input(&link->ipcp.cp, pkt, now, acts);
	ipcp_moved(link, due, at, now, acts);
	if (pkt->code != PPP_CODE_TERM_REQ)
		return;
	if (lcp_windows_error(pkt) == 738)
		reason = PPP_END_NO_ADDRESS;
	give_up(link, reason, now, acts);
}

/* RFC 1661 section 5.7; @pkt is a Protocol-Reject in an open link. */
static void protocol_rejected(struct ppp_link *link,
			      const struct ppp_packet *pkt, uint64_t now,
			      struct ppp_actions *acts)
{
	struct reader r = reader_of(pkt->data, pkt->len);
	uint16_t protocol = reader_u16(&r);
	unsigned int at = acts->n, due;

	if (r.bad || !ppp_cp_open(&link->lcp.cp))
		return;
	switch (protocol) {
	case LCP_PROTOCOL:
		due = ppp_cp_event(&link->lcp.cp, PPP_FSM_RXJ_BAD, now, acts);
		lcp_moved(link, due, at, now, acts);
		break;
	case CHAP_PROTOCOL:
		give_up(link, PPP_END_AUTH_REFUSED, now, acts);
		break;
	case CCP_PROTOCOL:
		due = ppp_cp_event(&link->ccp.cp, PPP_FSM_RXJ_BAD, now, acts);
		ccp_moved(link, due, at, now, acts);
		break;
	case IPCP_PROTOCOL:
		due = ppp_cp_event(&link->ipcp.cp, PPP_FSM_RXJ_BAD, now, acts);
		ipcp_moved(link, due, at, now, acts);
		break;
	case PROTOCOL_IP:
	case PROTOCOL_COMPRESSED:
		ppp_action_note(acts, "the peer rejects our data packets");
		break;
	}
}

static void input_lcp(struct ppp_link *link, const struct ppp_packet *pkt,
		      uint64_t now, struct ppp_actions *acts)
{
	bool opening = link->phase == PPP_PHASE_ESTABLISH;
	unsigned int due, at = acts->n;

	if (pkt->code == PPP_CODE_PROTO_REJ) {
		protocol_rejected(link, pkt, now, acts);
		return;
	}
	due = lcp_input(&link->lcp, pkt, now, acts);
	lcp_moved(link, due, at, now, acts);
	/* A peer that ends before it has begun got its Ack; that is all. */
	if (opening && pkt->code == PPP_CODE_TERM_REQ)
		finish(link, PPP_END_PEER, now, acts);
}

/* Everything but LCP and CHAP. Silence before the network phase (section 3.4). */
static void input_network(struct ppp_link *link, uint16_t protocol,
			  const uint8_t *frame, size_t len, uint64_t now,
			  struct ppp_actions *acts)
{
	struct ppp_packet pkt;
	bool ccp = protocol == CCP_PROTOCOL && uses_ccp(link);

	if (link->phase != PPP_PHASE_NETWORK)
		return;
	if (protocol == PROTOCOL_IP || protocol == PROTOCOL_COMPRESSED ||
	    protocol == PROTOCOL_COMPRESSED_1)
		return;
	if (!ccp && protocol != IPCP_PROTOCOL) {
		lcp_reject_protocol(&link->lcp, frame, len, acts);
		return;
	}
	if (!ppp_packet_parse(frame + 2, len - 2, &pkt))
		return;
	if (ccp)
		input_ccp(link, &pkt, now, acts);
	else
		input_ipcp(link, &pkt, now, acts);
}

static void input_link(struct ppp_link *link, uint16_t protocol,
		       const uint8_t *packet, size_t len, uint64_t now,
		       struct ppp_actions *acts)
{
	struct ppp_packet pkt;

	if (!ppp_packet_parse(packet, len, &pkt))
		return;
	if (protocol == LCP_PROTOCOL)
		input_lcp(link, &pkt, now, acts);
	else if (link->phase == PPP_PHASE_AUTHENTICATE ||
		 link->phase == PPP_PHASE_NETWORK)
		input_chap(link, &pkt, now, acts);
}

/* The low bit of the last octet is set, that of the first is not (section 2). */
static bool is_protocol(uint16_t protocol)
{
	return (protocol & 0x0101) == 0x0001;
}

void ppp_link_input(struct ppp_link *link, const uint8_t *frame, size_t len,
		    uint64_t now, struct ppp_actions *acts)
{
	struct reader r = reader_of(frame, len);
	uint16_t protocol = reader_u16(&r);

	acts->n = 0;
	if (link->finished || r.bad || len > PPP_FRAME_MAX ||
	    !is_protocol(protocol))
		return;
	ppp_link_heard(link, now);
	if (protocol == LCP_PROTOCOL || protocol == CHAP_PROTOCOL)
		input_link(link, protocol, r.p, r.left, now, acts);
	else
		input_network(link, protocol, frame, len, now, acts);
	check_failures(link, now, acts);
}

static struct ppp_cp_config cp_config(const struct ppp_link_config *cfg,
				      unsigned int first)
{
	return (struct ppp_cp_config){
		.fsm = {
			.first = first,
			.restart = cfg->restart,
			.max_configure = cfg->max_configure,
			.max_terminate = cfg->max_terminate,
		},
		.max_failure = cfg->max_failure,
	};
}

/*
 * The first LCP packet often dies at a NAT that does not know the call yet, so
 * it is repeated sooner (section 4.6 allows a growing period).
 */
static void init_protocols(struct ppp_link *link)
{
	const struct ppp_link_config *cfg = &link->cfg;
	struct ppp_cp_config early = cp_config(cfg, cfg->restart / 3);
	struct ppp_cp_config late = cp_config(cfg, cfg->restart);
	const struct lcp_config lcp = {
		.mru = cfg->mru,
		.auth_peer = PPP_AUTH_BIT(PPP_AUTH_MSCHAP_V2),
		.refuse_pfc = cfg->refuse_pfc,
		.refuse_acfc = cfg->refuse_acfc,
	};
	const struct chap_config chap = {
		.name = cfg->name,
		.restart = cfg->restart,
		.max_transmit = cfg->max_configure,
		.tries = cfg->auth_tries,
	};
	const struct ccp_config ccp = {
		.allowed = cfg->mppe_bits,
		.stateful = cfg->mppe_stateful,
		.required = cfg->mppe == PPP_MPPE_REQUIRE,
	};

	lcp_init(&link->lcp, &lcp, &early, &link->rand);
	chap_init(&link->chap, &chap, &link->rand);
	ccp_init(&link->ccp, &late, &ccp);
	ccp_reset(&link->ccp, cfg->mppe_bits);
	ipcp_init(&link->ipcp, &late, NULL);
}

struct ppp_link *ppp_link_new(const struct ppp_link_config *cfg,
			      const uint8_t random[32])
{
	struct ppp_link *link = calloc(1, sizeof(*link));

	if (!link)
		return NULL;
	link->cfg = *cfg;
	link->stage_deadline = NEVER;
	link->ccp_deadline = NEVER;
	ppp_rand_init(&link->rand, random);
	init_protocols(link);
	return link;
}

void ppp_link_free(struct ppp_link *link)
{
	if (!link)
		return;
	explicit_bzero(link, sizeof(*link));
	free(link);
}

void ppp_link_open(struct ppp_link *link, uint64_t now,
		   struct ppp_actions *acts)
{
	acts->n = 0;
	if (link->phase != PPP_PHASE_DEAD || link->finished)
		return;
	link->phase = PPP_PHASE_ESTABLISH;
	link->stage_deadline = now + link->cfg.auth_timeout;
	link->heard = now;
	ppp_cp_event(&link->ccp.cp, PPP_FSM_OPEN, now, acts);
	ppp_cp_event(&link->ipcp.cp, PPP_FSM_OPEN, now, acts);
	ppp_cp_event(&link->lcp.cp, PPP_FSM_UP, now, acts);
	ppp_cp_event(&link->lcp.cp, PPP_FSM_OPEN, now, acts);
}

static bool sends_echo(const struct ppp_link *link)
{
	return link->cfg.echo_interval && !link->lcp.echo_refused &&
	       ppp_cp_open(&link->lcp.cp) &&
	       link->phase != PPP_PHASE_TERMINATE;
}

static uint64_t echo_deadline(const struct ppp_link *link)
{
	uint64_t since = link->heard;

	if (!sends_echo(link))
		return NEVER;
	if (link->echo_missed && link->echo_sent > since)
		since = link->echo_sent;
	return since + link->cfg.echo_interval;
}

static void echo_timer(struct ppp_link *link, uint64_t now,
		       struct ppp_actions *acts)
{
	if (now < echo_deadline(link))
		return;
	if (link->echo_missed >= link->cfg.echo_failures) {
		give_up(link, PPP_END_ECHO_TIMEOUT, now, acts);
		return;
	}
	link->echo_missed++;
	link->echo_sent = now;
	lcp_send_echo(&link->lcp, acts);
}

void ppp_link_heard(struct ppp_link *link, uint64_t when)
{
	if (when > link->heard)
		link->heard = when;
	if (when >= link->echo_sent)
		link->echo_missed = 0;
}

/* The stage that should be over by now says what went wrong. */
static enum ppp_end_reason stage_reason(const struct ppp_link *link)
{
	switch (link->phase) {
	case PPP_PHASE_DEAD:
	case PPP_PHASE_TERMINATE:
		break;
	case PPP_PHASE_ESTABLISH:
		return link->lcp.cp.heard ? PPP_END_LCP_FAILED :
					    PPP_END_NO_ANSWER;
	case PPP_PHASE_AUTHENTICATE:
		return PPP_END_AUTH_TIMEOUT;
	case PPP_PHASE_NETWORK:
		if (!link->has_address)
			return PPP_END_NO_ADDRESS;
		return ccp_decided(link) ? PPP_END_NCP_TIMEOUT :
					   PPP_END_MPPE_REFUSED;
	}
	return PPP_END_NONE;
}

/* Deadlines of the hub itself. */
static void link_timer(struct ppp_link *link, uint64_t now,
		       struct ppp_actions *acts)
{
	if (now >= link->ccp_deadline) {
		link->ccp_deadline = NEVER;
		link->ccp_silent = true;
		try_ipcp(link, now, acts);
	}
	if (now >= link->stage_deadline)
		give_up(link, stage_reason(link), now, acts);
	echo_timer(link, now, acts);
}

void ppp_link_timer(struct ppp_link *link, uint64_t now,
		    struct ppp_actions *acts)
{
	acts->n = 0;
	if (link->finished)
		return;
	lcp_moved(link, ppp_cp_timer(&link->lcp.cp, now, acts), 0, now, acts);
	ccp_moved(link, ppp_cp_timer(&link->ccp.cp, now, acts), acts->n, now,
		  acts);
	ipcp_moved(link, ppp_cp_timer(&link->ipcp.cp, now, acts), acts->n, now,
		   acts);
	if (!chap_timer(&link->chap, now, acts))
		give_up(link, PPP_END_AUTH_TIMEOUT, now, acts);
	link_timer(link, now, acts);
	check_failures(link, now, acts);
}

static uint64_t earlier(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

uint64_t ppp_link_deadline(const struct ppp_link *link)
{
	uint64_t when = NEVER;

	if (link->finished)
		return NEVER;
	when = earlier(when, link->lcp.cp.fsm.deadline);
	when = earlier(when, link->ccp.cp.fsm.deadline);
	when = earlier(when, link->ipcp.cp.fsm.deadline);
	when = earlier(when, link->chap.deadline);
	when = earlier(when, link->ccp_deadline);
	when = earlier(when, link->stage_deadline);
	return earlier(when, echo_deadline(link));
}

/* A link belongs to one user: its address and its accounting do. */
static bool is_other_user(const struct ppp_link *link)
{
	return link->user[0] && strcmp(link->user, link->chap.request.user);
}

void ppp_link_auth_result(struct ppp_link *link,
			  const struct ppp_auth_result *result, uint64_t now,
			  struct ppp_actions *acts)
{
	struct ppp_auth_result copy = *result;
	enum ppp_auth_outcome outcome;

	acts->n = 0;
	if (!link->finished && link->phase == PPP_PHASE_AUTHENTICATE) {
		if (is_other_user(link)) {
			copy.ok = false;
			copy.error = MSCHAP_ERROR_DISABLED;
		}
		outcome = chap_result(&link->chap, &copy, acts);
		authenticated(link, outcome, &copy, now, acts);
	}
	explicit_bzero(&copy, sizeof(copy));
}

void ppp_link_addresses(struct ppp_link *link, const struct ppp_addresses *addr,
			uint64_t now, struct ppp_actions *acts)
{
	acts->n = 0;
	if (link->finished || link->has_address)
		return;
	link->has_address = true;
	ipcp_set_addresses(&link->ipcp, addr);
	try_ipcp(link, now, acts);
}

void ppp_link_no_address(struct ppp_link *link, uint64_t now,
			 struct ppp_actions *acts)
{
	acts->n = 0;
	give_up(link, PPP_END_NO_ADDRESS, now, acts);
}

void ppp_link_close(struct ppp_link *link, enum ppp_end_reason reason,
		    uint64_t now, struct ppp_actions *acts)
{
	acts->n = 0;
	give_up(link, reason, now, acts);
}

enum ppp_phase ppp_link_phase(const struct ppp_link *link)
{
	return link->phase;
}

const char *ppp_link_phase_text(enum ppp_phase phase)
{
	switch (phase) {
	case PPP_PHASE_DEAD:
		return "dead";
	case PPP_PHASE_ESTABLISH:
		return "establish";
	case PPP_PHASE_AUTHENTICATE:
		return "authenticate";
	case PPP_PHASE_NETWORK:
		return "network";
	case PPP_PHASE_TERMINATE:
		return "terminate";
	}
	return "";
}

const char *ppp_link_reason_text(enum ppp_end_reason reason)
{
	switch (reason) {
	case PPP_END_NONE:
		return "no reason";
	case PPP_END_NO_ANSWER:
		return "no PPP packet came; is GRE (protocol 47) blocked?";
	case PPP_END_LCP_FAILED:
		return "LCP was not agreed";
	case PPP_END_AUTH_REFUSED:
		return "the peer refuses MS-CHAPv2";
	case PPP_END_AUTH_FAILED:
		return "authentication failed";
	case PPP_END_AUTH_TIMEOUT:
		return "authentication took too long";
	case PPP_END_MPPE_REFUSED:
		return "encryption was not agreed";
	case PPP_END_NO_ADDRESS:
		return "there is no address for the peer";
	case PPP_END_NCP_TIMEOUT:
		return "IPCP was not agreed";
	case PPP_END_ECHO_TIMEOUT:
		return "the peer answers no more";
	case PPP_END_LOOPBACK:
		return "the line is looped back";
	case PPP_END_PEER:
		return "the peer ended the link";
	case PPP_END_ADMIN:
		return "ended by the administrator";
	case PPP_END_REPLACED:
		return "the user has logged in again";
	case PPP_END_SERVER_IDENTITY:
		return "the peer could not prove who it is";
	case PPP_END_PEER_REFUSED_US:
		return "the peer refuses our user name or password";
	case PPP_END_AUTH_DEMANDED:
		return "the peer demands authentication by a method that may not be used";
	case PPP_END_IDLE:
		return "nothing was sent or received for too long";
	case PPP_END_SESSION_TIME:
		return "the time for the session is over";
	case PPP_END_LIMIT:
		return "the peer renegotiates too often";
	}
	return "";
}
