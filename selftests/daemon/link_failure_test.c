// SPDX-License-Identifier: GPL-2.0-or-later
/* What the end of a link is taken for. */
#include "kselftest_harness.h"

#include "crypto/tls.h"
#include "daemon/link_failure.h"

#define NONE	FAILURES_KINDS

static const struct {
	struct link_end end;
	enum failures_kind kind;	/* NONE: nothing has failed */
} rows[] = {
	/* 0 */	{ { .reason = PPP_END_NO_ANSWER }, FAILURES_GRE },
	/* 1 */	{ { .reason = PPP_END_LCP_FAILED }, FAILURES_LCP },
	/* 2 */	{ { .reason = PPP_END_AUTH_REFUSED }, FAILURES_METHOD },
	/* 3 */	{ { .reason = PPP_END_AUTH_DEMANDED }, FAILURES_METHOD },
	/* 4 */	{ { .reason = PPP_END_MPPE_REFUSED }, FAILURES_ENCRYPTION },
	/* 5 */	{ { .reason = PPP_END_NO_ADDRESS }, FAILURES_ADDRESS },
	/* 6 */	{ { .reason = PPP_END_NCP_TIMEOUT }, FAILURES_NETWORK },
	/* A refused claim is told of by who refuses it. */
	/* 7 */	{ { .reason = PPP_END_AUTH_FAILED }, NONE },
	/* 8 */	{ { .reason = PPP_END_AUTH_FAILED,
		    .detail = "no EAP method is left that both ends allow" }, FAILURES_METHOD },
	/* 9 */	{ { .reason = PPP_END_PEER_REFUSED_US, .detail = "E=691" }, FAILURES_PASSWORD },
	/* 10 */ { { .reason = PPP_END_SERVER_IDENTITY }, FAILURES_PASSWORD },
	/* Before it was up an end is a failure, and afterwards it is none. */
	/* 11 */ { { .reason = PPP_END_PEER }, FAILURES_CALL },
	/* 12 */ { { .reason = PPP_END_NONE }, FAILURES_CALL },
	/* 13 */ { { .reason = PPP_END_PEER, .was_up = true }, NONE },
	/* 14 */ { { .reason = PPP_END_NONE, .was_up = true }, NONE },
	/* 15 */ { { .reason = PPP_END_ADMIN }, NONE },
	/* 16 */ { { .reason = PPP_END_IDLE, .was_up = true }, NONE },
	/* 17 */ { { .reason = PPP_END_FORWARDED }, NONE },
	/* 18 */ { { .reason = PPP_END_ECHO_TIMEOUT, .was_up = true }, FAILURES_GRE },
	/* 19 */ { { .reason = PPP_END_ECHO_TIMEOUT, .was_up = true, .received = true },
		   FAILURES_LOST },
	/* 20 */ { { .reason = PPP_END_ECHO_TIMEOUT, .was_up = true, .garbled = true },
		   FAILURES_KEYS },
	/* 21 */ { { .reason = PPP_END_PEER, .was_up = true, .garbled = true }, FAILURES_KEYS },
	/* A forged packet is no sign of wrong keys. */
	/* 22 */ { { .reason = PPP_END_PEER, .was_up = true, .garbled = true, .received = true },
		   NONE },
	/* 23 */ { { .reason = PPP_END_CALLBACK }, NONE },
	/* 24 */ { { .reason = PPP_END_CALLBACK_FAILED }, FAILURES_CALL },
};

TEST(ends)
{
	enum failures_kind kind;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		if (!link_failure(&rows[i].end, &kind))
			kind = NONE;
		EXPECT_EQ(rows[i].kind, kind) TH_LOG("row %zu", i);
	}
}

TEST(certificates)
{
	static const enum ppp_end_reason reasons[] = {
		PPP_END_AUTH_FAILED, PPP_END_SERVER_IDENTITY, PPP_END_PEER_REFUSED_US,
	};
	struct link_end end = { 0 };
	enum failures_kind kind;
	unsigned int error;
	size_t i;

	for (error = TLS_ERROR_NONE + 1; error < TLS_ERRORS; error++) {
		end.detail = tls_error_text((enum tls_error)error);
		for (i = 0; i < ARRAY_SIZE(reasons); i++) {
			end.reason = reasons[i];
			ASSERT_TRUE(link_failure(&end, &kind));
			EXPECT_EQ(FAILURES_CERTIFICATE, kind) TH_LOG("%s", end.detail);
		}
	}
}

TEST_HARNESS_MAIN
