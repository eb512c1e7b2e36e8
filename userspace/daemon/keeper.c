// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * sd_notify(3) from the other side: datagrams of lines, with descriptors, to a socket
 * whose name is in NOTIFY_SOCKET; and LISTEN_FDS, from descriptor 3 on, the way back.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utlist.h>

#include "daemon.h"
#include "keeper.h"
#include "lib/array.h"
#include "lib/log.h"

#define KEEPER_FIRST_FD		3	/* of those that a child inherits */
#define KEEPER_NAME_MAX		32
#define KEEPER_MESSAGE_MAX	4096
#define KEEPER_FDS_MAX		16	/* in one message; kpptpd sends one */

/* A kpptpd that lives no longer is not started again at once. */
#define KEEPER_PAUSE_MS		1000

#define KEEPER_FAILED		1

/* A descriptor that is kept. */
struct keeper_fd {
	struct keeper_fd *prev, *next;
	struct keeper *keeper;
	int fd;
	struct loop_source *io;		/* NULL: there is nothing to watch */
	char name[KEEPER_NAME_MAX];
};

/**
 * struct keeper
 * @program: kpptpd, by the path that an upgrade replaces
 * @file: its configuration
 * @notify: datagrams of the child; @address: their way
 * @child: 0: there is none now
 * @started: ms, when it was
 * @ready: one of them has been, so that the configuration is good
 * @status: what ours will be
 */
struct keeper {
	char program[PATH_MAX];
	const char *file;
	struct loop *loop;
	int notify;
	struct sockaddr_un address;
	struct loop_source *io;
	struct loop_source *signal[5];
	struct loop_source *pause;
	struct keeper_fd *fds;
	unsigned int n;
	pid_t child;
	uint64_t started;
	bool ready;
	bool stopping;
	int status;
};

static void keeper_drop(struct keeper_fd *kept)
{
	struct keeper *keeper = kept->keeper;

	DL_DELETE(keeper->fds, kept);
	keeper->n--;
	loop_source_free(kept->io);
	close(kept->fd);
	free(kept);
}

/* loop_io_fn: a connection that has ended at both ends, for which it need not be kept */
static void keeper_on_end(void *arg, unsigned int events)
{
	if (events & LOOP_HANGUP)
		keeper_drop(arg);
}

/* Takes @fd. What cannot be watched is kept all the same. */
static void keeper_add(struct keeper *keeper, int fd, const char *name)
{
	struct keeper_fd *kept = calloc(1, sizeof(*kept));

	if (!kept) {
		log_error("a descriptor of kpptpd is not kept: no memory");
		close(fd);
		return;
	}
	kept->keeper = keeper;
	kept->fd = fd;
	snprintf(kept->name, sizeof(kept->name), "%s", name);
	kept->io = loop_io(keeper->loop, fd, 0, keeper_on_end, kept);
	DL_APPEND(keeper->fds, kept);
	keeper->n++;
}

static void keeper_remove(struct keeper *keeper, const char *name)
{
	struct keeper_fd *kept, *next;

	DL_FOREACH_SAFE(keeper->fds, kept, next) {
		if (!strcmp(kept->name, name))
			keeper_drop(kept);
	}
}

/* What one message says, of all that sd_notify(3) knows. */
struct keeper_words {
	bool ready;
	bool store;
	bool remove;
	const char *name;
};

static struct keeper_words keeper_read(char *text)
{
	struct keeper_words words = { .name = "" };
	char *line, *rest = text;

	while ((line = strsep(&rest, "\n"))) {
		if (!strcmp(line, "READY=1"))
			words.ready = true;
		else if (!strcmp(line, "FDSTORE=1"))
			words.store = true;
		else if (!strcmp(line, "FDSTOREREMOVE=1"))
			words.remove = true;
		else if (!strncmp(line, "FDNAME=", 7))
			words.name = line + 7;
	}
	return words;
}

/* Descriptors and the sender of a message. */
static unsigned int keeper_unpack(struct msghdr *msg, int fds[KEEPER_FDS_MAX], pid_t *pid)
{
	struct cmsghdr *c;
	struct ucred who;
	unsigned int n = 0;

	*pid = 0;
	for (c = CMSG_FIRSTHDR(msg); c; c = CMSG_NXTHDR(msg, c)) {
		if (c->cmsg_level != SOL_SOCKET)
			continue;
		if (c->cmsg_type == SCM_RIGHTS) {
			n = (unsigned int)((c->cmsg_len - CMSG_LEN(0)) / sizeof(int));
			memcpy(fds, CMSG_DATA(c), n * sizeof(int));
		} else if (c->cmsg_type == SCM_CREDENTIALS) {
			memcpy(&who, CMSG_DATA(c), sizeof(who));
			*pid = who.pid;
		}
	}
	return n;
}

static void keeper_take(struct keeper *keeper, char *text, const int *fds, unsigned int n,
			pid_t pid)
{
	struct keeper_words words = keeper_read(text);
	bool good = pid == keeper->child;
	unsigned int i;

	if (good && words.ready)
		keeper->ready = true;
	if (good && words.remove)
		keeper_remove(keeper, words.name);
	for (i = 0; i < n; i++) {
		if (good && words.store)
			keeper_add(keeper, fds[i], words.name);
		else
			close(fds[i]);
	}
}

/* False: there is no message. */
static bool keeper_receive(struct keeper *keeper)
{
	char text[KEEPER_MESSAGE_MAX + 1];
	union {
		struct cmsghdr align;
		char room[CMSG_SPACE(KEEPER_FDS_MAX * sizeof(int)) +
			  CMSG_SPACE(sizeof(struct ucred))];
	} control;
	struct iovec iov = { .iov_base = text, .iov_len = KEEPER_MESSAGE_MAX };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	int fds[KEEPER_FDS_MAX];
	unsigned int n;
	ssize_t len;
	pid_t pid;

	len = recvmsg(keeper->notify, &msg, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	if (len < 0)
		return errno == EINTR;
	text[len] = 0;
	n = keeper_unpack(&msg, fds, &pid);
	keeper_take(keeper, text, fds, n, pid);
	return true;
}

static void keeper_on_notify(void *arg, unsigned int events)
{
	(void)events;
	while (keeper_receive(arg))
		;
}

/* Puts what is kept where a child looks for it. */
static bool keeper_place(struct keeper *keeper)
{
	int end = KEEPER_FIRST_FD + (int)keeper->n, at = KEEPER_FIRST_FD;
	struct keeper_fd *kept;

	/* Out of the way first: a number may be another one's place. */
	DL_FOREACH(keeper->fds, kept) {
		kept->fd = fcntl(kept->fd, F_DUPFD_CLOEXEC, end);
		if (kept->fd < 0)
			return false;
	}
	DL_FOREACH(keeper->fds, kept) {
		if (dup2(kept->fd, at++) < 0)
			return false;
	}
	return true;
}

static bool keeper_name(const struct keeper *keeper)
{
	char *names = malloc((size_t)keeper->n * (KEEPER_NAME_MAX + 1) + 1);
	struct keeper_fd *kept;
	char *end = names;
	bool good;

	if (!names)
		return false;
	*end = 0;
	DL_FOREACH(keeper->fds, kept)
		end += sprintf(end, "%s%s", end == names ? "" : ":", kept->name);
	good = setenv("LISTEN_FDNAMES", names, 1) == 0;
	free(names);
	return good;
}

static bool keeper_environment(const struct keeper *keeper)
{
	char number[16], address[sizeof(keeper->address.sun_path) + 1];

	/* An abstract name, whose first octet is 0, is written with a "@". */
	snprintf(address, sizeof(address), "@%s", keeper->address.sun_path + 1);
	if (setenv("NOTIFY_SOCKET", address, 1) < 0)
		return false;
	snprintf(number, sizeof(number), "%d", getpid());
	if (setenv("LISTEN_PID", number, 1) < 0)
		return false;
	snprintf(number, sizeof(number), "%u", keeper->n);
	return setenv("LISTEN_FDS", number, 1) == 0 && keeper_name(keeper);
}

/* In the child. */
static void keeper_become(struct keeper *keeper)
{
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	if (keeper_place(keeper) && keeper_environment(keeper))
		execl(keeper->program, "kpptpd", "-c", keeper->file, (char *)NULL);
	log_error("cannot start %s: %s", keeper->program, strerror(errno));
	_exit(KEEPER_FAILED);
}

static void keeper_start(void *arg)
{
	struct keeper *keeper = arg;

	keeper->started = loop_now();
	keeper->child = fork();
	if (keeper->child == 0)
		keeper_become(keeper);
	if (keeper->child > 0)
		return;
	keeper->child = 0;
	log_error("cannot start kpptpd: %s", strerror(errno));
	loop_timer_set(keeper->pause, loop_now() + KEEPER_PAUSE_MS);
}

static int keeper_status(int status)
{
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* A first one that does not begin has said why; one that was ready is missed. */
static void keeper_died(struct keeper *keeper, int status)
{
	uint64_t lived = loop_now() - keeper->started;

	keeper->child = 0;
	if (keeper->stopping || !keeper->ready) {
		loop_exit(keeper->loop, keeper_status(status));
		return;
	}
	if (WIFSIGNALED(status))
		log_error("kpptpd was ended by signal %d, and is started again",
			  WTERMSIG(status));
	else if (WEXITSTATUS(status) != DAEMON_LEFT)
		log_error("kpptpd has ended with status %d, and is started again",
			  WEXITSTATUS(status));
	if (lived < KEEPER_PAUSE_MS)
		loop_timer_set(keeper->pause, loop_now() + KEEPER_PAUSE_MS - lived);
	else
		keeper_start(keeper);
}

/* Its last words are heard before it is buried. */
static void keeper_on_child(void *arg)
{
	struct keeper *keeper = arg;
	int status;

	while (keeper_receive(keeper))
		;
	if (keeper->child && waitpid(keeper->child, &status, WNOHANG) == keeper->child)
		keeper_died(keeper, status);
}

static void keeper_tell(struct keeper *keeper, int signo)
{
	if (keeper->child)
		kill(keeper->child, signo);
}

static void keeper_on_stop(void *arg)
{
	struct keeper *keeper = arg;

	keeper->stopping = true;
	keeper_tell(keeper, SIGTERM);
	if (!keeper->child)
		loop_exit(keeper->loop, 0);
}

static void keeper_on_hup(void *arg)
{
	keeper_tell(arg, SIGHUP);
}

static void keeper_on_usr2(void *arg)
{
	keeper_tell(arg, SIGUSR2);
}

/* A name that the kernel chooses, in no directory: nothing is left of it. */
static bool keeper_open_notify(struct keeper *keeper)
{
	const sa_family_t family = AF_UNIX;
	socklen_t len = sizeof(keeper->address);
	int one = 1;

	keeper->notify = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	return keeper->notify >= 0 &&
	       setsockopt(keeper->notify, SOL_SOCKET, SO_PASSCRED, &one, sizeof(one)) == 0 &&
	       bind(keeper->notify, (const struct sockaddr *)&family, sizeof(family)) == 0 &&
	       getsockname(keeper->notify, (struct sockaddr *)&keeper->address, &len) == 0;
}

static bool keeper_watch(struct keeper *keeper)
{
	static const struct {
		int signo;
		loop_fn fn;
	} signals[] = {
		{ SIGCHLD, keeper_on_child },
		{ SIGTERM, keeper_on_stop },
		{ SIGINT, keeper_on_stop },
		{ SIGHUP, keeper_on_hup },
		{ SIGUSR2, keeper_on_usr2 },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(signals); i++) {
		keeper->signal[i] = loop_signal(keeper->loop, signals[i].signo, signals[i].fn,
						keeper);
		if (!keeper->signal[i])
			return false;
	}
	keeper->io = loop_io(keeper->loop, keeper->notify, LOOP_READ, keeper_on_notify, keeper);
	keeper->pause = loop_timer(keeper->loop, keeper_start, keeper);
	return keeper->io && keeper->pause;
}

/* As many descriptors as may be: kpptpd has no more, and each is here, too. */
static void keeper_raise_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
}

static bool keeper_open(struct keeper *keeper)
{
	ssize_t n = readlink("/proc/self/exe", keeper->program, sizeof(keeper->program) - 1);

	keeper->notify = -1;
	keeper->loop = loop_new();
	if (n < 0 || !keeper->loop)
		return false;
	keeper->program[n] = 0;
	keeper_raise_limit();
	return keeper_open_notify(keeper) && keeper_watch(keeper);
}

static void keeper_close(struct keeper *keeper)
{
	struct keeper_fd *kept, *next;
	size_t i;

	DL_FOREACH_SAFE(keeper->fds, kept, next)
		keeper_drop(kept);
	for (i = 0; i < ARRAY_SIZE(keeper->signal); i++)
		loop_source_free(keeper->signal[i]);
	loop_source_free(keeper->io);
	loop_source_free(keeper->pause);
	if (keeper->notify >= 0)
		close(keeper->notify);
	loop_free(keeper->loop);
}

int keeper_run(const char *file)
{
	struct keeper keeper = { .file = file };
	int status = KEEPER_FAILED;

	if (keeper_open(&keeper)) {
		keeper_start(&keeper);
		status = loop_run(keeper.loop);
	} else {
		log_error("cannot keep kpptpd running: %s", strerror(errno));
	}
	keeper_close(&keeper);
	return status < 0 ? KEEPER_FAILED : status;
}
