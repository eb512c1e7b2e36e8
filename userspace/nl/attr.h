/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A strict walk over netlink attributes.
 *
 *	 0                   1                   2                   3
 *	 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *	+-------------------------------+-+-+---------------------------+
 *	|  length, header included      |N|O|  type                     |
 *	+-------------------------------+-+-+---------------------------+
 *	|  payload, padded to 4 octets (the padding is not counted) ...
 *
 * libmnl's own loops end silently at the first malformed attribute; here that is
 * an error of the whole message.
 */
#ifndef NL_ATTR_H
#define NL_ATTR_H

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <libmnl/libmnl.h>
#include <linux/netlink.h>

struct attr_walk {
	const uint8_t *p;	/* aligned to 4 octets */
	size_t left;
};

/* One attribute: its type without flags, and its payload. */
struct attr {
	unsigned int type;
	const uint8_t *data;
	size_t len;
};

/* The attributes after @header octets of the payload of @msg, which has @len octets. */
static inline int attr_walk_message(struct attr_walk *walk, const struct nlmsghdr *msg,
				    size_t len, size_t header)
{
	size_t skip = NLMSG_HDRLEN + NLMSG_ALIGN(header);

	if (len < sizeof(*msg) || msg->nlmsg_len > len || msg->nlmsg_len < skip)
		return -EBADMSG;
	walk->p = (const uint8_t *)msg + skip;
	walk->left = msg->nlmsg_len - skip;
	return 0;
}

static inline struct attr_walk attr_walk_nest(const struct attr *nest)
{
	return (struct attr_walk){ .p = nest->data, .left = nest->len };
}

/* 1 with the next attribute in @attr, 0 at the end, -EBADMSG. */
static inline int attr_next(struct attr_walk *walk, struct attr *attr)
{
	struct nlattr head;
	size_t step;

	if (!walk->left)
		return 0;
	if (walk->left < sizeof(head))
		return -EBADMSG;
	memcpy(&head, walk->p, sizeof(head));
	if (head.nla_len < NLA_HDRLEN || head.nla_len > walk->left)
		return -EBADMSG;
	attr->type = head.nla_type & NLA_TYPE_MASK;
	attr->data = walk->p + NLA_HDRLEN;
	attr->len = head.nla_len - NLA_HDRLEN;
	step = NLA_ALIGN(head.nla_len);
	if (step > walk->left)
		step = walk->left;
	walk->p += step;
	walk->left -= step;
	return 1;
}

/* Copies a payload of exactly @size octets, in the machine's byte order. */
static inline int attr_copy(const struct attr *attr, void *to, size_t size)
{
	if (attr->len != size)
		return -EBADMSG;
	memcpy(to, attr->data, size);
	return 0;
}

#endif /* NL_ATTR_H */
