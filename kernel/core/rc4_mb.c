// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * RC4, many streams at once.
 *
 * Each octet of RC4 waits for the table accesses of the octet before, so one
 * stream leaves most of a processor idle. Four independent streams in one loop
 * fill it; more would not find registers.
 */
#include "rc4_lanes.h"

/* A step of key set-up with octet @at of @key in @lane. All but @key, @i and @j are constants. */
static __always_inline void rc4_mix(struct kpptp_rc4 *rc4, u8 (*key)[KPPTP_RC4_KEY_MAX],
				    unsigned long i, unsigned long *j,
				    const unsigned int lane, const unsigned int at)
{
	j[lane] = kpptp_rc4_add(j[lane], key[lane][at]);
	kpptp_rc4_exchange(rc4->s, lane * sizeof(*rc4), i, &j[lane]);
}

/* kpptp_rc4_set_key() for @width streams, 2, 4 or 8, with keys of 16 octets. */
static __always_inline void rc4_key_some(struct kpptp_rc4 *rc4, u8 (*key)[KPPTP_RC4_KEY_MAX],
					 const unsigned int width)
{
	unsigned long j[8] = { 0 };
	unsigned long i = 0;
	unsigned int lane, at;

	for (lane = 0; lane < width; lane++) {
		kpptp_rc4_identity(rc4[lane].s);
		rc4[lane].i = 0;
		rc4[lane].j = 0;
	}
	do {
#pragma GCC unroll 16
		for (at = 0; at < KPPTP_RC4_KEY_MAX; at++) {
			rc4_mix(rc4, key, i, j, 0, at);
			rc4_mix(rc4, key, i, j, 1, at);
			if (width > 2) {
				rc4_mix(rc4, key, i, j, 2, at);
				rc4_mix(rc4, key, i, j, 3, at);
			}
			if (width > 4) {
				rc4_mix(rc4, key, i, j, 4, at);
				rc4_mix(rc4, key, i, j, 5, at);
				rc4_mix(rc4, key, i, j, 6, at);
				rc4_mix(rc4, key, i, j, 7, at);
			}
			i = kpptp_rc4_add(i, 1);
		}
	} while (i);
}

static void rc4_key_two(struct kpptp_rc4 *rc4, u8 (*key)[KPPTP_RC4_KEY_MAX])
{
	rc4_key_some(rc4, key, 2);
}

static void rc4_key_four(struct kpptp_rc4 *rc4, u8 (*key)[KPPTP_RC4_KEY_MAX])
{
	rc4_key_some(rc4, key, 4);
}

static void rc4_key_eight(struct kpptp_rc4 *rc4, u8 (*key)[KPPTP_RC4_KEY_MAX])
{
	rc4_key_some(rc4, key, 8);
}

/*
 * Keys some of the @n streams and returns how many. Three take as long as four and
 * six as long as eight; what is keyed beyond @n is not used.
 */
static unsigned int rc4_key_next(struct kpptp_rc4 *rc4, u8 (*key)[KPPTP_RC4_KEY_MAX],
				 unsigned int n)
{
	if (n > 5) {
		rc4_key_eight(rc4, key);
		return min(n, 8u);
	}
	if (n > 2) {
		rc4_key_four(rc4, key);
		return min(n, 4u);
	}
	if (n > 1) {
		rc4_key_two(rc4, key);
		return 2;
	}
	kpptp_rc4_set_key(rc4, key[0], KPPTP_RC4_KEY_MAX);
	return 1;
}

/* A key of less than 16 octets is used over and over; written out where that fits. */
static bool rc4_key_fits(const struct kpptp_rc4_job *job)
{
	return KPPTP_RC4_KEY_MAX % job->key_len == 0;
}

static void rc4_key_repeat(u8 key[KPPTP_RC4_KEY_MAX], const struct kpptp_rc4_job *job)
{
	unsigned int i;

	for (i = 0; i < KPPTP_RC4_KEY_MAX; i += job->key_len)
		memcpy(key + i, job->key, job->key_len);
}

/* Keys the streams of those jobs that bring none, in their order; returns how many. */
static unsigned int rc4_key_all(const struct kpptp_rc4_job *job, unsigned int n,
				struct kpptp_rc4_scratch *scratch)
{
	unsigned int keyed = 0, done = 0;
	unsigned int i;

	for (i = 0; i < n; i++)
		if (!job[i].stream && rc4_key_fits(&job[i]))
			rc4_key_repeat(scratch->key[keyed++], &job[i]);
		else if (!job[i].stream)
			keyed++;
	while (done < keyed)
		done += rc4_key_next(&scratch->keyed[done], &scratch->key[done], keyed - done);

	for (keyed = 0, i = 0; i < n; i++) {
		if (job[i].stream)
			continue;
		if (!rc4_key_fits(&job[i]))
			kpptp_rc4_set_key(&scratch->keyed[keyed], job[i].key, job[i].key_len);
		keyed++;
	}
	return keyed;
}

/*
 * The next octet of @lane goes to its place of eight in @key. All but @ab, @i, @to and
 * @key are constants. Compilers like to collect octets first and put them together
 * later, for which there are no registers: that @key is changed here hides them.
 */
static __always_inline void rc4_octet(struct kpptp_rc4_abreast *ab, const unsigned int lane,
				      unsigned long i, struct kpptp_rc4_at *to, u64 *key,
				      const bool turned, const unsigned int at)
{
	u8 *s = ab->s[0];
	unsigned long t = kpptp_rc4_exchange(s, 256 * lane, i, &to->j);

	if (turned)
		t = kpptp_rc4_add(t, to->back);
	*key |= kpptp_rc4_place(s[256 * lane + t], at);
	__asm__("" : "+r"(*key));
}

/* Eight octets of key stream over what is @n octets on in @lane. */
static __always_inline void rc4_xor(const struct kpptp_rc4_abreast *ab, unsigned int lane,
				    size_t n, u64 key)
{
	kpptp_rc4_xor(ab->dst[lane] + n, ab->src[lane] + n, key);
}

static __always_inline void rc4_advance(struct kpptp_rc4_abreast *ab, const unsigned int width,
					const bool turned, size_t len)
{
	struct kpptp_rc4_at to[KPPTP_RC4_ABREAST];
	u64 key[KPPTP_RC4_ABREAST];
	unsigned long i = ab->i;
	unsigned int at;
	size_t n;

	kpptp_rc4_take(ab, width, to);
	for (n = 0; n < len; n += sizeof(key[0])) {
		key[0] = 0;
		key[1] = 0;
		key[2] = 0;
		key[3] = 0;
#pragma GCC unroll 8
		for (at = 0; at < sizeof(key[0]); at++) {
			i = kpptp_rc4_add(i, 1);
			rc4_octet(ab, 0, i, &to[0], &key[0], turned, at);
			rc4_octet(ab, 1, i, &to[1], &key[1], turned, at);
			if (width > 2)
				rc4_octet(ab, 2, i, &to[2], &key[2], turned, at);
			if (width > 3)
				rc4_octet(ab, 3, i, &to[3], &key[3], turned, at);
		}
		rc4_xor(ab, 0, n, key[0]);
		rc4_xor(ab, 1, n, key[1]);
		if (width > 2)
			rc4_xor(ab, 2, n, key[2]);
		if (width > 3)
			rc4_xor(ab, 3, n, key[3]);
	}
	kpptp_rc4_give(ab, width, to, i, len);
}

static void rc4_advance_straight(struct kpptp_rc4_abreast *ab, unsigned int width, size_t len)
{
	if (width == 4)
		rc4_advance(ab, 4, false, len);
	else if (width == 3)
		rc4_advance(ab, 3, false, len);
	else
		rc4_advance(ab, 2, false, len);
}

static void rc4_advance_turned(struct kpptp_rc4_abreast *ab, unsigned int width, size_t len)
{
	if (width == 4)
		rc4_advance(ab, 4, true, len);
	else if (width == 3)
		rc4_advance(ab, 3, true, len);
	else
		rc4_advance(ab, 2, true, len);
}

static void rc4_advance_scalar(struct kpptp_rc4_abreast *ab, unsigned int width, size_t len)
{
	if (kpptp_rc4_turned(ab, width))
		rc4_advance_turned(ab, width, len);
	else
		rc4_advance_straight(ab, width, len);
}

/* Puts @job, which is about @rc4, into @lane. */
static void rc4_enter(struct kpptp_rc4_abreast *ab, unsigned int lane,
		      const struct kpptp_rc4_job *job, const struct kpptp_rc4 *rc4)
{
	u8 turn = rc4->i - ab->i;

	memcpy(ab->s[lane], rc4->s + turn, 256 - turn);
	memcpy(ab->s[lane] + 256 - turn, rc4->s, turn);
	ab->j[lane] = rc4->j - turn;
	ab->turn[lane] = turn;
	ab->rc4[lane] = job->stream;
	ab->src[lane] = job->src;
	ab->dst[lane] = job->dst;
	ab->left[lane] = job->len;
}

/* Does what is left of @lane and gives the stream back. */
static void rc4_leave(struct kpptp_rc4_abreast *ab, unsigned int lane)
{
	struct kpptp_rc4 *rc4 = ab->rc4[lane];
	u8 turn = ab->turn[lane];
	struct kpptp_rc4_at at = {
		.i = ab->i,
		.j = ab->j[lane],
		.back = (u8)-turn,
	};

	kpptp_rc4_octets(ab->s[lane], &at, ab->dst[lane], ab->src[lane], ab->left[lane]);
	if (!rc4)
		return;
	memcpy(rc4->s + turn, ab->s[lane], 256 - turn);
	memcpy(rc4->s, ab->s[lane] + 256 - turn, turn);
	rc4->i = (u8)at.i + turn;
	rc4->j = (u8)at.j + turn;
}

static void rc4_move(struct kpptp_rc4_abreast *ab, unsigned int to, unsigned int from)
{
	memcpy(ab->s[to], ab->s[from], sizeof(ab->s[to]));
	ab->j[to] = ab->j[from];
	ab->turn[to] = ab->turn[from];
	ab->rc4[to] = ab->rc4[from];
	ab->src[to] = ab->src[from];
	ab->dst[to] = ab->dst[from];
	ab->left[to] = ab->left[from];
}

/**
 * struct rc4_queue - jobs that wait for a lane
 * @job: the next
 * @n: jobs
 * @keyed: stream of the next job that brings none
 */
struct rc4_queue {
	const struct kpptp_rc4_job *job;
	unsigned int n;
	struct kpptp_rc4 *keyed;
};

/* Where the stream of the next job is. */
static u8 rc4_next_index(const struct rc4_queue *queue)
{
	return queue->n && queue->job->stream ? queue->job->stream->i : 0;
}

/* Puts the next job into @lane; false when there is none. */
static bool rc4_fill(struct kpptp_rc4_abreast *ab, unsigned int lane, struct rc4_queue *queue)
{
	const struct kpptp_rc4_job *job = queue->job;

	if (!queue->n)
		return false;
	rc4_enter(ab, lane, job, job->stream ?: queue->keyed++);
	queue->job++;
	queue->n--;
	return true;
}

static size_t rc4_shortest(const struct kpptp_rc4_abreast *ab, unsigned int used)
{
	size_t len = ab->left[0];
	unsigned int lane;

	for (lane = 1; lane < used; lane++)
		len = min(len, ab->left[lane]);
	return len;
}

/* Ends the lanes among @used whose data is at its end; how many are left. */
static unsigned int rc4_leave_ended(struct kpptp_rc4_abreast *ab, unsigned int used)
{
	unsigned int lane;

	for (lane = used; lane-- > 0;) {
		if (ab->left[lane] >= KPPTP_RC4_BLOCK)
			continue;
		rc4_leave(ab, lane);
		if (lane != --used)
			rc4_move(ab, lane, used);
	}
	return used;
}

/*
 * As many abreast as there are: when a lane ends, the next job takes its place. Who is
 * alone in the end goes on alone.
 */
static void rc4_crypt_all(struct rc4_queue *queue, struct kpptp_rc4_abreast *ab,
			  kpptp_rc4_blocks advance)
{
	unsigned int used = 0;

	for (;;) {
		/* Where the first is, all are: those like it need no turn. */
		if (!used)
			ab->i = rc4_next_index(queue);
		while (used < KPPTP_RC4_ABREAST && rc4_fill(ab, used, queue))
			used++;
		if (used < 2)
			break;
		advance(ab, used, rc4_shortest(ab, used) & ~(size_t)(KPPTP_RC4_BLOCK - 1));
		used = rc4_leave_ended(ab, used);
	}
	if (used)
		rc4_leave(ab, 0);
}

/* One job, by itself. */
static void rc4_run_one(const struct kpptp_rc4_job *job, struct kpptp_rc4 *scratch)
{
	struct kpptp_rc4 *rc4 = job->stream;

	if (rc4) {
		kpptp_rc4_crypt(rc4, job->dst, job->src, job->len);
		return;
	}
	kpptp_rc4_set_key(scratch, job->key, job->key_len);
	kpptp_rc4_crypt(scratch, job->dst, job->src, job->len);
	kpptp_rc4_wipe(scratch);
}

void kpptp_rc4_run_single(const struct kpptp_rc4_job *jobs, unsigned int n,
			  struct kpptp_rc4_scratch *scratch)
{
	while (n--)
		rc4_run_one(jobs++, &scratch->keyed[0]);
}

/* Up to KPPTP_RC4_JOBS_KEYED jobs. */
static void rc4_run_some(const struct kpptp_rc4_job *jobs, unsigned int n,
			 struct kpptp_rc4_scratch *scratch, kpptp_rc4_blocks advance)
{
	struct rc4_queue queue = { .job = jobs, .n = n, .keyed = scratch->keyed };

	rc4_key_all(jobs, n, scratch);
	rc4_crypt_all(&queue, &scratch->abreast, advance);
}

void kpptp_rc4_run_abreast(const struct kpptp_rc4_job *jobs, unsigned int n,
			   struct kpptp_rc4_scratch *scratch, kpptp_rc4_blocks advance)
{
	unsigned int done, some;

	if (n < 2) {
		kpptp_rc4_run_single(jobs, n, scratch);
		return;
	}
	for (done = 0; done < n; done += some) {
		some = min(n - done, KPPTP_RC4_JOBS_KEYED);
		rc4_run_some(&jobs[done], some, scratch, advance);
	}
	memzero_explicit(scratch, sizeof(*scratch));
}

void kpptp_rc4_run(const struct kpptp_rc4_job *jobs, unsigned int n,
		   struct kpptp_rc4_scratch *scratch)
{
	kpptp_rc4_run_abreast(jobs, n, scratch, rc4_advance_scalar);
}
