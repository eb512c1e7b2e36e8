// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Packets that somebody makes up in the peer's name: forge KIND
 *
 * A command is how many of them go from 192.0.2.2 to the first tunnel's end at 192.0.2.1
 * (ends.h). KIND is what they are:
 *
 *	call	of a call that is not there
 *	clear	not encrypted
 *	noise	with the next coherency count, and octets that decrypt to nothing
 *	far	the same, with a count 2 000 ahead each time
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "program.h"

#define BATCH		64
#define LENGTH		100	/* octets of a packet, from GRE's header on */
#define GRE_LEN		12
#define CALL		1
#define NO_CALL		9999
#define FAR		2000
#define MPPE_FLAGS	0x9000	/* A and D: flushed, encrypted */
#define COUNT_MASK	0x0fff

struct forge {
	int fd;
	bool clear;
	uint16_t call;
	uint32_t step;		/* of number and count, a packet */
	uint32_t seq;
	uint16_t count;
	uint8_t packet[BATCH][LENGTH];
};

static void put16(uint8_t *p, uint32_t value)
{
	p[0] = value >> 8 & 0xff;
	p[1] = value & 0xff;
}

/* An enhanced GRE packet with a sequence number, RFC 2637 section 4.1. */
static void make(struct forge *forge, uint8_t packet[LENGTH])
{
	static const uint8_t head[] = { 0x30, 0x01, 0x88, 0x0b };
	uint8_t *frame = packet + GRE_LEN;

	forge->seq += forge->step;
	forge->count = (forge->count + forge->step) & COUNT_MASK;
	memset(packet, 0x5a, LENGTH);
	memcpy(packet, head, sizeof(head));
	put16(packet + 4, LENGTH - GRE_LEN);
	put16(packet + 6, forge->call);
	put16(packet + 8, forge->seq >> 16);
	put16(packet + 10, forge->seq);
	put16(frame, 0xff03);
	put16(frame + 2, forge->clear ? 0x0021 : 0x00fd);
	put16(frame + 4, MPPE_FLAGS | forge->count);
}

static void send_batch(struct forge *forge, unsigned int n)
{
	struct mmsghdr msg[BATCH] = { 0 };
	struct iovec part[BATCH];
	unsigned int i;

	for (i = 0; i < n; i++) {
		make(forge, forge->packet[i]);
		part[i] = (struct iovec){ forge->packet[i], LENGTH };
		msg[i].msg_hdr.msg_iov = &part[i];
		msg[i].msg_hdr.msg_iovlen = 1;
	}
	for (i = 0; i < n;)
		i += (unsigned int)need(sendmmsg(forge->fd, msg + i, n - i, 0), "sendmmsg");
}

static void choose(struct forge *forge, const char *kind)
{
	forge->call = CALL;
	forge->step = 1;
	if (!strcmp(kind, "call"))
		forge->call = NO_CALL;
	else if (!strcmp(kind, "clear"))
		forge->clear = true;
	else if (!strcmp(kind, "far"))
		forge->step = FAR;
	else if (strcmp(kind, "noise"))
		die("usage: forge call|clear|noise|far");
}

int main(int argc, char **argv)
{
	const struct sockaddr_in to = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = inet_addr("192.0.2.1"),
	};
	struct forge forge = { 0 };
	uint64_t count, start;

	choose(&forge, argc == 2 ? argv[1] : "");
	forge.fd = need(socket(AF_INET, SOCK_RAW, IPPROTO_GRE), "a raw socket");
	need(connect(forge.fd, (const struct sockaddr *)&to, sizeof(to)), "connect");
	while (next_command(&count)) {
		start = now_ns();
		for (; count; count -= count < BATCH ? count : BATCH)
			send_batch(&forge, count < BATCH ? (unsigned int)count : BATCH);
		answer(now_ns() - start);
	}
	return 0;
}
