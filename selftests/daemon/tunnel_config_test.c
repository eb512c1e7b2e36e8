// SPDX-License-Identifier: GPL-2.0-or-later
/* A tunnel's file: what is taken, what is refused and with which line, and back. */
#include "kselftest_harness.h"

#include <arpa/inet.h>

#include "daemon/tunnel_config.h"

#define HEAD	"[tunnel vpn]\nserver = gate.example\nuser = bob\n"
#define GOOD	HEAD "password = secret\n"
#define HASH	"nt:00112233445566778899aabbccddeeff"

static char err[TUNNEL_ERROR_MAX];

/* Parses a copy that ends where the heap block does, so that ASan sees all. */
static bool parse(struct tunnel_config *cfg, const char *text)
{
	size_t len = strlen(text);
	char *copy = malloc(len ? len : 1);
	bool good;

	memcpy(copy, text, len);
	good = tunnel_config_parse(cfg, "f", "vpn", copy, len, err);
	free(copy);
	return good;
}

/* Each text and its message; NULL: it is fine. */
static const struct {
	const char *text;
	const char *message;
} files[] = {
	/* 0 */	{ GOOD, NULL },
	/* 1 */	{ "", "f: there is no section [tunnel vpn]" },
	/* 2 */	{ "server = x\n", "f:1: \"server\" stands before the first [section]" },
	/* 3 */	{ "[tunnel x]\nserver = x\n",
		  "f:2: the file of the tunnel \"x\" must have its name" },
	/* 4 */	{ "[vpn]\nserver = x\n", "f:2: the section must be [tunnel vpn], not [vpn]" },
	/* 5 */	{ GOOD "colour = red\n", "f:5: a tunnel has no setting \"colour\"" },
	/* 6 */	{ GOOD "user = bob\n", "f:5: user is given twice" },
	/* 7 */	{ GOOD "mtu =\n", "f:5: mtu has no value" },
	/* 8 */	{ GOOD "mtu = 575\n", "f:5: mtu must be a number from 576 to 1500, not \"575\"" },
	/* 9 */	{ GOOD "mtu = 576\n", NULL },
	/* 10 */ { GOOD "mtu = 1501\n",
		   "f:5: mtu must be a number from 576 to 1500, not \"1501\"" },
	/* 11 */ { GOOD "words\n", "f:5: neither \"[section]\" nor \"name = value\"" },
	/* 12 */ { GOOD "server = a;b\n",
		   "f:5: \"a;b\" is neither a host name nor an IPv4 address" },
	/* 13 */ { GOOD "server = 1 2 3 4 5 6 7 8\n", "f:5: more than 8 servers" },
	/* 14 */ { GOOD "route = 10.0.0.0/8, 10.1.0.1/8\n",
		   "f:5: \"10.1.0.1/8\" is no prefix like 10.0.0.0/8 or fd00::/8" },
	/* 15 */ { GOOD "route = 2001:db8::/32, 10.0.0.0/8\n", NULL },
	/* 16 */ { GOOD "route = 0.0.0.0/0\n",
		   "f:5: for everything there is default-route, not \"0.0.0.0/0\"" },
	/* 17 */ { GOOD "mppe = always\n",
		   "f:5: mppe must be require, prefer, allow or deny, not \"always\"" },
	/* 18 */ { GOOD "mppe-strength = 127\n",
		   "f:5: mppe-strength must be of 128, 56 and 40, not \"127\"" },
	/* 19 */ { GOOD "auth = ms-chap-v2, rot13\n",
		   "f:5: auth must be of " POLICY_AUTH_WORDS ", not \"ms-chap-v2, rot13\"" },
	/* 20 */ { GOOD "persist = perhaps\n",
		   "f:5: persist must be \"yes\" or \"no\", not \"perhaps\"" },
	/* 21 */ { GOOD "device = a/b\n", "f:5: \"a/b\" is no name for a device" },
	/* 22 */ { GOOD "device = vpn%d\n", NULL },
	/* 23 */ { GOOD "device = vpn%d%d\n", "f:5: \"vpn%d%d\" is no name for a device" },
	/* 24 */ { GOOD "ca = file.pem\n",
		   "f:5: ca must be a path from / on, not \"file.pem\"" },
	/* 25 */ { HEAD "password = a%zz\n",
		   "f:4: \"%\" needs two digits from 01 to FF" },
	/* 26 */ { HEAD "password = a%00\n",
		   "f:4: \"%\" needs two digits from 01 to FF" },
	/* 27 */ { HEAD "password = a%4\n",
		   "f:4: \"%\" needs two digits from 01 to FF" },
	/* 28 */ { HEAD, "f: the tunnel needs a password" },
	/* 29 */ { "[tunnel vpn]\nuser = bob\npassword = x\n", "f: the tunnel needs a server" },
	/* 30 */ { "[tunnel vpn]\nserver = a\npassword = x\n", "f: the tunnel needs a user" },
	/* 31 */ { GOOD "auth = PAP\n",
		   "f: mppe = require needs MS-CHAP-V2 or EAP with keys" },
	/* 32 */ { GOOD "auth = PAP\nmppe = prefer\n", NULL },
	/* 33 */ { GOOD "auth = EAP-TLS\n", "f: EAP-TLS needs ca, certificate and key" },
	/* 34 */ { HEAD "auth = EAP-TLS\nca = /c\ncertificate = /d\nkey = /k\n", NULL },
	/* 35 */ { GOOD "kill-switch = yes\n",
		   "f: kill-switch needs a route or default-route" },
	/* 36 */ { GOOD "kill-switch = yes\nroute = 10.0.0.0/8\n", NULL },
	/* 37 */ { HEAD "password = " HASH "\n", NULL },
	/* 38 */ { HEAD "password = " HASH "\nauth = PAP ms-chap-v2\n",
		   "f: auth needs the password itself, only its hash is kept" },
	/* 39 */ { HEAD "password = \xff\xfe\n", "f: the password is not UTF-8 text" },
	/* 40 */ { GOOD "route = ::/0\n",
		   "f:5: for everything there is default-route, not \"::/0\"" },
	/* 41 */ { GOOD "route = 2001:db8::1/32\n",
		   "f:5: \"2001:db8::1/32\" is no prefix like 10.0.0.0/8 or fd00::/8" },
	/* 42 */ { GOOD "ipv6 = maybe\n",
		   "f:5: ipv6 must be \"yes\" or \"no\", not \"maybe\"" },
	/* 43 */ { GOOD "metric = 4294967294\n",
		   "f:5: metric must be a number from 0 to 4294967293, not \"4294967294\"" },
	/* 44 */ { GOOD "callback = yes\n", NULL },
	/* 45 */ { GOOD "callback = +49301234567\n", NULL },
	/* 46 */ { GOOD "callback = no\n",
		   "f:5: callback must be \"yes\" or a telephone number, not \"no\"" },
	/* 47 */ { GOOD "dhcp-routes = yes\n", NULL },
	/* 48 */ { GOOD "dhcp-routes = 1\n",
		   "f:5: dhcp-routes must be \"yes\" or \"no\", not \"1\"" },
	/* 49 */ { GOOD "demand = yes\nidle-timeout = 4000000\nlocal-address = 10.0.0.7\n", NULL },
	/* 50 */ { GOOD "idle-timeout = 60\npersist = no\n", NULL },
	/* 51 */ { GOOD "idle-timeout = 60\n",
		   "f: idle-timeout needs demand = yes or persist = no" },
	/* 52 */ { GOOD "idle-timeout = 4000001\n",
		   "f:5: idle-timeout must be a number from 0 to 4000000, not \"4000001\"" },
	/* 53 */ { GOOD "demand = sometimes\n",
		   "f:5: demand must be \"yes\" or \"no\", not \"sometimes\"" },
	/* 54 */ { GOOD "local-address = 224.0.0.1\n",
		   "f:5: 224.0.0.1 cannot be the address of a host" },
	/* 55 */ { GOOD "local-address = gate\n", "f:5: \"gate\" is not an IPv4 address" },
};

TEST(messages)
{
	struct tunnel_config cfg;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(files); i++) {
		EXPECT_EQ(!files[i].message, parse(&cfg, files[i].text)) TH_LOG("%zu", i);
		EXPECT_STREQ(files[i].message ? files[i].message : "", err) TH_LOG("%zu", i);
	}
}

TEST(limits)
{
	char text[TUNNEL_FILE_MAX] = GOOD, line[256];
	struct tunnel_config cfg;
	unsigned int i;

	for (i = 0; i < TUNNEL_ROUTES_MAX; i++) {
		snprintf(line, sizeof(line), "route = 10.%u.0.0/16\n", i);
		strcat(text, line);
	}
	EXPECT_TRUE(parse(&cfg, text)) TH_LOG("%s", err);
	EXPECT_EQ(TUNNEL_ROUTES_MAX, cfg.route_n);
	strcat(text, "route = 11.0.0.0/8\n");
	EXPECT_FALSE(parse(&cfg, text));
	EXPECT_STREQ("f:69: more than 64 routes", err);
	memset(line, 'a', sizeof(line));
	line[TUNNEL_TEXT_MAX] = 0;
	snprintf(text, sizeof(text), "[tunnel vpn]\nserver = a\npassword = b\nuser = %s\n", line);
	EXPECT_TRUE(parse(&cfg, text)) TH_LOG("%s", err);
	EXPECT_STREQ(line, cfg.user);
	snprintf(text, sizeof(text), "[tunnel vpn]\nserver = a\npassword = b\nuser = %sa\n", line);
	EXPECT_FALSE(parse(&cfg, text));
	memset(line, 'a', 200);
	line[200] = 0;
	snprintf(text, sizeof(text), "[tunnel vpn]\nserver = %s\n", line);
	EXPECT_FALSE(parse(&cfg, text));
	EXPECT_STREQ("f:2: the line has more than 190 characters", err);
}

/* A NUL ends nothing. */
TEST(nul)
{
	static const char text[] = GOOD "mtu\0 = 1400\n";
	struct tunnel_config cfg;

	EXPECT_FALSE(tunnel_config_parse(&cfg, "f", "vpn", text, sizeof(text) - 1, err));
	EXPECT_STREQ("f:5: the line has a NUL character", err);
}

TEST(defaults)
{
	struct tunnel_config cfg;

	ASSERT_TRUE(parse(&cfg, GOOD));
	EXPECT_STREQ("vpn", cfg.name);
	EXPECT_EQ(1, cfg.server_n);
	EXPECT_STREQ("gate.example", cfg.server[0]);
	EXPECT_EQ(PPP_AUTH_BIT(PPP_AUTH_MSCHAP_V2) | PPP_AUTH_BIT(PPP_AUTH_EAP_MSCHAP_V2),
		  cfg.methods);
	EXPECT_EQ(PPP_MPPE_REQUIRE, cfg.mppe);
	EXPECT_EQ(CCP_MPPE_128, cfg.mppe_bits);
	EXPECT_EQ(1500, cfg.mtu);
	EXPECT_TRUE(cfg.persist);
	EXPECT_FALSE(cfg.default_route);
	EXPECT_FALSE(cfg.dns);
	EXPECT_FALSE(cfg.kill_switch);
	EXPECT_TRUE(cfg.has_hash);
	EXPECT_STREQ("", cfg.password);
}

/* Passwords of all kinds, by a request; as they stand in the file. */
static const struct {
	const char *password;
	const char *auth;
	const char *line;
} passwords[] = {
	/* 0 */	{ "secret", "PAP", "password = secret\n" },
	/* 1 */	{ " a;b #", "PAP", "password = %20a%3Bb%20%23\n" },
	/* 2 */	{ HASH, "PAP", "password = %6Et:00112233445566778899aabbccddeeff\n" },
	/* 3 */	{ "100%", "CHAP-MD5", "password = 100%25\n" },
	/* 4 */	{ "\xc3\xb6", "EAP-MD5", "password = \xc3\xb6\n" },
	/* 5: RFC 2759 section 9.2 */
		{ "clientPass", "MS-CHAP-V2", "password = nt:44ebba8d5312b8d611474411f56989ae\n" },
};

TEST(secrets)
{
	struct tunnel_config cfg, again;
	char text[TUNNEL_FILE_MAX];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(passwords); i++) {
		tunnel_config_init(&cfg, "vpn");
		ASSERT_TRUE(tunnel_config_set(&cfg, "server", "a,b", err));
		ASSERT_TRUE(tunnel_config_set(&cfg, "user", "bob", err));
		ASSERT_TRUE(tunnel_config_set(&cfg, "mppe", "prefer", err));
		ASSERT_TRUE(tunnel_config_set(&cfg, "auth", passwords[i].auth, err));
		ASSERT_TRUE(tunnel_config_set(&cfg, "password", passwords[i].password, err));
		ASSERT_TRUE(tunnel_config_finish(&cfg, err)) TH_LOG("%zu %s", i, err);
		ASSERT_LT(0, tunnel_config_format(&cfg, text, sizeof(text)));
		EXPECT_NE(NULL, strstr(text, passwords[i].line)) TH_LOG("%zu %s", i, text);
		ASSERT_TRUE(parse(&again, text)) TH_LOG("%zu %s", i, err);
		EXPECT_EQ(0, memcmp(&cfg, &again, sizeof(cfg))) TH_LOG("%zu", i);
	}
}

static const struct {
	const char *key;
	const char *value;
} settings[] = {
	{ "server", "a.example, 192.0.2.1 b" }, { "user", "b o;b" }, { "domain", "WORK#GROUP" },
	{ "password", "x" }, { "new-password", "y ;z" }, { "remote-name", "gate %" },
	{ "auth", "EAP-TLS, MS-CHAP-V2, EAP-MSCHAP-V2" }, { "mppe", "allow" },
	{ "mppe-strength", "40,128" }, { "mppe-stateful", "prefer" }, { "mppe-compression", "yes" },
	{ "route", "10.0.0.0/8, 192.168.0.0/16, 198.51.100.7, 2001:db8::/32, 2001:db8:1::1" },
	{ "default-route", "yes" }, { "ipv6", "yes" }, { "metric", "17" }, { "mtu", "1400" },
	{ "device", "vpn%d" }, { "persist", "no" },
	{ "dhcp-routes", "yes" }, { "bind-device", "red" },
	{ "demand", "yes" }, { "idle-timeout", "90" }, { "local-address", "10.0.0.7" },
	{ "dns", "yes" }, { "kill-switch", "yes" }, { "callback", "5551212" }, { "ca", "/ca" },
	{ "crl", "/crl" }, { "certificate", "/cert" }, { "key", "/key" },
};

/* Every setting, to the file and back; then each at its default again. */
TEST(all_settings)
{
	struct tunnel_config cfg, again, fresh;
	char text[TUNNEL_FILE_MAX];
	size_t i, room;

	tunnel_config_init(&cfg, "vpn");
	for (i = 0; i < ARRAY_SIZE(settings); i++)
		ASSERT_TRUE(tunnel_config_set(&cfg, settings[i].key, settings[i].value, err))
			TH_LOG("%s", err);
	ASSERT_TRUE(tunnel_config_finish(&cfg, err)) TH_LOG("%s", err);
	ASSERT_LT(0, tunnel_config_format(&cfg, text, sizeof(text)));
	ASSERT_TRUE(parse(&again, text)) TH_LOG("%s\n%s", err, text);
	EXPECT_EQ(0, memcmp(&cfg, &again, sizeof(cfg)));
	for (room = 0; room <= strlen(text); room++)
		EXPECT_EQ(0, tunnel_config_format(&cfg, err, room < sizeof(err) ? room : 1));
	for (i = 0; i < ARRAY_SIZE(settings); i++)
		ASSERT_TRUE(tunnel_config_set(&cfg, settings[i].key, "", err));
	tunnel_config_init(&fresh, "vpn");
	tunnel_config_format(&cfg, text, sizeof(text));
	ASSERT_LT(0, tunnel_config_format(&fresh, err, 1) + 1);
	EXPECT_EQ(fresh.server_n, cfg.server_n);
	EXPECT_EQ(fresh.route_n, cfg.route_n);
	EXPECT_EQ(fresh.methods, cfg.methods);
	EXPECT_EQ(fresh.mtu, cfg.mtu);
	EXPECT_EQ(fresh.persist, cfg.persist);
	EXPECT_STREQ("", cfg.user);
	EXPECT_STREQ("", cfg.ca);
	EXPECT_FALSE(cfg.has_hash);
}

/* A list takes the place of the one before; a refusal comes without file and line. */
TEST(requests)
{
	struct tunnel_config cfg;

	tunnel_config_init(&cfg, "vpn");
	EXPECT_TRUE(tunnel_config_set(&cfg, "route", "10.0.0.0/8, 11.0.0.0/8", err));
	EXPECT_TRUE(tunnel_config_set(&cfg, "route", "12.0.0.0/8", err));
	EXPECT_EQ(1, cfg.route_n);
	EXPECT_FALSE(tunnel_config_set(&cfg, "mtu", "1", err));
	EXPECT_STREQ("mtu must be a number from 576 to 1500, not \"1\"", err);
	EXPECT_FALSE(tunnel_config_set(&cfg, "colour", "red", err));
	EXPECT_STREQ("a tunnel has no setting \"colour\"", err);
	/* A request's text is taken as it is. */
	EXPECT_TRUE(tunnel_config_set(&cfg, "user", "a%41", err));
	EXPECT_STREQ("a%41", cfg.user);
}

/* IPv6 is asked for by its name or by a route. */
TEST(ipv6)
{
	struct tunnel_config cfg;

	tunnel_config_init(&cfg, "vpn");
	EXPECT_FALSE(tunnel_config_ipv6(&cfg));
	EXPECT_TRUE(tunnel_config_set(&cfg, "route", "10.0.0.0/8", err));
	EXPECT_TRUE(tunnel_config_set(&cfg, "default-route", "yes", err));
	EXPECT_FALSE(tunnel_config_ipv6(&cfg));
	EXPECT_TRUE(tunnel_config_set(&cfg, "ipv6", "yes", err));
	EXPECT_TRUE(tunnel_config_ipv6(&cfg));
	EXPECT_TRUE(tunnel_config_set(&cfg, "ipv6", "no", err));
	EXPECT_TRUE(tunnel_config_set(&cfg, "route", "10.0.0.0/8, 2001:db8::/32", err));
	EXPECT_TRUE(tunnel_config_ipv6(&cfg));
}

TEST(names)
{
	static const struct {
		const char *name;
		bool good;
	} cases[] = {
		{ "vpn", true }, { "a", true }, { "0", true }, { "a.b_c-d", true },
		{ "a23456789012345", true }, { "a234567890123456", false }, { "", false },
		{ ".", false }, { "..", false }, { ".a", false }, { "-a", false }, { "a/b", false },
		{ "a b", false }, { "a%d", false }, { "\xc3\xb6", false },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++)
		EXPECT_EQ(cases[i].good, tunnel_config_name(cases[i].name)) TH_LOG("%zu", i);
}

/* The new password becomes the one that counts, in the form that the methods need. */
TEST(renewed)
{
	struct tunnel_config cfg, other;

	ASSERT_TRUE(parse(&cfg, GOOD "new-password = next\n")) TH_LOG("%s", err);
	ASSERT_TRUE(parse(&other, HEAD "password = next\n")) TH_LOG("%s", err);
	tunnel_config_renew(&cfg);
	EXPECT_EQ(0, memcmp(&cfg, &other, sizeof(cfg)));
	tunnel_config_renew(&cfg);
	EXPECT_EQ(0, memcmp(&cfg, &other, sizeof(cfg)));

	ASSERT_TRUE(parse(&cfg, GOOD "auth = PAP, MS-CHAP-V2\nnew-password = next\n"));
	tunnel_config_renew(&cfg);
	EXPECT_STREQ("next", cfg.password);
	EXPECT_FALSE(cfg.has_hash);

	EXPECT_FALSE(parse(&cfg, GOOD "auth = MS-CHAP\nnew-password = next\n"));
	EXPECT_STREQ("f: new-password needs MS-CHAP-V2 or EAP-MSCHAP-V2", err);
}

TEST_HARNESS_MAIN
