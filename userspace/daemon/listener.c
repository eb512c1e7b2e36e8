// SPDX-License-Identifier: GPL-2.0-or-later
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "connection.h"
#include "lib/log.h"
#include "listener.h"

/* Connections that one event accepts. */
#define LISTENER_BATCH		16

/* Batches that are accepted from a socket before it closes: all that it can hold. */
#define LISTENER_DRAIN		(SOMAXCONN / LISTENER_BATCH)

#define LISTENER_MAX		(CONFIG_LISTEN_MAX * (1 + CONFIG_LISTENERS_MAX))

/* Without free descriptors accept() would fail again at once. */
#define LISTENER_PAUSE_MS	1000

/* Where one listens; @device: by which connections must come, empty: by any. */
struct listener_place {
	struct sockaddr_in address;
	char device[CONFIG_DEVICE_MAX];
};

/* @cfg: for its connections, a reference */
struct listener {
	struct daemon *daemon;
	struct config *cfg;
	struct listener_place place;
	int fd;
	struct loop_source *io;
	struct loop_source *pause;
};

struct listeners {
	unsigned int n;
	struct listener *one[LISTENER_MAX];
};

static void listener_close(struct listener *l)
{
	if (!l)
		return;
	loop_source_free(l->io);
	loop_source_free(l->pause);
	/* The service manager has it, too. */
	if (l->fd >= 0) {
		shutdown(l->fd, SHUT_RDWR);
		close(l->fd);
	}
	config_put(l->cfg);
	free(l);
}

/* NULL: the connection may stay, and is counted. */
static const char *listener_refusal(struct listener *l, struct in_addr peer)
{
	if (!config_admits(l->cfg, peer))
		return "clients does not name its address";
	return admission_enter(&l->daemon->admission, l->daemon->cfg, peer, loop_now());
}

static void listener_admit(struct listener *l, int fd, const struct sockaddr_in *peer)
{
	struct daemon *daemon = l->daemon;
	char text[INET_ADDRSTRLEN];
	const char *why;

	inet_ntop(AF_INET, &peer->sin_addr, text, sizeof(text));
	why = listener_refusal(l, peer->sin_addr);
	if (why) {
		log_limited(LOG_LEVEL_NOTICE, "%s: refused: %s", text, why);
		failures_note(&daemon->failures, FAILURES_CONNECTION, peer->sin_addr, "", why,
			      time(NULL));
		close(fd);
		return;
	}
	if (!connection_new(daemon, l->cfg, fd, peer))
		log_limited(LOG_LEVEL_ERROR, "%s: refused: no memory", text);
}

/* Errors of a connection that ended before it was accepted are the peer's. */
static void listener_failed(struct listener *l, int err)
{
	if (err != EMFILE && err != ENFILE && err != ENOBUFS && err != ENOMEM)
		return;
	log_limited(LOG_LEVEL_ERROR, "cannot accept connections: %s", strerror(err));
	loop_io_set(l->io, 0);
	loop_timer_set(l->pause, loop_now() + LISTENER_PAUSE_MS);
}

static void listener_on_io(void *arg, unsigned int events)
{
	struct listener *l = arg;
	unsigned int i;

	(void)events;
	for (i = 0; i < LISTENER_BATCH; i++) {
		struct sockaddr_in peer;
		socklen_t len = sizeof(peer);
		int fd;

		fd = accept4(l->fd, (struct sockaddr *)&peer, &len,
			     SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (fd < 0) {
			listener_failed(l, errno);
			return;
		}
		listener_admit(l, fd, &peer);
	}
}

static void listener_on_pause(void *arg)
{
	struct listener *l = arg;

	loop_io_set(l->io, LOOP_READ);
}

/*
 * A port of all addresses and the same one of a single address exclude each other,
 * unless both sockets agree. Ours do while one takes the place of the other, and no
 * longer: another program is not to have a share of our callers. (The kernel can
 * remember the consent, for programs of our own user that ask for a share.)
 */
static void listener_share(int fd, int share)
{
	setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &share, sizeof(share));
}

/* Connections have the device of the socket that they were accepted by. */
static bool listener_bind(int fd, const struct listener_place *place)
{
	const char *device = place->device;

	if (device[0] &&
	    setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, device, (socklen_t)strlen(device)) < 0)
		return false;
	return bind(fd, (const struct sockaddr *)&place->address, sizeof(place->address)) == 0;
}

/* A listening socket, or -1 with @err. @share: one of ours is in the way, and goes. */
static int listener_socket(const struct listener_place *place, bool share,
			   char err[LISTENER_ERROR_MAX])
{
	const struct sockaddr_in *address = &place->address;
	char text[INET_ADDRSTRLEN];
	int one = 1;
	int fd;

	inet_ntop(AF_INET, &address->sin_addr, text, sizeof(text));
	fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0) {
		snprintf(err, LISTENER_ERROR_MAX, "cannot make a socket: %s", strerror(errno));
		return -1;
	}
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	listener_share(fd, share);
	if (listener_bind(fd, place) && listen(fd, SOMAXCONN) == 0)
		return fd;
	if (errno == EADDRINUSE)
		snprintf(err, LISTENER_ERROR_MAX,
			 "cannot listen on %s port %u: another program uses it (see: ss -ltnp)",
			 text, ntohs(address->sin_port));
	else
		snprintf(err, LISTENER_ERROR_MAX, "cannot listen on %s port %u%s%s: %s", text,
			 ntohs(address->sin_port), place->device[0] ? " of " : "",
			 place->device, strerror(errno));
	close(fd);
	return -1;
}

/* fdstore_match_fn: a socket that listens at this place */
static bool listener_is(int fd, const void *arg)
{
	const struct listener_place *place = arg;
	socklen_t len = sizeof(struct sockaddr_in), device_len = CONFIG_DEVICE_MAX;
	char device[CONFIG_DEVICE_MAX] = "";
	struct sockaddr_in address;

	return getsockname(fd, (struct sockaddr *)&address, &len) == 0 &&
	       getsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, device, &device_len) == 0 &&
	       address.sin_family == AF_INET &&
	       address.sin_addr.s_addr == place->address.sin_addr.s_addr &&
	       address.sin_port == place->address.sin_port && !strcmp(device, place->device);
}

/* That of a former kpptpd, in which callers may wait, or a new one for the next kpptpd. */
static int listener_get(struct daemon *daemon, const struct listener_place *place, bool share,
			char err[LISTENER_ERROR_MAX])
{
	int fd = fdstore_take(daemon->store, FDSTORE_LISTENER, listener_is, place);

	if (fd >= 0)
		return fd;
	fd = listener_socket(place, share, err);
	if (fd >= 0 && !fdstore_keep(daemon->store, FDSTORE_LISTENER, fd))
		log_info("the service manager does not keep our sockets: %s", strerror(errno));
	return fd;
}

static struct listener *listener_open(struct daemon *daemon,
				      const struct listener_place *place, bool share,
				      char err[LISTENER_ERROR_MAX])
{
	struct listener *l = calloc(1, sizeof(*l));

	snprintf(err, LISTENER_ERROR_MAX, "no memory");
	if (!l)
		return NULL;
	l->daemon = daemon;
	l->place = *place;
	l->fd = listener_get(daemon, place, share, err);
	if (l->fd >= 0) {
		l->io = loop_io(daemon->loop, l->fd, LOOP_READ, listener_on_io, l);
		l->pause = loop_timer(daemon->loop, listener_on_pause, l);
	}
	if (l->io && l->pause)
		return l;
	listener_close(l);
	return NULL;
}

static bool listener_same(const struct listener *l, const struct listener_place *place)
{
	const struct sockaddr_in *address = &place->address;

	return l && l->place.address.sin_addr.s_addr == address->sin_addr.s_addr &&
	       l->place.address.sin_port == address->sin_port &&
	       !strcmp(l->place.device, place->device);
}

/* The socket that @old has for @place; NULL: none. */
static struct listener *listeners_find(struct listeners *old, const struct listener_place *place)
{
	unsigned int i;

	for (i = 0; old && i < old->n; i++) {
		if (listener_same(old->one[i], place))
			return old->one[i];
	}
	return NULL;
}

/* Can the socket of @l and one for @place not be there at the same time? */
static bool listener_in_way(const struct listener *l, const struct listener_place *place)
{
	const struct sockaddr_in *a = &l->place.address, *b = &place->address;
	const in_addr_t any = htonl(INADDR_ANY);

	if (a->sin_port != b->sin_port)
		return false;
	if (l->place.device[0] && place->device[0] && strcmp(l->place.device, place->device))
		return false;
	return a->sin_addr.s_addr == any || b->sin_addr.s_addr == any ||
	       a->sin_addr.s_addr == b->sin_addr.s_addr;
}

/* Lets @old share what is in the way of @place. Is there anything? */
static bool listeners_make_room(struct listeners *old, const struct listener_place *place)
{
	bool found = false;
	unsigned int i;

	for (i = 0; old && i < old->n; i++) {
		if (!listener_in_way(old->one[i], place))
			continue;
		listener_share(old->one[i]->fd, true);
		found = true;
	}
	return found;
}

static void listeners_unshare(const struct listeners *listeners)
{
	unsigned int i;

	for (i = 0; listeners && i < listeners->n; i++)
		listener_share(listeners->one[i]->fd, false);
}

/* Connections that are there already, before the sockets close. */
static void listeners_drain(const struct listeners *listeners)
{
	unsigned int i, k;

	for (i = 0; listeners && i < listeners->n; i++) {
		for (k = 0; listeners->one[i] && k < LISTENER_DRAIN; k++)
			listener_on_io(listeners->one[i], LOOP_READ);
	}
}

/* Takes out of @from what @kept has as well. */
static void listeners_subtract(struct listeners *from, const struct listeners *kept)
{
	unsigned int i, k;

	for (i = 0; from && i < from->n; i++) {
		for (k = 0; k < kept->n; k++) {
			if (from->one[i] == kept->one[k])
				from->one[i] = NULL;
		}
	}
}

/* The sockets of one configuration: of the file's own, or of a listener's. */
static bool listeners_add(struct listeners *new, struct daemon *daemon,
			  const struct config *cfg, struct listeners *old,
			  char err[LISTENER_ERROR_MAX])
{
	struct listener_place place = {
		.address = { .sin_family = AF_INET, .sin_port = htons(cfg->port) },
	};
	unsigned int i;

	snprintf(place.device, sizeof(place.device), "%s", cfg->bind_device);
	for (i = 0; i < cfg->listen_n; i++) {
		struct listener *l;

		place.address.sin_addr = cfg->listen[i];
		l = listeners_find(old, &place);
		if (!l)
			l = listener_open(daemon, &place, listeners_make_room(old, &place), err);
		if (!l)
			return false;
		new->one[new->n++] = l;
	}
	return true;
}

static bool listeners_add_all(struct listeners *new, struct daemon *daemon,
			      const struct config *cfg, struct listeners *old,
			      char err[LISTENER_ERROR_MAX])
{
	unsigned int i;

	if (!listeners_add(new, daemon, cfg, old, err))
		return false;
	for (i = 0; i < cfg->listeners_n; i++) {
		if (!listeners_add(new, daemon, cfg->listeners[i], old, err))
			return false;
	}
	return true;
}

/* From now on connections begin with @cfg, in the order of listeners_add(). */
static void listeners_use(struct listeners *new, struct config *cfg)
{
	unsigned int i, k, n = 0;

	for (i = 0; i <= cfg->listeners_n; i++) {
		struct config *one = i ? cfg->listeners[i - 1] : cfg;

		for (k = 0; k < one->listen_n; k++, n++) {
			config_put(new->one[n]->cfg);
			new->one[n]->cfg = config_get(one);
		}
	}
}

struct listeners *listeners_open(struct daemon *daemon, struct config *cfg,
				 struct listeners *old, char err[LISTENER_ERROR_MAX])
{
	struct listeners *new = calloc(1, sizeof(*new));
	bool good;

	snprintf(err, LISTENER_ERROR_MAX, "no memory");
	if (!new)
		return NULL;
	good = listeners_add_all(new, daemon, cfg, old, err);
	listeners_unshare(old);
	listeners_unshare(new);
	if (!good) {
		if (old)
			listeners_subtract(new, old);
		listeners_close(new);
		return NULL;
	}
	listeners_use(new, cfg);
	listeners_subtract(old, new);
	listeners_drain(old);
	listeners_close(old);
	return new;
}

void listeners_close(struct listeners *listeners)
{
	unsigned int i;

	for (i = 0; listeners && i < listeners->n; i++)
		listener_close(listeners->one[i]);
	free(listeners);
}
