// SPDX-License-Identifier: GPL-2.0-only
/*
 * Enhanced GRE headers, in the kernel.
 */
#include <kunit/test.h>

#include "../core/gre.h"
#include "vectors/gre.h"

static void gre_parse(struct kunit *test)
{
	struct kpptp_gre gre;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(gre_vectors); i++) {
		KUNIT_ASSERT_EQ_MSG(test, KPPTP_GRE_OK,
				    kpptp_gre_parse(gre_vectors[i].octets, gre_vectors[i].len,
						    gre_vectors[i].len, &gre),
				    "%s", gre_vectors[i].name);
		KUNIT_EXPECT_EQ(test, gre_vectors[i].call_id, gre.call_id);
		KUNIT_EXPECT_EQ(test, gre_vectors[i].payload_len, gre.payload_len);
		KUNIT_EXPECT_EQ(test, gre_vectors[i].has_seq, gre.has_seq);
		KUNIT_EXPECT_EQ(test, gre_vectors[i].has_ack, gre.has_ack);
		KUNIT_EXPECT_EQ(test, gre_vectors[i].seq, gre.seq);
		KUNIT_EXPECT_EQ(test, gre_vectors[i].ack, gre.ack);
	}
}

static void gre_build(struct kunit *test)
{
	u8 p[KPPTP_GRE_MAX_LEN];
	size_t i, len;

	for (i = 0; i < ARRAY_SIZE(gre_vectors); i++) {
		struct kpptp_gre gre = {
			.call_id = gre_vectors[i].call_id,
			.payload_len = gre_vectors[i].payload_len,
			.has_seq = gre_vectors[i].has_seq,
			.has_ack = gre_vectors[i].has_ack,
			.seq = gre_vectors[i].seq,
			.ack = gre_vectors[i].ack,
		};

		len = kpptp_gre_build(p, &gre);
		KUNIT_ASSERT_EQ(test, len, kpptp_gre_len(&gre));
		KUNIT_EXPECT_EQ_MSG(test, 0, memcmp(gre_vectors[i].octets, p, len),
				    "%s", gre_vectors[i].name);
	}
}

/* A copy of the exact size, so that KASAN sees one octet too many. */
static void gre_truncations(struct kunit *test)
{
	struct kpptp_gre gre;
	size_t i, len;
	u8 *p;

	for (i = 0; i < ARRAY_SIZE(gre_vectors); i++) {
		for (len = 1; len < gre_vectors[i].len; len++) {
			p = kunit_kzalloc(test, len, GFP_KERNEL);
			KUNIT_ASSERT_NOT_NULL(test, p);
			memcpy(p, gre_vectors[i].octets, len);
			KUNIT_EXPECT_NE(test, KPPTP_GRE_OK,
					kpptp_gre_parse(p, len, len, &gre));
		}
	}
}

static struct kunit_case gre_cases[] = {
	KUNIT_CASE(gre_parse),
	KUNIT_CASE(gre_build),
	KUNIT_CASE(gre_truncations),
	{}
};

static struct kunit_suite gre_suite = {
	.name = "kpptp_gre",
	.test_cases = gre_cases,
};

kunit_test_suite(gre_suite);

MODULE_DESCRIPTION("Tests of kpptp's packet formats, RC4 and MPPE");
MODULE_LICENSE("GPL");
