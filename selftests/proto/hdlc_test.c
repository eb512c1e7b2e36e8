// SPDX-License-Identifier: GPL-2.0-or-later
/* Framing of asynchronous lines: check sequence, escapes, maps, and bad frames. */
#include "kselftest_harness.h"

#include <stdlib.h>
#include <string.h>

#include "lib/bytes.h"
#include "proto/hdlc.h"

/* What came out of a reader, in order. */
struct heard {
	unsigned int n;
	size_t len[8];
	uint8_t frame[8][HDLC_FRAME_MAX];
};

/* Feeds copies that end where the heap block does, in pieces of @piece. */
static void feed(struct hdlc_reader *r, const void *data, size_t len, size_t piece,
		 struct heard *heard)
{
	size_t done = 0, used, n, frame_len;
	uint8_t *copy;

	memset(heard, 0, sizeof(*heard));
	while (done < len) {
		n = len - done < piece ? len - done : piece;
		copy = malloc(n);
		memcpy(copy, (const uint8_t *)data + done, n);
		used = hdlc_reader_feed(r, copy, n, &frame_len);
		free(copy);
		if (frame_len && heard->n < 8) {
			heard->len[heard->n] = frame_len;
			memcpy(heard->frame[heard->n++], r->frame, frame_len);
		}
		done += used;
	}
}

/* RFC 1662 section C.2 bit by bit, as its polynomial says. */
static uint16_t fcs_of(const uint8_t *data, size_t len)
{
	uint16_t fcs = 0xffff;
	size_t i, bit;

	for (i = 0; i < len; i++) {
		fcs ^= data[i];
		for (bit = 0; bit < 8; bit++)
			fcs = (uint16_t)(fcs & 1 ? fcs >> 1 ^ 0x8408 : fcs >> 1);
	}
	return (uint16_t)~fcs;
}

/* Writes @frame to @out, which has room for any; its octets on the line. */
static size_t put(uint8_t *out, uint32_t accm, const void *frame, size_t len)
{
	struct writer w = writer_of(out, HDLC_WIRE_MAX);

	hdlc_write(&w, accm, frame, len);
	return w.bad ? 0 : w.len;
}

TEST(check_sequence_of_the_catalogue)
{
	static const uint8_t want[] = { 0x7e, '1', '2', '3', '4', '5', '6', '7', '8', '9',
					0x6e, 0x90, 0x7e };
	uint8_t out[HDLC_WIRE_MAX];

	ASSERT_EQ(sizeof(want), put(out, 0, "123456789", 9));
	EXPECT_EQ(0, memcmp(want, out, sizeof(want)));
}

/* All 256 steps from the first value, and so each entry of the RFC's table. */
TEST(check_sequence_of_every_octet)
{
	static const struct {
		uint8_t at;
		uint16_t entry;
	} printed[] = {	/* RFC 1662 section C.2 */
		{ 0x00, 0x0000 }, { 0x01, 0x1189 }, { 0x10, 0x1081 }, { 0x7f, 0x8b70 },
		{ 0x80, 0x8408 }, { 0xf0, 0xf78f }, { 0xff, 0x0f78 },
	};
	uint8_t out[2 * HDLC_WIRE_MAX], frame[3] = { 0x00, 0x21 };
	struct hdlc_reader r;
	struct heard heard;
	unsigned int i;
	uint16_t fcs;

	for (i = 0; i < ARRAY_SIZE(printed); i++) {
		frame[2] = 0xff ^ printed[i].at;
		fcs = (uint16_t)~fcs_of(&frame[2], 1);
		ASSERT_EQ(printed[i].entry, fcs ^ 0xff);
	}
	for (i = 0; i < 256; i++) {
		frame[2] = (uint8_t)i;
		fcs = fcs_of(frame, 3);
		out[0] = 0x7e;
		memcpy(&out[1], frame, 3);
		out[4] = (uint8_t)fcs;
		out[5] = (uint8_t)(fcs >> 8);
		out[6] = 0x7e;
		if (memchr(&out[1], 0x7e, 5) || memchr(&out[1], 0x7d, 5))
			continue;
		hdlc_reader_init(&r, 0);
		feed(&r, out, 7, 7, &heard);
		ASSERT_EQ(1, heard.n) TH_LOG("octet %u", i);
		ASSERT_EQ(7, put(&out[16], 0, frame, 3));
		ASSERT_EQ(0, memcmp(out, &out[16], 7)) TH_LOG("octet %u", i);
	}
}

/* RFC 1662 section 4.2: what is escaped by which map. */
TEST(escapes_by_map)
{
	static const uint32_t maps[] = { 0, 0x000a0000, 0x00000001, 0x80000000, 0xffffffff };
	uint8_t out[2 * HDLC_WIRE_MAX], frame[3] = { 0x00, 0x21 };
	unsigned int m, i;

	for (m = 0; m < 5; m++) {
		for (i = 0; i < 256; i++) {
			bool must = i == 0x7e || i == 0x7d ||
				    (i < 32 && maps[m] >> i & 1);
			size_t at = 1 + (maps[m] & 1 ? 2 : 1) + 1;

			frame[2] = (uint8_t)i;
			ASSERT_NE(0, put(out, maps[m], frame, 3));
			EXPECT_EQ(must ? 0x7d : i, out[at]) TH_LOG("%08x %u", maps[m], i);
			if (must)
				EXPECT_EQ(i ^ 0x20, out[at + 1]);
		}
	}
}

/* What is written is read, whatever the map, in pieces of any size. */
TEST(round_trip)
{
	static const uint32_t maps[] = { 0, 0x000a0000, 0xffffffff };
	static const size_t sizes[] = { 2, 3, 40, 1500, HDLC_FRAME_MAX };
	static const size_t pieces[] = { 1, 2, 7, 4096, HDLC_WIRE_MAX };
	uint8_t out[HDLC_WIRE_MAX], frame[HDLC_FRAME_MAX];
	unsigned int m, s, p;
	struct hdlc_reader r;
	struct heard heard;
	size_t len, i;

	for (i = 0; i < sizeof(frame); i++)
		frame[i] = (uint8_t)(i * 37 + i / 256);
	for (m = 0; m < 3; m++) {
		for (s = 0; s < 5; s++) {
			len = put(out, maps[m], frame, sizes[s]);
			ASSERT_NE(0, len);
			for (p = 0; p < 5; p++) {
				hdlc_reader_init(&r, maps[m]);
				feed(&r, out, len, pieces[p], &heard);
				ASSERT_EQ(1, heard.n);
				EXPECT_EQ(sizes[s], heard.len[0]);
				EXPECT_EQ(0, memcmp(frame, heard.frame[0], sizes[s]));
				EXPECT_EQ(1, r.frames);
				EXPECT_EQ(0, r.bad_fcs + r.misframed);
			}
		}
	}
}

/* All octets escaped need the whole of HDLC_WIRE_MAX, and one octet less is too few. */
TEST(room)
{
	uint8_t out[HDLC_WIRE_MAX], frame[HDLC_FRAME_MAX];
	struct writer w;
	size_t need;

	memset(frame, HDLC_FLAG, sizeof(frame));
	need = put(out, 0, frame, sizeof(frame));
	EXPECT_GE(need, HDLC_WIRE_MAX - 2);
	w = writer_of(out, need);
	hdlc_write(&w, 0, frame, sizeof(frame));
	EXPECT_FALSE(w.bad);
	w = writer_of(out, need - 1);
	hdlc_write(&w, 0, frame, sizeof(frame));
	EXPECT_TRUE(w.bad);
}

/* One flag may be between two frames, and any number. */
TEST(shared_flags)
{
	uint8_t line[4 * HDLC_WIRE_MAX] = { 0x7e, 0x7e, 0x7e };
	struct hdlc_reader r;
	struct heard heard;
	size_t n = 3;

	n += put(&line[n], 0, "\x80\x21one", 5);
	n += put(&line[n - 1], 0, "\x80\x21two", 5) - 1;
	n += put(&line[n], 0, "\x80\x21three", 7);
	hdlc_reader_init(&r, 0);
	feed(&r, line, n, n, &heard);
	ASSERT_EQ(3, heard.n);
	EXPECT_EQ(0, memcmp("\x80\x21two", heard.frame[1], 5));
	EXPECT_EQ(7, heard.len[2]);
	EXPECT_EQ(0, r.misframed + r.bad_fcs);
}

/* Section 4.3: none of these is a frame; which counter grows, 0: none does. */
TEST(bad_frames)
{
	static const struct {
		const char *what;
		const char *line;
		size_t len;
		char counter;
	} table[] = {
		{ "empty", "\x7e\x7e\x7e", 3, 0 },
		{ "one octet", "\x7e\x21\x7e", 3, 'm' },
		{ "three octets", "\x7e\x21\x01\x02\x7e", 5, 'm' },
		{ "aborted", "\17612345678\156\220\175\176", 13, 'm' },
		{ "nothing but an abort", "\x7e\x7d\x7e", 3, 'm' },
		{ "wrong check sequence", "\176123456789\157\220\176", 13, 'f' },
		{ "its halves exchanged", "\176123456789\220\156\176", 13, 'f' },
		{ "one octet lost", "\17612346789\156\220\176", 12, 'f' },
		{ "no flag at the end", "\176123456789\156\220", 12, 0 },
	};
	struct hdlc_reader r;
	struct heard heard;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(table); i++) {
		hdlc_reader_init(&r, 0);
		feed(&r, table[i].line, table[i].len, 1, &heard);
		EXPECT_EQ(0, heard.n) TH_LOG("%s", table[i].what);
		EXPECT_EQ(table[i].counter == 'm', r.misframed) TH_LOG("%s", table[i].what);
		EXPECT_EQ(table[i].counter == 'f', r.bad_fcs) TH_LOG("%s", table[i].what);
		/* The next one is not harmed; its first flag ends what was left open. */
		feed(&r, "\176123456789\156\220\176", 13, 1, &heard);
		EXPECT_EQ(table[i].len == 12 && !table[i].counter ? 2 : 1, heard.n)
			TH_LOG("after %s", table[i].what);
	}
}

/* What the line puts in does not count, even between an escape and its octet. */
TEST(control_characters_of_the_line)
{
	static const char line[] = "\176\0211\175\023\040x";
	uint8_t frame[] = { '1', 0x00, 'x', 0, 0 };
	uint16_t fcs = fcs_of(frame, 3);
	uint8_t whole[32];
	struct hdlc_reader r;
	struct heard heard;
	size_t n;

	n = sizeof(line) - 1;
	memcpy(whole, line, n);
	whole[n++] = (uint8_t)fcs;
	whole[n++] = 0x13;
	whole[n++] = (uint8_t)(fcs >> 8);
	whole[n++] = 0x7e;
	ASSERT_NE(0x7e, (uint8_t)fcs);
	hdlc_reader_init(&r, HDLC_ACCM_XONXOFF);
	feed(&r, whole, n, 1, &heard);
	ASSERT_EQ(1, heard.n);
	ASSERT_EQ(3, heard.len[0]);
	EXPECT_EQ(0, memcmp(frame, heard.frame[0], 3));
	hdlc_reader_init(&r, 0);
	feed(&r, whole, n, 1, &heard);
	EXPECT_EQ(0, heard.n);
	EXPECT_EQ(1, r.bad_fcs);
}

/* As much as fits, and one octet more; the line is heard again after the next flag. */
TEST(too_long)
{
	uint8_t out[2 * HDLC_WIRE_MAX], frame[HDLC_FRAME_MAX + 1];
	struct hdlc_reader r;
	struct heard heard;
	size_t n;

	memset(frame, 'x', sizeof(frame));
	hdlc_reader_init(&r, 0);
	n = put(out, 0, frame, sizeof(frame));
	n += put(&out[n], 0, "123456789", 9);
	feed(&r, out, n, 100, &heard);
	ASSERT_EQ(1, heard.n);
	EXPECT_EQ(9, heard.len[0]);
	EXPECT_EQ(1, r.misframed);
	EXPECT_EQ(0, r.bad_fcs);
	memset(out, 'x', sizeof(out));
	for (n = 0; n < 100; n++)
		feed(&r, out, sizeof(out), 4096, &heard);
	EXPECT_EQ(2, r.misframed);
}

/* LCP as it is before anything is agreed on, everything else by the map. */
TEST(lcp_is_escaped)
{
	static const struct {
		const char *frame;
		size_t len;
		uint8_t code;
		bool all;
	} table[] = {
		{ "\xff\x03\xc0\x21\x01\x02\x00\x04", 8, 1, true },
		{ "\xff\x03\xc0\x21\x07\x02\x00\x04", 8, 7, true },
		{ "\xff\x03\xc0\x21\x08\x02\x00\x04", 8, 8, false },
		{ "\xff\x03\xc0\x21\x09\x02\x00\x04", 8, 9, false },
		{ "\xc0\x21\x05\x02\x00\x04", 6, 5, true },
		{ "\xc0\x21", 2, 0, false },
		{ "\xff\x03\xc0\x21", 4, 0, false },
		{ "\xff\x03\x80\x21\x01\x02\x00\x04", 8, 0, false },
		{ "\xff\x03\xc0\x23\x01\x02\x00\x04", 8, 0, false },
		{ "\xff\x03\x00\x21\x01\x02\x00\x04", 8, 0, false },
	};
	uint8_t all[HDLC_WIRE_MAX], none[HDLC_WIRE_MAX];
	size_t i, n;

	for (i = 0; i < ARRAY_SIZE(table); i++) {
		uint8_t *copy = malloc(table[i].len);

		memcpy(copy, table[i].frame, table[i].len);
		EXPECT_EQ(table[i].code, hdlc_lcp_code(copy, table[i].len)) TH_LOG("row %zu", i);
		n = put(none, 0, copy, table[i].len);
		if (table[i].all) {
			EXPECT_EQ(n, put(all, HDLC_ACCM_ALL, copy, table[i].len));
			EXPECT_EQ(0, memcmp(all, none, n)) TH_LOG("row %zu", i);
		} else if (table[i].len > 4) {
			EXPECT_LT(n, put(all, HDLC_ACCM_ALL, copy, table[i].len))
				TH_LOG("row %zu", i);
		}
		free(copy);
	}
}

TEST_HARNESS_MAIN
