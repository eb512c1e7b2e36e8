/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An authority and the certificates that the tests of TLS want: made afresh by
 * each program, in a directory of its own.
 */
#ifndef CRYPTO_TLS_PKI_H
#define CRYPTO_TLS_PKI_H

#include <stdbool.h>

/*
 * Files in the directory:
 *
 *	key.pem		of every certificate but the authorities'
 *	ca.pem, other-ca.pem	two authorities
 *	crl.pem		ca's list; "revoked" is on it
 *	old-crl.pem	the same, whose next update is past
 *	gw.pem		a server with a DNS name
 *	alice.pem	a user by the common name
 *	mail.pem, principal.pem	users with such a subjectAltName
 *	big.pem		of more than one fragment
 *	expired.pem, future.pem, revoked.pem
 *	stranger.pem	of the other authority
 *	client-only.pem, server-only.pem
 */
struct tls_pki {
	char dir[64];
};

/* False when something went wrong; what it was is printed. */
bool tls_pki_make(struct tls_pki *pki);

/* Path of one of its files; valid until the eighth call from now. */
const char *tls_pki_file(const struct tls_pki *pki, const char *name);

/* Removes the files and the directory. */
void tls_pki_remove(const struct tls_pki *pki);

#endif /* CRYPTO_TLS_PKI_H */
