// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Forward jumps are written with the mark TAKE or DROP in place of the distance,
 * which is known when the program has its end.
 */
#include "record_filter.h"

#include <sys/socket.h>

#define TAKE	254
#define DROP	255

#define LENGTH_MAX	65535

static void add(struct record_filter *filter, unsigned short code, uint32_t k)
{
	filter->code[filter->n++] = (struct sock_filter){ .code = code, .k = k };
}

static void jump(struct record_filter *filter, unsigned short code, uint32_t k,
		 unsigned char yes, unsigned char no)
{
	filter->code[filter->n++] =
		(struct sock_filter){ .code = BPF_JMP | BPF_K | code, .jt = yes, .jf = no, .k = k };
}

/* To the octets after the IPv4 header in X; no later fragment goes on. */
static void add_ip(struct record_filter *filter)
{
	add(filter, BPF_LD | BPF_B | BPF_ABS, 0);
	add(filter, BPF_ALU | BPF_AND | BPF_K, 0xf0);
	jump(filter, BPF_JEQ, 0x40, 0, DROP);
	add(filter, BPF_LD | BPF_H | BPF_ABS, 6);
	jump(filter, BPF_JSET, 0x1fff, DROP, 0);
	add(filter, BPF_LDX | BPF_B | BPF_MSH, 0);
}

static void add_peer(struct record_filter *filter, struct in_addr peer)
{
	if (!peer.s_addr)
		return;
	add(filter, BPF_LD | BPF_W | BPF_ABS, 12);
	jump(filter, BPF_JEQ, ntohl(peer.s_addr), 2, 0);
	add(filter, BPF_LD | BPF_W | BPF_ABS, 16);
	jump(filter, BPF_JEQ, ntohl(peer.s_addr), 0, DROP);
}

/* Five instructions; what is not TCP goes on after them. */
static void add_tcp(struct record_filter *filter)
{
	add(filter, BPF_LD | BPF_B | BPF_ABS, 9);
	jump(filter, BPF_JEQ, IPPROTO_TCP, 0, 4);
	add(filter, BPF_LD | BPF_H | BPF_IND, 0);
	jump(filter, BPF_JEQ, 1723, TAKE, 0);
	add(filter, BPF_LD | BPF_H | BPF_IND, 2);
	jump(filter, BPF_JEQ, 1723, TAKE, DROP);
}

/* If @bit of the GRE flags is set, X grows by the field of four octets. */
static void add_field(struct record_filter *filter, uint32_t bit)
{
	add(filter, BPF_LD | BPF_MEM, 0);
	jump(filter, BPF_JSET, bit, 0, 3);
	add(filter, BPF_MISC | BPF_TXA, 0);
	add(filter, BPF_ALU | BPF_ADD | BPF_K, 4);
	add(filter, BPF_MISC | BPF_TAX, 0);
}

/*
 * A PPP protocol number of one octet, which is odd, or one below 0x8000 is data (RFC
 * 1661 section 2). Octets that are not there end the program, and the packet with it.
 */
static void add_control_only(struct record_filter *filter)
{
	add(filter, BPF_LD | BPF_H | BPF_IND, 0);
	add(filter, BPF_ST, 0);
	jump(filter, BPF_JSET, 0x1000, 0, DROP);
	add_field(filter, 0x1000);
	add_field(filter, 0x0080);
	add(filter, BPF_LD | BPF_H | BPF_IND, 8);
	jump(filter, BPF_JEQ, 0xff03, 0, 3);
	add(filter, BPF_MISC | BPF_TXA, 0);
	add(filter, BPF_ALU | BPF_ADD | BPF_K, 2);
	add(filter, BPF_MISC | BPF_TAX, 0);
	add(filter, BPF_LD | BPF_B | BPF_IND, 8);
	jump(filter, BPF_JSET, 0x01, DROP, 0);
	jump(filter, BPF_JSET, 0x80, TAKE, DROP);
}

/* The last two instructions, and the distances to them. */
static void add_end(struct record_filter *filter)
{
	unsigned short take = filter->n, drop = filter->n + 1, i;

	for (i = 0; i < take; i++) {
		struct sock_filter *code = &filter->code[i];

		if (BPF_CLASS(code->code) != BPF_JMP)
			continue;
		if (code->jt >= TAKE)
			code->jt = (code->jt == TAKE ? take : drop) - i - 1;
		if (code->jf >= TAKE)
			code->jf = (code->jf == TAKE ? take : drop) - i - 1;
	}
	add(filter, BPF_RET | BPF_K, LENGTH_MAX);
	add(filter, BPF_RET | BPF_K, 0);
}

void record_filter_make(struct record_filter *filter, struct in_addr peer, bool data)
{
	filter->n = 0;
	add_ip(filter);
	add_peer(filter, peer);
	add_tcp(filter);
	add(filter, BPF_LD | BPF_B | BPF_ABS, 9);
	jump(filter, BPF_JEQ, IPPROTO_GRE, 0, DROP);
	add(filter, BPF_LD | BPF_H | BPF_IND, 2);
	jump(filter, BPF_JEQ, 0x880b, 0, DROP);
	if (!data)
		add_control_only(filter);
	add_end(filter);
}

bool record_filter_attach(int fd, const struct record_filter *filter)
{
	struct sock_fprog program = {
		.len = filter->n,
		.filter = (struct sock_filter *)filter->code,
	};

	return !setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program));
}
