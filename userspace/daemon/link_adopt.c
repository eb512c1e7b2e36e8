// SPDX-License-Identifier: GPL-2.0-or-later
/* A link from one kpptpd to the next. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <utlist.h>

#include "lib/log.h"
#include "link_priv.h"

/* The first octet of its key: no connection has the same. */
#define LINK_RECORD	'L'

/* What the kernel finds a session by. */
static struct record_key link_key(struct in_addr local, struct in_addr peer, uint16_t call_id)
{
	struct record_key key = { { LINK_RECORD } };
	struct writer w = writer_of(key.octets + 1, sizeof(key.octets) - 1);

	writer_put(&w, &local, sizeof(local));
	writer_put(&w, &peer, sizeof(peer));
	writer_u16(&w, call_id);
	return key;
}

static bool link_write(const struct link *link, struct writer *w)
{
	if (!link->up || link->gone || !link->profile.hooks->save(link->profile.arg, w))
		return false;
	writer_u32(w, ksession_id(link->session));
	writer_u64(w, link->up_since);
	writer_text(w, link->call.called);
	writer_text(w, link->ident);
	return ppp_link_save(link->ppp, w);
}

/* An old record is worse than none: it goes when there is no new one. */
void link_save(struct link *link)
{
	struct records *records = link->daemon->records;
	uint8_t data[RECORDS_ROOM];
	struct writer w = writer_of(data, sizeof(data));
	struct record_key key;
	uint32_t slot = 0;

	if (!records || !link->profile.hooks->save)
		return;
	key = link_key(link->call.local, link->call.peer, ksession_call_id(link->session));
	if (link_write(link, &w)) {
		slot = records_put(records, link->record, &key, data, w.len);
		if (!slot)
			log_limited(LOG_LEVEL_WARNING,
				    "%s: the session of %s would not outlive kpptpd: %s",
				    link->peer_text, link->user, strerror(errno));
	}
	explicit_bzero(data, sizeof(data));
	if (!slot)
		records_remove(records, link->record);
	link->record = slot;
}

bool link_former_take(struct daemon *daemon, struct in_addr local, struct in_addr peer,
		      uint16_t call_id, struct link_former *former)
{
	struct record_key key = link_key(local, peer, call_id);
	ssize_t n;

	former->call_id = call_id;
	former->record = 0;
	n = records_take(daemon->records, &key, &former->record, former->data);
	former->r = reader_of(former->data, n > 0 ? (size_t)n : 0);
	return former->record;
}

static bool link_adopt_ppp(struct link *link, struct reader *r, struct nl_error *err)
{
	uint8_t random[32];

	if (getrandom(random, sizeof(random), 0) == sizeof(random))
		link->ppp = ppp_link_restore(&link->profile.ppp, random, r, loop_now());
	explicit_bzero(random, sizeof(random));
	if (link->ppp)
		return true;
	snprintf(err->text, sizeof(err->text), "its record does not fit the configuration");
	return false;
}

static void link_adopt_state(struct link *link, const struct ppp_up *up)
{
	link->auth = up->auth_peer != PPP_AUTH_NONE ? up->auth_peer : up->auth_us;
	link->mppe_bits = up->mppe_bits;
	link->mppe_stateless = up->mppe_stateless;
	link->mppe_compress_tx = up->mppe_compress_tx;
	link->mppe_compress_rx = up->mppe_compress_rx;
	link->address = up->remote;
	link->up = true;
}

static bool link_adopt_session(struct link *link, uint32_t id, const struct link_former *from,
			       struct nl_error *err)
{
	struct ksession_former former = {
		.id = id,
		.call_id = from->call_id,
		.local = link->call.local,
		.peer = link->call.peer,
		.mtu_max = link->profile.mtu,
	};
	struct ppp_up up;

	ppp_link_agreed(link->ppp, &up);
	former.inner_local = up.local;
	former.inner_remote = up.remote;
	if (up.has_ipv6)
		former.ipv6 = up.local_id;
	link->session = ksession_adopt(link->daemon->kernel, &former, &link_ops, link, err);
	if (link->session)
		link_adopt_state(link, &up);
	return link->session;
}

static bool link_adopt_all(struct link *link, struct link_former *former, struct nl_error *err)
{
	struct reader *r = &former->r;
	uint32_t id = reader_u32(r);

	link->up_since = reader_u64(r);
	if (link->up_since > loop_now())
		link->up_since = loop_now();
	reader_text(r, link->call.called, sizeof(link->call.called));
	reader_text(r, link->ident, sizeof(link->ident));
	return link_adopt_ppp(link, r, err) && link_adopt_session(link, id, former, err);
}

struct link *link_adopt(struct daemon *daemon, const struct link_call *call,
			const struct link_profile *profile, link_over_fn over, void *arg,
			struct link_former *former, struct nl_error *err)
{
	struct link *link = link_alloc(daemon, call, profile, over, arg, err);

	if (!link)
		return NULL;
	if (!link_adopt_all(link, former, err)) {
		link_destroy(link);
		return NULL;
	}
	link->record = former->record;
	DL_APPEND(daemon->links, link);
	loop_timer_set(link->timer, ppp_link_deadline(link->ppp));
	return link;
}

void link_agreed(const struct link *link, struct ppp_up *up)
{
	ppp_link_agreed(link->ppp, up);
}
