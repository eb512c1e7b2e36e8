// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Tunnels of the in-tree driver: intree NS_A NS_B MODE
 *
 * A command is how many to make, at both ends, or in NS_A alone where NS_B is "-".
 * MODE is none, stateless or stateful (MPPE of 128 bits). They are left as pppd
 * leaves them with its pptp plugin: PPPoX socket, channel, unit, MRU, compressor
 * with its keys, and CCP opened by a Configure-Ack each way, because that is what
 * starts the compressors. The devices are ppp0, ppp1 and so on, down and without
 * addresses; all is gone when the input ends.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_pppox.h>
#include <linux/ppp-comp.h>
#include <linux/ppp-ioctl.h>
#include <linux/ppp_defs.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "ends.h"
#include "program.h"

#define CI_MPPE_LEN	6
#define MPPE_H		0x01	/* first octet: stateless */
#define MPPE_S		0x40	/* last octet: 128 bits */
#define ANSWER_MS	10000

/* One end of a tunnel: what pppd has open of it. */
struct link {
	int socket;
	int channel;
	int unit;
};

static int open_socket(const struct end *end, unsigned int i)
{
	struct sockaddr_pppox to = {
		.sa_family = AF_PPPOX,
		.sa_protocol = PX_PROTO_PPTP,
	};
	int fd = need(socket(AF_PPPOX, SOCK_STREAM, PX_PROTO_PPTP), "a PPTP socket");

	to.sa_addr.pptp.sin_addr = end->local;
	to.sa_addr.pptp.call_id = (uint16_t)(end->local_call_id + i);
	need(bind(fd, (struct sockaddr *)&to, sizeof(to)), "bind a PPTP socket");
	to.sa_addr.pptp.sin_addr = end->peer;
	to.sa_addr.pptp.call_id = (uint16_t)(end->peer_call_id + i);
	need(connect(fd, (struct sockaddr *)&to, sizeof(to)), "connect a PPTP socket");
	return fd;
}

static int open_ppp(void)
{
	return need(open("/dev/ppp", O_RDWR | O_NONBLOCK | O_CLOEXEC), "/dev/ppp");
}

static void open_link(struct link *link, const struct end *end, unsigned int i)
{
	int channel, unit = -1;
	int mru = TUNNEL_MTU;

	link->socket = open_socket(end, i);
	need(ioctl(link->socket, PPPIOCGCHAN, &channel), "PPPIOCGCHAN");
	link->channel = open_ppp();
	need(ioctl(link->channel, PPPIOCATTCHAN, &channel), "PPPIOCATTCHAN");
	link->unit = open_ppp();
	need(ioctl(link->unit, PPPIOCNEWUNIT, &unit), "PPPIOCNEWUNIT");
	need(ioctl(link->channel, PPPIOCCONNECT, &unit), "PPPIOCCONNECT");
	need(ioctl(link->unit, PPPIOCSMRU, &mru), "PPPIOCSMRU");
}

static void set_flags(const struct link *link, int flags)
{
	need(ioctl(link->unit, PPPIOCSFLAGS, &flags), "PPPIOCSFLAGS");
}

/* MPPE's option of CCP, and the key behind it as ppp_mppe wants it. */
static void put_option(uint8_t *option, bool stateless, const uint8_t *key)
{
	memset(option, 0, CI_MPPE_LEN);
	option[0] = CI_MPPE;
	option[1] = CI_MPPE_LEN;
	option[2] = stateless ? MPPE_H : 0;
	option[5] = MPPE_S;
	if (key)
		memcpy(option + CI_MPPE_LEN, key, MPPE_KEY_LEN);
}

static void set_compressor(const struct link *link, bool stateless, const uint8_t *key,
			   int transmit)
{
	uint8_t option[CI_MPPE_LEN + MPPE_KEY_LEN];
	struct ppp_option_data data = {
		.ptr = option,
		.length = sizeof(option),
		.transmit = transmit,
	};

	put_option(option, stateless, key);
	need(ioctl(link->unit, PPPIOCSCOMPRESS, &data), "PPPIOCSCOMPRESS");
}

/* The peer is told that its MPPE was agreed to, and the kernel listens. */
static void send_ack(const struct link *link, bool stateless)
{
	uint8_t frame[6 + CI_MPPE_LEN] = { PPP_CCP >> 8, PPP_CCP & 0xff, 2, 1, 0,
					   4 + CI_MPPE_LEN };

	put_option(frame + 6, stateless, NULL);
	need((int)write(link->unit, frame, sizeof(frame)), "send a Configure-Ack");
}

/* What arrives at the unit has passed the kernel's own look at it. */
static void await_ack(const struct link *link)
{
	struct pollfd one = { .fd = link->unit, .events = POLLIN };
	uint8_t frame[64];

	if (need(poll(&one, 1, ANSWER_MS), "poll") == 0)
		die("the Configure-Ack does not arrive");
	need((int)read(link->unit, frame, sizeof(frame)), "read a Configure-Ack");
}

static void open_ccp(struct link *link, const struct end *end, bool stateless)
{
	unsigned int side;

	for (side = 0; side < 2; side++) {
		set_flags(&link[side], SC_CCP_OPEN);
		set_compressor(&link[side], stateless, end[side].tx_key, 1);
		set_compressor(&link[side], stateless, end[side].rx_key, 0);
	}
	for (side = 0; side < 2; side++)
		send_ack(&link[side], stateless);
	for (side = 0; side < 2; side++) {
		await_ack(&link[side]);
		set_flags(&link[side], SC_CCP_OPEN | SC_CCP_UP | SC_MUST_COMP);
	}
}

static void make(struct plan *plan, unsigned int count)
{
	struct link (*links)[2] = calloc(count, sizeof(*links));
	unsigned int side, i;

	if (!links)
		die("no memory");
	for (side = 0; side < plan->ends; side++) {
		enter(plan->end[side].netns);
		for (i = 0; i < count; i++)
			open_link(&links[i][side], &plan->end[side], i);
	}
	for (i = 0; plan->mppe && i < count; i++)
		open_ccp(links[i], plan->end, plan->stateless);
	free(links);
}

int main(int argc, char **argv)
{
	return tunnels_main(argc, argv, make);
}
