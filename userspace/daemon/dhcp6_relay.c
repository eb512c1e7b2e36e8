// SPDX-License-Identifier: GPL-2.0-or-later
#include <arpa/inet.h>
#include <errno.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <uthash.h>

#include "allowance.h"
#include "dhcp6_relay.h"
#include "lib/log.h"
#include "nl/nlsock.h"
#include "nl/route.h"
#include "proto/dhcp6.h"

/* All_DHCP_Relay_Agents_and_Servers (RFC 8415 section 7.1) */
#define DHCP6_GROUP	"ff02::1:2"

/*
 * Messages of one host: so many at once, and one more in each interval. A host
 * that repeats as it should (section 15) stays far below.
 */
#define DHCP6_CLIENT_BURST	20
#define DHCP6_CLIENT_INTERVAL	500	/* ms */

#define DHCP6_EXCHANGES		16	/* of one host that may be under way */
#define DHCP6_BATCH		16	/* messages of one round */

struct dhcp6_relay {
	struct loop *loop;
	struct nlsock *route;
	struct dhcp6_relay_config cfg;
	int fd;			/* -1: not open now */
	struct loop_source *io;
	struct delegations delegations;
	struct dhcp6_client *by_ifindex;
	struct dhcp6_client *by_interface;
};

/* A message of a host that was relayed: its answer is awaited. */
struct dhcp6_exchange {
	enum dhcp6_type type;	/* 0: none */
	uint32_t xid;
	struct in6_addr peer;
};

/**
 * struct dhcp6_client - one host
 * @interface: Interface-Id: the user, and which of his sessions it is
 * @fd: -1: it is not heard
 * @timer: the next prefix expires
 * @allowance: of messages
 * @next: of @exchange, that is used next
 */
struct dhcp6_client {
	struct dhcp6_relay *relay;
	uint32_t ifindex;
	struct in6_addr network;
	struct delegations_holder holder;
	char *user;
	char interface[DHCP6_INTERFACE_MAX];
	int fd;
	struct loop_source *io;
	struct loop_source *timer;
	struct allowance allowance;
	struct dhcp6_exchange exchange[DHCP6_EXCHANGES];
	unsigned int next;
	UT_hash_handle hh;
	UT_hash_handle hh_interface;
};

static struct rtroute dhcp6_route(const struct rtroute_prefix *prefix, uint32_t ifindex)
{
	return (struct rtroute){
		.dst = *prefix,
		.ifindex = ifindex,
		.protocol = RTROUTE_PROTOCOL,
		.type = RTN_UNICAST,
	};
}

static void dhcp6_unroute(struct dhcp6_relay *relay, const struct rtroute_prefix *prefix,
			  uint32_t ifindex)
{
	struct rtroute route = dhcp6_route(prefix, ifindex);
	struct nl_error err;
	char text[64];

	/* Where the device has lost IPv6, the kernel was first. */
	if (route_del(relay->route, &route, &err) < 0)
		log_debug("cannot remove the route to %s: %s", rtroute_prefix_text(prefix, text),
			  err.text);
}

static void dhcp6_client_wait(struct dhcp6_client *client)
{
	loop_timer_set(client->timer, delegations_deadline(&client->holder));
}

/* Removes what has expired at @now. */
static void dhcp6_client_expire(struct dhcp6_client *client, uint64_t now)
{
	struct dhcp6_relay *relay = client->relay;
	struct rtroute_prefix prefix;
	char text[64];

	while (delegations_expire(&relay->delegations, &client->holder, now, &prefix)) {
		dhcp6_unroute(relay, &prefix, client->ifindex);
		log_info("%s is not delegated to %s any more",
			 rtroute_prefix_text(&prefix, text), client->user);
	}
	dhcp6_client_wait(client);
}

/* loop_fn */
static void dhcp6_client_on_timer(void *arg)
{
	dhcp6_client_expire(arg, loop_now());
}

static void dhcp6_client_drop(struct dhcp6_client *client, const struct rtroute_prefix *prefix)
{
	struct dhcp6_relay *relay = client->relay;
	char text[64];

	if (!delegations_drop(&relay->delegations, &client->holder, prefix))
		return;
	dhcp6_unroute(relay, prefix, client->ifindex);
	log_info("%s has given up %s", client->user, rtroute_prefix_text(prefix, text));
}

/* The prefix is the client's, and is routed to it. */
static void dhcp6_client_route(struct dhcp6_client *client, const struct rtroute_prefix *prefix)
{
	struct rtroute route = dhcp6_route(prefix, client->ifindex);
	struct dhcp6_relay *relay = client->relay;
	struct nl_error err;
	char text[64];

	rtroute_prefix_text(prefix, text);
	if (route_add(relay->route, &route, &err) == 0) {
		log_info("%s is delegated to %s", text, client->user);
		return;
	}
	log_warning("no route to %s, which is delegated to %s: %s", text, client->user, err.text);
	delegations_drop(&relay->delegations, &client->holder, prefix);
}

static void dhcp6_client_take(struct dhcp6_client *client, const struct rtroute_prefix *prefix,
			      uint64_t expires)
{
	struct dhcp6_relay *relay = client->relay;
	struct delegations_holder *former = NULL;
	char text[64];

	rtroute_prefix_text(prefix, text);
	switch (delegations_take(&relay->delegations, &client->holder, prefix, expires, &former)) {
	case DELEGATIONS_MOVED:
		dhcp6_unroute(relay, prefix, former->ifindex);
		dhcp6_client_route(client, prefix);
		break;
	case DELEGATIONS_NEW:
		dhcp6_client_route(client, prefix);
		break;
	case DELEGATIONS_KEPT:
		break;
	case DELEGATIONS_FOREIGN:
		log_limited(LOG_LEVEL_WARNING,
			    "%s is not routed to %s: it is delegated to another user", text,
			    client->user);
		break;
	case DELEGATIONS_FULL:
		log_limited(LOG_LEVEL_WARNING, "%s is not routed to %s: it has %d prefixes", text,
			    client->user, DELEGATIONS_MAX);
		break;
	}
}

static struct rtroute_prefix dhcp6_route_prefix(const struct dhcp6_prefix *prefix)
{
	struct rtroute_prefix to = { .address.family = AF_INET6, .bits = prefix->bits };

	memcpy(to.address.octets, &prefix->prefix, sizeof(prefix->prefix));
	return to;
}

/* One prefix of a Reply that says what the host has from now on. */
static void dhcp6_client_confirm(struct dhcp6_client *client, const struct dhcp6_prefix *given)
{
	struct rtroute_prefix prefix = dhcp6_route_prefix(given);
	uint64_t expires = DELEGATIONS_NEVER;
	char text[64];

	if (!given->valid) {
		dhcp6_client_drop(client, &prefix);
		return;
	}
	if (!rtroute_prefix_covers(&client->relay->cfg.delegate, &prefix)) {
		log_limited(LOG_LEVEL_WARNING,
			    "%s is not routed to %s: [ipv6] delegate does not allow it",
			    rtroute_prefix_text(&prefix, text), client->user);
		return;
	}
	if (given->valid != DHCP6_INFINITE)
		expires = loop_now() + (uint64_t)given->valid * 1000;
	dhcp6_client_take(client, &prefix, expires);
}

/* Of this message, or NULL. */
static struct dhcp6_exchange *dhcp6_client_exchange(struct dhcp6_client *client, uint32_t xid)
{
	unsigned int i;

	for (i = 0; i < DHCP6_EXCHANGES; i++) {
		if (client->exchange[i].type && client->exchange[i].xid == xid)
			return &client->exchange[i];
	}
	return NULL;
}

/* A message that is relayed is remembered; a repeated one is so already. */
static void dhcp6_client_remember(struct dhcp6_client *client, const struct dhcp6_message *msg,
				  const struct in6_addr *peer)
{
	struct dhcp6_exchange *exchange = dhcp6_client_exchange(client, msg->xid);

	if (!exchange) {
		exchange = &client->exchange[client->next];
		client->next = (client->next + 1) % DHCP6_EXCHANGES;
	}
	exchange->type = msg->type;
	exchange->xid = msg->xid;
	exchange->peer = *peer;
}

static void dhcp6_relay_disconnect(struct dhcp6_relay *relay)
{
	loop_source_free(relay->io);
	relay->io = NULL;
	if (relay->fd >= 0)
		close(relay->fd);
	relay->fd = -1;
}

/* Our address towards the server, as the system's routes have it now. False with errno. */
static bool dhcp6_relay_source(const struct dhcp6_relay *relay, struct sockaddr_in6 *source)
{
	socklen_t len = sizeof(*source);
	bool good;
	int fd;

	*source = (struct sockaddr_in6){ .sin6_family = AF_INET6,
					 .sin6_addr = relay->cfg.source };
	if (!IN6_IS_ADDR_UNSPECIFIED(&relay->cfg.source))
		return true;
	fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return false;
	good = connect(fd, (const struct sockaddr *)&relay->cfg.server,
		       sizeof(relay->cfg.server)) == 0 &&
	       getsockname(fd, (struct sockaddr *)source, &len) == 0;
	close(fd);
	return good;
}

static void dhcp6_relay_on_io(void *arg, unsigned int events);

/* Relay agents answer and are answered at the port of servers (section 7.2). */
static bool dhcp6_relay_connect(struct dhcp6_relay *relay)
{
	struct sockaddr_in6 source;
	int one = 1;

	if (relay->fd >= 0)
		return true;
	if (!dhcp6_relay_source(relay, &source))
		return false;
	source.sin6_port = htons(DHCP6_SERVER_PORT);
	relay->fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (relay->fd < 0)
		return false;
	if (setsockopt(relay->fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, &one, sizeof(one)) == 0 &&
	    bind(relay->fd, (const struct sockaddr *)&source, sizeof(source)) == 0 &&
	    connect(relay->fd, (const struct sockaddr *)&relay->cfg.server,
		    sizeof(relay->cfg.server)) == 0) {
		errno = ENOMEM;
		relay->io = loop_io(relay->loop, relay->fd, LOOP_READ, dhcp6_relay_on_io, relay);
	}
	return relay->io;
}

/* A message that is lost is repeated by the host. */
static void dhcp6_relay_send(struct dhcp6_relay *relay, const uint8_t *data, size_t len)
{
	char text[INET6_ADDRSTRLEN];
	int error;

	if (dhcp6_relay_connect(relay) && send(relay->fd, data, len, MSG_NOSIGNAL) >= 0)
		return;
	error = errno;
	dhcp6_relay_disconnect(relay);
	inet_ntop(AF_INET6, &relay->cfg.server.sin6_addr, text, sizeof(text));
	log_limited(LOG_LEVEL_WARNING, "cannot reach the DHCPv6 server %s: %s", text,
		    strerror(error));
}

static void dhcp6_client_forward(struct dhcp6_client *client, const struct in6_addr *peer,
				 const uint8_t *message, size_t len)
{
	struct dhcp6_relayed relayed = {
		.link = client->network,
		.peer = *peer,
		.interface = (const uint8_t *)client->interface,
		.interface_len = strlen(client->interface),
		.message = message,
		.message_len = len,
	};
	uint8_t out[DHCP6_RELAY_MAX];

	dhcp6_relay_send(client->relay, out, dhcp6_relay_forward(&relayed, out));
}

/* What it gives back is routed no more, whether the server hears of it or not. */
static void dhcp6_client_release(struct dhcp6_client *client, const struct dhcp6_message *msg)
{
	unsigned int i;

	for (i = 0; i < msg->prefix_n; i++) {
		struct rtroute_prefix prefix = dhcp6_route_prefix(&msg->prefix[i]);

		dhcp6_client_drop(client, &prefix);
	}
	dhcp6_client_wait(client);
}

/* A host asks from its link-local address (section 17). */
static void dhcp6_client_take_message(struct dhcp6_client *client, const struct in6_addr *from,
				      const uint8_t *data, size_t len)
{
	struct dhcp6_message msg;

	if (!allowance_take(&client->allowance, loop_now())) {
		log_limited(LOG_LEVEL_INFO, "%s sends more DHCPv6 messages than it may",
			    client->user);
		return;
	}
	if (!client->relay->cfg.server.sin6_family || !IN6_IS_ADDR_LINKLOCAL(from))
		return;
	if (!dhcp6_from_client(data, len, &msg)) {
		log_limited(LOG_LEVEL_INFO, "%s sends a DHCPv6 message that is no client's",
			    client->user);
		return;
	}
	dhcp6_client_remember(client, &msg, from);
	if (msg.type == DHCP6_RELEASE)
		dhcp6_client_release(client, &msg);
	dhcp6_client_forward(client, from, data, len);
}

/* Of what it does not want it reads one octet too much, so that it is too long. */
static bool dhcp6_client_receive(struct dhcp6_client *client)
{
	uint8_t data[DHCP6_MESSAGE_MAX + 1];
	struct sockaddr_in6 from = { 0 };
	socklen_t len = sizeof(from);
	ssize_t n;

	n = recvfrom(client->fd, data, sizeof(data), MSG_DONTWAIT, (struct sockaddr *)&from, &len);
	if (n < 0)
		return false;
	dhcp6_client_take_message(client, &from.sin6_addr, data, (size_t)n);
	return true;
}

static void dhcp6_client_on_io(void *arg, unsigned int events)
{
	unsigned int i;

	(void)events;
	for (i = 0; i < DHCP6_BATCH && dhcp6_client_receive(arg); i++)
		;
}

static void dhcp6_client_send(struct dhcp6_client *client, const struct in6_addr *peer,
			      const uint8_t *message, size_t len)
{
	struct sockaddr_in6 to = {
		.sin6_family = AF_INET6,
		.sin6_port = htons(DHCP6_CLIENT_PORT),
		.sin6_addr = *peer,
		.sin6_scope_id = client->ifindex,
	};

	if (sendto(client->fd, message, len, MSG_NOSIGNAL, (const struct sockaddr *)&to,
		   sizeof(to)) < 0)
		log_limited(LOG_LEVEL_INFO, "cannot send a DHCPv6 message to %s: %s",
			    client->user, strerror(errno));
}

/* Routes first, so that the host can use at once what it is told. */
static void dhcp6_client_answer(struct dhcp6_client *client, const struct dhcp6_relayed *relayed,
				const struct dhcp6_message *msg)
{
	const struct dhcp6_exchange *exchange = dhcp6_client_exchange(client, msg->xid);
	unsigned int i;

	/* The server begins with a Reconfigure itself, which assigns nothing. */
	if (msg->type != DHCP6_RECONFIGURE &&
	    (!exchange || !IN6_ARE_ADDR_EQUAL(&exchange->peer, &relayed->peer)))
		return;
	if (msg->type == DHCP6_REPLY && dhcp6_assigns(exchange->type)) {
		for (i = 0; i < msg->prefix_n; i++)
			dhcp6_client_confirm(client, &msg->prefix[i]);
		dhcp6_client_wait(client);
	}
	dhcp6_client_send(client, &relayed->peer, relayed->message, relayed->message_len);
}

static void dhcp6_relay_take(struct dhcp6_relay *relay, const uint8_t *data, size_t len)
{
	struct dhcp6_client *client = NULL;
	struct dhcp6_relayed relayed;
	struct dhcp6_message msg;

	if (!dhcp6_relay_reply(data, len, &relayed) ||
	    !dhcp6_from_server(relayed.message, relayed.message_len, &msg)) {
		log_limited(LOG_LEVEL_WARNING, "the DHCPv6 server sends a malformed message");
		return;
	}
	HASH_FIND(hh_interface, relay->by_interface, relayed.interface, relayed.interface_len,
		  client);
	if (client && client->fd >= 0 && IN6_IS_ADDR_LINKLOCAL(&relayed.peer))
		dhcp6_client_answer(client, &relayed, &msg);
}

/* The device that a message came through, 0: unknown. */
static uint32_t dhcp6_ifindex(struct msghdr *msg)
{
	struct cmsghdr *control;
	struct in6_pktinfo info;

	for (control = CMSG_FIRSTHDR(msg); control; control = CMSG_NXTHDR(msg, control)) {
		if (control->cmsg_level != IPPROTO_IPV6 || control->cmsg_type != IPV6_PKTINFO)
			continue;
		memcpy(&info, CMSG_DATA(control), sizeof(info));
		return info.ipi6_ifindex;
	}
	return 0;
}

/* True: there may be more. */
static bool dhcp6_relay_receive(struct dhcp6_relay *relay)
{
	uint8_t room[CMSG_SPACE(sizeof(struct in6_pktinfo))] __attribute__((aligned(8)));
	uint8_t data[DHCP6_RELAY_MAX];
	struct iovec to = { .iov_base = data, .iov_len = sizeof(data) };
	struct msghdr msg = { .msg_iov = &to, .msg_iovlen = 1, .msg_control = room,
			      .msg_controllen = sizeof(room) };
	struct dhcp6_client *client;
	uint32_t ifindex;
	ssize_t n;

	n = recvmsg(relay->fd, &msg, MSG_DONTWAIT);
	if (n < 0 && errno == ECONNREFUSED)
		log_limited(LOG_LEVEL_WARNING, "nobody listens at the DHCPv6 server's port");
	if (n < 0)
		return errno == ECONNREFUSED;
	ifindex = dhcp6_ifindex(&msg);
	HASH_FIND(hh, relay->by_ifindex, &ifindex, sizeof(ifindex), client);
	if (client)
		log_limited(LOG_LEVEL_WARNING, "%s pretends to be the DHCPv6 server",
			    client->user);
	else if (ifindex)
		dhcp6_relay_take(relay, data, (size_t)n);
	return true;
}

static void dhcp6_relay_on_io(void *arg, unsigned int events)
{
	unsigned int i;

	(void)events;
	for (i = 0; i < DHCP6_BATCH && dhcp6_relay_receive(arg); i++)
		;
}

struct dhcp6_relay *dhcp6_relay_open(struct loop *loop, struct nlsock *route)
{
	struct dhcp6_relay *relay = calloc(1, sizeof(*relay));

	if (!relay)
		return NULL;
	relay->loop = loop;
	relay->route = route;
	relay->fd = -1;
	return relay;
}

void dhcp6_relay_close(struct dhcp6_relay *relay)
{
	if (!relay)
		return;
	dhcp6_relay_disconnect(relay);
	free(relay);
}

void dhcp6_relay_set(struct dhcp6_relay *relay, const struct dhcp6_relay_config *cfg)
{
	dhcp6_relay_disconnect(relay);
	relay->cfg = *cfg;
}

/*
 * A socket that is bound to the group on one device hears what is sent to that
 * group there, and nothing else; a server on this machine can have its own beside
 * it. False with errno.
 */
static bool dhcp6_client_listen(struct dhcp6_client *client)
{
	struct sockaddr_in6 group = {
		.sin6_family = AF_INET6,
		.sin6_port = htons(DHCP6_SERVER_PORT),
		.sin6_scope_id = client->ifindex,
	};
	struct ipv6_mreq join = { .ipv6mr_interface = client->ifindex };

	inet_pton(AF_INET6, DHCP6_GROUP, &group.sin6_addr);
	join.ipv6mr_multiaddr = group.sin6_addr;
	client->fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (client->fd < 0 ||
	    bind(client->fd, (const struct sockaddr *)&group, sizeof(group)) < 0 ||
	    setsockopt(client->fd, IPPROTO_IPV6, IPV6_JOIN_GROUP, &join, sizeof(join)) < 0)
		return false;
	errno = ENOMEM;
	client->io = loop_io(client->relay->loop, client->fd, LOOP_READ, dhcp6_client_on_io,
			     client);
	return client->io;
}

static void dhcp6_client_deafen(struct dhcp6_client *client)
{
	loop_source_free(client->io);
	client->io = NULL;
	if (client->fd >= 0)
		close(client->fd);
	client->fd = -1;
}

/*
 * "USER/N", N as low as can be: who has one session has the same Interface-Id each
 * time, by which the server can know the user. Only the last "/" separates.
 */
static void dhcp6_client_name(struct dhcp6_client *client)
{
	struct dhcp6_client *other;
	unsigned int n = 0;
	size_t len;

	do {
		snprintf(client->interface, sizeof(client->interface), "%s/%u", client->user, ++n);
		len = strlen(client->interface);
		HASH_FIND(hh_interface, client->relay->by_interface, client->interface, len,
			  other);
	} while (other);
	HASH_ADD(hh_interface, client->relay->by_interface, interface[0], len, client);
}

struct dhcp6_client *dhcp6_client_new(struct dhcp6_relay *relay, const struct dhcp6_host *host)
{
	struct dhcp6_client *client = calloc(1, sizeof(*client));

	if (!client)
		return NULL;
	client->relay = relay;
	client->ifindex = host->ifindex;
	client->network = host->network;
	client->fd = -1;
	allowance_init(&client->allowance, DHCP6_CLIENT_BURST, DHCP6_CLIENT_INTERVAL, loop_now());
	client->user = strdup(host->user);
	client->timer = loop_timer(relay->loop, dhcp6_client_on_timer, client);
	if (!client->user || !client->timer) {
		loop_source_free(client->timer);
		free(client->user);
		free(client);
		return NULL;
	}
	client->holder.user = client->user;
	client->holder.ifindex = client->ifindex;
	HASH_ADD(hh, relay->by_ifindex, ifindex, sizeof(client->ifindex), client);
	dhcp6_client_name(client);
	if (relay->cfg.server.sin6_family && !dhcp6_client_listen(client)) {
		log_warning("no DHCPv6 for %s: %s", client->user, strerror(errno));
		dhcp6_client_deafen(client);
	}
	return client;
}

void dhcp6_client_free(struct dhcp6_client *client)
{
	if (!client)
		return;
	dhcp6_client_expire(client, DELEGATIONS_NEVER);
	dhcp6_client_deafen(client);
	loop_source_free(client->timer);
	HASH_DELETE(hh, client->relay->by_ifindex, client);
	HASH_DELETE(hh_interface, client->relay->by_interface, client);
	free(client->user);
	free(client);
}

unsigned int dhcp6_client_prefixes(const struct dhcp6_client *client,
				   struct rtroute_prefix prefix[DELEGATIONS_MAX])
{
	return client ? delegations_list(&client->holder, prefix) : 0;
}
