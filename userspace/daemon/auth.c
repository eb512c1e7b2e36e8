// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "auth.h"
#include "crypto/crypto.h"

/* @nobody: a hash that no password has, for names that do not exist. */
struct auth {
	struct loop *loop;
	struct user *users;
	unsigned int users_n;
	uint8_t nobody[USERS_HASH_LEN];
};

struct auth_job {
	struct loop_source *later;
	struct auth_answer answer;
	auth_fn fn;
	void *arg;
};

struct auth *auth_new(struct loop *loop)
{
	struct auth *auth = calloc(1, sizeof(*auth));

	if (!auth)
		return NULL;
	auth->loop = loop;
	if (getrandom(auth->nobody, sizeof(auth->nobody), 0) != sizeof(auth->nobody)) {
		free(auth);
		return NULL;
	}
	return auth;
}

void auth_free(struct auth *auth)
{
	if (!auth)
		return;
	users_free(auth->users);
	free(auth);
}

/* Passwords are turned into hashes once, so that all users take equal time. */
static void auth_hash_passwords(struct auth *auth)
{
	struct user *user;

	auth->users_n = 0;
	for (user = auth->users; user; user = user->next) {
		auth->users_n++;
		if (user->has_hash)
			continue;
		/* A password that is not UTF-8 fits no answer: MS-CHAP has no octets for it. */
		if (!crypto_nt_hash(user->password, strlen(user->password), user->nt_hash))
			memcpy(user->nt_hash, auth->nobody, sizeof(user->nt_hash));
		explicit_bzero(user->password, strlen(user->password));
		user->has_hash = true;
	}
}

/* Opens the file if nobody but its owner and group can read it. */
static int auth_open(const char *file, size_t *size, char err[AUTH_ERROR_MAX])
{
	struct stat st;
	int fd;

	fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0 || fstat(fd, &st) < 0) {
		snprintf(err, AUTH_ERROR_MAX, "cannot open the users file %s: %s", file,
			 strerror(errno));
		goto close;
	}
	if (!S_ISREG(st.st_mode)) {
		snprintf(err, AUTH_ERROR_MAX, "the users file %s is not a regular file", file);
		goto close;
	}
	if (st.st_mode & 0006) {
		snprintf(err, AUTH_ERROR_MAX,
			 "everybody can read or write the users file %s: chmod 600 it", file);
		goto close;
	}
	if (st.st_size > (off_t)USERS_FILE_MAX) {
		snprintf(err, AUTH_ERROR_MAX, "the users file %s is larger than %u octets", file,
			 USERS_FILE_MAX);
		goto close;
	}
	*size = (size_t)st.st_size;
	return fd;

close:
	if (fd >= 0)
		close(fd);
	return -1;
}

/* The file's text, @size octets or fewer; to be wiped with the room it has. */
static char *auth_read(int fd, size_t size, size_t *len)
{
	char *text = malloc(size + 1);
	ssize_t n;

	*len = 0;
	if (!text)
		return NULL;
	while (*len < size) {
		n = read(fd, text + *len, size - *len);
		if (n < 0) {
			explicit_bzero(text, *len);
			free(text);
			return NULL;
		}
		if (n == 0)
			break;
		*len += (size_t)n;
	}
	return text;
}

bool auth_load(struct auth *auth, const char *file, char err[AUTH_ERROR_MAX])
{
	struct users_error why;
	struct user *users;
	size_t size, len;
	char *text;
	int fd, r;

	fd = auth_open(file, &size, err);
	if (fd < 0)
		return false;
	text = auth_read(fd, size, &len);
	if (!text)
		snprintf(err, AUTH_ERROR_MAX, "cannot read the users file %s: %s", file,
			 strerror(errno));
	close(fd);
	if (!text)
		return false;
	r = users_parse(text, len, &users, &why);
	explicit_bzero(text, len);
	free(text);
	if (r < 0) {
		snprintf(err, AUTH_ERROR_MAX, "%s:%u: %s", file, why.line, why.text);
		return false;
	}
	users_free(auth->users);
	auth->users = users;
	auth_hash_passwords(auth);
	return true;
}

unsigned int auth_users(const struct auth *auth)
{
	return auth->users_n;
}

/* The account of a name as sent: as it is, or without "DOMAIN\". */
static const struct user *auth_find(const struct auth *auth, const char *name,
				    const char *server)
{
	const char *bare = strrchr(name, '\\');
	const struct user *user = users_find(auth->users, name, server);

	if (!user && bare)
		user = users_find(auth->users, bare + 1, server);
	return user;
}

static void auth_job_free(struct auth_job *job)
{
	loop_source_free(job->later);
	explicit_bzero(job, sizeof(*job));
	free(job);
}

static void auth_on_later(void *arg)
{
	struct auth_job *job = arg;

	job->fn(job->arg, &job->answer);
	auth_job_free(job);
}

struct auth_job *auth_check(struct auth *auth, const struct ppp_auth_request *request,
			    const char *server, auth_fn fn, void *arg)
{
	struct auth_job *job = calloc(1, sizeof(*job));
	struct ppp_auth_secret secret = { 0 };
	const struct user *user;

	if (!job)
		return NULL;
	job->fn = fn;
	job->arg = arg;
	job->later = loop_later(auth->loop, auth_on_later, job);
	if (!job->later || !loop_later_set(job->later)) {
		auth_job_free(job);
		return NULL;
	}
	user = auth_find(auth, request->user, server);
	secret.known = user;
	memcpy(secret.nt_hash, user ? user->nt_hash : auth->nobody, sizeof(secret.nt_hash));
	ppp_auth_check(request, &secret, &job->answer.result);
	explicit_bzero(&secret, sizeof(secret));
	snprintf(job->answer.user, sizeof(job->answer.user), "%s",
		 user ? user->name : request->user);
	if (user) {
		job->answer.known = true;
		job->answer.address = user->address;
	}
	return job;
}

void auth_cancel(struct auth_job *job)
{
	if (job)
		auth_job_free(job);
}
