// SPDX-License-Identifier: GPL-2.0-only
/*
 * Receiving: decryption, on trial (core/mppe.h).
 */
#include "crypt.h"
#include "rx_cb.h"
#include "rx_mppe.h"
#include "rx_run.h"
#include "session.h"
#include "trace.h"

#define RX_DESYNC_EVERY		HZ	/* events */

void kpptp_rx_job(struct sk_buff *skb, struct kpptp_rc4_job *job)
{
	unsigned int off = KPPTP_RX_CB(skb)->ppp.hdr_len + KPPTP_MPPE_HDR_LEN;

	job->src = skb->data + off;
	job->dst = skb->data + off;
	job->len = skb->len - off;
}

/* Runs @job over the encrypted octets of @skb, in place. RC4 undoes itself. */
static void rx_crypt(struct sk_buff *skb, struct kpptp_rc4_job *job)
{
	struct kpptp_crypt_batch *batch = kpptp_crypt_batch();

	kpptp_rx_job(skb, job);
	batch->job[batch->n++] = *job;
	kpptp_crypt_run(batch);
}

static u16 rx_mppe_bits(const struct sk_buff *skb)
{
	return kpptp_get_be16(skb->data + KPPTP_RX_CB(skb)->ppp.hdr_len);
}

/* Decrypted, and expanded if it is compressed, does it look like a packet? */
static bool rx_plausible(struct kpptp_session *s, const struct sk_buff *skb)
{
	unsigned int off = KPPTP_RX_CB(skb)->ppp.hdr_len + KPPTP_MPPE_HDR_LEN;
	struct kpptp_mppc_rx *mppc = s->rx.mppc;
	u16 bits = rx_mppe_bits(skb);

	if (!(bits & KPPTP_MPPE_COMPRESSED))
		return kpptp_mppe_plausible(skb->data + off, skb->len - off);
	return kpptp_mppc_expand(mppc, skb->data + off, skb->len - off,
				 bits & KPPTP_MPPE_FLUSHED,
				 bits & KPPTP_MPPE_B) &&
	       kpptp_mppe_plausible(mppc->out, mppc->len);
}

void kpptp_rx_restore(struct kpptp_rx_run *run, struct sk_buff *skb)
{
	struct kpptp_rx_cb *cb = KPPTP_RX_CB(skb);
	struct kpptp_rc4_job job;

	if (!cb->ahead)
		return;
	kpptp_mppe_ahead_job(&run->ahead, cb->ahead, &job);
	rx_crypt(skb, &job);
	cb->ahead = 0;
}

static enum kpptp_mppe_verdict rx_begin(struct kpptp_rx_run *run,
					const struct sk_buff *skb,
					struct kpptp_mppe_trial *trial,
					struct kpptp_rc4_job *job)
{
	const struct kpptp_rx_cb *cb = KPPTP_RX_CB(skb);

	return kpptp_mppe_rx_begin(&run->s->rx.mppe, &run->ahead,
				   skb->data + cb->ppp.hdr_len,
				   skb->len - cb->ppp.hdr_len, cb->gre.seq,
				   trial, job);
}

/* Decrypts @skb in place by the next reading of @trial instead. */
static void rx_next_reading(struct sk_buff *skb, struct kpptp_mppe_trial *trial)
{
	struct kpptp_rc4_job job;

	kpptp_mppe_rx_undo(trial, &job);
	rx_crypt(skb, &job);
	kpptp_mppe_rx_alternative(trial, &job);
	rx_crypt(skb, &job);
}

/* Out of step. Userspace hears of it once a second at most. */
static unsigned int rx_far(struct kpptp_rx_run *run, u32 seq)
{
	struct kpptp_session *s = run->s;

	trace_kpptp_desync(s->id, seq, KPPTP_DESYNC_KIND_CATCHING_UP);
	if (time_after_eq(jiffies, s->rx.last_desync + RX_DESYNC_EVERY)) {
		s->rx.last_desync = jiffies;
		run->far = true;
	}
	return KPPTP_A_DROPS_MPPE_FAR;
}

static unsigned int rx_desync(struct kpptp_rx_run *run)
{
	set_bit(ilog2(KPPTP_SESSION_STATUS_DISCARDING), &run->s->status);
	run->reset = true;
	return KPPTP_A_DROPS_MPPE_DISCARD;
}

/* What @verdict makes of a packet: 0 when @job is to be tried. */
static unsigned int rx_mppe_reason(struct kpptp_rx_run *run, u32 seq,
				   enum kpptp_mppe_verdict verdict)
{
	switch (verdict) {
	case KPPTP_MPPE_TRIAL:
		return 0;
	case KPPTP_MPPE_SHORT:
		return KPPTP_A_DROPS_MPPE_SHORT;
	case KPPTP_MPPE_BAD_BITS:
		return KPPTP_A_DROPS_MPPE_BITS;
	case KPPTP_MPPE_REPLAY:
		return KPPTP_A_DROPS_MPPE_REPLAY;
	case KPPTP_MPPE_FAR:
		return rx_far(run, seq);
	case KPPTP_MPPE_DESYNC:
		return rx_desync(run);
	}
	return KPPTP_A_DROPS_MPPE_BITS;
}

/* Decrypts @skb in place by @trial's @job, if that was not done ahead. */
static void rx_decrypt_first(struct kpptp_rx_run *run, struct sk_buff *skb,
			     const struct kpptp_mppe_trial *trial,
			     struct kpptp_rc4_job *job)
{
	struct kpptp_rx_cb *cb = KPPTP_RX_CB(skb);

	if (likely(cb->ahead && cb->ahead == trial->ahead)) {
		cb->ahead = 0;
		return;
	}
	kpptp_rx_restore(run, skb);
	rx_crypt(skb, job);
}

/*
 * Decrypts @skb in place, as a trial. 0 when it is plausible; else why not, and
 * @skb is good for nothing but to be dropped.
 */
static unsigned int rx_try(struct kpptp_rx_run *run, struct sk_buff *skb,
			   struct kpptp_mppe_trial *trial)
{
	struct kpptp_session *s = run->s;
	struct kpptp_rc4_job job;
	unsigned int reason;

	trial->changes = 0;
	reason = rx_mppe_reason(run, KPPTP_RX_CB(skb)->gre.seq,
				rx_begin(run, skb, trial, &job));
	kpptp_rx_count(s, &s->rx.stats.rekeys, trial->changes);
	if (reason)
		return reason;
	rx_decrypt_first(run, skb, trial, &job);
	while (unlikely(!rx_plausible(s, skb))) {
		if (!trial->readings)
			return KPPTP_A_DROPS_MPPE_IMPLAUSIBLE;
		rx_next_reading(skb, trial);
	}
	return 0;
}

/*
 * What rx_try() has found plausible becomes @skb's contents, from the protocol
 * field on. False: no memory, and nothing has changed.
 */
static bool rx_uncover(struct kpptp_session *s, struct sk_buff *skb)
{
	unsigned int off = KPPTP_RX_CB(skb)->ppp.hdr_len + KPPTP_MPPE_HDR_LEN;
	const struct kpptp_mppc_rx *mppc = s->rx.mppc;
	int more;

	if (!(rx_mppe_bits(skb) & KPPTP_MPPE_COMPRESSED)) {
		skb_pull(skb, off);
		return true;
	}
	more = mppc->len - (int)(skb->len - off) - skb_tailroom(skb);
	if (more > 0 && pskb_expand_head(skb, 0, more, GFP_ATOMIC))
		return false;
	skb_pull(skb, off);
	skb_trim(skb, 0);
	skb_put_data(skb, mppc->out, mppc->len);
	kpptp_rx_count(s, &s->rx.stats.compressed, 1);
	return true;
}

/* The packet with the MPPE header @bits was believed: the history follows. */
static void rx_commit_mppc(struct kpptp_session *s, u16 bits)
{
	if (!s->rx.mppc)
		return;
	if (bits & KPPTP_MPPE_COMPRESSED)
		kpptp_mppc_commit(s->rx.mppc);
	else if (bits & KPPTP_MPPE_FLUSHED)
		kpptp_mppc_rx_flush(s->rx.mppc);
}

unsigned int kpptp_rx_decrypt(struct kpptp_rx_run *run, struct sk_buff *skb)
{
	struct kpptp_session *s = run->s;
	struct kpptp_mppe_trial trial;
	unsigned int reason;
	u16 bits;

	reason = rx_try(run, skb, &trial);
	if (likely(!reason)) {
		bits = rx_mppe_bits(skb);
		if (!rx_uncover(s, skb))
			reason = KPPTP_A_DROPS_RX_NO_MEMORY;
	}
	if (unlikely(reason)) {
		memzero_explicit(&trial, sizeof(trial));
		return reason;
	}
	kpptp_mppe_rx_commit(&s->rx.mppe, &trial);
	rx_commit_mppc(s, bits);
	if (unlikely(test_bit(ilog2(KPPTP_SESSION_STATUS_DISCARDING), &s->status)))
		clear_bit(ilog2(KPPTP_SESSION_STATUS_DISCARDING), &s->status);
	return 0;
}

unsigned int kpptp_rx_proof(struct kpptp_rx_run *run, struct sk_buff *skb)
{
	struct kpptp_mppe_trial trial;
	struct sk_buff *copy;
	unsigned int reason;

	kpptp_rx_restore(run, skb);
	copy = skb_copy(skb, GFP_ATOMIC);
	if (!copy)
		return KPPTP_A_DROPS_RX_NO_MEMORY;
	reason = rx_try(run, copy, &trial);
	memzero_explicit(&trial, sizeof(trial));
	consume_skb(copy);
	return reason;
}
