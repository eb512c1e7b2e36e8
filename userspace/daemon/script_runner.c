// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <utlist.h>

#include "lib/array.h"
#include "lib/log.h"
#include "privilege.h"
#include "script_msg.h"
#include "script_runner.h"

#define SCRIPT_RUNNER_NEVER	UINT64_MAX
#define SCRIPT_RUNNER_PATH	"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

/* @pid: 0: it waits. @deadline: it is killed then. */
struct script_job {
	struct script_job *prev, *next;
	pid_t pid;
	uint64_t deadline;
	struct script_call call;
	char data[];
};

struct script_runner {
	const struct script_runner_config *cfg;
	int fd;
	int signals;
	bool closed;		/* nothing more is asked for */
	uint64_t end;		/* then everything ends */
	struct script_job *jobs;
	unsigned int waiting;
	unsigned int running;
};

/* Names that a script may see; no other one passes. */
static const char * const script_runner_names[] = {
	"DEVICE", "IFNAME", "IPLOCAL", "IPREMOTE", "PEERNAME", "SPEED", "ORIG_UID",
	"PPPLOGNAME", "CONNECT_TIME", "BYTES_SENT", "BYTES_RCVD", "DNS1", "DNS2", "CALLING",
	"CALLED", "LISTENER", "MPPE", "MTU", "REASON",
};

static uint64_t script_runner_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000 + (uint64_t)ts.tv_nsec / 1000000;
}

static bool script_runner_may_pass(const char *variable)
{
	size_t i, len = strcspn(variable, "=");

	for (i = 0; i < ARRAY_SIZE(script_runner_names); i++) {
		if (strlen(script_runner_names[i]) == len &&
		    !strncmp(script_runner_names[i], variable, len))
			return variable[len] == '=';
	}
	return false;
}

/* "-a" or "-d", a device, which is no option, and what is to be read. */
static bool script_runner_is_hook_good(char * const *args)
{
	return args[0][0] != '-' && args[1] && args[2] && !args[3] &&
	       (!strcmp(args[1], "-a") || !strcmp(args[1], "-d"));
}

static bool script_runner_is_good(const struct script_runner *runner,
				  const struct script_call *call)
{
	char * const *variable = call->env;

	if (call->kind >= SCRIPT_RUNNER_KINDS || !runner->cfg->path[call->kind][0])
		return false;
	if (call->kind == SCRIPT_RUNNER_HOOK && !script_runner_is_hook_good(call->args))
		return false;
	while (*variable && script_runner_may_pass(*variable))
		variable++;
	return !*variable;
}

static void script_runner_take(struct script_runner *runner, const char *data, size_t len)
{
	struct script_job *job = malloc(sizeof(*job) + len);

	if (!job) {
		log_error("cannot run a script: no memory");
		return;
	}
	memcpy(job->data, data, len);
	job->pid = 0;
	job->deadline = SCRIPT_RUNNER_NEVER;
	if (!script_msg_parse(job->data, len, &job->call) ||
	    !script_runner_is_good(runner, &job->call)) {
		log_error("a script that nobody may ask for was asked for");
		free(job);
		return;
	}
	DL_APPEND(runner->jobs, job);
	runner->waiting++;
}

static void script_runner_receive(struct script_runner *runner)
{
	char data[SCRIPT_MSG_MAX];
	ssize_t n;

	n = recv(runner->fd, data, sizeof(data), MSG_DONTWAIT);
	if (n > 0) {
		script_runner_take(runner, data, (size_t)n);
	} else if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
		runner->closed = true;
		runner->end = script_runner_now() + runner->cfg->timeout;
	}
}

/* In the child. The hook's arguments stand before its device: resolvconf(8). */
static void script_runner_arguments(const struct script_job *job, const char *path,
				    char *args[SCRIPT_MSG_ARGS_MAX + 2])
{
	args[0] = (char *)path;
	memcpy(args + 1, job->call.args, sizeof(job->call.args));
	if (job->call.kind != SCRIPT_RUNNER_HOOK)
		return;
	args[1] = job->call.args[1];
	args[2] = job->call.args[0];
	args[3] = NULL;
}

/* In the child: what it reads, which a pipe takes at once. -1: there is none. */
static int script_runner_input(const struct script_job *job)
{
	const char *text = job->call.kind == SCRIPT_RUNNER_HOOK ? job->call.args[2] : NULL;
	int fds[2];

	if (!text)
		return open("/dev/null", O_RDONLY);
	if (pipe(fds) < 0 || write(fds[1], text, strlen(text)) != (ssize_t)strlen(text))
		return -1;
	close(fds[1]);
	return fds[0];
}

/* In the child. Standard error stays: what a script complains of is for the log. */
static void script_runner_exec(const struct script_runner *runner, const struct script_job *job)
{
	const char *path = runner->cfg->path[job->call.kind];
	char *env[SCRIPT_MSG_ENV_MAX + 2] = { (char *)SCRIPT_RUNNER_PATH };
	char *args[SCRIPT_MSG_ARGS_MAX + 2];
	int null = open("/dev/null", O_WRONLY);
	int input = script_runner_input(job);
	sigset_t none;

	script_runner_arguments(job, path, args);
	memcpy(env + 1, job->call.env, sizeof(job->call.env));
	setpgid(0, 0);
	signal(SIGTERM, SIG_DFL);
	signal(SIGINT, SIG_DFL);
	signal(SIGHUP, SIG_DFL);
	signal(SIGPIPE, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	umask(022);
	if (dup2(input, 0) < 0 || dup2(null, 1) < 0 || chdir("/") < 0)
		_exit(127);
	if (job->call.kind == SCRIPT_RUNNER_HOOK && !privilege_give_up())
		_exit(127);
	close_range(3, ~0u, 0);
	execve(path, args, env);
	_exit(127);
}

static void script_runner_drop(struct script_runner *runner, struct script_job *job)
{
	DL_DELETE(runner->jobs, job);
	free(job);
}

static void script_runner_start(struct script_runner *runner, struct script_job *job)
{
	runner->waiting--;
	job->pid = fork();
	if (job->pid < 0) {
		log_error("cannot run a script for %s: %s", job->call.args[0], strerror(errno));
		script_runner_drop(runner, job);
		return;
	}
	if (job->pid == 0)
		script_runner_exec(runner, job);
	/* Both do it, or it could be killed before it has a group. */
	setpgid(job->pid, job->pid);
	job->deadline = script_runner_now() + runner->cfg->timeout;
	runner->running++;
}

static bool script_runner_same_queue(const struct script_job *a, const struct script_job *b)
{
	bool hook_a = a->call.kind == SCRIPT_RUNNER_HOOK;
	bool hook_b = b->call.kind == SCRIPT_RUNNER_HOOK;

	if (hook_a || hook_b)
		return hook_a && hook_b;
	return !strcmp(a->call.args[0], b->call.args[0]);
}

/* Does an earlier one of the same device, or the hook, run or wait? */
static bool script_runner_is_next(const struct script_runner *runner,
				  const struct script_job *job)
{
	const struct script_job *earlier;

	for (earlier = runner->jobs; earlier != job; earlier = earlier->next) {
		if (script_runner_same_queue(earlier, job))
			return false;
	}
	return true;
}

static void script_runner_start_all(struct script_runner *runner)
{
	struct script_job *job, *next;

	DL_FOREACH_SAFE(runner->jobs, job, next) {
		if (!runner->waiting || runner->running == SCRIPT_RUNNER_MAX)
			return;
		if (!job->pid && script_runner_is_next(runner, job))
			script_runner_start(runner, job);
	}
}

static void script_runner_tell(const struct script_runner *runner,
			       const struct script_job *job, int status)
{
	const char *path = runner->cfg->path[job->call.kind];

	if (WIFEXITED(status) && WEXITSTATUS(status))
		log_warning("the script %s for %s ended with status %d", path,
			    job->call.args[0], WEXITSTATUS(status));
	else if (WIFSIGNALED(status) && job->deadline == SCRIPT_RUNNER_NEVER)
		log_warning("the script %s for %s was killed: it took longer than %u s", path,
			    job->call.args[0], runner->cfg->timeout / 1000);
	else if (WIFSIGNALED(status))
		log_warning("the script %s for %s ended by signal %d", path, job->call.args[0],
			    WTERMSIG(status));
}

static void script_runner_reap(struct script_runner *runner)
{
	struct script_job *job, *next;
	int status;

	DL_FOREACH_SAFE(runner->jobs, job, next) {
		if (job->pid <= 0 || waitpid(job->pid, &status, WNOHANG) != job->pid)
			continue;
		script_runner_tell(runner, job, status);
		runner->running--;
		script_runner_drop(runner, job);
	}
}

static void script_runner_kill_late(struct script_runner *runner)
{
	uint64_t now = script_runner_now();
	struct script_job *job, *next;

	DL_FOREACH_SAFE(runner->jobs, job, next) {
		if (job->pid && (now >= job->deadline || now >= runner->end) &&
		    job->deadline != SCRIPT_RUNNER_NEVER) {
			kill(-job->pid, SIGKILL);
			job->deadline = SCRIPT_RUNNER_NEVER;
		}
		if (!job->pid && now >= runner->end) {
			log_warning("there was no time for a script for %s", job->call.args[0]);
			runner->waiting--;
			script_runner_drop(runner, job);
		}
	}
}

/* ms for poll() to the next deadline, -1: none. */
static int script_runner_patience(const struct script_runner *runner)
{
	uint64_t next = runner->end, now = script_runner_now();
	const struct script_job *job;

	DL_FOREACH(runner->jobs, job) {
		if (job->deadline < next)
			next = job->deadline;
	}
	if (next == SCRIPT_RUNNER_NEVER)
		return -1;
	return next > now ? (int)(next - now) : 0;
}

static void script_runner_wait(struct script_runner *runner)
{
	struct pollfd fds[] = {
		{ .fd = runner->signals, .events = POLLIN },
		{ .fd = runner->fd, .events = POLLIN },
	};
	bool listens = !runner->closed && runner->waiting < SCRIPT_RUNNER_WAITING;
	struct signalfd_siginfo info;

	if (poll(fds, listens ? 2 : 1, script_runner_patience(runner)) <= 0)
		return;
	if (fds[0].revents && read(runner->signals, &info, sizeof(info)) < 0)
		log_error("cannot read a signal: %s", strerror(errno));
	if (listens && fds[1].revents)
		script_runner_receive(runner);
}

static int script_runner_signals(void)
{
	sigset_t child;

	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	sigprocmask(SIG_BLOCK, &child, NULL);
	return signalfd(-1, &child, SFD_CLOEXEC);
}

int script_runner_main(const struct script_runner_config *cfg, int fd)
{
	struct script_runner runner = {
		.cfg = cfg,
		.fd = fd,
		.end = SCRIPT_RUNNER_NEVER,
		.signals = script_runner_signals(),
	};

	if (runner.signals < 0) {
		log_error("no scripts will run: %s", strerror(errno));
		return EXIT_FAILURE;
	}
	while (!runner.closed || runner.jobs) {
		script_runner_wait(&runner);
		script_runner_reap(&runner);
		script_runner_kill_late(&runner);
		script_runner_start_all(&runner);
	}
	return EXIT_SUCCESS;
}
