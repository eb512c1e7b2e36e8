// SPDX-License-Identifier: GPL-2.0-only
/*
 * MPPE frames, in the kernel: what is sent, and what is made of it.
 */
#include <kunit/test.h>

#include "../core/mppe.h"
#include "vectors/mppe_frames.h"

#define TEXT	sizeof(mppe_frame_plain)
#define PACKET	(KPPTP_MPPE_HDR_LEN + TEXT)

/* Both ends of one direction. */
struct mppe_link {
	struct kpptp_mppe_tx tx;
	struct kpptp_mppe_rx rx;
	struct kpptp_mppe_trial trial;
	struct kpptp_mppe_ahead ahead;
	struct kpptp_rc4_scratch scratch;
	u8 packet[PACKET];
	u8 text[TEXT];
};

static void mppe_run(struct mppe_link *link, struct kpptp_rc4_job *job,
		     const u8 *src, u8 *dst)
{
	job->src = src;
	job->dst = dst;
	job->len = TEXT;
	kpptp_rc4_run(job, 1, &link->scratch);
}

static void mppe_send(struct mppe_link *link)
{
	u8 key[KPPTP_MPPE_KEY_MAX];
	struct kpptp_rc4_job job;

	kpptp_mppe_tx_next(&link->tx, link->packet, key, &job);
	mppe_run(link, &job, mppe_frame_plain, link->packet + KPPTP_MPPE_HDR_LEN);
}

/* True when the packet's text came out and was committed. */
static bool mppe_receive(struct mppe_link *link, u32 seq)
{
	struct kpptp_rc4_job job;

	if (kpptp_mppe_rx_begin(&link->rx, &link->ahead, link->packet, PACKET, seq,
				&link->trial, &job) != KPPTP_MPPE_TRIAL)
		return false;
	mppe_run(link, &job, link->packet + KPPTP_MPPE_HDR_LEN, link->text);
	if (!kpptp_mppe_plausible(link->text, TEXT) ||
	    memcmp(link->text, mppe_frame_plain, TEXT))
		return false;
	kpptp_mppe_rx_commit(&link->rx, &link->trial);
	return true;
}

static struct mppe_link *mppe_link_new(struct kunit *test, size_t v)
{
	struct mppe_link *link = kunit_kzalloc(test, sizeof(*link), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, link);
	kpptp_mppe_tx_init(&link->tx, mppe_frame_vectors[v].start,
			   mppe_frame_vectors[v].bits, mppe_frame_vectors[v].stateless);
	kpptp_mppe_rx_init(&link->rx, mppe_frame_vectors[v].start,
			   mppe_frame_vectors[v].bits, mppe_frame_vectors[v].stateless);
	return link;
}

static void mppe_vector(struct kunit *test, size_t v)
{
	struct mppe_link *link = mppe_link_new(test, v);
	size_t row = 0;
	u32 i;

	for (i = 0; i <= 4097; i++) {
		if (i && i == mppe_frame_vectors[v].reset)
			kpptp_mppe_tx_reset(&link->tx);
		mppe_send(link);
		if (row < ARRAY_SIZE(mppe_frame_vectors[v].out) &&
		    i == mppe_frame_vectors[v].out[row].number) {
			KUNIT_EXPECT_EQ_MSG(test, 0,
					    memcmp(link->packet,
						   mppe_frame_vectors[v].out[row].octets,
						   PACKET),
					    "vector %zu packet %u", v, i);
			row++;
		}
		KUNIT_ASSERT_TRUE_MSG(test, mppe_receive(link, i),
				      "vector %zu packet %u", v, i);
	}
	KUNIT_EXPECT_GE(test, row, 5);
}

static void mppe_frames(struct kunit *test)
{
	size_t v;

	for (v = 0; v < ARRAY_SIZE(mppe_frame_vectors); v++)
		mppe_vector(test, v);
}

/* 3 000 packets lost, stateless: to the count alone the next one looks late. */
static void mppe_outage(struct kunit *test)
{
	struct mppe_link *link = mppe_link_new(test, 0);
	u32 i, waited = 0;

	KUNIT_ASSERT_TRUE(test, mppe_frame_vectors[0].stateless);
	mppe_send(link);
	KUNIT_ASSERT_TRUE(test, mppe_receive(link, 0));
	for (i = 1; i <= 3000; i++)
		mppe_send(link);
	for (;; i++) {
		mppe_send(link);
		if (mppe_receive(link, i))
			break;
		KUNIT_ASSERT_LT(test, waited++, 100);
	}
	/* The packet after @waited claims 3001 + waited changes; 128 each are done. */
	KUNIT_EXPECT_EQ(test, waited, 23);
}

static struct kunit_case mppe_cases[] = {
	KUNIT_CASE(mppe_frames),
	KUNIT_CASE(mppe_outage),
	{}
};

static struct kunit_suite mppe_suite = {
	.name = "kpptp_mppe",
	.test_cases = mppe_cases,
};

kunit_test_suite(mppe_suite);
