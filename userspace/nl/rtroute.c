// SPDX-License-Identifier: GPL-2.0-or-later
#include "rtroute.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libmnl/libmnl.h>
#include <linux/rtnetlink.h>

#include "attr.h"

static size_t address_len(uint8_t family)
{
	return family == AF_INET ? 4 : family == AF_INET6 ? 16 : 0;
}

static struct nlmsghdr *begin(void *buf, size_t room, uint16_t type, uint16_t flags,
			      struct rtmsg **header)
{
	struct nlmsghdr *msg;

	if (room < NLMSG_LENGTH(sizeof(**header)))
		return NULL;
	msg = mnl_nlmsg_put_header(buf);
	msg->nlmsg_type = type;
	msg->nlmsg_flags = NLM_F_REQUEST | flags;
	*header = mnl_nlmsg_put_extra_header(msg, sizeof(**header));
	return msg;
}

/*
 * RTA_VIA, a gateway of the other family (RFC 8950):
 *
 *	+-------------------------------+-------------------------------+
 *	|  family                       |  address, 4 or 16 octets ...
 */
static bool put_gateway(struct nlmsghdr *msg, size_t room, uint8_t family,
			const struct rtroute_address *gateway)
{
	size_t len = address_len(gateway->family);
	uint8_t via[2 + sizeof(gateway->octets)];
	uint16_t other = gateway->family;

	if (!gateway->family)
		return true;
	if (gateway->family == family)
		return mnl_attr_put_check(msg, room, RTA_GATEWAY, len, gateway->octets);
	memcpy(via, &other, sizeof(other));
	memcpy(via + sizeof(other), gateway->octets, len);
	return mnl_attr_put_check(msg, room, RTA_VIA, sizeof(other) + len, via);
}

static bool put_destination(struct nlmsghdr *msg, size_t room, const struct rtroute *route)
{
	const struct rtroute_address *address = &route->dst.address;
	size_t len = address_len(address->family);

	if (!len || route->dst.bits > 8 * len)
		return false;
	return (!route->dst.bits ||
		mnl_attr_put_check(msg, room, RTA_DST, len, address->octets)) &&
	       mnl_attr_put_u32_check(msg, room, RTA_TABLE,
				      route->table ? route->table : RT_TABLE_MAIN) &&
	       (!route->ifindex ||
		mnl_attr_put_u32_check(msg, room, RTA_OIF, route->ifindex)) &&
	       (!route->metric ||
		mnl_attr_put_u32_check(msg, room, RTA_PRIORITY, route->metric));
}

/* Without a gateway the device reaches the destination itself (ip-route(8), scope). */
static uint8_t scope(const struct rtroute *route)
{
	if (route->dst.address.family == AF_INET && route->type == RTN_UNICAST &&
	    !route->gateway.family)
		return RT_SCOPE_LINK;
	return RT_SCOPE_UNIVERSE;
}

struct nlmsghdr *rtroute_new(void *buf, size_t room, const struct rtroute *route,
			     bool replace)
{
	const struct rtroute_address *source = &route->source;
	struct nlmsghdr *msg;
	struct rtmsg *header;

	msg = begin(buf, room, RTM_NEWROUTE,
		    NLM_F_CREATE | (replace ? NLM_F_REPLACE : NLM_F_EXCL), &header);
	if (!msg)
		return NULL;
	header->rtm_family = route->dst.address.family;
	header->rtm_dst_len = route->dst.bits;
	header->rtm_table = RT_TABLE_UNSPEC;
	header->rtm_protocol = route->protocol;
	header->rtm_scope = scope(route);
	header->rtm_type = route->type;
	header->rtm_flags = route->onlink ? RTNH_F_ONLINK : 0;
	if (!put_destination(msg, room, route) ||
	    !put_gateway(msg, room, header->rtm_family, &route->gateway) ||
	    (source->family && !mnl_attr_put_check(msg, room, RTA_PREFSRC,
						   address_len(source->family),
						   source->octets)))
		return NULL;
	return msg;
}

struct nlmsghdr *rtroute_del(void *buf, size_t room, const struct rtroute *route)
{
	struct nlmsghdr *msg;
	struct rtmsg *header;

	msg = begin(buf, room, RTM_DELROUTE, 0, &header);
	if (!msg)
		return NULL;
	header->rtm_family = route->dst.address.family;
	header->rtm_dst_len = route->dst.bits;
	header->rtm_protocol = route->protocol;
	header->rtm_scope = RT_SCOPE_NOWHERE;
	header->rtm_type = route->type;
	return put_destination(msg, room, route) ? msg : NULL;
}

struct nlmsghdr *rtroute_dump(void *buf, size_t room, uint8_t family, uint8_t protocol)
{
	struct nlmsghdr *msg;
	struct rtmsg *header;

	msg = begin(buf, room, RTM_GETROUTE, NLM_F_DUMP, &header);
	if (!msg)
		return NULL;
	header->rtm_family = family;
	header->rtm_table = RT_TABLE_MAIN;
	header->rtm_protocol = protocol;
	return msg;
}

static int copy_address(const struct attr *attr, uint8_t family, struct rtroute_address *to)
{
	memset(to, 0, sizeof(*to));
	to->family = family;
	return attr_copy(attr, to->octets, address_len(family));
}

static int parse_via(const struct attr *attr, struct rtroute_address *gateway)
{
	struct attr address = *attr;
	uint16_t family;

	if (attr->len < sizeof(family))
		return -EBADMSG;
	memcpy(&family, attr->data, sizeof(family));
	if (family != AF_INET && family != AF_INET6)
		return -EBADMSG;
	address.data += sizeof(family);
	address.len -= sizeof(family);
	return copy_address(&address, (uint8_t)family, gateway);
}

/* RTA_GATEWAY and RTA_VIA stand in the message or in a next hop of several. */
static int parse_hop_attr(const struct attr *attr, uint8_t family, struct rtroute *route)
{
	if (attr->type == RTA_GATEWAY)
		return copy_address(attr, family, &route->gateway);
	if (attr->type == RTA_VIA)
		return parse_via(attr, &route->gateway);
	return 0;
}

static void set_hop(struct rtroute *route, unsigned int flags)
{
	route->onlink = flags & RTNH_F_ONLINK;
	route->usable = !(flags & (RTNH_F_DEAD | RTNH_F_LINKDOWN));
}

/*
 * RTA_MULTIPATH is an array of these, each with its attributes inside its length:
 *
 *	+-------------------------------+---------------+---------------+
 *	|  length, all of it            |  flags        |  hops - 1     |
 *	+-------------------------------+---------------+---------------+
 *	|  interface index                                              |
 *	+---------------------------------------------------------------+
 *	|  attributes ...
 */
static int parse_hop(const uint8_t *data, const struct rtnexthop *hop, uint8_t family,
		     struct rtroute *route)
{
	struct attr nest = { .data = data + sizeof(*hop),
			     .len = hop->rtnh_len - sizeof(*hop) };
	struct attr_walk walk = attr_walk_nest(&nest);
	struct attr attr;
	int ret;

	memset(&route->gateway, 0, sizeof(route->gateway));
	route->ifindex = (uint32_t)hop->rtnh_ifindex;
	set_hop(route, hop->rtnh_flags);
	while ((ret = attr_next(&walk, &attr)) > 0) {
		ret = parse_hop_attr(&attr, family, route);
		if (ret)
			return ret;
	}
	return ret;
}

static int parse_multipath(const struct attr *attr, uint8_t family, struct rtroute *route)
{
	const uint8_t *p = attr->data;
	size_t left = attr->len;
	struct rtnexthop hop;
	size_t step;
	int ret;

	route->usable = false;
	while (left && !route->usable) {
		if (left < sizeof(hop))
			return -EBADMSG;
		memcpy(&hop, p, sizeof(hop));
		if (hop.rtnh_len < sizeof(hop) || hop.rtnh_len > left)
			return -EBADMSG;
		ret = parse_hop(p, &hop, family, route);
		if (ret)
			return ret;
		step = NLA_ALIGN(hop.rtnh_len);
		if (step > left)
			step = left;
		p += step;
		left -= step;
	}
	return 0;
}

static int parse_attr(const struct attr *attr, uint8_t family, struct rtroute *route)
{
	switch (attr->type) {
	case RTA_DST:
		return attr_copy(attr, route->dst.address.octets, address_len(family));
	case RTA_PREFSRC:
		return copy_address(attr, family, &route->source);
	case RTA_OIF:
		return attr_copy(attr, &route->ifindex, sizeof(route->ifindex));
	case RTA_PRIORITY:
		return attr_copy(attr, &route->metric, sizeof(route->metric));
	case RTA_TABLE:
		return attr_copy(attr, &route->table, sizeof(route->table));
	case RTA_MULTIPATH:
		return parse_multipath(attr, family, route);
	}
	return parse_hop_attr(attr, family, route);
}

int rtroute_parse(const struct nlmsghdr *msg, size_t len, struct rtroute *route)
{
	const struct rtmsg *header;
	struct attr_walk walk;
	struct attr attr;
	int ret;

	memset(route, 0, sizeof(*route));
	ret = attr_walk_message(&walk, msg, len, sizeof(*header));
	if (ret)
		return ret;
	header = mnl_nlmsg_get_payload(msg);
	if (msg->nlmsg_type != RTM_NEWROUTE || !address_len(header->rtm_family) ||
	    header->rtm_dst_len > 8 * address_len(header->rtm_family))
		return -EBADMSG;
	route->dst.address.family = header->rtm_family;
	route->dst.bits = header->rtm_dst_len;
	route->table = header->rtm_table;
	route->protocol = header->rtm_protocol;
	route->type = header->rtm_type;
	set_hop(route, header->rtm_flags);
	while ((ret = attr_next(&walk, &attr)) > 0) {
		ret = parse_attr(&attr, header->rtm_family, route);
		if (ret)
			return ret;
	}
	return ret;
}

/* Whether @octets has a bit set from number @bits on. */
static bool bits_after(const uint8_t *octets, size_t len, unsigned int bits)
{
	unsigned int i;

	for (i = bits; i < 8 * len; i++) {
		if (octets[i / 8] & 0x80 >> i % 8)
			return true;
	}
	return false;
}

bool rtroute_prefix_parse(const char *text, struct rtroute_prefix *prefix)
{
	struct rtroute_address *address = &prefix->address;
	const char *slash = strchrnul(text, '/');
	unsigned long bits;
	char word[64];
	size_t len;
	char *end;

	memset(prefix, 0, sizeof(*prefix));
	snprintf(word, sizeof(word), "%.*s", (int)(slash - text), text);
	address->family = strchr(word, ':') ? AF_INET6 : AF_INET;
	len = address_len(address->family);
	if (inet_pton(address->family, word, address->octets) != 1)
		return false;
	bits = 8 * len;
	if (*slash) {
		bits = strtoul(slash + 1, &end, 10);
		if (slash[1] < '0' || slash[1] > '9' || *end || bits > 8 * len)
			return false;
	}
	prefix->bits = (uint8_t)bits;
	return !bits_after(address->octets, len, prefix->bits);
}

const char *rtroute_prefix_text(const struct rtroute_prefix *prefix, char text[64])
{
	const struct rtroute_address *address = &prefix->address;
	char word[INET6_ADDRSTRLEN];

	inet_ntop(address->family, address->octets, word, sizeof(word));
	snprintf(text, 64, "%s/%u", word, prefix->bits);
	return text;
}

bool rtroute_prefix_covers(const struct rtroute_prefix *outer,
			   const struct rtroute_prefix *inner)
{
	unsigned int i;

	if (outer->address.family != inner->address.family || outer->bits > inner->bits)
		return false;
	for (i = 0; i < outer->bits; i++) {
		if ((outer->address.octets[i / 8] ^ inner->address.octets[i / 8]) &
		    0x80 >> i % 8)
			return false;
	}
	return true;
}
