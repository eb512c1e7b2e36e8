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

/*
 * The device as the finished session wants it: addresses, up, and its size, unless
 * others have it too.
 */
static int set_up_device(struct seam *seam, struct tunnel_args *tunnel,
			 uint32_t ifindex)
{
	struct rtmsg_change change = { .set_up = true, .up = true };
	struct nl_session made;
	struct nl_error err;

	if (kernel_session_get(&seam->kernel, tunnel->session.id, &made, &err))
		return ctl_refused("cannot read the new session", &err);
	if (!made.inner_count)
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

/* A multipoint device may be there already, with other sessions. */
static int find_device(struct seam *seam, const struct tunnel_args *tunnel,
		       struct rtmsg_link *link, bool *made)
{
	const char *kind = tunnel->session.inner_count ? DEVICE_MP : DEVICE_P2P;
	struct nl_error err;

	*made = !tunnel->session.inner_count ||
		device_get(seam->route, tunnel->name, link, &err) || strcmp(link->kind, kind);
	if (*made && device_add(seam->route, kind, tunnel->name, link, &err))
		return ctl_refused("cannot make the device", &err);
	return CTL_OK;
}

/* All of it or nothing: the device takes its session and addresses with it. */
static int make_tunnel(struct seam *seam, struct tunnel_args *tunnel,
		       struct rtmsg_link *link)
{
	struct nl_error err;
	bool made;
	int ret;

	ret = find_device(seam, tunnel, link, &made);
	if (ret)
		return ret;
	ret = make_session(seam, tunnel, link->ifindex);
	if (ret && made && device_del(seam->route, link->ifindex, &err))
		ctl_refused("cannot remove the half-made device", &err);
	else if (ret && !made && tunnel->session.id &&
		 kernel_session_del(&seam->kernel, tunnel->session.id, &err))
		ctl_refused("cannot remove the half-made session", &err);
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

/* One session of a device that has many. */
static int remove_session(struct kernel *kernel, const struct rtmsg_link *link, uint32_t id)
{
	struct nl_session session;
	struct nl_error err;

	if (kernel_session_get(kernel, id, &session, &err))
		return ctl_refused("cannot remove the session", &err);
	if (session.ifindex != link->ifindex)
		return ctl_fail("session %u is not on %s, so it stays", id, link->name);
	if (kernel_session_del(kernel, id, &err))
		return ctl_refused("cannot remove the session", &err);
	return CTL_OK;
}

/* Devices of other kinds are none of our business. @id 0: the device itself. */
static int remove_tunnel(struct seam *seam, const char *name, uint32_t id)
{
	struct rtmsg_link link;
	struct nl_error err;

	if (device_get(seam->route, name, &link, &err))
		return ctl_refused("cannot remove the tunnel", &err);
	if (strcmp(link.kind, DEVICE_P2P) && strcmp(link.kind, DEVICE_MP))
		return ctl_fail("%s is no kpptp device, so it stays", name);
	if (id)
		return remove_session(&seam->kernel, &link, id);
	if (device_del(seam->route, link.ifindex, &err))
		return ctl_refused("cannot remove the tunnel", &err);
	return CTL_OK;
}

/* "session NUMBER", or nothing and 0. */
static bool parse_session(struct args *args, unsigned long *id)
{
	*id = 0;
	if (!args->left || strcmp(*args->next, "session"))
		return true;
	args_take(args);
	return args_number(args, "session", 1, INT32_MAX, id);
}

int tunnel_del(const struct ctl *ctl, int argc, char **argv)
{
	struct args args = { .left = argc, .next = argv };
	const char *name = args_device(&args);
	struct seam seam = { 0 };
	unsigned long id;
	int ret = -1;

	if (!name || !parse_session(&args, &id) || !args_end(&args))
		return CTL_USAGE;
	if (!id)
		ret = dial_del(ctl, name);
	if (ret >= 0)
		return ret;
	ret = seam_open(&seam);
	if (!ret)
		ret = remove_tunnel(&seam, name, (uint32_t)id);
	seam_close(&seam);
	return ret;
}
