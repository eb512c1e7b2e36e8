/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The system calls that the daemon may make once it is open for everybody: those that
 * it needs. There is none among them by which it could start a program or a process,
 * look into one, load a module, mount, change who it is, or make a socket of another
 * family than its own.
 *
 * A call that is refused fails with EPERM, and a line in the log gives its number. It
 * does not end the process: a call that somebody forgot here, on a path that is seldom
 * gone, would end all sessions, whereas to an attacker EPERM is of no more use.
 */
#ifndef DAEMON_SYSCALLS_H
#define DAEMON_SYSCALLS_H

/*
 * From now on and for good, for threads that are made later as well. A machine or a
 * kernel that cannot is told of in the log.
 */
void syscalls_limit(void);

#endif /* DAEMON_SYSCALLS_H */
