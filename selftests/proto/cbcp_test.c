// SPDX-License-Identifier: GPL-2.0-or-later
/* Packets as [MS-CBCP] section 2.2 describes them, and as pppd sends them. */
#include "kselftest_harness.h"

#include "ppp_peer.h"
#include "proto/cbcp.h"

#define NEVER UINT64_MAX

#define REQUEST		CBCP_CODE_REQUEST
#define RESPONSE	CBCP_CODE_RESPONSE
#define ACK		CBCP_CODE_ACK

#define NONE		"0102"
#define USER		"0205000100"
#define ADMIN		"030300"
#define USER_123	"0208050131323300"	/* 123, after 5 seconds */

FIXTURE(cbcp) {
	struct cbcp_answerer answerer;
	struct cbcp_caller caller;
	struct ppp_actions *acts;
};

FIXTURE_SETUP(cbcp)
{
	static const struct cbcp_config cfg = { .restart = 3000, .max_transmit = 3 };

	self->acts = calloc(1, sizeof(*self->acts));
	ASSERT_NE(NULL, self->acts);
	cbcp_answerer_init(&self->answerer, &cfg);
	cbcp_caller_init(&self->caller, NULL);
}

FIXTURE_TEARDOWN(cbcp)
{
	free(self->acts);
}

typedef struct _test_data_cbcp self_type;

static bool sent(self_type *self, uint8_t code, uint8_t id, const char *hex)
{
	return self->acts->n == 1 &&
	       peer_gets_hex(self->acts, 0, CBCP_PROTOCOL, code, id, hex, NULL);
}

static void ask(self_type *self, unsigned int types)
{
	self->acts->n = 0;
	cbcp_answerer_start(&self->answerer, types, 0, self->acts);
}

static enum cbcp_outcome answer(self_type *self, uint8_t code, uint8_t id, const char *hex)
{
	self->acts->n = 0;
	return cbcp_answerer_input(&self->answerer, peer_packet_hex(code, id, hex, NULL), 1000,
				   self->acts);
}

static enum cbcp_outcome call(self_type *self, uint8_t code, uint8_t id, const char *hex)
{
	self->acts->n = 0;
	return cbcp_caller_input(&self->caller, peer_packet_hex(code, id, hex, NULL), self->acts);
}

TEST_F(cbcp, offers)
{
	static const struct {
		unsigned int types;
		const char *request;
	} offers[] = {
		{ CBCP_BIT(CBCP_NONE), NONE },
		{ CBCP_BIT(CBCP_USER), USER },
		{ CBCP_BIT(CBCP_ADMIN), ADMIN },
		{ CBCP_BIT(CBCP_NONE) | CBCP_BIT(CBCP_USER) | CBCP_BIT(CBCP_ADMIN),
		  NONE USER ADMIN },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(offers); i++) {
		ask(self, offers[i].types);
		EXPECT_TRUE(sent(self, REQUEST, 1, offers[i].request)) {
			TH_LOG("row %zu", i);
		}
		EXPECT_EQ(3000, self->answerer.deadline);
	}
}

/* Chosen from all that can be offered, and acknowledged octet by octet. */
static const struct {
	const char *what;
	const char *response;
	enum cbcp_type type;
	uint8_t delay;
	const char *number;
} responses[] = {
	{ "none", NONE, CBCP_NONE, 0, "" },
	{ "none of pppd", "010300", CBCP_NONE, 0, "" },
	{ "number", USER_123, CBCP_USER, 5, "123" },
	{ "number without its 0", "02070501313233", CBCP_USER, 5, "123" },
	{ "number without a type", "020605313200", CBCP_USER, 5, "12" },
	{ "empty number", "0205020100", CBCP_USER, 2, "" },
	{ "no number", "020302", CBCP_USER, 2, "" },
	{ "no delay", "0202", CBCP_USER, 0, "" },
	{ "ours", "0303ff", CBCP_ADMIN, 255, "" },
	{ "ours, no delay", "0302", CBCP_ADMIN, 0, "" },
};

TEST_F(cbcp, choices)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(responses); i++) {
		const struct cbcp_choice *choice = &self->answerer.choice;

		ask(self, CBCP_BIT(CBCP_NONE) | CBCP_BIT(CBCP_USER) | CBCP_BIT(CBCP_ADMIN));
		EXPECT_EQ(CBCP_AGREED, answer(self, RESPONSE, 1, responses[i].response)) {
			TH_LOG("%s", responses[i].what);
		}
		EXPECT_TRUE(sent(self, ACK, 1, responses[i].response));
		EXPECT_EQ(responses[i].type, choice->type);
		EXPECT_EQ(responses[i].delay, choice->delay);
		EXPECT_STREQ(responses[i].number, choice->number);
		EXPECT_EQ(NEVER, self->answerer.deadline);
	}
}

/* The Request goes out again, with the next identifier (section 3.2.5.3). */
static const struct {
	const char *what;
	const char *response;
} wrong[] = {
	{ "nothing", "" },
	{ "half of an option", "03" },
	{ "past the end", "030600" },
	{ "length 1", "0301" },
	{ "type 0", "0002" },
	{ "not offered", NONE },
	{ "list, which never is", "0404000100" },
	{ "type 32", "2002" },
	{ "type 255", "ff02" },
	{ "two options", ADMIN ADMIN },
	{ "a control character", "02060001310a" },
	{ "not ASCII", "02060001b200" },
	{ "another type of address", "020600023100" },
};

TEST_F(cbcp, refusals)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(wrong); i++) {
		ask(self, CBCP_BIT(CBCP_USER) | CBCP_BIT(CBCP_ADMIN));
		EXPECT_EQ(CBCP_WAITING, answer(self, RESPONSE, 1, wrong[i].response)) {
			TH_LOG("%s", wrong[i].what);
		}
		EXPECT_TRUE(sent(self, REQUEST, 2, USER ADMIN)) {
			TH_LOG("%s", wrong[i].what);
		}
		EXPECT_EQ(4000, self->answerer.deadline);
		EXPECT_EQ(CBCP_AGREED, answer(self, RESPONSE, 2, ADMIN));
	}
}

/* As many characters as PPTP's messages have room for, and one more. */
TEST_F(cbcp, longest_number)
{
	char hex[2 * (4 + CBCP_NUMBER_MAX + 2) + 1];
	size_t i, digits;

	for (digits = CBCP_NUMBER_MAX; digits <= CBCP_NUMBER_MAX + 1; digits++) {
		snprintf(hex, sizeof(hex), "02%02zx0001", digits + 5);
		for (i = 0; i < digits; i++)
			strcat(hex, "37");
		strcat(hex, "00");
		ask(self, CBCP_BIT(CBCP_USER));
		EXPECT_EQ(digits > CBCP_NUMBER_MAX ? CBCP_WAITING : CBCP_AGREED,
			  answer(self, RESPONSE, 1, hex));
	}
}

TEST_F(cbcp, not_waited_for)
{
	EXPECT_EQ(CBCP_IGNORED, answer(self, RESPONSE, 0, NONE));
	ask(self, CBCP_BIT(CBCP_NONE));
	EXPECT_EQ(CBCP_IGNORED, answer(self, RESPONSE, 2, NONE));
	EXPECT_EQ(CBCP_IGNORED, answer(self, REQUEST, 1, NONE));
	EXPECT_EQ(CBCP_IGNORED, answer(self, ACK, 1, NONE));
	EXPECT_EQ(CBCP_IGNORED, answer(self, 4, 1, NONE));
	EXPECT_EQ(0, self->acts->n);
	cbcp_answerer_stop(&self->answerer);
	EXPECT_EQ(CBCP_IGNORED, answer(self, RESPONSE, 1, NONE));
	EXPECT_EQ(NEVER, self->answerer.deadline);
}

TEST_F(cbcp, lost_ack)
{
	ask(self, CBCP_BIT(CBCP_USER));
	EXPECT_EQ(CBCP_AGREED, answer(self, RESPONSE, 1, USER_123));
	EXPECT_EQ(CBCP_IGNORED, answer(self, RESPONSE, 1, USER_123));
	EXPECT_TRUE(sent(self, ACK, 1, USER_123));
	EXPECT_EQ(CBCP_IGNORED, answer(self, RESPONSE, 2, USER_123));
	EXPECT_EQ(0, self->acts->n);
}

TEST_F(cbcp, silence)
{
	uint64_t now;
	uint8_t id;

	ask(self, CBCP_BIT(CBCP_ADMIN));
	for (id = 2; id <= 3; id++) {
		now = self->answerer.deadline;
		self->acts->n = 0;
		EXPECT_TRUE(cbcp_answerer_timer(&self->answerer, now - 1, self->acts));
		EXPECT_EQ(0, self->acts->n);
		EXPECT_TRUE(cbcp_answerer_timer(&self->answerer, now, self->acts));
		EXPECT_TRUE(sent(self, REQUEST, id, ADMIN));
		EXPECT_EQ(now + 3000, self->answerer.deadline);
	}
	EXPECT_FALSE(cbcp_answerer_timer(&self->answerer, self->answerer.deadline, self->acts));
	EXPECT_EQ(NEVER, self->answerer.deadline);
	EXPECT_TRUE(cbcp_answerer_timer(&self->answerer, NEVER - 1, self->acts));
}

/* A peer that answers nonsense for ever gets so many Requests and no more. */
TEST_F(cbcp, nonsense_without_end)
{
	uint8_t id;

	ask(self, CBCP_BIT(CBCP_ADMIN));
	for (id = 1; id <= 2; id++) {
		EXPECT_EQ(CBCP_WAITING, answer(self, RESPONSE, id, NONE));
		EXPECT_TRUE(sent(self, REQUEST, id + 1, ADMIN));
	}
	EXPECT_EQ(CBCP_WAITING, answer(self, RESPONSE, 3, NONE));
	EXPECT_EQ(0, self->acts->n);
	EXPECT_FALSE(cbcp_answerer_timer(&self->answerer, self->answerer.deadline, self->acts));
}

#define LIST_12_345	"040b000131320033343500"
#define LIST_TYPED	"040c00013132000133343500"

/* What is offered, what we want, and what we say; NULL: nothing will do. */
static const struct {
	const char *request;
	const char *number;
	const char *response;
	enum cbcp_outcome outcome;
} requests[] = {
	{ NONE, NULL, NONE, CBCP_AGREED },
	{ NONE USER ADMIN, NULL, NONE, CBCP_AGREED },
	{ USER NONE, NULL, NONE, CBCP_AGREED },
	{ "010300", NULL, NONE, CBCP_AGREED },
	{ USER, NULL, NULL, CBCP_IMPOSSIBLE },
	{ USER ADMIN LIST_12_345, NULL, NULL, CBCP_IMPOSSIBLE },
	{ "0502", NULL, NULL, CBCP_IMPOSSIBLE },
	{ "0002", "345", NULL, CBCP_IMPOSSIBLE },
	{ NONE, "345", NONE, CBCP_AGREED },
	{ NONE USER ADMIN, "345", "0208000133343500", CBCP_WAITING },
	{ ADMIN USER NONE, "345", "0208000133343500", CBCP_WAITING },
	{ "0202", "345", "0208000133343500", CBCP_WAITING },
	{ NONE ADMIN, "345", ADMIN, CBCP_WAITING },
	{ ADMIN LIST_12_345, "345", "0408000133343500", CBCP_WAITING },
	{ LIST_TYPED, "345", "0408000133343500", CBCP_WAITING },
	{ ADMIN LIST_12_345, "34", ADMIN, CBCP_WAITING },
	{ LIST_12_345, "3", NULL, CBCP_IMPOSSIBLE },
	{ NONE LIST_12_345, "3", NONE, CBCP_AGREED },
	{ "0402", "3", NULL, CBCP_IMPOSSIBLE },
	{ "04060001310a", "1", NULL, CBCP_IMPOSSIBLE },
	{ NONE USER ADMIN, "", ADMIN, CBCP_WAITING },
	{ NONE USER, "", USER, CBCP_WAITING },
	{ USER LIST_12_345, "", "04070001313200", CBCP_WAITING },
	{ "0405000100" NONE, "", NONE, CBCP_AGREED },
	{ NONE, "", NONE, CBCP_AGREED },
	/* Malformed ones are dropped (section 3.1.5.3). */
	{ "", NULL, NULL, CBCP_IGNORED },
	{ "01", NULL, NULL, CBCP_IGNORED },
	{ "0101", NULL, NULL, CBCP_IGNORED },
	{ NONE "0306", "", NULL, CBCP_IGNORED },
};

TEST_F(cbcp, caller_chooses)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(requests); i++) {
		const char *response = requests[i].response;

		cbcp_caller_init(&self->caller, requests[i].number);
		EXPECT_EQ(requests[i].outcome, call(self, REQUEST, 7, requests[i].request)) {
			TH_LOG("row %zu", i);
		}
		EXPECT_EQ(!!response, self->caller.responded);
		EXPECT_EQ(!!response, self->acts->n);
		EXPECT_TRUE(!response || sent(self, RESPONSE, 7, response)) {
			TH_LOG("row %zu", i);
		}
	}
}

TEST_F(cbcp, caller_waits)
{
	cbcp_caller_init(&self->caller, "345");
	EXPECT_EQ(CBCP_IGNORED, call(self, ACK, 0, USER));
	EXPECT_EQ(CBCP_WAITING, call(self, REQUEST, 1, USER));
	EXPECT_EQ(CBCP_IGNORED, call(self, ACK, 2, USER));
	EXPECT_EQ(CBCP_IGNORED, call(self, RESPONSE, 1, USER));
	EXPECT_EQ(CBCP_IGNORED, call(self, 4, 1, USER));
	EXPECT_EQ(0, self->acts->n);
	/* Our Response was lost. */
	EXPECT_EQ(CBCP_WAITING, call(self, REQUEST, 2, USER));
	EXPECT_TRUE(sent(self, RESPONSE, 2, "0208000133343500"));
	EXPECT_EQ(CBCP_IGNORED, call(self, ACK, 1, USER));
	EXPECT_EQ(CBCP_AGREED, call(self, ACK, 2, "0208000133343500"));
	EXPECT_STREQ("345", self->caller.choice.number);
	cbcp_caller_stop(&self->caller);
	EXPECT_EQ(CBCP_IGNORED, call(self, ACK, 2, "0208000133343500"));
}

TEST_HARNESS_MAIN
