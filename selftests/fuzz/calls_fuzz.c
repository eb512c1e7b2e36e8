// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Two hosts with all that they have of a tunnel: the control connection, its calls,
 * and PPP in each, as the daemon joins them. The first four octets say which links
 * (pair_config.h); then come steps, an octet of what, one of where (bit 0: the host,
 * the rest: which call), one of how much. Nothing in between is honest: messages and
 * frames that are well formed come out of nowhere, others are lost, doubled, spoiled
 * or overtaken, answers are late, and the clock leaps.
 *
 * What must hold of a link is in proto/ppp_pair.h. Here: a call begins once and ends
 * once, a link lives within its call only, nothing is asked for after the end, what
 * was due is done, memory has a bound, and all of it ends when it is told to.
 */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "lib/array.h"
#include "pair_config.h"
#include "proto/pptp_conn.h"

#define CALLS		3	/* that one host asks for at a time */
#define PIPE_MAX	65536
#define NEVER		UINT64_MAX
#define TIMES_MAX	6	/* that a timer has to be served after a leap of the clock */

/* A link and its book: more than that was made by the word of a peer. */
#define CALL_MEMORY	(sizeof(struct pair_side) + 65536)

/* Where an allocator counts, that is in every build with ASan. */
#pragma weak __sanitizer_get_current_allocated_bytes
size_t __sanitizer_get_current_allocated_bytes(void);

enum step {
	STEP_STREAM,		/* octets of the connection arrive */
	STEP_FRAME,		/* the next frame of a call arrives */
	STEP_SETTLE,		/* everything arrives, everything is answered */
	STEP_FORGE_MESSAGE,	/* one of ours, with IDs that exist */
	STEP_FORGE_FRAME,
	STEP_SPOIL_STREAM,
	STEP_SPOIL_FRAME,
	STEP_LOSE,
	STEP_DOUBLE,
	STEP_OVERTAKE,
	STEP_EXPIRE,		/* the clock goes to the next deadline */
	STEP_TIME,		/* or so many tenths of a second on */
	STEP_ANSWER,
	STEP_ADDRESS,
	STEP_POLICY,		/* of the user, before the answer */
	STEP_HEARD,		/* data, until now */
	STEP_DIAL,
	STEP_RING,
	STEP_ACCEPT,
	STEP_REFUSE,
	STEP_CLEAR,
	STEP_LINK_CLOSE,
	STEP_TELL,		/* Set-Link-Info, WAN-Error-Notify */
	STEP_STOP,
	STEP_EOF,
	STEP_CONNECT,		/* again, once both have closed */
	STEPS,
};

/**
 * struct host - one end of the tunnel
 * @out: octets of the connection on their way to the other
 * @open: the call has begun and not ended, by what was said about it
 * @asked: OPEN_CALL was said and not answered
 * @link: of each call that is connected
 */
struct host {
	struct pptp_conn conn;
	size_t out_len;
	uint8_t out[PIPE_MAX];
	uint16_t next_id;
	bool open[PPTP_CONN_CALLS_MAX];
	bool asked[PPTP_CONN_CALLS_MAX];
	struct pair_side *link[PPTP_CONN_CALLS_MAX];
};

static const struct pptp_conn_config conn_config = {
	.host = "host.example",
	.vendor = "kpptp",
	.calls = {
		.max_calls = CALLS,
		.take_outgoing = true,
		.take_incoming = true,
		.reply_timeout = 60000,
		.clear_timeout = 5000,
		.window = 64,
	},
	.start_timeout = 60000,
	.idle_timeout = 300000,
	.echo_interval = 20000,
	.echo_timeout = 10000,
	.stop_timeout = 3000,
};

static struct host hosts[2];
static struct ppp_link_config link_config[2];
static struct pptp_actions acts;
static uint64_t now;
static size_t memory;
static uint8_t links_made;
static bool honest;	/* nobody has said anything but the two */

static void must(bool truth)
{
	if (!truth)
		abort();
}

static struct host *other(const struct host *host)
{
	return &hosts[host == hosts];
}

static unsigned int links(const struct host *host)
{
	unsigned int i, n = 0;

	for (i = 0; i < PPTP_CONN_CALLS_MAX; i++)
		n += !!host->link[i];
	return n;
}

/* Frames find their way by the call ID, as GRE does. */
static struct pair_line *line_to(struct host *host, uint16_t local_id)
{
	unsigned int i;

	for (i = 0; i < PPTP_CONN_CALLS_MAX; i++) {
		if (host->link[i] && host->conn.calls.call[i].local_id == local_id)
			return &host->link[i]->line;
	}
	return NULL;
}

static void aim(struct host *host, unsigned int call)
{
	host->link[call]->to = line_to(other(host), host->conn.calls.call[call].peer_id);
}

static void drop_link(struct host *host, unsigned int call)
{
	if (!host->link[call])
		return;
	ppp_link_free(host->link[call]->link);
	free(host->link[call]);
	host->link[call] = NULL;
}

/* A link that is over does nothing any more, whatever is tried. */
static void check_dead(struct pair_side *s)
{
	struct pair_frame last = s->line.frame[0];

	pair_side_input(s, &last, now);
	pair_side_timer(s, now + 1000000);
	pair_side_answer(s, true, now);
	pair_side_address(s, true, now);
	ppp_link_close(s->link, PPP_END_ADMIN, now, &s->acts);
	pair_side_perform(s);
	must(!s->broken);
}

static void performed(struct host *host);

/* After each call of a link: it is over, or goes on within its call. */
static void link_done(struct host *host, unsigned int call)
{
	static const struct pptp_call_end end = { .result = PPTP_END_CARRIER };
	struct pair_side *s = host->link[call];

	must(!s->broken);
	must(ppp_link_phase_text(ppp_link_phase(s->link))[0]);
	if (!s->finished)
		return;
	must(ppp_link_ending(s->link) == s->reason && ppp_link_reason_text(s->reason)[0]);
	must(memchr(ppp_link_auth_failure(s->link)->message, '\0', PPP_AUTH_MESSAGE_MAX));
	check_dead(s);
	drop_link(host, call);
	pptp_conn_clear(&host->conn, call, &end, now, &acts);
	if (host->conn.calls.call[call].state == PPTP_CALL_FREE)
		host->open[call] = false;
	performed(host);
}

static void start_link(struct host *host, unsigned int call)
{
	const uint8_t random[PPP_RAND_SEED_LEN] = { ++links_made };
	struct pair_side *s = calloc(1, sizeof(*s));

	must(s && !host->link[call]);
	host->link[call] = s;
	aim(host, call);
	pair_side_open(s, &link_config[host != hosts], random, now);
	link_done(host, call);
}

static void perform_action(struct host *host, const struct pptp_action *act, bool last)
{
	struct pptp_call *call = &host->conn.calls.call[act->call];

	switch (act->type) {
	case PPTP_ACTION_OPEN_CALL:
		must(!host->open[act->call]);
		host->open[act->call] = true;
		host->asked[act->call] = true;
		break;
	case PPTP_ACTION_CALL_UP:
		must(host->open[act->call] && call->peer_known);
		must(call->state == PPTP_CALL_ESTABLISHED);
		start_link(host, act->call);
		break;
	case PPTP_ACTION_CLOSE_CALL:
		must(host->open[act->call] && act->reason != PPTP_REASON_NONE);
		must(pptp_conn_reason_text(act->reason)[0]);
		host->open[act->call] = false;
		host->asked[act->call] = false;
		drop_link(host, act->call);
		break;
	case PPTP_ACTION_STARTED:
		must(host->conn.state == PPTP_CONN_ESTABLISHED);
		break;
	case PPTP_ACTION_LINK_INFO:
	case PPTP_ACTION_WAN_ERROR:
		must(call->state == PPTP_CALL_ESTABLISHED);
		break;
	case PPTP_ACTION_CLOSE:
		must(last && host->conn.state == PPTP_CONN_CLOSED);
		break;
	case PPTP_ACTION_NOTE:
		must(act->text);
		break;
	}
}

/* Is there room for the answers to one input? Else the line is broken. */
static bool has_room(const struct host *host)
{
	return sizeof(host->out) - host->out_len >= 2 * PPTP_OUT_MAX;
}

/* After each call of the connection. Actions may cause others, by a link that ends. */
static void performed(struct host *host)
{
	struct pptp_actions todo = acts;
	unsigned int i;

	must(todo.n <= PPTP_ACTIONS_MAX && todo.out_len <= sizeof(todo.out));
	acts.n = 0;
	acts.out_len = 0;
	if (todo.out_len > sizeof(host->out) - host->out_len)
		host->out_len = 0;
	memcpy(host->out + host->out_len, todo.out, todo.out_len);
	host->out_len += todo.out_len;
	for (i = 0; i < todo.n; i++)
		perform_action(host, &todo.act[i], i == todo.n - 1);
}

/* The same where the connection was closed before: it does nothing any more. */
static void performed_since(struct host *host, enum pptp_conn_state before)
{
	if (before == PPTP_CONN_CLOSED)
		must(!acts.n && !acts.out_len && host->conn.state == PPTP_CONN_CLOSED);
	performed(host);
}

static void check_call(const struct host *host, unsigned int i)
{
	const struct pptp_call *call = &host->conn.calls.call[i];

	must(host->open[i] == (call->state != PPTP_CALL_FREE));
	must(host->asked[i] == (call->state == PPTP_CALL_WAIT_ACCEPT));
	must(!host->link[i] || call->state == PPTP_CALL_ESTABLISHED);
	must(!host->link[i] || !host->link[i]->broken);
}

static void check_host(const struct host *host)
{
	unsigned int i, calls = 0;

	for (i = 0; i < PPTP_CONN_CALLS_MAX; i++) {
		check_call(host, i);
		calls += host->open[i];
	}
	must(calls == pptp_conn_calls(&host->conn) && calls <= 2 * CALLS);
	must(!calls || host->conn.state == PPTP_CONN_ESTABLISHED);
	must((host->conn.state == PPTP_CONN_CLOSED) ==
	     (pptp_conn_deadline(&host->conn) == NEVER));
}

static void check(void)
{
	size_t most = memory + (links(&hosts[0]) + links(&hosts[1])) * CALL_MEMORY;

	check_host(&hosts[0]);
	check_host(&hosts[1]);
	if (__sanitizer_get_current_allocated_bytes)
		must(__sanitizer_get_current_allocated_bytes() <= most);
}

static void hear(struct host *host, const uint8_t *data, size_t len)
{
	size_t took;

	while (len) {
		enum pptp_conn_state before = host->conn.state;

		took = pptp_conn_input(&host->conn, data, len, now, &acts);
		must(took && took <= len);
		performed_since(host, before);
		data += took;
		len -= took;
	}
}

/* Up to @len octets of the other's stream, and its end. */
static void deliver_stream(struct host *host, size_t len)
{
	struct host *from = other(host);
	enum pptp_conn_state before;
	uint8_t data[512];

	if (len > from->out_len)
		len = from->out_len;
	if (len > sizeof(data))
		len = sizeof(data);
	if (!has_room(host))
		host->out_len = 0;
	memcpy(data, from->out, len);
	from->out_len -= len;
	memmove(from->out, from->out + len, from->out_len);
	hear(host, data, len);
	if (from->out_len || from->conn.state != PPTP_CONN_CLOSED)
		return;
	before = host->conn.state;
	pptp_conn_eof(&host->conn, &acts);
	performed_since(host, before);
}

static void deliver_frame(struct host *host, unsigned int call)
{
	struct pair_frame frame;

	if (!host->link[call] || !pair_take(&host->link[call]->line, &frame))
		return;
	aim(host, call);
	pair_side_input(host->link[call], &frame, now);
	link_done(host, call);
}

static void accept_call(struct host *host, unsigned int call)
{
	bool outgoing = host->conn.calls.call[call].kind == PPTP_CALL_OUTGOING_PAC;

	if (!host->asked[call])
		return;
	host->next_id += 2;
	host->asked[call] = false;
	pptp_conn_accept(&host->conn, call, host->next_id, now, &acts);
	performed(host);
	if (outgoing && host->conn.calls.call[call].state == PPTP_CALL_ESTABLISHED)
		start_link(host, call);
}

static void refuse_call(struct host *host, unsigned int call, uint8_t result)
{
	if (!host->asked[call])
		return;
	host->asked[call] = false;
	host->open[call] = false;
	pptp_conn_refuse(&host->conn, call, result, PPTP_ERROR_RESOURCE, now, &acts);
	performed(host);
}

static void answer(struct host *host, unsigned int call, bool yes)
{
	if (!host->link[call])
		return;
	aim(host, call);
	pair_side_answer(host->link[call], yes, now);
	link_done(host, call);
}

static void give_address(struct host *host, unsigned int call, bool yes)
{
	if (!host->link[call])
		return;
	aim(host, call);
	pair_side_address(host->link[call], yes, now);
	link_done(host, call);
}

/* The user that asks turns out to be one with rules of its own. */
static void set_policy(struct host *host, unsigned int call, uint8_t mppe, uint8_t back)
{
	struct pair_side *s = host->link[call];

	if (!s || !s->asked)
		return;
	s->cfg.mppe = mppe % 4;
	ppp_link_set_mppe(s->link, s->cfg.mppe, (enum ccp_stateful)(mppe >> 2) % 3);
	if (back)
		ppp_link_set_callback(s->link, back & 1 ? CBCP_BIT(CBCP_USER) :
							  CBCP_BIT(CBCP_ADMIN), "5551212");
}

/* One round of everything for @host; false: there was nothing to do. */
static bool settle_host(struct host *host)
{
	bool busy = other(host)->out_len;
	unsigned int i;

	deliver_stream(host, sizeof(other(host)->out));
	for (i = 0; i < 2 * CALLS; i++) {
		busy |= host->asked[i] || (host->link[i] && host->link[i]->line.n);
		accept_call(host, i);
		answer(host, i, true);
		give_address(host, i, true);
		deliver_frame(host, i);
	}
	return busy;
}

/* What is up at both ends is up with the same keys. */
static void check_keys(const struct host *host, unsigned int call)
{
	const struct pptp_call *theirs, *ours = &host->conn.calls.call[call];
	const struct pair_side *s = host->link[call], *t;
	unsigned int i;

	for (i = 0; s && s->up && i < PPTP_CONN_CALLS_MAX; i++) {
		t = hosts[1].link[i];
		theirs = &hosts[1].conn.calls.call[i];
		if (!t || !t->up || theirs->local_id != ours->peer_id ||
		    theirs->peer_id != ours->local_id)
			continue;
		must(s->state.mppe_bits == t->state.mppe_bits);
		must(!s->state.mppe_bits || pair_sides_match(&s->keys, &t->keys));
	}
}

static void settle(void)
{
	unsigned int call, rounds = 0;
	bool busy;

	do {
		must(++rounds < 2000);
		busy = settle_host(&hosts[0]);
		busy |= settle_host(&hosts[1]);
	} while (busy);
	for (call = 0; honest && call < PPTP_CONN_CALLS_MAX; call++)
		check_keys(&hosts[0], call);
}

/* A message as the other host might send it, of @type, about @call of @host. */
static void forge_message(struct host *host, unsigned int call, uint8_t type, uint8_t how)
{
	const struct pptp_call *c = &host->conn.calls.call[call];
	struct pptp_msg msg = { .type = type % (PPTP_MSG_TYPES - 1) + 1 };
	struct host *from = other(host);
	struct writer w;

	if (!has_room(from))
		return;
	/* The IDs stand first in whatever has any; the rest is as it comes. */
	memset((uint8_t *)&msg + offsetof(struct pptp_msg, start), how & 3, sizeof(msg.echo));
	msg.outgoing_reply.call_id = how & 4 ? c->local_id : c->peer_id;
	if (msg.type == PPTP_OUTGOING_CALL_REPLY || msg.type == PPTP_INCOMING_CALL_REPLY)
		msg.outgoing_reply.peer_call_id = how & 8 ? c->peer_id : c->local_id;
	if (msg.type == PPTP_START_REQUEST || msg.type == PPTP_START_REPLY)
		msg.start.version = how & 16 ? PPTP_VERSION : 0x0200;
	w = writer_of(from->out + from->out_len, sizeof(from->out) - from->out_len);
	pptp_msg_encode(&msg, &w);
	must(!w.bad);
	from->out_len += w.len;
	honest = false;
}

static void put_option(struct writer *w, uint8_t type, const void *data, uint8_t len)
{
	writer_u8(w, type);
	writer_u8(w, (uint8_t)(2 + len));
	writer_put(w, data, len);
}

/* Options that links care about; each bit of @which is one of them. */
static void put_options(struct writer *w, uint16_t protocol, uint8_t which)
{
	static const uint8_t mru[] = { 5, 0 }, auth[] = { 0xc2, 0x23, 0x81 }, none[6];
	static const uint8_t bits[][4] = {
		{ 1, 0, 0, 0x40 }, { 0, 0, 0, 0x40 }, { 1, 0, 0, 0x20 }, { 1, 0, 0, 0x61 },
	};

	if (protocol == 0x80fd) {
		put_option(w, 18, bits[which & 3], 4);
	} else if (protocol == 0xc021) {
		if (which & 1)
			put_option(w, 1, mru, sizeof(mru));
		if (which & 2)
			put_option(w, 3, auth, sizeof(auth));
		if (which & 4)
			put_option(w, 5, none, 4);
		if (which & 8)
			put_option(w, 13, none, 1);
	} else {
		put_option(w, which & 1 ? 3 : 1, none, 4);
	}
}

/*
 * A frame of PPP that is well formed, and of the same identifier as the one that is on
 * its way, or one before or after.
 */
static void forge_frame(struct host *host, unsigned int call, uint8_t how, uint8_t which)
{
	static const uint16_t protocols[] = {
		0xc021, 0xc021, 0xc023, 0xc223, 0xc227, 0x80fd, 0x8021, 0x8057,
	};
	uint16_t protocol = protocols[how & 7];
	struct pair_side *s = host->link[call];
	struct pair_frame frame;
	struct writer w = writer_of(frame.data, sizeof(frame.data));
	uint8_t code = (uint8_t)(how >> 3) % 16;
	uint8_t id = 0;

	if (!s)
		return;
	if (s->line.n)
		id = s->line.frame[0].data[3];
	id = (uint8_t)(id + (which >> 6) - 1);
	writer_u16(&w, protocol);
	writer_u8(&w, code);
	writer_u8(&w, id);
	writer_u16(&w, 0);
	if (protocol >> 8 == 0xc2 || protocol == 0xc023)
		writer_zero(&w, which & 63);
	else if (code >= 1 && code <= 4)
		put_options(&w, protocol, which & 63);
	else
		writer_zero(&w, 4);
	frame.len = w.len;
	frame.data[5] = (uint8_t)(w.len - 2);
	honest = false;
	aim(host, call);
	pair_side_input(s, &frame, now);
	link_done(host, call);
}

static void spoil_stream(struct host *from, uint8_t where, uint8_t value)
{
	if (where < from->out_len)
		from->out[where] = value;
	honest = false;
}

static void spoil_frame(struct host *host, unsigned int call, uint8_t where, uint8_t value)
{
	struct pair_side *s = host->link[call];

	if (s && s->line.n && where < s->line.frame[0].len)
		s->line.frame[0].data[where] = value;
	honest = false;
}

static void lose(struct host *host, unsigned int call)
{
	struct pair_frame lost;

	if (host->link[call])
		pair_take(&host->link[call]->line, &lost);
}

static void twice(struct host *host, unsigned int call)
{
	struct pair_side *s = host->link[call];

	if (s && s->line.n)
		pair_send(&s->line, s->line.frame[0].data, s->line.frame[0].len);
}

static void overtake(struct host *host, unsigned int call)
{
	struct pair_side *s = host->link[call];
	struct pair_frame first;

	if (s && pair_take(&s->line, &first))
		pair_send(&s->line, first.data, first.len);
}

static uint64_t deadline_of(const struct host *host)
{
	uint64_t first = pptp_conn_deadline(&host->conn);
	unsigned int i;

	for (i = 0; i < PPTP_CONN_CALLS_MAX; i++) {
		if (host->link[i] && ppp_link_deadline(host->link[i]->link) < first)
			first = ppp_link_deadline(host->link[i]->link);
	}
	return first;
}

/* Of what is due one thing is done at a time, and in a few times all of it. */
static void run_conn_timer(struct host *host)
{
	unsigned int times = 0;

	do {
		enum pptp_conn_state before = host->conn.state;

		if (!has_room(host))
			host->out_len = 0;
		pptp_conn_timer(&host->conn, now, &acts);
		performed_since(host, before);
		must(++times < TIMES_MAX);
	} while (pptp_conn_deadline(&host->conn) <= now);
}

static void run_timers(struct host *host)
{
	unsigned int i;

	run_conn_timer(host);
	for (i = 0; i < PPTP_CONN_CALLS_MAX; i++) {
		if (!host->link[i])
			continue;
		aim(host, i);
		pair_side_timer(host->link[i], now);
		link_done(host, i);
	}
}

static bool expire(void)
{
	uint64_t a = deadline_of(&hosts[0]), b = deadline_of(&hosts[1]);
	uint64_t next = a < b ? a : b;

	if (next == NEVER)
		return false;
	if (next > now)
		now = next;
	run_timers(&hosts[0]);
	run_timers(&hosts[1]);
	return true;
}

static void pass_time(uint8_t tenths)
{
	now += tenths * 100u;
	run_timers(&hosts[0]);
	run_timers(&hosts[1]);
}

static void ask(struct host *host, bool ring)
{
	struct pptp_dial dial = { .local_id = (uint16_t)(host->next_id + 2) };
	struct pptp_ring call_in = { .local_id = dial.local_id, .dialing = "5551212" };
	int call;

	if (pptp_conn_calls(&host->conn) >= CALLS)
		return;
	host->next_id = dial.local_id;
	call = ring ? pptp_conn_ring(&host->conn, &call_in, now, &acts) :
		      pptp_conn_dial(&host->conn, &dial, now, &acts);
	must(call < PPTP_CONN_CALLS_MAX && (call >= 0 || !acts.out_len));
	if (call >= 0) {
		must(!host->open[call]);
		host->open[call] = true;
	}
	performed(host);
}

static void clear_call(struct host *host, unsigned int call)
{
	static const struct pptp_call_end end = { .result = PPTP_END_ADMIN };

	drop_link(host, call);
	pptp_conn_clear(&host->conn, call, &end, now, &acts);
	if (host->conn.calls.call[call].state == PPTP_CALL_FREE) {
		host->open[call] = false;
		host->asked[call] = false;
	}
	performed(host);
}

static void close_link(struct host *host, unsigned int call)
{
	struct pair_side *s = host->link[call];

	if (!s)
		return;
	aim(host, call);
	ppp_link_close(s->link, PPP_END_ADMIN, now, &s->acts);
	pair_side_perform(s);
	link_done(host, call);
}

static void tell(struct host *host, unsigned int call, uint8_t much)
{
	static const struct pptp_wan_error errors = { .crc = 1 };

	if (much & 1)
		pptp_conn_set_link_info(&host->conn, call, much, ~0u, &acts);
	else
		pptp_conn_wan_error(&host->conn, call, &errors, now, &acts);
	performed(host);
}

static void stop(struct host *host, uint8_t reason)
{
	enum pptp_conn_state before = host->conn.state;

	pptp_conn_stop(&host->conn, reason, now, &acts);
	performed_since(host, before);
}

static void cut(struct host *host)
{
	enum pptp_conn_state before = host->conn.state;

	pptp_conn_eof(&host->conn, &acts);
	performed_since(host, before);
	must(host->conn.state == PPTP_CONN_CLOSED);
}

static void connect_hosts(void)
{
	unsigned int i;

	for (i = 0; i < 2; i++) {
		must(!links(&hosts[i]));
		hosts[i].out_len = 0;
	}
	pptp_conn_originate(&hosts[0].conn, &conn_config, now, &acts);
	performed(&hosts[0]);
	pptp_conn_init(&hosts[1].conn, &conn_config, now);
}

static bool all_closed(void)
{
	return hosts[0].conn.state == PPTP_CONN_CLOSED &&
	       hosts[1].conn.state == PPTP_CONN_CLOSED;
}

static void step(const uint8_t data[4])
{
	struct host *host = &hosts[data[1] & 1];
	unsigned int call = (data[1] >> 1) % (2 * CALLS);
	uint8_t much = data[2], more = data[3];

	switch ((enum step)(data[0] % STEPS)) {
	case STEP_STREAM:
		deliver_stream(host, much);
		break;
	case STEP_FRAME:
		deliver_frame(host, call);
		break;
	case STEP_SETTLE:
		settle();
		break;
	case STEP_FORGE_MESSAGE:
		forge_message(host, call, much, more);
		break;
	case STEP_FORGE_FRAME:
		forge_frame(host, call, much, more);
		break;
	case STEP_SPOIL_STREAM:
		spoil_stream(host, much, more);
		break;
	case STEP_SPOIL_FRAME:
		spoil_frame(host, call, much, more);
		break;
	case STEP_LOSE:
		lose(host, call);
		break;
	case STEP_DOUBLE:
		twice(host, call);
		break;
	case STEP_OVERTAKE:
		overtake(host, call);
		break;
	case STEP_EXPIRE:
		expire();
		break;
	case STEP_TIME:
		pass_time(much);
		break;
	case STEP_ANSWER:
		answer(host, call, much & 1);
		break;
	case STEP_ADDRESS:
		give_address(host, call, much & 1);
		break;
	case STEP_POLICY:
		set_policy(host, call, much, more);
		break;
	case STEP_HEARD:
		if (host->link[call])
			ppp_link_heard(host->link[call]->link, now);
		break;
	case STEP_DIAL:
		ask(host, false);
		break;
	case STEP_RING:
		ask(host, true);
		break;
	case STEP_ACCEPT:
		accept_call(host, call);
		break;
	case STEP_REFUSE:
		refuse_call(host, call, much);
		break;
	case STEP_CLEAR:
		clear_call(host, call);
		break;
	case STEP_LINK_CLOSE:
		close_link(host, call);
		break;
	case STEP_TELL:
		tell(host, call, much);
		break;
	case STEP_STOP:
		stop(host, much);
		break;
	case STEP_EOF:
		cut(host);
		break;
	case STEP_CONNECT:
		if (all_closed())
			connect_hosts();
		break;
	case STEPS:
		break;
	}
}

/* Whatever was said before: an end takes bounded time, and leaves nothing. */
static void must_end(void)
{
	unsigned int steps = 0;

	stop(&hosts[0], PPTP_STOP_SHUTDOWN);
	stop(&hosts[1], PPTP_STOP_SHUTDOWN);
	while (!all_closed()) {
		must(++steps < 20 && expire());
		deliver_stream(&hosts[0], PIPE_MAX);
		deliver_stream(&hosts[1], PIPE_MAX);
		check();
	}
	must(!links(&hosts[0]) && !links(&hosts[1]));
	must(deadline_of(&hosts[0]) == NEVER && deadline_of(&hosts[1]) == NEVER);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 4)
		return 0;
	pair_configure(data, link_config);
	now = 1;
	links_made = 0;
	honest = true;
	memset(hosts, 0, sizeof(hosts));
	hosts[1].next_id = 1;
	if (__sanitizer_get_current_allocated_bytes)
		memory = __sanitizer_get_current_allocated_bytes();
	connect_hosts();
	for (data += 4, size -= 4; size >= 4; data += 4, size -= 4) {
		step(data);
		check();
	}
	must_end();
	return 0;
}
