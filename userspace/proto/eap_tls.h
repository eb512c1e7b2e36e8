/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * EAP-TLS (RFC 5216; RFC 9190 for TLS 1.3). Type-Data:
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |     Flags     |  TLS Message Length, four octets, if L is set
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |               |  TLS Data ...
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *
 * Flags are L (80: there is a length), M (40: more fragments) and S (20: start).
 * A message without data acknowledges a fragment, or ends the conversation.
 */
#ifndef PROTO_EAP_TLS_H
#define PROTO_EAP_TLS_H

#include "crypto/tls.h"
#include "eap.h"

/*
 * An EAP packet of ours is never longer, whatever the link takes: the default of
 * other implementations, which passes every RADIUS proxy.
 */
#define EAP_TLS_PACKET_MAX	1020

/**
 * struct eap_tls - one conversation, either side
 * @tls: NULL: none has begun
 * @fragment: octets of TLS in one message of ours
 * @sending: our flight is on its way and not acknowledged
 * @sent: octets of it that are
 * @receiving: a fragment of the peer's flight is here, and more will come
 * @announced: octets of it in all; 0: not said
 * @taken: octets of it that are here
 * @granted: authenticator: the daemon lets the user in
 */
struct eap_tls {
	struct tls *tls;
	size_t fragment;
	bool sending;
	size_t sent;
	bool receiving;
	size_t announced;
	size_t taken;
	bool granted;
};

/*
 * The authenticator's side. The certificate of the peer must be for @user, whose
 * domain before the last backslash does not count; @mtu is the longest EAP
 * packet that the peer takes. False without memory. A conversation that has
 * begun holds memory until eap_tls_stop().
 */
bool eap_tls_start(struct eap_tls *t, struct tls_config *config,
		   const char *user, size_t mtu, struct eap_message *out);
void eap_tls_stop(struct eap_tls *t);

/* A Response. EAP_STEP_ASK: the peer's certificate is right. */
enum eap_step eap_tls_input(struct eap_tls *t, const uint8_t *data, size_t len,
			    struct eap_message *out);

/* The daemon's word about it. */
enum eap_step eap_tls_result(struct eap_tls *t, bool ok, struct eap_message *out);

/*
 * The peer's side: a Request of the server, whose certificate must be for
 * @name (NULL: any). EAP_STEP_FAILURE with an empty @out sends nothing.
 */
enum eap_step eap_tls_peer_input(struct eap_tls *t, struct tls_config *config,
				 const char *name, size_t mtu,
				 const uint8_t *data, size_t len,
				 struct eap_message *out);

/* Are both ends satisfied with each other's certificates? */
bool eap_tls_open(struct eap_tls *t);

/* Why not; a constant clause. */
const char *eap_tls_why(const struct eap_tls *t);

/* Did we refuse the other end, rather than it us? */
bool eap_tls_refused(const struct eap_tls *t);

/* MPPE start keys of the authenticator: the peer's are the other way round. */
bool eap_tls_keys(struct eap_tls *t, uint8_t tx[MPPE_START_LEN],
		  uint8_t rx[MPPE_START_LEN]);

#endif /* PROTO_EAP_TLS_H */
