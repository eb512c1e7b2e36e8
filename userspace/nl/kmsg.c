// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * One table says where each attribute of a session lives in struct nl_session;
 * the builder and the parser both go by it.
 */
#include "kmsg.h"

#include <errno.h>
#include <string.h>

#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>

#include "attr.h"

/* What follows struct nlmsghdr in every message of the family. */
#define KMSG_HEADER	sizeof(struct genlmsghdr)

enum form {
	FORM_NONE,
	FORM_PLAIN,	/* octets as they are in the struct; addresses are big-endian in both */
	FORM_FLAG,	/* an attribute without payload, a bool in the struct */
	FORM_MPPE,
	FORM_INNER,	/* as many attributes as there are inner addresses */
	FORM_COUNTERS,
};

struct field {
	enum form form;
	size_t offset;
	size_t size;	/* of PLAIN; COUNTERS: the largest attribute in the nest */
};

#define FIELD(form, member, size) { form, offsetof(struct nl_session, member), size }
#define U8(member) FIELD(FORM_PLAIN, member, 1)
#define U16(member) FIELD(FORM_PLAIN, member, 2)
#define U32(member) FIELD(FORM_PLAIN, member, 4)

static const struct field fields[KPPTP_A_SESSION_MAX + 1] = {
	[KPPTP_A_SESSION_ID] = U32(id),
	[KPPTP_A_SESSION_LOCAL_ADDRESS] = U32(local),
	[KPPTP_A_SESSION_PEER_ADDRESS] = U32(peer),
	[KPPTP_A_SESSION_LOCAL_CALL_ID] = U16(local_call_id),
	[KPPTP_A_SESSION_PEER_CALL_ID] = U16(peer_call_id),
	[KPPTP_A_SESSION_IFINDEX] = U32(ifindex),
	[KPPTP_A_SESSION_FLAGS] = U32(flags),
	[KPPTP_A_SESSION_FLAGS_MASK] = U32(flags_mask),
	[KPPTP_A_SESSION_STATUS] = U32(status),
	[KPPTP_A_SESSION_PEER_MRU] = U16(peer_mru),
	[KPPTP_A_SESSION_MTU] = U16(mtu),
	[KPPTP_A_SESSION_REORDER_WINDOW] = U16(reorder_window),
	[KPPTP_A_SESSION_REORDER_TIMEOUT] = U16(reorder_timeout),
	[KPPTP_A_SESSION_TTL] = U8(ttl),
	[KPPTP_A_SESSION_TOS] = U8(tos),
	[KPPTP_A_SESSION_MPPE_TX] = FIELD(FORM_MPPE, tx, 0),
	[KPPTP_A_SESSION_MPPE_RX] = FIELD(FORM_MPPE, rx, 0),
	[KPPTP_A_SESSION_OWNER] = U32(owner),
	[KPPTP_A_SESSION_TAKE_OVER] = FIELD(FORM_FLAG, take_over, 0),
	[KPPTP_A_SESSION_ORPHANED] = FIELD(FORM_FLAG, orphaned, 0),
	[KPPTP_A_SESSION_STATS] = FIELD(FORM_COUNTERS, stats, KPPTP_A_STATS_MAX),
	[KPPTP_A_SESSION_DROPS] = FIELD(FORM_COUNTERS, drops, KPPTP_A_DROPS_MAX),
	[KPPTP_A_SESSION_AGE] = U32(age),
	[KPPTP_A_SESSION_IDLE] = U32(idle),
	[KPPTP_A_SESSION_SILENT] = U32(silent),
	[KPPTP_A_SESSION_RELAY] = U32(relay),
	[KPPTP_A_SESSION_INNER] = FIELD(FORM_INNER, inner, 0),
	[KPPTP_A_SESSION_OUTER_IFINDEX] = U32(outer_ifindex),
};

static struct nlmsghdr *begin(void *buf, size_t room, uint16_t family, int cmd,
			      uint16_t flags)
{
	struct genlmsghdr *header;
	struct nlmsghdr *msg;

	if (room < NLMSG_HDRLEN + GENL_HDRLEN)
		return NULL;
	msg = mnl_nlmsg_put_header(buf);
	msg->nlmsg_type = family;
	msg->nlmsg_flags = NLM_F_REQUEST | flags;
	header = mnl_nlmsg_put_extra_header(msg, sizeof(*header));
	header->cmd = (uint8_t)cmd;
	header->version = KPPTP_FAMILY_VERSION;
	return msg;
}

/* Octets of the key that the kernel wants for @bits (RFC 3079), 0: no such MPPE. */
static size_t key_len(unsigned int bits)
{
	switch (bits) {
	case KPPTP_MPPE_STRENGTH_BITS_40:
	case KPPTP_MPPE_STRENGTH_BITS_56:
		return 8;
	case KPPTP_MPPE_STRENGTH_BITS_128:
		return 16;
	}
	return 0;
}

static bool put_mppe(struct nlmsghdr *msg, size_t room, uint16_t type,
		     const struct nl_mppe *mppe)
{
	struct nlattr *nest;

	if (!key_len(mppe->bits))
		return false;
	nest = mnl_attr_nest_start_check(msg, room, type);
	if (!nest ||
	    !mnl_attr_put_u32_check(msg, room, KPPTP_A_MPPE_BITS, mppe->bits) ||
	    !mnl_attr_put_u8_check(msg, room, KPPTP_A_MPPE_STATELESS, mppe->stateless) ||
	    !mnl_attr_put_check(msg, room, KPPTP_A_MPPE_KEY, key_len(mppe->bits), mppe->key))
		return false;
	if (mppe->compress && !mnl_attr_put_check(msg, room, KPPTP_A_MPPE_COMPRESS, 0, NULL))
		return false;
	mnl_attr_nest_end(msg, nest);
	return true;
}

static size_t address_size(uint8_t family)
{
	return family == AF_INET ? 4 : 16;
}

static bool put_prefix(struct nlmsghdr *msg, size_t room, const struct nl_inner *inner)
{
	struct nlattr *nest = mnl_attr_nest_start_check(msg, room, KPPTP_A_SESSION_INNER);

	if (!nest || !mnl_attr_put_check(msg, room, KPPTP_A_INNER_ADDRESS,
					 address_size(inner->prefix.address.family),
					 inner->prefix.address.octets) ||
	    !mnl_attr_put_u8_check(msg, room, KPPTP_A_INNER_PREFIX_LENGTH, inner->prefix.bits))
		return false;
	if (inner->flags &&
	    !mnl_attr_put_u32_check(msg, room, KPPTP_A_INNER_FLAGS, inner->flags))
		return false;
	mnl_attr_nest_end(msg, nest);
	return true;
}

static bool put_inner(struct nlmsghdr *msg, size_t room, const struct nl_session *session)
{
	unsigned int i;

	for (i = 0; i < session->inner_count; i++) {
		if (!put_prefix(msg, room, &session->inner[i]))
			return false;
	}
	return true;
}

static bool put_field(struct nlmsghdr *msg, size_t room, uint16_t type,
		      const struct nl_session *session)
{
	const struct field *field = &fields[type];
	const uint8_t *member = (const uint8_t *)session + field->offset;

	switch (field->form) {
	case FORM_PLAIN:
		return mnl_attr_put_check(msg, room, type, field->size, member);
	case FORM_FLAG:
		return !*(const bool *)member || mnl_attr_put_check(msg, room, type, 0, NULL);
	case FORM_MPPE:
		return put_mppe(msg, room, type, (const struct nl_mppe *)member);
	case FORM_INNER:
		return put_inner(msg, room, session);
	case FORM_NONE:
	case FORM_COUNTERS:
		break;
	}
	return false;
}

struct nlmsghdr *kmsg_session(void *buf, size_t room, uint16_t family, int cmd,
			      bool dump, const struct nl_session *session)
{
	struct nlmsghdr *msg = begin(buf, room, family, cmd, dump ? NLM_F_DUMP : 0);
	uint16_t type;

	if (!msg)
		return NULL;
	for (type = 1; type <= KPPTP_A_SESSION_MAX; type++) {
		if (session->given & NL_GIVEN(type) &&
		    !put_field(msg, room, type, session))
			return NULL;
	}
	return session->given >> (KPPTP_A_SESSION_MAX + 1) ? NULL : msg;
}

struct nlmsghdr *kmsg_frame_send(void *buf, size_t room, uint16_t family,
				 uint32_t id, const uint8_t *frame, size_t len)
{
	struct nlmsghdr *msg = begin(buf, room, family, KPPTP_CMD_FRAME_SEND, 0);

	if (!msg || len > KPPTP_FRAME_MAX ||
	    !mnl_attr_put_u32_check(msg, room, KPPTP_A_SESSION_ID, id) ||
	    !mnl_attr_put_check(msg, room, KPPTP_A_SESSION_FRAME, len, frame))
		return NULL;
	return msg;
}

struct nlmsghdr *kmsg_totals_get(void *buf, size_t room, uint16_t family)
{
	return begin(buf, room, family, KPPTP_CMD_TOTALS_GET, 0);
}

static int parse_mppe(const struct attr *nest, struct nl_mppe *mppe)
{
	struct attr_walk walk = attr_walk_nest(nest);
	uint8_t stateless = 0;
	bool compress = false;
	uint32_t bits = 0;
	struct attr attr;
	int ret;

	while ((ret = attr_next(&walk, &attr)) > 0) {
		if (attr.type == KPPTP_A_MPPE_BITS)
			ret = attr_copy(&attr, &bits, sizeof(bits));
		else if (attr.type == KPPTP_A_MPPE_STATELESS)
			ret = attr_copy(&attr, &stateless, sizeof(stateless));
		else if (attr.type == KPPTP_A_MPPE_COMPRESS)
			compress = true;
		if (ret < 0)
			return ret;
	}
	mppe->bits = bits;
	mppe->stateless = stateless;
	mppe->compress = compress;
	return ret ? ret : key_len(bits) ? 0 : -EBADMSG;
}

static int parse_address(const struct attr *attr, struct rtroute_address *address)
{
	address->family = attr->len == 4 ? AF_INET : AF_INET6;
	return attr_copy(attr, address->octets, address_size(address->family));
}

static int parse_prefix(const struct attr *nest, struct nl_inner *inner)
{
	struct attr_walk walk = attr_walk_nest(nest);
	struct attr attr;
	int ret;

	memset(inner, 0, sizeof(*inner));
	while ((ret = attr_next(&walk, &attr)) > 0) {
		if (attr.type == KPPTP_A_INNER_PREFIX_LENGTH)
			ret = attr_copy(&attr, &inner->prefix.bits, sizeof(inner->prefix.bits));
		else if (attr.type == KPPTP_A_INNER_FLAGS)
			ret = attr_copy(&attr, &inner->flags, sizeof(inner->flags));
		else if (attr.type == KPPTP_A_INNER_ADDRESS)
			ret = parse_address(&attr, &inner->prefix.address);
		if (ret < 0)
			return ret;
	}
	if (ret || !inner->prefix.address.family ||
	    inner->prefix.bits > 8 * address_size(inner->prefix.address.family))
		return -EBADMSG;
	return 0;
}

/* A newer module may have more of them than we can tell of. */
static int parse_inner(const struct attr *nest, struct nl_session *session)
{
	if (session->inner_count == KPPTP_INNER_MAX)
		return 0;
	return parse_prefix(nest, &session->inner[session->inner_count++]);
}

_Static_assert((int)KPPTP_A_STATS_PAD == (int)KPPTP_A_DROPS_PAD,
	       "one parser reads both kinds of counters");

static int parse_counters(const struct attr *nest, uint64_t *counters, size_t max)
{
	struct attr_walk walk = attr_walk_nest(nest);
	struct attr attr;
	int ret;

	while ((ret = attr_next(&walk, &attr)) > 0) {
		if (attr.type <= KPPTP_A_STATS_PAD || attr.type > max)
			continue;
		ret = attr_copy(&attr, &counters[attr.type], sizeof(*counters));
		if (ret)
			return ret;
	}
	return ret;
}

static int parse_field(const struct attr *attr, struct nl_session *session)
{
	const struct field *field = &fields[attr->type];
	uint8_t *member = (uint8_t *)session + field->offset;

	switch (field->form) {
	case FORM_NONE:
		return 0;
	case FORM_PLAIN:
		return attr_copy(attr, member, field->size);
	case FORM_FLAG:
		*(bool *)member = true;
		return 0;
	case FORM_MPPE:
		return parse_mppe(attr, (struct nl_mppe *)member);
	case FORM_INNER:
		return parse_inner(attr, session);
	case FORM_COUNTERS:
		return parse_counters(attr, (uint64_t *)member, field->size);
	}
	return 0;
}

int kmsg_session_parse(const struct nlmsghdr *msg, size_t len,
		       struct nl_session *session)
{
	struct attr_walk walk;
	struct attr attr;
	int ret;

	memset(session, 0, sizeof(*session));
	ret = attr_walk_message(&walk, msg, len, KMSG_HEADER);
	if (ret)
		return ret;
	while ((ret = attr_next(&walk, &attr)) > 0) {
		if (!attr.type || attr.type > KPPTP_A_SESSION_MAX)
			continue;
		ret = parse_field(&attr, session);
		if (ret)
			return ret;
		session->given |= NL_GIVEN(attr.type);
	}
	return ret;
}

int kmsg_totals_parse(const struct nlmsghdr *msg, size_t len,
		      struct nl_totals *totals)
{
	struct attr_walk walk;
	struct attr attr;
	int ret;

	memset(totals, 0, sizeof(*totals));
	ret = attr_walk_message(&walk, msg, len, KMSG_HEADER);
	if (ret)
		return ret;
	while ((ret = attr_next(&walk, &attr)) > 0) {
		if (attr.type == KPPTP_A_TOTALS_SESSIONS)
			ret = attr_copy(&attr, &totals->sessions, sizeof(totals->sessions));
		else if (attr.type == KPPTP_A_TOTALS_DROPS)
			ret = parse_counters(&attr, totals->drops, KPPTP_A_DROPS_MAX);
		if (ret < 0)
			return ret;
	}
	return ret;
}

/* The attributes that are of no use in a report about a session. */
static int parse_event_attrs(const struct nlmsghdr *msg, size_t len,
			     struct nl_event *event)
{
	uint32_t value[2] = { 0 };
	struct attr_walk walk;
	struct attr attr;
	int ret;

	ret = attr_walk_message(&walk, msg, len, KMSG_HEADER);
	while (!ret && (ret = attr_next(&walk, &attr)) > 0) {
		ret = 0;
		if (attr.type == KPPTP_A_SESSION_REASON)
			ret = attr_copy(&attr, &value[0], sizeof(value[0]));
		else if (attr.type == KPPTP_A_SESSION_DESYNC)
			ret = attr_copy(&attr, &value[1], sizeof(value[1]));
		if (attr.type == KPPTP_A_SESSION_FRAME) {
			event->frame = attr.data;
			event->frame_len = attr.len;
		}
	}
	event->reason = value[0];
	event->desync = value[1];
	event->mtu = event->session.mtu;
	return ret;
}

/* What an event of this kind cannot be without; 0: not an event. */
static uint64_t event_needs(int cmd)
{
	switch (cmd) {
	case KPPTP_CMD_FRAME_RECEIVED:
		return NL_GIVEN(KPPTP_A_SESSION_ID) | NL_GIVEN(KPPTP_A_SESSION_FRAME);
	case KPPTP_CMD_SESSION_CREATED:
	case KPPTP_CMD_FIRST_DATA:
	case KPPTP_CMD_DEMAND:
		return NL_GIVEN(KPPTP_A_SESSION_ID);
	case KPPTP_CMD_SESSION_DELETED:
		return NL_GIVEN(KPPTP_A_SESSION_ID) | NL_GIVEN(KPPTP_A_SESSION_REASON);
	case KPPTP_CMD_MTU_CHANGED:
		return NL_GIVEN(KPPTP_A_SESSION_ID) | NL_GIVEN(KPPTP_A_SESSION_MTU);
	case KPPTP_CMD_DESYNC:
		return NL_GIVEN(KPPTP_A_SESSION_ID) | NL_GIVEN(KPPTP_A_SESSION_DESYNC);
	case KPPTP_CMD_RELAY_ENDED:
		return NL_GIVEN(KPPTP_A_SESSION_ID) | NL_GIVEN(KPPTP_A_SESSION_RELAY);
	}
	return 0;
}

int kmsg_event_parse(const struct nlmsghdr *msg, size_t len,
		     struct nl_event *event)
{
	const struct genlmsghdr *header;
	uint64_t needs;
	int ret;

	memset(event, 0, sizeof(*event));
	ret = kmsg_session_parse(msg, len, &event->session);
	if (!ret)
		ret = parse_event_attrs(msg, len, event);
	if (ret)
		return ret;
	header = mnl_nlmsg_get_payload(msg);
	event->cmd = header->cmd;
	needs = event_needs(event->cmd);
	if (!needs)
		return -ENOMSG;
	if ((event->session.given & needs) != needs)
		return -EBADMSG;
	/* A PPP frame has at least its protocol field. */
	if (event->frame && (event->frame_len < 2 || event->frame_len > KPPTP_FRAME_MAX))
		return -EBADMSG;
	return 0;
}
