// SPDX-License-Identifier: GPL-2.0-or-later
#include "failures.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utlist.h>

#include "events.h"

static const struct {
	const char *text;
	const char *help;
} kinds[FAILURES_KINDS] = {
	[FAILURES_CONNECTION] = {
		"connection", "see that TCP port 1723 is open and that a PPTP peer is there" },
	[FAILURES_CALL] = {
		"call", "see the other end's log" },
	[FAILURES_GRE] = {
		"gre", "let GRE (IP protocol 47) pass firewalls and NAT on the way, both ways" },
	[FAILURES_LCP] = {
		"lcp", "record the call with pptpctl record and see which option is refused" },
	[FAILURES_METHOD] = {
		"method", "let both ends allow one method, MS-CHAP-V2 if there is no better one" },
	[FAILURES_PASSWORD] = {
		"password", "compare user name, domain and password at both ends" },
	[FAILURES_ACCOUNT] = {
		"account", "look at the policy of the user with pptpctl show users" },
	[FAILURES_CERTIFICATE] = {
		"certificate", "renew or correct the certificate, its CA or its CRL" },
	[FAILURES_ENCRYPTION] = {
		"encryption",
		"let both ends allow MPPE of one strength, or neither require it" },
	[FAILURES_KEYS] = {
		"keys", "use a method that makes MPPE keys, with the same password, at both ends" },
	[FAILURES_ADDRESS] = {
		"address", "add addresses to the pool, or end sessions that hold them" },
	[FAILURES_NETWORK] = {
		"network", "let both ends use IPv4, or both IPv6" },
	[FAILURES_LOST] = {
		"lost", "look at the way to the peer, if this comes often" },
	[FAILURES_CONFIGURATION] = {
		"configuration", "correct the file, then run pptpctl reload" },
};

static struct failure *failures_find(const struct failures *failures, enum failures_kind kind,
				     struct in_addr peer, const char *user, const char *reason)
{
	struct failure *failure;

	DL_FOREACH(failures->list[kind], failure) {
		if (failure->peer.s_addr == peer.s_addr && !strcmp(failure->user, user) &&
		    !strcmp(failure->reason, reason))
			return failure;
	}
	return NULL;
}

/* A new one, or the oldest of its kind with nothing in it; not in the list. */
static struct failure *failures_make(struct failures *failures, enum failures_kind kind)
{
	struct failure *failure, *oldest = failures->list[kind];
	unsigned int n;

	DL_COUNT(oldest, failure, n);
	if (n < FAILURES_OF_A_KIND)
		return calloc(1, sizeof(*failure));
	DL_DELETE(failures->list[kind], oldest);
	memset(oldest, 0, sizeof(*oldest));
	return oldest;
}

void failures_note(struct failures *failures, enum failures_kind kind, struct in_addr peer,
		   const char *user, const char *reason, time_t when)
{
	struct failure want = { .kind = kind, .peer = peer, .first = when };
	struct failure *failure;

	snprintf(want.user, sizeof(want.user), "%s", user);
	snprintf(want.reason, sizeof(want.reason), "%s", reason);
	events_text(want.user);
	events_text(want.reason);
	failure = failures_find(failures, kind, peer, want.user, want.reason);
	if (failure) {
		DL_DELETE(failures->list[kind], failure);
	} else {
		failure = failures_make(failures, kind);
		if (!failure)
			return;
		*failure = want;
	}
	failure->times++;
	failure->last = when;
	failure->over = false;
	DL_APPEND(failures->list[kind], failure);
}

/* What is of no user yet, like GRE, is of all who come from that address. */
void failures_over(struct failures *failures, struct in_addr peer, const char *user)
{
	struct failure *failure;
	unsigned int kind;

	for (kind = 0; kind < FAILURES_KINDS; kind++) {
		DL_FOREACH(failures->list[kind], failure) {
			if (!strcmp(failure->user, user) ||
			    (!failure->user[0] && failure->peer.s_addr == peer.s_addr))
				failure->over = true;
		}
	}
}

void failures_kind_over(struct failures *failures, enum failures_kind kind)
{
	struct failure *failure;

	DL_FOREACH(failures->list[kind], failure)
		failure->over = true;
}

const struct failure *failures_next(const struct failures *failures,
				    const struct failure *failure)
{
	unsigned int kind = failure ? failure->kind + 1 : 0;

	if (failure && failure->next)
		return failure->next;
	while (kind < FAILURES_KINDS && !failures->list[kind])
		kind++;
	return kind < FAILURES_KINDS ? failures->list[kind] : NULL;
}

void failures_free(struct failures *failures)
{
	struct failure *failure, *next;
	unsigned int kind;

	for (kind = 0; kind < FAILURES_KINDS; kind++) {
		DL_FOREACH_SAFE(failures->list[kind], failure, next)
			free(failure);
		failures->list[kind] = NULL;
	}
}

const char *failures_kind_text(enum failures_kind kind)
{
	return kinds[kind].text;
}

const char *failures_help(enum failures_kind kind)
{
	return kinds[kind].help;
}
