// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * CCP for MPPE. A request names what its sender will decrypt (RFC 1962 section
 * 4): acknowledging the peer's settles what we send, the peer's Ack what we
 * receive. Both must end the same, but for compression: whether one end expands
 * what it gets is nothing to what the other does.
 */
#include <string.h>

#include "ccp.h"

#define OPT_MPPE	18
#define OPT_MPPE_LEN	4

static struct ccp *ccp_of(struct ppp_cp *cp)
{
	return (struct ccp *)((char *)cp - offsetof(struct ccp, cp));
}

static uint32_t strongest(uint32_t bits)
{
	if (bits & CCP_MPPE_128)
		return CCP_MPPE_128;
	if (bits & CCP_MPPE_56)
		return CCP_MPPE_56;
	return bits & CCP_MPPE_40;
}

/* All but compression, of which each direction has its own. */
static uint32_t encryption(uint32_t bits)
{
	return bits & ~CCP_MPPE_MPPC;
}

/* One strength of @bits, in their mode. */
static uint32_t single(uint32_t bits)
{
	return strongest(bits) | (bits & CCP_MPPE_STATELESS);
}

/*
 * What we would have instead of @bits: one strength (macOS picks 40 when it is
 * left two), stateless unless the peer wants it otherwise and may.
 */
static uint32_t choice(const struct ccp *ccp, uint32_t bits)
{
	uint32_t common = bits & ccp->allowed;
	uint32_t mode = CCP_MPPE_STATELESS;

	if (ccp->rx && single(ccp->rx) == encryption(ccp->rx))
		return encryption(ccp->rx);
	if (!common)
		return single(ccp->want);
	if (ccp->cfg.stateful != CCP_STATEFUL_DENY)
		mode = bits & CCP_MPPE_STATELESS;
	return strongest(common) | mode;
}

/*
 * What we would have the peer ask for instead of @bits. Compression is its own
 * affair and is not suggested: pppd takes a Nak with a bit that it did not ask for
 * as a refusal.
 */
static uint32_t advice(const struct ccp *ccp, uint32_t bits)
{
	uint32_t mppc = ccp->cfg.mppc ? bits & CCP_MPPE_MPPC : 0;

	return choice(ccp, bits) | mppc;
}

static void ccp_request(struct ppp_cp *cp, struct writer *w)
{
	struct ccp *ccp = ccp_of(cp);

	ccp->sent = ccp->want;
	if (ccp->want)
		ppp_opt_put_u32(w, OPT_MPPE, ccp->want);
}

static void ccp_begin(struct ppp_cp *cp, const struct ppp_packet *pkt)
{
	struct ccp *ccp = ccp_of(cp);

	(void)pkt;
	ccp->seen = 0;
}

/*
 * Max-Failure Naks have not helped, or the peer has rejected MPPE: an end of the
 * link where there is nothing to go on to.
 */
static void give_up(struct ccp *ccp)
{
	if (ccp->cfg.required)
		ccp->cp.fail = PPP_END_MPPE_REFUSED;
}

/*
 * Naks are used up. A TP-Link router asks for no strength at all without end:
 * where the link may do without, CCP is closed, so that IPCP can go on.
 */
static void lose_patience(struct ccp *ccp)
{
	ccp->cp.hopeless = true;
	give_up(ccp);
}

/*
 * Whether a peer that asks for stateless mode would do without is known from its
 * answer to our request: pppd requests the one and takes the other where it may,
 * and where it may not, ends the link for a Nak that names it.
 */
static bool must_wait(const struct ccp *ccp)
{
	return ccp->cfg.stateful == CCP_STATEFUL_PREFER && ccp->cp.waiting &&
	       ccp->sent && !(ccp->sent & CCP_MPPE_STATELESS) &&
	       ccp->seen & CCP_MPPE_STATELESS;
}

static enum ppp_cp_verdict ccp_option(struct ppp_cp *cp,
				      const struct ppp_opt *opt,
				      struct writer *nak)
{
	struct ccp *ccp = ccp_of(cp);
	uint32_t wish;

	if (opt->type != OPT_MPPE || !ccp->want)
		return PPP_CP_REJECT;
	ccp->seen = ppp_opt_u32(opt);
	if (must_wait(ccp))
		return PPP_CP_WAIT;
	wish = advice(ccp, ccp->seen);
	if (opt->len == OPT_MPPE_LEN && ccp->seen == wish)
		return PPP_CP_ACK;
	if (cp->naks_sent >= cp->max_failure)
		lose_patience(ccp);
	ppp_opt_put_u32(nak, OPT_MPPE, wish);
	return PPP_CP_NAK;
}

/*
 * A request without the option is prompted with ours: Windows 9x cannot encrypt
 * one direction only, and pppd asks for Deflate first.
 */
static void ccp_missing(struct ppp_cp *cp, bool exhausted, struct writer *nak)
{
	struct ccp *ccp = ccp_of(cp);

	if (ccp->seen || nak->len || !ccp->want)
		return;
	if (exhausted)
		lose_patience(ccp);
	else
		ppp_opt_put_u32(nak, OPT_MPPE, single(ccp->want));
}

static void ccp_acked(struct ppp_cp *cp)
{
	struct ccp *ccp = ccp_of(cp);

	ccp->tx = ccp->seen;
	if (ccp->tx)
		ccp->want = encryption(ccp->tx) | (ccp->want & CCP_MPPE_MPPC);
}

static void ccp_agreed(struct ppp_cp *cp)
{
	struct ccp *ccp = ccp_of(cp);

	ccp->rx = ccp->sent;
}

/* Compression that a Nak leaves out stays out. */
static void ccp_naked(struct ppp_cp *cp, const struct ppp_opt *opt)
{
	struct ccp *ccp = ccp_of(cp);
	uint32_t bits = ppp_opt_u32(opt);
	uint32_t mppc = ccp->want & bits & CCP_MPPE_MPPC;

	if (opt->type != OPT_MPPE || !ccp->want)
		return;
	ccp->rx = 0;
	if (bits & ccp->allowed)
		ccp->want = choice(ccp, bits);
	ccp->want = encryption(ccp->want) | mppc;
}

/*
 * The Reject of the option may be meant for compression alone, or for stateful mode,
 * for which pppd has no Nak (and where it requires encryption ends the link at once):
 * encryption is not lost for them before it was asked for by itself.
 */
static void ccp_rejected(struct ppp_cp *cp, const struct ppp_opt *opt)
{
	struct ccp *ccp = ccp_of(cp);
	uint32_t plain = encryption(ccp->want) | CCP_MPPE_STATELESS;

	if (opt->type != OPT_MPPE || !ccp->want)
		return;
	if (ccp->sent != plain) {
		ccp->want = plain;
		return;
	}
	ccp->want = 0;
	give_up(ccp);
}

static const struct ppp_cp_ops ccp_ops = {
	.protocol = CCP_PROTOCOL,
	.request = ccp_request,
	.begin = ccp_begin,
	.option = ccp_option,
	.missing = ccp_missing,
	.acked = ccp_acked,
	.agreed = ccp_agreed,
	.naked = ccp_naked,
	.rejected = ccp_rejected,
};

void ccp_reset(struct ccp *ccp, uint32_t strengths)
{
	ccp->allowed = ccp->cfg.allowed & strengths;
	ccp->want = ccp->allowed;
	if (ccp->want && ccp->cfg.stateful != CCP_STATEFUL_PREFER)
		ccp->want |= CCP_MPPE_STATELESS;
	if (ccp->want && ccp->cfg.mppc)
		ccp->want |= CCP_MPPE_MPPC;
	ccp->sent = 0;
	ccp->rx = 0;
	ccp->seen = 0;
	ccp->tx = 0;
	ccp->settled = false;
	ppp_cp_forget(&ccp->cp);
}

void ccp_init(struct ccp *ccp, const struct ppp_cp_config *cp,
	      const struct ccp_config *cfg)
{
	memset(ccp, 0, sizeof(*ccp));
	ppp_cp_init(&ccp->cp, &ccp_ops, cp);
	ccp->cfg = *cfg;
	ccp->cfg.allowed &= CCP_MPPE_STRENGTHS;
	ccp_reset(ccp, 0);
}

/*
 * The strongest that both requests named, for we name several; stateless wins, which
 * is what either end may be asked for.
 */
bool ccp_settle(struct ccp *ccp)
{
	uint32_t either = ccp->tx | ccp->rx;
	uint32_t both = ccp->tx & ccp->rx & CCP_MPPE_STRENGTHS;

	if (!ccp->tx || !ccp->rx || ccp_common(ccp) || ccp->settled)
		return false;
	ccp->settled = true;
	ccp->want = strongest(both ? both : either) | (either & CCP_MPPE_STATELESS) |
		    (ccp->want & CCP_MPPE_MPPC);
	ccp->rx = 0;
	ccp->tx = 0;
	return true;
}

uint32_t ccp_common(const struct ccp *ccp)
{
	uint32_t tx = encryption(ccp->tx);

	return tx == encryption(ccp->rx) ? tx : 0;
}

bool ccp_compress_tx(const struct ccp *ccp)
{
	return ccp->tx & CCP_MPPE_MPPC;
}

bool ccp_compress_rx(const struct ccp *ccp)
{
	return ccp->rx & CCP_MPPE_MPPC;
}

unsigned int ccp_strength(uint32_t bits)
{
	switch (bits & CCP_MPPE_STRENGTHS) {
	case CCP_MPPE_128:
		return 128;
	case CCP_MPPE_56:
		return 56;
	case CCP_MPPE_40:
		return 40;
	}
	return 0;
}
