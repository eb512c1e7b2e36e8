// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * make bench-core: how long kernel/core takes for RC4 and for MPPE in each of its
 * ways to run jobs, beside the in-tree driver's, which is one stream at a time from
 * a table of words, and beside the RC4 of nettle and OpenSSL.
 *
 * Everything is measured in rounds of all rows in turn, so that a machine that
 * changes its speed favours none; the figure is the median of the rounds.
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#ifdef __x86_64__
#include <cpuid.h>
#endif
#include <nettle/arcfour.h>
#include <openssl/rc4.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/mppe.h"
#include "core/rc4.h"
#include "core/sha1.h"

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

/* A stream as the kernel's own RC4 keeps it. */
struct words {
	u32 s[256];
	u32 i;
	u32 j;
};

/* What the rows work on: a packet and a key chain for each session. */
static struct {
	u8 packet[SESSIONS][PACKET];
	u8 key[SESSIONS][KEY_LEN];
	struct kpptp_mppe_tx tx[SESSIONS];
	struct kpptp_rc4_job job[SESSIONS];
	struct kpptp_rc4 stream[SESSIONS];
	struct kpptp_rc4_scratch scratch;
	struct words words[SESSIONS];
	struct arcfour_ctx nettle[SESSIONS];
	RC4_KEY openssl[SESSIONS];
} all;

/**
 * struct work - one thing to measure
 * @name: what it is
 * @work: does it for @n packets of @len octets, jobs by @lanes
 * @n: packets at once
 * @len: octets of a packet; 0: not a matter of octets
 */
struct work {
	const char *name;
	void (*work)(const struct kpptp_rc4_lanes *lanes, unsigned int n, unsigned int len);
	unsigned int n;
	unsigned int len;
};

/**
 * struct row - a line of the table
 * @work: what is measured
 * @lanes: how its jobs are run; NULL: it has none
 * @ticks: what a packet took, a round each
 */
struct row {
	const struct work *work;
	const struct kpptp_rc4_lanes *lanes;
	double ticks[ROUNDS_MAX];
};

/* The in-tree driver's RC4: words, and the entry of the next step at hand early. */
static void words_key(struct words *w, const u8 *key)
{
	u32 i, j = 0;

	for (i = 0; i < 256; i++)
		w->s[i] = i;
	for (i = 0; i < 256; i++) {
		u32 a = w->s[i];

		j = (j + key[i % KEY_LEN] + a) & 0xff;
		w->s[i] = w->s[j];
		w->s[j] = a;
	}
	w->i = 0;
	w->j = 0;
}

static void words_crypt(struct words *w, u8 *p, unsigned int len)
{
	u32 *s = w->s;
	u32 i = (w->i + 1) & 0xff;
	u32 a = s[i];
	u32 j = w->j;

	while (len--) {
		u32 b;

		j = (j + a) & 0xff;
		b = s[j];
		s[j] = a;
		s[i] = b;
		w->i = i;
		i = (i + 1) & 0xff;
		*p++ ^= (u8)s[(a + b) & 0xff];
		a = s[i];
	}
	w->j = j;
}

static void key_core(const struct kpptp_rc4_lanes *lanes, unsigned int n,
		     unsigned int len)
{
	(void)lanes;
	(void)len;
	while (n--)
		kpptp_rc4_set_key(&all.stream[n], all.key[n], KEY_LEN);
}

static void key_change(const struct kpptp_rc4_lanes *lanes, unsigned int n,
		       unsigned int len)
{
	(void)lanes;
	(void)len;
	while (n--)
		kpptp_mppe_key_change(&all.tx[n].key);
}

static void crypt_one(const struct kpptp_rc4_lanes *lanes, unsigned int n,
		      unsigned int len)
{
	(void)lanes;
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
static void crypt_lanes(const struct kpptp_rc4_lanes *lanes, unsigned int n,
			unsigned int len)
{
	unsigned int i;

	for (i = 0; i < n; i++) {
		put_job(i, len);
		all.job[i].stream = &all.stream[i];
	}
	lanes->run(all.job, n, &all.scratch);
}

/* Streams of their own: keys and octets. */
static void keyed_lanes(const struct kpptp_rc4_lanes *lanes, unsigned int n,
			unsigned int len)
{
	unsigned int i;

	for (i = 0; i < n; i++) {
		put_job(i, len);
		all.job[i].stream = NULL;
		all.job[i].key = all.key[i];
		all.job[i].key_len = KEY_LEN;
	}
	lanes->run(all.job, n, &all.scratch);
}

/* Stateless packets as the module makes them, each of a session of its own. */
static void packet_core(const struct kpptp_rc4_lanes *lanes, unsigned int n,
			unsigned int len)
{
	u8 hdr[KPPTP_MPPE_HDR_LEN];
	unsigned int i;

	for (i = 0; i < n; i++) {
		put_job(i, len);
		kpptp_mppe_tx_next(&all.tx[i], hdr, all.key[i], &all.job[i]);
	}
	lanes->run(all.job, n, &all.scratch);
}

/* The same, all of one session. */
static void packet_core_one(const struct kpptp_rc4_lanes *lanes, unsigned int n,
			    unsigned int len)
{
	u8 hdr[KPPTP_MPPE_HDR_LEN];
	unsigned int i;

	for (i = 0; i < n; i++) {
		put_job(i, len);
		kpptp_mppe_tx_next(&all.tx[0], hdr, all.key[i], &all.job[i]);
	}
	lanes->run(all.job, n, &all.scratch);
}

static void crypt_words(const struct kpptp_rc4_lanes *lanes, unsigned int n, unsigned int len)
{
	(void)lanes;
	while (n--)
		words_crypt(&all.words[n], all.packet[n], len);
}

static void key_words(const struct kpptp_rc4_lanes *lanes, unsigned int n, unsigned int len)
{
	(void)lanes;
	(void)len;
	while (n--)
		words_key(&all.words[n], all.key[n]);
}

/* The in-tree driver's way: change the key, load it, encrypt, packet by packet. */
static void packet_serial(const struct kpptp_rc4_lanes *lanes, unsigned int n,
			  unsigned int len)
{
	u8 digest[KPPTP_SHA1_LEN];

	(void)lanes;
	while (n--) {
		struct kpptp_mppe_key *key = &all.tx[n].key;

		kpptp_sha1_getkey(key->start, key->cur, key->len, digest);
		words_key(&all.words[n], digest);
		memcpy(key->cur, digest, KEY_LEN);
		words_crypt(&all.words[n], key->cur, KEY_LEN);
		words_key(&all.words[n], key->cur);
		words_crypt(&all.words[n], all.packet[n], len);
	}
}

static void key_nettle(const struct kpptp_rc4_lanes *lanes, unsigned int n,
		       unsigned int len)
{
	(void)lanes;
	(void)len;
	while (n--)
		arcfour_set_key(&all.nettle[n], KEY_LEN, all.key[n]);
}

static void crypt_nettle(const struct kpptp_rc4_lanes *lanes, unsigned int n,
			 unsigned int len)
{
	(void)lanes;
	while (n--)
		arcfour_crypt(&all.nettle[n], len, all.packet[n], all.packet[n]);
}

static void key_openssl(const struct kpptp_rc4_lanes *lanes, unsigned int n,
			unsigned int len)
{
	(void)lanes;
	(void)len;
	while (n--)
		RC4_set_key(&all.openssl[n], KEY_LEN, all.key[n]);
}

static void crypt_openssl(const struct kpptp_rc4_lanes *lanes, unsigned int n,
			  unsigned int len)
{
	(void)lanes;
	while (n--)
		RC4(&all.openssl[n], len, all.packet[n], all.packet[n]);
}

static const struct work alone[] = {
	{ "RC4, in-tree's way", crypt_words, 1, PACKET },
	{ "RC4, one stream", crypt_one, 1, PACKET },
	{ "RC4 of nettle", crypt_nettle, 1, PACKET },
	{ "RC4 of OpenSSL", crypt_openssl, 1, PACKET },
	{ "RC4 key, in-tree's way", key_words, 1, 0 },
	{ "RC4 key, one stream", key_core, 1, 0 },
	{ "RC4 key, nettle", key_nettle, 1, 0 },
	{ "RC4 key, OpenSSL", key_openssl, 1, 0 },
	{ "stateless, in-tree's way", packet_serial, 1, PACKET },
	{ "stateless small, in-tree's way", packet_serial, 1, SMALL },
};

/* In each way to run jobs. */
static const struct work by_lanes[] = {
	{ "RC4, 1 job", crypt_lanes, 1, PACKET },
	{ "RC4, 2 jobs", crypt_lanes, 2, PACKET },
	{ "RC4, 3 jobs", crypt_lanes, 3, PACKET },
	{ "RC4, 4 jobs", crypt_lanes, 4, PACKET },
	{ "RC4, 8 jobs", crypt_lanes, 8, PACKET },
	{ "RC4, 64 jobs", crypt_lanes, 64, PACKET },
	{ "RC4 key and 1 octet, 2 jobs", keyed_lanes, 2, 1 },
	{ "RC4 key and 1 octet, 4 jobs", keyed_lanes, 4, 1 },
	{ "RC4 key and 1 octet, 16 jobs", keyed_lanes, 16, 1 },
	{ "MPPE key change", key_change, 1, 0 },
	{ "stateless, 1 packet", packet_core, 1, PACKET },
	{ "stateless, 4 sessions", packet_core, 4, PACKET },
	{ "stateless, 16 sessions", packet_core, 16, PACKET },
	{ "stateless, 64 sessions", packet_core, 64, PACKET },
	{ "stateless, 64 of 1 session", packet_core_one, 64, PACKET },
	{ "stateless small, 64 sessions", packet_core, 64, SMALL },
};

#define KINDS_MAX	8

static struct row rows[ARRAY_LEN(alone) + KINDS_MAX * ARRAY_LEN(by_lanes)];
static size_t row_count;

/* Does this processor have what @lanes need? */
static bool usable(const struct kpptp_rc4_lanes *lanes)
{
	switch (lanes->need) {
	case KPPTP_RC4_NEED_NOTHING:
		return true;
	case KPPTP_RC4_NEED_SSE4_1:
#ifdef __x86_64__
		return __builtin_cpu_supports("sse4.1");
#endif
		break;
	}
	return false;
}

static void add_rows(const struct work *work, size_t n, const struct kpptp_rc4_lanes *lanes)
{
	size_t i;

	for (i = 0; i < n && row_count < ARRAY_LEN(rows); i++) {
		rows[row_count].work = &work[i];
		rows[row_count++].lanes = lanes;
	}
}

static void all_rows(void)
{
	const struct kpptp_rc4_lanes *lanes;

	add_rows(alone, ARRAY_LEN(alone), NULL);
	for (lanes = kpptp_rc4_lanes; lanes->name; lanes++)
		if (usable(lanes))
			add_rows(by_lanes, ARRAY_LEN(by_lanes), lanes);
}

static void prepare(void)
{
	unsigned int i, j;

	for (i = 0; i < SESSIONS; i++) {
		for (j = 0; j < KEY_LEN; j++)
			all.key[i][j] = (u8)(i * 31 + j * 7 + 1);
		kpptp_mppe_tx_init(&all.tx[i], all.key[i], KPPTP_MPPE_128, true);
		kpptp_rc4_set_key(&all.stream[i], all.key[i], KEY_LEN);
		words_key(&all.words[i], all.key[i]);
		arcfour_set_key(&all.nettle[i], KEY_LEN, all.key[i]);
		RC4_set_key(&all.openssl[i], KEY_LEN, all.key[i]);
	}
}

/* The SHA-1 that the module uses with @lanes, NULL: that are none. */
static kpptp_sha1_getkey_fn *sha1_of(const struct kpptp_rc4_lanes *lanes)
{
#ifdef __x86_64__
	unsigned int a, b, c, d;

	if (lanes && lanes->need != KPPTP_RC4_NEED_NOTHING &&
	    __get_cpuid_count(7, 0, &a, &b, &c, &d) && b & bit_SHA)
		return kpptp_sha1_getkey_ni;
#else
	(void)lanes;
#endif
	return kpptp_sha1_getkey_generic;
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

	kpptp_sha1_getkey = sha1_of(row->lanes);
	do {
		unsigned int i;

		for (i = 0; i < 8; i++)
			row->work->work(row->lanes, row->work->n, row->work->len);
		packets += 8 * row->work->n;
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
		for (i = 0; i < row_count; i++)
			rows[i].ticks[round] = run_once(&rows[i]);
	ticks_per_ns = (double)(ticks() - begin) /
		       (double)(clock_ns(CLOCK_MONOTONIC) - ns);
	for (round = 0; round < rounds; round++)
		for (i = 0; i < row_count; i++)
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

	if (row->work->len > 1)
		snprintf(octet, sizeof(octet), "%.2f", middle / row->work->len);
	printf("%-8s %-32s %10.0f %8s   %.0f-%.0f\n", row->lanes ? row->lanes->name : "",
	       row->work->name, middle, octet, row->ticks[0], row->ticks[rounds - 1]);
}

/* The median of the row of that name, by @lanes. */
static double figure(const char *name, const struct kpptp_rc4_lanes *lanes, unsigned int rounds)
{
	size_t i;

	for (i = 0; i < row_count; i++)
		if (rows[i].lanes == lanes && !strcmp(rows[i].work->name, name))
			return median(&rows[i], rounds);
	abort();
}

static void compare(const struct kpptp_rc4_lanes *lanes, unsigned int rounds)
{
	double intree = figure("stateless, in-tree's way", NULL, rounds);
	double ours = figure("stateless, 64 sessions", lanes, rounds);

	printf("%-8s %u octets, stateless, 64 sessions: in-tree's way / ours = %.2f (target 3.5)\n",
	       lanes->name, PACKET, intree / ours);
}

int main(int argc, char **argv)
{
	unsigned int rounds = argc > 1 ? (unsigned int)atoi(argv[1]) : 21;
	const struct kpptp_rc4_lanes *lanes;
	size_t i;

	if (rounds < 1 || rounds > ROUNDS_MAX) {
		fprintf(stderr, "usage: core_bench [ROUNDS]\n");
		return 2;
	}
	all_rows();
	prepare();
	measure(rounds);
	printf("%-8s %-32s %10s %8s   %s\n", "", "", UNIT, "an octet", "min-max");
	for (i = 0; i < row_count; i++)
		show(&rows[i], rounds);
	printf("\n");
	for (lanes = kpptp_rc4_lanes; lanes->name; lanes++)
		if (usable(lanes))
			compare(lanes, rounds);
	return 0;
}
