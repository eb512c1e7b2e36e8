/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Answers to the DHCPINFORM of hosts at the other ends of sessions: routes above all,
 * which IPCP cannot give them.
 *
 * One raw socket for all, bound to the address 255.255.255.255, which is where such
 * hosts ask. It takes no port, so that a DHCP server for other networks of this
 * machine has it as if there were no kpptpd; and it hears nothing of what is for a
 * single address, so that it costs the data of sessions nothing.
 */
#ifndef DAEMON_DHCP4_SERVER_H
#define DAEMON_DHCP4_SERVER_H

#include <netinet/in.h>
#include <stdint.h>

#include "loop.h"
#include "proto/dhcp4.h"

struct dhcp4_host;
struct dhcp4_server;

/**
 * struct dhcp4_host_config - the other end of a session
 * @ifindex: the device that it is heard on
 * @address: its address there, as it was agreed
 * @user: whose it is. Copied
 * @given: what it is given
 */
struct dhcp4_host_config {
	uint32_t ifindex;
	struct in_addr address;
	const char *user;
	struct dhcp4_given given;
};

/* Opens the socket, which takes CAP_NET_RAW. NULL with errno. */
struct dhcp4_server *dhcp4_server_open(struct loop *loop);

/* No hosts may be left. NULL is fine. */
void dhcp4_server_close(struct dhcp4_server *server);

/* Answers the host from now on. @server may not be NULL. NULL: no memory. */
struct dhcp4_host *dhcp4_host_new(struct dhcp4_server *server,
				  const struct dhcp4_host_config *cfg);

/* NULL is fine. */
void dhcp4_host_free(struct dhcp4_host *host);

/* As it is known by. */
struct in_addr dhcp4_host_address(const struct dhcp4_host *host);

/* How often it was answered. NULL: never. */
unsigned int dhcp4_host_answers(const struct dhcp4_host *host);

#endif /* DAEMON_DHCP4_SERVER_H */
