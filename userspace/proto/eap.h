/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * EAP (RFC 3748) as both of its sides see it:
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |     Code      |  Identifier   |            Length             |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |     Type      |  Type-Data ...
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *
 * Success and Failure end after the Length. The header is that of every PPP
 * control packet (ppp_packet.h).
 */
#ifndef PROTO_EAP_H
#define PROTO_EAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/bytes.h"
#include "ppp_action.h"
#include "ppp_auth.h"
#include "ppp_packet.h"

#define EAP_PROTOCOL	PPP_AUTH_PROTOCOL_EAP

enum eap_code {
	EAP_CODE_REQUEST = 1,
	EAP_CODE_RESPONSE = 2,
	EAP_CODE_SUCCESS = 3,
	EAP_CODE_FAILURE = 4,
};

enum eap_type {
	EAP_TYPE_NONE = 0,		/* in a Nak: there is no alternative */
	EAP_TYPE_IDENTITY = 1,
	EAP_TYPE_NOTIFICATION = 2,
	EAP_TYPE_NAK = 3,
	EAP_TYPE_MD5 = 4,
	EAP_TYPE_TLS = 13,
	EAP_TYPE_MSCHAP_V2 = 26,
};

#define EAP_MESSAGE_MAX	1496	/* what follows the header in an MRU of 1500 */

/* Type and Type-Data of a Request or Response that we send. */
struct eap_message {
	size_t len;
	uint8_t octets[EAP_MESSAGE_MAX];
};

/* What one packet of a method led to, on either side. */
enum eap_step {
	EAP_STEP_DISCARD,	/* it is none that is due: silence */
	EAP_STEP_SEND,		/* there is a message to be sent */
	EAP_STEP_ASK,		/* authenticator: the daemon has to say */
	EAP_STEP_SUCCESS,	/* authenticator: the method is through */
	EAP_STEP_FAILURE,	/* it is over; a message, if any, is the last */
};

/* The type by which a method goes; EAP_TYPE_NONE: it is none of EAP's. */
uint8_t eap_type_of(enum ppp_auth_method method);

/* PPP_AUTH_BIT() of the methods that the @len types of a Nak stand for. */
unsigned int eap_type_methods(const uint8_t *types, size_t len);

/* The strongest of a mask of methods, PPP_AUTH_NONE of an empty one. */
enum ppp_auth_method eap_strongest(unsigned int methods);

/* Begins a message of @type; what is written to the result is its Type-Data. */
struct writer eap_message_begin(struct eap_message *msg, uint8_t type);

/* Ends it; @w is what eap_message_begin() returned. */
void eap_message_end(struct eap_message *msg, const struct writer *w);

/* Sends @msg with that code and identifier. */
void eap_message_send(const struct eap_message *msg, enum eap_code code,
		      uint8_t id, struct ppp_actions *acts);

#endif /* PROTO_EAP_H */
