/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Both ends of EAP in one process, a line between them that loses, doubles and
 * delays, and a daemon that knows one user.
 */
#ifndef SELFTESTS_PROTO_EAP_RIG_H
#define SELFTESTS_PROTO_EAP_RIG_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/tls_pki.h"
#include "proto/eap_peer.h"
#include "proto/eap_server.h"

#define RIG_STEPS_MAX	2000
#define RIG_QUEUE	8

enum rig_end { RIG_SERVER, RIG_PEER };

enum rig_mangle {
	RIG_CLEAN,
	RIG_LOSE,	/* one packet */
	RIG_DOUBLE,	/* it comes twice */
	RIG_LATE,	/* it comes again after the one that follows it */
};

struct rig_frame {
	size_t len;
	uint8_t data[PPP_FRAME_MAX];
};

/* What is on its way to one end. */
struct rig_line {
	unsigned int n;
	struct rig_frame frame[RIG_QUEUE];
	unsigned int count;	/* that were sent to it in all */
	struct rig_frame late;
};

struct rig {
	struct eap_server server;
	struct eap_peer peer;
	struct ppp_rand rand[2];
	struct rig_line line[2];	/* by the end that receives */
	struct ppp_actions acts;
	uint64_t now;
	enum rig_mangle mangle;
	enum rig_end mangled;		/* the end that it happens to */
	unsigned int victim;
	enum ppp_auth_outcome outcome[2];
	bool over[2];			/* a timer gave up */
	/* the daemon */
	struct ppp_auth_secret secret;
	unsigned int user_methods;
	unsigned int error;		/* of the next LOGIN, 0: what is true */
	bool expired;
	unsigned int asked[3];		/* by kind */
	const char *note;
};

static struct eap_server_config rig_server_config = {
	.name = "gw",
	.methods = PPP_AUTH_EAP_MASK,
	.restart = 3000,
	.max_transmit = 5,
	.tries = 3,
	.mtu = 1400,
};

static struct ppp_credentials rig_credentials = {
	.user = "alice",
	.password = "clientPass",
	.methods = PPP_AUTH_EAP_MASK,
};

static inline void rig_init(struct rig *rig)
{
	static const uint8_t seed[2][PPP_RAND_SEED_LEN] = { { 1 }, { 2 } };
	struct eap_peer_config peer = {
		.credentials = &rig_credentials,
		.restart = 3000,
		.max_transmit = 5,
		.mtu = 1400,
	};

	memset(rig, 0, sizeof(*rig));
	ppp_rand_init(&rig->rand[0], seed[0]);
	ppp_rand_init(&rig->rand[1], seed[1]);
	eap_server_init(&rig->server, &rig_server_config, &rig->rand[0]);
	eap_peer_init(&rig->peer, &peer, &rig->rand[1]);
	rig->user_methods = PPP_AUTH_EAP_MASK;
	rig->secret.known = true;
	rig->secret.password = "clientPass";
	memcpy(rig->secret.nt_hash, "\x44\xeb\xba\x8d\x53\x12\xb8\xd6"
	       "\x11\x47\x44\x11\xf5\x69\x89\xae", 16);
}

static inline void rig_free(struct rig *rig)
{
	eap_server_stop(&rig->server);
	eap_peer_stop(&rig->peer);
}

/* What does not fit is lost. */
static inline void rig_push(struct rig_line *line, const struct rig_frame *frame)
{
	if (line->n < RIG_QUEUE)
		line->frame[line->n++] = *frame;
}

static inline void rig_send(struct rig *rig, enum rig_end to,
			    const struct rig_frame *frame)
{
	struct rig_line *line = &rig->line[to];
	bool hit = to == rig->mangled && line->count == rig->victim;
	bool after = to == rig->mangled && line->count == rig->victim + 1;

	line->count++;
	if (hit && rig->mangle == RIG_LOSE)
		return;
	rig_push(line, frame);
	if (hit && rig->mangle == RIG_DOUBLE)
		rig_push(line, frame);
	if (hit && rig->mangle == RIG_LATE)
		line->late = *frame;
	if (after && rig->mangle == RIG_LATE)
		rig_push(line, &line->late);
}

static inline void rig_note_outcome(struct rig *rig, enum rig_end end,
				    enum ppp_auth_outcome outcome)
{
	if (outcome == PPP_AUTH_DONE_OK || outcome == PPP_AUTH_DONE_FAILED)
		rig->outcome[end] = outcome;
}

/* What the daemon says. */
static inline void rig_decide(struct rig *rig,
			      const struct ppp_auth_request *req,
			      struct ppp_auth_result *result)
{
	rig->asked[req->kind]++;
	if (req->kind == PPP_AUTH_IDENTITY) {
		memset(result, 0, sizeof(*result));
		result->serial = req->serial;
		result->ok = true;
		result->methods = rig->user_methods;
		return;
	}
	if (!ppp_auth_check(req, &rig->secret, result))
		return;
	if (rig->error)
		ppp_auth_refuse(req, rig->error, "No", result);
	else if (rig->expired && req->kind == PPP_AUTH_LOGIN)
		ppp_auth_refuse(req, MSCHAP_ERROR_EXPIRED, "Expired", result);
	if (result->ok && req->kind == PPP_AUTH_CHANGE) {
		memcpy(rig->secret.nt_hash, result->new_nt_hash, 16);
		rig->expired = false;
	}
}

static inline void rig_perform(struct rig *rig, enum rig_end from)
{
	struct ppp_auth_request req;
	struct ppp_auth_result result;
	struct rig_frame frame;
	bool asked = false;
	unsigned int i;

	for (i = 0; i < rig->acts.n; i++) {
		struct ppp_action *act = &rig->acts.act[i];

		if (act->type == PPP_ACTION_SEND) {
			frame.len = act->send.len;
			memcpy(frame.data, act->send.data, frame.len);
			rig_send(rig, from == RIG_SERVER ? RIG_PEER : RIG_SERVER,
				 &frame);
		} else if (act->type == PPP_ACTION_AUTHENTICATE) {
			req = act->auth;
			asked = true;
		} else if (act->type == PPP_ACTION_NOTE) {
			rig->note = act->text;
		}
	}
	rig->acts.n = 0;
	if (!asked)
		return;
	rig_decide(rig, &req, &result);
	rig_note_outcome(rig, RIG_SERVER,
			 eap_server_result(&rig->server, &result, rig->now,
					   &rig->acts));
	rig_perform(rig, RIG_SERVER);
}

static inline void rig_deliver(struct rig *rig, enum rig_end to,
			       const struct rig_frame *frame)
{
	enum ppp_auth_outcome outcome = PPP_AUTH_IGNORED;
	struct ppp_packet pkt;

	if (frame->len < 2 ||
	    !ppp_packet_parse(frame->data + 2, frame->len - 2, &pkt))
		return;
	if (to == RIG_SERVER)
		outcome = eap_server_input(&rig->server, &pkt, rig->now,
					   &rig->acts);
	else
		outcome = eap_peer_input(&rig->peer, &pkt, rig->now, &rig->acts);
	rig_note_outcome(rig, to, outcome);
	rig_perform(rig, to);
}

static inline bool rig_pass_one(struct rig *rig, enum rig_end to)
{
	struct rig_line *line = &rig->line[to];
	struct rig_frame frame;

	if (!line->n)
		return false;
	frame = line->frame[0];
	line->n--;
	memmove(line->frame, line->frame + 1, line->n * sizeof(line->frame[0]));
	rig_deliver(rig, to, &frame);
	return true;
}

/* To the next deadline of either; false: there is none. */
static inline bool rig_wait(struct rig *rig)
{
	uint64_t server = rig->server.deadline, peer = rig->peer.deadline;

	if (server == UINT64_MAX && peer == UINT64_MAX)
		return false;
	rig->now = server < peer ? server : peer;
	if (!eap_server_timer(&rig->server, rig->now, &rig->acts))
		rig->over[RIG_SERVER] = true;
	rig_perform(rig, RIG_SERVER);
	if (!eap_peer_timer(&rig->peer, rig->now, &rig->acts))
		rig->over[RIG_PEER] = true;
	rig_perform(rig, RIG_PEER);
	return true;
}

static inline void rig_go(struct rig *rig)
{
	unsigned int i;

	for (i = 0; i < RIG_STEPS_MAX; i++) {
		if (!rig_pass_one(rig, RIG_SERVER) &&
		    !rig_pass_one(rig, RIG_PEER) && !rig_wait(rig))
			break;
	}
}

/* One whole conversation. */
static inline void rig_run(struct rig *rig)
{
	eap_peer_start(&rig->peer);
	eap_server_start(&rig->server, rig->now, &rig->acts);
	rig_perform(rig, RIG_SERVER);
	rig_go(rig);
}

static inline bool rig_both(const struct rig *rig, enum ppp_auth_outcome outcome)
{
	return rig->outcome[RIG_SERVER] == outcome &&
	       rig->outcome[RIG_PEER] == outcome;
}

/* Does each end send with the key that the other receives with? */
static inline bool rig_keys_match(const struct rig *rig)
{
	const struct eap_server *s = &rig->server;
	const struct eap_peer *p = &rig->peer;

	return s->keys && p->keys &&
	       !memcmp(s->tx_start, p->rx_start, MPPE_START_LEN) &&
	       !memcmp(s->rx_start, p->tx_start, MPPE_START_LEN) &&
	       memcmp(s->tx_start, s->rx_start, MPPE_START_LEN);
}

#endif /* SELFTESTS_PROTO_EAP_RIG_H */
