// SPDX-License-Identifier: GPL-2.0-or-later
#include <sys/stat.h>

#include "kselftest_harness.h"

#include "crypto/tls.h"
#include "tls_pki.h"

#define ROUNDS_MAX	20

FIXTURE(tls) {
	struct tls_pki pki;
	struct tls_config *server_config;
	struct tls_config *client_config;
	struct tls *server;
	struct tls *client;
	char err[200];
};

FIXTURE_SETUP(tls)
{
	ASSERT_TRUE(tls_pki_make(&self->pki));
}

FIXTURE_TEARDOWN(tls)
{
	tls_free(self->server);
	tls_free(self->client);
	tls_config_put(self->server_config);
	tls_config_put(self->client_config);
	tls_pki_remove(&self->pki);
}

/* Who shows what, and what each looks at. */
struct setting {
	const char *server;
	const char *client;
	const char *server_crl;
	const char *client_ca;
	const char *server_name;	/* that the client wants */
	const char *client_name;
	enum tls_version server_min, server_max, client_min, client_max;
};

static const struct setting good = {
	.server = "gw", .client = "alice",
	.server_max = TLS_VERSION_1_3, .client_max = TLS_VERSION_1_3,
};

static struct tls_config *load(struct _test_data_tls *self,
			       const char *certificate, const char *ca,
			       const char *crl, enum tls_version min,
			       enum tls_version max)
{
	struct tls_files files = {
		.certificate = tls_pki_file(&self->pki, certificate),
		.key = tls_pki_file(&self->pki, "key"),
		.ca = tls_pki_file(&self->pki, ca),
		.crl = crl ? tls_pki_file(&self->pki, crl) : NULL,
		.min_version = min,
		.max_version = max,
		.depth = 4,
	};

	return tls_config_load(&files, self->err, sizeof(self->err));
}

static void free_both(struct _test_data_tls *self)
{
	tls_free(self->server);
	tls_free(self->client);
	tls_config_put(self->server_config);
	tls_config_put(self->client_config);
}

static bool set_up(struct _test_data_tls *self, const struct setting *set)
{
	free_both(self);
	self->server_config = load(self, set->server, "ca", set->server_crl,
				   set->server_min, set->server_max);
	self->client_config = load(self, set->client,
				   set->client_ca ? set->client_ca : "ca", NULL,
				   set->client_min, set->client_max);
	if (!self->server_config || !self->client_config)
		return false;
	self->server = tls_new(self->server_config, TLS_SERVER,
			       set->client_name);
	self->client = tls_new(self->client_config, TLS_CLIENT,
			       set->server_name);
	return self->server && self->client;
}

/* All that @from has for @to; false when that is nothing. */
static bool carry(struct tls *from, struct tls *to)
{
	const uint8_t *data;
	size_t len;

	tls_run(from);
	data = tls_output(from, &len);
	if (len && !tls_input(to, data, len))
		return false;
	tls_output_done(from);
	return len;
}

static void converse(struct _test_data_tls *self)
{
	int i;

	for (i = 0; i < ROUNDS_MAX; i++) {
		bool said = carry(self->client, self->server);

		if (!carry(self->server, self->client) && !said)
			break;
	}
}

static bool both_open(struct _test_data_tls *self)
{
	return tls_run(self->server) == TLS_OPEN &&
	       tls_run(self->client) == TLS_OPEN;
}

static bool keys_equal(struct _test_data_tls *self)
{
	uint8_t server[TLS_EAP_KEY_LEN] = { 1 }, client[TLS_EAP_KEY_LEN] = { 2 };

	return tls_eap_keys(self->server, server) &&
	       tls_eap_keys(self->client, client) &&
	       !memcmp(server, client, sizeof(server)) &&
	       memcmp(server, server + 32, 32);
}

TEST_F(tls, versions)
{
	static const struct {
		enum tls_version server_min, server_max, client_min, client_max;
		bool open;
	} table[] = {
		{ TLS_VERSION_1_2, TLS_VERSION_1_2, TLS_VERSION_1_2, TLS_VERSION_1_3, true },
		{ TLS_VERSION_1_2, TLS_VERSION_1_3, TLS_VERSION_1_2, TLS_VERSION_1_2, true },
		{ TLS_VERSION_1_3, TLS_VERSION_1_3, TLS_VERSION_1_2, TLS_VERSION_1_3, true },
		{ TLS_VERSION_1_2, TLS_VERSION_1_3, TLS_VERSION_1_3, TLS_VERSION_1_3, true },
		{ TLS_VERSION_1_2, TLS_VERSION_1_3, TLS_VERSION_1_2, TLS_VERSION_1_3, true },
		{ TLS_VERSION_1_3, TLS_VERSION_1_3, TLS_VERSION_1_2, TLS_VERSION_1_2, false },
		{ TLS_VERSION_1_2, TLS_VERSION_1_2, TLS_VERSION_1_3, TLS_VERSION_1_3, false },
	};
	struct setting set = good;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(table); i++) {
		set.server_min = table[i].server_min;
		set.server_max = table[i].server_max;
		set.client_min = table[i].client_min;
		set.client_max = table[i].client_max;
		ASSERT_TRUE(set_up(self, &set));
		converse(self);
		EXPECT_EQ(table[i].open, both_open(self)) TH_LOG("row %u", i);
		if (table[i].open) {
			EXPECT_TRUE(keys_equal(self));
			continue;
		}
		EXPECT_EQ(TLS_FAILED, tls_run(self->server));
		EXPECT_EQ(TLS_ERROR_NOTHING_COMMON, tls_error(self->server));
		EXPECT_EQ(TLS_ERROR_REFUSED_NOTHING_COMMON, tls_error(self->client));
	}
}

/* Certificates that one end does not take, in both versions. */
TEST_F(tls, certificates)
{
	static const struct {
		struct setting set;
		enum tls_error server, client;
	} table[] = {
		{ { .client = "expired" }, TLS_ERROR_EXPIRED, TLS_ERROR_REFUSED_EXPIRED },
		{ { .client = "future" }, TLS_ERROR_NOT_YET_VALID, TLS_ERROR_REFUSED_EXPIRED },
		{ { .client = "stranger" }, TLS_ERROR_UNKNOWN_CA, TLS_ERROR_REFUSED_UNKNOWN_CA },
		{ { .client = "revoked", .server_crl = "crl" },
		  TLS_ERROR_REVOKED, TLS_ERROR_REFUSED_REVOKED },
		{ { .server_crl = "old-crl" },
		  TLS_ERROR_OLD_CRL, TLS_ERROR_REFUSED_CERTIFICATE },
		{ { .client_name = "bob" }, TLS_ERROR_NAME, TLS_ERROR_REFUSED_CERTIFICATE },
		{ { .client_name = "alic" }, TLS_ERROR_NAME, TLS_ERROR_REFUSED_CERTIFICATE },
		{ { .client_name = "Alice" }, TLS_ERROR_NAME, TLS_ERROR_REFUSED_CERTIFICATE },
		{ { .client = "server-only" },
		  TLS_ERROR_PURPOSE, TLS_ERROR_REFUSED_CERTIFICATE },
		{ { .server = "expired" }, TLS_ERROR_REFUSED_EXPIRED, TLS_ERROR_EXPIRED },
		{ { .server = "client-only" },
		  TLS_ERROR_REFUSED_CERTIFICATE, TLS_ERROR_PURPOSE },
		{ { .client_ca = "other-ca" },
		  TLS_ERROR_REFUSED_UNKNOWN_CA, TLS_ERROR_UNKNOWN_CA },
		{ { .server_name = "gw.example.net" },
		  TLS_ERROR_REFUSED_CERTIFICATE, TLS_ERROR_NAME },
		{ { .server_name = "*.example.org" },
		  TLS_ERROR_REFUSED_CERTIFICATE, TLS_ERROR_NAME },
	};
	struct setting set;
	unsigned int i;

	for (i = 0; i < 2 * ARRAY_SIZE(table); i++) {
		set = table[i / 2].set;
		set.server = set.server ? set.server : "gw";
		set.client = set.client ? set.client : "alice";
		set.server_max = i & 1 ? TLS_VERSION_1_3 : TLS_VERSION_1_2;
		set.client_max = TLS_VERSION_1_3;
		ASSERT_TRUE(set_up(self, &set));
		converse(self);
		EXPECT_EQ(table[i / 2].server, tls_error(self->server)) TH_LOG("row %u", i);
		EXPECT_EQ(table[i / 2].client, tls_error(self->client)) TH_LOG("row %u", i);
		EXPECT_EQ(TLS_FAILED, tls_run(self->server));
		EXPECT_EQ(TLS_FAILED, tls_run(self->client));
		EXPECT_FALSE(keys_equal(self));
	}
}

/* What is revoked is taken by whoever does not look. */
TEST_F(tls, names_and_purposes_that_pass)
{
	static const struct setting table[] = {
		{ .client = "revoked" },
		{ .client = "alice", .server_crl = "crl" },
		{ .client = "alice", .client_name = "alice" },
		{ .client = "mail", .client_name = "alice@example.org" },
		{ .client = "mail", .client_name = "mail" },
		{ .client = "principal", .client_name = "alice@ad.example" },
		{ .client = "client-only" },
		{ .client = "big", .client_name = "host-number-149.example.org" },
		{ .client = "alice", .server_name = "gw" },
		{ .client = "alice", .server_name = "gw.example.org" },
		{ .client = "alice", .server_name = "GW.Example.Org" },
		{ .client = "alice", .server = "server-only" },
	};
	struct setting set;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(table); i++) {
		set = table[i];
		set.server = set.server ? set.server : "gw";
		set.server_max = TLS_VERSION_1_3;
		set.client_max = TLS_VERSION_1_3;
		ASSERT_TRUE(set_up(self, &set));
		converse(self);
		EXPECT_TRUE(both_open(self)) TH_LOG("row %u", i);
		EXPECT_TRUE(keys_equal(self));
	}
}

/* One octet at a time is the same handshake. */
TEST_F(tls, octet_by_octet)
{
	const uint8_t *data;
	size_t len, i;
	int rounds;

	ASSERT_TRUE(set_up(self, &good));
	for (rounds = 0; rounds < ROUNDS_MAX; rounds++) {
		carry(self->client, self->server);
		tls_run(self->server);
		data = tls_output(self->server, &len);
		for (i = 0; i < len; i++) {
			ASSERT_TRUE(tls_input(self->client, data + i, 1));
			tls_run(self->client);
		}
		tls_output_done(self->server);
	}
	EXPECT_TRUE(both_open(self));
	EXPECT_TRUE(keys_equal(self));
}

/* A client of TLS 1.3 takes no end of the handshake for the server's word. */
TEST_F(tls, confirmation_is_waited_for)
{
	ASSERT_TRUE(set_up(self, &good));
	carry(self->client, self->server);
	carry(self->server, self->client);
	carry(self->client, self->server);
	EXPECT_EQ(TLS_WAITING, tls_run(self->client));
	EXPECT_EQ(TLS_OPEN, tls_run(self->server));
	EXPECT_FALSE(keys_equal(self));
	carry(self->server, self->client);
	EXPECT_EQ(TLS_OPEN, tls_run(self->client));
}

TEST_F(tls, too_much)
{
	static uint8_t octets[TLS_FLIGHT_MAX];

	ASSERT_TRUE(set_up(self, &good));
	EXPECT_TRUE(tls_input(self->server, octets, TLS_FLIGHT_MAX - 1));
	EXPECT_FALSE(tls_input(self->server, octets, 2));
	EXPECT_TRUE(tls_input(self->server, octets, 1));
	EXPECT_FALSE(tls_input(self->server, octets, 1));
	EXPECT_EQ(TLS_FAILED, tls_run(self->server));
	EXPECT_EQ(TLS_ERROR_PROTOCOL, tls_error(self->server));
}

TEST_F(tls, every_error_has_a_text)
{
	int i;

	for (i = 0; i < TLS_ERRORS; i++)
		EXPECT_NE(NULL, tls_error_text(i));
}

TEST_F(tls, files)
{
	struct tls_files files = {
		.certificate = tls_pki_file(&self->pki, "gw"),
		.key = tls_pki_file(&self->pki, "key"),
		.ca = tls_pki_file(&self->pki, "ca"),
		.max_version = TLS_VERSION_1_3,
		.depth = 4,
	};
	struct tls_files wrong;
	char text[300];

	wrong = files;
	wrong.certificate = tls_pki_file(&self->pki, "none");
	EXPECT_EQ(NULL, tls_config_load(&wrong, self->err, sizeof(self->err)));
	snprintf(text, sizeof(text), "%s: No such file or directory",
		 wrong.certificate);
	EXPECT_STREQ(text, self->err);
	/* The authority's certificate goes with another key. */
	wrong = files;
	wrong.certificate = files.ca;
	EXPECT_EQ(NULL, tls_config_load(&wrong, self->err, sizeof(self->err)));
	EXPECT_NE(NULL, strstr(self->err, files.ca));
	EXPECT_EQ(0, chmod(files.key, 0604));
	EXPECT_EQ(NULL, tls_config_load(&files, self->err, sizeof(self->err)));
	snprintf(text, sizeof(text), "the key file %s is open to others, run chmod 600 %s",
		 files.key, files.key);
	EXPECT_STREQ(text, self->err);
	EXPECT_EQ(0, chmod(files.key, 0640));
	wrong = files;
	wrong.ca = files.key;
	EXPECT_EQ(NULL, tls_config_load(&wrong, self->err, sizeof(self->err)));
	EXPECT_NE(NULL, strstr(self->err, files.key));
	wrong = files;
	wrong.crl = files.ca;
	EXPECT_EQ(NULL, tls_config_load(&wrong, self->err, sizeof(self->err)));
	EXPECT_NE(NULL, strstr(self->err, files.ca));
	wrong = files;
	wrong.min_version = TLS_VERSION_1_3;
	wrong.max_version = TLS_VERSION_1_2;
	EXPECT_EQ(NULL, tls_config_load(&wrong, self->err, sizeof(self->err)));
	EXPECT_STREQ("the least version of TLS is above the highest", self->err);
	self->server_config = tls_config_load(&files, self->err,
					      sizeof(self->err));
	EXPECT_NE(NULL, self->server_config);
}

/* A configuration that is replaced lives as long as a handshake needs it. */
TEST_F(tls, configuration_outlives_its_owner)
{
	ASSERT_TRUE(set_up(self, &good));
	tls_config_put(self->server_config);
	self->server_config = NULL;
	converse(self);
	EXPECT_TRUE(both_open(self));
}

TEST_F(tls, name_too_long)
{
	char name[TLS_NAME_MAX + 2];

	memset(name, 'a', sizeof(name));
	name[TLS_NAME_MAX + 1] = '\0';
	self->client_config = load(self, "alice", "ca", NULL, TLS_VERSION_1_2,
				   TLS_VERSION_1_3);
	ASSERT_NE(NULL, self->client_config);
	EXPECT_EQ(NULL, tls_new(self->client_config, TLS_CLIENT, name));
	self->client = tls_new(self->client_config, TLS_CLIENT, name + 1);
	EXPECT_NE(NULL, self->client);
}

TEST_HARNESS_MAIN
