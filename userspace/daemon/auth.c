// SPDX-License-Identifier: GPL-2.0-or-later
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "auth.h"
#include "crypto/crypto.h"
#include "disk.h"
#include "lib/log.h"
#include "passwords.h"

/* @nobody: a hash that no password has, for names that do not exist. */
struct auth {
	struct loop *loop;
	char *file;
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
	free(auth->file);
	free(auth);
}

/* The hash by which a user is known who has a password in the file. */
static void auth_hash(const struct auth *auth, struct user *user)
{
	/* A password that is not UTF-8 fits no answer: MS-CHAP has no octets for it. */
	if (!crypto_nt_hash(user->password, strlen(user->password), user->nt_hash))
		memcpy(user->nt_hash, auth->nobody, USERS_HASH_LEN);
}

static void auth_forget_password(struct user *user)
{
	if (user->password)
		explicit_bzero(user->password, strlen(user->password));
	free(user->password);
	user->password = NULL;
}

/* Passwords are turned into hashes once, so that all users take equal time. */
static void auth_hash_passwords(struct auth *auth, bool keep)
{
	struct user *user;

	auth->users_n = 0;
	for (user = auth->users; user; user = user->next) {
		auth->users_n++;
		if (!user->has_hash)
			auth_hash(auth, user);
		if (!keep)
			auth_forget_password(user);
	}
}

static bool auth_needs_passwords(unsigned int methods)
{
	unsigned int i;

	for (i = PPP_AUTH_NONE; i < PPP_AUTH_METHODS; i++) {
		if (methods & PPP_AUTH_BIT(i) &&
		    ppp_auth_method_password((enum ppp_auth_method)i))
			return true;
	}
	return false;
}

bool auth_load(struct auth *auth, const char *file, unsigned int methods,
	       char err[AUTH_ERROR_MAX])
{
	struct userfile now;
	bool good;
	char *path;

	good = userfile_read(&now, disk_open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK), file, err);
	path = good ? strdup(file) : NULL;
	if (good && !path)
		snprintf(err, AUTH_ERROR_MAX, "no memory");
	if (path) {
		users_free(auth->users);
		free(auth->file);
		auth->users = now.users;
		auth->file = path;
		now.users = NULL;
		auth_hash_passwords(auth, auth_needs_passwords(methods));
	}
	userfile_close(&now);
	return path;
}

const struct user *auth_list(const struct auth *auth)
{
	return auth->users;
}

unsigned int auth_users(const struct auth *auth)
{
	return auth->users_n;
}

/* The account of a name as sent: as it is, or without "DOMAIN\". */
static struct user *auth_find(struct auth *auth, const char *name, const char *server)
{
	const char *bare = strrchr(name, '\\');
	const struct user *user = users_find(auth->users, name, server);

	if (!user && bare)
		user = users_find(auth->users, bare + 1, server);
	return (struct user *)user;
}

const struct user *auth_account(const struct auth *auth, const char *name, const char *server)
{
	return users_find(auth->users, name, server);
}

/* Writes a new password, before the peer is told that it counts. */
static bool auth_store(struct auth *auth, struct user *user, const uint8_t hash[USERS_HASH_LEN])
{
	struct passwords_change change;
	char err[USERFILE_ERROR_MAX];
	bool good;

	snprintf(change.path, sizeof(change.path), "%s", auth->file);
	snprintf(change.name, sizeof(change.name), "%s", user->name);
	snprintf(change.server, sizeof(change.server), "%s", user->server);
	memcpy(change.old_hash, user->nt_hash, USERS_HASH_LEN);
	memcpy(change.new_hash, hash, USERS_HASH_LEN);
	good = disk_change_password(&change, err);
	explicit_bzero(&change, sizeof(change));
	if (!good) {
		log_error("cannot store the new password of %s: %s", user->name, err);
		return false;
	}
	auth_forget_password(user);
	passwords_renew(user, hash);
	return true;
}

/* Why a claim is wrong, for the log: the peer is told less. */
static const char *auth_wrong(const struct user *user, const struct ppp_auth_request *request)
{
	if (!user)
		return "no such user";
	if (ppp_auth_method_password(request->method) && !user->password)
		return "the users file has only the hash of the password";
	if (request->kind == PPP_AUTH_CHANGE)
		return "no acceptable new password";
	return "wrong password";
}

static void auth_refuse(const struct ppp_auth_request *request, unsigned int error,
			const char *message, const char *why, struct auth_answer *answer)
{
	ppp_auth_refuse(request, error, message, &answer->result);
	answer->why = why;
}

/* May @user use @method? The words of a policy are in the order of the enum. */
static bool auth_may_use(const struct user *user, enum ppp_auth_method method)
{
	return !policy_has(&user->policy, POLICY_AUTH) ||
	       user->policy.auth & PPP_AUTH_BIT(method);
}

/* The claim is right; may the user enter? Certificates have a term of their own. */
static void auth_admit(struct auth *auth, struct user *user,
		       const struct ppp_auth_request *request, struct auth_answer *answer)
{
	bool change = request->kind == PPP_AUTH_CHANGE;

	if (user->policy.disabled)
		auth_refuse(request, MSCHAP_ERROR_DISABLED, "The account is disabled",
			    "the account is disabled", answer);
	else if (!auth_may_use(user, request->method))
		auth_refuse(request, MSCHAP_ERROR_NO_DIALIN, "This method is not allowed",
			    "the user may not use this method", answer);
	else if (change && (!user->policy.expired ||
			    !auth_store(auth, user, answer->result.new_nt_hash)))
		auth_refuse(request, MSCHAP_ERROR_CHANGE, "The password was not changed",
			    "the new password cannot be stored", answer);
	else if (user->policy.expired && request->method != PPP_AUTH_EAP_TLS)
		auth_refuse(request, MSCHAP_ERROR_EXPIRED, "The password has expired",
			    "the password has expired", answer);
}

/* A name that nobody has may use everything, so that it looks like one. */
static unsigned int auth_methods(const struct user *user)
{
	unsigned int mask = 0, i;

	for (i = PPP_AUTH_NONE + 1; i < PPP_AUTH_METHODS; i++) {
		enum ppp_auth_method method = (enum ppp_auth_method)i;

		if (!user || (auth_may_use(user, method) &&
			      (user->password || !ppp_auth_method_password(method))))
			mask |= PPP_AUTH_BIT(method);
	}
	return mask;
}

static void auth_decide(struct auth *auth, struct user *user,
			const struct ppp_auth_request *request, struct auth_answer *answer)
{
	struct ppp_auth_secret secret = { .known = user };

	if (request->kind == PPP_AUTH_IDENTITY) {
		answer->result.serial = request->serial;
		answer->result.ok = true;
		answer->result.methods = auth_methods(user);
		return;
	}
	secret.password = user ? user->password : NULL;
	memcpy(secret.nt_hash, user ? user->nt_hash : auth->nobody, sizeof(secret.nt_hash));
	answer->known = ppp_auth_check(request, &secret, &answer->result);
	if (!answer->known)
		answer->why = auth_wrong(user, request);
	else
		auth_admit(auth, user, request, answer);
	explicit_bzero(&secret, sizeof(secret));
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
	struct user *user;

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
	auth_decide(auth, user, request, &job->answer);
	snprintf(job->answer.user, sizeof(job->answer.user), "%s",
		 user ? user->name : request->user);
	if (user) {
		job->answer.address = user->address;
		job->answer.policy = user->policy;
	}
	return job;
}

void auth_cancel(struct auth_job *job)
{
	if (job)
		auth_job_free(job);
}
