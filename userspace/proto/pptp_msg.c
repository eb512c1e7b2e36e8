// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The layout of every control message is one table of fields in wire order; the
 * decoder and the encoder both walk it.
 */
#include "pptp_msg.h"

#include <errno.h>

#define PPTP_TYPE_CONTROL	1

enum field_kind {
	FIELD_U8,
	FIELD_U16,
	FIELD_U32,
	FIELD_TEXT,
	FIELD_RESERVED,
};

/* @size: octets on the wire; @offset: in struct pptp_msg. */
struct field {
	enum field_kind kind;
	size_t size;
	size_t offset;
};

#define U8(member)		{ FIELD_U8, 1, offsetof(struct pptp_msg, member) }
#define U16(member)		{ FIELD_U16, 2, offsetof(struct pptp_msg, member) }
#define U32(member)		{ FIELD_U32, 4, offsetof(struct pptp_msg, member) }
#define TEXT(size, member)	{ FIELD_TEXT, size, offsetof(struct pptp_msg, member) }
#define NAME(member)		TEXT(PPTP_NAME_LEN, member)
#define RESERVED(size)		{ FIELD_RESERVED, size, 0 }

static const struct field start_request[] = {
	U16(start.version), RESERVED(2),
	U32(start.framing), U32(start.bearer),
	U16(start.channels), U16(start.firmware),
	NAME(start.host), NAME(start.vendor),
};

static const struct field start_reply[] = {
	U16(start.version), U8(start.result), U8(start.error),
	U32(start.framing), U32(start.bearer),
	U16(start.channels), U16(start.firmware),
	NAME(start.host), NAME(start.vendor),
};

static const struct field stop_request[] = {
	U8(stop.reason), RESERVED(3),
};

static const struct field stop_reply[] = {
	U8(stop.result), U8(stop.error), RESERVED(2),
};

static const struct field echo_request[] = {
	U32(echo.id),
};

static const struct field echo_reply[] = {
	U32(echo.id), U8(echo.result), U8(echo.error), RESERVED(2),
};

static const struct field outgoing_request[] = {
	U16(outgoing_request.call_id), U16(outgoing_request.serial),
	U32(outgoing_request.min_speed), U32(outgoing_request.max_speed),
	U32(outgoing_request.bearer), U32(outgoing_request.framing),
	U16(outgoing_request.window), U16(outgoing_request.delay),
	U16(outgoing_request.phone_len), RESERVED(2),
	NAME(outgoing_request.phone), NAME(outgoing_request.subaddress),
};

static const struct field outgoing_reply[] = {
	U16(outgoing_reply.call_id), U16(outgoing_reply.peer_call_id),
	U8(outgoing_reply.result), U8(outgoing_reply.error),
	U16(outgoing_reply.cause), U32(outgoing_reply.speed),
	U16(outgoing_reply.window), U16(outgoing_reply.delay),
	U32(outgoing_reply.channel),
};

static const struct field incoming_request[] = {
	U16(incoming_request.call_id), U16(incoming_request.serial),
	U32(incoming_request.bearer), U32(incoming_request.channel),
	U16(incoming_request.dialed_len), U16(incoming_request.dialing_len),
	NAME(incoming_request.dialed), NAME(incoming_request.dialing),
	NAME(incoming_request.subaddress),
};

static const struct field incoming_reply[] = {
	U16(incoming_reply.call_id), U16(incoming_reply.peer_call_id),
	U8(incoming_reply.result), U8(incoming_reply.error),
	U16(incoming_reply.window), U16(incoming_reply.delay), RESERVED(2),
};

static const struct field incoming_connected[] = {
	U16(incoming_connected.peer_call_id), RESERVED(2),
	U32(incoming_connected.speed),
	U16(incoming_connected.window), U16(incoming_connected.delay),
	U32(incoming_connected.framing),
};

static const struct field clear_request[] = {
	U16(clear.call_id), RESERVED(2),
};

static const struct field disconnect_notify[] = {
	U16(disconnect.call_id), U8(disconnect.result), U8(disconnect.error),
	U16(disconnect.cause), RESERVED(2),
	TEXT(PPTP_STATISTICS_LEN, disconnect.statistics),
};

static const struct field wan_error[] = {
	U16(wan_error.peer_call_id), RESERVED(2),
	U32(wan_error.crc), U32(wan_error.framing),
	U32(wan_error.hardware_overruns), U32(wan_error.buffer_overruns),
	U32(wan_error.timeouts), U32(wan_error.alignment),
};

static const struct field link_info[] = {
	U16(link_info.peer_call_id), RESERVED(2),
	U32(link_info.send_accm), U32(link_info.receive_accm),
};

#define LAYOUT(size, fields) \
	{ size, fields, sizeof(fields) / sizeof((fields)[0]) }

/* @size: of the whole message, from RFC 2637; the unit test adds up the fields. */
static const struct layout {
	size_t size;
	const struct field *field;
	size_t n;
} layouts[PPTP_MSG_TYPES] = {
	[PPTP_START_REQUEST] = LAYOUT(156, start_request),
	[PPTP_START_REPLY] = LAYOUT(156, start_reply),
	[PPTP_STOP_REQUEST] = LAYOUT(16, stop_request),
	[PPTP_STOP_REPLY] = LAYOUT(16, stop_reply),
	[PPTP_ECHO_REQUEST] = LAYOUT(16, echo_request),
	[PPTP_ECHO_REPLY] = LAYOUT(20, echo_reply),
	[PPTP_OUTGOING_CALL_REQUEST] = LAYOUT(168, outgoing_request),
	[PPTP_OUTGOING_CALL_REPLY] = LAYOUT(32, outgoing_reply),
	[PPTP_INCOMING_CALL_REQUEST] = LAYOUT(220, incoming_request),
	[PPTP_INCOMING_CALL_REPLY] = LAYOUT(24, incoming_reply),
	[PPTP_INCOMING_CALL_CONNECTED] = LAYOUT(28, incoming_connected),
	[PPTP_CALL_CLEAR_REQUEST] = LAYOUT(16, clear_request),
	[PPTP_CALL_DISCONNECT_NOTIFY] = LAYOUT(148, disconnect_notify),
	[PPTP_WAN_ERROR_NOTIFY] = LAYOUT(40, wan_error),
	[PPTP_SET_LINK_INFO] = LAYOUT(24, link_info),
};

struct header {
	uint16_t length;
	uint16_t type;
};

size_t pptp_msg_size(unsigned int type)
{
	return type < PPTP_MSG_TYPES ? layouts[type].size : 0;
}

/* @r holds at least PPTP_HEADER_LEN octets. */
static int header_decode(struct reader *r, struct header *h)
{
	uint16_t pptp_type;
	uint32_t cookie;
	size_t least;

	h->length = reader_u16(r);
	pptp_type = reader_u16(r);
	cookie = reader_u32(r);
	h->type = reader_u16(r);
	reader_u16(r);

	least = pptp_msg_size(h->type);
	if (least < PPTP_HEADER_LEN)
		least = PPTP_HEADER_LEN;
	if (pptp_type != PPTP_TYPE_CONTROL || cookie != PPTP_COOKIE ||
	    h->length < least || h->length > PPTP_MSG_CAP)
		return -EBADMSG;
	return 0;
}

/* The text ends at its first NUL, or with its field. */
static void text_decode(struct reader *r, size_t size, char *text)
{
	const uint8_t *p = reader_take(r, size);
	size_t len;

	if (!p)
		return;
	len = strnlen((const char *)p, size);
	memcpy(text, p, len);
	memset(text + len, 0, size + 1 - len);
}

static void field_decode(struct reader *r, const struct field *f, void *member)
{
	switch (f->kind) {
	case FIELD_U8:
		*(uint8_t *)member = reader_u8(r);
		break;
	case FIELD_U16:
		*(uint16_t *)member = reader_u16(r);
		break;
	case FIELD_U32:
		*(uint32_t *)member = reader_u32(r);
		break;
	case FIELD_TEXT:
		text_decode(r, f->size, member);
		break;
	case FIELD_RESERVED:
		reader_take(r, f->size);
		break;
	}
}

int pptp_msg_decode(const uint8_t *data, size_t len, struct pptp_msg *msg)
{
	struct reader r = reader_of(data, len);
	const struct layout *layout;
	struct header h;
	size_t i;

	if (len < PPTP_HEADER_LEN || header_decode(&r, &h) || h.length > len)
		return -EBADMSG;
	if (!pptp_msg_size(h.type))
		return -EOPNOTSUPP;

	memset(msg, 0, sizeof(*msg));
	msg->type = h.type;
	layout = &layouts[h.type];
	for (i = 0; i < layout->n; i++)
		field_decode(&r, &layout->field[i],
			     (uint8_t *)msg + layout->field[i].offset);
	return 0;
}

static void field_encode(struct writer *w, const struct field *f,
			 const void *member)
{
	size_t len;

	switch (f->kind) {
	case FIELD_U8:
		writer_u8(w, *(const uint8_t *)member);
		break;
	case FIELD_U16:
		writer_u16(w, *(const uint16_t *)member);
		break;
	case FIELD_U32:
		writer_u32(w, *(const uint32_t *)member);
		break;
	case FIELD_TEXT:
		len = strnlen(member, f->size);
		writer_put(w, member, len);
		writer_zero(w, f->size - len);
		break;
	case FIELD_RESERVED:
		writer_zero(w, f->size);
		break;
	}
}

void pptp_msg_encode(const struct pptp_msg *msg, struct writer *w)
{
	const struct layout *layout = &layouts[msg->type];
	size_t i;

	writer_u16(w, (uint16_t)layout->size);
	writer_u16(w, PPTP_TYPE_CONTROL);
	writer_u32(w, PPTP_COOKIE);
	writer_u16(w, (uint16_t)msg->type);
	writer_u16(w, 0);
	for (i = 0; i < layout->n; i++)
		field_encode(w, &layout->field[i],
			     (const uint8_t *)msg + layout->field[i].offset);
}

/* Copies until @want octets are there; false when @len was not enough. */
static bool reader_fill(struct pptp_msg_reader *r, size_t want,
			const uint8_t *data, size_t len, size_t *used)
{
	size_t n = want > r->have ? want - r->have : 0;

	if (n > len - *used)
		n = len - *used;
	if (n)
		memcpy(r->buf + r->have, data + *used, n);
	r->have += n;
	*used += n;
	return r->have >= want;
}

int pptp_msg_reader_feed(struct pptp_msg_reader *r, const uint8_t *data,
			 size_t len, size_t *used)
{
	struct reader head;
	struct header h;

	*used = 0;
	if (!reader_fill(r, PPTP_HEADER_LEN, data, len, used))
		return 0;
	/* Decoded again for every piece: 12 octets are cheaper than a state. */
	head = reader_of(r->buf, PPTP_HEADER_LEN);
	if (header_decode(&head, &h))
		return -EBADMSG;
	return reader_fill(r, h.length, data, len, used);
}

void pptp_msg_reader_next(struct pptp_msg_reader *r)
{
	r->have = 0;
}

bool pptp_msg_reader_partial(const struct pptp_msg_reader *r)
{
	return r->have > 0;
}

void pptp_msg_printable(char *out, const char *in)
{
	for (; *in; in++)
		*out++ = *in >= 0x20 && *in < 0x7f ? *in : '?';
	*out = '\0';
}

static const char *text_of(const char *const *text, size_t n, unsigned int code)
{
	return code < n && text[code] ? text[code] : "unknown code";
}

#define TEXT_OF(table, code) \
	text_of(table, sizeof(table) / sizeof((table)[0]), code)

static const char *outgoing_result_text(uint8_t result)
{
	static const char *const text[] = {
		[0] = "no result given",
		[PPTP_OUT_CONNECTED] = "connected",
		[PPTP_OUT_GENERAL] = "general error",
		[PPTP_OUT_NO_CARRIER] = "no carrier",
		[PPTP_OUT_BUSY] = "busy",
		[PPTP_OUT_NO_DIAL_TONE] = "no dial tone",
		[PPTP_OUT_TIMEOUT] = "time-out",
		[PPTP_OUT_REFUSED] = "not accepted",
	};

	return TEXT_OF(text, result);
}

static const char *incoming_result_text(uint8_t result)
{
	static const char *const text[] = {
		[0] = "no result given",
		[PPTP_IN_CONNECT] = "connected",
		[PPTP_IN_GENERAL] = "general error",
		[PPTP_IN_REFUSED] = "not accepted",
	};

	return TEXT_OF(text, result);
}

static const char *disconnect_result_text(uint8_t result)
{
	static const char *const text[] = {
		[0] = "no result given",
		[PPTP_END_CARRIER] = "lost carrier",
		[PPTP_END_GENERAL] = "general error",
		[PPTP_END_ADMIN] = "administrative shutdown",
		[PPTP_END_REQUEST] = "on request",
	};

	return TEXT_OF(text, result);
}

static const char *start_result_text(uint8_t result)
{
	static const char *const text[] = {
		[0] = "no result given",
		[PPTP_START_OK] = "started",
		[PPTP_START_GENERAL] = "general error",
		[PPTP_START_EXISTS] = "a connection exists already",
		[PPTP_START_UNAUTHORISED] = "not authorised",
		[PPTP_START_VERSION] = "protocol version not supported",
	};

	return TEXT_OF(text, result);
}

const char *pptp_msg_result_text(unsigned int type, uint8_t result)
{
	switch (type) {
	case PPTP_START_REPLY:
		return start_result_text(result);
	case PPTP_OUTGOING_CALL_REPLY:
		return outgoing_result_text(result);
	case PPTP_INCOMING_CALL_REPLY:
		return incoming_result_text(result);
	case PPTP_CALL_DISCONNECT_NOTIFY:
		return disconnect_result_text(result);
	}
	return "unknown code";
}

const char *pptp_msg_error_text(uint8_t error)
{
	static const char *const text[] = {
		[PPTP_ERROR_NONE] = "no error given",
		[PPTP_ERROR_UNCONNECTED] = "no control connection",
		[PPTP_ERROR_FORMAT] = "bad format",
		[PPTP_ERROR_VALUE] = "bad value",
		[PPTP_ERROR_RESOURCE] = "out of resources",
		[PPTP_ERROR_CALL_ID] = "bad call ID",
		[PPTP_ERROR_PAC] = "error in the PAC",
	};

	return TEXT_OF(text, error);
}

const char *pptp_msg_stop_text(uint8_t reason)
{
	static const char *const text[] = {
		[0] = "no reason given",
		[PPTP_STOP_NONE] = "general request",
		[PPTP_STOP_VERSION] = "protocol version not supported",
		[PPTP_STOP_SHUTDOWN] = "shutting down",
	};

	return TEXT_OF(text, reason);
}
