// SPDX-License-Identifier: GPL-2.0-or-later
#include "monitor.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "args.h"
#include "dsock.h"
#include "nl/kernel.h"
#include "nl/nlsock.h"
#include "report.h"
#include "table.h"

/* Events taken from the kernel between two looks at the daemon. */
#define BATCH	64

/* Octets that may wait while the output blocks. */
#define RECEIVE_BUFFER	1048576

struct monitor {
	const struct ctl *ctl;
	struct kernel kernel;	/* sock is NULL without the module */
	struct dsock *daemon;	/* NULL: does not run */
};

/* hh:mm:ss.mmm of a member "time", local time. */
static void print_time(const json_t *event)
{
	double when = json_number_value(json_object_get(event, "time"));
	time_t seconds = (time_t)when;
	char text[16];
	struct tm tm;

	localtime_r(&seconds, &tm);
	strftime(text, sizeof(text), "%H:%M:%S", &tm);
	printf("%s.%03d", text, (int)((when - (double)seconds) * 1000));
}

static void print_text(json_t *event)
{
	json_t *value;
	const char *key;
	char text[128];

	print_time(event);
	table_text(json_object_get(event, "event"), TABLE_TEXT, text, sizeof(text));
	printf(" %s", text);
	json_object_foreach(event, key, value) {
		if (!strcmp(key, "event") || !strcmp(key, "time"))
			continue;
		table_text(value, TABLE_TEXT, text, sizeof(text));
		printf(" %s %s", key, text);
	}
	putchar('\n');
}

/* Takes the reference. Each event is out before the next is waited for. */
static void print_event(const struct ctl *ctl, json_t *event)
{
	if (ctl->json) {
		json_dumpf(event, stdout, JSON_COMPACT);
		putchar('\n');
	} else {
		print_text(event);
	}
	fflush(stdout);
	json_decref(event);
}

static void kernel_event(const struct nl_event *event, void *arg)
{
	const struct monitor *monitor = arg;

	print_event(monitor->ctl, report_event(event));
}

/* False: there is nothing to be had from the kernel any more. */
static bool read_kernel(struct monitor *monitor)
{
	int ret = kernel_events(&monitor->kernel, BATCH, kernel_event, monitor);

	if (ret >= 0)
		return true;
	if (ret == -ENOBUFS) {
		ctl_fail("too many events at once, some of the kernel's were lost");
		return true;
	}
	ctl_fail("cannot read the kernel's events: %s", strerror(-ret));
	return false;
}

/* Unwraps {"item": {…}}; the first answer may be a bare {"ok": true}. */
static void daemon_event(struct monitor *monitor)
{
	json_t *reply = dsock_next(monitor->daemon);
	json_t *event;

	if (!reply) {
		dsock_close(monitor->daemon);
		monitor->daemon = NULL;
		return;
	}
	event = json_object_get(reply, "item");
	if (!event && json_object_get(reply, "event"))
		event = reply;
	if (event) {
		json_incref(event);
		json_object_set_new(event, "source", json_string("daemon"));
		print_event(monitor->ctl, event);
	}
	json_decref(reply);
}

static bool watch_kernel(struct monitor *monitor, struct nl_error *err)
{
	if (!kernel_open(&monitor->kernel, RECEIVE_BUFFER, err) &&
	    !kernel_join(&monitor->kernel, err))
		return true;
	kernel_close(&monitor->kernel);
	return false;
}

static void watch_daemon(struct monitor *monitor)
{
	monitor->daemon = dsock_open(monitor->ctl->socket);
	if (monitor->daemon &&
	    !dsock_send(monitor->daemon, json_pack("{s:s}", "command", "monitor"))) {
		dsock_close(monitor->daemon);
		monitor->daemon = NULL;
	}
}

/* Until both sources are gone. Negative descriptors are passed over by poll(2). */
static int watch(struct monitor *monitor)
{
	struct pollfd fds[2] = { { .events = POLLIN }, { .events = POLLIN } };
	bool ready;

	while (monitor->kernel.sock || monitor->daemon) {
		fds[0].fd = monitor->kernel.sock ? nlsock_fd(monitor->kernel.sock) : -1;
		fds[1].fd = monitor->daemon ? dsock_fd(monitor->daemon) : -1;
		ready = (monitor->daemon && dsock_ready(monitor->daemon)) ||
			(monitor->kernel.sock && nlsock_kept(monitor->kernel.sock));
		if (poll(fds, 2, ready ? 0 : -1) < 0 && errno != EINTR)
			return ctl_fail("cannot wait for events: %s", strerror(errno));
		if (monitor->kernel.sock && !read_kernel(monitor))
			kernel_close(&monitor->kernel);
		if (monitor->daemon && (fds[1].revents || dsock_ready(monitor->daemon)))
			daemon_event(monitor);
		if (ferror(stdout))
			break;
	}
	return CTL_FAILED;
}

int monitor_run(const struct ctl *ctl, int argc, char **argv)
{
	struct args args = { .left = argc, .next = argv };
	struct monitor monitor = { .ctl = ctl };
	struct nl_error err;
	int ret;

	if (!args_end(&args))
		return CTL_USAGE;
	if (!watch_kernel(&monitor, &err))
		ctl_refused("no events of the kernel", &err);
	watch_daemon(&monitor);
	if (!monitor.daemon)
		ctl_fail("no events of kpptpd, it does not run or refuses us");
	ret = watch(&monitor);
	dsock_close(monitor.daemon);
	kernel_close(&monitor.kernel);
	return ret;
}
