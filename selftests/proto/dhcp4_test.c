// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * DHCPINFORM and DHCPACK octet by octet (RFC 2131, 2132, 3396, 3442): what is read,
 * what is refused, and what goes out.
 */
#include "kselftest_harness.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "proto/dhcp4.h"

#define ROOM	1500
#define SNAME	44
#define FILE_AT	108	/* of the field called file */
#define OPTIONS	240

/* A request of 10.77.0.100, without its options; hardware address as Windows' RAS has it. */
static const uint8_t head[OPTIONS] = {
	[0] = 1, 8, 6, 0, 0x12, 0x34, 0x56, 0x78, 0, 0, 0x80, 0,
	[12] = 10, 77, 0, 100,
	[28] = 0x00, 0x53, 0x45, 0x00, 0x00, 0x00,
	[236] = 0x63, 0x82, 0x53, 0x63,
};

#define INFORM	"\x35\1\x08"
#define ACK	"\x35\1\x05"
#define END	"\xff"

/* Options in their order in messages of Windows 10 and of Windows XP. */
#define WINDOWS	INFORM "\x3d\7\x08\0SE\0\0\0\x0c\4PC-1\x3c\x08MSFT 5.0"
#define WINDOWS_10 WINDOWS "\x37\x0d\x01\x0f\x03\x06\x2c\x2e\x2f\x1f\x21\x79\xf9\xfc\x2b" END
#define WINDOWS_XP WINDOWS "\x37\x0b\x01\x0f\x03\x06\x2c\x2e\x2f\x1f\x21\xf9\x2b" END

struct octets {
	const char *at;
	size_t len;
};

#define LITERAL(text) ((struct octets){ (text), sizeof(text) - 1 })

static void put(uint8_t *to, struct octets octets)
{
	memcpy(to, octets.at, octets.len);
}

static bool same(const uint8_t *data, struct octets octets)
{
	return !memcmp(data, octets.at, octets.len);
}

static size_t message(uint8_t out[ROOM], struct octets options)
{
	memcpy(out, head, OPTIONS);
	put(out + OPTIONS, options);
	return OPTIONS + options.len;
}

/* Reads a copy that ends where the heap block does, so that ASan sees all. */
static bool read_inform(const uint8_t *data, size_t len, struct dhcp4_inform *inform)
{
	uint8_t *copy = malloc(len ? len : 1);
	bool good;

	memcpy(copy, data, len);
	good = dhcp4_inform_read(copy, len, inform);
	free(copy);
	return good;
}

static bool read_ack(const uint8_t *data, size_t len, const struct dhcp4_inform *inform,
		     struct dhcp4_got *got)
{
	uint8_t *copy = malloc(len ? len : 1);
	bool good;

	memcpy(copy, data, len);
	good = dhcp4_ack_read(copy, len, inform, got);
	free(copy);
	return good;
}

/* What is wanted; -1: it is not taken. */
static const struct {
	int wanted;
	struct octets options;
} informs[] = {
	/* 0 */	{ DHCP4_EVERYTHING | DHCP4_MS_ROUTES, LITERAL(WINDOWS_10) },
	/* 1 */	{ DHCP4_DNS | DHCP4_DOMAIN | DHCP4_WINS | DHCP4_MS_ROUTES, LITERAL(WINDOWS_XP) },
	/* 2: no list, pads, no end */
		{ DHCP4_EVERYTHING, LITERAL("\0\0" INFORM "\0") },
	/* 3: a list without anything of ours, and an empty one */
		{ 0, LITERAL(INFORM "\x37\2\x01\x03" END) },
		{ 0, LITERAL(INFORM "\x37\0" END) },
	/* 5: a list in two parts */
		{ DHCP4_DNS | DHCP4_ROUTES, LITERAL("\x37\1\x06" INFORM "\x37\1\x79" END) },
	/* 6: what stands after the end does not count */
		{ DHCP4_EVERYTHING, LITERAL(INFORM END "\x37\1\x06") },
	/* 7: other types, none, two octets of one, two parts of one */
		{ -1, LITERAL("\x35\1\x01" END) },
		{ -1, LITERAL("\x35\1\x03" END) },
		{ -1, LITERAL(ACK END) },
		{ -1, LITERAL(END) },
		{ -1, LITERAL("\x35\2\x08\x08" END) },
		{ -1, LITERAL(INFORM INFORM END) },
	/* 13: half an option, one that is longer than the message */
		{ -1, LITERAL(INFORM "\x37") },
		{ -1, LITERAL(INFORM "\x37\2\x06") },
	/* 15: wrong overloads */
		{ -1, LITERAL(INFORM "\x34\1\x04" END) },
		{ -1, LITERAL(INFORM "\x34\1\0" END) },
		{ -1, LITERAL(INFORM "\x34\0" END) },
		{ -1, LITERAL(INFORM "\x34\2\1\1" END) },
};

TEST(what_is_wanted)
{
	struct dhcp4_inform inform;
	uint8_t data[ROOM];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(informs); i++) {
		size_t len = message(data, informs[i].options);
		bool good = read_inform(data, len, &inform);

		EXPECT_EQ(informs[i].wanted >= 0, good) TH_LOG("%zu", i);
		if (good)
			EXPECT_EQ(informs[i].wanted, (int)inform.wanted) TH_LOG("%zu", i);
	}
}

TEST(who_asks)
{
	struct dhcp4_inform inform;
	uint8_t data[ROOM];
	size_t len = message(data, LITERAL(WINDOWS_10));

	ASSERT_TRUE(read_inform(data, len, &inform));
	EXPECT_EQ(0x12345678, inform.xid);
	EXPECT_EQ(0x8000, inform.flags);
	EXPECT_EQ(8, inform.htype);
	EXPECT_EQ(6, inform.hlen);
	EXPECT_EQ(inet_addr("10.77.0.100"), inform.address.s_addr);
	EXPECT_EQ(0, memcmp(inform.chaddr, data + 28, sizeof(inform.chaddr)));
	/* A reply, too long a hardware address, a relay agent's address, no cookie. */
	data[0] = 2;
	EXPECT_FALSE(read_inform(data, len, &inform));
	data[0] = 1;
	data[2] = 17;
	EXPECT_FALSE(read_inform(data, len, &inform));
	data[2] = 16;
	EXPECT_TRUE(read_inform(data, len, &inform));
	data[27] = 1;
	EXPECT_FALSE(read_inform(data, len, &inform));
	data[27] = 0;
	data[239]++;
	EXPECT_FALSE(read_inform(data, len, &inform));
}

TEST(cut_short)
{
	struct dhcp4_inform inform;
	uint8_t data[ROOM];
	size_t len, cut;

	len = message(data, LITERAL(INFORM "\x37\2\x06\x0f"));
	for (cut = 0; cut < OPTIONS + 3; cut++)
		EXPECT_FALSE(read_inform(data, cut, &inform)) TH_LOG("%zu", cut);
	EXPECT_TRUE(read_inform(data, OPTIONS + 3, &inform));
	for (cut = OPTIONS + 4; cut < len; cut++)
		EXPECT_FALSE(read_inform(data, cut, &inform)) TH_LOG("%zu", cut);
	EXPECT_TRUE(read_inform(data, len, &inform));
}

/* RFC 2132 section 9.3: options go on in file, then in sname. */
TEST(overload)
{
	struct dhcp4_inform inform;
	uint8_t data[ROOM];
	size_t len = message(data, LITERAL("\x34\1\3\x37\1\x06" END));

	put(data + FILE_AT, LITERAL(INFORM "\x37\1\x0f" END "\x37\1\x2c"));
	put(data + SNAME, LITERAL("\x37\1\x79" END));
	ASSERT_TRUE(read_inform(data, len, &inform));
	EXPECT_EQ(DHCP4_DNS | DHCP4_DOMAIN | DHCP4_ROUTES, inform.wanted);
	/* Only file, and there an overload means nothing. */
	data[OPTIONS + 2] = 1;
	put(data + FILE_AT, LITERAL(INFORM "\x34\1\2" END));
	ASSERT_TRUE(read_inform(data, len, &inform));
	EXPECT_EQ(DHCP4_DNS, inform.wanted);
	/* Only sname: the type is missing. */
	data[OPTIONS + 2] = 2;
	EXPECT_FALSE(read_inform(data, len, &inform));
	/* An option of sname that would reach into file. */
	data[OPTIONS + 2] = 3;
	data[SNAME + 62] = 0x0c;
	memset(data + SNAME, 0, 62);
	data[SNAME + 63] = 1;
	EXPECT_FALSE(read_inform(data, len, &inform));
	data[SNAME + 63] = 0;
	EXPECT_TRUE(read_inform(data, len, &inform));
}

static struct dhcp4_route route_of(const char *network, uint8_t bits)
{
	struct dhcp4_route route = { .bits = bits };

	inet_pton(AF_INET, network, &route.network);
	return route;
}

static struct dhcp4_given given_all(void)
{
	struct dhcp4_given given = { .domain = "corp.example", .route_n = 4 };

	inet_pton(AF_INET, "10.77.0.1", &given.server);
	inet_pton(AF_INET, "10.20.0.53", &given.dns[0]);
	inet_pton(AF_INET, "10.20.1.53", &given.dns[1]);
	inet_pton(AF_INET, "10.20.0.44", &given.wins[0]);
	given.route[0] = route_of("10.0.0.0", 8);
	given.route[1] = route_of("172.16.0.0", 12);
	given.route[2] = route_of("192.0.2.128", 25);
	given.route[3] = route_of("198.51.100.0", 24);
	return given;
}

#define ROUTES								\
	"\x08\x0a\x0a\x4d\0\1"					\
	"\x0c\xac\x10\x0a\x4d\0\1"					\
	"\x19\xc0\0\2\x80\x0a\x4d\0\1"				\
	"\x18\xc6\x33\x64\x0a\x4d\0\1"
#define SERVER	"\x36\4\x0a\x4d\0\1"
#define DOMAIN	"\x0f\014corp.example"
#define DNS	"\x06\x08\x0a\x14\0\x35\x0a\x14\1\x35"
#define WINS	"\x2c\4\x0a\x14\0\x2c"

/* What is given of all that there is, by what is wanted. */
static const struct {
	unsigned int wanted;
	struct octets options;
} acks[] = {
	/* 0 */	{ DHCP4_EVERYTHING | DHCP4_MS_ROUTES,
		  LITERAL(ACK SERVER "\x79\x1e" ROUTES DOMAIN DNS WINS END) },
	/* 1 */	{ DHCP4_DNS | DHCP4_DOMAIN | DHCP4_WINS | DHCP4_MS_ROUTES,
		  LITERAL(ACK SERVER "\xf9\x1e" ROUTES DOMAIN DNS WINS END) },
	/* 2 */	{ DHCP4_ROUTES, LITERAL(ACK SERVER "\x79\x1e" ROUTES END) },
	/* 3 */	{ DHCP4_DOMAIN, LITERAL(ACK SERVER DOMAIN END) },
	/* 4 */	{ DHCP4_WINS, LITERAL(ACK SERVER WINS END) },
	/* 5 */	{ 0, LITERAL(ACK SERVER END) },
};

/* Section 4.3.1, table 3: neither yiaddr nor a lease; the rest as the client has it. */
TEST(answers)
{
	struct dhcp4_given given = given_all();
	struct dhcp4_inform inform;
	uint8_t data[ROOM], out[DHCP4_MESSAGE_MAX];
	size_t i, k, len;

	ASSERT_TRUE(read_inform(data, message(data, LITERAL(WINDOWS_10)), &inform));
	for (i = 0; i < ARRAY_SIZE(acks); i++) {
		inform.wanted = acks[i].wanted;
		len = dhcp4_ack_write(&inform, &given, out);
		data[0] = 2;
		EXPECT_EQ(0, memcmp(data, out, OPTIONS)) TH_LOG("%zu", i);
		ASSERT_LE(OPTIONS + acks[i].options.len, len) TH_LOG("%zu", i);
		EXPECT_TRUE(same(out + OPTIONS, acks[i].options)) TH_LOG("%zu", i);
		EXPECT_LE(300, len);
		for (k = OPTIONS + acks[i].options.len; k < len; k++)
			EXPECT_EQ(0, out[k]) TH_LOG("%zu", i);
	}
}

/* What there is not, is not given. */
TEST(nothing_to_give)
{
	struct dhcp4_inform inform = { .wanted = DHCP4_EVERYTHING };
	struct dhcp4_given given = { 0 };
	uint8_t out[DHCP4_MESSAGE_MAX];

	inet_pton(AF_INET, "10.77.0.1", &given.server);
	EXPECT_EQ(300, dhcp4_ack_write(&inform, &given, out));
	EXPECT_TRUE(same(out + OPTIONS, LITERAL(ACK SERVER END)));
}

/* All that can be given fits into what every client takes, and is read again. */
TEST(longest)
{
	struct dhcp4_inform inform = { .wanted = DHCP4_EVERYTHING, .xid = 7, .hlen = 6 };
	struct dhcp4_given given = given_all();
	uint8_t out[DHCP4_MESSAGE_MAX];
	struct dhcp4_got got;
	unsigned int i;
	size_t len;

	given.wins[1] = given.wins[0];
	memset(given.domain, 'a', DHCP4_DOMAIN_MAX);
	for (i = 0; i < DHCP4_GIVEN_MAX; i++)
		given.route[i] = (struct dhcp4_route){ .network.s_addr = htonl(i << 8 | 1),
						       .bits = 32 };
	given.route_n = DHCP4_GIVEN_MAX;
	len = dhcp4_ack_write(&inform, &given, out);
	EXPECT_EQ(546, len);
	EXPECT_EQ(0xff, out[len - 1]);
	ASSERT_TRUE(read_ack(out, len, &inform, &got));
	ASSERT_EQ(DHCP4_GIVEN_MAX, got.route_n);
	EXPECT_EQ(htonl(15 << 8 | 1), got.route[15].network.s_addr);
	EXPECT_EQ(32, got.route[15].bits);
}

/* Our own question is one that a server takes, with what it needs to know us by. */
TEST(question)
{
	struct dhcp4_inform inform = { .wanted = DHCP4_ROUTES | DHCP4_MS_ROUTES, .xid = 9,
				       .htype = 1, .hlen = 6, .chaddr = { 2, 0, 10, 77, 0, 100 } };
	static const char options[] = INFORM "\x3d\7\1\2\0\x0a\x4d\0\x64\x39\2\2\x40"
				      "\x37\2\x79\xf9" END;
	uint8_t out[DHCP4_MESSAGE_MAX];
	struct dhcp4_inform again;
	size_t len;

	inet_pton(AF_INET, "10.77.0.100", &inform.address);
	len = dhcp4_inform_write(&inform, out);
	EXPECT_EQ(300, len);
	EXPECT_EQ(0, memcmp(out + OPTIONS, options, sizeof(options) - 1));
	ASSERT_TRUE(read_inform(out, len, &again));
	EXPECT_EQ(0, memcmp(&inform, &again, sizeof(inform)));
}

#define R1	"\x10\x0a\x14\0\0\0\0"
#define R2	"\0\x0a\x4d\0\1"
#define R3	"\x11\x0a\x15\xff\x0a\x4d\0\1"

/* Answers, and how many routes they have; -1: they are none. */
static const struct {
	int routes;
	struct octets options;
} gots[] = {
	/* 0 */	{ 1, LITERAL(ACK SERVER "\x79\7" R1 END) },
	/* 1 */	{ 1, LITERAL(ACK SERVER "\xf9\7" R1 END) },
	/* 2: both, of which RFC 3442 has the word */
		{ 2, LITERAL(ACK "\xf9\7" R1 "\x79\x0c" R1 R2 END) },
	/* 3: none, an empty option */
		{ 0, LITERAL(ACK SERVER END) },
		{ 0, LITERAL(ACK "\x79\0" END) },
	/* 5: one that is cut by RFC 3396 in its middle */
		{ 2, LITERAL(ACK "\x79\3\x10\x0a\x14\x79\x09\0\0\0\0" R2 END) },
	/* 6: bits after the prefix */
		{ 1, LITERAL(ACK "\x79\x08" R3 END) },
	/* 7: more than 32 bits, half a network, half a router */
		{ -1, LITERAL(ACK "\x79\x0a\x21\1\2\3\4\5\1\1\1\1" END) },
		{ -1, LITERAL(ACK "\x79\2\x10\x0a" END) },
		{ -1, LITERAL(ACK "\x79\6\x10\x0a\x14\0\0\0" END) },
	/* 10: other messages */
		{ -1, LITERAL("\x35\1\2\x79\7" R1 END) },
		{ -1, LITERAL("\x35\1\6" END) },
		{ -1, LITERAL(INFORM END) },
		{ -1, LITERAL(END) },
};

TEST(routes_of_answers)
{
	struct dhcp4_inform inform;
	struct dhcp4_got got;
	uint8_t data[ROOM];
	size_t i, len;

	ASSERT_TRUE(read_inform(data, message(data, LITERAL(WINDOWS_10)), &inform));
	for (i = 0; i < ARRAY_SIZE(gots); i++) {
		bool good;

		len = message(data, gots[i].options);
		data[0] = 2;
		good = read_ack(data, len, &inform, &got);
		EXPECT_EQ(gots[i].routes >= 0, good) TH_LOG("%zu", i);
		if (good)
			EXPECT_EQ(gots[i].routes, (int)got.route_n) TH_LOG("%zu", i);
	}
	len = message(data, gots[6].options);
	data[0] = 2;
	ASSERT_TRUE(read_ack(data, len, &inform, &got));
	EXPECT_EQ(17, got.route[0].bits);
	EXPECT_EQ(inet_addr("10.21.128.0"), got.route[0].network.s_addr);
}

/* More than are kept are no error. */
TEST(many_routes)
{
	struct dhcp4_inform inform;
	struct dhcp4_got got;
	uint8_t data[ROOM];
	unsigned int i;
	size_t len;

	ASSERT_TRUE(read_inform(data, message(data, LITERAL(WINDOWS_10)), &inform));
	len = message(data, LITERAL(ACK));
	data[0] = 2;
	for (i = 0; i <= DHCP4_ROUTES_MAX; i++) {
		put(data + len, LITERAL("\x79\7" R1));
		len += 9;
	}
	ASSERT_TRUE(read_ack(data, len, &inform, &got));
	EXPECT_EQ(DHCP4_ROUTES_MAX, got.route_n);
}

/* What answers somebody else is not ours. */
TEST(whose_answer)
{
	struct dhcp4_inform inform;
	struct dhcp4_got got;
	uint8_t data[ROOM];
	size_t len;

	ASSERT_TRUE(read_inform(data, message(data, LITERAL(WINDOWS_10)), &inform));
	len = message(data, LITERAL(ACK SERVER END));
	data[0] = 2;
	ASSERT_TRUE(read_ack(data, len, &inform, &got));
	EXPECT_EQ(inet_addr("10.77.0.1"), got.server.s_addr);
	data[7]++;
	EXPECT_FALSE(read_ack(data, len, &inform, &got));
	data[7]--;
	data[33]++;
	EXPECT_FALSE(read_ack(data, len, &inform, &got));
	data[33]--;
	data[2]--;
	EXPECT_FALSE(read_ack(data, len, &inform, &got));
	data[2]++;
	data[0] = 1;
	EXPECT_FALSE(read_ack(data, len, &inform, &got));
}

TEST_HARNESS_MAIN
