// SPDX-License-Identifier: GPL-2.0-or-later
#include <arpa/inet.h>
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <uthash.h>
#include <utlist.h>

#include "connection.h"
#include "ctlsock.h"
#include "lib/array.h"
#include "lib/log.h"
#include "line.h"
#include "link.h"
#include "tunnels.h"

#define CTLSOCK_CLIENTS_MAX	32

/* Octets of a request with its line feed: a tunnel with all its servers and routes. */
#define CTLSOCK_REQUEST_MAX	16384

/* Octets that wait for a client: a list of 65535 sessions. */
#define CTLSOCK_REPLY_MAX	(64u << 20)

/* Octets that wait for one who watches; who reads more slowly is cut off. */
#define CTLSOCK_WATCH_MAX	1048576

struct ctlsock {
	struct daemon *daemon;
	ctlsock_reload_fn reload;
	void *arg;
	int fd;
	struct loop_source *io;
	struct ctlsock_client *clients;
	unsigned int clients_n;
	char path[CONFIG_PATH_MAX];
};

struct ctlsock_client {
	struct ctlsock_client *prev, *next;
	struct ctlsock *ctl;
	int fd;
	struct loop_source *io;
	bool watches;		/* monitor */
	bool broken;		/* to be freed when its turn is over */
	size_t in_len;
	char in[CTLSOCK_REQUEST_MAX];
	char *out;
	size_t out_len;
	size_t out_room;
};

/* The daemon's view of one session, looked up by the kernel's list. */
struct ctlsock_row {
	uint32_t session;
	struct link_info info;
	uint64_t rx_bytes, tx_bytes, rx_packets, tx_packets;
	UT_hash_handle hh;
};

typedef void (*ctlsock_command_fn)(struct ctlsock_client *client, const json_t *request);

static void ctlsock_count_watchers(struct ctlsock *ctl)
{
	struct ctlsock_client *client;

	ctl->daemon->events.watched = false;
	DL_FOREACH(ctl->clients, client)
		ctl->daemon->events.watched |= client->watches;
}

static void ctlsock_drop(struct ctlsock_client *client)
{
	struct ctlsock *ctl = client->ctl;

	DL_DELETE(ctl->clients, client);
	ctl->clients_n--;
	loop_source_free(client->io);
	close(client->fd);
	free(client->out);
	free(client);
	ctlsock_count_watchers(ctl);
}

static bool ctlsock_grow(struct ctlsock_client *client, size_t len)
{
	size_t most = client->watches ? CTLSOCK_WATCH_MAX : CTLSOCK_REPLY_MAX;
	size_t room = client->out_room ? client->out_room : 4096;
	char *out;

	if (len > most - client->out_len)
		return false;
	while (room < client->out_len + len)
		room *= 2;
	if (room == client->out_room)
		return true;
	out = realloc(client->out, room);
	if (!out)
		return false;
	client->out = out;
	client->out_room = room;
	return true;
}

/* Takes the reference on @reply. */
static void ctlsock_say(struct ctlsock_client *client, json_t *reply)
{
	char *text = reply ? json_dumps(reply, JSON_COMPACT) : NULL;
	size_t len = text ? strlen(text) : 0;

	json_decref(reply);
	if (!text || !ctlsock_grow(client, len + 1)) {
		client->broken = true;
	} else {
		memcpy(client->out + client->out_len, text, len);
		client->out[client->out_len + len] = '\n';
		client->out_len += len + 1;
	}
	free(text);
}

static void ctlsock_flush(struct ctlsock_client *client)
{
	ssize_t n = 0;

	if (client->out_len && !client->broken)
		n = send(client->fd, client->out, client->out_len, MSG_NOSIGNAL);
	if (n < 0 && errno != EAGAIN && errno != EINTR)
		client->broken = true;
	if (n > 0) {
		client->out_len -= (size_t)n;
		memmove(client->out, client->out + n, client->out_len);
	}
	loop_io_set(client->io, client->out_len ? LOOP_READ | LOOP_WRITE : LOOP_READ);
}

static void ctlsock_refuse(struct ctlsock_client *client, const char *why)
{
	ctlsock_say(client, json_pack("{s:b, s:s}", "ok", 0, "error", why));
}

static void ctlsock_version(struct ctlsock_client *client, const json_t *request)
{
	(void)request;
	ctlsock_say(client, json_pack("{s:b, s:s}", "ok", 1, "version", KPPTP_VERSION));
}

static void ctlsock_reload(struct ctlsock_client *client, const json_t *request)
{
	char err[CTLSOCK_ERROR_MAX];

	(void)request;
	if (client->ctl->reload(client->ctl->arg, err))
		ctlsock_say(client, json_pack("{s:b}", "ok", 1));
	else
		ctlsock_refuse(client, err);
}

static void ctlsock_count(const struct nl_session *session, void *arg)
{
	struct ctlsock_row **rows = arg;
	struct ctlsock_row *row;

	HASH_FIND(hh, *rows, &session->id, sizeof(session->id), row);
	if (!row)
		return;
	row->rx_bytes = session->stats[KPPTP_A_STATS_RX_BYTES];
	row->tx_bytes = session->stats[KPPTP_A_STATS_TX_BYTES];
	row->rx_packets = session->stats[KPPTP_A_STATS_RX_PACKETS];
	row->tx_packets = session->stats[KPPTP_A_STATS_TX_PACKETS];
}

static const char *ctlsock_address(struct in_addr address, char text[INET_ADDRSTRLEN])
{
	return address.s_addr ? inet_ntop(AF_INET, &address, text, INET_ADDRSTRLEN) : "";
}

/* "" where there is none. */
static json_t *ctlsock_network6(const struct in6_addr *network)
{
	char text[INET6_ADDRSTRLEN];

	if (IN6_IS_ADDR_UNSPECIFIED(network))
		return json_string("");
	inet_ntop(AF_INET6, network, text, sizeof(text));
	return json_sprintf("%s/%d", text, RA_PREFIX_LEN);
}

static json_t *ctlsock_delegated(const struct link_info *info)
{
	json_t *list = json_array();
	unsigned int i;
	char text[64];

	for (i = 0; i < info->delegated_n; i++)
		json_array_append_new(list, json_string(rtroute_prefix_text(&info->delegated[i],
									    text)));
	return list;
}

static json_t *ctlsock_session(const struct ctlsock_row *row)
{
	const struct link_info *info = &row->info;
	char peer[INET_ADDRSTRLEN], local[INET_ADDRSTRLEN], address[INET_ADDRSTRLEN];
	uint64_t uptime = info->up_since ? (loop_now() - info->up_since) / 1000 : 0;

	return json_pack("{sI,si,ss,ss,ss,ss,ss,so,so,ss,ss,ss,si,sI,sI,sI,sI,sI,ss,ss,ss}",
			 "id", (json_int_t)info->session, "call", (int)info->call_id,
			 "user", info->user, "peer", ctlsock_address(info->peer, peer),
			 "local", ctlsock_address(info->local, local),
			 "ifname", info->device,
			 "address", ctlsock_address(info->address, address),
			 "network6", ctlsock_network6(&info->network6),
			 "delegated", ctlsock_delegated(info),
			 "phase", info->up_since ? "up" : info->phase,
			 "auth", info->auth,
			 "mppe", info->mppe, "mtu", (int)info->mtu,
			 "uptime", (json_int_t)uptime,
			 "rx_bytes", (json_int_t)row->rx_bytes,
			 "tx_bytes", (json_int_t)row->tx_bytes,
			 "rx_packets", (json_int_t)row->rx_packets,
			 "tx_packets", (json_int_t)row->tx_packets,
			 "client_host", info->host, "client_vendor", info->vendor,
			 "client_ident", info->ident);
}

static void ctlsock_rows_free(struct ctlsock_row **rows)
{
	struct ctlsock_row *row, *next;

	HASH_ITER(hh, *rows, row, next) {
		HASH_DEL(*rows, row);
		free(row);
	}
}

/* One row a link. False: no memory, and no rows. */
static bool ctlsock_rows(struct daemon *daemon, struct ctlsock_row **rows)
{
	const struct link *link;

	for (link = daemon->links; link; link = link_next(link)) {
		struct ctlsock_row *row = calloc(1, sizeof(*row));

		if (!row) {
			ctlsock_rows_free(rows);
			return false;
		}
		link_describe(link, &row->info);
		row->session = row->info.session;
		HASH_ADD(hh, *rows, session, sizeof(row->session), row);
	}
	return true;
}

static void ctlsock_done(struct ctlsock_client *client, unsigned int count)
{
	ctlsock_say(client, json_pack("{s:b, s:i}", "ok", 1, "count", (int)count));
}

static void ctlsock_sessions(struct ctlsock_client *client, const json_t *request)
{
	struct daemon *daemon = client->ctl->daemon;
	struct ctlsock_row *rows = NULL, *row, *next;
	struct nl_error err;

	(void)request;
	if (!ctlsock_rows(daemon, &rows)) {
		ctlsock_refuse(client, "no memory");
		return;
	}
	if (ksessions_each(daemon->kernel, ctlsock_count, &rows, &err) < 0) {
		ctlsock_refuse(client, err.text);
		ctlsock_rows_free(&rows);
		return;
	}
	HASH_ITER(hh, rows, row, next)
		ctlsock_say(client, json_pack("{s:o}", "item", ctlsock_session(row)));
	ctlsock_done(client, HASH_COUNT(rows));
	ctlsock_rows_free(&rows);
}

static json_t *ctlsock_tunnel(const struct connection *conn)
{
	struct connection_info info;
	char peer[INET_ADDRSTRLEN];
	uint64_t now = loop_now();

	connection_describe(conn, &info);
	return json_pack("{s:s, s:s, s:i, s:s, s:s, s:s, s:i, s:I, s:I, s:I}",
			 "role", "server", "peer", ctlsock_address(info.peer.sin_addr, peer),
			 "port", (int)ntohs(info.peer.sin_port), "host", info.host,
			 "vendor", info.vendor, "state", info.state,
			 "calls", (int)info.calls,
			 "uptime", (json_int_t)((now - info.since) / 1000),
			 "last_message", (json_int_t)((now - info.last_message) / 1000),
			 "wan_errors", (json_int_t)info.wan_errors);
}

/* Seconds from now until @when, 0: it is past or never. */
static json_int_t ctlsock_until(uint64_t when)
{
	uint64_t now = loop_now();

	return when > now ? (json_int_t)(when - now + 999) / 1000 : 0;
}

static json_t *ctlsock_dialled(const struct dialer *dialer)
{
	const struct tunnel_config *cfg = dialer_config(dialer);
	char peer[INET_ADDRSTRLEN], local[INET_ADDRSTRLEN], remote[INET_ADDRSTRLEN];
	struct dialer_info info;

	dialer_describe(dialer, &info);
	return json_pack("{ss,ss,ss,ss,ss,ss,ss,ss,ss,sI,sI,si,sb,ss}",
			 "role", "client", "name", cfg->name, "state", info.state,
			 "server", info.server, "peer", ctlsock_address(info.address, peer),
			 "user", cfg->user, "ifname", info.device,
			 "address", ctlsock_address(info.local, local),
			 "remote", ctlsock_address(info.remote, remote),
			 "uptime", (json_int_t)((loop_now() - info.since) / 1000),
			 "next_try", ctlsock_until(info.next_try), "tries", (int)info.tries,
			 "persist", cfg->persist, "error", info.error);
}

/* What ctlsock_say_dialled() fills. */
struct ctlsock_list {
	struct ctlsock_client *client;
	unsigned int n;
};

static void ctlsock_say_dialled(void *arg, const struct dialer *dialer)
{
	struct ctlsock_list *list = arg;

	ctlsock_say(list->client, json_pack("{s:o}", "item", ctlsock_dialled(dialer)));
	list->n++;
}

/* Connections that we opened are told of as tunnels that we dial. */
static void ctlsock_tunnels(struct ctlsock_client *client, const json_t *request)
{
	const struct daemon *daemon = client->ctl->daemon;
	struct ctlsock_list list = { .client = client };
	const struct connection *conn;
	struct connection_info info;

	(void)request;
	tunnels_each(daemon->tunnels, ctlsock_say_dialled, &list);
	for (conn = daemon->connections; conn; conn = connection_next(conn)) {
		connection_describe(conn, &info);
		if (info.dialled)
			continue;
		ctlsock_say(client, json_pack("{s:o}", "item", ctlsock_tunnel(conn)));
		list.n++;
	}
	ctlsock_done(client, list.n);
}

static json_t *ctlsock_port(const struct line *line)
{
	char to[INET_ADDRSTRLEN];
	struct line_info info;

	line_describe(line, &info);
	return json_pack("{ss,ss,ss,sI,ss,ss,ss,sI,sI,sI,sI,sI,sI,sI,sI}",
			 "name", info.cfg->name, "device", info.cfg->device,
			 "state", info.state,
			 "uptime", (json_int_t)((loop_now() - info.since) / 1000),
			 "to", ctlsock_address(info.cfg->to, to),
			 "called", info.cfg->called, "calling", info.cfg->calling,
			 "frames_in", (json_int_t)info.frames_in,
			 "frames_out", (json_int_t)info.frames_out,
			 "lost", (json_int_t)info.lost,
			 "errors", (json_int_t)pptp_msg_wan_errors(&info.errors),
			 "crc_errors", (json_int_t)info.errors.crc,
			 "framing_errors", (json_int_t)info.errors.framing,
			 "hardware_overruns", (json_int_t)info.errors.hardware_overruns,
			 "buffer_overruns", (json_int_t)info.errors.buffer_overruns);
}

static void ctlsock_ports(struct ctlsock_client *client, const json_t *request)
{
	const struct line *line = client->ctl->daemon->lines;
	unsigned int n = 0;

	(void)request;
	for (; line; line = line_next(line), n++)
		ctlsock_say(client, json_pack("{s:o}", "item", ctlsock_port(line)));
	ctlsock_done(client, n);
}

typedef bool (*ctlsock_name_fn)(struct tunnels *tunnels, const char *name,
				char err[TUNNEL_ERROR_MAX]);

/* A request about the tunnel in its member @member. */
static void ctlsock_about(struct ctlsock_client *client, const json_t *request,
			  const char *member, ctlsock_name_fn fn)
{
	const char *name = json_string_value(json_object_get(request, member));
	char err[TUNNEL_ERROR_MAX];

	if (!name)
		ctlsock_refuse(client, "the request names no tunnel");
	else if (fn(client->ctl->daemon->tunnels, name, err))
		ctlsock_done(client, 1);
	else
		ctlsock_refuse(client, err);
}

static void ctlsock_del_tunnel(struct ctlsock_client *client, const json_t *request)
{
	ctlsock_about(client, request, "name", tunnels_del);
}

static void ctlsock_connect(struct ctlsock_client *client, const json_t *request)
{
	ctlsock_about(client, request, "name", tunnels_connect);
}

typedef bool (*ctlsock_change_fn)(struct tunnels *tunnels, const char *name,
				  const json_t *settings, bool *clear,
				  char err[TUNNEL_ERROR_MAX]);

/* jansson frees strings as they are. */
static void ctlsock_wipe(const json_t *string)
{
	if (json_is_string(string))
		explicit_bzero((char *)json_string_value(string), json_string_length(string));
}

static void ctlsock_change(struct ctlsock_client *client, const json_t *request,
			   ctlsock_change_fn fn)
{
	const char *name = json_string_value(json_object_get(request, "name"));
	const json_t *settings = json_object_get(request, "settings");
	char err[TUNNEL_ERROR_MAX];
	bool clear;

	if (!name || !json_is_object(settings))
		ctlsock_refuse(client, "the request needs \"name\" and \"settings\"");
	else if (fn(client->ctl->daemon->tunnels, name, settings, &clear, err))
		ctlsock_say(client, json_pack("{s:b, s:b}", "ok", 1, "cleartext", clear));
	else
		ctlsock_refuse(client, err);
	ctlsock_wipe(json_object_get(settings, "password"));
}

static void ctlsock_add_tunnel(struct ctlsock_client *client, const json_t *request)
{
	ctlsock_change(client, request, tunnels_add);
}

static void ctlsock_set_tunnel(struct ctlsock_client *client, const json_t *request)
{
	ctlsock_change(client, request, tunnels_set);
}

/* What a disconnect means: exactly one member is given. */
struct ctlsock_target {
	json_int_t session;
	const char *user;
	const char *peer;
	const char *device;
};

static bool ctlsock_read_target(const json_t *request, struct ctlsock_target *target)
{
	json_t *session = json_object_get(request, "session");

	target->session = json_integer_value(session);
	target->user = json_string_value(json_object_get(request, "user"));
	target->peer = json_string_value(json_object_get(request, "peer"));
	target->device = json_string_value(json_object_get(request, "ifname"));
	return !!session + !!target->user + !!target->peer + !!target->device == 1 &&
	       (!session || target->session > 0);
}

static bool ctlsock_hit(const struct ctlsock_target *target, const struct link *link)
{
	char peer[INET_ADDRSTRLEN];
	struct link_info info;

	link_describe(link, &info);
	if (target->user)
		return strcmp(target->user, info.user) == 0;
	if (target->peer)
		return strcmp(target->peer, ctlsock_address(info.peer, peer)) == 0;
	if (target->device)
		return strcmp(target->device, info.device) == 0;
	return target->session == (json_int_t)info.session;
}

/* A link that closes may be freed at once, but no other one is. */
static void ctlsock_disconnect(struct ctlsock_client *client, const json_t *request)
{
	struct link *link = client->ctl->daemon->links;
	struct ctlsock_target target;
	unsigned int n = 0;

	if (json_object_get(request, "tunnel")) {
		ctlsock_about(client, request, "tunnel", tunnels_disconnect);
		return;
	}
	if (!ctlsock_read_target(request, &target)) {
		ctlsock_refuse(client,
			       "disconnect takes one of \"session\", \"user\", \"peer\", \"ifname\" and \"tunnel\"");
		return;
	}
	while (link) {
		struct link *next = link_next(link);

		if (ctlsock_hit(&target, link)) {
			n++;
			link_close(link, PPP_END_ADMIN);
		}
		link = next;
	}
	ctlsock_done(client, n);
}

static json_t *ctlsock_weak_use(enum ppp_auth_method method, const struct weak_use *use)
{
	char peer[INET_ADDRSTRLEN];

	return json_pack("{s:s, s:I, s:s, s:s, s:I}", "method", ppp_auth_method_text(method),
			 "logins", (json_int_t)use->logins, "user", use->user,
			 "peer", ctlsock_address(use->peer, peer),
			 "last", (json_int_t)use->when);
}

static void ctlsock_weak(struct ctlsock_client *client, const json_t *request)
{
	const struct weak *weak = &client->ctl->daemon->weak;
	unsigned int i, n = 0;

	(void)request;
	for (i = 0; i < PPP_AUTH_METHODS; i++) {
		json_t *item;

		if (!weak->use[i].logins)
			continue;
		item = ctlsock_weak_use((enum ppp_auth_method)i, &weak->use[i]);
		ctlsock_say(client, json_pack("{s:o}", "item", item));
		n++;
	}
	ctlsock_done(client, n);
}

static json_t *ctlsock_failure(const struct failure *failure)
{
	char peer[INET_ADDRSTRLEN];

	return json_pack("{s:s, s:s, s:s, s:I, s:I, s:I, s:s, s:s, s:b}",
			 "kind", failures_kind_text(failure->kind),
			 "peer", ctlsock_address(failure->peer, peer), "user", failure->user,
			 "times", (json_int_t)failure->times,
			 "first", (json_int_t)failure->first, "last", (json_int_t)failure->last,
			 "reason", failure->reason, "help", failures_help(failure->kind),
			 "over", failure->over);
}

static void ctlsock_failures(struct ctlsock_client *client, const json_t *request)
{
	const struct failures *failures = &client->ctl->daemon->failures;
	const struct failure *failure = NULL;
	unsigned int n = 0;

	(void)request;
	while ((failure = failures_next(failures, failure))) {
		ctlsock_say(client, json_pack("{s:o}", "item", ctlsock_failure(failure)));
		n++;
	}
	ctlsock_done(client, n);
}

static void ctlsock_pools(struct ctlsock_client *client, const json_t *request)
{
	const struct daemon *daemon = client->ctl->daemon;
	const struct config_pool *pool = daemon->cfg->pool;
	unsigned int i;
	json_t *item;

	(void)request;
	for (i = 0; i < daemon->cfg->pool_n; i++) {
		item = json_pack("{s:s, s:I, s:I, s:s}", "name", pool[i].name,
				 "size", (json_int_t)pool_part_size(daemon->pool, i),
				 "taken", (json_int_t)pool_part_taken(daemon->pool, i),
				 "next", pool[i].next < 0 ? "" : pool[pool[i].next].name);
		ctlsock_say(client, json_pack("{s:o}", "item", item));
	}
	ctlsock_done(client, daemon->cfg->pool_n);
}

static void ctlsock_say_files(void *arg, const struct dialer *dialer)
{
	const struct tunnel_config *cfg = dialer_config(dialer);
	struct ctlsock_list *list = arg;
	json_t *item;

	if (!cfg->certificate[0])
		return;
	item = json_pack("{s:s, s:s, s:s, s:s, s:s}", "tunnel", cfg->name,
			 "certificate", cfg->certificate, "key", cfg->key, "ca", cfg->ca,
			 "crl", cfg->crl);
	ctlsock_say(list->client, json_pack("{s:o}", "item", item));
	list->n++;
}

/* Where the files are that we read, for those who want to look at them. */
static void ctlsock_files(struct ctlsock_client *client, const json_t *request)
{
	const struct config *cfg = client->ctl->daemon->cfg;
	struct ctlsock_list list = { .client = client, .n = 1 };
	json_t *item;

	(void)request;
	item = json_pack("{s:s, s:s, s:s, s:s, s:s}", "users", cfg->users_file,
			 "certificate", cfg->tls_certificate, "key", cfg->tls_key,
			 "ca", cfg->tls_ca, "crl", cfg->tls_crl);
	ctlsock_say(client, json_pack("{s:o}", "item", item));
	tunnels_each(client->ctl->daemon->tunnels, ctlsock_say_files, &list);
	ctlsock_done(client, list.n);
}

static void ctlsock_monitor(struct ctlsock_client *client, const json_t *request)
{
	(void)request;
	client->watches = true;
	ctlsock_count_watchers(client->ctl);
}

static void ctlsock_request(struct ctlsock_client *client, const json_t *request)
{
	static const struct {
		const char *name;
		ctlsock_command_fn fn;
	} commands[] = {
		{ "version", ctlsock_version },
		{ "reload", ctlsock_reload },
		{ "sessions", ctlsock_sessions },
		{ "tunnels", ctlsock_tunnels },
		{ "lines", ctlsock_ports },
		{ "weak", ctlsock_weak },
		{ "failures", ctlsock_failures },
		{ "pools", ctlsock_pools },
		{ "files", ctlsock_files },
		{ "disconnect", ctlsock_disconnect },
		{ "connect", ctlsock_connect },
		{ "add-tunnel", ctlsock_add_tunnel },
		{ "set-tunnel", ctlsock_set_tunnel },
		{ "del-tunnel", ctlsock_del_tunnel },
		{ "monitor", ctlsock_monitor },
	};
	const char *name = json_string_value(json_object_get(request, "command"));
	size_t i;

	if (!name) {
		ctlsock_refuse(client, "the request has no \"command\"");
		return;
	}
	for (i = 0; i < ARRAY_SIZE(commands); i++) {
		if (strcmp(commands[i].name, name) == 0) {
			commands[i].fn(client, request);
			return;
		}
	}
	ctlsock_refuse(client, "kpptpd does not know this command");
}

static void ctlsock_line(struct ctlsock_client *client, const char *line, size_t len)
{
	json_t *request = json_loadb(line, len, JSON_REJECT_DUPLICATES, NULL);

	if (!json_is_object(request))
		ctlsock_refuse(client, "the request is not a JSON object");
	else
		ctlsock_request(client, request);
	json_decref(request);
}

/* Whole lines that have come; the rest moves to the front. */
static void ctlsock_lines(struct ctlsock_client *client)
{
	size_t done = 0;
	char *end;

	while (!client->broken &&
	       (end = memchr(client->in + done, '\n', client->in_len - done)) != NULL) {
		size_t len = (size_t)(end - client->in) - done;

		ctlsock_line(client, client->in + done, len);
		explicit_bzero(client->in + done, len);
		done += len + 1;
	}
	client->in_len -= done;
	memmove(client->in, client->in + done, client->in_len);
	if (client->in_len == sizeof(client->in))
		client->broken = true;
}

static void ctlsock_read(struct ctlsock_client *client)
{
	ssize_t n = recv(client->fd, client->in + client->in_len,
			 sizeof(client->in) - client->in_len, 0);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		client->broken = true;
		return;
	}
	client->in_len += (size_t)n;
	ctlsock_lines(client);
}

static void ctlsock_on_client(void *arg, unsigned int events)
{
	struct ctlsock_client *client = arg;

	if (events & (LOOP_READ | LOOP_HANGUP))
		ctlsock_read(client);
	ctlsock_flush(client);
	if (client->broken)
		ctlsock_drop(client);
}

static void ctlsock_on_event(void *arg, json_t *event)
{
	struct ctlsock *ctl = arg;
	struct ctlsock_client *client;

	DL_FOREACH(ctl->clients, client) {
		if (!client->watches || client->broken)
			continue;
		ctlsock_say(client, json_pack("{s:O}", "item", event));
		loop_io_set(client->io, LOOP_READ | LOOP_WRITE);
		/* The hang-up makes the loop call for him, and he is dropped there. */
		if (client->broken)
			shutdown(client->fd, SHUT_RDWR);
	}
}

static void ctlsock_on_io(void *arg, unsigned int events)
{
	struct ctlsock *ctl = arg;
	struct ctlsock_client *client;
	int fd;

	(void)events;
	fd = accept4(ctl->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	if (fd < 0)
		return;
	client = ctl->clients_n < CTLSOCK_CLIENTS_MAX ? calloc(1, sizeof(*client)) : NULL;
	if (client)
		client->io = loop_io(ctl->daemon->loop, fd, LOOP_READ, ctlsock_on_client,
				     client);
	if (!client || !client->io) {
		log_limited(LOG_LEVEL_WARNING, "too many programs at the control socket");
		free(client);
		close(fd);
		return;
	}
	client->ctl = ctl;
	client->fd = fd;
	DL_APPEND(ctl->clients, client);
	ctl->clients_n++;
}

/* A socket that nobody answers is of a daemon that was killed: it goes. */
static bool ctlsock_clear(const struct sockaddr_un *address, char err[CTLSOCK_ERROR_MAX])
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int r;

	if (fd < 0) {
		snprintf(err, CTLSOCK_ERROR_MAX, "cannot make a socket: %s", strerror(errno));
		return false;
	}
	r = connect(fd, (const struct sockaddr *)address, sizeof(*address));
	if (r < 0 && errno == ECONNREFUSED)
		unlink(address->sun_path);
	close(fd);
	if (r == 0)
		snprintf(err, CTLSOCK_ERROR_MAX,
			 "another kpptpd answers at %s: stop it or choose another control-socket",
			 address->sun_path);
	return r < 0;
}

/* The directory of @path, if it is not there; its parents are the system's. */
static void ctlsock_make_directory(const char *path)
{
	char dir[CONFIG_PATH_MAX];
	char *slash;

	snprintf(dir, sizeof(dir), "%s", path);
	slash = strrchr(dir, '/');
	if (slash && slash != dir) {
		*slash = 0;
		mkdir(dir, 0755);
	}
}

static int ctlsock_listen(const char *path, char err[CTLSOCK_ERROR_MAX])
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	mode_t mask;
	int fd, r;

	snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	ctlsock_make_directory(path);
	if (!ctlsock_clear(&address, err))
		return -1;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	mask = umask(0117);
	r = fd < 0 ? -1 : bind(fd, (const struct sockaddr *)&address, sizeof(address));
	umask(mask);
	if (r == 0 && listen(fd, CTLSOCK_CLIENTS_MAX) == 0)
		return fd;
	snprintf(err, CTLSOCK_ERROR_MAX, "cannot listen at %s: %s", path, strerror(errno));
	if (fd >= 0)
		close(fd);
	return -1;
}

struct ctlsock *ctlsock_open(struct daemon *daemon, const char *path,
			     ctlsock_reload_fn reload, void *arg,
			     char err[CTLSOCK_ERROR_MAX])
{
	struct ctlsock *ctl = calloc(1, sizeof(*ctl));

	snprintf(err, CTLSOCK_ERROR_MAX, "no memory");
	if (!ctl)
		return NULL;
	ctl->daemon = daemon;
	ctl->reload = reload;
	ctl->arg = arg;
	snprintf(ctl->path, sizeof(ctl->path), "%s", path);
	ctl->fd = ctlsock_listen(path, err);
	if (ctl->fd >= 0)
		ctl->io = loop_io(daemon->loop, ctl->fd, LOOP_READ, ctlsock_on_io, ctl);
	if (!ctl->io) {
		ctlsock_close(ctl);
		return NULL;
	}
	daemon->events.fn = ctlsock_on_event;
	daemon->events.arg = ctl;
	return ctl;
}

void ctlsock_close(struct ctlsock *ctl)
{
	struct ctlsock_client *client, *next;

	if (!ctl)
		return;
	DL_FOREACH_SAFE(ctl->clients, client, next)
		ctlsock_drop(client);
	loop_source_free(ctl->io);
	if (ctl->fd >= 0) {
		close(ctl->fd);
		unlink(ctl->path);
	}
	free(ctl);
}
