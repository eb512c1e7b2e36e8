// SPDX-License-Identifier: GPL-2.0-or-later
/* The filter of pptpctl record, run by the kernel on packets in a pair of sockets. */
#include "kselftest_harness.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include "ctl/record_filter.h"
#include "hex.h"

#define ROOM	256

/* Octets of words with blanks between them. */
static size_t unhex(const char *text, uint8_t *out)
{
	size_t n = 0;

	for (; text[0] && text[1]; text += text[2] == ' ' ? 3 : 2)
		out[n++] = hex_octet(text);
	return n;
}

#define IP(protocol) "45000054 00014000 40" protocol "0000 c0000201 c0000202 "

/*
 * A packet from 192.0.2.1 to 192.0.2.2; does it pass the filter with data, and the
 * one without?
 */
static const struct {
	const char *what;
	const char *packet;
	bool data;
	bool control;
} packets[] = {
	{ "from port 1723", IP("06") "06bb 1000 0000", true, true },
	{ "to port 1723", IP("06") "1000 06bb 0000", true, true },
	{ "another port", IP("06") "1000 1000 06bb", false, false },
	{ "UDP", IP("11") "06bb 06bb 0000", false, false },
	{ "a later fragment", "45000054 00012001 40060000 c0000201 c0000202 06bb 06bb",
	  false, false },
	{ "IPv6", "65000054 00014000 40060000 c0000201 c0000202 06bb 06bb", false, false },
	{ "LCP", IP("2f") "3001 880b 0004 0011 00000007 ff03 c021", true, true },
	{ "LCP, compressed", IP("2f") "3001 880b 0002 0011 00000007 c021", true, true },
	{ "LCP with an acknowledgment", IP("2f") "3081 880b 0004 0011 00000007 00000006 ff03 c021",
	  true, true },
	{ "CCP with an acknowledgment", IP("2f") "3081 880b 0002 0011 00000007 00000006 80fd",
	  true, true },
	{ "an IPv4 header of 24 octets",
	  "46000054 00014000 402f0000 c0000201 c0000202 01010101 3001 880b 0002 0011 00000007 c021",
	  true, true },
	{ "an acknowledgment", IP("2f") "2081 880b 0000 0011 00000006", true, false },
	{ "IPv4", IP("2f") "3001 880b 0004 0011 00000007 ff03 0021", true, false },
	{ "IPv4, compressed", IP("2f") "3001 880b 0001 0011 00000007 21", true, false },
	{ "MPPE, compressed", IP("2f") "3081 880b 0001 0011 00000007 00000006 fd", true, false },
	{ "nothing after the header", IP("2f") "3001 880b 0000 0011 00000007", true, false },
	{ "other GRE", IP("2f") "2000 0800 00000011 00000007 c021", false, false },
};

/* Does @len octets of @packet pass? */
static bool passes(struct __test_metadata *_metadata, struct in_addr peer, bool data,
		   const uint8_t *packet, size_t len)
{
	struct record_filter filter;
	uint8_t got[ROOM];
	int pair[2];
	ssize_t n;

	record_filter_make(&filter, peer, data);
	ASSERT_LE(filter.n, RECORD_FILTER_MAX);
	ASSERT_EQ(socketpair(AF_UNIX, SOCK_DGRAM, 0, pair), 0);
	ASSERT_TRUE(record_filter_attach(pair[1], &filter));
	send(pair[0], packet, len, MSG_DONTWAIT);
	n = recv(pair[1], got, sizeof(got), MSG_DONTWAIT);
	close(pair[0]);
	close(pair[1]);
	return n == (ssize_t)len;
}

TEST(what_passes)
{
	const struct in_addr any = { 0 };
	uint8_t packet[ROOM];
	size_t i, len;

	for (i = 0; i < ARRAY_SIZE(packets); i++) {
		len = unhex(packets[i].packet, packet);
		EXPECT_EQ(passes(_metadata, any, true, packet, len), packets[i].data)
			TH_LOG("%s", packets[i].what);
		EXPECT_EQ(passes(_metadata, any, false, packet, len), packets[i].control)
			TH_LOG("%s, without data", packets[i].what);
	}
}

TEST(one_peer)
{
	static const struct {
		const char *peer;
		bool passes;
	} peers[] = {
		{ "192.0.2.1", true },
		{ "192.0.2.2", true },
		{ "192.0.2.3", false },
	};
	uint8_t packet[ROOM];
	struct in_addr peer;
	size_t i, len;

	for (i = 0; i < ARRAY_SIZE(peers); i++) {
		inet_pton(AF_INET, peers[i].peer, &peer);
		len = unhex(packets[0].packet, packet);
		EXPECT_EQ(passes(_metadata, peer, true, packet, len), peers[i].passes);
		len = unhex(IP("2f") "3001 880b 0004 0011 00000007 ff03 c021", packet);
		EXPECT_EQ(passes(_metadata, peer, false, packet, len), peers[i].passes);
	}
}

TEST_HARNESS_MAIN
