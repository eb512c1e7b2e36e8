// SPDX-License-Identifier: GPL-2.0-or-later
/* The process that has the files: what it does for a daemon, and what for nobody. */
#include "kselftest_harness.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daemon/disk_msg.h"
#include "daemon/disk_server.h"
#include "daemon/helper.h"

#define NOBODY	65534
#define HASH	"nt:8846f7eaee8fb117ad06bdd830b7586c"	/* of "password" */

FIXTURE(disk) {
	char base[32];
	char config[64];
	char text[1024];
	pid_t pid;
	int fd;
};

static void put(const char *base, const char *name, const char *text)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", base, name);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		abort();
	close(fd);
}

static const char *get(const char *base, const char *name, char text[1024])
{
	char path[128];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "%s/%s", base, name);
	fd = open(path, O_RDONLY);
	n = fd < 0 ? 0 : read(fd, text, 1023);
	close(fd);
	text[n < 0 ? 0 : n] = 0;
	return text;
}

static void write_config(const char *base, const char *users)
{
	char text[1024];

	snprintf(text, sizeof(text),
		 "[server]\nlisten = none\ncontrol-socket = %s/run/sock\n"
		 "[tunnels]\ndirectory = %s/tunnels.d\nresolv-conf = %s/far/resolv.conf\n"
		 "[tls]\ncertificate = %s/far/cert\nkey = %s/far/key\nca = %s/far/ca\n"
		 "[line a]\ndevice = %s/far/tty\nlocal = yes\nto = 192.0.2.1\n"
		 "[users]\nfile = %s\n", base, base, base, base, base, base, base, users);
	put(base, "etc/kpptpd.conf", text);
}

static void make_directory(const char *base, const char *name)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", base, name);
	if (mkdir(path, 0700) < 0)
		abort();
}

FIXTURE_SETUP(disk)
{
	static const char *const files[] = {
		"far/users", "far/other", "far/cert", "far/key", "far/ca", "far/resolv.conf",
		"far/tty", "far/secret", "etc/key", "etc/deep/key", "run/sock", "run/other",
		"tunnels.d/a.conf", "tunnels.d/.b",
	};
	size_t i;

	snprintf(self->base, sizeof(self->base), "/tmp/disk.XXXXXX");
	ASSERT_NE(NULL, mkdtemp(self->base));
	make_directory(self->base, "etc");
	make_directory(self->base, "etc/deep");
	make_directory(self->base, "far");
	make_directory(self->base, "run");
	make_directory(self->base, "tunnels.d");
	for (i = 0; i < ARRAY_SIZE(files); i++)
		put(self->base, files[i], files[i]);
	put(self->base, "far/users", "alice * " HASH " * -- set expired=yes\n");
	snprintf(self->text, sizeof(self->text), "%s/far/users", self->base);
	write_config(self->base, self->text);
	snprintf(self->config, sizeof(self->config), "%s/etc/kpptpd.conf", self->base);
	self->pid = helper_start("disk", disk_server_main, self->config, &self->fd);
	ASSERT_LT(0, self->pid);
}

FIXTURE_TEARDOWN(disk)
{
	char command[64];
	int status;

	disk_use(-1);
	close(self->fd);
	EXPECT_EQ(self->pid, waitpid(self->pid, &status, 0));
	EXPECT_EQ(0, status);
	snprintf(command, sizeof(command), "rm -rf '%s'", self->base);
	EXPECT_EQ(0, system(command));
}

static void fill(struct disk_request *request, enum disk_op op, int flags, const char *base,
		 const char *path)
{
	memset(request, 0, DISK_REQUEST_HEAD);
	request->op = op;
	request->flags = flags;
	snprintf(request->path, sizeof(request->path), "%s/%s", base, path);
}

/* The errno of the reply; -1: there was none. What was opened is closed. */
static int ask(int to, const struct disk_request *request, size_t len)
{
	char control[CMSG_SPACE(sizeof(int))] __attribute__((aligned(8)));
	struct disk_reply reply;
	struct iovec iov = { &reply, sizeof(reply) };
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = control, .msg_controllen = sizeof(control),
	};

	if (send(to, request, len, 0) < 0 || recvmsg(to, &msg, 0) != sizeof(reply))
		return -1;
	if (CMSG_FIRSTHDR(&msg))
		close(*(int *)CMSG_DATA(CMSG_FIRSTHDR(&msg)));
	return reply.error;
}

static const struct {
	enum disk_op op;
	int flags;
	const char *path;
	int error;
} requests[] = {
	/* 0 */	{ DISK_OPEN, O_RDONLY, "etc/kpptpd.conf", 0 },
	/* 1 */	{ DISK_OPEN, O_RDONLY, "etc/key", 0 },
	/* 2 */	{ DISK_OPEN, O_RDONLY, "etc/deep/key", 0 },
	/* 3 */	{ DISK_OPEN, O_RDONLY, "etc/deep/nothing", ENOENT },
	/* 4 */	{ DISK_OPEN, O_RDONLY, "far/users", 0 },
	/* 5 */	{ DISK_OPEN, O_RDONLY, "far/cert", 0 },
	/* 6 */	{ DISK_OPEN, O_RDONLY, "far/key", 0 },
	/* 7 */	{ DISK_OPEN, O_RDONLY, "far/ca", 0 },
	/* 8 */	{ DISK_OPEN, O_RDONLY, "far/resolv.conf", 0 },
	/* 9 */	{ DISK_OPEN, O_RDONLY | O_DIRECTORY, "tunnels.d", 0 },
	/* 10 */ { DISK_OPEN, O_RDONLY, "tunnels.d/a.conf", 0 },
	/* 11 */ { DISK_OPEN, O_RDWR, "far/resolv.conf", 0 },
	/* 12 */ { DISK_OPEN, O_RDWR, "far/tty", 0 },
	/* What it does for nobody. */
	/* 13 */ { DISK_OPEN, O_RDONLY, "far/secret", EACCES },
	/* 14 */ { DISK_OPEN, O_RDONLY, "far/tty", EACCES },
	/* 15 */ { DISK_OPEN, O_RDONLY, "far", EACCES },
	/* 16 */ { DISK_OPEN, O_RDONLY, "etc/../far/secret", EACCES },
	/* 17 */ { DISK_OPEN, O_RDONLY, "etc/deep/../../far/secret", EACCES },
	/* 18 */ { DISK_OPEN, O_RDONLY, "tunnels.d/../far/secret", EACCES },
	/* 19 */ { DISK_OPEN, O_RDONLY, "tunnels.d/..", EACCES },
	/* 20 */ { DISK_OPEN, O_RDONLY, "etc2/key", EACCES },
	/* 21 */ { DISK_OPEN, O_RDONLY, "tunnels.d2/key", EACCES },
	/* 22 */ { DISK_OPEN, O_RDONLY, "", EACCES },
	/* 23 */ { DISK_OPEN, O_WRONLY, "etc/kpptpd.conf", EACCES },
	/* 24 */ { DISK_OPEN, O_RDWR, "etc/key", EACCES },
	/* 25 */ { DISK_OPEN, O_WRONLY, "far/users", EACCES },
	/* 26 */ { DISK_OPEN, O_WRONLY, "tunnels.d/a.conf", EACCES },
	/* 27 */ { DISK_STORE, 0, "tunnels.d/new.conf", 0 },
	/* 28 */ { DISK_STORE, 0, "tunnels.d/a.conf", 0 },
	/* 29 */ { DISK_STORE, 0, "tunnels.d/deep/a.conf", EACCES },
	/* 30 */ { DISK_STORE, 0, "tunnels.d/.b", EACCES },
	/* 31 */ { DISK_STORE, 0, "tunnels.d/", EACCES },
	/* 32 */ { DISK_STORE, 0, "tunnels.d/../far/secret", EACCES },
	/* 33 */ { DISK_STORE, 0, "etc/kpptpd.conf", EACCES },
	/* 34 */ { DISK_STORE, 0, "far/users", EACCES },
	/* 35 */ { DISK_STORE, 0, "far/resolv.conf", EACCES },
	/* 36 */ { DISK_REMOVE, 0, "tunnels.d/a.conf", 0 },
	/* 37 */ { DISK_REMOVE, 0, "run/sock", 0 },
	/* 38 */ { DISK_REMOVE, 0, "run/other", EACCES },
	/* 39 */ { DISK_REMOVE, 0, "far/users", EACCES },
	/* 40 */ { DISK_REMOVE, 0, "etc/kpptpd.conf", EACCES },
	/* 41 */ { DISK_REMOVE, 0, "tunnels.d/.b", EACCES },
	/* 42 */ { (enum disk_op)4, 0, "etc/key", EACCES },
};

TEST_F(disk, rules)
{
	struct disk_request request;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(requests); i++) {
		fill(&request, requests[i].op, requests[i].flags, self->base, requests[i].path);
		EXPECT_EQ(requests[i].error, ask(self->fd, &request, DISK_REQUEST_HEAD))
			TH_LOG("request %zu", i);
	}
	EXPECT_STREQ("far/secret", get(self->base, "far/secret", self->text));
	EXPECT_STREQ("", get(self->base, "tunnels.d/new.conf", self->text));
	EXPECT_STREQ("far/resolv.conf", get(self->base, "far/resolv.conf", self->text));
}

/* What would make a file or cut it is no flag that counts. */
TEST_F(disk, flags)
{
	struct disk_request request;

	fill(&request, DISK_OPEN, O_RDWR | O_TRUNC, self->base, "far/resolv.conf");
	EXPECT_EQ(0, ask(self->fd, &request, DISK_REQUEST_HEAD));
	EXPECT_STREQ("far/resolv.conf", get(self->base, "far/resolv.conf", self->text));
	fill(&request, DISK_OPEN, O_RDONLY | O_CREAT, self->base, "etc/new");
	EXPECT_EQ(ENOENT, ask(self->fd, &request, DISK_REQUEST_HEAD));
}

/* Datagrams that nobody of ours sends. */
TEST_F(disk, not_whole)
{
	struct disk_request request;
	size_t len;

	fill(&request, DISK_OPEN, O_RDONLY, self->base, "etc/key");
	for (len = 1; len < DISK_REQUEST_HEAD; len += 511)
		EXPECT_EQ(EACCES, ask(self->fd, &request, len)) TH_LOG("%zu octets", len);
	memset(request.path, 'a', sizeof(request.path));
	EXPECT_EQ(EACCES, ask(self->fd, &request, DISK_REQUEST_HEAD));
	fill(&request, DISK_PASSWORD, 0, self->base, "");
	memset(&request.password, 'a', sizeof(request.password));
	EXPECT_EQ(EACCES, ask(self->fd, &request, DISK_REQUEST_HEAD + sizeof(request.password)));
	EXPECT_EQ(EACCES, ask(self->fd, &request, DISK_REQUEST_HEAD));
}

/* A file of users that is configured later counts, and so does the first one. */
TEST_F(disk, configured_again)
{
	struct disk_request first, second;

	fill(&first, DISK_OPEN, O_RDONLY, self->base, "far/users");
	fill(&second, DISK_OPEN, O_RDONLY, self->base, "far/other");
	EXPECT_EQ(EACCES, ask(self->fd, &second, DISK_REQUEST_HEAD));
	snprintf(self->text, sizeof(self->text), "%s/far/other", self->base);
	write_config(self->base, self->text);
	EXPECT_EQ(0, ask(self->fd, &second, DISK_REQUEST_HEAD));
	EXPECT_EQ(0, ask(self->fd, &first, DISK_REQUEST_HEAD));
	put(self->base, "etc/kpptpd.conf", "[nonsense]\n");
	EXPECT_EQ(EACCES, ask(self->fd, &second, DISK_REQUEST_HEAD));
	EXPECT_EQ(0, ask(self->fd, &first, DISK_REQUEST_HEAD));
}

static const uint8_t password_hash[USERS_HASH_LEN] = {
	0x88, 0x46, 0xf7, 0xea, 0xee, 0x8f, 0xb1, 0x17, 0xad, 0x06, 0xbd, 0xd8, 0x30, 0xb7, 0x58,
	0x6c,
};

static void change_of(struct passwords_change *change, const char *base, const char *file,
		      const char *name)
{
	memset(change, 0, sizeof(*change));
	snprintf(change->path, sizeof(change->path), "%s/%s", base, file);
	snprintf(change->name, sizeof(change->name), "%s", name);
	snprintf(change->server, sizeof(change->server), "*");
	memcpy(change->old_hash, password_hash, sizeof(change->old_hash));
	memset(change->new_hash, 0xab, sizeof(change->new_hash));
}

TEST_F(disk, password)
{
	struct passwords_change change;
	char err[USERFILE_ERROR_MAX];

	disk_use(dup(self->fd));
	change_of(&change, self->base, "far/users", "bob");
	EXPECT_FALSE(disk_change_password(&change, err));
	EXPECT_STREQ("its entry has been changed", err);
	change_of(&change, self->base, "far/users", "alice");
	change.old_hash[0]++;
	EXPECT_FALSE(disk_change_password(&change, err));
	EXPECT_STREQ("its entry has been changed", err);
	change_of(&change, self->base, "far/other", "alice");
	EXPECT_FALSE(disk_change_password(&change, err));
	EXPECT_STREQ("Permission denied", err);
	change_of(&change, self->base, "far/users", "alice");
	EXPECT_TRUE(disk_change_password(&change, err));
	EXPECT_STREQ("alice * nt:abababababababababababababababab *\n",
		     get(self->base, "far/users", self->text));
}

/* As the daemon does it: another user, who may do nothing himself. The step that failed. */
static int as_nobody(const char *base, int server)
{
	char path[64], text[32] = "";
	int fd;

	if (setgid(NOBODY) < 0 || setuid(NOBODY) < 0)
		return 1;
	snprintf(path, sizeof(path), "%s/etc/key", base);
	if (disk_open(path, O_RDONLY) >= 0)
		return 2;
	disk_use(server);
	fd = disk_open(path, O_RDONLY);
	if (fd < 0 || read(fd, text, sizeof(text) - 1) != 7 || strcmp(text, "etc/key") != 0)
		return 3;
	snprintf(path, sizeof(path), "%s/tunnels.d/new.conf", base);
	if (!disk_store(path, "some text", 9))
		return 4;
	snprintf(path, sizeof(path), "%s/tunnels.d/a.conf", base);
	if (!disk_remove(path))
		return 5;
	if (disk_remove(path) || errno != ENOENT)
		return 6;
	snprintf(path, sizeof(path), "%s/far/secret", base);
	return disk_open(path, O_RDONLY) < 0 && errno == EACCES ? 0 : 7;
}

TEST_F(disk, for_another_user)
{
	struct stat st;
	int status;
	pid_t pid;

	if (getuid() != 0)
		SKIP(return, "needs root");
	pid = fork();
	if (pid == 0)
		_exit(as_nobody(self->base, self->fd));
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status >> 8);
	EXPECT_STREQ("some text", get(self->base, "tunnels.d/new.conf", self->text));
	snprintf(self->text, sizeof(self->text), "%s/tunnels.d/new.conf", self->base);
	ASSERT_EQ(0, stat(self->text, &st));
	EXPECT_EQ(0, st.st_uid);
	EXPECT_EQ(0600, st.st_mode & 07777);
}

/* Who asks a process that has ended is told, and does not wait for ever. */
TEST_F(disk, without_the_process)
{
	struct passwords_change change;
	char err[USERFILE_ERROR_MAX];
	int fds[2];

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fds));
	close(fds[1]);
	disk_use(fds[0]);
	change_of(&change, self->base, "far/users", "alice");
	EXPECT_FALSE(disk_change_password(&change, err));
	EXPECT_STREQ("Broken pipe", err);
}

TEST_HARNESS_MAIN
