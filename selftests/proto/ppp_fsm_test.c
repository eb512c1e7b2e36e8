// SPDX-License-Identifier: GPL-2.0-or-later
/* The automaton against the printed table of RFC 1661 section 4.1. */
#include "kselftest_harness.h"

#include "proto/ppp_fsm.h"

#define NEVER UINT64_MAX

/*
 * Typed from the two halves of the table as they are printed: a column for each
 * state 0 to 9. Options [p] and [r] are not taken, [x] is.
 */
static const struct {
	enum ppp_fsm_event event;
	const char *cell[PPP_FSM_STATES];
} rfc1661[] = {
	{ PPP_FSM_UP, {
		"2", "irc,scr/6", "-", "-", "-", "-",
		"-", "-", "-", "-" } },
	{ PPP_FSM_DOWN, {
		"-", "-", "0", "tls/1", "0", "1",
		"1", "1", "1", "tld/1" } },
	{ PPP_FSM_OPEN, {
		"tls/1", "1", "irc,scr/6", "3", "5", "5",
		"6", "7", "8", "9" } },
	{ PPP_FSM_CLOSE, {
		"0", "tlf/0", "2", "2", "4", "4",
		"irc,str/4", "irc,str/4", "irc,str/4", "tld,irc,str/4" } },
	{ PPP_FSM_TO_MORE, {
		"-", "-", "-", "-", "str/4", "str/5",
		"scr/6", "scr/6", "scr/8", "-" } },
	{ PPP_FSM_TO_LAST, {
		"-", "-", "-", "-", "tlf/2", "tlf/3",
		"tlf/3", "tlf/3", "tlf/3", "-" } },
	{ PPP_FSM_RCR_GOOD, {
		"-", "-", "sta/2", "irc,scr,sca/8", "4", "5",
		"sca/8", "sca,tlu/9", "sca/8", "tld,scr,sca/8" } },
	{ PPP_FSM_RCR_BAD, {
		"-", "-", "sta/2", "irc,scr,scn/6", "4", "5",
		"scn/6", "scn/7", "scn/6", "tld,scr,scn/6" } },
	{ PPP_FSM_RCA, {
		"-", "-", "sta/2", "sta/3", "4", "5",
		"irc/7", "scr/6", "irc,tlu/9", "tld,scr/6" } },
	{ PPP_FSM_RCN, {
		"-", "-", "sta/2", "sta/3", "4", "5",
		"irc,scr/6", "scr/6", "irc,scr/8", "tld,scr/6" } },
	{ PPP_FSM_RTR, {
		"-", "-", "sta/2", "sta/3", "sta/4", "sta/5",
		"sta/6", "sta/6", "sta/6", "tld,zrc,sta/5" } },
	{ PPP_FSM_RTA, {
		"-", "-", "2", "3", "tlf/2", "tlf/3",
		"6", "6", "8", "tld,scr/6" } },
	{ PPP_FSM_RUC, {
		"-", "-", "scj/2", "scj/3", "scj/4", "scj/5",
		"scj/6", "scj/7", "scj/8", "scj/9" } },
	{ PPP_FSM_RXJ_GOOD, {
		"-", "-", "2", "3", "4", "5",
		"6", "6", "8", "9" } },
	{ PPP_FSM_RXJ_BAD, {
		"-", "-", "tlf/2", "tlf/3", "tlf/2", "tlf/3",
		"tlf/3", "tlf/3", "tlf/3", "tld,irc,str/5" } },
	{ PPP_FSM_RXR, {
		"-", "-", "2", "3", "4", "5",
		"6", "7", "8", "ser/9" } },
};

static const struct {
	const char *name;
	unsigned int bit;
} names[] = {
	{ "tlu", PPP_FSM_TLU }, { "tld", PPP_FSM_TLD }, { "tls", PPP_FSM_TLS },
	{ "tlf", PPP_FSM_TLF }, { "irc", PPP_FSM_IRC }, { "zrc", PPP_FSM_ZRC },
	{ "scr", PPP_FSM_SCR }, { "sca", PPP_FSM_SCA }, { "scn", PPP_FSM_SCN },
	{ "str", PPP_FSM_STR }, { "sta", PPP_FSM_STA }, { "scj", PPP_FSM_SCJ },
	{ "ser", PPP_FSM_SER },
};

static const struct ppp_fsm_config cfg = {
	.first = 1000,
	.restart = 3000,
	.max_configure = 10,
	.max_terminate = 2,
};

static unsigned int bit_of(const char *word, size_t len)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		if (strlen(names[i].name) == len && !memcmp(names[i].name, word, len))
			return names[i].bit;
	}
	return 0;
}

/* "tld,scr/6" as bits and state; state -1 for "-". */
static unsigned int read_cell(const char *cell, int *state)
{
	const char *slash = strchr(cell, '/'), *p = cell;
	unsigned int bits = 0;
	size_t len;

	if (!strcmp(cell, "-")) {
		*state = -1;
		return PPP_FSM_ILLEGAL;
	}
	*state = atoi(slash ? slash + 1 : cell);
	while (slash && p < slash) {
		len = strcspn(p, ",/");
		bits |= bit_of(p, len);
		p += len + 1;
	}
	return bits;
}

TEST(every_state_and_event)
{
	struct ppp_fsm fsm;
	unsigned int bits, cells = 0;
	int from, to;
	size_t e;

	ASSERT_EQ(PPP_FSM_EVENTS, ARRAY_SIZE(rfc1661));
	for (e = 0; e < ARRAY_SIZE(rfc1661); e++) {
		for (from = 0; from < PPP_FSM_STATES; from++, cells++) {
			bits = read_cell(rfc1661[e].cell[from], &to);
			ppp_fsm_init(&fsm, &cfg);
			fsm.state = from;
			EXPECT_EQ(bits, ppp_fsm_event(&fsm, rfc1661[e].event, 0))
				TH_LOG("event %zu in state %d", e, from);
			EXPECT_EQ(to < 0 ? from : to, (int)fsm.state)
				TH_LOG("event %zu in state %d", e, from);
		}
	}
	EXPECT_EQ(160, cells);
}

/* The timer runs exactly in the states in which the table has TO events. */
TEST(timer_runs_where_it_can_expire)
{
	struct ppp_fsm fsm;
	bool runs;
	int from;
	size_t e;

	for (e = 0; e < ARRAY_SIZE(rfc1661); e++) {
		for (from = 0; from < PPP_FSM_STATES; from++) {
			ppp_fsm_init(&fsm, &cfg);
			fsm.state = from;
			runs = from >= 4 && from <= 8;
			fsm.deadline = runs ? 77 : NEVER;
			if (ppp_fsm_event(&fsm, rfc1661[e].event, 50) &
			    PPP_FSM_ILLEGAL)
				continue;
			runs = fsm.state >= 4 && fsm.state <= 8;
			EXPECT_EQ(runs, fsm.deadline != NEVER)
				TH_LOG("event %zu in state %d", e, from);
		}
	}
}

TEST(configure_requests_are_counted)
{
	unsigned int sent = 0, bits;
	struct ppp_fsm fsm;
	uint64_t now = 500;

	ppp_fsm_init(&fsm, &cfg);
	EXPECT_EQ(0, ppp_fsm_event(&fsm, PPP_FSM_UP, now));
	bits = ppp_fsm_event(&fsm, PPP_FSM_OPEN, now);
	EXPECT_EQ(now + 1000, fsm.deadline);
	while (bits & PPP_FSM_SCR) {
		sent++;
		EXPECT_EQ(0, ppp_fsm_timer(&fsm, fsm.deadline - 1));
		if (sent > 1)
			EXPECT_EQ(now + 3000, fsm.deadline);
		now = fsm.deadline;
		bits = ppp_fsm_timer(&fsm, now);
	}
	EXPECT_EQ(10, sent);
	EXPECT_EQ(PPP_FSM_TLF, bits);
	EXPECT_EQ(PPP_FSM_STOPPED, fsm.state);
	EXPECT_EQ(NEVER, fsm.deadline);
}

/* Whatever was left over when Opened was reached, also nothing. */
TEST(renegotiation_has_all_attempts)
{
	static const enum ppp_fsm_event anew[] = {
		PPP_FSM_RCR_GOOD, PPP_FSM_RCR_BAD, PPP_FSM_RCA, PPP_FSM_RCN,
	};
	struct ppp_fsm fsm;
	unsigned int sent;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(anew); i++) {
		ppp_fsm_init(&fsm, &cfg);
		fsm.state = PPP_FSM_OPENED;
		EXPECT_TRUE(ppp_fsm_event(&fsm, anew[i], 0) & PPP_FSM_SCR);
		for (sent = 1; ppp_fsm_timer(&fsm, fsm.deadline) & PPP_FSM_SCR;)
			sent++;
		EXPECT_EQ(10, sent);
	}
}

TEST(terminate_requests_are_counted)
{
	unsigned int sent = 0, bits;
	struct ppp_fsm fsm;

	ppp_fsm_init(&fsm, &cfg);
	fsm.state = PPP_FSM_OPENED;
	bits = ppp_fsm_event(&fsm, PPP_FSM_CLOSE, 0);
	EXPECT_EQ(PPP_FSM_TLD | PPP_FSM_IRC | PPP_FSM_STR, bits);
	for (; bits & PPP_FSM_STR; sent++)
		bits = ppp_fsm_timer(&fsm, fsm.deadline);
	EXPECT_EQ(2, sent);
	EXPECT_EQ(PPP_FSM_TLF, bits);
	EXPECT_EQ(PPP_FSM_CLOSED, fsm.state);
}

/* zrc: one pause for the peer's Ack to arrive, and no packet after it. */
TEST(stopping_pauses_once)
{
	struct ppp_fsm fsm;

	ppp_fsm_init(&fsm, &cfg);
	fsm.state = PPP_FSM_OPENED;
	ppp_fsm_event(&fsm, PPP_FSM_RTR, 100);
	EXPECT_EQ(3100, fsm.deadline);
	EXPECT_EQ(0, ppp_fsm_timer(&fsm, 3099));
	EXPECT_EQ(PPP_FSM_TLF, ppp_fsm_timer(&fsm, 3100));
	EXPECT_EQ(PPP_FSM_STOPPED, fsm.state);
}

TEST_HARNESS_MAIN
