// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A session that the kernel deletes by itself takes the other one with it in the next
 * round of the loop, because ksession_ops.gone may free no other session.
 */
#include <stdio.h>
#include <stdlib.h>

#include "lib/log.h"
#include "relay.h"

#define RELAY_SIDES	2

/* @owner: NULL: it has let go, or there is none yet */
struct relay_leg {
	struct ksession *session;
	const struct relay_owner *owner;
	void *arg;
};

struct relay {
	struct daemon *daemon;
	struct loop_source *later;
	struct relay_leg leg[RELAY_SIDES];
	struct relay_caller caller;	/* of the texts below */
	char called[PPTP_NAME_LEN + 1];
	char calling[PPTP_NAME_LEN + 1];
};

/* Tells the owners that are left, and removes it. */
static void relay_end(struct relay *relay)
{
	unsigned int i;

	for (i = 0; i < RELAY_SIDES; i++) {
		if (relay->leg[i].owner)
			relay->leg[i].owner->over(relay->leg[i].arg, relay);
	}
	for (i = 0; i < RELAY_SIDES; i++)
		ksession_free(relay->leg[i].session);
	loop_source_free(relay->later);
	free(relay);
}

static void relay_on_later(void *arg)
{
	relay_end(arg);
}

/*
 * ksession_ops: of a pair only what came before it was joined, and PPP sends that
 * again.
 */
static void relay_on_frame(void *arg, const uint8_t *frame, size_t len)
{
	struct relay *relay = arg;
	const struct relay_leg *caller = &relay->leg[RELAY_CALLER];

	if (!caller->session && caller->owner)
		caller->owner->frame(caller->arg, frame, len);
}

/* ksession_ops */
static void relay_on_gone(void *arg, const char *reason)
{
	struct relay *relay = arg;

	log_limited(LOG_LEVEL_INFO, "a session of the caller %s is gone: %s", relay->calling,
		    reason);
	loop_later_set(relay->later);
}

/* ksession_ops: there is no device that could have one */
static void relay_on_mtu(void *arg, unsigned int mtu)
{
	(void)arg;
	(void)mtu;
}

/* ksession_ops: there are no keys that could be lost */
static void relay_on_desync(void *arg, const char *kind)
{
	(void)arg;
	(void)kind;
}

static const struct ksession_ops relay_ops = {
	.frame = relay_on_frame,
	.gone = relay_on_gone,
	.mtu = relay_on_mtu,
	.desync = relay_on_desync,
};

struct relay *relay_new(struct daemon *daemon, const struct relay_caller *caller)
{
	struct relay *relay = calloc(1, sizeof(*relay));

	if (!relay)
		return NULL;
	relay->daemon = daemon;
	relay->later = loop_later(daemon->loop, relay_on_later, relay);
	if (!relay->later) {
		free(relay);
		return NULL;
	}
	snprintf(relay->called, sizeof(relay->called), "%s", caller->called);
	snprintf(relay->calling, sizeof(relay->calling), "%s", caller->calling);
	relay->caller = *caller;
	relay->caller.called = relay->called;
	relay->caller.calling = relay->calling;
	return relay;
}

bool relay_open(struct relay *relay, enum relay_side side, const struct ksession_setup *setup,
		struct nl_error *err)
{
	bool raw = side == RELAY_NETWORK && !relay->leg[RELAY_CALLER].session;
	struct ksessions *ks = raw ? relay->daemon->line_kernel : relay->daemon->kernel;
	struct ksession_setup whole = *setup;
	struct relay_leg *leg = &relay->leg[side];

	whole.raw = raw;
	leg->session = ksession_new(ks, &whole, &relay_ops, relay, err);
	return leg->session;
}

bool relay_adopt(struct relay *relay, struct ksession *session, struct nl_error *err)
{
	relay->leg[RELAY_CALLER].session = session;
	return ksession_hand_over(session, &relay_ops, relay, err) == 0;
}

void relay_own(struct relay *relay, enum relay_side side, const struct relay_owner *owner,
	       void *arg)
{
	relay->leg[side].owner = owner;
	relay->leg[side].arg = arg;
}

bool relay_join(struct relay *relay, uint16_t peer_call_id, struct nl_error *err)
{
	struct relay_leg *caller = &relay->leg[RELAY_CALLER];
	struct ksession *network = relay->leg[RELAY_NETWORK].session;

	if (ksession_set_peer(network, peer_call_id, err) < 0)
		return false;
	if (caller->session && ksession_relay(network, caller->session, err) < 0)
		return false;
	if (caller->session)
		log_info("the caller %s is joined to call %u: sessions %u and %u", relay->calling,
			 peer_call_id, ksession_id(caller->session), ksession_id(network));
	else
		log_info("the caller %s is joined to call %u: session %u", relay->calling,
			 peer_call_id, ksession_id(network));
	caller->owner->joined(caller->arg, relay);
	return true;
}

void relay_leave(struct relay *relay, enum relay_side side)
{
	relay->leg[side].owner = NULL;
	relay_end(relay);
}

void relay_send(struct relay *relay, const uint8_t *frame, size_t len)
{
	struct nl_error err;

	if (ksession_send(relay->leg[RELAY_NETWORK].session, frame, len, &err) < 0)
		log_limited(LOG_LEVEL_INFO, "a frame of the caller %s is lost: %s",
			    relay->calling, err.text);
}

void relay_link_info(struct relay *relay, const struct pptp_link_info *info)
{
	const struct relay_leg *caller = &relay->leg[RELAY_CALLER];

	if (caller->owner && caller->owner->link_info)
		caller->owner->link_info(caller->arg, info);
}

bool relay_wan_error(struct relay *relay, const struct pptp_wan_error *counts)
{
	const struct relay_leg *network = &relay->leg[RELAY_NETWORK];

	return network->owner->wan_error(network->arg, relay, counts);
}

uint16_t relay_call_id(const struct relay *relay, enum relay_side side)
{
	return ksession_call_id(relay->leg[side].session);
}

const struct relay_caller *relay_caller(const struct relay *relay)
{
	return &relay->caller;
}
