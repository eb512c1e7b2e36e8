// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * PPP framing: both compressions, in and out.
 */
#include "core/pppframe.h"

#include "kselftest_harness.h"

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

static const struct {
	u8 octets[6];
	size_t len;
	bool legal;
	u16 proto;
	u8 hdr_len;
} frames[] = {
	/*  0 */ { { 0xff, 0x03, 0xc0, 0x21, 0x01 }, 5, true, 0xc021, 4 },
	/*  1 */ { { 0xc0, 0x21, 0x01 }, 3, true, 0xc021, 2 },
	/*  2 */ { { 0xff, 0x03, 0x00, 0x21 }, 4, true, 0x0021, 4 },
	/*  3 */ { { 0xff, 0x03, 0x21 }, 3, true, 0x0021, 3 },
	/*  4 */ { { 0x21, 0x45 }, 2, true, 0x0021, 1 },
	/*  5 */ { { 0x21 }, 1, true, 0x0021, 1 },
	/*  6 */ { { 0xfd, 0x90, 0x00 }, 3, true, 0x00fd, 1 },
	/*  7 */ { { 0x00, 0xfd, 0x90 }, 3, true, 0x00fd, 2 },
	/*  8 */ { { 0x80, 0xfd }, 2, true, 0x80fd, 2 },
	/*  9 */ { { 0 }, 0, false, 0, 0 },
	/* 10 */ { { 0x00 }, 1, false, 0, 0 },
	/* 11: an even second octet (RFC 1661 section 2) */
	{ { 0x00, 0x20 }, 2, false, 0, 0 },
	/* 12 */ { { 0xff, 0x03 }, 2, false, 0, 0 },
	/* 13 */ { { 0xff, 0x03, 0x00 }, 3, false, 0, 0 },
	/* 14 */ { { 0xff, 0x03, 0xc0, 0x20 }, 4, false, 0, 0 },
	/* 15: not address and control, so a protocol of one octet */
	{ { 0xff, 0x04 }, 2, true, 0x00ff, 1 },
	/* 16 */ { { 0xff }, 1, true, 0x00ff, 1 },
};

TEST(parse)
{
	struct kpptp_ppp ppp;
	size_t i;

	for (i = 0; i < ARRAY_LEN(frames); i++) {
		EXPECT_EQ(frames[i].legal,
			  kpptp_ppp_parse(frames[i].octets, frames[i].len, &ppp)) {
			TH_LOG("frame %zu", i);
		}
		if (!frames[i].legal)
			continue;
		EXPECT_EQ(frames[i].proto, ppp.proto);
		EXPECT_EQ(frames[i].hdr_len, ppp.hdr_len);
	}
}

/* No octet behind the length is read: every prefix at the end of a mapping. */
TEST(parse_reads_no_further)
{
	struct kpptp_ppp ppp;
	size_t i, len;

	for (i = 0; i < ARRAY_LEN(frames); i++) {
		for (len = 0; len <= frames[i].len; len++) {
			u8 *copy = malloc(len ?: 1);

			memcpy(copy, frames[i].octets, len);
			if (kpptp_ppp_parse(copy, len, &ppp))
				EXPECT_LE(ppp.hdr_len, len);
			free(copy);
		}
	}
}

/* Each legal protocol with each choice of compression comes back. */
TEST(round_trip_exhaustive)
{
	u8 p[KPPTP_PPP_HDR_MAX];
	struct kpptp_ppp ppp;
	u32 proto, acfc, pfc;
	u8 want, len;

	for (proto = 1; proto <= 0xffff; proto += 2) {
		/* A first octet that is odd reads as compressed (RFC 1661 section 2). */
		if (proto > 0xff && (proto & 0x100))
			continue;
		for (acfc = 0; acfc < 2; acfc++) {
			for (pfc = 0; pfc < 2; pfc++) {
				want = 4;
				if (proto != KPPTP_PPP_LCP)
					want -= (acfc ? 2 : 0) + (pfc && proto < 0x100);
				len = kpptp_ppp_build(p, (u16)proto, acfc, pfc);
				ASSERT_EQ(want, len);
				ASSERT_TRUE(kpptp_ppp_parse(p, len, &ppp));
				ASSERT_EQ(proto, ppp.proto);
				ASSERT_EQ(len, ppp.hdr_len);
			}
		}
	}
}

TEST(data_or_control)
{
	EXPECT_TRUE(kpptp_ppp_is_data(KPPTP_PPP_IP));
	EXPECT_TRUE(kpptp_ppp_is_data(KPPTP_PPP_IPV6));
	EXPECT_TRUE(kpptp_ppp_is_data(KPPTP_PPP_COMP));
	EXPECT_TRUE(kpptp_ppp_is_data(0x3fff));
	EXPECT_FALSE(kpptp_ppp_is_data(0x4001));
	EXPECT_FALSE(kpptp_ppp_is_data(KPPTP_PPP_CCP));
	EXPECT_FALSE(kpptp_ppp_is_data(KPPTP_PPP_LCP));
}

TEST_HARNESS_MAIN
