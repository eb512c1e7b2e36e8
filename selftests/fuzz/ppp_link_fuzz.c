// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * One PPP link, server side. The input is a list of steps, each an octet of
 * what and an octet of how much: a frame of so many octets, or an event.
 */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "proto/ppp_link.h"

enum step {
	STEP_FRAME,		/* as it stands in the input */
	STEP_TIME,		/* so many tenths of a second pass */
	STEP_ANSWER,		/* the daemon's: odd is yes */
	STEP_ADDRESS,		/* odd: there is one */
	STEP_ECHO_BACK,		/* our last frame with this code */
	STEP_CLOSE,
	STEPS,
};

static const struct ppp_link_config defaults = {
	.name = "kpptp",
	.mru = 1400,
	.auth_peer = PPP_AUTH_BIT(PPP_AUTH_MSCHAP_V2),
	.ipv4 = true,
	.ip_give = true,
	.mppe_bits = CCP_MPPE_128 | CCP_MPPE_40,
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

static struct ppp_link_config cfg;
static struct ppp_link *link;
static struct ppp_actions acts;
static uint64_t now;
static uint8_t last[PPP_FRAME_MAX];	/* frame that we sent */
static size_t last_len;
static unsigned int serial;
static uint64_t packets;	/* that the peer has sent, as far as the link knows */
static bool authenticated, keyed, up, echo, finished;

static void must(bool truth)
{
	if (!truth)
		abort();
}

static void check_action(const struct ppp_action *act)
{
	must(!finished);
	switch (act->type) {
	case PPP_ACTION_SEND:
		must(act->send.len >= 6 && act->send.len <= PPP_FRAME_MAX);
		memcpy(last, act->send.data, act->send.len);
		last_len = act->send.len;
		break;
	case PPP_ACTION_AUTHENTICATE:
		must(strnlen(act->auth.user, sizeof(act->auth.user)) <=
		     PPP_USER_MAX);
		serial = act->auth.serial;
		break;
	case PPP_ACTION_KEYS:
		must(authenticated && !up && act->keys.bits);
		keyed = true;
		break;
	case PPP_ACTION_UP:
		must(authenticated && !up);
		must(cfg.mppe != PPP_MPPE_REQUIRE || keyed);
		must(!act->up.mppe_bits || keyed);
		must(act->up.remote.s_addr);
		up = true;
		break;
	case PPP_ACTION_DOWN:
		must(up);
		up = false;
		break;
	case PPP_ACTION_FINISHED:
		must(!up && act->reason != PPP_END_NONE);
		finished = true;
		break;
	case PPP_ACTION_GET_ADDRESS:
		must(authenticated);
		break;
	case PPP_ACTION_NOTE:
		must(act->text);
		break;
	case PPP_ACTION_FORGED:
		must(up && keyed && act->text);
		break;
	case PPP_ACTION_IDENT:
		must(strnlen(act->ident, sizeof(act->ident)) <= PPP_IDENT_MAX);
		break;
	case PPP_ACTION_ECHO:
		echo = true;
		break;
	case PPP_ACTION_ECHOED:
		must(echo);
		echo = false;
		break;
	case PPP_ACTION_PASSWORD:
		must(false);
		break;
	}
}

static void check(void)
{
	unsigned int i;

	must(acts.n <= PPP_ACTIONS_MAX);
	for (i = 0; i < acts.n; i++)
		check_action(&acts.act[i]);
	must(!finished || ppp_link_deadline(link) == UINT64_MAX);
	must(finished == (ppp_link_phase(link) == PPP_PHASE_DEAD));
	if (ppp_link_phase(link) == PPP_PHASE_ESTABLISH) {
		authenticated = false;
		keyed = false;
	}
}

static void answer(bool ok)
{
	struct ppp_auth_result result = {
		.serial = serial,
		.ok = ok,
		.error = MSCHAP_ERROR_FAILED,
	};

	if (ppp_link_phase(link) == PPP_PHASE_AUTHENTICATE && serial && ok)
		authenticated = true;
	ppp_link_auth_result(link, &result, now, &acts);
	serial = 0;
}

static void give_address(bool there)
{
	static const struct ppp_addresses addr = {
		.local.s_addr = 0x0100090a,
		.remote.s_addr = 0x0700090a,
		.dns[0].s_addr = 0x3500090a,
		.accept_peer_choice = true,
	};

	if (there)
		ppp_link_addresses(link, &addr, now, &acts);
	else
		ppp_link_no_address(link, now, &acts);
}

static void echo_back(uint8_t code)
{
	if (last_len)
		last[2] = code;
	ppp_link_input(link, last, last_len, now, &acts);
}

/* Performs the step at @data; returns how many octets it took. */
static size_t perform(const uint8_t *data, size_t size)
{
	uint8_t much = data[1];
	size_t len = 0;

	acts.n = 0;
	switch ((enum step)(data[0] % STEPS)) {
	case STEP_FRAME:
		len = much < size - 2 ? much : size - 2;
		ppp_link_input(link, data + 2, len, now, &acts);
		break;
	case STEP_TIME:
		now += much * 100;
		packets += much & 1;
		ppp_link_received(link, packets);
		ppp_link_timer(link, now, &acts);
		break;
	case STEP_ANSWER:
		answer(much & 1);
		break;
	case STEP_ADDRESS:
		give_address(much & 1);
		break;
	case STEP_ECHO_BACK:
		echo_back(much);
		break;
	case STEP_CLOSE:
		ppp_link_close(link, PPP_END_ADMIN, now, &acts);
		break;
	case STEPS:
		break;
	}
	return 2 + len;
}

/* Whatever was said before: an end takes bounded time. */
static void must_end(void)
{
	unsigned int steps = 0;

	ppp_link_close(link, PPP_END_ADMIN, now, &acts);
	check();
	while (!finished) {
		must(++steps < 10);
		now = ppp_link_deadline(link);
		must(now != UINT64_MAX);
		ppp_link_timer(link, now, &acts);
		check();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t random[32] = { 1 };

	if (!size)
		return 0;
	cfg = defaults;
	cfg.mppe = data[0] % 4;
	cfg.mppe_stateful = (data[0] >> 6) % 3;
	cfg.callback = data[0] & 0x10;
	now = 1000;
	serial = 0;
	packets = 0;
	last_len = 0;
	authenticated = false;
	keyed = false;
	up = false;
	finished = false;
	echo = false;
	link = ppp_link_new(&cfg, random);
	must(link);
	if (data[0] & 0x20)
		ppp_link_set_callback(link, CBCP_BIT(CBCP_USER), "");
	ppp_link_open(link, now, &acts);
	check();
	for (data++, size--; size >= 2 && !finished;) {
		size_t took = perform(data, size);

		check();
		data += took;
		size -= took;
	}
	if (!finished)
		must_end();
	ppp_link_free(link);
	return 0;
}
