// SPDX-License-Identifier: GPL-2.0-or-later
#include "rtmsg.h"

#include <errno.h>
#include <string.h>

#include <libmnl/libmnl.h>
#include <linux/if_addr.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>

#include "attr.h"

static struct nlmsghdr *begin_link(void *buf, size_t room, uint16_t type,
				   uint16_t flags, uint32_t ifindex)
{
	struct ifinfomsg *header;
	struct nlmsghdr *msg;

	if (room < NLMSG_LENGTH(sizeof(*header)) || ifindex > INT32_MAX)
		return NULL;
	msg = mnl_nlmsg_put_header(buf);
	msg->nlmsg_type = type;
	msg->nlmsg_flags = NLM_F_REQUEST | flags;
	header = mnl_nlmsg_put_extra_header(msg, sizeof(*header));
	header->ifi_family = AF_UNSPEC;
	header->ifi_index = (int)ifindex;
	return msg;
}

static bool put_name(struct nlmsghdr *msg, size_t room, const char *name)
{
	size_t len = strlen(name);

	return len && len < IF_NAMESIZE &&
	       mnl_attr_put_strz_check(msg, room, IFLA_IFNAME, name);
}

struct nlmsghdr *rtmsg_link_new(void *buf, size_t room, const char *name,
				const char *kind)
{
	struct nlmsghdr *msg;
	struct nlattr *nest;

	msg = begin_link(buf, room, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, 0);
	if (!msg || !put_name(msg, room, name))
		return NULL;
	nest = mnl_attr_nest_start_check(msg, room, IFLA_LINKINFO);
	if (!nest || !mnl_attr_put_str_check(msg, room, IFLA_INFO_KIND, kind))
		return NULL;
	mnl_attr_nest_end(msg, nest);
	return msg;
}

struct nlmsghdr *rtmsg_link_get(void *buf, size_t room, const char *name)
{
	struct nlmsghdr *msg = begin_link(buf, room, RTM_GETLINK, 0, 0);

	return msg && put_name(msg, room, name) ? msg : NULL;
}

struct nlmsghdr *rtmsg_link_get_index(void *buf, size_t room, uint32_t ifindex)
{
	return begin_link(buf, room, RTM_GETLINK, 0, ifindex);
}

struct nlmsghdr *rtmsg_link_set(void *buf, size_t room, uint32_t ifindex,
				const struct rtmsg_change *change)
{
	struct nlmsghdr *msg = begin_link(buf, room, RTM_SETLINK, 0, ifindex);
	struct ifinfomsg *header;

	if (!msg || (change->name && !put_name(msg, room, change->name)) ||
	    (change->mtu && !mnl_attr_put_u32_check(msg, room, IFLA_MTU, change->mtu)))
		return NULL;
	if (change->set_up) {
		header = mnl_nlmsg_get_payload(msg);
		header->ifi_change = IFF_UP;
		header->ifi_flags = change->up ? IFF_UP : 0;
	}
	return msg;
}

struct nlmsghdr *rtmsg_link_del(void *buf, size_t room, uint32_t ifindex)
{
	return begin_link(buf, room, RTM_DELLINK, 0, ifindex);
}

/* RTM_NEWADDR does not replace one that is there. */
static struct nlmsghdr *begin_address(void *buf, size_t room, uint16_t type,
				      const struct ifaddrmsg *address)
{
	struct ifaddrmsg *header;
	struct nlmsghdr *msg;

	if (room < NLMSG_LENGTH(sizeof(*header)))
		return NULL;
	msg = mnl_nlmsg_put_header(buf);
	msg->nlmsg_type = type;
	msg->nlmsg_flags = NLM_F_REQUEST;
	if (type == RTM_NEWADDR)
		msg->nlmsg_flags |= NLM_F_CREATE | NLM_F_EXCL;
	header = mnl_nlmsg_put_extra_header(msg, sizeof(*header));
	*header = *address;
	return msg;
}

static struct nlmsghdr *address_ipv4(void *buf, size_t room, uint16_t type,
				     const struct rtmsg_address *address)
{
	const struct ifaddrmsg header = {
		.ifa_family = AF_INET,
		.ifa_prefixlen = address->prefix,
		.ifa_index = address->ifindex,
	};
	const struct in_addr *peer = &address->peer;
	struct nlmsghdr *msg;

	if (address->prefix > 32)
		return NULL;
	msg = begin_address(buf, room, type, &header);
	if (peer->s_addr == htonl(INADDR_ANY))
		peer = &address->local;
	if (!msg ||
	    !mnl_attr_put_check(msg, room, IFA_LOCAL, sizeof(address->local), &address->local) ||
	    !mnl_attr_put_check(msg, room, IFA_ADDRESS, sizeof(*peer), peer))
		return NULL;
	return msg;
}

static struct nlmsghdr *address_ipv6(void *buf, size_t room, uint16_t type,
				     const struct rtmsg_address6 *address)
{
	const struct ifaddrmsg header = {
		.ifa_family = AF_INET6,
		.ifa_prefixlen = address->prefix,
		.ifa_flags = IFA_F_NODAD,
		.ifa_index = address->ifindex,
	};
	const struct in6_addr *local = &address->local;
	struct nlmsghdr *msg;

	if (address->prefix > 128)
		return NULL;
	msg = begin_address(buf, room, type, &header);
	if (!msg || !mnl_attr_put_check(msg, room, IFA_LOCAL, sizeof(*local), local))
		return NULL;
	return msg;
}

struct nlmsghdr *rtmsg_address_new(void *buf, size_t room,
				   const struct rtmsg_address *address)
{
	return address_ipv4(buf, room, RTM_NEWADDR, address);
}

struct nlmsghdr *rtmsg_address_del(void *buf, size_t room,
				   const struct rtmsg_address *address)
{
	return address_ipv4(buf, room, RTM_DELADDR, address);
}

struct nlmsghdr *rtmsg_address6_new(void *buf, size_t room,
				    const struct rtmsg_address6 *address)
{
	return address_ipv6(buf, room, RTM_NEWADDR, address);
}

struct nlmsghdr *rtmsg_address6_del(void *buf, size_t room,
				    const struct rtmsg_address6 *address)
{
	return address_ipv6(buf, room, RTM_DELADDR, address);
}

static struct nlmsghdr *begin_proxy(void *buf, size_t room, uint16_t type, uint16_t flags,
				    uint32_t ifindex, struct in_addr address)
{
	struct ndmsg *header;
	struct nlmsghdr *msg;

	if (room < NLMSG_LENGTH(sizeof(*header)) || ifindex > INT32_MAX)
		return NULL;
	msg = mnl_nlmsg_put_header(buf);
	msg->nlmsg_type = type;
	msg->nlmsg_flags = NLM_F_REQUEST | flags;
	header = mnl_nlmsg_put_extra_header(msg, sizeof(*header));
	header->ndm_family = AF_INET;
	header->ndm_ifindex = (int)ifindex;
	header->ndm_flags = NTF_PROXY;
	if (!mnl_attr_put_check(msg, room, NDA_DST, sizeof(address), &address))
		return NULL;
	return msg;
}

struct nlmsghdr *rtmsg_proxy_new(void *buf, size_t room, uint32_t ifindex,
				 struct in_addr address)
{
	return begin_proxy(buf, room, RTM_NEWNEIGH, NLM_F_CREATE | NLM_F_REPLACE, ifindex,
			   address);
}

struct nlmsghdr *rtmsg_proxy_del(void *buf, size_t room, uint32_t ifindex,
				 struct in_addr address)
{
	return begin_proxy(buf, room, RTM_DELNEIGH, 0, ifindex, address);
}

/* A string with its final 0, which the kernel sends, into @room octets. */
static int copy_string(const struct attr *attr, char *to, size_t room)
{
	size_t len = strnlen((const char *)attr->data, attr->len);

	if (len >= room)
		return -EBADMSG;
	memcpy(to, attr->data, len);
	to[len] = '\0';
	return 0;
}

/* A kind with a longer name than ours can have is not ours; it stays empty. */
static int parse_linkinfo(const struct attr *nest, struct rtmsg_link *link)
{
	struct attr_walk walk = attr_walk_nest(nest);
	struct attr attr;
	int ret;

	while ((ret = attr_next(&walk, &attr)) > 0) {
		if (attr.type == IFLA_INFO_KIND && attr.len <= sizeof(link->kind)) {
			ret = copy_string(&attr, link->kind, sizeof(link->kind));
			if (ret)
				return ret;
		}
	}
	return ret;
}

static int parse_link_attr(const struct attr *attr, struct rtmsg_link *link)
{
	switch (attr->type) {
	case IFLA_IFNAME:
		return copy_string(attr, link->name, sizeof(link->name));
	case IFLA_MTU:
		return attr_copy(attr, &link->mtu, sizeof(link->mtu));
	case IFLA_LINKINFO:
		return parse_linkinfo(attr, link);
	}
	return 0;
}

int rtmsg_link_parse(const struct nlmsghdr *msg, size_t len,
		     struct rtmsg_link *link)
{
	const struct ifinfomsg *header;
	struct attr_walk walk;
	struct attr attr;
	int ret;

	memset(link, 0, sizeof(*link));
	ret = attr_walk_message(&walk, msg, len, sizeof(*header));
	if (ret)
		return ret;
	if (msg->nlmsg_type != RTM_NEWLINK)
		return -EBADMSG;
	header = mnl_nlmsg_get_payload(msg);
	link->ifindex = (uint32_t)header->ifi_index;
	link->up = header->ifi_flags & IFF_UP;
	link->running = header->ifi_flags & IFF_RUNNING;
	while ((ret = attr_next(&walk, &attr)) > 0) {
		ret = parse_link_attr(&attr, link);
		if (ret)
			return ret;
	}
	return ret ? ret : link->name[0] ? 0 : -EBADMSG;
}
