// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <utlist.h>

#include "ctlsock_priv.h"
#include "disk.h"
#include "lib/array.h"
#include "lib/log.h"

#define CTLSOCK_CLIENTS_MAX	32

/* Octets that wait for a client: a list of 65535 sessions. */
#define CTLSOCK_REPLY_MAX	(64u << 20)

/* Octets that wait for one who watches; who reads more slowly is cut off. */
#define CTLSOCK_WATCH_MAX	1048576

typedef void (*ctlsock_command_fn)(struct ctlsock_client *client, const json_t *request);

static void ctlsock_count_watchers(struct ctlsock *ctl)
{
	struct ctlsock_client *client;

	ctl->daemon->events.watched = false;
	DL_FOREACH(ctl->clients, client)
		ctl->daemon->events.watched |= client->watches;
}

static void ctlsock_drop(struct ctlsock_client *client)
{
	struct ctlsock *ctl = client->ctl;

	DL_DELETE(ctl->clients, client);
	ctl->clients_n--;
	loop_source_free(client->io);
	close(client->fd);
	free(client->out);
	explicit_bzero(client->in, sizeof(client->in));
	free(client);
	ctlsock_count_watchers(ctl);
}

static bool ctlsock_grow(struct ctlsock_client *client, size_t len)
{
	size_t most = client->watches ? CTLSOCK_WATCH_MAX : CTLSOCK_REPLY_MAX;
	size_t room = client->out_room ? client->out_room : 4096;
	char *out;

	if (len > most - client->out_len)
		return false;
	while (room < client->out_len + len)
		room *= 2;
	if (room == client->out_room)
		return true;
	out = realloc(client->out, room);
	if (!out)
		return false;
	client->out = out;
	client->out_room = room;
	return true;
}

/* Takes the reference on @reply. */
void ctlsock_say(struct ctlsock_client *client, json_t *reply)
{
	char *text = reply ? json_dumps(reply, JSON_COMPACT) : NULL;
	size_t len = text ? strlen(text) : 0;

	json_decref(reply);
	if (!text || !ctlsock_grow(client, len + 1)) {
		client->broken = true;
	} else {
		memcpy(client->out + client->out_len, text, len);
		client->out[client->out_len + len] = '\n';
		client->out_len += len + 1;
	}
	free(text);
}

static void ctlsock_flush(struct ctlsock_client *client)
{
	ssize_t n = 0;

	if (client->out_len && !client->broken)
		n = send(client->fd, client->out, client->out_len, MSG_NOSIGNAL);
	if (n < 0 && errno != EAGAIN && errno != EINTR)
		client->broken = true;
	if (n > 0) {
		client->out_len -= (size_t)n;
		memmove(client->out, client->out + n, client->out_len);
	}
	loop_io_set(client->io, client->out_len ? LOOP_READ | LOOP_WRITE : LOOP_READ);
}

void ctlsock_refuse(struct ctlsock_client *client, const char *why)
{
	ctlsock_say(client, json_pack("{s:b, s:s}", "ok", 0, "error", why));
}

void ctlsock_done(struct ctlsock_client *client, unsigned int count)
{
	ctlsock_say(client, json_pack("{s:b, s:i}", "ok", 1, "count", (int)count));
}

const char *ctlsock_address(struct in_addr address, char text[INET_ADDRSTRLEN])
{
	return address.s_addr ? inet_ntop(AF_INET, &address, text, INET_ADDRSTRLEN) : "";
}

static void ctlsock_version(struct ctlsock_client *client, const json_t *request)
{
	(void)request;
	ctlsock_say(client, json_pack("{s:b, s:s}", "ok", 1, "version", KPPTP_VERSION));
}

static void ctlsock_reload(struct ctlsock_client *client, const json_t *request)
{
	char err[CTLSOCK_ERROR_MAX];

	(void)request;
	if (client->ctl->reload(client->ctl->arg, err))
		ctlsock_say(client, json_pack("{s:b}", "ok", 1));
	else
		ctlsock_refuse(client, err);
}

static void ctlsock_monitor(struct ctlsock_client *client, const json_t *request)
{
	(void)request;
	client->watches = true;
	ctlsock_count_watchers(client->ctl);
}

static void ctlsock_request(struct ctlsock_client *client, const json_t *request)
{
	static const struct {
		const char *name;
		ctlsock_command_fn fn;
	} commands[] = {
		{ "version", ctlsock_version },
		{ "reload", ctlsock_reload },
		{ "sessions", ctlsock_sessions },
		{ "tunnels", ctlsock_tunnels },
		{ "lines", ctlsock_ports },
		{ "weak", ctlsock_weak },
		{ "failures", ctlsock_failures },
		{ "pools", ctlsock_pools },
		{ "files", ctlsock_files },
		{ "disconnect", ctlsock_disconnect },
		{ "connect", ctlsock_connect },
		{ "add-tunnel", ctlsock_add_tunnel },
		{ "set-tunnel", ctlsock_set_tunnel },
		{ "del-tunnel", ctlsock_del_tunnel },
		{ "monitor", ctlsock_monitor },
	};
	const char *name = json_string_value(json_object_get(request, "command"));
	size_t i;

	if (!name) {
		ctlsock_refuse(client, "the request has no \"command\"");
		return;
	}
	for (i = 0; i < ARRAY_SIZE(commands); i++) {
		if (strcmp(commands[i].name, name) == 0) {
			commands[i].fn(client, request);
			return;
		}
	}
	ctlsock_refuse(client, "kpptpd does not know this command");
}

static void ctlsock_line(struct ctlsock_client *client, const char *line, size_t len)
{
	json_t *request = json_loadb(line, len, JSON_REJECT_DUPLICATES, NULL);

	if (!json_is_object(request))
		ctlsock_refuse(client, "the request is not a JSON object");
	else
		ctlsock_request(client, request);
	json_decref(request);
}

/* Whole lines that have come; the rest moves to the front. */
static void ctlsock_lines(struct ctlsock_client *client)
{
	size_t done = 0;
	char *end;

	while (!client->broken &&
	       (end = memchr(client->in + done, '\n', client->in_len - done)) != NULL) {
		size_t len = (size_t)(end - client->in) - done;

		ctlsock_line(client, client->in + done, len);
		explicit_bzero(client->in + done, len);
		done += len + 1;
	}
	client->in_len -= done;
	memmove(client->in, client->in + done, client->in_len);
	if (client->in_len == sizeof(client->in))
		client->broken = true;
}

static void ctlsock_read(struct ctlsock_client *client)
{
	ssize_t n = recv(client->fd, client->in + client->in_len,
			 sizeof(client->in) - client->in_len, 0);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		client->broken = true;
		return;
	}
	client->in_len += (size_t)n;
	ctlsock_lines(client);
}

static void ctlsock_on_client(void *arg, unsigned int events)
{
	struct ctlsock_client *client = arg;

	if (events & (LOOP_READ | LOOP_HANGUP))
		ctlsock_read(client);
	ctlsock_flush(client);
	if (client->broken)
		ctlsock_drop(client);
}

static void ctlsock_on_event(void *arg, json_t *event)
{
	struct ctlsock *ctl = arg;
	struct ctlsock_client *client;

	DL_FOREACH(ctl->clients, client) {
		if (!client->watches || client->broken)
			continue;
		ctlsock_say(client, json_pack("{s:O}", "item", event));
		loop_io_set(client->io, LOOP_READ | LOOP_WRITE);
		/* The hang-up makes the loop call for him, and he is dropped there. */
		if (client->broken)
			shutdown(client->fd, SHUT_RDWR);
	}
}

static void ctlsock_on_io(void *arg, unsigned int events)
{
	struct ctlsock *ctl = arg;
	struct ctlsock_client *client;
	int fd;

	(void)events;
	fd = accept4(ctl->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	if (fd < 0)
		return;
	client = ctl->clients_n < CTLSOCK_CLIENTS_MAX ? calloc(1, sizeof(*client)) : NULL;
	if (client)
		client->io = loop_io(ctl->daemon->loop, fd, LOOP_READ, ctlsock_on_client,
				     client);
	if (!client || !client->io) {
		log_limited(LOG_LEVEL_WARNING, "too many programs at the control socket");
		free(client);
		close(fd);
		return;
	}
	client->ctl = ctl;
	client->fd = fd;
	DL_APPEND(ctl->clients, client);
	ctl->clients_n++;
}

/* A socket that nobody answers is of a daemon that was killed: it goes. */
static bool ctlsock_clear(const struct sockaddr_un *address, char err[CTLSOCK_ERROR_MAX])
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int r;

	if (fd < 0) {
		snprintf(err, CTLSOCK_ERROR_MAX, "cannot make a socket: %s", strerror(errno));
		return false;
	}
	r = connect(fd, (const struct sockaddr *)address, sizeof(*address));
	if (r < 0 && errno == ECONNREFUSED)
		unlink(address->sun_path);
	close(fd);
	if (r == 0)
		snprintf(err, CTLSOCK_ERROR_MAX,
			 "another kpptpd answers at %s: stop it or choose another control-socket",
			 address->sun_path);
	return r < 0;
}

/* The directory of @path, if it is not there; its parents are the system's. */
static void ctlsock_make_directory(const char *path)
{
	char dir[CONFIG_PATH_MAX];
	char *slash;

	snprintf(dir, sizeof(dir), "%s", path);
	slash = strrchr(dir, '/');
	if (slash && slash != dir) {
		*slash = 0;
		mkdir(dir, 0755);
	}
}

static int ctlsock_listen(const char *path, char err[CTLSOCK_ERROR_MAX])
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	mode_t mask;
	int fd, r;

	snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	ctlsock_make_directory(path);
	if (!ctlsock_clear(&address, err))
		return -1;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	mask = umask(0117);
	r = fd < 0 ? -1 : bind(fd, (const struct sockaddr *)&address, sizeof(address));
	umask(mask);
	if (r == 0 && listen(fd, CTLSOCK_CLIENTS_MAX) == 0)
		return fd;
	snprintf(err, CTLSOCK_ERROR_MAX, "cannot listen at %s: %s", path, strerror(errno));
	if (fd >= 0)
		close(fd);
	return -1;
}

/* Of jansson, which has passwords of tunnels in strings and in its scanner. */
static void ctlsock_free(void *memory)
{
	explicit_bzero(memory, malloc_usable_size(memory));
	free(memory);
}

struct ctlsock *ctlsock_open(struct daemon *daemon, const char *path,
			     ctlsock_reload_fn reload, void *arg,
			     char err[CTLSOCK_ERROR_MAX])
{
	struct ctlsock *ctl = calloc(1, sizeof(*ctl));

	snprintf(err, CTLSOCK_ERROR_MAX, "no memory");
	if (!ctl)
		return NULL;
	json_set_alloc_funcs(malloc, ctlsock_free);
	ctl->daemon = daemon;
	ctl->reload = reload;
	ctl->arg = arg;
	snprintf(ctl->path, sizeof(ctl->path), "%s", path);
	ctl->fd = ctlsock_listen(path, err);
	if (ctl->fd >= 0)
		ctl->io = loop_io(daemon->loop, ctl->fd, LOOP_READ, ctlsock_on_io, ctl);
	if (!ctl->io) {
		ctlsock_close(ctl);
		return NULL;
	}
	daemon->events.fn = ctlsock_on_event;
	daemon->events.arg = ctl;
	return ctl;
}

void ctlsock_close(struct ctlsock *ctl)
{
	struct ctlsock_client *client, *next;

	if (!ctl)
		return;
	DL_FOREACH_SAFE(ctl->clients, client, next)
		ctlsock_drop(client);
	loop_source_free(ctl->io);
	if (ctl->fd >= 0) {
		close(ctl->fd);
		disk_remove(ctl->path);
	}
	free(ctl);
}
