// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include "fdstore.h"

#define FDSTORE_STATE_MAX	64

/**
 * struct fdstore
 * @keeps: there is a manager who listens
 * @n: inherited, from descriptor SD_LISTEN_FDS_START on
 * @name: of each of them, NULL: it has been taken
 */
struct fdstore {
	bool keeps;
	unsigned int n;
	char **name;
};

struct fdstore *fdstore_open(void)
{
	struct fdstore *store = calloc(1, sizeof(*store));
	int n;

	if (!store)
		return NULL;
	store->keeps = getenv("NOTIFY_SOCKET");
	n = sd_listen_fds_with_names(1, &store->name);
	store->n = n > 0 ? (unsigned int)n : 0;
	return store;
}

static int fdstore_fd(unsigned int index)
{
	return SD_LISTEN_FDS_START + (int)index;
}

/* From the inherited to nobody's. */
static void fdstore_taken(struct fdstore *store, unsigned int index)
{
	free(store->name[index]);
	store->name[index] = NULL;
}

void fdstore_close(struct fdstore *store)
{
	unsigned int i;

	if (!store)
		return;
	for (i = 0; i < store->n; i++) {
		if (store->name[i])
			close(fdstore_fd(i));
		fdstore_taken(store, i);
	}
	free(store->name);
	free(store);
}

bool fdstore_keeps(const struct fdstore *store)
{
	return store->keeps;
}

bool fdstore_keep(struct fdstore *store, const char *name, int fd)
{
	char state[FDSTORE_STATE_MAX];
	int r;

	if (!store->keeps)
		return true;
	snprintf(state, sizeof(state), "FDSTORE=1\nFDNAME=%s", name);
	r = sd_pid_notify_with_fds(0, 0, state, &fd, 1);
	errno = r < 0 ? -r : ENOTCONN;
	return r > 0;
}

void fdstore_drop(struct fdstore *store, const char *name)
{
	char state[FDSTORE_STATE_MAX];

	if (!store->keeps)
		return;
	snprintf(state, sizeof(state), "FDSTOREREMOVE=1\nFDNAME=%s", name);
	sd_notify(0, state);
}

int fdstore_take(struct fdstore *store, const char *name, fdstore_match_fn match,
		 const void *arg)
{
	unsigned int i;

	for (i = 0; i < store->n; i++) {
		if (!store->name[i] || strcmp(store->name[i], name) != 0 ||
		    (match && !match(fdstore_fd(i), arg)))
			continue;
		fdstore_taken(store, i);
		return fdstore_fd(i);
	}
	return -1;
}

void fdstore_forget(struct fdstore *store)
{
	unsigned int i;

	for (i = 0; i < store->n; i++) {
		if (!store->name[i])
			continue;
		shutdown(fdstore_fd(i), SHUT_RDWR);
		close(fdstore_fd(i));
		fdstore_taken(store, i);
	}
}
