// SPDX-License-Identifier: GPL-2.0-or-later
/* Whom a callback is placed to, and how often; no time is asserted. */
#include "daemon/callback.h"
#include "kselftest_harness.h"

/* @rings: calls so far; @works: they can be placed; @fails: and are not answered */
struct line {
	struct daemon daemon;
	struct loop_source *later;
	struct callback *ringing;
	unsigned int rings;
	bool works;
	bool fails;
	char user[PPP_USER_MAX + 1];
	char number[CBCP_NUMBER_MAX + 1];
};

FIXTURE(callback) {
	struct line line;
};

/* What becomes of the call; the loop ends with the callback. */
static void on_later(void *arg)
{
	struct line *line = arg;

	if (line->ringing && line->fails)
		callback_failed(line->ringing, "of the test");
	else if (line->ringing)
		callback_answered(line->ringing);
	line->ringing = NULL;
	if (!line->daemon.callbacks)
		loop_exit(line->daemon.loop, 0);
}

static bool ring(void *arg, struct callback *callback)
{
	struct line *line = arg;

	line->rings++;
	snprintf(line->user, sizeof(line->user), "%s", callback_user(callback));
	snprintf(line->number, sizeof(line->number), "%s", callback_number(callback));
	line->ringing = line->works ? callback : NULL;
	loop_later_set(line->later);
	return line->works;
}

FIXTURE_SETUP(callback)
{
	struct line *line = &self->line;

	memset(line, 0, sizeof(*line));
	line->works = true;
	line->daemon.loop = loop_new();
	ASSERT_NE(NULL, line->daemon.loop);
	line->later = loop_later(line->daemon.loop, on_later, line);
	ASSERT_NE(NULL, line->later);
}

FIXTURE_TEARDOWN(callback)
{
	callbacks_cancel(&self->line.daemon, &self->line);
	loop_source_free(self->line.later);
	loop_free(self->line.daemon.loop);
}

static void plan(struct line *line, const char *user, const char *number)
{
	struct cbcp_choice choice = { .type = CBCP_USER };

	snprintf(choice.number, sizeof(choice.number), "%s", number);
	callback_plan(&line->daemon, user, &choice, ring, line);
}

TEST_F(callback, is_answered)
{
	plan(&self->line, "alice", "5551212");
	EXPECT_EQ(0, self->line.rings);
	EXPECT_EQ(0, loop_run(self->line.daemon.loop));
	EXPECT_EQ(1, self->line.rings);
	EXPECT_STREQ("alice", self->line.user);
	EXPECT_STREQ("5551212", self->line.number);
}

TEST_F(callback, one_for_each_user)
{
	plan(&self->line, "alice", "1");
	plan(&self->line, "alice", "2");
	plan(&self->line, "bob", "3");
	EXPECT_EQ(0, loop_run(self->line.daemon.loop));
	EXPECT_EQ(2, self->line.rings);
	EXPECT_STREQ("3", self->line.number);
}

TEST_F(callback, given_up)
{
	self->line.fails = true;
	plan(&self->line, "alice", "1");
	EXPECT_EQ(0, loop_run(self->line.daemon.loop));
	EXPECT_EQ(3, self->line.rings);
	EXPECT_EQ(NULL, self->line.daemon.callbacks);
}

TEST_F(callback, cannot_be_placed)
{
	self->line.works = false;
	plan(&self->line, "alice", "1");
	EXPECT_EQ(0, loop_run(self->line.daemon.loop));
	EXPECT_EQ(1, self->line.rings);
	EXPECT_EQ(NULL, self->line.daemon.callbacks);
}

TEST_F(callback, connection_is_gone)
{
	plan(&self->line, "alice", "1");
	callback_plan(&self->line.daemon, "bob", &(struct cbcp_choice){ .type = CBCP_ADMIN }, ring,
		      NULL);
	callbacks_cancel(&self->line.daemon, &self->line);
	EXPECT_NE(NULL, self->line.daemon.callbacks);
	callbacks_cancel(&self->line.daemon, NULL);
	EXPECT_EQ(NULL, self->line.daemon.callbacks);
}

TEST_HARNESS_MAIN
