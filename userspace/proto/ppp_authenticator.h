/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The peer proves to us who it is: one object over PAP, CHAP and EAP, of which
 * LCP agrees on one. Knows no phase of the link.
 */
#ifndef PROTO_PPP_AUTHENTICATOR_H
#define PROTO_PPP_AUTHENTICATOR_H

#include <stdbool.h>
#include <stdint.h>

#include "chap.h"
#include "eap_server.h"
#include "pap.h"
#include "ppp_action.h"
#include "ppp_auth.h"
#include "ppp_packet.h"
#include "ppp_rand.h"

/**
 * struct ppp_authenticator_config
 * @name: ours, in challenges; outlives the authenticator
 * @methods: PPP_AUTH_BIT() of each that is allowed, for EAP to choose from
 * @restart: ms between copies of what we ask
 * @max_transmit: copies in all
 * @tries: answers that may be wrong
 * @mtu: octets that an EAP packet may have, header included
 * @tls: own certificate and whom we trust; NULL: no EAP-TLS
 */
struct ppp_authenticator_config {
	const char *name;
	unsigned int methods;
	unsigned int restart;
	unsigned int max_transmit;
	unsigned int tries;
	unsigned int mtu;
	struct tls_config *tls;
};

/**
 * struct ppp_authenticator - Secret; no field is for others
 * @method: as agreed by LCP; PPP_AUTH_NONE: not started
 * @refused: the daemon's last answer was a no
 * @done: who was authenticated last: it stays when a new round begins, because a
 *	link belongs to one user
 */
struct ppp_authenticator {
	enum ppp_auth_method method;
	struct pap pap;
	struct chap chap;
	struct eap_server eap;
	bool refused;
	struct ppp_auth_done done;
};

void ppp_authenticator_init(struct ppp_authenticator *a,
			    const struct ppp_authenticator_config *cfg,
			    struct ppp_rand *rand);

/*
 * LCP is open and the peer has agreed to @method; any of EAP's stands for all
 * of them that are allowed.
 */
void ppp_authenticator_start(struct ppp_authenticator *a,
			     enum ppp_auth_method method, uint64_t now,
			     struct ppp_actions *acts);

/*
 * Forgets the round; an answer that is still to come will be ignored. Frees what
 * EAP holds, so that it is due before the authenticator goes.
 */
void ppp_authenticator_stop(struct ppp_authenticator *a);

/*
 * A packet of @protocol. Comes also after DONE_OK: a peer that lost our last word
 * repeats its own. The daemon is asked by PPP_ACTION_AUTHENTICATE.
 */
enum ppp_auth_outcome ppp_authenticator_input(struct ppp_authenticator *a,
					      uint16_t protocol,
					      const struct ppp_packet *pkt,
					      uint64_t now,
					      struct ppp_actions *acts);

/* The answer to AUTHENTICATE. One to an older request is ignored. */
enum ppp_auth_outcome ppp_authenticator_result(struct ppp_authenticator *a,
					       const struct ppp_auth_result *result,
					       uint64_t now,
					       struct ppp_actions *acts);

/* Repeats what we asked when it is time. False: it was repeated enough. */
bool ppp_authenticator_timer(struct ppp_authenticator *a, uint64_t now,
			     struct ppp_actions *acts);

/* When ppp_authenticator_timer() wants to be called; UINT64_MAX: never. */
uint64_t ppp_authenticator_deadline(const struct ppp_authenticator *a);

/* Was the last claim of the peer refused? */
bool ppp_authenticator_refused(const struct ppp_authenticator *a);

/* After DONE_OK, until the next start or stop. */
const struct ppp_auth_done *
ppp_authenticator_done(const struct ppp_authenticator *a);

/* As if @user had been authenticated by @method, which left no keys. */
void ppp_authenticator_assume(struct ppp_authenticator *a, enum ppp_auth_method method,
			      const char *user);

#endif /* PROTO_PPP_AUTHENTICATOR_H */
