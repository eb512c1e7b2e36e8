// SPDX-License-Identifier: GPL-2.0-or-later
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "crypto/crypto.h"
#include "daemon/auth.h"
#include "kselftest_harness.h"

#define PASSWORD "clientPass"
#define METHODS PPP_AUTH_BIT(PPP_AUTH_MSCHAP_V2)

static const char users[] =
	"alice * " PASSWORD "\n"
	"bob gate nt:44ebba8d5312b8d611474411f56989ae 10.0.0.9\n"
	"bob other wrong\n"
	"eve other " PASSWORD "\n"
	"\"LAB\\\\carol\" * " PASSWORD "\n";

/*
 * In place of daemon/loop.c, whose loop runs once: one source, called in turn
 * until somebody has enough.
 */
struct loop {
	struct loop_source *due;
	bool over;
};

struct loop_source {
	struct loop *loop;
	loop_fn fn;
	void *arg;
};

struct loop *loop_new(void)
{
	return calloc(1, sizeof(struct loop));
}

void loop_free(struct loop *loop)
{
	free(loop);
}

struct loop_source *loop_later(struct loop *loop, loop_fn fn, void *arg)
{
	struct loop_source *source = calloc(1, sizeof(*source));

	*source = (struct loop_source){ loop, fn, arg };
	return source;
}

bool loop_later_set(struct loop_source *source)
{
	source->loop->due = source;
	return true;
}

void loop_source_free(struct loop_source *source)
{
	if (source->loop->due == source)
		source->loop->due = NULL;
	free(source);
}

void loop_exit(struct loop *loop, int code)
{
	loop->over = code == 0;
}

/* -1: nothing is left to be called. */
int loop_run(struct loop *loop)
{
	loop->over = false;
	while (!loop->over) {
		struct loop_source *source = loop->due;

		loop->due = NULL;
		if (!source)
			return -1;
		source->fn(source->arg);
	}
	return 0;
}

FIXTURE(auth) {
	struct loop *loop;
	struct auth *auth;
	char file[64];
	char err[AUTH_ERROR_MAX];
	struct auth_answer answer;
	unsigned int answers;
};

static void write_users(const char *file, const char *text, mode_t mode)
{
	FILE *to = fopen(file, "w");

	fputs(text, to);
	fclose(to);
	chmod(file, mode);
}

FIXTURE_SETUP(auth)
{
	snprintf(self->file, sizeof(self->file), "/tmp/kpptp-auth-test-%d", getpid());
	self->answers = 0;
	self->loop = loop_new();
	ASSERT_NE(NULL, self->loop);
	self->auth = auth_new(self->loop);
	ASSERT_NE(NULL, self->auth);
	write_users(self->file, users, 0600);
	ASSERT_TRUE(auth_load(self->auth, self->file, METHODS, self->err));
}

FIXTURE_TEARDOWN(auth)
{
	unlink(self->file);
	auth_free(self->auth);
	loop_free(self->loop);
}

/* What a client of this name and password sends. */
static void claim(struct ppp_auth_request *request, const char *name, const char *password)
{
	uint8_t nt_hash[MSCHAP_HASH_LEN], hash[8];

	memset(request, 0, sizeof(*request));
	request->method = PPP_AUTH_MSCHAP_V2;
	snprintf(request->user, sizeof(request->user), "%s", name);
	memset(request->mschap.challenge, 0x5b, sizeof(request->mschap.challenge));
	memset(request->mschap.peer_challenge, 0x21, sizeof(request->mschap.peer_challenge));
	crypto_nt_hash(password, strlen(password), nt_hash);
	mschap_challenge_hash(&request->mschap, name, hash);
	mschap_nt_response(hash, nt_hash, request->mschap.nt);
}

static void on_answer(void *arg, const struct auth_answer *answer)
{
	struct _test_data_auth *self = arg;

	self->answer = *answer;
	self->answers++;
	loop_exit(self->loop, 0);
}

static void on_exit_loop(void *arg)
{
	loop_exit(arg, 0);
}

#define ASK(name, password, server) do {					\
	struct ppp_auth_request request;					\
	unsigned int before = self->answers;					\
										\
	claim(&request, name, password);					\
	ASSERT_NE(NULL, auth_check(self->auth, &request, server, on_answer, self)); \
	EXPECT_EQ(before, self->answers);					\
	EXPECT_EQ(0, loop_run(self->loop));					\
	EXPECT_EQ(before + 1, self->answers);					\
} while (0)

TEST_F(auth, password)
{
	ASK("alice", PASSWORD, "gate");
	EXPECT_TRUE(self->answer.result.ok);
	EXPECT_STREQ("alice", self->answer.user);
	EXPECT_EQ(0, self->answer.address.s_addr);
}

TEST_F(auth, hash_and_fixed_address)
{
	ASK("bob", PASSWORD, "gate");
	EXPECT_TRUE(self->answer.result.ok);
	EXPECT_EQ(inet_addr("10.0.0.9"), self->answer.address.s_addr);
}

TEST_F(auth, another_server)
{
	ASK("bob", PASSWORD, "other");
	EXPECT_FALSE(self->answer.result.ok);
	EXPECT_STREQ("wrong password", self->answer.why);
}

TEST_F(auth, only_at_another_server)
{
	ASK("eve", PASSWORD, "gate");
	EXPECT_FALSE(self->answer.result.ok);
	EXPECT_STREQ("no such user", self->answer.why);
}

TEST_F(auth, wrong_password)
{
	ASK("alice", "clientpass", "gate");
	EXPECT_FALSE(self->answer.result.ok);
	EXPECT_EQ(MSCHAP_ERROR_FAILED, self->answer.result.error);
	EXPECT_STREQ("wrong password", self->answer.why);
}

/* The peer is told the same as for a wrong password. */
TEST_F(auth, unknown_user)
{
	ASK("mallory", PASSWORD, "gate");
	EXPECT_FALSE(self->answer.result.ok);
	EXPECT_EQ(MSCHAP_ERROR_FAILED, self->answer.result.error);
	EXPECT_STREQ("no such user", self->answer.why);
	EXPECT_STREQ("mallory", self->answer.user);
}

TEST_F(auth, domain_is_stripped)
{
	ASK("WORK\\alice", PASSWORD, "gate");
	EXPECT_TRUE(self->answer.result.ok);
	EXPECT_STREQ("alice", self->answer.user);
}

TEST_F(auth, domain_of_the_file)
{
	ASK("LAB\\carol", PASSWORD, "gate");
	EXPECT_TRUE(self->answer.result.ok);
	EXPECT_STREQ("LAB\\carol", self->answer.user);
}

TEST_F(auth, longest_name)
{
	char name[PPP_USER_MAX + 1];

	memset(name, 'n', PPP_USER_MAX);
	name[PPP_USER_MAX] = 0;
	ASK(name, PASSWORD, "gate");
	EXPECT_FALSE(self->answer.result.ok);
	EXPECT_STREQ(name, self->answer.user);
}

/* Asks for NAME what @request wants; the answer is in self. */
static bool ask_for(struct _test_data_auth *self, struct ppp_auth_request *request,
		    const char *name)
{
	snprintf(request->user, sizeof(request->user), "%s", name);
	return auth_check(self->auth, request, "gate", on_answer, self) &&
	       loop_run(self->loop) == 0;
}

#define ASK_FOR(request, name)	ASSERT_TRUE(ask_for(self, request, name))

#define LOAD(methods, text) do {						\
	write_users(self->file, text, 0600);					\
	ASSERT_TRUE(auth_load(self->auth, self->file, methods, self->err))	\
		TH_LOG("%s", self->err);					\
} while (0)

static void claim_md5(struct ppp_auth_request *request, const char *password)
{
	memset(request, 0, sizeof(*request));
	request->method = PPP_AUTH_CHAP_MD5;
	request->md5.id = 3;
	memset(request->md5.challenge, 0x5b, sizeof(request->md5.challenge));
	chap_md5_digest(3, password, request->md5.challenge, sizeof(request->md5.challenge),
			request->md5.digest);
}

/* The password stays in memory only while a method is offered that needs it. */
TEST_F(auth, chap_md5_needs_the_password)
{
	struct ppp_auth_request request;

	claim_md5(&request, PASSWORD);
	ASK_FOR(&request, "alice");
	EXPECT_FALSE(self->answer.result.ok);
	EXPECT_STREQ("the users file has only the hash of the password", self->answer.why);
	LOAD(METHODS | PPP_AUTH_BIT(PPP_AUTH_CHAP_MD5), users);
	ASK_FOR(&request, "alice");
	EXPECT_TRUE(self->answer.result.ok);
	EXPECT_FALSE(self->answer.result.has_keys);
	ASK_FOR(&request, "bob");
	EXPECT_FALSE(self->answer.result.ok);
	EXPECT_STREQ("the users file has only the hash of the password", self->answer.why);
	ASK_FOR(&request, "mallory");
	EXPECT_STREQ("no such user", self->answer.why);
}

TEST_F(auth, pap_with_the_hash)
{
	struct ppp_auth_request request = { .method = PPP_AUTH_PAP, .pap.password = PASSWORD };

	ASK_FOR(&request, "bob");
	EXPECT_TRUE(self->answer.result.ok);
	ASK_FOR(&request, "alice");
	EXPECT_TRUE(self->answer.result.ok);
	ASK_FOR(&request, "mallory");
	EXPECT_FALSE(self->answer.result.ok);
	request.pap.password[0] ^= 1;
	ASK_FOR(&request, "bob");
	EXPECT_FALSE(self->answer.result.ok);
}

TEST_F(auth, certificate)
{
	struct ppp_auth_request request = { .method = PPP_AUTH_EAP_TLS };

	ASK_FOR(&request, "alice");
	EXPECT_TRUE(self->answer.result.ok);
	ASK_FOR(&request, "mallory");
	EXPECT_FALSE(self->answer.result.ok);
}

static const char bound[] =
	"tls * " PASSWORD " * -- set auth=eap-tls\n"
	"md5 * " PASSWORD " * -- set auth=eap-md5,ms-chap-v2\n"
	"hash * nt:44ebba8d5312b8d611474411f56989ae\n"
	"off * " PASSWORD " * -- set disabled=yes\n"
	"old * " PASSWORD " 10.0.0.9 -- set sessions=1 set expired=yes # keep me\n";

TEST_F(auth, methods_of_a_user)
{
	static const struct {
		const char *name;
		unsigned int with, without;	/* passwords in memory */
	} rows[] = {
		{ "tls", 0x80, 0x80 },
		{ "md5", 0x30, 0x10 },
		{ "hash", 0xda, 0xda },
		{ "mallory", 0xfe, 0xfe },
	};
	struct ppp_auth_request request = { .kind = PPP_AUTH_IDENTITY };
	size_t i;

	LOAD(METHODS, bound);
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		ASK_FOR(&request, rows[i].name);
		EXPECT_EQ(rows[i].without, self->answer.result.methods)
			TH_LOG("%s", rows[i].name);
	}
	LOAD(METHODS | PPP_AUTH_BIT(PPP_AUTH_EAP_MD5), bound);
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		ASK_FOR(&request, rows[i].name);
		EXPECT_TRUE(self->answer.result.ok);
		EXPECT_EQ(rows[i].with, self->answer.result.methods)
			TH_LOG("%s", rows[i].name);
	}
}

/* Only who knows the password hears what is wrong with the account. */
TEST_F(auth, account_that_may_not_enter)
{
	static const struct {
		const char *name, *password;
		unsigned int error;
	} rows[] = {
		{ "tls", PASSWORD, MSCHAP_ERROR_NO_DIALIN },
		{ "off", PASSWORD, MSCHAP_ERROR_DISABLED },
		{ "old", PASSWORD, MSCHAP_ERROR_EXPIRED },
		{ "tls", "x", MSCHAP_ERROR_FAILED },
		{ "off", "x", MSCHAP_ERROR_FAILED },
		{ "old", "x", MSCHAP_ERROR_FAILED },
	};
	size_t i;

	LOAD(METHODS, bound);
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		ASK(rows[i].name, rows[i].password, "gate");
		EXPECT_FALSE(self->answer.result.ok);
		EXPECT_EQ(rows[i].error, self->answer.result.error) TH_LOG("row %zu", i);
	}
}

/* A change as a peer makes it after a Failure with E=648. */
static void claim_change(struct ppp_auth_request *request, const char *name,
			 const char *old, const char *new)
{
	uint8_t old_hash[MSCHAP_HASH_LEN], new_hash[MSCHAP_HASH_LEN], hash[8];
	struct mschap_change *change = &request->change;
	static const uint8_t seed[PPP_RAND_SEED_LEN];
	struct ppp_rand rand;

	memset(request, 0, sizeof(*request));
	request->kind = PPP_AUTH_CHANGE;
	request->method = PPP_AUTH_MSCHAP_V2;
	ppp_rand_init(&rand, seed);
	crypto_nt_hash(old, strlen(old), old_hash);
	mschap_change_make(change, &rand, old_hash, new, new_hash);
	memset(change->response.challenge, 0x5b, MSCHAP_CHALLENGE_LEN);
	memset(change->response.peer_challenge, 0x21, MSCHAP_CHALLENGE_LEN);
	mschap_challenge_hash(&change->response, name, hash);
	mschap_nt_response(hash, new_hash, change->response.nt);
}

static bool file_holds(const char *file, const char *text)
{
	char all[2048];
	FILE *from = fopen(file, "r");
	size_t len = fread(all, 1, sizeof(all) - 1, from);

	fclose(from);
	all[len] = 0;
	return strstr(all, text);
}

TEST_F(auth, new_password)
{
	struct ppp_auth_request request;
	struct stat st;

	LOAD(METHODS, bound);
	chmod(self->file, 0640);
	claim_change(&request, "old", PASSWORD, "fresh one");
	ASK_FOR(&request, "old");
	EXPECT_TRUE(self->answer.result.ok);
	EXPECT_TRUE(self->answer.result.has_keys);
	EXPECT_TRUE(file_holds(self->file, "\nold * nt:"));
	EXPECT_TRUE(file_holds(self->file, " 10.0.0.9 -- set sessions=1 # keep me\n"));
	EXPECT_TRUE(file_holds(self->file, "off * " PASSWORD " * -- set disabled=yes\n"));
	EXPECT_EQ(0, stat(self->file, &st));
	EXPECT_EQ(0640, st.st_mode & 0777);
	ASK("old", "fresh one", "gate");
	EXPECT_TRUE(self->answer.result.ok);
	ASK("old", PASSWORD, "gate");
	EXPECT_EQ(MSCHAP_ERROR_FAILED, self->answer.result.error);
	ASSERT_TRUE(auth_load(self->auth, self->file, METHODS, self->err));
	ASK("old", "fresh one", "gate");
	EXPECT_TRUE(self->answer.result.ok);
}

TEST_F(auth, new_password_that_is_not_taken)
{
	struct ppp_auth_request request;

	LOAD(METHODS, bound);
	/* By who does not know the old one. */
	claim_change(&request, "old", "guess", "fresh one");
	ASK_FOR(&request, "old");
	EXPECT_EQ(MSCHAP_ERROR_CHANGE, self->answer.result.error);
	EXPECT_STREQ("no acceptable new password", self->answer.why);
	/* The same again. */
	claim_change(&request, "old", PASSWORD, PASSWORD);
	ASK_FOR(&request, "old");
	EXPECT_EQ(MSCHAP_ERROR_CHANGE, self->answer.result.error);
	/* Nobody asked for it. */
	claim_change(&request, "md5", PASSWORD, "fresh one");
	ASK_FOR(&request, "md5");
	EXPECT_EQ(MSCHAP_ERROR_CHANGE, self->answer.result.error);
	EXPECT_FALSE(file_holds(self->file, "md5 * nt:"));
	EXPECT_FALSE(file_holds(self->file, "old * nt:"));
}

/* The administrator was there first, or the file cannot be written. */
TEST_F(auth, new_password_that_cannot_be_stored)
{
	struct ppp_auth_request request;

	LOAD(METHODS, bound);
	claim_change(&request, "old", PASSWORD, "fresh one");
	write_users(self->file, "old * another\n", 0600);
	ASK_FOR(&request, "old");
	EXPECT_EQ(MSCHAP_ERROR_CHANGE, self->answer.result.error);
	EXPECT_STREQ("the new password cannot be stored", self->answer.why);
	EXPECT_TRUE(file_holds(self->file, "old * another\n"));
	unlink(self->file);
	mkdir(self->file, 0700);
	ASK_FOR(&request, "old");
	EXPECT_EQ(MSCHAP_ERROR_CHANGE, self->answer.result.error);
	rmdir(self->file);
	ASK("old", PASSWORD, "gate");
	EXPECT_EQ(MSCHAP_ERROR_EXPIRED, self->answer.result.error);
}

TEST_F(auth, cancelled_job_says_nothing)
{
	struct ppp_auth_request request;
	struct loop_source *later;

	claim(&request, "alice", PASSWORD);
	auth_cancel(auth_check(self->auth, &request, "gate", on_answer, self));
	later = loop_later(self->loop, on_exit_loop, self->loop);
	loop_later_set(later);
	EXPECT_EQ(0, loop_run(self->loop));
	loop_source_free(later);
	EXPECT_EQ(0, self->answers);
}

TEST_F(auth, open_file_is_refused)
{
	char err[AUTH_ERROR_MAX];

	write_users(self->file, users, 0604);
	EXPECT_FALSE(auth_load(self->auth, self->file, METHODS, err));
	snprintf(self->err, sizeof(self->err),
		 "the users file %s is open to others, run chmod 600 %s", self->file, self->file);
	EXPECT_STREQ(self->err, err);
}

TEST_F(auth, missing_file_and_directory)
{
	EXPECT_FALSE(auth_load(self->auth, "/nonexistent", METHODS, self->err));
	EXPECT_STREQ("cannot open the users file /nonexistent: No such file or directory",
		     self->err);
	EXPECT_FALSE(auth_load(self->auth, "/tmp", METHODS, self->err));
	EXPECT_STREQ("the users file /tmp is not a regular file", self->err);
}

/* The users that are known stay. */
TEST_F(auth, bad_file_changes_nothing)
{
	char place[80];

	write_users(self->file, "alice * x\nbroken\n", 0600);
	EXPECT_FALSE(auth_load(self->auth, self->file, METHODS, self->err));
	snprintf(place, sizeof(place), "%s:2: ", self->file);
	EXPECT_EQ(0, strncmp(place, self->err, strlen(place)));
	EXPECT_EQ(5, auth_users(self->auth));
	ASK("alice", PASSWORD, "gate");
	EXPECT_TRUE(self->answer.result.ok);
}

TEST_HARNESS_MAIN
