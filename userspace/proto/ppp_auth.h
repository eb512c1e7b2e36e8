/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Authentication methods; what a link asks of whoever knows the users, and the
 * answer. The daemon looks a user up, everything else is done here.
 */
#ifndef PROTO_PPP_AUTH_H
#define PROTO_PPP_AUTH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "chap_md5.h"
#include "mppe_start.h"
#include "mschap.h"
#include "mschap1.h"
#include "mschap_change.h"

#define PPP_USER_MAX		256	/* octets of a user name as sent */
#define PPP_PASSWORD_MAX	255	/* octets that a PAP packet can hold */
#define PPP_AUTH_MESSAGE_MAX	64	/* with a final 0 */

#define PPP_AUTH_PROTOCOL_PAP	0xc023
#define PPP_AUTH_PROTOCOL_CHAP	0xc223
#define PPP_AUTH_PROTOCOL_EAP	0xc227

/* In the order of their strength; the order of offering follows it. */
enum ppp_auth_method {
	PPP_AUTH_NONE,
	PPP_AUTH_PAP,
	PPP_AUTH_CHAP_MD5,
	PPP_AUTH_MSCHAP,
	PPP_AUTH_MSCHAP_V2,
	PPP_AUTH_EAP_MD5,
	PPP_AUTH_EAP_MSCHAP_V2,
	PPP_AUTH_EAP_TLS,
	PPP_AUTH_METHODS,
};

#define PPP_AUTH_BIT(method)	(1u << (method))

/* Every method that runs under LCP's option c227. */
#define PPP_AUTH_EAP_MASK						\
	(PPP_AUTH_BIT(PPP_AUTH_EAP_MD5) | PPP_AUTH_BIT(PPP_AUTH_EAP_MSCHAP_V2) | \
	 PPP_AUTH_BIT(PPP_AUTH_EAP_TLS))

/* "MS-CHAP-V2" and so on, "none" for PPP_AUTH_NONE. */
const char *ppp_auth_method_text(enum ppp_auth_method method);

/* Does it leave MPPE keys behind? */
bool ppp_auth_method_keys(enum ppp_auth_method method);

/*
 * May these keys be of 40 or 56 bits too? Those of MS-CHAP version 1 may not:
 * they are the LM hash (RFC 3079 section 2.1), which kpptp never uses; pppd turns
 * the short keys off as well.
 */
bool ppp_auth_method_short_keys(enum ppp_auth_method method);

/* Can it be overheard or found by a search at once? Off by default, counted. */
bool ppp_auth_method_weak(enum ppp_auth_method method);

/* Does checking it take the password itself, so that a hash is not enough? */
bool ppp_auth_method_password(enum ppp_auth_method method);

/*
 * LCP's Authentication-Protocol option (RFC 1661 section 6.2) without type and
 * length; returns how many octets there are, 0 for PPP_AUTH_NONE.
 */
size_t ppp_auth_lcp_option(enum ppp_auth_method method, uint8_t out[3]);

/* PPP_AUTH_PROTOCOL_* of its packets, 0 for PPP_AUTH_NONE. */
uint16_t ppp_auth_protocol(enum ppp_auth_method method);

/*
 * The methods that such an option stands for as a mask: one bit, or all of
 * PPP_AUTH_EAP_MASK; 0 when none is known.
 */
unsigned int ppp_auth_lcp_methods(const uint8_t *data, size_t len);

enum ppp_auth_kind {
	PPP_AUTH_LOGIN,		/* may this user enter? */
	PPP_AUTH_CHANGE,	/* the same, with a new password to be stored */
	PPP_AUTH_IDENTITY,	/* EAP: which methods may this name use? */
};

/**
 * struct ppp_auth_request - a peer's claim. Secret.
 * @serial: which request this is; an answer to an older one is ignored
 * @kind: what is asked
 * @method: by which @user claims to be known; PPP_AUTH_NONE for IDENTITY
 * @user: as sent, no NUL inside, maybe DOMAIN\user. For EAP-TLS the name in a
 *	certificate that has been verified
 * @pap: password of PAP
 * @md5: of CHAP-MD5 and EAP-MD5
 * @mschap1: of MS-CHAP
 * @mschap: of MS-CHAP-V2 and EAP-MSCHAP-V2
 * @change: of those two when @kind is PPP_AUTH_CHANGE
 */
struct ppp_auth_request {
	unsigned int serial;
	enum ppp_auth_kind kind;
	enum ppp_auth_method method;
	char user[PPP_USER_MAX + 1];
	union {
		struct {
			char password[PPP_PASSWORD_MAX + 1];
		} pap;
		struct chap_md5_response md5;
		struct mschap1_response mschap1;
		struct mschap_response mschap;
		struct mschap_change change;
	};
};

/**
 * struct ppp_auth_secret - what is known of a user. Secret.
 * @known: there is such a user
 * @password: NULL: only the hash is known
 * @nt_hash: of an unknown user one that nobody has, so that a refusal takes as
 *	long as one for a wrong password
 */
struct ppp_auth_secret {
	bool known;
	const char *password;
	uint8_t nt_hash[MSCHAP_HASH_LEN];
};

/**
 * struct ppp_auth_result - the daemon's answer. Secret.
 * @serial: that of the request
 * @ok: the claim is right and the user may enter
 * @error: MS-CHAP error code when not @ok: 691 and so on (RFC 2759 section 6)
 * @message: for the peer, may be empty
 * @methods: answer to PPP_AUTH_IDENTITY: PPP_AUTH_BIT() of each that is allowed
 * @authenticator: "S=" value: the 20 octets of the authenticator response
 * @has_keys: the following two count. Not for EAP-TLS, whose keys the link has
 * @tx_start, @rx_start: MPPE start keys, ours to send and receive
 * @new_nt_hash: of a right PPP_AUTH_CHANGE: to be stored before the peer is told
 */
struct ppp_auth_result {
	unsigned int serial;
	bool ok;
	unsigned int error;
	char message[PPP_AUTH_MESSAGE_MAX];
	unsigned int methods;
	uint8_t authenticator[MSCHAP_AUTH_LEN];
	bool has_keys;
	uint8_t tx_start[MPPE_START_LEN];
	uint8_t rx_start[MPPE_START_LEN];
	uint8_t new_nt_hash[MSCHAP_HASH_LEN];
};

struct tls_config;

/**
 * struct ppp_credentials - by which we prove to a peer who we are. Secret; all
 * that it points to outlives the link.
 * @user: name as sent, maybe DOMAIN\user
 * @password: NULL: only the hash is known
 * @has_hash, @nt_hash: NT hash of the password
 * @new_password: for a peer that says that @password has expired; NULL: none
 * @methods: PPP_AUTH_BIT() of each that we are willing to use
 * @remote_name: that the peer must go by; NULL: any
 * @tls: own certificate and what the peer's must be; NULL: no EAP-TLS
 */
struct ppp_credentials {
	const char *user;
	const char *password;
	bool has_hash;
	uint8_t nt_hash[MSCHAP_HASH_LEN];
	const char *new_password;
	unsigned int methods;
	const char *remote_name;
	struct tls_config *tls;
};

/* Those of @credentials->methods that the rest of it is enough for. */
unsigned int ppp_auth_usable(const struct ppp_credentials *credentials);

/* NT hash of the password that is in use; false: there is none. */
bool ppp_auth_hash(const struct ppp_credentials *credentials,
		   uint8_t hash[MSCHAP_HASH_LEN]);

/**
 * struct ppp_auth_failure - why a peer does not let us in
 * @identity: we do not let the peer: it could not prove that it knows our
 *	password, or it goes by another name
 * @error: MS-CHAP error code, 0: none was given
 * @message: the peer's words, printable
 */
struct ppp_auth_failure {
	bool identity;
	unsigned int error;
	char message[PPP_AUTH_MESSAGE_MAX];
};

/* @len octets of a peer's words, with a "?" for what is not printable ASCII. */
void ppp_auth_message(const uint8_t *text, size_t len,
		      char message[PPP_AUTH_MESSAGE_MAX]);

/**
 * struct ppp_auth_done - what an authentication that succeeded leaves behind
 * @user: who was authenticated, as sent: the peer, or we
 * @method: how
 * @changed: our side: the new password counts from now on
 * @has_keys: the following two count
 * @tx_start, @rx_start: MPPE start keys, ours to send and receive. Secret
 */
struct ppp_auth_done {
	char user[PPP_USER_MAX + 1];
	enum ppp_auth_method method;
	bool changed;
	bool has_keys;
	uint8_t tx_start[MPPE_START_LEN];
	uint8_t rx_start[MPPE_START_LEN];
};

/* What an input of either side of an authentication led to. */
enum ppp_auth_outcome {
	PPP_AUTH_IGNORED,	/* nobody waits for it */
	PPP_AUTH_WAITING,	/* it was taken, and more has to come */
	PPP_AUTH_DONE_OK,
	PPP_AUTH_DONE_FAILED,
};

/*
 * Fills @result: is a LOGIN or CHANGE right for this user? Returns result->ok.
 * An IDENTITY is not for here and refused: which methods a user may use is the
 * daemon's to say.
 */
bool ppp_auth_check(const struct ppp_auth_request *request,
		    const struct ppp_auth_secret *secret,
		    struct ppp_auth_result *result);

/* Fills @result with a refusal; @error is an MSCHAP_ERROR_*. */
void ppp_auth_refuse(const struct ppp_auth_request *request, unsigned int error,
		     const char *message, struct ppp_auth_result *result);

#endif /* PROTO_PPP_AUTH_H */
