// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Two links talk to each other over a line that the input spoils. What must hold
 * of each is in proto/ppp_pair.h. The first four octets say what kind of links;
 * then come steps, each an octet of what and an octet of how much.
 */
#include <stdlib.h>

#include "fuzz.h"
#include "pair_config.h"

enum step {
	STEP_DELIVER,		/* so many frames each way, as they are */
	STEP_LOSE,		/* odd: at the server */
	STEP_DOUBLE,
	STEP_OVERTAKE,
	STEP_SPOIL,		/* the next frame gets an octet of the input */
	STEP_FRAME,		/* a frame of so many octets from the input */
	STEP_TIME,		/* so many tenths of a second pass */
	STEP_ANSWER,		/* bit 1: which side; bit 2: yes */
	STEP_ADDRESS,
	STEP_CLOSE,
	STEPS,
};

static struct pair pair;

static void must(bool truth)
{
	if (!truth)
		abort();
}

static void deliver(unsigned int i)
{
	struct pair_frame frame;

	if (pair_take(&pair.side[i].line, &frame))
		pair_input(&pair, i, &frame);
}

static void deliver_both(unsigned int n)
{
	for (; n; n--) {
		deliver(0);
		deliver(1);
	}
}

static void twice(unsigned int i)
{
	struct pair_frame frame;

	if (!pair_take(&pair.side[i].line, &frame))
		return;
	pair_input(&pair, i, &frame);
	pair_input(&pair, i, &frame);
}

static void overtake(unsigned int i)
{
	struct pair_frame first;

	if (!pair_take(&pair.side[i].line, &first))
		return;
	deliver(i);
	pair_input(&pair, i, &first);
}

/* @much: which octet, and at which side; @value takes its place. */
static void spoil(uint8_t much, uint8_t value)
{
	struct pair_line *line = &pair.side[much & 1].line;

	if (!line->n || (much >> 1) >= line->frame[0].len)
		return;
	line->frame[0].data[much >> 1] = value;
}

static void pass_time(uint8_t tenths)
{
	unsigned int i;

	pair.now += tenths * 100;
	for (i = 0; i < 2; i++)
		pair_side_timer(&pair.side[i], pair.now);
}

static void close_side(unsigned int i)
{
	ppp_link_close(pair.side[i].link, PPP_END_ADMIN, pair.now,
		       &pair.side[i].acts);
	pair_perform(&pair, i);
}

static size_t inject(uint8_t much, const uint8_t *data, size_t size)
{
	struct pair_frame frame;

	frame.len = much >> 1;
	if (frame.len > size)
		frame.len = size;
	memcpy(frame.data, data, frame.len);
	pair_input(&pair, much & 1, &frame);
	return frame.len;
}

/* Performs the step at @data; returns how many octets it took. */
static size_t perform(const uint8_t *data, size_t size)
{
	uint8_t much = data[1];
	unsigned int i = much & 1;
	struct pair_frame lost;

	switch ((enum step)(data[0] % STEPS)) {
	case STEP_DELIVER:
		deliver_both(much % 32 + 1);
		break;
	case STEP_LOSE:
		pair_take(&pair.side[i].line, &lost);
		break;
	case STEP_DOUBLE:
		twice(i);
		break;
	case STEP_OVERTAKE:
		overtake(i);
		break;
	case STEP_SPOIL:
		if (size < 3)
			return size;
		spoil(much, data[2]);
		return 3;
	case STEP_FRAME:
		return 2 + inject(much, data + 2, size - 2);
	case STEP_TIME:
		pass_time(much);
		break;
	case STEP_ANSWER:
		pair_answer(&pair, i, much & 2);
		break;
	case STEP_ADDRESS:
		pair_address(&pair, i, much & 2);
		break;
	case STEP_CLOSE:
		close_side(i);
		break;
	case STEPS:
		break;
	}
	return 2;
}

/* Whatever was said before: an end takes bounded time. */
static void must_end(void)
{
	unsigned int steps = 0;

	close_side(0);
	close_side(1);
	pair_settle(&pair);
	while (pair_expire(&pair)) {
		must(++steps < 40);
		pair_settle(&pair);
	}
	must(pair.side[0].finished && pair.side[1].finished);
	must(!pair_broken(&pair));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ppp_link_config cfg[2];

	if (size < 4)
		return 0;
	pair_configure(data, cfg);
	pair_open(&pair, &cfg[0], &cfg[1]);
	if (data[0] & 0x80)
		ppp_link_set_callback(pair.side[0].link, CBCP_BIT(CBCP_ADMIN), "5551212");
	for (data += 4, size -= 4; size >= 2;) {
		size_t took = perform(data, size);

		must(!pair_broken(&pair));
		data += took;
		size -= took;
	}
	must_end();
	pair_free(&pair);
	return 0;
}
