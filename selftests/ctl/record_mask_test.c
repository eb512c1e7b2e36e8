// SPDX-License-Identifier: GPL-2.0-or-later
/* What pptpctl record writes: what is kept, what is masked, and in which octets. */
#include "kselftest_harness.h"

#include "ctl/record_mask.h"
#include "ctl/record_pcap.h"
#include "hex.h"

#define ROOM	512

/* A packet under test, in a heap block that ends where it does. */
struct packet {
	uint8_t *data;
	size_t len;
};

/* Octets of words with blanks between them. */
static size_t unhex(const char *text, uint8_t *out)
{
	size_t n = 0;

	for (; text[0] && text[1]; text += text[2] == ' ' ? 3 : 2)
		out[n++] = hex_octet(text);
	return n;
}

/* IPv4 from 192.0.2.1 to 192.0.2.2 around @rest, with @padding behind. */
static struct packet ip_around(uint8_t protocol, const uint8_t *rest, size_t len, size_t padding)
{
	static const uint8_t header[20] = {
		0x45, 0, 0, 0, 0, 1, 0x40, 0, 64, 0, 0, 0, 192, 0, 2, 1, 192, 0, 2, 2,
	};
	struct packet packet = { .len = 20 + len + padding };

	packet.data = calloc(1, packet.len);
	memcpy(packet.data, header, 20);
	packet.data[2] = (uint8_t)((20 + len) >> 8);
	packet.data[3] = (uint8_t)(20 + len);
	packet.data[9] = protocol;
	memcpy(packet.data + 20, rest, len);
	return packet;
}

/* Enhanced GRE with sequence number 7 around the PPP frame @hex. */
static struct packet gre_around(const char *hex)
{
	uint8_t rest[ROOM];
	size_t len = unhex("3001 880b 0000 0011 00000007", rest);

	return ip_around(47, rest, len + unhex(hex, rest + len), 0);
}

#define CHALLENGE	"00112233445566778899aabbccddeeff"
#define PROOF		"00112233445566778899aabbccddeeff 0011223344556677"
#define STARS_16	"2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a"

/* A PPP frame, and the same as it is written; NULL: unchanged. */
static const struct {
	const char *what;
	const char *frame;
	const char *masked;
} frames[] = {
	{ "PAP: the password", "ff03c023 01010010 03626f62 06736563726574 0000",
	  "ff03c023 01010010 03626f62 062a2a2a2a2a2a 2a2a" },
	{ "PAP: the name ends with the message", "c023 01010008 03626f62",
	  "c023 01010008 032a2a2a" },
	{ "PAP: an answer", "c023 02010009 0468656c6c", NULL },
	{ "CHAP: the challenge", "c223 0105000c 0401020304 626f62",
	  "c223 0105000c 042a2a2a2a 626f62" },
	{ "CHAP-MD5: the response", "c223 02050018 10" CHALLENGE " 626f62",
	  "c223 02050018 10" STARS_16 " 626f62" },
	{ "MS-CHAPv2: the response, but not its flags",
	  "c223 02050038 31" CHALLENGE "0000000000000000" PROOF "04 6162",
	  "c223 02050038 31" STARS_16 STARS_16 STARS_16 "04 6162" },
	{ "CHAP: a response of another size", "c223 0205000c 0401020304 626f62",
	  "c223 0205000c 042a2a2a2a 2a2a2a" },
	{ "MS-CHAPv2: the authenticator's proof", "c223 0305000c 533d4142 204d3d41",
	  "c223 0305000c 533d2a2a 204d3d41" },
	{ "MS-CHAPv2: the next challenge", "c223 04050014 453d36393120433d41422056 3d332020",
	  "c223 04050014 453d36393120433d2a2a2056 3d332020" },
	{ "MS-CHAPv2: a new password", "c223 07050008 01020304", "c223 07050008 2a2a2a2a" },
	{ "CHAP: longer than the frame", "c223 02050040 01020304", "c223 02050040 2a2a2a2a" },
	{ "EAP: the identity", "c227 02010008 01626f62", NULL },
	{ "EAP-MD5: the response",
	  "c227 02010019 04 10" CHALLENGE " 626f62",
	  "c227 02010019 04 10" STARS_16 " 626f62" },
	{ "EAP-MSCHAPv2: a new password", "c227 0201000d 1a 07010008 01020304",
	  "c227 0201000d 1a 07010008 2a2a2a2a" },
	{ "EAP-TLS", "c227 0201000a 0d00160303 01", NULL },
	{ "EAP-GTC: a password in clear", "c227 02010008 06313233", "c227 02010008 062a2a2a" },
	{ "EAP: its end", "c227 03010004", NULL },
	{ "SPAP", "c027 01010008 01020304", "c027 01010008 2a2a2a2a" },
	{ "LCP", "ff03c021 01010008 02060000", NULL },
	{ "LCP: a Protocol-Reject of PAP", "c021 08010014 c023 0101000e 03626f62 06736563726574",
	  "c021 08010014 c023 0101000e 03626f62 062a2a2a2a2a2a" },
	{ "LCP: a Protocol-Reject of data", "c021 0801000a 0021 45000054",
	  "c021 0801000a 0021 2a2a2a2a" },
	{ "LCP: a Protocol-Reject of CCP", "c021 0801000a 80fd 01010004", NULL },
	{ "LCP: a Code-Reject of a Protocol-Reject", "c021 07010010 08010008 c023 01010004",
	  "c021 07010010 082a2a2a 2a2a 2a2a2a2a" },
	{ "IPCP", "8021 0101000a 0306c0000201", NULL },
};

TEST(secrets_are_masked)
{
	uint8_t want[ROOM];
	size_t i, len;

	for (i = 0; i < ARRAY_SIZE(frames); i++) {
		struct packet packet = gre_around(frames[i].frame);
		struct record_packet found = record_mask(packet.data, packet.len, false);

		len = unhex(frames[i].masked ? frames[i].masked : frames[i].frame, want);
		EXPECT_EQ(found.kind, RECORD_FRAME) TH_LOG("%s", frames[i].what);
		EXPECT_EQ(found.keep, 20 + 12 + len) TH_LOG("%s", frames[i].what);
		EXPECT_EQ(found.whole, found.keep);
		EXPECT_EQ(memcmp(packet.data + 32, want, len), 0) TH_LOG("%s", frames[i].what);
		free(packet.data);
	}
}

TEST(with_secrets_nothing_is_masked)
{
	uint8_t want[ROOM];
	size_t i, len;

	for (i = 0; i < ARRAY_SIZE(frames); i++) {
		struct packet packet = gre_around(frames[i].frame);
		struct record_packet found = record_mask(packet.data, packet.len, true);

		len = unhex(frames[i].frame, want);
		EXPECT_EQ(found.keep, 32 + len);
		EXPECT_EQ(memcmp(packet.data + 32, want, len), 0) TH_LOG("%s", frames[i].what);
		free(packet.data);
	}
}

/* What is after the IPv4 header, and what is kept of it. */
static const struct {
	const char *what;
	uint8_t protocol;
	const char *rest;
	enum record_kind kind;
	size_t keep;
} packets[] = {
	{ "IPv4 inside", 47, "3001 880b 0008 0011 00000007 ff030021 45000054",
	  RECORD_HEADER, 16 },
	{ "IPv4, all compressed", 47, "3001 880b 0005 0011 00000007 21 45000054",
	  RECORD_HEADER, 13 },
	{ "MPPE", 47, "3081 880b 0006 0011 00000007 00000006 00fd 90011234", RECORD_HEADER, 18 },
	{ "an acknowledgment", 47, "2081 880b 0000 0011 00000006", RECORD_HEADER, 12 },
	{ "a frame that ends at once", 47, "3001 880b 0001 0011 00000007 c0", RECORD_HEADER, 12 },
	{ "other GRE", 47, "2000 0800 00000011 00000007", RECORD_OTHER, 0 },
	{ "another version", 47, "3000 880b 0000 0011 00000007", RECORD_OTHER, 0 },
	{ "GRE without its number", 47, "3001 880b 0000 0011 0000", RECORD_OTHER, 0 },
	{ "the first segment", 6, "06bb 1000 00000000 00000000 5002 ffff 0000 0000",
	  RECORD_OPENING, 20 },
	{ "its answer", 6, "06bb 1000 00000000 00000000 5012 ffff 0000 0000", RECORD_CONTROL, 20 },
	{ "a control message", 6, "1000 06bb 00000000 00000000 5018 ffff 0000 0000 0010",
	  RECORD_CONTROL, 22 },
	{ "another port", 6, "1000 06bc 00000000 00000000 5018 ffff 0000 0000", RECORD_OTHER, 0 },
	{ "half of TCP", 6, "1000 06bb 00000000", RECORD_OTHER, 0 },
	{ "UDP", 17, "06bb 06bb 0008 0000", RECORD_OTHER, 0 },
};

TEST(what_is_kept)
{
	uint8_t rest[ROOM];
	size_t i, len, keep;

	for (i = 0; i < ARRAY_SIZE(packets); i++) {
		struct packet packet;
		struct record_packet found;

		len = unhex(packets[i].rest, rest);
		packet = ip_around(packets[i].protocol, rest, len, 6);
		found = record_mask(packet.data, packet.len, false);
		keep = packets[i].kind == RECORD_OTHER ? 0 : 20 + packets[i].keep;
		EXPECT_EQ(found.kind, packets[i].kind) TH_LOG("%s", packets[i].what);
		EXPECT_EQ(found.keep, keep) TH_LOG("%s", packets[i].what);
		EXPECT_EQ(found.whole, keep ? 20 + len : 0) TH_LOG("%s", packets[i].what);
		free(packet.data);
	}
}

TEST(no_ipv4)
{
	struct packet packet = gre_around("c021 01010004");

	packet.data[0] = 0x65;
	EXPECT_EQ(record_mask(packet.data, packet.len, false).kind, RECORD_OTHER);
	packet.data[0] = 0x44;
	EXPECT_EQ(record_mask(packet.data, packet.len, false).kind, RECORD_OTHER);
	packet.data[0] = 0x4f;
	EXPECT_EQ(record_mask(packet.data, packet.len, false).kind, RECORD_OTHER);
	packet.data[0] = 0x45;
	packet.data[7] = 1;
	EXPECT_EQ(record_mask(packet.data, packet.len, false).kind, RECORD_OTHER);
	packet.data[7] = 0;
	EXPECT_EQ(record_mask(packet.data, packet.len, false).kind, RECORD_FRAME);
	free(packet.data);
}

TEST(file)
{
	const struct timeval when = { .tv_sec = 0x01020304, .tv_usec = 0x05060708 };
	uint8_t want[RECORD_PCAP_HEAD], head[RECORD_PCAP_HEAD], entry[RECORD_PCAP_ENTRY];

	unhex("a1b2c3d4 0002 0004 00000000 00000000 0000ffff 000000e4", want);
	record_pcap_head(head);
	EXPECT_EQ(memcmp(head, want, sizeof(head)), 0);
	unhex("01020304 05060708 00000024 00000540", want);
	record_pcap_entry(entry, &when, 0x24, 0x540);
	EXPECT_EQ(memcmp(entry, want, sizeof(entry)), 0);
}

TEST_HARNESS_MAIN
