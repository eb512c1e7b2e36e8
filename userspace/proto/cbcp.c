// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <string.h>

#include "cbcp.h"
#include "lib/array.h"
#include "lib/bytes.h"
#include "ppp_opt.h"

#define NEVER UINT64_MAX

/* The one type of address that there is: a number of the telephone network. */
#define ADDRESS_PSTN	1

/* Delay, type of the address, number and its 0. */
#define VALUE_MAX	(3 + CBCP_NUMBER_MAX)

/* All types in one Request, none of them with a number. */
#define REQUEST_MAX	16

/*
 * The next number of an address. Each may have its type before it: whether those of a
 * list do is not known, but 1 is no digit. False: it cannot be dialled.
 */
static bool take_number(struct reader *r, char number[CBCP_NUMBER_MAX + 1])
{
	size_t n = 0;
	uint8_t c;

	if (r->left && r->p[0] == ADDRESS_PSTN)
		reader_u8(r);
	for (; r->left; n++) {
		c = reader_u8(r);
		if (!c)
			break;
		if (c < ' ' || c > '~' || n == CBCP_NUMBER_MAX)
			return false;
		number[n] = (char)c;
	}
	number[n] = '\0';
	return true;
}

/*
 * The delay and the first number, if there are any. "No callback" ought to have
 * neither; pppd sends a delay with it.
 */
static bool take_value(struct reader *r, struct cbcp_choice *choice)
{
	choice->delay = r->left ? reader_u8(r) : 0;
	return take_number(r, choice->number);
}

static void put_value(struct writer *w, const struct cbcp_choice *choice, bool numbered)
{
	writer_u8(w, choice->delay);
	if (!numbered)
		return;
	writer_u8(w, ADDRESS_PSTN);
	writer_put(w, choice->number, strlen(choice->number) + 1);
}

/* The option as [MS-CBCP] section 2.2.4.2 wants it of each type. */
static void put_choice(struct writer *w, const struct cbcp_choice *choice)
{
	bool numbered = choice->type == CBCP_USER || choice->type == CBCP_LIST;
	uint8_t value[VALUE_MAX];
	struct writer v = writer_of(value, sizeof(value));

	if (choice->type != CBCP_NONE)
		put_value(&v, choice, numbered);
	ppp_opt_put(w, (uint8_t)choice->type, value, (uint8_t)v.len);
}

static void send_choice(uint8_t code, uint8_t id, const struct cbcp_choice *choice,
			struct ppp_actions *acts)
{
	uint8_t data[PPP_OPT_HEADER + VALUE_MAX];
	struct writer w = writer_of(data, sizeof(data));

	put_choice(&w, choice);
	ppp_action_packet(acts, CBCP_PROTOCOL, code, id, data, w.len);
}

void cbcp_answerer_init(struct cbcp_answerer *a, const struct cbcp_config *cfg)
{
	memset(a, 0, sizeof(*a));
	a->cfg = *cfg;
	a->deadline = NEVER;
}

/* Each with an identifier of its own, from 1 on (section 2.2.4.1). */
static void send_request(struct cbcp_answerer *a, uint64_t now, struct ppp_actions *acts)
{
	static const enum cbcp_type types[] = { CBCP_NONE, CBCP_USER, CBCP_ADMIN };
	struct cbcp_choice offer = { .delay = 0 };
	uint8_t data[REQUEST_MAX];
	struct writer w = writer_of(data, sizeof(data));
	size_t i;

	for (i = 0; i < ARRAY_SIZE(types); i++) {
		offer.type = types[i];
		if (a->types & CBCP_BIT(offer.type))
			put_choice(&w, &offer);
	}
	ppp_action_packet(acts, CBCP_PROTOCOL, CBCP_CODE_REQUEST, ++a->id, data, w.len);
	a->sent++;
	a->deadline = now + a->cfg.restart;
}

void cbcp_answerer_start(struct cbcp_answerer *a, unsigned int types, uint64_t now,
			 struct ppp_actions *acts)
{
	a->state = CBCP_ASKED;
	a->types = types;
	a->id = 0;
	a->sent = 0;
	send_request(a, now, acts);
}

void cbcp_answerer_stop(struct cbcp_answerer *a)
{
	a->state = CBCP_IDLE;
	a->deadline = NEVER;
}

/* One option, of a type that was offered. */
static bool take_response(struct cbcp_answerer *a, const struct ppp_packet *pkt)
{
	struct reader r = reader_of(pkt->data, pkt->len);
	struct ppp_opt opt;
	struct reader value;

	if (!ppp_opt_next(&r, &opt) || r.left || opt.type > CBCP_LIST ||
	    !(a->types & CBCP_BIT(opt.type)))
		return false;
	value = reader_of(opt.data, opt.len);
	a->choice.type = (enum cbcp_type)opt.type;
	return take_value(&value, &a->choice);
}

/* The octets of the Response, whatever they are (section 2.2.4.3). */
static void send_ack(const struct ppp_packet *response, struct ppp_actions *acts)
{
	ppp_action_packet(acts, CBCP_PROTOCOL, CBCP_CODE_ACK, response->id, response->data,
			  response->len);
}

enum cbcp_outcome cbcp_answerer_input(struct cbcp_answerer *a, const struct ppp_packet *pkt,
				      uint64_t now, struct ppp_actions *acts)
{
	if (pkt->code != CBCP_CODE_RESPONSE || pkt->id != a->id)
		return CBCP_IGNORED;
	switch (a->state) {
	case CBCP_IDLE:
		return CBCP_IGNORED;
	case CBCP_ASKED:
		break;
	case CBCP_DONE:
		send_ack(pkt, acts);
		return CBCP_IGNORED;
	}
	if (take_response(a, pkt)) {
		a->state = CBCP_DONE;
		a->deadline = NEVER;
		send_ack(pkt, acts);
		return CBCP_AGREED;
	}
	/* Section 3.2.5.3; after the last one the timer ends it. */
	if (a->sent < a->cfg.max_transmit)
		send_request(a, now, acts);
	return CBCP_WAITING;
}

bool cbcp_answerer_timer(struct cbcp_answerer *a, uint64_t now, struct ppp_actions *acts)
{
	if (now < a->deadline)
		return true;
	a->deadline = NEVER;
	if (a->sent >= a->cfg.max_transmit)
		return false;
	send_request(a, now, acts);
	return true;
}

void cbcp_caller_init(struct cbcp_caller *c, const char *number)
{
	memset(c, 0, sizeof(*c));
	c->number = number;
}

void cbcp_caller_stop(struct cbcp_caller *c)
{
	c->responded = false;
}

/*
 * How gladly we take @type, 0: not at all. A callback goes before none, and a number
 * that we have before one that the answerer knows.
 */
static size_t rank(const struct cbcp_caller *c, unsigned int type)
{
	static const enum cbcp_type own[] = { CBCP_NONE, CBCP_ADMIN, CBCP_LIST, CBCP_USER };
	static const enum cbcp_type any[] = { CBCP_NONE, CBCP_USER, CBCP_LIST, CBCP_ADMIN };
	size_t i;

	if (!c->number)
		return type == CBCP_NONE;
	for (i = 0; i < ARRAY_SIZE(own); i++) {
		if (type == (c->number[0] ? own : any)[i])
			return i + 1;
	}
	return 0;
}

/* Chooses ours from a list, or its first where any will do. False: it is not there. */
static bool choose_of_list(const struct cbcp_caller *c, struct reader *value,
			   struct cbcp_choice *choice)
{
	reader_u8(value);
	while (value->left) {
		if (!take_number(value, choice->number))
			return false;
		if (choice->number[0] && (!c->number[0] || !strcmp(choice->number, c->number)))
			return true;
	}
	return false;
}

/* What we would answer if this option were the only one. */
static bool choose(const struct cbcp_caller *c, const struct ppp_opt *opt,
		   struct cbcp_choice *choice)
{
	struct reader value = reader_of(opt->data, opt->len);

	*choice = (struct cbcp_choice){ .type = (enum cbcp_type)opt->type };
	if (choice->type == CBCP_LIST)
		return choose_of_list(c, &value, choice);
	if (choice->type == CBCP_USER)
		snprintf(choice->number, sizeof(choice->number), "%s", c->number);
	return true;
}

static enum cbcp_outcome take_request(struct cbcp_caller *c, const struct ppp_packet *pkt,
				      struct ppp_actions *acts)
{
	struct reader r = reader_of(pkt->data, pkt->len);
	struct cbcp_choice choice;
	struct ppp_opt opt;
	size_t best = 0;

	if (!pkt->len || !ppp_opt_valid(pkt->data, pkt->len))
		return CBCP_IGNORED;
	while (ppp_opt_next(&r, &opt)) {
		if (rank(c, opt.type) > best && choose(c, &opt, &choice)) {
			best = rank(c, opt.type);
			c->choice = choice;
		}
	}
	c->responded = best;
	if (!best)
		return CBCP_IMPOSSIBLE;
	c->id = pkt->id;
	send_choice(CBCP_CODE_RESPONSE, c->id, &c->choice, acts);
	return c->choice.type == CBCP_NONE ? CBCP_AGREED : CBCP_WAITING;
}

enum cbcp_outcome cbcp_caller_input(struct cbcp_caller *c, const struct ppp_packet *pkt,
				    struct ppp_actions *acts)
{
	if (pkt->code == CBCP_CODE_REQUEST)
		return take_request(c, pkt, acts);
	if (pkt->code == CBCP_CODE_ACK && c->responded && pkt->id == c->id)
		return CBCP_AGREED;
	return CBCP_IGNORED;
}
