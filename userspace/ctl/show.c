// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Each kind of thing is an array of JSON objects first; -j prints the array, the
 * text is made from it.
 */
#include "show.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "args.h"
#include "dsock.h"
#include "nl/kernel.h"
#include "report.h"
#include "table.h"
#include "user.h"

#define SHOW_KINDS "sessions, tunnels, lines, stats, drops, users, weak or failures"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static const struct table_column session_columns[] = {
	{ "DEVICE", "ifname", TABLE_TEXT },
	{ "SESSION", "id", TABLE_TEXT },
	{ "USER", "user", TABLE_TEXT },
	{ "PEER", "peer", TABLE_TEXT },
	{ "ADDRESS", "address", TABLE_TEXT },
	{ "AUTH", "auth", TABLE_TEXT },
	{ "MPPE", "mppe", TABLE_TEXT },
	{ "MTU", "mtu", TABLE_TEXT },
	{ "UPTIME", "uptime", TABLE_SECONDS },
	{ "RTT", "rtt_us", TABLE_RTT },
	{ "RX", "rx_bytes", TABLE_BYTES },
	{ "TX", "tx_bytes", TABLE_BYTES },
	{ "FLAGS", "flags", TABLE_TEXT },
	{ "INNER", "inner", TABLE_TEXT },
	{ "NETWORK", "network6", TABLE_TEXT },
	{ "DELEGATED", "delegated", TABLE_TEXT },
};

static const struct table_column dialled_columns[] = {
	{ "TUNNEL", "name", TABLE_TEXT },
	{ "STATE", "state", TABLE_TEXT },
	{ "SINCE", "uptime", TABLE_SECONDS },
	{ "SERVER", "server", TABLE_TEXT },
	{ "USER", "user", TABLE_TEXT },
	{ "DEVICE", "ifname", TABLE_TEXT },
	{ "ADDRESS", "address", TABLE_TEXT },
	{ "NEXT", "next_try", TABLE_SECONDS },
	{ "TRIES", "tries", TABLE_TEXT },
	{ "ERROR", "error", TABLE_TEXT },
};

static const struct table_column tunnel_columns[] = {
	{ "PEER", "peer", TABLE_TEXT },
	{ "PORT", "port", TABLE_TEXT },
	{ "HOST", "host", TABLE_TEXT },
	{ "VENDOR", "vendor", TABLE_TEXT },
	{ "STATE", "state", TABLE_TEXT },
	{ "CALLS", "calls", TABLE_TEXT },
	{ "UPTIME", "uptime", TABLE_SECONDS },
	{ "SILENT", "last_message", TABLE_SECONDS },
	{ "ERRORS", "wan_errors", TABLE_TEXT },
};

static const struct table_column line_columns[] = {
	{ "LINE", "name", TABLE_TEXT },
	{ "DEVICE", "device", TABLE_TEXT },
	{ "STATE", "state", TABLE_TEXT },
	{ "SINCE", "uptime", TABLE_SECONDS },
	{ "TO", "to", TABLE_TEXT },
	{ "CALLED", "called", TABLE_TEXT },
	{ "CALLING", "calling", TABLE_TEXT },
	{ "IN", "frames_in", TABLE_TEXT },
	{ "OUT", "frames_out", TABLE_TEXT },
	{ "LOST", "lost", TABLE_TEXT },
	{ "ERRORS", "errors", TABLE_TEXT },
};

static const struct table_column user_columns[] = {
	{ "USER", "name", TABLE_TEXT },
	{ "SERVER", "server", TABLE_TEXT },
	{ "SECRET", "secret", TABLE_TEXT },
	{ "ADDRESS", "address", TABLE_TEXT },
	{ "POLICY", "policy", TABLE_TEXT },
};

static const struct table_column weak_columns[] = {
	{ "METHOD", "method", TABLE_TEXT },
	{ "LOGINS", "logins", TABLE_TEXT },
	{ "LAST USER", "user", TABLE_TEXT },
	{ "PEER", "peer", TABLE_TEXT },
	{ "AGO", "ago", TABLE_SECONDS },
};

static const struct table_column failure_columns[] = {
	{ "AGO", "ago", TABLE_SECONDS },
	{ "KIND", "kind", TABLE_TEXT },
	{ "TIMES", "times", TABLE_TEXT },
	{ "PEER", "peer", TABLE_TEXT },
	{ "USER", "user", TABLE_TEXT },
	{ "REASON", "reason", TABLE_TEXT },
	{ "HELP", "help", TABLE_TEXT },
};

static void print_json(const json_t *value)
{
	json_dumpf(value, stdout, JSON_COMPACT);
	putchar('\n');
}

static void add_session(const struct nl_session *session, void *arg)
{
	json_array_append_new(arg, report_session(session));
}

static void add_stats(const struct nl_session *session, void *arg)
{
	json_t *object = report_session(session);

	json_object_set_new(object, "stats", report_stats(session->stats));
	json_array_append_new(arg, object);
}

static void add_drops(const struct nl_session *session, void *arg)
{
	json_t *object = report_session(session);

	json_object_set_new(object, "drops", report_drops(session->drops));
	json_array_append_new(arg, object);
}

/* All sessions of the kernel, by @fn into @items. */
static int read_kernel(kernel_session_fn fn, json_t *items)
{
	struct kernel kernel = { 0 };
	struct nl_error err;
	int ret;

	ret = kernel_open(&kernel, 0, &err);
	if (!ret)
		ret = kernel_session_each(&kernel, NULL, fn, items, &err);
	kernel_close(&kernel);
	return ret ? ctl_refused("cannot read the sessions", &err) : CTL_OK;
}

/* The member of @items with this kernel session id. */
static json_t *find_session(const json_t *items, json_int_t id)
{
	json_t *item;
	size_t i;

	json_array_foreach(items, i, item) {
		if (json_integer_value(json_object_get(item, "id")) == id)
			return item;
	}
	return NULL;
}

/*
 * Adds what the daemon knows; the kernel's word counts where both have one. The
 * kernel has a session from the moment the daemon answers a call.
 */
static void merge(json_t *items, const json_t *calls)
{
	json_t *call, *session;
	size_t i;

	json_array_foreach(calls, i, call) {
		session = find_session(items, json_integer_value(json_object_get(call, "id")));
		if (session)
			json_object_update_missing(session, call);
	}
}

/* Without the daemon, or without the permission to ask it, that is all. */
static void add_daemon(const struct ctl *ctl, json_t *items)
{
	struct dsock *sock = dsock_open(ctl->socket);
	json_t *calls = json_array();

	if (sock) {
		json_decref(dsock_ask(sock, json_pack("{s:s}", "command", "sessions"), calls));
		merge(items, calls);
	}
	dsock_close(sock);
	json_decref(calls);
}

/* The daemon's answer to @command, which has no more members. */
static int read_daemon(const struct ctl *ctl, const char *command, json_t *items)
{
	struct dsock *sock = dsock_open(ctl->socket);
	json_t *reply;

	if (!sock)
		return dsock_fail(ctl->socket);
	reply = dsock_ask(sock, json_pack("{s:s}", "command", command), items);
	dsock_close(sock);
	if (!reply)
		return CTL_FAILED;
	json_decref(reply);
	return CTL_OK;
}

static bool fits(const json_t *item, const char *name)
{
	static const char * const keys[] = { "ifname", "user", "peer", "host", "name" };
	const char *value;
	size_t i;

	for (i = 0; i < COUNT(keys); i++) {
		value = json_string_value(json_object_get(item, keys[i]));
		if (value && !strcmp(value, name))
			return true;
	}
	return false;
}

/* Keeps what has @name as device, user, peer or host. False when nothing has. */
static bool choose(json_t *items, const char *name)
{
	size_t i = 0;

	while (name && i < json_array_size(items)) {
		if (fits(json_array_get(items, i), name))
			i++;
		else
			json_array_remove(items, i);
	}
	return !name || i;
}

static int nothing(const char *kind, const char *name)
{
	return ctl_fail("there is no %s of \"%s\"", kind, name);
}

static int show_sessions(const struct ctl *ctl, const char *name, json_t *items)
{
	int ret = read_kernel(add_session, items);

	if (ret)
		return ret;
	add_daemon(ctl, items);
	if (!choose(items, name))
		return nothing("session", name);
	if (!ctl->json)
		table_print(items, session_columns, COUNT(session_columns));
	return CTL_OK;
}

/* Those of @items that have @role in their member "role". */
static json_t *of_role(const json_t *items, const char *role)
{
	json_t *some = json_array();
	const char *value;
	json_t *item;
	size_t i;

	json_array_foreach(items, i, item) {
		value = json_string_value(json_object_get(item, "role"));
		if (value && !strcmp(value, role))
			json_array_append(some, item);
	}
	return some;
}

/* Tunnels that we dial, then those that were dialled to us. */
static void print_tunnels(const json_t *items)
{
	json_t *dialled = of_role(items, "client"), *served = of_role(items, "server");

	table_print(dialled, dialled_columns, COUNT(dialled_columns));
	if (json_array_size(dialled) && json_array_size(served))
		putchar('\n');
	table_print(served, tunnel_columns, COUNT(tunnel_columns));
	json_decref(dialled);
	json_decref(served);
}

static int show_tunnels(const struct ctl *ctl, const char *name, json_t *items)
{
	int ret = read_daemon(ctl, "tunnels", items);

	if (ret)
		return ret;
	if (!choose(items, name))
		return nothing("tunnel", name);
	if (!ctl->json)
		print_tunnels(items);
	return CTL_OK;
}

static int show_lines(const struct ctl *ctl, const char *name, json_t *items)
{
	int ret = read_daemon(ctl, "lines", items);

	if (ret)
		return ret;
	if (!choose(items, name))
		return nothing("line", name);
	if (!ctl->json)
		table_print(items, line_columns, COUNT(line_columns));
	return CTL_OK;
}

/* A heading for each session, then its counters. */
static void print_counters(const json_t *items, const char *member)
{
	const char *name;
	json_t *item;
	size_t i;

	json_array_foreach(items, i, item) {
		name = json_string_value(json_object_get(item, "ifname"));
		printf("%s: session %" JSON_INTEGER_FORMAT "\n", name ? name : "no device",
		       json_integer_value(json_object_get(item, "id")));
		table_counters(json_object_get(item, member));
	}
}

static int show_counters(const struct ctl *ctl, const char *name, json_t *items,
			 kernel_session_fn fn, const char *member)
{
	int ret = read_kernel(fn, items);

	if (ret)
		return ret;
	add_daemon(ctl, items);
	if (!choose(items, name))
		return nothing("session", name);
	if (!ctl->json)
		print_counters(items, member);
	return CTL_OK;
}

static int show_stats(const struct ctl *ctl, const char *name, json_t *items)
{
	return show_counters(ctl, name, items, add_stats, "stats");
}

/* Those of the namespace, sessions that are gone included. */
static int show_all_drops(const struct ctl *ctl, json_t *items)
{
	struct kernel kernel = { 0 };
	struct nl_totals totals;
	struct nl_error err;
	json_t *object;
	int ret;

	ret = kernel_open(&kernel, 0, &err);
	if (!ret)
		ret = kernel_totals(&kernel, &totals, &err);
	kernel_close(&kernel);
	if (ret)
		return ctl_refused("cannot read the counters", &err);
	object = json_pack("{s:I, s:o}", "sessions", (json_int_t)totals.sessions,
			   "drops", report_drops(totals.drops));
	json_array_append_new(items, object);
	if (!ctl->json) {
		printf("sessions: %u\n", totals.sessions);
		table_counters(json_object_get(object, "drops"));
	}
	return CTL_OK;
}

static int show_drops(const struct ctl *ctl, const char *name, json_t *items)
{
	if (!name)
		return show_all_drops(ctl, items);
	return show_counters(ctl, name, items, add_drops, "drops");
}

static int show_users(const struct ctl *ctl, const char *name, json_t *items)
{
	int ret = user_list(ctl, name, items);

	if (!ret && !ctl->json)
		table_print(items, user_columns, COUNT(user_columns));
	return ret;
}

/* "last" is a date; people want to know how long ago that was. */
static void add_ago(json_t *items)
{
	json_int_t now = (json_int_t)time(NULL);
	json_t *item;
	size_t i;

	json_array_foreach(items, i, item)
		json_object_set_new(item, "ago", json_integer(now -
				    json_integer_value(json_object_get(item, "last"))));
}

/* Logins by broken methods since the daemon was started. */
static int show_weak(const struct ctl *ctl, const char *name, json_t *items)
{
	int ret = read_daemon(ctl, "weak", items);

	if (ret)
		return ret;
	if (!choose(items, name))
		return nothing("login", name);
	if (!ctl->json) {
		add_ago(items);
		table_print(items, weak_columns, COUNT(weak_columns));
	}
	return CTL_OK;
}

/* What failed since the daemon was started, by kind, the oldest first. */
static int show_failures(const struct ctl *ctl, const char *name, json_t *items)
{
	int ret = read_daemon(ctl, "failures", items);

	if (ret)
		return ret;
	if (!choose(items, name))
		return nothing("failure", name);
	if (!ctl->json) {
		add_ago(items);
		table_print(items, failure_columns, COUNT(failure_columns));
	}
	return CTL_OK;
}

struct kind {
	const char *name;
	int (*show)(const struct ctl *ctl, const char *name, json_t *items);
};

static const struct kind kinds[] = {
	{ "sessions", show_sessions },
	{ "tunnels", show_tunnels },
	{ "lines", show_lines },
	{ "stats", show_stats },
	{ "drops", show_drops },
	{ "users", show_users },
	{ "weak", show_weak },
	{ "failures", show_failures },
};

int show_run(const struct ctl *ctl, int argc, char **argv)
{
	struct args args = { .left = argc, .next = argv };
	const char *word = args_word(&args, "what to show, sessions or another,");
	const char *name = args_take(&args);
	json_t *items;
	size_t i;
	int ret;

	if (!word || !args_end(&args))
		return CTL_USAGE;
	for (i = 0; i < COUNT(kinds) && strcmp(word, kinds[i].name); i++)
		;
	if (i == COUNT(kinds))
		return ctl_usage("show takes " SHOW_KINDS ", not \"%s\"", word);
	items = json_array();
	ret = kinds[i].show(ctl, name, items);
	if (!ret && ctl->json)
		print_json(items);
	json_decref(items);
	return ret;
}
