// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Packets as a network card delivers them: inject DEVICE LENGTH ADDRESS FLOWS [RATE]
 *
 * A command is a number of UDP packets of LENGTH octets that arrive at DEVICE in
 * batches of 64 as from one NAPI poll, each to the next of FLOWS addresses from
 * ADDRESS on; RATE packets a second, or as fast as it goes. The system has them
 * forwarded.
 *
 * The generator is the kernel's: BPF_PROG_TEST_RUN with live frames runs an XDP
 * program once a packet, which writes the headers and passes it up the stack.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/bpf.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "program.h"

#define ETH_LEN		14
#define HDR_LEN		(ETH_LEN + 20 + 8)
#define ROOM		4096
#define BATCH		64
#define AT_ID		(ETH_LEN + 4)
#define AT_CSUM		(ETH_LEN + 10)
#define AT_DST_LOW	(ETH_LEN + 18)
#define PORT		9	/* discard */
#define INSNS_MAX	64

struct inject {
	uint8_t packet[ROOM];
	uint32_t len;		/* with Ethernet header */
	uint32_t ifindex;
	uint16_t dst_low;	/* low half of the first address */
	uint32_t flows;
	uint64_t rate;		/* packets a second, 0: no limit */
	int prog;
};

static int bpf(int cmd, union bpf_attr *attr)
{
	return (int)syscall(SYS_bpf, cmd, attr, sizeof(*attr));
}

/* RFC 1071. */
static uint16_t checksum(const uint8_t *p, size_t len)
{
	uint32_t sum = 0;
	size_t i;

	for (i = 0; i < len; i += 2)
		sum += (uint32_t)p[i] << 8 | p[i + 1];
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

static void put16(uint8_t *p, uint32_t value)
{
	p[0] = value >> 8 & 0xff;
	p[1] = value & 0xff;
}

/* The headers of the first flow's packets; from 10.3.0.1, which no one answers. */
static void template(struct inject *inject, struct in_addr to, uint32_t ip_len)
{
	static const uint8_t mac[ETH_LEN] = {
		2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0 };
	static const uint8_t from[] = { 10, 3, 0, 1 };
	uint8_t *ip = inject->packet + ETH_LEN;

	memcpy(inject->packet, mac, sizeof(mac));
	ip[0] = 0x45;
	put16(ip + 2, ip_len);
	put16(ip + 4, 0xffff);
	ip[8] = 64;
	ip[9] = IPPROTO_UDP;
	memcpy(ip + 12, from, sizeof(from));
	memcpy(ip + 16, &to, sizeof(to));
	put16(ip + 10, checksum(ip, 20));
	put16(ip + 20, PORT);
	put16(ip + 22, PORT);
	put16(ip + 24, ip_len - 20);
	inject->len = ETH_LEN + ip_len;
	inject->dst_low = (uint16_t)(ip[18] << 8 | ip[19]);
}

/* A BPF program in the making. */
struct code {
	struct bpf_insn insn[INSNS_MAX];
	uint32_t n;
};

static void emit(struct code *code, uint8_t op, uint8_t dst, uint8_t src, int16_t off,
		 int32_t imm)
{
	if (code->n == INSNS_MAX)
		die("the BPF program is too long");
	code->insn[code->n++] = (struct bpf_insn){
		.code = op, .dst_reg = dst & 15, .src_reg = src & 15, .off = off, .imm = imm };
}

static void emit_load64(struct code *code, uint8_t dst, uint8_t src, uint64_t value)
{
	emit(code, BPF_LD | BPF_IMM | BPF_DW, dst, src, 0, (int32_t)value);
	emit(code, 0, 0, 0, 0, (int32_t)(value >> 32));
}

/* r6 becomes the number of the packet's flow: one more than the last, or 0. */
static void emit_next_flow(struct code *code, int map, uint32_t flows)
{
	emit_load64(code, BPF_REG_5, BPF_PSEUDO_MAP_VALUE, (uint32_t)map);
	emit(code, BPF_LDX | BPF_MEM | BPF_W, BPF_REG_6, BPF_REG_5, 0, 0);
	emit(code, BPF_ALU64 | BPF_ADD | BPF_K, BPF_REG_6, 0, 0, 1);
	emit(code, BPF_JMP | BPF_JLT | BPF_K, BPF_REG_6, 0, 1, (int32_t)flows);
	emit(code, BPF_ALU64 | BPF_MOV | BPF_K, BPF_REG_6, 0, 0, 0);
	emit(code, BPF_STX | BPF_MEM | BPF_W, BPF_REG_5, BPF_REG_6, 0, 0);
}

/* Writes r7, made a big-endian half-word, at @off of the packet. */
static void emit_put16(struct code *code, int16_t off)
{
	emit(code, BPF_ALU | BPF_END | BPF_TO_BE, BPF_REG_7, 0, 0, 16);
	emit(code, BPF_STX | BPF_MEM | BPF_H, BPF_REG_2, BPF_REG_7, off, 0);
}

/*
 * The page of a packet that was forwarded comes back with whatever that has left
 * in it, so each packet gets all of its headers. The identification falls as the
 * address rises, which keeps the header checksum.
 */
static void emit_headers(struct code *code, const struct inject *inject)
{
	uint64_t word;
	int16_t at;

	for (at = 0; at + 8 <= HDR_LEN; at += 8) {
		memcpy(&word, inject->packet + at, 8);
		emit_load64(code, BPF_REG_7, 0, word);
		emit(code, BPF_STX | BPF_MEM | BPF_DW, BPF_REG_2, BPF_REG_7, at, 0);
	}
	emit(code, BPF_ST | BPF_MEM | BPF_H, BPF_REG_2, 0, at, 0);
	emit(code, BPF_ALU64 | BPF_MOV | BPF_X, BPF_REG_7, BPF_REG_6, 0, 0);
	emit(code, BPF_ALU64 | BPF_ADD | BPF_K, BPF_REG_7, 0, 0, inject->dst_low);
	emit_put16(code, AT_DST_LOW);
	emit(code, BPF_ALU64 | BPF_MOV | BPF_K, BPF_REG_7, 0, 0, 0xffff);
	emit(code, BPF_ALU64 | BPF_SUB | BPF_X, BPF_REG_7, BPF_REG_6, 0, 0);
	emit_put16(code, AT_ID);
}

static void build(struct code *code, const struct inject *inject, int map)
{
	uint32_t bounds;

	emit(code, BPF_LDX | BPF_MEM | BPF_W, BPF_REG_2, BPF_REG_1, 0, 0);
	emit(code, BPF_LDX | BPF_MEM | BPF_W, BPF_REG_3, BPF_REG_1, 4, 0);
	emit(code, BPF_ALU64 | BPF_MOV | BPF_X, BPF_REG_4, BPF_REG_2, 0, 0);
	emit(code, BPF_ALU64 | BPF_ADD | BPF_K, BPF_REG_4, 0, 0, HDR_LEN);
	emit(code, BPF_ALU64 | BPF_MOV | BPF_K, BPF_REG_0, 0, 0, XDP_DROP);
	bounds = code->n;
	emit(code, BPF_JMP | BPF_JGT | BPF_X, BPF_REG_4, BPF_REG_3, 0, 0);
	emit_next_flow(code, map, inject->flows);
	emit_headers(code, inject);
	emit(code, BPF_ALU64 | BPF_MOV | BPF_K, BPF_REG_0, 0, 0, XDP_PASS);
	emit(code, BPF_JMP | BPF_EXIT, 0, 0, 0, 0);
	code->insn[bounds].off = (int16_t)(code->n - bounds - 2);
}

static int make_map(void)
{
	union bpf_attr attr = {
		.map_type = BPF_MAP_TYPE_ARRAY,
		.key_size = 4,
		.value_size = 4,
		.max_entries = 1,
	};

	return need(bpf(BPF_MAP_CREATE, &attr), "BPF_MAP_CREATE");
}

static int load(const struct inject *inject)
{
	static char log[16384];
	struct code code = { .n = 0 };
	union bpf_attr attr = {
		.prog_type = BPF_PROG_TYPE_XDP,
		.license = (uintptr_t)"GPL",
		.insns = (uintptr_t)code.insn,
		.log_level = 1,
		.log_buf = (uintptr_t)log,
		.log_size = sizeof(log),
	};
	int fd;

	build(&code, inject, make_map());
	attr.insn_cnt = code.n;
	fd = bpf(BPF_PROG_LOAD, &attr);
	if (fd < 0)
		die("BPF_PROG_LOAD: %s", log);
	return fd;
}

/* @count packets, as fast as it goes. */
static void run(const struct inject *inject, uint64_t count)
{
	struct xdp_md context = {
		.data_end = inject->len,
		.ingress_ifindex = inject->ifindex,
	};
	union bpf_attr attr = {
		.test = {
			.prog_fd = (uint32_t)inject->prog,
			.data_in = (uintptr_t)inject->packet,
			.data_size_in = inject->len,
			.ctx_in = (uintptr_t)&context,
			.ctx_size_in = sizeof(context),
			.flags = BPF_F_TEST_XDP_LIVE_FRAMES,
			.repeat = (uint32_t)count,
			.batch_size = BATCH,
		},
	};

	if (count > UINT32_MAX)
		die("%llu packets are too many", (unsigned long long)count);
	need(bpf(BPF_PROG_TEST_RUN, &attr), "BPF_PROG_TEST_RUN");
}

static void wait_until(uint64_t ns)
{
	struct timespec ts = {
		.tv_sec = (time_t)(ns / 1000000000u),
		.tv_nsec = (long)(ns % 1000000000u),
	};

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &ts, NULL) == EINTR)
		;
}

/* @count packets at the rate, in steps of a millisecond. */
static void run_paced(const struct inject *inject, uint64_t count)
{
	uint64_t step = inject->rate / 1000;
	uint64_t start = now_ns();
	uint64_t done = 0;

	while (done < count) {
		wait_until(start + done * 1000000000u / inject->rate);
		run(inject, step);
		done += step;
	}
}

int main(int argc, char **argv)
{
	struct inject inject = { 0 };
	uint64_t count, start;
	struct in_addr to;

	if (argc < 5 || argc > 6)
		die("usage: inject DEVICE LENGTH ADDRESS FLOWS [RATE]");
	inject.ifindex = if_nametoindex(argv[1]);
	if (!inject.ifindex)
		die("%s", argv[1]);
	if (inet_pton(AF_INET, argv[3], &to) != 1)
		die("%s is no address", argv[3]);
	inject.flows = (uint32_t)parse_number(argv[4], 1, "FLOWS");
	inject.rate = argc == 6 ? parse_number(argv[5], 1000, "RATE") : 0;
	template(&inject, to, (uint32_t)parse_number(argv[2], HDR_LEN - ETH_LEN, "LENGTH"));
	inject.prog = load(&inject);
	while (next_command(&count)) {
		start = now_ns();
		if (inject.rate)
			run_paced(&inject, count);
		else
			run(&inject, count);
		answer(now_ns() - start);
	}
	return 0;
}
