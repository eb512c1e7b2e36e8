// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel.h"

#include <errno.h>
#include <string.h>

#include <libmnl/libmnl.h>
#include <linux/netlink.h>

#include "kmsg.h"
#include "nlsock.h"

static int no_expression(struct nl_error *err)
{
	return nlsock_refuse(err, EINVAL, "the request cannot be put into a netlink message");
}

int kernel_open(struct kernel *kernel, size_t rcvbuf, struct nl_error *err)
{
	int ret;

	kernel->sock = nlsock_open(NETLINK_GENERIC, rcvbuf, err);
	if (!kernel->sock)
		return -err->err;
	ret = nlsock_family(kernel->sock, KPPTP_FAMILY_NAME, &kernel->family, err);
	if (ret == -ENOENT)
		nlsock_refuse(err, ENOENT, NLSOCK_NO_MODULE);
	return ret;
}

void kernel_close(struct kernel *kernel)
{
	nlsock_close(kernel->sock);
	kernel->sock = NULL;
}

int kernel_join(struct kernel *kernel, struct nl_error *err)
{
	return nlsock_join(kernel->sock, KPPTP_FAMILY_NAME, KPPTP_MCGRP_EVENTS, err);
}

/* Sends what @session's given names, and wipes it. */
static int request(struct kernel *kernel, int cmd, bool dump,
		   const struct nl_session *session, nlsock_message_fn fn, void *arg,
		   struct nl_error *err)
{
	uint8_t buf[KMSG_ROOM] __attribute__((aligned(8)));
	struct nlmsghdr *msg;
	int ret;

	msg = kmsg_session(buf, sizeof(buf), kernel->family, cmd, dump, session);
	ret = msg ? nlsock_talk(kernel->sock, msg, fn, arg, err) : no_expression(err);
	explicit_bzero(buf, sizeof(buf));
	return ret;
}

static int parse_session(const struct nlmsghdr *msg, size_t len, void *arg)
{
	return kmsg_session_parse(msg, len, arg);
}

/* Only the two that the kernel may have chosen. */
static int parse_new(const struct nlmsghdr *msg, size_t len, void *arg)
{
	struct nl_session *session = arg;
	struct nl_session answer;
	int ret;

	ret = kmsg_session_parse(msg, len, &answer);
	if (ret)
		return ret;
	if (!(answer.given & NL_GIVEN(KPPTP_A_SESSION_ID)) ||
	    !(answer.given & NL_GIVEN(KPPTP_A_SESSION_LOCAL_CALL_ID)))
		return -EBADMSG;
	session->id = answer.id;
	session->local_call_id = answer.local_call_id;
	return 0;
}

int kernel_session_new(struct kernel *kernel, struct nl_session *session,
		       struct nl_error *err)
{
	return request(kernel, KPPTP_CMD_SESSION_NEW, false, session, parse_new, session, err);
}

int kernel_session_set(struct kernel *kernel, const struct nl_session *session,
		       struct nl_error *err)
{
	return request(kernel, KPPTP_CMD_SESSION_SET, false, session, NULL, NULL, err);
}

int kernel_session_get(struct kernel *kernel, uint32_t id,
		       struct nl_session *session, struct nl_error *err)
{
	struct nl_session ask = { .given = NL_GIVEN(KPPTP_A_SESSION_ID), .id = id };

	return request(kernel, KPPTP_CMD_SESSION_GET, false, &ask, parse_session, session, err);
}

struct each {
	kernel_session_fn fn;
	void *arg;
};

static int parse_each(const struct nlmsghdr *msg, size_t len, void *arg)
{
	const struct each *each = arg;
	struct nl_session session;
	int ret;

	ret = kmsg_session_parse(msg, len, &session);
	if (!ret)
		each->fn(&session, each->arg);
	return ret;
}

int kernel_session_each(struct kernel *kernel, const struct nl_session *filter,
			kernel_session_fn fn, void *arg, struct nl_error *err)
{
	static const struct nl_session all;
	struct each each = { .fn = fn, .arg = arg };

	return request(kernel, KPPTP_CMD_SESSION_GET, true, filter ? filter : &all,
		       parse_each, &each, err);
}

int kernel_session_del(struct kernel *kernel, uint32_t id, struct nl_error *err)
{
	struct nl_session ask = { .given = NL_GIVEN(KPPTP_A_SESSION_ID), .id = id };

	return request(kernel, KPPTP_CMD_SESSION_DEL, false, &ask, NULL, NULL, err);
}

/* A frame may be an authentication packet; it is on the wire in clear anyway. */
int kernel_frame_send(struct kernel *kernel, uint32_t id, const uint8_t *frame,
		      size_t len, struct nl_error *err)
{
	uint8_t buf[KMSG_ROOM] __attribute__((aligned(8)));
	struct nlmsghdr *msg;

	msg = kmsg_frame_send(buf, sizeof(buf), kernel->family, id, frame, len);
	if (!msg)
		return no_expression(err);
	return nlsock_talk(kernel->sock, msg, NULL, NULL, err);
}

static int parse_totals(const struct nlmsghdr *msg, size_t len, void *arg)
{
	return kmsg_totals_parse(msg, len, arg);
}

int kernel_totals(struct kernel *kernel, struct nl_totals *totals,
		  struct nl_error *err)
{
	uint8_t buf[KMSG_ROOM] __attribute__((aligned(8)));
	struct nlmsghdr *msg = kmsg_totals_get(buf, sizeof(buf), kernel->family);

	return msg ? nlsock_talk(kernel->sock, msg, parse_totals, totals, err) :
		     no_expression(err);
}

struct events {
	uint16_t family;
	kernel_event_fn fn;
	void *arg;
};

/* Events of newer modules, and what is none of our family's, are passed over. */
static int parse_event(const struct nlmsghdr *msg, size_t len, void *arg)
{
	const struct events *events = arg;
	struct nl_event event;

	if (msg->nlmsg_type == events->family && !kmsg_event_parse(msg, len, &event))
		events->fn(&event, events->arg);
	return 0;
}

int kernel_events(struct kernel *kernel, unsigned int max, kernel_event_fn fn,
		  void *arg)
{
	struct events events = { .family = kernel->family, .fn = fn, .arg = arg };

	return nlsock_receive(kernel->sock, max, parse_event, &events);
}
