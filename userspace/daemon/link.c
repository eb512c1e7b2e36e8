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
#include "link_failure.h"
#include "link_priv.h"

static const char *link_address_text(struct in_addr address,
				     char text[INET_ADDRSTRLEN])
{
	return inet_ntop(AF_INET, &address, text, INET_ADDRSTRLEN);
}

static const char *link_mppe_text(const struct link *link, char text[LINK_MPPE_TEXT])
{
	const char *mode = link->mppe_stateless ? "stateless" : "stateful";
	const char *tx = link->mppe_compress_tx ? " MPPC" : "";
	const char *rx = link->mppe_compress_rx ? " MPPC" : "";
	unsigned int bits = link->mppe_bits;

	if (!bits)
		snprintf(text, LINK_MPPE_TEXT, "none");
	else if (link->mppe_compress_tx == link->mppe_compress_rx)
		snprintf(text, LINK_MPPE_TEXT, "%u-bit %s%s", bits, mode, tx);
	else
		snprintf(text, LINK_MPPE_TEXT, "tx %u-bit %s%s, rx %u-bit %s%s",
			 bits, mode, tx, bits, mode, rx);
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

/* The end of every input: the next deadline, or the owner's turn. */
static void link_settle(struct link *link)
{
	if (link->reason == PPP_END_NONE) {
		loop_timer_set(link->timer, ppp_link_deadline(link->ppp));
		link_save(link);
		return;
	}
	if (link->over_called)
		return;
	link->over_called = true;
	loop_timer_set(link->timer, LOOP_NEVER);
	link->over(link->arg, link);
}

void link_abort(struct link *link, enum ppp_end_reason reason)
{
	if (link->reason == PPP_END_NONE)
		link->reason = reason;
	link->up = false;
	link_settle(link);
}

/* The answer to GET_ADDRESS, asked for once in the life of a link. */
static void link_give_address(struct link *link, struct ppp_actions *acts)
{
	const struct link_profile *profile = &link->profile;
	struct ppp_addresses addresses;

	if (!profile->hooks->address(profile->arg, link, &addresses)) {
		ppp_link_no_address(link->ppp, loop_now(), acts);
		return;
	}
	link->address = addresses.remote;
	ppp_link_addresses(link->ppp, &addresses, loop_now(), acts);
}

static void link_network(struct link *link, const struct ppp_up *up,
			 struct ksession_network *net)
{
	memset(net, 0, sizeof(*net));
	net->device = link->profile.device;
	net->shared = link->profile.shared;
	net->local = up->local;
	net->remote = up->remote;
	net->hear_routers = link->profile.hear_routers;
	net->mtu_max = link->profile.mtu;
	net->peer_mru = up->peer_mru;
	net->acfc = up->acfc;
	net->pfc = up->pfc;
	net->require_mppe = up->mppe_bits || link->profile.ppp.mppe == PPP_MPPE_REQUIRE;
	net->tx.bits = link->keys.bits;
	net->tx.stateless = link->keys.stateless;
	net->tx.compress = link->keys.compress_tx;
	memcpy(net->tx.key, link->keys.tx, sizeof(net->tx.key));
	net->rx.bits = link->keys.bits;
	net->rx.stateless = link->keys.stateless;
	net->rx.compress = link->keys.compress_rx;
	memcpy(net->rx.key, link->keys.rx, sizeof(net->rx.key));
}

static void link_tell_up(struct link *link)
{
	char text[INET_ADDRSTRLEN], mppe[LINK_MPPE_TEXT];
	const char *device = ksession_device(link->session);

	if (link->up_since) {
		log_info("%s: %s has renegotiated", link->peer_text, link->user);
		return;
	}
	link->up_since = loop_now();
	failures_over(&link->daemon->failures, link->call.peer, link->user);
	link_mppe_text(link, mppe);
	link_address_text(link->address, text);
	log_notice("%s: %s is up on %s with %s, MPPE %s, MTU %u", link->peer_text,
		   link->user, device, text, mppe, ksession_mtu(link->session));
	events_tell(&link->daemon->events, "session-up",
		    "{s:I, s:s, s:s, s:s, s:s, s:s, s:s}",
		    "id", (json_int_t)ksession_id(link->session), "user", link->user,
		    "peer", link->peer_text, "ifname", device, "address", text,
		    "auth", ppp_auth_method_text(link->auth), "mppe", mppe);
}

/* A device that is there already, and that the session has not got yet. */
static void link_find_device(struct link *link)
{
	const struct link_hooks *hooks = link->profile.hooks;
	struct ksession *waiting = hooks->device ? hooks->device(link->profile.arg) : NULL;

	if (waiting && !ksession_ifindex(link->session))
		ksession_borrow_device(link->session, waiting);
}

/* Both keys, the flag that forbids cleartext and "up" go in one message. */
static bool link_open(struct link *link, const struct ppp_up *up)
{
	struct ksession_network net;
	struct nl_error err;
	int r;

	link_find_device(link);
	link_network(link, up, &net);
	r = ksession_up(link->session, &net, &err);
	explicit_bzero(&net, sizeof(net));
	explicit_bzero(&link->keys, sizeof(link->keys));
	if (r < 0) {
		log_error("%s: cannot open the session of %s: %s", link->peer_text,
			  link->user, err.text);
		return false;
	}
	link->auth = up->auth_peer != PPP_AUTH_NONE ? up->auth_peer : up->auth_us;
	link->mppe_bits = up->mppe_bits;
	link->mppe_stateless = up->mppe_stateless;
	link->mppe_compress_tx = up->mppe_compress_tx;
	link->mppe_compress_rx = up->mppe_compress_rx;
	link->address = up->remote;
	link->up = true;
	link_tell_up(link);
	return true;
}

/* A machine without IPv6 is no reason to end the link. */
static void link_set_ipv6(struct link *link, const struct ppp_up *up)
{
	struct nl_error err;

	if (link->profile.shared)
		return;
	if (ksession_set_ipv6(link->session, up->has_ipv6 ? up->local_id : NULL, &err) < 0)
		log_limited(LOG_LEVEL_WARNING, "%s: no IPv6 for %s: %s", link->peer_text,
			    link->user, err.text);
}

/* Without "down" between only IPv6 has changed: the session stays as it is. */
static bool link_up(struct link *link, const struct ppp_up *up)
{
	const struct link_hooks *hooks = link->profile.hooks;

	if (hooks->agree && !hooks->agree(link->profile.arg, link, up))
		return false;
	if (!link->up && !link_open(link, up))
		return false;
	link_set_ipv6(link, up);
	if (hooks->up)
		hooks->up(link->profile.arg, link, up);
	return true;
}

static void link_down(struct link *link)
{
	const struct link_hooks *hooks = link->profile.hooks;
	struct nl_error err;

	if (!link->up || link->gone)
		return;
	link->up = false;
	if (ksession_down(link->session, &err) < 0)
		log_limited(LOG_LEVEL_WARNING, "%s: cannot stop the session of %s: %s",
			    link->peer_text, link->user, err.text);
	if (hooks->down)
		hooks->down(link->profile.arg, link);
}

static void link_identify(struct link *link, const char *ident)
{
	size_t len = strlen(link->ident);

	if (strstr(link->ident, ident))
		return;
	snprintf(link->ident + len, sizeof(link->ident) - len, "%s%s", len ? " " : "",
		 ident);
	log_info("%s: the peer calls itself \"%s\"", link->peer_text, ident);
}

static void link_forged(struct link *link, const char *protocol)
{
	link->forged++;
	log_limited(LOG_LEVEL_WARNING, "%s: ignored a frame of %s that %s has not sent",
		    link->peer_text, protocol, link->user);
	events_tell(&link->daemon->events, "forged", "{s:I, s:s, s:s, s:s}",
		    "id", (json_int_t)ksession_id(link->session), "user", link->user,
		    "peer", link->peer_text, "protocol", protocol);
}

static void link_claim(struct link *link, const struct ppp_auth_request *request)
{
	link->auth = request->method;
	link->noted = NULL;
	if (!link->profile.hooks->authenticate(link->profile.arg, link, request))
		link->reason = PPP_END_FORWARDED;
}

static void link_password(struct link *link)
{
	const struct link_hooks *hooks = link->profile.hooks;

	if (hooks->password)
		hooks->password(link->profile.arg, link);
}

/* False: the link cannot go on. */
static bool link_act(struct link *link, const struct ppp_action *act)
{
	switch (act->type) {
	case PPP_ACTION_SEND:
		link_send(link, act->send.data, act->send.len);
		break;
	case PPP_ACTION_AUTHENTICATE:
		link_claim(link, &act->auth);
		break;
	case PPP_ACTION_PASSWORD:
		link_password(link);
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
	case PPP_ACTION_NOTE:
		link->noted = act->text;
		log_limited(LOG_LEVEL_INFO, "%s: %s", link->peer_text, act->text);
		break;
	case PPP_ACTION_ECHO:
		link->echo = loop_now_us();
		break;
	case PPP_ACTION_ECHOED:
		rtt_take(&link->rtt, loop_now_us() - link->echo);
		break;
	case PPP_ACTION_IDENT:
		link_identify(link, act->ident);
		break;
	case PPP_ACTION_FORGED:
		link_forged(link, act->text);
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

void link_set_mppe(struct link *link, enum ppp_mppe_policy policy,
		   enum ccp_stateful stateful)
{
	link->profile.ppp.mppe = policy;
	ppp_link_set_mppe(link->ppp, policy, stateful);
}

void link_set_callback(struct link *link, unsigned int types, const char *number)
{
	ppp_link_set_callback(link->ppp, types, number);
}

const struct cbcp_choice *link_callback(const struct link *link)
{
	return ppp_link_callback(link->ppp);
}

void link_answer(struct link *link, const struct ppp_auth_result *result,
		 const char *account)
{
	struct ppp_actions acts;

	if (result->ok && account)
		snprintf(link->user, sizeof(link->user), "%s", account);
	/* A second password may be right, and what fails then is something else. */
	if (result->ok)
		link->blamed = false;
	ppp_link_auth_result(link->ppp, result, loop_now(), &acts);
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
	link_abort(link, PPP_END_ADMIN);
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

/* The kernel knows what it has heard of the peer; asked only when it matters. */
static void link_heard(struct link *link, uint64_t now)
{
	struct ksession_counters counters;
	struct nl_error err;
	uint32_t silent;

	if (!link->up || ksession_counters(link->session, &counters, &silent, &err) < 0)
		return;
	ppp_link_received(link->ppp, counters.rx_packets);
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

const struct ksession_ops link_ops = {
	.frame = link_on_frame,
	.gone = link_on_gone,
	.mtu = link_on_mtu,
	.desync = link_on_desync,
};

static bool link_make_ppp(struct link *link)
{
	uint8_t random[32];

	if (getrandom(random, sizeof(random), 0) == sizeof(random))
		link->ppp = ppp_link_new(&link->profile.ppp, random);
	explicit_bzero(random, sizeof(random));
	return link->ppp;
}

static bool link_make_session(struct link *link, struct nl_error *err)
{
	const struct link_profile *profile = &link->profile;
	struct ksession_setup setup = {
		.local = link->call.local,
		.peer = link->call.peer,
		.peer_call_id = link->call.peer_call_id,
		.outer_ifindex = link->call.outer_ifindex,
		.clamp_mss = profile->clamp_mss,
		.copy_tos = profile->copy_tos,
		.no_df = profile->no_df,
		.require_mppe = profile->ppp.mppe == PPP_MPPE_REQUIRE,
		.ttl = profile->ttl,
		.reorder_packets = profile->reorder_packets,
		.reorder_ms = profile->reorder_ms,
	};

	link->session = ksession_new(link->daemon->kernel, &setup, &link_ops, link, err);
	return link->session;
}

void link_destroy(struct link *link)
{
	if (link->record)
		records_remove(link->daemon->records, link->record);
	ksession_free(link->session);
	loop_source_free(link->timer);
	ppp_link_free(link->ppp);
	explicit_bzero(link, sizeof(*link));
	free(link);
}

struct link *link_alloc(struct daemon *daemon, const struct link_call *call,
			const struct link_profile *profile, link_over_fn over, void *arg,
			struct nl_error *err)
{
	struct link *link = calloc(1, sizeof(*link));

	snprintf(err->text, sizeof(err->text), "no memory");
	if (!link)
		return NULL;
	link->daemon = daemon;
	link->profile = *profile;
	if (profile->account)
		snprintf(link->user, sizeof(link->user), "%s", profile->account);
	link->call = *call;
	link->over = over;
	link->arg = arg;
	link_address_text(call->peer, link->peer_text);
	link->timer = loop_timer(daemon->loop, link_on_timer, link);
	if (link->timer)
		return link;
	link_destroy(link);
	return NULL;
}

struct link *link_new(struct daemon *daemon, const struct link_call *call,
		      const struct link_profile *profile, link_over_fn over,
		      void *arg, struct nl_error *err)
{
	struct link *link = link_alloc(daemon, call, profile, over, arg, err);

	if (!link)
		return NULL;
	if (!link_make_ppp(link) || !link_make_session(link, err)) {
		link_destroy(link);
		return NULL;
	}
	DL_APPEND(daemon->links, link);
	return link;
}

bool link_set_peer(struct link *link, uint16_t peer_call_id, struct nl_error *err)
{
	link->call.peer_call_id = peer_call_id;
	return ksession_set_peer(link->session, peer_call_id, err) == 0;
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

void link_blame(struct link *link, enum failures_kind kind, const char *user,
		const char *reason)
{
	link->blamed = true;
	failures_note(&link->daemon->failures, kind, link->call.peer, user, reason, time(NULL));
}

/* What PPP or the peer said beside the reason, NULL: nothing. */
static const char *link_detail(const struct link *link)
{
	const struct ppp_auth_failure *failure = ppp_link_auth_failure(link->ppp);

	return failure && failure->message[0] ? failure->message : link->noted;
}

static void link_blame_end(struct link *link, const char *why)
{
	struct link_end end = {
		.reason = link->reason,
		.detail = link_detail(link),
		.was_up = link->up_since,
	};
	char reason[FAILURES_REASON_MAX];
	struct ksession_counters counters;
	enum failures_kind kind;
	struct nl_error err;
	uint32_t silent;

	if (end.was_up) {
		ksession_counters(link->session, &counters, &silent, &err);
		end.received = counters.rx_packets;
		end.garbled = counters.undecrypted;
	}
	if (link->blamed || link->gone || !link_failure(&end, &kind))
		return;
	snprintf(reason, sizeof(reason), "%s%s%s", why, end.detail ? ": " : "",
		 end.detail ? end.detail : "");
	link_blame(link, kind, link->user, reason);
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
	const struct link_hooks *hooks = link->profile.hooks;

	/* The peer may end the call before it has answered our Terminate-Request. */
	if (link->reason == PPP_END_NONE)
		link->reason = ppp_link_ending(link->ppp);
	link->ended = link_why(link, why);
	link_blame_end(link, link->ended);
	link_tell_end(link, link->ended);
	DL_DELETE(link->daemon->links, link);
	if (hooks->release)
		hooks->release(link->profile.arg, link);
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

const char *link_ended(const struct link *link)
{
	return link->ended;
}

const struct ppp_auth_failure *link_auth_failure(const struct link *link)
{
	return ppp_link_auth_failure(link->ppp);
}

struct ksession *link_take_session(struct link *link)
{
	struct ksession *session = link->session;

	link->session = NULL;
	return session;
}

bool link_give_device(struct link *link, struct ksession *waiting, struct nl_error *err)
{
	return ksession_take_device(waiting, link->session, err) == 0;
}

const char *link_user(const struct link *link)
{
	return link->user;
}

const char *link_called(const struct link *link)
{
	return link->call.called;
}

uint32_t link_ifindex(const struct link *link)
{
	return ksession_ifindex(link->session);
}

int link_route(struct link *link, const struct rtroute_prefix *dst, struct nl_error *err)
{
	return ksession_route(link->session, dst, err);
}

struct in_addr link_peer_address(const struct link *link)
{
	return link->call.peer;
}

const char *link_peer(const struct link *link)
{
	return link->peer_text;
}

bool link_measure(const struct link *link, struct link_use *use)
{
	struct ksession_counters counters;
	struct nl_error err;
	uint32_t silent;
	bool known;

	known = ksession_counters(link->session, &counters, &silent, &err) == 0;
	use->rx_bytes = counters.rx_bytes;
	use->tx_bytes = counters.tx_bytes;
	use->idle = (uint64_t)counters.idle * 1000;
	use->up = link->up_since ? loop_now() - link->up_since : 0;
	return known;
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
	info->auth = ppp_auth_method_text(link->user[0] ? link->auth : PPP_AUTH_NONE);
	info->ident = link->ident;
	info->forged = link->forged;
	info->local = link->call.local;
	info->peer = link->call.peer;
	info->address = link->address;
	info->mtu = ksession_mtu(link->session);
	info->rtt = rtt_us(&link->rtt);
	info->up_since = link->up_since;
	link_mppe_text(link, info->mppe);
	if (link->profile.hooks->describe)
		link->profile.hooks->describe(link->profile.arg, info);
}
