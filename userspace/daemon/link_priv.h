/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The inside of a link, for the files that it consists of:
 *
 *	link_adopt.c	from one kpptpd to the next
 *	link.c		all the rest
 */
#ifndef DAEMON_LINK_PRIV_H
#define DAEMON_LINK_PRIV_H

#include <arpa/inet.h>

#include "link.h"
#include "proto/rtt.h"

/* Octets that are kept: Windows sends its version and its name. */
#define LINK_IDENT_MAX	(2 * PPP_IDENT_MAX + 1)

/**
 * struct link - one link
 * @user: who the peer is, for messages; "" before it is known
 * @auth: the method of its last claim, or of ours where it makes none
 * @ident: texts of Identifications, by a space
 * @address: the peer's inner address, 0.0.0.0: none yet
 * @keys: agreed, not installed yet; bits 0: none
 * @gone: the kernel has deleted the session: why
 * @noted: the last note of PPP since the peer's last claim, constant; NULL: none
 * @blamed: its failure is remembered already
 * @ended: why it is over, in words; NULL: it is not
 * @forged: control frames that were not the peer's
 * @up_since: ms, when it was up first; 0: not yet
 * @echo: microseconds, when the last LCP Echo-Request went out
 * @rtt: of these requests
 * @record: for a later kpptpd, 0: none
 */
struct link {
	struct link *prev, *next;
	struct daemon *daemon;
	struct link_profile profile;
	struct ppp_link *ppp;
	struct ksession *session;
	struct loop_source *timer;
	struct link_call call;
	link_over_fn over;
	void *arg;
	char peer_text[INET_ADDRSTRLEN];
	char user[PPP_USER_MAX + 1];
	enum ppp_auth_method auth;
	char ident[LINK_IDENT_MAX + 1];
	struct in_addr address;
	struct ppp_keys keys;
	unsigned int mppe_bits;
	bool mppe_stateless;
	bool mppe_compress_tx;
	bool mppe_compress_rx;
	bool up;
	bool want_address;
	bool over_called;
	const char *gone;
	const char *noted;
	bool blamed;
	const char *ended;
	unsigned int forged;
	enum ppp_end_reason reason;
	uint64_t up_since;
	uint64_t echo;
	struct rtt rtt;
	uint32_t record;
};

extern const struct ksession_ops link_ops;

/* One with a timer, and neither PPP nor session. NULL with @err. */
struct link *link_alloc(struct daemon *daemon, const struct link_call *call,
			const struct link_profile *profile, link_over_fn over, void *arg,
			struct nl_error *err);

/* Frees what there is of it. */
void link_destroy(struct link *link);

/* Writes what a later kpptpd needs, if there can be one and @link is up. */
void link_save(struct link *link);

#endif /* DAEMON_LINK_PRIV_H */
