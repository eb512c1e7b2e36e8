// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <net/if.h>
#include <seccomp.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <termios.h>
#include <ucontext.h>
#include <unistd.h>

#include <linux/prctl.h>
#include <linux/sched.h>
#include <linux/sockios.h>

#include "lib/array.h"
#include "lib/log.h"
#include "syscalls.h"

#if defined(__x86_64__) || defined(__aarch64__)

/* With any arguments. Names of other machines than ours have numbers that do no harm. */
static const int syscalls_any[] = {
	/* memory and threads */
	SCMP_SYS(brk), SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise), SCMP_SYS(futex),
	SCMP_SYS(set_robust_list), SCMP_SYS(rseq), SCMP_SYS(sched_yield),
	SCMP_SYS(sched_getaffinity), SCMP_SYS(exit), SCMP_SYS(exit_group), SCMP_SYS(gettid),
	SCMP_SYS(getpid), SCMP_SYS(getppid), SCMP_SYS(wait4), SCMP_SYS(memfd_create),
	/* signals */
	SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigreturn),
	SCMP_SYS(sigaltstack), SCMP_SYS(restart_syscall), SCMP_SYS(signalfd4),
	/* descriptors */
	SCMP_SYS(read), SCMP_SYS(write), SCMP_SYS(readv), SCMP_SYS(writev), SCMP_SYS(pread64),
	SCMP_SYS(pwrite64), SCMP_SYS(lseek), SCMP_SYS(close), SCMP_SYS(dup), SCMP_SYS(fcntl),
	SCMP_SYS(poll), SCMP_SYS(ppoll), SCMP_SYS(select), SCMP_SYS(pselect6),
	SCMP_SYS(epoll_create1), SCMP_SYS(epoll_ctl), SCMP_SYS(epoll_wait),
	SCMP_SYS(epoll_pwait), SCMP_SYS(epoll_pwait2), SCMP_SYS(eventfd2), SCMP_SYS(pipe2),
	SCMP_SYS(timerfd_create), SCMP_SYS(timerfd_settime), SCMP_SYS(timerfd_gettime),
	/* files, which are the user's rights' to keep */
	SCMP_SYS(open), SCMP_SYS(openat), SCMP_SYS(stat), SCMP_SYS(lstat), SCMP_SYS(fstat),
	SCMP_SYS(newfstatat), SCMP_SYS(statx), SCMP_SYS(fstatfs), SCMP_SYS(access),
	SCMP_SYS(faccessat), SCMP_SYS(faccessat2), SCMP_SYS(readlink), SCMP_SYS(readlinkat),
	SCMP_SYS(getdents64), SCMP_SYS(getcwd), SCMP_SYS(ftruncate), SCMP_SYS(fallocate),
	SCMP_SYS(fsync), SCMP_SYS(fdatasync), SCMP_SYS(flock), SCMP_SYS(umask), SCMP_SYS(mkdir),
	SCMP_SYS(mkdirat), SCMP_SYS(rename), SCMP_SYS(renameat), SCMP_SYS(renameat2),
	SCMP_SYS(unlink), SCMP_SYS(unlinkat),
	/* sockets */
	SCMP_SYS(bind), SCMP_SYS(connect), SCMP_SYS(listen), SCMP_SYS(accept),
	SCMP_SYS(accept4), SCMP_SYS(shutdown), SCMP_SYS(sendto), SCMP_SYS(sendmsg),
	SCMP_SYS(sendmmsg), SCMP_SYS(recvfrom), SCMP_SYS(recvmsg), SCMP_SYS(recvmmsg),
	SCMP_SYS(getsockname), SCMP_SYS(getpeername), SCMP_SYS(setsockopt),
	SCMP_SYS(getsockopt),
	/* clocks, chance, and who we are */
	SCMP_SYS(clock_gettime), SCMP_SYS(clock_getres), SCMP_SYS(clock_nanosleep),
	SCMP_SYS(nanosleep), SCMP_SYS(gettimeofday), SCMP_SYS(time), SCMP_SYS(getrandom),
	SCMP_SYS(getuid), SCMP_SYS(geteuid), SCMP_SYS(getgid), SCMP_SYS(getegid),
	SCMP_SYS(getgroups), SCMP_SYS(getrusage), SCMP_SYS(getrlimit), SCMP_SYS(sysinfo),
	SCMP_SYS(uname),
};

/* The call @number when the bits of @mask in its argument @arg, from 0, are @value. */
struct syscalls_rule {
	int number;
	unsigned int arg;
	scmp_datum_t mask;
	scmp_datum_t value;
};

#define SYSCALLS_INT	0xffffffff	/* what the kernel looks at of an int */

#define SYSCALLS_FAMILY(family)	{ SCMP_SYS(socket), 0, SYSCALLS_INT, family }
#define SYSCALLS_IOCTL(request)	{ SCMP_SYS(ioctl), 1, SYSCALLS_INT, request }
#define SYSCALLS_PRCTL(option)	{ SCMP_SYS(prctl), 0, SYSCALLS_INT, option }

static const struct syscalls_rule syscalls_some[] = {
	/* Those of name services as well: AF_UNIX of their daemons. */
	SYSCALLS_FAMILY(AF_UNIX), SYSCALLS_FAMILY(AF_INET), SYSCALLS_FAMILY(AF_INET6),
	SYSCALLS_FAMILY(AF_NETLINK),
	{ SCMP_SYS(socketpair), 0, SYSCALLS_INT, AF_UNIX },
	/* Threads and nothing else: a process has another table of memory. */
	{ SCMP_SYS(clone), 0, CLONE_THREAD, CLONE_THREAD },
	/* Memory that is written is never run; modules of name services are mapped to run. */
	{ SCMP_SYS(mmap), 2, PROT_WRITE | PROT_EXEC, 0 },
	{ SCMP_SYS(mmap), 2, PROT_WRITE | PROT_EXEC, PROT_WRITE },
	{ SCMP_SYS(mmap), 2, PROT_WRITE | PROT_EXEC, PROT_EXEC },
	{ SCMP_SYS(mprotect), 2, PROT_EXEC, 0 },
	/* Limits are read. */
	{ SCMP_SYS(prlimit64), 2, ~0ull, 0 },
	SYSCALLS_PRCTL(PR_SET_NAME), SYSCALLS_PRCTL(PR_SET_VMA),
	/* Terminals, but not what puts octets into their input. */
	SYSCALLS_IOCTL(TCGETS), SYSCALLS_IOCTL(TCSETS), SYSCALLS_IOCTL(TCFLSH),
	SYSCALLS_IOCTL(TIOCMGET), SYSCALLS_IOCTL(TIOCMBIS), SYSCALLS_IOCTL(TIOCMBIC),
	SYSCALLS_IOCTL(TIOCGICOUNT), SYSCALLS_IOCTL(FIONREAD), SYSCALLS_IOCTL(FIONBIO),
	SYSCALLS_IOCTL(SIOCGIFNAME), SYSCALLS_IOCTL(SIOCGIFINDEX),
};

/* Makes the call that was refused return -EPERM. */
static void syscalls_refuse(ucontext_t *context)
{
#if defined(__x86_64__)
	context->uc_mcontext.gregs[REG_RAX] = -EPERM;
#else
	context->uc_mcontext.regs[0] = (unsigned long long)-EPERM;
#endif
}

/* The kernel calls it at the call itself, so that no lock of the log is held. */
static void syscalls_on_refused(int signo, siginfo_t *info, void *context)
{
	(void)signo;
	log_limited(LOG_LEVEL_ERROR,
		    "the system call %d was refused: kpptpd should never need it",
		    info->si_syscall);
	syscalls_refuse(context);
}

static bool syscalls_catch(void)
{
	struct sigaction action = {
		.sa_sigaction = syscalls_on_refused, .sa_flags = SA_SIGINFO,
	};

	return sigaction(SIGSYS, &action, NULL) == 0;
}

static bool syscalls_add(scmp_filter_ctx filter, const struct syscalls_rule *rule)
{
	const struct scmp_arg_cmp compare = {
		.arg = rule->arg, .op = SCMP_CMP_MASKED_EQ,
		.datum_a = rule->mask, .datum_b = rule->value,
	};

	return seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, rule->number, 1, &compare) == 0;
}

static bool syscalls_fill(scmp_filter_ctx filter)
{
	const struct syscalls_rule abort = {
		SCMP_SYS(tgkill), 0, SYSCALLS_INT, (scmp_datum_t)getpid(),
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(syscalls_any); i++) {
		if (seccomp_rule_add(filter, SCMP_ACT_ALLOW, syscalls_any[i], 0) < 0)
			return false;
	}
	for (i = 0; i < ARRAY_SIZE(syscalls_some); i++) {
		if (!syscalls_add(filter, &syscalls_some[i]))
			return false;
	}
	/* Its flags are in memory, where no filter sees them: libc then takes clone(). */
	return syscalls_add(filter, &abort) &&
	       seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0) == 0;
}

void syscalls_limit(void)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_TRAP);
	int error = -ENOMEM;

	if (filter && syscalls_catch() && syscalls_fill(filter) &&
	    seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_TRAP) == 0 &&
	    seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2) == 0)
		error = seccomp_load(filter);
	seccomp_release(filter);
	if (error)
		log_warning("system calls are not limited: %s", strerror(-error));
}

#else

void syscalls_limit(void)
{
	log_notice("system calls are not limited on this kind of machine");
}

#endif
