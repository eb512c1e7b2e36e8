/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What one user may, where that differs from the listener's rules: words
 * NAME=VALUE of the users file, kpptpd.conf(5). Pure: text in, struct out.
 */
#ifndef LIB_POLICY_H
#define LIB_POLICY_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define POLICY_NAME_MAX		32	/* of a pool, with its 0 */
#define POLICY_ROUTES_MAX	16
#define POLICY_SESSIONS_MAX	65535u
#define POLICY_TIMEOUT_MAX	31536000u	/* seconds, a year */
#define POLICY_WORD_MAX		256	/* one NAME=VALUE with its 0 */
#define POLICY_WORDS_MAX	(12 + 2 * POLICY_ROUTES_MAX)
#define POLICY_ERROR_MAX	192
#define POLICY_NUMBER_MAX	64	/* characters of a telephone number */
#define POLICY_DOMAIN_MAX	128	/* characters of a DNS domain */

/* Values of "callback" that are no number. */
#define POLICY_CALLBACK_YES	"yes"
#define POLICY_CALLBACK_NO	"no"

/* Authentication methods in the order of enum ppp_auth_method, from 1 on. */
#define POLICY_AUTH_WORDS \
	"pap, chap-md5, ms-chap, ms-chap-v2, eap-md5, eap-mschap-v2 and eap-tls"

struct policy_route {
	struct in_addr network;
	uint8_t prefix;
};

struct policy_routes {
	struct policy_route route[POLICY_ROUTES_MAX];
	unsigned int n;
};

/* Members that count are those whose bit is in struct policy.given. */
enum policy_member {
	POLICY_AUTH,
	POLICY_MPPE,
	POLICY_MPPE_STATEFUL,
	POLICY_SESSIONS,
	POLICY_SESSION_TIMEOUT,
	POLICY_IDLE_TIMEOUT,
	POLICY_POOL,
	POLICY_ROUTE,
	POLICY_DNS,
	POLICY_EXPIRED,
	POLICY_DISABLED,
	POLICY_CALLBACK,
	POLICY_CLIENT_ROUTE,
	POLICY_DOMAIN,
};

#define POLICY_GIVEN(member) (1u << (member))

/**
 * struct policy - of one user
 * @given: POLICY_GIVEN() of the members that were said
 * @auth: bits of enum ppp_auth_method
 * @mppe: an enum ppp_mppe_policy
 * @mppe_stateful: an enum ccp_stateful
 * @sessions: at the same time, 0: any number
 * @session_timeout, @idle_timeout: seconds, 0: none
 * @pool: name of a pool
 * @routes: networks behind the user
 * @dns: 0.0.0.0: not there
 * @expired: the password must be changed
 * @disabled: no login
 * @callback: a number where the user is called back, POLICY_CALLBACK_YES: at one that
 *	it says, POLICY_CALLBACK_NO: it is not
 * @client_routes: networks that the user's machine is told to reach through us
 * @domain: of DNS, that it is told
 */
struct policy {
	unsigned int given;
	unsigned int auth;
	unsigned int mppe;
	unsigned int mppe_stateful;
	unsigned int sessions;
	unsigned int session_timeout;
	unsigned int idle_timeout;
	char pool[POLICY_NAME_MAX];
	struct policy_routes routes;
	struct in_addr dns[2];
	bool expired;
	bool disabled;
	char callback[POLICY_NUMBER_MAX + 1];
	struct policy_routes client_routes;
	char domain[POLICY_DOMAIN_MAX + 1];
};

static inline bool policy_has(const struct policy *policy, enum policy_member member)
{
	return policy->given & POLICY_GIVEN(member);
}

/*
 * Takes one word NAME=VALUE; an empty value takes the member away again, and
 * "route" and "client-route" add one. False: @err has a sentence.
 */
bool policy_set(struct policy *policy, const char *word, char err[POLICY_ERROR_MAX]);

/*
 * The word number @n of those that make @policy again, from 0 on, into @word.
 * False: there are no more.
 */
bool policy_word(const struct policy *policy, unsigned int n, char word[POLICY_WORD_MAX]);

/*
 * "ms-chap-v2,eap-tls" into bits, in any case of letters. False: a word is none of
 * POLICY_AUTH_WORDS, or there is none. Commas or blanks separate them.
 */
bool policy_auth_parse(const char *list, unsigned int *mask);

/* The list again, strongest first. */
void policy_auth_text(unsigned int mask, char *text, size_t room);

/* require, prefer, allow or deny. */
bool policy_mppe_parse(const char *word, unsigned int *mppe);
const char *policy_mppe_text(unsigned int mppe);

/* prefer, allow or deny. */
bool policy_stateful_parse(const char *word, unsigned int *stateful);
const char *policy_stateful_text(unsigned int stateful);

/* A telephone number: a digit at least, and nothing but digits and "+-*.,". */
bool policy_number_valid(const char *number);

/* A domain of DNS: labels of letters, digits, "-" and "_", with dots between them. */
bool policy_domain_valid(const char *domain);

/* Letters, digits, "-" and "_", and room for its 0 in POLICY_NAME_MAX. */
bool policy_name_valid(const char *name);

#endif /* LIB_POLICY_H */
