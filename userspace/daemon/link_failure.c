// SPDX-License-Identifier: GPL-2.0-or-later
#include "link_failure.h"

#include <string.h>

#include "crypto/tls.h"
#include "lib/array.h"

static bool link_failure_is_tls(const char *detail)
{
	unsigned int error;

	for (error = TLS_ERROR_NONE + 1; detail && error < TLS_ERRORS; error++) {
		if (!strcmp(detail, tls_error_text((enum tls_error)error)))
			return true;
	}
	return false;
}

/*
 * The peer's LCP came through and its data never did: some firewalls let out what is
 * small or what comes first, and forget the rest.
 */
static enum failures_kind link_failure_silent(const struct link_end *end)
{
	return end->received ? FAILURES_LOST : FAILURES_GRE;
}

/* What a reason stands for by itself. */
static bool link_failure_plain(enum ppp_end_reason reason, enum failures_kind *kind)
{
	static const struct {
		enum ppp_end_reason reason;
		enum failures_kind kind;
	} kinds[] = {
		{ PPP_END_NO_ANSWER, FAILURES_GRE },
		{ PPP_END_LCP_FAILED, FAILURES_LCP },
		{ PPP_END_LOOPBACK, FAILURES_LCP },
		{ PPP_END_LIMIT, FAILURES_LCP },
		{ PPP_END_AUTH_REFUSED, FAILURES_METHOD },
		{ PPP_END_AUTH_DEMANDED, FAILURES_METHOD },
		{ PPP_END_AUTH_TIMEOUT, FAILURES_LOST },
		{ PPP_END_SERVER_IDENTITY, FAILURES_PASSWORD },
		{ PPP_END_PEER_REFUSED_US, FAILURES_PASSWORD },
		{ PPP_END_MPPE_REFUSED, FAILURES_ENCRYPTION },
		{ PPP_END_NO_ADDRESS, FAILURES_ADDRESS },
		{ PPP_END_NCP_TIMEOUT, FAILURES_NETWORK },
		{ PPP_END_CALLBACK_FAILED, FAILURES_CALL },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (kinds[i].reason == reason) {
			*kind = kinds[i].kind;
			return true;
		}
	}
	return false;
}

bool link_failure(const struct link_end *end, enum failures_kind *kind)
{
	bool ended = end->reason == PPP_END_PEER || end->reason == PPP_END_NONE;

	if (end->was_up && end->garbled && !end->received) {
		*kind = FAILURES_KEYS;
		return true;
	}
	if (end->reason == PPP_END_ECHO_TIMEOUT) {
		*kind = link_failure_silent(end);
		return true;
	}
	if (ended) {
		*kind = FAILURES_CALL;
		return !end->was_up;
	}
	if (end->reason == PPP_END_AUTH_FAILED) {
		*kind = link_failure_is_tls(end->detail) ? FAILURES_CERTIFICATE : FAILURES_METHOD;
		return end->detail;
	}
	if (!link_failure_plain(end->reason, kind))
		return false;
	if (*kind == FAILURES_PASSWORD && link_failure_is_tls(end->detail))
		*kind = FAILURES_CERTIFICATE;
	return true;
}
