// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Enhanced GRE headers: the vectors, every flag bit, every truncation.
 */
#include "core/gre.h"

#include <stdlib.h>

#include "kselftest_harness.h"
#include "vectors/gre.h"

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

/* A copy of exactly @len octets on the heap, so that ASan sees one too many. */
static u8 *exact(const u8 *p, size_t len)
{
	u8 *copy = malloc(len ?: 1);

	memcpy(copy, p, len);
	return copy;
}

static enum kpptp_gre_verdict parse(const u8 *p, size_t len, struct kpptp_gre *gre)
{
	enum kpptp_gre_verdict verdict;
	u8 *copy = exact(p, len);

	verdict = kpptp_gre_parse(copy, len, len, gre);
	free(copy);
	return verdict;
}

TEST(vectors_parse)
{
	struct kpptp_gre gre;
	size_t i;

	for (i = 0; i < ARRAY_LEN(gre_vectors); i++) {
		ASSERT_EQ(KPPTP_GRE_OK, parse(gre_vectors[i].octets, gre_vectors[i].len, &gre)) {
			TH_LOG("%s", gre_vectors[i].name);
		}
		EXPECT_EQ(gre_vectors[i].call_id, gre.call_id);
		EXPECT_EQ(gre_vectors[i].payload_len, gre.payload_len);
		EXPECT_EQ(gre_vectors[i].has_seq, gre.has_seq);
		EXPECT_EQ(gre_vectors[i].has_ack, gre.has_ack);
		EXPECT_EQ(gre_vectors[i].seq, gre.seq);
		EXPECT_EQ(gre_vectors[i].ack, gre.ack);
		EXPECT_EQ(gre_vectors[i].len, kpptp_gre_len(&gre) + gre.payload_len);
	}
}

TEST(vectors_build)
{
	struct kpptp_gre gre;
	size_t i, len;
	u8 p[16];

	for (i = 0; i < ARRAY_LEN(gre_vectors); i++) {
		gre.call_id = gre_vectors[i].call_id;
		gre.payload_len = gre_vectors[i].payload_len;
		gre.has_seq = gre_vectors[i].has_seq;
		gre.has_ack = gre_vectors[i].has_ack;
		gre.seq = gre_vectors[i].seq;
		gre.ack = gre_vectors[i].ack;
		len = kpptp_gre_build(p, &gre);
		ASSERT_EQ(gre_vectors[i].len - gre_vectors[i].payload_len, len);
		EXPECT_EQ(0, memcmp(gre_vectors[i].octets, p, len));
	}
}

TEST(round_trip_of_every_octet)
{
	struct kpptp_gre in, out;
	u8 p[KPPTP_GRE_MAX_LEN];
	int bit;

	for (bit = 0; bit < 32; bit++) {
		memset(&in, 0, sizeof(in));
		in.has_seq = true;
		in.has_ack = true;
		in.call_id = (u16)(1u << (bit % 16));
		in.seq = 1u << bit;
		in.ack = ~(1u << bit);
		ASSERT_EQ(KPPTP_GRE_MAX_LEN, kpptp_gre_build(p, &in));
		ASSERT_EQ(KPPTP_GRE_OK, parse(p, sizeof(p), &out));
		EXPECT_EQ(in.call_id, out.call_id);
		EXPECT_EQ(in.seq, out.seq);
		EXPECT_EQ(in.ack, out.ack);
	}
}

/*
 * Of the 2^32 values of the first four octets exactly three are legal and one
 * carries nothing. All values of the flags, and all single bits of the type.
 */
TEST(flags_exhaustive)
{
	enum kpptp_gre_verdict want;
	struct kpptp_gre gre;
	u8 p[16] = { 0 };
	u32 flags;

	kpptp_put_be16(p + 2, KPPTP_GRE_PROTO);
	for (flags = 0; flags <= 0xffff; flags++) {
		kpptp_put_be16(p, (u16)flags);
		want = KPPTP_GRE_BAD_FLAGS;
		if (flags == 0x3001 || flags == 0x3081 || flags == 0x2081)
			want = KPPTP_GRE_OK;
		if (flags == 0x2001)
			want = KPPTP_GRE_EMPTY;
		ASSERT_EQ(want, kpptp_gre_parse(p, sizeof(p), sizeof(p), &gre)) {
			TH_LOG("flags %04x", flags);
		}
	}
}

TEST(type_single_bits)
{
	struct kpptp_gre gre;
	u8 p[16] = { 0x30, 0x81 };
	int bit;

	for (bit = 0; bit < 16; bit++) {
		kpptp_put_be16(p + 2, KPPTP_GRE_PROTO ^ (1u << bit));
		EXPECT_EQ(KPPTP_GRE_BAD_FLAGS, parse(p, sizeof(p), &gre));
	}
}

TEST(truncations)
{
	struct kpptp_gre gre, untouched;
	size_t i, len, hdr;

	memset(&untouched, 0x5a, sizeof(untouched));
	for (i = 0; i < ARRAY_LEN(gre_vectors); i++) {
		hdr = gre_vectors[i].len - gre_vectors[i].payload_len;
		for (len = 0; len < gre_vectors[i].len; len++) {
			memcpy(&gre, &untouched, sizeof(gre));
			EXPECT_EQ(len < hdr ? KPPTP_GRE_SHORT : KPPTP_GRE_BAD_LEN,
				  parse(gre_vectors[i].octets, len, &gre)) {
				TH_LOG("%s cut to %zu", gre_vectors[i].name, len);
			}
			EXPECT_EQ(0, memcmp(&gre, &untouched, sizeof(gre)));
		}
	}
}

/* Shorter than the call ID: SHORT before anything is read out of it. */
TEST(truncations_of_any_flags)
{
	static const u16 flags[] = { 0x3001, 0x3081, 0x2081, 0x2001, 0x0000, 0xffff };
	u8 p[8] = { 0, 0, 0x88, 0x0b };
	struct kpptp_gre gre;
	size_t i, len;

	for (i = 0; i < ARRAY_LEN(flags); i++) {
		kpptp_put_be16(p, flags[i]);
		for (len = 0; len < sizeof(p); len++)
			EXPECT_EQ(KPPTP_GRE_SHORT, parse(p, len, &gre));
	}
}

/* The header is at hand, the payload need not be: @total decides. */
TEST(payload_beyond_what_is_readable)
{
	struct kpptp_gre gre;
	u8 *head = exact(gre_vectors[1].octets, KPPTP_GRE_MAX_LEN);

	EXPECT_EQ(KPPTP_GRE_OK, kpptp_gre_parse(head, 16, 34, &gre));
	EXPECT_EQ(18, gre.payload_len);
	EXPECT_EQ(KPPTP_GRE_OK, kpptp_gre_parse(head, 16, 1500, &gre));
	EXPECT_EQ(18, gre.payload_len);
	EXPECT_EQ(KPPTP_GRE_BAD_LEN, kpptp_gre_parse(head, 16, 33, &gre));
	EXPECT_EQ(KPPTP_GRE_SHORT, kpptp_gre_parse(head, 16, 15, &gre));
	EXPECT_EQ(KPPTP_GRE_SHORT, kpptp_gre_parse(head, 15, 34, &gre));
	free(head);
}

TEST(payload_edges)
{
	u8 data[12] = { 0x30, 0x01, 0x88, 0x0b };
	u8 ack[12] = { 0x20, 0x81, 0x88, 0x0b };
	struct kpptp_gre gre;

	/* An empty payload is data all the same; an ack has none at all. */
	ASSERT_EQ(KPPTP_GRE_OK, parse(data, 12, &gre));
	EXPECT_TRUE(gre.has_seq);
	EXPECT_EQ(0, gre.payload_len);
	data[5] = 1;
	EXPECT_EQ(KPPTP_GRE_BAD_LEN, parse(data, 12, &gre));
	ack[5] = 1;
	EXPECT_EQ(KPPTP_GRE_BAD_LEN, parse(ack, 12, &gre));
	EXPECT_EQ(KPPTP_GRE_BAD_LEN, kpptp_gre_parse(ack, 12, 100, &gre));
	kpptp_put_be16(data + 4, 0xffff);
	EXPECT_EQ(KPPTP_GRE_OK, kpptp_gre_parse(data, 12, 12 + 0xffff, &gre));
	EXPECT_EQ(KPPTP_GRE_BAD_LEN, kpptp_gre_parse(data, 12, 11 + 0xffff, &gre));
}

TEST_HARNESS_MAIN
