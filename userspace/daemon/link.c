// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A function that performs actions may end with the owner freeing the link, so
 * nothing touches a link after link_perform() or link_settle().
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <utlist.h>

#include "lib/log.h"
#include "link.h"

struct link {
	struct link *prev, *next;
	struct daemon *daemon;
	struct config *cfg;
	struct ppp_link *ppp;
	struct ksession *session;
	struct loop_source *timer;
	struct auth_job *job;
	struct link_call call;
	link_over_fn over;
	void *arg;
	char peer_text[INET_ADDRSTRLEN];
	char user[PPP_USER_MAX + 1];
	struct in_addr fixed;		/* the user's own address, 0.0.0.0: none */
	struct in_addr address;		/* taken from the pool */
	struct ppp_keys keys;		/* agreed, not installed yet; bits 0: none */
	unsigned int mppe_bits;
	bool mppe_stateless;
	bool up;
	bool want_address;
	bool over_called;
	const char *gone;		/* the kernel has deleted the session: why */
	enum ppp_end_reason reason;
	uint64_t up_since;
};

static const char *link_address_text(struct in_addr address,
				     char text[INET_ADDRSTRLEN])
{
	return inet_ntop(AF_INET, &address, text, INET_ADDRSTRLEN);
}

static const char *link_mppe_text(const struct link *link, char text[LINK_MPPE_TEXT])
{
	if (link->mppe_bits)
		snprintf(text, LINK_MPPE_TEXT, "%u-bit %s", link->mppe_bits,
			 link->mppe_stateless ? "stateless" : "stateful");
	else
		snprintf(text, LINK_MPPE_TEXT, "none");
	return text;
}

static void link_send(struct link *link, const uint8_t *frame, size_t len)
{
	struct nl_error err;

	/* A lost frame is repeated by PPP. */
	if (!link->gone && ksession_send(link->session, frame, len, &err) < 0)
		log_limited(LOG_LEVEL_WARNING, "%s: cannot send a PPP frame: %s",
			    link->peer_text, err.text);
}

static void link_on_auth(void *arg, const struct auth_answer *answer);

static void link_authenticate(struct link *link, const struct ppp_auth_request *request)
{
	auth_cancel(link->job);
	link->job = auth_check(link->daemon->auth, request, link->cfg->ppp.name,
			       link_on_auth, link);
	if (!link->job)
		log_limited(LOG_LEVEL_ERROR, "%s: cannot check %s: no memory",
			    link->peer_text, request->user);
}

/* The end of every input: the next deadline, or the owner's turn. */
static void link_settle(struct link *link)
{
	if (link->reason == PPP_END_NONE) {
		loop_timer_set(link->timer, ppp_link_deadline(link->ppp));
		return;
	}
	if (link->over_called)
		return;
	link->over_called = true;
	loop_timer_set(link->timer, LOOP_NEVER);
	link->over(link->arg, link);
}

/* Ends it without a word to the peer's PPP: call and session go at once. */
static void link_abort(struct link *link)
{
	if (link->reason == PPP_END_NONE)
		link->reason = PPP_END_ADMIN;
	link->up = false;
	link_settle(link);
}

/* One with the same fixed address, which the newest login of a user takes over. */
static struct link *link_holder(struct link *link)
{
	struct link *other;

	DL_FOREACH(link->daemon->links, other) {
		if (other != link && other->address.s_addr == link->fixed.s_addr &&
		    strcmp(other->user, link->user) == 0)
			return other;
	}
	return NULL;
}

static void link_release_address(struct link *link)
{
	if (link->address.s_addr)
		pool_release(link->daemon->pool, link->address);
	link->address.s_addr = 0;
}

/* The user's own address, or one of the pool. False: there is none. */
static bool link_take_address(struct link *link)
{
	struct link *holder;

	if (!link->fixed.s_addr)
		return pool_take(link->daemon->pool, &link->address);
	holder = link_holder(link);
	if (holder) {
		log_notice("%s: %s logs in again, the session from %s ends", link->peer_text,
			   link->user, holder->peer_text);
		link_abort(holder);
	}
	if (!pool_claim(link->daemon->pool, link->fixed))
		return false;
	link->address = link->fixed;
	return true;
}

/* The answer to GET_ADDRESS, asked for once in the life of a link. */
static void link_give_address(struct link *link, struct ppp_actions *acts)
{
	const struct config *cfg = link->cfg;
	struct ppp_addresses addresses = {
		.local = cfg->local_address,
		.dns = { cfg->dns[0], cfg->dns[1] },
		.wins = { cfg->wins[0], cfg->wins[1] },
		.accept_peer_choice = cfg->peer_address_choice,
	};
	char text[INET_ADDRSTRLEN];

	if (link_take_address(link)) {
		addresses.remote = link->address;
		ppp_link_addresses(link->ppp, &addresses, loop_now(), acts);
		return;
	}
	if (link->fixed.s_addr)
		log_warning("%s: %s refused: the address %s is in use", link->peer_text,
			    link->user, link_address_text(link->fixed, text));
	else
		log_warning("%s: %s refused: all %zu addresses of the pool are in use",
			    link->peer_text, link->user, pool_size(link->daemon->pool));
	ppp_link_no_address(link->ppp, loop_now(), acts);
}

static void link_network(struct link *link, const struct ppp_up *up,
			 struct ksession_network *net)
{
	memset(net, 0, sizeof(*net));
	net->device = link->cfg->device;
	net->local = up->local;
	net->remote = up->remote;
	net->mtu_max = link->cfg->mtu;
	net->peer_mru = up->peer_mru;
	net->acfc = up->acfc;
	net->pfc = up->pfc;
	net->require_mppe = up->mppe_bits || link->cfg->ppp.mppe == PPP_MPPE_REQUIRE;
	net->tx.bits = link->keys.bits;
	net->tx.stateless = link->keys.stateless;
	memcpy(net->tx.key, link->keys.tx, sizeof(net->tx.key));
	net->rx.bits = link->keys.bits;
	net->rx.stateless = link->keys.stateless;
	memcpy(net->rx.key, link->keys.rx, sizeof(net->rx.key));
}

static void link_tell_up(struct link *link, struct in_addr remote)
{
	char text[INET_ADDRSTRLEN], mppe[LINK_MPPE_TEXT];
	const char *device = ksession_device(link->session);

	link_mppe_text(link, mppe);
	link_address_text(remote, text);
	log_notice("%s: %s is up on %s with %s, MPPE %s, MTU %u", link->peer_text,
		   link->user, device, text, mppe, ksession_mtu(link->session));
	events_tell(&link->daemon->events, "session-up",
		    "{s:I, s:s, s:s, s:s, s:s, s:s, s:s}",
		    "id", (json_int_t)ksession_id(link->session), "user", link->user,
		    "peer", link->peer_text, "ifname", device, "address", text,
		    "auth", "MS-CHAP-V2", "mppe", mppe);
}

/* With peer-address-choice the peer may have taken another one than ours. */
static bool link_follow_address(struct link *link, struct in_addr remote)
{
	if (remote.s_addr == link->address.s_addr)
		return true;
	if (!pool_claim(link->daemon->pool, remote))
		return false;
	link_release_address(link);
	link->address = remote;
	return true;
}

/* Both keys, the flag that forbids cleartext and "up" go in one message. */
static bool link_up(struct link *link, const struct ppp_up *up)
{
	struct ksession_network net;
	struct nl_error err;
	int r;

	if (!link_follow_address(link, up->remote)) {
		log_warning("%s: %s refused: the address that it insists on is in use",
			    link->peer_text, link->user);
		return false;
	}
	link_network(link, up, &net);
	r = ksession_up(link->session, &net, &err);
	explicit_bzero(&net, sizeof(net));
	explicit_bzero(&link->keys, sizeof(link->keys));
	if (r < 0) {
		log_error("%s: cannot open the session of %s: %s", link->peer_text,
			  link->user, err.text);
		return false;
	}
	link->mppe_bits = up->mppe_bits;
	link->mppe_stateless = up->mppe_stateless;
	link->up = true;
	if (!link->up_since) {
		link->up_since = loop_now();
		link_tell_up(link, up->remote);
	} else {
		log_info("%s: %s has renegotiated", link->peer_text, link->user);
	}
	return true;
}

static void link_down(struct link *link)
{
	struct nl_error err;

	if (!link->up || link->gone)
		return;
	link->up = false;
	if (ksession_down(link->session, &err) < 0)
		log_limited(LOG_LEVEL_WARNING, "%s: cannot stop the session of %s: %s",
			    link->peer_text, link->user, err.text);
}

/* False: the link cannot go on. */
static bool link_act(struct link *link, const struct ppp_action *act)
{
	switch (act->type) {
	case PPP_ACTION_SEND:
		link_send(link, act->send.data, act->send.len);
		break;
	case PPP_ACTION_AUTHENTICATE:
		link_authenticate(link, &act->auth);
		break;
	case PPP_ACTION_GET_ADDRESS:
		link->want_address = true;
		break;
	case PPP_ACTION_KEYS:
		link->keys = act->keys;
		break;
	case PPP_ACTION_UP:
		return link->gone || link_up(link, &act->up);
	case PPP_ACTION_DOWN:
		link_down(link);
		break;
	case PPP_ACTION_FINISHED:
		link->reason = act->reason;
		break;
	case PPP_ACTION_PASSWORD:
		break;
	case PPP_ACTION_IDENT:
		log_limited(LOG_LEVEL_INFO, "%s: the peer says \"%s\"", link->peer_text,
			    act->ident);
		break;
	case PPP_ACTION_NOTE:
		log_limited(LOG_LEVEL_INFO, "%s: %s", link->peer_text, act->text);
		break;
	}
	return true;
}

/* Does what @acts say and what follows from it, wipes it. */
static void link_perform(struct link *link, struct ppp_actions *acts)
{
	bool fine;

	do {
		unsigned int i;

		fine = true;
		link->want_address = false;
		for (i = 0; i < acts->n && fine; i++)
			fine = link_act(link, &acts->act[i]);
		ppp_action_wipe(acts);
		if (!fine)
			ppp_link_close(link->ppp, PPP_END_ADMIN, loop_now(), acts);
		else if (link->want_address)
			link_give_address(link, acts);
	} while (!fine || link->want_address);
	link_settle(link);
}

static void link_tell_auth(struct link *link, const char *user,
			   const struct auth_answer *answer)
{
	if (answer->result.ok) {
		log_info("%s: %s has authenticated with MS-CHAP-V2", link->peer_text, user);
		return;
	}
	log_limited(LOG_LEVEL_NOTICE, "%s: %s refused: %s", link->peer_text, user,
		    answer->why);
	events_tell(&link->daemon->events, "auth-failed", "{s:s, s:s}", "user", user,
		    "peer", link->peer_text);
}

static void link_on_auth(void *arg, const struct auth_answer *answer)
{
	struct link *link = arg;
	char user[sizeof(answer->user)];
	struct ppp_actions acts;

	link->job = NULL;
	memcpy(user, answer->user, sizeof(user));
	events_text(user);
	link_tell_auth(link, user, answer);
	if (answer->result.ok) {
		memcpy(link->user, user, sizeof(link->user));
		link->fixed = answer->address;
	}
	ppp_link_auth_result(link->ppp, &answer->result, loop_now(), &acts);
	link_perform(link, &acts);
}

static void link_on_frame(void *arg, const uint8_t *frame, size_t len)
{
	struct link *link = arg;
	struct ppp_actions acts;

	ppp_link_input(link->ppp, frame, len, loop_now(), &acts);
	link_perform(link, &acts);
}

/* Nothing can be negotiated any more: the owner is told without delay. */
static void link_on_gone(void *arg, const char *reason)
{
	struct link *link = arg;

	link->gone = reason;
	link_abort(link);
}

static void link_on_mtu(void *arg, unsigned int mtu)
{
	struct link *link = arg;

	log_info("%s: the path lowers the MTU of %s to %u", link->peer_text,
		 ksession_device(link->session), mtu);
	events_tell(&link->daemon->events, "mtu-changed", "{s:I, s:s, s:i}",
		    "id", (json_int_t)ksession_id(link->session),
		    "ifname", ksession_device(link->session), "mtu", (int)mtu);
}

static void link_on_desync(void *arg, const char *kind)
{
	struct link *link = arg;

	log_limited(LOG_LEVEL_INFO, "%s: %s lost packets and MPPE lost step (%s)",
		    link->peer_text, link->user, kind);
	events_tell(&link->daemon->events, "desync", "{s:I, s:s, s:s}",
		    "id", (json_int_t)ksession_id(link->session), "user", link->user,
		    "kind", kind);
}

/* The kernel knows when it last heard the peer; asked only when it matters. */
static void link_heard(struct link *link, uint64_t now)
{
	struct ksession_counters counters;
	struct nl_error err;
	uint32_t silent;

	if (!link->up || ksession_counters(link->session, &counters, &silent, &err) < 0)
		return;
	if ((uint64_t)silent * 1000 < now)
		ppp_link_heard(link->ppp, now - (uint64_t)silent * 1000);
}

static void link_on_timer(void *arg)
{
	struct link *link = arg;
	uint64_t now = loop_now();
	struct ppp_actions acts;

	link_heard(link, now);
	ppp_link_timer(link->ppp, now, &acts);
	link_perform(link, &acts);
}

static const struct ksession_ops link_ops = {
	.frame = link_on_frame,
	.gone = link_on_gone,
	.mtu = link_on_mtu,
	.desync = link_on_desync,
};

static bool link_make_ppp(struct link *link, struct nl_error *err)
{
	uint8_t random[32];

	if (getrandom(random, sizeof(random), 0) == sizeof(random))
		link->ppp = ppp_link_new(&link->cfg->ppp, random);
	explicit_bzero(random, sizeof(random));
	link->timer = loop_timer(link->daemon->loop, link_on_timer, link);
	if (link->ppp && link->timer)
		return true;
	snprintf(err->text, sizeof(err->text), "no memory");
	return false;
}

static bool link_make_session(struct link *link, struct nl_error *err)
{
	const struct config *cfg = link->cfg;
	struct ksession_setup setup = {
		.local = link->call.local,
		.peer = link->call.peer,
		.peer_call_id = link->call.peer_call_id,
		.copy_tos = cfg->copy_tos,
		.no_df = cfg->no_df,
		.require_mppe = cfg->ppp.mppe == PPP_MPPE_REQUIRE,
		.ttl = cfg->ttl,
		.reorder_packets = cfg->reorder_packets,
		.reorder_ms = cfg->reorder_ms,
	};

	link->session = ksession_new(link->daemon->kernel, &setup, &link_ops, link, err);
	return link->session;
}

static void link_destroy(struct link *link)
{
	ksession_free(link->session);
	loop_source_free(link->timer);
	auth_cancel(link->job);
	ppp_link_free(link->ppp);
	config_put(link->cfg);
	explicit_bzero(link, sizeof(*link));
	free(link);
}

struct link *link_new(struct daemon *daemon, const struct link_call *call,
		      link_over_fn over, void *arg, struct nl_error *err)
{
	struct link *link = calloc(1, sizeof(*link));

	if (!link) {
		snprintf(err->text, sizeof(err->text), "no memory");
		return NULL;
	}
	link->daemon = daemon;
	link->cfg = config_get(daemon->cfg);
	link->call = *call;
	link->over = over;
	link->arg = arg;
	link_address_text(call->peer, link->peer_text);
	if (!link_make_ppp(link, err) || !link_make_session(link, err)) {
		link_destroy(link);
		return NULL;
	}
	DL_APPEND(daemon->links, link);
	return link;
}

void link_start(struct link *link)
{
	struct ppp_actions acts;

	ppp_link_open(link->ppp, loop_now(), &acts);
	link_perform(link, &acts);
}

void link_close(struct link *link, enum ppp_end_reason reason)
{
	struct ppp_actions acts;

	ppp_link_close(link->ppp, reason, loop_now(), &acts);
	link_perform(link, &acts);
}

/* PPP's own reason goes before @why, the kernel's before both. */
static const char *link_why(const struct link *link, const char *why)
{
	if (link->gone)
		return link->gone;
	if (link->reason != PPP_END_NONE)
		return ppp_link_reason_text(link->reason);
	return why;
}

static void link_tell_end(struct link *link, const char *why)
{
	struct ksession_counters counters;
	struct nl_error err;
	uint32_t silent;

	if (link->reason == PPP_END_NO_ANSWER)
		log_notice("%s: no GRE received from %s: is IP protocol 47 blocked?",
			   link->peer_text, link->peer_text);
	if (!link->up_since) {
		log_info("%s: the link ended before it was up: %s", link->peer_text, why);
		return;
	}
	ksession_counters(link->session, &counters, &silent, &err);
	log_notice("%s: %s is down: %s; %llu s, received %llu octets, sent %llu",
		   link->peer_text, link->user, why,
		   (unsigned long long)(loop_now() - link->up_since) / 1000,
		   (unsigned long long)counters.rx_bytes,
		   (unsigned long long)counters.tx_bytes);
	events_tell(&link->daemon->events, "session-down", "{s:I, s:s, s:s, s:s, s:I, s:I, s:s}",
		    "id", (json_int_t)ksession_id(link->session), "user", link->user,
		    "peer", link->peer_text, "ifname", ksession_device(link->session),
		    "rx_bytes", (json_int_t)counters.rx_bytes,
		    "tx_bytes", (json_int_t)counters.tx_bytes, "reason", why);
}

void link_free(struct link *link, const char *why)
{
	link_tell_end(link, link_why(link, why));
	link_release_address(link);
	DL_DELETE(link->daemon->links, link);
	link_destroy(link);
}

uint16_t link_call_id(const struct link *link)
{
	return ksession_call_id(link->session);
}

enum ppp_end_reason link_reason(const struct link *link)
{
	return link->reason;
}

void link_claim_addresses(struct daemon *daemon)
{
	struct link *link;

	DL_FOREACH(daemon->links, link) {
		if (link->address.s_addr && !pool_claim(daemon->pool, link->address))
			link->address.s_addr = 0;
	}
}

struct link *link_next(const struct link *link)
{
	return link->next;
}

void link_describe(const struct link *link, struct link_info *info)
{
	memset(info, 0, sizeof(*info));
	info->session = ksession_id(link->session);
	info->call_id = ksession_call_id(link->session);
	info->user = link->user;
	info->device = ksession_device(link->session);
	info->phase = ppp_link_phase_text(ppp_link_phase(link->ppp));
	info->host = link->call.host;
	info->vendor = link->call.vendor;
	info->local = link->call.local;
	info->peer = link->call.peer;
	info->address = link->address;
	info->mtu = ksession_mtu(link->session);
	info->up_since = link->up_since;
	link_mppe_text(link, info->mppe);
}
