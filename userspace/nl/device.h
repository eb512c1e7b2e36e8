/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Our network devices and their addresses, through a NETLINK_ROUTE
 * socket. None of the functions sleeps (see nlsock.h). All return 0 or a
 * negative errno with a sentence in @err.
 */
#ifndef NL_DEVICE_H
#define NL_DEVICE_H

#include "rtmsg.h"
#include "types.h"

struct nlsock;

/* Kinds of devices: for one session, and for many. */
#define DEVICE_P2P	"kpptp"
#define DEVICE_MP	"kpptp-mp"

/*
 * Makes a device of @kind, down. @name: its name, or a template with one
 * "%d" for which the kernel finds a free number. @link tells what was made.
 */
int device_add(struct nlsock *sock, const char *kind, const char *name,
	       struct rtmsg_link *link, struct nl_error *err);

/* Finds a device of any kind by name; -ENODEV: there is none. */
int device_get(struct nlsock *sock, const char *name, struct rtmsg_link *link,
	       struct nl_error *err);

/* Sets what @change has, by ifindex. */
int device_set(struct nlsock *sock, uint32_t ifindex,
	       const struct rtmsg_change *change, struct nl_error *err);

/* Removes a device; the kernel deletes what sessions it has with it. */
int device_del(struct nlsock *sock, uint32_t ifindex, struct nl_error *err);

int device_address_add(struct nlsock *sock, const struct rtmsg_address *address,
		       struct nl_error *err);

/* One that device_address_add() was given. */
int device_address_del(struct nlsock *sock, const struct rtmsg_address *address,
		       struct nl_error *err);

/* The device @ifindex answers ARP requests for @address, or does not any more. */
int device_proxy_add(struct nlsock *sock, uint32_t ifindex, struct in_addr address,
		     struct nl_error *err);
int device_proxy_del(struct nlsock *sock, uint32_t ifindex, struct in_addr address,
		     struct nl_error *err);

int device_address6_add(struct nlsock *sock, const struct rtmsg_address6 *address,
			struct nl_error *err);

/* One that device_address6_add() was given. */
int device_address6_del(struct nlsock *sock, const struct rtmsg_address6 *address,
			struct nl_error *err);

#endif /* NL_DEVICE_H */
