/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * MPPE data (RFC 3078 section 3): header, coherency count, key position.
 *
 *      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5
 *     +-+-+-+-+-----------------------+----------------------------+
 *     |A|B|C|D|    coherency count    |  RC4(protocol, information) |
 *     +-+-+-+-+-----------------------+----------------------------+
 *
 * A: flushed. B, C: MPPC's (core/mppc.h), valid only where that was agreed on.
 * D: encrypted.
 *
 * Receiving is in two steps, because MPPE has no integrity: begin computes a
 * trial (key and position for this packet), the caller decrypts with it, looks
 * at the plaintext and commits the trial only if that is plausible. A forged
 * packet so changes nothing that lasts. The work of one packet is bounded by
 * KPPTP_MPPE_CATCHUP key changes; a longer outage is caught up over several
 * packets by a probe that runs beside the committed state.
 *
 * Locking: none; one owner per direction.
 */
#ifndef KPPTP_CORE_MPPE_H
#define KPPTP_CORE_MPPE_H

#include "mppe_key.h"
#include "port.h"
#include "rc4.h"

#define KPPTP_MPPE_HDR_LEN	2
#define KPPTP_MPPE_FLUSHED	0x8000
#define KPPTP_MPPE_B		0x4000
#define KPPTP_MPPE_COMPRESSED	0x2000
#define KPPTP_MPPE_ENCRYPTED	0x1000
#define KPPTP_MPPE_COUNT_MASK	0x0fff
#define KPPTP_MPPE_COUNTS	4096

#define KPPTP_MPPE_CATCHUP	128	/* key changes for one packet at most */
#define KPPTP_MPPE_READINGS	8	/* of a flushed stateful packet */
#define KPPTP_MPPE_CLAIMS	4	/* packets that agree are right about the count */
#define KPPTP_MPPE_LOSS_MAX	0x100000u /* packets lost that are believed */

/**
 * struct kpptp_mppe_tx - sending direction. Secret.
 * @key: chain
 * @stream: RC4 stream, stateful only
 * @index: packets since the start key, modulo 2^32
 * @next: the key behind @key, made ahead, if @has_next
 * @count: coherency count of the next packet
 * @stateless: key change and A on every packet
 * @flush: the next packet carries A with reloaded tables (stateful)
 */
struct kpptp_mppe_tx {
	struct kpptp_mppe_key key;
	struct kpptp_rc4 stream;
	u32 index;
	u8 next[KPPTP_MPPE_KEY_MAX];
	bool has_next;
	u16 count;
	bool stateless;
	bool flush;
};

void kpptp_mppe_tx_init(struct kpptp_mppe_tx *tx, const u8 *start,
			unsigned int bits, bool stateless);

/*
 * Takes number and key for the next packet: writes the two header octets to
 * @hdr and prepares @job except src, dst and len. Stateless: the packet's key
 * is copied to @key (KPPTP_MPPE_KEY_MAX octets), which must live until the job
 * has run. Stateful: the job continues @tx->stream; jobs must run in order.
 */
void kpptp_mppe_tx_next(struct kpptp_mppe_tx *tx, u8 hdr[KPPTP_MPPE_HDR_LEN],
			u8 *key, struct kpptp_rc4_job *job);

/**
 * struct kpptp_mppe_tx_ahead - a sender's next key on its way. Secret.
 * @chain: copy of the sender's
 * @index: of the sender, when the copy was made
 * @next: the key
 */
struct kpptp_mppe_tx_ahead {
	struct kpptp_mppe_key chain;
	u32 index;
	u8 next[KPPTP_MPPE_KEY_MAX];
};

/*
 * Makes the key of @tx's next packet, in two steps, side by side with those of other
 * senders: prepares @job, and takes it up when it has run. @tx may send in between,
 * or get other keys: then it is of no use, and nothing changes. False: @tx has that
 * key already, or is stateful.
 */
bool kpptp_mppe_tx_step(const struct kpptp_mppe_tx *tx,
			struct kpptp_mppe_tx_ahead *ahead, struct kpptp_rc4_job *job);
void kpptp_mppe_tx_stepped(struct kpptp_mppe_tx *tx, struct kpptp_mppe_tx_ahead *ahead);

/*
 * The peer sent a CCP Reset-Request, or MPPC's history is to be flushed: the next
 * packet carries A. No effect stateless, where each does.
 */
void kpptp_mppe_tx_reset(struct kpptp_mppe_tx *tx);

/* Will the next packet carry A? */
bool kpptp_mppe_tx_flushes(const struct kpptp_mppe_tx *tx);

enum kpptp_mppe_verdict {
	KPPTP_MPPE_TRIAL,	/* decrypt with the trial's job, then commit or not */
	KPPTP_MPPE_SHORT,	/* no room for header and one octet */
	KPPTP_MPPE_BAD_BITS,	/* B or C unasked for, D clear, or A clear in stateless mode */
	KPPTP_MPPE_REPLAY,	/* count does not fit the sequence number, or is old */
	KPPTP_MPPE_FAR,		/* beyond the bound for one packet; probe is running */
	KPPTP_MPPE_DESYNC,	/* stateful: something is missing, ask for a reset */
};

/**
 * struct kpptp_mppe_pos - a place in the key chain
 * @key: chain there
 * @index: changes of the key since its start, modulo 2^32
 * @count: coherency count of the last packet at this place
 * @seq: GRE number of that packet
 */
struct kpptp_mppe_pos {
	struct kpptp_mppe_key key;
	u32 index;
	u16 count;
	u32 seq;
};

/**
 * struct kpptp_mppe_rx - receiving direction. Secret.
 * @pos: last committed place
 * @probe: key chain @probe_done changes after @pos, valid if @probe_armed
 * @probe_done: key changes made so far
 * @stream: RC4 stream, stateful only
 * @stateless: mode
 * @compress: B and C are legal; the owner's to set, behind kpptp_mppe_rx_init()
 * @first: no packet committed yet: count 0 is due
 * @discard: stateful and a packet is missing: a Reset-Request is due until a
 *	     commit clears this. It shuts nothing out: the packet that is due by
 *	     both numbers is still tried, since only a forged one made the gap
 * @claim: stateful: count less GRE number, modulo 4096, of the last packet that
 *	   made the place's count doubtful, @claim_seq its GRE number
 * @claims: how many have said so one after the other, KPPTP_MPPE_CLAIMS at most
 */
struct kpptp_mppe_rx {
	struct kpptp_mppe_pos pos;
	struct kpptp_mppe_key probe;
	u32 probe_done;
	bool probe_armed;
	struct kpptp_rc4 stream;
	bool stateless;
	bool compress;
	bool first;
	bool discard;
	u16 claim;
	u8 claims;
	u32 claim_seq;
};

/**
 * struct kpptp_mppe_trial - what a packet would make of the state. Secret.
 * @pos: place after this packet
 * @stream: stateful: copy of the stream that the job advances
 * @readings: that are left, stateful and flushed (Linux changes the key on every
 *	      flushed packet, RFC 3078 section 8.2 does not)
 * @ahead: number of the key, if it was made ahead, else 0
 * @changes: key changes that it took, made ahead or not, for statistics; with every
 *	     verdict
 */
struct kpptp_mppe_trial {
	struct kpptp_mppe_pos pos;
	struct kpptp_rc4 stream;
	u32 readings;
	u32 ahead;
	u32 changes;
};

/**
 * struct kpptp_mppe_ahead - keys behind a committed place, made ahead. Secret.
 * @chain: key chain @made changes behind the place
 * @index: of the place
 * @wanted: keys that were asked for
 * @made: keys that are there
 * @room: keys at most
 * @key: the keys, KPPTP_MPPE_KEY_MAX octets each
 *
 * In stateless mode the header of a packet and the committed place name its key. So
 * the keys of packets that wait can be made before the first of them was looked at,
 * and the packets be decrypted together, of many sessions at once. That is a guess,
 * since the place may have moved otherwise when a packet's turn comes: then
 * kpptp_mppe_rx_begin() decides as always, and says in @trial->ahead which of these
 * keys is the one that it would have computed. Who has decrypted with that one need not
 * do it again. Who has with another one brings the octets back and takes the job.
 *
 * The key of each packet is told from its own header, so that a forged one among
 * them spoils no guess but its own. @key is the owner's memory, for many sessions
 * in turn, and the owner's to wipe. Zeroed, the struct holds no key.
 */
struct kpptp_mppe_ahead {
	struct kpptp_mppe_key chain;
	u32 index;
	u32 wanted;
	u32 made;
	u32 room;
	u8 *key;
};

void kpptp_mppe_rx_init(struct kpptp_mppe_rx *rx, const u8 *start,
			unsigned int bits, bool stateless);

/*
 * Looks at the two header octets at @p (@len octets from the header on) of the
 * packet with GRE number @seq. On KPPTP_MPPE_TRIAL fills @trial and @job except
 * src, dst and len; the job's key points into @trial. @rx changes only in its
 * probe and claims and, on DESYNC, in @discard. Keys are taken from @ahead where it has them,
 * which changes nothing but the work and @trial->ahead.
 *
 * Losses: the count has 12 bits; @seq, which counts every packet including the
 * few that are not encrypted, bounds the true distance (no other
 * implementation does this: they never recover from 2 048 lost packets).
 */
enum kpptp_mppe_verdict kpptp_mppe_rx_begin(struct kpptp_mppe_rx *rx,
					    const struct kpptp_mppe_ahead *ahead,
					    const u8 *p, size_t len, u32 seq,
					    struct kpptp_mppe_trial *trial,
					    struct kpptp_rc4_job *job);

/*
 * The reading that @trial stands at was wrong: prepares @job to bring back the ciphertext
 * that it has overwritten, if it was done in place. Stateful and flushed only.
 */
void kpptp_mppe_rx_undo(struct kpptp_mppe_trial *trial, struct kpptp_rc4_job *job);

/*
 * Next reading of a flushed stateful packet (@trial->readings are left): prepares @trial
 * and @job's stream again with the key changed once more.
 */
void kpptp_mppe_rx_alternative(struct kpptp_mppe_trial *trial,
			       struct kpptp_rc4_job *job);

/* The plaintext was plausible: @trial becomes the state. Wipes @trial. */
void kpptp_mppe_rx_commit(struct kpptp_mppe_rx *rx,
			  struct kpptp_mppe_trial *trial);

/* Keys behind @rx's committed place, @room of them at most; none is made yet. */
void kpptp_mppe_ahead_init(struct kpptp_mppe_ahead *ahead,
			   const struct kpptp_mppe_rx *rx, u8 *key, u32 room);

/*
 * Asks for the key of a packet, whose header is as in kpptp_mppe_rx_begin(): its
 * number, from 1. 0 when it has none that could be made ahead: stateful, not what
 * begin would try, more than KPPTP_MPPE_CATCHUP changes away, or no room. @rx is as
 * it was when @ahead began.
 */
u32 kpptp_mppe_ahead_want(struct kpptp_mppe_ahead *ahead,
			  const struct kpptp_mppe_rx *rx, const u8 *p, size_t len,
			  u32 seq);

/* Makes the keys that were asked for. */
void kpptp_mppe_ahead_make(struct kpptp_mppe_ahead *ahead);

/*
 * Makes the next of the keys that were asked for, in two steps, so that the chains of
 * many sessions advance side by side: prepares @job, and takes it up when it has run.
 * False: there is none left to make.
 */
bool kpptp_mppe_ahead_step(struct kpptp_mppe_ahead *ahead, struct kpptp_rc4_job *job);
void kpptp_mppe_ahead_stepped(struct kpptp_mppe_ahead *ahead);

/* Prepares @job except src, dst and len for the key @number, which is there. */
void kpptp_mppe_ahead_job(const struct kpptp_mppe_ahead *ahead, u32 number,
			  struct kpptp_rc4_job *job);

/*
 * Is this decrypted PPP frame (protocol field first, @len octets) something
 * that a peer would send? IPv4 whose header checksum is right and whose length
 * fits (Ethernet padding may follow), or IPv6 whose length is exact and whose
 * addresses lie in assigned space. Octets at random pass with a chance below
 * 2^-30.
 */
bool kpptp_mppe_plausible(const u8 *p, size_t len);

#endif /* KPPTP_CORE_MPPE_H */
