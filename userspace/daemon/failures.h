/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What failed lately: connections, calls, logins and sessions, for `pptpctl show
 * failures` and for its doctor. No secrets.
 */
#ifndef DAEMON_FAILURES_H
#define DAEMON_FAILURES_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#include "proto/ppp_auth.h"

/*
 * Entries of each kind; then the oldest of that kind goes. A flood of one kind takes
 * no other one away.
 */
#define FAILURES_OF_A_KIND	32

#define FAILURES_REASON_MAX	256

enum failures_kind {
	FAILURES_CONNECTION,	/* not made, not accepted, or no control connection */
	FAILURES_CALL,		/* refused, or ended before PPP had begun in earnest */
	FAILURES_GRE,		/* nothing came through, or nothing after a time */
	FAILURES_LCP,
	FAILURES_METHOD,	/* no common authentication method */
	FAILURES_PASSWORD,	/* or name: the account's, or ours at a server */
	FAILURES_ACCOUNT,	/* the password was right, and the user may not enter */
	FAILURES_CERTIFICATE,
	FAILURES_ENCRYPTION,	/* no common strength, or none at all */
	FAILURES_KEYS,		/* nothing could be decrypted */
	FAILURES_ADDRESS,
	FAILURES_NETWORK,	/* no protocol was agreed */
	FAILURES_LOST,		/* the peer answers no more */
	FAILURES_CONFIGURATION,
	FAILURES_KINDS,
};

/**
 * struct failure - one that may have come several times
 * @prev, @next: list of utlist.h
 * @peer: 0.0.0.0: of nobody
 * @user: "": not known yet
 * @times: how often; @first and @last are seconds since 1970
 * @over: it has succeeded since
 */
struct failure {
	struct failure *prev, *next;
	enum failures_kind kind;
	struct in_addr peer;
	char user[PPP_USER_MAX + 1];
	char reason[FAILURES_REASON_MAX];
	unsigned long times;
	time_t first;
	time_t last;
	bool over;
};

/* All zeros to begin with. @list: of each kind, by @last, the oldest first. */
struct failures {
	struct failure *list[FAILURES_KINDS];
};

/*
 * Remembers that @user (may be "") at @peer failed at @when. The same again, of the
 * same user and for the same reason, is counted. Without memory nothing happens.
 */
void failures_note(struct failures *failures, enum failures_kind kind, struct in_addr peer,
		   const char *user, const char *reason, time_t when);

/* A session of @user at @peer is up: what has failed there and for that user is over. */
void failures_over(struct failures *failures, struct in_addr peer, const char *user);

/* What has failed of @kind is over, for everybody. */
void failures_kind_over(struct failures *failures, enum failures_kind kind);

/* The first one of all, and what follows: by kind, then by time. NULL: no more. */
const struct failure *failures_next(const struct failures *failures,
				    const struct failure *failure);

void failures_free(struct failures *failures);

/* One word, as in JSON. */
const char *failures_kind_text(enum failures_kind kind);

/* What would help, a clause without capital or period. */
const char *failures_help(enum failures_kind kind);

#endif /* DAEMON_FAILURES_H */
