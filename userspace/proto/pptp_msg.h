/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Control messages of RFC 2637 section 2 between octets and host-order structs,
 * and the reader that cuts them out of a TCP stream.
 *
 * Every message begins with the same 12 octets, all integers big-endian:
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +-------------------------------+-------------------------------+
 *  0|            Length             |        PPTP type = 1          |
 *   +-------------------------------+-------------------------------+
 *  4|                 Magic cookie = 0x1A2B3C4D                     |
 *   +-------------------------------+-------------------------------+
 *  8|         Control type          |          Reserved0            |
 *   +-------------------------------+-------------------------------+
 *
 * The drawings below begin at octet 12. Reserved fields are sent as zero and
 * ignored when received, because Cisco fills Reserved0 and mpd accepts that.
 * Text is padded with zeros and need not be terminated on the wire.
 */
#ifndef PROTO_PPTP_MSG_H
#define PROTO_PPTP_MSG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/bytes.h"

#define PPTP_PORT		1723
#define PPTP_COOKIE		0x1a2b3c4du
#define PPTP_VERSION		0x0100
#define PPTP_HEADER_LEN		12
#define PPTP_NAME_LEN		64	/* host, vendor, numbers, subaddress */
#define PPTP_STATISTICS_LEN	128
#define PPTP_MSG_MAX		220	/* the longest message that RFC 2637 has */
#define PPTP_MSG_CAP		(PPTP_MSG_MAX + 64)	/* the longest that is read */

enum pptp_msg_type {
	PPTP_START_REQUEST = 1,		/* Start-Control-Connection-Request */
	PPTP_START_REPLY,		/* Start-Control-Connection-Reply */
	PPTP_STOP_REQUEST,		/* Stop-Control-Connection-Request */
	PPTP_STOP_REPLY,		/* Stop-Control-Connection-Reply */
	PPTP_ECHO_REQUEST,
	PPTP_ECHO_REPLY,
	PPTP_OUTGOING_CALL_REQUEST,
	PPTP_OUTGOING_CALL_REPLY,
	PPTP_INCOMING_CALL_REQUEST,
	PPTP_INCOMING_CALL_REPLY,
	PPTP_INCOMING_CALL_CONNECTED,
	PPTP_CALL_CLEAR_REQUEST,
	PPTP_CALL_DISCONNECT_NOTIFY,
	PPTP_WAN_ERROR_NOTIFY,
	PPTP_SET_LINK_INFO,
	PPTP_MSG_TYPES			/* one past the last */
};

/* Framing and bearer capabilities, either or both (sections 2.1 and 2.7). */
#define PPTP_FRAMING_ASYNC	1
#define PPTP_FRAMING_SYNC	2
#define PPTP_BEARER_ANALOG	1
#define PPTP_BEARER_DIGITAL	2

/* Result of Start-Control-Connection-Reply (section 2.2). */
#define PPTP_START_OK		1
#define PPTP_START_GENERAL	2
#define PPTP_START_EXISTS	3
#define PPTP_START_UNAUTHORISED	4
#define PPTP_START_VERSION	5

/* Reason of Stop-Control-Connection-Request (section 2.3). */
#define PPTP_STOP_NONE		1
#define PPTP_STOP_VERSION	2
#define PPTP_STOP_SHUTDOWN	3

/* Result of Stop-Control-Connection-Reply and Echo-Reply (2.4, 2.6). */
#define PPTP_RESULT_OK		1
#define PPTP_RESULT_GENERAL	2

/* Result of Outgoing-Call-Reply (section 2.8). */
#define PPTP_OUT_CONNECTED	1
#define PPTP_OUT_GENERAL	2
#define PPTP_OUT_NO_CARRIER	3
#define PPTP_OUT_BUSY		4
#define PPTP_OUT_NO_DIAL_TONE	5
#define PPTP_OUT_TIMEOUT	6
#define PPTP_OUT_REFUSED	7

/* Result of Incoming-Call-Reply (section 2.10). */
#define PPTP_IN_CONNECT		1
#define PPTP_IN_GENERAL		2
#define PPTP_IN_REFUSED		3

/* Result of Call-Disconnect-Notify (section 2.13). */
#define PPTP_END_CARRIER	1
#define PPTP_END_GENERAL	2
#define PPTP_END_ADMIN		3
#define PPTP_END_REQUEST	4

/* General error, with a result that says "general" (section 2.16). */
#define PPTP_ERROR_NONE		0
#define PPTP_ERROR_UNCONNECTED	1
#define PPTP_ERROR_FORMAT	2
#define PPTP_ERROR_VALUE	3
#define PPTP_ERROR_RESOURCE	4
#define PPTP_ERROR_CALL_ID	5
#define PPTP_ERROR_PAC		6

/*
 * Start-Control-Connection-Request (2.1) and -Reply (2.2), 156 octets:
 *
 *   +-------------------------------+-------------------------------+
 * 12|       Protocol version        | Reserved / Result   |  Error  |
 *   +-------------------------------+-------------------------------+
 * 16|                     Framing capabilities                      |
 * 20|                     Bearer capabilities                       |
 *   +-------------------------------+-------------------------------+
 * 24|       Maximum channels        |       Firmware revision       |
 *   +-------------------------------+-------------------------------+
 * 28|                     Host name (64 octets)                     |
 * 92|                   Vendor string (64 octets)                   |
 *   +---------------------------------------------------------------+
 *
 * @result and @error exist in the Reply alone, one octet each.
 */
struct pptp_start {
	uint16_t version;
	uint8_t result;
	uint8_t error;
	uint32_t framing;
	uint32_t bearer;
	uint16_t channels;
	uint16_t firmware;
	char host[PPTP_NAME_LEN + 1];
	char vendor[PPTP_NAME_LEN + 1];
};

/*
 * Stop-Control-Connection-Request (2.3) and -Reply (2.4), 16 octets:
 *
 *   +---------------+---------------+-------------------------------+
 * 12|Reason / Result|Reserved/Error |           Reserved            |
 *   +---------------+---------------+-------------------------------+
 */
struct pptp_stop {
	uint8_t reason;		/* Request */
	uint8_t result;		/* Reply */
	uint8_t error;		/* Reply */
};

/*
 * Echo-Request (2.5), 16 octets, and Echo-Reply (2.6), 20 octets:
 *
 *   +---------------------------------------------------------------+
 * 12|                          Identifier                           |
 *   +---------------+---------------+-------------------------------+
 * 16|    Result     |     Error     |           Reserved            | Reply
 *   +---------------+---------------+-------------------------------+
 */
struct pptp_echo {
	uint32_t id;
	uint8_t result;
	uint8_t error;
};

/*
 * Outgoing-Call-Request (2.7), 168 octets, from the PNS:
 *
 *   +-------------------------------+-------------------------------+
 * 12|        Call ID (PNS's)        |      Call serial number       |
 *   +-------------------------------+-------------------------------+
 * 16|                         Minimum bit/s                         |
 * 20|                         Maximum bit/s                         |
 * 24|                          Bearer type                          |
 * 28|                         Framing type                          |
 *   +-------------------------------+-------------------------------+
 * 32|        Receive window         |    Processing delay, 1/10 s   |
 *   +-------------------------------+-------------------------------+
 * 36|     Phone number length       |           Reserved            |
 *   +-------------------------------+-------------------------------+
 * 40|                   Phone number (64 octets)                    |
 *104|                    Subaddress (64 octets)                     |
 *   +---------------------------------------------------------------+
 *
 * @phone_len is the peer's word only; @phone is bounded by its field.
 */
struct pptp_outgoing_request {
	uint16_t call_id;
	uint16_t serial;
	uint32_t min_speed;
	uint32_t max_speed;
	uint32_t bearer;
	uint32_t framing;
	uint16_t window;
	uint16_t delay;
	uint16_t phone_len;
	char phone[PPTP_NAME_LEN + 1];
	char subaddress[PPTP_NAME_LEN + 1];
};

/*
 * Outgoing-Call-Reply (2.8), 32 octets, from the PAC:
 *
 *   +-------------------------------+-------------------------------+
 * 12|        Call ID (PAC's)        |     Peer's call ID (PNS's)    |
 *   +---------------+---------------+-------------------------------+
 * 16|    Result     |     Error     |      Cause code (Q.931)       |
 *   +---------------+---------------+-------------------------------+
 * 20|                     Connect speed, bit/s                      |
 *   +-------------------------------+-------------------------------+
 * 24|        Receive window         |    Processing delay, 1/10 s   |
 *   +-------------------------------+-------------------------------+
 * 28|                      Physical channel                         |
 *   +---------------------------------------------------------------+
 */
struct pptp_outgoing_reply {
	uint16_t call_id;
	uint16_t peer_call_id;
	uint8_t result;
	uint8_t error;
	uint16_t cause;
	uint32_t speed;
	uint16_t window;
	uint16_t delay;
	uint32_t channel;
};

/*
 * Incoming-Call-Request (2.9), 220 octets, from the PAC:
 *
 *   +-------------------------------+-------------------------------+
 * 12|        Call ID (PAC's)        |      Call serial number       |
 *   +-------------------------------+-------------------------------+
 * 16|                          Bearer type                          |
 * 20|                       Physical channel                        |
 *   +-------------------------------+-------------------------------+
 * 24|     Dialed number length      |     Dialing number length     |
 *   +-------------------------------+-------------------------------+
 * 28|                   Dialed number (64 octets)                   |
 * 92|                   Dialing number (64 octets)                  |
 *156|                    Subaddress (64 octets)                     |
 *   +---------------------------------------------------------------+
 */
struct pptp_incoming_request {
	uint16_t call_id;
	uint16_t serial;
	uint32_t bearer;
	uint32_t channel;
	uint16_t dialed_len;
	uint16_t dialing_len;
	char dialed[PPTP_NAME_LEN + 1];
	char dialing[PPTP_NAME_LEN + 1];
	char subaddress[PPTP_NAME_LEN + 1];
};

/*
 * Incoming-Call-Reply (2.10), 24 octets, from the PNS:
 *
 *   +-------------------------------+-------------------------------+
 * 12|        Call ID (PNS's)        |     Peer's call ID (PAC's)    |
 *   +---------------+---------------+-------------------------------+
 * 16|    Result     |     Error     |        Receive window         |
 *   +---------------+---------------+-------------------------------+
 * 20|   Processing delay, 1/10 s    |           Reserved            |
 *   +-------------------------------+-------------------------------+
 */
struct pptp_incoming_reply {
	uint16_t call_id;
	uint16_t peer_call_id;
	uint8_t result;
	uint8_t error;
	uint16_t window;
	uint16_t delay;
};

/*
 * Incoming-Call-Connected (2.11), 28 octets, from the PAC:
 *
 *   +-------------------------------+-------------------------------+
 * 12|     Peer's call ID (PNS's)    |           Reserved            |
 *   +-------------------------------+-------------------------------+
 * 16|                     Connect speed, bit/s                      |
 *   +-------------------------------+-------------------------------+
 * 20|        Receive window         |    Processing delay, 1/10 s   |
 *   +-------------------------------+-------------------------------+
 * 24|                         Framing type                          |
 *   +---------------------------------------------------------------+
 */
struct pptp_incoming_connected {
	uint16_t peer_call_id;
	uint32_t speed;
	uint16_t window;
	uint16_t delay;
	uint32_t framing;
};

/*
 * Call-Clear-Request (2.12), 16 octets, from the PNS:
 *
 *   +-------------------------------+-------------------------------+
 * 12|        Call ID (PNS's)        |           Reserved            |
 *   +-------------------------------+-------------------------------+
 */
struct pptp_clear {
	uint16_t call_id;
};

/*
 * Call-Disconnect-Notify (2.13), 148 octets, from the PAC:
 *
 *   +-------------------------------+---------------+---------------+
 * 12|        Call ID (PAC's)        |    Result     |     Error     |
 *   +-------------------------------+---------------+---------------+
 * 16|      Cause code (Q.931)       |           Reserved            |
 *   +-------------------------------+-------------------------------+
 * 20|                 Call statistics (128 octets)                  |
 *   +---------------------------------------------------------------+
 */
struct pptp_disconnect {
	uint16_t call_id;
	uint8_t result;
	uint8_t error;
	uint16_t cause;
	char statistics[PPTP_STATISTICS_LEN + 1];
};

/*
 * WAN-Error-Notify (2.14), 40 octets, from the PAC; counts since the call began:
 *
 *   +-------------------------------+-------------------------------+
 * 12|     Peer's call ID (PNS's)    |           Reserved            |
 *   +-------------------------------+-------------------------------+
 * 16|                          CRC errors                           |
 * 20|                        Framing errors                         |
 * 24|                       Hardware overruns                       |
 * 28|                       Buffer overruns                         |
 * 32|                          Time-outs                            |
 * 36|                       Alignment errors                        |
 *   +---------------------------------------------------------------+
 */
struct pptp_wan_error {
	uint16_t peer_call_id;
	uint32_t crc;
	uint32_t framing;
	uint32_t hardware_overruns;
	uint32_t buffer_overruns;
	uint32_t timeouts;
	uint32_t alignment;
};

/* All of them together. */
static inline uint64_t pptp_msg_wan_errors(const struct pptp_wan_error *e)
{
	return (uint64_t)e->crc + e->framing + e->hardware_overruns + e->buffer_overruns +
	       e->timeouts + e->alignment;
}

/*
 * Set-Link-Info (2.15), 24 octets, from the PNS:
 *
 *   +-------------------------------+-------------------------------+
 * 12|     Peer's call ID (PAC's)    |           Reserved            |
 *   +-------------------------------+-------------------------------+
 * 16|                          Send ACCM                            |
 * 20|                         Receive ACCM                          |
 *   +---------------------------------------------------------------+
 */
struct pptp_link_info {
	uint16_t peer_call_id;
	uint32_t send_accm;
	uint32_t receive_accm;
};

/* One message in host order; @type says which member holds it. */
struct pptp_msg {
	enum pptp_msg_type type;
	union {
		struct pptp_start start;
		struct pptp_stop stop;
		struct pptp_echo echo;
		struct pptp_outgoing_request outgoing_request;
		struct pptp_outgoing_reply outgoing_reply;
		struct pptp_incoming_request incoming_request;
		struct pptp_incoming_reply incoming_reply;
		struct pptp_incoming_connected incoming_connected;
		struct pptp_clear clear;
		struct pptp_disconnect disconnect;
		struct pptp_wan_error wan_error;
		struct pptp_link_info link_info;
	};
};

/**
 * struct pptp_msg_reader - a message on its way out of the stream
 * @have: octets in @buf
 * @buf: from the first octet of the message
 *
 * All zero is the start. It never allocates and never reads ahead.
 */
struct pptp_msg_reader {
	size_t have;
	uint8_t buf[PPTP_MSG_CAP];
};

/*
 * Size of a message of control type @type as RFC 2637 has it, 0: no such type.
 */
size_t pptp_msg_size(unsigned int type);

/*
 * Decodes one whole message of @len octets. Octets past the message's own size
 * are ignored, text gets its terminator. Returns 0; -EBADMSG: too short, or its
 * Length, PPTP type or cookie is wrong, and the stream is out of step (section
 * 1.4); -EOPNOTSUPP: a control type that RFC 2637 does not have.
 */
int pptp_msg_decode(const uint8_t *data, size_t len, struct pptp_msg *msg);

/* Appends @msg; @w is bad when it does not fit. @msg->type must be in range. */
void pptp_msg_encode(const struct pptp_msg *msg, struct writer *w);

/*
 * Takes octets of the stream until a message is whole. *@used is how many of
 * @len were taken, at least one if there was one. Returns 1: @r->buf holds a
 * message of @r->have octets, to be decoded before pptp_msg_reader_next(); 0:
 * more octets are wanted; -EBADMSG: the header is wrong (a Length under that of
 * its control type, or over PPTP_MSG_CAP, included) and the stream must be
 * closed.
 */
int pptp_msg_reader_feed(struct pptp_msg_reader *r, const uint8_t *data,
			 size_t len, size_t *used);

/* Makes room for the next message. */
void pptp_msg_reader_next(struct pptp_msg_reader *r);

/* Octets of an unfinished message are waiting for the rest. */
bool pptp_msg_reader_partial(const struct pptp_msg_reader *r);

/*
 * The peer's words for logs and terminals: @in with '?' for all that is not
 * printable ASCII, to @out, which is as large.
 */
void pptp_msg_printable(char *out, const char *in);

/*
 * What a result code of a message of @type says; of the general error that
 * stands beside a result 2; of a Stop-Control-Connection-Request.
 */
const char *pptp_msg_result_text(unsigned int type, uint8_t result);
const char *pptp_msg_error_text(uint8_t error);
const char *pptp_msg_stop_text(uint8_t reason);

#endif /* PROTO_PPTP_MSG_H */
