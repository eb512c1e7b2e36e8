/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * MPPC (RFC 2118): packets squeezed against a history of 8 192 octets that both
 * ends keep.
 *
 * A packet is a string of tokens, most significant bit first: octets as they
 * are (8 or 9 bits), and copies of what stands @offset octets before, @length
 * octets long (11 bits at least). Zero bits fill the last octet; they are fewer
 * than eight, so that no token can be mistaken for them.
 *
 * The two bits of the MPPE header that are MPPC's (core/mppe.h has the third,
 * A, flushed, which the encryption shares):
 *
 *	C  the packet is compressed
 *	B  the packet stands at the front of the history: what was there is over
 *
 * Receiving is in two steps, as in core/mppe.h: expanding changes nothing, so
 * that a packet may be looked at before it is believed; then it is committed,
 * or not.
 *
 * Locking: none; one owner per direction.
 */
#ifndef KPPTP_CORE_MPPC_H
#define KPPTP_CORE_MPPC_H

#include "port.h"

#define KPPTP_MPPC_HISTORY	8192u	/* octets; a packet is no longer (section 3) */
#define KPPTP_MPPC_HASH		4096u	/* places that the compressor remembers */

/**
 * struct kpptp_mppc_tx - sending direction
 * @pos: octets of @history in use; only these are ever referred to
 * @flush: the peer's history is to be flushed before the next packet
 * @history: what was sent since the front of the history
 * @place: where three octets of this hash stood last, a hint that is verified:
 *	   what it says of a former history does no harm
 * @out: the compressed packet
 */
struct kpptp_mppc_tx {
	u16 pos;
	bool flush;
	u8 history[KPPTP_MPPC_HISTORY];
	u16 place[KPPTP_MPPC_HASH];
	u8 out[KPPTP_MPPC_HISTORY];
};

/* An empty history, which the first packet tells the peer. */
void kpptp_mppc_tx_init(struct kpptp_mppc_tx *tx);

/*
 * The next packet carries A, whoever wanted it: the history is empty on both
 * sides from there on.
 */
void kpptp_mppc_tx_flush(struct kpptp_mppc_tx *tx);

/**
 * kpptp_mppc_compress() - the next packet
 * @tx: its @flush is clear: the caller has seen to A
 * @src: protocol field and information
 * @len: octets of it
 * @front: the packet carries B; valid when it was compressed
 *
 * Returns the length of @tx->out, which is less than @len, or 0 when the packet
 * does not shrink or is longer than the history: then it goes as it is, and
 * @tx->flush is set for the next one (section 3, data expansion).
 */
size_t kpptp_mppc_compress(struct kpptp_mppc_tx *tx, const u8 *src, size_t len,
			   bool *front);

/**
 * struct kpptp_mppc_rx - receiving direction
 * @pos: where the next packet begins in @history
 * @history: what was received; a ring to whoever refers back over its front
 * @flushed: the expanded packet comes with an empty history
 * @start: where it begins in @history
 * @len: octets of the expanded packet in @out
 * @out: the expanded packet, until the next one
 */
struct kpptp_mppc_rx {
	u16 pos;
	u8 history[KPPTP_MPPC_HISTORY];
	bool flushed;
	u16 start;
	u16 len;
	u8 out[KPPTP_MPPC_HISTORY];
};

/* An empty history: zeros (section 3.1); what A on an uncompressed packet does. */
void kpptp_mppc_rx_flush(struct kpptp_mppc_rx *rx);

/**
 * kpptp_mppc_expand() - a compressed packet into @rx->out
 * @rx: only @flushed, @start, @len and @out change
 * @src: the octets behind the MPPE header, decrypted
 * @len: octets of it
 * @flushed: the packet carries A: it refers to nothing before it
 * @front: the packet carries B
 *
 * False when it is no MPPC: a token that the end cuts off, a copy from further
 * back than the history or of no octets, or more octets than the history has
 * room for.
 */
bool kpptp_mppc_expand(struct kpptp_mppc_rx *rx, const u8 *src, size_t len,
		       bool flushed, bool front);

/* What was expanded last becomes part of the history. */
void kpptp_mppc_commit(struct kpptp_mppc_rx *rx);

#endif /* KPPTP_CORE_MPPC_H */
