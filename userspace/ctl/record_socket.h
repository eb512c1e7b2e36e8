/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A packet socket for pptpctl record: IPv4 packets of all devices, each once. */
#ifndef CTL_RECORD_SOCKET_H
#define CTL_RECORD_SOCKET_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/time.h>

#define RECORD_SOCKET_SEEN	16

/* Where a packet was seen; of one that is the same elsewhere only the first is taken. */
struct record_seen {
	int ifindex;
	uint64_t hash;
};

/**
 * struct record_socket - an open socket
 * @peer: 0.0.0.0: everybody
 * @data: data and acknowledgements come as well
 * @seen: the last packets, @next is the oldest
 */
struct record_socket {
	int fd;
	struct in_addr peer;
	bool data;
	struct record_seen seen[RECORD_SOCKET_SEEN];
	unsigned int next;
};

/* Nothing is received yet. False with a message; close it in any case. */
bool record_socket_open(struct record_socket *sock, struct in_addr peer);
void record_socket_close(struct record_socket *sock);

/* False with errno. */
bool record_socket_take_data(struct record_socket *sock, bool data);

/*
 * A packet of at most @room octets into @packet. Its octets, 0: what came is not of
 * use, -1: nothing waits, or an error with another errno than EAGAIN.
 */
ssize_t record_socket_read(struct record_socket *sock, uint8_t *packet, size_t room,
			   struct timeval *when);

/* Packets that were lost since the last call, because we were too slow. */
unsigned int record_socket_lost(const struct record_socket *sock);

#endif /* CTL_RECORD_SOCKET_H */
