// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Two sockets: the generic netlink one makes the sessions, and so owns them and
 * is given their frames; the route one makes devices.
 */
#include <errno.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf6.h"
#include "ksession_priv.h"
#include "lib/log.h"
#include "mpdev.h"
#include "nl/device.h"
#include "nl/names.h"
#include "nl/nlsock.h"
#include "nl/route.h"
#include "nl/rtmsg.h"

/* Frames of very many clients that begin at the same moment. */
#define KSESSION_RCVBUF		(4u << 20)

/* Events of one round; the loop comes back for the rest. */
#define KSESSION_BATCH		64

#define KSESSION_IPV6_MTU	1280

static struct ksession *ksession_find(struct ksessions *ks, uint32_t id)
{
	struct ksession *s;

	HASH_FIND(hh, ks->by_id, &id, sizeof(id), s);
	return s;
}

void ksessions_kept(struct ksessions *ks)
{
	if (nlsock_kept(ks->kernel.sock))
		loop_later_set(ks->later);
}

/*
 * Without IPV6CP nothing of IPv6 may pass: the kernel believes the router
 * advertisement of any peer on a machine that does not forward IPv6. With it only
 * a peer that we have dialled is believed, and its networks alone: who is the
 * default router is a matter of configured routes. What the kernel was built
 * without is not there.
 */
static void ksession_guard_ipv6(const struct ksession *s)
{
	bool closed = IN6_IS_ADDR_UNSPECIFIED(&s->link_local);

	if (s->ipv6_denied)
		return;
	conf6_set(s->device, "accept_ra", s->hear_routers ? 2 : 0);
	conf6_set(s->device, "accept_ra_defrtr", 0);
	conf6_set(s->device, "accept_ra_rt_info_max_plen", 0);
	conf6_set(s->device, "accept_redirects", 0);
	if (!conf6_set(s->device, "disable_ipv6", closed) && errno != ENOENT)
		log_limited(LOG_LEVEL_WARNING, "%s: cannot switch IPv6 %s: %s", s->device,
			    closed ? "off" : "on", strerror(errno));
}

/* The device is new. */
static void ksession_begin_ipv6(struct ksession *s)
{
	int denied = 0;

	s->ipv6_denied = conf6_get(s->device, "disable_ipv6", &denied) && denied;
	ksession_guard_ipv6(s);
}

/*
 * Sets the device's MTU to what the session can carry. That of a shared device is for
 * the others as well; there the kernel answers what is too big for one.
 */
void ksession_set_mtu(struct ksession *s, unsigned int mtu)
{
	struct rtmsg_change change = { 0 };
	struct nl_error err;

	if (mtu > s->mtu_max)
		mtu = s->mtu_max;
	if (!s->ifindex || mtu == 0 || mtu == s->mtu)
		return;
	if (s->shared) {
		s->mtu = mtu;
		return;
	}
	change.mtu = mtu;
	if (device_set(s->ks->route, s->ifindex, &change, &err) < 0) {
		log_limited(LOG_LEVEL_WARNING, "%s: cannot set the MTU %u: %s", s->device,
			    mtu, err.text);
		return;
	}
	/* Below its least MTU IPv6 forgets all about a device (RFC 8200 section 5). */
	if (s->mtu < KSESSION_IPV6_MTU && mtu >= KSESSION_IPV6_MTU)
		ksession_guard_ipv6(s);
	s->mtu = mtu;
}

/* Its device is removed by us when the kernel did not do it. */
static void ksession_on_gone(struct ksession *s, const char *reason)
{
	s->gone = true;
	s->ops->gone(s->arg, reason);
}

static void ksession_on_mtu(struct ksession *s, unsigned int mtu)
{
	unsigned int before = s->mtu;

	ksession_set_mtu(s, mtu);
	if (s->mtu != before)
		s->ops->mtu(s->arg, s->mtu);
}

static void ksessions_on_event(const struct nl_event *event, void *arg)
{
	struct ksession *s = ksession_find(arg, event->session.id);

	if (!s || s->gone)
		return;
	switch (event->cmd) {
	case KPPTP_CMD_FRAME_RECEIVED:
		s->ops->frame(s->arg, event->frame, event->frame_len);
		break;
	case KPPTP_CMD_SESSION_DELETED:
		ksession_on_gone(s, names_reason(event->reason));
		break;
	case KPPTP_CMD_MTU_CHANGED:
		ksession_on_mtu(s, event->mtu);
		break;
	case KPPTP_CMD_DESYNC:
		s->ops->desync(s->arg, names_desync(event->desync));
		break;
	case KPPTP_CMD_DEMAND:
		s->ops->demand(s->arg);
		break;
	}
}

static void ksession_mark(const struct nl_session *session, void *arg)
{
	struct ksession *s = ksession_find(arg, session->id);

	if (s)
		s->seen = true;
}

/* One whose deletion was not heard; NULL: none. */
static struct ksession *ksessions_unseen(struct ksessions *ks)
{
	struct ksession *s, *next;

	HASH_ITER(hh, ks->by_id, s, next) {
		if (!s->seen && !s->gone)
			return s;
	}
	return NULL;
}

/*
 * Events were lost. PPP repeats its frames by itself; only sessions that are
 * gone have to be looked for.
 */
static void ksessions_resync(struct ksessions *ks)
{
	struct ksession *s, *next;
	struct nl_error err;

	log_limited(LOG_LEVEL_WARNING,
		    "the kernel had more events than the socket holds, some are lost");
	HASH_ITER(hh, ks->by_id, s, next)
		s->seen = false;
	if (kernel_session_each(&ks->kernel, NULL, ksession_mark, ks, &err) < 0) {
		log_limited(LOG_LEVEL_WARNING, "cannot list the kernel's sessions: %s",
			    err.text);
		return;
	}
	while ((s = ksessions_unseen(ks)) != NULL)
		ksession_on_gone(s, "unknown");
}

void ksessions_receive(struct ksessions *ks)
{
	int n = kernel_events(&ks->kernel, KSESSION_BATCH, ksessions_on_event, ks);

	if (n == -ENOBUFS)
		ksessions_resync(ks);
	else if (n < 0)
		log_limited(LOG_LEVEL_ERROR, "cannot read from the kernel: %s", strerror(-n));
	ksessions_kept(ks);
}

static void ksessions_on_io(void *arg, unsigned int events)
{
	(void)events;
	ksessions_receive(arg);
}

static void ksessions_on_later(void *arg)
{
	ksessions_receive(arg);
}

static bool ksessions_watch(struct ksessions *ks, struct loop *loop,
			    struct nl_error *err)
{
	int fd = nlsock_fd(ks->kernel.sock);

	ks->io = loop_io(loop, fd, LOOP_READ, ksessions_on_io, ks);
	ks->later = loop_later(loop, ksessions_on_later, ks);
	if (ks->io && ks->later)
		return true;
	nlsock_refuse(err, ENOMEM, "no memory");
	return false;
}

struct ksessions *ksessions_open(struct loop *loop, struct nl_error *err)
{
	struct ksessions *ks = calloc(1, sizeof(*ks));

	if (!ks) {
		nlsock_refuse(err, ENOMEM, "no memory");
		return NULL;
	}
	if (kernel_open(&ks->kernel, KSESSION_RCVBUF, err) < 0 ||
	    kernel_join(&ks->kernel, err) < 0)
		goto close;
	ks->route = nlsock_open(NETLINK_ROUTE, 0, err);
	if (!ks->route || !ksessions_watch(ks, loop, err))
		goto close;
	return ks;

close:
	ksessions_close(ks);
	return NULL;
}

void ksessions_close(struct ksessions *ks)
{
	if (!ks)
		return;
	loop_source_free(ks->io);
	loop_source_free(ks->later);
	if (ks->route)
		nlsock_close(ks->route);
	kernel_close(&ks->kernel);
	free(ks);
}

void ksession_remove(struct ksessions *ks, uint32_t id, uint32_t ifindex)
{
	struct nl_error err;
	int r = 0;

	if (id)
		r = kernel_session_del(&ks->kernel, id, &err);
	if (r < 0 && r != -ENOENT)
		log_limited(LOG_LEVEL_WARNING, "cannot remove session %u: %s", id, err.text);
	r = 0;
	if (ifindex)
		r = device_del(ks->route, ifindex, &err);
	if (r < 0 && r != -ENODEV)
		log_limited(LOG_LEVEL_WARNING, "cannot remove the device of session %u: %s",
			    id, err.text);
}

int ksessions_each(struct ksessions *ks, kernel_session_fn fn, void *arg,
		   struct nl_error *err)
{
	int r = kernel_session_each(&ks->kernel, NULL, fn, arg, err);

	ksessions_kept(ks);
	return r;
}

static void ksession_describe(struct nl_session *to, const struct ksession_setup *setup)
{
	memset(to, 0, sizeof(*to));
	to->local = setup->local;
	to->peer = setup->peer;
	to->peer_call_id = setup->peer_call_id;
	to->flags = KPPTP_SESSION_FLAGS_CONTROL;
	if (setup->clamp_mss)
		to->flags |= KPPTP_SESSION_FLAGS_CLAMP_MSS;
	if (setup->copy_tos)
		to->flags |= KPPTP_SESSION_FLAGS_COPY_TOS;
	if (setup->no_df)
		to->flags |= KPPTP_SESSION_FLAGS_NO_DF;
	if (setup->require_mppe)
		to->flags |= KPPTP_SESSION_FLAGS_REQUIRE_MPPE;
	if (setup->raw)
		to->flags |= KPPTP_SESSION_FLAGS_RAW;
	to->reorder_window = (uint16_t)setup->reorder_packets;
	to->reorder_timeout = (uint16_t)setup->reorder_ms;
	to->ttl = (uint8_t)setup->ttl;
	to->outer_ifindex = setup->outer_ifindex;
	to->given = NL_GIVEN(KPPTP_A_SESSION_LOCAL_ADDRESS) |
		    NL_GIVEN(KPPTP_A_SESSION_PEER_ADDRESS) |
		    NL_GIVEN(KPPTP_A_SESSION_PEER_CALL_ID) |
		    NL_GIVEN(KPPTP_A_SESSION_FLAGS) |
		    NL_GIVEN(KPPTP_A_SESSION_REORDER_WINDOW) |
		    NL_GIVEN(KPPTP_A_SESSION_REORDER_TIMEOUT);
	if (setup->ttl)
		to->given |= NL_GIVEN(KPPTP_A_SESSION_TTL);
	if (setup->outer_ifindex)
		to->given |= NL_GIVEN(KPPTP_A_SESSION_OUTER_IFINDEX);
}

bool ksessions_use(const struct ksessions *ks, uint32_t ifindex)
{
	const struct ksession *s;

	for (s = ks->by_id; s; s = s->hh.next) {
		if (s->ifindex == ifindex)
			return true;
	}
	return false;
}

struct nlsock *ksessions_route(struct ksessions *ks)
{
	return ks->route;
}

struct ksession *ksession_add(struct ksessions *ks, struct nl_session *session,
			      const struct ksession_ops *ops, void *arg,
			      struct nl_error *err)
{
	struct ksession *s;
	int r;

	s = calloc(1, sizeof(*s));
	if (!s) {
		nlsock_refuse(err, ENOMEM, "no memory");
		return NULL;
	}
	r = kernel_session_new(&ks->kernel, session, err);
	ksessions_kept(ks);
	if (r < 0) {
		free(s);
		return NULL;
	}
	s->ks = ks;
	s->id = session->id;
	s->call_id = session->local_call_id;
	s->ops = ops;
	s->arg = arg;
	HASH_ADD(hh, ks->by_id, id, sizeof(s->id), s);
	return s;
}

struct ksession *ksession_new(struct ksessions *ks,
			      const struct ksession_setup *setup,
			      const struct ksession_ops *ops, void *arg,
			      struct nl_error *err)
{
	struct nl_session session;

	ksession_describe(&session, setup);
	return ksession_add(ks, &session, ops, arg, err);
}

int ksession_set_peer(struct ksession *s, uint16_t peer_call_id, struct nl_error *err)
{
	struct nl_session set = {
		.given = NL_GIVEN(KPPTP_A_SESSION_ID) | NL_GIVEN(KPPTP_A_SESSION_PEER_CALL_ID),
		.id = s->id,
		.peer_call_id = peer_call_id,
	};
	int r = kernel_session_set(&s->ks->kernel, &set, err);

	ksessions_kept(s->ks);
	return r;
}

int ksession_hand_over(struct ksession *s, const struct ksession_ops *ops, void *arg,
		       struct nl_error *err)
{
	struct nl_session set = {
		.given = NL_GIVEN(KPPTP_A_SESSION_ID) | NL_GIVEN(KPPTP_A_SESSION_FLAGS) |
			 NL_GIVEN(KPPTP_A_SESSION_FLAGS_MASK),
		.id = s->id,
		.flags_mask = KPPTP_SESSION_FLAGS_REQUIRE_MPPE,
	};
	int r = kernel_session_set(&s->ks->kernel, &set, err);

	s->ops = ops;
	s->arg = arg;
	ksessions_kept(s->ks);
	return r;
}

int ksession_relay(struct ksession *s, struct ksession *other, struct nl_error *err)
{
	struct nl_session set = {
		.given = NL_GIVEN(KPPTP_A_SESSION_ID) | NL_GIVEN(KPPTP_A_SESSION_RELAY),
		.id = s->id,
		.relay = other->id,
	};
	int r = kernel_session_set(&s->ks->kernel, &set, err);

	ksessions_kept(s->ks);
	return r;
}

struct rtroute_prefix ksession_host(struct in_addr address)
{
	struct rtroute_prefix prefix = { .address.family = AF_INET, .bits = 32 };

	memcpy(prefix.address.octets, &address, sizeof(address));
	return prefix;
}

/* Takes back what a shared device would keep. */
static void ksession_leave(struct ksession *s)
{
	struct rtroute_prefix host = ksession_host(s->remote);
	unsigned int i;

	if (!s->shared)
		return;
	for (i = 0; i < s->routes_n; i++)
		mpdev_unroute(s->ks->route, s->ifindex, &s->routes[i]);
	if (s->remote.s_addr)
		mpdev_unroute(s->ks->route, s->ifindex, &host);
}

void ksession_free(struct ksession *s)
{
	if (!s)
		return;
	ksession_leave(s);
	ksession_remove(s->ks, s->gone ? 0 : s->id, s->shared ? 0 : s->ifindex);
	ksessions_kept(s->ks);
	HASH_DEL(s->ks->by_id, s);
	free(s);
}

int ksession_send(struct ksession *s, const uint8_t *frame, size_t len,
		  struct nl_error *err)
{
	int r = kernel_frame_send(&s->ks->kernel, s->id, frame, len, err);

	ksessions_kept(s->ks);
	return r;
}

/*
 * Another address than before is a matter of the device alone. The new one comes first,
 * because the last one that goes takes all routes along; but not towards the same peer,
 * where it would be the old one's secondary, and go with it.
 */
static int ksession_set_address(struct ksession *s, const struct ksession_network *net,
				struct nl_error *err)
{
	const struct rtmsg_address old = { .ifindex = s->ifindex, .local = s->local,
					   .peer = s->remote, .prefix = 32 };
	const struct rtmsg_address new = { .ifindex = s->ifindex, .local = net->local,
					   .peer = net->remote, .prefix = 32 };
	bool first = s->remote.s_addr != net->remote.s_addr;
	int r = 0;

	if (s->local.s_addr == net->local.s_addr && s->remote.s_addr == net->remote.s_addr)
		return 0;
	s->local = net->local;
	s->remote = net->remote;
	if (first && new.local.s_addr)
		r = device_address_add(s->ks->route, &new, err);
	if (r == 0 && old.local.s_addr)
		r = device_address_del(s->ks->route, &old, err);
	if (r == 0 && !first && new.local.s_addr)
		r = device_address_add(s->ks->route, &new, err);
	return r;
}

int ksession_make_device(struct ksession *s, const struct ksession_network *net,
			 struct nl_error *err)
{
	struct rtmsg_change change = { .set_up = true, .up = true };
	struct rtmsg_link link;
	int r;

	r = device_add(s->ks->route, DEVICE_P2P, net->device, &link, err);
	if (r < 0)
		return r;
	s->ifindex = link.ifindex;
	s->hear_routers = net->hear_routers;
	snprintf(s->device, sizeof(s->device), "%s", link.name);
	ksession_begin_ipv6(s);
	r = ksession_set_address(s, net, err);
	if (r == 0)
		r = device_set(s->ks->route, link.ifindex, &change, err);
	if (r < 0) {
		ksession_remove(s->ks, 0, link.ifindex);
		s->ifindex = 0;
		s->device[0] = 0;
		s->local.s_addr = 0;
		s->remote.s_addr = 0;
		return r;
	}
	s->mtu_max = net->mtu_max;
	s->mtu = link.mtu;
	return 0;
}

static int ksession_join_device(struct ksession *s, const struct ksession_network *net,
				struct nl_error *err)
{
	struct rtmsg_link link;
	int r;

	r = mpdev_open(s->ks->route, net->device, net->local, net->mtu_max, &link, err);
	if (r < 0)
		return r;
	s->ifindex = link.ifindex;
	s->shared = true;
	snprintf(s->device, sizeof(s->device), "%s", link.name);
	s->mtu_max = net->mtu_max;
	return 0;
}

/* The device and its address for the session, or for all that share it. */
static int ksession_prepare(struct ksession *s, const struct ksession_network *net,
			    struct nl_error *err)
{
	if (net->shared)
		return s->ifindex ? 0 : ksession_join_device(s, net, err);
	return s->ifindex ? ksession_set_address(s, net, err) :
			    ksession_make_device(s, net, err);
}

/* The peer's address on a shared device, in place of the one that it had. */
static void ksession_inner_request(const struct ksession *s, const struct ksession_network *net,
				   struct nl_session *set)
{
	struct nl_inner *next = set->inner;

	if (!s->shared || s->remote.s_addr == net->remote.s_addr)
		return;
	if (s->remote.s_addr)
		*next++ = (struct nl_inner){ .prefix = ksession_host(s->remote),
					     .flags = KPPTP_INNER_FLAGS_REMOVE };
	if (net->remote.s_addr)
		next++->prefix = ksession_host(net->remote);
	set->inner_count = (unsigned int)(next - set->inner);
	set->given |= NL_GIVEN(KPPTP_A_SESSION_INNER);
}

/* Its route, likewise; the kernel has agreed to the address. */
static int ksession_route_host(struct ksession *s, const struct ksession_network *net,
			       struct nl_error *err)
{
	struct rtroute_prefix before = ksession_host(s->remote), now = ksession_host(net->remote);

	if (!s->shared || s->remote.s_addr == net->remote.s_addr)
		return 0;
	if (s->remote.s_addr)
		mpdev_unroute(s->ks->route, s->ifindex, &before);
	s->local = net->local;
	s->remote = net->remote;
	return net->remote.s_addr ?
	       mpdev_route(s->ks->route, s->ifindex, &now, net->local, err) : 0;
}

static void ksession_network_request(const struct ksession *s,
				     const struct ksession_network *net,
				     struct nl_session *set)
{
	memset(set, 0, sizeof(*set));
	set->id = s->id;
	set->ifindex = s->ifindex;
	set->peer_mru = net->peer_mru;
	set->flags = KPPTP_SESSION_FLAGS_UP |
		     (net->require_mppe ? KPPTP_SESSION_FLAGS_REQUIRE_MPPE : 0u) |
		     (net->acfc ? KPPTP_SESSION_FLAGS_ACFC : 0u) |
		     (net->pfc ? KPPTP_SESSION_FLAGS_PFC : 0u);
	set->flags_mask = KPPTP_SESSION_FLAGS_UP | KPPTP_SESSION_FLAGS_REQUIRE_MPPE |
			  KPPTP_SESSION_FLAGS_ACFC | KPPTP_SESSION_FLAGS_PFC;
	set->given = NL_GIVEN(KPPTP_A_SESSION_ID) | NL_GIVEN(KPPTP_A_SESSION_IFINDEX) |
		     NL_GIVEN(KPPTP_A_SESSION_PEER_MRU) |
		     NL_GIVEN(KPPTP_A_SESSION_FLAGS) |
		     NL_GIVEN(KPPTP_A_SESSION_FLAGS_MASK);
	set->tx = net->tx;
	set->rx = net->rx;
	if (net->tx.bits)
		set->given |= NL_GIVEN(KPPTP_A_SESSION_MPPE_TX);
	if (net->rx.bits)
		set->given |= NL_GIVEN(KPPTP_A_SESSION_MPPE_RX);
	ksession_inner_request(s, net, set);
}

int ksession_up(struct ksession *s, const struct ksession_network *net,
		struct nl_error *err)
{
	struct nl_session set;
	int r;

	r = ksession_prepare(s, net, err);
	if (r < 0)
		return r;
	ksession_network_request(s, net, &set);
	r = kernel_session_set(&s->ks->kernel, &set, err);
	explicit_bzero(&set, sizeof(set));
	if (r == 0)
		r = ksession_route_host(s, net, err);
	if (r == 0 && kernel_session_get(&s->ks->kernel, s->id, &set, err) == 0)
		ksession_set_mtu(s, set.mtu);
	ksessions_kept(s->ks);
	return r;
}

struct in6_addr ksession_link_local(const uint8_t *id)
{
	struct in6_addr address = { .s6_addr = { 0xfe, 0x80 } };

	memcpy(&address.s6_addr[8], id, 8);
	return address;
}

int ksession_set_ipv6(struct ksession *s, const uint8_t *id, struct nl_error *err)
{
	struct rtmsg_address6 address = { .ifindex = s->ifindex, .prefix = 64,
					  .local = s->link_local };
	int r = 0;

	if (!IN6_IS_ADDR_UNSPECIFIED(&s->link_local))
		r = device_address6_del(s->ks->route, &address, err);
	s->link_local = in6addr_any;
	if (id && r == 0)
		s->link_local = ksession_link_local(id);
	ksession_guard_ipv6(s);
	if (r < 0 || !id)
		return r;
	address.local = s->link_local;
	r = device_address6_add(s->ks->route, &address, err);
	if (r < 0)
		s->link_local = in6addr_any;
	return r;
}

/* A device of the session's own takes its routes with it. */
static int ksession_route_own(struct ksession *s, const struct rtroute_prefix *dst,
			      struct nl_error *err)
{
	struct rtroute route = {
		.dst = *dst,
		.ifindex = s->ifindex,
		.protocol = RTROUTE_PROTOCOL,
		.type = RTN_UNICAST,
	};

	return route_add(s->ks->route, &route, err);
}

int ksession_route(struct ksession *s, const struct rtroute_prefix *dst,
		   struct nl_error *err)
{
	struct nl_session set = {
		.given = NL_GIVEN(KPPTP_A_SESSION_ID) | NL_GIVEN(KPPTP_A_SESSION_INNER),
		.id = s->id,
		.inner_count = 1,
		.inner[0].prefix = *dst,
	};
	int r;

	if (!s->shared)
		return ksession_route_own(s, dst, err);
	if (s->routes_n == POLICY_ROUTES_MAX)
		return nlsock_refuse(err, ENOSPC, "more than %d networks", POLICY_ROUTES_MAX);
	r = kernel_session_set(&s->ks->kernel, &set, err);
	ksessions_kept(s->ks);
	if (r == 0)
		r = mpdev_route(s->ks->route, s->ifindex, dst, s->local, err);
	if (r == 0)
		s->routes[s->routes_n++] = *dst;
	return r;
}

int ksession_down(struct ksession *s, struct nl_error *err)
{
	struct nl_session set = {
		.given = NL_GIVEN(KPPTP_A_SESSION_ID) | NL_GIVEN(KPPTP_A_SESSION_FLAGS) |
			 NL_GIVEN(KPPTP_A_SESSION_FLAGS_MASK),
		.id = s->id,
		.flags_mask = KPPTP_SESSION_FLAGS_UP,
	};
	int r = kernel_session_set(&s->ks->kernel, &set, err);

	ksessions_kept(s->ks);
	return r;
}

int ksession_counters(struct ksession *s, struct ksession_counters *counters,
		      uint32_t *silent, struct nl_error *err)
{
	struct nl_session session;
	int r;

	memset(counters, 0, sizeof(*counters));
	*silent = UINT32_MAX;
	if (s->gone)
		return nlsock_refuse(err, ENOENT, "the kernel has deleted the session");
	r = kernel_session_get(&s->ks->kernel, s->id, &session, err);
	ksessions_kept(s->ks);
	if (r < 0)
		return r;
	counters->rx_bytes = session.stats[KPPTP_A_STATS_RX_BYTES];
	counters->tx_bytes = session.stats[KPPTP_A_STATS_TX_BYTES];
	counters->rx_packets = session.stats[KPPTP_A_STATS_RX_PACKETS];
	counters->tx_packets = session.stats[KPPTP_A_STATS_TX_PACKETS];
	counters->undecrypted = session.drops[KPPTP_A_DROPS_MPPE_IMPLAUSIBLE];
	counters->idle = session.idle;
	*silent = session.silent;
	return 0;
}

uint32_t ksession_id(const struct ksession *s)
{
	return s->id;
}

uint16_t ksession_call_id(const struct ksession *s)
{
	return s->call_id;
}

const char *ksession_device(const struct ksession *s)
{
	return s->device;
}

uint32_t ksession_ifindex(const struct ksession *s)
{
	return s->ifindex;
}

unsigned int ksession_mtu(const struct ksession *s)
{
	return s->mtu;
}
