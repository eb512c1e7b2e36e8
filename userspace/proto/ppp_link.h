/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One PPP link, server side: the hub over LCP, authentication, CCP and IPCP
 * (RFC 1661 section 3 phases). Frames and answers in, actions out. No
 * descriptor, no clock, no log.
 *
 * Frames begin with two octets of PPP protocol number. Times are milliseconds
 * of one monotonic clock. The caller performs the actions in their order, and
 * calls ppp_link_timer() when ppp_link_deadline() has passed.
 */
#ifndef PROTO_PPP_LINK_H
#define PROTO_PPP_LINK_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ccp.h"
#include "ipcp.h"
#include "ppp_action.h"
#include "ppp_auth.h"

enum ppp_mppe_policy {
	PPP_MPPE_DENY,		/* never encrypt */
	PPP_MPPE_ALLOW,		/* encrypt if the peer wants it */
	PPP_MPPE_REQUIRE,	/* encrypt or end the link */
};

/**
 * struct ppp_link_config - the same for all links of a listener
 * @name: our name in CHAP challenges
 * @mru: octets, what we ask the peer to keep to
 * @mppe: policy
 * @mppe_bits: CCP_MPPE_* strengths that are allowed
 * @mppe_stateful: a stateful peer is accepted
 * @restart: ms between retransmissions (RFC 1661 section 4.6: 3 s)
 * @max_configure, @max_terminate, @max_failure: counters of RFC 1661 section 4.6
 * @echo_interval: ms of silence before an LCP Echo-Request, 0: none are sent
 * @echo_failures: unanswered requests that end the link
 * @auth_timeout: ms for the whole of LCP and authentication
 * @auth_tries: responses that may be wrong before the link ends
 * @ncp_timeout: ms from authentication to an open IPCP
 * @refuse_pfc, @refuse_acfc: reject the peer's compression requests
 */
struct ppp_link_config {
	char name[64];
	uint16_t mru;
	enum ppp_mppe_policy mppe;
	unsigned int mppe_bits;
	bool mppe_stateful;
	unsigned int restart;
	unsigned int max_configure;
	unsigned int max_terminate;
	unsigned int max_failure;
	unsigned int echo_interval;
	unsigned int echo_failures;
	unsigned int auth_timeout;
	unsigned int auth_tries;
	unsigned int ncp_timeout;
	bool refuse_pfc;
	bool refuse_acfc;
};

enum ppp_phase {
	PPP_PHASE_DEAD,
	PPP_PHASE_ESTABLISH,
	PPP_PHASE_AUTHENTICATE,
	PPP_PHASE_NETWORK,	/* CCP and IPCP, then up */
	PPP_PHASE_TERMINATE,
};

struct ppp_link;

/*
 * A new link in phase Dead. @cfg is copied. @random: 32 secret octets from the
 * system's generator, different for every link; magic numbers and challenges
 * are drawn from a generator seeded with them (ppp_rand.h). NULL: no memory.
 */
struct ppp_link *ppp_link_new(const struct ppp_link_config *cfg,
			      const uint8_t random[32]);

/* Wipes and frees. NULL is fine. */
void ppp_link_free(struct ppp_link *link);

/* The call is connected: LCP starts. @acts is filled from the start, always. */
void ppp_link_open(struct ppp_link *link, uint64_t now,
		   struct ppp_actions *acts);

/*
 * @acts may hold secrets afterwards: ppp_action_wipe() when they are done. After
 * PPP_ACTION_FINISHED no call does anything any more.
 */
void ppp_link_input(struct ppp_link *link, const uint8_t *frame, size_t len,
		    uint64_t now, struct ppp_actions *acts);
void ppp_link_timer(struct ppp_link *link, uint64_t now,
		    struct ppp_actions *acts);

/* When ppp_link_timer() wants to be called; UINT64_MAX: never. */
uint64_t ppp_link_deadline(const struct ppp_link *link);

/* Data was received until @when: LCP echo stays silent (adaptive echo). */
void ppp_link_heard(struct ppp_link *link, uint64_t when);

/* The answer to AUTHENTICATE. An answer to an older request is ignored. */
void ppp_link_auth_result(struct ppp_link *link,
			  const struct ppp_auth_result *result, uint64_t now,
			  struct ppp_actions *acts);

/* The answer to GET_ADDRESS, which is asked once in the life of a link. */
void ppp_link_addresses(struct ppp_link *link, const struct ppp_addresses *addr,
			uint64_t now, struct ppp_actions *acts);
void ppp_link_no_address(struct ppp_link *link, uint64_t now,
			 struct ppp_actions *acts);

/* Ends the link in order: Terminate-Request, then FINISHED with @reason. */
void ppp_link_close(struct ppp_link *link, enum ppp_end_reason reason,
		    uint64_t now, struct ppp_actions *acts);

enum ppp_phase ppp_link_phase(const struct ppp_link *link);
const char *ppp_link_phase_text(enum ppp_phase phase);
const char *ppp_link_reason_text(enum ppp_end_reason reason);

#endif /* PROTO_PPP_LINK_H */
