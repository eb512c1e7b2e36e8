// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * RC4, many streams at once.
 *
 * Each octet of RC4 waits for the table accesses of the octet before, so one
 * stream leaves most of a processor idle. Four independent streams in one loop
 * fill it; more would not find registers.
 */
#include "rc4.h"

#define RC4_ABREAST 4

/* A stream at work, its indices at hand. */
struct rc4_lane {
	struct kpptp_rc4 *rc4;
	const u8 *src;
	u8 *dst;
	size_t left;
};

/* One step of key set-up at table index @i. */
static inline u8 rc4_mix(u8 *s, int i, u8 j, u8 key)
{
	u8 a = s[i];

	j += a + key;
	s[i] = s[j];
	s[j] = a;
	return j;
}

/* One octet of key stream at table index @i. */
static inline u8 rc4_next(u8 *s, u8 i, u8 *j)
{
	u8 a = s[i];
	u8 b;

	*j += a;
	b = s[*j];
	s[i] = b;
	s[*j] = a;
	return s[(u8)(a + b)];
}

/* kpptp_rc4_set_key() for four streams with keys of one length. */
static void rc4_key4(struct kpptp_rc4 *rc4, const struct kpptp_rc4_job *job)
{
	const u8 *key[] = { job[0].key, job[1].key, job[2].key, job[3].key };
	u8 j0 = 0, j1 = 0, j2 = 0, j3 = 0;
	size_t k = 0;
	int i;

	for (i = 0; i < 256; i++) {
		rc4[0].s[i] = (u8)i;
		rc4[1].s[i] = (u8)i;
		rc4[2].s[i] = (u8)i;
		rc4[3].s[i] = (u8)i;
	}
	for (i = 0; i < 256; i++) {
		j0 = rc4_mix(rc4[0].s, i, j0, key[0][k]);
		j1 = rc4_mix(rc4[1].s, i, j1, key[1][k]);
		j2 = rc4_mix(rc4[2].s, i, j2, key[2][k]);
		j3 = rc4_mix(rc4[3].s, i, j3, key[3][k]);
		if (++k == job[0].key_len)
			k = 0;
	}
	for (i = 0; i < RC4_ABREAST; i++) {
		rc4[i].i = 0;
		rc4[i].j = 0;
	}
}

/* Can the four jobs from @job on be keyed together? */
static bool rc4_key4_fits(const struct kpptp_rc4_job *job)
{
	unsigned int i;

	for (i = 0; i < RC4_ABREAST; i++)
		if (job[i].stream || job[i].key_len != job[0].key_len)
			return false;
	return true;
}

/* Keys the lanes of those jobs that bring no stream of their own. */
static void rc4_key_all(const struct kpptp_rc4_job *job, unsigned int n,
			struct kpptp_rc4 *rc4)
{
	unsigned int i = 0;

	while (i < n) {
		if (n - i >= RC4_ABREAST && rc4_key4_fits(&job[i])) {
			rc4_key4(&rc4[i], &job[i]);
			i += RC4_ABREAST;
			continue;
		}
		if (!job[i].stream)
			kpptp_rc4_set_key(&rc4[i], job[i].key, job[i].key_len);
		i++;
	}
}

/* The four lanes advance together by @len octets. */
static void rc4_crypt4(struct rc4_lane *lane, size_t len)
{
	struct kpptp_rc4 *r0 = lane[0].rc4, *r1 = lane[1].rc4;
	struct kpptp_rc4 *r2 = lane[2].rc4, *r3 = lane[3].rc4;
	u8 i0 = r0->i, i1 = r1->i, i2 = r2->i, i3 = r3->i;
	u8 j0 = r0->j, j1 = r1->j, j2 = r2->j, j3 = r3->j;
	size_t n;

	for (n = 0; n < len; n++) {
		lane[0].dst[n] = lane[0].src[n] ^ rc4_next(r0->s, ++i0, &j0);
		lane[1].dst[n] = lane[1].src[n] ^ rc4_next(r1->s, ++i1, &j1);
		lane[2].dst[n] = lane[2].src[n] ^ rc4_next(r2->s, ++i2, &j2);
		lane[3].dst[n] = lane[3].src[n] ^ rc4_next(r3->s, ++i3, &j3);
	}
	r0->i = i0;
	r1->i = i1;
	r2->i = i2;
	r3->i = i3;
	r0->j = j0;
	r1->j = j1;
	r2->j = j2;
	r3->j = j3;
}

/* Puts the next job into @lane; false when there is none. */
static bool rc4_fill(struct rc4_lane *lane, const struct kpptp_rc4_job *job,
		     unsigned int n, unsigned int *at, struct kpptp_rc4 *rc4)
{
	unsigned int i = *at;

	if (i == n)
		return false;
	lane->rc4 = job[i].stream ?: &rc4[i];
	lane->src = job[i].src;
	lane->dst = job[i].dst;
	lane->left = job[i].len;
	(*at)++;
	return true;
}

static void rc4_advance(struct rc4_lane *lane, size_t len)
{
	lane->src += len;
	lane->dst += len;
	lane->left -= len;
}

static size_t rc4_shortest(const struct rc4_lane *lane)
{
	return min(min(lane[0].left, lane[1].left),
		   min(lane[2].left, lane[3].left));
}

/*
 * Four abreast as long as there are four: a lane that ends takes the next job.
 * What is left of the last three goes one by one.
 */
static void rc4_crypt_all(const struct kpptp_rc4_job *job, unsigned int n,
			  struct kpptp_rc4 *rc4)
{
	struct rc4_lane lane[RC4_ABREAST];
	unsigned int used = 0;
	unsigned int at = 0;
	unsigned int i;

	while (used < RC4_ABREAST &&
	       rc4_fill(&lane[used], job, n, &at, rc4))
		used++;
	while (used == RC4_ABREAST) {
		size_t len = rc4_shortest(lane);

		rc4_crypt4(lane, len);
		for (i = 0; i < RC4_ABREAST; i++)
			rc4_advance(&lane[i], len);
		for (i = RC4_ABREAST; i-- > 0;)
			if (!lane[i].left && !rc4_fill(&lane[i], job, n, &at, rc4))
				lane[i] = lane[--used];
	}
	for (i = 0; i < used; i++)
		kpptp_rc4_crypt(lane[i].rc4, lane[i].dst, lane[i].src, lane[i].left);
}

void kpptp_rc4_run(struct kpptp_rc4_job *jobs, unsigned int n,
		   struct kpptp_rc4_scratch *scratch)
{
	unsigned int done = 0;

	while (done < n) {
		unsigned int some = min(n - done, KPPTP_RC4_LANES_MAX);

		rc4_key_all(&jobs[done], some, scratch->lane);
		rc4_crypt_all(&jobs[done], some, scratch->lane);
		done += some;
	}
	memzero_explicit(scratch->lane, min(n, KPPTP_RC4_LANES_MAX) *
					sizeof(scratch->lane[0]));
}
