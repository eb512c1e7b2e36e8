// SPDX-License-Identifier: GPL-2.0-or-later
#include "tunnel.h"

#include <stdio.h>
#include <string.h>

#include <jansson.h>
#include <linux/netlink.h>

#include "dial.h"
#include "keyfile.h"
#include "nl/device.h"
#include "nl/kernel.h"
#include "nl/nlsock.h"
#include "tunnel_args.h"

/* The two sockets that a tunnel takes. */
struct seam {
	struct kernel kernel;
	struct nlsock *route;
};

static int seam_open(struct seam *seam)
{
	struct nl_error err;

	if (kernel_open(&seam->kernel, 0, &err))
		return ctl_fail("%s", err.text);
	seam->route = nlsock_open(NETLINK_ROUTE, 0, &err);
	return seam->route ? CTL_OK : ctl_fail("%s", err.text);
}

static void seam_close(struct seam *seam)
{
	nlsock_close(seam->route);
	kernel_close(&seam->kernel);
}

static bool read_keys(struct tunnel_args *tunnel)
{
	struct nl_session *session = &tunnel->session;
	struct keyfile keys;
	bool good;

	if (!tunnel->key_file)
		return true;
	good = keyfile_read(tunnel->key_file, session->tx.bits, &keys);
	if (good) {
		memcpy(session->tx.key, keys.tx, sizeof(session->tx.key));
		memcpy(session->rx.key, keys.rx, sizeof(session->rx.key));
	}
	explicit_bzero(&keys, sizeof(keys));
	return good;
}

/* The device as the finished session wants it: size, addresses, up. */
static int set_up_device(struct seam *seam, struct tunnel_args *tunnel,
			 uint32_t ifindex)
{
	struct rtmsg_change change = { .set_up = true, .up = true };
	struct nl_session made;
	struct nl_error err;

	if (kernel_session_get(&seam->kernel, tunnel->session.id, &made, &err))
		return ctl_refused("cannot read the new session", &err);
	change.mtu = made.mtu;
	tunnel->address.ifindex = ifindex;
	if (tunnel->address.local.s_addr &&
	    device_address_add(seam->route, &tunnel->address, &err))
		return ctl_refused("cannot set the address", &err);
	if (device_set(seam->route, ifindex, &change, &err))
		return ctl_refused("cannot set the device up", &err);
	return CTL_OK;
}

static int make_session(struct seam *seam, struct tunnel_args *tunnel,
			uint32_t ifindex)
{
	struct nl_error err;

	tunnel->session.ifindex = ifindex;
	tunnel->session.given |= NL_GIVEN(KPPTP_A_SESSION_IFINDEX);
	if (kernel_session_new(&seam->kernel, &tunnel->session, &err))
		return ctl_refused("cannot make the session", &err);
	return set_up_device(seam, tunnel, ifindex);
}

/* All of it or nothing: the device takes its session and addresses with it. */
static int make_tunnel(struct seam *seam, struct tunnel_args *tunnel,
		       struct rtmsg_link *link)
{
	struct nl_error err;
	int ret;

	if (device_add(seam->route, tunnel->name, link, &err))
		return ctl_refused("cannot make the device", &err);
	ret = make_session(seam, tunnel, link->ifindex);
	if (ret && device_del(seam->route, link->ifindex, &err))
		ctl_refused("cannot remove the half-made device", &err);
	return ret;
}

static void report(const struct ctl *ctl, const struct tunnel_args *tunnel,
		   const struct rtmsg_link *link)
{
	const struct nl_session *session = &tunnel->session;
	json_t *object;

	if (!ctl->json) {
		if (strcmp(link->name, tunnel->name))
			printf("device %s\n", link->name);
		if (!(session->given & NL_GIVEN(KPPTP_A_SESSION_LOCAL_CALL_ID)))
			printf("local-id %u\n", session->local_call_id);
		return;
	}
	object = json_pack("{s:s, s:i, s:i, s:i}", "ifname", link->name,
			   "id", (int)session->id,
			   "local_call_id", session->local_call_id,
			   "peer_call_id", session->peer_call_id);
	json_dumpf(object, stdout, JSON_COMPACT);
	putchar('\n');
	json_decref(object);
}

int tunnel_add(const struct ctl *ctl, int argc, char **argv)
{
	struct args args = { .left = argc, .next = argv };
	struct tunnel_args tunnel;
	struct seam seam = { 0 };
	struct rtmsg_link link;
	int ret = CTL_FAILED;

	if (dial_wanted(argc, argv))
		return dial_add(ctl, argc, argv);
	if (!tunnel_args_parse(&tunnel, &args))
		return CTL_USAGE;
	if (read_keys(&tunnel)) {
		ret = seam_open(&seam);
		if (!ret)
			ret = make_tunnel(&seam, &tunnel, &link);
		if (!ret)
			report(ctl, &tunnel, &link);
		seam_close(&seam);
	}
	explicit_bzero(&tunnel, sizeof(tunnel));
	return ret;
}

/* Devices of other kinds are none of our business. */
static int remove_tunnel(struct nlsock *route, const char *name)
{
	struct rtmsg_link link;
	struct nl_error err;

	if (device_get(route, name, &link, &err))
		return ctl_refused("cannot remove the tunnel", &err);
	if (strcmp(link.kind, KPPTP_FAMILY_NAME))
		return ctl_fail("%s is no kpptp device, so it stays", name);
	if (device_del(route, link.ifindex, &err))
		return ctl_refused("cannot remove the tunnel", &err);
	return CTL_OK;
}

int tunnel_del(const struct ctl *ctl, int argc, char **argv)
{
	struct args args = { .left = argc, .next = argv };
	const char *name = args_device(&args);
	struct nlsock *route;
	struct nl_error err;
	int ret;

	if (!name || !args_end(&args))
		return CTL_USAGE;
	ret = dial_del(ctl, name);
	if (ret >= 0)
		return ret;
	route = nlsock_open(NETLINK_ROUTE, 0, &err);
	if (!route)
		return ctl_fail("%s", err.text);
	ret = remove_tunnel(route, name);
	nlsock_close(route);
	return ret;
}
