/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One tunnel that we dial, as PNS: from the names of its servers to routes through
 * its device, and again when it ends.
 *
 *	idle -> resolving -> connecting -> control -> dialling -> ppp -> up
 *	  ^        ^  next address, next server |        |         |      |
 *	  |        +----------------------------+--------+---------+      |
 *	  |        |  all servers have been tried: after a while          |
 *	  +---- waiting <--------------------------------------- closing <+
 *
 * A tunnel that is dialled on demand has its device from the beginning, once its
 * addresses are known, and a state before resolving, demand: until a packet wants to
 * leave. It goes there from waiting, and at once when we have hung up.
 *
 * A server that is to call back ends PPP and then calls, on the same control
 * connection: ppp -> callback -> ppp. Every state but idle, demand and up is left within a
 * time limit: that of the resolver, connect-timeout, and those of the control connection and
 * of PPP, and of the callback.
 */
#ifndef DAEMON_DIALER_H
#define DAEMON_DIALER_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

#include "daemon.h"
#include "dns_handover.h"
#include "learned.h"
#include "resolver.h"
#include "routes.h"
#include "tunnel_config.h"

struct dialer;

/*
 * What all tunnels share.
 * @store: a tunnel's settings have changed by themselves; to be kept, with @arg
 */
struct dialer_services {
	struct daemon *daemon;
	struct resolver *resolver;
	struct routes *routes;
	struct dns_handover *dns;
	void (*store)(void *arg, const struct tunnel_config *cfg);
	void *arg;
};

enum dialer_state {
	DIALER_IDLE,		/* not wanted, or it has ended and does not persist */
	DIALER_DEMAND,		/* for a packet */
	DIALER_RESOLVING,
	DIALER_CONNECTING,	/* TCP */
	DIALER_CONTROL,		/* Start-Control-Connection */
	DIALER_DIALLING,	/* Outgoing-Call */
	DIALER_PPP,
	DIALER_CALLBACK,	/* the server is to call */
	DIALER_UP,
	DIALER_WAITING,		/* for the next try */
	DIALER_CLOSING,		/* for the end of the connection */
};

/* An idle tunnel. @cfg is copied. NULL: no memory. */
struct dialer *dialer_new(const struct dialer_services *services,
			  const struct tunnel_config *cfg);

/* Ends it in order and frees it then; the caller forgets it now. */
void dialer_free(struct dialer *dialer);

/*
 * Keeps the tunnel up from now on, or until it ends when it does not persist; or ready,
 * when it is dialled on demand. Does not wait for the next try, nor for a packet, when it
 * does that already.
 */
void dialer_connect(struct dialer *dialer);

/* Ends it in order, lifts the kill switch and tries no more. */
void dialer_disconnect(struct dialer *dialer);

/* Takes @cfg, which has the same name: a tunnel that is in use is dialled anew. */
void dialer_configure(struct dialer *dialer, const struct tunnel_config *cfg);

const struct tunnel_config *dialer_config(const struct dialer *dialer);

#define DIALER_ERROR_MAX	256

/* What `show tunnels` tells. Times are ms of the loop's clock. */
struct dialer_info {
	const char *state;
	const char *server;		/* that is in use or was tried last, "": none */
	struct in_addr address;		/* the same, 0.0.0.0: not known */
	const char *device;		/* "": not up */
	struct in_addr local;		/* inner addresses, of the device */
	struct in_addr remote;
	unsigned int learned_n;		/* routes that the server has given */
	struct rtroute_prefix learned[DHCP4_ROUTES_MAX];
	uint64_t since;			/* of the state */
	uint64_t next_try;		/* 0: none is planned */
	unsigned int tries;		/* since it was up */
	const char *error;		/* the last one, "": none */
};

void dialer_describe(const struct dialer *dialer, struct dialer_info *info);

#endif /* DAEMON_DIALER_H */
