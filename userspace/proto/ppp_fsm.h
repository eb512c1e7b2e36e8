/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The automaton of RFC 1661 section 4, for every control protocol and both
 * roles. An event goes in, the actions that it asks for come out as bits; the
 * restart counter and timer are kept here, packets are not known.
 */
#ifndef PROTO_PPP_FSM_H
#define PROTO_PPP_FSM_H

#include <stdint.h>

/* Numbered as in the table of RFC 1661 section 4.1. */
enum ppp_fsm_state {
	PPP_FSM_INITIAL,
	PPP_FSM_STARTING,
	PPP_FSM_CLOSED,
	PPP_FSM_STOPPED,
	PPP_FSM_CLOSING,
	PPP_FSM_STOPPING,
	PPP_FSM_REQ_SENT,
	PPP_FSM_ACK_RCVD,
	PPP_FSM_ACK_SENT,
	PPP_FSM_OPENED,
};

#define PPP_FSM_STATES 10

enum ppp_fsm_event {
	PPP_FSM_UP,
	PPP_FSM_DOWN,
	PPP_FSM_OPEN,
	PPP_FSM_CLOSE,
	PPP_FSM_TO_MORE,	/* TO+: the restart counter is not used up */
	PPP_FSM_TO_LAST,	/* TO- */
	PPP_FSM_RCR_GOOD,	/* RCR+ */
	PPP_FSM_RCR_BAD,	/* RCR- */
	PPP_FSM_RCA,
	PPP_FSM_RCN,
	PPP_FSM_RTR,
	PPP_FSM_RTA,
	PPP_FSM_RUC,
	PPP_FSM_RXJ_GOOD,	/* RXJ+: a rejection that can be lived with */
	PPP_FSM_RXJ_BAD,	/* RXJ- */
	PPP_FSM_RXR,
};

#define PPP_FSM_EVENTS 16

/*
 * Actions (section 4.4). Where one event asks for several, this is the order in
 * which they are due. IRC and ZRC have been carried out already.
 */
#define PPP_FSM_TLD	0x0001u
#define PPP_FSM_IRC	0x0002u
#define PPP_FSM_ZRC	0x0004u
#define PPP_FSM_SCR	0x0008u
#define PPP_FSM_SCA	0x0010u
#define PPP_FSM_SCN	0x0020u
#define PPP_FSM_STR	0x0040u
#define PPP_FSM_STA	0x0080u
#define PPP_FSM_SCJ	0x0100u
#define PPP_FSM_SER	0x0200u
#define PPP_FSM_TLU	0x0400u
#define PPP_FSM_TLF	0x0800u
#define PPP_FSM_TLS	0x1000u
#define PPP_FSM_ILLEGAL	0x2000u	/* "-": cannot happen; nothing was changed */

/**
 * struct ppp_fsm_config - counters and periods (section 4.6)
 * @first: ms until the first retransmission
 * @restart: ms between later ones
 * @max_configure: Configure-Requests without an answer
 * @max_terminate: Terminate-Requests without an answer
 */
struct ppp_fsm_config {
	unsigned int first;
	unsigned int restart;
	unsigned int max_configure;
	unsigned int max_terminate;
};

struct ppp_fsm {
	struct ppp_fsm_config cfg;
	enum ppp_fsm_state state;
	unsigned int count;	/* transmissions that are left */
	unsigned int period;	/* ms, the next wait */
	uint64_t deadline;	/* UINT64_MAX: the timer is stopped */
};

void ppp_fsm_init(struct ppp_fsm *fsm, const struct ppp_fsm_config *cfg);

/* Takes one event; returns PPP_FSM_* actions. @now in ms. */
unsigned int ppp_fsm_event(struct ppp_fsm *fsm, enum ppp_fsm_event event,
			   uint64_t now);

/* Takes TO+ or TO- when the deadline has passed, else nothing. */
unsigned int ppp_fsm_timer(struct ppp_fsm *fsm, uint64_t now);

#endif /* PROTO_PPP_FSM_H */
