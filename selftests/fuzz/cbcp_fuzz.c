// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * CBCP of both roles. The first octet says what is offered and what is wished for;
 * then come packets to both, each after an octet of length.
 */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "proto/cbcp.h"

#define TYPES	(CBCP_BIT(CBCP_NONE) | CBCP_BIT(CBCP_USER) | CBCP_BIT(CBCP_ADMIN))

static struct cbcp_answerer answerer;
static struct cbcp_caller caller;
static struct ppp_actions acts;
static unsigned int agreed;

static void must(bool truth)
{
	if (!truth)
		abort();
}

static void check_choice(const struct cbcp_choice *choice)
{
	const char *c;

	must(strnlen(choice->number, sizeof(choice->number)) <= CBCP_NUMBER_MAX);
	for (c = choice->number; *c; c++)
		must(*c >= ' ' && *c <= '~');
}

/* At most one packet of CBCP, and one that we would take ourselves. */
static void check_sent(void)
{
	struct ppp_packet pkt;

	must(acts.n <= 1);
	if (!acts.n)
		return;
	must(acts.act[0].type == PPP_ACTION_SEND && acts.act[0].send.len >= 6);
	must(ppp_packet_parse(acts.act[0].send.data + 2, acts.act[0].send.len - 2, &pkt));
	must(pkt.code >= CBCP_CODE_REQUEST && pkt.code <= CBCP_CODE_ACK);
}

static void to_answerer(const struct ppp_packet *pkt)
{
	enum cbcp_outcome outcome;

	acts.n = 0;
	outcome = cbcp_answerer_input(&answerer, pkt, 1000, &acts);
	check_sent();
	must(outcome != CBCP_IMPOSSIBLE);
	if (outcome != CBCP_AGREED)
		return;
	must(!agreed++);
	must(answerer.types & CBCP_BIT(answerer.choice.type));
	check_choice(&answerer.choice);
}

static void to_caller(const struct ppp_packet *pkt)
{
	enum cbcp_outcome outcome;

	acts.n = 0;
	outcome = cbcp_caller_input(&caller, pkt, &acts);
	check_sent();
	if (outcome != CBCP_AGREED && outcome != CBCP_WAITING)
		return;
	must(caller.responded);
	must(caller.number || caller.choice.type == CBCP_NONE);
	check_choice(&caller.choice);
}

/* In a heap block of its own, so that a step past the end is seen. */
static void hear(const uint8_t *data, size_t len)
{
	uint8_t *copy = malloc(len ? len : 1);
	struct ppp_packet pkt;

	must(copy);
	memcpy(copy, data, len);
	if (ppp_packet_parse(copy, len, &pkt)) {
		to_answerer(&pkt);
		to_caller(&pkt);
	}
	free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct cbcp_config cfg = { .restart = 3000, .max_transmit = 10 };
	static const char * const wishes[] = { NULL, "", "123", "5551212" };

	if (!size)
		return 0;
	agreed = 0;
	cbcp_answerer_init(&answerer, &cfg);
	cbcp_caller_init(&caller, wishes[data[0] >> 6]);
	acts.n = 0;
	cbcp_answerer_start(&answerer, data[0] & TYPES, 0, &acts);
	check_sent();
	for (data++, size--; size;) {
		size_t len = data[0] < size - 1 ? data[0] : size - 1;

		hear(data + 1, len);
		data += 1 + len;
		size -= 1 + len;
	}
	must(answerer.sent <= cfg.max_transmit);
	return 0;
}
