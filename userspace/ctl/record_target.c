// SPDX-License-Identifier: GPL-2.0-or-later
#include "record_target.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <string.h>

#include "dsock.h"
#include "nl/kernel.h"

/* The address of the last item of @user in the daemon's answer to @command. */
static bool ask(struct dsock *sock, const char *command, const char *user,
		struct in_addr *address)
{
	json_t *items = json_array(), *item;
	const char *name, *peer;
	bool found = false;
	size_t i;

	json_decref(dsock_ask(sock, json_pack("{s:s}", "command", command), items));
	json_array_foreach(items, i, item) {
		name = json_string_value(json_object_get(item, "user"));
		peer = json_string_value(json_object_get(item, "peer"));
		if (name && peer && !strcmp(name, user))
			found |= inet_pton(AF_INET, peer, address) == 1;
	}
	json_decref(items);
	return found;
}

bool record_target_user(const struct ctl *ctl, const char *name, struct in_addr *address)
{
	struct dsock *sock = dsock_open(ctl->socket);
	bool found;

	if (!sock) {
		dsock_fail(ctl->socket);
		return false;
	}
	found = ask(sock, "sessions", name, address) || ask(sock, "tunnels", name, address) ||
		ask(sock, "failures", name, address);
	dsock_close(sock);
	if (!found)
		ctl_fail("kpptpd has no session of %s and refused none: give its address",
			 name);
	return found;
}

/* Who is at the other end of a device, and of how many sessions. */
struct ends {
	struct in_addr peer;
	unsigned int sessions;
};

static void take(const struct nl_session *session, void *arg)
{
	struct ends *ends = arg;

	ends->peer = session->peer;
	ends->sessions++;
}

bool record_target_device(const char *name, struct in_addr *address)
{
	struct nl_session filter = {
		.given = NL_GIVEN(KPPTP_A_SESSION_IFINDEX),
		.ifindex = if_nametoindex(name),
	};
	struct kernel kernel = { 0 };
	struct ends ends = { 0 };
	struct nl_error err;
	int ret;

	if (!filter.ifindex) {
		ctl_fail("there is no device %s", name);
		return false;
	}
	ret = kernel_open(&kernel, 0, &err);
	if (!ret)
		ret = kernel_session_each(&kernel, &filter, take, &ends, &err);
	kernel_close(&kernel);
	*address = ends.peer;
	if (ret)
		ctl_refused("cannot read the sessions", &err);
	else if (!ends.sessions)
		ctl_fail("the device %s has no session", name);
	else if (ends.sessions > 1)
		ctl_fail("the device %s has %u sessions: give a user or an address", name,
			 ends.sessions);
	return !ret && ends.sessions == 1;
}
