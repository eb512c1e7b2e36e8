// SPDX-License-Identifier: GPL-2.0-or-later
#include "extack.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <linux/netlink.h>

#include <linux/kpptp.h>

#include "attr.h"
#include "names.h"

/* Linux 6.1 has them in its uapi header, older build machines have not. */
#define EXTACK_MISS_TYPE	5
#define EXTACK_MISS_NEST	6

/* The extended part of an acknowledgment. */
struct extack {
	const char *text;
	size_t text_len;
	bool has_offset;
	bool has_missing;
	bool has_nest;
	uint32_t offset;	/* of the attribute at fault, in the request */
	uint32_t missing;	/* type of an attribute that is not there */
	uint32_t nest;		/* offset of the nest that misses it */
};

static int parse_attrs(struct attr_walk *walk, struct extack *found)
{
	struct attr attr;
	int ret;

	while ((ret = attr_next(walk, &attr)) > 0) {
		ret = 0;
		if (attr.type == NLMSGERR_ATTR_MSG) {
			found->text = (const char *)attr.data;
			found->text_len = strnlen(found->text, attr.len);
		} else if (attr.type == NLMSGERR_ATTR_OFFS) {
			found->has_offset = true;
			ret = attr_copy(&attr, &found->offset, sizeof(found->offset));
		} else if (attr.type == EXTACK_MISS_TYPE) {
			found->has_missing = true;
			ret = attr_copy(&attr, &found->missing, sizeof(found->missing));
		} else if (attr.type == EXTACK_MISS_NEST) {
			found->has_nest = true;
			ret = attr_copy(&attr, &found->nest, sizeof(found->nest));
		}
		if (ret)
			return ret;
	}
	return ret;
}

/*
 * The attribute of the request that begins at @offset: its type, and whether it
 * stands inside a nest. False: none begins there.
 */
static bool find_attr(const struct nlmsghdr *request, size_t header, size_t offset,
		      unsigned int *type, bool *nested)
{
	const uint8_t *want = (const uint8_t *)request + offset;
	struct attr_walk walk, inner;
	struct attr attr, child;

	if (attr_walk_message(&walk, request, request->nlmsg_len, header))
		return false;
	while (attr_next(&walk, &attr) > 0) {
		*type = attr.type;
		*nested = false;
		if (attr.data - NLA_HDRLEN == want)
			return true;
		if (attr.type != KPPTP_A_SESSION_MPPE_TX &&
		    attr.type != KPPTP_A_SESSION_MPPE_RX)
			continue;
		inner = attr_walk_nest(&attr);
		while (attr_next(&inner, &child) > 0) {
			*type = child.type;
			*nested = true;
			if (child.data - NLA_HDRLEN == want)
				return true;
		}
	}
	return false;
}

static const char *attr_at_fault(const struct extack *found,
				 const struct nlmsghdr *request, size_t header)
{
	unsigned int type;
	bool nested;

	if (!header)
		return NULL;
	if (found->has_missing)
		return found->has_nest ? names_mppe((int)found->missing) :
					 names_session((int)found->missing);
	if (found->has_offset &&
	    find_attr(request, header, found->offset, &type, &nested))
		return nested ? names_mppe((int)type) : names_session((int)type);
	return NULL;
}

/* What the kernel's number alone says to an administrator. */
static const char *plain_text(int code)
{
	if (code == EPERM)
		return "not permitted, it takes root or CAP_NET_ADMIN";
	return strerror(code);
}

static void fill(struct nl_error *err, int code, const struct extack *found,
		 const char *attr)
{
	err->err = code;
	if (found->text_len)
		snprintf(err->text, sizeof(err->text), "%.*s", (int)found->text_len,
			 found->text);
	else
		snprintf(err->text, sizeof(err->text), "%s", plain_text(code));
	snprintf(err->attr, sizeof(err->attr), "%s", attr ? attr : "");
}

/* Octets of the payload before the extended part; 0: there is none. */
static size_t fixed_part(const struct nlmsghdr *ack, const struct nlmsgerr *head)
{
	if (!(ack->nlmsg_flags & NLM_F_ACK_TLVS))
		return 0;
	if (ack->nlmsg_type == NLMSG_DONE)
		return sizeof(int);
	/* The whole request is there unless the kernel has capped it. */
	if (ack->nlmsg_flags & NLM_F_CAPPED || !head->error)
		return sizeof(*head);
	return sizeof(head->error) + head->msg.nlmsg_len;
}

int extack_parse(const struct nlmsghdr *ack, size_t len,
		 const struct nlmsghdr *request, size_t header,
		 struct nl_error *err)
{
	struct extack found = { 0 };
	struct nlmsgerr head = { 0 };
	struct attr_walk walk;
	size_t payload, fixed;

	memset(err, 0, sizeof(*err));
	if (attr_walk_message(&walk, ack, len, 0) || walk.left < sizeof(int))
		goto malformed;
	payload = walk.left;
	if (ack->nlmsg_type == NLMSG_ERROR && payload < sizeof(head))
		goto malformed;
	memcpy(&head, walk.p, payload < sizeof(head) ? payload : sizeof(head));
	if (!head.error)
		return 0;
	if (head.error > 0 || head.error < -4095)
		goto malformed;
	fixed = fixed_part(ack, &head);
	if (fixed && (attr_walk_message(&walk, ack, len, fixed) ||
		      parse_attrs(&walk, &found)))
		goto malformed;
	fill(err, -head.error, &found, attr_at_fault(&found, request, header));
	return head.error;

malformed:
	fill(err, EBADMSG, &found, NULL);
	return -EBADMSG;
}
