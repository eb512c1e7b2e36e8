/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * EAP (RFC 3748) of the authenticator: asks for the Identity, has the daemon say
 * which methods that name may use, offers the strongest of them, and lets the
 * peer choose another by a Nak.
 */
#ifndef PROTO_EAP_SERVER_H
#define PROTO_EAP_SERVER_H

#include <stdbool.h>
#include <stdint.h>

#include "eap.h"
#include "eap_md5.h"
#include "eap_mschap.h"
#include "eap_tls.h"
#include "ppp_rand.h"

/*
 * Requests of one conversation: two flights of TLS of the greatest length, and
 * what comes before and after.
 */
#define EAP_SERVER_REQUESTS_MAX	160

/* Restarts that a peer's user gets to type a password again. */
#define EAP_SERVER_TYPING	4

enum eap_server_state {
	EAP_SERVER_IDLE,
	EAP_SERVER_IDENTITY,	/* Request/Identity is out */
	EAP_SERVER_LOOKUP,	/* the daemon is asked for the methods */
	EAP_SERVER_OFFERED,	/* the first Request of a method is out */
	EAP_SERVER_METHOD,	/* a later one is */
	EAP_SERVER_PENDING,	/* the daemon is asked whether it is right */
	EAP_SERVER_DONE,	/* Success or Failure is out */
};

/**
 * struct eap_server_config
 * @name: ours, in Challenges; outlives this
 * @methods: PPP_AUTH_BIT() of each that is allowed
 * @restart: ms between copies of a Request
 * @max_transmit: copies in all
 * @tries: passwords that may be wrong
 * @mtu: octets that an EAP packet may have, header included
 * @tls: own certificate and whom we trust; NULL: no EAP-TLS
 */
struct eap_server_config {
	const char *name;
	unsigned int methods;
	unsigned int restart;
	unsigned int max_transmit;
	unsigned int tries;
	unsigned int mtu;
	struct tls_config *tls;
};

/**
 * struct eap_server - one authenticator. Secret. Holds memory of TLS until
 * eap_server_stop().
 * @method: that is offered or in use
 * @left: those that may still be offered
 * @id: of the last Request
 * @sent: copies of it so far
 * @requests: Requests of this conversation
 * @reply: Success or Failure, when DONE
 * @refused: the daemon, or TLS, did not like what the peer showed
 * @request: what the daemon was asked last; its user is the Identity
 * @out: the last Request
 * @keys: the following two count
 */
struct eap_server {
	struct eap_server_config cfg;
	struct ppp_rand *rand;
	enum eap_server_state state;
	enum ppp_auth_method method;
	unsigned int left;
	uint8_t id;
	unsigned int sent;
	unsigned int requests;
	uint64_t deadline;	/* UINT64_MAX: none */
	enum eap_code reply;
	bool refused;
	struct ppp_auth_request request;
	struct eap_message out;
	struct eap_md5 md5;
	struct eap_mschap mschap;
	struct eap_tls tls;
	bool keys;
	uint8_t tx_start[MPPE_START_LEN];
	uint8_t rx_start[MPPE_START_LEN];
};

void eap_server_init(struct eap_server *s, const struct eap_server_config *cfg,
		     struct ppp_rand *rand);

/* Asks for the Identity. */
void eap_server_start(struct eap_server *s, uint64_t now,
		      struct ppp_actions *acts);

/* Forgets the conversation; an answer that is still to come will be ignored. */
void eap_server_stop(struct eap_server *s);

/* A packet. The daemon is asked by PPP_ACTION_AUTHENTICATE. */
enum ppp_auth_outcome eap_server_input(struct eap_server *s,
				       const struct ppp_packet *pkt,
				       uint64_t now, struct ppp_actions *acts);

/* Its answer; one to an older question is ignored. */
enum ppp_auth_outcome eap_server_result(struct eap_server *s,
					const struct ppp_auth_result *result,
					uint64_t now, struct ppp_actions *acts);

/* Repeats the Request when it is time. False: it was repeated enough. */
bool eap_server_timer(struct eap_server *s, uint64_t now,
		      struct ppp_actions *acts);

#endif /* PROTO_EAP_SERVER_H */
