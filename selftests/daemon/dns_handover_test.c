// SPDX-License-Identifier: GPL-2.0-or-later
/* DNS servers taken over and given back, in order and after a crash. */
#include "kselftest_harness.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/dns_handover.h"
#include "lib/log.h"

#define OLD	"# mine\nnameserver 192.0.2.53\nsearch example.org\nnameserver 192.0.2.54\noptions edns0"
#define REST	"# mine\nsearch example.org\noptions edns0"

static struct in_addr address(const char *text)
{
	struct in_addr a = { 0 };

	if (text)
		inet_pton(AF_INET, text, &a);
	return a;
}

/* What stands in the file after the mark, from which originals and servers. */
static const struct {
	const char *original;
	const char *server[3];
	const char *text;
} compositions[] = {
	/* 0 */	{ "", { "10.0.0.1" }, "nameserver 10.0.0.1\n" },
	/* 1 */	{ OLD, { "10.0.0.1" }, "nameserver 10.0.0.1\n" REST },
	/* 2 */	{ OLD, { "10.0.0.1", "10.0.0.2", "10.0.0.3" },
		  "nameserver 10.0.0.1\nnameserver 10.0.0.2\nnameserver 10.0.0.3\n" REST },
	/* 3 */	{ "nameserver\t1.1.1.1\nnameservers x\n nameserver 1.1.1.1", { "10.0.0.1" },
		  "nameserver 10.0.0.1\nnameservers x\n nameserver 1.1.1.1" },
	/* 4 */	{ "\n\n", { "10.0.0.1" }, "nameserver 10.0.0.1\n\n\n" },
};

TEST(compose)
{
	char text[512], *rest;
	struct in_addr server[3];
	unsigned int n;
	size_t i, len, room;

	for (i = 0; i < ARRAY_SIZE(compositions); i++) {
		for (n = 0; n < 3 && compositions[i].server[n]; n++)
			server[n] = address(compositions[i].server[n]);
		len = dns_handover_compose(compositions[i].original, server, n, text,
					   sizeof(text));
		ASSERT_EQ(strlen(text), len) TH_LOG("%zu", i);
		rest = strchr(text, '\n') + 1;
		EXPECT_EQ(0, strncmp(text, "# kpptp", 7));
		EXPECT_STREQ(compositions[i].text, rest) TH_LOG("%zu", i);
		for (room = 1; room <= len; room++) {
			char *small = malloc(room);

			EXPECT_EQ(0, dns_handover_compose(compositions[i].original, server, n,
							  small, room))
				TH_LOG("%zu in %zu", i, room);
			free(small);
		}
	}
}

FIXTURE(dns) {
	char base[32];
	struct dns_config cfg;
	struct config *programs;	/* with the hook, when there is one */
	struct scripts *scripts;
	struct dns_handover *dns;
	char text[DNS_FILE_MAX];
};

static void put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);

	if (write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		abort();
	close(fd);
}

static const char *get(const char *path, char *text)
{
	int fd = open(path, O_RDONLY);
	ssize_t n = read(fd, text, DNS_FILE_MAX - 1);

	close(fd);
	text[n < 0 ? 0 : n] = 0;
	return text;
}

FIXTURE_SETUP(dns)
{
	snprintf(self->base, sizeof(self->base), "/tmp/dns.XXXXXX");
	ASSERT_NE(NULL, mkdtemp(self->base));
	snprintf(self->cfg.dir.path, sizeof(self->cfg.dir.path), "%s/d", self->base);
	snprintf(self->cfg.file, sizeof(self->cfg.file), "%s/resolv.conf", self->base);
	put(self->cfg.file, OLD);
	log_setup(LOG_LEVEL_ERROR, false);
	self->programs = calloc(1, sizeof(*self->programs));
	self->programs->script_timeout = 20000;
	self->scripts = NULL;
	self->dns = dns_handover_new(NULL, &self->cfg);
	ASSERT_NE(NULL, self->dns);
}

FIXTURE_TEARDOWN(dns)
{
	char path[160];

	dns_handover_free(self->dns);
	scripts_close(self->scripts);
	free(self->programs);
	unlink(self->cfg.file);
	snprintf(path, sizeof(path), "%s/hook", self->base);
	unlink(path);
	snprintf(path, sizeof(path), "%s/log", self->base);
	unlink(path);
	rmdir(self->cfg.dir.path);
	ASSERT_EQ(0, rmdir(self->base)) TH_LOG("something is left in %s", self->base);
}

static void take(struct dns_handover *dns, const char *device, const char *first,
		 const char *second)
{
	struct in_addr server[DNS_SERVERS_MAX] = { address(first), address(second) };

	dns_handover_take(dns, device, server);
}

/* The file without its mark: servers, comma, rest. */
static const char *body(const char *path, char *text)
{
	return strchr(get(path, text), '\n') + 1;
}

TEST_F(dns, taken_and_given)
{
	take(self->dns, "vpn0", "10.0.0.1", NULL);
	EXPECT_STREQ("nameserver 10.0.0.1\n" REST, body(self->cfg.file, self->text));
	dns_handover_give(self->dns, "other");
	EXPECT_STREQ("nameserver 10.0.0.1\n" REST, body(self->cfg.file, self->text));
	dns_handover_give(self->dns, "vpn0");
	EXPECT_STREQ(OLD, get(self->cfg.file, self->text));
}

/* The newest first, three at most; the older come back. */
TEST_F(dns, several)
{
	take(self->dns, "vpn0", "10.0.0.1", "10.0.0.2");
	take(self->dns, "vpn1", "10.0.1.1", "10.0.1.2");
	EXPECT_STREQ("nameserver 10.0.1.1\nnameserver 10.0.1.2\nnameserver 10.0.0.1\n" REST,
		     body(self->cfg.file, self->text));
	take(self->dns, "vpn1", "10.0.1.3", NULL);
	EXPECT_STREQ("nameserver 10.0.1.3\nnameserver 10.0.0.1\nnameserver 10.0.0.2\n" REST,
		     body(self->cfg.file, self->text));
	dns_handover_give(self->dns, "vpn0");
	EXPECT_STREQ("nameserver 10.0.1.3\n" REST, body(self->cfg.file, self->text));
	dns_handover_give(self->dns, "vpn1");
	EXPECT_STREQ(OLD, get(self->cfg.file, self->text));
}

/* A DHCP client writes the file: it is the newer truth. */
TEST_F(dns, somebody_else_writes)
{
	take(self->dns, "vpn0", "10.0.0.1", NULL);
	put(self->cfg.file, "nameserver 192.0.2.99\n");
	dns_handover_give(self->dns, "vpn0");
	EXPECT_STREQ("nameserver 192.0.2.99\n", get(self->cfg.file, self->text));
	take(self->dns, "vpn0", "10.0.0.1", NULL);
	dns_handover_give(self->dns, "vpn0");
	EXPECT_STREQ("nameserver 192.0.2.99\n", get(self->cfg.file, self->text));
}

/* A process takes the servers and is killed; the next one gives them back. */
static void crash(struct scripts *scripts, const struct dns_config *cfg)
{
	struct dns_handover *dns = dns_handover_new(scripts, cfg);

	take(dns, "vpn0", "10.0.0.1", NULL);
	_exit(0);
}

/* In place of @dns, which has taken nothing. NULL: something went wrong. */
static struct dns_handover *crash_and_start(struct dns_handover *dns, struct scripts *scripts,
					    const struct dns_config *cfg, const char *then)
{
	pid_t pid = fork();
	int status;

	if (!pid)
		crash(scripts, cfg);
	dns_handover_free(dns);
	if (waitpid(pid, &status, 0) != pid)
		return NULL;
	if (then)
		put(cfg->file, then);
	return dns_handover_new(scripts, cfg);
}

TEST_F(dns, after_a_crash)
{
	self->dns = crash_and_start(self->dns, NULL, &self->cfg, NULL);
	ASSERT_NE(NULL, self->dns);
	EXPECT_STREQ(OLD, get(self->cfg.file, self->text));
}

TEST_F(dns, changed_after_a_crash)
{
	self->dns = crash_and_start(self->dns, NULL, &self->cfg,
				    "nameserver 192.0.2.99\n");
	ASSERT_NE(NULL, self->dns);
	EXPECT_STREQ("nameserver 192.0.2.99\n", get(self->cfg.file, self->text));
}

/* Begins again with a hook that does @body. NULL: it cannot. */
static struct scripts *start_hook(struct dns_config *cfg, struct config *programs,
				  const char *base, const char *body)
{
	char err[CONFIG_ERROR_MAX], text[512];

	cfg->hook = true;
	snprintf(programs->dns_hook, sizeof(programs->dns_hook), "%s/hook", base);
	snprintf(text, sizeof(text), "#!/bin/sh\n%s >>%s/log\n", body, base);
	put(programs->dns_hook, text);
	chmod(programs->dns_hook, 0700);
	return scripts_open(programs, err);
}

TEST_F(dns, hook)
{
	char log[64];

	dns_handover_free(self->dns);
	self->scripts = start_hook(&self->cfg, self->programs, self->base,
				   "{ echo \"$*\"; cat; }");
	ASSERT_NE(NULL, self->scripts);
	self->dns = dns_handover_new(self->scripts, &self->cfg);
	take(self->dns, "vpn0", "10.0.0.1", "10.0.0.2");
	take(self->dns, "vpn1", NULL, "10.0.0.3");
	dns_handover_give(self->dns, "vpn0");
	dns_handover_free(self->dns);
	scripts_close(self->scripts);
	self->scripts = NULL;
	self->cfg.hook = false;
	self->dns = dns_handover_new(NULL, &self->cfg);
	snprintf(log, sizeof(log), "%s/log", self->base);
	EXPECT_STREQ("-a vpn0\nnameserver 10.0.0.1\nnameserver 10.0.0.2\n"
		     "-a vpn1\nnameserver 10.0.0.3\n-d vpn0\n-d vpn1\n", get(log, self->text));
	EXPECT_STREQ(OLD, get(self->cfg.file, self->text));
}

/* What a crash left to the hook is taken back once. */
TEST_F(dns, hook_after_a_crash)
{
	char log[64];

	self->scripts = start_hook(&self->cfg, self->programs, self->base, "echo \"$*\"");
	ASSERT_NE(NULL, self->scripts);
	self->dns = crash_and_start(self->dns, self->scripts, &self->cfg, NULL);
	ASSERT_NE(NULL, self->dns);
	dns_handover_free(self->dns);
	self->dns = dns_handover_new(self->scripts, &self->cfg);
	scripts_close(self->scripts);
	self->scripts = NULL;
	snprintf(log, sizeof(log), "%s/log", self->base);
	EXPECT_STREQ("-a vpn0\n-d vpn0\n", get(log, self->text));
}

TEST_HARNESS_MAIN
