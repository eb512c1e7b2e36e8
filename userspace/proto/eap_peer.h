/* SPDX-License-Identifier: GPL-2.0-or-later */
/* EAP (RFC 3748) of the peer: we prove who we are. */
#ifndef PROTO_EAP_PEER_H
#define PROTO_EAP_PEER_H

#include <stdbool.h>
#include <stdint.h>

#include "eap.h"
#include "eap_md5.h"
#include "eap_mschap.h"
#include "eap_tls.h"
#include "ppp_rand.h"

enum eap_peer_state {
	EAP_PEER_IDLE,
	EAP_PEER_WAITING,	/* no method yet */
	EAP_PEER_METHOD,	/* one is running */
	EAP_PEER_SATISFIED,	/* it is through: Success may come */
	EAP_PEER_DONE,		/* Success has */
	EAP_PEER_FAILED,
};

/**
 * struct eap_peer_config
 * @credentials: outlive this
 * @restart: ms until a last Response is repeated, after which no Success came
 * @max_transmit: copies of it in all
 * @mtu: octets that an EAP packet may have, header included
 */
struct eap_peer_config {
	const struct ppp_credentials *credentials;
	unsigned int restart;
	unsigned int max_transmit;
	unsigned int mtu;
};

/**
 * struct eap_peer - one peer. Secret. Holds memory of TLS until eap_peer_stop().
 * @method: that runs or ran
 * @told: DONE_OK was said; a later conversation is held without saying it again
 * @answered: Requests that were, up to two
 * @id: of the last one, to which @out is our answer
 * @before_id: of the one before it
 * @sent: copies of the last Response
 * @notification: what the authenticator wants its user to know, printable
 * @keys: the following two count
 */
struct eap_peer {
	struct eap_peer_config cfg;
	struct ppp_rand *rand;
	enum eap_peer_state state;
	enum ppp_auth_method method;
	unsigned int usable;
	bool told;
	unsigned int answered;
	uint8_t id;
	uint8_t before_id;
	unsigned int sent;
	uint64_t deadline;	/* UINT64_MAX: none */
	struct eap_message out;
	struct eap_mschap_peer mschap;
	struct eap_tls tls;
	char notification[PPP_AUTH_MESSAGE_MAX];
	struct ppp_auth_failure failure;
	bool keys;
	uint8_t tx_start[MPPE_START_LEN];
	uint8_t rx_start[MPPE_START_LEN];
};

void eap_peer_init(struct eap_peer *p, const struct eap_peer_config *cfg,
		   struct ppp_rand *rand);

/* Waits for a Request. */
void eap_peer_start(struct eap_peer *p);
void eap_peer_stop(struct eap_peer *p);

/*
 * The link below tells of success (RFC 3748 section 3.4): taken for the Success that
 * is still to come, where that would be.
 */
enum ppp_auth_outcome eap_peer_let_in(struct eap_peer *p);

/*
 * A packet. After DONE_OK the authenticator may begin again at any time, and
 * DONE_FAILED may follow from it.
 */
enum ppp_auth_outcome eap_peer_input(struct eap_peer *p,
				     const struct ppp_packet *pkt, uint64_t now,
				     struct ppp_actions *acts);

/*
 * Repeats the last Response, so that an authenticator whose Success was lost
 * says it again. False: it was repeated enough.
 */
bool eap_peer_timer(struct eap_peer *p, uint64_t now, struct ppp_actions *acts);

/* Was a new password accepted? It is the one that counts then. */
bool eap_peer_changed(const struct eap_peer *p);

#endif /* PROTO_EAP_PEER_H */
