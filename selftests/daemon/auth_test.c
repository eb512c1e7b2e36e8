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
#include "proto/mschap.h"

#define PASSWORD "clientPass"

static const char users[] =
	"alice * " PASSWORD "\n"
	"bob gate nt:44ebba8d5312b8d611474411f56989ae 10.0.0.9\n"
	"bob other wrong\n"
	"eve other " PASSWORD "\n"
	"\"LAB\\\\carol\" * " PASSWORD "\n";

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
	ASSERT_TRUE(auth_load(self->auth, self->file, self->err));
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
	snprintf(request->user, sizeof(request->user), "%s", name);
	request->method = PPP_AUTH_MSCHAP_V2;
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
	EXPECT_TRUE(self->answer.known);
}

TEST_F(auth, only_at_another_server)
{
	ASK("eve", PASSWORD, "gate");
	EXPECT_FALSE(self->answer.result.ok);
	EXPECT_FALSE(self->answer.known);
}

TEST_F(auth, wrong_password)
{
	ASK("alice", "clientpass", "gate");
	EXPECT_FALSE(self->answer.result.ok);
	EXPECT_EQ(MSCHAP_ERROR_FAILED, self->answer.result.error);
	EXPECT_TRUE(self->answer.known);
}

/* The peer is told the same as for a wrong password. */
TEST_F(auth, unknown_user)
{
	ASK("mallory", PASSWORD, "gate");
	EXPECT_FALSE(self->answer.result.ok);
	EXPECT_EQ(MSCHAP_ERROR_FAILED, self->answer.result.error);
	EXPECT_FALSE(self->answer.known);
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
	EXPECT_FALSE(auth_load(self->auth, self->file, err));
	snprintf(self->err, sizeof(self->err),
		 "everybody can read or write the users file %s: chmod 600 it", self->file);
	EXPECT_STREQ(self->err, err);
}

TEST_F(auth, missing_file_and_directory)
{
	EXPECT_FALSE(auth_load(self->auth, "/nonexistent", self->err));
	EXPECT_STREQ("cannot open the users file /nonexistent: No such file or directory",
		     self->err);
	EXPECT_FALSE(auth_load(self->auth, "/tmp", self->err));
	EXPECT_STREQ("the users file /tmp is not a regular file", self->err);
}

/* The users that are known stay. */
TEST_F(auth, bad_file_changes_nothing)
{
	char place[80];

	write_users(self->file, "alice * x\nbroken\n", 0600);
	EXPECT_FALSE(auth_load(self->auth, self->file, self->err));
	snprintf(place, sizeof(place), "%s:2: ", self->file);
	EXPECT_EQ(0, strncmp(place, self->err, strlen(place)));
	EXPECT_EQ(5, auth_users(self->auth));
	ASK("alice", PASSWORD, "gate");
	EXPECT_TRUE(self->answer.result.ok);
}

TEST_HARNESS_MAIN
