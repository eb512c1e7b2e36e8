// SPDX-License-Identifier: GPL-2.0-or-later
/* What ends a session, by a script of how idle it is; no time is asserted. */
#include "daemon/timeouts.h"
#include "kselftest_harness.h"

#define NO_END	-1

/* @idle: what the kernel says, one after the other; the last one for ever. */
struct scene {
	struct loop *loop;
	struct timeouts *t;
	const uint64_t *idle;
	unsigned int asked;
	int end;
};

FIXTURE(timeouts) {
	struct scene scene;
};

static uint64_t idle(void *arg)
{
	struct scene *scene = arg;
	uint64_t now = scene->idle[scene->asked];

	if (scene->idle[scene->asked + 1])
		scene->asked++;
	return now;
}

static void end(void *arg, enum timeouts_end why)
{
	struct scene *scene = arg;

	scene->end = (int)why;
	/* As a session does, which goes with its link. */
	timeouts_free(scene->t);
	scene->t = NULL;
	loop_exit(scene->loop, 0);
}

FIXTURE_SETUP(timeouts)
{
	self->scene.end = NO_END;
	self->scene.asked = 0;
	self->scene.loop = loop_new();
	ASSERT_NE(NULL, self->scene.loop);
	self->scene.t = timeouts_new(self->scene.loop, idle, end, &self->scene);
	ASSERT_NE(NULL, self->scene.t);
}

FIXTURE_TEARDOWN(timeouts)
{
	timeouts_free(self->scene.t);
	loop_free(self->scene.loop);
}

TEST_F(timeouts, session_time)
{
	timeouts_start(self->scene.t, 5, 0);
	EXPECT_EQ(0, loop_run(self->scene.loop));
	EXPECT_EQ(TIMEOUTS_SESSION, self->scene.end);
}

TEST_F(timeouts, idle_at_the_first_look)
{
	static const uint64_t script[] = { 7, 0 };

	self->scene.idle = script;
	timeouts_start(self->scene.t, 0, 7);
	EXPECT_EQ(0, loop_run(self->scene.loop));
	EXPECT_EQ(TIMEOUTS_IDLE, self->scene.end);
}

/* Packets passed twice before, and once the kernel did not answer. */
TEST_F(timeouts, idle_at_last)
{
	static const uint64_t script[] = { 1, UINT64_MAX, 6, 8, 0 };

	self->scene.idle = script;
	timeouts_start(self->scene.t, 0, 7);
	EXPECT_EQ(0, loop_run(self->scene.loop));
	EXPECT_EQ(TIMEOUTS_IDLE, self->scene.end);
	EXPECT_EQ(3, self->scene.asked);
}

/* A session that is never idle ends by its own time. */
TEST_F(timeouts, session_time_of_a_busy_one)
{
	static const uint64_t script[] = { 1, 0 };

	self->scene.idle = script;
	timeouts_start(self->scene.t, 50, 5);
	EXPECT_EQ(0, loop_run(self->scene.loop));
	EXPECT_EQ(TIMEOUTS_SESSION, self->scene.end);
}

static void give_up(void *arg)
{
	struct scene *scene = arg;

	loop_exit(scene->loop, 0);
}

TEST_F(timeouts, nothing_is_limited)
{
	struct loop_source *timer = loop_timer(self->scene.loop, give_up, &self->scene);

	ASSERT_NE(NULL, timer);
	timeouts_start(self->scene.t, 0, 0);
	loop_timer_set(timer, loop_now() + 20);
	EXPECT_EQ(0, loop_run(self->scene.loop));
	EXPECT_EQ(NO_END, self->scene.end);
	loop_source_free(timer);
}

TEST_HARNESS_MAIN
