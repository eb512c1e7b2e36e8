// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What another process is said to have saved, a control connection or a PPP link, and
 * a peer that goes on with it. The input: which of them, two octets of how much is
 * saved, that, and then steps as of pptp_conn_fuzz.c: an octet of what, an octet of
 * how much, and so many octets.
 */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "proto/ppp_link.h"
#include "proto/pptp_conn.h"

#define NOW		1000000
#define SAVED_MAX	4096

static const struct pptp_conn_config conn_cfg = {
	.host = "server.example",
	.vendor = "kpptp",
	.calls = {
		.max_calls = 3,
		.take_outgoing = true,
		.take_incoming = true,
		.reply_timeout = 60000,
		.clear_timeout = 5000,
		.window = 64,
	},
	.start_timeout = 60000,
	.idle_timeout = 30000,
	.echo_interval = 20000,
	.echo_timeout = 10000,
	.stop_timeout = 3000,
};

static const struct ppp_link_config link_cfg = {
	.name = "kpptp",
	.mru = 1400,
	.auth_peer = PPP_AUTH_BIT(PPP_AUTH_MSCHAP_V2),
	.mppe = PPP_MPPE_PREFER,
	.mppe_bits = CCP_MPPE_128 | CCP_MPPE_40,
	.ipv4 = true,
	.ipv6 = true,
	.ip_give = true,
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

static struct pptp_conn conn;
static struct pptp_actions conn_acts;
static struct ppp_actions link_acts;
static uint64_t now;

static void must(bool truth)
{
	if (!truth)
		abort();
}

/* One step of the rest, NULL: there is none. @what with its high bit is time. */
static const uint8_t *step(struct reader *r, uint8_t *what, size_t *len)
{
	*what = reader_u8(r);
	*len = reader_u8(r);
	if (r->bad)
		return NULL;
	if (*what & 0x80) {
		now += 1 + *len * 256u;
		return r->p;
	}
	if (*len > r->left)
		*len = r->left;
	return reader_take(r, *len);
}

static void check_conn(void)
{
	unsigned int i;

	must(conn_acts.out_len <= sizeof(conn_acts.out) && conn_acts.n <= PPTP_ACTIONS_MAX);
	for (i = 0; i < conn_acts.n; i++)
		must(conn_acts.act[i].type != PPTP_ACTION_CLOSE ||
		     conn.state == PPTP_CONN_CLOSED);
}

/* Saved again it is the same, or there would be two ways to say one thing. */
static void resave_conn(const uint8_t *data, size_t len)
{
	uint8_t again[SAVED_MAX];
	struct writer w = writer_of(again, sizeof(again));

	must(pptp_conn_save(&conn, &w));
	must(w.len == len && data);
}

static void play_conn(struct reader *saved, struct reader *r)
{
	const uint8_t *begin = saved->p, *data;
	uint8_t what;
	size_t len;

	if (!pptp_conn_restore(&conn, &conn_cfg, saved, now))
		return;
	resave_conn(begin, (size_t)(saved->p - begin));
	while ((data = step(r, &what, &len))) {
		if (what & 0x80) {
			pptp_conn_timer(&conn, now, &conn_acts);
			check_conn();
			continue;
		}
		while (len) {
			size_t taken = pptp_conn_input(&conn, data, len, now, &conn_acts);

			must(taken && taken <= len);
			check_conn();
			data += taken;
			len -= taken;
		}
	}
}

/* No end of a link that is encrypted may make it one that is not. */
static void check_link(const struct ppp_up *first)
{
	unsigned int i;

	must(link_acts.n <= PPP_ACTIONS_MAX);
	for (i = 0; i < link_acts.n; i++) {
		const struct ppp_action *act = &link_acts.act[i];

		must(act->type != PPP_ACTION_UP || !first->mppe_bits || act->up.mppe_bits);
		must(act->type != PPP_ACTION_SEND || act->send.len <= PPP_FRAME_MAX);
	}
	ppp_action_wipe(&link_acts);
}

static void play_link(struct reader *saved, struct reader *r)
{
	static const uint8_t random[32] = { 1 };
	uint8_t again[SAVED_MAX], what;
	struct writer w = writer_of(again, sizeof(again));
	struct ppp_link *link = ppp_link_restore(&link_cfg, random, saved, now);
	struct ppp_up up;
	const uint8_t *data;
	size_t len;

	if (!link)
		return;
	must(ppp_link_save(link, &w));
	ppp_link_agreed(link, &up);
	must(up.has_ipv4 && ppp_link_phase(link) == PPP_PHASE_NETWORK);
	while ((data = step(r, &what, &len))) {
		if (what & 0x80)
			ppp_link_timer(link, now, &link_acts);
		else
			ppp_link_input(link, data, len, now, &link_acts);
		check_link(&up);
	}
	ppp_link_free(link);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct reader r = reader_of(data, size), saved;
	uint8_t which = reader_u8(&r);
	size_t len = reader_u16(&r);

	if (len > r.left)
		len = r.left;
	saved = reader_of(r.p, len);
	reader_take(&r, len);
	now = NOW;
	if (which & 1)
		play_link(&saved, &r);
	else
		play_conn(&saved, &r);
	return 0;
}
