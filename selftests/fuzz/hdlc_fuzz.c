// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A line with a map (the first four octets). Whatever comes, the frames that are
 * found are the same in pieces as in one go, and are found again when they are
 * written with that map.
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "lib/bytes.h"
#include "proto/hdlc.h"

static void must(bool truth)
{
	if (!truth)
		abort();
}

/* @frame, written and read, with what a line may put in between. */
static void check_frame(uint32_t accm, const uint8_t *frame, size_t len)
{
	static uint8_t wire[HDLC_WIRE_MAX];
	static struct hdlc_reader again;
	struct writer w = writer_of(wire, sizeof(wire));
	size_t i, used, got;

	hdlc_write(&w, accm, frame, len);
	must(!w.bad && w.len >= len + 4);
	for (i = 0; i < w.len; i++)
		must(wire[i] >= 32 || !(accm >> wire[i] & 1));
	hdlc_reader_init(&again, accm);
	used = hdlc_reader_feed(&again, wire, w.len, &got);
	must(used == w.len && got == len && !memcmp(again.frame, frame, len));
}

/* The good frames of @data, fed in pieces of @piece; their number and a sum. */
static uint64_t read_all(struct hdlc_reader *r, uint32_t accm, const uint8_t *data,
			 size_t size, size_t piece)
{
	size_t done = 0, used, frame_len, n, i;
	uint64_t sum = 0;

	hdlc_reader_init(r, accm);
	while (done < size) {
		n = size - done < piece ? size - done : piece;
		used = hdlc_reader_feed(r, data + done, n, &frame_len);
		must(used >= 1 && used <= n && frame_len <= HDLC_FRAME_MAX);
		done += used;
		if (!frame_len)
			continue;
		check_frame(accm, r->frame, frame_len);
		for (i = 0; i < frame_len; i++)
			sum = sum * 31 + r->frame[i] + 1;
	}
	return sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct hdlc_reader one, pieces;
	struct reader r = reader_of(data, size);
	uint32_t accm = reader_u32(&r);

	if (r.bad)
		return 0;
	must(read_all(&one, accm, r.p, r.left, r.left + 1) ==
	     read_all(&pieces, accm, r.p, r.left, 3));
	must(one.frames == pieces.frames && one.bad_fcs == pieces.bad_fcs &&
	     one.misframed == pieces.misframed);
	return 0;
}
