// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Sessions that wait for demand. Between two calls the device is theirs, and never
 * without one of the two.
 */
#include <string.h>

#include "ksession_priv.h"

struct ksession *ksession_park(struct ksessions *ks, const struct ksession_ops *ops, void *arg,
			       struct nl_error *err)
{
	struct nl_session session = {
		.given = NL_GIVEN(KPPTP_A_SESSION_FLAGS),
		.flags = KPPTP_SESSION_FLAGS_CONTROL | KPPTP_SESSION_FLAGS_DEMAND,
	};

	return ksession_add(ks, &session, ops, arg, err);
}

static int ksession_attach(struct ksession *s, struct nl_error *err)
{
	struct nl_session set = {
		.given = NL_GIVEN(KPPTP_A_SESSION_ID) | NL_GIVEN(KPPTP_A_SESSION_IFINDEX),
		.id = s->id,
		.ifindex = s->ifindex,
	};
	int r = kernel_session_set(&s->ks->kernel, &set, err);

	ksessions_kept(s->ks);
	return r;
}

int ksession_open_device(struct ksession *s, const struct ksession_network *net,
			 struct nl_error *err)
{
	int r = ksession_make_device(s, net, err);

	return r < 0 ? r : ksession_attach(s, err);
}

void ksession_borrow_device(struct ksession *s, struct ksession *from)
{
	s->ifindex = from->ifindex;
	memcpy(s->device, from->device, sizeof(s->device));
	s->local = from->local;
	s->remote = from->remote;
	s->link_local = from->link_local;
	s->ipv6_denied = from->ipv6_denied;
	s->hear_routers = from->hear_routers;
	s->mtu_max = from->mtu_max;
	s->mtu = from->mtu;
	from->ifindex = 0;
	from->device[0] = 0;
	from->local.s_addr = 0;
	from->remote.s_addr = 0;
	from->link_local = in6addr_any;
}

int ksession_take_device(struct ksession *s, struct ksession *from, struct nl_error *err)
{
	int r;

	ksession_borrow_device(s, from);
	r = ksession_attach(s, err);
	return r < 0 ? r : ksession_set_ipv6(s, NULL, err);
}
