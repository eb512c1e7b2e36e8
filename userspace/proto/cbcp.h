/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * CBCP, the Callback Control Protocol ([MS-CBCP]; its draft of 1994 became no RFC), of
 * the answerer and of the caller. It runs after authentication and before anything of
 * the network, where LCP's Callback option (RFC 1570 section 2.3) was agreed with
 * operation 6: the answerer says what may be, the caller chooses, the answerer
 * confirms. Data of the packets, one option in all but a Request:
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |     Type      |    Length     | Delay, seconds| Address type 1|
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |    Number, a 0 at its end ...
 *   +-+-+-+-+
 */
#ifndef PROTO_CBCP_H
#define PROTO_CBCP_H

#include <stdbool.h>
#include <stdint.h>

#include "ppp_action.h"
#include "ppp_packet.h"

#define CBCP_PROTOCOL	0xc029
#define CBCP_NUMBER_MAX	64	/* octets, as many as a message of PPTP can carry */

enum cbcp_code {
	CBCP_CODE_REQUEST = 1,
	CBCP_CODE_RESPONSE = 2,
	CBCP_CODE_ACK = 3,
};

enum cbcp_type {
	CBCP_NONE = 1,	/* no callback */
	CBCP_USER = 2,	/* the caller says to which number */
	CBCP_ADMIN = 3,	/* the answerer knows to which */
	CBCP_LIST = 4,	/* the caller chooses a number; not in [MS-CBCP], and never offered */
};

#define CBCP_BIT(type)	(1u << (type))

/**
 * struct cbcp_choice - what both have agreed on
 * @delay: seconds that the answerer is to wait before it calls back
 * @number: printable ASCII; empty: the caller named none
 */
struct cbcp_choice {
	enum cbcp_type type;
	uint8_t delay;
	char number[CBCP_NUMBER_MAX + 1];
};

enum cbcp_outcome {
	CBCP_IGNORED,	/* nobody waits for it, or it makes no sense */
	CBCP_WAITING,	/* it was taken, and more has to come */
	CBCP_AGREED,	/* on @choice */
	CBCP_IMPOSSIBLE, /* nothing that the answerer offers is for us */
};

/**
 * struct cbcp_config - of an answerer
 * @restart: ms between Requests, when no Response comes
 * @max_transmit: Requests in all
 */
struct cbcp_config {
	unsigned int restart;
	unsigned int max_transmit;
};

enum cbcp_state {
	CBCP_IDLE,
	CBCP_ASKED,	/* a Request is out */
	CBCP_DONE,	/* a Response was taken, and the Ack sent */
};

/**
 * struct cbcp_answerer
 * @types: CBCP_BIT() of each that is offered
 * @id: of the last Request
 * @sent: Requests so far
 * @deadline: UINT64_MAX: none
 * @choice: when CBCP_DONE
 */
struct cbcp_answerer {
	struct cbcp_config cfg;
	enum cbcp_state state;
	unsigned int types;
	uint8_t id;
	unsigned int sent;
	uint64_t deadline;
	struct cbcp_choice choice;
};

void cbcp_answerer_init(struct cbcp_answerer *a, const struct cbcp_config *cfg);

/* Offers @types, CBCP_BIT() of all but CBCP_LIST. */
void cbcp_answerer_start(struct cbcp_answerer *a, unsigned int types, uint64_t now,
			 struct ppp_actions *acts);
void cbcp_answerer_stop(struct cbcp_answerer *a);

/*
 * AGREED once a start; a Response that is repeated later, because its Ack was lost, is
 * acknowledged again.
 */
enum cbcp_outcome cbcp_answerer_input(struct cbcp_answerer *a, const struct ppp_packet *pkt,
				      uint64_t now, struct ppp_actions *acts);

/* Repeats the Request when it is time. False: it was repeated enough. */
bool cbcp_answerer_timer(struct cbcp_answerer *a, uint64_t now, struct ppp_actions *acts);

/**
 * struct cbcp_caller
 * @number: to which we want to be called, "": one that the answerer knows; NULL: not
 *	at all. Outlives this
 * @responded: @id and @choice are those of our last Response
 */
struct cbcp_caller {
	const char *number;
	bool responded;
	uint8_t id;
	struct cbcp_choice choice;
};

void cbcp_caller_init(struct cbcp_caller *c, const char *number);
void cbcp_caller_stop(struct cbcp_caller *c);

/*
 * AGREED when the Ack has come; on no callback already with our Response, as pppd has
 * it: there is nothing to wait for, and a Response that is lost is asked for again.
 */
enum cbcp_outcome cbcp_caller_input(struct cbcp_caller *c, const struct ppp_packet *pkt,
				    struct ppp_actions *acts);

#endif /* PROTO_CBCP_H */
