// SPDX-License-Identifier: GPL-2.0-or-later
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "disk.h"
#include "lib/slurp.h"
#include "statedir.h"

#define STATEDIR_FILE_MAX (STATEDIR_PATH_MAX + NAME_MAX + 2)

static bool statedir_refuse(const struct statedir *dir, const char *what, const char *name,
			    char err[STATEDIR_ERROR_MAX])
{
	snprintf(err, STATEDIR_ERROR_MAX, "cannot %s %s/%s: %s", what, dir->path, name,
		 strerror(errno));
	return false;
}

static void statedir_path(const struct statedir *dir, const char *name,
			  char path[STATEDIR_FILE_MAX])
{
	snprintf(path, STATEDIR_FILE_MAX, "%s/%s", dir->path, name);
}

static bool statedir_ends(const char *name, const char *ending)
{
	size_t len = strlen(name), end = strlen(ending);

	return len > end && strcmp(name + len - end, ending) == 0;
}

bool statedir_each(const struct statedir *dir, const char *ending, statedir_fn fn, void *arg,
		   char err[STATEDIR_ERROR_MAX])
{
	int fd = disk_open(dir->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *list = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;

	if (!list) {
		if (fd >= 0)
			close(fd);
		return errno == ENOENT || statedir_refuse(dir, "read", "", err);
	}
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
	char path[STATEDIR_FILE_MAX];
	ssize_t n;
	int fd;

	statedir_path(dir, name, path);
	fd = disk_open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	n = fd < 0 ? -errno : -EPERM;
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
	return n;
}

bool statedir_write(const struct statedir *dir, const char *name, const char *text, size_t len,
		    char err[STATEDIR_ERROR_MAX])
{
	char path[STATEDIR_FILE_MAX];

	statedir_path(dir, name, path);
	return disk_store(path, text, len) || statedir_refuse(dir, "write", name, err);
}

bool statedir_remove(const struct statedir *dir, const char *name,
		     char err[STATEDIR_ERROR_MAX])
{
	char path[STATEDIR_FILE_MAX];

	statedir_path(dir, name, path);
	return disk_remove(path) || errno == ENOENT || statedir_refuse(dir, "remove", name, err);
}
