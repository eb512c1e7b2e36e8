// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "config.h"
#include "disk_msg.h"
#include "disk_server.h"
#include "lib/array.h"
#include "lib/log.h"
#include "privilege.h"

/* What the daemon needs of open(2); whatever makes or cuts a file is not among it. */
#define DISK_FLAGS	(O_ACCMODE | O_DIRECTORY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC)

/* @home: the directory of the file. @start: NULL: there was no good configuration. */
struct disk_server {
	int fd;
	const char *file;
	char *home;
	struct config *start;
};

/* Below @dir, at any depth, by a path that goes down only. */
static bool disk_is_below(const char *dir, const char *path)
{
	size_t len = strlen(dir);

	return len && strncmp(dir, path, len) == 0 && path[len] == '/' &&
	       !strstr(path + len, "/..");
}

/* In @dir itself, and not one of the names that begin with a dot. */
static bool disk_is_in(const char *dir, const char *path)
{
	return disk_is_below(dir, path) && path[strlen(dir) + 1] != '.' &&
	       path[strlen(dir) + 1] && strrchr(path, '/') == path + strlen(dir);
}

static bool disk_may_read(const struct disk_server *server, const struct config *cfg,
			  const char *path)
{
	const char *const files[] = {
		server->file, cfg->users_file, cfg->tls_certificate, cfg->tls_key, cfg->tls_ca,
		cfg->tls_crl, cfg->resolv_conf, cfg->tunnels_directory,
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(files); i++) {
		if (strcmp(path, files[i]) == 0)
			return true;
	}
	return (server->home && disk_is_below(server->home, path)) ||
	       disk_is_below(cfg->tunnels_directory, path);
}

static bool disk_may_write(const struct config *cfg, const char *path)
{
	unsigned int i;

	for (i = 0; i < cfg->line_n; i++) {
		if (strcmp(path, cfg->line[i].device) == 0)
			return true;
	}
	return strcmp(path, cfg->resolv_conf) == 0;
}

static bool disk_may(const struct disk_server *server, const struct config *cfg,
		     const struct disk_request *request)
{
	switch (request->op) {
	case DISK_OPEN:
		return (request->flags & O_ACCMODE) == O_RDONLY ?
		       disk_may_read(server, cfg, request->path) :
		       disk_may_write(cfg, request->path);
	case DISK_STORE:
		return disk_is_in(cfg->tunnels_directory, request->path);
	case DISK_REMOVE:
		return disk_is_in(cfg->tunnels_directory, request->path) ||
		       strcmp(request->path, cfg->control_socket) == 0;
	case DISK_PASSWORD:
		return strcmp(request->password.path, cfg->users_file) == 0;
	}
	return false;
}

/* A file that cannot be read now leaves what was read at the start. */
static bool disk_may_at_all(const struct disk_server *server, const struct disk_request *request)
{
	char err[CONFIG_ERROR_MAX];
	struct config *now;
	bool may;

	if (server->start && disk_may(server, server->start, request))
		return true;
	now = config_load(server->file, err);
	may = now && disk_may(server, now, request);
	config_put(now);
	return may;
}

static bool disk_is_text(const char *text, size_t room)
{
	return memchr(text, 0, room);
}

static bool disk_is_whole(const struct disk_request *request, size_t len)
{
	const struct passwords_change *change = &request->password;

	if (len < DISK_REQUEST_HEAD || !disk_is_text(request->path, sizeof(request->path)))
		return false;
	if (request->op != DISK_PASSWORD)
		return true;
	return len == DISK_REQUEST_HEAD + sizeof(*change) &&
	       disk_is_text(change->path, sizeof(change->path)) &&
	       disk_is_text(change->name, sizeof(change->name)) &&
	       disk_is_text(change->server, sizeof(change->server));
}

/* With errno in @reply; the descriptor or -1. */
static int disk_do(const struct disk_request *request, size_t len, struct disk_reply *reply)
{
	bool good = false;
	int fd = -1;

	switch (request->op) {
	case DISK_OPEN:
		fd = disk_open(request->path, (request->flags & DISK_FLAGS) | O_NONBLOCK |
			       O_CLOEXEC | O_NOCTTY);
		good = fd >= 0;
		break;
	case DISK_STORE:
		good = disk_store(request->path, request->text, len - DISK_REQUEST_HEAD);
		break;
	case DISK_REMOVE:
		good = disk_remove(request->path);
		break;
	case DISK_PASSWORD:
		errno = EIO;
		good = passwords_change(&request->password, reply->text);
		break;
	}
	reply->error = good ? 0 : errno;
	return fd;
}

static bool disk_answer(int to, struct disk_reply *reply, int fd)
{
	union {
		struct cmsghdr align;
		char space[CMSG_SPACE(sizeof(int))];
	} control = { 0 };
	struct iovec iov = { reply, sizeof(*reply) };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	struct cmsghdr *cmsg;

	if (fd >= 0) {
		msg.msg_control = &control;
		msg.msg_controllen = sizeof(control);
		cmsg = CMSG_FIRSTHDR(&msg);
		cmsg->cmsg_level = SOL_SOCKET;
		cmsg->cmsg_type = SCM_RIGHTS;
		cmsg->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(cmsg), &fd, sizeof(fd));
	}
	return sendmsg(to, &msg, MSG_NOSIGNAL) == (ssize_t)sizeof(*reply);
}

static bool disk_serve(const struct disk_server *server, const struct disk_request *request,
		       size_t len)
{
	struct disk_reply reply = { .error = EACCES };
	int fd = -1;
	bool good;

	if (disk_is_whole(request, len) && disk_may_at_all(server, request))
		fd = disk_do(request, len, &reply);
	good = disk_answer(server->fd, &reply, fd);
	if (fd >= 0)
		close(fd);
	return good;
}

/* The directory of @file, as other files in it are named by their whole paths. */
static char *disk_home(const char *file)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s", file);
	return realpath(dirname(path), NULL);
}

int disk_server_main(const void *config, int fd)
{
	struct disk_server server = { .fd = fd, .file = config, .home = disk_home(config) };
	struct disk_request request;
	char err[CONFIG_ERROR_MAX];
	ssize_t n;
	bool good;

	if (!privilege_give_up()) {
		log_error("the process for files cannot give up privileges: %s", strerror(errno));
		return EXIT_FAILURE;
	}
	server.start = config_load(config, err);
	do {
		n = recv(fd, &request, sizeof(request), 0);
		good = n > 0 && disk_serve(&server, &request, (size_t)n);
		explicit_bzero(&request, n > 0 ? (size_t)n : 0);
	} while (good);
	config_put(server.start);
	free(server.home);
	return EXIT_SUCCESS;
}
