// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * make bench-core: how long kernel/core takes for RC4 and for MPPE, beside one
 * stream at a time, which is how the in-tree driver works, and beside the RC4 of
 * nettle and OpenSSL.
 *
 * Everything is measured in rounds of all rows in turn, so that a machine that
 * changes its speed favours none; the figure is the median of the rounds.
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include <nettle/arcfour.h>
#include <openssl/rc4.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/mppe.h"
#include "core/rc4.h"

#define ROUNDS_MAX	101
#define PACKET		1402u	/* what MPPE encrypts of an inner packet of 1400 */
#define SMALL		66u	/* of one of 64 */
#define SESSIONS	64u
#define KEY_LEN		16u
#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

#define SLICE_NS	3000000	/* how long a row runs in a round */

static u64 clock_ns(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return (u64)ts.tv_sec * 1000000000u + (u64)ts.tv_nsec;
}

/* The clock of the processor where there is one to read, and nanoseconds elsewhere. */
#ifdef __x86_64__
#define UNIT "cycles"
static u64 ticks(void)
{
	return __builtin_ia32_rdtsc();
}
#else
#define UNIT "ns"
static u64 ticks(void)
{
	return clock_ns(CLOCK_MONOTONIC);
}
#endif

/* What the rows work on: a packet and a key chain for each session. */
static struct {
	u8 packet[SESSIONS][PACKET];
	u8 key[SESSIONS][KEY_LEN];
	struct kpptp_mppe_tx tx[SESSIONS];
	struct kpptp_rc4_job job[SESSIONS];
	struct kpptp_rc4 stream[SESSIONS];
	struct kpptp_rc4_scratch scratch;
	struct arcfour_ctx nettle[SESSIONS];
	RC4_KEY openssl[SESSIONS];
} all;

/**
 * struct row - one thing to measure
 * @name: what it is
 * @work: does it for @n packets of @len octets
 * @n: packets at once
 * @len: octets of a packet; 0: not a matter of octets
 * @ticks: what a packet took, a round each
 */
struct row {
	const char *name;
	void (*work)(unsigned int n, unsigned int len);
	unsigned int n;
	unsigned int len;
	double ticks[ROUNDS_MAX];
};

static void key_core(unsigned int n, unsigned int len)
{
	(void)len;
	while (n--)
		kpptp_rc4_set_key(&all.stream[n], all.key[n], KEY_LEN);
}

static void key_change(unsigned int n, unsigned int len)
{
	(void)len;
	while (n--)
		kpptp_mppe_key_change(&all.tx[n].key);
}

static void crypt_one(unsigned int n, unsigned int len)
{
	while (n--)
		kpptp_rc4_crypt(&all.stream[n], all.packet[n], all.packet[n], len);
}

static void put_job(unsigned int i, unsigned int len)
{
	all.job[i].src = all.packet[i];
	all.job[i].dst = all.packet[i];
	all.job[i].len = len;
}

/* Streams that go on: the octets alone. */
static void crypt_lanes(unsigned int n, unsigned int len)
{
	unsigned int i;

	for (i = 0; i < n; i++) {
		put_job(i, len);
		all.job[i].stream = &all.stream[i];
	}
	kpptp_rc4_run(all.job, n, &all.scratch);
}

/* Streams of their own: keys and octets. */
static void keyed_lanes(unsigned int n, unsigned int len)
{
	unsigned int i;

	for (i = 0; i < n; i++) {
		put_job(i, len);
		all.job[i].stream = NULL;
		all.job[i].key = all.key[i];
		all.job[i].key_len = KEY_LEN;
	}
	kpptp_rc4_run(all.job, n, &all.scratch);
}

/* Stateless packets as the module makes them, each of a session of its own. */
static void packet_core(unsigned int n, unsigned int len)
{
	u8 hdr[KPPTP_MPPE_HDR_LEN];
	unsigned int i;

	for (i = 0; i < n; i++) {
		put_job(i, len);
		kpptp_mppe_tx_next(&all.tx[i], hdr, all.key[i], &all.job[i]);
	}
	kpptp_rc4_run(all.job, n, &all.scratch);
}

/* The same, all of one session. */
static void packet_core_one(unsigned int n, unsigned int len)
{
	u8 hdr[KPPTP_MPPE_HDR_LEN];
	unsigned int i;

	for (i = 0; i < n; i++) {
		put_job(i, len);
		kpptp_mppe_tx_next(&all.tx[0], hdr, all.key[i], &all.job[i]);
	}
	kpptp_rc4_run(all.job, n, &all.scratch);
}

/* The in-tree driver's way: change the key, load it, encrypt, packet by packet. */
static void packet_serial(unsigned int n, unsigned int len)
{
	while (n--) {
		struct kpptp_mppe_key *key = &all.tx[n].key;

		kpptp_mppe_key_change(key);
		kpptp_rc4_set_key(&all.stream[n], key->cur, key->len);
		kpptp_rc4_crypt(&all.stream[n], all.packet[n], all.packet[n], len);
	}
}

static void key_nettle(unsigned int n, unsigned int len)
{
	(void)len;
	while (n--)
		arcfour_set_key(&all.nettle[n], KEY_LEN, all.key[n]);
}

static void crypt_nettle(unsigned int n, unsigned int len)
{
	while (n--)
		arcfour_crypt(&all.nettle[n], len, all.packet[n], all.packet[n]);
}

static void key_openssl(unsigned int n, unsigned int len)
{
	(void)len;
	while (n--)
		RC4_set_key(&all.openssl[n], KEY_LEN, all.key[n]);
}

static void crypt_openssl(unsigned int n, unsigned int len)
{
	while (n--)
		RC4(&all.openssl[n], len, all.packet[n], all.packet[n]);
}

/* The times come later. */
#define ROW(name, work, n, len) { name, work, n, len, { 0 } }

static struct row rows[] = {
	ROW("RC4, one stream", crypt_one, 1, PACKET),
	ROW("RC4, 2 jobs", crypt_lanes, 2, PACKET),
	ROW("RC4, 4 jobs", crypt_lanes, 4, PACKET),
	ROW("RC4, 8 jobs", crypt_lanes, 8, PACKET),
	ROW("RC4, 16 jobs", crypt_lanes, 16, PACKET),
	ROW("RC4, 64 jobs", crypt_lanes, 64, PACKET),
	ROW("RC4 of nettle", crypt_nettle, 1, PACKET),
	ROW("RC4 of OpenSSL", crypt_openssl, 1, PACKET),
	ROW("RC4 key, one stream", key_core, 1, 0),
	ROW("RC4 key, nettle", key_nettle, 1, 0),
	ROW("RC4 key, OpenSSL", key_openssl, 1, 0),
	ROW("RC4 key and 1 octet, 4 jobs", keyed_lanes, 4, 1),
	ROW("RC4 key and 1 octet, 16 jobs", keyed_lanes, 16, 1),
	ROW("MPPE key change", key_change, 1, 0),
	ROW("stateless, in-tree's way", packet_serial, 1, PACKET),
	ROW("stateless, 1 packet", packet_core, 1, PACKET),
	ROW("stateless, 4 sessions", packet_core, 4, PACKET),
	ROW("stateless, 16 sessions", packet_core, 16, PACKET),
	ROW("stateless, 64 sessions", packet_core, 64, PACKET),
	ROW("stateless, 64 of 1 session", packet_core_one, 64, PACKET),
	ROW("stateless small, in-tree's way", packet_serial, 1, SMALL),
	ROW("stateless small, 64 sessions", packet_core, 64, SMALL),
};

#define ROWS ARRAY_LEN(rows)

static void prepare(void)
{
	unsigned int i, j;

	for (i = 0; i < SESSIONS; i++) {
		for (j = 0; j < KEY_LEN; j++)
			all.key[i][j] = (u8)(i * 31 + j * 7 + 1);
		kpptp_mppe_tx_init(&all.tx[i], all.key[i], KPPTP_MPPE_128, true);
		kpptp_rc4_set_key(&all.stream[i], all.key[i], KEY_LEN);
		arcfour_set_key(&all.nettle[i], KEY_LEN, all.key[i]);
		RC4_set_key(&all.openssl[i], KEY_LEN, all.key[i]);
	}
}

/*
 * Nanoseconds of our own processor time a packet, over about SLICE_NS: what other
 * programs take of the machine is not in it.
 */
static double run_once(const struct row *row)
{
	u64 start = clock_ns(CLOCK_THREAD_CPUTIME_ID);
	u64 packets = 0;
	u64 now;

	do {
		unsigned int i;

		for (i = 0; i < 8; i++)
			row->work(row->n, row->len);
		packets += 8 * row->n;
		now = clock_ns(CLOCK_THREAD_CPUTIME_ID);
	} while (now < start + SLICE_NS);
	return (double)(now - start) / (double)packets;
}

/* All rows in turn, @rounds times; what a packet took, in ticks. */
static void measure(unsigned int rounds)
{
	u64 ns = clock_ns(CLOCK_MONOTONIC);
	u64 begin = ticks();
	double ticks_per_ns;
	unsigned int round;
	size_t i;

	for (round = 0; round < rounds; round++)
		for (i = 0; i < ROWS; i++)
			rows[i].ticks[round] = run_once(&rows[i]);
	ticks_per_ns = (double)(ticks() - begin) /
		       (double)(clock_ns(CLOCK_MONOTONIC) - ns);
	for (round = 0; round < rounds; round++)
		for (i = 0; i < ROWS; i++)
			rows[i].ticks[round] *= ticks_per_ns;
}

static int by_size(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* The median; sorts. */
static double median(struct row *row, unsigned int rounds)
{
	qsort(row->ticks, rounds, sizeof(row->ticks[0]), by_size);
	return row->ticks[rounds / 2];
}

static void show(struct row *row, unsigned int rounds)
{
	double middle = median(row, rounds);
	char octet[32] = "";

	if (row->len > 1)
		snprintf(octet, sizeof(octet), "%.2f", middle / row->len);
	printf("%-32s %10.0f %8s   %.0f-%.0f\n", row->name, middle, octet, row->ticks[0],
	       row->ticks[rounds - 1]);
}

/* The median of the row of that name. */
static double figure(const char *name, unsigned int rounds)
{
	size_t i;

	for (i = 0; i < ROWS; i++)
		if (!strcmp(rows[i].name, name))
			return median(&rows[i], rounds);
	abort();
}

int main(int argc, char **argv)
{
	unsigned int rounds = argc > 1 ? (unsigned int)atoi(argv[1]) : 21;
	size_t i;

	if (rounds < 1 || rounds > ROUNDS_MAX) {
		fprintf(stderr, "usage: core_bench [ROUNDS]\n");
		return 2;
	}
	prepare();
	measure(rounds);
	printf("%-32s %10s %8s   %s\n", "", UNIT, "an octet", "min-max");
	for (i = 0; i < ROWS; i++)
		show(&rows[i], rounds);
	printf("\n%u octets, stateless, 64 sessions: in-tree's way / ours = %.2f (target 3.5)\n",
	       PACKET, figure("stateless, in-tree's way", rounds) /
	       figure("stateless, 64 sessions", rounds));
	return 0;
}
