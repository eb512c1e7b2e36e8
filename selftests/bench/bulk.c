// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * TCP bulk: bulk NS_A NS_B ADDRESS CONNECTIONS
 *
 * Connects from NS_A to NS_B, to ADDRESS and the addresses that follow it, one
 * connection each. A command is a number of octets, which it sends over all of
 * them in equal parts; done when the last one was received. Both ends are in one
 * process, so that as little as possible of what is measured is the scheduler's:
 * what is sent is never touched (sendfile), what is received never copied
 * (MSG_TRUNC).
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <unistd.h>

#include "program.h"

#define PORT	5001
#define FILE_LEN (1024u * 1024u)
#define CHUNK	(256u * 1024u)

/* One connection: both ends, and what each still has to do. */
struct flow {
	int out;
	int in;
	uint64_t to_send;
	uint64_t to_receive;
};

struct bulk {
	struct flow *flow;
	unsigned int flows;
	unsigned int busy;	/* flows that have something to receive */
	int epoll;
	int file;
};

static int listen_all(void)
{
	struct sockaddr_in any = { .sin_family = AF_INET, .sin_port = htons(PORT) };
	int fd = need(socket(AF_INET, SOCK_STREAM, 0), "socket");

	need(bind(fd, (struct sockaddr *)&any, sizeof(any)), "bind");
	need(listen(fd, SOMAXCONN), "listen");
	return fd;
}

/* The descriptors are in the events with a mark which end it is. */
static void watch(struct bulk *bulk, unsigned int flow, int fd, uint32_t events)
{
	struct epoll_event event = {
		.events = events,
		.data.u64 = (uint64_t)flow << 32 | events,
	};

	need(epoll_ctl(bulk->epoll, EPOLL_CTL_MOD, fd, &event), "epoll_ctl");
}

static void adopt(struct bulk *bulk, int fd)
{
	struct epoll_event event = { 0 };

	need(epoll_ctl(bulk->epoll, EPOLL_CTL_ADD, fd, &event), "epoll_ctl");
}

static void connect_flow(struct bulk *bulk, unsigned int i, int listener, uint32_t address)
{
	struct sockaddr_in to = {
		.sin_family = AF_INET,
		.sin_port = htons(PORT),
		.sin_addr.s_addr = htonl(address + i),
	};
	struct flow *flow = &bulk->flow[i];

	flow->out = need(socket(AF_INET, SOCK_STREAM, 0), "socket");
	need(connect(flow->out, (struct sockaddr *)&to, sizeof(to)), "connect");
	flow->in = need(accept(listener, NULL, NULL), "accept");
	adopt(bulk, flow->out);
	adopt(bulk, flow->in);
}

/* Sends some more of one flow. */
static void feed(struct bulk *bulk, unsigned int i)
{
	struct flow *flow = &bulk->flow[i];
	off_t at = 0;
	ssize_t sent;

	sent = sendfile(flow->out, bulk->file, &at,
			flow->to_send < CHUNK ? flow->to_send : CHUNK);
	if (sent < 0 && errno == EAGAIN)
		return;
	need(sent < 0 ? -1 : 0, "sendfile");
	flow->to_send -= (uint64_t)sent;
	if (!flow->to_send)
		watch(bulk, i, flow->out, 0);
}

/* Receives what there is of one flow. */
static void drain(struct bulk *bulk, unsigned int i)
{
	static char nowhere[FILE_LEN];
	struct flow *flow = &bulk->flow[i];
	ssize_t got;

	got = recv(flow->in, nowhere, sizeof(nowhere), MSG_TRUNC | MSG_DONTWAIT);
	if (got < 0 && errno == EAGAIN)
		return;
	need(got < 0 ? -1 : 0, "recv");
	if (!got)
		die("the connection has ended");
	flow->to_receive -= (uint64_t)got;
	if (!flow->to_receive) {
		watch(bulk, i, flow->in, 0);
		bulk->busy--;
	}
}

static void begin(struct bulk *bulk, uint64_t octets)
{
	unsigned int i;

	for (i = 0; i < bulk->flows; i++) {
		bulk->flow[i].to_send = octets / bulk->flows + 1;
		bulk->flow[i].to_receive = bulk->flow[i].to_send;
		watch(bulk, i, bulk->flow[i].in, EPOLLIN);
		watch(bulk, i, bulk->flow[i].out, EPOLLOUT);
	}
	bulk->busy = bulk->flows;
}

static void transfer(struct bulk *bulk, uint64_t octets)
{
	struct epoll_event events[64];
	int n, i;

	begin(bulk, octets);
	while (bulk->busy) {
		n = epoll_wait(bulk->epoll, events, 64, -1);
		need(n, "epoll_wait");
		for (i = 0; i < n; i++) {
			unsigned int flow = events[i].data.u64 >> 32;

			if (events[i].data.u64 & EPOLLOUT)
				feed(bulk, flow);
			else
				drain(bulk, flow);
		}
	}
}

static void prepare(struct bulk *bulk, char **argv)
{
	struct in_addr address;
	unsigned int i;
	int listener;

	if (inet_pton(AF_INET, argv[3], &address) != 1)
		die("%s is no address", argv[3]);
	bulk->flows = (unsigned int)parse_number(argv[4], 1, "CONNECTIONS");
	bulk->flow = calloc(bulk->flows, sizeof(*bulk->flow));
	bulk->epoll = need(epoll_create1(0), "epoll_create1");
	bulk->file = need(memfd_create("bulk", 0), "memfd_create");
	need(ftruncate(bulk->file, FILE_LEN), "ftruncate");
	if (!bulk->flow)
		die("no memory");
	enter(argv[2]);
	listener = listen_all();
	enter(argv[1]);
	for (i = 0; i < bulk->flows; i++)
		connect_flow(bulk, i, listener, ntohl(address.s_addr));
	for (i = 0; i < bulk->flows; i++)
		need(fcntl(bulk->flow[i].out, F_SETFL, O_NONBLOCK), "fcntl");
}

int main(int argc, char **argv)
{
	struct bulk bulk = { 0 };
	uint64_t octets, start;

	if (argc != 5)
		die("usage: bulk NS_A NS_B ADDRESS CONNECTIONS");
	prepare(&bulk, argv);
	while (next_command(&octets)) {
		start = now_ns();
		transfer(&bulk, octets);
		answer(now_ns() - start);
	}
	return 0;
}
