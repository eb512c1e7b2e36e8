// SPDX-License-Identifier: GPL-2.0-or-later
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utlist.h>

#include "crypto/tls.h"
#include "lib/log.h"
#include "served.h"
#include "served_net.h"
#include "timeouts.h"

/**
 * struct served - what the server knows about one link
 * @owner, @arg: who has the call
 * @job: a claim that is being checked; @kind, @method: what and how
 * @held: the answer to a claim that comes too soon after wrong ones, NULL: none; @hold:
 *	until when. Secret
 * @callee: whom we call back, "": nobody
 * @user: the account, "" before one is known
 * @policy: the account's own
 * @online: among the sessions of @user, from authentication on
 * @fixed: the account's own address, 0.0.0.0: from the pool
 * @address: taken from the pool
 * @was_up: the network has been up
 */
struct served {
	struct served *prev, *next;
	struct daemon *daemon;
	struct config *cfg;
	struct link *link;
	const struct served_owner *owner;
	void *arg;
	struct auth_job *job;
	enum ppp_auth_method method;
	enum ppp_auth_kind kind;
	struct auth_answer *held;
	struct loop_source *hold;
	struct served_net net;
	struct timeouts *timeouts;
	struct tls_config *tls;
	char callee[PPP_USER_MAX + 1];
	char user[PPP_USER_MAX + 1];
	struct policy policy;
	struct online online;
	struct in_addr fixed;
	struct in_addr address;
	bool was_up;
};

/* The claim counts no more, because another one has come or the link is over. */
static void served_drop_claim(struct served *served)
{
	auth_cancel(served->job);
	served->job = NULL;
	if (!served->held)
		return;
	loop_timer_set(served->hold, LOOP_NEVER);
	explicit_bzero(served->held, sizeof(*served->held));
	free(served->held);
	served->held = NULL;
}

static void served_free(struct served *served)
{
	served_drop_claim(served);
	loop_source_free(served->hold);
	timeouts_free(served->timeouts);
	tls_config_put(served->tls);
	config_put(served->cfg);
	free(served);
}

/* With a right password or certificate it is the account that is at fault. */
static enum failures_kind served_refusal(const struct auth_answer *answer)
{
	return answer->known ? FAILURES_ACCOUNT : FAILURES_PASSWORD;
}

static void served_tell_auth(struct served *served, const char *user,
			     const struct auth_answer *answer)
{
	const char *peer = link_peer(served->link);

	if (answer->result.ok) {
		log_info("%s: %s has authenticated with %s", peer, user,
			 ppp_auth_method_text(served->method));
		return;
	}
	log_limited(LOG_LEVEL_NOTICE, "%s: %s refused: %s", peer, user, answer->why);
	link_blame(served->link, served_refusal(answer), user, answer->why);
	events_tell(&served->daemon->events, "auth-failed", "{s:s, s:s}", "user", user,
		    "peer", peer);
}

/* The oldest one ends, as often as it takes. False: its end did not make room. */
static bool served_replace(struct served *served, const char *user, unsigned int limit)
{
	struct online_users *online = &served->daemon->online;
	unsigned int n;

	while ((n = online_count(online, user)) >= limit) {
		struct served *oldest = online_oldest(online, user)->owner;

		log_notice("%s: %s logs in again, the session from %s ends",
			   link_peer(served->link), user, link_peer(oldest->link));
		link_abort(oldest->link, PPP_END_REPLACED);
		if (online_count(online, user) == n)
			return false;
	}
	return true;
}

/* May the user, whose password was right, have one session more? */
static bool served_admit(struct served *served, const char *user,
			 const struct policy *policy)
{
	const struct config *cfg = served->cfg;
	unsigned int limit = cfg->sessions;

	if (policy_has(policy, POLICY_SESSIONS))
		limit = policy->sessions;
	/* LCP can begin again and authenticate again: its own session is no other one. */
	online_del(&served->daemon->online, &served->online);
	if (limit && online_count(&served->daemon->online, user) >= limit &&
	    !(cfg->replace && served_replace(served, user, limit))) {
		log_limited(LOG_LEVEL_NOTICE, "%s: %s refused: it may have %u sessions at once",
			    link_peer(served->link), user, limit);
		link_blame(served->link, FAILURES_ACCOUNT, user,
			   "the user has as many sessions as it may have");
		return false;
	}
	if (online_add(&served->daemon->online, user, &served->online, served))
		return true;
	log_limited(LOG_LEVEL_ERROR, "%s: %s refused: no memory", link_peer(served->link), user);
	return false;
}

static enum ppp_mppe_policy served_mppe(const struct served *served)
{
	if (policy_has(&served->policy, POLICY_MPPE))
		return (enum ppp_mppe_policy)served->policy.mppe;
	return served->cfg->ppp.mppe;
}

static enum ccp_stateful served_stateful(const struct served *served)
{
	if (policy_has(&served->policy, POLICY_MPPE_STATEFUL))
		return (enum ccp_stateful)served->policy.mppe_stateful;
	return served->cfg->ppp.mppe_stateful;
}

/* The user has to be called back, unless that is what we do. */
static void served_offer_callback(struct served *served)
{
	const char *number = served->policy.callback;

	if (served->callee[0] || !policy_has(&served->policy, POLICY_CALLBACK) ||
	    !strcmp(number, POLICY_CALLBACK_NO))
		return;
	if (!strcmp(number, POLICY_CALLBACK_YES))
		link_set_callback(served->link, CBCP_BIT(CBCP_USER), "");
	else
		link_set_callback(served->link, CBCP_BIT(CBCP_ADMIN), number);
}

static void served_enter(struct served *served, const char *user,
			 const struct auth_answer *answer)
{
	snprintf(served->user, sizeof(served->user), "%s", user);
	served->fixed = answer->address;
	served->policy = answer->policy;
	weak_note(&served->daemon->weak, served->method, user, link_peer_address(served->link),
		  time(NULL));
	link_set_mppe(served->link, served_mppe(served), served_stateful(served));
	served_offer_callback(served);
}

/* At the other end of a callback there is to be the one who asked for it. */
static bool served_is_callee(const struct served *served, const char *user)
{
	if (!served->callee[0] || !strcmp(served->callee, user))
		return true;
	log_limited(LOG_LEVEL_NOTICE, "%s: %s refused: it was %s who was called back",
		    link_peer(served->link), user, served->callee);
	return false;
}

/* The user is who it claims to be; or not, and then the peer is told why. */
static void served_login(struct served *served, const char *user,
			 const struct auth_answer *answer, struct ppp_auth_result *result)
{
	served_tell_auth(served, user, answer);
	if (!result->ok)
		return;
	if (served_is_callee(served, user) && served_admit(served, user, &answer->policy)) {
		served_enter(served, user, answer);
		return;
	}
	result->ok = false;
	result->error = MSCHAP_ERROR_NO_DIALIN;
	result->has_keys = false;
}

static void served_answer(struct served *served, const struct auth_answer *answer)
{
	struct ppp_auth_result result = answer->result;
	char user[sizeof(answer->user)];

	memcpy(user, answer->user, sizeof(user));
	events_text(user);
	/* Who only says a name is nobody yet. */
	if (served->kind == PPP_AUTH_IDENTITY)
		user[0] = 0;
	else
		served_login(served, user, answer, &result);
	link_answer(served->link, &result, user);
	explicit_bzero(&result, sizeof(result));
}

/* When the peer may have @answer. */
static uint64_t served_ready(const struct served *served, const struct auth_answer *answer,
			     uint64_t now)
{
	const struct throttle_claim claim = {
		.source = link_peer_address(served->link),
		.name = answer->user,
		.right = answer->known,
		.min = served->cfg->wrong_delay,
		.max = served->cfg->wrong_delay_max,
	};

	if (served->kind == PPP_AUTH_IDENTITY)
		return now;
	return throttle_answer(served->daemon->throttle, &claim, now);
}

static void served_on_hold(void *arg)
{
	struct served *served = arg;
	struct auth_answer answer = *served->held;

	served_drop_claim(served);
	served_answer(served, &answer);
	explicit_bzero(&answer, sizeof(answer));
}

/* Without memory the answer does not come, and the peer's time runs out. */
static void served_hold(struct served *served, const struct auth_answer *answer, uint64_t when)
{
	log_limited(LOG_LEVEL_NOTICE,
		    "%s: after wrong passwords the answer to %s waits %llu ms",
		    link_peer(served->link), answer->user,
		    (unsigned long long)(when - loop_now()));
	served->held = malloc(sizeof(*served->held));
	if (!served->held)
		return;
	*served->held = *answer;
	loop_timer_set(served->hold, when);
}

static void served_on_auth(void *arg, const struct auth_answer *answer)
{
	struct served *served = arg;
	uint64_t now = loop_now();
	uint64_t when = served_ready(served, answer, now);

	served->job = NULL;
	if (when > now)
		served_hold(served, answer, when);
	else
		served_answer(served, answer);
}

static bool served_authenticate(void *arg, struct link *link,
				const struct ppp_auth_request *request)
{
	struct served *served = arg;

	if (!served->user[0] && served->owner->forwards(served->arg, link, request->user))
		return false;
	served_drop_claim(served);
	served->kind = request->kind;
	served->method = request->method;
	served->job = auth_check(served->daemon->auth, request, served->cfg->ppp.name,
				 served_on_auth, served);
	if (!served->job)
		log_limited(LOG_LEVEL_ERROR, "%s: cannot check %s: no memory",
			    link_peer(link), request->user);
	return true;
}

/* One with the same fixed address, which the newest login of a user takes over. */
static struct served *served_holder(struct served *served)
{
	struct online *entry = online_oldest(&served->daemon->online, served->user);

	for (; entry; entry = entry->next) {
		struct served *other = entry->owner;

		if (other != served && other->address.s_addr == served->fixed.s_addr)
			return other;
	}
	return NULL;
}

static void served_release_address(struct served *served)
{
	if (served->address.s_addr)
		pool_release(served->daemon->pool, served->address);
	served->address.s_addr = 0;
}

/*
 * The user's pool, or the listener's. The daemon's pools can be those of a later
 * file, where a number means another pool: the name counts, and where it is gone
 * the default.
 */
static unsigned int served_pool(const struct served *served)
{
	const char *name = served->cfg->pool[served->cfg->pool_first].name;
	int found;

	if (policy_has(&served->policy, POLICY_POOL))
		name = served->policy.pool;
	found = config_pool_find(served->daemon->cfg, name);

	return found < 0 ? 0 : (unsigned int)found;
}

/* The user's own address, or one of the pool. False: there is none. */
static bool served_take_address(struct served *served)
{
	struct served *holder;

	if (!served->fixed.s_addr)
		return pool_take(served->daemon->pool, served_pool(served), &served->address);
	holder = served_holder(served);
	if (holder) {
		log_notice("%s: %s logs in again, the session from %s ends",
			   link_peer(served->link), served->user, link_peer(holder->link));
		link_abort(holder->link, PPP_END_REPLACED);
	}
	if (!pool_claim(served->daemon->pool, served->fixed))
		return false;
	served->address = served->fixed;
	return true;
}

static void served_tell_no_address(struct served *served)
{
	unsigned int pool = served_pool(served);
	char text[INET_ADDRSTRLEN], why[FAILURES_REASON_MAX];

	if (served->fixed.s_addr) {
		inet_ntop(AF_INET, &served->fixed, text, sizeof(text));
		snprintf(why, sizeof(why), "the address %s is in use", text);
	} else {
		snprintf(why, sizeof(why), "all %zu addresses of the pool %s are in use",
			 pool_part_size(served->daemon->pool, pool),
			 served->daemon->cfg->pool[pool].name);
	}
	log_warning("%s: %s refused: %s", link_peer(served->link), served->user, why);
	link_blame(served->link, FAILURES_ADDRESS, served->user, why);
}

static bool served_give_address(void *arg, struct link *link,
				struct ppp_addresses *addresses)
{
	struct served *served = arg;
	const struct config *cfg = served->cfg;
	const struct in_addr *dns = served_net_dns(cfg, &served->policy);

	(void)link;
	if (!served_take_address(served)) {
		served_tell_no_address(served);
		return false;
	}
	*addresses = (struct ppp_addresses){
		.local = cfg->local_address,
		.remote = served->address,
		.dns = { dns[0], dns[1] },
		.wins = { cfg->wins[0], cfg->wins[1] },
		.accept_peer_choice = cfg->peer_address_choice,
	};
	return true;
}

/* With peer-address-choice the peer may have taken another one than ours. */
static bool served_agree(void *arg, struct link *link, const struct ppp_up *up)
{
	struct served *served = arg;

	if (up->remote.s_addr == served->address.s_addr)
		return true;
	if (!pool_claim(served->daemon->pool, up->remote)) {
		log_warning("%s: %s refused: the address that it insists on is in use",
			    link_peer(link), served->user);
		link_blame(link, FAILURES_ADDRESS, served->user,
			   "the address that it insists on is in use");
		return false;
	}
	served_release_address(served);
	served->address = up->remote;
	return true;
}

static uint64_t served_idle(void *arg)
{
	struct served *served = arg;
	struct link_use use;

	return link_measure(served->link, &use) ? use.idle : UINT64_MAX;
}

static void served_on_timeout(void *arg, enum timeouts_end end)
{
	struct served *served = arg;
	enum ppp_end_reason reason = PPP_END_IDLE;

	switch (end) {
	case TIMEOUTS_SESSION:
		reason = PPP_END_SESSION_TIME;
		break;
	case TIMEOUTS_IDLE:
		break;
	}
	link_close(served->link, reason);
}

/* Seconds of the user, or the listener's milliseconds. */
static uint64_t served_session_ms(const struct served *served)
{
	if (policy_has(&served->policy, POLICY_SESSION_TIMEOUT))
		return (uint64_t)served->policy.session_timeout * 1000;
	return served->cfg->session_timeout;
}

static uint64_t served_idle_ms(const struct served *served)
{
	if (policy_has(&served->policy, POLICY_IDLE_TIMEOUT))
		return (uint64_t)served->policy.idle_timeout * 1000;
	return served->cfg->idle_timeout;
}

static void served_script(struct served *served, enum scripts_kind kind)
{
	const struct in_addr *dns = served_net_dns(served->cfg, &served->policy);
	struct scripts_session session;
	struct link_info info;
	struct link_use use;

	link_describe(served->link, &info);
	session = (struct scripts_session){
		.device = info.device,
		.user = served->user,
		.listener = served->cfg->listener,
		.mppe = info.mppe,
		.local = served->cfg->local_address,
		.remote = info.address,
		.peer = info.peer,
		.called = info.local,
		.dns = { dns[0], dns[1] },
		.mtu = info.mtu,
	};
	if (kind == SCRIPTS_DOWN) {
		session.reason = link_ended(served->link);
		link_measure(served->link, &use);
		session.use_known = true;
		session.seconds = use.up / 1000;
		session.sent = use.tx_bytes;
		session.received = use.rx_bytes;
	}
	scripts_run(served->daemon->scripts, kind, &session);
}

static void served_up(void *arg, struct link *link, const struct ppp_up *up)
{
	struct served *served = arg;

	served->owner->up(served->arg, link, up);
	if (served->was_up) {
		served_net_change(&served->net, served->daemon, link, served->cfg,
				  &served->policy, up);
		served_script(served, SCRIPTS_CHANGE);
		return;
	}
	served->was_up = true;
	timeouts_start(served->timeouts, served_session_ms(served), served_idle_ms(served));
	served_net_up(&served->net, served->daemon, link, served->cfg, &served->policy);
	served_net_change(&served->net, served->daemon, link, served->cfg, &served->policy, up);
	served_script(served, SCRIPTS_UP);
}

static void served_release(void *arg, struct link *link)
{
	struct served *served = arg;

	(void)link;
	if (served->was_up)
		served_script(served, SCRIPTS_DOWN);
	served_net_down(&served->net, served->daemon);
	online_del(&served->daemon->online, &served->online);
	served_release_address(served);
	DL_DELETE(served->daemon->served, served);
	served_free(served);
}

static void served_describe(void *arg, struct link_info *info)
{
	const struct served *served = arg;

	served_net_describe(&served->net, info);
}

static bool served_save(void *arg, struct writer *w)
{
	const struct served *served = arg;

	writer_text(w, served->user);
	writer_text(w, served->callee);
	writer_u8(w, (uint8_t)served->method);
	writer_put(w, &served->address, sizeof(served->address));
	writer_u64(w, timeouts_end(served->timeouts));
	served_net_save(&served->net, w);
	return served->was_up;
}

static const struct link_hooks served_hooks = {
	.authenticate = served_authenticate,
	.address = served_give_address,
	.agree = served_agree,
	.up = served_up,
	.describe = served_describe,
	.save = served_save,
	.release = served_release,
};

static void served_profile(struct served *served, struct link_profile *profile)
{
	const struct config *cfg = served->cfg;

	*profile = (struct link_profile){
		.ppp = cfg->ppp,
		.shared = cfg->device_shared,
		.mtu = cfg->mtu,
		.clamp_mss = cfg->clamp_mss,
		.copy_tos = cfg->copy_tos,
		.no_df = cfg->no_df,
		.ttl = cfg->ttl,
		.reorder_packets = cfg->reorder_packets,
		.reorder_ms = cfg->reorder_ms,
		.hooks = &served_hooks,
		.arg = served,
	};
	profile->ppp.tls = served->tls;
	profile->ppp.ipv6 = cfg->ppp.ipv6 && !cfg->device_shared;
	/* RFC 1570 section 2.3: there is no callback of a callback. */
	profile->ppp.callback = cfg->ppp.callback && !served->callee[0];
	snprintf(profile->device, sizeof(profile->device), "%s", cfg->device);
}

static struct served *served_alloc(struct daemon *daemon, struct config *cfg,
				   const struct served_owner *owner, void *arg)
{
	struct served *served = calloc(1, sizeof(*served));

	if (!served)
		return NULL;
	served->daemon = daemon;
	served->cfg = config_get(cfg);
	served->owner = owner;
	served->arg = arg;
	if (daemon->tls)
		served->tls = tls_config_get(daemon->tls);
	served->timeouts = timeouts_new(daemon->loop, served_idle, served_on_timeout, served);
	served->hold = loop_timer(daemon->loop, served_on_hold, served);
	if (served->timeouts && served->hold)
		return served;
	served_free(served);
	return NULL;
}

struct link *served_new(struct daemon *daemon, struct config *cfg,
			const struct link_call *call, const char *callee,
			const struct served_owner *owner, void *arg, struct nl_error *err)
{
	struct served *served = served_alloc(daemon, cfg, owner, arg);
	struct link_profile profile;

	snprintf(err->text, sizeof(err->text), "no memory");
	if (!served)
		return NULL;
	snprintf(served->callee, sizeof(served->callee), "%s", callee ? callee : "");
	served_profile(served, &profile);
	served->link = link_new(daemon, call, &profile, owner->over, arg, err);
	if (!served->link) {
		served_free(served);
		return NULL;
	}
	DL_APPEND(daemon->served, served);
	return served->link;
}

/* The account of today, by the name of then. */
static bool served_restore_user(struct served *served, struct reader *r, struct nl_error *err)
{
	const struct user *user;

	reader_text(r, served->user, sizeof(served->user));
	reader_text(r, served->callee, sizeof(served->callee));
	served->method = reader_below(r, PPP_AUTH_METHODS);
	if (!served->user[0])
		return !r->bad;
	user = auth_account(served->daemon->auth, served->user, served->cfg->ppp.name);
	snprintf(err->text, sizeof(err->text), "there is no user %s any more", served->user);
	if (!user)
		return false;
	served->policy = user->policy;
	served->fixed = user->address;
	return !r->bad;
}

/* Its address is its own, whatever the pools are today. */
static bool served_restore_address(struct served *served, struct reader *r, struct nl_error *err)
{
	const uint8_t *p = reader_take(r, sizeof(served->address));
	struct in_addr address = { 0 };

	if (p)
		memcpy(&address, p, sizeof(address));
	snprintf(err->text, sizeof(err->text), "its address is another's");
	if (address.s_addr && !pool_claim(served->daemon->pool, address))
		return false;
	served->address = address;
	return !r->bad;
}

/* What the former kpptpd has saved by served_save(). */
static bool served_restore(struct served *served, struct reader *r, struct nl_error *err)
{
	if (!served_restore_user(served, r, err) || !served_restore_address(served, r, err))
		return false;
	timeouts_resume(served->timeouts, reader_u64(r), served_idle_ms(served));
	served_net_restore(&served->net, served->daemon, r);
	snprintf(err->text, sizeof(err->text), "its record is damaged");
	if (r->bad)
		return false;
	snprintf(err->text, sizeof(err->text), "no memory");
	served->was_up = true;
	return !served->user[0] ||
	       online_add(&served->daemon->online, served->user, &served->online, served);
}

static bool served_adopt_link(struct served *served, const struct link_call *call,
			      struct link_former *former, struct nl_error *err)
{
	struct link_profile profile;

	served_profile(served, &profile);
	profile.account = served->user;
	profile.ppp.mppe = served_mppe(served);
	profile.ppp.mppe_stateful = served_stateful(served);
	served->link = link_adopt(served->daemon, call, &profile, served->owner->over,
				  served->arg, former, err);
	return served->link;
}

/* What it has taken, when it could not be gone on with. */
static void served_give_back(struct served *served)
{
	served_net_down(&served->net, served->daemon);
	online_del(&served->daemon->online, &served->online);
	served_release_address(served);
	served_free(served);
}

struct link *served_adopt(struct daemon *daemon, struct config *cfg,
			  const struct link_call *call, const struct served_owner *owner,
			  void *arg, struct link_former *former, struct nl_error *err)
{
	struct served *served = served_alloc(daemon, cfg, owner, arg);
	struct ppp_up up;

	snprintf(err->text, sizeof(err->text), "no memory");
	if (!served)
		return NULL;
	if (!served_restore(served, &former->r, err) ||
	    !served_adopt_link(served, call, former, err)) {
		served_give_back(served);
		return NULL;
	}
	DL_APPEND(daemon->served, served);
	link_agreed(served->link, &up);
	served_net_change(&served->net, daemon, served->link, cfg, &served->policy, &up);
	return served->link;
}

void served_claim_addresses(struct daemon *daemon)
{
	struct served *served;

	DL_FOREACH(daemon->served, served) {
		if (served->address.s_addr && !pool_claim(daemon->pool, served->address))
			served->address.s_addr = 0;
		served_net_claim(&served->net, daemon);
	}
}
