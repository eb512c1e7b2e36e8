// SPDX-License-Identifier: GPL-2.0-or-later
/* UDP over IPv4 octet by octet: what is read of a packet, and the header that is written. */
#include "kselftest_harness.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "proto/udp.h"

#define ROOM	64
#define IP	20
#define HEADER	(IP + UDP_HEADER_LEN)

/* 10.77.0.100:68 -> 255.255.255.255:67, "abc"; the sum of its numbers is 0x2cfbf. */
static const uint8_t packet[] = {
	0x45, 0, 0, 31, 0, 1, 0, 0, 64, 17, 0, 0, 10, 77, 0, 100, 255, 255, 255, 255,
	0, 68, 0, 67, 0, 11, 0x30, 0x3e, 'a', 'b', 'c',
};

/* Reads a copy that ends where the heap block does, so that ASan sees all. */
static bool read_copy(const uint8_t *data, size_t len, struct udp_datagram *udp)
{
	uint8_t *copy = malloc(len ? len : 1);
	bool good;

	memcpy(copy, data, len);
	good = udp_read(copy, len, udp);
	if (good)
		udp->data = data + (udp->data - copy);
	free(copy);
	return good;
}

TEST(whole)
{
	struct udp_datagram udp;

	ASSERT_TRUE(read_copy(packet, sizeof(packet), &udp));
	EXPECT_EQ(inet_addr("10.77.0.100"), udp.from.s_addr);
	EXPECT_EQ(0xffffffff, udp.to.s_addr);
	EXPECT_EQ(68, udp.from_port);
	EXPECT_EQ(67, udp.to_port);
	ASSERT_EQ(3, udp.len);
	EXPECT_EQ(0, memcmp(udp.data, "abc", 3));
}

TEST(cut_short)
{
	struct udp_datagram udp;
	size_t len;

	for (len = 0; len < sizeof(packet); len++)
		EXPECT_FALSE(read_copy(packet, len, &udp)) TH_LOG("%zu", len);
}

/* One octet that is another one. */
static const struct {
	size_t at;
	uint8_t is;
	bool good;
} changes[] = {
	/* 0: version and length of the header */
		{ 0, 0x65, false },
		{ 0, 0x44, false },
		{ 0, 0x4f, false },
	/* 3: another protocol */
		{ 9, 6, false },
	/* 4: total length: none at all, one less than there is in it, more than there is */
		{ 3, 0, false },
		{ 3, 30, false },
		{ 3, 32, false },
	/* 7: length of the datagram: less than its header, more than there is */
		{ 25, 7, false },
		{ 25, 12, false },
	/* 9: what the checksum is of */
		{ 27, 0x3f, false },
		{ 30, 'd', false },
		{ 15, 101, false },
		{ 23, 66, false },
	/* 13: what it is not of */
		{ 8, 1, true },
		{ 1, 0xff, true },
};

TEST(changed)
{
	uint8_t data[sizeof(packet)];
	struct udp_datagram udp;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(changes); i++) {
		memcpy(data, packet, sizeof(packet));
		data[changes[i].at] = changes[i].is;
		EXPECT_EQ(changes[i].good, read_copy(data, sizeof(data), &udp))
			TH_LOG("%zu", i);
	}
}

TEST(no_checksum)
{
	uint8_t data[sizeof(packet)];
	struct udp_datagram udp;

	memcpy(data, packet, sizeof(packet));
	data[26] = 0;
	data[27] = 0;
	data[28] = 'x';
	EXPECT_TRUE(read_copy(data, sizeof(data), &udp));
}

/* Options of IPv4, and octets after the packet's own end, which some links fill up with. */
TEST(around_it)
{
	uint8_t data[ROOM] = { 0 };
	struct udp_datagram udp;

	memcpy(data, packet, IP);
	memcpy(data + IP + 4, packet + IP, sizeof(packet) - IP);
	data[0] = 0x46;
	data[3] += 4;
	ASSERT_TRUE(read_copy(data, sizeof(packet) + 4 + 7, &udp));
	EXPECT_EQ(data + HEADER + 4, udp.data);
	EXPECT_EQ(3, udp.len);
}

TEST(written)
{
	uint8_t header[UDP_HEADER_LEN];
	struct udp_datagram udp;

	ASSERT_TRUE(read_copy(packet, sizeof(packet), &udp));
	udp_header(&udp, header);
	EXPECT_EQ(0, memcmp(packet + IP, header, sizeof(header)));
	/* A sum that would be written as 0: no checksum. */
	udp.data = (const uint8_t *)"\xf4\xa2";
	udp.len = 2;
	udp_header(&udp, header);
	EXPECT_EQ(0xff, header[6]);
	EXPECT_EQ(0xff, header[7]);
}

TEST_HARNESS_MAIN
