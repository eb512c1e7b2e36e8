// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A batch of RC4 jobs, run in one of the ways that there are: what comes out is what
 * one stream after the other makes, octets around it stay, and no secret does.
 *
 *	way | job...	job: kind and key length | length (2) | stream's age
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "core/rc4.h"
#include "fuzz.h"

#define JOBS_MAX	40
#define LEN_MAX		2047
#define JOB_OCTETS	4
#define AROUND		16	/* octets before and behind a job's that nothing may touch */

#define JOB_SHARED	0x80	/* continues a stream; else it has a key of its own */
#define JOB_IN_PLACE	0x40

/* A job, and the same of one stream alone. */
struct pair {
	struct kpptp_rc4 stream;
	struct kpptp_rc4 alone;
	u8 key[KPPTP_RC4_KEY_MAX];
	u8 src[LEN_MAX + 2 * AROUND];
	u8 dst[LEN_MAX + 2 * AROUND];
	u8 want[LEN_MAX + 2 * AROUND];
};

static struct pair pairs[JOBS_MAX];
static struct kpptp_rc4_job jobs[JOBS_MAX];
static struct kpptp_rc4_scratch scratch;

static void must(bool truth)
{
	if (!truth)
		abort();
}

static bool usable(const struct kpptp_rc4_lanes *lanes)
{
#ifdef __x86_64__
	return lanes->need == KPPTP_RC4_NEED_NOTHING || __builtin_cpu_supports("sse4.1");
#else
	return lanes->need == KPPTP_RC4_NEED_NOTHING;
#endif
}

/* One of those that this processor can run, as @octet says. */
static const struct kpptp_rc4_lanes *choose(uint8_t octet)
{
	const struct kpptp_rc4_lanes *lanes = kpptp_rc4_lanes;
	unsigned int steps = octet % 4;

	while (steps-- && lanes[1].name && usable(&lanes[1]))
		lanes++;
	return lanes;
}

static void prepare(unsigned int i, const uint8_t *p)
{
	struct kpptp_rc4_job *job = &jobs[i];
	struct pair *pair = &pairs[i];
	bool in_place = p[0] & JOB_IN_PLACE;
	size_t n;

	for (n = 0; n < sizeof(pair->src); n++)
		pair->src[n] = (u8)(n * 7 + i);
	memset(pair->dst, 0xee, sizeof(pair->dst));
	memcpy(pair->want, in_place ? pair->src : pair->dst, sizeof(pair->want));
	memset(pair->key, p[3] ^ (u8)i, sizeof(pair->key));
	pair->key[0] = (u8)i;

	job->key = pair->key;
	job->key_len = p[0] % KPPTP_RC4_KEY_MAX + 1;
	job->len = (size_t)(p[1] << 8 | p[2]) % (LEN_MAX + 1);
	job->src = pair->src + AROUND;
	job->dst = (in_place ? pair->src : pair->dst) + AROUND;
	kpptp_rc4_set_key(&pair->alone, pair->key, job->key_len);
	job->stream = NULL;
	if (p[0] & JOB_SHARED) {
		kpptp_rc4_crypt(&pair->alone, pair->dst, pair->dst, p[3] % AROUND);
		memset(pair->dst, 0xee, AROUND);
		pair->stream = pair->alone;
		job->stream = &pair->stream;
	}
	kpptp_rc4_crypt(&pair->alone, pair->want + AROUND, pair->src + AROUND, job->len);
}

static bool right(unsigned int i)
{
	const struct pair *pair = &pairs[i];
	const u8 *got = jobs[i].dst - AROUND;

	return !memcmp(got, pair->want, sizeof(pair->want)) &&
	       (!jobs[i].stream || !memcmp(&pair->stream, &pair->alone, sizeof(pair->stream)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct kpptp_rc4_scratch clean;
	unsigned int i, n;

	if (!size)
		return 0;
	n = (size - 1) / JOB_OCTETS < JOBS_MAX ? (unsigned int)(size - 1) / JOB_OCTETS : JOBS_MAX;
	for (i = 0; i < n; i++)
		prepare(i, data + 1 + i * JOB_OCTETS);
	choose(data[0])->run(jobs, n, &scratch);
	for (i = 0; i < n; i++)
		must(right(i));
	must(!memcmp(&scratch, &clean, sizeof(clean)));
	return 0;
}
