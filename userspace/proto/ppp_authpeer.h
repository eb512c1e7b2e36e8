/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * We prove to the peer who we are: one object over PAP, CHAP and EAP, of which
 * LCP agrees on one. Knows no phase of the link.
 */
#ifndef PROTO_PPP_AUTHPEER_H
#define PROTO_PPP_AUTHPEER_H

#include <stdbool.h>
#include <stdint.h>

#include "chap_peer.h"
#include "eap_peer.h"
#include "pap.h"
#include "ppp_action.h"
#include "ppp_auth.h"
#include "ppp_packet.h"
#include "ppp_rand.h"

/**
 * struct ppp_authpeer_config
 * @credentials: outlive the object
 * @restart: ms between copies of what we send unasked (PAP)
 * @max_transmit: copies in all
 * @mtu: octets that an EAP packet may have, header included
 */
struct ppp_authpeer_config {
	const struct ppp_credentials *credentials;
	unsigned int restart;
	unsigned int max_transmit;
	unsigned int mtu;
};

/* struct ppp_authpeer - Secret; no field is for others */
struct ppp_authpeer {
	struct ppp_authpeer_config cfg;
	enum ppp_auth_method method;
	struct pap_peer pap;
	struct chap_peer chap;
	struct eap_peer eap;
	struct ppp_auth_done done;
};

void ppp_authpeer_init(struct ppp_authpeer *p,
		       const struct ppp_authpeer_config *cfg,
		       struct ppp_rand *rand);

/*
 * LCP is open and we have agreed to @method, one of ppp_auth_usable(); any of
 * EAP's stands for all of them that are usable.
 */
void ppp_authpeer_start(struct ppp_authpeer *p, enum ppp_auth_method method,
			uint64_t now, struct ppp_actions *acts);

/* Frees what EAP holds, so that it is due before the object goes. */
void ppp_authpeer_stop(struct ppp_authpeer *p);

/*
 * A packet of @protocol. Comes also after DONE_OK, which is said once a start: a
 * peer may challenge us again at any time (RFC 1994 section 4), and DONE_FAILED
 * may follow from it.
 */
enum ppp_auth_outcome ppp_authpeer_input(struct ppp_authpeer *p,
					 uint16_t protocol,
					 const struct ppp_packet *pkt,
					 uint64_t now,
					 struct ppp_actions *acts);

/*
 * The peer has gone on to the network phase. Outcome as of ppp_authpeer_input(): in
 * EAP that says as much as a Success, which may be lost.
 */
enum ppp_auth_outcome ppp_authpeer_let_in(struct ppp_authpeer *p);

/* Repeats what we sent when it is time. False: it was repeated enough. */
bool ppp_authpeer_timer(struct ppp_authpeer *p, uint64_t now,
			struct ppp_actions *acts);

/* When ppp_authpeer_timer() wants to be called; UINT64_MAX: never. */
uint64_t ppp_authpeer_deadline(const struct ppp_authpeer *p);

/* After DONE_OK, until the next start or stop. */
const struct ppp_auth_done *ppp_authpeer_done(const struct ppp_authpeer *p);

/*
 * After DONE_FAILED: why. With identity set it was we who refused the peer: the
 * link ends with PPP_END_SERVER_IDENTITY, else with PPP_END_PEER_REFUSED_US.
 */
const struct ppp_auth_failure *
ppp_authpeer_failure(const struct ppp_authpeer *p);

#endif /* PROTO_PPP_AUTHPEER_H */
