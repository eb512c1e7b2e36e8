// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "disk.h"
#include "disk_msg.h"

/* The name under which a file is written until it is whole. */
#define DISK_TEMPORARY ".new"

/* One for the process, as the user that it runs as is. */
static int disk_fd = -1;

void disk_use(int fd)
{
	if (disk_fd >= 0)
		close(disk_fd);
	disk_fd = fd;
}

/* Is errno the answer to who may not? */
static bool disk_may_ask(void)
{
	return disk_fd >= 0 && (errno == EACCES || errno == EPERM);
}

/* The descriptor that came with a reply, or -1. */
static int disk_take(struct msghdr *msg)
{
	struct cmsghdr *cmsg = CMSG_FIRSTHDR(msg);
	int fd = -1;

	if (cmsg && cmsg->cmsg_level == SOL_SOCKET && cmsg->cmsg_type == SCM_RIGHTS)
		memcpy(&fd, CMSG_DATA(cmsg), sizeof(fd));
	return fd;
}

/* @len: octets of @request that count. False with errno; @fd: what was opened, or -1. */
static bool disk_ask(const struct disk_request *request, size_t len, struct disk_reply *reply,
		     int *fd)
{
	union {
		struct cmsghdr align;
		char space[CMSG_SPACE(sizeof(int))];
	} control;
	struct iovec iov = { reply, sizeof(*reply) };
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = &control, .msg_controllen = sizeof(control),
	};

	*fd = -1;
	if (send(disk_fd, request, len, MSG_NOSIGNAL) < 0)
		return false;
	if (recvmsg(disk_fd, &msg, MSG_CMSG_CLOEXEC) != sizeof(*reply)) {
		errno = EPIPE;
		return false;
	}
	*fd = disk_take(&msg);
	errno = reply->error;
	return !reply->error;
}

static void disk_begin(struct disk_request *request, enum disk_op op, const char *path)
{
	request->op = op;
	request->flags = 0;
	snprintf(request->path, sizeof(request->path), "%s", path);
}

int disk_open(const char *path, int flags)
{
	struct disk_request request;
	struct disk_reply reply;
	int fd = open(path, flags);

	if (fd >= 0 || !disk_may_ask())
		return fd;
	disk_begin(&request, DISK_OPEN, path);
	request.flags = flags;
	disk_ask(&request, DISK_REQUEST_HEAD, &reply, &fd);
	return fd;
}

/* The directory that @path is in, made when it is not there. -1 with errno. */
static int disk_directory(const char *path, const char **name)
{
	char dir[PATH_MAX];
	char *slash;
	int fd;

	snprintf(dir, sizeof(dir), "%s", path);
	slash = strrchr(dir, '/');
	if (!slash) {
		errno = EINVAL;
		return -1;
	}
	*name = path + (slash - dir) + 1;
	*slash = 0;
	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT && mkdir(dir, 0700) == 0)
		fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd;
}

static bool disk_write(int fd, const char *text, size_t len)
{
	size_t done = 0;
	ssize_t n;

	while (done < len) {
		n = write(fd, text + done, len - done);
		if (n < 0)
			return false;
		done += (size_t)n;
	}
	return fsync(fd) == 0;
}

/* Into a file of another name first, which takes the old one's when it is on disk. */
static bool disk_replace(int at, const char *name, const char *text, size_t len)
{
	int fd = openat(at, DISK_TEMPORARY, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW,
			0600);
	bool good = fd >= 0 && disk_write(fd, text, len);
	int why = errno;

	if (fd >= 0)
		close(fd);
	if (good && renameat(at, DISK_TEMPORARY, at, name) == 0 && fsync(at) == 0)
		return true;
	if (good)
		why = errno;
	unlinkat(at, DISK_TEMPORARY, 0);
	errno = why;
	return false;
}

static bool disk_store_here(const char *path, const char *text, size_t len)
{
	const char *name;
	int at = disk_directory(path, &name);
	bool good;
	int why;

	if (at < 0)
		return false;
	good = disk_replace(at, name, text, len);
	why = errno;
	close(at);
	errno = why;
	return good;
}

bool disk_store(const char *path, const char *text, size_t len)
{
	struct disk_request request;
	struct disk_reply reply;
	bool good;
	int fd;

	if (disk_store_here(path, text, len))
		return true;
	if (!disk_may_ask() || len > sizeof(request.text))
		return false;
	disk_begin(&request, DISK_STORE, path);
	memcpy(request.text, text, len);
	good = disk_ask(&request, DISK_REQUEST_HEAD + len, &reply, &fd);
	explicit_bzero(request.text, len);
	return good;
}

bool disk_remove(const char *path)
{
	struct disk_request request;
	struct disk_reply reply;
	int fd;

	if (unlink(path) == 0)
		return true;
	if (!disk_may_ask())
		return false;
	disk_begin(&request, DISK_REMOVE, path);
	return disk_ask(&request, DISK_REQUEST_HEAD, &reply, &fd);
}

bool disk_change_password(const struct passwords_change *change, char err[USERFILE_ERROR_MAX])
{
	struct disk_request request;
	struct disk_reply reply = { 0 };
	bool good;
	int fd;

	if (disk_fd < 0)
		return passwords_change(change, err);
	disk_begin(&request, DISK_PASSWORD, "");
	request.password = *change;
	good = disk_ask(&request, DISK_REQUEST_HEAD + sizeof(*change), &reply, &fd);
	explicit_bzero(&request.password, sizeof(request.password));
	snprintf(err, USERFILE_ERROR_MAX, "%s", reply.text[0] ? reply.text : strerror(errno));
	return good;
}
