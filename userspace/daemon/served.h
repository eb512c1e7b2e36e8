/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The links of those who call us: the profile of the configuration, users of the
 * users file, addresses of the pool.
 */
#ifndef DAEMON_SERVED_H
#define DAEMON_SERVED_H

#include "link.h"

/* Who has the call of a served link. Outlives it. */
struct served_owner {
	link_over_fn over;
	/*
	 * The peer says that it is called @name, and has proved nothing. True: another
	 * server will see to that; @over follows, with PPP_END_FORWARDED. May be asked
	 * more than once, until somebody has been let in.
	 */
	bool (*forwards)(void *arg, struct link *link, const char *name);
	/* As link_hooks.up. */
	void (*up)(void *arg, struct link *link, const struct ppp_up *up);
};

/*
 * link_new() with the profile of @cfg, which is the listener's. @callee: the user whom
 * we call back, and who has to answer; NULL: we are called.
 */
struct link *served_new(struct daemon *daemon, struct config *cfg,
			const struct link_call *call, const char *callee,
			const struct served_owner *owner, void *arg, struct nl_error *err);

/*
 * As served_new(), for a link that is up since a former kpptpd, which has left @former: its
 * user, address and times stay, policies are those of today. NULL with @err: then the
 * kernel's session waits to be swept.
 */
struct link *served_adopt(struct daemon *daemon, struct config *cfg,
			  const struct link_call *call, const struct served_owner *owner,
			  void *arg, struct link_former *former, struct nl_error *err);

/* Moves the addresses that are in use to new pools and prefixes of @daemon. */
void served_claim_addresses(struct daemon *daemon);

#endif /* DAEMON_SERVED_H */
