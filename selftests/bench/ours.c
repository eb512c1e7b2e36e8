// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Tunnels of kpptp: ours NS_A NS_B MODE
 *
 * The same as intree.c by netlink: a device and a session each, kp0, kp1 and so
 * on, down and without addresses; all is gone when the input ends. With MODE mp one
 * device, kp0, and for each session an address there, from 10.0.0.0 on.
 *
 * Requests leave many at a time, as the kernel takes them: each answers for itself.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include <libmnl/libmnl.h>

#include "ends.h"
#include "nl/device.h"
#include "nl/kernel.h"
#include "nl/kmsg.h"
#include "nl/nlsock.h"
#include "nl/rtmsg.h"
#include "program.h"

/* Octets that may wait in a socket: four thousand sessions die with it at once. */
#define RCVBUF	(4 << 20)

#define MANY	64		/* requests in one system call */
#define ROOM	16384		/* octets, for them */
#define ANSWER_ROOM 1024	/* octets, for an answer */

#define INNER		0x0a000000	/* 10.0.0.0 */
#define FIRST_INDEX	100000u

static void put_mppe(struct nl_mppe *mppe, bool stateless, const uint8_t *key)
{
	mppe->bits = 128;
	mppe->stateless = stateless;
	memcpy(mppe->key, key, MPPE_KEY_LEN);
}

static void put_inner(struct nl_session *session, unsigned int i)
{
	uint32_t address = htonl(INNER + i);

	session->given |= NL_GIVEN(KPPTP_A_SESSION_INNER);
	session->inner_count = 1;
	session->inner[0].prefix.address.family = AF_INET;
	session->inner[0].prefix.bits = 32;
	memcpy(session->inner[0].prefix.address.octets, &address, sizeof(address));
}

static void describe(struct nl_session *session, const struct plan *plan,
		     const struct end *end, unsigned int i)
{
	*session = (struct nl_session){
		.given = NL_GIVEN(KPPTP_A_SESSION_LOCAL_ADDRESS) |
			 NL_GIVEN(KPPTP_A_SESSION_PEER_ADDRESS) |
			 NL_GIVEN(KPPTP_A_SESSION_LOCAL_CALL_ID) |
			 NL_GIVEN(KPPTP_A_SESSION_PEER_CALL_ID) |
			 NL_GIVEN(KPPTP_A_SESSION_IFINDEX) |
			 NL_GIVEN(KPPTP_A_SESSION_FLAGS),
		.local = end->local,
		.peer = end->peer,
		.local_call_id = (uint16_t)(end->local_call_id + i),
		.peer_call_id = (uint16_t)(end->peer_call_id + i),
		.flags = KPPTP_SESSION_FLAGS_UP | KPPTP_SESSION_FLAGS_DIE_WITH_OWNER,
	};
	if (plan->shared)
		put_inner(session, i);
	if (!plan->mppe)
		return;
	session->given |= NL_GIVEN(KPPTP_A_SESSION_MPPE_TX) | NL_GIVEN(KPPTP_A_SESSION_MPPE_RX);
	session->flags |= KPPTP_SESSION_FLAGS_REQUIRE_MPPE;
	put_mppe(&session->tx, plan->stateless, end->tx_key);
	put_mppe(&session->rx, plan->stateless, end->rx_key);
}

/* A netlink socket, and requests that have not left. */
struct channel {
	struct mnl_socket *mnl;
	unsigned int n;
	size_t len;
	uint8_t buf[ROOM] __attribute__((aligned(8)));
};

static void channel_open(struct channel *channel, int bus)
{
	int size = RCVBUF;

	memset(channel, 0, sizeof(*channel));
	channel->mnl = mnl_socket_open2(bus, SOCK_CLOEXEC);
	if (!channel->mnl || mnl_socket_bind(channel->mnl, 0, MNL_SOCKET_AUTOPID))
		die("cannot open a netlink socket");
	need(setsockopt(mnl_socket_get_fd(channel->mnl), SOL_SOCKET, SO_RCVBUFFORCE, &size,
			sizeof(size)), "SO_RCVBUFFORCE");
}

/* How many requests the messages in the buffer acknowledge. */
static unsigned int channel_acks(const uint8_t *buf, int left)
{
	const struct nlmsghdr *msg = (const struct nlmsghdr *)buf;
	const struct nlmsgerr *ack;
	unsigned int acks = 0;

	for (; mnl_nlmsg_ok(msg, left); msg = mnl_nlmsg_next(msg, &left)) {
		if (msg->nlmsg_type != NLMSG_ERROR)
			continue;
		ack = mnl_nlmsg_get_payload(msg);
		errno = -ack->error;
		if (errno)
			die("a request");
		acks++;
	}
	return acks;
}

/* Takes the answers that are there, or waits for one; how many requests they acknowledge. */
static unsigned int channel_receive(struct channel *channel)
{
	static uint8_t buf[MANY][ANSWER_ROOM] __attribute__((aligned(8)));
	struct mmsghdr answer[MANY] = { 0 };
	struct iovec iov[MANY];
	unsigned int acks = 0;
	int n, i;

	for (i = 0; i < MANY; i++) {
		iov[i] = (struct iovec){ .iov_base = buf[i], .iov_len = sizeof(buf[i]) };
		answer[i].msg_hdr = (struct msghdr){ .msg_iov = &iov[i], .msg_iovlen = 1 };
	}
	n = need(recvmmsg(mnl_socket_get_fd(channel->mnl), answer, MANY, MSG_WAITFORONE, NULL),
		 "netlink");
	for (i = 0; i < n; i++) {
		if (answer[i].msg_hdr.msg_flags & MSG_TRUNC)
			die("netlink: an answer of more than %d octets", ANSWER_ROOM);
		acks += channel_acks(buf[i], (int)answer[i].msg_len);
	}
	return acks;
}

static void channel_flush(struct channel *channel)
{
	if (!channel->n)
		return;
	need((int)mnl_socket_sendto(channel->mnl, channel->buf, channel->len), "netlink");
	while (channel->n)
		channel->n -= channel_receive(channel);
	channel->len = 0;
}

/* Where the next request goes, and how much room it has. */
static void *channel_next(struct channel *channel, size_t *room)
{
	if (channel->n == MANY || sizeof(channel->buf) - channel->len < RTMSG_ROOM)
		channel_flush(channel);
	*room = sizeof(channel->buf) - channel->len;
	return channel->buf + channel->len;
}

static void channel_add(struct channel *channel, struct nlmsghdr *msg)
{
	if (!msg)
		die("a request that cannot be expressed");
	msg->nlmsg_flags |= NLM_F_REQUEST | NLM_F_ACK;
	channel->len += MNL_ALIGN(msg->nlmsg_len);
	channel->n++;
}

/* Device kp@i, with the index @ifindex: who makes many must not ask for each. */
static void make_device(struct channel *route, const struct plan *plan, unsigned int i,
			uint32_t ifindex)
{
	struct nlmsghdr *msg;
	char name[16];
	size_t room;
	void *buf;

	snprintf(name, sizeof(name), "kp%u", i);
	buf = channel_next(route, &room);
	msg = rtmsg_link_new(buf, room, name, plan->shared ? DEVICE_MP : DEVICE_P2P);
	if (msg)
		((struct ifinfomsg *)mnl_nlmsg_get_payload(msg))->ifi_index = (int)ifindex;
	channel_add(route, msg);
}

static void make_session(struct channel *kernel, uint16_t family, const struct nl_session *session)
{
	size_t room;
	void *buf = channel_next(kernel, &room);

	channel_add(kernel, kmsg_session(buf, room, family, KPPTP_CMD_SESSION_NEW, false, session));
}

static void make_end(struct channel *kernel, uint16_t family, const struct plan *plan,
		     const struct end *end, unsigned int count)
{
	unsigned int i, devices = plan->shared ? 1 : count;
	struct nl_session session;
	struct channel route;

	channel_open(&route, NETLINK_ROUTE);
	for (i = 0; i < devices; i++)
		make_device(&route, plan, i, FIRST_INDEX + i);
	channel_flush(&route);
	mnl_socket_close(route.mnl);
	for (i = 0; i < count; i++) {
		describe(&session, plan, end, i);
		session.ifindex = FIRST_INDEX + (plan->shared ? 0 : i);
		make_session(kernel, family, &session);
	}
	channel_flush(kernel);
}

/* The sessions live as long as the socket that made them. */
static void make(struct plan *plan, unsigned int count)
{
	static struct channel channel[2];
	struct nl_error err = { 0 };
	struct kernel kernel;
	unsigned int side;

	for (side = 0; side < plan->ends; side++) {
		enter(plan->end[side].netns);
		errno = 0;
		if (kernel_open(&kernel, 0, &err))
			die("%s", err.text);
		kernel_close(&kernel);
		channel_open(&channel[side], NETLINK_GENERIC);
		make_end(&channel[side], kernel.family, plan, &plan->end[side], count);
	}
}

int main(int argc, char **argv)
{
	return tunnels_main(argc, argv, make);
}
