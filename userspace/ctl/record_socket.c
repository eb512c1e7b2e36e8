// SPDX-License-Identifier: GPL-2.0-or-later
#include "record_socket.h"

#include <errno.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if_arp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "ctl.h"
#include "record_filter.h"

/* Octets that may wait for us. */
#define RECEIVE_BUFFER	4194304

bool record_socket_take_data(struct record_socket *sock, bool data)
{
	struct record_filter filter;

	if (data == sock->data)
		return true;
	record_filter_make(&filter, sock->peer, data);
	if (!record_filter_attach(sock->fd, &filter))
		return false;
	sock->data = data;
	return true;
}

/* Bound only when the filter is there, so that nothing else comes. */
static bool begin(struct record_socket *sock)
{
	const struct sockaddr_ll all = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_ALL),
	};
	int size = RECEIVE_BUFFER, one = 1;

	setsockopt(sock->fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
	return record_socket_take_data(sock, true) &&
	       !setsockopt(sock->fd, SOL_SOCKET, SO_TIMESTAMP, &one, sizeof(one)) &&
	       !bind(sock->fd, (const struct sockaddr *)&all, sizeof(all));
}

bool record_socket_open(struct record_socket *sock, struct in_addr peer)
{
	*sock = (struct record_socket){ .peer = peer };
	sock->fd = socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (sock->fd >= 0 && begin(sock))
		return true;
	if (errno == EPERM)
		ctl_fail("recording takes root");
	else
		ctl_fail("cannot listen to packets: %s", strerror(errno));
	return false;
}

void record_socket_close(struct record_socket *sock)
{
	if (sock->fd >= 0)
		close(sock->fd);
	sock->fd = -1;
}

/* FNV-1a; nobody gains by two packets that look the same. */
static uint64_t hash_of(const uint8_t *data, size_t len)
{
	uint64_t hash = 0xcbf29ce484222325;
	size_t i;

	for (i = 0; i < len; i++)
		hash = (hash ^ data[i]) * 0x100000001b3;
	return hash;
}

/*
 * A bridge, a bond and their ports all show the same packet. One that comes again on
 * the device where it was seen first is the sender's own repetition.
 */
static bool seen_elsewhere(struct record_socket *sock, int ifindex, uint64_t hash)
{
	const struct record_seen *seen;
	unsigned int i;

	for (i = 0; i < RECORD_SOCKET_SEEN; i++) {
		seen = &sock->seen[i];
		if (seen->ifindex && seen->hash == hash)
			return seen->ifindex != ifindex;
	}
	sock->seen[sock->next] = (struct record_seen){ .ifindex = ifindex, .hash = hash };
	sock->next = (sock->next + 1) % RECORD_SOCKET_SEEN;
	return false;
}

/* The loopback device shows each packet twice: as it leaves and as it comes. */
static bool wanted(const struct sockaddr_ll *from)
{
	return from->sll_protocol == htons(ETH_P_IP) &&
	       !(from->sll_hatype == ARPHRD_LOOPBACK && from->sll_pkttype == PACKET_OUTGOING);
}

static void read_time(struct msghdr *msg, struct timeval *when)
{
	struct cmsghdr *cmsg;

	gettimeofday(when, NULL);
	for (cmsg = CMSG_FIRSTHDR(msg); cmsg; cmsg = CMSG_NXTHDR(msg, cmsg)) {
		if (cmsg->cmsg_level == SOL_SOCKET && cmsg->cmsg_type == SCM_TIMESTAMP)
			memcpy(when, CMSG_DATA(cmsg), sizeof(*when));
	}
}

ssize_t record_socket_read(struct record_socket *sock, uint8_t *packet, size_t room,
			   struct timeval *when)
{
	uint8_t control[CMSG_SPACE(sizeof(struct timeval))] __attribute__((aligned(8)));
	struct sockaddr_ll from = { 0 };
	struct iovec iov = { .iov_base = packet, .iov_len = room };
	struct msghdr msg = {
		.msg_name = &from,
		.msg_namelen = sizeof(from),
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	ssize_t len = recvmsg(sock->fd, &msg, 0);

	/* A device that went down is no reason to end. */
	if (len < 0)
		return errno == ENETDOWN || errno == EINTR ? 0 : -1;
	read_time(&msg, when);
	if (!wanted(&from) || seen_elsewhere(sock, from.sll_ifindex, hash_of(packet, len)))
		return 0;
	return len;
}

unsigned int record_socket_lost(const struct record_socket *sock)
{
	struct tpacket_stats stats = { 0 };
	socklen_t len = sizeof(stats);

	getsockopt(sock->fd, SOL_PACKET, PACKET_STATISTICS, &stats, &len);
	return stats.tp_drops;
}
