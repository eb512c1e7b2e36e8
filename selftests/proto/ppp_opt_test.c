// SPDX-License-Identifier: GPL-2.0-or-later
#include "kselftest_harness.h"

#include "proto/ppp_opt.h"

/* Options that a walker must refuse as a whole, or take as a whole. */
static const struct {
	const char *what;
	size_t len;
	uint8_t bytes[12];
	bool valid;
	unsigned int count;	/* options before the end or the fault */
} cases[] = {
	{ "nothing", 0, { 0 }, true, 0 },
	{ "one flag", 2, { 7, 2 }, true, 1 },
	{ "two values", 8, { 1, 4, 5, 220, 7, 2, 8, 2 }, true, 3 },
	{ "length 0", 2, { 7, 0 }, false, 0 },
	{ "length 1", 2, { 7, 1 }, false, 0 },
	{ "length 0 with more", 6, { 1, 0, 5, 220, 7, 2 }, false, 0 },
	{ "length 0 later", 4, { 7, 2, 8, 0 }, false, 1 },
	{ "one octet", 1, { 7 }, false, 0 },
	{ "one octet later", 3, { 7, 2, 8 }, false, 1 },
	{ "past the end by one", 3, { 1, 4, 5 }, false, 0 },
	{ "past the end by far", 2, { 1, 255 }, false, 0 },
	{ "past the end later", 5, { 8, 2, 1, 4, 5 }, false, 1 },
	{ "type 0 is an option", 2, { 0, 2 }, true, 1 },
};

TEST(walks)
{
	struct ppp_opt opt;
	struct reader r;
	unsigned int n;
	uint8_t *copy;
	size_t i, len;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		/* A block of its own size: ASan sees a step past the end. */
		len = cases[i].len;
		copy = malloc(len ?: 1);
		ASSERT_NE(NULL, copy);
		memcpy(copy, cases[i].bytes, len);
		r = reader_of(copy, len);
		for (n = 0; ppp_opt_next(&r, &opt); n++)
			;
		EXPECT_EQ(cases[i].count, n)
			TH_LOG("%s", cases[i].what);
		EXPECT_EQ(cases[i].valid, !r.bad)
			TH_LOG("%s", cases[i].what);
		EXPECT_EQ(cases[i].valid, ppp_opt_valid(copy, len))
			TH_LOG("%s", cases[i].what);
		free(copy);
	}
}

TEST(longest_option)
{
	uint8_t bytes[255] = { 9, 255 };
	struct reader r = reader_of(bytes, sizeof(bytes));
	struct ppp_opt opt;

	ASSERT_TRUE(ppp_opt_next(&r, &opt));
	EXPECT_EQ(9, opt.type);
	EXPECT_EQ(253, opt.len);
	EXPECT_EQ(bytes + 2, opt.data);
	EXPECT_FALSE(ppp_opt_next(&r, &opt));
	EXPECT_FALSE(r.bad);
}

TEST(writes_what_it_reads)
{
	static const uint8_t expected[] = {
		7, 2, 1, 4, 0x05, 0x78, 5, 6, 0x12, 0x34, 0x56, 0x78,
	};
	uint8_t bytes[sizeof(expected)];
	struct writer w = writer_of(bytes, sizeof(bytes));
	struct reader r = reader_of(bytes, sizeof(bytes));
	struct ppp_opt opt;

	ppp_opt_put(&w, 7, NULL, 0);
	ppp_opt_put_u16(&w, 1, 1400);
	ppp_opt_put_u32(&w, 5, 0x12345678);
	EXPECT_FALSE(w.bad);
	ASSERT_EQ(sizeof(expected), w.len);
	EXPECT_EQ(0, memcmp(bytes, expected, sizeof(expected)));
	ASSERT_TRUE(ppp_opt_next(&r, &opt));
	EXPECT_EQ(0, ppp_opt_u16(&opt));
	EXPECT_EQ(0, ppp_opt_u32(&opt));
	ASSERT_TRUE(ppp_opt_next(&r, &opt));
	EXPECT_EQ(1400, ppp_opt_u16(&opt));
	EXPECT_EQ(0, ppp_opt_u32(&opt));
	ASSERT_TRUE(ppp_opt_next(&r, &opt));
	EXPECT_EQ(0x12345678, ppp_opt_u32(&opt));
	EXPECT_EQ(0, ppp_opt_u16(&opt));
}

TEST(full_writer_turns_bad)
{
	uint8_t bytes[5];
	struct writer w = writer_of(bytes, sizeof(bytes));

	ppp_opt_put_u32(&w, 5, 1);
	EXPECT_TRUE(w.bad);
}

TEST_HARNESS_MAIN
