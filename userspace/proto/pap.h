/* SPDX-License-Identifier: GPL-2.0-or-later */
/* PAP (RFC 1334 section 2), of the authenticator and of the peer. */
#ifndef PROTO_PAP_H
#define PROTO_PAP_H

#include <stdbool.h>
#include <stdint.h>

#include "ppp_action.h"
#include "ppp_packet.h"

#define PAP_PROTOCOL	PPP_AUTH_PROTOCOL_PAP

enum pap_state {
	PAP_IDLE,
	PAP_OPEN,	/* authenticator: a Request may come; peer: one is out */
	PAP_PENDING,	/* authenticator: a Request is being checked */
	PAP_DONE,
};

/**
 * struct pap - one authenticator
 * @request: what is being checked, or was last
 * @reply_code, @reply: what was said then, for a repeated Request
 */
struct pap {
	enum pap_state state;
	struct ppp_auth_request request;
	uint8_t id;
	uint8_t reply_code;
	char reply[PPP_AUTH_MESSAGE_MAX];
};

/* Waits for a Request: repeating is the peer's (section 2). */
void pap_start(struct pap *pap);

/* Forgets the round, and the password of it. */
void pap_stop(struct pap *pap);

/* A Request leads to PPP_ACTION_AUTHENTICATE, or to a repeated reply. */
enum ppp_auth_outcome pap_input(struct pap *pap, const struct ppp_packet *pkt,
				struct ppp_actions *acts);

enum ppp_auth_outcome pap_result(struct pap *pap,
				 const struct ppp_auth_result *result,
				 struct ppp_actions *acts);

/**
 * struct pap_peer - we prove ourselves
 * @credentials: outlive this
 * @restart: ms between copies of a Request
 * @max_transmit: copies in all
 */
struct pap_peer {
	const struct ppp_credentials *credentials;
	unsigned int restart;
	unsigned int max_transmit;
	enum pap_state state;
	uint8_t id;
	unsigned int sent;
	uint64_t deadline;	/* UINT64_MAX: none */
	struct ppp_auth_failure failure;
};

void pap_peer_init(struct pap_peer *peer, const struct ppp_credentials *credentials,
		   unsigned int restart, unsigned int max_transmit);

/* Sends the first Request. */
void pap_peer_start(struct pap_peer *peer, uint64_t now, struct ppp_actions *acts);
void pap_peer_stop(struct pap_peer *peer);
enum ppp_auth_outcome pap_peer_input(struct pap_peer *peer,
				     const struct ppp_packet *pkt);

/* Repeats the Request when it is time. False: it was repeated enough. */
bool pap_peer_timer(struct pap_peer *peer, uint64_t now, struct ppp_actions *acts);

#endif /* PROTO_PAP_H */
