// SPDX-License-Identifier: GPL-2.0-or-later
/* Messages of DHCPv6 octet by octet (RFC 8415): what is taken on, wrapped and read. */
#include "kselftest_harness.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "proto/dhcp6.h"

#define PREFIX	"\x20\x01\x0d\xb8\0\x12\x34\0\0\0\0\0\0\0\0\0"

/* @len: octets inside, in front of them IAID, T1 and T2. */
#define IA(len)	"\0\x19\0" len "\1\2\3\4\0\0\0\x64\0\0\0\xc8"

/* Preferred for 0x100 s, valid for 0x200 s. */
#define IAPREFIX(len, bits) "\0\x1a\0" len "\0\0\1\0\0\0\2\0" bits PREFIX
#define STATUS(code) "\0\x0d\0\2\0" code

/* Parses a copy that ends where the heap block does, so that ASan sees all. */
static bool take(bool (*parse)(const uint8_t *, size_t, struct dhcp6_message *),
		 const uint8_t *data, size_t len, struct dhcp6_message *msg)
{
	uint8_t *copy = malloc(len ? len : 1);
	bool good;

	memcpy(copy, data, len);
	good = parse(copy, len, msg);
	free(copy);
	return good;
}

TEST(types)
{
	static const struct {
		bool client;
		bool server;
		bool assigns;
	} types[15] = {
		[DHCP6_SOLICIT] = { true, false, true },
		[DHCP6_ADVERTISE] = { false, true, false },
		[DHCP6_REQUEST] = { true, false, true },
		[DHCP6_CONFIRM] = { true, false, false },
		[DHCP6_RENEW] = { true, false, true },
		[DHCP6_REBIND] = { true, false, true },
		[DHCP6_REPLY] = { false, true, false },
		[DHCP6_RELEASE] = { true, false, false },
		[DHCP6_DECLINE] = { true, false, false },
		[DHCP6_RECONFIGURE] = { false, true, false },
		[DHCP6_INFORMATION_REQUEST] = { true, false, false },
	};
	uint8_t data[4] = { 0, 0xab, 0xcd, 0xef };
	struct dhcp6_message msg;
	uint8_t i;

	for (i = 0; i < ARRAY_SIZE(types); i++) {
		data[0] = i;
		EXPECT_EQ(types[i].client, take(dhcp6_from_client, data, 4, &msg))
			TH_LOG("%u", i);
		EXPECT_EQ(types[i].server, take(dhcp6_from_server, data, 4, &msg))
			TH_LOG("%u", i);
		EXPECT_EQ(types[i].assigns, dhcp6_assigns((enum dhcp6_type)i)) TH_LOG("%u", i);
		EXPECT_EQ(0xabcdef, msg.xid);
		EXPECT_EQ(0, msg.prefix_n);
	}
}

#define HEAD "\7\0\0\1"

/* Replies, and what is read of them; -1: malformed. */
static const struct {
	int prefixes;
	size_t len;
	const char *data;
} replies[] = {
	/* 0 */	{ 1, 49, HEAD IA("\x29") IAPREFIX("\x19", "\x38") },
	/* 1: another option before */
		{ 1, 55, HEAD "\0\1\0\2\0\3" IA("\x29") IAPREFIX("\x19", "\x38") },
	/* 2: two in one IA */
		{ 2, 78, HEAD IA("\x46") IAPREFIX("\x19", "\x38") IAPREFIX("\x19", "\x40") },
	/* 3: success is said of the message, of the IA and of the prefix */
		{ 1, 67, HEAD STATUS("\0") IA("\x35") STATUS("\0")
			 IAPREFIX("\x1f", "\x38") STATUS("\0") },
	/* 4: failure of the message */
		{ 0, 55, HEAD STATUS("\1") IA("\x29") IAPREFIX("\x19", "\x38") },
	/* 5: of the IA (NoBinding), after the prefix */
		{ 0, 55, HEAD IA("\x2f") IAPREFIX("\x19", "\x38") STATUS("\3") },
	/* 6: of the prefix */
		{ 0, 55, HEAD IA("\x2f") IAPREFIX("\x1f", "\x38") STATUS("\6") },
	/* 7: no prefix in the IA */
		{ 0, 20, HEAD IA("\x0c") },
	/* 8: a prefix outside of an IA_PD */
		{ 0, 33, HEAD IAPREFIX("\x19", "\x38") },
	/* 9: 128 bits, and one more */
		{ 1, 49, HEAD IA("\x29") IAPREFIX("\x19", "\x80") },
		{ -1, 49, HEAD IA("\x29") IAPREFIX("\x19", "\x81") },
	/* 11: half an option, one that is longer than the message */
		{ -1, 6, HEAD "\0\1" },
		{ -1, 9, HEAD "\0\1\0\2\0" },
	/* 13: an IA without T2 */
		{ -1, 16, HEAD "\0\x19\0\x08\1\2\3\4\0\0\0\x64" },
	/* 14: a prefix longer than its IA, one that is too short */
		{ -1, 49, HEAD IA("\x29") IAPREFIX("\x1a", "\x38") },
		{ -1, 49, HEAD IA("\x29") IAPREFIX("\x18", "\x38") },
	/* 16: half a status, of the message, of the IA, of the prefix */
		{ -1, 9, HEAD "\0\x0d\0\1\0" },
		{ -1, 25, HEAD IA("\x11") "\0\x0d\0\1\0" },
		{ -1, 54, HEAD IA("\x2e") IAPREFIX("\x1e", "\x38") "\0\x0d\0\1\0" },
};

TEST(prefixes)
{
	struct dhcp6_message msg;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(replies); i++) {
		bool good = take(dhcp6_from_server, (const uint8_t *)replies[i].data,
				 replies[i].len, &msg);

		EXPECT_EQ(replies[i].prefixes >= 0, good) TH_LOG("%zu", i);
		if (good)
			EXPECT_EQ(replies[i].prefixes, msg.prefix_n) TH_LOG("%zu", i);
	}
}

TEST(prefix)
{
	static const char data[] = "\x08\0\0\1" IA("\x29") IAPREFIX("\x19", "\x2e");
	char text[INET6_ADDRSTRLEN];
	struct dhcp6_message msg;

	ASSERT_TRUE(take(dhcp6_from_client, (const uint8_t *)data, sizeof(data) - 1, &msg));
	ASSERT_EQ(1, msg.prefix_n);
	EXPECT_EQ(46, msg.prefix[0].bits);
	EXPECT_EQ(0x200, msg.prefix[0].valid);
	/* 0x0012 has its last bits after the 46th, which is not counted. */
	inet_ntop(AF_INET6, &msg.prefix[0].prefix, text, sizeof(text));
	EXPECT_STREQ("2001:db8:10::", text);
}

/* More than are read are no error. */
TEST(many_prefixes)
{
	static const char ia[] = IA("\x29") IAPREFIX("\x19", "\x38");
	uint8_t data[4 + (DHCP6_PREFIXES_MAX + 1) * (sizeof(ia) - 1)] = { 7, 0, 0, 1 };
	struct dhcp6_message msg;
	unsigned int i;

	for (i = 0; i <= DHCP6_PREFIXES_MAX; i++)
		memcpy(data + 4 + i * (sizeof(ia) - 1), ia, sizeof(ia) - 1);
	ASSERT_TRUE(take(dhcp6_from_server, data, sizeof(data), &msg));
	EXPECT_EQ(DHCP6_PREFIXES_MAX, msg.prefix_n);
}

TEST(length)
{
	uint8_t data[DHCP6_MESSAGE_MAX + 1] = { 1, 0, 0, 1, 0, 1 };
	struct dhcp6_message msg;

	data[6] = (DHCP6_MESSAGE_MAX - 8) >> 8;
	data[7] = (DHCP6_MESSAGE_MAX - 8) & 0xff;
	EXPECT_TRUE(take(dhcp6_from_client, data, DHCP6_MESSAGE_MAX, &msg));
	data[7]++;
	EXPECT_FALSE(take(dhcp6_from_client, data, DHCP6_MESSAGE_MAX + 1, &msg));
}

/* Section 9 and 19.1.1, laid out by hand. */
static const uint8_t forward[] = {
	12, 0,
	0x20, 0x01, 0x0d, 0xb8, 0, 0x77, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0,
	0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2,
	0, 18, 0, 7, 'a', 'l', 'i', 'c', 'e', '/', '1',
	0, 9, 0, 4, 1, 0xab, 0xcd, 0xef,
};

TEST(wrap)
{
	static const uint8_t message[] = { 1, 0xab, 0xcd, 0xef };
	struct dhcp6_relayed relay = {
		.interface = (const uint8_t *)"alice/1", .interface_len = 7,
		.message = message, .message_len = sizeof(message),
	};
	uint8_t out[DHCP6_RELAY_MAX];

	inet_pton(AF_INET6, "2001:db8:77:1::", &relay.link);
	inet_pton(AF_INET6, "fe80::2", &relay.peer);
	ASSERT_EQ(sizeof(forward), dhcp6_relay_forward(&relay, out));
	EXPECT_EQ(0, memcmp(forward, out, sizeof(forward)));
}

/* The longest that can come fills the room, and no more. */
TEST(wrap_longest)
{
	static const uint8_t octets[DHCP6_MESSAGE_MAX];
	struct dhcp6_relayed relay = {
		.interface = octets, .interface_len = DHCP6_INTERFACE_MAX,
		.message = octets, .message_len = DHCP6_MESSAGE_MAX,
	};
	uint8_t out[DHCP6_RELAY_MAX];

	EXPECT_EQ(DHCP6_RELAY_MAX, dhcp6_relay_forward(&relay, out));
}

/* Every length of it but the whole is malformed or lacks something. */
TEST(unwrap)
{
	uint8_t reply[sizeof(forward)];
	struct dhcp6_relayed relay;
	size_t len;

	memcpy(reply, forward, sizeof(reply));
	EXPECT_FALSE(dhcp6_relay_reply(reply, sizeof(reply), &relay));
	reply[0] = DHCP6_RELAY_REPLY;
	ASSERT_TRUE(dhcp6_relay_reply(reply, sizeof(reply), &relay));
	EXPECT_EQ(0, memcmp(&relay.link, reply + 2, 16));
	EXPECT_EQ(0, memcmp(&relay.peer, reply + 18, 16));
	ASSERT_EQ(7, relay.interface_len);
	EXPECT_EQ(0, memcmp("alice/1", relay.interface, 7));
	ASSERT_EQ(4, relay.message_len);
	EXPECT_EQ(reply + sizeof(reply) - 4, relay.message);
	for (len = 0; len < sizeof(reply); len++) {
		uint8_t *copy = malloc(len ? len : 1);

		memcpy(copy, reply, len);
		EXPECT_FALSE(dhcp6_relay_reply(copy, len, &relay)) TH_LOG("%zu", len);
		free(copy);
	}
}

TEST_HARNESS_MAIN
