/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * TLS 1.2 and 1.3 handshakes over memory buffers, over GnuTLS, for EAP-TLS
 * (RFC 5216, RFC 9190). Only crypto/tls.c includes GnuTLS.
 *
 * GnuTLS draws its own random numbers and asks the system's clock whether a
 * certificate is valid.
 */
#ifndef CRYPTO_TLS_H
#define CRYPTO_TLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Octets of one flight, ours or the peer's. RFC 5216 section 2.1.5 finds 64 KiB
 * reasonable; it bounds what a peer that has proved nothing can make us hold.
 */
#define TLS_FLIGHT_MAX	65536
#define TLS_NAME_MAX	256	/* octets of a name that a certificate must have */
#define TLS_EAP_KEY_LEN	128	/* MSK and EMSK */

enum tls_version {
	TLS_VERSION_1_2,
	TLS_VERSION_1_3,
};

enum tls_role {
	TLS_CLIENT,
	TLS_SERVER,
};

enum tls_state {
	TLS_WAITING,	/* for the peer's next flight */
	TLS_OPEN,	/* both ends are satisfied with each other */
	TLS_FAILED,	/* the last output is an alert, or nothing */
};

enum tls_error {
	TLS_ERROR_NONE,
	/* what we found */
	TLS_ERROR_NO_CERTIFICATE,
	TLS_ERROR_UNKNOWN_CA,
	TLS_ERROR_EXPIRED,
	TLS_ERROR_NOT_YET_VALID,
	TLS_ERROR_REVOKED,
	TLS_ERROR_OLD_CRL,
	TLS_ERROR_PURPOSE,
	TLS_ERROR_NAME,
	TLS_ERROR_WEAK,
	TLS_ERROR_CERTIFICATE,
	TLS_ERROR_NOTHING_COMMON,
	TLS_ERROR_TOO_LONG,
	TLS_ERROR_PROTOCOL,
	/* what the peer says that it found, by alerts */
	TLS_ERROR_REFUSED_NO_CERTIFICATE,
	TLS_ERROR_REFUSED_UNKNOWN_CA,
	TLS_ERROR_REFUSED_EXPIRED,
	TLS_ERROR_REFUSED_REVOKED,
	TLS_ERROR_REFUSED_CERTIFICATE,
	TLS_ERROR_REFUSED_NOTHING_COMMON,
	TLS_ERROR_REFUSED,
	TLS_ERRORS,
};

/**
 * struct tls_files - what a configuration is made of
 * @open: open(2) for who may not open all of them; NULL: open(2) itself
 * @certificate: ours and the chain that leads to its root, PEM
 * @key: the private key of ours, PEM, not encrypted; must not be open to others
 *	than its owner and group
 * @ca: roots that a peer's certificate must lead to, PEM
 * @crl: revocation lists, PEM; NULL: none are looked at. Nobody is let in by a
 *	list whose next update is past
 * @min_version, @max_version: what is negotiated
 * @depth: certificates in a peer's chain at most
 */
struct tls_files {
	int (*open)(const char *file, int flags);
	const char *certificate;
	const char *key;
	const char *ca;
	const char *crl;
	enum tls_version min_version;
	enum tls_version max_version;
	unsigned int depth;
};

struct tls_config;
struct tls;

/*
 * Reads the files. NULL, and one sentence in @err, when one of them cannot be
 * used. The caller owns one reference.
 */
struct tls_config *tls_config_load(const struct tls_files *files, char *err,
				   size_t err_len);

/* One reference more, one less (NULL is nothing); every handshake holds one. */
struct tls_config *tls_config_get(struct tls_config *config);
void tls_config_put(struct tls_config *config);

/*
 * One handshake. @name: what the certificate of the peer must be for, NULL when
 * any will do. It is for its common name, and for every subjectAltName of the
 * types mail address, DNS name and user principal name (what Windows puts into
 * certificates of users); equal octet by octet, DNS names without case, and no
 * wildcards. NULL without memory or when @name is longer than TLS_NAME_MAX.
 */
struct tls *tls_new(struct tls_config *config, enum tls_role role,
		    const char *name);
void tls_free(struct tls *tls);

/* Octets of the peer. False: more than TLS_FLIGHT_MAX are waiting. */
bool tls_input(struct tls *tls, const uint8_t *data, size_t len);

/*
 * Goes on as far as the input allows. A server of TLS 1.3 closes with the
 * octet 0x00 as application data (RFC 9190 section 2.5); a client is not
 * TLS_OPEN before it has seen that.
 */
enum tls_state tls_run(struct tls *tls);

/* What is to be sent; valid until the next tls_run(). */
const uint8_t *tls_output(const struct tls *tls, size_t *len);

/* That was sent. */
void tls_output_done(struct tls *tls);

enum tls_error tls_error(const struct tls *tls);

/* Does it say that we cannot take the peer for what it says that it is? */
bool tls_error_identity(enum tls_error error);

/* A clause without capital or period; constant. */
const char *tls_error_text(enum tls_error error);

/*
 * MSK and EMSK of an open handshake (RFC 5216 section 2.3, RFC 9190 section
 * 2.3). Secret.
 */
bool tls_eap_keys(struct tls *tls, uint8_t keys[TLS_EAP_KEY_LEN]);

#endif /* CRYPTO_TLS_H */
