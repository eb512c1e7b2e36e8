/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A netlink socket, used by pptpctl (ask, wait) and kpptpd (event driven).
 *
 * The rule: generic netlink and rtnetlink do the work of a request inside
 * send(2), so its answer is in the socket's queue when send(2) returns, and a
 * dump is continued inside recv(2). nlsock_talk() therefore never sleeps for
 * longer than the kernel works, needs no time-out, and may be called from an
 * event loop. An answer that is not there has been lost because the queue was
 * full; that is the error ENOBUFS.
 *
 * What the kernel says by itself (events, PPP frames) may stand in the queue
 * before an answer. nlsock_talk() keeps such messages, at most
 * NLSOCK_KEEP_MAX, for nlsock_receive(); the file descriptor does not become
 * readable for them, so an event loop asks nlsock_kept() after its requests.
 */
#ifndef NL_NLSOCK_H
#define NL_NLSOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "types.h"

#define NLSOCK_KEEP_MAX	1024

/* What to say when the kernel does not know the family or the kind "kpptp". */
#define NLSOCK_NO_MODULE "the kpptp module is not loaded, run modprobe kpptp"

struct nlmsghdr;
struct nlsock;

/* A message: @len octets from @msg on are there, nlmsg_len is not more. */
typedef int (*nlsock_message_fn)(const struct nlmsghdr *msg, size_t len, void *arg);

/*
 * Opens a socket for @bus (NETLINK_GENERIC, NETLINK_ROUTE) with extended acks.
 * @rcvbuf: octets that may wait in its queue, 0: the system's default.
 * Returns NULL and says why in @err. The caller closes it.
 */
struct nlsock *nlsock_open(int bus, size_t rcvbuf, struct nl_error *err);
void nlsock_close(struct nlsock *sock);

/* Never read or written but through this file. Non-blocking. */
int nlsock_fd(const struct nlsock *sock);

/* The socket's address, as session reports name the owner. */
uint32_t nlsock_port(const struct nlsock *sock);

/*
 * Sends @request (complete but for sequence number and NLM_F_REQUEST, NLM_F_ACK)
 * and calls @fn, which may be NULL, for each message of the answer. @fn stops
 * the exchange by a negative errno. Returns 0, or a negative errno with @err
 * filled from the kernel's extended ack.
 */
int nlsock_talk(struct nlsock *sock, struct nlmsghdr *request,
		nlsock_message_fn fn, void *arg, struct nl_error *err);

/*
 * Hands at most @max unsolicited messages to @fn, without waiting. Returns how
 * many, 0 when there are none; -ENOBUFS when the kernel or NLSOCK_KEEP_MAX has
 * dropped some (reported once, call again for those that are left); another
 * negative errno when the socket is unusable.
 */
int nlsock_receive(struct nlsock *sock, unsigned int max,
		   nlsock_message_fn fn, void *arg);

/* Something waits that poll(2) does not know of. */
bool nlsock_kept(const struct nlsock *sock);

/*
 * Looks up a generic netlink family by name, loading its module when the
 * kernel can. Returns 0 with its number, or a negative errno (-ENOENT: no such
 * family).
 */
int nlsock_family(struct nlsock *sock, const char *name, uint16_t *family,
		  struct nl_error *err);

/* Joins a multicast group of a generic netlink family. 0 or a negative errno. */
int nlsock_join(struct nlsock *sock, const char *family, const char *group,
		struct nl_error *err);

/*
 * Joins multicast group @number of the bus itself, as RTNLGRP_LINK. Messages that
 * another program's request caused carry its number, so nlsock_receive() passes
 * them over; that the socket was readable tells that something has changed.
 */
int nlsock_join_bus(struct nlsock *sock, uint32_t number, struct nl_error *err);

/* Fills @err with an error of our own; returns -@code. */
int nlsock_refuse(struct nl_error *err, int code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

#endif /* NL_NLSOCK_H */
