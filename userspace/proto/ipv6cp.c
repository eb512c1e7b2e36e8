// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The Interface-Identifier option (RFC 5072 section 4.1):
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |   Type = 1    |  Length = 10  | Interface-Identifier (MS Bytes)
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *                        Interface-Identifier (cont)
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     Interface-Identifier (LS Bytes) |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 */
#include <string.h>

#include "ipv6cp.h"

#define OPT_IFID	1

/* "Universal" in an identifier (RFC 4291 section 2.5.1): ours is local only. */
#define UNIVERSAL_BIT	0x02

static struct ipv6cp *ipv6cp_of(struct ppp_cp *cp)
{
	return (struct ipv6cp *)((char *)cp - offsetof(struct ipv6cp, cp));
}

static bool is_zero(const uint8_t id[PPP_IFID_LEN])
{
	static const uint8_t zero[PPP_IFID_LEN];

	return !memcmp(id, zero, PPP_IFID_LEN);
}

static bool same(const uint8_t a[PPP_IFID_LEN], const uint8_t b[PPP_IFID_LEN])
{
	return !memcmp(a, b, PPP_IFID_LEN);
}

/* Neither zero nor @other. */
static void draw(struct ipv6cp *ipv6cp, const uint8_t other[PPP_IFID_LEN],
		 uint8_t id[PPP_IFID_LEN])
{
	do {
		ppp_rand_fill(ipv6cp->rand, id, PPP_IFID_LEN);
		id[0] &= (uint8_t)~UNIVERSAL_BIT;
	} while (is_zero(id) || same(id, other));
}

static void ipv6cp_request(struct ppp_cp *cp, struct writer *w)
{
	struct ipv6cp *ipv6cp = ipv6cp_of(cp);

	ppp_opt_put(w, OPT_IFID, ipv6cp->local, PPP_IFID_LEN);
}

static void ipv6cp_begin(struct ppp_cp *cp, const struct ppp_packet *pkt)
{
	struct ipv6cp *ipv6cp = ipv6cp_of(cp);

	(void)pkt;
	memset(ipv6cp->seen, 0, PPP_IFID_LEN);
}

/* Another one for the peer: ours for it, or one that collides with nothing. */
static void suggest(struct ipv6cp *ipv6cp, struct writer *nak)
{
	uint8_t id[PPP_IFID_LEN];

	if (is_zero(ipv6cp->wanted) || same(ipv6cp->wanted, ipv6cp->local))
		draw(ipv6cp, ipv6cp->local, id);
	else
		memcpy(id, ipv6cp->wanted, PPP_IFID_LEN);
	ppp_opt_put(nak, OPT_IFID, id, PPP_IFID_LEN);
}

/* Ours is never zero, so that zero and a collision are both Naked. */
static bool is_fine(const struct ipv6cp *ipv6cp)
{
	if (is_zero(ipv6cp->seen) || same(ipv6cp->seen, ipv6cp->local))
		return false;
	return is_zero(ipv6cp->wanted) || same(ipv6cp->seen, ipv6cp->wanted);
}

/* The compression protocol of RFC 5072 section 4.2 and all else is rejected. */
static enum ppp_cp_verdict ipv6cp_option(struct ppp_cp *cp,
					 const struct ppp_opt *opt,
					 struct writer *nak)
{
	struct ipv6cp *ipv6cp = ipv6cp_of(cp);

	if (opt->type != OPT_IFID)
		return PPP_CP_REJECT;
	if (opt->len == PPP_IFID_LEN)
		memcpy(ipv6cp->seen, opt->data, PPP_IFID_LEN);
	if (is_fine(ipv6cp))
		return PPP_CP_ACK;
	cp->hopeless = cp->naks_sent >= cp->max_failure;
	suggest(ipv6cp, nak);
	return PPP_CP_INSIST;
}

static void ipv6cp_missing(struct ppp_cp *cp, bool exhausted, struct writer *nak)
{
	struct ipv6cp *ipv6cp = ipv6cp_of(cp);

	if (!is_zero(ipv6cp->seen) || nak->len)
		return;
	cp->hopeless = exhausted;
	suggest(ipv6cp, nak);
}

static void ipv6cp_acked(struct ppp_cp *cp)
{
	struct ipv6cp *ipv6cp = ipv6cp_of(cp);

	memcpy(ipv6cp->remote, ipv6cp->seen, PPP_IFID_LEN);
}

/* The peer's Ack carries nothing that has to be remembered. */
static void ipv6cp_agreed(struct ppp_cp *cp)
{
	(void)cp;
}

/*
 * What the peer suggests is taken, unless it makes both ends the same; then, and
 * where the line is looped back, another one is drawn.
 */
static void ipv6cp_naked(struct ppp_cp *cp, const struct ppp_opt *opt)
{
	struct ipv6cp *ipv6cp = ipv6cp_of(cp);

	if (opt->type != OPT_IFID || ipv6cp->fixed)
		return;
	if (opt->len == PPP_IFID_LEN && !is_zero(opt->data) &&
	    !same(opt->data, ipv6cp->local) && !same(opt->data, ipv6cp->remote))
		memcpy(ipv6cp->local, opt->data, PPP_IFID_LEN);
	else
		draw(ipv6cp, ipv6cp->remote, ipv6cp->local);
}

static void ipv6cp_rejected(struct ppp_cp *cp, const struct ppp_opt *opt)
{
	if (opt->type == OPT_IFID)
		cp->hopeless = true;
}

static const struct ppp_cp_ops ipv6cp_ops = {
	.protocol = IPV6CP_PROTOCOL,
	.request = ipv6cp_request,
	.begin = ipv6cp_begin,
	.option = ipv6cp_option,
	.missing = ipv6cp_missing,
	.acked = ipv6cp_acked,
	.agreed = ipv6cp_agreed,
	.naked = ipv6cp_naked,
	.rejected = ipv6cp_rejected,
};

void ipv6cp_reset(struct ipv6cp *ipv6cp)
{
	memset(ipv6cp->seen, 0, PPP_IFID_LEN);
	memset(ipv6cp->remote, 0, PPP_IFID_LEN);
	ppp_cp_forget(&ipv6cp->cp);
}

void ipv6cp_init(struct ipv6cp *ipv6cp, const struct ppp_cp_config *cfg,
		 const uint8_t local[PPP_IFID_LEN],
		 const uint8_t wanted[PPP_IFID_LEN], struct ppp_rand *rand)
{
	memset(ipv6cp, 0, sizeof(*ipv6cp));
	ppp_cp_init(&ipv6cp->cp, &ipv6cp_ops, cfg);
	ipv6cp->rand = rand;
	ipv6cp->fixed = !is_zero(local);
	memcpy(ipv6cp->wanted, wanted, PPP_IFID_LEN);
	memcpy(ipv6cp->local, local, PPP_IFID_LEN);
	if (!ipv6cp->fixed)
		draw(ipv6cp, ipv6cp->wanted, ipv6cp->local);
}
