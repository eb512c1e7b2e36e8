/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One PPP link, of either end: the hub over LCP, authentication, CBCP, CCP, IPCP
 * and IPV6CP (RFC 1661 section 3 phases). Frames and answers in, actions out. No
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

#include "cbcp.h"
#include "ccp.h"
#include "ipcp.h"
#include "lib/bytes.h"
#include "ppp_action.h"
#include "ppp_auth.h"

enum ppp_mppe_policy {
	PPP_MPPE_DENY,		/* never encrypt */
	PPP_MPPE_ALLOW,		/* encrypt if the peer asks for it */
	PPP_MPPE_PREFER,	/* ask for it, go on without if it is refused */
	PPP_MPPE_REQUIRE,	/* encrypt or end the link */
};

/* Renegotiations by the peer in a minute; one more ends the link. */
#define PPP_LINK_RENEGOTIATIONS_MAX	10

/**
 * struct ppp_link_config - what kind of link. What it points to outlives the link.
 * @name: ours, in challenges
 * @mru: octets, what we ask the peer to keep to
 * @passive: the peer speaks first
 * @auth_peer: PPP_AUTH_BIT() of each method by which the peer may prove who it
 *	is, offered from the strongest on; 0: it need not
 * @tls: for EAP-TLS in @auth_peer, else NULL
 * @credentials: ours, for a peer that asks; no method in it: we prove nothing
 * @mppe: policy
 * @mppe_bits: CCP_MPPE_* strengths that are allowed
 * @mppe_stateful: policy of stateful mode
 * @mppe_compression: MPPC under MPPE, where the peer has it
 * @ipv4: IPCP is negotiated, and without it there is no link
 * @ip_give: we give the peer its address (GET_ADDRESS); else it gives us ours
 * @wish: what is asked for without @ip_give
 * @ipv6: IPV6CP is negotiated. With @ipv4 the link does not depend on it
 * @ipv6_local: our interface identifier, all zero: drawn at random
 * @ipv6_remote: that the peer must have, all zero: any
 * @restart: ms between retransmissions (RFC 1661 section 4.6: 3 s)
 * @max_configure, @max_terminate, @max_failure: counters of RFC 1661 section 4.6
 * @echo_interval: ms of silence before an LCP Echo-Request, 0: none are sent
 * @echo_failures: unanswered requests that end the link
 * @auth_timeout: ms for the whole of LCP and authentication, both ways
 * @auth_tries: responses that may be wrong before the link ends
 * @ncp_timeout: ms from authentication to an open network protocol
 * @refuse_pfc, @refuse_acfc: reject the peer's compression requests
 * @callback: with @ip_give: the peer may ask to be called back
 * @callback_number: without it: we ask to be called back at this number, "": at one that
 *	the peer knows; NULL: we do not
 */
struct ppp_link_config {
	char name[64];
	uint16_t mru;
	bool passive;
	unsigned int auth_peer;
	struct tls_config *tls;
	struct ppp_credentials credentials;
	enum ppp_mppe_policy mppe;
	unsigned int mppe_bits;
	enum ccp_stateful mppe_stateful;
	bool mppe_compression;
	bool ipv4;
	bool ip_give;
	struct ppp_wish wish;
	bool ipv6;
	uint8_t ipv6_local[PPP_IFID_LEN];
	uint8_t ipv6_remote[PPP_IFID_LEN];
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
	bool callback;
	const char *callback_number;
};

enum ppp_phase {
	PPP_PHASE_DEAD,
	PPP_PHASE_ESTABLISH,
	PPP_PHASE_AUTHENTICATE,
	PPP_PHASE_CALLBACK,	/* CBCP, where it was agreed */
	PPP_PHASE_NETWORK,	/* CCP, IPCP and IPV6CP, then up */
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

/*
 * Data was received until @when: LCP echo stays silent (adaptive echo), but for one in
 * ten intervals.
 */
void ppp_link_heard(struct ppp_link *link, uint64_t when);

/*
 * So many packets of the network have been received in all: the peer goes on. Due before
 * ppp_link_timer() while the link is up.
 */
void ppp_link_received(struct ppp_link *link, uint64_t packets);

/*
 * Other policies than those of the configuration, for the user that the peer turns
 * out to be; before the answer to AUTHENTICATE.
 */
void ppp_link_set_mppe(struct ppp_link *link, enum ppp_mppe_policy policy,
		       enum ccp_stateful stateful);

/*
 * The user that the peer turns out to be has to be called back, as one of @types says:
 * CBCP_BIT(CBCP_USER) or CBCP_BIT(CBCP_ADMIN), then at @number. Before the answer to
 * AUTHENTICATE. A peer that does not speak CBCP is called at @number in both cases.
 */
void ppp_link_set_callback(struct ppp_link *link, unsigned int types, const char *number);

/* The answer to AUTHENTICATE. An answer to an older request is ignored. */
void ppp_link_auth_result(struct ppp_link *link,
			  const struct ppp_auth_result *result, uint64_t now,
			  struct ppp_actions *acts);

/* The answer to GET_ADDRESS, which is asked once in the life of a link. */
void ppp_link_addresses(struct ppp_link *link, const struct ppp_addresses *addr,
			uint64_t now, struct ppp_actions *acts);
void ppp_link_no_address(struct ppp_link *link, uint64_t now,
			 struct ppp_actions *acts);

/*
 * Writes what another process has to know of @link to go on with it. False: it is not
 * up, it is we who have proved something to the peer, or it does not fit @w. Secret: the
 * start keys are among it.
 */
bool ppp_link_save(const struct ppp_link *link, struct writer *w);

/*
 * The other process: a link that is up, as ppp_link_agreed() tells. @cfg and @random as
 * for ppp_link_new(); @cfg may have changed. NULL: no memory, @r holds nothing of this
 * kind, or a link that @cfg would not let be.
 */
struct ppp_link *ppp_link_restore(const struct ppp_link_config *cfg, const uint8_t random[32],
				  struct reader *r, uint64_t now);

/* What UP said last; of a link that is up. */
void ppp_link_agreed(const struct ppp_link *link, struct ppp_up *up);

/* Ends the link in order: Terminate-Request, then FINISHED with @reason. */
void ppp_link_close(struct ppp_link *link, enum ppp_end_reason reason,
		    uint64_t now, struct ppp_actions *acts);

/*
 * Why the peer refused us, after PPP_END_PEER_REFUSED_US, or we the peer, after
 * PPP_END_SERVER_IDENTITY.
 */
const struct ppp_auth_failure *
ppp_link_auth_failure(const struct ppp_link *link);

/*
 * The link ends, or has ended, with a callback that was agreed: when and where; of the
 * caller, who is only called, it is not filled in. NULL: it has not.
 */
const struct cbcp_choice *ppp_link_callback(const struct ppp_link *link);

/* Why it ends, as soon as that is decided; FINISHED may come much later. */
enum ppp_end_reason ppp_link_ending(const struct ppp_link *link);

enum ppp_phase ppp_link_phase(const struct ppp_link *link);
const char *ppp_link_phase_text(enum ppp_phase phase);
const char *ppp_link_reason_text(enum ppp_end_reason reason);

#endif /* PROTO_PPP_LINK_H */
