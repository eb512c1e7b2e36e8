/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two links and the line between them, with what must hold of each whatever the
 * line does to the frames. For the tests and for the fuzzer.
 */
#ifndef SELFTESTS_PROTO_PPP_PAIR_H
#define SELFTESTS_PROTO_PPP_PAIR_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/crypto.h"
#include "proto/ppp_link.h"

#define PAIR_NEVER	UINT64_MAX
#define PAIR_FRAMES	64	/* on their way in one direction; more are lost */
#define PAIR_USER	"alice"
#define PAIR_PASSWORD	"secret"

struct pair_frame {
	size_t len;
	uint8_t data[PPP_FRAME_MAX];
};

/* Frames to one side, oldest first. */
struct pair_line {
	unsigned int n;
	struct pair_frame frame[PAIR_FRAMES];
};

/**
 * struct pair_side - one end
 * @acts: what the last call of its link asked for
 * @line: frames that are on their way to it
 * @to: where its own frames go, NULL: nowhere
 * @claim: what its peer claims; counts with @asked, and @renewed is the answer
 * @want_address: GET_ADDRESS was said and not answered
 * @proven: the peer's claim was right, since LCP opened
 * @keyed: KEYS was said; @keys: the last
 * @state: the last UP
 * @ups: how often it was said
 * @broken: the line of this file where something did not hold, 0: all does
 */
struct pair_side {
	struct ppp_link_config cfg;
	struct ppp_link *link;
	struct ppp_actions acts;
	struct pair_line line;
	struct pair_line *to;
	struct ppp_auth_request claim;
	bool asked;
	bool want_address;
	bool proven;
	bool keyed;
	bool up;
	bool finished;
	bool echo;		/* one is under way */
	enum ppp_end_reason reason;
	struct ppp_keys keys;
	struct ppp_up state;
	unsigned int ups;
	unsigned int broken;
};

/* Side 0 gives addresses where any are given, side 1 takes them. */
struct pair {
	uint64_t now;
	struct pair_side side[2];
};

static const struct ppp_link_config pair_server = {
	.name = "server",
	.mru = 1400,
	.auth_peer = PPP_AUTH_BIT(PPP_AUTH_MSCHAP_V2),
	.mppe = PPP_MPPE_REQUIRE,
	.mppe_bits = CCP_MPPE_128,
	.ipv4 = true,
	.ip_give = true,
	.restart = 3000,
	.max_configure = 10,
	.max_terminate = 2,
	.max_failure = 5,
	.echo_interval = 20000,
	.echo_failures = 3,
	.auth_timeout = 60000,
	.auth_tries = 3,
	.ncp_timeout = 40000,
};

static const struct ppp_link_config pair_client = {
	.name = "client",
	.mru = 1400,
	.credentials = {
		.user = PAIR_USER,
		.password = PAIR_PASSWORD,
		.methods = PPP_AUTH_BIT(PPP_AUTH_MSCHAP_V2),
	},
	.mppe = PPP_MPPE_REQUIRE,
	.mppe_bits = CCP_MPPE_128,
	.ipv4 = true,
	.wish = { .dns = true },
	.restart = 3000,
	.max_configure = 10,
	.max_terminate = 2,
	.max_failure = 5,
	.echo_interval = 20000,
	.echo_failures = 3,
	.auth_timeout = 60000,
	.auth_tries = 3,
	.ncp_timeout = 40000,
};

static inline void pair_must(struct pair_side *s, bool truth, unsigned int line)
{
	if (!truth && !s->broken)
		s->broken = line;
}

#define PAIR_MUST(side, truth) pair_must(side, truth, __LINE__)

static inline void pair_send(struct pair_line *line, const uint8_t *data,
			     size_t len)
{
	if (!line || line->n == PAIR_FRAMES)
		return;
	line->frame[line->n].len = len;
	memcpy(line->frame[line->n++].data, data, len);
}

static inline bool pair_take(struct pair_line *line, struct pair_frame *frame)
{
	if (!line->n)
		return false;
	*frame = line->frame[0];
	memmove(&line->frame[0], &line->frame[1],
		--line->n * sizeof(line->frame[0]));
	return true;
}

static inline void pair_check_up(struct pair_side *s, const struct ppp_up *up)
{
	PAIR_MUST(s, !s->cfg.auth_peer || s->proven);
	PAIR_MUST(s, s->cfg.mppe != PPP_MPPE_REQUIRE || up->mppe_bits);
	PAIR_MUST(s, !up->mppe_bits || s->keyed);
	PAIR_MUST(s, !up->mppe_bits || up->mppe_bits == s->keys.bits);
	PAIR_MUST(s, !s->keyed || up->mppe_bits);
	PAIR_MUST(s, up->mppe_compress_tx == s->keys.compress_tx);
	PAIR_MUST(s, up->mppe_compress_rx == s->keys.compress_rx);
	PAIR_MUST(s, s->cfg.mppe != PPP_MPPE_DENY || !up->mppe_bits);
	PAIR_MUST(s, up->has_ipv4 || up->has_ipv6);
	PAIR_MUST(s, up->has_ipv4 == s->cfg.ipv4);
	PAIR_MUST(s, s->cfg.ipv6 || !up->has_ipv6);
	PAIR_MUST(s, !up->has_ipv4 || up->local.s_addr);
	PAIR_MUST(s, !up->has_ipv4 || !s->cfg.ip_give || up->remote.s_addr);
	PAIR_MUST(s, !up->has_ipv6 || memcmp(up->local_id, up->remote_id, PPP_IFID_LEN));
	PAIR_MUST(s, !s->up || up->has_ipv6 != s->state.has_ipv6);
	s->state = *up;
	s->up = true;
	s->ups++;
}

static inline void pair_check_action(struct pair_side *s, const struct ppp_action *act)
{
	PAIR_MUST(s, !s->finished);
	switch (act->type) {
	case PPP_ACTION_SEND:
		PAIR_MUST(s, act->send.len >= 6 && act->send.len <= PPP_FRAME_MAX);
		pair_send(s->to, act->send.data, act->send.len);
		break;
	case PPP_ACTION_AUTHENTICATE:
		PAIR_MUST(s, act->auth.kind == PPP_AUTH_IDENTITY ||
			  s->cfg.auth_peer & PPP_AUTH_BIT(act->auth.method));
		PAIR_MUST(s, strnlen(act->auth.user, PPP_USER_MAX + 1) <= PPP_USER_MAX);
		s->claim = act->auth;
		s->asked = true;
		break;
	case PPP_ACTION_PASSWORD:
		PAIR_MUST(s, s->cfg.credentials.new_password);
		break;
	case PPP_ACTION_GET_ADDRESS:
		PAIR_MUST(s, s->cfg.ip_give && (!s->cfg.auth_peer || s->proven));
		s->want_address = true;
		break;
	case PPP_ACTION_KEYS:
		PAIR_MUST(s, !s->up && act->keys.bits);
		PAIR_MUST(s, s->cfg.mppe != PPP_MPPE_DENY);
		PAIR_MUST(s, s->cfg.mppe_compression ||
			  !(act->keys.compress_tx || act->keys.compress_rx));
		s->keys = act->keys;
		s->keyed = true;
		break;
	case PPP_ACTION_UP:
		pair_check_up(s, &act->up);
		break;
	case PPP_ACTION_DOWN:
		PAIR_MUST(s, s->up);
		s->up = false;
		break;
	case PPP_ACTION_FINISHED:
		PAIR_MUST(s, !s->up && act->reason != PPP_END_NONE);
		s->finished = true;
		s->reason = act->reason;
		break;
	case PPP_ACTION_NOTE:
		PAIR_MUST(s, act->text);
		break;
	case PPP_ACTION_ECHO:
		s->echo = true;
		break;
	case PPP_ACTION_ECHOED:
		PAIR_MUST(s, s->echo);
		s->echo = false;
		break;
	case PPP_ACTION_FORGED:
		PAIR_MUST(s, s->up && s->keyed && act->text);
		break;
	case PPP_ACTION_IDENT:
		PAIR_MUST(s, act->ident[0]);
		PAIR_MUST(s, strnlen(act->ident, PPP_IDENT_MAX + 1) <= PPP_IDENT_MAX);
		break;
	}
}

/* After each call of its link. */
static inline void pair_side_perform(struct pair_side *s)
{
	unsigned int n;

	PAIR_MUST(s, s->acts.n <= PPP_ACTIONS_MAX);
	for (n = 0; n < s->acts.n; n++)
		pair_check_action(s, &s->acts.act[n]);
	ppp_action_wipe(&s->acts);
	PAIR_MUST(s, s->finished == (ppp_link_phase(s->link) == PPP_PHASE_DEAD));
	PAIR_MUST(s, !s->finished || ppp_link_deadline(s->link) == PAIR_NEVER);
	/* Whoever is silent does not keep it for ever. */
	PAIR_MUST(s, s->finished || ppp_link_deadline(s->link) != PAIR_NEVER);
	PAIR_MUST(s, s->up <= (ppp_link_phase(s->link) == PPP_PHASE_NETWORK));
	if (ppp_link_phase(s->link) == PPP_PHASE_ESTABLISH)
		s->proven = false;
}

static inline void pair_perform(struct pair *pair, unsigned int i)
{
	pair_side_perform(&pair->side[i]);
}

static inline void pair_side_open(struct pair_side *s, const struct ppp_link_config *cfg,
				  const uint8_t random[32], uint64_t now)
{
	s->cfg = *cfg;
	s->link = ppp_link_new(&s->cfg, random);
	if (!s->link)
		abort();
	ppp_link_open(s->link, now, &s->acts);
	pair_side_perform(s);
}

/* What was due is done: the next deadline is another one. */
static inline void pair_side_timer(struct pair_side *s, uint64_t now)
{
	ppp_link_timer(s->link, now, &s->acts);
	pair_side_perform(s);
	PAIR_MUST(s, ppp_link_deadline(s->link) > now);
}

static inline void pair_free(struct pair *pair)
{
	ppp_link_free(pair->side[0].link);
	ppp_link_free(pair->side[1].link);
	memset(pair, 0, sizeof(*pair));
}

static inline void pair_open(struct pair *pair, const struct ppp_link_config *a,
			     const struct ppp_link_config *b)
{
	unsigned int i;

	memset(pair, 0, sizeof(*pair));
	pair->now = 1000;
	for (i = 0; i < 2; i++) {
		const uint8_t random[32] = { (uint8_t)(i + 1) };

		pair->side[i].to = &pair->side[!i].line;
		pair_side_open(&pair->side[i], i ? b : a, random, pair->now);
	}
}

static inline void pair_side_input(struct pair_side *s, const struct pair_frame *frame,
				   uint64_t now)
{
	ppp_link_input(s->link, frame->data, frame->len, now, &s->acts);
	pair_side_perform(s);
}

/* A frame arrives at side @i. */
static inline void pair_input(struct pair *pair, unsigned int i,
			      const struct pair_frame *frame)
{
	pair_side_input(&pair->side[i], frame, pair->now);
}

/* Its users know one name and its password. */
static inline void pair_side_answer(struct pair_side *s, bool allow, uint64_t now)
{
	struct ppp_auth_secret secret = { .known = true };
	struct ppp_auth_result result;

	if (!s->asked)
		return;
	s->asked = false;
	secret.password = PAIR_PASSWORD;
	crypto_nt_hash(PAIR_PASSWORD, strlen(PAIR_PASSWORD), secret.nt_hash);
	if (!allow || strcmp(s->claim.user, PAIR_USER))
		ppp_auth_refuse(&s->claim, MSCHAP_ERROR_FAILED, "No", &result);
	else if (s->claim.kind == PPP_AUTH_IDENTITY)
		result = (struct ppp_auth_result){
			.serial = s->claim.serial,
			.ok = true,
			.methods = s->cfg.auth_peer,
		};
	else
		s->proven |= ppp_auth_check(&s->claim, &secret, &result);
	ppp_link_auth_result(s->link, &result, now, &s->acts);
	pair_side_perform(s);
}

static inline void pair_answer(struct pair *pair, unsigned int i, bool allow)
{
	pair_side_answer(&pair->side[i], allow, pair->now);
}

static inline void pair_side_address(struct pair_side *s, bool there, uint64_t now)
{
	static const struct ppp_addresses addr = {
		.local.s_addr = 0x0100090a,
		.remote.s_addr = 0x0700090a,
		.dns[0].s_addr = 0x3500090a,
		.dns[1].s_addr = 0x3600090a,
		.wins[0].s_addr = 0x5000090a,
	};

	if (!s->want_address)
		return;
	s->want_address = false;
	if (there)
		ppp_link_addresses(s->link, &addr, now, &s->acts);
	else
		ppp_link_no_address(s->link, now, &s->acts);
	pair_side_perform(s);
}

static inline void pair_address(struct pair *pair, unsigned int i, bool there)
{
	pair_side_address(&pair->side[i], there, pair->now);
}

/* Everything that is on its way arrives, every question is answered. */
static inline void pair_settle(struct pair *pair)
{
	struct pair_frame frame;
	unsigned int i, rounds;
	bool busy = true;

	for (rounds = 0; busy && rounds < 2000; rounds++) {
		busy = false;
		for (i = 0; i < 2; i++) {
			struct pair_side *s = &pair->side[i];

			busy |= s->line.n || s->asked || s->want_address;
			pair_answer(pair, i, true);
			pair_address(pair, i, true);
			if (pair_take(&s->line, &frame))
				pair_input(pair, i, &frame);
		}
	}
	PAIR_MUST(&pair->side[0], !busy);
}

/* The clock goes on to the next deadline of either; false: there is none. */
static inline bool pair_expire(struct pair *pair)
{
	uint64_t a = ppp_link_deadline(pair->side[0].link);
	uint64_t b = ppp_link_deadline(pair->side[1].link);
	unsigned int i;

	if (a == PAIR_NEVER && b == PAIR_NEVER)
		return false;
	pair->now = a < b ? a : b;
	for (i = 0; i < 2; i++)
		pair_side_timer(&pair->side[i], pair->now);
	return true;
}

static inline unsigned int pair_broken(const struct pair *pair)
{
	return pair->side[0].broken ? pair->side[0].broken :
				      pair->side[1].broken;
}

/* What one end sends, the other receives, by the same key in the same mode. */
static inline bool pair_sides_match(const struct ppp_keys *a, const struct ppp_keys *b)
{
	return a->bits == b->bits && a->stateless == b->stateless &&
	       a->compress_tx == b->compress_rx && a->compress_rx == b->compress_tx &&
	       !memcmp(a->tx, b->rx, sizeof(a->tx)) &&
	       !memcmp(a->rx, b->tx, sizeof(a->rx));
}

static inline bool pair_keys_match(const struct pair *pair)
{
	return pair_sides_match(&pair->side[0].keys, &pair->side[1].keys);
}

#endif /* SELFTESTS_PROTO_PPP_PAIR_H */
