/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * All control messages of RFC 2637 as octets, laid out by hand from section 2,
 * and what they say. One call: the PNS has call ID 0x2961, the PAC 0x0002. The
 * first and the seventh have the values that Windows XP and 10 are seen to send.
 * Octets that are not named are zero.
 */
#ifndef KPPTP_VECTORS_PPTP_MESSAGES_H
#define KPPTP_VECTORS_PPTP_MESSAGES_H

#include "proto/pptp_msg.h"

static const struct pptp_vector {
	const char *name;
	size_t len;
	uint8_t wire[PPTP_MSG_MAX];
	struct pptp_msg msg;
} pptp_vectors[] = {
	{
		.name = "start-control-connection-request-winxp",
		.len = 156,
		.wire = {
			[1] = 0x9c, 0x00, 0x01, 0x1a, 0x2b, 0x3c, 0x4d, 0x00,
				0x01,
			[12] = 0x01,
			[19] = 0x01,
			[23] = 0x01,
			[26] = 0x0a, 0x28,
			[92] = 0x4d, 0x69, 0x63, 0x72, 0x6f, 0x73, 0x6f, 0x66,
				0x74, 0x20, 0x57, 0x69, 0x6e, 0x64, 0x6f, 0x77,
				0x73, 0x20, 0x4e, 0x54,
		},
		.msg = {
			.type = PPTP_START_REQUEST,
			.start = {
				.version = 0x0100, .framing = 1, .bearer = 1,
				.channels = 0, .firmware = 2600,
				.host = "", .vendor = "Microsoft Windows NT",
			},
		},
	},
	{
		.name = "start-control-connection-reply",
		.len = 156,
		.wire = {
			[1] = 0x9c, 0x00, 0x01, 0x1a, 0x2b, 0x3c, 0x4d, 0x00,
				0x02,
			[12] = 0x01, 0x00, 0x01,
			[19] = 0x03,
			[23] = 0x03, 0x00, 0x01, 0x00, 0x01, 0x73, 0x65, 0x72,
				0x76, 0x65, 0x72, 0x2e, 0x65, 0x78, 0x61, 0x6d,
				0x70, 0x6c, 0x65,
			[92] = 0x65, 0x78, 0x61, 0x6d, 0x70, 0x6c, 0x65,
		},
		.msg = {
			.type = PPTP_START_REPLY,
			.start = {
				.version = 0x0100, .result = 1, .error = 0,
				.framing = 3, .bearer = 3,
				.channels = 1, .firmware = 1,
				.host = "server.example", .vendor = "example",
			},
		},
	},
	{
		.name = "stop-control-connection-request",
		.len = 16,
		.wire = {
			[1] = 0x10, 0x00, 0x01, 0x1a, 0x2b, 0x3c, 0x4d, 0x00,
				0x03,
			[12] = 0x01,
		},
		.msg = {
			.type = PPTP_STOP_REQUEST,
			.stop = {
				.reason = 1,
			},
		},
	},
	{
		.name = "stop-control-connection-reply",
		.len = 16,
		.wire = {
			[1] = 0x10, 0x00, 0x01, 0x1a, 0x2b, 0x3c, 0x4d, 0x00,
				0x04,
			[12] = 0x01,
		},
		.msg = {
			.type = PPTP_STOP_REPLY,
			.stop = {
				.result = 1,
			},
		},
	},
	{
		.name = "echo-request",
		.len = 16,
		.wire = {
			[1] = 0x10, 0x00, 0x01, 0x1a, 0x2b, 0x3c, 0x4d, 0x00,
				0x05,
			[15] = 0x01,
		},
		.msg = {
			.type = PPTP_ECHO_REQUEST,
			.echo = {
				.id = 1,
			},
		},
	},
	{
		.name = "echo-reply",
		.len = 20,
		.wire = {
			[1] = 0x14, 0x00, 0x01, 0x1a, 0x2b, 0x3c, 0x4d, 0x00,
				0x06,
			[15] = 0x01, 0x01,
		},
		.msg = {
			.type = PPTP_ECHO_REPLY,
			.echo = {
				.id = 1, .result = 1,
			},
		},
	},
	{
		.name = "outgoing-call-request-win10",
		.len = 168,
		.wire = {
			[1] = 0xa8, 0x00, 0x01, 0x1a, 0x2b, 0x3c, 0x4d, 0x00,
				0x07,
			[12] = 0x29, 0x61, 0x00, 0x02,
			[18] = 0x01, 0x2c, 0x05, 0xf5, 0xe1,
			[27] = 0x03,
			[31] = 0x03, 0x00, 0x40,
		},
		.msg = {
			.type = PPTP_OUTGOING_CALL_REQUEST,
			.outgoing_request = {
				.call_id = 0x2961, .serial = 2,
				.min_speed = 300, .max_speed = 100000000,
				.bearer = 3, .framing = 3,
				.window = 64, .delay = 0, .phone_len = 0,
			},
		},
	},
	{
		.name = "outgoing-call-reply",
		.len = 32,
		.wire = {
			[1] = 0x20, 0x00, 0x01, 0x1a, 0x2b, 0x3c, 0x4d, 0x00,
				0x08,
			[13] = 0x02, 0x29, 0x61, 0x01,
			[20] = 0x05, 0xf5, 0xe1,
			[25] = 0x40,
		},
		.msg = {
			.type = PPTP_OUTGOING_CALL_REPLY,
			.outgoing_reply = {
				.call_id = 2, .peer_call_id = 0x2961,
				.result = 1, .speed = 100000000, .window = 64,
			},
		},
	},
	{
		.name = "incoming-call-request",
		.len = 220,
		.wire = {
			[1] = 0xdc, 0x00, 0x01, 0x1a, 0x2b, 0x3c, 0x4d, 0x00,
				0x09,
			[12] = 0x01, 0x01, 0x00, 0x01,
			[19] = 0x01,
			[25] = 0x04, 0x00, 0x04, 0x31, 0x32, 0x33, 0x34,
			[92] = 0x35, 0x36, 0x37, 0x38,
		},
		.msg = {
			.type = PPTP_INCOMING_CALL_REQUEST,
			.incoming_request = {
				.call_id = 0x0101, .serial = 1,
				.bearer = 1, .channel = 0,
				.dialed_len = 4, .dialing_len = 4,
				.dialed = "1234", .dialing = "5678",
			},
		},
	},
	{
		.name = "incoming-call-reply",
		.len = 24,
		.wire = {
			[1] = 0x18, 0x00, 0x01, 0x1a, 0x2b, 0x3c, 0x4d, 0x00,
				0x0a,
			[12] = 0x02, 0x02, 0x01, 0x01, 0x01,
			[19] = 0x40,
		},
		.msg = {
			.type = PPTP_INCOMING_CALL_REPLY,
			.incoming_reply = {
				.call_id = 0x0202, .peer_call_id = 0x0101,
				.result = 1, .window = 64,
			},
		},
	},
	{
		.name = "incoming-call-connected",
		.len = 28,
		.wire = {
			[1] = 0x1c, 0x00, 0x01, 0x1a, 0x2b, 0x3c, 0x4d, 0x00,
				0x0b,
			[12] = 0x02, 0x02,
			[18] = 0xfa,
			[21] = 0x40,
			[27] = 0x02,
		},
		.msg = {
			.type = PPTP_INCOMING_CALL_CONNECTED,
			.incoming_connected = {
				.peer_call_id = 0x0202, .speed = 64000,
				.window = 64, .framing = 2,
			},
		},
	},
	{
		.name = "call-clear-request",
		.len = 16,
		.wire = {
			[1] = 0x10, 0x00, 0x01, 0x1a, 0x2b, 0x3c, 0x4d, 0x00,
				0x0c,
			[12] = 0x29, 0x61,
		},
		.msg = {
			.type = PPTP_CALL_CLEAR_REQUEST,
			.clear = {
				.call_id = 0x2961,
			},
		},
	},
	{
		.name = "call-disconnect-notify",
		.len = 148,
		.wire = {
			[1] = 0x94, 0x00, 0x01, 0x1a, 0x2b, 0x3c, 0x4d, 0x00,
				0x0d,
			[13] = 0x02, 0x04,
		},
		.msg = {
			.type = PPTP_CALL_DISCONNECT_NOTIFY,
			.disconnect = {
				.call_id = 2, .result = 4,
			},
		},
	},
	{
		.name = "wan-error-notify",
		.len = 40,
		.wire = {
			[1] = 0x28, 0x00, 0x01, 0x1a, 0x2b, 0x3c, 0x4d, 0x00,
				0x0e,
			[12] = 0x29, 0x61,
			[19] = 0x01,
		},
		.msg = {
			.type = PPTP_WAN_ERROR_NOTIFY,
			.wan_error = {
				.peer_call_id = 0x2961, .crc = 1,
			},
		},
	},
	{
		.name = "set-link-info",
		.len = 24,
		.wire = {
			[1] = 0x18, 0x00, 0x01, 0x1a, 0x2b, 0x3c, 0x4d, 0x00,
				0x0f,
			[13] = 0x02,
			[16] = 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
		},
		.msg = {
			.type = PPTP_SET_LINK_INFO,
			.link_info = {
				.peer_call_id = 2,
				.send_accm = 0xffffffff, .receive_accm = 0xffffffff,
			},
		},
	},
};

#endif /* KPPTP_VECTORS_PPTP_MESSAGES_H */
