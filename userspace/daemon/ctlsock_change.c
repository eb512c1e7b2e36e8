// SPDX-License-Identifier: GPL-2.0-or-later
/* Commands of the control socket that change. */
#include <string.h>

#include "ctlsock_priv.h"
#include "link.h"
#include "tunnels.h"

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

void ctlsock_del_tunnel(struct ctlsock_client *client, const json_t *request)
{
	ctlsock_about(client, request, "name", tunnels_del);
}

void ctlsock_connect(struct ctlsock_client *client, const json_t *request)
{
	ctlsock_about(client, request, "name", tunnels_connect);
}

typedef bool (*ctlsock_change_fn)(struct tunnels *tunnels, const char *name,
				  const json_t *settings, bool *clear,
				  char err[TUNNEL_ERROR_MAX]);

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
}

void ctlsock_add_tunnel(struct ctlsock_client *client, const json_t *request)
{
	ctlsock_change(client, request, tunnels_add);
}

void ctlsock_set_tunnel(struct ctlsock_client *client, const json_t *request)
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
void ctlsock_disconnect(struct ctlsock_client *client, const json_t *request)
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
