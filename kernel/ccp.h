/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * CCP Reset-Request and Reset-Ack for stateful MPPE (RFC 1962 section 4.3 and
 * 4.4, RFC 3078 section 8); the rest of CCP is userspace's.
 */
#ifndef KPPTP_CCP_H
#define KPPTP_CCP_H

#include <linux/types.h>

struct kpptp_session;

/* Is this CCP packet, as in kpptp_ccp_input(), a Reset-Request? */
bool kpptp_ccp_asks_reset(const u8 *info, size_t len);

/*
 * A CCP packet (@info is the CCP header, @len octets). True when it was a reset
 * message and has been dealt with; false: it belongs to userspace. Softirq,
 * without rx.lock and tx.lock. In stateless mode, or without keys, reset
 * messages change nothing.
 */
bool kpptp_ccp_input(struct kpptp_session *s, const u8 *info, size_t len);

/*
 * Reception lost step: sends a Reset-Request, at most one in a second. Softirq,
 * rx.lock held by the caller's NAPI is released before.
 */
void kpptp_ccp_request_reset(struct kpptp_session *s);

#endif /* KPPTP_CCP_H */
