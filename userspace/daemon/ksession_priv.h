/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The inside of the kernel's sessions, for the files that they consist of:
 *
 *	ksession_demand.c	a device that is there before its call
 *	ksession_sweep.c	what a former daemon has left, to remove
 *	ksession_adopt.c	what a former daemon has left, to go on with
 *	ksession.c		all the rest
 */
#ifndef DAEMON_KSESSION_PRIV_H
#define DAEMON_KSESSION_PRIV_H

#include <uthash.h>

#include "ksession.h"
#include "lib/policy.h"

struct ksessions {
	struct kernel kernel;
	struct nlsock *route;
	struct ksession *by_id;
	struct loop_source *io;
	struct loop_source *later;
};

struct ksession {
	struct ksessions *ks;
	uint32_t id;
	uint16_t call_id;
	uint32_t ifindex;	/* 0: no device */
	bool shared;		/* a multipoint device, not ours alone */
	char device[IF_NAMESIZE];
	struct in_addr local;
	struct in_addr remote;
	struct in6_addr link_local;	/* ::: none */
	bool ipv6_denied;	/* to every device, by the administrator */
	bool hear_routers;
	unsigned int mtu_max;
	unsigned int mtu;	/* the device's, or what passes of a shared one */
	unsigned int routes_n;
	struct rtroute_prefix routes[POLICY_ROUTES_MAX];	/* of a shared device */
	bool gone;		/* the kernel has deleted it */
	bool seen;		/* during ksessions_resync() */
	const struct ksession_ops *ops;
	void *arg;
	UT_hash_handle hh;
};

/* Messages that came between a request and its answer wake no descriptor. */
void ksessions_kept(struct ksessions *ks);

/* An interface identifier of eight octets as link-local address (RFC 5072 section 5). */
struct in6_addr ksession_link_local(const uint8_t *id);

/* The prefix of one host. */
struct rtroute_prefix ksession_host(struct in_addr address);

/* What the session can carry: the device's MTU follows, unless it is shared. */
void ksession_set_mtu(struct ksession *s, unsigned int mtu);

/* Removes a session and a device, 0: there is none, and says so where that fails. */
void ksession_remove(struct ksessions *ks, uint32_t id, uint32_t ifindex);

/* Makes the session that @session describes, and fills in what the kernel chose. */
struct ksession *ksession_add(struct ksessions *ks, struct nl_session *session,
			      const struct ksession_ops *ops, void *arg,
			      struct nl_error *err);

/*
 * The device is up before the session is, or the first packets of the peer
 * would find it down. Without a session in state "up", or one that waits for demand,
 * it has no carrier.
 */
int ksession_make_device(struct ksession *s, const struct ksession_network *net,
			 struct nl_error *err);

#endif /* DAEMON_KSESSION_PRIV_H */
