// SPDX-License-Identifier: GPL-2.0-or-later
/* EAP-TLS, both ends against each other. */
#include "kselftest_harness.h"

#include "crypto/tls_pki.h"
#include "eap_rig.h"
#include "ppp_peer.h"

FIXTURE(eap_tls) {
	struct rig *rig;
	struct tls_pki pki;
};

FIXTURE_SETUP(eap_tls)
{
	self->rig = malloc(sizeof(*self->rig));
	ASSERT_NE(NULL, self->rig);
	memset(self->rig, 0, sizeof(*self->rig));
	ASSERT_TRUE(tls_pki_make(&self->pki));
}

FIXTURE_TEARDOWN(eap_tls)
{
	rig_free(self->rig);
	free(self->rig);
	tls_config_put(rig_server_config.tls);
	tls_config_put(rig_credentials.tls);
	tls_pki_remove(&self->pki);
}

/* What each end shows, and looks at; by names of tls_pki's files. */
struct setting {
	const char *server, *client, *crl, *client_ca, *identity, *remote_name;
	enum tls_version server_min, server_max, client_min, client_max;
	unsigned int mtu;
};

static struct tls_config *load(struct _test_data_eap_tls *self,
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
	char err[200];

	return tls_config_load(&files, err, sizeof(err));
}

static void set_up(struct _test_data_eap_tls *self, const struct setting *set)
{
	rig_free(self->rig);
	tls_config_put(rig_server_config.tls);
	tls_config_put(rig_credentials.tls);
	rig_server_config.tls = load(self, set->server ? set->server : "gw", "ca",
				     set->crl, set->server_min, set->server_max);
	rig_credentials.tls = load(self, set->client ? set->client : "alice",
				   set->client_ca ? set->client_ca : "ca", NULL,
				   set->client_min, set->client_max);
	rig_credentials.user = set->identity ? set->identity : "alice";
	rig_credentials.remote_name = set->remote_name;
	rig_server_config.mtu = set->mtu ? set->mtu : 1400;
	rig_init(self->rig);
	self->rig->peer.cfg.mtu = rig_server_config.mtu;
}

static const struct setting tls12 = { .client_max = TLS_VERSION_1_3 };
static const struct setting tls13 = {
	.server_min = TLS_VERSION_1_3, .server_max = TLS_VERSION_1_3,
	.client_max = TLS_VERSION_1_3,
};

TEST_F(eap_tls, versions)
{
	const struct setting *const table[] = { &tls12, &tls13 };
	unsigned int i;

	for (i = 0; i < 2; i++) {
		set_up(self, table[i]);
		rig_run(self->rig);
		EXPECT_TRUE(rig_both(self->rig, PPP_AUTH_DONE_OK));
		EXPECT_EQ(PPP_AUTH_EAP_TLS, self->rig->server.method);
		EXPECT_EQ(PPP_AUTH_EAP_TLS, self->rig->peer.method);
		EXPECT_TRUE(rig_keys_match(self->rig));
		EXPECT_EQ(1, self->rig->asked[PPP_AUTH_LOGIN]);
		EXPECT_EQ(NULL, self->rig->server.tls.tls);
		EXPECT_EQ(NULL, self->rig->peer.tls.tls);
	}
}

/* A Nak away from TLS, and one towards it. */
TEST_F(eap_tls, choice)
{
	set_up(self, &tls13);
	self->rig->peer.usable = PPP_AUTH_BIT(PPP_AUTH_EAP_MSCHAP_V2);
	rig_run(self->rig);
	EXPECT_TRUE(rig_both(self->rig, PPP_AUTH_DONE_OK));
	EXPECT_EQ(PPP_AUTH_EAP_MSCHAP_V2, self->rig->server.method);
	EXPECT_EQ(NULL, self->rig->server.tls.tls);
	rig_init(self->rig);
	self->rig->server.cfg.tls = NULL;
	self->rig->user_methods = PPP_AUTH_BIT(PPP_AUTH_EAP_MD5);
	self->rig->peer.usable = PPP_AUTH_BIT(PPP_AUTH_EAP_TLS);
	rig_run(self->rig);
	EXPECT_TRUE(rig_both(self->rig, PPP_AUTH_DONE_FAILED));
}

/* Certificates of several fragments, down to the smallest packets. */
TEST_F(eap_tls, fragments)
{
	static const unsigned int mtus[] = { 1, 200, 576, 1020, 1400, 65535 };
	struct setting set;
	unsigned int i, v;

	for (i = 0; i < ARRAY_SIZE(mtus); i++) {
		for (v = 0; v < 2; v++) {
			set = v ? tls13 : tls12;
			set.server = i ? "big" : "gw";
			set.client = i ? "big" : "alice";
			set.identity = i ? "big" : "alice";
			set.mtu = mtus[i];
			set_up(self, &set);
			rig_run(self->rig);
			EXPECT_TRUE(rig_both(self->rig, PPP_AUTH_DONE_OK))
				TH_LOG("mtu %u: %s", mtus[i], self->rig->note);
			EXPECT_TRUE(rig_keys_match(self->rig));
			EXPECT_LT(i == 1 ? 50 : 6, self->rig->line[RIG_PEER].count);
		}
	}
}

/* No packet is longer than the link takes, nor than EAP_TLS_PACKET_MAX. */
TEST_F(eap_tls, packet_sizes)
{
	static const unsigned int mtus[] = { 300, 1400 };
	static const unsigned int most[] = { 300, 1020 };
	struct setting set = tls13;
	unsigned int i, step, longest;

	set.server = "big";
	for (i = 0; i < 2; i++) {
		struct rig *rig = self->rig;

		set.mtu = mtus[i];
		set_up(self, &set);
		longest = 0;
		eap_peer_start(&rig->peer);
		eap_server_start(&rig->server, 0, &rig->acts);
		rig_perform(rig, RIG_SERVER);
		for (step = 0; step < 200; step++) {
			if (rig->line[RIG_PEER].n &&
			    rig->line[RIG_PEER].frame[0].len - 2 > longest)
				longest = rig->line[RIG_PEER].frame[0].len - 2;
			rig_pass_one(rig, RIG_PEER);
			rig_pass_one(rig, RIG_SERVER);
		}
		EXPECT_TRUE(rig_both(rig, PPP_AUTH_DONE_OK));
		EXPECT_EQ(most[i], longest);
	}
}

/* Whatever happens to one packet of many, it ends well. */
TEST_F_TIMEOUT(eap_tls, line, 300)
{
	unsigned int v, mangle, end, victim;
	struct setting set;

	for (v = 0; v < 2; v++) {
		set = v ? tls13 : tls12;
		set.server = "big";
		set.client = "big";
		set.identity = "big";
		set_up(self, &set);
		for (mangle = RIG_LOSE; mangle <= RIG_LATE; mangle++)
			for (end = RIG_SERVER; end <= RIG_PEER; end++)
				for (victim = 0; victim < 20; victim++) {
					rig_free(self->rig);
					rig_init(self->rig);
					self->rig->mangle = mangle;
					self->rig->mangled = end;
					self->rig->victim = victim;
					rig_run(self->rig);
					EXPECT_TRUE(rig_both(self->rig, PPP_AUTH_DONE_OK))
						TH_LOG("%u %u %u %u", v, mangle, end, victim);
					EXPECT_TRUE(rig_keys_match(self->rig));
				}
	}
}

/* One sentence each, on both sides. */
TEST_F(eap_tls, refusals)
{
	static const struct {
		struct setting set;
		enum tls_error server, client;
		bool identity;	/* it is the client that refuses */
	} table[] = {
		{ { .client = "expired", .identity = "expired" },
		  TLS_ERROR_EXPIRED, TLS_ERROR_REFUSED_EXPIRED, false },
		{ { .client = "revoked", .identity = "revoked", .crl = "crl" },
		  TLS_ERROR_REVOKED, TLS_ERROR_REFUSED_REVOKED, false },
		{ { .client = "stranger", .identity = "stranger" },
		  TLS_ERROR_UNKNOWN_CA, TLS_ERROR_REFUSED_UNKNOWN_CA, false },
		{ { .identity = "bob" },
		  TLS_ERROR_NAME, TLS_ERROR_REFUSED_CERTIFICATE, false },
		{ { .server = "expired" },
		  TLS_ERROR_REFUSED_EXPIRED, TLS_ERROR_EXPIRED, true },
		{ { .client_ca = "other-ca" },
		  TLS_ERROR_REFUSED_UNKNOWN_CA, TLS_ERROR_UNKNOWN_CA, true },
		{ { .remote_name = "gw.example.net" },
		  TLS_ERROR_REFUSED_CERTIFICATE, TLS_ERROR_NAME, true },
	};
	struct setting set;
	unsigned int i;

	for (i = 0; i < 2 * ARRAY_SIZE(table); i++) {
		set = table[i / 2].set;
		set.client_max = TLS_VERSION_1_3;
		set.server_max = i & 1 ? TLS_VERSION_1_3 : TLS_VERSION_1_2;
		set_up(self, &set);
		rig_run(self->rig);
		EXPECT_TRUE(rig_both(self->rig, PPP_AUTH_DONE_FAILED)) TH_LOG("row %u", i);
		EXPECT_TRUE(self->rig->server.refused);
		EXPECT_EQ(0, self->rig->asked[PPP_AUTH_LOGIN]);
		EXPECT_STREQ(tls_error_text(table[i / 2].server), self->rig->note);
		EXPECT_STREQ(tls_error_text(table[i / 2].client),
			     self->rig->peer.failure.message);
		EXPECT_EQ(table[i / 2].identity,
			  self->rig->peer.failure.identity);
		EXPECT_FALSE(self->rig->server.keys);
	}
}

TEST_F(eap_tls, names_that_pass)
{
	static const struct setting table[] = {
		{ .identity = "CORP\\alice" },
		{ .client = "mail", .identity = "alice@example.org" },
		{ .client = "principal", .identity = "alice@ad.example" },
		{ .remote_name = "gw.example.org" },
	};
	struct setting set;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(table); i++) {
		set = table[i];
		set.server_max = TLS_VERSION_1_3;
		set.client_max = TLS_VERSION_1_3;
		set_up(self, &set);
		rig_run(self->rig);
		EXPECT_TRUE(rig_both(self->rig, PPP_AUTH_DONE_OK)) TH_LOG("row %u", i);
	}
}

/* The account is closed, whatever the certificate says. */
TEST_F(eap_tls, daemon_says_no)
{
	const struct setting *const table[] = { &tls12, &tls13 };
	unsigned int i;

	for (i = 0; i < 2; i++) {
		set_up(self, table[i]);
		self->rig->error = MSCHAP_ERROR_DISABLED;
		rig_run(self->rig);
		EXPECT_TRUE(rig_both(self->rig, PPP_AUTH_DONE_FAILED));
		EXPECT_FALSE(self->rig->server.keys);
		EXPECT_EQ(NULL, self->rig->note);
	}
}

/* Up to the Start of TLS, which is Request 2 then. */
static void to_start(struct rig *rig)
{
	struct ppp_auth_result result = {
		.serial = 1, .ok = true,
		.methods = PPP_AUTH_BIT(PPP_AUTH_EAP_TLS),
	};

	rig->acts.n = 0;
	eap_server_start(&rig->server, 0, &rig->acts);
	eap_server_input(&rig->server,
			 peer_packet_hex(2, 1, "01616c696365", NULL), 0,
			 &rig->acts);
	rig->acts.n = 0;
	eap_server_result(&rig->server, &result, 0, &rig->acts);
}

/* The first answer to the Start. */
TEST_F(eap_tls, nonsense)
{
	static const struct {
		const char *response;
		enum ppp_auth_outcome outcome;
	} table[] = {
		{ "0d", PPP_AUTH_DONE_FAILED },			/* no flags */
		{ "0d00", PPP_AUTH_DONE_FAILED },		/* nothing to say */
		{ "0d80", PPP_AUTH_DONE_FAILED },		/* half a length */
		{ "0d80000000", PPP_AUTH_DONE_FAILED },
		{ "0d80000100011603", PPP_AUTH_DONE_FAILED },	/* 65537 to come */
		{ "0dc0000000011603", PPP_AUTH_DONE_FAILED },	/* more than said */
		{ "0d80000000031603", PPP_AUTH_DONE_FAILED },	/* less than said */
		{ "0d001603", PPP_AUTH_DONE_FAILED },		/* half a record */
		{ "0dc0000000041603", PPP_AUTH_WAITING },	/* half of four */
		{ "0d401603", PPP_AUTH_WAITING },		/* unannounced */
		{ "0300", PPP_AUTH_DONE_FAILED },		/* no other method */
		{ "04", PPP_AUTH_IGNORED },
	};
	unsigned int i;

	set_up(self, &tls13);
	for (i = 0; i < ARRAY_SIZE(table); i++) {
		struct rig *rig = self->rig;

		rig_free(rig);
		rig_init(rig);
		to_start(rig);
		rig->acts.n = 0;
		EXPECT_EQ(table[i].outcome,
			  eap_server_input(&rig->server,
					   peer_packet_hex(2, 2, table[i].response, NULL),
					   0, &rig->acts)) TH_LOG("row %u", i);
	}
}

/* A peer that sends one octet at a time, and for ever. */
TEST_F(eap_tls, endless)
{
	enum ppp_auth_outcome outcome;
	struct rig *rig = self->rig;
	unsigned int n;

	set_up(self, &tls13);
	to_start(rig);
	for (n = 0; n < 1000; n++) {
		rig->acts.n = 0;
		outcome = eap_server_input(&rig->server,
					   peer_packet_hex(2, rig->server.id, "0d4016", NULL),
					   0, &rig->acts);
		if (outcome != PPP_AUTH_WAITING)
			break;
	}
	EXPECT_EQ(PPP_AUTH_DONE_FAILED, outcome);
	EXPECT_EQ(EAP_SERVER_REQUESTS_MAX - 2, n);
}

/* And one that sends too much in few. */
TEST_F(eap_tls, too_long)
{
	static uint8_t data[1402] = { EAP_TYPE_TLS, 0x40 };
	enum ppp_auth_outcome outcome;
	struct rig *rig = self->rig;
	unsigned int n;

	set_up(self, &tls13);
	to_start(rig);
	for (n = 0; n < 1000; n++) {
		rig->acts.n = 0;
		outcome = eap_server_input(&rig->server,
					   peer_packet(2, rig->server.id, data, sizeof(data)),
					   0, &rig->acts);
		if (outcome != PPP_AUTH_WAITING)
			break;
	}
	EXPECT_EQ(PPP_AUTH_DONE_FAILED, outcome);
	EXPECT_EQ(TLS_FLIGHT_MAX / 1400, n);
}

/* RFC 9190 section 2.5: without the word of the server, no Success counts. */
TEST_F(eap_tls, success_before_its_time)
{
	struct rig *rig = self->rig;
	struct ppp_packet pkt;
	unsigned int i;

	set_up(self, &tls13);
	eap_peer_start(&rig->peer);
	eap_server_start(&rig->server, 0, &rig->acts);
	rig_perform(rig, RIG_SERVER);
	for (i = 0; i < 100 && rig->server.state != EAP_SERVER_DONE; i++) {
		uint8_t success[4] = { 3, rig->peer.id, 0, 4 };

		if (rig->peer.state != EAP_PEER_SATISFIED &&
		    ppp_packet_parse(success, 4, &pkt)) {
			EXPECT_EQ(PPP_AUTH_IGNORED,
				  eap_peer_input(&rig->peer, &pkt, 0, &rig->acts));
		}
		rig_pass_one(rig, RIG_PEER);
		rig_pass_one(rig, RIG_SERVER);
	}
	rig_go(rig);
	EXPECT_TRUE(rig_both(rig, PPP_AUTH_DONE_OK));
}

/* Every sentence fits where a link keeps the reason. */
TEST_F(eap_tls, texts_fit)
{
	int i;

	for (i = 0; i < TLS_ERRORS; i++)
		EXPECT_LT(strlen(tls_error_text(i)), PPP_AUTH_MESSAGE_MAX);
}

TEST_HARNESS_MAIN
