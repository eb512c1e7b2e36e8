// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The phases of RFC 1661 section 3 around LCP. Each input goes to one protocol;
 * what their automatons report is turned into phases here.
 */
#include <stdlib.h>
#include <string.h>

#include "ppp_link_priv.h"

#define NEVER PPP_LINK_NEVER

/* Network-layer packets; the kernel's, and only seen here when it has no use. */
#define PROTOCOL_IP		0x0021
#define PROTOCOL_IPV6		0x0057
#define PROTOCOL_COMPRESSED	0x00fd
#define PROTOCOL_COMPRESSED_1	0x00fb

#define MINUTE_MS		60000

/* Intervals after which an echo is asked for though the peer is heard: it is measured. */
#define ECHO_LATEST		10

void ppp_link_count_renegotiation(struct ppp_link *link, uint64_t now)
{
	if (link->phase == PPP_PHASE_TERMINATE)
		return;
	if (now - link->minute >= MINUTE_MS) {
		link->minute = now;
		link->renegotiations = 0;
	}
	if (++link->renegotiations > PPP_LINK_RENEGOTIATIONS_MAX)
		ppp_link_fail(link, PPP_END_LIMIT);
}

static void lower_all(struct ppp_link *link, unsigned int at, uint64_t now,
		      struct ppp_actions *acts)
{
	ppp_link_network_stop(link, at, now, acts);
	ppp_link_callback_stop(link);
	ppp_link_auth_stop(link);
}

static void finish(struct ppp_link *link, enum ppp_end_reason reason,
		   uint64_t now, struct ppp_actions *acts)
{
	if (link->finished)
		return;
	if (link->reason == PPP_END_NONE)
		link->reason = reason;
	lower_all(link, acts->n, now, acts);
	link->finished = true;
	link->phase = PPP_PHASE_DEAD;
	link->stage_deadline = NEVER;
	ppp_action_add(acts, PPP_ACTION_FINISHED)->reason = link->reason;
}

/* The first reason is the true one; what follows from it does not replace it. */
static void terminate(struct ppp_link *link, enum ppp_end_reason reason,
		      unsigned int at, uint64_t now, struct ppp_actions *acts)
{
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

/* A peer that wants a proof that we have not says so in LCP, and then goes. */
static enum ppp_end_reason lcp_reason(const struct ppp_link *link,
				      enum ppp_end_reason reason)
{
	return link->lcp.auth_demanded ? PPP_END_AUTH_DEMANDED : reason;
}

/* LCP left Opened: the peer wants to negotiate anew, or to end. */
static void lcp_closed(struct ppp_link *link, unsigned int at, uint64_t now,
		       struct ppp_actions *acts)
{
	enum ppp_end_reason reason = PPP_END_PEER;

	if (link->lcp.cp.fsm.state != PPP_FSM_STOPPING) {
		/*
		 * Before the network phase the old deadline stays: it is for
		 * all attempts.
		 */
		if (link->phase == PPP_PHASE_NETWORK)
			link->stage_deadline = now + link->cfg.auth_timeout;
		ppp_link_count_renegotiation(link, now);
		lower_all(link, at, now, acts);
		link->phase = PPP_PHASE_ESTABLISH;
		return;
	}
	/* pppd does not try again after a Failure, whatever it is offered. */
	if (link->phase == PPP_PHASE_AUTHENTICATE && ppp_link_auth_refused(link))
		reason = PPP_END_AUTH_FAILED;
	if (link->phase == PPP_PHASE_CALLBACK && ppp_link_callback_chosen(link))
		reason = PPP_END_CALLBACK;
	terminate(link, reason, at, now, acts);
}

static void lcp_opened(struct ppp_link *link, uint64_t now,
		       struct ppp_actions *acts)
{
	link->phase = PPP_PHASE_AUTHENTICATE;
	link->heard = now;
	link->echo_missed = 0;
	ppp_link_auth_start(link, now, acts);
}

static void lcp_moved(struct ppp_link *link, unsigned int due, unsigned int at,
		      uint64_t now, struct ppp_actions *acts)
{
	enum ppp_end_reason reason = lcp_reason(link, PPP_END_LCP_FAILED);

	if (due & PPP_FSM_TLD && link->phase != PPP_PHASE_TERMINATE)
		lcp_closed(link, at, now, acts);
	if (due & PPP_FSM_TLU)
		lcp_opened(link, now, acts);
	if (!(due & PPP_FSM_TLF))
		return;
	if (!link->lcp.cp.heard)
		reason = PPP_END_NO_ANSWER;
	finish(link, reason, now, acts);
}

/*
 * The end of every input: is everybody known who has to be, and can the link go
 * on?
 */
static void settle(struct ppp_link *link, uint64_t now, struct ppp_actions *acts)
{
	ppp_link_fail(link, link->lcp.cp.fail);
	if (link->phase == PPP_PHASE_AUTHENTICATE && !link->fail &&
	    !ppp_link_auth_pending(link)) {
		link->phase = PPP_PHASE_CALLBACK;
		ppp_link_callback_start(link, now, acts);
	}
	if (link->phase == PPP_PHASE_CALLBACK && !link->fail && !link->callback_pending) {
		link->phase = PPP_PHASE_NETWORK;
		ppp_link_network_start(link, now, acts);
	}
	if (link->fail)
		give_up(link, link->fail, now, acts);
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
	case PPP_AUTH_PROTOCOL_PAP:
	case PPP_AUTH_PROTOCOL_CHAP:
	case PPP_AUTH_PROTOCOL_EAP:
		if (ppp_link_auth_pending(link))
			ppp_link_fail(link, PPP_END_AUTH_REFUSED);
		break;
	case CBCP_PROTOCOL:
		if (link->callback_pending)
			ppp_link_fail(link, PPP_END_CALLBACK_FAILED);
		break;
	case PROTOCOL_IP:
	case PROTOCOL_IPV6:
	case PROTOCOL_COMPRESSED:
		ppp_action_note(acts, "the peer rejects our data packets");
		break;
	default:
		ppp_link_network_rejected(link, protocol, now, acts);
	}
}

/* A passive end begins with the peer's first packet. */
static void start_lcp(struct ppp_link *link, uint64_t now,
		      struct ppp_actions *acts)
{
	if (link->started)
		return;
	link->started = true;
	ppp_cp_event(&link->lcp.cp, PPP_FSM_UP, now, acts);
	ppp_cp_event(&link->lcp.cp, PPP_FSM_OPEN, now, acts);
}

static void input_lcp(struct ppp_link *link, const struct ppp_packet *pkt,
		      uint64_t now, struct ppp_actions *acts)
{
	bool opening = link->phase == PPP_PHASE_ESTABLISH;
	bool awaited = link->lcp.echo_awaited;
	unsigned int due, at;

	if (link->phase == PPP_PHASE_ESTABLISH)
		start_lcp(link, now, acts);
	at = acts->n;
	if (pkt->code == PPP_CODE_PROTO_REJ) {
		protocol_rejected(link, pkt, now, acts);
		return;
	}
	due = lcp_input(&link->lcp, pkt, now, acts);
	if (awaited && !link->lcp.echo_awaited)
		ppp_link_doubt_echoed(link, acts);
	lcp_moved(link, due, at, now, acts);
	/* A peer that ends before it has begun got its Ack; that is all. */
	if (opening && pkt->code == PPP_CODE_TERM_REQ)
		finish(link, lcp_reason(link, PPP_END_PEER), now, acts);
}

/* Network control protocols are 8xxx (section 2). */
static bool is_ncp(uint16_t protocol)
{
	return protocol >> 12 == 8;
}

/* Everything but LCP, authentication and CBCP. Silence before (section 3.4). */
static void input_network(struct ppp_link *link, uint16_t protocol,
			  const uint8_t *frame, size_t len, uint64_t now,
			  struct ppp_actions *acts)
{
	if (link->phase == PPP_PHASE_AUTHENTICATE && is_ncp(protocol))
		ppp_link_auth_let_in(link, acts);
	if (link->phase != PPP_PHASE_NETWORK)
		return;
	if (protocol == PROTOCOL_IP || protocol == PROTOCOL_COMPRESSED ||
	    protocol == PROTOCOL_COMPRESSED_1 ||
	    (protocol == PROTOCOL_IPV6 && link->cfg.ipv6))
		return;
	if (!ppp_link_network_input(link, protocol, frame + 2, len - 2, now,
				    acts))
		lcp_reject_protocol(&link->lcp, frame, len, acts);
}

static bool is_auth(uint16_t protocol)
{
	return protocol == PPP_AUTH_PROTOCOL_PAP ||
	       protocol == PPP_AUTH_PROTOCOL_CHAP ||
	       protocol == PPP_AUTH_PROTOCOL_EAP;
}

/* Are both ends known who have to be? */
static bool is_authenticated(const struct ppp_link *link)
{
	return link->phase == PPP_PHASE_CALLBACK || link->phase == PPP_PHASE_NETWORK;
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
	else if (link->phase == PPP_PHASE_AUTHENTICATE || is_authenticated(link))
		ppp_link_auth_input(link, protocol, &pkt, now, acts);
}

/* @frame: as it came, with its protocol number */
static void input_cbcp(struct ppp_link *link, const uint8_t *frame, size_t len, uint64_t now,
		       struct ppp_actions *acts)
{
	struct ppp_packet pkt;

	if (!is_authenticated(link) || !ppp_packet_parse(frame + 2, len - 2, &pkt))
		return;
	if (!ppp_link_callback_input(link, &pkt, now, acts))
		lcp_reject_protocol(&link->lcp, frame, len, acts);
}

/* The low bit of the last octet is set, that of the first is not (section 2). */
static bool is_protocol(uint16_t protocol)
{
	return (protocol & 0x0101) == 0x0001;
}

static void input(struct ppp_link *link, const uint8_t *frame, size_t len, uint64_t now,
		  struct ppp_actions *acts)
{
	struct reader r = reader_of(frame, len);
	uint16_t protocol = reader_u16(&r);

	if (protocol == LCP_PROTOCOL || is_auth(protocol))
		input_link(link, protocol, r.p, r.left, now, acts);
	else if (protocol == CBCP_PROTOCOL)
		input_cbcp(link, frame, len, now, acts);
	else
		input_network(link, protocol, frame, len, now, acts);
}

static bool is_doubtful(struct ppp_link *link, const uint8_t *frame, size_t len,
			uint64_t now, struct ppp_actions *acts)
{
	struct ppp_packet pkt;

	return ppp_packet_parse(frame + 2, len - 2, &pkt) &&
	       ppp_link_doubt_keep(link, frame, len, &pkt, now, acts);
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
	if (!is_doubtful(link, frame, len, now, acts))
		input(link, frame, len, now, acts);
	settle(link, now, acts);
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
		.auth_peer = cfg->auth_peer,
		.auth_us = ppp_auth_usable(&cfg->credentials),
		.refuse_pfc = cfg->refuse_pfc,
		.refuse_acfc = cfg->refuse_acfc,
		.take_callback = cfg->ip_give && cfg->callback,
		.ask_callback = !cfg->ip_give && cfg->callback_number,
	};

	lcp_init(&link->lcp, &lcp, &early, &link->rand);
	ppp_link_auth_init(link);
	ppp_link_callback_init(link);
	ppp_link_network_init(link, &late);
}

struct ppp_link *ppp_link_new(const struct ppp_link_config *cfg,
			      const uint8_t random[32])
{
	struct ppp_link *link = calloc(1, sizeof(*link));

	if (!link)
		return NULL;
	link->cfg = *cfg;
	link->stage_deadline = NEVER;
	ppp_rand_init(&link->rand, random);
	init_protocols(link);
	return link;
}

void ppp_link_free(struct ppp_link *link)
{
	if (!link)
		return;
	ppp_link_auth_stop(link);
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
	link->echo_sent = now;
	link->minute = now;
	ppp_cp_event(&link->ccp.cp, PPP_FSM_OPEN, now, acts);
	ppp_cp_event(&link->ipcp.cp, PPP_FSM_OPEN, now, acts);
	ppp_cp_event(&link->ipv6cp.cp, PPP_FSM_OPEN, now, acts);
	if (!link->cfg.passive)
		start_lcp(link, now, acts);
}

static bool sends_echo(const struct ppp_link *link)
{
	return link->cfg.echo_interval && !link->lcp.echo_refused &&
	       ppp_cp_open(&link->lcp.cp) &&
	       link->phase != PPP_PHASE_TERMINATE;
}

static uint64_t earlier(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static uint64_t echo_deadline(const struct ppp_link *link)
{
	uint64_t interval = link->cfg.echo_interval;
	uint64_t since = link->heard;

	if (!sends_echo(link))
		return NEVER;
	if (link->echo_missed && link->echo_sent > since)
		since = link->echo_sent;
	return earlier(since, link->echo_sent + (ECHO_LATEST - 1) * interval) + interval;
}

/*
 * Who is late himself by an interval, stopped or asleep with his machine, may have lost
 * the answer for that reason: he asks once more before he gives the peer up.
 */
static void echo_timer(struct ppp_link *link, uint64_t now,
		       struct ppp_actions *acts)
{
	uint64_t deadline = echo_deadline(link);

	if (now < deadline)
		return;
	if (link->echo_missed < link->cfg.echo_failures) {
		link->echo_missed++;
	} else if (now - deadline < link->cfg.echo_interval) {
		ppp_link_fail(link, PPP_END_ECHO_TIMEOUT);
		return;
	}
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

void ppp_link_received(struct ppp_link *link, uint64_t packets)
{
	link->received = packets;
}

/* What was doubted, and is the peer's, as if it came now. */
static void doubt_timer(struct ppp_link *link, uint64_t now, struct ppp_actions *acts)
{
	uint8_t frame[PPP_LINK_DOUBT_MAX];
	size_t len;

	while ((len = ppp_link_doubt_timer(link, now, acts, frame)))
		input(link, frame, len, now, acts);
}

/* The stage that should be over by now says what went wrong. */
static enum ppp_end_reason stage_reason(const struct ppp_link *link)
{
	switch (link->phase) {
	case PPP_PHASE_DEAD:
	case PPP_PHASE_TERMINATE:
		break;
	case PPP_PHASE_ESTABLISH:
		if (!link->lcp.cp.heard)
			return PPP_END_NO_ANSWER;
		return lcp_reason(link, PPP_END_LCP_FAILED);
	case PPP_PHASE_AUTHENTICATE:
		return PPP_END_AUTH_TIMEOUT;
	case PPP_PHASE_CALLBACK:
		return PPP_END_CALLBACK_FAILED;
	case PPP_PHASE_NETWORK:
		return ppp_link_network_lacks(link);
	}
	return PPP_END_NONE;
}

void ppp_link_timer(struct ppp_link *link, uint64_t now,
		    struct ppp_actions *acts)
{
	acts->n = 0;
	if (link->finished)
		return;
	lcp_moved(link, ppp_cp_timer(&link->lcp.cp, now, acts), 0, now, acts);
	ppp_link_network_timer(link, now, acts);
	ppp_link_auth_timer(link, now, acts);
	ppp_link_callback_timer(link, now, acts);
	doubt_timer(link, now, acts);
	if (now >= link->stage_deadline)
		ppp_link_fail(link, stage_reason(link));
	echo_timer(link, now, acts);
	settle(link, now, acts);
}

uint64_t ppp_link_deadline(const struct ppp_link *link)
{
	uint64_t when = link->stage_deadline;

	if (link->finished)
		return NEVER;
	when = earlier(when, link->lcp.cp.fsm.deadline);
	when = earlier(when, ppp_link_auth_deadline(link));
	when = earlier(when, link->answerer.deadline);
	when = earlier(when, ppp_link_doubt_deadline(link));
	when = earlier(when, ppp_link_network_deadline(link));
	return earlier(when, echo_deadline(link));
}

void ppp_link_auth_result(struct ppp_link *link,
			  const struct ppp_auth_result *result, uint64_t now,
			  struct ppp_actions *acts)
{
	acts->n = 0;
	if (link->finished || link->phase != PPP_PHASE_AUTHENTICATE)
		return;
	ppp_link_auth_answered(link, result, now, acts);
	settle(link, now, acts);
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

const struct ppp_auth_failure *
ppp_link_auth_failure(const struct ppp_link *link)
{
	return &link->auth_failure;
}

enum ppp_end_reason ppp_link_ending(const struct ppp_link *link)
{
	return link->reason;
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
	case PPP_PHASE_CALLBACK:
		return "callback";
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
		return "the peer refuses to authenticate as it has to";
	case PPP_END_AUTH_FAILED:
		return "authentication failed";
	case PPP_END_AUTH_TIMEOUT:
		return "authentication took too long";
	case PPP_END_MPPE_REFUSED:
		return "encryption was not agreed";
	case PPP_END_NO_ADDRESS:
		return "no address was agreed";
	case PPP_END_NCP_TIMEOUT:
		return "no network protocol was agreed";
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
	case PPP_END_CALLBACK:
		return "it ends for a callback";
	case PPP_END_CALLBACK_FAILED:
		return "a callback was not agreed";
	case PPP_END_FORWARDED:
		return "the caller goes on to another server";
	}
	return "";
}
