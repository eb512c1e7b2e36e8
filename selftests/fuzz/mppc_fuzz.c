// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * MPPC. The first octet chooses: the rest is what a peer sends, in packets of
 * {bits, length, octets}; or it is text, which goes through the compressor and
 * must come out of the other end as it was.
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "core/mppc.h"
#include "fuzz.h"

#define FLUSHED	1	/* bits of a packet */
#define FRONT	2
#define COMMIT	4

static struct kpptp_mppc_tx tx;
static struct kpptp_mppc_rx rx;

static void must(bool truth)
{
	if (!truth)
		abort();
}

/* In a heap block of its own, so that a step past the end is seen. */
static u8 *own(const uint8_t *data, size_t len)
{
	u8 *copy = malloc(len ? len : 1);

	must(copy);
	memcpy(copy, data, len);
	return copy;
}

static void hear(const uint8_t *data, size_t len, uint8_t bits)
{
	u8 *packet = own(data, len);

	if (kpptp_mppc_expand(&rx, packet, len, bits & FLUSHED, bits & FRONT)) {
		must(rx.len && rx.start + rx.len <= KPPTP_MPPC_HISTORY);
		if (bits & COMMIT)
			kpptp_mppc_commit(&rx);
	}
	must(rx.pos <= KPPTP_MPPC_HISTORY);
	free(packet);
}

static void say(const uint8_t *data, size_t len)
{
	bool flushed = tx.flush, front;
	u8 *text = own(data, len);
	size_t packed;

	if (flushed)
		kpptp_mppc_tx_flush(&tx);
	packed = kpptp_mppc_compress(&tx, text, len, &front);
	if (packed) {
		must(packed < len);
		must(kpptp_mppc_expand(&rx, tx.out, packed, flushed, front));
		must(rx.len == len && !memcmp(rx.out, text, len));
		kpptp_mppc_commit(&rx);
	} else {
		must(tx.flush);
		if (flushed)
			kpptp_mppc_rx_flush(&rx);
	}
	free(text);
}

/* The length of the next packet, by its two octets, as far as there are any. */
static size_t next(const uint8_t *data, size_t size)
{
	size_t len = (size_t)data[0] << 8 | data[1];

	return len < size ? len : size;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	bool talk;
	size_t len;

	kpptp_mppc_tx_init(&tx);
	kpptp_mppc_rx_flush(&rx);
	if (!size)
		return 0;
	talk = data[0] & 1;
	for (data++, size--; size >= 3; data += len, size -= len) {
		uint8_t bits = data[0];

		len = next(data + 1, size - 3);
		data += 3;
		size -= 3;
		if (talk)
			say(data, len);
		else
			hear(data, len, bits);
	}
	return 0;
}
