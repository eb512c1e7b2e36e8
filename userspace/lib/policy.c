// SPDX-License-Identifier: GPL-2.0-or-later
#include "policy.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "array.h"
#include "authname.h"

/* The value of a method is its place. */
static const char * const auth_words[] = AUTHNAME_TABLE;

/* In the order of enum ppp_mppe_policy, and of enum ccp_stateful, which has not the last. */
static const char * const mppe_words[] = { "deny", "allow", "prefer", "require" };

#define STATEFUL_WORDS	(ARRAY_SIZE(mppe_words) - 1)

#define LABEL_MAX	63	/* RFC 1035 section 2.3.4 */
#define NAME_LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"

static bool refuse(char err[POLICY_ERROR_MAX], const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static bool refuse(char err[POLICY_ERROR_MAX], const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(err, POLICY_ERROR_MAX, fmt, args);
	va_end(args);
	return false;
}

static bool is_word(const char *text, size_t len, const char *word)
{
	return strlen(word) == len && strncmp(text, word, len) == 0;
}

/* The bit of one method; 0: there is none of this name. */
static unsigned int auth_bit(const char *text, size_t len)
{
	unsigned int i;

	for (i = 1; i < ARRAY_SIZE(auth_words); i++) {
		if (strlen(auth_words[i]) == len && !strncasecmp(text, auth_words[i], len))
			return 1u << i;
	}
	return 0;
}

bool policy_auth_parse(const char *list, unsigned int *mask)
{
	*mask = 0;
	for (;;) {
		unsigned int bit;
		size_t len;

		list += strspn(list, ", \t");
		len = strcspn(list, ", \t");
		if (len == 0)
			return *mask;
		bit = auth_bit(list, len);
		if (!bit)
			return false;
		*mask |= bit;
		list += len;
	}
}

void policy_auth_text(unsigned int mask, char *text, size_t room)
{
	unsigned int i = ARRAY_SIZE(auth_words);
	size_t len = 0;
	char *c;

	text[0] = '\0';
	while (--i > 0) {
		if (mask & 1u << i && len < room)
			len += (size_t)snprintf(text + len, room - len, "%s%s", len ? "," : "",
						auth_words[i]);
	}
	for (c = text; *c; c++)
		*c = (char)tolower((unsigned char)*c);
}

/* The place of @word among the first @words of mppe_words. */
static bool find_mppe_word(const char *word, size_t words, unsigned int *place)
{
	for (*place = 0; *place < words; (*place)++) {
		if (!strcmp(word, mppe_words[*place]))
			return true;
	}
	return false;
}

bool policy_mppe_parse(const char *word, unsigned int *mppe)
{
	return find_mppe_word(word, ARRAY_SIZE(mppe_words), mppe);
}

const char *policy_mppe_text(unsigned int mppe)
{
	return mppe_words[mppe];
}

bool policy_stateful_parse(const char *word, unsigned int *stateful)
{
	return find_mppe_word(word, STATEFUL_WORDS, stateful);
}

const char *policy_stateful_text(unsigned int stateful)
{
	return mppe_words[stateful];
}

bool policy_name_valid(const char *name)
{
	size_t len = strlen(name);

	return len > 0 && len < POLICY_NAME_MAX && strspn(name, NAME_LETTERS) == len;
}

bool policy_domain_valid(const char *domain)
{
	if (strlen(domain) > POLICY_DOMAIN_MAX)
		return false;
	for (;;) {
		size_t label = strspn(domain, NAME_LETTERS);

		if (!label || label > LABEL_MAX)
			return false;
		if (!domain[label])
			return true;
		if (domain[label] != '.')
			return false;
		domain += label + 1;
	}
}

bool policy_number_valid(const char *number)
{
	return strlen(number) <= POLICY_NUMBER_MAX && strpbrk(number, "0123456789") &&
	       !number[strspn(number, "0123456789+-*.,")];
}

static bool set_auth(struct policy *policy, const char *value, char err[POLICY_ERROR_MAX])
{
	if (policy_auth_parse(value, &policy->auth))
		return true;
	return refuse(err, "auth must be of " POLICY_AUTH_WORDS);
}

static bool set_mppe(struct policy *policy, const char *value, char err[POLICY_ERROR_MAX])
{
	if (policy_mppe_parse(value, &policy->mppe))
		return true;
	return refuse(err, "mppe must be require, prefer, allow or deny");
}

static bool set_stateful(struct policy *policy, const char *value, char err[POLICY_ERROR_MAX])
{
	if (policy_stateful_parse(value, &policy->mppe_stateful))
		return true;
	return refuse(err, "mppe-stateful must be prefer, allow or deny");
}

static bool set_number(const char *name, const char *value, unsigned int max,
		       unsigned int *number, char err[POLICY_ERROR_MAX])
{
	unsigned long n;
	char *end;

	errno = 0;
	n = strtoul(value, &end, 10);
	if (value[0] < '0' || value[0] > '9' || *end || errno || n > max)
		return refuse(err, "%s must be a number from 0 to %u", name, max);
	*number = (unsigned int)n;
	return true;
}

static bool set_sessions(struct policy *policy, const char *value, char err[POLICY_ERROR_MAX])
{
	return set_number("sessions", value, POLICY_SESSIONS_MAX, &policy->sessions, err);
}

static bool set_session_timeout(struct policy *policy, const char *value,
				char err[POLICY_ERROR_MAX])
{
	return set_number("session-timeout", value, POLICY_TIMEOUT_MAX,
			  &policy->session_timeout, err);
}

static bool set_idle_timeout(struct policy *policy, const char *value,
			     char err[POLICY_ERROR_MAX])
{
	return set_number("idle-timeout", value, POLICY_TIMEOUT_MAX, &policy->idle_timeout, err);
}

static bool set_pool(struct policy *policy, const char *value, char err[POLICY_ERROR_MAX])
{
	if (!policy_name_valid(value))
		return refuse(err, "the name of a pool has 1 to %d letters, digits, - and _",
			      POLICY_NAME_MAX - 1);
	snprintf(policy->pool, sizeof(policy->pool), "%s", value);
	return true;
}

static bool parse_route(const char *value, struct policy_route *route)
{
	const char *slash = strchr(value, '/');
	char text[INET_ADDRSTRLEN];
	unsigned long prefix;
	uint32_t mask;
	char *end;

	if (!slash || slash - value >= INET_ADDRSTRLEN)
		return false;
	snprintf(text, sizeof(text), "%.*s", (int)(slash - value), value);
	prefix = strtoul(slash + 1, &end, 10);
	if (slash[1] < '0' || slash[1] > '9' || *end || prefix < 1 || prefix > 32 ||
	    inet_pton(AF_INET, text, &route->network) != 1)
		return false;
	mask = ~0u << (32 - prefix);
	route->prefix = (uint8_t)prefix;
	return !(ntohl(route->network.s_addr) & ~mask);
}

static bool add_route(const char *name, const char *value, struct policy_routes *routes,
		      char err[POLICY_ERROR_MAX])
{
	if (routes->n == POLICY_ROUTES_MAX)
		return refuse(err, "more than %d routes", POLICY_ROUTES_MAX);
	if (!parse_route(value, &routes->route[routes->n]))
		return refuse(err, "%s must be a network like 192.0.2.0/24, no bits after it",
			      name);
	routes->n++;
	return true;
}

static bool set_route(struct policy *policy, const char *value, char err[POLICY_ERROR_MAX])
{
	return add_route("route", value, &policy->routes, err);
}

static bool set_client_route(struct policy *policy, const char *value,
			     char err[POLICY_ERROR_MAX])
{
	return add_route("client-route", value, &policy->client_routes, err);
}

static bool set_domain(struct policy *policy, const char *value, char err[POLICY_ERROR_MAX])
{
	if (!policy_domain_valid(value))
		return refuse(err, "domain must be a name like example.org, of at most %d letters",
			      POLICY_DOMAIN_MAX);
	snprintf(policy->domain, sizeof(policy->domain), "%s", value);
	return true;
}

/* One address or two with a comma. */
static bool set_dns(struct policy *policy, const char *value, char err[POLICY_ERROR_MAX])
{
	char text[2 * INET_ADDRSTRLEN];
	char *comma;

	snprintf(text, sizeof(text), "%s", value);
	comma = strchr(text, ',');
	if (comma)
		*comma++ = '\0';
	policy->dns[1].s_addr = 0;
	if (strlen(value) < sizeof(text) && inet_pton(AF_INET, text, &policy->dns[0]) == 1 &&
	    (!comma || inet_pton(AF_INET, comma, &policy->dns[1]) == 1))
		return true;
	return refuse(err, "dns must be one IPv4 address or two with a comma");
}

static bool set_flag(const char *name, const char *value, bool *flag,
		     char err[POLICY_ERROR_MAX])
{
	*flag = !strcmp(value, "yes");
	if (*flag || !strcmp(value, "no"))
		return true;
	return refuse(err, "%s must be yes or no", name);
}

static bool set_expired(struct policy *policy, const char *value, char err[POLICY_ERROR_MAX])
{
	return set_flag("expired", value, &policy->expired, err);
}

static bool set_disabled(struct policy *policy, const char *value, char err[POLICY_ERROR_MAX])
{
	return set_flag("disabled", value, &policy->disabled, err);
}

static bool set_callback(struct policy *policy, const char *value, char err[POLICY_ERROR_MAX])
{
	if (strcmp(value, POLICY_CALLBACK_YES) != 0 && strcmp(value, POLICY_CALLBACK_NO) != 0 &&
	    !policy_number_valid(value))
		return refuse(err, "callback must be yes, no or a telephone number");
	snprintf(policy->callback, sizeof(policy->callback), "%s", value);
	return true;
}

/* By enum policy_member. */
static const struct {
	const char *name;
	bool (*set)(struct policy *policy, const char *value, char err[POLICY_ERROR_MAX]);
} members[] = {
	[POLICY_AUTH] = { "auth", set_auth },
	[POLICY_MPPE] = { "mppe", set_mppe },
	[POLICY_MPPE_STATEFUL] = { "mppe-stateful", set_stateful },
	[POLICY_SESSIONS] = { "sessions", set_sessions },
	[POLICY_SESSION_TIMEOUT] = { "session-timeout", set_session_timeout },
	[POLICY_IDLE_TIMEOUT] = { "idle-timeout", set_idle_timeout },
	[POLICY_POOL] = { "pool", set_pool },
	[POLICY_ROUTE] = { "route", set_route },
	[POLICY_DNS] = { "dns", set_dns },
	[POLICY_EXPIRED] = { "expired", set_expired },
	[POLICY_DISABLED] = { "disabled", set_disabled },
	[POLICY_CALLBACK] = { "callback", set_callback },
	[POLICY_CLIENT_ROUTE] = { "client-route", set_client_route },
	[POLICY_DOMAIN] = { "domain", set_domain },
};

static void forget(struct policy *policy, enum policy_member member)
{
	policy->given &= ~POLICY_GIVEN(member);
	if (member == POLICY_ROUTE)
		policy->routes.n = 0;
	if (member == POLICY_CLIENT_ROUTE)
		policy->client_routes.n = 0;
	if (member == POLICY_EXPIRED)
		policy->expired = false;
	if (member == POLICY_DISABLED)
		policy->disabled = false;
}

static bool refuse_word(const char *word, char err[POLICY_ERROR_MAX])
{
	size_t i, len;

	len = (size_t)snprintf(err, POLICY_ERROR_MAX, "\"%.40s\" is none of", word);
	for (i = 0; i < ARRAY_SIZE(members) && len < POLICY_ERROR_MAX; i++)
		len += (size_t)snprintf(err + len, POLICY_ERROR_MAX - len, "%s %s=", i ? "," : "",
					members[i].name);
	return false;
}

bool policy_set(struct policy *policy, const char *word, char err[POLICY_ERROR_MAX])
{
	const char *value = strchr(word, '=');
	size_t i, len = value ? (size_t)(value - word) : strlen(word);

	for (i = 0; i < ARRAY_SIZE(members) && !is_word(word, len, members[i].name); i++)
		;
	if (!value || i == ARRAY_SIZE(members))
		return refuse_word(word, err);
	if (!value[1]) {
		forget(policy, (enum policy_member)i);
		return true;
	}
	if (!members[i].set(policy, value + 1, err))
		return false;
	policy->given |= POLICY_GIVEN(i);
	return true;
}

static void dns_text(const struct policy *policy, char *text, size_t room)
{
	char first[INET_ADDRSTRLEN], second[INET_ADDRSTRLEN];

	inet_ntop(AF_INET, &policy->dns[0], first, sizeof(first));
	inet_ntop(AF_INET, &policy->dns[1], second, sizeof(second));
	snprintf(text, room, policy->dns[1].s_addr ? "%s,%s" : "%s", first, second);
}

static void route_text(const struct policy_route *route, char *text, size_t room)
{
	char network[INET_ADDRSTRLEN];

	inet_ntop(AF_INET, &route->network, network, sizeof(network));
	snprintf(text, room, "%s/%u", network, route->prefix);
}

/* The value of @member, of several the one of the number @route. */
static void value_text(const struct policy *policy, enum policy_member member,
		       unsigned int route, char *text, size_t room)
{
	switch (member) {
	case POLICY_AUTH:
		policy_auth_text(policy->auth, text, room);
		return;
	case POLICY_MPPE:
		snprintf(text, room, "%s", policy_mppe_text(policy->mppe));
		return;
	case POLICY_MPPE_STATEFUL:
		snprintf(text, room, "%s", policy_stateful_text(policy->mppe_stateful));
		return;
	case POLICY_SESSIONS:
		snprintf(text, room, "%u", policy->sessions);
		return;
	case POLICY_SESSION_TIMEOUT:
		snprintf(text, room, "%u", policy->session_timeout);
		return;
	case POLICY_IDLE_TIMEOUT:
		snprintf(text, room, "%u", policy->idle_timeout);
		return;
	case POLICY_POOL:
		snprintf(text, room, "%s", policy->pool);
		return;
	case POLICY_ROUTE:
		route_text(&policy->routes.route[route], text, room);
		return;
	case POLICY_DNS:
		dns_text(policy, text, room);
		return;
	case POLICY_EXPIRED:
		snprintf(text, room, "%s", policy->expired ? "yes" : "no");
		return;
	case POLICY_DISABLED:
		snprintf(text, room, "%s", policy->disabled ? "yes" : "no");
		return;
	case POLICY_CALLBACK:
		snprintf(text, room, "%s", policy->callback);
		return;
	case POLICY_CLIENT_ROUTE:
		route_text(&policy->client_routes.route[route], text, room);
		return;
	case POLICY_DOMAIN:
		snprintf(text, room, "%s", policy->domain);
		return;
	}
}

/* Words that say @member again. */
static unsigned int words_of(const struct policy *policy, enum policy_member member)
{
	if (member == POLICY_ROUTE)
		return policy->routes.n;
	if (member == POLICY_CLIENT_ROUTE)
		return policy->client_routes.n;
	return 1;
}

bool policy_word(const struct policy *policy, unsigned int n, char word[POLICY_WORD_MAX])
{
	unsigned int i, words;
	size_t len;

	for (i = 0; i < ARRAY_SIZE(members); i++) {
		if (!(policy->given & POLICY_GIVEN(i)))
			continue;
		words = words_of(policy, (enum policy_member)i);
		if (n < words) {
			len = (size_t)snprintf(word, POLICY_WORD_MAX, "%s=", members[i].name);
			value_text(policy, (enum policy_member)i, n, word + len,
				   POLICY_WORD_MAX - len);
			return true;
		}
		n -= words;
	}
	return false;
}
