/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Descriptors that outlive the process: the service manager keeps duplicates of them,
 * and the next kpptpd inherits these (sd_notify(3), sd_listen_fds(3)). The manager is
 * systemd, or kpptpd's own keeper.h.
 *
 * A socket that has been shut down in both directions is dropped by the manager of its
 * own accord. Nothing less ends a connection that is kept: close() is not enough.
 */
#ifndef DAEMON_FDSTORE_H
#define DAEMON_FDSTORE_H

#include <stdbool.h>

/*
 * Names of what is kept. An octet each: those of all descriptors, with one more octet,
 * make one variable of the environment, and the kernel has 128 KiB for that.
 */
#define FDSTORE_CONNECTION	"c"
#define FDSTORE_LISTENER	"l"
#define FDSTORE_RECORDS		"r"

struct fdstore;

/* With what a former kpptpd has left. NULL: no memory. */
struct fdstore *fdstore_open(void);

/* NULL is fine. What nobody has taken is closed. */
void fdstore_close(struct fdstore *store);

/* Is there a manager? */
bool fdstore_keeps(const struct fdstore *store);

/* Has the manager keep @fd as @name. False with errno; what then ends with us, ends. */
bool fdstore_keep(struct fdstore *store, const char *name, int fd);

/* Has it drop what it keeps as @name. */
void fdstore_drop(struct fdstore *store, const char *name);

/* Is @fd the one that is looked for? */
typedef bool (*fdstore_match_fn)(int fd, const void *arg);

/*
 * One that was kept as @name, and fits @match unless that is NULL: the caller's from now
 * on. -1: there is none, or no more.
 */
int fdstore_take(struct fdstore *store, const char *name, fdstore_match_fn match,
		 const void *arg);

/* Ends connections and listening that nobody has taken. */
void fdstore_forget(struct fdstore *store);

#endif /* DAEMON_FDSTORE_H */
