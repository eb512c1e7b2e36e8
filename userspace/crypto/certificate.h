/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CRYPTO_CERTIFICATE_H
#define CRYPTO_CERTIFICATE_H

#include <stdbool.h>
#include <time.h>

/* From when until when a certificate is valid, seconds since 1970. */
struct certificate_term {
	time_t begin;
	time_t end;
};

/* Of the first certificate in the PEM file @path. False: there is none to be read. */
bool certificate_term(const char *path, struct certificate_term *term);

#endif /* CRYPTO_CERTIFICATE_H */
