/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Packets that wait for a call: meanwhile a session with flag demand has the device.
 */
#ifndef KPPTP_DEMAND_H
#define KPPTP_DEMAND_H

struct kpptp_session;
struct sk_buff;

/*
 * Keeps @skb, which leaves through the device of @s, and tells userspace. Consumes
 * @skb; the oldest packet is dropped for one too many. BH off, under RCU.
 */
void kpptp_demand_wait(struct kpptp_session *s, struct sk_buff *skb);

/*
 * Sends what waits in @from, which has had its device taken, through @to, which is
 * up. Process context.
 */
void kpptp_demand_release(struct kpptp_session *from, struct kpptp_session *to);

#endif /* KPPTP_DEMAND_H */
