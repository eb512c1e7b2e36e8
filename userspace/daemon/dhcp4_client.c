// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#include "dhcp4_client.h"

/*
 * The first wait, and how often: doubled each time, as in RFC 2131 section 4.1. It
 * begins with less than the 4 s there: nobody else is on the link to collide with, and
 * the server may have opened its end of it after ours.
 */
#define DHCP4_QUERY_WAIT	1000	/* ms */
#define DHCP4_QUERY_TRIES	5

#define DHCP4_QUERY_BATCH	16	/* messages of one round */
#define DHCP4_QUERY_ROOM	1500	/* octets of an answer; more are no message */

#define DHCP4_QUERY_HTYPE	1	/* Ethernet (RFC 1700): what servers know */

struct dhcp4_query {
	int fd;
	struct loop_source *io;
	struct loop_source *timer;
	unsigned int tries;
	uint64_t wait;
	struct dhcp4_inform inform;
	dhcp4_query_fn fn;
	void *arg;
};

/* It is over, one way or the other. May free @query. */
static void dhcp4_query_end(struct dhcp4_query *query, const struct dhcp4_got *got)
{
	loop_timer_set(query->timer, LOOP_NEVER);
	loop_source_free(query->io);
	query->io = NULL;
	query->fn(query->arg, got);
}

/* What is lost, or cannot be sent now, is sent again. */
static void dhcp4_query_send(const struct dhcp4_query *query)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(DHCP4_SERVER_PORT),
				  .sin_addr.s_addr = htonl(INADDR_BROADCAST) };
	uint8_t out[DHCP4_MESSAGE_MAX];
	size_t len = dhcp4_inform_write(&query->inform, out);

	(void)!sendto(query->fd, out, len, MSG_NOSIGNAL, (const struct sockaddr *)&to,
		      sizeof(to));
}

static void dhcp4_query_on_timer(void *arg)
{
	struct dhcp4_query *query = arg;

	if (query->tries++ == DHCP4_QUERY_TRIES) {
		dhcp4_query_end(query, NULL);
		return;
	}
	dhcp4_query_send(query);
	loop_timer_set(query->timer, loop_now() + query->wait);
	query->wait *= 2;
}

/* Answers for others come by the same port; only ours counts. */
static void dhcp4_query_on_io(void *arg, unsigned int events)
{
	struct dhcp4_query *query = arg;
	uint8_t data[DHCP4_QUERY_ROOM];
	struct sockaddr_in from = { 0 };
	struct dhcp4_got got;
	unsigned int i;

	(void)events;
	for (i = 0; i < DHCP4_QUERY_BATCH; i++) {
		socklen_t len = sizeof(from);
		ssize_t n = recvfrom(query->fd, data, sizeof(data), MSG_DONTWAIT,
				     (struct sockaddr *)&from, &len);

		if (n < 0)
			return;
		if (from.sin_port == htons(DHCP4_SERVER_PORT) &&
		    dhcp4_ack_read(data, (size_t)n, &query->inform, &got)) {
			dhcp4_query_end(query, &got);
			return;
		}
	}
}

/* The device before the port: without it the port would be everybody's. */
static bool dhcp4_query_bind(int fd, uint32_t ifindex)
{
	struct sockaddr_in any = { .sin_family = AF_INET, .sin_port = htons(DHCP4_CLIENT_PORT) };
	int device = (int)ifindex, one = 1;

	return setsockopt(fd, SOL_SOCKET, SO_BINDTOIFINDEX, &device, sizeof(device)) == 0 &&
	       setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) == 0 &&
	       setsockopt(fd, SOL_SOCKET, SO_BROADCAST, &one, sizeof(one)) == 0 &&
	       bind(fd, (const struct sockaddr *)&any, sizeof(any)) == 0;
}

/*
 * Servers want a hardware address, and PPP has none: it is a locally administered one,
 * made of the address, which nobody else on the link has.
 */
static bool dhcp4_query_begin(struct dhcp4_query *query, struct in_addr local)
{
	struct dhcp4_inform *inform = &query->inform;

	inform->wanted = DHCP4_ROUTES | DHCP4_MS_ROUTES;
	inform->address = local;
	inform->htype = DHCP4_QUERY_HTYPE;
	inform->hlen = 6;
	inform->chaddr[0] = 2;
	memcpy(&inform->chaddr[2], &local, sizeof(local));
	return getrandom(&inform->xid, sizeof(inform->xid), 0) == sizeof(inform->xid);
}

static bool dhcp4_query_open(struct dhcp4_query *query, struct loop *loop, uint32_t ifindex)
{
	query->fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (query->fd < 0 || !dhcp4_query_bind(query->fd, ifindex))
		return false;
	errno = ENOMEM;
	query->io = loop_io(loop, query->fd, LOOP_READ, dhcp4_query_on_io, query);
	query->timer = loop_timer(loop, dhcp4_query_on_timer, query);
	return query->io && query->timer;
}

struct dhcp4_query *dhcp4_query_new(struct loop *loop, uint32_t ifindex, struct in_addr local,
				    dhcp4_query_fn fn, void *arg)
{
	struct dhcp4_query *query = calloc(1, sizeof(*query));

	if (!query)
		return NULL;
	query->fd = -1;
	query->wait = DHCP4_QUERY_WAIT;
	query->fn = fn;
	query->arg = arg;
	if (!dhcp4_query_begin(query, local) || !dhcp4_query_open(query, loop, ifindex)) {
		dhcp4_query_free(query);
		return NULL;
	}
	loop_timer_set(query->timer, loop_now());
	return query;
}

void dhcp4_query_free(struct dhcp4_query *query)
{
	int saved = errno;

	if (!query)
		return;
	loop_source_free(query->io);
	loop_source_free(query->timer);
	if (query->fd >= 0)
		close(query->fd);
	free(query);
	errno = saved;
}
