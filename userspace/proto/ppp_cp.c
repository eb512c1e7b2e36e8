// SPDX-License-Identifier: GPL-2.0-or-later
/* Control packets around the automaton, RFC 1661 sections 5.1 to 5.6. */
#include <string.h>

#include "ppp_cp.h"

/* What is sent back for a Configure-Request. */
struct verdict {
	uint8_t code;
	size_t len;
	const uint8_t *data;
	uint8_t nak[PPP_FRAME_MAX];
	uint8_t rej[PPP_FRAME_MAX];
};

void ppp_cp_init(struct ppp_cp *cp, const struct ppp_cp_ops *ops,
		 const struct ppp_cp_config *cfg)
{
	memset(cp, 0, sizeof(*cp));
	cp->ops = ops;
	cp->max_failure = cfg->max_failure;
	ppp_fsm_init(&cp->fsm, &cfg->fsm);
}

void ppp_cp_forget(struct ppp_cp *cp)
{
	cp->naks_sent = 0;
	cp->naks_received = 0;
	cp->waiting = false;
	cp->hopeless = false;
	cp->acked_len = 0;
}

/*
 * A repetition keeps its identifier (RFC 1661 section 5.1 allows it), so that an
 * answer to any copy is good on slow paths.
 */
static void send_request(struct ppp_cp *cp, struct ppp_actions *acts)
{
	uint8_t options[PPP_CP_REQUEST_MAX];
	struct writer w = writer_of(options, sizeof(options));
	bool same;

	cp->ops->request(cp, &w);
	same = cp->waiting && w.len == cp->request_len &&
	       !memcmp(options, cp->request, w.len);
	if (!same) {
		cp->request_id = cp->next_id++;
		cp->request_len = w.len;
		memcpy(cp->request, options, w.len);
	}
	cp->waiting = true;
	ppp_action_packet(acts, cp->ops->protocol, PPP_CODE_CONF_REQ,
			  cp->request_id, cp->request, cp->request_len);
}

static void send_terminate(struct ppp_cp *cp, struct ppp_actions *acts)
{
	const char *text = cp->farewell ? cp->farewell : "";

	ppp_action_packet(acts, cp->ops->protocol, PPP_CODE_TERM_REQ,
			  cp->next_id++, text, strlen(text));
}

static void send_verdict(struct ppp_cp *cp, const struct verdict *v, uint8_t id,
			 struct ppp_actions *acts)
{
	if (v->code == PPP_CODE_CONF_ACK)
		cp->naks_sent = 0;
	else if (v->code == PPP_CODE_CONF_NAK)
		cp->naks_sent++;
	ppp_action_packet(acts, cp->ops->protocol, v->code, id, v->data, v->len);
}

static void note_acked(struct ppp_cp *cp, const struct ppp_packet *pkt)
{
	cp->acked_id = pkt->id;
	cp->acked_len = pkt->len <= sizeof(cp->acked) ? pkt->len : 0;
	memcpy(cp->acked, pkt->data, cp->acked_len);
}

/* Carries out what the automaton asks for and what needs no caller. */
static void perform(struct ppp_cp *cp, unsigned int due,
		    const struct ppp_packet *pkt, const struct verdict *v,
		    struct ppp_actions *acts)
{
	uint16_t protocol = cp->ops->protocol;

	if (due & PPP_FSM_SCR)
		send_request(cp, acts);
	if (due & PPP_FSM_SCA) {
		note_acked(cp, pkt);
		cp->ops->acked(cp);
	}
	if (due & (PPP_FSM_SCA | PPP_FSM_SCN))
		send_verdict(cp, v, pkt->id, acts);
	if (due & PPP_FSM_STR)
		send_terminate(cp, acts);
	if (due & PPP_FSM_STA)
		ppp_action_packet(acts, protocol, PPP_CODE_TERM_ACK, pkt->id,
				  NULL, 0);
	if (due & PPP_FSM_SCJ)
		ppp_action_packet(acts, protocol, PPP_CODE_CODE_REJ,
				  cp->next_id++, pkt->raw,
				  PPP_PACKET_HEADER + pkt->len);
}

/* Judges one option into @nak or @rej. False: the request is not to be answered yet. */
static bool judge_option(struct ppp_cp *cp, const struct ppp_opt *opt,
			 bool exhausted, struct writer *nak, struct writer *rej)
{
	size_t before = nak->len;
	enum ppp_cp_verdict verdict = cp->ops->option(cp, opt, nak);

	if (verdict == PPP_CP_NAK && exhausted) {
		nak->len = before;
		verdict = PPP_CP_REJECT;
	}
	if (verdict == PPP_CP_REJECT)
		ppp_opt_put(rej, opt->type, opt->data, opt->len);
	return verdict != PPP_CP_WAIT;
}

/*
 * Judges a whole request. Rejects go before Naks (RFC 1661 section 5.4). False
 * when it cannot be read, when it has to wait, or when its answer would not fit a
 * frame.
 */
static bool judge(struct ppp_cp *cp, const struct ppp_packet *pkt,
		  struct verdict *v)
{
	struct writer nak = writer_of(v->nak, sizeof(v->nak));
	struct writer rej = writer_of(v->rej, sizeof(v->rej));
	bool exhausted = cp->naks_sent >= cp->max_failure;
	struct reader r = reader_of(pkt->data, pkt->len);
	struct ppp_opt opt;

	if (!ppp_opt_valid(pkt->data, pkt->len))
		return false;
	cp->ops->begin(cp, pkt);
	while (ppp_opt_next(&r, &opt)) {
		if (!judge_option(cp, &opt, exhausted, &nak, &rej))
			return false;
	}
	cp->ops->missing(cp, exhausted, &nak);
	if (nak.bad || rej.bad)
		return false;
	if (rej.len) {
		v->code = PPP_CODE_CONF_REJ;
		v->data = v->rej;
		v->len = rej.len;
	} else if (nak.len) {
		v->code = PPP_CODE_CONF_NAK;
		v->data = v->nak;
		v->len = nak.len;
	} else {
		v->code = PPP_CODE_CONF_ACK;
		v->data = pkt->data;
		v->len = pkt->len;
	}
	return true;
}

/* The request that made us open, once more and with the same identifier? */
static bool is_repeated(const struct ppp_cp *cp, const struct ppp_packet *pkt)
{
	return cp->fsm.state == PPP_FSM_OPENED && cp->acked_len &&
	       pkt->id == cp->acked_id && pkt->len == cp->acked_len &&
	       !memcmp(pkt->data, cp->acked, pkt->len);
}

static unsigned int take_request(struct ppp_cp *cp, const struct ppp_packet *pkt,
				 uint64_t now, struct ppp_actions *acts)
{
	enum ppp_fsm_event event = PPP_FSM_RCR_BAD;
	struct verdict v;
	unsigned int due;

	/*
	 * Our Ack was late or lost. The automaton would negotiate anew (RFC 1661
	 * section 4.1), and pppd ends the link when CCP does that to it.
	 */
	if (is_repeated(cp, pkt)) {
		ppp_action_packet(acts, cp->ops->protocol, PPP_CODE_CONF_ACK,
				  pkt->id, pkt->data, pkt->len);
		return 0;
	}
	if (!judge(cp, pkt, &v))
		return 0;
	if (v.code == PPP_CODE_CONF_ACK)
		event = PPP_FSM_RCR_GOOD;
	due = ppp_fsm_event(&cp->fsm, event, now);
	perform(cp, due, pkt, &v, acts);
	return due;
}

/* An answer counts once and only to the last request (section 4.3, RCA). */
static bool answers_request(const struct ppp_cp *cp, const struct ppp_packet *pkt)
{
	return cp->waiting && pkt->id == cp->request_id;
}

static bool is_request(const struct ppp_cp *cp, const struct ppp_packet *pkt)
{
	return pkt->len == cp->request_len &&
	       !memcmp(pkt->data, cp->request, pkt->len);
}

static unsigned int take_ack(struct ppp_cp *cp, const struct ppp_packet *pkt,
			     uint64_t now, struct ppp_actions *acts)
{
	unsigned int due;

	if (!answers_request(cp, pkt) || !is_request(cp, pkt))
		return 0;
	cp->waiting = false;
	cp->naks_received = 0;
	cp->ops->agreed(cp);
	due = ppp_fsm_event(&cp->fsm, PPP_FSM_RCA, now);
	perform(cp, due, pkt, NULL, acts);
	return due;
}

/*
 * Configure-Nak or -Reject. A peer that keeps saying Nak is taken to reject:
 * Max-Failure seen from the other end, or two stubborn ends never stop.
 */
static unsigned int take_refusal(struct ppp_cp *cp, const struct ppp_packet *pkt,
				 uint64_t now, struct ppp_actions *acts)
{
	struct reader r = reader_of(pkt->data, pkt->len);
	bool nak = pkt->code == PPP_CODE_CONF_NAK;
	struct ppp_opt opt;
	unsigned int due;

	if (!answers_request(cp, pkt) || !ppp_opt_valid(pkt->data, pkt->len))
		return 0;
	cp->waiting = false;
	if (nak && ++cp->naks_received > cp->max_failure)
		nak = false;
	while (ppp_opt_next(&r, &opt)) {
		if (nak)
			cp->ops->naked(cp, &opt);
		else
			cp->ops->rejected(cp, &opt);
	}
	/* Nothing is asked for again without what we cannot do without. */
	if (cp->fail)
		return 0;
	due = ppp_fsm_event(&cp->fsm, PPP_FSM_RCN, now);
	perform(cp, due, pkt, NULL, acts);
	return due;
}

/* A rejected code of section 5 is fatal, a later one is not (section 4.3). */
static bool rejects_basic_code(const struct ppp_packet *pkt)
{
	return pkt->len && pkt->data[0] >= PPP_CODE_CONF_REQ &&
	       pkt->data[0] <= PPP_CODE_CODE_REJ;
}

static unsigned int take_code_reject(struct ppp_cp *cp,
				     const struct ppp_packet *pkt, uint64_t now,
				     struct ppp_actions *acts)
{
	enum ppp_fsm_event event = PPP_FSM_RXJ_GOOD;

	if (!pkt->len)
		return 0;
	if (rejects_basic_code(pkt))
		event = PPP_FSM_RXJ_BAD;
	return ppp_cp_event(cp, event, now, acts);
}

static unsigned int take_plain(struct ppp_cp *cp, enum ppp_fsm_event event,
			       const struct ppp_packet *pkt, uint64_t now,
			       struct ppp_actions *acts)
{
	unsigned int due = ppp_fsm_event(&cp->fsm, event, now);

	perform(cp, due, pkt, NULL, acts);
	return due;
}

unsigned int ppp_cp_event(struct ppp_cp *cp, enum ppp_fsm_event event,
			  uint64_t now, struct ppp_actions *acts)
{
	return take_plain(cp, event, NULL, now, acts);
}

unsigned int ppp_cp_timer(struct ppp_cp *cp, uint64_t now,
			  struct ppp_actions *acts)
{
	unsigned int due = ppp_fsm_timer(&cp->fsm, now);

	perform(cp, due, NULL, NULL, acts);
	return due;
}

bool ppp_cp_disturbs(const struct ppp_cp *cp, const struct ppp_packet *pkt)
{
	switch (pkt->code) {
	case PPP_CODE_CONF_REQ:
		return !is_repeated(cp, pkt);
	case PPP_CODE_TERM_REQ:
	case PPP_CODE_TERM_ACK:
		return true;
	case PPP_CODE_CODE_REJ:
		return rejects_basic_code(pkt);
	}
	return false;
}

/* Before the layer below is up nothing can come (section 4.1, Initial). */
static bool is_down(const struct ppp_cp *cp)
{
	return cp->fsm.state == PPP_FSM_INITIAL ||
	       cp->fsm.state == PPP_FSM_STARTING;
}

unsigned int ppp_cp_input(struct ppp_cp *cp, const struct ppp_packet *pkt,
			  uint64_t now, struct ppp_actions *acts)
{
	if (is_down(cp))
		return 0;
	cp->heard = true;
	switch (pkt->code) {
	case PPP_CODE_CONF_REQ:
		return take_request(cp, pkt, now, acts);
	case PPP_CODE_CONF_ACK:
		return take_ack(cp, pkt, now, acts);
	case PPP_CODE_CONF_NAK:
	case PPP_CODE_CONF_REJ:
		return take_refusal(cp, pkt, now, acts);
	case PPP_CODE_TERM_REQ:
		return take_plain(cp, PPP_FSM_RTR, pkt, now, acts);
	case PPP_CODE_TERM_ACK:
		return take_plain(cp, PPP_FSM_RTA, pkt, now, acts);
	case PPP_CODE_CODE_REJ:
		return take_code_reject(cp, pkt, now, acts);
	}
	return take_plain(cp, PPP_FSM_RUC, pkt, now, acts);
}
