/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One PPP link of a call: joins proto/ppp_link, which decides, to the kernel
 * session, which carries. Knows no control connection, no users file and no
 * pool: what a served and a dialled link do not share is in a profile.
 */
#ifndef DAEMON_LINK_H
#define DAEMON_LINK_H

#include <net/if.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

#include "daemon.h"

struct link_info;

/*
 * PPP is over; @arg is from link_new(). The owner frees the link in the call or
 * later. Does not come out of link_new() and link_free().
 */
typedef void (*link_over_fn)(void *arg, struct link *link);

/* Where a link comes from. */
struct link_call {
	struct in_addr local;
	struct in_addr peer;
	uint16_t peer_call_id;
	uint32_t outer_ifindex;		/* as in struct ksession_setup */
	char called[PPTP_NAME_LEN + 1];	/* number that the peer asked for, may be empty */
	const char *host;	/* the peer's words about itself, outlive the link */
	const char *vendor;
};

/**
 * struct link_hooks - who decides what PPP cannot, all with link_profile.arg
 * @authenticate: check the peer's claim, link_answer() later; false: it will be
 *		  checked elsewhere, and the link is over with PPP_END_FORWARDED,
 *		  without a word to the peer. NULL where no peer has to prove anything
 * @address: fill in addresses for the peer, asked for once in the life of a link;
 *	     false: there are none, which ends the link. NULL without ip_give
 * @agree: may this be? Comes before the kernel opens; false ends the link
 * @device: a session that waits for demand, whose device the link is to have; NULL, as
 *	the hook may be: none, one is made
 * @up: the kernel is open; also after each renegotiation, and when IPv6 comes or
 *	goes
 * @down: it was up and is not any more; does not come out of link_free()
 * @password: the peer has taken the new password of our credentials, which counts
 *	from now on, whatever becomes of the link
 * @describe: adds what the owner knows to what the link tells of itself
 * @save: what the owner has to know to go on with the link in a later kpptpd; false:
 *	it could not. NULL: the link ends with this one
 * @release: link_free() has been called; the last of all
 *
 * Those but @release may call back into the link only where it is said. All but
 * the first two may be NULL.
 */
struct link_hooks {
	bool (*authenticate)(void *arg, struct link *link,
			     const struct ppp_auth_request *request);
	bool (*address)(void *arg, struct link *link, struct ppp_addresses *addresses);
	bool (*agree)(void *arg, struct link *link, const struct ppp_up *up);
	struct ksession *(*device)(void *arg);
	void (*up)(void *arg, struct link *link, const struct ppp_up *up);
	void (*down)(void *arg, struct link *link);
	void (*password)(void *arg, struct link *link);
	void (*describe)(void *arg, struct link_info *info);
	bool (*save)(void *arg, struct writer *w);
	void (*release)(void *arg, struct link *link);
};

/**
 * struct link_profile - what kind of link
 * @ppp: copied
 * @account: what logs call the peer as long as it has not proved a name
 * @device: template of the device's name
 * @shared: @device is the name of a multipoint device; there is no IPv6 there
 * @mtu: of the device, at most
 * @hear_routers: the peer's router advertisements make addresses of ours
 * @clamp_mss, @copy_tos, @no_df, @ttl, @reorder_packets, @reorder_ms: as in kpptpd.conf(5)
 * @hooks: outlive the link, called with @arg
 */
struct link_profile {
	struct ppp_link_config ppp;
	const char *account;
	char device[IFNAMSIZ];
	bool shared;
	unsigned int mtu;
	bool hear_routers;
	bool clamp_mss;
	bool copy_tos;
	bool no_df;
	unsigned int ttl;
	unsigned int reorder_packets;
	unsigned int reorder_ms;
	const struct link_hooks *hooks;
	void *arg;
};

/* @call and @profile are copied. NULL with @err; then no hook has been called. */
struct link *link_new(struct daemon *daemon, const struct link_call *call,
		      const struct link_profile *profile, link_over_fn over,
		      void *arg, struct nl_error *err);

/**
 * struct link_former - what a former kpptpd has left of a link. Secret
 * @call_id: ours
 * @record: where it is
 * @r: what link_hooks.save wrote, and then what is link_adopt()'s
 */
struct link_former {
	uint16_t call_id;
	uint32_t record;
	struct reader r;
	uint8_t data[RECORDS_ROOM];
};

/* Looks for what there is of the call between these addresses. False: nothing. */
bool link_former_take(struct daemon *daemon, struct in_addr local, struct in_addr peer,
		      uint16_t call_id, struct link_former *former);

/*
 * Goes on with a link that is up, as one made by link_new(). Hooks have not been told that
 * it is up. @call: the same as in link_new() then. NULL with @err; no hook was called, the
 * record stays, and the kernel's session waits to be swept.
 */
struct link *link_adopt(struct daemon *daemon, const struct link_call *call,
			const struct link_profile *profile, link_over_fn over, void *arg,
			struct link_former *former, struct nl_error *err);

/* As ppp_link_agreed(), of a link that is up. */
void link_agreed(const struct link *link, struct ppp_up *up);

/*
 * The call ID of a peer that had none in link_new(): before link_start(). False
 * with @err.
 */
bool link_set_peer(struct link *link, uint16_t peer_call_id, struct nl_error *err);

/* The call is connected, LCP begins. May call the owner back. */
void link_start(struct link *link);

/*
 * The answer to link_hooks.authenticate, not from inside it. @account: the name
 * by which logs and events call the peer from now on, NULL: it has proved nothing
 * yet. May call the owner back.
 */
void link_answer(struct link *link, const struct ppp_auth_result *result,
		 const char *account);

/* Another policy than the profile's; before link_answer(). */
void link_set_mppe(struct link *link, enum ppp_mppe_policy policy,
		   enum ccp_stateful stateful);

/* As ppp_link_set_callback(); before link_answer(). */
void link_set_callback(struct link *link, unsigned int types, const char *number);

/* As ppp_link_callback(). */
const struct cbcp_choice *link_callback(const struct link *link);

/* Ends PPP in order, then calls the owner; at once where there is no order. */
void link_close(struct link *link, enum ppp_end_reason reason);

/*
 * Remembers that the link of @user has failed, where its end alone would not say why;
 * that is not remembered then.
 */
void link_blame(struct link *link, enum failures_kind kind, const char *user,
		const char *reason);

/* Ends it without a word to the peer's PPP, and calls the owner. */
void link_abort(struct link *link, enum ppp_end_reason reason);

/* Removes session and device at once, tells the log. @why: when PPP did not end. */
void link_free(struct link *link, const char *why);

/* The call ID that the kernel chose. */
uint16_t link_call_id(const struct link *link);

/* Why PPP ended; PPP_END_NONE: it has not. */
enum ppp_end_reason link_reason(const struct link *link);

/* The same in words, or why else the link ends; for the release hook, and then only. */
const char *link_ended(const struct link *link);

/* Why the peer refused us, or we the peer, where that is why PPP ended. */
const struct ppp_auth_failure *link_auth_failure(const struct link *link);

/*
 * The kernel session of a link that is over and was never up, for who goes on with
 * it: link_free() is all that may follow.
 */
struct ksession *link_take_session(struct link *link);

/*
 * @waiting, which waits for demand, has the device of @link from now on; in
 * link_hooks.release. False with @err: @waiting has to be freed then.
 */
bool link_give_device(struct link *link, struct ksession *waiting, struct nl_error *err);

/* As in struct link_call. */
const char *link_called(const struct link *link);

/* Who the peer is, "" before it is known. */
const char *link_user(const struct link *link);

/* Of the device, 0: there is none yet. */
uint32_t link_ifindex(const struct link *link);

/* As ksession_route(), of a link that is up. */
int link_route(struct link *link, const struct rtroute_prefix *dst, struct nl_error *err);

/* The peer's outer address, and the same for messages. */
struct in_addr link_peer_address(const struct link *link);
const char *link_peer(const struct link *link);

/* What a link has carried since it was up, as the kernel counts. */
struct link_use {
	uint64_t rx_bytes;
	uint64_t tx_bytes;
	uint64_t idle;		/* ms since a network packet, either way */
	uint64_t up;		/* ms since it was up first */
};

/* False: the kernel has the session no more, and @use is all zeros but for @up. */
bool link_measure(const struct link *link, struct link_use *use);

struct link *link_next(const struct link *link);

#define LINK_MPPE_TEXT	80

/* What `show sessions` tells. Strings are the link's. */
struct link_info {
	uint32_t session;
	uint16_t call_id;
	const char *user;	/* empty: not authenticated */
	const char *device;
	const char *phase;
	const char *host;
	const char *vendor;
	const char *auth;	/* method, "none" */
	const char *ident;	/* what PPP's Identifications said, may be empty */
	struct in_addr local;
	struct in_addr peer;
	struct in_addr address;	/* 0.0.0.0: none yet */
	unsigned int mtu;
	char mppe[LINK_MPPE_TEXT];	/* "128-bit stateless MPPC", "none" */
	uint32_t rtt;		/* microseconds to the peer and back, 0: not known */
	uint64_t up_since;	/* ms of the loop's clock, 0: not up */
	unsigned int forged;	/* control frames that were not the peer's */
	unsigned int informed;	/* DHCPINFORM that were answered */
	struct in6_addr network6; /* the session's own /64, ::: none */
	unsigned int delegated_n;
	struct rtroute_prefix delegated[DELEGATIONS_MAX];
};

void link_describe(const struct link *link, struct link_info *info);

#endif /* DAEMON_LINK_H */
