/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Events and PPP frames to userspace. Knows no session: takes plain
 * values. All functions may be called in softirq.
 */
#ifndef KPPTP_NOTIFY_H
#define KPPTP_NOTIFY_H

#include <linux/types.h>

struct genl_family;
struct net;
struct sk_buff;
struct kpptp_counters;

/* What identifies a session outside the module. */
struct kpptp_ident {
	u32 id;
	__be32 local;
	__be32 peer;
	u16 local_call_id;
	u16 peer_call_id;
	u32 ifindex;
};

/*
 * The family to speak for, before anything can be notified. NULL when it goes:
 * nothing is sent from then on.
 */
void kpptp_notify_init(struct genl_family *family);

/*
 * An event could not be made. Who listens reads ENOBUFS, as when the socket's buffer
 * is full, and so knows that something is missing.
 */
void kpptp_notify_lost(struct net *net);

/*
 * Gives the @len octets at @frame to the socket @owner. 0, -ENOBUFS when its
 * buffer is full or there is no memory, -ECONNREFUSED when it is gone.
 */
int kpptp_notify_frame(struct net *net, u32 owner, u32 id, const u8 *frame,
		       size_t len);

/* Counters may be large: sleeps, process context only. */
void kpptp_notify_deleted(struct net *net, const struct kpptp_ident *ident,
			  u32 reason, const struct kpptp_counters *counters);

void kpptp_notify_mtu(struct net *net, u32 id, u16 mtu);
void kpptp_notify_first_data(struct net *net, u32 id);
void kpptp_notify_demand(struct net *net, u32 id);
void kpptp_notify_desync(struct net *net, u32 id, u32 kind);

/* @relay is what @id was relayed to. Sleeps, process context only. */
void kpptp_notify_relay_ended(struct net *net, u32 id, u32 relay);

/* Puts what identifies a session into @msg. -EMSGSIZE when it does not fit. */
int kpptp_notify_put_ident(struct sk_buff *msg, const struct kpptp_ident *id);

/*
 * Puts @counters into @msg as the nests stats and drops (their attribute
 * numbers in the set at hand). -EMSGSIZE when they do not fit.
 */
int kpptp_notify_put_counters(struct sk_buff *msg, int stats_attr,
			      int drops_attr,
			      const struct kpptp_counters *counters);

/* Only the drops (KPPTP_DROP_COUNT numbers). -EMSGSIZE when they do not fit. */
int kpptp_notify_put_drops(struct sk_buff *msg, int attr, const u64 *drops);

#endif /* KPPTP_NOTIFY_H */
