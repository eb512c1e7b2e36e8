// SPDX-License-Identifier: GPL-2.0-or-later
#include "report.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>

#include "nl/names.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static void set_number(json_t *object, const char *key, uint64_t value)
{
	json_object_set_new(object, key, json_integer((json_int_t)value));
}

static void set_address(json_t *object, const char *key, struct in_addr address)
{
	char text[INET_ADDRSTRLEN];

	inet_ntop(AF_INET, &address, text, sizeof(text));
	json_object_set_new(object, key, json_string(text));
}

/* The names of the bits that are set. */
static json_t *bits(uint32_t value, const char *(*name)(unsigned int bit))
{
	json_t *array = json_array();
	unsigned int bit;

	for (bit = 0; bit < 32; bit++) {
		if (value & 1u << bit && name(bit))
			json_array_append_new(array, json_string(name(bit)));
	}
	return array;
}

/* "rx-packets" -> "rx_packets" */
static void set_counter(json_t *object, const char *name, uint64_t value)
{
	char key[32];
	char *dash;

	snprintf(key, sizeof(key), "%s", name);
	while ((dash = strchr(key, '-')))
		*dash = '_';
	set_number(object, key, value);
}

static json_t *counters(const uint64_t *values, int max, const char *(*name)(int attr))
{
	json_t *object = json_object();
	int attr;

	for (attr = 1; attr <= max; attr++) {
		if (name(attr))
			set_counter(object, name(attr), values[attr]);
	}
	return object;
}

json_t *report_stats(const uint64_t *stats)
{
	return counters(stats, KPPTP_A_STATS_MAX, names_stats);
}

json_t *report_drops(const uint64_t *drops)
{
	return counters(drops, KPPTP_A_DROPS_MAX, names_drops);
}

static void mppe_text(const struct nl_mppe *mppe, char *text, size_t room)
{
	if (mppe->bits)
		snprintf(text, room, "%u-bit %s%s", mppe->bits,
			 mppe->stateless ? "stateless" : "stateful",
			 mppe->compress ? " MPPC" : "");
	else
		snprintf(text, room, "none");
}

/* Both directions are the same but for odd static sessions. */
static void set_mppe(json_t *object, const struct nl_session *session)
{
	char tx[32], rx[32], both[80];

	mppe_text(&session->tx, tx, sizeof(tx));
	mppe_text(&session->rx, rx, sizeof(rx));
	if (strcmp(tx, rx))
		snprintf(both, sizeof(both), "tx %s, rx %s", tx, rx);
	else
		snprintf(both, sizeof(both), "%s", tx);
	json_object_set_new(object, "mppe", json_string(both));
}

/* The numbers of a session, by attribute. */
struct number {
	int attr;
	const char *key;
};

static uint32_t number_of(const struct nl_session *session, int attr)
{
	switch (attr) {
	case KPPTP_A_SESSION_ID:
		return session->id;
	case KPPTP_A_SESSION_LOCAL_CALL_ID:
		return session->local_call_id;
	case KPPTP_A_SESSION_PEER_CALL_ID:
		return session->peer_call_id;
	case KPPTP_A_SESSION_IFINDEX:
		return session->ifindex;
	case KPPTP_A_SESSION_PEER_MRU:
		return session->peer_mru;
	case KPPTP_A_SESSION_MTU:
		return session->mtu;
	case KPPTP_A_SESSION_REORDER_WINDOW:
		return session->reorder_window;
	case KPPTP_A_SESSION_REORDER_TIMEOUT:
		return session->reorder_timeout;
	case KPPTP_A_SESSION_TTL:
		return session->ttl;
	case KPPTP_A_SESSION_TOS:
		return session->tos;
	case KPPTP_A_SESSION_OWNER:
		return session->owner;
	case KPPTP_A_SESSION_AGE:
		return session->age;
	case KPPTP_A_SESSION_IDLE:
		return session->idle;
	case KPPTP_A_SESSION_SILENT:
		return session->silent;
	case KPPTP_A_SESSION_RELAY:
		return session->relay;
	}
	return 0;
}

static void set_numbers(json_t *object, const struct nl_session *session)
{
	static const struct number numbers[] = {
		{ KPPTP_A_SESSION_ID, "id" },
		{ KPPTP_A_SESSION_IFINDEX, "ifindex" },
		{ KPPTP_A_SESSION_LOCAL_CALL_ID, "local_call_id" },
		{ KPPTP_A_SESSION_PEER_CALL_ID, "peer_call_id" },
		{ KPPTP_A_SESSION_PEER_MRU, "peer_mru" },
		{ KPPTP_A_SESSION_MTU, "mtu" },
		{ KPPTP_A_SESSION_REORDER_WINDOW, "reorder_window" },
		{ KPPTP_A_SESSION_REORDER_TIMEOUT, "reorder_timeout" },
		{ KPPTP_A_SESSION_TTL, "ttl" },
		{ KPPTP_A_SESSION_TOS, "tos" },
		{ KPPTP_A_SESSION_OWNER, "owner" },
		{ KPPTP_A_SESSION_AGE, "uptime" },
		{ KPPTP_A_SESSION_IDLE, "idle" },
		{ KPPTP_A_SESSION_SILENT, "silent" },
		{ KPPTP_A_SESSION_RELAY, "relay" },
	};
	size_t i;

	for (i = 0; i < COUNT(numbers); i++) {
		if (session->given & NL_GIVEN(numbers[i].attr))
			set_number(object, numbers[i].key,
				   number_of(session, numbers[i].attr));
	}
}

/* The four that everybody wants beside the session; show stats has all. */
static void set_traffic(json_t *object, const uint64_t *stats)
{
	set_number(object, "rx_bytes", stats[KPPTP_A_STATS_RX_BYTES]);
	set_number(object, "tx_bytes", stats[KPPTP_A_STATS_TX_BYTES]);
	set_number(object, "rx_packets", stats[KPPTP_A_STATS_RX_PACKETS]);
	set_number(object, "tx_packets", stats[KPPTP_A_STATS_TX_PACKETS]);
}

static json_t *prefixes(const struct nl_inner *inner, unsigned int count)
{
	json_t *array = json_array();
	char text[64];
	unsigned int i;

	for (i = 0; i < count; i++)
		json_array_append_new(array, json_string(rtroute_prefix_text(&inner[i].prefix,
									     text)));
	return array;
}

json_t *report_session(const struct nl_session *session)
{
	json_t *object = json_object();
	char name[IF_NAMESIZE];

	set_numbers(object, session);
	if (session->ifindex && if_indextoname(session->ifindex, name))
		json_object_set_new(object, "ifname", json_string(name));
	if (session->given & NL_GIVEN(KPPTP_A_SESSION_LOCAL_ADDRESS))
		set_address(object, "local", session->local);
	if (session->given & NL_GIVEN(KPPTP_A_SESSION_PEER_ADDRESS))
		set_address(object, "peer", session->peer);
	if (session->given & NL_GIVEN(KPPTP_A_SESSION_FLAGS)) {
		json_object_set_new(object, "flags", bits(session->flags, names_flag));
		set_mppe(object, session);
	}
	if (session->given & NL_GIVEN(KPPTP_A_SESSION_INNER))
		json_object_set_new(object, "inner",
				    prefixes(session->inner, session->inner_count));
	if (session->given & NL_GIVEN(KPPTP_A_SESSION_STATUS))
		json_object_set_new(object, "status", bits(session->status, names_status));
	if (session->given & NL_GIVEN(KPPTP_A_SESSION_STATS))
		set_traffic(object, session->stats);
	return object;
}

static const char *event_name(int cmd)
{
	switch (cmd) {
	case KPPTP_CMD_FRAME_RECEIVED:
		return "frame-received";
	case KPPTP_CMD_SESSION_CREATED:
		return "session-created";
	case KPPTP_CMD_SESSION_DELETED:
		return "session-deleted";
	case KPPTP_CMD_MTU_CHANGED:
		return "mtu-changed";
	case KPPTP_CMD_FIRST_DATA:
		return "first-data";
	case KPPTP_CMD_DESYNC:
		return "desync";
	case KPPTP_CMD_RELAY_ENDED:
		return "relay-ended";
	case KPPTP_CMD_DEMAND:
		return "demand";
	}
	return "unknown";
}

json_t *report_event(const struct nl_event *event)
{
	json_t *object = json_object();
	struct timeval now;
	json_t *session;

	gettimeofday(&now, NULL);
	json_object_set_new(object, "event", json_string(event_name(event->cmd)));
	json_object_set_new(object, "source", json_string("kernel"));
	json_object_set_new(object, "time",
			    json_real(now.tv_sec + now.tv_usec / 1000 / 1000.0));
	session = report_session(&event->session);
	json_object_update(object, session);
	json_decref(session);
	if (event->cmd == KPPTP_CMD_SESSION_DELETED)
		json_object_set_new(object, "reason", json_string(names_reason(event->reason)));
	if (event->cmd == KPPTP_CMD_DESYNC)
		json_object_set_new(object, "desync", json_string(names_desync(event->desync)));
	return object;
}
