// SPDX-License-Identifier: GPL-2.0-or-later
#include "nlsock.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/socket.h>

#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>

#include "attr.h"
#include "extack.h"

/* The largest message that the kernel packs a dump into (NLMSG_GOODSIZE, 32 KiB). */
#define RECEIVE_ROOM	32768

/* An unsolicited message that came before an answer. */
struct kept {
	STAILQ_ENTRY(kept) next;
	size_t len;
	uint8_t data[] __attribute__((aligned(8)));
};

STAILQ_HEAD(kept_list, kept);

struct nlsock {
	struct mnl_socket *mnl;
	uint32_t port;
	uint32_t seq;
	bool generic;
	bool lost;		/* not yet told to nlsock_receive()'s caller */
	unsigned int kept_count;
	struct kept_list kept;
	uint8_t buf[RECEIVE_ROOM] __attribute__((aligned(8)));
};

/* An exchange that is going on. */
struct talk {
	const struct nlmsghdr *request;
	nlsock_message_fn fn;
	void *arg;
	struct nl_error *err;
	bool done;
};

int nlsock_refuse(struct nl_error *err, int code, const char *fmt, ...)
{
	va_list args;

	err->err = code;
	err->attr[0] = '\0';
	va_start(args, fmt);
	vsnprintf(err->text, sizeof(err->text), fmt, args);
	va_end(args);
	return -code;
}

/* Kernels since 4.12 have all of the options; an older one refuses harmlessly. */
static void set_options(struct nlsock *sock, size_t rcvbuf)
{
	int size = (int)rcvbuf;
	int on = 1;

	mnl_socket_setsockopt(sock->mnl, NETLINK_EXT_ACK, &on, sizeof(on));
	mnl_socket_setsockopt(sock->mnl, NETLINK_CAP_ACK, &on, sizeof(on));
	mnl_socket_setsockopt(sock->mnl, NETLINK_GET_STRICT_CHK, &on, sizeof(on));
	if (size && setsockopt(mnl_socket_get_fd(sock->mnl), SOL_SOCKET,
			       SO_RCVBUFFORCE, &size, sizeof(size)))
		setsockopt(mnl_socket_get_fd(sock->mnl), SOL_SOCKET, SO_RCVBUF,
			   &size, sizeof(size));
}

struct nlsock *nlsock_open(int bus, size_t rcvbuf, struct nl_error *err)
{
	struct nlsock *sock = calloc(1, sizeof(*sock));

	if (!sock) {
		nlsock_refuse(err, ENOMEM, "out of memory");
		return NULL;
	}
	STAILQ_INIT(&sock->kept);
	sock->generic = bus == NETLINK_GENERIC;
	sock->mnl = mnl_socket_open2(bus, SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (!sock->mnl || mnl_socket_bind(sock->mnl, 0, MNL_SOCKET_AUTOPID)) {
		nlsock_refuse(err, errno, "cannot open a netlink socket: %s", strerror(errno));
		nlsock_close(sock);
		return NULL;
	}
	sock->port = mnl_socket_get_portid(sock->mnl);
	set_options(sock, rcvbuf);
	return sock;
}

/* Frames of peers have passwords in them. */
static void kept_free(struct kept *kept)
{
	explicit_bzero(kept->data, kept->len);
	free(kept);
}

void nlsock_close(struct nlsock *sock)
{
	struct kept *kept;

	if (!sock)
		return;
	while ((kept = STAILQ_FIRST(&sock->kept))) {
		STAILQ_REMOVE_HEAD(&sock->kept, next);
		kept_free(kept);
	}
	if (sock->mnl)
		mnl_socket_close(sock->mnl);
	explicit_bzero(sock->buf, sizeof(sock->buf));
	free(sock);
}

int nlsock_fd(const struct nlsock *sock)
{
	return mnl_socket_get_fd(sock->mnl);
}

uint32_t nlsock_port(const struct nlsock *sock)
{
	return sock->port;
}

bool nlsock_kept(const struct nlsock *sock)
{
	return sock->lost || sock->kept_count;
}

/* For nlsock_receive(), later. */
static void keep(struct nlsock *sock, const struct nlmsghdr *msg)
{
	struct kept *kept = NULL;

	if (sock->kept_count < NLSOCK_KEEP_MAX)
		kept = malloc(sizeof(*kept) + msg->nlmsg_len);
	if (!kept) {
		sock->lost = true;
		return;
	}
	kept->len = msg->nlmsg_len;
	memcpy(kept->data, msg, kept->len);
	STAILQ_INSERT_TAIL(&sock->kept, kept, next);
	sock->kept_count++;
}

/* One message out of the queue during an exchange: 0, or a negative errno. */
static int talk_message(struct nlsock *sock, struct talk *talk,
			const struct nlmsghdr *msg)
{
	size_t header = sock->generic ? sizeof(struct genlmsghdr) : 0;

	if (msg->nlmsg_seq != talk->request->nlmsg_seq || !msg->nlmsg_seq) {
		/* What the kernel says by itself has number 0, late answers none of ours. */
		if (!msg->nlmsg_seq)
			keep(sock, msg);
		return 0;
	}
	if (msg->nlmsg_flags & NLM_F_DUMP_INTR)
		return nlsock_refuse(talk->err, EINTR,
				     "the list changed while it was read, try again");
	if (msg->nlmsg_type == NLMSG_ERROR || msg->nlmsg_type == NLMSG_DONE) {
		talk->done = true;
		return extack_parse(msg, msg->nlmsg_len, talk->request, header, talk->err);
	}
	if (msg->nlmsg_type < NLMSG_MIN_TYPE || !talk->fn)
		return 0;
	return talk->fn(msg, msg->nlmsg_len, talk->arg);
}

/* Octets received, 0 when the queue is empty, or a negative errno. */
static ssize_t receive(struct nlsock *sock)
{
	ssize_t n;

	do {
		n = mnl_socket_recvfrom(sock->mnl, sock->buf, sizeof(sock->buf));
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return errno == EAGAIN ? 0 : -errno;
	return n;
}

/* Reads until the exchange is over. */
static int talk_answer(struct nlsock *sock, struct talk *talk)
{
	const struct nlmsghdr *msg;
	ssize_t n;
	int ret = 0;
	int left;

	while (!ret && !talk->done) {
		n = receive(sock);
		if (n == -ENOBUFS) {
			sock->lost = true;
			continue;
		}
		if (n < 0)
			return nlsock_refuse(talk->err, (int)-n,
					     "cannot read the kernel's answer: %s",
					     strerror((int)-n));
		if (!n)
			return nlsock_refuse(talk->err, ENOBUFS,
					     "the kernel's answer was lost, try again");
		left = (int)n;
		for (msg = (const struct nlmsghdr *)sock->buf;
		     !ret && mnl_nlmsg_ok(msg, left); msg = mnl_nlmsg_next(msg, &left))
			ret = talk_message(sock, talk, msg);
		explicit_bzero(sock->buf, (size_t)n);
	}
	return ret;
}

int nlsock_talk(struct nlsock *sock, struct nlmsghdr *request,
		nlsock_message_fn fn, void *arg, struct nl_error *err)
{
	struct talk talk = { .request = request, .fn = fn, .arg = arg, .err = err };
	ssize_t sent;
	int ret;

	memset(err, 0, sizeof(*err));
	if (!++sock->seq)
		sock->seq = 1;
	request->nlmsg_seq = sock->seq;
	request->nlmsg_flags |= NLM_F_REQUEST | NLM_F_ACK;
	do {
		sent = mnl_socket_sendto(sock->mnl, request, request->nlmsg_len);
	} while (sent < 0 && errno == EINTR);
	if (sent < 0)
		return nlsock_refuse(err, errno, "cannot send a request to the kernel: %s",
				     strerror(errno));
	ret = talk_answer(sock, &talk);
	if (ret && !err->err)
		nlsock_refuse(err, -ret, "the kernel's answer makes no sense");
	return ret;
}

/* Kept messages first, they are the older ones. */
static unsigned int receive_kept(struct nlsock *sock, unsigned int max,
				 nlsock_message_fn fn, void *arg)
{
	unsigned int count = 0;
	struct kept *kept;

	while (count < max && (kept = STAILQ_FIRST(&sock->kept))) {
		STAILQ_REMOVE_HEAD(&sock->kept, next);
		sock->kept_count--;
		fn((const struct nlmsghdr *)kept->data, kept->len, arg);
		kept_free(kept);
		count++;
	}
	return count;
}

/*
 * Everything of one datagram is kept and then handed out from there, because @fn
 * may talk and so use the buffer again.
 */
static void keep_datagram(struct nlsock *sock, size_t len)
{
	const struct nlmsghdr *msg = (const struct nlmsghdr *)sock->buf;
	int left = (int)len;

	for (; mnl_nlmsg_ok(msg, left); msg = mnl_nlmsg_next(msg, &left)) {
		if (!msg->nlmsg_seq && msg->nlmsg_type >= NLMSG_MIN_TYPE)
			keep(sock, msg);
	}
	explicit_bzero(sock->buf, len);
}

int nlsock_receive(struct nlsock *sock, unsigned int max,
		   nlsock_message_fn fn, void *arg)
{
	unsigned int count = 0;
	ssize_t n = 1;

	while (count < max && n > 0) {
		if (sock->lost) {
			sock->lost = false;
			return -ENOBUFS;
		}
		count += receive_kept(sock, max - count, fn, arg);
		if (count == max)
			break;
		n = receive(sock);
		if (n == -ENOBUFS)
			return -ENOBUFS;
		if (n < 0)
			return (int)n;
		keep_datagram(sock, (size_t)n);
	}
	return (int)count;
}

/* What is wanted of the answer of the controller of generic netlink. */
struct controller {
	const char *group;	/* NULL: none */
	uint16_t family;
	uint32_t group_id;
};

static int parse_group(const struct attr *nest, struct controller *want)
{
	struct attr_walk walk = attr_walk_nest(nest);
	uint32_t id = 0;
	struct attr attr;
	bool same = false;
	int ret;

	while ((ret = attr_next(&walk, &attr)) > 0) {
		ret = 0;
		if (attr.type == CTRL_ATTR_MCAST_GRP_ID)
			ret = attr_copy(&attr, &id, sizeof(id));
		else if (attr.type == CTRL_ATTR_MCAST_GRP_NAME)
			same = attr.len && !attr.data[attr.len - 1] &&
			       !strcmp((const char *)attr.data, want->group);
		if (ret)
			return ret;
	}
	if (!ret && same)
		want->group_id = id;
	return ret;
}

static int parse_groups(const struct attr *nest, struct controller *want)
{
	struct attr_walk walk = attr_walk_nest(nest);
	struct attr attr;
	int ret;

	while ((ret = attr_next(&walk, &attr)) > 0) {
		ret = parse_group(&attr, want);
		if (ret)
			return ret;
	}
	return ret;
}

static int parse_controller(const struct nlmsghdr *msg, size_t len, void *arg)
{
	struct controller *want = arg;
	struct attr_walk walk;
	struct attr attr;
	int ret;

	ret = attr_walk_message(&walk, msg, len, sizeof(struct genlmsghdr));
	while (!ret && (ret = attr_next(&walk, &attr)) > 0) {
		ret = 0;
		if (attr.type == CTRL_ATTR_FAMILY_ID)
			ret = attr_copy(&attr, &want->family, sizeof(want->family));
		else if (attr.type == CTRL_ATTR_MCAST_GROUPS && want->group)
			ret = parse_groups(&attr, want);
	}
	return ret;
}

static int ask_controller(struct nlsock *sock, const char *name,
			  struct controller *want, struct nl_error *err)
{
	uint8_t buf[256] __attribute__((aligned(8)));
	struct nlmsghdr *msg = mnl_nlmsg_put_header(buf);
	struct genlmsghdr *header;

	msg->nlmsg_type = GENL_ID_CTRL;
	header = mnl_nlmsg_put_extra_header(msg, sizeof(*header));
	header->cmd = CTRL_CMD_GETFAMILY;
	header->version = 1;
	if (!mnl_attr_put_strz_check(msg, sizeof(buf), CTRL_ATTR_FAMILY_NAME, name))
		return nlsock_refuse(err, EINVAL, "%s is no name of a netlink family", name);
	return nlsock_talk(sock, msg, parse_controller, want, err);
}

int nlsock_family(struct nlsock *sock, const char *name, uint16_t *family,
		  struct nl_error *err)
{
	struct controller want = { 0 };
	int ret = ask_controller(sock, name, &want, err);

	if (ret)
		return ret;
	*family = want.family;
	return 0;
}

static int join_number(struct nlsock *sock, uint32_t number, const char *group,
		       struct nl_error *err)
{
	if (mnl_socket_setsockopt(sock->mnl, NETLINK_ADD_MEMBERSHIP, &number, sizeof(number)))
		return nlsock_refuse(err, errno, "cannot join the netlink group %s: %s",
				     group, strerror(errno));
	return 0;
}

int nlsock_join(struct nlsock *sock, const char *family, const char *group,
		struct nl_error *err)
{
	struct controller want = { .group = group };
	int ret = ask_controller(sock, family, &want, err);

	if (ret)
		return ret;
	if (!want.group_id)
		return nlsock_refuse(err, ENOENT, "the kernel has no netlink group %s of %s",
				     group, family);
	return join_number(sock, want.group_id, group, err);
}

int nlsock_join_bus(struct nlsock *sock, uint32_t number, struct nl_error *err)
{
	char text[16];

	snprintf(text, sizeof(text), "%u", number);
	return join_number(sock, number, text, err);
}
