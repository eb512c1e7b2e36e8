// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The key material of EAP-TLS worked out beside GnuTLS's exporter: from the
 * secrets that it writes for debuggers, and the two randoms on the line.
 */
#include "kselftest_harness.h"

#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>

#include "crypto/tls.h"
#include "hex.h"
#include "tls_pki.h"
#include "vectors/eap_keys.h"

#define ROUNDS_MAX	20
#define HASH_MAX	48

/* A ServerHello: record header, handshake header, version, then this. */
#define RANDOM_AT	11
#define RANDOM_LEN	32

FIXTURE(tls_keys) {
	struct tls_pki pki;
	char log[100];
	struct tls *server;
	struct tls *client;
	uint8_t hello[200];	/* the beginning of what the server said */
};

FIXTURE_SETUP(tls_keys)
{
	ASSERT_TRUE(tls_pki_make(&self->pki));
	snprintf(self->log, sizeof(self->log), "%s/secrets", self->pki.dir);
	setenv("SSLKEYLOGFILE", self->log, 1);
}

FIXTURE_TEARDOWN(tls_keys)
{
	tls_free(self->server);
	tls_free(self->client);
	unlink(self->log);
	tls_pki_remove(&self->pki);
}

static struct tls *start(struct _test_data_tls_keys *self, enum tls_role role,
			 const char *certificate, enum tls_version version)
{
	struct tls_files files = {
		.certificate = tls_pki_file(&self->pki, certificate),
		.key = tls_pki_file(&self->pki, "key"),
		.ca = tls_pki_file(&self->pki, "ca"),
		.max_version = version,
		.depth = 4,
	};
	struct tls_config *config;
	struct tls *tls = NULL;
	char err[200];

	config = tls_config_load(&files, err, sizeof(err));
	if (config)
		tls = tls_new(config, role, NULL);
	tls_config_put(config);
	return tls;
}

static void carry(struct tls *from, struct tls *to)
{
	const uint8_t *data;
	size_t len;

	tls_run(from);
	data = tls_output(from, &len);
	tls_input(to, data, len);
	tls_output_done(from);
}

static bool shake_hands(struct _test_data_tls_keys *self,
			enum tls_version version)
{
	const uint8_t *data;
	size_t len;
	int i;

	self->server = start(self, TLS_SERVER, "gw", version);
	self->client = start(self, TLS_CLIENT, "alice", version);
	if (!self->server || !self->client)
		return false;
	carry(self->client, self->server);
	tls_run(self->server);
	data = tls_output(self->server, &len);
	if (len < sizeof(self->hello))
		return false;
	memcpy(self->hello, data, sizeof(self->hello));
	for (i = 0; i < ROUNDS_MAX; i++) {
		carry(self->server, self->client);
		carry(self->client, self->server);
	}
	return tls_run(self->server) == TLS_OPEN &&
	       tls_run(self->client) == TLS_OPEN;
}

/* The secret of @label in the log, and the client's random; 0: none. */
static size_t logged(struct _test_data_tls_keys *self, const char *label,
		     uint8_t client_random[RANDOM_LEN], uint8_t secret[HASH_MAX])
{
	char line[300], name[40], random_hex[65], secret_hex[97];
	FILE *file = fopen(self->log, "r");
	size_t len = 0;

	while (file && fgets(line, sizeof(line), file)) {
		if (sscanf(line, "%39s %64s %96s", name, random_hex,
			   secret_hex) == 3 && !strcmp(name, label)) {
			hex_octets(random_hex, client_random, RANDOM_LEN);
			len = hex_octets(secret_hex, secret, HASH_MAX);
		}
	}
	if (file)
		fclose(file);
	return len;
}

/* The cipher suite follows the session identifier. */
static gnutls_mac_algorithm_t suite_mac(const uint8_t *hello)
{
	const uint8_t *p = hello + RANDOM_AT + RANDOM_LEN;
	unsigned int suite;

	p += 1 + p[0];
	suite = (unsigned int)p[0] << 8 | p[1];
	/* TLS_AES_256_GCM_SHA384, and ECDHE-ECDSA with it. */
	return suite == 0x1302 || suite == 0xc02c ? GNUTLS_MAC_SHA384 :
						   GNUTLS_MAC_SHA256;
}

/* P_hash of RFC 5246 section 5. */
static void prf(gnutls_mac_algorithm_t mac, const uint8_t *secret, size_t len,
		const uint8_t *seed, size_t seed_len, uint8_t *out, size_t out_len)
{
	uint8_t text[HASH_MAX + 200], a[HASH_MAX], block[HASH_MAX];
	size_t hash = gnutls_hmac_get_len(mac), n;

	gnutls_hmac_fast(mac, secret, len, seed, seed_len, a);
	for (; out_len; out += n, out_len -= n) {
		memcpy(text, a, hash);
		memcpy(text + hash, seed, seed_len);
		gnutls_hmac_fast(mac, secret, len, text, hash + seed_len, block);
		n = out_len < hash ? out_len : hash;
		memcpy(out, block, n);
		gnutls_hmac_fast(mac, secret, len, a, hash, text);
		memcpy(a, text, hash);
	}
}

/* RFC 5216 section 2.3. */
static void book_12(gnutls_mac_algorithm_t mac, const uint8_t master[48],
		    const uint8_t client_random[RANDOM_LEN],
		    const uint8_t server_random[RANDOM_LEN],
		    uint8_t out[TLS_EAP_KEY_LEN])
{
	static const char label[] = "client EAP encryption";
	uint8_t seed[sizeof(label) - 1 + 2 * RANDOM_LEN];

	memcpy(seed, label, sizeof(label) - 1);
	memcpy(seed + sizeof(label) - 1, client_random, RANDOM_LEN);
	memcpy(seed + sizeof(label) - 1 + RANDOM_LEN, server_random, RANDOM_LEN);
	prf(mac, master, 48, seed, sizeof(seed), out, TLS_EAP_KEY_LEN);
}

TEST(vector)
{
	const struct eap_tls_vector *v = &eap_tls_vector;
	uint8_t out[TLS_EAP_KEY_LEN];

	book_12(GNUTLS_MAC_SHA256, v->master, v->client_random, v->server_random,
		out);
	EXPECT_EQ(0, memcmp(out, v->msk, 64));
	EXPECT_EQ(0, memcmp(out + 64, v->emsk, 64));
}

TEST_F(tls_keys, tls_1_2)
{
	uint8_t master[HASH_MAX], client_random[RANDOM_LEN];
	uint8_t right[TLS_EAP_KEY_LEN], ours[TLS_EAP_KEY_LEN];

	ASSERT_TRUE(shake_hands(self, TLS_VERSION_1_2));
	ASSERT_EQ(48, logged(self, "CLIENT_RANDOM", client_random, master));
	book_12(suite_mac(self->hello), master, client_random,
		self->hello + RANDOM_AT, right);
	ASSERT_TRUE(tls_eap_keys(self->server, ours));
	EXPECT_EQ(0, memcmp(ours, right, sizeof(ours)));
	ASSERT_TRUE(tls_eap_keys(self->client, ours));
	EXPECT_EQ(0, memcmp(ours, right, sizeof(ours)));
}

/* HKDF-Expand-Label of RFC 8446 section 7.1. */
static void expand(gnutls_mac_algorithm_t mac, const uint8_t *secret,
		   const char *label, const uint8_t *context, uint8_t *out,
		   size_t out_len)
{
	size_t hash = gnutls_hmac_get_len(mac), n, len = 0;
	uint8_t text[200], info[150], block[HASH_MAX];
	uint8_t count = 0;

	info[len++] = (uint8_t)(out_len >> 8);
	info[len++] = (uint8_t)out_len;
	info[len++] = (uint8_t)(6 + strlen(label));
	len += (size_t)sprintf((char *)info + len, "tls13 %s", label);
	info[len++] = (uint8_t)hash;
	memcpy(info + len, context, hash);
	len += hash;
	for (; out_len; out += n, out_len -= n) {
		size_t before = count ? hash : 0;

		memcpy(text, block, before);
		memcpy(text + before, info, len);
		text[before + len] = ++count;
		gnutls_hmac_fast(mac, secret, hash, text, before + len + 1, block);
		n = out_len < hash ? out_len : hash;
		memcpy(out, block, n);
	}
}

/* RFC 8446 section 7.5 with the label and context of RFC 9190 section 2.3. */
TEST_F(tls_keys, tls_1_3)
{
	uint8_t exporter[HASH_MAX], derived[HASH_MAX], client_random[RANDOM_LEN];
	uint8_t right[TLS_EAP_KEY_LEN], ours[TLS_EAP_KEY_LEN];
	uint8_t digest[HASH_MAX];
	gnutls_mac_algorithm_t mac;
	size_t len;

	ASSERT_TRUE(shake_hands(self, TLS_VERSION_1_3));
	mac = suite_mac(self->hello);
	len = gnutls_hmac_get_len(mac);
	ASSERT_EQ(len, logged(self, "EXPORTER_SECRET", client_random, exporter));
	gnutls_hash_fast((gnutls_digest_algorithm_t)mac, "", 0, digest);
	expand(mac, exporter, "EXPORTER_EAP_TLS_Key_Material", digest, derived,
	       len);
	gnutls_hash_fast((gnutls_digest_algorithm_t)mac, "\x0d", 1, digest);
	expand(mac, derived, "exporter", digest, right, sizeof(right));
	ASSERT_TRUE(tls_eap_keys(self->server, ours));
	EXPECT_EQ(0, memcmp(ours, right, sizeof(ours)));
	ASSERT_TRUE(tls_eap_keys(self->client, ours));
	EXPECT_EQ(0, memcmp(ours, right, sizeof(ours)));
}

TEST_HARNESS_MAIN
