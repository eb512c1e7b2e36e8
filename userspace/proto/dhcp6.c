// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "dhcp6.h"
#include "lib/bytes.h"

/* RFC 8415 section 21 */
#define DHCP6_OPT_RELAY_MSG	9
#define DHCP6_OPT_STATUS	13
#define DHCP6_OPT_INTERFACE_ID	18
#define DHCP6_OPT_IA_PD		25
#define DHCP6_OPT_IAPREFIX	26

#define DHCP6_IA_PD_FIXED	12	/* IAID, T1, T2 */
#define DHCP6_STATUS_SUCCESS	0

struct dhcp6_option {
	uint16_t code;
	struct reader data;
};

/* The next option; false at the end, and with @r bad when that is not where it should be. */
static bool dhcp6_next(struct reader *r, struct dhcp6_option *option)
{
	const uint8_t *data;
	uint16_t len;

	if (r->bad || !r->left)
		return false;
	option->code = reader_u16(r);
	len = reader_u16(r);
	data = reader_take(r, len);
	option->data = reader_of(data, data ? len : 0);
	return data;
}

/* Whether a Status Code among @options, which have been checked, is a failure. */
static bool dhcp6_failed(struct reader options)
{
	struct dhcp6_option option;

	while (dhcp6_next(&options, &option)) {
		if (option.code == DHCP6_OPT_STATUS &&
		    reader_u16(&option.data) != DHCP6_STATUS_SUCCESS)
			return true;
	}
	return false;
}

/* Every option is where its length says, and a Status Code has its number. */
static bool dhcp6_whole(struct reader options)
{
	struct dhcp6_option option;

	while (dhcp6_next(&options, &option)) {
		if (option.code == DHCP6_OPT_STATUS && option.data.left < 2)
			return false;
	}
	return !options.bad;
}

/* Bits after the first @bits say nothing (section 21.22). */
static void dhcp6_mask(struct in6_addr *address, unsigned int bits)
{
	unsigned int i;

	for (i = 0; i < sizeof(address->s6_addr); i++) {
		unsigned int kept = bits > 8 * i ? bits - 8 * i : 0;

		if (kept < 8)
			address->s6_addr[i] &= (uint8_t)(0xff00 >> kept);
	}
}

static bool dhcp6_iaprefix(struct reader *r, struct dhcp6_message *msg)
{
	struct dhcp6_prefix prefix = { 0 };
	const uint8_t *address;

	reader_u32(r);
	prefix.valid = reader_u32(r);
	prefix.bits = reader_u8(r);
	address = reader_take(r, sizeof(prefix.prefix));
	if (!address || prefix.bits > 128 || !dhcp6_whole(*r))
		return false;
	if (dhcp6_failed(*r) || msg->prefix_n == DHCP6_PREFIXES_MAX)
		return true;
	memcpy(&prefix.prefix, address, sizeof(prefix.prefix));
	dhcp6_mask(&prefix.prefix, prefix.bits);
	msg->prefix[msg->prefix_n++] = prefix;
	return true;
}

/* An IA with a failure gives nothing, as with NoBinding for a Renew. */
static bool dhcp6_ia_pd(struct reader *r, struct dhcp6_message *msg)
{
	struct dhcp6_option option;
	bool failed;

	if (!reader_take(r, DHCP6_IA_PD_FIXED) || !dhcp6_whole(*r))
		return false;
	failed = dhcp6_failed(*r);
	while (!failed && dhcp6_next(r, &option)) {
		if (option.code == DHCP6_OPT_IAPREFIX && !dhcp6_iaprefix(&option.data, msg))
			return false;
	}
	return true;
}

static bool dhcp6_parse(const uint8_t *data, size_t len, struct dhcp6_message *msg)
{
	struct reader r = reader_of(data, len);
	struct dhcp6_option option;
	uint32_t head;
	bool failed;

	memset(msg, 0, sizeof(*msg));
	if (len > DHCP6_MESSAGE_MAX)
		return false;
	head = reader_u32(&r);
	msg->type = (enum dhcp6_type)(head >> 24);
	msg->xid = head & 0xffffff;
	if (r.bad || !dhcp6_whole(r))
		return false;
	failed = dhcp6_failed(r);
	while (!failed && dhcp6_next(&r, &option)) {
		if (option.code == DHCP6_OPT_IA_PD && !dhcp6_ia_pd(&option.data, msg))
			return false;
	}
	return true;
}

bool dhcp6_from_client(const uint8_t *data, size_t len, struct dhcp6_message *msg)
{
	if (!dhcp6_parse(data, len, msg))
		return false;
	switch (msg->type) {
	case DHCP6_SOLICIT:
	case DHCP6_REQUEST:
	case DHCP6_CONFIRM:
	case DHCP6_RENEW:
	case DHCP6_REBIND:
	case DHCP6_RELEASE:
	case DHCP6_DECLINE:
	case DHCP6_INFORMATION_REQUEST:
		return true;
	case DHCP6_ADVERTISE:
	case DHCP6_REPLY:
	case DHCP6_RECONFIGURE:
	case DHCP6_RELAY_FORWARD:
	case DHCP6_RELAY_REPLY:
		break;
	}
	return false;
}

bool dhcp6_from_server(const uint8_t *data, size_t len, struct dhcp6_message *msg)
{
	return dhcp6_parse(data, len, msg) &&
	       (msg->type == DHCP6_ADVERTISE || msg->type == DHCP6_REPLY ||
		msg->type == DHCP6_RECONFIGURE);
}

bool dhcp6_assigns(enum dhcp6_type type)
{
	return type == DHCP6_SOLICIT || type == DHCP6_REQUEST || type == DHCP6_RENEW ||
	       type == DHCP6_REBIND;
}

static void dhcp6_put(struct writer *w, uint16_t code, const uint8_t *data, size_t len)
{
	writer_u16(w, code);
	writer_u16(w, (uint16_t)len);
	writer_put(w, data, len);
}

size_t dhcp6_relay_forward(const struct dhcp6_relayed *relay, uint8_t out[DHCP6_RELAY_MAX])
{
	struct writer w = writer_of(out, DHCP6_RELAY_MAX);

	writer_u8(&w, DHCP6_RELAY_FORWARD);
	writer_u8(&w, 0);
	writer_put(&w, &relay->link, sizeof(relay->link));
	writer_put(&w, &relay->peer, sizeof(relay->peer));
	dhcp6_put(&w, DHCP6_OPT_INTERFACE_ID, relay->interface, relay->interface_len);
	dhcp6_put(&w, DHCP6_OPT_RELAY_MSG, relay->message, relay->message_len);
	return w.len;
}

bool dhcp6_relay_reply(const uint8_t *data, size_t len, struct dhcp6_relayed *relay)
{
	struct reader r = reader_of(data, len);
	struct dhcp6_option option;
	const uint8_t *link, *peer;
	uint8_t type;

	memset(relay, 0, sizeof(*relay));
	type = reader_u8(&r);
	reader_u8(&r);
	link = reader_take(&r, sizeof(relay->link));
	peer = reader_take(&r, sizeof(relay->peer));
	if (!peer || type != DHCP6_RELAY_REPLY)
		return false;
	memcpy(&relay->link, link, sizeof(relay->link));
	memcpy(&relay->peer, peer, sizeof(relay->peer));
	while (dhcp6_next(&r, &option)) {
		if (option.code == DHCP6_OPT_INTERFACE_ID) {
			relay->interface = option.data.p;
			relay->interface_len = option.data.left;
		} else if (option.code == DHCP6_OPT_RELAY_MSG) {
			relay->message = option.data.p;
			relay->message_len = option.data.left;
		}
	}
	return !r.bad && relay->interface && relay->message;
}
