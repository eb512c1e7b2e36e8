/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a network namespace holds, and the limits.
 */
#ifndef KPPTP_H
#define KPPTP_H

#include <linux/mutex.h>
#include <linux/rhashtable-types.h>
#include <linux/workqueue.h>
#include <linux/xarray.h>
#include <net/net_namespace.h>

#include "stats.h"

#define KPPTP_DEFAULT_WINDOW		128	/* packets */
#define KPPTP_DEFAULT_REORDER_MS	20
/* RFC 2637 section 4.4 leaves it open; Windows waits 100 ms. */
#define KPPTP_ACK_DELAY_MS		100
#define KPPTP_DEFAULT_PEER_MRU		1500	/* RFC 1661 section 6.1 */
#define KPPTP_RXQ_MAX			4096	/* packets waiting on a CPU */

/*
 * Number of the first packet that we send. RFC 2637 section 4.1 says 0, but
 * Linux's pptp.ko takes 0 for a number that it has seen and drops it, which
 * would cost the first LCP packet; Windows takes 1 from every Linux client.
 */
#define KPPTP_FIRST_SEQ			1

/* Kinds of network devices: for one session (p2p), and for many (mp). */
#define KPPTP_KIND			"kpptp"
#define KPPTP_KIND_MP			"kpptp-mp"

struct kpptp_session;

/**
 * struct kpptp_net - per network namespace
 * @net: the namespace
 * @lock: serialises every change of sessions. Order: rtnl, then this.
 * @ids: sessions by id; changed under @lock, read under RCU
 * @next_id: where the search for a free id begins, so that none returns soon
 * @calls: sessions by (local, peer, local call ID); likewise
 * @drops: of the namespace, all sessions included
 * @reap: deletes the sessions that die with their owner
 * @objects: sessions whose memory is not yet freed; @drops lives at least as long
 * @count: sessions, under @lock
 * @dying: no new session, under @lock: the namespace or module is going
 */
struct kpptp_net {
	struct net *net;
	struct mutex lock; /* every change of sessions */
	struct xarray ids;
	u32 next_id;
	struct rhashtable calls;
	struct kpptp_drops drops;
	struct work_struct reap;
	atomic_t objects;
	unsigned int count;
	bool dying;
};

extern unsigned int kpptp_net_id;

/* The namespace's data; valid while the module is loaded. Any context. */
struct kpptp_net *kpptp_net(const struct net *net);

#endif /* KPPTP_H */
