// SPDX-License-Identifier: GPL-2.0-or-later
/* The table of RFC 1661 section 4.1, and the restart timer of section 4.6. */
#include <stdbool.h>

#include "ppp_fsm.h"

#define TLD	PPP_FSM_TLD
#define IRC	PPP_FSM_IRC
#define ZRC	PPP_FSM_ZRC
#define SCR	PPP_FSM_SCR
#define SCA	PPP_FSM_SCA
#define SCN	PPP_FSM_SCN
#define STR	PPP_FSM_STR
#define STA	PPP_FSM_STA
#define SCJ	PPP_FSM_SCJ
#define SER	PPP_FSM_SER
#define TLU	PPP_FSM_TLU
#define TLF	PPP_FSM_TLF
#define TLS	PPP_FSM_TLS

struct transition {
	bool legal;
	uint8_t next;
	uint16_t actions;
};

#define GO(acts, state) { \
	.legal = true, .next = PPP_FSM_##state, .actions = (acts) \
}

/*
 * Pairs that are missing are the "-" of the table. The options [p] (a passive
 * end stays in Stopped) and [r] (Open restarts an open layer) are not taken;
 * a crossed connection [x] is.
 */
static const struct transition table[PPP_FSM_EVENTS][PPP_FSM_STATES] = {
	[PPP_FSM_UP] = {
		[PPP_FSM_INITIAL] = GO(0, CLOSED),
		[PPP_FSM_STARTING] = GO(IRC | SCR, REQ_SENT),
	},
	[PPP_FSM_DOWN] = {
		[PPP_FSM_CLOSED] = GO(0, INITIAL),
		[PPP_FSM_STOPPED] = GO(TLS, STARTING),
		[PPP_FSM_CLOSING] = GO(0, INITIAL),
		[PPP_FSM_STOPPING] = GO(0, STARTING),
		[PPP_FSM_REQ_SENT] = GO(0, STARTING),
		[PPP_FSM_ACK_RCVD] = GO(0, STARTING),
		[PPP_FSM_ACK_SENT] = GO(0, STARTING),
		[PPP_FSM_OPENED] = GO(TLD, STARTING),
	},
	[PPP_FSM_OPEN] = {
		[PPP_FSM_INITIAL] = GO(TLS, STARTING),
		[PPP_FSM_STARTING] = GO(0, STARTING),
		[PPP_FSM_CLOSED] = GO(IRC | SCR, REQ_SENT),
		[PPP_FSM_STOPPED] = GO(0, STOPPED),
		[PPP_FSM_CLOSING] = GO(0, STOPPING),
		[PPP_FSM_STOPPING] = GO(0, STOPPING),
		[PPP_FSM_REQ_SENT] = GO(0, REQ_SENT),
		[PPP_FSM_ACK_RCVD] = GO(0, ACK_RCVD),
		[PPP_FSM_ACK_SENT] = GO(0, ACK_SENT),
		[PPP_FSM_OPENED] = GO(0, OPENED),
	},
	[PPP_FSM_CLOSE] = {
		[PPP_FSM_INITIAL] = GO(0, INITIAL),
		[PPP_FSM_STARTING] = GO(TLF, INITIAL),
		[PPP_FSM_CLOSED] = GO(0, CLOSED),
		[PPP_FSM_STOPPED] = GO(0, CLOSED),
		[PPP_FSM_CLOSING] = GO(0, CLOSING),
		[PPP_FSM_STOPPING] = GO(0, CLOSING),
		[PPP_FSM_REQ_SENT] = GO(IRC | STR, CLOSING),
		[PPP_FSM_ACK_RCVD] = GO(IRC | STR, CLOSING),
		[PPP_FSM_ACK_SENT] = GO(IRC | STR, CLOSING),
		[PPP_FSM_OPENED] = GO(TLD | IRC | STR, CLOSING),
	},
	[PPP_FSM_TO_MORE] = {
		[PPP_FSM_CLOSING] = GO(STR, CLOSING),
		[PPP_FSM_STOPPING] = GO(STR, STOPPING),
		[PPP_FSM_REQ_SENT] = GO(SCR, REQ_SENT),
		[PPP_FSM_ACK_RCVD] = GO(SCR, REQ_SENT),
		[PPP_FSM_ACK_SENT] = GO(SCR, ACK_SENT),
	},
	[PPP_FSM_TO_LAST] = {
		[PPP_FSM_CLOSING] = GO(TLF, CLOSED),
		[PPP_FSM_STOPPING] = GO(TLF, STOPPED),
		[PPP_FSM_REQ_SENT] = GO(TLF, STOPPED),
		[PPP_FSM_ACK_RCVD] = GO(TLF, STOPPED),
		[PPP_FSM_ACK_SENT] = GO(TLF, STOPPED),
	},
	[PPP_FSM_RCR_GOOD] = {
		[PPP_FSM_CLOSED] = GO(STA, CLOSED),
		[PPP_FSM_STOPPED] = GO(IRC | SCR | SCA, ACK_SENT),
		[PPP_FSM_CLOSING] = GO(0, CLOSING),
		[PPP_FSM_STOPPING] = GO(0, STOPPING),
		[PPP_FSM_REQ_SENT] = GO(SCA, ACK_SENT),
		[PPP_FSM_ACK_RCVD] = GO(SCA | TLU, OPENED),
		[PPP_FSM_ACK_SENT] = GO(SCA, ACK_SENT),
		[PPP_FSM_OPENED] = GO(TLD | SCR | SCA, ACK_SENT),
	},
	[PPP_FSM_RCR_BAD] = {
		[PPP_FSM_CLOSED] = GO(STA, CLOSED),
		[PPP_FSM_STOPPED] = GO(IRC | SCR | SCN, REQ_SENT),
		[PPP_FSM_CLOSING] = GO(0, CLOSING),
		[PPP_FSM_STOPPING] = GO(0, STOPPING),
		[PPP_FSM_REQ_SENT] = GO(SCN, REQ_SENT),
		[PPP_FSM_ACK_RCVD] = GO(SCN, ACK_RCVD),
		[PPP_FSM_ACK_SENT] = GO(SCN, REQ_SENT),
		[PPP_FSM_OPENED] = GO(TLD | SCR | SCN, REQ_SENT),
	},
	[PPP_FSM_RCA] = {
		[PPP_FSM_CLOSED] = GO(STA, CLOSED),
		[PPP_FSM_STOPPED] = GO(STA, STOPPED),
		[PPP_FSM_CLOSING] = GO(0, CLOSING),
		[PPP_FSM_STOPPING] = GO(0, STOPPING),
		[PPP_FSM_REQ_SENT] = GO(IRC, ACK_RCVD),
		[PPP_FSM_ACK_RCVD] = GO(SCR, REQ_SENT),
		[PPP_FSM_ACK_SENT] = GO(IRC | TLU, OPENED),
		[PPP_FSM_OPENED] = GO(TLD | SCR, REQ_SENT),
	},
	[PPP_FSM_RCN] = {
		[PPP_FSM_CLOSED] = GO(STA, CLOSED),
		[PPP_FSM_STOPPED] = GO(STA, STOPPED),
		[PPP_FSM_CLOSING] = GO(0, CLOSING),
		[PPP_FSM_STOPPING] = GO(0, STOPPING),
		[PPP_FSM_REQ_SENT] = GO(IRC | SCR, REQ_SENT),
		[PPP_FSM_ACK_RCVD] = GO(SCR, REQ_SENT),
		[PPP_FSM_ACK_SENT] = GO(IRC | SCR, ACK_SENT),
		[PPP_FSM_OPENED] = GO(TLD | SCR, REQ_SENT),
	},
	[PPP_FSM_RTR] = {
		[PPP_FSM_CLOSED] = GO(STA, CLOSED),
		[PPP_FSM_STOPPED] = GO(STA, STOPPED),
		[PPP_FSM_CLOSING] = GO(STA, CLOSING),
		[PPP_FSM_STOPPING] = GO(STA, STOPPING),
		[PPP_FSM_REQ_SENT] = GO(STA, REQ_SENT),
		[PPP_FSM_ACK_RCVD] = GO(STA, REQ_SENT),
		[PPP_FSM_ACK_SENT] = GO(STA, REQ_SENT),
		[PPP_FSM_OPENED] = GO(TLD | ZRC | STA, STOPPING),
	},
	[PPP_FSM_RTA] = {
		[PPP_FSM_CLOSED] = GO(0, CLOSED),
		[PPP_FSM_STOPPED] = GO(0, STOPPED),
		[PPP_FSM_CLOSING] = GO(TLF, CLOSED),
		[PPP_FSM_STOPPING] = GO(TLF, STOPPED),
		[PPP_FSM_REQ_SENT] = GO(0, REQ_SENT),
		[PPP_FSM_ACK_RCVD] = GO(0, REQ_SENT),
		[PPP_FSM_ACK_SENT] = GO(0, ACK_SENT),
		[PPP_FSM_OPENED] = GO(TLD | SCR, REQ_SENT),
	},
	[PPP_FSM_RUC] = {
		[PPP_FSM_CLOSED] = GO(SCJ, CLOSED),
		[PPP_FSM_STOPPED] = GO(SCJ, STOPPED),
		[PPP_FSM_CLOSING] = GO(SCJ, CLOSING),
		[PPP_FSM_STOPPING] = GO(SCJ, STOPPING),
		[PPP_FSM_REQ_SENT] = GO(SCJ, REQ_SENT),
		[PPP_FSM_ACK_RCVD] = GO(SCJ, ACK_RCVD),
		[PPP_FSM_ACK_SENT] = GO(SCJ, ACK_SENT),
		[PPP_FSM_OPENED] = GO(SCJ, OPENED),
	},
	[PPP_FSM_RXJ_GOOD] = {
		[PPP_FSM_CLOSED] = GO(0, CLOSED),
		[PPP_FSM_STOPPED] = GO(0, STOPPED),
		[PPP_FSM_CLOSING] = GO(0, CLOSING),
		[PPP_FSM_STOPPING] = GO(0, STOPPING),
		[PPP_FSM_REQ_SENT] = GO(0, REQ_SENT),
		[PPP_FSM_ACK_RCVD] = GO(0, REQ_SENT),
		[PPP_FSM_ACK_SENT] = GO(0, ACK_SENT),
		[PPP_FSM_OPENED] = GO(0, OPENED),
	},
	[PPP_FSM_RXJ_BAD] = {
		[PPP_FSM_CLOSED] = GO(TLF, CLOSED),
		[PPP_FSM_STOPPED] = GO(TLF, STOPPED),
		[PPP_FSM_CLOSING] = GO(TLF, CLOSED),
		[PPP_FSM_STOPPING] = GO(TLF, STOPPED),
		[PPP_FSM_REQ_SENT] = GO(TLF, STOPPED),
		[PPP_FSM_ACK_RCVD] = GO(TLF, STOPPED),
		[PPP_FSM_ACK_SENT] = GO(TLF, STOPPED),
		[PPP_FSM_OPENED] = GO(TLD | IRC | STR, STOPPING),
	},
	[PPP_FSM_RXR] = {
		[PPP_FSM_CLOSED] = GO(0, CLOSED),
		[PPP_FSM_STOPPED] = GO(0, STOPPED),
		[PPP_FSM_CLOSING] = GO(0, CLOSING),
		[PPP_FSM_STOPPING] = GO(0, STOPPING),
		[PPP_FSM_REQ_SENT] = GO(0, REQ_SENT),
		[PPP_FSM_ACK_RCVD] = GO(0, ACK_RCVD),
		[PPP_FSM_ACK_SENT] = GO(0, ACK_SENT),
		[PPP_FSM_OPENED] = GO(SER, OPENED),
	},
};

/* The states in which the table has TO events: the timer runs. */
static bool timer_runs(enum ppp_fsm_state state)
{
	return state >= PPP_FSM_CLOSING && state <= PPP_FSM_ACK_SENT;
}

static void start_timer(struct ppp_fsm *fsm, uint64_t now)
{
	fsm->deadline = now + fsm->period;
	fsm->period = fsm->cfg.restart;
}

static void initialize_count(struct ppp_fsm *fsm, unsigned int actions)
{
	fsm->count = actions & STR ? fsm->cfg.max_terminate :
				     fsm->cfg.max_configure;
	fsm->period = fsm->cfg.first;
}

void ppp_fsm_init(struct ppp_fsm *fsm, const struct ppp_fsm_config *cfg)
{
	*fsm = (struct ppp_fsm){
		.cfg = *cfg,
		.state = PPP_FSM_INITIAL,
		.period = cfg->first,
		.deadline = UINT64_MAX,
	};
}

/*
 * Who leaves Opened to negotiate anew has all attempts, as in pppd, and not what was left
 * over of the first time, as the table has it.
 */
static bool begins_anew(unsigned int actions)
{
	return actions & IRC || (actions & TLD && actions & SCR);
}

unsigned int ppp_fsm_event(struct ppp_fsm *fsm, enum ppp_fsm_event event,
			   uint64_t now)
{
	const struct transition *t = &table[event][fsm->state];

	if (!t->legal)
		return PPP_FSM_ILLEGAL;
	fsm->state = t->next;
	if (begins_anew(t->actions))
		initialize_count(fsm, t->actions);
	if (t->actions & ZRC) {
		fsm->count = 0;
		fsm->period = fsm->cfg.restart;
		start_timer(fsm, now);
	}
	if (t->actions & (SCR | STR)) {
		if (fsm->count)
			fsm->count--;
		start_timer(fsm, now);
	}
	if (!timer_runs(fsm->state))
		fsm->deadline = UINT64_MAX;
	return t->actions;
}

unsigned int ppp_fsm_timer(struct ppp_fsm *fsm, uint64_t now)
{
	if (now < fsm->deadline)
		return 0;
	return ppp_fsm_event(fsm, fsm->count ? PPP_FSM_TO_MORE : PPP_FSM_TO_LAST,
			     now);
}
