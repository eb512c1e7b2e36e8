/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What all control protocols have in common: the seven packets of RFC 1661
 * section 5.1 to 5.6 around the automaton. A protocol (LCP, CCP, IPCP, IPV6CP) brings a
 * table of functions that judge and write options.
 */
#ifndef PROTO_PPP_CP_H
#define PROTO_PPP_CP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ppp_action.h"
#include "ppp_fsm.h"
#include "ppp_opt.h"
#include "ppp_packet.h"

#define PPP_CP_REQUEST_MAX 64	/* octets of options in a request of ours */

/* What is to be said about one option of the peer's request. */
enum ppp_cp_verdict {
	PPP_CP_ACK,
	PPP_CP_NAK,	/* becomes a Reject after Max-Failure */
	PPP_CP_INSIST,	/* a Nak that never becomes a Reject */
	PPP_CP_REJECT,
	PPP_CP_WAIT,	/* nothing yet: the peer will say it again */
};

struct ppp_cp;

/**
 * struct ppp_cp_ops - one control protocol
 * @protocol: PPP protocol number
 * @request: writes the options of our Configure-Request
 * @begin: the Configure-Request @pkt, known to hold whole options, will be judged
 * @option: judges one option; for a Nak it writes the wanted one to @nak
 * @missing: writes to @nak what the peer ought to have named; @exhausted says
 *	     that Max-Failure is reached and only what is indispensable counts
 * @acked: the request that was judged last is acknowledged
 * @agreed: the peer acknowledged our request
 * @naked, @rejected: the peer said so of one option of our request
 */
struct ppp_cp_ops {
	uint16_t protocol;
	void (*request)(struct ppp_cp *cp, struct writer *w);
	void (*begin)(struct ppp_cp *cp, const struct ppp_packet *pkt);
	enum ppp_cp_verdict (*option)(struct ppp_cp *cp,
				      const struct ppp_opt *opt,
				      struct writer *nak);
	void (*missing)(struct ppp_cp *cp, bool exhausted, struct writer *nak);
	void (*acked)(struct ppp_cp *cp);
	void (*agreed)(struct ppp_cp *cp);
	void (*naked)(struct ppp_cp *cp, const struct ppp_opt *opt);
	void (*rejected)(struct ppp_cp *cp, const struct ppp_opt *opt);
};

struct ppp_cp_config {
	struct ppp_fsm_config fsm;
	unsigned int max_failure;	/* RFC 1661 section 4.6 */
};

/**
 * struct ppp_cp - one running control protocol; embedded in lcp, ccp, ipcp and ipv6cp
 * @naks_sent: since our last Ack
 * @naks_received: since the peer's last Ack
 * @next_id: one counter for every packet of ours that needs an identifier
 * @request: options of our last Configure-Request, sent with @request_id
 * @waiting: that request has no answer yet
 * @acked, @acked_len, @acked_id: the peer's request that we acknowledged last;
 *	0 octets long when it was empty or did not fit
 * @heard: a packet of this protocol has come
 * @fail: this protocol wants the link ended
 * @hopeless: it will not be agreed; whoever runs it should close it
 * @farewell: text for our Terminate-Request, may be NULL
 */
struct ppp_cp {
	const struct ppp_cp_ops *ops;
	struct ppp_fsm fsm;
	unsigned int max_failure;
	unsigned int naks_sent;
	unsigned int naks_received;
	uint8_t next_id;
	uint8_t request_id;
	uint8_t request[PPP_CP_REQUEST_MAX];
	size_t request_len;
	bool waiting;
	uint8_t acked_id;
	uint8_t acked[PPP_CP_REQUEST_MAX];
	size_t acked_len;
	bool heard;
	enum ppp_end_reason fail;
	bool hopeless;
	const char *farewell;
};

void ppp_cp_init(struct ppp_cp *cp, const struct ppp_cp_ops *ops,
		 const struct ppp_cp_config *cfg);

/*
 * All three append frames to @acts and return the PPP_FSM_* actions that were
 * due; those that concern layers (TLU, TLD, TLF) and SER are the caller's.
 */
unsigned int ppp_cp_event(struct ppp_cp *cp, enum ppp_fsm_event event,
			  uint64_t now, struct ppp_actions *acts);
unsigned int ppp_cp_input(struct ppp_cp *cp, const struct ppp_packet *pkt,
			  uint64_t now, struct ppp_actions *acts);
unsigned int ppp_cp_timer(struct ppp_cp *cp, uint64_t now,
			  struct ppp_actions *acts);

/*
 * Would @pkt take @cp, which is open, out of Opened? A copy of the request that was
 * acknowledged would not, nor would answers: no request of ours waits for one.
 */
bool ppp_cp_disturbs(const struct ppp_cp *cp, const struct ppp_packet *pkt);

/* What was counted and waited for is void: the layer below began anew. */
void ppp_cp_forget(struct ppp_cp *cp);

static inline bool ppp_cp_open(const struct ppp_cp *cp)
{
	return cp->fsm.state == PPP_FSM_OPENED;
}

#endif /* PROTO_PPP_CP_H */
