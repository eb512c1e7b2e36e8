/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Octet-stuffed HDLC framing of an asynchronous line (RFC 1662 sections 3 and 4):
 *
 *	7E  [FF 03] protocol, information, check sequence (low octet first)  7E
 *
 * Address, control and protocol are the frame's own and pass as they are,
 * compressed or not. Pure: octets in, frames out, and back.
 */
#ifndef PROTO_HDLC_H
#define PROTO_HDLC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct writer;

#define HDLC_FLAG	0x7e
#define HDLC_ESCAPE	0x7d

#define HDLC_FRAME_MAX	4096		/* octets of a frame without its check sequence */
#define HDLC_FCS_LEN	2

/* Before LCP has agreed on less, all control characters are escaped (section 7.1). */
#define HDLC_ACCM_ALL	0xffffffffu
#define HDLC_ACCM_XONXOFF 0x000a0000u	/* DC1 and DC3 */

/* A frame with two flags and everything between them escaped. */
#define HDLC_WIRE_MAX	(2 + 2 * (HDLC_FRAME_MAX + HDLC_FCS_LEN))

/**
 * struct hdlc_reader - what comes from a line
 * @accm: control characters that the line may have put in: they do not count
 * @lost: nothing counts until the next flag
 * @escaped: the next octet is
 * @fcs: over @frame so far
 * @len: octets in @frame, with the check sequence
 * @frames: that were good
 * @bad_fcs: frames with a wrong check sequence
 * @misframed: frames that were too short, too long or aborted
 */
struct hdlc_reader {
	uint32_t accm;
	bool lost;
	bool escaped;
	uint16_t fcs;
	size_t len;
	uint32_t frames;
	uint32_t bad_fcs;
	uint32_t misframed;
	uint8_t frame[HDLC_FRAME_MAX + HDLC_FCS_LEN];
};

/* Begins between two frames, with all counters at 0. */
void hdlc_reader_init(struct hdlc_reader *r, uint32_t accm);

/*
 * Takes octets until a good frame is complete. Returns how many were taken, at
 * least one if there is one; @frame_len is the length of what stands in @r->frame
 * until the next call, 0: no frame yet.
 */
size_t hdlc_reader_feed(struct hdlc_reader *r, const uint8_t *data, size_t len,
			size_t *frame_len);

/*
 * Appends @frame of at most HDLC_FRAME_MAX octets with flags and check sequence to
 * @w, with what @accm says escaped. LCP's packets of codes 1 to 7 have all control
 * characters escaped, agreed or not (RFC 1661 section 5).
 */
void hdlc_write(struct writer *w, uint32_t accm, const uint8_t *frame, size_t len);

/* The code of the LCP packet in @frame, 0: it is no LCP packet. */
uint8_t hdlc_lcp_code(const uint8_t *frame, size_t len);

#endif /* PROTO_HDLC_H */
