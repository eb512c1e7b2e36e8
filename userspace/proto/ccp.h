/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * CCP (RFC 1962) as far as MPPE needs it (RFC 3078 section 2): one option, type
 * 18. Reset-Request and Reset-Ack are the kernel's; here they are ignored.
 */
#ifndef PROTO_CCP_H
#define PROTO_CCP_H

#include <stdbool.h>
#include <stdint.h>

#include "ppp_cp.h"

#define CCP_PROTOCOL	0x80fd

/*
 * The MPPE option (RFC 3078 section 2):
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |   Type = 18   |  Length = 6   |             |H|               |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |               |M|S|L|D|     |C|
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 */
#define CCP_MPPE_STATELESS	0x01000000u
#define CCP_MPPE_56		0x00000080u
#define CCP_MPPE_128		0x00000040u
#define CCP_MPPE_40		0x00000020u
#define CCP_MPPE_STRENGTHS	(CCP_MPPE_56 | CCP_MPPE_128 | CCP_MPPE_40)
#define CCP_MPPE_MPPC		0x00000001u

/* Mode without CCP_MPPE_STATELESS. */
enum ccp_stateful {
	CCP_STATEFUL_DENY,	/* never */
	CCP_STATEFUL_ALLOW,	/* where the peer asks for it */
	CCP_STATEFUL_PREFER,	/* we ask for it, and go on without if it is refused */
};

/**
 * struct ccp_config
 * @allowed: CCP_MPPE_56, _128, _40 that may be agreed; our request names them all
 * @stateful: policy
 * @required: without MPPE the link ends
 * @mppc: MPPC (RFC 2118) under MPPE is asked for and accepted, never in clear
 */
struct ccp_config {
	uint32_t allowed;
	enum ccp_stateful stateful;
	bool required;
	bool mppc;
};

/**
 * struct ccp - one CCP
 * @allowed: what of the configuration there are keys for; 0: MPPE is rejected
 * @want: what our requests ask for, 0: nothing any more
 * @sent: what our last request asked for
 * @rx: @sent as acknowledged, 0: no MPPE
 * @seen: what the request at hand asks for, 0: no MPPE option in it
 * @tx: @seen as acknowledged by us, 0: no MPPE
 * @settled: ccp_settle() has had its one try
 */
struct ccp {
	struct ppp_cp cp;
	struct ccp_config cfg;
	uint32_t allowed;
	uint32_t want;
	uint32_t sent;
	uint32_t rx;
	uint32_t seen;
	uint32_t tx;
	bool settled;
};

/* A new CCP, for which there are no keys yet; @cp says timers and counters. */
void ccp_init(struct ccp *ccp, const struct ppp_cp_config *cp,
	      const struct ccp_config *cfg);

/*
 * The lower layer went away: everything is negotiated anew. @strengths: those of
 * the configuration that count now, as CCP_MPPE_* bits.
 */
void ccp_reset(struct ccp *ccp, uint32_t strengths);

/*
 * CCP has opened with something else in each direction. True: our next request
 * asks for one of the two, so that another round can settle it. The choice is
 * the same at both ends, and is made once.
 */
bool ccp_settle(struct ccp *ccp);

/*
 * What was agreed for both directions as CCP_MPPE_* bits, once CCP is open; 0
 * when there is no MPPE or the directions differ. CCP_MPPE_MPPC is never in it,
 * since each direction has its own.
 */
uint32_t ccp_common(const struct ccp *ccp);

/*
 * May we compress, and may the peer? They need not both, and neither counts
 * where ccp_common() is 0.
 */
bool ccp_compress_tx(const struct ccp *ccp);
bool ccp_compress_rx(const struct ccp *ccp);

/* 40, 56, 128 of CCP_MPPE_* bits, 0 for none. */
unsigned int ccp_strength(uint32_t bits);

#endif /* PROTO_CCP_H */
