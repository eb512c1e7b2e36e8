// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Dial on demand: between two calls a session of the kernel's that waits for demand has
 * the device, with its addresses and ways, and tells of packets that want to leave.
 */
#include <string.h>

#include "dialer_priv.h"
#include "lib/log.h"

/* A packet counts now, or when the tunnel waits again. */
static void dialer_on_demand(void *arg)
{
	struct dialer *d = arg;

	d->asked = true;
	if (d->state != DIALER_DEMAND)
		return;
	log_info("tunnel %s: a packet wants to leave", d->cfg.name);
	dialer_begin(d);
}

/* Somebody has removed the device. */
static void dialer_on_waiting_gone(void *arg, const char *reason)
{
	struct dialer *d = arg;

	log_warning("tunnel %s: its device %s is gone: %s", d->cfg.name, d->device, reason);
	dialer_demand_close(d);
	if (d->state == DIALER_DEMAND)
		dialer_wait(d);
}

static const struct ksession_ops dialer_waiting_ops = {
	.gone = dialer_on_waiting_gone,
	.demand = dialer_on_demand,
};

static struct ksession *dialer_park(struct dialer *d, struct nl_error *err)
{
	return ksession_park(d->services.daemon->kernel, &dialer_waiting_ops, d, err);
}

void dialer_demand_close(struct dialer *d)
{
	struct ksession *waiting = d->waiting;

	d->waiting = NULL;
	d->asked = false;
	if (!waiting)
		return;
	if (ksession_ifindex(waiting)) {
		routes_close_ways(d->services.routes, d->ifindex);
		dialer_forget_device(d);
	}
	ksession_free(waiting);
}

static bool dialer_open_device(struct dialer *d, struct nl_error *err)
{
	const struct ksession_network net = {
		.device = d->cfg.device[0] ? d->cfg.device : d->cfg.name,
		.local = d->last.s_addr ? d->last : d->cfg.local_address,
		.hear_routers = tunnel_config_ipv6(&d->cfg),
		.mtu_max = d->cfg.mtu,
	};

	d->waiting = dialer_park(d, err);
	if (!d->waiting || ksession_open_device(d->waiting, &net, err) < 0)
		return false;
	d->ifindex = ksession_ifindex(d->waiting);
	memcpy(d->device, ksession_device(d->waiting), sizeof(d->device));
	d->local = net.local;
	return true;
}

/* The device with its ways, before there is a call. False: there is nothing. */
static bool dialer_demand_open(struct dialer *d)
{
	struct nl_error err;

	d->blamed = false;
	if (!dialer_open_device(d, &err))
		dialer_blame(d, "cannot make the device: %s", err.text);
	else if (dialer_open_ways(d, AF_INET))
		return true;
	dialer_demand_close(d);
	return false;
}

static void dialer_await(struct dialer *d)
{
	dialer_enter(d, DIALER_DEMAND);
	if (d->asked)
		dialer_on_demand(d);
}

void dialer_start(struct dialer *d)
{
	dialer_block(d, true);
	if (!d->cfg.demand || (!d->last.s_addr && !d->cfg.local_address.s_addr))
		dialer_begin(d);
	else if (d->waiting || dialer_demand_open(d))
		dialer_await(d);
	else
		dialer_wait(d);
}

/*
 * A new session takes the device of @link, NULL: of the one that waits. What waits in
 * that goes with it.
 */
static bool dialer_renew(struct dialer *d, struct link *link)
{
	struct ksession *former = d->waiting;
	struct nl_error err;
	bool good = false;

	d->waiting = dialer_park(d, &err);
	if (d->waiting && link)
		good = link_give_device(link, d->waiting, &err);
	else if (d->waiting)
		good = ksession_take_device(d->waiting, former, &err) == 0;
	ksession_free(former);
	if (!good)
		log_error("tunnel %s: cannot keep the device %s: %s", d->cfg.name, d->device,
			  err.text);
	return good;
}

bool dialer_demand_keep(struct dialer *d, struct link *link)
{
	if (!d->cfg.demand || !d->wanted || d->has_next || !link_ifindex(link))
		return false;
	dialer_set_ipv6(d, false);
	if (dialer_renew(d, link))
		return true;
	ksession_free(d->waiting);
	d->waiting = NULL;
	return false;
}

void dialer_demand_readdress(struct dialer *d, struct in_addr local)
{
	if (!d->waiting || !ksession_ifindex(d->waiting) || d->local.s_addr == local.s_addr)
		return;
	log_notice("tunnel %s: the server gives another address than before, what has waited is dropped",
		   d->cfg.name);
	if (!dialer_renew(d, NULL))
		dialer_demand_close(d);
}

void dialer_again(struct dialer *d, bool drop)
{
	if (drop && d->waiting && !dialer_renew(d, NULL))
		dialer_demand_close(d);
	if (drop)
		d->asked = false;
	dialer_start(d);
}
