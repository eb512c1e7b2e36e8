// SPDX-License-Identifier: GPL-2.0-or-later
#define _GNU_SOURCE
#include <gnutls/abstract.h>
#include <gnutls/x509.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "lib/array.h"
#include "tls_pki.h"

#define DAY	86400
#define KEY_BITS	GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1)
#define PRINCIPAL_OID	"1.3.6.1.4.1.311.20.2.3"
#define EXTRA_NAMES	150	/* of "big": more than one fragment of certificate */

/* A UTF8String of 16 octets in DER. */
static const uint8_t principal[] = "\014\020alice@ad.example";

/* One certificate, valid from @from to @to days from now. */
struct row {
	const char *name;
	const char *mail;
	const char *dns;
	const char *purpose;
	bool principal;
	bool other_ca;
	bool big;
	int from;
	int to;
};

static const struct row rows[] = {
	{ .name = "gw", .dns = "gw.example.org", .from = -1, .to = 30 },
	{ .name = "alice", .from = -1, .to = 30 },
	{ .name = "mail", .mail = "alice@example.org", .from = -1, .to = 30 },
	{ .name = "principal", .principal = true, .from = -1, .to = 30 },
	{ .name = "big", .big = true, .from = -1, .to = 30 },
	{ .name = "expired", .from = -30, .to = -1 },
	{ .name = "future", .from = 1, .to = 30 },
	{ .name = "revoked", .from = -1, .to = 30 },
	{ .name = "stranger", .other_ca = true, .from = -1, .to = 30 },
	{ .name = "client-only", .purpose = GNUTLS_KP_TLS_WWW_CLIENT,
	  .from = -1, .to = 30 },
	{ .name = "server-only", .purpose = GNUTLS_KP_TLS_WWW_SERVER,
	  .from = -1, .to = 30 },
};

struct authority {
	gnutls_x509_crt_t crt;
	gnutls_x509_privkey_t key;
};

/* Everything here is expected to work. */
static void must(int ret)
{
	if (ret >= 0)
		return;
	printf("# tls_pki: %s\n", gnutls_strerror(ret));
	exit(1);
}

const char *tls_pki_file(const struct tls_pki *pki, const char *name)
{
	static char path[8][PATH_MAX];
	static unsigned int next;
	char *p = path[next++ % 8];

	snprintf(p, PATH_MAX, "%s/%s.pem", pki->dir, name);
	return p;
}

static void save(const struct tls_pki *pki, const char *name,
		 gnutls_datum_t *text)
{
	FILE *file = fopen(tls_pki_file(pki, name), "w");

	if (!file || fchmod(fileno(file), 0600) ||
	    fwrite(text->data, 1, text->size, file) != text->size || fclose(file))
		must(GNUTLS_E_FILE_ERROR);
	gnutls_free(text->data);
}

static void save_crt(const struct tls_pki *pki, const char *name,
		     gnutls_x509_crt_t crt)
{
	gnutls_datum_t text;

	must(gnutls_x509_crt_export2(crt, GNUTLS_X509_FMT_PEM, &text));
	save(pki, name, &text);
}

static gnutls_x509_privkey_t new_key(void)
{
	gnutls_x509_privkey_t key;

	must(gnutls_x509_privkey_init(&key));
	must(gnutls_x509_privkey_generate(key, GNUTLS_PK_ECDSA, KEY_BITS, 0));
	return key;
}

static gnutls_x509_crt_t new_crt(const char *name, gnutls_x509_privkey_t key,
				 unsigned int serial, int from, int to)
{
	uint8_t number[] = { 1, (uint8_t)serial };
	gnutls_x509_crt_t crt;

	must(gnutls_x509_crt_init(&crt));
	must(gnutls_x509_crt_set_version(crt, 3));
	must(gnutls_x509_crt_set_serial(crt, number, sizeof(number)));
	must(gnutls_x509_crt_set_key(crt, key));
	must(gnutls_x509_crt_set_dn_by_oid(crt, GNUTLS_OID_X520_COMMON_NAME, 0,
					   name, strlen(name)));
	must(gnutls_x509_crt_set_activation_time(crt, time(NULL) + from * DAY));
	must(gnutls_x509_crt_set_expiration_time(crt, time(NULL) + to * DAY));
	return crt;
}

static void make_authority(struct authority *ca, const char *name)
{
	ca->key = new_key();
	ca->crt = new_crt(name, ca->key, 255, -60, 60);
	must(gnutls_x509_crt_set_ca_status(ca->crt, 1));
	must(gnutls_x509_crt_set_key_usage(ca->crt, GNUTLS_KEY_KEY_CERT_SIGN |
					   GNUTLS_KEY_CRL_SIGN));
	must(gnutls_x509_crt_sign2(ca->crt, ca->crt, ca->key, GNUTLS_DIG_SHA256,
				   0));
}

static void free_authority(struct authority *ca)
{
	gnutls_x509_crt_deinit(ca->crt);
	gnutls_x509_privkey_deinit(ca->key);
}

static void add_name(gnutls_x509_crt_t crt, gnutls_x509_subject_alt_name_t type,
		     const char *name)
{
	must(gnutls_x509_crt_set_subject_alt_name(crt, type, name, strlen(name),
						  GNUTLS_FSAN_APPEND));
}

static void add_names(gnutls_x509_crt_t crt, const struct row *row)
{
	char name[64];
	int i;

	if (row->dns)
		add_name(crt, GNUTLS_SAN_DNSNAME, row->dns);
	if (row->mail)
		add_name(crt, GNUTLS_SAN_RFC822NAME, row->mail);
	if (row->principal)
		must(gnutls_x509_crt_set_subject_alt_othername(crt, PRINCIPAL_OID,
							       principal,
							       sizeof(principal) - 1,
							       GNUTLS_FSAN_APPEND));
	for (i = 0; row->big && i < EXTRA_NAMES; i++) {
		snprintf(name, sizeof(name), "host-number-%d.example.org", i);
		add_name(crt, GNUTLS_SAN_DNSNAME, name);
	}
}

static gnutls_x509_crt_t make_row(const struct row *row,
				  gnutls_x509_privkey_t key,
				  const struct authority *ca)
{
	gnutls_x509_crt_t crt = new_crt(row->name, key,
					(unsigned int)(row - rows), row->from,
					row->to);

	add_names(crt, row);
	if (row->purpose)
		must(gnutls_x509_crt_set_key_purpose_oid(crt, row->purpose, 0));
	must(gnutls_x509_crt_sign2(crt, ca->crt, ca->key, GNUTLS_DIG_SHA256, 0));
	return crt;
}

static void make_crl(const struct tls_pki *pki, const char *name,
		     const struct authority *ca, gnutls_x509_crt_t revoked,
		     int next)
{
	gnutls_x509_crl_t crl;
	gnutls_datum_t text;

	must(gnutls_x509_crl_init(&crl));
	must(gnutls_x509_crl_set_version(crl, 2));
	must(gnutls_x509_crl_set_this_update(crl, time(NULL) - 2 * DAY));
	must(gnutls_x509_crl_set_next_update(crl, time(NULL) + next * DAY));
	must(gnutls_x509_crl_set_crt(crl, revoked, time(NULL) - 2 * DAY));
	must(gnutls_x509_crl_sign2(crl, ca->crt, ca->key, GNUTLS_DIG_SHA256, 0));
	must(gnutls_x509_crl_export2(crl, GNUTLS_X509_FMT_PEM, &text));
	gnutls_x509_crl_deinit(crl);
	save(pki, name, &text);
}

static void make_rows(const struct tls_pki *pki, const struct authority *ca,
		      const struct authority *other)
{
	gnutls_x509_privkey_t key = new_key();
	gnutls_x509_crt_t crt;
	gnutls_datum_t text;
	unsigned int i;

	must(gnutls_x509_privkey_export2(key, GNUTLS_X509_FMT_PEM, &text));
	save(pki, "key", &text);
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		crt = make_row(&rows[i], key, rows[i].other_ca ? other : ca);
		save_crt(pki, rows[i].name, crt);
		if (!strcmp(rows[i].name, "revoked")) {
			make_crl(pki, "crl", ca, crt, 30);
			make_crl(pki, "old-crl", ca, crt, -1);
		}
		gnutls_x509_crt_deinit(crt);
	}
	gnutls_x509_privkey_deinit(key);
}

bool tls_pki_make(struct tls_pki *pki)
{
	struct authority ca, other;

	snprintf(pki->dir, sizeof(pki->dir), "/tmp/kpptp-pki-XXXXXX");
	if (!mkdtemp(pki->dir)) {
		perror("# tls_pki");
		return false;
	}
	make_authority(&ca, "Test authority");
	make_authority(&other, "Other authority");
	save_crt(pki, "ca", ca.crt);
	save_crt(pki, "other-ca", other.crt);
	make_rows(pki, &ca, &other);
	free_authority(&ca);
	free_authority(&other);
	return true;
}

void tls_pki_remove(const struct tls_pki *pki)
{
	static const char *const others[] = {
		"key", "ca", "other-ca", "crl", "old-crl"
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(others); i++)
		unlink(tls_pki_file(pki, others[i]));
	for (i = 0; i < ARRAY_SIZE(rows); i++)
		unlink(tls_pki_file(pki, rows[i].name));
	rmdir(pki->dir);
}
