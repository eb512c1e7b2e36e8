/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The daemon's sessions in the kernel: made, changed and removed over netlink,
 * their PPP control frames and events handed to their owners.
 *
 * Requests are answered within the call (nl/nlsock.h). Errors come as one
 * sentence in struct nl_error.
 */
#ifndef DAEMON_KSESSION_H
#define DAEMON_KSESSION_H

#include <net/if.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "loop.h"
#include "nl/kernel.h"
#include "nl/types.h"

struct ksession;
struct ksessions;
struct nlsock;

/*
 * What the kernel says about a session; @arg is from ksession_new(). Each may
 * free its own session, and no other one.
 */
struct ksession_ops {
	/* A PPP control frame of the peer, any frame if it is raw; valid during the call. */
	void (*frame)(void *arg, const uint8_t *frame, size_t len);
	/* The session is gone, not by ksession_free(). */
	void (*gone)(void *arg, const char *reason);
	/* The device's MTU was changed for the path. */
	void (*mtu)(void *arg, unsigned int mtu);
	void (*desync)(void *arg, const char *kind);
	/* A packet waits, of a session that waits for demand; NULL for all others. */
	void (*demand)(void *arg);
};

/*
 * struct ksession_setup - a session and its way through the network
 * @clamp_mss, @copy_tos, @no_df, @ttl, @reorder_packets, @reorder_ms: as in kpptpd.conf(5)
 * @outer_ifindex: the device, or VRF, that its own packets go by, 0: any
 * @require_mppe: nothing passes in clear, from the first moment on
 * @raw: all frames come to ksession_ops.frame and go by ksession_send(), with the
 *	header that they have
 */
struct ksession_setup {
	struct in_addr local;
	struct in_addr peer;
	uint16_t peer_call_id;
	uint32_t outer_ifindex;
	bool clamp_mss;
	bool copy_tos;
	bool no_df;
	bool require_mppe;
	bool raw;
	unsigned int ttl;
	unsigned int reorder_packets;
	unsigned int reorder_ms;
};

/*
 * struct ksession_network - what opens a session for network packets. Secret.
 * @device: template of the device's name, used the first time
 * @shared: @device is the name of a multipoint device, for many sessions
 * @local, @remote: inner addresses, 0.0.0.0: none
 * @hear_routers: the peer's router advertisements make addresses of ours
 * @mtu_max: the device's MTU at most; the kernel's view of path and MRU limits it
 * @tx, @rx: keys to install; bits 0: leave those that are there
 */
struct ksession_network {
	const char *device;
	bool shared;
	struct in_addr local;
	struct in_addr remote;
	bool hear_routers;
	unsigned int mtu_max;
	uint16_t peer_mru;
	bool acfc;
	bool pfc;
	bool require_mppe;
	struct nl_mppe tx;
	struct nl_mppe rx;
};

struct ksession_counters {
	uint64_t rx_bytes;
	uint64_t tx_bytes;
	uint64_t rx_packets;
	uint64_t tx_packets;
	uint64_t undecrypted;	/* packets that came and made no sense */
	uint32_t idle;		/* seconds since a network packet, either way */
};

/* Opens the sockets; NULL with @err. */
struct ksessions *ksessions_open(struct loop *loop, struct nl_error *err);

/* All sessions must have been freed. NULL is fine. */
void ksessions_close(struct ksessions *ks);

/*
 * Removes what a former daemon left behind: sessions for control frames whose
 * owner is gone, and their devices. Returns how many; negative errno with @err.
 */
int ksessions_sweep(struct ksessions *ks, struct nl_error *err);

/**
 * struct ksession_former - a session of a former kpptpd, as that one knew it
 * @id, @call_id, @local, @peer: as the kernel has them, or it is another session
 * @inner_local, @inner_remote: as in struct ksession_network
 * @ipv6: as in ksession_set_ipv6()
 * @mtu_max: as in struct ksession_network
 */
struct ksession_former {
	uint32_t id;
	uint16_t call_id;
	struct in_addr local;
	struct in_addr peer;
	struct in_addr inner_local;
	struct in_addr inner_remote;
	const uint8_t *ipv6;
	unsigned int mtu_max;
};

/*
 * Goes on with @former, which is up and has lost its owner, where ksession_up() and what
 * followed had brought it. NULL with @err; then nothing was changed.
 */
struct ksession *ksession_adopt(struct ksessions *ks, const struct ksession_former *former,
				const struct ksession_ops *ops, void *arg,
				struct nl_error *err);

/* Calls @fn for every session of the network namespace, ours or not. */
int ksessions_each(struct ksessions *ks, kernel_session_fn fn, void *arg,
		   struct nl_error *err);

/* Does any of the sessions have the device @ifindex? */
bool ksessions_use(const struct ksessions *ks, uint32_t ifindex);

/* The socket by which devices are made, for what else there is to do with them. */
struct nlsock *ksessions_route(struct ksessions *ks);

/*
 * Hands out what the kernel has said so far, as the loop would do later: for who
 * hears from the peer in another way and must not act on that first.
 */
void ksessions_receive(struct ksessions *ks);

/* Makes a session without a device; control frames pass from now on. */
struct ksession *ksession_new(struct ksessions *ks,
			      const struct ksession_setup *setup,
			      const struct ksession_ops *ops, void *arg,
			      struct nl_error *err);

/* The peer's call ID, when it was not known before. 0, or a negative errno with @err. */
int ksession_set_peer(struct ksession *s, uint16_t peer_call_id, struct nl_error *err);

/*
 * Who hears of @s from now on, in place of the one in ksession_new(), who has had no
 * device made for it. What passes may be in clear: that will be for others to judge.
 * 0, or a negative errno with @err.
 */
int ksession_hand_over(struct ksession *s, const struct ksession_ops *ops, void *arg,
		       struct nl_error *err);

/*
 * Frames pass between @s and @other from now on, and are no more ours; neither has
 * a device or keys. Ends with either of them. 0, or a negative errno with @err.
 */
int ksession_relay(struct ksession *s, struct ksession *other, struct nl_error *err);

/*
 * Makes a session that waits for demand, still without a device. Packets that leave
 * through that are kept, a few, until another session takes it; what waits when this
 * session is freed is dropped.
 */
struct ksession *ksession_park(struct ksessions *ks, const struct ksession_ops *ops, void *arg,
			       struct nl_error *err);

/* The device of @s, which waits for demand. 0, or a negative errno with @err. */
int ksession_open_device(struct ksession *s, const struct ksession_network *net,
			 struct nl_error *err);

/*
 * ksession_up() of @s, which has no device yet, is to use the one of @from, which waits
 * for demand: it is sent then what has waited there.
 */
void ksession_borrow_device(struct ksession *s, struct ksession *from);

/*
 * @s, which waits for demand, has the device of @from from now on, with its addresses,
 * but without IPv6. 0, or a negative errno with @err; @s has to be freed then.
 */
int ksession_take_device(struct ksession *s, struct ksession *from, struct nl_error *err);

/* Removes session, device unless others have it too, and routes. NULL is fine. */
void ksession_free(struct ksession *s);

/* Two octets of protocol number, then the information field; a whole frame if it is raw. */
int ksession_send(struct ksession *s, const uint8_t *frame, size_t len,
		  struct nl_error *err);

/*
 * Network packets may pass: makes the device if there is none, then installs
 * keys, limits and "up" in one step. 0, or a negative errno with @err.
 */
int ksession_up(struct ksession *s, const struct ksession_network *net,
		struct nl_error *err);

/*
 * The device's link-local address, of an interface identifier of eight octets
 * (RFC 5072 section 5); NULL: none, and the kernel has no IPv6 on the device, as
 * from its beginning. There must be a device, of the session alone.
 */
int ksession_set_ipv6(struct ksession *s, const uint8_t *id, struct nl_error *err);

/*
 * The network @dst is behind the peer, until the session is freed: it is routed to
 * the device, and the peer may send from it. There must be a device. 0, or a negative
 * errno with @err.
 */
int ksession_route(struct ksession *s, const struct rtroute_prefix *dst,
		   struct nl_error *err);

/* Network packets may not pass; the device stays, without carrier. */
int ksession_down(struct ksession *s, struct nl_error *err);

/* What was carried so far, and the seconds since anything was received. */
int ksession_counters(struct ksession *s, struct ksession_counters *counters,
		      uint32_t *silent, struct nl_error *err);

uint32_t ksession_id(const struct ksession *s);
uint16_t ksession_call_id(const struct ksession *s);
/* Empty: no device yet. */
const char *ksession_device(const struct ksession *s);
uint32_t ksession_ifindex(const struct ksession *s);
unsigned int ksession_mtu(const struct ksession *s);

#endif /* DAEMON_KSESSION_H */
