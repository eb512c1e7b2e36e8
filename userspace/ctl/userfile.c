// SPDX-License-Identifier: GPL-2.0-or-later
#include "userfile.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ctl.h"

static bool fail(const char *what, const char *path)
{
	ctl_fail("cannot %s %s: %s", what, path, strerror(errno));
	return false;
}

/* The file behind symbolic links, so that a link stays one. */
static char *resolve(const char *path)
{
	char *real = realpath(path, NULL);

	return real || errno != ENOENT ? real : strdup(path);
}

/* Locks the directory, since the file itself is replaced. */
static bool lock_directory(struct userfile *file)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s", file->path);
	file->directory = open(dirname(path), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (file->directory < 0 || flock(file->directory, LOCK_EX))
		return fail("lock the directory of", file->path);
	return true;
}

/* Everything of @fd, which fstat() said is @len octets long. */
static bool read_all(struct userfile *file, int fd, size_t len)
{
	ssize_t n = 1;

	file->text = malloc(len + 1);
	if (!file->text)
		return fail("read", file->path);
	while (file->len < len && n > 0) {
		n = read(fd, file->text + file->len, len - file->len);
		if (n > 0)
			file->len += n;
	}
	return n < 0 ? fail("read", file->path) : true;
}

static bool read_file(struct userfile *file, bool may_be_absent)
{
	struct stat st;
	bool good;
	int fd;

	fd = open(file->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return (errno == ENOENT && may_be_absent) || fail("read", file->path);
	if (fstat(fd, &st)) {
		good = fail("read", file->path);
	} else if (!S_ISREG(st.st_mode) || st.st_size > USERS_FILE_MAX) {
		ctl_fail("%s is no file of at most %u octets", file->path, USERS_FILE_MAX);
		good = false;
	} else if (st.st_mode & 0007) {
		ctl_fail("%s is open to others, run chmod 600 %s", file->path, file->path);
		good = false;
	} else {
		file->uid = st.st_uid;
		file->gid = st.st_gid;
		good = read_all(file, fd, st.st_size);
	}
	close(fd);
	return good;
}

bool userfile_open(struct userfile *file, const char *path, bool change)
{
	struct users_error err;

	*file = (struct userfile){ .directory = -1, .uid = geteuid(), .gid = getegid() };
	file->path = resolve(path);
	if (!file->path)
		return fail("find", path);
	if ((change && !lock_directory(file)) || !read_file(file, change))
		return false;
	if (!file->len || !users_parse(file->text, file->len, &file->users, &err))
		return true;
	ctl_fail("%s:%u: %s", file->path, err.line, err.text);
	return false;
}

static void forget_text(struct userfile *file)
{
	if (file->text)
		explicit_bzero(file->text, file->len);
	free(file->text);
	file->text = NULL;
	file->len = 0;
}

void userfile_close(struct userfile *file)
{
	users_free(file->users);
	file->users = NULL;
	forget_text(file);
	if (file->directory >= 0)
		close(file->directory);
	file->directory = -1;
	free(file->path);
	file->path = NULL;
}

/* Replaces the octets from @begin up to @end by @with. */
static bool replace(struct userfile *file, size_t begin, size_t end, const char *with)
{
	size_t len = file->len - (end - begin) + strlen(with);
	char *text = malloc(len + 1);

	if (!text)
		return fail("change", file->path);
	if (file->len) {
		memcpy(text, file->text, begin);
		memcpy(text + begin + strlen(with), file->text + end, file->len - end);
	}
	memcpy(text + begin, with, strlen(with));
	users_free(file->users);
	file->users = NULL;
	forget_text(file);
	file->text = text;
	file->len = len;
	return true;
}

bool userfile_put(struct userfile *file, const struct user *user, const char *line)
{
	bool ends = !file->len || file->text[file->len - 1] == '\n';
	char with[USERFILE_LINE_MAX + 3];
	bool good;

	if (user)
		return replace(file, user->begin, user->end, line);
	snprintf(with, sizeof(with), "%s%s\n", ends ? "" : "\n", line);
	good = replace(file, file->len, file->len, with);
	explicit_bzero(with, sizeof(with));
	return good;
}

void userfile_remove(struct userfile *file, const struct user *user)
{
	size_t begin = user->begin;
	size_t end = user->end;

	while (begin && file->text[begin - 1] != '\n')
		begin--;
	while (end < file->len && file->text[end] != '\n')
		end++;
	if (end < file->len)
		end++;
	memmove(file->text + begin, file->text + end, file->len - end);
	explicit_bzero(file->text + file->len - (end - begin), end - begin);
	file->len -= end - begin;
	users_free(file->users);
	file->users = NULL;
}

static bool write_all(int fd, const char *text, size_t len)
{
	ssize_t n;

	while (len) {
		n = write(fd, text, len);
		if (n < 0 && errno != EINTR)
			return false;
		if (n > 0) {
			text += n;
			len -= n;
		}
	}
	return true;
}

/* What the new file must be before it may take the old one's place. */
static bool fill(const struct userfile *file, int fd)
{
	/* Someone else's file stays his where that is allowed. */
	if (fchown(fd, file->uid, file->gid) && errno != EPERM)
		return false;
	return !fchmod(fd, 0600) && write_all(fd, file->text, file->len) && !fsync(fd);
}

bool userfile_write(const struct userfile *file)
{
	char path[PATH_MAX];
	bool good;
	int fd;

	if (snprintf(path, sizeof(path), "%s.XXXXXX", file->path) >= (int)sizeof(path)) {
		errno = ENAMETOOLONG;
		return fail("write", file->path);
	}
	fd = mkostemp(path, O_CLOEXEC);
	if (fd < 0)
		return fail("write beside", file->path);
	good = fill(file, fd) && !rename(path, file->path) && !fsync(file->directory);
	if (!good) {
		fail("write", file->path);
		unlink(path);
	}
	close(fd);
	return good;
}
