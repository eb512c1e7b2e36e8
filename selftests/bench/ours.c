// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Tunnels of kpptp: ours NS_A NS_B MODE
 *
 * The same as intree.c by netlink: a device and a session each, kp0, kp1 and so
 * on, down and without addresses; all is gone when the input ends. With MODE mp one
 * device, kp0, and for each session an address there, from 10.0.0.0 on.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/netlink.h>
#include <stdio.h>
#include <string.h>

#include "ends.h"
#include "nl/device.h"
#include "nl/kernel.h"
#include "nl/nlsock.h"
#include "program.h"

/* Octets that may wait in a socket: four thousand sessions die with it at once. */
#define RCVBUF	(4u << 20)

#define INNER	0x0a000000	/* 10.0.0.0 */

static void check(int ret, const struct nl_error *err, const char *what)
{
	errno = 0;
	if (ret)
		die("%s: %s %s", what, err->text, err->attr);
}

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

/* For session @i the device, if it is the first one or has one of its own. */
static void make_device(struct nlsock *route, const struct plan *plan, unsigned int i,
			struct rtmsg_link *link)
{
	struct nl_error err;
	char name[16];

	if (plan->shared && i)
		return;
	snprintf(name, sizeof(name), "kp%u", i);
	check(device_add(route, plan->shared ? DEVICE_MP : DEVICE_P2P, name, link, &err), &err,
	      name);
}

static void make_all(struct kernel *kernel, struct nlsock *route, const struct plan *plan,
		     const struct end *end, unsigned int count)
{
	struct rtmsg_link link = { 0 };
	struct nl_session session;
	struct nl_error err;
	unsigned int i;

	for (i = 0; i < count; i++) {
		make_device(route, plan, i, &link);
		describe(&session, plan, end, i);
		session.ifindex = link.ifindex;
		check(kernel_session_new(kernel, &session, &err), &err, link.name);
	}
}

static void make(struct plan *plan, unsigned int count)
{
	struct nl_error err = { 0 };
	struct nlsock *route;
	struct kernel kernel;
	unsigned int side;

	for (side = 0; side < plan->ends; side++) {
		enter(plan->end[side].netns);
		check(kernel_open(&kernel, RCVBUF, &err), &err, "kpptp");
		route = nlsock_open(NETLINK_ROUTE, 0, &err);
		check(route ? 0 : -1, &err, "rtnetlink");
		make_all(&kernel, route, plan, &plan->end[side], count);
		/* The sessions live as long as the socket of the family. */
		nlsock_close(route);
	}
}

int main(int argc, char **argv)
{
	return tunnels_main(argc, argv, make);
}
