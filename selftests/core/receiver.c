// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The same packets, taken one by one and in batches.
 *
 * The receiver is the module's, with plain buffers: what is ahead of the number that
 * is due is held, a packet moves the window and the key when it deserves it, and one
 * from beyond the window has to prove itself.
 */
#include "receiver.h"

#include <stdlib.h>

#include "core/mppe.h"
#include "core/seq.h"
#include "vectors/mppe_frames.h"

#define WINDOW		16u	/* packets held at most */
#define BATCH_MAX	64u
#define KEYS		40u	/* fewer than a batch may want */
#define TEXT		sizeof(mppe_frame_plain)
#define PADDING_MAX	16u	/* less one */

enum kind { SEALED, CLEAR, CONTROL };

/* What became of a packet; more than one of them happens to a packet that is held. */
enum event {
	DELIVERED = 1, HELD, DUPLICATE, LATE, JUMP, CLEARTEXT, IMPLAUSIBLE,
	VERDICT,	/* and what kpptp_mppe_rx_begin() said is added to it */
};

/**
 * struct packet - on its way, in a batch or held
 * @next: behind it in the hold queue
 * @id: which one, in the order of arrival
 * @seq: its number
 * @ahead: number of the key with which it was decrypted ahead, 0: it was not
 * @kind: what it is
 * @len: octets
 * @octets: from the MPPE header on
 */
struct packet {
	struct packet *next;
	u32 id;
	u32 seq;
	u32 ahead;
	enum kind kind;
	size_t len;
	u8 octets[];
};

/**
 * struct receiver - takes packets in one of the two ways
 * @win: window
 * @mppe: key and count
 * @ahead: keys made ahead
 * @key: these
 * @held: packets by number
 * @holds: how many
 * @batch: packets that arrived together
 * @waiting: how many
 * @log: what happened, (event, packet, key changes) in a word each
 * @events: how many
 * @outcome: counts
 */
struct receiver {
	struct kpptp_seq_rx win;
	struct kpptp_mppe_rx mppe;
	struct kpptp_mppe_ahead ahead;
	u8 key[KEYS][KPPTP_MPPE_KEY_MAX];
	struct packet *held;
	u32 holds;
	struct packet *batch[BATCH_MAX];
	u32 waiting;
	u64 *log;
	size_t events;
	struct receiver_outcome outcome;
};

static void note(struct receiver *r, u32 event, const struct packet *p, u32 detail)
{
	r->log[r->events++] = (u64)event << 56 | (u64)detail << 32 | p->id;
}

static void refuse(struct receiver *r, u32 event, struct packet *p, u32 detail)
{
	note(r, event, p, detail);
	r->outcome.refused++;
	free(p);
}

/* What of the text is told apart in the log. */
static u32 digest(const struct packet *p)
{
	u32 sum = (u32)p->len;
	size_t i;

	for (i = 0; i < p->len; i++)
		sum = sum * 31 + p->octets[i];
	return sum & 0xffffff;
}

static void accept(struct receiver *r, struct packet *p)
{
	kpptp_seq_accept(&r->win, p->seq);
	note(r, DELIVERED, p, digest(p));
	r->outcome.accepted++;
	free(p);
}

/* RC4 over what is encrypted of @p, in place; twice is not at all. */
static void crypt(struct packet *p, struct kpptp_rc4_job *job)
{
	static struct kpptp_rc4_scratch scratch;

	job->src = p->octets + KPPTP_MPPE_HDR_LEN;
	job->dst = p->octets + KPPTP_MPPE_HDR_LEN;
	job->len = p->len - KPPTP_MPPE_HDR_LEN;
	kpptp_rc4_run(job, 1, &scratch);
}

static void restore(struct receiver *r, struct packet *p)
{
	struct kpptp_rc4_job job;

	if (!p->ahead)
		return;
	kpptp_mppe_ahead_job(&r->ahead, p->ahead, &job);
	crypt(p, &job);
	p->ahead = 0;
	r->outcome.restored++;
}

static bool plausible(const struct packet *p)
{
	return kpptp_mppe_plausible(p->octets + KPPTP_MPPE_HDR_LEN,
				    p->len - KPPTP_MPPE_HDR_LEN);
}

/* Decrypts @p on trial. 0 or the event that refuses it, and @changes of the key. */
static u32 attempt(struct receiver *r, struct packet *p,
		   struct kpptp_mppe_trial *trial, u32 *changes)
{
	enum kpptp_mppe_verdict verdict;
	struct kpptp_rc4_job job;

	verdict = kpptp_mppe_rx_begin(&r->mppe, &r->ahead, p->octets, p->len, p->seq,
				      trial, &job);
	*changes = trial->changes;
	if (verdict != KPPTP_MPPE_TRIAL)
		return VERDICT + verdict;
	if (p->ahead && p->ahead == trial->ahead) {
		p->ahead = 0;
		r->outcome.ahead++;
	} else {
		restore(r, p);
		crypt(p, &job);
	}
	return plausible(p) ? 0 : IMPLAUSIBLE;
}

static void open_sealed(struct receiver *r, struct packet *p)
{
	static struct kpptp_mppe_trial trial;
	u32 changes;
	u32 refusal = attempt(r, p, &trial, &changes);

	if (refusal) {
		refuse(r, refusal, p, changes);
		return;
	}
	kpptp_mppe_rx_commit(&r->mppe, &trial);
	accept(r, p);
}

/* @p's turn has come. Control frames prove nothing, and take the window nowhere. */
static void open(struct receiver *r, struct packet *p, enum kpptp_seq_verdict verdict)
{
	if (p->kind == CONTROL && verdict != KPPTP_SEQ_NEXT && verdict != KPPTP_SEQ_LATE)
		refuse(r, JUMP, p, 0);
	else if (p->kind == CONTROL)
		accept(r, p);
	else if (verdict == KPPTP_SEQ_LATE)
		refuse(r, LATE, p, 0);
	else if (p->kind == CLEAR)
		refuse(r, CLEARTEXT, p, 0);
	else
		open_sealed(r, p);
}

static void open_held(struct receiver *r)
{
	struct packet *p = r->held;
	enum kpptp_seq_verdict verdict = kpptp_seq_check(&r->win, p->seq);

	r->held = p->next;
	r->holds--;
	if (verdict == KPPTP_SEQ_DUPLICATE || verdict == KPPTP_SEQ_OLD)
		refuse(r, DUPLICATE, p, 0);
	else
		open(r, p, verdict);
}

static void drain(struct receiver *r)
{
	while (r->held && (s32)(r->held->seq - r->win.next) <= 0)
		open_held(r);
}

static void give_up(struct receiver *r, u32 keep)
{
	while (r->holds > keep) {
		open_held(r);
		drain(r);
	}
}

static void hold(struct receiver *r, struct packet *p)
{
	struct packet **at = &r->held;

	while (*at && (s32)(p->seq - (*at)->seq) >= 0)
		at = &(*at)->next;
	p->next = *at;
	*at = p;
	r->holds++;
	note(r, HELD, p, 0);
	give_up(r, WINDOW);
}

/* The trial is done on a copy: what is held moves the key first. */
static u32 prove(struct receiver *r, struct packet *p, u32 *changes)
{
	static struct kpptp_mppe_trial trial;
	struct packet *copy;
	u32 refusal;

	restore(r, p);
	copy = malloc(sizeof(*copy) + p->len);
	memcpy(copy, p, sizeof(*copy) + p->len);
	refusal = attempt(r, copy, &trial, changes);
	free(copy);
	return refusal;
}

static void jump(struct receiver *r, struct packet *p)
{
	u32 changes = 0;
	u32 refusal = p->kind == SEALED ? prove(r, p, &changes) : JUMP;

	if (refusal) {
		refuse(r, refusal, p, changes);
		return;
	}
	hold(r, p);
	give_up(r, 0);
}

static void take(struct receiver *r, struct packet *p)
{
	enum kpptp_seq_verdict verdict = kpptp_seq_check(&r->win, p->seq);

	switch (verdict) {
	case KPPTP_SEQ_NEXT:
		open(r, p, verdict);
		drain(r);
		break;
	case KPPTP_SEQ_AHEAD:
		hold(r, p);
		break;
	case KPPTP_SEQ_JUMP:
		jump(r, p);
		break;
	case KPPTP_SEQ_LATE:
		open(r, p, verdict);
		break;
	case KPPTP_SEQ_DUPLICATE:
		refuse(r, DUPLICATE, p, 0);
		break;
	case KPPTP_SEQ_OLD:
		refuse(r, LATE, p, 0);
		break;
	}
}

/* Asks for the keys of what will have its turn, as kernel/rx_ahead.c does. */
static void plan(struct receiver *r)
{
	struct kpptp_seq_due due;
	struct packet *p;
	u32 i, count;

	kpptp_seq_due_init(&due, &r->win, r->batch[0]->seq);
	for (i = 0; i < r->waiting; i++)
		kpptp_seq_due_add(&due, r->batch[i]->seq);
	for (p = r->held; p; p = p->next)
		kpptp_seq_due_add(&due, p->seq);
	count = kpptp_seq_due_count(&due);
	kpptp_mppe_ahead_init(&r->ahead, &r->mppe, r->key[0], KEYS);
	for (i = 0; i < r->waiting; i++) {
		p = r->batch[i];
		if (p->kind == SEALED && p->seq - due.next < count)
			p->ahead = kpptp_mppe_ahead_want(&r->ahead, &r->mppe, p->octets,
							 p->len, p->seq);
	}
}

static void decrypt_ahead(struct receiver *r)
{
	struct kpptp_rc4_job job;
	u32 i;

	plan(r);
	kpptp_mppe_ahead_make(&r->ahead);
	for (i = 0; i < r->waiting; i++) {
		if (!r->batch[i]->ahead)
			continue;
		kpptp_mppe_ahead_job(&r->ahead, r->batch[i]->ahead, &job);
		crypt(r->batch[i], &job);
	}
}

/* What has arrived is taken. */
static void take_batch(struct receiver *r)
{
	struct packet *p;
	u32 i;

	if (r->waiting > 1)
		decrypt_ahead(r);
	for (i = 0; i < r->waiting; i++)
		take(r, r->batch[i]);
	r->waiting = 0;
	for (p = r->held; p; p = p->next)
		restore(r, p);
	memset(&r->ahead, 0, sizeof(r->ahead));
}

static void receiver_init(struct receiver *r, size_t packets)
{
	memset(r, 0, sizeof(*r));
	kpptp_seq_rx_init(&r->win, WINDOW);
	/* A packet is held, or not, and comes to its end. */
	r->log = calloc(2 * packets, sizeof(*r->log));
}

static void receiver_end(struct receiver *r)
{
	give_up(r, 0);
	free(r->log);
}

/**
 * struct scene - a script being played
 * @tx: the sender
 * @seq: number of the next packet
 * @id: of the next packet that arrives
 * @late: a packet that another one overtakes
 * @one: takes each packet as it comes
 * @many: takes batches
 */
struct scene {
	struct kpptp_mppe_tx tx;
	u32 seq;
	u32 id;
	struct packet *late;
	struct receiver one;
	struct receiver many;
};

static struct packet *packet_new(u32 seq, enum kind kind, size_t len)
{
	struct packet *p = calloc(1, sizeof(*p) + len);

	p->seq = seq;
	p->kind = kind;
	p->len = len;
	return p;
}

static void receive(struct receiver *r, const struct packet *p, u32 id)
{
	struct packet *copy = packet_new(p->seq, p->kind, p->len);

	memcpy(copy->octets, p->octets, p->len);
	copy->id = id;
	r->batch[r->waiting++] = copy;
}

static void arrive(struct scene *s, struct packet *p)
{
	receive(&s->one, p, s->id);
	take_batch(&s->one);
	if (s->many.waiting == BATCH_MAX)
		take_batch(&s->many);
	receive(&s->many, p, s->id);
	s->id++;
}

/* The next packet of the sender, with some octets of padding. */
static struct packet *sealed(struct scene *s, u32 padding)
{
	struct packet *p = packet_new(s->seq++, SEALED, KPPTP_MPPE_HDR_LEN + TEXT + padding);
	struct kpptp_rc4_job job;
	u8 key[KPPTP_MPPE_KEY_MAX];

	memcpy(p->octets + KPPTP_MPPE_HDR_LEN, mppe_frame_plain, TEXT);
	kpptp_mppe_tx_next(&s->tx, p->octets, key, &job);
	crypt(p, &job);
	return p;
}

/* Something that is not the sender's, with right bits; @by: distance of its claims. */
static struct packet *forged(const struct scene *s, u32 count, u32 by)
{
	struct packet *p = packet_new(s->seq + by, SEALED, KPPTP_MPPE_HDR_LEN + TEXT);

	memset(p->octets, 0x5a, p->len);
	kpptp_put_be16(p->octets, KPPTP_MPPE_ENCRYPTED | KPPTP_MPPE_FLUSHED |
		       ((s->tx.count + count) & KPPTP_MPPE_COUNT_MASK));
	return p;
}

static void send(struct scene *s, struct packet *p)
{
	arrive(s, p);
	free(p);
	if (!s->late)
		return;
	arrive(s, s->late);
	free(s->late);
	s->late = NULL;
}

/* New keys on both sides, in the middle of whatever there is. */
static void rekey(struct scene *s, u8 by)
{
	u8 start[KPPTP_MPPE_KEY_MAX] = { by };

	kpptp_mppe_tx_init(&s->tx, start, 128, true);
	take_batch(&s->many);
	kpptp_mppe_rx_init(&s->one.mppe, start, 128, true);
	kpptp_mppe_rx_init(&s->many.mppe, start, 128, true);
}

static void lose(struct scene *s, u32 n)
{
	u8 hdr[KPPTP_MPPE_HDR_LEN], key[KPPTP_MPPE_KEY_MAX];
	struct kpptp_rc4_job job;

	for (; n; n--, s->seq++)
		kpptp_mppe_tx_next(&s->tx, hdr, key, &job);
}

/* A packet that the next one that is sent overtakes. */
static void overtake(struct scene *s)
{
	if (!s->late)
		s->late = sealed(s, 0);
}

static void spoil(struct scene *s, u8 where)
{
	struct packet *p = sealed(s, where % PADDING_MAX);

	p->octets[where % p->len] ^= 1;
	send(s, p);
}

static void twice(struct scene *s)
{
	struct packet *p = sealed(s, 0);

	arrive(s, p);
	send(s, p);
}

#define ARRIVALS_MAX	3	/* of one act */

static void act(struct scene *s, u8 what, u8 how)
{
	switch (what % 16) {
	case 0:
		lose(s, how % 4);
		break;
	case 1:
		lose(s, how * 8);
		break;
	case 2:
		overtake(s);
		break;
	case 3:
		twice(s);
		break;
	case 4:
		send(s, forged(s, how % 16, how / 16));
		break;
	case 5:
		send(s, forged(s, how * 17, how * how));
		break;
	case 6:
		spoil(s, how);
		break;
	case 7:
		send(s, packet_new(s->seq++, CONTROL, how + 1));
		break;
	case 8:
		send(s, packet_new(s->seq + how % 32, how & 32 ? CLEAR : CONTROL, 1));
		break;
	case 9:
		take_batch(&s->many);
		break;
	case 10:
		if (how < 16)
			rekey(s, how);
		break;
	default:
		send(s, sealed(s, how % PADDING_MAX));
	}
}

/* What is held has the same octets: nothing of it is left decrypted. */
static bool same_held(const struct packet *a, const struct packet *b)
{
	for (; a && b; a = a->next, b = b->next)
		if (a->id != b->id || a->len != b->len || memcmp(a->octets, b->octets, a->len))
			return false;
	return a == b;
}

static bool same(const struct receiver *a, const struct receiver *b)
{
	return a->events == b->events &&
	       !memcmp(a->log, b->log, a->events * sizeof(*a->log)) &&
	       !memcmp(&a->win, &b->win, sizeof(a->win)) &&
	       !memcmp(&a->mppe, &b->mppe, sizeof(a->mppe)) &&
	       same_held(a->held, b->held);
}

struct receiver_outcome receiver_play(const u8 *script, size_t len)
{
	static struct scene scene;
	struct receiver_outcome outcome;
	size_t i;

	memset(&scene, 0, sizeof(scene));
	receiver_init(&scene.one, ARRIVALS_MAX * (len / 2));
	receiver_init(&scene.many, ARRIVALS_MAX * (len / 2));
	rekey(&scene, 0);
	for (i = 0; i + 1 < len; i += 2)
		act(&scene, script[i], script[i + 1]);
	take_batch(&scene.many);
	outcome = scene.many.outcome;
	outcome.same = same(&scene.one, &scene.many);
	free(scene.late);
	receiver_end(&scene.one);
	receiver_end(&scene.many);
	return outcome;
}
