// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utlist.h>

#include "hook.h"
#include "lib/log.h"

#define HOOK_LIMIT_MS	10000

struct hook {
	struct hook *prev, *next;
	char word[HOOK_WORDS_MAX][HOOK_WORD_MAX];
	char input[HOOK_INPUT_MAX];
};

/* @pid, @pidfd, @io: of the head of @list, when it runs; 0, -1, NULL otherwise. */
struct hooks {
	struct loop *loop;
	struct loop_source *timer;
	struct loop_source *io;
	struct hook *list;
	pid_t pid;
	int pidfd;
};

static void hooks_next(struct hooks *hooks);

/* The read end of a pipe that has @text in it, or -1. */
static int hook_input(const char *text)
{
	ssize_t len = (ssize_t)strlen(text);
	int fd[2];

	if (pipe2(fd, O_CLOEXEC) < 0)
		return -1;
	if (write(fd[1], text, (size_t)len) != len) {
		close(fd[0]);
		fd[0] = -1;
	}
	close(fd[1]);
	return fd[0];
}

/* Signals as every program expects them; a group of its own, to be ended as one. */
static int hook_attributes(posix_spawnattr_t *attr)
{
	sigset_t none, pipe;

	sigemptyset(&none);
	sigemptyset(&pipe);
	sigaddset(&pipe, SIGPIPE);
	posix_spawnattr_init(attr);
	posix_spawnattr_setsigmask(attr, &none);
	posix_spawnattr_setsigdefault(attr, &pipe);
	posix_spawnattr_setpgroup(attr, 0);
	return posix_spawnattr_setflags(attr, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF |
					POSIX_SPAWN_SETPGROUP);
}

/* The process, or a negative errno. */
static pid_t hook_spawn(struct hook *hook, int input)
{
	static const char path[] = "PATH=/usr/sbin:/usr/bin:/sbin:/bin";
	char *environment[2] = { (char *)path, NULL };
	posix_spawn_file_actions_t actions;
	char *argv[HOOK_WORDS_MAX + 1];
	posix_spawnattr_t attr;
	unsigned int i;
	pid_t pid;
	int ret;

	for (i = 0; i < HOOK_WORDS_MAX && hook->word[i][0]; i++)
		argv[i] = hook->word[i];
	argv[i] = NULL;
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
	posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO);
	hook_attributes(&attr);
	ret = posix_spawn(&pid, argv[0], &actions, &attr, argv, environment);
	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&actions);
	return ret ? -ret : pid;
}

static void hook_tell(const struct hook *hook, int status)
{
	if (WIFEXITED(status) && WEXITSTATUS(status))
		log_warning("%s %s %s has failed with status %d", hook->word[0], hook->word[1],
			    hook->word[2], WEXITSTATUS(status));
	else if (WIFSIGNALED(status))
		log_warning("%s %s %s was ended by signal %d", hook->word[0], hook->word[1],
			    hook->word[2], WTERMSIG(status));
}

static void hooks_drop(struct hooks *hooks)
{
	struct hook *hook = hooks->list;

	DL_DELETE(hooks->list, hook);
	free(hook);
	loop_source_free(hooks->io);
	hooks->io = NULL;
	if (hooks->pidfd >= 0)
		close(hooks->pidfd);
	hooks->pidfd = -1;
	hooks->pid = 0;
	loop_timer_set(hooks->timer, LOOP_NEVER);
}

static void hooks_on_end(void *arg, unsigned int events)
{
	struct hooks *hooks = arg;
	int status;

	(void)events;
	if (waitpid(hooks->pid, &status, 0) == hooks->pid)
		hook_tell(hooks->list, status);
	hooks_drop(hooks);
	hooks_next(hooks);
}

static void hooks_on_limit(void *arg)
{
	struct hooks *hooks = arg;

	log_warning("%s runs for more than %d seconds and is ended", hooks->list->word[0],
		    HOOK_LIMIT_MS / 1000);
	kill(-hooks->pid, SIGKILL);
}

/* Starts the head of the list. False: it cannot run, and the log knows. */
static bool hooks_start(struct hooks *hooks)
{
	struct hook *hook = hooks->list;
	int input = hook_input(hook->input);
	pid_t pid = input < 0 ? -errno : hook_spawn(hook, input);

	if (input >= 0)
		close(input);
	if (pid < 0) {
		log_warning("cannot run %s: %s", hook->word[0], strerror(-pid));
		return false;
	}
	hooks->pid = pid;
	return true;
}

static bool hooks_watch(struct hooks *hooks)
{
	hooks->pidfd = pidfd_open(hooks->pid, 0);
	if (hooks->pidfd >= 0)
		hooks->io = loop_io(hooks->loop, hooks->pidfd, LOOP_READ, hooks_on_end, hooks);
	return hooks->io;
}

/* Waits for the head of the list itself, within the limit, and drops it. */
static void hooks_wait(struct hooks *hooks)
{
	struct pollfd wait = { .fd = pidfd_open(hooks->pid, 0), .events = POLLIN };
	int status;

	if (wait.fd < 0 || poll(&wait, 1, HOOK_LIMIT_MS) <= 0)
		hooks_on_limit(hooks);
	if (wait.fd >= 0)
		close(wait.fd);
	if (waitpid(hooks->pid, &status, 0) == hooks->pid)
		hook_tell(hooks->list, status);
	hooks_drop(hooks);
}

/* One that cannot be watched, for want of descriptors, is waited for. */
static void hooks_next(struct hooks *hooks)
{
	while (hooks->list) {
		if (!hooks_start(hooks)) {
			hooks_drop(hooks);
		} else if (!hooks_watch(hooks)) {
			hooks_wait(hooks);
		} else {
			loop_timer_set(hooks->timer, loop_now() + HOOK_LIMIT_MS);
			return;
		}
	}
}

struct hooks *hooks_new(struct loop *loop)
{
	struct hooks *hooks = calloc(1, sizeof(*hooks));

	if (!hooks)
		return NULL;
	hooks->loop = loop;
	hooks->pidfd = -1;
	hooks->timer = loop_timer(loop, hooks_on_limit, hooks);
	if (hooks->timer)
		return hooks;
	free(hooks);
	return NULL;
}

void hooks_free(struct hooks *hooks)
{
	if (!hooks)
		return;
	while (hooks->list)
		hooks_drop(hooks);
	loop_source_free(hooks->timer);
	free(hooks);
}

bool hooks_run(struct hooks *hooks, const char *const *words, const char *input)
{
	struct hook *hook = calloc(1, sizeof(*hook));
	unsigned int i;

	if (!hook)
		return false;
	for (i = 0; i < HOOK_WORDS_MAX && words[i]; i++)
		snprintf(hook->word[i], sizeof(hook->word[i]), "%s", words[i]);
	snprintf(hook->input, sizeof(hook->input), "%s", input);
	DL_APPEND(hooks->list, hook);
	if (!hooks->pid)
		hooks_next(hooks);
	return true;
}

void hooks_finish(struct hooks *hooks)
{
	while (hooks->list) {
		if (hooks->pid || hooks_start(hooks))
			hooks_wait(hooks);
		else
			hooks_drop(hooks);
	}
}
