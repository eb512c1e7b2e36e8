/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The outer IPv4 header, its route and what fits into it.
 */
#ifndef KPPTP_ROUTE_H
#define KPPTP_ROUTE_H

#include <linux/types.h>

struct kpptp_session;
struct net;
struct rtable;
struct sk_buff;

/* Outer IPv4 and the largest GRE header: what precedes the PPP frame. */
#define KPPTP_ROUTE_OVERHEAD	(20 + 16)

/* Path MTU (octets) that is assumed before the first packet has left. */
#define KPPTP_ROUTE_PATH_MTU	1500

/*
 * Route to the peer, from the cache or looked up; the caller owns a reference.
 * Caller holds tx.lock. ERR_PTR(-ENETUNREACH …), ERR_PTR(-ELOOP) when it leads
 * into the session's own device. Notices a changed path MTU: kpptp_route_mtu()
 * follows and userspace, who sets the device's MTU, is told.
 */
struct rtable *kpptp_route_get(struct kpptp_session *s);

/*
 * Sends @skb, which starts with the GRE header, to the peer over @rt. Consumes
 * @skb; @rt is the caller's, and BH is off until it is put. @tos: the outer octet, ready. @df: may
 * not be fragmented on the way (here it may, should the path have shrunk just
 * now). Does not return errors: the stack counts them.
 */
void kpptp_route_send(struct kpptp_session *s, struct rtable *rt,
		      struct sk_buff *skb, u8 tos, bool df);

/*
 * Largest inner packet that goes through @s now: by path MTU, GRE with ack,
 * PPP and MPPE headers as negotiated, and peer-mru. Any context.
 */
u16 kpptp_route_mtu(const struct kpptp_session *s);

/* Largest inner packet that the peer takes, whatever the path. Any context. */
u16 kpptp_route_mru(const struct kpptp_session *s);

/*
 * Makes a TCP SYN offer no segment that would not go through @s whole, or whole
 * through its device, and does nothing to other packets. @skb is linear and
 * writable, an IP header at its data, its checksum complete; @skb->dev is the
 * session's device. Any context.
 */
void kpptp_route_clamp_mss(const struct kpptp_session *s, struct sk_buff *skb);

/*
 * The ICMP error handler saw "fragmentation needed" with next-hop @mtu (outer);
 * @skb starts with the quoted IPv4 header. Updates the route's exception, which
 * every session to that peer notices when it sends next: constant work, however
 * many there are. Softirq.
 */
void kpptp_route_too_big(struct net *net, struct sk_buff *skb, u32 mtu);

#endif /* KPPTP_ROUTE_H */
