/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * LCP (RFC 1661), the same for both ends: either may have the other prove who it
 * is.
 */
#ifndef PROTO_LCP_H
#define PROTO_LCP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ppp_auth.h"
#include "ppp_cp.h"
#include "ppp_rand.h"

#define LCP_PROTOCOL	0xc021
#define LCP_MRU_DEFAULT	1500	/* RFC 1661 section 6.1 */
#define LCP_ACCM_DEFAULT 0xffffffffu	/* RFC 1662 section 7.1 */
#define LCP_MRU_MIN	128	/* a smaller one is Naked */

/**
 * struct lcp_config
 * @mru: what we ask the peer to keep to
 * @auth_peer: PPP_AUTH_BIT() of each method by which the peer may prove who it
 *	is; 0: it need not
 * @auth_us: of each by which we can; 0: we do not
 * @refuse_pfc, @refuse_acfc: reject the peer's compression requests
 * @take_callback: the peer may ask to be called back, by CBCP
 * @ask_callback: we do
 */
struct lcp_config {
	uint16_t mru;
	unsigned int auth_peer;
	unsigned int auth_us;
	bool refuse_pfc;
	bool refuse_acfc;
	bool take_callback;
	bool ask_callback;
};

/* What the peer said of itself. */
struct lcp_peer {
	uint16_t mru;
	uint32_t accm;		/* control characters that must be escaped to it */
	uint32_t magic;		/* 0: none */
	enum ppp_auth_method auth;	/* asked of us; of EAP's any stands for all */
	bool pfc;
	bool acfc;
	bool callback;		/* asked for, by CBCP */
};

/**
 * struct lcp - one LCP
 * @rand: for magic numbers; outlives this
 * @want_mru, @want_magic, @want_pfc, @want_acfc, @want_callback: not rejected so far
 * @mru, @magic: what our requests name
 * @offer: methods that the peer has not refused so far
 * @prefer: those of them that it proposed, 0: none
 * @auth: the method in our last request; once open that by which the peer proves
 *	who it is, of EAP's any for all of them
 * @magic_agreed: for our packets once open, 0 when the peer rejected ours
 * @callback_agreed: once open, the peer has agreed to our wish for a callback
 * @seen: by the request at hand; @peer: as acknowledged
 * @looped: the request at hand carries our own magic number
 * @loops: such requests in a row
 * @auth_demanded: the request at hand asks us for what we cannot
 * @echo_known: the peer has answered an Echo-Request
 * @echo_refused: the peer rejected the code of Echo-Request
 * @echo_awaited: no reply has come to the last one, @echo_id
 */
struct lcp {
	struct ppp_cp cp;
	struct ppp_rand *rand;
	struct lcp_config cfg;
	bool want_mru;
	bool want_magic;
	bool want_pfc;
	bool want_acfc;
	bool want_callback;
	uint16_t mru;
	uint32_t magic;
	unsigned int offer;
	unsigned int prefer;
	enum ppp_auth_method auth;
	uint32_t magic_agreed;
	bool callback_agreed;
	struct lcp_peer seen;
	struct lcp_peer peer;
	bool looped;
	unsigned int loops;
	bool auth_demanded;
	bool echo_known;
	bool echo_refused;
	bool echo_awaited;
	uint8_t echo_id;
};

void lcp_init(struct lcp *lcp, const struct lcp_config *cfg,
	      const struct ppp_cp_config *cp, struct ppp_rand *rand);

/*
 * A packet of LCP other than a Protocol-Reject. Returns PPP_FSM_* actions like
 * ppp_cp_input().
 */
unsigned int lcp_input(struct lcp *lcp, const struct ppp_packet *pkt,
		       uint64_t now, struct ppp_actions *acts);

/*
 * LCP must be open for all three. The first is SEND and ECHO, and ECHOED comes by
 * lcp_input(); the second is a copy, which is answered in the same way.
 */
void lcp_send_echo(struct lcp *lcp, struct ppp_actions *acts);
void lcp_repeat_echo(struct lcp *lcp, struct ppp_actions *acts);
void lcp_reject_protocol(struct lcp *lcp, const uint8_t *frame, size_t len,
			 struct ppp_actions *acts);

/*
 * What a Windows Terminate-Request says: its magic number, 00 3C CD 74 and a
 * 32-bit RAS error. 0 when it is another's.
 */
uint32_t lcp_windows_error(const struct ppp_packet *pkt);

/* A sentence for such an error, NULL when there is nothing to say. */
const char *lcp_windows_text(uint32_t error);

#endif /* PROTO_LCP_H */
