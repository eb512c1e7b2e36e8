/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A sender, whoever is between, and a receiver that takes packets as the module does
 * (kernel/rx_window.c, rx_open.c): one by one, or many at once, decrypted ahead.
 */
#ifndef CORE_RECEIVER_H
#define CORE_RECEIVER_H

#include "core/port.h"

/*
 * What a script brought about, taken one by one and in batches.
 * @same: both times the same events in the same order, and the same state at the end
 * @accepted: packets that were delivered
 * @refused: packets that were not
 * @ahead: packets whose decryption ahead was of use
 * @restored: packets whose octets had to be brought back
 */
struct receiver_outcome {
	bool same;
	u32 accepted;
	u32 refused;
	u32 ahead;
	u32 restored;
};

/*
 * Plays @script, any @len octets: what is sent, lost, swapped, repeated, spoiled,
 * forged, sent in clear, and where the batches end.
 */
struct receiver_outcome receiver_play(const u8 *script, size_t len);

#endif /* CORE_RECEIVER_H */
