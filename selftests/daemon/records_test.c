// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Descriptors and records from one process to the next. The test is the service manager;
 * a child that inherits what was kept is the next process.
 */
#include "kselftest_harness.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daemon/records.h"

#define FIRST_FD	3
#define PAGE		4096

FIXTURE(records) {
	int manager;
	char text[256];
	int fd;			/* of the last message, -1: it had none */
	struct fdstore *store;
	struct records *records;
	char err[RECORDS_ERROR_MAX];
	uint8_t data[RECORDS_ROOM];
};

typedef struct _test_data_records self_type;

/* The next message to the manager. False: there is none. */
static bool hear(self_type *self)
{
	union {
		struct cmsghdr align;
		char room[CMSG_SPACE(sizeof(int))];
	} control;
	struct iovec iov = { .iov_base = self->text, .iov_len = sizeof(self->text) - 1 };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	struct cmsghdr *c;
	ssize_t n = recvmsg(self->manager, &msg, MSG_DONTWAIT);

	self->fd = -1;
	if (n < 0)
		return false;
	self->text[n] = 0;
	for (c = CMSG_FIRSTHDR(&msg); c; c = CMSG_NXTHDR(&msg, c)) {
		if (c->cmsg_type == SCM_RIGHTS)
			memcpy(&self->fd, CMSG_DATA(c), sizeof(self->fd));
	}
	return true;
}

static struct record_key key_of(unsigned int n)
{
	struct record_key key = { { 'T' } };

	memcpy(key.octets + 1, &n, sizeof(n));
	return key;
}

static uint32_t put(self_type *self, uint32_t slot, unsigned int n, const char *text)
{
	struct record_key key = key_of(n);

	return records_put(self->records, slot, &key, (const uint8_t *)text, strlen(text));
}

/* Is that what was left for @n? */
static bool took(self_type *self, unsigned int n, const char *text)
{
	struct record_key key = key_of(n);
	uint32_t slot = 0;
	ssize_t len = records_take(self->records, &key, &slot, self->data);

	return slot && len == (ssize_t)strlen(text) && !memcmp(self->data, text, strlen(text));
}

static bool nothing_left(self_type *self, unsigned int n)
{
	struct record_key key = key_of(n);
	uint32_t slot = 0;

	return records_take(self->records, &key, &slot, self->data) == -ENOENT && !slot;
}

FIXTURE_SETUP(records)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	socklen_t len = sizeof(address);
	char name[sizeof(address.sun_path) + 1];

	self->manager = socket(AF_UNIX, SOCK_DGRAM, 0);
	ASSERT_EQ(0, bind(self->manager, (struct sockaddr *)&address, sizeof(sa_family_t)));
	ASSERT_EQ(0, getsockname(self->manager, (struct sockaddr *)&address, &len));
	snprintf(name, sizeof(name), "@%s", address.sun_path + 1);
	setenv("NOTIFY_SOCKET", name, 1);
	self->store = fdstore_open();
	ASSERT_NE(NULL, self->store);
	ASSERT_TRUE(fdstore_keeps(self->store));
	self->records = records_open(self->store, self->err);
	ASSERT_NE(NULL, self->records);
	EXPECT_STREQ("", self->err);
	ASSERT_TRUE(hear(self));
	EXPECT_STREQ("FDSTOREREMOVE=1\nFDNAME=r", self->text);
	ASSERT_TRUE(hear(self));
	EXPECT_STREQ("FDSTORE=1\nFDNAME=r", self->text);
	ASSERT_LE(0, self->fd);
}

FIXTURE_TEARDOWN(records)
{
	records_close(self->records);
	fdstore_close(self->store);
	close(self->manager);
}

/* In the child: @names of the descriptors @fds. */
static void inherit(self_type *self, const char *names, const int *fds, int n)
{
	char number[16];
	int i;

	/* Their places may be other ones'. */
	for (i = 0; i < n; i++)
		dup2(fds[i], 100 + i);
	for (i = 0; i < n; i++)
		dup2(100 + i, FIRST_FD + i);
	snprintf(number, sizeof(number), "%d", getpid());
	setenv("LISTEN_PID", number, 1);
	snprintf(number, sizeof(number), "%d", n);
	setenv("LISTEN_FDS", number, 1);
	setenv("LISTEN_FDNAMES", names, 1);
	self->store = fdstore_open();
}

typedef bool (*life)(self_type *self);

/* Another process that has the records of this one, and lives so. */
static bool next_one(self_type *self, life lives)
{
	pid_t child = fork();
	int status;

	if (child == 0) {
		inherit(self, "r", &self->fd, 1);
		self->records = records_open(self->store, self->err);
		_exit(self->records && lives(self) ? 0 : 1);
	}
	return waitpid(child, &status, 0) == child && status == 0;
}

static bool finds_two(self_type *self)
{
	return !self->err[0] && took(self, 1, "first") && took(self, 3, "third, longer") &&
	       nothing_left(self, 2) && nothing_left(self, 1);
}

TEST_F(records, what_was_put_last_is_there)
{
	uint32_t first, second, third;

	first = put(self, 0, 1, "not yet");
	second = put(self, 0, 2, "second");
	third = put(self, 0, 3, "third");
	ASSERT_TRUE(first && second && third);
	EXPECT_TRUE(first != second && second != third && third != first);
	EXPECT_EQ(first, put(self, first, 1, "nearly"));
	EXPECT_EQ(first, put(self, first, 1, "first"));
	EXPECT_EQ(third, put(self, third, 3, "third, longer"));
	records_remove(self->records, second);
	records_remove(self->records, 0);
	EXPECT_TRUE(next_one(self, finds_two));
}

static bool goes_on(self_type *self)
{
	uint32_t slot;

	if (!took(self, 1, "first"))
		return false;
	records_forget(self->records);
	slot = put(self, 0, 4, "fourth");
	return slot && nothing_left(self, 2);
}

static bool finds_what_went_on(self_type *self)
{
	return took(self, 1, "first") && took(self, 4, "fourth") && nothing_left(self, 2);
}

/* What nobody took is gone, and its place is free; what was taken stays. */
TEST_F(records, several_lives)
{
	ASSERT_NE(0, put(self, 0, 1, "first"));
	ASSERT_NE(0, put(self, 0, 2, "second"));
	EXPECT_TRUE(next_one(self, goes_on));
	EXPECT_TRUE(next_one(self, finds_what_went_on));
}

static bool finds_many(self_type *self)
{
	unsigned int i;
	char text[16];

	for (i = 0; i < 1000; i++) {
		snprintf(text, sizeof(text), "record %u", i);
		if (!took(self, i, text))
			return false;
	}
	return true;
}

TEST_F(records, many)
{
	unsigned int i;
	char text[16];

	for (i = 0; i < 1000; i++) {
		snprintf(text, sizeof(text), "record %u", i);
		ASSERT_NE(0, put(self, 0, i, text));
	}
	EXPECT_TRUE(next_one(self, finds_many));
}

static bool finds_the_old_one(self_type *self)
{
	return took(self, 1, "old");
}

/* Killed in the middle of a write: the half is new, but does not count. */
TEST_F(records, a_half_that_does_not_count)
{
	uint32_t slot = put(self, 0, 1, "old");
	uint8_t page[PAGE], which;

	ASSERT_NE(0, slot);
	ASSERT_EQ(1, pread(self->fd, &which, 1, slot * PAGE));
	ASSERT_EQ(slot, put(self, slot, 1, "new"));
	ASSERT_LT(0, pread(self->fd, page, PAGE, slot * PAGE));
	EXPECT_NE(which, page[0]);
	ASSERT_EQ(1, pwrite(self->fd, &which, 1, slot * PAGE));
	EXPECT_TRUE(next_one(self, finds_the_old_one));
}

/* Nothing of it is left in memory that another process could get. */
TEST_F(records, removed_is_wiped)
{
	uint32_t slot = put(self, 0, 1, "a secret");
	uint8_t page[PAGE];
	size_t i;

	ASSERT_NE(0, slot);
	ASSERT_NE(0, put(self, 0, 2, "behind it"));
	ASSERT_EQ(slot, put(self, slot, 1, "another secret"));
	records_remove(self->records, slot);
	ASSERT_EQ(PAGE, pread(self->fd, page, PAGE, slot * PAGE));
	for (i = 0; i < PAGE; i++)
		EXPECT_EQ(0, page[i]);
	EXPECT_EQ(slot, put(self, 0, 3, "in its place"));
}

static bool refuses_the_version(self_type *self)
{
	static const char why[] =
		"the records of the former kpptpd are of version 770, and this one reads 1";

	return !strcmp(self->err, why) && nothing_left(self, 1) && put(self, 0, 1, "new");
}

TEST_F(records, another_version)
{
	ASSERT_NE(0, put(self, 0, 1, "old"));
	ASSERT_EQ(2, pwrite(self->fd, "\x03\x02", 2, 6));
	EXPECT_TRUE(next_one(self, refuses_the_version));
	/* The manager is told to keep others in their place. */
	ASSERT_TRUE(hear(self));
	EXPECT_STREQ("FDSTOREREMOVE=1\nFDNAME=r", self->text);
	ASSERT_TRUE(hear(self));
	EXPECT_STREQ("FDSTORE=1\nFDNAME=r", self->text);
}

static bool refuses_the_file(self_type *self)
{
	return !strcmp(self->err, "the records of the former kpptpd are no records") &&
	       nothing_left(self, 1);
}

TEST_F(records, something_else)
{
	ASSERT_EQ(1, pwrite(self->fd, "K", 1, 0));
	EXPECT_TRUE(next_one(self, refuses_the_file));
}

/* Octets at random where a record was: it is not read past its end. */
TEST_F(records, a_length_that_cannot_be)
{
	struct record_key key = key_of(1);
	uint32_t slot = put(self, 0, 1, "old"), found = 0;
	unsigned int i;
	uint8_t which;
	int fds[1];

	/* There is so much behind it. */
	for (i = 2; i < 20; i++)
		ASSERT_NE(0, put(self, 0, i, "another"));
	ASSERT_EQ(1, pread(self->fd, &which, 1, slot * PAGE));
	ASSERT_EQ(2, pwrite(self->fd, "\xff\xff", 2, slot * PAGE + 16 + (which - 1) * 2040));
	fds[0] = self->fd;
	if (fork() == 0) {
		inherit(self, "r", fds, 1);
		self->records = records_open(self->store, self->err);
		_exit(records_take(self->records, &key, &found, self->data) == -EBADMSG &&
		      found == slot ? 0 : 1);
	}
	ASSERT_LT(0, wait(&fds[0]));
	EXPECT_EQ(0, fds[0]);
}

TEST_F(records, too_long)
{
	static const uint8_t data[RECORDS_ROOM + 1];
	struct record_key key = key_of(1);

	EXPECT_EQ(0, records_put(self->records, 0, &key, data, sizeof(data)));
	EXPECT_EQ(EMSGSIZE, errno);
	EXPECT_NE(0, records_put(self->records, 0, &key, data, RECORDS_ROOM));
}

static bool is_socket(int fd, const void *arg)
{
	int type = 0;
	socklen_t len = sizeof(type);

	(void)arg;
	return getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &len) == 0;
}

/* What is inherited goes to who asks for it, once; a connection that nobody wants ends. */
TEST_F(records, descriptors)
{
	int pair[2], other[2], fds[3], status;
	char octet;

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, other));
	fds[0] = self->fd;
	fds[1] = pair[0];
	fds[2] = other[0];
	if (fork() == 0) {
		bool good;

		inherit(self, "c:c:l", fds, 3);
		good = fdstore_take(self->store, "x", NULL, NULL) == -1 &&
		       fdstore_take(self->store, "c", is_socket, NULL) == FIRST_FD + 1 &&
		       fdstore_take(self->store, "c", is_socket, NULL) == -1 &&
		       fdstore_take(self->store, "c", NULL, NULL) == FIRST_FD;
		fdstore_forget(self->store);
		good = good && fdstore_take(self->store, "l", NULL, NULL) == -1 &&
		       recv(other[1], &octet, 1, MSG_DONTWAIT) == 0 &&
		       recv(pair[1], &octet, 1, MSG_DONTWAIT) == -1 && errno == EAGAIN;
		_exit(good ? 0 : 1);
	}
	ASSERT_LT(0, wait(&status));
	EXPECT_EQ(0, status);
}

TEST_F(records, no_manager)
{
	struct fdstore *store;

	unsetenv("NOTIFY_SOCKET");
	store = fdstore_open();
	ASSERT_NE(NULL, store);
	EXPECT_FALSE(fdstore_keeps(store));
	EXPECT_TRUE(fdstore_keep(store, "c", self->manager));
	fdstore_close(store);
	EXPECT_FALSE(hear(self));
}

TEST_HARNESS_MAIN
