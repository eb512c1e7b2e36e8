// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a former daemon has left in the kernel, to go on with: sessions that carry
 * packets all the while, and lack an owner for their control frames.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf6.h"
#include "ksession_priv.h"
#include "mpdev.h"
#include "nl/device.h"
#include "nl/nlsock.h"

static bool ksession_is_former(const struct ksession_former *former,
			       const struct nl_session *session)
{
	const uint32_t flags = KPPTP_SESSION_FLAGS_CONTROL | KPPTP_SESSION_FLAGS_UP;

	return (session->flags & flags) == flags &&
	       session->status & KPPTP_SESSION_STATUS_ORPHANED && session->ifindex &&
	       session->local_call_id == former->call_id &&
	       session->local.s_addr == former->local.s_addr &&
	       session->peer.s_addr == former->peer.s_addr;
}

/* The networks behind the peer: all of its inner prefixes but its own address. */
static void ksession_adopt_routes(struct ksession *s, const struct nl_session *session)
{
	struct rtroute_prefix host = ksession_host(s->remote);
	unsigned int i;

	for (i = 0; i < session->inner_count && s->routes_n < POLICY_ROUTES_MAX; i++) {
		const struct rtroute_prefix *prefix = &session->inner[i].prefix;

		if (prefix->bits == host.bits && prefix->address.family == host.address.family &&
		    !memcmp(prefix->address.octets, host.address.octets, sizeof(s->remote)))
			continue;
		s->routes[s->routes_n++] = *prefix;
	}
}

/* The device may have got another name meanwhile. */
static int ksession_adopt_device(struct ksession *s, const struct nl_session *session,
				 struct nl_error *err)
{
	struct rtmsg_link link;
	int denied = 0, r;

	if (!if_indextoname(session->ifindex, s->device))
		return nlsock_refuse(err, ENODEV, "the device of session %u is gone", s->id);
	r = device_get(s->ks->route, s->device, &link, err);
	if (r < 0)
		return r;
	s->ifindex = session->ifindex;
	s->shared = mpdev_is(s->ks->route, s->ifindex);
	if (s->shared)
		ksession_adopt_routes(s, session);
	else
		s->mtu = link.mtu;
	s->ipv6_denied = conf6_get("default", "disable_ipv6", &denied) && denied;
	return 0;
}

static int ksession_take_over(struct ksession *s, struct nl_error *err)
{
	struct nl_session set = {
		.given = NL_GIVEN(KPPTP_A_SESSION_ID) | NL_GIVEN(KPPTP_A_SESSION_TAKE_OVER),
		.id = s->id,
		.take_over = true,
	};
	int r = kernel_session_set(&s->ks->kernel, &set, err);

	ksessions_kept(s->ks);
	return r;
}

/* A path that has changed while nobody listened is in @session. */
static int ksession_go_on(struct ksession *s, const struct nl_session *session,
			  struct nl_error *err)
{
	int r = ksession_adopt_device(s, session, err);

	if (r == 0)
		r = ksession_take_over(s, err);
	if (r == 0)
		ksession_set_mtu(s, session->mtu);
	return r;
}

static struct ksession *ksession_of(struct ksessions *ks, const struct ksession_former *former,
				    const struct ksession_ops *ops, void *arg)
{
	struct ksession *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->ks = ks;
	s->id = former->id;
	s->call_id = former->call_id;
	s->local = former->inner_local;
	s->remote = former->inner_remote;
	if (former->ipv6)
		s->link_local = ksession_link_local(former->ipv6);
	s->mtu_max = former->mtu_max;
	s->ops = ops;
	s->arg = arg;
	return s;
}

struct ksession *ksession_adopt(struct ksessions *ks, const struct ksession_former *former,
				const struct ksession_ops *ops, void *arg,
				struct nl_error *err)
{
	struct nl_session session;
	struct ksession *s;

	if (kernel_session_get(&ks->kernel, former->id, &session, err) < 0)
		return NULL;
	if (!ksession_is_former(former, &session)) {
		nlsock_refuse(err, ENOENT, "session %u is not the one that it was", former->id);
		return NULL;
	}
	s = ksession_of(ks, former, ops, arg);
	if (!s) {
		nlsock_refuse(err, ENOMEM, "no memory");
		return NULL;
	}
	if (ksession_go_on(s, &session, err) < 0) {
		free(s);
		return NULL;
	}
	HASH_ADD(hh, ks->by_id, id, sizeof(s->id), s);
	return s;
}
