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
	{ "[server]\nlisten = none, 10.0.0.1\n", "f:2: \"none\" is not an IPv4 address" },
	{ "[server]\nlisten = none\nlisten = 10.0.0.1\n",
	  "f: listen is none and an address as well" },
	{ "[tunnels]\nretry-min = 10\nretry-max = 9\n[server]\nlisten = none\n",
	  "f: [tunnels] retry-max is less than retry-min" },
	{ "[users]\nwrong-password-delay = 9\n[server]\nlisten = none\n",
	  "f: [users] wrong-password-delay-max is less than wrong-password-delay" },
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
	{ "[mppe]\npolicy = some\n",
	  "f:2: policy must be require, prefer, allow or deny, not \"some\"" },
	{ "[mppe]\nstateful = require\n",
	  "f:2: stateful must be prefer, allow or deny, not \"require\"" },
	{ "[mppe]\nstrength = 64\n", "f:2: strength must be of 128, 56 and 40, not \"64\"" },
	{ NET "[mppe]\nstrength = ,\n", "f: [mppe] strength names no key length" },
	{ NET "device = ppp\n", "f:3: device must be a name with one %d in it, like pptp%d" },
	{ NET "device = p%dp%d\n", "f:3: device must be a name with one %d in it, like pptp%d" },
	{ NET "device = p%s\n", "f:3: device must be a name with one %d in it, like pptp%d" },
	{ NET "device = mp ppp%d\n",
	  "f:3: device = mp takes one name without blanks, \"%\", \"/\" or \":\"" },
	{ NET "device = mp a b\n",
	  "f:3: device = mp takes one name without blanks, \"%\", \"/\" or \":\"" },
	{ NET "device = mp abcdefghijklmnop\n", "f:3: device must have 1 to 15 characters" },
	{ NET "device = p/%d\n", "f:3: device may not contain blanks, \"/\" or \":\"" },
	{ NET "device = abcdefghijklmn%d\n", "f:3: device must have 1 to 15 characters" },
	{ NET "dns = 1.1.1.1 2.2.2.2 3.3.3.3\n", "f:3: dns takes two addresses at most" },
	{ "[server]\nclients = 0.0.0.0/0\n",
	  "f:2: \"0.0.0.0/0\" is no network like 192.0.2.0/24" },
	{ NET "client-route = 10.0.0.0/33\n",
	  "f:3: \"10.0.0.0/33\" is no network like 192.0.2.0/24" },
	{ NET "client-route = 10.0.0.1/24\n",
	  "f:3: \"10.0.0.1/24\" is no network like 192.0.2.0/24" },
	{ NET "client-route = 0.0.0.0/0\n",
	  "f:3: \"0.0.0.0/0\" is no network like 192.0.2.0/24" },
	{ NET "client-route = 2001:db8::/32\n",
	  "f:3: \"2001:db8::/32\" is no network like 192.0.2.0/24" },
	{ NET "client-route = 10.1.0.0/16 10.2.0.0/16 10.3.0.0/16 10.4.0.0/16 10.5.0.0/16\n"
	  "client-route = 10.6.0.0/16 10.7.0.0/16 10.8.0.0/16 10.9.0.0/16 10.10.0.0/16\n"
	  "client-route = 10.11.0.0/16 10.12.0.0/16 10.13.0.0/16 10.14.0.0/16 10.15.0.0/16\n"
	  "client-route = 10.16.0.0/16 10.17.0.0/16\n",
	  "f:6: client-route takes 16 networks at most" },
	{ NET "domain = corp..example\n",
	  "f:3: domain must be a name like example.org, not \"corp..example\"" },
	{ NET "dhcp-inform = maybe\n",
	  "f:3: dhcp-inform must be \"yes\" or \"no\", not \"maybe\"" },
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
	{ NET "[pool a b]\nrange = 10.1.0.1\n",
	  "f:4: the name of a pool has 1 to 31 letters, digits, - and _" },
	{ NET "[pool a]\nsize = 1\n", "f:4: [pool] has no setting \"size\"" },
	{ NET "[pool a]\nrange =\n", "f:4: range has no value" },
	{ NET "[pool a]\nnext = b\n", "f:4: there is no pool \"b\"" },
	{ NET "[pool a]\nnext = a b\n", "f:4: there is no pool \"a b\"" },
	{ NET "[pool a]\nnext = a\nnext = a\n", "f:5: next is given twice" },
	{ NET "[pool a]\nnext = b\n[pool b]\nnext = a\n",
	  "f:4: the pools that follow \"a\" are a circle" },
	{ NET "[pool default]\nnext = default\n",
	  "f:4: the pools that follow \"default\" are a circle" },
	{ NET "[pool a]\nrange = 10.1.0.0/24\n[pool b]\nrange = 10.1.0.9\n",
	  "f:6: \"10.1.0.9\" overlaps an earlier range" },
	{ NET "[forward a b]\nto = 10.1.0.1\n",
	  "f:4: the name of a forward has 1 to 31 letters, digits, - and _" },
	{ NET "[forward a]\nfrom = 10.1.0.1\n", "f:4: [forward] has no setting \"from\"" },
	{ NET "[forward a]\nto =\n", "f:4: to has no value" },
	{ NET "[forward a]\nto = 0.0.0.0\n", "f:4: 0.0.0.0 cannot be the address of a host" },
	{ NET "[forward a]\nto = 10.1.0.1\nto = 10.1.0.2\n", "f:5: to is given twice" },
	{ NET "[forward a]\ncalled = 1\ncalled = 2\n", "f:5: called is given twice" },
	{ NET "[forward a]\nsource = 10.0.0.0/0\n",
	  "f:4: \"10.0.0.0/0\": the prefix must be from 1 to 32" },
	{ NET "[forward a]\nsource = 10.0.0.0/8x\n",
	  "f:4: \"10.0.0.0/8x\": the prefix must be from 1 to 32" },
	{ NET "[forward a]\nsource = 10.0.0.1/31\n",
	  "f:4: \"10.0.0.1/31\" has address bits outside of its prefix" },
	{ NET "[forward a]\nsource = 10.0.0.1\nsource = 10.0.0.2\n",
	  "f:5: source is given twice" },
	{ NET "[forward a]\ncalled = 1\n", "f: [forward a] does not say to which server" },
	{ NET "[forward a]\nto = 10.1.0.1\n",
	  "f: [forward a] needs called, source, user or realm" },
	{ NET "[forward a]\nuser = a\nuser = b\n", "f:5: user is given twice" },
	{ NET "[line a/b]\nlocal = yes\n",
	  "f:4: the name of a line has 1 to 31 letters, digits, - and _" },
	{ NET "[line a]\nmodem = yes\n", "f:4: [line] has no setting \"modem\"" },
	{ NET "[line a]\nlocal = 1\n", "f:4: local must be \"yes\" or \"no\", not \"1\"" },
	{ NET "[line a]\nlocal =\n", "f:4: local has no value" },
	{ NET "[line a]\ndevice = ttyS0\n",
	  "f:4: device must be a path from / on, not \"ttyS0\"" },
	{ NET "[line a]\nspeed = 14400\n",
	  "f:4: speed: \"14400\" is no speed of a serial line, like 115200" },
	{ NET "[line a]\nspeed = 9600x\n",
	  "f:4: speed: \"9600x\" is no speed of a serial line, like 115200" },
	{ NET "[line a]\nspeed = 4294976896\n",
	  "f:4: speed: \"4294976896\" is no speed of a serial line, like 115200" },
	{ NET "[line a]\nspeed = 0\n",
	  "f:4: speed: \"0\" is no speed of a serial line, like 115200" },
	{ NET "[line a]\nflow-control = on\n",
	  "f:4: flow-control must be rtscts, xonxoff or none, not \"on\"" },
	{ NET "[line a]\nspeed = 9600\nspeed = 9600\n", "f:5: speed is given twice" },
	{ NET "[line a]\nto = 224.0.0.1\n",
	  "f:4: 224.0.0.1 cannot be the address of a host" },
	{ NET "[line a]\nto = 10.1.0.1\n", "f: [line a] does not say which device" },
	{ NET "[line a]\ndevice = /d\nto = 10.1.0.1\n[line b]\nto = 10.1.0.1\ndevice = /d\n",
	  "f: [line a] and [line b] have the same device" },
	{ NET "[line a]\ndevice = /d\ncalled = 1\n[forward x]\ncalled = 2\nto = 10.1.0.1\n"
	  "[forward y]\nsource = 10.0.0.0/8\nto = 10.1.0.1\n"
	  "[forward z]\nuser = u\ncalled = 1\nto = 10.1.0.1\n"
	  "[forward r]\nrealm = r\nto = 10.1.0.1\n",
	  "f: [line a] has no to, and no [forward] fits its called" },
	{ NET "[forward a]\nrealm = a\nrealm = b\n", "f:5: realm is given twice" },
	{ NET "[listener]\nport = 1\n", "f:4: there is no section [listener]" },
	{ NET "[listener a.b]\nport = 1\n",
	  "f:4: the name of a listener has 1 to 31 letters, digits, - and _" },
	{ NET "[listener a]\nport = 1\n", "f: [listener a] does not say where to listen" },
	{ NET "[listener a]\nlog-level = debug\n",
	  "f:4: [listener] has no setting \"log-level\"" },
	{ NET "[listener a]\npolicy = deny\n", "f:4: [listener] has no setting \"policy\"" },
	{ NET "[listener a]\nport = 1\nport = 2\n", "f:5: port is given twice" },
	{ NET "[listener a]\npool = x\n", "f:4: there is no pool \"x\"" },
	{ NET "[listener a]\nlisten = 1.2.3.4\n[listener b]\nlisten = 1.2.3.4\n",
	  "f: [listener b] listens on 1.2.3.4, where a does already" },
	{ NET "[server]\nlisten = 0.0.0.0\n[listener b]\nlisten = 1.2.3.4\n",
	  "f: [listener b] listens on 1.2.3.4, where [server] does already" },
	{ NET "[server]\nlisten = 1.2.3.4, 0.0.0.0\n",
	  "f:4: 0.0.0.0 is all addresses, and stands alone" },
	{ NET "[server]\nlisten = 0.0.0.0\nlisten = 1.2.3.4\n",
	  "f:5: 0.0.0.0 is all addresses, and stands alone" },
	{ "[ppp]\nauth = ms-chap-v3\n", "f:2: auth must be of " POLICY_AUTH_WORDS
	  ", not \"ms-chap-v3\"" },
	{ NET "[ppp]\nauth = ms-chap-v2 pap\n",
	  "f:4: PAP in auth is weak, and takes weak-auth = yes" },
	{ NET "[ppp]\nweak-auth = yes\nauth = ms-chap-v2, pap\n",
	  "f:5: PAP in auth gives no keys for MPPE, which is required" },
	{ NET "[ppp]\nweak-auth = yes\nauth = chap-md5\n[mppe]\npolicy = require\n",
	  "f:7: CHAP-MD5 in auth gives no keys for MPPE, which is required" },
	{ NET "[mppe]\npolicy = allow\n[ppp]\nauth = eap-md5\n[listener a]\n"
	  "weak-auth = yes\nlisten = 1.2.3.4\n",
	  "f:6: EAP-MD5 in auth is weak, and takes weak-auth = yes" },
	{ NET "[mppe]\npolicy = allow\n[ppp]\nauth = pap\nweak-auth = yes\n[listener a]\n"
	  "listen = 1.2.3.4\nmppe = require\n",
	  "f:10: PAP in auth gives no keys for MPPE, which is required" },
	{ NET "[ppp]\nauth = ms-chap\n[listener a]\nlisten = 1.2.3.4\nauth = ms-chap-v2\n",
	  "f:4: MS-CHAP in auth is weak, and takes weak-auth = yes" },
	{ NET "[ppp]\nauth = eap-tls\n[tls]\ncertificate = /c\nkey = /k\n",
	  "f:4: EAP-TLS in auth takes certificate, key and ca in [tls]" },
	{ NET "[tls]\nca = ca.pem\n", "f:4: ca must be a path from / on, not \"ca.pem\"" },
	{ NET "[ipv6]\nprefix = 2001:db8::\n",
	  "f:4: prefix must be like 2001:db8::/56, not \"2001:db8::\"" },
	{ NET "[ipv6]\nprefix = 2001:db8::/47\n",
	  "f:4: \"2001:db8::/47\": the prefix must be from 48 to 64" },
	{ NET "[ipv6]\nprefix = 2001:db8::/6x\n",
	  "f:4: \"2001:db8::/6x\": the prefix must be from 48 to 64" },
	{ NET "[ipv6]\nprefix = 2001:db8::1:0:0:0:0/56\n",
	  "f:4: \"2001:db8::1:0:0:0:0/56\" is not a prefix of IPv6 hosts" },
	{ NET "[ipv6]\nprefix = fe80::/64\n",
	  "f:4: \"fe80::/64\" is not a prefix of IPv6 hosts" },
	{ NET "[ipv6]\nprefix = ff05::/64\n",
	  "f:4: \"ff05::/64\" is not a prefix of IPv6 hosts" },
	{ NET "[ipv6]\nprefix = 10.0.0.0/56\n",
	  "f:4: \"10.0.0.0/56\" is not a prefix of IPv6 hosts" },
	{ NET "[ipv6]\ndns = 1.2.3.4\n", "f:4: \"1.2.3.4\" is not an IPv6 address" },
	{ NET "[ipv6]\ndns = ::1 ::2 ::3\n", "f:4: dns takes 2 addresses at most" },
	{ NET "[ipv6]\ndhcpv6-server = fe80::1\n",
	  "f:4: dhcpv6-server must be an IPv6 address of a host, not \"fe80::1\"" },
	{ NET "[ipv6]\ndhcpv6-server = 2001:db8::1 0\n",
	  "f:4: dhcpv6-server must be a number from 1 to 65535, not \"0\"" },
	{ NET "[ipv6]\ndhcpv6-server = 2001:db8::1 547 548\n",
	  "f:4: dhcpv6-server takes an address and a port" },
	{ NET "[ipv6]\ndhcpv6-source = ff05::1:3\n",
	  "f:4: dhcpv6-source must be an IPv6 address of a host, not \"ff05::1:3\"" },
	{ NET "[ipv6]\ndelegate = 2001:db8::/65\n",
	  "f:4: delegate must be an IPv6 prefix of at most 64 bits, not \"2001:db8::/65\"" },
	{ NET "[ipv6]\ndelegate = 10.0.0.0/8\n",
	  "f:4: delegate must be an IPv6 prefix of at most 64 bits, not \"10.0.0.0/8\"" },
	{ NET "[ipv6]\ndhcpv6-server = 2001:db8::1\n", "f: [ipv6] dhcpv6-server needs a prefix" },
	{ NET "[ipv6]\ndelegate = 2001:db8::/40\n",
	  "f: [ipv6] does not say which dhcpv6-server there is" },
	{ NET "[ipv6]\ndhcpv6-source = 2001:db8::1\n",
	  "f: [ipv6] does not say which dhcpv6-server there is" },
	{ NET "[ipv6]\nprefix = 2001:db8::/56\ndhcpv6-server = ::1\ndelegate = 2001:db8::/40\n",
	  "f: [ipv6] delegate and prefix overlap" },
	{ NET "[ipv6]\nprefix = 2001:db8::/56\ndhcpv6-server = ::1\ndelegate = 2001:db8::/57\n",
	  "f: [ipv6] delegate and prefix overlap" },
	{ NET "[users]\nwhen-exceeded = never\n",
	  "f:4: when-exceeded must be deny or replace, not \"never\"" },
	{ NET "[users]\nsessions = 65536\n",
	  "f:4: sessions must be a number from 0 to 65535, not \"65536\"" },
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
	EXPECT_FALSE(cfg->ppp.ipv6);
	EXPECT_EQ(0, cfg->ipv6_bits);
	EXPECT_EQ(1, cfg->listen_n);
	EXPECT_EQ(0, cfg->listen[0].s_addr);
	EXPECT_EQ(1723, cfg->port);
	EXPECT_EQ(inet_addr("10.0.0.1"), cfg->local_address.s_addr);
	EXPECT_EQ(PPP_MPPE_REQUIRE, cfg->ppp.mppe);
	EXPECT_EQ(PPP_AUTH_BIT(PPP_AUTH_MSCHAP_V2), cfg->ppp.auth_peer);
	EXPECT_EQ(PPP_AUTH_BIT(PPP_AUTH_MSCHAP_V2), config_auth_methods(cfg));
	EXPECT_TRUE(cfg->clamp_mss);
	EXPECT_EQ(CCP_MPPE_128, cfg->ppp.mppe_bits);
	EXPECT_EQ(CCP_STATEFUL_DENY, cfg->ppp.mppe_stateful);
	EXPECT_FALSE(cfg->ppp.mppe_compression);
	EXPECT_FALSE(cfg->ppp.callback);
	EXPECT_FALSE(cfg->ppp.refuse_pfc);
	EXPECT_FALSE(cfg->no_df);
	EXPECT_EQ(1, cfg->control.calls.max_calls);
	EXPECT_TRUE(cfg->control.calls.take_outgoing);
	EXPECT_FALSE(cfg->control.calls.take_incoming);
	EXPECT_EQ(60000, cfg->control.echo_interval);
	EXPECT_STREQ("pptp%d", cfg->device);
	EXPECT_STREQ("kpptp", cfg->ppp.name);
	EXPECT_STREQ("/etc/kpptp/users", cfg->users_file);
	EXPECT_EQ(0, cfg->range_n);
	EXPECT_EQ(1, cfg->pool_n);
	EXPECT_EQ(0, cfg->pool_first);
	EXPECT_EQ(0, cfg->sessions);
	EXPECT_EQ(0, cfg->session_timeout);
	EXPECT_EQ(CONFIG_INFORM_AUTO, cfg->inform);
	EXPECT_EQ(0, cfg->client_routes.n);
	EXPECT_TRUE(config_admits(cfg, (struct in_addr){ inet_addr("192.0.3.0") }));
	EXPECT_STREQ("", cfg->domain);
	config_put(cfg);
}

/* Every setting, with a value that is not its default. */
static const char everything[] =
	"\357\273\277[server]\n"
	"listen = 192.0.2.1, 192.0.2.2\n"
	"listen = 192.0.2.3\n"
	"port = 1724\n"
	"bind-device = blue\n"
	"name = gate\n"
	"clients = 192.0.2.0/24, 198.51.100.7\n"
	"max-connections = 7\n"
	"max-connections-per-address = 9\n"
	"max-half-open = 6\n"
	"max-rate = 8\n"
	"max-calls = 5\n"
	"incoming-calls = yes\n"
	"control-socket = /tmp/s ; where else\n"
	"log-level = debug\n"
	"[control]\n"
	"start-timeout = 1\nidle-timeout = 2\necho-interval = 3\necho-timeout = 4\n"
	"stop-timeout = 5\n"
	"[ppp]\n"
	"mru = 1400\nrestart-interval = 1\nmax-configure = 2\nmax-terminate = 3\n"
	"max-failure = 4\necho-interval = 0\necho-failures = 6\n"
	"authentication-timeout = 7\nauthentication-tries = 8\nnetwork-timeout = 9\n"
	"pfc = no\nacfc = no\ncallback = yes\nsession-timeout = 10\nidle-timeout = 20\n"
	"auth = eap-tls, pap\nweak-auth = yes\n"
	"[mppe]\n"
	"policy = allow\nstrength = 40 56\nstateful = prefer\ncompression = yes\n"
	"[network]\n"
	"device = vpn%d\nmtu = 1300\nlocal-address = 10.0.0.1\n"
	"pool = 10.0.1.0/30, 10.0.2.7\n"
	"  10.0.3.1-10.0.3.9\n"
	"dns = 10.0.0.2\nwins = 10.0.0.3 10.0.0.4\npeer-address-choice = yes\n"
	"client-route = 10.20.0.0/16, 10.21.0.7\nclient-route = 10.22.0.0/15\n"
	"domain = corp.example\ndhcp-inform = yes\n"
	"clamp-mss = no\ncopy-tos = yes\ndont-fragment = no\nttl = 64\n"
	"reorder-packets = 0\nreorder-milliseconds = 1000\n"
	"[ipv6]\n"
	"prefix = 2001:db8:0:ff00::/56\ndns = 2001:db8::53\ndns = 2001:db8::54\n"
	"dhcpv6-server = 2001:db8::99 1547\ndhcpv6-source = 2001:db8::98\n"
	"delegate = 2001:db8:8000::/40\n"
	"[scripts]\n"
	"up = /u\ndown = /d\nchange = /c\ntimeout = 7\n"
	"[tls]\n"
	"certificate = /c\nkey = /k\nca = /a\ncrl = /r\n"
	"[listener guests]\n"
	"auth = ms-chap-v2\nweak-auth = no\nclamp-mss = yes\ncallback = no\n"
	"listen = 192.0.2.9\nbind-device = red\nport = 1800\nname = guest\nmppe = deny\nmppe-strength = 40\n"
	"mppe-stateful = deny\nmppe-compression = no\ndevice = g%d\nmtu = 1200\nlocal-address = 10.1.0.1\n"
	"dns = 10.1.0.2\nwins = 10.1.0.3\npeer-address-choice = no\n"
	"client-route = 10.30.0.0/16\ndomain = guests\ndhcp-inform = no\n"
	"pool = more\nsessions = 1\nwhen-exceeded = deny\n"
	"session-timeout = 100\nidle-timeout = 0\n"
	"[pool default]\n"
	"next = more\n"
	"[pool more]\n"
	"range = 10.0.4.0/30\n"
	"[users]\n"
	"sessions = 3\nwhen-exceeded = replace\n"
	"wrong-password-delay = 2\nwrong-password-delay-max = 9\n"
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
	EXPECT_EQ(8, cfg->max_rate);
	EXPECT_EQ(5, cfg->control.calls.max_calls);
	EXPECT_TRUE(cfg->control.calls.take_incoming);
	EXPECT_STREQ("/tmp/s", cfg->control_socket);
	EXPECT_EQ(LOG_LEVEL_DEBUG, cfg->log_level);
	EXPECT_EQ(1000, cfg->control.start_timeout);
	EXPECT_EQ(2000, cfg->control.idle_timeout);
	EXPECT_EQ(3000, cfg->control.echo_interval);
	EXPECT_EQ(4000, cfg->control.echo_timeout);
	EXPECT_EQ(5000, cfg->control.stop_timeout);
	EXPECT_STREQ("/tmp/u", cfg->users_file);
	EXPECT_EQ(2000, cfg->wrong_delay);
	EXPECT_EQ(9000, cfg->wrong_delay_max);
	config_put(cfg);
}

static const struct config_forward *find_forward(const struct config *cfg, const char *called,
						 const char *source, const char *name)
{
	return config_forward_find(cfg, &(struct config_caller){
		.called = called, .source = { inet_addr(source) }, .name = name });
}

/* The first one that the caller meets; "both" wants both. */
TEST(forwards)
{
	static const struct {
		const char *called;
		const char *source;
		const char *name;	/* NULL: none */
	} callers[] = {
		{ "100", "192.0.2.1", "both" },
		{ "100", "192.0.2.127", "both" },
		{ "100", "192.0.2.128", "number" },
		{ "1000", "192.0.2.1", NULL },
		{ "10", "192.0.2.1", NULL },
		{ "", "192.0.2.1", NULL },
		{ "", "198.51.100.7", "host" },
		{ "5", "198.51.100.7", "host" },
		{ "5", "198.51.100.8", NULL },
	};
	const struct config_forward *found;
	char err[CONFIG_ERROR_MAX];
	struct config *cfg;
	size_t i;

	cfg = parse(NET "[forward both]\ncalled = 100\nsource = 192.0.2.0/25\nto = 10.1.0.1\n"
		    "[forward number]\nto = 10.1.0.2\ncalled = 100\n"
		    "[forward host]\nsource = 198.51.100.7\nto = 10.1.0.3\n", err);
	ASSERT_NE(NULL, cfg) {
		TH_LOG("%s", err);
	}
	for (i = 0; i < ARRAY_SIZE(callers); i++) {
		found = find_forward(cfg, callers[i].called, callers[i].source, "alice");
		EXPECT_STREQ(callers[i].name ? callers[i].name : "none",
			     found ? found->name : "none") {
			TH_LOG("row %zu", i);
		}
	}
	EXPECT_EQ(inet_addr("10.1.0.3"), cfg->forward[2].to.s_addr);
	EXPECT_FALSE(config_forward_needs_name(&cfg->forward[0]));
	config_put(cfg);
}

/*
 * The same by the caller's name. Until it is known, a section that depends on it is a
 * maybe, and those behind it have to wait.
 */
TEST(forwards_by_name)
{
	static const struct {
		const char *called;
		const char *name;	/* NULL: not known */
		const char *forward;	/* NULL: none */
	} callers[] = {
		{ "", NULL, "user" },
		{ "", "alice", "user" },
		{ "", "Alice", NULL },
		{ "", "alice2", NULL },
		{ "", "", NULL },
		{ "", "OFFICE\\alice", NULL },
		{ "", "bob@branch.example.org", "realm" },
		{ "", "bob@BRANCH.example.ORG", "realm" },
		{ "", "branch.EXAMPLE.org\\bob", "realm" },
		{ "", "bob@x@branch.example.org", "realm" },
		{ "", "branch.example.org\\bob@elsewhere", "realm" },
		{ "", "elsewhere\\bob@branch.example.org", NULL },
		{ "", "bob@branch.example.org.uk", NULL },
		{ "", "bob@sub.branch.example.org", NULL },
		{ "", "branch.example.orgs\\bob", NULL },
		{ "", "branch\\bob", NULL },
		{ "", "branch.example.org", NULL },
		{ "", "branch.example.org@", NULL },
		{ "7", "bob@branch.example.org", "realm" },
		{ "7", "carol@LAB", "three" },
		{ "", "carol@LAB", NULL },
		{ "7", "carol@lab", NULL },
		{ "7", "dave", NULL },
		{ "8", NULL, "user" },
		{ "8", "dave", "number" },
		{ "8", "alice", "user" },
	};
	const struct config_forward *found;
	char err[CONFIG_ERROR_MAX];
	struct config *cfg;
	size_t i;

	cfg = parse(NET "[forward user]\nuser = alice\nto = 10.1.0.1\n"
		    "[forward realm]\nrealm = Branch.example.org\nto = 10.1.0.2\n"
		    "[forward three]\nuser = carol@LAB\nrealm = lab\ncalled = 7\nto = 10.1.0.3\n"
		    "[forward number]\ncalled = 8\nto = 10.1.0.4\n", err);
	ASSERT_NE(NULL, cfg) {
		TH_LOG("%s", err);
	}
	for (i = 0; i < ARRAY_SIZE(callers); i++) {
		found = find_forward(cfg, callers[i].called, "192.0.2.1", callers[i].name);
		EXPECT_STREQ(callers[i].forward ? callers[i].forward : "none",
			     found ? found->name : "none") {
			TH_LOG("row %zu", i);
		}
	}
	for (i = 0; i < 4; i++)
		EXPECT_EQ(i < 3, config_forward_needs_name(&cfg->forward[i]));
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
	EXPECT_TRUE(cfg->ppp.callback);
	EXPECT_EQ(PPP_MPPE_ALLOW, cfg->ppp.mppe);
	EXPECT_EQ(CCP_MPPE_40 | CCP_MPPE_56, cfg->ppp.mppe_bits);
	EXPECT_EQ(CCP_STATEFUL_PREFER, cfg->ppp.mppe_stateful);
	EXPECT_TRUE(cfg->ppp.mppe_compression);
	config_put(cfg);
}

TEST(network)
{
	char err[CONFIG_ERROR_MAX];
	struct config *cfg = parse(everything, err);

	ASSERT_NE(NULL, cfg);
	EXPECT_STREQ("vpn%d", cfg->device);
	EXPECT_EQ(1300, cfg->mtu);
	ASSERT_EQ(4, cfg->range_n);
	EXPECT_EQ(0x0a000101, cfg->range[0].first);
	EXPECT_EQ(0x0a000102, cfg->range[0].last);
	EXPECT_EQ(0x0a000207, cfg->range[1].first);
	EXPECT_EQ(0x0a000207, cfg->range[1].last);
	EXPECT_EQ(0x0a000301, cfg->range[2].first);
	EXPECT_EQ(0x0a000309, cfg->range[2].last);
	EXPECT_EQ(inet_addr("10.0.0.2"), cfg->dns[0].s_addr);
	EXPECT_EQ(0, cfg->dns[1].s_addr);
	EXPECT_EQ(inet_addr("10.0.0.4"), cfg->wins[1].s_addr);
	EXPECT_TRUE(config_admits(cfg, (struct in_addr){ inet_addr("192.0.2.255") }));
	EXPECT_FALSE(config_admits(cfg, (struct in_addr){ inet_addr("192.0.3.0") }));
	EXPECT_TRUE(config_admits(cfg, (struct in_addr){ inet_addr("198.51.100.7") }));
	EXPECT_FALSE(config_admits(cfg, (struct in_addr){ inet_addr("198.51.100.6") }));
	ASSERT_EQ(3, cfg->client_routes.n);
	EXPECT_EQ(inet_addr("10.21.0.7"), cfg->client_routes.route[1].network.s_addr);
	EXPECT_EQ(32, cfg->client_routes.route[1].prefix);
	EXPECT_EQ(inet_addr("10.22.0.0"), cfg->client_routes.route[2].network.s_addr);
	EXPECT_EQ(15, cfg->client_routes.route[2].prefix);
	EXPECT_STREQ("corp.example", cfg->domain);
	EXPECT_EQ(CONFIG_INFORM_YES, cfg->inform);
	EXPECT_TRUE(cfg->peer_address_choice);
	EXPECT_FALSE(cfg->clamp_mss);
	EXPECT_TRUE(cfg->copy_tos);
	EXPECT_TRUE(cfg->no_df);
	EXPECT_EQ(64, cfg->ttl);
	EXPECT_EQ(0, cfg->reorder_packets);
	EXPECT_EQ(1000, cfg->reorder_ms);
	config_put(cfg);
}

/* One device for all; a listener may have it otherwise, either way. */
TEST(shared_device)
{
	char err[CONFIG_ERROR_MAX];
	struct config *cfg = parse(NET "device = mp vpn0\n[server]\nlisten = 10.9.0.1\n"
				   "[listener a]\nlisten = 10.9.0.2\ndevice = a%d\n"
				   "[listener b]\nlisten = 10.9.0.3\n", err);

	ASSERT_NE(NULL, cfg) TH_LOG("%s", err);
	EXPECT_STREQ("vpn0", cfg->device);
	EXPECT_TRUE(cfg->device_shared);
	EXPECT_STREQ("a%d", cfg->listeners[0]->device);
	EXPECT_FALSE(cfg->listeners[0]->device_shared);
	EXPECT_STREQ("vpn0", cfg->listeners[1]->device);
	EXPECT_TRUE(cfg->listeners[1]->device_shared);
	config_put(cfg);
	cfg = parse(NET "[listener a]\nlisten = 10.9.0.2\ndevice = mp x\n", err);
	ASSERT_NE(NULL, cfg) TH_LOG("%s", err);
	EXPECT_FALSE(cfg->device_shared);
	EXPECT_TRUE(cfg->listeners[0]->device_shared);
	config_put(cfg);
}

TEST(pools)
{
	char err[CONFIG_ERROR_MAX];
	struct config *cfg = parse(everything, err);

	ASSERT_NE(NULL, cfg) TH_LOG("%s", err);
	ASSERT_EQ(2, cfg->pool_n);
	EXPECT_EQ(0, config_pool_find(cfg, "default"));
	EXPECT_EQ(1, config_pool_find(cfg, "more"));
	EXPECT_EQ(-1, config_pool_find(cfg, "less"));
	EXPECT_EQ(1, cfg->pool[0].next);
	EXPECT_EQ(-1, cfg->pool[1].next);
	EXPECT_EQ(0, cfg->range[2].pool);
	EXPECT_EQ(1, cfg->range[3].pool);
	config_put(cfg);
}

/* Its own settings, the file's where it has none, wherever these stand. */
TEST(listeners)
{
	char err[CONFIG_ERROR_MAX];
	struct config *base = parse(everything, err);
	struct config *cfg;

	ASSERT_NE(NULL, base) TH_LOG("%s", err);
	ASSERT_EQ(1, base->listeners_n);
	cfg = base->listeners[0];
	EXPECT_STREQ("guests", cfg->listener);
	EXPECT_EQ(PPP_AUTH_BIT(PPP_AUTH_MSCHAP_V2), cfg->ppp.auth_peer);
	EXPECT_FALSE(cfg->weak_auth);
	EXPECT_TRUE(cfg->clamp_mss);
	EXPECT_EQ(PPP_AUTH_BIT(PPP_AUTH_EAP_TLS) | PPP_AUTH_BIT(PPP_AUTH_PAP),
		  base->ppp.auth_peer);
	EXPECT_TRUE(base->weak_auth);
	EXPECT_EQ(56, base->ipv6_bits);
	EXPECT_EQ(0xff, base->ipv6_prefix.s6_addr[6]);
	EXPECT_EQ(2, base->ipv6_dns_n);
	EXPECT_EQ(0x54, base->ipv6_dns[1].s6_addr[15]);
	EXPECT_TRUE(base->ppp.ipv6);
	EXPECT_EQ(AF_INET6, base->dhcp6_server.sin6_family);
	EXPECT_EQ(0x99, base->dhcp6_server.sin6_addr.s6_addr[15]);
	EXPECT_EQ(htons(1547), base->dhcp6_server.sin6_port);
	EXPECT_EQ(0x98, base->dhcp6_source.s6_addr[15]);
	EXPECT_EQ(40, base->dhcp6_delegate.bits);
	EXPECT_TRUE(cfg->ppp.ipv6);
	EXPECT_STREQ("/r", base->tls_crl);
	EXPECT_STREQ("/u", base->script_up);
	EXPECT_STREQ("/d", base->script_down);
	EXPECT_STREQ("/c", base->script_change);
	EXPECT_EQ(7000, base->script_timeout);
	EXPECT_EQ(base->ppp.auth_peer | cfg->ppp.auth_peer, config_auth_methods(base));
	ASSERT_EQ(1, cfg->listen_n);
	EXPECT_EQ(inet_addr("192.0.2.9"), cfg->listen[0].s_addr);
	EXPECT_STREQ("blue", base->bind_device);
	EXPECT_STREQ("red", cfg->bind_device);
	EXPECT_EQ(1800, cfg->port);
	EXPECT_STREQ("guest", cfg->ppp.name);
	EXPECT_STREQ("guest", cfg->control.host);
	EXPECT_EQ(PPP_MPPE_DENY, cfg->ppp.mppe);
	EXPECT_EQ(CCP_MPPE_40, cfg->ppp.mppe_bits);
	EXPECT_EQ(CCP_STATEFUL_DENY, cfg->ppp.mppe_stateful);
	EXPECT_FALSE(cfg->ppp.mppe_compression);
	EXPECT_FALSE(cfg->ppp.callback);
	EXPECT_STREQ("g%d", cfg->device);
	EXPECT_EQ(1200, cfg->mtu);
	EXPECT_EQ(inet_addr("10.1.0.1"), cfg->local_address.s_addr);
	EXPECT_EQ(inet_addr("10.1.0.2"), cfg->dns[0].s_addr);
	EXPECT_EQ(inet_addr("10.1.0.3"), cfg->wins[0].s_addr);
	EXPECT_EQ(0, cfg->wins[1].s_addr);
	ASSERT_EQ(1, cfg->client_routes.n);
	EXPECT_EQ(inet_addr("10.30.0.0"), cfg->client_routes.route[0].network.s_addr);
	EXPECT_STREQ("guests", cfg->domain);
	EXPECT_EQ(CONFIG_INFORM_NO, cfg->inform);
	EXPECT_FALSE(cfg->peer_address_choice);
	EXPECT_EQ(1, cfg->pool_first);
	EXPECT_EQ(1, cfg->sessions);
	EXPECT_FALSE(cfg->replace);
	EXPECT_EQ(100000, cfg->session_timeout);
	EXPECT_EQ(0, cfg->idle_timeout);
	EXPECT_EQ(1400, cfg->ppp.mru);
	EXPECT_STREQ("/tmp/u", cfg->users_file);
	EXPECT_EQ(3, base->listen_n);
	EXPECT_EQ(3, base->sessions);
	EXPECT_TRUE(base->replace);
	EXPECT_EQ(10000, base->session_timeout);
	EXPECT_EQ(20000, base->idle_timeout);
	EXPECT_EQ(0, base->pool_first);
	config_put(base);
}

/* The same address on two devices is two, but not where one is any device. */
TEST(listeners_of_devices)
{
	static const char blue[] = NET "[server]\nlisten = 1.2.3.4\nbind-device = c1\n"
		"[listener b]\nlisten = 1.2.3.4\nbind-device = blue\n";
	static const char any[] = NET "[server]\nlisten = 1.2.3.4\n"
		"[listener b]\nlisten = 1.2.3.4\nbind-device = blue\n";
	char err[CONFIG_ERROR_MAX];
	struct config *cfg = parse(blue, err);

	EXPECT_NE(NULL, cfg) TH_LOG("%s", err);
	config_put(cfg);
	EXPECT_EQ(NULL, parse(any, err));
	EXPECT_STREQ("f: [listener b] listens on 1.2.3.4, where [server] does already", err);
}

/* What is not said, and whom a line goes to when it does not say. */
TEST(lines)
{
	char err[CONFIG_ERROR_MAX];
	struct config *cfg;

	cfg = parse(NET "[line plain]\ndevice = /dev/ttyS0\nto = 10.1.0.1\n"
		    "[line all]\ndevice = /dev/ttyS1\nspeed = 9600\nflow-control = xonxoff\n"
		    "local = yes\ncalled = 7\ncalling = 8\n"
		    "[line same]\ndevice = /dev/ttyS2\nflow-control = none\nlocal = no\n"
		    "called = 7\nto = 10.1.0.9\n"
		    "[forward user]\ncalled = 7\nuser = u\nto = 10.1.0.2\n"
		    "[forward number]\ncalled = 7\nto = 10.1.0.3\n", err);
	ASSERT_NE(NULL, cfg) TH_LOG("%s", err);
	ASSERT_EQ(3, cfg->line_n);
	EXPECT_STREQ("plain", cfg->line[0].name);
	EXPECT_STREQ("/dev/ttyS0", cfg->line[0].device);
	EXPECT_EQ(115200, cfg->line[0].tty.speed);
	EXPECT_EQ(TTY_FLOW_RTSCTS, cfg->line[0].tty.flow);
	EXPECT_FALSE(cfg->line[0].tty.local);
	EXPECT_STREQ("", cfg->line[0].called);
	EXPECT_STREQ("plain", cfg->line[0].calling);
	EXPECT_EQ(inet_addr("10.1.0.1"), cfg->line[0].to.s_addr);
	EXPECT_EQ(9600, cfg->line[1].tty.speed);
	EXPECT_EQ(TTY_FLOW_XONXOFF, cfg->line[1].tty.flow);
	EXPECT_TRUE(cfg->line[1].tty.local);
	EXPECT_STREQ("7", cfg->line[1].called);
	EXPECT_STREQ("8", cfg->line[1].calling);
	EXPECT_EQ(inet_addr("10.1.0.3"), cfg->line[1].to.s_addr);
	EXPECT_EQ(TTY_FLOW_NONE, cfg->line[2].tty.flow);
	EXPECT_FALSE(cfg->line[2].tty.local);
	EXPECT_EQ(inet_addr("10.1.0.9"), cfg->line[2].to.s_addr);
	config_put(cfg);
}

/* A listener alone: nothing else listens, and its list is its own. */
TEST(only_listeners)
{
	char err[CONFIG_ERROR_MAX];
	struct config *cfg = parse("[listener a]\nlisten = 1.2.3.4\ndns = 1.1.1.1\n"
				   "[listener b]\nlisten = 1.2.3.5\n"
				   "[listener a]\nlisten = 1.2.3.6\ndns = 2.2.2.2\n"
				   NET "dns = 3.3.3.3\n", err);

	ASSERT_NE(NULL, cfg) TH_LOG("%s", err);
	EXPECT_EQ(0, cfg->listen_n);
	ASSERT_EQ(2, cfg->listeners_n);
	EXPECT_EQ(2, cfg->listeners[0]->listen_n);
	EXPECT_EQ(inet_addr("1.1.1.1"), cfg->listeners[0]->dns[0].s_addr);
	EXPECT_EQ(inet_addr("2.2.2.2"), cfg->listeners[0]->dns[1].s_addr);
	EXPECT_EQ(inet_addr("3.3.3.3"), cfg->listeners[1]->dns[0].s_addr);
	EXPECT_EQ(1, cfg->listeners[1]->listen_n);
	EXPECT_EQ(PPP_AUTH_BIT(PPP_AUTH_MSCHAP_V2), config_auth_methods(cfg));
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
	for (i = 1; i <= CONFIG_RANGES_MAX + 1; i++)
		sprintf(text + strlen(text), "pool = 10.1.%d.1\n", i);
	EXPECT_EQ(NULL, parse(text, err));
	EXPECT_STREQ("f:131: more than 128 address ranges", err);

	snprintf(text, sizeof(text), NET);
	for (i = 1; i <= CONFIG_POOLS_MAX; i++)
		sprintf(text + strlen(text), "[pool p%d]\nrange = 10.1.%d.1\n", i, i);
	EXPECT_EQ(NULL, parse(text, err));
	EXPECT_STREQ("f:66: more than 32 pools", err);

	snprintf(text, sizeof(text), NET);
	for (i = 1; i <= CONFIG_LISTENERS_MAX + 1; i++)
		sprintf(text + strlen(text), "[listener l%d]\nlisten = 10.1.%d.1\n", i, i);
	EXPECT_EQ(NULL, parse(text, err));
	EXPECT_STREQ("f:36: more than 16 listeners", err);
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

/* A client needs nothing at all but to be told so. */
TEST(no_server)
{
	static const char text[] = "[server]\nlisten = none\n";
	char err[CONFIG_ERROR_MAX];
	struct config *cfg;

	cfg = config_parse("f", text, sizeof(text) - 1, err);
	ASSERT_NE(NULL, cfg) TH_LOG("%s", err);
	EXPECT_EQ(0, cfg->listen_n);
	EXPECT_EQ(10000, cfg->connect_timeout);
	EXPECT_EQ(2000, cfg->retry_min);
	EXPECT_EQ(300000, cfg->retry_max);
	EXPECT_STREQ("/etc/kpptp/tunnels.d", cfg->tunnels_directory);
	EXPECT_STREQ("/etc/resolv.conf", cfg->resolv_conf);
	EXPECT_STREQ("", cfg->dns_hook);
	config_put(cfg);
}

TEST(missing_file)
{
	char err[CONFIG_ERROR_MAX];

	EXPECT_EQ(NULL, config_load("/nonexistent", err));
	EXPECT_STREQ("cannot open /nonexistent: No such file or directory", err);
}

TEST_HARNESS_MAIN
