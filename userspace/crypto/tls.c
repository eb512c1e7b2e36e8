// SPDX-License-Identifier: GPL-2.0-or-later
#include "tls.h"

#include <errno.h>
#include <fcntl.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509-ext.h>
#include <gnutls/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "lib/array.h"
#include "lib/slurp.h"

#define KEY_BITS_MAX	8192	/* of a key in a peer's chain: what we compute with */
#define STEPS_MAX	64	/* of GnuTLS in one tls_run(), warnings included */
#define EAP_TLS_TYPE	13
#define FILE_SIZE_MAX	(16 << 20)	/* octets of a file, a long list of revocations */

struct tls_config {
	unsigned int refs;
	gnutls_certificate_credentials_t cred;
	gnutls_priority_t priority;
	time_t crl_until;	/* the first next update of a list; -1: none */
};

struct tls {
	struct tls_config *config;
	enum tls_role role;
	enum tls_state state;
	enum tls_error error;
	gnutls_session_t session;
	bool shaken;		/* the handshake is through */
	char name[TLS_NAME_MAX + 1];	/* empty: any */
	size_t in_pos;
	size_t in_len;
	size_t out_len;
	uint8_t in[TLS_FLIGHT_MAX];
	uint8_t out[TLS_FLIGHT_MAX];
};

static const char *const error_text[TLS_ERRORS] = {
	[TLS_ERROR_NONE] = "no TLS error",
	[TLS_ERROR_NO_CERTIFICATE] = "the peer has no certificate",
	[TLS_ERROR_UNKNOWN_CA] =
		"the peer's certificate leads to no authority that we trust",
	[TLS_ERROR_EXPIRED] = "the peer's certificate has expired",
	[TLS_ERROR_NOT_YET_VALID] = "the peer's certificate is not valid yet",
	[TLS_ERROR_REVOKED] = "the peer's certificate has been revoked",
	[TLS_ERROR_OLD_CRL] = "our list of revoked certificates is out of date",
	[TLS_ERROR_PURPOSE] = "the peer's certificate is not for this side of TLS",
	[TLS_ERROR_NAME] = "the peer's certificate is for another name",
	[TLS_ERROR_WEAK] = "the peer's certificate uses an algorithm that is too weak",
	[TLS_ERROR_CERTIFICATE] = "the peer's certificate is not valid",
	[TLS_ERROR_NOTHING_COMMON] =
		"there is no TLS version or algorithm that both ends allow",
	[TLS_ERROR_TOO_LONG] = "a TLS message is longer than we take",
	[TLS_ERROR_PROTOCOL] = "the TLS handshake of the peer makes no sense",
	[TLS_ERROR_REFUSED_NO_CERTIFICATE] = "the peer wants a certificate of ours",
	[TLS_ERROR_REFUSED_UNKNOWN_CA] =
		"the peer does not trust the authority of our certificate",
	[TLS_ERROR_REFUSED_EXPIRED] = "the peer says that our certificate has expired",
	[TLS_ERROR_REFUSED_REVOKED] =
		"the peer says that our certificate has been revoked",
	[TLS_ERROR_REFUSED_CERTIFICATE] = "the peer does not take our certificate",
	[TLS_ERROR_REFUSED_NOTHING_COMMON] =
		"the peer finds no TLS version or algorithm that both ends allow",
	[TLS_ERROR_REFUSED] = "the peer ended the TLS handshake with an alert",
};

const char *tls_error_text(enum tls_error error)
{
	return error_text[error];
}

bool tls_error_identity(enum tls_error error)
{
	return error >= TLS_ERROR_NO_CERTIFICATE &&
	       error <= TLS_ERROR_CERTIFICATE;
}

/* The worst first: a revoked certificate may also have expired. */
static enum tls_error status_error(unsigned int status)
{
	static const struct {
		unsigned int bit;
		enum tls_error error;
	} table[] = {
		{ GNUTLS_CERT_REVOKED, TLS_ERROR_REVOKED },
		{ GNUTLS_CERT_SIGNER_NOT_FOUND, TLS_ERROR_UNKNOWN_CA },
		{ GNUTLS_CERT_SIGNER_NOT_CA, TLS_ERROR_UNKNOWN_CA },
		{ GNUTLS_CERT_INSECURE_ALGORITHM, TLS_ERROR_WEAK },
		{ GNUTLS_CERT_EXPIRED, TLS_ERROR_EXPIRED },
		{ GNUTLS_CERT_NOT_ACTIVATED, TLS_ERROR_NOT_YET_VALID },
		{ GNUTLS_CERT_PURPOSE_MISMATCH, TLS_ERROR_PURPOSE },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(table); i++) {
		if (status & table[i].bit)
			return table[i].error;
	}
	return TLS_ERROR_CERTIFICATE;
}

/* What we tell a peer by an alert about the certificate that it sent. */
static gnutls_alert_description_t error_alert(enum tls_error error, int err)
{
	int level;

	if (error == TLS_ERROR_REVOKED)
		return GNUTLS_A_CERTIFICATE_REVOKED;
	if (error == TLS_ERROR_EXPIRED || error == TLS_ERROR_NOT_YET_VALID)
		return GNUTLS_A_CERTIFICATE_EXPIRED;
	if (error == TLS_ERROR_UNKNOWN_CA)
		return GNUTLS_A_UNKNOWN_CA;
	if (error == TLS_ERROR_NAME)
		return GNUTLS_A_ACCESS_DENIED;
	return gnutls_error_to_alert(err, &level);
}

static enum tls_error alert_error(gnutls_alert_description_t alert)
{
	static const struct {
		gnutls_alert_description_t alert;
		enum tls_error error;
	} table[] = {
		{ GNUTLS_A_CERTIFICATE_REQUIRED, TLS_ERROR_REFUSED_NO_CERTIFICATE },
		{ GNUTLS_A_UNKNOWN_CA, TLS_ERROR_REFUSED_UNKNOWN_CA },
		{ GNUTLS_A_CERTIFICATE_EXPIRED, TLS_ERROR_REFUSED_EXPIRED },
		{ GNUTLS_A_CERTIFICATE_REVOKED, TLS_ERROR_REFUSED_REVOKED },
		{ GNUTLS_A_BAD_CERTIFICATE, TLS_ERROR_REFUSED_CERTIFICATE },
		{ GNUTLS_A_UNSUPPORTED_CERTIFICATE, TLS_ERROR_REFUSED_CERTIFICATE },
		{ GNUTLS_A_CERTIFICATE_UNKNOWN, TLS_ERROR_REFUSED_CERTIFICATE },
		{ GNUTLS_A_ACCESS_DENIED, TLS_ERROR_REFUSED_CERTIFICATE },
		{ GNUTLS_A_PROTOCOL_VERSION, TLS_ERROR_REFUSED_NOTHING_COMMON },
		{ GNUTLS_A_HANDSHAKE_FAILURE, TLS_ERROR_REFUSED_NOTHING_COMMON },
		{ GNUTLS_A_INSUFFICIENT_SECURITY, TLS_ERROR_REFUSED_NOTHING_COMMON },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(table); i++) {
		if (alert == table[i].alert)
			return table[i].error;
	}
	return TLS_ERROR_REFUSED;
}

/*
 * Did an alert end the handshake? A server of TLS 1.2 that gets one in place of
 * a certificate sees the certificate missing first.
 */
static bool was_told(struct tls *tls, int err)
{
	return err == GNUTLS_E_FATAL_ALERT_RECEIVED ||
	       (err == GNUTLS_E_NO_CERTIFICATE_FOUND &&
		gnutls_alert_get(tls->session) != GNUTLS_A_CLOSE_NOTIFY);
}

/* Of an error of GnuTLS that ended a handshake. */
static enum tls_error session_error(struct tls *tls, int err)
{
	if (was_told(tls, err))
		return alert_error(gnutls_alert_get(tls->session));
	switch (err) {
	case GNUTLS_E_NO_CERTIFICATE_FOUND:
	case GNUTLS_E_CERTIFICATE_REQUIRED:
		return TLS_ERROR_NO_CERTIFICATE;
	case GNUTLS_E_UNSUPPORTED_VERSION_PACKET:
	case GNUTLS_E_NO_CIPHER_SUITES:
	case GNUTLS_E_NO_COMMON_KEY_SHARE:
	case GNUTLS_E_UNKNOWN_CIPHER_SUITE:
	case GNUTLS_E_UNSUPPORTED_SIGNATURE_ALGORITHM:
		return TLS_ERROR_NOTHING_COMMON;
	case GNUTLS_E_HANDSHAKE_TOO_LARGE:
		return TLS_ERROR_TOO_LONG;
	default: /* a number of GnuTLS, of which there are hundreds */
		return TLS_ERROR_PROTOCOL;
	}
}

static bool equal(const char *name, const gnutls_datum_t *other)
{
	return other->size == strlen(name) &&
	       !memcmp(name, other->data, other->size);
}

/* DNS names know no case (RFC 4343). */
static bool equal_dns(const char *name, const gnutls_datum_t *other)
{
	return other->size == strlen(name) &&
	       !strncasecmp(name, (const char *)other->data, other->size);
}

/* The user principal name, which is an otherName of Microsoft's. */
static bool equal_principal(const char *name, const char *oid,
			    const gnutls_datum_t *other)
{
	gnutls_datum_t text = { NULL, 0 };
	unsigned int type;
	bool same;

	if (gnutls_x509_othername_to_virtual(oid, other, &type, &text) < 0)
		return false;
	same = type == GNUTLS_SAN_OTHERNAME_MSUSERPRINCIPAL &&
	       equal(name, &text);
	gnutls_free(text.data);
	return same;
}

static bool has_alt_name(gnutls_subject_alt_names_t names, const char *name)
{
	gnutls_datum_t san, oid;
	unsigned int i, type;

	for (i = 0; gnutls_subject_alt_names_get(names, i, &type, &san,
						 &oid) >= 0; i++) {
		if (type == GNUTLS_SAN_RFC822NAME && equal(name, &san))
			return true;
		if (type == GNUTLS_SAN_DNSNAME && equal_dns(name, &san))
			return true;
		if (type == GNUTLS_SAN_OTHERNAME &&
		    equal_principal(name, (const char *)oid.data, &san))
			return true;
	}
	return false;
}

static bool has_common_name(gnutls_x509_crt_t crt, const char *name)
{
	char text[TLS_NAME_MAX + 1];
	size_t len = sizeof(text);

	if (gnutls_x509_crt_get_dn_by_oid(crt, GNUTLS_OID_X520_COMMON_NAME, 0, 0,
					  text, &len) < 0)
		return false;
	return equal(name, &(gnutls_datum_t){ (uint8_t *)text, (unsigned int)len });
}

static bool crt_has_name(gnutls_x509_crt_t crt, const char *name)
{
	gnutls_subject_alt_names_t names;
	gnutls_datum_t ext = { NULL, 0 };
	bool found = false;

	if (has_common_name(crt, name))
		return true;
	if (gnutls_subject_alt_names_init(&names) < 0)
		return false;
	if (gnutls_x509_crt_get_extension_by_oid2(crt, "2.5.29.17", 0, &ext,
						  NULL) >= 0 &&
	    gnutls_x509_ext_import_subject_alt_names(&ext, names, 0) >= 0)
		found = has_alt_name(names, name);
	gnutls_free(ext.data);
	gnutls_subject_alt_names_deinit(names);
	return found;
}

static bool peer_has_name(gnutls_session_t session, const char *name)
{
	const gnutls_datum_t *chain;
	gnutls_x509_crt_t crt;
	bool found = false;
	unsigned int n;

	chain = gnutls_certificate_get_peers(session, &n);
	if (!chain || !n || gnutls_x509_crt_init(&crt) < 0)
		return false;
	if (gnutls_x509_crt_import(crt, &chain[0], GNUTLS_X509_FMT_DER) >= 0)
		found = crt_has_name(crt, name);
	gnutls_x509_crt_deinit(crt);
	return found;
}

static enum tls_error peer_error(struct tls *tls)
{
	gnutls_typed_vdata_st purpose = { .type = GNUTLS_DT_KEY_PURPOSE_OID };
	unsigned int status;

	purpose.data = (unsigned char *)(tls->role == TLS_SERVER ?
		       GNUTLS_KP_TLS_WWW_CLIENT : GNUTLS_KP_TLS_WWW_SERVER);
	if (gnutls_certificate_verify_peers(tls->session, &purpose, 1,
					    &status) < 0)
		return TLS_ERROR_CERTIFICATE;
	if (status)
		return status_error(status);
	if (tls->config->crl_until != -1 && time(NULL) > tls->config->crl_until)
		return TLS_ERROR_OLD_CRL;
	if (tls->name[0] && !peer_has_name(tls->session, tls->name))
		return TLS_ERROR_NAME;
	return TLS_ERROR_NONE;
}

/* GnuTLS calls it once a handshake, when it has the peer's certificates. */
static int verify_peer(gnutls_session_t session)
{
	struct tls *tls = gnutls_session_get_ptr(session);

	tls->error = peer_error(tls);
	return tls->error ? GNUTLS_E_CERTIFICATE_ERROR : 0;
}

static bool complain(char *err, size_t err_len, const char *file,
		     const char *what)
{
	snprintf(err, err_len, "%s: %s", file, what);
	return false;
}

/* As for the users file: what everybody can read is no secret any more. */
static bool is_good(const struct stat *st, const char *file, bool secret, char *err,
		    size_t err_len)
{
	if (!S_ISREG(st->st_mode))
		return complain(err, err_len, file, "is not a regular file");
	if (st->st_size > FILE_SIZE_MAX)
		return complain(err, err_len, file, "is too large");
	if (!secret || !(st->st_mode & 0007))
		return true;
	snprintf(err, err_len, "the key file %s is open to others, run chmod 600 %s", file, file);
	return false;
}

static bool read_file(int fd, const char *file, bool secret, gnutls_datum_t *text,
		      char *err, size_t err_len)
{
	struct stat st;
	ssize_t n;

	if (fstat(fd, &st))
		return complain(err, err_len, file, strerror(errno));
	if (!is_good(&st, file, secret, err, err_len))
		return false;
	/* Not of no octets, which would be no memory to GnuTLS. */
	text->data = gnutls_malloc((size_t)st.st_size + 1);
	if (!text->data)
		return complain(err, err_len, file, "out of memory");
	n = slurp(fd, (char *)text->data, (size_t)st.st_size);
	text->size = n < 0 ? 0 : (unsigned int)n;
	return n >= 0 || complain(err, err_len, file, strerror((int)-n));
}

/* @secret: a file that others can read is refused. */
static bool load_file(const struct tls_files *files, const char *file, bool secret,
		      gnutls_datum_t *text, char *err, size_t err_len)
{
	int fd = files->open ? files->open(file, O_RDONLY | O_CLOEXEC) :
			       open(file, O_RDONLY | O_CLOEXEC);
	bool good;

	if (fd < 0)
		return complain(err, err_len, file, strerror(errno));
	good = read_file(fd, file, secret, text, err, err_len);
	close(fd);
	return good;
}

static void wipe_datum(gnutls_datum_t *text)
{
	if (text->data)
		explicit_bzero(text->data, text->size);
	gnutls_free(text->data);
}

static bool load_identity(struct tls_config *config,
			  const struct tls_files *files, char *err,
			  size_t err_len)
{
	gnutls_datum_t certificate = { NULL, 0 }, key = { NULL, 0 };
	bool ok;
	int ret;

	ok = load_file(files, files->certificate, false, &certificate, err, err_len) &&
	     load_file(files, files->key, true, &key, err, err_len);
	if (ok) {
		ret = gnutls_certificate_set_x509_key_mem(config->cred,
							  &certificate, &key,
							  GNUTLS_X509_FMT_PEM);
		if (ret < 0)
			ok = complain(err, err_len, files->certificate,
				      gnutls_strerror(ret));
	}
	wipe_datum(&key);
	gnutls_free(certificate.data);
	return ok;
}

static bool load_authorities(struct tls_config *config,
			     const struct tls_files *files, char *err,
			     size_t err_len)
{
	gnutls_datum_t text = { NULL, 0 };
	const char *file = files->ca;
	int n;

	if (!load_file(files, file, false, &text, err, err_len)) {
		gnutls_free(text.data);
		return false;
	}
	n = gnutls_certificate_set_x509_trust_mem(config->cred, &text,
						  GNUTLS_X509_FMT_PEM);
	gnutls_free(text.data);
	if (n < 0)
		return complain(err, err_len, file, gnutls_strerror(n));
	if (!n)
		return complain(err, err_len, file, "there is no certificate in it");
	return true;
}

/* GnuTLS believes a list for ever; its next update is watched here. */
static int use_crls(struct tls_config *config, const gnutls_datum_t *text)
{
	gnutls_x509_crl_t *crls;
	unsigned int i, n;
	time_t until;
	int ret;

	ret = gnutls_x509_crl_list_import2(&crls, &n, text, GNUTLS_X509_FMT_PEM, 0);
	if (ret < 0)
		return ret;
	ret = gnutls_certificate_set_x509_crl(config->cred, crls, (int)n);
	for (i = 0; i < n; i++) {
		until = gnutls_x509_crl_get_next_update(crls[i]);
		if (until != -1 && (config->crl_until == -1 ||
				    until < config->crl_until))
			config->crl_until = until;
		gnutls_x509_crl_deinit(crls[i]);
	}
	gnutls_free(crls);
	return ret;
}

static bool load_crls(struct tls_config *config, const struct tls_files *files,
		      char *err, size_t err_len)
{
	gnutls_datum_t text = { NULL, 0 };
	const char *file = files->crl;
	int ret;

	if (!load_file(files, file, false, &text, err, err_len)) {
		gnutls_free(text.data);
		return false;
	}
	ret = use_crls(config, &text);
	gnutls_free(text.data);
	return ret >= 0 || complain(err, err_len, file, gnutls_strerror(ret));
}

/*
 * The key exchange without forward secrecy is left out, as RFC 9190 section 2.4
 * has it for 1.3 and nobody needs it for 1.2.
 */
static bool set_versions(struct tls_config *config,
			 const struct tls_files *files, char *err,
			 size_t err_len)
{
	char text[80];

	if (files->min_version > files->max_version) {
		snprintf(err, err_len, "the least version of TLS is above the highest");
		return false;
	}
	snprintf(text, sizeof(text), "NORMAL:-VERS-ALL%s%s:-RSA",
		 files->max_version == TLS_VERSION_1_3 ? ":+VERS-TLS1.3" : "",
		 files->min_version == TLS_VERSION_1_2 ? ":+VERS-TLS1.2" : "");
	if (gnutls_priority_init(&config->priority, text, NULL) >= 0)
		return true;
	snprintf(err, err_len, "this GnuTLS has no such version of TLS");
	return false;
}

static bool fill_config(struct tls_config *config,
			const struct tls_files *files, char *err,
			size_t err_len)
{
	if (gnutls_certificate_allocate_credentials(&config->cred) < 0) {
		snprintf(err, err_len, "out of memory");
		return false;
	}
	gnutls_certificate_set_verify_function(config->cred, verify_peer);
	gnutls_certificate_set_verify_limits(config->cred, KEY_BITS_MAX,
					     files->depth);
	return load_identity(config, files, err, err_len) &&
	       load_authorities(config, files, err, err_len) &&
	       (!files->crl || load_crls(config, files, err, err_len)) &&
	       set_versions(config, files, err, err_len);
}

struct tls_config *tls_config_load(const struct tls_files *files, char *err,
				   size_t err_len)
{
	struct tls_config *config = calloc(1, sizeof(*config));

	if (!config) {
		snprintf(err, err_len, "out of memory");
		return NULL;
	}
	config->refs = 1;
	config->crl_until = -1;
	if (fill_config(config, files, err, err_len))
		return config;
	tls_config_put(config);
	return NULL;
}

struct tls_config *tls_config_get(struct tls_config *config)
{
	config->refs++;
	return config;
}

void tls_config_put(struct tls_config *config)
{
	if (!config || --config->refs)
		return;
	if (config->priority)
		gnutls_priority_deinit(config->priority);
	if (config->cred)
		gnutls_certificate_free_credentials(config->cred);
	free(config);
}

static ssize_t pull(gnutls_transport_ptr_t ptr, void *buf, size_t len)
{
	struct tls *tls = ptr;
	size_t left = tls->in_len - tls->in_pos;

	if (!left) {
		gnutls_transport_set_errno(tls->session, EAGAIN);
		return -1;
	}
	if (len > left)
		len = left;
	memcpy(buf, tls->in + tls->in_pos, len);
	tls->in_pos += len;
	return (ssize_t)len;
}

static int pull_ready(gnutls_transport_ptr_t ptr, unsigned int ms)
{
	const struct tls *tls = ptr;

	(void)ms;
	return tls->in_len > tls->in_pos;
}

static ssize_t push(gnutls_transport_ptr_t ptr, const void *buf, size_t len)
{
	struct tls *tls = ptr;

	if (len > sizeof(tls->out) - tls->out_len) {
		gnutls_transport_set_errno(tls->session, EMSGSIZE);
		return -1;
	}
	memcpy(tls->out + tls->out_len, buf, len);
	tls->out_len += len;
	return (ssize_t)len;
}

/*
 * pppd 2.4.9 as client of TLS 1.3 waits for a session ticket. Ours are made
 * with a key that nobody keeps, so that none is ever taken back: a session that
 * were resumed would not look at certificates again.
 */
static bool give_ticket(struct tls *tls)
{
	gnutls_datum_t key;
	bool ok;

	if (gnutls_session_ticket_key_generate(&key) < 0)
		return false;
	ok = gnutls_session_ticket_enable_server(tls->session, &key) >= 0;
	wipe_datum(&key);
	return ok;
}

static bool set_session(struct tls *tls)
{
	unsigned int flags = GNUTLS_NONBLOCK | GNUTLS_NO_SIGNAL;

	flags |= tls->role == TLS_SERVER ? GNUTLS_SERVER :
		 GNUTLS_CLIENT | GNUTLS_NO_TICKETS | GNUTLS_FORCE_CLIENT_CERT;
	if (gnutls_init(&tls->session, flags) < 0)
		return false;
	gnutls_session_set_ptr(tls->session, tls);
	gnutls_transport_set_ptr(tls->session, tls);
	gnutls_transport_set_pull_function(tls->session, pull);
	gnutls_transport_set_pull_timeout_function(tls->session, pull_ready);
	gnutls_transport_set_push_function(tls->session, push);
	gnutls_handshake_set_max_packet_length(tls->session, TLS_FLIGHT_MAX);
	gnutls_certificate_server_set_request(tls->session, GNUTLS_CERT_REQUIRE);
	return gnutls_priority_set(tls->session, tls->config->priority) >= 0 &&
	       gnutls_credentials_set(tls->session, GNUTLS_CRD_CERTIFICATE,
				      tls->config->cred) >= 0 &&
	       (tls->role == TLS_CLIENT || give_ticket(tls));
}

struct tls *tls_new(struct tls_config *config, enum tls_role role,
		    const char *name)
{
	struct tls *tls;

	if (name && strlen(name) > TLS_NAME_MAX)
		return NULL;
	tls = calloc(1, sizeof(*tls));
	if (!tls)
		return NULL;
	tls->config = tls_config_get(config);
	tls->role = role;
	snprintf(tls->name, sizeof(tls->name), "%s", name ? name : "");
	if (set_session(tls))
		return tls;
	tls_free(tls);
	return NULL;
}

void tls_free(struct tls *tls)
{
	if (!tls)
		return;
	if (tls->session)
		gnutls_deinit(tls->session);
	tls_config_put(tls->config);
	free(tls);
}

bool tls_input(struct tls *tls, const uint8_t *data, size_t len)
{
	if (tls->in_pos == tls->in_len) {
		tls->in_pos = 0;
		tls->in_len = 0;
	}
	if (len > sizeof(tls->in) - tls->in_len)
		return false;
	if (len)
		memcpy(tls->in + tls->in_len, data, len);
	tls->in_len += len;
	return true;
}

static bool is_tls13(const struct tls *tls)
{
	return gnutls_protocol_get_version(tls->session) == GNUTLS_TLS1_3;
}

/* RFC 9190 section 2.1.4: whoever gives up says why, unless it was told so. */
static void fail(struct tls *tls, int err)
{
	if (!tls->error)
		tls->error = session_error(tls, err);
	tls->state = TLS_FAILED;
	if (!was_told(tls, err))
		gnutls_alert_send(tls->session, GNUTLS_AL_FATAL,
				  error_alert(tls->error, err));
}

/* The other end will hear no more of our handshake. */
static int confirm(struct tls *tls)
{
	ssize_t ret = gnutls_record_send(tls->session, "", 1);

	if (ret > 0)
		tls->state = TLS_OPEN;
	return ret < 0 ? (int)ret : 0;
}

static int await_confirmation(struct tls *tls)
{
	uint8_t octet[2];
	ssize_t ret = gnutls_record_recv(tls->session, octet, sizeof(octet));

	if (ret < 0)
		return (int)ret;
	if (ret != 1 || octet[0])
		return GNUTLS_E_UNEXPECTED_PACKET;
	tls->state = TLS_OPEN;
	return 0;
}

/* One step; 0 when there is no more to do, or an error of GnuTLS. */
static int step(struct tls *tls)
{
	int ret;

	if (!tls->shaken) {
		ret = gnutls_handshake(tls->session);
		if (ret < 0)
			return ret;
		tls->shaken = true;
	}
	if (!is_tls13(tls)) {
		tls->state = TLS_OPEN;
		return 0;
	}
	return tls->role == TLS_SERVER ? confirm(tls) : await_confirmation(tls);
}

enum tls_state tls_run(struct tls *tls)
{
	unsigned int i;
	int ret = 0;

	if (tls->state != TLS_WAITING)
		return tls->state;
	for (i = 0; i < STEPS_MAX; i++) {
		ret = step(tls);
		/* A session ticket is one such step, with more behind it. */
		if (!ret || (ret == GNUTLS_E_AGAIN && tls->in_pos == tls->in_len))
			return tls->state;
		if (gnutls_error_is_fatal(ret))
			break;
	}
	fail(tls, ret);
	return tls->state;
}

const uint8_t *tls_output(const struct tls *tls, size_t *len)
{
	*len = tls->out_len;
	return tls->out;
}

void tls_output_done(struct tls *tls)
{
	tls->out_len = 0;
}

enum tls_error tls_error(const struct tls *tls)
{
	return tls->error;
}

bool tls_eap_keys(struct tls *tls, uint8_t keys[TLS_EAP_KEY_LEN])
{
	static const char label[] = "client EAP encryption";
	static const char label_13[] = "EXPORTER_EAP_TLS_Key_Material";
	static const char context = EAP_TLS_TYPE;
	int ret;

	if (tls->state != TLS_OPEN)
		return false;
	if (is_tls13(tls))
		ret = gnutls_prf_rfc5705(tls->session, sizeof(label_13) - 1,
					 label_13, 1, &context,
					 TLS_EAP_KEY_LEN, (char *)keys);
	else
		ret = gnutls_prf(tls->session, sizeof(label) - 1, label, 0, 0,
				 NULL, TLS_EAP_KEY_LEN, (char *)keys);
	return ret >= 0;
}
