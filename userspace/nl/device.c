// SPDX-License-Identifier: GPL-2.0-or-later
#include "device.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include <libmnl/libmnl.h>

#include "nlsock.h"

/* Makes the exchange, or says that there was nothing to send. */
static int talk(struct nlsock *sock, struct nlmsghdr *msg, nlsock_message_fn fn,
		void *arg, struct nl_error *err)
{
	if (!msg)
		return nlsock_refuse(err, EINVAL, "a name of a device has 1 to %d characters",
				     IF_NAMESIZE - 1);
	return nlsock_talk(sock, msg, fn, arg, err);
}

static int parse_link(const struct nlmsghdr *msg, size_t len, void *arg)
{
	return rtmsg_link_parse(msg, len, arg);
}

int device_get(struct nlsock *sock, const char *name, struct rtmsg_link *link,
	       struct nl_error *err)
{
	uint8_t buf[RTMSG_ROOM] __attribute__((aligned(8)));
	int ret;

	ret = talk(sock, rtmsg_link_get(buf, sizeof(buf), name), parse_link, link, err);
	if (ret == -ENODEV)
		nlsock_refuse(err, ENODEV, "there is no device %s", name);
	return ret;
}

static int make(struct nlsock *sock, const char *kind, const char *name,
		struct nl_error *err)
{
	uint8_t buf[RTMSG_ROOM] __attribute__((aligned(8)));
	int ret;

	ret = talk(sock, rtmsg_link_new(buf, sizeof(buf), name, kind), NULL, NULL, err);
	if (ret == -EEXIST)
		nlsock_refuse(err, EEXIST, "there is a device %s already", name);
	else if (ret == -EOPNOTSUPP)
		nlsock_refuse(err, EOPNOTSUPP, NLSOCK_NO_MODULE);
	return ret;
}

/*
 * The kernel would take a template in the request, but tells the name that came
 * out of it only since Linux 6.2 (NLM_F_ECHO). So the device is made under a
 * name that nobody else has, found by it, and named by the template then.
 */
static int make_by_template(struct nlsock *sock, const char *kind, const char *name,
			    struct rtmsg_link *link, struct nl_error *err)
{
	struct rtmsg_change change = { .name = name };
	uint8_t buf[RTMSG_ROOM] __attribute__((aligned(8)));
	char unique[IF_NAMESIZE];
	uint32_t number;
	int ret;

	if (getrandom(&number, sizeof(number), 0) != sizeof(number))
		return nlsock_refuse(err, errno, "no random number: %s", strerror(errno));
	snprintf(unique, sizeof(unique), "kpptp-%08x", number);
	ret = make(sock, kind, unique, err);
	if (ret)
		return ret;
	ret = device_get(sock, unique, link, err);
	if (ret)
		return ret;
	ret = device_set(sock, link->ifindex, &change, err);
	if (!ret)
		ret = talk(sock, rtmsg_link_get_index(buf, sizeof(buf), link->ifindex),
			   parse_link, link, err);
	if (ret) {
		struct nl_error ignored;

		device_del(sock, link->ifindex, &ignored);
	}
	return ret;
}

int device_add(struct nlsock *sock, const char *kind, const char *name,
	       struct rtmsg_link *link, struct nl_error *err)
{
	int ret;

	if (strchr(name, '%'))
		return make_by_template(sock, kind, name, link, err);
	ret = make(sock, kind, name, err);
	return ret ? ret : device_get(sock, name, link, err);
}

int device_set(struct nlsock *sock, uint32_t ifindex,
	       const struct rtmsg_change *change, struct nl_error *err)
{
	uint8_t buf[RTMSG_ROOM] __attribute__((aligned(8)));

	return talk(sock, rtmsg_link_set(buf, sizeof(buf), ifindex, change), NULL, NULL, err);
}

int device_del(struct nlsock *sock, uint32_t ifindex, struct nl_error *err)
{
	uint8_t buf[RTMSG_ROOM] __attribute__((aligned(8)));

	return talk(sock, rtmsg_link_del(buf, sizeof(buf), ifindex), NULL, NULL, err);
}

int device_address_add(struct nlsock *sock, const struct rtmsg_address *address,
		       struct nl_error *err)
{
	uint8_t buf[RTMSG_ROOM] __attribute__((aligned(8)));
	struct nlmsghdr *msg = rtmsg_address_new(buf, sizeof(buf), address);

	if (!msg)
		return nlsock_refuse(err, EINVAL, "a prefix has at most 32 bits");
	return nlsock_talk(sock, msg, NULL, NULL, err);
}

int device_address_del(struct nlsock *sock, const struct rtmsg_address *address,
		       struct nl_error *err)
{
	uint8_t buf[RTMSG_ROOM] __attribute__((aligned(8)));
	struct nlmsghdr *msg = rtmsg_address_del(buf, sizeof(buf), address);

	if (!msg)
		return nlsock_refuse(err, EINVAL, "a prefix has at most 32 bits");
	return nlsock_talk(sock, msg, NULL, NULL, err);
}

int device_proxy_add(struct nlsock *sock, uint32_t ifindex, struct in_addr address,
		     struct nl_error *err)
{
	uint8_t buf[RTMSG_ROOM] __attribute__((aligned(8)));

	return talk(sock, rtmsg_proxy_new(buf, sizeof(buf), ifindex, address), NULL, NULL, err);
}

int device_proxy_del(struct nlsock *sock, uint32_t ifindex, struct in_addr address,
		     struct nl_error *err)
{
	uint8_t buf[RTMSG_ROOM] __attribute__((aligned(8)));

	return talk(sock, rtmsg_proxy_del(buf, sizeof(buf), ifindex, address), NULL, NULL, err);
}

int device_address6_add(struct nlsock *sock, const struct rtmsg_address6 *address,
			struct nl_error *err)
{
	uint8_t buf[RTMSG_ROOM] __attribute__((aligned(8)));
	struct nlmsghdr *msg = rtmsg_address6_new(buf, sizeof(buf), address);

	if (!msg)
		return nlsock_refuse(err, EINVAL, "an IPv6 prefix has at most 128 bits");
	return nlsock_talk(sock, msg, NULL, NULL, err);
}

int device_address6_del(struct nlsock *sock, const struct rtmsg_address6 *address,
			struct nl_error *err)
{
	uint8_t buf[RTMSG_ROOM] __attribute__((aligned(8)));
	struct nlmsghdr *msg = rtmsg_address6_del(buf, sizeof(buf), address);

	if (!msg)
		return nlsock_refuse(err, EINVAL, "an IPv6 prefix has at most 128 bits");
	return nlsock_talk(sock, msg, NULL, NULL, err);
}
