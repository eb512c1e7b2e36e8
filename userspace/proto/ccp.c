// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * CCP for MPPE. A request names what its sender will decrypt (RFC 1962 section
 * 4): acknowledging the peer's settles what we send, the peer's Ack what we
 * receive. Both must end the same.
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

/*
 * What we would have instead of @bits: one strength (macOS picks 40 when it is
 * left two), stateless unless the peer wants it otherwise and may.
 */
static uint32_t choice(const struct ccp *ccp, uint32_t bits)
{
	uint32_t common = bits & ccp->allowed;
	uint32_t mode = CCP_MPPE_STATELESS;

	if (ccp->rx)
		return ccp->rx;
	if (!common)
		return ccp->want;
	if (ccp->stateful)
		mode = bits & CCP_MPPE_STATELESS;
	return strongest(common) | mode;
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

/* Max-Failure Naks have not helped; without MPPE there is nothing to go on to. */
static void give_up(struct ccp *ccp)
{
	if (ccp->required)
		ccp->cp.fail = PPP_END_MPPE_REFUSED;
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
	wish = choice(ccp, ccp->seen);
	if (opt->len == OPT_MPPE_LEN && ccp->seen == wish)
		return PPP_CP_ACK;
	if (cp->naks_sent >= cp->max_failure)
		give_up(ccp);
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
		give_up(ccp);
	else
		ppp_opt_put_u32(nak, OPT_MPPE, ccp->want);
}

static void ccp_acked(struct ppp_cp *cp)
{
	struct ccp *ccp = ccp_of(cp);

	ccp->tx = ccp->seen;
	if (ccp->tx)
		ccp->want = ccp->tx;
}

static void ccp_agreed(struct ppp_cp *cp)
{
	struct ccp *ccp = ccp_of(cp);

	ccp->rx = ccp->sent;
}

static void ccp_naked(struct ppp_cp *cp, const struct ppp_opt *opt)
{
	struct ccp *ccp = ccp_of(cp);
	uint32_t bits = ppp_opt_u32(opt);

	if (opt->type == OPT_MPPE && ccp->want && bits & ccp->allowed) {
		ccp->rx = 0;
		ccp->want = choice(ccp, bits);
	}
}

static void ccp_rejected(struct ppp_cp *cp, const struct ppp_opt *opt)
{
	struct ccp *ccp = ccp_of(cp);

	if (opt->type != OPT_MPPE)
		return;
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

void ccp_reset(struct ccp *ccp)
{
	ccp->want = strongest(ccp->allowed) | CCP_MPPE_STATELESS;
	ccp->sent = 0;
	ccp->rx = 0;
	ccp->seen = 0;
	ccp->tx = 0;
	ccp->cp.naks_sent = 0;
	ccp->cp.naks_received = 0;
	ccp->cp.waiting = false;
}

void ccp_init(struct ccp *ccp, const struct ppp_cp_config *cfg,
	      uint32_t allowed, bool stateful, bool required)
{
	memset(ccp, 0, sizeof(*ccp));
	ppp_cp_init(&ccp->cp, &ccp_ops, cfg);
	ccp->allowed = allowed & CCP_MPPE_STRENGTHS;
	ccp->stateful = stateful;
	ccp->required = required;
	ccp_reset(ccp);
}

uint32_t ccp_common(const struct ccp *ccp)
{
	return ccp->tx == ccp->rx ? ccp->tx : 0;
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
