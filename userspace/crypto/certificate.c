// SPDX-License-Identifier: GPL-2.0-or-later
#include "certificate.h"

#include <gnutls/x509.h>

static bool read_term(gnutls_x509_crt_t certificate, const gnutls_datum_t *text,
		      struct certificate_term *term)
{
	if (gnutls_x509_crt_import(certificate, text, GNUTLS_X509_FMT_PEM) < 0)
		return false;
	term->begin = gnutls_x509_crt_get_activation_time(certificate);
	term->end = gnutls_x509_crt_get_expiration_time(certificate);
	return term->begin != (time_t)-1 && term->end != (time_t)-1;
}

bool certificate_term(const char *path, struct certificate_term *term)
{
	gnutls_x509_crt_t certificate;
	gnutls_datum_t text;
	bool good;

	if (gnutls_load_file(path, &text) < 0)
		return false;
	good = gnutls_x509_crt_init(&certificate) >= 0;
	if (good) {
		good = read_term(certificate, &text, term);
		gnutls_x509_crt_deinit(certificate);
	}
	gnutls_free(text.data);
	return good;
}
