// SPDX-License-Identifier: GPL-2.0-or-later
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "helper.h"
#include "lib/log.h"
#include "script_msg.h"
#include "script_runner.h"
#include "scripts.h"

/* More than the process may take for its end. */
#define SCRIPTS_MARGIN	1000

struct scripts {
	struct script_runner_config cfg;
	pid_t pid;
	int fd;
};

_Static_assert(SCRIPTS_KINDS == SCRIPT_RUNNER_KINDS, "each kind has a path");
_Static_assert((int)SCRIPTS_HOOK == SCRIPT_RUNNER_HOOK, "the hook is told from scripts");

/* A script runs with all privileges, so nobody else may be able to change it. */
static bool scripts_check(const char *path, char err[CONFIG_ERROR_MAX])
{
	struct stat st;

	if (!path[0])
		return true;
	if (stat(path, &st) < 0)
		snprintf(err, CONFIG_ERROR_MAX, "cannot use the script %s: %s", path,
			 strerror(errno));
	else if (!S_ISREG(st.st_mode) || !(st.st_mode & 0100))
		snprintf(err, CONFIG_ERROR_MAX, "the script %s is no program: chmod 755 it", path);
	else if ((st.st_uid && st.st_uid != geteuid()) || st.st_mode & 0022)
		snprintf(err, CONFIG_ERROR_MAX,
			 "others than root can change the script %s: chown root and chmod 755 it",
			 path);
	else
		return true;
	return false;
}

static bool scripts_check_all(const struct script_runner_config *cfg,
			      char err[CONFIG_ERROR_MAX])
{
	unsigned int i;

	for (i = 0; i < SCRIPTS_KINDS; i++) {
		if (!scripts_check(cfg->path[i], err))
			return false;
	}
	return true;
}

/* helper_fn */
static int scripts_main(const void *arg, int fd)
{
	return script_runner_main(arg, fd);
}

static void scripts_configure(struct script_runner_config *runner, const struct config *cfg)
{
	snprintf(runner->path[SCRIPTS_UP], CONFIG_FILE_NAME_MAX, "%s", cfg->script_up);
	snprintf(runner->path[SCRIPTS_DOWN], CONFIG_FILE_NAME_MAX, "%s", cfg->script_down);
	snprintf(runner->path[SCRIPTS_CHANGE], CONFIG_FILE_NAME_MAX, "%s", cfg->script_change);
	snprintf(runner->path[SCRIPTS_HOOK], CONFIG_FILE_NAME_MAX, "%s", cfg->dns_hook);
	runner->timeout = cfg->script_timeout;
}

struct scripts *scripts_open(const struct config *cfg, char err[CONFIG_ERROR_MAX])
{
	struct scripts *scripts;

	err[0] = 0;
	if (!cfg->script_up[0] && !cfg->script_down[0] && !cfg->script_change[0] &&
	    !cfg->dns_hook[0])
		return NULL;
	scripts = calloc(1, sizeof(*scripts));
	snprintf(err, CONFIG_ERROR_MAX, "no memory");
	if (!scripts)
		return NULL;
	scripts_configure(&scripts->cfg, cfg);
	if (!scripts_check_all(&scripts->cfg, err))
		goto free;
	snprintf(err, CONFIG_ERROR_MAX, "cannot start the process for scripts");
	scripts->pid = helper_start("kpptpd-scripts", scripts_main, &scripts->cfg, &scripts->fd);
	if (scripts->pid < 0)
		goto free;
	err[0] = 0;
	return scripts;

free:
	free(scripts);
	return NULL;
}

void scripts_close(struct scripts *scripts)
{
	struct pollfd ended;

	if (!scripts)
		return;
	shutdown(scripts->fd, SHUT_WR);
	ended = (struct pollfd){ .fd = scripts->fd, .events = POLLIN };
	/* It kills what takes too long; the daemon may kill nothing any more. */
	if (poll(&ended, 1, (int)scripts->cfg.timeout + SCRIPTS_MARGIN) == 0)
		log_warning("the process for scripts does not end");
	else
		waitpid(scripts->pid, NULL, 0);
	close(scripts->fd);
	free(scripts);
}

static const char *scripts_address(struct in_addr address, char text[INET_ADDRSTRLEN])
{
	if (!address.s_addr)
		return NULL;
	return inet_ntop(AF_INET, &address, text, INET_ADDRSTRLEN);
}

/* interface-name tty-device speed local-IP-address remote-IP-address ipparam */
static void scripts_arguments(struct script_msg *msg, const struct scripts_session *s)
{
	char local[INET_ADDRSTRLEN], remote[INET_ADDRSTRLEN], peer[INET_ADDRSTRLEN];

	script_msg_arg(msg, s->device);
	script_msg_arg(msg, "kpptp");
	script_msg_arg(msg, "0");
	script_msg_arg(msg, inet_ntop(AF_INET, &s->local, local, sizeof(local)));
	script_msg_arg(msg, inet_ntop(AF_INET, &s->remote, remote, sizeof(remote)));
	script_msg_arg(msg, inet_ntop(AF_INET, &s->peer, peer, sizeof(peer)));
}

static void scripts_addresses(struct script_msg *msg, const struct scripts_session *s)
{
	char text[INET_ADDRSTRLEN];

	script_msg_env(msg, "IPLOCAL", scripts_address(s->local, text));
	script_msg_env(msg, "IPREMOTE", scripts_address(s->remote, text));
	script_msg_env(msg, "CALLING", scripts_address(s->peer, text));
	script_msg_env(msg, "CALLED", scripts_address(s->called, text));
	script_msg_env(msg, "DNS1", scripts_address(s->dns[0], text));
	script_msg_env(msg, "DNS2", scripts_address(s->dns[1], text));
}

static void scripts_environment(struct script_msg *msg, const struct scripts_session *s)
{
	script_msg_env(msg, "DEVICE", "kpptp");
	script_msg_env(msg, "SPEED", "0");
	script_msg_env(msg, "ORIG_UID", "0");
	script_msg_env(msg, "PPPLOGNAME", "root");
	script_msg_env(msg, "IFNAME", s->device);
	script_msg_env(msg, "PEERNAME", s->user);
	script_msg_env(msg, "LISTENER", s->listener);
	script_msg_env(msg, "MPPE", s->mppe);
	script_msg_env(msg, "REASON", s->reason);
	script_msg_env_number(msg, "MTU", s->mtu);
	scripts_addresses(msg, s);
	if (!s->use_known)
		return;
	script_msg_env_number(msg, "CONNECT_TIME", s->seconds);
	script_msg_env_number(msg, "BYTES_SENT", s->sent);
	script_msg_env_number(msg, "BYTES_RCVD", s->received);
}

static void scripts_send(const struct scripts *scripts, const struct script_msg *msg,
			 const char *device)
{
	if (msg->full)
		log_warning("the script for %s was not run: it has too many words", device);
	else if (send(scripts->fd, msg->data, msg->len, MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
		log_limited(LOG_LEVEL_WARNING, "the script for %s was not run: %s", device,
			    errno == EAGAIN ? "too many wait" : strerror(errno));
}

void scripts_run(struct scripts *scripts, enum scripts_kind kind,
		 const struct scripts_session *session)
{
	struct script_msg msg;

	if (!scripts || !scripts->cfg.path[kind][0])
		return;
	script_msg_init(&msg, kind);
	scripts_arguments(&msg, session);
	scripts_environment(&msg, session);
	scripts_send(scripts, &msg, session->device);
}

void scripts_run_hook(struct scripts *scripts, const char *verb, const char *device,
		      const char *input)
{
	struct script_msg msg;

	if (!scripts || !scripts->cfg.path[SCRIPTS_HOOK][0])
		return;
	script_msg_init(&msg, SCRIPTS_HOOK);
	script_msg_arg(&msg, device);
	script_msg_arg(&msg, verb);
	script_msg_arg(&msg, input);
	scripts_send(scripts, &msg, device);
}
