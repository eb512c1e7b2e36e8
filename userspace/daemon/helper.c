// SPDX-License-Identifier: GPL-2.0-or-later
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "helper.h"

/* In the child. Service managers tell all processes at once; this one ends after us. */
static void helper_become(const char *name, helper_fn fn, const void *arg, int fd)
{
	if (dup2(fd, 3) < 0)
		_exit(EXIT_FAILURE);
	close_range(4, ~0u, 0);
	prctl(PR_SET_NAME, name, 0, 0, 0);
	signal(SIGTERM, SIG_IGN);
	signal(SIGINT, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	_exit(fn(arg, 3));
}

pid_t helper_start(const char *name, helper_fn fn, const void *arg, int *fd)
{
	int fds[2];
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) < 0)
		return -1;
	pid = fork();
	if (pid == 0)
		helper_become(name, fn, arg, fds[1]);
	close(fds[1]);
	*fd = fds[0];
	if (pid < 0)
		close(fds[0]);
	return pid;
}
