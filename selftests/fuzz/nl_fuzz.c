// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What comes out of a netlink socket: the first octet chooses the parser, the
 * rest is a message whose length field is made to fit.
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <linux/genetlink.h>
#include <linux/netlink.h>

#include "fuzz.h"
#include "nl/extack.h"
#include "nl/kmsg.h"
#include "nl/rtmsg.h"

static void must(bool truth)
{
	if (!truth)
		abort();
}

static void parse_event(const struct nlmsghdr *msg, size_t len)
{
	struct nl_event event;

	if (kmsg_event_parse(msg, len, &event))
		return;
	must(event.session.given & NL_GIVEN(KPPTP_A_SESSION_ID));
	must((event.cmd == KPPTP_CMD_FRAME_RECEIVED) <= !!event.frame);
	must(!event.frame || (event.frame >= (const uint8_t *)msg &&
			      event.frame + event.frame_len <= (const uint8_t *)msg + len));
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
	struct nl_session session;
	struct nl_totals totals;
	struct rtmsg_link link;
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
		kmsg_session_parse(msg, len, &session);
		break;
	case 1:
		kmsg_totals_parse(msg, len, &totals);
		break;
	case 2:
		parse_event(msg, len);
		break;
	case 3:
		if (!rtmsg_link_parse(msg, len, &link))
			must(link.name[0]);
		break;
	case 4:
		parse_ack(msg, len);
		break;
	}
	free(msg);
	return 0;
}
