// SPDX-License-Identifier: GPL-2.0-or-later
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/slurp.h"
#include "statedir.h"

/* The name under which a file is written until it is whole. */
#define STATEDIR_TEMPORARY ".new"

static bool statedir_refuse(const struct statedir *dir, const char *what, const char *name,
			    char err[STATEDIR_ERROR_MAX])
{
	snprintf(err, STATEDIR_ERROR_MAX, "cannot %s %s/%s: %s", what, dir->path, name,
		 strerror(errno));
	return false;
}

static int statedir_open(const struct statedir *dir)
{
	return open(dir->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static bool statedir_ends(const char *name, const char *ending)
{
	size_t len = strlen(name), end = strlen(ending);

	return len > end && strcmp(name + len - end, ending) == 0;
}

bool statedir_each(const struct statedir *dir, const char *ending, statedir_fn fn, void *arg,
		   char err[STATEDIR_ERROR_MAX])
{
	DIR *list = opendir(dir->path);
	const struct dirent *entry;

	if (!list)
		return errno == ENOENT || statedir_refuse(dir, "read", "", err);
	while ((entry = readdir(list))) {
		if (entry->d_name[0] != '.' && statedir_ends(entry->d_name, ending))
			fn(arg, entry->d_name);
	}
	closedir(list);
	return true;
}

/* The files have secrets in them. */
static bool statedir_private(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && !(st.st_mode & 077);
}

ssize_t statedir_read(const struct statedir *dir, const char *name, char *text, size_t room,
		      char err[STATEDIR_ERROR_MAX])
{
	int at = statedir_open(dir);
	int fd = at < 0 ? -1 : openat(at, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	ssize_t n = fd < 0 ? -errno : -EPERM;

	if (fd >= 0 && statedir_private(fd))
		n = slurp(fd, text, room);
	if (n == (ssize_t)room)
		n = -EFBIG;
	if (n == -EPERM) {
		snprintf(err, STATEDIR_ERROR_MAX,
			 "%s/%s must be a file that only its owner can read and write",
			 dir->path, name);
	} else if (n < 0) {
		errno = (int)-n;
		statedir_refuse(dir, "read", name, err);
	} else {
		text[n] = 0;
	}
	if (fd >= 0)
		close(fd);
	if (at >= 0)
		close(at);
	return n;
}

static bool statedir_store(int fd, const char *text, size_t len)
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
static bool statedir_replace(int at, const char *name, const char *text, size_t len)
{
	int fd = openat(at, STATEDIR_TEMPORARY, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC |
			O_NOFOLLOW, 0600);
	bool good = fd >= 0 && statedir_store(fd, text, len);
	int why = errno;

	if (fd >= 0)
		close(fd);
	if (good && renameat(at, STATEDIR_TEMPORARY, at, name) == 0 && fsync(at) == 0)
		return true;
	if (good)
		why = errno;
	unlinkat(at, STATEDIR_TEMPORARY, 0);
	errno = why;
	return false;
}

bool statedir_write(const struct statedir *dir, const char *name, const char *text, size_t len,
		    char err[STATEDIR_ERROR_MAX])
{
	bool good;
	int at;

	at = statedir_open(dir);
	if (at < 0 && errno == ENOENT && mkdir(dir->path, 0700) == 0)
		at = statedir_open(dir);
	if (at < 0)
		return statedir_refuse(dir, "write", name, err);
	good = statedir_replace(at, name, text, len) ||
	       statedir_refuse(dir, "write", name, err);
	close(at);
	return good;
}

bool statedir_remove(const struct statedir *dir, const char *name,
		     char err[STATEDIR_ERROR_MAX])
{
	int at = statedir_open(dir);
	bool good;

	if (at < 0)
		return errno == ENOENT || statedir_refuse(dir, "remove", name, err);
	good = unlinkat(at, name, 0) == 0 || errno == ENOENT ||
	       statedir_refuse(dir, "remove", name, err);
	close(at);
	return good;
}
