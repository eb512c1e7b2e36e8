// SPDX-License-Identifier: GPL-2.0-or-later
#include "dsock.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "ctl.h"

/* A reply is at most 1 MiB and its line feed. */
#define LINE_ROOM	((1u << 20) + 1)

/* The daemon answers at once; one that is stopped must not hang the caller. */
#define ANSWER_SECONDS	10

struct dsock {
	int fd;
	size_t len;
	char line[LINE_ROOM];
};

struct dsock *dsock_open(const char *path)
{
	struct timeval timeout = { .tv_sec = ANSWER_SECONDS };
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct dsock *sock;
	int saved;

	if (strlen(path) >= sizeof(address.sun_path)) {
		errno = ENAMETOOLONG;
		return NULL;
	}
	memcpy(address.sun_path, path, strlen(path) + 1);
	sock = calloc(1, sizeof(*sock));
	if (!sock)
		return NULL;
	sock->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (sock->fd >= 0 &&
	    !connect(sock->fd, (const struct sockaddr *)&address, sizeof(address)) &&
	    !setsockopt(sock->fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout)) &&
	    !setsockopt(sock->fd, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof(timeout)))
		return sock;
	saved = errno;
	dsock_close(sock);
	errno = saved;
	return NULL;
}

void dsock_close(struct dsock *sock)
{
	if (!sock)
		return;
	if (sock->fd >= 0)
		close(sock->fd);
	free(sock);
}

int dsock_fd(const struct dsock *sock)
{
	return sock->fd;
}

int dsock_fail(const char *path)
{
	if (errno == ENOENT || errno == ECONNREFUSED)
		return ctl_fail("kpptpd does not run (no daemon at %s), run systemctl start kpptpd",
				path);
	if (errno == EACCES)
		return ctl_fail("no permission to ask kpptpd at %s, it takes root", path);
	return ctl_fail("cannot reach kpptpd at %s: %s", path, strerror(errno));
}

bool dsock_send(struct dsock *sock, json_t *request)
{
	char *text = json_dumps(request, JSON_COMPACT);
	size_t len, done = 0;
	ssize_t n = 0;

	json_decref(request);
	if (!text) {
		ctl_fail("the request is no valid text, is it UTF-8?");
		return false;
	}
	len = strlen(text);
	/* The line feed takes the place of the final 0. */
	text[len++] = '\n';
	while (done < len && n >= 0) {
		n = send(sock->fd, text + done, len - done, MSG_NOSIGNAL);
		if (n > 0)
			done += n;
	}
	free(text);
	if (n < 0)
		ctl_fail("cannot ask kpptpd: %s", strerror(errno));
	return n >= 0;
}

bool dsock_ready(const struct dsock *sock)
{
	return memchr(sock->line, '\n', sock->len);
}

/* Makes sure that a whole line is in the buffer. */
static bool fill(struct dsock *sock)
{
	ssize_t n;

	while (!dsock_ready(sock)) {
		if (sock->len == sizeof(sock->line)) {
			ctl_fail("kpptpd's answer is longer than a megabyte");
			return false;
		}
		n = recv(sock->fd, sock->line + sock->len, sizeof(sock->line) - sock->len, 0);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			ctl_fail(n ? "kpptpd does not answer" : "kpptpd closed the connection");
			return false;
		}
		sock->len += n;
	}
	return true;
}

json_t *dsock_next(struct dsock *sock)
{
	json_error_t error;
	json_t *object;
	size_t len;

	if (!fill(sock))
		return NULL;
	len = (char *)memchr(sock->line, '\n', sock->len) - sock->line;
	object = json_loadb(sock->line, len, 0, &error);
	sock->len -= len + 1;
	memmove(sock->line, sock->line + len + 1, sock->len);
	if (object && json_is_object(object))
		return object;
	json_decref(object);
	ctl_fail("kpptpd's answer is no JSON object");
	return NULL;
}

json_t *dsock_ask(struct dsock *sock, json_t *request, json_t *items)
{
	const char *refusal = NULL;
	json_t *reply, *item;

	if (!dsock_send(sock, request))
		return NULL;
	while ((reply = dsock_next(sock))) {
		item = json_object_get(reply, "item");
		if (!item)
			break;
		if (items)
			json_array_append(items, item);
		json_decref(reply);
	}
	if (!reply || json_is_true(json_object_get(reply, "ok")))
		return reply;
	refusal = json_string_value(json_object_get(reply, "error"));
	ctl_fail("kpptpd: %s", refusal ? refusal : "refused without a reason");
	json_decref(reply);
	return NULL;
}

json_t *dsock_ask_once(const char *path, json_t *request)
{
	struct dsock *sock = dsock_open(path);
	json_t *reply;

	if (!sock) {
		dsock_fail(path);
		json_decref(request);
		return NULL;
	}
	reply = dsock_ask(sock, request, NULL);
	dsock_close(sock);
	return reply;
}
