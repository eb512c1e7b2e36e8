// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "hdlc.h"
#include "lib/bytes.h"

#define FCS_INIT	0xffff
#define FCS_GOOD	0xf0b8	/* over a frame and its own check sequence (section C.3) */

#define BLANK		0x20	/* below it are the control characters; also the escape's mask */

/* Protocol and one octet of information: what is shorter is noise (section 4.3). */
#define FRAME_MIN	2

#define LCP_CODE_REJECT	7

/* x^16 + x^12 + x^5 + 1, bits reversed (section C.1), four bits at a time. */
static const uint16_t fcs_table[16] = {
	0x0000, 0x1081, 0x2102, 0x3183, 0x4204, 0x5285, 0x6306, 0x7387,
	0x8408, 0x9489, 0xa50a, 0xb58b, 0xc60c, 0xd68d, 0xe70e, 0xf78f,
};

static uint16_t fcs_step(uint16_t fcs, uint8_t octet)
{
	fcs = (uint16_t)(fcs >> 4 ^ fcs_table[(fcs ^ octet) & 15]);
	return (uint16_t)(fcs >> 4 ^ fcs_table[(fcs ^ octet >> 4) & 15]);
}

static bool accm_has(uint32_t accm, uint8_t octet)
{
	return octet < BLANK && accm >> octet & 1;
}

static void frame_begin(struct hdlc_reader *r)
{
	r->lost = false;
	r->escaped = false;
	r->fcs = FCS_INIT;
	r->len = 0;
}

void hdlc_reader_init(struct hdlc_reader *r, uint32_t accm)
{
	memset(r, 0, sizeof(*r));
	r->accm = accm;
	frame_begin(r);
}

/* A flag ends what is there. The length of a good frame, 0: it is none. */
static size_t frame_end(struct hdlc_reader *r)
{
	size_t len = r->len;
	bool whole = !r->escaped && len >= FRAME_MIN + HDLC_FCS_LEN;
	bool empty = !r->escaped && len == 0;
	bool good = r->fcs == FCS_GOOD, lost = r->lost;

	frame_begin(r);
	if (lost || empty)
		return 0;
	if (!whole) {
		r->misframed++;
		return 0;
	}
	if (!good) {
		r->bad_fcs++;
		return 0;
	}
	r->frames++;
	return len - HDLC_FCS_LEN;
}

static void frame_put(struct hdlc_reader *r, uint8_t octet)
{
	if (r->len == sizeof(r->frame)) {
		r->misframed++;
		r->lost = true;
		return;
	}
	r->frame[r->len++] = octet;
	r->fcs = fcs_step(r->fcs, octet);
}

/* One that is no flag. */
static void frame_take(struct hdlc_reader *r, uint8_t octet)
{
	if (r->lost || accm_has(r->accm, octet))
		return;
	if (r->escaped)
		frame_put(r, octet ^ BLANK);
	else if (octet != HDLC_ESCAPE)
		frame_put(r, octet);
	r->escaped = !r->escaped && octet == HDLC_ESCAPE;
}

size_t hdlc_reader_feed(struct hdlc_reader *r, const uint8_t *data, size_t len,
			size_t *frame_len)
{
	size_t used = 0;

	*frame_len = 0;
	while (used < len && !*frame_len) {
		if (data[used] == HDLC_FLAG)
			*frame_len = frame_end(r);
		else
			frame_take(r, data[used]);
		used++;
	}
	return used;
}

static void put_escaped(struct writer *w, uint32_t accm, uint8_t octet)
{
	if (octet == HDLC_FLAG || octet == HDLC_ESCAPE || accm_has(accm, octet)) {
		writer_u8(w, HDLC_ESCAPE);
		octet ^= BLANK;
	}
	writer_u8(w, octet);
}

/* LCP is never compressed, but for its address and control by some (pppd's echoes). */
uint8_t hdlc_lcp_code(const uint8_t *frame, size_t len)
{
	if (len >= 2 && frame[0] == 0xff && frame[1] == 0x03) {
		frame += 2;
		len -= 2;
	}
	return len >= 3 && frame[0] == 0xc0 && frame[1] == 0x21 ? frame[2] : 0;
}

void hdlc_write(struct writer *w, uint32_t accm, const uint8_t *frame, size_t len)
{
	uint8_t code = hdlc_lcp_code(frame, len);
	uint16_t fcs = FCS_INIT;
	size_t i;

	if (code >= 1 && code <= LCP_CODE_REJECT)
		accm = HDLC_ACCM_ALL;
	writer_u8(w, HDLC_FLAG);
	for (i = 0; i < len; i++) {
		put_escaped(w, accm, frame[i]);
		fcs = fcs_step(fcs, frame[i]);
	}
	put_escaped(w, accm, (uint8_t)~fcs);
	put_escaped(w, accm, (uint8_t)(~fcs >> 8));
	writer_u8(w, HDLC_FLAG);
}
