/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A DHCPINFORM through a tunnel's device, for what the server has not said by IPCP;
 * repeated until it is answered, a few times.
 *
 * The port of DHCP clients is bound for the time of the question only, on this device
 * only, and shared with whoever shares it too: clients for other networks of this
 * machine keep theirs.
 */
#ifndef DAEMON_DHCP4_CLIENT_H
#define DAEMON_DHCP4_CLIENT_H

#include <netinet/in.h>
#include <stdint.h>

#include "loop.h"
#include "proto/dhcp4.h"

struct dhcp4_query;

/* @got: NULL: nobody has answered. The query can be freed in the call, or later. */
typedef void (*dhcp4_query_fn)(void *arg, const struct dhcp4_got *got);

/*
 * Asks on the device @ifindex, where our address is @local, and calls @fn once with
 * @arg, not before it has returned. NULL with errno.
 */
struct dhcp4_query *dhcp4_query_new(struct loop *loop, uint32_t ifindex, struct in_addr local,
				    dhcp4_query_fn fn, void *arg);

/* Whatever comes later is not heard. NULL is fine. */
void dhcp4_query_free(struct dhcp4_query *query);

#endif /* DAEMON_DHCP4_CLIENT_H */
