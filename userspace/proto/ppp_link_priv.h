/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The inside of a link, for the files that it consists of:
 *
 *	ppp_link_auth.c		who is who, and keys
 *	ppp_link_callback.c	who calls whom back
 *	ppp_link_network.c	CCP, IPCP, IPV6CP, and what they add up to
 *	ppp_link_save.c		a link that goes on in another process
 *	ppp_link_doubt.c	control frames that may be somebody else's
 *	ppp_link.c		LCP, phases, time; calls the others
 *
 * Only ppp_link.c ends a link. The others say so by ppp_link_fail().
 */
#ifndef PROTO_PPP_LINK_PRIV_H
#define PROTO_PPP_LINK_PRIV_H

#include "ipv6cp.h"
#include "lcp.h"
#include "ppp_authenticator.h"
#include "ppp_authpeer.h"
#include "ppp_link.h"

#define PPP_LINK_NEVER UINT64_MAX

/* Octets that are kept for later; @len 0: none. */
struct ppp_link_parked {
	uint8_t data[PPP_FRAME_MAX];
	size_t len;
};

/* Protocols that a link needs: LCP, CCP, and IPCP or IPV6CP. */
#define PPP_LINK_DOUBTS		3

/* Octets of a frame that is doubted; real ones that take a link down are shorter. */
#define PPP_LINK_DOUBT_MAX	256

/**
 * struct ppp_link_doubt - a frame that the peer may not have sent
 * @len: 0: there is none
 * @step: how much of its time is over
 * @deadline: of this step
 * @received: what ppp_link_received() said in the first step
 */
struct ppp_link_doubt {
	uint8_t frame[PPP_LINK_DOUBT_MAX];
	size_t len;
	unsigned int step;
	uint64_t deadline;
	uint64_t received;
};

/**
 * struct ppp_link - one link
 * @fail: why it is to end, at the end of the input at hand
 * @reason: why it ends, once it does
 * @finished: FINISHED was said
 * @started: LCP has been started
 * @peer_pending, @us_pending: the proof of that end is still due
 * @answer: the frame of our last CHAP Response
 * @auth_failure: the end of our proof, when that is why the link ends
 * @callback_types: what the peer's user is offered, 0: no callback; its number is in
 *	@callback
 * @callback_pending: CBCP is under way
 * @callback: that was agreed, with PPP_END_CALLBACK
 * @up: UP was said and DOWN was not; @up_ipv6: with IPv6
 * @encrypted: keys were installed; there is no way back to cleartext
 * @asked_address, @has_address: GET_ADDRESS was said, and answered
 * @ccp_silent: a peer that need not encrypt has said nothing of CCP in time
 * @has_keys: authentication left some, in the next two; @short_keys: that may be
 *	of 40 and 56 bits, too
 * @stage_deadline: for authentication, then for the network protocols
 * @ccp_deadline: when @ccp_silent is decided
 * @heard: ms, when something came last
 * @echo_sent: ms, when the last Echo-Request went out, or the link began
 * @echo_missed: Echo-Requests since @heard
 * @renegotiations: since @minute, in ms
 * @received: packets of the network that the peer has sent
 * @doubt: by protocol
 * @ipcp_parked, @ipv6cp_parked: the last Configure-Request that came too early
 */
struct ppp_link {
	struct ppp_link_config cfg;
	enum ppp_phase phase;
	enum ppp_end_reason fail;
	enum ppp_end_reason reason;
	struct ppp_rand rand;
	struct lcp lcp;
	struct ppp_authenticator authenticator;
	struct ppp_authpeer authpeer;
	struct cbcp_answerer answerer;
	struct cbcp_caller caller;
	struct ccp ccp;
	struct ipcp ipcp;
	struct ipv6cp ipv6cp;
	bool finished;
	bool started;
	bool peer_pending;
	bool us_pending;
	struct ppp_link_parked answer;
	struct ppp_auth_failure auth_failure;
	unsigned int callback_types;
	bool callback_pending;
	struct cbcp_choice callback;
	bool up;
	bool up_ipv6;
	bool encrypted;
	bool asked_address;
	bool has_address;
	bool ccp_silent;
	bool has_keys;
	bool short_keys;
	uint8_t tx_start[MPPE_START_LEN];
	uint8_t rx_start[MPPE_START_LEN];
	uint64_t stage_deadline;
	uint64_t ccp_deadline;
	uint64_t heard;
	uint64_t echo_sent;
	unsigned int echo_missed;
	unsigned int renegotiations;
	uint64_t minute;
	uint64_t received;
	struct ppp_link_doubt doubt[PPP_LINK_DOUBTS];
	struct ppp_link_parked ipcp_parked;
	struct ppp_link_parked ipv6cp_parked;
};

/* The link is to end. The first reason is the true one. */
static inline void ppp_link_fail(struct ppp_link *link,
				 enum ppp_end_reason reason)
{
	if (link->fail == PPP_END_NONE)
		link->fail = reason;
}

/* The peer took an open protocol down; too often is the end. */
void ppp_link_count_renegotiation(struct ppp_link *link, uint64_t now);

void ppp_link_auth_init(struct ppp_link *link);

/* LCP has opened: asks for the proofs that were agreed on. */
void ppp_link_auth_start(struct ppp_link *link, uint64_t now,
			 struct ppp_actions *acts);
void ppp_link_auth_stop(struct ppp_link *link);

void ppp_link_auth_input(struct ppp_link *link, uint16_t protocol,
			 const struct ppp_packet *pkt, uint64_t now,
			 struct ppp_actions *acts);
/*
 * The peer speaks of network protocols while we wait for its word: that was
 * "Success", and got lost. pppd 2.4.9 never says it after EAP-MSCHAPv2.
 */
void ppp_link_auth_let_in(struct ppp_link *link, struct ppp_actions *acts);
void ppp_link_auth_timer(struct ppp_link *link, uint64_t now,
			 struct ppp_actions *acts);
uint64_t ppp_link_auth_deadline(const struct ppp_link *link);

/* The answer to AUTHENTICATE. */
void ppp_link_auth_answered(struct ppp_link *link,
			    const struct ppp_auth_result *result, uint64_t now,
			    struct ppp_actions *acts);

/* What MPPE there are keys for, as CCP_MPPE_* bits. */
uint32_t ppp_link_auth_strengths(const struct ppp_link *link);

static inline bool ppp_link_auth_pending(const struct ppp_link *link)
{
	return link->peer_pending || link->us_pending;
}

/* Has the peer been told that its last answer was wrong? */
bool ppp_link_auth_refused(const struct ppp_link *link);

void ppp_link_callback_init(struct ppp_link *link);

/* Both ends are who they have to be: is either called back? */
void ppp_link_callback_start(struct ppp_link *link, uint64_t now, struct ppp_actions *acts);
void ppp_link_callback_stop(struct ppp_link *link);

/* A packet of CBCP. False: that is not spoken here. */
bool ppp_link_callback_input(struct ppp_link *link, const struct ppp_packet *pkt, uint64_t now,
			     struct ppp_actions *acts);
void ppp_link_callback_timer(struct ppp_link *link, uint64_t now, struct ppp_actions *acts);

/* We are the caller, and have asked for a callback; the Ack may have been lost. */
bool ppp_link_callback_chosen(const struct ppp_link *link);

void ppp_link_network_init(struct ppp_link *link,
			   const struct ppp_cp_config *cp);

/* Both ends are who they have to be. */
void ppp_link_network_start(struct ppp_link *link, uint64_t now,
			    struct ppp_actions *acts);

/*
 * LCP is open no more. DOWN goes before action number @at: traffic stops before
 * the peer is told.
 */
void ppp_link_network_stop(struct ppp_link *link, unsigned int at, uint64_t now,
			   struct ppp_actions *acts);

/* Packets of CCP, IPCP and IPV6CP. False: that one is not spoken here. */
bool ppp_link_network_input(struct ppp_link *link, uint16_t protocol,
			    const uint8_t *packet, size_t len, uint64_t now,
			    struct ppp_actions *acts);

/* The peer has rejected @protocol, if it is one of these. */
void ppp_link_network_rejected(struct ppp_link *link, uint16_t protocol,
			       uint64_t now, struct ppp_actions *acts);
void ppp_link_network_timer(struct ppp_link *link, uint64_t now,
			    struct ppp_actions *acts);
uint64_t ppp_link_network_deadline(const struct ppp_link *link);

/* The address has come: what waited for it goes on. */
void ppp_link_network_resume(struct ppp_link *link, uint64_t now,
			     struct ppp_actions *acts);

/* What has not been agreed in time. */
enum ppp_end_reason ppp_link_network_lacks(const struct ppp_link *link);

/* The protocol of the network without which there would be no link. */
struct ppp_cp *ppp_link_network_essential(struct ppp_link *link);

/*
 * @frame with @pkt in it has come. True: it waits until it is known whether the peer has
 * sent it, and is not to be acted on.
 */
bool ppp_link_doubt_keep(struct ppp_link *link, const uint8_t *frame, size_t len,
			 const struct ppp_packet *pkt, uint64_t now,
			 struct ppp_actions *acts);

/* The peer has answered an Echo-Request: its LCP is open. */
void ppp_link_doubt_echoed(struct ppp_link *link, struct ppp_actions *acts);

/*
 * To be called until it returns 0: the octets of a frame that the peer seems to have
 * sent, which goes to @frame and is to be acted on.
 */
size_t ppp_link_doubt_timer(struct ppp_link *link, uint64_t now, struct ppp_actions *acts,
			    uint8_t frame[PPP_LINK_DOUBT_MAX]);
uint64_t ppp_link_doubt_deadline(const struct ppp_link *link);

/* The link is up no more, and has nothing to lose. */
void ppp_link_doubt_stop(struct ppp_link *link);

#endif /* PROTO_PPP_LINK_PRIV_H */
