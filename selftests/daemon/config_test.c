// SPDX-License-Identifier: GPL-2.0-or-later
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/config.h"
#include "kselftest_harness.h"

#define NET "[network]\nlocal-address = 10.0.0.1\n"

static struct config *parse(const char *text, char err[CONFIG_ERROR_MAX])
{
	return config_parse("f", text, strlen(text), err);
}

/* Each is refused with exactly this sentence. */
static const struct {
	const char *text;
	const char *err;
} refusals[] = {
	{ "", "f: [network] needs a local-address" },
	{ "[server]\nport = 1723\n", "f: [network] needs a local-address" },
	{ "port = 1\n", "f:1: \"port\" stands before the first [section]" },
	{ "\n# c\n[sever]\nport = 1\n", "f:4: there is no section [sever]" },
	{ NET "mru = 1400\n", "f:3: [network] has no setting \"mru\"" },
	{ NET "local-address = 10.0.0.2\n", "f:3: local-address is given twice" },
	{ NET "pool =\n", "f:3: pool has no value" },
	{ NET "pool\n", "f:3: neither \"[section]\" nor \"name = value\"" },
	{ NET "[mppe\n", "f:3: neither \"[section]\" nor \"name = value\"" },
	{ "[server]\nport = 0\n", "f:2: port must be a number from 1 to 65535, not \"0\"" },
	{ "[server]\nport = 65536\n",
	  "f:2: port must be a number from 1 to 65535, not \"65536\"" },
	{ "[server]\nport = -1\n", "f:2: port must be a number from 1 to 65535, not \"-1\"" },
	{ "[server]\nport = 17x\n", "f:2: port must be a number from 1 to 65535, not \"17x\"" },
	{ "[server]\nport = 99999999999999999999999\n",
	  "f:2: port must be a number from 1 to 65535, not \"99999999999999999999999\"" },
	{ "[server]\nmax-calls = 65\n",
	  "f:2: max-calls must be a number from 1 to 64, not \"65\"" },
	{ "[server]\nname = a b\n", "f:2: name must be ASCII without blanks" },
	{ "[server]\nname = \303\244\n", "f:2: name must be ASCII without blanks" },
	{ "[server]\nlisten = 1.2.3\n", "f:2: \"1.2.3\" is not an IPv4 address" },
	{ "[server]\nlisten = 1.2.3.4 1.2.3.4\n", "f:2: 1.2.3.4 is given twice" },
	{ "[server]\nlog-level = loud\n",
	  "f:2: log-level must be error, warning, notice, info or debug" },
	{ "[server]\ncontrol-socket = run/x\n",
	  "f:2: control-socket must be a path from / on, not \"run/x\"" },
	{ "[ppp]\nmru = 575\n", "f:2: mru must be a number from 576 to 1500, not \"575\"" },
	{ "[ppp]\npfc = maybe\n", "f:2: pfc must be \"yes\" or \"no\", not \"maybe\"" },
	{ "[mppe]\npolicy = some\n", "f:2: policy must be require, allow or deny, not \"some\"" },
	{ "[mppe]\nstrength = 64\n", "f:2: strength must be of 128, 56 and 40, not \"64\"" },
	{ NET "[mppe]\nstrength = ,\n", "f: [mppe] strength names no key length" },
	{ NET "device = ppp\n", "f:3: device must be a name with one %d in it, like pptp%d" },
	{ NET "device = p%dp%d\n", "f:3: device must be a name with one %d in it, like pptp%d" },
	{ NET "device = p%s\n", "f:3: device must be a name with one %d in it, like pptp%d" },
	{ NET "device = p/%d\n", "f:3: device may not contain blanks, \"/\" or \":\"" },
	{ NET "device = abcdefghijklmn%d\n", "f:3: device must have 1 to 15 characters" },
	{ NET "dns = 1.1.1.1 2.2.2.2 3.3.3.3\n", "f:3: dns takes two addresses at most" },
	{ NET "dns = 0.0.0.0\n", "f:3: 0.0.0.0 cannot be the address of a host" },
	{ NET "dns = 224.0.0.1\n", "f:3: 224.0.0.1 cannot be the address of a host" },
	{ NET "pool = 10.0.0.9-10.0.0.1\n", "f:3: \"10.0.0.9-10.0.0.1\" ends before it begins" },
	{ NET "pool = 10.0.0.1-\n", "f:3: \"\" is not an IPv4 address" },
	{ NET "pool = 10.0.0.0/31\n", "f:3: \"10.0.0.0/31\": the prefix must be from 8 to 30" },
	{ NET "pool = 10.0.0.1/24\n",
	  "f:3: \"10.0.0.1/24\" has address bits outside of its prefix" },
	{ NET "pool = 10.0.0.0/8\n", "f:3: \"10.0.0.0/8\" has more than 1048576 addresses" },
	{ NET "pool = 10.0.1.0/24\npool = 10.0.1.5\n",
	  "f:4: \"10.0.1.5\" overlaps an earlier range" },
	{ NET "reorder-packets = 1025\n",
	  "f:3: reorder-packets must be a number from 0 to 1024, not \"1025\"" },
};

TEST(bad_lines)
{
	char err[CONFIG_ERROR_MAX];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(refusals); i++) {
		EXPECT_EQ(NULL, parse(refusals[i].text, err)) {
			TH_LOG("%zu was taken: %s", i, refusals[i].text);
		}
		EXPECT_STREQ(refusals[i].err, err);
	}
}

TEST(defaults)
{
	char err[CONFIG_ERROR_MAX];
	struct config *cfg = parse(NET, err);

	ASSERT_NE(NULL, cfg);
	EXPECT_EQ(1, cfg->listen_n);
	EXPECT_EQ(0, cfg->listen[0].s_addr);
	EXPECT_EQ(1723, cfg->port);
	EXPECT_EQ(inet_addr("10.0.0.1"), cfg->local_address.s_addr);
	EXPECT_EQ(PPP_MPPE_REQUIRE, cfg->ppp.mppe);
	EXPECT_EQ(CCP_MPPE_128, cfg->ppp.mppe_bits);
	EXPECT_FALSE(cfg->ppp.mppe_stateful);
	EXPECT_FALSE(cfg->ppp.refuse_pfc);
	EXPECT_FALSE(cfg->no_df);
	EXPECT_EQ(1, cfg->control.calls.max_calls);
	EXPECT_EQ(60000, cfg->control.echo_interval);
	EXPECT_STREQ("pptp%d", cfg->device);
	EXPECT_STREQ("kpptp", cfg->ppp.name);
	EXPECT_STREQ("/etc/kpptp/users", cfg->users_file);
	EXPECT_EQ(0, cfg->pool_n);
	config_put(cfg);
}

/* Every setting, with a value that is not its default. */
static const char everything[] =
	"\357\273\277[server]\n"
	"listen = 192.0.2.1, 192.0.2.2\n"
	"listen = 192.0.2.3\n"
	"port = 1724\n"
	"name = gate\n"
	"max-connections = 7\n"
	"max-connections-per-address = 9\n"
	"max-half-open = 6\n"
	"max-calls = 5\n"
	"control-socket = /tmp/s ; where else\n"
	"log-level = debug\n"
	"[control]\n"
	"start-timeout = 1\nidle-timeout = 2\necho-interval = 3\necho-timeout = 4\n"
	"stop-timeout = 5\n"
	"[ppp]\n"
	"mru = 1400\nrestart-interval = 1\nmax-configure = 2\nmax-terminate = 3\n"
	"max-failure = 4\necho-interval = 0\necho-failures = 6\n"
	"authentication-timeout = 7\nauthentication-tries = 8\nnetwork-timeout = 9\n"
	"pfc = no\nacfc = no\n"
	"[mppe]\n"
	"policy = allow\nstrength = 40 56\nstateful = yes\n"
	"[network]\n"
	"device = vpn%d\nmtu = 1300\nlocal-address = 10.0.0.1\n"
	"pool = 10.0.1.0/30, 10.0.2.7\n"
	"  10.0.3.1-10.0.3.9\n"
	"dns = 10.0.0.2\nwins = 10.0.0.3 10.0.0.4\npeer-address-choice = yes\n"
	"copy-tos = yes\ndont-fragment = no\nttl = 64\n"
	"reorder-packets = 0\nreorder-milliseconds = 1000\n"
	"[users]\n"
	"file = /tmp/u";

TEST(server_and_control)
{
	char err[CONFIG_ERROR_MAX];
	struct config *cfg = parse(everything, err);

	ASSERT_NE(NULL, cfg) {
		TH_LOG("%s", err);
	}
	EXPECT_EQ(3, cfg->listen_n);
	EXPECT_EQ(inet_addr("192.0.2.3"), cfg->listen[2].s_addr);
	EXPECT_EQ(1724, cfg->port);
	EXPECT_STREQ("gate", cfg->ppp.name);
	EXPECT_STREQ("gate", cfg->control.host);
	EXPECT_EQ(7, cfg->max_connections);
	EXPECT_EQ(7, cfg->max_connections_per_address);
	EXPECT_EQ(6, cfg->max_half_open);
	EXPECT_EQ(5, cfg->control.calls.max_calls);
	EXPECT_STREQ("/tmp/s", cfg->control_socket);
	EXPECT_EQ(LOG_LEVEL_DEBUG, cfg->log_level);
	EXPECT_EQ(1000, cfg->control.start_timeout);
	EXPECT_EQ(2000, cfg->control.idle_timeout);
	EXPECT_EQ(3000, cfg->control.echo_interval);
	EXPECT_EQ(4000, cfg->control.echo_timeout);
	EXPECT_EQ(5000, cfg->control.stop_timeout);
	EXPECT_STREQ("/tmp/u", cfg->users_file);
	config_put(cfg);
}

TEST(ppp_and_mppe)
{
	char err[CONFIG_ERROR_MAX];
	struct config *cfg = parse(everything, err);

	ASSERT_NE(NULL, cfg);
	EXPECT_EQ(1400, cfg->ppp.mru);
	EXPECT_EQ(1000, cfg->ppp.restart);
	EXPECT_EQ(2, cfg->ppp.max_configure);
	EXPECT_EQ(3, cfg->ppp.max_terminate);
	EXPECT_EQ(4, cfg->ppp.max_failure);
	EXPECT_EQ(0, cfg->ppp.echo_interval);
	EXPECT_EQ(6, cfg->ppp.echo_failures);
	EXPECT_EQ(7000, cfg->ppp.auth_timeout);
	EXPECT_EQ(8, cfg->ppp.auth_tries);
	EXPECT_EQ(9000, cfg->ppp.ncp_timeout);
	EXPECT_TRUE(cfg->ppp.refuse_pfc);
	EXPECT_TRUE(cfg->ppp.refuse_acfc);
	EXPECT_EQ(PPP_MPPE_ALLOW, cfg->ppp.mppe);
	EXPECT_EQ(CCP_MPPE_40 | CCP_MPPE_56, cfg->ppp.mppe_bits);
	EXPECT_TRUE(cfg->ppp.mppe_stateful);
	config_put(cfg);
}

TEST(network)
{
	char err[CONFIG_ERROR_MAX];
	struct config *cfg = parse(everything, err);

	ASSERT_NE(NULL, cfg);
	EXPECT_STREQ("vpn%d", cfg->device);
	EXPECT_EQ(1300, cfg->mtu);
	ASSERT_EQ(3, cfg->pool_n);
	EXPECT_EQ(0x0a000101, cfg->pool[0].first);
	EXPECT_EQ(0x0a000102, cfg->pool[0].last);
	EXPECT_EQ(0x0a000207, cfg->pool[1].first);
	EXPECT_EQ(0x0a000207, cfg->pool[1].last);
	EXPECT_EQ(0x0a000301, cfg->pool[2].first);
	EXPECT_EQ(0x0a000309, cfg->pool[2].last);
	EXPECT_EQ(inet_addr("10.0.0.2"), cfg->dns[0].s_addr);
	EXPECT_EQ(0, cfg->dns[1].s_addr);
	EXPECT_EQ(inet_addr("10.0.0.4"), cfg->wins[1].s_addr);
	EXPECT_TRUE(cfg->peer_address_choice);
	EXPECT_TRUE(cfg->copy_tos);
	EXPECT_TRUE(cfg->no_df);
	EXPECT_EQ(64, cfg->ttl);
	EXPECT_EQ(0, cfg->reorder_packets);
	EXPECT_EQ(1000, cfg->reorder_ms);
	config_put(cfg);
}

TEST(too_many)
{
	char text[4096] = "[server]\nlisten =";
	char err[CONFIG_ERROR_MAX];
	int i;

	for (i = 1; i <= CONFIG_LISTEN_MAX + 1; i++)
		sprintf(text + strlen(text), "%s10.0.0.%d", i % 8 ? " " : "\nlisten = ", i);
	EXPECT_EQ(NULL, parse(text, err));
	EXPECT_STREQ("f:4: more than 16 addresses to listen on", err);

	snprintf(text, sizeof(text), NET);
	for (i = 1; i <= CONFIG_POOLS_MAX + 1; i++)
		sprintf(text + strlen(text), "pool = 10.1.%d.1\n", i);
	EXPECT_EQ(NULL, parse(text, err));
	EXPECT_STREQ("f:35: more than 32 address ranges", err);
}

TEST(long_line_and_nul)
{
	char text[512] = NET;
	char err[CONFIG_ERROR_MAX];

	memset(text + strlen(NET), '#', CONFIG_LINE_MAX + 1);
	text[strlen(NET) + CONFIG_LINE_MAX + 1] = 0;
	EXPECT_EQ(NULL, parse(text, err));
	EXPECT_STREQ("f:3: the line has more than 190 characters", err);
	EXPECT_EQ(NULL, config_parse("f", NET "# a\0b\n", strlen(NET) + 6, err));
	EXPECT_STREQ("f:3: the line has a NUL character", err);
}

/* Cut anywhere: taken or refused with a message, and nothing is touched past it. */
TEST(every_truncation)
{
	char err[CONFIG_ERROR_MAX];
	size_t len;

	for (len = 0; len < strlen(everything); len++) {
		char *text = malloc(len + 1);
		struct config *cfg;

		memcpy(text, everything, len);
		cfg = config_parse("f", text, len, err);
		EXPECT_EQ(!cfg, err[0] != 0);
		config_put(cfg);
		free(text);
	}
}

TEST(missing_file)
{
	char err[CONFIG_ERROR_MAX];

	EXPECT_EQ(NULL, config_load("/nonexistent", err));
	EXPECT_STREQ("cannot open /nonexistent: No such file or directory", err);
}

TEST_HARNESS_MAIN
