// SPDX-License-Identifier: GPL-2.0-or-later
/* Commands of the control socket that tell. */
#include <stdlib.h>
#include <uthash.h>

#include "connection.h"
#include "ctlsock_priv.h"
#include "line.h"
#include "link.h"
#include "tunnels.h"

/* The daemon's view of one session, looked up by the kernel's list. */
struct ctlsock_row {
	uint32_t session;
	struct link_info info;
	uint64_t rx_bytes, tx_bytes, rx_packets, tx_packets;
	UT_hash_handle hh;
};

/* What ctlsock_say_dialled() fills. */
struct ctlsock_list {
	struct ctlsock_client *client;
	unsigned int n;
};

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

/* "" where there is none. */
static json_t *ctlsock_network6(const struct in6_addr *network)
{
	char text[INET6_ADDRSTRLEN];

	if (IN6_IS_ADDR_UNSPECIFIED(network))
		return json_string("");
	inet_ntop(AF_INET6, network, text, sizeof(text));
	return json_sprintf("%s/%d", text, RA_PREFIX_LEN);
}

static json_t *ctlsock_prefixes(const struct rtroute_prefix *prefix, unsigned int n)
{
	json_t *list = json_array();
	unsigned int i;
	char text[64];

	for (i = 0; i < n; i++)
		json_array_append_new(list, json_string(rtroute_prefix_text(&prefix[i], text)));
	return list;
}

static json_t *ctlsock_session(const struct ctlsock_row *row)
{
	const struct link_info *info = &row->info;
	char peer[INET_ADDRSTRLEN], local[INET_ADDRSTRLEN], address[INET_ADDRSTRLEN];
	uint64_t uptime = info->up_since ? (loop_now() - info->up_since) / 1000 : 0;
	json_t *session;

	session = json_pack("{sI,si,ss,ss,ss,ss,ss,so,so,ss,ss,ss,si,sI,sI,sI,sI,sI,sI,ss,ss,ss}",
			    "id", (json_int_t)info->session, "call", (int)info->call_id,
			    "user", info->user, "peer", ctlsock_address(info->peer, peer),
			    "local", ctlsock_address(info->local, local),
			    "ifname", info->device,
			    "address", ctlsock_address(info->address, address),
			    "network6", ctlsock_network6(&info->network6),
			    "delegated", ctlsock_prefixes(info->delegated, info->delegated_n),
			    "phase", info->up_since ? "up" : info->phase,
			    "auth", info->auth,
			    "mppe", info->mppe, "mtu", (int)info->mtu,
			    "uptime", (json_int_t)uptime,
			    "rtt_us", (json_int_t)info->rtt,
			    "rx_bytes", (json_int_t)row->rx_bytes,
			    "tx_bytes", (json_int_t)row->tx_bytes,
			    "rx_packets", (json_int_t)row->rx_packets,
			    "tx_packets", (json_int_t)row->tx_packets,
			    "client_host", info->host, "client_vendor", info->vendor,
			    "client_ident", info->ident);
	json_object_set_new(session, "informed", json_integer(info->informed));
	json_object_set_new(session, "forged", json_integer(info->forged));
	return session;
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

void ctlsock_sessions(struct ctlsock_client *client, const json_t *request)
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
	return json_pack("{ss,ss,ss,ss,ss,ss,ss,ss,ss,so,sI,sI,si,sb,ss}",
			 "role", "client", "name", cfg->name, "state", info.state,
			 "server", info.server, "peer", ctlsock_address(info.address, peer),
			 "user", cfg->user, "ifname", info.device,
			 "address", ctlsock_address(info.local, local),
			 "remote", ctlsock_address(info.remote, remote),
			 "dhcp_routes", ctlsock_prefixes(info.learned, info.learned_n),
			 "uptime", (json_int_t)((loop_now() - info.since) / 1000),
			 "next_try", ctlsock_until(info.next_try), "tries", (int)info.tries,
			 "persist", cfg->persist, "error", info.error);
}

static void ctlsock_say_dialled(void *arg, const struct dialer *dialer)
{
	struct ctlsock_list *list = arg;

	ctlsock_say(list->client, json_pack("{s:o}", "item", ctlsock_dialled(dialer)));
	list->n++;
}

/* Connections that we opened are told of as tunnels that we dial. */
void ctlsock_tunnels(struct ctlsock_client *client, const json_t *request)
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

void ctlsock_ports(struct ctlsock_client *client, const json_t *request)
{
	const struct line *line = client->ctl->daemon->lines;
	unsigned int n = 0;

	(void)request;
	for (; line; line = line_next(line), n++)
		ctlsock_say(client, json_pack("{s:o}", "item", ctlsock_port(line)));
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

void ctlsock_weak(struct ctlsock_client *client, const json_t *request)
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

void ctlsock_failures(struct ctlsock_client *client, const json_t *request)
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

void ctlsock_pools(struct ctlsock_client *client, const json_t *request)
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
void ctlsock_files(struct ctlsock_client *client, const json_t *request)
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
