// SPDX-License-Identifier: GPL-2.0-or-later
/* LCP: options of RFC 1661 section 6, packets of sections 5.7 to 5.9. */
#include <string.h>

#include "lcp.h"
#include "lib/array.h"

enum {
	OPT_MRU = 1,
	OPT_ACCM = 2,
	OPT_AUTH = 3,
	OPT_MAGIC = 5,
	OPT_PFC = 7,
	OPT_ACFC = 8,
	OPT_CALLBACK = 13,	/* RFC 1570 section 2.3 */
};

/* Operation of the Callback option: CBCP settles it ([MS-CBCP] section 2.2.1). */
#define CALLBACK_CBCP 6

/* Two or three octets, the Authentication-Protocol option's longest. */
#define AUTH_MAX 3

/* Our own requests so often in a row mean a looped-back line (section 6.4). */
#define LOOPS_MAX 2

static struct lcp *lcp_of(struct ppp_cp *cp)
{
	return (struct lcp *)((char *)cp - offsetof(struct lcp, cp));
}

/*
 * The strongest of @methods. MD5 inside EAP is no stronger than outside, and
 * MS-CHAP has a mutual proof and keys before it.
 */
static enum ppp_auth_method strongest(unsigned int methods)
{
	static const enum ppp_auth_method order[] = {
		PPP_AUTH_EAP_TLS, PPP_AUTH_EAP_MSCHAP_V2, PPP_AUTH_MSCHAP_V2,
		PPP_AUTH_MSCHAP, PPP_AUTH_EAP_MD5, PPP_AUTH_CHAP_MD5,
		PPP_AUTH_PAP,
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(order); i++) {
		if (methods & PPP_AUTH_BIT(order[i]))
			return order[i];
	}
	return PPP_AUTH_NONE;
}

static void put_auth(struct writer *w, enum ppp_auth_method method)
{
	uint8_t value[AUTH_MAX];
	size_t len = ppp_auth_lcp_option(method, value);

	ppp_opt_put(w, OPT_AUTH, value, (uint8_t)len);
}

static void put_callback(struct writer *w)
{
	static const uint8_t operation = CALLBACK_CBCP;

	ppp_opt_put(w, OPT_CALLBACK, &operation, sizeof(operation));
}

/* Every method that our option for @method stands for. */
static unsigned int same_option(enum ppp_auth_method method)
{
	uint8_t value[AUTH_MAX];

	return ppp_auth_lcp_methods(value, ppp_auth_lcp_option(method, value));
}

/* The order is the one that servers use; some clients look at the first only. */
static void lcp_request(struct ppp_cp *cp, struct writer *w)
{
	struct lcp *lcp = lcp_of(cp);

	if (lcp->want_mru)
		ppp_opt_put_u16(w, OPT_MRU, lcp->mru);
	if (lcp->want_magic)
		ppp_opt_put_u32(w, OPT_MAGIC, lcp->magic);
	if (lcp->want_pfc)
		ppp_opt_put(w, OPT_PFC, NULL, 0);
	if (lcp->want_acfc)
		ppp_opt_put(w, OPT_ACFC, NULL, 0);
	if (lcp->want_callback)
		put_callback(w);
	lcp->auth = strongest(lcp->prefer ? lcp->prefer : lcp->offer);
	if (lcp->auth != PPP_AUTH_NONE)
		put_auth(w, lcp->auth);
}

static bool has_magic(const struct ppp_packet *pkt, uint32_t magic)
{
	struct reader r = reader_of(pkt->data, pkt->len);
	struct ppp_opt opt;

	while (ppp_opt_next(&r, &opt)) {
		if (opt.type == OPT_MAGIC && ppp_opt_u32(&opt) == magic)
			return true;
	}
	return false;
}

/*
 * A looped-back line is looked for first: our own request also asks for
 * authentication, and rejecting that would end the link for a wrong reason.
 */
static void lcp_begin(struct ppp_cp *cp, const struct ppp_packet *pkt)
{
	struct lcp *lcp = lcp_of(cp);

	lcp->seen = (struct lcp_peer){ .mru = LCP_MRU_DEFAULT, .accm = LCP_ACCM_DEFAULT };
	lcp->auth_demanded = false;
	lcp->looped = lcp->want_magic && has_magic(pkt, lcp->magic);
	lcp->loops = lcp->looped ? lcp->loops + 1 : 0;
	if (lcp->loops >= LOOPS_MAX)
		cp->fail = PPP_END_LOOPBACK;
}

static enum ppp_cp_verdict judge_mru(struct lcp *lcp, const struct ppp_opt *opt,
				     struct writer *nak)
{
	lcp->seen.mru = ppp_opt_u16(opt);
	if (lcp->seen.mru >= LCP_MRU_MIN)
		return PPP_CP_ACK;
	ppp_opt_put_u16(nak, OPT_MRU, lcp->cfg.mru);
	return PPP_CP_NAK;
}

static enum ppp_cp_verdict judge_magic(struct lcp *lcp,
				       const struct ppp_opt *opt,
				       struct writer *nak)
{
	lcp->seen.magic = ppp_opt_u32(opt);
	if (lcp->seen.magic && !lcp->looped)
		return PPP_CP_ACK;
	ppp_opt_put_u32(nak, OPT_MAGIC, ppp_rand_magic(lcp->rand));
	return lcp->looped ? PPP_CP_INSIST : PPP_CP_NAK;
}

/*
 * GRE needs no octet stuffing, hence any map is fine (RFC 2637 section 4). If the peer
 * is behind a PAC's line, the PAC has to be told (section 2.15).
 */
static enum ppp_cp_verdict judge_accm(struct lcp *lcp, const struct ppp_opt *opt,
				      struct writer *nak)
{
	if (opt->len == 4) {
		lcp->seen.accm = ppp_opt_u32(opt);
		return PPP_CP_ACK;
	}
	ppp_opt_put_u32(nak, OPT_ACCM, 0);
	return PPP_CP_NAK;
}

static enum ppp_cp_verdict judge_flag(const struct ppp_opt *opt, bool refuse,
				      bool *seen, struct writer *nak)
{
	if (refuse)
		return PPP_CP_REJECT;
	*seen = true;
	if (!opt->len)
		return PPP_CP_ACK;
	ppp_opt_put(nak, opt->type, NULL, 0);
	return PPP_CP_NAK;
}

/* The peer wants us to prove who we are. Ours is proposed where we can at all. */
static enum ppp_cp_verdict judge_auth(struct lcp *lcp, const struct ppp_opt *opt,
				      struct writer *nak)
{
	unsigned int methods = ppp_auth_lcp_methods(opt->data, opt->len);

	lcp->seen.auth = strongest(methods & lcp->cfg.auth_us);
	if (lcp->seen.auth != PPP_AUTH_NONE)
		return PPP_CP_ACK;
	lcp->auth_demanded = true;
	if (!lcp->cfg.auth_us)
		return PPP_CP_REJECT;
	put_auth(nak, strongest(lcp->cfg.auth_us));
	return PPP_CP_NAK;
}

/* Every Windows asks, and goes on without where that is rejected. */
static enum ppp_cp_verdict judge_callback(struct lcp *lcp, const struct ppp_opt *opt,
					  struct writer *nak)
{
	if (!lcp->cfg.take_callback)
		return PPP_CP_REJECT;
	lcp->seen.callback = opt->len && opt->data[0] == CALLBACK_CBCP;
	if (lcp->seen.callback)
		return PPP_CP_ACK;
	put_callback(nak);
	return PPP_CP_NAK;
}

/*
 * Everything else is rejected: quality, multilink's MRRU, short sequence numbers and
 * endpoint, and what is not known.
 */
static enum ppp_cp_verdict lcp_option(struct ppp_cp *cp,
				      const struct ppp_opt *opt,
				      struct writer *nak)
{
	struct lcp *lcp = lcp_of(cp);

	if (lcp->looped && opt->type != OPT_MAGIC)
		return PPP_CP_ACK;
	switch (opt->type) {
	case OPT_MRU:
		return judge_mru(lcp, opt, nak);
	case OPT_ACCM:
		return judge_accm(lcp, opt, nak);
	case OPT_AUTH:
		return judge_auth(lcp, opt, nak);
	case OPT_MAGIC:
		return judge_magic(lcp, opt, nak);
	case OPT_PFC:
		return judge_flag(opt, lcp->cfg.refuse_pfc, &lcp->seen.pfc, nak);
	case OPT_ACFC:
		return judge_flag(opt, lcp->cfg.refuse_acfc, &lcp->seen.acfc,
				  nak);
	case OPT_CALLBACK:
		return judge_callback(lcp, opt, nak);
	}
	return PPP_CP_REJECT;
}

/* Nothing of LCP has to be named: every default is fine for us. */
static void lcp_missing(struct ppp_cp *cp, bool exhausted, struct writer *nak)
{
	(void)cp;
	(void)exhausted;
	(void)nak;
}

static void lcp_acked(struct ppp_cp *cp)
{
	struct lcp *lcp = lcp_of(cp);

	lcp->peer = lcp->seen;
}

static void lcp_agreed(struct ppp_cp *cp)
{
	struct lcp *lcp = lcp_of(cp);

	lcp->magic_agreed = lcp->want_magic ? lcp->magic : 0;
	lcp->callback_agreed = lcp->want_callback;
}

static void lcp_rejected(struct ppp_cp *cp, const struct ppp_opt *opt)
{
	struct lcp *lcp = lcp_of(cp);

	switch (opt->type) {
	case OPT_MRU:
		lcp->want_mru = false;
		break;
	case OPT_MAGIC:
		lcp->want_magic = false;
		break;
	case OPT_PFC:
		lcp->want_pfc = false;
		break;
	case OPT_ACFC:
		lcp->want_acfc = false;
		break;
	case OPT_CALLBACK:
		lcp->want_callback = false;
		break;
	case OPT_AUTH:
		cp->fail = PPP_END_AUTH_REFUSED;
		break;
	}
}

/*
 * Another method is proposed, as Windows does where ours is not ticked. It is
 * taken if it may be; else the next of ours is tried.
 */
static void take_auth_proposal(struct lcp *lcp, const struct ppp_opt *opt)
{
	unsigned int methods = ppp_auth_lcp_methods(opt->data, opt->len);

	lcp->prefer = methods & lcp->offer;
	if (lcp->prefer)
		return;
	lcp->offer &= ~same_option(lcp->auth);
	if (!lcp->offer)
		lcp->cp.fail = PPP_END_AUTH_REFUSED;
}

static void lcp_naked(struct ppp_cp *cp, const struct ppp_opt *opt)
{
	struct lcp *lcp = lcp_of(cp);
	uint16_t mru;

	switch (opt->type) {
	case OPT_MRU:
		mru = ppp_opt_u16(opt);
		if (mru >= LCP_MRU_MIN && mru <= lcp->cfg.mru)
			lcp->mru = mru;
		break;
	case OPT_MAGIC:
		lcp->magic = ppp_rand_magic(lcp->rand);
		break;
	case OPT_PFC:
	case OPT_ACFC:
	case OPT_CALLBACK:
		lcp_rejected(cp, opt);
		break;
	case OPT_AUTH:
		take_auth_proposal(lcp, opt);
		break;
	}
}

static const struct ppp_cp_ops lcp_ops = {
	.protocol = LCP_PROTOCOL,
	.request = lcp_request,
	.begin = lcp_begin,
	.option = lcp_option,
	.missing = lcp_missing,
	.acked = lcp_acked,
	.agreed = lcp_agreed,
	.naked = lcp_naked,
	.rejected = lcp_rejected,
};

void lcp_init(struct lcp *lcp, const struct lcp_config *cfg,
	      const struct ppp_cp_config *cp, struct ppp_rand *rand)
{
	memset(lcp, 0, sizeof(*lcp));
	ppp_cp_init(&lcp->cp, &lcp_ops, cp);
	lcp->rand = rand;
	lcp->cfg = *cfg;
	lcp->mru = cfg->mru;
	lcp->offer = cfg->auth_peer;
	lcp->magic = ppp_rand_magic(rand);
	lcp->want_mru = cfg->mru != LCP_MRU_DEFAULT;
	lcp->want_magic = true;
	lcp->want_pfc = true;
	lcp->want_acfc = true;
	lcp->want_callback = cfg->ask_callback;
	lcp->peer.mru = LCP_MRU_DEFAULT;
	lcp->peer.accm = LCP_ACCM_DEFAULT;
}

/*
 * Only an Echo-Request that carries our number shows a loop: Cisco answers with
 * 0, and a peer that copies ours into its reply is merely wrong.
 */
static unsigned int take_echo(struct lcp *lcp, const struct ppp_packet *pkt,
			      uint64_t now, struct ppp_actions *acts)
{
	unsigned int due = ppp_fsm_event(&lcp->cp.fsm, PPP_FSM_RXR, now);
	struct reader r = reader_of(pkt->data, pkt->len);
	uint32_t magic = reader_u32(&r);
	uint8_t data[PPP_FRAME_MAX];
	struct writer w = writer_of(data, lcp->peer.mru - PPP_PACKET_HEADER);

	if (!(due & PPP_FSM_SER) || r.bad)
		return 0;
	if (lcp->magic_agreed && magic == lcp->magic_agreed) {
		lcp->cp.fail = PPP_END_LOOPBACK;
		return 0;
	}
	if (w.room > sizeof(data))
		w.room = sizeof(data);
	writer_u32(&w, lcp->magic_agreed);
	writer_put(&w, r.p, r.left < w.room - w.len ? r.left : w.room - w.len);
	ppp_action_packet(acts, LCP_PROTOCOL, PPP_CODE_ECHO_REP, pkt->id, data,
			  w.len);
	return 0;
}

/* A late reply to an earlier request is not the one that is measured. */
static void take_echo_reply(struct lcp *lcp, const struct ppp_packet *pkt,
			    struct ppp_actions *acts)
{
	if (!lcp->echo_awaited || pkt->id != lcp->echo_id)
		return;
	lcp->echo_awaited = false;
	lcp->echo_known = true;
	ppp_action_add(acts, PPP_ACTION_ECHOED);
}

static void note_termination(const struct ppp_packet *pkt,
			     struct ppp_actions *acts)
{
	const char *text = lcp_windows_text(lcp_windows_error(pkt));

	if (text)
		ppp_action_note(acts, text);
}

/*
 * RFC 1570 section 1.1: no reply is due. Windows sends version, machine name and
 * a binary one; only what can be read is kept.
 */
static void take_ident(const struct ppp_packet *pkt, struct ppp_actions *acts)
{
	struct reader r = reader_of(pkt->data, pkt->len);
	char *ident;
	size_t i;

	reader_u32(&r);
	for (i = 0; i < r.left; i++) {
		if (r.p[i] < ' ' || r.p[i] > '~')
			return;
	}
	if (r.bad || !r.left)
		return;
	if (r.left > PPP_IDENT_MAX)
		r.left = PPP_IDENT_MAX;
	ident = ppp_action_add(acts, PPP_ACTION_IDENT)->ident;
	memcpy(ident, r.p, r.left);
	ident[r.left] = '\0';
}

unsigned int lcp_input(struct lcp *lcp, const struct ppp_packet *pkt,
		       uint64_t now, struct ppp_actions *acts)
{
	switch (pkt->code) {
	case PPP_CODE_ECHO_REQ:
		return take_echo(lcp, pkt, now, acts);
	case PPP_CODE_ECHO_REP:
		take_echo_reply(lcp, pkt, acts);
		return 0;
	case PPP_CODE_DISCARD:
		return 0;
	case PPP_CODE_IDENT:
		take_ident(pkt, acts);
		return 0;
	case PPP_CODE_TIME:
		/* RFC 1570 section 1.2: for the user's eyes only. */
		ppp_action_note(acts, "the peer says that the time for this link is limited");
		return 0;
	case PPP_CODE_CODE_REJ:
		/* Who has answered one knows the code: somebody else says this. */
		if (pkt->len && pkt->data[0] == PPP_CODE_ECHO_REQ)
			lcp->echo_refused = !lcp->echo_known;
		break;
	case PPP_CODE_TERM_REQ:
		note_termination(pkt, acts);
		break;
	}
	return ppp_cp_input(&lcp->cp, pkt, now, acts);
}

void lcp_repeat_echo(struct lcp *lcp, struct ppp_actions *acts)
{
	uint8_t data[4];
	struct writer w = writer_of(data, sizeof(data));

	writer_u32(&w, lcp->magic_agreed);
	ppp_action_packet(acts, LCP_PROTOCOL, PPP_CODE_ECHO_REQ, lcp->echo_id, data, w.len);
}

void lcp_send_echo(struct lcp *lcp, struct ppp_actions *acts)
{
	lcp->echo_id = lcp->cp.next_id++;
	lcp->echo_awaited = true;
	lcp_repeat_echo(lcp, acts);
	ppp_action_add(acts, PPP_ACTION_ECHO);
}

void lcp_reject_protocol(struct lcp *lcp, const uint8_t *frame, size_t len,
			 struct ppp_actions *acts)
{
	size_t room = lcp->peer.mru - PPP_PACKET_HEADER;

	ppp_action_packet(acts, LCP_PROTOCOL, PPP_CODE_PROTO_REJ,
			  lcp->cp.next_id++, frame, len < room ? len : room);
}

uint32_t lcp_windows_error(const struct ppp_packet *pkt)
{
	static const uint8_t mark[] = { 0x00, 0x3c, 0xcd, 0x74 };
	struct reader r = reader_of(pkt->data, pkt->len);
	const uint8_t *p;

	reader_u32(&r);
	p = reader_take(&r, sizeof(mark));
	if (!p || memcmp(p, mark, sizeof(mark)))
		return 0;
	return reader_u32(&r);
}

const char *lcp_windows_text(uint32_t error)
{
	switch (error) {
	case 732:
		return "Windows ends it: no protocols were agreed (error 732)";
	case 738:
		return "Windows ends it: it was given no address (error 738)";
	case 741:
	case 742:
		return "Windows ends it: encryption was not agreed (error 741/742)";
	case 778:
		return "Windows ends it: it does not believe that we know the password (error 778)";
	}
	return NULL;
}
