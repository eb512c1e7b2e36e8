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

static bool fail(char *err, const char *what, const char *path)
{
	snprintf(err, USERFILE_ERROR_MAX, "cannot %s the users file %s: %s", what,
		 path, strerror(errno));
	return false;
}

/* The file behind symbolic links, so that a link stays one. */
static char *resolve(const char *path)
{
	char *real = realpath(path, NULL);

	return real || errno != ENOENT ? real : strdup(path);
}

/* Locks the directory, since the file itself is replaced. */
static bool lock_directory(struct userfile *file, char *err)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s", file->path);
	file->directory = open(dirname(path), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (file->directory < 0 || flock(file->directory, LOCK_EX))
		return fail(err, "lock the directory of", file->path);
	return true;
}

/* Everything of @fd, which fstat() said is @len octets long. */
static bool read_all(struct userfile *file, int fd, size_t len, char *err)
{
	ssize_t n = 1;

	file->text = malloc(len + 1);
	if (!file->text)
		return fail(err, "read", file->path);
	while (file->len < len && n > 0) {
		n = read(fd, file->text + file->len, len - file->len);
		if (n > 0)
			file->len += n;
	}
	return n < 0 ? fail(err, "read", file->path) : true;
}

/* May this be believed, and kept in memory? */
static bool is_good(const struct userfile *file, const struct stat *st, char *err)
{
	if (!S_ISREG(st->st_mode))
		snprintf(err, USERFILE_ERROR_MAX, "the users file %s is not a regular file",
			 file->path);
	else if (st->st_mode & 0007)
		snprintf(err, USERFILE_ERROR_MAX,
			 "the users file %s is open to others, run chmod 600 %s",
			 file->path, file->path);
	else if (st->st_size > USERS_FILE_MAX)
		snprintf(err, USERFILE_ERROR_MAX, "the users file %s is larger than %u octets",
			 file->path, USERS_FILE_MAX);
	else
		return true;
	return false;
}

/* Everything of @fd, which is closed; -1: with errno, why it could not be opened. */
static bool read_file(struct userfile *file, int fd, bool may_be_absent, char *err)
{
	struct stat st;
	bool good;

	if (fd < 0)
		return (errno == ENOENT && may_be_absent) || fail(err, "open", file->path);
	if (fstat(fd, &st)) {
		good = fail(err, "read", file->path);
	} else {
		file->uid = st.st_uid;
		file->gid = st.st_gid;
		file->mode = st.st_mode & 0777;
		good = is_good(file, &st, err) && read_all(file, fd, st.st_size, err);
	}
	close(fd);
	return good;
}

static void begin(struct userfile *file, char *path)
{
	*file = (struct userfile){
		.path = path, .directory = -1, .uid = geteuid(), .gid = getegid(), .mode = 0600,
	};
}

static bool parse(struct userfile *file, char *err)
{
	struct users_error why;

	if (!file->len || !users_parse(file->text, file->len, &file->users, &why))
		return true;
	snprintf(err, USERFILE_ERROR_MAX, "%s:%u: %s", file->path, why.line, why.text);
	return false;
}

static int open_file(const struct userfile *file)
{
	return open(file->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
}

bool userfile_open(struct userfile *file, const char *path, bool change,
		   char err[USERFILE_ERROR_MAX])
{
	begin(file, resolve(path));
	if (!file->path)
		return fail(err, "find", path);
	return (!change || lock_directory(file, err)) &&
	       read_file(file, open_file(file), change, err) && parse(file, err);
}

bool userfile_read(struct userfile *file, int fd, const char *path,
		   char err[USERFILE_ERROR_MAX])
{
	int why = errno;

	begin(file, strdup(path));
	errno = why;
	if (file->path)
		return read_file(file, fd, false, err) && parse(file, err);
	if (fd >= 0)
		close(fd);
	return fail(err, "read", path);
}

const struct user *userfile_find(const struct userfile *file, const char *name,
				 const char *server)
{
	const struct user *user;

	for (user = file->users; user; user = user->next) {
		if (!strcmp(user->name, name) && !strcmp(user->server, server))
			return user;
	}
	return NULL;
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
static bool replace(struct userfile *file, size_t begin, size_t end, const char *with,
		    char *err)
{
	size_t len = file->len - (end - begin) + strlen(with);
	char *text = malloc(len + 1);

	if (!text)
		return fail(err, "change", file->path);
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

bool userfile_put(struct userfile *file, const struct user *user, const char *line,
		  char err[USERFILE_ERROR_MAX])
{
	bool ends = !file->len || file->text[file->len - 1] == '\n';
	char with[USERS_LINE_MAX + 3];
	bool good;

	if (user)
		return replace(file, user->begin, user->end, line, err);
	snprintf(with, sizeof(with), "%s%s\n", ends ? "" : "\n", line);
	good = replace(file, file->len, file->len, with, err);
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
	return !fchown(fd, file->uid, file->gid) && !fchmod(fd, file->mode) &&
	       write_all(fd, file->text, file->len) && !fsync(fd);
}

bool userfile_write(const struct userfile *file, char err[USERFILE_ERROR_MAX])
{
	char path[PATH_MAX];
	bool good;
	int fd;

	if (snprintf(path, sizeof(path), "%s.XXXXXX", file->path) >= (int)sizeof(path)) {
		errno = ENAMETOOLONG;
		return fail(err, "write", file->path);
	}
	fd = mkostemp(path, O_CLOEXEC);
	if (fd < 0)
		return fail(err, "write beside", file->path);
	good = fill(file, fd) && !rename(path, file->path) && !fsync(file->directory);
	if (!good) {
		fail(err, "write", file->path);
		unlink(path);
	}
	close(fd);
	return good;
}
