// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>

#include "connection_priv.h"
#include "lib/log.h"
#include "relay.h"

/* Which half of a relay our call is. */
static enum relay_side connection_side(const struct connection *conn)
{
	return conn->ops ? RELAY_NETWORK : RELAY_CALLER;
}

/* The call is over already, and with it its relay, if it had one. */
void connection_drop_relay(struct connection *conn, unsigned int call)
{
	struct relay *relay = conn->relay[call];

	conn->relay[call] = NULL;
	if (relay)
		relay_leave(relay, connection_side(conn));
}

static unsigned int connection_call_of(const struct connection *conn, const struct relay *relay)
{
	unsigned int call = 0;

	while (conn->relay[call] != relay)
		call++;
	return call;
}

/* relay_owner: the other side is over, or could not be made */
static void connection_on_relay_over(void *arg, struct relay *relay)
{
	const struct pptp_call_end end = { .result = PPTP_END_CARRIER };
	struct connection *conn = arg;
	unsigned int call = connection_call_of(conn, relay);
	uint64_t now = loop_now();
	struct pptp_actions acts;

	conn->relay[call] = NULL;
	if (conn->pptp.calls.call[call].state == PPTP_CALL_WAIT_ACCEPT)
		pptp_conn_refuse(&conn->pptp, call, PPTP_OUT_NO_CARRIER, PPTP_ERROR_NONE, now,
				 &acts);
	else
		pptp_conn_clear(&conn->pptp, call, &end, now, &acts);
	if (connection_perform(conn, &acts))
		connection_arm(conn);
}

/* relay_owner: the PNS has taken the caller, who is answered only now */
static void connection_on_relay_joined(void *arg, struct relay *relay)
{
	struct connection *conn = arg;
	struct pptp_actions acts;

	pptp_conn_accept(&conn->pptp, connection_call_of(conn, relay),
			 relay_call_id(relay, RELAY_CALLER), loop_now(), &acts);
	if (connection_perform(conn, &acts))
		connection_arm(conn);
}

/* relay_owner: the caller's line is noisy */
static bool connection_on_relay_wan_error(void *arg, struct relay *relay,
					  const struct pptp_wan_error *counts)
{
	struct connection *conn = arg;
	struct pptp_actions acts;
	bool told;

	told = pptp_conn_wan_error(&conn->pptp, connection_call_of(conn, relay), counts,
				   loop_now(), &acts);
	if (connection_perform(conn, &acts))
		connection_arm(conn);
	return told;
}

static const struct relay_owner connection_relay_owner = {
	.joined = connection_on_relay_joined,
	.over = connection_on_relay_over,
	.wan_error = connection_on_relay_wan_error,
};

/* A session of a relay on this connection. The PNS and the caller clamp, we do not. */
static struct ksession_setup connection_setup(const struct connection *conn, uint16_t peer_id)
{
	return (struct ksession_setup){
		.local = conn->local.sin_addr,
		.peer = conn->peer.sin_addr,
		.outer_ifindex = conn->outer_ifindex,
		.peer_call_id = peer_id,
		.copy_tos = conn->cfg->copy_tos,
		.no_df = conn->cfg->no_df,
		.ttl = conn->cfg->ttl,
		.reorder_packets = conn->cfg->reorder_packets,
		.reorder_ms = conn->cfg->reorder_ms,
	};
}

/*
 * The caller's half of a relay, which calls from the caller's address; with the
 * session of @link, NULL: with a new one.
 */
static struct relay *connection_relay_new(struct connection *conn, unsigned int call,
					  const char *called, struct link *link)
{
	const struct ksession_setup setup =
		connection_setup(conn, conn->pptp.calls.call[call].peer_id);
	char calling[INET_ADDRSTRLEN];
	const struct relay_caller caller = { .called = called, .calling = calling,
					     .bearer = PPTP_BEARER_DIGITAL };
	struct nl_error err;
	struct relay *relay;

	inet_ntop(AF_INET, &conn->peer.sin_addr, calling, sizeof(calling));
	relay = relay_new(conn->daemon, &caller);
	if (!relay) {
		log_error("%s: no memory", conn->text);
		return NULL;
	}
	if (link ? relay_adopt(relay, link_take_session(link), &err) :
		   relay_open(relay, RELAY_CALLER, &setup, &err))
		return relay;
	log_error("%s: cannot make a session: %s", conn->text, err.text);
	relay_leave(relay, RELAY_CALLER);
	return NULL;
}

/* The caller goes on to a PNS, and waits for its answer (RFC 2637 section 3.2.3.1). */
static bool connection_send_on(struct connection *conn, unsigned int call, struct relay *relay,
			       const struct config_forward *forward)
{
	log_info("%s: call with ID %u goes on by [forward %s]", conn->text,
		 conn->pptp.calls.call[call].peer_id, forward->name);
	conn->relay[call] = relay;
	relay_own(relay, RELAY_CALLER, &connection_relay_owner, conn);
	if (!conn->daemon->forward(conn->daemon, forward->to, relay)) {
		connection_on_relay_over(conn, relay);
		relay_leave(relay, RELAY_CALLER);
	}
	return !conn->dead;
}

bool connection_forward(struct connection *conn, unsigned int call,
			const struct config_forward *forward)
{
	struct relay *relay;

	relay = connection_relay_new(conn, call, conn->pptp.calls.numbers.called, NULL);
	if (!relay)
		return connection_refuse_call(conn, call);
	return connection_send_on(conn, call, relay, forward);
}

/*
 * The caller's name is known, and goes on to a PNS. The caller was answered long
 * ago: its PPP waits, and begins anew with the PNS's first Configure-Request (RFC
 * 1661 section 4.1).
 */
void connection_hand_on(struct connection *conn, unsigned int call, struct link *link)
{
	const struct pptp_call_end end = { .result = PPTP_END_GENERAL,
					   .error = PPTP_ERROR_RESOURCE };
	struct relay *relay = connection_relay_new(conn, call, link_called(link), link);
	struct pptp_actions acts;

	link_free(link, ppp_link_reason_text(PPP_END_FORWARDED));
	if (relay) {
		connection_send_on(conn, call, relay, conn->forward[call]);
		return;
	}
	pptp_conn_clear(&conn->pptp, call, &end, loop_now(), &acts);
	if (connection_perform(conn, &acts))
		connection_arm(conn);
}

/* The PNS has taken the caller. */
bool connection_relay_up(struct connection *conn, unsigned int call)
{
	struct relay *relay = conn->relay[call];
	struct nl_error err;

	if (!relay_join(relay, conn->pptp.calls.call[call].peer_id, &err)) {
		log_error("%s: cannot join the sessions: %s", conn->text, err.text);
		connection_on_relay_over(conn, relay);
		relay_leave(relay, RELAY_NETWORK);
	}
	return !conn->dead;
}

/* ACCMs mean nothing over GRE, but to a caller who has a line. */
void connection_link_info(const struct connection *conn, unsigned int call)
{
	if (conn->relay[call] && connection_side(conn) == RELAY_NETWORK)
		relay_link_info(conn->relay[call], &conn->pptp.calls.call[call].link_info);
}

bool connection_ring(struct connection *conn, struct relay *relay, struct nl_error *err)
{
	const struct ksession_setup setup = connection_setup(conn, 0);
	const struct relay_caller *caller = relay_caller(relay);
	struct pptp_ring ring = {
		.dialed = caller->called,
		.dialing = caller->calling,
		.bearer = caller->bearer,
		.speed = caller->speed,
	};
	struct pptp_actions acts;
	int call;

	if (!relay_open(relay, RELAY_NETWORK, &setup, err))
		return false;
	ring.local_id = relay_call_id(relay, RELAY_NETWORK);
	call = pptp_conn_ring(&conn->pptp, &ring, loop_now(), &acts);
	if (call < 0) {
		snprintf(err->text, sizeof(err->text), "no call could be placed");
		return false;
	}
	conn->relay[call] = relay;
	relay_own(relay, RELAY_NETWORK, &connection_relay_owner, conn);
	if (connection_perform(conn, &acts))
		connection_arm(conn);
	return true;
}
