// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What comes out of a netlink socket: the first octet chooses the parser, the
 * rest is a message whose length field is made to fit. What was read can be
 * written as a request where requests have it, and is the same again.
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <linux/genetlink.h>
#include <linux/netlink.h>

#include "fuzz.h"
#include "nl/extack.h"
#include "nl/kmsg.h"
#include "nl/names.h"
#include "nl/rtmsg.h"

static void must(bool truth)
{
	if (!truth)
		abort();
}

static void parse_session(const struct nlmsghdr *msg, size_t len)
{
	uint8_t buf[KMSG_ROOM] __attribute__((aligned(8)));
	struct nl_session session, again;
	struct nlmsghdr *request;

	if (kmsg_session_parse(msg, len, &session))
		return;
	must(session.inner_count <= KPPTP_INNER_MAX);
	session.given &= ~(NL_GIVEN(KPPTP_A_SESSION_STATS) | NL_GIVEN(KPPTP_A_SESSION_DROPS));
	request = kmsg_session(buf, sizeof(buf), 20, KPPTP_CMD_SESSION_SET, false, &session);
	if (!request)
		return;
	must(request->nlmsg_len <= sizeof(buf));
	must(!kmsg_session_parse(request, request->nlmsg_len, &again));
	must(again.given == session.given && again.inner_count == session.inner_count);
	must(!(session.given & NL_GIVEN(KPPTP_A_SESSION_ID)) || again.id == session.id);
}

/* Names of numbers that exist, and of those that do not. */
static void check_names(uint8_t number)
{
	must(names_reason(number) && names_desync(number));
	must(!names_flag(number) || names_flag(number)[0]);
	must(!names_status(number) || names_status(number)[0]);
	must(!names_session(number) || names_session(number)[0]);
	must(!names_mppe(number) || names_mppe(number)[0]);
	must(!names_stats(number) || names_stats(number)[0]);
	must(!names_drops(number) || names_drops(number)[0]);
}

static void parse_event(const struct nlmsghdr *msg, size_t len)
{
	struct nl_event event;

	if (kmsg_event_parse(msg, len, &event))
		return;
	check_names((uint8_t)event.session.id);
	must(event.session.given & NL_GIVEN(KPPTP_A_SESSION_ID));
	must((event.cmd == KPPTP_CMD_FRAME_RECEIVED) <= !!event.frame);
	must(!event.frame || (event.frame >= (const uint8_t *)msg &&
			      event.frame + event.frame_len <= (const uint8_t *)msg + len));
}

/* Requests about the device that was told of. */
static void parse_link(const struct nlmsghdr *msg, size_t len)
{
	uint8_t buf[RTMSG_ROOM] __attribute__((aligned(8)));
	struct rtmsg_address6 address6 = { .prefix = 128 };
	struct rtmsg_address address = { .prefix = 32 };
	struct rtmsg_change change = { .set_up = true };
	struct rtmsg_link link;
	bool good;

	if (rtmsg_link_parse(msg, len, &link))
		return;
	good = link.ifindex <= INT32_MAX;
	must(link.name[0] && memchr(link.name, '\0', sizeof(link.name)));
	must(memchr(link.kind, '\0', sizeof(link.kind)));
	change.name = link.name;
	change.mtu = link.mtu;
	change.up = link.up;
	address.ifindex = link.ifindex;
	address6.ifindex = link.ifindex;
	must(rtmsg_link_new(buf, sizeof(buf), link.name, link.kind));
	must(rtmsg_link_get(buf, sizeof(buf), link.name));
	must(!!rtmsg_link_get_index(buf, sizeof(buf), link.ifindex) == good);
	must(!!rtmsg_link_set(buf, sizeof(buf), link.ifindex, &change) == good);
	must(!!rtmsg_link_del(buf, sizeof(buf), link.ifindex) == good);
	must(rtmsg_address_new(buf, sizeof(buf), &address));
	must(rtmsg_address_del(buf, sizeof(buf), &address));
	must(rtmsg_address6_new(buf, sizeof(buf), &address6));
	must(rtmsg_address6_del(buf, sizeof(buf), &address6));
	must(!!rtmsg_proxy_new(buf, sizeof(buf), link.ifindex, address.local) == good);
	must(!!rtmsg_proxy_del(buf, sizeof(buf), link.ifindex, address.local) == good);
}

static void parse_ack(const struct nlmsghdr *msg, size_t len)
{
	/* The request is half of the input, so that offsets may hit it. */
	size_t half = len / 2 & ~3u;
	struct nlmsghdr *request;
	struct nl_error err;

	if (half < sizeof(*request))
		return;
	request = malloc(half);
	must(request);
	memcpy(request, msg, half);
	request->nlmsg_len = half;
	if (extack_parse(msg, len, request, GENL_HDRLEN, &err))
		must(err.err > 0 && err.text[0]);
	free(request);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct nl_totals totals;
	struct nlmsghdr *msg;
	size_t len = size - 1;

	if (size < 1 + sizeof(*msg))
		return 0;
	msg = malloc(len);
	must(msg);
	memcpy(msg, data + 1, len);
	if (data[0] & 0x80)
		msg->nlmsg_len = len;
	switch (data[0] % 5) {
	case 0:
		parse_session(msg, len);
		break;
	case 1:
		kmsg_totals_parse(msg, len, &totals);
		break;
	case 2:
		parse_event(msg, len);
		break;
	case 3:
		parse_link(msg, len);
		break;
	case 4:
		parse_ack(msg, len);
		break;
	}
	free(msg);
	return 0;
}
