// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A packet of enhanced GRE and the PPP frame in it. The first octet says whether all of
 * it can be read at once or only as much as the longest header. What is taken is within
 * bounds, and is written the same again.
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "core/gre.h"
#include "core/pppframe.h"
#include "fuzz.h"

static void must(bool truth)
{
	if (!truth)
		abort();
}

/* @p in a block of its own size, so that ASan sees a step past its end. */
static u8 *copy_of(const u8 *p, size_t len)
{
	u8 *copy = malloc(len ? len : 1);

	must(copy);
	memcpy(copy, p, len);
	return copy;
}

static void check_frame(const u8 *p, size_t len)
{
	u8 *frame = copy_of(p, len), head[KPPTP_PPP_HDR_MAX];
	struct kpptp_ppp ppp, again;
	unsigned int how;

	if (!kpptp_ppp_parse(frame, len, &ppp)) {
		free(frame);
		return;
	}
	must(ppp.hdr_len && ppp.hdr_len <= len && ppp.hdr_len <= KPPTP_PPP_HDR_MAX);
	must(ppp.proto & 1);
	must(kpptp_ppp_is_data(ppp.proto) == (ppp.proto >> 8 < 0x40));
	for (how = 0; how < 4; how++) {
		u8 n = kpptp_ppp_build(head, ppp.proto, how & 1, how & 2);

		must(n <= sizeof(head) && kpptp_ppp_parse(head, n, &again));
		must(again.proto == ppp.proto && again.hdr_len == n);
	}
	free(frame);
}

static void check_again(const u8 *p, const struct kpptp_gre *gre)
{
	u8 out[KPPTP_GRE_MAX_LEN];
	size_t len = kpptp_gre_build(out, gre);

	must(len == kpptp_gre_len(gre) && len >= KPPTP_GRE_MIN_LEN && len <= sizeof(out));
	must(!memcmp(out, p, len));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct kpptp_gre gre = { .call_id = 0xabcd };
	enum kpptp_gre_verdict verdict;
	size_t avail, total;
	u8 *p;

	if (!size)
		return 0;
	total = size - 1;
	avail = data[0] & 0x80 && total > KPPTP_GRE_MAX_LEN ? KPPTP_GRE_MAX_LEN : total;
	p = copy_of(data + 1, avail);
	verdict = kpptp_gre_parse(p, avail, total, &gre);
	if (verdict == KPPTP_GRE_OK) {
		must(gre.has_seq || gre.has_ack);
		must(gre.has_seq || !gre.payload_len);
		must(kpptp_gre_len(&gre) + gre.payload_len <= total);
		check_again(p, &gre);
		check_frame(data + 1 + kpptp_gre_len(&gre), gre.payload_len);
	} else {
		must(gre.call_id == 0xabcd);
	}
	free(p);
	return 0;
}
