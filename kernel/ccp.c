// SPDX-License-Identifier: GPL-2.0-only
/*
 * CCP Reset-Request and Reset-Ack:
 *
 *      0                   1                   2                   3
 *      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *     +---------------+---------------+-------------------------------+
 *     | Code 14 or 15 |  Identifier   |            Length             |
 *     +---------------+---------------+-------------------------------+
 *
 * Both are in clear and can be forged. A Request makes our next packet flushed,
 * which costs a few octets of key setup; an Ack changes nothing, because only a
 * flushed packet that decrypts to something plausible brings reception back.
 */
#include <linux/jiffies.h>

#include "ccp.h"
#include "core/pppframe.h"
#include "notify.h"
#include "session.h"
#include "trace.h"
#include "tx.h"

#define CCP_HDR_LEN		4
#define CCP_RESET_REQUEST	14
#define CCP_RESET_ACK		15

#define CCP_RESET_EVERY		HZ	/* as pppd does */

static void ccp_send(struct kpptp_session *s, u8 code, u8 id)
{
	u8 pkt[CCP_HDR_LEN] = { code, id, 0, CCP_HDR_LEN };

	/* A lost Request is repeated, and so is what a lost Ack answers. */
	kpptp_tx_control(s, KPPTP_PPP_CCP, pkt, sizeof(pkt));
}

/*
 * RFC 3078 section 8 does without a Reset-Ack, but pptp.ko's MPPE stays deaf
 * until it sees one, in stateless mode too.
 */
static void ccp_answer_reset(struct kpptp_session *s, u8 id)
{
	bool has_key;

	spin_lock_bh(&s->tx.lock);
	has_key = s->tx.has_key;
	if (has_key)
		kpptp_mppe_tx_reset(&s->tx.mppe);
	spin_unlock_bh(&s->tx.lock);
	if (has_key)
		ccp_send(s, CCP_RESET_ACK, id);
}

static bool ccp_is_whole(const u8 *info, size_t len)
{
	u16 said;

	if (len < CCP_HDR_LEN)
		return false;
	said = kpptp_get_be16(info + 2);
	return said >= CCP_HDR_LEN && said <= len;
}

bool kpptp_ccp_asks_reset(const u8 *info, size_t len)
{
	return ccp_is_whole(info, len) && info[0] == CCP_RESET_REQUEST;
}

bool kpptp_ccp_input(struct kpptp_session *s, const u8 *info, size_t len)
{
	if (!ccp_is_whole(info, len))
		return false;
	if (info[0] == CCP_RESET_REQUEST) {
		ccp_answer_reset(s, info[1]);
		return true;
	}
	return info[0] == CCP_RESET_ACK;
}

/* Takes the right to send a Request, and its identifier. */
static bool ccp_may_request(struct kpptp_session *s, u8 *id)
{
	bool may;

	spin_lock_bh(&s->rx.lock);
	may = s->rx.has_key && !s->rx.mppe.stateless &&
	      time_after_eq(jiffies, s->rx.last_reset + CCP_RESET_EVERY);
	if (may) {
		s->rx.last_reset = jiffies;
		*id = ++s->rx.reset_id;
		u64_stats_update_begin(&s->rx.stats.sync);
		u64_stats_inc(&s->rx.stats.resets);
		u64_stats_update_end(&s->rx.stats.sync);
	}
	spin_unlock_bh(&s->rx.lock);
	return may;
}

void kpptp_ccp_request_reset(struct kpptp_session *s)
{
	u8 id;

	if (!ccp_may_request(s, &id))
		return;
	trace_kpptp_desync(s->id, s->rx.win.next,
			   KPPTP_DESYNC_KIND_RESET_SENT);
	ccp_send(s, CCP_RESET_REQUEST, id);
	kpptp_notify_desync(s->kn->net, s->id, KPPTP_DESYNC_KIND_RESET_SENT);
}
