/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * All places that a control connection and a call can be in, the way there, and
 * all that a peer can say.
 */
#ifndef SELFTESTS_PROTO_PPTP_PLACE_H
#define SELFTESTS_PROTO_PPTP_PLACE_H

#include "pptp_bench.h"

#define WILD_ID		0x7777	/* no call of either side */
#define OTHER_ID	0x0777	/* of a second call of the peer */

/* A place with a call has it at index 0. */
enum place {
	EARLY,		/* accepted, not started */
	ASKING,		/* opened by us, not started */
	IDLE,		/* started, no call */
	ASKED,		/* PAC: outgoing call, we have not answered */
	SERVED,		/* PAC: outgoing call, up */
	OFFERED,	/* PNS: incoming call, we have not answered */
	ANSWERED,	/* PNS: incoming call, we said yes */
	TAKEN,		/* PNS: incoming call, up */
	DIALLED,	/* PNS: outgoing call, no answer yet */
	CONNECTED,	/* PNS: outgoing call, up */
	CLEARED,	/* PNS: it was up, we cleared it */
	ABORTED,	/* PNS: we cleared it before the answer */
	RINGING,	/* PAC: incoming call, no answer yet */
	TALKING,	/* PAC: incoming call, up */
	STOPPING,	/* our Stop-Request is out */
	GONE,		/* closed */
	N_PLACES
};

static const char * const place_names[] = {
	[EARLY] = "EARLY",
	[ASKING] = "ASKING",
	[IDLE] = "IDLE",
	[ASKED] = "ASKED",
	[SERVED] = "SERVED",
	[OFFERED] = "OFFERED",
	[ANSWERED] = "ANSWERED",
	[TAKEN] = "TAKEN",
	[DIALLED] = "DIALLED",
	[CONNECTED] = "CONNECTED",
	[CLEARED] = "CLEARED",
	[ABORTED] = "ABORTED",
	[RINGING] = "RINGING",
	[TALKING] = "TALKING",
	[STOPPING] = "STOPPING",
	[GONE] = "GONE",
};

static const enum pptp_conn_state place_state[N_PLACES] = {
	PPTP_CONN_WAIT_START, PPTP_CONN_WAIT_START_REPLY,
	[IDLE ... TALKING] = PPTP_CONN_ESTABLISHED,
	[STOPPING] = PPTP_CONN_WAIT_STOP, PPTP_CONN_CLOSED,
};

static const enum pptp_call_state place_call[N_PLACES] = {
	[ASKED] = PPTP_CALL_WAIT_ACCEPT, PPTP_CALL_ESTABLISHED,
	PPTP_CALL_WAIT_ACCEPT, PPTP_CALL_WAIT_CONNECT, PPTP_CALL_ESTABLISHED,
	PPTP_CALL_WAIT_REPLY, PPTP_CALL_ESTABLISHED,
	PPTP_CALL_WAIT_DISCONNECT, PPTP_CALL_WAIT_DISCONNECT,
	PPTP_CALL_WAIT_REPLY, PPTP_CALL_ESTABLISHED,
};

/* A message of the peer: @id in its first call ID field, @code its result. */
struct said {
	const char *name;
	unsigned int type;
	uint16_t id;
	uint8_t code;
};

#define OWN	PEER_ID		/* the peer's number for the call */
#define YOUR	OUR_ID		/* our number for it */

static const struct said sayings[] = {
	{ "SCCRQ",	PPTP_START_REQUEST, 1, 0 },
	{ "SCCRQ/2.0",	PPTP_START_REQUEST, 2, 0 },
	{ "SCCRP/1",	PPTP_START_REPLY, 1, 1 },
	{ "SCCRP/0",	PPTP_START_REPLY, 1, 0 },
	{ "SCCRP/4",	PPTP_START_REPLY, 1, 4 },
	{ "SCCRP/2.0",	PPTP_START_REPLY, 2, 1 },
	{ "STOPRQ",	PPTP_STOP_REQUEST, 0, 0 },
	{ "STOPRP",	PPTP_STOP_REPLY, 0, 1 },
	{ "ECHORQ",	PPTP_ECHO_REQUEST, 0, 0 },
	{ "ECHORP",	PPTP_ECHO_REPLY, 0, 1 },
	{ "OCRQ",	PPTP_OUTGOING_CALL_REQUEST, OTHER_ID, 0 },
	{ "OCRQ/same",	PPTP_OUTGOING_CALL_REQUEST, OWN, 0 },
	{ "OCRP/1",	PPTP_OUTGOING_CALL_REPLY, YOUR, 1 },
	{ "OCRP/0",	PPTP_OUTGOING_CALL_REPLY, YOUR, 0 },
	{ "OCRP/4",	PPTP_OUTGOING_CALL_REPLY, YOUR, 4 },
	{ "OCRP/1/wild", PPTP_OUTGOING_CALL_REPLY, WILD_ID, 1 },
	{ "OCRP/4/wild", PPTP_OUTGOING_CALL_REPLY, WILD_ID, 4 },
	{ "ICRQ",	PPTP_INCOMING_CALL_REQUEST, OTHER_ID, 0 },
	{ "ICRQ/same",	PPTP_INCOMING_CALL_REQUEST, OWN, 0 },
	{ "ICRP/1",	PPTP_INCOMING_CALL_REPLY, YOUR, 1 },
	{ "ICRP/0",	PPTP_INCOMING_CALL_REPLY, YOUR, 0 },
	{ "ICRP/3",	PPTP_INCOMING_CALL_REPLY, YOUR, 3 },
	{ "ICRP/1/wild", PPTP_INCOMING_CALL_REPLY, WILD_ID, 1 },
	{ "ICRP/3/wild", PPTP_INCOMING_CALL_REPLY, WILD_ID, 3 },
	{ "ICCN",	PPTP_INCOMING_CALL_CONNECTED, YOUR, 0 },
	{ "ICCN/wild",	PPTP_INCOMING_CALL_CONNECTED, WILD_ID, 0 },
	{ "CCRQ",	PPTP_CALL_CLEAR_REQUEST, OWN, 0 },
	{ "CCRQ/your",	PPTP_CALL_CLEAR_REQUEST, YOUR, 0 },
	{ "CCRQ/wild",	PPTP_CALL_CLEAR_REQUEST, WILD_ID, 0 },
	{ "CDN",	PPTP_CALL_DISCONNECT_NOTIFY, OWN, 0 },
	{ "CDN/your",	PPTP_CALL_DISCONNECT_NOTIFY, YOUR, 4 },
	{ "CDN/wild",	PPTP_CALL_DISCONNECT_NOTIFY, WILD_ID, 1 },
	{ "CDN/0",	PPTP_CALL_DISCONNECT_NOTIFY, 0, 1 },
	{ "WEN",	PPTP_WAN_ERROR_NOTIFY, YOUR, 0 },
	{ "WEN/wild",	PPTP_WAN_ERROR_NOTIFY, WILD_ID, 0 },
	{ "SLI",	PPTP_SET_LINK_INFO, YOUR, 0 },
	{ "SLI/wild",	PPTP_SET_LINK_INFO, WILD_ID, 0 },
	{ "16",		16, 0, 0 },
};

static inline struct pptp_msg said_msg(const struct said *said)
{
	struct pptp_msg m = pptp_vectors[said->type - 1].msg;

	if (said->type == PPTP_START_REQUEST || said->type == PPTP_START_REPLY)
		m.start.version = (uint16_t)(said->id << 8);
	if (said->type == PPTP_START_REPLY)
		m.start.result = said->code;
	if (said->type == PPTP_OUTGOING_CALL_REQUEST)
		m.outgoing_request.call_id = said->id;
	if (said->type == PPTP_OUTGOING_CALL_REPLY) {
		m.outgoing_reply.call_id = OWN;
		m.outgoing_reply.peer_call_id = said->id;
		m.outgoing_reply.result = said->code;
	}
	if (said->type == PPTP_INCOMING_CALL_REQUEST)
		m.incoming_request.call_id = said->id;
	if (said->type == PPTP_INCOMING_CALL_REPLY) {
		m.incoming_reply.call_id = OWN;
		m.incoming_reply.peer_call_id = said->id;
		m.incoming_reply.result = said->code;
	}
	if (said->type == PPTP_INCOMING_CALL_CONNECTED)
		m.incoming_connected.peer_call_id = said->id;
	if (said->type == PPTP_CALL_CLEAR_REQUEST)
		m.clear.call_id = said->id;
	if (said->type == PPTP_CALL_DISCONNECT_NOTIFY) {
		m.disconnect.call_id = said->id;
		m.disconnect.result = said->code;
	}
	if (said->type == PPTP_WAN_ERROR_NOTIFY)
		m.wan_error.peer_call_id = said->id;
	if (said->type == PPTP_SET_LINK_INFO)
		m.link_info.peer_call_id = said->id;
	return m;
}

/* The octets of a saying; its size. */
static inline size_t said_wire(const struct said *said, uint8_t *buf)
{
	struct writer w = writer_of(buf, PPTP_MSG_MAX);
	struct pptp_msg msg;

	if (said->type >= PPTP_MSG_TYPES) {
		memcpy(buf, pptp_vectors[PPTP_ECHO_REQUEST - 1].wire, 16);
		buf[9] = (uint8_t)said->type;
		return 16;
	}
	msg = said_msg(said);
	pptp_msg_encode(&msg, &w);
	return w.len;
}

static inline void say(bench *b, const char *name)
{
	uint8_t buf[PPTP_MSG_MAX];
	size_t i, len;

	for (i = 0; strcmp(sayings[i].name, name); i++)
		;
	len = said_wire(&sayings[i], buf);
	if (input(b, buf, len) != len)
		abort();
}

static inline void opened(bench *b)
{
	pptp_conn_originate(&b->conn, &b->cfg, T0, &b->acts);
	say(b, "SCCRP/1");
}

static inline void dialled(bench *b)
{
	static const struct pptp_dial dial = { .local_id = OUR_ID };

	opened(b);
	if (pptp_conn_dial(&b->conn, &dial, T0, &b->acts))
		abort();
}

static inline void rung(bench *b)
{
	static const struct pptp_ring ring = {
		.local_id = OUR_ID, .bearer = PPTP_BEARER_DIGITAL,
	};

	start(b);
	if (pptp_conn_ring(&b->conn, &ring, T0, &b->acts))
		abort();
}

static inline void asked(bench *b, const char *how)
{
	start(b);
	say(b, how);
	if (!count(b, PPTP_ACTION_OPEN_CALL))
		abort();
}

static inline void accepted(bench *b)
{
	pptp_conn_accept(&b->conn, 0, OUR_ID, T0, &b->acts);
}

/* Brings a fresh connection into a place. */
static inline void go(bench *b, enum place place)
{
	b->now = T0;
	b->cfg.calls.take_incoming = true;
	b->cfg.calls.max_calls = 4;
	pptp_conn_init(&b->conn, &b->cfg, T0);
	switch (place) {
	case EARLY:
	case N_PLACES:
		break;
	case ASKING:
		pptp_conn_originate(&b->conn, &b->cfg, T0, &b->acts);
		break;
	case IDLE:
		start(b);
		break;
	case ASKED:
		asked(b, "OCRQ/same");
		break;
	case SERVED:
		asked(b, "OCRQ/same");
		accepted(b);
		break;
	case OFFERED:
		asked(b, "ICRQ/same");
		break;
	case ANSWERED:
		asked(b, "ICRQ/same");
		accepted(b);
		break;
	case TAKEN:
		asked(b, "ICRQ/same");
		accepted(b);
		say(b, "ICCN");
		break;
	case DIALLED:
		dialled(b);
		break;
	case CONNECTED:
		dialled(b);
		say(b, "OCRP/1");
		break;
	case CLEARED:
		dialled(b);
		say(b, "OCRP/1");
		pptp_conn_clear(&b->conn, 0, &end_admin, T0, &b->acts);
		break;
	case ABORTED:
		dialled(b);
		pptp_conn_clear(&b->conn, 0, &end_admin, T0, &b->acts);
		break;
	case RINGING:
		rung(b);
		break;
	case TALKING:
		rung(b);
		say(b, "ICRP/1");
		break;
	case STOPPING:
		start(b);
		pptp_conn_stop(&b->conn, PPTP_STOP_SHUTDOWN, T0, &b->acts);
		break;
	case GONE:
		pptp_conn_eof(&b->conn, &b->acts);
		break;
	}
	b->acts.n = 0;
	b->acts.out_len = 0;
}

#endif /* SELFTESTS_PROTO_PPTP_PLACE_H */
