// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the daemon may call once its system calls are limited, and what not. A call that
 * is refused gives EPERM and a line in the log; the process goes on.
 */
#include "kselftest_harness.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <pthread.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daemon/helper.h"
#include "daemon/syscalls.h"
#include "lib/log.h"

static long call_fork(void)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	return pid;
}

static long call_vfork(void)
{
	return syscall(SYS_clone, CLONE_VM | CLONE_VFORK | SIGCHLD, NULL, NULL, NULL, NULL);
}

static long call_exec(void)
{
	static char *const argv[] = { "/bin/true", NULL };

	return execve(argv[0], argv, NULL);
}

static long call_ptrace(void)
{
	return ptrace(PTRACE_TRACEME, 0, NULL, NULL);
}

static long call_module(void)
{
	return syscall(SYS_finit_module, -1, "", 0);
}

static long call_mount(void)
{
	return mount("none", "/", "tmpfs", 0, NULL);
}

static long call_user(void)
{
	return syscall(SYS_setresuid, 0, 0, 0);
}

static long call_key(void)
{
	return syscall(SYS_add_key, "user", "x", "x", 1, -1);
}

static long call_packet_socket(void)
{
	return socket(AF_PACKET, SOCK_DGRAM, 0);
}

static long call_alg_socket(void)
{
	return socket(AF_ALG, SOCK_SEQPACKET, 0);
}

static long call_kill(void)
{
	return kill(getppid(), 0);
}

static long call_write_and_run(void)
{
	return (long)mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == -1 ? -1 : 0;
}

static long call_make_runnable(void)
{
	void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return mprotect(page, 4096, PROT_READ | PROT_EXEC);
}

static long call_type_for_others(void)
{
	return ioctl(0, TIOCSTI, "x");
}

static long call_limit(void)
{
	const struct rlimit more = { 1, 1 };

	return setrlimit(RLIMIT_CORE, &more);
}

static const struct {
	const char *name;
	long (*call)(void);
} attempts[] = {
	{ "fork", call_fork }, { "vfork", call_vfork }, { "exec", call_exec },
	{ "ptrace", call_ptrace }, { "module", call_module }, { "mount", call_mount },
	{ "user", call_user }, { "key", call_key }, { "AF_PACKET", call_packet_socket },
	{ "AF_ALG", call_alg_socket }, { "kill", call_kill },
	{ "memory to write and run", call_write_and_run },
	{ "memory made to run", call_make_runnable }, { "TIOCSTI", call_type_for_others },
	{ "limits", call_limit },
};

/* In a process that is limited; standard error is the pipe @fd. */
static int be_refused(const void *arg, int fd)
{
	const size_t *i = arg;

	if (dup2(fd, STDERR_FILENO) < 0)
		return 2;
	syscalls_limit();
	errno = 0;
	return attempts[*i].call() == -1 && errno == EPERM ? 0 : 1;
}

TEST(refused)
{
	char text[512];
	int fd, status;
	ssize_t n;
	pid_t pid;
	size_t i;

	log_setup(LOG_LEVEL_ERROR, false);
	for (i = 0; i < ARRAY_SIZE(attempts); i++) {
		pid = helper_start("refused", be_refused, &i, &fd);
		ASSERT_LT(0, pid);
		ASSERT_EQ(pid, waitpid(pid, &status, 0));
		EXPECT_TRUE(WIFEXITED(status) && !WEXITSTATUS(status))
			TH_LOG("%s: status %x", attempts[i].name, status);
		n = recv(fd, text, sizeof(text) - 1, 0);
		text[n < 0 ? 0 : n] = 0;
		EXPECT_NE(NULL, strstr(text, "was refused"))
			TH_LOG("%s: %s", attempts[i].name, text);
		close(fd);
	}
}

static void *thread(void *arg)
{
	struct addrinfo *list = NULL;
	int r = getaddrinfo("localhost", NULL, NULL, &list);

	if (list)
		freeaddrinfo(list);
	*(int *)arg = r == 0 || r == EAI_NONAME || r == EAI_AGAIN;
	return arg;
}

static bool can_look_up(void)
{
	pthread_t id;
	int good = 0;

	return pthread_create(&id, NULL, thread, &good) == 0 && pthread_join(id, NULL) == 0 &&
	       good;
}

static bool can_use_files(void)
{
	int fd = open("/dev/null", O_RDWR);
	bool good = fd >= 0 && write(fd, "x", 1) == 1 && isatty(fd) == 0;

	close(fd);
	return good;
}

static bool can_use_sockets(void)
{
	static const int families[] = { AF_UNIX, AF_INET, AF_INET6, AF_NETLINK };
	size_t i;
	int fd;

	for (i = 0; i < ARRAY_SIZE(families); i++) {
		fd = socket(families[i], i < 3 ? SOCK_DGRAM : SOCK_RAW, 0);
		if (fd < 0 && errno == EPERM)
			return false;
		close(fd);
	}
	return true;
}

/* Large enough to be mapped, and to be moved. */
static bool can_use_memory(void)
{
	char *some = malloc(1 << 20);
	char *more = some ? realloc(some, 8 << 20) : NULL;

	free(more);
	return more;
}

static int be_allowed(const void *arg, int fd)
{
	(void)arg;
	if (dup2(fd, STDERR_FILENO) < 0)
		return 2;
	syscalls_limit();
	return can_use_files() && can_use_sockets() && can_use_memory() && can_look_up() ? 0 : 1;
}

/* Nothing is said, either. */
TEST(allowed)
{
	char text[512];
	int fd, status;
	ssize_t n;
	pid_t pid;

	log_setup(LOG_LEVEL_DEBUG, false);
	pid = helper_start("allowed", be_allowed, NULL, &fd);
	ASSERT_LT(0, pid);
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	n = recv(fd, text, sizeof(text) - 1, 0);
	text[n < 0 ? 0 : n] = 0;
	EXPECT_STREQ("", text);
	EXPECT_EQ(0, status);
	close(fd);
}

/* abort() is not in the way of a core image's absence: the process ends by SIGABRT. */
static int be_aborted(const void *arg, int fd)
{
	(void)arg;
	(void)fd;
	syscalls_limit();
	abort();
}

TEST(aborted)
{
	int fd, status;
	pid_t pid;

	pid = helper_start("aborted", be_aborted, NULL, &fd);
	ASSERT_LT(0, pid);
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
	close(fd);
}

TEST_HARNESS_MAIN
