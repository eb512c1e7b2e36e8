// SPDX-License-Identifier: GPL-2.0-or-later
/* Scripts are run by a process of their own: with what, in which order, how long. */
#include <arpa/inet.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daemon/script_msg.h"
#include "daemon/script_runner.h"
#include "daemon/scripts.h"
#include "kselftest_harness.h"

FIXTURE(scripts) {
	char dir[64];
	char out[96];		/* what the scripts have said */
	struct config *cfg;
	char err[CONFIG_ERROR_MAX];
};

/* A script that adds to the output; @out is its first argument to printf. */
static void write_script(const char *path, const char *body, mode_t mode)
{
	FILE *to = fopen(path, "w");

	fprintf(to, "#!/bin/sh\n%s\n", body);
	fclose(to);
	chmod(path, mode);
}

FIXTURE_SETUP(scripts)
{
	snprintf(self->dir, sizeof(self->dir), "/tmp/kpptp-scripts-XXXXXX");
	ASSERT_NE(NULL, mkdtemp(self->dir));
	snprintf(self->out, sizeof(self->out), "%s/out", self->dir);
	self->cfg = calloc(1, sizeof(*self->cfg));
	ASSERT_NE(NULL, self->cfg);
	snprintf(self->cfg->script_up, sizeof(self->cfg->script_up), "%s/up", self->dir);
	snprintf(self->cfg->script_down, sizeof(self->cfg->script_down), "%s/down", self->dir);
	self->cfg->script_timeout = 20000;
}

FIXTURE_TEARDOWN(scripts)
{
	char path[128];

	snprintf(path, sizeof(path), "rm -rf '%s'", self->dir);
	EXPECT_EQ(0, system(path));
	free(self->cfg);
}

static struct scripts_session session(const char *device)
{
	return (struct scripts_session){
		.device = device,
		.user = "D\\alice $(id)",
		.mppe = "128-bit stateless",
		.reason = "the peer ended it",
		.local = { inet_addr("10.0.0.1") },
		.remote = { inet_addr("10.0.0.2") },
		.peer = { inet_addr("192.0.2.1") },
		.called = { inet_addr("192.0.2.2") },
		.dns = { { inet_addr("10.0.0.53") } },
		.mtu = 1400,
		.use_known = true,
		.seconds = 61,
		.sent = 1234567890123,
		.received = 7,
	};
}

static void read_all(const char *path, char *text, size_t room)
{
	FILE *from = fopen(path, "r");

	text[0] = 0;
	if (!from)
		return;
	text[fread(text, 1, room - 1, from)] = 0;
	fclose(from);
}

TEST_F(scripts, arguments_and_environment)
{
	struct scripts_session s = session("pptp0");
	struct scripts *scripts;
	char body[256], text[2048];

	snprintf(body, sizeof(body),
		 "echo \"$@\" >%s; env | grep -vE '^(PWD|_|SHLVL)=' | sort >>%s", self->out,
		 self->out);
	write_script(self->cfg->script_up, body, 0755);
	write_script(self->cfg->script_down, "true", 0755);
	setenv("SECRET", "x", 1);
	scripts = scripts_open(self->cfg, self->err);
	ASSERT_NE(NULL, scripts) TH_LOG("%s", self->err);
	scripts_run(scripts, SCRIPTS_UP, &s);
	scripts_close(scripts);
	read_all(self->out, text, sizeof(text));
	EXPECT_STREQ("pptp0 kpptp 0 10.0.0.1 10.0.0.2 192.0.2.1\n"
		     "BYTES_RCVD=7\nBYTES_SENT=1234567890123\nCALLED=192.0.2.2\n"
		     "CALLING=192.0.2.1\nCONNECT_TIME=61\nDEVICE=kpptp\nDNS1=10.0.0.53\n"
		     "IFNAME=pptp0\nIPLOCAL=10.0.0.1\nIPREMOTE=10.0.0.2\n"
		     "MPPE=128-bit stateless\nMTU=1400\nORIG_UID=0\n"
		     "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\n"
		     "PEERNAME=D\\alice $(id)\nPPPLOGNAME=root\nREASON=the peer ended it\n"
		     "SPEED=0\n", text);
}

/* Of one device in the order in which they were asked for, one at a time. */
TEST_F(scripts, order_of_one_device)
{
	struct scripts_session s = session("pptp0");
	struct scripts *scripts;
	char body[256], text[512];
	unsigned int i;

	snprintf(body, sizeof(body), "echo \"up $MTU\" >>%s; sleep 0.02; echo end >>%s",
		 self->out, self->out);
	write_script(self->cfg->script_up, body, 0755);
	snprintf(body, sizeof(body), "echo \"down $MTU\" >>%s", self->out);
	write_script(self->cfg->script_down, body, 0755);
	scripts = scripts_open(self->cfg, self->err);
	ASSERT_NE(NULL, scripts) TH_LOG("%s", self->err);
	for (i = 1; i <= 3; i++) {
		s.mtu = i;
		scripts_run(scripts, SCRIPTS_UP, &s);
		scripts_run(scripts, SCRIPTS_DOWN, &s);
	}
	scripts_close(scripts);
	read_all(self->out, text, sizeof(text));
	EXPECT_STREQ("up 1\nend\ndown 1\nup 2\nend\ndown 2\nup 3\nend\ndown 3\n", text);
}

/* A kind without a script is not asked for, and nothing runs without any. */
TEST_F(scripts, none)
{
	struct scripts_session s = session("pptp0");
	struct scripts *scripts;

	self->cfg->script_down[0] = 0;
	write_script(self->cfg->script_up, "true", 0755);
	scripts = scripts_open(self->cfg, self->err);
	ASSERT_NE(NULL, scripts) TH_LOG("%s", self->err);
	scripts_run(scripts, SCRIPTS_DOWN, &s);
	scripts_run(scripts, SCRIPTS_CHANGE, &s);
	scripts_close(scripts);
	self->cfg->script_up[0] = 0;
	EXPECT_EQ(NULL, scripts_open(self->cfg, self->err));
	EXPECT_STREQ("", self->err);
	scripts_run(NULL, SCRIPTS_UP, &s);
	scripts_close(NULL);
}

/* With its children: the group is killed. Others are not held up by it. */
TEST_F(scripts, one_that_hangs_is_killed)
{
	struct scripts_session slow = session("pptp0"), quick = session("pptp1");
	struct scripts *scripts;
	char body[256], text[512];

	self->cfg->script_timeout = 300;
	write_script(self->cfg->script_up, "sleep 1000 & sleep 1000", 0755);
	snprintf(body, sizeof(body), "echo \"down $IFNAME\" >>%s", self->out);
	write_script(self->cfg->script_down, body, 0755);
	scripts = scripts_open(self->cfg, self->err);
	ASSERT_NE(NULL, scripts) TH_LOG("%s", self->err);
	scripts_run(scripts, SCRIPTS_UP, &slow);
	scripts_run(scripts, SCRIPTS_DOWN, &quick);
	scripts_close(scripts);
	read_all(self->out, text, sizeof(text));
	EXPECT_STREQ("down pptp1\n", text);
}

TEST_F(scripts, unsafe_files)
{
	char want[256];

	write_script(self->cfg->script_down, "true", 0755);
	EXPECT_EQ(NULL, scripts_open(self->cfg, self->err));
	snprintf(want, sizeof(want), "cannot use the script %s: No such file or directory",
		 self->cfg->script_up);
	EXPECT_STREQ(want, self->err);
	write_script(self->cfg->script_up, "true", 0644);
	EXPECT_EQ(NULL, scripts_open(self->cfg, self->err));
	EXPECT_NE(NULL, strstr(self->err, "is no program"));
	write_script(self->cfg->script_up, "true", 0775);
	EXPECT_EQ(NULL, scripts_open(self->cfg, self->err));
	EXPECT_NE(NULL, strstr(self->err, "others than root can change the script"));
}

/* What a daemon that is not itself any more could ask for. */
static const struct {
	unsigned int kind;
	const char *variable;
	bool runs;
	const char *args[4];	/* none: one device */
} calls[] = {
	/* 0 */ { SCRIPTS_UP, "IFNAME=x", true, { NULL } },
	/* 1 */ { SCRIPTS_UP, "LD_PRELOAD=/tmp/x.so", false, { NULL } },
	/* 2 */ { SCRIPTS_UP, "PATH=/tmp", false, { NULL } },
	/* 3 */ { SCRIPTS_UP, "IFNAMES=x", false, { NULL } },
	/* 4 */ { SCRIPTS_UP, "IFNAME", false, { NULL } },
	/* 5 */ { SCRIPTS_UP, "=x", false, { NULL } },
	/* 6 */ { SCRIPTS_CHANGE, "IFNAME=x", false, { NULL } },
	/* 7 */ { SCRIPTS_KINDS, "IFNAME=x", false, { NULL } },
	/* 8 */ { SCRIPTS_HOOK, "IFNAME=x", true, { "pptp0", "-a", "" } },
	/* 9 */ { SCRIPTS_HOOK, "IFNAME=x", true, { "pptp0", "-d", "" } },
	/* 10 */ { SCRIPTS_HOOK, "IFNAME=x", false, { "pptp0", "-x", "" } },
	/* 11 */ { SCRIPTS_HOOK, "IFNAME=x", false, { "-pptp0", "-a", "" } },
	/* 12 */ { SCRIPTS_HOOK, "IFNAME=x", false, { "pptp0", "-a" } },
	/* 13 */ { SCRIPTS_HOOK, "IFNAME=x", false, { "pptp0", "-a", "", "-x" } },
	/* 14 */ { SCRIPTS_HOOK, "LD_PRELOAD=x", false, { "pptp0", "-a", "" } },
};

static void add_arguments(struct script_msg *msg, const char *const args[4])
{
	unsigned int i;

	if (!args[0])
		script_msg_arg(msg, "pptp0");
	for (i = 0; i < 4 && args[i]; i++)
		script_msg_arg(msg, args[i]);
}

TEST_F(scripts, calls_that_nobody_may_make)
{
	struct script_runner_config cfg = { .timeout = 20000 };
	struct script_msg msg;
	char body[256], text[64];
	size_t i;

	snprintf(body, sizeof(body), "echo ran >>%s", self->out);
	write_script(self->cfg->script_up, body, 0755);
	snprintf(cfg.path[SCRIPTS_UP], sizeof(cfg.path[0]), "%s", self->cfg->script_up);
	snprintf(cfg.path[SCRIPTS_HOOK], sizeof(cfg.path[0]), "%s", self->cfg->script_up);
	for (i = 0; i < ARRAY_SIZE(calls); i++) {
		pid_t pid;
		int fds[2];

		unlink(self->out);
		ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds));
		script_msg_init(&msg, calls[i].kind);
		add_arguments(&msg, calls[i].args);
		memcpy(msg.data + msg.len, calls[i].variable, strlen(calls[i].variable) + 1);
		msg.len += strlen(calls[i].variable) + 1;
		ASSERT_EQ((ssize_t)msg.len, send(fds[0], msg.data, msg.len, 0));
		pid = fork();
		if (pid == 0) {
			close(fds[0]);
			_exit(script_runner_main(&cfg, fds[1]));
		}
		close(fds[0]);
		close(fds[1]);
		ASSERT_EQ(pid, waitpid(pid, NULL, 0));
		read_all(self->out, text, sizeof(text));
		EXPECT_STREQ(calls[i].runs ? "ran\n" : "", text) TH_LOG("case %zu", i);
	}
}

/* Each truncation of a good datagram, and counts that lie. */
TEST(bad_datagrams)
{
	struct script_msg msg;
	struct script_call call;
	size_t len;
	char *copy;

	script_msg_init(&msg, 1);
	script_msg_arg(&msg, "pptp0");
	script_msg_arg(&msg, "");
	script_msg_env(&msg, "A", "b");
	script_msg_env(&msg, "EMPTY", "");
	ASSERT_FALSE(msg.full);
	for (len = 0; len <= msg.len; len++) {
		copy = malloc(len ? len : 1);
		memcpy(copy, msg.data, len);
		/* Both arguments have to be whole, and so has the last string. */
		EXPECT_EQ(len == 9 || len == msg.len, script_msg_parse(copy, len, &call))
			TH_LOG("%zu octets", len);
		free(copy);
	}
	ASSERT_TRUE(script_msg_parse((char *)msg.data, msg.len, &call));
	EXPECT_EQ(1, call.kind);
	EXPECT_STREQ("pptp0", call.args[0]);
	EXPECT_STREQ("", call.args[1]);
	EXPECT_EQ(NULL, call.args[2]);
	EXPECT_STREQ("A=b", call.env[0]);
	EXPECT_EQ(NULL, call.env[1]);
	msg.data[1] = 4;
	EXPECT_FALSE(script_msg_parse((char *)msg.data, msg.len, &call));
	msg.data[1] = SCRIPT_MSG_ARGS_MAX + 1;
	EXPECT_FALSE(script_msg_parse((char *)msg.data, msg.len, &call));
	msg.data[1] = 0;
	EXPECT_FALSE(script_msg_parse((char *)msg.data, msg.len, &call));
}

TEST(too_long_datagrams)
{
	char text[SCRIPT_MSG_MAX];
	struct script_msg msg;

	memset(text, 'a', sizeof(text));
	text[SCRIPT_MSG_MAX - SCRIPT_MSG_HEADER - 3] = 0;
	script_msg_init(&msg, 0);
	script_msg_arg(&msg, "x");
	script_msg_env(&msg, "A", text);
	EXPECT_TRUE(msg.full);
	script_msg_init(&msg, 0);
	memset(text, 'a', sizeof(text));
	text[SCRIPT_MSG_MAX - SCRIPT_MSG_HEADER - 1] = 0;
	script_msg_arg(&msg, text);
	EXPECT_FALSE(msg.full);
	EXPECT_EQ(SCRIPT_MSG_MAX, msg.len);
	script_msg_arg(&msg, "");
	EXPECT_TRUE(msg.full);
}

TEST_HARNESS_MAIN
